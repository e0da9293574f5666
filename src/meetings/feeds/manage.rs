//! Making, looking at and revoking a feed's address.

use serde::Serialize;

use super::store::{self, Feed};
use crate::access::policy::{self, Action};
use crate::access::{Object, audit, record};
use crate::db::Conn;
use crate::db::connection::LockTable;
use crate::kernel::ids::{AccountId, FeedId, PersonId};
use crate::kernel::{Context, Instant, Problem, Token};
use crate::people;

/// Whose feed it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// A person's own meetings.
    Person(PersonId),
    /// The meetings of the programmes that the account coordinates.
    Account(AccountId),
}

/// What is told of a feed; never its address, which is stored as a hash only.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Shown {
    pub made_at: Option<Instant>,
    pub read_at: Option<Instant>,
}

impl Shown {
    fn of(feed: Option<&Feed>) -> Self {
        Self {
            made_at: feed.map(|feed| feed.made_at),
            read_at: feed.and_then(|feed| feed.read_at),
        }
    }
}

/// The feed of `owner`, as far as it is told.
///
/// # Errors
/// 403 and 404 by the policy.
pub fn look(conn: &mut Conn, ctx: &Context, owner: Owner) -> Result<Shown, Problem> {
    allow(
        conn,
        ctx,
        owner,
        [Action::ReadPersonFeed, Action::ReadAccountFeed],
    )?;
    Ok(Shown::of(store::of_owner(conn, owner)?.as_ref()))
}

/// Makes a new address for `owner`, told here and nowhere again. An earlier one ends.
///
/// # Errors
/// 403 and 404 by the policy; 409 `person-archived`.
pub fn make(conn: &mut Conn, ctx: &Context, owner: Owner) -> Result<String, Problem> {
    conn.write_tx(|conn| {
        allow(
            conn,
            ctx,
            owner,
            [Action::MakePersonFeed, Action::MakeAccountFeed],
        )?;
        hold(conn, owner)?;
        let before = store::of_owner(conn, owner)?;
        if let Some(before) = &before {
            store::remove(conn, before.id)?;
        }
        let token = Token::random()?;
        let feed = Feed {
            id: FeedId::new(ctx.now),
            person_id: match owner {
                Owner::Person(id) => Some(id),
                Owner::Account(_) => None,
            },
            account_id: match owner {
                Owner::Account(id) => Some(id),
                Owner::Person(_) => None,
            },
            token_hash: token.hash().as_str().to_owned(),
            made_at: ctx.now,
            read_at: None,
        };
        store::insert(conn, &feed)?;
        audited(conn, ctx, "feed.make", owner, before.as_ref(), Some(&feed))?;
        let site = ctx.settings().public_url();
        Ok(format!("{site}/feeds/{}.ics", token.expose()))
    })
}

/// Ends the address of `owner`, if there is one.
///
/// # Errors
/// 403 and 404 by the policy.
pub fn revoke(conn: &mut Conn, ctx: &Context, owner: Owner) -> Result<(), Problem> {
    conn.write_tx(|conn| {
        allow(
            conn,
            ctx,
            owner,
            [Action::RevokePersonFeed, Action::RevokeAccountFeed],
        )?;
        hold(conn, owner)?;
        let Some(before) = store::of_owner(conn, owner)? else {
            return Ok(());
        };
        store::remove(conn, before.id)?;
        audited(conn, ctx, "feed.revoke", owner, Some(&before), None)
    })
}

/// Asks the policy: the first action for a person's feed, the second for an account's.
fn allow(
    conn: &mut Conn,
    ctx: &Context,
    owner: Owner,
    [person, account]: [Action; 2],
) -> Result<(), Problem> {
    match owner {
        Owner::Person(id) => {
            let them = people::read::allowed(conn, ctx, id, person)?;
            if person == Action::MakePersonFeed && them.archived_at.is_some() {
                return Err(Problem::conflict("person-archived"));
            }
            Ok(())
        }
        Owner::Account(id) => {
            let object = Object {
                account: Some(id),
                ..Object::default()
            };
            policy::allow(&ctx.actor, account, &object)
        }
    }
}

/// Two who make an address at once make one after the other.
fn hold(conn: &mut Conn, owner: Owner) -> Result<(), Problem> {
    match owner {
        Owner::Person(id) => conn.lock_row(LockTable::Persons, id.into())?,
        Owner::Account(id) => conn.lock_row(LockTable::Accounts, id.into())?,
    }
    Ok(())
}

fn audited(
    conn: &mut Conn,
    ctx: &Context,
    action: &'static str,
    owner: Owner,
    before: Option<&Feed>,
    after: Option<&Feed>,
) -> Result<(), Problem> {
    let (before, after) = (
        before.map(|feed| Shown::of(Some(feed))),
        after.map(|feed| Shown::of(Some(feed))),
    );
    let (object_type, object_id) = match owner {
        Owner::Person(id) => ("person", id.into()),
        Owner::Account(id) => ("account", id.into()),
    };
    let change = audit::Change {
        action,
        object_type,
        object_id,
        programme_id: None,
        before: before.as_ref().map(audit::erased::erase),
        after: after.as_ref().map(audit::erased::erase),
    };
    record(conn, ctx, &change)
}
