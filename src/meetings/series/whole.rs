//! A series with everything that belongs to it, and what a mail needs to know of a meeting's series.

use std::collections::BTreeSet;

use chrono::{NaiveDateTime, TimeDelta};

use super::model::SeriesState;
use super::store::{self, Part, Series};
use crate::access::{Object, audit, record};
use crate::db::Conn;
use crate::kernel::ids::{AttendeeId, PersonId};
use crate::kernel::{Context, Instant, Problem};
use crate::meetings::details::Details;
use crate::meetings::model::{Side, State};
use crate::meetings::store::{Attendee, Meeting, Participant};
use crate::meetings::{Words, store as meetings};

/// A series and its instances.
#[derive(Debug, Clone)]
pub struct Whole {
    pub series: Series,
    /// The mentor's part first.
    pub parts: Vec<Part>,
    /// Cancelled ones included, by the start that the rule gives them.
    pub instances: Vec<Details>,
}

impl Whole {
    /// Reads everything that belongs to a series, in three queries.
    ///
    /// # Errors
    /// A database error.
    pub fn load(conn: &mut Conn, series: Series) -> Result<Self, Problem> {
        let parts = store::parts(conn, series.id)?;
        let rows = store::instances(conn, series.id)?;
        let ids: Vec<_> = rows.iter().map(|meeting| meeting.id).collect();
        let mut participants = meetings::participants(conn, &ids)?;
        let instances = rows
            .into_iter()
            .map(|meeting| Details {
                participants: participants.remove(&meeting.id).unwrap_or_default(),
                meeting,
            })
            .collect();
        Ok(Self {
            series,
            parts,
            instances,
        })
    }

    /// Instances that were not called off.
    pub fn standing(&self) -> impl Iterator<Item = &Details> {
        let all = self.instances.iter();
        all.filter(|one| one.meeting.status != State::Cancelled)
    }

    /// Instances that can still be answered, moved or called off.
    pub fn open(&self, now: Instant) -> impl Iterator<Item = &Details> {
        let all = self.instances.iter();
        all.filter(move |one| is_open(&one.meeting, now))
    }

    /// The instance that a mail about the whole series speaks of: the next one, else the last one.
    pub fn next(&self, now: Instant) -> Option<&Details> {
        let next = self.open(now).min_by_key(|one| one.meeting.starts_at);
        let last = || self.standing().max_by_key(|one| one.meeting.starts_at);
        next.or_else(last).or_else(|| self.instances.last())
    }

    /// The series as if it were one meeting: its next instance with the UID, the revision, the words, the
    /// answers and the tokens of the series. Pages and mails speak of it so.
    ///
    /// # Errors
    /// An internal problem for a series that never had an instance.
    pub fn as_meeting(&self, now: Instant) -> Result<Details, Problem> {
        let next = self.next(now);
        let next = next.ok_or_else(|| Problem::internal("a series without instances"))?;
        Ok(self.as_meeting_at(&next.meeting))
    }

    /// The same with the time of a given instance.
    #[must_use]
    pub fn as_meeting_at(&self, instance: &Meeting) -> Details {
        let mut meeting = instance.clone();
        // No instance, but all of them.
        meeting.recurrence_local = None;
        meeting.uid.clone_from(&self.series.uid);
        meeting.set_revision(self.series.revision());
        let Words {
            mode,
            title,
            location,
            url,
            note,
        } = self.series.words();
        meeting.mode = mode;
        meeting.title = title;
        meeting.location = location;
        meeting.url = url;
        meeting.note = note;
        meeting.cancel_reason.clone_from(&self.series.cancel_reason);
        let participants = self.parts.iter();
        Details {
            participants: participants
                .map(|part| participant(part, &meeting))
                .collect(),
            meeting,
        }
    }

    /// Everybody in it, for the policy.
    #[must_use]
    pub fn object(&self) -> Object {
        let on = |side: Side| {
            let them = self.parts.iter().filter(move |part| part.row.side == side);
            them.map(|part| part.row.person_id).collect()
        };
        Object {
            programmes: vec![self.series.programme_id],
            mentors: on(Side::Mentor),
            mentees: on(Side::Mentee),
            coaches: self
                .parts
                .iter()
                .filter_map(|part| part.contact.coach_id)
                .collect(),
            ..Object::default()
        }
    }

    /// The part of a person.
    #[must_use]
    pub fn part(&self, person: PersonId) -> Option<&Part> {
        self.parts.iter().find(|part| part.row.person_id == person)
    }

