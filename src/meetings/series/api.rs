//! Series over the API.

use actix_web::web::Data;
use actix_web::{Responder, get, patch, post, put};
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::answer::answer_by_api;
use super::book::{BookSeries, book, preview};
use super::cancel::cancel;
use super::change::{ChangeSeries, change};
use super::edit::edit;
use super::plan::{Conflicts, End, Wanted};
use super::store;
use super::suggest::{Suggest, suggest};
use super::views::{PlanView, SeriesSlotsView, SeriesView};
use super::whole::Whole;
use crate::access::Caller;
use crate::access::policy::{self, Action};
use crate::db::Conn;
use crate::kernel::ids::{MeetingId, MentorshipId, PersonId, SeriesId};
use crate::kernel::{Context, IfMatch, Instant, Problem, Zone};
use crate::meetings::Words;
use crate::meetings::api::{given, hours};
use crate::meetings::model::{Answer, Mode};
use crate::meetings::pair::Pair;
use crate::web::problem::ProblemDocument;
use crate::web::{App, Body, Path, Query, Versioned};

/// The routes of series.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_series_slots)
        .service(preview_series)
        .service(book_series)
        .service(list_series)
        .service(read_series)
        .service(update_series)
        .service(reschedule_series)
        .service(cancel_series)
        .service(answer_series);
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SlotQuery {
    /// The first meeting starts at or after this instant (RFC 3339); now unless given.
    from: Option<Instant>,
    /// So many meetings, 2 to 52; 10 unless given.
    count: Option<u32>,
    /// Weeks from one to the next, 1 to 12; 1 unless given.
    every_weeks: Option<u32>,
    /// Length of each in minutes, 10 to 480; the programme's usual length unless given.
    minutes: Option<u32>,
    /// Minutes from one start to the next on the mentor's clock, 5 to 240; 30 unless given.
    step: Option<u32>,
    /// Times in the answer, 1 to 100; 20 unless given.
    limit: Option<u32>,
}

