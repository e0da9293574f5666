//! I7: a message is taken once, however often, through however many doors and on however many threads it comes.

use diesel::prelude::*;
use passerelle::correspondence::incoming::{Arrival, receive, receive_with};
use passerelle::db::schema::{inbound_messages, meeting_answers, outbox};
use passerelle::kernel::Problem;
use passerelle::mail::inbound::Door;
use passerelle::mail::inbound::mailbox;

use super::corpus::{Stage, settings};
use crate::support::app::TestApp;
use crate::support::each_database_with;

fn rows(app: &TestApp) -> i64 {
    app.db(|conn| Ok(inbound_messages::table.count().get_result(conn)?))
}

fn applied(app: &TestApp) -> i64 {
    app.db(|conn| {
        let lines = meeting_answers::table.filter(meeting_answers::outcome.eq("applied"));
        Ok(lines.count().get_result(conn)?)
    })
}

fn written(app: &TestApp) -> i64 {
    app.db(|conn| {
        let new = outbox::table.filter(outbox::status.eq("queued"));
        Ok(new.count().get_result(conn)?)
    })
}

fn with(raw: &[u8], from: &str, to: &str) -> Vec<u8> {
    String::from_utf8(raw.to_vec())
        .unwrap()
        .replace(from, to)
        .into_bytes()
}

#[test]
fn i7_the_same_answer_in_another_message_is_a_success_and_tells_nobody_again() {
    each_database_with(settings, |app| {
        let mut stage = Stage::new(app);
        stage.reset(app, "plain");
        let no = stage.eml("thunderbird-decline");
        assert_eq!(stage.receive(app, no.clone()).why.as_str(), "answered");
        let told = written(app);
        assert!(told > 0, "the other is told of a no");
        // Another server's copy: another Message-ID around the same calendar part.
        let copy = with(&no, "7e1f9f0a-1111", "7e1f9f0a-2222");
        let received = stage.receive(app, copy);
        assert_eq!((received.why.as_str(), received.again), ("repeated", false));
        assert_eq!((written(app), applied(app), rows(app)), (told, 1, 2));
        // Even after a newer answer, and without a stamp, what was said long ago does not come back.
        let undated = with(&no, "DTSTAMP:20261006T120500Z\r\n", "");
        app.clock.advance(chrono::Duration::minutes(1));
        stage.receive(app, with(&undated, "7e1f9f0a-1111", "7e1f9f0a-3333"));
        app.clock.advance(chrono::Duration::minutes(1));
        let yes = with(&stage.eml("thunderbird-accept"), "120500Z", "121500Z");
        assert_eq!(stage.receive(app, yes).why.as_str(), "answered");
        app.clock.advance(chrono::Duration::minutes(1));
        let late = stage.receive(app, with(&undated, "7e1f9f0a-1111", "7e1f9f0a-4444"));
        assert_eq!(late.why.as_str(), "repeated");
        assert_eq!(stage.answer(app), "accepted");
    });
}

#[test]
fn i7_headers_that_servers_add_on_the_way_make_no_new_message() {
    each_database_with(settings, |app| {
        let mut stage = Stage::new(app);
        stage.reset(app, "plain");
        let raw = stage.eml("google-web-accept");
        stage.receive(app, raw.clone());
        let mut again = b"Received: from a by b; Tue, 6 Oct 2026 12:11:00 +0000\r\n".to_vec();
        again.extend(raw);
        assert!(stage.receive(app, again).again);
        assert_eq!(rows(app), 1);
    });
}

#[test]
fn i7_a_guessed_message_id_does_not_swallow_the_real_answer() {
    each_database_with(settings, |app| {
        let mut stage = Stage::new(app);
        stage.reset(app, "plain");
        let yes = stage.eml("thunderbird-accept");
        let address = stage.values["address"].clone();
        // A stranger sends the very same calendar part under the very same Message-ID before.
        let stranger = with(&yes, &format!("<{address}>"), "<mallory@evil.example>");
        assert_eq!(stage.receive(app, stranger).why.as_str(), "other-sender");
        assert_eq!(stage.receive(app, yes).why.as_str(), "answered");
        assert_eq!(stage.answer(app), "accepted");
    });
}

#[test]
fn i7_many_at_once_are_one() {
    each_database_with(settings, |app| {
        let mut stage = Stage::new(app);
        stage.reset(app, "plain");
        let raw = stage.eml("thunderbird-decline");
        std::thread::scope(|scope| {
            for door in [Door::Pipe, Door::Webhook, Door::Imap, Door::Pipe] {
                let raw = raw.clone();
                scope.spawn(move || {
                    let size = raw.len();
                    let arrival = Arrival {
                        door,
                        raw,
                        size,
                        envelope_to: None,
                    };
                    app.app
                        .db
                        .run_here(|conn| receive(conn, &app.ctx(), arrival))
                        .unwrap();
                });
            }
        });
        assert_eq!((rows(app), applied(app)), (1, 1));
        let repeats: i32 = app.db(|conn| {
            Ok(inbound_messages::table
                .select(inbound_messages::repeats)
                .first(conn)?)
        });
        assert_eq!(repeats, 3);
    });
}

#[test]
fn i14_a_failure_leaves_nothing_behind_and_the_next_attempt_finds_everything() {
    each_database_with(settings, |app| {
        let mut stage = Stage::new(app);
        stage.reset(app, "plain");
        let raw = stage.eml("thunderbird-decline");
        let arrival = || Arrival {
            door: Door::Imap,
            raw: raw.clone(),
            size: raw.len(),
            envelope_to: None,
        };
        let busy = || Problem::Busy {
            retry_after_seconds: 1,
        };
        let failed = app.app.db.run_here(|conn| {
            conn.write_tx(|conn| {
                receive_with(conn, &app.ctx(), arrival(), |_| Ok(()))?;
                Err::<(), Problem>(busy())
            })
        });
        assert!(failed.is_err());
        assert_eq!((rows(app), applied(app), written(app)), (0, 0, 0));
        assert_eq!(stage.answer(app), "needs-action");
        app.db(|conn| receive(conn, &app.ctx(), arrival()));
        assert_eq!((rows(app), applied(app)), (1, 1));
    });
}

#[test]
fn a_mailbox_has_one_reader_and_its_mark_moves_forward_only() {
    each_database_with(settings, |app| {
        let now = app.ctx().now;
        let minute = chrono::Duration::minutes(1);
        let lease = |worker: &str, at| {
            app.db(|conn| mailbox::lease(conn, "imap-1", worker, at, minute))
                .is_some()
        };
        assert!(lease("a", now));
        assert!(!lease("b", now), "one reader at a time");
        assert!(lease("a", now), "which keeps it");
        let advance = |worker: &str, validity, uid| {
            app.db(|conn| mailbox::advance(conn, "imap-1", worker, validity, uid))
        };
        assert!(advance("a", 7, 1) && advance("a", 7, 3));
        assert!(!advance("a", 7, 3), "no message twice");
        assert!(!advance("b", 7, 4), "nobody but the reader");
        let later = now.plus(minute);
        assert!(lease("b", later), "a lease that ran out is free");
        assert!(!advance("a", 7, 4), "and the first one has lost it");
        assert!(advance("b", 8, 1), "new numbers begin anew");
        app.db(|conn| mailbox::release(conn, "imap-1", "b"));
        assert!(lease("a", later));
        let mark = app.db(|conn| mailbox::find(conn, "imap-1"));
        assert_eq!((mark.uid_validity, mark.last_uid, mark.taken), (8, 1, 3));
    });
}
