//! Proposals and decisions over the API.

use std::collections::HashMap;

use actix_web::web::{Data, Json};
use actix_web::{Responder, get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::access::Caller;
use crate::access::policy::{self, Action, Object};
use crate::db::Conn;
use crate::kernel::ids::{
    AccountId, DecisionId, MatchRunId, MentorshipId, ParticipationId, PersonId, ProgrammeId,
    ProposalId,
};
use crate::kernel::{Context, Instant, Problem};
use crate::matching::decide::{self, Judged, Judgement};
use crate::matching::facts::Facts;
use crate::matching::frozen;
use crate::matching::model::{Criteria, Decided, Decision, PartPoints};
use crate::matching::sentences::{Reason, reasons};
use crate::matching::store::{self, Filter, Sort};
use crate::matching::why::{self, Alternatives, Somebody};
use crate::matching::{Proposal, ProposalStatus, Verdict};
use crate::mentorships;
use crate::web::problem::ProblemDocument;
use crate::web::{App, Body, IfMatch, Page, PageQuery, Path, Query, Rendered, Versioned};

/// The routes of proposals.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_proposals)
        .service(list_run_proposals)
        .service(decide_proposals)
        .service(read_proposal)
        .service(list_alternatives)
        .service(list_decisions)
        .service(decide_proposal);
}

/// A proposal with names and reasons.
#[derive(Debug, Serialize, ToSchema)]
struct ProposalView {
    id: ProposalId,
    run_id: MatchRunId,
    programme_id: ProgrammeId,
    mentor: Somebody,
    mentee: Somebody,
    /// The fit, 0 to 10,000: the sum of the parts.
    score: i32,
    parts: PartPoints,
    /// Why, part by part, in both languages.
    reasons: Vec<Reason>,
    facts: Facts,
    status: ProposalStatus,
    /// The decider's words; of a stale one, what overtook it.
    reason: Option<String>,
    /// The proposal that it replaces.
    replaces_id: Option<ProposalId>,
    /// The mentorship that it became.
    mentorship_id: Option<MentorshipId>,
    decided_at: Option<Instant>,
    decided_by: Option<AccountId>,
    created_at: Instant,
    version: i32,
}

impl ProposalView {
    fn new(proposal: Proposal, names: &HashMap<PersonId, String>) -> Self {
        let name = |id: PersonId| names.get(&id).cloned().unwrap_or_default();
        Self {
            id: proposal.id,
            run_id: proposal.run_id,
            programme_id: proposal.programme_id,
            mentor: Somebody {
                participation_id: proposal.mentor_participation_id,
                person_id: proposal.mentor_id,
                name: name(proposal.mentor_id),
            },
            mentee: Somebody {
                participation_id: proposal.mentee_participation_id,
                person_id: proposal.mentee_id,
                name: name(proposal.mentee_id),
            },
            score: proposal.score,
            parts: proposal.parts.0,
            reasons: reasons(&proposal.parts.0, &proposal.facts.0),
            facts: proposal.facts.0,
            status: proposal.status,
            reason: proposal.reason,
            replaces_id: proposal.replaces_id,
            mentorship_id: proposal.mentorship_id,
            decided_at: proposal.decided_at,
            decided_by: proposal.decided_by,
            created_at: proposal.created_at,
            version: proposal.version,
        }
    }
}

/// Names the people of proposals, in one query.
fn views(conn: &mut Conn, rows: Vec<Proposal>) -> Result<Vec<ProposalView>, Problem> {
    let people: Vec<PersonId> = rows
        .iter()
        .flat_map(|row| [row.mentor_id, row.mentee_id])
        .collect();
    let names = mentorships::store::names(conn, &people)?;
    let rows = rows.into_iter();
    Ok(rows.map(|row| ProposalView::new(row, &names)).collect())
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Rows in a page, 1 to 200; 50 unless given.
    limit: Option<u32>,
    /// The mark that the page before gave as `next_cursor`.
    cursor: Option<String>,
    /// Only of this programme.
    programme_id: Option<ProgrammeId>,
    /// Only of this run.
    run_id: Option<MatchRunId>,
    /// Only in this state.
    status: Option<ProposalStatus>,
    /// Only of this mentor.
    mentor_id: Option<PersonId>,
    /// Only of this mentee.
    mentee_id: Option<PersonId>,
    /// Only from this score on.
    least_score: Option<i32>,
    /// Only up to this score.
    most_score: Option<i32>,
    /// `-score` (the best first) unless given; `score`, `-created`.
    sort: Option<Sort>,
}

async fn listed(
    caller: Caller,
    app: Data<App>,
    action: Action,
    query: ListQuery,
    run_id: Option<MatchRunId>,
) -> Result<Page<ProposalView>, Problem> {
    let scope = policy::scope(&caller.ctx.actor, action)?;
    let page = PageQuery::new(query.limit, query.cursor);
    let (after, rows) = (page.after()?, page.fetch()?);
    let sort = query.sort.unwrap_or(Sort::Best);
    let filter = Filter {
        programme_id: query.programme_id,
        run_id: run_id.or(query.run_id),
        status: query.status,
        mentor_id: query.mentor_id,
        mentee_id: query.mentee_id,
        least_score: query.least_score,
        most_score: query.most_score,
    };
    let rows = app
        .db
        .run(move |conn| {
            let rows = store::list_proposals(conn, &scope, &filter, sort, after, rows)?;
            views(conn, rows)
        })
        .await?;
    page.page(rows, |row| (row.score, row.created_at, row.id))
}

