//! Attesting, disputing, approving, rejecting, correcting.

use chrono::Duration;
use passerelle::db::jobs;
use passerelle::hours::tell;
use serde_json::{Value, json};

use super::{act, an_hour, entries, write};
use crate::meetings::fixture::{again, letter_to, letters, pair};
use crate::support::app::TestApp;
use crate::support::each_database;

/// Does the jobs of this room that are due.
fn work(app: &TestApp) {
    let now = app.ctx().now;
    let due = app.db(|conn| Ok(jobs::claim(conn, now, "test", Duration::seconds(60), 50)?));
    for job in due {
        app.db(|conn| {
            jobs::perform(conn, &job, "test", now, |conn| {
                tell::run(conn, &app.ctx(), &job).map(|_| ())
            })
        });
    }
}

#[test]
fn whoever_loses_hours_is_told_once_with_every_reason_and_in_their_language() {
    each_database(|app| {
        let pair = pair(app);
        let mut second = an_hour(&pair);
        second["minutes"] = json!(20);
        for (who, body) in [
            (&pair.mentor, an_hour(&pair)),
            (&pair.mentor, second),
            (&pair.mentee, an_hour(&pair)),
        ] {
            write(app, who, &body).expect(201);
        }
        for (n, entry) in entries(app, &pair.coordinator, "").iter().enumerate() {
            let reason = json!({ "reason": format!("Reason {n}.") });
            act(app, &pair.coordinator, entry, "reject", "\"1\"", &reason).expect(200);
        }
        work(app);
        assert_eq!(
            letters(app).len(),
            0,
            "what is decided together is told together"
        );
        app.clock.advance(Duration::minutes(10));
        work(app);
        let told = letters(app);
        assert_eq!(told.len(), 2, "one mail for each person");
        let to_mentor = &letter_to(&told, pair.mentor_id()).words;
        assert!(to_mentor.subject.contains("not accepted"), "{to_mentor:?}");
        assert_eq!(
            to_mentor.text.matches("Reason ").count(),
            2,
            "{to_mentor:?}"
        );
        assert!(
            to_mentor
                .text
                .contains("Tuesday 6 October 2026, preparation, 20 minutes")
        );
        let to_mentee = &letter_to(&told, pair.mentee_id()).words;
        assert!(
            to_mentee.text.contains("mardi 6 octobre 2026"),
            "{to_mentee:?}"
        );
        app.clock.advance(Duration::hours(1));
        work(app);
        assert_eq!(letters(app).len(), 0);
    });
}

#[test]
fn the_other_person_attests_and_the_coordinator_approves() {
    each_database(|app| {
        let pair = pair(app);
        let entry = write(app, &pair.mentor, &an_hour(&pair)).expect(201).json();
        let own = act(app, &pair.mentor, &entry, "attest", "\"1\"", &Value::Null);
        assert_eq!(own.expect(409).problem(), "hours-own-entry");
        act(
            app,
            &pair.coordinator,
            &entry,
            "attest",
            "\"1\"",
            &Value::Null,
        )
        .expect(403);
        let attested = act(app, &pair.mentee, &entry, "attest", "\"1\"", &Value::Null).expect(200);
        assert_eq!(attested.json()["status"], "attested");
        for who in [&pair.mentor, &pair.mentee] {
            act(app, who, &entry, "approve", "\"2\"", &Value::Null).expect(403);
        }
        let approved = act(
            app,
            &pair.coordinator,
            &entry,
            "approve",
            "\"2\"",
            &Value::Null,
        )
        .expect(200);
        assert_eq!(approved.json()["status"], "approved");
        assert_eq!(approved.header("etag"), "\"3\"");
    });
}

#[test]
fn a_double_click_finds_the_entry_changed_and_a_decision_is_final() {
    each_database(|app| {
        let pair = pair(app);
        let entry = write(app, &pair.mentor, &an_hour(&pair)).expect(201).json();
        let request = |tag| act(app, &pair.coordinator, &entry, "approve", tag, &Value::Null);
        request("\"1\"").expect(200);
        request("\"1\"").expect(412);
        assert_eq!(request("\"2\"").expect(409).problem(), "hours-decided");
        let late = act(
            app,
            &pair.mentee,
            &entry,
            "dispute",
            "\"2\"",
            &json!({"reason": "no"}),
        );
        assert_eq!(late.expect(409).problem(), "hours-decided");
        let path = format!("/api/v1/hours/{}/approve", entry["id"].as_str().unwrap());
        app.post(&pair.coordinator, &path, &Value::Null).expect(428);
    });
}

