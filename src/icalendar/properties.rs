//! For any text that a person can type: what is written is read back the same, and nothing can be
//! injected.

use chrono::{DateTime, NaiveDate, Weekday};
use proptest::{collection::vec, option, prelude::*};

use super::{
    Attendee, Calendar, CalendarUserType, Ends, Event, Frequency, Method, Moment, Organizer,
    Participation, Recurrence, Role, Status, clean_name, clean_text, read, text::uri,
};
use crate::kernel::Instant;

/// Text that tries to break out: any characters, with those that mean something made common.
fn hostile() -> impl Strategy<Value = String> {
    let bit = prop_oneof![
        4 => "\\PC{0,12}",
        2 => any::<char>().prop_map(String::from),
        2 => "[;:,\"\\\\^'=\r\n\t ]{1,4}",
        1 => Just("\r\nATTENDEE:mailto:evil@x.org\r\n".to_owned()),
        1 => Just("\nEND:VEVENT\nBEGIN:VEVENT\nUID:evil\n".to_owned()),
        1 => Just("\\n^n^'\\\\".to_owned()),
        1 => Just("è👩‍⚕️مرحبا\u{202E}\u{2028}\u{85}".repeat(9)),
    ];
    vec(bit, 0..6).prop_map(|bits| bits.concat())
}

fn instant() -> impl Strategy<Value = Instant> {
    (0_i64..4_000_000_000)
        .prop_map(|second| Instant::new(DateTime::from_timestamp(second, 0).unwrap()))
}

fn attendee() -> impl Strategy<Value = Attendee> {
    (
        hostile(),
        option::of(hostile()),
        0..5_usize,
        0..4_usize,
        0..5_usize,
        any::<bool>(),
    )
        .prop_map(
            |(address, name, user_type, role, participation, rsvp)| Attendee {
                address,
                name,
                user_type: [
                    CalendarUserType::Individual,
                    CalendarUserType::Group,
                    CalendarUserType::Resource,
                    CalendarUserType::Room,
                    CalendarUserType::Unknown,
                ][user_type],
                role: [
                    Role::Chair,
                    Role::Required,
                    Role::Optional,
                    Role::NonParticipant,
                ][role],
                participation: [
                    Participation::NeedsAction,
                    Participation::Accepted,
                    Participation::Declined,
                    Participation::Tentative,
                    Participation::Delegated,
                ][participation],
                rsvp,
            },
        )
}

fn recurrence() -> impl Strategy<Value = Recurrence> {
    let ends = prop_oneof![
        Just(Ends::Never),
        (1_u32..500).prop_map(Ends::After),
        instant().prop_map(Ends::Until),
    ];
    (0..3_usize, 1_u32..9, vec(0_u8..7, 0..4), ends).prop_map(
        |(frequency, interval, days, ends)| Recurrence {
            frequency: [Frequency::Daily, Frequency::Weekly, Frequency::Monthly][frequency],
            interval,
            days: days
                .into_iter()
                .map(|day| Weekday::try_from(day).unwrap())
                .collect(),
            ends,
        },
    )
}

