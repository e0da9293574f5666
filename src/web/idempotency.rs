//! The same POST twice is done once: what is kept of a request that came with an `Idempotency-Key`
//! (draft-ietf-httpapi-idempotency-key-header). A key belongs to an account, or to an address without
//! sign-in. While its request runs the key is claimed; a good answer is kept, sealed, for [`KEPT_HOURS`] hours and
//! given again; a refusal changed nothing and is not kept, so that the same key may try again.
//!
//! Every transaction that such a request commits marks its key in the same breath ([`crate::db::claims`]). A server
//! that is killed in the middle leaves a claim behind: after [`LEASE_SECONDS`] it is free again if nothing was
//! committed, and if something was, the key stays used and only its answer is lost. Nothing is ever done twice.

use chrono::Duration;
use diesel::prelude::*;
use diesel::result::Error as DieselError;
use serde::{Deserialize, Serialize};

use crate::db::schema::idempotency_keys as keys;
use crate::db::{Conn, Constraint, Json, constraint};
use crate::kernel::ids::IdempotencyId;
use crate::kernel::{Instant, Keyring, Problem};

/// How long an answer is kept, in hours.
pub const KEPT_HOURS: i64 = 24;
/// How long a claim without an answer holds, in seconds.
pub const LEASE_SECONDS: i64 = 120;
const PURPOSE: &str = "idempotency";

/// A request that wants to be done once.
#[derive(Debug, Clone)]
pub struct Claim {
    /// Whose key it is: `account:ID` or `address:IP`.
    pub scope: String,
    /// A keyed hash of the key.
    pub key_hash: String,
    /// A keyed hash of the method, the address and the body.
    pub fingerprint: String,
}

/// What became of a claim.
#[derive(Debug)]
pub enum Claimed {
    /// Nobody had it: do it, then [`keep`] the answer or [`release`] the claim.
    New(IdempotencyId),
    /// It was done; this was the answer.
    Done(Kept),
    /// It is being done.
    InProgress,
    /// It was done, and the server fell before it could keep the answer.
    Lost,
    /// The key was used for another request.
    Reused,
}

/// An answer that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: Headers,
    /// Its body.
    pub body: Vec<u8>,
}

/// Names and values of headers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Headers(pub Vec<(String, String)>);

#[derive(Queryable)]
struct Row {
    id: IdempotencyId,
    fingerprint: String,
    status: Option<i32>,
    headers: Option<Json<Headers>>,
    body_sealed: Option<String>,
    committed: bool,
    created_at: Instant,
    expires_at: Instant,
}

/// Claims the key, or says what is in the way.
pub fn claim(
    conn: &mut Conn,
    keyring: &Keyring,
    now: Instant,
    claim: &Claim,
) -> Result<Claimed, Problem> {
    let found = conn.write_tx(|conn| -> Result<_, DieselError> {
        let row = find(conn, claim)?;
        let (free, row) = match row {
            Some(row) if row.expires_at <= now => (Some(row.id), None),
            other => (None, other),
        };
        if let Some(id) = free {
            diesel::delete(keys::table.find(id)).execute(conn)?;
        }
        match row {
            None => insert(conn, now, claim).map(Ok),
            Some(row) => take_over(conn, now, claim, row),
        }
    });
    match found {
        Ok(Ok(id)) => Ok(Claimed::New(id)),
        Ok(Err(row)) => answer(keyring, now, claim, row),
        // Another server was a moment faster.
        Err(error) if matches!(constraint(&error), Some(Constraint::Unique { .. })) => {
            Ok(Claimed::InProgress)
        }
        Err(error) => Err(error.into()),
    }
}

fn find(conn: &mut Conn, claim: &Claim) -> Result<Option<Row>, DieselError> {
    keys::table
        .filter(
            keys::scope
                .eq(&claim.scope)
                .and(keys::key_hash.eq(&claim.key_hash)),
        )
        .select((
            keys::id,
            keys::fingerprint,
            keys::status,
            keys::headers,
            keys::body_sealed,
            keys::committed,
            keys::created_at,
            keys::expires_at,
        ))
        .first(conn)
        .optional()
}

