//! What falls due: the reminder before a deadline, the deadline itself, and offers to somebody who has left. Each
//! is a job: done once, by whichever worker takes it, also after a restart. And what happens to people meanwhile, a
//! pause or a consent withdrawn, which every pass of the worker looks for among the offers that stand.

use std::collections::HashSet;

use chrono::Duration;
use serde::{Deserialize, Serialize};

use super::answer::hold;
use super::mails;
use super::offer::{End, Told, end_in};
use super::store;
use crate::db::Conn;
use crate::db::connection::LockTable;
use crate::db::jobs::{self, Job, NewJob};
use crate::kernel::ids::{MatchConsentId, ParticipationId, PersonId, ProposalId};
use crate::kernel::{Context, Instant, Problem, Zone};
use crate::matching::consent::{ConsentStatus, MatchConsent};
use crate::matching::decide::{self, Noting};
use crate::matching::model::{Decided, overtaken_by};
use crate::matching::{Proposal, ProposalStatus, store as proposals};
use crate::mentorships::start::check_pair;
use crate::people::{self, consents::ConsentKind};
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
                end_stale(conn, ctx, &proposal, reason, Told::Everybody)?;
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
    told: Told,
) -> Result<(), Problem> {
    let end = End {
        status: ProposalStatus::Stale,
        reason: Some(reason),
        told,
    };
    end_in(conn, ctx, proposal, end).map(|_| ())
}

/// The offers that look as if they had been overtaken: one of the two is paused, archived, or has withdrawn the
/// consent to be matched; they are in conflict, or work together elsewhere. A handful of queries, however many
/// offers stand.
///
/// # Errors
/// A database error.
pub fn doubtful(conn: &mut Conn, ctx: &Context) -> Result<Vec<ProposalId>, Problem> {
    let mut found = Vec::new();
    for some in store::offered(conn)?.chunks(SOME_OFFERS) {
        let people: Vec<PersonId> = some
            .iter()
            .flat_map(|one| [one.mentor, one.mentee])
            .collect();
        let absent = absent(conn, ctx, &people)?;
        let apart = store::apart_or_together(conn, &people)?;
        let is_doubtful = |one: &&store::Offer| {
            absent.contains(&one.mentor)
                || absent.contains(&one.mentee)
                || apart.contains(&(one.mentor, one.mentee))
        };
        found.extend(some.iter().filter(is_doubtful).map(|one| one.id));
    }
    Ok(found)
}

/// Offers looked at together.
const SOME_OFFERS: usize = 1000;

/// Who of some people is not there today, or has withdrawn the consent to be matched.
fn absent(conn: &mut Conn, ctx: &Context, ids: &[PersonId]) -> Result<HashSet<PersonId>, Problem> {
    let away = people::store::find_all(conn, ids)?
        .into_iter()
        .filter(|person| {
            let zone = Zone::parse(&person.zone).unwrap_or_else(|_| Zone::utc());
            !person.is_available_on(zone.date_at(ctx.now.utc()))
        });
    let mut absent: HashSet<PersonId> = away.map(|person| person.id).collect();
    let given = people::consents::current(conn, ids, ConsentKind::Matching)?;
    let withdrawn = given.into_iter().filter(|(_, given)| !given);
    absent.extend(withdrawn.map(|(id, _)| id));
    Ok(absent)
}

/// Withdraws an offer if it has been overtaken, with the reason: the places are free, and whoever was asked and is
/// not the one who is away hears that it does not come about. Returns whether it was.
///
/// # Errors
/// A database error.
pub fn withdraw_overtaken(conn: &mut Conn, ctx: &Context, id: ProposalId) -> Result<bool, Problem> {
    conn.write_tx(|conn| {
        let found = proposals::find_proposal(conn, id)?;
        conn.lock_row(LockTable::Programmes, found.programme_id.0)?;
        conn.lock_row(LockTable::Proposals, id.0)?;
        let found = proposals::find_proposal(conn, id)?;
        if found.status != ProposalStatus::Offered {
            return Ok(false);
        }
        let Some(reason) = overtaken_now(conn, ctx, &found)? else {
            return Ok(false);
        };
        let absent = absent(conn, ctx, &[found.mentor_id, found.mentee_id])?;
        let mut away = absent.into_iter();
        let told = match (away.next(), away.next()) {
            (Some(one), None) => Told::But(one),
            _ => Told::Everybody,
        };
        end_stale(conn, ctx, &found, reason, told)?;
        Ok(true)
    })
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
            end_stale(conn, ctx, &found, reason, Told::Everybody)?;
        }
    }
    Ok(())
}
