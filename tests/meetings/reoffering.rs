//! After a no: the other is told and three common times are offered, one click each.

use passerelle::meetings::answer::{Said, answer};
use passerelle::meetings::model::{Answer as Says, Source};
use serde_json::{Value, json};

use super::fixture::{
    Pair, address, again, another_mentee, answer_path, booked, event, letter_to, letters, pair,
};
use crate::support::app::{Answer, Someone, TestApp, instant};
use crate::support::each_database;

fn decline(app: &TestApp, who: &Someone, made: &Answer) {
    let person = who.person_id.unwrap();
    let path = format!("{}/attendees/{person}/answer", address(made));
    let body = json!({ "answer": "declined", "comment": "Ma fille est malade" });
    let request = app
        .request("PUT", &path)
        .bearer_auth(&again(app, who).token);
    app.send(request.json(&body)).expect(200);
}

/// The offered times in a mail: the address of each page, without the site.
fn offered(app: &TestApp, values: &Value) -> Vec<String> {
    let offers = values["offers"].as_array().unwrap();
    offers
        .iter()
        .map(|offer| offer["link"].as_str().unwrap().replace(&app.base, ""))
        .collect()
}

fn get(app: &TestApp, path: &str) -> Answer {
    app.send(app.request("GET", path))
}

/// Presses the button on the page of an offered time.
fn press(app: &TestApp, path: &str) -> Answer {
    let page = get(app, path).expect(200);
    let hidden = |name: &str| {
        let mark = format!("name=\"{name}\" value=\"");
        let (_, rest) = page
            .text
            .split_once(&mark)
            .unwrap_or_else(|| panic!("no {name}: {}", page.text));
        rest.split('"').next().unwrap().to_owned()
    };
    let fields = [
        ("starts_at", hidden("starts_at")),
        ("sequence", hidden("sequence")),
        ("proof", hidden("proof")),
    ];
    let here = path.split('?').next().unwrap();
    app.send(app.request("POST", here).form(&fields))
}

fn meeting(app: &TestApp, pair: &Pair, made: &Answer) -> Value {
    app.get(&again(app, &pair.mentor), &address(made))
        .expect(200)
        .json()
}

#[test]
fn a_no_offers_three_times_on_three_days_and_one_click_moves_the_same_entry() {
    each_database(|app| {
        let pair = pair(app);
        let body = json!({ "starts_at": "2026-10-06T22:00:00Z" });
        let made = app.post(&pair.mentor, &pair.meetings(), &body).expect(201);
        let uid = event(letter_to(&letters(app), pair.mentor_id())).uid;
        decline(app, &pair.mentee, &made);
        let written = letters(app);
        assert_eq!(
            written.len(),
            1,
            "whoever declined here saw the page or the answer"
        );
        let letter = letter_to(&written, pair.mentor_id());
        let offers = offered(app, &letter.payload.values);
        let starts: Vec<&str> = offers
            .iter()
            .map(|path| path.split("at=").nth(1).unwrap())
            .collect();
        assert_eq!(
            starts,
            [
                "2026-10-13T22:00:00Z",
                "2026-10-20T22:00:00Z",
                "2026-10-27T22:00:00Z"
            ],
            "not later on the evening that was declined"
        );
        // Looking, and looking again, changes nothing (L1).
        for path in &offers {
            get(app, path).expect(200);
            assert_eq!(app.send(app.request("HEAD", path)).status, 200);
        }
        assert_eq!(meeting(app, &pair, &made)["sequence"], 0);
        let page = get(app, &offers[1].replace("lang=en", "lang=fr"));
        assert!(page.text.contains("mardi 20 octobre"), "{}", page.text);
        press(app, &offers[1]).expect(303);
        let moved = meeting(app, &pair, &made);
        assert_eq!(moved["starts_at"], "2026-10-20T22:00:00Z");
        assert_eq!(moved["attendees"][0]["answer"], "accepted");
        assert_eq!(moved["attendees"][1]["answer"], "needs-action");
        let entry = event(letter_to(&letters(app), pair.mentee_id()));
        assert_eq!(
            (entry.uid, entry.sequence),
            (uid, Some(1)),
            "the same entry"
        );
    });
}

