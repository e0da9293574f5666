//! Plain loops over 64 lanes, shaped so that any compiler can make vectors of them.

use super::super::columns::{BLOCK, MOST_UNITS_A_WEEK, Plan};
use super::{Isa, Job, Taker, walk};

struct Portable;

/// # Safety
/// None needed; unsafe only to be called like the others.
pub unsafe fn run<T: Taker>(job: &Job<'_>, plan: &mut Plan, taker: &mut T) {
    // SAFETY: no instruction set is assumed.
    unsafe {
        match job.columns.time.spread {
            0 => walk::<Portable, T, 0>(job, plan, taker),
            1 => walk::<Portable, T, 1>(job, plan, taker),
            _ => walk::<Portable, T, 9>(job, plan, taker),
        }
    }
}

impl Isa for Portable {
    #[inline(always)]
    unsafe fn block<const SPREAD: u32>(
        job: &Job<'_>,
        plan: &Plan,
        block: usize,
        need: i16,
        out: &mut [i16; BLOCK],
    ) -> u64 {
        let columns = job.columns;
        let (mut asked, mut other) = ([0_u8; BLOCK], [0_u8; BLOCK]);
        for (language, level, is_asked) in &job.row.languages {
            let best = if *is_asked { &mut asked } else { &mut other };
            for (best, theirs) in best.iter_mut().zip(columns.levels(*language, block)) {
                *best = (*best).max(*level.min(theirs));
            }
        }
        let mut admissible = 0_u64;
        for lane in 0..BLOCK {
            admissible |= u64::from(asked[lane].max(other[lane]) >= columns.least_level) << lane;
        }
        admissible &= plan.admissible[block];
        if admissible == 0 {
            return 0;
        }
        let points = &job.professions.points[block * BLOCK..(block + 1) * BLOCK];
        for lane in 0..BLOCK {
            let language = columns.table_asked[usize::from(asked[lane] & 31)];
            out[lane] =
                points[lane] + language.max(columns.table_other[usize::from(other[lane] & 31)]);
        }
        for (add, points) in plan.points().iter().enumerate() {
            let (mask, points) = (plan.mask(add, block), *points as i16);
            for (lane, sum) in out.iter_mut().enumerate() {
                *sum += -((mask >> lane & 1) as i16) & points;
            }
        }
        let mut bars = [need; BLOCK];
        if let Some(prices) = job.bars {
            let prices = &prices.bars[block * BLOCK..(block + 1) * BLOCK];
            bars.iter_mut()
                .zip(prices)
                .for_each(|(bar, price)| *bar = bar.saturating_add(*price));
        }
        let mut possible = 0_u64;
        for lane in 0..BLOCK {
            possible |= u64::from(out[lane] + columns.time.most >= bars[lane]) << lane;
        }
        possible &= admissible;
        if possible == 0 {
            return 0;
        }
        let (times, in_weeks) = time::<SPREAD>(job, block);
        let mut found = 0_u64;
        for lane in 0..BLOCK {
            out[lane] += times[lane] as i16;
            found |=
                u64::from(out[lane] >= bars[lane] && in_weeks[lane] >= columns.time.weeks_needed)
                    << lane;
        }
        possible & found
    }
}

/// Points of common time, and in how many weeks the rule of least overlap is kept.
#[inline(always)]
fn time<const SPREAD: u32>(job: &Job<'_>, block: usize) -> ([u16; BLOCK], [u16; BLOCK]) {
    let time = &job.columns.time;
    let mut words = job
        .columns
        .words(block)
        .chunks_exact(BLOCK)
        .zip(&job.row.words);
    let (mut units, mut in_weeks) = ([0_u16; BLOCK], [0_u16; BLOCK]);
    for (count, weeks) in time.counts.iter().zip(&time.weeks) {
        let mut slots = [0_u16; BLOCK];
        for (theirs, mine) in words.by_ref().take(*count) {
            for (slots, theirs) in slots.iter_mut().zip(theirs) {
                *slots += ones(cover::<SPREAD>(mine & theirs, time.counted, time.spread));
            }
        }
        for lane in 0..BLOCK {
            units[lane] += slots[lane].min(MOST_UNITS_A_WEEK) * weeks;
            in_weeks[lane] += if slots[lane] >= time.least_slots {
                *weeks
            } else {
                0
            };
        }
    }
    let factor = u32::from(time.scale.factor);
    let points = units.map(|units| ((u32::from(units << time.scale.shift) * factor) >> 16) as u16);
    (points, in_weeks)
}

/// Number of ones, by adding neighbours.
#[inline(always)]
fn ones(bits: u16) -> u16 {
    let pairs = bits - (bits >> 1 & 0x5555);
    let fours = (pairs & 0x3333) + (pairs >> 2 & 0x3333);
    let bytes = (fours + (fours >> 4)) & 0x0f0f;
    (bytes + (bytes >> 8)) & 0x1f
}

#[inline(always)]
fn cover<const SPREAD: u32>(starts: u16, counted: u16, spread: u32) -> u16 {
    match SPREAD {
        0 => starts,
        1 => (starts | starts << 1) & counted,
        _ => (0..spread).fold(starts, |covered, _| starts | covered << 1) & counted,
    }
}
