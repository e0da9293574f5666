//! Decisions: approve, reject, hold, release, replace, one by one and many at once.

use diesel::prelude::*;
use passerelle::db::schema::{match_decisions, mentorships, outbox, persons};
use passerelle::kernel::Role;
use passerelle::kernel::ids::PersonId;
use serde_json::{Value, json};

use crate::support::each_database;

use super::scene::*;

#[test]
fn approving_makes_a_mentorship_introduces_both_and_is_recorded_with_its_grounds() {
    each_database(|app| {
        let scene = scene(app);
        let run = scene.run(app);
        let amina = scene.proposal_of(app, &run, &scene.amina);
        let done = scene
            .decide(app, &amina, &json!({"decision": "approve"}))
            .expect(200);
        assert_eq!(done.header("etag"), "\"2\"");
        let proposal = &done.json()["proposal"];
        assert_eq!(proposal["status"], "approved");
        let at = format!(
            "/api/v1/mentorships/{}",
            proposal["mentorship_id"].as_str().unwrap()
        );
        let mentorship = app.get(&scene.staff, &at).expect(200).json();
        assert_eq!(mentorship["mentor_name"], "Bruno Tremblay");
        assert_eq!(mentorship["proposal_id"], proposal["id"]);
        assert_eq!(scene.participation(app, &scene.bruno)["taken"], 1);
        assert_eq!(scene.participation(app, &scene.amina)["taken"], 1);
        let mails: Vec<(String, Option<PersonId>)> = app.db(|conn| {
            Ok(outbox::table
                .order(outbox::kind)
                .select((outbox::kind, outbox::person_id))
                .load(conn)?)
        });
        assert_eq!(mails.len(), 2);
        assert!(
            mails
                .iter()
                .all(|(kind, _)| kind == "mentorship-introduction")
        );
        let readers: Vec<_> = mails.iter().filter_map(|(_, person)| *person).collect();
        assert!(
            readers.contains(&scene.bruno.person_id) && readers.contains(&scene.amina.person_id)
        );
        let at = format!(
            "/api/v1/proposals/{}/decisions",
            proposal["id"].as_str().unwrap()
        );
        let decisions = app.get(&scene.staff, &at).expect(200).json();
        assert_eq!(decisions[0]["decision"], "approved");
        assert_eq!(decisions[0]["overridden"], false);
        assert_eq!(decisions[0]["decided_by"], json!(scene.staff.account_id));
        assert_eq!(decisions[0]["criteria"]["score"], amina["score"]);
        assert_eq!(decisions[0]["criteria"]["inputs_hash"], run["inputs_hash"]);
        let again = scene.decide(
            app,
            proposal,
            &json!({"decision": "reject", "reason": "no"}),
        );
        assert_eq!(again.expect(409).problem(), "proposal-decided");
    });
}

#[test]
fn a_rejection_needs_a_reason_and_the_pair_is_not_proposed_again_unless_asked() {
    each_database(|app| {
        let scene = scene(app);
        let run = scene.run(app);
        let amina = scene.proposal_of(app, &run, &scene.amina);
        let bare = scene.decide(app, &amina, &json!({"decision": "reject"}));
        assert_eq!(bare.expect(422).field_errors(), ["/reason required"]);
        scene
            .decide(
                app,
                &amina,
                &json!({"decision": "reject", "reason": "They know each other."}),
            )
            .expect(200);
        let second = scene.run(app);
        let rows = scene.proposals(app, &second);
        assert!(pairs(&rows).contains(&pair("Dina Haddad", "Bruno Tremblay")));
        assert!(!pairs(&rows).contains(&pair("Amina Diallo", "Bruno Tremblay")));
        let third = scene
            .run_with(app, &json!({"reconsider_rejected": true}))
            .expect(201)
            .json();
        let rows = scene.proposals(app, &third);
        assert!(pairs(&rows).contains(&pair("Amina Diallo", "Bruno Tremblay")));
        // The first runs' open proposals are overtaken.
        let dina = scene.proposal_of(app, &run, &scene.dina);
        assert_eq!(
            (dina["status"].clone(), dina["reason"].clone()),
            (json!("stale"), json!("newer-run"))
        );
        let late = scene.decide(app, &dina, &json!({"decision": "approve"}));
        assert_eq!(late.expect(409).problem(), "proposal-stale");
    });
}

