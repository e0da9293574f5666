//! Drafts that start from the newest run's stored prices.

use diesel::prelude::*;
use passerelle::db::schema::{match_runs, persons};
use serde_json::{Value, json};

use super::scene::*;
use crate::support::app::{TestApp, instant};
use crate::support::each_database;
use crate::support::people::{mentee, person};

fn draft(app: &TestApp, scene: &Scene, changes: &Value) -> Value {
    let mut body = changes.clone();
    body["draft"] = json!(true);
    scene.run_with(app, &body).expect(200).json()
}

fn method(compared: &Value) -> (&Value, &Value) {
    (&compared["method"], &compared["afresh_because"])
}

/// What is won, lost and worth, of a draft.
fn figures(compared: &Value) -> Vec<Value> {
    let side = |name: &str| {
        [
            "matched",
            "score_total",
            "waiting_total",
            "nobody_possible",
            "places",
        ]
        .map(|figure| compared[name][figure].clone())
    };
    let all = ["won", "lost", "points"].map(|name| compared[name].clone());
    all.into_iter()
        .chain(side("before"))
        .chain(side("after"))
        .collect()
}

#[test]
fn a_draft_starts_from_the_newest_run_and_says_what_a_fresh_one_says() {
    each_database(|app| {
        let scene = scene(app);
        let pair = |mentor: &passerelle::programmes::Participation,
                    mentee: &passerelle::programmes::Participation| {
            json!({"mentor_participation_id": mentor.id, "mentee_participation_id": mentee.id})
        };
        let drafts = [
            json!({}),
            json!({"bans": [pair(&scene.bruno, &scene.amina)]}),
            json!({"pins": [pair(&scene.bruno, &scene.dina)]}),
            json!({"places": [{"mentor_participation_id": scene.chen.id, "places": 1}]}),
            json!({"places": [{"mentor_participation_id": scene.bruno.id, "places": 2}],
                "bans": [pair(&scene.chen, &scene.eric)]}),
        ];
        // Without a run everything is solved afresh.
        let fresh: Vec<Vec<Value>> = drafts
            .iter()
            .map(|changes| {
                let compared = draft(app, &scene, changes);
                assert_eq!(
                    method(&compared),
                    (&json!("solved-afresh"), &json!("no-run"))
                );
                assert_eq!(compared["run_id"], Value::Null);
                figures(&compared)
            })
            .collect();
        let run = scene.run(app);
        let at = |name: &str| instant(run[name].as_str().unwrap());
        assert!(at("finished_at") >= at("started_at"));
        for (changes, fresh) in drafts.iter().zip(fresh) {
            let compared = draft(app, &scene, changes);
            let told = (&json!("changed-from-stored-prices"), &Value::Null);
            assert_eq!(method(&compared), told, "{changes}");
            assert_eq!(compared["run_id"], run["id"]);
            assert_eq!(figures(&compared), fresh, "{changes}");
            let proof = &compared["after"]["certificate"];
            assert_eq!(
                (&proof["primal"], &proof["violations"]),
                (&proof["dual"], &json!(0))
            );
        }
        let saved: i64 = app.db(|conn| Ok(match_runs::table.count().get_result(conn)?));
        assert_eq!(saved, 1, "a draft saves nothing");
    });
}

#[test]
fn what_has_happened_since_the_run_counts_in_a_draft() {
    each_database(|app| {
        let scene = scene(app);
        let run = scene.run(app);
        // Amina and Bruno begin; Farida comes, in an occupation that nobody had; days pass.
        let amina = scene.proposal_of(app, &run, &scene.amina);
        scene
            .decide(app, &amina, &json!({"decision": "approve"}))
            .expect(200);
        let farida = person(app, &named("Farida", "Nuri", "31301"));
        mentee(app, &scene.programme, farida, None);
        app.clock.advance(chrono::Duration::minutes(10));
        let compared = draft(app, &scene, &json!({}));
        assert_eq!(compared["method"], "changed-from-stored-prices");
        assert_eq!(compared["before"]["mentees"], 3);
        assert_eq!(compared["before"]["places"], 2);
        assert_eq!(compared["before"]["matched"], 2);
        // The same from nothing: another version of the engine is not gone on from.
        let warm = figures(&compared);
        app.db(|conn| {
            diesel::update(match_runs::table)
                .set(match_runs::engine_version.eq("passerelle-0.0.1/1"))
                .execute(conn)?;
            Ok(())
        });
        let compared = draft(app, &scene, &json!({}));
        assert_eq!(
            method(&compared),
            (&json!("solved-afresh"), &json!("other-version"))
        );
        assert_eq!(figures(&compared), warm);
    });
}

#[test]
fn what_cannot_be_said_as_changes_is_solved_afresh_and_says_why() {
    each_database(|app| {
        let scene = scene(app);
        scene.run(app);
        let weights = json!({"settings": {"weights": {"language": 90}}});
        let compared = draft(app, &scene, &weights);
        assert_eq!(
            method(&compared),
            (&json!("solved-afresh"), &json!("settings-differ"))
        );
        app.db(|conn| {
            diesel::update(persons::table.find(scene.bruno.person_id))
                .set(persons::meeting_mode.eq("remote"))
                .execute(conn)?;
            Ok(())
        });
        let compared = draft(app, &scene, &json!({}));
        assert_eq!(
            method(&compared),
            (&json!("solved-afresh"), &json!("people-differ"))
        );
    });
}
