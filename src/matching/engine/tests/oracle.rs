//! A Hungarian method, as plain as possible: the judge of the solver.

/// Best total of a matrix of profits (`None`: not allowed) under capacities, where nobody has to be
/// matched. Rows are mentees. Also returns how many pairs; profits must not be negative.
pub fn best_total(profit: &[Vec<Option<i64>>], capacity: &[u32]) -> i64 {
    let rows = profit.len();
    // A column copy for each place, and one way of waiting for each row.
    let copies: Vec<usize> = capacity
        .iter()
        .enumerate()
        .flat_map(|(col, cap)| std::iter::repeat_n(col, (*cap as usize).min(rows)))
        .collect();
    let cols = copies.len() + rows;
    let cost = |row: usize, col: usize| -> i64 {
        let forbidden = 1 << 50;
        match copies.get(col) {
            Some(col) => profit[row][*col].map_or(forbidden, |p| -p),
            None if col - copies.len() == row => 0,
            None => forbidden,
        }
    };
    let (mut u, mut v) = (vec![0_i64; rows + 1], vec![0_i64; cols + 1]);
    let mut owner = vec![0_usize; cols + 1];
    for row in 1..=rows {
        owner[0] = row;
        let mut col = 0;
        let mut least = vec![i64::MAX; cols + 1];
        let mut from = vec![0_usize; cols + 1];
        let mut used = vec![false; cols + 1];
        while owner[col] != 0 {
            used[col] = true;
            let (r, mut delta, mut next) = (owner[col], i64::MAX, 0);
            for c in 1..=cols {
                if !used[c] {
                    let reduced = cost(r - 1, c - 1) - u[r] - v[c];
                    if reduced < least[c] {
                        (least[c], from[c]) = (reduced, col);
                    }
                    if least[c] < delta {
                        (delta, next) = (least[c], c);
                    }
                }
            }
            for c in 0..=cols {
                if used[c] {
                    u[owner[c]] += delta;
                    v[c] -= delta;
                } else if least[c] < i64::MAX {
                    least[c] -= delta;
                }
            }
            col = next;
        }
        while col != 0 {
            owner[col] = owner[from[col]];
            col = from[col];
        }
    }
    (1..=cols)
        .filter(|c| owner[*c] != 0)
        .map(|c| -cost(owner[c] - 1, c - 1))
        .sum()
}

#[test]
fn the_judge_knows_small_cases() {
    assert_eq!(
        best_total(&[vec![Some(3), Some(2)], vec![Some(2), None]], &[1, 1]),
        4
    );
    assert_eq!(
        best_total(&[vec![Some(3)], vec![Some(5)], vec![Some(4)]], &[2]),
        9
    );
    assert_eq!(best_total(&[vec![None]], &[1]), 0);
    assert_eq!(best_total(&[vec![Some(7)]], &[0]), 0);
}
