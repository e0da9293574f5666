//! Asking somebody's server for their calendar, politely and carefully.
//!
//! - The name is resolved once for each connection, every address that it has is checked ([`allowed`]), and the
//!   connection goes to those very addresses: a name that means one thing when it is checked and another when
//!   it is connected to (DNS rebinding) gains nothing.
//! - At most three redirects, each checked like a new address. No proxy of the environment, no cookies.
//! - One time limit for all of it, and one size limit before and after decompression.
//! - `If-None-Match` and `If-Modified-Since`, so that what did not change is not sent again.
//!
//! The client is `ureq`: it blocks, as the diesel calls around it do, adds three small crates to the tree, and
//! lets its resolver be replaced.

use std::io::Read as _;
use std::time::Duration;

use ureq::http::header::{
    CONTENT_TYPE, ETAG, HeaderMap, HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED,
    LOCATION,
};
use ureq::http::{StatusCode, Uri};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Body, Error};

use super::address::{Address, allowed};
use super::model::Trouble;
use crate::kernel::Settings;

/// Redirects that are followed.
const REDIRECTS: u32 = 3;
/// The longest ETag or date that is kept and sent back.
const LONGEST_MARK: usize = 200;

/// What the server said about its version of the file; sent back the next time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks {
    pub etag: Option<String>,
    pub last_modified: Option<String>,
}

/// What a server gave.
#[derive(Debug)]
pub enum Fetched {
    /// What we have is what there is.
    Unchanged,
    File {
        bytes: Vec<u8>,
        /// As the server declares it.
        charset: Option<String>,
        marks: Marks,
    },
}

/// Fetches the file at `address`. It blocks for at most `calendars.timeout_seconds`.
///
/// # Errors
/// [`Trouble`].
pub fn fetch(address: &Address, known: &Marks, settings: &Settings) -> Result<Fetched, Trouble> {
    let deadline = Duration::from_secs(settings.calendars.timeout_seconds);
    let started = std::time::Instant::now();
    let agent = agent(settings);
    let mut address = address.clone();
    for _ in 0..=REDIRECTS {
        let left = deadline.saturating_sub(started.elapsed());
        if left.is_zero() {
            return Err(Trouble::TooSlow);
        }
        let response = ask(&agent, &address, known, left)?;
        match response.status() {
            StatusCode::OK => return take(response, settings),
            StatusCode::NOT_MODIFIED => return Ok(Fetched::Unchanged),
            status if status.is_redirection() => {
                let location = text(response.headers(), &LOCATION).ok_or(Trouble::ServerTrouble)?;
                address = address.follow(&location, settings)?;
            }
            status if status.is_client_error() => return Err(Trouble::Refused),
            _ => return Err(Trouble::ServerTrouble),
        }
    }
    Err(Trouble::Redirects)
}

fn agent(settings: &Settings) -> Agent {
    let config = Agent::config_builder()
        .proxy(None)
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .max_response_header_size(16 * 1024)
        .max_idle_connections(0)
        .user_agent(format!("Passerelle (+{})", settings.public_url()))
        .accept("text/calendar, text/plain;q=0.5, */*;q=0.1")
        .build();
    let resolver = Guarded {
        inner: DefaultResolver::default(),
        allow_private: settings.calendars.allow_private,
    };
    Agent::with_parts(config, DefaultConnector::default(), resolver)
}

fn ask(
    agent: &Agent,
    address: &Address,
    known: &Marks,
    left: Duration,
) -> Result<ureq::http::Response<Body>, Trouble> {
    let mut request = agent
        .get(address.expose())
        .config()
        .timeout_global(Some(left))
        .build();
    if let Some(etag) = &known.etag {
        request = request.header(IF_NONE_MATCH, etag);
    }
    if let Some(date) = &known.last_modified {
        request = request.header(IF_MODIFIED_SINCE, date);
    }
    request.call().map_err(|error| trouble(&error))
}

fn take(response: ureq::http::Response<Body>, settings: &Settings) -> Result<Fetched, Trouble> {
    let most = u64::from(settings.calendars.max_bytes);
    let marks = Marks {
        etag: text(response.headers(), &ETAG),
        last_modified: text(response.headers(), &LAST_MODIFIED),
    };
    let charset = text(response.headers(), &CONTENT_TYPE).and_then(|kind| {
        let (_, rest) = kind
            .to_ascii_lowercase()
            .split_once("charset=")
            .map(|(before, after)| (before.to_owned(), after.to_owned()))?;
        let word: String = rest
            .trim_matches('"')
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
            .collect();
        Some(word)
    });
    let body = response.into_body();
    if body.content_length().is_some_and(|length| length > most) {
        return Err(Trouble::TooLarge);
    }
    // The first limit counts what crosses the network, the second what it becomes when it is unpacked.
    let reader = body.into_with_config().limit(most).reader();
    let mut bytes = Vec::new();
    let read = reader.take(most + 1).read_to_end(&mut bytes);
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > most {
        return Err(Trouble::TooLarge);
    }
    read.map_err(|error| match error.downcast::<Error>() {
        Ok(error) => trouble(&error),
        Err(error) => of_io(&error),
    })?;
    Ok(Fetched::File {
        bytes,
        charset,
        marks,
    })
}

/// A header's text, if it is of a sane length.
fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let text = headers.get(name)?.to_str().ok()?.trim();
    let most = if name == LOCATION { 4000 } else { LONGEST_MARK };
    (!text.is_empty() && text.len() <= most).then(|| text.to_owned())
}

fn trouble(error: &Error) -> Trouble {
    match error {
        Error::Timeout(_) => Trouble::TooSlow,
        Error::BodyExceedsLimit(_) => Trouble::TooLarge,
        Error::BadUri(_) | Error::Http(_) => Trouble::NotAllowed,
        Error::Protocol(_) | Error::Decompress(..) => Trouble::ServerTrouble,
        Error::Io(error) => of_io(error),
        _ => Trouble::Unreachable,
    }
}

fn of_io(error: &std::io::Error) -> Trouble {
    let refused = error.get_ref().is_some_and(|inner| inner.is::<NotPublic>());
    match error.kind() {
        _ if refused => Trouble::NotAllowed,
        std::io::ErrorKind::TimedOut | std::io::ErrorKind::WouldBlock => Trouble::TooSlow,
        // What claims to be compressed and is not.
        std::io::ErrorKind::InvalidInput | std::io::ErrorKind::InvalidData => {
            Trouble::ServerTrouble
        }
        _ => Trouble::Unreachable,
    }
}

/// A name leads to an address that is not on the public internet.
#[derive(Debug, thiserror::Error)]
#[error("not an address on the public internet")]
struct NotPublic;

/// Resolves names, and gives only addresses that may be connected to.
#[derive(Debug)]
struct Guarded {
    inner: DefaultResolver,
    allow_private: bool,
}

impl Resolver for Guarded {
    /// One forbidden address among those of a name is enough: no calendar's name has such.
    fn resolve(
        &self,
        uri: &Uri,
        config: &ureq::config::Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let found = self.inner.resolve(uri, config, timeout)?;
        if self.allow_private || found.iter().all(|address| allowed(address.ip())) {
            Ok(found)
        } else {
            Err(Error::Io(std::io::Error::other(NotPublic)))
        }
    }
}
