//! Runs: what they propose, replay, refuse and leave behind.

use diesel::prelude::*;
use passerelle::db::schema::{conflicts_of_interest, consents, match_runs, persons, proposals};
use passerelle::kernel::Role;
use passerelle::kernel::ids::{ConflictOfInterestId, ConsentId, MatchRunId};
use passerelle::programmes::Participation;
use serde_json::{Value, json};

use crate::support::each_database;
use crate::support::people::{Made, mentee, mentor, open_programme, person};

use super::scene::*;

#[test]
fn a_run_proposes_the_best_set_for_all_and_proves_it() {
    each_database(|app| {
        let scene = scene(app);
        let run = scene.run(app);
        assert_eq!(run["status"], "done");
        let summary = &run["summary"];
        assert_eq!(
            (&summary["mentees"], &summary["matched"]),
            (&json!(3), &json!(3))
        );
        assert_eq!(
            summary["certificate"]["primal"],
            summary["certificate"]["dual"]
        );
        assert_eq!(summary["certificate"]["violations"], 0);
        let rows = scene.proposals(app, &run);
        // Bruno has one place. Dina would gain by him too, but Amina gains more.
        assert_eq!(
            pairs(&rows),
            [
                pair("Amina Diallo", "Bruno Tremblay"),
                pair("Dina Haddad", "Chen Wei"),
                pair("Eric Mbeki", "Chen Wei")
            ]
        );
        for row in &rows {
            let parts = row["parts"].as_object().unwrap();
            let sum: i64 = parts.values().map(|points| points.as_i64().unwrap()).sum();
            assert_eq!(json!(sum), row["score"], "the parts add up to the score");
        }
    });
}

#[test]
fn a_held_pair_is_kept_by_the_next_run_and_released_again() {
    each_database(|app| {
        let scene = scene(app);
        let run = scene.run(app);
        let dina = scene.proposal_of(app, &run, &scene.dina);
        let early = scene.decide(app, &dina, &json!({"decision": "release"}));
        assert_eq!(early.expect(409).problem(), "proposal-not-held");
        scene
            .decide(app, &dina, &json!({"decision": "hold"}))
            .expect(200);
        let next = scene.run(app);
        let kept = scene.proposal_of(app, &next, &scene.dina);
        assert_eq!(
            (kept["status"].clone(), kept["facts"]["pinned"].clone()),
            (json!("held"), json!(true))
        );
        assert_eq!(kept["mentor"]["name"], "Chen Wei");
        let released = scene
            .decide(app, &kept, &json!({"decision": "release"}))
            .expect(200);
        assert_eq!(released.json()["proposal"]["status"], "proposed");
        scene
            .decide(
                app,
                &scene.read(app, &kept),
                &json!({"decision": "approve"}),
            )
            .expect(200);
    });
}

#[test]
fn a_run_is_replayed_to_the_same_outcome() {
    each_database(|app| {
        let scene = scene(app);
        let run = scene.run(app);
        let at = format!("/api/v1/match-runs/{}", run["id"].as_str().unwrap());
        // What has changed since does not matter.
        app.db(|conn| {
            diesel::update(persons::table)
                .set(persons::city.eq("Gaspé"))
                .execute(conn)?;
            Ok(())
        });
        let replayed = app
            .post(&scene.staff, &format!("{at}/replay"), &json!({}))
            .expect(200)
            .json();
        assert_eq!(replayed["same_inputs"], true);
        assert_eq!(replayed["same_outcome"], true);
        assert_eq!(replayed["inputs_hash"], run["inputs_hash"]);
        assert_eq!(replayed["pairs"], 3);
    });
}

