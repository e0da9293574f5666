//! Proposals that events have overtaken: refused with the reason, whoever asks, and nothing half done.

use diesel::prelude::*;
use passerelle::db::schema::{conflicts_of_interest, consents, mentorships, outbox, persons};
use passerelle::kernel::ids::{ConflictOfInterestId, ConsentId};
use passerelle::mentorships::{self as pairs_of, Start, start::Introduction};
use passerelle::programmes::{Enrolment, Participation, Side, enrol_in};
use serde_json::{Value, json};

use super::scene::*;
use crate::support::app::TestApp;
use crate::support::each_database;
use crate::support::people::open_programme;

/// What happens meanwhile.
type Event = fn(&TestApp, &Scene);

fn leave(app: &TestApp, scene: &Scene, who: &Participation) {
    let path = format!("/api/v1/participations/{}/leave", who.id);
    let request = app
        .request("POST", &path)
        .bearer_auth(&scene.staff_now(app).token)
        .header("If-Match", "*")
        .json(&json!({"reason": "moved"}));
    app.send(request).expect(200);
}

pub fn pause(app: &TestApp, who: &Participation) {
    let today = app.ctx().now.utc_date();
    app.db(|conn| {
        diesel::update(persons::table.find(who.person_id))
            .set((
                persons::status.eq("paused"),
                persons::paused_from.eq(Some(today)),
            ))
            .execute(conn)?;
        Ok(())
    });
}

pub fn withdraw(app: &TestApp, who: &Participation) {
    let now = app.ctx().now;
    app.db(|conn| {
        diesel::insert_into(consents::table)
            .values((
                consents::id.eq(ConsentId::new(now)),
                consents::person_id.eq(who.person_id),
                consents::kind.eq("matching"),
                consents::text_version.eq("2026-09"),
                consents::given.eq(false),
                consents::recorded_at.eq(now),
                consents::source.eq("person"),
            ))
            .execute(conn)?;
        Ok(())
    });
}

pub fn declare(app: &TestApp, one: &Participation, other: &Participation) {
    let now = app.ctx().now;
    app.db(|conn| {
        diesel::insert_into(conflicts_of_interest::table)
            .values((
                conflicts_of_interest::id.eq(ConflictOfInterestId::new(now)),
                conflicts_of_interest::person_id.eq(one.person_id),
                conflicts_of_interest::other_person_id.eq(other.person_id),
                conflicts_of_interest::kind.eq("family"),
                conflicts_of_interest::declared_at.eq(now),
            ))
            .execute(conn)?;
        Ok(())
    });
}

fn pair_by_hand(app: &TestApp, scene: &Scene, mentor: &Participation, mentee: &Participation) {
    let body = json!({"mentor_participation_id": mentor.id, "mentee_participation_id": mentee.id});
    app.post(&scene.staff_now(app), "/api/v1/mentorships", &body)
        .expect(201);
}

/// The two begin to work together in another programme.
pub fn pair_elsewhere(app: &TestApp, mentor: &Participation, mentee: &Participation) {
    let elsewhere = open_programme(app, "ailleurs");
    app.db(|conn| {
        conn.write_tx(|conn| {
            let ctx = app.ctx();
            let mut enrol = |person_id, side| {
                let enrolment = Enrolment {
                    person_id,
                    side,
                    capacity: None,
                    waiting_since: None,
                };
                enrol_in(conn, &ctx, &elsewhere, &enrolment).map(|part| part.id)
            };
            let start = Start {
                mentor: enrol(mentor.person_id, Side::Mentor)?,
                mentee: enrol(mentee.person_id, Side::Mentee)?,
                proposal_id: None,
                introduction: Introduction::Silent,
            };
            pairs_of::start_in(conn, &ctx, &start).map(|_| ())
        })
    });
}

/// Every reason, and the event that makes it.
const EVENTS: &[(&str, Event)] = &[
    ("participation-left", |app, scene| {
        leave(app, scene, &scene.bruno)
    }),
    ("participation-left", |app, scene| {
        leave(app, scene, &scene.amina)
    }),
    ("person-away", |app, scene| pause(app, &scene.bruno)),
    ("person-away", |app, scene| pause(app, &scene.amina)),
    ("consent-withdrawn", |app, scene| {
        withdraw(app, &scene.bruno)
    }),
    ("consent-withdrawn", |app, scene| {
        withdraw(app, &scene.amina)
    }),
    ("conflict-of-interest", |app, scene| {
        declare(app, &scene.bruno, &scene.amina)
    }),
    ("conflict-of-interest", |app, scene| {
        declare(app, &scene.amina, &scene.bruno)
    }),
    ("already-paired", |app, scene| {
        pair_elsewhere(app, &scene.bruno, &scene.amina)
    }),
];

/// What only happens while no place is held.
const TAKEN: &[(&str, Event)] = &[
    ("no-place-left", |app, scene| {
        pair_by_hand(app, scene, &scene.bruno, &scene.dina)
    }),
    ("mentee-taken", |app, scene| {
        pair_by_hand(app, scene, &scene.chen, &scene.amina)
    }),
];

