//! Statutory and optional holidays of the thirteen provinces and territories, for any year from
//! 1970 to 2100, computed from rules.
//!
//! A rule counts from the year since which it has been in force as it stands; what held before it
//! (another date, another name) is not kept. Where the law moves a holiday that falls on a weekend
//! to a working day, that day is listed too, marked as a substitute.
//!
//! Source: the Python package `holidays` (MIT, see NOTICE), every date of every year compared.

use std::sync::LazyLock;

use chrono::{Datelike, Days, NaiveDate, Weekday};

use super::places::Province;
use crate::kernel::Locale;

const TABLE: &str = include_str!("data/holidays.tsv");

/// The years for which rules are known.
pub const YEARS: std::ops::RangeInclusive<i32> = 1970..=2100;

crate::text_enum! {
    /// Whether the law of the province makes it a day off for most people.
    pub enum Category { Statutory => "statutory", Optional => "optional" }
}

/// A holiday in a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holiday {
    pub date: NaiveDate,
    pub category: Category,
    pub name_en: &'static str,
    pub name_fr: &'static str,
    /// This day stands in for the holiday, which falls on a weekend.
    pub substitute: bool,
}

impl Holiday {
    pub fn name(&self, locale: Locale) -> &'static str {
        match locale {
            Locale::En => self.name_en,
            Locale::Fr => self.name_fr,
        }
    }
}

#[derive(Debug)]
struct Rule {
    province: Province,
    category: Category,
    day: Day,
    name_en: &'static str,
    name_fr: &'static str,
    first_year: i32,
    /// Days to add when it falls on a Saturday or a Sunday; none: no substitute.
    from_saturday: Option<u64>,
    from_sunday: Option<u64>,
}

/// How the day of a year is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Day {
    Fixed {
        month: u32,
        day: u32,
    },
    /// Days after Easter Sunday, negative before.
    Easter(i64),
    /// The n-th such weekday of a month.
    Nth {
        month: u32,
        weekday: Weekday,
        n: u8,
    },
    /// The last Monday before a date.
    MondayBefore {
        month: u32,
        day: u32,
    },
    NearestMonday {
        month: u32,
        day: u32,
    },
    /// The Friday before the last Sunday of a month.
    FridayBeforeLastSunday {
        month: u32,
    },
}

static RULES: LazyLock<Vec<Rule>> =
    LazyLock::new(|| TABLE.lines().filter_map(Rule::read).collect());

impl Rule {
    fn read(line: &'static str) -> Option<Rule> {
        let mut fields = line.split('\t');
        let province = Province::parse(fields.next()?)?;
        let category = Category::parse(fields.next()?)?;
        let day = Day::read(fields.next()?)?;
        let (name_en, name_fr) = (fields.next()?, fields.next()?);
        let first_year = fields.next()?.parse().unwrap_or(*YEARS.start());
        let moves = fields.next()?;
        let from = |weekday: &str| {
            let mut moves = moves.split(' ');
            moves.find_map(|one| one.strip_prefix(weekday)?.strip_prefix('+')?.parse().ok())
        };
        Some(Rule {
            province,
            category,
            day,
            name_en,
            name_fr,
            first_year,
            from_saturday: from("Sat"),
            from_sunday: from("Sun"),
        })
    }

    /// The holiday, and its substitute, in a year.
    fn in_year(&self, year: i32) -> Vec<Holiday> {
        let Some(date) = self.day.in_year(year).filter(|_| year >= self.first_year) else {
            return Vec::new();
        };
        let holiday = |date, substitute| Holiday {
            date,
            category: self.category,
            name_en: self.name_en,
            name_fr: self.name_fr,
            substitute,
        };
        let days = match date.weekday() {
            Weekday::Sat => self.from_saturday,
            Weekday::Sun => self.from_sunday,
            _ => None,
        };
        let moved = days.and_then(|days| date.checked_add_days(Days::new(days)));
        let substitute = moved.map(|date| holiday(date, true));
        std::iter::once(holiday(date, false))
            .chain(substitute)
            .collect()
    }
}

impl Day {
    fn read(text: &str) -> Option<Day> {
        let (kind, rest) = text.split_once(':')?;
        let date = || {
            let (month, day) = rest.split_once('-')?;
            Some((month.parse::<u32>().ok()?, day.parse::<u32>().ok()?))
        };
        Some(match kind {
            "easter" => Day::Easter(rest.parse().ok()?),
            "fixed" => date().map(|(month, day)| Day::Fixed { month, day })?,
            "last-monday-before" => date().map(|(month, day)| Day::MondayBefore { month, day })?,
            "nearest-monday" => date().map(|(month, day)| Day::NearestMonday { month, day })?,
            "friday-before-last-sunday" => Day::FridayBeforeLastSunday {
                month: rest.parse().ok()?,
            },
            "nth" => {
                let mut parts = rest.split(':');
                let month = parts.next()?.parse().ok()?;
                let from_monday = parts.next()?.parse::<u8>().ok()?.checked_sub(1)?;
                let weekday = Weekday::try_from(from_monday).ok()?;
                Day::Nth {
                    month,
                    weekday,
                    n: parts.next()?.parse().ok()?,
                }
            }
            _ => return None,
        })
    }