#[test]
fn a_proposal_is_replaced_by_an_alternative_and_the_record_says_so() {
    each_database(|app| {
        let scene = scene(app);
        let run = scene.run(app);
        let dina = scene.proposal_of(app, &run, &scene.dina);
        let at = format!(
            "/api/v1/proposals/{}/alternatives",
            dina["id"].as_str().unwrap()
        );
        let others = app.get(&scene.staff, &at).expect(200).json();
        let bruno = &others["for_mentee"][0];
        assert_eq!(bruno["who"]["name"], "Bruno Tremblay");
        assert_eq!(bruno["place_left"], false);
        assert!(
            bruno["score"].as_i64() > dina["score"].as_i64(),
            "better for Dina, not for all"
        );
        assert!(
            others["for_mentor"]
                .as_array()
                .unwrap()
                .iter()
                .any(|o| o["who"]["name"] == "Amina Diallo")
        );
        let same = json!({"decision": "replace", "mentor_participation_id": scene.chen.id});
        assert_eq!(
            scene.decide(app, &dina, &same).expect(422).field_errors(),
            ["/mentor_participation_id other-mentor"]
        );
        let swap = json!({"decision": "replace", "mentor_participation_id": scene.bruno.id});
        let done = scene.decide(app, &dina, &swap).expect(200).json();
        assert_eq!(done["proposal"]["status"], "replaced");
        assert_eq!(done["replacement"]["mentor"]["name"], "Bruno Tremblay");
        assert_eq!(done["replacement"]["replaces_id"], dina["id"]);
        scene
            .decide(app, &done["replacement"], &json!({"decision": "approve"}))
            .expect(200);
        let at = format!(
            "/api/v1/proposals/{}/decisions",
            done["replacement"]["id"].as_str().unwrap()
        );
        let decisions = app.get(&scene.staff, &at).expect(200).json();
        assert_eq!(decisions[0]["overridden"], true);
        // Bruno's only place is gone: Amina's proposal cannot be approved any more, and says why.
        let amina = scene.proposal_of(app, &run, &scene.amina);
        let late = scene
            .decide(app, &amina, &json!({"decision": "approve"}))
            .expect(409);
        assert_eq!(late.problem(), "proposal-overtaken");
        assert_eq!(late.json()["detail"], "The mentor has no place left.");
        let stale = scene.read(app, &amina);
        assert_eq!(
            (stale["status"].clone(), stale["reason"].clone()),
            (json!("stale"), json!("no-place-left"))
        );
    });
}

#[test]
fn an_approval_after_somebody_left_is_refused_with_the_reason_and_changes_nothing() {
    each_database(|app| {
        let scene = scene(app);
        let run = scene.run(app);
        let amina = scene.proposal_of(app, &run, &scene.amina);
        let leave = app.send(
            app.request(
                "POST",
                &format!("/api/v1/participations/{}/leave", scene.bruno.id),
            )
            .bearer_auth(&scene.staff.token)
            .header("If-Match", "*")
            .json(&json!({"reason": "moved"})),
        );
        leave.expect(200);
        let late = scene
            .decide(app, &amina, &json!({"decision": "approve"}))
            .expect(409);
        assert_eq!(late.problem(), "proposal-overtaken");
        assert_eq!(scene.participation(app, &scene.amina)["taken"], 0);
        let counted: (i64, i64) = app.db(|conn| {
            Ok((
                mentorships::table.count().get_result(conn)?,
                outbox::table.count().get_result(conn)?,
            ))
        });
        assert_eq!(counted, (0, 1), "one mail, to who was let go");
    });
}

