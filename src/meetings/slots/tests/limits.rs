//! Rule S3: half-open intervals, buffers, notice, horizon and maxima.

use super::super::{Busy, Limits, Misfit, Refusal, common, fits, free};
use super::*;
use chrono::Weekday::{Fri, Mon, Tue, Wed};
use std::num::NonZeroU16;

/// A mentor in Toronto with the evenings of one week in December 2026, and that week.
fn mentor() -> (Calendar, Span) {
    let evenings = [Mon, Tue, Wed].map(|day| rule(day, "18:00", "21:00"));
    let mentor = Calendar::new(zone("America/Toronto"), evenings.to_vec());
    (mentor, span("2026-12-07T05:00:00Z", "2026-12-14T05:00:00Z"))
}

fn most(n: u16) -> Option<NonZeroU16> {
    NonZeroU16::new(n)
}

#[test]
fn s3_a_meeting_may_begin_when_another_ends() {
    let (mut who, week) = mentor();
    who.busy = vec![Busy::Meeting(span(
        "2026-12-08T00:00:00Z",
        "2026-12-08T01:00:00Z",
    ))];
    let slots = common(std::slice::from_ref(&who), &search(week, 60, 60));
    assert_eq!(
        starts(&slots)[..3],
        ["12-07 23:00", "12-08 01:00", "12-08 23:00"],
        "19:00 on Monday is taken, 18:00 and 20:00 touch it"
    );
    assert_eq!(
        fits(
            std::slice::from_ref(&who),
            span("2026-12-08T01:00:00Z", "2026-12-08T02:00:00Z"),
            week.start()
        ),
        Ok(())
    );
    assert_eq!(
        fits(
            &[who],
            span("2026-12-08T00:59:00Z", "2026-12-08T01:59:00Z"),
            week.start()
        ),
        Err(Misfit {
            who: 0,
            why: Refusal::Busy
        })
    );
}

#[test]
fn s3_buffers_keep_their_side() {
    let (mut who, week) = mentor();
    who.busy = vec![Busy::Other(span(
        "2026-12-08T00:00:00Z",
        "2026-12-08T01:00:00Z",
    ))];
    who.limits.buffer_before = TimeDelta::minutes(15);
    who.limits.buffer_after = TimeDelta::minutes(5);
    assert_eq!(
        free(&who, week)[..2],
        [
            // a meeting here leaves five minutes after it
            span("2026-12-07T23:00:00Z", "2026-12-07T23:55:00Z"),
            // and one here has fifteen before it
            span("2026-12-08T01:15:00Z", "2026-12-08T02:00:00Z"),
        ]
    );
}

#[test]
fn s3_what_is_busy_outside_the_window_still_casts_its_buffer_into_it() {
    let (mut who, _) = mentor();
    who.limits.buffer_before = TimeDelta::minutes(30);
    who.busy = vec![Busy::Other(span(
        "2026-12-07T22:00:00Z",
        "2026-12-07T23:00:00Z",
    ))];
    let evening = span("2026-12-07T23:00:00Z", "2026-12-08T02:00:00Z");
    assert_eq!(
        free(&who, evening),
        [span("2026-12-07T23:30:00Z", "2026-12-08T02:00:00Z")]
    );
}

#[test]
fn s3_notice_and_horizon_bound_the_whole_meeting() {
    let (mut who, week) = mentor();
    let mut asked = search(week, 60, 60);
    asked.now = utc("2026-12-07T20:30:00.123456Z");
    who.limits.notice = TimeDelta::hours(3);
    who.limits.horizon = TimeDelta::hours(29);
    let slots = common(std::slice::from_ref(&who), &asked);
    // from 23:30:00.123456 on Monday to 01:30 on Wednesday, UTC
    assert_eq!(
        starts(&slots),
        ["12-08 00:00", "12-08 01:00", "12-08 23:00", "12-09 00:00"]
    );
    assert!(
        slots
            .iter()
            .all(|slot| slot.start().timestamp_subsec_nanos() == 0)
    );
    let at = |start, end| {
        fits(std::slice::from_ref(&who), span(start, end), asked.now).map_err(|no| no.why)
    };
    assert_eq!(
        at("2026-12-07T23:00:00Z", "2026-12-08T00:00:00Z"),
        Err(Refusal::TooSoon)
    );
    assert_eq!(at("2026-12-08T00:00:00Z", "2026-12-08T01:00:00Z"), Ok(()));
    assert_eq!(
        at("2026-12-09T01:00:00Z", "2026-12-09T02:00:00Z"),
        Err(Refusal::TooFar)
    );
}

