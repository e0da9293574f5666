//! What mail costs: `cargo bench --bench mail`.
//!
//! Invitations filled and built per second, calendar objects written and read per second, and mails
//! delivered per second through the whole of it (outbox on SQLite, leases, rendering, SMTP) to a sink on
//! this machine, beside what the sink takes when it is given ready messages. Where Postfix's `smtp-sink` and
//! `smtp-source` are installed, the same against that server, beside its own limit as `smtp-source` measures
//! it. Replies read, and read and applied, per second, beside Python's `email` and `icalendar` on the same files.
//! Signatures (DKIM) per second, and the resident memory of a worker that has nothing to do.

#![expect(
    clippy::expect_used,
    reason = "a benchmark that cannot be set up should stop"
)]

#[path = "mail_replies.rs"]
mod replies;

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command};
use std::sync::Arc;
use std::time::Instant as Stopwatch;

use chrono::Duration;
use lettre::{SmtpTransport, Transport as _};
use passerelle::db::{Db, migrate};
use passerelle::icalendar::{Attendee, Calendar, Event, Method, Moment, Organizer, read};
use passerelle::kernel::settings::{SmtpSecurity, Transport};
use passerelle::kernel::{
    Clock, Context, Instant, Keyring, Locale, Platform, Settings, SystemClock, Zone,
};
use passerelle::mail::contexts::{AnswerLinks, MeetingFacts, MeetingInvitation};
use passerelle::mail::dkim::Signer;
use passerelle::mail::{Courier, NewMail, Recipient, When, enqueue, message, queue};

const MAILS: usize = 2000;

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    idle_worker(folder.path());
    signatures();
    deliveries("our sink", sink());
    if let Some((mut server, port)) = smtp_sink() {
        source(port);
        deliveries("smtp-sink", port);
        server.kill().expect("the server's end");
        server.wait().expect("the server's end");
    } else {
        println!(
            "smtp-sink and smtp-source are not installed: the server's own limit is not measured"
        );
    }
}

/// Everything from the object to the server on `port`.
fn deliveries(server: &str, port: u16) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut settings = Settings::defaults().expect("settings");
    settings.database.url = format!("sqlite://{}/mail.db", folder.path().display()).into();
    settings.security.secret = "kX3v9QmT7rLw2ZpB8nYc5HdJ4sGf6Ua1".to_owned().into();
    settings.mail.transport = Transport::Smtp;
    settings.mail.smtp.host = "127.0.0.1".into();
    settings.mail.smtp.port = port;
    settings.mail.smtp.security = SmtpSecurity::None;
    settings.worker.batch = 50;
    let keyring = Keyring::new(settings.security.secret.clone());
    let db = Db::new(&settings.database);
    migrate::migrate(&mut db.connect_one().expect("a database")).expect("migrations");
    let platform = Arc::new(Platform { settings, keyring });
    let ctx = Context::system("bench", SystemClock.now(), Arc::clone(&platform));

    let object = calendar(ctx.now);
    let text = object.write().expect("an object");
    rate("calendar objects written", 20_000, || {
        object.write().map(drop).expect("an object")
    });
    rate("calendar objects read", 20_000, || {
        read(text.as_bytes(), None).map(drop).expect("a reading")
    });

    let since = Stopwatch::now();
    db.run_here(|conn| {
        conn.write_tx(|conn| {
            (0..MAILS).try_for_each(|n| enqueue(conn, &ctx, invitation(&ctx, n)).map(drop))
        })
    })
    .expect("mails");
    say(
        "invitations written into the outbox (one transaction)",
        MAILS,
        since,
    );

    let row = db
        .run_here(|conn| queue::list(conn, &queue::Filter::default(), 1))
        .expect("a row")
        .remove(0);
    let built = || {
        let letter = message::open(&row, &platform.settings, &platform.keyring).expect("a letter");
        message::compose(&row, &letter, &platform.settings, &platform.keyring).expect("a message")
    };
    rate("invitations opened, filled and built", 1000, || {
        drop(built().formatted())
    });

    let direct = SmtpTransport::builder_dangerous("127.0.0.1")
        .port(port)
        .build();
    let message = built();
    let since = Stopwatch::now();
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope
                .spawn(|| (0..MAILS / 6).for_each(|_| drop(direct.send(&message).expect("taken"))));
        }
    });
    say(
        &format!("ready messages to {server}, six connections"),
        MAILS,
        since,
    );

    let since = Stopwatch::now();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let sent = runtime.block_on(async {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let courier = Courier::new(db.clone(), platform, clock, "bench".into()).expect("a courier");
        let mut sent = 0;
        loop {
            let round = courier.deliver_due().await.expect("a round");
            if round.total() == 0 {
                break sent;
            }
            sent += round.sent;
        }
    });
    assert_eq!(sent, MAILS);
    say(
        &format!("invitations delivered from the outbox to {server}"),
        MAILS,
        since,
    );

    replies::run(&db, &ctx);
}

fn rate(what: &str, times: usize, mut work: impl FnMut()) {
    let since = Stopwatch::now();
    (0..times).for_each(|_| work());
    say(what, times, since);
}

fn say(what: &str, times: usize, since: Stopwatch) -> f64 {
    let seconds = since.elapsed().as_secs_f64();
    let count = f64::from(u32::try_from(times).expect("a small number"));
    println!("{:>10.0} a second  {what}", count / seconds);
    count / seconds
}

