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

use rayon::prelude::*;

use super::columns::{BLOCK, Columns, Plan, Professions, Row};
use super::instance::Instance;
use super::kernel::{Bars, Job, Kernel, Taker, run};
use super::settings::{FULL_SCORE, Objective};
use super::sparse::Edge;
use super::task::Task;

/// So few rows are priced one after the other.
const FEW: usize = 32;
/// Rows that share a profession column and a thread.
const CHUNK: usize = 64;

/// Most bytes of profession columns that are kept from the first scan to the last.
const MOST_KEPT: usize = 24 << 20;

/// Rows of equal targets, and their profession column once it was made (if there is room to keep it).
#[derive(Clone)]
struct Chunk {
    rows: Vec<u32>,
    professions: std::sync::OnceLock<std::sync::Arc<Professions>>,
    keep: bool,
}

/// What a scan found for one row.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Candidates, best first.
    pub list: Vec<Edge>,
    /// No mentor outside the list scores above this; `i32::MIN` if the list is complete.
    pub threshold: i32,
}

/// What is laid out once and scanned again and again.
#[derive(Clone)]
pub struct Layout {
    /// The mentors as columns.
    pub columns: std::sync::Arc<Columns>,
    /// Rows in the order of their targets, in chunks of equal targets.
    chunks: Vec<Chunk>,
    /// Column of a mentor's position.
    col_of: Vec<u32>,
}

/// For whom availability is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// The mentees of the task only: half-hours that none of them has are left out.
    Task,
    /// Any mentee who may still come.
    Anybody,
}

impl Layout {
    /// Lays out the columns of a task.
    pub fn new(instance: &Instance, task: &Task, audience: Audience) -> Self {
        let wanted = (audience == Audience::Task).then_some(task.rows.as_slice());
        let (chunks, columns) = rayon::join(
            || Chunk::all(instance, task),
            || Columns::new(instance, wanted, &task.cols),
        );
        let mut col_of = vec![u32::MAX; instance.mentors.len()];
        task.cols
            .iter()
            .enumerate()
            .for_each(|(col, mentor)| col_of[*mentor as usize] = col as u32);
        Self {
            columns: std::sync::Arc::new(columns),
            chunks,
            col_of,
        }
    }

    /// Takes in a row that was added to the task.
    pub fn add_row(&mut self, row: u32) {
        self.chunks.push(Chunk::new(vec![row]));
    }

    /// A row's targets changed: it goes into a chunk of its own.
    pub fn move_row(&mut self, row: u32) {
        self.chunks
            .iter_mut()
            .for_each(|chunk| chunk.rows.retain(|other| *other != row));
        self.chunks.retain(|chunk| !chunk.rows.is_empty());
        self.add_row(row);
    }

    /// Column of a mentor.
    pub fn column(&self, mentor: u32) -> Option<u32> {
        self.col_of
            .get(mentor as usize)
            .copied()
            .filter(|col| *col != u32::MAX)
    }
}

impl Chunk {
    /// All rows in the order of their targets.
    fn all(instance: &Instance, task: &Task) -> Vec<Self> {
        let mut rows: Vec<u32> = (0..task.rows.len() as u32).collect();
        let targets = |row: &u32| &instance.mentees[task.rows[*row as usize] as usize].targets;
        rows.sort_by(|a, b| targets(a).cmp(targets(b)).then(a.cmp(b)));
        let same = rows
            .chunk_by(|a, b| targets(a) == targets(b))
            .flat_map(|same| same.chunks(CHUNK));
        let mut chunks: Vec<Self> = same.map(|rows| Self::new(rows.to_vec())).collect();
        let most = MOST_KEPT / (2 * task.cols.len() + 1);
        chunks
            .iter_mut()
            .skip(most)
            .for_each(|chunk| chunk.keep = false);
        chunks
    }

    fn new(rows: Vec<u32>) -> Self {
        Self {
            rows,
            professions: std::sync::OnceLock::new(),
            keep: true,
        }
    }
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

/// The best of what was found. An entry is one number, so that ranking is comparing numbers: the gain
/// (17 bits), the number that breaks ties (23), the column (24).
#[derive(Default)]
struct Best {
    keep: usize,
    need: i32,
    least_key: u64,
    entries: Vec<u64>,
}

const GAIN_OFFSET: i32 = 65_536;

impl Best {
    fn begin(&mut self, keep: usize, need: i32) {
        self.keep = keep;
        self.need = need;
        self.least_key = 0;
        self.entries.clear();
    }

    #[inline(always)]
    fn offer(&mut self, gain: i32, tie: u32, col: u32) {
        let key = ((gain + GAIN_OFFSET) as u64) << 47 | u64::from(tie >> 9) << 24 | u64::from(col);
        if key < self.least_key {
            return;
        }
        self.entries.push(key);
        if self.entries.len() >= self.keep + 40 {
            self.cut();
            self.least_key = self.entries[self.keep - 1];
            self.need = (self.least_key >> 47) as i32 - GAIN_OFFSET;
        }
    }

    /// Keeps the best, in no order but with the last of them at its place.
    fn cut(&mut self) {
        if self.entries.len() > self.keep {
            self.entries
                .select_nth_unstable_by(self.keep - 1, |a, b| b.cmp(a));
            self.entries.truncate(self.keep);
        }
    }

