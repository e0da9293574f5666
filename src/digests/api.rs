//! The settings of one's digest over the API.

use actix_web::web::{Data, Json};
use actix_web::{Responder, get, put};
use utoipa_actix_web::service_config::ServiceConfig;

use super::settings::{self, DigestWish};
use crate::access::Caller;
use crate::kernel::Problem;
use crate::web::problem::ProblemDocument;
use crate::web::{App, Body};

/// The routes of this room.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(read_digest_settings)
        .service(update_digest_settings);
}

/// Whether, and at which hour, the mail comes that says what waits for the caller.
#[utoipa::path(tag = "digests", operation_id = "read_digest_settings",
    responses((status = 200, body = DigestWish), (status = 403, body = ProblemDocument)))]
#[get("/me/digest")]
async fn read_digest_settings(caller: Caller, app: Data<App>) -> Result<impl Responder, Problem> {
    let wish = app
        .db
        .run(move |conn| settings::read(conn, &caller.ctx))
        .await?;
    Ok(Json(wish))
}

/// Says whether, and at which hour, that mail comes.
#[utoipa::path(tag = "digests", operation_id = "update_digest_settings", request_body = DigestWish,
    responses((status = 200, body = DigestWish), (status = 403, body = ProblemDocument),
        (status = 422, body = ProblemDocument)))]
#[put("/me/digest")]
async fn update_digest_settings(
    caller: Caller,
    app: Data<App>,
    body: Body<DigestWish>,
) -> Result<impl Responder, Problem> {
    let Body(wish) = body;
    let wish = app
        .db
        .run(move |conn| settings::change(conn, &caller.ctx, &wish))
        .await?;
    Ok(Json(wish))
}
