//! The kernels: one mentee against 64 mentors at a time, the same integers on every processor.
//!
//! A kernel gets a block's plan (masks and their points, made from the columns), adds the cheap parts,
//! and computes availability only where the score can still reach what is needed. Which kernel runs is
//! decided once, at run time.
#![expect(
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "hot loops; blocks and lanes are in range by construction of the columns"
)]

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod portable;

use super::columns::{BLOCK, Columns, Plan, Professions, Row};

/// A way of computing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kernel {
    /// 512-bit vectors with a 16-bit population count.
    Avx512,
    /// 256-bit vectors.
    Avx2,
    /// No assumption about the processor.
    Portable,
}

impl Kernel {
    /// The fastest that this processor has.
    #[must_use]
    pub fn best() -> Self {
        Self::available().first().copied().unwrap_or(Self::Portable)
    }

    /// All that this processor has, fastest first.
    #[must_use]
    pub fn available() -> Vec<Self> {
        let mut kernels = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            let wide = is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512bitalg");
            if wide {
                kernels.push(Self::Avx512);
            }
            if is_x86_feature_detected!("avx2") {
                kernels.push(Self::Avx2);
            }
        }
        kernels.push(Self::Portable);
        kernels
    }

    /// Its name in statistics.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Avx512 => "AVX-512",
            Self::Avx2 => "AVX2",
            Self::Portable => "portable",
        }
    }
}

/// One mentee against all mentors.
pub struct Job<'a> {
    pub columns: &'a Columns,
    pub row: &'a Row,
    pub professions: &'a Professions,
    /// What a score must reach per mentor beside `need` (a price); none for zero everywhere.
    pub bars: Option<&'a Bars>,
}

impl Job<'_> {
    /// Whether any block can reach what is needed, as far as its professions and prices say.
    #[inline(always)]
    fn can_matter(&self, need: i32) -> bool {
        let Some(bars) = self.bars else {
            return true;
        };
        let bound = |block: usize| {
            i32::from(self.professions.most[block]) + i32::from(self.row.most_besides)
        };
        let mut blocks = self.professions.order.iter().map(|block| *block as usize);
        let least_of_all = need.saturating_add(i32::from(bars.least_of_all));
        blocks
            .by_ref()
            .take_while(|block| bound(*block) >= least_of_all)
            .any(|block| bound(block) >= need.saturating_add(i32::from(bars.least[block])))
    }
}

/// Prices as the kernels compare them, and the least of each block.
#[derive(Debug, Default)]
pub struct Bars {
    /// Per mentor, saturated.
    pub bars: Vec<i16>,
    /// Per block.
    pub least: Vec<i16>,
    /// Of all.
    pub least_of_all: i16,
}

impl Bars {
    /// From prices and an offset, saturated to 16 bits; padded to whole blocks.
    pub fn fill(&mut self, prices: &[i64], offset: i64) {
        let blocks = prices.len().div_ceil(BLOCK);
        self.bars.clear();
        self.bars.extend(
            prices
                .iter()
                .map(|price| (price + offset).clamp(-32_768, 32_767) as i16),
        );
        self.bars.resize(blocks * BLOCK, i16::MAX);
        self.least.clear();
        self.least.extend(
            self.bars
                .chunks(BLOCK)
                .map(|block| block.iter().copied().min().unwrap_or(i16::MAX)),
        );
        self.least_of_all = self.least.iter().copied().min().unwrap_or(i16::MAX);
    }
}

/// Takes what a kernel finds in a block.
pub trait Taker {
    /// Least gain (score less bar) that is still of interest.
    fn need(&self) -> i32;
    /// Mentors of `mask` in `block` reach the need with these scores.
    fn take(&mut self, block: usize, mask: u64, scores: &[i16; BLOCK]);
}

/// The arithmetic of one instruction set.
trait Isa {
    /// Scores of the mentors whose score is at least `need` + bar (mask), written to `out`.
    ///
    /// # Safety
    /// The processor must have the instruction set.
    unsafe fn block<const SPREAD: u32>(
        job: &Job<'_>,
        plan: &Plan,
        block: usize,
        need: i16,
        out: &mut [i16; BLOCK],
    ) -> u64;
}

/// Walks over the blocks that can still matter.
#[inline(always)]
unsafe fn walk<I: Isa, T: Taker, const SPREAD: u32>(job: &Job<'_>, plan: &mut Plan, taker: &mut T) {
    if !job.can_matter(taker.need()) {
        return;
    }
    job.columns.plan(job.row, job.professions, plan);
    let plan = &*plan;
    let mut out = [0_i16; BLOCK];
    for block in &job.professions.order {
        let block = *block as usize;
        let bound = i32::from(job.professions.most[block]) + i32::from(job.row.most_besides);
        let need = taker.need();
        match job.bars {
            // Blocks come by falling bound: nothing later can reach the need.
            None if bound < need => break,
            Some(bars) if bound < need.saturating_add(i32::from(bars.least_of_all)) => break,
            _ => {}
        }
        // The same bound, now that the masks say which additions occur in this block at all.
        let closer = job.professions.most[block] + job.row.most_shared + plan.most[block];
        let bar = job.bars.map_or(0, |bars| i32::from(bars.least[block]));
        if plan.admissible[block] == 0 || i32::from(closer) < need.saturating_add(bar) {
            continue;
        }
        let need = need.clamp(-32_768, 32_767) as i16;
        // SAFETY: the caller checked the instruction set.
        let mask = unsafe { I::block::<SPREAD>(job, plan, block, need, &mut out) };
        if mask != 0 {
            taker.take(block, mask, &out);
        }
    }
}

/// Runs one mentee against all mentors.
pub fn run<T: Taker>(kernel: Kernel, job: &Job<'_>, plan: &mut Plan, taker: &mut T) {
    match kernel {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: this kernel is only chosen by `Kernel::available`, which asked the processor.
        Kernel::Avx512 => unsafe { avx512::run(job, plan, taker) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: as above.
        Kernel::Avx2 => unsafe { avx2::run(job, plan, taker) },
        // SAFETY: no instruction set is assumed.
        _ => unsafe { portable::run(job, plan, taker) },
    }
}
