//! People through the front door.

use diesel::prelude::*;
use passerelle::db::schema::audit_log;
use passerelle::kernel::Role;
use passerelle::kernel::ids::PersonId;
use passerelle::mentorships::{self, Start, start::Introduction};
use passerelle::programmes::Programme;
use serde_json::{Value, json};

use crate::support::app::{Someone, TestApp};
use crate::support::{each_database, people as placed};

/// What a person needs at least.
pub fn person(name: &str) -> Value {
    json!({
        "given_name": name, "family_name": "Diallo", "locale": "fr", "city": "Montréal", "province": "QC",
        "email": format!("{name}@example.org").to_lowercase()
    })
}

/// Makes a person through the API.
pub fn make_person(app: &TestApp, who: &Someone, body: &Value) -> PersonId {
    let made = app.post(who, "/api/v1/persons", body).expect(201);
    made.json()["id"].as_str().unwrap().parse().unwrap()
}

/// An open mentorship of two people in a programme.
fn work_together(app: &TestApp, programme: &Programme, mentor: PersonId, mentee: PersonId) {
    let start = Start {
        mentor: placed::mentor(app, programme, mentor, 1).id,
        mentee: placed::mentee(app, programme, mentee, None).id,
        proposal_id: None,
        introduction: Introduction::Silent,
    };
    app.db(|conn| conn.write_tx(|conn| mentorships::start_in(conn, &app.ctx(), &start)));
}

fn audit_actions(app: &TestApp) -> Vec<String> {
    let mut actions: Vec<String> = app.db(|conn| {
        Ok(audit_log::table
            .filter(audit_log::object_type.eq("person"))
            .select(audit_log::action)
            .load(conn)?)
    });
    // The test's clock stands still, so that ids of one moment are in no order.
    actions.sort();
    actions
}

#[test]
fn a_person_is_made_read_changed_and_every_change_is_in_the_audit_log() {
    each_database(|app| {
        let admin = app.administrator();
        let mut body = person("Amina");
        body["occupations"] = json!([{"kind": "held", "own_words": "Civil engineer", "years": 7}]);
        body["languages"] =
            json!([{"language": "fr", "level": "C1"}, {"language": "ar", "level": "native"}]);
        body["topics"] = json!({"wants": ["Interviews", "réseautage", "Beekeeping"]});
        body["availability"] = json!([{"weekday": 5, "starts": "22:00", "ends": "02:00"}]);
        let made = app.post(&admin, "/api/v1/persons", &body).expect(201);
        assert_eq!(made.header("etag"), "\"1\"");
        let path = made.header("location").to_owned();
        let read = app.get(&admin, &path).expect(200).json();
        assert_eq!(read["display_name"], "Amina Diallo");
        assert_eq!(read["zone"], "America/Toronto");
        assert_eq!(read["occupations"][0]["noc"], "21300");
        assert_eq!(read["occupations"][0]["needs_review"], false);
        assert_eq!(read["languages"][0]["name"], "Arabic");
        assert_eq!(
            read["topics"]["wants"],
            json!(["interviews", "networking", "Beekeeping"])
        );
        assert_eq!(
            read["availability"][0],
            json!({"weekday": 5, "starts": "22:00", "ends": "02:00"})
        );

        let changed = app
            .patch(
                &admin,
                &path,
                "\"1\"",
                &json!({"preferred_name": "Mina", "phone": "514 555 0101"}),
            )
            .expect(200);
        assert_eq!(changed.header("etag"), "\"2\"");
        assert_eq!(changed.json()["phone"], "+15145550101");
        assert_eq!(changed.json()["languages"].as_array().unwrap().len(), 2);
        let same = app
            .patch(&admin, &path, "\"2\"", &json!({"preferred_name": "Mina"}))
            .expect(200);
        assert_eq!(
            same.header("etag"),
            "\"2\"",
            "a change of nothing is no change"
        );
        assert_eq!(audit_actions(app), ["person.create", "person.update"]);
    });
}

