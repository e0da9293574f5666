//! What a meeting can be and become, and what an answer to an invitation does: values and pure
//! functions. The verbs of this room load, ask here, and save.
//!
//! ```text
//!              reschedule (the revision rises)
//!                 ┌──────┐
//!                 ▼      │
//! book ────► scheduled ──┴─ cancel, until it ends ───────► cancelled
//!                 │
//!                 ├─ it began, and took place ───────────► held ◄───┐ a report can
//!                 └─ it began, and did not ──────────────► not held ┘ be corrected
//! ```
//!
//! Whether everybody comes is not a state of its own: [`Standing`] is read from the answers.

mod answer;
mod counter;
mod life;
mod revision;

pub use answer::{Answer, Incoming, Partstat, Source, Standing, Verdict, judge};
pub use counter::{Closed, CounterStatus, CounterStep};
pub use life::{
    Choice, Step, after, choice, may_answer, may_book, may_cancel, may_reschedule, nudge_at, report,
};
pub use revision::{Change, Revision};

use chrono::{DateTime, TimeDelta, Utc};

/// The shortest meeting that can be booked.
pub const SHORTEST: TimeDelta = TimeDelta::minutes(10);
/// The longest meeting that can be booked.
pub const LONGEST: TimeDelta = TimeDelta::hours(8);
/// How far ahead a meeting can be booked, whatever the horizon of those who take part.
pub const FURTHEST: TimeDelta = TimeDelta::days(366);

crate::text_enum! {
    /// Where a meeting stands.
    pub enum State {
        /// Booked, and neither cancelled nor reported on.
        Scheduled => "scheduled",
        /// Called off. Final.
        Cancelled => "cancelled",
        /// Reported as having taken place.
        Held => "held",
        /// Reported as not having taken place.
        NotHeld => "not-held",
    }
}

crate::text_enum! {
    /// What a report says about a meeting.
    #[schema(as = ReportOutcome)]
    pub enum Outcome {
        /// It took place.
        Held => "held",
        /// It did not.
        NotHeld => "not-held",
    }
}

crate::text_enum! {
    /// How people meet.
    pub enum Mode {
        /// By video or phone.
        Remote => "remote",
        /// In one place.
        InPerson => "in-person",
    }
}

crate::text_enum! {
    /// What an attendee is in the mentorship.
    #[schema(as = AttendeeSide)]
    pub enum Side {
        Mentor => "mentor",
        Mentee => "mentee",
    }
}

/// Why a meeting cannot become what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It was cancelled.
    #[error("the meeting was cancelled")]
    Cancelled,
    /// Somebody has already said how it went.
    #[error("the meeting was reported on")]
    Reported,
    /// It is over.
    #[error("the meeting is over")]
    Over,
    /// It has not begun.
    #[error("the meeting has not begun")]
    NotBegun,
    /// The new time has begun already.
    #[error("the time is past")]
    Past,
    /// The new time is more than [`FURTHEST`] away.
    #[error("the time is too far away")]
    TooFar,
    /// Shorter than [`SHORTEST`] or longer than [`LONGEST`].
    #[error("the length is out of range")]
    Length,
}