#[test]
fn many_decisions_are_made_one_by_one_and_a_refused_one_undoes_nothing() {
    each_database(|app| {
        let scene = scene(app);
        let run = scene.run(app);
        let rows = scene.proposals(app, &run);
        let nobody = "0192f000-0000-7000-8000-000000000000";
        let body = json!({"decisions": [
            {"proposal_id": rows[0]["id"], "decision": "approve", "version": 1},
            {"proposal_id": nobody, "decision": "approve"},
            {"proposal_id": rows[1]["id"], "decision": "reject"},
            {"proposal_id": rows[2]["id"], "decision": "approve", "version": 9},
            {"proposal_id": rows[2]["id"], "decision": "approve"}
        ]});
        let answer = app
            .post(&scene.staff, "/api/v1/proposals/decisions", &body)
            .expect(200)
            .json();
        let statuses: Vec<i64> = answer["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["status"].as_i64().unwrap())
            .collect();
        assert_eq!(statuses, [200, 404, 422, 412, 200]);
        assert_eq!(
            (answer["made"].clone(), answer["refused"].clone()),
            (json!(2), json!(3))
        );
        assert_eq!(
            answer["results"][1]["problem"]["type"],
            "/problems/not-found"
        );
        let unknown =
            json!({"decisions": [{"proposal_id": rows[1]["id"], "decision": "hold", "colour": 1}]});
        app.post(&scene.staff, "/api/v1/proposals/decisions", &unknown)
            .expect(422);
        app.post(
            &scene.staff,
            "/api/v1/proposals/decisions",
            &json!({"decisions": []}),
        )
        .expect(422);
    });
}

#[test]
fn proposals_are_listed_with_filters_in_pages_and_by_the_same_queries_however_many() {
    each_database(|app| {
        let scene = scene(app);
        let run = scene.run(app);
        let get = |query: &str| {
            app.get(&scene.staff, &format!("/api/v1/proposals?{query}"))
                .expect(200)
                .json()
        };
        let scores = |page: &Value| -> Vec<i64> {
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|i| i["score"].as_i64().unwrap())
                .collect()
        };
        let all = scores(&get(""));
        let mut sorted = all.clone();
        sorted.sort_unstable_by(|a, b| b.cmp(a));
        assert_eq!((all.len(), &all), (3, &sorted));
        let first = get("limit=2");
        let rest = get(&format!(
            "limit=2&cursor={}",
            first["next_cursor"].as_str().unwrap()
        ));
        assert_eq!([scores(&first), scores(&rest)].concat(), all);
        let weakest = get("sort=score&limit=1");
        assert_eq!(scores(&weakest), [all[2]]);
        assert_eq!(
            scores(&get(&format!("least_score={}", all[0]))).len(),
            all.iter().filter(|s| **s >= all[0]).count()
        );
        assert_eq!(get("status=approved")["items"], json!([]));
        assert_eq!(
            get(&format!("mentee_id={}", scene.dina.person_id))["items"]
                .as_array()
                .unwrap()
                .len(),
            1
        );
        let at = format!(
            "/api/v1/match-runs/{}/proposals",
            run["id"].as_str().unwrap()
        );
        let read = |limit: u32| {
            drop(
                app.get(&scene.staff, &format!("{at}?limit={limit}"))
                    .expect(200),
            )
        };
        assert_eq!(app.queries(|| read(1)), app.queries(|| read(3)));
    });
}

#[test]
fn every_decision_is_kept() {
    each_database(|app| {
        let scene = scene(app);
        let run = scene.run(app);
        let eric = scene.proposal_of(app, &run, &scene.eric);
        scene
            .decide(
                app,
                &eric,
                &json!({"decision": "hold", "reason": "Asks for a week."}),
            )
            .expect(200);
        scene
            .decide(
                app,
                &scene.read(app, &eric),
                &json!({"decision": "release"}),
            )
            .expect(200);
        scene
            .decide(
                app,
                &scene.read(app, &eric),
                &json!({"decision": "approve"}),
            )
            .expect(200);
        let kept: Vec<(String, Option<String>)> = app.db(|conn| {
            Ok(match_decisions::table
                .order(match_decisions::id)
                .select((match_decisions::decision, match_decisions::reason))
                .load(conn)?)
        });
        let words: Vec<&str> = kept.iter().map(|(decision, _)| decision.as_str()).collect();
        assert_eq!(words.len(), 3);
        assert!(
            ["held", "released", "approved"]
                .iter()
                .all(|word| words.contains(word))
        );
        assert!(
            kept.iter()
                .any(|(_, reason)| reason.as_deref() == Some("Asks for a week."))
        );
    });
}

