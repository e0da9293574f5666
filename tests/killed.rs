//! The program itself, killed (SIGKILL) again and again while it books, cancels, pairs, writes hours and sends
//! mail: afterwards nothing is half done. Every change has its mails, its audit line and its jobs; every request
//! with an `Idempotency-Key` was done once or not at all; every mail was sent, under one Message-ID.

use std::collections::HashMap;
use std::process::{Child, Command};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use diesel::prelude::*;
use passerelle::db::codec::AnyId;
use passerelle::db::schema::{
    audit_log, bookings, hours_entries, idempotency_keys, jobs, meeting_attendees, meetings,
    mentorships, outbox, participations,
};
use passerelle::kernel::clock::{Clock, SystemClock};
use passerelle::kernel::ids::{MeetingId, MentorshipId, ParticipationId};
use serde_json::{Value, json};

use crate::cli::passerelle;
use crate::support::app::{Someone, TestApp};
use crate::support::each_database;
use crate::support::people::{Made, Together, mentee, mentor, open_programme, person, together_in};
use crate::support::smtp::SmtpServer;

/// How often the server is killed.
const KILLS: u64 = 5;
/// Mails that a worker takes at once.
const BATCH: usize = 4;

/// A server on the test's database, in a process of its own.
struct Server {
    child: Child,
    base: String,
}

