//! Series: booking, and what calendars are told of it.

use passerelle::icalendar::{Method, Moment, Participation, ReadEvent};
use passerelle::mail::message::Letter;
use serde_json::{Value, json};

use super::fixture::{
    Pair, again, another_mentee, booked, calendar, event, letter_to, letters, pair, pair_in,
    programme,
};
use crate::support::app::{Answer, Someone, TestApp, instant};
use crate::support::each_database;

/// Six Tuesdays at 18:00 in Toronto, over the change of its clock on 1 November.
pub fn six() -> Value {
    json!({ "starts_at": "2026-10-06T18:00:00-04:00", "count": 6 })
}

impl Pair {
    pub fn series(&self) -> String {
        format!("/api/v1/mentorships/{}/series", self.mentorship_id)
    }
}

/// Books a series as the mentor, and forgets the invitations.
pub fn booked_series(app: &TestApp, pair: &Pair, body: &Value) -> Value {
    let mentor = again(app, &pair.mentor);
    let made = app.post(&mentor, &pair.series(), body).expect(201).json();
    letters(app);
    made
}

pub fn path(series: &Value) -> String {
    format!("/api/v1/series/{}", series["id"].as_str().unwrap())
}

/// The path of the `index`th meeting of a series.
pub fn meeting(series: &Value, index: usize) -> String {
    let id = series["meetings"][index]["id"].as_str().unwrap();
    format!("/api/v1/meetings/{id}")
}

/// A POST with `If-Match: *`.
pub fn do_it(app: &TestApp, who: &Someone, path: &str, body: &Value) -> Answer {
    let who = again(app, who);
    let request = app.request("POST", path).bearer_auth(&who.token);
    app.send(request.header("If-Match", "*").json(body))
}

fn starts(series: &Value) -> Vec<&str> {
    let all = series["meetings"].as_array().unwrap();
    all.iter()
        .map(|one| one["starts_at"].as_str().unwrap())
        .collect()
}

pub fn toronto(local: &str) -> Moment {
    Moment::Local {
        at: local.parse().unwrap(),
        tzid: "America/Toronto".into(),
    }
}

/// The event of the whole series in a mail.
pub fn master(letter: &Letter) -> ReadEvent {
    let mut events = calendar(letter).events.into_iter();
    events
        .find(|one| one.recurrence_id.is_none())
        .expect("the series itself")
}

#[test]
fn o2_t2_a_series_is_one_invitation_with_one_entry_on_its_own_clock() {
    each_database(|app| {
        let pair = pair(app);
        let made = app.post(&pair.mentor, &pair.series(), &six()).expect(201);
        let series = made.json();
        assert_eq!(
            starts(&series),
            [
                "2026-10-06T22:00:00Z",
                "2026-10-13T22:00:00Z",
                "2026-10-20T22:00:00Z",
                "2026-10-27T22:00:00Z",
                "2026-11-03T23:00:00Z",
                "2026-11-10T23:00:00Z"
            ],
            "18:00 in Toronto, before and after its clock changes"
        );
        assert_eq!(series["zone"], "America/Toronto");
        assert_eq!(series["attendees"][0]["answer"], "accepted");
        assert_eq!(series["skipped"], json!([]));
        assert!(
            made.header("location")
                .ends_with(series["id"].as_str().unwrap())
        );

        let letters = letters(app);
        assert_eq!(letters.len(), 2, "one mail for each person");
        let to_mentee = letter_to(&letters, pair.mentee_id());
        assert_eq!(calendar(to_mentee).method, Some(Method::Request));
        let entry = event(to_mentee);
        assert_eq!(entry.start, Some(toronto("2026-10-06T18:00:00")));
        assert_eq!(entry.rule.as_deref(), Some("FREQ=WEEKLY;COUNT=6"));
        let text = &to_mentee.payload.calendar.as_ref().unwrap().text;
        assert!(text.contains("BEGIN:VTIMEZONE\r\nTZID:America/Toronto\r\n"));
        assert!(text.contains("RRULE:FREQ=WEEKLY;COUNT=6\r\n"));
        let answers: Vec<_> = entry
            .attendees
            .iter()
            .map(|one| one.participation)
            .collect();
        assert_eq!(
            answers,
            [Participation::Accepted, Participation::NeedsAction]
        );
        let to_mentor = letter_to(&letters, pair.mentor_id());
        assert_ne!(event(to_mentor).organizer, entry.organizer, "a token each");
        assert!(
            to_mentor.words.text.contains(
                "Every week at 18:00 (Toronto time): 6 meetings, the last on Tuesday 10 November 2026."
            ),
            "{}",
            to_mentor.words.text
        );
        assert!(
            to_mentee.words.text.contains("Toutes les semaines"),
            "{}",
            to_mentee.words.text
        );
        // Every instance is a meeting like any other.
        let id = series["id"].as_str().unwrap();
        let list = app.get(&pair.mentee, &format!("/api/v1/meetings?series_id={id}"));
        let list = list.expect(200).json();
        assert_eq!(list["items"].as_array().unwrap().len(), 6);
        assert_eq!(list["items"][4]["recurrence_local"], "2026-11-03T18:00:00");
        assert_eq!(list["items"][4]["attendees"][0]["answer"], "accepted");
    });
}

