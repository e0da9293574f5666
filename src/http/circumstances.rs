//! The outermost middleware: gives each request its id and the address of the client's machine, counts it, and
//! writes one line to the log when it is answered. The line names the route, never the path or the query, and
//! no address: paths hold ids and tokens, and an address is a person's.

use std::net::IpAddr;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage};

use crate::http::manners::Manners;
use crate::kernel::secret::{fill_random, hex};
use crate::web::state::{ClientAddress, RequestId};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Notes the circumstances, lets the request through, and accounts for it.
pub async fn note(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let manners = Manners::of(&request)?;
    let started = std::time::Instant::now();
    let method = request.method().clone();
    if method == Method::HEAD {
        // Routed like a GET; the connection leaves the body out, because it was asked with HEAD.
        request.head_mut().method = Method::GET;
    }
    let id = request_id(request.headers());
    let peer = request.peer_addr().map(|a| a.ip().to_canonical());
    let client = peer.map(|p| client_address(p, &manners.trusted_proxies, request.headers()));
    {
        let mut extensions = request.extensions_mut();
        extensions.insert(RequestId(id.clone()));
        if let Some(address) = client {
            extensions.insert(ClientAddress(address));
        }
    }
    let flight = manners.metrics.begin();
    let mut response = next.call(request).await?.map_into_boxed_body();
    drop(flight);
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    let route = response.request().match_pattern();
    let route = route.as_deref().unwrap_or("(none)");
    let status = response.status().as_u16();
    let took = started.elapsed();
    manners.metrics.record(&method, route, status, took);
    let milliseconds = took.as_millis();
    if matches!(
        route,
        "/healthz" | "/readyz" | "/metrics" | "/assets/{name}"
    ) {
        tracing::debug!(target: "passerelle::access", request_id = id, %method, route, status, milliseconds, "request");
    } else {
        tracing::info!(target: "passerelle::access", request_id = id, %method, route, status, milliseconds, "request");
    }
    Ok(response)
}

/// The id that came in, where it is harmless (8 to 64 letters, digits, `.`, `_`, `-`); else a new one.
fn request_id(headers: &HeaderMap) -> String {
    let sane = |id: &&str| {
        (8..=64).contains(&id.len())
            && id
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
    };
    let given = headers.get(REQUEST_ID).and_then(|v| v.to_str().ok());
    given.filter(sane).map_or_else(new_id, str::to_owned)
}

fn new_id() -> String {
    let mut bytes = [0u8; 12];
    // Without randomness an id is merely not unique; a request is not refused for it.
    let _ = fill_random(&mut bytes);
    hex(&bytes)
}

/// The address of the client: the peer, or, where the peer is a trusted proxy, the last address in
/// `X-Forwarded-For` that is none. What an untrusted machine claims about others is not believed.
fn client_address(peer: IpAddr, trusted: &[IpAddr], headers: &HeaderMap) -> IpAddr {
    let mut address = peer;
    let claims: Vec<&str> = headers
        .get_all(FORWARDED_FOR)
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(','))
        .collect();
    for claim in claims.into_iter().rev() {
        if !trusted.contains(&address) {
            break;
        }
        match parse_address(claim.trim()) {
            Some(next) => address = next,
            None => break,
        }
    }
    address
}

/// An address with or without port: `192.0.2.1`, `192.0.2.1:4711`, `[2001:db8::1]:4711`.
fn parse_address(text: &str) -> Option<IpAddr> {
    let plain = text.trim_start_matches('[').trim_end_matches(']').parse();
    plain
        .ok()
        .or_else(|| text.parse::<std::net::SocketAddr>().ok().map(|a| a.ip()))
        .map(|a: IpAddr| a.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(HeaderName, &'static str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.append(name.clone(), HeaderValue::from_static(value));
        }
        map
    }

    #[test]
    fn only_a_trusted_proxy_is_believed_and_only_about_its_own_client() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let trusted = [ip("10.0.0.1"), ip("10.0.0.2")];
        let chain = headers(&[
            (FORWARDED_FOR, "6.6.6.6, 203.0.113.9"),
            (FORWARDED_FOR, "10.0.0.2"),
        ]);
        let client = |peer: &str, map: &HeaderMap| client_address(ip(peer), &trusted, map);
        assert_eq!(client("10.0.0.1", &chain), ip("203.0.113.9"));
        assert_eq!(client("198.51.100.7", &chain), ip("198.51.100.7"));
        let broken = headers(&[(FORWARDED_FOR, "203.0.113.9, unknown")]);
        assert_eq!(client("10.0.0.1", &broken), ip("10.0.0.1"));
        let port = headers(&[(FORWARDED_FOR, "[2001:db8::1]:4711")]);
        assert_eq!(client("10.0.0.1", &port), ip("2001:db8::1"));
    }

    #[test]
    fn a_sane_request_id_is_kept_and_any_other_replaced() {
        let id = |text| request_id(&headers(&[(REQUEST_ID, text)]));
        assert_eq!(id("support-case_42.a"), "support-case_42.a");
        for bad in ["short", "has space in it", "<script>alert(1)</script>"] {
            assert_ne!(id(bad), bad);
            assert_eq!(id(bad).len(), 24);
        }
    }
}
