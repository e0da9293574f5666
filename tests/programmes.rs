//! Programmes through the front door.

use serde_json::{Value, json};

use passerelle::kernel::Role;

use crate::support::each_database;
use crate::support::people::{self, Made, together};

/// A valid programme.
pub fn programme(slug: &str) -> Value {
    json!({
        "slug": slug, "name_en": "Engineering 2026", "name_fr": "Génie 2026",
        "starts_on": "2026-09-01", "ends_on": "2027-06-30", "target_minutes": 1440,
        "meeting_minutes": 60, "rhythm_days": 14, "zone": "America/Toronto", "province": "QC"
    })
}

#[test]
fn an_administrator_makes_a_programme_and_reads_it_back_with_its_etag() {
    each_database(|app| {
        let admin = app.administrator();
        let made = app
            .post(&admin, "/api/v1/programmes", &programme("genie-2026"))
            .expect(201);
        let read = app.get(&admin, made.header("location")).expect(200);
        assert_eq!(read.json()["name_fr"], "Génie 2026");
        assert!(read.header("etag").starts_with("\"1-"));
        let again = app
            .post(&admin, "/api/v1/programmes", &programme("genie-2026"))
            .expect(409);
        assert_eq!(again.problem(), "slug-taken");
    });
}

#[test]
fn every_fault_of_a_programme_is_told_at_once_with_its_pointer() {
    each_database(|app| {
        let admin = app.administrator();
        let mut bad = programme("Génie 2026");
        bad["meeting_minutes"] = json!(5);
        bad["zone"] = json!("Mars/Olympus");
        let answer = app.post(&admin, "/api/v1/programmes", &bad).expect(422);
        assert_eq!(
            answer.field_errors(),
            ["/slug slug", "/meeting_minutes out-of-range", "/zone zone"]
        );
    });
}

#[test]
fn a_programme_is_changed_only_by_who_has_read_its_version() {
    each_database(|app| {
        let admin = app.administrator();
        let made = app
            .post(&admin, "/api/v1/programmes", &programme("genie"))
            .expect(201);
        let at = made.header("location").to_owned();
        let rename = json!({"name_fr": "Génie civil", "province": null});
        let missing = app.send(
            app.request("PATCH", &at)
                .bearer_auth(&admin.token)
                .json(&rename),
        );
        missing.expect(428);
        let changed = app.patch(&admin, &at, "\"1\"", &rename).expect(200);
        assert_eq!(changed.header("etag"), "\"2\"");
        assert_eq!(changed.json()["name_fr"], "Génie civil");
        assert_eq!(changed.json()["name_en"], "Engineering 2026");
        assert_eq!(changed.json()["province"], Value::Null);
        app.patch(&admin, &at, "\"1\"", &rename).expect(412);
        let wrong = json!({"ends_on": "2020-01-01", "colour": "red"});
        app.patch(&admin, &at, "\"2\"", &wrong).expect(422);
    });
}

#[test]
fn settings_are_shown_complete_beside_the_defaults_and_checked_as_a_whole() {
    each_database(|app| {
        let programme = people::open_programme(app, "genie");
        let coordinator = app.someone(Role::Coordinator, Some(programme.id), None);
        let at = format!("/api/v1/programmes/{}/settings", programme.id);
        let read = app.get(&coordinator, &at).expect(200);
        assert_eq!(read.json()["settings"], read.json()["defaults"]);
        assert_eq!(
            read.json()["settings"]["matching"]["weights"]["profession"],
            35
        );
        let wrong = json!({"matching": {"weights": {"topics": -1}, "floor": 20_000}});
        let refused = app
            .put(&coordinator, &at, read.header("etag"), &wrong)
            .expect(422);
        assert_eq!(
            refused.field_errors(),
            [
                "/matching/weights/topics out-of-range",
                "/matching/floor out-of-range"
            ]
        );
        let unknown = json!({"matching": {"wieghts": {}}});
        app.put(&coordinator, &at, read.header("etag"), &unknown)
            .expect(422);
        let new = json!({"matching": {"objective": "total", "floor": 3000}, "meetings": {"reminders_minutes": [30]}});
        let saved = app
            .put(&coordinator, &at, read.header("etag"), &new)
            .expect(200);
        let read = app.get(&coordinator, &at).expect(200);
        let version = saved.header("etag").trim_end_matches('"');
        assert!(read.header("etag").starts_with(&format!("{version}-")));
        assert_eq!(read.json()["settings"]["matching"]["objective"], "total");
        assert_eq!(
            read.json()["settings"]["matching"]["least_overlap_minutes"],
            60
        );
        assert_eq!(
            read.json()["settings"]["meetings"]["reminders_minutes"],
            json!([30])
        );
        let elsewhere = people::open_programme(app, "autre");
        let stranger = app.someone(Role::Coordinator, Some(elsewhere.id), None);
        app.get(&stranger, &at).expect(404);
        let mentee = app.someone(Role::Mentee, None, None);
        app.get(&mentee, &at).expect(403);
    });
}

