//! Any given matrix of scores: the same best set, prices and proof without people.
#![expect(
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "dense loops over rows whose length was checked on entry"
)]

use rayon::prelude::*;

use super::columns::mix;
use super::error::EngineError;
use super::npy::Array;
use super::outcome::Phase;
use super::scan::{Candidates, Found};
use super::settings::Objective;
use super::solve::{Clock, Options, assign_candidates};
use super::sparse::{Edge, NONE};
use super::stable;

/// Scores and places. −1 (or any negative score) is "not admissible".
#[derive(Debug, Clone)]
pub struct Matrix {
    scores: Vec<i32>,
    capacity: Vec<u32>,
    rows: usize,
}

/// The best set of a matrix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatrixOutcome {
    /// Column of each row, −1 for none.
    pub assignment: Vec<i32>,
    /// Price of each row.
    pub price_mentee: Vec<i64>,
    /// Price of each column.
    pub price_mentor: Vec<i64>,
    /// Rows matched.
    pub matched: u32,
    /// Sum of the scores.
    pub score_total: i64,
    /// What one more matched row is worth beside scores (objective *coverage*).
    pub coverage_bonus: i64,
    /// Value of the set, bonuses included.
    pub primal: i128,
    /// Value of the prices.
    pub dual: i128,
    /// Pairs that have a profit (or block); 0 in every valid outcome.
    pub violations: u64,
    /// Rounds of dense pricing.
    pub pricing_rounds: u32,
    /// Times.
    pub phases: Vec<Phase>,
}

impl Matrix {
    /// From scores (mentees × mentors) and places per mentor (negative counts as none).
    ///
    /// # Errors
    /// The shapes do not fit, or there are too many rows or columns.
    pub fn new(scores: Array<i32>, capacity: &Array<i32>) -> Result<Self, EngineError> {
        let wrong = |what: &str| Err(EngineError::Malformed(what.to_owned()));
        let (rows, cols) = match (scores.shape.as_slice(), capacity.shape.as_slice()) {
            ([rows, cols], [places]) if cols == places => (*rows, *cols),
            _ => {
                return wrong(
                    "scores must be mentees × mentors and capacity one number per mentor",
                );
            }
        };
        if scores.data.len() != rows * cols || capacity.data.len() != cols {
            return wrong("the data does not have the shape");
        }
        if rows > super::instance::MOST_PEOPLE as usize
            || cols > super::instance::MOST_PEOPLE as usize
        {
            return Err(EngineError::TooManyPeople {
                limit: super::instance::MOST_PEOPLE,
            });
        }
        Ok(Self {
            scores: scores.data,
            capacity: capacity
                .data
                .iter()
                .map(|places| (*places).max(0) as u32)
                .collect(),
            rows,
        })
    }

    fn row(&self, row: u32) -> &[i32] {
        let cols = self.capacity.len();
        &self.scores[row as usize * cols..(row as usize + 1) * cols]
    }

    fn choose(&self, row: u32, keep: usize, gain: impl Fn(usize, i32) -> i64) -> Vec<Edge> {
        let seed = mix(u64::from(row));
        let mut entries: Vec<(i64, u32, u32)> =
            Vec::with_capacity(keep.min(self.capacity.len()) + 64);
        let mut need = 1_i64;
        for (col, score) in self.row(row).iter().enumerate() {
            // Nobody can go where there is no place; such a column would only fill the list.
            if *score < 0 || self.capacity[col] == 0 {
                continue;
            }
            let gain = gain(col, *score);
            if gain < need {
                continue;
            }
            entries.push((
                gain,
                (seed ^ col as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) as u32,
                col as u32,
            ));
            if entries.len() >= keep.saturating_add(64) {
                entries.select_nth_unstable_by(keep - 1, |a, b| b.cmp(a));
                entries.truncate(keep);
                need = entries[keep - 1].0;
            }
        }
        entries.sort_unstable_by(|a, b| b.cmp(a));
        entries.truncate(keep);
        let scores = self.row(row);
        let mut list: Vec<Edge> = entries
            .iter()
            .map(|(_, _, col)| Edge {
                col: *col,
                fit: scores[*col as usize],
            })
            .collect();
        list.sort_by_key(|edge| std::cmp::Reverse(edge.fit));
        list
    }

