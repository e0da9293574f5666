//! Recurrence rules of other programs (RFC 5545, 3.3.10): those that people's calendars really hold, expanded
//! date by date in local time. What the rest would need is in no calendar that was seen; such a rule is not
//! understood rather than guessed.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, Utc, Weekday};

use crate::icalendar::read::{date, local, utc};
use crate::icalendar::rule::parse_day;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Frequency {
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// The last possible start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    Instant(DateTime<Utc>),
    Local(NaiveDateTime),
}

/// A rule that is understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    frequency: Frequency,
    interval: u32,
    count: Option<u64>,
    pub until: Option<Until>,
    months: Vec<u32>,
    month_days: Vec<i32>,
    /// Weekdays; with a number, the so-many-th of the month or year, from its end when negative.
    days: Vec<(Option<i32>, Weekday)>,
    positions: Vec<i32>,
    week_start: Weekday,
}

impl Rule {
    /// Reads a rule of an entry that begins at `start`; `None` for one that is not understood.
    pub fn parse(text: &str, start: NaiveDateTime) -> Option<Self> {
        let mut rule = Self {
            frequency: Frequency::Daily,
            interval: 1,
            count: None,
            until: None,
            months: Vec::new(),
            month_days: Vec::new(),
            days: Vec::new(),
            positions: Vec::new(),
            week_start: Weekday::Mon,
        };
        let mut frequency = None;
        for part in text.split(';').filter(|part| !part.trim().is_empty()) {
            let (key, value) = part.split_once('=')?;
            let value = value.trim().to_ascii_uppercase();
            match key.trim().to_ascii_uppercase().as_str() {
                "FREQ" => frequency = Some(frequency_of(&value)?),
                "INTERVAL" => rule.interval = value.parse().ok().filter(|n| *n > 0)?,
                "COUNT" => rule.count = Some(value.parse().ok().filter(|n| *n > 0)?),
                "UNTIL" => rule.until = Some(until(&value)?),
                "BYMONTH" => rule.months = numbers(&value, 1, 12)?,
                "BYMONTHDAY" => rule.month_days = numbers(&value, -31, 31)?,
                "BYSETPOS" => rule.positions = numbers(&value, -366, 366)?,
                "BYDAY" => {
                    rule.days = value.split(',').map(weekday).collect::<Option<_>>()?;
                }
                "WKST" => rule.week_start = parse_day(&value)?,
                // Once a day at the start's own time is what the rest says, too.
                "BYHOUR" if value == start.format("%-H").to_string() => {}
                "BYMINUTE" if value == start.format("%-M").to_string() => {}
                "BYSECOND" if value == start.format("%-S").to_string() => {}
                _ => return None,
            }
        }
        rule.frequency = frequency?;
        rule.makes_sense().then_some(rule)
    }

    /// Combinations that RFC 5545 forbids are not understood.
    fn makes_sense(&self) -> bool {
        let numbered = self.days.iter().any(|(nth, _)| nth.is_some());
        match self.frequency {
            Frequency::Daily => !numbered,
            Frequency::Weekly => !numbered && self.month_days.is_empty(),
            Frequency::Monthly | Frequency::Yearly => true,
        }
    }

    /// The starts between two local dates, `start` itself first where it lies between them. Every step (a day,
    /// week, month or year that is looked at) is taken from `steps`; `None` when they are used up.
    pub fn starts(
        &self,
        start: NaiveDateTime,
        from: NaiveDate,
        until: NaiveDate,
        steps: &mut usize,
    ) -> Option<Vec<NaiveDateTime>> {
        let mut found = Vec::new();
        if start.date() >= from && start.date() <= until {
            found.push(start);
        }
        let mut left = self.count.map(|count| count.saturating_sub(1));
        let first = match self.count {
            // What must be counted must be counted from its beginning.
            Some(_) => 0,
            None => self.periods_before(start.date(), from),
        };
        for number in first.. {
            *steps = steps.checked_sub(1)?;
            let Some((begins, dates)) = self.period(start.date(), number) else {
                break;
            };
            *steps = steps.checked_sub(dates.len())?;
            if begins > until || left == Some(0) {
                break;
            }
            for date in self.chosen(dates) {
                let at = date.and_time(start.time());
                if at <= start {
                    continue;
                }
                match &mut left {
                    Some(0) => break,
                    Some(left) => *left -= 1,
                    None => {}
                }
                if let Some(Until::Local(last)) = self.until
                    && at > last
                {
                    return Some(found);
                }
                if date >= from && date <= until {
                    found.push(at);
                }
            }
        }
        Some(found)
    }

