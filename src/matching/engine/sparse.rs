//! The best set over candidate lists: successive shortest augmenting paths with capacities and whole prices.
//!
//! Every mentee (row) has a place of a mentor (column) or waits. Prices keep all reduced profits at or
//! below zero and those in use at zero, so the assignment is the best at every moment. Two searches
//! restore this after anything that can happen, and neither ever goes beyond what the change is worth:
//!
//! - **place** ([`forward`]): a row without a place looks, by Dijkstra over rows that would move, for
//!   the nearest end: a *hole* (a place that is empty and still has a price), a free place (which costs
//!   nothing), or a row for which waiting is as good.
//! - **fill** ([`backward`]): a hole looks, against the direction of moving, for the nearest row that
//!   waits or the nearest column whose place may stay empty (its price falls to zero).
//!
//! The first solve places every row; a round of pricing takes rows out, places them and fills what is
//! left; a change is one or two searches.
#![expect(
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "hot loops; rows and columns are positions that this module made itself and checked on entry"
)]

mod backward;
mod forward;

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// No row, no column.
pub const NONE: u32 = u32::MAX;

/// A candidate: a column and the fit of the pair in points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// The column.
    pub col: u32,
    /// Points of the pair, without the row's base.
    pub fit: i32,
}

/// A row that lists a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fan {
    row: u32,
    fit: i32,
}

/// The sparse problem with its current best assignment and prices.
#[derive(Debug, Clone)]
pub struct Sparse {
    /// Candidates of each row, best fit first.
    lists: Vec<Vec<Edge>>,
    /// The same from the columns' side; made when a hole is first to be filled.
    fans: Option<Vec<Vec<Fan>>>,
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
    /// Rows whose price fell since pricing last looked: an unlisted candidate may violate.
    fallen: Marks,
    /// Columns whose price fell: an unlisted candidate of any row may violate.
    dropped: Marks,
    search: Search,
    /// Searches made so far.
    pub searches: u64,
}

/// Where [`Sparse::resume`] goes on from.
#[derive(Debug, Clone)]
pub struct Start {
    /// Column of each row, or [`NONE`].
    pub mates: Vec<u32>,
    /// Price of each row less its base.
    pub surplus: Vec<i64>,
    /// Price of each column.
    pub prices: Vec<i64>,
}

/// A set of positions in the order in which they came.
#[derive(Debug, Clone, Default)]
struct Marks {
    list: Vec<u32>,
    is_in: Vec<bool>,
}

impl Marks {
    fn mark(&mut self, position: u32) {
        if !std::mem::replace(&mut self.is_in[position as usize], true) {
            self.list.push(position);
        }
    }

    fn take(&mut self) -> Vec<u32> {
        let mut list = std::mem::take(&mut self.list);
        for position in &list {
            self.is_in[*position as usize] = false;
        }
        list.sort_unstable();
        list
    }
}

/// What both searches keep from one to the next.
#[derive(Debug, Clone, Default)]
struct Search {
    dist: Vec<i64>,
    /// The row over which a column was reached.
    parent: Vec<u32>,
    /// The column to which that row would go (backward only).
    via: Vec<u32>,
    touched: Vec<u32>,
    settled: Vec<u32>,
    rows: Vec<(u32, i64)>,
    heap: BinaryHeap<Reverse<(i64, u32)>>,
    /// Distance of the nearest end found so far: nothing at it or beyond needs to be looked at.
    bound: i64,
}

impl Search {
    fn begin(&mut self, bound: i64) {
        for col in self.touched.drain(..) {
            self.dist[col as usize] = i64::MAX;
        }
        self.settled.clear();
        self.rows.clear();
        self.heap.clear();
        self.bound = bound;
    }

    fn reach(&mut self, col: u32, distance: i64, parent: u32) {
        if self.dist[col as usize] == i64::MAX {
            self.touched.push(col);
        }
        self.dist[col as usize] = distance;
        self.parent[col as usize] = parent;
    }
}

