//! What takes time in calendars as they are, and what hostile ones cost. The rules' expected dates were computed
//! by python-dateutil 2.9 (`dateutil.txt`: start, rule, and the starts after it from 1 September 2026 to the
//! end of February 2027).

use chrono::{NaiveDate, NaiveDateTime};

use super::rule::Rule;
use super::*;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn nobody(_: &str) -> bool {
    false
}

/// A week in November 2026 as somebody in Toronto sees it, who is at UTC−5 then.
fn view() -> View<'static> {
    View {
        from: at("2026-11-02T05:00:00Z"),
        until: at("2026-11-16T05:00:00Z"),
        zone: Zone::parse("America/Toronto").unwrap(),
        whole_days: true,
        ours: &nobody,
    }
}

fn file(events: &str) -> String {
    let events = events.replace('\n', "\r\n");
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}\r\nEND:VCALENDAR\r\n")
}

fn event(lines: &str) -> String {
    file(&format!("BEGIN:VEVENT\nUID:1@x\n{lines}\nEND:VEVENT"))
}

fn shown(busy: &Busy) -> Vec<String> {
    let times = busy.times.iter();
    times
        .map(|(start, end)| {
            let (start, end) = (start.format("%m-%d %H:%M"), end.format("%m-%d %H:%M"));
            format!("{start} to {end}")
        })
        .collect()
}

#[track_caller]
fn busy_in(text: &str) -> Vec<String> {
    shown(&busy(text.as_bytes(), None, &view(), Bounds::default()).unwrap())
}

#[test]
fn every_rule_gives_the_starts_that_dateutil_gives() {
    let local = |text: &str| NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%S").unwrap();
    let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap();
    let mut compared = 0;
    for line in include_str!("dateutil.txt").lines() {
        let mut parts = line.split('|');
        let (start, text) = (local(parts.next().unwrap()), parts.next().unwrap());
        let expected: Vec<String> = parts
            .next()
            .unwrap()
            .split(' ')
            .map(str::to_owned)
            .collect();
        let rule = Rule::parse(text, start).unwrap_or_else(|| panic!("not understood: {text}"));
        let (from, until) = (day(2026, 9, 1), day(2027, 2, 28));
        let starts = rule.starts(start, from, until, &mut 100_000).unwrap();
        let starts = starts.into_iter().filter(|at| *at > start);
        let found: Vec<String> = starts.map(|at| at.format("%y%m%d").to_string()).collect();
        let expected = if expected == [""] {
            Vec::new()
        } else {
            expected
        };
        assert_eq!(found, expected, "{start} {text}");
        compared += 1;
    }
    assert!(compared > 40);
}

#[test]
fn t5_an_entry_takes_its_time_in_whatever_zone_it_is_written() {
    for (start, end) in [
        ("DTSTART:20261103T150000Z", "DTEND:20261103T160000Z"),
        (
            "DTSTART;TZID=America/Toronto:20261103T100000",
            "DURATION:PT1H",
        ),
        (
            "DTSTART;TZID=Eastern Standard Time:20261103T100000",
            "DTEND;TZID=America/Vancouver:20261103T090000",
        ),
        (
            "DTSTART;TZID=/freeassociation.sourceforge.net/America/Toronto:20261103T100000",
            "DURATION:PT60M",
        ),
        ("DTSTART:20261103T100000", "DTEND:20261103T110000"),
        (
            "DTSTART;TZID=Nobody knows:20261103T100000",
            "DTEND;TZID=Nobody knows:20261103T110000",
        ),
    ] {
        // Vancouver keeps its summer clock from November 2026: 09:00 there is 16:00 UTC.
        let found = busy_in(&event(&format!("{start}\n{end}")));
        assert_eq!(found, ["11-03 15:00 to 11-03 16:00"], "{start}");
    }
    let private = "BEGIN:VTIMEZONE\nTZID:Mine\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETTO:-0330\nEND:STANDARD\nEND:VTIMEZONE\n\
        BEGIN:VEVENT\nUID:1\nDTSTART;TZID=Mine:20261103T113000\nDURATION:PT1H\nEND:VEVENT";
    assert_eq!(busy_in(&file(private)), ["11-03 15:00 to 11-03 16:00"]);
}

