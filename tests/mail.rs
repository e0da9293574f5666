//! Mail through the front door: from a use case's transaction to a server's inbox.

use chrono::Duration;
use diesel::prelude::*;
use mail_parser::{HeaderValue, MessageParser, MimeHeaders, PartType};
use passerelle::db::schema::outbox;
use passerelle::icalendar::{self, Attendee, Calendar, Event, Method, Moment, Organizer};
use passerelle::kernel::ids::{OutboxId, ProgrammeId};
use passerelle::kernel::settings::{SmtpSecurity, Transport};
use passerelle::kernel::{Instant, Locale, Problem, Role, Settings, Zone};
use passerelle::mail::contexts::{
    AnswerLinks, MeetingFacts, MeetingInvitation, MeetingReminder, PasswordReset,
};
use passerelle::mail::deliver::Round;
use passerelle::mail::outbox::MailStatus;
use passerelle::mail::queue::{self, Filter};
use passerelle::mail::{Courier, NewMail, Queued, Recipient, When, enqueue};
use passerelle::worker;

use crate::programmes;
use crate::support::app::{TestApp, each_database_with};
use crate::support::smtp::{Behaviour, Received, SmtpServer};

/// Settings that send through `server`.
pub fn through(server: &SmtpServer) -> impl Fn(&mut Settings) {
    let port = server.port;
    move |settings| {
        settings.mail.transport = Transport::Smtp;
        settings.mail.smtp.host = "127.0.0.1".into();
        settings.mail.smtp.port = port;
        settings.mail.smtp.security = SmtpSecurity::None;
        // Patient, because the machine that tests may be busy with other tests.
        settings.mail.smtp.timeout_seconds = 15;
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}

/// One round of a worker.
pub fn deliver(app: &TestApp) -> Round {
    deliver_as(app, "one")
}

fn deliver_as(app: &TestApp, name: &str) -> Round {
    runtime().block_on(async {
        let courier = worker::courier(&app.app, name).unwrap();
        courier.deliver_due().await.unwrap()
    })
}

pub fn reset(address: &str, key: &str) -> NewMail {
    let to = Recipient {
        name: "José".into(),
        address: address.to_owned(),
        locale: Locale::Fr,
        person_id: None,
        account_id: None,
    };
    let words = PasswordReset {
        name: "José".into(),
        link: "https://mentorat.example/p/SECRET".into(),
        hours: 2,
    };
    NewMail::new(&words, to, key).unwrap()
}

pub fn queue_one(app: &TestApp, mail: NewMail) -> OutboxId {
    let ctx = app.ctx();
    match app.db(|conn| conn.write_tx(|conn| enqueue(conn, &ctx, mail))) {
        Queued::New(id) => id,
        Queued::AlreadyThere => panic!("the mail was there before"),
    }
}

fn status(app: &TestApp, id: OutboxId) -> (MailStatus, i32) {
    let row = app.db(|conn| queue::find(conn, id));
    (row.status, row.attempts)
}

fn all(app: &TestApp) -> Vec<queue::Row> {
    app.db(|conn| queue::list(conn, &Filter::default(), 1000))
}

fn facts(app: &TestApp, locale: Locale, other: &str) -> (MeetingFacts, Instant, Instant) {
    let start = app.ctx().now.plus(Duration::days(3));
    let end = start.plus(Duration::hours(1));
    let zone = Zone::parse("America/St_Johns").unwrap();
    let facts = MeetingFacts {
        repeats: None,
        other: other.into(),
        when: When::new(start, end, zone, locale),
        programme: "Génie 2026".into(),
        place: None,
        url: Some("https://meet.example/salle".into()),
        note: Some("À bientôt,\nAmina".into()),
    };
    (facts, start, end)
}

fn answers() -> AnswerLinks {
    AnswerLinks {
        accept: "https://mentorat.example/a/T/accept".into(),
        tentative: "https://mentorat.example/a/T/tentative".into(),
        decline: "https://mentorat.example/a/T/decline".into(),
    }
}

fn calendar(start: Instant, end: Instant, now: Instant, other: &str, name: &str) -> Calendar {
    let mut event = Event::new(
        "6f1c@mail.example.org",
        Moment::Utc(start),
        Moment::Utc(end),
    );
    event.stamp = now;
    event.summary = format!("Rencontre : {other}");
    event.organizer = Some(Organizer::new(
        "reply+token@mail.example.org",
        format!("{other} via Passerelle"),
    ));
    event.attendees = vec![Attendee::new("jose@example.org", name)];
    Calendar::new(Method::Request, vec![event])
}

pub fn invitation(app: &TestApp, other: &str, name: &str, key: &str) -> NewMail {
    let (meeting, start, end) = facts(app, Locale::Fr, other);
    let to = Recipient {
        name: name.into(),
        address: "jose@example.org".to_owned(),
        locale: Locale::Fr,
        person_id: None,
        account_id: None,
    };
    let words = MeetingInvitation {
        name: name.into(),
        meeting,
        answers: answers(),
    };
    NewMail::new(&words, to, key)
        .unwrap()
        .with_calendar(&calendar(start, end, app.ctx().now, other, name))
        .unwrap()
        .reply_to("reply+token@mail.example.org")
        .not_after(end)
}

fn header(mail: &Received, name: &str) -> String {
    let text = String::from_utf8_lossy(&mail.data);
    let head = text
        .split("\r\n\r\n")
        .next()
        .unwrap_or("")
        .replace("\r\n ", " ");
    let wanted = format!("{}:", name.to_lowercase());
    let lines: Vec<&str> = head
        .split("\r\n")
        .filter(|line| line.to_lowercase().starts_with(&wanted))
        .collect();
    assert!(lines.len() < 2, "{name} twice in {head}");
    lines
        .first()
        .map_or("", |line| line[wanted.len()..].trim())
        .to_owned()
}

#[test]
fn o5_an_invitation_arrives_with_its_text_its_page_and_the_calendar_object_twice() {
    let server = SmtpServer::kind();
    each_database_with(through(&server), |app| {
        server.clear();
        let id = queue_one(
            app,
            invitation(app, "Amélie O’Connor", "José", "invitation"),
        );
        assert_eq!(deliver(app).sent, 1);
        let received = server.received();
        assert_eq!(received.len(), 1);
        assert_eq!(received[0].from, "passerelle@mail.example.org");
        let mail = MessageParser::new().parse(&received[0].data).unwrap();
        assert_eq!(
            mail.message_id(),
            Some(format!("{id}@mail.example.org").as_str())
        );
        assert_eq!(
            mail.subject(),
            Some("Invitation\u{a0}: Amélie O’Connor, vendredi 9 octobre 2026, 9\u{a0}h\u{a0}30")
        );
        let from = mail.from().and_then(|from| from.first()).unwrap();
        assert_eq!(from.name(), Some("Amélie O’Connor via Passerelle"));
        assert_eq!(from.address(), Some("passerelle@mail.example.org"));
        let reply_to = mail.reply_to().and_then(|to| to.first()).unwrap();
        assert_eq!(reply_to.address(), Some("reply+token@mail.example.org"));
        assert_eq!(header(&received[0], "Auto-Submitted"), "auto-generated");
        assert_eq!(header(&received[0], "List-Unsubscribe"), "", "O10");
        assert_eq!(header(&received[0], "Content-Language"), "fr");

        // multipart/mixed { multipart/alternative { text, html, calendar }, ics }
        let kinds: Vec<String> = mail
            .parts
            .iter()
            .map(|part| {
                let kind = part.content_type().unwrap();
                format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or(""))
            })
            .collect();
        assert_eq!(
            kinds,
            [
                "multipart/mixed",
                "multipart/alternative",
                "text/plain",
                "text/html",
                "text/calendar",
                "application/ics"
            ]
        );
        let (alternative, attached) = (&mail.parts[4], &mail.parts[5]);
        assert!(alternative.content_disposition().is_none());
        let kind = alternative.content_type().unwrap();
        assert_eq!(kind.attribute("method"), Some("REQUEST"));
        assert_eq!(
            kind.attribute("charset").map(str::to_uppercase).as_deref(),
            Some("UTF-8")
        );
        assert_eq!(attached.attachment_name(), Some("invite.ics"));
        assert_eq!(alternative.contents(), attached.contents(), "byte for byte");
        let object = icalendar::read(attached.contents(), None).unwrap();
        assert_eq!(object.calendars[0].method, Some(Method::Request));
        let PartType::Text(text) = &mail.parts[2].body else {
            panic!("no text")
        };
        assert!(
            text.contains("heure de Saint-Jean") || text.contains("heure de St. John"),
            "{text}"
        );
        assert!(text.contains("https://mentorat.example/a/T/decline"));
        assert!(matches!(
            mail.header("Date"),
            Some(HeaderValue::DateTime(_))
        ));
    });
}

