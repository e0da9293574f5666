//! Going on from a set that was found before: its prices are checked over all pairs, not searched for again.
//!
//! Two things differ between a finished run and a matching that is kept. The bonus for coverage of a kept matching
//! leaves room for people who come, so prices that contain the run's bonus get the larger one. And mentors without
//! a place are columns too, because they may get one: their price is so high that nobody wants them, which costs
//! nothing where there is no place to pay for.

use std::collections::HashMap;

use super::Live;
use crate::matching::engine::certificate;
use crate::matching::engine::error::EngineError;
use crate::matching::engine::facts::Standing;
use crate::matching::engine::instance::{Instance, get};
use crate::matching::engine::kernel::Kernel;
use crate::matching::engine::outcome::{Certificate, CheckMethod, Outcome, UnmatchedReason};
use crate::matching::engine::pair::assess;
use crate::matching::engine::scan::{Audience, Layout, Scanner};
use crate::matching::engine::settings::{FULL_SCORE, Objective};
use crate::matching::engine::solve::{ALWAYS_AUDITED, Options, SAMPLE_ROWS, kept};
use crate::matching::engine::sparse::{Edge, NONE, Sparse, Start};
use crate::matching::engine::task::Task;

impl Live {
    /// Keeps an instance whose best set is known, with its prices; nothing is solved.
    ///
    /// # Errors
    /// [`EngineError::CertificateRefuted`] if the outcome is not the proved best set of this instance, by any rule,
    /// price or pair; the stable objective is refused; [`EngineError::Cancelled`].
    pub fn resume(
        instance: Instance,
        outcome: &Outcome,
        options: &Options,
    ) -> Result<Self, EngineError> {
        if instance.settings().objective == Objective::Stable {
            return Err(EngineError::SettingOutOfRange("objective"));
        }
        certificate::check_feasible(&instance, outcome).map_err(EngineError::CertificateRefuted)?;
        certificate::check_prices(&instance, outcome).map_err(EngineError::CertificateRefuted)?;
        let kernel = options.kernel.unwrap_or_else(Kernel::best);
        let task = Task::for_changes(&instance);
        let layout = Layout::new(&instance, &task, Audience::Anybody);
        let scanner = Scanner {
            instance: &instance,
            task: &task,
            layout: &layout,
            kernel,
        };
        let solved = options.in_pool(|| loaded(&scanner, outcome, options))?;
        Ok(Self::of(instance, (task, layout), solved, kernel))
    }
}

fn refuted(what: &str) -> EngineError {
    EngineError::CertificateRefuted(what.to_owned())
}

/// The priced flow with the outcome's pairs and prices, and each row's threshold, once no pair anywhere has a profit.
fn loaded(
    scanner: &Scanner<'_>,
    outcome: &Outcome,
    options: &Options,
) -> Result<(Sparse, Vec<i32>), EngineError> {
    let task = scanner.task;
    let found = scanner.best_of_all(kept(task.base.len(), &task.cap));
    options.go_on()?;
    let thresholds: Vec<i32> = found.iter().map(|found| found.threshold).collect();
    let mut lists: Vec<Vec<Edge>> = found.into_iter().map(|found| found.list).collect();
    let start = start(task, outcome, &mut lists);
    let mut sparse = Sparse::resume(lists, task.base.clone(), task.cap.clone(), start)
        .ok_or_else(|| refuted("the stored prices are not those of the best set"))?;
    // Nothing unlisted scores above a row's threshold: only the rows whose price is below it are looked at.
    let open: Vec<(u32, i64)> = (0_u32..)
        .zip(&thresholds)
        .filter(|(row, threshold)| i64::from(**threshold) > sparse.surplus(*row))
        .map(|(row, _)| (row, sparse.surplus(row)))
        .collect();
    if !scanner.violating_rows(&open, sparse.prices(), 1).is_empty() {
        return Err(refuted("a pair has a profit under the stored prices"));
    }
    // All was looked at: the first change has only its own to look at, and need not wait. (Speed alone.)
    let _: (Vec<u32>, Vec<u32>) = (sparse.take_fallen(), sparse.take_dropped());
    sparse.be_ready();
    Ok((sparse, thresholds))
}

