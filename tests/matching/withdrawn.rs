//! What happens to people while an offer stands is noticed by the next pass of a worker, and coordinators hear of
//! offers that came to nothing.

use chrono::Duration;
use diesel::prelude::*;
use passerelle::db::schema::persons;
use passerelle::digests::send;
use passerelle::matching::consent::lapse;
use passerelle::programmes::Participation;
use serde_json::{Value, json};

use super::overtaken::{declare, pair_elsewhere, pause, withdraw};
use super::scene::*;
use crate::meetings::fixture::letters;
use crate::support::app::TestApp;
use crate::support::each_database;

/// A worker's pass over the offers that stand; how many it withdrew.
fn pass(app: &TestApp) -> usize {
    let ctx = app.ctx();
    let doubtful = app.db(|conn| lapse::doubtful(conn, &ctx));
    let ended = doubtful
        .iter()
        .filter(|id| app.db(|conn| lapse::withdraw_overtaken(conn, &ctx, **id)));
    ended.count()
}

fn archive(app: &TestApp, who: &Participation) {
    app.db(|conn| {
        diesel::update(persons::table.find(who.person_id))
            .set(persons::status.eq("archived"))
            .execute(conn)?;
        Ok(())
    });
}

/// An event that happens to one of the two, and the reason that is kept.
type Event = (&'static str, fn(&TestApp, &Scene, &Participation));

const EVENTS: &[Event] = &[
    ("person-away", |app, _, who| pause(app, who)),
    ("person-away", |app, _, who| archive(app, who)),
    ("consent-withdrawn", |app, _, who| withdraw(app, who)),
];

#[test]
fn a_pause_an_archive_or_a_withdrawn_consent_withdraws_the_offer_and_only_the_other_hears_if_asked()
{
    for (reason, event) in EVENTS {
        each_database(|app| {
            // The mentor is asked first: the mentee knows nothing yet.
            let scene = asking_scene(
                app,
                &json!({"mentor": true, "mentee": true, "after_no": "coordinator"}),
            );
            let run = scene.run(app);
            let offered = scene.offer(app, &run, &scene.amina);
            letters(app);
            assert_eq!(pass(app), 0, "nothing has happened");
            event(app, &scene, &scene.bruno);
            assert_eq!(pass(app), 1, "{reason}");
            let now = scene.now(app, &offered);
            assert_eq!(
                (&now["status"], &now["reason"]),
                (&json!("stale"), &json!(reason))
            );
            assert_eq!(scene.places(app, &scene.bruno), (0, 0));
            assert_eq!(scene.places(app, &scene.amina), (0, 0));
            assert!(
                letters(app).is_empty(),
                "the mentee was not asked, the mentor knows"
            );
            assert_eq!(pass(app), 0, "once");
        });
        each_database(|app| {
            let scene = asking_scene(
                app,
                &json!({"mentor": true, "mentee": true, "after_no": "coordinator"}),
            );
            let run = scene.run(app);
            let offered = scene.offer(app, &run, &scene.amina);
            letters(app);
            event(app, &scene, &scene.amina);
            assert_eq!(pass(app), 1, "{reason}");
            assert_eq!(scene.now(app, &offered)["reason"], json!(reason));
            assert_eq!(scene.places(app, &scene.bruno), (0, 0));
            assert_eq!(
                kinds_to(app, &scene.bruno),
                ["match-off"],
                "who was asked hears it"
            );
        });
    }
}

#[test]
fn a_conflict_that_is_declared_and_a_pair_made_elsewhere_end_the_offer_for_both() {
    let events: [Event; 3] = [
        ("conflict-of-interest", |app, scene, _| {
            declare(app, &scene.bruno, &scene.amina)
        }),
        ("conflict-of-interest", |app, scene, _| {
            declare(app, &scene.amina, &scene.bruno)
        }),
        ("already-paired", |app, scene, _| {
            pair_elsewhere(app, &scene.bruno, &scene.amina)
        }),
    ];
    for (reason, event) in events {
        each_database(|app| {
            let scene = asking_scene(app, &both());
            let run = scene.run(app);
            let offered = scene.offer(app, &run, &scene.amina);
            event(app, &scene, &scene.bruno);
            letters(app);
            assert_eq!(pass(app), 1, "{reason}");
            assert_eq!(scene.now(app, &offered)["reason"], json!(reason));
            assert_eq!(kinds_to(app, &scene.bruno), ["match-off"]);
        });
    }
}

#[test]
fn the_worker_itself_withdraws_what_was_overtaken() {
    each_database(|app| {
        let scene = asking_scene(app, &both());
        let run = scene.run(app);
        let offered = scene.offer(app, &run, &scene.amina);
        pause(app, &scene.bruno);
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let worker = app.app.clone();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime
                .unwrap()
                .block_on(passerelle::worker::run(worker, stopped))
                .unwrap();
        });
        let is_stale = || scene.now(app, &offered)["status"] == json!("stale");
        let noticed = (0..300).any(|_| {
            std::thread::sleep(std::time::Duration::from_millis(100));
            is_stale()
        });
        stop.send(true).unwrap();
        thread.join().unwrap();
        assert!(noticed);
    });
}

