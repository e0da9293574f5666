//! Sessions: a sign-in on one device, kept as a *family* of refresh tokens of which the newest is good.
//!
//! **Rotation.** Every refresh spends the token that is presented and gives its successor. A token that was
//! spent and comes again means that two parties hold it, one of them a thief: the family is revoked, and with
//! it every access token of the session.
//!
//! **The double click.** Within [`GRACE`] of a rotation the spent token is answered once more *with the same
//! successor*, as long as that one is unspent: two tabs that refresh at once, or an answer lost on the way, log
//! nobody out. Because both callers get the same token, the grace does not blind the detection: when thief and
//! owner go on with it, the second of them presents a spent token. For this to work without keeping a token in
//! clear, a successor is not random but derived from its predecessor under the deployment's secret.
//!
//! **Pages.** A browser's session cookie holds a token of the same table that is not rotated: many requests of
//! one page arrive at once, and the cookie is out of reach of scripts. Its text begins with `p.`, so that
//! neither kind is taken for the other.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Duration;
use diesel::prelude::*;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use crate::access::{audit, record, tokens};
use crate::db::Conn;
use crate::db::connection::LockTable;
use crate::db::schema::{accounts, refresh_tokens};
use crate::kernel::ids::{AccountId, FamilyId, RefreshTokenId};
use crate::kernel::{Context, Instant, Locale, Problem, Token};

/// How long a spent token is answered with its successor again.
pub const GRACE: Duration = Duration::seconds(10);
/// How the token of a page session begins.
pub(super) const PAGE: &str = "p.";

/// What a sign-in or a refresh gives.
#[derive(Debug)]
pub struct Session {
    /// The account.
    pub account_id: AccountId,
    /// The language of the account.
    pub locale: Locale,
    /// The token of the next requests; `None` in a page session, whose cookie is enough.
    pub access: Option<SecretString>,
    /// The token of the next refresh, or the page session's cookie.
    pub refresh: Token,
    /// When that ends, if it is not used before.
    pub refresh_expires_at: Instant,
}

/// Which kind of session a sign-in begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Of a program: access and refresh tokens.
    Api,
    /// Of a browser: a cookie.
    Page,
}

pub(super) fn change<'a>(
    action: &'static str,
    family: FamilyId,
    after: Option<&'a serde_json::Value>,
) -> audit::Change<'a> {
    audit::Change {
        action,
        object_type: "session",
        object_id: family.into(),
        programme_id: None,
        before: None,
        after: after.map(|value| -> &dyn audit::erased::Document { value }),
    }
}

pub(super) fn presented(text: &str) -> Result<Token, Problem> {
    Token::presented(text).ok_or_else(ended)
}

pub(super) fn ended() -> Problem {
    Problem::Unauthenticated {
        code: "session-ended",
    }
}

pub(super) fn insert(
    conn: &mut Conn,
    ctx: &Context,
    account: AccountId,
    family: FamilyId,
    token: &Token,
) -> Result<Instant, Problem> {
    let days = i64::from(ctx.settings().security.refresh_token_days);
    let expires_at = ctx.now.plus(Duration::days(days));
    diesel::insert_into(refresh_tokens::table)
        .values((
            refresh_tokens::id.eq(RefreshTokenId::new(ctx.now)),
            refresh_tokens::account_id.eq(account),
            refresh_tokens::family_id.eq(family),
            refresh_tokens::token_hash.eq(token.hash().as_str()),
            refresh_tokens::issued_at.eq(ctx.now),
            refresh_tokens::expires_at.eq(expires_at),
        ))
        .execute(conn)?;
    Ok(expires_at)
}

#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = refresh_tokens)]
pub(super) struct Row {
    id: RefreshTokenId,
    account_id: AccountId,
    pub(super) family_id: FamilyId,
    expires_at: Instant,
    rotated_at: Option<Instant>,
    revoked_at: Option<Instant>,
}

pub(super) fn find(conn: &mut Conn, token: &Token) -> Result<Option<Row>, Problem> {
    Ok(refresh_tokens::table
        .filter(refresh_tokens::token_hash.eq(token.hash().as_str()))
        .select(Row::as_select())
        .first(conn)
        .optional()?)
}

/// What a presented token deserves.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    /// It is the newest: rotate it.
    Rotate,
    /// It was spent a moment ago: the same successor again.
    Again,
    /// It was spent long ago: two parties hold it.
    Stolen,
    /// It is over.
    Over,
}

fn verdict(row: &Row, now: Instant) -> Verdict {
    match (row.revoked_at, row.rotated_at) {
        (Some(_), _) => Verdict::Over,
        (None, Some(at)) if now.since(at) > GRACE => Verdict::Stolen,
        (None, _) if row.expires_at <= now => Verdict::Over,
        (None, Some(_)) => Verdict::Again,
        (None, None) => Verdict::Rotate,
    }
}

/// Spends the refresh token `token` for its successor and a new access token.
///
/// # Errors
/// 401 `session-ended` when the token is unknown, over or was stolen, or its account is not active.
pub fn refresh(conn: &mut Conn, ctx: &Context, token: &SecretString) -> Result<Session, Problem> {
    let token = presented(token.expose_secret())?;
    if token.expose().starts_with(PAGE) {
        return Err(ended());
    }
    // The revocation of a stolen family has to be committed, so a refusal is no error inside the transaction.
    let session = conn.write_tx(|conn| {
        let Some(row) = find(conn, &token)? else {
            return Ok(None);
        };
        conn.lock_row(LockTable::RefreshTokens, row.id.0)?;
        let Some(row) = find(conn, &token)? else {
            return Ok(None);
        };
        match verdict(&row, ctx.now) {
            Verdict::Over => Ok(None),
            Verdict::Rotate | Verdict::Again => rotate(conn, ctx, &row, &token),
            Verdict::Stolen => {
                tracing::warn!(family = %row.family_id, "a spent refresh token came again: its session is revoked");
                revoke_family(conn, ctx, row.family_id)?;
                record(conn, ctx, &change("session.reuse-detected", row.family_id, None))?;
                Ok::<_, Problem>(None)
            }
        }
    })?;
    session.ok_or_else(ended)
}

