//! Limits the requests of each address (without sign-in) and of each account, and says so in the headers
//! `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers) and `Retry-After`.
//!
//! Who is behind a token is known only once the request was answered, so a token that was good before counts for its
//! account, and a new one counts for its address until it has proved good. A guesser of tokens therefore
//! meets the address's limit, and many people behind one address do not meet each other's.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, ResponseError};
use sha2::{Digest, Sha256};

use crate::http::limiter::{Key, Left, Limiter};
use crate::http::manners::Manners;
use crate::kernel::Problem;
use crate::kernel::ids::AccountId;
use crate::web::App;
use crate::web::state::{ClientAddress, SignedIn};

const LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
/// Credentials remembered at most; each takes about 60 bytes.
const MOST_KNOWN: usize = 50_000;

/// Credentials that were good when they were last seen, by the first half of their SHA-256.
#[derive(Default)]
pub struct KnownCredentials(Mutex<HashMap<[u8; 16], AccountId>>);

impl KnownCredentials {
    fn find(&self, credential: &[u8; 16]) -> Option<AccountId> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(credential).copied()
    }

    fn remember(&self, credential: [u8; 16], account: AccountId) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_KNOWN {
            known.clear();
        }
        known.insert(credential, account);
    }

    fn forget(&self, credential: &[u8; 16]) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.remove(credential);
    }
}

/// Lets a request through while its account or address has some left.
pub async fn limit(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let path = request.path();
    if matches!(path, "/healthz" | "/readyz" | "/metrics") || path.starts_with("/assets/") {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    let manners = Manners::of(&request)?;
    let now = App::of(request.request())?.clock.now();
    let credential = credential(&request);
    let known = credential.and_then(|c| manners.known.find(&c));
    let address = request
        .extensions()
        .get::<ClientAddress>()
        .map(|a| Key::from(a.0));
    let (limiter, key) = match known {
        Some(account) => (&manners.accounts, Some(Key::Account(account))),
        None => (&manners.anonymous, address),
    };
    let left = match key.map(|key| limiter.take(key, now)).transpose() {
        Ok(left) => left,
        Err(wait) => return Ok(refuse(request, limiter, wait)),
    };
    let mut response = next.call(request).await?.map_into_boxed_body();
    let signed_in = response
        .request()
        .extensions()
        .get::<SignedIn>()
        .map(|s| s.0);
    let (mut limiter, mut left) = (limiter, left);
    match (credential, signed_in) {
        (Some(credential), Some(account)) if known != Some(account) => {
            manners.known.remember(credential, account);
            if let Some(address) = address.filter(|_| known.is_none()) {
                manners.anonymous.give_back(address);
            }
            limiter = &manners.accounts;
            left = limiter.take(Key::Account(account), now).ok();
        }
        (Some(credential), None) if response.status() == StatusCode::UNAUTHORIZED => {
            manners.known.forget(&credential);
        }
        _ => {}
    }
    if let Some(left) = left {
        tell(&mut response, limiter, left);
    }
    Ok(response)
}

/// What the request offers to prove who it is: the bearer token, or the cookies of a browser.
fn credential(request: &ServiceRequest) -> Option<[u8; 16]> {
    let bearer = request
        .headers()
        .get(AUTHORIZATION)
        .map(HeaderValue::as_bytes);
    let text = match bearer {
        Some(bytes) => bytes.to_vec(),
        None => {
            let cookies = request.cookies().ok()?;
            let session = cookies
                .iter()
                .find(|c| c.name().ends_with("passerelle_session"))?;
            session.value().as_bytes().to_vec()
        }
    };
    let digest: [u8; 32] = Sha256::digest(&text).into();
    digest.first_chunk().copied()
}

fn refuse(request: ServiceRequest, limiter: &Limiter, wait: u32) -> ServiceResponse<BoxBody> {
    let problem = Problem::TooManyRequests {
        retry_after_seconds: wait,
    };
    let mut response = request.into_response(problem.error_response());
    let none = Left {
        requests: 0,
        whole_in: 60,
    };
    tell(&mut response, limiter, none);
    response
}

fn tell(response: &mut ServiceResponse<BoxBody>, limiter: &Limiter, left: Left) {
    let name = limiter.name;
    let policy = format!("\"{name}\";q={};w=60", limiter.quota);
    let now = format!("\"{name}\";r={};t={}", left.requests, left.whole_in);
    for (header, text) in [(POLICY, policy), (LIMIT, now)] {
        if let Ok(value) = HeaderValue::from_str(&text) {
            response.headers_mut().insert(header, value);
        }
    }
}
