//! What finding common slots costs: `cargo bench --bench slots`.
//!
//! A pair in two zones with ordinary evenings, exceptions, holidays and meetings; ten weeks at once, how the time
//! grows with weeks and with meetings, and the weekly times of a series. `cargo bench --bench slots -- python`
//! puts the same questions to a straightforward Python implementation (`benches/peers/slots.py`, dateutil and
//! zoneinfo) in the same run, checks that the slots are the same, and prints the ratio.

#![expect(
    clippy::indexing_slicing,
    clippy::expect_used,
    reason = "a benchmark that cannot be set up should stop"
)]

use chrono::{DateTime, NaiveDate, TimeDelta, Utc, Weekday};
use divan::{Bencher, black_box};
use passerelle::kernel::zone::Zone;
use passerelle::meetings::slots::{
    Busy, Calendar, Exception, Holidays, Search, Span, WeeklyRule, common, fits, recurring,
};
use std::num::NonZeroU16;

fn main() {
    if std::env::args().any(|argument| argument == "python") {
        against_python();
    } else {
        divan::main();
    }
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

#[divan::bench(args = [10, 26, 52])]
fn weekly_times_of_a_series(bencher: Bencher, count: u32) {
    let (people, asked) = (pair(20), search(i64::from(count) + 1));
    bencher.bench(|| recurring(black_box(&people), black_box(&asked), 1, count));
}

/// The questions of the table: meetings of each person, weeks ahead.
const QUESTIONS: &[(i64, &[i64])] = &[(20, &[1, 5, 10, 20]), (100, &[10]), (1000, &[10])];

/// A person as Python reads it.
fn described(who: &Calendar) -> serde_json::Value {
    let spans = who.busy.iter().map(|busy| busy.span());
    serde_json::json!({
        "zone": who.zone.name(),
        "weekly": [[0, 17 * 60, 21 * 60], [1, 17 * 60, 21 * 60], [3, 17 * 60, 21 * 60], [5, 9 * 60, 15 * 60]],
        "away": [[date(14).to_string(), date(21).to_string()]],
        "holidays": [date(7), date(37), date(81)],
        "busy": spans.map(|span| [span.start().to_rfc3339(), span.end().to_rfc3339()]).collect::<Vec<_>>(),
        "before": 10,
        "notice": 24,
        "daily": 3,
    })
}

fn ask_python(question: &serde_json::Value) -> Vec<serde_json::Value> {
    use std::io::Write;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/peers/slots.py");
    let mut child = std::process::Command::new("/usr/bin/python3")
        .arg(script)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("python3 with dateutil");
    let mut input = child.stdin.take().expect("its input");
    input
        .write_all(question.to_string().as_bytes())
        .expect("the question");
    drop(input);
    let output = child.wait_with_output().expect("its answer");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// Zones whose rules are the same in every release of the zone data of the last years.
fn against_python() {
    println!(
        "{:>9} {:>6} {:>7} {:>12} {:>12} {:>8}",
        "meetings", "weeks", "slots", "ours", "Python", "ratio"
    );
    for (meetings, weeks) in QUESTIONS {
        let mut people = [
            person("America/Toronto", *meetings),
            person("America/Halifax", *meetings),
        ];
        for who in &mut people {
            // A shorter while busy than two meetings apart: however many there are, something is left.
            for busy in &mut who.busy {
                let start = busy.span().start();
                let short = Span::new(start, start + TimeDelta::minutes(10)).expect("ten minutes");
                *busy = Busy::Meeting(short);
            }
            who.limits.daily = NonZeroU16::new(if *meetings > 100 { 99 } else { 3 });
        }
        let mut asked = serde_json::json!({
            "people": people.iter().map(described).collect::<Vec<_>>(),
            "now": monday().to_rfc3339(), "weeks": weeks, "minutes": 60, "step": 30, "rounds": 9,
        });
        if *meetings > 100 {
            for who in asked["people"].as_array_mut().expect("people") {
                who["daily"] = 99.into();
            }
        }
        let theirs = ask_python(&asked);
        for (weeks, answer) in weeks.iter().zip(theirs) {
            let question = search(*weeks);
            let mut times: Vec<std::time::Duration> = (0..201)
                .map(|_| {
                    let begun = std::time::Instant::now();
                    black_box(common(black_box(&people), black_box(&question)));
                    begun.elapsed()
                })
                .collect();
            times.sort_unstable();
            let ours = times.get(100).expect("the median").as_secs_f64();
            let slots: Vec<String> = common(&people, &question)
                .iter()
                .map(|slot| slot.start().format("%Y-%m-%dT%H:%M:%SZ").to_string())
                .collect();
            assert_eq!(
                serde_json::json!(slots),
                answer["slots"],
                "{meetings} meetings, {weeks} weeks"
            );
            let python = answer["seconds"].as_f64().expect("seconds");
            println!(
                "{meetings:>9} {weeks:>6} {:>7} {:>9.1} µs {:>9.1} µs {:>7.0}x",
                slots.len(),
                ours * 1e6,
                python * 1e6,
                python / ours
            );
        }
    }
}
