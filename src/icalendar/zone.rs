//! VTIMEZONE for a series, made from current zone data (T2, T3, T4).
//!
//! Outlook reduces every VTIMEZONE to one STANDARD and at most one DAYLIGHT, each with a yearly
//! rule, and gets the rest wrong. So a [`Definition`] has exactly that shape, and exists only where
//! that shape tells the truth for the whole life of the series; otherwise the series is sent as
//! single events in UTC (T3). Nothing here lists zones by name: a zone whose rules do not fit this
//! year or change next year is found by looking at the zone data that is compiled in.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Duration, Months, NaiveDate, NaiveDateTime, Utc, Weekday};

use crate::kernel::{Instant, Zone};

/// How far ahead a zone's rules must fit at least, in years.
const HORIZON_YEARS: i32 = 12;

/// One VTIMEZONE.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    pub zone: Zone,
    pub standard: Observance,
    pub daylight: Option<Observance>,
}

/// One STANDARD or DAYLIGHT.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observance {
    /// When it first holds, in local time before the change.
    pub onset: NaiveDateTime,
    /// Seconds east of UTC, before and after.
    pub from: i32,
    pub to: i32,
    /// `EST`, `CEST`, `-03` …
    pub name: String,
    /// The day of the year on which it begins; `None` where the offset never changes.
    pub yearly: Option<Yearly>,
}

/// The `nth` (from the end when negative) `day` of `month`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Yearly {
    /// 1 to 12.
    pub month: u32,
    /// 1 to 4, or -1 for the last.
    pub nth: i8,
    pub day: Weekday,
}

/// Whether a series in this zone between two instants can be sent as a series (T3). `until` is
/// `None` for a series without an end.
#[must_use]
pub fn can_carry_series(zone: Zone, from: Instant, until: Option<Instant>) -> bool {
    definition(zone, from, until).is_some()
}

/// The definition that is right for every instant between `from` and `until`; `None` for a zone
/// whose rules do not fit (T3).
#[must_use]
pub fn definition(zone: Zone, from: Instant, until: Option<Instant>) -> Option<Definition> {
    let first = zone.date_at(from.utc()).year();
    let last = match until {
        Some(until) => zone.date_at(until.utc()).year().checked_add(1)?,
        None => first,
    };
    // Some years more than the series lasts: what fits some years by chance does not fit twelve.
    let last = last.max(first.checked_add(HORIZON_YEARS)?);
    let changes = changes(zone, first, last)?;
    if changes.iter().all(|change| change.at <= from.utc()) {
        return Some(constant(zone, from));
    }
    yearly(zone, first, last, &changes)
}

/// A change of the offset.
struct Change {
    at: DateTime<Utc>,
    /// Local time before the change.
    local: NaiveDateTime,
    /// Seconds east of UTC, before and after.
    from: i32,
    to: i32,
    name: String,
}

fn start_of(zone: Zone, year: i32) -> Option<DateTime<Utc>> {
    NaiveDate::from_ymd_opt(year, 1, 1).map(|day| zone.start_of(day))
}

/// All changes in the local years `first` to `last`.
fn changes(zone: Zone, first: i32, last: i32) -> Option<Vec<Change>> {
    let mut after = start_of(zone, first)? - Duration::seconds(1);
    let end = start_of(zone, last.checked_add(1)?)?;
    let mut changes = Vec::new();
    while let Some(next) = zone.next_transition(after).filter(|next| next.at < end) {
        changes.push(Change {
            at: next.at,
            local: next.at.naive_utc() + Duration::seconds(i64::from(next.offset_before)),
            from: next.offset_before,
            to: next.offset_after,
            name: zone.abbreviation_at(next.at),
        });
        after = next.at;
    }
    Some(changes)
}

/// Two changes a year on the same days of every year that was looked at.
fn yearly(zone: Zone, first: i32, last: i32, changes: &[Change]) -> Option<Definition> {
    let mut groups: BTreeMap<(i32, i32), Vec<&Change>> = BTreeMap::new();
    for change in changes {
        let group = groups.entry((change.from, change.to));
        group.or_default().push(change);
    }
    let groups: Vec<_> = groups.into_values().collect();
    let [one, other] = groups.as_slice() else {
        return None;
    };
    let one = observance(first, last, one)?;
    let other = observance(first, last, other)?;
    if one.from != other.to || one.to != other.from {
        return None;
    }
    // Daylight is the later clock, also where the law names it the other way round (Ireland).
    let (standard, daylight) = if one.to < other.to {
        (one, other)
    } else {
        (other, one)
    };
    Some(Definition {
        zone,
        standard,
        daylight: Some(daylight),
    })
}

/// The one rule that gives all of these changes, one in each year from `first` to `last`.
fn observance(first: i32, last: i32, changes: &[&Change]) -> Option<Observance> {
    let sample = changes.first()?;
    let time = sample.local.time();
    let every_year = changes
        .iter()
        .map(|change| change.local.year())
        .eq(first..=last);
    if !every_year || changes.iter().any(|change| change.local.time() != time) {
        return None;
    }
    let rule = candidates(sample.local).into_iter().find(|rule| {
        let mut others = changes.iter().map(|change| candidates(change.local));
        others.all(|candidates| candidates.contains(rule))
    })?;
    Some(Observance {
        // A year early, so that the start of the series is behind both onsets.
        onset: rule.in_year(first.checked_sub(1)?)?.and_time(time),
        from: sample.from,
        to: sample.to,
        name: sample.name.clone(),
        yearly: Some(rule),
    })
}

