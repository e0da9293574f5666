//! How a series repeats: pure values.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, TimeDelta, Utc};

use crate::icalendar::{Recurrence, zone};
use crate::kernel::{Instant, Zone};
use crate::meetings::slots::Span;

/// The most instances of a series: a year of weeks.
pub const MOST_INSTANCES: u32 = 52;
/// The most weeks from one instance to the next.
pub const MOST_WEEKS: u32 = 12;

crate::text_enum! {
    /// How the end of a series was said; calendars show it so.
    #[schema(as = SeriesEnds)]
    pub enum Ends {
        /// After so many meetings.
        Count => "count",
        /// On a date.
        Until => "until",
    }
}

crate::text_enum! {
    /// What people get for a series.
    pub enum Form {
        /// One calendar entry that repeats (rule T2).
        Rule => "rule",
        /// One calendar entry for each instance, in UTC (rule T3).
        Singles => "singles",
    }
}

crate::text_enum! {
    /// Where a series stands.
    pub enum SeriesState {
        /// Booked; its instances have states of their own.
        Scheduled => "scheduled",
        /// Called off before any of it took place. Final.
        Cancelled => "cancelled",
    }
}

/// Which starts a series has: the same local time every n weeks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// On whose clock it repeats.
    pub zone: Zone,
    /// The first start on that clock.
    pub first: NaiveDateTime,
    /// Weeks from one to the next, 1 or more.
    pub every_weeks: u32,
    /// How many there are, those that do not take place included; 1 or more.
    pub instances: u32,
    pub ends: Ends,
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} {} every {} weeks, {} times ({})",
            self.first,
            self.zone.name(),
            self.every_weeks,
            self.instances,
            self.ends
        )
    }
}

impl Rule {
    /// The rule that ends on a local date at the latest; `None` when its first start is after that date. It never
    /// has more than one instance over [`MOST_INSTANCES`], which is enough to be refused.
    #[must_use]
    pub fn until(
        zone: Zone,
        first: NaiveDateTime,
        every_weeks: u32,
        date: NaiveDate,
    ) -> Option<Self> {
        let rule = Self {
            zone,
            first,
            every_weeks,
            instances: MOST_INSTANCES + 1,
            ends: Ends::Until,
        };
        let within = rule.locals().take_while(|local| local.date() <= date);
        let instances = u32::try_from(within.count()).ok()?;
        (instances > 0).then_some(Self { instances, ..rule })
    }

    /// The local start of the instance with this index, 0 being the first.
    fn local(self, index: u32) -> Option<NaiveDateTime> {
        let days = u64::from(index) * u64::from(self.every_weeks) * 7;
        self.first.checked_add_days(Days::new(days))
    }

    /// All local starts, the first one first. One that a change of the clock skips is meant here, too: it is
    /// [resolved](Zone::resolve) like any local time (rule S2), as RFC 5545 (section 3.3.10) asks.
    pub fn locals(self) -> impl Iterator<Item = NaiveDateTime> {
        (0..self.instances).map_while(move |index| self.local(index))
    }

    /// The instant of a local start.
    #[must_use]
    pub fn instant(self, local: NaiveDateTime) -> DateTime<Utc> {
        self.zone.resolve(local)
    }

    /// The time of the instance with this local start.
    #[must_use]
    pub fn time(self, local: NaiveDateTime, length: TimeDelta) -> Option<Span> {
        let start = self.instant(local);
        Span::new(start, start.checked_add_signed(length)?)
    }

    /// The last local start.
    #[must_use]
    pub fn last(self) -> NaiveDateTime {
        self.local(self.instances.saturating_sub(1))
            .unwrap_or(self.first)
    }

    /// The rule without what lies before the first and after the last of `kept`, local starts of it in their
    /// order; `None` when nothing is kept. A series neither begins nor ends with a meeting that does not take
    /// place.
    #[must_use]
    pub fn trimmed(self, kept: &[NaiveDateTime]) -> Option<Self> {
        let (first, last) = (*kept.first()?, *kept.last()?);
        let within = self.locals().filter(|local| (first..=last).contains(local));
        Some(Self {
            first,
            instances: u32::try_from(within.count()).ok()?,
            ..self
        })
    }

    /// The rule that ends with the local start `last`, which is one of its own.
    #[must_use]
    pub fn ending(self, last: NaiveDateTime) -> Option<Self> {
        let within = self.locals().take_while(|local| *local <= last);
        let instances = u32::try_from(within.count()).ok()?;
        (instances > 0).then_some(Self {
            instances,
            ends: Ends::Until,
            ..self
        })
    }

