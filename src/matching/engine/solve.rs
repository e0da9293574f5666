//! From an instance to its outcome: scan, assign, price, prove.

use std::time::Instant;

use rayon::prelude::*;

use super::certificate;
use super::error::EngineError;
use super::instance::{Instance, get};
use super::kernel::Kernel;
use super::outcome::{
    Certificate, CheckMethod, Outcome, Pair, Phase, Statistics, Unmatched, UnmatchedReason,
};
use super::pair::parts;
use super::scan::{Audience, Candidates, Layout, Scanner};
use super::settings::Objective;
use super::sparse::{NONE, Sparse};
use super::stable;
use super::task::Task;

/// How to run; nothing here changes the outcome.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Threads of the scan; none for as many as the machine has.
    pub threads: Option<usize>,
    /// Set to true by another thread to stop the run; it ends with [`EngineError::Cancelled`].
    pub cancel: Option<std::sync::Arc<std::sync::atomic::AtomicBool>>,
    /// Check every pair by the plain definition, however many there are.
    pub audit: bool,
    /// Kernel of the scan; none for the fastest that the processor has.
    pub kernel: Option<Kernel>,
    /// Who is told of each stage as it begins.
    pub watch: Option<Watch>,
}

/// What a run is doing; the engine itself does the middle four.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The people are read.
    Load,
    /// All pairs are looked at, the best of everybody kept.
    Scan,
    /// Places are given.
    Assign,
    /// All pairs are priced.
    Price,
    /// The proof is checked.
    Check,
    /// The result is saved.
    Store,
}

/// Somebody who is told of each stage as it begins. It must be quick.
#[derive(Clone)]
pub struct Watch(pub std::sync::Arc<dyn Fn(Stage) + Send + Sync>);

impl std::fmt::Debug for Watch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Watch")
    }
}

impl Options {
    /// Runs in as many threads as asked.
    pub(super) fn in_pool<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        let pool = self.threads.map(|threads| {
            rayon::ThreadPoolBuilder::new()
                .num_threads(threads.max(1))
                .build()
        });
        match pool {
            Some(Ok(pool)) => pool.install(work),
            // No new threads asked for, or none to be had: the shared ones give the same outcome.
            _ => work(),
        }
    }

    /// Tells who watches that a stage begins.
    pub fn tell(&self, stage: Stage) {
        if let Some(watch) = &self.watch {
            watch.0(stage);
        }
    }

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

/// Candidates kept per mentee in the first scan. More makes the scan and the lists heavier, fewer more
/// rounds of pricing. Few in tests, so that small instances cannot do without pricing.
pub(super) const KEEP: usize = if cfg!(test) { 4 } else { 50 };
/// The same where there are half as many places again as mentees.
const KEEP_OF_PLENTY: usize = if cfg!(test) { 3 } else { 12 };
/// Violating candidates taken per mentee and round of pricing.
pub(super) const KEEP_VIOLATING: usize = if cfg!(test) { 2 } else { 24 };
/// Up to so many pairs the checker always looks at each by the plain definition.
pub(super) const ALWAYS_AUDITED: u64 = 500_000;
/// Rows that the checker looks at by the plain definition when the scan looks at all.
pub(super) const SAMPLE_ROWS: usize = 2;

/// Finds the best set and proves it.
///
/// # Errors
/// [`EngineError::Cancelled`]; [`EngineError::CertificateRefuted`] if the checker finds a fault in the
/// answer (a defect of the program).
pub fn solve(instance: &Instance, options: &Options) -> Result<Outcome, EngineError> {
    options.go_on()?;
    options.in_pool(|| solve_here(instance, options))
}

