//! Optimistic concurrency: every object has a version, its ETag; a change names the version that it changes.

use actix_web::http::header::{ETAG, HeaderValue, IF_MATCH};
use actix_web::{FromRequest, HttpRequest, HttpResponse, Responder, body::BoxBody, dev::Payload};
use serde::Serialize;

use crate::kernel::Problem;

/// The ETag of a version.
pub fn etag(version: i32) -> String {
    format!("\"{version}\"")
}

/// The `If-Match` header of a change. It must be there (428); [`IfMatch::require`] compares it (412).
#[derive(Debug, Clone)]
pub struct IfMatch(Vec<String>);

impl IfMatch {
    /// Whatever the version: for changes that the platform itself makes.
    pub fn any() -> Self {
        Self(vec!["*".to_owned()])
    }

    /// Refuses unless the header names `current`, or is `*`.
    pub fn require(&self, current: i32) -> Result<(), Problem> {
        let wanted = etag(current);
        if self.0.iter().any(|tag| tag == "*" || *tag == wanted) {
            Ok(())
        } else {
            Err(Problem::Stale)
        }
    }
}

impl FromRequest for IfMatch {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let header = request
            .headers()
            .get(IF_MATCH)
            .and_then(|v| v.to_str().ok());
        std::future::ready(match header {
            None => Err(Problem::PreconditionRequired),
            Some(text) => Ok(Self(
                text.split(',')
                    .map(|t| t.trim().trim_start_matches("W/").to_owned())
                    .collect(),
            )),
        })
    }
}

/// A JSON answer with its version as ETag.
#[derive(Debug)]
pub struct Versioned<T> {
    /// The body.
    pub body: T,
    /// Its version.
    pub version: i32,
    /// Where it was created; makes the answer a 201 with `Location`.
    pub created_at: Option<String>,
}

impl<T> Versioned<T> {
    /// A 200 answer.
    pub fn ok(body: T, version: i32) -> Self {
        Self {
            body,
            version,
            created_at: None,
        }
    }

    /// A 201 answer with its `Location`.
    pub fn created(body: T, version: i32, location: String) -> Self {
        Self {
            body,
            version,
            created_at: Some(location),
        }
    }
}

impl<T: Serialize> Responder for Versioned<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut answer = if self.created_at.is_some() {
            HttpResponse::Created()
        } else {
            HttpResponse::Ok()
        };
        if let Ok(value) = HeaderValue::from_str(&etag(self.version)) {
            answer.insert_header((ETAG, value));
        }
        if let Some(location) = self.created_at {
            answer.insert_header((actix_web::http::header::LOCATION, location));
        }
        answer.json(self.body)
    }
}
