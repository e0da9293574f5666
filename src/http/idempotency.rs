//! The middleware of `Idempotency-Key`: see [`crate::web::idempotency`] for what is kept and how long.

use std::pin::Pin;

use actix_web::body::{BoxBody, MessageBody, to_bytes};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::http::header::{
    CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, LINK, LOCATION,
};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::{Bytes, Data};
use actix_web::{Error, HttpMessage, HttpResponse, ResponseError};
use futures_util::{Stream, stream};

use crate::access::caller::bearer_of;
use crate::access::tokens;
use crate::db::claims;
use crate::kernel::ids::IdempotencyId;
use crate::kernel::{Actor, Problem};
use crate::web::body::read_bounded;
use crate::web::idempotency::{self as store, Claim, Claimed, Headers, Kept};
use crate::web::state::ClientAddress;
use crate::web::{App, Rendered};

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// What is kept of an answer's headers.
const KEPT_HEADERS: [HeaderName; 4] = [CONTENT_TYPE, ETAG, LOCATION, LINK];

/// Does a POST with a key once.
pub async fn once(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let given = request.headers().get(KEY).cloned();
    let (Some(given), &Method::POST) = (given, request.method()) else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    if !request.path().starts_with("/api/v1") {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    let app = App::of(request.request())?.clone();
    let claim = match read_claim(&app, &mut request, &given).await {
        Ok(Some(claim)) => claim,
        // A bad token: the route itself says so.
        Ok(None) => return Ok(next.call(request).await?.map_into_boxed_body()),
        Err(problem) => return Ok(request.into_response(problem.error_response())),
    };
    let (now, shared) = (app.clock.now(), app.clone());
    let claimed = app
        .db
        .run(move |conn| store::claim(conn, &shared.platform.keyring, now, &claim))
        .await;
    match claimed {
        Ok(Claimed::New(id)) => {
            // A task of its own: when the client hangs up, the request is still finished and its answer kept,
            // so that the client's next attempt finds it.
            let work = actix_web::rt::spawn(async move {
                let response = claims::within(id, next.call(request)).await?;
                let response = response.map_into_boxed_body();
                Ok::<_, Error>(conclude(&app, id, response).await)
            });
            work.await.map_err(Problem::internal)?
        }
        Ok(Claimed::Done(kept)) => Ok(request.into_response(again(kept))),
        Ok(Claimed::InProgress) => {
            let mut rendered = Rendered::plain(StatusCode::CONFLICT, "idempotency-in-progress");
            rendered.retry_after = Some(1);
            Ok(request.into_response(problem(rendered)))
        }
        Ok(Claimed::Lost) => {
            let status = StatusCode::CONFLICT;
            let lost = Rendered::plain(status, "idempotency-answer-lost");
            Ok(request.into_response(problem(lost)))
        }
        Ok(Claimed::Reused) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(request.into_response(problem(Rendered::plain(status, "idempotency-reused"))))
        }
        Err(problem) => Ok(request.into_response(problem.error_response())),
    }
}

fn problem(rendered: Rendered) -> HttpResponse {
    let status = StatusCode::from_u16(rendered.status).unwrap_or(StatusCode::CONFLICT);
    let mut response = HttpResponse::new(status);
    response.extensions_mut().insert(rendered);
    response
}

