//! Every error that reaches a person is a `Problem` (RFC 9457): a stable code, arguments, and for bad input
//! the fields at fault. It holds no sentence: `web::problem` writes title and detail in the reader's language
//! from the messages `problem-CODE` and `field-CODE`.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

/// Arguments of a message, by name.
pub type Args = BTreeMap<&'static str, String>;

/// Builds [`Args`] from pairs.
pub fn args<const N: usize>(pairs: [(&'static str, String); N]) -> Args {
    pairs.into_iter().collect()
}

/// One thing wrong with one field of the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// JSON pointer (RFC 6901) into the body, or `?name` for a query parameter.
    pub pointer: String,
    /// The message `field-CODE`.
    pub code: &'static str,
    /// The message's arguments.
    pub args: Args,
}

impl FieldError {
    /// An error at `pointer` with the message `field-CODE`.
    pub fn new(pointer: impl Into<String>, code: &'static str) -> Self {
        Self {
            pointer: pointer.into(),
            code,
            args: Args::new(),
        }
    }

    /// Adds an argument of the message.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.args.insert(name, value.to_string());
        self
    }

    /// The fault of a date in a year that nobody means: 1900 to 2200 are taken, and the databases hold less than
    /// the calendar does.
    #[must_use]
    pub fn of_year(pointer: &'static str, date: NaiveDate) -> Option<Self> {
        let (least, most) = (1900, 2200);
        let meant = (least..=most).contains(&date.year());
        (!meant).then(|| {
            Self::new(pointer, "year")
                .with("least", least)
                .with("most", most)
        })
    }
}

/// Why something was not done.
#[derive(Debug)]
pub enum Problem {
    /// 400: the request could not be read (malformed JSON, a bad cursor). The message `problem-CODE`.
    Malformed { code: &'static str, args: Args },
    /// 422: it could be read, but fields are wrong; each is listed.
    Invalid(Vec<FieldError>),
    /// 401: who are you? The message `problem-CODE`.
    Unauthenticated { code: &'static str },
    /// 403: known, and not allowed.
    Forbidden,
    /// 404: not there, or its existence is none of the asker's business.
    NotFound,
    /// 409: the state of things forbids it. The message `problem-CODE`.
    Conflict { code: &'static str, args: Args },
    /// 409: parts of what was asked for cannot be, and nothing was done; each part is listed. The message
    /// `problem-CODE`.
    Refused {
        code: &'static str,
        fields: Vec<FieldError>,
    },
    /// 410: a link that was good once.
    Gone { code: &'static str },
    /// 412: someone changed it in the meantime.
    Stale,
    /// 413: more than is taken.
    TooLarge { limit_bytes: usize },
    /// 415: a format that is not read here.
    UnsupportedMedia,
    /// 428: `If-Match` is needed.
    PreconditionRequired,
    /// 429: too often.
    TooManyRequests { retry_after_seconds: u32 },
    /// 503: the database is busy or away; nothing was done.
    Busy { retry_after_seconds: u32 },
    /// 507: the disk is full; nothing was done.
    StorageFull,
    /// 500: our fault. The cause is logged, never shown.
    Internal(Box<dyn std::error::Error + Send + Sync>),
}

impl Problem {
    /// A conflict with the message `problem-CODE`.
    pub fn conflict(code: &'static str) -> Self {
        Self::Conflict {
            code,
            args: Args::new(),
        }
    }

    /// A request that cannot be read, with the message `problem-CODE`.
    pub fn malformed(code: &'static str) -> Self {
        Self::Malformed {
            code,
            args: Args::new(),
        }
    }

    /// One wrong field.
    pub fn field(pointer: impl Into<String>, code: &'static str) -> Self {
        Self::Invalid(vec![FieldError::new(pointer, code)])
    }

    /// A fault of ours.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(cause.into())
    }

    /// Adds an argument to the message of a conflict, a malformed request or the last wrong field.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        match &mut self {
            Self::Conflict { args, .. } | Self::Malformed { args, .. } => {
                args.insert(name, value.to_string());
            }
            Self::Invalid(fields) => {
                if let Some(last) = fields.last_mut() {
                    last.args.insert(name, value.to_string());
                }
            }
            _ => {}
        }
        self
    }

    /// `Ok` when nothing is wrong, else all that is, at once.
    pub fn unless_empty(fields: Vec<FieldError>) -> Result<(), Self> {
        if fields.is_empty() {
            Ok(())
        } else {
            Err(Self::Invalid(fields))
        }
    }

    /// The stable code: the last part of the problem's type.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed { code, .. }
            | Self::Unauthenticated { code }
            | Self::Conflict { code, .. }
            | Self::Refused { code, .. }
            | Self::Gone { code } => code,
            Self::Invalid(_) => "invalid",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not-found",
            Self::Stale => "stale",
            Self::TooLarge { .. } => "too-large",
            Self::UnsupportedMedia => "unsupported-media",
            Self::PreconditionRequired => "precondition-required",
            Self::TooManyRequests { .. } => "too-many-requests",
            Self::Busy { .. } => "busy",
            Self::StorageFull => "storage-full",
            Self::Internal(_) => "internal",
        }
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Malformed { .. } => 400,
            Self::Unauthenticated { .. } => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Conflict { .. } | Self::Refused { .. } => 409,
            Self::Gone { .. } => 410,
            Self::Stale => 412,
            Self::TooLarge { .. } => 413,
            Self::UnsupportedMedia => 415,
            Self::Invalid(_) => 422,
            Self::PreconditionRequired => 428,
            Self::TooManyRequests { .. } => 429,
            Self::Internal(_) => 500,
            Self::Busy { .. } => 503,
            Self::StorageFull => 507,
        }
    }
}

impl std::fmt::Display for Problem {
    /// For logs: the code, and the cause of an internal error; never an argument, which may be a person's.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Internal(cause) => write!(f, "internal: {cause}"),
            Self::Invalid(fields) => {
                f.write_str("invalid")?;
                fields
                    .iter()
                    .try_for_each(|e| write!(f, " {}={}", e.pointer, e.code))
            }
            other => f.write_str(other.code()),
        }
    }
}

impl std::error::Error for Problem {}

impl From<crate::kernel::secret::SecretError> for Problem {
    fn from(error: crate::kernel::secret::SecretError) -> Self {
        Self::internal(error)
    }
}

impl From<serde_json::Error> for Problem {
    /// For documents of our own making; what comes from outside is read by `web::json`.
    fn from(error: serde_json::Error) -> Self {
        Self::internal(error)
    }
}