fn insert(conn: &mut Conn, now: Instant, claim: &Claim) -> Result<IdempotencyId, DieselError> {
    let id = IdempotencyId::new(now);
    diesel::insert_into(keys::table)
        .values((
            keys::id.eq(id),
            keys::scope.eq(&claim.scope),
            keys::key_hash.eq(&claim.key_hash),
            keys::fingerprint.eq(&claim.fingerprint),
            keys::created_at.eq(now),
            keys::expires_at.eq(now.plus(Duration::hours(KEPT_HOURS))),
        ))
        .execute(conn)?;
    Ok(id)
}

/// Takes over a claim whose server is gone; of several that try, one gets it.
fn take_over(
    conn: &mut Conn,
    now: Instant,
    claim: &Claim,
    row: Row,
) -> Result<Result<IdempotencyId, Row>, DieselError> {
    let nothing_done = row.status.is_none() && !row.committed;
    if !nothing_done || row.fingerprint != claim.fingerprint || !is_abandoned(now, &row) {
        return Ok(Err(row));
    }
    let mine = keys::table.filter(
        keys::id
            .eq(row.id)
            .and(keys::status.is_null())
            .and(keys::committed.eq(false))
            .and(keys::created_at.eq(row.created_at)),
    );
    let taken = diesel::update(mine)
        .set(keys::created_at.eq(now))
        .execute(conn)?;
    Ok(if taken == 1 { Ok(row.id) } else { Err(row) })
}

/// Whether the server that works on it must be gone.
fn is_abandoned(now: Instant, row: &Row) -> bool {
    now.since(row.created_at) > Duration::seconds(LEASE_SECONDS)
}

fn answer(keyring: &Keyring, now: Instant, claim: &Claim, row: Row) -> Result<Claimed, Problem> {
    if row.fingerprint != claim.fingerprint {
        return Ok(Claimed::Reused);
    }
    let lost = row.committed && is_abandoned(now, &row);
    let (Some(status), Some(sealed)) = (row.status, row.body_sealed) else {
        return Ok(if lost {
            Claimed::Lost
        } else {
            Claimed::InProgress
        });
    };
    Ok(Claimed::Done(Kept {
        status: u16::try_from(status).map_err(Problem::internal)?,
        headers: row.headers.map_or_else(Headers::default, |h| h.0),
        body: keyring.open(PURPOSE, &sealed)?,
    }))
}

/// Keeps the answer to a claim.
pub fn keep(
    conn: &mut Conn,
    keyring: &Keyring,
    id: IdempotencyId,
    kept: &Kept,
) -> Result<(), Problem> {
    let sealed = keyring.seal(PURPOSE, &kept.body)?;
    diesel::update(keys::table.find(id))
        .set((
            keys::status.eq(i32::from(kept.status)),
            keys::headers.eq(Json(kept.headers.clone())),
            keys::body_sealed.eq(sealed),
        ))
        .execute(conn)?;
    Ok(())
}

/// Gives up a claim whose request was refused, and changed nothing.
pub fn release(conn: &mut Conn, id: IdempotencyId) -> Result<(), Problem> {
    diesel::delete(keys::table.find(id)).execute(conn)?;
    Ok(())
}

/// Gives up a claim whose request failed on our side, unless something was committed all the same: a connection
/// that is cut during a commit fails, and nobody knows what the database made of it but the database.
pub fn release_unless_committed(conn: &mut Conn, id: IdempotencyId) -> Result<(), Problem> {
    diesel::delete(keys::table.find(id).filter(keys::committed.eq(false))).execute(conn)?;
    Ok(())
}

/// Forgets what is older than [`KEPT_HOURS`]; the worker calls it now and then.
pub fn purge(conn: &mut Conn, now: Instant) -> Result<usize, Problem> {
    Ok(diesel::delete(keys::table.filter(keys::expires_at.le(now))).execute(conn)?)
}

/// The keyed hash under which keys and fingerprints are stored: bodies may hold passwords, so a plain hash
/// would let whoever reads the database guess them.
pub fn keyed_hash(keyring: &Keyring, parts: &[&[u8]]) -> String {
    let mut message = Vec::new();
    for part in parts {
        message.extend_from_slice(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        message.extend_from_slice(part);
    }
    crate::kernel::secret::hex(&keyring.mac(PURPOSE, &message))
}
