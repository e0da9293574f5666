//! The queries of the outbox: claiming what is due, marking what became of it, reading it.

use chrono::Duration;
use diesel::prelude::*;

use super::outbox::{MailStatus, PAYLOAD, Payload, RECIPIENT, Recipient};
use super::templates::Kind;
use crate::db::codec::AnyId;
use crate::db::schema::outbox;
use crate::db::{Conn, MultiBackend, cols};
use crate::kernel::ids::{AccountId, OutboxId, PersonId, ProgrammeId};
use crate::kernel::{Instant, Keyring, Locale, Problem};

/// A row of the outbox.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = outbox)]
pub struct Row {
    pub id: OutboxId,
    pub kind: Kind,
    pub person_id: Option<PersonId>,
    pub account_id: Option<AccountId>,
    pub programme_id: Option<ProgrammeId>,
    pub subject_type: Option<String>,
    pub subject_id: Option<AnyId>,
    pub locale: Locale,
    recipient_sealed: String,
    payload_sealed: String,
    pub message_id: String,
    pub status: MailStatus,
    pub attempts: i32,
    pub next_attempt_at: Instant,
    pub last_error: Option<String>,
    pub created_at: Instant,
    pub sent_at: Option<Instant>,
    pub version: i32,
}

impl Row {
    /// To whom it goes; `None` when it cannot be read any more (another secret, or purged).
    pub fn recipient(&self, keyring: &Keyring) -> Option<Recipient> {
        let json = keyring.open(RECIPIENT, &self.recipient_sealed).ok()?;
        let recipient: Recipient = serde_json::from_slice(&json).ok()?;
        Some(Recipient {
            locale: self.locale,
            person_id: self.person_id,
            account_id: self.account_id,
            ..recipient
        })
    }

    /// What it says; `None` when it cannot be read any more (another secret, or purged).
    pub fn payload(&self, keyring: &Keyring) -> Option<Payload> {
        let json = keyring.open(PAYLOAD, &self.payload_sealed).ok()?;
        serde_json::from_slice(&json).ok()
    }
}

/// Takes at most `most` due mails for `worker`, which has them until `now + lease`. Mails whose
/// worker let its lease run out are due again.
pub fn claim(
    conn: &mut Conn,
    worker: &str,
    now: Instant,
    lease: Duration,
    most: i64,
) -> Result<Vec<Row>, Problem> {
    // A look without a lock first: an idle worker must not take SQLite's one write lock all day.
    if due(conn, now, 1, Lock::No)?.is_empty() {
        return Ok(Vec::new());
    }
    conn.write_tx(|conn| {
        let mut claimed = Vec::new();
        for id in due(conn, now, most, Lock::Yes)? {
            diesel::update(outbox::table.find(id))
                .set((
                    outbox::status.eq(MailStatus::Sending),
                    outbox::attempts.eq(outbox::attempts + 1),
                    outbox::leased_until.eq(Some(now.plus(lease))),
                    outbox::leased_by.eq(Some(worker)),
                    outbox::version.eq(outbox::version + 1),
                ))
                .execute(conn)?;
            claimed.push(find(conn, id)?);
        }
        Ok(claimed)
    })
}

#[derive(Clone, Copy)]
enum Lock {
    No,
    Yes,
}

/// The ids of due mails, the longest due first. With a lock, rows that another worker is just
/// claiming are passed over; on SQLite the transaction itself is the lock.
fn due(conn: &mut Conn, now: Instant, most: i64, lock: Lock) -> QueryResult<Vec<OutboxId>> {
    macro_rules! query {
        () => {
            outbox::table
                .filter(
                    outbox::status
                        .eq(MailStatus::Queued)
                        .and(outbox::next_attempt_at.le(now))
                        .or(outbox::status
                            .eq(MailStatus::Sending)
                            .and(outbox::leased_until.le(now))),
                )
                .order((outbox::next_attempt_at, outbox::id))
                .limit(most)
                .select(outbox::id)
        };
    }
    match (conn, lock) {
        (Conn::Pg(conn), Lock::Yes) => query!().for_update().skip_locked().load(conn),
        (conn, _) => query!().load(conn),
    }
}

/// Gives `worker` a mail that it has claimed until `until`, which starts its lease anew. `false` when the lease ran
/// out and another has it: then it is theirs to send.
pub fn renew(conn: &mut Conn, id: OutboxId, worker: &str, until: Instant) -> Result<bool, Problem> {
    let mine = outbox::table.filter(
        outbox::id
            .eq(id)
            .and(outbox::status.eq(MailStatus::Sending))
            .and(outbox::leased_by.eq(worker)),
    );
    let changed = diesel::update(mine)
        .set(outbox::leased_until.eq(Some(until)))
        .execute(conn)?;
    Ok(changed == 1)
}

/// What became of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mark {
    /// Taken by the other side at this instant.
    Sent(Instant),
    /// To be tried again at this instant.
    Later(Instant, String),
    /// Not to be tried again.
    Dead(String),
}

