//! Reminders before a meeting and the question after it: jobs that are written with the meeting and look, when
//! their time comes, at what the meeting has become.

use chrono::TimeDelta;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::details::Details;
use super::mails;
use super::model::{Standing, State, nudge_at, reminder_times};
use super::nudge::{NUDGE, nudge};
use super::pair::Pair;
use super::rules::Rules;
use super::store::Meeting;
use crate::access::{audit, record};
use crate::db::Conn;
use crate::db::jobs::{self, Job, NewJob};
use crate::db::schema::consents;
use crate::kernel::ids::{ConsentId, MeetingId, PersonId};
use crate::kernel::{Actor, Context, Instant, Problem};

/// A reminder before a meeting.
pub const REMIND: &str = "meeting.remind";
/// The question after a meeting.
pub const FOLLOW_UP: &str = "meeting.follow-up";

/// The consent that stands for reminders; whoever never said anything gets them.
const CONSENT: &str = "meeting-reminders";

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Payload {
    /// The job is about the time that the meeting had at this SEQUENCE, and about no other.
    time_sequence: i32,
    /// How long before the start, for a reminder.
    minutes: i64,
}

/// Writes the jobs for the time that a meeting has now. Those of an earlier time are cancelled.
///
/// # Errors
/// A database error.
pub fn schedule(
    conn: &mut Conn,
    ctx: &Context,
    meeting: &Meeting,
    rules: &Rules,
) -> Result<(), Problem> {
    cancel(conn, ctx, meeting.id)?;
    let write = |conn: &mut Conn, kind: &'static str, minutes: i64, run_at: Instant| {
        let payload = Payload {
            time_sequence: meeting.time_sequence,
            minutes,
        };
        let job = NewJob {
            kind,
            unique_key: format!("{kind}/{}/{}/{minutes}", meeting.id, meeting.time_sequence),
            subject_id: Some(meeting.id.into()),
            person_id: None,
            payload: serde_json::to_value(payload)?,
            run_at,
        };
        Ok::<(), Problem>(jobs::enqueue(conn, ctx.now, &job)?)
    };
    let times = reminder_times(meeting.starts_at.utc(), &rules.reminders, ctx.now.utc());
    for (lead, at) in times {
        write(conn, REMIND, lead.num_minutes(), Instant::new(at))?;
    }
    let start = meeting.starts_at.utc();
    let again = nudge_at(start, ctx.now.utc(), rules.nudge, rules.nudge_least_left);
    if let Some(at) = again {
        write(conn, NUDGE, 0, Instant::new(at))?;
    }
    write(conn, FOLLOW_UP, 0, meeting.ends_at.plus(rules.follow_up))
}

/// Cancels the jobs that wait for a meeting.
///
/// # Errors
/// A database error.
pub fn cancel(conn: &mut Conn, ctx: &Context, id: MeetingId) -> Result<(), Problem> {
    jobs::cancel(conn, ctx.now, &[REMIND, FOLLOW_UP, NUDGE], id.into())?;
    Ok(())
}

/// Does a job of this room, in the transaction that marks it done; false for a job of another room.
///
/// # Errors
/// A database error; the worker tries the job again later.
pub fn run(conn: &mut Conn, ctx: &Context, job: &Job) -> Result<bool, Problem> {
    if ![REMIND, FOLLOW_UP, NUDGE].contains(&job.kind.as_str()) {
        return super::counter::run(conn, ctx, job);
    }
    let Some(id) = job.subject_id.map(|id| MeetingId(id.0)) else {
        return Err(Problem::internal("a job without its meeting"));
    };
    let payload: Payload = serde_json::from_value(job.payload.0.clone())?;
    let details = match Details::hold(conn, id) {
        // Nobody is reminded of what is gone.
        Err(Problem::NotFound) => return Ok(true),
        found => found?,
    };
    let stands = details.meeting.status == State::Scheduled
        && details.meeting.time_sequence == payload.time_sequence
        && details.standing() != Standing::Declined;
    if stands {
        match job.kind.as_str() {
            REMIND => remind(conn, ctx, &details, payload.minutes)?,
            // A worker that comes back late asks nobody about a meeting that has begun.
            NUDGE if details.meeting.starts_at > ctx.now => nudge(conn, ctx, &details)?,
            FOLLOW_UP => mails::follow_up(conn, ctx, &details)?,
            _ => {}
        }
    }
    Ok(true)
}

/// Sends one reminder, unless the meeting has begun or the next reminder is due already: after a night
/// without a worker, nobody gets three at once.
fn remind(conn: &mut Conn, ctx: &Context, details: &Details, minutes: i64) -> Result<(), Problem> {
    let pair = Pair::load(conn, ctx, details.meeting.mentorship_id)?;
    let left = details.meeting.starts_at.since(ctx.now);
    let is_last = |minutes: i64| {
        let mut leads = pair.rules.reminders.iter();
        !leads.any(|lead| lead.num_minutes() < minutes && *lead >= left)
    };
    if left <= TimeDelta::zero() || !is_last(minutes) {
        return Ok(());
    }
    let people: Vec<PersonId> = details.people().into_iter().map(|(id, _)| id).collect();
    let silent = silent(conn, &people)?;
    mails::remind(conn, ctx, details, minutes, &silent)
}

/// Those of `people` who have stopped reminders.
///
/// # Errors
/// A database error.
pub fn silent(conn: &mut Conn, people: &[PersonId]) -> QueryResult<Vec<PersonId>> {
    let said: Vec<(PersonId, bool)> = consents::table
        .filter(consents::person_id.eq_any(people))
        .filter(consents::kind.eq(CONSENT))
        .order((consents::recorded_at, consents::id))
        .select((consents::person_id, consents::given))
        .load(conn)?;
    let last_word = |person: &PersonId| {
        let mut theirs = said.iter().rev();
        theirs
            .find(|(who, _)| who == person)
            .map(|(_, given)| *given)
    };
    Ok(people
        .iter()
        .copied()
        .filter(|person| last_word(person) == Some(false))
        .collect())
}

/// Stops reminders for a person, or starts them again. To say the same twice is to say it once.
///
/// # Errors
/// A database error.
pub fn set_wanted(
    conn: &mut Conn,
    ctx: &Context,
    person: PersonId,
    wanted: bool,
) -> Result<(), Problem> {
    conn.write_tx(|conn| {
        let stopped = silent(conn, &[person])?.contains(&person);
        if wanted != stopped {
            return Ok(());
        }
        let id = ConsentId::new(ctx.now);
        diesel::insert_into(consents::table)
            .values((
                consents::id.eq(id),
                consents::person_id.eq(person),
                consents::kind.eq(CONSENT),
                consents::text_version.eq("1"),
                consents::given.eq(wanted),
                consents::recorded_at.eq(ctx.now),
                consents::source.eq(match ctx.actor {
                    Actor::Link { .. } => "link",
                    _ => "api",
                }),
            ))
            .execute(conn)?;
        let before = json!({ "reminders": !stopped });
        let after = json!({ "reminders": wanted });
        let change = audit::Change {
            action: "person.reminders",
            object_type: "person",
            object_id: person.into(),
            programme_id: None,
            before: Some(&before),
            after: Some(&after),
        };
        record(conn, ctx, &change)
    })
}