    /// Whether calendars can be told of it as one series (rules T2, T3).
    #[must_use]
    pub fn form(self, length: TimeDelta) -> Form {
        let from = Instant::new(self.instant(self.first));
        let until = Instant::new(self.instant(self.last())).plus(length);
        if zone::can_carry_series(self.zone, from, Some(until)) {
            Form::Rule
        } else {
            Form::Singles
        }
    }

    /// As RRULE says it: COUNT, or UNTIL with the last start in UTC (rule T2).
    #[must_use]
    pub fn recurrence(self) -> Recurrence {
        use crate::icalendar::Ends as Written;
        let ends = match self.ends {
            Ends::Count => Written::After(self.instances),
            Ends::Until => Written::Until(Instant::new(self.instant(self.last()))),
        };
        Recurrence::weekly(self.every_weeks, ends)
    }
}

/// A local time as it is kept.
const LOCAL: &str = "%Y-%m-%dT%H:%M:%S";

/// The text under which a local start is kept.
#[must_use]
pub fn local_text(local: NaiveDateTime) -> String {
    local.format(LOCAL).to_string()
}

/// Reads what [`local_text`] wrote.
#[must_use]
pub fn parse_local(text: &str) -> Option<NaiveDateTime> {
    NaiveDateTime::parse_from_str(text, LOCAL).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(zone: &str, first: &str, every_weeks: u32, instances: u32) -> Rule {
        Rule {
            zone: Zone::parse(zone).unwrap(),
            first: first.parse().unwrap(),
            every_weeks,
            instances,
            ends: Ends::Count,
        }
    }

    fn starts(rule: Rule) -> Vec<String> {
        let at = |local| rule.instant(local).format("%m-%d %H:%M").to_string();
        rule.locals().map(at).collect()
    }

    #[test]
    fn s1_a_series_keeps_its_wall_time_over_a_change_of_the_clock() {
        let toronto = rule("America/Toronto", "2026-10-27T18:00:00", 1, 3);
        assert_eq!(
            starts(toronto),
            ["10-27 22:00", "11-03 23:00", "11-10 23:00"]
        );
        let lord_howe = rule("Australia/Lord_Howe", "2027-03-30T18:00:00", 1, 2);
        assert_eq!(starts(lord_howe), ["03-30 07:00", "04-06 07:30"]);
    }

    #[test]
    fn s2_an_instance_in_a_gap_moves_forward_and_the_next_one_is_back_in_place() {
        let night = rule("America/Toronto", "2027-03-07T02:30:00", 1, 3);
        assert_eq!(starts(night), ["03-07 07:30", "03-14 07:30", "03-21 06:30"]);
    }

    #[test]
    fn an_end_on_a_date_includes_that_date_on_the_series_own_clock() {
        let zone = Zone::parse("America/Vancouver").unwrap();
        let first = "2026-10-06T23:30:00".parse().unwrap();
        let until = |date: &str| Rule::until(zone, first, 2, date.parse().unwrap());
        assert_eq!(until("2026-10-05"), None);
        assert_eq!(until("2026-10-06").unwrap().instances, 1);
        assert_eq!(until("2026-11-02").unwrap().instances, 2);
        assert_eq!(until("2026-11-03").unwrap().instances, 3);
        assert_eq!(until("2099-01-01").unwrap().instances, MOST_INSTANCES + 1);
    }

    #[test]
    fn a_series_neither_begins_nor_ends_with_what_does_not_take_place() {
        let five = rule("America/Toronto", "2026-10-06T18:00:00", 2, 5);
        let all: Vec<_> = five.locals().collect();
        let kept = five.trimmed(&[all[1], all[3]]).unwrap();
        assert_eq!(kept.locals().collect::<Vec<_>>(), all[1..=3]);
        assert_eq!(five.trimmed(&[]), None);
        let ended = five.ending(all[2]).unwrap();
        assert_eq!(ended.locals().collect::<Vec<_>>(), all[..=2]);
        assert_eq!(ended.ends, Ends::Until);
    }

    #[test]
    fn t3_a_zone_that_cannot_be_told_makes_single_entries() {
        let hour = TimeDelta::hours(1);
        let form = |zone| rule(zone, "2027-02-02T18:00:00", 1, 20).form(hour);
        assert_eq!(form("America/Toronto"), Form::Rule);
        assert_eq!(form("America/St_Johns"), Form::Rule);
        assert_eq!(form("Africa/Cairo"), Form::Singles);
        assert_eq!(form("America/Nuuk"), Form::Singles);
    }
}