/// Runs `check` for each event in a deployment of its own.
fn for_each_event(events: &[(&str, Event)], check: impl Fn(&TestApp, &str, Event)) {
    for (reason, event) in events {
        each_database(|app| check(app, reason, *event));
    }
}

fn counts(app: &TestApp) -> (i64, i64) {
    app.db(|conn| {
        Ok((
            mentorships::table.count().get_result(conn)?,
            outbox::table
                .filter(outbox::kind.eq("mentorship-introduction"))
                .count()
                .get_result(conn)?,
        ))
    })
}

fn is_stale(app: &TestApp, scene: &Scene, proposal: &Value, reason: &str) {
    let now = scene.now(app, proposal);
    assert_eq!(
        (&now["status"], &now["reason"]),
        (&json!("stale"), &json!(reason))
    );
}

#[test]
fn an_approval_is_refused_with_each_reason_alone_and_in_bulk() {
    let all: Vec<(&str, Event)> = EVENTS.iter().chain(TAKEN).copied().collect();
    for_each_event(&all, |app, reason, event| {
        let scene = scene(app);
        let run = scene.run(app);
        let amina = scene.proposal_of(app, &run, &scene.amina);
        let eric = scene.proposal_of(app, &run, &scene.eric);
        event(app, &scene);
        let before = counts(app);
        // In bulk the refusal undoes nothing else.
        let many = json!({"decisions": [
            {"proposal_id": amina["id"], "decision": "approve"},
            {"proposal_id": eric["id"], "decision": "approve"}
        ]});
        let answer = app
            .post(&scene.staff, "/api/v1/proposals/decisions", &many)
            .expect(200)
            .json();
        let refused = &answer["results"][0]["problem"];
        assert_eq!(refused["type"], "/problems/proposal-overtaken", "{reason}");
        assert_eq!(answer["results"][1]["status"], 200, "{reason}: {answer}");
        is_stale(app, &scene, &amina, reason);
        assert_eq!(counts(app), (before.0 + 1, before.1 + 2), "{reason}");
        let again = scene.decide(
            app,
            &scene.now(app, &amina),
            &json!({"decision": "approve"}),
        );
        assert_eq!(again.expect(409).problem(), "proposal-stale");
    });
}

#[test]
fn an_approval_that_would_ask_people_is_refused_with_each_reason_and_holds_nothing() {
    let all: Vec<(&str, Event)> = EVENTS.iter().chain(TAKEN).copied().collect();
    for_each_event(&all, |app, reason, event| {
        let scene = asking_scene(app, &both());
        let run = scene.run(app);
        let amina = scene.proposal_of(app, &run, &scene.amina);
        event(app, &scene);
        let refused = scene
            .decide(app, &amina, &json!({"decision": "approve"}))
            .expect(409);
        assert_eq!(refused.problem(), "proposal-overtaken", "{reason}");
        is_stale(app, &scene, &amina, reason);
        assert_eq!(
            (
                scene.places(app, &scene.bruno).1,
                scene.places(app, &scene.amina).1
            ),
            (0, 0)
        );
        assert_eq!(scene.consent(app, &amina, Of::Mentor), Value::Null);
    });
}

#[test]
fn a_yes_is_refused_with_each_reason_and_ends_the_offer() {
    for_each_event(EVENTS, |app, reason, event| {
        let scene = asking_scene(
            app,
            &json!({"mentor": true, "mentee": true, "after_no": "propose-next"}),
        );
        let run = scene.run(app);
        let offered = scene.offer(app, &run, &scene.amina);
        scene.say(app, &offered, Of::Mentor, "given").expect(200);
        let before = counts(app);
        event(app, &scene);
        let path = link_to(app, &scene.amina);
        let refused = press(app, &path, "given", "");
        assert_eq!(refused.status, 410, "{reason}: {}", refused.text);
        assert!(
            refused.text.contains("role=\"alert\""),
            "{reason}: {}",
            refused.text
        );
        is_stale(app, &scene, &offered, reason);
        let now = counts(app);
        assert_eq!(now.1, before.1, "{reason}: nobody is introduced");
        assert_eq!(scene.places(app, &scene.bruno), (0, 0), "{reason}");
        assert_eq!(scene.places(app, &scene.amina), (0, 0), "{reason}");
        let consent = scene.consent(app, &offered, Of::Mentee);
        let late = say_as(
            app,
            &scene.staff_now(app),
            &consent,
            &json!({"answer": "given"}),
        );
        assert_eq!(late.expect(409).problem(), "consent-over");
    });
}

#[test]
fn before_the_second_is_asked_it_is_seen_that_the_first_yes_comes_too_late() {
    each_database(|app| {
        let scene = asking_scene(app, &both());
        let run = scene.run(app);
        let offered = scene.offer(app, &run, &scene.amina);
        pause(app, &scene.amina);
        let refused = scene.say(app, &offered, Of::Mentor, "given").expect(409);
        assert_eq!(refused.problem(), "consent-overtaken");
        assert_eq!(
            refused.json()["detail"],
            "One of the two is paused or no longer active. Nothing has begun."
        );
        assert_eq!(
            kinds_to(app, &scene.amina),
            [""; 0],
            "nobody is asked in vain"
        );
        is_stale(app, &scene, &offered, "person-away");
    });
}