/// The weekly times at which mentor and mentee could meet again and again, ranked by how many of the meetings both
/// are free for.
#[utoipa::path(tag = "meetings", operation_id = "list_series_slots",
    params(("id" = MentorshipId, Path), SlotQuery),
    responses((status = 200, body = SeriesSlotsView), (status = 404, body = ProblemDocument),
        (status = 409, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
#[get("/mentorships/{id}/series-slots")]
async fn list_series_slots(
    caller: Caller,
    app: Data<App>,
    id: Path<MentorshipId>,
    query: Query<SlotQuery>,
) -> Result<impl Responder, Problem> {
    let Query(query) = query;
    let wanted = Suggest {
        mentorship_id: id.0,
        from: query.from,
        count: query.count.unwrap_or(10),
        every_weeks: query.every_weeks.unwrap_or(1),
        minutes: query.minutes,
        step: query.step.unwrap_or(30),
        limit: query.limit.unwrap_or(20),
    };
    let found = app
        .db
        .run(move |conn| suggest(conn, &caller.ctx, wanted))
        .await?;
    Ok(actix_web::web::Json(SeriesSlotsView::of(&found)))
}

/// A series to be booked. It ends after `count` meetings or at the date `until`: one of the two is needed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSeries {
    /// Start of the first meeting, a whole minute, RFC 3339.
    #[schema(example = "2026-12-08T18:00:00-05:00")]
    starts_at: Instant,
    /// The IANA zone on whose clock the time stays the same; the mentor's unless given.
    #[schema(example = "America/Toronto")]
    zone: Option<String>,
    /// Weeks from one meeting to the next, 1 to 12; 1 unless given.
    every_weeks: Option<u32>,
    /// So many meetings, 2 to 52.
    #[schema(example = 10)]
    count: Option<u32>,
    /// The last date, on the series' clock.
    until: Option<NaiveDate>,
    /// Length of each in minutes, 10 to 480; the programme's usual length unless given.
    #[schema(example = 60)]
    minutes: Option<u32>,
    /// What to do when one of them cannot take place; `refuse` unless given.
    conflicts: Option<Conflicts>,
    /// `remote` unless given.
    mode: Option<Mode>,
    /// At most 200 characters; "Mentoring with …" in each reader's language unless given.
    title: Option<String>,
    /// Needed for meetings in person; at most 300 characters.
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

impl NewSeries {
    fn words(&self) -> Words {
        Words {
            mode: self.mode.unwrap_or(Mode::Remote),
            title: self.title.clone().unwrap_or_default(),
            location: self.location.clone(),
            url: self.url.clone(),
            note: self.note.clone(),
        }
    }

    /// What the body asks for, with the pair's own zone and usual length where it says none.
    fn wanted(
        &self,
        conn: &mut Conn,
        ctx: &Context,
        mentorship_id: MentorshipId,
    ) -> Result<Wanted, Problem> {
        let pair = Pair::load(conn, ctx, mentorship_id)?;
        // Somebody who may not read the pair must not learn from a fault that it is there.
        policy::allow(&ctx.actor, Action::PreviewSeries, &pair.object())?;
        let usual = u32::try_from(pair.usual_minutes).map_err(Problem::internal)?;
        let zone = match &self.zone {
            None => pair.mentor.zone(),
            Some(name) => Zone::parse(name).map_err(|_| Problem::field("/zone", "zone"))?,
        };
        Ok(Wanted {
            starts_at: self.starts_at,
            zone,
            minutes: self.minutes.unwrap_or(usual),
            every_weeks: self.every_weeks.unwrap_or(1),
            end: end(self.count, self.until)?
                .ok_or_else(|| Problem::field("/count", "count-or-until"))?,
            hours: hours(self.outside_availability),
            conflicts: self.conflicts.unwrap_or(Conflicts::Refuse),
        })
    }
}

fn end(count: Option<u32>, until: Option<NaiveDate>) -> Result<Option<End>, Problem> {
    match (count, until) {
        (Some(_), Some(_)) => Err(Problem::field("/count", "count-or-until")),
        (Some(count), None) => Ok(Some(End::Count(count))),
        (None, Some(date)) => Ok(Some(End::Until(date))),
        (None, None) => Ok(None),
    }
}

/// Says which meetings of a series could take place and why the others could not. Nothing is booked.
#[utoipa::path(tag = "meetings", operation_id = "preview_series", params(("id" = MentorshipId, Path)),
    request_body = NewSeries,
    responses((status = 200, body = PlanView), (status = 404, body = ProblemDocument),
        (status = 409, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
#[post("/mentorships/{id}/series/preview")]
async fn preview_series(
    caller: Caller,
    app: Data<App>,
    id: Path<MentorshipId>,
    body: Body<NewSeries>,
) -> Result<impl Responder, Problem> {
    let (id, Body(new)) = (id.0, body);
    let view = app
        .db
        .run(move |conn| {
            let wanted = new.wanted(conn, &caller.ctx, id)?;
            let plan = preview(conn, &caller.ctx, id, &wanted)?;
            Ok(PlanView::of(id, &plan))
        })
        .await?;
    Ok(actix_web::web::Json(view))
}

/// Books a series of meetings and invites both people to all of it: one entry in their calendars. When a meeting
/// cannot take place, nothing is booked and the answer lists each such meeting, unless they are to be skipped.
#[utoipa::path(tag = "meetings", operation_id = "book_series", params(("id" = MentorshipId, Path)),
    request_body = NewSeries,
    responses((status = 201, body = SeriesView), (status = 404, body = ProblemDocument),
        (status = 409, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
#[post("/mentorships/{id}/series")]
async fn book_series(
    caller: Caller,
    app: Data<App>,
    id: Path<MentorshipId>,
    body: Body<NewSeries>,
) -> Result<impl Responder, Problem> {
    let (mentorship_id, Body(new)) = (id.0, body);
    let view = app
        .db
        .run(move |conn| {
            let wanted = new.wanted(conn, &caller.ctx, mentorship_id)?;
            let command = BookSeries {
                mentorship_id,
                wanted,
                words: new.words(),
            };
            let whole = book(conn, &caller.ctx, command)?;
            SeriesView::of(&caller.ctx, &whole)
        })
        .await?;
    let location = format!("/api/v1/series/{}", view.id);
    let version = view.version;
    Ok(Versioned::created(view, version, location))
}

/// The series of a mentorship, the newest first.
#[utoipa::path(tag = "meetings", operation_id = "list_series", params(("id" = MentorshipId, Path)),
    responses((status = 200, body = [SeriesView]), (status = 404, body = ProblemDocument)))]
#[get("/mentorships/{id}/series")]
async fn list_series(
    caller: Caller,
    app: Data<App>,
    id: Path<MentorshipId>,
) -> Result<impl Responder, Problem> {
    let views = app
        .db
        .run(move |conn| {
            let pair = Pair::load(conn, &caller.ctx, id.0)?;
            policy::allow(&caller.ctx.actor, Action::ListSeries, &pair.object())?;
            let mut views = Vec::new();
            for series in store::of_mentorship(conn, id.0)? {
                let whole = Whole::load(conn, series)?;
                views.push(SeriesView::of(&caller.ctx, &whole)?);
            }
            Ok(views)
        })
        .await?;
    Ok(actix_web::web::Json(views))
}

/// One series, with its meetings.
#[utoipa::path(tag = "meetings", operation_id = "read_series", params(("id" = SeriesId, Path)),
    responses((status = 200, body = SeriesView), (status = 404, body = ProblemDocument)))]
#[get("/series/{id}")]
async fn read_series(
    caller: Caller,
    app: Data<App>,
    id: Path<SeriesId>,
) -> Result<impl Responder, Problem> {
    let view = app
        .db
        .run(move |conn| {
            let series = store::find(conn, id.0)?;
            let whole = Whole::load(conn, series)?;
            policy::allow(&caller.ctx.actor, Action::ReadSeries, &whole.object())?;
            SeriesView::of(&caller.ctx, &whole)
        })
        .await?;
    let version = view.version;
    Ok(Versioned::ok(view, version))
}

/// What a series shall say; what is left out stays, null clears.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SeriesChange {
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

/// Changes what a series and its meetings to come say, but not when they are. Both people get an update; nobody
/// has to answer again.
#[utoipa::path(tag = "meetings", operation_id = "update_series",
    params(("id" = SeriesId, Path), ("If-Match" = String, Header)), request_body = SeriesChange,
    responses((status = 200, body = SeriesView), (status = 404, body = ProblemDocument),
        (status = 409, body = ProblemDocument), (status = 412, body = ProblemDocument),
        (status = 422, body = ProblemDocument)))]
