//! What the API shows of meetings and slots.

use serde::Serialize;
use utoipa::ToSchema;

use super::details::Details;
use super::mails;
use super::model::{Mode, Partstat, Side, Source, Standing, State};
use super::propose::Proposed;
use super::store::{AnswerLine, Contact, Participant};
use crate::kernel::ids::{MeetingId, MentorshipId, PersonId, ProgrammeId, SeriesId};
use crate::kernel::{Context, Instant};

/// A meeting.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeetingView {
    pub id: MeetingId,
    pub mentorship_id: MentorshipId,
    pub programme_id: ProgrammeId,
    /// The series that it belongs to, when it repeats.
    pub series_id: Option<SeriesId>,
    /// Which instance of the series it is: the start that the series' rule gives it, on the series' clock.
    #[schema(example = "2026-12-08T18:00:00")]
    pub recurrence_local: Option<String>,
    pub status: State,
    /// What the answers of all attendees amount to.
    pub standing: Standing,
    pub starts_at: Instant,
    pub ends_at: Instant,
    /// Length in minutes.
    #[schema(example = 60)]
    pub minutes: i64,
    pub mode: Mode,
    /// Its own title, or the usual one in the reader's language.
    #[schema(example = "Mentoring with Amina")]
    pub title: String,
    pub location: Option<String>,
    pub url: Option<String>,
    pub note: Option<String>,
    pub cancel_reason: Option<String>,
    /// How long it took, once it was reported as held.
    pub held_minutes: Option<i32>,
    /// SEQUENCE of its calendar entry: rises when time or cancellation change.
    pub sequence: i32,
    /// The mentor first.
    pub attendees: Vec<AttendeeView>,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub version: i32,
}

/// Somebody in a meeting.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttendeeView {
    pub person_id: PersonId,
    /// Preferred first name, and family name.
    pub name: String,
    pub role: Side,
    /// Their answer.
    pub answer: Partstat,
    pub answered_at: Option<Instant>,
    /// The note that came with it.
    pub comment: Option<String>,
    /// Their time zone.
    #[schema(example = "America/Toronto")]
    pub zone: String,
    /// The start on their clock.
    #[schema(example = "2026-12-08T18:00:00")]
    pub local_start: String,
}

impl MeetingView {
    /// As the actor of `ctx` reads it.
    pub fn of(ctx: &Context, details: &Details) -> Self {
        let meeting = &details.meeting;
        let reader = ctx.actor.person_id();
        let others: Vec<&str> = details
            .participants
            .iter()
            .filter(|one| Some(one.attendee.person_id) != reader)
            .map(|one| one.contact.first_name())
            .collect();
        Self {
            id: meeting.id,
            mentorship_id: meeting.mentorship_id,
            programme_id: meeting.programme_id,
            series_id: meeting.series_id,
            recurrence_local: meeting.recurrence_local.clone(),
            status: meeting.status,
            standing: details.standing(),
            starts_at: meeting.starts_at,
            ends_at: meeting.ends_at,
            minutes: meeting.ends_at.since(meeting.starts_at).num_minutes(),
            mode: meeting.mode,
            title: mails::title(ctx.locale, meeting, &others.join(", ")),
            location: meeting.location.clone(),
            url: meeting.url.clone(),
            note: meeting.note.clone(),
            cancel_reason: meeting.cancel_reason.clone(),
            held_minutes: meeting.held_minutes,
            sequence: meeting.sequence,
            attendees: details
                .participants
                .iter()
                .map(|one| AttendeeView::of(one, meeting.starts_at))
                .collect(),
            created_at: meeting.created_at,
            updated_at: meeting.updated_at,
            version: meeting.version,
        }
    }
}

impl AttendeeView {
    fn of(participant: &Participant, start: Instant) -> Self {
        let Participant { attendee, contact } = participant;
        Self {
            person_id: attendee.person_id,
            name: contact.full_name(),
            role: attendee.side,
            answer: attendee.partstat,
            answered_at: attendee.answered_at,
            comment: attendee.comment.clone(),
            zone: contact.zone().name().to_owned(),
            local_start: on_the_clock(contact, start),
        }
    }
}

pub(super) fn on_the_clock(contact: &Contact, at: Instant) -> String {
    let local = contact.zone().local(at.utc());
    local.format("%Y-%m-%dT%H:%M:%S").to_string()
}

/// The common slots of a pair.
#[derive(Debug, Serialize, ToSchema)]
pub struct SlotsView {
    pub mentorship_id: MentorshipId,
    /// Length of each slot in minutes.
    #[schema(example = 60)]
    pub minutes: i64,
    #[schema(example = "America/Toronto")]
    pub mentor_zone: String,
    #[schema(example = "America/Vancouver")]
    pub mentee_zone: String,
    /// The earliest first; slots may overlap, each is one choice.
    pub slots: Vec<SlotView>,
}

/// A time at which both are free.
#[derive(Debug, Serialize, ToSchema)]
pub struct SlotView {
    pub starts_at: Instant,
    pub ends_at: Instant,
    /// The start on the mentor's clock.
    #[schema(example = "2026-12-08T18:00:00")]
    pub mentor_start: String,
    /// The start on the mentee's clock.
    #[schema(example = "2026-12-08T15:00:00")]
    pub mentee_start: String,
}

impl SlotsView {
    /// As JSON shows them.
    pub fn of(proposed: &Proposed) -> Self {
        let pair = &proposed.pair;
        let slot = |slot: &super::slots::Span| {
            let start = Instant::new(slot.start());
            SlotView {
                starts_at: start,
                ends_at: Instant::new(slot.end()),
                mentor_start: on_the_clock(&pair.mentor, start),
                mentee_start: on_the_clock(&pair.mentee, start),
            }
        };
        Self {
            mentorship_id: pair.mentorship_id,
            minutes: proposed.minutes,
            mentor_zone: pair.mentor.zone().name().to_owned(),
            mentee_zone: pair.mentee.zone().name().to_owned(),
            slots: proposed.slots.iter().map(slot).collect(),
        }
    }
}

/// A line in the history of answers to a meeting.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnswerView {
    pub person_id: PersonId,
    pub answer: Partstat,
    /// Through which door it came.
    pub source: Source,
    /// SEQUENCE of what was answered.
    pub sequence: i32,
    pub comment: Option<String>,
    /// Whether it counted.
    pub applied: bool,
    /// What became of it: `applied`, `repeated`, `stale`, `superseded` or `ahead`.
    #[schema(example = "applied")]
    pub outcome: String,
    pub at: Instant,
}

impl From<AnswerLine> for AnswerView {
    fn from(line: AnswerLine) -> Self {
        Self {
            person_id: line.person_id,
            answer: line.partstat,
            source: line.source,
            sequence: line.sequence,
            comment: line.comment,
            applied: line.applied,
            outcome: line.outcome,
            at: line.at,
        }
    }
}
