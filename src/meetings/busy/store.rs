//! The queries of people's own calendars. Nothing is decided here.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::model::Trouble;
use crate::db::Conn;
use crate::db::schema::{busy_calendars, busy_times, persons};
use crate::kernel::ids::{BusyCalendarId, PersonId};
use crate::kernel::{Instant, Problem};
use crate::people::store::insert_all;

/// A person's own calendar as it is stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = busy_calendars)]
pub struct Calendar {
    pub id: BusyCalendarId,
    pub person_id: PersonId,
    /// The address, sealed.
    pub address_sealed: String,
    /// Keyed hash of the address, to know it again.
    pub address_tag: String,
    /// The address as it may be shown.
    pub shown: String,
    /// Whether entries of whole days take time.
    pub whole_days: bool,
    pub etag: Option<String>,
    pub last_modified: Option<String>,
    /// Of the busy times, to know whether they changed.
    pub fingerprint: String,
    /// Entries in the file.
    pub events: i32,
    /// Repeated entries of which only the first time counts.
    pub not_understood: i32,
    /// Why the last look failed.
    pub trouble: Option<Trouble>,
    /// Looks that failed in a row.
    pub failures: i32,
    /// When the file was last read.
    pub read_at: Instant,
    /// When its server last answered well, be it "nothing changed".
    pub checked_at: Instant,
    pub next_check_at: Instant,
    /// When the person was told that it cannot be read.
    pub told_at: Option<Instant>,
    pub leased_by: Option<String>,
    pub leased_until: Option<Instant>,
    pub created_at: Instant,
}

#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = busy_times)]
struct Time {
    calendar_id: BusyCalendarId,
    person_id: PersonId,
    starts_at: Instant,
    ends_at: Instant,
}

/// A person's calendars, the oldest first.
pub fn of_person(conn: &mut Conn, person: PersonId) -> QueryResult<Vec<Calendar>> {
    busy_calendars::table
        .filter(busy_calendars::person_id.eq(person))
        .order((busy_calendars::created_at, busy_calendars::id))
        .select(Calendar::as_select())
        .load(conn)
}

/// One of a person's calendars.
///
/// # Errors
/// [`Problem::NotFound`], for another's too.
pub fn find(conn: &mut Conn, person: PersonId, id: BusyCalendarId) -> Result<Calendar, Problem> {
    Ok(busy_calendars::table
        .find(id)
        .filter(busy_calendars::person_id.eq(person))
        .select(Calendar::as_select())
        .first(conn)?)
}

pub fn insert(conn: &mut Conn, calendar: &Calendar) -> QueryResult<()> {
    diesel::insert_into(busy_calendars::table)
        .values(calendar)
        .execute(conn)
        .map(|_| ())
}

pub fn remove(conn: &mut Conn, id: BusyCalendarId) -> QueryResult<()> {
    forget_times(conn, id)?;
    diesel::delete(busy_calendars::table.find(id))
        .execute(conn)
        .map(|_| ())
}

/// Saves what came of a look, if the calendar is still there and, for a worker, still the worker's; gives the
/// lease back. Whether it was saved.
pub fn save_look(conn: &mut Conn, after: &Calendar, worker: Option<&str>) -> QueryResult<bool> {
    let mut this = diesel::update(busy_calendars::table.find(after.id)).into_boxed();
    if let Some(worker) = worker {
        this = this.filter(busy_calendars::leased_by.eq(worker.to_owned()));
    }
    let saved = this
        .set((
            busy_calendars::etag.eq(after.etag.clone()),
            busy_calendars::last_modified.eq(after.last_modified.clone()),
            busy_calendars::fingerprint.eq(after.fingerprint.clone()),
            busy_calendars::events.eq(after.events),
            busy_calendars::not_understood.eq(after.not_understood),
            busy_calendars::trouble.eq(after.trouble),
            busy_calendars::failures.eq(after.failures),
            busy_calendars::read_at.eq(after.read_at),
            busy_calendars::checked_at.eq(after.checked_at),
            busy_calendars::next_check_at.eq(after.next_check_at),
            busy_calendars::told_at.eq(after.told_at),
            busy_calendars::leased_by.eq(None::<String>),
            busy_calendars::leased_until.eq(None::<Instant>),
        ))
        .execute(conn)?;
    Ok(saved == 1)
}

/// Puts `times` in the place of what was known.
pub fn replace_times(
    conn: &mut Conn,
    calendar: &Calendar,
    times: &[(DateTime<Utc>, DateTime<Utc>)],
) -> QueryResult<()> {
    forget_times(conn, calendar.id)?;
    let rows: Vec<Time> = times
        .iter()
        .map(|(start, end)| Time {
            calendar_id: calendar.id,
            person_id: calendar.person_id,
            starts_at: Instant::new(*start),
            ends_at: Instant::new(*end),
        })
        .collect();
    insert_all!(conn, busy_times::table, rows)
}

/// Forgets what was known.
pub fn forget_times(conn: &mut Conn, id: BusyCalendarId) -> QueryResult<()> {
    diesel::delete(busy_times::table.filter(busy_times::calendar_id.eq(id)))
        .execute(conn)
        .map(|_| ())
}

/// Takes up to `most` calendars that are due for `worker`, with a lease.
pub fn claim(
    conn: &mut Conn,
    worker: &str,
    now: Instant,
    until: Instant,
    most: i64,
) -> QueryResult<Vec<Calendar>> {
    // A look without a lock first: idle workers must not fight for SQLite's one write lock all day.
    if due(conn, now, 1, Hold::No)?.is_empty() {
        return Ok(Vec::new());
    }
    conn.write_tx(|conn| {
        let ids = due(conn, now, most, Hold::Yes)?;
        diesel::update(busy_calendars::table.filter(busy_calendars::id.eq_any(&ids)))
            .set((
                busy_calendars::leased_by.eq(worker),
                busy_calendars::leased_until.eq(until),
            ))
            .execute(conn)?;
        busy_calendars::table
            .filter(busy_calendars::id.eq_any(&ids))
            .order((busy_calendars::next_check_at, busy_calendars::id))
            .select(Calendar::as_select())
            .load(conn)
    })
}

/// Whether the rows that are found stay ours until the end of the transaction.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hold {
    Yes,
    No,
}

/// What is due, the longest due first. Nobody looks at the calendar of an archived person.
fn due(conn: &mut Conn, now: Instant, most: i64, hold: Hold) -> QueryResult<Vec<BusyCalendarId>> {
    let archived = persons::table
        .filter(persons::status.eq("archived"))
        .select(persons::id);
    let query = busy_calendars::table
        .filter(busy_calendars::next_check_at.le(now))
        .filter(
            busy_calendars::leased_until
                .is_null()
                .or(busy_calendars::leased_until.le(now).assume_not_null()),
        )
        .filter(diesel::dsl::not(busy_calendars::person_id.eq_any(archived)))
        .order((busy_calendars::next_check_at, busy_calendars::id))
        .select(busy_calendars::id)
        .limit(most);
    match conn {
        Conn::Pg(c) if hold == Hold::Yes => query.for_update().skip_locked().load(c),
        Conn::Pg(c) => query.load(c),
        Conn::Sqlite(c) => query.load(c),
    }
}