#[test]
fn people_are_enrolled_once_on_each_side_leave_with_a_reason_and_come_back() {
    each_database(|app| {
        let programme = people::open_programme(app, "genie");
        let coordinator = app.someone(Role::Coordinator, Some(programme.id), None);
        let amina = people::person(app, &Made::default());
        let list = format!("/api/v1/programmes/{}/participations", programme.id);
        let join = |body: Value| app.post(&coordinator, &list, &body);
        let made = join(json!({"person_id": amina, "side": "mentor", "capacity": 3})).expect(201);
        let twice = join(json!({"person_id": amina, "side": "mentor"})).expect(409);
        assert_eq!(twice.problem(), "already-enrolled");
        join(
            json!({"person_id": amina, "side": "mentee", "waiting_since": "2026-08-01T00:00:00Z"}),
        )
        .expect(201);
        let at = made.header("location").to_owned();
        app.post(
            &coordinator,
            &format!("{at}/leave"),
            &json!({"reason": "moved"}),
        )
        .expect(428);
        let leave = |reason: &str| {
            app.send(
                app.request("POST", &format!("{at}/leave"))
                    .bearer_auth(&coordinator.token)
                    .header("If-Match", "*")
                    .json(&json!({"reason": reason})),
            )
        };
        assert_eq!(leave("  ").expect(422).field_errors(), ["/reason required"]);
        let left = leave("moved").expect(200);
        assert_eq!(left.json()["status"], "left");
        assert_eq!(leave("moved").expect(409).problem(), "participation-left");
        let back = join(json!({"person_id": amina, "side": "mentor"})).expect(201);
        assert_eq!(back.json()["id"], made.json()["id"]);
        assert_eq!(back.json()["capacity"], 3);
    });
}

#[test]
fn an_enrolment_with_faults_is_refused_with_all_of_them() {
    each_database(|app| {
        let programme = people::open_programme(app, "genie");
        let coordinator = app.someone(Role::Coordinator, Some(programme.id), None);
        let list = format!("/api/v1/programmes/{}/participations", programme.id);
        let amina = people::person(app, &Made::default());
        for (body, faults) in [
            (
                json!({"person_id": amina, "side": "mentor", "capacity": 0}),
                vec!["/capacity out-of-range"],
            ),
            (
                json!({"person_id": amina, "side": "mentor", "capacity": 21}),
                vec!["/capacity out-of-range"],
            ),
            (
                json!({"person_id": amina, "side": "mentee", "capacity": 2}),
                vec!["/capacity out-of-range"],
            ),
            (
                json!({"person_id": amina, "side": "mentee", "waiting_since": "2030-01-01T00:00:00Z"}),
                vec!["/waiting_since in-the-future"],
            ),
            (
                json!({"person_id": "0192f000-0000-7000-8000-000000000000", "side": "mentee"}),
                vec!["/person_id not-found"],
            ),
        ] {
            let refused = app.post(&coordinator, &list, &body).expect(422);
            assert_eq!(refused.field_errors(), faults, "{body}");
        }
    });
}

#[test]
fn places_cannot_be_fewer_than_are_taken() {
    each_database(|app| {
        let pair = together(app, "genie");
        let coordinator = app.someone(Role::Coordinator, Some(pair.programme.id), None);
        let mentor = app.someone(Role::Mentor, None, Some(pair.mentor_id));
        let at = format!("/api/v1/participations/{}", pair.mentor);
        let other = app.someone(Role::Mentor, None, Some(pair.mentee_id));
        app.get(&other, &at).expect(404);
        let read = app.get(&mentor, &at).expect(200);
        assert_eq!(
            (
                read.json()["taken"].clone(),
                read.json()["capacity"].clone()
            ),
            (json!(1), json!(2))
        );
        let more = app
            .patch(&mentor, &at, read.header("etag"), &json!({"capacity": 5}))
            .expect(200);
        let leave = app.send(
            app.request("POST", &format!("{at}/leave"))
                .bearer_auth(&coordinator.token)
                .header("If-Match", more.header("etag"))
                .json(&json!({"reason": "moved"})),
        );
        assert_eq!(leave.expect(409).problem(), "mentorships-open");
        app.patch(&mentor, &at, more.header("etag"), &json!({"capacity": 1}))
            .expect(200);
    });
}

