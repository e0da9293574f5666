//! Mails over the API.

use actix_web::web::Data;
use actix_web::{Responder, get, post};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::access::Caller;
use crate::correspondence::model::{Mail, MailSummary};
use crate::correspondence::{read, retry};
use crate::kernel::ids::{OutboxId, PersonId};
use crate::kernel::{IfMatch, Problem};
use crate::mail::Kind;
use crate::mail::outbox::MailStatus;
use crate::mail::queue::Filter;
use crate::web::problem::ProblemDocument;
use crate::web::{App, Page, PageQuery, Path, Query, Versioned};

/// The routes of this room.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_mails)
        .service(read_mail)
        .service(retry_mail);
}

#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Rows in a page, 1 to 200; 50 unless given.
    limit: Option<u32>,
    /// The mark that the page before gave as `next_cursor`.
    cursor: Option<String>,
    /// Only mails of this status; `dead` are those that need somebody.
    status: Option<MailStatus>,
    /// Only mails of this kind.
    kind: Option<Kind>,
    /// Only mails to this person.
    person_id: Option<PersonId>,
}

/// Mails to people, the newest first.
#[utoipa::path(tag = "mails", operation_id = "list_mails", params(ListQuery),
    responses((status = 200, body = Page<MailSummary>), (status = 403, body = ProblemDocument)))]
#[get("/mails")]
async fn list_mails(
    caller: Caller,
    app: Data<App>,
    query: Query<ListQuery>,
) -> Result<impl Responder, Problem> {
    let Query(query) = query;
    let page = PageQuery::new(query.limit, query.cursor);
    let rows = page.fetch()?;
    let filter = Filter {
        status: query.status,
        kind: query.kind,
        person_id: query.person_id,
        programmes: None,
        before: page.after()?,
    };
    let mails = app
        .db
        .run(move |conn| read::list(conn, &caller.ctx, &filter, rows))
        .await?;
    page.page(mails, |mail| mail.id)
}

/// One mail with its words. Links are cut to their host.
#[utoipa::path(tag = "mails", operation_id = "read_mail", params(("id" = OutboxId, Path)),
    responses((status = 200, body = Mail), (status = 404, body = ProblemDocument)))]
#[get("/mails/{id}")]
async fn read_mail(
    caller: Caller,
    app: Data<App>,
    id: Path<OutboxId>,
) -> Result<impl Responder, Problem> {
    let mail = app
        .db
        .run(move |conn| read::read(conn, &caller.ctx, id.0))
        .await?;
    let version = mail.summary.version;
    Ok(Versioned::ok(mail, version))
}

/// Sends a dead mail again, to the same address.
#[utoipa::path(tag = "mails", operation_id = "retry_mail", params(("id" = OutboxId, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = Mail), (status = 404, body = ProblemDocument),
        (status = 409, body = ProblemDocument), (status = 412, body = ProblemDocument)))]
#[post("/mails/{id}/retry")]
async fn retry_mail(
    caller: Caller,
    app: Data<App>,
    id: Path<OutboxId>,
    if_match: IfMatch,
) -> Result<impl Responder, Problem> {
    let mail = app
        .db
        .run(move |conn| retry::retry(conn, &caller.ctx, id.0, &if_match))
        .await?;
    let version = mail.summary.version;
    Ok(Versioned::ok(mail, version))
}
