//! A person's own calendars over the API.

use actix_web::web::Data;
use actix_web::{HttpResponse, Responder, delete, get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::model::Trouble;
use super::store::Calendar;
use super::{ask, manage};
use crate::access::Caller;
use crate::i18n;
use crate::kernel::ids::{BusyCalendarId, PersonId};
use crate::kernel::{Instant, Locale, Problem};
use crate::web::problem::ProblemDocument;
use crate::web::{App, Body, Path};

/// The routes of people's own calendars.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_busy_calendars)
        .service(add_busy_calendar)
        .service(check_busy_calendar)
        .service(remove_busy_calendar);
}

/// A calendar that a person already has, of which the platform knows when it is busy.
#[derive(Debug, Serialize, ToSchema)]
struct BusyCalendarView {
    id: BusyCalendarId,
    /// Its host; the rest of the address is a secret.
    #[schema(example = "https://calendar.google.com/…")]
    address: String,
    /// Whether entries of whole days take time.
    whole_days: bool,
    /// Entries in it when it was last read.
    #[schema(example = 214)]
    events: i32,
    /// Repeated entries whose rule is not understood: only their first time counts.
    #[schema(example = 0)]
    not_understood: i32,
    /// Why the last look failed.
    trouble: Option<Trouble>,
    /// The same in the reader's language.
    trouble_detail: Option<String>,
    /// When its server last answered well.
    checked_at: Instant,
    next_check_at: Instant,
    created_at: Instant,
}

impl BusyCalendarView {
    fn of(calendar: &Calendar, locale: Locale) -> Self {
        let detail = |trouble: Trouble| i18n::text(locale, &format!("field-{trouble}"));
        Self {
            id: calendar.id,
            address: calendar.shown.clone(),
            whole_days: calendar.whole_days,
            events: calendar.events,
            not_understood: calendar.not_understood,
            trouble: calendar.trouble,
            trouble_detail: calendar.trouble.map(detail),
            checked_at: calendar.checked_at,
            next_check_at: calendar.next_check_at,
            created_at: calendar.created_at,
        }
    }
}

/// A person's calendars.
#[derive(Debug, Serialize, ToSchema)]
struct BusyCalendars {
    items: Vec<BusyCalendarView>,
}

/// A calendar to be looked at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewBusyCalendar {
    /// Its secret `.ics` address, `https` or `webcal`; it is shown nowhere again.
    #[schema(example = "https://calendar.example.com/private-5d41402abc/basic.ics")]
    address: String,
    /// Whether entries of whole days take time; they do unless told otherwise.
    whole_days: Option<bool>,
}

/// The calendars of which the platform knows when a person is busy.
#[utoipa::path(tag = "busy times", operation_id = "list_busy_calendars", params(("id" = PersonId, Path)),
    responses((status = 200, body = BusyCalendars), (status = 404, body = ProblemDocument)))]
#[get("/persons/{id}/busy-calendars")]
async fn list_busy_calendars(
    caller: Caller,
    app: Data<App>,
    id: Path<PersonId>,
) -> Result<impl Responder, Problem> {
    let locale = caller.ctx.locale;
    let found = app
        .db
        .run(move |conn| manage::list(conn, &caller.ctx, id.0))
        .await?;
    let items = found.iter();
    Ok(actix_web::web::Json(BusyCalendars {
        items: items
            .map(|calendar| BusyCalendarView::of(calendar, locale))
            .collect(),
    }))
}

/// Adds a calendar that the person already has. It is read at once, and kept only if that works; then now and
/// again. Nothing but when it is busy is stored.
#[utoipa::path(tag = "busy times", operation_id = "add_busy_calendar", params(("id" = PersonId, Path)),
    request_body = NewBusyCalendar,
    responses((status = 201, body = BusyCalendarView), (status = 404, body = ProblemDocument),
        (status = 409, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
#[post("/persons/{id}/busy-calendars")]
async fn add_busy_calendar(
    caller: Caller,
    app: Data<App>,
    id: Path<PersonId>,
    body: Body<NewBusyCalendar>,
) -> Result<impl Responder, Problem> {
    let (Body(new), person, locale) = (body, id.0, caller.ctx.locale);
    let whole_days = new.whole_days.unwrap_or(true);
    let kept = ask::add(&app, caller.ctx, person, new.address, whole_days).await?;
    let place = format!("/api/v1/persons/{person}/busy-calendars/{}", kept.id);
    Ok(HttpResponse::Created()
        .insert_header(("location", place))
        .json(BusyCalendarView::of(&kept, locale)))
}

/// Looks at a calendar now.
#[utoipa::path(tag = "busy times", operation_id = "check_busy_calendar",
    params(("id" = PersonId, Path), ("calendar_id" = BusyCalendarId, Path)),
    responses((status = 200, body = BusyCalendarView), (status = 404, body = ProblemDocument)))]
#[post("/persons/{id}/busy-calendars/{calendar_id}/check")]
async fn check_busy_calendar(
    caller: Caller,
    app: Data<App>,
    ids: Path<(PersonId, BusyCalendarId)>,
) -> Result<impl Responder, Problem> {
    let (Path((person, id)), locale) = (ids, caller.ctx.locale);
    let after = ask::check(&app, caller.ctx, person, id).await?;
    Ok(actix_web::web::Json(BusyCalendarView::of(&after, locale)))
}

/// Removes a calendar, and forgets when it is busy.
#[utoipa::path(tag = "busy times", operation_id = "remove_busy_calendar",
    params(("id" = PersonId, Path), ("calendar_id" = BusyCalendarId, Path)),
    responses((status = 204, description = "It is forgotten."), (status = 404, body = ProblemDocument)))]
#[delete("/persons/{id}/busy-calendars/{calendar_id}")]
async fn remove_busy_calendar(
    caller: Caller,
    app: Data<App>,
    ids: Path<(PersonId, BusyCalendarId)>,
) -> Result<HttpResponse, Problem> {
    let Path((person, id)) = ids;
    app.db
        .run(move |conn| manage::remove(conn, &caller.ctx, person, id))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
