//! Consent: who is asked, by which way, until when, and what a yes, a no and a silence lead to.

use chrono::Duration;
use diesel::prelude::*;
use passerelle::db::schema::{match_consents, mentorships, outbox, proposals};
use passerelle::kernel::Role;
use serde_json::{Value, json};

use super::scene::*;
use crate::meetings::fixture::{again, letters};
use crate::support::each_database;

#[test]
fn both_are_asked_in_turn_by_a_link_and_the_mentorship_begins_when_both_have_said_yes() {
    each_database(|app| {
        let scene = asking_scene(app, &both());
        let run = scene.run(app);
        let offered = scene.offer(app, &run, &scene.amina);
        assert_eq!(offered["status"], "offered");
        assert_eq!(offered["mentorship_id"], Value::Null);
        let states: Vec<&str> = offered["consents"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["status"].as_str().unwrap())
            .collect();
        assert_eq!(states, ["asked", "waiting"], "the mentor first");
        assert_eq!(scene.places(app, &scene.bruno), (0, 1));
        assert_eq!(scene.places(app, &scene.amina), (0, 1));
        let written = letters(app);
        assert_eq!(written.len(), 1, "the mentee hears nothing yet");
        let (row, letter) = &written[0];
        assert_eq!(row.person_id, Some(scene.bruno.person_id));
        assert_eq!(letter.words.subject, "Voulez-vous accompagner Amina?");
        assert!(
            letter.words.text.contains("mardi 13 octobre 2026"),
            "{}",
            letter.words.text
        );
        let link = letter.payload.values["link"].as_str().unwrap();
        let path = link
            .replace(&app.base, "")
            .split('?')
            .next()
            .unwrap()
            .to_owned();
        let page = app
            .send(app.request("GET", &format!("{path}?lang=en")))
            .expect(200);
        for told in [
            "Would you like to mentor Amina?",
            "Civil engineers",
            "French",
            "Montréal",
        ] {
            assert!(page.text.contains(told), "{told}: {}", page.text);
        }
        // Neither mail nor page says how to reach the other, or who they are in full.
        for hidden in ["Diallo", "example.org", "points"] {
            assert!(
                !letter
                    .words
                    .text
                    .contains(&format!("{}@", scene.amina.person_id))
            );
            let main = page.text.split("<main").nth(1).unwrap();
            assert!(!main.contains(hidden), "{hidden}");
        }
        let done = press(app, &path, "given", "").expect(303);
        let after = app
            .send(app.request("GET", done.header("location")))
            .expect(200);
        assert!(after.text.contains("Vous avez dit oui") || after.text.contains("You said yes"));
        // Now the mentee is asked, in their own language.
        let mentees = link_to(app, &scene.amina);
        let asked = app
            .send(app.request("GET", &format!("{mentees}?lang=fr")))
            .expect(200);
        assert!(
            asked
                .text
                .contains("Souhaitez-vous un mentorat avec Bruno?"),
            "{}",
            asked.text
        );
        assert_eq!(scene.now(app, &offered)["status"], "offered");
        press(app, &mentees, "given", "").expect(303);
        let begun = scene.now(app, &offered);
        assert_eq!(begun["status"], "approved");
        let at = format!(
            "/api/v1/mentorships/{}",
            begun["mentorship_id"].as_str().unwrap()
        );
        let mentorship = app.get(&scene.staff, &at).expect(200).json();
        assert_eq!(mentorship["mentor_name"], "Bruno Tremblay");
        assert_eq!(scene.places(app, &scene.bruno), (1, 0));
        assert_eq!(scene.places(app, &scene.amina), (1, 0));
        assert_eq!(kinds_to(app, &scene.bruno), ["mentorship-introduction"]);
        let page = app
            .send(app.request("GET", &format!("{path}?lang=en")))
            .expect(200);
        assert!(
            page.text.contains("Your mentorship with Amina begins"),
            "{}",
            page.text
        );
        assert!(
            !page.text.contains("<form method=\"post\" action=\"/o/"),
            "nothing left to press"
        );
    });
}

