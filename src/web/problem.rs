//! How a problem becomes an answer. A handler returns `Problem`; the response carries it, unwritten, to the
//! middleware of `http`, which knows the request: its language, its id, and whether a page or JSON is wanted.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::i18n;
use crate::kernel::Locale;
use crate::kernel::problem::{Args, FieldError, Problem};

/// A problem on its way out.
#[derive(Debug, Clone)]
pub struct Rendered {
    /// The HTTP status.
    pub status: u16,
    /// The problem's code.
    pub code: &'static str,
    /// Arguments of title and detail.
    pub args: Args,
    /// Wrong fields.
    pub fields: Vec<FieldError>,
    /// `Retry-After` in seconds.
    pub retry_after: Option<u32>,
}

/// `application/problem+json` (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemDocument {
    /// A stable address of this kind of problem.
    #[schema(example = "/problems/stale")]
    pub r#type: String,
    /// What is wrong, in the reader's language.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What to do about it, in the reader's language.
    pub detail: String,
    /// The id of the request, for support.
    pub instance: String,
    /// The fields at fault.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
}

/// One field at fault.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldProblem {
    /// JSON pointer into the body (RFC 6901), or `?name` for a query parameter.
    #[schema(example = "/email")]
    pub pointer: String,
    /// A stable code.
    pub code: String,
    /// What is wrong, in the reader's language.
    pub detail: String,
}

impl From<&Problem> for Rendered {
    fn from(problem: &Problem) -> Self {
        let mut rendered = Self {
            status: problem.status(),
            code: problem.code(),
            args: Args::new(),
            fields: Vec::new(),
            retry_after: None,
        };
        match problem {
            Problem::Malformed { args, .. } | Problem::Conflict { args, .. } => {
                rendered.args = args.clone()
            }
            Problem::Invalid(fields) | Problem::Refused { fields, .. } => {
                rendered.fields = fields.clone();
            }
            Problem::TooLarge { limit_bytes } => {
                rendered.args.insert("limit", limit_bytes.to_string());
            }
            Problem::TooManyRequests {
                retry_after_seconds,
            } => {
                rendered
                    .args
                    .insert("seconds", retry_after_seconds.to_string());
                rendered.retry_after = Some(*retry_after_seconds);
            }
            Problem::Busy {
                retry_after_seconds,
            } => rendered.retry_after = Some(*retry_after_seconds),
            _ => {}
        }
        rendered
    }
}

impl Rendered {
    /// A problem that only the web knows, with the message `problem-CODE`.
    pub fn plain(status: StatusCode, code: &'static str) -> Self {
        Self {
            status: status.as_u16(),
            code,
            args: Args::new(),
            fields: Vec::new(),
            retry_after: None,
        }
    }

    /// The title in `locale`.
    pub fn title(&self, locale: Locale) -> String {
        i18n::text_with_pairs(locale, &format!("problem-{}", self.code), self.pairs())
    }

    /// The detail in `locale`.
    pub fn detail(&self, locale: Locale, request_id: &str) -> String {
        let pairs = self.pairs().chain([("request", request_id)]);
        i18n::text_with_pairs(locale, &format!("problem-{}.detail", self.code), pairs)
    }

    /// The whole document in `locale`.
    pub fn document(&self, locale: Locale, request_id: &str) -> ProblemDocument {
        ProblemDocument {
            r#type: format!("/problems/{}", self.code),
            title: self.title(locale),
            status: self.status,
            detail: self.detail(locale, request_id),
            instance: request_id.to_owned(),
            errors: self
                .fields
                .iter()
                .map(|field| field_problem(field, locale))
                .collect(),
        }
    }

    fn pairs(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.args
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
    }
}

fn field_problem(field: &FieldError, locale: Locale) -> FieldProblem {
    let pairs = field
        .args
        .iter()
        .map(|(name, value)| (*name, value.as_str()));
    FieldProblem {
        pointer: field.pointer.clone(),
        code: field.code.to_owned(),
        detail: i18n::text_with_pairs(locale, &format!("field-{}", field.code), pairs),
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        if let Self::Internal(cause) = self {
            tracing::error!(%cause, "a request failed");
        }
        let mut response = HttpResponse::new(self.status_code());
        response.extensions_mut().insert(Rendered::from(self));
        response
    }
}