#[test]
fn o10_a_reminder_can_be_stopped_with_one_click() {
    let server = SmtpServer::kind();
    each_database_with(through(&server), |app| {
        server.clear();
        let (meeting, ..) = facts(app, Locale::En, "Amélie");
        let words = MeetingReminder {
            name: "José".into(),
            meeting,
            answered: true,
            answers: answers(),
            pause: "https://mentorat.example/pause/T".into(),
            unsubscribe: "https://mentorat.example/u/T".into(),
        };
        let to = Recipient {
            name: "José".into(),
            address: "jose@example.org".into(),
            locale: Locale::En,
            person_id: None,
            account_id: None,
        };
        let mail = NewMail::new(&words, to, "reminder").unwrap();
        queue_one(app, mail.unsubscribe("https://mentorat.example/u/T".into()));
        assert_eq!(deliver(app).sent, 1);
        let mail = &server.received()[0];
        assert_eq!(
            header(mail, "List-Unsubscribe"),
            "<https://mentorat.example/u/T>"
        );
        assert_eq!(
            header(mail, "List-Unsubscribe-Post"),
            "List-Unsubscribe=One-Click"
        );
        assert_eq!(header(mail, "Auto-Submitted"), "auto-generated");
    });
}

#[test]
fn o4_no_name_title_or_note_becomes_a_header_or_a_panic() {
    let server = SmtpServer::kind();
    each_database_with(through(&server), |app| {
        server.clear();
        let hostile =
            "José \"Pepe\"\r\nBcc: evil@x.org\r\n\r\n<script>, ; \\ 👩‍⚕️ مرحبا \u{202E}=1+1 <a@b.c>";
        queue_one(app, invitation(app, hostile, hostile, "hostile"));
        queue_one(app, invitation(app, "", "", "empty"));
        assert_eq!(deliver(app).sent, 2);
        for mail in server.received() {
            assert_eq!(mail.to, "jose@example.org");
            assert_eq!(header(&mail, "Bcc"), "");
            let parsed = MessageParser::new().parse(&mail.data).unwrap();
            assert!(parsed.bcc().is_none());
            assert_eq!(
                parsed
                    .to()
                    .and_then(|to| to.first())
                    .and_then(|to| to.address()),
                Some("jose@example.org")
            );
            let reading = icalendar::read(parsed.parts[5].contents(), None).unwrap();
            assert_eq!(reading.calendars[0].events.len(), 1);
            assert_eq!(reading.calendars[0].events[0].attendees.len(), 1);
        }
    });
}

