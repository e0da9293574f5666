//! Matching through the front door: runs, reasons, decisions, races.

use diesel::prelude::*;
use passerelle::db::schema::{
    conflicts_of_interest, consents, match_decisions, match_runs, mentorships, outbox,
    participations, persons, proposals,
};
use passerelle::kernel::Role;
use passerelle::kernel::ids::{ConflictOfInterestId, ConsentId, MatchRunId, PersonId};
use passerelle::programmes::{Participation, Programme};
use serde_json::{Value, json};

use crate::support::app::{Answer, Someone, TestApp};
use crate::support::each_database;
use crate::support::people::{Made, mentee, mentor, open_programme, person};

/// A programme with three mentees and two mentors: Bruno, a civil engineer with one place, and Chen, a
/// developer with two. Amina is a civil engineer, Dina a mechanical one, Eric develops.
struct Scene {
    programme: Programme,
    staff: Someone,
    bruno: Participation,
    chen: Participation,
    amina: Participation,
    dina: Participation,
    eric: Participation,
}

const CIVIL: &str = "21300";
const MECHANICAL: &str = "21301";
const DEVELOPER: &str = "21232";

fn named(given: &'static str, family: &'static str, noc: &'static str) -> Made {
    Made {
        given_name: given,
        family_name: family,
        occupations: vec![(noc, "held", 8), (noc, "target", 8)],
        ..Made::default()
    }
}

fn scene(app: &TestApp) -> Scene {
    let programme = open_programme(app, "genie");
    let make = |made: Made| person(app, &made);
    let bruno = mentor(app, &programme, make(named("Bruno", "Tremblay", CIVIL)), 1);
    let chen = mentor(app, &programme, make(named("Chen", "Wei", DEVELOPER)), 2);
    let since = |days| Some(app.ctx().now.minus(chrono::Duration::days(days)));
    let amina = mentee(
        app,
        &programme,
        make(named("Amina", "Diallo", CIVIL)),
        since(30),
    );
    let dina = mentee(
        app,
        &programme,
        make(named("Dina", "Haddad", MECHANICAL)),
        since(10),
    );
    let eric = mentee(
        app,
        &programme,
        make(named("Eric", "Mbeki", DEVELOPER)),
        since(20),
    );
    let staff = app.someone(Role::Coordinator, Some(programme.id), None);
    Scene {
        programme,
        staff,
        bruno,
        chen,
        amina,
        dina,
        eric,
    }
}

impl Scene {
    fn run_with(&self, app: &TestApp, body: &Value) -> Answer {
        let at = format!("/api/v1/programmes/{}/match-runs", self.programme.id);
        app.post(&self.staff, &at, body)
    }

    fn run(&self, app: &TestApp) -> Value {
        self.run_with(app, &json!({})).expect(201).json()
    }

    /// The proposals of a run by the name of the mentee.
    fn proposals(&self, app: &TestApp, run: &Value) -> Vec<Value> {
        let at = format!(
            "/api/v1/match-runs/{}/proposals",
            run["id"].as_str().unwrap()
        );
        let list = app.get(&self.staff, &at).expect(200).json();
        let mut rows = list["items"].as_array().unwrap().clone();
        rows.sort_by_key(|row| row["mentee"]["name"].as_str().unwrap().to_owned());
        rows
    }

    fn proposal_of(&self, app: &TestApp, run: &Value, mentee: &Participation) -> Value {
        let rows = self.proposals(app, run);
        let is = |row: &&Value| row["mentee"]["participation_id"] == json!(mentee.id);
        rows.iter().find(is).cloned().unwrap()
    }

    fn decide(&self, app: &TestApp, proposal: &Value, body: &Value) -> Answer {
        let id = proposal["id"].as_str().unwrap();
        app.send(
            app.request("POST", &format!("/api/v1/proposals/{id}/decision"))
                .bearer_auth(&self.staff.token)
                .header("If-Match", format!("\"{}\"", proposal["version"]))
                .json(body),
        )
    }