#[test]
fn by_default_nobody_is_asked_and_one_side_alone_can_be() {
    each_database(|app| {
        let scene = asking_scene(app, &json!({}));
        let run = scene.run(app);
        assert_eq!(scene.offer(app, &run, &scene.eric)["status"], "approved");
        scene.ask(app, &json!({"mentee": true}));
        let offered = scene.offer(app, &run, &scene.amina);
        assert_eq!(offered["status"], "offered");
        assert_eq!(offered["consents"].as_array().unwrap().len(), 1);
        scene.say(app, &offered, Of::Mentee, "given").expect(200);
        assert_eq!(scene.now(app, &offered)["status"], "approved");
        scene.ask(
            app,
            &json!({"mentor": true, "mentee": true, "order": "together"}),
        );
        letters(app);
        let offered = scene.offer(app, &run, &scene.dina);
        let asked: Vec<&Value> = offered["consents"].as_array().unwrap().iter().collect();
        assert!(
            asked.iter().all(|one| one["status"] == "asked"),
            "both at once"
        );
        assert_eq!(letters(app).len(), 2);
    });
}

#[test]
fn reading_the_page_changes_nothing_and_only_our_own_form_does() {
    each_database(|app| {
        let scene = asking_scene(app, &both());
        let run = scene.run(app);
        let offered = scene.offer(app, &run, &scene.amina);
        let path = link_to(app, &scene.bruno);
        let before = scene.now(app, &offered);
        for address in [
            path.clone(),
            format!("{path}?answer=given&reason=x&proof=y"),
        ] {
            app.send(app.request("GET", &address)).expect(200);
            app.send(app.request("HEAD", &address)).expect(200);
        }
        let bare = app.send(app.request("POST", &path).form(&[("answer", "given")]));
        assert!([400, 422].contains(&bare.status), "{}", bare.text);
        let forged = [("answer", "given"), ("proof", "0123456789abcdef")];
        app.send(app.request("POST", &path).form(&forged))
            .expect(400);
        let elsewhere = app
            .request("POST", &path)
            .header("Origin", "https://evil.example")
            .form(&forged);
        app.send(elsewhere).expect(400);
        assert_eq!(scene.now(app, &offered), before);
        app.send(app.request("GET", "/o/no-such-token")).expect(404);
        // What is stored opens nothing.
        let (hash, sealed): (String, String) = app.db(|conn| {
            Ok(match_consents::table
                .filter(match_consents::side.eq("mentor"))
                .select((match_consents::token_hash, match_consents::token_sealed))
                .first(conn)?)
        });
        let token = path.trim_start_matches("/o/");
        assert!(
            hash != token && !sealed.contains(token) && token.len() >= 22,
            "128 bits at least"
        );
        app.send(app.request("GET", &format!("/o/{hash}")))
            .expect(404);
        // A link of one consent opens no other page.
        app.send(app.request("GET", &format!("/m/{token}")))
            .expect(404);
    });
}

#[test]
fn a_no_frees_the_places_at_once_and_its_reason_is_for_coordinators_only() {
    each_database(|app| {
        let scene = asking_scene(
            app,
            &json!({"mentor": true, "mentee": true, "after_no": "coordinator"}),
        );
        let run = scene.run(app);
        let offered = scene.offer(app, &run, &scene.amina);
        let path = link_to(app, &scene.bruno);
        let long = "x".repeat(1001);
        press(app, &path, "declined", &long).expect(409);
        press(app, &path, "declined", " I have too much work. ").expect(303);
        let ended = scene.now(app, &offered);
        assert_eq!(ended["status"], "declined");
        assert_eq!(ended["reason"], Value::Null);
        assert_eq!(scene.places(app, &scene.bruno), (0, 0));
        assert_eq!(scene.places(app, &scene.amina), (0, 0));
        let consent = scene.consent(app, &offered, Of::Mentor);
        assert_eq!(consent["reason"], "I have too much work.");
        assert_eq!(consent["answer_source"], "link");
        assert_eq!(
            kinds_to(app, &scene.amina),
            [""; 0],
            "who was not asked hears nothing"
        );
        assert!(scene.open_for(app, &scene.amina, "proposed").is_empty());
        // Neither the mentee nor a coach of both reads the words.
        let coach = app.someone(Role::Coach, None, None);
        app.db(|conn| {
            use passerelle::db::schema::persons;
            diesel::update(persons::table)
                .set(persons::coach_id.eq(Some(coach.account_id)))
                .execute(conn)?;
            Ok(())
        });
        let amina = app.someone(Role::Mentee, None, Some(scene.amina.person_id));
        for (who, at) in [
            (&coach, "/api/v1/match-consents".to_owned()),
            (
                &coach,
                format!(
                    "/api/v1/proposals/{}/decisions",
                    offered["id"].as_str().unwrap()
                ),
            ),
            (&coach, "/api/v1/proposals".to_owned()),
            (&amina, "/api/v1/match-consents".to_owned()),
            (
                &amina,
                format!("/api/v1/participations/{}/match-record", scene.amina.id),
            ),
        ] {
            let told = app.get(who, &at).expect(200).text;
            assert!(!told.contains("too much work"), "{at}: {told}");
        }
    });
}

