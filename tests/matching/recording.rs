//! The record of decisions: for the person whom they concern, and for coordinators.

use passerelle::kernel::Role;
use serde_json::{Value, json};

use super::scene::*;
use crate::support::app::{Someone, TestApp};
use crate::support::each_database;

fn record(app: &TestApp, who: &Someone, of: &passerelle::programmes::Participation) -> Value {
    app.get(
        who,
        &format!("/api/v1/participations/{}/match-record", of.id),
    )
    .expect(200)
    .json()
}

fn told(record: &Value) -> Vec<String> {
    let entries = record["entries"].as_array().unwrap().iter();
    entries
        .map(|entry| entry["sentences"]["en"][0].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn the_record_says_who_decided_when_on_what_grounds_and_why_in_both_languages() {
    each_database(|app| {
        let scene = asking_scene(app, &both());
        let run = scene.run(app);
        let amina = scene.proposal_of(app, &run, &scene.amina);
        let hold = json!({"decision": "hold", "reason": "Waits for a paper."});
        scene.decide(app, &amina, &hold).expect(200);
        let approve = json!({"decision": "approve"});
        scene
            .decide(app, &scene.now(app, &amina), &approve)
            .expect(200);
        scene.say(app, &amina, Of::Mentor, "given").expect(200);
        let link = link_to(app, &scene.amina);
        press(app, &link, "declined", "Too far away.").expect(303);
        let mentee = app.someone(Role::Mentee, None, Some(scene.amina.person_id));
        let own = record(app, &mentee, &scene.amina);
        assert_eq!(
            told(&own),
            [
                "A coordinator, Test, put this match aside for later.",
                "A coordinator, Test, approved this match; then the two were asked.",
                "You said no."
            ],
            "the mentor's yes is the mentor's"
        );
        let entries = own["entries"].as_array().unwrap();
        assert_eq!(entries[0]["reason"], "Waits for a paper.");
        assert_eq!(entries[0]["grounds"]["score"], amina["score"]);
        assert_eq!(entries[0]["grounds"]["inputs_hash"], run["inputs_hash"]);
        assert_eq!(entries[2]["reason"], "Too far away.");
        assert_eq!(
            entries[0]["other"], "Bruno",
            "the mentee was asked about Bruno"
        );
        let french = entries[2]["sentences"]["fr"].as_array().unwrap();
        assert_eq!(french[0], "Vous avez dit non.");
        assert!(
            own["rights"]["fr"]
                .as_str()
                .unwrap()
                .contains("observations")
        );
        assert!(!own.to_string().contains("Tremblay") && !own.to_string().contains('@'));
        let grounds = entries[0]["sentences"]["en"][2].as_str().unwrap();
        assert!(grounds.contains("profession 3500 of 3500"), "{grounds}");
        // The mentor reads that it came to nothing, not by whom nor why.
        let bruno = app.someone(Role::Mentor, None, Some(scene.bruno.person_id));
        let theirs = record(app, &bruno, &scene.bruno);
        assert_eq!(
            told(&theirs)[2..],
            ["You said yes.", "This match did not come about."]
        );
        assert!(!theirs.to_string().contains("Too far"));
        let staff = record(app, &scene.staff, &scene.bruno);
        assert_eq!(told(&staff)[3], "Amina Diallo said no.");
        assert_eq!(staff["entries"][3]["reason"], "Too far away.");
    });
}

#[test]
fn before_somebody_was_asked_the_record_names_nobody_else_and_tells_no_facts_about_them() {
    each_database(|app| {
        let scene = asking_scene(app, &both());
        let run = scene.run(app);
        let amina = scene.proposal_of(app, &run, &scene.amina);
        let reject = json!({"decision": "reject", "reason": "Another occupation fits better."});
        scene.decide(app, &amina, &reject).expect(200);
        let mentee = app.someone(Role::Mentee, None, Some(scene.amina.person_id));
        let own = record(app, &mentee, &scene.amina);
        let entry = &own["entries"][0];
        assert_eq!(entry["other"], Value::Null);
        assert_eq!(entry["grounds"]["reasons"], json!([]));
        assert_eq!(entry["reason"], "Another occupation fits better.");
        assert!(entry["grounds"]["parts"]["profession"].as_i64().unwrap() > 0);
        assert!(!own.to_string().contains("Bruno"));
        let other = app.someone(Role::Mentee, None, Some(scene.dina.person_id));
        let path = format!("/api/v1/participations/{}/match-record", scene.amina.id);
        app.get(&other, &path).expect(404);
        let coach = app.someone(Role::Coach, None, None);
        app.get(&coach, &path).expect(403);
        let staff = record(app, &scene.staff, &scene.amina);
        assert_eq!(staff["entries"][0]["other"], "Bruno Tremblay");
        assert!(
            !staff["entries"][0]["grounds"]["reasons"]
                .as_array()
                .unwrap()
                .is_empty()
        );
    });
}

#[test]
fn what_the_settings_decided_is_recorded_as_that() {
    each_database(|app| {
        let consent = json!({"mentor": true, "mentee": true, "after_no": "offer-next"});
        let scene = asking_scene(app, &consent);
        let run = scene.run(app);
        let offered = scene.offer(app, &run, &scene.amina);
        scene.say(app, &offered, Of::Mentor, "declined").expect(200);
        let staff = record(app, &scene.staff, &scene.amina);
        let last = staff["entries"].as_array().unwrap().last().unwrap();
        assert_eq!(last["decision"], "offered");
        assert_eq!(last["decided_by"], Value::Null);
        assert!(
            last["sentences"]["en"][0]
                .as_str()
                .unwrap()
                .contains("by the programme’s settings")
        );
    });
}