    fn found(&self, row: u32, keep: usize) -> Found {
        let list = self.choose(row, keep, |_, score| i64::from(score) + 1);
        let threshold = if list.len() < keep {
            i32::MIN
        } else {
            list.last().map_or(i32::MIN, |edge| edge.fit)
        };
        Found { list, threshold }
    }
}

impl Candidates for Matrix {
    fn best(&self, keep: usize) -> Vec<Found> {
        (0..self.rows as u32)
            .into_par_iter()
            .map(|row| self.found(row, keep))
            .collect()
    }

    fn all_of(&self, rows: &[u32]) -> Vec<(u32, Found)> {
        rows.par_iter()
            .map(|row| (*row, self.found(*row, self.capacity.len() + 1)))
            .collect()
    }

    fn violating(&self, rows: &[(u32, i64)], prices: &[i64], keep: usize) -> Vec<(u32, Vec<Edge>)> {
        let one = |(row, surplus): &(u32, i64)| {
            let list = self.choose(*row, keep, |col, score| {
                i64::from(score) - prices[col] - surplus
            });
            (!list.is_empty()).then_some((*row, list))
        };
        rows.par_iter().filter_map(one).collect()
    }
}

/// Solves a matrix and proves it.
///
/// # Errors
/// [`EngineError::Cancelled`], [`EngineError::CertificateRefuted`].
pub fn solve_matrix(
    matrix: &Matrix,
    objective: Objective,
    options: &Options,
) -> Result<MatrixOutcome, EngineError> {
    options.in_pool(|| solve_here(matrix, objective, options))
}

fn solve_here(
    matrix: &Matrix,
    objective: Objective,
    options: &Options,
) -> Result<MatrixOutcome, EngineError> {
    let mut clock = Clock::default();
    let most = i64::from(matrix.scores.iter().copied().max().unwrap_or(0).max(0));
    let rows = i64::try_from(matrix.rows).unwrap_or(i64::MAX);
    let bonus = if objective == Objective::Coverage {
        (rows + 1) * (most + 1)
    } else {
        0
    };
    let base = vec![bonus; matrix.rows];
    let (mates, price_mentee, price_mentor, rounds) = if objective == Objective::Stable {
        let mates = stable::accept(matrix, &base, &matrix.capacity, options)?;
        (
            mates.into_iter().map(|(col, _)| col).collect(),
            vec![0; matrix.rows],
            vec![0; matrix.capacity.len()],
            0,
        )
    } else {
        let solved = assign_candidates(matrix, &base, &matrix.capacity, options, &mut clock)?;
        let all = || (0_u32..).take(matrix.rows);
        let mates: Vec<u32> = all().map(|row| solved.sparse.mate(row)).collect();
        let prices = all().map(|row| solved.sparse.row_price(row)).collect();
        (
            mates,
            prices,
            solved.sparse.prices().to_vec(),
            solved.rounds,
        )
    };
    clock.lap("assign");
    let mut outcome = MatrixOutcome {
        assignment: mates
            .iter()
            .map(|col| if *col == NONE { -1 } else { *col as i32 })
            .collect(),
        price_mentee,
        price_mentor,
        matched: 0,
        score_total: 0,
        coverage_bonus: bonus,
        primal: 0,
        dual: 0,
        violations: 0,
        pricing_rounds: rounds,
        phases: Vec::new(),
    };
    check(matrix, objective, &mut outcome).map_err(EngineError::CertificateRefuted)?;
    clock.lap("check");
    outcome.phases = clock.phases;
    Ok(outcome)
}

