//! Meetings and slots over the API.

use actix_web::web::Data;
use actix_web::{Responder, get, patch, post, put};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::answer::answer_by_api;
use super::book::{self, Book, Hours};
use super::cancel::cancel;
use super::details::Details;
use super::edit::edit;
use super::model::{Answer, Mode, State};
use super::propose::{Propose, propose};
use super::reschedule::{Reschedule, reschedule};
use super::store::{self, Filter, Order};
use super::text::Words;
use super::views::{AnswerView, MeetingView, SlotsView};
use crate::access::Caller;
use crate::access::policy::{self, Action};
use crate::kernel::ids::{MeetingId, MentorshipId, PersonId, ProgrammeId, SeriesId};
use crate::kernel::{IfMatch, Instant, Problem};
use crate::web::problem::ProblemDocument;
use crate::web::{App, Body, Page, PageQuery, Path, Query, Versioned};

/// The routes of this room.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_slots)
        .service(book_meeting)
        .service(list_meetings)
        .service(read_meeting)
        .service(update_meeting)
        .service(reschedule_meeting)
        .service(cancel_meeting)
        .service(answer_meeting)
        .service(list_meeting_answers)
        .configure(super::counter::api::routes)
        .configure(super::series::api::routes);
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SlotQuery {
    /// Slots start at or after this instant (RFC 3339); now unless given.
    from: Option<Instant>,
    /// For so many weeks, 1 to 26; 4 unless given.
    weeks: Option<u32>,
    /// Length of the meeting in minutes, 10 to 480; the programme's usual length unless given.
    minutes: Option<u32>,
    /// Minutes from one start to the next on the mentor's clock, 5 to 240; 30 unless given.
    step: Option<u32>,
}