fn solve_here(instance: &Instance, options: &Options) -> Result<Outcome, EngineError> {
    let mut clock = Clock::default();
    let kernel = options.kernel.unwrap_or_else(Kernel::best);
    let task = Task::new(instance);
    let layout = Layout::new(instance, &task, Audience::Task);
    let scanner = Scanner {
        instance,
        task: &task,
        layout: &layout,
        kernel,
    };
    clock.lap("columns");
    let mut outcome = if instance.settings().objective == Objective::Stable {
        let mates = stable::accept(&scanner, &task.base, &task.cap, options)?;
        clock.lap("assign");
        outcome(instance, &task, &Found::stable(&task, &mates))
    } else {
        let solved = assign_candidates(&scanner, &task.base, &task.cap, options, &mut clock)?;
        let mut outcome = outcome(instance, &task, &Found::priced(&task, &solved.sparse));
        outcome.statistics.pricing_rounds = solved.rounds;
        outcome
    };
    outcome.statistics.kernel = kernel.name().to_owned();
    outcome.statistics.threads = u32::try_from(rayon::current_num_threads()).unwrap_or(u32::MAX);
    clock.lap("outcome");
    options.go_on()?;
    options.tell(Stage::Check);
    prove(instance, &task, &scanner, options, &mut outcome)?;
    clock.lap("check");
    outcome.statistics.phases = clock.phases;
    Ok(outcome)
}

/// A priced problem: the flow, the score that no unlisted candidate of a row exceeds, and the rounds of
/// pricing it took.
pub(super) struct Solved {
    pub sparse: Sparse,
    pub thresholds: Vec<i32>,
    pub rounds: u32,
}

/// How many candidates of a row are kept at first.
pub(super) fn kept(rows: usize, cap: &[u32]) -> usize {
    let places: u64 = cap.iter().map(|cap| u64::from(*cap)).sum();
    let rows = u64::try_from(rows).unwrap_or(u64::MAX);
    // Where places are plenty nearly everybody gets one of the first.
    if places > rows.saturating_mul(3) / 2 {
        KEEP_OF_PLENTY
    } else {
        KEEP
    }
}

/// Scans, assigns over the candidates, and prices all pairs until nothing violates.
pub(super) fn assign_candidates(
    candidates: &impl Candidates,
    base: &[i64],
    cap: &[u32],
    options: &Options,
    clock: &mut Clock,
) -> Result<Solved, EngineError> {
    options.tell(Stage::Scan);
    let found = candidates.best(kept(base.len(), cap));
    clock.lap("scan");
    options.go_on()?;
    let thresholds: Vec<i32> = found.iter().map(|found| found.threshold).collect();
    let lists = found.into_iter().map(|found| found.list).collect();
    options.tell(Stage::Assign);
    let mut sparse = Sparse::new(lists, base.to_vec(), cap.to_vec());
    sparse.solve();
    clock.lap("assign");
    options.tell(Stage::Price);
    let rounds = price(candidates, &mut sparse, &thresholds, options, clock)?;
    Ok(Solved {
        sparse,
        thresholds,
        rounds,
    })
}

/// Prices all pairs and takes in what violates, until nothing does. Returns the number of rounds.
pub(super) fn price(
    candidates: &impl Candidates,
    sparse: &mut Sparse,
    thresholds: &[i32],
    options: &Options,
    clock: &mut Clock,
) -> Result<u32, EngineError> {
    let mut rounds = 0;
    loop {
        options.go_on()?;
        // An unlisted mentor scores at most the threshold and has a price of at least zero: where the
        // threshold does not exceed the row's surplus, nothing unlisted can violate. And where neither a
        // row's price nor a column's fell since they were last looked at, nothing has begun to.
        let fallen = sparse.take_fallen();
        let dropped = sparse.take_dropped();
        let open = |row: u32| {
            let surplus = sparse.surplus(row);
            let threshold = thresholds.get(usize::try_from(row).ok()?).copied()?;
            (sparse.is_active(row) && i64::from(threshold) > surplus).then_some((row, surplus))
        };
        let rows: Vec<(u32, i64)> = fallen.iter().copied().filter_map(open).collect();
        let others: Vec<(u32, i64)> = if dropped.is_empty() {
            Vec::new()
        } else {
            (0..sparse.rows())
                .filter(|row| fallen.binary_search(row).is_err())
                .filter_map(open)
                .collect()
        };
        if rows.is_empty() && others.is_empty() {
            return Ok(rounds);
        }
        let mut violating = candidates.violating(&rows, sparse.prices(), KEEP_VIOLATING);
        if !others.is_empty() {
            let only = only_these(&dropped, sparse.prices());
            violating.extend(candidates.violating(&others, &only, KEEP_VIOLATING));
            violating.sort_unstable_by_key(|(row, _)| *row);
        }
        rounds += 1;
        clock.lap("price");
        if violating.is_empty() {
            return Ok(rounds);
        }
        sparse.add_candidates(&violating);
        clock.lap("assign");
    }
}