#[test]
fn a_time_that_is_taken_at_the_click_is_answered_with_others_at_once() {
    each_database(|app| {
        let pair = pair(app);
        let made = booked(app, &pair, &pair.mentor, "2026-10-06T22:00:00Z");
        decline(app, &pair.mentee, &made);
        let written = letters(app);
        let letter = letter_to(&written, pair.mentor_id());
        let offers = offered(app, &letter.payload.values);
        let page = get(app, &offers[0]).expect(200);
        assert!(page.text.contains("value=\"2026-10-13T22:00:00Z\""));
        let other = another_mentee(app, &pair);
        booked(app, &other, &other.mentor, "2026-10-13T22:00:00Z");
        let page = get(app, &offers[0]).expect(200);
        assert!(
            page.text.contains("This time is not free any more"),
            "{}",
            page.text
        );
        assert!(
            page.text.contains("value=\"2026-10-20T22:00:00Z\""),
            "{}",
            page.text
        );
        assert!(
            !page.text.contains("value=\"2026-10-13T22:00:00Z\""),
            "{}",
            page.text
        );
        assert_eq!(meeting(app, &pair, &made)["sequence"], 0);
    });
}

#[test]
fn with_no_common_time_there_are_kind_words() {
    each_database(|app| {
        let pair = pair(app);
        let made = booked(app, &pair, &pair.mentor, "2026-10-06T22:00:00Z");
        let path = format!("/api/v1/persons/{}/exceptions", pair.mentee_id());
        let away = json!({ "kind": "away", "starts_on": "2026-10-01", "ends_on": "2026-12-31" });
        let admin = app.administrator();
        app.post(&admin, &path, &away).expect(201);
        decline(app, &pair.mentee, &made);
        let written = letters(app);
        let letter = letter_to(&written, pair.mentor_id());
        assert_eq!(letter.payload.values["offers"], json!([]));
        assert!(
            letter.words.text.contains("Your coordinator sees it too"),
            "{}",
            letter.words.text
        );
    });
}

#[test]
fn whoever_declines_in_their_calendar_is_offered_other_times_too_once() {
    each_database(|app| {
        let pair = pair(app);
        let made = booked(app, &pair, &pair.mentor, "2026-10-06T22:00:00Z");
        let id = made.json()["id"].as_str().unwrap().parse().unwrap();
        let reply = |says: Says, seconds: i64| {
            let ctx = app.ctx();
            let said = Said {
                meeting_id: id,
                person_id: pair.mentee_id(),
                answer: says,
                comment: None,
                source: Source::Calendar,
                sequence: Some(0),
                stamp: Some(ctx.now.plus(chrono::Duration::seconds(seconds))),
            };
            app.db(|conn| conn.write_tx(|conn| answer(conn, &ctx, said.clone()).map(|_| ())));
        };
        reply(Says::Declined, 1);
        let written = letters(app);
        assert_eq!(written.len(), 2);
        let french = letter_to(&written, pair.mentee_id());
        assert_eq!(offered(app, &french.payload.values).len(), 3);
        insta::assert_snapshot!(
            "reoffering_subject_fr",
            french.words.subject.replace('\u{a0}', " ")
        );
        reply(Says::Accepted, 2);
        letters(app);
        reply(Says::Declined, 3);
        let kinds: Vec<_> = letters(app)
            .iter()
            .map(|(row, _)| row.kind.to_string())
            .collect();
        assert_eq!(kinds, ["meeting-declined"]);
    });
}

#[test]
fn whoever_declines_on_the_page_sees_the_times_there() {
    each_database(|app| {
        let pair = pair(app);
        let body = json!({ "starts_at": "2026-10-06T22:00:00Z" });
        app.post(&pair.mentor, &pair.meetings(), &body).expect(201);
        let path = answer_path(app, letter_to(&letters(app), pair.mentee_id()));
        assert!(!get(app, &path).text.contains("/times?at="));
        let page = get(app, &path);
        let hidden = |name: &str| {
            let mark = format!("name=\"{name}\" value=\"");
            let (_, rest) = page.text.split_once(&mark).unwrap();
            rest.split('"').next().unwrap().to_owned()
        };
        let fields = [
            ("answer", "declined".to_owned()),
            ("sequence", hidden("sequence")),
            ("proof", hidden("proof")),
        ];
        let taken = app
            .send(app.request("POST", &path).form(&fields))
            .expect(303);
        let thanks = get(app, taken.header("location")).expect(200);
        assert_eq!(
            thanks.text.matches("/times?at=").count(),
            3,
            "{}",
            thanks.text
        );
    });
}