#[test]
fn a_mail_is_written_with_its_change_or_not_at_all_and_once_for_its_key() {
    let server = SmtpServer::kind();
    each_database_with(through(&server), |app| {
        let ctx = app.ctx();
        let undone: Result<(), Problem> = app.app.db.run_here(|conn| {
            conn.write_tx(|conn| {
                enqueue(conn, &ctx, reset("jose@example.org", "undone"))?;
                Err(Problem::conflict("test"))
            })
        });
        assert!(undone.is_err());
        assert!(all(app).is_empty());
        queue_one(app, reset("jose@example.org", "once"));
        let again = app.db(|conn| enqueue(conn, &ctx, reset("jose@example.org", "once")));
        assert_eq!(again, Queued::AlreadyThere, "O9");
        assert_eq!(all(app).len(), 1);
    });
}

#[test]
fn what_a_mail_says_is_sealed_at_rest() {
    let server = SmtpServer::kind();
    each_database_with(through(&server), |app| {
        queue_one(app, reset("jose@example.org", "sealed"));
        let (recipient, payload): (String, String) = app.db(|conn| {
            let columns = (outbox::recipient_sealed, outbox::payload_sealed);
            Ok(outbox::table.select(columns).first(conn)?)
        });
        for secret in ["jose", "example.org", "SECRET", "mentorat"] {
            assert!(!recipient.contains(secret) && !payload.contains(secret));
        }
    });
}

