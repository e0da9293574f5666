//! Likeness of occupations by the National Occupational Classification 2021.
//!
//! A code's digits are: 1 broad category, 2 TEER (training, education, experience,
//! responsibilities), 3 sub-major, 4 minor, 5 unit group. A shared prefix alone explains little of
//! how alike the skills are; the TEER gap inside a broad category explains four times as much, so
//! both count (`noc_similarity_scale.csv`, measured over 125,250 pairs).

use serde::{Deserialize, Serialize};

use super::facts::OccupationId;

/// The similarity scale, per mille by relation. The default is the published table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scale {
    /// All five digits.
    pub unit: u16,
    /// Four digits.
    pub minor: u16,
    /// Three digits.
    pub sub_major: u16,
    /// Two digits: broad category and TEER.
    pub major: u16,
    /// Same broad category, TEER gap 1.
    pub teer_gap_1: u16,
    /// Same broad category, TEER gap 2.
    pub teer_gap_2: u16,
    /// Same broad category, TEER gap 3 or more.
    pub teer_gap_3: u16,
    /// Different broad category.
    pub other: u16,
}

impl Default for Scale {
    fn default() -> Self {
        Self {
            unit: 1000,
            minor: 800,
            sub_major: 700,
            major: 500,
            teer_gap_1: 400,
            teer_gap_2: 200,
            teer_gap_3: 0,
            other: 0,
        }
    }
}

/// Likeness of two five-digit codes, per mille. Text that is no code is only like itself.
#[must_use]
pub fn similarity(scale: &Scale, left: &str, right: &str) -> u16 {
    if left == right {
        return scale.unit;
    }
    let (Some(a), Some(b)) = (digits(left), digits(right)) else {
        return 0;
    };
    let shared = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    match shared {
        0 => scale.other,
        1 => {
            let [_, teer_a, ..] = a;
            let [_, teer_b, ..] = b;
            match teer_a.abs_diff(teer_b) {
                1 => scale.teer_gap_1,
                2 => scale.teer_gap_2,
                _ => scale.teer_gap_3,
            }
        }
        2 => scale.major,
        3 => scale.sub_major,
        4 => scale.minor,
        _ => scale.unit,
    }
}

/// Ranks occupations so that like ones are near each other: from one always on to the most like it that
/// has no rank yet.
fn neighbours(count: usize, permille: &[u16]) -> Vec<u32> {
    let mut rank = vec![u32::MAX; count];
    let mut here = 0;
    for place in (0_u32..).take(count) {
        if let Some(slot) = rank.get_mut(here) {
            *slot = place;
        }
        let row = permille
            .get(here * count..(here + 1) * count)
            .unwrap_or_default();
        let open = row
            .iter()
            .zip(&rank)
            .enumerate()
            .filter(|(_, (_, rank))| **rank == u32::MAX);
        // The first of equals.
        here = open
            .max_by_key(|(at, (alike, _))| (**alike, std::cmp::Reverse(*at)))
            .map_or(0, |(at, _)| at);
    }
    rank
}

fn digits(code: &str) -> Option<[u8; 5]> {
    let bytes: [u8; 5] = code.as_bytes().try_into().ok()?;
    bytes.iter().all(u8::is_ascii_digit).then_some(bytes)
}

/// How much an occupation counts by experience, per mille: full from three years on, less for
/// short (700 under one year, 850 under three) and long-ago experience (one twentieth less for each
/// year after the fifth, at least half).
#[must_use]
pub fn experience_permille(years: u32, years_since: u32) -> u16 {
    let length = match years {
        0 => 700_u32,
        1 | 2 => 850,
        _ => 1000,
    };
    let age = 1000 - (years_since.saturating_sub(5).min(10) * 50);
    u16::try_from(length * age / 1000).unwrap_or(1000)
}

/// The likeness of every two occupations of an instance, per mille.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Similarity {
    count: u32,
    permille: Vec<u16>,
    /// Position of each occupation in an order in which like ones are near each other (speed only).
    rank: Vec<u32>,
}