#[test]
fn after_a_no_the_next_best_with_room_is_proposed_or_offered_as_the_programme_wants() {
    each_database(|app| {
        for (wanted, status) in [("propose-next", "proposed"), ("offer-next", "offered")] {
            let scene = match wanted {
                "propose-next" => asking_scene(app, &both()),
                _ => return_scene(app, wanted),
            };
            let run = scene.run(app);
            let offered = scene.offer(app, &run, &scene.amina);
            scene.say(app, &offered, Of::Mentor, "declined").expect(200);
            let next = scene.open_for(app, &scene.amina, status);
            assert_eq!(next.len(), 1, "{wanted}");
            assert_eq!(next[0]["mentor"]["name"], "Chen Wei");
            assert_eq!(next[0]["replaces_id"], offered["id"]);
            assert_eq!(next[0]["run_id"], run["id"]);
            let held = i32::from(status == "offered");
            assert_eq!(scene.places(app, &scene.amina), (0, held));
            if status == "offered" {
                let chen = scene.consent(app, &next[0], Of::Mentor);
                assert_eq!(chen["status"], "asked");
                // Chen says no as well: nobody is left, and nothing more happens.
                scene.say(app, &next[0], Of::Mentor, "declined").expect(200);
                assert!(scene.open_for(app, &scene.amina, "offered").is_empty());
                assert_eq!(scene.places(app, &scene.amina), (0, 0));
            }
        }
    });
}

/// The programme is there from the round before: another one.
fn return_scene(app: &crate::support::app::TestApp, after_no: &str) -> Scene {
    app.db(|conn| {
        use passerelle::db::schema::programmes;
        diesel::update(programmes::table)
            .set(programmes::slug.eq("earlier"))
            .execute(conn)?;
        Ok(())
    });
    asking_scene(
        app,
        &json!({"mentor": true, "mentee": true, "after_no": after_no}),
    )
}

#[test]
fn a_place_that_is_promised_to_somebody_else_is_no_next_choice() {
    each_database(|app| {
        let scene = scene(app);
        scene.ask(app, &both());
        // Chen's two places are proposed to Dina and Eric.
        let run = scene.run(app);
        let offered = scene.offer(app, &run, &scene.amina);
        scene.say(app, &offered, Of::Mentor, "declined").expect(200);
        assert!(scene.open_for(app, &scene.amina, "proposed").is_empty());
    });
}

#[test]
fn who_has_said_no_is_not_asked_about_the_same_person_again() {
    each_database(|app| {
        let scene = asking_scene(app, &both());
        let run = scene.run(app);
        let offered = scene.offer(app, &run, &scene.amina);
        scene.say(app, &offered, Of::Mentor, "declined").expect(200);
        for body in [json!({}), json!({"reconsider_rejected": true})] {
            let next = scene.run_with(app, &body).expect(201).json();
            let rows = scene.proposals(app, &next);
            assert!(pairs(&rows).contains(&pair("Amina Diallo", "Chen Wei")));
        }
        let newest = scene.open_for(app, &scene.amina, "proposed")[0].clone();
        let swap = json!({"decision": "replace", "mentor_participation_id": scene.bruno.id});
        let refused = scene.decide(app, &newest, &swap).expect(409);
        assert_eq!(refused.problem(), "replacement-breaks-rule");
        assert!(
            refused.text.contains("One of the two declined the other"),
            "{}",
            refused.text
        );
    });
}

