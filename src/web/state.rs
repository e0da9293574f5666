//! The state that a server hands to every handler, and the circumstances of a request.

use std::net::IpAddr;
use std::sync::Arc;

use actix_web::{HttpMessage, HttpRequest, web};

use crate::db::Db;
use crate::kernel::ids::AccountId;
use crate::kernel::{Actor, Clock, Context, Locale, Platform, Problem};
use crate::web::Turns;

/// The deployment, as a handler sees it. Clones share everything.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub db: Db,
    /// Settings and keys.
    pub platform: Arc<Platform>,
    /// The clock; a handler reads it once, through [`App::context`].
    pub clock: Arc<dyn Clock>,
    /// For work that uses every core.
    pub turns: Turns,
}

/// The id of a request, put there by the request-id middleware.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// The address of the person's machine, behind trusted proxies; put there by the same middleware.
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(pub IpAddr);

/// The account that a request turned out to be of; put there when its context is made, for the middleware that
/// counts requests.
#[derive(Debug, Clone, Copy)]
pub struct SignedIn(pub AccountId);

impl App {
    /// The app of `request`.
    pub fn of(request: &HttpRequest) -> Result<&web::Data<Self>, Problem> {
        request
            .app_data::<web::Data<Self>>()
            .ok_or_else(|| Problem::internal("the server was built without its state"))
    }

    /// The circumstances of `request`, for `actor`.
    pub fn context(&self, request: &HttpRequest, actor: Actor) -> Context {
        if let Actor::Account { id, .. } = &actor {
            request.extensions_mut().insert(SignedIn(*id));
        }
        Context {
            actor,
            now: self.clock.now(),
            locale: locale_of(request),
            request_id: request
                .extensions()
                .get::<RequestId>()
                .map_or_else(String::new, |id| id.0.clone()),
            address: request.extensions().get::<ClientAddress>().map(|a| a.0),
            platform: Arc::clone(&self.platform),
        }
    }
}

/// The name of the cookie that remembers the language switch.
pub const LOCALE_COOKIE: &str = "passerelle_lang";

/// The reader's language: `?lang=`, then the remembered switch, then `Accept-Language`, then English.
pub fn locale_of(request: &HttpRequest) -> Locale {
    let from_query = || {
        request
            .query_string()
            .split('&')
            .find_map(|pair| pair.strip_prefix("lang="))
            .and_then(Locale::parse)
    };
    let from_cookie = || {
        request
            .cookie(LOCALE_COOKIE)
            .and_then(|c| Locale::parse(c.value()))
    };
    let from_header = || {
        let header = request
            .headers()
            .get(actix_web::http::header::ACCEPT_LANGUAGE)?;
        Locale::from_accept_language(header.to_str().ok()?)
    };
    from_query()
        .or_else(from_cookie)
        .or_else(from_header)
        .unwrap_or(Locale::En)
}
