//! Programmes over the API.

use actix_web::web::Data;
use actix_web::{Responder, get, post};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::access::Caller;
use crate::access::policy::{self, Action, Object};
use crate::kernel::Problem;
use crate::kernel::ids::ProgrammeId;
use crate::programmes::model::{NewProgramme, Programme};
use crate::programmes::{create, store};
use crate::web::problem::ProblemDocument;
use crate::web::{App, Body, Page, PageQuery, Path, Query, Versioned};

/// The routes of this room.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_programmes)
        .service(create_programme)
        .service(read_programme);
}

#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Rows in a page, 1 to 200; 50 unless given.
    limit: Option<u32>,
    /// The mark that the page before gave as `next_cursor`.
    cursor: Option<String>,
}

/// Programmes, by slug.
#[utoipa::path(tag = "programmes", operation_id = "list_programmes", params(ListQuery),
    responses((status = 200, body = Page<Programme>)))]
#[get("/programmes")]
async fn list_programmes(
    caller: Caller,
    app: Data<App>,
    query: Query<ListQuery>,
) -> Result<impl Responder, Problem> {
    policy::scope(&caller.ctx.actor, Action::ListProgrammes)?;
    let Query(ListQuery { limit, cursor }) = query;
    let page = PageQuery::new(limit, cursor);
    let (after, rows) = (page.after()?, page.fetch()?);
    let rows = app
        .db
        .run(move |conn| store::list(conn, after, rows))
        .await?;
    page.page(rows, |programme| programme.slug.clone())
}

/// Makes a programme in draft.
#[utoipa::path(tag = "programmes", operation_id = "create_programme", request_body = NewProgramme,
    responses((status = 201, body = Programme), (status = 409, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
#[post("/programmes")]
async fn create_programme(
    caller: Caller,
    app: Data<App>,
    body: Body<NewProgramme>,
) -> Result<impl Responder, Problem> {
    let programme = app
        .db
        .run(move |conn| create::create(conn, &caller.ctx, body.0))
        .await?;
    let (version, location) = (
        programme.version,
        format!("/api/v1/programmes/{}", programme.id),
    );
    Ok(Versioned::created(programme, version, location))
}

/// One programme.
#[utoipa::path(tag = "programmes", operation_id = "read_programme", params(("id" = ProgrammeId, Path)),
    responses((status = 200, body = Programme), (status = 404, body = ProblemDocument)))]
#[get("/programmes/{id}")]
async fn read_programme(
    caller: Caller,
    app: Data<App>,
    id: Path<ProgrammeId>,
) -> Result<impl Responder, Problem> {
    let programme = app.db.run(move |conn| store::find(conn, id.0)).await?;
    policy::allow(
        &caller.ctx.actor,
        Action::ReadProgramme,
        &Object::of_programme(programme.id),
    )?;
    let version = programme.version;
    Ok(Versioned::ok(programme, version))
}