/// Prices under which nobody can want any column but these.
fn only_these(cols: &[u32], prices: &[i64]) -> Vec<i64> {
    let mut only = vec![i64::MAX / 4; prices.len()];
    for col in cols {
        let price = get(prices, *col).copied().unwrap_or(i64::MAX / 4);
        set(&mut only, *col, price);
    }
    only
}

/// Runs the checker and writes its finding into the outcome.
fn prove(
    instance: &Instance,
    task: &Task,
    scanner: &Scanner<'_>,
    options: &Options,
    outcome: &mut Outcome,
) -> Result<(), EngineError> {
    if instance.settings().objective == Objective::Stable {
        certificate::check_feasible(instance, outcome).map_err(EngineError::CertificateRefuted)?;
        return stable::prove(instance, task, scanner, options.audit, outcome);
    }
    let pairs = u64::from(outcome.statistics.mentees) * u64::from(outcome.statistics.mentors);
    let audit = options.audit || pairs <= ALWAYS_AUDITED;
    let method = if audit {
        CheckMethod::Definition
    } else {
        CheckMethod::Scan
    };
    let found: &Outcome = outcome;
    let values = || {
        certificate::check_feasible(instance, found)?;
        certificate::check_prices(instance, found)
    };
    let profits = || match method {
        CheckMethod::Definition => certificate::violations(instance, found, &task.rows),
        CheckMethod::Scan => {
            let step = (task.rows.len() / SAMPLE_ROWS).max(1);
            let sample: Vec<u32> = task.rows.iter().copied().step_by(step).collect();
            certificate::violations(instance, found, &sample)
                + scanned_violations(instance, task, scanner, found)
        }
    };
    let (values, violations) = rayon::join(values, profits);
    let (primal, dual) = values.map_err(EngineError::CertificateRefuted)?;
    outcome.certificate = Certificate {
        primal,
        dual,
        violations,
        pairs,
        method,
    };
    if violations == 0 {
        Ok(())
    } else {
        Err(EngineError::CertificateRefuted(format!(
            "{violations} pairs have a profit"
        )))
    }
}

/// Looks at all pairs of all rows with the prices of the outcome, whatever the solver knew.
fn scanned_violations(
    instance: &Instance,
    task: &Task,
    scanner: &Scanner<'_>,
    outcome: &Outcome,
) -> u64 {
    let surplus = |(row, mentee): (u32, &u32)| {
        let price = get(&outcome.price_mentee, *mentee).copied().unwrap_or(0);
        (
            row,
            price - certificate::base(instance, outcome.coverage_bonus, *mentee),
        )
    };
    let rows: Vec<(u32, i64)> = (0_u32..).zip(&task.rows).map(surplus).collect();
    let prices: Vec<i64> = task
        .cols
        .iter()
        .map(|mentor| get(&outcome.price_mentor, *mentor).copied().unwrap_or(0))
        .collect();
    u64::try_from(scanner.violating_rows(&rows, &prices, 1).len()).unwrap_or(u64::MAX)
}

/// An assignment before it is put into words.
pub(super) struct Found<'a> {
    /// Column of each row, or [`NONE`]; `None` for a row that takes no part.
    mates: Vec<Option<u32>>,
    row_prices: Vec<i64>,
    col_prices: &'a [i64],
    /// Whether a row has any candidate.
    has_candidates: Vec<bool>,
    searches: u64,
}

