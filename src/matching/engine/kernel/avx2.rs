//! 16 mentors in a register; population counts by table lookup of half bytes.

use core::arch::x86_64::*;

use super::super::columns::{BLOCK, MOST_UNITS_A_WEEK, Plan};
use super::{Isa, Job, Taker, walk};

struct Avx2;

#[target_feature(enable = "avx2")]
pub unsafe fn run<T: Taker>(job: &Job<'_>, taker: &mut T) {
    // SAFETY: the instruction set is enabled here and present by this function's contract.
    unsafe {
        match job.columns.time.spread {
            0 => walk::<Avx2, T, 0>(job, taker),
            1 => walk::<Avx2, T, 1>(job, taker),
            _ => walk::<Avx2, T, 9>(job, taker),
        }
    }
}

impl Isa for Avx2 {
    #[inline]
    #[target_feature(enable = "avx2")]
    unsafe fn block<const SPREAD: u32>(
        job: &Job<'_>,
        plan: &Plan,
        block: usize,
        need: i16,
        out: &mut [i16; BLOCK],
    ) -> u64 {
        let mut mask = 0_u64;
        for half in 0..2 {
            let admissible = (plan.admissible >> (half * 32)) as u32;
            if admissible != 0 {
                // SAFETY: the instruction set is present by the caller's contract.
                let found =
                    unsafe { part::<SPREAD>(job, plan, block, half, admissible, need, out) };
                mask |= u64::from(found) << (half * 32);
            }
        }
        mask
    }
}

/// Half a block: 32 mentors.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn part<const SPREAD: u32>(
    job: &Job<'_>,
    plan: &Plan,
    block: usize,
    half: usize,
    admissible: u32,
    need: i16,
    out: &mut [i16; BLOCK],
) -> u32 {
    // SAFETY: every load and store is inside a slice of 64 lanes whose length was checked by slicing.
    unsafe {
        let columns = job.columns;
        let (mut asked, mut other) = (_mm256_setzero_si256(), _mm256_setzero_si256());
        for (language, level, is_asked) in &job.row.languages {
            let theirs = _mm256_loadu_si256(
                columns
                    .levels(*language, block)
                    .as_ptr()
                    .add(half * 32)
                    .cast(),
            );
            let shared = _mm256_min_epu8(theirs, _mm256_set1_epi8(*level as i8));
            if *is_asked {
                asked = _mm256_max_epu8(asked, shared);
            } else {
                other = _mm256_max_epu8(other, shared);
            }
        }
        let best = _mm256_max_epu8(asked, other);
        let least = _mm256_set1_epi8(columns.least_level as i8);
        let enough =
            _mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_max_epu8(best, least), best)) as u32;
        let admissible = admissible & enough;
        if admissible == 0 {
            return 0;
        }
        let points = job.professions.points[block * BLOCK..(block + 1) * BLOCK].as_ptr();
        let need_lanes = _mm256_set1_epi16(need);
        let most_time = _mm256_set1_epi16(columns.time.most);
        let mut sums = [_mm256_setzero_si256(); 2];
        let mut bars = [need_lanes; 2];
        let mut short = [_mm256_setzero_si256(); 2];
        for side in 0..2 {
            let widen = |levels| {
                if side == 0 {
                    _mm256_cvtepu8_epi16(_mm256_castsi256_si128(levels))
                } else {
                    _mm256_cvtepu8_epi16(_mm256_extracti128_si256::<1>(levels))
                }
            };
            let lane = half * 32 + side * 16;
            let mut sum = look_up(&columns.table_asked, widen(asked));
            if job.row.others {
                sum = _mm256_max_epi16(sum, look_up(&columns.table_other, widen(other)));
            }
            sum = _mm256_add_epi16(sum, _mm256_loadu_si256(points.add(lane).cast()));
            for (mask, add) in &plan.adds[..plan.count] {
                let bits = (*mask >> lane) as u16;
                if bits != 0 {
                    sum = _mm256_add_epi16(
                        sum,
                        _mm256_and_si256(expand(bits), _mm256_set1_epi16(*add)),
                    );
                }
            }
            if let Some(prices) = job.bars {
                let prices = prices.bars[block * BLOCK..(block + 1) * BLOCK].as_ptr();
                bars[side] =
                    _mm256_adds_epi16(need_lanes, _mm256_loadu_si256(prices.add(lane).cast()));
            }
            short[side] = _mm256_cmpgt_epi16(bars[side], _mm256_add_epi16(sum, most_time));
            sums[side] = sum;
        }
        let possible = admissible & !lanes(short);
        if possible == 0 {
            return 0;
        }
        let (times, in_time) = time::<SPREAD>(job, block, half);
        for side in 0..2 {
            let score = _mm256_add_epi16(sums[side], times[side]);
            _mm256_storeu_si256(out.as_mut_ptr().add(half * 32 + side * 16).cast(), score);
            short[side] = _mm256_cmpgt_epi16(bars[side], score);
        }
        possible & in_time & !lanes(short)
    }
}

/// One bit per 16-bit lane of two registers.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn lanes(pair: [__m256i; 2]) -> u32 {
    let packed = _mm256_packs_epi16(pair[0], pair[1]);
    _mm256_movemask_epi8(_mm256_permute4x64_epi64::<0b11_01_10_00>(packed)) as u32
}

/// All ones in the lanes whose bit is set.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn expand(bits: u16) -> __m256i {
    let lane = _mm256_setr_epi16(
        1,
        2,
        4,
        8,
        16,
        32,
        64,
        128,
        256,
        512,
        1024,
        2048,
        4096,
        8192,
        16384,
        i16::MIN,
    );
    _mm256_cmpeq_epi16(_mm256_and_si256(_mm256_set1_epi16(bits as i16), lane), lane)
}

