//! Secret addresses that a mail carries for one purpose and one owner: to pause one's participation, to stop the
//! digest. A token is 160 random bits, stored hashed to find it and sealed to write it into the next mail (rule
//! L2); it is useless for anything else, and ends some time after the last mail that carried it.
//!
//! A meeting's own token is the meeting's; these are for what is not about one meeting.

use chrono::TimeDelta;
use diesel::prelude::*;

use crate::db::codec::AnyId;
use crate::db::schema::mail_links;
use crate::db::{Conn, UpsertExt};
use crate::kernel::ids::MailLinkId;
use crate::kernel::secret::{fill_random, hex};
use crate::kernel::{Context, Instant, Problem, Token};

/// The purpose under which tokens are sealed.
const SEALED_FOR: &str = "mail-link";

/// How long a link works after the last mail that carried it.
const LIFE: TimeDelta = TimeDelta::days(90);

crate::text_enum! {
    /// What a link is for.
    pub enum LinkPurpose {
        /// A person pauses their participation, or ends the pause.
        Pause => "pause",
        /// An account stops its digest, or asks for it again.
        Digest => "digest",
    }
}

#[derive(Queryable)]
struct Row {
    id: MailLinkId,
    token_sealed: String,
    expires_at: Instant,
}

/// The token of `owner` (a person's or an account's id, as the purpose has it) for a mail that is being written:
/// the one they have, with new life, or a new one. Call it inside the mail's transaction.
///
/// # Errors
/// Those of the database; 500 when the system gives no randomness.
pub fn token(
    conn: &mut Conn,
    ctx: &Context,
    purpose: LinkPurpose,
    owner: impl Into<uuid::Uuid>,
) -> Result<String, Problem> {
    let owner = AnyId(owner.into());
    let until = ctx.now.plus(LIFE);
    if let Some(row) = row(conn, purpose, owner)? {
        if row.expires_at > ctx.now {
            diesel::update(mail_links::table.find(row.id))
                .set(mail_links::expires_at.eq(until))
                .execute(conn)?;
            return Ok(ctx.keyring().open_text(SEALED_FOR, &row.token_sealed)?);
        }
        diesel::delete(mail_links::table.find(row.id)).execute(conn)?;
    }
    let mut random = [0_u8; 20];
    fill_random(&mut random)?;
    let text = hex(&random);
    diesel::insert_into(mail_links::table)
        .values((
            mail_links::id.eq(MailLinkId::new(ctx.now)),
            mail_links::purpose.eq(purpose),
            mail_links::owner_id.eq(owner),
            mail_links::token_hash.eq(hash(&text)?),
            mail_links::token_sealed.eq(ctx.keyring().seal(SEALED_FOR, text.as_bytes())?),
            mail_links::expires_at.eq(until),
        ))
        .upsert(&["purpose", "owner_id"], &[])
        .execute(conn)?;
    // Another mail to the same owner may have been faster: theirs is the one that counts.
    let stored = row(conn, purpose, owner)?.ok_or(Problem::NotFound)?;
    Ok(ctx.keyring().open_text(SEALED_FOR, &stored.token_sealed)?)
}

fn row(conn: &mut Conn, purpose: LinkPurpose, owner: AnyId) -> QueryResult<Option<Row>> {
    mail_links::table
        .filter(mail_links::purpose.eq(purpose))
        .filter(mail_links::owner_id.eq(owner))
        .select((
            mail_links::id,
            mail_links::token_sealed,
            mail_links::expires_at,
        ))
        .first(conn)
        .optional()
}

fn hash(text: &str) -> Result<String, Problem> {
    let token = Token::presented(&text.to_ascii_lowercase()).ok_or(Problem::NotFound)?;
    Ok(token.hash().as_str().to_owned())
}

/// Whose token it is, for this purpose.
///
/// # Errors
/// [`Problem::NotFound`] for a token that nobody was given for it, or whose time is over.
pub fn owner(
    conn: &mut Conn,
    now: Instant,
    purpose: LinkPurpose,
    token: &str,
) -> Result<uuid::Uuid, Problem> {
    let found: AnyId = mail_links::table
        .filter(mail_links::token_hash.eq(hash(token)?))
        .filter(mail_links::purpose.eq(purpose))
        .filter(mail_links::expires_at.gt(now))
        .select(mail_links::owner_id)
        .first(conn)?;
    Ok(found.0)
}
