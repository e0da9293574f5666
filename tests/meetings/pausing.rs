//! Pausing one's participation by the link in a mail.

use serde_json::Value;

use super::fixture::{Pair, address, again, booked, letter_to, letters, pair, work};
use crate::support::app::{Answer, TestApp, instant};
use crate::support::each_database;

/// Books a meeting, lets the mentee get a reminder, and gives the path of their pause.
fn reminded(app: &TestApp, pair: &Pair) -> (Answer, String) {
    let made = booked(app, pair, &pair.mentor, "2026-10-13T22:00:00Z");
    app.clock.set(instant("2026-10-12T22:00:00Z"));
    work(app);
    let written = letters(app);
    let letter = letter_to(&written, pair.mentee_id());
    let page = letter.payload.values["pause"].as_str().unwrap();
    let path = page.replace(&app.base, "");
    (made, path.split('?').next().unwrap().to_owned())
}

fn send(app: &TestApp, path: &str, fields: &[(&str, &str)]) -> Answer {
    app.send(app.request("POST", path).form(fields))
}

fn person(app: &TestApp, pair: &Pair) -> Value {
    let path = format!("/api/v1/persons/{}", pair.mentee_id());
    app.get(&app.administrator(), &path).expect(200).json()
}

#[test]
fn l1_looking_at_the_pause_does_not_pause_and_the_button_does_without_signing_in() {
    each_database(|app| {
        let pair = pair(app);
        let (made, path) = reminded(app, &pair);
        let page = app
            .send(app.request("GET", &format!("{path}?lang=fr")))
            .expect(200);
        assert!(page.text.contains("mardi 13 octobre"), "{}", page.text);
        assert!(
            page.text.contains("Votre travail avec José"),
            "{}",
            page.text
        );
        assert_eq!(app.send(app.request("HEAD", &path)).status, 200);
        assert_eq!(person(app, &pair)["status"], "active");
        let fields = [
            ("what", "pause"),
            ("from", "2026-10-12"),
            ("until", "2026-10-18"),
        ];
        let done = send(app, &path, &fields).expect(303);
        app.send(app.request("GET", done.header("location")))
            .expect(200);
        let paused = person(app, &pair);
        assert_eq!(paused["status"], "paused");
        assert_eq!(paused["paused_until"], "2026-10-18");
        // The meeting that lies in it is declined, and the other is offered times after it.
        let meeting = app
            .get(&again(app, &pair.mentor), &address(&made))
            .expect(200)
            .json();
        assert_eq!(meeting["attendees"][1]["answer"], "declined");
        let written = letters(app);
        let offers = &letter_to(&written, pair.mentor_id()).payload.values["offers"];
        let first = offers[0]["link"].as_str().unwrap();
        assert!(first.contains("at=2026-10-20"), "{first}");
        // The same once more tells nobody twice.
        send(app, &path, &fields).expect(303);
        assert!(letters(app).is_empty());
    });
}

#[test]
fn a_pause_can_be_ended_on_the_same_page_and_ending_it_twice_is_no_fault() {
    each_database(|app| {
        let pair = pair(app);
        let (_, path) = reminded(app, &pair);
        send(
            app,
            &path,
            &[("what", "pause"), ("from", "2026-11-01"), ("until", "")],
        )
        .expect(303);
        assert_eq!(person(app, &pair)["status"], "paused");
        assert!(letters(app).is_empty(), "the meeting lies before it");
        for _ in 0..2 {
            send(app, &path, &[("what", "resume")]).expect(303);
        }
        assert_eq!(person(app, &pair)["status"], "active");
    });
}

#[test]
fn days_that_make_no_sense_are_told_at_the_field_and_change_nothing() {
    each_database(|app| {
        let pair = pair(app);
        let (_, path) = reminded(app, &pair);
        for fields in [
            [
                ("what", "pause"),
                ("from", "2026-10-20"),
                ("until", "2026-10-19"),
            ],
            [("what", "pause"), ("from", "tomorrow"), ("until", "")],
        ] {
            let page = send(app, &path, &fields).expect(422);
            assert!(page.text.contains("role=\"alert\""), "{}", page.text);
        }
        send(app, &path, &[("what", "nothing")]).expect(400);
        assert_eq!(person(app, &pair)["status"], "active");
    });
}

#[test]
fn l2_the_link_is_for_one_person_and_for_nothing_else_and_ends() {
    each_database(|app| {
        let pair = pair(app);
        let (_, path) = reminded(app, &pair);
        let token = path.rsplit('/').next().unwrap();
        assert!(token.len() >= 32, "128 bits or more");
        for other in [
            format!("/m/{token}"),
            format!("/digest/{token}"),
            format!("/pause/{token}0"),
        ] {
            app.send(app.request("GET", &other)).expect(404);
        }
        app.clock.advance(chrono::Duration::days(91));
        app.send(app.request("GET", &path)).expect(404);
        send(app, &path, &[("what", "pause")]).expect(404);
    });
}
