//! The mailbox door with a real IMAP server: nothing lost and nothing twice, whoever shares the mailbox and whatever
//! is killed or cut when.

use std::process::{Child, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant as Stopwatch};

use diesel::prelude::*;
use passerelle::db::schema::{inbound_messages, meeting_answers, meetings};
use passerelle::kernel::settings::{AfterTaking, ImapSecurity};
use passerelle::kernel::{Clock, Settings, SystemClock};
use passerelle::mail::inbound::mailbox;
use passerelle::web::App;
use passerelle::worker::mailbox::{name_of, run};
use tokio::sync::watch;

use super::corpus::{Stage, settings};
use crate::cli::passerelle;
use crate::support::app::TestApp;
use crate::support::databases::TestDatabase;
use crate::support::dovecot::{Dovecot, Pass, proxy};

/// A worker that reads the mailbox, in this process; stops when dropped.
struct Worker {
    stop: watch::Sender<bool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Worker {
    fn start(app: &App, name: &'static str) -> Self {
        let (stop, stopped) = watch::channel(false);
        let app = app.clone();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .enable_all()
                .worker_threads(2)
                .build()
                .unwrap();
            runtime.block_on(run(&app, name, stopped));
        });
        Self {
            stop,
            thread: Some(thread),
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        self.thread.take().unwrap().join().unwrap();
    }
}

