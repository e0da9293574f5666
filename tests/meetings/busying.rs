//! Busy times from a calendar that somebody already has: slots avoid them, nothing else is kept, and no server
//! can make ours do what it should not.

use std::io::Write as _;
use std::time::{Duration, Instant as Watch};

use diesel::prelude::*;
use passerelle::db::schema::{audit_log, busy_calendars, busy_times, persons};
use passerelle::kernel::{Clock as _, Instant, Settings};
use passerelle::meetings::busy::poll;
use passerelle::worker::calendars;
use serde_json::{Value, json};

use super::fixture::{Pair, again, booked, event, letter_to, letters, pair};
use crate::support::app::{Answer, Someone, TestApp, each_database_with, instant};
use crate::support::calendar_server::{CalendarServer, gzip_bomb};
use crate::support::each_database;

/// The server may ask `server`, which is on this machine.
fn friendly(server: &CalendarServer) -> impl Fn(&mut Settings) + use<> {
    let port = server.port;
    move |settings| {
        settings.calendars.allow_private = true;
        settings.calendars.ports = vec![port];
        settings.calendars.timeout_seconds = 2;
        settings.calendars.mail_after_failures = 3;
    }
}

/// A calendar with an appointment on Tuesday, 13 October, from 18:00 to 19:30 in Toronto.
const DOCTOR: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:doctor@calendar.example\r\n\
    SUMMARY:Oncologist\r\nDTSTART;TZID=America/Toronto:20261013T180000\r\nDTEND;TZID=America/Toronto:20261013T193000\r\n\
    END:VEVENT\r\nEND:VCALENDAR\r\n";

fn path(who: &Someone) -> String {
    format!("/api/v1/persons/{}/busy-calendars", who.person_id.unwrap())
}

fn add(app: &TestApp, who: &Someone, address: &str) -> Answer {
    let body = json!({ "address": address });
    app.post(&again(app, who), &path(who), &body)
}

fn listed(app: &TestApp, who: &Someone) -> Value {
    let list = app.get(&again(app, who), &path(who)).expect(200).json();
    list["items"][0].clone()
}

/// The starts of the slots on that Tuesday.
fn starts(app: &TestApp, pair: &Pair) -> Vec<String> {
    let slots = app
        .get(&again(app, &pair.mentor), &pair.slots())
        .expect(200);
    let slots = slots.json()["slots"].as_array().unwrap().clone();
    let starts = slots
        .iter()
        .map(|slot| slot["starts_at"].as_str().unwrap().to_owned());
    starts
        .filter(|start| start.starts_with("2026-10-13T2") || start.starts_with("2026-10-14T0"))
        .collect()
}

/// One round of the worker.
fn round(app: &TestApp) -> bool {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime
        .block_on(calendars::round(&app.app, "test"))
        .unwrap()
}

/// Lets the time of the next look come, and looks.
fn next(app: &TestApp) {
    let due: Vec<Instant> = app.db(|conn| {
        Ok(busy_calendars::table
            .select(busy_calendars::next_check_at)
            .load(conn)?)
    });
    app.clock.set(due[0]);
    assert!(round(app), "something was due");
}

