//! Asking once more who has not answered.

use serde_json::json;

use super::fixture::{Pair, address, again, booked, letter_to, letters, pair_in, programme, work};
use crate::support::app::{TestApp, instant};
use crate::support::each_database;

/// Lets the time come, does what is due, and gives the kinds of mail that were written.
fn at(app: &TestApp, time: &str) -> Vec<String> {
    app.clock.set(instant(time));
    work(app);
    letters(app)
        .iter()
        .map(|(row, _)| row.kind.to_string())
        .collect()
}

/// A pair whose programme asks again after two days, unless the meeting is less than two days away.
fn pair(app: &TestApp) -> Pair {
    let usual = json!({ "meetings": { "nudge_after_minutes": 2880 } });
    pair_in(app, programme(app, usual))
}

fn booked_at(app: &TestApp) -> chrono::DateTime<chrono::Utc> {
    app.ctx().now.utc()
}

#[test]
fn whoever_has_not_answered_is_asked_again_once_and_can_stop_it() {
    each_database(|app| {
        let pair = pair(app);
        let start = booked_at(app);
        booked(app, &pair, &pair.mentor, "2026-10-20T22:00:00Z");
        let later = |hours: i64| (start + chrono::Duration::hours(hours)).to_rfc3339();
        assert_eq!(at(app, &later(47)), [""; 0]);
        app.clock.set(instant(&later(48)));
        work(app);
        let written = letters(app);
        assert_eq!(
            written.len(),
            1,
            "not whoever booked it, and so has said yes"
        );
        let french = letter_to(&written, pair.mentee_id());
        assert!(french.payload.unsubscribe.is_some(), "O10: one click");
        assert!(french.payload.calendar.is_none());
        assert!(
            french.words.subject.contains("Pourrez-vous venir"),
            "{}",
            french.words.subject
        );
        assert_eq!(at(app, &later(96)), [""; 0], "once");
    });
}

#[test]
fn nobody_is_asked_again_who_answered_stopped_it_or_meets_soon() {
    each_database(|app| {
        let pair = pair(app);
        let start = booked_at(app);
        let later = |hours: i64| (start + chrono::Duration::hours(hours)).to_rfc3339();
        let made = booked(app, &pair, &pair.mentor, "2026-10-20T22:00:00Z");
        let path = format!("{}/attendees/{}/answer", address(&made), pair.mentee_id());
        let request = app.request("PUT", &path);
        let maybe = json!({ "answer": "tentative" });
        app.send(
            request
                .bearer_auth(&again(app, &pair.mentee).token)
                .json(&maybe),
        )
        .expect(200);
        assert_eq!(at(app, &later(50)), [""; 0], "a maybe is an answer");
        // Booked three days ahead: two days later it is soon anyway, and the reminder asks.
        app.clock.set(instant("2026-10-24T22:00:00Z"));
        booked(app, &pair, &pair.mentor, "2026-10-27T22:00:00Z");
        at(app, "2026-10-24T22:00:00Z"); // what is due of the meeting before
        assert_eq!(at(app, "2026-10-26T21:59:00Z"), [""; 0]);
        assert_eq!(at(app, "2026-10-26T22:00:00Z"), ["meeting-reminder"; 2]);
    });
}

#[test]
fn a_programme_chooses_when_and_whether() {
    each_database(|app| {
        let soon =
            json!({ "meetings": { "nudge_after_minutes": 60, "nudge_least_left_minutes": 0 } });
        let pair = pair_in(app, programme(app, soon));
        let start = booked_at(app);
        booked(app, &pair, &pair.mentor, "2026-10-20T22:00:00Z");
        let later = (start + chrono::Duration::minutes(60)).to_rfc3339();
        assert_eq!(at(app, &later), ["meeting-nudge"]);
        let never = json!({ "meetings": { "nudge_after_minutes": 0 } });
        let pair = pair_in(app, programme(app, never));
        booked(app, &pair, &pair.mentor, "2026-10-20T22:00:00Z");
        let later = (start + chrono::Duration::days(10)).to_rfc3339();
        assert_eq!(at(app, &later), [""; 0]);
    });
}