/// Waits until something has come true; fails after half a minute.
#[track_caller]
fn until(what: &str, mut is_true: impl FnMut() -> bool) {
    let since = Stopwatch::now();
    while !is_true() {
        assert!(
            since.elapsed() < Duration::from_secs(40),
            "not in time: {what}"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// What became of every message, by name: the test's clock stands still, so that ids tell no order.
fn reasons(app: &TestApp) -> Vec<String> {
    let mut told: Vec<String> = app.db(|conn| {
        Ok(inbound_messages::table
            .select(inbound_messages::reason)
            .load(conn)?)
    });
    told.sort();
    told
}

fn applied(app: &TestApp) -> i64 {
    app.db(|conn| {
        let lines = meeting_answers::table.filter(meeting_answers::outcome.eq("applied"));
        Ok(lines.count().get_result(conn)?)
    })
}

/// On both databases, each time with an empty mailbox.
fn each(change: impl Fn(&Dovecot, &mut Settings), test: impl Fn(&TestApp, &Dovecot, &mut Stage)) {
    for database in [Some(TestDatabase::sqlite()), TestDatabase::postgres()]
        .into_iter()
        .flatten()
    {
        let Some(server) = Dovecot::start() else {
            return;
        };
        let app = TestApp::start(database, |all| {
            settings(all);
            server.settings(ImapSecurity::None, server.port)(all);
            change(&server, all);
        });
        let mut stage = Stage::new(&app);
        stage.reset(&app, "plain");
        test(&app, &server, &mut stage);
    }
}

fn unlike(raw: Vec<u8>, number: usize) -> Vec<u8> {
    let text = String::from_utf8(raw).unwrap();
    text.replace("7e1f9f0a-1111", &format!("7e1f9f0a-{number}"))
        .into_bytes()
}

#[test]
fn an_answer_in_the_mailbox_is_applied_and_marked() {
    each(
        |_, _| {},
        |app, server, stage| {
            let mut client = server.client();
            client.append(&stage.eml("thunderbird-accept"));
            client.append(&stage.eml("large-message"));
            let _worker = Worker::start(&app.app, "a");
            until("applied", || stage.answer(app) == "accepted");
            until("marked", || client.search("SEEN").len() == 2);
            assert_eq!(reasons(app), ["answered", "too-large"]);
            // While it waits, the server tells of new mail.
            app.clock.advance(chrono::Duration::seconds(10));
            let no = String::from_utf8(stage.eml("thunderbird-decline")).unwrap();
            client.append(no.replace("120500Z", "121005Z").as_bytes());
            until("told", || stage.answer(app) == "declined");
            let name = name_of(&app.app.platform.settings.mail.inbound.imap);
            until("noted", || {
                let state = app.db(|conn| mailbox::find(conn, &name));
                state.taken == 3 && state.last_success_at.is_some() && state.last_error.is_none()
            });
            assert!(!name.contains('@') && !name.contains("answers"));
            let metrics = app.send(app.request("GET", "/metrics")).expect(200);
            assert!(
                metrics
                    .text
                    .contains("passerelle_inbound_messages{state=\"applied\"} 2"),
                "{}",
                metrics.text
            );
            assert!(
                metrics
                    .text
                    .contains("passerelle_mailbox_last_success_seconds"),
                "{}",
                metrics.text
            );
        },
    );
}

#[test]
fn with_tls_from_the_start_or_later_and_only_with_a_certificate_that_is_trusted() {
    for (security, tls) in [(ImapSecurity::Tls, true), (ImapSecurity::Starttls, false)] {
        each(
            |server, all| {
                let port = if tls { server.tls_port } else { server.port };
                server.settings(security, port)(all);
                all.mail.inbound.imap.idle = false;
            },
            |app, server, stage| {
                server.client().append(&stage.eml("thunderbird-accept"));
                let _worker = Worker::start(&app.app, "a");
                until("applied", || stage.answer(app) == "accepted");
            },
        );
        each(
            |server, all| {
                let port = if tls { server.tls_port } else { server.port };
                server.settings(security, port)(all);
                all.mail.inbound.imap.ca_file = String::new();
            },
            |app, server, stage| {
                server.client().append(&stage.eml("thunderbird-accept"));
                let _worker = Worker::start(&app.app, "a");
                let name = name_of(&app.app.platform.settings.mail.inbound.imap);
                until("refused", || {
                    let state = app.db(mailbox::all);
                    state.iter().any(|one| {
                        one.name == name
                            && one
                                .last_error
                                .as_deref()
                                .is_some_and(|why| why.contains("secure connection"))
                    })
                });
                assert!(reasons(app).is_empty());
            },
        );
    }
}

#[test]
fn what_was_taken_is_moved_or_deleted_where_the_settings_say_so() {
    for after in [AfterTaking::Move, AfterTaking::Delete] {
        each(
            |_, all| all.mail.inbound.imap.after = after,
            |app, server, stage| {
                let mut client = server.client();
                client.append(&stage.eml("thunderbird-accept"));
                let _worker = Worker::start(&app.app, "a");
                until("gone", || client.search("ALL").is_empty());
                assert_eq!(reasons(app), ["answered"]);
                if after == AfterTaking::Move {
                    client.say("SELECT Processed");
                    assert_eq!(client.search("ALL").len(), 1);
                }
            },
        );
    }
}

#[test]
fn i7_two_servers_on_one_mailbox_take_each_message_once() {
    each(
        |_, _| {},
        |app, server, stage| {
            let mut client = server.client();
            let _workers = [
                Worker::start(&app.app, "a"),
                Worker::start(&app.app, "b"),
                Worker::start(&app.app, "c"),
            ];
            for n in 0..30 {
                client.append(&unlike(stage.eml("words-of-a-person"), n));
                client.append(&unlike(stage.eml("thunderbird-decline"), n));
            }
            until("taken", || reasons(app).len() >= 31);
            until("marked", || client.search("UNSEEN").is_empty());
            // Thirty copies of one calendar part are one answer; the same words thirty times are one message.
            assert_eq!(applied(app), 1);
            assert_eq!(
                reasons(app).iter().filter(|why| *why == "answered").count(),
                1
            );
            assert_eq!(
                reasons(app).iter().filter(|why| *why == "repeated").count(),
                29
            );
        },
    );
}

#[test]
fn another_server_goes_on_when_the_lease_of_the_first_runs_out() {
    each(
        |_, _| {},
        |app, server, stage| {
            let name = name_of(&app.app.platform.settings.mail.inbound.imap);
            let minute = chrono::Duration::minutes(1);
            let now = app.clock.now();
            // One that died holding it.
            app.db(|conn| mailbox::lease(conn, &name, "dead", now, minute));
            server.client().append(&stage.eml("thunderbird-accept"));
            let _worker = Worker::start(&app.app, "b");
            std::thread::sleep(Duration::from_millis(1500));
            assert!(reasons(app).is_empty());
            app.clock.advance(minute);
            until("taken over", || stage.answer(app) == "accepted");
        },
    );
}

#[test]
fn a_connection_that_is_cut_in_the_middle_of_a_message_loses_nothing_and_doubles_nothing() {
    each(
        |_, _| {},
        |_, server, _| {
            let cuts = Arc::new(AtomicUsize::new(0));
            let counted = Arc::clone(&cuts);
            let port = proxy(server.port, move |from_server, piece| {
                let text = String::from_utf8_lossy(piece);
                // First where the client has asked, so that the server closes without a word; then in the answer.
                let in_a_message = match (from_server, counted.load(Ordering::SeqCst)) {
                    (false, 0 | 1) => text.contains("BODY.PEEK["),
                    (true, 2..) => text.contains("BODY[") || text.contains("BEGIN:VCALENDAR"),
                    _ => false,
                };
                if in_a_message && counted.fetch_add(1, Ordering::SeqCst) < 4 {
                    Pass::Cut
                } else {
                    Pass::On
                }
            });
            let app = TestApp::start(TestDatabase::sqlite(), |all| {
                settings(all);
                server.settings(ImapSecurity::None, port)(all);
            });
            let mut stage = Stage::new(&app);
            stage.reset(&app, "plain");
            let mut client = server.client();
            client.append(&stage.eml("thunderbird-decline"));
            client.append(&stage.eml("words-of-a-person"));
            let _worker = Worker::start(&app.app, "a");
            until("taken", || reasons(&app).len() == 2);
            until("marked", || client.search("UNSEEN").is_empty());
            assert!(cuts.load(Ordering::SeqCst) >= 4, "the proxy cut");
            assert_eq!(
                (reasons(&app), applied(&app)),
                (vec!["answered".to_owned(), "words".to_owned()], 1)
            );
        },
    );
}

/// The real program, working on the test's database.
fn spawn(app: &TestApp, port: u16) -> Child {
    use secrecy::ExposeSecret;
    let all = &app.app.platform.settings;
    passerelle(&["worker"])
        .env("PASSERELLE__DATABASE__URL", &app.database.url)
        .env(
            "PASSERELLE__SECURITY__SECRET",
            all.security.secret.expose_secret(),
        )
        .env("PASSERELLE__MAIL__DOMAIN", &all.mail.domain)
        .env("PASSERELLE__MAIL__INBOUND__IMAP__HOST", "127.0.0.1")
        .env("PASSERELLE__MAIL__INBOUND__IMAP__PORT", port.to_string())
        .env("PASSERELLE__MAIL__INBOUND__IMAP__SECURITY", "none")
        .env("PASSERELLE__MAIL__INBOUND__IMAP__USER", "answers")
        .env("PASSERELLE__MAIL__INBOUND__IMAP__PASSWORD", "secret-word")
        .env("PASSERELLE__MAIL__INBOUND__IMAP__POLL_SECONDS", "1")
        .env("PASSERELLE__WORKER__LEASE_SECONDS", "10")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn kill(mut child: Child) {
    // SIGKILL: nothing is finished, nothing is given back.
    child.kill().unwrap();
    child.wait().unwrap();
}

/// The meeting of the stage in the machine's own future, because the program reads the machine's clock.
fn ahead(app: &TestApp, stage: &Stage) {
    let now = SystemClock.now();
    app.clock.set(now);
    app.db(|conn| {
        diesel::update(meetings::table.find(stage.meeting))
            .set((
                meetings::starts_at.eq(now.plus(chrono::Duration::days(3))),
                meetings::ends_at
                    .eq(now.plus(chrono::Duration::days(3) + chrono::Duration::hours(1))),
            ))
            .execute(conn)?;
        Ok(())
    });
}

/// Kills the program where `judge` stops the conversation, starts it again without a proxy, and gives what there
/// is then.
fn killed_where(
    hold: impl Fn(bool, &str) -> bool + Send + Sync + Copy + 'static,
    before_the_kill: impl Fn(&TestApp),
) {
    each(
        |_, _| {},
        |app, server, stage| {
            ahead(app, stage);
            let held = Arc::new(AtomicBool::new(false));
            let seen = Arc::clone(&held);
            let open = Arc::new(AtomicBool::new(false));
            let opened = Arc::clone(&open);
            let port = proxy(server.port, move |from_server, piece| {
                if !opened.load(Ordering::SeqCst)
                    && hold(from_server, &String::from_utf8_lossy(piece))
                {
                    seen.store(true, Ordering::SeqCst);
                    return Pass::Hold;
                }
                Pass::On
            });
            let mut client = server.client();
            client.append(&stage.eml("thunderbird-decline"));
            client.append(&stage.eml("words-of-a-person"));
            let first = spawn(app, port);
            until("held", || held.load(Ordering::SeqCst));
            before_the_kill(app);
            kill(first);
            open.store(true, Ordering::SeqCst);
            let second = spawn(app, port);
            until("taken", || reasons(app).len() == 2);
            until("marked", || client.search("UNSEEN").is_empty());
            kill(second);
            // A third one finds nothing to do.
            let third = spawn(app, port);
            std::thread::sleep(Duration::from_secs(2));
            kill(third);
            assert_eq!(
                (reasons(app), applied(app)),
                (vec!["answered".to_owned(), "words".to_owned()], 1)
            );
            assert_eq!(stage.answer(app), "declined");
        },
    );
}

#[test]
fn killed_before_a_message_was_read_nothing_is_lost_and_nothing_twice() {
    killed_where(
        |from_server, text| !from_server && text.contains("BODY.PEEK[]"),
        |app| assert!(reasons(app).is_empty()),
    );
}

#[test]
fn killed_in_the_middle_of_a_message_nothing_is_lost_and_nothing_twice() {
    killed_where(
        |from_server, text| from_server && text.contains("BODY["),
        |app| assert!(reasons(app).is_empty()),
    );
}

#[test]
fn killed_between_the_commit_and_the_mark_nothing_is_lost_and_nothing_twice() {
    killed_where(
        |from_server, text| !from_server && text.contains("UID STORE"),
        |app| until("stored", || reasons(app).len() == 2),
    );
}

#[test]
fn killed_between_reading_and_the_commit_nothing_is_lost_and_nothing_twice() {
    each(
        |_, _| {},
        |app, server, stage| {
            ahead(app, stage);
            // The proxy gives the message's end only when somebody else holds what the program needs to store it.
            let (read, locked) = (
                Arc::new(AtomicBool::new(false)),
                Arc::new(AtomicBool::new(false)),
            );
            let (seen, let_go) = (Arc::clone(&read), Arc::clone(&locked));
            let port = proxy(server.port, move |from_server, piece| {
                if from_server && String::from_utf8_lossy(piece).contains("END:VCALENDAR") {
                    seen.store(true, Ordering::SeqCst);
                    until("the lock is held", || let_go.load(Ordering::SeqCst));
                }
                Pass::On
            });
            let mut client = server.client();
            client.append(&stage.eml("thunderbird-decline"));
            let first = spawn(app, port);
            until("read", || read.load(Ordering::SeqCst));
            app.db(|conn| {
                conn.write_tx(|conn| {
                    if conn.is_pg() {
                        diesel::sql_query("LOCK TABLE inbound_messages").execute(conn)?;
                    }
                    locked.store(true, Ordering::SeqCst);
                    // It has the whole message now, and waits to store it.
                    std::thread::sleep(Duration::from_millis(1500));
                    kill(first);
                    Ok::<(), passerelle::kernel::Problem>(())
                })
            });
            assert!(reasons(app).is_empty(), "nothing was committed");
            let second = spawn(app, port);
            until("taken", || reasons(app).len() == 1);
            until("marked", || client.search("UNSEEN").is_empty());
            kill(second);
            assert_eq!(
                (reasons(app), applied(app)),
                (vec!["answered".to_owned()], 1)
            );
            assert_eq!(stage.answer(app), "declined");
        },
    );
}
