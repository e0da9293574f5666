//! Why, why not, why nobody, what if, whom to recruit.

use diesel::prelude::*;
use passerelle::db::schema::{match_runs, proposals};
use passerelle::programmes::Participation;
use serde_json::{Value, json};

use crate::support::each_database;
use crate::support::people::{Made, mentee, person};

use super::scene::*;

#[test]
fn reasons_are_told_as_facts_in_both_languages() {
    each_database(|app| {
        let scene = scene(app);
        let run = scene.run(app);
        let amina = scene.proposal_of(app, &run, &scene.amina);
        let reason = |part: &str, locale: &str| {
            let reasons = amina["reasons"].as_array().unwrap();
            let of = reasons
                .iter()
                .find(|reason| reason["part"] == part)
                .unwrap();
            of[locale].as_str().unwrap().to_owned()
        };
        assert_eq!(
            reason("profession", "en"),
            "The mentor works in the very occupation that the mentee aims at: Civil engineers (21300)."
        );
        assert!(
            reason("profession", "fr").ends_with("Ingénieurs civils/ingénieures civiles (21300).")
        );
        assert_eq!(
            reason("language", "en"),
            "They can speak French: mentee C1, mentor C1."
        );
        assert_eq!(
            reason("availability", "en"),
            "Both are free for 6 hours in a typical week: Tuesday 18:00 to 21:00, Saturday 09:00 to 12:00 (mentee’s time)."
        );
        assert_eq!(
            reason("availability", "fr"),
            "Temps libre commun dans une semaine type\u{a0}: 6\u{a0}heures, soit mardi de 18\u{a0}h à 21\u{a0}h, samedi de 9\u{a0}h à 12\u{a0}h (heure de la personne mentorée)."
        );
        assert_eq!(
            reason("place", "en"),
            "Both live in Montréal and can meet in person."
        );
        assert_eq!(amina["facts"]["waiting_days"], 30);
        assert_eq!(amina["facts"]["profession"]["likeness"], 1000);
    });
}

#[test]
fn a_draft_is_compared_with_what_would_be_proposed_and_saves_nothing() {
    each_database(|app| {
        let scene = scene(app);
        let ban = json!({"draft": true, "bans": [{
            "mentor_participation_id": scene.bruno.id, "mentee_participation_id": scene.amina.id}]});
        let compared = scene.run_with(app, &ban).expect(200).json();
        let changes = compared["changes"].as_array().unwrap();
        let mut moves: Vec<(&str, &str)> = changes
            .iter()
            .map(|c| {
                (
                    c["mentee"]["name"].as_str().unwrap(),
                    c["after"]["name"].as_str().unwrap(),
                )
            })
            .collect();
        moves.sort_unstable();
        assert_eq!(
            moves,
            [
                ("Amina Diallo", "Chen Wei"),
                ("Dina Haddad", "Bruno Tremblay")
            ]
        );
        assert_eq!(compared["before"]["matched"], compared["after"]["matched"]);
        let fewer = json!({"draft": true, "places": [{
            "mentor_participation_id": scene.chen.id, "places": 1}]});
        let compared = scene.run_with(app, &fewer).expect(200).json();
        assert_eq!(
            (compared["won"].clone(), compared["lost"].clone()),
            (json!(0), json!(1))
        );
        let weights = json!({"draft": true, "settings": {"objective": "total", "floor": 9000}});
        let compared = scene.run_with(app, &weights).expect(200).json();
        assert_eq!(compared["settings"]["floor"], 9000);
        let saved: (i64, i64) = app.db(|conn| {
            Ok((
                match_runs::table.count().get_result(conn)?,
                proposals::table.count().get_result(conn)?,
            ))
        });
        assert_eq!(saved, (0, 0));
    });
}