/// The instants at which to remind of a meeting: `leads` before its start, those still ahead, the
/// earliest first, none twice.
#[must_use]
pub fn reminder_times(
    start: DateTime<Utc>,
    leads: &[TimeDelta],
    now: DateTime<Utc>,
) -> Vec<(TimeDelta, DateTime<Utc>)> {
    let mut times: Vec<_> = leads
        .iter()
        .filter(|lead| **lead > TimeDelta::zero())
        .filter_map(|lead| Some((*lead, start.checked_sub_signed(*lead)?)))
        .filter(|(_, at)| *at > now)
        .collect();
    times.sort_by_key(|(_, at)| *at);
    times.dedup();
    times
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meetings::slots::Span;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + minute * 60, 0).unwrap()
    }

    fn time(from: i64, until: i64) -> Span {
        Span::new(at(from), at(until)).unwrap()
    }

    #[test]
    fn o9_a_meeting_is_not_booked_in_the_past_nor_at_this_very_instant() {
        assert_eq!(may_book(time(0, 60), at(1)), Err(Refusal::Past));
        assert_eq!(may_book(time(0, 60), at(0)), Err(Refusal::Past));
        assert_eq!(may_book(time(1, 61), at(0)), Ok(()));
    }

    #[test]
    fn a_meeting_is_neither_absurdly_short_long_nor_far() {
        assert_eq!(may_book(time(5, 14), at(0)), Err(Refusal::Length));
        assert_eq!(may_book(time(5, 15), at(0)), Ok(()));
        assert_eq!(may_book(time(5, 5 + 480), at(0)), Ok(()));
        assert_eq!(may_book(time(5, 5 + 481), at(0)), Err(Refusal::Length));
        assert_eq!(
            may_book(time(367 * 1440, 367 * 1440 + 60), at(0)),
            Err(Refusal::TooFar)
        );
    }

    #[test]
    fn a_meeting_can_be_cancelled_until_it_ends_and_only_once() {
        assert_eq!(may_cancel(State::Scheduled, time(0, 60), at(59)), Ok(()));
        assert_eq!(
            may_cancel(State::Scheduled, time(0, 60), at(60)),
            Err(Refusal::Over)
        );
        assert_eq!(
            may_cancel(State::Cancelled, time(0, 60), at(-9)),
            Err(Refusal::Cancelled)
        );
        assert_eq!(
            may_cancel(State::Held, time(0, 60), at(30)),
            Err(Refusal::Reported)
        );
    }

    #[test]
    fn a_meeting_that_was_cancelled_reported_or_is_over_does_not_move() {
        let (old, new) = (time(0, 60), time(500, 560));
        assert_eq!(may_reschedule(State::Scheduled, old, new, at(10)), Ok(()));
        assert_eq!(
            may_reschedule(State::Scheduled, old, new, at(60)),
            Err(Refusal::Over)
        );
        assert_eq!(
            may_reschedule(State::Cancelled, old, new, at(-9)),
            Err(Refusal::Cancelled)
        );
        assert_eq!(
            may_reschedule(State::NotHeld, old, new, at(10)),
            Err(Refusal::Reported)
        );
        assert_eq!(
            may_reschedule(State::Scheduled, new, old, at(10)),
            Err(Refusal::Past)
        );
    }

    #[test]
    fn a_report_waits_for_the_start_and_can_be_corrected() {
        let meeting = time(0, 60);
        let say = |state, outcome, now| report(state, meeting, outcome, at(now));
        assert_eq!(
            say(State::Scheduled, Outcome::Held, -1),
            Err(Refusal::NotBegun)
        );
        assert_eq!(say(State::Scheduled, Outcome::Held, 0), Ok(State::Held));
        assert_eq!(say(State::Held, Outcome::NotHeld, 90), Ok(State::NotHeld));
        assert_eq!(say(State::NotHeld, Outcome::Held, 90), Ok(State::Held));
        assert_eq!(
            say(State::Cancelled, Outcome::Held, 90),
            Err(Refusal::Cancelled)
        );
    }

    #[test]
    fn reminders_lie_ahead_and_none_comes_twice() {
        let (day, hour) = (TimeDelta::days(1), TimeDelta::hours(1));
        let start = at(2000);
        let leads = [hour, day, hour, TimeDelta::zero()];
        assert_eq!(
            reminder_times(start, &leads, at(0)),
            [(day, start - day), (hour, start - hour)]
        );
        assert_eq!(
            reminder_times(start, &leads, at(1000)),
            [(hour, start - hour)]
        );
        assert_eq!(reminder_times(start, &leads, start - hour), []);
    }
}
