//! Moving, rewording and cancelling.

use passerelle::icalendar::{Method, Moment, Participation, Status};
use serde_json::json;

use super::fixture::{
    address, again, another_mentee, booked, calendar, event, letter_to, letters, pair,
};
use crate::support::app::instant;
use crate::support::each_database;

#[test]
fn o3_o8_moving_keeps_the_uid_raises_the_sequence_and_opens_the_answers() {
    each_database(|app| {
        let pair = pair(app);
        let body = json!({ "starts_at": "2026-10-06T22:00:00Z" });
        let made = app.post(&pair.mentor, &pair.meetings(), &body).expect(201);
        let first = event(letter_to(&letters(app), pair.mentee_id()));
        let answer = format!("{}/attendees/{}/answer", address(&made), pair.mentee_id());
        let yes = app
            .put(&pair.mentee, &answer, "*", &json!({ "answer": "accepted" }))
            .expect(200);
        assert_eq!(yes.json()["standing"], "confirmed");

        let there = format!("{}/reschedule", address(&made));
        let new = json!({ "starts_at": "2026-10-13T22:00:00Z" });
        app.post(&pair.mentee, &there, &new).expect(428);
        let etag = app
            .get(&pair.mentee, &address(&made))
            .header("etag")
            .to_owned();
        let move_it = |etag: &str| {
            app.send(
                app.request("POST", &there)
                    .bearer_auth(&pair.mentee.token)
                    .header("If-Match", etag)
                    .json(&new),
            )
        };
        move_it("\"1\"").expect(412);
        let moved = move_it(&etag).expect(200).json();
        assert_eq!(moved["sequence"], 1);
        assert_eq!(moved["standing"], "open");
        assert_eq!(
            moved["attendees"][0]["answer"], "needs-action",
            "the mentor answers again"
        );
        assert_eq!(
            moved["attendees"][1]["answer"], "accepted",
            "who moves it, comes"
        );

        let letters = letters(app);
        let to_mentor = letter_to(&letters, pair.mentor_id());
        let second = event(letter_to(&letters, pair.mentee_id()));
        assert_eq!(calendar(to_mentor).method, Some(Method::Request));
        assert_eq!(second.uid, first.uid);
        assert_eq!(second.organizer, first.organizer, "the token stays");
        assert_eq!(second.sequence, Some(1));
        assert!(second.stamp > first.stamp);
        assert_eq!(
            second.start,
            Some(Moment::Utc(instant("2026-10-13T22:00:00Z")))
        );
        assert!(
            to_mentor.payload.values["was"].is_object(),
            "the mail says what it was"
        );
    });
}

#[test]
fn s4_the_time_that_a_move_leaves_is_free_again_and_the_new_one_is_taken() {
    each_database(|app| {
        let pair = pair(app);
        let other = another_mentee(app, &pair);
        let made = booked(app, &pair, &pair.mentor, "2026-10-06T22:00:00Z");
        let elsewhere = booked(app, &other, &pair.mentor, "2026-10-13T22:00:00Z");
        let reschedule = |made: &crate::support::app::Answer, to: &str| {
            let body = json!({ "starts_at": to, "outside_availability": true });
            let path = format!("{}/reschedule", address(made));
            app.send(
                app.request("POST", &path)
                    .bearer_auth(&pair.mentor.token)
                    .header("If-Match", "*")
                    .json(&body),
            )
        };
        let refused = reschedule(&made, "2026-10-13T22:30:00Z").expect(409);
        assert_eq!(refused.problem(), "meeting-time-taken");
        let same = reschedule(&made, "2026-10-06T22:00:00Z").expect(200);
        assert_eq!(same.json()["sequence"], 0, "the same time is no change");
        assert!(letters(app).is_empty());
        reschedule(&made, "2026-10-06T22:30:00Z").expect(200);
        reschedule(&made, "2026-10-20T22:00:00Z").expect(200);
        reschedule(&elsewhere, "2026-10-06T22:00:00Z").expect(200);
    });
}

#[test]
fn nobody_can_bury_the_other_in_mail_with_changes() {
    each_database(|app| {
        let pair = pair(app);
        let made = booked(app, &pair, &pair.mentor, "2026-10-06T22:00:00Z");
        let reword = |who, n: i32| {
            let note = json!({ "note": format!("Note {n}") });
            app.patch(who, &address(&made), "*", &note).status
        };
        for n in 0..39 {
            assert_eq!(reword(&pair.mentor, n), 200, "{n}");
        }
        letters(app);
        assert_eq!(reword(&pair.mentor, 40), 429);
        assert_eq!(letters(app).len(), 0);
        // The others go on, and so does whoever waited.
        assert_eq!(reword(&pair.coordinator, 41), 200);
        app.clock.advance(chrono::Duration::minutes(16));
        assert_eq!(reword(&again(app, &pair.mentor), 42), 200);
    });
}

