//! Changing an account: its name and language, whether it may sign in.

use diesel::prelude::*;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::access::accounts::invite::display_name;
use crate::access::accounts::model::{Account, require_reach};
use crate::access::accounts::store::{self, AccountStatus};
use crate::access::policy::{self, Action};
use crate::access::{audit, links, record, sessions};
use crate::db::Conn;
use crate::db::connection::LockTable;
use crate::db::schema::accounts;
use crate::kernel::ids::AccountId;
use crate::kernel::{Context, IfMatch, Locale, Problem};

/// What can be changed; what is left out stays.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AccountChange)]
pub struct Change {
    pub display_name: Option<String>,
    pub locale: Option<Locale>,
}

/// Changes name and language. Errors: 403, 404, 412, 422.
pub fn update(
    conn: &mut Conn,
    ctx: &Context,
    id: AccountId,
    if_match: &IfMatch,
    change: Change,
) -> Result<Account, Problem> {
    conn.write_tx(|conn| {
        let before = store::find(conn, id)?;
        policy::allow(&ctx.actor, Action::UpdateAccount, &before.object())?;
        if ctx.actor.account_id() != Some(id) {
            require_reach(&ctx.actor, &before)?;
        }
        if_match.require(before.version)?;
        let name = change
            .display_name
            .as_deref()
            .map(display_name)
            .transpose()
            .map_err(|fault| Problem::Invalid(vec![fault]))?;
        diesel::update(accounts::table.find(id))
            .set((
                accounts::display_name.eq(name.unwrap_or_else(|| before.display_name.clone())),
                accounts::locale.eq(change.locale.unwrap_or(before.locale)),
            ))
            .execute(conn)?;
        changed(conn, ctx, "account.update", &before)
    })
}

/// Shuts the account out, at once and on every device; its links are void.
///
/// # Errors
/// 404; 403 for an account that holds more than the actor; 409 `account-oneself`, `last-administrator`.
pub fn disable(conn: &mut Conn, ctx: &Context, id: AccountId) -> Result<Account, Problem> {
    conn.write_tx(|conn| {
        conn.lock_row(LockTable::Accounts, id.0)?;
        let before = store::find(conn, id)?;
        policy::allow(&ctx.actor, Action::DisableAccount, &before.object())?;
        require_reach(&ctx.actor, &before)?;
        if ctx.actor.account_id() == Some(id) {
            return Err(Problem::conflict("account-oneself"));
        }
        if before.status == AccountStatus::Disabled {
            return Ok(before);
        }
        if before.administers() {
            store::require_another_administrator(conn, id)?;
        }
        sessions::revoke_all(conn, ctx, id, None)?;
        links::void(conn, ctx, id)?;
        set_status(conn, id, AccountStatus::Disabled)?;
        changed(conn, ctx, "account.disable", &before)
    })
}

/// Lets the account in again: active with its old password, or invited when it never had one.
///
/// # Errors
/// As [`disable`].
pub fn enable(conn: &mut Conn, ctx: &Context, id: AccountId) -> Result<Account, Problem> {
    conn.write_tx(|conn| {
        conn.lock_row(LockTable::Accounts, id.0)?;
        let before = store::find(conn, id)?;
        policy::allow(&ctx.actor, Action::EnableAccount, &before.object())?;
        require_reach(&ctx.actor, &before)?;
        if before.status != AccountStatus::Disabled {
            return Ok(before);
        }
        let has_password: Option<String> = accounts::table
            .find(id)
            .select(accounts::password_hash)
            .first(conn)?;
        let status = match has_password {
            Some(_) => AccountStatus::Active,
            None => AccountStatus::Invited,
        };
        set_status(conn, id, status)?;
        changed(conn, ctx, "account.enable", &before)
    })
}

fn set_status(conn: &mut Conn, id: AccountId, status: AccountStatus) -> Result<(), Problem> {
    diesel::update(accounts::table.find(id))
        .set(accounts::status.eq(status))
        .execute(conn)?;
    Ok(())
}

fn changed(
    conn: &mut Conn,
    ctx: &Context,
    action: &'static str,
    before: &Account,
) -> Result<Account, Problem> {
    store::touch(conn, ctx, before.id, before.version)?;
    let after = store::find(conn, before.id)?;
    record(
        conn,
        ctx,
        &audit::Change {
            action,
            object_type: "account",
            object_id: before.id.into(),
            programme_id: before.programmes.first().copied(),
            before: Some(before),
            after: Some(&after),
        },
    )?;
    Ok(after)
}
