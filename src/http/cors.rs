//! Other origins (the Fetch standard's CORS protocol): pages of the origins in `server.cors_origins` may call the API from a
//! browser, with a bearer token and never with cookies. Without configuration, none may.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD,
    HeaderName, HeaderValue, ORIGIN, VARY,
};
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse};

use crate::web::App;

const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE";
const ASKED: &str = "authorization, content-type, accept-language, if-match, if-none-match, \
    idempotency-key, x-request-id";
const SHOWN: &str = "etag, location, link, retry-after, ratelimit, ratelimit-policy, x-request-id, \
    idempotency-replayed, content-disposition";

/// Answers preflights and marks answers that another origin may read.
pub async fn share(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let api = request.path().starts_with("/api/v1") || request.path().starts_with("/.well-known");
    let origin = request.headers().get(ORIGIN).cloned();
    let origins = &App::of(request.request())?
        .platform
        .settings
        .server
        .cors_origins;
    let allowed =
        origin.filter(|o| api && origins.iter().any(|known| known.as_bytes() == o.as_bytes()));
    let configured = api && !origins.is_empty();
    let preflight = api
        && request.method() == Method::OPTIONS
        && request
            .headers()
            .contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if preflight {
        let mut answer = HttpResponse::NoContent();
        if allowed.is_some() {
            answer
                .insert_header((ACCESS_CONTROL_ALLOW_METHODS, METHODS))
                .insert_header((ACCESS_CONTROL_ALLOW_HEADERS, ASKED))
                .insert_header((ACCESS_CONTROL_MAX_AGE, "600"));
        }
        request.into_response(answer.finish()).map_into_boxed_body()
    } else {
        next.call(request).await?.map_into_boxed_body()
    };
    let headers = response.headers_mut();
    if configured {
        headers.append(VARY, HeaderValue::from_static("Origin"));
    }
    if let Some(origin) = allowed {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(
            ACCESS_CONTROL_EXPOSE_HEADERS,
            HeaderValue::from_static(SHOWN),
        );
        let resource = HeaderName::from_static("cross-origin-resource-policy");
        headers.insert(resource, HeaderValue::from_static("cross-origin"));
    }
    Ok(response)
}