#[test]
fn what_is_free_cancelled_or_without_length_takes_no_time() {
    let time = "DTSTART:20261103T150000Z\nDTEND:20261103T160000Z";
    for free in [
        "TRANSP:TRANSPARENT",
        "STATUS:cancelled",
        "X-MICROSOFT-CDO-BUSYSTATUS:FREE",
    ] {
        assert_eq!(
            busy_in(&event(&format!("{time}\n{free}"))),
            [""; 0],
            "{free}"
        );
    }
    for taken in [
        "TRANSP:OPAQUE",
        "STATUS:TENTATIVE",
        "X-MICROSOFT-CDO-BUSYSTATUS:OOF",
    ] {
        assert_eq!(
            busy_in(&event(&format!("{time}\n{taken}"))).len(),
            1,
            "{taken}"
        );
    }
    assert_eq!(busy_in(&event("DTSTART:20261103T150000Z")), [""; 0]);
    assert_eq!(
        busy_in(&event("DTSTART:20261103T150000Z\nDTEND:20261103T140000Z")),
        [""; 0]
    );
    let alarm = "DTSTART:20261103T150000Z\nDTEND:20261103T160000Z\nBEGIN:VALARM\nDURATION:P9D\nDTSTART:20261107T000000Z\nEND:VALARM";
    assert_eq!(busy_in(&event(alarm)), ["11-03 15:00 to 11-03 16:00"]);
}

#[test]
fn whole_days_are_days_on_the_persons_clock_if_the_person_wants_them() {
    let text = event("DTSTART;VALUE=DATE:20261105\nDTEND;VALUE=DATE:20261107");
    assert_eq!(busy_in(&text), ["11-05 05:00 to 11-07 05:00"]);
    assert_eq!(
        busy_in(&event("DTSTART;VALUE=DATE:20261105")),
        ["11-05 05:00 to 11-06 05:00"]
    );
    let without = View {
        whole_days: false,
        ..view()
    };
    let found = busy(text.as_bytes(), None, &without, Bounds::default()).unwrap();
    assert_eq!((found.times, found.events), (Vec::new(), 1));
    // The day on which Toronto's clocks go back has 25 hours.
    let autumn = View {
        from: at("2026-10-30T00:00:00Z"),
        ..view()
    };
    let text = event("DTSTART;VALUE=DATE:20261031\nRRULE:FREQ=DAILY;COUNT=2");
    let found = busy(text.as_bytes(), None, &autumn, Bounds::default()).unwrap();
    assert_eq!(shown(&found), ["10-31 04:00 to 11-02 05:00"]);
}

#[test]
fn a_series_keeps_its_hour_across_a_change_of_clocks_without_its_exceptions() {
    let series = "BEGIN:VEVENT\nUID:1\nDTSTART;TZID=America/Toronto:20261006T180000\nDTEND;TZID=America/Toronto:20261006T190000\n\
        RRULE:FREQ=WEEKLY;BYDAY=TU,WE,TH,FR\nEXDATE;TZID=America/Toronto:20261104T180000\nEXDATE;VALUE=DATE:20261105\n\
        EXDATE:20261110T230000Z\nEND:VEVENT\n";
    let moved = "BEGIN:VEVENT\nUID:1\nRECURRENCE-ID;TZID=America/Toronto:20261106T180000\nDTSTART:20261107T120000Z\nDTEND:20261107T130000Z\nEND:VEVENT\n";
    let cancelled = "BEGIN:VEVENT\nUID:1\nRECURRENCE-ID:20261111T230000Z\nDTSTART:20261111T230000Z\nDTEND:20261112T000000Z\nSTATUS:CANCELLED\nEND:VEVENT";
    assert_eq!(
        busy_in(&file(&format!("{series}{moved}{cancelled}"))),
        [
            "11-03 23:00 to 11-04 00:00",
            "11-07 12:00 to 11-07 13:00",
            "11-12 23:00 to 11-13 00:00",
            "11-13 23:00 to 11-14 00:00"
        ]
    );
}

