//! From an instance to its outcome: scan, assign, price, prove.

use std::time::Instant;

use rayon::prelude::*;

use super::certificate;
use super::error::EngineError;
use super::facts::Standing;
use super::instance::{Instance, get};
use super::outcome::{
    Certificate, CheckMethod, Outcome, Pair, Phase, Statistics, Unmatched, UnmatchedReason,
};
use super::pair::{assess, parts};
use super::settings::{FULL_SCORE, Objective};
use super::sparse::{Edge, NONE, Sparse};

/// How to run; nothing here changes the outcome.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Threads of the scan; none for as many as the machine has.
    pub threads: Option<usize>,
    /// Set to true by another thread to stop the run; it ends with [`EngineError::Cancelled`].
    pub cancel: Option<std::sync::Arc<std::sync::atomic::AtomicBool>>,
    /// Check every pair by the plain definition, however many there are.
    pub audit: bool,
}

impl Options {
    pub(super) fn go_on(&self) -> Result<(), EngineError> {
        let stop = self
            .cancel
            .as_ref()
            .is_some_and(|flag| flag.load(std::sync::atomic::Ordering::Relaxed));
        if stop {
            Err(EngineError::Cancelled)
        } else {
            Ok(())
        }
    }
}

/// Finds the best set and proves it.
///
/// # Errors
/// [`EngineError::Cancelled`]; [`EngineError::CertificateRefuted`] if the checker finds a fault in the
/// answer (a defect of the program).
pub fn solve(instance: &Instance, options: &Options) -> Result<Outcome, EngineError> {
    options.go_on()?;
    let mut clock = Clock::default();
    let task = Task::new(instance);
    let lists: Vec<Vec<Edge>> = task
        .rows
        .par_iter()
        .map(|mentee| task.all_candidates(instance, *mentee))
        .collect();
    clock.lap("scan");
    options.go_on()?;
    let mut sparse = Sparse::new(lists, task.base.clone(), task.cap.clone());
    sparse.solve();
    clock.lap("assign");
    options.go_on()?;
    let mut outcome = task.outcome(instance, &sparse);
    prove(instance, &mut outcome)?;
    clock.lap("check");
    outcome.statistics.phases = clock.phases;
    Ok(outcome)
}

/// Runs the checker and writes its finding into the outcome.
fn prove(instance: &Instance, outcome: &mut Outcome) -> Result<(), EngineError> {
    let refuted = EngineError::CertificateRefuted;
    certificate::check_feasible(instance, outcome).map_err(refuted)?;
    let rows: Vec<u32> = (0_u32..)
        .zip(instance.mentees())
        .map(|(mentee, _)| mentee)
        .collect();
    let (primal, dual) =
        certificate::check_prices(instance, outcome).map_err(EngineError::CertificateRefuted)?;
    let violations = certificate::violations(instance, outcome, &rows);
    let pairs = u64::from(outcome.statistics.mentees) * u64::from(outcome.statistics.mentors);
    outcome.certificate = Certificate {
        primal,
        dual,
        violations,
        pairs,
        method: CheckMethod::Definition,
    };
    if violations == 0 {
        Ok(())
    } else {
        Err(EngineError::CertificateRefuted(format!(
            "{violations} pairs have a profit"
        )))
    }
}

/// The part of an instance that is open: rows are mentees who take part, columns mentors with places.
pub(super) struct Task {
    pub rows: Vec<u32>,
    pub cols: Vec<u32>,
    pub base: Vec<i64>,
    pub cap: Vec<u32>,
    pub bonus: i64,
}

impl Task {
    pub(super) fn new(instance: &Instance) -> Self {
        let pinned: std::collections::HashSet<u32> =
            instance.pins().iter().map(|(mentee, _)| *mentee).collect();
        let mut places: Vec<u32> = (0_u32..)
            .zip(instance.mentors())
            .map(|(mentor, _)| instance.places(mentor))
            .collect();
        for (_, mentor) in instance.pins() {
            if let Some(places) = usize::try_from(*mentor)
                .ok()
                .and_then(|mentor| places.get_mut(mentor))
            {
                *places = places.saturating_sub(1);
            }
        }
        let rows: Vec<u32> = (0_u32..)
            .zip(instance.mentees())
            .filter(|(position, mentee)| {
                mentee.person.standing == Standing::Ready
                    && !instance.is_locked(*position)
                    && !pinned.contains(position)
            })
            .map(|(position, _)| position)
            .collect();
        let cols: Vec<(u32, u32)> = (0_u32..)
            .zip(instance.mentors())
            .zip(&places)
            .filter(|((_, mentor), places)| {
                mentor.person.standing == Standing::Ready && **places > 0
            })
            .map(|((position, _), places)| (position, *places))
            .collect();
        // One more matched pair must outweigh what all other pairs together could lose.
        let credit = rows
            .iter()
            .map(|mentee| instance.waiting_credit(*mentee))
            .max()
            .unwrap_or(0);
        let most_pairs = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        let coverage = instance.settings().objective == Objective::Coverage;
        let bonus = if coverage {
            (most_pairs + 1) * (i64::from(FULL_SCORE) + credit + 1)
        } else {
            0
        };
        let base = rows
            .iter()
            .map(|mentee| certificate::base(instance, bonus, *mentee))
            .collect();
        let (cols, cap) = cols.into_iter().unzip();
        Self {
            rows,
            cols,
            base,
            cap,
            bonus,
        }
    }

