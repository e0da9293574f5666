//! The queries of accounts.

use std::collections::HashMap;

use diesel::dsl::exists;
use diesel::prelude::*;

use crate::access::accounts::model::{Account, HeldGrant, NewGrant};
use crate::access::links::Addressee;
use crate::access::policy::Scope;
use crate::db::schema::{account_grants, accounts, participations};
use crate::db::{Conn, constraint};
use crate::kernel::ids::{AccountId, GrantId, PersonId, ProgrammeId};
use crate::kernel::{Context, Instant, Locale, Problem, Role};

crate::text_enum! {
    /// Where an account stands.
    pub enum AccountStatus {
        /// A mail with a link to set a password was sent.
        Invited => "invited",
        /// Can sign in.
        Active => "active",
        /// Cannot.
        Disabled => "disabled",
    }
}

/// An account's own row.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = accounts)]
pub struct Row {
    pub id: AccountId,
    pub person_id: Option<PersonId>,
    pub email: String,
    pub email_key: String,
    pub display_name: String,
    pub password_hash: Option<String>,
    pub status: AccountStatus,
    pub locale: Locale,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub last_login_at: Option<Instant>,
    pub version: i32,
}

/// Saves a new account. Errors: 409 `account-exists`, `person-has-account`.
pub fn insert(conn: &mut Conn, row: &Row) -> Result<(), Problem> {
    diesel::insert_into(accounts::table)
        .values(row)
        .execute(conn)
        .map_err(|error| match constraint(&error) {
            Some(rule) if rule.is_unique_on("accounts", &["person_id"], "accounts_person") => {
                Problem::conflict("person-has-account")
            }
            Some(rule)
                if rule.is_unique_on("accounts", &["email_key"], "accounts_email_key_key") =>
            {
                Problem::conflict("account-exists")
            }
            _ => error.into(),
        })?;
    Ok(())
}

/// Saves a grant. Errors: 409 `grant-exists`; 422 at `/programme_id` when there is no such programme.
pub fn insert_grant(
    conn: &mut Conn,
    ctx: &Context,
    account: AccountId,
    grant: NewGrant,
) -> Result<GrantId, Problem> {
    let id = GrantId::new(ctx.now);
    diesel::insert_into(account_grants::table)
        .values((
            account_grants::id.eq(id),
            account_grants::account_id.eq(account),
            account_grants::role.eq(grant.role),
            account_grants::programme_id.eq(grant.programme_id),
            account_grants::granted_at.eq(ctx.now),
            account_grants::granted_by.eq(ctx.actor.account_id()),
        ))
        .execute(conn)
        .map_err(|error| match constraint(&error) {
            Some(crate::db::Constraint::Unique { .. }) => Problem::conflict("grant-exists"),
            Some(crate::db::Constraint::ForeignKey) => Problem::field("/programme_id", "not-found"),
            _ => error.into(),
        })?;
    Ok(id)
}

/// The account `id` with its grants, or [`Problem::NotFound`].
pub fn find(conn: &mut Conn, id: AccountId) -> Result<Account, Problem> {
    let row: Row = accounts::table
        .find(id)
        .select(Row::as_select())
        .first(conn)?;
    let mut account = with_grants(conn, vec![row])?
        .pop()
        .ok_or(Problem::NotFound)?;
    if let Some(person) = account.person_id {
        let takes_part: Vec<ProgrammeId> = participations::table
            .filter(participations::person_id.eq(person))
            .select(participations::programme_id)
            .load(conn)?;
        account.programmes.extend(takes_part);
    }
    Ok(account)
}

/// Whom to write to under the address `key`, and where that account stands.
pub fn addressee_of(
    conn: &mut Conn,
    key: &str,
) -> Result<Option<(Addressee, AccountStatus)>, Problem> {
    let row: Option<Row> = accounts::table
        .filter(accounts::email_key.eq(key))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    Ok(row.map(|row| {
        let to = Addressee {
            id: row.id,
            name: row.display_name,
            email: row.email,
            locale: row.locale,
        };
        (to, row.status)
    }))
}

/// What a list is asked for.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub status: Option<AccountStatus>,
    pub role: Option<Role>,
    pub programme_id: Option<ProgrammeId>,
}

