//! Many at once: the last place, the same proposal.

use diesel::prelude::*;
use passerelle::db::schema::{mentorships, outbox, participations, proposals};
use passerelle::kernel::Role;
use passerelle::programmes::Participation;
use serde_json::json;

use crate::support::each_database;
use crate::support::people::{Made, mentee, mentor, open_programme, person};

use super::scene::*;

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