impl<'a> Found<'a> {
    pub(super) fn priced(task: &Task, sparse: &'a Sparse) -> Self {
        let rows = || (0_u32..).zip(&task.rows).map(|(row, _)| row);
        Self {
            mates: rows()
                .map(|row| sparse.is_active(row).then_some(sparse.mate(row)))
                .collect(),
            row_prices: rows().map(|row| sparse.row_price(row)).collect(),
            col_prices: sparse.prices(),
            has_candidates: rows().map(|row| !sparse.list(row).is_empty()).collect(),
            searches: sparse.searches,
        }
    }

    fn stable(task: &Task, mates: &[(u32, bool)]) -> Self {
        Self {
            mates: mates.iter().map(|(col, _)| Some(*col)).collect(),
            row_prices: vec![0; task.rows.len()],
            col_prices: &[],
            has_candidates: mates.iter().map(|(_, any)| *any).collect(),
            searches: 0,
        }
    }
}

pub(super) fn outcome(instance: &Instance, task: &Task, found: &Found<'_>) -> Outcome {
    let mut outcome = Outcome {
        pairs: Vec::with_capacity(task.rows.len()),
        unmatched: Vec::new(),
        price_mentee: vec![0; instance.mentees().len()],
        price_mentor: vec![0; instance.mentors().len()],
        coverage_bonus: task.bonus,
        certificate: Certificate {
            primal: 0,
            dual: 0,
            violations: 0,
            pairs: 0,
            method: CheckMethod::Definition,
        },
        statistics: statistics(task, found),
    };
    let mut pairs: Vec<(u32, u32, bool)> = Vec::with_capacity(task.rows.len());
    let rows = task
        .rows
        .iter()
        .zip(&found.mates)
        .zip(&found.row_prices)
        .zip(&found.has_candidates);
    for (((mentee, mate), price), has_candidates) in rows {
        let Some(mate) = mate else { continue };
        set(&mut outcome.price_mentee, *mentee, *price);
        match get(&task.cols, *mate).filter(|_| *mate != NONE) {
            Some(mentor) => pairs.push((*mentee, *mentor, false)),
            None if *has_candidates => outcome.unmatched.push(Unmatched {
                mentee: *mentee,
                reason: UnmatchedReason::PlacesBetterUsed,
            }),
            None => outcome.unmatched.push(Unmatched {
                mentee: *mentee,
                reason: UnmatchedReason::NoAdmissibleMentor,
            }),
        }
    }
    for (mentor, price) in task.cols.iter().zip(found.col_prices) {
        set(&mut outcome.price_mentor, *mentor, *price);
    }
    pairs.extend(
        instance
            .pins()
            .iter()
            .map(|(mentee, mentor)| (*mentee, *mentor, true)),
    );
    pairs.sort_unstable();
    outcome
        .unmatched
        .sort_unstable_by_key(|unmatched| unmatched.mentee);
    outcome.pairs = pairs
        .par_iter()
        .map(|(mentee, mentor, pinned)| pair(instance, *mentee, *mentor, *pinned))
        .collect();
    outcome.statistics.score_total = outcome.pairs.iter().map(|pair| i64::from(pair.score)).sum();
    outcome.statistics.waiting_total = outcome.pairs.iter().map(|pair| pair.waiting_credit).sum();
    outcome
}

fn statistics(task: &Task, found: &Found<'_>) -> Statistics {
    Statistics {
        mentees: u32::try_from(found.mates.iter().flatten().count()).unwrap_or(u32::MAX),
        mentors: u32::try_from(task.cols.len()).unwrap_or(u32::MAX),
        places: task.cap.iter().map(|cap| u64::from(*cap)).sum(),
        searches: found.searches,
        ..Statistics::default()
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
pub(super) struct Clock {
    start: Instant,
    pub phases: Vec<Phase>,
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
    pub fn lap(&mut self, name: &str) {
        let micros = u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.phases.push(Phase {
            name: name.to_owned(),
            micros,
        });
        self.start = Instant::now();
    }
}