impl Sparse {
    /// Nobody has a place yet. `cap` is the capacity of each column.
    pub fn new(lists: Vec<Vec<Edge>>, base: Vec<i64>, cap: Vec<u32>) -> Self {
        let (rows, cols) = (lists.len(), cap.len());
        Self {
            surplus: base.iter().map(|base| -base).collect(),
            fans: None,
            mate: vec![NONE; rows],
            active: vec![false; rows],
            price: vec![0; cols],
            owners: vec![Vec::new(); cols],
            holes: vec![0; cols],
            fallen: Marks {
                list: (0..rows as u32).collect(),
                is_in: vec![true; rows],
            },
            dropped: Marks {
                list: Vec::new(),
                is_in: vec![false; cols],
            },
            search: Search {
                dist: vec![i64::MAX; cols],
                parent: vec![NONE; cols],
                via: vec![NONE; cols],
                ..Search::default()
            },
            lists,
            base,
            cap,
            searches: 0,
        }
    }

    /// With pairs and prices that are the best already; `None` where they are not, as far as the lists tell: a pair
    /// that is not tight, a listed pair with a profit, a price of who waits or of a place that is free, or more
    /// rows than places.
    pub fn resume(
        lists: Vec<Vec<Edge>>,
        base: Vec<i64>,
        cap: Vec<u32>,
        start: Start,
    ) -> Option<Self> {
        let mut sparse = Self::new(lists, base, cap);
        sparse.active.fill(true);
        sparse.price = start.prices;
        sparse.surplus = start.surplus;
        sparse.mate = start.mates;
        for row in 0..sparse.rows() {
            let (mate, surplus) = (sparse.mate[row as usize], sparse.surplus[row as usize]);
            let gain = |edge: &Edge| i64::from(edge.fit) - sparse.price[edge.col as usize];
            let list = &sparse.lists[row as usize];
            let is_tight = match mate {
                NONE => sparse.row_price(row) == 0,
                _ => list
                    .iter()
                    .any(|edge| edge.col == mate && gain(edge) == surplus),
            };
            if !is_tight || sparse.row_price(row) < 0 || list.iter().any(|e| gain(e) > surplus) {
                return None;
            }
            if mate != NONE {
                sparse.owners[mate as usize].push(row);
            }
        }
        let columns = sparse.owners.iter().zip(&sparse.cap).zip(&sparse.price);
        let is_right = |((owners, cap), price): ((&Vec<u32>, &u32), &i64)| {
            let (used, cap) = (owners.len(), *cap as usize);
            used <= cap && *price >= 0 && (*price == 0 || used == cap)
        };
        columns.into_iter().all(is_right).then_some(sparse)
    }

