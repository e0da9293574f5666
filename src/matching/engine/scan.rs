//! The scan: for each mentee the exact best candidates among all mentors, in parallel, in any order of
//! threads the same.
//!
//! Mentees with the same targets are scanned together and share the profession column. Blocks come by
//! falling profession points, so the k-th best score is soon high and most blocks are never touched.
//! Equal scores are ranked by a hash of the two people: ranking by position would send everybody with
//! the same profile to the same few mentors.
#![expect(
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "rows and columns are positions that the task made"
)]

mod layout;
mod measure;
mod takers;

use rayon::prelude::*;

use super::columns::{Plan, Professions, Row};
use super::instance::Instance;
use super::kernel::{Bars, Job, Kernel, run};
use super::settings::{FULL_SCORE, Objective};
use super::sparse::Edge;
use super::task::Task;
use layout::Chunk;
pub use layout::{Audience, Layout};
pub use measure::{measure, probe};
use takers::{Best, Chooser, Counter, Writer};

/// So few rows are priced one after the other.
const FEW: usize = 32;
/// What a scan found for one row.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Candidates, best first.
    pub list: Vec<Edge>,
    /// No mentor outside the list scores above this; `i32::MIN` if the list is complete.
    pub threshold: i32,
}

/// Where candidates come from: people by the scan, or a given matrix.
pub trait Candidates: Sync {
    /// The best `keep` candidates of every row.
    fn best(&self, keep: usize) -> Vec<Found>;
    /// All candidates of some rows.
    fn all_of(&self, rows: &[u32]) -> Vec<(u32, Found)>;
    /// For rows with their surplus the worst `keep` candidates whose score less price exceeds it.
    fn violating(&self, rows: &[(u32, i64)], prices: &[i64], keep: usize) -> Vec<(u32, Vec<Edge>)>;
}

impl Candidates for Scanner<'_> {
    fn best(&self, keep: usize) -> Vec<Found> {
        self.best_of_all(keep)
    }

    fn all_of(&self, rows: &[u32]) -> Vec<(u32, Found)> {
        let asked: std::collections::HashSet<u32> = rows.iter().copied().collect();
        self.best_of(&|row| asked.contains(&row), self.task.cols.len() + 1)
    }

    fn violating(&self, rows: &[(u32, i64)], prices: &[i64], keep: usize) -> Vec<(u32, Vec<Edge>)> {
        self.violating_rows(rows, prices, keep)
    }
}

/// Scans an instance.
#[derive(Clone, Copy)]
pub struct Scanner<'a> {
    /// The people.
    pub instance: &'a Instance,
    /// Rows and columns.
    pub task: &'a Task,
    /// The columns.
    pub layout: &'a Layout,
    /// The kernel in use.
    pub kernel: Kernel,
}