#[test]
fn a_coach_reads_the_proposals_of_the_people_they_follow_and_decides_none() {
    each_database(|app| {
        let scene = scene(app);
        let coach = app.someone(Role::Coach, None, None);
        app.db(|conn| {
            diesel::update(persons::table.find(scene.amina.person_id))
                .set(persons::coach_id.eq(Some(coach.account_id)))
                .execute(conn)?;
            Ok(())
        });
        let run = scene.run(app);
        let seen = app.get(&coach, "/api/v1/proposals").expect(200).json();
        assert_eq!(
            pairs(seen["items"].as_array().unwrap()),
            [pair("Amina Diallo", "Bruno Tremblay")]
        );
        let dina = scene.proposal_of(app, &run, &scene.dina);
        let amina = scene.proposal_of(app, &run, &scene.amina);
        let at =
            |proposal: &Value| format!("/api/v1/proposals/{}", proposal["id"].as_str().unwrap());
        app.get(&coach, &at(&amina)).expect(200);
        app.get(&coach, &at(&dina)).expect(404);
        let decide = app.send(
            app.request("POST", &format!("{}/decision", at(&amina)))
                .bearer_auth(&coach.token)
                .header("If-Match", "*")
                .json(&json!({"decision": "approve"})),
        );
        decide.expect(403);
    });
}

#[test]
fn a_decision_otherwise_than_the_run_proposed_is_marked_and_what_is_overtaken_is_in_the_audit_log()
{
    each_database(|app| {
        let scene = scene(app);
        let run = scene.run(app);
        let overridden = |proposal: &serde_json::Value| {
            let at = format!(
                "/api/v1/proposals/{}/decisions",
                proposal["id"].as_str().unwrap()
            );
            let all = app.get(&scene.staff, &at).expect(200).json();
            let all = all.as_array().unwrap().clone();
            all.iter()
                .map(|one| one["overridden"].as_bool().unwrap())
                .collect::<Vec<_>>()
        };
        let eric = scene.proposal_of(app, &run, &scene.eric);
        scene
            .decide(app, &eric, &json!({"decision": "hold"}))
            .expect(200);
        let no = json!({"decision": "reject", "reason": "they know each other"});
        scene.decide(app, &scene.read(app, &eric), &no).expect(200);
        let mut marks = overridden(&eric);
        marks.sort_unstable();
        assert_eq!(
            marks,
            [false, true],
            "holding decides nothing, a no to the run does"
        );
        let dina = scene.proposal_of(app, &run, &scene.dina);
        let swap = json!({"decision": "replace", "mentor_participation_id": scene.bruno.id});
        let swapped = scene.decide(app, &dina, &swap).expect(200).json()["replacement"].clone();
        scene.decide(app, &swapped, &no).expect(200);
        assert_eq!(overridden(&dina), [true]);
        assert_eq!(overridden(&swapped), [false], "it was not the run's");
        // Amina's proposal is overtaken by the next run: a line of the audit log says so.
        let amina = scene.proposal_of(app, &run, &scene.amina);
        scene.run(app);
        let lines: Vec<(String, Option<String>)> = app.db(|conn| {
            use passerelle::db::schema::audit_log as t;
            let id: uuid::Uuid = amina["id"].as_str().unwrap().parse().unwrap();
            let id = passerelle::db::codec::AnyId(id);
            Ok(t::table
                .filter(t::object_id.eq(id))
                .select((t::action, t::after))
                .load::<(String, Option<passerelle::db::Json<serde_json::Value>>)>(conn)?
                .into_iter()
                .map(|(action, after)| {
                    (
                        action,
                        after.and_then(|json| json.0["status"].as_str().map(str::to_owned)),
                    )
                })
                .collect())
        });
        assert_eq!(
            lines,
            [("proposal.overtake".to_owned(), Some("stale".to_owned()))]
        );
    });
}
