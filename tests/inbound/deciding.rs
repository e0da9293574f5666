//! What waits: confirmed by the attendee through a link, applied or dismissed by a coordinator.

use diesel::prelude::*;
use passerelle::correspondence::incoming::{Arrival, receive};
use passerelle::db::schema::{audit_log, inbound_messages, meeting_answers};
use passerelle::kernel::Role;
use passerelle::mail::inbound::Door;
use passerelle::mail::message;
use serde_json::{Value, json};

use super::corpus::{Stage, settings};
use crate::meetings::fixture::{Pair, calendar, letter_to, letters, pair, programme};
use crate::meetings::series::{meeting, six};
use crate::support::app::{Answer, Someone, TestApp, instant};
use crate::support::each_database_with;

/// The path of the page that the last mail to the attendee leads to.
pub fn link(app: &TestApp, stage: &Stage) -> String {
    let written = letters(app);
    let letter = letter_to(&written, stage.pair.mentor_id());
    assert_eq!(
        letter.to.address, stage.values["address"],
        "their own known address"
    );
    let link = letter.payload.values["link"].as_str().unwrap().to_owned();
    link.strip_prefix(&app.base).unwrap().to_owned()
}

fn held(app: &TestApp, name: &str) -> (Stage, String) {
    let mut stage = Stage::new(app);
    stage.reset(app, "plain");
    assert_eq!(stage.receive(app, stage.eml(name)).state.as_str(), "held");
    let path = link(app, &stage);
    (stage, path)
}

fn get(app: &TestApp, path: &str) -> Answer {
    app.send(app.request("GET", path))
}

fn press(app: &TestApp, path: &str) -> Answer {
    let path = path.split('?').next().unwrap();
    app.send(app.request("POST", path))
}

#[test]
fn i4_an_answer_from_another_address_counts_when_its_attendee_confirms_it() {
    each_database_with(settings, |app| {
        let (stage, path) = held(app, "forwarder-other-address");
        assert_eq!(stage.answer(app), "needs-action");
        // L1: to look changes nothing, however often and with whatever method.
        for _ in 0..2 {
            let page = get(app, &path).expect(200);
            assert!(
                page.text.contains("jose@private.example.net"),
                "{}",
                page.text
            );
            assert!(
                page.text.contains("Yes, this is my answer"),
                "{}",
                page.text
            );
            app.send(app.request("HEAD", &path)).expect(200);
        }
        assert_eq!(stage.answer(app), "needs-action");
        let done = press(app, &path).expect(200);
        assert!(done.text.contains("your answer is taken"), "{}", done.text);
        assert_eq!(stage.answer(app), "accepted");
        // Again is a success and tells nobody twice.
        letters(app);
        press(app, &path).expect(200);
        assert!(letters(app).is_empty());
        let source: String = app.db(|conn| {
            Ok(meeting_answers::table
                .select(meeting_answers::source)
                .first(conn)?)
        });
        assert_eq!(source, "link");
        let row: (String, String) = app.db(|conn| {
            let columns = (inbound_messages::state, inbound_messages::reason);
            Ok(inbound_messages::table.select(columns).first(conn)?)
        });
        assert_eq!(row, ("applied".into(), "confirmed".into()));
    });
}

#[test]
fn l2_a_link_opens_one_answer_and_an_invented_one_opens_nothing() {
    each_database_with(settings, |app| {
        let (stage, path) = held(app, "attacker-answers-for-attendee");
        for wrong in [
            "/c/",
            "/c/0123456789abcdef",
            &format!("/c/{}", stage.values["token"]),
        ] {
            assert_eq!(get(app, wrong).status, 404, "{wrong}");
            assert_eq!(press(app, wrong).status, 404, "{wrong}");
        }
        let stored: Vec<Option<String>> = app.db(|conn| {
            Ok(inbound_messages::table
                .select(inbound_messages::confirm_hash)
                .load(conn)?)
        });
        let token = path
            .trim_start_matches("/c/")
            .split('?')
            .next()
            .unwrap()
            .to_owned();
        assert!(
            token.len() >= 22 && !stored.contains(&Some(token)),
            "stored hashed"
        );
        // A form on another site cannot press it.
        let elsewhere = app
            .request("POST", path.split('?').next().unwrap())
            .header("Origin", "https://evil.example");
        app.send(elsewhere).expect(400);
        assert_eq!(stage.answer(app), "needs-action");
        let french = get(app, &path.replace("lang=en", "lang=fr")).expect(200);
        assert!(
            french.text.contains("Oui, c’est ma réponse"),
            "{}",
            french.text
        );
    });
}

