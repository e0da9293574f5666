//! Answers: over the API, for oneself and by a coordinator.

use passerelle::icalendar::Participation;
use serde_json::{Value, json};

use super::fixture::{address, booked, event, letter_to, letters, pair};
use crate::support::app::{Answer, Someone, TestApp};
use crate::support::each_database;

fn say(
    app: &TestApp,
    who: &Someone,
    made: &Answer,
    person: impl std::fmt::Display,
    body: Value,
) -> Answer {
    let path = format!("{}/attendees/{person}/answer", address(made));
    app.send(
        app.request("PUT", &path)
            .bearer_auth(&who.token)
            .json(&body),
    )
}

#[test]
fn a_no_is_told_to_the_other_side_and_so_is_a_yes_after_it() {
    each_database(|app| {
        let pair = pair(app);
        let made = booked(app, &pair, &pair.mentor, "2026-10-06T22:00:00Z");
        let mentee = pair.mentee_id();
        say(
            app,
            &pair.mentee,
            &made,
            mentee,
            json!({ "answer": "tentative" }),
        )
        .expect(200);
        assert!(
            letters(app).is_empty(),
            "a perhaps is seen by whoever looks"
        );
        let no = json!({ "answer": "declined", "comment": "Ma fille est malade <3" });
        let declined = say(app, &pair.mentee, &made, mentee, no).expect(200).json();
        assert_eq!(declined["standing"], "declined");
        let told = letters(app);
        assert_eq!(told.len(), 1);
        let letter = letter_to(&told, pair.mentor_id());
        assert!(
            letter.words.text.contains("Ma fille est malade <3"),
            "{}",
            letter.words.text
        );
        app.clock.advance(chrono::Duration::minutes(1));
        say(
            app,
            &pair.mentee,
            &made,
            mentee,
            json!({ "answer": "accepted" }),
        )
        .expect(200);
        let told = letters(app);
        let entry = event(letter_to(&told, pair.mentor_id()));
        let both: Vec<_> = entry
            .attendees
            .iter()
            .map(|one| one.participation)
            .collect();
        assert_eq!(both, [Participation::Accepted, Participation::Accepted]);
    });
}

#[test]
fn i7_the_same_answer_twice_is_a_success_and_tells_nobody_twice() {
    each_database(|app| {
        let pair = pair(app);
        let made = booked(app, &pair, &pair.mentor, "2026-10-06T22:00:00Z");
        for _ in 0..2 {
            let no = json!({ "answer": "declined", "comment": "no" });
            say(app, &pair.mentee, &made, pair.mentee_id(), no).expect(200);
            app.clock.advance(chrono::Duration::seconds(1));
        }
        assert_eq!(letters(app).len(), 1);
        let history = app.get(&pair.coordinator, &format!("{}/answers", address(&made)));
        let history = history.expect(200).json();
        let became: Vec<&str> = history
            .as_array()
            .unwrap()
            .iter()
            .map(|line| line["outcome"].as_str().unwrap())
            .collect();
        assert_eq!(became, ["applied", "repeated"]);
        app.get(&pair.mentor, &format!("{}/answers", address(&made)))
            .expect(403);
    });
}

#[test]
fn l2_one_answers_for_oneself_and_a_coordinator_for_those_of_the_programme() {
    each_database(|app| {
        let (ours, theirs) = (pair(app), pair(app));
        let made = booked(app, &ours, &ours.mentor, "2026-10-06T22:00:00Z");
        let yes = || json!({ "answer": "accepted" });
        say(app, &ours.mentor, &made, ours.mentee_id(), yes()).expect(404);
        say(app, &theirs.coordinator, &made, ours.mentee_id(), yes()).expect(404);
        say(app, &theirs.mentor, &made, theirs.mentor_id(), yes()).expect(404);
        say(app, &ours.coordinator, &made, ours.mentee_id(), yes()).expect(200);
        let history = app.get(&ours.coordinator, &format!("{}/answers", address(&made)));
        assert_eq!(history.json()[0]["source"], "coordinator");
        let bad = json!({ "answer": "delegated" });
        let bad = say(app, &ours.mentee, &made, ours.mentee_id(), bad).expect(422);
        assert_eq!(bad.field_errors(), ["/answer unknown-value"]);
        let long = json!({ "answer": "declined", "comment": "x".repeat(1001) });
        say(app, &ours.mentee, &made, ours.mentee_id(), long).expect(422);
    });
}
