//! A yes or a no to an offer. All doors end here: the link in the mail, the API, a coordinator who writes down
//! what somebody said on the telephone.

use super::model::{AnswerSource, Answering, ConsentAnswer, Step};
use super::offer::{End, Told, ask_in, end_in};
use super::store;
use crate::access::policy::{self, Action};
use crate::access::{audit, record};
use crate::db::Conn;
use crate::db::connection::LockTable;
use crate::i18n;
use crate::kernel::ids::MatchConsentId;
use crate::kernel::{Actor, Context, Problem};
use crate::matching::consent::{ConsentStatus, MatchConsent, lapse};
use crate::matching::decide::{self, Noting};
use crate::matching::model::{Decided, overtaken_by};
use crate::matching::store::Overtaken;
use crate::matching::{Proposal, ProposalStatus, store as proposals};
use crate::mentorships::start::{check_pair, hold_in, start_held_in};
use crate::programmes::{self, Side};

/// What an answer led to.
#[derive(Debug, Clone)]
pub struct Answered {
    pub consent: MatchConsent,
    pub proposal: Proposal,
}

/// An answer that was taken, or a refusal that is kept: the offer was overtaken.
type Outcome = Result<Result<Answered, Problem>, Problem>;

/// Takes an answer through the API. `version` is the one that was read; `None` takes any.
///
/// # Errors
/// 403, 404, 412; 422; 409 `consent-not-asked`, `consent-deadline-passed`, `consent-mentorship-began`,
/// `consent-over`, and `consent-overtaken` with the reason, which ends the offer.
pub fn answer(
    conn: &mut Conn,
    ctx: &Context,
    id: MatchConsentId,
    version: Option<i32>,
    given: &Answering,
) -> Result<Answered, Problem> {
    conn.write_tx(|conn| {
        let found = store::find(conn, id)?;
        let coach = store::coach_of(conn, found.person_id)?;
        let object = found.object(coach);
        policy::allow(&ctx.actor, Action::AnswerMatchConsent, &object)?;
        let source = if ctx.actor.person_id() == Some(found.person_id) {
            // Nobody learns of an offer before it is their turn.
            if found.asked_at.is_none() {
                return Err(Problem::NotFound);
            }
            AnswerSource::Api
        } else {
            AnswerSource::Staff
        };
        let (consent, proposal) = hold(conn, id)?;
        if version.is_some_and(|version| version != consent.version) {
            return Err(Problem::Stale);
        }
        take(conn, ctx, consent, proposal, given, source)
    })?
}

/// Takes an answer through the link; the token was the permission.
///
/// # Errors
/// As [`answer`].
pub fn answer_by_link(
    conn: &mut Conn,
    ctx: &Context,
    id: MatchConsentId,
    given: &Answering,
) -> Result<Answered, Problem> {
    conn.write_tx(|conn| {
        let (consent, proposal) = hold(conn, id)?;
        take(conn, ctx, consent, proposal, given, AnswerSource::Link)
    })?
}

/// Loads a consent with its proposal and holds the programme's row and the proposal's, in this order, as every
/// decision does.
pub(super) fn hold(
    conn: &mut Conn,
    id: MatchConsentId,
) -> Result<(MatchConsent, Proposal), Problem> {
    let consent = store::find(conn, id)?;
    conn.lock_row(LockTable::Programmes, consent.programme_id.0)?;
    conn.lock_row(LockTable::Proposals, consent.proposal_id.0)?;
    let consent = store::find(conn, id)?;
    let proposal = proposals::find_proposal(conn, consent.proposal_id)?;
    Ok((consent, proposal))
}

fn take(
    conn: &mut Conn,
    ctx: &Context,
    consent: MatchConsent,
    proposal: Proposal,
    given: &Answering,
    source: AnswerSource,
) -> Outcome {
    given.check()?;
    match consent.step(proposal.status, given.answer, ctx.now)? {
        Step::Repeat => Ok(Ok(Answered { consent, proposal })),
        Step::Decline => {
            let consent = save(conn, ctx, &consent, given, source)?;
            note(conn, ctx, &proposal, &consent, Decided::Declined)?;
            let end = End {
                status: ProposalStatus::Declined,
                reason: None,
                told: Told::But(consent.person_id),
            };
            let proposal = end_in(conn, ctx, &proposal, end)?;
            Ok(Ok(Answered { consent, proposal }))
        }
        Step::Give => {
            let saved = conn.savepoint(|conn| {
                let consent = save(conn, ctx, &consent, given, source)?;
                note(conn, ctx, &proposal, &consent, Decided::Consented)?;
                let proposal = go_on(conn, ctx, &proposal)?;
                Ok(Answered { consent, proposal })
            });
            match saved {
                Ok(answered) => Ok(Ok(answered)),
                Err(problem) => overtaken(conn, ctx, &proposal, problem).map(Err),
            }
        }
        Step::Revive => {
            let saved =
                conn.savepoint(|conn| revive(conn, ctx, &consent, &proposal, given, source));
            match saved {
                Ok(answered) => Ok(Ok(answered)),
                // Nothing of it stays: the offer had ended before.
                Err(problem) => Err(refusal(ctx, problem)),
            }
        }
    }
}

