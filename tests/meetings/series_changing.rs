//! Series: one meeting moved or called off, all of them changed, the rest of them changed.

use passerelle::icalendar::{Method, Participation, Status};
use serde_json::json;

use super::fixture::{
    address, again, booked, calendar, event, letter_to, letters, pair, pair_in, programme, work,
};
use super::series::{booked_series, do_it, master, meeting, path, six, toronto};
use crate::support::app::instant;
use crate::support::each_database;

#[test]
fn o7_o8_t2_one_meeting_moved_called_off_and_all_reworded_in_the_series_own_numbers() {
    each_database(|app| {
        let pair = pair(app);
        let series = booked_series(app, &pair, &six());
        let second = meeting(&series, 1);
        let body = json!({ "starts_at": "2026-10-13T23:00:00Z" });
        let moved = do_it(app, &pair.mentor, &format!("{second}/reschedule"), &body);
        assert_eq!(moved.expect(200).json()["standing"], "open");
        let sent = letters(app);
        let entry = event(letter_to(&sent, pair.mentee_id()));
        assert_eq!(entry.recurrence_id, Some(toronto("2026-10-13T18:00:00")));
        assert_eq!(entry.start, Some(toronto("2026-10-13T19:00:00")));
        assert_eq!(entry.sequence, Some(1));
        let organizer = entry.organizer.clone();
        let first_stamp = entry.stamp;

        let third = meeting(&series, 2);
        do_it(app, &pair.mentee, &format!("{third}/cancel"), &json!({})).expect(200);
        let sent = letters(app);
        let letter = letter_to(&sent, pair.mentee_id());
        let entry = event(letter);
        assert_eq!(calendar(letter).method, Some(Method::Cancel));
        assert_eq!(entry.recurrence_id, Some(toronto("2026-10-20T18:00:00")));
        assert_eq!(entry.sequence, Some(2), "the number of the whole series");
        assert_eq!(entry.status, Some(Status::Cancelled));
        assert_eq!(entry.organizer, organizer, "the token of the series");

        let mentor = again(app, &pair.mentor);
        let body = json!({ "title": "Preparing for interviews" });
        let now = app.patch(&mentor, &path(&series), "*", &body).expect(200);
        assert_eq!(now.json()["sequence"], 2, "a text is no new number");
        let sent = letters(app);
        let letter = letter_to(&sent, pair.mentee_id());
        let events = calendar(letter).events;
        assert_eq!(
            events.len(),
            2,
            "the series, and the meeting that was moved"
        );
        let whole = master(letter);
        assert_eq!(whole.exceptions, [toronto("2026-10-20T18:00:00")]);
        assert_eq!(whole.sequence, Some(2));
        assert!(whole.stamp > first_stamp);
        assert_eq!(whole.summary.as_deref(), Some("Preparing for interviews"));
        assert_eq!(
            events[1].recurrence_id,
            Some(toronto("2026-10-13T18:00:00"))
        );
        assert_eq!(
            events[1].summary.as_deref(),
            Some("Preparing for interviews")
        );
        let text = &letter.words.text;
        assert!(text.contains("Sauf le mardi 20 octobre 2026"), "{text}");
        assert!(text.contains("Au lieu du mardi 13 octobre 2026"), "{text}");
        let same = app.patch(&mentor, &path(&series), "*", &body).expect(200);
        assert_eq!(same.json()["sequence"], 2);
        assert!(letters(app).is_empty(), "nothing new is no change");
    });
}

#[test]
fn o3_o8_a_series_that_has_not_begun_moves_as_one_and_keeps_its_uid_and_tokens() {
    each_database(|app| {
        let pair = pair(app);
        let made = app.post(&pair.mentor, &pair.series(), &six()).expect(201);
        let series = made.json();
        let before = event(letter_to(&letters(app), pair.mentee_id()));
        let answer = format!("{}/attendees/{}/answer", path(&series), pair.mentee_id());
        let yes = json!({ "answer": "accepted" });
        app.put(&pair.mentee, &answer, "*", &yes).expect(200);

        let reschedule = format!("{}/reschedule", path(&series));
        let body = json!({ "starts_at": "2026-10-06T23:10:00Z", "minutes": 45 });
        let stale = app.send(
            app.request("POST", &reschedule)
                .bearer_auth(&pair.mentor.token)
                .header("If-Match", "\"99\"")
                .json(&body),
        );
        stale.expect(412);
        let moved = do_it(app, &pair.mentor, &reschedule, &body)
            .expect(200)
            .json();
        assert_eq!(moved["id"], series["id"]);
        assert_eq!(moved["meetings"][0]["id"], series["meetings"][0]["id"]);
        assert_eq!(moved["meetings"][5]["starts_at"], "2026-11-11T00:10:00Z");
        assert_eq!(moved["minutes"], 45);
        assert_eq!(
            moved["attendees"][0]["answer"], "accepted",
            "who moves it, comes"
        );
        assert_eq!(moved["attendees"][1]["answer"], "needs-action");
        let sent = letters(app);
        assert_eq!(sent.len(), 2);
        let letter = letter_to(&sent, pair.mentee_id());
        let after = event(letter);
        assert_eq!(after.uid, before.uid);
        assert_eq!(after.organizer, before.organizer);
        assert_eq!(after.sequence, Some(1));
        assert_eq!(after.start, Some(toronto("2026-10-06T19:10:00")));
        assert_eq!(after.attendees[1].participation, Participation::NeedsAction);
        assert!(letter.payload.values["was"].is_object());
        let first = app.get(&pair.mentee, &meeting(&series, 0)).json();
        assert_eq!(first["sequence"], 1);
        assert_eq!(first["attendees"][1]["answer"], "needs-action");

        do_it(app, &pair.mentor, &reschedule, &body).expect(200);
        assert!(
            letters(app).is_empty(),
            "the same times again are no change"
        );
        // The time that it left is free again.
        booked(app, &pair, &pair.mentor, "2026-10-06T22:00:00Z");
    });
}

