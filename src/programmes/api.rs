//! Programmes over the API.

use actix_web::web::Data;
use actix_web::{Responder, get, patch, post, put};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::access::Caller;
use crate::access::policy::{self, Action, Object};
use crate::kernel::ids::ProgrammeId;
use crate::kernel::{IfMatch, Problem};
use crate::programmes::model::{NewProgramme, Programme, ProgrammeChanges};
use crate::programmes::{ProgrammeSettings, create, life, participation_api, store, update};
use crate::web::problem::ProblemDocument;
use crate::web::{App, Body, Page, PageQuery, Path, Query, Versioned};

/// The routes of this room.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_programmes)
        .service(create_programme)
        .service(read_programme)
        .service(update_programme)
        .service(open_programme)
        .service(read_programme_settings)
        .service(update_programme_settings)
        .configure(participation_api::routes);
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

/// Changes a programme; what is left out stays.
#[utoipa::path(tag = "programmes", operation_id = "update_programme", request_body = ProgrammeChanges,
    params(("id" = ProgrammeId, Path)),
    responses((status = 200, body = Programme), (status = 409, body = ProblemDocument), (status = 412, body = ProblemDocument)))]
#[patch("/programmes/{id}")]
async fn update_programme(
    caller: Caller,
    app: Data<App>,
    id: Path<ProgrammeId>,
    if_match: IfMatch,
    body: Body<ProgrammeChanges>,
) -> Result<impl Responder, Problem> {
    let programme = app
        .db
        .run(move |conn| update::update(conn, &caller.ctx, id.0, &if_match, body.0))
        .await?;
    let version = programme.version;
    Ok(Versioned::ok(programme, version))
}

/// Opens a programme in draft: from now on its people are matched.
#[utoipa::path(tag = "programmes", operation_id = "open_programme", params(("id" = ProgrammeId, Path)),
    responses((status = 200, body = Programme), (status = 409, body = ProblemDocument), (status = 412, body = ProblemDocument)))]
#[post("/programmes/{id}/open")]
async fn open_programme(
    caller: Caller,
    app: Data<App>,
    id: Path<ProgrammeId>,
    if_match: IfMatch,
) -> Result<impl Responder, Problem> {
    let programme = app
        .db
        .run(move |conn| life::open(conn, &caller.ctx, id.0, &if_match))
        .await?;
    let version = programme.version;
    Ok(Versioned::ok(programme, version))
}

/// The settings of a programme, complete, beside the defaults.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
struct SettingsDocument {
    /// What holds in this programme.
    settings: ProgrammeSettings,
    /// What holds in a programme that sets nothing.
    defaults: ProgrammeSettings,
}

/// The settings of a programme. Their version is the programme's.
#[utoipa::path(tag = "programmes", operation_id = "read_programme_settings", params(("id" = ProgrammeId, Path)),
    responses((status = 200, body = SettingsDocument), (status = 404, body = ProblemDocument)))]
#[get("/programmes/{id}/settings")]
async fn read_programme_settings(
    caller: Caller,
    app: Data<App>,
    id: Path<ProgrammeId>,
) -> Result<impl Responder, Problem> {
    let (programme, settings) = app
        .db
        .run(move |conn| {
            conn.read_tx(|conn| Ok((store::find(conn, id.0)?, store::settings_of(conn, id.0)?)))
        })
        .await?;
    let action = Action::ReadProgrammeSettings;
    policy::allow(&caller.ctx.actor, action, &programme.object())?;
    Ok(Versioned::ok(
        settings_document(settings),
        programme.version,
    ))
}

/// Replaces the settings of a programme; what is left out gets its default.
#[utoipa::path(tag = "programmes", operation_id = "update_programme_settings", request_body = ProgrammeSettings,
    params(("id" = ProgrammeId, Path)),
    responses((status = 200, body = SettingsDocument), (status = 412, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
#[put("/programmes/{id}/settings")]
async fn update_programme_settings(
    caller: Caller,
    app: Data<App>,
    id: Path<ProgrammeId>,
    if_match: IfMatch,
    body: Body<ProgrammeSettings>,
) -> Result<impl Responder, Problem> {
    let (settings, version) = app
        .db
        .run(move |conn| update::set_settings(conn, &caller.ctx, id.0, &if_match, body.0))
        .await?;
    Ok(Versioned::ok(settings_document(settings), version))
}

fn settings_document(settings: ProgrammeSettings) -> SettingsDocument {
    SettingsDocument {
        settings,
        defaults: ProgrammeSettings::default(),
    }
}
