//! Mentorships over the API, and the closing of programmes.

use actix_web::web::Data;
use actix_web::{Responder, get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::access::Caller;
use crate::access::policy::{self, Action};
use crate::db::Conn;
use crate::kernel::ids::{MentorshipId, ParticipationId, PersonId, ProgrammeId};
use crate::kernel::{IfMatch, Problem};
use crate::mentorships::close::{self, Closed, Closing};
use crate::mentorships::store::{self, Filter};
use crate::mentorships::{Ending, Endings, Mentorship, MentorshipStatus, end, start};
use crate::web::problem::ProblemDocument;
use crate::web::{App, Body, Page, PageQuery, Path, Query, Versioned};

/// The routes of this room.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_mentorships)
        .service(start_mentorship)
        .service(read_mentorship)
        .service(end_mentorship)
        .service(close_programme);
}

/// A mentorship with the names of its people.
#[derive(Debug, Serialize, ToSchema)]
struct MentorshipView {
    #[serde(flatten)]
    mentorship: Mentorship,
    /// The name that the mentor goes by.
    mentor_name: String,
    /// The name that the mentee goes by.
    mentee_name: String,
}

fn with_names(conn: &mut Conn, rows: Vec<Mentorship>) -> Result<Vec<MentorshipView>, Problem> {
    let people: Vec<PersonId> = rows
        .iter()
        .flat_map(|row| [row.mentor_id, row.mentee_id])
        .collect();
    let names = store::names(conn, &people)?;
    let name = |id: PersonId| names.get(&id).cloned().unwrap_or_default();
    let views = rows.into_iter().map(|mentorship| MentorshipView {
        mentor_name: name(mentorship.mentor_id),
        mentee_name: name(mentorship.mentee_id),
        mentorship,
    });
    Ok(views.collect())
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Rows in a page, 1 to 200; 50 unless given.
    limit: Option<u32>,
    /// The mark that the page before gave as `next_cursor`.
    cursor: Option<String>,
    /// Only of this programme.
    programme_id: Option<ProgrammeId>,
    /// Only open ones, or only ended ones.
    status: Option<MentorshipStatus>,
    /// Only of this mentor.
    mentor_id: Option<PersonId>,
    /// Only of this mentee.
    mentee_id: Option<PersonId>,
}

/// Mentorships, the newest first: a coordinator's programmes, a coach's caseload, one's own.
#[utoipa::path(tag = "mentorships", operation_id = "list_mentorships", params(ListQuery),
    responses((status = 200, body = Page<MentorshipView>)))]
#[get("/mentorships")]
async fn list_mentorships(
    caller: Caller,
    app: Data<App>,
    query: Query<ListQuery>,
) -> Result<impl Responder, Problem> {
    let scope = policy::scope(&caller.ctx.actor, Action::ListMentorships)?;
    let query = query.0;
    let page = PageQuery::new(query.limit, query.cursor);
    let (after, rows) = (page.after()?, page.fetch()?);
    let filter = Filter {
        programme_id: query.programme_id,
        status: query.status,
        mentor_id: query.mentor_id,
        mentee_id: query.mentee_id,
    };
    let rows = app
        .db
        .run(move |conn| {
            let rows = store::list(conn, &scope, &filter, after, rows)?;
            with_names(conn, rows)
        })
        .await?;
    page.page(rows, |row| (row.mentorship.started_at, row.mentorship.id))
}

/// One mentorship.
#[utoipa::path(tag = "mentorships", operation_id = "read_mentorship", params(("id" = MentorshipId, Path)),
    responses((status = 200, body = MentorshipView), (status = 404, body = ProblemDocument)))]
#[get("/mentorships/{id}")]
async fn read_mentorship(
    caller: Caller,
    app: Data<App>,
    id: Path<MentorshipId>,
) -> Result<impl Responder, Problem> {
    let view = app
        .db
        .run(move |conn| {
            let found = store::find(conn, id.0)?;
            let object = found.object(store::coaches_of(conn, &found)?);
            policy::allow(&caller.ctx.actor, Action::ReadMentorship, &object)?;
            Ok(with_names(conn, vec![found])?.pop())
        })
        .await?
        .ok_or(Problem::NotFound)?;
    let version = view.mentorship.version;
    Ok(Versioned::ok(view, version))
}

/// Two people to pair by hand.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewMentorship {
    mentor_participation_id: ParticipationId,
    mentee_participation_id: ParticipationId,
}

/// Pairs two people by hand; both get a mail that introduces them.
#[utoipa::path(tag = "mentorships", operation_id = "start_mentorship", request_body = NewMentorship,
    responses((status = 201, body = Mentorship), (status = 409, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
#[post("/mentorships")]
async fn start_mentorship(
    caller: Caller,
    app: Data<App>,
    body: Body<NewMentorship>,
) -> Result<impl Responder, Problem> {
    let NewMentorship {
        mentor_participation_id: mentor,
        mentee_participation_id: mentee,
    } = body.0;
    let made = app
        .db
        .run(move |conn| start::start(conn, &caller.ctx, mentor, mentee))
        .await?;
    let (version, location) = (made.version, format!("/api/v1/mentorships/{}", made.id));
    Ok(Versioned::created(made, version, location))
}

/// Ends a mentorship with a reason. Its places are free at once, planned meetings are cancelled, both get a
/// mail, and a mentee who lost their mentor waits again with the waiting date of the beginning.
#[utoipa::path(tag = "mentorships", operation_id = "end_mentorship", request_body = Ending,
    params(("id" = MentorshipId, Path)),
    responses((status = 200, body = Mentorship), (status = 409, body = ProblemDocument), (status = 412, body = ProblemDocument)))]
#[post("/mentorships/{id}/end")]
async fn end_mentorship(
    caller: Caller,
    app: Data<App>,
    endings: Data<Endings>,
    id: Path<MentorshipId>,
    if_match: IfMatch,
    body: Body<Ending>,
) -> Result<impl Responder, Problem> {
    let endings = **endings;
    let ended = app
        .db
        .run(move |conn| end::end(conn, &caller.ctx, id.0, &if_match, &body.0, endings))
        .await?;
    let version = ended.version;
    Ok(Versioned::ok(ended, version))
}

/// Closes a programme: who waits is let go, open mentorships end or go on as you say. It stays closed.
#[utoipa::path(tag = "programmes", operation_id = "close_programme", request_body = Closing,
    params(("id" = ProgrammeId, Path)),
    responses((status = 200, body = Closed), (status = 409, body = ProblemDocument), (status = 412, body = ProblemDocument)))]
#[post("/programmes/{id}/close")]
async fn close_programme(
    caller: Caller,
    app: Data<App>,
    endings: Data<Endings>,
    id: Path<ProgrammeId>,
    if_match: IfMatch,
    body: Body<Closing>,
) -> Result<impl Responder, Problem> {
    let endings = **endings;
    let closed = app
        .db
        .run(move |conn| {
            close::close_programme(conn, &caller.ctx, id.0, &if_match, &body.0, endings)
        })
        .await?;
    let version = closed.programme.version;
    Ok(Versioned::ok(closed, version))
}
