//! A meeting's time in a sentence on a page: on the reader's clock, with the zone's name. The mails' templates
//! say it in the same way, in their own words.

use super::store::Contact;
use crate::i18n;
use crate::kernel::{Instant, Locale};
use crate::mail::When;
use crate::mail::when::Clock;

/// The time of a meeting on somebody's clock.
#[must_use]
pub fn on_the_clock_of(contact: &Contact, locale: Locale, start: Instant, end: Instant) -> When {
    When::new(start, end, contact.zone(), locale)
}

/// "Tuesday 8 December 2026, 18:00 to 19:00 (Toronto time, EST)".
#[must_use]
pub fn sentence(locale: Locale, when: &When) -> String {
    let key = if when.next_day {
        "meeting-when-overnight"
    } else {
        "meeting-when"
    };
    say(
        locale,
        key,
        &[
            ("date", date(locale, when)),
            ("start", clock(locale, when.start)),
            ("end", clock(locale, when.end)),
            ("place", when.place.clone()),
            ("abbreviation", when.abbreviation.clone()),
        ],
    )
}

/// "Tuesday 8 December, 18:00", for a button.
#[must_use]
pub fn short(locale: Locale, when: &When) -> String {
    say(
        locale,
        "meeting-when-short",
        &[
            ("weekday", weekday(locale, when)),
            ("day", when.day.to_string()),
            ("month", month(locale, when)),
            ("start", clock(locale, when.start)),
            ("place", when.place.clone()),
        ],
    )
}

/// "18:00 to 19:00", for a list under a date.
#[must_use]
pub fn hours(locale: Locale, when: &When) -> String {
    let (start, end) = (clock(locale, when.start), clock(locale, when.end));
    say(locale, "meeting-hours", &[("start", start), ("end", end)])
}

/// "18:00".
#[must_use]
pub fn start(locale: Locale, when: &When) -> String {
    clock(locale, when.start)
}

/// "Tuesday 8 December 2026".
#[must_use]
pub fn date(locale: Locale, when: &When) -> String {
    say(
        locale,
        "meeting-date",
        &[
            ("weekday", weekday(locale, when)),
            ("day", when.day.to_string()),
            ("month", month(locale, when)),
            ("year", when.year.to_string()),
        ],
    )
}

fn weekday(locale: Locale, when: &When) -> String {
    say(
        locale,
        "meeting-weekday",
        &[("number", when.weekday.to_string())],
    )
}

fn month(locale: Locale, when: &When) -> String {
    say(
        locale,
        "meeting-month",
        &[("number", when.month.to_string())],
    )
}

fn clock(locale: Locale, clock: Clock) -> String {
    let minute = format!("{:02}", clock.minute);
    // Two digits as text: a number would lose its leading zero.
    let args: i18n::Args<'_> = [
        ("hour".into(), clock.hour.to_string().into()),
        ("minute".into(), minute.into()),
        (
            "whole".into(),
            if clock.minute == 0 { "yes" } else { "no" }.into(),
        ),
    ]
    .into();
    i18n::text_with(locale, "meeting-clock", &args)
}

fn say(locale: Locale, key: &str, args: &[(&'static str, String)]) -> String {
    i18n::text_with_pairs(
        locale,
        key,
        args.iter().map(|(name, value)| (*name, value.as_str())),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Zone;

    fn when(start: &str, end: &str, zone: &str, locale: Locale) -> When {
        let at = |text: &str| Instant::new(text.parse().unwrap());
        When::new(at(start), at(end), Zone::parse(zone).unwrap(), locale)
    }

    #[test]
    fn t1_a_time_is_said_on_the_readers_clock_with_the_zones_name() {
        let (start, end) = ("2026-12-08T23:05:00Z", "2026-12-09T00:05:00Z");
        let toronto = when(start, end, "America/Toronto", Locale::En);
        assert_eq!(
            sentence(Locale::En, &toronto),
            "Tuesday 8 December 2026, 18:05 to 19:05 (Toronto time, EST)"
        );
        assert_eq!(
            short(Locale::En, &toronto),
            "Tuesday 8 December, 18:05, Toronto time"
        );
        let toronto = when(start, end, "America/Toronto", Locale::Fr);
        assert_eq!(
            sentence(Locale::Fr, &toronto),
            "mardi 8 décembre 2026, de 18\u{a0}h\u{a0}05 à 19\u{a0}h\u{a0}05 (heure locale\u{a0}: Toronto, HNE)"
        );
    }

    #[test]
    fn a_meeting_over_midnight_says_so_and_the_first_of_a_month_is_le_premier() {
        let (start, end) = ("2027-05-02T03:00:00Z", "2027-05-02T04:30:00Z");
        let night = when(start, end, "America/Toronto", Locale::Fr);
        assert_eq!(
            sentence(Locale::Fr, &night),
            "samedi 1er mai 2027, de 23\u{a0}h à 0\u{a0}h\u{a0}30 le lendemain (heure locale\u{a0}: Toronto, HAE)"
        );
    }
}
