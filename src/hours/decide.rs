//! The coordinator's decision: approved, or rejected with a reason; one entry or many.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::policy::{self, Action};
use crate::db::Conn;
use crate::db::connection::LockTable;
use crate::hours::model::{self, Entry, Status};
use crate::hours::record::{self, zone_of};
use crate::hours::{store, tell};
use crate::kernel::ids::HoursEntryId;
use crate::kernel::{Context, FieldError, IfMatch, Problem};
use crate::{mentorships, programmes};

/// A decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    Approve,
    /// With the reason, which the person reads.
    Reject(String),
}

impl Decision {
    fn action(&self) -> Action {
        match self {
            Self::Approve => Action::ApproveHours,
            Self::Reject(_) => Action::RejectHours,
        }
    }
}

/// Decides one entry.
///
/// # Errors
/// 403, 404, 412; 422; 409 `hours-decided`, `hours-own-entry`, `hours-future`, `hours-original-undecided`.
pub fn decide(
    conn: &mut Conn,
    ctx: &Context,
    id: HoursEntryId,
    if_match: &IfMatch,
    decision: &Decision,
) -> Result<Entry, Problem> {
    conn.write_tx(|conn| decide_in(conn, ctx, id, |version| if_match.require(version), decision))
}

fn decide_in(
    conn: &mut Conn,
    ctx: &Context,
    id: HoursEntryId,
    expect: impl Fn(i32) -> Result<(), Problem>,
    decision: &Decision,
) -> Result<Entry, Problem> {
    conn.lock_row(LockTable::HoursEntries, id.0)?;
    let before = store::find(conn, id)?;
    let mentorship = mentorships::store::find(conn, before.mentorship_id)?;
    policy::allow(
        &ctx.actor,
        decision.action(),
        &mentorship.object(Vec::new()),
    )?;
    expect(before.version)?;
    if ctx.actor.person_id() == Some(before.person_id) {
        return Err(Problem::conflict("hours-own-entry"));
    }
    match decision {
        Decision::Approve => {
            require_approvable(conn, ctx, &before)?;
            save(conn, ctx, &before, Status::Approved, None)
        }
        Decision::Reject(reason) => {
            let reason = model::needed_text("/reason", reason)?;
            let after = save(conn, ctx, &before, Status::Rejected, Some(&reason))?;
            // A counter-entry of what does not count would count against the person.
            for correction in store::corrections(conn, before.id)? {
                if correction.status != Status::Rejected {
                    reject_correction(conn, ctx, &correction, &reason)?;
                }
            }
            Ok(after)
        }
    }
}

/// Hours of a day that has not come cannot count yet, nor can a difference to what does not count.
fn require_approvable(conn: &mut Conn, ctx: &Context, entry: &Entry) -> Result<(), Problem> {
    let programme = programmes::store::find(conn, entry.programme_id)?;
    if entry.worked_on > zone_of(&programme)?.date_at(ctx.now.utc()) {
        return Err(Problem::conflict("hours-future"));
    }
    let original = store::original(conn, entry)?;
    if original.id != entry.id && original.status != Status::Approved {
        return Err(Problem::conflict("hours-original-undecided"));
    }
    Ok(())
}

fn save(
    conn: &mut Conn,
    ctx: &Context,
    before: &Entry,
    status: Status,
    reason: Option<&str>,
) -> Result<Entry, Problem> {
    before.status.decide(status)?;
    put(conn, ctx, before, status, reason)
}

fn reject_correction(
    conn: &mut Conn,
    ctx: &Context,
    correction: &Entry,
    reason: &str,
) -> Result<Entry, Problem> {
    put(conn, ctx, correction, Status::Rejected, Some(reason))
}

fn put(
    conn: &mut Conn,
    ctx: &Context,
    before: &Entry,
    status: Status,
    reason: Option<&str>,
) -> Result<Entry, Problem> {
    let after = Entry {
        status,
        decided_at: Some(ctx.now),
        decided_by: ctx.actor.account_id(),
        decision_reason: reason.map(str::to_owned),
        updated_at: ctx.now,
        version: before.version + 1,
        ..before.clone()
    };
    store::save(conn, &after, before.version)?;
    let action = match status {
        Status::Approved => "hours.approve",
        _ => "hours.reject",
    };
    record::line(conn, ctx, action, Some(before), &after)?;
    if status == Status::Rejected {
        tell::plan(conn, ctx, &after)?;
    }
    Ok(after)
}

/// Most entries that are decided at once.
pub const MOST_AT_ONCE: usize = 200;

/// An entry as somebody saw it when they decided.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    pub id: HoursEntryId,
    pub version: i32,
}

/// What became of one entry of many.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DecidedHours)]
pub struct Decided {
    pub id: HoursEntryId,
    /// Where it stands now; null when it was not decided.
    pub status: Option<Status>,
    /// Why it was not decided: the last part of a problem's type, such as `stale`.
    pub problem: Option<String>,
}

/// Decides many entries, each by itself: what cannot be decided does not hold up the rest. They are one
/// transaction, so that what stops the whole (a database that went away) leaves nothing half decided.
///
/// # Errors
/// 403 for roles that decide nothing; 422 for none or more than 200 entries, or a missing reason; what stops the whole, such as a busy database.
pub fn decide_many(
    conn: &mut Conn,
    ctx: &Context,
    entries: &[Seen],
    decision: &Decision,
) -> Result<Vec<Decided>, Problem> {
    policy::scope(&ctx.actor, Action::DecideHours)?;
    if entries.is_empty() || entries.len() > MOST_AT_ONCE {
        let fault = FieldError::new("/entries", "out-of-range");
        let fault = fault.with("least", 1).with("most", MOST_AT_ONCE);
        return Err(Problem::Invalid(vec![fault]));
    }
    if let Decision::Reject(reason) = decision {
        model::needed_text("/reason", reason)?;
    }
    conn.write_tx(|conn| decide_each(conn, ctx, entries, decision))
}

fn decide_each(
    conn: &mut Conn,
    ctx: &Context,
    entries: &[Seen],
    decision: &Decision,
) -> Result<Vec<Decided>, Problem> {
    let mut decided = Vec::with_capacity(entries.len());
    for seen in entries {
        let same = |version| {
            if version == seen.version {
                Ok(())
            } else {
                Err(Problem::Stale)
            }
        };
        let done = conn.savepoint(|conn| decide_in(conn, ctx, seen.id, same, decision));
        decided.push(match done {
            Ok(entry) => Decided {
                id: seen.id,
                status: Some(entry.status),
                problem: None,
            },
            Err(problem @ (Problem::Busy { .. } | Problem::StorageFull | Problem::Internal(_))) => {
                return Err(problem);
            }
            Err(problem @ (Problem::Forbidden | Problem::Unauthenticated { .. })) => {
                return Err(problem);
            }
            Err(problem) => Decided {
                id: seen.id,
                status: None,
                problem: Some(problem.code().to_owned()),
            },
        });
    }
    Ok(decided)
}