#[test]
fn a_worker_killed_before_it_sent_leaves_the_mail_to_the_next_and_it_is_sent_once() {
    let server = SmtpServer::kind();
    each_database_with(through(&server), |app| {
        server.clear();
        let id = queue_one(app, invitation(app, "Amélie", "José", "killed"));
        // Claimed, and then the process is gone.
        let now = app.ctx().now;
        let lost = app.db(|conn| queue::claim(conn, "killed", now, Duration::seconds(120), 10));
        assert_eq!(lost.len(), 1);
        assert_eq!(deliver(app).total(), 0, "the lease still runs");
        app.clock.advance(Duration::seconds(121));
        assert_eq!(deliver(app).sent, 1);
        assert_eq!(deliver(app).total(), 0);
        let received = server.received();
        assert_eq!(received.len(), 1);
        assert_eq!(
            header(&received[0], "Message-ID"),
            format!("<{id}@mail.example.org>")
        );
        assert_eq!(status(app, id), (MailStatus::Sent, 2));
        // The killed one wakes up and finds that the mail is no longer its own.
        let late = queue::Mark::Later(now, "late".into());
        assert!(!app.db(|conn| queue::mark(conn, id, "killed", &late)));
        assert_eq!(status(app, id), (MailStatus::Sent, 2));
    });
}

#[test]
fn a_mail_that_has_to_be_sent_again_is_the_same_mail_to_the_last_byte() {
    let server = SmtpServer::start(|_, attempt| match attempt {
        1 => Behaviour::TakeAndDie,
        _ => Behaviour::Take,
    });
    each_database_with(through(&server), |app| {
        server.clear();
        let id = queue_one(app, invitation(app, "Amélie", "José", "twice"));
        assert_eq!(deliver(app).later, 1);
        app.clock.advance(Duration::minutes(10));
        assert_eq!(deliver(app).sent, 1);
        let received = server.received();
        assert_eq!(received.len(), 2);
        assert_eq!(received[0].data, received[1].data);
        assert_eq!(status(app, id).0, MailStatus::Sent);
    });
}

#[test]
fn a_server_that_dies_in_the_middle_gets_the_mail_later() {
    let server = SmtpServer::start(|_, attempt| match attempt {
        1 => Behaviour::DieInData,
        2 => Behaviour::Silence,
        3 => Behaviour::Answer("451 4.3.0 come back later"),
        _ => Behaviour::Take,
    });
    let settings = |settings: &mut Settings| {
        through(&server)(settings);
        settings.mail.smtp.timeout_seconds = 3;
    };
    each_database_with(settings, |app| {
        server.clear();
        let id = queue_one(app, invitation(app, "Amélie", "José", "dies"));
        for attempt in 1..=3 {
            assert_eq!(deliver(app).later, 1, "attempt {attempt}");
            assert_eq!(status(app, id), (MailStatus::Queued, attempt));
            assert_eq!(deliver(app).total(), 0, "not at once");
            app.clock.advance(Duration::minutes(10));
        }
        assert_eq!(deliver(app).sent, 1);
        assert_eq!(server.received().len(), 1);
        let error = app.db(|conn| queue::find(conn, id)).last_error;
        assert_eq!(error, None);
    });
}

