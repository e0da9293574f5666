//! A server on a free port of this machine, with a clock that the test moves, and somebody to act as.

use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use passerelle::access::tokens;
use passerelle::db::schema::{account_grants, accounts, audit_log};
use passerelle::db::{Conn, Db, Manager};
use passerelle::kernel::ids::{AccountId, GrantId, PersonId, ProgrammeId};
use passerelle::kernel::{
    Actor, Clock, Context, Instant, Keyring, Locale, Platform, Problem, Role, Settings, TestClock,
};
use passerelle::web::{App, Turns};
use serde_json::Value;

use super::databases::TestDatabase;

/// The time at which every test begins: a Tuesday, 08:00 in Toronto.
pub const START: &str = "2026-10-06T12:00:00Z";

/// Runs `test` on SQLite, and on PostgreSQL where it is.
pub fn each_database(test: impl Fn(&TestApp)) {
    test(&TestApp::start(TestDatabase::sqlite(), |_| {}));
    if let Some(database) = TestDatabase::postgres() {
        test(&TestApp::start(database, |_| {}));
    }
}

/// [`each_database`] with changed settings.
pub fn each_database_with(change: impl Fn(&mut Settings), test: impl Fn(&TestApp)) {
    test(&TestApp::start(TestDatabase::sqlite(), &change));
    if let Some(database) = TestDatabase::postgres() {
        test(&TestApp::start(database, &change));
    }
}

/// A running server and its surroundings.
pub struct TestApp {
    pub base: String,
    pub app: App,
    pub clock: Arc<TestClock>,
    /// A connection of its own, so that looking at the audit log counts among no request's queries.
    auditor: Mutex<Option<Conn>>,
    pub database: TestDatabase,
    pub client: reqwest::blocking::Client,
    handle: actix_web::dev::ServerHandle,
    thread: Option<std::thread::JoinHandle<()>>,
}

/// Somebody with an access token.
#[derive(Debug, Clone)]
pub struct Someone {
    pub account_id: AccountId,
    pub person_id: Option<PersonId>,
    pub token: String,
}