#[test]
fn t2_an_end_on_a_date_is_written_as_the_last_start_in_utc_and_every_second_week_as_interval() {
    each_database(|app| {
        let pair = pair(app);
        let body = json!({
            "starts_at": "2026-10-06T22:00:00Z", "until": "2026-11-10", "every_weeks": 2
        });
        let made = app.post(&pair.mentor, &pair.series(), &body).expect(201);
        assert_eq!(starts(&made.json()).len(), 3);
        let letters = letters(app);
        let letter = letter_to(&letters, pair.mentee_id());
        let text = &letter.payload.calendar.as_ref().unwrap().text;
        assert!(
            text.contains("RRULE:FREQ=WEEKLY;INTERVAL=2;UNTIL=20261103T230000Z\r\n"),
            "{text}"
        );
    });
}

#[test]
fn s3_s4_a_series_with_impossible_meetings_is_refused_with_the_list_or_leaves_them_out() {
    each_database(|app| {
        let pair = pair(app);
        let other = another_mentee(app, &pair);
        booked(app, &other, &pair.mentor, "2026-10-20T22:30:00Z");
        let away = json!({ "kind": "away", "starts_on": "2026-11-03", "ends_on": "2026-11-03" });
        let exceptions = format!("/api/v1/persons/{}/exceptions", pair.mentee_id());
        app.post(&pair.mentee, &exceptions, &away).expect(201);

        let preview = format!("{}/preview", pair.series());
        let plan = app.post(&pair.mentee, &preview, &six()).expect(200).json();
        assert_eq!(plan["possible"], 4);
        let why: Vec<&Value> = plan["instances"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| &one["refusal"])
            .collect();
        assert_eq!(
            json!(why),
            json!([null, null, "taken", null, "outside-hours", null])
        );

        let refused = app.post(&pair.mentee, &pair.series(), &six()).expect(409);
        assert_eq!(refused.problem(), "series-times-taken");
        assert_eq!(
            refused.field_errors(),
            [
                "/instances/2 instance-taken",
                "/instances/4 instance-outside-hours"
            ]
        );
        let detail = refused.json()["errors"][0]["detail"].to_string();
        assert!(detail.contains("20 "), "{detail}");
        let none = app.get(&pair.mentee, "/api/v1/meetings").json();
        assert_eq!(none["items"], json!([]), "nothing half done");
        assert!(letters(app).is_empty());

        let mut body = six();
        body["conflicts"] = json!("skip");
        let made = app.post(&pair.mentee, &pair.series(), &body).expect(201);
        let series = made.json();
        assert_eq!(starts(&series).len(), 4);
        assert_eq!(
            series["skipped"],
            json!(["2026-10-20T18:00:00", "2026-11-03T18:00:00"])
        );
        let letters = letters(app);
        let entry = event(letter_to(&letters, pair.mentor_id()));
        assert_eq!(
            entry.exceptions,
            [
                toronto("2026-10-20T18:00:00"),
                toronto("2026-11-03T18:00:00")
            ]
        );
        // What is booked now takes its time: the same again finds nothing.
        let again = app.post(&pair.mentor, &pair.series(), &body).expect(409);
        assert_eq!(again.field_errors().len(), 6);
    });
}

