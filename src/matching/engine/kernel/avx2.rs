//! 16 mentors in a register; population counts by table lookup of half bytes.

use core::arch::x86_64::*;

use super::super::columns::{BLOCK, MOST_UNITS_A_WEEK, Plan};
use super::{Isa, Job, Taker, walk};

struct Avx2;

#[target_feature(enable = "avx2")]
pub unsafe fn run<T: Taker>(job: &Job<'_>, plan: &mut Plan, taker: &mut T) {
    // SAFETY: the instruction set is enabled here and present by this function's contract.
    unsafe {
        match job.columns.time.spread {
            0 => walk::<Avx2, T, 0>(job, plan, taker),
            1 => walk::<Avx2, T, 1>(job, plan, taker),
            _ => walk::<Avx2, T, 9>(job, plan, taker),
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
        // SAFETY: the instruction set is present by the caller's contract.
        unsafe {
            let first = half::<SPREAD, 0>(job, plan, block, need, out);
            let second = half::<SPREAD, 1>(job, plan, block, need, out);
            u64::from(second) << 32 | u64::from(first)
        }
    }
}

/// Half a block: 32 mentors. Written without closures and iterators over registers, which would not
/// inherit the instruction set and would each become a call.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn half<const SPREAD: u32, const HALF: usize>(
    job: &Job<'_>,
    plan: &Plan,
    block: usize,
    need: i16,
    out: &mut [i16; BLOCK],
) -> u32 {
    // SAFETY: every load and store is inside a slice of 64 lanes whose length was checked by slicing.
    unsafe {
        let columns = job.columns;
        let admissible = (plan.admissible[block] >> (HALF * 32)) as u32;
        let (mut asked, mut other) = (_mm256_setzero_si256(), _mm256_setzero_si256());
        for (language, level, is_asked) in &job.row.languages {
            let levels = columns.levels(*language, block).as_ptr();
            let shared = _mm256_min_epu8(
                _mm256_loadu_si256(levels.add(HALF * 32).cast()),
                _mm256_set1_epi8(*level as i8),
            );
            if *is_asked {
                asked = _mm256_max_epu8(asked, shared);
            } else {
                other = _mm256_max_epu8(other, shared);
            }
        }
        let best = _mm256_max_epu8(asked, other);
        let least = _mm256_set1_epi8(columns.least_level as i8);
        let enough = _mm256_cmpeq_epi8(_mm256_max_epu8(best, least), best);
        let admissible = admissible & _mm256_movemask_epi8(enough) as u32;
        if admissible == 0 {
            return 0;
        }
        let low = [
            _mm256_cvtepu8_epi16(_mm256_castsi256_si128(asked)),
            _mm256_cvtepu8_epi16(_mm256_castsi256_si128(other)),
        ];
        let high = [
            _mm256_cvtepu8_epi16(_mm256_extracti128_si256::<1>(asked)),
            _mm256_cvtepu8_epi16(_mm256_extracti128_si256::<1>(other)),
        ];
        let need = _mm256_set1_epi16(need);
        let (first, second) = (HALF * 32, HALF * 32 + 16);
        let sums = [
            cheap(job, plan, block, first, low),
            cheap(job, plan, block, second, high),
        ];
        let bars = [bar(job, block, first, need), bar(job, block, second, need)];
        let most_time = _mm256_set1_epi16(columns.time.most);
        let short = lanes([
            _mm256_cmpgt_epi16(bars[0], _mm256_add_epi16(sums[0], most_time)),
            _mm256_cmpgt_epi16(bars[1], _mm256_add_epi16(sums[1], most_time)),
        ]);
        let possible = admissible & !short;
        if possible == 0 {
            return 0;
        }
        let (points, in_time) = time::<SPREAD, HALF>(job, block);
        let score = [
            _mm256_add_epi16(sums[0], points[0]),
            _mm256_add_epi16(sums[1], points[1]),
        ];
        _mm256_storeu_si256(out.as_mut_ptr().add(first).cast(), score[0]);
        _mm256_storeu_si256(out.as_mut_ptr().add(second).cast(), score[1]);
        let short = lanes([
            _mm256_cmpgt_epi16(bars[0], score[0]),
            _mm256_cmpgt_epi16(bars[1], score[1]),
        ]);
        possible & in_time & !short
    }
}

/// Everything but availability, for 16 mentors from `lane` on.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn cheap(
    job: &Job<'_>,
    plan: &Plan,
    block: usize,
    lane: usize,
    levels: [__m256i; 2],
) -> __m256i {
    // SAFETY: the load is inside a slice of 64 lanes, and `lane` is at most 48.
    unsafe {
        let mut sum = look_up(&job.columns.table_asked, levels[0]);
        if job.row.others {
            sum = _mm256_max_epi16(sum, look_up(&job.columns.table_other, levels[1]));
        }
        let points = job.professions.points[block * BLOCK..(block + 1) * BLOCK].as_ptr();
        sum = _mm256_add_epi16(sum, _mm256_loadu_si256(points.add(lane).cast()));
        for (add, points) in plan.points().iter().enumerate() {
            let bits = expand((plan.mask(add, block) >> lane) as u16);
            sum = _mm256_add_epi16(sum, _mm256_and_si256(bits, _mm256_set1_epi32(*points)));
        }
        sum
    }
}

