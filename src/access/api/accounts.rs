//! Accounts over the API.

use actix_web::web::Data;
use actix_web::{HttpResponse, Responder, delete, get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::Caller;
use crate::access::accounts::invite::{self, Invitation};
use crate::access::accounts::manage::{self, Change};
use crate::access::accounts::model::NewGrant;
use crate::access::accounts::store::{AccountStatus, Filter};
use crate::access::accounts::{Account, grants, store};
use crate::access::policy::{self, Action};
use crate::kernel::ids::{AccountId, GrantId, PersonId, ProgrammeId};
use crate::kernel::{Grant, IfMatch, Locale, Problem, Role};
use crate::web::problem::ProblemDocument;
use crate::web::{App, Body, Page, PageQuery, Path, Query, Versioned};

/// Who is signed in.
#[derive(Debug, Serialize, ToSchema)]
struct Me {
    account_id: AccountId,
    email: String,
    display_name: String,
    locale: Locale,
    /// The person whom the account belongs to, for a mentor or mentee.
    person_id: Option<PersonId>,
    grants: Vec<Grant>,
    version: i32,
}

/// The account that asks: its name, language and roles.
#[utoipa::path(tag = "accounts", operation_id = "read_me", responses((status = 200, body = Me)))]
#[get("/me")]
pub(super) async fn read_me(caller: Caller, app: Data<App>) -> Result<impl Responder, Problem> {
    let id = caller.ctx.actor.account_id().ok_or(Problem::NotFound)?;
    let account = app.db.run(move |conn| store::find(conn, id)).await?;
    policy::allow(&caller.ctx.actor, Action::ReadMe, &account.object())?;
    let grants = account.grants.iter().map(|held| Grant {
        role: held.role,
        programme_id: held.programme_id,
    });
    let me = Me {
        account_id: account.id,
        grants: grants.collect(),
        email: account.email,
        display_name: account.display_name,
        locale: account.locale,
        person_id: account.person_id,
        version: account.version,
    };
    Ok(Versioned::ok(me, account.version))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// Only accounts that stand so.
    status: Option<AccountStatus>,
    /// Only accounts that hold this role.
    role: Option<Role>,
    /// Only accounts that hold a role in this programme.
    programme_id: Option<ProgrammeId>,
    /// Rows in a page, 1 to 200; 50 unless given.
    limit: Option<u32>,
    /// The mark that the page before gave as `next_cursor`.
    cursor: Option<String>,
}

/// Accounts, by address: an administrator sees all, a coordinator those of their programmes.
#[utoipa::path(tag = "accounts", operation_id = "list_accounts", params(ListQuery),
    responses((status = 200, body = Page<Account>)))]
#[get("/accounts")]
pub(super) async fn list_accounts(
    caller: Caller,
    app: Data<App>,
    query: Query<ListQuery>,
) -> Result<impl Responder, Problem> {
    let scope = policy::scope(&caller.ctx.actor, Action::ListAccounts)?;
    let page = PageQuery::new(query.0.limit, query.0.cursor);
    let filter = Filter {
        status: query.0.status,
        role: query.0.role,
        programme_id: query.0.programme_id,
    };
    let (after, rows) = (page.after()?, page.fetch()?);
    let rows = app
        .db
        .run(move |conn| store::list(conn, &scope, &filter, after, rows))
        .await?;
    page.page(rows, |account| account.email.to_lowercase())
}

/// Opens an account and mails a link with which its password is set.
#[utoipa::path(tag = "accounts", operation_id = "invite_account", request_body = Invitation, responses(
    (status = 201, body = Account), (status = 409, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
#[post("/accounts")]
pub(super) async fn invite_account(
    caller: Caller,
    app: Data<App>,
    body: Body<Invitation>,
) -> Result<impl Responder, Problem> {
    let account = app
        .db
        .run(move |conn| invite::invite(conn, &caller.ctx, body.0))
        .await?;
    let location = format!("/api/v1/accounts/{}", account.id);
    let version = account.version;
    Ok(Versioned::created(account, version, location))
}

/// One account.
#[utoipa::path(tag = "accounts", operation_id = "read_account", params(("id" = AccountId, Path)),
    responses((status = 200, body = Account), (status = 404, body = ProblemDocument)))]
