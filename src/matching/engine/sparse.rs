//! The best set over candidate lists: successive shortest augmenting paths with capacities and whole prices.
//!
//! Every mentee (row) sends one unit through a mentor (column) or through the **pool** (waiting) to the
//! sink; a column passes on at most its capacity. Prices keep all reduced profits at or below zero and
//! those in use at zero, so the flow is the best at every moment. A **deficit** is a place that must be
//! filled again: a *hole* (a column that lost a mentee but still has a price) or one more unit of the
//! pool (a mentee joined). An **excess** is a row without a place, or the pool itself (a mentee left).
//! One Dijkstra from the excess to the nearest deficit restores the optimum. Everything that can happen
//! to a matching, one by one, is such an excess and such a deficit, so this one search serves the first
//! solve, the rounds of dense pricing and every later change.
#![expect(
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "hot loops; rows and columns are positions that this module made itself and checked on entry"
)]

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// No row, no column.
pub const NONE: u32 = u32::MAX;
const POOL: u32 = u32::MAX - 1;

/// A candidate: a column and the fit of the pair in points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// The column.
    pub col: u32,
    /// Points of the pair, without the row's base.
    pub fit: i32,
}

/// Where a search begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Excess {
    Row(u32),
    Pool,
}

/// The sparse problem with its current best flow and prices.
#[derive(Debug, Clone)]
pub struct Sparse {
    /// Candidates of each row, best fit first.
    lists: Vec<Vec<Edge>>,
    /// What a row earns by being matched at all: waiting credit and bonus for coverage, less the floor.
    base: Vec<i64>,
    /// Price of the row less its base; the price itself is `surplus + base` ≥ 0.
    surplus: Vec<i64>,
    mate: Vec<u32>,
    active: Vec<bool>,
    cap: Vec<u32>,
    price: Vec<i64>,
    owners: Vec<Vec<u32>>,
    holes: Vec<u32>,
    pool_deficit: u32,
    /// Rows whose price may have fallen against all columns since pricing last looked, and whether a row is
    /// among them: only they can have an unlisted candidate that violates.
    fallen: Vec<u32>,
    is_fallen: Vec<bool>,
    search: Search,
    /// Searches made so far.
    pub searches: u64,
}

#[derive(Debug, Clone, Default)]
struct Search {
    dist: Vec<i64>,
    parent: Vec<u32>,
    touched: Vec<u32>,
    settled: Vec<u32>,
    rows: Vec<(u32, i64)>,
    heap: BinaryHeap<Reverse<(i64, u32)>>,
    pool_dist: i64,
    pool_parent: Option<PoolParent>,
    pool_settled: bool,
    /// Least distance of a deficit reached so far.
    bound: i64,
}

#[derive(Debug, Clone, Copy)]
enum PoolParent {
    Row(u32),
    Col(u32),
}

impl Sparse {
    /// An empty flow: nobody is in it yet. `cap` is the capacity of each column.
    pub fn new(lists: Vec<Vec<Edge>>, base: Vec<i64>, cap: Vec<u32>) -> Self {
        let (rows, cols) = (lists.len(), cap.len());
        Self {
            surplus: base.iter().map(|base| -base).collect(),
            mate: vec![NONE; rows],
            active: vec![false; rows],
            price: vec![0; cols],
            owners: vec![Vec::new(); cols],
            holes: vec![0; cols],
            pool_deficit: 0,
            fallen: (0..rows as u32).collect(),
            is_fallen: vec![true; rows],
            search: Search {
                dist: vec![i64::MAX; cols],
                parent: vec![NONE; cols],
                ..Search::default()
            },
            lists,
            base,
            cap,
            searches: 0,
        }
    }

    /// Column of a row, or [`NONE`].
    pub fn mate(&self, row: u32) -> u32 {
        self.mate[row as usize]
    }

    /// Price of a row, ≥ 0.
    pub fn row_price(&self, row: u32) -> i64 {
        self.surplus[row as usize] + self.base[row as usize]
    }

    /// Price of a row less its base: an unlisted pair with `fit − column price` above it violates.
    pub fn surplus(&self, row: u32) -> i64 {
        self.surplus[row as usize]
    }

    /// Prices of the columns, ≥ 0.
    pub fn prices(&self) -> &[i64] {
        &self.price
    }