/// The times at which mentor and mentee are both free, in the coming weeks: weekly hours, exceptions,
/// holidays, meetings, buffers, notice, horizon and maxima considered.
#[utoipa::path(tag = "meetings", operation_id = "list_slots",
    params(("id" = MentorshipId, Path), SlotQuery),
    responses((status = 200, body = SlotsView), (status = 404, body = ProblemDocument),
        (status = 409, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
#[get("/mentorships/{id}/slots")]
async fn list_slots(
    caller: Caller,
    app: Data<App>,
    id: Path<MentorshipId>,
    query: Query<SlotQuery>,
) -> Result<impl Responder, Problem> {
    let Query(query) = query;
    let wanted = Propose {
        mentorship_id: id.0,
        from: query.from,
        weeks: query.weeks.unwrap_or(4),
        minutes: query.minutes,
        step: query.step.unwrap_or(30),
    };
    let found = app
        .db
        .run(move |conn| propose(conn, &caller.ctx, wanted))
        .await?;
    Ok(actix_web::web::Json(SlotsView::of(&found)))
}

/// A meeting to be booked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewMeeting {
    /// Start, a whole minute, RFC 3339.
    #[schema(example = "2026-12-08T18:00:00-05:00")]
    starts_at: Instant,
    /// Length in minutes, 10 to 480; the programme's usual length unless given.
    #[schema(example = 60)]
    minutes: Option<u32>,
    /// `remote` unless given.
    mode: Option<Mode>,
    /// At most 200 characters; "Mentoring with …" in each reader's language unless given.
    title: Option<String>,
    /// Needed for a meeting in person; at most 300 characters.
    location: Option<String>,
    /// Where to meet online; `http` or `https`.
    #[schema(example = "https://meet.example.org/amina-jose")]
    url: Option<String>,
    /// For both to read; at most 2,000 characters.
    note: Option<String>,
    /// Book outside the weekly hours and limits, because the two have agreed on it.
    #[serde(default)]
    outside_availability: bool,
}

pub(super) const fn hours(outside: bool) -> Hours {
    if outside { Hours::Ignore } else { Hours::Keep }
}

/// Books a meeting and invites both people.
#[utoipa::path(tag = "meetings", operation_id = "book_meeting", params(("id" = MentorshipId, Path)),
    request_body = NewMeeting,
    responses((status = 201, body = MeetingView), (status = 404, body = ProblemDocument),
        (status = 409, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
#[post("/mentorships/{id}/meetings")]
async fn book_meeting(
    caller: Caller,
    app: Data<App>,
    id: Path<MentorshipId>,
    body: Body<NewMeeting>,
) -> Result<impl Responder, Problem> {
    let Body(new) = body;
    let command = Book {
        mentorship_id: id.0,
        starts_at: new.starts_at,
        minutes: new.minutes,
        words: Words {
            mode: new.mode.unwrap_or(Mode::Remote),
            title: new.title.unwrap_or_default(),
            location: new.location,
            url: new.url,
            note: new.note,
        },
        hours: hours(new.outside_availability),
    };
    let view = app
        .db
        .run(move |conn| {
            let details = book::book(conn, &caller.ctx, command)?;
            Ok(MeetingView::of(&caller.ctx, &details))
        })
        .await?;
    let location = format!("/api/v1/meetings/{}", view.id);
    let version = view.version;
    Ok(Versioned::created(view, version, location))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Meetings that this person attends.
    person_id: Option<PersonId>,
    /// Meetings of this mentorship.
    mentorship_id: Option<MentorshipId>,
    /// Meetings of this programme.
    programme_id: Option<ProgrammeId>,
    /// Instances of this series.
    series_id: Option<SeriesId>,
    /// Only in this state.
    status: Option<State>,
    /// Meetings that end after this instant (RFC 3339).
    from: Option<Instant>,
    /// Meetings that start before this instant (RFC 3339).
    until: Option<Instant>,
    /// `starts_at`, the soonest first, unless `-starts_at`, the latest first.
    sort: Option<String>,
    /// Rows in a page, 1 to 200; 50 unless given.
    limit: Option<u32>,
    /// The mark that the page before gave as `next_cursor`.
    cursor: Option<String>,
}

impl ListQuery {
    fn order(&self) -> Result<Order, Problem> {
        match self.sort.as_deref() {
            None | Some("starts_at") => Ok(Order::Soonest),
            Some("-starts_at") => Ok(Order::Latest),
            Some(_) => {
                Err(Problem::field("?sort", "unknown-value")
                    .with("allowed", "starts_at, -starts_at"))
            }
        }
    }
}

/// Meetings that the reader may see: their own, their programmes', their caseload's.
#[utoipa::path(tag = "meetings", operation_id = "list_meetings", params(ListQuery),
    responses((status = 200, body = Page<MeetingView>), (status = 422, body = ProblemDocument)))]
#[get("/meetings")]
async fn list_meetings(
    caller: Caller,
    app: Data<App>,
    query: Query<ListQuery>,
) -> Result<impl Responder, Problem> {
    let Query(query) = query;
    let order = query.order()?;
    let page = PageQuery::new(query.limit, query.cursor);
    let (after, rows) = (page.after()?, page.fetch()?);
    let filter = Filter {
        scope: policy::scope(&caller.ctx.actor, Action::ListMeetings)?,
        person_id: query.person_id,
        mentorship_id: query.mentorship_id,
        programme_id: query.programme_id,
        series_id: query.series_id,
        status: query.status,
        from: query.from,
        until: query.until,
    };
    let found = app
        .db
        .run(move |conn| {
            let page = page.page(store::list(conn, &filter, order, after, rows)?, |meeting| {
                (meeting.starts_at, meeting.id)
            })?;
            let ids: Vec<MeetingId> = page.items.iter().map(|meeting| meeting.id).collect();
            let mut participants = store::participants(conn, &ids)?;
            Ok(page.map(|meeting| {
                let participants = participants.remove(&meeting.id).unwrap_or_default();
                let details = Details {
                    meeting,
                    participants,
                };
                MeetingView::of(&caller.ctx, &details)
            }))
        })
        .await?;
    Ok(found)
}

/// One meeting.
#[utoipa::path(tag = "meetings", operation_id = "read_meeting", params(("id" = MeetingId, Path)),
    responses((status = 200, body = MeetingView), (status = 404, body = ProblemDocument)))]
