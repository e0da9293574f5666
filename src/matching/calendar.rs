//! The weeks of a programme on the real calendar: which clock regimes they have, for the zones of its people.
//!
//! A person is free in local time; two people meet at one instant. Clocks change on different dates, so the
//! weeks are grouped by the offsets of all zones involved, and each group is one regime of the engine.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::kernel::{Instant, Zone};
use crate::matching::engine::week::{Regime, regimes};

/// Weeks that are looked at, at most: two years.
pub const MOST_WEEKS: u64 = 104;

/// The zones of a programme's people and the clock regimes of its weeks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    /// Zones by their names, in the order of the regimes' offsets.
    pub zones: Vec<String>,
    /// At least one regime, in the order of their first week.
    pub regimes: Vec<Regime>,
    /// The Monday of the first week.
    pub from: NaiveDate,
    /// The regime of each week, from `from` on.
    #[serde(default)]
    pub weeks: Vec<usize>,
}

impl Calendar {
    /// The weeks that are left of a programme, from today on; one week where it is over or about to be.
    #[must_use]
    pub fn new(starts_on: NaiveDate, ends_on: NaiveDate, now: Instant, zones: &[Zone]) -> Self {
        let first = starts_on.max(now.utc_date());
        let monday = first
            .checked_sub_days(Days::new(first.weekday().num_days_from_monday().into()))
            .unwrap_or(first);
        let mondays = (0..MOST_WEEKS)
            .filter_map(|week| monday.checked_add_days(Days::new(7 * week)))
            .take_while(|start| *start == monday || *start <= ends_on);
        let offsets: Vec<Vec<i32>> = mondays.map(|start| offsets_in(start, zones)).collect();
        let regimes = regimes(&offsets);
        let weeks = offsets.iter().map(|of_week| {
            let found = regimes.iter().position(|regime| regime.offsets == *of_week);
            found.unwrap_or(0)
        });
        Self {
            zones: zones.iter().map(|zone| zone.name().to_owned()).collect(),
            weeks: weeks.collect(),
            regimes,
            from: monday,
        }
    }

    /// The Mondays of a regime's weeks.
    pub fn mondays(&self, regime: usize) -> impl Iterator<Item = NaiveDate> {
        let weeks = (0_u64..).zip(&self.weeks);
        weeks
            .filter(move |(_, of)| **of == regime)
            .filter_map(|(week, _)| self.from.checked_add_days(Days::new(7 * week)))
    }

    /// The position of a zone.
    #[must_use]
    pub fn zone(&self, name: &str) -> Option<usize> {
        self.zones.iter().position(|zone| zone == name)
    }

    /// The regime that lasts longest: what "a typical week" means in words.
    #[must_use]
    pub fn typical(&self) -> usize {
        let weeks = self.regimes.iter().map(|regime| regime.weeks).enumerate();
        // The first of equals.
        weeks
            .max_by_key(|(position, weeks)| (*weeks, std::cmp::Reverse(*position)))
            .map_or(0, |(position, _)| position)
    }
}

/// Minutes east of UTC of each zone in the middle of the week that begins on `monday`.
fn offsets_in(monday: NaiveDate, zones: &[Zone]) -> Vec<i32> {
    let noon = NaiveTime::from_hms_opt(12, 0, 0).unwrap_or(NaiveTime::MIN);
    let middle: DateTime<Utc> = monday.and_time(noon).and_utc() + TimeDelta::days(3);
    let offset = |zone: &Zone| zone.offset_at(middle) / 60;
    zones.iter().map(offset).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar(from: &str, to: &str, now: &str, zones: &[&str]) -> Calendar {
        let zones: Vec<Zone> = zones.iter().map(|z| Zone::parse(z).unwrap()).collect();
        let now: DateTime<Utc> = now.parse().unwrap();
        Calendar::new(
            from.parse().unwrap(),
            to.parse().unwrap(),
            now.into(),
            &zones,
        )
    }

    #[test]
    fn toronto_changes_its_clocks_and_vancouver_no_longer_does() {
        let both = calendar(
            "2026-10-05",
            "2027-03-28",
            "2026-09-01T00:00:00Z",
            &["America/Toronto", "America/Vancouver"],
        );
        let offsets: Vec<_> = both
            .regimes
            .iter()
            .map(|r| (r.weeks, r.offsets.clone()))
            .collect();
        // Four weeks of October and the last two of March at one distance, the winter at another.
        assert_eq!(offsets, [(6, vec![-240, -420]), (19, vec![-300, -420])]);
        assert_eq!(both.typical(), 1);
        let mondays: Vec<String> = both.mondays(0).map(|day| day.to_string()).collect();
        assert_eq!(mondays.len(), 6);
        assert_eq!(
            (mondays[0].as_str(), mondays[4].as_str()),
            ("2026-10-05", "2027-03-15")
        );
    }

    #[test]
    fn weeks_that_are_past_do_not_count_and_one_week_always_does() {
        let late = calendar(
            "2026-09-01",
            "2027-06-30",
            "2027-06-10T00:00:00Z",
            &["America/Toronto"],
        );
        assert_eq!(late.regimes.iter().map(|r| r.weeks).sum::<u16>(), 4);
        assert_eq!(late.from.to_string(), "2027-06-07");
        let over = calendar(
            "2025-09-01",
            "2026-01-31",
            "2026-10-06T00:00:00Z",
            &["America/Toronto"],
        );
        assert_eq!(over.regimes.iter().map(|r| r.weeks).sum::<u16>(), 1);
        let nobody = calendar("2026-09-01", "2027-06-30", "2026-10-06T00:00:00Z", &[]);
        assert_eq!(nobody.regimes.len(), 1);
    }

    #[test]
    fn a_programme_of_many_years_is_looked_at_for_two() {
        let long = calendar(
            "2026-01-01",
            "2099-12-31",
            "2026-01-01T00:00:00Z",
            &["Europe/Paris"],
        );
        assert_eq!(
            u64::from(long.regimes.iter().map(|r| r.weeks).sum::<u16>()),
            MOST_WEEKS
        );
    }
}