    /// How many whole periods lie before `from`, less one to be safe.
    fn periods_before(&self, start: NaiveDate, from: NaiveDate) -> u64 {
        let days = (from - start).num_days().max(0);
        let length = match self.frequency {
            Frequency::Daily => 1,
            Frequency::Weekly => 7,
            Frequency::Monthly => 31,
            Frequency::Yearly => 366,
        };
        let periods = days / length / i64::from(self.interval);
        u64::try_from(periods - 2).unwrap_or(0)
    }

    /// The first day of the period `number`, and its dates that the rule names, sorted; `None` beyond the
    /// calendar's end.
    fn period(&self, start: NaiveDate, number: u64) -> Option<(NaiveDate, Vec<NaiveDate>)> {
        let ahead = number.checked_mul(u64::from(self.interval))?;
        match self.frequency {
            Frequency::Daily => {
                let day = start.checked_add_days(Days::new(ahead))?;
                let named = self.named(day) && self.in_days(day);
                Some((day, if named { vec![day] } else { Vec::new() }))
            }
            Frequency::Weekly => {
                let back = start.weekday().days_since(self.week_start);
                let monday = start.checked_sub_days(Days::new(u64::from(back)))?;
                let begins = monday.checked_add_days(Days::new(ahead.checked_mul(7)?))?;
                let days = (0..7).filter_map(|n| begins.checked_add_days(Days::new(n)));
                let days = days.filter(|day| match self.days.is_empty() {
                    true => day.weekday() == start.weekday(),
                    false => self.in_days(*day),
                });
                Some((begins, days.filter(|day| self.named(*day)).collect()))
            }
            Frequency::Monthly => {
                let months = u64::from(start.month0()).checked_add(ahead)?;
                let year = i32::try_from(months / 12).ok()?.checked_add(start.year())?;
                let month = u32::try_from(months % 12).ok()? + 1;
                let begins = NaiveDate::from_ymd_opt(year, month, 1)?;
                let dates = match self.months.is_empty() || self.months.contains(&month) {
                    true => self.in_month(begins, start.day()),
                    false => Vec::new(),
                };
                Some((begins, dates))
            }
            Frequency::Yearly => {
                let year = start.year().checked_add(i32::try_from(ahead).ok()?)?;
                let begins = NaiveDate::from_ymd_opt(year, 1, 1)?;
                Some((begins, self.in_year(begins, start)))
            }
        }
    }

    /// The dates in the month that begins with `first`.
    fn in_month(&self, first: NaiveDate, usual: u32) -> Vec<NaiveDate> {
        let days: Vec<NaiveDate> = first
            .iter_days()
            .take_while(|day| day.month() == first.month())
            .collect();
        let last = days.last().copied().unwrap_or(first);
        let wanted = |day: &NaiveDate| match (self.month_days.is_empty(), self.days.is_empty()) {
            (true, true) => day.day() == usual,
            (true, false) => self.in_part(*day, first, last),
            (false, true) => self.in_month_days(*day, last),
            (false, false) => self.in_month_days(*day, last) && self.in_part(*day, first, last),
        };
        days.into_iter().filter(wanted).collect()
    }

    fn in_year(&self, first: NaiveDate, start: NaiveDate) -> Vec<NaiveDate> {
        let month = |month: u32| {
            let first = NaiveDate::from_ymd_opt(first.year(), month, 1);
            first.map_or_else(Vec::new, |first| self.in_month(first, start.day()))
        };
        if !self.months.is_empty() {
            let months: BTreeSet<u32> = self.months.iter().copied().collect();
            return months.into_iter().flat_map(month).collect();
        }
        if !self.month_days.is_empty() {
            return (1..=12).flat_map(month).collect();
        }
        if self.days.is_empty() {
            return month(start.month());
        }
        // Numbered weekdays of a whole year.
        let last = NaiveDate::from_ymd_opt(first.year(), 12, 31).unwrap_or(first);
        let days = first.iter_days().take_while(|day| *day <= last);
        days.filter(|day| self.in_part(*day, first, last)).collect()
    }

