//! The connection: an enum over both databases that diesel queries like one.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use diesel::connection::{
    AnsiTransactionManager, Instrumentation, InstrumentationEvent, SimpleConnection,
    TransactionManager,
};
use diesel::prelude::*;

use crate::db::claims;

/// A connection to either database.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    Pg(PgConnection),
    Sqlite(SqliteConnection),
}

/// The column list of `T` for `RETURNING`; `T::as_returning()` is tied to one backend and cannot be used here.
pub fn cols<T: diesel::Selectable<MultiBackend>>() -> T::SelectExpression {
    T::construct_selection()
}

impl Conn {
    /// Runs `work` in a transaction, committed when it returns `Ok` and undone when it returns `Err`.
    ///
    /// On SQLite the write lock is taken at the start (`BEGIN IMMEDIATE`): a transaction that reads first and
    /// writes later would fail with "database is locked" as soon as two meet, busy timeout or not.
    /// On PostgreSQL it runs at READ COMMITTED: guard a read-modify-write with `WHERE version = ?`,
    /// [`Conn::lock_row`] or a constraint.
    ///
    /// Inside an open transaction it is a savepoint, so that a use case can be a part of a larger one.
    pub fn write_tx<T, E>(&mut self, work: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E>
    where
        E: From<diesel::result::Error>,
    {
        if self.is_in_tx() {
            return self.transaction(work);
        }
        match self {
            Conn::Sqlite(c) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN IMMEDIATE")?,
            Conn::Pg(c) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN")?,
        }
        self.end_tx(|conn| {
            let value = work(conn)?;
            claims::mark(conn)?;
            Ok(value)
        })
    }

    /// Runs `work` in a read transaction: all its queries see one state of the data.
    pub fn read_tx<T, E>(&mut self, work: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E>
    where
        E: From<diesel::result::Error>,
    {
        if self.is_in_tx() {
            return work(self);
        }
        match self {
            Conn::Sqlite(c) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN DEFERRED")?,
            Conn::Pg(c) => {
                AnsiTransactionManager::begin_transaction_sql(
                    c,
                    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
                )?;
            }
        }
        self.end_tx(work)
    }

    /// Whether a transaction is open.
    pub fn is_in_tx(&mut self) -> bool {
        let depth = |status: &diesel::connection::TransactionManagerStatus| {
            status.transaction_depth().ok().flatten().is_some()
        };
        match self {
            Conn::Pg(c) => depth(AnsiTransactionManager::transaction_manager_status_mut(c)),
            Conn::Sqlite(c) => depth(AnsiTransactionManager::transaction_manager_status_mut(c)),
        }
    }

    fn end_tx<T, E>(&mut self, work: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E>
    where
        E: From<diesel::result::Error>,
    {
        match work(self) {
            Ok(value) => {
                <Conn as Connection>::TransactionManager::commit_transaction(self)?;
                Ok(value)
            }
            Err(error) => {
                // What went wrong is told, not what the rollback makes of it: SQLite has undone a transaction by
                // itself when the disk is full, and a cut connection can roll back nothing. Where it fails, the
                // transaction manager is marked broken and the pool drops the connection.
                let undone = <Conn as Connection>::TransactionManager::rollback_transaction(self);
                if let Err(rollback) = undone {
                    tracing::debug!(%rollback, "a transaction was not rolled back by us");
                }
                Err(error)
            }
        }
    }

    /// Runs `work` in a savepoint of the open transaction, so that a failed statement (a unique violation,
    /// say) can be answered without losing the rest: PostgreSQL refuses everything after a failure,
    /// SQLite would silently go on with half of it.
    pub fn savepoint<T, E>(&mut self, work: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E>
    where
        E: From<diesel::result::Error>,
    {
        self.transaction(work)
    }

    /// Whether this is PostgreSQL.
    pub fn is_pg(&self) -> bool {
        matches!(self, Conn::Pg(_))
    }

    /// Holds the row `id` of `table` until the end of the transaction. SQLite's immediate transaction
    /// already holds everything, so there it does nothing.
    pub fn lock_row(&mut self, table: LockTable, id: uuid::Uuid) -> QueryResult<()> {
        match self {
            Conn::Sqlite(_) => Ok(()),
            Conn::Pg(c) => diesel::sql_query(table.lock_statement())
                .bind::<diesel::sql_types::Uuid, _>(id)
                .execute(c)
                .map(|_| ()),
        }
    }
}

/// Tables whose rows can be locked.
#[derive(Debug, Clone, Copy)]
pub enum LockTable {
    Persons,
    Accounts,
    Programmes,
    Participations,
    Proposals,
    Mentorships,
    MeetingSeries,
    Meetings,
    HoursEntries,
    RefreshTokens,
    MatchRuns,
}

impl LockTable {
    /// Rows that many others refer to are locked without their key, which nobody changes: what refers to them
    /// can be written meanwhile, so that two transactions do not wait for each other in a circle.
    const fn lock_statement(self) -> &'static str {
        match self {
            Self::Persons => "SELECT 1 FROM persons WHERE id = $1 FOR UPDATE",
            Self::Accounts => "SELECT 1 FROM accounts WHERE id = $1 FOR UPDATE",
            Self::Programmes => "SELECT 1 FROM programmes WHERE id = $1 FOR NO KEY UPDATE",
            Self::Participations => "SELECT 1 FROM participations WHERE id = $1 FOR NO KEY UPDATE",
            Self::Proposals => "SELECT 1 FROM proposals WHERE id = $1 FOR NO KEY UPDATE",
            Self::Mentorships => "SELECT 1 FROM mentorships WHERE id = $1 FOR NO KEY UPDATE",
            Self::MeetingSeries => "SELECT 1 FROM meeting_series WHERE id = $1 FOR NO KEY UPDATE",
            Self::Meetings => "SELECT 1 FROM meetings WHERE id = $1 FOR UPDATE",
            Self::HoursEntries => "SELECT 1 FROM hours_entries WHERE id = $1 FOR UPDATE",
            Self::RefreshTokens => "SELECT 1 FROM refresh_tokens WHERE id = $1 FOR UPDATE",
            Self::MatchRuns => "SELECT 1 FROM match_runs WHERE id = $1 FOR UPDATE",
        }
    }
}

thread_local! {
    /// Whether the connection in this thread's hands was found cut.
    static BROKEN: Cell<bool> = const { Cell::new(false) };
}

/// Opens connections for the pool.
#[derive(Clone)]
pub struct Manager {
    url: secrecy::SecretString,
    queries: Arc<AtomicU64>,
}

impl std::fmt::Debug for Manager {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Manager(…)")
    }
}

impl Manager {
    /// A manager for `sqlite://PATH` or `postgres://…`.
    pub fn new(url: secrecy::SecretString) -> Self {
        Self {
            url,
            queries: Arc::default(),
        }
    }

    /// Has the connection that this thread gives back next dropped instead of used again: the pool asks
    /// [`has_broken`](diesel::r2d2::ManageConnection::has_broken) on the thread that gives it back.
    pub(super) fn mark_broken(&self) {
        BROKEN.set(true);
    }

    /// How many queries its connections have run: a test counts a request's queries with it.
    pub fn queries(&self) -> u64 {
        self.queries.load(Ordering::Relaxed)
    }

    /// Opens one connection.
    pub fn connect_one(&self) -> Result<Conn, ConnectionError> {
        use secrecy::ExposeSecret;
        let url = self.url.expose_secret();
        let mut conn = if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let mut c = PgConnection::establish(url)?;
            // As long as SQLite's `busy_timeout` below: who waits longer gets a 503 and may ask again.
            c.batch_execute("SET lock_timeout = '10s'")
                .map_err(ConnectionError::CouldntSetupConfiguration)?;
            Conn::Pg(c)
        } else if let Some(path) = url.strip_prefix("sqlite://") {
            let mut c = SqliteConnection::establish(path)?;
            set_up_sqlite(&mut c).map_err(ConnectionError::CouldntSetupConfiguration)?;
            Conn::Sqlite(c)
        } else {
            return Err(ConnectionError::InvalidConnectionUrl(
                "expected sqlite:// or postgres://".into(),
            ));
        };
        conn.set_instrumentation(CountQueries(Arc::clone(&self.queries)));
        Ok(conn)
    }
}

/// A new database becomes one with a write-ahead log. Of several processes that find it new at once, SQLite tells
/// all but one that it is locked, without the wait of `busy_timeout`: they look again, for as long.
fn set_up_sqlite(c: &mut SqliteConnection) -> QueryResult<()> {
    c.batch_execute("PRAGMA busy_timeout = 10000;")?;
    let mut tries = 0;
    while let Err(error) = c.batch_execute("PRAGMA journal_mode = WAL;") {
        tries += 1;
        if tries > 200 || !error.to_string().contains("locked") {
            return Err(error);
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    c.batch_execute(
        "PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -8000; \
         PRAGMA temp_store = MEMORY;",
    )
}

struct CountQueries(Arc<AtomicU64>);

impl Instrumentation for CountQueries {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if matches!(event, InstrumentationEvent::StartQuery { .. }) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl diesel::r2d2::ManageConnection for Manager {
    type Connection = Conn;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<Conn, Self::Error> {
        self.connect_one()
            .map_err(diesel::r2d2::Error::ConnectionError)
    }

    fn is_valid(&self, conn: &mut Conn) -> Result<(), Self::Error> {
        use diesel::r2d2::R2D2Connection;
        conn.ping().map_err(diesel::r2d2::Error::QueryError)
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        use diesel::r2d2::R2D2Connection;
        BROKEN.take() || std::thread::panicking() || conn.is_broken()
    }
}
