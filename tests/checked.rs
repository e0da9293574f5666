//! What we write, as programs that know nothing of ours read it: libical, ical.js, Python's icalendar, vobject and
//! dateutil, and five checks that none of them makes (`support/checkers/`).

use chrono::{Datelike, NaiveDate, TimeDelta, Timelike};
use passerelle::icalendar::{Attendee, Calendar, Event, Method, Moment, Organizer, Participation};
use passerelle::kernel::{Instant, Zone};
use passerelle::meetings::series::{Ends, Form, Rule};
use serde_json::Value;

use crate::support::checkers::Objects;

/// Every zone of Canada's provinces and territories, and those that are hard: half an hour of summer time, quarter
/// hours, a change at midnight, and one east of everybody.
const ZONES: &[&str] = &[
    "America/St_Johns",
    "America/Halifax",
    "America/Glace_Bay",
    "America/Moncton",
    "America/Goose_Bay",
    "America/Toronto",
    "America/Iqaluit",
    "America/Winnipeg",
    "America/Resolute",
    "America/Rankin_Inlet",
    "America/Regina",
    "America/Swift_Current",
    "America/Edmonton",
    "America/Cambridge_Bay",
    "America/Inuvik",
    "America/Creston",
    "America/Dawson_Creek",
    "America/Fort_Nelson",
    "America/Whitehorse",
    "America/Dawson",
    "America/Vancouver",
    "Europe/Brussels",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "America/Havana",
    "Pacific/Auckland",
];

/// The same numbers every time (Marsaglia's xorshift).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    fn small(&mut self, sides: u32) -> u32 {
        u32::try_from(self.roll(sides.into())).unwrap()
    }
}

/// A series with its zone, its exceptions and the instants that are left.
struct Written {
    text: String,
    starts: Vec<String>,
    /// Which of them clocks skip.
    skipped: Vec<bool>,
    about: String,
}

fn local(rule: Rule, at: chrono::NaiveDateTime) -> Moment {
    Moment::Local {
        at,
        tzid: rule.zone.name().to_owned(),
    }
}

/// A random series of which some instances do not take place and one has moved; `None` where its zone cannot be
/// told (rule T3).
fn random(dice: &mut Dice, zone: &str) -> Option<Written> {
    let zone = Zone::parse(zone).unwrap();
    let day = NaiveDate::from_ymd_opt(2026, 11, 2).unwrap();
    let day = day + TimeDelta::days(i64::from(dice.small(1200)));
    // The hours at which clocks change come often.
    let hour = [0, 1, 2, 3, 9, 18, 23][usize::try_from(dice.roll(7)).unwrap()];
    let first = day.and_hms_opt(hour, 15 * dice.small(4), 0).unwrap();
    let rule = Rule {
        zone,
        first,
        every_weeks: 1 + dice.small(4),
        instances: 2 + dice.small(51),
        ends: [Ends::Count, Ends::Until][usize::try_from(dice.roll(2)).unwrap()],
    };
    let length = TimeDelta::minutes(45);
    if rule.form(length) == Form::Singles {
        return None;
    }
    let gone: Vec<_> = rule.locals().filter(|_| dice.roll(5) == 0).collect();
    let end = rule.time(first, length).unwrap().end();
    let mut event = Event::new(
        "series@passerelle.example",
        local(rule, first),
        // The second of two equal wall times only UTC can tell.
        match zone.local(end) {
            wall if zone.resolve(wall) == end => local(rule, wall),
            _ => Moment::Utc(Instant::new(end)),
        },
    );
    event.stamp = Instant::new("2026-11-01T12:00:00Z".parse().unwrap());
    event.recurrence = Some(rule.recurrence());
    event.exceptions = gone.iter().map(|one| local(rule, *one)).collect();
    event.summary =
        "Rencontres, en série; « José \\ Amélie » 👩‍⚕️ et une ligne qui se plie plus d’une fois"
            .into();
    event.organizer = Some(Organizer::new("reply+abc@passerelle.example", "A; B, C"));
    event.attendees = vec![
        Attendee::new("jose@example.org", "José, B.").answered(Participation::Tentative),
        Attendee::new("amelie@example.org", "Amélie"),
    ];
    let text = Calendar::new(Method::Request, vec![event]).write().unwrap();
    let starts = rule
        .locals()
        .filter(|one| !gone.contains(one))
        .map(|one| rule.instant(one).format("%Y-%m-%dT%H:%M:%S").to_string());
    Some(Written {
        text,
        starts: starts.collect(),
        skipped: rule
            .locals()
            .filter(|one| !gone.contains(one))
            .map(|one| rule.zone.local(rule.instant(one)) != one)
            .collect(),
        about: format!("{rule:?}, {} {}", first.date().weekday(), first.hour()),
    })
}