#[test]
fn why_nobody_names_the_rules_the_nearest_and_what_would_have_to_change() {
    each_database(|app| {
        let scene = scene(app);
        let lonely = Made {
            given_name: "Farah",
            family_name: "Nuri",
            languages: vec![("ps", "native", false)],
            ..Made::default()
        };
        let farah = mentee(app, &scene.programme, person(app, &lonely), None);
        let run = scene.run(app);
        assert_eq!(run["summary"]["nobody_possible"], 1);
        let at = format!(
            "/api/v1/match-runs/{}/why-nobody?mentee_participation_id={}",
            run["id"].as_str().unwrap(),
            farah.id
        );
        let why = app.get(&scene.staff, &at).expect(200).json();
        assert_eq!(why["matched"], false);
        assert_eq!(
            (
                why["admissible"].clone(),
                why["removed"][0]["mentors"].clone()
            ),
            (json!(0), json!(2))
        );
        assert_eq!(why["removed"][0]["rule"]["rule"], "language");
        assert_eq!(why["nearest"].as_array().unwrap().len(), 2);
        let told = why["sentences"]["en"].as_array().unwrap();
        assert_eq!(told[0], "None of the 2 mentors is possible for Farah Nuri.");
        assert_eq!(
            told[1],
            "No shared language at the least level: 2 of 2 mentors."
        );
        let dit = why["sentences"]["fr"].as_array().unwrap();
        assert_eq!(
            dit[0],
            "Aucune des 2 personnes mentores n’est possible pour Farah Nuri."
        );
        app.get(
            &scene.staff,
            &at.replace(&farah.id.to_string(), &scene.bruno.id.to_string()),
        )
        .expect(404);
    });
}

