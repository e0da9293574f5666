//! Messages in the shapes of real programs, and what becomes of each.

use base64::Engine as _;

use super::*;
use crate::icalendar::{Limit, Method, Participation};
use crate::kernel::Instant;

const TOKEN: &str = "Zk3v9QmT7rLw2ZpB8nYc5HdJ4sGf6Ua1";

fn at(text: &str) -> Instant {
    Instant::new(text.parse().unwrap())
}

fn object(method: &str, event: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\nUID:m1@x.org\r\n{event}END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
}

fn reply(partstat: &str) -> String {
    let event = format!(
        "SEQUENCE:2\r\nDTSTAMP:20261001T100000Z\r\nATTENDEE;PARTSTAT={partstat}:mailto:Jose@Example.org\r\n"
    );
    object("REPLY", &event)
}

/// A message with headers of its own before a body of its own.
fn message(headers: &str, body: &str) -> Vec<u8> {
    format!(
        "From: =?utf-8?q?Jos=C3=A9?= <jose@example.org>\r\nTo: reply+{TOKEN}@x.org\r\nMessage-ID: <a@b>\r\n\
         MIME-Version: 1.0\r\n{headers}\r\n{body}"
    )
    .into_bytes()
}

fn with_calendar(content_type: &str, calendar: &str) -> Vec<u8> {
    message(&format!("Content-Type: {content_type}\r\n"), calendar)
}

fn read(raw: &[u8]) -> Incoming {
    understand(raw, None, Some("mx.x.org"))
}

fn answers(raw: &[u8]) -> Vec<Answer> {
    match read(raw).meaning {
        Meaning::Answers(answers) => answers,
        other => panic!("{other:?}"),
    }
}

fn quarantined(raw: &[u8]) -> Reason {
    match read(raw).meaning {
        Meaning::Quarantined(reason) => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn i3_a_reply_carries_its_token_in_the_address_and_needs_no_organizer() {
    let raw = with_calendar(
        "text/calendar; charset=utf-8; method=REPLY",
        &reply("ACCEPTED"),
    );
    let incoming = read(&raw);
    assert_eq!(
        incoming.token.as_ref().map(|token| token.expose()),
        Some(TOKEN)
    );
    assert_eq!(incoming.sender.key, "jose@example.org");
    assert_eq!(incoming.message_id.as_deref(), Some("a@b"));
    assert!(!incoming.automatic);
    let answer = &answers(&raw)[0];
    assert_eq!(answer.uid, "m1@x.org");
    assert_eq!(answer.sequence, 2);
    assert_eq!(answer.attendees[0].participation, Participation::Accepted);
    // What the server says of the envelope counts more than the header.
    let other = understand(&raw, Some("reply+other@x.org"), None);
    assert_eq!(other.token.unwrap().expose(), "other");
}

#[test]
fn i2_the_calendar_is_found_wherever_and_however_it_is() {
    let calendar = reply("accepted");
    let base64 = base64::engine::general_purpose::STANDARD.encode(&calendar);
    let latin = reply("ACCEPTED").replace("SEQUENCE", "COMMENT:\u{e9}t\u{e9}\r\nSEQUENCE");
    let latin: Vec<u8> = latin
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect();
    let mut wrongly_declared = with_calendar("text/calendar; charset=utf-8", "");
    wrongly_declared.extend(latin);
    let shapes = [
        with_calendar("text/calendar", &calendar),
        with_calendar("application/ics; name=x.ics", &calendar),
        with_calendar("application/octet-stream; name=\"INVITE.ICS\"", &calendar),
        message(
            "Content-Type: text/calendar\r\nContent-Transfer-Encoding: base64\r\n",
            &base64,
        ),
        message(
            "Content-Type: text/calendar; method=REPLY\r\nContent-Transfer-Encoding: quoted-printable\r\n",
            &calendar.replace('=', "=3D"),
        ),
        message(
            "Content-Type: multipart/mixed; boundary=b\r\n",
            &format!(
                "--b\r\nContent-Type: text/plain\r\n\r\nYes\r\n--b\r\nContent-Type: text/calendar\r\n\r\n{calendar}\r\n\
                 --b\r\nContent-Type: application/ics\r\nContent-Disposition: attachment; filename=a.ics\r\n\r\n{calendar}\r\n--b--\r\n"
            ),
        ),
        wrongly_declared,
    ];
    for shape in shapes {
        let text = String::from_utf8_lossy(&shape).into_owned();
        assert_eq!(
            answers(&shape)[0].attendees[0].participation,
            Participation::Accepted,
            "{text}"
        );
    }
}

#[test]
fn i2_what_contradicts_itself_is_looked_at_by_a_person() {
    let (yes, no) = (reply("ACCEPTED"), reply("DECLINED"));
    let both = message(
        "Content-Type: multipart/mixed; boundary=b\r\n",
        &format!(
            "--b\r\nContent-Type: text/calendar\r\n\r\n{yes}\r\n--b\r\nContent-Type: application/ics\r\n\r\n{no}\r\n--b--\r\n"
        ),
    );
    assert_eq!(quarantined(&both), Reason::PartsDiffer);
    let two = message(
        "From: other@example.org\r\nContent-Type: text/calendar\r\n",
        &yes,
    );
    assert_eq!(quarantined(&two), Reason::SeveralSenders);
    let tokens = message(
        "Cc: reply+another@x.org\r\nContent-Type: text/calendar\r\n",
        &yes,
    );
    assert_eq!(quarantined(&tokens), Reason::SeveralTokens);
}

#[test]
fn i1_over_a_bound_is_kept_with_its_reason() {
    assert_eq!(quarantined(&vec![b'x'; 1024 * 1024 + 1]), Reason::TooLarge);
    let many = object("REPLY", &"ATTENDEE:mailto:a@b.c\r\n".repeat(101));
    let raw = with_calendar("text/calendar", &many);
    assert_eq!(quarantined(&raw), Reason::TooMuch(Limit::Attendees));
    let long = object("REPLY", &format!("COMMENT:{}\r\n", "x".repeat(300_000)));
    assert_eq!(
        quarantined(&with_calendar("text/calendar", &long)),
        Reason::TooLarge
    );
}

#[test]
fn i8_a_comment_is_kept_to_a_thousand_characters() {
    let long = reply("DECLINED").replace(
        "SEQUENCE",
        &format!("COMMENT:{}\r\nSEQUENCE", "é".repeat(3000)),
    );
    let comment = answers(&with_calendar("text/calendar", &long))[0]
        .comment
        .clone()
        .unwrap();
    assert_eq!(comment.chars().count(), 1000);
}

#[test]
fn i9_a_reply_about_instances_has_an_answer_for_each() {
    let event = "DTSTAMP:20261001T100000Z\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:jose@example.org\r\nEND:VEVENT\r\n\
        BEGIN:VEVENT\r\nUID:m1@x.org\r\nRECURRENCE-ID;TZID=Eastern Standard Time:20261103T180000\r\nATTENDEE;PARTSTAT=DECLINED:mailto:jose@example.org\r\n";
    let found = answers(&with_calendar("text/calendar", &object("REPLY", event)));
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].instance, None);
    let instance = found[1]
        .instance
        .as_ref()
        .and_then(|moment| moment.instant());
    assert_eq!(instance, Some(at("2026-11-03T23:00:00Z")));
}

