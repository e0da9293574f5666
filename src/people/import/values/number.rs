//! Counts: years of experience and the number of people a mentor has room for.

use super::{Fault, Reason};
use crate::people::model::text::fold;

/// Most years of experience that are believed.
pub const MAX_YEARS: u16 = 70;
/// Most people one mentor can have at a time.
pub const MAX_CAPACITY: u16 = 20;

/// Years of experience in tenths of a year: `5`, `5 ans`, `2,5 years`, `10+`, `18 mois`.
///
/// # Errors
/// [`Reason::NotANumber`], [`Reason::OutOfRange`], or [`Reason::YearNotYears`] for `2015`.
pub fn years(cell: &str) -> Result<u16, Fault> {
    let (number, unit) = number_and_unit(cell).ok_or(Fault::new(Reason::NotANumber, cell))?;
    let tenths = match unit.as_str() {
        "" | "year" | "years" | "yr" | "yrs" | "y" | "an" | "ans" | "annee" | "annees" => number,
        "month" | "months" | "mo" | "mois" => number / 12,
        _ => return Err(Fault::new(Reason::NotANumber, cell)),
    };
    if (19_000..=21_000).contains(&number) && unit.is_empty() {
        return Err(Fault::new(Reason::YearNotYears, cell));
    }
    u16::try_from(tenths)
        .ok()
        .filter(|tenths| *tenths <= MAX_YEARS * 10)
        .ok_or(Fault::new(Reason::OutOfRange, cell).hint(MAX_YEARS))
}

/// A mentor's capacity: `2`, `2 mentees`, `3 personnes`.
///
/// # Errors
/// [`Reason::NotANumber`] or [`Reason::OutOfRange`].
pub fn capacity(cell: &str) -> Result<u16, Fault> {
    let (tenths, unit) = number_and_unit(cell).ok_or(Fault::new(Reason::NotANumber, cell))?;
    let known = [
        "",
        "mentee",
        "mentees",
        "people",
        "person",
        "personne",
        "personnes",
        "mentore",
        "mentores",
        "max",
        "maximum",
        "place",
        "places",
    ];
    if tenths % 10 != 0 || !known.contains(&unit.as_str()) {
        return Err(Fault::new(Reason::NotANumber, cell));
    }
    u16::try_from(tenths / 10)
        .ok()
        .filter(|n| (1..=MAX_CAPACITY).contains(n))
        .ok_or(Fault::new(Reason::OutOfRange, cell).hint(MAX_CAPACITY))
}

/// A number in tenths with what follows it, folded. A `+` after the number is only emphasis.
fn number_and_unit(cell: &str) -> Option<(u32, String)> {
    let text = cell.trim();
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (whole, mut rest) = text.split_at(end);
    let mut tenths: u32 = whole.parse::<u32>().ok()?.checked_mul(10)?;
    if let Some(after) = rest.strip_prefix(['.', ',']) {
        let digits = after
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(after.len());
        let (fraction, tail) = after.split_at(digits);
        if fraction.is_empty() || fraction.len() > 6 {
            return None;
        }
        tenths = tenths.checked_add(fraction.chars().next()?.to_digit(10)?)?;
        rest = tail;
    }
    let rest = rest.trim_start();
    let rest = rest.strip_prefix('+').unwrap_or(rest);
    let unit = fold(rest);
    // `5-7` or `5 years, some abroad`: what is left must be one word.
    let plain = rest
        .chars()
        .all(|c| c.is_alphabetic() || c.is_whitespace() || c == '.');
    (plain && !unit.contains(' ')).then_some((tenths, unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_are_read_with_units_and_fractions() {
        for (cell, tenths) in [
            ("5", 50),
            (" 5 ans ", 50),
            ("2,5 years", 25),
            ("10+", 100),
            ("18 mois", 15),
            ("5\u{a0}ans", 50),
            ("7.0", 70),
        ] {
            assert_eq!(years(cell), Ok(tenths), "{cell}");
        }
        for (cell, reason) in [
            ("2015", Reason::YearNotYears),
            ("120", Reason::OutOfRange),
            ("5-7", Reason::NotANumber),
            ("many", Reason::NotANumber),
            ("-3", Reason::NotANumber),
            ("99999999999", Reason::NotANumber),
            ("5 parsecs", Reason::NotANumber),
        ] {
            assert_eq!(years(cell).unwrap_err().reason, reason, "{cell}");
        }
    }

    #[test]
    fn a_capacity_is_a_whole_number_of_people() {
        assert_eq!(capacity("2 personnes"), Ok(2));
        assert_eq!(capacity("0").unwrap_err().reason, Reason::OutOfRange);
        assert_eq!(capacity("1.5").unwrap_err().reason, Reason::NotANumber);
        assert_eq!(capacity("500").unwrap_err().reason, Reason::OutOfRange);
    }
}
