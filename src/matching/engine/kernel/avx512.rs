//! 32 mentors in a register, population count of 16-bit lanes in one instruction.

use core::arch::x86_64::*;

use super::super::columns::{BLOCK, MOST_UNITS_A_WEEK, Plan};
use super::{Isa, Job, Taker, walk};

struct Avx512;

#[target_feature(enable = "avx512f,avx512bw,avx512bitalg")]
pub unsafe fn run<T: Taker>(job: &Job<'_>, taker: &mut T) {
    // SAFETY: the instruction set is enabled here and present by this function's contract.
    unsafe {
        match job.columns.time.spread {
            0 => walk::<Avx512, T, 0>(job, taker),
            1 => walk::<Avx512, T, 1>(job, taker),
            2 => walk::<Avx512, T, 2>(job, taker),
            _ => walk::<Avx512, T, 9>(job, taker),
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
        // SAFETY: every load and store is inside a slice of 64 lanes whose length was checked by slicing.
        unsafe {
            let columns = job.columns;
            let (mut asked, mut other) = (_mm512_setzero_si512(), _mm512_setzero_si512());
            for (language, level, is_asked) in &job.row.languages {
                let theirs = _mm512_loadu_si512(columns.levels(*language, block).as_ptr().cast());
                let shared = _mm512_min_epu8(theirs, _mm512_set1_epi8(*level as i8));
                if *is_asked {
                    asked = _mm512_max_epu8(asked, shared);
                } else {
                    other = _mm512_max_epu8(other, shared);
                }
            }
            let least = _mm512_set1_epi8(columns.least_level as i8);
            let admissible =
                plan.admissible & _mm512_cmpge_epu8_mask(_mm512_max_epu8(asked, other), least);
            if admissible == 0 {
                return 0;
            }
            let points = job.professions.points[block * BLOCK..(block + 1) * BLOCK].as_ptr();
            let table_asked = _mm512_loadu_si512(columns.table_asked.as_ptr().cast());
            let widen = |levels, half| {
                if half == 0 {
                    _mm512_cvtepu8_epi16(_mm512_castsi512_si256(levels))
                } else {
                    _mm512_cvtepu8_epi16(_mm512_extracti64x4_epi64::<1>(levels))
                }
            };
            let need_lanes = _mm512_set1_epi16(need);
            let most_time = _mm512_set1_epi16(columns.time.most);
            let mut sums = [_mm512_setzero_si512(); 2];
            let mut bars = [need_lanes; 2];
            let mut possible = [0_u32; 2];
            for half in 0..2 {
                let mut language = _mm512_permutexvar_epi16(widen(asked, half), table_asked);
                if job.row.others {
                    let table_other = _mm512_loadu_si512(columns.table_other.as_ptr().cast());
                    language = _mm512_max_epi16(
                        language,
                        _mm512_permutexvar_epi16(widen(other, half), table_other),
                    );
                }
                let mut sum =
                    _mm512_add_epi16(language, _mm512_loadu_si512(points.add(half * 32).cast()));
                for (mask, add) in &plan.adds[..plan.count] {
                    let mask = (*mask >> (half * 32)) as u32;
                    sum = _mm512_mask_add_epi16(sum, mask, sum, _mm512_set1_epi16(*add));
                }
                if let Some(prices) = job.bars {
                    let prices = prices.bars[block * BLOCK..(block + 1) * BLOCK].as_ptr();
                    bars[half] = _mm512_adds_epi16(
                        need_lanes,
                        _mm512_loadu_si512(prices.add(half * 32).cast()),
                    );
                }
                let reach = _mm512_cmpge_epi16_mask(_mm512_add_epi16(sum, most_time), bars[half]);
                possible[half] = reach & (admissible >> (half * 32)) as u32;
                sums[half] = sum;
            }
            if possible[0] | possible[1] == 0 {
                return 0;
            }
            let (times, in_time) = match possible {
                [_, 0] => time::<SPREAD, 0, 1>(job, block),
                [0, _] => time::<SPREAD, 1, 2>(job, block),
                _ => time::<SPREAD, 0, 2>(job, block),
            };
            let mut mask = 0_u64;
            for half in 0..2 {
                let score = _mm512_add_epi16(sums[half], times[half]);
                _mm512_storeu_si512(out.as_mut_ptr().add(half * 32).cast(), score);
                let found =
                    possible[half] & in_time[half] & _mm512_cmpge_epi16_mask(score, bars[half]);
                mask |= u64::from(found) << (half * 32);
            }
            mask
        }
    }
}

/// Points of common time, and which mentors keep the rule of least overlap, for the halves from `FROM` up
/// to `TO`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512bitalg")]
unsafe fn time<const SPREAD: u32, const FROM: usize, const TO: usize>(
    job: &Job<'_>,
    block: usize,
) -> ([__m512i; 2], [u32; 2]) {
    // SAFETY: `words` has `total` × 64 lanes and `wide` has `total` rows, checked by slicing.
    unsafe {
        let time = &job.columns.time;
        let words = job.columns.words(block)[..time.total * BLOCK].as_ptr();
        let wide = job.row.wide[..time.total].as_ptr();
        let counted = _mm512_set1_epi16(time.counted as i16);
        let full = _mm512_set1_epi16(MOST_UNITS_A_WEEK as i16);
        let mut units = [_mm512_setzero_si512(); 2];
        let mut in_weeks = [_mm512_setzero_si512(); 2];
        let mut word = 0;
        for (count, weeks) in time.counts.iter().zip(&time.weeks) {
            let mut slots = [_mm512_setzero_si512(); 2];
            for _ in 0..*count {
                let mine = _mm512_loadu_si512(wide.add(word).cast());
                for (half, slots) in slots.iter_mut().enumerate().take(TO).skip(FROM) {
                    let theirs = _mm512_loadu_si512(words.add(word * BLOCK + half * 32).cast());
                    let covered =
                        cover::<SPREAD>(_mm512_and_si512(mine, theirs), counted, time.spread);
                    *slots = _mm512_add_epi16(*slots, _mm512_popcnt_epi16(covered));
                }
                word += 1;
            }
            let lasting = _mm512_set1_epi16(*weeks as i16);
            for half in FROM..TO {
                let most = _mm512_min_epu16(slots[half], full);
                units[half] = _mm512_add_epi16(units[half], _mm512_mullo_epi16(most, lasting));
                if time.weeks_needed > 0 {
                    let enough = _mm512_cmpge_epu16_mask(
                        slots[half],
                        _mm512_set1_epi16(time.least_slots as i16),
                    );
                    in_weeks[half] =
                        _mm512_mask_add_epi16(in_weeks[half], enough, in_weeks[half], lasting);
                }
            }
        }
        let shift = _mm_cvtsi32_si128(time.scale.shift as i32);
        let factor = _mm512_set1_epi16(time.scale.factor as i16);
        let needed = _mm512_set1_epi16(time.weeks_needed as i16);
        let points = [0, 1]
            .map(|half: usize| _mm512_mulhi_epu16(_mm512_sll_epi16(units[half], shift), factor));
        let in_time = [0, 1].map(|half: usize| _mm512_cmpge_epu16_mask(in_weeks[half], needed));
        (points, in_time)
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
