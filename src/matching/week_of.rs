//! When somebody is free in a week of one clock regime, exceptions counted: a half-hour counts as free where the
//! person is there in more than half of the regime's weeks. A holiday of a fortnight changes nothing, a course on
//! Tuesdays until spring does.

use chrono::{Days, NaiveDate};

use crate::matching::engine::week::SLOTS;
use crate::matching::engine::{WeekMask, Window};
use crate::people::exceptions::{Exception, ExceptionKind};

const DAY: i64 = 24 * 60;

/// A stretch of a week in minutes after its Monday's midnight, local time.
type Stretch = (i64, i64);

/// The week of somebody with exceptions, in UTC, over the Mondays of a regime; without exceptions or weeks, the
/// plain week.
#[must_use]
pub fn week_of(
    windows: &[Window],
    exceptions: &[Exception],
    mondays: impl Iterator<Item = NaiveDate>,
    offset: i32,
) -> WeekMask {
    let plain = WeekMask::from_windows(windows, offset);
    if exceptions.is_empty() {
        return plain;
    }
    let mut weeks = 0_u32;
    let mut free = vec![0_u32; usize::from(SLOTS)];
    for monday in mondays {
        weeks += 1;
        let mask = WeekMask::from_windows(&in_week(windows, exceptions, monday), offset);
        for (slot, count) in (0_u16..).zip(free.iter_mut()) {
            *count += u32::from(mask.contains(slot));
        }
    }
    if weeks == 0 {
        return plain;
    }
    let often = (0_u16..).zip(free).filter(|(_, count)| *count * 2 > weeks);
    often.map(|(slot, _)| slot).collect()
}

/// The windows of one week on the calendar.
fn in_week(windows: &[Window], exceptions: &[Exception], monday: NaiveDate) -> Vec<Window> {
    let mut stretches: Vec<Stretch> = windows
        .iter()
        .map(|window| {
            let day = i64::from(window.weekday) * DAY;
            (
                day + i64::from(window.start_minute),
                day + i64::from(window.end_minute),
            )
        })
        .collect();
    let days = (0_u64..7).filter_map(|day| Some((day, monday.checked_add_days(Days::new(day))?)));
    let of_day: Vec<(i64, NaiveDate)> = days
        .filter_map(|(day, date)| Some((i64::try_from(day).ok()? * DAY, date)))
        .collect();
    let holding = |kind: ExceptionKind| {
        let each = exceptions.iter().filter(move |one| one.kind == kind);
        each.flat_map(|one| {
            let on =
                move |(_, date): &&(i64, NaiveDate)| one.starts_on <= *date && *date <= one.ends_on;
            let hours = (
                i64::from(one.starts_minute.unwrap_or(0)),
                one.ends_minute.map_or(DAY, i64::from),
            );
            of_day
                .iter()
                .filter(on)
                .map(move |(start, _)| (start + hours.0, start + hours.1))
        })
        .collect::<Vec<Stretch>>()
    };
    stretches.extend(holding(ExceptionKind::Extra));
    for away in holding(ExceptionKind::Away) {
        stretches = stretches
            .into_iter()
            .flat_map(|free| without(free, away))
            .collect();
    }
    stretches.into_iter().filter_map(window).collect()
}

/// What is left of a stretch without another.
fn without(free: Stretch, away: Stretch) -> Vec<Stretch> {
    let before = (free.0, free.1.min(away.0));
    let after = (free.0.max(away.1), free.1);
    [before, after]
        .into_iter()
        .filter(|(start, end)| start < end)
        .collect()
}

fn window((start, end): Stretch) -> Option<Window> {
    let day = start.div_euclid(DAY);
    Some(Window {
        weekday: u8::try_from(day.rem_euclid(7)).ok()?,
        start_minute: u16::try_from(start - day * DAY).ok()?,
        end_minute: u16::try_from(end - day * DAY).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Instant;
    use crate::kernel::ids::{AvailabilityExceptionId, PersonId};

    fn exception(
        kind: ExceptionKind,
        from: &str,
        to: &str,
        hours: Option<(i32, i32)>,
    ) -> Exception {
        let now = Instant::from_millis(0).unwrap();
        Exception {
            id: AvailabilityExceptionId::new(now),
            person_id: PersonId::new(now),
            kind,
            starts_on: from.parse().unwrap(),
            ends_on: to.parse().unwrap(),
            starts_minute: hours.map(|hours| hours.0 * 60),
            ends_minute: hours.map(|hours| hours.1 * 60),
            note: None,
            created_at: now,
        }
    }

    /// Half-hours free on Tuesdays from 18:00 to 21:00, over ten weeks from 5 October 2026, in UTC.
    fn slots(exceptions: &[Exception]) -> u32 {
        let tuesday = Window {
            weekday: 1,
            start_minute: 18 * 60,
            end_minute: 21 * 60,
        };
        let first: NaiveDate = "2026-10-05".parse().unwrap();
        let mondays = (0..10).map(|week| first + Days::new(7 * week));
        week_of(&[tuesday], exceptions, mondays, 0).count()
    }

    #[test]
    fn a_fortnight_away_changes_nothing_and_an_autumn_of_evenings_does() {
        use ExceptionKind::{Away, Extra};
        assert_eq!(slots(&[]), 6);
        assert_eq!(
            slots(&[exception(Away, "2026-10-12", "2026-10-25", None)]),
            6
        );
        // A course from 19:00 to 20:00 until December leaves an hour before and an hour after.
        let course = exception(Away, "2026-10-05", "2026-12-31", Some((19, 20)));
        assert_eq!(slots(std::slice::from_ref(&course)), 4);
        // Extra hours count where they hold in more than half of the weeks.
        let extra = exception(Extra, "2026-10-05", "2026-12-31", Some((8, 9)));
        assert_eq!(slots(std::slice::from_ref(&extra)), 6 + 7 * 2);
        let once = exception(Extra, "2026-10-07", "2026-10-07", Some((8, 9)));
        assert_eq!(slots(&[once]), 6);
        // Away wins over extra hours on the same day.
        let gone = exception(Away, "2026-10-05", "2026-12-31", None);
        assert_eq!(slots(&[extra, gone]), 0);
    }
}
