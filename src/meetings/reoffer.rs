//! What is offered after a no: three other times at which everybody is free, one click each. They are looked up
//! when the mail is written and once more at the click; nobody is shown a time that is taken by then.

use chrono::{DateTime, Utc};

use super::details::Details;
use super::propose::other_times;
use super::slots::Span;
use crate::db::Conn;
use crate::kernel::{Context, Problem, Zone};

/// How many times are offered.
pub const OFFERS: usize = 3;
/// How far ahead, in weeks.
const WEEKS: i64 = 4;
/// How many common slots are looked at to choose from.
const CANDIDATES: usize = 400;

/// Three common times for a meeting that somebody declined, in order: on three other dates where there are three. None
/// where the two have no common time, or their mentorship has ended.
///
/// # Errors
/// A database error.
pub fn offers(conn: &mut Conn, ctx: &Context, details: &Details) -> Result<Vec<Span>, Problem> {
    let meeting = &details.meeting;
    let declined = meeting.time()?;
    let mut slots = match other_times(conn, ctx, meeting, WEEKS, CANDIDATES) {
        Err(Problem::Conflict { .. }) => return Ok(Vec::new()),
        found => found?,
    };
    slots.retain(|slot| slot.intersection(declined).is_none());
    let zone = Zone::parse(&meeting.zone).unwrap_or_else(|_| Zone::utc());
    let on = |at| zone.date_at(at);
    Ok(spread(&slots, OFFERS, on(declined.start()), on))
}

/// Up to `most` of `slots`, which are in order: the first of each date but the declined one; where there are too
/// few dates, more that do not overlap what is chosen.
fn spread<D: PartialEq>(
    slots: &[Span],
    most: usize,
    declined: D,
    date: impl Fn(DateTime<Utc>) -> D,
) -> Vec<Span> {
    let mut chosen: Vec<Span> = Vec::with_capacity(most);
    for slot in slots {
        let day = date(slot.start());
        let another = day != declined && chosen.iter().all(|one| date(one.start()) != day);
        if chosen.len() < most && another {
            chosen.push(*slot);
        }
    }
    for slot in slots {
        if chosen.len() < most && chosen.iter().all(|one| one.intersection(*slot).is_none()) {
            chosen.push(*slot);
        }
    }
    chosen.sort_by_key(|slot| slot.start());
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(hour: i64) -> Span {
        let at = |hour| DateTime::from_timestamp(1_800_000_000 + hour * 1800, 0).unwrap();
        Span::new(at(hour), at(hour + 2)).unwrap()
    }

    /// Half hours since the start; ten of them are a day.
    fn offered(hours: &[i64]) -> Vec<i64> {
        let slots: Vec<Span> = hours.iter().map(|hour| slot(*hour)).collect();
        let of = |at: DateTime<Utc>| (at.timestamp() - 1_800_000_000) / 1800;
        spread(&slots, 3, 9, |at| of(at) / 10)
            .into_iter()
            .map(|slot| of(slot.start()))
            .collect()
    }

    #[test]
    fn the_three_times_lie_on_three_dates_where_there_are_three() {
        assert_eq!(offered(&[0, 1, 2, 10, 11, 20, 30]), [0, 10, 20]);
    }

    #[test]
    fn the_evening_that_was_declined_is_the_last_resort() {
        assert_eq!(offered(&[90, 100, 110, 120]), [100, 110, 120]);
        assert_eq!(offered(&[90, 92, 100]), [90, 92, 100]);
    }

    #[test]
    fn with_fewer_dates_the_times_do_not_overlap() {
        assert_eq!(offered(&[0, 1, 2, 3, 10, 11]), [0, 2, 10]);
        assert_eq!(offered(&[0, 1]), [0]);
        assert_eq!(offered(&[]), [0; 0]);
    }
}
