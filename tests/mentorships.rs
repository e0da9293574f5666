//! Mentorships through the front door.

use passerelle::kernel::Role;
use serde_json::{Value, json};

use crate::support::app::{Answer, Someone, TestApp};
use crate::support::each_database;
use crate::support::people::{self, Made, Together, together, together_in};

fn end(app: &TestApp, who: &Someone, pair: &Together, version: &str, body: &Value) -> Answer {
    app.send(
        app.request(
            "POST",
            &format!("/api/v1/mentorships/{}/end", pair.mentorship.id),
        )
        .bearer_auth(&who.token)
        .header("If-Match", version)
        .json(body),
    )
}

fn participation(app: &TestApp, who: &Someone, id: impl std::fmt::Display) -> Value {
    app.get(who, &format!("/api/v1/participations/{id}"))
        .expect(200)
        .json()
}

#[test]
fn an_ending_frees_both_places_and_the_mentee_waits_again_since_the_beginning() {
    each_database(|app| {
        let pair = together(app, "genie");
        let staff = app.someone(Role::Coordinator, Some(pair.programme.id), None);
        let before = participation(app, &staff, pair.mentee);
        app.clock.advance(chrono::Duration::days(40));
        let staff = app.someone(Role::Coordinator, Some(pair.programme.id), None);
        let body = json!({"reason": "not-a-fit", "note": "Merci à vous deux."});
        end(app, &staff, &pair, "\"7\"", &body).expect(412);
        let ended = end(app, &staff, &pair, "\"1\"", &body).expect(200);
        assert_eq!(ended.json()["status"], "ended");
        assert_eq!(ended.json()["end_reason"], "not-a-fit");
        let mentee = participation(app, &staff, pair.mentee);
        assert_eq!(
            (mentee["taken"].clone(), mentee["status"].clone()),
            (json!(0), json!("enrolled"))
        );
        assert_eq!(mentee["waiting_since"], before["waiting_since"]);
        assert_eq!(participation(app, &staff, pair.mentor)["taken"], 0);
        assert_eq!(
            end(app, &staff, &pair, "\"2\"", &body)
                .expect(409)
                .problem(),
            "mentorship-ended"
        );
    });
}

#[test]
fn who_came_to_the_end_leaves_unless_the_coordinator_says_otherwise() {
    each_database(|app| {
        let pair = together(app, "genie");
        let again = together_in(app, &pair.programme);
        let staff = app.someone(Role::Coordinator, Some(pair.programme.id), None);
        end(app, &staff, &pair, "*", &json!({"reason": "completed"})).expect(200);
        assert_eq!(participation(app, &staff, pair.mentee)["status"], "left");
        assert_eq!(
            participation(app, &staff, pair.mentor)["status"],
            "enrolled"
        );
        let stay = json!({"reason": "completed", "mentee_then": "stays", "mentor_then": "leaves"});
        end(app, &staff, &again, "*", &stay).expect(200);
        assert_eq!(
            participation(app, &staff, again.mentee)["status"],
            "enrolled"
        );
        assert_eq!(participation(app, &staff, again.mentor)["status"], "left");
    });
}

#[test]
fn another_reason_needs_words_and_unknown_reasons_are_refused() {
    each_database(|app| {
        let pair = together(app, "genie");
        let staff = app.someone(Role::Coordinator, Some(pair.programme.id), None);
        let without = end(
            app,
            &staff,
            &pair,
            "*",
            &json!({"reason": "other", "note": " "}),
        );
        assert_eq!(without.expect(422).field_errors(), ["/note required"]);
        end(app, &staff, &pair, "*", &json!({"reason": "bored"})).expect(422);
        let long = json!({"reason": "completed", "note": "é".repeat(2001)});
        assert_eq!(
            end(app, &staff, &pair, "*", &long)
                .expect(422)
                .field_errors(),
            ["/note too-long"]
        );
    });
}

#[test]
fn two_people_are_paired_by_hand_once_and_never_beyond_the_places() {
    each_database(|app| {
        let pair = together(app, "genie");
        let staff = app.someone(Role::Coordinator, Some(pair.programme.id), None);
        let start = |mentor: &Value, mentee: &Value| {
            let body =
                json!({"mentor_participation_id": mentor, "mentee_participation_id": mentee});
            app.post(&staff, "/api/v1/mentorships", &body)
        };
        let enrol = || {
            let person = people::person(app, &Made::default());
            json!(people::mentee(app, &pair.programme, person, None).id)
        };
        let (mentor, taken) = (json!(pair.mentor), json!(pair.mentee));
        assert_eq!(start(&mentor, &taken).expect(409).problem(), "mentee-taken");
        start(&mentor, &enrol()).expect(201);
        let late = enrol();
        assert_eq!(start(&mentor, &late).expect(409).problem(), "no-place-left");
        assert_eq!(
            participation(app, &staff, late.as_str().unwrap())["taken"],
            0
        );
        let turned = start(&late, &mentor).status;
        assert!(
            turned == 409 || turned == 422,
            "sides are not exchanged: {turned}"
        );
    });
}

