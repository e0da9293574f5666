//! What an entry is, what may become of it, and what makes it look odd.

use chrono::{NaiveDate, TimeDelta};
use diesel::prelude::*;
use serde::Serialize;

use crate::db::schema::hours_entries;
use crate::db::{Json, codec::AnyId};
use crate::kernel::ids::{AccountId, HoursEntryId, MeetingId, MentorshipId, PersonId, ProgrammeId};
use crate::kernel::{FieldError, Instant, Problem};
use crate::programmes::Side;

/// Most minutes of one entry: a day.
pub const MOST_MINUTES: i32 = 24 * 60;
/// From here on an entry is flagged as long.
pub const LONG_MINUTES: i32 = 12 * 60;
/// Most characters of a note or a reason.
pub const MOST_TEXT: usize = 2000;

crate::text_enum! {
    /// What the time was spent on.
    pub enum Activity {
        Meeting => "meeting",
        Preparation => "preparation",
        FollowUp => "follow-up",
        Training => "training",
        Other => "other",
    }
}

crate::text_enum! {
    /// Where an entry came from.
    #[schema(as = HoursSource)]
    pub enum Source {
        /// A meeting that was reported as held.
        Meeting => "meeting",
        /// Written by hand.
        Manual => "manual",
        /// A counter-entry: the difference to what is right.
        Correction => "correction",
    }
}

crate::text_enum! {
    /// Where an entry stands.
    #[schema(as = HoursStatus)]
    pub enum Status {
        Recorded => "recorded",
        /// The other person of the pair says that it is so.
        Attested => "attested",
        /// The other person of the pair says that it is not.
        Disputed => "disputed",
        /// Counts.
        Approved => "approved",
        /// Does not count.
        Rejected => "rejected",
    }
}

crate::text_enum! {
    /// Why somebody should look before they approve.
    pub enum Flag {
        /// The day has not come yet.
        Future => "future",
        /// More than twelve hours at once.
        Long => "long",
        /// Half as long again as the meeting was planned, and more than half an hour longer.
        LongerThanMeeting => "longer-than-meeting",
        /// Before the programme began or after it ended.
        OutsideProgramme => "outside-programme",
        /// Before the two worked together or after.
        OutsideMentorship => "outside-mentorship",
        /// With the person's other entries, more than 24 hours on that day.
        DayTooLong => "day-too-long",
        /// At the same time as another entry of the person.
        Overlap => "overlap",
    }
}

/// An entry of the ledger.
#[derive(
    Debug, Clone, PartialEq, Serialize, Queryable, Selectable, Insertable, Identifiable, AsChangeset,
)]
#[diesel(table_name = hours_entries, treat_none_as_null = true)]
pub struct Entry {
    pub id: HoursEntryId,
    pub programme_id: ProgrammeId,
    pub mentorship_id: MentorshipId,
    /// Whose time it was.
    pub person_id: PersonId,
    /// The person's side in the mentorship.
    pub role: Side,
    pub meeting_id: Option<MeetingId>,
    pub activity: Activity,
    /// 1 to 1,440; of a counter-entry the difference, which may be negative.
    pub minutes: i32,
    /// Local date in the programme's zone.
    pub worked_on: NaiveDate,
    pub starts_at: Option<Instant>,
    pub note: Option<String>,
    pub source: Source,
    /// The entry, or the earlier counter-entry, that this one corrects.
    pub corrects_id: Option<HoursEntryId>,
    pub correction_reason: Option<String>,
    pub status: Status,
    pub dispute_reason: Option<String>,
    pub flags: Json<Vec<Flag>>,
    pub attested_at: Option<Instant>,
    /// The person who attested or disputed.
    pub attested_by: Option<AnyId>,
    pub decided_at: Option<Instant>,
    pub decided_by: Option<AccountId>,
    pub decision_reason: Option<String>,
    pub created_by: Option<AccountId>,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub version: i32,
}

impl Status {
    /// Whether a coordinator has decided.
    #[must_use]
    pub fn is_decided(self) -> bool {
        matches!(self, Self::Approved | Self::Rejected)
    }

    /// Any change of what the other person says, until it is decided.
    ///
    /// # Errors
    /// 409 `hours-decided`.
    pub fn answer(self, answer: Status) -> Result<Status, Problem> {
        if self.is_decided() {
            return Err(Problem::conflict("hours-decided"));
        }
        Ok(answer)
    }

    /// A decision, which is final.
    ///
    /// # Errors
    /// 409 `hours-decided`.
    pub fn decide(self, decision: Status) -> Result<Status, Problem> {
        if self.is_decided() {
            return Err(Problem::conflict("hours-decided"));
        }
        Ok(decision)
    }
}

/// What the flags of an entry follow from.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Today in the programme's zone.
    pub today: NaiveDate,
    pub worked_on: NaiveDate,
    pub minutes: i32,
    /// First and last day of the programme.
    pub programme: (NaiveDate, NaiveDate),
    /// First and last day of the mentorship, in the programme's zone.
    pub mentorship: (NaiveDate, Option<NaiveDate>),
    /// Planned length of the meeting it came from.
    pub planned: Option<i32>,
    /// What the person has on that day already, in minutes.
    pub already: i64,
    /// Another entry of the person lies at the same time.
    pub overlaps: bool,
}

