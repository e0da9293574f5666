//! Reminders before a meeting and the question after it.

use chrono::Duration;
use passerelle::kernel::Instant;
use serde_json::json;

use super::fixture::{address, again, booked, letter_to, letters, pair, pair_in, programme, work};
use crate::support::app::{TestApp, instant};
use crate::support::{app::Answer, each_database};

/// Lets the time come, does what is due, and gives the kinds of mail that were written.
fn at(app: &TestApp, time: &str) -> Vec<String> {
    app.clock.set(instant(time));
    work(app);
    letters(app)
        .iter()
        .map(|(row, _)| row.kind.to_string())
        .collect()
}

fn post(
    app: &TestApp,
    pair: &super::fixture::Pair,
    made: &Answer,
    verb: &str,
    body: serde_json::Value,
) {
    let path = format!("{}/{verb}", address(made));
    app.send(
        app.request("POST", &path)
            .bearer_auth(&again(app, &pair.mentor).token)
            .header("If-Match", "*")
            .json(&body),
    )
    .expect(200);
    letters(app);
}

#[test]
fn reminders_leave_a_day_and_an_hour_before_once_each_in_the_persons_words() {
    each_database(|app| {
        let pair = pair(app);
        booked(app, &pair, &pair.mentor, "2026-10-13T22:00:00Z");
        assert_eq!(at(app, "2026-10-12T21:59:59Z"), [""; 0]);
        app.clock.set(instant("2026-10-12T22:00:00Z"));
        work(app);
        let written = letters(app);
        assert_eq!(written.len(), 2);
        let french = letter_to(&written, pair.mentee_id());
        assert!(
            french.words.text.contains("15\u{a0}h"),
            "{}",
            french.words.text
        );
        let stop = french.payload.unsubscribe.as_ref().expect("O10: one click");
        assert!(stop.as_str().contains("/m/"));
        assert!(
            french.payload.calendar.is_none(),
            "a reminder is no second invitation"
        );
        assert_eq!(at(app, "2026-10-12T22:30:00Z"), [""; 0], "once");
        assert_eq!(at(app, "2026-10-13T21:00:00Z"), ["meeting-reminder"; 2]);
        assert_eq!(at(app, "2026-10-13T23:29:59Z"), [""; 0]);
        assert_eq!(at(app, "2026-10-13T23:30:00Z"), ["meeting-follow-up"; 2]);
        assert_eq!(at(app, "2026-10-20T23:30:00Z"), [""; 0]);
    });
}

#[test]
fn a_reminder_follows_a_move_and_stays_away_after_a_cancellation() {
    each_database(|app| {
        let pair = pair(app);
        let made = booked(app, &pair, &pair.mentor, "2026-10-13T22:00:00Z");
        post(
            app,
            &pair,
            &made,
            "reschedule",
            json!({ "starts_at": "2026-10-20T22:00:00Z" }),
        );
        assert_eq!(at(app, "2026-10-13T21:30:00Z"), [""; 0]);
        assert_eq!(at(app, "2026-10-19T22:00:00Z"), ["meeting-reminder"; 2]);
        post(app, &pair, &made, "cancel", json!({}));
        assert_eq!(
            at(app, "2026-10-22T00:00:00Z"),
            [""; 0],
            "nor is anybody asked afterwards"
        );
    });
}

#[test]
fn moving_there_and_back_reminds_again_of_the_time_that_holds() {
    each_database(|app| {
        let pair = pair(app);
        let made = booked(app, &pair, &pair.mentor, "2026-10-13T22:00:00Z");
        post(
            app,
            &pair,
            &made,
            "reschedule",
            json!({ "starts_at": "2026-10-20T22:00:00Z" }),
        );
        post(
            app,
            &pair,
            &made,
            "reschedule",
            json!({ "starts_at": "2026-10-13T22:00:00Z" }),
        );
        assert_eq!(at(app, "2026-10-12T22:00:00Z"), ["meeting-reminder"; 2]);
    });
}