#[test]
fn a_choice_that_somebody_counts_on_asks_them_first() {
    each_database(|app| {
        let pair = pair(app);
        let body = json!({ "starts_at": "2026-10-06T22:00:00Z" });
        let made = app.post(&pair.mentor, &pair.meetings(), &body).expect(201);
        let path = answer_path(app, letter_to(&letters(app), pair.mentee_id()));
        let done = press(app, &format!("{path}/times?at=2026-10-13T22:00:00Z")).expect(303);
        assert!(done.header("location").contains("/proposals/"));
        get(app, done.header("location")).expect(200);
        assert_eq!(
            meeting(app, &pair, &made)["starts_at"],
            "2026-10-06T22:00:00Z"
        );
        let written = letters(app);
        assert_eq!(written.len(), 1);
        letter_to(&written, pair.mentor_id());
    });
}

#[test]
fn a_no_and_a_move_at_once_leave_one_truth() {
    each_database(|app| {
        let pair = pair(app);
        let made = booked(app, &pair, &pair.mentor, "2026-10-06T22:00:00Z");
        let (mentor, mentee) = (again(app, &pair.mentor), again(app, &pair.mentee));
        let (no, moved) = std::thread::scope(|scope| {
            let no = scope.spawn(|| {
                let path = format!("{}/attendees/{}/answer", address(&made), pair.mentee_id());
                let request = app.request("PUT", &path).bearer_auth(&mentee.token);
                app.send(request.json(&json!({ "answer": "declined" })))
                    .status
            });
            let moved = scope.spawn(|| {
                let path = format!("{}/reschedule", address(&made));
                let request = app.request("POST", &path).bearer_auth(&mentor.token);
                let body = json!({ "starts_at": "2026-10-13T22:00:00Z" });
                app.send(request.header("If-Match", "*").json(&body)).status
            });
            (no.join().unwrap(), moved.join().unwrap())
        });
        assert_eq!((no, moved), (200, 200));
        let after = meeting(app, &pair, &made);
        assert_eq!(after["starts_at"], "2026-10-13T22:00:00Z");
        // The no came before the move and is undone by it, or after it and is about the new time.
        let answer = after["attendees"][1]["answer"].as_str().unwrap();
        assert!(["needs-action", "declined"].contains(&answer), "{answer}");
    });
}

#[test]
fn a_cancellation_during_an_answer_ends_in_a_cancelled_meeting() {
    each_database(|app| {
        let pair = pair(app);
        let made = booked(app, &pair, &pair.mentor, "2026-10-06T22:00:00Z");
        let (mentor, mentee) = (again(app, &pair.mentor), again(app, &pair.mentee));
        let answered = std::thread::scope(|scope| {
            let answered = scope.spawn(|| {
                let path = format!("{}/attendees/{}/answer", address(&made), pair.mentee_id());
                let request = app.request("PUT", &path).bearer_auth(&mentee.token);
                app.send(request.json(&json!({ "answer": "accepted" })))
            });
            let path = format!("{}/cancel", address(&made));
            let request = app.request("POST", &path).bearer_auth(&mentor.token);
            app.send(request.header("If-Match", "*").json(&json!({})))
                .expect(200);
            answered.join().unwrap()
        });
        assert!([200, 409].contains(&answered.status), "{}", answered.text);
        assert_eq!(meeting(app, &pair, &made)["status"], "cancelled");
        let cancellations = letters(app)
            .iter()
            .filter(|(row, _)| row.kind.to_string() == "meeting-cancellation")
            .count();
        assert_eq!(cancellations, 2);
        app.clock.set(instant("2026-10-07T12:00:00Z"));
        super::fixture::work(app);
        assert!(letters(app).is_empty(), "nobody hears of it again");
    });
}