#[test]
fn a_mailbox_that_refuses_is_dead_at_once_and_in_its_coordinators_digest() {
    let server = SmtpServer::start(|to, _| match to {
        "gone@example.org" => Behaviour::Answer("550 5.1.1 <gone@example.org>: no such user"),
        _ => Behaviour::Take,
    });
    each_database_with(through(&server), |app| {
        server.clear();
        let admin = app.administrator();
        let [programme, other] = ["genie", "sante"].map(|slug| -> ProgrammeId {
            let made = app
                .post(&admin, "/api/v1/programmes", &programmes::programme(slug))
                .expect(201);
            made.json()["id"].as_str().unwrap().parse().unwrap()
        });
        let ours = app.someone(Role::Coordinator, Some(programme), None);
        app.someone(Role::Coordinator, Some(other), None);
        let dead = queue_one(app, reset("gone@example.org", "1").of_programme(programme));
        let also = queue_one(app, reset("gone@example.org", "2").of_programme(programme));
        let fine = queue_one(app, reset("here@example.org", "3").of_programme(programme));
        assert_eq!(
            deliver(app),
            Round {
                sent: 1,
                later: 0,
                dead: 2
            }
        );
        assert_eq!(status(app, dead), (MailStatus::Dead, 1));
        assert_eq!(status(app, also), (MailStatus::Dead, 1));
        assert_eq!(status(app, fine), (MailStatus::Sent, 1));
        let reason = app.db(|conn| queue::find(conn, dead)).last_error.unwrap();
        assert!(
            reason.contains("550") && !reason.contains("gone@"),
            "{reason}"
        );
        assert_eq!(
            deliver(app).sent,
            0,
            "no mail for each event: the digest says it"
        );
        assert_eq!(digests_of(app, "2026-10-06T12:00:00Z"), 1);
        assert_eq!(deliver(app).sent, 1, "one digest to one coordinator");
        let digest = &server.received()[1];
        assert_eq!(digest.to, format!("{}@example.org", ours.account_id));
        let text = MessageParser::new()
            .parse(&digest.data)
            .unwrap()
            .body_text(0)
            .unwrap()
            .into_owned();
        assert!(
            text.contains("To gone@example.org") && text.contains("550"),
            "{text}"
        );
        assert!(!text.contains("SECRET"), "{text}");
    });
}

#[test]
fn an_address_that_is_none_is_dead_at_once_and_in_the_administrators_digest() {
    let server = SmtpServer::kind();
    each_database_with(through(&server), |app| {
        server.clear();
        app.administrator();
        let id = queue_one(app, reset("not an address", "none"));
        assert_eq!(deliver(app).dead, 1);
        assert_eq!(status(app, id), (MailStatus::Dead, 1));
        assert_eq!(deliver(app).sent, 0);
        assert_eq!(digests_of(app, "2026-10-06T12:00:00Z"), 1);
        assert_eq!(deliver(app).sent, 1);
        assert_eq!(server.received().len(), 1);
    });
}

/// Lets a morning come, and says how many digests it brings.
fn digests_of(app: &TestApp, morning: &str) -> usize {
    use passerelle::digests::send;
    app.clock.set(crate::support::app::instant(morning));
    let ctx = app.ctx();
    let due = app.db(|conn| send::due(conn, &ctx));
    let written = due
        .iter()
        .filter(|reader| app.db(|conn| send::write(conn, &ctx, reader)));
    written.count()
}

#[test]
fn a_server_that_is_away_is_tried_for_about_two_days_and_then_given_up() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = closed.local_addr().unwrap().port();
    drop(closed);
    let server = SmtpServer::kind();
    let settings = |settings: &mut Settings| {
        through(&server)(settings);
        settings.mail.smtp.port = port;
    };
    each_database_with(settings, |app| {
        let begun = app.ctx().now;
        let id = queue_one(app, reset("jose@example.org", "away"));
        for attempt in 1..12 {
            assert_eq!(deliver(app).later, 1, "attempt {attempt}");
            let next = app.db(|conn| queue::find(conn, id)).next_attempt_at;
            app.clock.set(next);
        }
        assert_eq!(deliver(app).dead, 1);
        assert_eq!(status(app, id), (MailStatus::Dead, 12));
        let hours = app.ctx().now.since(begun).num_hours();
        assert!((36..72).contains(&hours), "{hours} hours");
    });
}

