//! The page behind the link in the mail that follows a meeting: did you meet, and for how long? Without
//! sign-in, without JavaScript; reading it changes nothing (rule L1).

use actix_web::http::StatusCode;
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use crate::hours::report::{Report, report_by_link};
use crate::kernel::ids::PersonId;
use crate::kernel::secret::hex;
use crate::kernel::{Actor, Context, Problem};
use crate::meetings::details::Details;
use crate::meetings::links;
use crate::meetings::model::{Outcome, State};
use crate::meetings::when;
use crate::web::layout::{Faults, page_with, see_other};
use crate::web::state::locale_of;
use crate::web::{App, LinkForm, Path, Query};

/// The purpose under which forms are signed.
const PROOF: &str = "meeting-report-form";

/// The routes of the pages.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/m/{token}/report", web::get().to(show))
        .route("/m/{token}/report", web::head().to(show))
        .route("/m/{token}/report", web::post().to(take));
}

/// What an address may say beside the token; what strangers add to it is ignored.
#[derive(Debug, Deserialize)]
struct Asked {
    /// What the button in the mail said.
    outcome: Option<Outcome>,
    /// The form was taken: show the thanks.
    said: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Form {
    outcome: Outcome,
    /// As typed; empty for the planned length.
    minutes: Option<String>,
    /// That the form is ours, for this attendee.
    proof: String,
}

/// What the template needs.
#[derive(Debug, Serialize)]
struct ReportPage {
    /// `open`, `early` or `cancelled`.
    state: &'static str,
    /// The form was taken just now.
    done: bool,
    /// What has been said so far.
    outcome: Option<Outcome>,
    /// What to suggest first.
    first: Outcome,
    other: String,
    when: String,
    /// RFC 3339.
    starts_at: String,
    minutes: String,
    action: String,
    proof: String,
    faults: Faults,
}

async fn show(
    request: HttpRequest,
    app: Data<App>,
    token: Path<String>,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let Path(token) = token;
    let (details, person) = app.db.run(move |conn| links::find(conn, &token)).await?;
    let ctx = app.context(&request, Actor::Link { person_id: person });
    let mut page = words(&ctx, &details, person)?;
    page.done = asked.0.said.is_some() && page.outcome.is_some();
    page.first = asked.0.outcome.or(page.outcome).unwrap_or(Outcome::Held);
    answer(&request, &page)
}

async fn take(
    request: HttpRequest,
    app: Data<App>,
    token: Path<String>,
    form: LinkForm<Form>,
) -> Result<HttpResponse, Problem> {
    let (Path(token), LinkForm(form)) = (token, form);
    let here = format!("/m/{token}/report");
    let (details, person) = app.db.run(move |conn| links::find(conn, &token)).await?;
    let ctx = app.context(&request, Actor::Link { person_id: person });
    let wanted = proof(&ctx, &details, person)?;
    if !bool::from(wanted.as_bytes().ct_eq(form.proof.as_bytes())) {
        return Err(Problem::malformed("form-expired"));
    }
    let mut page = words(&ctx, &details, person)?;
    let typed = form
        .minutes
        .as_deref()
        .map(str::trim)
        .unwrap_or_default()
        .to_owned();
    let minutes = match (form.outcome, typed.as_str()) {
        (Outcome::NotHeld, _) | (_, "") => None,
        // What is no number is out of every range, and is told so.
        (Outcome::Held, typed) => Some(typed.parse::<i32>().unwrap_or(0)),
    };
    let report = Report {
        outcome: form.outcome,
        minutes,
    };
    let (id, within) = (details.meeting.id, ctx.clone());
    let done = app
        .db
        .run(move |conn| report_by_link(conn, &within, id, person, report))
        .await;
    match done {
        Ok(_) => Ok(see_other(&format!(
            "{here}?said=1&lang={}",
            locale_of(&request)
        ))),
        Err(problem) => {
            page.faults = Faults::of(ctx.locale, problem)?;
            page.first = form.outcome;
            page.minutes = typed;
            answer(&request, &page)
        }
    }
}

fn answer(request: &HttpRequest, page: &ReportPage) -> Result<HttpResponse, Problem> {
    let status = match page.state {
        "cancelled" => StatusCode::GONE,
        _ if !page.faults.0.is_empty() => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::OK,
    };
    page_with(request, status, "hours/report.html", page)
}

fn words(ctx: &Context, details: &Details, person: PersonId) -> Result<ReportPage, Problem> {
    let meeting = &details.meeting;
    let me = details.participant(person).ok_or(Problem::NotFound)?;
    let names: Vec<&str> = details
        .others(person)
        .map(|one| one.contact.first_name())
        .collect();
    let clock = when::on_the_clock_of(&me.contact, ctx.locale, meeting.starts_at, meeting.ends_at);
    let planned = meeting.time()?.length().num_minutes();
    let outcome = match meeting.status {
        State::Held => Some(Outcome::Held),
        State::NotHeld => Some(Outcome::NotHeld),
        State::Scheduled | State::Cancelled => None,
    };
    Ok(ReportPage {
        state: match meeting.status {
            State::Cancelled => "cancelled",
            _ if ctx.now < meeting.starts_at => "early",
            _ => "open",
        },
        done: false,
        outcome,
        first: outcome.unwrap_or(Outcome::Held),
        other: names.join(", "),
        when: when::sentence(ctx.locale, &clock),
        starts_at: meeting.starts_at.rfc3339(),
        minutes: meeting.held_minutes.map_or(planned, i64::from).to_string(),
        action: format!("/m/{}/report", links::token_of(ctx, &me.attendee)?),
        proof: proof(ctx, details, person)?,
        faults: Faults::default(),
    })
}

/// Signs a form for one attendee.
fn proof(ctx: &Context, details: &Details, person: PersonId) -> Result<String, Problem> {
    let me = details.participant(person).ok_or(Problem::NotFound)?;
    let message = me.attendee.id.to_string();
    Ok(hex(&ctx.keyring().mac(PROOF, message.as_bytes())))
}