fn save(
    conn: &mut Conn,
    ctx: &Context,
    consent: &MatchConsent,
    given: &Answering,
    source: AnswerSource,
) -> Result<MatchConsent, Problem> {
    lapse::cancel(conn, ctx, consent.id)?;
    let after = store::save(
        conn,
        MatchConsent {
            status: match given.answer {
                ConsentAnswer::Given => ConsentStatus::Given,
                ConsentAnswer::Declined => ConsentStatus::Declined,
            },
            reason: given.reason(),
            answered_at: Some(ctx.now),
            answer_source: Some(source),
            ..consent.clone()
        },
    )?;
    let change = audit::Change {
        action: "match-consent.answer",
        object_type: "match-consent",
        object_id: after.id.into(),
        programme_id: Some(after.programme_id),
        before: Some(&Noted::of(consent)),
        after: Some(&Noted::of(&after)),
    };
    record(conn, ctx, &change)?;
    Ok(after)
}

/// What the audit log keeps of a consent: never the words of a no.
#[derive(Debug, serde::Serialize)]
struct Noted {
    side: Side,
    status: ConsentStatus,
    answer_source: Option<AnswerSource>,
}

impl Noted {
    fn of(consent: &MatchConsent) -> Self {
        Self {
            side: consent.side,
            status: consent.status,
            answer_source: consent.answer_source,
        }
    }
}

/// The record of an answer. The words of a no stay with the consent, which coordinators read: the record is read
/// by more people.
fn note(
    conn: &mut Conn,
    ctx: &Context,
    proposal: &Proposal,
    consent: &MatchConsent,
    decision: Decided,
) -> Result<(), Problem> {
    let noting = Noting {
        decision,
        reason: None,
        overridden: false,
        person_id: Some(consent.person_id),
    };
    decide::note(conn, ctx, proposal, noting)
}

/// After a yes: asks who comes next, or begins the mentorship when nobody is left to ask.
fn go_on(conn: &mut Conn, ctx: &Context, before: &Proposal) -> Result<Proposal, Problem> {
    let all = store::of_proposal(conn, before.id)?;
    if all.iter().all(|one| one.status == ConsentStatus::Given) {
        let mentorship = start_held_in(conn, ctx, &decide::beginning(before))?;
        let after = Proposal {
            status: ProposalStatus::Approved,
            mentorship_id: Some(mentorship.id),
            version: before.version + 1,
            ..before.clone()
        };
        proposals::save_proposal(conn, &after, before.version)?;
        decide::audit(conn, ctx, "proposal.consented", before, &after)?;
        return Ok(after);
    }
    // Whoever has become impossible meanwhile is found out before another person is asked in vain.
    let (mentor, _) = programmes::store::participation(conn, before.mentor_participation_id)?;
    let (mentee, _) = programmes::store::participation(conn, before.mentee_participation_id)?;
    check_pair(conn, ctx, &mentor, &mentee)?;
    let settings = programmes::store::settings_of(conn, before.programme_id)?.consent;
    for consent in all {
        if consent.status == ConsentStatus::Waiting {
            ask_in(conn, ctx, before, consent, &settings)?;
        }
    }
    Ok(before.clone())
}

/// A yes after a no: the offer stands again, if both are still free; the other side is asked again.
fn revive(
    conn: &mut Conn,
    ctx: &Context,
    consent: &MatchConsent,
    before: &Proposal,
    given: &Answering,
    source: AnswerSource,
) -> Result<Answered, Problem> {
    hold_in(
        conn,
        ctx,
        before.mentor_participation_id,
        before.mentee_participation_id,
    )?;
    decide::overtake(conn, ctx, Overtaken::ChangedMind(before.id))?;
    let after = Proposal {
        status: ProposalStatus::Offered,
        version: before.version + 1,
        ..before.clone()
    };
    proposals::save_proposal(conn, &after, before.version)?;
    decide::audit(conn, ctx, "proposal.offer-again", before, &after)?;
    let consent = save(conn, ctx, consent, given, source)?;
    note(conn, ctx, &after, &consent, Decided::Consented)?;
    for other in store::of_proposal(conn, before.id)? {
        if other.status == ConsentStatus::Void {
            store::save(
                conn,
                MatchConsent {
                    status: ConsentStatus::Waiting,
                    answered_at: None,
                    answer_source: None,
                    ..other
                },
            )?;
        }
    }
    let proposal = go_on(conn, ctx, &after)?;
    Ok(Answered { consent, proposal })
}

/// A yes that cannot count any more ends the offer; gives the refusal to answer with.
fn overtaken(
    conn: &mut Conn,
    ctx: &Context,
    proposal: &Proposal,
    problem: Problem,
) -> Result<Problem, Problem> {
    let closed = matches!(
        &problem,
        Problem::Conflict {
            code: "programme-not-open",
            ..
        }
    );
    let reason = match overtaken_by(&problem) {
        Some(code) => code,
        None if closed => "programme-not-open",
        None => return Err(problem),
    };
    let end = End {
        status: ProposalStatus::Stale,
        reason: Some(reason),
        told: match &ctx.actor {
            // The page, or the answer to the request, says it at once.
            Actor::Link { person_id } => Told::But(*person_id),
            _ => Told::Everybody,
        },
    };
    end_in(conn, ctx, proposal, end)?;
    Ok(refusal(ctx, problem))
}

fn refusal(ctx: &Context, problem: Problem) -> Problem {
    match &problem {
        Problem::Conflict { code, .. } => {
            let why = i18n::text(ctx.locale, &format!("problem-{code}"));
            Problem::conflict("consent-overtaken").with("why", why)
        }
        _ => problem,
    }
}