#[test]
fn people_who_must_not_or_cannot_be_matched_are_not() {
    each_database(|app| {
        let scene = scene(app);
        app.db(|conn| {
            let now = app.ctx().now;
            diesel::insert_into(conflicts_of_interest::table)
                .values((
                    conflicts_of_interest::id.eq(ConflictOfInterestId::new(now)),
                    conflicts_of_interest::person_id.eq(scene.amina.person_id),
                    conflicts_of_interest::other_person_id.eq(scene.bruno.person_id),
                    conflicts_of_interest::kind.eq("family"),
                    conflicts_of_interest::declared_at.eq(now),
                ))
                .execute(conn)?;
            // Dina has withdrawn her consent, Eric is paused.
            for (given, at) in [(true, now.minus(chrono::Duration::days(2))), (false, now)] {
                diesel::insert_into(consents::table)
                    .values((
                        consents::id.eq(ConsentId::new(at)),
                        consents::person_id.eq(scene.dina.person_id),
                        consents::kind.eq("matching"),
                        consents::text_version.eq("2026-09"),
                        consents::given.eq(given),
                        consents::recorded_at.eq(at),
                        consents::source.eq("person"),
                    ))
                    .execute(conn)?;
            }
            diesel::update(persons::table.find(scene.eric.person_id))
                .set((
                    persons::status.eq("paused"),
                    persons::paused_from.eq(Some(now.utc_date())),
                ))
                .execute(conn)?;
            Ok(())
        });
        let run = scene.run(app);
        assert_eq!(
            pairs(&scene.proposals(app, &run)),
            [pair("Amina Diallo", "Chen Wei")]
        );
        assert_eq!(run["summary"]["not_ready"], 2);
        let body = json!({"mentor_participation_id": scene.bruno.id, "mentee_participation_id": scene.amina.id});
        let by_hand = app
            .post(&scene.staff, "/api/v1/mentorships", &body)
            .expect(409);
        assert_eq!(by_hand.problem(), "conflict-of-interest");
        let amina = scene.proposal_of(app, &run, &scene.amina);
        let swap = json!({"decision": "replace", "mentor_participation_id": scene.bruno.id, "override": true, "reason": "please"});
        let refused = scene.decide(app, &amina, &swap).expect(409);
        assert_eq!(refused.problem(), "replacement-impossible");
    });
}

#[test]
fn who_was_matched_before_is_matched_again_only_where_the_programme_allows() {
    each_database(|app| {
        let scene = scene(app);
        let run = scene.run(app);
        let amina = scene.proposal_of(app, &run, &scene.amina);
        let done = scene
            .decide(app, &amina, &json!({"decision": "approve"}))
            .expect(200)
            .json();
        let end = format!(
            "/api/v1/mentorships/{}/end",
            done["proposal"]["mentorship_id"].as_str().unwrap()
        );
        let ended = app.send(
            app.request("POST", &end)
                .bearer_auth(&scene.staff.token)
                .header("If-Match", "*")
                .json(&json!({"reason": "not-a-fit"})),
        );
        ended.expect(200);
        let next = scene.run(app);
        assert!(pairs(&scene.proposals(app, &next)).contains(&pair("Amina Diallo", "Chen Wei")));
        let allowed = json!({"settings": {"allow_matched_before": true}});
        let again = scene.run_with(app, &allowed).expect(201).json();
        assert!(
            pairs(&scene.proposals(app, &again)).contains(&pair("Amina Diallo", "Bruno Tremblay"))
        );
        assert_eq!(again["settings"]["allow_matched_before"], true);
    });
}

