//! The life of a meeting in one function: every verb of this room asks [`after`] before it changes anything, and
//! what it refuses is not done. The drawing is in `docs/meetings.md`.

use chrono::{DateTime, TimeDelta, Utc};

use super::{FURTHEST, LONGEST, Outcome, Partstat, Refusal, SHORTEST, State};
use crate::meetings::slots::Span;

/// What is done to a meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// An attendee answers (or changes their mind).
    Answer,
    /// An attendee proposes another time, or the other side declines one.
    Counter,
    /// It gets another time: a reschedule, an accepted proposal, a time picked after a no.
    Move {
        /// The new time.
        to: Span,
    },
    /// It gets another title, place, link or note.
    Reword,
    /// It is called off, by somebody or with its mentorship.
    Cancel,
    /// Somebody says how it went.
    Report(Outcome),
}

/// The state of a meeting at `time` after a step at `now`.
///
/// | from | until it begins | until it ends | afterwards |
/// |---|---|---|---|
/// | scheduled | answer, counter, move, reword, cancel | the same, report | report |
/// | held, not held | – | report | report |
/// | cancelled | – | – | – |
///
/// # Errors
/// [`Refusal`]: what stands in the way.
pub fn after(state: State, time: Span, step: Step, now: DateTime<Utc>) -> Result<State, Refusal> {
    match (state, step) {
        (State::Cancelled, _) => Err(Refusal::Cancelled),
        (_, Step::Report(_)) if now < time.start() => Err(Refusal::NotBegun),
        (_, Step::Report(Outcome::Held)) => Ok(State::Held),
        (_, Step::Report(Outcome::NotHeld)) => Ok(State::NotHeld),
        (State::Held | State::NotHeld, _) => Err(Refusal::Reported),
        (State::Scheduled, _) if now >= time.end() => Err(Refusal::Over),
        (State::Scheduled, Step::Move { to }) => may_book(to, now).map(|()| State::Scheduled),
        (State::Scheduled, Step::Answer | Step::Counter | Step::Reword) => Ok(State::Scheduled),
        (State::Scheduled, Step::Cancel) => Ok(State::Cancelled),
    }
}

/// Whether a meeting can be booked for this time at all: the one step without a state before it.
///
/// # Errors
/// [`Refusal::Length`], [`Refusal::Past`] (rule O9: no invitation for a meeting in the past),
/// [`Refusal::TooFar`].
pub fn may_book(time: Span, now: DateTime<Utc>) -> Result<(), Refusal> {
    if time.length() < SHORTEST || time.length() > LONGEST {
        return Err(Refusal::Length);
    }
    if time.start() <= now {
        return Err(Refusal::Past);
    }
    if time.start() - now > FURTHEST {
        return Err(Refusal::TooFar);
    }
    Ok(())
}

/// Whether a meeting can be moved to another time.
///
/// # Errors
/// As [`may_cancel`] for the old time and [`may_book`] for the new one.
pub fn may_reschedule(
    state: State,
    old: Span,
    new: Span,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    after(state, old, Step::Move { to: new }, now).map(|_| ())
}

/// Whether a meeting can be called off: until it ends, by whoever is still waiting in it, too.
///
/// # Errors
/// [`Refusal::Cancelled`], [`Refusal::Reported`], [`Refusal::Over`].
pub fn may_cancel(state: State, time: Span, now: DateTime<Utc>) -> Result<(), Refusal> {
    after(state, time, Step::Cancel, now).map(|_| ())
}

/// Whether a meeting still takes answers: until it ends (rule L1: a link expires with the meeting).
///
/// # Errors
/// [`Refusal::Cancelled`], [`Refusal::Reported`], [`Refusal::Over`].
pub fn may_answer(state: State, time: Span, now: DateTime<Utc>) -> Result<(), Refusal> {
    after(state, time, Step::Answer, now).map(|_| ())
}

/// The state after a report. A report can be corrected by another one.
///
/// # Errors
/// [`Refusal::Cancelled`]; [`Refusal::NotBegun`] before the meeting's start.
pub fn report(
    state: State,
    time: Span,
    outcome: Outcome,
    now: DateTime<Utc>,
) -> Result<State, Refusal> {
    after(state, time, Step::Report(outcome), now)
}

