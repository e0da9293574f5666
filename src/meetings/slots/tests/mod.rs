//! The cases that rules S1–S3 name, one by one; `oracle` compares everything with a search that looks
//! at each minute.

mod clocks;
mod limits;
mod oracle;

use super::{Calendar, Search, Span, WeeklyRule};
use crate::kernel::zone::Zone;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc, Weekday};

fn zone(name: &str) -> Zone {
    Zone::parse(name).unwrap()
}

fn utc(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn local(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap()
}

fn span(start: &str, end: &str) -> Span {
    Span::new(utc(start), utc(end)).unwrap()
}

fn rule(weekday: Weekday, from: &str, until: &str) -> WeeklyRule {
    let time = |text| NaiveTime::parse_from_str(text, "%H:%M").unwrap();
    WeeklyRule::new(weekday, time(from), time(until)).unwrap()
}

/// Somebody with one weekly window.
fn person(zone_name: &str, weekday: Weekday, from: &str, until: &str) -> Calendar {
    Calendar::new(zone(zone_name), vec![rule(weekday, from, until)])
}

fn search(window: Span, minutes: i64, step: i64) -> Search {
    Search {
        now: window.start(),
        window,
        length: TimeDelta::minutes(minutes),
        step: TimeDelta::minutes(step),
        limit: usize::MAX,
    }
}

fn starts(slots: &[Span]) -> Vec<String> {
    slots
        .iter()
        .map(|slot| slot.start().format("%m-%d %H:%M").to_string())
        .collect()
}