#[test]
fn a_series_begins_and_ends_with_a_meeting_that_takes_place() {
    each_database(|app| {
        let pair = pair(app);
        for day in ["2026-10-06", "2026-11-10"] {
            let away = json!({ "kind": "away", "starts_on": day, "ends_on": day });
            let exceptions = format!("/api/v1/persons/{}/exceptions", pair.mentor_id());
            app.post(&pair.mentor, &exceptions, &away).expect(201);
        }
        let mut body = six();
        body["conflicts"] = json!("skip");
        let made = app.post(&pair.mentor, &pair.series(), &body).expect(201);
        assert_eq!(made.json()["local_start"], "2026-10-13T18:00:00");
        let letters = letters(app);
        let entry = event(letter_to(&letters, pair.mentee_id()));
        assert_eq!(entry.start, Some(toronto("2026-10-13T18:00:00")));
        assert_eq!(entry.rule.as_deref(), Some("FREQ=WEEKLY;COUNT=4"));
        assert!(entry.exceptions.is_empty());
    });
}

#[test]
fn what_a_series_may_be_is_checked_field_by_field() {
    each_database(|app| {
        let pair = pair(app);
        let refused = |body: Value| {
            let answer = app.post(&pair.mentor, &pair.series(), &body);
            answer.expect(422).field_errors()
        };
        let start = "2026-10-06T22:00:00Z";
        assert_eq!(
            refused(json!({ "starts_at": start })),
            ["/count count-or-until"]
        );
        assert_eq!(
            refused(json!({ "starts_at": start, "count": 3, "until": "2026-12-01" })),
            ["/count count-or-until"]
        );
        assert_eq!(
            refused(json!({ "starts_at": start, "count": 53, "every_weeks": 13 })),
            ["/every_weeks out-of-range", "/count out-of-range"]
        );
        assert_eq!(
            refused(json!({ "starts_at": start, "until": "2026-10-01" })),
            ["/until ends-before-start"]
        );
        assert_eq!(
            refused(json!({ "starts_at": start, "until": "2028-10-01" })),
            ["/until too-many-meetings"]
        );
        assert_eq!(
            refused(json!({ "starts_at": start, "count": 3, "zone": "Mars/Base" })),
            ["/zone zone"]
        );
        assert_eq!(
            refused(json!({ "starts_at": "2027-10-05T22:00:00Z", "count": 3 })),
            ["/starts_at too-far"]
        );
    });
}

#[test]
fn the_same_key_books_a_series_once() {
    each_database(|app| {
        let pair = pair(app);
        let book = || {
            let request = app.request("POST", &pair.series());
            let request = request.bearer_auth(&pair.mentor.token);
            let request = request.header("Idempotency-Key", "series-1").json(&six());
            app.send(request).expect(201).json()
        };
        assert_eq!(book()["id"], book()["id"]);
        let list = app.get(&pair.mentor, &pair.series()).expect(200).json();
        assert_eq!(list.as_array().unwrap().len(), 1);
        assert_eq!(letters(app).len(), 2);
    });
}

#[test]
fn t3_where_calendars_cannot_be_told_of_a_zone_every_meeting_is_an_entry_of_its_own() {
    each_database(|app| {
        let pair = pair(app);
        let body = json!({
            "starts_at": "2026-10-06T22:00:00Z", "count": 3, "zone": "Africa/Cairo",
            "outside_availability": true
        });
        let made = app.post(&pair.mentor, &pair.series(), &body).expect(201);
        let series = made.json();
        assert_eq!(
            starts(&series),
            [
                "2026-10-06T22:00:00Z",
                "2026-10-13T22:00:00Z",
                "2026-10-20T22:00:00Z"
            ]
        );
        let sent = letters(app);
        assert_eq!(sent.len(), 6, "one for each meeting and person");
        let mut uids: Vec<String> = Vec::new();
        for (_, letter) in &sent {
            let entry = event(letter);
            assert!(matches!(entry.start, Some(Moment::Utc(_))));
            assert!(entry.rule.is_none() && entry.recurrence_id.is_none());
            uids.push(entry.uid.unwrap());
        }
        uids.sort();
        uids.dedup();
        assert_eq!(uids.len(), 3);
        // It can be called off as one.
        let gone = do_it(
            app,
            &pair.mentee,
            &format!("{}/cancel", path(&series)),
            &json!({}),
        );
        assert_eq!(gone.expect(200).json()["status"], "cancelled");
        let sent = letters(app);
        assert_eq!(sent.len(), 6);
        for (_, letter) in &sent {
            assert_eq!(calendar(letter).method, Some(Method::Cancel));
        }
    });
}

