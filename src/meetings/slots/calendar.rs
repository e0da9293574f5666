//! One person's time, and the free intervals in it.

use super::span::{Span, intersect, normalise, subtract};
use super::weekly::{self, WeeklyRule};
use crate::kernel::zone::Zone;
use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use std::num::NonZeroU16;

/// What is known about one person's time.
#[derive(Debug, Clone)]
pub struct Calendar {
    /// The zone on whose clock rules, exceptions, holidays and the daily maximum are read.
    pub zone: Zone,
    /// When the person is there in an ordinary week.
    pub weekly: Vec<WeeklyRule>,
    /// When it is otherwise. Away wins over extra: a slot too few is mended by a click, a slot too
    /// many is somebody waiting alone.
    pub exceptions: Vec<Exception>,
    /// Statutory holidays of the person's province, and whether they are days off.
    pub holidays: Holidays,
    /// What already occupies the person, in any order, from the start of the first local week that
    /// matters (so that the maxima count a meeting of this morning, too).
    pub busy: Vec<Busy>,
    /// Buffers, notice, horizon and maxima.
    pub limits: Limits,
}

impl Calendar {
    /// A calendar with weekly hours, and nothing else.
    #[must_use]
    pub fn new(zone: Zone, weekly: Vec<WeeklyRule>) -> Self {
        Self {
            zone,
            weekly,
            exceptions: Vec::new(),
            holidays: Holidays::Worked,
            busy: Vec::new(),
            limits: Limits::default(),
        }
    }
}

/// A departure from the weekly hours, from one local time to another (half-open).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exception {
    /// Not there.
    Away {
        from: NaiveDateTime,
        until: NaiveDateTime,
    },
    /// There in addition to the weekly hours, holidays included.
    Extra {
        from: NaiveDateTime,
        until: NaiveDateTime,
    },
}

/// What statutory holidays mean for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holidays {
    /// Days like all others.
    Worked,
    /// The weekly hours do not hold on these local dates.
    Off(Vec<NaiveDate>),
}

/// Time that is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Busy {
    /// A meeting of the platform: it counts towards the maxima.
    Meeting(Span),
    /// Something else, such as an entry in the person's own calendar: it only takes time.
    Other(Span),
}

impl Busy {
    /// The time taken, without buffers.
    #[must_use]
    pub const fn span(self) -> Span {
        match self {
            Self::Meeting(span) | Self::Other(span) => span,
        }
    }
}

/// What a person or programme asks for around meetings. The default asks for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Free time that must lie between anything busy and the start of a meeting.
    pub buffer_before: TimeDelta,
    /// Free time that must lie between the end of a meeting and anything busy.
    pub buffer_after: TimeDelta,
    /// A meeting starts at least this long from now.
    pub notice: TimeDelta,
    /// A meeting ends at most this long from now.
    pub horizon: TimeDelta,
    /// Meetings that may start on one local date of this person.
    pub daily: Option<NonZeroU16>,
    /// Meetings that may start in one local week (Monday to Sunday) of this person.
    pub weekly: Option<NonZeroU16>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            buffer_before: TimeDelta::zero(),
            buffer_after: TimeDelta::zero(),
            notice: TimeDelta::zero(),
            horizon: TimeDelta::days(3660),
            daily: None,
            weekly: None,
        }
    }
}

impl Limits {
    /// What notice and horizon leave open, seen from `now`.
    #[must_use]
    pub fn open(&self, now: DateTime<Utc>) -> Option<Span> {
        Span::new(
            now.checked_add_signed(self.notice)?,
            now.checked_add_signed(self.horizon)?,
        )
    }
}

/// The person's free time in `window`: weekly hours without holidays, plus extra hours, minus times
/// away, minus what is busy with its buffers. Sorted, disjoint, half-open. Notice, horizon and maxima
/// restrict meetings, not time: see [`super::common`].
#[must_use]
pub fn free(calendar: &Calendar, window: Span) -> Vec<Span> {
    subtract(&hours(calendar, window), &taken(calendar, window))
}

