//! Consents over the API: what is asked of a mentor or a mentee, and their answers.

use actix_web::web::Data;
use actix_web::{Responder, get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::answer;
use super::model::{AnswerSource, Answering};
use super::other::{self, OtherPerson};
use super::store::{self, Filter};
use crate::access::Caller;
use crate::access::policy::{self, Action};
use crate::db::Conn;
use crate::kernel::ids::{MatchConsentId, PersonId, ProgrammeId, ProposalId};
use crate::kernel::{Actor, IfMatch, Instant, Problem, Role};
use crate::matching::ProposalStatus;
use crate::matching::consent::{ConsentStatus, MatchConsent};
use crate::programmes::Side;
use crate::web::problem::ProblemDocument;
use crate::web::{App, Body, Page, PageQuery, Path, Query, Versioned};

/// The routes of consents.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_match_consents)
        .service(read_match_consent)
        .service(answer_match_consent);
}

/// What is asked of somebody, and what they said. For the mentor and the mentee: their own only.
#[derive(Debug, Serialize, ToSchema)]
struct MatchConsentView {
    id: MatchConsentId,
    proposal_id: ProposalId,
    programme_id: ProgrammeId,
    /// The side that is asked.
    side: Side,
    /// Who is asked.
    person_id: PersonId,
    status: ConsentStatus,
    /// Why not, in the person's own words: for themself and for coordinators.
    reason: Option<String>,
    /// What they are told about the other side; never how to reach them. Null once that person is no more there.
    other: Option<OtherPerson>,
    /// The answer may still be given or changed.
    open: bool,
    asked_at: Option<Instant>,
    /// Until when the answer counts.
    due_at: Option<Instant>,
    answered_at: Option<Instant>,
    answer_source: Option<AnswerSource>,
    version: i32,
}

fn views(
    conn: &mut Conn,
    actor: &Actor,
    now: Instant,
    rows: Vec<MatchConsent>,
) -> Result<Vec<MatchConsentView>, Problem> {
    let ids: Vec<ProposalId> = rows.iter().map(|row| row.proposal_id).collect();
    let proposals = store::proposals_of(conn, &ids)?;
    let of = |row: &MatchConsent| proposals.iter().find(|one| one.id == row.proposal_id);
    let asked: Vec<_> = rows
        .iter()
        .filter_map(|row| Some((of(row)?, row.side)))
        .collect();
    let profiles = other::profiles(conn, &asked)?;
    let coordinated = actor.coordinated();
    let reads_reason = |row: &MatchConsent| {
        actor.has(Role::Administrator)
            || coordinated.contains(&row.programme_id)
            || actor.person_id() == Some(row.person_id)
    };
    let views = rows.iter().filter_map(|row| {
        let proposal = of(row)?;
        let open = match (proposal.status, row.status) {
            (ProposalStatus::Offered, ConsentStatus::Given) => true,
            (ProposalStatus::Offered, ConsentStatus::Asked)
            | (ProposalStatus::Declined, ConsentStatus::Declined) => !row.is_over(now),
            _ => false,
        };
        Some(MatchConsentView {
            id: row.id,
            proposal_id: row.proposal_id,
            programme_id: row.programme_id,
            side: row.side,
            person_id: row.person_id,
            status: row.status,
            reason: row.reason.clone().filter(|_| reads_reason(row)),
            other: other::told(&profiles, proposal, row.side),
            open,
            asked_at: row.asked_at,
            due_at: row.due_at,
            answered_at: row.answered_at,
            answer_source: row.answer_source,
            version: row.version,
        })
    });
    Ok(views.collect())
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
    /// Only of this proposal.
    proposal_id: Option<ProposalId>,
    /// Only of this person.
    person_id: Option<PersonId>,
    /// Only in this state.
    status: Option<ConsentStatus>,
    /// Only those not answered whose deadline is not later than this.
    due_before: Option<Instant>,
}

