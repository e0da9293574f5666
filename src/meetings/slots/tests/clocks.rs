//! What happens to weekly windows when clocks change (rules S1 and S2). Dates are real: 2026 and 2027
//! by the zone data of 2026.

use super::super::{Exception, Holidays, common, free};
use super::*;
use chrono::Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};

/// The free time of somebody with one window on one weekday, in the week around `day`.
fn on_day(zone_name: &str, day: &str, from: &str, until: &str) -> Vec<Span> {
    use chrono::Datelike;
    let day = date(day);
    let who = person(zone_name, day.weekday(), from, until);
    let noon = who.zone.resolve(day.and_hms_opt(12, 0, 0).unwrap());
    let window = Span::new(noon - TimeDelta::days(3), noon + TimeDelta::days(3)).unwrap();
    free(&who, window)
}

#[test]
fn s1_an_afternoon_on_the_spring_day_keeps_its_wall_clock() {
    // Toronto, 2026-03-08: the day has 23 hours. Midnight plus 13 hours would be 14:00 EDT.
    let found = on_day("America/Toronto", "2026-03-08", "13:00", "18:00");
    assert_eq!(
        found,
        [span("2026-03-08T17:00:00Z", "2026-03-08T22:00:00Z")]
    );
}

#[test]
fn s1_both_change_days_in_every_zone_of_the_list() {
    let cases = [
        // zone, date, window in UTC for 13:00–18:00 on that date
        ("America/Toronto", "2026-03-08", "2026-03-08T17:00:00Z"),
        ("America/Toronto", "2026-11-01", "2026-11-01T18:00:00Z"),
        ("America/St_Johns", "2026-03-08", "2026-03-08T15:30:00Z"),
        ("America/St_Johns", "2026-11-01", "2026-11-01T16:30:00Z"),
        ("Europe/Brussels", "2026-03-29", "2026-03-29T11:00:00Z"),
        ("Europe/Brussels", "2026-10-25", "2026-10-25T12:00:00Z"),
        ("Australia/Lord_Howe", "2026-04-05", "2026-04-05T02:30:00Z"),
        ("Australia/Lord_Howe", "2026-10-04", "2026-10-04T02:00:00Z"),
        ("Asia/Kathmandu", "2026-03-08", "2026-03-08T07:15:00Z"),
        ("Asia/Kathmandu", "2026-11-01", "2026-11-01T07:15:00Z"),
        // British Columbia moved its clocks for the last time in March 2026 (zone data 2026):
        // 2025 still has both days, November 2026 has none.
        ("America/Vancouver", "2025-03-09", "2025-03-09T20:00:00Z"),
        ("America/Vancouver", "2025-11-02", "2025-11-02T21:00:00Z"),
        ("America/Vancouver", "2026-03-08", "2026-03-08T20:00:00Z"),
        ("America/Vancouver", "2026-11-01", "2026-11-01T20:00:00Z"),
    ];
    for (zone_name, day, start) in cases {
        let start = utc(start);
        let expected = Span::new(start, start + TimeDelta::hours(5)).unwrap();
        assert_eq!(
            on_day(zone_name, day, "13:00", "18:00"),
            [expected],
            "{zone_name} {day}"
        );
    }
}

#[test]
fn s2_a_start_in_the_gap_moves_forward_by_the_gap() {
    // 02:30 does not exist in Toronto on 2026-03-08: it becomes 03:30 EDT.
    let found = on_day("America/Toronto", "2026-03-08", "02:30", "05:00");
    assert_eq!(
        found,
        [span("2026-03-08T07:30:00Z", "2026-03-08T09:00:00Z")]
    );
    // Lord Howe's gap is half an hour: 02:15 becomes 02:45 (+11:00).
    let found = on_day("Australia/Lord_Howe", "2026-10-04", "02:15", "05:00");
    assert_eq!(
        found,
        [span("2026-10-03T15:45:00Z", "2026-10-03T18:00:00Z")]
    );
}

#[test]
fn s2_an_ambiguous_time_is_the_first_one() {
    // Toronto, 2026-11-01: 01:30 happens at 05:30Z and at 06:30Z.
    let found = on_day("America/Toronto", "2026-11-01", "01:30", "03:00");
    assert_eq!(
        found,
        [span("2026-11-01T05:30:00Z", "2026-11-01T08:00:00Z")]
    );
    let found = on_day("America/Toronto", "2026-11-01", "00:30", "01:30");
    assert_eq!(
        found,
        [span("2026-11-01T04:30:00Z", "2026-11-01T05:30:00Z")]
    );
}

