//! Giving a role and taking it away; both take effect with the next request.

use diesel::prelude::*;

use crate::access::accounts::model::{Account, HeldGrant, NewGrant, may_grant};
use crate::access::accounts::store;
use crate::access::policy::{self, Action};
use crate::access::{audit, record};
use crate::db::Conn;
use crate::db::connection::LockTable;
use crate::db::schema::account_grants;
use crate::kernel::ids::{AccountId, GrantId};
use crate::kernel::{Context, Problem, Role};

/// Gives the account `id` a role.
///
/// # Errors
/// 404 for another's account; 403 for more than the actor holds; 422; 409 `grant-exists`.
pub fn add(
    conn: &mut Conn,
    ctx: &Context,
    id: AccountId,
    grant: NewGrant,
) -> Result<Account, Problem> {
    conn.write_tx(|conn| {
        conn.lock_row(LockTable::Accounts, id.0)?;
        let before = store::find(conn, id)?;
        policy::allow(&ctx.actor, Action::AddGrant, &before.object())?;
        grant.check("")?;
        if !may_grant(&ctx.actor, grant.role, grant.programme_id) {
            return Err(Problem::Forbidden);
        }
        if before.person_id.is_none() && matches!(grant.role, Role::Mentor | Role::Mentee) {
            return Err(Problem::field("/role", "role-needs-person"));
        }
        store::insert_grant(conn, ctx, id, grant)?;
        changed(conn, ctx, "account.grant", &before)
    })
}

/// Takes a role away from the account `id`.
///
/// # Errors
/// 404; 403 for a role that the actor could not give; 409 `last-administrator`.
pub fn remove(
    conn: &mut Conn,
    ctx: &Context,
    id: AccountId,
    grant: GrantId,
) -> Result<Account, Problem> {
    conn.write_tx(|conn| {
        let before = store::find(conn, id)?;
        policy::allow(&ctx.actor, Action::RemoveGrant, &before.object())?;
        let held: &HeldGrant = before
            .grants
            .iter()
            .find(|held| held.id == grant)
            .ok_or(Problem::NotFound)?;
        if !may_grant(&ctx.actor, held.role, held.programme_id) {
            return Err(Problem::Forbidden);
        }
        if held.role == Role::Administrator {
            store::require_another_administrator(conn, id)?;
        }
        let removed = diesel::delete(account_grants::table.find(grant)).execute(conn)?;
        if removed == 0 {
            return Err(Problem::NotFound);
        }
        changed(conn, ctx, "account.revoke", &before)
    })
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
            programme_id: before
                .programmes
                .first()
                .or(after.programmes.first())
                .copied(),
            before: Some(before),
            after: Some(&after),
        },
    )?;
    Ok(after)
}
