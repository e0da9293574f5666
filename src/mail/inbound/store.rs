//! The queries of the messages that came in. What they say is sealed and forgotten after a time; the row,
//! which says what became of it, stays.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::model::{Door, Kind, State, Why};
use crate::db::schema::inbound_messages as inbound;
use crate::db::{Conn, UpsertExt, cols};
use crate::kernel::ids::{AccountId, InboundId, MeetingId, OutboxId, PersonId, ProgrammeId};
use crate::kernel::{Context, Instant, Keyring, Problem};

/// The purposes for which the two sealed columns are sealed.
const ORIGIN: &str = "inbound-origin";
const BODY: &str = "inbound-body";

/// From whom and to which address, as it is sealed: the address holds a token.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Origin {
    /// The sender's address, as it is compared.
    pub from: String,
    /// What the door said of the recipient.
    pub envelope_to: Option<String>,
}

/// A message to be stored.
#[derive(Debug, Clone)]
pub struct NewMessage<'a> {
    pub door: Door,
    pub dedupe_key: String,
    pub message_id_hash: Option<String>,
    pub calendar_hash: Option<String>,
    /// Of the whole message, whatever is stored of it.
    pub size_bytes: usize,
    pub kind: Kind,
    pub origin: &'a Origin,
    /// The message, or its headers where it is too large.
    pub body: &'a [u8],
}

/// A message as it is stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = inbound)]
pub struct Row {
    pub id: InboundId,
    pub received_at: Instant,
    pub door: Door,
    pub size_bytes: i32,
    /// How often it came again.
    pub repeats: i32,
    #[diesel(column_name = meaning)]
    pub kind: Kind,
    /// The answer in it, where it is one.
    pub answer: Option<String>,
    pub programme_id: Option<ProgrammeId>,
    /// The meeting of its token; the last one of a series stands for the series.
    pub meeting_id: Option<MeetingId>,
    /// The one meeting of a series that it is about, where it is about one (I9).
    pub instance_id: Option<MeetingId>,
    pub person_id: Option<PersonId>,
    /// The mail of ours that a report is about.
    pub outbox_id: Option<OutboxId>,
    origin_sealed: String,
    body_sealed: String,
    pub state: State,
    #[diesel(column_name = reason)]
    pub why: Why,
    pub settled_at: Option<Instant>,
    pub settled_by: Option<AccountId>,
    pub version: i32,
}

impl Row {
    /// From whom; `None` when it was forgotten or sealed with another secret.
    pub fn origin(&self, keyring: &Keyring) -> Option<Origin> {
        let json = keyring.open(ORIGIN, &self.origin_sealed).ok()?;
        serde_json::from_slice(&json).ok()
    }

    /// Its bytes; `None` as for [`Row::origin`].
    pub fn body(&self, keyring: &Keyring) -> Option<Vec<u8>> {
        keyring.open(BODY, &self.body_sealed).ok()
    }
}

/// Stores a message, in the caller's transaction, as one of which nothing has become yet. `None` when it is
/// there already (I7): then it is counted once more.
pub fn insert(
    conn: &mut Conn,
    ctx: &Context,
    new: &NewMessage<'_>,
) -> Result<Option<InboundId>, Problem> {
    let id = InboundId::new(ctx.now);
    let seal = |purpose: &str, bytes: &[u8]| ctx.keyring().seal(purpose, bytes);
    let written = diesel::insert_into(inbound::table)
        .values((
            (
                inbound::id.eq(id),
                inbound::received_at.eq(ctx.now),
                inbound::door.eq(new.door),
                inbound::dedupe_key.eq(&new.dedupe_key),
                inbound::message_id_hash.eq(&new.message_id_hash),
                inbound::calendar_hash.eq(&new.calendar_hash),
                inbound::size_bytes.eq(i32::try_from(new.size_bytes).unwrap_or(i32::MAX)),
            ),
            (
                inbound::repeats.eq(0),
                inbound::meaning.eq(new.kind),
                inbound::origin_sealed.eq(seal(ORIGIN, &serde_json::to_vec(new.origin)?)?),
                inbound::body_sealed.eq(seal(BODY, new.body)?),
                inbound::state.eq(State::Quarantined),
                inbound::reason.eq(Why::Failed),
                inbound::version.eq(1),
            ),
        ))
        .upsert(&["dedupe_key"], &[])
        .execute(conn)?;
    if written == 1 {
        return Ok(Some(id));
    }
    diesel::update(inbound::table.filter(inbound::dedupe_key.eq(&new.dedupe_key)))
        .set(inbound::repeats.eq(inbound::repeats + 1))
        .execute(conn)?;
    Ok(None)
}

/// What a message turned out to be, and what became of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    pub answer: Option<String>,
    pub programme_id: Option<ProgrammeId>,
    pub meeting_id: Option<MeetingId>,
    pub instance_id: Option<MeetingId>,
    pub person_id: Option<PersonId>,
    pub outbox_id: Option<OutboxId>,
    /// The hash of the token of the link that confirms it.
    pub confirm_hash: Option<String>,
}

/// Writes what became of a message that was just stored.
pub fn settle(
    conn: &mut Conn,
    id: InboundId,
    (state, why): (State, Why),
    found: &Findings,
) -> Result<(), Problem> {
    diesel::update(inbound::table.find(id))
        .set((
            inbound::state.eq(state),
            inbound::reason.eq(why),
            inbound::answer.eq(&found.answer),
            inbound::programme_id.eq(found.programme_id),
            inbound::meeting_id.eq(found.meeting_id),
            inbound::instance_id.eq(found.instance_id),
            inbound::person_id.eq(found.person_id),
            inbound::outbox_id.eq(found.outbox_id),
            inbound::confirm_hash.eq(&found.confirm_hash),
        ))
        .execute(conn)?;
    Ok(())
}