#[test]
fn pins_are_kept_and_those_that_break_a_rule_or_the_places_are_refused_by_name() {
    each_database(|app| {
        let scene = scene(app);
        let pin = |mentor: &Participation, mentee: &Participation| json!({"mentor_participation_id": mentor.id, "mentee_participation_id": mentee.id});
        let kept = scene
            .run_with(app, &json!({"pins": [pin(&scene.bruno, &scene.dina)]}))
            .expect(201)
            .json();
        assert!(
            pairs(&scene.proposals(app, &kept)).contains(&pair("Dina Haddad", "Bruno Tremblay"))
        );
        let refused = |body: Value| scene.run_with(app, &body).expect(422).field_errors();
        let both =
            json!({"pins": [pin(&scene.bruno, &scene.dina), pin(&scene.bruno, &scene.amina)]});
        assert_eq!(refused(both), ["/pins/1 pins-exceed-places"]);
        let twice =
            json!({"pins": [pin(&scene.bruno, &scene.dina), pin(&scene.chen, &scene.dina)]});
        assert_eq!(refused(twice), ["/pins/0 pinned-twice"]);
        let stranger = json!({"pins": [pin(&scene.amina, &scene.dina)]});
        assert_eq!(refused(stranger), ["/pins/0 not-taking-part"]);
        let torn = json!({"pins": [pin(&scene.bruno, &scene.dina)], "bans": [pin(&scene.bruno, &scene.dina)]});
        assert_eq!(refused(torn), ["/pins/0 pinned-and-banned"]);
        let lonely = Made {
            languages: vec![("ps", "native", false)],
            ..Made::default()
        };
        let farah = mentee(app, &scene.programme, person(app, &lonely), None);
        let impossible = json!({"pins": [pin(&scene.chen, &farah)]});
        let answer = scene.run_with(app, &impossible).expect(422);
        assert_eq!(answer.field_errors(), ["/pins/0 pin-breaks-rule"]);
        assert!(
            answer
                .text
                .contains("No shared language at the least level"),
            "{}",
            answer.text
        );
        let left: i64 = app.db(|conn| {
            Ok(match_runs::table
                .filter(match_runs::status.eq("running"))
                .count()
                .get_result(conn)?)
        });
        assert_eq!(left, 0, "a refused run leaves nothing behind");
    });
}

#[test]
fn a_run_with_nobody_no_places_or_everyone_excluded_says_so() {
    each_database(|app| {
        let programme = open_programme(app, "vide");
        let staff = app.someone(Role::Coordinator, Some(programme.id), None);
        let at = format!("/api/v1/programmes/{}/match-runs", programme.id);
        let counts = || {
            let summary = app.post(&staff, &at, &json!({})).expect(201).json()["summary"].clone();
            ["mentees", "mentors", "places", "matched", "nobody_possible"]
                .map(|count| summary[count].as_i64().unwrap())
        };
        assert_eq!(counts(), [0, 0, 0, 0, 0]);
        let both = person(app, &Made::default());
        mentee(app, &programme, both, None);
        assert_eq!(counts(), [1, 0, 0, 0, 1]);
        // The same person as mentor: nobody is their own mentor.
        mentor(app, &programme, both, 3);
        assert_eq!(counts(), [1, 1, 3, 0, 1]);
        let nothing = Made {
            availability: Vec::new(),
            ..Made::default()
        };
        mentor(app, &programme, person(app, &nothing), 2);
        assert_eq!(counts(), [1, 2, 5, 0, 1]);
    });
}

#[test]
fn settings_of_a_run_that_are_zero_negative_or_huge_are_refused() {
    each_database(|app| {
        let scene = scene(app);
        let none = json!({"profession": 0, "language": 0, "availability": 0, "topics": 0, "licensing": 0, "place": 0, "wishes": 0});
        for (settings, told) in [
            (json!({"weights": none}), "/settings/weights no-weight"),
            (
                json!({"weights": {"topics": -1}}),
                "/settings/weights/topics out-of-range",
            ),
            (
                json!({"weights": {"topics": 9_000_000_000_000_i64}}),
                "/settings/weights/topics out-of-range",
            ),
            (
                json!({"weights": {"topics": 1.5}}),
                "/settings/weights/topics type",
            ),
            (
                json!({"least_overlap_minutes": 100_000}),
                "/settings/least_overlap_minutes out-of-range",
            ),
        ] {
            let answer = scene
                .run_with(app, &json!({"settings": settings}))
                .expect(422);
            assert_eq!(answer.field_errors(), [told]);
        }
        scene
            .run_with(
                app,
                &json!({"places": [{"mentor_participation_id": scene.bruno.id, "places": 3}]}),
            )
            .expect(422);
        // One part alone is enough, however heavy.
        let huge = json!({"settings": {"weights": {"profession": 1_000_000, "language": 0, "availability": 0, "topics": 0, "licensing": 0, "place": 0, "wishes": 0}}});
        let run = scene.run_with(app, &huge).expect(201).json();
        let amina = scene.proposal_of(app, &run, &scene.amina);
        assert_eq!(
            (amina["score"].clone(), amina["parts"]["profession"].clone()),
            (json!(10_000), json!(10_000))
        );
    });
}