impl TestApp {
    pub fn start(database: TestDatabase, change: impl Fn(&mut Settings)) -> Self {
        let mut settings = Settings::defaults().unwrap();
        settings.database.url = database.url.clone().into();
        settings.database.pool_size = 4;
        settings.database.wait_ms = 20_000;
        settings.server.workers = 2;
        settings.server.shutdown_seconds = 1;
        settings.server.rate_per_minute_anonymous = 100_000;
        settings.server.rate_per_minute_account = 100_000;
        settings.security.secret = "kX3v9QmT7rLw2ZpB8nYc5HdJ4sGf6Ua1".to_owned().into();
        settings.mail.domain = "mail.example.org".into();
        settings.mail.from_address = "passerelle@mail.example.org".into();
        change(&mut settings);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        settings.server.port = listener.local_addr().unwrap().port();
        let base = format!("http://127.0.0.1:{}", settings.server.port);
        let clock = Arc::new(TestClock::at(instant(START)));
        let keyring = Keyring::new(settings.security.secret.clone());
        let app = App {
            db: Db::new(&settings.database),
            platform: Arc::new(Platform { settings, keyring }),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            turns: Turns::default(),
        };
        let (send, receive) = std::sync::mpsc::channel();
        let served = app.clone();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let server = passerelle::http::server::start(served, listener).unwrap();
                send.send(server.handle()).unwrap();
                server.await.unwrap();
            });
        });
        let handle = receive.recv().unwrap();
        let client = reqwest::blocking::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(std::time::Duration::from_secs(60))
            .build()
            .unwrap();
        Self {
            base,
            app,
            clock,
            database,
            client,
            auditor: Mutex::default(),
            handle,
            thread: Some(thread),
        }
    }

    /// Another server on the same database with the same settings, as after a restart.
    pub fn second_server(&self) -> Self {
        let first = &self.app.platform.settings;
        let secret = first.security.secret.clone();
        let other = Self::start(self.database.shared(), |settings| {
            settings.server = first.server.clone();
            settings.server.public_url = first.public_url();
            settings.security.secret = secret.clone();
        });
        other.clock.set(self.clock.now());
        other
    }

    /// Tells the server to stop and finish what is under way; the thread ends when it has.
    pub fn stop_gracefully(&self) -> std::thread::JoinHandle<()> {
        let stopping = self.handle.stop(true);
        std::thread::spawn(move || actix_web::rt::System::new().block_on(stopping))
    }

    /// Works on the database directly: to prepare what a test needs, or to look at what no route shows.
    pub fn db<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T, Problem>) -> T {
        self.app.db.run_here(work).unwrap()
    }

    /// The platform's own circumstances, at the test's time.
    pub fn ctx(&self) -> Context {
        Context::system("test", self.clock.now(), Arc::clone(&self.app.platform))
    }

    /// The circumstances of somebody.
    pub fn ctx_of(
        &self,
        someone: &Someone,
        role: Role,
        programme_id: Option<ProgrammeId>,
    ) -> Context {
        let grants = vec![passerelle::kernel::Grant { role, programme_id }];
        self.ctx().acting_as(Actor::Account {
            id: someone.account_id,
            person_id: someone.person_id,
            grants,
        })
    }

    /// A new account with one role, and its access token.
    pub fn someone(
        &self,
        role: Role,
        programme: Option<ProgrammeId>,
        person: Option<PersonId>,
    ) -> Someone {
        self.someone_with(&[(role, programme)], person)
    }

    /// An administrator.
    pub fn administrator(&self) -> Someone {
        self.someone(Role::Administrator, None, None)
    }

    /// A new account with several roles.
    pub fn someone_with(
        &self,
        roles: &[(Role, Option<ProgrammeId>)],
        person: Option<PersonId>,
    ) -> Someone {
        let ctx = self.ctx();
        let id = AccountId::new(ctx.now);
        let email = format!("{id}@example.org");
        let token = self.db(|conn| {
            diesel::insert_into(accounts::table)
                .values((
                    accounts::id.eq(id),
                    accounts::person_id.eq(person),
                    accounts::email.eq(&email),
                    accounts::email_key.eq(&email),
                    accounts::display_name.eq("Test"),
                    accounts::status.eq("active"),
                    accounts::locale.eq(Locale::En),
                    accounts::created_at.eq(ctx.now),
                    accounts::updated_at.eq(ctx.now),
                    accounts::version.eq(1),
                ))
                .execute(conn)?;
            for (role, programme) in roles {
                diesel::insert_into(account_grants::table)
                    .values((
                        account_grants::id.eq(GrantId::new(ctx.now)),
                        account_grants::account_id.eq(id),
                        account_grants::role.eq(role),
                        account_grants::programme_id.eq(*programme),
                        account_grants::granted_at.eq(ctx.now),
                    ))
                    .execute(conn)?;
            }
            tokens::issue_access(conn, &ctx, id)
        });
        Someone {
            account_id: id,
            person_id: person,
            token,
        }
    }

    pub fn get(&self, who: &Someone, path: &str) -> Answer {
        self.send(self.request("GET", path).bearer_auth(&who.token))
    }

    pub fn post(&self, who: &Someone, path: &str, body: &Value) -> Answer {
        self.send(
            self.request("POST", path)
                .bearer_auth(&who.token)
                .json(body),
        )
    }

    pub fn put(&self, who: &Someone, path: &str, if_match: &str, body: &Value) -> Answer {
        self.send(
            self.request("PUT", path)
                .bearer_auth(&who.token)
                .header("If-Match", if_match)
                .json(body),
        )
    }

    pub fn patch(&self, who: &Someone, path: &str, if_match: &str, body: &Value) -> Answer {
        self.send(
            self.request("PATCH", path)
                .bearer_auth(&who.token)
                .header("If-Match", if_match)
                .json(body),
        )
    }

    pub fn delete(&self, who: &Someone, path: &str, if_match: &str) -> Answer {
        self.send(
            self.request("DELETE", path)
                .bearer_auth(&who.token)
                .header("If-Match", if_match),
        )
    }

    /// A request to `path` (`/api/v1/…`), to be completed and sent with [`TestApp::send`].
    pub fn request(&self, method: &str, path: &str) -> reqwest::blocking::RequestBuilder {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        self.client.request(method, format!("{}{path}", self.base))
    }

    pub fn send(&self, request: reqwest::blocking::RequestBuilder) -> Answer {
        let (client, request) = request.build_split();
        let request = request.unwrap();
        let asked = format!("{} {}", request.method(), request.url().path());
        let response = client.execute(request).unwrap();
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let answer = Answer {
            status,
            headers,
            text: response.text().unwrap(),
        };
        if leaves_a_line(&asked, &answer) {
            self.require_a_line(&asked, answer.header("x-request-id"));
        }
        answer
    }

    /// Fails unless the audit log knows the request: whatever else a test is about, a change without its line does
    /// not pass.
    fn require_a_line(&self, asked: &str, request: &str) {
        let lines = |conn: &mut Conn| -> QueryResult<i64> {
            audit_log::table
                .filter(audit_log::request_id.eq(request))
                .count()
                .get_result(conn)
        };
        let mut auditor = self.auditor.lock().unwrap_or_else(|e| e.into_inner());
        if auditor.is_none() {
            let url = self.database.url.clone().into();
            *auditor = Manager::new(url).connect_one().ok();
        }
        match auditor.as_mut().map(lines) {
            Some(Ok(found)) => assert!(found > 0, "{asked} left no line in the audit log"),
            // A test that takes the database away looks at that, and at nothing else.
            _ => *auditor = None,
        }
    }

    /// The queries that `work` made the server run.
    pub fn queries(&self, work: impl FnOnce()) -> u64 {
        let before = self.app.db.queries();
        work();
        self.app.db.queries() - before
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// What always changes something when it is answered well: what creates, and what moves something on. Not what may
/// find everything as it was told to be (the same answer once more, a switch that is on).
fn leaves_a_line(asked: &str, answer: &Answer) -> bool {
    const MOVES: &[&str] = &[
        "cancel", "end", "close", "open", "leave", "archive", "restore", "approve", "reject",
        "attest", "dispute", "correct", "decision",
    ];
    let Some(path) = asked.strip_prefix("POST /api/v1/") else {
        return false;
    };
    let last = path.rsplit('/').next().unwrap_or(path);
    // An import that changes nobody is its own record; the same proposal once more is answered like the first.
    let may_change_nothing = ["imports", "counter-proposals"].contains(&last);
    let changed = (answer.status == 201 && !may_change_nothing)
        || (answer.status == 200 && MOVES.contains(&last));
    changed && answer.header("idempotency-replayed").is_empty()
}

/// An answer of the server.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|e| panic!("{e}: {} {}", self.status, self.text))
    }

    /// Fails with the whole answer unless the status is `status`.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// A header's text.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|v| v.to_str().ok())
            .unwrap_or("")
    }

    /// The last part of the problem's type.
    pub fn problem(&self) -> String {
        self.json()["type"]
            .as_str()
            .unwrap_or("")
            .trim_start_matches("/problems/")
            .to_owned()
    }

    /// The field errors as `pointer code`.
    pub fn field_errors(&self) -> Vec<String> {
        let json = self.json();
        let errors = json["errors"].as_array().cloned().unwrap_or_default();
        errors
            .iter()
            .map(|e| {
                format!(
                    "{} {}",
                    e["pointer"].as_str().unwrap(),
                    e["code"].as_str().unwrap()
                )
            })
            .collect()
    }
}

/// An instant from RFC 3339.
pub fn instant(text: &str) -> Instant {
    Instant::new(
        DateTime::parse_from_rfc3339(text)
            .unwrap()
            .with_timezone(&Utc),
    )
}
