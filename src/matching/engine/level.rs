//! One scale of language levels, 0–12, on which CLB/NCLC, CEFR and "mother tongue" meet.
//!
//! CLB and NCLC levels stand for themselves (1–12). A CEFR level stands for the CLB level at which
//! it is reached by both published routes (IELTS and TCF; `clb_cefr.csv`, indicative): B1 at 5, B2
//! at 7, C1 at 9. A mother tongue is 12.

/// Highest level: mother tongue.
pub const NATIVE: u8 = 12;

/// The common scale's level for a CEFR level (`A1` … `C2`, any case); none for other text.
#[must_use]
pub fn from_cefr(text: &str) -> Option<u8> {
    Some(match text.to_ascii_uppercase().as_str() {
        "A1" => 2,
        "A2" => 4,
        "B1" => 5,
        "B2" => 7,
        "C1" => 9,
        "C2" => 11,
        _ => return None,
    })
}

/// What a shared level is worth, per mille of the language part: it rises steeply where work
/// becomes possible (B1–C1) and hardly above.
#[must_use]
pub fn permille(level: u8) -> u16 {
    match level {
        0 => 0,
        1 => 60,
        2 => 120,
        3 => 200,
        4 => 300,
        5 => 450,
        6 => 580,
        7 => 700,
        8 => 800,
        9 => 900,
        10 => 950,
        11 => 980,
        _ => 1000,
    }
}

/// What a shared language that the mentee did not ask for is worth when they asked for another,
/// per mille of its worth.
pub const NOT_ASKED_PERMILLE: u16 = 600;

/// A macrolanguage and one of its members (Chinese and Cantonese) share a weak match: half the
/// lower level, rounded down.
#[must_use]
pub fn weak(level: u8) -> u8 {
    level / 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_is_never_worth_less() {
        assert!((0..12).all(|l| permille(l) < permille(l + 1)));
        assert_eq!((permille(0), permille(NATIVE)), (0, 1000));
    }

    #[test]
    fn cefr_levels_rise_with_the_scale() {
        let levels: Vec<u8> = ["A1", "a2", "B1", "b2", "C1", "C2"]
            .iter()
            .filter_map(|t| from_cefr(t))
            .collect();
        assert_eq!(levels, [2, 4, 5, 7, 9, 11]);
        assert_eq!(from_cefr("D1"), None);
    }
}
