//! The places of a participation: taken when a mentorship begins, given back when it ends.

use crate::db::connection::LockTable;
use crate::db::{Conn, Constraint, constraint};
use crate::kernel::ids::ParticipationId;
use crate::kernel::{Context, Problem};
use crate::programmes::participation::{Participation, Side};
use crate::programmes::store;

/// Takes one of the places of a participation, inside the caller's transaction.
///
/// # Errors
/// 409 `participation-left`; 409 `no-place-left` for a mentor and `mentee-taken` for a mentee: the database
/// itself refuses to count beyond the capacity, so of two who race for the last place one loses.
pub fn take_place(
    conn: &mut Conn,
    ctx: &Context,
    id: ParticipationId,
) -> Result<Participation, Problem> {
    conn.lock_row(LockTable::Participations, id.0)?;
    let (participation, _) = store::participation(conn, id)?;
    participation.require_enrolled()?;
    let full = || match participation.side {
        Side::Mentor => Problem::conflict("no-place-left"),
        Side::Mentee => Problem::conflict("mentee-taken"),
    };
    conn.savepoint(|conn| store::count_place(conn, ctx.now, id, 1))
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
pub fn free_place(conn: &mut Conn, ctx: &Context, id: ParticipationId) -> Result<(), Problem> {
    conn.lock_row(LockTable::Participations, id.0)?;
    Ok(store::count_place(conn, ctx.now, id, -1)?)
}
