//! Weekly hours on a wall clock, and what they become on real dates.

use super::span::{Span, normalise};
use crate::kernel::zone::Zone;
use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Utc, Weekday};

const DAY: u16 = 24 * 60;

/// Hours that come back every week, as the person reads them on their own clock: "Tuesday, 18:00 to
/// 21:00". The end may lie on the next date ("Friday, 22:00 to 02:00").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct WeeklyRule {
    weekday: Weekday,
    from: u16,
    until: u16,
}

impl WeeklyRule {
    /// A rule from minutes of the day. `from` is 0–1439; `until` is after it, at most a day later:
    /// 1440 is the midnight that ends the date, 1560 is 02:00 on the next one. `None` outside.
    #[must_use]
    pub fn from_minutes(weekday: Weekday, from: u16, until: u16) -> Option<Self> {
        (from < DAY && from < until && until <= from + DAY).then_some(Self {
            weekday,
            from,
            until,
        })
    }

    /// A rule from two times of day; an end at or before the start is on the next date, and 00:00 is
    /// the end of the day. `None` when both are the same: that could mean nothing or a whole day.
    #[must_use]
    pub fn new(weekday: Weekday, from: NaiveTime, until: NaiveTime) -> Option<Self> {
        let (from, until) = (minute_of_day(from)?, minute_of_day(until)?);
        match from.cmp(&until) {
            std::cmp::Ordering::Less => Self::from_minutes(weekday, from, until),
            std::cmp::Ordering::Equal => None,
            std::cmp::Ordering::Greater => Self::from_minutes(weekday, from, until + DAY),
        }
    }

    /// The weekday on which the window begins.
    #[must_use]
    pub const fn weekday(self) -> Weekday {
        self.weekday
    }

    /// The window on one date: each boundary is resolved on its own local date (rule S1). `None`
    /// when a gap has swallowed it (rule S2) or the date lies beyond the calendar.
    fn on(self, zone: Zone, date: NaiveDate) -> Option<Span> {
        Span::new(
            wall_clock(zone, date, self.from)?,
            wall_clock(zone, date, self.until)?,
        )
    }
}

fn minute_of_day(time: NaiveTime) -> Option<u16> {
    use chrono::Timelike;
    u16::try_from(time.hour() * 60 + time.minute()).ok()
}

/// The instant at which clocks in `zone` show `minute` after the midnight that opens `date`. A minute
/// of 1440 or more is read on the next date's clock: never midnight plus a duration (rule S1).
fn wall_clock(zone: Zone, date: NaiveDate, minute: u16) -> Option<DateTime<Utc>> {
    let (date, minute) = match minute.checked_sub(DAY) {
        None => (date, minute),
        Some(rest) => (date.succ_opt()?, rest),
    };
    let time = NaiveTime::MIN + TimeDelta::minutes(i64::from(minute));
    Some(zone.resolve(date.and_time(time)))
}

/// The local dates whose windows can reach into `window`. Two days of margin: a window may run over
/// midnight, and a zone that changed sides of the date line has a gap of a day.
pub(super) fn dates(zone: Zone, window: Span) -> impl Iterator<Item = NaiveDate> + use<> {
    let margin = Days::new(2);
    let (first, last) = (zone.date_at(window.start()), zone.date_at(window.end()));
    let first = first.checked_sub_days(margin).unwrap_or(first);
    let last = last.checked_add_days(margin).unwrap_or(last);
    first.iter_days().take_while(move |date| *date <= last)
}

/// All windows of the rules that touch `window`, clipped to it, as a normal list.
pub(super) fn unfold(rules: &[WeeklyRule], zone: Zone, window: Span) -> Vec<Span> {
    if rules.is_empty() {
        return Vec::new();
    }
    let mut by_weekday: Vec<WeeklyRule> = rules.to_vec();
    by_weekday.sort_by_key(|rule| (rule.weekday.num_days_from_monday(), rule.from));
    let mut spans = Vec::new();
    for date in dates(zone, window) {
        let weekday = date.weekday();
        let of_the_day = by_weekday.iter().filter(|rule| rule.weekday == weekday);
        spans.extend(
            of_the_day
                .filter_map(|rule| rule.on(zone, date))
                .filter_map(|span| span.intersection(window)),
        );
    }
    normalise(spans)
}
