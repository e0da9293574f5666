//! Access tokens.

use diesel::prelude::*;

use crate::db::Conn;
use crate::db::schema::{account_grants, accounts};
use crate::kernel::ids::{AccountId, PersonId, ProgrammeId};
use crate::kernel::{Actor, Context, Grant, Instant, Problem, Role};
use crate::web::App;

/// The actor whom the access token `token` names.
pub async fn authenticate(app: &App, token: String) -> Result<Actor, Problem> {
    let invalid = || Problem::Unauthenticated {
        code: "token-invalid",
    };
    let text = app
        .platform
        .keyring
        .open_text("access", &token)
        .map_err(|_| invalid())?;
    let (id, expires): (AccountId, Instant) = serde_json::from_str(&text)?;
    if expires <= app.clock.now() {
        return Err(Problem::Unauthenticated {
            code: "token-expired",
        });
    }
    app.db
        .run(move |conn| actor(conn, id)?.ok_or_else(invalid))
        .await
}

/// An access token for the account `id`.
pub fn issue_access(_conn: &mut Conn, ctx: &Context, id: AccountId) -> Result<String, Problem> {
    let minutes = i64::from(ctx.settings().security.access_token_minutes);
    let expires = ctx.now.plus(chrono::Duration::minutes(minutes));
    Ok(ctx
        .keyring()
        .seal("access", serde_json::to_string(&(id, expires))?.as_bytes())?)
}

fn actor(conn: &mut Conn, id: AccountId) -> Result<Option<Actor>, Problem> {
    let person: Option<Option<PersonId>> = accounts::table
        .find(id)
        .filter(accounts::status.eq("active"))
        .select(accounts::person_id)
        .first(conn)
        .optional()?;
    let Some(person_id) = person else {
        return Ok(None);
    };
    let grants: Vec<(Role, Option<ProgrammeId>)> = account_grants::table
        .filter(account_grants::account_id.eq(id))
        .select((account_grants::role, account_grants::programme_id))
        .load(conn)?;
    let grants = grants
        .into_iter()
        .map(|(role, programme_id)| Grant { role, programme_id })
        .collect();
    Ok(Some(Actor::Account {
        id,
        person_id,
        grants,
    }))
}
