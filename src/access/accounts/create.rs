//! Accounts that no invitation makes: the first administrator, and the people of the demonstration.

use diesel::prelude::*;

use crate::access::accounts::model::NewGrant;
use crate::access::accounts::store::{self, AccountStatus, Row};
use crate::access::email::Email;
use crate::access::links::{self, Purpose};
use crate::access::password::PasswordHash;
use crate::access::{audit, record};
use crate::db::Conn;
use crate::db::schema::{account_grants, accounts};
use crate::kernel::ids::{AccountId, PersonId};
use crate::kernel::{Context, Locale, Problem, Role};

/// An account to be made.
#[derive(Debug, Clone)]
pub struct NewAccount {
    pub email: Email,
    pub display_name: String,
    pub locale: Locale,
    pub person_id: Option<PersonId>,
    pub grants: Vec<NewGrant>,
}

/// Makes an active account whose password is known; expects to be inside a transaction. One hash may serve
/// many accounts of a demonstration, where everybody may know the password.
///
/// # Errors
/// 409 `account-exists`, `person-has-account`; 422 for a grant without its programme.
pub fn create_with_password(
    conn: &mut Conn,
    ctx: &Context,
    new: &NewAccount,
    hash: &PasswordHash,
) -> Result<AccountId, Problem> {
    insert(conn, ctx, new, AccountStatus::Active, Some(hash))
}

/// Saves the account and its grants and writes the audit line; expects to be inside a transaction.
pub(super) fn insert(
    conn: &mut Conn,
    ctx: &Context,
    new: &NewAccount,
    status: AccountStatus,
    hash: Option<&PasswordHash>,
) -> Result<AccountId, Problem> {
    let id = AccountId::new(ctx.now);
    store::insert(
        conn,
        &Row {
            id,
            person_id: new.person_id,
            email: new.email.shown().to_owned(),
            email_key: new.email.key().to_owned(),
            display_name: new.display_name.clone(),
            password_hash: hash.map(|hash| hash.as_str().to_owned()),
            status,
            locale: new.locale,
            created_at: ctx.now,
            updated_at: ctx.now,
            last_login_at: None,
            version: 1,
        },
    )?;
    for grant in &new.grants {
        grant.check("")?;
        store::insert_grant(conn, ctx, id, *grant)?;
    }
    let account = store::find(conn, id)?;
    record(
        conn,
        ctx,
        &audit::Change {
            action: "account.create",
            object_type: "account",
            object_id: id.into(),
            programme_id: account.programmes.first().copied(),
            before: None,
            after: Some(&account),
        },
    )?;
    Ok(id)
}

/// Makes an administrator for whoever runs the machine, or lets a locked-out one in again: an account that
/// already has the address is enabled and given the role. Returns the link with which they set their password.
///
/// # Errors
/// 422 at `/email` or `/display_name`.
pub fn create_first_administrator(
    conn: &mut Conn,
    ctx: &Context,
    email: &str,
    display_name: &str,
    locale: Locale,
) -> Result<String, Problem> {
    let email = Email::parse("/email", email).map_err(|fault| Problem::Invalid(vec![fault]))?;
    if display_name.trim().is_empty() {
        return Err(Problem::field("/display_name", "required"));
    }
    let grant = NewGrant {
        role: Role::Administrator,
        programme_id: None,
    };
    conn.write_tx(|conn| {
        let id = match store::addressee_of(conn, email.key())? {
            Some((known, _)) => readmit(conn, ctx, known.id, grant)?,
            None => {
                let new = NewAccount {
                    email,
                    display_name: display_name.trim().to_owned(),
                    locale,
                    person_id: None,
                    grants: vec![grant],
                };
                insert(conn, ctx, &new, AccountStatus::Invited, None)?
            }
        };
        Ok(links::make(conn, ctx, id, Purpose::SetPassword)?.1)
    })
}

fn readmit(
    conn: &mut Conn,
    ctx: &Context,
    id: AccountId,
    grant: NewGrant,
) -> Result<AccountId, Problem> {
    let before = store::find(conn, id)?;
    let held = account_grants::table
        .filter(account_grants::account_id.eq(id))
        .filter(account_grants::role.eq(Role::Administrator))
        .count()
        .get_result::<i64>(conn)?;
    if held == 0 {
        store::insert_grant(conn, ctx, id, grant)?;
    }
    if before.status == AccountStatus::Disabled {
        diesel::update(accounts::table.find(id))
            .set(accounts::status.eq(AccountStatus::Invited))
            .execute(conn)?;
    }
    store::touch(conn, ctx, id, before.version)?;
    let after = store::find(conn, id)?;
    record(
        conn,
        ctx,
        &audit::Change {
            action: "account.readmit",
            object_type: "account",
            object_id: id.into(),
            programme_id: None,
            before: Some(&before),
            after: Some(&after),
        },
    )?;
    Ok(id)
}