#[test]
fn a_dispute_and_a_rejection_need_a_reason_which_both_read() {
    each_database(|app| {
        let pair = pair(app);
        let entry = write(app, &pair.mentor, &an_hour(&pair)).expect(201).json();
        let blank = act(
            app,
            &pair.mentee,
            &entry,
            "dispute",
            "\"1\"",
            &json!({"reason": " "}),
        );
        assert_eq!(blank.expect(422).field_errors(), ["/reason required"]);
        let reason = json!({"reason": "C'était en septembre."});
        let disputed = act(app, &pair.mentee, &entry, "dispute", "\"1\"", &reason).expect(200);
        assert_eq!(disputed.json()["dispute_reason"], "C'était en septembre.");
        let none = act(
            app,
            &pair.coordinator,
            &entry,
            "reject",
            "\"2\"",
            &json!({}),
        );
        assert_eq!(none.expect(422).field_errors(), ["/reason required"]);
        let reason = json!({"reason": "Not this month."});
        act(app, &pair.coordinator, &entry, "reject", "\"2\"", &reason).expect(200);
        let read = entries(app, &pair.mentor, "status=rejected");
        assert_eq!(read[0]["decision_reason"], "Not this month.");
        // A rejected entry may be written anew.
        write(app, &pair.mentor, &an_hour(&pair)).expect(201);
    });
}

#[test]
fn hours_of_a_day_to_come_are_not_approved_before_it() {
    each_database(|app| {
        let pair = pair(app);
        let mut entry = an_hour(&pair);
        entry["worked_on"] = json!("2026-10-07");
        let entry = write(app, &pair.mentor, &entry).expect(201).json();
        let early = act(app, &pair.coordinator, &entry, "approve", "*", &Value::Null);
        assert_eq!(early.expect(409).problem(), "hours-future");
        app.clock.advance(chrono::Duration::days(1));
        act(app, &pair.coordinator, &entry, "approve", "*", &Value::Null).expect(200);
    });
}

#[test]
fn a_correction_stands_beside_the_entry_with_the_difference() {
    each_database(|app| {
        let pair = pair(app);
        let entry = write(app, &pair.mentor, &an_hour(&pair)).expect(201).json();
        act(app, &pair.coordinator, &entry, "approve", "*", &Value::Null).expect(200);
        let right = json!({"minutes": 45, "reason": "It was shorter."});
        let other = act(app, &pair.mentee, &entry, "correct", "*", &right);
        assert_eq!(other.expect(409).problem(), "hours-not-yours");
        // The mentor's own correction waits; a coordinator's counts at once.
        let first = act(app, &pair.mentor, &entry, "correct", "\"2\"", &right)
            .expect(201)
            .json();
        assert_eq!(
            (&first["minutes"], &first["status"]),
            (&json!(-15), &json!("recorded"))
        );
        assert_eq!(first["corrects_id"], entry["id"]);
        act(app, &pair.mentor, &entry, "correct", "\"2\"", &right).expect(412);
        let same = act(app, &pair.mentor, &entry, "correct", "*", &right);
        assert_eq!(same.expect(409).problem(), "hours-same-minutes");
        let more = json!({"minutes": 50, "reason": "Said on the phone."});
        let second = act(app, &pair.coordinator, &entry, "correct", "*", &more)
            .expect(201)
            .json();
        assert_eq!(
            (&second["minutes"], &second["status"]),
            (&json!(5), &json!("approved"))
        );
        let nested = act(app, &pair.coordinator, &first, "correct", "*", &more);
        assert_eq!(nested.expect(409).problem(), "hours-not-an-original");
        act(app, &pair.coordinator, &first, "approve", "*", &Value::Null).expect(200);
        let totals = app
            .get(&again(app, &pair.mentor), "/api/v1/hours/totals?by=person")
            .expect(200);
        assert_eq!(
            totals.json()["items"][0]["mentors"],
            json!({"approved": 50, "open": 0})
        );
        // The first entry says what it always said.
        let read = app.get(
            &pair.mentor,
            &format!("/api/v1/hours/{}", entry["id"].as_str().unwrap()),
        );
        assert_eq!(read.json()["minutes"], 60);
    });
}