/// What mentors and mentees are asked, the newest first: one's own, a coach's caseload, a coordinator's programmes.
#[utoipa::path(tag = "matching", operation_id = "list_match_consents", params(ListQuery),
    responses((status = 200, body = Page<MatchConsentView>)))]
#[get("/match-consents")]
async fn list_match_consents(
    caller: Caller,
    app: Data<App>,
    query: Query<ListQuery>,
) -> Result<impl Responder, Problem> {
    let scope = policy::scope(&caller.ctx.actor, Action::ListMatchConsents)?;
    let query = query.0;
    let page = PageQuery::new(query.limit, query.cursor);
    let (after, rows) = (page.after()?, page.fetch()?);
    let filter = Filter {
        programme_id: query.programme_id,
        proposal_id: query.proposal_id,
        person_id: query.person_id,
        status: query.status,
        due_before: query.due_before,
    };
    let rows = app
        .db
        .run(move |conn| {
            let rows = store::list(conn, &scope, &filter, after, rows)?;
            let marks: Vec<Instant> = rows.iter().map(|row| row.created_at).collect();
            let views = views(conn, &caller.ctx.actor, caller.ctx.now, rows)?;
            Ok(views.into_iter().zip(marks).collect::<Vec<_>>())
        })
        .await?;
    let page = page.page(rows, |(view, made)| (*made, view.id))?;
    Ok(page.map(|(view, _)| view))
}

/// One of them.
#[utoipa::path(tag = "matching", operation_id = "read_match_consent", params(("id" = MatchConsentId, Path)),
    responses((status = 200, body = MatchConsentView), (status = 404, body = ProblemDocument)))]
#[get("/match-consents/{id}")]
async fn read_match_consent(
    caller: Caller,
    app: Data<App>,
    id: Path<MatchConsentId>,
) -> Result<impl Responder, Problem> {
    let view = app
        .db
        .run(move |conn| {
            let found = store::find(conn, id.0)?;
            let coach = store::coach_of(conn, found.person_id)?;
            let actor = &caller.ctx.actor;
            policy::allow(actor, Action::ReadMatchConsent, &found.object(coach))?;
            // Nobody learns of an offer before it is their turn.
            if found.asked_at.is_none() && actor.person_id() == Some(found.person_id) {
                return Err(Problem::NotFound);
            }
            Ok(views(conn, actor, caller.ctx.now, vec![found])?.pop())
        })
        .await?
        .ok_or(Problem::NotFound)?;
    let version = view.version;
    Ok(Versioned::ok(view, version))
}

/// Says yes or no to an offer. One may change one's mind until the mentorship begins. When everybody who is asked
/// has said yes, the mentorship begins and both are introduced; after a no the place is free at once. A
/// coordinator may write down what somebody said otherwise.
#[utoipa::path(tag = "matching", operation_id = "answer_match_consent", request_body = Answering,
    params(("id" = MatchConsentId, Path)),
    responses((status = 200, body = MatchConsentView), (status = 409, body = ProblemDocument),
        (status = 412, body = ProblemDocument)))]
#[post("/match-consents/{id}/answer")]
async fn answer_match_consent(
    caller: Caller,
    app: Data<App>,
    id: Path<MatchConsentId>,
    if_match: IfMatch,
    body: Body<Answering>,
) -> Result<impl Responder, Problem> {
    let view = app
        .db
        .run(move |conn| {
            let ctx = &caller.ctx;
            let now = store::find(conn, id.0)?;
            let coach = store::coach_of(conn, now.person_id)?;
            policy::allow(&ctx.actor, Action::AnswerMatchConsent, &now.object(coach))?;
            // The use case compares the version again, once it holds the row.
            if_match.require(now.version)?;
            let done = answer::answer(conn, ctx, id.0, Some(now.version), &body.0)?;
            Ok(views(conn, &ctx.actor, ctx.now, vec![done.consent])?.pop())
        })
        .await?
        .ok_or(Problem::NotFound)?;
    let version = view.version;
    Ok(Versioned::ok(view, version))
}
