//! 32 mentors in a register, population count of 16-bit lanes in one instruction.

use core::arch::x86_64::*;

use super::super::columns::{BLOCK, MOST_UNITS_A_WEEK, Plan};
use super::{Isa, Job, Taker, walk};

struct Avx512;

#[target_feature(enable = "avx512f,avx512bw,avx512bitalg")]
pub unsafe fn run<T: Taker>(job: &Job<'_>, plan: &mut Plan, taker: &mut T) {
    // SAFETY: the instruction set is enabled here and present by this function's contract.
    unsafe {
        match job.columns.time.spread {
            0 => walk::<Avx512, T, 0>(job, plan, taker),
            1 => walk::<Avx512, T, 1>(job, plan, taker),
            2 => walk::<Avx512, T, 2>(job, plan, taker),
            _ => walk::<Avx512, T, 9>(job, plan, taker),
        }
    }
}

impl Isa for Avx512 {
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512bitalg")]
    unsafe fn block<const SPREAD: u32>(
        job: &Job<'_>,
        plan: &Plan,
        block: usize,
        need: i16,
        out: &mut [i16; BLOCK],
    ) -> u64 {
        // SAFETY: every load is inside a slice of 64 lanes whose length was checked by slicing.
        unsafe {
            let (mut asked, mut other) = (_mm512_setzero_si512(), _mm512_setzero_si512());
            for (language, level, is_asked) in &job.row.languages {
                let theirs =
                    _mm512_loadu_si512(job.columns.levels(*language, block).as_ptr().cast());
                let shared = _mm512_min_epu8(theirs, _mm512_set1_epi8(*level as i8));
                if *is_asked {
                    asked = _mm512_max_epu8(asked, shared);
                } else {
                    other = _mm512_max_epu8(other, shared);
                }
            }
            let least = _mm512_set1_epi8(job.columns.least_level as i8);
            let admissible = plan.admissible[block]
                & _mm512_cmpge_epu8_mask(_mm512_max_epu8(asked, other), least);
            if admissible == 0 {
                return 0;
            }
            let need = _mm512_set1_epi16(need);
            let low = [
                _mm512_cvtepu8_epi16(_mm512_castsi512_si256(asked)),
                _mm512_cvtepu8_epi16(_mm512_castsi512_si256(other)),
            ];
            let high = [
                _mm512_cvtepu8_epi16(_mm512_extracti64x4_epi64::<1>(asked)),
                _mm512_cvtepu8_epi16(_mm512_extracti64x4_epi64::<1>(other)),
            ];
            let first = half::<SPREAD, 0>(job, plan, block, (low, need), admissible as u32, out);
            let second = half::<SPREAD, 1>(
                job,
                plan,
                block,
                (high, need),
                (admissible >> 32) as u32,
                out,
            );
            u64::from(second) << 32 | u64::from(first)
        }
    }
}

/// Half a block: 32 mentors. Written without closures and iterators over registers, which would not
/// inherit the instruction set and would each become a call.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512bitalg")]
unsafe fn half<const SPREAD: u32, const HALF: usize>(
    job: &Job<'_>,
    plan: &Plan,
    block: usize,
    (levels, need): ([__m512i; 2], __m512i),
    admissible: u32,
    out: &mut [i16; BLOCK],
) -> u32 {
    // SAFETY: every load and store is inside a slice of 64 lanes whose length was checked by slicing.
    unsafe {
        let columns = job.columns;
        let lanes = block * BLOCK..(block + 1) * BLOCK;
        let table = _mm512_loadu_si512(columns.table_asked.as_ptr().cast());
        let mut sum = _mm512_permutexvar_epi16(levels[0], table);
        if job.row.others {
            let table = _mm512_loadu_si512(columns.table_other.as_ptr().cast());
            sum = _mm512_max_epi16(sum, _mm512_permutexvar_epi16(levels[1], table));
        }
        let points = job.professions.points[lanes.clone()].as_ptr();
        sum = _mm512_add_epi16(sum, _mm512_loadu_si512(points.add(HALF * 32).cast()));
        for (add, points) in plan.points().iter().enumerate() {
            let mask = (plan.mask(add, block) >> (HALF * 32)) as u32;
            sum = _mm512_mask_add_epi16(sum, mask, sum, _mm512_set1_epi32(*points));
        }
        let mut bars = need;
        if let Some(prices) = job.bars {
            let prices = prices.bars[lanes].as_ptr();
            bars = _mm512_adds_epi16(need, _mm512_loadu_si512(prices.add(HALF * 32).cast()));
        }
        let most_time = _mm512_set1_epi16(columns.time.most);
        let possible = admissible & _mm512_cmpge_epi16_mask(_mm512_add_epi16(sum, most_time), bars);
        if possible == 0 {
            return 0;
        }
        let (points, in_time) = time::<SPREAD, HALF>(job, block);
        let score = _mm512_add_epi16(sum, points);
        _mm512_storeu_si512(out.as_mut_ptr().add(HALF * 32).cast(), score);
        possible & in_time & _mm512_cmpge_epi16_mask(score, bars)
    }
}

