//! A mailbox that several servers share: one of them has it at a time, by a lease, and where it was read up to
//! moves in the transaction that stores a message. So each message is taken once, whoever is killed when.

use chrono::Duration;
use diesel::prelude::*;

use crate::db::schema::mailboxes;
use crate::db::{Conn, UpsertExt, cols};
use crate::kernel::{Instant, Problem};

/// Where the reading of a mailbox stands.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = mailboxes)]
pub struct Mailbox {
    pub name: String,
    /// The server's UIDVALIDITY (RFC 3501, section 2.3.1.1); 0 before the first message.
    pub uid_validity: i64,
    /// The UID of the last message that was taken.
    pub last_uid: i64,
    /// How many messages were taken in all.
    pub taken: i64,
    /// When a round last went well.
    pub last_success_at: Option<Instant>,
    pub last_failure_at: Option<Instant>,
    /// Why the last round failed, without addresses; empty after one that went well.
    pub last_error: Option<String>,
}

/// Takes the mailbox `name` for `worker` until `now + lease`, or keeps it. `None` while another has it.
pub fn lease(
    conn: &mut Conn,
    name: &str,
    worker: &str,
    now: Instant,
    lease: Duration,
) -> Result<Option<Mailbox>, Problem> {
    conn.write_tx(|conn| {
        diesel::insert_into(mailboxes::table)
            .values((
                mailboxes::name.eq(name),
                mailboxes::uid_validity.eq(0_i64),
                mailboxes::last_uid.eq(0_i64),
                mailboxes::taken.eq(0_i64),
            ))
            .upsert(&["name"], &[])
            .execute(conn)?;
        let free = mailboxes::leased_by
            .is_null()
            .or(mailboxes::leased_by.eq(worker).assume_not_null())
            .or(mailboxes::leased_until.le(now).assume_not_null());
        let mine = diesel::update(mailboxes::table.find(name).filter(free))
            .set((
                mailboxes::leased_by.eq(worker),
                mailboxes::leased_until.eq(now.plus(lease)),
            ))
            .execute(conn)?;
        if mine == 1 {
            find(conn, name).map(Some)
        } else {
            Ok(None)
        }
    })
}

/// Gives the mailbox back.
pub fn release(conn: &mut Conn, name: &str, worker: &str) -> Result<(), Problem> {
    let mine = mailboxes::table
        .find(name)
        .filter(mailboxes::leased_by.eq(worker));
    diesel::update(mine)
        .set((
            mailboxes::leased_by.eq(None::<String>),
            mailboxes::leased_until.eq(None::<Instant>),
        ))
        .execute(conn)?;
    Ok(())
}

/// Moves the mark to the message `uid`, in the transaction that stores it. False when it stands there already,
/// or the mailbox is no longer the worker's: then the transaction must come to nothing.
pub fn advance(
    conn: &mut Conn,
    name: &str,
    worker: &str,
    uid_validity: i64,
    uid: i64,
) -> Result<bool, Problem> {
    let behind = mailboxes::uid_validity
        .ne(uid_validity)
        .or(mailboxes::last_uid.lt(uid));
    let mine = mailboxes::table
        .find(name)
        .filter(mailboxes::leased_by.eq(worker))
        .filter(behind);
    let moved = diesel::update(mine)
        .set((
            mailboxes::uid_validity.eq(uid_validity),
            mailboxes::last_uid.eq(uid),
            mailboxes::taken.eq(mailboxes::taken + 1),
        ))
        .execute(conn)?;
    Ok(moved == 1)
}

/// Notes how a round went.
pub fn note(
    conn: &mut Conn,
    name: &str,
    now: Instant,
    outcome: Result<(), &str>,
) -> Result<(), Problem> {
    let this = diesel::update(mailboxes::table.find(name));
    match outcome {
        Ok(()) => this
            .set((
                mailboxes::last_success_at.eq(now),
                mailboxes::last_error.eq(None::<String>),
            ))
            .execute(conn)?,
        Err(why) => this
            .set((
                mailboxes::last_failure_at.eq(now),
                mailboxes::last_error.eq(why),
            ))
            .execute(conn)?,
    };
    Ok(())
}

/// The mailbox `name`, or [`Problem::NotFound`].
pub fn find(conn: &mut Conn, name: &str) -> Result<Mailbox, Problem> {
    Ok(mailboxes::table
        .find(name)
        .select(cols::<Mailbox>())
        .first(conn)?)
}

/// Every mailbox that was ever read.
pub fn all(conn: &mut Conn) -> Result<Vec<Mailbox>, Problem> {
    Ok(mailboxes::table
        .order(mailboxes::name)
        .select(cols::<Mailbox>())
        .load(conn)?)
}