/// Writes what has become of a message that waited, if it still is at `version`.
///
/// # Errors
/// [`Problem::Stale`] when somebody else was faster.
pub fn resolve(
    conn: &mut Conn,
    ctx: &Context,
    row: &Row,
    (state, why): (State, Why),
    answer: Option<&str>,
) -> Result<(), Problem> {
    let same = inbound::table.find(row.id);
    let changed = diesel::update(same.filter(inbound::version.eq(row.version)))
        .set((
            inbound::state.eq(state),
            inbound::reason.eq(why),
            inbound::answer.eq(answer.or(row.answer.as_deref())),
            inbound::settled_at.eq(ctx.now),
            inbound::settled_by.eq(ctx.actor.account_id()),
            inbound::version.eq(inbound::version + 1),
        ))
        .execute(conn)?;
    if changed == 1 {
        Ok(())
    } else {
        Err(Problem::Stale)
    }
}

/// The message `id`, or [`Problem::NotFound`].
pub fn find(conn: &mut Conn, id: InboundId) -> Result<Row, Problem> {
    Ok(inbound::table.find(id).select(cols::<Row>()).first(conn)?)
}

/// The message that came with this key.
pub fn by_dedupe_key(conn: &mut Conn, key: &str) -> Result<Row, Problem> {
    let same = inbound::table.filter(inbound::dedupe_key.eq(key));
    Ok(same.select(cols::<Row>()).first(conn)?)
}

/// The message that the link with this token's hash confirms, or [`Problem::NotFound`].
pub fn by_confirm_hash(conn: &mut Conn, hash: &str) -> Result<Row, Problem> {
    let same = inbound::table.filter(inbound::confirm_hash.eq(hash));
    Ok(same.select(cols::<Row>()).first(conn)?)
}

/// Whether this very calendar part, which names meeting and attendee, was applied already for this person, in
/// another message (I7).
pub fn was_taken(conn: &mut Conn, calendar_hash: &str, person: PersonId) -> Result<bool, Problem> {
    let same: i64 = inbound::table
        .filter(inbound::calendar_hash.eq(calendar_hash))
        .filter(inbound::person_id.eq(person))
        .filter(inbound::state.eq(State::Applied))
        .count()
        .get_result(conn)?;
    Ok(same > 0)
}

/// How many messages about an attendee wait since `since` with a link that was mailed.
pub fn asked_since(
    conn: &mut Conn,
    meeting: MeetingId,
    person: PersonId,
    since: Instant,
) -> Result<i64, Problem> {
    Ok(inbound::table
        .filter(inbound::meeting_id.eq(meeting))
        .filter(inbound::person_id.eq(person))
        .filter(inbound::confirm_hash.is_not_null())
        .filter(inbound::received_at.ge(since))
        .count()
        .get_result(conn)?)
}

/// Which part of the messages is listed.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub state: Option<State>,
    pub why: Option<Why>,
    pub kind: Option<Kind>,
    pub meeting_id: Option<MeetingId>,
    pub person_id: Option<PersonId>,
    /// Only messages of these programmes; `None` for all.
    pub programmes: Option<Vec<ProgrammeId>>,
    /// Only messages older than this one: lists run from the newest down.
    pub before: Option<InboundId>,
}

/// The newest `most` messages of `filter`.
pub fn list(conn: &mut Conn, filter: &Filter, most: i64) -> Result<Vec<Row>, Problem> {
    let mut query = inbound::table.into_boxed().select(cols::<Row>());
    if let Some(state) = filter.state {
        query = query.filter(inbound::state.eq(state));
    }
    if let Some(why) = filter.why {
        query = query.filter(inbound::reason.eq(why));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(inbound::meaning.eq(kind));
    }
    if let Some(meeting) = filter.meeting_id {
        let of_series = inbound::instance_id.eq(meeting);
        query = query.filter(inbound::meeting_id.eq(meeting).or(of_series));
    }
    if let Some(person) = filter.person_id {
        query = query.filter(inbound::person_id.eq(person));
    }
    if let Some(programmes) = filter.programmes.clone() {
        query = query.filter(inbound::programme_id.eq_any(programmes));
    }
    if let Some(before) = filter.before {
        query = query.filter(inbound::id.lt(before));
    }
    Ok(query.order(inbound::id.desc()).limit(most).load(conn)?)
}

/// How many messages there are in each state.
pub fn counts(conn: &mut Conn) -> Result<Vec<(State, i64)>, Problem> {
    Ok(inbound::table
        .group_by(inbound::state)
        .select((inbound::state, diesel::dsl::count_star()))
        .load(conn)?)
}

/// Forgets the words of messages that came before `before`; what became of them stays.
pub fn purge(conn: &mut Conn, before: Instant) -> Result<usize, Problem> {
    let old = inbound::table
        .filter(inbound::received_at.lt(before))
        .filter(inbound::body_sealed.ne(""));
    let purged = diesel::update(old)
        .set((
            inbound::body_sealed.eq(""),
            inbound::origin_sealed.eq(""),
            inbound::confirm_hash.eq(None::<String>),
        ))
        .execute(conn)?;
    Ok(purged)
}
