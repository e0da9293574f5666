//! Signing in: address and password for a session, with the attempts counted.

use chrono::Duration;
use diesel::prelude::*;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use crate::access::email::Email;
use crate::access::password::{self, Password, PasswordHash};
use crate::access::sessions::{Kind, PAGE, Session, change, insert, presented};
use crate::access::throttle::{self, Familiarity};
use crate::access::{record, tokens};
use crate::db::schema::{accounts, audit_log};
use crate::db::{Conn, codec::AnyId};
use crate::kernel::ids::{AccountId, FamilyId, PersonId};
use crate::kernel::{Actor, Context, Locale, Problem, Token};

/// How long an address counts as familiar after a sign-in from it.
const FAMILIAR: Duration = Duration::days(90);

/// An attempt to sign in.
#[derive(Debug)]
pub struct SignIn {
    pub email: String,
    pub password: SecretString,
    pub kind: Kind,
}

#[derive(Debug, Queryable)]
struct Credentials {
    id: AccountId,
    person_id: Option<PersonId>,
    locale: Locale,
    hash: Option<String>,
}

/// Signs in. Hold [`password::place`] while it runs; it hashes, outside its transactions.
///
/// # Errors
/// 401 `sign-in-refused`, the same for a wrong password, an unknown address and an account that is not active;
/// 429 after too many attempts.
pub fn sign_in(conn: &mut Conn, ctx: &Context, attempt: SignIn) -> Result<Session, Problem> {
    let key = Email::key_of(&attempt.email);
    let found = credentials(conn, &key)?;
    let familiarity = familiarity(conn, ctx, found.as_ref().map(|found| found.id))?;
    let buckets = throttle::of_sign_in(ctx, &key, familiarity);
    throttle::take(conn, ctx, &buckets)?;
    let presented = attempt.password.expose_secret();
    let hash = found
        .as_ref()
        .and_then(|found| found.hash.clone())
        .map(PasswordHash::stored);
    let fits = password::matches(hash.as_ref(), presented);
    let Some(found) = found.filter(|_| fits) else {
        tracing::info!(request = ctx.request_id, "a sign-in was refused");
        return Err(Problem::Unauthenticated {
            code: "sign-in-refused",
        });
    };
    let renewed = match hash.filter(PasswordHash::is_dated) {
        Some(_) => Some(Password::unchecked(presented).hash()?),
        None => None,
    };
    conn.write_tx(|conn| {
        throttle::succeeded(conn, ctx, &buckets)?;
        if let Some(hash) = &renewed {
            diesel::update(accounts::table.find(found.id))
                .set(accounts::password_hash.eq(hash.as_str()))
                .execute(conn)?;
        }
        begin(conn, ctx, &found, attempt.kind)
    })
}

/// The account that may sign in with the address `key`.
fn credentials(conn: &mut Conn, key: &str) -> Result<Option<Credentials>, Problem> {
    Ok(accounts::table
        .filter(accounts::email_key.eq(key))
        .filter(accounts::status.eq("active"))
        .select((
            accounts::id,
            accounts::person_id,
            accounts::locale,
            accounts::password_hash,
        ))
        .first(conn)
        .optional()?)
}

/// Asked of unknown accounts too, so that both take the same time.
fn familiarity(
    conn: &mut Conn,
    ctx: &Context,
    account: Option<AccountId>,
) -> Result<Familiarity, Problem> {
    let Some(address) = ctx.address else {
        return Ok(Familiarity::Strange);
    };
    let account = account.map_or(uuid::Uuid::nil(), |id| id.0);
    let seen: i64 = audit_log::table
        .filter(audit_log::actor_id.eq(AnyId(account)))
        .filter(audit_log::action.eq("session.start"))
        .filter(audit_log::address.eq(address.to_string()))
        .filter(audit_log::at.gt(ctx.now.minus(FAMILIAR)))
        .count()
        .get_result(conn)?;
    Ok(if seen > 0 {
        Familiarity::Known
    } else {
        Familiarity::Strange
    })
}

/// Begins a family for the account; expects to be inside a transaction.
fn begin(
    conn: &mut Conn,
    ctx: &Context,
    account: &Credentials,
    kind: Kind,
) -> Result<Session, Problem> {
    let family = FamilyId::new(ctx.now);
    let random = Token::random()?;
    let refresh = match kind {
        Kind::Api => random,
        Kind::Page => presented(&format!("{PAGE}{}", random.expose()))?,
    };
    let expires_at = insert(conn, ctx, account.id, family, &refresh)?;
    diesel::update(accounts::table.find(account.id))
        .set(accounts::last_login_at.eq(ctx.now))
        .execute(conn)?;
    let ctx = ctx.acting_as(Actor::Account {
        id: account.id,
        person_id: account.person_id,
        grants: Vec::new(),
    });
    let after = json!({ "kind": match kind { Kind::Api => "api", Kind::Page => "page" } });
    record(conn, &ctx, &change("session.start", family, Some(&after)))?;
    Ok(Session {
        account_id: account.id,
        locale: account.locale,
        access: match kind {
            Kind::Api => Some(tokens::issue_in_session(conn, &ctx, account.id, family)?.into()),
            Kind::Page => None,
        },
        refresh,
        refresh_expires_at: expires_at,
    })
}