#[test]
fn slots_and_bookings_avoid_what_is_in_the_persons_own_calendar_and_say_nothing_of_it() {
    let server = CalendarServer::start();
    server.calendar(DOCTOR, "\"1\"");
    each_database_with(friendly(&server), |app| {
        let pair = pair(app);
        let before = starts(app, &pair);
        assert!(
            before.iter().any(|start| start.contains("T22:00")),
            "{before:?}"
        );
        let made = add(app, &pair.mentee, &server.address("/private-key-1/me.ics")).expect(201);
        assert_eq!(made.json()["events"], 1);
        // Free again at 19:30, ten minutes of buffer, the next half hour: 20:00 in Toronto.
        assert_eq!(starts(app, &pair), ["2026-10-14T00:00:00Z"]);
        let body = json!({"starts_at": "2026-10-13T22:00:00Z"});
        let refused = app.post(&pair.mentor, &pair.meetings(), &body).expect(409);
        assert_eq!(refused.problem(), "meeting-time-taken");
        let said = refused.text.to_lowercase();
        assert!(
            !said.contains("calendar") && !said.contains("oncologist"),
            "{said}"
        );
        // Only when: one interval.
        let times: Vec<(Instant, Instant)> = app.db(|conn| {
            Ok(busy_times::table
                .select((busy_times::starts_at, busy_times::ends_at))
                .load(conn)?)
        });
        assert_eq!(
            times,
            [(
                instant("2026-10-13T22:00:00Z"),
                instant("2026-10-13T23:30:00Z")
            )]
        );
        let location = made.header("location").to_owned();
        app.delete(&pair.mentee, &location, "*").expect(204);
        assert_eq!(starts(app, &pair), before);
        app.delete(&pair.mentee, &location, "*").expect(404);
    });
}

#[test]
fn the_address_is_sealed_shown_as_its_host_and_in_no_audit_line() {
    let server = CalendarServer::start();
    server.calendar(DOCTOR, "\"1\"");
    each_database_with(friendly(&server), |app| {
        let pair = pair(app);
        let address = server.address("/private-key-1/me.ics");
        let made = add(app, &pair.mentee, &address).expect(201);
        assert_eq!(made.json()["address"], "http://127.0.0.1/…");
        let again = add(app, &pair.mentee, &address).expect(409);
        assert_eq!(again.problem(), "calendar-exists");
        let stored: Vec<(String, String, String)> = app.db(|conn| {
            Ok(busy_calendars::table
                .select((
                    busy_calendars::address_sealed,
                    busy_calendars::address_tag,
                    busy_calendars::shown,
                ))
                .load(conn)?)
        });
        let audit: Vec<Option<passerelle::db::Json<Value>>> =
            app.db(|conn| Ok(audit_log::table.select(audit_log::after).load(conn)?));
        let seen = app
            .get(&pair.coordinator, &path(&pair.mentee))
            .expect(200)
            .text;
        for text in [format!("{stored:?}"), format!("{audit:?}"), seen, made.text] {
            assert!(
                !text.contains("private-key-1") && !text.contains("Oncologist"),
                "{text}"
            );
        }
        // The address is the person's own to give.
        let body = json!({ "address": address });
        app.post(&pair.coordinator, &path(&pair.mentee), &body)
            .expect(403);
        app.post(&pair.mentor, &path(&pair.mentee), &body)
            .expect(404);
    });
}

#[test]
fn our_own_meetings_in_that_calendar_take_no_second_time() {
    let server = CalendarServer::start();
    each_database_with(friendly(&server), |app| {
        let pair = pair(app);
        let body = json!({"starts_at": "2026-10-20T22:00:00Z"});
        app.post(&pair.mentor, &pair.meetings(), &body).expect(201);
        let uid = event(letter_to(&letters(app), pair.mentee_id()))
            .uid
            .unwrap();
        // Their program still shows it a week too early.
        server.calendar(&DOCTOR.replace("doctor@calendar.example", &uid), "\"1\"");
        let made = add(app, &pair.mentee, &server.address("/")).expect(201);
        assert_eq!(made.json()["events"], 1);
        assert!(
            starts(app, &pair)
                .iter()
                .any(|start| start.contains("T22:00"))
        );
    });
}

