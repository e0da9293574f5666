//! The next best for each side of a pair, with what each would cost.

use serde::Serialize;
use utoipa::ToSchema;

use super::{People, Somebody};
use crate::db::Conn;
use crate::kernel::Problem;
use crate::kernel::ids::ParticipationId;
use crate::matching::engine::explain::{
    Alternative, alternatives_for_mentee, alternatives_for_mentor, explain,
};
use crate::matching::facts::Facts;
use crate::matching::frozen::Frozen;
use crate::matching::model::PartPoints;
use crate::matching::sentences::{Reason, reasons};

/// The next best for each side of a pair.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Alternatives {
    /// Other mentors for the mentee.
    pub for_mentee: Vec<Other>,
    /// Other mentees for the mentor.
    pub for_mentor: Vec<Other>,
}

/// Another choice.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Other {
    pub who: Somebody,
    pub score: i32,
    pub parts: PartPoints,
    pub reasons: Vec<Reason>,
    /// Choosing it leaves at least one mentee more without a mentor.
    pub fewer_matched: bool,
    /// Points that all together lose at least by it.
    pub costs_at_least: i64,
    /// The mentor has a place left.
    pub place_left: bool,
}

/// The `count` next best for each side of a pair of a run.
///
/// # Errors
/// 404 for people who were not in the run.
pub fn alternatives(
    conn: &mut Conn,
    run: &Frozen,
    mentee: ParticipationId,
    mentor: ParticipationId,
    count: usize,
) -> Result<Alternatives, Problem> {
    let i = run.inputs.mentee_at(mentee).ok_or(Problem::NotFound)?;
    let j = run.inputs.mentor_at(mentor).ok_or(Problem::NotFound)?;
    // One more is asked for, because the pair itself may be among them when it is a replacement.
    let other_than = |found: Vec<Alternative>| -> Vec<Alternative> {
        let others = found.into_iter().filter(|a| (a.mentee, a.mentor) != (i, j));
        others.take(count).collect()
    };
    let mentors = other_than(alternatives_for_mentee(
        &run.instance,
        &run.outcome,
        i,
        count + 1,
    ));
    let mentees = other_than(alternatives_for_mentor(
        &run.instance,
        &run.outcome,
        j,
        count + 1,
    ));
    let people = People::read(
        conn,
        run,
        mentees.iter().map(|other| other.mentee),
        mentors.iter().map(|other| other.mentor),
    )?;
    let each = |found: &[Alternative], who: &dyn Fn(&Alternative) -> Option<Somebody>| {
        let others = found.iter().filter_map(|a| other(run, a, who(a)?));
        others.collect::<Vec<Other>>()
    };
    Ok(Alternatives {
        for_mentee: each(&mentors, &|a| people.mentor(a.mentor)),
        for_mentor: each(&mentees, &|a| people.mentee(a.mentee)),
    })
}

fn other(run: &Frozen, found: &Alternative, who: Somebody) -> Option<Other> {
    let explained = explain(&run.instance, found.mentee, found.mentor)?;
    let facts = Facts::of(&run.inputs, &explained, false);
    let parts: PartPoints = explained.parts.into();
    let bonus = run.outcome.coverage_bonus;
    let fewer_matched = bonus > 0 && found.costs_at_least > bonus / 2;
    Some(Other {
        who,
        score: found.score,
        reasons: reasons(&parts, &facts),
        parts,
        fewer_matched,
        costs_at_least: if fewer_matched {
            found.costs_at_least - bonus
        } else {
            found.costs_at_least
        },
        place_left: found.place_left,
    })
}