#[patch("/series/{id}")]
async fn update_series(
    caller: Caller,
    app: Data<App>,
    id: Path<SeriesId>,
    if_match: IfMatch,
    body: Body<SeriesChange>,
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
            let whole = edit(conn, &caller.ctx, id.0, change, |now| if_match.require(now))?;
            SeriesView::of(&caller.ctx, &whole)
        })
        .await?;
    let version = view.version;
    Ok(Versioned::ok(view, version))
}

/// Other times for a series, or for what is left of it from one of its meetings on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewTimes {
    /// The first meeting that changes; the next one unless given.
    from: Option<MeetingId>,
    /// Its new start, a whole minute, RFC 3339.
    #[schema(example = "2027-01-14T17:30:00-05:00")]
    starts_at: Instant,
    /// Length in minutes; as before unless given.
    minutes: Option<u32>,
    /// Weeks from one meeting to the next; as before unless given.
    every_weeks: Option<u32>,
    /// So many meetings, 2 to 52; as many as are left unless given.
    count: Option<u32>,
    /// The last date, on the series' clock, in place of `count`.
    until: Option<NaiveDate>,
    /// What to do when one of them cannot take place; `refuse` unless given.
    conflicts: Option<Conflicts>,
    /// Outside the weekly hours and limits, because the two have agreed on it.
    #[serde(default)]
    outside_availability: bool,
}