#[test]
fn a_replacement_is_refused_with_each_reason() {
    // The mentee of the proposal is gone: the proposal itself is overtaken.
    let mentees: &[(&str, Event)] = &[
        ("participation-left", |app, scene| {
            leave(app, scene, &scene.amina)
        }),
        ("person-away", |app, scene| pause(app, &scene.amina)),
        ("consent-withdrawn", |app, scene| {
            withdraw(app, &scene.amina)
        }),
        ("mentee-taken", |app, scene| {
            pair_by_hand(app, scene, &scene.chen, &scene.amina)
        }),
    ];
    let swap =
        |scene: &Scene| json!({"decision": "replace", "mentor_participation_id": scene.chen.id});
    for_each_event(mentees, |app, reason, event| {
        let scene = asking_scene(app, &json!({}));
        let run = scene.run(app);
        let amina = scene.proposal_of(app, &run, &scene.amina);
        event(app, &scene);
        let refused = scene.decide(app, &amina, &swap(&scene)).expect(409);
        assert_eq!(refused.problem(), "proposal-overtaken", "{reason}");
        is_stale(app, &scene, &amina, reason);
    });
    // The new mentor is gone: only the replacement is refused.
    let mentors: &[(&str, Event)] = &[
        ("participation-left", |app, scene| {
            leave(app, scene, &scene.chen)
        }),
        ("person-away", |app, scene| pause(app, &scene.chen)),
        ("consent-withdrawn", |app, scene| withdraw(app, &scene.chen)),
        ("conflict-of-interest", |app, scene| {
            declare(app, &scene.chen, &scene.amina)
        }),
        ("already-paired", |app, scene| {
            pair_elsewhere(app, &scene.chen, &scene.amina)
        }),
        ("no-place-left", |app, scene| {
            app.db(|conn| {
                use passerelle::db::schema::participations as t;
                diesel::update(t::table.find(scene.chen.id))
                    .set((t::capacity.eq(1), t::taken.eq(1)))
                    .execute(conn)?;
                Ok(())
            });
        }),
    ];
    for_each_event(mentors, |app, reason, event| {
        let scene = asking_scene(app, &json!({}));
        let run = scene.run(app);
        let amina = scene.proposal_of(app, &run, &scene.amina);
        event(app, &scene);
        let refused = scene.decide(app, &amina, &swap(&scene)).expect(409);
        assert_eq!(refused.problem(), "replacement-overtaken", "{reason}");
        assert_eq!(scene.now(app, &amina)["status"], "proposed");
    });
}

#[test]
fn who_leaves_or_a_closed_programme_frees_the_other_side_without_anybodys_click() {
    each_database(|app| {
        let scene = asking_scene(app, &both());
        let run = scene.run(app);
        let offered = scene.offer(app, &run, &scene.amina);
        leave(app, &scene, &scene.bruno);
        work(app, "w");
        is_stale(app, &scene, &offered, "participation-left");
        assert_eq!(scene.places(app, &scene.amina), (0, 0));
        let next = scene.open_for(app, &scene.amina, "proposed");
        assert_eq!(
            next[0]["mentor"]["name"], "Chen Wei",
            "the mentee gets the next choice"
        );
        let dina = scene.offer(app, &run, &scene.dina);
        let path = link_to(app, &scene.chen);
        let close = app
            .request(
                "POST",
                &format!("/api/v1/programmes/{}/close", scene.programme.id),
            )
            .bearer_auth(&scene.staff_now(app).token)
            .header("If-Match", "*")
            .json(&json!({"reason": "over", "mentorships": "end"}));
        app.send(close).expect(200);
        let refused = press(app, &path, "given", "");
        assert_eq!(refused.status, 410, "{}", refused.text);
        work(app, "w");
        assert_eq!(scene.now(app, &dina)["status"], "stale");
        assert_eq!(scene.places(app, &scene.chen), (0, 0));
        assert_eq!(scene.places(app, &scene.dina), (0, 0));
        assert!(
            scene.open_for(app, &scene.dina, "proposed").is_empty(),
            "closed is closed"
        );
    });
}

#[test]
fn a_pause_while_asked_is_found_at_the_reminder() {
    each_database(|app| {
        let scene = asking_scene(app, &json!({"mentor": true, "after_no": "coordinator"}));
        let run = scene.run(app);
        let offered = scene.offer(app, &run, &scene.amina);
        pause(app, &scene.amina);
        kinds_to(app, &scene.bruno);
        app.clock.advance(chrono::Duration::days(5));
        work(app, "w");
        is_stale(app, &scene, &offered, "person-away");
        assert_eq!(
            kinds_to(app, &scene.bruno),
            ["match-off"],
            "no reminder for nothing"
        );
    });
}
