//! What if: a draft run with other weights, pins, bans or places, compared with what a run as the programme is
//! set would propose now. Nothing is saved.

use serde::Serialize;
use utoipa::ToSchema;

use crate::access::policy::{self, Action};
use crate::db::Conn;
use crate::kernel::ids::ProgrammeId;
use crate::kernel::{Context, Problem};
use crate::matching::Request;
use crate::matching::engine::explain::compare;
use crate::matching::frozen::Frozen;
use crate::matching::run::{Cancel, find};
use crate::matching::summary::Summary;
use crate::matching::why::{self, Moved};
use crate::programmes;
use crate::programmes::settings::MatchingSettings;

/// A draft beside what would be proposed without the change.
#[derive(Debug, Serialize, ToSchema)]
pub struct Compared {
    /// The settings of the draft.
    pub settings: MatchingSettings,
    /// As the programme is set.
    pub before: Summary,
    /// With the change.
    pub after: Summary,
    /// Mentees who would be matched and are not.
    pub won: usize,
    /// Mentees who are matched and would not be.
    pub lost: usize,
    /// Points won (or lost, below zero) in the sum of all scores.
    pub points: i64,
    /// Who would have another mentor, or none, or one at last.
    pub changes: Vec<Moved>,
}

/// Computes a draft.
///
/// # Errors
/// 403, 404; 422; 409 `programme-not-open`, `run-cancelled`; [`Problem::Busy`] when people came or went between
/// the two looks.
pub fn what_if(
    conn: &mut Conn,
    ctx: &Context,
    id: ProgrammeId,
    request: &Request,
    cancel: Option<Cancel>,
) -> Result<Compared, Problem> {
    let programme = programmes::store::find(conn, id)?;
    policy::allow(&ctx.actor, Action::RunMatching, &programme.object())?;
    request.check()?;
    programme.require_open()?;
    let before = find(conn, ctx, id, &Request::default(), cancel.clone())?;
    let after = find(conn, ctx, id, request, cancel)?;
    let ids = |inputs: &crate::matching::inputs::Inputs| {
        let mentees = inputs.mentees.iter().map(|row| row.participation_id);
        mentees
            .chain(inputs.mentors.iter().map(|row| row.participation_id))
            .collect::<Vec<_>>()
    };
    if ids(&before.inputs) != ids(&after.inputs) {
        return Err(Problem::Busy {
            retry_after_seconds: 1,
        });
    }
    let changes = compare(&before.outcome, &after.outcome);
    let summary = |found: &crate::matching::run::Found| {
        let dropped = found.held_dropped.clone();
        Summary::of(&found.inputs, &found.instance, &found.outcome, dropped)
    };
    let (was, is) = (summary(&before), summary(&after));
    let count = |is: fn(&crate::matching::engine::explain::Change) -> bool| {
        changes.iter().filter(|change| is(change)).count()
    };
    let frozen = Frozen {
        inputs: after.inputs,
        instance: after.instance,
        outcome: after.outcome,
    };
    Ok(Compared {
        settings: after.settings,
        won: count(|change| change.before.is_none()),
        lost: count(|change| change.after.is_none()),
        points: is.score_total - was.score_total,
        changes: why::changes(conn, &frozen, &changes)?,
        before: was,
        after: is,
    })
}