#[test]
fn nobody_is_paired_in_a_programme_that_is_not_open() {
    use diesel::prelude::*;
    use passerelle::db::schema::programmes;
    each_database(|app| {
        let programme = people::open_programme(app, "genie");
        let staff = app.someone(Role::Coordinator, Some(programme.id), None);
        let someone = || people::person(app, &Made::default());
        let mentor = people::mentor(app, &programme, someone(), 1).id;
        let mentee = people::mentee(app, &programme, someone(), None).id;
        let body = json!({"mentor_participation_id": mentor, "mentee_participation_id": mentee});
        let set = |status: &str| {
            app.db(|conn| {
                let all = diesel::update(programmes::table);
                Ok(all.set(programmes::status.eq(status)).execute(conn)?)
            })
        };
        for status in ["draft", "closed"] {
            set(status);
            let refused = app.post(&staff, "/api/v1/mentorships", &body).expect(409);
            assert_eq!(refused.problem(), "programme-not-open", "{status}");
        }
        set("open");
        app.post(&staff, "/api/v1/mentorships", &body).expect(201);
    });
}

#[test]
fn each_reads_what_concerns_them_and_only_staff_ends_it() {
    each_database(|app| {
        let pair = together(app, "genie");
        together(app, "autre");
        let at = format!("/api/v1/mentorships/{}", pair.mentorship.id);
        let mentor = app.someone(Role::Mentor, None, Some(pair.mentor_id));
        let stranger = app.someone(Role::Mentor, None, Some(pair.mentee_id));
        let read = app.get(&mentor, &at).expect(200);
        assert_eq!(read.json()["mentor_name"], "Bruno Tremblay");
        assert_eq!(read.json()["mentee_name"], "Amina Diallo");
        app.get(&stranger, &at).expect(404);
        end(app, &mentor, &pair, "*", &json!({"reason": "completed"})).expect(403);
        let elsewhere = people::open_programme(app, "loin");
        let other = app.someone(Role::Coordinator, Some(elsewhere.id), None);
        app.get(&other, &at).expect(404);
        end(app, &other, &pair, "*", &json!({"reason": "completed"})).expect(404);
        for (who, rows) in [
            (&mentor, 1),
            (&stranger, 0),
            (&other, 0),
            (&app.administrator(), 2),
        ] {
            let list = app
                .get(who, "/api/v1/mentorships?status=active")
                .expect(200);
            assert_eq!(list.json()["items"].as_array().unwrap().len(), rows);
        }
    });
}

#[test]
fn a_list_of_mentorships_takes_the_same_queries_however_long_it_is() {
    each_database(|app| {
        let pair = together(app, "genie");
        for _ in 0..4 {
            together_in(app, &pair.programme);
        }
        let admin = app.administrator();
        let get = |limit: u32| {
            let answer = app.get(&admin, &format!("/api/v1/mentorships?limit={limit}"));
            assert!(
                !answer.expect(200).json()["items"]
                    .as_array()
                    .unwrap()
                    .is_empty()
            );
        };
        assert_eq!(app.queries(|| get(1)), app.queries(|| get(5)));
    });
}

#[test]
fn closing_a_programme_ends_or_keeps_its_mentorships_as_said() {
    each_database(|app| {
        for (how, ended, going_on, status) in [("end", 1, 0, "ended"), ("continue", 0, 1, "active")]
        {
            let pair = together(app, how);
            let staff = app.someone(Role::Coordinator, Some(pair.programme.id), None);
            let waiting = people::person(app, &Made::default());
            people::mentee(app, &pair.programme, waiting, None);
            let closed = app.send(
                app.request(
                    "POST",
                    &format!("/api/v1/programmes/{}/close", pair.programme.id),
                )
                .bearer_auth(&staff.token)
                .header("If-Match", "*")
                .json(&json!({"reason": "season over", "mentorships": how})),
            );
            let closed = closed.expect(200).json();
            assert_eq!(closed["programme"]["status"], "closed");
            assert_eq!(closed["let_go"]["waiting"], 1);
            assert_eq!(closed["mentorships_ended"], ended);
            assert_eq!(closed["mentorships_continuing"], going_on);
            let at = format!("/api/v1/mentorships/{}", pair.mentorship.id);
            assert_eq!(app.get(&staff, &at).expect(200).json()["status"], status);
            if how == "continue" {
                end(app, &staff, &pair, "*", &json!({"reason": "not-a-fit"})).expect(200);
            }
            assert_eq!(participation(app, &staff, pair.mentee)["status"], "left");
        }
    });
}