/// Writes what became of the attempt of `worker`. `false` when the mail is no longer the worker's:
/// its lease ran out and another has it.
pub fn mark(conn: &mut Conn, id: OutboxId, worker: &str, mark: &Mark) -> Result<bool, Problem> {
    let mine = outbox::table.filter(
        outbox::id
            .eq(id)
            .and(outbox::status.eq(MailStatus::Sending))
            .and(outbox::leased_by.eq(worker)),
    );
    let free = (
        outbox::leased_until.eq(None::<Instant>),
        outbox::leased_by.eq(None::<String>),
        outbox::version.eq(outbox::version + 1),
    );
    let changed = match mark {
        Mark::Sent(at) => diesel::update(mine)
            .set((
                free,
                outbox::status.eq(MailStatus::Sent),
                outbox::sent_at.eq(Some(*at)),
                outbox::last_error.eq(None::<String>),
            ))
            .execute(conn)?,
        Mark::Later(at, why) => diesel::update(mine)
            .set((
                free,
                outbox::status.eq(MailStatus::Queued),
                outbox::next_attempt_at.eq(*at),
                outbox::last_error.eq(Some(why)),
            ))
            .execute(conn)?,
        Mark::Dead(why) => diesel::update(mine)
            .set((
                free,
                outbox::status.eq(MailStatus::Dead),
                outbox::last_error.eq(Some(why)),
            ))
            .execute(conn)?,
    };
    Ok(changed == 1)
}

/// Puts a dead mail back into the queue, as if it had never been tried. `false` when it is not dead
/// or not of this version any more.
pub fn revive(conn: &mut Conn, id: OutboxId, version: i32, now: Instant) -> Result<bool, Problem> {
    let dead = outbox::table.filter(
        outbox::id
            .eq(id)
            .and(outbox::version.eq(version))
            .and(outbox::status.eq(MailStatus::Dead)),
    );
    let changed = diesel::update(dead)
        .set((
            outbox::status.eq(MailStatus::Queued),
            outbox::attempts.eq(0),
            outbox::next_attempt_at.eq(now),
            outbox::version.eq(outbox::version + 1),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Marks a mail that was sent as dead: a server further on gave it back (I12).
pub fn returned(conn: &mut Conn, id: OutboxId, why: &str) -> Result<(), Problem> {
    let sent = outbox::table
        .find(id)
        .filter(outbox::status.eq(MailStatus::Sent));
    diesel::update(sent)
        .set((
            outbox::status.eq(MailStatus::Dead),
            outbox::last_error.eq(Some(why)),
            outbox::version.eq(outbox::version + 1),
        ))
        .execute(conn)?;
    Ok(())
}

/// The mail `id`, or [`Problem::NotFound`].
pub fn find(conn: &mut Conn, id: OutboxId) -> Result<Row, Problem> {
    Ok(outbox::table.find(id).select(cols::<Row>()).first(conn)?)
}

/// Which part of the outbox is listed.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub status: Option<MailStatus>,
    pub kind: Option<Kind>,
    pub person_id: Option<PersonId>,
    /// Only mails of these programmes; `None` for all.
    pub programmes: Option<Vec<ProgrammeId>>,
    /// Only mails older than this one: lists run from the newest down.
    pub before: Option<OutboxId>,
}

/// The newest `most` mails of `filter`.
pub fn list(conn: &mut Conn, filter: &Filter, most: i64) -> Result<Vec<Row>, Problem> {
    Ok(chosen(filter)
        .select(cols::<Row>())
        .order(outbox::id.desc())
        .limit(most)
        .load(conn)?)
}

/// How many mails [`list`] would tell of in all.
pub fn count(conn: &mut Conn, filter: &Filter) -> Result<i64, Problem> {
    Ok(chosen(filter)
        .select(diesel::dsl::count_star())
        .get_result(conn)?)
}

fn chosen<'a>(filter: &Filter) -> outbox::BoxedQuery<'a, MultiBackend> {
    let mut query = outbox::table.into_boxed();
    if let Some(status) = filter.status {
        query = query.filter(outbox::status.eq(status));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(outbox::kind.eq(kind));
    }
    if let Some(person_id) = filter.person_id {
        query = query.filter(outbox::person_id.eq(person_id));
    }
    if let Some(programmes) = filter.programmes.clone() {
        query = query.filter(outbox::programme_id.eq_any(programmes));
    }
    if let Some(before) = filter.before {
        query = query.filter(outbox::id.lt(before));
    }
    query
}

/// How many mails wait and how many are dead, for the health of the queue.
pub fn counts(conn: &mut Conn) -> Result<(i64, i64), Problem> {
    let count = |conn: &mut Conn, status: &[MailStatus]| {
        outbox::table
            .filter(outbox::status.eq_any(status.to_vec()))
            .count()
            .get_result::<i64>(conn)
    };
    let waiting = count(conn, &[MailStatus::Queued, MailStatus::Sending])?;
    Ok((waiting, count(conn, &[MailStatus::Dead])?))
}

/// Forgets the words of mails that were sent before `before`; the rows stay, because their dedupe
/// keys keep a mail from being written twice.
pub fn purge(conn: &mut Conn, before: Instant) -> Result<usize, Problem> {
    let old = outbox::table.filter(
        outbox::status
            .eq(MailStatus::Sent)
            .and(outbox::sent_at.lt(before))
            .and(outbox::payload_sealed.ne("")),
    );
    let purged = diesel::update(old)
        .set((
            outbox::payload_sealed.eq(""),
            outbox::recipient_sealed.eq(""),
        ))
        .execute(conn)?;
    Ok(purged)
}