#[test]
fn a_no_can_be_answered_by_the_coordinator_with_another_mentor() {
    each_database(|app| {
        let scene = asking_scene(app, &json!({"mentor": true, "after_no": "coordinator"}));
        let run = scene.run(app);
        let offered = scene.offer(app, &run, &scene.amina);
        scene.say(app, &offered, Of::Mentor, "declined").expect(200);
        let swap = json!({"decision": "replace", "mentor_participation_id": scene.chen.id});
        let done = scene
            .decide(app, &scene.now(app, &offered), &swap)
            .expect(200)
            .json();
        let new = &done["replacement"];
        let again = scene
            .decide(app, new, &json!({"decision": "approve"}))
            .expect(200)
            .json();
        assert_eq!(again["proposal"]["status"], "offered");
    });
}

#[test]
fn who_does_not_answer_is_reminded_once_and_the_deadline_is_one_action_of_any_number_of_workers() {
    each_database(|app| {
        let scene = asking_scene(app, &both());
        let run = scene.run(app);
        let offered = scene.offer(app, &run, &scene.amina);
        letters(app);
        app.clock.advance(Duration::days(5) - Duration::seconds(1));
        work(app, "early");
        assert!(letters(app).is_empty());
        app.clock.advance(Duration::seconds(1));
        work(app, "one");
        work(app, "two");
        let reminded = letters(app);
        assert_eq!(reminded.len(), 1);
        assert_eq!(reminded[0].1.payload.values["reminder"], true);
        assert!(
            reminded[0].1.words.subject.starts_with("Rappel"),
            "{}",
            reminded[0].1.words.subject
        );
        app.clock.advance(Duration::days(2));
        // Another server, as after a restart, and many workers at once.
        let other = app.second_server();
        std::thread::scope(|scope| {
            for number in 0..4 {
                let app = if number % 2 == 0 { app } else { &other };
                scope.spawn(move || work(app, &format!("worker-{number}")));
            }
        });
        let ended = scene.now(app, &offered);
        assert_eq!(ended["status"], "lapsed");
        assert_eq!(scene.places(app, &scene.bruno), (0, 0));
        assert_eq!(scene.consent(app, &offered, Of::Mentor)["status"], "lapsed");
        let next = scene.open_for(app, &scene.amina, "proposed");
        assert_eq!(next.len(), 1, "one next choice");
        let kept: i64 = app.db(|conn| {
            use passerelle::db::schema::match_decisions as t;
            Ok(t::table
                .filter(t::decision.eq("lapsed"))
                .count()
                .get_result(conn)?)
        });
        assert_eq!(kept, 1);
    });
}

#[test]
fn after_the_deadline_no_answer_counts_even_before_a_worker_has_come() {
    each_database(|app| {
        let scene = asking_scene(app, &json!({"mentor": true, "deadline_days": 3}));
        let run = scene.run(app);
        let offered = scene.offer(app, &run, &scene.amina);
        let path = link_to(app, &scene.bruno);
        let consent = scene.consent(app, &offered, Of::Mentor);
        app.clock.advance(Duration::days(3) - Duration::seconds(1));
        app.send(app.request("GET", &path)).expect(200);
        app.clock.advance(Duration::seconds(1));
        let page = app
            .send(app.request("GET", &format!("{path}?lang=en")))
            .expect(410);
        assert!(page.text.contains("The time to answer has passed"));
        let bruno = app.someone(Role::Mentor, None, Some(scene.bruno.person_id));
        let late = say_as(app, &bruno, &consent, &json!({"answer": "given"})).expect(409);
        assert_eq!(late.problem(), "consent-deadline-passed");
        assert_eq!(scene.now(app, &offered)["status"], "offered");
        assert_eq!(
            scene.places(app, &scene.bruno),
            (0, 1),
            "the worker frees it"
        );
        work(app, "w");
        assert_eq!(scene.places(app, &scene.bruno), (0, 0));
    });
}