#[test]
fn s1_the_weekly_times_that_fit_most_often_come_first() {
    each_database(|app| {
        let pair = pair(app);
        booked(app, &pair, &pair.mentor, "2026-10-13T22:00:00Z");
        let path = format!(
            "/api/v1/mentorships/{}/series-slots?count=4&step=60",
            pair.mentorship_id
        );
        let found = app.get(&pair.mentee, &path).expect(200).json();
        let seen: Vec<(&str, u64)> = found["times"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| {
                (
                    one["mentor_start"].as_str().unwrap(),
                    one["fits"].as_u64().unwrap(),
                )
            })
            .collect();
        assert_eq!(
            seen,
            [
                ("2026-10-06T20:00:00", 4),
                ("2026-10-06T18:00:00", 3),
                ("2026-10-06T19:00:00", 3)
            ]
        );
        assert_eq!(found["times"][1]["misses"], json!(["2026-10-13T18:00:00"]));
        let wrong = app.get(&pair.mentee, &format!("{path}0&every_weeks=0"));
        assert_eq!(
            wrong.expect(422).field_errors(),
            ["?every_weeks out-of-range", "?step out-of-range"]
        );
    });
}

#[test]
fn s3_the_mentors_maxima_hold_for_every_meeting_of_a_series() {
    each_database(|app| {
        let settings = json!({ "meetings": { "weekly_maximum": 1 } });
        let one = pair_in(app, programme(app, settings));
        let other = another_mentee(app, &one);
        booked(app, &other, &one.mentor, "2026-10-14T00:00:00Z");
        let refused = app.post(&one.mentor, &one.series(), &six()).expect(409);
        assert_eq!(refused.field_errors(), ["/instances/1 instance-week-full"]);
    });
}

#[test]
fn s4_of_several_who_book_overlapping_series_at_once_one_gets_all_and_the_others_nothing() {
    each_database(|app| {
        let pair = pair(app);
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let book = || app.post(&pair.mentor, &pair.series(), &six()).status;
            let all: Vec<_> = (0..6).map(|_| scope.spawn(book)).collect();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        let got = |status| statuses.iter().filter(|one| **one == status).count();
        assert_eq!((got(201), got(409)), (1, 5), "{statuses:?}");
        let list = app.get(&pair.mentor, "/api/v1/meetings").json();
        assert_eq!(list["items"].as_array().unwrap().len(), 6);
        assert_eq!(letters(app).len(), 2);
    });
}

#[test]
fn a_series_is_shown_to_the_pair_and_those_who_look_after_it_and_to_nobody_else() {
    each_database(|app| {
        let (ours, theirs) = (pair(app), pair(app));
        let series = booked_series(app, &ours, &six());
        for who in [&ours.mentor, &ours.mentee, &ours.coordinator] {
            app.get(who, &path(&series)).expect(200);
            app.get(who, &ours.series()).expect(200);
        }
        for who in [&theirs.mentor, &theirs.mentee, &theirs.coordinator] {
            app.get(who, &path(&series)).expect(404);
            app.get(who, &ours.series()).expect(404);
            do_it(app, who, &format!("{}/cancel", path(&series)), &json!({})).expect(404);
            app.post(who, &ours.series(), &six()).expect(404);
        }
        assert_eq!(
            series["meetings"][0]["starts_at"],
            instant("2026-10-06T22:00:00Z").rfc3339()
        );
    });
}