#[test]
fn a_wrong_password_of_ours_kills_no_mail() {
    let server = SmtpServer::start(|_, _| Behaviour::Answer("535 5.7.8 authentication failed"));
    each_database_with(through(&server), |app| {
        let id = queue_one(app, reset("jose@example.org", "password"));
        assert_eq!(deliver(app).later, 1);
        assert_eq!(status(app, id), (MailStatus::Queued, 1));
    });
}

#[test]
fn o9_what_is_over_is_not_sent_and_nobody_is_alarmed() {
    let server = SmtpServer::kind();
    each_database_with(through(&server), |app| {
        server.clear();
        app.administrator();
        let id = queue_one(app, invitation(app, "Amélie", "José", "over"));
        app.clock.advance(Duration::days(4));
        assert_eq!(deliver(app).dead, 1);
        assert_eq!(status(app, id).0, MailStatus::Dead);
        assert_eq!(all(app).len(), 1);
        assert!(server.received().is_empty());
    });
}

#[test]
fn several_workers_share_the_queue_and_no_mail_is_sent_twice() {
    let server = SmtpServer::kind();
    each_database_with(through(&server), |app| {
        server.clear();
        for n in 0..60 {
            queue_one(
                app,
                reset(&format!("p{n}@example.org"), &format!("mail-{n}")),
            );
        }
        std::thread::scope(|scope| {
            for name in ["one", "two", "three"] {
                scope.spawn(move || {
                    runtime().block_on(async {
                        let courier: Courier = worker::courier(&app.app, name).unwrap();
                        while courier.deliver_due().await.unwrap().total() > 0 {}
                    });
                });
            }
        });
        let mut to: Vec<String> = server.received().into_iter().map(|mail| mail.to).collect();
        assert_eq!(to.len(), 60);
        to.sort();
        to.dedup();
        assert_eq!(to.len(), 60);
        assert!(
            all(app)
                .iter()
                .all(|row| (row.status, row.attempts) == (MailStatus::Sent, 1))
        );
    });
}

/// A server before which two waves of six mails stand still, so that the rest of a batch waits.
#[derive(Default)]
struct Slow {
    clock: Option<std::sync::Arc<passerelle::kernel::TestClock>>,
    /// Mails for which the server was asked.
    asked: usize,
    /// The second wave may go on.
    open: bool,
}

