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

use super::columns::{BLOCK, Columns, Professions, Row};
use super::instance::Instance;
use super::kernel::{Bars, Job, Kernel, Taker, run};
use super::settings::{FULL_SCORE, Objective};
use super::sparse::Edge;
use super::task::Task;

/// Rows that share a profession column and a thread.
const CHUNK: usize = 64;

/// Most bytes of profession columns that are kept from the first scan to the last.
const MOST_KEPT: usize = 24 << 20;

/// Rows of equal targets, and their profession column once it was made (if there is room to keep it).
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

/// Everything needed to scan an instance again and again.
pub struct Scanner<'a> {
    instance: &'a Instance,
    task: &'a Task,
    /// The columns.
    pub columns: Columns,
    /// The kernel in use.
    pub kernel: Kernel,
    /// Rows in the order of their targets, in chunks of equal targets.
    chunks: Vec<Chunk>,
    /// Column of a mentor's position.
    col_of: Vec<u32>,
}

impl<'a> Scanner<'a> {
    /// Lays out the columns.
    pub fn new(instance: &'a Instance, task: &'a Task, kernel: Kernel) -> Self {
        let mut rows: Vec<u32> = (0..task.rows.len() as u32).collect();
        let targets = |row: &u32| &instance.mentees[task.rows[*row as usize] as usize].targets;
        rows.sort_by(|a, b| targets(a).cmp(targets(b)).then(a.cmp(b)));
        let same = rows
            .chunk_by(|a, b| targets(a) == targets(b))
            .flat_map(|same| same.chunks(CHUNK));
        let mut chunks: Vec<Chunk> = same
            .map(|rows| Chunk {
                rows: rows.to_vec(),
                professions: std::sync::OnceLock::new(),
                keep: true,
            })
            .collect();
        let most = MOST_KEPT / (2 * task.cols.len() + 1);
        chunks
            .iter_mut()
            .skip(most)
            .for_each(|chunk| chunk.keep = false);
        let mut col_of = vec![u32::MAX; instance.mentors.len()];
        task.cols
            .iter()
            .enumerate()
            .for_each(|(col, mentor)| col_of[*mentor as usize] = col as u32);
        Self {
            instance,
            task,
            columns: Columns::new(instance, &task.rows, &task.cols),
            kernel,
            chunks,
            col_of,
        }
    }

    /// The best `keep` candidates of every row.
    pub fn best(&self, keep: usize) -> Vec<Found> {
        let need = self.floor();
        let one = |scratch: &mut Scratch, professions: &Professions, row: u32| {
            scratch.best.begin(keep, need, need);
            self.run(scratch, professions, row, None);
            let list = scratch.best.finish();
            let threshold = if list.len() < keep {
                i32::MIN
            } else {
                list.last().map_or(i32::MIN, |edge| edge.fit)
            };
            Found { list, threshold }
        };
        let mut found = vec![Found::default(); self.task.rows.len()];
        for (row, value) in self.each(&|_| true, &one) {
            found[row as usize] = value;
        }
        found
    }

    /// For some rows the candidates whose score less price exceeds the row's surplus, the `keep` worst
    /// violations of each. Rows without any are left out.
    pub fn violating(
        &self,
        rows: &[(u32, i64)],
        prices: &[i64],
        keep: usize,
    ) -> Vec<(u32, Vec<Edge>)> {
        let mut surplus = vec![i64::MAX; self.task.rows.len()];
        rows.iter()
            .for_each(|(row, value)| surplus[*row as usize] = *value);
        let asked = |row: u32| surplus[row as usize] < i64::from(FULL_SCORE);
        let mut shared = Bars::default();
        shared.fill(prices, 0);
        let floor = self.floor();
        let one = |scratch: &mut Scratch, professions: &Professions, row: u32| {
            let need = surplus[row as usize] + 1;
            if need >= -20_000 {
                scratch.best.begin(keep, need as i32, floor);
                self.run(scratch, professions, row, Some(&shared));
            } else {
                // Prices far apart (coverage first): compare with the row's own bars.
                let mut own = std::mem::take(&mut scratch.bars);
                own.fill(prices, need);
                scratch.best.begin(keep, 0, floor);
                self.run(scratch, professions, row, Some(&own));
                scratch.bars = own;
            }
            scratch.best.finish()
        };
        let mut found = self.each(&asked, &one);
        found.retain(|(_, list)| !list.is_empty());
        found.sort_unstable_by_key(|(row, _)| *row);
        found
    }