    fn all_candidates(&self, instance: &Instance, mentee: u32) -> Vec<Edge> {
        let mut list: Vec<Edge> = (0_u32..)
            .zip(&self.cols)
            .filter_map(|(col, mentor)| {
                assess(instance, mentee, *mentor).ok().map(|parts| Edge {
                    col,
                    fit: parts.total(),
                })
            })
            .collect();
        list.sort_unstable_by_key(|edge| (std::cmp::Reverse(edge.fit), edge.col));
        list
    }

    fn outcome(&self, instance: &Instance, sparse: &Sparse) -> Outcome {
        let mut outcome = Outcome {
            pairs: Vec::with_capacity(self.rows.len()),
            unmatched: Vec::new(),
            price_mentee: vec![0; instance.mentees().len()],
            price_mentor: vec![0; instance.mentors().len()],
            coverage_bonus: self.bonus,
            certificate: Certificate {
                primal: 0,
                dual: 0,
                violations: 0,
                pairs: 0,
                method: CheckMethod::Definition,
            },
            statistics: self.statistics(sparse),
        };
        for (row, mentee) in (0_u32..).zip(&self.rows) {
            set(&mut outcome.price_mentee, *mentee, sparse.row_price(row));
            match get(&self.cols, sparse.mate(row)).filter(|_| sparse.mate(row) != NONE) {
                Some(mentor) => outcome.pairs.push(pair(instance, *mentee, *mentor, false)),
                None => {
                    let none = sparse.list(row).is_empty();
                    let reason = if none {
                        UnmatchedReason::NoAdmissibleMentor
                    } else {
                        UnmatchedReason::PlacesBetterUsed
                    };
                    outcome.unmatched.push(Unmatched {
                        mentee: *mentee,
                        reason,
                    });
                }
            }
        }
        for (mentor, price) in self.cols.iter().zip(sparse.prices()) {
            set(&mut outcome.price_mentor, *mentor, *price);
        }
        outcome.pairs.extend(
            instance
                .pins()
                .iter()
                .map(|(mentee, mentor)| pair(instance, *mentee, *mentor, true)),
        );
        outcome.pairs.sort_unstable_by_key(|pair| pair.mentee);
        outcome.statistics.score_total =
            outcome.pairs.iter().map(|pair| i64::from(pair.score)).sum();
        outcome.statistics.waiting_total =
            outcome.pairs.iter().map(|pair| pair.waiting_credit).sum();
        outcome
    }

    fn statistics(&self, sparse: &Sparse) -> Statistics {
        Statistics {
            mentees: u32::try_from(self.rows.len()).unwrap_or(u32::MAX),
            mentors: u32::try_from(self.cols.len()).unwrap_or(u32::MAX),
            places: self.cap.iter().map(|cap| u64::from(*cap)).sum(),
            searches: sparse.searches,
            ..Statistics::default()
        }
    }
}

fn pair(instance: &Instance, mentee: u32, mentor: u32, pinned: bool) -> Pair {
    let parts = parts(instance, mentee, mentor);
    Pair {
        mentee,
        mentor,
        score: parts.total(),
        parts,
        waiting_credit: instance.waiting_credit(mentee),
        pinned,
    }
}

fn set(values: &mut [i64], position: u32, value: i64) {
    if let Some(slot) = usize::try_from(position)
        .ok()
        .and_then(|position| values.get_mut(position))
    {
        *slot = value;
    }
}

/// Laps of the phases. The time is for people who tune; it never enters the outcome's meaning.
struct Clock {
    start: Instant,
    phases: Vec<Phase>,
}

impl Default for Clock {
    fn default() -> Self {
        Self {
            start: Instant::now(),
            phases: Vec::new(),
        }
    }
}

impl Clock {
    fn lap(&mut self, name: &str) {
        let micros = u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.phases.push(Phase {
            name: name.to_owned(),
            micros,
        });
        self.start = Instant::now();
    }
}
