//! Any small matrix of scores and capacities, all three objectives: solved with a proof.
#![no_main]

use libfuzzer_sys::fuzz_target;
use passerelle::matching::engine::npy::Array;
use passerelle::matching::engine::{Matrix, Objective, Options, solve_matrix};

fuzz_target!(|input: (u8, Vec<i32>, Vec<i32>)| {
    let (cols, scores, capacity) = input;
    let cols = usize::from(cols % 24);
    let rows = scores.len().checked_div(cols).unwrap_or(0).min(40);
    let mut places = capacity;
    places.resize(cols, 1);
    let data: Vec<i32> = scores.into_iter().take(rows * cols).collect();
    let matrix = Matrix::new(
        Array {
            shape: vec![rows, cols],
            data,
        },
        &Array::line(places),
    )
    .expect("the shapes fit");
    for objective in [Objective::Coverage, Objective::Total, Objective::Stable] {
        let outcome = solve_matrix(&matrix, objective, &Options::default()).expect("proved");
        assert_eq!((outcome.violations, outcome.primal), (0, outcome.dual));
    }
});