#[test]
fn o8_another_text_keeps_sequence_and_answers_and_has_a_newer_stamp() {
    each_database(|app| {
        let pair = pair(app);
        let body = json!({ "starts_at": "2026-10-06T22:00:00Z", "note": "old" });
        let made = app.post(&pair.mentor, &pair.meetings(), &body).expect(201);
        let first = event(letter_to(&letters(app), pair.mentee_id()));
        let change = json!({ "note": null, "url": "https://meet.example.org/b" });
        let changed = app
            .patch(&pair.mentor, &address(&made), "\"1\"", &change)
            .expect(200);
        assert_eq!(changed.json()["sequence"], 0);
        assert_eq!(changed.json()["note"], json!(null));
        assert_eq!(changed.json()["attendees"][0]["answer"], "accepted");
        let letters = letters(app);
        let second = event(letter_to(&letters, pair.mentee_id()));
        assert_eq!(
            (second.sequence, second.uid.clone()),
            (Some(0), first.uid.clone())
        );
        assert!(second.stamp > first.stamp);
        let mirrored: Vec<_> = second
            .attendees
            .iter()
            .map(|one| one.participation)
            .collect();
        assert_eq!(
            mirrored,
            [Participation::Accepted, Participation::NeedsAction],
            "O2"
        );
        let nothing = json!({ "url": "https://meet.example.org/b" });
        let same = app
            .patch(&pair.mentor, &address(&made), "*", &nothing)
            .expect(200);
        assert_eq!(same.header("etag"), changed.header("etag"));
        assert!(
            super::fixture::letters(app).is_empty(),
            "nothing new, nobody told"
        );
    });
}

#[test]
fn o7_cancelling_sends_cancel_to_everybody_and_frees_the_time() {
    each_database(|app| {
        let pair = pair(app);
        let body = json!({ "starts_at": "2026-10-06T22:00:00Z" });
        let made = app.post(&pair.mentor, &pair.meetings(), &body).expect(201);
        let first = event(letter_to(&letters(app), pair.mentee_id()));
        let path = format!("{}/cancel", address(&made));
        let call_off = |who: &crate::support::app::Someone| {
            app.send(
                app.request("POST", &path)
                    .bearer_auth(&who.token)
                    .header("If-Match", "*")
                    .json(&json!({ "reason": "I am ill.\r\nSorry!" })),
            )
        };
        let gone = call_off(&pair.mentee).expect(200).json();
        assert_eq!(gone["status"], "cancelled");
        assert_eq!(gone["cancel_reason"], "I am ill.\nSorry!");
        let letters = letters(app);
        let to_mentor = letter_to(&letters, pair.mentor_id());
        assert!(
            to_mentor.words.text.contains("I am ill."),
            "{}",
            to_mentor.words.text
        );
        let cancel = calendar(letter_to(&letters, pair.mentee_id()));
        assert_eq!(cancel.method, Some(Method::Cancel));
        let event = &cancel.events[0];
        assert_eq!(event.status, Some(Status::Cancelled));
        assert_eq!(
            (event.sequence, event.uid.clone()),
            (Some(1), first.uid.clone())
        );
        assert_eq!(
            call_off(&pair.mentor).expect(409).problem(),
            "meeting-cancelled"
        );
        booked(app, &pair, &pair.mentor, "2026-10-06T22:00:00Z");
    });
}

#[test]
fn a_meeting_that_is_over_is_not_changed_any_more() {
    each_database(|app| {
        let pair = pair(app);
        let made = booked(app, &pair, &pair.mentor, "2026-10-06T22:00:00Z");
        app.clock.advance(chrono::Duration::hours(11));
        let (mentor, mentee) = (again(app, &pair.mentor), again(app, &pair.mentee));
        let post = |verb: &str, body: serde_json::Value| {
            let path = format!("{}/{verb}", address(&made));
            app.send(
                app.request("POST", &path)
                    .bearer_auth(&mentor.token)
                    .header("If-Match", "*")
                    .json(&body),
            )
            .expect(409)
            .problem()
        };
        assert_eq!(post("cancel", json!({})), "meeting-over");
        let later = json!({ "starts_at": "2026-10-13T22:00:00Z" });
        assert_eq!(post("reschedule", later), "meeting-over");
        let answer = format!("{}/attendees/{}/answer", address(&made), pair.mentee_id());
        let late = app.put(&mentee, &answer, "*", &json!({ "answer": "declined" }));
        assert_eq!(late.expect(409).problem(), "meeting-over");
    });
}

#[test]
fn when_a_mentorship_ends_what_is_still_planned_is_called_off() {
    each_database(|app| {
        let pair = pair(app);
        let body = json!({ "starts_at": "2026-10-06T22:00:00Z" });
        let made = app.post(&pair.mentor, &pair.meetings(), &body).expect(201);
        booked(app, &pair, &pair.mentor, "2026-10-13T22:00:00Z");
        app.clock.set(instant("2026-10-07T12:00:00Z"));
        let path = format!("/api/v1/mentorships/{}/end", pair.mentorship_id);
        let coordinator = again(app, &pair.coordinator);
        let end = app.request("POST", &path).bearer_auth(&coordinator.token);
        app.send(
            end.header("If-Match", "*")
                .json(&json!({ "reason": "goal-reached" })),
        )
        .expect(200);
        let kinds: Vec<String> = letters(app)
            .iter()
            .map(|(row, _)| row.kind.to_string())
            .collect();
        let cancelled = kinds
            .iter()
            .filter(|kind| *kind == "meeting-cancellation")
            .count();
        assert_eq!(
            cancelled, 2,
            "one mail to each about the one ahead: {kinds:?}"
        );
        let mentor = again(app, &pair.mentor);
        assert_eq!(
            app.get(&mentor, &address(&made)).json()["status"],
            "scheduled"
        );
        let ahead = app.get(&mentor, "/api/v1/meetings?status=cancelled").json();
        assert_eq!(ahead["items"].as_array().unwrap().len(), 1);
    });
}