#[test]
fn s2_a_window_that_ends_at_or_before_its_start_after_that_is_dropped() {
    // 02:30 becomes 03:30, and 03:00–03:15 exist as they are.
    assert_eq!(
        on_day("America/Toronto", "2026-03-08", "02:30", "03:15"),
        []
    );
    assert_eq!(
        on_day("America/Toronto", "2026-03-08", "02:30", "03:30"),
        []
    );
    // Wholly inside the gap: both ends move, and the window stays as long as it was.
    let found = on_day("America/Toronto", "2026-03-08", "02:15", "02:45");
    assert_eq!(
        found,
        [span("2026-03-08T07:15:00Z", "2026-03-08T07:45:00Z")]
    );
}

#[test]
fn s2_a_zone_that_skips_midnight_begins_its_day_after_the_gap() {
    // Havana goes from 00:00 to 01:00 on 2026-03-08.
    let found = on_day("America/Havana", "2026-03-08", "00:00", "03:00");
    assert_eq!(
        found,
        [span("2026-03-08T05:00:00Z", "2026-03-08T07:00:00Z")]
    );
    let mut who = Calendar::new(
        zone("America/Havana"),
        vec![rule(Sat, "22:00", "00:00"), rule(Sun, "00:00", "03:00")],
    );
    who.holidays = Holidays::Off(vec![date("2026-03-08")]);
    let weekend = span("2026-03-07T12:00:00Z", "2026-03-09T12:00:00Z");
    assert_eq!(
        free(&who, weekend),
        [span("2026-03-08T03:00:00Z", "2026-03-08T05:00:00Z")],
        "the holiday begins with the first instant of its date"
    );
}

#[test]
fn s2_a_zone_that_skips_a_whole_date_moves_its_windows_by_the_gap() {
    // Samoa had no 2011-12-30, a Friday.
    let found = on_day("Pacific/Apia", "2011-12-30", "10:00", "12:00");
    assert_eq!(
        found,
        [span("2011-12-30T20:00:00Z", "2011-12-30T22:00:00Z")]
    );
}

#[test]
fn s1_a_window_across_midnight_reads_its_end_on_the_next_date() {
    // Saturday 22:00 to Sunday 04:00 over Toronto's spring night has five hours, in autumn seven.
    let found = on_day("America/Toronto", "2026-03-07", "22:00", "04:00");
    assert_eq!(
        found,
        [span("2026-03-08T03:00:00Z", "2026-03-08T08:00:00Z")]
    );
    let found = on_day("America/Toronto", "2026-10-31", "22:00", "04:00");
    assert_eq!(
        found,
        [span("2026-11-01T02:00:00Z", "2026-11-01T09:00:00Z")]
    );
}

#[test]
fn a_window_that_began_before_the_search_is_cut_not_lost() {
    let who = person("America/Toronto", Fri, "22:00", "02:00");
    let saturday = span("2026-12-05T05:00:00Z", "2026-12-06T05:00:00Z");
    assert_eq!(
        free(&who, saturday),
        [span("2026-12-05T05:00:00Z", "2026-12-05T07:00:00Z")]
    );
}

#[test]
fn windows_that_touch_are_one() {
    let who = Calendar::new(
        zone("America/Toronto"),
        vec![rule(Fri, "22:00", "00:00"), rule(Sat, "00:00", "01:00")],
    );
    let window = span("2026-12-04T12:00:00Z", "2026-12-06T12:00:00Z");
    assert_eq!(
        free(&who, window),
        [span("2026-12-05T03:00:00Z", "2026-12-05T06:00:00Z")]
    );
}

#[test]
fn t4_two_zones_that_change_on_different_dates_meet_an_hour_apart_in_between() {
    // Toronto changes on 8 March, Brussels on 29 March 2026: in the three weeks between, the
    // distance is five hours instead of six.
    let mentor = person("Europe/Brussels", Wed, "18:00", "20:00");
    let mentee = person("America/Toronto", Wed, "12:00", "14:00");
    let window = span("2026-03-02T00:00:00Z", "2026-04-06T00:00:00Z");
    let slots = common(&[mentor, mentee], &search(window, 60, 60));
    assert_eq!(
        starts(&slots),
        [
            "03-04 17:00",
            "03-04 18:00", // 18:00 and 19:00 in Brussels, 12:00 and 13:00 in Toronto
            "03-11 17:00",
            "03-18 17:00",
            "03-25 17:00", // one hour is lost while they differ
            "04-01 16:00",
            "04-01 17:00",
        ]
    );
}

#[test]
fn slots_begin_at_round_numbers_on_the_first_persons_clock() {
    let mentor = person("Asia/Kathmandu", Mon, "18:10", "21:00");
    let mentee = person("America/Toronto", Mon, "07:00", "12:00");
    let window = span("2026-12-06T00:00:00Z", "2026-12-09T00:00:00Z");
    let slots = common(&[mentor.clone(), mentee.clone()], &search(window, 60, 30));
    // 18:30, 19:00, 19:30, 20:00 in Kathmandu
    assert_eq!(
        starts(&slots),
        ["12-07 12:45", "12-07 13:15", "12-07 13:45", "12-07 14:15"]
    );
    let slots = common(&[mentee, mentor], &search(window, 60, 30));
    assert_eq!(
        starts(&slots),
        ["12-07 12:30", "12-07 13:00", "12-07 13:30", "12-07 14:00"]
    );
}

