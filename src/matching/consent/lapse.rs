//! What falls due: the reminder before a deadline, the deadline itself, and offers to somebody who has left. Each
//! is a job: done once, by whichever worker takes it, also after a restart.

use chrono::Duration;
use serde::{Deserialize, Serialize};

use super::answer::hold;
use super::mails;
use super::offer::{End, Told, end_in};
use super::store;
use crate::db::Conn;
use crate::db::connection::LockTable;
use crate::db::jobs::{self, Job, NewJob};
use crate::kernel::ids::{MatchConsentId, ParticipationId};
use crate::kernel::{Context, Instant, Problem};
use crate::matching::consent::{ConsentStatus, MatchConsent};
use crate::matching::decide::{self, Noting};
use crate::matching::model::{Decided, overtaken_by};
use crate::matching::{Proposal, ProposalStatus, store as proposals};
use crate::mentorships::start::check_pair;
use crate::programmes;
use crate::programmes::leave::LEFT_WITH_OFFERS;

/// The reminder before a deadline.
pub const REMIND: &str = "match.consent-remind";
/// The deadline.
pub const DEADLINE: &str = "match.consent-deadline";

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Payload {
    /// The job is about this deadline and no other.
    due_at: Instant,
}

/// Writes the jobs of a consent that has just been asked for.
pub(super) fn schedule(
    conn: &mut Conn,
    ctx: &Context,
    consent: &MatchConsent,
    reminder_days: i32,
) -> Result<(), Problem> {
    let Some(due_at) = consent.due_at else {
        return Ok(());
    };
    let write = |conn: &mut Conn, kind: &'static str, run_at: Instant| {
        let job = NewJob {
            kind,
            unique_key: format!("{kind}/{}/{}", consent.id, consent.version),
            subject_id: Some(consent.id.into()),
            person_id: Some(consent.person_id),
            payload: serde_json::to_value(Payload { due_at })?,
            run_at,
        };
        Ok::<(), Problem>(jobs::enqueue(conn, ctx.now, &job)?)
    };
    let remind_at = due_at.minus(Duration::days(reminder_days.into()));
    if reminder_days > 0 && remind_at > ctx.now {
        write(conn, REMIND, remind_at)?;
    }
    write(conn, DEADLINE, due_at)
}

/// Cancels the jobs that wait for a consent.
pub(super) fn cancel(conn: &mut Conn, ctx: &Context, id: MatchConsentId) -> Result<(), Problem> {
    jobs::cancel(conn, ctx.now, &[REMIND, DEADLINE], id.into())?;
    Ok(())
}

/// Does a job of this room, in the transaction that marks it done; false for a job of another room.
///
/// # Errors
/// A database error; the worker tries the job again later.
pub fn run(conn: &mut Conn, ctx: &Context, job: &Job) -> Result<bool, Problem> {
    let subject = || job.subject_id.map(|id| id.0);
    let Some(id) = subject() else {
        return Ok(false);
    };
    match job.kind.as_str() {
        LEFT_WITH_OFFERS => somebody_left(conn, ctx, ParticipationId(id))?,
        REMIND | DEADLINE => {
            let payload: Payload = serde_json::from_value(job.payload.0.clone())?;
            let (consent, proposal) = hold(conn, MatchConsentId(id))?;
            let stands = proposal.status == ProposalStatus::Offered
                && consent.status == ConsentStatus::Asked
                && consent.due_at == Some(payload.due_at);
            if !stands {
                return Ok(true);
            }
            if consent.is_over(ctx.now) {
                lapse(conn, ctx, consent, &proposal)?;
            } else if let Some(reason) = overtaken_now(conn, ctx, &proposal)? {
                end_stale(conn, ctx, &proposal, reason)?;
            } else if job.kind == REMIND {
                mails::ask(conn, ctx, &proposal, &consent, mails::Asking::Again)?;
            }
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn lapse(
    conn: &mut Conn,
    ctx: &Context,
    consent: MatchConsent,
    proposal: &Proposal,
) -> Result<(), Problem> {
    let consent = store::save(
        conn,
        MatchConsent {
            status: ConsentStatus::Lapsed,
            ..consent
        },
    )?;
    let noting = Noting {
        decision: Decided::Lapsed,
        reason: None,
        overridden: false,
        person_id: Some(consent.person_id),
    };
    decide::note(conn, ctx, proposal, noting)?;
    let end = End {
        status: ProposalStatus::Lapsed,
        reason: None,
        told: Told::But(consent.person_id),
    };
    end_in(conn, ctx, proposal, end).map(|_| ())
}

/// By what an offer has been overtaken, if it has.
fn overtaken_now(
    conn: &mut Conn,
    ctx: &Context,
    proposal: &Proposal,
) -> Result<Option<&'static str>, Problem> {
    let (mentor, _) = programmes::store::participation(conn, proposal.mentor_participation_id)?;
    let (mentee, _) = programmes::store::participation(conn, proposal.mentee_participation_id)?;
    match check_pair(conn, ctx, &mentor, &mentee) {
        Ok(_) => Ok(None),
        Err(problem) if overtaken_by(&problem).is_some() => Ok(overtaken_by(&problem)),
        Err(Problem::Conflict { code, .. }) if code == "programme-not-open" => Ok(Some(code)),
        Err(problem) => Err(problem),
    }
}

fn end_stale(
    conn: &mut Conn,
    ctx: &Context,
    proposal: &Proposal,
    reason: &'static str,
) -> Result<(), Problem> {
    let end = End {
        status: ProposalStatus::Stale,
        reason: Some(reason),
        told: Told::Everybody,
    };
    end_in(conn, ctx, proposal, end).map(|_| ())
}

/// Ends every offer to somebody who has left the programme.
fn somebody_left(conn: &mut Conn, ctx: &Context, id: ParticipationId) -> Result<(), Problem> {
    for proposal in store::offered_to(conn, id)? {
        let found = proposals::find_proposal(conn, proposal)?;
        conn.lock_row(LockTable::Programmes, found.programme_id.0)?;
        conn.lock_row(LockTable::Proposals, proposal.0)?;
        let found = proposals::find_proposal(conn, proposal)?;
        if found.status != ProposalStatus::Offered {
            continue;
        }
        if let Some(reason) = overtaken_now(conn, ctx, &found)? {
            end_stale(conn, ctx, &found, reason)?;
        }
    }
    Ok(())
}
