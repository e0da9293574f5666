//! The page on which an attendee moves a meeting: the common times of the coming weeks, one choice, one button.
//! It is reached from the answer page and from the mail that says that the other cannot come.

use actix_web::http::StatusCode;
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};

use super::book::Hours;
use super::details::Details;
use super::model::may_answer;
use super::pages::{proof, proves, show_answer};
use super::propose::other_times;
use super::reschedule::{Moved, Reschedule, move_as_shown};
use super::slots::Span;
use super::{links, when};
use crate::kernel::ids::PersonId;
use crate::kernel::{Actor, Context, Instant, Problem};
use crate::web::layout::{Faults, page_with, see_other};
use crate::web::state::locale_of;
use crate::web::{App, LinkForm, Path};

/// How far ahead the page looks.
const WEEKS: i64 = 4;
/// How many times it offers.
const MOST: usize = 40;

/// The routes of this page.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/m/{token}/times", web::get().to(show))
        .route("/m/{token}/times", web::head().to(show))
        .route("/m/{token}/times", web::post().to(take));
}

/// What the form sends.
#[derive(Debug, Deserialize)]
struct Form {
    starts_at: Option<Instant>,
    /// SEQUENCE of the time that the page showed.
    sequence: i32,
    proof: String,
}

/// What the template needs.
#[derive(Debug, Serialize)]
struct TimesPage {
    other: String,
    /// The time that the meeting has.
    when: String,
    starts_at: String,
    /// The place that names the reader's zone.
    place: String,
    days: Vec<Day>,
    faults: Faults,
    action: String,
    back: String,
    sequence: i32,
    proof: String,
}

/// The times on one date of the reader.
#[derive(Debug, Serialize)]
struct Day {
    date: String,
    times: Vec<Time>,
}

#[derive(Debug, Serialize)]
struct Time {
    /// RFC 3339.
    starts_at: String,
    label: String,
}

async fn show(
    request: HttpRequest,
    app: Data<App>,
    token: Path<String>,
) -> Result<HttpResponse, Problem> {
    let Path(token) = token;
    let (details, person) = app.db.run(move |conn| links::find(conn, &token)).await?;
    let ctx = app.context(&request, Actor::Link { person_id: person });
    offer(&request, &app, &ctx, details, person, Faults::default()).await
}

async fn take(
    request: HttpRequest,
    app: Data<App>,
    token: Path<String>,
    form: LinkForm<Form>,
) -> Result<HttpResponse, Problem> {
    let (Path(token), LinkForm(form)) = (token, form);
    let here = format!("/m/{token}");
    let (details, person) = app.db.run(move |conn| links::find(conn, &token)).await?;
    let ctx = app.context(&request, Actor::Link { person_id: person });
    if !proves(&ctx, &details, person, form.sequence, &form.proof)? {
        return Err(Problem::malformed("form-expired"));
    }
    let (id, shown, within) = (details.meeting.id, form.sequence, ctx.clone());
    let moved = match form.starts_at {
        None => Err(Problem::field("/starts_at", "required")),
        Some(starts_at) => {
            app.db
                .run(move |conn| {
                    let command = Reschedule {
                        id,
                        starts_at,
                        minutes: None,
                        hours: Hours::Keep,
                    };
                    move_as_shown(conn, &within, shown, &command)
                })
                .await
        }
    };
    match moved {
        Ok(moved) => {
            let lang = locale_of(&request);
            let said = if moved == Moved::Now { "said=1&" } else { "" };
            Ok(see_other(&format!("{here}?{said}lang={lang}")))
        }
        Err(problem) => {
            let faults = Faults::of(ctx.locale, problem)?;
            offer(&request, &app, &ctx, details, person, faults).await
        }
    }
}

async fn offer(
    request: &HttpRequest,
    app: &Data<App>,
    ctx: &Context,
    details: Details,
    person: PersonId,
    faults: Faults,
) -> Result<HttpResponse, Problem> {
    let now = ctx.now.utc();
    if may_answer(details.meeting.status, details.meeting.time()?, now).is_err() {
        return show_answer(request, ctx, &details, person);
    }
    let (within, meeting) = (ctx.clone(), details.meeting.clone());
    let slots = app
        .db
        .run(move |conn| other_times(conn, &within, &meeting, WEEKS, MOST))
        .await?;
    let status = if faults.0.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::CONFLICT
    };
    let page = words(ctx, &details, person, &slots, faults)?;
    page_with(request, status, "meetings/times.html", &page)
}

fn words(
    ctx: &Context,
    details: &Details,
    person: PersonId,
    slots: &[Span],
    faults: Faults,
) -> Result<TimesPage, Problem> {
    let meeting = &details.meeting;
    let me = details.participant(person).ok_or(Problem::NotFound)?;
    let others: Vec<&str> = details
        .others(person)
        .map(|one| one.contact.first_name())
        .collect();
    let clock = when::on_the_clock_of(&me.contact, ctx.locale, meeting.starts_at, meeting.ends_at);
    let token = links::token_of(ctx, &me.attendee)?;
    let mut days: Vec<Day> = Vec::new();
    for slot in slots {
        let (start, end) = (Instant::new(slot.start()), Instant::new(slot.end()));
        let clock = when::on_the_clock_of(&me.contact, ctx.locale, start, end);
        let date = when::date(ctx.locale, &clock);
        let time = Time {
            starts_at: start.rfc3339(),
            label: when::hours(ctx.locale, &clock),
        };
        match days.last_mut() {
            Some(day) if day.date == date => day.times.push(time),
            _ => days.push(Day {
                date,
                times: vec![time],
            }),
        }
    }
    Ok(TimesPage {
        other: others.join(", "),
        when: when::sentence(ctx.locale, &clock),
        starts_at: meeting.starts_at.rfc3339(),
        place: clock.place,
        days,
        faults,
        action: format!("/m/{token}/times"),
        back: format!("/m/{token}"),
        sequence: meeting.sequence,
        proof: proof(ctx, details, person, meeting.sequence)?,
    })
}
