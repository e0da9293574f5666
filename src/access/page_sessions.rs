//! The sessions of browsers: a cookie instead of tokens (see [`crate::access::sessions`]).

use diesel::prelude::*;

use crate::access::sessions::{PAGE, find, sign_out};
use crate::db::Conn;
use crate::db::schema::{account_grants, accounts, refresh_tokens};
use crate::kernel::ids::{AccountId, FamilyId, PersonId, ProgrammeId};
use crate::kernel::{Actor, Context, Grant, Instant, Problem, Role, Token};

/// Who is signed in to the pages.
#[derive(Debug)]
pub struct PageSession {
    /// The session.
    pub family: FamilyId,
    /// Who acts.
    pub actor: Actor,
    /// The name to show.
    pub name: String,
}

/// The session of a page's cookie, with the account's roles as they are now, in one query.
pub fn page_session(
    conn: &mut Conn,
    token: &Token,
    now: Instant,
) -> Result<Option<PageSession>, Problem> {
    type Found = (
        (FamilyId, AccountId, Option<PersonId>, String),
        (Option<Role>, Option<ProgrammeId>),
    );
    let rows: Vec<Found> = refresh_tokens::table
        .inner_join(accounts::table.left_join(account_grants::table))
        .filter(refresh_tokens::token_hash.eq(token.hash().as_str()))
        .filter(refresh_tokens::revoked_at.is_null())
        .filter(refresh_tokens::expires_at.gt(now))
        .filter(accounts::status.eq("active"))
        .select((
            (
                refresh_tokens::family_id,
                accounts::id,
                accounts::person_id,
                accounts::display_name,
            ),
            (
                account_grants::role.nullable(),
                account_grants::programme_id.nullable(),
            ),
        ))
        .load(conn)?;
    let grants = rows
        .iter()
        .filter_map(|(_, (role, programme_id))| {
            role.map(|role| Grant {
                role,
                programme_id: *programme_id,
            })
        })
        .collect();
    Ok(rows
        .into_iter()
        .next()
        .map(|((family, id, person_id, name), _)| PageSession {
            family,
            actor: Actor::Account {
                id,
                person_id,
                grants,
            },
            name,
        }))
}

/// Ends the session of a page's cookie, if it is one.
pub fn end_page_session(conn: &mut Conn, ctx: &Context, token: &Token) -> Result<(), Problem> {
    match find(conn, token)? {
        Some(row) => sign_out(conn, ctx, row.family_id),
        None => Ok(()),
    }
}

/// The token in a page's cookie, if it looks like one.
pub fn page_token(cookie: &str) -> Option<Token> {
    Token::presented(cookie).filter(|token| token.expose().starts_with(PAGE))
}
