//! The queue of work for later: at most once, whatever dies.

use chrono::Duration;
use diesel::prelude::*;
use passerelle::db::Conn;
use passerelle::db::jobs::{self, JobStatus, NewJob};
use passerelle::db::schema::jobs as table;
use passerelle::kernel::{Instant, Problem};
use serde_json::json;

use crate::support::app::TestApp;
use crate::support::each_database;

fn job(key: &str, run_at: Instant) -> NewJob {
    NewJob {
        kind: "test.note",
        unique_key: key.to_owned(),
        subject_id: Some(uuid::Uuid::from_u128(7)),
        person_id: None,
        payload: json!({ "key": key }),
        run_at,
    }
}

fn now(app: &TestApp) -> Instant {
    app.ctx().now
}

fn claim(app: &TestApp, worker: &str) -> Vec<jobs::Job> {
    let at = now(app);
    app.db(|conn| Ok(jobs::claim(conn, at, worker, Duration::seconds(60), 10)?))
}

fn statuses(app: &TestApp) -> Vec<JobStatus> {
    app.db(|conn| {
        Ok(table::table
            .order(table::unique_key)
            .select(table::status)
            .load(conn)?)
    })
}

#[test]
fn a_job_is_written_once_for_its_key_and_waits_for_its_time() {
    each_database(|app| {
        let soon = now(app).plus(Duration::minutes(10));
        app.db(|conn| {
            jobs::enqueue(conn, soon, &job("a", soon))?;
            Ok(jobs::enqueue(conn, soon, &job("a", soon))?)
        });
        assert!(claim(app, "one").is_empty(), "not due");
        app.clock.advance(Duration::minutes(10));
        let mine = claim(app, "one");
        assert_eq!(mine.len(), 1);
        assert_eq!(mine[0].payload.0["key"], "a");
        assert!(claim(app, "two").is_empty(), "somebody has it");
    });
}

#[test]
fn a_worker_that_dies_leaves_its_job_to_the_next_and_does_no_harm_when_it_wakes_up() {
    each_database(|app| {
        let at = now(app);
        app.db(|conn| Ok(jobs::enqueue(conn, at, &job("a", at))?));
        let first = claim(app, "one");
        app.clock.advance(Duration::seconds(61));
        let second = claim(app, "two");
        assert_eq!((first.len(), second.len()), (1, 1));
        assert_eq!(second[0].attempts, 2);
        let worked = std::cell::Cell::new(0);
        let work = |_: &mut Conn| {
            worked.set(worked.get() + 1);
            Ok(())
        };
        app.db(|conn| jobs::perform(conn, &first[0], "one", at, work));
        assert_eq!(worked.get(), 0, "the lease of the first was lost");
        app.db(|conn| jobs::perform(conn, &second[0], "two", at, work));
        app.db(|conn| jobs::perform(conn, &second[0], "two", at, work));
        assert_eq!(worked.get(), 1);
        assert_eq!(statuses(app), [JobStatus::Done]);
    });
}

#[test]
fn what_a_failed_job_wrote_is_undone_and_it_is_tried_again_later_and_later() {
    each_database(|app| {
        let at = now(app);
        app.db(|conn| Ok(jobs::enqueue(conn, at, &job("a", at))?));
        for attempt in 1..=jobs::MOST_ATTEMPTS {
            let mine = claim(app, "one");
            assert_eq!(mine.len(), 1, "attempt {attempt}");
            let failed = app.app.db.run_here(|conn| {
                Ok(jobs::perform(conn, &mine[0], "one", now(app), |conn| {
                    jobs::enqueue(conn, at, &job("trace", at.plus(Duration::days(9))))?;
                    Err(Problem::internal("no"))
                })
                .is_err())
            });
            assert!(failed.unwrap());
            assert!(claim(app, "one").is_empty(), "not at once");
            app.clock.advance(Duration::minutes(1 << (attempt - 1)));
        }
        assert!(claim(app, "one").is_empty());
        assert_eq!(statuses(app), [JobStatus::Dead]);
    });
}

#[test]
fn what_is_long_done_is_forgotten_and_what_is_dead_or_to_come_is_not() {
    each_database(|app| {
        let at = now(app);
        for key in ["cancelled", "dead", "waiting"] {
            app.db(|conn| Ok(jobs::enqueue(conn, at, &job(key, at))?));
        }
        let set = |key: &str, status: JobStatus| {
            app.db(|conn| {
                let one = table::table.filter(table::unique_key.eq(key));
                let over = (table::status.eq(status), table::done_at.eq(at));
                Ok(diesel::update(one).set(over).execute(conn)?)
            })
        };
        set("cancelled", JobStatus::Cancelled);
        set("dead", JobStatus::Dead);
        let purge = |before| app.db(|conn| Ok(jobs::purge(conn, before)?));
        assert_eq!(purge(at), 0);
        assert_eq!(purge(at.plus(Duration::seconds(1))), 1);
        assert_eq!(statuses(app), [JobStatus::Dead, JobStatus::Waiting]);
    });
}

#[test]
fn jobs_about_what_is_gone_are_cancelled() {
    each_database(|app| {
        let at = now(app);
        app.db(|conn| {
            jobs::enqueue(conn, at, &job("a", at))?;
            jobs::cancel(conn, at, &["test.other"], uuid::Uuid::from_u128(7))?;
            jobs::cancel(conn, at, &["test.note"], uuid::Uuid::from_u128(8))?;
            Ok(())
        });
        assert_eq!(statuses(app), [JobStatus::Waiting]);
        app.db(|conn| {
            Ok(jobs::cancel(
                conn,
                at,
                &["test.note"],
                uuid::Uuid::from_u128(7),
            )?)
        });
        assert_eq!(statuses(app), [JobStatus::Cancelled]);
        assert!(claim(app, "one").is_empty());
    });
}

#[test]
fn workers_at_the_same_time_share_the_work_and_none_is_done_twice() {
    each_database(|app| {
        let at = now(app);
        app.db(|conn| {
            (0..40).try_for_each(|n| Ok(jobs::enqueue(conn, at, &job(&format!("{n:02}"), at))?))
        });
        let taken = std::sync::Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for worker in ["one", "two", "three", "four"] {
                let taken = &taken;
                scope.spawn(move || {
                    loop {
                        let mine = app.db(|conn| {
                            Ok(jobs::claim(conn, at, worker, Duration::seconds(60), 3)?)
                        });
                        if mine.is_empty() {
                            break;
                        }
                        for job in mine {
                            app.db(|conn| jobs::perform(conn, &job, worker, at, |_| Ok(())));
                            taken.lock().unwrap().push(job.id);
                        }
                    }
                });
            }
        });
        let mut taken = taken.into_inner().unwrap();
        taken.sort_unstable();
        taken.dedup();
        assert_eq!(taken.len(), 40);
        assert!(
            statuses(app)
                .iter()
                .all(|status| *status == JobStatus::Done)
        );
    });
}
