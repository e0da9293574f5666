//! A hole looks for somebody: Dijkstra against the direction of moving, to the nearest row that waits or
//! the nearest column that can do without.

use std::cmp::Reverse;

use super::{Fan, NONE, Search, Sparse};

/// Where a search ended.
#[derive(Debug, Clone, Copy)]
enum End {
    /// A place of this column stays empty.
    Empty(u32),
    /// This row waits no longer, and goes to the column.
    Waiting(u32, u32),
}

impl Sparse {
    /// Fills one hole of a column, or lets a place stay empty somewhere, as is best for all.
    pub(super) fn fill(&mut self, hole: u32) {
        self.searches += 1;
        let fans = match self.fans.take() {
            Some(fans) => fans,
            None => self.make_fans(),
        };
        let mut search = std::mem::take(&mut self.search);
        search.begin(self.price[hole as usize]);
        search.reach(hole, 0, NONE);
        search.heap.push(Reverse((0, hole)));
        let mut end = End::Empty(hole);
        while let Some(Reverse((distance, col))) = search.heap.pop() {
            if distance >= search.bound {
                break;
            }
            if distance == search.dist[col as usize] {
                search.settled.push(col);
                self.look_back(&mut search, &mut end, &fans[col as usize], (col, distance));
            }
        }
        self.fans = Some(fans);
        self.lower_prices(&search);
        self.move_back(&search, hole, end);
        self.search = search;
    }

    pub(super) fn make_fans(&self) -> Vec<Vec<Fan>> {
        let mut counts = vec![0; self.cap.len()];
        for edge in self.lists.iter().flatten() {
            counts[edge.col as usize] += 1;
        }
        let mut fans: Vec<Vec<Fan>> = counts.into_iter().map(Vec::with_capacity).collect();
        for (row, list) in (0_u32..).zip(&self.lists) {
            for edge in list {
                fans[edge.col as usize].push(Fan { row, fit: edge.fit });
            }
        }
        fans
    }

    /// Whether the column can do without, and who could come to it.
    fn look_back(
        &self,
        search: &mut Search,
        end: &mut End,
        fans: &[Fan],
        (col, distance): (u32, i64),
    ) {
        let reach = distance + self.price[col as usize];
        if reach < search.bound {
            search.bound = reach;
            *end = End::Empty(col);
        }
        for fan in fans {
            let next = reach + self.surplus[fan.row as usize] - i64::from(fan.fit);
            let mate = self.mate[fan.row as usize];
            if next >= search.bound || mate == col || !self.active[fan.row as usize] {
                continue;
            }
            if mate == NONE {
                search.bound = next;
                *end = End::Waiting(fan.row, col);
            } else if next < search.dist[mate as usize] {
                search.reach(mate, next, fan.row);
                search.via[mate as usize] = col;
                search.heap.push(Reverse((next, mate)));
            }
        }
    }

    /// Columns nearer than the end become cheaper, to the gain of who is there.
    fn lower_prices(&mut self, search: &Search) {
        for col in &search.settled {
            let fall = search.bound - search.dist[*col as usize];
            if fall > 0 {
                self.price[*col as usize] -= fall;
                self.dropped.mark(*col);
                for owner in &self.owners[*col as usize] {
                    self.surplus[*owner as usize] += fall;
                }
            }
        }
    }

    /// Everybody on the way from the end to the hole moves on by one.
    fn move_back(&mut self, search: &Search, hole: u32, end: End) {
        let mut col = match end {
            End::Empty(col) => col,
            End::Waiting(row, col) => {
                self.change_place(row, col);
                col
            }
        };
        while col != hole {
            let to = search.via[col as usize];
            self.change_place(search.parent[col as usize], to);
            col = to;
        }
        self.holes[hole as usize] -= 1;
    }
}