#[test]
fn s3_the_strictest_persons_notice_holds() {
    let (who, week) = mentor();
    let (mut strict, _) = mentor();
    strict.limits = Limits {
        notice: TimeDelta::hours(48),
        ..Limits::default()
    };
    let asked = search(week, 180, 60);
    assert_eq!(starts(&common(&[who, strict], &asked)), ["12-09 23:00"]);
}

#[test]
fn s3_the_daily_maximum_counts_in_the_mentors_date() {
    // 20:00 on Monday in Toronto is Tuesday in UTC: the meeting fills Monday, not Tuesday.
    let (mut who, week) = mentor();
    who.limits.daily = most(1);
    who.busy = vec![Busy::Meeting(span(
        "2026-12-08T01:00:00Z",
        "2026-12-08T02:00:00Z",
    ))];
    let slots = common(std::slice::from_ref(&who), &search(week, 180, 60));
    assert_eq!(starts(&slots), ["12-08 23:00", "12-09 23:00"]);
    let monday = span("2026-12-07T23:00:00Z", "2026-12-08T00:00:00Z");
    assert_eq!(
        fits(std::slice::from_ref(&who), monday, week.start()),
        Err(Misfit {
            who: 0,
            why: Refusal::DayFull
        })
    );
    who.limits.daily = most(2);
    assert_eq!(fits(&[who], monday, week.start()), Ok(()), "one of two");
}

#[test]
fn s3_a_mentee_elsewhere_does_not_shift_the_mentors_count() {
    let (mut who, week) = mentor();
    who.limits.daily = most(1);
    who.busy = vec![Busy::Meeting(span(
        "2026-12-08T01:00:00Z",
        "2026-12-08T02:00:00Z",
    ))];
    let everyday = [Mon, Tue, Wed, chrono::Weekday::Thu].map(|day| rule(day, "00:00", "23:59"));
    let mentee = Calendar::new(zone("Asia/Kathmandu"), everyday.to_vec());
    let slots = common(&[who.clone(), mentee.clone()], &search(week, 120, 60));
    let swapped = common(&[mentee, who], &search(week, 120, 15));
    assert_eq!(
        starts(&slots),
        ["12-08 23:00", "12-09 00:00", "12-09 23:00", "12-10 00:00"]
    );
    assert!(
        swapped
            .iter()
            .all(|slot| slot.start() >= utc("2026-12-08T23:00:00Z"))
    );
}

#[test]
fn s3_what_is_not_a_meeting_does_not_count() {
    let (mut who, week) = mentor();
    who.limits.daily = most(1);
    who.busy = vec![Busy::Other(span(
        "2026-12-07T15:00:00Z",
        "2026-12-07T16:00:00Z",
    ))];
    assert_eq!(common(&[who], &search(week, 180, 60)).len(), 3);
}

#[test]
fn s3_the_weekly_maximum_runs_from_monday_to_sunday_on_the_persons_clock() {
    let mut who = person("America/Toronto", Mon, "18:00", "19:00");
    who.limits.weekly = most(1);
    // Sunday 2026-12-13, 23:30 in Toronto: Monday in UTC, but the old week on the mentor's clock.
    who.busy = vec![Busy::Meeting(span(
        "2026-12-14T04:30:00Z",
        "2026-12-14T05:30:00Z",
    ))];
    let fortnight = span("2026-12-07T05:00:00Z", "2026-12-21T05:00:00Z");
    assert_eq!(
        starts(&common(
            std::slice::from_ref(&who),
            &search(fortnight, 60, 60)
        )),
        ["12-14 23:00"]
    );
    let first = span("2026-12-07T23:00:00Z", "2026-12-08T00:00:00Z");
    assert_eq!(
        fits(&[who], first, fortnight.start()),
        Err(Misfit {
            who: 0,
            why: Refusal::WeekFull
        })
    );
}

#[test]
fn the_check_of_one_time_names_who_and_why() {
    let (who, week) = mentor();
    let late = person("America/Toronto", Fri, "18:00", "21:00");
    let monday = span("2026-12-07T23:00:00Z", "2026-12-08T00:00:00Z");
    assert_eq!(
        fits(std::slice::from_ref(&who), monday, week.start()),
        Ok(())
    );
    assert_eq!(
        fits(&[who, late], monday, week.start()),
        Err(Misfit {
            who: 1,
            why: Refusal::Away
        })
    );
}

#[test]
fn nobody_no_length_and_no_step_give_no_slots() {
    let (who, week) = mentor();
    assert_eq!(common(&[], &search(week, 60, 30)), []);
    assert_eq!(common(std::slice::from_ref(&who), &search(week, 0, 30)), []);
    assert_eq!(common(std::slice::from_ref(&who), &search(week, 60, 0)), []);
    let few = Search {
        limit: 2,
        ..search(week, 60, 30)
    };
    assert_eq!(
        starts(&common(&[who], &few)),
        ["12-07 23:00", "12-07 23:30"]
    );
}
