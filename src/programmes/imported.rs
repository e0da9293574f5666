//! Enrolment by an import of people: the wishes of a file, fulfilled in its transaction.

use crate::db::Conn;
use crate::kernel::{Context, Problem};
use crate::people::import::Wish;
use crate::people::import::run::start_of_day;
use crate::people::import::values::choice::Role;
use crate::programmes::{Enrolment, Side, enrol_in, store};

/// Enrols whom a batch of rows asks for; the answer counts the new enrolments. Who is enrolled already
/// stays as they are: places and waiting dates are changed by people, not by an old file.
///
/// # Errors
/// 404 for the programme, 409 `programme-closed`.
pub fn enrol(conn: &mut Conn, ctx: &Context, wishes: &[Wish]) -> Result<u32, Problem> {
    let Some(first) = wishes.first() else {
        return Ok(0);
    };
    let programme = store::hold(conn, first.programme_id)?;
    let mut new = 0;
    for wish in wishes {
        let side = match wish.role {
            Role::Mentor => Side::Mentor,
            Role::Mentee => Side::Mentee,
        };
        let since = wish
            .waiting_since
            .map(|day| start_of_day(day, &programme.zone, ctx.now));
        let enrolment = Enrolment {
            person_id: wish.person_id,
            side,
            capacity: wish.capacity.map(i32::from),
            waiting_since: since,
        };
        match enrol_in(conn, ctx, &programme, &enrolment) {
            Ok(_) => new += 1,
            Err(Problem::Conflict {
                code: "already-enrolled",
                ..
            }) => {}
            Err(problem) => return Err(problem),
        }
    }
    Ok(new)
}
