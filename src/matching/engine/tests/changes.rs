//! Change by change: after every single one the flow is the best again, with prices that prove it.

use super::super::sample::Dice;
use super::super::sparse::{Edge, NONE, Sparse};
use super::oracle::best_total;

struct World {
    fit: Vec<Vec<Option<i32>>>,
    base: Vec<i64>,
    cap: Vec<u32>,
    here: Vec<bool>,
}

impl World {
    fn new(dice: &mut Dice) -> Self {
        let (rows, cols) = (1 + dice.below(9) as usize, 1 + dice.below(6) as usize);
        let coarse = 1 + dice.below(30);
        let density = dice.below(1001);
        let bonus = if dice.chance(500) { 100_000 } else { 0 };
        let fit = (0..rows)
            .map(|_| {
                (0..cols)
                    .map(|_| dice.chance(density).then(|| dice.below(coarse) as i32 * 7))
                    .collect()
            })
            .collect();
        Self {
            fit,
            base: (0..rows)
                .map(|_| bonus + i64::from(dice.below(20)))
                .collect(),
            cap: (0..cols).map(|_| dice.below(4)).collect(),
            here: vec![true; rows],
        }
    }

    fn sparse(&self) -> Sparse {
        let list = |row: &Vec<Option<i32>>| {
            let mut list: Vec<Edge> = row
                .iter()
                .enumerate()
                .filter_map(|(col, fit)| {
                    fit.map(|fit| Edge {
                        col: col as u32,
                        fit,
                    })
                })
                .collect();
            list.sort_by_key(|edge| (-edge.fit, edge.col));
            list
        };
        Sparse::new(
            self.fit.iter().map(list).collect(),
            self.base.clone(),
            self.cap.clone(),
        )
    }

    fn best(&self) -> i64 {
        let profit: Vec<Vec<Option<i64>>> = (0..self.fit.len())
            .filter(|row| self.here[*row])
            .map(|row| {
                self.fit[row]
                    .iter()
                    .map(|fit| fit.map(|fit| i64::from(fit) + self.base[row]))
                    .collect()
            })
            .collect();
        best_total(&profit, &self.cap)
    }

    /// Feasible, dual feasible, complementary, primal = dual = oracle.
    fn check(&self, sparse: &Sparse) {
        let mut used = vec![0; self.cap.len()];
        let (mut primal, mut dual) = (0, 0);
        for row in 0..self.fit.len() {
            let u = sparse.row_price(row as u32);
            assert!(u >= 0, "row prices are never negative");
            let mate = sparse.mate(row as u32);
            if mate == NONE {
                assert_eq!(u, 0, "who waits has price zero");
            } else {
                assert!(self.here[row]);
                let profit =
                    i64::from(self.fit[row][mate as usize].expect("only admissible pairs"))
                        + self.base[row];
                assert_eq!(
                    u + sparse.prices()[mate as usize],
                    profit,
                    "pairs are tight"
                );
                used[mate as usize] += 1;
                primal += profit;
            }
            if self.here[row] {
                for (col, fit) in self.fit[row].iter().enumerate() {
                    let profit = fit.map_or(i64::MIN, |fit| i64::from(fit) + self.base[row]);
                    assert!(u + sparse.prices()[col] >= profit, "no pair has a profit");
                }
            }
            dual += u;
        }
        for (col, used) in used.iter().enumerate() {
            let price = sparse.prices()[col];
            assert!(*used <= self.cap[col] && price >= 0);
            assert!(
                price == 0 || *used == self.cap[col],
                "a free place costs nothing"
            );
            dual += price * i64::from(self.cap[col]);
        }
        assert_eq!(primal, dual, "gap zero");
        assert_eq!(primal, self.best(), "as the oracle says");
    }

    fn change(&mut self, sparse: &mut Sparse, dice: &mut Dice) {
        let row = dice.below(self.fit.len() as u32);
        let col = dice.below(self.cap.len() as u32);
        match dice.below(5) {
            0 if self.here[row as usize] => {
                self.here[row as usize] = false;
                sparse.leave(row);
            }
            0 => {
                self.here[row as usize] = true;
                sparse.join(row);
            }
            1 => {
                self.cap[col as usize] = dice.below(4);
                sparse.set_capacity(col, self.cap[col as usize]);
            }
            2 => {
                let change = i64::from(dice.below(9)) - self.base[row as usize].min(4);
                self.base[row as usize] += change;
                sparse.shift_base(row, change);
            }
            _ => {
                let fit = dice.chance(800).then(|| dice.below(30) as i32 * 7);
                self.fit[row as usize][col as usize] = fit;
                sparse.set_edge(row, col, fit);
            }
        }
    }
}

#[test]
fn the_first_solve_is_the_best_on_random_small_worlds_with_ties_and_empty_rows() {
    let mut dice = Dice(1);
    for _ in 0..2000 {
        let world = World::new(&mut dice);
        let mut sparse = world.sparse();
        sparse.solve();
        world.check(&sparse);
    }
}

#[test]
fn ten_thousand_random_changes_end_with_gap_zero_each() {
    let mut dice = Dice(2);
    for _ in 0..200 {
        let mut world = World::new(&mut dice);
        let mut sparse = world.sparse();
        sparse.solve();
        for _ in 0..50 {
            world.change(&mut sparse, &mut dice);
            world.check(&sparse);
        }
    }
}

#[test]
fn candidates_added_later_lead_to_the_same_best() {
    let mut dice = Dice(3);
    for _ in 0..1000 {
        let world = World::new(&mut dice);
        let full = world.sparse();
        let lists = (0..world.fit.len() as u32)
            .map(|row| full.list(row).iter().take(1).copied().collect())
            .collect();
        let mut sparse = Sparse::new(lists, world.base.clone(), world.cap.clone());
        sparse.solve();
        loop {
            let violating = |row: &u32| {
                let loss = sparse.surplus(*row);
                let list = full.list(*row);
                let new: Vec<Edge> = list
                    .iter()
                    .filter(|e| i64::from(e.fit) - sparse.prices()[e.col as usize] > loss)
                    .copied()
                    .collect();
                (*row, new)
            };
            let found: Vec<(u32, Vec<Edge>)> = (0..world.fit.len() as u32)
                .map(|row| violating(&row))
                .filter(|(_, new)| !new.is_empty())
                .collect();
            if found.is_empty() {
                break;
            }
            sparse.add_candidates(&found);
        }
        world.check(&sparse);
    }
}