#[test]
fn t2_from_a_meeting_on_a_series_ends_with_until_and_a_new_one_begins() {
    each_database(|app| {
        let pair = pair(app);
        let series = booked_series(app, &pair, &six());
        let body = json!({
            "from": series["meetings"][2]["id"], "starts_at": "2026-10-20T23:00:00Z",
            "every_weeks": 2, "count": 3
        });
        let reschedule = format!("{}/reschedule", path(&series));
        let anew = do_it(app, &pair.mentee, &reschedule, &body)
            .expect(200)
            .json();
        assert_ne!(anew["id"], series["id"]);
        assert_eq!(anew["meetings"][0]["id"], series["meetings"][2]["id"]);
        assert_eq!(anew["meetings"][2]["starts_at"], "2026-11-18T00:00:00Z");
        let old = app.get(&pair.mentor, &path(&series)).expect(200).json();
        assert_eq!((&old["count"], &old["ends"]), (&json!(2), &json!("until")));
        let fourth = app.get(&pair.mentor, &meeting(&series, 5)).json();
        assert_eq!(
            fourth["status"], "cancelled",
            "three meetings are fewer than four"
        );

        let sent = letters(app);
        assert_eq!(
            sent.len(),
            4,
            "the old one's end and the new one's invitation"
        );
        let mut to_mentor: Vec<_> = sent
            .iter()
            .filter(|(row, _)| row.person_id == Some(pair.mentor_id()))
            .map(|(_, letter)| master(letter))
            .collect();
        to_mentor.sort_by_key(|one| std::cmp::Reverse(one.sequence));
        let (ended, begun) = (&to_mentor[0], &to_mentor[1]);
        assert_ne!(ended.uid, begun.uid);
        assert_eq!(ended.sequence, Some(1));
        assert_eq!(
            ended.rule.as_deref(),
            Some("FREQ=WEEKLY;UNTIL=20261013T220000Z")
        );
        assert_eq!(begun.sequence, Some(0));
        assert_eq!(begun.start, Some(toronto("2026-10-20T19:00:00")));
        assert_eq!(
            begun.rule.as_deref(),
            Some("FREQ=WEEKLY;INTERVAL=2;COUNT=3")
        );
        assert_eq!(begun.attendees[1].participation, Participation::Accepted);
    });
}

#[test]
fn o7_a_series_is_called_off_as_one_and_what_has_taken_place_stays() {
    each_database(|app| {
        let pair = pair(app);
        let series = booked_series(app, &pair, &six());
        let cancel = format!("{}/cancel", path(&series));
        let off = do_it(
            app,
            &pair.mentor,
            &cancel,
            &json!({ "reason": "I move away." }),
        );
        assert_eq!(off.expect(200).json()["status"], "cancelled");
        let sent = letters(app);
        assert_eq!(sent.len(), 2);
        let letter = letter_to(&sent, pair.mentee_id());
        assert_eq!(calendar(letter).method, Some(Method::Cancel));
        let entry = event(letter);
        assert_eq!(
            (entry.sequence, entry.status),
            (Some(1), Some(Status::Cancelled))
        );
        assert!(entry.recurrence_id.is_none());
        assert!(letter.words.text.contains("I move away."));
        let refused = do_it(app, &pair.mentor, &cancel, &json!({}));
        assert_eq!(refused.expect(409).problem(), "meeting-cancelled");

        // Another one, of which the first meeting is over when the rest is called off.
        let series = booked_series(app, &pair, &six());
        app.clock.set(instant("2026-10-08T12:00:00Z"));
        let cancel = format!("{}/cancel", path(&series));
        let off = do_it(app, &pair.mentee, &cancel, &json!({}))
            .expect(200)
            .json();
        assert_eq!(off["status"], "scheduled");
        assert_eq!(off["meetings"][0]["status"], "scheduled");
        assert_eq!(off["meetings"][1]["status"], "cancelled");
        let sent = letters(app);
        let letter = letter_to(&sent, pair.mentor_id());
        assert_eq!(calendar(letter).method, Some(Method::Request));
        assert_eq!(
            master(letter).rule.as_deref(),
            Some("FREQ=WEEKLY;UNTIL=20261006T220000Z")
        );
        assert!(letter.words.subject.contains("Cancelled"));
        let refused = do_it(app, &pair.mentee, &cancel, &json!({}));
        assert_eq!(refused.expect(409).problem(), "meeting-over");
    });
}