    /// Scores of one row against all columns, −1 where not admissible.
    pub fn row_scores(&self, row: u32, scores: &mut [i16]) {
        let mut scratch = Scratch::default();
        let mentee = &self.instance.mentees[self.task.rows[row as usize] as usize];
        let professions = self.columns.professions(self.instance, &mentee.targets);
        scores.fill(-1);
        self.prepare(&mut scratch, row);
        let job = Job {
            columns: &self.columns,
            row: &scratch.row,
            professions: &professions,
            bars: None,
        };
        run(self.kernel, &job, &mut Writer { scores });
    }

    /// Scores every pair and gives back how many are admissible and the sum of their scores: the plain
    /// work of scoring, for measuring.
    pub fn score_all(&self) -> (u64, u64) {
        let one = |scratch: &mut Scratch, professions: &Professions, row: u32| {
            self.prepare(scratch, row);
            let job = Job {
                columns: &self.columns,
                row: &scratch.row,
                professions,
                bars: None,
            };
            let mut counter = Counter::default();
            run(self.kernel, &job, &mut counter);
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
        self.chunks
            .par_iter()
            .map_init(Scratch::default, many)
            .flatten_iter()
            .collect()
    }

    fn professions(&self, chunk: &Chunk) -> std::sync::Arc<Professions> {
        let targets =
            &self.instance.mentees[self.task.rows[chunk.rows[0] as usize] as usize].targets;
        let make = || std::sync::Arc::new(self.columns.professions(self.instance, targets));
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
            let col = self.col_of[mentor as usize];
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
        self.columns.prepare(
            self.instance,
            &self.instance.mentees[mentee as usize],
            &scratch.excluded,
            &mut scratch.row,
        );
    }

    fn run(&self, scratch: &mut Scratch, professions: &Professions, row: u32, bars: Option<&Bars>) {
        self.prepare(scratch, row);
        let job = Job {
            columns: &self.columns,
            row: &scratch.row,
            professions,
            bars,
        };
        run(
            self.kernel,
            &job,
            &mut Chooser {
                job: &job,
                best: &mut scratch.best,
            },
        );
    }
}

/// What a thread keeps between rows.
#[derive(Default)]
struct Scratch {
    row: Row,
    best: Best,
    bars: Bars,
    excluded: Vec<usize>,
}

/// The best of what was found, never more than twice what is kept.
#[derive(Default)]
struct Best {
    keep: usize,
    need: i32,
    floor: i16,
    least_key: u64,
    entries: Vec<(u64, u32, i16)>,
}

impl Best {
    fn begin(&mut self, keep: usize, need: i32, floor: i32) {
        self.keep = keep;
        self.need = need;
        self.floor = floor as i16;
        self.least_key = 0;
        self.entries.clear();
    }

    fn offer(&mut self, gain: i32, tie: u32, col: u32, fit: i16) {
        let key = ((gain + 65_536) as u64) << 32 | u64::from(tie);
        if key < self.least_key || fit < self.floor {
            return;
        }
        self.entries.push((key, col, fit));
        if self.entries.len() >= 2 * self.keep + 16 {
            self.cut();
            self.least_key = self.entries[self.keep - 1].0;
            self.need = (self.least_key >> 32) as i32 - 65_536;
        }
    }

    /// Keeps the best, in no order but with the last of them at its place.
    fn cut(&mut self) {
        if self.entries.len() > self.keep {
            self.entries
                .select_nth_unstable_by(self.keep - 1, |a, b| (b.0, a.1).cmp(&(a.0, b.1)));
            self.entries.truncate(self.keep);
        }
    }

    fn finish(&mut self) -> Vec<Edge> {
        self.cut();
        self.entries
            .sort_unstable_by(|a, b| (b.2, b.0, a.1).cmp(&(a.2, a.0, b.1)));
        self.entries
            .iter()
            .map(|(_, col, fit)| Edge {
                col: *col,
                fit: i32::from(*fit),
            })
            .collect()
    }
}

struct Chooser<'a> {
    job: &'a Job<'a>,
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
            if gain >= self.best.need {
                self.best.offer(
                    gain,
                    self.job.columns.tie(self.job.row, col),
                    col as u32,
                    fit,
                );
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
        let scanner = Scanner::new(instance, &task, kernel);
        let columns = clock();
        std::hint::black_box(scanner.score_all());
        let score = clock();
        std::hint::black_box(scanner.best(50));
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