/// The digest of the coordinator on a day, if there is one.
fn digest(app: &TestApp, scene: &Scene) -> Option<String> {
    letters(app);
    let ctx = app.ctx();
    for reader in app.db(|conn| send::due(conn, &ctx)) {
        app.db(|conn| send::write(conn, &ctx, &reader));
    }
    let written = letters(app);
    let theirs = written
        .iter()
        .find(|(row, _)| row.account_id == Some(scene.staff.account_id));
    theirs.map(|(_, letter)| letter.words.text.clone())
}

#[test]
fn the_coordinators_digest_names_offers_without_an_answer_and_offers_that_came_to_nothing() {
    each_database(|app| {
        let scene = asking_scene(
            app,
            &json!({"mentor": true, "deadline_days": 4, "after_no": "coordinator"}),
        );
        let run = scene.run(app);
        let all: Vec<Value> = [&scene.amina, &scene.dina, &scene.eric]
            .map(|who| scene.offer(app, &run, who))
            .to_vec();
        app.clock.advance(Duration::days(2));
        let early = digest(app, &scene).unwrap_or_default();
        assert!(!early.contains("Offered pairs"), "{early}");
        // Less than a day is left.
        app.clock.advance(Duration::hours(30));
        let soon = digest(app, &scene).expect("a digest");
        assert!(soon.contains("Offered pairs without an answer"), "{soon}");
        assert!(
            soon.contains(
                "Bruno Tremblay has not answered about Bruno Tremblay and Amina Diallo (deadline"
            ),
            "{soon}"
        );
        // One says no, one says nothing in time, one is not there any more.
        scene.say(app, &all[2], Of::Mentor, "declined").expect(200);
        app.clock.advance(Duration::hours(20));
        work(app, "worker");
        let after = digest(app, &scene).expect("a digest");
        assert!(
            after.contains("Offered pairs that came to nothing"),
            "{after}"
        );
        assert!(
            after.contains("- Chen Wei and Eric Mbeki: Chen Wei said no"),
            "{after}"
        );
        assert!(
            after.contains(
                "- Bruno Tremblay and Amina Diallo: Bruno Tremblay did not answer in time"
            ),
            "{after}"
        );
        assert!(!after.contains("has not answered"), "{after}");
        // A new run looks at them again, and proposes nothing to who is away: nothing of it waits any more.
        pause(app, &scene.amina);
        scene.run_with_now(app);
        app.clock.advance(Duration::days(1));
        let done = digest(app, &scene).unwrap_or_default();
        assert!(!done.contains("came to nothing"), "{done}");
    });
}

#[test]
fn an_offer_withdrawn_for_a_pause_is_in_the_digest_with_its_reason_until_somebody_decides() {
    each_database(|app| {
        let scene = asking_scene(app, &json!({"mentor": true, "after_no": "coordinator"}));
        let run = scene.run(app);
        let offered = scene.offer(app, &run, &scene.amina);
        app.clock.advance(Duration::minutes(1));
        pause(app, &scene.bruno);
        assert_eq!(pass(app), 1);
        app.clock.advance(Duration::days(1));
        let told = digest(app, &scene).expect("a digest");
        let line =
            "- Bruno Tremblay and Amina Diallo: One of the two is paused or no longer active";
        assert!(told.contains(line), "{told}");
        let swap = json!({"mentor_participation_id": scene.chen.id, "mentee_participation_id": scene.amina.id});
        app.post(&scene.staff_now(app), "/api/v1/mentorships", &swap)
            .expect(201);
        app.clock.advance(Duration::days(1));
        let told = digest(app, &scene).unwrap_or_default();
        assert!(!told.contains("came to nothing"), "{told}");
        let _ = offered;
    });
}

#[test]
fn a_mentee_for_whom_the_next_choice_is_open_waits_for_that_decision_and_not_for_another() {
    each_database(|app| {
        let scene = asking_scene(app, &both());
        let run = scene.run(app);
        let offered = scene.offer(app, &run, &scene.amina);
        app.clock.advance(Duration::minutes(1));
        scene.say(app, &offered, Of::Mentor, "declined").expect(200);
        assert_eq!(scene.open_for(app, &scene.amina, "proposed").len(), 1);
        app.clock.advance(Duration::days(1));
        let told = digest(app, &scene).expect("a digest");
        assert!(told.contains("Proposed pairs to decide about"), "{told}");
        assert!(!told.contains("came to nothing"), "{told}");
    });
}
