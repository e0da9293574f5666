//! Requests a second and their 99th percentile over real connections: `cargo bench --bench http`.
//!
//! A bare actix handler, the list of a coordinator's proposals and the list of a mentor's meetings (both
//! authenticated, 20 rows), on SQLite and, with `--url postgres://…` (an empty database), on PostgreSQL, each driven
//! by the same keep-alive client. The last column is the share of the bare handler's throughput in the same run.
//! `--seconds N` (5) and `--connections N` (8) change how long and how hard. The time to the first page after the start
//! and the resident memory stand below the table.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark reports on standard output and stops at the first error"
)]

/// The population of the matching benchmark, so that proposals and their reasons are real.
#[allow(dead_code)]
#[path = "match_run.rs"]
mod match_run;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::Duration as Span;
use diesel::prelude::*;
use passerelle::access::tokens;
use passerelle::db::schema::{account_grants, accounts};
use passerelle::db::{Conn, Db, migrate};
use passerelle::kernel::ids::{
    AccountId, AttendeeId, GrantId, MatchRunId, MeetingId, PersonId, ProgrammeId,
};
use passerelle::kernel::{
    Context, Keyring, Locale, Platform, Problem, Role, Settings, SystemClock,
};
use passerelle::matching::{self, Proposal, Request};
use passerelle::meetings::model::{Mode, Partstat, Side, State};
use passerelle::meetings::store::{self as meetings, Attendee, Meeting};
use passerelle::mentorships::{self, Start, start::Introduction};
use passerelle::web::{App, Turns};
use serde_json::json;

/// Mentees and mentors in the database.
const PEOPLE: usize = 300;
/// Meetings of each mentorship.
const MEETINGS: i64 = 20;
/// Mentorships under way.
const PAIRS: i64 = 50;

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let option = |name: &str| {
        let at = args.iter().position(|a| a == name)?;
        args.get(at + 1).cloned()
    };
    let number = |name: &str, usual: u64| option(name).map_or(usual, |v| v.parse().unwrap());
    let load = Load {
        seconds: number("--seconds", 5),
        connections: number("--connections", 8),
    };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bench.db");
    let mut databases = vec![("SQLite", format!("sqlite://{}", file.display()))];
    databases.extend(option("--url").map(|url| ("PostgreSQL", url)));
    println!(
        "{:<42} {:>10} {:>9} {:>9} {:>7}",
        "", "requests/s", "p50 ms", "p99 ms", "share"
    );
    let bare = load.run(bare_server(), "/", "");
    row("bare actix handler", &bare, &bare);
    let mut notes = Vec::new();
    for (name, url) in databases {
        let started = Instant::now();
        let (app, address) = server(&url);
        get(address, "/", "");
        notes.push(format!(
            "{name}: first page {:.0} ms after the start",
            millis(started.elapsed())
        ));
        let idle = memory();
        let seeded = app.db.run_here(|conn| seed(conn, &app)).unwrap();
        let proposals = format!("/api/v1/match-runs/{}/proposals?limit=20", seeded.run);
        let answer = load.run(address, &proposals, &seeded.coordinator);
        row(
            &format!("{name}: a coordinator's proposals"),
            &answer,
            &bare,
        );
        let answer = load.run(address, "/api/v1/meetings?limit=20", &seeded.mentor);
        row(&format!("{name}: a mentor's meetings"), &answer, &bare);
        notes.push(format!(
            "{name}: resident memory idle {idle}, after the load {}",
            memory()
        ));
    }
    println!("\n{}", notes.join("\n"));
}

fn row(name: &str, answer: &Measured, bare: &Measured) {
    println!(
        "{name:<42} {:>10.0} {:>9.2} {:>9.2} {:>6.1}%",
        answer.per_second,
        millis(answer.median),
        millis(answer.worst),
        100.0 * answer.per_second / bare.per_second
    );
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// The resident memory of this process, where the system tells it.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:"));
    line.map_or_else(|| "unknown".to_owned(), |l| l.trim().to_owned())
}

/// Runs `make`'s server on a thread of its own, on a free port of this machine.
fn spawn(
    make: impl FnOnce(TcpListener) -> std::io::Result<actix_web::dev::Server> + Send + 'static,
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        actix_web::rt::System::new()
            .block_on(async move { make(listener).unwrap().await.unwrap() });
    });
    address
}