/// Places and prices of an outcome, by row and column; a pair that no list has is added to its list.
fn start(task: &Task, outcome: &Outcome, lists: &mut [Vec<Edge>]) -> Start {
    let more = task.bonus - outcome.coverage_bonus;
    // Who would let one more be matched has the bonus in their price, everybody else has not. Where there is none
    // there is no more either.
    let has_bonus = |price: &i64| *price > outcome.coverage_bonus / 2;
    let price = |prices: &[i64], position: u32| {
        let price = get(prices, position).copied().unwrap_or(0);
        price + if has_bonus(&price) { more } else { 0 }
    };
    // More than any pair can earn. (A base is never below −FULL_SCORE: the floor is a score.)
    let dear = i64::from(FULL_SCORE) + task.base.iter().max().copied().unwrap_or(0) + 1;
    let prices = task.cols.iter().zip(&task.cap).map(|(mentor, cap)| {
        if *cap == 0 {
            dear
        } else {
            price(&outcome.price_mentor, *mentor)
        }
    });
    let column: HashMap<u32, u32> = task.cols.iter().copied().zip(0_u32..).collect();
    let mut mates = Vec::with_capacity(task.rows.len());
    let mut surplus = Vec::with_capacity(task.rows.len());
    for ((mentee, base), list) in task.rows.iter().zip(&task.base).zip(lists) {
        // No row is pinned: the checker compared what is pinned with the instance.
        let pair = outcome.pair_of(*mentee);
        let mate = pair.and_then(|pair| Some((*column.get(&pair.mentor)?, pair.score)));
        if let Some((col, fit)) = mate
            && !list.iter().any(|edge| edge.col == col)
        {
            // Nobody outside a list scores above its last.
            list.push(Edge { col, fit });
        }
        mates.push(mate.map_or(NONE, |(col, _)| col));
        surplus.push(price(&outcome.price_mentee, *mentee) - base);
    }
    Start {
        mates,
        surplus,
        prices: prices.collect(),
    }
}

/// Puts an outcome that was found by changes to the checker, for the instance that it is meant for: rules, places
/// and prices of every pair from the definition; of all pairs that no profit is left where there are few, of some
/// rows where there are many (there [`Live`] has priced all that could have begun to violate). Reasons and counts
/// are written as a fresh run would.
///
/// # Errors
/// [`EngineError::CertificateRefuted`].
pub fn confirm(instance: &Instance, mut outcome: Outcome) -> Result<Outcome, EngineError> {
    certificate::check_feasible(instance, &outcome).map_err(EngineError::CertificateRefuted)?;
    let (primal, dual) =
        certificate::check_prices(instance, &outcome).map_err(EngineError::CertificateRefuted)?;
    // The task of a fresh run: who takes part, and who has places.
    let task = Task::new(instance);
    let pairs = u64::try_from(task.rows.len()).unwrap_or(u64::MAX)
        * u64::try_from(task.cols.len()).unwrap_or(u64::MAX);
    let audit = pairs <= ALWAYS_AUDITED;
    let step = if audit {
        1
    } else {
        (task.rows.len() / SAMPLE_ROWS).max(1)
    };
    let rows: Vec<u32> = task.rows.iter().copied().step_by(step).collect();
    let violations = certificate::violations(instance, &outcome, &rows);
    if violations > 0 {
        return Err(refuted("a pair has a profit after the changes"));
    }
    for unmatched in &mut outcome.unmatched {
        let possible = task
            .cols
            .iter()
            .any(|mentor| assess(instance, unmatched.mentee, *mentor).is_ok());
        unmatched.reason = if possible {
            UnmatchedReason::PlacesBetterUsed
        } else {
            UnmatchedReason::NoAdmissibleMentor
        };
    }
    outcome.statistics.mentees = u32::try_from(task.rows.len()).unwrap_or(u32::MAX);
    outcome.statistics.mentors = u32::try_from(task.cols.len()).unwrap_or(u32::MAX);
    outcome.statistics.places = task.cap.iter().map(|cap| u64::from(*cap)).sum();
    outcome.certificate = Certificate {
        primal,
        dual,
        violations,
        pairs,
        method: if audit {
            CheckMethod::Definition
        } else {
            CheckMethod::Scan
        },
    };
    Ok(outcome)
}

/// Whether a mentor's places can be filled by a run: ready, with a place that no pin has.
#[must_use]
pub fn is_open(instance: &Instance, mentor: u32) -> bool {
    let pins = instance
        .pins()
        .iter()
        .filter(|(_, pinned)| *pinned == mentor);
    let ready = get(instance.mentors(), mentor)
        .is_some_and(|mentor| mentor.person.standing == Standing::Ready);
    ready && u32::try_from(pins.count()).is_ok_and(|pins| instance.places(mentor) > pins)
}
