//! The number and the time stamp by which calendars tell a newer message about a meeting from an older
//! one (RFC 5545, sections 3.8.7.2 DTSTAMP and 3.8.7.4 SEQUENCE; rule O8).

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

/// Which revision of a meeting is current.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revision {
    /// SEQUENCE of the messages about this revision. Starts at 0.
    pub sequence: i32,
    /// SEQUENCE at the last change of time: answers to anything older are stale (rule I6).
    pub time_sequence: i32,
    /// DTSTAMP of the messages about this revision: whole seconds, and newer than that of every
    /// earlier revision even when two changes fall in one second, so that no calendar has to guess.
    pub stamp: DateTime<Utc>,
}

/// What is changed about a meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Its start or end.
    Time,
    /// It is called off.
    Cancellation,
    /// Title, description, place or link.
    Text,
}

impl Revision {
    /// The first revision of a meeting booked at `now`.
    #[must_use]
    pub fn first(now: DateTime<Utc>) -> Self {
        Self {
            sequence: 0,
            time_sequence: 0,
            stamp: now.trunc_subsecs(0),
        }
    }

    /// The revision that follows (rule O8): SEQUENCE rises with time and cancellation, not with text;
    /// DTSTAMP always.
    #[must_use]
    pub fn after(self, change: Change, now: DateTime<Utc>) -> Self {
        let sequence = match change {
            Change::Time | Change::Cancellation => self.sequence.saturating_add(1),
            Change::Text => self.sequence,
        };
        let time_sequence = match change {
            Change::Time => sequence,
            Change::Cancellation | Change::Text => self.time_sequence,
        };
        let next_second = self.stamp + TimeDelta::seconds(1);
        Self {
            sequence,
            time_sequence,
            stamp: now.trunc_subsecs(0).max(next_second),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-12-01T10:00:00.7Z".parse().unwrap()
    }

    #[test]
    fn o8_sequence_rises_with_time_and_cancellation_and_not_with_text() {
        let first = Revision::first(now());
        assert_eq!((first.sequence, first.time_sequence), (0, 0));
        let moved = first.after(Change::Time, now());
        assert_eq!((moved.sequence, moved.time_sequence), (1, 1));
        let retitled = moved.after(Change::Text, now());
        assert_eq!((retitled.sequence, retitled.time_sequence), (1, 1));
        let cancelled = retitled.after(Change::Cancellation, now());
        assert_eq!((cancelled.sequence, cancelled.time_sequence), (2, 1));
    }

    #[test]
    fn o8_dtstamp_is_whole_seconds_and_newer_even_within_one_second() {
        let first = Revision::first(now());
        assert_eq!(first.stamp.to_rfc3339(), "2026-12-01T10:00:00+00:00");
        let second = first.after(Change::Text, now());
        let third = second.after(Change::Text, now());
        assert!(first.stamp < second.stamp && second.stamp < third.stamp);
        let later = third.after(Change::Text, now() + TimeDelta::hours(1));
        assert_eq!(later.stamp.to_rfc3339(), "2026-12-01T11:00:00+00:00");
    }
}
