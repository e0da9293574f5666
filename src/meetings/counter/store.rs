//! The queries about proposals of another time.

use diesel::prelude::*;

use crate::db::Conn;
use crate::db::schema::meeting_counters;
use crate::kernel::ids::{CounterId, MeetingId, PersonId};
use crate::kernel::{Instant, Problem};
use crate::meetings::model::{CounterStatus, Source};
use crate::meetings::slots::Span;

/// A proposal of another time, as it is stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = meeting_counters)]
pub struct Counter {
    pub id: CounterId,
    pub meeting_id: MeetingId,
    /// Who proposed it.
    pub person_id: PersonId,
    /// SEQUENCE of the time that the meeting had then.
    pub time_sequence: i32,
    pub starts_at: Instant,
    pub ends_at: Instant,
    /// What they wrote with it.
    pub note: Option<String>,
    pub source: Source,
    pub status: CounterStatus,
    /// What the other side wrote when it declined; the problem's code when it was refused.
    pub reason: Option<String>,
    /// The person who accepted or declined.
    pub decided_by: Option<PersonId>,
    pub created_at: Instant,
    pub decided_at: Option<Instant>,
}

impl Counter {
    /// The proposed time.
    ///
    /// # Errors
    /// An internal problem if the database held one that ends before it starts.
    pub fn time(&self) -> Result<Span, Problem> {
        Span::new(self.starts_at.utc(), self.ends_at.utc())
            .ok_or_else(|| Problem::internal("a proposal without length"))
    }
}

/// Stores a new one.
pub fn insert(conn: &mut Conn, counter: &Counter) -> QueryResult<()> {
    diesel::insert_into(meeting_counters::table)
        .values(counter)
        .execute(conn)
        .map(|_| ())
}

/// The one with this id.
///
/// # Errors
/// [`Problem::NotFound`].
pub fn find(conn: &mut Conn, id: CounterId) -> Result<Counter, Problem> {
    Ok(meeting_counters::table
        .find(id)
        .select(Counter::as_select())
        .first(conn)?)
}

/// All of a meeting, the oldest first.
pub fn of_meeting(conn: &mut Conn, id: MeetingId) -> QueryResult<Vec<Counter>> {
    meeting_counters::table
        .filter(meeting_counters::meeting_id.eq(id))
        .order((meeting_counters::created_at, meeting_counters::id))
        .select(Counter::as_select())
        .load(conn)
}

/// The open ones of a meeting: one for each person at most.
pub fn open(conn: &mut Conn, id: MeetingId) -> QueryResult<Vec<Counter>> {
    meeting_counters::table
        .filter(meeting_counters::meeting_id.eq(id))
        .filter(meeting_counters::status.eq(CounterStatus::Open))
        .order(meeting_counters::created_at)
        .select(Counter::as_select())
        .load(conn)
}

/// Saves what has become of one that was open.
///
/// # Errors
/// [`Problem::Stale`] when it was not open any more.
pub fn close(conn: &mut Conn, counter: &Counter) -> Result<(), Problem> {
    let still_open = meeting_counters::table
        .find(counter.id)
        .filter(meeting_counters::status.eq(CounterStatus::Open));
    let changed = diesel::update(still_open)
        .set((
            meeting_counters::status.eq(counter.status),
            meeting_counters::reason.eq(&counter.reason),
            meeting_counters::decided_by.eq(counter.decided_by),
            meeting_counters::decided_at.eq(counter.decided_at),
        ))
        .execute(conn)?;
    if changed == 1 {
        Ok(())
    } else {
        Err(Problem::Stale)
    }
}