/// What the framework itself can do here: one small JSON answer.
fn bare_server() -> SocketAddr {
    spawn(|listener| {
        let server = actix_web::HttpServer::new(|| {
            let answer = || async { actix_web::HttpResponse::Ok().json(json!({"items": []})) };
            actix_web::App::new().route("/", actix_web::web::get().to(answer))
        });
        Ok(server.workers(2).disable_signals().listen(listener)?.run())
    })
}

/// A server of the product on the empty database `url`.
fn server(url: &str) -> (App, SocketAddr) {
    let mut settings = Settings::defaults().unwrap();
    settings.database.url = url.to_owned().into();
    settings.security.secret = "kX3v9QmT7rLw2ZpB8nYc5HdJ4sGf6Ua1".to_owned().into();
    settings.security.access_token_minutes = 60;
    settings.server.workers = 2;
    settings.server.public_url = "http://127.0.0.1:1".into();
    settings.server.rate_per_minute_account = 100_000_000;
    settings.server.rate_per_minute_anonymous = 100_000_000;
    let app = App {
        db: Db::new(&settings.database),
        platform: Arc::new(Platform {
            keyring: Keyring::new(settings.security.secret.clone()),
            settings,
        }),
        clock: Arc::new(SystemClock),
        turns: Turns::default(),
    };
    migrate::migrate(&mut app.db.connect_one().unwrap()).unwrap();
    let served = app.clone();
    let address = spawn(|listener| passerelle::http::server::start(served, listener));
    (app, address)
}

/// How hard a server is driven.
struct Load {
    seconds: u64,
    connections: u64,
}

struct Measured {
    per_second: f64,
    median: Duration,
    worst: Duration,
}

impl Load {
    fn run(&self, address: SocketAddr, path: &str, token: &str) -> Measured {
        let until = Instant::now() + Duration::from_secs(1);
        while Instant::now() < until {
            get(address, path, token);
        }
        let begun = Instant::now();
        let until = begun + Duration::from_secs(self.seconds);
        let mut times: Vec<Duration> = std::thread::scope(|scope| {
            let clients: Vec<_> = (0..self.connections)
                .map(|_| scope.spawn(move || Client::new(address, path, token).drive(until)))
                .collect();
            clients
                .into_iter()
                .flat_map(|c| c.join().unwrap())
                .collect()
        });
        let took = begun.elapsed().as_secs_f64();
        times.sort();
        let count = u32::try_from(times.len()).unwrap();
        Measured {
            per_second: f64::from(count) / took,
            median: times[times.len() / 2],
            worst: times[times.len() * 99 / 100],
        }
    }
}

fn get(address: SocketAddr, path: &str, token: &str) {
    Client::new(address, path, token).ask();
}

/// One keep-alive connection that sends the same request again and again.
struct Client {
    stream: BufReader<TcpStream>,
    request: Vec<u8>,
    body: Vec<u8>,
}

impl Client {
    fn new(address: SocketAddr, path: &str, token: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\r\n"
        );
        Self {
            stream: BufReader::new(stream),
            request: request.into_bytes(),
            body: Vec::new(),
        }
    }

    fn ask(&mut self) {
        self.stream.get_mut().write_all(&self.request).unwrap();
        let mut line = String::new();
        self.stream.read_line(&mut line).unwrap();
        let good = line.starts_with("HTTP/1.1 200");
        let status = line.clone();
        let mut length = 0;
        loop {
            line.clear();
            self.stream.read_line(&mut line).unwrap();
            let header = line.trim().to_ascii_lowercase();
            if let Some(value) = header.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if header.is_empty() {
                break;
            }
        }
        self.body.resize(length, 0);
        self.stream.read_exact(&mut self.body).unwrap();
        assert!(good, "{status}{}", String::from_utf8_lossy(&self.body));
    }

    fn drive(mut self, until: Instant) -> Vec<Duration> {
        let mut times = Vec::new();
        while Instant::now() < until {
            let sent = Instant::now();
            self.ask();
            times.push(sent.elapsed());
        }
        times
    }
}

/// Whom the requests are made as, and about what.
struct Seeded {
    run: MatchRunId,
    coordinator: String,
    mentor: String,
}