/// Points of common time, and which mentors keep the rule of least overlap.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512bitalg")]
unsafe fn time<const SPREAD: u32, const HALF: usize>(
    job: &Job<'_>,
    block: usize,
) -> (__m512i, u32) {
    // SAFETY: `words` has `total` × 64 lanes and `pairs` has `total` numbers, checked by slicing.
    unsafe {
        let time = &job.columns.time;
        let mut words = job.columns.words(block)[..time.total * BLOCK]
            .as_ptr()
            .add(HALF * 32);
        let mut pairs = job.row.pairs[..time.total].as_ptr();
        let counted = _mm512_set1_epi16(time.counted as i16);
        let full = _mm512_set1_epi16(MOST_UNITS_A_WEEK as i16);
        let least = _mm512_set1_epi16(time.least_slots as i16);
        let mut units = _mm512_setzero_si512();
        let mut in_weeks = _mm512_setzero_si512();
        for (count, weeks) in time.counts.iter().zip(&time.weeks) {
            let mut slots = _mm512_setzero_si512();
            for _ in 0..*count {
                let common = _mm512_and_si512(
                    _mm512_set1_epi32(*pairs as i32),
                    _mm512_loadu_si512(words.cast()),
                );
                let covered = cover::<SPREAD>(common, counted, time.spread);
                slots = _mm512_add_epi16(slots, _mm512_popcnt_epi16(covered));
                (pairs, words) = (pairs.add(1), words.add(BLOCK));
            }
            let lasting = _mm512_set1_epi16(*weeks as i16);
            let most = _mm512_min_epu16(slots, full);
            units = _mm512_add_epi16(units, _mm512_mullo_epi16(most, lasting));
            let enough = _mm512_cmpge_epu16_mask(slots, least);
            in_weeks = _mm512_mask_add_epi16(in_weeks, enough, in_weeks, lasting);
        }
        let shift = _mm_cvtsi32_si128(time.scale.shift as i32);
        let factor = _mm512_set1_epi16(time.scale.factor as i16);
        let needed = _mm512_set1_epi16(time.weeks_needed as i16);
        let points = _mm512_mulhi_epu16(_mm512_sll_epi16(units, shift), factor);
        (points, _mm512_cmpge_epu16_mask(in_weeks, needed))
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512bitalg")]
unsafe fn cover<const SPREAD: u32>(starts: __m512i, counted: __m512i, spread: u32) -> __m512i {
    // Truth table 0xa8: (a or b) and c, with c the bits that count.
    match SPREAD {
        0 => starts,
        1 => _mm512_ternarylogic_epi64::<0xa8>(starts, _mm512_slli_epi16::<1>(starts), counted),
        2 => {
            let two = _mm512_or_si512(starts, _mm512_slli_epi16::<1>(starts));
            _mm512_ternarylogic_epi64::<0xa8>(two, _mm512_slli_epi16::<2>(starts), counted)
        }
        _ => {
            let mut covered = starts;
            for _ in 0..spread {
                covered = _mm512_or_si512(starts, _mm512_slli_epi16::<1>(covered));
            }
            _mm512_and_si512(covered, counted)
        }
    }
}