#[get("/accounts/{id}")]
pub(super) async fn read_account(
    caller: Caller,
    app: Data<App>,
    id: Path<AccountId>,
) -> Result<impl Responder, Problem> {
    let account = app.db.run(move |conn| store::find(conn, id.0)).await?;
    policy::allow(&caller.ctx.actor, Action::ReadAccount, &account.object())?;
    Ok(versioned(account))
}

fn versioned(account: Account) -> Versioned<Account> {
    let version = account.version;
    Versioned::ok(account, version)
}

/// Changes the name or language of an account.
#[utoipa::path(tag = "accounts", operation_id = "update_account", params(("id" = AccountId, Path), ("If-Match" = String, Header)),
    request_body = Change, responses((status = 200, body = Account), (status = 412, body = ProblemDocument)))]
#[patch("/accounts/{id}")]
pub(super) async fn update_account(
    caller: Caller,
    app: Data<App>,
    id: Path<AccountId>,
    if_match: IfMatch,
    body: Body<Change>,
) -> Result<impl Responder, Problem> {
    let account = app
        .db
        .run(move |conn| manage::update(conn, &caller.ctx, id.0, &if_match, body.0))
        .await?;
    Ok(versioned(account))
}

/// Mails the invitation of an account that was never used again; the earlier link is void.
#[utoipa::path(tag = "accounts", operation_id = "resend_invitation", params(("id" = AccountId, Path)),
    responses((status = 202), (status = 409, body = ProblemDocument)))]
#[post("/accounts/{id}/invitation")]
pub(super) async fn resend_invitation(
    caller: Caller,
    app: Data<App>,
    id: Path<AccountId>,
) -> Result<impl Responder, Problem> {
    app.db
        .run(move |conn| invite::invite_again(conn, &caller.ctx, id.0))
        .await?;
    Ok(HttpResponse::Accepted().finish())
}

/// Shuts the account out, at once and on every device.
#[utoipa::path(tag = "accounts", operation_id = "disable_account", params(("id" = AccountId, Path)),
    responses((status = 200, body = Account), (status = 409, body = ProblemDocument)))]
#[post("/accounts/{id}/disable")]
pub(super) async fn disable_account(
    caller: Caller,
    app: Data<App>,
    id: Path<AccountId>,
) -> Result<impl Responder, Problem> {
    let work = move |conn: &mut _| manage::disable(conn, &caller.ctx, id.0);
    Ok(versioned(app.db.run(work).await?))
}

/// Lets the account sign in again.
#[utoipa::path(tag = "accounts", operation_id = "enable_account", params(("id" = AccountId, Path)),
    responses((status = 200, body = Account)))]
#[post("/accounts/{id}/enable")]
pub(super) async fn enable_account(
    caller: Caller,
    app: Data<App>,
    id: Path<AccountId>,
) -> Result<impl Responder, Problem> {
    let work = move |conn: &mut _| manage::enable(conn, &caller.ctx, id.0);
    Ok(versioned(app.db.run(work).await?))
}

/// Gives the account a role; never more than the giver holds.
#[utoipa::path(tag = "accounts", operation_id = "add_grant", params(("id" = AccountId, Path)),
    request_body = NewGrant, responses((status = 201, body = Account), (status = 409, body = ProblemDocument)))]
#[post("/accounts/{id}/grants")]
pub(super) async fn add_grant(
    caller: Caller,
    app: Data<App>,
    id: Path<AccountId>,
    body: Body<NewGrant>,
) -> Result<impl Responder, Problem> {
    let account = app
        .db
        .run(move |conn| grants::add(conn, &caller.ctx, id.0, body.0))
        .await?;
    let location = format!("/api/v1/accounts/{}", account.id);
    let version = account.version;
    Ok(Versioned::created(account, version, location))
}

/// Takes a role away; it ends with the next request.
#[utoipa::path(tag = "accounts", operation_id = "remove_grant",
    params(("id" = AccountId, Path), ("grant_id" = GrantId, Path)),
    responses((status = 200, body = Account), (status = 409, body = ProblemDocument)))]
#[delete("/accounts/{id}/grants/{grant_id}")]
pub(super) async fn remove_grant(
    caller: Caller,
    app: Data<App>,
    path: Path<(AccountId, GrantId)>,
) -> Result<impl Responder, Problem> {
    let (id, grant) = path.0;
    let work = move |conn: &mut _| grants::remove(conn, &caller.ctx, id, grant);
    Ok(versioned(app.db.run(work).await?))
}