#[test]
fn i10_a_counter_is_a_proposal_and_nobody_outside_may_change_a_meeting() {
    let event = "DTSTART:20261009T180000Z\r\nDTEND:20261009T190000Z\r\nX-MS-OLK-ORIGINALSTART:20261009T120000Z\r\n\
        ATTENDEE;PARTSTAT=TENTATIVE:mailto:jose@example.org\r\n";
    let counter = with_calendar("text/calendar", &object("COUNTER", event));
    let Meaning::Proposal(proposal) = read(&counter).meaning else {
        panic!("no proposal")
    };
    assert_eq!(proposal.start.instant(), Some(at("2026-10-09T18:00:00Z")));
    assert_eq!(
        proposal.original_start.and_then(|m| m.instant()),
        Some(at("2026-10-09T12:00:00Z"))
    );
    for (word, method) in [
        ("REQUEST", Method::Request),
        ("CANCEL", Method::Cancel),
        ("ADD", Method::Add),
    ] {
        let raw = with_calendar("text/calendar", &object(word, event));
        assert_eq!(quarantined(&raw), Reason::NotForOutsiders(method));
    }
    let refresh = with_calendar("text/calendar", &object("REFRESH", event));
    assert_eq!(
        read(&refresh).meaning,
        Meaning::Refresh {
            uid: "m1@x.org".into()
        }
    );
}