    fn in_year(self, year: i32) -> Option<NaiveDate> {
        match self {
            Day::Fixed { month, day } => NaiveDate::from_ymd_opt(year, month, day),
            Day::Easter(days) => {
                easter(year)?.checked_add_signed(chrono::TimeDelta::try_days(days)?)
            }
            Day::Nth { month, weekday, n } => {
                NaiveDate::from_weekday_of_month_opt(year, month, weekday, n)
            }
            Day::MondayBefore { month, day } => {
                let eve = NaiveDate::from_ymd_opt(year, month, day)?.pred_opt()?;
                back_to(Weekday::Mon, eve)
            }
            Day::NearestMonday { month, day } => {
                let date = NaiveDate::from_ymd_opt(year, month, day)?;
                back_to(Weekday::Mon, date.checked_add_days(Days::new(3))?)
            }
            Day::FridayBeforeLastSunday { month } => {
                let next =
                    NaiveDate::from_ymd_opt(year, month, 28)?.checked_add_days(Days::new(7))?;
                let last_day = next.with_day(1)?.pred_opt()?;
                back_to(Weekday::Fri, back_to(Weekday::Sun, last_day)?)
            }
        }
    }
}

/// The date, or the last one before it, that is such a weekday.
fn back_to(weekday: Weekday, date: NaiveDate) -> Option<NaiveDate> {
    let days = date.weekday().days_since(weekday);
    date.checked_sub_days(Days::new(u64::from(days)))
}

/// Easter Sunday by the Gregorian computus (the anonymous algorithm of Meeus, Jones and Butcher).
fn easter(year: i32) -> Option<NaiveDate> {
    let (golden, century, of_century) = (year % 19, year / 100, year % 100);
    let moon = century - century / 4 - (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + moon + 15) % 30;
    let sunday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - epact - of_century % 4) % 7;
    let late = (golden + 11 * epact + 22 * sunday) / 451;
    let day_of_march = epact + sunday - 7 * late + 22;
    let days = u64::try_from(day_of_march - 1).ok()?;
    NaiveDate::from_ymd_opt(year, 3, 1)?.checked_add_days(Days::new(days))
}

/// The holidays of a province in a year, by date; a day that is statutory is not listed again as
/// optional. Empty for years outside [`YEARS`].
pub fn in_year(province: Province, year: i32) -> Vec<Holiday> {
    if !YEARS.contains(&year) {
        return Vec::new();
    }
    // New Year's Day has no substitute in another year, so a year stands by itself.
    let of_province = RULES.iter().filter(|rule| rule.province == province);
    let mut holidays: Vec<Holiday> = of_province.flat_map(|rule| rule.in_year(year)).collect();
    // Statutory before optional, so that the optional twin is the one that goes.
    holidays.sort_by_key(|holiday| (holiday.date, holiday.name_en, holiday.category));
    holidays
        .dedup_by(|later, earlier| (later.date, later.name_en) == (earlier.date, earlier.name_en));
    holidays.sort_by_key(|holiday| (holiday.date, holiday.category));
    holidays
}

/// The statutory holiday on a date, if there is one: substitutes count.
pub fn statutory_on(province: Province, date: NaiveDate) -> Option<Holiday> {
    in_year(province, date.year())
        .into_iter()
        .find(|holiday| holiday.date == date && holiday.category == Category::Statutory)
}

