//! Leaving a programme, with a reason.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::access::policy::{self, Action};
use crate::db::Conn;
use crate::db::connection::LockTable;
use crate::db::jobs::{self, NewJob};
use crate::kernel::ids::ParticipationId;
use crate::kernel::{Context, FieldError, IfMatch, Problem};
use crate::programmes::enrol::note;
use crate::programmes::participation::{Participation, ParticipationStatus};
use crate::programmes::{mails, store};

/// The job that is written when somebody leaves while their consent, or another's to them, is awaited: `matching`
/// takes the offers back, so that nobody waits for an answer that cannot count.
pub const LEFT_WITH_OFFERS: &str = "match.left-with-offers";

/// Most characters of a reason.
pub const MOST_REASON: usize = 1000;

/// A reason in words.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Leaving {
    /// 1 to 1,000 characters.
    pub reason: String,
}

/// The reason without spaces around it, or a fault at `/reason`.
///
/// # Errors
/// 422 `required` or `too-long`.
pub fn reason(text: &str) -> Result<String, Problem> {
    let reason = text.trim();
    if reason.is_empty() {
        return Err(Problem::field("/reason", "required"));
    }
    if reason.chars().count() > MOST_REASON {
        let fault = FieldError::new("/reason", "too-long").with("most", MOST_REASON);
        return Err(Problem::Invalid(vec![fault]));
    }
    Ok(reason.to_owned())
}

/// Lets a person leave. Open mentorships are ended first, each with its own reason and farewell.
///
/// # Errors
/// 403, 404, 412; 422; 409 `participation-left`, `mentorships-open` with how many.
pub fn leave(
    conn: &mut Conn,
    ctx: &Context,
    id: ParticipationId,
    if_match: &IfMatch,
    leaving: &Leaving,
) -> Result<Participation, Problem> {
    conn.write_tx(|conn| {
        conn.lock_row(LockTable::Participations, id.0)?;
        let (before, coach) = store::participation(conn, id)?;
        policy::allow(&ctx.actor, Action::LeaveProgramme, &before.object(coach))?;
        if_match.require(before.version)?;
        before.require_enrolled()?;
        let reason = reason(&leaving.reason)?;
        if before.taken > 0 {
            return Err(Problem::conflict("mentorships-open").with("open", before.taken));
        }
        let after = leave_in(conn, ctx, &before, reason)?;
        let programme = store::find(conn, after.programme_id)?;
        mails::say_left(conn, ctx, &programme, std::slice::from_ref(&after))?;
        Ok(after)
    })
}

/// Lets a person leave inside the caller's transaction, whatever the caller decided about open mentorships.
///
/// # Errors
/// [`Problem::Stale`] when somebody changed it meanwhile.
pub fn leave_in(
    conn: &mut Conn,
    ctx: &Context,
    before: &Participation,
    reason: String,
) -> Result<Participation, Problem> {
    let after = Participation {
        status: ParticipationStatus::Left,
        left_reason: Some(reason),
        left_at: Some(ctx.now),
        updated_at: ctx.now,
        version: before.version + 1,
        ..before.clone()
    };
    store::save_participation(conn, &after, before.version)?;
    note(conn, ctx, "participation.leave", Some(before), &after)?;
    if after.held > 0 {
        let job = NewJob {
            kind: LEFT_WITH_OFFERS,
            unique_key: format!("{LEFT_WITH_OFFERS}/{}/{}", after.id, after.version),
            subject_id: Some(after.id.into()),
            person_id: Some(after.person_id),
            payload: serde_json::Value::Null,
            run_at: ctx.now,
        };
        jobs::enqueue(conn, ctx.now, &job)?;
    }
    Ok(after)
}
