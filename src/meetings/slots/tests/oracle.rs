//! The same questions answered by looking at every minute, with nothing shared but the offset of a zone
//! at an instant: no interval algebra, no `resolve`. Slow, and too simple to be wrong.

use super::super::{Busy, Exception, Holidays, common, fits, free};
use super::*;
use chrono::{Datelike, Timelike};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::num::NonZeroU16;

const MINUTE: TimeDelta = TimeDelta::minutes(1);

/// The first minute at which the clock shows `wanted`; if it never does, the clock before the jump
/// read on (rule S2).
fn resolve(zone: Zone, wanted: NaiveDateTime) -> DateTime<Utc> {
    let mut at = wanted.and_utc() - TimeDelta::hours(15);
    let mut before = zone.local(at);
    for _ in 0..(40 * 60) {
        let shown = zone.local(at);
        if shown == wanted {
            return at;
        }
        if before < wanted && wanted < shown {
            return at - MINUTE + (wanted - before);
        }
        before = shown;
        at += MINUTE;
    }
    unreachable!("a local time within forty hours")
}

struct Oracle<'a> {
    who: &'a Calendar,
    weekly: Vec<(Weekday, i64, i64)>,
    resolved: std::cell::RefCell<BTreeMap<NaiveDateTime, DateTime<Utc>>>,
}

impl Oracle<'_> {
    fn instant(&self, wanted: NaiveDateTime) -> DateTime<Utc> {
        let mut known = self.resolved.borrow_mut();
        *known
            .entry(wanted)
            .or_insert_with(|| resolve(self.who.zone, wanted))
    }

    fn within(&self, at: DateTime<Utc>, from: NaiveDateTime, until: NaiveDateTime) -> bool {
        self.instant(from) <= at && at < self.instant(until)
    }

    fn weekly(&self, at: DateTime<Utc>) -> bool {
        let today = self.who.zone.local(at).date();
        (-2..=2).any(|shift| {
            let day = today + TimeDelta::days(shift);
            let midnight = day.and_hms_opt(0, 0, 0).unwrap();
            self.weekly.iter().any(|&(weekday, from, until)| {
                weekday == day.weekday()
                    && self.within(
                        at,
                        midnight + TimeDelta::minutes(from),
                        midnight + TimeDelta::minutes(until),
                    )
            })
        })
    }

    fn present(&self, at: DateTime<Utc>) -> bool {
        let holiday = match &self.who.holidays {
            Holidays::Worked => false,
            Holidays::Off(dates) => dates.contains(&self.who.zone.local(at).date()),
        };
        let any = |away: bool| {
            self.who
                .exceptions
                .iter()
                .any(|exception| match *exception {
                    Exception::Away { from, until } => away && self.within(at, from, until),
                    Exception::Extra { from, until } => !away && self.within(at, from, until),
                })
        };
        ((self.weekly(at) && !holiday) || any(false)) && !any(true)
    }

    fn free(&self, at: DateTime<Utc>) -> bool {
        let limits = &self.who.limits;
        self.present(at)
            && !self.who.busy.iter().any(|busy| {
                let span = busy.span();
                span.start() - limits.buffer_after <= at && at < span.end() + limits.buffer_before
            })
    }

    fn may_start(&self, at: DateTime<Utc>) -> bool {
        let date = self.who.zone.local(at).date();
        let count = |same: &dyn Fn(NaiveDate) -> bool| {
            let meetings = self
                .who
                .busy
                .iter()
                .filter(|busy| matches!(busy, Busy::Meeting(_)));
            meetings
                .filter(|busy| same(self.who.zone.local(busy.span().start()).date()))
                .count()
        };
        let limits = &self.who.limits;
        limits
            .daily
            .is_none_or(|most| count(&|day| day == date) < usize::from(most.get()))
            && limits.weekly.is_none_or(|most| {
                count(&|day| day.iso_week() == date.iso_week()) < usize::from(most.get())
            })
    }

    fn fits(&self, slot: Span, now: DateTime<Utc>) -> bool {
        let limits = &self.who.limits;
        slot.start() >= now + limits.notice
            && slot.end() <= now + limits.horizon
            && self.may_start(slot.start())
            && minutes(slot).all(|at| self.free(at))
    }
}

fn minutes(span: Span) -> impl Iterator<Item = DateTime<Utc>> {
    std::iter::successors(Some(span.start()), |at| Some(*at + MINUTE))
        .take_while(move |at| *at < span.end())
}

/// Change days of zones with every kind of change, as the Monday of a week to search around.
const PLACES: [(&str, &str); 14] = [
    ("America/Toronto", "2026-03-02"),
    ("America/Toronto", "2026-10-26"),
    ("America/Vancouver", "2025-10-27"),
    ("America/St_Johns", "2026-03-02"),
    ("America/St_Johns", "2026-10-26"),
    ("Europe/Brussels", "2026-03-23"),
    ("Europe/Brussels", "2026-10-19"),
    ("Australia/Lord_Howe", "2026-03-30"),
    ("Australia/Lord_Howe", "2026-09-28"),
    ("Asia/Kathmandu", "2026-03-02"),
    ("America/Havana", "2026-03-02"), // skips midnight
    ("America/Havana", "2026-10-26"), // repeats it
    ("Asia/Beirut", "2026-10-19"),    // falls back from midnight into the date before
    ("Pacific/Apia", "2011-12-26"),   // skips a date
];