fn calendar(now: Instant) -> Calendar {
    let start = now.plus(Duration::days(3));
    let mut event = Event::new(
        "6f1c@bench.example",
        Moment::Utc(start),
        Moment::Utc(start.plus(Duration::hours(1))),
    );
    event.stamp = now;
    event.summary = "Rencontre de mentorat : Amélie et José".into();
    event.description = Some("Première rencontre.\nÀ bientôt !".into());
    event.organizer = Some(Organizer::new(
        "reply+token@bench.example",
        "Amélie via Passerelle",
    ));
    event.attendees = vec![
        Attendee::new("jose@example.org", "José"),
        Attendee::new("amelie@example.org", "Amélie"),
    ];
    Calendar::new(Method::Request, vec![event])
}

fn invitation(ctx: &Context, n: usize) -> NewMail {
    let start = ctx.now.plus(Duration::days(3));
    let zone = Zone::parse("America/Toronto").expect("a zone");
    let to = Recipient {
        name: "José".into(),
        address: format!("p{n}@example.org"),
        locale: Locale::Fr,
        person_id: None,
        account_id: None,
    };
    let link = |word: &str| format!("https://bench.example/a/0123456789abcdef/{word}").into();
    let words = MeetingInvitation {
        name: "José".into(),
        meeting: MeetingFacts {
            other: "Amélie O’Connor".into(),
            when: When::new(start, start.plus(Duration::hours(1)), zone, Locale::Fr),
            repeats: None,
            programme: "Génie 2026".into(),
            place: None,
            url: Some("https://meet.example/salle".into()),
            note: Some("J’apporte mon CV.".into()),
        },
        answers: AnswerLinks {
            accept: link("accept"),
            tentative: link("tentative"),
            decline: link("decline"),
        },
    };
    NewMail::new(&words, to, format!("bench/{n}"))
        .and_then(|mail| mail.with_calendar(&calendar(ctx.now)))
        .expect("a mail")
        .reply_to("reply+token@bench.example")
}

/// An SMTP server that takes everything and keeps nothing.
fn sink() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || drop(take(&stream)));
        }
    });
    port
}

fn take(stream: &TcpStream) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut out = stream;
    stream.set_nodelay(true)?;
    out.write_all(b"220 sink\r\n")?;
    let (mut line, mut in_data) = (Vec::new(), false);
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        if in_data {
            if line == b".\r\n" {
                in_data = false;
                out.write_all(b"250 taken\r\n")?;
            }
        } else if line.starts_with(b"DATA") {
            in_data = true;
            out.write_all(b"354 go on\r\n")?;
        } else if line.starts_with(b"EHLO") {
            out.write_all(b"250-sink\r\n250 8BITMIME\r\n")?;
        } else {
            out.write_all(b"250 ok\r\n")?;
        }
    }
}

/// Postfix's own sink on a free port.
fn smtp_sink() -> Option<(Child, u16)> {
    let free = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = free.local_addr().expect("an address").port();
    drop(free);
    let mut command = Command::new("smtp-sink");
    command.args(["-u", "nobody", &format!("127.0.0.1:{port}"), "100"]);
    let child = command.env("PATH", path()).spawn().ok()?;
    for _ in 0..100 {
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return Some((child, port));
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    None
}

/// The limit of the server on `port` for messages of an invitation's size, by Postfix's own client.
fn source(port: u16) {
    let since = Stopwatch::now();
    let done = Command::new("smtp-source")
        .args(["-s", "6", "-d", "-l", "24000", "-m", &MAILS.to_string()])
        .args(["-f", "a@example.org", "-t", "b@example.org"])
        .arg(format!("127.0.0.1:{port}"))
        .env("PATH", path())
        .status();
    if done.is_ok_and(|status| status.success()) {
        say(
            "messages of 24 kB by smtp-source, six connections",
            MAILS,
            since,
        );
    }
}

/// Debian keeps these two where only the administrator looks.
fn path() -> String {
    format!("{}:/usr/sbin", std::env::var("PATH").unwrap_or_default())
}

fn signatures() {
    let mail = format!(
        "From: a@b.c\r\nSubject: x\r\n\r\n{}",
        "words\r\n".repeat(3500)
    );
    let rsa = include_str!("../src/mail/testdata/rsa2048.pem");
    let ed25519 = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";
    for (what, key) in [("RSA of 2048 bits", rsa), ("Ed25519", ed25519)] {
        let signer = Signer::new("example.org", "p", key).expect("a key");
        rate(&format!("mails of 24 kB signed with {what}"), 1000, || {
            signer
                .sign(mail.as_bytes(), 0)
                .map(drop)
                .expect("a signature");
        });
    }
}

/// What `passerelle worker` holds in memory when it has looked at its queues for some seconds.
fn idle_worker(folder: &std::path::Path) {
    let program = |command: &str| {
        let mut program = Command::new(env!("CARGO_BIN_EXE_passerelle"));
        program
            .arg(command)
            .env(
                "PASSERELLE__DATABASE__URL",
                format!("sqlite://{}/idle.db", folder.display()),
            )
            .env("PASSERELLE__LOG__LEVEL", "error");
        program
    };
    program("migrate").output().expect("a database");
    let mut worker = program("worker").spawn().expect("a worker");
    std::thread::sleep(std::time::Duration::from_secs(8));
    let status = std::fs::read_to_string(format!("/proc/{}/status", worker.id()));
    let line = |status: String| {
        let found = status.lines().find(|line| line.starts_with("VmRSS"));
        found.map(|line| line.trim_start_matches("VmRSS:").trim().to_owned())
    };
    if let Some(resident) = status.ok().and_then(line) {
        println!("{resident:>14}  resident memory of a worker with nothing to do");
    }
    worker.kill().expect("the worker's end");
    worker.wait().expect("the worker's end");
}
