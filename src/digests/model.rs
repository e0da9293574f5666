//! When a digest is due, and what stands in it: values and pure functions.

use chrono::{DateTime, NaiveDate, Timelike, Utc};

use crate::kernel::Zone;

crate::text_enum! {
    /// The kinds of things that wait, in order of harm if left.
    pub enum Section {
        /// Mails that were refused or given up.
        FailedMails => "mails",
        /// Meetings that somebody declined and that have no new time.
        Declined => "declined",
        /// Meetings that somebody has not answered, and was asked again.
        Unanswered => "unanswered",
        /// Offers to two people that somebody has not answered, with the deadline past or near.
        Consents => "consents",
        /// Offers that came to nothing, whose mentee waits for what comes next.
        Offers => "offers",
        /// Messages that came in and wait for somebody's look.
        Held => "held",
        /// Proposals of the matcher to decide.
        Proposals => "proposals",
        /// Pairs that neither meet nor plan to.
        Silent => "silent",
        /// Entries in the ledger of hours to approve.
        Hours => "hours",
    }
}

/// The local day for which a digest is due at `now`, if it is: its hour has come on the clock in `zone`, and it
/// was not due before on that day. An hour that the clocks leave out in spring is over at once; one that comes
/// twice in autumn comes once here.
#[must_use]
pub fn due(
    now: DateTime<Utc>,
    zone: Zone,
    hour: u32,
    last_on: Option<NaiveDate>,
) -> Option<NaiveDate> {
    let today = zone.date_at(now);
    let reached = zone.local(now).hour() >= hour;
    (reached && last_on.is_none_or(|last| last < today)).then_some(today)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(at: &str, zone: &str, hour: u32, last: Option<&str>) -> Option<String> {
        let zone = Zone::parse(zone).unwrap();
        let last = last.map(|last| last.parse().unwrap());
        due(at.parse().unwrap(), zone, hour, last).map(|day| day.to_string())
    }

    #[test]
    fn a_digest_is_due_at_its_hour_on_the_readers_clock_and_once_a_day() {
        let toronto = "America/Toronto";
        assert_eq!(asked("2026-10-05T10:59:59Z", toronto, 7, None), None);
        let due = Some("2026-10-05".to_owned());
        assert_eq!(asked("2026-10-05T11:00:00Z", toronto, 7, None), due);
        assert_eq!(
            asked("2026-10-05T11:00:00Z", toronto, 7, Some("2026-10-04")),
            due
        );
        assert_eq!(
            asked("2026-10-05T11:01:00Z", toronto, 7, Some("2026-10-05")),
            None
        );
        // A worker that was away for days writes one, not three.
        assert_eq!(
            asked("2026-10-05T23:00:00Z", toronto, 7, Some("2026-10-01")),
            due
        );
    }

    #[test]
    fn the_hour_that_spring_leaves_out_and_the_one_that_autumn_repeats_come_once() {
        let toronto = "America/Toronto";
        // 8 March 2026: 02:00 becomes 03:00, at 07:00 UTC.
        assert_eq!(
            asked("2026-03-08T06:59:00Z", toronto, 2, Some("2026-03-07")),
            None
        );
        let spring = Some("2026-03-08".to_owned());
        assert_eq!(
            asked("2026-03-08T07:00:00Z", toronto, 2, Some("2026-03-07")),
            spring
        );
        // 1 November 2026: 01:00 to 02:00 comes at 05:00 and at 06:00 UTC.
        let autumn = Some("2026-11-01".to_owned());
        assert_eq!(
            asked("2026-11-01T05:00:00Z", toronto, 1, Some("2026-10-31")),
            autumn
        );
        assert_eq!(
            asked("2026-11-01T06:00:00Z", toronto, 1, Some("2026-11-01")),
            None
        );
    }
}