#[test]
fn a_rejection_takes_the_corrections_with_it() {
    each_database(|app| {
        let pair = pair(app);
        let entry = write(app, &pair.mentor, &an_hour(&pair)).expect(201).json();
        let right = json!({"minutes": 0, "reason": "Wrong day."});
        let counter = act(app, &pair.mentor, &entry, "correct", "*", &right)
            .expect(201)
            .json();
        let early = act(
            app,
            &pair.coordinator,
            &counter,
            "approve",
            "*",
            &Value::Null,
        );
        assert_eq!(early.expect(409).problem(), "hours-original-undecided");
        let reason = json!({"reason": "Wrong day."});
        act(app, &pair.coordinator, &entry, "reject", "*", &reason).expect(200);
        assert_eq!(entries(app, &pair.mentor, "status=rejected").len(), 2);
        let late = act(app, &pair.mentor, &entry, "correct", "*", &right);
        assert_eq!(late.expect(409).problem(), "hours-decided");
    });
}

#[test]
fn many_are_decided_each_by_itself() {
    each_database(|app| {
        let one = pair(app);
        let elsewhere = pair(app);
        let hour = |pair, minutes: i32| {
            let mut entry = an_hour(pair);
            entry["minutes"] = json!(minutes);
            write(app, &pair.mentor, &entry).expect(201).json()
        };
        let (good, stale, theirs) = (hour(&one, 10), hour(&one, 20), hour(&elsewhere, 30));
        let seen = |entry: &Value, version: i32| json!({"id": entry["id"], "version": version});
        let body = json!({
            "decision": "approve",
            "entries": [seen(&good, 1), seen(&stale, 9), seen(&theirs, 1)]
        });
        let answer = app
            .post(&one.coordinator, "/api/v1/hours/decisions", &body)
            .expect(200)
            .json();
        let outcomes: Vec<_> = answer["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| {
                (
                    item["status"].as_str().unwrap_or("-"),
                    item["problem"].as_str().unwrap_or("-"),
                )
            })
            .collect();
        assert_eq!(
            outcomes,
            [("approved", "-"), ("-", "stale"), ("-", "not-found")]
        );
        app.post(&one.mentor, "/api/v1/hours/decisions", &body)
            .expect(403);
        let blank = json!({"decision": "reject", "entries": [seen(&stale, 1)]});
        let blank = app
            .post(&one.coordinator, "/api/v1/hours/decisions", &blank)
            .expect(422);
        assert_eq!(blank.field_errors(), ["/reason required"]);
        let none = json!({"decision": "approve", "entries": []});
        app.post(&one.coordinator, "/api/v1/hours/decisions", &none)
            .expect(422);
    });
}

#[test]
fn nobody_approves_their_own_hours_whatever_their_roles() {
    use passerelle::kernel::Role;
    each_database(|app| {
        let pair = pair(app);
        let roles = [
            (Role::Mentor, None),
            (Role::Coordinator, Some(pair.programme_id)),
        ];
        let both = app.someone_with(&roles, None);
        app.db(|conn| {
            use diesel::prelude::*;
            use passerelle::db::schema::accounts;
            diesel::update(accounts::table.filter(accounts::person_id.eq(pair.mentor_id())))
                .set(accounts::person_id.eq(None::<passerelle::kernel::ids::PersonId>))
                .execute(conn)?;
            diesel::update(accounts::table.find(both.account_id))
                .set(accounts::person_id.eq(pair.mentor_id()))
                .execute(conn)?;
            Ok(())
        });
        let both = again(app, &both);
        let entry = write(app, &both, &an_hour(&pair)).expect(201).json();
        let own = act(app, &both, &entry, "approve", "*", &Value::Null);
        assert_eq!(own.expect(409).problem(), "hours-own-entry");
    });
}