#[test]
fn one_may_change_ones_mind_until_the_mentorship_begins() {
    each_database(|app| {
        let scene = asking_scene(app, &both());
        let run = scene.run(app);
        let offered = scene.offer(app, &run, &scene.amina);
        let path = link_to(app, &scene.bruno);
        press(app, &path, "given", "").expect(303);
        let mentees = link_to(app, &scene.amina);
        // Yes becomes no: the mentee, who was asked meanwhile, hears that it does not come about.
        press(app, &path, "declined", "Something came up.").expect(303);
        assert_eq!(scene.now(app, &offered)["status"], "declined");
        assert_eq!(kinds_to(app, &scene.amina), ["match-off"]);
        let page = app
            .send(app.request("GET", &format!("{mentees}?lang=en")))
            .expect(410);
        assert!(page.text.contains("It has nothing to do with you"));
        let successor = scene.open_for(app, &scene.amina, "proposed")[0].clone();
        // No becomes yes, while both are free: the mentee is asked again, what was proposed instead is overtaken.
        press(app, &path, "given", "").expect(303);
        assert_eq!(scene.now(app, &offered)["status"], "offered");
        let gone = scene.now(app, &successor);
        assert_eq!(
            (&gone["status"], &gone["reason"]),
            (&json!("stale"), &json!("mind-changed"))
        );
        assert_eq!(scene.consent(app, &offered, Of::Mentee)["status"], "asked");
        assert_eq!(kinds_to(app, &scene.amina), ["match-consent"]);
        press(app, &mentees, "given", "").expect(303);
        let begun = scene.now(app, &offered);
        assert_eq!(begun["status"], "approved");
        let consent = scene.consent(app, &offered, Of::Mentor);
        let bruno = app.someone(Role::Mentor, None, Some(scene.bruno.person_id));
        let late = say_as(app, &bruno, &consent, &json!({"answer": "declined"})).expect(409);
        assert_eq!(late.problem(), "consent-mentorship-began");
        // To say yes again is to say it once.
        say_as(app, &bruno, &consent, &json!({"answer": "given"})).expect(200);
        let count: i64 = app.db(|conn| Ok(mentorships::table.count().get_result(conn)?));
        assert_eq!(count, 1);
    });
}

#[test]
fn a_no_does_not_become_a_yes_once_the_mentee_is_asked_about_somebody_else() {
    each_database(|app| {
        let consent = json!({"mentor": true, "mentee": true, "after_no": "offer-next"});
        let scene = asking_scene(app, &consent);
        let run = scene.run(app);
        let offered = scene.offer(app, &run, &scene.amina);
        let path = link_to(app, &scene.bruno);
        press(app, &path, "declined", "").expect(303);
        assert_eq!(scene.open_for(app, &scene.amina, "offered").len(), 1);
        let late = press(app, &path, "given", "").expect(409);
        assert!(late.text.contains("role=\"alert\""), "{}", late.text);
        assert_eq!(scene.now(app, &offered)["status"], "declined");
        assert_eq!(scene.places(app, &scene.bruno), (0, 0));
        assert_eq!(scene.places(app, &scene.amina), (0, 1));
    });
}

#[test]
fn held_places_count_for_approvals_for_runs_and_in_the_database() {
    each_database(|app| {
        let scene = asking_scene(app, &both());
        let run = scene.run(app);
        scene.offer(app, &run, &scene.amina);
        // Bruno's only place is held: a run sees no room, and an approval is refused.
        let next = scene.run(app);
        assert_eq!(next["summary"]["mentees"], 2, "Amina does not wait");
        let rows = scene.proposals(app, &next);
        assert!(rows.iter().all(|row| row["mentor"]["name"] == "Chen Wei"));
        let dina = scene.proposal_of(app, &next, &scene.dina);
        let swap = json!({"decision": "replace", "mentor_participation_id": scene.bruno.id});
        let refused = scene.decide(app, &dina, &swap).expect(409);
        assert!(
            ["replacement-breaks-rule", "replacement-overtaken"]
                .contains(&refused.problem().as_str())
        );
        let by_hand = json!({"mentor_participation_id": scene.bruno.id, "mentee_participation_id": scene.dina.id});
        let refused = app
            .post(&scene.staff, "/api/v1/mentorships", &by_hand)
            .expect(409);
        assert_eq!(refused.problem(), "no-place-left");
        let amina_too = json!({"mentor_participation_id": scene.chen.id, "mentee_participation_id": scene.amina.id});
        let refused = app
            .post(&scene.staff, "/api/v1/mentorships", &amina_too)
            .expect(409);
        assert_eq!(refused.problem(), "mentee-taken");
        let fewer = app.patch(
            &scene.staff,
            &format!("/api/v1/participations/{}", scene.bruno.id),
            "*",
            &json!({"capacity": 1}),
        );
        fewer.expect(200);
        // The database itself offers a mentee once.
        let twice = app.app.db.run_here(|conn| {
            let row: passerelle::matching::Proposal = proposals::table
                .filter(proposals::status.eq("offered"))
                .select(passerelle::matching::Proposal::as_select())
                .first(conn)?;
            let copy = passerelle::matching::Proposal {
                id: passerelle::kernel::ids::ProposalId::new(app.ctx().now),
                mentor_participation_id: scene.chen.id,
                mentor_id: scene.chen.person_id,
                ..row
            };
            diesel::insert_into(proposals::table)
                .values(&copy)
                .execute(conn)?;
            Ok::<(), passerelle::kernel::Problem>(())
        });
        assert!(twice.is_err());
    });
}

