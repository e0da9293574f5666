//! I1: hostile mail costs little time, whatever its shape.

use std::sync::Arc;
use std::time::{Duration, Instant};

use passerelle::icalendar::Limit;
use passerelle::mail::inbound::*;

/// Reads it on a stack of the usual size and fails when it takes long: five seconds for a test build on a busy
/// machine, where a release build takes some milliseconds.
fn read(what: &str, raw: Vec<u8>) -> Incoming {
    let since = Instant::now();
    let raw: Arc<[u8]> = raw.into();
    let incoming = understand_within(&raw, None, Some("mx.x.org"), Duration::from_secs(60));
    let took = since.elapsed();
    assert!(took < Duration::from_secs(5), "{what} took {took:?}");
    incoming
}

fn reason(what: &str, raw: Vec<u8>) -> Option<Reason> {
    match read(what, raw).meaning {
        Meaning::Quarantined(reason) => Some(reason),
        _ => None,
    }
}

fn mail(content_type: &str, body: &str) -> Vec<u8> {
    format!("From: a@b.c\r\nTo: reply+t0k3n@x.org\r\nContent-Type: {content_type}\r\n\r\n{body}")
        .into_bytes()
}

fn calendar(event: &str) -> Vec<u8> {
    let body = format!(
        "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:1\r\n{event}END:VEVENT\r\nEND:VCALENDAR\r\n"
    );
    mail("text/calendar", &body)
}

#[test]
fn i1_a_line_of_fifty_megabytes_is_set_aside_with_its_sender_and_token_known() {
    let raw = calendar(&format!("COMMENT:{}\r\n", "x".repeat(50_000_000)));
    let incoming = read("a long line", raw);
    assert_eq!(incoming.meaning, Meaning::Quarantined(Reason::TooLarge));
    assert_eq!(incoming.sender.key, "a@b.c");
    assert_eq!(
        incoming
            .token
            .map(|token| token.expose().to_owned())
            .as_deref(),
        Some("t0k3n")
    );
}

#[test]
fn i1_ten_thousand_attendees_and_a_thousand_events_are_refused() {
    let attendees = "ATTENDEE:mailto:a@b.c\r\n".repeat(10_000);
    assert_eq!(
        reason("attendees", calendar(&attendees)),
        Some(Reason::TooMuch(Limit::Attendees))
    );
    let events = "END:VEVENT\r\nBEGIN:VEVENT\r\nUID:1\r\n".repeat(1_000);
    assert_eq!(
        reason("events", calendar(&events)),
        Some(Reason::TooMuch(Limit::Events))
    );
    let calendars = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n".repeat(1_000);
    assert_eq!(
        reason("calendars", mail("text/calendar", &calendars)),
        Some(Reason::TooMuch(Limit::Events))
    );
}

#[test]
fn i1_nesting_overflows_no_stack() {
    let deep = "BEGIN:X\r\n".repeat(20_000);
    assert_eq!(
        reason("components", calendar(&deep)),
        Some(Reason::TooMuch(Limit::Depth))
    );
    // Parts in parts, as many as a megabyte holds.
    let parts: String = (0..15_000)
        .map(|n| {
            format!(
                "--b{n}\r\nContent-Type: multipart/mixed; boundary=b{}\r\n\r\n",
                n + 1
            )
        })
        .collect();
    let deep = Some(Reason::TooMuch(Limit::Depth));
    assert_eq!(
        reason("multiparts", mail("multipart/mixed; boundary=b0", &parts)),
        deep
    );
    let messages = |times| "Content-Type: message/rfc822\r\n\r\n".repeat(times);
    assert_eq!(
        reason("messages", mail("message/rfc822", &messages(30_000))),
        deep
    );
    // As many as are let through, on any stack.
    let most = mail("message/rfc822", &messages(198));
    assert_ne!(reason("some messages", most.clone()), deep);
    drop((understand(&most, None, None), words::words(&most)));
    let digests: String = (0..198)
        .map(|n| {
            format!(
                "--b{n}\r\n\r\nContent-type: multipart/digest; boundary=b{}\r\n\r\n",
                n + 1
            )
        })
        .collect();
    read("digests", mail("multipart/digest; boundary=b0", &digests));
    let comments = format!("{}a@b.c", "(".repeat(500_000));
    let raw = format!("From: {comments}\r\nTo: {comments}\r\n\r\n");
    read("comments", raw.into_bytes());
}

#[test]
fn i1_what_could_cost_the_square_of_its_length_does_not() {
    let recipients: String = (0..30_000)
        .map(|n| format!("reply+{n}@x.org,\r\n "))
        .collect();
    let raw = format!("From: a@b.c\r\nTo: {recipients}z@x.org\r\n\r\n").into_bytes();
    assert_eq!(reason("tokens", raw), Some(Reason::SeveralTokens));
    let headers = "X-A: b\r\n".repeat(100_000);
    read(
        "headers",
        format!("From: a@b.c\r\n{headers}\r\n").into_bytes(),
    );
    let parts = "--b\r\nContent-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\n".repeat(12_000);
    read(
        "calendar parts",
        mail("multipart/mixed; boundary=b", &parts),
    );
    let parameters = format!("ATTENDEE{}:mailto:a@b.c\r\n", ";A=b".repeat(60_000));
    read("parameters", calendar(&parameters));
    let values = format!("ATTENDEE;A=b{}:mailto:a@b.c\r\n", ",b".repeat(120_000));
    read("values", calendar(&values));
    let quotes = format!("ATTENDEE;CN=\"{}\r\n", "\":\"".repeat(80_000));
    read("quotes", calendar(&quotes));
    let folds = format!("COMMENT:{}\r\n", "\r\n x".repeat(60_000));
    read("folds", calendar(&folds));
    let words = format!("Subject: {}\r\n\r\n", "=?utf-8?q?=C3=A9?= ".repeat(50_000));
    read("encoded words", words.into_bytes());
    let dates = format!("EXDATE:{}\r\n", "20261006T180000Z,".repeat(15_000));
    read("dates", calendar(&dates));
    let zones: String = (0..2_000)
        .map(|n| {
            format!(
                "END:VEVENT\r\nBEGIN:VTIMEZONE\r\nTZID:Z{n}\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\n"
            )
        })
        .collect();
    read("zones", calendar(&zones));
    let boundary = "b".repeat(900);
    let body = format!("--{}\r\n", "b".repeat(899)).repeat(1_000);
    read(
        "almost boundaries",
        mail(&format!("multipart/mixed; boundary={boundary}"), &body),
    );
}

#[test]
fn i1_a_message_that_takes_too_long_is_set_aside() {
    let raw: Arc<[u8]> = calendar("SEQUENCE:0\r\n").into();
    let incoming = understand_within(&raw, None, None, Duration::ZERO);
    assert_eq!(incoming.meaning, Meaning::Quarantined(Reason::TooSlow));
    assert_eq!(incoming.sender.key, "a@b.c");
}
