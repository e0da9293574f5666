//! Languages with their levels: `fr:C1; ar:native`, `Français (courant), Arabe`,
//! `English CLB 9 / Spanish B2`.
//!
//! Levels are CEFR (A1–C2), CLB or NCLC (1–12), or words. A word is taken at its modest meaning
//! (`fluent` is C1, `good` B2, `basic` A1). Of two levels for one language in one cell the lower one
//! counts, as it does in matching. A language without a level has an unknown level.

use super::{Fault, Read, Reason};
use crate::people::model::text::fold;
use crate::reference::{Language, LanguageLevel};

/// A language of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spoken {
    pub language: Language,
    /// `None`: not said.
    pub level: Option<LanguageLevel>,
}

/// Most languages of one person.
pub const MAX_LANGUAGES: usize = 20;

/// The languages of a cell.
pub fn languages(cell: &str) -> Read<Vec<Spoken>> {
    // Word processors put no-break spaces into French: `Français : C1`.
    let spaced = cell.replace(['\u{a0}', '\u{202f}'], " ");
    let cell = spaced.as_str();
    let mut read = Read::clean(Vec::<Spoken>::new());
    for piece in split(cell) {
        match one(piece) {
            Ok(Piece::Language(spoken)) => add(&mut read, spoken, piece),
            Ok(Piece::Level(level)) => match read.value.last_mut() {
                Some(last) => last.level = Some(last.level.map_or(level, |known| known.min(level))),
                None => read.faults.push(Fault::new(Reason::UnknownLanguage, piece)),
            },
            Err(reason) => read.faults.push(Fault::new(reason, piece)),
        }
    }
    if read.value.len() > MAX_LANGUAGES {
        read.faults
            .push(Fault::new(Reason::TooLong, cell).hint(MAX_LANGUAGES));
        read.value.truncate(MAX_LANGUAGES);
    }
    read
}

fn add(read: &mut Read<Vec<Spoken>>, spoken: Spoken, piece: &str) {
    match read
        .value
        .iter_mut()
        .find(|known| known.language == spoken.language)
    {
        None => read.value.push(spoken),
        Some(known) => match (known.level, spoken.level) {
            (Some(a), Some(b)) if a != b => {
                read.faults
                    .push(Fault::new(Reason::LevelsDiffer, piece).hint(spoken.language.code()));
            }
            (None, level) => known.level = level,
            _ => {}
        },
    }
}

/// Pieces between `;`, `,`, `/`, `|`, `&`, line breaks and the words *and* / *et*, outside brackets.
fn split(cell: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut depth, mut start) = (0_u32, 0);
    let mut cut = |from: usize, to: usize| {
        let piece = cell.get(from..to).unwrap_or_default();
        for part in by_words(piece) {
            if !part.trim().is_empty() {
                pieces.push(part.trim());
            }
        }
    };
    for (at, c) in cell.char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            ';' | '|' | '\n' | '\r' | '،' => {
                depth = 0;
                cut(start, at);
                start = at + c.len_utf8();
            }
            ',' | '/' | '&' if depth == 0 => {
                cut(start, at);
                start = at + c.len_utf8();
            }
            _ => {}
        }
    }
    cut(start, cell.len());
    pieces
}

fn by_words(piece: &str) -> Vec<&str> {
    if piece.contains(['(', '[']) {
        return vec![piece];
    }
    piece
        .split(" et ")
        .flat_map(|part| part.split(" and "))
        .collect()
}

enum Piece {
    Language(Spoken),
    /// `Français, B2`: the level of the language before it.
    Level(LanguageLevel),
}

fn one(piece: &str) -> Result<Piece, Reason> {
    let spoken = |language, level| Ok(Piece::Language(Spoken { language, level }));
    let find = |name: &str| Language::from_words(name.trim()).ok();
    let read = |said: &str| LanguageLevel::from_words(said).ok_or(Reason::UnknownLevel);
    if let Some(language) = find(piece) {
        return spoken(language, None);
    }
    for mark in [":", "(", "[", "=", " - ", " – ", " — ", "–", "-"] {
        let Some((name, said)) = piece.split_once(mark) else {
            continue;
        };
        if let Some(language) = find(name) {
            return spoken(language, Some(read(said)?));
        }
    }
    // `Français, B2`: the piece says a level and nothing before it.
    let first = piece.split_whitespace().next().unwrap_or_default();
    if let Some(level) = LanguageLevel::from_words(piece)
        && (LanguageLevel::from_words(first).is_some() || is_scale(first))
    {
        return Ok(Piece::Level(level));
    }
    // `English CLB 9`: the longest beginning that is a language; the rest is its level.
    let ends: Vec<usize> = piece.match_indices(' ').map(|(at, _)| at).collect();
    for at in ends.into_iter().rev() {
        let (name, said) = piece.split_at(at);
        if let Some(language) = find(name) {
            return spoken(language, Some(read(said)?));
        }
    }
    Err(Reason::UnknownLanguage)
}

/// The first word of a level that is written in two or more.
fn is_scale(word: &str) -> bool {
    [
        "clb", "nclc", "niveau", "level", "langue", "mother", "first", "upper", "very", "tres",
    ]
    .contains(&fold(word).as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(cell: &str) -> String {
        let Read { value, faults } = languages(cell);
        assert!(faults.is_empty(), "{cell}: {faults:?}");
        let shown: Vec<String> = value
            .iter()
            .map(|s| {
                format!(
                    "{}:{}",
                    s.language,
                    s.level.map_or("?", LanguageLevel::as_str)
                )
            })
            .collect();
        shown.join(" ")
    }

    #[test]
    fn codes_names_levels_and_words_are_read() {
        for (cell, expected) in [
            ("fr:C1; ar:native", "fr:C1 ar:native"),
            ("Français (courant), Arabe", "fr:C1 ar:?"),
            ("English CLB 9 / French NCLC7", "en:C1 fr:B2"),
            (
                "English - fluent\nArabic – mother tongue",
                "en:C1 ar:native",
            ),
            ("Français, B2", "fr:B2"),
            ("anglais B1-B2 et français C2", "en:B1 fr:C2"),
            (
                "anglais\u{a0}B1\u{a0}et\u{202f}français\u{a0}: C2",
                "en:B1 fr:C2",
            ),
            ("Persian/Farsi", "fa:?"),
            (
                "Haitian Creole native; Français (C1, NCLC 9)",
                "ht:native fr:C1",
            ),
            ("Créole haïtien (langue maternelle)", "ht:native"),
            ("العربية", "ar:?"),
            ("Français (niveau intermédiaire)", "fr:B1"),
        ] {
            assert_eq!(read(cell), expected, "{cell}");
        }
    }

    #[test]
    fn what_is_no_language_or_no_level_is_named() {
        let reason = |cell| {
            languages(cell)
                .faults
                .first()
                .map(|f| (f.reason, f.part.clone()))
        };
        assert_eq!(
            reason("Blurgish B2"),
            Some((Reason::UnknownLanguage, "Blurgish B2".into()))
        );
        assert_eq!(
            reason("fr:D9"),
            Some((Reason::UnknownLevel, "fr:D9".into()))
        );
        assert_eq!(
            reason("English CLB 14"),
            Some((Reason::UnknownLevel, "English CLB 14".into()))
        );
        assert_eq!(
            reason("fr:B1; French C2"),
            Some((Reason::LevelsDiffer, "French C2".into()))
        );
        assert_eq!(reason("C1"), Some((Reason::UnknownLanguage, "C1".into())));
    }
}