    /// The rows to be priced against all columns; from now on they count as looked at.
    pub fn take_fallen(&mut self) -> Vec<u32> {
        let mut rows = std::mem::take(&mut self.fallen);
        rows.iter()
            .for_each(|row| self.is_fallen[*row as usize] = false);
        rows.sort_unstable();
        rows
    }

    fn mark_fallen(&mut self, row: u32) {
        if !std::mem::replace(&mut self.is_fallen[row as usize], true) {
            self.fallen.push(row);
        }
    }

    /// Whether the row takes part.
    pub fn is_active(&self, row: u32) -> bool {
        self.active[row as usize]
    }

    /// Adds a row that does not take part yet ([`Self::join`] brings it in).
    pub fn add_row(&mut self, list: Vec<Edge>, base: i64) {
        self.lists.push(list);
        self.base.push(base);
        self.surplus.push(-base);
        self.mate.push(NONE);
        self.active.push(false);
        self.is_fallen.push(false);
    }

    /// Gives a row that takes no part other candidates and another base.
    pub fn replace_row(&mut self, row: u32, list: Vec<Edge>, base: i64) {
        self.lists[row as usize] = list;
        self.base[row as usize] = base;
        self.surplus[row as usize] = -base;
    }

    /// Candidates of a row.
    pub fn list(&self, row: u32) -> &[Edge] {
        &self.lists[row as usize]
    }

    /// Brings in all rows: greedily where the best column is free, by search otherwise.
    pub fn solve(&mut self) {
        let mut waiting = Vec::new();
        for row in 0..self.lists.len() as u32 {
            let best = self.lists[row as usize]
                .iter()
                .find(|edge| self.has_room(edge.col) || self.price[edge.col as usize] > 0);
            let Some(first) = self.lists[row as usize].first().copied() else {
                self.active[row as usize] = true;
                continue;
            };
            let tied_and_free = best
                .filter(|edge| edge.fit == first.fit && self.has_room(edge.col))
                .copied();
            if let Some(edge) = tied_and_free
                && i64::from(edge.fit) + self.base[row as usize] >= 0
            {
                self.active[row as usize] = true;
                self.surplus[row as usize] = i64::from(edge.fit);
                self.mate[row as usize] = edge.col;
                self.owners[edge.col as usize].push(row);
            } else {
                waiting.push(row);
            }
        }
        for row in waiting {
            self.join(row);
        }
    }

    /// A row joins: it is matched, or waits, as is best for all.
    pub fn join(&mut self, row: u32) {
        self.active[row as usize] = true;
        self.pool_deficit += 1;
        self.lift(row);
        self.route(Excess::Row(row));
    }

    /// A row leaves: its place is filled again if that is best for all.
    pub fn leave(&mut self, row: u32) {
        let col = self.mate[row as usize];
        self.active[row as usize] = false;
        self.surplus[row as usize] = -self.base[row as usize];
        if col == NONE {
            return;
        }
        self.release(row, col);
        if self.holes[col as usize] > 0 {
            self.route(Excess::Pool);
        }
    }

    /// A column has another capacity.
    pub fn set_capacity(&mut self, col: u32, cap: u32) {
        let col_index = col as usize;
        let before = self.cap[col_index];
        self.cap[col_index] = cap;
        if cap > before && self.price[col_index] > 0 {
            for _ in before..cap {
                if self.price[col_index] == 0 {
                    break;
                }
                self.holes[col_index] += 1;
                self.route(Excess::Pool);
            }
        }
        while self.owners[col_index].len() > cap as usize {
            let Some(row) = self.owners[col_index].pop() else {
                break;
            };
            self.mate[row as usize] = NONE;
            // The place is gone: what the row held goes back to the pool of units still to be placed.
            self.pool_deficit += 1;
            self.lift(row);
            self.route(Excess::Row(row));
        }
    }

    /// A pair is now worth `fit` points, or (`None`) no longer admissible.
    pub fn set_edge(&mut self, row: u32, col: u32, fit: Option<i32>) {
        let list = &mut self.lists[row as usize];
        let before = list
            .iter()
            .position(|edge| edge.col == col)
            .map(|at| list.remove(at));
        if let Some(fit) = fit {
            let at = list.partition_point(|edge| edge.fit > fit);
            list.insert(at, Edge { col, fit });
        }
        if !self.active[row as usize] {
            return;
        }
        let violates = fit.is_some_and(|fit| {
            i64::from(fit) - self.price[col as usize] > self.surplus[row as usize]
        });
        let was_mate = self.mate[row as usize] == col;
        let worse = was_mate && before.is_none_or(|edge| fit.is_none_or(|fit| fit < edge.fit));
        if was_mate && !worse && violates {
            // Its own place became dearer to it: the price of the row takes the gain.
            self.surplus[row as usize] = i64::from(fit.unwrap_or(0)) - self.price[col as usize];
        } else if violates || worse {
            self.reroute(row);
        }
    }

