//! Hours of meetings: by the API, and by the link in the mail that follows a meeting.

use serde_json::{Value, json};

use super::{act, entries};
use crate::meetings::fixture::{Pair, address, again, answer_path, letter_to, letters, pair};
use crate::support::app::{Answer, Someone, TestApp};
use crate::support::each_database;

const TUESDAY: &str = "2026-10-13T22:00:00Z";

/// A meeting that lies behind, its address, and the mentee's and mentor's pages.
fn met(app: &TestApp, pair: &Pair) -> (String, String) {
    let (address, page) = meeting(app, pair);
    app.clock.advance(chrono::Duration::days(8));
    (address, page)
}

fn meeting(app: &TestApp, pair: &Pair) -> (String, String) {
    let body = json!({ "starts_at": TUESDAY });
    let made = app
        .post(&again(app, &pair.mentor), &pair.meetings(), &body)
        .expect(201);
    let page = answer_path(app, letter_to(&letters(app), pair.mentee_id()));
    (address(&made), format!("{page}/report"))
}

fn report(app: &TestApp, who: &Someone, meeting: &str, body: &Value) -> Answer {
    app.post(&again(app, who), &format!("{meeting}/report"), body)
}

fn states(app: &TestApp, pair: &Pair) -> Vec<(String, i64, String)> {
    let mut found: Vec<_> = entries(app, &pair.coordinator, "")
        .iter()
        .map(|entry| {
            let text = |name: &str| entry[name].as_str().unwrap().to_owned();
            (
                text("role"),
                entry["minutes"].as_i64().unwrap(),
                text("status"),
            )
        })
        .collect();
    found.sort();
    found
}

fn row(role: &str, minutes: i64, status: &str) -> (String, i64, String) {
    (role.to_owned(), minutes, status.to_owned())
}

#[test]
fn a_report_records_both_and_vouches_for_the_other() {
    each_database(|app| {
        let pair = pair(app);
        let (meeting, _) = met(app, &pair);
        let held = json!({"outcome": "held"});
        let answer = report(app, &pair.mentor, &meeting, &held)
            .expect(200)
            .json();
        assert_eq!(answer["items"].as_array().unwrap().len(), 2);
        assert_eq!(answer["items"][0]["worked_on"], "2026-10-13");
        let once = [row("mentee", 60, "attested"), row("mentor", 60, "recorded")];
        assert_eq!(states(app, &pair), once);
        // A double click, and the other's same report: one entry for each person, now both attested.
        report(app, &pair.mentor, &meeting, &held).expect(200);
        assert_eq!(states(app, &pair), once);
        report(app, &pair.mentee, &meeting, &held).expect(200);
        let both = [row("mentee", 60, "attested"), row("mentor", 60, "attested")];
        assert_eq!(states(app, &pair), both);
    });
}

#[test]
fn who_tells_it_otherwise_disputes_the_other_and_corrects_themself() {
    each_database(|app| {
        let pair = pair(app);
        let (meeting, _) = met(app, &pair);
        report(
            app,
            &pair.mentor,
            &meeting,
            &json!({"outcome": "held", "minutes": 60}),
        )
        .expect(200);
        report(
            app,
            &pair.mentee,
            &meeting,
            &json!({"outcome": "held", "minutes": 45}),
        )
        .expect(200);
        let told = [
            row("mentee", -15, "recorded"),
            row("mentee", 60, "attested"),
            row("mentor", 60, "disputed"),
        ];
        assert_eq!(states(app, &pair), told);
        report(
            app,
            &pair.mentor,
            &meeting,
            &json!({"outcome": "held", "minutes": 45}),
        )
        .expect(200);
        let totals = app.get(
            &again(app, &pair.coordinator),
            "/api/v1/hours/totals?by=programme",
        );
        let total = totals.expect(200).json()["items"][0].clone();
        assert_eq!(
            (&total["mentors"]["open"], &total["mentees"]["open"]),
            (&json!(45), &json!(45))
        );
    });
}

#[test]
fn a_meeting_that_did_not_take_place_has_no_hours_and_takes_back_those_it_had() {
    each_database(|app| {
        let pair = pair(app);
        let (meeting, _) = met(app, &pair);
        let nothing =
            report(app, &pair.mentee, &meeting, &json!({"outcome": "not-held"})).expect(200);
        assert_eq!(nothing.json()["items"], json!([]));
        report(
            app,
            &pair.coordinator,
            &meeting,
            &json!({"outcome": "held"}),
        )
        .expect(200);
        let all = [row("mentee", 60, "recorded"), row("mentor", 60, "recorded")];
        assert_eq!(states(app, &pair), all);
        report(
            app,
            &pair.coordinator,
            &meeting,
            &json!({"outcome": "not-held"}),
        )
        .expect(200);
        let total: i64 = states(app, &pair)
            .iter()
            .map(|(_, minutes, _)| minutes)
            .sum();
        assert_eq!(total, 0);
        let read = app
            .get(&again(app, &pair.coordinator), &meeting)
            .expect(200);
        assert_eq!(read.json()["status"], "not-held");
    });
}

