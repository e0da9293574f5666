//! Hours of a meeting that took place: one entry for the mentor and one for the mentee, from one report.
//!
//! Who reports vouches for both: the other's entry is attested by it. A second report, by the other person,
//! attests or disputes the first; by the same person, or by staff, it corrects it. Told the same twice, nothing
//! changes.

use crate::access::policy::Action;
use crate::db::Conn;
use crate::db::codec::AnyId;
use crate::db::connection::LockTable;
use crate::hours::correct;
use crate::hours::model::{Activity, Entry, Status};
use crate::hours::record::{Draft, is_staff, line, minutes_between, zone_of};
use crate::hours::store;
use crate::kernel::ids::{MeetingId, PersonId};
use crate::kernel::{Context, Problem};
use crate::mentorships::{self, Mentorship};
use crate::programmes;

/// Who says how the meeting went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportedBy {
    /// The mentor or the mentee, signed in or by the link of their mail.
    Person(PersonId),
    /// A coordinator or administrator, or the platform.
    Staff,
}

impl ReportedBy {
    /// By the actor of a request: one of the two, or else staff. The policy has been asked before.
    #[must_use]
    pub fn actor(ctx: &Context, mentorship: &Mentorship) -> ReportedBy {
        let pair = [mentorship.mentor_id, mentorship.mentee_id];
        let person = ctx.actor.person_id().filter(|person| pair.contains(person));
        match person {
            Some(person) if !is_staff(ctx, Action::DecideHours, mentorship) => Self::Person(person),
            Some(_) | None => Self::Staff,
        }
    }
}

/// A report of a meeting.
#[derive(Debug, Clone, Copy)]
pub struct RecordFromMeeting {
    pub meeting_id: MeetingId,
    /// How long it took, 1 to 720 minutes; none: it did not take place.
    pub minutes: Option<i32>,
    pub reported_by: ReportedBy,
}

/// Records the hours of both people of a meeting, in the caller's open transaction. Returns their entries,
/// mentor first; none for a meeting that did not take place and had none.
///
/// Whether the meeting may be reported at all (it has begun, it was not cancelled) is the meetings' to know.
///
/// # Errors
/// 404; 422 at `/minutes`; 409 `hours-decided` when a report would change hours that were rejected.
pub fn record_from_meeting(
    conn: &mut Conn,
    ctx: &Context,
    report: &RecordFromMeeting,
) -> Result<Vec<Entry>, Problem> {
    if report
        .minutes
        .is_some_and(|minutes| !(1..=720).contains(&minutes))
    {
        let fault = Problem::field("/minutes", "out-of-range");
        return Err(fault.with("least", 1).with("most", 720));
    }
    conn.lock_row(LockTable::Meetings, report.meeting_id.0)?;
    let meeting = store::meeting(conn, report.meeting_id)?;
    let mentorship = mentorships::store::find(conn, meeting.mentorship_id)?;
    let mut entries = Vec::new();
    for person in [mentorship.mentor_id, mentorship.mentee_id] {
        let entry = match store::of_meeting(conn, report.meeting_id, person)? {
            Some(known) => Some(again(conn, ctx, &mentorship, report, known)?),
            None => first(conn, ctx, &mentorship, &meeting, report, person)?,
        };
        entries.extend(entry);
    }
    Ok(entries)
}

fn first(
    conn: &mut Conn,
    ctx: &Context,
    mentorship: &Mentorship,
    meeting: &store::MeetingFacts,
    report: &RecordFromMeeting,
    person: PersonId,
) -> Result<Option<Entry>, Problem> {
    let Some(minutes) = report.minutes else {
        return Ok(None);
    };
    let programme = programmes::store::find(conn, mentorship.programme_id)?;
    let zone = zone_of(&programme)?;
    let mut entry = Draft {
        mentorship,
        programme: &programme,
        person,
        meeting: Some((
            report.meeting_id,
            minutes_between(meeting.starts_at, meeting.ends_at),
        )),
        activity: Activity::Meeting,
        minutes,
        worked_on: zone.date_at(meeting.starts_at.utc()),
        starts_at: Some(meeting.starts_at),
    }
    .entry(conn, ctx)?;
    if let ReportedBy::Person(reporter) = report.reported_by
        && reporter != person
    {
        entry.status = Status::Attested;
        entry.attested_at = Some(ctx.now);
        entry.attested_by = Some(AnyId(reporter.0));
    }
    store::insert(conn, &entry)?;
    line(conn, ctx, "hours.record", None, &entry)?;
    Ok(Some(entry))
}

/// A report about a meeting that was reported before.
fn again(
    conn: &mut Conn,
    ctx: &Context,
    mentorship: &Mentorship,
    report: &RecordFromMeeting,
    known: Entry,
) -> Result<Entry, Problem> {
    // Whoever decides about the entry at the same time is waited for, and then seen.
    conn.lock_row(LockTable::HoursEntries, known.id.0)?;
    let known = store::find(conn, known.id)?;
    let now: i32 = known.minutes
        + store::corrections(conn, known.id)?
            .iter()
            .filter(|correction| correction.status != Status::Rejected)
            .map(|correction| correction.minutes)
            .sum::<i32>();
    let said = report.minutes.unwrap_or(0);
    match report.reported_by {
        ReportedBy::Person(reporter) if reporter != known.person_id => {
            answer(conn, ctx, reporter, said == now, report.minutes, known)
        }
        ReportedBy::Person(_) | ReportedBy::Staff if said != now => {
            let reason = correct::NEW_REPORT.to_owned();
            correct::correct_in(conn, ctx, mentorship, &known, said, reason)?;
            store::find(conn, known.id)
        }
        ReportedBy::Person(_) | ReportedBy::Staff => Ok(known),
    }
}

/// The other person's report attests or disputes; once decided, it changes nothing any more.
fn answer(
    conn: &mut Conn,
    ctx: &Context,
    reporter: PersonId,
    agrees: bool,
    minutes: Option<i32>,
    known: Entry,
) -> Result<Entry, Problem> {
    let status = if agrees {
        Status::Attested
    } else {
        Status::Disputed
    };
    if known.status.is_decided() || known.status == status {
        return Ok(known);
    }
    let after = Entry {
        status,
        attested_at: Some(ctx.now),
        attested_by: Some(AnyId(reporter.0)),
        // A number, which every reader's page can put into words.
        dispute_reason: (!agrees).then(|| format!("{} min", minutes.unwrap_or(0))),
        updated_at: ctx.now,
        version: known.version + 1,
        ..known.clone()
    };
    store::save(conn, &after, known.version)?;
    let action = if agrees {
        "hours.attest"
    } else {
        "hours.dispute"
    };
    line(conn, ctx, action, Some(&known), &after)?;
    Ok(after)
}