/// What 16 mentors must reach.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn bar(job: &Job<'_>, block: usize, lane: usize, need: __m256i) -> __m256i {
    match job.bars {
        None => need,
        // SAFETY: the load is inside a slice of 64 lanes, and `lane` is at most 48.
        Some(prices) => unsafe {
            let prices = prices.bars[block * BLOCK..(block + 1) * BLOCK].as_ptr();
            _mm256_adds_epi16(need, _mm256_loadu_si256(prices.add(lane).cast()))
        },
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
unsafe fn time<const SPREAD: u32, const HALF: usize>(
    job: &Job<'_>,
    block: usize,
) -> ([__m256i; 2], u32) {
    // SAFETY: `words` has `total` × 64 lanes and `pairs` has `total` numbers, checked by slicing.
    unsafe {
        let time = &job.columns.time;
        let mut words = job.columns.words(block)[..time.total * BLOCK]
            .as_ptr()
            .add(HALF * 32);
        let mut pairs = job.row.pairs[..time.total].as_ptr();
        let counted = _mm256_set1_epi16(time.counted as i16);
        let full = _mm256_set1_epi16(MOST_UNITS_A_WEEK as i16);
        let least = _mm256_set1_epi16(time.least_slots as i16);
        let zero = _mm256_setzero_si256();
        let (mut units, mut in_weeks) = ([zero; 2], [zero; 2]);
        for (count, weeks) in time.counts.iter().zip(&time.weeks) {
            let mut slots = [zero; 2];
            let mut left = *count;
            while left > 0 {
                // A byte gains at most 8 a word: emptied before it can overflow.
                let now = left.min(31);
                let mut bytes = [zero; 2];
                for _ in 0..now {
                    let mine = _mm256_set1_epi32(*pairs as i32);
                    let theirs = _mm256_loadu_si256(words.cast());
                    let covered =
                        cover::<SPREAD>(_mm256_and_si256(mine, theirs), counted, time.spread);
                    bytes[0] = _mm256_add_epi8(bytes[0], ones(covered));
                    let theirs = _mm256_loadu_si256(words.add(16).cast());
                    let covered =
                        cover::<SPREAD>(_mm256_and_si256(mine, theirs), counted, time.spread);
                    bytes[1] = _mm256_add_epi8(bytes[1], ones(covered));
                    (pairs, words) = (pairs.add(1), words.add(BLOCK));
                }
                let one = _mm256_set1_epi8(1);
                slots[0] = _mm256_add_epi16(slots[0], _mm256_maddubs_epi16(bytes[0], one));
                slots[1] = _mm256_add_epi16(slots[1], _mm256_maddubs_epi16(bytes[1], one));
                left -= now;
            }
            let lasting = _mm256_set1_epi16(*weeks as i16);
            for side in 0..2 {
                let most = _mm256_min_epu16(slots[side], full);
                units[side] = _mm256_add_epi16(units[side], _mm256_mullo_epi16(most, lasting));
                let enough = _mm256_cmpeq_epi16(_mm256_max_epu16(slots[side], least), slots[side]);
                in_weeks[side] =
                    _mm256_add_epi16(in_weeks[side], _mm256_and_si256(enough, lasting));
            }
        }
        let shift = _mm_cvtsi32_si128(time.scale.shift as i32);
        let factor = _mm256_set1_epi16(time.scale.factor as i16);
        let needed = _mm256_set1_epi16(time.weeks_needed as i16);
        let points = [
            _mm256_mulhi_epu16(_mm256_sll_epi16(units[0], shift), factor),
            _mm256_mulhi_epu16(_mm256_sll_epi16(units[1], shift), factor),
        ];
        let kept = lanes([
            _mm256_cmpeq_epi16(_mm256_max_epu16(in_weeks[0], needed), in_weeks[0]),
            _mm256_cmpeq_epi16(_mm256_max_epu16(in_weeks[1], needed), in_weeks[1]),
        ]);
        (points, kept)
    }
}

/// Number of ones in each byte, by looking up half bytes.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn ones(bits: __m256i) -> __m256i {
    let table = _mm256_setr_epi8(
        0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3,
        3, 4,
    );
    let nibble = _mm256_set1_epi8(15);
    let low = _mm256_shuffle_epi8(table, _mm256_and_si256(bits, nibble));
    let high = _mm256_shuffle_epi8(
        table,
        _mm256_and_si256(_mm256_srli_epi16::<4>(bits), nibble),
    );
    _mm256_add_epi8(low, high)
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
