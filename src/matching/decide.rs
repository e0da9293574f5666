//! Deciding about proposals: approve, reject, hold, release, replace; one by one or many at once.
//!
//! A decision about a proposal is one transaction. Of many decisions sent at once each is its own transaction:
//! what is refused does not undo the rest, and the answer says of each what became of it.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::access::policy::{self, Action, Object};
use crate::access::{audit, record};
use crate::db::connection::LockTable;
use crate::db::{Conn, Json};
use crate::i18n;
use crate::kernel::ids::{DecisionId, ParticipationId, PersonId, ProposalId};
use crate::kernel::{Context, FieldError, Locale, Problem};
use crate::matching::consent::{self, Told};
use crate::matching::engine::Rule;
use crate::matching::engine::explain::{Explanation, explain};
use crate::matching::facts::Facts;
use crate::matching::frozen::{Frozen, frozen};
use crate::matching::model::{
    Criteria, Decided, Decision, Proposal, ProposalStatus, Verdict, overtaken_by,
};
use crate::matching::store::Overtaken;
use crate::matching::{sentences, store};
use crate::mentorships::mails::InCommon;
use crate::mentorships::start::{Introduction, check_pair, require_present};
use crate::mentorships::{Start, start_in};
use crate::programmes;
use crate::programmes::leave::MOST_REASON;

/// A decision about one proposal.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Judgement {
    pub decision: Verdict,
    /// Needed to reject and to override, up to 1,000 characters. The two people may ask to read it.
    pub reason: Option<String>,
    /// The mentor whom `replace` proposes instead.
    pub mentor_participation_id: Option<ParticipationId>,
    /// Replace although the new pair breaks a rule that may be gone against.
    #[serde(default)]
    pub r#override: bool,
}

/// What a decision led to.
#[derive(Debug, Clone)]
pub struct Judged {
    /// The proposal as it is now.
    pub proposal: Proposal,
    /// What replaces it.
    pub replacement: Option<Proposal>,
}

impl Judgement {
    /// A bare verdict.
    #[must_use]
    pub fn new(decision: Verdict) -> Self {
        Self {
            decision,
            reason: None,
            mentor_participation_id: None,
            r#override: false,
        }
    }

    fn reason(&self) -> Option<String> {
        let reason = self.reason.as_deref().map(str::trim);
        reason
            .filter(|reason| !reason.is_empty())
            .map(str::to_owned)
    }

    fn check(&self) -> Result<(), Problem> {
        let mut faults = Vec::new();
        let reason = self.reason();
        let needed = self.decision == Verdict::Reject || self.r#override;
        if needed && reason.is_none() {
            faults.push(FieldError::new("/reason", "required"));
        }
        if reason.is_some_and(|reason| reason.chars().count() > MOST_REASON) {
            faults.push(FieldError::new("/reason", "too-long").with("most", MOST_REASON));
        }
        if self.decision == Verdict::Replace && self.mentor_participation_id.is_none() {
            faults.push(FieldError::new("/mentor_participation_id", "required"));
        }
        Problem::unless_empty(faults)
    }
}

/// Decides about a proposal. `version` is the one that the decider has read; `None` takes any.
///
/// # Errors
/// 403, 404, 412; 422; 409 `proposal-decided`, `proposal-stale`, `proposal-not-held`, `proposal-offered`; for an
/// approval or a replacement `proposal-overtaken` with the reason, which also marks the proposal as stale, and
/// `programme-not-open`; for a replacement `replacement-breaks-rule`, `replacement-impossible`,
/// `replacement-overtaken`, `proposal-exists`.
pub fn decide(
    conn: &mut Conn,
    ctx: &Context,
    id: ProposalId,
    version: Option<i32>,
    judgement: &Judgement,
) -> Result<Judged, Problem> {
    // Outside the transaction's result, because a refusal for staleness is kept although it is a refusal.
    conn.write_tx(|conn| {
        let proposal = hold(conn, ctx, id, version)?;
        judgement.check()?;
        let next = proposal.status.after(judgement.decision)?;
        match judgement.decision {
            Verdict::Approve => approve(conn, ctx, &proposal, judgement),
            Verdict::Replace => replace(conn, ctx, &proposal, judgement),
            Verdict::Reject | Verdict::Hold | Verdict::Release => {
                if proposal.status == ProposalStatus::Offered {
                    consent::release_in(conn, ctx, &proposal, Told::Everybody)?;
                }
                let after = Proposal {
                    status: next,
                    reason: judgement.reason(),
                    ..proposal.clone()
                };
                let proposal = settle(conn, ctx, &proposal, after, judgement)?;
                Ok(Ok(Judged {
                    proposal,
                    replacement: None,
                }))
            }
        }
    })?
}