#[test]
fn o7_the_end_of_a_mentorship_calls_off_what_is_left_with_one_mail_for_each_series() {
    each_database(|app| {
        let pair = pair(app);
        let series = booked_series(app, &pair, &six());
        let single = booked(app, &pair, &pair.mentor, "2026-10-14T00:00:00Z");
        let end = format!("/api/v1/mentorships/{}/end", pair.mentorship_id);
        let coordinator = again(app, &pair.coordinator);
        let body = json!({ "reason": "goal-reached" });
        do_it(app, &coordinator, &end, &body).expect(200);
        let sent = letters(app);
        let cancels: Vec<_> = sent
            .iter()
            .filter(|(row, letter)| {
                row.person_id == Some(pair.mentee_id()) && letter.payload.calendar.is_some()
            })
            .map(|(_, letter)| calendar(letter))
            .collect();
        assert_eq!(cancels.len(), 2, "one for the series, one for the meeting");
        assert!(cancels.iter().all(|one| one.method == Some(Method::Cancel)));
        for index in 0..6 {
            let one = app.get(&coordinator, &meeting(&series, index)).json();
            assert_eq!(one["status"], "cancelled");
        }
        let one = app.get(&coordinator, &address(&single)).json();
        assert_eq!(one["status"], "cancelled");
    });
}

#[test]
fn every_meeting_of_a_series_has_its_reminders_and_a_cancelled_one_has_none() {
    each_database(|app| {
        let pair = pair(app);
        let series = booked_series(app, &pair, &six());
        let second = meeting(&series, 1);
        do_it(app, &pair.mentor, &format!("{second}/cancel"), &json!({})).expect(200);
        letters(app);
        let reminded = |at: &str| {
            app.clock.set(instant(at));
            work(app);
            let sent = letters(app);
            let of_mentor = sent
                .iter()
                .filter(|(row, _)| row.person_id == Some(pair.mentor_id()));
            of_mentor.count()
        };
        assert_eq!(
            reminded("2026-10-06T21:30:00Z"),
            1,
            "an hour before the first"
        );
        assert_eq!(reminded("2026-10-07T00:00:00Z"), 1, "did you meet?");
        assert_eq!(
            reminded("2026-10-14T12:00:00Z"),
            0,
            "the second was called off"
        );
        assert_eq!(
            reminded("2026-10-20T21:30:00Z"),
            1,
            "an hour before the third"
        );
        // Hours are those of a meeting.
        let third = meeting(&series, 0);
        let mentor = again(app, &pair.mentor);
        let report = json!({ "outcome": "held", "minutes": 50 });
        app.post(&mentor, &format!("{third}/report"), &report)
            .expect(200);
        let now = app.get(&mentor, &third).json();
        assert_eq!(
            (&now["status"], &now["held_minutes"]),
            (&json!("held"), &json!(50))
        );
    });
}

#[test]
fn who_has_not_answered_a_series_is_asked_once_more_about_all_of_it() {
    each_database(|app| {
        let usual = json!({ "meetings": { "nudge_after_minutes": 2880 } });
        let pair = pair_in(app, programme(app, usual));
        let series = booked_series(app, &pair, &six());
        let moved = json!({ "starts_at": "2026-10-27T23:00:00Z" });
        let fourth = format!("{}/reschedule", meeting(&series, 3));
        do_it(app, &pair.mentor, &fourth, &moved).expect(200);
        letters(app);
        app.clock.set(instant("2026-10-08T20:00:00Z"));
        work(app);
        let asked: Vec<_> = letters(app)
            .into_iter()
            .filter(|(row, _)| row.kind.to_string() == "meeting-nudge")
            .map(|(row, letter)| (row.person_id, letter.words.text))
            .collect();
        assert_eq!(asked.len(), 2, "once for the series, once for what moved");
        assert!(
            asked
                .iter()
                .all(|(person, _)| *person == Some(pair.mentee_id()))
        );
        let all = asked
            .iter()
            .filter(|(_, text)| text.contains("Toutes les semaines"));
        assert_eq!(all.count(), 1);
    });
}
