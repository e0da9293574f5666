//! Migrations, embedded for both databases; safe when several servers start at once.

use diesel::RunQueryDsl;
use diesel::connection::SimpleConnection;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::db::Conn;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// An arbitrary number that all our servers agree on.
const LOCK: i64 = 7_267_737_105;

/// A migration failed; the message is the database's.
#[derive(Debug, thiserror::Error)]
#[error("migrating the database failed: {0}")]
pub struct MigrateError(String);

/// Brings the database to this program's schema and returns how many migrations ran. Of several callers at
/// once one does it and the others wait: on PostgreSQL by an advisory lock; on SQLite each migration is one
/// transaction, and whoever loses the race for it looks again until nothing is left to do.
pub fn migrate(conn: &mut Conn) -> Result<usize, MigrateError> {
    match conn {
        Conn::Pg(c) => {
            // Whoever comes second waits as long as the first needs.
            c.batch_execute("SET lock_timeout = 0").map_err(told)?;
            diesel::sql_query(format!("SELECT pg_advisory_lock({LOCK})"))
                .execute(c)
                .map_err(told)?;
            let ran = c
                .run_pending_migrations(POSTGRES)
                .map(|v| v.len())
                .map_err(told);
            let unlocked = diesel::sql_query(format!("SELECT pg_advisory_unlock({LOCK})"))
                .execute(c)
                .map_err(told);
            // Why the migration failed matters more than why the lock stayed.
            ran.and_then(|ran| unlocked.map(|_| ran))
        }
        Conn::Sqlite(c) => {
            c.batch_execute("PRAGMA busy_timeout = 60000;")
                .map_err(told)?;
            let mut ran = sqlite(c);
            // Two processes may both have seen "nothing applied"; the second then fails on the first table, and
            // finds nothing to do when it looks again. A migration that is broken fails as often as it is tried.
            for _ in 0..10 {
                if ran.is_ok() {
                    break;
                }
                std::thread::sleep(std::time::Duration::from_millis(200));
                ran = sqlite(c);
            }
            c.batch_execute("PRAGMA busy_timeout = 10000;")
                .map_err(told)?;
            ran
        }
    }
}

fn sqlite(conn: &mut diesel::SqliteConnection) -> Result<usize, MigrateError> {
    let ran = conn.run_pending_migrations(SQLITE);
    ran.map(|versions| versions.len()).map_err(told)
}

/// The migrations that have not run yet; a server that does not migrate refuses to start on them.
pub fn pending(conn: &mut Conn) -> Result<usize, MigrateError> {
    match conn {
        Conn::Pg(c) => c
            .pending_migrations(POSTGRES)
            .map(|v| v.len())
            .map_err(told),
        Conn::Sqlite(c) => c.pending_migrations(SQLITE).map(|v| v.len()).map_err(told),
    }
}

fn told(error: impl std::fmt::Display) -> MigrateError {
    MigrateError(error.to_string())
}