#[test]
fn a_stale_etag_is_412_and_a_missing_one_428() {
    each_database(|app| {
        let admin = app.administrator();
        let id = make_person(app, &admin, &person("Amina"));
        let path = format!("/api/v1/persons/{id}");
        app.patch(&admin, &path, "\"1\"", &json!({"headline": "First"}))
            .expect(200);
        app.patch(&admin, &path, "\"1\"", &json!({"headline": "Second"}))
            .expect(412);
        let without = app
            .request("PATCH", &path)
            .bearer_auth(&admin.token)
            .json(&json!({"headline": "Third"}));
        app.send(without).expect(428);
        assert_eq!(app.get(&admin, &path).json()["headline"], "First");
    });
}

#[test]
fn one_address_belongs_to_one_person_whatever_its_case_even_in_a_race() {
    each_database(|app| {
        let admin = app.administrator();
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let racers: Vec<_> = (0..8)
                .map(|n| {
                    let admin = &admin;
                    scope.spawn(move || {
                        let mut body = person("Amina");
                        body["email"] = json!(if n % 2 == 0 {
                            "Amina@Example.org"
                        } else {
                            "amina@example.ORG"
                        });
                        app.post(admin, "/api/v1/persons", &body).status
                    })
                })
                .collect();
            racers
                .into_iter()
                .map(|racer| racer.join().unwrap())
                .collect()
        });
        assert_eq!(
            statuses.iter().filter(|s| **s == 201).count(),
            1,
            "{statuses:?}"
        );
        assert_eq!(
            statuses.iter().filter(|s| **s == 409).count(),
            7,
            "{statuses:?}"
        );
        let other = make_person(app, &admin, &person("Zoe"));
        let path = format!("/api/v1/persons/{other}");
        let taken = app
            .patch(
                &admin,
                &path,
                "\"1\"",
                &json!({"email": "AMINA@example.org"}),
            )
            .expect(409);
        assert_eq!(taken.problem(), "email-taken");
    });
}

#[test]
fn bad_input_is_refused_with_its_place_and_in_the_readers_language() {
    each_database(|app| {
        let admin = app.administrator();
        let post = |body: &Value| app.post(&admin, "/api/v1/persons", body);
        let bad = json!({"given_name": "", "email": "nobody", "zone": "Moon/Base", "languages": [{"language": "qqq"}]});
        let mut errors = post(&bad).expect(422).field_errors();
        errors.sort();
        assert_eq!(
            errors,
            [
                "/email email",
                "/given_name name",
                "/languages/0/language language",
                "/zone zone"
            ]
        );
        let unknown =
            post(&json!({"given_name": "A", "province": "QC", "is_admin": true})).expect(422);
        assert_eq!(unknown.field_errors(), ["/is_admin unknown"]);
        assert_eq!(
            post(&json!({"given_name": 5})).expect(422).field_errors(),
            ["/given_name type"]
        );
        let french = app
            .request("POST", "/api/v1/persons")
            .bearer_auth(&admin.token)
            .header("Accept-Language", "fr-CA")
            .json(&json!({"given_name": "A", "province": "QC", "email": "x"}));
        assert!(
            app.send(french)
                .expect(422)
                .text
                .contains("adresse courriel")
        );
        let huge = json!({"given_name": "A".repeat(2_000_000)});
        post(&huge).expect(413);
        let malformed = app
            .request("POST", "/api/v1/persons")
            .bearer_auth(&admin.token)
            .header("Content-Type", "application/json")
            .body("{\"given_name\":");
        assert_eq!(app.send(malformed).expect(400).problem(), "malformed-json");
    });
}