#[test]
fn nobody_is_reminded_of_a_meeting_that_somebody_declined_until_they_come_after_all() {
    each_database(|app| {
        let pair = pair(app);
        let made = booked(app, &pair, &pair.mentor, "2026-10-13T22:00:00Z");
        let path = format!("{}/attendees/{}/answer", address(&made), pair.mentee_id());
        let say = |answer: &str| {
            app.put(
                &again(app, &pair.mentee),
                &path,
                "*",
                &json!({ "answer": answer }),
            )
            .expect(200);
            letters(app);
        };
        say("declined");
        assert_eq!(at(app, "2026-10-12T22:00:00Z"), [""; 0]);
        say("accepted");
        assert_eq!(at(app, "2026-10-13T21:00:00Z"), ["meeting-reminder"; 2]);
    });
}

#[test]
fn after_a_night_without_a_worker_one_reminder_leaves_not_two_and_none_too_late() {
    each_database(|app| {
        let pair = pair(app);
        booked(app, &pair, &pair.mentor, "2026-10-13T22:00:00Z");
        assert_eq!(at(app, "2026-10-13T21:15:00Z"), ["meeting-reminder"; 2]);
        booked(app, &pair, &pair.mentor, "2026-10-20T22:00:00Z");
        assert_eq!(
            at(app, "2026-10-20T22:00:00Z"),
            ["meeting-follow-up"; 2],
            "that of the week before"
        );
    });
}

#[test]
fn a_programme_chooses_when_its_reminders_leave() {
    each_database(|app| {
        let programme = programme(
            app,
            json!({ "meetings": { "reminders_minutes": [180], "follow_up_minutes": 600 } }),
        );
        let pair = pair_in(app, programme);
        booked(app, &pair, &pair.mentor, "2026-10-13T22:00:00Z");
        assert_eq!(at(app, "2026-10-13T18:59:00Z"), [""; 0]);
        assert_eq!(at(app, "2026-10-13T19:00:00Z"), ["meeting-reminder"; 2]);
        assert_eq!(at(app, "2026-10-14T08:59:00Z"), [""; 0]);
        assert_eq!(at(app, "2026-10-14T09:00:00Z"), ["meeting-follow-up"; 2]);
    });
}

#[test]
fn several_workers_send_each_reminder_once() {
    each_database(|app| {
        let pair = pair(app);
        for day in ["13", "20", "27"] {
            booked(
                app,
                &pair,
                &pair.mentor,
                &format!("2026-10-{day}T22:00:00Z"),
            );
        }
        app.clock.set(instant("2026-10-26T22:00:00Z"));
        std::thread::scope(|scope| {
            for worker in ["one", "two", "three"] {
                scope.spawn(move || one_worker(app, worker));
            }
        });
        let mut written: Vec<String> = letters(app)
            .iter()
            .map(|(row, _)| row.kind.to_string())
            .collect();
        written.sort();
        // Two meetings are over and asked about, the third is reminded of.
        let expected = [
            ["meeting-follow-up"; 4].to_vec(),
            ["meeting-reminder"; 2].to_vec(),
        ]
        .concat();
        assert_eq!(written, expected);
    });
}

fn one_worker(app: &TestApp, worker: &str) {
    use passerelle::db::jobs;
    let ctx = app.ctx();
    let now: Instant = ctx.now;
    loop {
        let mine = app.db(|conn| Ok(jobs::claim(conn, now, worker, Duration::seconds(60), 2)?));
        if mine.is_empty() {
            return;
        }
        for job in mine {
            app.db(|conn| {
                jobs::perform(conn, &job, worker, now, |conn| {
                    passerelle::meetings::reminders::run(conn, &ctx, &job).map(|_| ())
                })
            });
        }
    }
}

#[test]
fn the_worker_reminds_by_itself() {
    use diesel::prelude::*;
    use passerelle::db::schema::outbox;
    each_database(|app| {
        let pair = pair(app);
        booked(app, &pair, &pair.mentor, "2026-10-13T22:00:00Z");
        app.clock.set(instant("2026-10-12T22:00:00Z"));
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
        let until = std::time::Instant::now() + std::time::Duration::from_secs(30);
        let reminders = || -> i64 {
            app.db(|conn| {
                let them = outbox::table.filter(outbox::kind.eq("meeting-reminder"));
                Ok(them.count().get_result(conn)?)
            })
        };
        while reminders() < 2 && std::time::Instant::now() < until {
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        assert_eq!(reminders(), 2, "{}", app.database.kind);
        stop.send(true).unwrap();
        thread.join().unwrap();
    });
}