#[test]
fn starts_stay_round_when_the_clock_moves_by_half_an_hour_within_the_window() {
    let who = person("Australia/Lord_Howe", Sun, "00:00", "05:00");
    let window = span("2026-10-03T00:00:00Z", "2026-10-05T00:00:00Z");
    let slots = common(std::slice::from_ref(&who), &search(window, 30, 60));
    // 00:00 and 01:00 at +10:30; 02:00 does not exist; 03:00 and 04:00 at +11:00
    assert_eq!(
        starts(&slots),
        ["10-03 13:30", "10-03 14:30", "10-03 16:00", "10-03 17:00"]
    );
}

#[test]
fn a_mark_that_the_clock_shows_sooner_after_its_jump_is_not_missed() {
    // 01:40 + 50 minutes would be 02:30, which does not exist: fifty-minute marks go on at 03:20.
    let who = [person("America/Toronto", Weekday::Sun, "00:00", "04:00")];
    let night = span("2026-03-08T05:00:00Z", "2026-03-08T08:00:00Z");
    assert_eq!(
        starts(&common(&who, &search(night, 15, 50))),
        ["03-08 05:00", "03-08 05:50", "03-08 06:40", "03-08 07:20"]
    );
}

#[test]
fn both_readings_of_the_ambiguous_hour_can_be_offered() {
    let who = person("America/Toronto", Sun, "00:00", "03:00");
    let window = span("2026-10-31T12:00:00Z", "2026-11-01T12:00:00Z");
    let slots = common(std::slice::from_ref(&who), &search(window, 60, 60));
    assert_eq!(
        starts(&slots),
        ["11-01 04:00", "11-01 05:00", "11-01 06:00", "11-01 07:00"]
    );
}

#[test]
fn holidays_take_the_weekly_hours_of_their_date_and_leave_extra_hours() {
    let mut who = person("America/Toronto", Thu, "18:00", "20:00");
    who.holidays = Holidays::Off(vec![date("2026-12-24"), date("2026-12-31")]);
    who.exceptions = vec![Exception::Extra {
        from: local("2026-12-31 10:00"),
        until: local("2026-12-31 12:00"),
    }];
    let window = span("2026-12-14T00:00:00Z", "2027-01-04T00:00:00Z");
    assert_eq!(
        free(&who, window),
        [
            span("2026-12-17T23:00:00Z", "2026-12-18T01:00:00Z"),
            span("2026-12-31T15:00:00Z", "2026-12-31T17:00:00Z"),
        ]
    );
    who.holidays = Holidays::Worked;
    assert_eq!(free(&who, window).len(), 4);
}

#[test]
fn a_window_that_runs_into_a_holiday_ends_at_its_midnight() {
    let mut who = person("America/Toronto", Thu, "22:00", "02:00");
    who.holidays = Holidays::Off(vec![date("2026-12-25")]);
    let window = span("2026-12-24T12:00:00Z", "2026-12-26T12:00:00Z");
    assert_eq!(
        free(&who, window),
        [span("2026-12-25T03:00:00Z", "2026-12-25T05:00:00Z")]
    );
}

#[test]
fn away_wins_over_weekly_and_extra_hours() {
    let mut who = person("America/Toronto", Tue, "18:00", "21:00");
    who.exceptions = vec![
        Exception::Away {
            from: local("2026-12-08 19:00"),
            until: local("2026-12-09 00:00"),
        },
        Exception::Extra {
            from: local("2026-12-08 17:00"),
            until: local("2026-12-08 20:00"),
        },
    ];
    let window = span("2026-12-07T00:00:00Z", "2026-12-12T00:00:00Z");
    assert_eq!(
        free(&who, window),
        [span("2026-12-08T22:00:00Z", "2026-12-09T00:00:00Z")]
    );
}

#[test]
fn a_rule_from_equal_times_or_out_of_range_is_refused() {
    let noon = NaiveTime::from_hms_opt(12, 0, 0).unwrap();
    assert_eq!(WeeklyRule::new(Mon, noon, noon), None);
    assert_eq!(WeeklyRule::from_minutes(Mon, 1440, 1500), None);
    assert_eq!(WeeklyRule::from_minutes(Mon, 600, 600), None);
    assert_eq!(WeeklyRule::from_minutes(Mon, 600, 2041), None);
    assert!(WeeklyRule::from_minutes(Mon, 0, 1440).is_some());
}
