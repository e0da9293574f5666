//! An instant in words, on somebody's clock: "Tuesday 13 October 2026, 08:00 (Toronto time)". For the pages of this
//! room.

use crate::i18n;
use crate::kernel::{Instant, Locale, Zone};
use crate::mail::When;

/// The instant in words, with the place that names the clock.
#[must_use]
pub fn moment(locale: Locale, zone: Zone, at: Instant) -> String {
    let when = When::new(at, at, zone, locale);
    let say = |key: &str, args: &[(&'static str, String)]| {
        let pairs = args.iter().map(|(name, value)| (*name, value.as_str()));
        i18n::text_with_pairs(locale, key, pairs)
    };
    let number = |key: &str, value: u32| say(key, &[("number", value.to_string())]);
    let date = [
        ("weekday", number("meeting-weekday", when.weekday)),
        ("day", when.day.to_string()),
        ("month", number("meeting-month", when.month)),
        ("year", when.year.to_string()),
    ];
    // Two digits as text: a number would lose its leading zero.
    let whole = if when.start.minute == 0 { "yes" } else { "no" };
    let clock: i18n::Args<'_> = [
        ("hour".into(), when.start.hour.to_string().into()),
        ("minute".into(), format!("{:02}", when.start.minute).into()),
        ("whole".into(), whole.into()),
    ]
    .into();
    let moment = [
        ("date", say("meeting-date", &date)),
        ("time", i18n::text_with(locale, "meeting-clock", &clock)),
        ("place", when.place),
    ];
    say("match-moment", &moment)
}
