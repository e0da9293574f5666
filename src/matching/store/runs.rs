//! The queries of runs.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::db::schema::{match_runs, proposals};
use crate::db::{Conn, Constraint, Json, constraint};
use crate::kernel::ids::{MatchRunId, ProgrammeId};
use crate::kernel::{Instant, Problem};
use crate::matching::engine::Outcome;
use crate::matching::inputs::Inputs;
use crate::matching::model::{MatchRun, ProposalStatus, RunStatus};
use crate::matching::summary::Summary;

/// Saves a run that begins.
///
/// # Errors
/// 409 `run-in-progress`: the database holds one running row for each programme.
pub(in crate::matching) fn insert_run(conn: &mut Conn, run: &MatchRun) -> Result<(), Problem> {
    use match_runs as t;
    diesel::insert_into(t::table)
        .values((
            t::id.eq(run.id),
            t::programme_id.eq(run.programme_id),
            t::status.eq(run.status),
            t::engine_version.eq(&run.engine_version),
            t::inputs_hash.eq(&run.inputs_hash),
            t::settings.eq(run.settings.clone()),
            t::started_at.eq(run.started_at),
            t::created_by.eq(run.created_by),
            t::version.eq(run.version),
        ))
        .execute(conn)
        .map_err(|error| match constraint(&error) {
            Some(Constraint::Unique { .. }) => Problem::conflict("run-in-progress"),
            _ => error.into(),
        })?;
    Ok(())
}

/// Completes a run, unless it was cleared meanwhile.
pub(in crate::matching) fn finish_run(
    conn: &mut Conn,
    finished_at: Instant,
    id: MatchRunId,
    hash: &str,
    inputs: &Inputs,
    outcome: &Outcome,
    summary: &Summary,
) -> Result<(), Problem> {
    use match_runs as t;
    let running = t::table
        .filter(t::id.eq(id))
        .filter(t::status.eq(RunStatus::Running));
    let rows = diesel::update(running)
        .set((
            t::status.eq(RunStatus::Done),
            t::inputs_hash.eq(hash),
            t::instance.eq(Some(Json(inputs.clone()))),
            t::outcome.eq(Some(Json(outcome.clone()))),
            t::summary.eq(Some(Json(summary.clone()))),
            t::finished_at.eq(Some(finished_at)),
            t::version.eq(t::version + 1),
        ))
        .execute(conn)?;
    if rows == 1 {
        Ok(())
    } else {
        Err(Problem::conflict("run-cancelled"))
    }
}

/// Removes a run that did not finish.
pub(in crate::matching) fn forget_run(conn: &mut Conn, id: MatchRunId) -> Result<(), Problem> {
    let unfinished = match_runs::table
        .filter(match_runs::id.eq(id))
        .filter(match_runs::status.eq(RunStatus::Running));
    diesel::delete(unfinished).execute(conn)?;
    Ok(())
}

/// Removes runs that were cut short before `lapsed`.
pub(in crate::matching) fn forget_lapsed_runs(
    conn: &mut Conn,
    programme: ProgrammeId,
    lapsed: Instant,
) -> Result<(), Problem> {
    let cut_short = match_runs::table
        .filter(match_runs::programme_id.eq(programme))
        .filter(match_runs::status.eq(RunStatus::Running))
        .filter(match_runs::started_at.lt(lapsed));
    diesel::delete(cut_short).execute(conn)?;
    Ok(())
}

/// The run `id`, or [`Problem::NotFound`].
///
/// # Errors
/// [`Problem::NotFound`].
pub fn find_run(conn: &mut Conn, id: MatchRunId) -> Result<MatchRun, Problem> {
    Ok(match_runs::table
        .find(id)
        .select(MatchRun::as_select())
        .first(conn)?)
}

/// The newest finished run of a programme.
///
/// # Errors
/// A database error; not found where there is none.
pub fn newest_finished(conn: &mut Conn, programme: ProgrammeId) -> QueryResult<MatchRun> {
    use match_runs as t;
    t::table
        .filter(t::programme_id.eq(programme))
        .filter(t::status.eq(RunStatus::Done))
        .order((t::started_at.desc(), t::id.desc()))
        .select(MatchRun::as_select())
        .first(conn)
}

/// Where matching stands in a programme.
#[derive(Debug, Clone, Default)]
pub struct Newest {
    /// The newest finished run.
    pub run: Option<MatchRun>,
    /// Proposals that wait for a decision.
    pub proposed: i64,
}

/// Where matching stands in each of some programmes, in three queries.
///
/// # Errors
/// A database error.
pub fn newest_of(
    conn: &mut Conn,
    programmes: &[ProgrammeId],
) -> Result<HashMap<ProgrammeId, Newest>, Problem> {
    use {match_runs as t, proposals as p};
    let done: Vec<(ProgrammeId, MatchRunId)> = t::table
        .filter(t::programme_id.eq_any(programmes.iter().copied()))
        .filter(t::status.eq(RunStatus::Done))
        .order((t::started_at, t::id))
        .select((t::programme_id, t::id))
        .load(conn)?;
    let last: HashMap<ProgrammeId, MatchRunId> = done.into_iter().collect();
    let runs: Vec<MatchRun> = t::table
        .filter(t::id.eq_any(last.into_values()))
        .select(MatchRun::as_select())
        .load(conn)?;
    let open: Vec<(ProgrammeId, i64)> = p::table
        .filter(p::programme_id.eq_any(programmes.iter().copied()))
        .filter(p::status.eq(ProposalStatus::Proposed))
        .group_by(p::programme_id)
        .select((p::programme_id, diesel::dsl::count_star()))
        .load(conn)?;
    let mut found: HashMap<ProgrammeId, Newest> = HashMap::new();
    for run in runs {
        let of = found.entry(run.programme_id).or_default();
        of.run = Some(run);
    }
    for (programme, proposed) in open {
        found.entry(programme).or_default().proposed = proposed;
    }
    Ok(found)
}

/// The frozen inputs and outcome of a finished run.
///
/// # Errors
/// [`Problem::NotFound`]; 409 `run-not-explained` while it is in progress.
pub fn frozen(conn: &mut Conn, id: MatchRunId) -> Result<(Inputs, Outcome), Problem> {
    type Row = (Option<Json<Inputs>>, Option<Json<Outcome>>);
    let row: Row = match_runs::table
        .find(id)
        .select((match_runs::instance, match_runs::outcome))
        .first(conn)?;
    match row {
        (Some(inputs), Some(outcome)) => Ok((inputs.0, outcome.0)),
        _ => Err(Problem::conflict("run-not-explained")),
    }
}

/// The mark of a run in a list, newest first.
pub type RunMark = (Instant, MatchRunId);

/// Runs of a programme, the newest first, after a mark.
///
/// # Errors
/// A database error.
pub fn list_runs(
    conn: &mut Conn,
    programme: ProgrammeId,
    after: Option<RunMark>,
    rows: i64,
) -> Result<Vec<MatchRun>, Problem> {
    use match_runs as t;
    let mut query = t::table.filter(t::programme_id.eq(programme)).into_boxed();
    if let Some((at, id)) = after {
        query = query.filter(
            t::started_at
                .lt(at)
                .or(t::started_at.eq(at).and(t::id.lt(id))),
        );
    }
    Ok(query
        .order((t::started_at.desc(), t::id.desc()))
        .limit(rows)
        .select(MatchRun::as_select())
        .load(conn)?)
}
