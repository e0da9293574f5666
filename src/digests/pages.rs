//! The page that says what waits for whoever is signed in, and the page on which the daily mail is stopped, which
//! needs no sign-in and takes a mail program's one-click POST (RFC 8058, section 3.2).

use actix_web::http::StatusCode;
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};

use super::gather::{Item, Waiting, gather};
use super::{send, settings};
use crate::access::PageCaller;
use crate::correspondence::retry;
use crate::kernel::ids::OutboxId;
use crate::kernel::{Actor, Context, IfMatch, Problem};
use crate::web::layout::{page, page_with, see_other};
use crate::web::state::locale_of;
use crate::web::{App, Form, LinkForm, Path, Query};

/// The routes of these pages.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/waiting", web::get().to(waiting))
        .route("/waiting/mails/{id}", web::post().to(send_again))
        .route("/digest/{token}", web::get().to(show))
        .route("/digest/{token}", web::head().to(show))
        .route("/digest/{token}", web::post().to(take));
}

/// What an address may say; what strangers add to it is ignored.
#[derive(Debug, Deserialize)]
struct Asked {
    /// A form was taken: show the thanks.
    said: Option<String>,
}

#[derive(Debug, Serialize)]
struct WaitingPage {
    /// A mail is sent again.
    done: bool,
    sections: Vec<SectionView>,
}

#[derive(Debug, Serialize)]
struct SectionView {
    id: String,
    title: String,
    action: String,
    items: Vec<ItemView>,
}

#[derive(Debug, Serialize)]
struct ItemView {
    line: String,
    /// A `mailto:` address of everybody whom a word would help.
    write_to: Option<String>,
    /// Where the form goes that sends a mail again.
    again: Option<String>,
    /// The page on which it is decided.
    decide: Option<String>,
}

impl SectionView {
    fn of(ctx: &Context, waiting: &Waiting) -> Self {
        Self {
            id: waiting.section.to_string(),
            title: send::title(ctx.locale, waiting),
            action: send::action(ctx.locale, waiting),
            items: waiting.items.iter().map(ItemView::of).collect(),
        }
    }
}

impl ItemView {
    fn of(item: &Item) -> Self {
        Self {
            line: item.line.clone(),
            write_to: (!item.write_to.is_empty())
                .then(|| format!("mailto:{}", item.write_to.join(","))),
            again: item.mail.map(|id| format!("/waiting/mails/{id}")),
            decide: item.proposal.map(|id| format!("/proposals/{id}")),
        }
    }
}

async fn waiting(
    request: HttpRequest,
    app: Data<App>,
    caller: PageCaller,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let ctx = caller.ctx.clone();
    let found = app
        .db
        .run(move |conn| {
            let account = caller.ctx.actor.account_id().ok_or(Problem::Forbidden)?;
            let mut readers = send::readers(conn)?;
            let reader = readers.remove(&account).ok_or(Problem::Forbidden)?;
            gather(conn, &caller.ctx, &reader.reach)
        })
        .await?;
    let view = WaitingPage {
        done: asked.0.said.is_some(),
        sections: found.iter().map(|one| SectionView::of(&ctx, one)).collect(),
    };
    page(&request, "digests/waiting.html", &view)
}

/// A form without fields beside its proof.
#[derive(Debug, Deserialize)]
struct Nothing {}

async fn send_again(
    request: HttpRequest,
    app: Data<App>,
    caller: PageCaller,
    id: Path<OutboxId>,
    _form: Form<Nothing>,
) -> Result<HttpResponse, Problem> {
    app.db
        .run(move |conn| retry(conn, &caller.ctx, id.0, &IfMatch::any()))
        .await?;
    let lang = locale_of(&request);
    Ok(see_other(&format!("/waiting?said=1&lang={lang}")))
}

/// What the form sends, or a mail program in its place.
#[derive(Debug, Deserialize)]
struct StopForm {
    /// `yes` or `no`.
    wanted: Option<String>,
    #[serde(rename = "List-Unsubscribe")]
    one_click: Option<String>,
}

#[derive(Debug, Serialize)]
struct StopPage {
    wanted: bool,
    /// The form was taken just now.
    done: bool,
    action: String,
}

async fn show(
    request: HttpRequest,
    app: Data<App>,
    token: Path<String>,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let Path(token) = token;
    let action = format!("/digest/{token}");
    let ctx = app.context(&request, Actor::Anonymous);
    let wanted = app
        .db
        .run(move |conn| settings::wanted_by_link(conn, &ctx, &token))
        .await?;
    let view = StopPage {
        wanted,
        done: asked.0.said.is_some(),
        action,
    };
    page_with(&request, StatusCode::OK, "digests/stop.html", &view)
}

async fn take(
    request: HttpRequest,
    app: Data<App>,
    token: Path<String>,
    form: LinkForm<StopForm>,
) -> Result<HttpResponse, Problem> {
    let (Path(token), LinkForm(form)) = (token, form);
    let here = format!("/digest/{token}");
    let one_click = form.one_click.is_some();
    if !one_click && !matches!(form.wanted.as_deref(), Some("yes" | "no")) {
        return Err(Problem::malformed("malformed-query"));
    }
    let wanted = form.wanted.as_deref() == Some("yes") && !one_click;
    let ctx = app.context(&request, Actor::Anonymous);
    app.db
        .run(move |conn| settings::want_by_link(conn, &ctx, &token, wanted))
        .await?;
    if one_click {
        return Ok(HttpResponse::Ok().finish());
    }
    let lang = locale_of(&request);
    Ok(see_other(&format!("{here}?said=1&lang={lang}")))
}
