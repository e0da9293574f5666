//! The local mailbox of a demonstration or a developer: everything that the platform wrote, as its
//! recipients see it, links included. Elsewhere these addresses do not exist.

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
};
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};

use crate::kernel::ids::OutboxId;
use crate::kernel::settings::{Profile, Transport};
use crate::kernel::{Locale, Platform, Problem};
use crate::mail::message::{self, Letter};
use crate::mail::queue::{self, Filter, Row};
use crate::web::{App, Path, Query, layout};

/// How many mails the list shows.
const SHOWN: i64 = 200;

/// A mail's page may show itself and nothing else: no script, nothing from elsewhere, and a link
/// opens a page of its own.
const LETTER_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; \
    sandbox allow-popups allow-popups-to-escape-sandbox";

/// The pages of this room.
pub fn pages(config: &mut ServiceConfig) {
    config
        .route("/mailbox", web::get().to(index))
        .route("/mailbox.json", web::get().to(json))
        .route("/mailbox/{id}", web::get().to(show))
        .route("/mailbox/{id}/html", web::get().to(html))
        .route("/mailbox/{id}/raw", web::get().to(raw));
}

/// Where it is not meant to be, it is not there.
fn guard(app: &App) -> Result<(), Problem> {
    let settings = &app.platform.settings;
    if settings.profile != Profile::Production && settings.mail.transport == Transport::Mailbox {
        Ok(())
    } else {
        Err(Problem::NotFound)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Search {
    /// Part of a recipient's name or address, or of a subject.
    #[serde(default)]
    q: String,
    /// Only to this very address.
    #[serde(default)]
    to: String,
    /// The language switch, which every page understands.
    #[serde(default, rename = "lang")]
    _lang: String,
}

/// A mail in the list.
#[derive(Debug, Serialize)]
struct Item {
    id: OutboxId,
    to_name: String,
    to: String,
    subject: String,
    status: &'static str,
    written: String,
    calendar: bool,
}

/// A whole mail.
#[derive(Debug, Serialize)]
struct Whole {
    id: OutboxId,
    kind: &'static str,
    locale: Locale,
    status: &'static str,
    attempts: i32,
    to_name: String,
    to: String,
    from_name: String,
    reply_to: Option<String>,
    subject: String,
    text: String,
    html: String,
    calendar: Option<String>,
    method: Option<String>,
    /// The message's own header lines.
    headers: String,
    written: String,
}

#[derive(Debug, Serialize)]
struct IndexPage {
    q: String,
    mails: Vec<Item>,
}

#[derive(Debug, Serialize)]
struct ShowPage {
    mail: Whole,
}

async fn index(
    request: HttpRequest,
    app: Data<App>,
    search: Query<Search>,
) -> Result<HttpResponse, Problem> {
    let Query(search) = search;
    let q = search.q.clone();
    let found = letters(&app, search).await?;
    let mails = found
        .iter()
        .map(|(row, letter)| Item {
            id: row.id,
            to_name: letter.to.name.as_str().to_owned(),
            to: letter.to.address.clone(),
            subject: letter.words.subject.clone(),
            status: row.status.as_str(),
            written: row.created_at.rfc3339(),
            calendar: letter.payload.calendar.is_some(),
        })
        .collect();
    layout::page(
        &request,
        "correspondence/mailbox.html",
        &IndexPage { q, mails },
    )
}

/// Everything as JSON, for tests and scripts: the newest first.
async fn json(app: Data<App>, search: Query<Search>) -> Result<HttpResponse, Problem> {
    let found = letters(&app, search.0).await?;
    let mails: Vec<Whole> = found
        .into_iter()
        .map(|(row, letter)| whole(&row, letter, &app.platform))
        .collect::<Result<_, _>>()?;
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(serde_json::json!({ "items": mails })))
}

async fn show(
    request: HttpRequest,
    app: Data<App>,
    id: Path<OutboxId>,
) -> Result<HttpResponse, Problem> {
    let (row, letter) = letter(&app, id.0).await?;
    let mail = whole(&row, letter, &app.platform)?;
    layout::page(&request, "correspondence/mail.html", &ShowPage { mail })
}

async fn html(app: Data<App>, id: Path<OutboxId>) -> Result<HttpResponse, Problem> {
    let (_, letter) = letter(&app, id.0).await?;
    // A link in the frame opens beside the mailbox, as in a mail program.
    let html = letter
        .words
        .html
        .replacen("<head>", "<head><base target=\"_blank\">", 1);
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((CONTENT_SECURITY_POLICY, LETTER_POLICY))
        .insert_header(("X-Frame-Options", "SAMEORIGIN"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(html))
}

/// The message as a server would get it.
async fn raw(app: Data<App>, id: Path<OutboxId>) -> Result<HttpResponse, Problem> {
    let (row, letter) = letter(&app, id.0).await?;
    let message = message::compose(&row, &letter, &app.platform.settings, &app.platform.keyring)
        .map_err(Problem::internal)?;
    let file = format!("attachment; filename=\"{}.eml\"", row.id);
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "message/rfc822"))
        .insert_header((CONTENT_DISPOSITION, file))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(message.formatted()))
}

async fn letter(app: &App, id: OutboxId) -> Result<(Row, Letter), Problem> {
    guard(app)?;
    let row = app.db.run(move |conn| queue::find(conn, id)).await?;
    let letter = message::open(&row, &app.platform.settings, &app.platform.keyring)
        .map_err(|_| Problem::NotFound)?;
    Ok((row, letter))
}

async fn letters(app: &App, search: Search) -> Result<Vec<(Row, Letter)>, Problem> {
    guard(app)?;
    let platform = app.platform.clone();
    app.db
        .run(move |conn| {
            let rows = queue::list(conn, &Filter::default(), SHOWN)?;
            Ok(rows
                .into_iter()
                .filter_map(|row| {
                    let letter = message::open(&row, &platform.settings, &platform.keyring);
                    Some((row, letter.ok()?))
                })
                .filter(|(_, letter)| matches(letter, &search))
                .collect())
        })
        .await
}

fn matches(letter: &Letter, search: &Search) -> bool {
    let wanted = search.q.trim().to_lowercase();
    let has = |text: &str| text.to_lowercase().contains(&wanted);
    let found =
        has(letter.to.name.as_str()) || has(&letter.to.address) || has(&letter.words.subject);
    let addressed = search.to.is_empty() || letter.to.address.eq_ignore_ascii_case(&search.to);
    found && addressed
}

fn whole(row: &Row, letter: Letter, platform: &Platform) -> Result<Whole, Problem> {
    let message = message::compose(row, &letter, &platform.settings, &platform.keyring)
        .map_err(Problem::internal)?;
    let (calendar, method) = letter
        .payload
        .calendar
        .map(|part| (part.text.replace("\r\n", "\n"), part.method))
        .unzip();
    Ok(Whole {
        id: row.id,
        kind: row.kind.as_str(),
        locale: row.locale,
        status: row.status.as_str(),
        attempts: row.attempts,
        to_name: letter.to.name.as_str().to_owned(),
        to: letter.to.address,
        from_name: letter
            .words
            .from_name
            .unwrap_or_else(|| platform.settings.mail.from_name.clone()),
        reply_to: letter.payload.reply_to,
        subject: letter.words.subject,
        text: letter.words.text,
        html: letter.words.html,
        calendar,
        method,
        headers: message.headers().to_string().replace("\r\n", "\n"),
        written: row.created_at.rfc3339(),
    })
}
