//! What can come of a look at a calendar, and when to look again. Pure.

use chrono::TimeDelta;

use crate::kernel::Instant;
use crate::kernel::ids::BusyCalendarId;

crate::text_enum! {
    /// Why a calendar could not be read.
    pub enum Trouble {
        /// Not an address of a calendar on the public internet.
        NotAllowed => "calendar-not-allowed",
        /// It is the platform's own address.
        Ours => "calendar-ours",
        /// No such host, nobody answers there, or no safe connection.
        Unreachable => "calendar-unreachable",
        /// The server wants a sign-in, or no longer knows the address.
        Refused => "calendar-refused",
        /// The server has trouble of its own.
        ServerTrouble => "calendar-server-trouble",
        /// It leads from one address to another too often.
        Redirects => "calendar-redirects",
        TooSlow => "calendar-too-slow",
        TooLarge => "calendar-too-large",
        /// What is there is no calendar.
        NoCalendar => "calendar-none",
    }
}

/// A calendar that could not be read for so long is no longer believed.
pub const BELIEVED: TimeDelta = TimeDelta::days(14);
/// The file is read anew at least so often, even when its server says that nothing changed: the days ahead that
/// its rules fill move on.
pub const READ_ANEW: TimeDelta = TimeDelta::days(7);
/// How far ahead busy times are kept: as far as meetings can be booked, and until the next reading.
pub const AHEAD: TimeDelta = TimeDelta::days(366 + 8);
/// The longest pause.
const LONGEST: TimeDelta = TimeDelta::hours(24);

/// When to look again after `failures` in a row: the usual pause, doubled for each failure, a day at most, and a
/// tenth more or less so that calendars of one server are not all asked at once.
#[must_use]
pub fn next_check(id: BusyCalendarId, usual: TimeDelta, failures: i32, now: Instant) -> Instant {
    let doubled = u32::try_from(failures.clamp(0, 10)).unwrap_or(0);
    let pause = usual
        .checked_mul(1_i32.checked_shl(doubled).unwrap_or(1))
        .map_or(LONGEST, |pause| pause.min(LONGEST))
        .max(usual.min(LONGEST));
    let [.., last] = *id.0.as_bytes();
    let jitter = pause.num_seconds() * (i64::from(last) - 128) / 1280;
    now.plus(pause + TimeDelta::seconds(jitter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_a_sentence_in_both_languages() {
        use crate::i18n::{has, text};
        use crate::kernel::Locale::{En, Fr};
        for trouble in Trouble::ALL {
            let key = format!("field-{trouble}");
            assert!(has(En, &key) && has(Fr, &key), "{key}");
            let (english, french) = (text(En, &key), text(Fr, &key));
            assert_ne!(english, french, "{key}");
            assert!(english.ends_with('.') && french.ends_with('.'), "{key}");
        }
    }

    #[test]
    fn a_failing_calendar_is_asked_less_and_less_and_once_a_day_at_least() {
        let now = Instant::from_millis(1_800_000_000_000).unwrap();
        let id = BusyCalendarId::new(now);
        let pause = |failures| next_check(id, TimeDelta::hours(1), failures, now).since(now);
        let near = |pause: TimeDelta, hours: i64| {
            (pause - TimeDelta::hours(hours)).abs() <= TimeDelta::minutes(hours * 6 + 1)
        };
        for (failures, hours) in [(0, 1), (1, 2), (2, 4), (4, 16), (5, 24), (99, 24)] {
            let pause = pause(failures);
            assert!(near(pause, hours), "{failures}: {pause}");
        }
    }

    #[test]
    fn two_calendars_are_not_asked_in_the_same_second() {
        let now = Instant::from_millis(1_800_000_000_000).unwrap();
        let next = |_| next_check(BusyCalendarId::new(now), TimeDelta::hours(1), 0, now);
        let distinct: std::collections::BTreeSet<_> = (0..64).map(next).collect();
        assert!(distinct.len() > 30, "{}", distinct.len());
    }
}
