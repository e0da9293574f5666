//! A time as a mail says it: in the recipient's zone, with the zone's name (T1). Only numbers and the
//! names of places are here; the words and their order are the templates'.

use chrono::{Datelike, NaiveDate, NaiveTime, Timelike};
use serde::{Deserialize, Serialize};

use crate::kernel::{Instant, Locale, Zone};

/// A start and an end on one person's clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct When {
    pub year: i32,
    /// 1 to 12.
    pub month: u32,
    /// 1 to 31.
    pub day: u32,
    /// 1 (Monday) to 7.
    pub weekday: u32,
    pub start: Clock,
    pub end: Clock,
    /// The end is on a later date than the start.
    pub next_day: bool,
    /// The place that names the zone, in the reader's language.
    pub place: String,
    /// The zone's abbreviation at that time, in the reader's language: `EST`, `HNE`.
    pub abbreviation: String,
}

/// A wall time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    pub hour: u32,
    pub minute: u32,
}

/// A date, as a mail says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    pub year: i32,
    /// 1 to 12.
    pub month: u32,
    /// 1 to 31.
    pub day: u32,
    /// 1 (Monday) to 7.
    pub weekday: u32,
}

impl From<NaiveDate> for Day {
    fn from(date: NaiveDate) -> Self {
        Self {
            year: date.year(),
            month: date.month(),
            day: date.day(),
            weekday: date.weekday().number_from_monday(),
        }
    }
}

impl When {
    /// `start` to `end` (exclusive) as a clock in `zone` shows it, for a reader of `locale`.
    pub fn new(start: Instant, end: Instant, zone: Zone, locale: Locale) -> Self {
        let (from, to) = (zone.local(start.utc()), zone.local(end.utc()));
        let clock = |time: NaiveTime| Clock {
            hour: time.hour(),
            minute: time.minute(),
        };
        let (place, abbreviation) = match locale {
            Locale::En => (zone.place_en(), zone.abbreviation_at(start.utc())),
            Locale::Fr => (zone.place_fr(), zone.abbreviation_fr_at(start.utc())),
        };
        Self {
            year: from.year(),
            month: from.month(),
            day: from.day(),
            weekday: from.weekday().number_from_monday(),
            start: clock(from.time()),
            end: clock(to.time()),
            next_day: to.date() > from.date(),
            place,
            abbreviation,
        }
    }
}
