//! The queries of mentorships.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::access::Scope;
use crate::db::schema::{conflicts_of_interest, mentorships, persons};
use crate::db::{Conn, MultiBackend};
use crate::kernel::ids::{AccountId, MentorshipId, PersonId, ProgrammeId};
use crate::kernel::{Instant, Problem};
use crate::mentorships::{Mentorship, MentorshipStatus};
use crate::programmes::participants::Named;

/// The mentorship `id`, or [`Problem::NotFound`].
///
/// # Errors
/// [`Problem::NotFound`].
pub fn find(conn: &mut Conn, id: MentorshipId) -> Result<Mentorship, Problem> {
    Ok(mentorships::table
        .find(id)
        .select(Mentorship::as_select())
        .first(conn)?)
}

/// The accounts of the coaches who follow the mentor or the mentee.
///
/// # Errors
/// A database error.
pub fn coaches_of(conn: &mut Conn, mentorship: &Mentorship) -> Result<Vec<AccountId>, Problem> {
    let pair = [mentorship.mentor_id, mentorship.mentee_id];
    let coaches: Vec<Option<AccountId>> = persons::table
        .filter(persons::id.eq_any(pair))
        .select(persons::coach_id)
        .load(conn)?;
    Ok(coaches.into_iter().flatten().collect())
}

/// Saves a new mentorship.
pub(super) fn insert(conn: &mut Conn, new: &Mentorship) -> QueryResult<()> {
    diesel::insert_into(mentorships::table)
        .values(new)
        .execute(conn)
        .map(|_| ())
}

/// Saves a changed mentorship.
///
/// # Errors
/// [`Problem::Stale`] when somebody changed `version` meanwhile.
pub(super) fn save(conn: &mut Conn, changed: &Mentorship, version: i32) -> Result<(), Problem> {
    let unchanged = mentorships::table
        .filter(mentorships::id.eq(changed.id))
        .filter(mentorships::version.eq(version));
    let rows = diesel::update(unchanged).set(changed).execute(conn)?;
    if rows == 1 {
        Ok(())
    } else {
        Err(Problem::Stale)
    }
}

/// Mentorships of a programme that are open, the oldest first.
///
/// # Errors
/// A database error.
pub fn open_of(conn: &mut Conn, programme: ProgrammeId) -> Result<Vec<Mentorship>, Problem> {
    Ok(mentorships::table
        .filter(mentorships::programme_id.eq(programme))
        .filter(mentorships::status.eq(MentorshipStatus::Active))
        .order(mentorships::id)
        .select(Mentorship::as_select())
        .load(conn)?)
}

/// Whether two people declared that they must not be matched, whoever declared it.
///
/// # Errors
/// A database error.
pub fn in_conflict(conn: &mut Conn, one: PersonId, other: PersonId) -> Result<bool, Problem> {
    use conflicts_of_interest::{other_person_id, person_id};
    let either = person_id
        .eq(one)
        .and(other_person_id.eq(other))
        .or(person_id.eq(other).and(other_person_id.eq(one)));
    let rows: i64 = conflicts_of_interest::table
        .filter(either)
        .count()
        .get_result(conn)?;
    Ok(rows > 0)
}

/// Whether there is an open mentorship between two people, in whatever programme.
///
/// # Errors
/// A database error.
pub fn are_paired(conn: &mut Conn, mentor: PersonId, mentee: PersonId) -> Result<bool, Problem> {
    let rows: i64 = mentorships::table
        .filter(mentorships::mentor_id.eq(mentor))
        .filter(mentorships::mentee_id.eq(mentee))
        .filter(mentorships::status.eq(MentorshipStatus::Active))
        .count()
        .get_result(conn)?;
    Ok(rows > 0)
}

/// The names that people go by.
///
/// # Errors
/// A database error.
pub fn names(conn: &mut Conn, ids: &[PersonId]) -> Result<HashMap<PersonId, String>, Problem> {
    let mut found = HashMap::with_capacity(ids.len());
    // SQLite takes 32,766 parameters in a statement.
    for some in ids.chunks(10_000) {
        let rows: Vec<Named> = persons::table
            .filter(persons::id.eq_any(some.iter().copied()))
            .select(Named::as_select())
            .load(conn)?;
        found.extend(rows.into_iter().map(|person| (person.id, person.display())));
    }
    Ok(found)
}

/// Which mentorships a list shows.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub programme_id: Option<ProgrammeId>,
    pub status: Option<MentorshipStatus>,
    pub mentor_id: Option<PersonId>,
    pub mentee_id: Option<PersonId>,
}

/// The mark of a row in a list: when it started, and its id.
pub type Mark = (Instant, MentorshipId);

type Query<'a> = mentorships::BoxedQuery<'a, MultiBackend>;

fn visible<'a>(scope: &Scope, filter: &Filter) -> Query<'a> {
    let mut query = mentorships::table.into_boxed();
    if !scope.all {
        // Nobody has the nil id: who has no such reach sees no row through that part.
        let nobody = PersonId(uuid::Uuid::nil());
        let concerned = mentorships::programme_id
            .eq_any(scope.programmes.clone())
            .or(mentorships::mentor_id.eq(scope.mentor.unwrap_or(nobody)))
            .or(mentorships::mentee_id.eq(scope.mentee.unwrap_or(nobody)));
        query = match scope.coach {
            Some(coach) => {
                let followed = persons::table
                    .filter(persons::coach_id.eq(coach))
                    .select(persons::id);
                query.filter(
                    concerned
                        .or(mentorships::mentor_id.eq_any(followed))
                        .or(mentorships::mentee_id.eq_any(followed)),
                )
            }
            None => query.filter(concerned),
        };
    }
    if let Some(programme) = filter.programme_id {
        query = query.filter(mentorships::programme_id.eq(programme));
    }
    if let Some(status) = filter.status {
        query = query.filter(mentorships::status.eq(status));
    }
    if let Some(mentor) = filter.mentor_id {
        query = query.filter(mentorships::mentor_id.eq(mentor));
    }
    if let Some(mentee) = filter.mentee_id {
        query = query.filter(mentorships::mentee_id.eq(mentee));
    }
    query
}

/// Mentorships that `scope` may see, the newest first, after a mark.
///
/// # Errors
/// A database error.
pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &Filter,
    after: Option<Mark>,
    rows: i64,
) -> Result<Vec<Mentorship>, Problem> {
    let mut query = visible(scope, filter);
    if let Some((at, id)) = after {
        query = query.filter(
            mentorships::started_at
                .lt(at)
                .or(mentorships::started_at.eq(at).and(mentorships::id.lt(id))),
        );
    }
    Ok(query
        .order((mentorships::started_at.desc(), mentorships::id.desc()))
        .limit(rows)
        .select(Mentorship::as_select())
        .load(conn)?)
}

/// How many mentorships [`list`] would tell of in all.
///
/// # Errors
/// A database error.
pub fn count(conn: &mut Conn, scope: &Scope, filter: &Filter) -> Result<i64, Problem> {
    Ok(visible(scope, filter)
        .select(diesel::dsl::count_star())
        .get_result(conn)?)
}