#[test]
fn the_coordinator_takes_an_offer_back_or_gives_another_mentor_and_the_links_say_so() {
    each_database(|app| {
        let scene = asking_scene(app, &both());
        let run = scene.run(app);
        let offered = scene.offer(app, &run, &scene.amina);
        let path = link_to(app, &scene.bruno);
        for verdict in ["approve", "hold", "release"] {
            let refused = scene
                .decide(app, &offered, &json!({"decision": verdict}))
                .expect(409);
            assert_eq!(refused.problem(), "proposal-offered");
        }
        let swap = json!({"decision": "replace", "mentor_participation_id": scene.chen.id});
        let done = scene.decide(app, &offered, &swap).expect(200).json();
        assert_eq!(done["proposal"]["status"], "replaced");
        assert_eq!(done["replacement"]["status"], "proposed");
        assert_eq!(scene.places(app, &scene.bruno), (0, 0));
        assert_eq!(kinds_to(app, &scene.bruno), ["match-off"]);
        app.send(app.request("GET", &path)).expect(410);
        let dina = scene.offer(app, &run, &scene.dina);
        let back = json!({"decision": "reject", "reason": "They know each other."});
        scene.decide(app, &dina, &back).expect(200);
        assert_eq!(scene.places(app, &scene.dina), (0, 0));
        let consent = scene.consent(app, &dina, Of::Mentor);
        let late = say_as(app, &scene.staff, &consent, &json!({"answer": "given"})).expect(409);
        assert_eq!(late.problem(), "consent-over");
        // The jobs are gone with the offers.
        app.clock.advance(Duration::days(30));
        letters(app);
        work(app, "w");
        assert!(letters(app).is_empty());
    });
}

#[test]
fn each_sees_and_answers_their_own_consent_when_it_is_their_turn() {
    each_database(|app| {
        let scene = asking_scene(app, &both());
        let run = scene.run(app);
        let offered = scene.offer(app, &run, &scene.amina);
        let bruno = app.someone(Role::Mentor, None, Some(scene.bruno.person_id));
        let amina = app.someone(Role::Mentee, None, Some(scene.amina.person_id));
        let chen = app.someone(Role::Mentor, None, Some(scene.chen.person_id));
        let mine = |who| {
            let list = app.get(who, "/api/v1/match-consents").expect(200).json();
            list["items"].as_array().unwrap().clone()
        };
        assert_eq!(
            (mine(&bruno).len(), mine(&amina).len(), mine(&chen).len()),
            (1, 0, 0)
        );
        let (mentors, mentees) = (
            scene.consent(app, &offered, Of::Mentor),
            scene.consent(app, &offered, Of::Mentee),
        );
        let yes = json!({"answer": "given"});
        say_as(app, &amina, &mentees, &yes).expect(404);
        say_as(app, &amina, &mentors, &yes).expect(404);
        say_as(app, &chen, &mentors, &yes).expect(404);
        let early = say_as(app, &scene.staff, &mentees, &yes).expect(409);
        assert_eq!(early.problem(), "consent-not-asked");
        let seen = &mine(&bruno)[0];
        assert_eq!(seen["other"]["first_name"], "Amina");
        assert_eq!(seen["other"]["city"], "Montréal");
        let languages = seen["other"]["languages"].to_string();
        assert!(languages.contains("français") && languages.contains("English"));
        assert!(!seen.to_string().contains("Diallo") && !seen.to_string().contains('@'));
        assert_eq!(seen["open"], true);
        let id = seen["id"].as_str().unwrap();
        let stale = app
            .request("POST", &format!("/api/v1/match-consents/{id}/answer"))
            .bearer_auth(&bruno.token)
            .header("If-Match", "\"99\"")
            .json(&yes);
        app.send(stale).expect(412);
        let long = json!({"answer": "declined", "reason": "x".repeat(1001)});
        assert_eq!(
            say_as(app, &bruno, &mentors, &long)
                .expect(422)
                .field_errors(),
            ["/reason too-long"]
        );
        let done = say_as(app, &bruno, &mentors, &yes).expect(200).json();
        assert_eq!(
            (&done["status"], &done["answer_source"]),
            (&json!("given"), &json!("api"))
        );
        let asked = &mine(&amina)[0];
        say_as(app, &again(app, &amina), asked, &yes).expect(200);
        assert_eq!(scene.now(app, &offered)["status"], "approved");
    });
}

