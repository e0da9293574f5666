//! Many at once: the last place, the same proposal.

use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use passerelle::db::Conn;
use passerelle::db::connection::LockTable;
use passerelle::db::schema::{match_decisions, mentorships, outbox, participations, proposals};
use passerelle::kernel::ids::ProposalId;
use passerelle::kernel::{Problem, Role};
use passerelle::programmes::Participation;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::people::{Made, mentee, mentor, open_programme, person};
use crate::support::{each_database, each_database_with};

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

/// The same with one connection, which waits for locks so long and no longer.
fn each_database_that_waits(millis: u64, test: impl Fn(&TestApp)) {
    each_database_with(
        |settings| settings.database.pool_size = 1,
        |app| {
            app.db(|conn| {
                match conn {
                    Conn::Sqlite(c) => c.batch_execute(&format!("PRAGMA busy_timeout = {millis}")),
                    Conn::Pg(c) => c.batch_execute(&format!("SET lock_timeout = '{millis}ms'")),
                }?;
                Ok(())
            });
            test(app);
        },
    );
}

/// Does something while another connection holds proposals that are to be decided (on SQLite, everything).
fn while_others_hold<T>(app: &TestApp, rows: &[Value], work: impl FnOnce() -> T) -> T {
    let mut other = app.app.db.connect_one().unwrap();
    let done: Result<T, Problem> = other.write_tx(|conn| {
        for row in rows {
            let id: ProposalId = row["id"].as_str().unwrap().parse().unwrap();
            conn.lock_row(LockTable::Proposals, id.0)?;
        }
        Ok(work())
    });
    done.unwrap()
}

/// Approves all of them with one request, and gives back the status of each.
fn approve_all(app: &TestApp, scene: &Scene, rows: &[Value]) -> Vec<u64> {
    let one = |row: &Value| json!({"proposal_id": row["id"], "decision": "approve"});
    let body = json!({ "decisions": rows.iter().map(one).collect::<Vec<_>>() });
    let answer = app.post(&scene.staff, "/api/v1/proposals/decisions", &body);
    let answer = answer.expect(200).json();
    let results = answer["results"].as_array().unwrap();
    results
        .iter()
        .map(|one| one["status"].as_u64().unwrap())
        .collect()
}

/// Mentorships, and decisions about proposals.
fn begun(app: &TestApp) -> (i64, i64) {
    app.db(|conn| {
        Ok((
            mentorships::table.count().get_result(conn)?,
            match_decisions::table.count().get_result(conn)?,
        ))
    })
}

#[test]
fn of_many_decisions_none_is_lost_or_made_twice_when_the_database_is_busy_for_a_moment() {
    each_database_that_waits(2_000, |app| {
        let scene = scene(app);
        let run = scene.run(app);
        let rows = scene.proposals(app, &run);
        let statuses = std::thread::scope(|scope| {
            let asked = while_others_hold(app, &rows, || {
                let asked = scope.spawn(|| approve_all(app, &scene, &rows));
                // Longer than the first try waits, and not as long as all of them.
                std::thread::sleep(Duration::from_millis(3_000));
                asked
            });
            asked.join().unwrap()
        });
        assert_eq!(statuses, [200, 200, 200]);
        assert_eq!(begun(app), (3, 3));
    });
}

#[test]
fn of_many_decisions_those_that_stay_shut_out_are_told_so_and_can_be_sent_again() {
    each_database_that_waits(50, |app| {
        let scene = scene(app);
        let run = scene.run(app);
        let rows = scene.proposals(app, &run);
        let statuses = while_others_hold(app, &rows, || approve_all(app, &scene, &rows));
        assert_eq!(statuses, [503, 503, 503]);
        assert_eq!(begun(app), (0, 0));
        assert_eq!(approve_all(app, &scene, &rows), [200, 200, 200]);
        assert_eq!(begun(app), (3, 3));
    });
}
