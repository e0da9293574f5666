//! How a series repeats: the part of RRULE that the platform uses (RFC 5545 §3.3.10).

use std::fmt::Write as _;

use chrono::{Duration, Weekday};

use super::write::{stamp, weekday};
use crate::kernel::Instant;

/// The step of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Frequency {
    Daily,
    Weekly,
    Monthly,
}

impl Frequency {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Daily => "DAILY",
            Self::Weekly => "WEEKLY",
            Self::Monthly => "MONTHLY",
        }
    }
}

/// When a series stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ends {
    Never,
    /// After this many instances, cancelled ones included; 1 or more.
    After(u32),
    /// The last possible start; always UTC (T2).
    Until(Instant),
}

/// How a series repeats.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Recurrence {
    pub frequency: Frequency,
    /// Every how many steps; 1 or more.
    pub interval: u32,
    /// On which days of the week; empty means the start's own.
    pub days: Vec<Weekday>,
    pub ends: Ends,
}

impl Recurrence {
    /// Every `interval` weeks on the start's weekday.
    #[must_use]
    pub const fn weekly(interval: u32, ends: Ends) -> Self {
        Self {
            frequency: Frequency::Weekly,
            interval,
            days: Vec::new(),
            ends,
        }
    }

    pub(super) fn to_value(&self) -> String {
        let mut value = format!("FREQ={}", self.frequency.as_str());
        if self.interval > 1 {
            let _ = write!(value, ";INTERVAL={}", self.interval);
        }
        if !self.days.is_empty() {
            let days: Vec<_> = self.days.iter().map(|day| weekday(*day)).collect();
            let _ = write!(value, ";BYDAY={}", days.join(","));
        }
        match self.ends {
            Ends::Never => {}
            Ends::After(count) => {
                let _ = write!(value, ";COUNT={}", count.max(1));
            }
            Ends::Until(last) => {
                let _ = write!(value, ";UNTIL={}", stamp(last));
            }
        }
        value
    }

    /// Reads a rule of this shape; anything else is `None`.
    pub(super) fn parse(value: &str) -> Option<Self> {
        let mut rule = Self::weekly(1, Ends::Never);
        let mut frequency = None;
        for part in value.split(';').filter(|part| !part.trim().is_empty()) {
            let (key, value) = part.split_once('=')?;
            let value = value.trim().to_ascii_uppercase();
            match key.trim().to_ascii_uppercase().as_str() {
                "FREQ" => {
                    frequency = [Frequency::Daily, Frequency::Weekly, Frequency::Monthly]
                        .into_iter()
                        .find(|one| one.as_str() == value);
                }
                "INTERVAL" => rule.interval = value.parse().ok().filter(|n| *n > 0)?,
                "COUNT" => rule.ends = Ends::After(value.parse().ok().filter(|n| *n > 0)?),
                "UNTIL" => rule.ends = Ends::Until(super::read::utc(&value)?),
                "BYDAY" => rule.days = value.split(',').map(parse_day).collect::<Option<_>>()?,
                "WKST" if value == "MO" => {}
                _ => return None,
            }
        }
        rule.frequency = frequency?;
        Some(rule)
    }

    /// An instant that no instance starts after, for choosing zone rules; `None` without an end.
    pub(super) fn latest_start(&self, start: Instant) -> Option<Instant> {
        match self.ends {
            Ends::Never => None,
            Ends::Until(last) => Some(last.max(start)),
            Ends::After(count) => {
                let days: i64 = match self.frequency {
                    Frequency::Daily => 1,
                    Frequency::Weekly => 7,
                    Frequency::Monthly => 31,
                };
                let hours = i64::from(count)
                    .saturating_mul(i64::from(self.interval))
                    .saturating_mul(days * 24);
                Some(start.plus(Duration::hours(hours.min(24 * 366 * 100))))
            }
        }
    }
}

pub(super) fn parse_day(word: &str) -> Option<Weekday> {
    (0..7)
        .filter_map(|number| Weekday::try_from(number).ok())
        .find(|day| weekday(*day) == word.trim())
}
