//! The audit log: every change leaves a line, and who may read it.

use passerelle::kernel::Role;
use serde_json::{Value, json};

use super::{account, last_link, send, signed_in};
use crate::support::app::{Someone, TestApp};
use crate::support::each_database;
use crate::support::people::{Made, mentee, open_programme, person};

fn lines(app: &TestApp, who: &Someone, query: &str) -> Vec<Value> {
    let answer = app.get(who, &format!("/api/v1/audit{query}")).expect(200);
    answer.json()["items"].as_array().unwrap().clone()
}

fn actions(lines: &[Value]) -> Vec<&str> {
    lines
        .iter()
        .map(|line| line["action"].as_str().unwrap())
        .collect()
}

#[test]
fn every_change_says_who_when_what_before_and_after_and_never_a_secret() {
    each_database(|app| {
        let admin = app.administrator();
        let programme = open_programme(app, "genie");
        let invited = app
            .post(
                &admin,
                "/api/v1/accounts",
                &json!({"email": "n@example.org", "display_name": "N",
                "role": "coordinator", "programme_id": programme.id}),
            )
            .expect(201)
            .json();
        let path = format!("/api/v1/accounts/{}", invited["id"].as_str().unwrap());
        app.clock.advance(chrono::Duration::seconds(1));
        let body = json!({"token": last_link(app), "password": "quatre lampes bleues"});
        send(app, "/api/v1/passwords", &body).expect(204);
        app.clock.advance(chrono::Duration::seconds(1));
        app.patch(&admin, &path, "*", &json!({"display_name": "Nadia"}))
            .expect(200);
        app.clock.advance(chrono::Duration::seconds(1));
        app.post(
            &admin,
            &format!("{path}/grants"),
            &json!({"role": "administrator"}),
        )
        .expect(201);
        app.clock.advance(chrono::Duration::seconds(1));
        app.post(&admin, &format!("{path}/disable"), &json!({}))
            .expect(200);
        let query = format!("?object_id={}", invited["id"].as_str().unwrap());
        let found = lines(app, &admin, &query);
        assert_eq!(
            actions(&found),
            [
                "account.disable",
                "account.grant",
                "account.update",
                "account.set-password",
                "account.create"
            ]
        );
        let update = &found[2];
        assert_eq!(update["actor_id"], admin.account_id.to_string());
        assert_eq!(update["actor_name"], "Test");
        assert_eq!(update["before"]["display_name"], "N");
        assert_eq!(update["after"]["display_name"], "Nadia");
        assert_eq!(update["at"], "2026-10-06T12:00:02Z");
        // The owner of the link set the password.
        assert_eq!(found[3]["actor_id"], invited["id"]);
        let text = serde_json::to_string(&found).unwrap();
        for secret in ["argon2", "quatre lampes", "password_hash", "token_hash"] {
            assert!(!text.contains(secret), "{secret}");
        }
    });
}

#[test]
fn the_log_is_filtered_and_paged_without_gap_or_repetition() {
    each_database(|app| {
        let admin = app.administrator();
        account(app, "a@example.org", &[(Role::Administrator, None)]);
        for _ in 0..7 {
            signed_in(app, "a@example.org");
        }
        let all = lines(app, &admin, "?action=session.start");
        assert_eq!(all.len(), 7);
        let mut seen = Vec::new();
        let mut path = "/api/v1/audit?action=session.start&limit=3".to_owned();
        for _ in 0..3 {
            let page = app.get(&admin, &path).expect(200).json();
            seen.extend(page["items"].as_array().unwrap().clone());
            let Some(cursor) = page["next_cursor"].as_str() else {
                break;
            };
            path = format!("/api/v1/audit?action=session.start&limit=3&cursor={cursor}");
        }
        assert_eq!(seen, all);
        assert_eq!(lines(app, &admin, "?object_type=account").len(), 1);
        assert_eq!(lines(app, &admin, "?since=2026-10-06T12:00:01Z").len(), 0);
        assert_eq!(lines(app, &admin, "?until=2026-10-06T12:00:00Z").len(), 0);
        assert_eq!(lines(app, &admin, "?since=2026-10-06T12:00:00Z").len(), 8);
        // Three queries, however many lines: who asks, the lines, the names.
        for limit in [1, 8] {
            let path = format!("/api/v1/audit?limit={limit}");
            assert_eq!(app.queries(|| drop(app.get(&admin, &path).expect(200))), 3);
        }
        app.get(&admin, "/api/v1/audit?object_id=x").expect(422);
        app.get(&admin, "/api/v1/audit?since=yesterday").expect(422);
    });
}

#[test]
fn a_coordinator_reads_the_lines_of_their_programmes_only() {
    each_database(|app| {
        let (ours, theirs) = (open_programme(app, "ours"), open_programme(app, "theirs"));
        account(app, "a@example.org", &[(Role::Coach, Some(ours.id))]);
        account(app, "b@example.org", &[(Role::Coach, Some(theirs.id))]);
        account(app, "c@example.org", &[]);
        let staff = app.someone(Role::Coordinator, Some(ours.id), None);
        let seen = lines(app, &staff, "");
        assert_eq!(seen.len(), 1);
        assert_eq!(seen[0]["after"]["email"], "a@example.org");
        assert_eq!(
            lines(app, &staff, &format!("?programme_id={}", theirs.id)).len(),
            0
        );
        for role in [Role::Coach, Role::Mentor, Role::Mentee] {
            let who = app.someone(role, Some(ours.id), None);
            app.get(&who, "/api/v1/audit").expect(403);
        }
    });
}

#[test]
fn a_coordinator_reads_the_lines_about_a_person_while_they_take_part_and_no_others() {
    each_database(|app| {
        let (ours, theirs) = (open_programme(app, "ours"), open_programme(app, "theirs"));
        let admin = app.administrator();
        let staff = app.someone(Role::Coordinator, Some(ours.id), None);
        let strangers = app.someone(Role::Coordinator, Some(theirs.id), None);
        let someone = person(app, &Made::default());
        let rename = |name: &str| {
            app.clock.advance(chrono::Duration::seconds(1));
            let path = format!("/api/v1/persons/{someone}");
            app.patch(&admin, &path, "*", &json!({"given_name": name}))
                .expect(200);
            app.clock.advance(chrono::Duration::seconds(1));
        };
        rename("Before");
        let enrolled = mentee(app, &ours, someone, None).id;
        rename("During");
        let leave = app
            .request("POST", &format!("/api/v1/participations/{enrolled}/leave"))
            .header("If-Match", "*")
            .json(&json!({"reason": "moved"}));
        app.send(leave.bearer_auth(&admin.token)).expect(200);
        rename("After");
        let path = format!("?object_type=person&object_id={someone}");
        assert_eq!(lines(app, &admin, &path).len(), 3);
        let seen = lines(app, &staff, &path);
        assert_eq!(seen.len(), 1);
        assert_eq!(seen[0]["after"]["given_name"], "During");
        assert!(lines(app, &strangers, &path).is_empty());
    });
}
