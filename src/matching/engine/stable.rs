//! Stable pairs by deferred acceptance: mentees propose in the order of their preference, mentors keep
//! the best they have places for. The result is the best stable one for every mentee.
//!
//! A mentee prefers the better fit (ties by the order of the scan); a mentor prefers the better fit plus
//! waiting credit. A mentor changes only for a strictly better mentee.
#![expect(
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "rows and columns are positions that the task made"
)]

use super::certificate;
use super::error::EngineError;
use super::instance::Instance;
use super::outcome::{Certificate, CheckMethod, Outcome};
use super::scan::{Candidates, Scanner};
use super::settings::FULL_SCORE;
use super::solve::Options;
use super::sparse::{Edge, NONE};
use super::task::Task;

/// Preferences read at first; who is refused by all of them is asked for the rest.
const FIRST_CHOICES: usize = 48;

/// Column of each row (or [`NONE`]) and whether it had any candidate.
pub fn accept(
    candidates: &impl Candidates,
    base: &[i64],
    cap: &[u32],
    options: &Options,
) -> Result<Vec<(u32, bool)>, EngineError> {
    let found = candidates.best(FIRST_CHOICES);
    let complete: Vec<bool> = found
        .iter()
        .map(|found| found.threshold == i32::MIN)
        .collect();
    let mut state = State {
        lists: found.into_iter().map(|found| found.list).collect(),
        next: vec![0; base.len()],
        held: cap
            .iter()
            .map(|cap| Vec::with_capacity((*cap as usize).min(8)))
            .collect(),
        complete,
        base,
        cap,
    };
    let mut waiting: Vec<u32> = (0..base.len() as u32).rev().collect();
    while !waiting.is_empty() {
        options.go_on()?;
        let exhausted = state.propose(&mut waiting);
        if exhausted.is_empty() {
            break;
        }
        for (row, found) in candidates.all_of(&exhausted) {
            state.lists[row as usize] = found.list;
            state.complete[row as usize] = true;
        }
        waiting = exhausted;
    }
    Ok(state.mates())
}

struct State<'a> {
    base: &'a [i64],
    cap: &'a [u32],
    lists: Vec<Vec<Edge>>,
    complete: Vec<bool>,
    next: Vec<usize>,
    /// Rows that a column holds, with their worth to it.
    held: Vec<Vec<(i64, u32)>>,
}

impl State<'_> {
    /// Lets everybody propose until nobody waits; returns who needs to see more candidates.
    fn propose(&mut self, waiting: &mut Vec<u32>) -> Vec<u32> {
        let mut exhausted = Vec::new();
        while let Some(row) = waiting.pop() {
            let at = self.next[row as usize];
            let Some(edge) = self.lists[row as usize].get(at).copied() else {
                if !self.complete[row as usize] {
                    exhausted.push(row);
                }
                continue;
            };
            self.next[row as usize] += 1;
            let worth = i64::from(edge.fit) + self.base[row as usize];
            let held = &mut self.held[edge.col as usize];
            if held.len() < self.cap[edge.col as usize] as usize {
                held.push((worth, row));
                continue;
            }
            let least = (0..held.len()).min_by_key(|at| held[*at].0);
            match least {
                Some(least) if held[least].0 < worth => {
                    waiting.push(std::mem::replace(&mut held[least], (worth, row)).1);
                }
                _ => waiting.push(row),
            }
        }
        exhausted
    }

    fn mates(&self) -> Vec<(u32, bool)> {
        let mut mates: Vec<(u32, bool)> = self
            .lists
            .iter()
            .map(|list| (NONE, !list.is_empty()))
            .collect();
        for (col, held) in self.held.iter().enumerate() {
            held.iter()
                .for_each(|(_, row)| mates[*row as usize].0 = col as u32);
        }
        mates
    }
}

/// Counts blocking pairs over the full matrix and writes the finding into the outcome.
pub fn prove(
    instance: &Instance,
    task: &Task,
    scanner: &Scanner<'_>,
    audit: bool,
    outcome: &mut Outcome,
) -> Result<(), EngineError> {
    let pairs = task.rows.len() as u64 * task.cols.len() as u64;
    let method = if audit || pairs <= 250_000 {
        CheckMethod::Definition
    } else {
        CheckMethod::Scan
    };
    let violations = match method {
        CheckMethod::Definition => certificate::blocking_pairs(instance, outcome, &task.rows),
        CheckMethod::Scan => scanned_blocking_pairs(instance, task, scanner, outcome),
    };
    let value = i128::from(outcome.statistics.score_total + outcome.statistics.waiting_total);
    outcome.certificate = Certificate {
        primal: value,
        dual: value,
        violations,
        pairs,
        method,
    };
    if violations == 0 {
        Ok(())
    } else {
        Err(EngineError::CertificateRefuted(format!(
            "{violations} pairs block"
        )))
    }
}

/// The same by the scan: a pair blocks if its score exceeds both what the mentee has and, with the
/// mentee's waiting credit, the least that a full mentor holds.
fn scanned_blocking_pairs(
    instance: &Instance,
    task: &Task,
    scanner: &Scanner<'_>,
    outcome: &Outcome,
) -> u64 {
    let mut least = vec![(0_u32, i64::MAX); instance.mentors().len()];
    for pair in outcome.pairs.iter().filter(|pair| !pair.pinned) {
        let (count, worth) = &mut least[pair.mentor as usize];
        *count += 1;
        *worth = (*worth).min(i64::from(pair.score) + pair.waiting_credit);
    }
    let bar = |(mentor, cap): (&u32, &u32)| {
        let (count, worth) = least[*mentor as usize];
        if count < *cap { i64::MIN / 2 } else { worth }
    };
    let bars: Vec<i64> = task.cols.iter().zip(&task.cap).map(bar).collect();
    let of_row = |row: u32, values: &mut Vec<i64>| {
        let mentee = task.rows[row as usize];
        let has = outcome
            .pair_of(mentee)
            .map_or(-1, |pair| i64::from(pair.score));
        let credit = instance.waiting_credit(mentee);
        values.extend(
            bars.iter()
                .map(|bar| (bar - credit).max(has).min(i64::from(FULL_SCORE))),
        );
    };
    scanner.exceeding(&of_row, 1).len() as u64
}
