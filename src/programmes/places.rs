//! The places of a participation: held while consents are awaited, taken when a mentorship begins, given back
//! when it ends or does not come about.

use crate::db::connection::LockTable;
use crate::db::{Conn, Constraint, constraint};
use crate::kernel::ids::ParticipationId;
use crate::kernel::{Context, Problem};
use crate::programmes::participation::{Participation, Side};
use crate::programmes::store;

/// What a place is counted as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// An open mentorship has it.
    Taken,
    /// It is kept for a pair whose consent is awaited.
    Held,
}

/// Takes one of the places of a participation for a mentorship, inside the caller's transaction.
///
/// # Errors
/// 409 `participation-left`; 409 `no-place-left` for a mentor and `mentee-taken` for a mentee: the database
/// itself refuses to count beyond the capacity, so of two who race for the last place one loses.
pub fn take_place(
    conn: &mut Conn,
    ctx: &Context,
    id: ParticipationId,
) -> Result<Participation, Problem> {
    count_in(conn, ctx, id, (1, 0))
}

/// Holds one of the places of a participation for a pair whose consent is awaited. A held place counts like a
/// taken one.
///
/// # Errors
/// As [`take_place`].
pub fn hold_place(
    conn: &mut Conn,
    ctx: &Context,
    id: ParticipationId,
) -> Result<Participation, Problem> {
    count_in(conn, ctx, id, (0, 1))
}

/// Turns a place that is held into one that is taken: both have consented.
///
/// # Errors
/// As [`take_place`].
pub fn take_held_place(
    conn: &mut Conn,
    ctx: &Context,
    id: ParticipationId,
) -> Result<Participation, Problem> {
    count_in(conn, ctx, id, (1, -1))
}

fn count_in(
    conn: &mut Conn,
    ctx: &Context,
    id: ParticipationId,
    by: (i32, i32),
) -> Result<Participation, Problem> {
    conn.lock_row(LockTable::Participations, id.0)?;
    let (participation, _) = store::participation(conn, id)?;
    participation.require_enrolled()?;
    let full = || match participation.side {
        Side::Mentor => Problem::conflict("no-place-left"),
        Side::Mentee => Problem::conflict("mentee-taken"),
    };
    conn.savepoint(|conn| store::count_places(conn, ctx.now, id, by))
        .map_err(|error| match constraint(&error) {
            Some(Constraint::Check { .. }) => full(),
            _ => error.into(),
        })?;
    Ok(participation)
}

/// Gives a place back, inside the caller's transaction. Whether the person still takes part does not matter.
///
/// # Errors
/// A database error; counting below zero is one.
pub fn free_place(
    conn: &mut Conn,
    ctx: &Context,
    id: ParticipationId,
    place: Place,
) -> Result<(), Problem> {
    conn.lock_row(LockTable::Participations, id.0)?;
    let by = match place {
        Place::Taken => (-1, 0),
        Place::Held => (0, -1),
    };
    Ok(store::count_places(conn, ctx.now, id, by)?)
}