/// Points of levels: a table of 16-bit values by two lookups of bytes.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn look_up(table: &[i16; 32], levels: __m256i) -> __m256i {
    // SAFETY: the table has 32 entries, the load takes 16.
    let words = unsafe { _mm256_loadu_si256(table.as_ptr().cast()) };
    let bytes = _mm256_set1_epi16(0x00ff);
    let low = _mm256_packus_epi16(
        _mm256_and_si256(words, bytes),
        _mm256_and_si256(words, bytes),
    );
    let high = _mm256_packus_epi16(_mm256_srli_epi16::<8>(words), _mm256_srli_epi16::<8>(words));
    // After packing, the first eight entries are in the lower and the rest in the upper half.
    let low = _mm256_permute4x64_epi64::<0b10_00_10_00>(low);
    let high = _mm256_permute4x64_epi64::<0b10_00_10_00>(high);
    let upper = _mm256_slli_epi16::<8>(_mm256_shuffle_epi8(high, levels));
    _mm256_or_si256(
        _mm256_and_si256(_mm256_shuffle_epi8(low, levels), bytes),
        upper,
    )
}

/// Points of common time, and which mentors keep the rule of least overlap.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn time<const SPREAD: u32>(job: &Job<'_>, block: usize, half: usize) -> ([__m256i; 2], u32) {
    // SAFETY: `words` has `total` × 64 lanes and `wide` has `total` rows, checked by slicing.
    unsafe {
        let time = &job.columns.time;
        let words = job.columns.words(block)[..time.total * BLOCK]
            .as_ptr()
            .add(half * 32);
        let wide = job.row.wide[..time.total].as_ptr();
        let counted = _mm256_set1_epi16(time.counted as i16);
        let full = _mm256_set1_epi16(MOST_UNITS_A_WEEK as i16);
        let nibble = _mm256_set1_epi8(15);
        let table = _mm256_setr_epi8(
            0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2,
            3, 3, 4,
        );
        let mut units = [_mm256_setzero_si256(); 2];
        let mut in_weeks = [_mm256_setzero_si256(); 2];
        let mut word = 0;
        for (count, weeks) in time.counts.iter().zip(&time.weeks) {
            // At most 25 words a week (336 half-hours in words of at least 9... see below): a byte holds
            // at most 8 bits a word, so bytes are emptied after 31 words.
            let mut slots = [_mm256_setzero_si256(); 2];
            let mut left = *count;
            while left > 0 {
                let now = left.min(31);
                let mut bytes = [_mm256_setzero_si256(); 2];
                for _ in 0..now {
                    let mine = _mm256_loadu_si256(wide.add(word).cast());
                    for (side, bytes) in bytes.iter_mut().enumerate() {
                        let theirs = _mm256_loadu_si256(words.add(word * BLOCK + side * 16).cast());
                        let covered =
                            cover::<SPREAD>(_mm256_and_si256(mine, theirs), counted, time.spread);
                        let low = _mm256_shuffle_epi8(table, _mm256_and_si256(covered, nibble));
                        let high = _mm256_shuffle_epi8(
                            table,
                            _mm256_and_si256(_mm256_srli_epi16::<4>(covered), nibble),
                        );
                        *bytes = _mm256_add_epi8(*bytes, _mm256_add_epi8(low, high));
                    }
                    word += 1;
                }
                for side in 0..2 {
                    let both = _mm256_maddubs_epi16(bytes[side], _mm256_set1_epi8(1));
                    slots[side] = _mm256_add_epi16(slots[side], both);
                }
                left -= now;
            }
            let lasting = _mm256_set1_epi16(*weeks as i16);
            for side in 0..2 {
                let most = _mm256_min_epu16(slots[side], full);
                units[side] = _mm256_add_epi16(units[side], _mm256_mullo_epi16(most, lasting));
                if time.weeks_needed > 0 {
                    let least = _mm256_set1_epi16(time.least_slots as i16);
                    let enough =
                        _mm256_cmpeq_epi16(_mm256_max_epu16(slots[side], least), slots[side]);
                    in_weeks[side] =
                        _mm256_add_epi16(in_weeks[side], _mm256_and_si256(enough, lasting));
                }
            }
        }
        let shift = _mm_cvtsi32_si128(time.scale.shift as i32);
        let factor = _mm256_set1_epi16(time.scale.factor as i16);
        let needed = _mm256_set1_epi16(time.weeks_needed as i16);
        let points = [0, 1]
            .map(|side: usize| _mm256_mulhi_epu16(_mm256_sll_epi16(units[side], shift), factor));
        let kept = [0, 1].map(|side: usize| {
            _mm256_cmpeq_epi16(_mm256_max_epu16(in_weeks[side], needed), in_weeks[side])
        });
        (points, lanes(kept))
    }
}

#[inline]
#[target_feature(enable = "avx2")]
unsafe fn cover<const SPREAD: u32>(starts: __m256i, counted: __m256i, spread: u32) -> __m256i {
    match SPREAD {
        0 => starts,
        1 => _mm256_and_si256(
            _mm256_or_si256(starts, _mm256_slli_epi16::<1>(starts)),
            counted,
        ),
        _ => {
            let mut covered = starts;
            for _ in 0..spread {
                covered = _mm256_or_si256(starts, _mm256_slli_epi16::<1>(covered));
            }
            _mm256_and_si256(covered, counted)
        }
    }
}
