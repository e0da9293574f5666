//! The page on which an attendee decides about another time that somebody proposes, or takes their own proposal
//! back. Reading it changes nothing (rule L1).

use actix_web::http::StatusCode;
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};

use super::by_link::{self, CounterDecision};
use super::store::Counter;
use crate::kernel::ids::{CounterId, PersonId};
use crate::kernel::{Actor, Context, Problem};
use crate::meetings::details::Details;
use crate::meetings::model::{CounterStatus, may_answer};
use crate::meetings::pages::{proof, proves};
use crate::meetings::{links, when};
use crate::web::layout::{Faults, page_with, see_other};
use crate::web::state::locale_of;
use crate::web::{App, LinkForm, Path, Query};

/// The routes of this page.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/m/{token}/proposals/{id}", web::get().to(show))
        .route("/m/{token}/proposals/{id}", web::head().to(show))
        .route("/m/{token}/proposals/{id}", web::post().to(take));
}

/// What an address may say beside the token; what strangers add to it is ignored.
#[derive(Debug, Deserialize)]
struct Asked {
    /// What the button in the mail said.
    decision: Option<CounterDecision>,
    /// The form was taken: show the thanks.
    said: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Form {
    decision: CounterDecision,
    note: Option<String>,
    /// SEQUENCE of the time that the page showed.
    sequence: i32,
    /// That the form is ours, for this attendee and this time.
    proof: String,
}

/// What the template needs.
#[derive(Debug, Serialize)]
struct CounterPage {
    status: CounterStatus,
    /// The reader proposed it.
    mine: bool,
    /// The form was taken just now.
    done: bool,
    /// What to suggest first.
    first: CounterDecision,
    /// Who proposes, or who is asked.
    other: String,
    /// The proposed time.
    proposed: String,
    proposed_at: String,
    /// In few words, for the buttons.
    short: String,
    /// The time that the meeting has.
    when: String,
    starts_at: String,
    short_now: String,
    note: Option<String>,
    /// What the other side wrote when it declined.
    reason: Option<String>,
    faults: Faults,
    action: String,
    answer: String,
    times: String,
    sequence: i32,
    proof: String,
}

async fn show(
    request: HttpRequest,
    app: Data<App>,
    path: Path<(String, CounterId)>,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let Path((token, id)) = path;
    let (details, person, counter) = app
        .db
        .run(move |conn| by_link::find(conn, &token, id))
        .await?;
    let ctx = app.context(&request, Actor::Link { person_id: person });
    let shown = Shown {
        done: asked.0.said.is_some(),
        first: asked.0.decision.unwrap_or(CounterDecision::Accept),
        faults: Faults::default(),
    };
    answer(&request, &ctx, &details, person, &counter, shown)
}

async fn take(
    request: HttpRequest,
    app: Data<App>,
    path: Path<(String, CounterId)>,
    form: LinkForm<Form>,
) -> Result<HttpResponse, Problem> {
    let (Path((token, id)), LinkForm(form)) = (path, form);
    let here = format!("/m/{token}/proposals/{id}");
    let again = token.clone();
    let (details, person, _) = app
        .db
        .run(move |conn| by_link::find(conn, &again, id))
        .await?;
    let ctx = app.context(&request, Actor::Link { person_id: person });
    if !proves(&ctx, &details, person, form.sequence, &form.proof)? {
        return Err(Problem::malformed("form-expired"));
    }
    let (within, decision) = (ctx.clone(), form.decision);
    let decided = app
        .db
        .run(move |conn| by_link::decide(conn, &within, id, person, decision, form.note))
        .await;
    match decided {
        Ok(()) => {
            let lang = locale_of(&request);
            Ok(see_other(&format!("{here}?said=1&lang={lang}")))
        }
        // Somebody was faster, or the time is gone: the page as it stands now says so.
        Err(problem) if matches!(problem.status(), 409 | 422) => {
            let (details, person, counter) = app
                .db
                .run(move |conn| by_link::find(conn, &token, id))
                .await?;
            let open = counter.status == CounterStatus::Open;
            let faults = if open {
                Faults::of(ctx.locale, problem)?
            } else {
                Faults::default()
            };
            let shown = Shown {
                done: false,
                first: decision,
                faults,
            };
            answer(&request, &ctx, &details, person, &counter, shown)
        }
        Err(problem) => Err(problem),
    }
}

/// How the page is shown.
struct Shown {
    done: bool,
    first: CounterDecision,
    faults: Faults,
}

fn answer(
    request: &HttpRequest,
    ctx: &Context,
    details: &Details,
    person: PersonId,
    counter: &Counter,
    shown: Shown,
) -> Result<HttpResponse, Problem> {
    let meeting = &details.meeting;
    if may_answer(meeting.status, meeting.time()?, ctx.now.utc()).is_err() {
        return crate::meetings::pages::show_answer(request, ctx, details, person);
    }
    let status = match (counter.status, shown.done, shown.faults.0.is_empty()) {
        (_, true, _) => StatusCode::OK,
        (CounterStatus::Open, false, true) => StatusCode::OK,
        (CounterStatus::Open, false, false) => StatusCode::CONFLICT,
        _ => StatusCode::GONE,
    };
    let page = words(ctx, details, person, counter, shown)?;
    page_with(request, status, "meetings/counter.html", &page)
}

fn words(
    ctx: &Context,
    details: &Details,
    person: PersonId,
    counter: &Counter,
    shown: Shown,
) -> Result<CounterPage, Problem> {
    let meeting = &details.meeting;
    let me = details.participant(person).ok_or(Problem::NotFound)?;
    let others: Vec<&str> = details
        .others(person)
        .map(|one| one.contact.first_name())
        .collect();
    let clock = |start, end| when::on_the_clock_of(&me.contact, ctx.locale, start, end);
    let proposed = clock(counter.starts_at, counter.ends_at);
    let now = clock(meeting.starts_at, meeting.ends_at);
    let link = format!("/m/{}", links::token_of(ctx, &me.attendee)?);
    Ok(CounterPage {
        status: counter.status,
        mine: counter.person_id == person,
        done: shown.done,
        first: shown.first,
        other: others.join(", "),
        proposed: when::sentence(ctx.locale, &proposed),
        proposed_at: counter.starts_at.rfc3339(),
        short: when::short(ctx.locale, &proposed),
        when: when::sentence(ctx.locale, &now),
        starts_at: meeting.starts_at.rfc3339(),
        short_now: when::short(ctx.locale, &now),
        note: counter.note.clone(),
        reason: (counter.status == CounterStatus::Declined)
            .then(|| counter.reason.clone())
            .flatten(),
        faults: shown.faults,
        action: format!("{link}/proposals/{}", counter.id),
        times: format!("{link}/times"),
        answer: link,
        sequence: meeting.sequence,
        proof: proof(ctx, details, person, meeting.sequence)?,
    })
}