#[test]
fn i4_a_link_expires_with_the_meeting_and_with_its_time() {
    each_database_with(settings, |app| {
        let (mut stage, path) = held(app, "forwarder-other-address");
        app.clock.set(instant("2026-10-13T23:00:00Z"));
        get(app, &path).expect(410);
        press(app, &path).expect(410);
        app.clock.set(instant("2026-10-06T12:10:00Z"));
        // The meeting moved after the answer: nothing is applied, and the page says so.
        app.db(|conn| {
            use passerelle::db::schema::meetings;
            diesel::update(meetings::table.find(stage.meeting))
                .set((meetings::sequence.eq(1), meetings::time_sequence.eq(1)))
                .execute(conn)?;
            Ok(())
        });
        let moved = press(app, &path).expect(409);
        assert!(
            moved.text.contains("does not count any more"),
            "{}",
            moved.text
        );
        assert_eq!(stage.answer(app), "needs-action");
        let state: String = app.db(|conn| {
            Ok(inbound_messages::table
                .select(inbound_messages::state)
                .first(conn)?)
        });
        assert_eq!(state, "held", "still a coordinator's to decide");
        stage.reset(app, "plain");
        get(app, &path).expect(404);
    });
}

#[test]
fn i4_nobody_fills_a_mailbox_with_questions() {
    each_database_with(settings, |app| {
        let mut stage = Stage::new(app);
        stage.reset(app, "plain");
        let raw = String::from_utf8(stage.eml("attacker-answers-for-attendee")).unwrap();
        for n in 0..12 {
            let another = raw.replace("mallory@", &format!("mallory{n}@"));
            let received = stage.receive(app, another.into_bytes());
            assert_eq!(received.why.as_str(), "other-sender");
        }
        assert_eq!(stage.mails(app).matches("confirm").count(), 5);
        app.clock.advance(chrono::Duration::hours(25));
        stage.receive(app, raw.into_bytes());
        assert_eq!(stage.mails(app).matches("confirm").count(), 6);
    });
}

#[test]
fn i13_the_answer_to_winmail_is_written_once_a_day_to_the_attendee_s_own_address() {
    each_database_with(settings, |app| {
        let mut stage = Stage::new(app);
        stage.reset(app, "plain");
        let raw = String::from_utf8(stage.eml("outlook-only-winmail")).unwrap();
        for n in 0..3 {
            let another = raw.replace("$1b2c3d40$", &format!("${n}$"));
            let from = another.replace(&stage.values["address"], "mallory@evil.example");
            stage.receive(app, another.into_bytes());
            stage.receive(app, from.into_bytes());
        }
        let written = letters(app);
        assert_eq!(written.len(), 1);
        let letter = letter_to(&written, stage.pair.mentor_id());
        assert_eq!(letter.to.address, stage.values["address"]);
        assert!(letter.words.text.contains("winmail.dat") && letter.words.text.contains("/m/"));
        // RFC 3834: it answers a message, so no machine answers it.
        let platform = &app.app.platform;
        let (row, letter) = &written[0];
        let mail = message::compose(row, letter, &platform.settings, &platform.keyring).unwrap();
        let mail = String::from_utf8(mail.formatted()).unwrap();
        assert!(mail.contains("Auto-Submitted: auto-replied\r\n"), "{mail}");
    });
}