#[test]
fn names_in_every_script_with_quotes_emoji_html_and_formulas_come_back_as_they_are() {
    each_database(|app| {
        let admin = app.administrator();
        for (n, name) in [
            "O’Neil \"Ti-Jean\"",
            "سارة محمد",
            "李小龙",
            "👩\u{200d}👧 Amina",
            "<script>alert(1)</script>",
            "=cmd|'/C calc'!A0",
            "Robert'); DROP TABLE persons;--",
            "Zoé%_\\",
        ]
        .iter()
        .enumerate()
        {
            let mut body = person("x");
            body["given_name"] = json!(name);
            body["email"] = json!(format!("n{n}@example.org"));
            let id = make_person(app, &admin, &body);
            let read = app.get(&admin, &format!("/api/v1/persons/{id}")).json();
            assert_eq!(read["given_name"], *name);
        }
        let mut broken = person("y");
        broken["given_name"] = json!("Amina\r\nBcc: x@example.org\u{202e}");
        let id = make_person(app, &admin, &broken);
        let read = app.get(&admin, &format!("/api/v1/persons/{id}")).json();
        assert_eq!(read["given_name"], "Amina Bcc: x@example.org");
        let found = |q: &str| {
            let found = app
                .get(&admin, &format!("/api/v1/persons?q={q}"))
                .expect(200)
                .json();
            found["items"].as_array().unwrap().len()
        };
        assert_eq!(
            found("zoe%25"),
            1,
            "accents do not matter, and % is a letter like others"
        );
        assert_eq!(found("%25%25%25"), 0);
    });
}

#[test]
fn each_role_sees_what_is_theirs_and_no_more() {
    each_database(|app| {
        let admin = app.administrator();
        let (ours, other) = (
            placed::open_programme(app, "ours"),
            placed::open_programme(app, "other"),
        );
        let [mentor, mentee, stranger, unplaced] = ["Mentor", "Mentee", "Stranger", "Unplaced"]
            .map(|name| make_person(app, &admin, &person(name)));
        work_together(app, &ours, mentor, mentee);
        placed::mentee(app, &other, stranger, None);
        let coordinator = app.someone(Role::Coordinator, Some(ours.id), None);
        let coach = app.someone(Role::Coach, None, None);
        let as_mentor = app.someone(Role::Mentor, None, Some(mentor));
        let as_mentee = app.someone(Role::Mentee, None, Some(mentee));
        app.put(
            &admin,
            &format!("/api/v1/persons/{mentee}/coach"),
            "\"1\"",
            &json!({"coach_id": coach.account_id}),
        )
        .expect(200);
        let record =
            |who: &Someone, id: PersonId| app.get(who, &format!("/api/v1/persons/{id}")).status;
        let card = |who: &Someone, id: PersonId| {
            app.get(who, &format!("/api/v1/persons/{id}/card")).status
        };
        let seen = |who: &Someone| [mentor, mentee, stranger, unplaced].map(|id| record(who, id));
        assert_eq!(seen(&admin), [200; 4]);
        assert_eq!(seen(&coordinator), [200, 200, 404, 200]);
        assert_eq!(seen(&coach), [404, 200, 404, 404]);
        assert_eq!(seen(&as_mentor), [200, 404, 404, 404]);
        assert_eq!(seen(&as_mentee), [404, 200, 404, 404]);
        assert_eq!(
            [mentor, mentee, stranger].map(|id| card(&as_mentor, id)),
            [200, 200, 404]
        );
        assert_eq!(
            [mentor, mentee, stranger].map(|id| card(&as_mentee, id)),
            [200, 200, 404]
        );
        let shown = app
            .get(&as_mentor, &format!("/api/v1/persons/{mentee}/card"))
            .json();
        for private in [
            "email",
            "phone",
            "availability",
            "coach_id",
            "licence_stage",
            "status",
        ] {
            assert!(shown.get(private).is_none(), "{private}");
        }
        app.get(&as_mentor, "/api/v1/persons").expect(403);
        let count = |who: &Someone| {
            let list = app.get(who, "/api/v1/persons").expect(200).json();
            list["items"].as_array().unwrap().len()
        };
        assert_eq!(
            (count(&admin), count(&coordinator), count(&coach)),
            (4, 3, 1)
        );
        assert_eq!(
            app.get(&as_mentee, "/api/v1/me/person").expect(200).json()["id"],
            mentee.to_string()
        );
        app.get(&admin, "/api/v1/me/person").expect(404);
    });
}

