//! How a person stands: paused, resumed, archived, restored; who coaches them.

use actix_web::web::Data;
use actix_web::{Responder, post, put};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::persons::shown;
use crate::access::Caller;
use crate::kernel::ids::{AccountId, PersonId};
use crate::kernel::{IfMatch, Problem};
use crate::people::update::{self, Pause};
use crate::people::view::PersonView;
use crate::web::problem::ProblemDocument;
use crate::web::{App, Body, Path};

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(pause_person)
        .service(resume_person)
        .service(archive_person)
        .service(restore_person)
        .service(assign_coach);
}

/// Who follows a person.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CoachInput {
    /// The coach's account; null for none.
    coach_id: Option<AccountId>,
}

/// Pauses a person: no new match and no new meeting in that time.
#[utoipa::path(tag = "people", operation_id = "pause_person", request_body = Pause,
    params(("id" = PersonId, Path), ("If-Match" = String, Header, description = "The ETag that was read.")),
    responses((status = 200, body = PersonView), (status = 404, body = ProblemDocument), (status = 409, body = ProblemDocument),
        (status = 412, body = ProblemDocument), (status = 422, body = ProblemDocument), (status = 428, body = ProblemDocument)))]
#[post("/persons/{id}/pause")]
async fn pause_person(
    caller: Caller,
    app: Data<App>,
    id: Path<PersonId>,
    if_match: IfMatch,
    body: Body<Pause>,
) -> Result<impl Responder, Problem> {
    let ctx = caller.ctx.clone();
    let profile = app
        .db
        .run(move |conn| update::pause(conn, &ctx, id.0, &if_match, &body.0))
        .await?;
    Ok(shown(profile, &caller.ctx))
}

/// Ends a pause.
#[utoipa::path(tag = "people", operation_id = "resume_person",
    params(("id" = PersonId, Path), ("If-Match" = String, Header, description = "The ETag that was read.")),
    responses((status = 200, body = PersonView), (status = 404, body = ProblemDocument), (status = 409, body = ProblemDocument),
        (status = 412, body = ProblemDocument), (status = 428, body = ProblemDocument)))]
#[post("/persons/{id}/resume")]
async fn resume_person(
    caller: Caller,
    app: Data<App>,
    id: Path<PersonId>,
    if_match: IfMatch,
) -> Result<impl Responder, Problem> {
    let ctx = caller.ctx.clone();
    let profile = app
        .db
        .run(move |conn| update::resume(conn, &ctx, id.0, &if_match))
        .await?;
    Ok(shown(profile, &caller.ctx))
}

/// Archives a person who has left.
#[utoipa::path(tag = "people", operation_id = "archive_person",
    params(("id" = PersonId, Path), ("If-Match" = String, Header, description = "The ETag that was read.")),
    responses((status = 200, body = PersonView), (status = 404, body = ProblemDocument), (status = 409, body = ProblemDocument),
        (status = 412, body = ProblemDocument), (status = 428, body = ProblemDocument)))]
#[post("/persons/{id}/archive")]
async fn archive_person(
    caller: Caller,
    app: Data<App>,
    id: Path<PersonId>,
    if_match: IfMatch,
) -> Result<impl Responder, Problem> {
    let ctx = caller.ctx.clone();
    let profile = app
        .db
        .run(move |conn| update::archive(conn, &ctx, id.0, &if_match))
        .await?;
    Ok(shown(profile, &caller.ctx))
}

/// Takes an archived person back.
#[utoipa::path(tag = "people", operation_id = "restore_person",
    params(("id" = PersonId, Path), ("If-Match" = String, Header, description = "The ETag that was read.")),
    responses((status = 200, body = PersonView), (status = 404, body = ProblemDocument), (status = 409, body = ProblemDocument),
        (status = 412, body = ProblemDocument), (status = 428, body = ProblemDocument)))]
#[post("/persons/{id}/restore")]
async fn restore_person(
    caller: Caller,
    app: Data<App>,
    id: Path<PersonId>,
    if_match: IfMatch,
) -> Result<impl Responder, Problem> {
    let ctx = caller.ctx.clone();
    let profile = app
        .db
        .run(move |conn| update::restore(conn, &ctx, id.0, &if_match))
        .await?;
    Ok(shown(profile, &caller.ctx))
}

/// Gives a person a coach, or none.
#[utoipa::path(tag = "people", operation_id = "assign_coach", request_body = CoachInput,
    params(("id" = PersonId, Path), ("If-Match" = String, Header, description = "The ETag that was read.")),
    responses((status = 200, body = PersonView), (status = 404, body = ProblemDocument), (status = 412, body = ProblemDocument),
        (status = 422, body = ProblemDocument), (status = 428, body = ProblemDocument)))]
#[put("/persons/{id}/coach")]
async fn assign_coach(
    caller: Caller,
    app: Data<App>,
    id: Path<PersonId>,
    if_match: IfMatch,
    body: Body<CoachInput>,
) -> Result<impl Responder, Problem> {
    let ctx = caller.ctx.clone();
    let profile = app
        .db
        .run(move |conn| update::assign_coach(conn, &ctx, id.0, &if_match, body.0.coach_id))
        .await?;
    Ok(shown(profile, &caller.ctx))
}
