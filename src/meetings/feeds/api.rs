//! Feeds over the API: whether there is one, a new address, the end of it.

use actix_web::web::Data;
use actix_web::{HttpResponse, Responder, delete, get, post};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::manage::{self, Owner, Shown};
use crate::access::Caller;
use crate::kernel::ids::{AccountId, PersonId};
use crate::kernel::{Instant, Problem};
use crate::web::problem::ProblemDocument;
use crate::web::{App, Path};

/// The routes of feeds.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(read_person_feed)
        .service(make_person_feed)
        .service(revoke_person_feed)
        .service(read_account_feed)
        .service(make_account_feed)
        .service(revoke_account_feed);
}

/// A feed, without its address, which is a secret and stored as a hash only.
#[derive(Debug, Serialize, ToSchema)]
struct FeedView {
    /// Whether there is one.
    active: bool,
    /// When its address was made.
    made_at: Option<Instant>,
    /// When a calendar program last read it, to the hour.
    read_at: Option<Instant>,
}

impl From<Shown> for FeedView {
    fn from(shown: Shown) -> Self {
        Self {
            active: shown.made_at.is_some(),
            made_at: shown.made_at,
            read_at: shown.read_at,
        }
    }
}

/// A new address; it is told this once.
#[derive(Debug, Serialize, ToSchema)]
struct NewFeed {
    /// For programs that ask for an address.
    #[schema(example = "https://mentors.example.org/feeds/5kQ0m6vT2fYx1J9bWc3dLr8sZpA7uHnE.ics")]
    address: String,
    /// The same address as a link that opens the calendar program.
    #[schema(example = "webcal://mentors.example.org/feeds/5kQ0m6vT2fYx1J9bWc3dLr8sZpA7uHnE.ics")]
    subscribe: String,
}

async fn look(caller: Caller, app: Data<App>, owner: Owner) -> Result<impl Responder, Problem> {
    let shown = app
        .db
        .run(move |conn| manage::look(conn, &caller.ctx, owner))
        .await?;
    Ok(actix_web::web::Json(FeedView::from(shown)))
}

async fn make(caller: Caller, app: Data<App>, owner: Owner) -> Result<impl Responder, Problem> {
    let address = app
        .db
        .run(move |conn| manage::make(conn, &caller.ctx, owner))
        .await?;
    let subscribe = super::subscribe(&address);
    Ok(HttpResponse::Created().json(NewFeed { address, subscribe }))
}

async fn revoke(caller: Caller, app: Data<App>, owner: Owner) -> Result<HttpResponse, Problem> {
    app.db
        .run(move |conn| manage::revoke(conn, &caller.ctx, owner))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Whether a person's meetings can be subscribed to, and when a program last did.
#[utoipa::path(tag = "feeds", operation_id = "read_person_feed", params(("id" = PersonId, Path)),
    responses((status = 200, body = FeedView), (status = 404, body = ProblemDocument)))]
#[get("/persons/{id}/feed")]
async fn read_person_feed(
    caller: Caller,
    app: Data<App>,
    id: Path<PersonId>,
) -> Result<impl Responder, Problem> {
    look(caller, app, Owner::Person(id.0)).await
}

/// A new secret address at which calendar programs read one's own meetings; an earlier address ends.
#[utoipa::path(tag = "feeds", operation_id = "make_person_feed", params(("id" = PersonId, Path)),
    responses((status = 201, body = NewFeed), (status = 404, body = ProblemDocument),
        (status = 409, body = ProblemDocument)))]
#[post("/persons/{id}/feed")]
async fn make_person_feed(
    caller: Caller,
    app: Data<App>,
    id: Path<PersonId>,
) -> Result<impl Responder, Problem> {
    make(caller, app, Owner::Person(id.0)).await
}

/// Ends the address of a person's feed.
#[utoipa::path(tag = "feeds", operation_id = "revoke_person_feed", params(("id" = PersonId, Path)),
    responses((status = 204, description = "There is none any more."), (status = 404, body = ProblemDocument)))]
#[delete("/persons/{id}/feed")]
async fn revoke_person_feed(
    caller: Caller,
    app: Data<App>,
    id: Path<PersonId>,
) -> Result<impl Responder, Problem> {
    revoke(caller, app, Owner::Person(id.0)).await
}

/// Whether a coordinator's programmes can be subscribed to, and when a program last did.
#[utoipa::path(tag = "feeds", operation_id = "read_account_feed", params(("id" = AccountId, Path)),
    responses((status = 200, body = FeedView), (status = 404, body = ProblemDocument)))]
#[get("/accounts/{id}/feed")]
async fn read_account_feed(
    caller: Caller,
    app: Data<App>,
    id: Path<AccountId>,
) -> Result<impl Responder, Problem> {
    look(caller, app, Owner::Account(id.0)).await
}

/// A new secret address at which calendar programs read the meetings of the programmes that one coordinates; an
/// earlier address ends.
#[utoipa::path(tag = "feeds", operation_id = "make_account_feed", params(("id" = AccountId, Path)),
    responses((status = 201, body = NewFeed), (status = 404, body = ProblemDocument)))]
#[post("/accounts/{id}/feed")]
async fn make_account_feed(
    caller: Caller,
    app: Data<App>,
    id: Path<AccountId>,
) -> Result<impl Responder, Problem> {
    make(caller, app, Owner::Account(id.0)).await
}

/// Ends the address of a coordinator's feed.
#[utoipa::path(tag = "feeds", operation_id = "revoke_account_feed", params(("id" = AccountId, Path)),
    responses((status = 204, description = "There is none any more."), (status = 404, body = ProblemDocument)))]
#[delete("/accounts/{id}/feed")]
async fn revoke_account_feed(
    caller: Caller,
    app: Data<App>,
    id: Path<AccountId>,
) -> Result<impl Responder, Problem> {
    revoke(caller, app, Owner::Account(id.0)).await
}