#[test]
fn nobody_changes_someone_elses_record_and_a_participant_does_not_archive_theirs() {
    each_database(|app| {
        let admin = app.administrator();
        let [own, other] = ["Own", "Other"].map(|name| make_person(app, &admin, &person(name)));
        let mentee = app.someone(Role::Mentee, None, Some(own));
        let path = |id, rest: &str| format!("/api/v1/persons/{id}{rest}");
        let headline = json!({"headline": "x"});
        app.patch(&mentee, &path(own, ""), "\"1\"", &headline)
            .expect(200);
        app.patch(&mentee, &path(other, ""), "\"1\"", &headline)
            .expect(404);
        app.post(&mentee, "/api/v1/persons", &person("New"))
            .expect(403);
        let act = |who: &Someone, id, verb: &str, etag: &str| {
            let request = app.request("POST", &path(id, verb)).bearer_auth(&who.token);
            app.send(request.header("If-Match", etag)).status
        };
        assert_eq!(act(&mentee, own, "/archive", "\"2\""), 403);
        assert_eq!(act(&admin, own, "/archive", "\"2\""), 200);
        app.patch(&mentee, &path(own, ""), "\"3\"", &headline)
            .expect(409);
        assert_eq!(act(&admin, own, "/restore", "\"3\""), 200);
        app.get(&mentee, "/api/v1/persons/not-an-id").expect(404);
    });
}

#[test]
fn a_pause_has_its_days_and_ends_by_resuming() {
    each_database(|app| {
        let admin = app.administrator();
        let id = make_person(app, &admin, &person("Amina"));
        let post = |verb: &str, etag: &str, body: Value| {
            let request = app.request("POST", &format!("/api/v1/persons/{id}/{verb}"));
            app.send(
                request
                    .bearer_auth(&admin.token)
                    .header("If-Match", etag)
                    .json(&body),
            )
        };
        let backwards = json!({"from": "2026-12-20", "until": "2026-12-10"});
        assert_eq!(
            post("pause", "\"1\"", backwards).expect(422).field_errors(),
            ["/until ends-before-start"]
        );
        let paused = post("pause", "\"1\"", json!({"until": "2026-12-20"}))
            .expect(200)
            .json();
        assert_eq!(paused["status"], "paused");
        assert_eq!(
            paused["paused_from"], "2026-10-06",
            "today in the person's zone"
        );
        assert_eq!(
            post("resume", "\"2\"", json!(null)).expect(200).json()["status"],
            "active"
        );
        assert_eq!(
            post("resume", "\"3\"", json!(null)).expect(409).problem(),
            "person-not-paused"
        );
    });
}