/// The dates from `from` up to and without `until` on which a province has a statutory holiday.
pub fn statutory_dates(province: Province, from: NaiveDate, until: NaiveDate) -> Vec<NaiveDate> {
    let years = (from.year()..=until.year()).filter(|year| YEARS.contains(year));
    let mut dates: Vec<NaiveDate> = years
        .flat_map(|year| in_year(province, year))
        .filter(|holiday| holiday.category == Category::Statutory)
        .map(|holiday| holiday.date)
        .filter(|date| *date >= from && *date < until)
        .collect();
    dates.dedup();
    dates
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn statutory(province: Province, year: i32) -> Vec<String> {
        in_year(province, year)
            .into_iter()
            .filter(|holiday| holiday.category == Category::Statutory)
            .map(|holiday| {
                let mark = if holiday.substitute { "*" } else { "" };
                format!("{}{mark}", holiday.date.format("%m-%d"))
            })
            .collect()
    }

    #[test]
    fn every_rule_of_the_table_is_understood() {
        assert_eq!(TABLE.lines().count(), 162);
        assert_eq!(RULES.len(), 162);
        for rule in RULES.iter() {
            assert!(rule.day.in_year(2026).is_some(), "{rule:?}");
            assert!(!rule.name_en.is_empty() && !rule.name_fr.is_empty());
        }
    }

    /// Dates from PyPI `holidays` 0.109 with substitutes (`*`), copied by hand.
    #[test]
    fn statutory_holidays_are_those_of_the_reference() {
        let on = [
            "01-01", "02-16", "04-03", "05-18", "07-01", "09-07", "10-12", "12-25", "12-26",
            "12-28*",
        ];
        assert_eq!(statutory(Province::On, 2026), on);
        let qc = [
            "01-01", "04-03", "05-18", "06-24", "07-01", "09-07", "10-12", "12-25",
        ];
        assert_eq!(statutory(Province::Qc, 2026), qc);
        let bc = [
            "01-01", "02-15", "03-26", "05-24", "07-01", "08-02", "09-06", "09-30", "10-11",
            "11-11", "12-25", "12-27*",
        ];
        assert_eq!(statutory(Province::Bc, 2027), bc);
        // 2028: New Year's Day is a Saturday, Canada Day and Remembrance Day are Saturdays too.
        let sk = [
            "01-01", "01-03*", "02-21", "04-14", "05-22", "07-01", "07-03*", "08-07", "09-04",
            "10-09", "11-11", "11-13*", "12-25",
        ];
        assert_eq!(statutory(Province::Sk, 2028), sk);
    }

    /// Over all years 1970–2100 from PyPI `holidays` 0.109: how many days, and the sum of their day
    /// numbers (days since 31 December of the year 0). Counted there day by day, not by our rules.
    #[rustfmt::skip]
    const ALL_YEARS: &[(Province, usize, i64)] = &[
    (Province::Ab, 1816, 1350714324),
    (Province::Bc, 1639, 1219758532),
    (Province::Mb, 1588, 1182398685),
    (Province::Nb, 1520, 1130392493),
    (Province::Nl, 1878, 1396687741),
    (Province::Ns, 1262, 939337286),
    (Province::Nt, 1621, 1205935267),
    (Province::Nu, 1602, 1191991787),
    (Province::On, 1703, 1266149206),
    (Province::Pe, 1293, 962235862),
    (Province::Qc, 1277, 949497430),
    (Province::Sk, 1610, 1197018968),
    (Province::Yt, 1803, 1341416843),
    ];

    #[test]
    fn every_date_of_every_year_is_that_of_the_reference() {
        assert_eq!(ALL_YEARS.len(), 13);
        for (province, count, sum) in ALL_YEARS {
            let days: Vec<Holiday> = YEARS.flat_map(|year| in_year(*province, year)).collect();
            let total: i64 = days
                .iter()
                .map(|day| i64::from(day.date.num_days_from_ce()))
                .sum();
            assert_eq!((days.len(), total), (*count, *sum), "{province}");
        }
    }

    #[test]
    fn a_holiday_is_found_by_its_date_with_its_name_in_both_languages() {
        let date = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap();
        let patriots = statutory_on(Province::Qc, date(2026, 5, 18)).unwrap();
        assert_eq!(patriots.name(Locale::Fr), "Journée nationale des patriotes");
        assert_eq!(patriots.name(Locale::En), "National Patriots' Day");
        assert_eq!(statutory_on(Province::On, date(2026, 6, 24)), None);
        // In force in British Columbia since 2023.
        assert!(statutory_on(Province::Bc, date(2022, 9, 30)).is_none());
        assert!(statutory_on(Province::Bc, date(2024, 9, 30)).is_some());
        let dates = statutory_dates(Province::On, date(2026, 12, 20), date(2027, 1, 2));
        let expected = [(2026, 12, 25), (2026, 12, 26), (2026, 12, 28), (2027, 1, 1)];
        assert_eq!(dates, expected.map(|(y, m, d)| date(y, m, d)));
    }

    /// Easter Sundays as tabulated by the United States Naval Observatory.
    #[test]
    fn easter_is_when_the_tables_say() {
        for (year, month, day) in [
            (1970, 3, 29),
            (1981, 4, 19),
            (2008, 3, 23),
            (2011, 4, 24),
            (2025, 4, 20),
            (2026, 4, 5),
            (2038, 4, 25),
            (2049, 4, 18),
            (2076, 4, 19),
            (2100, 3, 28),
        ] {
            assert_eq!(easter(year), NaiveDate::from_ymd_opt(year, month, day));
        }
    }

    proptest! {
        #[test]
        fn every_year_is_in_order_without_doubles_and_substitutes_are_working_days(
            province in prop::sample::select(Province::ALL), year in 1970..2101
        ) {
            let holidays = in_year(province, year);
            prop_assert!(holidays.len() >= 6);
            prop_assert!(holidays.is_sorted_by_key(|holiday| holiday.date));
            for holiday in &holidays {
                prop_assert_eq!(holiday.date.year(), year);
                if holiday.substitute {
                    let weekday = holiday.date.weekday();
                    prop_assert!(weekday != Weekday::Sat && weekday != Weekday::Sun);
                }
            }
            prop_assert!(in_year(province, 1969).is_empty() && in_year(province, 2101).is_empty());
        }
    }
}
