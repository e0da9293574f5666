//! One parser per kind of cell: text in, a value or a precise [`Fault`](super::fault::Fault) out.
//!
//! All are pure functions of the cell (and of today's date, or of the reference tables where they
//! need one), accept English and French side by side, and never guess silently: what has two
//! readings is refused with both.

pub mod availability;
pub mod choice;
pub mod clock;
pub mod date;
pub mod languages;
pub mod number;

use super::fault::{Fault, Read, Reason};

/// The non-empty pieces of a list cell, separated by `;`, `|` or a line break.
pub fn pieces(cell: &str) -> impl Iterator<Item = &str> {
    cell.split([';', '|', '\n', '\r', '\u{2028}'])
        .map(str::trim)
        .filter(|piece| !piece.is_empty())
}

/// The sheet's own mark for a value it could not compute.
pub fn is_sheet_error(cell: &str) -> bool {
    let cell = cell.trim();
    cell.starts_with('#')
        && [
            "#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!", "#DATA!",
        ]
        .contains(&cell)
}
