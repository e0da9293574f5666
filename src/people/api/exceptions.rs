//! Exceptions to the weekly availability. Their ETag is that of the person's record.

use actix_web::http::header::ETAG;
use actix_web::web::Data;
use actix_web::{HttpResponse, Responder, delete, get, post, put};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::access::Caller;
use crate::kernel::ids::{AvailabilityExceptionId, PersonId};
use crate::kernel::{IfMatch, Problem};
use crate::people::exceptions::{self, ExceptionInput, ExceptionView};
use crate::web::etag::etag;
use crate::web::problem::ProblemDocument;
use crate::web::{App, Body, Path, Versioned};

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_exceptions)
        .service(add_exception)
        .service(change_exception)
        .service(remove_exception);
}

/// A person's exceptions, by date.
#[derive(Debug, Serialize, ToSchema)]
struct Exceptions {
    items: Vec<ExceptionView>,
}

/// A person's exceptions to their weekly availability.
#[utoipa::path(tag = "people", operation_id = "list_exceptions",
    params(("id" = PersonId, Path)),
    responses((status = 200, body = Exceptions), (status = 404, body = ProblemDocument)))]
#[get("/persons/{id}/exceptions")]
async fn list_exceptions(
    caller: Caller,
    app: Data<App>,
    id: Path<PersonId>,
) -> Result<impl Responder, Problem> {
    let (list, version) = app
        .db
        .run(move |conn| exceptions::list(conn, &caller.ctx, id.0))
        .await?;
    let items = list.into_iter().map(ExceptionView::from).collect();
    Ok(Versioned::ok(Exceptions { items }, version))
}

/// Adds an exception: away, or free at other hours.
#[utoipa::path(tag = "people", operation_id = "add_exception", request_body = ExceptionInput,
    params(("id" = PersonId, Path)),
    responses((status = 201, body = ExceptionView), (status = 404, body = ProblemDocument), (status = 409, body = ProblemDocument),
        (status = 422, body = ProblemDocument)))]
#[post("/persons/{id}/exceptions")]
async fn add_exception(
    caller: Caller,
    app: Data<App>,
    id: Path<PersonId>,
    body: Body<ExceptionInput>,
) -> Result<impl Responder, Problem> {
    let person = id.0;
    let (new, version) = app
        .db
        .run(move |conn| exceptions::add(conn, &caller.ctx, person, &body.0))
        .await?;
    let location = format!("/api/v1/persons/{person}/exceptions/{}", new.id);
    Ok(Versioned::created(
        ExceptionView::from(new),
        version,
        location,
    ))
}

/// Changes an exception.
#[utoipa::path(tag = "people", operation_id = "change_exception", request_body = ExceptionInput,
    params(("id" = PersonId, Path), ("exception_id" = AvailabilityExceptionId, Path),
        ("If-Match" = String, Header, description = "The ETag that was read.")),
    responses((status = 200, body = ExceptionView), (status = 404, body = ProblemDocument), (status = 412, body = ProblemDocument),
        (status = 422, body = ProblemDocument), (status = 428, body = ProblemDocument)))]
#[put("/persons/{id}/exceptions/{exception_id}")]
async fn change_exception(
    caller: Caller,
    app: Data<App>,
    ids: Path<(PersonId, AvailabilityExceptionId)>,
    if_match: IfMatch,
    body: Body<ExceptionInput>,
) -> Result<impl Responder, Problem> {
    let (person, id) = ids.0;
    let (changed, version) = app
        .db
        .run(move |conn| exceptions::change(conn, &caller.ctx, person, id, &if_match, &body.0))
        .await?;
    Ok(Versioned::ok(ExceptionView::from(changed), version))
}

/// Removes an exception.
#[utoipa::path(tag = "people", operation_id = "remove_exception",
    params(("id" = PersonId, Path), ("exception_id" = AvailabilityExceptionId, Path),
        ("If-Match" = String, Header, description = "The ETag that was read.")),
    responses((status = 204), (status = 404, body = ProblemDocument), (status = 412, body = ProblemDocument),
        (status = 428, body = ProblemDocument)))]
#[delete("/persons/{id}/exceptions/{exception_id}")]
async fn remove_exception(
    caller: Caller,
    app: Data<App>,
    ids: Path<(PersonId, AvailabilityExceptionId)>,
    if_match: IfMatch,
) -> Result<impl Responder, Problem> {
    let (person, id) = ids.0;
    let version = app
        .db
        .run(move |conn| exceptions::remove(conn, &caller.ctx, person, id, &if_match))
        .await?;
    Ok(HttpResponse::NoContent()
        .insert_header((ETAG, etag(version)))
        .finish())
}
