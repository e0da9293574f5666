//! The next choice for a mentee whose offer came to nothing: the best that is left of the run that proposed it,
//! with a place that nobody has and that is not as good as promised to somebody else.

use std::collections::{HashMap, HashSet};

use super::offer::offer_in;
use crate::db::Conn;
use crate::kernel::ids::ParticipationId;
use crate::kernel::{Actor, Context, Problem};
use crate::matching::decide::{self, Noting};
use crate::matching::engine::explain::{alternatives_for_mentee, explain};
use crate::matching::frozen::{Frozen, frozen};
use crate::matching::model::{Decided, overtaken_by};
use crate::matching::{Proposal, ProposalStatus, store};
use crate::mentorships::start::{check_pair, require_present};
use crate::programmes::settings::{AfterNo, ConsentSettings};
use crate::programmes::{self, Participation};

/// Proposes or offers the next choice after `ended`, as the programme wants it; nothing where there is none, where
/// the mentee does not wait any more, or where the coordinator decides.
///
/// # Errors
/// A database error.
pub(super) fn next_in(
    conn: &mut Conn,
    ctx: &Context,
    ended: &Proposal,
    settings: &ConsentSettings,
) -> Result<Option<Proposal>, Problem> {
    if settings.after_no == AfterNo::Coordinator {
        return Ok(None);
    }
    let Some(mentee) = still_waits(conn, ctx, ended)? else {
        return Ok(None);
    };
    let run = frozen(conn, ended.run_id)?;
    for mentor in choices(conn, &run, ended)? {
        match check_pair(conn, ctx, &mentor, &mentee) {
            Err(problem) if overtaken_by(&problem).is_some() => continue,
            other => other?,
        };
        let made = conn.savepoint(|conn| propose(conn, ctx, ended, &run, mentor.id, settings));
        match made {
            Ok(proposal) => return Ok(Some(proposal)),
            Err(problem) if overtaken_by(&problem).is_some() => {}
            Err(problem) => return Err(problem),
        }
    }
    Ok(None)
}

/// The mentee's part, if they still wait and can be matched.
fn still_waits(
    conn: &mut Conn,
    ctx: &Context,
    ended: &Proposal,
) -> Result<Option<Participation>, Problem> {
    let (mentee, _) = programmes::store::participation(conn, ended.mentee_participation_id)?;
    let open = programmes::store::find(conn, mentee.programme_id)?.require_open();
    if open.is_err() || mentee.require_enrolled().is_err() || mentee.free() < 1 {
        return Ok(None);
    }
    match require_present(conn, ctx, &[mentee.person_id]) {
        Ok(()) => Ok(Some(mentee)),
        Err(problem) if overtaken_by(&problem).is_some() => Ok(None),
        Err(problem) => Err(problem),
    }
}

/// Mentors with room for the mentee, the best for all first, by the frozen run.
fn choices(conn: &mut Conn, run: &Frozen, ended: &Proposal) -> Result<Vec<Participation>, Problem> {
    let Some(at) = run.inputs.mentee_at(ended.mentee_participation_id) else {
        return Ok(Vec::new());
    };
    let proposed = store::mentors_proposed(conn, ended.run_id, ended.mentee_participation_id)?;
    let proposed: HashSet<ParticipationId> = proposed.into_iter().collect();
    let mut promised: HashMap<ParticipationId, i32> = HashMap::new();
    for mentor in store::promised(conn, ended.programme_id)? {
        *promised.entry(mentor).or_default() += 1;
    }
    let parts = programmes::store::participations_of(conn, ended.programme_id)?;
    let parts: HashMap<ParticipationId, Participation> =
        parts.into_iter().map(|part| (part.id, part)).collect();
    let count = run.inputs.mentors.len();
    let ranked = alternatives_for_mentee(&run.instance, &run.outcome, at, count);
    let mut found = Vec::new();
    for choice in ranked {
        let Some(row) = run.inputs.mentor(choice.mentor) else {
            continue;
        };
        let id = row.participation_id;
        let room = |part: &&Participation| {
            part.require_enrolled().is_ok() && part.free() > promised.get(&id).copied().unwrap_or(0)
        };
        if proposed.contains(&id) {
            continue;
        }
        if let Some(part) = parts.get(&id).filter(room) {
            // Another run may have offered them to each other before.
            if !store::has_declined(conn, ended.mentee_id, id)? {
                found.push(part.clone());
            }
        }
    }
    Ok(found)
}

fn propose(
    conn: &mut Conn,
    ctx: &Context,
    ended: &Proposal,
    run: &Frozen,
    mentor: ParticipationId,
    settings: &ConsentSettings,
) -> Result<Proposal, Problem> {
    let at = (
        run.inputs.mentee_at(ended.mentee_participation_id),
        run.inputs.mentor_at(mentor),
    );
    let (Some(i), Some(j)) = at else {
        return Err(Problem::NotFound);
    };
    let explained = explain(&run.instance, i, j).ok_or(Problem::NotFound)?;
    let new = decide::replacement(ctx, ended, run, &explained, mentor)?;
    store::insert_proposal(conn, &new)?;
    let asks = settings.mentor || settings.mentee;
    if settings.after_no != AfterNo::OfferNext || !asks {
        return Ok(new);
    }
    offer_in(conn, ctx, &new, settings)?;
    let offered = Proposal {
        status: ProposalStatus::Offered,
        decided_at: Some(ctx.now),
        version: new.version + 1,
        ..new.clone()
    };
    store::save_proposal(conn, &offered, new.version)?;
    let noted = Noting {
        decision: Decided::Offered,
        reason: None,
        overridden: false,
        person_id: None,
    };
    // The programme's settings decided, not whoever said no.
    let settled = Context {
        actor: Actor::System("consent-settings"),
        ..ctx.clone()
    };
    decide::note(conn, &settled, &offered, noted)?;
    decide::audit(conn, ctx, "proposal.offer-next", &new, &offered)?;
    Ok(offered)
}