#[test]
fn two_clicks_at_once_begin_one_mentorship() {
    each_database(|app| {
        let scene = asking_scene(
            app,
            &json!({"mentor": true, "mentee": true, "order": "together"}),
        );
        let run = scene.run(app);
        let offered = scene.offer(app, &run, &scene.amina);
        let written = letters(app);
        let path = |of: &passerelle::programmes::Participation| {
            let (_, letter) = written
                .iter()
                .find(|(row, _)| row.person_id == Some(of.person_id))
                .unwrap();
            let link = letter.payload.values["link"].as_str().unwrap();
            link.replace(&app.base, "")
                .split('?')
                .next()
                .unwrap()
                .to_owned()
        };
        let paths = [path(&scene.bruno), path(&scene.amina)];
        let other = app.second_server();
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let clicks: Vec<_> = (0..8)
                .map(|number| {
                    let path = &paths[number % 2];
                    let app = if number < 4 { app } else { &other };
                    scope.spawn(move || press_early(app, path).status)
                })
                .collect();
            clicks
                .into_iter()
                .map(|click| click.join().unwrap())
                .collect()
        });
        assert!(statuses.iter().all(|status| *status == 303), "{statuses:?}");
        assert_eq!(scene.now(app, &offered)["status"], "approved");
        let (pairs, introductions): (i64, i64) = app.db(|conn| {
            Ok((
                mentorships::table.count().get_result(conn)?,
                outbox::table
                    .filter(outbox::kind.eq("mentorship-introduction"))
                    .count()
                    .get_result(conn)?,
            ))
        });
        assert_eq!((pairs, introductions), (1, 2));
        assert_eq!(scene.places(app, &scene.bruno), (1, 0));
    });
}

/// Presses yes; a page that was won by an earlier click has no form any more.
fn press_early(app: &crate::support::app::TestApp, path: &str) -> crate::support::app::Answer {
    let page = app.send(app.request("GET", path));
    let Some((_, rest)) = page.text.split_once("name=\"proof\" value=\"") else {
        return crate::support::app::Answer {
            status: 303,
            ..page
        };
    };
    let proof = rest.split('"').next().unwrap().to_owned();
    let fields = [("answer", "given"), ("reason", ""), ("proof", &proof)];
    app.send(app.request("POST", path).form(&fields))
}

#[test]
fn a_yes_and_the_coordinators_no_at_once_end_in_one_of_the_two() {
    each_database(|app| {
        let scene = asking_scene(app, &json!({"mentor": true}));
        let run = scene.run(app);
        let offered = scene.offer(app, &run, &scene.amina);
        let consent = scene.consent(app, &offered, Of::Mentor);
        let bruno = app.someone(Role::Mentor, None, Some(scene.bruno.person_id));
        let (yes, no) = std::thread::scope(|scope| {
            let yes = scope.spawn(|| say_as(app, &bruno, &consent, &json!({"answer": "given"})));
            let back = json!({"decision": "reject", "reason": "changed"});
            let no = scene.decide(app, &offered, &back);
            (yes.join().unwrap(), no)
        });
        let now = scene.now(app, &offered);
        let places = (
            scene.places(app, &scene.bruno),
            scene.places(app, &scene.amina),
        );
        match now["status"].as_str().unwrap() {
            "approved" => assert_eq!((yes.status, places), (200, ((1, 0), (1, 0)))),
            "rejected" => assert_eq!((no.status, places), (200, ((0, 0), (0, 0)))),
            other => panic!("{other}: {} {}", yes.text, no.text),
        }
        assert!(yes.status != 200 || no.status != 200, "not both");
        assert!(
            [409, 412].contains(&yes.status.max(no.status)),
            "{} {}",
            yes.text,
            no.text
        );
    });
}