#[get("/meetings/{id}")]
async fn read_meeting(
    caller: Caller,
    app: Data<App>,
    id: Path<MeetingId>,
) -> Result<impl Responder, Problem> {
    let view = app
        .db
        .run(move |conn| {
            let details = Details::load(conn, id.0)?;
            details.allow(&caller.ctx, Action::ReadMeeting)?;
            Ok(MeetingView::of(&caller.ctx, &details))
        })
        .await?;
    let version = view.version;
    Ok(Versioned::ok(view, version))
}

/// What a meeting shall say; what is left out stays, null clears.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MeetingChange {
    mode: Option<Mode>,
    /// At most 200 characters; empty for the usual title.
    title: Option<String>,
    /// At most 300 characters.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    location: Option<Option<String>>,
    /// `http` or `https`.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    url: Option<Option<String>>,
    /// At most 2,000 characters.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    note: Option<Option<String>>,
}

/// Tells null from absent: a field that is there is `Some`, whatever it holds.
pub(super) fn given<'de, D: serde::Deserializer<'de>>(
    field: D,
) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(field).map(Some)
}

/// Changes what a meeting says, but not when it is. Both people get an update; nobody has to answer again.
#[utoipa::path(tag = "meetings", operation_id = "update_meeting",
    params(("id" = MeetingId, Path), ("If-Match" = String, Header)), request_body = MeetingChange,
    responses((status = 200, body = MeetingView), (status = 404, body = ProblemDocument),
        (status = 409, body = ProblemDocument), (status = 412, body = ProblemDocument),
        (status = 422, body = ProblemDocument)))]
#[patch("/meetings/{id}")]
async fn update_meeting(
    caller: Caller,
    app: Data<App>,
    id: Path<MeetingId>,
    if_match: IfMatch,
    body: Body<MeetingChange>,
) -> Result<impl Responder, Problem> {
    let Body(wanted) = body;
    let change = move |stands: Words| Words {
        mode: wanted.mode.unwrap_or(stands.mode),
        title: wanted.title.unwrap_or(stands.title),
        location: wanted.location.unwrap_or(stands.location),
        url: wanted.url.unwrap_or(stands.url),
        note: wanted.note.unwrap_or(stands.note),
    };
    let view = app
        .db
        .run(move |conn| {
            let details = edit(conn, &caller.ctx, id.0, change, |now| if_match.require(now))?;
            Ok(MeetingView::of(&caller.ctx, &details))
        })
        .await?;
    let version = view.version;
    Ok(Versioned::ok(view, version))
}

/// Another time.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewTime {
    /// Start, a whole minute, RFC 3339.
    #[schema(example = "2026-12-09T18:00:00-05:00")]
    starts_at: Instant,
    /// Length in minutes; as before unless given.
    minutes: Option<u32>,
    /// Outside the weekly hours and limits, because the two have agreed on it.
    #[serde(default)]
    outside_availability: bool,
}

/// Moves a meeting. Both people get an update that replaces the entry in their calendar, and answer again.
#[utoipa::path(tag = "meetings", operation_id = "reschedule_meeting",
    params(("id" = MeetingId, Path), ("If-Match" = String, Header)), request_body = NewTime,
    responses((status = 200, body = MeetingView), (status = 404, body = ProblemDocument),
        (status = 409, body = ProblemDocument), (status = 412, body = ProblemDocument),
        (status = 422, body = ProblemDocument)))]