/// A person as plain numbers: minutes are counted from the Monday that opens the search.
#[derive(Debug, Clone)]
struct Draft {
    rules: Vec<(u8, u16, u16)>,
    exceptions: Vec<(bool, i64, i64)>,
    holidays: Option<Vec<i64>>,
    busy: Vec<(bool, i64, i64)>,
    limits: (i64, i64, i64, i64, u16, u16),
}

fn any_draft() -> impl Strategy<Value = Draft> {
    use proptest::collection::vec;
    let quarter = |most: u16| (0..most).prop_map(|n| n * 15);
    (
        vec(
            (0_u8..7, quarter(96), (1_u16..97).prop_map(|n| n * 15)),
            0..6,
        ),
        vec((any::<bool>(), 0_i64..10_080, 0_i64..2_000), 0..3),
        proptest::option::of(vec(0_i64..8, 0..3)),
        vec((any::<bool>(), -600_i64..10_080, 1_i64..300), 0..6),
        (
            0_i64..40,
            0_i64..40,
            0_i64..3_000,
            5_000_i64..20_000,
            0_u16..3,
            0_u16..4,
        ),
    )
        .prop_map(|(rules, exceptions, holidays, busy, limits)| Draft {
            rules,
            exceptions,
            holidays,
            busy,
            limits,
        })
}

type Rules = Vec<(Weekday, i64, i64)>;

fn build(draft: &Draft, zone_name: &str, monday: NaiveDate) -> (Calendar, Rules) {
    let midnight = monday.and_hms_opt(0, 0, 0).unwrap();
    let wall = |minute| midnight + TimeDelta::minutes(minute);
    let start = midnight.and_utc();
    let mut who = Calendar::new(zone(zone_name), Vec::new());
    let mut plain = Vec::new();
    for &(day, from, length) in &draft.rules {
        let weekday = Weekday::try_from(day).unwrap();
        who.weekly
            .push(WeeklyRule::from_minutes(weekday, from, from + length).unwrap());
        plain.push((weekday, i64::from(from), i64::from(from + length)));
    }
    for &(away, from, length) in &draft.exceptions {
        let (from, until) = (wall(from), wall(from + length));
        who.exceptions.push(if away {
            Exception::Away { from, until }
        } else {
            Exception::Extra { from, until }
        });
    }
    if let Some(days) = &draft.holidays {
        let dates = days
            .iter()
            .map(|day| monday + TimeDelta::days(*day))
            .collect();
        who.holidays = Holidays::Off(dates);
    }
    for &(meeting, from, length) in &draft.busy {
        let from = start + TimeDelta::minutes(from);
        let taken = Span::new(from, from + TimeDelta::minutes(length)).unwrap();
        who.busy.push(if meeting {
            Busy::Meeting(taken)
        } else {
            Busy::Other(taken)
        });
    }
    let (before, after, notice, horizon, daily, weekly) = draft.limits;
    who.limits.buffer_before = TimeDelta::minutes(before);
    who.limits.buffer_after = TimeDelta::minutes(after);
    who.limits.notice = TimeDelta::minutes(notice);
    who.limits.horizon = TimeDelta::minutes(horizon);
    who.limits.daily = NonZeroU16::new(daily);
    who.limits.weekly = NonZeroU16::new(weekly);
    (who, plain)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn s1_s2_s3_free_time_and_slots_agree_with_looking_at_every_minute(
        place in 0..PLACES.len(),
        other in 0..PLACES.len(),
        drafts in (any_draft(), any_draft()),
        offset in -900_i64..900,
        length in 1_i64..8,
        step in prop::sample::select(vec![15_i64, 30, 50, 60]),
    ) {
        let (zone_name, monday) = PLACES[place];
        let monday = date(monday);
        let (mentor, mentor_rules) = build(&drafts.0, zone_name, monday);
        let (mentee, mentee_rules) = build(&drafts.1, PLACES[other].0, monday);
        let from = monday.and_hms_opt(0, 0, 0).unwrap().and_utc() + TimeDelta::minutes(offset);
        let window = Span::new(from, from + TimeDelta::days(7)).unwrap();
        let asked = search(window, length * 15, step);

        let people = [mentor, mentee];
        let mut oracles = Vec::new();
        for (who, weekly) in people.iter().zip([mentor_rules, mentee_rules]) {
            let oracle = Oracle { who, weekly, resolved: std::cell::RefCell::default() };
            let found = free(who, window);
            prop_assert!(found.windows(2).all(|pair| pair[0].end() < pair[1].start()));
            for at in minutes(window) {
                let listed = found.iter().any(|span| span.start() <= at && at < span.end());
                prop_assert_eq!(listed, oracle.free(at), "{} at {}", who.zone.local(at), at);
            }
            oracles.push(oracle);
        }

        let expected: Vec<Span> = minutes(window)
            .filter(|at| {
                let clock = people[0].zone.local(*at).time();
                (i64::from(clock.hour()) * 60 + i64::from(clock.minute())) % step == 0
            })
            .filter_map(|at| Span::new(at, at + asked.length))
            .filter(|slot| window.contains(*slot))
            .filter(|slot| oracles.iter().all(|who| who.fits(*slot, asked.now)))
            .collect();
        prop_assert_eq!(&common(&people, &asked), &expected);

        for at in minutes(window).step_by(37) {
            let slot = Span::new(at, at + asked.length).unwrap();
            let yes = oracles.iter().all(|who| who.fits(slot, asked.now));
            prop_assert_eq!(fits(&people, slot, asked.now).is_ok(), yes, "{}", at);
        }
    }
}
