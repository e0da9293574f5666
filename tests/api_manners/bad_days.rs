//! Bad days of the database: a disk that is full, a server that is restarted under load.

use super::once;
use crate::programmes::programme;
use crate::support::app::{Answer, TestApp};
use crate::support::databases::{OwnPostgres, TestDatabase};

#[test]
fn a_full_disk_refuses_politely_does_nothing_by_halves_and_recovers() {
    use diesel::RunQueryDsl;
    let one_connection = |settings: &mut passerelle::kernel::Settings| {
        settings.database.pool_size = 1;
    };
    let app = TestApp::start(TestDatabase::sqlite(), one_connection);
    let admin = app.administrator();
    let pragma = |sql: &str| {
        app.db(|conn| {
            diesel::sql_query(sql).execute(conn)?;
            Ok(())
        });
    };
    let rows = || {
        app.db(|conn| {
            use diesel::prelude::*;
            use passerelle::db::schema::{audit_log, idempotency_keys, programmes};
            let programmes: i64 = programmes::table.count().get_result(conn)?;
            let audit: i64 = audit_log::table.count().get_result(conn)?;
            let keys: i64 = idempotency_keys::table.count().get_result(conn)?;
            Ok((programmes, audit, keys))
        })
    };
    // No page more than now: what SQLite reports is what it reports when the disk is full.
    pragma("PRAGMA max_page_count = 1");
    let mut made = 0;
    let refused = loop {
        let before = rows();
        let answer = once(
            &app,
            &admin.token,
            &format!("key-{made}"),
            &programme(&format!("p{made}")),
        );
        if answer.status != 201 {
            // The claim of the key may have found room; it is given back with the refusal.
            assert_eq!(rows(), before, "something was done by halves");
            break answer;
        }
        made += 1;
        assert!(made < 2_000, "the disk is never full");
    };
    assert_eq!(
        refused.expect(507).problem(),
        "storage-full",
        "after {made} programmes"
    );
    let list = app.get(&admin, "/api/v1/programmes?limit=200").expect(200);
    assert_eq!(
        list.json()["items"].as_array().unwrap().len(),
        made.min(200)
    );
    pragma("PRAGMA max_page_count = 1000000");
    once(
        &app,
        &admin.token,
        &format!("key-{made}"),
        &programme(&format!("p{made}")),
    )
    .expect(201);
}

#[test]
fn a_database_restarted_under_load_costs_some_503_and_then_all_is_well() {
    use std::sync::atomic::{AtomicBool, Ordering};
    let Some(postgres) = OwnPostgres::start() else {
        return;
    };
    let app = TestApp::start(postgres.database(), |settings| {
        settings.database.wait_ms = 300;
        settings.database.pool_size = 4;
    });
    let admin = app.administrator();
    let stop = AtomicBool::new(false);
    let pause = |ms| std::thread::sleep(std::time::Duration::from_millis(ms));
    let seen: Vec<Vec<(bool, String, Answer)>> = std::thread::scope(|scope| {
        let load: Vec<_> = (0..4)
            .map(|worker| {
                let (app, admin, stop) = (&app, &admin, &stop);
                scope.spawn(move || {
                    let mut seen = Vec::new();
                    for turn in 0.. {
                        if stop.load(Ordering::Relaxed) {
                            break;
                        }
                        let slug = format!("w{worker}-{turn}");
                        let write = turn % 2 == 0;
                        let answer = if write {
                            app.post(admin, "/api/v1/programmes", &programme(&slug))
                        } else {
                            app.get(admin, "/api/v1/programmes")
                        };
                        seen.push((write, slug, answer));
                        std::thread::sleep(std::time::Duration::from_millis(10));
                    }
                    seen
                })
            })
            .collect();
        pause(500);
        postgres.down();
        assert_eq!(app.send(app.request("GET", "/healthz")).status, 200);
        let unready = app.send(app.request("GET", "/readyz")).expect(503);
        assert_eq!(
            (unready.problem().as_str(), unready.header("retry-after")),
            ("busy", "2")
        );
        pause(500);
        postgres.up();
        pause(1_500);
        stop.store(true, Ordering::Relaxed);
        load.into_iter().map(|t| t.join().unwrap()).collect()
    });
    let mut refused = 0;
    let mut kept = Vec::new();
    for (write, slug, answer) in seen.iter().flatten() {
        match answer.status {
            503 => {
                refused += 1;
                assert_eq!(answer.problem(), "busy");
                assert_ne!(answer.header("retry-after"), "", "no Retry-After");
            }
            201 if *write => kept.push(slug.clone()),
            200 if !*write => {}
            other => panic!("{other}: {}", answer.text),
        }
    }
    assert!(
        refused > 0,
        "the restart was not noticed: the test proves nothing"
    );
    for of_one in &seen {
        assert!(of_one.last().unwrap().2.status < 300, "no recovery");
    }
    // What was confirmed is there.
    let stored: Vec<String> = app.db(|conn| {
        use diesel::prelude::*;
        use passerelle::db::schema::programmes;
        Ok(programmes::table.select(programmes::slug).load(conn)?)
    });
    for slug in kept {
        assert!(stored.contains(&slug), "{slug} was confirmed and is lost");
    }
    for _ in 0..8 {
        app.get(&admin, "/api/v1/programmes").expect(200);
    }
    assert_eq!(app.send(app.request("GET", "/readyz")).status, 200);
}
