//! Accounts and sessions over the API.

use actix_web::web::Data;
use actix_web::{HttpResponse, Responder, get};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::access::keys::{self, KeySet};
use crate::kernel::Problem;
use crate::web::App;

/// What stands outside `/api/v1`, under addresses that standards fix.
pub fn well_known(config: &mut ServiceConfig) {
    config.service(read_key_set);
}

/// The public keys that verify access tokens (RFC 7517). New keys appear a day before they sign.
#[utoipa::path(tag = "sessions", operation_id = "read_key_set", responses((status = 200, body = KeySet)))]
#[get("/.well-known/jwks.json")]
async fn read_key_set(app: Data<App>) -> Result<impl Responder, Problem> {
    let now = app.clock.now();
    let platform = std::sync::Arc::clone(&app.platform);
    let set = app
        .db
        .run(move |conn| keys::published(conn, &platform.keyring, now))
        .await?;
    Ok(HttpResponse::Ok()
        .insert_header(("Cache-Control", "public, max-age=300"))
        .json(set))
}