impl Scanner<'_> {
    /// The best `keep` candidates of every row.
    pub fn best_of_all(&self, keep: usize) -> Vec<Found> {
        let mut found = vec![Found::default(); self.task.rows.len()];
        for (row, value) in self.best_of(&|_| true, keep) {
            found[row as usize] = value;
        }
        found
    }

    /// The best `keep` candidates of one row.
    pub fn best_of_row(&self, row: u32, keep: usize) -> Found {
        let mentee = &self.instance.mentees[self.task.rows[row as usize] as usize];
        let professions = self
            .layout
            .columns
            .professions(self.instance, &mentee.targets);
        self.found(&mut Scratch::default(), &professions, row, keep)
    }

    /// The best `keep` candidates of the rows asked for.
    pub fn best_of(&self, asked: &(impl Fn(u32) -> bool + Sync), keep: usize) -> Vec<(u32, Found)> {
        self.each(asked, &|scratch: &mut Scratch,
                           professions: &Professions,
                           row| {
            self.found(scratch, professions, row, keep)
        })
    }

    fn found(
        &self,
        scratch: &mut Scratch,
        professions: &Professions,
        row: u32,
        keep: usize,
    ) -> Found {
        scratch.best.begin(keep, self.floor());
        self.run(scratch, professions, row, None);
        let list = scratch.best.finish(None);
        let threshold = if list.len() < keep {
            i32::MIN
        } else {
            list.last().map_or(i32::MIN, |edge| edge.fit)
        };
        Found { list, threshold }
    }

    /// For some rows the candidates whose score less price exceeds the row's surplus, the `keep` worst
    /// violations of each. Rows without any are left out.
    pub fn violating_rows(
        &self,
        rows: &[(u32, i64)],
        prices: &[i64],
        keep: usize,
    ) -> Vec<(u32, Vec<Edge>)> {
        if rows.len() <= FEW {
            return self.violating_few(rows, prices, keep);
        }
        let mut surplus = vec![i64::MAX; self.task.rows.len()];
        rows.iter()
            .for_each(|(row, value)| surplus[*row as usize] = *value);
        let asked = |row: u32| surplus[row as usize] < i64::from(FULL_SCORE);
        let mut shared = Bars::default();
        shared.fill(prices, 0);
        let one = |scratch: &mut Scratch, professions: &Professions, row: u32| {
            self.violating_row(
                scratch,
                professions,
                (row, surplus[row as usize]),
                (prices, &shared),
                keep,
            )
        };
        let mut found = self.each(&asked, &one);
        found.retain(|(_, list)| !list.is_empty());
        found.sort_unstable_by_key(|(row, _)| *row);
        found
    }

    /// The same for so few rows that going over all chunks would cost more than the rows.
    fn violating_few(
        &self,
        rows: &[(u32, i64)],
        prices: &[i64],
        keep: usize,
    ) -> Vec<(u32, Vec<Edge>)> {
        let mut shared = Bars::default();
        shared.fill(prices, 0);
        let mut scratch = Scratch::default();
        let one = |(row, surplus): &(u32, i64)| {
            let mentee = &self.instance.mentees[self.task.rows[*row as usize] as usize];
            let professions = self
                .layout
                .columns
                .professions(self.instance, &mentee.targets);
            let list = self.violating_row(
                &mut scratch,
                &professions,
                (*row, *surplus),
                (prices, &shared),
                keep,
            );
            (!list.is_empty()).then_some((*row, list))
        };
        rows.iter().filter_map(one).collect()
    }

    fn violating_row(
        &self,
        scratch: &mut Scratch,
        professions: &Professions,
        (row, surplus): (u32, i64),
        (prices, shared): (&[i64], &Bars),
        keep: usize,
    ) -> Vec<Edge> {
        let need = surplus + 1;
        if need > i64::from(FULL_SCORE) {
            Vec::new()
        } else if need >= -20_000 {
            scratch.best.begin(keep, need as i32);
            self.run(scratch, professions, row, Some(shared));
            scratch.best.finish(Some(shared))
        } else {
            // Prices far apart (coverage first): compare with the row's own bars.
            let mut own = std::mem::take(&mut scratch.bars);
            own.fill(prices, need);
            scratch.best.begin(keep, 0);
            self.run(scratch, professions, row, Some(&own));
            let list = scratch.best.finish(Some(&own));
            scratch.bars = own;
            list
        }
    }

    /// For every row the candidates whose score exceeds the row's own bars (one number per column, given
    /// by `bars`), the `keep` greatest excesses of each. Rows without any are left out.
    pub fn exceeding(
        &self,
        bars: &(impl Fn(u32, &mut Vec<i64>) + Sync),
        keep: usize,
    ) -> Vec<(u32, Vec<Edge>)> {
        let one = |scratch: &mut Scratch, professions: &Professions, row: u32| {
            let mut values = Vec::with_capacity(self.task.cols.len());
            bars(row, &mut values);
            let mut own = Bars::default();
            own.fill(&values, 1);
            scratch.best.begin(keep, 0);
            self.run(scratch, professions, row, Some(&own));
            scratch.best.finish(Some(&own))
        };
        let mut found = self.each(&|_| true, &one);
        found.retain(|(_, list)| !list.is_empty());
        found
    }

    /// Scores of one row against all columns, −1 where not admissible.
    pub fn row_scores(&self, row: u32, scores: &mut [i16]) {
        let mut scratch = Scratch::default();
        let mentee = &self.instance.mentees[self.task.rows[row as usize] as usize];
        let professions = self
            .layout
            .columns
            .professions(self.instance, &mentee.targets);
        scores.fill(-1);
        self.prepare(&mut scratch, row);
        let job = Job {
            columns: &self.layout.columns,
            row: &scratch.row,
            professions: &professions,
            bars: None,
        };
        run(self.kernel, &job, &mut scratch.plan, &mut Writer { scores });
    }

    /// Scores every pair and gives back how many are admissible and the sum of their scores: the plain
    /// work of scoring, for measuring.
    pub fn score_all(&self) -> (u64, u64) {
        let one = |scratch: &mut Scratch, professions: &Professions, row: u32| {
            self.prepare(scratch, row);
            let job = Job {
                columns: &self.layout.columns,
                row: &scratch.row,
                professions,
                bars: None,
            };
            let mut counter = Counter::default();
            run(self.kernel, &job, &mut scratch.plan, &mut counter);
            (counter.count, counter.sum)
        };
        self.each(&|_| true, &one)
            .into_iter()
            .fold((0, 0), |all, (_, one)| (all.0 + one.0, all.1 + one.1))
    }

    /// Does one thing for each of the rows asked for, in parallel.
    fn each<T: Send>(
        &self,
        asked: &(impl Fn(u32) -> bool + Sync),
        one: &(impl Fn(&mut Scratch, &Professions, u32) -> T + Sync),
    ) -> Vec<(u32, T)> {
        let many = |scratch: &mut Scratch, chunk: &Chunk| -> Vec<(u32, T)> {
            let rows: Vec<u32> = chunk
                .rows
                .iter()
                .copied()
                .filter(|row| asked(*row))
                .collect();
            if rows.is_empty() {
                return Vec::new();
            }
            let professions = self.professions(chunk);
            rows.into_iter()
                .map(|row| (row, one(scratch, &professions, row)))
                .collect()
        };
        self.layout
            .chunks
            .par_iter()
            .map_init(Scratch::default, many)
            .flatten_iter()
            .collect()
    }

    fn professions(&self, chunk: &Chunk) -> std::sync::Arc<Professions> {
        let targets =
            &self.instance.mentees[self.task.rows[chunk.rows[0] as usize] as usize].targets;
        let make = || std::sync::Arc::new(self.layout.columns.professions(self.instance, targets));
        if chunk.keep {
            chunk.professions.get_or_init(make).clone()
        } else {
            make()
        }
    }

    fn floor(&self) -> i32 {
        if self.instance.settings.objective == Objective::Total {
            self.instance.settings.floor
        } else {
            0
        }
    }

    fn prepare(&self, scratch: &mut Scratch, row: u32) {
        let mentee = self.task.rows[row as usize];
        scratch.excluded.clear();
        let mut exclude = |mentor: u32| {
            let col = self.layout.col_of[mentor as usize];
            if col != u32::MAX {
                scratch.excluded.push(col as usize);
            }
        };
        self.instance
            .exclusions_of(mentee)
            .iter()
            .for_each(|(_, mentor, _)| exclude(*mentor));
        self.instance.same_person[mentee as usize]
            .into_iter()
            .for_each(&mut exclude);
        self.layout.columns.prepare(
            self.instance,
            &self.instance.mentees[mentee as usize],
            &scratch.excluded,
            &mut scratch.row,
        );
    }

    fn run(&self, scratch: &mut Scratch, professions: &Professions, row: u32, bars: Option<&Bars>) {
        self.prepare(scratch, row);
        let job = Job {
            columns: &self.layout.columns,
            row: &scratch.row,
            professions,
            bars,
        };
        run(
            self.kernel,
            &job,
            &mut scratch.plan,
            &mut Chooser {
                job: &job,
                floor: self.floor() as i16,
                best: &mut scratch.best,
            },
        );
    }
}

/// What a thread keeps between rows.
#[derive(Default)]
struct Scratch {
    row: Row,
    plan: Plan,
    best: Best,
    bars: Bars,
    excluded: Vec<usize>,
}