    /// What the row earns by being matched at all changed by `change`.
    #[cfg(test)]
    pub fn shift_base(&mut self, row: u32, change: i64) {
        if self.active[row as usize] {
            self.leave(row);
            self.base[row as usize] += change;
            self.join(row);
        } else {
            self.base[row as usize] += change;
            self.surplus[row as usize] = -self.base[row as usize];
        }
    }

    /// Adds candidates of a row that violate the prices, and restores the optimum.
    pub fn add_candidates(&mut self, row: u32, edges: &[Edge]) {
        let list = &mut self.lists[row as usize];
        for edge in edges {
            if !list.iter().any(|known| known.col == edge.col) {
                list.push(*edge);
            }
        }
        list.sort_unstable_by_key(|edge| (Reverse(edge.fit), edge.col));
        self.reroute(row);
    }

    /// Takes a row out of its place and finds the best for all again.
    fn reroute(&mut self, row: u32) {
        let col = self.mate[row as usize];
        if col == NONE {
            self.pool_deficit += 1;
        } else {
            self.release(row, col);
            if self.holes[col as usize] == 0 {
                self.pool_deficit += 1;
            }
        }
        self.lift(row);
        self.route(Excess::Row(row));
    }

    /// Takes a row out of a column; the column gets a hole unless its price is zero.
    fn release(&mut self, row: u32, col: u32) {
        self.mate[row as usize] = NONE;
        self.owners[col as usize].retain(|owner| *owner != row);
        if self.price[col as usize] > 0 {
            self.holes[col as usize] += 1;
        }
    }

    /// Sets a row's price to the least that no candidate exceeds.
    fn lift(&mut self, row: u32) {
        let list = &self.lists[row as usize];
        let best = list
            .iter()
            .map(|edge| i64::from(edge.fit) - self.price[edge.col as usize])
            .max();
        self.surplus[row as usize] = best.unwrap_or(i64::MIN).max(-self.base[row as usize]);
        self.mark_fallen(row);
    }

    fn has_room(&self, col: u32) -> bool {
        self.owners[col as usize].len() + (self.holes[col as usize] as usize)
            < self.cap[col as usize] as usize
    }

    /// One Dijkstra from the excess to the nearest deficit, prices and flow brought up to date.
    fn route(&mut self, excess: Excess) {
        self.searches += 1;
        let mut search = std::mem::take(&mut self.search);
        search.begin();
        match excess {
            Excess::Row(row) => self.expand_row(&mut search, row, 0),
            Excess::Pool => search.reach_pool(0, None, self.pool_deficit > 0),
        }
        if let Some((end, distance)) = self.run(&mut search, excess) {
            self.reprice(&search, distance);
            self.push(&search, end, excess);
        }
        search.reset();
        self.search = search;
    }

    fn run(&self, search: &mut Search, excess: Excess) -> Option<(u32, i64)> {
        while let Some(Reverse((distance, node))) = search.heap.pop() {
            if node == POOL {
                if search.pool_settled || distance > search.pool_dist {
                    continue;
                }
                search.pool_settled = true;
                if self.pool_deficit > 0 {
                    return Some((POOL, distance));
                }
                self.expand_pool(search, distance, excess);
            } else if distance == search.dist[node as usize] {
                if self.holes[node as usize] > 0 {
                    return Some((node, distance));
                }
                // Marked as done: no later entry of the heap equals it.
                search.settled.push(node);
                if self.has_room(node) {
                    search.reach_pool(distance, Some(PoolParent::Col(node)), self.pool_deficit > 0);
                }
                for owner in &self.owners[node as usize] {
                    self.expand_row(search, *owner, distance);
                }
            }
        }
        None
    }