#[test]
fn further_dates_and_the_last_date_count() {
    let text = "DTSTART:20261102T150000Z\nDURATION:PT30M\nRRULE:FREQ=DAILY;UNTIL=20261104T150000Z\nRDATE:20261110T150000Z,20261111T150000Z/PT1H";
    assert_eq!(
        busy_in(&event(text)),
        [
            "11-02 15:00 to 11-02 15:30",
            "11-03 15:00 to 11-03 15:30",
            "11-04 15:00 to 11-04 15:30",
            "11-10 15:00 to 11-10 15:30",
            "11-11 15:00 to 11-11 15:30"
        ]
    );
}

#[test]
fn times_are_merged_and_cut_at_the_ends_of_what_is_looked_at() {
    let all = [
        ("20261101T000000Z", "20261103T000000Z"),
        ("20261102T230000Z", "20261103T010000Z"),
        ("20261103T010000Z", "20261103T020000Z"),
    ];
    let events: Vec<String> = all
        .iter()
        .map(|(start, end)| {
            format!("BEGIN:VEVENT\nUID:{start}\nDTSTART:{start}\nDTEND:{end}\nEND:VEVENT")
        })
        .collect();
    assert_eq!(
        busy_in(&file(&events.join("\n"))),
        ["11-02 05:00 to 11-03 02:00"]
    );
    // One that began a year ago and goes on.
    assert_eq!(
        busy_in(&event("DTSTART:20250101T000000Z\nDTEND:20270101T000000Z")),
        ["11-02 05:00 to 11-16 05:00"]
    );
}

#[test]
fn our_own_meetings_are_not_counted_twice() {
    let ours = |uid: &str| uid.ends_with("@x");
    let view = View {
        ours: &ours,
        ..view()
    };
    let text = event("DTSTART:20261103T150000Z\nDTEND:20261103T160000Z");
    let found = busy(text.as_bytes(), None, &view, Bounds::default()).unwrap();
    assert_eq!((found.times.len(), found.events), (0, 1));
}

#[test]
fn free_busy_periods_count_unless_they_are_free() {
    let text = "BEGIN:VFREEBUSY\nFREEBUSY;FBTYPE=BUSY:20261103T150000Z/PT1H,20261104T150000Z/20261104T153000Z\n\
        FREEBUSY;FBTYPE=FREE:20261105T150000Z/PT1H\nFREEBUSY:20261106T150000Z/PT1H\nEND:VFREEBUSY";
    assert_eq!(
        busy_in(&file(text)),
        [
            "11-03 15:00 to 11-03 16:00",
            "11-04 15:00 to 11-04 15:30",
            "11-06 15:00 to 11-06 16:00"
        ]
    );
}

#[test]
fn a_rule_that_is_not_understood_counts_once_and_is_told() {
    for rule in [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;INTERVAL=1",
        "FREQ=HOURLY",
        "FREQ=YEARLY;BYWEEKNO=20",
        "FREQ=DAILY;BYHOUR=9,17",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=WEEKLY;BYDAY=1MO",
        "COUNT=3",
        "nonsense",
    ] {
        let text = event(&format!(
            "DTSTART:20261103T150000Z\nDTEND:20261103T160000Z\nRRULE:{rule}"
        ));
        let found = busy(text.as_bytes(), None, &view(), Bounds::default()).unwrap();
        assert_eq!(shown(&found), ["11-03 15:00 to 11-03 16:00"], "{rule}");
        assert_eq!(found.not_understood, 1, "{rule}");
    }
}

