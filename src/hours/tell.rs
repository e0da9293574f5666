//! Telling a person that hours of theirs were not accepted. A coordinator who goes through a ledger rejects several
//! entries in a row, so what is decided about one person within [`GATHER`] goes into one mail: the first rejection
//! writes a job for the end of that time, and the job writes the mail with all of them.

use chrono::Duration;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::db::Conn;
use crate::db::jobs::{self, Job, NewJob};
use crate::db::schema::{hours_entries, persons};
use crate::hours::model::{Entry, Status};
use crate::i18n;
use crate::kernel::ids::{HoursEntryId, PersonId, ProgrammeId};
use crate::kernel::{Context, Instant, Locale, Problem};
use crate::mail::contexts::{HoursRejected, RejectedHours};
use crate::mail::{Line, NewMail, Recipient, Text, enqueue};
use crate::programmes;
use crate::programmes::participants::Named;

/// The kind of the job.
const TELL: &str = "hours.tell-rejected";
/// Rejections within this time are told together.
pub const GATHER: Duration = Duration::minutes(10);

/// Which rejections a job tells.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Told {
    person: PersonId,
    programme: ProgrammeId,
    from: Instant,
    until: Instant,
}

/// Sees to it that the person of a rejected entry is told, in the transaction of the rejection.
///
/// # Errors
/// Those of the database.
pub(super) fn plan(conn: &mut Conn, ctx: &Context, entry: &Entry) -> Result<(), Problem> {
    let (now, gather) = (ctx.now.utc().timestamp_micros(), micros(GATHER));
    let since = Duration::microseconds(now.rem_euclid(gather));
    let from = ctx.now.minus(since);
    let told = Told {
        person: entry.person_id,
        programme: entry.programme_id,
        from,
        until: from.plus(GATHER),
    };
    let job = NewJob {
        kind: TELL,
        unique_key: key(&told),
        subject_id: None,
        person_id: Some(told.person),
        payload: serde_json::to_value(told)?,
        run_at: told.until,
    };
    Ok(jobs::enqueue(conn, ctx.now, &job)?)
}

fn micros(span: Duration) -> i64 {
    span.num_microseconds().unwrap_or(i64::MAX)
}

fn key(told: &Told) -> String {
    let from = told.from.utc().timestamp();
    format!("{TELL}:{}:{}:{from}", told.person, told.programme)
}

/// Does a job of this room, in the transaction that marks it done; `false` when it is another room's.
///
/// # Errors
/// Those of the database.
pub fn run(conn: &mut Conn, ctx: &Context, job: &Job) -> Result<bool, Problem> {
    if job.kind != TELL {
        return Ok(false);
    }
    let told: Told = serde_json::from_value(job.payload.0.clone())?;
    write(conn, ctx, &told)?;
    Ok(true)
}

fn write(conn: &mut Conn, ctx: &Context, told: &Told) -> Result<(), Problem> {
    let reader: Option<(Named, Option<String>, Locale, Option<Instant>)> = persons::table
        .find(told.person)
        .select((
            Named::as_select(),
            persons::email,
            persons::locale,
            persons::mail_suppressed_at,
        ))
        .first(conn)
        .optional()?;
    let Some((who, Some(address), locale, None)) = reader else {
        return Ok(());
    };
    let entries = entries(conn, told, locale)?;
    if entries.is_empty() {
        return Ok(());
    }
    let programme = programmes::store::find(conn, told.programme)?;
    let name = who.display();
    let words = HoursRejected {
        name: Line::new(&name),
        programme: Line::new(programme.name(locale)),
        entries,
    };
    let to = Recipient::person(who.id, &name, &address, locale);
    let mail = NewMail::new(&words, to, key(told))?.of_programme(programme.id);
    enqueue(conn, ctx, mail)?;
    Ok(())
}

/// What is still rejected of what was rejected in that time; a correction goes with its original.
fn entries(conn: &mut Conn, told: &Told, locale: Locale) -> Result<Vec<RejectedHours>, Problem> {
    use hours_entries as t;
    let rejected: Vec<Entry> = t::table
        .filter(t::person_id.eq(told.person))
        .filter(t::programme_id.eq(told.programme))
        .filter(t::status.eq(Status::Rejected))
        .filter(t::decided_at.ge(told.from))
        .filter(t::decided_at.lt(told.until))
        .order((t::worked_on, t::id))
        .select(Entry::as_select())
        .load(conn)?;
    let ids: Vec<HoursEntryId> = rejected.iter().map(|entry| entry.id).collect();
    let of_another = |entry: &&Entry| entry.corrects_id.is_none_or(|id| !ids.contains(&id));
    let line = |entry: &Entry| RejectedHours {
        on: entry.worked_on.into(),
        activity: Line::new(&i18n::text(
            locale,
            &format!("hours-activity-{}", entry.activity.as_str()),
        )),
        minutes: entry.minutes,
        reason: Text::new(entry.decision_reason.as_deref().unwrap_or_default()),
    };
    Ok(rejected.iter().filter(of_another).map(line).collect())
}
