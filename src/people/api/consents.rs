//! Consents: what is in force, and every step that led there.

use actix_web::web::Data;
use actix_web::{HttpResponse, Responder, get, post};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::access::Caller;
use crate::kernel::Problem;
use crate::kernel::ids::PersonId;
use crate::people::consents::{self, Consent, ConsentInput};
use crate::web::problem::ProblemDocument;
use crate::web::{App, Body, Path};

pub fn routes(config: &mut ServiceConfig) {
    config.service(list_consents).service(record_consent);
}

/// A person's consents.
#[derive(Debug, Serialize, ToSchema)]
struct Consents {
    /// The last step of each kind: what holds now.
    in_force: Vec<Consent>,
    /// Every step, newest first.
    history: Vec<Consent>,
}

/// A person's consents, with their history.
#[utoipa::path(tag = "people", operation_id = "list_consents",
    params(("id" = PersonId, Path)),
    responses((status = 200, body = Consents), (status = 404, body = ProblemDocument)))]
#[get("/persons/{id}/consents")]
async fn list_consents(
    caller: Caller,
    app: Data<App>,
    id: Path<PersonId>,
) -> Result<impl Responder, Problem> {
    let history = app
        .db
        .run(move |conn| consents::history(conn, &caller.ctx, id.0))
        .await?;
    let in_force = consents::in_force(&history);
    Ok(HttpResponse::Ok().json(Consents { in_force, history }))
}

/// Records that a consent was given or withdrawn.
#[utoipa::path(tag = "people", operation_id = "record_consent", request_body = ConsentInput,
    params(("id" = PersonId, Path)),
    responses((status = 201, body = Consent), (status = 404, body = ProblemDocument), (status = 409, body = ProblemDocument),
        (status = 422, body = ProblemDocument)))]
#[post("/persons/{id}/consents")]
async fn record_consent(
    caller: Caller,
    app: Data<App>,
    id: Path<PersonId>,
    body: Body<ConsentInput>,
) -> Result<impl Responder, Problem> {
    let step = app
        .db
        .run(move |conn| consents::record_step(conn, &caller.ctx, id.0, &body.0))
        .await?;
    Ok(HttpResponse::Created().json(step))
}