impl Similarity {
    /// From a full table, row by row (target occupation), `count` × `count` values of 0–1000.
    /// None if the size does not fit or a value is above 1000.
    #[must_use]
    pub fn from_table(count: u16, permille: Vec<u16>) -> Option<Self> {
        let size = usize::from(count) * usize::from(count);
        let fits = permille.len() == size && permille.iter().all(|p| *p <= 1000);
        fits.then(|| Self {
            count: count.into(),
            rank: neighbours(count.into(), &permille),
            permille,
        })
    }

    /// From a function of two positions.
    #[must_use]
    pub fn from_fn(count: u16, likeness: impl Fn(OccupationId, OccupationId) -> u16) -> Self {
        let permille: Vec<u16> = (0..count)
            .flat_map(|a| (0..count).map(move |b| (a, b)))
            .map(|(a, b)| likeness(a, b).min(1000))
            .collect();
        Self {
            count: count.into(),
            rank: neighbours(count.into(), &permille),
            permille,
        }
    }

    /// From five-digit codes with the published scale; position in `codes` is the occupation's id.
    #[must_use]
    pub fn from_noc_codes<S: AsRef<str>>(scale: &Scale, codes: &[S]) -> Self {
        let codes = codes
            .get(..codes.len().min(usize::from(u16::MAX)))
            .unwrap_or_default();
        let permille: Vec<u16> = codes
            .iter()
            .flat_map(|a| {
                codes
                    .iter()
                    .map(move |b| similarity(scale, a.as_ref(), b.as_ref()).min(1000))
            })
            .collect();
        let count = u32::try_from(codes.len()).unwrap_or(0);
        Self {
            count,
            rank: neighbours(codes.len(), &permille),
            permille,
        }
    }

    /// Number of occupations.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Likeness of a target and an occupation, per mille; 0 for positions that do not exist.
    #[must_use]
    pub fn get(&self, target: OccupationId, occupation: OccupationId) -> u16 {
        self.row(target)
            .get(usize::from(occupation))
            .copied()
            .unwrap_or(0)
    }

    pub(super) fn rank(&self, occupation: OccupationId) -> u32 {
        self.rank
            .get(usize::from(occupation))
            .copied()
            .unwrap_or(u32::MAX)
    }

    /// All likenesses of one target.
    #[must_use]
    pub fn row(&self, target: OccupationId) -> &[u16] {
        let count = usize::try_from(self.count).unwrap_or(0);
        let start = usize::from(target) * count;
        self.permille.get(start..start + count).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likeness_follows_hierarchy_and_teer_gap_not_shared_prefix_alone() {
        let s = |a, b| similarity(&Scale::default(), a, b);
        assert_eq!(s("21300", "21300"), 1000);
        assert_eq!(s("21300", "21301"), 800);
        assert_eq!(s("21300", "21311"), 700);
        assert_eq!(s("21300", "21231"), 500);
        assert_eq!(s("21300", "22300"), 400);
        assert_eq!(s("20010", "22300"), 200);
        assert_eq!(s("31100", "35101"), 0);
        assert_eq!(s("21300", "31300"), 0);
        assert_eq!(s("welder", "21300"), 0);
        assert_eq!(s("welder", "welder"), 1000);
    }

    #[test]
    fn short_and_long_ago_experience_counts_less_but_never_nothing() {
        assert_eq!(experience_permille(10, 0), 1000);
        assert_eq!(experience_permille(10, 5), 1000);
        assert_eq!(experience_permille(10, 7), 900);
        assert_eq!(experience_permille(2, 0), 850);
        assert_eq!(experience_permille(0, u32::MAX), 350);
    }

    #[test]
    fn the_table_equals_the_function() {
        let codes = ["21300", "21301", "75110", "00018"];
        let table = Similarity::from_noc_codes(&Scale::default(), &codes);
        for (i, a) in codes.iter().enumerate() {
            for (j, b) in codes.iter().enumerate() {
                assert_eq!(
                    table.get(u16::try_from(i).unwrap(), u16::try_from(j).unwrap()),
                    similarity(&Scale::default(), a, b)
                );
            }
        }
        assert_eq!(table.get(9, 0), 0);
    }
}