/// Accounts by address, after the address `after`; two queries, however many rows.
pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &Filter,
    after: Option<String>,
    rows: i64,
) -> Result<Vec<Account>, Problem> {
    let mut query = accounts::table.select(Row::as_select()).into_boxed();
    let holds = || account_grants::table.filter(account_grants::account_id.eq(accounts::id));
    if !scope.all {
        let granted =
            exists(holds().filter(account_grants::programme_id.eq_any(scope.programmes.clone())));
        let takes_part = exists(
            participations::table
                .filter(participations::person_id.nullable().eq(accounts::person_id))
                .filter(participations::programme_id.eq_any(scope.programmes.clone())),
        );
        query = query.filter(granted.or(takes_part));
    }
    if let Some(status) = filter.status {
        query = query.filter(accounts::status.eq(status));
    }
    if let Some(role) = filter.role {
        query = query.filter(exists(holds().filter(account_grants::role.eq(role))));
    }
    if let Some(programme) = filter.programme_id {
        let of = account_grants::programme_id.eq(programme);
        query = query.filter(exists(holds().filter(of)));
    }
    if let Some(key) = after {
        query = query.filter(accounts::email_key.gt(key));
    }
    let rows = query.order(accounts::email_key).limit(rows).load(conn)?;
    with_grants(conn, rows)
}

fn with_grants(conn: &mut Conn, rows: Vec<Row>) -> Result<Vec<Account>, Problem> {
    type Held = (AccountId, GrantId, Role, Option<ProgrammeId>, Instant);
    let ids: Vec<AccountId> = rows.iter().map(|row| row.id).collect();
    let held: Vec<Held> = account_grants::table
        .filter(account_grants::account_id.eq_any(&ids))
        .order((account_grants::granted_at, account_grants::id))
        .select((
            account_grants::account_id,
            account_grants::id,
            account_grants::role,
            account_grants::programme_id,
            account_grants::granted_at,
        ))
        .load(conn)?;
    let mut grants: HashMap<AccountId, Vec<HeldGrant>> = HashMap::new();
    for (account, id, role, programme_id, granted_at) in held {
        grants.entry(account).or_default().push(HeldGrant {
            id,
            role,
            programme_id,
            granted_at,
        });
    }
    Ok(rows
        .into_iter()
        .map(|row| {
            let grants = grants.remove(&row.id).unwrap_or_default();
            account(row, grants)
        })
        .collect())
}

fn account(row: Row, grants: Vec<HeldGrant>) -> Account {
    Account {
        id: row.id,
        email: row.email,
        display_name: row.display_name,
        locale: row.locale,
        status: row.status,
        person_id: row.person_id,
        programmes: grants.iter().filter_map(|g| g.programme_id).collect(),
        grants,
        created_at: row.created_at,
        updated_at: row.updated_at,
        last_login_at: row.last_login_at,
        version: row.version,
    }
}

/// Marks the account changed: its version is one more than `version` from now on. Errors: 412.
pub fn touch(conn: &mut Conn, ctx: &Context, id: AccountId, version: i32) -> Result<(), Problem> {
    let changed = diesel::update(
        accounts::table
            .find(id)
            .filter(accounts::version.eq(version)),
    )
    .set((
        accounts::version.eq(version + 1),
        accounts::updated_at.eq(ctx.now),
    ))
    .execute(conn)?;
    if changed == 1 {
        Ok(())
    } else {
        Err(Problem::Stale)
    }
}

/// Refuses when no other active administrator than `leaving` is there. Everybody who takes an administrator
/// away asks this first and holds the rows until the end, so that two who leave at once cannot both go.
pub fn require_another_administrator(conn: &mut Conn, leaving: AccountId) -> Result<(), Problem> {
    if let Conn::Pg(c) = conn {
        diesel::sql_query(
            "SELECT 1 FROM account_grants WHERE role = 'administrator' ORDER BY id FOR UPDATE",
        )
        .execute(c)?;
    }
    let others: i64 = account_grants::table
        .inner_join(accounts::table)
        .filter(account_grants::role.eq(Role::Administrator))
        .filter(accounts::status.eq(AccountStatus::Active))
        .filter(accounts::id.ne(leaving))
        .count()
        .get_result(conn)?;
    if others == 0 {
        Err(Problem::conflict("last-administrator"))
    } else {
        Ok(())
    }
}