    /// The local starts of the rule at which nothing takes place any more (EXDATE).
    ///
    /// # Errors
    /// An internal problem if the database held a rule that nobody wrote.
    pub fn exceptions(&self) -> Result<Vec<NaiveDateTime>, Problem> {
        let rule = self.series.rule()?;
        let taken: BTreeSet<NaiveDateTime> = self
            .standing()
            .map(|one| self.series.local_of(&one.meeting))
            .collect::<Result<_, _>>()?;
        Ok(rule.locals().filter(|one| !taken.contains(one)).collect())
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
        before: Option<&Series>,
    ) -> Result<(), Problem> {
        let before = before.map(Snapshot::of);
        let after = Snapshot::of(&self.series);
        let change = audit::Change {
            action,
            object_type: "meeting-series",
            object_id: self.series.id.into(),
            programme_id: Some(self.series.programme_id),
            before: match &before {
                Some(before) => Some(before),
                None => None,
            },
            after: Some(&after),
        };
        record(conn, ctx, &change)
    }
}

/// Whether an instance can still be answered, moved or called off.
pub(super) fn is_open(meeting: &Meeting, now: Instant) -> bool {
    meeting.status == State::Scheduled && meeting.ends_at > now
}

fn participant(part: &Part, meeting: &Meeting) -> Participant {
    let row = part.row.clone();
    Participant {
        attendee: Attendee {
            id: AttendeeId(row.id.0),
            meeting_id: meeting.id,
            person_id: row.person_id,
            side: row.side,
            partstat: row.partstat,
            answered_at: row.answered_at,
            answered_sequence: row.answered_sequence,
            answer_source: row.answer_source,
            of_series: true,
            comment: row.comment,
            token_hash: row.token_hash,
            token_sealed: row.token_sealed,
            version: row.version,
        },
        contact: part.contact.clone(),
    }
}

/// What a mail about a meeting has to do with a series.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Membership<'a> {
    /// It is about one instance.
    Instance(&'a Series, &'a [Part]),
    /// It is about all of them.
    Whole(&'a Whole),
}

impl Membership<'_> {
    /// The series.
    pub fn series(&self) -> &Series {
        match self {
            Self::Instance(series, _) => series,
            Self::Whole(whole) => &whole.series,
        }
    }

    /// The sealed token under which the series' entry in a person's calendar has its organizer.
    pub fn sealed_token(&self, person: PersonId) -> Option<&str> {
        let parts = match self {
            Self::Instance(_, parts) => *parts,
            Self::Whole(whole) => &whole.parts,
        };
        let mine = parts.iter().find(|part| part.row.person_id == person);
        mine.map(|part| part.row.token_sealed.as_str())
    }
}

/// What the audit log keeps of a series.
#[derive(Debug, serde::Serialize)]
struct Snapshot<'a> {
    mentorship_id: crate::kernel::ids::MentorshipId,
    zone: &'a str,
    local_start: &'a str,
    minutes: i32,
    every_weeks: i32,
    instances: i32,
    status: SeriesState,
    sequence: i32,
    title: &'a str,
    location: Option<&'a str>,
    url: Option<&'a str>,
    note: Option<&'a str>,
    cancel_reason: Option<&'a str>,
}

impl<'a> Snapshot<'a> {
    fn of(series: &'a Series) -> Self {
        Self {
            mentorship_id: series.mentorship_id,
            zone: &series.zone,
            local_start: &series.local_start,
            minutes: series.minutes,
            every_weeks: series.every_weeks,
            instances: series.instances,
            status: series.status,
            sequence: series.sequence,
            title: &series.title,
            location: series.location.as_deref(),
            url: series.url.as_deref(),
            note: series.note.as_deref(),
            cancel_reason: series.cancel_reason.as_deref(),
        }
    }
}

/// Whether an instance says, lasts or is answered otherwise than its series, or is elsewhere: then calendars
/// are told of it by itself (RECURRENCE-ID).
///
/// # Errors
/// An internal problem if the database held a rule that nobody wrote.
pub(super) fn stands_alone(whole: &Whole, instance: &Details) -> Result<bool, Problem> {
    let (series, meeting) = (&whole.series, &instance.meeting);
    let start = series.rule()?.instant(series.local_of(meeting)?);
    let length = TimeDelta::minutes(series.minutes.into());
    let moved =
        meeting.starts_at.utc() != start || meeting.ends_at != Instant::new(start).plus(length);
    let reworded = words_of(meeting) != series.words();
    let answered = instance.participants.iter().any(|one| {
        let whole = whole.part(one.attendee.person_id);
        whole.is_some_and(|part| part.row.partstat != one.attendee.partstat)
    });
    Ok(moved || reworded || answered)
}

/// What a meeting says.
pub(super) fn words_of(meeting: &Meeting) -> Words {
    Words {
        mode: meeting.mode,
        title: meeting.title.clone(),
        location: meeting.location.clone(),
        url: meeting.url.clone(),
        note: meeting.note.clone(),
    }
}