/// Proposals of the caller's programmes (for a coach, of their caseload), with names and reasons.
#[utoipa::path(tag = "matching", operation_id = "list_proposals", params(ListQuery),
    responses((status = 200, body = Page<ProposalView>)))]
#[get("/proposals")]
async fn list_proposals(
    caller: Caller,
    app: Data<App>,
    query: Query<ListQuery>,
) -> Result<impl Responder, Problem> {
    listed(caller, app, Action::ListProposals, query.0, None).await
}

/// The proposals of a run.
#[utoipa::path(tag = "matching", operation_id = "list_run_proposals", params(("id" = MatchRunId, Path), ListQuery),
    responses((status = 200, body = Page<ProposalView>), (status = 404, body = ProblemDocument)))]
#[get("/match-runs/{id}/proposals")]
async fn list_run_proposals(
    caller: Caller,
    app: Data<App>,
    id: Path<MatchRunId>,
    query: Query<ListQuery>,
) -> Result<impl Responder, Problem> {
    let (actor, run) = (caller.ctx.actor.clone(), id.0);
    app.db
        .run(move |conn| {
            let run = store::find_run(conn, run)?;
            let object = Object::of_programme(run.programme_id);
            policy::allow(&actor, Action::ListRunProposals, &object)
        })
        .await?;
    listed(caller, app, Action::ListRunProposals, query.0, Some(run)).await
}

/// The proposal `id`, if the caller may do `action` to it.
fn allowed(
    conn: &mut Conn,
    ctx: &Context,
    id: ProposalId,
    action: Action,
) -> Result<Proposal, Problem> {
    let found = store::find_proposal(conn, id)?;
    let object = Object {
        coaches: store::coaches_of(conn, &found)?,
        ..Object::of_programme(found.programme_id)
    };
    policy::allow(&ctx.actor, action, &object)?;
    Ok(found)
}

/// One proposal.
#[utoipa::path(tag = "matching", operation_id = "read_proposal", params(("id" = ProposalId, Path)),
    responses((status = 200, body = ProposalView), (status = 404, body = ProblemDocument)))]
#[get("/proposals/{id}")]
async fn read_proposal(
    caller: Caller,
    app: Data<App>,
    id: Path<ProposalId>,
) -> Result<impl Responder, Problem> {
    let view = app
        .db
        .run(move |conn| {
            let found = allowed(conn, &caller.ctx, id.0, Action::ReadProposal)?;
            Ok(views(conn, vec![found])?.pop())
        })
        .await?
        .ok_or(Problem::NotFound)?;
    let version = view.version;
    Ok(Versioned::ok(view, version))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AlternativesQuery {
    /// How many for each side, 1 to 20; 5 unless given.
    count: Option<usize>,
}

/// The next best mentors for the mentee of a proposal, and the next best mentees for its mentor.
#[utoipa::path(tag = "matching", operation_id = "list_alternatives", params(("id" = ProposalId, Path), AlternativesQuery),
    responses((status = 200, body = Alternatives), (status = 404, body = ProblemDocument)))]
#[get("/proposals/{id}/alternatives")]
async fn list_alternatives(
    caller: Caller,
    app: Data<App>,
    id: Path<ProposalId>,
    query: Query<AlternativesQuery>,
) -> Result<impl Responder, Problem> {
    let count = query.0.count.unwrap_or(5);
    if !(1..=20).contains(&count) {
        return Err(Problem::field("?count", "out-of-range")
            .with("least", 1)
            .with("most", 20));
    }
    let others = app
        .db
        .run(move |conn| {
            let found = allowed(conn, &caller.ctx, id.0, Action::ListAlternatives)?;
            let run = frozen::frozen(conn, found.run_id)?;
            let (mentee, mentor) = (found.mentee_participation_id, found.mentor_participation_id);
            why::alternatives(conn, &run, mentee, mentor, count)
        })
        .await?;
    Ok(Json(others))
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
    /// They decided otherwise than the run proposed.
    overridden: bool,
    decided_at: Instant,
    decided_by: Option<AccountId>,
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
/// mentorship and introduces both by mail.
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
    /// As if it had been sent alone: 200, 409, 412, …
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
    let results = app
        .db
        .run(move |conn| {
            let each = decisions.iter();
            Ok(each
                .map(|one| one_of_many(conn, &caller.ctx, one))
                .collect::<Vec<_>>())
        })
        .await?;
    let made = results.iter().filter(|one| one.problem.is_none()).count();
    Ok(Json(ManyResults {
        refused: results.len() - made,
        made,
        results,
    }))
}

fn one_of_many(conn: &mut Conn, ctx: &Context, one: &OneOfMany) -> OneResult {
    let judgement = Judgement {
        decision: one.decision,
        reason: one.reason.clone(),
        mentor_participation_id: one.mentor_participation_id,
        r#override: one.r#override,
    };
    let done = decide::decide(conn, ctx, one.proposal_id, one.version, &judgement)
        .and_then(|done| judged(conn, done));
    match done {
        Ok(result) => OneResult {
            proposal_id: one.proposal_id,
            status: 200,
            result: Some(result),
            problem: None,
        },
        Err(problem) => {
            let rendered = Rendered::from(&problem);
            OneResult {
                proposal_id: one.proposal_id,
                status: rendered.status,
                result: None,
                problem: Some(rendered.document(ctx.locale, &ctx.request_id)),
            }
        }
    }
}
