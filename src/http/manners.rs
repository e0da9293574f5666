//! What the middleware of one server share: made once at the start, read by every request.

use std::net::IpAddr;
use std::sync::atomic::AtomicBool;

use actix_web::HttpRequest;
use actix_web::dev::ServiceRequest;
use actix_web::web::{Bytes, Data};

use crate::access::door::Door;
use crate::http::limiter::Limiter;
use crate::http::methods::Methods;
use crate::http::metrics::Metrics;
use crate::http::openapi;
use crate::http::rate::KnownCredentials;
use crate::kernel::{Problem, Settings};

/// The state of the middleware.
pub struct Manners {
    /// Proxies whose word about the client's address is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Requests without sign-in, by address.
    pub anonymous: Limiter,
    /// Requests of accounts.
    pub accounts: Limiter,
    /// Credentials that were good a moment ago.
    pub known: KnownCredentials,
    /// The figures of this process.
    pub metrics: Metrics,
    /// Which methods an API address takes.
    pub methods: Methods,
    /// Which action each API route is.
    pub door: Data<Door>,
    /// The OpenAPI document.
    pub document: Bytes,
    /// Its ETag.
    pub document_etag: String,
    /// Whether the schema was seen to be up to date.
    pub migrated: AtomicBool,
}

impl Manners {
    /// From the settings. Errors: a document or a metric that cannot be made, which is a defect.
    pub fn new(settings: &Settings) -> Result<Self, Problem> {
        let document = openapi::complete(&settings.public_url())?;
        let bytes = Bytes::from(serde_json::to_vec(&document)?);
        let proxies = settings.server.trusted_proxies.iter();
        Ok(Self {
            trusted_proxies: proxies.filter_map(|p| p.parse().ok()).collect(),
            anonymous: Limiter::new("anonymous", settings.server.rate_per_minute_anonymous),
            accounts: Limiter::new("account", settings.server.rate_per_minute_account),
            known: KnownCredentials::default(),
            metrics: Metrics::new().map_err(Problem::internal)?,
            methods: Methods::of(&document),
            door: Data::new(Door::of(&document)),
            document_etag: format!("\"{}\"", crate::kernel::secret::fingerprint(&bytes)),
            document: bytes,
            migrated: AtomicBool::new(false),
        })
    }

    /// The state of `request`'s server.
    pub fn of(request: &ServiceRequest) -> Result<Data<Self>, Problem> {
        Self::of_request(request.request())
    }

    /// [`Manners::of`] for a handler's request.
    pub fn of_request(request: &HttpRequest) -> Result<Data<Self>, Problem> {
        request
            .app_data::<Data<Self>>()
            .cloned()
            .ok_or_else(|| Problem::internal("the server was built without its manners"))
    }
}
