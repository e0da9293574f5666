//! When a person's own calendar is busy: bytes of an `.ics` file in, a few merged intervals out. What the
//! entries are about is never looked at, let alone kept.
//!
//! # What takes time
//! - An entry from its start to its end (DTEND, or DTSTART plus DURATION), unless it is `TRANSP:TRANSPARENT`,
//!   `STATUS:CANCELLED` or marked free by Outlook (`X-MICROSOFT-CDO-BUSYSTATUS:FREE`). Without an end it takes
//!   none.
//! - An entry of whole days from midnight to midnight on the person's clock, if the person wants that
//!   ([`View::whole_days`]): calendars are full of birthdays that nobody marks as free.
//! - A repeated entry each time: RRULE with RDATE, EXDATE and single instances that were changed
//!   (RECURRENCE-ID). A rule with parts that are not understood (`BYWEEKNO`, `BYYEARDAY`, several times a day)
//!   counts for its first time only, and in [`Busy::not_understood`]. `RANGE=THISANDFUTURE` is read as one
//!   instance.
//! - `FREEBUSY` periods of a VFREEBUSY that are not free.
//!
//! Zones are read as rule T5 says; an entry in a zone that nothing tells of, and one without a zone, is read on
//! the person's clock.
//!
//! # Bounds
//! The file is somebody else's: [`Bounds`] limits its size, its entries, and the steps and instances that rules
//! may ask for. `COUNT=1000000000` and `FREQ=SECONDLY` cost no more than any other rule.

mod collect;
mod expand;
mod rule;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};

use crate::kernel::Zone;

/// How much a file may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Bytes of the file.
    pub bytes: usize,
    /// Entries in it.
    pub events: usize,
    /// Days, weeks, months and years that rules step through, all together.
    pub steps: usize,
    /// Busy intervals before they are merged.
    pub instances: usize,
}

impl Default for Bounds {
    /// 5 MiB, 20,000 entries, two million steps, 200,000 intervals: ten years of a very full calendar.
    fn default() -> Self {
        Self {
            bytes: 5 * 1024 * 1024,
            events: 20_000,
            steps: 2_000_000,
            instances: 200_000,
        }
    }
}

/// How a calendar is looked at.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// Half-open; intervals are cut at its ends.
    pub from: DateTime<Utc>,
    pub until: DateTime<Utc>,
    /// The person's zone.
    pub zone: Zone,
    /// Whether entries of whole days take time.
    pub whole_days: bool,
    /// Whether an entry with this UID is one of our own meetings, whose time the platform knows better.
    pub ours: &'a dyn Fn(&str) -> bool,
}

/// When a calendar is busy.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Busy {
    /// Sorted; they neither overlap nor touch.
    pub times: Vec<(DateTime<Utc>, DateTime<Utc>)>,
    /// Entries in the file, our own included.
    pub events: usize,
    /// Repeated entries of which only the first time was counted.
    pub not_understood: usize,
}

/// Why a file gives no busy times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AgendaError {
    #[error("no calendar object in it")]
    NoCalendar,
    #[error("over a bound")]
    TooMuch,
}

/// The busy times of a calendar file. `charset` is the one that its server declares.
///
/// # Errors
/// [`AgendaError::NoCalendar`] when there is no VCALENDAR in it; [`AgendaError::TooMuch`] over a bound.
pub fn busy(
    bytes: &[u8],
    charset: Option<&str>,
    view: &View<'_>,
    bounds: Bounds,
) -> Result<Busy, AgendaError> {
    if bytes.len() > bounds.bytes {
        return Err(AgendaError::TooMuch);
    }
    let found = collect::collect(bytes, charset, bounds)?;
    expand::busy(&found, view, bounds)
}