#[test]
fn i10_a_refresh_gives_the_current_state_to_the_attendee_and_to_nobody_else() {
    each_database_with(settings, |app| {
        let mut stage = Stage::new(app);
        stage.reset(app, "plain");
        let raw = String::from_utf8(stage.eml("refresh")).unwrap();
        for n in 0..3 {
            let another = raw.replace("7e1f9f0a-1111", &format!("7e1f9f0a-{n}"));
            let mallory = another.replace(
                &format!("<{}>", stage.values["address"]),
                "<m@evil.example>",
            );
            stage.receive(app, mallory.into_bytes());
        }
        let written = letters(app);
        assert_eq!(written.len(), 1, "once an hour");
        let letter = letter_to(&written, stage.pair.mentor_id());
        assert_eq!(letter.to.address, stage.values["address"]);
        assert_eq!(letter.payload.calendar.as_ref().unwrap().method, "REQUEST");
        stage.reset(app, "cancelled");
        app.clock.advance(chrono::Duration::hours(1));
        stage.receive(app, raw.into_bytes());
        let written = letters(app);
        let letter = letter_to(&written, stage.pair.mentor_id());
        assert_eq!(letter.payload.calendar.as_ref().unwrap().method, "CANCEL");
    });
}

fn list(app: &TestApp, who: &Someone, query: &str) -> Vec<Value> {
    let answer = app
        .get(who, &format!("/api/v1/inbound-mails{query}"))
        .expect(200);
    answer.json()["items"].as_array().unwrap().clone()
}

fn decide(app: &TestApp, who: &Someone, id: &str, what: &str, tag: &str, body: Value) -> Answer {
    app.send(
        app.request("POST", &format!("/api/v1/inbound-mails/{id}/{what}"))
            .bearer_auth(&who.token)
            .header("If-Match", tag)
            .json(&body),
    )
}

#[test]
fn i14_a_coordinator_sees_what_came_in_with_its_explanation_and_without_secrets() {
    each_database_with(settings, |app| {
        let mut stage = Stage::new(app);
        stage.reset(app, "plain");
        for name in [
            "words-of-a-person",
            "thunderbird-accept",
            "wrong-token",
            "outside-cancel",
        ] {
            stage.receive(app, stage.eml(name));
            app.clock.advance(chrono::Duration::seconds(1));
        }
        let coordinator = &stage.pair.coordinator;
        let seen = list(app, coordinator, "");
        let reasons: Vec<&str> = seen
            .iter()
            .map(|one| one["reason"].as_str().unwrap())
            .collect();
        // The newest first; what belongs to no meeting of theirs is the administrators' alone.
        assert_eq!(reasons, ["not-for-outsiders", "answered", "words"]);
        assert_eq!(list(app, &app.administrator(), "").len(), 4);
        let waiting = list(app, coordinator, "?state=held");
        assert_eq!(waiting.len(), 1);
        assert_eq!(waiting[0]["sender"], stage.values["address"].as_str());
        let id = waiting[0]["id"].as_str().unwrap();
        let path = format!("/api/v1/inbound-mails/{id}");
        let whole = app.get(coordinator, &path).expect(200);
        assert!(whole.header("etag").starts_with("\"1-"));
        let text = whole.json()["text"].as_str().unwrap().to_owned();
        assert!(
            text.contains("Oui, je viens !") && text.contains("https://mail.example.org/…"),
            "{text}"
        );
        assert!(
            !whole.text.contains(&stage.values["token"]),
            "{}",
            whole.text
        );
        let french = app.send(
            app.request("GET", &path)
                .bearer_auth(&coordinator.token)
                .header("Accept-Language", "fr"),
        );
        let words = french.json()["explanation"].as_str().unwrap().to_owned();
        assert!(words.contains("Quelqu’un nous a écrit"), "{words}");
        // Nobody else sees any.
        for role in [Role::Coach, Role::Mentor, Role::Mentee] {
            let someone = app.someone(role, Some(stage.pair.programme_id), None);
            app.get(&someone, "/api/v1/inbound-mails").expect(403);
            app.get(&someone, &path).expect(403);
        }
        let elsewhere = programme(app, json!({}));
        let stranger = app.someone(Role::Coordinator, Some(elsewhere), None);
        app.get(&stranger, &path).expect(404);
        assert!(list(app, &stranger, "").is_empty());
        let page = app
            .get(coordinator, "/api/v1/inbound-mails?limit=2")
            .expect(200)
            .json();
        let cursor = page["next_cursor"].as_str().unwrap();
        let rest = list(app, coordinator, &format!("?limit=2&cursor={cursor}"));
        assert_eq!(rest.len(), 1);
    });
}

