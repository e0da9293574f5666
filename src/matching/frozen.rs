//! Finished runs, ready to be asked: inputs, instance and outcome as they were. A run never changes once it is
//! done, so the last few are kept in memory; nothing but speed depends on that.

use std::collections::VecDeque;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use crate::db::Conn;
use crate::kernel::Problem;
use crate::kernel::ids::MatchRunId;
use crate::matching::engine::{Instance, Options, Outcome, solve};
use crate::matching::inputs::Inputs;
use crate::matching::store;

/// A finished run.
#[derive(Debug)]
pub struct Frozen {
    pub inputs: Inputs,
    pub instance: Instance,
    pub outcome: Outcome,
}

/// How many runs are kept: at 4,000 people a side one takes some tens of megabytes.
const KEPT: usize = 3;

type Recent = Mutex<VecDeque<(MatchRunId, Arc<Frozen>)>>;

static RECENT: LazyLock<Recent> = LazyLock::new(Mutex::default);

/// The finished run `id`.
///
/// # Errors
/// 404; 409 `run-not-explained` while it is in progress.
pub fn frozen(conn: &mut Conn, id: MatchRunId) -> Result<Arc<Frozen>, Problem> {
    let known = |runs: &VecDeque<(MatchRunId, Arc<Frozen>)>| {
        let found = runs.iter().find(|(known, _)| *known == id);
        found.map(|(_, frozen)| Arc::clone(frozen))
    };
    if let Some(found) = known(&RECENT.lock().unwrap_or_else(PoisonError::into_inner)) {
        return Ok(found);
    }
    let (inputs, outcome) = store::frozen(conn, id)?;
    let instance = inputs.instance().map_err(Problem::internal)?;
    let frozen = Arc::new(Frozen {
        inputs,
        instance,
        outcome,
    });
    let mut recent = RECENT.lock().unwrap_or_else(PoisonError::into_inner);
    if known(&recent).is_none() {
        recent.push_front((id, Arc::clone(&frozen)));
        recent.truncate(KEPT);
    }
    Ok(frozen)
}

/// What replaying a run showed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Replayed {
    /// The inputs are those of the run: their hash is what the run says.
    pub same_inputs: bool,
    /// The outcome is the same, pair by pair and price by price.
    pub same_outcome: bool,
    /// Of the frozen inputs.
    pub inputs_hash: String,
    /// Pairs of the new outcome.
    pub pairs: usize,
}

/// Solves the frozen inputs of a run again and compares.
///
/// # Errors
/// As [`frozen`]; 500 where the frozen inputs are refused, a defect.
pub fn replay(conn: &mut Conn, id: MatchRunId) -> Result<Replayed, Problem> {
    replay_told(conn, id, &Options::default())
}

/// The same; `options` say who is told of each stage.
///
/// # Errors
/// As [`replay`].
pub fn replay_told(
    conn: &mut Conn,
    id: MatchRunId,
    options: &Options,
) -> Result<Replayed, Problem> {
    let run = store::find_run(conn, id)?;
    let (inputs, before) = store::frozen(conn, id)?;
    let inputs_hash = inputs.hash()?;
    let instance = inputs.instance().map_err(Problem::internal)?;
    let after = solve(&instance, options).map_err(Problem::internal)?;
    Ok(Replayed {
        same_inputs: inputs_hash == run.inputs_hash,
        same_outcome: after.same_as(&before),
        inputs_hash,
        pairs: after.pairs.len(),
    })
}