#[test]
fn the_worker_asks_politely_and_takes_what_changed() {
    let server = CalendarServer::start();
    each_database_with(friendly(&server), |app| {
        server.calendar(DOCTOR, "\"v1\"");
        let pair = pair(app);
        add(app, &pair.mentee, &server.address("/me.ics")).expect(201);
        let first = server.asked().pop().unwrap().to_lowercase();
        assert!(
            first.contains("user-agent: passerelle (+") && !first.contains("if-none-match"),
            "{first}"
        );
        assert!(!round(app), "nothing is due yet");
        assert!(server.asked().is_empty());
        next(app);
        let second = server.asked().pop().unwrap().to_lowercase();
        assert!(second.contains("if-none-match: \"v1\""), "{second}");
        assert_eq!(starts(app, &pair).len(), 1, "what is known stays");
        // The appointment moves away: the slots come back.
        server.calendar(&DOCTOR.replace("20261013T", "20261015T"), "\"v2\"");
        next(app);
        assert!(starts(app, &pair).len() > 1);
        // After a week the file is read anew, whatever its server says about changes.
        app.clock.advance(chrono::Duration::days(7));
        server.asked();
        assert!(round(app));
        let anew = server.asked().pop().unwrap().to_lowercase();
        assert!(!anew.contains("if-none-match"), "{anew}");
    });
}

