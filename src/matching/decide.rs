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
use crate::kernel::ids::{DecisionId, ParticipationId, ProposalId};
use crate::kernel::{Context, FieldError, Locale, Problem};
use crate::matching::engine::Rule;
use crate::matching::engine::explain::{Explanation, explain};
use crate::matching::facts::Facts;
use crate::matching::frozen::{Frozen, frozen};
use crate::matching::model::{Criteria, Decision, Proposal, ProposalStatus, Verdict};
use crate::matching::{sentences, store};
use crate::mentorships::mails::InCommon;
use crate::mentorships::start::Introduction;
use crate::mentorships::{Start, start_in};
use crate::programmes::leave::MOST_REASON;

/// A decision about one proposal.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Judgement {
    pub decision: Verdict,
    /// Needed to reject and to override, up to 1,000 characters.
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

/// Refusals of a beginning that mean: events have overtaken the proposal.
const OVERTAKEN: &[&str] = &[
    "no-place-left",
    "mentee-taken",
    "participation-left",
    "person-away",
    "consent-withdrawn",
    "conflict-of-interest",
    "already-paired",
];

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
/// 403, 404, 412; 422; 409 `proposal-decided`, `proposal-stale`, `proposal-not-held`; for an approval
/// `proposal-overtaken` with the reason, which also marks the proposal as stale, and `programme-not-open`; for a
/// replacement `replacement-breaks-rule`, `replacement-impossible`, `proposal-exists`.
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
            Verdict::Replace => replace(conn, ctx, &proposal, judgement).map(Ok),
            Verdict::Reject | Verdict::Hold | Verdict::Release => {
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

fn approve(conn: &mut Conn, ctx: &Context, before: &Proposal, judgement: &Judgement) -> Answer {
    let (parts, facts) = (&before.parts.0, &before.facts.0);
    let start = Start {
        mentor: before.mentor_participation_id,
        mentee: before.mentee_participation_id,
        proposal_id: Some(before.id),
        introduction: Introduction::Send(InCommon {
            en: sentences::in_common(parts, facts, Locale::En),
            fr: sentences::in_common(parts, facts, Locale::Fr),
        }),
    };
    let started = conn.savepoint(|conn| start_in(conn, ctx, &start));
    let mentorship = match started {
        Ok(mentorship) => mentorship,
        Err(Problem::Conflict { code, .. }) if OVERTAKEN.contains(&code) => {
            return mark_stale(conn, ctx, before, code).map(Err);
        }
        Err(problem) => return Err(problem),
    };
    let after = Proposal {
        status: ProposalStatus::Approved,
        reason: judgement.reason(),
        mentorship_id: Some(mentorship.id),
        ..before.clone()
    };
    store::overtake_mentee(conn, ctx.now, before.mentee_participation_id, before.id)?;
    let proposal = settle(conn, ctx, before, after, judgement)?;
    Ok(Ok(Judged {
        proposal,
        replacement: None,
    }))
}

/// Marks a proposal that events have overtaken; gives the refusal to answer with.
fn mark_stale(
    conn: &mut Conn,
    ctx: &Context,
    before: &Proposal,
    code: &'static str,
) -> Result<Problem, Problem> {
    let after = Proposal {
        status: ProposalStatus::Stale,
        reason: Some(code.to_owned()),
        decided_at: Some(ctx.now),
        version: before.version + 1,
        ..before.clone()
    };
    store::save_proposal(conn, &after, before.version)?;
    let why = i18n::text(ctx.locale, &format!("problem-{code}"));
    Ok(Problem::conflict("proposal-overtaken").with("why", why))
}

fn replace(
    conn: &mut Conn,
    ctx: &Context,
    before: &Proposal,
    judgement: &Judgement,
) -> Result<Judged, Problem> {
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
    may_replace(&explained, judgement.r#override, ctx.locale)?;
    let new = replacement(ctx, before, &run, &explained, wanted)?;
    store::insert_proposal(conn, &new)?;
    let after = Proposal {
        status: ProposalStatus::Replaced,
        reason: judgement.reason(),
        ..before.clone()
    };
    let proposal = settle(conn, ctx, before, after, judgement)?;
    Ok(Judged {
        proposal,
        replacement: Some(new),
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

fn may_replace(explained: &Explanation, go_against: bool, locale: Locale) -> Result<(), Problem> {
    let named = |rules: Vec<Rule>| {
        let names = rules
            .into_iter()
            .map(|rule| i18n::text(locale, sentences::rule_key(rule)));
        names.collect::<Vec<_>>().join("; ")
    };
    let broken = &explained.broken;
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
            Problem::conflict("replacement-breaks-rule").with("rules", named(broken.clone()))
        );
    }
    Ok(())
}

fn replacement(
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
    let run = store::find_run(conn, before.run_id)?;
    let decision = Decision {
        id: DecisionId::new(ctx.now),
        proposal_id: before.id,
        programme_id: before.programme_id,
        decision: judgement.decision.decided(),
        reason: judgement.reason(),
        criteria: Json(Criteria {
            run_id: run.id,
            inputs_hash: run.inputs_hash,
            engine_version: run.engine_version,
            score: before.score,
            parts: before.parts.0,
            facts: before.facts.0.clone(),
        }),
        overridden: judgement.decision == Verdict::Replace || before.replaces_id.is_some(),
        decided_at: ctx.now,
        decided_by: ctx.actor.account_id(),
    };
    store::insert_decision(conn, &decision)?;
    let noted = |proposal: &Proposal| Noted {
        status: proposal.status,
        mentor_participation_id: proposal.mentor_participation_id,
        mentee_participation_id: proposal.mentee_participation_id,
    };
    let change = audit::Change {
        action: "proposal.decide",
        object_type: "proposal",
        object_id: after.id.into(),
        programme_id: Some(after.programme_id),
        before: Some(&noted(before)),
        after: Some(&noted(&after)),
    };
    record(conn, ctx, &change)?;
    Ok(after)
}

/// What the audit log keeps of a proposal.
#[derive(Debug, serde::Serialize)]
struct Noted {
    status: ProposalStatus,
    mentor_participation_id: ParticipationId,
    mentee_participation_id: ParticipationId,
}
