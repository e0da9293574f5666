//! A row looks for a place: Dijkstra over the rows that would move, to the nearest end.

use std::cmp::Reverse;

use super::{NONE, Search, Sparse};

/// Where a search ended.
#[derive(Debug, Clone, Copy)]
enum End {
    /// A column with a hole or a free place.
    Col(u32),
    /// This row will wait.
    Wait(u32),
}

impl Sparse {
    /// Finds a place for a row that has none, or lets some row wait, as is best for all.
    pub(super) fn place(&mut self, row: u32) {
        self.searches += 1;
        self.lift(row);
        let mut search = std::mem::take(&mut self.search);
        search.begin(i64::MAX);
        let mut end = End::Wait(row);
        self.look_from(&mut search, &mut end, row, 0);
        while let Some(Reverse((distance, col))) = search.heap.pop() {
            if distance >= search.bound {
                break;
            }
            if distance == search.dist[col as usize] {
                search.settled.push(col);
                for owner in &self.owners[col as usize] {
                    self.look_from(&mut search, &mut end, *owner, distance);
                }
            }
        }
        self.raise_prices(&search);
        self.move_along(&search, end);
        self.search = search;
    }

    /// Sets a row's price to the least that no candidate exceeds.
    fn lift(&mut self, row: u32) {
        let worth = |edge: &super::Edge| i64::from(edge.fit) - self.price[edge.col as usize];
        let best = self.lists[row as usize].iter().map(worth).max();
        self.surplus[row as usize] = best.unwrap_or(i64::MIN).max(-self.base[row as usize]);
        self.fallen.mark(row);
    }

    /// Where the row could go, and whether it could wait.
    fn look_from(&self, search: &mut Search, end: &mut End, row: u32, distance: i64) {
        search.rows.push((row, distance));
        let reach = distance + self.surplus[row as usize];
        let wait = reach + self.base[row as usize];
        // A place that is worth as much as waiting is better than waiting.
        let mut limit = search.bound.min(wait.saturating_add(1));
        let mate = self.mate[row as usize];
        for edge in &self.lists[row as usize] {
            let least = reach - i64::from(edge.fit);
            if least >= limit {
                break;
            }
            let next = least + self.price[edge.col as usize];
            if next < limit && next < search.dist[edge.col as usize] && edge.col != mate {
                search.reach(edge.col, next, row);
                if self.holes[edge.col as usize] > 0 || self.has_room(edge.col) {
                    (search.bound, limit) = (next, next);
                    *end = End::Col(edge.col);
                } else {
                    search.heap.push(Reverse((next, edge.col)));
                }
            }
        }
        if wait < search.bound {
            search.bound = wait;
            *end = End::Wait(row);
        }
    }

    /// Rows nearer than the end pay, columns nearer than the end gain, the difference.
    fn raise_prices(&mut self, search: &Search) {
        for (row, distance) in &search.rows {
            if search.bound > *distance {
                self.surplus[*row as usize] -= search.bound - distance;
                self.fallen.mark(*row);
            }
        }
        for col in &search.settled {
            self.price[*col as usize] += search.bound - search.dist[*col as usize];
        }
    }

    /// Everybody on the way to the end moves on by one.
    fn move_along(&mut self, search: &Search, end: End) {
        let (mut row, mut col) = match end {
            End::Wait(row) => (row, NONE),
            End::Col(col) => {
                let holes = &mut self.holes[col as usize];
                *holes = holes.saturating_sub(1);
                (search.parent[col as usize], col)
            }
        };
        loop {
            let left = self.change_place(row, col);
            if left == NONE {
                // Only the row that looked for a place had none.
                return;
            }
            (row, col) = (search.parent[left as usize], left);
        }
    }
}