#[test]
fn a_calendar_that_cannot_be_read_is_asked_less_told_of_once_and_believed_for_two_weeks() {
    let server = CalendarServer::start();
    each_database_with(friendly(&server), |app| {
        server.calendar(&DOCTOR.replace("20261013T", "20261103T"), "\"1\"");
        let pair = pair(app);
        add(app, &pair.mentee, &server.address("/")).expect(201);
        server.bytes("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        let mut gaps = Vec::new();
        let mut kinds = Vec::new();
        for _ in 0..8 {
            let before = app.clock.now();
            next(app);
            gaps.push(app.clock.now().since(before).num_minutes());
            kinds.extend(
                letters(app)
                    .into_iter()
                    .map(|(row, letter)| (row.kind.to_string(), letter)),
            );
        }
        assert!(
            gaps.windows(2).take(4).all(|pair| pair[1] > pair[0]),
            "{gaps:?}"
        );
        assert!(gaps.iter().all(|gap| *gap < 27 * 60), "{gaps:?}");
        assert_eq!(kinds.len(), 1, "one mail");
        let (kind, letter) = &kinds[0];
        assert_eq!(kind, "calendar-unreachable");
        assert!(
            letter
                .words
                .text
                .contains("Le serveur ne donne pas cet agenda"),
            "{}",
            letter.words.text
        );
        let shown = listed(app, &pair.mentee);
        assert_eq!(shown["trouble"], "calendar-refused");
        assert!(
            shown["trouble_detail"]
                .as_str()
                .unwrap()
                .contains("does not give")
        );
        let known = || app.db(|conn| Ok(busy_times::table.count().get_result::<i64>(conn)?));
        assert_eq!(known(), 1, "believed");
        app.clock.advance(chrono::Duration::days(14));
        round(app);
        assert_eq!(known(), 0, "no longer believed");
        // It works again: everything is read anew, and the next trouble would be told again.
        server.calendar(&DOCTOR.replace("20261013T", "20261103T"), "\"1\"");
        next(app);
        assert_eq!(known(), 1);
        assert_eq!(listed(app, &pair.mentee)["trouble"], Value::Null);
        let told: Vec<Option<Instant>> = app.db(|conn| {
            Ok(busy_calendars::table
                .select(busy_calendars::told_at)
                .load(conn)?)
        });
        assert_eq!(told, [None]);
    });
}

#[test]
fn nobody_is_asked_twice_at_once_nor_for_whoever_is_archived() {
    let server = CalendarServer::start();
    server.calendar(DOCTOR, "\"1\"");
    each_database_with(friendly(&server), |app| {
        let pair = pair(app);
        add(app, &pair.mentee, &server.address("/")).expect(201);
        app.clock.advance(chrono::Duration::hours(3));
        let claim = |worker: &str| {
            app.db(|conn| poll::claim(conn, &app.ctx(), worker, 9))
                .len()
        };
        assert_eq!((claim("one"), claim("two")), (1, 0));
        app.clock.advance(chrono::Duration::seconds(121));
        assert_eq!(claim("two"), 1, "the first one's lease ran out");
        app.clock.advance(chrono::Duration::hours(3));
        app.db(|conn| {
            diesel::update(persons::table.find(pair.mentee_id()))
                .set(persons::status.eq("archived"))
                .execute(conn)?;
            Ok(())
        });
        assert_eq!(claim("three"), 0);
    });
}

#[test]
fn a_person_looks_at_once_and_is_told_in_their_language() {
    let server = CalendarServer::start();
    each_database_with(friendly(&server), |app| {
        server.calendar(DOCTOR, "\"1\"");
        let pair = pair(app);
        let made = add(app, &pair.mentee, &server.address("/")).expect(201);
        server.bytes("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>");
        let check = format!("{}/check", made.header("location"));
        let request = app.request("POST", &check).bearer_auth(&pair.mentee.token);
        let answer = app
            .send(request.header("Accept-Language", "fr").json(&json!({})))
            .expect(200)
            .json();
        assert_eq!(answer["trouble"], "calendar-none");
        assert_eq!(
            answer["trouble_detail"],
            "Ce qui se trouve à cette adresse n’est pas un agenda."
        );
        let answers: Vec<u16> = (0..13)
            .map(|_| app.post(&pair.mentee, &check, &json!({})).status)
            .collect();
        assert_eq!(answers[12], 429, "{answers:?}");
    });
}

#[test]
fn no_address_of_a_private_network_is_asked_however_it_is_written() {
    let server = CalendarServer::start();
    server.calendar(DOCTOR, "\"1\"");
    let port = server.port;
    each_database_with(
        |settings| settings.calendars.ports = vec![port, 80, 443],
        |app| {
            let pair = pair(app);
            for host in [
                "127.0.0.1",
                "localhost",
                "127.1",
                "2130706433",
                "0x7f000001",
                "0177.0.0.1",
                "0.0.0.0",
                "[::1]",
                "[::ffff:127.0.0.1]",
                "[::]",
            ] {
                app.clock.advance(chrono::Duration::minutes(16));
                let answer =
                    add(app, &pair.mentee, &format!("http://{host}:{port}/me.ics")).expect(422);
                let codes = answer.field_errors();
                let right = [
                    "/address calendar-not-allowed",
                    "/address calendar-unreachable",
                ];
                assert!(right.contains(&codes[0].as_str()), "{host}: {codes:?}");
            }
            for address in [
                "http://169.254.169.254/latest/meta-data",
                "https://10.0.0.1/a.ics",
                "https://[fd00::1]/a.ics",
            ] {
                app.clock.advance(chrono::Duration::minutes(16));
                let answer = add(app, &pair.mentee, address).expect(422);
                assert_eq!(
                    answer.field_errors(),
                    ["/address calendar-not-allowed"],
                    "{address}"
                );
            }
            assert!(server.asked().is_empty(), "nobody knocked");
        },
    );
}

/// What a hostile or broken server sends, and what the person is told.
#[test]
fn a_hostile_server_gets_nowhere_and_takes_little_time() {
    let server = CalendarServer::start();
    let here = server.address("/next");
    let headers = "HTTP/1.1 200 OK\r\nContent-Type: text/calendar\r\n";
    let redirect = |to: &str| {
        format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n").into_bytes()
    };
    let bomb = gzip_bomb(64 << 20);
    assert!(bomb.len() < 1 << 20);
    let mut packed = format!(
        "{headers}Content-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
        bomb.len()
    )
    .into_bytes();
    packed.extend(bomb);
    let unsent = format!("{headers}Content-Length: 99999999\r\n\r\nBEGIN:VCALENDAR");
    let rules = "BEGIN:VEVENT\r\nUID:1\r\nDTSTART:19700101T000000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY;COUNT=1000000000\r\nEND:VEVENT\r\n".repeat(3000);
    let rules = format!("{headers}\r\nBEGIN:VCALENDAR\r\n{rules}END:VCALENDAR\r\n");
    let scenes: Vec<(&str, Vec<u8>, &str)> = vec![
        (
            "redirects without end",
            redirect(&here),
            "calendar-redirects",
        ),
        (
            "a redirect to another port",
            redirect("http://127.0.0.1:22/"),
            "calendar-not-allowed",
        ),
        (
            "a redirect to a file",
            redirect("file:///etc/passwd"),
            "calendar-not-allowed",
        ),
        (
            "a redirect to nowhere",
            redirect(""),
            "calendar-server-trouble",
        ),
        ("a gzip bomb", packed, "calendar-too-large"),
        (
            "a length of 100 MB",
            unsent.into_bytes(),
            "calendar-too-large",
        ),
        (
            "rules without end",
            rules.into_bytes(),
            "calendar-too-large",
        ),
        (
            "a page",
            format!("{headers}\r\n<html>Please sign in</html>").into_bytes(),
            "calendar-none",
        ),
        (
            "a sign-in",
            b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n".to_vec(),
            "calendar-refused",
        ),
        (
            "its own fault",
            b"HTTP/1.1 503 Sorry\r\nContent-Length: 0\r\n\r\n".to_vec(),
            "calendar-server-trouble",
        ),
        (
            "what is no HTTP",
            b"SSH-2.0-OpenSSH_9.2\r\n\r\n".to_vec(),
            "calendar-server-trouble",
        ),
    ];
    each_database_with(friendly(&server), |app| {
        let pair = pair(app);
        let told = |what: &str| {
            app.clock.advance(chrono::Duration::minutes(16));
            let watch = Watch::now();
            let answer = add(app, &pair.mentee, &here).expect(422);
            assert!(
                watch.elapsed() < Duration::from_secs(8),
                "{what}: {:?}",
                watch.elapsed()
            );
            let codes = answer.field_errors();
            codes[0].trim_start_matches("/address ").to_owned()
        };
        for (what, bytes, expected) in &scenes {
            server.bytes(bytes.clone());
            server.asked();
            assert_eq!(told(what), *expected, "{what}");
            assert!(server.asked().len() <= 4, "{what}");
        }
        // A body without end, and one that drips.
        server.answer(|_, stream| {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
            let some = vec![b'x'; 1 << 16];
            while stream.write_all(&some).is_ok() {}
        });
        assert_eq!(told("an endless body"), "calendar-too-large");
        server.answer(|_, stream| {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
            for _ in 0..100 {
                std::thread::sleep(Duration::from_millis(100));
                if stream.write_all(b"x").is_err() {
                    return;
                }
            }
        });
        assert_eq!(told("a body that drips"), "calendar-too-slow");
        // Nothing of all this was kept.
        let kept: i64 = app.db(|conn| Ok(busy_calendars::table.count().get_result(conn)?));
        assert_eq!(kept, 0);
    });
}

#[test]
fn three_calendars_are_enough() {
    let server = CalendarServer::start();
    server.calendar(DOCTOR, "\"1\"");
    each_database_with(friendly(&server), |app| {
        let pair = pair(app);
        for n in 0..3 {
            add(app, &pair.mentee, &server.address(&format!("/{n}"))).expect(201);
        }
        let fourth = add(app, &pair.mentee, &server.address("/4")).expect(409);
        assert_eq!(fourth.problem(), "too-many-calendars");
    });
}

#[test]
fn a_meeting_that_is_booked_stays_when_the_calendar_says_busy_afterwards() {
    let server = CalendarServer::start();
    server.calendar(DOCTOR, "\"1\"");
    each_database_with(friendly(&server), |app| {
        let pair = pair(app);
        let made = booked(app, &pair, &pair.mentor, "2026-10-13T22:00:00Z");
        add(app, &pair.mentee, &server.address("/")).expect(201);
        let meeting = app
            .get(&pair.mentor, made.header("location"))
            .expect(200)
            .json();
        assert_eq!(meeting["status"], "scheduled");
    });
}

#[test]
fn without_a_calendar_nothing_is_asked() {
    each_database(|app| assert!(!round(app)));
}
