//! What finding common slots costs: `cargo bench --bench slots`.
//!
//! A pair in two zones with ordinary evenings, exceptions, holidays and meetings; ten weeks at once, and
//! how the time grows with weeks and with meetings.

#![expect(
    clippy::expect_used,
    reason = "a benchmark that cannot be set up should stop"
)]

use chrono::{DateTime, NaiveDate, TimeDelta, Utc, Weekday};
use divan::{Bencher, black_box};
use passerelle::kernel::zone::Zone;
use passerelle::meetings::slots::{
    Busy, Calendar, Exception, Holidays, Search, Span, WeeklyRule, common, fits,
};
use std::num::NonZeroU16;

fn main() {
    divan::main();
}

fn monday() -> DateTime<Utc> {
    "2026-10-05T12:00:00Z".parse().expect("a date")
}

fn date(days: i64) -> NaiveDate {
    (monday() + TimeDelta::days(days)).date_naive()
}

/// Three evenings and Saturday, a week away, three holidays, and `meetings` spread over the time.
fn person(zone: &str, meetings: i64) -> Calendar {
    let rule = |day, from, until| WeeklyRule::from_minutes(day, from, until).expect("a window");
    let mut who = Calendar::new(
        Zone::parse(zone).expect("a zone"),
        vec![
            rule(Weekday::Mon, 17 * 60, 21 * 60),
            rule(Weekday::Tue, 17 * 60, 21 * 60),
            rule(Weekday::Thu, 17 * 60, 21 * 60),
            rule(Weekday::Sat, 9 * 60, 15 * 60),
        ],
    );
    who.exceptions = vec![Exception::Away {
        from: date(14).into(),
        until: date(21).into(),
    }];
    who.holidays = Holidays::Off(vec![date(7), date(37), date(81)]);
    who.busy = (0..meetings)
        .filter_map(|n| {
            let start = monday() + TimeDelta::minutes(n * 70 * 1440 / meetings);
            Span::new(start, start + TimeDelta::hours(1)).map(Busy::Meeting)
        })
        .collect();
    who.limits.buffer_before = TimeDelta::minutes(10);
    who.limits.notice = TimeDelta::hours(24);
    who.limits.daily = NonZeroU16::new(3);
    who
}

fn pair(meetings: i64) -> [Calendar; 2] {
    [
        person("America/Toronto", meetings),
        person("America/Vancouver", meetings),
    ]
}

fn search(weeks: i64) -> Search {
    Search {
        now: monday(),
        window: Span::new(monday(), monday() + TimeDelta::weeks(weeks)).expect("weeks"),
        length: TimeDelta::minutes(60),
        step: TimeDelta::minutes(30),
        limit: usize::MAX,
    }
}

#[divan::bench(args = [1, 5, 10, 20, 52])]
fn weeks_for_a_pair(bencher: Bencher, weeks: i64) {
    let (people, asked) = (pair(20), search(weeks));
    bencher.bench(|| common(black_box(&people), black_box(&asked)));
}

#[divan::bench(args = [1, 10, 100, 1000])]
fn ten_weeks_with_meetings(bencher: Bencher, meetings: i64) {
    let (people, asked) = (pair(meetings), search(10));
    bencher.bench(|| common(black_box(&people), black_box(&asked)));
}

#[divan::bench]
fn check_of_one_time(bencher: Bencher) {
    let people = pair(20);
    let start = monday() + TimeDelta::hours(58);
    let slot = Span::new(start, start + TimeDelta::hours(1)).expect("an hour");
    bencher.bench(|| fits(black_box(&people), black_box(slot), monday()));
}