/// Loads a proposal and holds its programme's row and its own, in this order: runs, approvals and endings of a
/// programme come one after the other.
fn hold(
    conn: &mut Conn,
    ctx: &Context,
    id: ProposalId,
    version: Option<i32>,
) -> Result<Proposal, Problem> {
    let proposal = store::find_proposal(conn, id)?;
    let object = Object::of_programme(proposal.programme_id);
    policy::allow(&ctx.actor, Action::DecideProposal, &object)?;
    conn.lock_row(LockTable::Programmes, proposal.programme_id.0)?;
    conn.lock_row(LockTable::Proposals, id.0)?;
    let proposal = store::find_proposal(conn, id)?;
    if version.is_some_and(|version| version != proposal.version) {
        return Err(Problem::Stale);
    }
    Ok(proposal)
}

/// A decision that is made, or one that is refused and kept as stale.
type Answer = Result<Result<Judged, Problem>, Problem>;

/// Approves: the mentorship begins, or, where the programme asks them, both places are held and the two are asked.
fn approve(conn: &mut Conn, ctx: &Context, before: &Proposal, judgement: &Judgement) -> Answer {
    let asking = programmes::store::settings_of(conn, before.programme_id)?.consent;
    let begun = conn.savepoint(|conn| {
        if asking.mentor || asking.mentee {
            consent::offer_in(conn, ctx, before, &asking)?;
            Ok(None)
        } else {
            start_in(conn, ctx, &beginning(before)).map(|mentorship| Some(mentorship.id))
        }
    });
    let mentorship_id = match begun {
        Ok(id) => id,
        Err(problem) => {
            return match overtaken_by(&problem) {
                Some(code) => mark_stale(conn, ctx, before, code).map(Err),
                None => Err(problem),
            };
        }
    };
    let after = Proposal {
        status: if mentorship_id.is_some() {
            ProposalStatus::Approved
        } else {
            ProposalStatus::Offered
        },
        reason: judgement.reason(),
        mentorship_id,
        ..before.clone()
    };
    let by = Overtaken::Approval(before.mentee_participation_id, before.id);
    overtake(conn, ctx, by)?;
    let proposal = settle(conn, ctx, before, after, judgement)?;
    Ok(Ok(Judged {
        proposal,
        replacement: None,
    }))
}

/// The mentorship that a proposal becomes, with the mails that introduce the two to each other.
pub(super) fn beginning(proposal: &Proposal) -> Start {
    let (parts, facts) = (&proposal.parts.0, &proposal.facts.0);
    Start {
        mentor: proposal.mentor_participation_id,
        mentee: proposal.mentee_participation_id,
        proposal_id: Some(proposal.id),
        introduction: Introduction::Send(InCommon {
            en: sentences::in_common(parts, facts, Locale::En),
            fr: sentences::in_common(parts, facts, Locale::Fr),
        }),
    }
}

/// Marks a proposal that events have overtaken; gives the refusal to answer with.
fn mark_stale(
    conn: &mut Conn,
    ctx: &Context,
    before: &Proposal,
    code: &'static str,
) -> Result<Problem, Problem> {
    if before.status == ProposalStatus::Offered {
        consent::release_in(conn, ctx, before, Told::Everybody)?;
    }
    let after = Proposal {
        status: ProposalStatus::Stale,
        reason: Some(code.to_owned()),
        decided_at: Some(ctx.now),
        version: before.version + 1,
        ..before.clone()
    };
    store::save_proposal(conn, &after, before.version)?;
    audit(conn, ctx, OVERTAKEN, before, &after)?;
    let why = i18n::text(ctx.locale, &format!("problem-{code}"));
    Ok(Problem::conflict("proposal-overtaken").with("why", why))
}

