//! Times that come back: which weekly starts would do in most of the coming weeks.

use std::collections::HashSet;

use chrono::{DateTime, Datelike, Days, NaiveDateTime, NaiveTime, TimeDelta, Utc, Weekday};

use super::calendar::Calendar;
use super::offer::{Search, common};
use super::span::Span;

/// A start that comes back on the clock of the first calendar's zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recurring {
    /// The first start of all, whether it would do or not, on that clock.
    pub local: NaiveDateTime,
    /// The first time at which everybody can meet.
    pub first: Span,
    /// The times at which everybody can meet.
    pub fits: Vec<Span>,
    /// The other ones, on that clock.
    pub misses: Vec<NaiveDateTime>,
}

/// The starts that come back every `every` weeks, `count` times, and would do at least once: those that would do
/// most often first, then the earliest. The first of each lies in the first `every` weeks of the window.
///
/// The times that everybody has are found once, for the whole window; each start is then looked up there, on its
/// own date (rule S1), a start in a gap where it moves to (rule S2).
#[must_use]
pub fn recurring(
    calendars: &[Calendar],
    search: &Search,
    every: u32,
    count: u32,
) -> Vec<Recurring> {
    let Some(zone) = calendars.first().map(|calendar| calendar.zone) else {
        return Vec::new();
    };
    let slots = common(calendars, search);
    let open: HashSet<DateTime<Utc>> = slots.iter().map(|slot| slot.start()).collect();
    let hours: HashSet<(Weekday, NaiveTime)> = slots
        .iter()
        .map(|slot| zone.local(slot.start()))
        .map(|local| (local.weekday(), local.time()))
        .collect();
    let opens = search.window.start();
    let days = u64::from(every) * 7;
    let candidates = zone.date_at(opens).iter_days();
    let mut found: Vec<Recurring> = candidates
        .take(usize::try_from(days).unwrap_or(usize::MAX) + 1)
        .flat_map(|date| {
            let of_day = hours.iter().filter(move |(day, _)| *day == date.weekday());
            of_day.map(move |(_, time)| date.and_time(*time))
        })
        .filter(|local| zone.resolve(*local) >= opens)
        .filter(|local| zone.resolve(*local) < opens + TimeDelta::days(7 * i64::from(every)))
        .filter_map(|local| {
            let (mut fits, mut misses) = (Vec::new(), Vec::new());
            for index in 0..u64::from(count) {
                let local = local.checked_add_days(Days::new(index * days))?;
                let start = zone.resolve(local);
                match Span::new(start, start.checked_add_signed(search.length)?) {
                    Some(span) if open.contains(&start) => fits.push(span),
                    _ => misses.push(local),
                }
            }
            Some(Recurring {
                local,
                first: *fits.first()?,
                fits,
                misses,
            })
        })
        .collect();
    found.sort_by_key(|one| {
        (
            std::cmp::Reverse(one.fits.len()),
            one.first.start(),
            one.local,
        )
    });
    found
}

#[cfg(test)]
mod tests {
    use super::super::{Busy, Holidays, WeeklyRule};
    use super::*;
    use crate::kernel::Zone;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn hour(text: &str) -> Span {
        Span::new(at(text), at(text) + TimeDelta::hours(1)).unwrap()
    }

    fn person(zone: &str, rules: &[(Weekday, u16, u16)]) -> Calendar {
        let rules = rules.iter();
        Calendar::new(
            Zone::parse(zone).unwrap(),
            rules
                .map(|(day, from, until)| {
                    WeeklyRule::from_minutes(*day, from * 60, until * 60).unwrap()
                })
                .collect(),
        )
    }

    fn search(weeks: i64) -> Search {
        Search {
            now: at("2026-10-05T04:00:00Z"),
            window: Span::new(
                at("2026-10-05T04:00:00Z"),
                at("2026-10-05T04:00:00Z") + TimeDelta::weeks(weeks),
            )
            .unwrap(),
            length: TimeDelta::hours(1),
            step: TimeDelta::hours(1),
            limit: usize::MAX,
        }
    }

    #[test]
    fn s3_the_time_that_fits_most_weeks_comes_first_and_says_when_it_does_not() {
        let mut mentor = person(
            "America/Toronto",
            &[(Weekday::Tue, 18, 19), (Weekday::Thu, 18, 19)],
        );
        mentor.busy = vec![Busy::Meeting(hour("2026-10-06T22:00:00Z"))];
        mentor.holidays = Holidays::Off(vec!["2026-10-13".parse().unwrap()]);
        let mentee = person(
            "America/Toronto",
            &[(Weekday::Tue, 8, 22), (Weekday::Thu, 8, 22)],
        );
        let found = recurring(&[mentor, mentee], &search(5), 1, 4);
        let seen: Vec<_> = found
            .iter()
            .map(|one| (one.local.to_string(), one.fits.len(), one.misses.len()))
            .collect();
        assert_eq!(
            seen,
            [
                ("2026-10-08 18:00:00".to_owned(), 4, 0),
                ("2026-10-06 18:00:00".to_owned(), 2, 2)
            ]
        );
        assert_eq!(found[1].first, hour("2026-10-20T22:00:00Z"));
        let misses: Vec<_> = found[1].misses.iter().map(ToString::to_string).collect();
        assert_eq!(misses, ["2026-10-06 18:00:00", "2026-10-13 18:00:00"]);
    }

    #[test]
    fn s1_zones_that_change_on_different_dates_lose_the_weeks_in_between() {
        // Brussels goes back on 25 October, Toronto on 1 November: for a week they are an hour nearer.
        let mentor = person("America/Toronto", &[(Weekday::Wed, 12, 13)]);
        let mentee = person("Europe/Brussels", &[(Weekday::Wed, 18, 19)]);
        let found = recurring(&[mentor, mentee], &search(7), 1, 6);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].fits.len(), 5);
        assert_eq!(found[0].misses[0].to_string(), "2026-10-28 12:00:00");
    }

    #[test]
    fn every_second_week_has_two_phases() {
        let mut one = person("America/Toronto", &[(Weekday::Tue, 18, 19)]);
        let other = person("America/Toronto", &[(Weekday::Tue, 18, 19)]);
        one.busy = vec![Busy::Other(hour("2026-10-27T22:00:00Z"))];
        let found = recurring(&[one, other], &search(9), 2, 4);
        let seen: Vec<_> = found
            .iter()
            .map(|one| (one.local.date().to_string(), one.fits.len()))
            .collect();
        assert_eq!(
            seen,
            [("2026-10-06".to_owned(), 4), ("2026-10-13".to_owned(), 3)]
        );
    }
}
