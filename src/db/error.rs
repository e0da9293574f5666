//! What a database error means: a broken rule with a name, a full disk, a database that is away.

use diesel::result::{DatabaseErrorKind, Error};

use crate::kernel::Problem;

/// A rule of the database that a statement would have broken, the same on both databases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Constraint {
    /// A unique constraint; `on` is `table.column` of its first column where SQLite tells it, and the
    /// constraint's name on PostgreSQL. Use [`Constraint::is`] to ask.
    Unique { on: String },
    /// A foreign key.
    ForeignKey,
    /// A check.
    Check { name: String },
    /// Two bookings of one person overlap (rule S4).
    Overlap,
}

impl Constraint {
    /// Whether it is the unique constraint over `columns` of `table`: SQLite says `table.column, table.column`,
    /// PostgreSQL says the constraint's or index's name.
    pub fn is_unique_on(&self, table: &str, columns: &[&str], index: &str) -> bool {
        let Self::Unique { on } = self else {
            return false;
        };
        let sqlite = columns
            .iter()
            .map(|c| format!("{table}.{c}"))
            .collect::<Vec<_>>()
            .join(", ");
        *on == sqlite || on == index
    }
}

/// The constraint that `error` reports, if it reports one.
pub fn constraint(error: &Error) -> Option<Constraint> {
    let Error::DatabaseError(kind, info) = error else {
        return None;
    };
    if info.message().contains("bookings_no_overlap")
        || info.constraint_name() == Some("bookings_no_overlap")
    {
        return Some(Constraint::Overlap);
    }
    match kind {
        DatabaseErrorKind::UniqueViolation => {
            let on = info
                .constraint_name()
                .map(str::to_owned)
                .unwrap_or_else(|| {
                    info.message()
                        .trim_start_matches("UNIQUE constraint failed: ")
                        .to_owned()
                });
            Some(Constraint::Unique { on })
        }
        DatabaseErrorKind::ForeignKeyViolation => Some(Constraint::ForeignKey),
        DatabaseErrorKind::CheckViolation => Some(Constraint::Check {
            name: info
                .constraint_name()
                .map(str::to_owned)
                .unwrap_or_else(|| {
                    info.message()
                        .trim_start_matches("CHECK constraint failed: ")
                        .to_owned()
                }),
        }),
        _ => None,
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match &error {
            Error::NotFound => Self::NotFound,
            Error::DatabaseError(kind, info) => {
                let text = info.message();
                let away = matches!(
                    kind,
                    DatabaseErrorKind::ClosedConnection
                        | DatabaseErrorKind::UnableToSendCommand
                        | DatabaseErrorKind::SerializationFailure
                ) || AWAY.iter().any(|word| text.contains(word));
                if text.contains("database or disk is full")
                    || text.contains("No space left on device")
                {
                    tracing::error!("the disk of the database is full");
                    Self::StorageFull
                } else if UNFIT.iter().any(|word| text.contains(word)) {
                    Self::malformed("unfit-value")
                } else if away {
                    tracing::warn!(error = text, "the database is busy or away");
                    Self::Busy {
                        retry_after_seconds: 2,
                    }
                } else {
                    // The message of a violated constraint can quote a person's data: the log gets the rule's name only.
                    match constraint(&error) {
                        Some(rule) => {
                            Self::internal(format!("a database rule was broken: {rule:?}"))
                        }
                        None => Self::internal(error),
                    }
                }
            }
            Error::BrokenTransactionManager => Self::Busy {
                retry_after_seconds: 2,
            },
            _ => Self::internal(error),
        }
    }
}

/// Words in PostgreSQL's messages that mean "no row can hold such a value". The doors refuse such values by name;
/// this is for what comes past them, such as a forged cursor.
const UNFIT: &[&str] = &[
    "invalid byte sequence for encoding",
    "date out of range",
    "timestamp out of range",
    "unsupported Unicode escape sequence",
];

/// Words in messages of libpq, PostgreSQL and SQLite that mean "try again later".
const AWAY: &[&str] = &[
    "database is locked",
    "database table is locked",
    "server closed the connection",
    "terminating connection",
    "the database system is",
    "no connection to the server",
    "connection to server",
    "could not connect",
    "could not receive data",
    "could not send data",
    "deadlock detected",
    "due to lock timeout",
    "SSL connection has been closed",
];