#[test]
fn why_not_that_one_is_told_by_its_price() {
    each_database(|app| {
        let scene = scene(app);
        let run = scene.run(app);
        let why = |mentor: &Participation, mentee: &Participation| {
            let at = format!(
                "/api/v1/match-runs/{}/why-not?mentor_participation_id={}&mentee_participation_id={}",
                run["id"].as_str().unwrap(),
                mentor.id,
                mentee.id
            );
            app.get(&scene.staff, &at).expect(200).json()
        };
        let chosen = why(&scene.bruno, &scene.amina);
        assert_eq!(chosen["chosen"], true);
        assert_eq!(chosen["sentences"]["en"][0], "This pair was proposed.");
        let other = why(&scene.bruno, &scene.dina);
        assert_eq!(other["chosen"], false);
        assert_eq!(other["price"]["fewer_matched"], 0);
        assert!(other["price"]["points"].as_i64().unwrap() >= 0);
        // The price is exact: a run that insists on the pair loses just that.
        let pin = json!({"draft": true, "pins": [{
            "mentor_participation_id": scene.bruno.id, "mentee_participation_id": scene.dina.id}]});
        let compared = scene.run_with(app, &pin).expect(200).json();
        let lost = -compared["points"].as_i64().unwrap();
        assert_eq!(other["price"]["points"].as_i64().unwrap(), lost);
        assert!(lost > 0);
        let told = other["sentences"]["en"][0].as_str().unwrap();
        assert!(
            told.contains("the only mentor possible for them in Civil engineers (21300)"),
            "{told}"
        );
        let amina = &other["price"]["changes"][1];
        assert_eq!(amina["loses"]["only_in"], "21300");
        assert_eq!(amina["loses"]["part"], "profession");
        let names: Vec<&str> = other["price"]["changes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|change| change["mentee"]["name"].as_str().unwrap())
            .collect();
        assert_eq!(names, ["Dina Haddad", "Amina Diallo"]);
        assert!(
            other["sentences"]["fr"][0]
                .as_str()
                .unwrap()
                .contains("Amina Diallo passerait de Bruno Tremblay à Chen Wei")
        );
    });
}

#[test]
fn fairness_and_recruitment_are_counted_for_every_run() {
    each_database(|app| {
        let scene = scene(app);
        let lonely = Made {
            languages: vec![("ps", "native", false)],
            province: Some("ON"),
            city: Some("Ottawa"),
            ..Made::default()
        };
        mentee(app, &scene.programme, person(app, &lonely), None);
        let summary = scene.run(app)["summary"].clone();
        let share = |kind: &str, group: &str| {
            let groups = summary["fairness"][kind].as_array().unwrap().clone();
            let found = groups
                .into_iter()
                .find(|share| share["group"] == group)
                .unwrap();
            (
                found["mentees"].as_i64().unwrap(),
                found["permille"].as_i64().unwrap(),
            )
        };
        assert_eq!(share("regions", "QC"), (3, 1000));
        assert_eq!(share("regions", "ON"), (1, 0));
        assert_eq!(share("languages", "ps"), (1, 0));
        assert_eq!(share("waiting", "0-30"), (4, 750));
        let needs = summary["recruitment"]["languages"].as_array().unwrap();
        let pashto = needs.iter().find(|need| need["code"] == "ps").unwrap();
        assert_eq!(
            (pashto["unmatched"].clone(), pashto["mentors"].clone()),
            (json!(1), json!(0))
        );
    });
}

#[test]
fn wishes_count_only_if_both_have_agreed_and_the_reason_names_them() {
    each_database(|app| {
        let scene = scene(app);
        let admin = app.administrator();
        let wish = |who: &Participation, wishes: Value| {
            let path = format!("/api/v1/persons/{}", who.person_id);
            app.patch(&admin, &path, "\"1\"", &json!({"wishes": wishes}))
                .expect(200);
        };
        wish(&scene.amina, json!({"wants": ["parent"]}));
        wish(&scene.bruno, json!({"is": ["parent"]}));
        let agree = |who: &Participation| {
            let path = format!("/api/v1/persons/{}/consents", who.person_id);
            let body = json!({"kind": "wishes", "text_version": "2026-09", "given": true});
            app.post(&admin, &path, &body).expect(201);
        };
        let earned = || {
            let run = scene.run(app);
            let proposal = scene.proposal_of(app, &run, &scene.amina);
            assert_eq!(
                proposal["mentor"]["participation_id"],
                json!(scene.bruno.id)
            );
            let id = proposal["id"].as_str().unwrap();
            let read = app
                .get(&scene.staff, &format!("/api/v1/proposals/{id}"))
                .expect(200)
                .json();
            let reasons = read["reasons"].as_array().unwrap();
            let wishes = reasons.iter().find(|r| r["part"] == "wishes").unwrap();
            (
                wishes["points"].as_i64().unwrap(),
                wishes["en"].as_str().unwrap().to_owned(),
            )
        };
        assert_eq!(earned().0, 0, "nobody agreed");
        agree(&scene.amina);
        assert_eq!(earned().0, 0, "one agreed");
        agree(&scene.bruno);
        let (points, sentence) = earned();
        assert!(points > 0);
        assert_eq!(sentence, "As the mentee wished, the mentor is: a parent.");
    });
}

#[test]
fn whom_to_recruit_is_told_with_the_effect_of_one_more_place_in_both_languages() {
    each_database(|app| {
        let scene = scene(app);
        let run = scene.run(app);
        let at = format!(
            "/api/v1/match-runs/{}/recruitment",
            run["id"].as_str().unwrap()
        );
        let found = app.get(&scene.staff, &at).expect(200).json();
        let occupations = found["occupations"].as_array().unwrap();
        let civil = occupations
            .iter()
            .find(|one| one["code"] == "21300")
            .unwrap();
        assert_eq!(civil["name"]["en"], "Civil engineers (21300)");
        let told = civil["sentence"]["en"].as_str().unwrap();
        // Dina would gain by a second place with Bruno.
        assert!(civil["points"].as_i64().unwrap() > 0);
        assert!(
            told.contains("one mentee wants it, 0 without a mentor; one mentor has it"),
            "{told}"
        );
        assert!(told.ends_with("points in all."), "{told}");
        let dit = civil["sentence"]["fr"].as_str().unwrap();
        assert!(dit.contains("Une place de plus ajouterait"), "{dit}");
        let mechanical = occupations
            .iter()
            .find(|one| one["code"] == "21301")
            .unwrap();
        let told = mechanical["sentence"]["en"].as_str().unwrap();
        assert!(
            told.ends_with("whoever joins with it would be the first."),
            "{told}"
        );
        assert!(!found["languages"].as_array().unwrap().is_empty());
    });
}
