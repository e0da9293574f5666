//! What the API shows of series.

use chrono::NaiveDateTime;
use serde::Serialize;
use utoipa::ToSchema;

use super::model::{Ends, SeriesState, local_text};
use super::plan::{Plan, Why};
use super::suggest::Suggested;
use super::whole::Whole;
use crate::kernel::ids::{MeetingId, MentorshipId, PersonId, ProgrammeId, SeriesId};
use crate::kernel::{Context, Instant, Problem};
use crate::meetings::details::Details;
use crate::meetings::mails;
use crate::meetings::model::{Mode, Partstat, Side, Standing, State};
use crate::meetings::slots::Recurring;
use crate::meetings::views::on_the_clock;

/// A series of meetings.
#[derive(Debug, Serialize, ToSchema)]
pub struct SeriesView {
    pub id: SeriesId,
    pub mentorship_id: MentorshipId,
    pub programme_id: ProgrammeId,
    pub status: SeriesState,
    /// The zone on whose clock it repeats.
    #[schema(example = "America/Toronto")]
    pub zone: String,
    /// The first start on that clock.
    #[schema(example = "2026-12-08T18:00:00")]
    pub local_start: String,
    /// Length of each meeting in minutes.
    #[schema(example = 60)]
    pub minutes: i32,
    /// Weeks from one meeting to the next.
    #[schema(example = 2)]
    pub every_weeks: i32,
    /// How its end was said.
    pub ends: Ends,
    /// How many starts the rule has, those that do not take place included.
    #[schema(example = 12)]
    pub count: i32,
    /// The last start that the rule has.
    pub until: Instant,
    pub mode: Mode,
    /// Its own title, or the usual one in the reader's language.
    #[schema(example = "Mentoring with Amina")]
    pub title: String,
    pub location: Option<String>,
    pub url: Option<String>,
    pub note: Option<String>,
    pub cancel_reason: Option<String>,
    /// SEQUENCE of its calendar entry.
    pub sequence: i32,
    /// The answers for all meetings that have none of their own; the mentor's first.
    pub attendees: Vec<PartView>,
    /// In the order of the rule; cancelled ones included.
    pub meetings: Vec<InstanceView>,
    /// Starts of the rule at which no meeting was ever booked, or the meeting was called off, on its clock.
    #[schema(example = json!(["2026-12-29T18:00:00"]))]
    pub skipped: Vec<String>,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub version: i32,
}

/// Somebody in a series.
#[derive(Debug, Serialize, ToSchema)]
pub struct PartView {
    pub person_id: PersonId,
    /// Preferred first name, and family name.
    pub name: String,
    pub role: Side,
    pub answer: Partstat,
    pub answered_at: Option<Instant>,
    pub comment: Option<String>,
}

/// A meeting of a series, in short; the rest is under its own address.
#[derive(Debug, Serialize, ToSchema)]
pub struct InstanceView {
    pub id: MeetingId,
    /// The start that the rule gives it, on the series' clock.
    #[schema(example = "2026-12-08T18:00:00")]
    pub recurrence_local: String,
    pub starts_at: Instant,
    pub ends_at: Instant,
    pub status: State,
    /// What the answers of all attendees amount to.
    pub standing: Standing,
    /// Whether it lies elsewhere than the rule says.
    pub moved: bool,
    pub version: i32,
}

impl SeriesView {
    /// As the actor of `ctx` reads it.
    ///
    /// # Errors
    /// An internal problem if the database held a rule that nobody wrote.
    pub fn of(ctx: &Context, whole: &Whole) -> Result<Self, Problem> {
        let series = &whole.series;
        let rule = series.rule()?;
        let about = whole.as_meeting(ctx.now)?;
        let reader = ctx.actor.person_id();
        let others: Vec<&str> = whole
            .parts
            .iter()
            .filter(|part| Some(part.row.person_id) != reader)
            .map(|part| part.contact.first_name())
            .collect();
        let instances = whole.instances.iter();
        Ok(Self {
            id: series.id,
            mentorship_id: series.mentorship_id,
            programme_id: series.programme_id,
            status: series.status,
            zone: series.zone.clone(),
            local_start: series.local_start.clone(),
            minutes: series.minutes,
            every_weeks: series.every_weeks,
            ends: series.ends,
            count: series.instances,
            until: Instant::new(rule.instant(rule.last())),
            mode: series.mode,
            title: mails::title(ctx.locale, &about.meeting, &others.join(", ")),
            location: series.location.clone(),
            url: series.url.clone(),
            note: series.note.clone(),
            cancel_reason: series.cancel_reason.clone(),
            sequence: series.sequence,
            attendees: whole
                .parts
                .iter()
                .map(|part| PartView {
                    person_id: part.row.person_id,
                    name: part.contact.full_name(),
                    role: part.row.side,
                    answer: part.row.partstat,
                    answered_at: part.row.answered_at,
                    comment: part.row.comment.clone(),
                })
                .collect(),
            meetings: instances
                .map(|one| InstanceView::of(whole, one))
                .collect::<Result<_, _>>()?,
            skipped: locals(&whole.exceptions()?),
            created_at: series.created_at,
            updated_at: series.updated_at,
            version: series.version,
        })
    }
}

