//! Proposals over the API.

use std::collections::HashMap;

use actix_web::web::{Data, Json};
use actix_web::{Responder, get};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::access::Caller;
use crate::access::policy::{self, Action, Object};
use crate::db::Conn;
use crate::kernel::ids::{
    AccountId, MatchConsentId, MatchRunId, MentorshipId, PersonId, ProgrammeId, ProposalId,
};
use crate::kernel::{Context, Instant, Problem};
use crate::matching::consent::{self, ConsentStatus, MatchConsent};
use crate::matching::decisions_api;
use crate::matching::facts::Facts;
use crate::matching::frozen;
use crate::matching::model::PartPoints;
use crate::matching::sentences::{Reason, reasons};
use crate::matching::store::{self, Filter, Sort};
use crate::matching::why::{self, Alternatives, Somebody};
use crate::matching::{Proposal, ProposalStatus};
use crate::mentorships;
use crate::programmes::Side;
use crate::web::problem::ProblemDocument;
use crate::web::{App, Page, PageQuery, Path, Query, Versioned};

/// The routes of proposals.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_proposals)
        .service(list_run_proposals)
        .configure(decisions_api::routes)
        .service(read_proposal)
        .service(list_alternatives);
}

/// A proposal with names and reasons.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ProposalView {
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
    /// What the two say, where the programme asks them; the mentor first.
    consents: Vec<ConsentState>,
    created_at: Instant,
    pub(super) version: i32,
}

/// What one of the two says to an offer.
#[derive(Debug, Serialize, ToSchema)]
struct ConsentState {
    id: MatchConsentId,
    side: Side,
    status: ConsentStatus,
    asked_at: Option<Instant>,
    due_at: Option<Instant>,
    answered_at: Option<Instant>,
}

impl From<&MatchConsent> for ConsentState {
    fn from(of: &MatchConsent) -> Self {
        Self {
            id: of.id,
            side: of.side,
            status: of.status,
            asked_at: of.asked_at,
            due_at: of.due_at,
            answered_at: of.answered_at,
        }
    }
}

impl ProposalView {
    fn new(
        proposal: Proposal,
        names: &HashMap<PersonId, String>,
        consents: &[MatchConsent],
    ) -> Self {
        let its = consents.iter().filter(|one| one.proposal_id == proposal.id);
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
            consents: its.map(ConsentState::from).collect(),
            created_at: proposal.created_at,
            version: proposal.version,
        }
    }
}

/// Names the people of proposals and says what they answered, in two queries.
pub(super) fn views(conn: &mut Conn, rows: Vec<Proposal>) -> Result<Vec<ProposalView>, Problem> {
    let people: Vec<PersonId> = rows
        .iter()
        .flat_map(|row| [row.mentor_id, row.mentee_id])
        .collect();
    let names = mentorships::store::names(conn, &people)?;
    let ids: Vec<ProposalId> = rows.iter().map(|row| row.id).collect();
    let consents = consent::store::of_proposals(conn, &ids)?;
    let rows = rows.into_iter();
    Ok(rows
        .map(|row| ProposalView::new(row, &names, &consents))
        .collect())
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
    #[param(inline)]
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
pub(super) fn allowed(
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