/// A single meeting in UTC, or a series in a zone with exceptions.
fn event() -> impl Strategy<Value = Event> {
    let times = prop_oneof![
        (instant(), 1_i64..100_000).prop_map(|(start, seconds)| {
            let end = start.plus(chrono::Duration::seconds(seconds));
            (Moment::Utc(start), Moment::Utc(end), None, Vec::new())
        }),
        (1_u32..=12, 1_u32..=28, 0_u32..22, recurrence(), 0..3_usize).prop_map(
            |(month, day, hour, rule, exceptions)| {
                let local = |hour| Moment::Local {
                    at: NaiveDate::from_ymd_opt(2027, month, day)
                        .unwrap()
                        .and_hms_opt(hour, 30, 0)
                        .unwrap(),
                    tzid: "America/St_Johns".into(),
                };
                (
                    local(hour),
                    local(hour + 2),
                    Some(rule),
                    vec![local(hour); exceptions],
                )
            }
        ),
    ];
    let texts = (
        hostile(),
        option::of(hostile()),
        option::of(hostile()),
        option::of(hostile()),
        option::of(hostile()),
    );
    (
        ("[ -~]{1,60}", any::<u32>(), instant(), 0..3_usize),
        times,
        texts,
        (hostile(), option::of(hostile())),
        vec(attendee(), 1..4),
    )
        .prop_filter("a UID", |((uid, ..), ..)| !uid.trim().is_empty())
        .prop_map(
            |(
                (uid, sequence, stamp, status),
                (start, end, rule, exceptions),
                texts,
                organizer,
                attendees,
            )| {
                let (summary, description, location, url, comment) = texts;
                Event {
                    uid,
                    sequence,
                    stamp,
                    start,
                    end,
                    recurrence: rule,
                    exceptions,
                    recurrence_id: None,
                    status: [Status::Tentative, Status::Confirmed, Status::Cancelled][status],
                    summary,
                    description,
                    location,
                    url,
                    organizer: Some(Organizer {
                        address: organizer.0,
                        name: organizer.1,
                    }),
                    attendees,
                    comment,
                }
            },
        )
}

/// What cleaning makes of an event before it is written.
fn cleaned(mut event: Event) -> Event {
    let text = |text: Option<String>| {
        text.filter(|t| !t.trim().is_empty())
            .map(|t| clean_text(&t))
    };
    let name = |name: Option<String>| name.map(|n| clean_name(&n)).filter(|n| !n.is_empty());
    event.summary = clean_text(&event.summary);
    event.description = text(event.description);
    event.location = text(event.location);
    event.comment = text(event.comment);
    event.url = event.url.filter(|u| !u.trim().is_empty()).map(|u| uri(&u));
    if let Some(organizer) = &mut event.organizer {
        organizer.name = name(organizer.name.take());
    }
    for attendee in &mut event.attendees {
        attendee.name = name(attendee.name.take());
    }
    event
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn o1_o4_what_is_written_is_read_back_the_same(event in event(), method in 0..3_usize) {
        let method = [Method::Request, Method::Reply, Method::Counter][method];
        let text = Calendar::new(method, vec![event.clone()]).write().unwrap();
        let reading = read(text.as_bytes(), None).unwrap();
        prop_assert_eq!(reading.skipped, 0);
        prop_assert_eq!(reading.calendars.len(), 1);
        let strict = reading.calendars[0].strict();
        prop_assert_eq!(strict, Some(Calendar::new(method, vec![cleaned(event)])));
    }

    #[test]
    fn o1_o4_the_shape_of_what_is_written_does_not_depend_on_texts(event in event()) {
        let text = Calendar::new(Method::Request, vec![event.clone()]).write().unwrap();
        prop_assert!(text.ends_with("END:VCALENDAR\r\n"));
        prop_assert!(!text.replace("\r\n", "").contains(['\r', '\n']));
        prop_assert!(text.split("\r\n").all(|line| line.len() <= 75));
        let names = |text: &str| -> Vec<String> {
            text.replace("\r\n ", "")
                .split("\r\n")
                .map(|line| line.split([':', ';']).next().unwrap_or("").to_owned())
                .filter(|name| !matches!(name.as_str(), "DESCRIPTION" | "LOCATION" | "URL" | "COMMENT"))
                .collect()
        };
        let mut plain = event;
        plain.summary = "x".into();
        plain.organizer = Some(Organizer::new("o@x.org", "O"));
        for attendee in &mut plain.attendees {
            *attendee = Attendee::new("a@x.org", "A");
        }
        let plain = Calendar::new(Method::Request, vec![plain]).write().unwrap();
        prop_assert_eq!(names(&text), names(&plain));
    }

    #[test]
    fn i1_no_input_makes_the_reader_panic(bytes in vec(any::<u8>(), 0..600), lines in vec(hostile(), 0..20)) {
        let _ = read(&bytes, Some("utf-16"));
        let _ = read(&bytes, None);
        let text = format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART{}", lines.join("\n"));
        let _ = read(text.as_bytes(), Some("shift_jis"));
    }
}
