//! Calendar dates, in every form that has one reading only.

use super::{Fault, Reason};
use crate::people::model::text::fold;
use chrono::{Datelike, NaiveDate};

const EARLIEST_YEAR: i32 = 1990;

/// A date that must not lie after `today`: `2026-03-04`, `4 mars 2026`, `March 4, 2026`,
/// `1er mai 2026`, `13/02/2026`, `05/05/2026`, `20260304`, with or without a time behind it.
///
/// # Errors
/// [`Reason::AmbiguousDate`] for `03/04/2026` (the hint holds both readings),
/// [`Reason::FutureDate`], [`Reason::NotADate`] for the rest, two-digit years included.
pub fn past_date(cell: &str, today: NaiveDate) -> Result<NaiveDate, Fault> {
    let date = date(cell)?;
    if date > today {
        Err(Fault::new(Reason::FutureDate, cell).hint(date))
    } else if date.year() < EARLIEST_YEAR {
        Err(Fault::new(Reason::NotADate, cell))
    } else {
        Ok(date)
    }
}

fn date(cell: &str) -> Result<NaiveDate, Fault> {
    let none = || Fault::new(Reason::NotADate, cell);
    let text = without_time(cell.trim());
    let folded = fold(text);
    let parts: Vec<&str> = folded.split(' ').collect();
    match parts.as_slice() {
        [one] if one.len() == 8 => compact(one).ok_or_else(none),
        [a, b, c] => three(a, b, c, cell),
        // A weekday in front: `mardi 4 mars 2026`.
        [day, a, b, c] if super::availability::is_day_name(day) => three(a, b, c, cell),
        _ => Err(none()),
    }
}

/// `2026-03-04T10:00:00Z` and `2026-03-04 00:00` are dates with a time that nobody asked for.
fn without_time(text: &str) -> &str {
    match text.split_once(['T', ' ']) {
        Some((day, time))
            if day.len() >= 8
                && day.starts_with(|c: char| c.is_ascii_digit())
                && time.contains(':') =>
        {
            day
        }
        _ => text,
    }
}

fn compact(digits: &str) -> Option<NaiveDate> {
    let number: u32 = digits.parse().ok()?;
    let year = i32::try_from(number / 10_000).ok()?;
    NaiveDate::from_ymd_opt(year, number / 100 % 100, number % 100)
}

fn three(a: &str, b: &str, c: &str, cell: &str) -> Result<NaiveDate, Fault> {
    let none = || Fault::new(Reason::NotADate, cell);
    // 4 mars 2026 · 1er mars 2026
    if let (Some(day), Some(month)) = (ordinal(a), month(b)) {
        return ymd(four_digits(c), month, day).ok_or_else(none);
    }
    // March 4, 2026
    if let (Some(month), Some(day)) = (month(a), ordinal(b)) {
        return ymd(four_digits(c), month, day).ok_or_else(none);
    }
    // 2026-03-04; no one writes year, day, month.
    if let Some(year) = four_digits(a) {
        let month = number(b).or_else(|| month(b)).ok_or_else(none)?;
        return ymd(Some(year), month, number(c).ok_or_else(none)?).ok_or_else(none);
    }
    let (Some(first), Some(second)) = (number(a), number(b)) else {
        return Err(none());
    };
    let year = four_digits(c);
    match (ymd(year, second, first), ymd(year, first, second)) {
        (Some(day_first), Some(month_first)) if day_first != month_first => {
            let hint = format!("{day_first} / {month_first}");
            Err(Fault::new(Reason::AmbiguousDate, cell).hint(hint))
        }
        (Some(date), _) | (None, Some(date)) => Ok(date),
        (None, None) => Err(none()),
    }
}

fn ymd(year: Option<i32>, month: u32, day: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year?, month, day)
}

fn four_digits(text: &str) -> Option<i32> {
    (text.len() == 4).then(|| text.parse().ok()).flatten()
}

fn number(text: &str) -> Option<u32> {
    (text.len() <= 2).then(|| text.parse().ok()).flatten()
}

/// `4`, `4th`, `1er`.
fn ordinal(text: &str) -> Option<u32> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let suffix = text.get(digits.len()..)?;
    ["", "st", "nd", "rd", "th", "er", "e"]
        .contains(&suffix)
        .then(|| number(digits))
        .flatten()
}

fn month(text: &str) -> Option<u32> {
    const NAMES: &[&[&str]] = &[
        &["january", "jan", "janvier", "janv"],
        &["february", "feb", "fevrier", "fevr", "fev"],
        &["march", "mar", "mars"],
        &["april", "apr", "avril", "avr"],
        &["may", "mai"],
        &["june", "jun", "juin"],
        &["july", "jul", "juillet", "juil"],
        &["august", "aug", "aout"],
        &["september", "sep", "sept", "septembre"],
        &["october", "oct", "octobre"],
        &["november", "nov", "novembre"],
        &["december", "dec", "decembre"],
    ];
    let at = NAMES.iter().position(|names| names.contains(&text))?;
    u32::try_from(at + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(cell: &str) -> Result<NaiveDate, Fault> {
        past_date(cell, NaiveDate::from_ymd_opt(2026, 11, 22).unwrap())
    }

    #[test]
    fn one_reading_is_taken() {
        let expected = NaiveDate::from_ymd_opt(2026, 3, 14).unwrap();
        for cell in [
            "2026-03-14",
            "2026/03/14",
            "2026.03.14",
            "20260314",
            "14/03/2026",
            "03/14/2026",
            "14 March 2026",
            "14 mars 2026",
            "March 14, 2026",
            "14-Mar-2026",
            "samedi 14 mars 2026",
            "2026-03-14T10:00:00Z",
            "2026-03-14 00:00:00",
            "March 14th 2026",
        ] {
            assert_eq!(read(cell), Ok(expected), "{cell}");
        }
        assert_eq!(read("1er mai 2026").unwrap().to_string(), "2026-05-01");
        assert_eq!(read("05/05/2026").unwrap().to_string(), "2026-05-05");
    }

    #[test]
    fn two_readings_are_refused_and_both_are_shown() {
        let fault = read("03/04/2026").unwrap_err();
        assert_eq!(fault.reason, Reason::AmbiguousDate);
        assert_eq!(fault.hint, "2026-04-03 / 2026-03-04");
    }

    #[test]
    fn what_is_no_past_date_is_refused() {
        for cell in [
            "",
            "soon",
            "14/03/26",
            "46085",
            "2026-02-30",
            "1850-01-01",
            "99/99/2026",
        ] {
            assert_eq!(read(cell).unwrap_err().reason, Reason::NotADate, "{cell}");
        }
        assert_eq!(read("2026-11-23").unwrap_err().reason, Reason::FutureDate);
        assert!(read("2026-11-22").is_ok());
    }
}