fn locals(of: &[NaiveDateTime]) -> Vec<String> {
    of.iter().copied().map(local_text).collect()
}

impl InstanceView {
    fn of(whole: &Whole, details: &Details) -> Result<Self, Problem> {
        let meeting = &details.meeting;
        let local = whole.series.local_of(meeting)?;
        let given = whole.series.rule()?.instant(local);
        Ok(Self {
            id: meeting.id,
            recurrence_local: local_text(local),
            starts_at: meeting.starts_at,
            ends_at: meeting.ends_at,
            status: meeting.status,
            standing: details.standing(),
            moved: meeting.starts_at.utc() != given,
            version: meeting.version,
        })
    }
}

/// What would become of a series if it were booked now.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanView {
    pub mentorship_id: MentorshipId,
    #[schema(example = "America/Toronto")]
    pub zone: String,
    /// Length of each meeting in minutes.
    pub minutes: u32,
    /// How many of them could take place.
    pub possible: usize,
    /// All starts of the rule, in their order.
    pub instances: Vec<PlannedView>,
}

/// One start of a series that is to be.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlannedView {
    /// On the series' clock.
    #[schema(example = "2026-12-08T18:00:00")]
    pub recurrence_local: String,
    pub starts_at: Instant,
    pub ends_at: Instant,
    /// Why it cannot take place; null if it can.
    pub refusal: Option<Why>,
}

impl PlanView {
    /// As JSON shows it.
    pub fn of(mentorship_id: MentorshipId, plan: &Plan) -> Self {
        let instances = plan.instances.iter();
        Self {
            mentorship_id,
            zone: plan.rule.zone.name().to_owned(),
            minutes: plan.minutes,
            possible: instances
                .clone()
                .filter(|one| one.refusal.is_none())
                .count(),
            instances: instances
                .map(|one| PlannedView {
                    recurrence_local: local_text(one.local),
                    starts_at: Instant::new(one.time.start()),
                    ends_at: Instant::new(one.time.end()),
                    refusal: one.refusal,
                })
                .collect(),
        }
    }
}

/// The weekly times of a pair, the best first.
#[derive(Debug, Serialize, ToSchema)]
pub struct SeriesSlotsView {
    pub mentorship_id: MentorshipId,
    /// Length of each meeting in minutes.
    #[schema(example = 60)]
    pub minutes: i64,
    /// How many meetings were looked for.
    #[schema(example = 10)]
    pub count: u32,
    #[schema(example = "America/Toronto")]
    pub mentor_zone: String,
    #[schema(example = "America/Vancouver")]
    pub mentee_zone: String,
    /// Those that fit most often first, then the earliest.
    pub times: Vec<SeriesSlotView>,
}

/// A time that comes back.
#[derive(Debug, Serialize, ToSchema)]
pub struct SeriesSlotView {
    /// 1 (Monday) to 7, on the mentor's clock.
    #[schema(example = 2)]
    pub weekday: u32,
    /// The first start at which both are free.
    pub starts_at: Instant,
    /// It on the mentor's clock.
    #[schema(example = "2026-12-08T18:00:00")]
    pub mentor_start: String,
    /// It on the mentee's clock.
    #[schema(example = "2026-12-08T15:00:00")]
    pub mentee_start: String,
    /// At how many of them both are free.
    #[schema(example = 9)]
    pub fits: usize,
    /// The others, on the mentor's clock.
    #[schema(example = json!(["2026-12-29T18:00:00"]))]
    pub misses: Vec<String>,
}

impl SeriesSlotsView {
    /// As JSON shows them.
    pub fn of(found: &Suggested) -> Self {
        let pair = &found.pair;
        let time = |one: &Recurring| {
            let start = Instant::new(one.first.start());
            SeriesSlotView {
                weekday: chrono::Datelike::weekday(&one.local).number_from_monday(),
                starts_at: start,
                mentor_start: on_the_clock(&pair.mentor, start),
                mentee_start: on_the_clock(&pair.mentee, start),
                fits: one.fits.len(),
                misses: locals(&one.misses),
            }
        };
        Self {
            mentorship_id: pair.mentorship_id,
            minutes: found.minutes,
            count: found.count,
            mentor_zone: pair.mentor.zone().name().to_owned(),
            mentee_zone: pair.mentee.zone().name().to_owned(),
            times: found.times.iter().map(time).collect(),
        }
    }
}
