//! The life of a programme: opening and closing.

use crate::access::policy::{self, Action};
use crate::access::{audit, record};
use crate::db::Conn;
use crate::kernel::ids::ProgrammeId;
use crate::kernel::{Context, IfMatch, Problem};
use crate::programmes::leave::leave_in;
use crate::programmes::participation::{ParticipationStatus, Side};
use crate::programmes::{Programme, ProgrammeStatus, mails, store};

/// Opens a programme: from now on its people are matched.
///
/// # Errors
/// 403, 404, 412; 409 `programme-state`.
pub fn open(
    conn: &mut Conn,
    ctx: &Context,
    id: ProgrammeId,
    if_match: &IfMatch,
) -> Result<Programme, Problem> {
    conn.write_tx(|conn| {
        let before = store::hold(conn, id)?;
        policy::allow(&ctx.actor, Action::OpenProgramme, &before.object())?;
        if_match.require(before.version)?;
        go_in(conn, ctx, &before, ProgrammeStatus::Open, "programme.open")
    })
}

/// Whom closing a programme lets go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct LetGo {
    /// Mentees who waited.
    pub waiting: usize,
    /// Mentors without an open mentorship.
    pub mentors: usize,
}

/// Closes a programme inside the caller's transaction, which holds its row: everybody without an open
/// mentorship leaves with `reason`. People in mentorships that go on stay enrolled until those end.
///
/// # Errors
/// 409 `programme-state`.
pub fn close_in(
    conn: &mut Conn,
    ctx: &Context,
    before: &Programme,
    reason: &str,
) -> Result<(Programme, LetGo), Problem> {
    let closed = go_in(
        conn,
        ctx,
        before,
        ProgrammeStatus::Closed,
        "programme.close",
    )?;
    let idle: Vec<_> = store::participations_of(conn, before.id)?
        .into_iter()
        .filter(|one| one.status == ParticipationStatus::Enrolled && one.taken == 0)
        .collect();
    for one in &idle {
        leave_in(conn, ctx, one, reason.to_owned())?;
    }
    mails::say_left(conn, ctx, &closed, &idle)?;
    let waiting = idle.iter().filter(|one| one.side == Side::Mentee).count();
    let gone = LetGo {
        waiting,
        mentors: idle.len() - waiting,
    };
    Ok((closed, gone))
}

fn go_in(
    conn: &mut Conn,
    ctx: &Context,
    before: &Programme,
    to: ProgrammeStatus,
    action: &'static str,
) -> Result<Programme, Problem> {
    let status = before.status.go(to)?;
    let after = Programme {
        status,
        updated_at: ctx.now,
        closed_at: (status == ProgrammeStatus::Closed).then_some(ctx.now),
        version: before.version + 1,
        ..before.clone()
    };
    store::save(conn, &after, before.version)?;
    let change = audit::Change {
        action,
        object_type: "programme",
        object_id: after.id.into(),
        programme_id: Some(after.id),
        before: Some(before),
        after: Some(&after),
    };
    record(conn, ctx, &change)?;
    Ok(after)
}
