//! Runs over the API: starting one, trying one, reading, explaining and replaying them.

use actix_web::web::{Data, Json};
use actix_web::{Either, Responder, get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::access::Caller;
use crate::access::policy::{self, Action, Object};
use crate::db::Conn;
use crate::kernel::ids::{AccountId, MatchRunId, ParticipationId, ProgrammeId};
use crate::kernel::{Context, Instant, Problem};
use crate::matching::frozen::{self, Replayed};
use crate::matching::recruit::Recruiting;
use crate::matching::run::{self, GoneBy, StopWhenDropped};
use crate::matching::summary::Summary;
use crate::matching::what_if::{self, Compared};
use crate::matching::why::{self, MenteeWhy, PairWhy};
use crate::matching::{MatchRun, Request, RunStatus, consent, proposals_api, record_api, store};
use crate::programmes;
use crate::programmes::settings::MatchingSettings;
use crate::web::problem::ProblemDocument;
use crate::web::{App, Body, Page, PageQuery, Path, Query, Versioned};

/// The routes of this room.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(run_matching)
        .service(list_match_runs)
        .service(read_match_run)
        .service(replay_match_run)
        .service(explain_mentee)
        .service(explain_pair)
        .service(read_recruitment)
        .configure(proposals_api::routes)
        .configure(consent::api::routes)
        .configure(record_api::routes);
}

/// A run.
#[derive(Debug, Serialize, ToSchema)]
struct RunView {
    id: MatchRunId,
    programme_id: ProgrammeId,
    status: RunStatus,
    /// The engine and the translation of people into its terms.
    engine_version: String,
    /// SHA-256 of the frozen inputs.
    inputs_hash: String,
    /// The settings that held.
    settings: MatchingSettings,
    /// What it amounts to; null while it runs.
    summary: Option<Summary>,
    started_at: Instant,
    finished_at: Option<Instant>,
    created_by: Option<AccountId>,
    version: i32,
}

impl From<MatchRun> for RunView {
    fn from(run: MatchRun) -> Self {
        Self {
            id: run.id,
            programme_id: run.programme_id,
            status: run.status,
            engine_version: run.engine_version,
            inputs_hash: run.inputs_hash,
            settings: run.settings.0,
            summary: run.summary.map(|summary| summary.0),
            started_at: run.started_at,
            finished_at: run.finished_at,
            created_by: run.created_by,
            version: run.version,
        }
    }
}

/// Runs the matcher: reads who waits, finds and proves the best set, saves the run with its proposals. With
/// `draft`, compares instead what a run would propose with and without the changes asked for, and saves nothing.
#[utoipa::path(tag = "matching", operation_id = "run_matching", request_body = Request,
    params(("id" = ProgrammeId, Path)),
    responses((status = 201, body = RunView, description = "The finished run"),
        (status = 200, body = Compared, description = "The draft, compared"),
        (status = 409, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
#[post("/programmes/{id}/match-runs")]
async fn run_matching(
    caller: Caller,
    app: Data<App>,
    id: Path<ProgrammeId>,
    body: Body<Request>,
) -> Result<impl Responder, Problem> {
    let (ctx, asked, programme) = (caller.ctx.clone(), body.0.clone(), id.0);
    app.db
        .run(move |conn| run::require_may_run(conn, &ctx, programme, &asked))
        .await?;
    let stop = StopWhenDropped::default();
    let _turn = app.turns.take().await?;
    let (ctx, request, options) = (caller.ctx, body.0, stop.options());
    if request.draft {
        let compared = app
            .db
            .run(move |conn| what_if::what_if(conn, &ctx, id.0, &request, &options))
            .await?;
        return Ok(Either::Left(Json(compared)));
    }
    let made = app
        .db
        .run(move |conn| run::run_told(conn, &ctx, id.0, &request, GoneBy::Nothing, &options))
        .await?;
    let (version, location) = (made.version, format!("/api/v1/match-runs/{}", made.id));
    Ok(Either::Right(Versioned::created(
        RunView::from(made),
        version,
        location,
    )))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RunsQuery {
    /// Rows in a page, 1 to 200; 50 unless given.
    limit: Option<u32>,
    /// The mark that the page before gave as `next_cursor`.
    cursor: Option<String>,
}

/// The runs of a programme, the newest first.
#[utoipa::path(tag = "matching", operation_id = "list_match_runs", params(("id" = ProgrammeId, Path), RunsQuery),
    responses((status = 200, body = Page<RunView>), (status = 404, body = ProblemDocument)))]
#[get("/programmes/{id}/match-runs")]
async fn list_match_runs(
    caller: Caller,
    app: Data<App>,
    id: Path<ProgrammeId>,
    query: Query<RunsQuery>,
) -> Result<impl Responder, Problem> {
    let page = PageQuery::new(query.0.limit, query.0.cursor);
    let (after, rows) = (page.after()?, page.fetch()?);
    let rows = app
        .db
        .run(move |conn| {
            let object = programmes::store::find(conn, id.0)?.object();
            policy::allow(&caller.ctx.actor, Action::ListMatchRuns, &object)?;
            store::list_runs(conn, id.0, after, rows)
        })
        .await?;
    let page = page.page(rows, |run| (run.started_at, run.id))?;
    Ok(page.map(RunView::from))
}

/// The run `id`, if the caller may do `action` to it.
fn allowed(
    conn: &mut Conn,
    ctx: &Context,
    id: MatchRunId,
    action: Action,
) -> Result<MatchRun, Problem> {
    let run = store::find_run(conn, id)?;
    let object = Object::of_programme(run.programme_id);
    policy::allow(&ctx.actor, action, &object)?;
    Ok(run)
}

/// One run.
#[utoipa::path(tag = "matching", operation_id = "read_match_run", params(("id" = MatchRunId, Path)),
    responses((status = 200, body = RunView), (status = 404, body = ProblemDocument)))]