#[test]
fn participations_are_listed_with_filters_in_pages_and_by_one_query() {
    each_database(|app| {
        let pair = together(app, "genie");
        let programme = &pair.programme;
        let coordinator = app.someone(Role::Coordinator, Some(programme.id), None);
        for days in [3, 1, 2] {
            let who = people::person(app, &Made::default());
            let since = app.ctx().now.minus(chrono::Duration::days(days));
            people::mentee(app, programme, who, Some(since));
        }
        let list = format!("/api/v1/programmes/{}/participations", programme.id);
        let get = |query: &str| {
            app.get(&coordinator, &format!("{list}?{query}"))
                .expect(200)
        };
        assert_eq!(get("").json()["items"].as_array().unwrap().len(), 5);
        let waiting = get("side=mentee&free=true&sort=waiting&limit=2");
        assert_eq!(waiting.json()["items"][0]["person_name"], "Amina Diallo");
        let rest = get(&format!(
            "side=mentee&free=true&sort=waiting&limit=2&cursor={}",
            waiting.json()["next_cursor"].as_str().unwrap()
        ));
        let mut since: Vec<Value> = Vec::new();
        for page in [&waiting, &rest] {
            let json = page.json();
            since.extend(
                json["items"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|i| i["waiting_since"].clone()),
            );
        }
        let mut sorted = since.clone();
        sorted.sort_by_key(|s| s.as_str().unwrap().to_owned());
        assert_eq!((since.len(), &since), (3, &sorted));
        assert_eq!(
            get("free=false").json()["items"].as_array().unwrap().len(),
            1
        );
        let mentee = app.someone(Role::Mentee, None, Some(pair.mentee_id));
        let own = app.get(&mentee, &list).expect(200);
        assert_eq!(own.json()["items"].as_array().unwrap().len(), 1);
        let few = app.queries(|| drop(get("limit=1")));
        let many = app.queries(|| drop(get("limit=5")));
        assert_eq!(few, many);
        app.get(&coordinator, &format!("{list}?sort=age"))
            .expect(422);
        assert_eq!(
            app.get(&coordinator, &format!("{list}?cursor=%21"))
                .expect(400)
                .problem(),
            "bad-cursor"
        );
    });
}

#[test]
fn a_programme_opens_once_and_never_again_after_closing() {
    each_database(|app| {
        let admin = app.administrator();
        let made = app
            .post(&admin, "/api/v1/programmes", &programme("genie"))
            .expect(201);
        let at = made.header("location").to_owned();
        let act = |what: &str, body: Value| {
            app.send(
                app.request("POST", &format!("{at}/{what}"))
                    .bearer_auth(&admin.token)
                    .header("If-Match", "*")
                    .json(&body),
            )
        };
        assert_eq!(act("open", json!({})).expect(200).json()["status"], "open");
        assert_eq!(
            act("open", json!({})).expect(409).problem(),
            "programme-state"
        );
        let amina = people::person(app, &Made::default());
        app.post(
            &admin,
            &format!("{at}/participations"),
            &json!({"person_id": amina, "side": "mentee"}),
        )
        .expect(201);
        let closed = act(
            "close",
            json!({"reason": "fin de saison", "mentorships": "end"}),
        )
        .expect(200);
        assert_eq!(closed.json()["let_go"], json!({"waiting": 1, "mentors": 0}));
        assert_eq!(
            act("open", json!({})).expect(409).problem(),
            "programme-state"
        );
        let late = app
            .post(
                &admin,
                &format!("{at}/participations"),
                &json!({"person_id": amina, "side": "mentor"}),
            )
            .expect(409);
        assert_eq!(late.problem(), "programme-closed");
    });
}

#[test]
fn nobody_gets_at_a_strangers_record_by_enrolling_them() {
    each_database(|app| {
        let mine = people::open_programme(app, "mine");
        let other = people::open_programme(app, "other");
        let stranger = people::person(app, &Made::default());
        people::mentee(app, &other, stranger, None);
        let coordinator = app.someone(Role::Coordinator, Some(mine.id), None);
        let record = format!("/api/v1/persons/{stranger}");
        app.get(&coordinator, &record).expect(404);
        let at = format!("/api/v1/programmes/{}/participations", mine.id);
        let body = json!({"person_id": stranger, "side": "mentor"});
        let refused = app.post(&coordinator, &at, &body).expect(422);
        assert_eq!(refused.field_errors(), ["/person_id not-found"]);
        app.get(&coordinator, &record).expect(404);
    });
}