    fn in_month_days(&self, day: NaiveDate, last: NaiveDate) -> bool {
        let number = |of: NaiveDate| i32::try_from(of.day()).unwrap_or(0);
        let from_end = number(day) - number(last) - 1;
        self.month_days.contains(&number(day)) || self.month_days.contains(&from_end)
    }

    /// Whether `day` is one of the weekdays, counted from the ends of the part of the year from `first` to
    /// `last`.
    fn in_part(&self, day: NaiveDate, first: NaiveDate, last: NaiveDate) -> bool {
        self.days.iter().any(|(nth, weekday)| {
            let weeks = |days: i64| i32::try_from(days / 7 + 1).unwrap_or(0);
            let matches = match nth {
                None => true,
                Some(nth) if *nth > 0 => weeks((day - first).num_days()) == *nth,
                Some(nth) => -weeks((last - day).num_days()) == *nth,
            };
            matches && day.weekday() == *weekday
        })
    }

    fn in_days(&self, day: NaiveDate) -> bool {
        self.days.is_empty() || self.days.iter().any(|(_, one)| *one == day.weekday())
    }

    /// Whether month and day of the month are among those named, for a rule of days or weeks.
    fn named(&self, day: NaiveDate) -> bool {
        if !self.months.is_empty() && !self.months.contains(&day.month()) {
            return false;
        }
        if self.month_days.is_empty() {
            return true;
        }
        let last = day.with_day(1).and_then(|first| {
            first
                .iter_days()
                .take_while(|d| d.month() == day.month())
                .last()
        });
        self.in_month_days(day, last.unwrap_or(day))
    }

    /// What BYSETPOS leaves of a period's dates.
    fn chosen(&self, dates: Vec<NaiveDate>) -> Vec<NaiveDate> {
        if self.positions.is_empty() {
            return dates;
        }
        let length = i32::try_from(dates.len()).unwrap_or(0);
        let mut number = 0;
        let mut dates = dates;
        dates.retain(|_| {
            number += 1;
            self.positions.contains(&number) || self.positions.contains(&(number - length - 1))
        });
        dates
    }
}

fn frequency_of(word: &str) -> Option<Frequency> {
    Some(match word {
        "DAILY" => Frequency::Daily,
        "WEEKLY" => Frequency::Weekly,
        "MONTHLY" => Frequency::Monthly,
        "YEARLY" => Frequency::Yearly,
        _ => return None,
    })
}

fn until(value: &str) -> Option<Until> {
    if let Some(at) = utc(value) {
        return Some(Until::Instant(at.utc()));
    }
    let last = local(value).or_else(|| date(value)?.and_hms_opt(23, 59, 59))?;
    Some(Until::Local(last))
}

/// At most a hundred numbers, none of them 0.
fn numbers<T>(value: &str, least: T, most: T) -> Option<Vec<T>>
where
    T: std::str::FromStr + PartialOrd + Default,
{
    let numbers: Vec<T> = value
        .split(',')
        .take(101)
        .map(|one| one.trim().trim_start_matches('+').parse().ok())
        .collect::<Option<_>>()?;
    let sane = |one: &T| *one >= least && *one <= most && *one != T::default();
    (numbers.len() <= 100 && numbers.iter().all(sane)).then_some(numbers)
}

/// `MO`, `2TU`, `-1FR`.
fn weekday(word: &str) -> Option<(Option<i32>, Weekday)> {
    let word = word.trim();
    let place = word.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, day) = word.split_at(place);
    let number = match number.trim_start_matches('+') {
        "" => None,
        number => Some(number.parse().ok().filter(|n: &i32| *n != 0)?),
    };
    Some((number, parse_day(day)?))
}