/// Reads what the claim is made of; the body is put back for the handler.
async fn read_claim(
    app: &Data<App>,
    request: &mut ServiceRequest,
    given: &HeaderValue,
) -> Result<Option<Claim>, Problem> {
    let key = parse_key(given).ok_or_else(|| Problem::malformed("bad-idempotency-key"))?;
    let bearer = bearer_of(request.headers());
    let scope = match bearer {
        Some(token) => match tokens::authenticate(app, token).await {
            Ok(Actor::Account { id, .. }) => format!("account:{id}"),
            Ok(_) | Err(Problem::Unauthenticated { .. }) => return Ok(None),
            Err(problem) => return Err(problem),
        },
        None => {
            let address = request.extensions().get::<ClientAddress>().map(|a| a.0);
            address.map_or_else(|| "address:".to_owned(), |a| format!("address:{a}"))
        }
    };
    let server = &app.platform.settings.server;
    // Nobody who is not signed in makes the server hold a large body.
    let imports = scope.starts_with("account:") && request.path().ends_with("/imports");
    let limit = if imports {
        server.max_body_bytes.max(server.max_import_bytes)
    } else {
        server.max_body_bytes
    };
    let mut payload = request.take_payload();
    let body = read_bounded(request.request(), &mut payload, limit).await?;
    let kind = request
        .headers()
        .get(CONTENT_TYPE)
        .map_or(&b""[..], |v| v.as_bytes());
    let keyring = &app.platform.keyring;
    let address = request.uri().path_and_query().map_or("", |p| p.as_str());
    let claim = Claim {
        key_hash: store::keyed_hash(keyring, &[scope.as_bytes(), key.as_bytes()]),
        fingerprint: store::keyed_hash(keyring, &[b"POST", address.as_bytes(), kind, &body]),
        scope,
    };
    let again: Pin<Box<dyn Stream<Item = Result<Bytes, PayloadError>>>> =
        Box::pin(stream::iter([Ok(Bytes::from(body))]));
    request.set_payload(Payload::from(again));
    Ok(Some(claim))
}

/// 1 to 200 visible characters; the quotes of a structured field are taken off.
fn parse_key(value: &HeaderValue) -> Option<String> {
    let text = value.to_str().ok()?.trim();
    let text = text
        .strip_prefix('"')
        .and_then(|t| t.strip_suffix('"'))
        .unwrap_or(text);
    let fit = (1..=200).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
    fit.then(|| text.to_owned())
}

/// Keeps a good answer, gives the claim up after any other.
async fn conclude(
    app: &Data<App>,
    id: IdempotencyId,
    response: ServiceResponse<BoxBody>,
) -> ServiceResponse<BoxBody> {
    let status = response.status();
    if !status.is_success() && !status.is_redirection() {
        let release = if status.is_server_error() {
            store::release_unless_committed
        } else {
            store::release
        };
        let released = app.db.run(move |conn| release(conn, id)).await;
        if let Err(error) = released {
            tracing::warn!(%error, "a claim was not released; it is free again when its lease ends");
        }
        return response;
    }
    let (request, response) = response.into_parts();
    let (head, body) = response.into_parts();
    let Ok(body) = to_bytes(body).await else {
        return ServiceResponse::new(request, Problem::internal("no body").error_response());
    };
    let kept = Kept {
        status: status.as_u16(),
        headers: kept_headers(head.headers()),
        body: body.to_vec(),
    };
    let shared = app.clone();
    let stored = app
        .db
        .run(move |conn| store::keep(conn, &shared.platform.keyring, id, &kept))
        .await;
    if let Err(error) = stored {
        tracing::error!(%error, "an answer was not kept; its key may be used again when its lease ends");
    }
    ServiceResponse::new(request, head.set_body(body).map_into_boxed_body())
}

fn kept_headers(headers: &HeaderMap) -> Headers {
    let kept = KEPT_HEADERS.iter().filter_map(|name| {
        let value = headers.get(name)?.to_str().ok()?;
        Some((name.as_str().to_owned(), value.to_owned()))
    });
    Headers(kept.collect())
}

fn again(kept: Kept) -> HttpResponse {
    let status = StatusCode::from_u16(kept.status).unwrap_or(StatusCode::OK);
    let mut answer = HttpResponse::build(status);
    for (name, value) in &kept.headers.0 {
        answer.insert_header((name.as_str(), value.as_str()));
    }
    answer.insert_header((REPLAYED, "true"));
    answer.body(kept.body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_visible_text_with_or_without_the_quotes_of_a_structured_field() {
        let parse = |text: &str| parse_key(&HeaderValue::from_str(text).unwrap());
        assert_eq!(parse("\"8e03978e\"").as_deref(), Some("8e03978e"));
        assert_eq!(parse("8e03978e").as_deref(), Some("8e03978e"));
        for bad in ["", "\"\"", "has space", &"x".repeat(201)] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