#[test]
fn lists_are_filtered_sorted_and_paged_without_gaps_in_a_fixed_number_of_queries() {
    each_database(|app| {
        let admin = app.administrator();
        for n in 0..7 {
            let mut body = person(&format!("Élise{n}"));
            body["email"] = json!(format!("elise{n}@example.org"));
            body["languages"] = json!([{"language": if n % 2 == 0 { "fr" } else { "ar" }}]);
            body["city"] = json!(if n < 3 { "Québec" } else { "Laval" });
            body["occupations"] =
                json!([{"kind": "target", "noc": if n == 6 { "21300" } else { "31301" }}]);
            make_person(app, &admin, &body);
        }
        let names = |query: &str| -> Vec<String> {
            let list = app
                .get(&admin, &format!("/api/v1/persons?{query}"))
                .expect(200)
                .json();
            let items = list["items"].as_array().unwrap();
            items
                .iter()
                .map(|item| item["given_name"].as_str().unwrap().to_owned())
                .collect()
        };
        assert_eq!(names("q=elise+diallo").len(), 7);
        assert_eq!(names("q=ELISE3@"), ["Élise3"]);
        assert_eq!(names("language=ar").len(), 3);
        assert_eq!(names("occupation=213"), ["Élise6"]);
        assert_eq!(names("city=laval&language=fr"), ["Élise4", "Élise6"]);
        assert_eq!(names("province=QC&sort=-name&limit=1"), ["Élise6"]);
        assert_eq!(names("needs_review=true").len(), 0);
        assert_eq!(names("status=archived").len(), 0);
        for sort in [
            "name",
            "-name",
            "created_at",
            "-created_at",
            "updated_at",
            "-updated_at",
        ] {
            let (mut all, mut next) = (Vec::new(), format!("sort={sort}&limit=3"));
            loop {
                let answer = app
                    .get(&admin, &format!("/api/v1/persons?{next}"))
                    .expect(200);
                let page = answer.json();
                all.extend(
                    page["items"]
                        .as_array()
                        .unwrap()
                        .iter()
                        .map(|i| i["id"].to_string()),
                );
                let Some(cursor) = page["next_cursor"].as_str() else {
                    break;
                };
                assert!(answer.header("link").contains("rel=\"next\""));
                next = format!("sort={sort}&limit=3&cursor={cursor}");
            }
            let mut unique = all.clone();
            unique.sort();
            unique.dedup();
            assert_eq!((all.len(), unique.len()), (7, 7), "{sort}");
        }
        app.get(&admin, "/api/v1/persons?cursor=nonsense")
            .expect(400);
        app.get(&admin, "/api/v1/persons?colour=red").expect(422);
        assert_eq!(
            app.get(&admin, "/api/v1/persons?limit=0")
                .expect(422)
                .field_errors(),
            ["?limit out-of-range"]
        );
        let count = |limit: u32| {
            app.queries(|| {
                app.get(&admin, &format!("/api/v1/persons?limit={limit}"))
                    .expect(200);
            })
        };
        assert_eq!(
            count(1),
            count(7),
            "the number of queries does not grow with the rows"
        );
    });
}

#[test]
fn exceptions_are_added_changed_and_removed_under_the_records_etag() {
    each_database(|app| {
        let admin = app.administrator();
        let id = make_person(app, &admin, &person("Amina"));
        let other = make_person(app, &admin, &person("Other"));
        let path = format!("/api/v1/persons/{id}/exceptions");
        let away = json!({"kind": "away", "starts_on": "2026-12-21", "ends_on": "2027-01-04", "note": "Family"});
        let made = app.post(&admin, &path, &away).expect(201);
        assert_eq!(made.header("etag"), "\"2\"");
        let one = made.header("location").to_owned();
        let evening = json!({"kind": "extra", "starts_on": "2026-12-21", "ends_on": "2026-12-21", "starts": "18:00", "ends": "20:00"});
        app.put(&admin, &one, "\"1\"", &evening).expect(412);
        assert_eq!(
            app.put(&admin, &one, "\"2\"", &evening).expect(200).json()["starts"],
            "18:00"
        );
        let wrong = json!({"kind": "extra", "starts_on": "2026-12-21", "ends_on": "2026-12-20"});
        assert_eq!(
            app.post(&admin, &path, &wrong).expect(422).field_errors(),
            ["/ends_on ends-before-start", "/starts required"]
        );
        let elsewhere = one.replace(&id.to_string(), &other.to_string());
        app.delete(&admin, &elsewhere, "\"1\"").expect(404);
        app.delete(&admin, &one, "\"3\"").expect(204);
        let list = app.get(&admin, &path).expect(200);
        assert_eq!(list.json()["items"], json!([]));
        assert!(list.header("etag").starts_with("\"4-"));
    });
}

#[test]
fn consents_keep_every_step() {
    each_database(|app| {
        let admin = app.administrator();
        let id = make_person(app, &admin, &person("Amina"));
        let own = app.someone(Role::Mentee, None, Some(id));
        let path = format!("/api/v1/persons/{id}/consents");
        let step =
            |given: bool| json!({"kind": "matching", "text_version": "2026-09", "given": given});
        assert_eq!(
            app.post(&own, &path, &step(true)).expect(201).json()["source"],
            "person"
        );
        assert_eq!(
            app.post(&own, &path, &step(true)).expect(409).problem(),
            "consent-unchanged"
        );
        app.clock.advance(chrono::Duration::minutes(1));
        assert_eq!(
            app.post(&admin, &path, &step(false)).expect(201).json()["source"],
            "staff"
        );
        let read = app.get(&own, &path).expect(200).json();
        assert_eq!(read["in_force"][0]["given"], false);
        assert_eq!(read["history"].as_array().unwrap().len(), 2);
        let unknown = json!({"kind": "everything", "text_version": "1", "given": true});
        assert_eq!(
            app.post(&own, &path, &unknown).expect(422).field_errors(),
            ["/kind unknown-value"]
        );
    });
}

