//! Languages with their levels: `fr:C1; ar:native`, `Français (courant), Arabe`,
//! `English CLB 9 / Spanish B2`.
//!
//! Levels are CEFR (A1–C2), CLB or NCLC (1–12), or words. A word is taken at its modest meaning
//! (`fluent` is C1, `good` B2, `basic` A1). Of two levels for one language in one cell the lower one
//! counts, as it does in matching. A language without a level has an unknown level.

use super::{Fault, Read, Reason};
use crate::people::import::fold::fold;

/// Command of a language on the CEFR scale, and above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    A1,
    A2,
    B1,
    B2,
    C1,
    C2,
    Native,
}

/// A language of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spoken {
    /// BCP 47 code.
    pub code: String,
    /// `None`: not said.
    pub level: Option<Level>,
}

/// Most languages of one person.
pub const MAX_LANGUAGES: usize = 20;

/// The languages of a cell; `find` knows a language by its code or its name in any language.
pub fn languages(cell: &str, find: &dyn Fn(&str) -> Option<String>) -> Read<Vec<Spoken>> {
    let mut read = Read::clean(Vec::<Spoken>::new());
    for piece in split(cell) {
        match one(piece, find) {
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
        .find(|known| known.code == spoken.code)
    {
        None => read.value.push(spoken),
        Some(known) => match (known.level, spoken.level) {
            (Some(a), Some(b)) if a != b => {
                read.faults
                    .push(Fault::new(Reason::LevelsDiffer, piece).hint(&spoken.code));
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
    Level(Level),
}

fn one(piece: &str, find: &dyn Fn(&str) -> Option<String>) -> Result<Piece, Reason> {
    let spoken = |code, level| Ok(Piece::Language(Spoken { code, level }));
    if let Some(code) = find(piece) {
        return spoken(code, None);
    }
    let marks: &[&str] = &[":", "(", "[", "=", " - ", " – ", " — ", "–", "-"];
    for mark in marks {
        let Some((name, said)) = piece.split_once(mark) else {
            continue;
        };
        if let Some(code) = find(name.trim()) {
            return spoken(code, Some(level(said).ok_or(Reason::UnknownLevel)?));
        }
    }
    // `English CLB 9`: the longest beginning that is a language; the rest is its level.
    let ends: Vec<usize> = piece.match_indices(' ').map(|(at, _)| at).collect();
    for at in ends.into_iter().rev() {
        let (name, said) = piece.split_at(at);
        if let Some(code) = find(name.trim()) {
            return spoken(code, Some(level(said).ok_or(Reason::UnknownLevel)?));
        }
    }
    lone_level(piece)
        .map(Piece::Level)
        .ok_or(Reason::UnknownLanguage)
}

/// The level of a piece that names nothing else.
fn lone_level(piece: &str) -> Option<Level> {
    let folded = fold(piece);
    let bare = folded
        .trim_start_matches("niveau ")
        .trim_start_matches("level ");
    let first = bare.split(' ').next().unwrap_or_default();
    let alone = cefr(first).is_some()
        || first.starts_with("clb")
        || first.starts_with("nclc")
        || by_word(bare).is_some();
    if alone { level(bare) } else { None }
}

/// The level that a text names; the lowest of several.
pub fn level(text: &str) -> Option<Level> {
    let folded = fold(text);
    if let Some(level) = by_word(&folded) {
        return Some(level);
    }
    let words: Vec<&str> = folded.split(' ').collect();
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate() {
        if let Some(level) = cefr(word) {
            found.push(level);
        }
        for scale in ["clb", "nclc"] {
            let Some(number) = word.strip_prefix(scale) else {
                continue;
            };
            let number = if number.is_empty() {
                words.get(at + 1).copied()?
            } else {
                number
            };
            found.push(clb(number)?);
        }
    }
    if found.is_empty() {
        found.extend(words.iter().filter_map(|word| by_word(word)));
    }
    found.into_iter().min()
}

fn cefr(word: &str) -> Option<Level> {
    Some(match word {
        "a1" => Level::A1,
        "a2" => Level::A2,
        "b1" => Level::B1,
        "b2" => Level::B2,
        "c1" => Level::C1,
        "c2" => Level::C2,
        _ => return None,
    })
}

/// Canadian Language Benchmarks and *Niveaux de compétence linguistique canadiens* beside CEFR
/// (indicative; the two are not the same scale).
fn clb(number: &str) -> Option<Level> {
    Some(match number.parse::<u8>().ok()? {
        1 | 2 => Level::A1,
        3 | 4 => Level::A2,
        5 | 6 => Level::B1,
        7 | 8 => Level::B2,
        9 | 10 => Level::C1,
        11 | 12 => Level::C2,
        _ => return None,
    })
}

fn by_word(folded: &str) -> Option<Level> {
    Some(match folded {
        "native"
        | "natif"
        | "native speaker"
        | "mother tongue"
        | "maternelle"
        | "first language"
        | "langue maternelle"
        | "l1"
        | "langue premiere"
        | "locuteur natif"
        | "first"
        | "locutrice native"
        | "native or bilingual" => Level::Native,
        "bilingual" | "bilingue" | "mastery" | "maitrise" | "proficient" => Level::C2,
        "fluent" | "courant" | "couramment" | "courante" | "advanced" | "avance" | "avancee"
        | "excellent" | "excellente" | "very good" | "tres bon" | "tres bien" | "tres bonne"
        | "professional" | "professionnel" | "professionnelle" | "full professional" => Level::C1,
        "upper intermediate"
        | "intermediaire avance"
        | "good"
        | "bon"
        | "bonne"
        | "bien"
        | "intermediaire superieur"
        | "working"
        | "working proficiency" => Level::B2,
        "intermediate" | "intermediaire" | "conversational" | "conversation" | "moyen"
        | "moyenne" | "fair" => Level::B1,
        "elementary" | "elementaire" | "faible" | "weak" | "lower intermediate" => Level::A2,
        "beginner" | "beginning" | "debutant" | "debutante" | "basic" | "base" | "notions"
        | "some" | "un peu" | "a little" | "de base" => Level::A1,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(name: &str) -> Option<String> {
        let code = match fold(name).as_str() {
            "fr" | "francais" | "french" => "fr",
            "en" | "english" | "anglais" => "en",
            "ar" | "arabe" | "arabic" | "العربية" => "ar",
            "fa" | "persian" | "farsi" | "persan" => "fa",
            "zh" | "chinese" | "chinois" => "zh",
            "haitian creole" | "creole haitien" => "ht",
            _ => return None,
        };
        Some(code.to_string())
    }

    fn read(cell: &str) -> String {
        let Read { value, faults } = languages(cell, &find);
        assert!(faults.is_empty(), "{cell}: {faults:?}");
        let shown: Vec<String> = value
            .iter()
            .map(|s| {
                format!(
                    "{}:{}",
                    s.code,
                    s.level.map_or("?".into(), |l| format!("{l:?}"))
                )
            })
            .collect();
        shown.join(" ")
    }

    #[test]
    fn codes_names_levels_and_words_are_read() {
        for (cell, expected) in [
            ("fr:C1; ar:native", "fr:C1 ar:Native"),
            ("Français (courant), Arabe", "fr:C1 ar:?"),
            ("English CLB 9 / French NCLC7", "en:C1 fr:B2"),
            (
                "English - fluent\nArabic – mother tongue",
                "en:C1 ar:Native",
            ),
            ("Français, B2", "fr:B2"),
            ("anglais B1-B2 et français C2", "en:B1 fr:C2"),
            ("Persian/Farsi", "fa:?"),
            (
                "Haitian Creole native; Français (C1, NCLC 9)",
                "ht:Native fr:C1",
            ),
            ("Créole haïtien (langue maternelle)", "ht:Native"),
            ("العربية", "ar:?"),
            ("Français (niveau intermédiaire)", "fr:B1"),
        ] {
            assert_eq!(read(cell), expected, "{cell}");
        }
    }

    #[test]
    fn what_is_no_language_or_no_level_is_named() {
        let reason = |cell| {
            languages(cell, &find)
                .faults
                .first()
                .map(|f| (f.reason, f.part.clone()))
        };
        assert_eq!(
            reason("Klingon B2"),
            Some((Reason::UnknownLanguage, "Klingon B2".into()))
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