#[test]
fn one_run_at_a_time_and_one_that_was_cut_short_does_not_block_for_long() {
    each_database(|app| {
        let scene = scene(app);
        let started = app.ctx().now;
        app.db(|conn| {
            diesel::insert_into(match_runs::table)
                .values((
                    match_runs::id.eq(MatchRunId::new(started)),
                    match_runs::programme_id.eq(scene.programme.id),
                    match_runs::status.eq("running"),
                    match_runs::engine_version.eq("x"),
                    match_runs::inputs_hash.eq(""),
                    match_runs::settings.eq(passerelle::db::Json(json!({}))),
                    match_runs::started_at.eq(started),
                    match_runs::version.eq(1),
                ))
                .execute(conn)?;
            Ok(())
        });
        let busy = scene.run_with(app, &json!({})).expect(409);
        assert_eq!(busy.problem(), "run-in-progress");
        app.clock.advance(chrono::Duration::minutes(11));
        let fresh = Scene {
            staff: app.someone(Role::Coordinator, Some(scene.programme.id), None),
            ..scene
        };
        fresh.run(app);
        let at = format!("/api/v1/programmes/{}/match-runs", fresh.programme.id);
        let runs = app.get(&fresh.staff, &at).expect(200).json();
        assert_eq!(
            runs["items"].as_array().unwrap().len(),
            1,
            "the dead run is gone"
        );
    });
}

#[test]
fn a_run_needs_an_open_programme_and_its_coordinator() {
    each_database(|app| {
        let scene = scene(app);
        let at = format!("/api/v1/programmes/{}/match-runs", scene.programme.id);
        let other = open_programme(app, "autre");
        let stranger = app.someone(Role::Coordinator, Some(other.id), None);
        app.post(&stranger, &at, &json!({})).expect(404);
        let bruno = app.someone(Role::Mentor, None, Some(scene.bruno.person_id));
        app.post(&bruno, &at, &json!({})).expect(403);
        let run = scene.run(app);
        let amina = scene.proposal_of(app, &run, &scene.amina);
        let proposal = format!("/api/v1/proposals/{}", amina["id"].as_str().unwrap());
        for path in [
            proposal.clone(),
            format!("{proposal}/alternatives"),
            format!("/api/v1/match-runs/{}", run["id"].as_str().unwrap()),
        ] {
            app.get(&stranger, &path).expect(404);
            app.get(&bruno, &path).expect(403);
        }
        let empty = app.get(&stranger, "/api/v1/proposals").expect(200).json();
        assert_eq!(empty["items"], json!([]));
        let closed = app.send(
            app.request(
                "POST",
                &format!("/api/v1/programmes/{}/close", scene.programme.id),
            )
            .bearer_auth(&scene.staff.token)
            .header("If-Match", "*")
            .json(&json!({"reason": "over", "mentorships": "end"})),
        );
        closed.expect(200);
        assert_eq!(
            scene.run_with(app, &json!({})).expect(409).problem(),
            "programme-not-open"
        );
        let late = scene
            .decide(app, &amina, &json!({"decision": "approve"}))
            .expect(409);
        assert_eq!(late.problem(), "proposal-overtaken");
    });
}

#[test]
fn a_run_reads_any_number_of_people_with_the_same_queries() {
    each_database(|app| {
        let scene = scene(app);
        let draft = || drop(scene.run_with(app, &json!({"draft": true})).expect(200));
        let few = app.queries(draft);
        for _ in 0..12 {
            mentee(app, &scene.programme, person(app, &Made::default()), None);
            mentor(app, &scene.programme, person(app, &Made::default()), 1);
        }
        assert_eq!(app.queries(draft), few);
    });
}

