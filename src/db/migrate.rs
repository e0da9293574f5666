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
/// once one does it and the others wait: PostgreSQL by an advisory lock, SQLite by an exclusive transaction
/// around the check and each migration.
pub fn migrate(conn: &mut Conn) -> Result<usize, MigrateError> {
    match conn {
        Conn::Pg(c) => {
            diesel::sql_query(format!("SELECT pg_advisory_lock({LOCK})"))
                .execute(c)
                .map_err(told)?;
            let ran = c
                .run_pending_migrations(POSTGRES)
                .map(|v| v.len())
                .map_err(told);
            diesel::sql_query(format!("SELECT pg_advisory_unlock({LOCK})"))
                .execute(c)
                .map_err(told)?;
            ran
        }
        Conn::Sqlite(c) => {
            // The first to come holds the file for the whole of its migrations; the rest find nothing to do.
            c.batch_execute("PRAGMA locking_mode = NORMAL; PRAGMA busy_timeout = 60000;")
                .map_err(told)?;
            let mut ran = c
                .run_pending_migrations(SQLITE)
                .map(|v| v.len())
                .map_err(told);
            // Two processes may both have seen "nothing applied"; the second then fails on the first table.
            for _ in 0..50 {
                if ran.is_ok() {
                    break;
                }
                std::thread::sleep(std::time::Duration::from_millis(100));
                ran = c
                    .run_pending_migrations(SQLITE)
                    .map(|v| v.len())
                    .map_err(told);
            }
            c.batch_execute("PRAGMA busy_timeout = 10000;")
                .map_err(told)?;
            ran
        }
    }
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