/// Verifies an outcome from the matrix alone, and fills in its values.
fn check(matrix: &Matrix, objective: Objective, outcome: &mut MatrixOutcome) -> Result<(), String> {
    let cols = matrix.capacity.len();
    let mut used = vec![0_u32; cols];
    let mut least = vec![i32::MAX; cols];
    for (row, col) in outcome.assignment.iter().enumerate() {
        let Ok(col) = usize::try_from(*col) else {
            continue;
        };
        let score = matrix.row(row as u32)[col];
        if score < 0 {
            return Err(format!("row {row} with column {col} is not admissible"));
        }
        used[col] += 1;
        least[col] = least[col].min(score);
        outcome.matched += 1;
        outcome.score_total += i64::from(score);
    }
    if let Some(col) = (0..cols).find(|col| used[*col] > matrix.capacity[*col]) {
        return Err(format!("column {col} is over capacity"));
    }
    outcome.primal = i128::from(outcome.score_total)
        + i128::from(outcome.matched) * i128::from(outcome.coverage_bonus);
    if objective == Objective::Stable {
        outcome.dual = outcome.primal;
        outcome.violations = blocking(matrix, outcome, &used, &least);
    } else {
        slackness(matrix, outcome, &used)?;
        outcome.violations = profits(matrix, outcome);
    }
    if outcome.violations == 0 {
        Ok(())
    } else {
        Err(format!("{} violations", outcome.violations))
    }
}

fn slackness(matrix: &Matrix, outcome: &mut MatrixOutcome, used: &[u32]) -> Result<(), String> {
    let rows = outcome
        .price_mentee
        .iter()
        .map(|price| i128::from(*price))
        .sum::<i128>();
    let places = outcome.price_mentor.iter().zip(&matrix.capacity);
    outcome.dual = rows
        + places
            .map(|(price, cap)| i128::from(*price) * i128::from(*cap))
            .sum::<i128>();
    if outcome
        .price_mentee
        .iter()
        .chain(&outcome.price_mentor)
        .any(|price| *price < 0)
    {
        return Err("a price is negative".to_owned());
    }
    let free = |col: &usize| outcome.price_mentor[*col] > 0 && used[*col] < matrix.capacity[*col];
    if let Some(col) = (0..used.len()).find(free) {
        return Err(format!("column {col} has a price and a free place"));
    }
    if outcome.primal == outcome.dual {
        Ok(())
    } else {
        Err(format!(
            "primal {} is not dual {}",
            outcome.primal, outcome.dual
        ))
    }
}

fn profits(matrix: &Matrix, outcome: &MatrixOutcome) -> u64 {
    let one = |row: usize| {
        let room = outcome.price_mentee[row] - outcome.coverage_bonus;
        let pairs = matrix
            .row(row as u32)
            .iter()
            .zip(&outcome.price_mentor)
            .zip(&matrix.capacity);
        pairs
            .filter(|((score, price), cap)| {
                **cap > 0 && **score >= 0 && i64::from(**score) - **price > room
            })
            .count() as u64
    };
    (0..matrix.rows).into_par_iter().map(one).sum()
}

fn blocking(matrix: &Matrix, outcome: &MatrixOutcome, used: &[u32], least: &[i32]) -> u64 {
    let one = |row: usize| {
        let scores = matrix.row(row as u32);
        let has = usize::try_from(outcome.assignment[row]).map_or(-1, |col| scores[col]);
        let blocks = |(col, score): (usize, &i32)| {
            *score > has
                && (used[col] < matrix.capacity[col]
                    || (matrix.capacity[col] > 0 && *score > least[col]))
        };
        scores
            .iter()
            .enumerate()
            .filter(|pair| blocks((pair.0, pair.1)))
            .count() as u64
    };
    (0..matrix.rows).into_par_iter().map(one).sum()
}