#[test]
fn what_is_much_longer_than_planned_is_flagged_and_wrong_orders_are_refused() {
    each_database(|app| {
        let pair = pair(app);
        let (early, _) = meeting(app, &pair);
        let held = json!({"outcome": "held", "minutes": 91});
        let refused = report(app, &pair.mentor, &early, &held).expect(409);
        assert_eq!(refused.problem(), "meeting-not-begun");
        assert!(entries(app, &pair.mentor, "").is_empty());
        app.clock.advance(chrono::Duration::days(8));
        for minutes in [0, 721, -5] {
            let wrong = report(
                app,
                &pair.mentor,
                &early,
                &json!({"outcome": "held", "minutes": minutes}),
            );
            assert_eq!(wrong.expect(422).field_errors(), ["/minutes out-of-range"]);
        }
        let answer = report(app, &pair.mentor, &early, &held).expect(200).json();
        assert_eq!(answer["items"][0]["flags"], json!(["longer-than-meeting"]));
        let stranger = super::pair_elsewhere(app);
        report(app, &stranger.mentor, &early, &held).expect(404);
        report(app, &stranger.coordinator, &early, &held).expect(404);
    });
}

#[test]
fn fifty_reports_at_once_make_one_entry_for_each_person() {
    each_database(|app| {
        let pair = pair(app);
        let (meeting, _) = met(app, &pair);
        let people = [again(app, &pair.mentor), again(app, &pair.mentee)];
        let path = format!("{meeting}/report");
        let body = json!({"outcome": "held", "minutes": 50});
        let answers: Vec<u16> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..50)
                .map(|n| {
                    let (who, path, body) = (&people[n % 2], &path, &body);
                    scope.spawn(move || app.post(who, path, body).status)
                })
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect()
        });
        assert!(answers.iter().all(|status| *status == 200), "{answers:?}");
        let both = [row("mentee", 50, "attested"), row("mentor", 50, "attested")];
        assert_eq!(states(app, &pair), both);
    });
}

#[test]
fn approved_hours_are_corrected_by_staff_at_once_when_the_report_changes() {
    each_database(|app| {
        let pair = pair(app);
        let (meeting, _) = met(app, &pair);
        let made = report(app, &pair.mentor, &meeting, &json!({"outcome": "held"}))
            .expect(200)
            .json();
        act(
            app,
            &pair.coordinator,
            &made["items"][0],
            "approve",
            "*",
            &Value::Null,
        )
        .expect(200);
        report(
            app,
            &pair.coordinator,
            &meeting,
            &json!({"outcome": "held", "minutes": 30}),
        )
        .expect(200);
        let mentors: Vec<_> = states(app, &pair)
            .into_iter()
            .filter(|(role, ..)| role == "mentor")
            .collect();
        assert_eq!(
            mentors,
            [
                row("mentor", -30, "approved"),
                row("mentor", 60, "approved")
            ]
        );
    });
}

fn get(app: &TestApp, path: &str) -> Answer {
    app.send(app.request("GET", path))
}

fn proof(page: &Answer) -> String {
    let (_, rest) = page
        .text
        .split_once("name=\"proof\" value=\"")
        .expect("a form");
    rest.split('"').next().unwrap().to_owned()
}

#[test]
fn l1_the_link_in_the_mail_changes_nothing_and_its_button_records() {
    each_database(|app| {
        let pair = pair(app);
        let (_, page) = met(app, &pair);
        let asked = format!("{page}?outcome=held&lang=fr&utm_source=x");
        let shown = get(app, &asked).expect(200);
        assert!(shown.text.contains("Avez-vous rencontré"), "{}", shown.text);
        assert_eq!(app.send(app.request("HEAD", &asked)).status, 200);
        assert!(entries(app, &pair.coordinator, "").is_empty());
        let form = [
            ("outcome", "held"),
            ("minutes", "50"),
            ("proof", &proof(&shown)),
        ];
        let taken = app.send(app.request("POST", &page).form(&form)).expect(303);
        assert_eq!(
            states(app, &pair),
            [row("mentee", 50, "recorded"), row("mentor", 50, "attested")]
        );
        let thanks = get(app, taken.header("location")).expect(200);
        assert!(thanks.text.contains("50 minutes"), "{}", thanks.text);
        // Again, and then the other way: one may change one's mind.
        app.send(app.request("POST", &page).form(&form)).expect(303);
        let not = [
            ("outcome", "not-held"),
            ("minutes", ""),
            ("proof", &proof(&shown)),
        ];
        app.send(app.request("POST", &page).form(&not)).expect(303);
        let mentee: i64 = states(app, &pair)
            .iter()
            .filter(|(role, ..)| role == "mentee")
            .map(|row| row.1)
            .sum();
        assert_eq!(mentee, 0);
    });
}

#[test]
fn the_page_refuses_what_is_not_its_own_and_says_what_is_wrong() {
    each_database(|app| {
        let pair = pair(app);
        let (meeting, page) = meeting(app, &pair);
        let early = get(app, &page).expect(200);
        assert!(early.text.contains("has not begun"), "{}", early.text);
        assert!(!early.text.contains("<form method=\"post\" action=\"/m/"));
        app.clock.advance(chrono::Duration::days(8));
        let shown = get(app, &page).expect(200);
        let forged = [("outcome", "held"), ("minutes", "50"), ("proof", "00")];
        app.send(app.request("POST", &page).form(&forged))
            .expect(400);
        for minutes in ["0", "721", "an hour", "-5"] {
            let wrong = [
                ("outcome", "held"),
                ("minutes", minutes),
                ("proof", &proof(&shown)),
            ];
            let answer = app
                .send(app.request("POST", &page).form(&wrong))
                .expect(422);
            assert!(
                answer.text.contains("Must lie between 1 and 720"),
                "{}",
                answer.text
            );
        }
        assert!(entries(app, &pair.coordinator, "").is_empty());
        get(app, &format!("/m/{}/report", "0".repeat(40))).expect(404);
        assert!(!meeting.is_empty());
    });
}