impl Server {
    fn start(app: &TestApp, smtp: &SmtpServer) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let mut command: Command = passerelle(&["serve", "--no-migrate"]);
        let settings = [
            ("DATABASE__URL", app.database.url.clone()),
            ("DATABASE__WAIT_MS", "20000".to_owned()),
            (
                "SECURITY__SECRET",
                "kX3v9QmT7rLw2ZpB8nYc5HdJ4sGf6Ua1".to_owned(),
            ),
            ("SERVER__PORT", port.to_string()),
            // Tokens name the deployment by its address.
            ("SERVER__PUBLIC_URL", app.base.clone()),
            ("SERVER__RATE_PER_MINUTE_ACCOUNT", "100000".to_owned()),
            ("MAIL__TRANSPORT", "smtp".to_owned()),
            ("MAIL__SMTP__HOST", "127.0.0.1".to_owned()),
            ("MAIL__SMTP__PORT", smtp.port.to_string()),
            ("MAIL__SMTP__SECURITY", "none".to_owned()),
            ("WORKER__POLL_SECONDS", "1".to_owned()),
            ("WORKER__LEASE_SECONDS", "10".to_owned()),
            ("WORKER__BATCH", BATCH.to_string()),
            ("LOG__LEVEL", "error".to_owned()),
        ];
        for (name, value) in settings {
            command.env(format!("PASSERELLE__{name}"), value);
        }
        let server = Self {
            child: command.spawn().unwrap(),
            base: format!("http://127.0.0.1:{port}"),
        };
        let since = Instant::now();
        let ready = format!("{}/readyz", server.base);
        while !app
            .client
            .get(&ready)
            .send()
            .is_ok_and(|a| a.status() == 200)
        {
            assert!(since.elapsed() < Duration::from_secs(60), "no server");
            std::thread::sleep(Duration::from_millis(20));
        }
        server
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// A request and what became of it.
#[derive(Debug, Clone)]
struct Sent {
    /// Its `Idempotency-Key`, and the words by which its trace is found.
    key: String,
    path: String,
    body: Value,
    /// Status and problem; none when the server died over it.
    answer: Option<(u16, String)>,
}

fn send(app: &TestApp, base: &str, who: &Someone, sent: &mut Sent) -> Option<Value> {
    let request = app
        .client
        .post(format!("{base}{}", sent.path))
        .bearer_auth(&who.token)
        .header("Idempotency-Key", &sent.key)
        .header("If-Match", "*")
        .json(&sent.body);
    let response = request.send().ok()?;
    let status = response.status().as_u16();
    let body: Value = serde_json::from_str(&response.text().ok()?).ok()?;
    let problem = body["type"].as_str().unwrap_or("");
    sent.answer = Some((status, problem.trim_start_matches("/problems/").to_owned()));
    Some(body)
}

/// What one client does until the server is gone: books, cancels every third meeting, writes hours, pairs.
fn load(
    app: &TestApp,
    base: &str,
    who: &Someone,
    (round, client): (u64, usize),
    pair: &Together,
    waiting: &[(ParticipationId, ParticipationId)],
) -> Vec<Sent> {
    let mut done = Vec::new();
    let mut waiting = waiting.iter();
    for n in 0_i64.. {
        let key = format!("killed-{round}-{client}-{n}");
        let day = app.ctx().now.plus(chrono::Duration::days(2));
        // Each an hour after the other, whatever the round.
        let hour = i64::try_from(round).unwrap() * 200 + n;
        let start = day.plus(chrono::Duration::hours(hour)).utc();
        let start = start.format("%Y-%m-%dT%H:00:00Z").to_string();
        let meetings = format!("/api/v1/mentorships/{}/meetings", pair.mentorship.id);
        let (path, body) = match n % 4 {
            0 | 1 => (
                meetings,
                json!({ "starts_at": start, "minutes": 30, "title": key, "outside_availability": true }),
            ),
            2 => (
                "/api/v1/hours".to_owned(),
                json!({ "mentorship_id": pair.mentorship.id, "person_id": pair.mentor_id,
                        "activity": "preparation", "minutes": 5 + n, "note": key, "again": true,
                        "worked_on": app.ctx().now.utc_date() }),
            ),
            _ => match waiting.next() {
                Some((mentor, mentee)) => (
                    "/api/v1/mentorships".to_owned(),
                    json!({ "mentor_participation_id": mentor, "mentee_participation_id": mentee }),
                ),
                None => continue,
            },
        };
        let books = path.ends_with("/meetings");
        let mut sent = Sent {
            key,
            path,
            body,
            answer: None,
        };
        let answer = send(app, base, who, &mut sent);
        done.push(sent);
        let Some(answer) = answer else { return done };
        if books && n % 8 == 1 {
            let mut cancel = Sent {
                key: format!("killed-{round}-{client}-{n}-cancel"),
                path: format!(
                    "/api/v1/meetings/{}/cancel",
                    answer["id"].as_str().unwrap_or("")
                ),
                body: json!({ "reason": "x" }),
                answer: None,
            };
            let gone = send(app, base, who, &mut cancel).is_none();
            done.push(cancel);
            if gone {
                return done;
            }
        }
    }
    done
}

#[test]
fn a_server_killed_at_any_moment_leaves_nothing_half_done() {
    each_database(|app| {
        app.clock.set(SystemClock.now());
        let smtp = SmtpServer::kind();
        let admin = app.administrator();
        let programme = open_programme(app, "killed");
        let pairs: Vec<Together> = (0..3).map(|_| together_in(app, &programme)).collect();
        // Nine want the three places of one mentor.
        let last = mentor(app, &programme, person(app, &Made::default()), 3).id;
        let waiting: Vec<_> = (0..9)
            .map(|_| {
                let who = person(app, &Made::default());
                (last, mentee(app, &programme, who, None).id)
            })
            .collect();
        let all = Mutex::new(Vec::new());
        for round in 0..KILLS {
            let server = Server::start(app, &smtp);
            let base = server.base.clone();
            std::thread::scope(|scope| {
                for (client, pair) in pairs.iter().enumerate() {
                    let (all, admin, base, waiting) = (&all, &admin, &base, &waiting);
                    scope.spawn(move || {
                        let mine = load(app, base, admin, (round, client), pair, waiting);
                        all.lock().unwrap().extend(mine);
                    });
                }
                // Another moment each time, as far as the machine lets us choose one.
                std::thread::sleep(Duration::from_millis(700 + 331 * round));
                server.kill();
            });
        }
        let server = Server::start(app, &smtp);
        let mut all = all.into_inner().unwrap();
        ask_again(app, &server.base, &admin, &mut all);
        wait_for_mails(app);
        server.kill();
        assert_done_once(app, &all);
        assert_whole(app);
        assert_mails(app, &smtp);
    });
}

/// Sends what was never answered again, after the lease of its key.
fn ask_again(app: &TestApp, base: &str, admin: &Someone, all: &mut [Sent]) {
    let long_ago = app.ctx().now.minus(chrono::Duration::minutes(5));
    app.db(|conn| {
        let open = idempotency_keys::table.filter(idempotency_keys::status.is_null());
        diesel::update(open)
            .set(idempotency_keys::created_at.eq(long_ago))
            .execute(conn)?;
        Ok(())
    });
    let open = all.iter_mut().filter(|sent| sent.answer.is_none());
    for sent in open {
        send(app, base, admin, sent).expect("an answer");
        let (status, problem) = sent.answer.clone().unwrap();
        assert_ne!(problem, "idempotency-in-progress");
        assert!(status < 500, "{sent:?}");
    }
}

fn wait_for_mails(app: &TestApp) {
    let since = Instant::now();
    let open = || -> i64 {
        app.db(|conn| {
            let open = outbox::table.filter(outbox::status.ne("sent"));
            Ok(open.count().get_result(conn)?)
        })
    };
    while open() > 0 {
        assert!(
            since.elapsed() < Duration::from_secs(120),
            "{} mails are not sent",
            open()
        );
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// What was answered well, or lost after it was done, is there once; what was refused is not there.
fn assert_done_once(app: &TestApp, all: &[Sent]) {
    let (titles, notes): (Vec<String>, Vec<Option<String>>) = app.db(|conn| {
        Ok((
            meetings::table.select(meetings::title).load(conn)?,
            hours_entries::table
                .select(hours_entries::note)
                .load(conn)?,
        ))
    });
    let there = |key: &str| {
        titles.iter().filter(|title| *title == key).count()
            + notes
                .iter()
                .filter(|note| note.as_deref() == Some(key))
                .count()
    };
    let mut good = 0;
    for sent in all.iter().filter(|sent| !sent.key.ends_with("-cancel")) {
        if sent.path == "/api/v1/mentorships" {
            continue;
        }
        let (status, problem) = sent.answer.clone().unwrap();
        let done = status == 201 || problem == "idempotency-answer-lost";
        good += usize::from(done);
        assert_eq!(there(&sent.key), usize::from(done), "{sent:?}");
    }
    assert!(
        good > 10,
        "the load was too small to prove anything: {good}"
    );
}

/// Every change has everything that belongs to it, and nothing is there without its change.
fn assert_whole(app: &TestApp) {
    type Lines = Vec<(Option<AnyId>, String)>;
    let (log, mails): (Lines, Lines) = app.db(|conn| {
        let log = audit_log::table.select((audit_log::object_id, audit_log::action));
        let mails = outbox::table.select((outbox::subject_id, outbox::kind));
        Ok((log.load(conn)?, mails.load(conn)?))
    });
    let count = |lines: &Lines, what: &str| {
        let mut of: HashMap<uuid::Uuid, usize> = HashMap::new();
        for (id, _) in lines.iter().filter(|(_, word)| word == what) {
            *of.entry(id.unwrap().0).or_default() += 1;
        }
        of
    };
    let (booked, cancelled) = (count(&log, "meeting.book"), count(&log, "meeting.cancel"));
    let invited = count(&mails, "meeting-invitation");
    let told = count(&mails, "meeting-cancellation");
    let rows: Vec<(MeetingId, String)> = app.db(|conn| {
        Ok(meetings::table
            .select((meetings::id, meetings::status))
            .load(conn)?)
    });
    assert_eq!((booked.len(), invited.len()), (rows.len(), rows.len()));
    for (id, status) in &rows {
        let off = usize::from(status == "cancelled");
        let of = |map: &HashMap<uuid::Uuid, usize>| map.get(&id.0).copied().unwrap_or(0);
        assert_eq!((of(&booked), of(&invited)), (1, 2), "{id} {status}");
        assert_eq!((of(&cancelled), of(&told)), (off, 2 * off), "{id} {status}");
        let (times, people, due): (i64, i64, i64) = app.db(|conn| {
            Ok((
                bookings::table
                    .filter(bookings::meeting_id.eq(id))
                    .count()
                    .get_result(conn)?,
                meeting_attendees::table
                    .filter(meeting_attendees::meeting_id.eq(id))
                    .count()
                    .get_result(conn)?,
                jobs::table
                    .filter(jobs::subject_id.eq(AnyId(id.0)))
                    .filter(jobs::status.eq("waiting"))
                    .count()
                    .get_result(conn)?,
            ))
        });
        assert_eq!(
            (times, people),
            (2 - 2 * i64::try_from(off).unwrap(), 2),
            "{id} {status}"
        );
        assert_eq!(due > 0, off == 0, "{id} {status}: {due} jobs");
    }
    let begun = count(&log, "mentorship.start");
    let introduced = count(&mails, "mentorship-introduction");
    let open: Vec<(MentorshipId, ParticipationId, ParticipationId, bool)> = app.db(|conn| {
        Ok(mentorships::table
            .select((
                mentorships::id,
                mentorships::mentor_participation_id,
                mentorships::mentee_participation_id,
                mentorships::created_by.is_not_null(),
            ))
            .load(conn)?)
    });
    for (id, .., by_somebody) in &open {
        let mails = introduced.get(&id.0).copied().unwrap_or(0);
        assert_eq!(begun.get(&id.0), Some(&1), "{id}");
        assert_eq!(mails, 2 * usize::from(*by_somebody), "{id}");
    }
    assert_eq!(begun.len(), open.len());
    let places: Vec<(ParticipationId, i32, i32)> = app.db(|conn| {
        use participations as p;
        Ok(p::table.select((p::id, p::taken, p::capacity)).load(conn)?)
    });
    for (id, taken, capacity) in places {
        let held = open
            .iter()
            .filter(|(_, a, b, _)| *a == id || *b == id)
            .count();
        assert_eq!(usize::try_from(taken).unwrap(), held, "{id}");
        assert!(taken <= capacity, "{id}");
    }
    let written = count(&log, "hours.record").len();
    let entries: i64 = app.db(|conn| Ok(hours_entries::table.count().get_result(conn)?));
    assert_eq!(i64::try_from(written).unwrap(), entries);
}

/// Every mail reached its mail server, as the message that it always was. A server that dies between the other's
/// "taken" and its own note of it has to send again: SMTP gives no way to know. The copies are the same message to
/// the same reader, so that mail programs show one; and there are no more of them than mails in flight at a kill.
fn assert_mails(app: &TestApp, smtp: &SmtpServer) {
    let mut expected: Vec<String> =
        app.db(|conn| Ok(outbox::table.select(outbox::message_id).load(conn)?));
    expected.sort();
    let mut copies: HashMap<String, Vec<String>> = HashMap::new();
    for mail in smtp.received() {
        let text = String::from_utf8_lossy(&mail.data).into_owned();
        let ids: Vec<&str> = text
            .lines()
            .take_while(|line| !line.is_empty())
            .filter_map(|line| line.strip_prefix("Message-ID: <"))
            .collect();
        assert_eq!(ids.len(), 1, "{text}");
        let id = ids[0].trim_end_matches('>').to_owned();
        copies
            .entry(id)
            .or_default()
            .push(format!("{} {text}", mail.to));
    }
    let mut sent: Vec<String> = copies.keys().cloned().collect();
    sent.sort();
    assert_eq!(sent, expected);
    for copies in copies.values() {
        assert!(copies.iter().all(|copy| *copy == copies[0]), "{copies:#?}");
    }
    let again: usize = copies.values().map(|copies| copies.len() - 1).sum();
    let in_flight = usize::try_from(KILLS).unwrap() * BATCH;
    assert!(again <= in_flight, "{again} mails were sent again");
}