    /// Makes now what the first hole to be filled would otherwise have to wait for.
    pub fn be_ready(&mut self) {
        if self.fans.is_none() {
            self.fans = Some(self.make_fans());
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

    /// Number of rows.
    pub fn rows(&self) -> u32 {
        self.lists.len() as u32
    }

    /// The rows whose price fell, to be priced against all columns; from now on they count as looked at.
    pub fn take_fallen(&mut self) -> Vec<u32> {
        self.fallen.take()
    }

    /// The columns whose price fell, to be priced against all rows; from now on they count as looked at.
    pub fn take_dropped(&mut self) -> Vec<u32> {
        self.dropped.take()
    }

    /// Whether the row takes part.
    pub fn is_active(&self, row: u32) -> bool {
        self.active[row as usize]
    }

    /// Adds a row that does not take part yet ([`Self::join`] brings it in).
    pub fn add_row(&mut self, list: Vec<Edge>, base: i64) {
        let row = self.rows();
        self.lists.push(Vec::new());
        self.base.push(base);
        self.surplus.push(-base);
        self.mate.push(NONE);
        self.active.push(false);
        self.fallen.is_in.push(false);
        self.replace_row(row, list, base);
    }

    /// Gives a row that takes no part other candidates and another base.
    pub fn replace_row(&mut self, row: u32, list: Vec<Edge>, base: i64) {
        let before = std::mem::replace(&mut self.lists[row as usize], list);
        if let Some(fans) = &mut self.fans {
            for edge in before {
                fans[edge.col as usize].retain(|fan| fan.row != row);
            }
            for edge in &self.lists[row as usize] {
                fans[edge.col as usize].push(Fan { row, fit: edge.fit });
            }
        }
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
        for row in 0..self.rows() {
            self.active[row as usize] = true;
            let list = &self.lists[row as usize];
            let Some(first) = list.first() else { continue };
            // All prices are zero so far: the best are the first ones.
            let free = list
                .iter()
                .take_while(|edge| edge.fit == first.fit)
                .find(|edge| self.has_room(edge.col))
                .copied();
            match free.filter(|edge| i64::from(edge.fit) + self.base[row as usize] >= 0) {
                Some(edge) => {
                    self.surplus[row as usize] = i64::from(edge.fit);
                    self.mate[row as usize] = edge.col;
                    self.owners[edge.col as usize].push(row);
                }
                None => waiting.push(row),
            }
        }
        for row in waiting {
            self.join(row);
        }
    }

    /// A row joins: it is matched, or waits, as is best for all.
    pub fn join(&mut self, row: u32) {
        self.active[row as usize] = true;
        self.place(row);
    }

    /// A row leaves: its place is filled again if that is best for all.
    pub fn leave(&mut self, row: u32) {
        let col = self.release(row);
        self.active[row as usize] = false;
        self.surplus[row as usize] = -self.base[row as usize];
        self.fill_all(col);
    }

    /// A column has another capacity.
    pub fn set_capacity(&mut self, col: u32, cap: u32) {
        let before = std::mem::replace(&mut self.cap[col as usize], cap);
        for _ in before..cap {
            if self.price[col as usize] == 0 {
                break;
            }
            self.holes[col as usize] += 1;
            self.fill_all(col);
        }
        while self.owners[col as usize].len() > cap as usize {
            let Some(row) = self.owners[col as usize].pop() else {
                break;
            };
            self.mate[row as usize] = NONE;
            self.place(row);
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
        if let Some(fans) = &mut self.fans {
            fans[col as usize].retain(|fan| fan.row != row);
            fans[col as usize].extend(fit.map(|fit| Fan { row, fit }));
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
            let left = self.release(row);
            self.place(row);
            self.fill_all(left);
        }
    }

    /// What the row earns by being matched at all changed by `change`. A row that keeps its place takes it into its
    /// price, and one that waits for less than before waits on; only else is there anything to search.
    pub fn shift_base(&mut self, row: u32, change: i64) {
        let at = row as usize;
        let base = self.base[at] + change;
        let stays = if self.mate[at] == NONE {
            change <= 0
        } else {
            self.surplus[at] + base >= 0
        };
        if !self.active[at] || (stays && self.mate[at] == NONE) {
            self.base[at] = base;
            self.surplus[at] = -base;
        } else if stays {
            self.base[at] = base;
        } else {
            self.leave(row);
            self.base[at] = base;
            self.join(row);
        }
    }

    /// Adds candidates that violate the prices, and restores the optimum: all their rows leave their
    /// places at once, so that most of the holes are filled by one of them.
    pub fn add_candidates(&mut self, violating: &[(u32, Vec<Edge>)]) {
        let mut left = Vec::with_capacity(violating.len());
        for (row, edges) in violating {
            self.extend_list(*row, edges);
            left.push(self.release(*row));
        }
        violating.iter().for_each(|(row, _)| self.place(*row));
        left.into_iter().for_each(|col| self.fill_all(col));
    }

    fn extend_list(&mut self, row: u32, edges: &[Edge]) {
        let list = &mut self.lists[row as usize];
        for edge in edges {
            if !list.iter().any(|known| known.col == edge.col) {
                list.push(*edge);
                if let Some(fans) = &mut self.fans {
                    fans[edge.col as usize].push(Fan { row, fit: edge.fit });
                }
            }
        }
        list.sort_unstable_by_key(|edge| (Reverse(edge.fit), edge.col));
    }

    /// Takes a row out of its column, which it returns; the column gets a hole unless its price is zero.
    fn release(&mut self, row: u32) -> u32 {
        let col = std::mem::replace(&mut self.mate[row as usize], NONE);
        if col != NONE {
            self.owners[col as usize].retain(|owner| *owner != row);
            self.holes[col as usize] += u32::from(self.price[col as usize] > 0);
        }
        col
    }

    /// Fills the holes of a column (or [`NONE`]).
    fn fill_all(&mut self, col: u32) {
        while col != NONE && self.holes[col as usize] > 0 {
            self.fill(col);
        }
    }

    fn has_room(&self, col: u32) -> bool {
        self.owners[col as usize].len() + (self.holes[col as usize] as usize)
            < self.cap[col as usize] as usize
    }

    /// A row goes from where it is (or [`NONE`]) to another column (or to [`NONE`]).
    fn change_place(&mut self, row: u32, to: u32) -> u32 {
        let from = std::mem::replace(&mut self.mate[row as usize], to);
        if from != NONE {
            self.owners[from as usize].retain(|owner| *owner != row);
        }
        if to != NONE {
            self.owners[to as usize].push(row);
        }
        from
    }
}