#[test]
fn o9_a_mail_that_waited_longer_than_its_lease_is_sent_by_whoever_has_it_and_once() {
    use std::sync::{Arc, Condvar, Mutex};
    const WAVE: usize = 6;
    let state = Arc::new((Mutex::new(Slow::default()), Condvar::new()));
    let server = SmtpServer::start({
        let state = Arc::clone(&state);
        move |_, _| {
            let (lock, change) = &*state;
            let mut slow = lock.lock().unwrap();
            let number = slow.asked;
            slow.asked += 1;
            // The first six take 90 of the 120 seconds of the lease, and so do the next six.
            if slow.asked == WAVE || slow.asked == 2 * WAVE {
                let clock = slow.clock.as_ref().unwrap();
                clock.advance(Duration::seconds(90));
            }
            change.notify_all();
            let waits = |slow: &mut Slow| match number {
                0..WAVE => slow.asked < WAVE,
                WAVE..12 => !slow.open,
                _ => false,
            };
            drop(change.wait_while(slow, waits).unwrap());
            Behaviour::Take
        }
    });
    let settings = |settings: &mut Settings| {
        through(&server)(settings);
        settings.worker.lease_seconds = 120;
        settings.worker.batch = 20;
    };
    each_database_with(settings, |app| {
        server.clear();
        let (lock, change) = &*state;
        *lock.lock().unwrap() = Slow {
            clock: Some(app.clock.clone()),
            ..Slow::default()
        };
        for n in 0..15 {
            let to = format!("p{n}@example.org");
            queue_one(app, reset(&to, &format!("slow-{n}")));
        }
        let round = |name: &'static str| {
            runtime().block_on(async {
                let courier: Courier = worker::courier(&app.app, name).unwrap();
                courier.deliver_due().await.unwrap()
            })
        };
        std::thread::scope(|scope| {
            let first = scope.spawn(|| round("one"));
            let slow = lock.lock().unwrap();
            drop(
                change
                    .wait_while(slow, |slow| slow.asked < 2 * WAVE)
                    .unwrap(),
            );
            // The second wave is under way with leases of its own; those of the last three have run out.
            let second = round("two");
            lock.lock().unwrap().open = true;
            change.notify_all();
            assert_eq!((second.sent, second.total()), (3, 3));
            let first = first.join().unwrap();
            assert_eq!(
                (first.sent, first.total()),
                (12, 12),
                "and left the others alone"
            );
        });
        let mut to: Vec<String> = server.received().into_iter().map(|mail| mail.to).collect();
        assert_eq!(to.len(), 15, "{to:?}");
        to.sort();
        to.dedup();
        assert_eq!(to.len(), 15, "nobody gets it twice");
        assert!(all(app).iter().all(|row| row.status == MailStatus::Sent));
        assert_eq!(deliver(app).total(), 0);
    });
}

#[test]
fn files_are_whole_messages_in_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_owned();
    let settings = move |settings: &mut Settings| {
        settings.mail.transport = Transport::Files;
        settings.mail.folder = path.join("mail");
    };
    each_database_with(settings, |app| {
        let id = queue_one(app, invitation(app, "Amélie", "José", "file"));
        assert_eq!(deliver(app).sent, 1);
        let file = folder.path().join(format!("mail/{id}.eml"));
        let mail = std::fs::read(file).unwrap();
        let parsed = MessageParser::new().parse(&mail).unwrap();
        assert_eq!(parsed.parts.len(), 6);
    });
}

#[test]
fn the_words_of_old_mails_are_forgotten_and_their_keys_are_not() {
    let server = SmtpServer::kind();
    each_database_with(through(&server), |app| {
        let id = queue_one(app, reset("jose@example.org", "old"));
        deliver(app);
        let days = |n| app.ctx().now.minus(Duration::days(n));
        app.clock.advance(Duration::days(31));
        assert_eq!(app.db(|conn| queue::purge(conn, days(32))), 0);
        assert_eq!(app.db(|conn| queue::purge(conn, days(30))), 1);
        assert_eq!(app.db(|conn| queue::purge(conn, days(30))), 0);
        let row = app.db(|conn| queue::find(conn, id));
        assert!(row.payload(&app.app.platform.keyring).is_none());
        let ctx = app.ctx();
        let again = app.db(|conn| enqueue(conn, &ctx, reset("jose@example.org", "old")));
        assert_eq!(again, Queued::AlreadyThere);
    });
}

#[test]
fn the_worker_delivers_by_itself_and_stops_when_it_is_told() {
    let server = SmtpServer::kind();
    each_database_with(through(&server), |app| {
        server.clear();
        queue_one(app, reset("jose@example.org", "worker"));
        runtime().block_on(async {
            let (stop, stopped) = tokio::sync::watch::channel(false);
            let work = worker::run(app.app.clone(), stopped);
            let wait = async {
                for _ in 0..200 {
                    tokio::time::sleep(std::time::Duration::from_millis(25)).await;
                    if !server.received().is_empty() {
                        break;
                    }
                }
                stop.send_replace(true);
            };
            let (worked, ()) = tokio::join!(work, wait);
            worked.unwrap();
        });
        assert_eq!(server.received().len(), 1);
        assert_eq!(all(app)[0].status, MailStatus::Sent);
    });
}
