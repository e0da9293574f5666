//! What is done with the scores that a kernel finds: keep the best, count, or write down.

use super::super::columns::BLOCK;
use super::super::kernel::{Bars, Job, Taker};
use super::super::sparse::Edge;

/// The best of what was found. An entry is one number, so that ranking is comparing numbers: the gain
/// (17 bits), the number that breaks ties (23), the column (24).
#[derive(Default)]
pub(super) struct Best {
    keep: usize,
    need: i32,
    least_key: u64,
    entries: Vec<u64>,
}

const GAIN_OFFSET: i32 = 65_536;

impl Best {
    pub(super) fn begin(&mut self, keep: usize, need: i32) {
        self.keep = keep;
        self.need = need;
        self.least_key = 0;
        self.entries.clear();
    }

    #[inline(always)]
    fn offer(&mut self, gain: i32, tie: u32, col: u32) {
        let key = ((gain + GAIN_OFFSET) as u64) << 47 | u64::from(tie >> 9) << 24 | u64::from(col);
        if key < self.least_key {
            return;
        }
        self.entries.push(key);
        if self.entries.len() >= self.keep + 40 {
            self.cut();
            self.least_key = self.entries[self.keep - 1];
            self.need = (self.least_key >> 47) as i32 - GAIN_OFFSET;
        }
    }

    /// Keeps the best, in no order but with the last of them at its place.
    fn cut(&mut self) {
        if self.entries.len() > self.keep {
            self.entries
                .select_nth_unstable_by(self.keep - 1, |a, b| b.cmp(a));
            self.entries.truncate(self.keep);
        }
    }

    /// The candidates, best fit first; the fit is the gain and the bar together.
    pub(super) fn finish(&mut self, bars: Option<&Bars>) -> Vec<Edge> {
        self.cut();
        self.entries.sort_unstable_by(|a, b| b.cmp(a));
        let edge = |key: &u64| {
            let col = (*key & 0xff_ffff) as u32;
            let gain = (*key >> 47) as i32 - GAIN_OFFSET;
            Edge {
                col,
                fit: gain + bars.map_or(0, |bars| i32::from(bars.bars[col as usize])),
            }
        };
        let mut list: Vec<Edge> = self.entries.iter().map(edge).collect();
        if bars.is_some() {
            list.sort_by_key(|edge| std::cmp::Reverse(edge.fit));
        }
        list
    }
}

pub(super) struct Chooser<'a> {
    pub(super) job: &'a Job<'a>,
    pub(super) floor: i16,
    pub(super) best: &'a mut Best,
}

impl Taker for Chooser<'_> {
    #[inline(always)]
    fn need(&self) -> i32 {
        self.best.need
    }

    #[inline(always)]
    fn take(&mut self, block: usize, mut mask: u64, scores: &[i16; BLOCK]) {
        while mask != 0 {
            let lane = mask.trailing_zeros() as usize;
            mask &= mask - 1;
            let col = block * BLOCK + lane;
            let fit = scores[lane];
            let gain = i32::from(fit) - self.job.bars.map_or(0, |bars| i32::from(bars.bars[col]));
            if gain >= self.best.need && fit >= self.floor {
                self.best
                    .offer(gain, self.job.columns.tie(self.job.row, col), col as u32);
            }
        }
    }
}

/// Counts admissible pairs and adds up all lanes (a check sum: every score was computed and read).
#[derive(Default)]
pub(super) struct Counter {
    pub(super) count: u64,
    pub(super) sum: u64,
}

impl Taker for Counter {
    #[inline(always)]
    fn need(&self) -> i32 {
        -32_768
    }

    #[inline(always)]
    fn take(&mut self, _block: usize, mask: u64, scores: &[i16; BLOCK]) {
        self.count += u64::from(mask.count_ones());
        self.sum += scores
            .iter()
            .map(|score| u32::from(*score as u16))
            .sum::<u32>() as u64;
    }
}

pub(super) struct Writer<'a> {
    pub(super) scores: &'a mut [i16],
}

impl Taker for Writer<'_> {
    #[inline(always)]
    fn need(&self) -> i32 {
        -32_768
    }

    #[inline(always)]
    fn take(&mut self, block: usize, mask: u64, found: &[i16; BLOCK]) {
        let from = block * BLOCK;
        let to = (from + BLOCK).min(self.scores.len());
        self.scores[from..to].copy_from_slice(&found[..to - from]);
        let mut not = !mask;
        if to - from < BLOCK {
            not &= (1 << (to - from)) - 1;
        }
        while not != 0 {
            self.scores[from + not.trailing_zeros() as usize] = -1;
            not &= not - 1;
        }
    }
}
