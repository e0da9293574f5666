//! The queries of programmes.

use diesel::prelude::*;

use crate::access::Scope;
use crate::db::connection::LockTable;
use crate::db::schema::{participations, persons, programmes};
use crate::db::{Conn, Json, constraint};
use crate::kernel::ids::{AccountId, ParticipationId, PersonId, ProgrammeId};
use crate::kernel::{Instant, Problem};
use crate::programmes::participation::{Participation, Side};
use crate::programmes::{Programme, ProgrammeSettings};

/// Saves a new programme.
pub fn insert(conn: &mut Conn, programme: &Programme) -> Result<(), Problem> {
    let settings = Json(serde_json::json!({}));
    diesel::insert_into(programmes::table)
        .values((programme, programmes::settings.eq(settings)))
        .execute(conn)
        .map_err(slug_taken)?;
    Ok(())
}

fn slug_taken(error: diesel::result::Error) -> Problem {
    match constraint(&error) {
        Some(rule) if rule.is_unique_on("programmes", &["slug"], "programmes_slug_key") => {
            Problem::conflict("slug-taken")
        }
        _ => error.into(),
    }
}

/// Saves a changed programme, unless somebody changed `version` meanwhile.
///
/// # Errors
/// [`Problem::Stale`]; 409 `slug-taken`.
pub fn save(conn: &mut Conn, programme: &Programme, version: i32) -> Result<(), Problem> {
    let unchanged = programmes::table
        .filter(programmes::id.eq(programme.id))
        .filter(programmes::version.eq(version));
    let rows = diesel::update(unchanged)
        .set(programme)
        .execute(conn)
        .map_err(slug_taken)?;
    if rows == 1 {
        Ok(())
    } else {
        Err(Problem::Stale)
    }
}

/// The settings of a programme; what was never set has its default.
///
/// # Errors
/// [`Problem::NotFound`].
pub fn settings_of(conn: &mut Conn, id: ProgrammeId) -> Result<ProgrammeSettings, Problem> {
    let found: Json<ProgrammeSettings> = programmes::table
        .find(id)
        .select(programmes::settings)
        .first(conn)?;
    Ok(found.0)
}

/// Saves settings of a programme that the transaction holds, and counts its version up.
pub(super) fn save_settings(
    conn: &mut Conn,
    now: Instant,
    programme: &Programme,
    settings: &ProgrammeSettings,
) -> Result<(), Problem> {
    let unchanged = programmes::table
        .filter(programmes::id.eq(programme.id))
        .filter(programmes::version.eq(programme.version));
    let rows = diesel::update(unchanged)
        .set((
            programmes::settings.eq(Json(settings.clone())),
            programmes::updated_at.eq(now),
            programmes::version.eq(programmes::version + 1),
        ))
        .execute(conn)?;
    if rows == 1 {
        Ok(())
    } else {
        Err(Problem::Stale)
    }
}

/// The programme `id`, or [`Problem::NotFound`].
pub fn find(conn: &mut Conn, id: ProgrammeId) -> Result<Programme, Problem> {
    Ok(programmes::table
        .find(id)
        .select(Programme::as_select())
        .first(conn)?)
}

/// The programme with the short name `slug`, or [`Problem::NotFound`].
pub fn find_by_slug(conn: &mut Conn, slug: &str) -> Result<Programme, Problem> {
    Ok(programmes::table
        .filter(programmes::slug.eq(slug))
        .select(Programme::as_select())
        .first(conn)?)
}

/// The programme `id`, whose row the transaction holds from now on: runs, approvals, beginnings and endings of
/// one programme come one after the other, so that none waits for another in a circle.
///
/// # Errors
/// [`Problem::NotFound`].
pub fn hold(conn: &mut Conn, id: ProgrammeId) -> Result<Programme, Problem> {
    conn.lock_row(LockTable::Programmes, id.0)?;
    find(conn, id)
}

/// Programmes by slug, after the mark `after`.
pub fn list(conn: &mut Conn, after: Option<String>, rows: i64) -> Result<Vec<Programme>, Problem> {
    let mut query = programmes::table
        .select(Programme::as_select())
        .into_boxed();
    if let Some(slug) = after {
        query = query.filter(programmes::slug.gt(slug));
    }
    Ok(query.order(programmes::slug).limit(rows).load(conn)?)
}

/// The programmes of a scope, by slug.
///
/// # Errors
/// A database error.
pub fn list_within(conn: &mut Conn, scope: &Scope) -> Result<Vec<Programme>, Problem> {
    let mut query = programmes::table
        .select(Programme::as_select())
        .into_boxed();
    if !scope.all {
        query = query.filter(programmes::id.eq_any(scope.programmes.clone()));
    }
    Ok(query.order(programmes::slug).load(conn)?)
}

/// The participation `id` with the coach of its person, or [`Problem::NotFound`].
///
/// # Errors
/// [`Problem::NotFound`].
pub fn participation(
    conn: &mut Conn,
    id: ParticipationId,
) -> Result<(Participation, Option<AccountId>), Problem> {
    Ok(participations::table
        .inner_join(persons::table)
        .filter(participations::id.eq(id))
        .select((Participation::as_select(), persons::coach_id))
        .first(conn)?)
}

/// The participation of a person on a side of a programme, whether or not they left.
///
/// # Errors
/// A database error.
pub fn participation_of(
    conn: &mut Conn,
    programme: ProgrammeId,
    person: PersonId,
    side: Side,
) -> Result<Option<Participation>, Problem> {
    Ok(participations::table
        .filter(participations::programme_id.eq(programme))
        .filter(participations::person_id.eq(person))
        .filter(participations::side.eq(side))
        .select(Participation::as_select())
        .first(conn)
        .optional()?)
}

/// Everybody who takes or took part in a programme.
///
/// # Errors
/// A database error.
pub fn participations_of(conn: &mut Conn, id: ProgrammeId) -> Result<Vec<Participation>, Problem> {
    Ok(participations::table
        .filter(participations::programme_id.eq(id))
        .order(participations::id)
        .select(Participation::as_select())
        .load(conn)?)
}

/// Saves a new participation.
pub(super) fn insert_participation(conn: &mut Conn, new: &Participation) -> QueryResult<()> {
    diesel::insert_into(participations::table)
        .values(new)
        .execute(conn)
        .map(|_| ())
}

/// Saves a changed participation; [`Problem::Stale`] when somebody changed it meanwhile.
pub(super) fn save_participation(
    conn: &mut Conn,
    changed: &Participation,
    version: i32,
) -> Result<(), Problem> {
    let unchanged = participations::table
        .filter(participations::id.eq(changed.id))
        .filter(participations::version.eq(version));
    let rows = diesel::update(unchanged).set(changed).execute(conn)?;
    if rows == 1 {
        Ok(())
    } else {
        Err(Problem::Stale)
    }
}

/// Counts more (or fewer) taken and held places; the database refuses what the capacity does not hold.
pub(super) fn count_places(
    conn: &mut Conn,
    now: Instant,
    id: ParticipationId,
    (taken, held): (i32, i32),
) -> QueryResult<()> {
    diesel::update(participations::table.find(id))
        .set((
            participations::taken.eq(participations::taken + taken),
            participations::held.eq(participations::held + held),
            participations::updated_at.eq(now),
            participations::version.eq(participations::version + 1),
        ))
        .execute(conn)
        .map(|_| ())
}
