//! Writing hours down by hand.

use chrono::{NaiveDate, TimeDelta};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::access::policy::{self, Action, Object};
use crate::access::{audit, record as write_line};
use crate::db::connection::LockTable;
use crate::db::{Conn, Json};
use crate::hours::model::{self, Activity, Entry, Facts, MOST_MINUTES, Source, Status};
use crate::hours::store;
use crate::kernel::ids::{HoursEntryId, MeetingId, MentorshipId, PersonId};
use crate::kernel::{Context, FieldError, Instant, Problem, Zone};
use crate::mentorships::{self, Mentorship};
use crate::programmes::{self, Programme, Side};

/// Hours that somebody writes down.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEntry {
    pub mentorship_id: MentorshipId,
    /// Whose time it was; one's own unless given. Staff must say.
    pub person_id: Option<PersonId>,
    pub activity: Activity,
    /// 1 to 1,440.
    #[schema(example = 45)]
    pub minutes: i32,
    /// Local date in the programme's zone, at most a year away.
    pub worked_on: NaiveDate,
    /// When it began, if it is known; must lie on that day.
    pub starts_at: Option<Instant>,
    /// Up to 2,000 characters.
    pub note: Option<String>,
    /// Says that the same activity for the same time on the same day really happened again.
    #[serde(default)]
    pub again: bool,
}

/// Writes hours down: mentor and mentee their own, a coordinator everybody's.
///
/// # Errors
/// 403, 404; 422; 409 `hours-recorded-already` for the same once more without `again`.
pub fn record(conn: &mut Conn, ctx: &Context, new: &NewEntry) -> Result<Entry, Problem> {
    conn.write_tx(|conn| {
        // Two identical requests at once wait for each other here; on SQLite there is one writer.
        conn.lock_row(LockTable::Mentorships, new.mentorship_id.0)?;
        let mentorship = mentorships::store::find(conn, new.mentorship_id)?;
        let coaches = mentorships::store::coaches_of(conn, &mentorship)?;
        policy::allow(&ctx.actor, Action::RecordHours, &mentorship.object(coaches))?;
        let person = whose(ctx, &mentorship, new.person_id)?;
        let programme = programmes::store::find(conn, mentorship.programme_id)?;
        let zone = zone_of(&programme)?;
        let note = check(ctx, new, zone)?;
        let mut entry = Draft {
            mentorship: &mentorship,
            programme: &programme,
            person,
            meeting: None,
            activity: new.activity,
            minutes: new.minutes,
            worked_on: new.worked_on,
            starts_at: new.starts_at,
        }
        .entry(conn, ctx)?;
        entry.note = note;
        if !new.again && store::written_before(conn, &entry)? {
            return Err(Problem::conflict("hours-recorded-already"));
        }
        store::insert(conn, &entry)?;
        line(conn, ctx, "hours.record", None, &entry)?;
        Ok(entry)
    })
}

fn check(ctx: &Context, new: &NewEntry, zone: Zone) -> Result<Option<String>, Problem> {
    let mut faults = Vec::new();
    if !(1..=MOST_MINUTES).contains(&new.minutes) {
        let fault = FieldError::new("/minutes", "out-of-range");
        faults.push(fault.with("least", 1).with("most", MOST_MINUTES));
    }
    let today = zone.date_at(ctx.now.utc());
    if (new.worked_on - today).num_days().abs() > 366 {
        faults.push(FieldError::new("/worked_on", "hours-day-too-far"));
    }
    let other_day = |start: Instant| zone.date_at(start.utc()) != new.worked_on;
    if new.starts_at.is_some_and(other_day) {
        faults.push(FieldError::new("/starts_at", "hours-other-day"));
    }
    Problem::unless_empty(faults)?;
    model::optional_text("/note", new.note.as_deref())
}

/// Whose hours these are. Mentor and mentee write their own; who reaches the mentorship without being one
/// of the two is staff, and says whose.
fn whose(
    ctx: &Context,
    mentorship: &Mentorship,
    said: Option<PersonId>,
) -> Result<PersonId, Problem> {
    let own = ctx.actor.person_id();
    let person = said
        .or(own)
        .ok_or_else(|| Problem::field("/person_id", "required"))?;
    if person != mentorship.mentor_id && person != mentorship.mentee_id {
        return Err(Problem::field("/person_id", "hours-not-of-the-pair"));
    }
    if Some(person) == own || is_staff(ctx, Action::RecordHours, mentorship) {
        Ok(person)
    } else {
        Err(Problem::field("/person_id", "hours-not-yours"))
    }
}

