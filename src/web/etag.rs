//! Optimistic concurrency over HTTP: every object has a version, its ETag; a change names it in `If-Match`.
//!
//! What is read carries more than its version: titles in the reader's language, names of others. So the ETag of
//! a read is the version and a mark of the words (`"3-9f8a2c41"`): a reader's cache asks with both, a change is
//! compared by the version alone.

use actix_web::http::Method;
use actix_web::http::header::{ContentType, ETAG, HeaderValue, IF_MATCH};
use actix_web::{FromRequest, HttpRequest, HttpResponse, Responder, body::BoxBody, dev::Payload};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::kernel::{IfMatch, Problem};

/// The ETag of a version.
pub fn etag(version: i32) -> String {
    format!("\"{version}\"")
}

/// The ETag of a read: the version, and eight digits of the SHA-256 of what is told.
fn of_read(version: i32, body: &[u8]) -> String {
    let digest = Sha256::digest(body);
    let mark: String = digest
        .iter()
        .take(4)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("\"{version}-{mark}\"")
}

/// The header must be there: 428 without it.
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
            Some(text) => Ok(Self::parse(text)),
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

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let mut answer = if self.created_at.is_some() {
            HttpResponse::Created()
        } else {
            HttpResponse::Ok()
        };
        let body = match serde_json::to_vec(&self.body) {
            Ok(body) => body,
            Err(error) => return HttpResponse::from_error(Problem::from(error)),
        };
        let tag = if request.method() == Method::GET {
            of_read(self.version, &body)
        } else {
            etag(self.version)
        };
        if let Ok(value) = HeaderValue::from_str(&tag) {
            answer.insert_header((ETAG, value));
        }
        if let Some(location) = self.created_at {
            answer.insert_header((actix_web::http::header::LOCATION, location));
        }
        answer.content_type(ContentType::json()).body(body)
    }
}