    fn expand_row(&self, search: &mut Search, row: u32, distance: i64) {
        search.rows.push((row, distance));
        let reach = distance + self.surplus[row as usize];
        search.reach_pool(
            reach + self.base[row as usize],
            Some(PoolParent::Row(row)),
            self.pool_deficit > 0,
        );
        let mate = self.mate[row as usize];
        for edge in &self.lists[row as usize] {
            let least = reach - i64::from(edge.fit);
            if least > search.bound {
                break;
            }
            let next = least + self.price[edge.col as usize];
            if next <= search.bound && edge.col != mate && next < search.dist[edge.col as usize] {
                search.reach_col(edge.col, next, row, self.holes[edge.col as usize] > 0);
                if self.pool_deficit > 0 && self.has_room(edge.col) {
                    // The pool is no farther than this: what lies beyond need not be looked at.
                    search.reach_pool(next, Some(PoolParent::Col(edge.col)), true);
                }
            }
        }
    }

    fn expand_pool(&self, search: &mut Search, distance: i64, excess: Excess) {
        for col in 0..self.cap.len() as u32 {
            let used = self.owners[col as usize].len() + self.holes[col as usize] as usize;
            let next = distance + self.price[col as usize];
            if used > 0 && next < search.dist[col as usize] && next <= search.bound {
                search.reach_col(col, next, POOL, self.holes[col as usize] > 0);
            }
        }
        for row in 0..self.mate.len() as u32 {
            if self.active[row as usize]
                && self.mate[row as usize] == NONE
                && excess != Excess::Row(row)
            {
                self.expand_row(search, row, distance);
            }
        }
    }

    fn reprice(&mut self, search: &Search, end: i64) {
        for (row, distance) in &search.rows {
            if end > *distance {
                self.surplus[*row as usize] -= end - distance;
                // Against columns that the search did not reach the row's price fell; what follows below
                // shifts both sides alike.
                self.mark_fallen(*row);
            }
        }
        for col in &search.settled {
            self.price[*col as usize] += (end - search.dist[*col as usize]).max(0);
        }
        let shift = if search.pool_settled {
            end - search.pool_dist
        } else {
            0
        };
        if shift > 0 {
            for (surplus, active) in self.surplus.iter_mut().zip(&self.active) {
                *surplus += if *active { shift } else { 0 };
            }
            for price in &mut self.price {
                // Only a column without flow can fall below zero; there zero is as good.
                *price = (*price - shift).max(0);
            }
        }
    }

    fn push(&mut self, search: &Search, end: u32, excess: Excess) {
        let mut node = end;
        if end == POOL {
            self.pool_deficit -= 1;
        } else {
            self.holes[end as usize] -= 1;
        }
        loop {
            let row = if node == POOL {
                match search.pool_parent {
                    None => return,
                    Some(PoolParent::Col(col)) => {
                        node = col;
                        continue;
                    }
                    Some(PoolParent::Row(row)) => row,
                }
            } else if search.parent[node as usize] == POOL {
                node = POOL;
                continue;
            } else {
                search.parent[node as usize]
            };
            let before = self.mate[row as usize];
            self.mate[row as usize] = if node == POOL { NONE } else { node };
            if node != POOL {
                self.owners[node as usize].push(row);
            }
            if excess == Excess::Row(row) {
                return;
            }
            if before == NONE {
                node = POOL;
            } else {
                self.owners[before as usize].retain(|owner| *owner != row);
                node = before;
            }
        }
    }
}

impl Search {
    fn begin(&mut self) {
        self.pool_dist = i64::MAX;
        self.pool_parent = None;
        self.pool_settled = false;
        self.bound = i64::MAX;
    }

    fn reset(&mut self) {
        for col in self.touched.drain(..) {
            self.dist[col as usize] = i64::MAX;
        }
        self.settled.clear();
        self.rows.clear();
        self.heap.clear();
    }

    fn reach_pool(&mut self, distance: i64, parent: Option<PoolParent>, deficit: bool) {
        let free_place_ties = distance == self.pool_dist
            && !self.pool_settled
            && matches!(parent, Some(PoolParent::Col(_)));
        if distance < self.pool_dist || free_place_ties {
            self.pool_dist = distance;
            self.pool_parent = parent;
            self.heap.push(Reverse((distance, POOL)));
            if deficit {
                self.bound = self.bound.min(distance);
            }
        }
    }

    fn reach_col(&mut self, col: u32, distance: i64, parent: u32, hole: bool) {
        if self.dist[col as usize] == i64::MAX {
            self.touched.push(col);
        }
        self.dist[col as usize] = distance;
        self.parent[col as usize] = parent;
        self.heap.push(Reverse((distance, col)));
        if hole {
            self.bound = self.bound.min(distance);
        }
    }
}
