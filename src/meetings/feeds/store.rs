//! The queries of feeds. Nothing is decided here.

use diesel::prelude::*;

use super::manage::Owner;
use crate::db::Conn;
use crate::db::schema::{
    account_grants, accounts, feeds, meeting_attendees, meetings, persons, programmes,
};
use crate::kernel::ids::{AccountId, FeedId, PersonId, ProgrammeId};
use crate::kernel::{Instant, Locale, Problem, Role};
use crate::meetings::model::State;
use crate::meetings::store::Meeting;

/// A feed as it is stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = feeds)]
pub struct Feed {
    pub id: FeedId,
    pub person_id: Option<PersonId>,
    pub account_id: Option<AccountId>,
    /// SHA-256 of the token.
    pub token_hash: String,
    /// When the address was made.
    pub made_at: Instant,
    /// When a program last read it, to the hour.
    pub read_at: Option<Instant>,
}

/// The feed of somebody, if they have one.
pub fn of_owner(conn: &mut Conn, owner: Owner) -> QueryResult<Option<Feed>> {
    match owner {
        Owner::Person(id) => feeds::table
            .filter(feeds::person_id.eq(id))
            .select(Feed::as_select())
            .first(conn),
        Owner::Account(id) => feeds::table
            .filter(feeds::account_id.eq(id))
            .select(Feed::as_select())
            .first(conn),
    }
    .optional()
}

/// The feed with this token.
pub fn by_token(conn: &mut Conn, hash: &str) -> QueryResult<Option<Feed>> {
    feeds::table
        .filter(feeds::token_hash.eq(hash))
        .select(Feed::as_select())
        .first(conn)
        .optional()
}

pub fn insert(conn: &mut Conn, feed: &Feed) -> QueryResult<()> {
    diesel::insert_into(feeds::table)
        .values(feed)
        .execute(conn)
        .map(|_| ())
}

pub fn remove(conn: &mut Conn, id: FeedId) -> QueryResult<()> {
    diesel::delete(feeds::table.find(id))
        .execute(conn)
        .map(|_| ())
}

/// Notes that a feed was read.
pub fn touch(conn: &mut Conn, id: FeedId, now: Instant) -> QueryResult<()> {
    diesel::update(feeds::table.find(id))
        .set(feeds::read_at.eq(now))
        .execute(conn)
        .map(|_| ())
}

/// A person's language, if their feed is to be read: they are not archived, and their account, if they have
/// one, is not disabled.
pub fn reader_person(conn: &mut Conn, id: PersonId) -> QueryResult<Option<Locale>> {
    let locale = persons::table
        .find(id)
        .filter(persons::status.ne("archived"))
        .select(persons::locale)
        .first(conn)
        .optional()?;
    let disabled: i64 = accounts::table
        .filter(accounts::person_id.eq(id))
        .filter(accounts::status.eq("disabled"))
        .count()
        .get_result(conn)?;
    Ok(locale.filter(|_| disabled == 0))
}

/// A coordinator's language and the programmes that they run now.
pub fn reader_account(
    conn: &mut Conn,
    id: AccountId,
) -> QueryResult<Option<(Locale, Vec<ProgrammeId>)>> {
    let locale = accounts::table
        .find(id)
        .filter(accounts::status.eq("active"))
        .select(accounts::locale)
        .first(conn)
        .optional()?;
    let runs: Vec<Option<ProgrammeId>> = account_grants::table
        .filter(account_grants::account_id.eq(id))
        .filter(account_grants::role.eq(Role::Coordinator))
        .select(account_grants::programme_id)
        .load(conn)?;
    let runs: Vec<ProgrammeId> = runs.into_iter().flatten().collect();
    Ok(locale.map(|locale| (locale, runs)))
}

/// What a feed holds in time.
#[derive(Debug, Clone, Copy)]
pub struct Reach {
    /// Meetings that end after this.
    pub since: Instant,
    /// Cancelled ones only if they were cancelled after this.
    pub cancelled_since: Instant,
    /// The latest so many.
    pub most: i64,
}

/// The meetings of a feed by start, then id.
pub fn meetings_of(
    conn: &mut Conn,
    person: Option<PersonId>,
    programmes: &[ProgrammeId],
    reach: Reach,
) -> Result<Vec<Meeting>, Problem> {
    let attended = meeting_attendees::table
        .filter(meeting_attendees::person_id.nullable().eq(person))
        .select(meeting_attendees::meeting_id);
    let mut found: Vec<Meeting> = meetings::table
        .filter(
            meetings::id
                .eq_any(attended)
                .or(meetings::programme_id.eq_any(programmes)),
        )
        .filter(meetings::ends_at.gt(reach.since))
        .filter(
            meetings::status
                .ne(State::Cancelled)
                .or(meetings::updated_at.gt(reach.cancelled_since)),
        )
        .order((meetings::starts_at.desc(), meetings::id.desc()))
        .limit(reach.most)
        .select(Meeting::as_select())
        .load(conn)?;
    found.reverse();
    Ok(found)
}

/// The names of some programmes, English and French.
pub fn names(
    conn: &mut Conn,
    ids: &[ProgrammeId],
) -> QueryResult<Vec<(ProgrammeId, String, String)>> {
    programmes::table
        .filter(programmes::id.eq_any(ids))
        .select((programmes::id, programmes::name_en, programmes::name_fr))
        .load(conn)
}