#[test]
fn hostile_rules_cost_little() {
    let started = std::time::Instant::now();
    for rule in [
        "FREQ=DAILY;COUNT=1000000000",
        "FREQ=DAILY;COUNT=18446744073709551615;INTERVAL=4294967295",
        "FREQ=YEARLY;INTERVAL=4294967295",
        "FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2;COUNT=99999999",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=WEEKLY;BYSETPOS=366;COUNT=99999999",
        "FREQ=DAILY;UNTIL=99991231T235959Z",
    ] {
        for start in ["00010101T000000Z", "20261103T000000Z", "99991231T235959Z"] {
            let text = event(&format!("DTSTART:{start}\nDURATION:PT1H\nRRULE:{rule}"));
            let _ = busy(text.as_bytes(), None, &view(), Bounds::default());
        }
    }
    let many = "BEGIN:VEVENT\nUID:1\nDTSTART:19700101T000000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=1000000000\nEND:VEVENT\n".repeat(2000);
    let result = busy(file(&many).as_bytes(), None, &view(), Bounds::default());
    assert_eq!(result, Err(AgendaError::TooMuch));
    // Days that are looked at and never taken count as well.
    let never = many.replace("COUNT=1000000000", "BYMONTH=2;BYMONTHDAY=30;COUNT=9");
    let result = busy(file(&never).as_bytes(), None, &view(), Bounds::default());
    assert_eq!(result, Err(AgendaError::TooMuch));
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

#[test]
fn what_is_no_calendar_too_large_too_deep_or_too_much_is_refused() {
    let read = |text: &str| busy(text.as_bytes(), None, &view(), Bounds::default());
    for rubbish in [
        "",
        "<html><body>Sign in</body></html>",
        "BEGIN:VCARD\nEND:VCARD",
        "\u{0}\u{1}",
    ] {
        assert_eq!(read(rubbish), Err(AgendaError::NoCalendar), "{rubbish}");
    }
    let deep = "BEGIN:X\n".repeat(5000);
    assert_eq!(read(&file(&deep)), Err(AgendaError::TooMuch));
    let many = "BEGIN:VEVENT\nEND:VEVENT\n".repeat(20_001);
    assert_eq!(read(&file(&many)), Err(AgendaError::TooMuch));
    let long = format!("BEGIN:VCALENDAR\nX:{}", "x".repeat(5 * 1024 * 1024));
    assert_eq!(read(&long), Err(AgendaError::TooMuch));
    let daily = "BEGIN:VEVENT\nUID:1\nDTSTART:20261101T000000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY\nEND:VEVENT\n".repeat(15_000);
    assert_eq!(read(&file(&daily)), Err(AgendaError::TooMuch));
}

#[test]
fn real_files_are_broken_and_read_all_the_same() {
    let cut = "BEGIN:VCALENDAR\nthis is no line\nBEGIN:VEVENT\nSUMMARY:a\n b\nDTSTART:20261103T150000Z\nDTEND:20261103T160000Z\nBEGIN:VEVENT\nDTSTART:20261104T150000Z\nDTEND:20261104T160000Z\n";
    assert_eq!(
        busy_in(cut),
        ["11-03 15:00 to 11-03 16:00", "11-04 15:00 to 11-04 16:00"]
    );
    let two = format!(
        "{}{}",
        event("DTSTART:20261103T150000Z\nDURATION:PT1H"),
        event("DTSTART:20261104T150000Z\nDURATION:PT1H")
    );
    assert_eq!(busy_in(&two).len(), 2, "two calendar objects in one file");
}

proptest::proptest! {
    #[test]
    fn any_bytes_at_all_are_read_without_a_fall(lines in proptest::collection::vec(
        proptest::prop_oneof![
            "BEGIN:(VEVENT|VCALENDAR|VTIMEZONE|STANDARD|VFREEBUSY)", "END:(VEVENT|VCALENDAR)",
            "(DTSTART|DTEND|EXDATE|RDATE|RECURRENCE-ID)(;TZID=[A-Z/]{0,6})?:[0-9TZ]{0,17}",
            "RRULE:(FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY))?(;(INTERVAL|COUNT|BYMONTH|BYMONTHDAY|BYSETPOS)=-?[0-9]{0,12}){0,3}(;BYDAY=-?[0-9]{0,3}(MO|SU))?",
            "DURATION:P?T?[0-9]{0,9}[WDHMS]?", "TZOFFSETTO:[+-][0-9]{0,6}", "FREEBUSY:[0-9TZ/]{0,34}", ".{0,30}",
        ], 0..40)) {
        let text = format!("BEGIN:VCALENDAR\n{}", lines.join("\n"));
        if let Ok(found) = busy(text.as_bytes(), None, &view(), Bounds::default()) {
            let view = view();
            for pair in found.times.windows(2) {
                proptest::prop_assert!(pair[0].1 < pair[1].0, "sorted and apart");
            }
            for (start, end) in found.times {
                proptest::prop_assert!(start < end && start >= view.from && end <= view.until);
            }
        }
    }
}