/// Moves a series. Where some of its meetings lie before the change, it ends there and a new series begins: the
/// answer is the series that holds the new times. Both people get updates and answer again.
#[utoipa::path(tag = "meetings", operation_id = "reschedule_series",
    params(("id" = SeriesId, Path), ("If-Match" = String, Header)), request_body = NewTimes,
    responses((status = 200, body = SeriesView), (status = 404, body = ProblemDocument),
        (status = 409, body = ProblemDocument), (status = 412, body = ProblemDocument),
        (status = 422, body = ProblemDocument)))]
#[post("/series/{id}/reschedule")]
async fn reschedule_series(
    caller: Caller,
    app: Data<App>,
    id: Path<SeriesId>,
    if_match: IfMatch,
    body: Body<NewTimes>,
) -> Result<impl Responder, Problem> {
    let Body(new) = body;
    let command = ChangeSeries {
        id: id.0,
        from: new.from,
        starts_at: new.starts_at,
        minutes: new.minutes,
        every_weeks: new.every_weeks,
        end: end(new.count, new.until)?,
        hours: hours(new.outside_availability),
        conflicts: new.conflicts.unwrap_or(Conflicts::Refuse),
    };
    let view = app
        .db
        .run(move |conn| {
            let whole = change(conn, &caller.ctx, &command, |now| if_match.require(now))?;
            SeriesView::of(&caller.ctx, &whole)
        })
        .await?;
    let version = view.version;
    Ok(Versioned::ok(view, version))
}

/// Why a series, or what is left of it, is called off.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SeriesCancellation {
    /// The first meeting that is called off; every meeting to come unless given.
    from: Option<MeetingId>,
    /// Both people read it; at most 500 characters.
    reason: Option<String>,
}

/// Calls off a series, or what is left of it from one of its meetings on. What has taken place stays in both
/// people's calendars.
#[utoipa::path(tag = "meetings", operation_id = "cancel_series",
    params(("id" = SeriesId, Path), ("If-Match" = String, Header)), request_body = SeriesCancellation,
    responses((status = 200, body = SeriesView), (status = 404, body = ProblemDocument),
        (status = 409, body = ProblemDocument), (status = 412, body = ProblemDocument),
        (status = 422, body = ProblemDocument)))]
#[post("/series/{id}/cancel")]
async fn cancel_series(
    caller: Caller,
    app: Data<App>,
    id: Path<SeriesId>,
    if_match: IfMatch,
    body: Body<SeriesCancellation>,
) -> Result<impl Responder, Problem> {
    let Body(SeriesCancellation { from, reason }) = body;
    let view = app
        .db
        .run(move |conn| {
            let check = |now| if_match.require(now);
            let whole = cancel(conn, &caller.ctx, id.0, from, reason, check)?;
            SeriesView::of(&caller.ctx, &whole)
        })
        .await?;
    let version = view.version;
    Ok(Versioned::ok(view, version))
}

/// An answer for every meeting of a series that has none of its own.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SeriesAnswer {
    answer: Answer,
    /// For the others to read; at most 1,000 characters.
    comment: Option<String>,
}

/// Answers for oneself, or as a coordinator for somebody, for all meetings to come that were not answered one by
/// one. The last answer holds.
#[utoipa::path(tag = "meetings", operation_id = "answer_series",
    params(("id" = SeriesId, Path), ("person_id" = PersonId, Path)), request_body = SeriesAnswer,
    responses((status = 200, body = SeriesView), (status = 404, body = ProblemDocument),
        (status = 409, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
#[put("/series/{id}/attendees/{person_id}/answer")]
async fn answer_series(
    caller: Caller,
    app: Data<App>,
    path: Path<(SeriesId, PersonId)>,
    body: Body<SeriesAnswer>,
) -> Result<impl Responder, Problem> {
    let (Path((id, person)), Body(new)) = (path, body);
    let view = app
        .db
        .run(move |conn| {
            let whole = answer_by_api(conn, &caller.ctx, id, person, new.answer, new.comment)?;
            SeriesView::of(&caller.ctx, &whole)
        })
        .await?;
    let version = view.version;
    Ok(Versioned::ok(view, version))
}