/// When the person is there, whatever else they have to do.
pub(super) fn hours(calendar: &Calendar, window: Span) -> Vec<Span> {
    let zone = calendar.zone;
    let mut present = weekly::unfold(&calendar.weekly, zone, window);
    if let Holidays::Off(dates) = &calendar.holidays {
        let off: Vec<Span> = dates
            .iter()
            .filter_map(|date| local_day(zone, *date))
            .collect();
        present = subtract(&present, &normalise(off));
    }
    let (mut extra, mut away) = (Vec::new(), Vec::new());
    for exception in &calendar.exceptions {
        match *exception {
            Exception::Away { from, until } => away.extend(local_span(zone, from, until)),
            Exception::Extra { from, until } => extra.extend(local_span(zone, from, until)),
        }
    }
    if !extra.is_empty() {
        present.extend(extra);
        present = intersect(&normalise(present), &[window]);
    }
    if !away.is_empty() {
        present = subtract(&present, &normalise(away));
    }
    present
}

/// What occupies the person, grown by the buffers. A meeting needs `buffer_before` free before it, so
/// what is busy reaches that much further *forward*, and the other way round.
pub(super) fn taken(calendar: &Calendar, window: Span) -> Vec<Span> {
    let limits = &calendar.limits;
    let grown = calendar
        .busy
        .iter()
        .map(|busy| {
            busy.span()
                .widened(limits.buffer_after, limits.buffer_before)
        })
        .filter(|span| span.overlaps(window));
    normalise(grown.collect())
}

fn local_span(zone: Zone, from: NaiveDateTime, until: NaiveDateTime) -> Option<Span> {
    Span::new(zone.resolve(from), zone.resolve(until))
}

fn local_day(zone: Zone, date: NaiveDate) -> Option<Span> {
    Span::new(zone.start_of(date), zone.start_of(date.succ_opt()?))
}

/// The local dates on which no further meeting may start (rule S3: counted in this person's date).
#[derive(Debug, Default)]
pub(super) struct Full {
    days: Vec<NaiveDate>,
    weeks: Vec<NaiveDate>,
}

impl Full {
    pub(super) fn of(calendar: &Calendar) -> Self {
        let Limits { daily, weekly, .. } = calendar.limits;
        if daily.is_none() && weekly.is_none() {
            return Self::default();
        }
        let mut dates: Vec<NaiveDate> = calendar
            .busy
            .iter()
            .filter_map(|busy| match busy {
                Busy::Meeting(span) => Some(calendar.zone.date_at(span.start())),
                Busy::Other(_) => None,
            })
            .collect();
        dates.sort_unstable();
        let mondays: Vec<NaiveDate> = dates.iter().copied().map(monday).collect();
        Self {
            days: daily.map_or_else(Vec::new, |most| reached(&dates, most)),
            weeks: weekly.map_or_else(Vec::new, |most| reached(&mondays, most)),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.days.is_empty() && self.weeks.is_empty()
    }

    pub(super) fn day(&self, date: NaiveDate) -> bool {
        self.days.binary_search(&date).is_ok()
    }

    pub(super) fn week(&self, date: NaiveDate) -> bool {
        self.weeks.binary_search(&monday(date)).is_ok()
    }
}

fn monday(date: NaiveDate) -> NaiveDate {
    let since = u64::from(date.weekday().num_days_from_monday());
    date.checked_sub_days(Days::new(since)).unwrap_or(date)
}

/// The values of a sorted list that stand in it at least `most` times.
fn reached(sorted: &[NaiveDate], most: NonZeroU16) -> Vec<NaiveDate> {
    sorted
        .chunk_by(|a, b| a == b)
        .filter(|equal| equal.len() >= usize::from(most.get()))
        .filter_map(|equal| equal.first().copied())
        .collect()
}