#[test]
fn a_conflict_of_interest_is_declared_once_for_a_pair() {
    each_database(|app| {
        let admin = app.administrator();
        let [a, b] = ["Amina", "Bela"].map(|name| make_person(app, &admin, &person(name)));
        let own = app.someone(Role::Mentee, None, Some(a));
        let path = |id| format!("/api/v1/persons/{id}/conflicts");
        let with = |id: passerelle::kernel::ids::PersonId| json!({"other_person_id": id, "kind": "family"});
        assert_eq!(
            app.post(&own, &path(a), &with(b))
                .expect(422)
                .field_errors(),
            ["/other_person_id not-found"]
        );
        assert_eq!(
            app.post(&admin, &path(a), &with(a))
                .expect(422)
                .field_errors(),
            ["/other_person_id oneself"]
        );
        let made = app.post(&admin, &path(a), &with(b)).expect(201).json();
        assert_eq!(
            app.post(&admin, &path(b), &with(a)).expect(409).problem(),
            "conflict-declared"
        );
        assert_eq!(
            app.get(&admin, &path(b)).json()["items"]
                .as_array()
                .unwrap()
                .len(),
            1
        );
        let one = format!("{}/{}", path(a), made["id"].as_str().unwrap());
        app.delete(&admin, &one, "*").expect(204);
        app.delete(&admin, &one, "*").expect(404);
    });
}

#[test]
fn wishes_are_written_read_and_replaced_and_nobody_else_reads_them() {
    each_database(|app| {
        let admin = app.administrator();
        let mut body = person("Amina");
        body["wishes"] = json!({"is": ["woman", "parent"], "wants": ["woman"], "insists": []});
        let id = make_person(app, &admin, &body);
        let path = format!("/api/v1/persons/{id}");
        let read = app.get(&admin, &path).expect(200).json();
        assert_eq!(read["wishes"], body["wishes"]);
        let others = json!({"wishes": {"wants": ["refugee-path"], "insists": ["woman"]}});
        let changed = app.patch(&admin, &path, "\"1\"", &others).expect(200);
        let expected = json!({"is": [], "wants": ["refugee-path"], "insists": ["woman"]});
        assert_eq!(changed.json()["wishes"], expected);

        let twice = json!({"wishes": {"wants": ["woman"], "insists": ["woman"]}});
        let refused = app.patch(&admin, &path, "\"2\"", &twice);
        assert_eq!(refused.field_errors(), ["/wishes/insists/0 twice"]);
        let unknown = json!({"wishes": {"wants": ["rich"]}});
        app.patch(&admin, &path, "\"2\"", &unknown).expect(422);

        let programme = placed::open_programme(app, "sante");
        let mentor = placed::person(app, &placed::Made::default());
        work_together(app, &programme, mentor, id);
        let other = app.someone(Role::Mentor, None, Some(mentor));
        app.get(&other, &path).expect(404);
        let card = app.get(&other, &format!("{path}/card")).expect(200).json();
        assert_eq!(card.get("wishes"), None, "{card}");
    });
}

#[test]
fn a_city_is_found_whatever_the_case_of_its_accents() {
    each_database(|app| {
        let admin = app.administrator();
        let mut body = person("Amina");
        body["city"] = json!("Évain");
        body["province"] = json!("QC");
        make_person(app, &admin, &body);
        let found = app
            .get(&admin, "/api/v1/persons?city=%C3%89vain")
            .expect(200)
            .json();
        assert_eq!(found["items"].as_array().unwrap().len(), 1, "{found}");
    });
}