#[post("/meetings/{id}/reschedule")]
async fn reschedule_meeting(
    caller: Caller,
    app: Data<App>,
    id: Path<MeetingId>,
    if_match: IfMatch,
    body: Body<NewTime>,
) -> Result<impl Responder, Problem> {
    let command = Reschedule {
        id: id.0,
        starts_at: body.0.starts_at,
        minutes: body.0.minutes,
        hours: hours(body.0.outside_availability),
    };
    let view = app
        .db
        .run(move |conn| {
            let details = reschedule(conn, &caller.ctx, &command, |now| if_match.require(now))?;
            Ok(MeetingView::of(&caller.ctx, &details))
        })
        .await?;
    let version = view.version;
    Ok(Versioned::ok(view, version))
}

/// Why a meeting is called off.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Cancellation {
    /// Both people read it; at most 500 characters.
    #[schema(example = "I am ill this week. I am sorry!")]
    reason: Option<String>,
}

/// Calls a meeting off. It leaves both people's calendars.
#[utoipa::path(tag = "meetings", operation_id = "cancel_meeting",
    params(("id" = MeetingId, Path), ("If-Match" = String, Header)), request_body = Cancellation,
    responses((status = 200, body = MeetingView), (status = 404, body = ProblemDocument),
        (status = 409, body = ProblemDocument), (status = 412, body = ProblemDocument),
        (status = 422, body = ProblemDocument)))]
#[post("/meetings/{id}/cancel")]
async fn cancel_meeting(
    caller: Caller,
    app: Data<App>,
    id: Path<MeetingId>,
    if_match: IfMatch,
    body: Body<Cancellation>,
) -> Result<impl Responder, Problem> {
    let view = app
        .db
        .run(move |conn| {
            let reason = body.0.reason;
            let details = cancel(conn, &caller.ctx, id.0, reason, |now| if_match.require(now))?;
            Ok(MeetingView::of(&caller.ctx, &details))
        })
        .await?;
    let version = view.version;
    Ok(Versioned::ok(view, version))
}

/// An answer to an invitation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewAnswer {
    answer: Answer,
    /// For the others to read; at most 1,000 characters.
    comment: Option<String>,
}

/// Answers for oneself, or as a coordinator for an attendee. The last answer holds.
#[utoipa::path(tag = "meetings", operation_id = "answer_meeting",
    params(("id" = MeetingId, Path), ("person_id" = PersonId, Path)), request_body = NewAnswer,
    responses((status = 200, body = MeetingView), (status = 404, body = ProblemDocument),
        (status = 409, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
#[put("/meetings/{id}/attendees/{person_id}/answer")]
async fn answer_meeting(
    caller: Caller,
    app: Data<App>,
    path: Path<(MeetingId, PersonId)>,
    body: Body<NewAnswer>,
) -> Result<impl Responder, Problem> {
    let Path((id, person)) = path;
    let Body(new) = body;
    let view = app
        .db
        .run(move |conn| {
            let details = answer_by_api(conn, &caller.ctx, id, person, new.answer, new.comment)?;
            Ok(MeetingView::of(&caller.ctx, &details))
        })
        .await?;
    let version = view.version;
    Ok(Versioned::ok(view, version))
}

/// Every answer that came in to a meeting, applied or not, the oldest first.
#[utoipa::path(tag = "meetings", operation_id = "list_meeting_answers", params(("id" = MeetingId, Path)),
    responses((status = 200, body = [AnswerView]), (status = 404, body = ProblemDocument)))]
#[get("/meetings/{id}/answers")]
async fn list_meeting_answers(
    caller: Caller,
    app: Data<App>,
    id: Path<MeetingId>,
) -> Result<impl Responder, Problem> {
    let lines = app
        .db
        .run(move |conn| {
            let details = Details::load(conn, id.0)?;
            details.allow(&caller.ctx, Action::ListMeetingAnswers)?;
            Ok(store::answer_lines(conn, id.0)?)
        })
        .await?;
    let views: Vec<AnswerView> = lines.into_iter().map(AnswerView::from).collect();
    Ok(actix_web::web::Json(views))
}
