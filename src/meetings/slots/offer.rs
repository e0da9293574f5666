//! From free time to starts that can be offered, and the check of one given time.

use super::calendar::{Calendar, Full, free, hours, taken};
use super::span::{Span, intersect};
use crate::kernel::zone::Zone;
use chrono::{DateTime, TimeDelta, Timelike, Utc};

/// What is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Search {
    /// The instant from which notice and horizon are counted.
    pub now: DateTime<Utc>,
    /// Meetings lie wholly in this interval.
    pub window: Span,
    /// Length of the meeting; more than zero.
    pub length: TimeDelta,
    /// Starts are multiples of this on the clock of the first person, counted from local midnight;
    /// more than zero, whole seconds.
    pub step: TimeDelta,
    /// At most this many slots, the earliest first.
    pub limit: usize,
}

/// The slots at which everybody can meet, in order. Slots may overlap one another: each is one choice.
///
/// The first calendar sets the clock on which starts are round numbers (the mentor's, where there is
/// one): with a zone at +05:45 in the group, somebody sees quarter hours. Nobody's calendar, or a
/// length or step that is not positive, gives no slots.
#[must_use]
pub fn common(calendars: &[Calendar], search: &Search) -> Vec<Span> {
    let Some(first) = calendars.first() else {
        return Vec::new();
    };
    if search.length <= TimeDelta::zero() || search.step.num_seconds() < 1 {
        return Vec::new();
    }
    let Some(shared) = shared_time(calendars, search) else {
        return Vec::new();
    };
    let full: Vec<(Zone, Full)> = calendars
        .iter()
        .map(|calendar| (calendar.zone, Full::of(calendar)))
        .filter(|(_, full)| !full.is_empty())
        .collect();
    let open = |start| {
        full.iter().all(|(zone, full)| {
            let date = zone.date_at(start);
            !full.day(date) && !full.week(date)
        })
    };
    shared
        .iter()
        .flat_map(|span| starts(first.zone, *span, search))
        .filter(|slot| open(slot.start()))
        .take(search.limit)
        .collect()
}

/// The time in which everybody is free and that notice, horizon and window leave open.
fn shared_time(calendars: &[Calendar], search: &Search) -> Option<Vec<Span>> {
    let window = calendars
        .iter()
        .try_fold(search.window, |window, calendar| {
            window.intersection(calendar.limits.open(search.now)?)
        })?;
    let mut shared = vec![window];
    for calendar in calendars {
        shared = intersect(&shared, &free(calendar, window));
    }
    Some(shared)
}

/// The slots inside one interval of shared time.
fn starts(zone: Zone, span: Span, search: &Search) -> impl Iterator<Item = Span> {
    let Search { length, step, .. } = *search;
    let slot = move |start: DateTime<Utc>| {
        let start = round_up(zone, start, step)?;
        let slot = Span::new(start, start.checked_add_signed(length)?)?;
        span.contains(slot).then_some(slot)
    };
    std::iter::successors(slot(span.start()), move |previous| {
        slot(previous.start().checked_add_signed(TimeDelta::seconds(1))?)
    })
}

/// The first instant at or after `from` at which the clock in `zone` shows a multiple of `step`.
fn round_up(zone: Zone, from: DateTime<Utc>, step: TimeDelta) -> Option<DateTime<Utc>> {
    let step = step.num_seconds();
    let mut at = whole_second(from)?;
    // Once is enough on an ordinary day. A midnight that the step does not divide starts the count
    // again, and so does a change of the clock: whoever steps over it may land behind a mark that
    // the new clock shows sooner.
    for _ in 0..6 {
        let second = i64::from(zone.local(at).num_seconds_from_midnight());
        let beyond = second % step;
        if beyond == 0 {
            return Some(at);
        }
        let to_midnight = 86_400 - second;
        let mark = at.checked_add_signed(TimeDelta::seconds((step - beyond).min(to_midnight)))?;
        at = if zone.offset_at(mark) == zone.offset_at(at) {
            mark
        } else {
            zone.next_transition(at)
                .map_or(mark, |change| change.at.min(mark))
        };
    }
    None
}

fn whole_second(at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    match at.nanosecond() {
        0 => Some(at),
        _ => at
            .with_nanosecond(0)?
            .checked_add_signed(TimeDelta::seconds(1)),
    }
}

/// Why a time does not do for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Sooner than the minimum notice allows, or past.
    TooSoon,
    /// Beyond the horizon.
    TooFar,
    /// Outside the person's hours.
    Away,
    /// Something else is at that time, or too near to it.
    Busy,
    /// The person has had their maximum of that date.
    DayFull,
    /// The person has had their maximum of that week.
    WeekFull,
}

/// The first refusal found: who (index into the calendars) and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Misfit {
    /// Index of the person in the list given.
    pub who: usize,
    /// The reason.
    pub why: Refusal,
}

/// Whether everybody could meet at exactly `slot`; the start need not be a round number.
///
/// # Errors
/// The first person for whom it does not do, and the reason that weighs most with them.
pub fn fits(calendars: &[Calendar], slot: Span, now: DateTime<Utc>) -> Result<(), Misfit> {
    calendars
        .iter()
        .enumerate()
        .try_for_each(|(who, calendar)| {
            fits_one(calendar, slot, now).map_err(|why| Misfit { who, why })
        })
}

fn fits_one(calendar: &Calendar, slot: Span, now: DateTime<Utc>) -> Result<(), Refusal> {
    let limits = &calendar.limits;
    let refuse_if = |no: bool, why| if no { Err(why) } else { Ok(()) };
    let opens = now.checked_add_signed(limits.notice);
    let closes = now.checked_add_signed(limits.horizon);
    refuse_if(
        opens.is_none_or(|opens| slot.start() < opens),
        Refusal::TooSoon,
    )?;
    refuse_if(
        closes.is_some_and(|closes| slot.end() > closes),
        Refusal::TooFar,
    )?;
    let present = hours(calendar, slot);
    refuse_if(
        !present.iter().any(|span| span.contains(slot)),
        Refusal::Away,
    )?;
    refuse_if(!taken(calendar, slot).is_empty(), Refusal::Busy)?;
    let full = Full::of(calendar);
    let date = calendar.zone.date_at(slot.start());
    refuse_if(full.day(date), Refusal::DayFull)?;
    refuse_if(full.week(date), Refusal::WeekFull)
}
