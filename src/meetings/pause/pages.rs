//! The page behind "pause my participation": says what will happen before it does. Reading it changes nothing
//! (rule L1).

use actix_web::http::StatusCode;
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Standing, look, pause, resume};
use crate::kernel::{Actor, Context, Instant, Problem};
use crate::meetings::model::Partstat;
use crate::meetings::when;
use crate::web::layout::{Faults, page_with, see_other};
use crate::web::state::locale_of;
use crate::web::{App, LinkForm, Path, Query};

/// The routes of this page.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/pause/{token}", web::get().to(show))
        .route("/pause/{token}", web::head().to(show))
        .route("/pause/{token}", web::post().to(take));
}

/// What an address may say beside the token; what strangers add to it is ignored.
#[derive(Debug, Deserialize)]
struct Asked {
    /// The form was taken: show what happened.
    said: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Form {
    /// `pause` or `resume`.
    what: String,
    /// As typed; empty for today.
    from: Option<String>,
    /// As typed; empty for an open end.
    until: Option<String>,
}

/// What the template needs.
#[derive(Debug, Serialize)]
struct PausePage {
    name: String,
    paused: bool,
    /// The form was taken just now.
    done: bool,
    /// The pause in words; empty where a day is open.
    first: String,
    last: String,
    /// What stands in the form.
    from: String,
    until: String,
    meetings: Vec<Line>,
    partners: String,
    faults: Faults,
    action: String,
}

/// A coming meeting.
#[derive(Debug, Serialize)]
struct Line {
    starts_at: String,
    when: String,
    other: String,
    /// Whether the reader has said that they cannot come.
    declined: bool,
}

async fn show(
    request: HttpRequest,
    app: Data<App>,
    token: Path<String>,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let Path(token) = token;
    let action = format!("/pause/{token}");
    let ctx = app.context(&request, Actor::Anonymous);
    let within = ctx.clone();
    let (_, standing) = app.db.run(move |conn| look(conn, &within, &token)).await?;
    let shown = Shown {
        done: asked.0.said.is_some(),
        faults: Faults::default(),
        typed: (String::new(), String::new()),
    };
    answer(&request, &ctx, &standing, action, shown)
}

async fn take(
    request: HttpRequest,
    app: Data<App>,
    token: Path<String>,
    form: LinkForm<Form>,
) -> Result<HttpResponse, Problem> {
    let (Path(token), LinkForm(form)) = (token, form);
    let here = format!("/pause/{token}");
    let nobody = app.context(&request, Actor::Anonymous);
    let within = nobody.clone();
    let (person_id, standing) = app.db.run(move |conn| look(conn, &within, &token)).await?;
    let ctx = nobody.acting_as(Actor::Link { person_id });
    let typed = (
        form.from.clone().unwrap_or_default(),
        form.until.clone().unwrap_or_default(),
    );
    let within = ctx.clone();
    let done = match form.what.as_str() {
        "pause" => match days(&form) {
            Ok((from, until)) => {
                app.db
                    .run(move |conn| pause(conn, &within, person_id, from, until))
                    .await
            }
            Err(problem) => Err(problem),
        },
        "resume" => {
            app.db
                .run(move |conn| resume(conn, &within, person_id))
                .await
        }
        _ => return Err(Problem::malformed("malformed-query")),
    };
    match done {
        Ok(()) => {
            let lang = locale_of(&request);
            Ok(see_other(&format!("{here}?said=1&lang={lang}")))
        }
        Err(problem) => {
            let shown = Shown {
                done: false,
                faults: Faults::of(ctx.locale, problem)?,
                typed,
            };
            answer(&request, &ctx, &standing, here, shown)
        }
    }
}

/// The days of the form; an empty field is an open one.
fn days(form: &Form) -> Result<(Option<NaiveDate>, Option<NaiveDate>), Problem> {
    let day = |pointer: &'static str, text: &Option<String>| {
        let text = text.as_deref().unwrap_or("").trim();
        if text.is_empty() {
            return Ok(None);
        }
        text.parse()
            .map(Some)
            .map_err(|_| Problem::field(pointer, "pause-date"))
    };
    Ok((day("/from", &form.from)?, day("/until", &form.until)?))
}

/// How the page is shown.
struct Shown {
    done: bool,
    faults: Faults,
    /// What was typed, where it comes back with faults.
    typed: (String, String),
}

fn answer(
    request: &HttpRequest,
    ctx: &Context,
    standing: &Standing,
    action: String,
    shown: Shown,
) -> Result<HttpResponse, Problem> {
    let status = if shown.faults.0.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let page = words(ctx, standing, action, shown);
    page_with(request, status, "meetings/pause.html", &page)
}

fn words(ctx: &Context, standing: &Standing, action: String, shown: Shown) -> PausePage {
    let me = &standing.contact;
    let today = me.zone().date_at(ctx.now.utc());
    let (from, until) = standing.paused.unwrap_or((None, None));
    let day = |day: Option<NaiveDate>| day.map_or_else(String::new, |day| date(ctx, me, day));
    let meetings = standing.meetings.iter().map(|details| {
        let meeting = &details.meeting;
        let clock = when::on_the_clock_of(me, ctx.locale, meeting.starts_at, meeting.ends_at);
        let others: Vec<&str> = details
            .others(me.person_id)
            .map(|one| one.contact.first_name())
            .collect();
        let mine = details.participant(me.person_id);
        Line {
            starts_at: meeting.starts_at.rfc3339(),
            when: when::short(ctx.locale, &clock),
            other: others.join(", "),
            declined: mine.is_some_and(|me| me.attendee.partstat == Partstat::Declined),
        }
    });
    let (typed_from, typed_until) = shown.typed;
    PausePage {
        name: me.first_name().to_owned(),
        paused: standing.paused.is_some(),
        done: shown.done,
        first: day(from),
        last: day(until),
        from: if typed_from.is_empty() {
            today.to_string()
        } else {
            typed_from
        },
        until: typed_until,
        meetings: meetings.collect(),
        partners: standing.partners.join(", "),
        faults: shown.faults,
        action,
    }
}

/// A day in the reader's language.
fn date(ctx: &Context, me: &crate::meetings::store::Contact, day: NaiveDate) -> String {
    let noon = me
        .zone()
        .resolve(day.and_hms_opt(12, 0, 0).unwrap_or_default());
    let noon = Instant::new(noon);
    when::date(
        ctx.locale,
        &when::on_the_clock_of(me, ctx.locale, noon, noon),
    )
}
