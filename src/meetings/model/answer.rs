//! An attendee's answer: what it may say, when it still counts, and which of two is the newer one.

use super::Revision;
use crate::mail::contexts::AnswerWord;
use chrono::{DateTime, TimeDelta, Utc};

/// How far ahead of its arrival an answer may be dated (rule I6): clocks of phones run wrong, and a
/// reply from next year would silence all that follow it.
const MOST_AHEAD: TimeDelta = TimeDelta::minutes(5);

crate::text_enum! {
    /// The state of an invitation (RFC 5545, section 3.2.12, PARTSTAT).
    pub enum Partstat {
        /// No answer yet.
        NeedsAction => "needs-action",
        /// Coming.
        Accepted => "accepted",
        /// Perhaps.
        Tentative => "tentative",
        /// Not coming.
        Declined => "declined",
    }
}

crate::text_enum! {
    /// What an attendee can answer: every [`Partstat`] but the absence of one.
    pub enum Answer {
        /// Coming.
        Accepted => "accepted",
        /// Perhaps.
        Tentative => "tentative",
        /// Not coming.
        Declined => "declined",
    }
}

impl From<Answer> for Partstat {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Accepted => Self::Accepted,
            Answer::Tentative => Self::Tentative,
            Answer::Declined => Self::Declined,
        }
    }
}

impl From<Answer> for AnswerWord {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Accepted => Self::Accepted,
            Answer::Tentative => Self::Tentative,
            Answer::Declined => Self::Declined,
        }
    }
}

crate::text_enum! {
    /// The door through which an answer came. Behind all of them is the same function.
    #[schema(as = AnswerSource)]
    pub enum Source {
        /// The page behind a button in a mail.
        Link => "link",
        /// The API, by the attendee.
        Api => "api",
        /// A reply from a calendar.
        Calendar => "calendar",
        /// The API, by a coordinator on the attendee's behalf.
        Coordinator => "coordinator",
    }
}

/// An answer as it arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Incoming {
    /// SEQUENCE of the revision that it answers; 0 where a reply gives none (rule I6).
    pub sequence: i32,
    /// DTSTAMP of the reply, or the instant of the click.
    pub stamp: DateTime<Utc>,
    /// When it reached us.
    pub received: DateTime<Utc>,
    /// Through which door.
    pub source: Source,
}

/// What becomes of an incoming answer (rule I6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It counts, and is dated so.
    Apply {
        /// Instant against which later answers are compared.
        stamp: DateTime<Utc>,
    },
    /// It answers a time that no longer holds: kept in the history, not applied.
    Stale,
    /// A newer answer has been applied already: kept in the history.
    Superseded,
    /// It answers a revision that does not exist: kept aside for a person to look at.
    Ahead,
}

/// Which of two answers counts (rule I6). `last` is the stamp of the answer that holds now.
///
/// A click on our own page is dated by our own clock and always newer than what came before, however
/// wrong the clock of an earlier calendar reply was.
#[must_use]
pub fn judge(revision: Revision, last: Option<DateTime<Utc>>, incoming: Incoming) -> Verdict {
    if incoming.sequence < revision.time_sequence {
        return Verdict::Stale;
    }
    if incoming.sequence > revision.sequence {
        return Verdict::Ahead;
    }
    let dated = incoming.stamp.min(incoming.received + MOST_AHEAD);
    match (incoming.source, last) {
        (Source::Calendar, Some(last)) if dated < last => Verdict::Superseded,
        (_, last) => Verdict::Apply {
            stamp: last.map_or(dated, |last| last.max(dated)),
        },
    }
}

crate::text_enum! {
    /// What the answers of all attendees amount to.
    pub enum Standing {
        /// Everybody comes.
        Confirmed => "confirmed",
        /// Somebody has not answered, or not firmly.
        Open => "open",
        /// Somebody does not come.
        Declined => "declined",
    }
}

impl Standing {
    /// Reads the answers. A meeting without attendees is open.
    #[must_use]
    pub fn of(answers: &[Partstat]) -> Self {
        if answers.contains(&Partstat::Declined) {
            Self::Declined
        } else if !answers.is_empty() && answers.iter().all(|one| *one == Partstat::Accepted) {
            Self::Confirmed
        } else {
            Self::Open
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + second, 0).unwrap()
    }

    /// A meeting that moved at sequence 2 and stands at 3.
    fn revision() -> Revision {
        Revision {
            sequence: 3,
            time_sequence: 2,
            stamp: at(0),
        }
    }

    fn reply(sequence: i32, stamp: i64) -> Incoming {
        Incoming {
            sequence,
            stamp: at(stamp),
            received: at(100),
            source: Source::Calendar,
        }
    }

    #[test]
    fn i6_an_answer_to_an_earlier_time_is_stale() {
        assert_eq!(judge(revision(), None, reply(1, 50)), Verdict::Stale);
        let without_sequence = reply(0, 50);
        assert_eq!(judge(revision(), None, without_sequence), Verdict::Stale);
    }

    #[test]
    fn i6_an_answer_since_the_last_change_of_time_counts() {
        for sequence in [2, 3] {
            let verdict = judge(revision(), None, reply(sequence, 50));
            assert_eq!(verdict, Verdict::Apply { stamp: at(50) });
        }
    }

    #[test]
    fn i6_an_answer_to_a_revision_that_does_not_exist_is_set_aside() {
        assert_eq!(judge(revision(), None, reply(4, 50)), Verdict::Ahead);
    }

    #[test]
    fn i6_the_newest_stamp_wins_whatever_arrives_first() {
        assert_eq!(
            judge(revision(), Some(at(60)), reply(3, 50)),
            Verdict::Superseded
        );
        assert_eq!(
            judge(revision(), Some(at(60)), reply(3, 60)),
            Verdict::Apply { stamp: at(60) }
        );
    }

    #[test]
    fn i6_a_stamp_from_the_future_is_clamped_to_five_minutes_after_receipt() {
        assert_eq!(
            judge(revision(), None, reply(3, 1_000_000)),
            Verdict::Apply { stamp: at(400) }
        );
    }

    #[test]
    fn i6_a_click_counts_even_after_a_reply_dated_ahead() {
        let click = Incoming {
            source: Source::Link,
            ..reply(3, 100)
        };
        assert_eq!(
            judge(revision(), Some(at(400)), click),
            Verdict::Apply { stamp: at(400) }
        );
        let stale_page = Incoming {
            sequence: 1,
            ..click
        };
        assert_eq!(judge(revision(), None, stale_page), Verdict::Stale);
    }

    #[test]
    fn a_meeting_is_confirmed_when_everybody_comes() {
        use Partstat::{Accepted, Declined, NeedsAction, Tentative};
        assert_eq!(Standing::of(&[Accepted, Accepted]), Standing::Confirmed);
        assert_eq!(Standing::of(&[Accepted, Tentative]), Standing::Open);
        assert_eq!(Standing::of(&[Accepted, NeedsAction]), Standing::Open);
        assert_eq!(Standing::of(&[Accepted, Declined]), Standing::Declined);
        assert_eq!(Standing::of(&[]), Standing::Open);
    }
}