    fn read(&self, app: &TestApp, proposal: &Value) -> Value {
        let id = proposal["id"].as_str().unwrap();
        app.get(&self.staff, &format!("/api/v1/proposals/{id}"))
            .expect(200)
            .json()
    }

    fn participation(&self, app: &TestApp, of: &Participation) -> Value {
        app.get(&self.staff, &format!("/api/v1/participations/{}", of.id))
            .expect(200)
            .json()
    }
}

fn pairs(rows: &[Value]) -> Vec<(String, String)> {
    let name = |row: &Value, side: &str| row[side]["name"].as_str().unwrap().to_owned();
    rows.iter()
        .map(|row| (name(row, "mentee"), name(row, "mentor")))
        .collect()
}

fn pair(mentee: &str, mentor: &str) -> (String, String) {
    (mentee.to_owned(), mentor.to_owned())
}

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
            "Temps libre commun dans une semaine type : 6 heures, soit mardi de 18 h à 21 h, samedi de 9 h à 12 h (heure de la personne accompagnée)."
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
        assert_eq!(late.json()["detail"], "The mentor has no place left");
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

/// The rule of the whole room: whoever comes second to the last place loses, on both databases.
#[test]
fn of_many_who_approve_the_last_place_at_once_exactly_one_wins() {
    each_database(|app| {
        let programme = open_programme(app, "genie");
        let bruno = mentor(
            app,
            &programme,
            person(app, &named("Bruno", "Tremblay", CIVIL)),
            1,
        );
        let staff = app.someone(Role::Coordinator, Some(programme.id), None);
        let waiting: Vec<Participation> = (0..8)
            .map(|_| mentee(app, &programme, person(app, &Made::default()), None))
            .collect();
        // A run proposes Bruno once; the other proposals are written as replacements would be.
        let at = format!("/api/v1/programmes/{}/match-runs", programme.id);
        let run = app.post(&staff, &at, &json!({})).expect(201).json();
        let list = format!(
            "/api/v1/match-runs/{}/proposals",
            run["id"].as_str().unwrap()
        );
        let first = app.get(&staff, &list).expect(200).json()["items"][0].clone();
        let proposed = first["mentee"]["participation_id"].clone();
        app.db(|conn| {
            let row: passerelle::matching::Proposal = proposals::table
                .select(passerelle::matching::Proposal::as_select())
                .first(conn)?;
            for other in waiting.iter().filter(|w| json!(w.id) != proposed) {
                let copy = passerelle::matching::Proposal {
                    id: passerelle::kernel::ids::ProposalId::new(app.ctx().now),
                    mentee_participation_id: other.id,
                    mentee_id: other.person_id,
                    ..row.clone()
                };
                diesel::insert_into(proposals::table)
                    .values(&copy)
                    .execute(conn)?;
            }
            Ok(())
        });
        let items = app.get(&staff, &list).expect(200).json()["items"].clone();
        let ids: Vec<String> = items
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["id"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(ids.len(), 8);
        let statuses: Vec<(u16, String)> = std::thread::scope(|scope| {
            let threads: Vec<_> = ids
                .iter()
                .map(|id| {
                    let staff = &staff;
                    scope.spawn(move || {
                        let answer = app.send(
                            app.request("POST", &format!("/api/v1/proposals/{id}/decision"))
                                .bearer_auth(&staff.token)
                                .header("If-Match", "*")
                                .json(&json!({"decision": "approve"})),
                        );
                        let why = if answer.status == 200 {
                            String::new()
                        } else {
                            answer.problem()
                        };
                        (answer.status, why)
                    })
                })
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect()
        });
        let won = statuses.iter().filter(|(status, _)| *status == 200).count();
        assert_eq!(won, 1, "{statuses:?}");
        let lost = statuses
            .iter()
            .filter(|(status, why)| *status == 409 && why == "proposal-overtaken");
        assert_eq!(lost.count(), 7, "{statuses:?}");
        let (taken, open, mails): (i32, i64, i64) = app.db(|conn| {
            Ok((
                participations::table
                    .find(bruno.id)
                    .select(participations::taken)
                    .first(conn)?,
                mentorships::table.count().get_result(conn)?,
                outbox::table.count().get_result(conn)?,
            ))
        });
        assert_eq!((taken, open, mails), (1, 1, 2));
    });
}

#[test]
fn two_approvals_of_one_proposal_at_once_make_one_mentorship() {
    each_database(|app| {
        let scene = scene(app);
        let run = scene.run(app);
        let eric = scene.proposal_of(app, &run, &scene.eric);
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..6)
                .map(|_| {
                    scope.spawn(|| {
                        scene
                            .decide(app, &eric, &json!({"decision": "approve"}))
                            .status
                    })
                })
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect()
        });
        assert_eq!(
            statuses.iter().filter(|status| **status == 200).count(),
            1,
            "{statuses:?}"
        );
        assert!(
            statuses
                .iter()
                .all(|status| [200, 409, 412].contains(status)),
            "{statuses:?}"
        );
        let open: i64 = app.db(|conn| Ok(mentorships::table.count().get_result(conn)?));
        assert_eq!(open, 1);
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
fn the_command_runs_explains_compares_replays_and_exports() {
    each_database(|app| {
        let scene = scene(app);
        let folder = tempfile::tempdir().unwrap();
        let command = |args: &[&str]| {
            let output = std::process::Command::new(env!("CARGO_BIN_EXE_passerelle"))
                .args(["match", "--programme", "genie"])
                .args(args)
                .current_dir(folder.path())
                .env("PASSERELLE__DATABASE__URL", &app.database.url)
                .env(
                    "PASSERELLE__SECURITY__SECRET",
                    "kX3v9QmT7rLw2ZpB8nYc5HdJ4sGf6Ua1",
                )
                .output()
                .unwrap();
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            (
                output.status.code(),
                text(&output.stdout),
                text(&output.stderr),
            )
        };
        let (code, told, wrong) = command(&["--export", "out"]);
        assert_eq!(code, Some(0), "{wrong}");
        assert!(told.contains("3 pairs are proposed"), "{told}");
        assert!(told.contains("Proved: no other set"), "{told}");
        let files = folder.path().join("out");
        for name in [
            "header.json",
            "scores.npy",
            "capacity.npy",
            "assignment.npy",
            "price_mentor.npy",
        ] {
            assert!(files.join(name).is_file(), "{name}");
        }
        let address = format!("{}@people.example.org", scene.amina.person_id);
        let (code, told, wrong) = command(&["--explain", &address, "--lang", "fr"]);
        assert_eq!(code, Some(0), "{wrong}");
        assert!(
            told.contains("Un jumelage a été proposé à Amina Diallo."),
            "{told}"
        );
        assert!(told.contains("Bruno Tremblay: "), "{told}");
        let (code, told, wrong) = command(&[
            "--what-if",
            r#"{"settings": {"floor": 9999, "objective": "total"}}"#,
        ]);
        assert_eq!(code, Some(0), "{wrong}");
        assert!(
            told.starts_with(
                "3 mentees would have another mentor or none: 0 more matched, 3 fewer"
            ),
            "{told}"
        );
        let run: MatchRunId =
            app.db(|conn| Ok(match_runs::table.select(match_runs::id).first(conn)?));
        let (code, told, wrong) = command(&["--replay", &run.to_string()]);
        assert_eq!(code, Some(0), "{wrong}");
        assert!(told.contains("\"same_outcome\": true"), "{told}");
        let (code, _, wrong) =
            command(&["--what-if", r#"{"settings": {"weights": {"topics": -1}}}"#]);
        assert_eq!(code, Some(1));
        assert!(wrong.contains("/settings/weights/topics"), "{wrong}");
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