    /// The candidates, best fit first; the fit is the gain and the bar together.
    fn finish(&mut self, bars: Option<&Bars>) -> Vec<Edge> {
        self.cut();
        self.entries.sort_unstable_by(|a, b| b.cmp(a));
        let edge = |key: &u64| {
            let col = (*key & 0xff_ffff) as u32;
            let gain = (*key >> 47) as i32 - GAIN_OFFSET;
            Edge {
                col,
                fit: gain + bars.map_or(0, |bars| i32::from(bars.bars[col as usize])),
            }
        };
        let mut list: Vec<Edge> = self.entries.iter().map(edge).collect();
        if bars.is_some() {
            list.sort_by_key(|edge| std::cmp::Reverse(edge.fit));
        }
        list
    }
}

struct Chooser<'a> {
    job: &'a Job<'a>,
    floor: i16,
    best: &'a mut Best,
}

impl Taker for Chooser<'_> {
    #[inline(always)]
    fn need(&self) -> i32 {
        self.best.need
    }

    #[inline(always)]
    fn take(&mut self, block: usize, mut mask: u64, scores: &[i16; BLOCK]) {
        while mask != 0 {
            let lane = mask.trailing_zeros() as usize;
            mask &= mask - 1;
            let col = block * BLOCK + lane;
            let fit = scores[lane];
            let gain = i32::from(fit) - self.job.bars.map_or(0, |bars| i32::from(bars.bars[col]));
            if gain >= self.best.need && fit >= self.floor {
                self.best
                    .offer(gain, self.job.columns.tie(self.job.row, col), col as u32);
            }
        }
    }
}

/// Counts admissible pairs and adds up all lanes (a check sum: every score was computed and read).
#[derive(Default)]
struct Counter {
    count: u64,
    sum: u64,
}

impl Taker for Counter {
    #[inline(always)]
    fn need(&self) -> i32 {
        -32_768
    }

    #[inline(always)]
    fn take(&mut self, _block: usize, mask: u64, scores: &[i16; BLOCK]) {
        self.count += u64::from(mask.count_ones());
        self.sum += scores
            .iter()
            .map(|score| u32::from(*score as u16))
            .sum::<u32>() as u64;
    }
}

struct Writer<'a> {
    scores: &'a mut [i16],
}

impl Taker for Writer<'_> {
    #[inline(always)]
    fn need(&self) -> i32 {
        -32_768
    }

    #[inline(always)]
    fn take(&mut self, block: usize, mask: u64, found: &[i16; BLOCK]) {
        let from = block * BLOCK;
        let to = (from + BLOCK).min(self.scores.len());
        self.scores[from..to].copy_from_slice(&found[..to - from]);
        let mut not = !mask;
        if to - from < BLOCK {
            not &= (1 << (to - from)) - 1;
        }
        while not != 0 {
            self.scores[from + not.trailing_zeros() as usize] = -1;
            not &= not - 1;
        }
    }
}

/// Seconds by the given clock (best of `times`) for laying out the columns, scoring all pairs and keeping
/// the best 50: for benchmarks, which name the clock (of the wall or of the processor).
#[must_use]
pub fn measure(
    instance: &Instance,
    kernel: Kernel,
    times: usize,
    clock: impl Fn() -> f64,
) -> Vec<(&'static str, f64)> {
    let task = Task::new(instance);
    let mut best = [f64::MAX; 3];
    for _ in 0..times {
        let start = clock();
        let layout = Layout::new(instance, &task, Audience::Task);
        let scanner = Scanner {
            instance,
            task: &task,
            layout: &layout,
            kernel,
        };
        let columns = clock();
        std::hint::black_box(scanner.score_all());
        let score = clock();
        std::hint::black_box(scanner.best_of_all(50));
        let laps = [columns - start, score - columns, clock() - score];
        best.iter_mut()
            .zip(laps)
            .for_each(|(best, lap)| *best = best.min(lap));
    }
    ["columns", "score all", "best 50"]
        .into_iter()
        .zip(best)
        .collect()
}

/// The processor's floor: pairs per second of one thread that scores the first block of mentors for the
/// first mentee again and again, everything in the nearest cache.
#[must_use]
pub fn probe(instance: &Instance, kernel: Kernel, times: u32) -> f64 {
    let task = Task::new(instance);
    let layout = Layout::new(instance, &task, Audience::Task);
    let scanner = Scanner {
        instance,
        task: &task,
        layout: &layout,
        kernel,
    };
    let Some(mentee) = task.rows.first().filter(|_| !task.cols.is_empty()) else {
        return 0.0;
    };
    let mut professions = layout
        .columns
        .professions(instance, &instance.mentees[*mentee as usize].targets);
    let mut scratch = Scratch::default();
    scanner.prepare(&mut scratch, 0);
    professions.order = vec![0; times as usize];
    let job = Job {
        columns: &layout.columns,
        row: &scratch.row,
        professions: &professions,
        bars: None,
    };
    let mut counter = Counter::default();
    let start = std::time::Instant::now();
    run(kernel, &job, &mut scratch.plan, &mut counter);
    std::hint::black_box(counter.sum);
    f64::from(times) * BLOCK as f64 / start.elapsed().as_secs_f64()
}
