//! Decisions over the API: one by one, and many at once.

use std::time::Duration;

use actix_web::web::{Data, Json};
use actix_web::{Responder, get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::access::Caller;
use crate::access::policy::{self, Action, Object};
use crate::db::Conn;
use crate::kernel::ids::{AccountId, DecisionId, ParticipationId, PersonId, ProposalId};
use crate::kernel::{Context, IfMatch, Instant, Problem};
use crate::matching::decide::{self, Judged, Judgement};
use crate::matching::model::{Criteria, Decided, Decision};
use crate::matching::proposals_api::{ProposalView, allowed, views};
use crate::matching::{Verdict, store};
use crate::web::problem::ProblemDocument;
use crate::web::{App, Body, Path, Rendered, Versioned};

/// The routes of decisions.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(decide_proposals)
        .service(list_decisions)
        .service(decide_proposal);
}

/// A decision as it is shown.
#[derive(Debug, Serialize, ToSchema)]
struct DecisionView {
    id: DecisionId,
    proposal_id: ProposalId,
    decision: Decided,
    reason: Option<String>,
    /// What the person who decided was shown.
    criteria: Criteria,
    /// They decided otherwise than the run proposed: they replaced or rejected its pair, or approved one that
    /// somebody had put in its place.
    overridden: bool,
    decided_at: Instant,
    /// Null where somebody answered through a link, or the programme's settings decided.
    decided_by: Option<AccountId>,
    /// Whose consent it is, where it is one.
    person_id: Option<PersonId>,
}

impl From<Decision> for DecisionView {
    fn from(decision: Decision) -> Self {
        Self {
            id: decision.id,
            proposal_id: decision.proposal_id,
            decision: decision.decision,
            reason: decision.reason,
            criteria: decision.criteria.0,
            overridden: decision.overridden,
            decided_at: decision.decided_at,
            decided_by: decision.decided_by,
            person_id: decision.person_id,
        }
    }
}

/// The decisions about a proposal: who, when, on what grounds.
#[utoipa::path(tag = "matching", operation_id = "list_decisions", params(("id" = ProposalId, Path)),
    responses((status = 200, body = Vec<DecisionView>), (status = 404, body = ProblemDocument)))]
#[get("/proposals/{id}/decisions")]
async fn list_decisions(
    caller: Caller,
    app: Data<App>,
    id: Path<ProposalId>,
) -> Result<impl Responder, Problem> {
    let decisions = app
        .db
        .run(move |conn| {
            allowed(conn, &caller.ctx, id.0, Action::ListDecisions)?;
            store::decisions_of(conn, id.0)
        })
        .await?;
    let views: Vec<DecisionView> = decisions.into_iter().map(DecisionView::from).collect();
    Ok(Json(views))
}

/// What a decision led to.
#[derive(Debug, Serialize, ToSchema)]
struct JudgedView {
    proposal: ProposalView,
    /// What replaces it.
    replacement: Option<ProposalView>,
}

fn judged(conn: &mut Conn, judged: Judged) -> Result<JudgedView, Problem> {
    let mut rows = vec![judged.proposal];
    rows.extend(judged.replacement);
    let mut views = views(conn, rows)?.into_iter();
    Ok(JudgedView {
        proposal: views.next().ok_or(Problem::NotFound)?,
        replacement: views.next(),
    })
}

/// Decides about a proposal: approve, reject, hold, release, or replace by another mentor. Approving makes the
/// mentorship and introduces both by mail; where the programme asks the two people, it holds their places and asks
/// them first.
#[utoipa::path(tag = "matching", operation_id = "decide_proposal", request_body = Judgement,
    params(("id" = ProposalId, Path)),
    responses((status = 200, body = JudgedView), (status = 409, body = ProblemDocument), (status = 412, body = ProblemDocument)))]
#[post("/proposals/{id}/decision")]
async fn decide_proposal(
    caller: Caller,
    app: Data<App>,
    id: Path<ProposalId>,
    if_match: IfMatch,
    body: Body<Judgement>,
) -> Result<impl Responder, Problem> {
    let view = app
        .db
        .run(move |conn| {
            let now = store::find_proposal(conn, id.0)?;
            let object = Object::of_programme(now.programme_id);
            policy::allow(&caller.ctx.actor, Action::DecideProposal, &object)?;
            // The use case compares the version again, once it holds the row.
            if_match.require(now.version)?;
            let done = decide::decide(conn, &caller.ctx, id.0, Some(now.version), &body.0)?;
            judged(conn, done)
        })
        .await?;
    let version = view.proposal.version;
    Ok(Versioned::ok(view, version))
}

