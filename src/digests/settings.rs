//! At which hour of whose day a digest comes, and whether it does: the account's own word.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::store::{self, Setting};
use crate::access::policy::{self, Action};
use crate::access::{Object, audit, record};
use crate::db::Conn;
use crate::kernel::ids::AccountId;
use crate::kernel::{Context, FieldError, Problem, Zone};
use crate::mail::links::{self, LinkPurpose};

/// What an account says about its digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DigestWish {
    /// Whether the mail comes at all.
    pub wanted: bool,
    /// The hour of the day at which it comes, 0 to 23; the deployment's usual one unless given.
    #[schema(example = 7)]
    pub hour: Option<i32>,
    /// The IANA zone of that hour; that of the account's first programme unless given.
    #[schema(example = "America/Toronto")]
    pub zone: Option<String>,
}

impl DigestWish {
    fn of(setting: Option<Setting>) -> Self {
        setting.map_or(
            Self {
                wanted: true,
                hour: None,
                zone: None,
            },
            |setting| Self {
                wanted: setting.wanted,
                hour: setting.hour,
                zone: setting.zone,
            },
        )
    }
}

fn own(ctx: &Context, action: Action) -> Result<AccountId, Problem> {
    let account = ctx.actor.account_id();
    let object = Object {
        account,
        ..Object::default()
    };
    policy::allow(&ctx.actor, action, &object)?;
    account.ok_or(Problem::NotFound)
}

/// What the actor has said.
///
/// # Errors
/// 401, 403.
pub fn read(conn: &mut Conn, ctx: &Context) -> Result<DigestWish, Problem> {
    let account = own(ctx, Action::ReadDigestSettings)?;
    Ok(DigestWish::of(store::setting(conn, account)?))
}

/// Keeps what the actor says.
///
/// # Errors
/// 401, 403; 422 at `/hour`, `/zone`.
pub fn change(conn: &mut Conn, ctx: &Context, wish: &DigestWish) -> Result<DigestWish, Problem> {
    let account = own(ctx, Action::UpdateDigestSettings)?;
    let mut faults = Vec::new();
    if wish.hour.is_some_and(|hour| !(0..=23).contains(&hour)) {
        let fault = FieldError::new("/hour", "out-of-range");
        faults.push(fault.with("least", 0).with("most", 23));
    }
    if wish
        .zone
        .as_deref()
        .is_some_and(|zone| Zone::parse(zone).is_err())
    {
        faults.push(FieldError::new("/zone", "zone"));
    }
    Problem::unless_empty(faults)?;
    conn.write_tx(|conn| save(conn, ctx, account, wish))?;
    Ok(wish.clone())
}

fn save(
    conn: &mut Conn,
    ctx: &Context,
    account: AccountId,
    wish: &DigestWish,
) -> Result<(), Problem> {
    let before = DigestWish::of(store::setting(conn, account)?);
    if before == *wish {
        return Ok(());
    }
    let setting = Setting {
        account_id: account,
        wanted: wish.wanted,
        hour: wish.hour,
        zone: wish.zone.clone(),
        last_on: None,
    };
    store::save(conn, &setting)?;
    let change = audit::Change {
        action: "digest.settings",
        object_type: "account",
        object_id: account.into(),
        programme_id: None,
        before: Some(&before),
        after: Some(wish),
    };
    record(conn, ctx, &change)
}

/// Whether the digest of a link's account comes.
///
/// # Errors
/// [`Problem::NotFound`] for a token that nobody was given.
pub fn wanted_by_link(conn: &mut Conn, ctx: &Context, token: &str) -> Result<bool, Problem> {
    let account = AccountId(links::owner(conn, ctx.now, LinkPurpose::Digest, token)?);
    Ok(DigestWish::of(store::setting(conn, account)?).wanted)
}

/// Stops the digest of a link's account, or starts it again; its hour stays.
///
/// # Errors
/// [`Problem::NotFound`] for a token that nobody was given.
pub fn want_by_link(
    conn: &mut Conn,
    ctx: &Context,
    token: &str,
    wanted: bool,
) -> Result<(), Problem> {
    conn.write_tx(|conn| {
        let account = AccountId(links::owner(conn, ctx.now, LinkPurpose::Digest, token)?);
        let stands = DigestWish::of(store::setting(conn, account)?);
        save(conn, ctx, account, &DigestWish { wanted, ..stands })
    })
}