#[test]
fn people_far_apart_meet_on_the_real_calendar_of_their_zones() {
    each_database(|app| {
        let programme = open_programme(app, "loin");
        let staff = app.someone(Role::Coordinator, Some(programme.id), None);
        // Tuesday 15:00–18:00 in Vancouver is 18:00–21:00 in Toronto while clocks stand so.
        let mentor_in = Made {
            given_name: "Gail",
            family_name: "Wong",
            city: Some("Vancouver"),
            province: Some("BC"),
            zone: "America/Vancouver",
            availability: vec![(2, 15 * 60, 18 * 60)],
            ..Made::default()
        };
        mentor(app, &programme, person(app, &mentor_in), 1);
        mentee(app, &programme, person(app, &Made::default()), None);
        let at = format!("/api/v1/programmes/{}/match-runs", programme.id);
        let run = app.post(&staff, &at, &json!({})).expect(201).json();
        let list = format!(
            "/api/v1/match-runs/{}/proposals",
            run["id"].as_str().unwrap()
        );
        let found = app.get(&staff, &list).expect(200).json()["items"][0].clone();
        let time = &found["facts"]["availability"];
        // From November 2026 Vancouver stays on summer time and Toronto does not: three hours apart in summer,
        // two in winter.
        assert_eq!(time["mentee"]["zone"], "America/Toronto");
        assert_eq!(
            (time["minutes"].clone(), time["least_minutes"].clone()),
            (json!(180), json!(120))
        );
        assert_eq!(time["mentor"]["windows"][0]["starts_minute"], 15 * 60);
        let told = found["reasons"][2]["en"].as_str().unwrap();
        assert!(told.ends_with("For the mentor that is Tuesday 15:00 to 18:00. When clocks change on different dates, 2 hours remain."), "{told}");
        assert_eq!(found["facts"]["meeting"], "remote");
    });
}

#[test]
fn a_cancelled_run_leaves_nothing_behind() {
    each_database(|app| {
        let scene = scene(app);
        let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(true));
        let ctx = app.ctx_of(&scene.staff, Role::Coordinator, Some(scene.programme.id));
        let request = passerelle::matching::Request::default();
        let id = scene.programme.id;
        let refused = app
            .app
            .db
            .run_here(|conn| passerelle::matching::run(conn, &ctx, id, &request, Some(stop)));
        assert_eq!(refused.unwrap_err().code(), "run-cancelled");
        let left: (i64, i64) = app.db(|conn| {
            Ok((
                match_runs::table.count().get_result(conn)?,
                proposals::table.count().get_result(conn)?,
            ))
        });
        assert_eq!(left, (0, 0));
        scene.run(app);
    });
}

#[test]
fn hours_away_and_extra_hours_count_where_they_hold_most_weeks() {
    each_database(|app| {
        let scene = scene(app);
        let admin = app.administrator();
        let minutes = || {
            let run = scene.run(app);
            let amina = scene.proposal_of(app, &run, &scene.amina);
            amina["facts"]["availability"]["minutes"].clone()
        };
        assert_eq!(minutes(), 360);
        let at = format!("/api/v1/persons/{}/exceptions", scene.bruno.person_id);
        let away = json!({"kind": "away", "starts_on": "2026-10-05", "ends_on": "2027-06-30",
            "starts": "18:00", "ends": "19:00"});
        app.post(&admin, &at, &away).expect(201);
        assert_eq!(minutes(), 300, "an hour less on Tuesdays");
        let holiday = json!({"kind": "away", "starts_on": "2026-12-21", "ends_on": "2027-01-04"});
        app.post(&admin, &at, &holiday).expect(201);
        assert_eq!(minutes(), 300, "a holiday is no reason");
        for person in [scene.bruno.person_id, scene.amina.person_id] {
            let at = format!("/api/v1/persons/{person}/exceptions");
            let extra = json!({"kind": "extra", "starts_on": "2026-10-05", "ends_on": "2027-06-30",
                "starts": "07:00", "ends": "08:00"});
            app.post(&admin, &at, &extra).expect(201);
        }
        assert_eq!(minutes(), 300 + 7 * 60, "an hour more every day");
    });
}