fn seed(conn: &mut Conn, app: &App) -> Result<Seeded, Problem> {
    let ctx = Context::system("bench", app.clock.now(), Arc::clone(&app.platform));
    let programme = match_run::populate(conn, &ctx, PEOPLE)?.id;
    let run = matching::run(conn, &ctx, programme, &Request::default(), None)?.id;
    let filter = matching::store::Filter::default();
    let scope = passerelle::access::Scope {
        all: true,
        ..Default::default()
    };
    let sort = matching::store::Sort::Best;
    let pairs = matching::store::list_proposals(conn, &scope, &filter, sort, None, PAIRS)?;
    conn.write_tx(|conn| {
        for (minute, pair) in (0..).step_by(10).zip(&pairs) {
            meet(conn, &ctx, pair, minute)?;
        }
        let mentor = pairs.first().map(|pair| pair.mentor_id);
        Ok(Seeded {
            run,
            coordinator: account(conn, &ctx, Role::Coordinator, Some(programme), None)?,
            mentor: account(conn, &ctx, Role::Mentor, None, mentor)?,
        })
    })
}

/// A mentorship of `pair`, and its meetings, `minute` minutes from now and every two weeks after: each pair has its own
/// minute, so that no mentor of several has two at once.
fn meet(conn: &mut Conn, ctx: &Context, pair: &Proposal, minute: i64) -> Result<(), Problem> {
    let start = Start {
        mentor: pair.mentor_participation_id,
        mentee: pair.mentee_participation_id,
        proposal_id: None,
        introduction: Introduction::Silent,
    };
    let mentorship = mentorships::start_in(conn, ctx, &start)?;
    for week in 0..MEETINGS {
        let starts_at = ctx.now.plus(Span::minutes(minute) + Span::days(14 * week));
        let id = MeetingId::new(ctx.now);
        let meeting = Meeting {
            id,
            mentorship_id: mentorship.id,
            programme_id: pair.programme_id,
            series_id: None,
            recurrence_local: None,
            uid: format!("{id}@bench"),
            sequence: 0,
            time_sequence: 0,
            dtstamp: ctx.now,
            starts_at,
            ends_at: starts_at.plus(Span::minutes(1)),
            zone: "America/Toronto".into(),
            local_start: String::new(),
            mode: Mode::Remote,
            title: "Bench".into(),
            location: None,
            url: None,
            note: None,
            status: State::Scheduled,
            cancel_reason: None,
            held_minutes: None,
            created_by: None,
            created_at: ctx.now,
            updated_at: ctx.now,
            version: 1,
        };
        let there = [
            (pair.mentor_id, Side::Mentor),
            (pair.mentee_id, Side::Mentee),
        ];
        let attendees = there.map(|(person_id, side)| {
            let id_of_attendee = AttendeeId::new(ctx.now);
            Attendee {
                id: id_of_attendee,
                meeting_id: id,
                person_id,
                side,
                partstat: Partstat::NeedsAction,
                answered_at: None,
                answered_sequence: 0,
                answer_source: None,
                of_series: false,
                comment: None,
                token_hash: id_of_attendee.to_string(),
                token_sealed: String::new(),
                version: 1,
            }
        });
        meetings::insert(conn, &meeting, &attendees)?;
    }
    Ok(())
}

/// An account, and an access token for it.
fn account(
    conn: &mut Conn,
    ctx: &Context,
    role: Role,
    programme: Option<ProgrammeId>,
    person: Option<PersonId>,
) -> Result<String, Problem> {
    let id = AccountId::new(ctx.now);
    let email = format!("{id}@example.org");
    diesel::insert_into(accounts::table)
        .values((
            accounts::id.eq(id),
            accounts::person_id.eq(person),
            accounts::email.eq(&email),
            accounts::email_key.eq(&email),
            accounts::display_name.eq("Bench"),
            accounts::status.eq("active"),
            accounts::locale.eq(Locale::En),
            accounts::created_at.eq(ctx.now),
            accounts::updated_at.eq(ctx.now),
            accounts::version.eq(1),
        ))
        .execute(conn)?;
    diesel::insert_into(account_grants::table)
        .values((
            account_grants::id.eq(GrantId::new(ctx.now)),
            account_grants::account_id.eq(id),
            account_grants::role.eq(role),
            account_grants::programme_id.eq(programme),
            account_grants::granted_at.eq(ctx.now),
        ))
        .execute(conn)?;
    tokens::issue_access(conn, ctx, id)
}
