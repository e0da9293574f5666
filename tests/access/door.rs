//! Whoever may never do a thing learns nothing from trying.

use passerelle::kernel::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::each_database;
use crate::support::people::together;

#[test]
fn a_role_that_has_no_part_in_it_cannot_tell_what_is_there_from_what_is_not() {
    each_database(|app| {
        let pair = together(app, "genie");
        let mentee = app.someone(Role::Mentee, None, Some(pair.mentee_id));
        let coach = app.someone(Role::Coach, None, None);
        let there = pair.programme.id.0;
        let ended = pair.mentorship.id.0;
        for who in [&mentee, &coach] {
            let answer = |method: &str, path: String, body: Value| {
                let request = app.request(method, &path).bearer_auth(&who.token);
                let answer = app.send(request.header("If-Match", "*").json(&body));
                (answer.status, answer.problem())
            };
            let forbidden = (403, "forbidden".to_owned());
            let close = json!({ "reason": "over", "mentorships": "end" });
            let end = json!({ "reason": "completed" });
            for id in [there, ended, Uuid::from_u128(7)] {
                let closing = format!("/api/v1/programmes/{id}/close");
                assert_eq!(answer("POST", closing, close.clone()), forbidden);
                let ending = format!("/api/v1/mentorships/{id}/end");
                assert_eq!(answer("POST", ending, end.clone()), forbidden);
            }
            for id in [there, Uuid::from_u128(7)] {
                let path = format!("/api/v1/programmes/{id}/settings");
                assert_eq!(answer("GET", path, json!({})), forbidden);
            }
        }
    });
}

#[test]
fn whoever_has_lost_every_role_is_still_known_and_may_do_nothing() {
    each_database(|app| {
        let nobody = app.someone_with(&[], None);
        for path in ["persons", "programmes", "hours", "me"] {
            app.get(&nobody, &format!("/api/v1/{path}")).expect(403);
        }
    });
}