#[test]
fn i14_a_coordinator_applies_what_was_held_or_quarantined() {
    each_database_with(settings, |app| {
        let mut stage = Stage::new(app);
        let coordinator = stage.pair.coordinator.clone();
        for (name, given, after) in [
            ("forwarder-other-address", json!({}), "accepted"),
            ("sequence-future", json!({}), "accepted"),
            ("attacker-dmarc-fail", json!({}), "declined"),
            (
                "words-of-a-person",
                json!({"answer": "accepted"}),
                "accepted",
            ),
            (
                "two-from-headers",
                json!({"answer": "tentative"}),
                "tentative",
            ),
            (
                "exchange-other-instance",
                json!({"answer": "declined"}),
                "declined",
            ),
        ] {
            stage.reset(app, "plain");
            let id = stage.receive(app, stage.eml(name)).id.to_string();
            assert_eq!(stage.answer(app), "needs-action", "{name}");
            decide(app, &coordinator, &id, "apply", "\"9\"", given.clone()).expect(412);
            let done = decide(app, &coordinator, &id, "apply", "\"1\"", given.clone()).expect(200);
            assert_eq!(done.json()["state"], "applied", "{name}");
            assert_eq!(done.json()["answer"], after, "{name}");
            assert_eq!(stage.answer(app), after, "{name}");
            let again = decide(app, &coordinator, &id, "apply", "*", given).expect(409);
            assert_eq!(again.problem(), "inbound-settled");
        }
        let lines: i64 = app.db(|conn| {
            let lines = audit_log::table.filter(audit_log::action.eq("inbound-mail.apply"));
            Ok(lines.count().get_result(conn)?)
        });
        assert_eq!(lines, 6);
    });
}

/// A series of six, and replies about it for the mentee, in whose name somebody else writes.
struct Weekly {
    pair: Pair,
    series: Value,
    /// The series' reply address for the mentee.
    reply: String,
    uid: String,
}

impl Weekly {
    fn new(app: &TestApp) -> Self {
        let pair = pair(app);
        let made = app.post(&pair.mentor, &pair.series(), &six()).expect(201);
        let sent = letters(app);
        let letter = letter_to(&sent, pair.mentee_id());
        Self {
            reply: letter.payload.reply_to.clone().unwrap(),
            uid: calendar(letter).events[0].uid.clone().unwrap(),
            series: made.json(),
            pair,
        }
    }

    /// A reply from an alias, with one event for each instance; an empty one is about the whole series.
    fn reply(&self, instances: &[(&str, &str)]) -> Vec<u8> {
        let events: String = instances
            .iter()
            .map(|(local, partstat)| {
                let instance = match *local {
                    "" => String::new(),
                    local => format!("RECURRENCE-ID;TZID=America/Toronto:{local}\r\n"),
                };
                format!(
                    "BEGIN:VEVENT\r\nUID:{}\r\n{instance}DTSTAMP:20261006T121000Z\r\nSEQUENCE:0\r\n\
                     ATTENDEE;PARTSTAT={partstat}:mailto:alias@elsewhere.example\r\nEND:VEVENT\r\n",
                    self.uid
                )
            })
            .collect();
        format!(
            "From: alias@elsewhere.example\r\nTo: {}\r\nSubject: Re\r\nMIME-Version: 1.0\r\n\
             Content-Type: text/calendar; method=REPLY; charset=utf-8\r\n\r\n\
             BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//EN\r\nMETHOD:REPLY\r\n{events}END:VCALENDAR\r\n",
            self.reply
        )
        .into_bytes()
    }

