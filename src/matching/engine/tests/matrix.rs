//! Given matrices: ties, no places, empty rows, all the same; against the oracle.

use super::super::npy::Array;
use super::super::sample::Dice;
use super::super::settings::Objective;
use super::super::{Matrix, Options, solve_matrix};
use super::oracle::best_total;

fn matrix(rows: usize, cols: usize, scores: Vec<i32>, capacity: Vec<i32>) -> Matrix {
    Matrix::new(
        Array {
            shape: vec![rows, cols],
            data: scores,
        },
        &Array::line(capacity),
    )
    .unwrap()
}

#[test]
fn matrices_are_solved_as_the_oracle_says() {
    let mut dice = Dice(77);
    for round in 0..1000 {
        let (rows, cols) = (dice.below(12) as usize, dice.below(9) as usize);
        let (coarse, density) = (1 + dice.below(50), dice.below(1001));
        let scale = if round % 10 == 0 { 40_000_000 } else { 1 };
        let scores: Vec<i32> = (0..rows * cols)
            .map(|_| {
                if dice.chance(density) {
                    dice.below(coarse) as i32 * scale
                } else {
                    -1
                }
            })
            .collect();
        let capacity: Vec<i32> = (0..cols).map(|_| dice.below(4) as i32 - 1).collect();
        let solved = matrix(rows, cols, scores.clone(), capacity.clone());
        for objective in [Objective::Coverage, Objective::Total, Objective::Stable] {
            let outcome = solve_matrix(&solved, objective, &Options::default()).unwrap();
            assert_eq!((outcome.violations, outcome.primal), (0, outcome.dual));
            if objective != Objective::Stable {
                let profit = |row: &[i32]| {
                    row.iter()
                        .map(|s| (*s >= 0).then(|| i64::from(*s) + outcome.coverage_bonus))
                        .collect()
                };
                let profits: Vec<Vec<Option<i64>>> = if cols == 0 {
                    vec![Vec::new(); rows]
                } else {
                    scores.chunks(cols).map(profit).collect()
                };
                let places: Vec<u32> = capacity.iter().map(|c| (*c).max(0) as u32).collect();
                assert_eq!(outcome.primal, i128::from(best_total(&profits, &places)));
            }
        }
    }
}

#[test]
fn larger_matrices_need_pricing_and_end_with_gap_zero() {
    let mut dice = Dice(5);
    let (rows, cols) = (400, 220);
    let scores: Vec<i32> = (0..rows * cols)
        .map(|_| {
            if dice.chance(900) {
                dice.below(300) as i32
            } else {
                -1
            }
        })
        .collect();
    let capacity = (0..cols).map(|_| dice.below(4) as i32).collect();
    let solved = matrix(rows, cols, scores, capacity);
    for objective in [Objective::Coverage, Objective::Total, Objective::Stable] {
        let outcome = solve_matrix(&solved, objective, &Options::default()).unwrap();
        assert_eq!((outcome.violations, outcome.primal), (0, outcome.dual));
        assert!(outcome.matched > 200);
    }
}

#[test]
fn shapes_that_do_not_fit_are_refused() {
    let scores = Array {
        shape: vec![2, 3],
        data: vec![0; 6],
    };
    assert!(Matrix::new(scores.clone(), &Array::line(vec![1, 1])).is_err());
    assert!(
        Matrix::new(
            Array {
                shape: vec![6],
                data: vec![0; 6]
            },
            &Array::line(vec![1])
        )
        .is_err()
    );
    assert!(
        Matrix::new(
            Array {
                shape: vec![2, 3],
                data: vec![0; 5]
            },
            &Array::line(vec![1; 3])
        )
        .is_err()
    );
    assert!(Matrix::new(scores, &Array::line(vec![1; 3])).is_ok());
}
