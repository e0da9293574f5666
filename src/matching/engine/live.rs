//! A matching that is kept: change by change the best again, from the stored prices.
//!
//! A coordinator pins, bans, opens a place; a mentee joins or leaves. Each is one search in the priced
//! graph, not a new run, and is proved again: where a price fell, all pairs that could violate are priced
//! densely. Clone it, change the clone, and compare: that is a draft run. Not for the stable objective.
#![expect(
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "rows and columns are positions that the task made; positions from outside are checked first"
)]

mod change;
mod pairs;
mod people;
mod resume;

pub use change::Change;
pub use resume::{confirm, is_open};

use std::sync::Arc;

use super::certificate;
use super::error::EngineError;
use super::instance::Instance;
use super::kernel::Kernel;
use super::outcome::{Certificate, CheckMethod, Outcome};
use super::pair::{assess, most_score};
use super::scan::{Audience, Candidates, Layout, Scanner};
use super::settings::Objective;
use super::solve::{Clock, Found, KEEP_VIOLATING, Options, assign_candidates, outcome};
use super::sparse::{Edge, Sparse};
use super::task::Task;

/// An instance with its best set and prices.
#[derive(Clone)]
pub struct Live {
    instance: Instance,
    task: Task,
    layout: Arc<Layout>,
    sparse: Sparse,
    thresholds: Vec<i32>,
    /// Row of each mentee, if there is one.
    row_of: Vec<Option<u32>>,
    kernel: Kernel,
    /// So many rows the bonus for coverage outweighs; see [`Task::for_changes`].
    most_rows: usize,
}

impl Live {
    /// Solves an instance and keeps it.
    ///
    /// # Errors
    /// As [`solve`](super::solve::solve); the stable objective is refused.
    pub fn new(instance: Instance, options: &Options) -> Result<Self, EngineError> {
        if instance.settings().objective == Objective::Stable {
            return Err(EngineError::SettingOutOfRange("objective"));
        }
        let kernel = options.kernel.unwrap_or_else(Kernel::best);
        let task = Task::for_changes(&instance);
        let layout = Layout::new(&instance, &task, Audience::Anybody);
        let scanner = Scanner {
            instance: &instance,
            task: &task,
            layout: &layout,
            kernel,
        };
        let solved = options.in_pool(|| {
            assign_candidates(
                &scanner,
                &task.base,
                &task.cap,
                options,
                &mut Clock::default(),
            )
        })?;
        let (mut sparse, thresholds) = (solved.sparse, solved.thresholds);
        sparse.be_ready();
        Ok(Self::of(
            instance,
            (task, layout),
            (sparse, thresholds),
            kernel,
        ))
    }

    /// What was solved, or was found to be solved, of an instance.
    fn of(
        instance: Instance,
        (task, layout): (Task, Layout),
        (sparse, thresholds): (Sparse, Vec<i32>),
        kernel: Kernel,
    ) -> Self {
        let mut row_of = vec![None; instance.mentees.len()];
        (0_u32..)
            .zip(&task.rows)
            .for_each(|(row, mentee)| row_of[*mentee as usize] = Some(row));
        Self {
            most_rows: 3 * task.rows.len() + 10_000,
            layout: Arc::new(layout),
            instance,
            task,
            sparse,
            thresholds,
            row_of,
            kernel,
        }
    }

    /// The instance as it is now.
    #[must_use]
    pub fn instance(&self) -> &Instance {
        &self.instance
    }

    /// The current best set in full, with its certificate by prices (and, if `audit`, over all pairs by
    /// the plain definition).
    ///
    /// # Errors
    /// [`EngineError::CertificateRefuted`] if the checker finds a fault.
    pub fn outcome(&self, audit: bool) -> Result<Outcome, EngineError> {
        let mut found = outcome(
            &self.instance,
            &self.task,
            &Found::priced(&self.task, &self.sparse),
        );
        certificate::check_feasible(&self.instance, &found)
            .map_err(EngineError::CertificateRefuted)?;
        let (primal, dual) = certificate::check_prices(&self.instance, &found)
            .map_err(EngineError::CertificateRefuted)?;
        let violations = if audit {
            certificate::violations(&self.instance, &found, &self.task.rows)
        } else {
            0
        };
        let method = if audit {
            CheckMethod::Definition
        } else {
            CheckMethod::Scan
        };
        let pairs = u64::from(found.statistics.mentees) * u64::from(found.statistics.mentors);
        found.certificate = Certificate {
            primal,
            dual,
            violations,
            pairs,
            method,
        };
        if violations == 0 {
            Ok(found)
        } else {
            Err(EngineError::CertificateRefuted(format!(
                "{violations} pairs have a profit"
            )))
        }
    }

    fn scanner(&self) -> Scanner<'_> {
        Scanner {
            instance: &self.instance,
            task: &self.task,
            layout: &self.layout,
            kernel: self.kernel,
        }
    }

    /// Takes in what violates until nothing does. What can have begun to violate since the last change is
    /// little: rows whose price fell, against everybody, and columns whose price fell, against the rows whose
    /// list does not reach down to their price.
    fn price_again(&mut self) -> Result<(), EngineError> {
        loop {
            let fallen = self.sparse.take_fallen();
            let dropped = self.sparse.take_dropped();
            let open = |row: &u32| {
                let surplus = self.sparse.surplus(*row);
                let is_open = self.sparse.is_active(*row)
                    && i64::from(self.thresholds[*row as usize]) > surplus;
                is_open.then_some((*row, surplus))
            };
            let rows: Vec<(u32, i64)> = fallen.iter().filter_map(open).collect();
            let mut violating = if rows.is_empty() {
                Vec::new()
            } else {
                self.scanner()
                    .violating(&rows, self.sparse.prices(), KEEP_VIOLATING)
            };
            if !dropped.is_empty() {
                let all = (0..self.sparse.rows()).filter_map(|row| open(&row));
                for (row, surplus) in all {
                    let edges = self.violating_among(&dropped, row, surplus);
                    if !edges.is_empty() {
                        violating.push((row, edges));
                    }
                }
                violating.sort_by_key(|(row, _)| *row);
                violating.dedup_by(|later, earlier| {
                    let is_same = later.0 == earlier.0;
                    if is_same {
                        earlier.1.append(&mut later.1);
                    }
                    is_same
                });
            }
            if violating.is_empty() {
                return Ok(());
            }
            self.sparse.add_candidates(&violating);
        }
    }

    /// The candidates of a row among a few columns that violate the prices, by the definition of a pair.
    fn violating_among(&self, cols: &[u32], row: u32, surplus: i64) -> Vec<Edge> {
        let mentee = self.task.rows[row as usize];
        let most = i64::from(self.thresholds[row as usize]);
        let prices = self.sparse.prices();
        let violates = |col: &u32| {
            let bar = surplus + prices[*col as usize];
            let mentor = self.task.cols[*col as usize];
            if most <= bar
                || i64::from(most_score(&self.instance, mentee, mentor)) <= bar
                || self.sparse.list(row).iter().any(|edge| edge.col == *col)
            {
                return None;
            }
            let fit = assess(&self.instance, mentee, mentor).ok()?.total();
            (i64::from(fit) > bar).then_some(Edge { col: *col, fit })
        };
        cols.iter().filter_map(violates).collect()
    }
}