/// What an attendee's choice of another time does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// The meeting moves at once.
    Moves,
    /// The other side is asked first.
    Proposes,
}

/// Whose word it takes for another time, from the answers of the chooser and of everybody else. What somebody else
/// has said yes (or perhaps) to is not taken from them without their word; where somebody has said no there is
/// nothing to take, and whoever picks a common time moves the meeting.
#[must_use]
pub fn choice(mine: Partstat, others: &[Partstat]) -> Choice {
    let declined = mine == Partstat::Declined || others.contains(&Partstat::Declined);
    let counted_on = others
        .iter()
        .any(|one| matches!(one, Partstat::Accepted | Partstat::Tentative));
    if counted_on && !declined {
        Choice::Proposes
    } else {
        Choice::Moves
    }
}

/// When whoever has not answered is asked once more: `after` the invitation, unless fewer than `least_left` would
/// then be left until the start.
#[must_use]
pub fn nudge_at(
    start: DateTime<Utc>,
    invited: DateTime<Utc>,
    after: Option<TimeDelta>,
    least_left: TimeDelta,
) -> Option<DateTime<Utc>> {
    let at = invited.checked_add_signed(after?)?;
    let latest = start.checked_sub_signed(least_left)?;
    (at <= latest).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + minute * 60, 0).unwrap()
    }

    fn time(from: i64, until: i64) -> Span {
        Span::new(at(from), at(until)).unwrap()
    }

    /// Every state, every step, before, during and after the meeting: the table of `docs/meetings.md`.
    #[test]
    fn every_transition_is_in_the_table_and_nothing_else_happens() {
        let meeting = time(0, 60);
        let steps = [
            Step::Answer,
            Step::Counter,
            Step::Move { to: time(500, 560) },
            Step::Reword,
            Step::Cancel,
            Step::Report(Outcome::Held),
            Step::Report(Outcome::NotHeld),
        ];
        for state in State::ALL {
            for step in steps {
                for now in [-10, 30, 90] {
                    let done = after(*state, meeting, step, at(now));
                    let expected = match (state, step, now) {
                        (State::Cancelled, ..) => Err(Refusal::Cancelled),
                        (_, Step::Report(_), -10) => Err(Refusal::NotBegun),
                        (_, Step::Report(Outcome::Held), _) => Ok(State::Held),
                        (_, Step::Report(Outcome::NotHeld), _) => Ok(State::NotHeld),
                        (State::Held | State::NotHeld, ..) => Err(Refusal::Reported),
                        (_, _, 90) => Err(Refusal::Over),
                        (_, Step::Cancel, _) => Ok(State::Cancelled),
                        _ => Ok(State::Scheduled),
                    };
                    assert_eq!(done, expected, "{state:?} {step:?} {now}");
                }
            }
        }
    }

    #[test]
    fn a_time_that_somebody_counts_on_is_proposed_and_any_other_moved() {
        use Partstat::{Accepted, Declined, NeedsAction, Tentative};
        assert_eq!(choice(NeedsAction, &[Accepted]), Choice::Proposes);
        assert_eq!(choice(Accepted, &[Tentative]), Choice::Proposes);
        assert_eq!(choice(Accepted, &[NeedsAction]), Choice::Moves);
        assert_eq!(choice(Declined, &[Accepted]), Choice::Moves);
        assert_eq!(choice(Accepted, &[Declined]), Choice::Moves);
    }

    #[test]
    fn nobody_is_asked_again_when_it_is_soon_anyway() {
        let (two, one) = (TimeDelta::minutes(200), TimeDelta::minutes(100));
        assert_eq!(nudge_at(at(1000), at(0), Some(two), one), Some(at(200)));
        assert_eq!(nudge_at(at(300), at(0), Some(two), one), Some(at(200)));
        assert_eq!(nudge_at(at(299), at(0), Some(two), one), None);
        assert_eq!(nudge_at(at(1000), at(0), None, one), None);
    }
}
