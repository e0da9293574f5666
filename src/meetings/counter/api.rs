//! Proposals of another time over the API.

use actix_web::web::{Data, Json};
use actix_web::{Responder, get, post};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::signed_in;
use super::views::CounterView;
use crate::access::Caller;
use crate::kernel::ids::{CounterId, MeetingId, PersonId};
use crate::kernel::{Instant, Problem};
use crate::meetings::views::MeetingView;
use crate::web::problem::ProblemDocument;
use crate::web::{App, Body, Path, Versioned};

/// The routes of this part of the room.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(propose_meeting_time)
        .service(list_counter_proposals)
        .service(accept_counter_proposal)
        .service(decline_counter_proposal)
        .service(withdraw_counter_proposal);
}

/// Another time.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewCounter {
    /// Start, a whole minute, RFC 3339; one of the pair's common slots.
    #[schema(example = "2026-12-09T18:00:00-05:00")]
    starts_at: Instant,
    /// Length in minutes; the meeting's own unless given.
    minutes: Option<u32>,
    /// For the other side to read; at most 1,000 characters.
    note: Option<String>,
    /// The attendee who proposes it; the caller unless given.
    person_id: Option<PersonId>,
}

/// Proposes another time for a meeting. The meeting stays as it is until the other side, who gets a mail, accepts.
/// A newer proposal takes the place of an older one of the same person. Where the other side has proposed this
/// very time, the two agree and the meeting moves.
#[utoipa::path(tag = "meetings", operation_id = "propose_meeting_time", params(("id" = MeetingId, Path)),
    request_body = NewCounter,
    responses((status = 201, body = CounterView), (status = 404, body = ProblemDocument),
        (status = 409, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
#[post("/meetings/{id}/counter-proposals")]
async fn propose_meeting_time(
    caller: Caller,
    app: Data<App>,
    id: Path<MeetingId>,
    body: Body<NewCounter>,
) -> Result<impl Responder, Problem> {
    let Body(new) = body;
    let wanted = signed_in::Wanted {
        meeting: id.0,
        person: new.person_id,
        starts_at: new.starts_at,
        minutes: new.minutes,
        note: new.note,
    };
    let counter = app
        .db
        .run(move |conn| signed_in::propose(conn, &caller.ctx, wanted))
        .await?;
    Ok(actix_web::HttpResponse::Created().json(CounterView::from(counter)))
}

/// Every proposal of another time for a meeting, the oldest first.
#[utoipa::path(tag = "meetings", operation_id = "list_counter_proposals", params(("id" = MeetingId, Path)),
    responses((status = 200, body = [CounterView]), (status = 404, body = ProblemDocument)))]
#[get("/meetings/{id}/counter-proposals")]
async fn list_counter_proposals(
    caller: Caller,
    app: Data<App>,
    id: Path<MeetingId>,
) -> Result<impl Responder, Problem> {
    let found = app
        .db
        .run(move |conn| signed_in::list(conn, &caller.ctx, id.0))
        .await?;
    let views: Vec<CounterView> = found.into_iter().map(CounterView::from).collect();
    Ok(Json(views))
}

/// Accepts another time: the meeting moves to it, and both get an update.
#[utoipa::path(tag = "meetings", operation_id = "accept_counter_proposal",
    params(("id" = MeetingId, Path), ("counter_id" = CounterId, Path)),
    responses((status = 200, body = MeetingView), (status = 404, body = ProblemDocument),
        (status = 409, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
#[post("/meetings/{id}/counter-proposals/{counter_id}/accept")]
async fn accept_counter_proposal(
    caller: Caller,
    app: Data<App>,
    path: Path<(MeetingId, CounterId)>,
) -> Result<impl Responder, Problem> {
    let Path((meeting, id)) = path;
    let view = app
        .db
        .run(move |conn| {
            let details = signed_in::accept(conn, &caller.ctx, meeting, id)?;
            Ok(MeetingView::of(&caller.ctx, &details))
        })
        .await?;
    let version = view.version;
    Ok(Versioned::ok(view, version))
}

/// Why another time is declined.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CounterRefusalNote {
    /// For whoever proposed it to read; at most 1,000 characters.
    note: Option<String>,
}

/// Declines another time: the meeting stays as it is, and whoever proposed it gets a mail.
#[utoipa::path(tag = "meetings", operation_id = "decline_counter_proposal",
    params(("id" = MeetingId, Path), ("counter_id" = CounterId, Path)), request_body = CounterRefusalNote,
    responses((status = 200, body = CounterView), (status = 404, body = ProblemDocument),
        (status = 409, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
#[post("/meetings/{id}/counter-proposals/{counter_id}/decline")]
async fn decline_counter_proposal(
    caller: Caller,
    app: Data<App>,
    path: Path<(MeetingId, CounterId)>,
    body: Body<CounterRefusalNote>,
) -> Result<impl Responder, Problem> {
    let Path((meeting, id)) = path;
    let note = body.0.note;
    let counter = app
        .db
        .run(move |conn| signed_in::decline(conn, &caller.ctx, meeting, id, note))
        .await?;
    Ok(Json(CounterView::from(counter)))
}

/// Takes one's own proposal back.
#[utoipa::path(tag = "meetings", operation_id = "withdraw_counter_proposal",
    params(("id" = MeetingId, Path), ("counter_id" = CounterId, Path)),
    responses((status = 200, body = CounterView), (status = 404, body = ProblemDocument),
        (status = 409, body = ProblemDocument)))]
#[post("/meetings/{id}/counter-proposals/{counter_id}/withdraw")]
async fn withdraw_counter_proposal(
    caller: Caller,
    app: Data<App>,
    path: Path<(MeetingId, CounterId)>,
) -> Result<impl Responder, Problem> {
    let Path((meeting, id)) = path;
    let counter = app
        .db
        .run(move |conn| signed_in::withdraw(conn, &caller.ctx, meeting, id))
        .await?;
    Ok(Json(CounterView::from(counter)))
}