fn instants(read: &Value) -> Vec<String> {
    let list = read.as_array().unwrap().iter();
    list.map(|at| at.as_str().unwrap()[..19].to_owned())
        .collect()
}

#[test]
fn t2_independent_programs_expand_a_series_to_exactly_our_meetings_over_every_change_of_clocks() {
    let mut dice = Dice(0x5EED);
    let written: Vec<Written> = (0..16)
        .flat_map(|_| ZONES)
        .filter_map(|zone| random(&mut dice, zone))
        .collect();
    assert!(written.len() > 300, "{}", written.len());
    let texts: Vec<&str> = written.iter().map(|one| one.text.as_str()).collect();
    let objects = Objects::of(&texts);
    let faults = objects.faults();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    for (ours, read) in written.iter().zip(objects.python().into_iter().flatten()) {
        assert_eq!(
            instants(&read["starts"][0]),
            ours.starts,
            "dateutil: {}",
            ours.about
        );
    }
    for (ours, read) in written.iter().zip(objects.icaljs().into_iter().flatten()) {
        // ical.js takes a time that clocks skip with the offset after the gap; RFC 5545 (3.3.5), dateutil and we
        // with the one before it.
        let starts = instants(&read["events"][0]["starts"]);
        assert_eq!(starts.len(), ours.starts.len(), "ical.js: {}", ours.about);
        for ((theirs, start), skipped) in starts.iter().zip(&ours.starts).zip(&ours.skipped) {
            assert!(
                *skipped || theirs == start,
                "ical.js: {start} {theirs} {}",
                ours.about
            );
        }
    }
}

#[test]
fn the_five_checks_of_our_own_and_the_independent_ones_find_what_is_wrong() {
    let mut dice = Dice(7);
    let good = loop {
        let one = random(&mut dice, "America/Toronto").unwrap().text;
        if one.contains("UNTIL=") && one.contains("EXDATE") {
            break one;
        }
    };
    let line = |start: &str| {
        let found = good.split("\r\n").find(|line| line.starts_with(start));
        found.unwrap_or_else(|| panic!("{start}")).to_owned()
    };
    let with = |line: &str| good.replacen("END:VEVENT", &format!("{line}\r\nEND:VEVENT"), 1);
    let until = line("RRULE:FREQ=WEEKLY");
    let exdate = line("EXDATE");
    let without = |from: &str, to: &str| {
        let (head, rest) = good.split_once(from).unwrap();
        format!("{head}{}", rest.split_once(to).unwrap().1)
    };
    let wrong = [
        (
            "length",
            good.replacen(
                "DTSTAMP:",
                &format!("X-LONG:{}\r\nDTSTAMP:", "é".repeat(40)),
                1,
            ),
        ),
        (
            "length",
            good.replacen("DTSTAMP:", "X-CUT:ab\\\r\n n\r\nDTSTAMP:", 1),
        ),
        ("comma", good.replacen("Rencontres\\,", "Rencontres,", 1)),
        (
            "partstat",
            with("ATTENDEE;PARTSTAT=MAYBE:mailto:a@example.org"),
        ),
        ("partstat", with("ATTENDEE:mailto:a@example.org")),
        (
            "until",
            good.replacen(&until, until.trim_end_matches('Z'), 1),
        ),
        (
            "until",
            good.replacen(&exdate, "EXDATE:20270105T230000Z", 1),
        ),
        ("zone", without("BEGIN:VTIMEZONE\r\n", "END:VTIMEZONE\r\n")),
    ];
    let texts: Vec<&str> = wrong.iter().map(|(_, text)| text.as_str()).collect();
    for ((what, text), read) in wrong
        .iter()
        .zip(Objects::of(&texts).python().into_iter().flatten())
    {
        let faults = read["faults"].to_string();
        assert!(
            faults.contains(&format!("\"{what}: ")),
            "{what}: {faults}\n{text}"
        );
    }
    assert_eq!(Objects::of(&[&good]).faults(), Vec::<String>::new());
    // libical is the one that sees what a method needs.
    let (head, rest) = good.split_once("ORGANIZER").unwrap();
    let (_, rest) = rest.split_once("\r\nATTENDEE").unwrap();
    let alone = format!("{head}ATTENDEE{rest}");
    if let Some(faults) = Objects::of(&[&alone]).libical() {
        assert!(!faults.is_empty(), "{alone}");
    }
}