fn rotate(
    conn: &mut Conn,
    ctx: &Context,
    row: &Row,
    token: &Token,
) -> Result<Option<Session>, Problem> {
    let Some(locale) = accounts::table
        .find(row.account_id)
        .filter(accounts::status.eq("active"))
        .select(accounts::locale)
        .first(conn)
        .optional()?
    else {
        return Ok(None);
    };
    let next = successor(ctx, token)?;
    let refresh_expires_at = match row.rotated_at {
        None => {
            diesel::update(refresh_tokens::table.find(row.id))
                .set(refresh_tokens::rotated_at.eq(ctx.now))
                .execute(conn)?;
            insert(conn, ctx, row.account_id, row.family_id, &next)?
        }
        Some(_) => match find(conn, &next)? {
            Some(unspent) if verdict(&unspent, ctx.now) == Verdict::Rotate => unspent.expires_at,
            _ => return Ok(None),
        },
    };
    let access = tokens::issue_in_session(conn, ctx, row.account_id, row.family_id)?;
    Ok(Some(Session {
        account_id: row.account_id,
        locale,
        access: Some(access.into()),
        refresh: next,
        refresh_expires_at,
    }))
}

/// The token that follows `token`: 256 bits that only this deployment can derive.
fn successor(ctx: &Context, token: &Token) -> Result<Token, Problem> {
    let bits = ctx
        .keyring()
        .mac("refresh-successor", token.expose().as_bytes());
    presented(&URL_SAFE_NO_PAD.encode(bits))
}

/// Ends the session `family`: its refresh token and its access tokens are refused from now on.
pub fn sign_out(conn: &mut Conn, ctx: &Context, family: FamilyId) -> Result<(), Problem> {
    conn.write_tx(|conn| {
        if revoke_family(conn, ctx, family)? > 0 {
            record(conn, ctx, &change("session.end", family, None))?;
        }
        Ok(())
    })
}

/// Ends every session of the account that acts.
pub fn sign_out_everywhere(conn: &mut Conn, ctx: &Context) -> Result<(), Problem> {
    let account = ctx.actor.account_id().ok_or_else(ended)?;
    conn.write_tx(|conn| {
        let ended = revoke_all(conn, ctx, account, None)?;
        let after = json!({ "sessions_ended": ended });
        record(
            conn,
            ctx,
            &audit::Change {
                action: "session.end-all",
                object_type: "account",
                object_id: account.into(),
                programme_id: None,
                before: None,
                after: Some(&after),
            },
        )
    })
}

/// Ends every session of the account, except `keep`; expects to be inside a transaction.
pub fn revoke_all(
    conn: &mut Conn,
    ctx: &Context,
    account: AccountId,
    keep: Option<FamilyId>,
) -> Result<usize, Problem> {
    let of_account = refresh_tokens::table
        .filter(refresh_tokens::account_id.eq(account))
        .filter(refresh_tokens::revoked_at.is_null());
    let end = refresh_tokens::revoked_at.eq(ctx.now);
    Ok(match keep {
        None => diesel::update(of_account).set(end).execute(conn)?,
        Some(family) => diesel::update(of_account.filter(refresh_tokens::family_id.ne(family)))
            .set(end)
            .execute(conn)?,
    })
}

fn revoke_family(conn: &mut Conn, ctx: &Context, family: FamilyId) -> Result<usize, Problem> {
    let of_family = refresh_tokens::table
        .filter(refresh_tokens::family_id.eq(family))
        .filter(refresh_tokens::revoked_at.is_null());
    Ok(diesel::update(of_family)
        .set(refresh_tokens::revoked_at.eq(ctx.now))
        .execute(conn)?)
}

/// Forgets tokens that ended more than thirty days ago; until then a spent one still betrays a thief.
pub fn purge(conn: &mut Conn, now: Instant) -> QueryResult<usize> {
    let old = refresh_tokens::expires_at.lt(now.minus(Duration::days(30)));
    diesel::delete(refresh_tokens::table.filter(old)).execute(conn)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(rotated: Option<i64>, revoked: Option<i64>) -> Row {
        let at = |seconds: i64| Instant::from_millis(seconds * 1000).unwrap();
        Row {
            id: RefreshTokenId::new(at(0)),
            account_id: AccountId::new(at(0)),
            family_id: FamilyId::new(at(0)),
            expires_at: at(1_000),
            rotated_at: rotated.map(at),
            revoked_at: revoked.map(at),
        }
    }

    #[test]
    fn a_spent_token_is_answered_again_for_ten_seconds_and_betrays_a_thief_afterwards() {
        let at = |seconds: i64| Instant::from_millis(seconds * 1000).unwrap();
        assert_eq!(verdict(&row(None, None), at(999)), Verdict::Rotate);
        assert_eq!(verdict(&row(None, None), at(1_000)), Verdict::Over);
        assert_eq!(verdict(&row(Some(500), None), at(510)), Verdict::Again);
        assert_eq!(verdict(&row(Some(500), None), at(511)), Verdict::Stolen);
        assert_eq!(verdict(&row(Some(500), None), at(2_000)), Verdict::Stolen);
        assert_eq!(verdict(&row(Some(500), Some(600)), at(601)), Verdict::Over);
    }
}
