//! Participation over the API.

use actix_web::web::Data;
use actix_web::{Responder, get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::access::Caller;
use crate::access::policy::{self, Action};
use crate::kernel::ids::{ParticipationId, PersonId, ProgrammeId};
use crate::kernel::{IfMatch, Problem};
use crate::programmes::enrol::{self, Enrolment, ParticipationChanges};
use crate::programmes::leave::{self, Leaving};
use crate::programmes::participants::{self, Filter, Participant, Sort};
use crate::programmes::{Participation, ParticipationStatus, Side, store};
use crate::web::problem::ProblemDocument;
use crate::web::{App, Body, Page, PageQuery, Path, Query, Versioned};

/// The routes of participation.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_participations)
        .service(enrol_person)
        .service(read_participation)
        .service(update_participation)
        .service(leave_programme);
}

#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Rows in a page, 1 to 200; 50 unless given.
    limit: Option<u32>,
    /// The mark that the page before gave as `next_cursor`.
    cursor: Option<String>,
    /// Only mentors, or only mentees.
    side: Option<Side>,
    /// Only who is enrolled, or only who left.
    status: Option<ParticipationStatus>,
    /// True: only who has a place left (mentees: who waits). False: only who has none.
    free: Option<bool>,
    /// Only this person.
    person_id: Option<PersonId>,
    /// `joined` unless given.
    #[param(inline)]
    sort: Option<Sort>,
}

/// Who takes part in a programme: everybody for its staff, one's own part for mentors and mentees.
#[utoipa::path(tag = "programmes", operation_id = "list_participations",
    params(("id" = ProgrammeId, Path), ListQuery),
    responses((status = 200, body = Page<Participant>), (status = 404, body = ProblemDocument)))]
#[get("/programmes/{id}/participations")]
async fn list_participations(
    caller: Caller,
    app: Data<App>,
    id: Path<ProgrammeId>,
    query: Query<ListQuery>,
) -> Result<impl Responder, Problem> {
    let scope = policy::scope(&caller.ctx.actor, Action::ListParticipations)?;
    let query = query.0;
    let page = PageQuery::new(query.limit, query.cursor);
    let (after, rows) = (page.after()?, page.fetch()?);
    let sort = query.sort.unwrap_or(Sort::Joined);
    let filter = Filter {
        side: query.side,
        status: query.status,
        free: query.free,
        person_id: query.person_id,
    };
    let rows = app
        .db
        .run(move |conn| {
            store::find(conn, id.0)?;
            participants::list(conn, id.0, &scope, &filter, sort, after, rows)
        })
        .await?;
    page.page(rows, |row| participants::mark(sort, row))
}

/// Enrols a person as mentor or mentee.
#[utoipa::path(tag = "programmes", operation_id = "enrol_person", request_body = Enrolment,
    params(("id" = ProgrammeId, Path)),
    responses((status = 201, body = Participation), (status = 409, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
#[post("/programmes/{id}/participations")]
async fn enrol_person(
    caller: Caller,
    app: Data<App>,
    id: Path<ProgrammeId>,
    body: Body<Enrolment>,
) -> Result<impl Responder, Problem> {
    let made = app
        .db
        .run(move |conn| enrol::enrol(conn, &caller.ctx, id.0, &body.0))
        .await?;
    let (version, location) = (made.version, format!("/api/v1/participations/{}", made.id));
    Ok(Versioned::created(made, version, location))
}

/// One participation.
#[utoipa::path(tag = "programmes", operation_id = "read_participation", params(("id" = ParticipationId, Path)),
    responses((status = 200, body = Participation), (status = 404, body = ProblemDocument)))]
#[get("/participations/{id}")]
async fn read_participation(
    caller: Caller,
    app: Data<App>,
    id: Path<ParticipationId>,
) -> Result<impl Responder, Problem> {
    let (found, coach) = app
        .db
        .run(move |conn| store::participation(conn, id.0))
        .await?;
    let object = found.object(coach);
    policy::allow(&caller.ctx.actor, Action::ReadParticipation, &object)?;
    let version = found.version;
    Ok(Versioned::ok(found, version))
}

/// Changes the places of a mentor, or since when a mentee waits.
#[utoipa::path(tag = "programmes", operation_id = "update_participation", request_body = ParticipationChanges,
    params(("id" = ParticipationId, Path)),
    responses((status = 200, body = Participation), (status = 409, body = ProblemDocument), (status = 412, body = ProblemDocument)))]
#[patch("/participations/{id}")]
async fn update_participation(
    caller: Caller,
    app: Data<App>,
    id: Path<ParticipationId>,
    if_match: IfMatch,
    body: Body<ParticipationChanges>,
) -> Result<impl Responder, Problem> {
    let changed = app
        .db
        .run(move |conn| enrol::change(conn, &caller.ctx, id.0, &if_match, &body.0))
        .await?;
    let version = changed.version;
    Ok(Versioned::ok(changed, version))
}

/// Leaves a programme, with a reason. Refused while a mentorship is open.
#[utoipa::path(tag = "programmes", operation_id = "leave_programme", request_body = Leaving,
    params(("id" = ParticipationId, Path)),
    responses((status = 200, body = Participation), (status = 409, body = ProblemDocument), (status = 412, body = ProblemDocument)))]
#[post("/participations/{id}/leave")]
async fn leave_programme(
    caller: Caller,
    app: Data<App>,
    id: Path<ParticipationId>,
    if_match: IfMatch,
    body: Body<Leaving>,
) -> Result<impl Responder, Problem> {
    let left = app
        .db
        .run(move |conn| leave::leave(conn, &caller.ctx, id.0, &if_match, &body.0))
        .await?;
    let version = left.version;
    Ok(Versioned::ok(left, version))
}