    /// Hands it in; the message's id and reason.
    fn receive(&self, app: &TestApp, instances: &[(&str, &str)]) -> (String, String) {
        let raw = self.reply(instances);
        let arrival = Arrival {
            door: Door::Pipe,
            size: raw.len(),
            raw,
            envelope_to: None,
        };
        let got = app.db(|conn| receive(conn, &app.ctx(), arrival));
        assert_eq!(got.state.as_str(), "held", "{:?}", got.why);
        (got.id.to_string(), got.why.to_string())
    }

    /// The mentee's answers to the six meetings.
    fn answers(&self, app: &TestApp) -> Vec<String> {
        let answer = |index| {
            let one = app.get(&self.pair.coordinator, &meeting(&self.series, index));
            let one = one.expect(200).json();
            one["attendees"][1]["answer"].as_str().unwrap().to_owned()
        };
        (0..6).map(answer).collect()
    }
}

#[test]
fn i9_a_held_answer_about_one_meeting_of_a_series_counts_for_that_meeting_only() {
    each_database_with(settings, |app| {
        let weekly = Weekly::new(app);
        let coordinator = &weekly.pair.coordinator;
        let mut expected = vec!["needs-action"; 6];
        // A coordinator applies what it says, or what they read in it.
        for (local, index, body, after) in [
            ("20261020T180000", 2, json!({}), "declined"),
            (
                "20261103T180000",
                4,
                json!({"answer": "accepted"}),
                "accepted",
            ),
        ] {
            let (id, why) = weekly.receive(app, &[(local, "DECLINED")]);
            assert_eq!(why, "other-sender");
            let path = format!("/api/v1/inbound-mails/{id}");
            let shown = app.get(coordinator, &path).expect(200).json();
            assert_eq!(
                shown["meeting_id"], weekly.series["meetings"][index]["id"],
                "the meeting that it names"
            );
            decide(app, coordinator, &id, "apply", "*", body).expect(200);
            expected[index] = after;
            assert_eq!(weekly.answers(app), expected);
        }
        // So does the attendee's own confirmation, whose mail and page speak of that date.
        letters(app);
        weekly.receive(app, &[("20261110T180000", "TENTATIVE")]);
        let written = letters(app);
        let letter = letter_to(&written, weekly.pair.mentee_id());
        assert!(
            letter.words.text.contains("10 novembre"),
            "{}",
            letter.words.text
        );
        let link = letter.payload.values["link"].as_str().unwrap().to_owned();
        let page = link.strip_prefix(&app.base).unwrap();
        let asked = get(app, page).expect(200);
        assert!(asked.text.contains("10 novembre"), "{}", asked.text);
        press(app, page).expect(200);
        expected[5] = "tentative";
        assert_eq!(weekly.answers(app), expected);
        // One about all of them leaves those that were answered one by one.
        let (id, _) = weekly.receive(app, &[("", "ACCEPTED")]);
        decide(app, coordinator, &id, "apply", "*", json!({})).expect(200);
        for open in expected.iter_mut().filter(|one| **one == "needs-action") {
            *open = "accepted";
        }
        assert_eq!(weekly.answers(app), expected);
    });
}

#[test]
fn i9_a_held_message_that_says_several_things_counts_for_each_meeting_that_it_names() {
    each_database_with(settings, |app| {
        let weekly = Weekly::new(app);
        let coordinator = &weekly.pair.coordinator;
        let said = [
            ("20261013T180000", "DECLINED"),
            ("", "ACCEPTED"),
            ("20261020T180000", "TENTATIVE"),
        ];
        let (id, _) = weekly.receive(app, &said);
        assert!(
            letters(app).is_empty(),
            "no single question could ask about it"
        );
        decide(app, coordinator, &id, "apply", "*", json!({})).expect(200);
        let mut expected = vec!["accepted"; 6];
        expected[1] = "declined";
        expected[2] = "tentative";
        assert_eq!(weekly.answers(app), expected);
        // A meeting that the series does not have: nobody guesses another one.
        let (id, why) = weekly.receive(app, &[("20261014T180000", "DECLINED")]);
        assert_eq!(why, "other-sender");
        for body in [json!({}), json!({"answer": "declined"})] {
            let refused = decide(app, coordinator, &id, "apply", "*", body).expect(409);
            assert_eq!(refused.problem(), "inbound-instance");
        }
        assert_eq!(weekly.answers(app), expected);
        // When the words are forgotten, what it was about is not.
        let (id, _) = weekly.receive(app, &[("20261110T180000", "DECLINED")]);
        app.db(|conn| {
            use passerelle::mail::inbound::store;
            store::purge(conn, app.ctx().now.plus(chrono::Duration::days(1)))
        });
        let body = json!({"answer": "declined"});
        decide(app, coordinator, &id, "apply", "*", body).expect(200);
        expected[5] = "declined";
        assert_eq!(weekly.answers(app), expected);
    });
}