#[test]
fn i12_a_delivery_report_says_failed_or_delayed() {
    let report = |action: &str, status: &str| {
        let raw = message(
            "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n",
            &format!(
                "--b\r\nContent-Type: text/plain\r\n\r\nSorry\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n\
                 Reporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; a@b.c\r\nAction: {action}\r\nStatus: {status}\r\n--b--\r\n"
            ),
        );
        match read(&raw).meaning {
            Meaning::Report(report) => (report.failed, report.status),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(report("failed", "5.1.1"), (true, Some("5.1.1".into())));
    assert_eq!(report("delayed", "4.4.1"), (false, Some("4.4.1".into())));
}

#[test]
fn i13_machines_are_known_and_words_and_tnef_are_told_apart() {
    let auto = read(&message(
        "Auto-Submitted: auto-replied\r\nContent-Type: text/plain\r\n",
        "I am away",
    ));
    assert!(auto.automatic);
    assert_eq!(auto.meaning, Meaning::AutomaticReply);
    let bulk = read(&message(
        "Precedence: bulk\r\nContent-Type: text/plain\r\n",
        "News",
    ));
    assert!(bulk.automatic);
    let words = read(&message(
        "Auto-Submitted: no\r\nContent-Type: text/plain\r\n",
        "Yes, I come",
    ));
    assert!(!words.automatic);
    assert_eq!(words.meaning, Meaning::Words);
    let tnef = message(
        "Content-Type: application/ms-tnef; name=winmail.dat\r\n",
        "x",
    );
    assert_eq!(read(&tnef).meaning, Meaning::OnlyTnef);
}

fn known() -> Known<'static> {
    Known {
        uid: "m1@x.org",
        address: "jose@example.org",
        sequence: 3,
        time_sequence: 2,
        last_stamp: None,
    }
}

fn honest() -> (Answer, Sender) {
    let raw = with_calendar("text/calendar", &reply("ACCEPTED"));
    (answers(&raw).remove(0), read(&raw).sender)
}

const RECEIVED: &str = "2026-10-01T10:01:00Z";

#[test]
fn i6_an_answer_is_applied_unless_it_is_stale_or_from_the_future() {
    let (answer, sender) = honest();
    let verdict = |change: &dyn Fn(&mut Answer), known: Known<'_>| {
        let mut answer = answer.clone();
        change(&mut answer);
        judge(&answer, &sender, &known, at(RECEIVED))
    };
    let applied = |stamp: &str| Verdict::Apply {
        participation: Participation::Accepted,
        stamp: at(stamp),
        comment: None,
    };
    assert_eq!(verdict(&|_| {}, known()), applied("2026-10-01T10:00:00Z"));
    assert_eq!(verdict(&|a| a.sequence = 1, known()), Verdict::Stale);
    assert_eq!(
        verdict(&|a| a.sequence = 4, known()),
        Verdict::FromTheFuture
    );
    assert_eq!(
        verdict(&|a| a.stamp = Some(at("2030-01-01T00:00:00Z")), known()),
        applied("2026-10-01T10:06:00Z")
    );
    assert_eq!(verdict(&|a| a.stamp = None, known()), applied(RECEIVED));
    let after = Known {
        last_stamp: Some(at("2026-10-01T10:00:30Z")),
        ..known()
    };
    assert_eq!(verdict(&|_| {}, after), Verdict::Stale);
    // The same answer twice is a success (I7).
    let same = Known {
        last_stamp: Some(at("2026-10-01T10:00:00Z")),
        ..known()
    };
    assert_eq!(verdict(&|_| {}, same), applied("2026-10-01T10:00:00Z"));
}

#[test]
fn i4_only_the_token_s_attendee_answers_and_only_from_their_own_address() {
    let (answer, sender) = honest();
    let verdict = |answer: &Answer, sender: &Sender| judge(answer, sender, &known(), at(RECEIVED));
    let other = Sender {
        key: "alias@example.org".into(),
        dmarc: None,
    };
    assert_eq!(verdict(&answer, &other), Verdict::HeldForSender);
    let forged = Sender {
        dmarc: Some("fail".into()),
        ..sender.clone()
    };
    assert_eq!(verdict(&answer, &forged), Verdict::Forged);
    let mut alias = answer.clone();
    alias.attendees[0].address = "alias@example.org".into();
    assert!(matches!(verdict(&alias, &sender), Verdict::Apply { .. }));
    let mut strangers = alias.clone();
    strangers.attendees.push(strangers.attendees[0].clone());
    assert_eq!(verdict(&strangers, &sender), Verdict::HeldForAttendee);
    let mut elsewhere = answer;
    elsewhere.uid = "m2@x.org".into();
    assert_eq!(verdict(&elsewhere, &sender), Verdict::WrongMeeting);
}

#[test]
fn i4_only_the_trusted_server_s_results_are_believed() {
    let raw = |server: &str| {
        message(
            &format!(
                "Authentication-Results: {server}; spf=pass; dmarc=FAIL (p=reject)\r\nContent-Type: text/calendar\r\n"
            ),
            &reply("ACCEPTED"),
        )
    };
    assert_eq!(read(&raw("mx.x.org")).sender.dmarc.as_deref(), Some("fail"));
    assert_eq!(read(&raw("mx.evil.org")).sender.dmarc, None);
}

#[test]
fn i8_delegation_and_silence_change_nothing() {
    let (mut answer, sender) = honest();
    answer.attendees[0].participation = Participation::Delegated;
    assert_eq!(
        judge(&answer, &sender, &known(), at(RECEIVED)),
        Verdict::Delegated
    );
    answer.attendees[0].participation = Participation::NeedsAction;
    assert_eq!(
        judge(&answer, &sender, &known(), at(RECEIVED)),
        Verdict::NoAnswer
    );
}

proptest::proptest! {
    #[test]
    fn no_message_makes_the_intake_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..800), tail in "\\PC{0,200}") {
        let _ = read(&bytes);
        let _ = read(&message("Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n", &tail));
        let _ = read(&with_calendar("text/calendar; charset=utf-7", &tail));
    }
}
