//! Who changes meetings, writes mail to somebody else with each change: the pace of that is held down, so that nobody can
//! use invitations to pester the other person.

use crate::access::throttle;
use crate::db::Conn;
use crate::kernel::{Context, Problem};

/// Counts a change by a mentor or a mentee, signed in or by a link, in an open transaction. Staff, who answer for what
/// they do, are not counted.
///
/// # Errors
/// 429.
pub(super) fn count(conn: &mut Conn, ctx: &Context) -> Result<(), Problem> {
    match ctx.actor.person_id() {
        Some(person) => throttle::count(conn, ctx, &throttle::of_meeting_changes(ctx, person)),
        None => Ok(()),
    }
}