#[test]
fn i14_what_cannot_be_applied_says_why_and_can_be_dismissed() {
    each_database_with(settings, |app| {
        let mut stage = Stage::new(app);
        let coordinator = stage.pair.coordinator.clone();
        stage.reset(app, "plain");
        let words = stage
            .receive(app, stage.eml("words-of-a-person"))
            .id
            .to_string();
        let missing = decide(app, &coordinator, &words, "apply", "*", json!({})).expect(422);
        assert_eq!(missing.field_errors(), ["/answer required"]);
        let done = decide(app, &coordinator, &words, "dismiss", "\"1\"", json!({})).expect(200);
        assert_eq!(
            (&done.json()["state"], &done.json()["reason"]),
            (&json!("ignored"), &json!("dismissed"))
        );
        decide(app, &coordinator, &words, "dismiss", "*", json!({})).expect(409);
        let nobody = stage.receive(app, stage.eml("no-token")).id.to_string();
        let admin = app.administrator();
        let answer = json!({"answer": "accepted"});
        let refused = decide(app, &admin, &nobody, "apply", "*", answer.clone()).expect(409);
        assert_eq!(refused.problem(), "inbound-nobody");
        // The meeting has moved since: the answer is about another time.
        let held = stage
            .receive(app, stage.eml("forwarder-other-address"))
            .id
            .to_string();
        app.db(|conn| {
            use passerelle::db::schema::meetings;
            diesel::update(meetings::table.find(stage.meeting))
                .set((meetings::sequence.eq(1), meetings::time_sequence.eq(1)))
                .execute(conn)?;
            Ok(())
        });
        let stale = decide(app, &coordinator, &held, "apply", "*", json!({})).expect(409);
        assert_eq!(stale.problem(), "inbound-outdated");
        assert_eq!(stage.answer(app), "needs-action");
        // Who knows better says so.
        decide(app, &coordinator, &held, "apply", "*", answer).expect(200);
        assert_eq!(stage.answer(app), "accepted");
    });
}

#[test]
fn i14_the_words_are_forgotten_after_their_time_and_the_fate_is_not() {
    each_database_with(settings, |app| {
        let mut stage = Stage::new(app);
        stage.reset(app, "plain");
        let id = stage.receive(app, stage.eml("words-of-a-person")).id;
        let sealed: String = app.db(|conn| {
            Ok(inbound_messages::table
                .select(inbound_messages::body_sealed)
                .first(conn)?)
        });
        assert!(!sealed.contains("viens") && sealed.len() > 100);
        let forgotten = app.db(|conn| {
            use passerelle::mail::inbound::store;
            let none = store::purge(conn, app.ctx().now.minus(chrono::Duration::days(1)))?;
            assert_eq!(none, 0);
            store::purge(conn, app.ctx().now.plus(chrono::Duration::days(1)))
        });
        assert_eq!(forgotten, 1);
        let path = format!("/api/v1/inbound-mails/{id}");
        let kept = app.get(&stage.pair.coordinator, &path).expect(200).json();
        assert_eq!(
            (&kept["state"], &kept["text"], &kept["sender"]),
            (&json!("held"), &Value::Null, &Value::Null)
        );
    });
}
