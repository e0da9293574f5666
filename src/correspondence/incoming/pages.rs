//! The page on which an attendee says that an answer from another address is theirs. Reading it changes nothing
//! (L1); its address opens this one answer and nothing else (L2).

use actix_web::http::StatusCode;
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};

use super::confirm::{Asked, asked, confirm};
use crate::kernel::{Actor, Context, Problem};
use crate::meetings::model::Answer;
use crate::meetings::when;
use crate::web::layout::page_with;
use crate::web::{App, LinkForm, Path};

/// The routes of the page.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/c/{token}", web::get().to(show))
        .route("/c/{token}", web::head().to(show))
        .route("/c/{token}", web::post().to(take));
}

/// The form has a button only.
#[derive(Debug, Deserialize)]
struct Form {}

/// What the template needs.
#[derive(Debug, Serialize)]
struct ConfirmPage {
    /// `asks`, `done`, `moved` or `over`.
    state: &'static str,
    answer: Answer,
    sender: String,
    other: String,
    when: String,
    action: String,
}

async fn show(
    request: HttpRequest,
    app: Data<App>,
    token: Path<String>,
) -> Result<HttpResponse, Problem> {
    let ctx = app.context(&request, Actor::Anonymous);
    let (within, secret) = (ctx.clone(), token.0.clone());
    let found = app
        .db
        .run(move |conn| asked(conn, &within, &secret))
        .await?;
    answer(&request, &ctx, &token.0, &found, false)
}

async fn take(
    request: HttpRequest,
    app: Data<App>,
    token: Path<String>,
    _form: LinkForm<Form>,
) -> Result<HttpResponse, Problem> {
    let ctx = app.context(&request, Actor::Anonymous);
    let (within, secret) = (ctx.clone(), token.0.clone());
    let confirmed = app
        .db
        .run(move |conn| confirm(conn, &within, &secret))
        .await;
    match confirmed {
        Ok(found) => answer(&request, &ctx, &token.0, &found, false),
        // The meeting moved or ended, or somebody decided otherwise meanwhile.
        Err(Problem::Conflict { .. } | Problem::Stale) => {
            let (within, secret) = (ctx.clone(), token.0.clone());
            let found = app
                .db
                .run(move |conn| asked(conn, &within, &secret))
                .await?;
            answer(&request, &ctx, &token.0, &found, true)
        }
        Err(problem) => Err(problem),
    }
}

fn answer(
    request: &HttpRequest,
    ctx: &Context,
    token: &str,
    found: &Asked,
    refused: bool,
) -> Result<HttpResponse, Problem> {
    let (state, status) = match (found.is_done(), found.open, refused || !found.waits()) {
        (true, ..) => ("done", StatusCode::OK),
        (false, false, _) => ("over", StatusCode::GONE),
        (false, true, true) => ("moved", StatusCode::CONFLICT),
        (false, true, false) => ("asks", StatusCode::OK),
    };
    let person = found.row.person_id.ok_or(Problem::NotFound)?;
    let me = found.details.participant(person).ok_or(Problem::NotFound)?;
    let names: Vec<&str> = found
        .details
        .others(person)
        .map(|one| one.contact.first_name())
        .collect();
    let meeting = &found.details.meeting;
    let clock = when::on_the_clock_of(&me.contact, ctx.locale, meeting.starts_at, meeting.ends_at);
    let page = ConfirmPage {
        state,
        answer: found.answer,
        sender: found.sender.clone(),
        other: names.join(", "),
        when: when::sentence(ctx.locale, &clock),
        action: format!("/c/{token}"),
    };
    page_with(request, status, "correspondence/confirm.html", &page)
}