impl Facts {
    /// Everything odd, in the order of [`Flag`].
    #[must_use]
    pub fn flags(&self) -> Vec<Flag> {
        let day = self.worked_on;
        let (first, last) = self.programme;
        let (from, until) = self.mentorship;
        let longer = |planned: i32| {
            let more = self.minutes - planned;
            more > 30 && more.saturating_mul(2) >= planned
        };
        let odd = [
            (Flag::Future, day > self.today),
            (Flag::Long, self.minutes > LONG_MINUTES),
            (Flag::LongerThanMeeting, self.planned.is_some_and(longer)),
            (Flag::OutsideProgramme, day < first || day > last),
            (
                Flag::OutsideMentorship,
                day < from || until.is_some_and(|until| day > until),
            ),
            (
                Flag::DayTooLong,
                self.already + i64::from(self.minutes) > i64::from(MOST_MINUTES),
            ),
            (Flag::Overlap, self.overlaps),
        ];
        odd.into_iter()
            .filter(|(_, is)| *is)
            .map(|(flag, _)| flag)
            .collect()
    }
}

/// Whether two times of work share a minute. Half-open: the end of one may be the start of the other.
#[must_use]
pub fn overlap(a: (Instant, i32), b: (Instant, i32)) -> bool {
    let end = |(start, minutes): (Instant, i32)| start.plus(TimeDelta::minutes(i64::from(minutes)));
    a.0 < end(b) && b.0 < end(a)
}

/// A text that must say something.
///
/// # Errors
/// 422 `required`, `too-long`.
pub fn needed_text(pointer: &str, text: &str) -> Result<String, Problem> {
    optional_text(pointer, Some(text))?.ok_or_else(|| Problem::field(pointer, "required"))
}

/// A text that may be missing; blank is missing.
///
/// # Errors
/// 422 `too-long`.
pub fn optional_text(pointer: &str, text: Option<&str>) -> Result<Option<String>, Problem> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    if text.is_some_and(|text| text.chars().count() > MOST_TEXT) {
        let fault = FieldError::new(pointer, "too-long").with("most", MOST_TEXT);
        return Err(Problem::Invalid(vec![fault]));
    }
    Ok(text.map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn ordinary() -> Facts {
        Facts {
            today: day("2026-10-06"),
            worked_on: day("2026-10-05"),
            minutes: 60,
            programme: (day("2026-09-01"), day("2027-06-30")),
            mentorship: (day("2026-09-15"), None),
            planned: Some(60),
            already: 0,
            overlaps: false,
        }
    }

    #[test]
    fn an_ordinary_hour_is_not_flagged() {
        assert_eq!(ordinary().flags(), []);
    }

    #[test]
    fn each_oddity_has_its_flag_and_its_edge_has_not() {
        let with = |change: fn(&mut Facts)| {
            let mut facts = ordinary();
            change(&mut facts);
            facts.flags()
        };
        assert_eq!(with(|f| f.worked_on = day("2026-10-07")), [Flag::Future]);
        assert_eq!(with(|f| f.worked_on = f.today), []);
        assert_eq!(with(|f| (f.minutes, f.planned) = (721, None)), [Flag::Long]);
        assert_eq!(with(|f| (f.minutes, f.planned) = (720, None)), []);
        assert_eq!(with(|f| f.minutes = 91), [Flag::LongerThanMeeting]);
        assert_eq!(with(|f| f.minutes = 90), []);
        // Half as long again of two hours is an hour.
        assert_eq!(with(|f| (f.minutes, f.planned) = (170, Some(120))), []);
        let before = with(|f| f.worked_on = day("2026-08-31"));
        assert_eq!(before, [Flag::OutsideProgramme, Flag::OutsideMentorship]);
        assert_eq!(
            with(|f| f.worked_on = day("2026-09-14")),
            [Flag::OutsideMentorship]
        );
        let after = with(|f| f.mentorship.1 = Some(day("2026-10-04")));
        assert_eq!(after, [Flag::OutsideMentorship]);
        assert_eq!(with(|f| f.already = 1_381), [Flag::DayTooLong]);
        assert_eq!(with(|f| f.already = 1_380), []);
        assert_eq!(with(|f| f.overlaps = true), [Flag::Overlap]);
    }

    #[test]
    fn what_is_decided_stays_decided() {
        for decided in [Status::Approved, Status::Rejected] {
            assert_eq!(
                decided.answer(Status::Attested).unwrap_err().code(),
                "hours-decided"
            );
            assert_eq!(
                decided.decide(Status::Approved).unwrap_err().code(),
                "hours-decided"
            );
        }
        for open in [Status::Recorded, Status::Attested, Status::Disputed] {
            assert_eq!(open.decide(Status::Approved).unwrap(), Status::Approved);
            assert_eq!(open.answer(Status::Disputed).unwrap(), Status::Disputed);
        }
    }

    proptest! {
        #[test]
        fn overlap_is_symmetric_and_means_a_shared_minute(
            a in 0_i64..500, b in 0_i64..500, long_a in 1_i32..200, long_b in 1_i32..200
        ) {
            let at = |minute: i64| Instant::from_millis(minute * 60_000).unwrap();
            let (one, other) = ((at(a), long_a), (at(b), long_b));
            prop_assert_eq!(overlap(one, other), overlap(other, one));
            let minutes = |start: i64, long: i32| start..start + i64::from(long);
            let shared = minutes(a, long_a).any(|minute| minutes(b, long_b).contains(&minute));
            prop_assert_eq!(overlap(one, other), shared);
        }
    }
}
