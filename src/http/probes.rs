//! What watches the server asks: is the process alive, may it get traffic, what are its figures.

use std::sync::atomic::Ordering;

use actix_web::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, HeaderMap};
use actix_web::web::{Data, ServiceConfig, get};
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use diesel::RunQueryDsl;
use secrecy::ExposeSecret;
use serde_json::json;
use subtle::ConstantTimeEq;

use crate::db::migrate;
use crate::http::manners::Manners;
use crate::kernel::Problem;
use crate::kernel::zone::TZDB_VERSION;
use crate::web::App;
use crate::web::state::ClientAddress;

/// The routes of the probes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/healthz", get().to(alive))
        .route("/readyz", get().to(ready))
        .route("/metrics", get().to(metrics));
}

/// The process answers; nothing else is looked at, so that a database that is away restarts no server.
async fn alive() -> HttpResponse {
    status("alive")
}

/// The database answers and its schema is this program's; else 503.
async fn ready(app: Data<App>, manners: Data<Manners>) -> Result<HttpResponse, Problem> {
    let migrated = manners.migrated.load(Ordering::Relaxed);
    let pending = app
        .db
        .run(move |conn| {
            if migrated {
                diesel::sql_query("SELECT 1").execute(conn)?;
                return Ok(0);
            }
            migrate::pending(conn).map_err(|error| {
                tracing::warn!(%error, "the migrations cannot be read");
                Problem::Busy {
                    retry_after_seconds: 5,
                }
            })
        })
        .await?;
    if pending > 0 {
        tracing::warn!(pending, "not ready: the database lacks migrations");
        return Err(Problem::Busy {
            retry_after_seconds: 5,
        });
    }
    manners.migrated.store(true, Ordering::Relaxed);
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(json!({ "status": "ready", "zone_data": *TZDB_VERSION })))
}

fn status(word: &str) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(json!({ "status": word }))
}

/// The figures, for whoever holds `server.metrics_token`; without one, for this machine only.
async fn metrics(
    request: HttpRequest,
    app: Data<App>,
    manners: Data<Manners>,
) -> Result<HttpResponse, Problem> {
    let token = app.platform.settings.server.metrics_token.expose_secret();
    if token.is_empty() {
        require_this_machine(&request)?;
    } else {
        require_token(request.headers(), token)?;
    }
    let text = manners.metrics.write(&app).await?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(text))
}

/// A request from this machine that nobody forwarded: behind a proxy on the same machine everybody would
/// seem to be here.
fn require_this_machine(request: &HttpRequest) -> Result<(), Problem> {
    let here = request
        .extensions()
        .get::<ClientAddress>()
        .is_some_and(|a| a.0.is_loopback());
    let forwarded = ["x-forwarded-for", "forwarded", "x-real-ip", "via"]
        .iter()
        .any(|name| request.headers().contains_key(*name));
    if here && !forwarded {
        Ok(())
    } else {
        Err(Problem::NotFound)
    }
}

fn require_token(headers: &HeaderMap, token: &str) -> Result<(), Problem> {
    let given = headers
        .get(AUTHORIZATION)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.strip_prefix("Bearer "));
    match given {
        Some(given) if bool::from(given.as_bytes().ct_eq(token.as_bytes())) => Ok(()),
        _ => Err(Problem::Unauthenticated {
            code: "sign-in-needed",
        }),
    }
}