fn replace(conn: &mut Conn, ctx: &Context, before: &Proposal, judgement: &Judgement) -> Answer {
    let wanted = judgement.mentor_participation_id.ok_or(Problem::NotFound)?;
    let pointer = "/mentor_participation_id";
    if wanted == before.mentor_participation_id {
        return Err(Problem::field(pointer, "other-mentor"));
    }
    let run = frozen(conn, before.run_id)?;
    let at = (
        run.inputs.mentee_at(before.mentee_participation_id),
        run.inputs.mentor_at(wanted),
    );
    let (Some(mentee), Some(mentor)) = at else {
        return Err(Problem::field(pointer, "not-taking-part"));
    };
    let explained = explain(&run.instance, mentee, mentor).ok_or(Problem::NotFound)?;
    if let Err(problem) = mentee_still_waits(conn, ctx, before) {
        return match overtaken_by(&problem) {
            Some(code) => mark_stale(conn, ctx, before, code).map(Err),
            None => Err(problem),
        };
    }
    let mut broken = explained.broken.clone();
    if store::has_declined(conn, before.mentee_id, wanted)? && !broken.contains(&Rule::Declined) {
        broken.push(Rule::Declined);
    }
    may_replace(&broken, judgement.r#override, ctx.locale)?;
    mentor_is_there(conn, ctx, before, wanted, judgement.r#override)?;
    let new = replacement(ctx, before, &run, &explained, wanted)?;
    store::insert_proposal(conn, &new)?;
    if before.status == ProposalStatus::Offered {
        consent::release_in(conn, ctx, before, Told::Everybody)?;
    }
    let after = Proposal {
        status: ProposalStatus::Replaced,
        reason: judgement.reason(),
        ..before.clone()
    };
    let proposal = settle(conn, ctx, before, after, judgement)?;
    Ok(Ok(Judged {
        proposal,
        replacement: Some(new),
    }))
}

/// Refuses when the mentee of a proposal has left, is away, or has or is asked about a mentor by another proposal.
fn mentee_still_waits(conn: &mut Conn, ctx: &Context, before: &Proposal) -> Result<(), Problem> {
    let id = before.mentee_participation_id;
    let (mentee, _) = programmes::store::participation(conn, id)?;
    mentee.require_enrolled()?;
    require_present(conn, ctx, &[mentee.person_id])?;
    let own = i32::from(before.status == ProposalStatus::Offered);
    if mentee.free() + own < 1 {
        return Err(Problem::conflict("mentee-taken"));
    }
    Ok(())
}

/// Refuses a mentor who cannot be brought together with the mentee any more, whatever the run knew.
fn mentor_is_there(
    conn: &mut Conn,
    ctx: &Context,
    before: &Proposal,
    mentor: ParticipationId,
    go_against: bool,
) -> Result<(), Problem> {
    let (mentor, _) = programmes::store::participation(conn, mentor)?;
    let (mentee, _) = programmes::store::participation(conn, before.mentee_participation_id)?;
    let refused = if mentor.free() < 1 && !go_against {
        Err(Problem::conflict("no-place-left"))
    } else {
        check_pair(conn, ctx, &mentor, &mentee).map(|_| ())
    };
    refused.map_err(|problem| match overtaken_by(&problem) {
        Some(code) => {
            let why = i18n::text(ctx.locale, &format!("problem-{code}"));
            Problem::conflict("replacement-overtaken").with("why", why)
        }
        None => problem,
    })
}

/// Rules that nobody goes against.
fn is_absolute(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::MenteeNotActive
            | Rule::MenteeNoConsent
            | Rule::MentorNotActive
            | Rule::MentorNoConsent
            | Rule::SamePerson
            | Rule::ConflictOfInterest
    )
}

fn may_replace(broken: &[Rule], go_against: bool, locale: Locale) -> Result<(), Problem> {
    let named = |rules: Vec<Rule>| {
        let names = rules
            .into_iter()
            .map(|rule| i18n::text(locale, sentences::rule_key(rule)));
        names.collect::<Vec<_>>().join("; ")
    };
    let absolute: Vec<Rule> = broken
        .iter()
        .copied()
        .filter(|rule| is_absolute(*rule))
        .collect();
    if !absolute.is_empty() {
        return Err(Problem::conflict("replacement-impossible").with("rules", named(absolute)));
    }
    if !broken.is_empty() && !go_against {
        return Err(
            Problem::conflict("replacement-breaks-rule").with("rules", named(broken.to_vec()))
        );
    }
    Ok(())
}

/// Another proposal for the mentee of `before`, from the same run.
pub(super) fn replacement(
    ctx: &Context,
    before: &Proposal,
    run: &Frozen,
    explained: &Explanation,
    mentor: ParticipationId,
) -> Result<Proposal, Problem> {
    let row = run
        .inputs
        .mentor(explained.mentor)
        .ok_or(Problem::NotFound)?;
    Ok(Proposal {
        id: ProposalId::new(ctx.now),
        mentor_participation_id: mentor,
        mentor_id: row.person_id,
        score: explained.score,
        parts: Json(explained.parts.into()),
        facts: Json(Facts::of(&run.inputs, explained, false)),
        status: ProposalStatus::Proposed,
        reason: None,
        replaces_id: Some(before.id),
        mentorship_id: None,
        decided_at: None,
        decided_by: None,
        created_at: ctx.now,
        version: 1,
        ..before.clone()
    })
}

/// Saves a decided proposal with the decision and its audit line.
fn settle(
    conn: &mut Conn,
    ctx: &Context,
    before: &Proposal,
    after: Proposal,
    judgement: &Judgement,
) -> Result<Proposal, Problem> {
    let after = Proposal {
        decided_at: Some(ctx.now),
        decided_by: ctx.actor.account_id(),
        version: before.version + 1,
        ..after
    };
    store::save_proposal(conn, &after, before.version)?;
    let overridden = goes_against_the_run(conn, before, judgement.decision)?;
    let noted = Noting {
        decision: judgement.decision.decided(),
        reason: judgement.reason(),
        overridden,
        person_id: None,
    };
    note(conn, ctx, before, noted)?;
    audit(conn, ctx, "proposal.decide", before, &after)?;
    Ok(after)
}

/// Whether a decision is otherwise than the run proposed: another mentor instead, a no to what it proposed, or a yes
/// to a pair that somebody put in its place. The next choice after a no or a silence is the run's own. Holding and
/// releasing decide nothing yet.
fn goes_against_the_run(
    conn: &mut Conn,
    before: &Proposal,
    verdict: Verdict,
) -> Result<bool, Problem> {
    let somebodys = match before.replaces_id {
        Some(id) => store::find_proposal(conn, id)?.status == ProposalStatus::Replaced,
        None => false,
    };
    Ok(match verdict {
        Verdict::Replace => true,
        Verdict::Reject => !somebodys,
        Verdict::Approve => somebodys,
        Verdict::Hold | Verdict::Release => false,
    })
}

/// What a decision's record says beside who, when and on what grounds.
#[derive(Debug)]
pub(super) struct Noting {
    pub decision: Decided,
    pub reason: Option<String>,
    pub overridden: bool,
    /// Whose consent it is.
    pub person_id: Option<PersonId>,
}

/// Writes a decision's record, with what the run showed about the pair.
pub(super) fn note(
    conn: &mut Conn,
    ctx: &Context,
    of: &Proposal,
    noting: Noting,
) -> Result<(), Problem> {
    let run = store::find_run(conn, of.run_id)?;
    let decision = Decision {
        id: DecisionId::new(ctx.now),
        proposal_id: of.id,
        programme_id: of.programme_id,
        decision: noting.decision,
        reason: noting.reason,
        criteria: Json(Criteria {
            run_id: run.id,
            inputs_hash: run.inputs_hash,
            engine_version: run.engine_version,
            score: of.score,
            parts: of.parts.0,
            facts: of.facts.0.clone(),
        }),
        overridden: noting.overridden,
        decided_at: ctx.now,
        decided_by: ctx.actor.account_id(),
        person_id: noting.person_id,
    };
    store::insert_decision(conn, &decision)
}

/// The audit log's word for a proposal that events have overtaken.
const OVERTAKEN: &str = "proposal.overtake";

/// Marks open proposals as overtaken, with an audit line for each.
pub(super) fn overtake(conn: &mut Conn, ctx: &Context, by: Overtaken) -> Result<(), Problem> {
    let found = store::overtake(conn, ctx.now, by)?;
    let lines: Vec<(Noted, Noted)> = found
        .iter()
        .map(|before| {
            let after = Noted {
                status: ProposalStatus::Stale,
                ..Noted::of(before)
            };
            (Noted::of(before), after)
        })
        .collect();
    let changes: Vec<audit::Change<'_>> = found
        .iter()
        .zip(&lines)
        .map(|(proposal, (before, after))| audit::Change {
            action: OVERTAKEN,
            object_type: "proposal",
            object_id: proposal.id.into(),
            programme_id: Some(proposal.programme_id),
            before: Some(before),
            after: Some(after),
        })
        .collect();
    audit::record_all(conn, ctx, &changes)
}

/// Writes the audit line of a proposal that has changed.
pub(super) fn audit(
    conn: &mut Conn,
    ctx: &Context,
    action: &'static str,
    before: &Proposal,
    after: &Proposal,
) -> Result<(), Problem> {
    let change = audit::Change {
        action,
        object_type: "proposal",
        object_id: after.id.into(),
        programme_id: Some(after.programme_id),
        before: Some(&Noted::of(before)),
        after: Some(&Noted::of(after)),
    };
    record(conn, ctx, &change)
}

/// What the audit log keeps of a proposal.
#[derive(Debug, serde::Serialize)]
struct Noted {
    status: ProposalStatus,
    mentor_participation_id: ParticipationId,
    mentee_participation_id: ParticipationId,
}

impl Noted {
    const fn of(proposal: &Proposal) -> Self {
        Self {
            status: proposal.status,
            mentor_participation_id: proposal.mentor_participation_id,
            mentee_participation_id: proposal.mentee_participation_id,
        }
    }
}
