//! A meeting together with its participants: what the verbs work on and what the API shows.

use super::model::{Partstat, Side, Standing};
use super::store::{self, Meeting, Participant};
use crate::access::policy::{self, Action};
use crate::access::{Object, audit, record};
use crate::db::Conn;
use crate::db::connection::LockTable;
use crate::kernel::ids::{MeetingId, PersonId};
use crate::kernel::{Context, Problem};

/// A meeting and everybody in it.
#[derive(Debug, Clone)]
pub struct Details {
    pub meeting: Meeting,
    /// The mentor first.
    pub participants: Vec<Participant>,
}

impl Details {
    /// Reads them, in two queries.
    ///
    /// # Errors
    /// [`Problem::NotFound`].
    pub fn load(conn: &mut Conn, id: MeetingId) -> Result<Self, Problem> {
        let meeting = store::find(conn, id)?;
        let participants = store::participants_of(conn, id)?;
        Ok(Self {
            meeting,
            participants,
        })
    }

    /// Reads them in an open transaction and keeps everybody else from changing the meeting until its end.
    ///
    /// # Errors
    /// [`Problem::NotFound`].
    pub fn hold(conn: &mut Conn, id: MeetingId) -> Result<Self, Problem> {
        // First the series: whoever changes all of it holds it before its meetings.
        let series = store::series_of(conn, id)?;
        if let Some(series) = series {
            conn.lock_row(LockTable::MeetingSeries, series.into())?;
        }
        conn.lock_row(LockTable::Meetings, id.into())?;
        let held = Self::load(conn, id)?;
        if let Some(now) = held.meeting.series_id.filter(|now| Some(*now) != series) {
            // It moved to another series in between.
            conn.lock_row(LockTable::MeetingSeries, now.into())?;
        }
        Ok(held)
    }

    /// What the policy needs to know of it.
    #[must_use]
    pub fn object(&self) -> Object {
        let on = |side: Side| {
            let them = self.participants.iter().map(|one| &one.attendee);
            them.filter(|attendee| attendee.side == side)
                .map(|attendee| attendee.person_id)
                .collect()
        };
        Object {
            programmes: vec![self.meeting.programme_id],
            mentors: on(Side::Mentor),
            mentees: on(Side::Mentee),
            coaches: self
                .participants
                .iter()
                .filter_map(|one| one.contact.coach_id)
                .collect(),
            ..Object::default()
        }
    }

    /// Refuses unless the actor may do `action` to it.
    ///
    /// # Errors
    /// As [`policy::allow`].
    pub fn allow(&self, ctx: &Context, action: Action) -> Result<(), Problem> {
        policy::allow(&ctx.actor, action, &self.object())
    }

    /// The participant who is `person`.
    #[must_use]
    pub fn participant(&self, person: PersonId) -> Option<&Participant> {
        let is = |one: &&Participant| one.attendee.person_id == person;
        self.participants.iter().find(is)
    }

    /// Everybody but `person`.
    pub fn others(&self, person: PersonId) -> impl Iterator<Item = &Participant> {
        let others = self.participants.iter();
        others.filter(move |one| one.attendee.person_id != person)
    }

    /// What the answers amount to.
    #[must_use]
    pub fn standing(&self) -> Standing {
        let answers = self.participants.iter().map(|one| one.attendee.partstat);
        Standing::of(&answers.collect::<Vec<Partstat>>())
    }

    /// Everybody in it and their side.
    #[must_use]
    pub fn people(&self) -> Vec<(PersonId, Side)> {
        let them = self.participants.iter().map(|one| &one.attendee);
        them.map(|attendee| (attendee.person_id, attendee.side))
            .collect()
    }

    /// Writes the audit line of a change to it.
    ///
    /// # Errors
    /// A database error.
    pub fn record(
        &self,
        conn: &mut Conn,
        ctx: &Context,
        action: &'static str,
        before: Option<&Meeting>,
    ) -> Result<(), Problem> {
        let before = before.map(Snapshot::of);
        let after = Snapshot::of(&self.meeting);
        let change = audit::Change {
            action,
            object_type: "meeting",
            object_id: self.meeting.id.into(),
            programme_id: Some(self.meeting.programme_id),
            before: match &before {
                Some(before) => Some(before),
                None => None,
            },
            after: Some(&after),
        };
        record(conn, ctx, &change)
    }
}

/// What the audit log keeps of a meeting.
#[derive(Debug, serde::Serialize)]
struct Snapshot<'a> {
    mentorship_id: crate::kernel::ids::MentorshipId,
    starts_at: crate::kernel::Instant,
    ends_at: crate::kernel::Instant,
    status: super::model::State,
    sequence: i32,
    mode: super::model::Mode,
    title: &'a str,
    location: Option<&'a str>,
    url: Option<&'a str>,
    note: Option<&'a str>,
    cancel_reason: Option<&'a str>,
    held_minutes: Option<i32>,
}

impl<'a> Snapshot<'a> {
    fn of(meeting: &'a Meeting) -> Self {
        Self {
            mentorship_id: meeting.mentorship_id,
            starts_at: meeting.starts_at,
            ends_at: meeting.ends_at,
            status: meeting.status,
            sequence: meeting.sequence,
            mode: meeting.mode,
            title: &meeting.title,
            location: meeting.location.as_deref(),
            url: meeting.url.as_deref(),
            note: meeting.note.as_deref(),
            cancel_reason: meeting.cancel_reason.as_deref(),
            held_minutes: meeting.held_minutes,
        }
    }
}
