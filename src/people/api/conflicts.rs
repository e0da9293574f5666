//! Conflicts of interest.

use actix_web::web::Data;
use actix_web::{HttpResponse, Responder, delete, get, post};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::access::Caller;
use crate::kernel::Problem;
use crate::kernel::ids::{ConflictOfInterestId, PersonId};
use crate::people::conflicts::{self, Conflict, ConflictInput};
use crate::web::problem::ProblemDocument;
use crate::web::{App, Body, Path};

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_conflicts)
        .service(declare_conflict)
        .service(withdraw_conflict);
}

/// A person's conflicts of interest, oldest first.
#[derive(Debug, Serialize, ToSchema)]
struct Conflicts {
    items: Vec<Conflict>,
}

/// With whom a person must not be matched.
#[utoipa::path(tag = "people", operation_id = "list_conflicts",
    params(("id" = PersonId, Path)),
    responses((status = 200, body = Conflicts), (status = 404, body = ProblemDocument)))]
#[get("/persons/{id}/conflicts")]
async fn list_conflicts(
    caller: Caller,
    app: Data<App>,
    id: Path<PersonId>,
) -> Result<impl Responder, Problem> {
    let items = app
        .db
        .run(move |conn| conflicts::list(conn, &caller.ctx, id.0))
        .await?;
    Ok(HttpResponse::Ok().json(Conflicts { items }))
}

/// Declares that two people must not be matched.
#[utoipa::path(tag = "people", operation_id = "declare_conflict", request_body = ConflictInput,
    params(("id" = PersonId, Path)),
    responses((status = 201, body = Conflict), (status = 404, body = ProblemDocument), (status = 409, body = ProblemDocument),
        (status = 422, body = ProblemDocument)))]
#[post("/persons/{id}/conflicts")]
async fn declare_conflict(
    caller: Caller,
    app: Data<App>,
    id: Path<PersonId>,
    body: Body<ConflictInput>,
) -> Result<impl Responder, Problem> {
    let new = app
        .db
        .run(move |conn| conflicts::declare(conn, &caller.ctx, id.0, &body.0))
        .await?;
    Ok(HttpResponse::Created().json(new))
}

/// Takes a declaration back.
#[utoipa::path(tag = "people", operation_id = "withdraw_conflict",
    params(("id" = PersonId, Path), ("conflict_id" = ConflictOfInterestId, Path)),
    responses((status = 204), (status = 404, body = ProblemDocument)))]
#[delete("/persons/{id}/conflicts/{conflict_id}")]
async fn withdraw_conflict(
    caller: Caller,
    app: Data<App>,
    ids: Path<(PersonId, ConflictOfInterestId)>,
) -> Result<impl Responder, Problem> {
    let (person, id) = ids.0;
    app.db
        .run(move |conn| conflicts::withdraw(conn, &caller.ctx, person, id))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