/// The yearly rules that name this day: counted from the start of the month, and as the last one.
fn candidates(local: NaiveDateTime) -> Vec<Yearly> {
    let rule = |nth| Yearly {
        month: local.month(),
        nth,
        day: local.weekday(),
    };
    let nth = i8::try_from(local.day0() / 7 + 1).unwrap_or(5);
    let last = (local.date() + Duration::days(7)).month() != local.month();
    (nth < 5)
        .then(|| rule(nth))
        .into_iter()
        .chain(last.then(|| rule(-1)))
        .collect()
}

/// One offset from now on.
fn constant(zone: Zone, at: Instant) -> Definition {
    let offset = zone.offset_at(at.utc());
    Definition {
        zone,
        standard: Observance {
            onset: DateTime::UNIX_EPOCH.naive_utc(),
            from: offset,
            to: offset,
            name: zone.abbreviation_at(at.utc()),
            yearly: None,
        },
        daylight: None,
    }
}

impl Yearly {
    /// The day in one year.
    fn in_year(self, year: i32) -> Option<NaiveDate> {
        if let Ok(nth) = u8::try_from(self.nth) {
            return NaiveDate::from_weekday_of_month_opt(year, self.month, self.day, nth);
        }
        let first = NaiveDate::from_ymd_opt(year, self.month, 1)?;
        let mut day = first.checked_add_months(Months::new(1))?.pred_opt()?;
        while day.weekday() != self.day {
            day = day.pred_opt()?;
        }
        Some(day)
    }
}

impl Definition {
    /// The offset, in seconds east of UTC, that a program which follows the definition to the
    /// letter has at a local time that exists once.
    #[must_use]
    pub fn offset_at(&self, local: NaiveDateTime) -> i32 {
        let Some(daylight) = &self.daylight else {
            return self.standard.to;
        };
        let onset = |observance: &Observance, year| -> Option<(NaiveDateTime, i32)> {
            let day = observance.yearly?.in_year(year)?;
            Some((day.and_time(observance.onset.time()), observance.to))
        };
        let year = local.year();
        [year - 1, year]
            .into_iter()
            .flat_map(|year| [onset(&self.standard, year), onset(daylight, year)])
            .flatten()
            .filter(|(begins, _)| *begins <= local)
            .max_by_key(|(begins, _)| *begins)
            .map_or(self.standard.to, |(_, offset)| offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        Instant::new(text.parse().unwrap())
    }

    fn zone(name: &str) -> Zone {
        Zone::parse(name).unwrap()
    }

    /// T3's list as the 2026e data makes it, with the names that link to them. Morocco has stopped
    /// changing its clocks since the list was made; its zones are looked at below.
    const CANNOT: &[&str] = &[
        "Africa/Cairo",
        "America/Godthab",
        "America/Nuuk",
        "America/Santiago",
        "America/Scoresbysund",
        "Asia/Gaza",
        "Asia/Hebron",
        "Asia/Jerusalem",
        "Asia/Tel_Aviv",
        "Chile/Continental",
        "Egypt",
        "Israel",
    ];

    #[test]
    fn t3_exactly_the_zones_with_unwritable_rules_cannot_carry_a_series() {
        for year in 2027..2036 {
            let from = at(&format!("{year}-06-01T00:00:00Z"));
            let until = Some(from.plus(Duration::days(30)));
            let cannot: Vec<_> = Zone::names()
                .filter(|name| !can_carry_series(zone(name), from, until))
                .collect();
            assert_eq!(cannot, CANNOT, "{year}");
        }
    }

    #[test]
    fn t3_a_series_across_a_change_of_the_law_cannot_be_written() {
        let carries = |name, from, until| can_carry_series(zone(name), at(from), Some(at(until)));
        let (spring, autumn) = ("2026-02-01T00:00:00Z", "2026-10-01T00:00:00Z");
        for name in ["Africa/Casablanca", "Africa/El_Aaiun"] {
            assert!(!carries(name, spring, autumn), "{name}");
            assert!(carries(name, autumn, "2030-01-01T00:00:00Z"), "{name}");
        }
        // British Columbia keeps its summer clock from November 2026.
        assert!(!carries(
            "America/Vancouver",
            "2025-10-01T00:00:00Z",
            "2027-04-01T00:00:00Z"
        ));
        assert!(carries("America/Vancouver", autumn, "2027-04-01T00:00:00Z"));
    }

    #[test]
    fn t2_a_definition_agrees_with_the_zone_data_on_every_day_of_the_series() {
        let (from, until) = (at("2027-02-01T00:00:00Z"), at("2029-12-01T00:00:00Z"));
        let mut compared = 0;
        for name in Zone::names() {
            let zone = zone(name);
            let Some(definition) = definition(zone, from, Some(until)) else {
                continue;
            };
            let mut instant = from;
            while instant < until {
                let local = zone.local(instant.utc());
                // A definition cannot tell the first of two equal wall times from the second.
                if zone.resolve(local) == instant.utc() {
                    let offset = zone.offset_at(instant.utc());
                    assert_eq!(definition.offset_at(local), offset, "{name} {local}");
                    compared += 1;
                }
                instant = instant.plus(Duration::hours(19));
            }
        }
        assert!(compared > 400_000, "{compared}");
    }

    #[test]
    fn t2_toronto_is_one_standard_and_one_daylight() {
        let from = at("2026-10-06T22:00:00Z");
        let definition = definition(zone("America/Toronto"), from, None).unwrap();
        let rule = |month, nth| {
            Some(Yearly {
                month,
                nth,
                day: Weekday::Sun,
            })
        };
        assert_eq!(definition.standard.yearly, rule(11, 1));
        assert_eq!(definition.standard.name, "EST");
        let daylight = definition.daylight.unwrap();
        assert_eq!(daylight.yearly, rule(3, 2));
        assert_eq!((daylight.from, daylight.to), (-18000, -14400));
        assert_eq!(daylight.onset.to_string(), "2025-03-09 02:00:00");
    }
}
