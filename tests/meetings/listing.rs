//! Lists, their filters, and what they cost.

use passerelle::kernel::Role;
use serde_json::json;

use super::fixture::{another_mentee, booked, pair};
use crate::support::each_database;

#[test]
fn everybody_lists_what_is_theirs_and_can_filter_and_turn_it() {
    each_database(|app| {
        let (ours, theirs) = (pair(app), pair(app));
        let days = ["06", "13", "20", "27"];
        for day in days {
            booked(
                app,
                &ours,
                &ours.mentor,
                &format!("2026-10-{day}T22:00:00Z"),
            );
            booked(
                app,
                &theirs,
                &theirs.mentor,
                &format!("2026-10-{day}T22:00:00Z"),
            );
        }
        let starts = |who: &crate::support::app::Someone, query: &str| -> Vec<String> {
            let list = app
                .get(who, &format!("/api/v1/meetings{query}"))
                .expect(200)
                .json();
            let items = list["items"].as_array().unwrap().clone();
            items
                .iter()
                .map(|one| one["starts_at"].as_str().unwrap()[8..10].to_owned())
                .collect()
        };
        assert_eq!(starts(&ours.mentee, ""), days);
        assert_eq!(starts(&ours.coordinator, ""), days);
        assert_eq!(starts(&app.administrator(), "").len(), 8);
        assert_eq!(starts(&app.someone(Role::Coach, None, None), "").len(), 0);
        assert_eq!(
            starts(&ours.mentor, "?sort=-starts_at"),
            ["27", "20", "13", "06"]
        );
        assert_eq!(
            starts(
                &ours.mentor,
                "?from=2026-10-06T23:00:00Z&until=2026-10-20T22:00:00Z"
            ),
            ["13"]
        );
        assert_eq!(starts(&ours.mentor, "?status=cancelled").len(), 0);
        let theirs_only = format!("?programme_id={}", theirs.programme_id);
        assert_eq!(starts(&ours.mentor, &theirs_only).len(), 0);
        assert_eq!(starts(&app.administrator(), &theirs_only).len(), 4);
        let by_person = format!("?person_id={}", theirs.mentee_id());
        assert_eq!(starts(&app.administrator(), &by_person).len(), 4);

        let mut seen = Vec::new();
        let mut path = "/api/v1/meetings?limit=3&sort=-starts_at".to_owned();
        loop {
            let page = app.get(&ours.mentor, &path).expect(200);
            let items = page.json()["items"].as_array().unwrap().clone();
            seen.extend(
                items
                    .iter()
                    .map(|one| one["starts_at"].as_str().unwrap()[8..10].to_owned()),
            );
            match page.json()["next_cursor"].as_str() {
                Some(next) => {
                    path = format!("/api/v1/meetings?limit=3&sort=-starts_at&cursor={next}")
                }
                None => break,
            }
        }
        assert_eq!(seen, ["27", "20", "13", "06"]);
        let wrong = app
            .get(&ours.mentor, "/api/v1/meetings?sort=title")
            .expect(422);
        assert_eq!(wrong.field_errors(), ["?sort unknown-value"]);
    });
}

#[test]
fn a_coach_sees_the_meetings_of_those_whom_they_follow() {
    use diesel::prelude::*;
    use passerelle::db::schema::persons;
    each_database(|app| {
        let pair = pair(app);
        let coach = app.someone(Role::Coach, None, None);
        app.db(|conn| {
            diesel::update(persons::table.find(pair.mentee_id()))
                .set(persons::coach_id.eq(coach.account_id))
                .execute(conn)?;
            Ok(())
        });
        let made = booked(app, &pair, &pair.mentor, "2026-10-06T22:00:00Z");
        app.get(&coach, made.header("location")).expect(200);
        let list = app.get(&coach, "/api/v1/meetings").expect(200).json();
        assert_eq!(list["items"].as_array().unwrap().len(), 1);
    });
}

#[test]
fn a_request_runs_as_many_queries_for_many_rows_as_for_one() {
    each_database(|app| {
        let pair = pair(app);
        let other = another_mentee(app, &pair);
        booked(app, &pair, &pair.mentor, "2026-10-06T22:00:00Z");
        let list = || {
            app.queries(|| {
                app.get(&pair.coordinator, "/api/v1/meetings").expect(200);
            })
        };
        let slots = || {
            app.queries(|| {
                app.get(&pair.mentor, &format!("{}?weeks=10", pair.slots()))
                    .expect(200);
            })
        };
        let (one, empty) = (list(), slots());
        for day in ["13", "20", "27"] {
            booked(
                app,
                &pair,
                &pair.mentor,
                &format!("2026-10-{day}T22:00:00Z"),
            );
            let later = json!({ "starts_at": format!("2026-10-{day}T23:30:00Z") });
            app.post(&pair.mentor, &other.meetings(), &later)
                .expect(201);
        }
        assert_eq!(list(), one);
        assert_eq!(slots(), empty);
        assert!(one <= 5, "{one} queries for a list, the sign-in included");
        assert!(
            empty <= 10,
            "{empty} queries for slots, the sign-in included"
        );
    });
}