#[get("/match-runs/{id}")]
async fn read_match_run(
    caller: Caller,
    app: Data<App>,
    id: Path<MatchRunId>,
) -> Result<impl Responder, Problem> {
    let run = app
        .db
        .run(move |conn| allowed(conn, &caller.ctx, id.0, Action::ReadMatchRun))
        .await?;
    let version = run.version;
    Ok(Versioned::ok(RunView::from(run), version))
}

/// Solves the frozen inputs of a run again and says whether everything is the same.
#[utoipa::path(tag = "matching", operation_id = "replay_match_run", params(("id" = MatchRunId, Path)),
    responses((status = 200, body = Replayed), (status = 409, body = ProblemDocument)))]
#[post("/match-runs/{id}/replay")]
async fn replay_match_run(
    caller: Caller,
    app: Data<App>,
    id: Path<MatchRunId>,
) -> Result<impl Responder, Problem> {
    let replayed = app
        .db
        .run(move |conn| {
            allowed(conn, &caller.ctx, id.0, Action::ReplayMatchRun)?;
            frozen::replay(conn, id.0)
        })
        .await?;
    Ok(Json(replayed))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct MenteeQuery {
    /// The mentee.
    mentee_participation_id: ParticipationId,
}

/// Why a mentee of a run has nobody: which rule removed how many mentors, the nearest misses, what would have to
/// change.
#[utoipa::path(tag = "matching", operation_id = "explain_mentee", params(("id" = MatchRunId, Path), MenteeQuery),
    responses((status = 200, body = MenteeWhy), (status = 404, body = ProblemDocument)))]
#[get("/match-runs/{id}/why-nobody")]
async fn explain_mentee(
    caller: Caller,
    app: Data<App>,
    id: Path<MatchRunId>,
    query: Query<MenteeQuery>,
) -> Result<impl Responder, Problem> {
    let why = app
        .db
        .run(move |conn| {
            allowed(conn, &caller.ctx, id.0, Action::ExplainMentee)?;
            let run = frozen::frozen(conn, id.0)?;
            why::nobody(conn, &run, query.0.mentee_participation_id)
        })
        .await?;
    Ok(Json(why))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PairQuery {
    /// The mentor.
    mentor_participation_id: ParticipationId,
    /// The mentee.
    mentee_participation_id: ParticipationId,
}

/// Why a pair of a run was chosen or not: its score with reasons, the rules against it, or what it would cost.
#[utoipa::path(tag = "matching", operation_id = "explain_pair", params(("id" = MatchRunId, Path), PairQuery),
    responses((status = 200, body = PairWhy), (status = 404, body = ProblemDocument)))]
#[get("/match-runs/{id}/why-not")]
async fn explain_pair(
    caller: Caller,
    app: Data<App>,
    id: Path<MatchRunId>,
    query: Query<PairQuery>,
) -> Result<impl Responder, Problem> {
    let why = app
        .db
        .run(move |conn| {
            allowed(conn, &caller.ctx, id.0, Action::ExplainPair)?;
            let run = frozen::frozen(conn, id.0)?;
            let (mentee, mentor) = (
                query.0.mentee_participation_id,
                query.0.mentor_participation_id,
            );
            why::pair(conn, &run, mentee, mentor, caller.ctx.locale)
        })
        .await?;
    Ok(Json(why))
}

/// Whom to recruit next: supply against demand by occupation and by language, and what one more place of a kind
/// would change, in both languages.
#[utoipa::path(tag = "matching", operation_id = "read_recruitment", params(("id" = MatchRunId, Path)),
    responses((status = 200, body = Recruiting), (status = 404, body = ProblemDocument),
        (status = 409, body = ProblemDocument)))]
#[get("/match-runs/{id}/recruitment")]
async fn read_recruitment(
    caller: Caller,
    app: Data<App>,
    id: Path<MatchRunId>,
) -> Result<impl Responder, Problem> {
    let run = app
        .db
        .run(move |conn| allowed(conn, &caller.ctx, id.0, Action::ReadRecruitment))
        .await?;
    match run.summary {
        Some(summary) => Ok(Json(Recruiting::of(&summary.0.recruitment))),
        None => Err(Problem::conflict("run-not-explained")),
    }
}