/// Whether the actor reaches the mentorship by a role, not by being one of the two.
pub(super) fn is_staff(ctx: &Context, action: Action, mentorship: &Mentorship) -> bool {
    let by_role = Object::of_programme(mentorship.programme_id);
    policy::allow(&ctx.actor, action, &by_role).is_ok()
}

pub(super) fn zone_of(programme: &Programme) -> Result<Zone, Problem> {
    Zone::parse(&programme.zone).map_err(Problem::internal)
}

/// An entry in the making.
pub(super) struct Draft<'a> {
    pub mentorship: &'a Mentorship,
    pub programme: &'a Programme,
    pub person: PersonId,
    /// The meeting and its planned length in minutes.
    pub meeting: Option<(MeetingId, i32)>,
    pub activity: Activity,
    pub minutes: i32,
    pub worked_on: NaiveDate,
    pub starts_at: Option<Instant>,
}

impl Draft<'_> {
    /// The entry with its flags, not saved yet.
    pub fn entry(&self, conn: &mut Conn, ctx: &Context) -> Result<Entry, Problem> {
        let side = if self.person == self.mentorship.mentor_id {
            Side::Mentor
        } else {
            Side::Mentee
        };
        let flags = self.facts(conn, ctx)?.flags();
        Ok(Entry {
            id: HoursEntryId::new(ctx.now),
            programme_id: self.mentorship.programme_id,
            mentorship_id: self.mentorship.id,
            person_id: self.person,
            role: side,
            meeting_id: self.meeting.map(|(meeting, _)| meeting),
            activity: self.activity,
            minutes: self.minutes,
            worked_on: self.worked_on,
            starts_at: self.starts_at,
            note: None,
            source: self.meeting.map_or(Source::Manual, |_| Source::Meeting),
            corrects_id: None,
            correction_reason: None,
            status: Status::Recorded,
            dispute_reason: None,
            flags: Json(flags),
            attested_at: None,
            attested_by: None,
            decided_at: None,
            decided_by: None,
            decision_reason: None,
            created_by: ctx.actor.account_id(),
            created_at: ctx.now,
            updated_at: ctx.now,
            version: 1,
        })
    }

    fn facts(&self, conn: &mut Conn, ctx: &Context) -> Result<Facts, Problem> {
        let zone = zone_of(self.programme)?;
        let date = |at: Instant| zone.date_at(at.utc());
        let others = store::times_around(conn, self.person, self.worked_on)?;
        let overlaps = self.starts_at.is_some_and(|start| {
            others
                .into_iter()
                .any(|other| model::overlap((start, self.minutes), other))
        });
        Ok(Facts {
            today: date(ctx.now),
            worked_on: self.worked_on,
            minutes: self.minutes,
            programme: (self.programme.starts_on, self.programme.ends_on),
            mentorship: (
                date(self.mentorship.started_at),
                self.mentorship.ended_at.map(date),
            ),
            planned: self.meeting.map(|(_, planned)| planned),
            already: store::minutes_on(conn, self.person, self.worked_on)?,
            overlaps,
        })
    }
}

/// The planned length of a meeting in whole minutes.
pub(super) fn minutes_between(start: Instant, end: Instant) -> i32 {
    let length: TimeDelta = end.since(start);
    i32::try_from(length.num_minutes()).unwrap_or(i32::MAX)
}

/// The line in the audit log.
pub(super) fn line(
    conn: &mut Conn,
    ctx: &Context,
    action: &'static str,
    before: Option<&Entry>,
    after: &Entry,
) -> Result<(), Problem> {
    let change = audit::Change {
        action,
        object_type: "hours_entry",
        object_id: after.id.into(),
        programme_id: Some(after.programme_id),
        before: before.map(|entry| {
            let entry: &dyn audit::erased::Document = entry;
            entry
        }),
        after: Some(after),
    };
    write_line(conn, ctx, &change)
}