#[test]
fn who_is_let_go_is_told_and_who_leaves_knows() {
    use crate::meetings::fixture::letters;
    each_database(|app| {
        let programme = people::open_programme(app, "genie");
        let staff = app.someone(Role::Coordinator, Some(programme.id), None);
        let enrolled = || {
            let person = people::person(app, &Made::default());
            (person, people::mentee(app, &programme, person, None).id)
        };
        let leave = |who: &Someone, id: passerelle::kernel::ids::ParticipationId| {
            let path = format!("/api/v1/participations/{id}/leave");
            let request = app.request("POST", &path).bearer_auth(&who.token);
            let reason = json!({"reason": "did not answer for weeks"});
            app.send(request.header("If-Match", "*").json(&reason))
                .expect(200)
        };
        let (sent_away, first) = enrolled();
        leave(&staff, first);
        let told = letters(app);
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].0.person_id, Some(sent_away));
        let words = &told[0].1.words;
        assert!(words.subject.contains("Génie 2026"), "{words:?}");
        assert!(!words.text.contains("did not answer"), "{words:?}");
        let (person, second) = enrolled();
        leave(&app.someone(Role::Mentee, None, Some(person)), second);
        assert_eq!(letters(app).len(), 0);
        // Closing tells everybody who waits.
        let (waits, _) = enrolled();
        let path = format!("/api/v1/programmes/{}/close", programme.id);
        let request = app.request("POST", &path).bearer_auth(&staff.token);
        let closing = json!({"reason": "season over", "mentorships": "end"});
        app.send(request.header("If-Match", "*").json(&closing))
            .expect(200);
        let told = letters(app);
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].0.person_id, Some(waits));
    });
}

#[test]
fn both_read_in_their_language_that_it_ended_with_the_word_for_them_and_not_the_reason() {
    each_database(|app| {
        use diesel::prelude::*;
        use passerelle::db::schema::outbox;
        let pair = together(app, "genie");
        let staff = app.someone(Role::Coordinator, Some(pair.programme.id), None);
        end(
            app,
            &staff,
            &pair,
            "*",
            &json!({"reason": "no-contact", "note": "Merci !"}),
        )
        .expect(200);
        let rows: Vec<(String, String, passerelle::kernel::Locale)> = app.db(|conn| {
            Ok(outbox::table
                .filter(outbox::kind.eq("mentorship-ended"))
                .order(outbox::dedupe_key)
                .select((outbox::kind, outbox::payload_sealed, outbox::locale))
                .load(conn)?)
        });
        assert_eq!(rows.len(), 2);
        for (_, sealed, locale) in rows {
            let payload = app
                .ctx()
                .keyring()
                .open_text("mail-payload", &sealed)
                .unwrap();
            assert!(payload.contains("Merci !"), "{payload}");
            assert!(!payload.contains("no-contact"), "{payload}");
            assert!(payload.contains("Génie 2026"), "{locale} {payload}");
        }
    });
}

#[test]
fn nobody_is_paired_while_paused_or_after_withdrawing_consent() {
    each_database(|app| {
        use diesel::prelude::*;
        use passerelle::db::schema::{consents, persons};
        use passerelle::kernel::ids::ConsentId;
        let programme = people::open_programme(app, "genie");
        let staff = app.someone(Role::Coordinator, Some(programme.id), None);
        let mentor = people::mentor(app, &programme, people::person(app, &Made::default()), 5);
        let mentee = people::mentee(app, &programme, people::person(app, &Made::default()), None);
        let start = || {
            let body =
                json!({"mentor_participation_id": mentor.id, "mentee_participation_id": mentee.id});
            app.post(&staff, "/api/v1/mentorships", &body)
        };
        let now = app.ctx().now;
        let pause = |status: &str| {
            app.db(|conn| {
                diesel::update(persons::table.find(mentor.person_id))
                    .set((
                        persons::status.eq(status),
                        persons::paused_from.eq(Some(now.utc_date())),
                    ))
                    .execute(conn)?;
                Ok(())
            });
        };
        pause("paused");
        assert_eq!(start().expect(409).problem(), "person-away");
        pause("active");
        app.db(|conn| {
            diesel::insert_into(consents::table)
                .values((
                    consents::id.eq(ConsentId::new(now)),
                    consents::person_id.eq(mentee.person_id),
                    consents::kind.eq("matching"),
                    consents::text_version.eq("2026-09"),
                    consents::given.eq(false),
                    consents::recorded_at.eq(now),
                    consents::source.eq("person"),
                ))
                .execute(conn)?;
            Ok(())
        });
        assert_eq!(start().expect(409).problem(), "consent-withdrawn");
        assert_eq!(participation(app, &staff, mentor.id)["taken"], 0);
    });
}