/// Most decisions of one request.
const MOST_DECISIONS: usize = 200;

/// One of many decisions.
// The fields of a `Judgement` are repeated: flattening does not go with refusing unknown fields.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OneOfMany {
    proposal_id: ProposalId,
    /// The version that you have read; any unless given.
    version: Option<i32>,
    decision: Verdict,
    /// Needed to reject and to override, up to 1,000 characters.
    reason: Option<String>,
    /// The mentor whom `replace` proposes instead.
    mentor_participation_id: Option<ParticipationId>,
    /// Replace although the new pair breaks a rule that may be gone against.
    #[serde(default)]
    r#override: bool,
}

/// Many decisions.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Many {
    /// 1 to 200 decisions, worked off in this order.
    decisions: Vec<OneOfMany>,
}

/// What became of one of many decisions.
#[derive(Debug, Serialize, ToSchema)]
struct OneResult {
    proposal_id: ProposalId,
    /// As if it had been sent alone: 200, 409, 412, …; 503 where the database stayed busy and it can be sent again,
    /// 500 where the platform is at fault.
    status: u16,
    /// Where it was made.
    result: Option<JudgedView>,
    /// Where it was refused.
    problem: Option<ProblemDocument>,
}

/// What became of many decisions.
#[derive(Debug, Serialize, ToSchema)]
struct ManyResults {
    /// In the order of the request.
    results: Vec<OneResult>,
    made: usize,
    refused: usize,
}

/// Decides about many proposals. Each decision is its own transaction: one that is refused does not undo the
/// others, and the answer says of each what became of it.
#[utoipa::path(tag = "matching", operation_id = "decide_proposals", request_body = Many,
    responses((status = 200, body = ManyResults), (status = 422, body = ProblemDocument)))]
#[post("/proposals/decisions")]
async fn decide_proposals(
    caller: Caller,
    app: Data<App>,
    body: Body<Many>,
) -> Result<impl Responder, Problem> {
    policy::scope(&caller.ctx.actor, Action::DecideProposals)?;
    let decisions = body.0.decisions;
    if decisions.is_empty() || decisions.len() > MOST_DECISIONS {
        return Err(Problem::field("/decisions", "out-of-range")
            .with("least", 1)
            .with("most", MOST_DECISIONS));
    }
    let mut results = Vec::with_capacity(decisions.len());
    for one in decisions {
        results.push(one_of_many(&app, &caller.ctx, one).await);
    }
    let made = results.iter().filter(|one| one.problem.is_none()).count();
    Ok(Json(ManyResults {
        refused: results.len() - made,
        made,
        results,
    }))
}

/// How often a decision is tried when the database is busy, and how long it waits before the second time; twice as
/// long before each one after that.
const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_millis(50);

/// Makes one of many decisions, as if it had been sent alone. A database that is busy for a moment is asked again,
/// over another connection; what fails all the same is told as what it is, and logged.
async fn one_of_many(app: &App, ctx: &Context, one: OneOfMany) -> OneResult {
    let proposal_id = one.proposal_id;
    let judgement = Judgement {
        decision: one.decision,
        reason: one.reason,
        mentor_participation_id: one.mentor_participation_id,
        r#override: one.r#override,
    };
    let mut pause = PAUSE;
    let mut tries = 1;
    let done = loop {
        let (within, judgement) = (ctx.clone(), judgement.clone());
        let done = app
            .db
            .run(move |conn| {
                decide::decide(conn, &within, proposal_id, one.version, &judgement)
                    .and_then(|done| judged(conn, done))
            })
            .await;
        if tries == TRIES || !matches!(done, Err(Problem::Busy { .. })) {
            break done;
        }
        tokio::time::sleep(pause).await;
        pause *= 2;
        tries += 1;
    };
    match done {
        Ok(result) => OneResult {
            proposal_id,
            status: 200,
            result: Some(result),
            problem: None,
        },
        Err(problem) => {
            if let Problem::Internal(cause) = &problem {
                tracing::error!(%cause, proposal = %proposal_id, request = %ctx.request_id, "one of many decisions failed");
            } else if let Problem::Busy { .. } = &problem {
                tracing::warn!(proposal = %proposal_id, request = %ctx.request_id, tries, "the database was too busy for one of many decisions");
            }
            let rendered = Rendered::from(&problem);
            OneResult {
                proposal_id,
                status: rendered.status,
                result: None,
                problem: Some(rendered.document(ctx.locale, &ctx.request_id)),
            }
        }
    }
}
