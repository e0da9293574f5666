//! 635 languages: their codes, their names in English, in French and in themselves, and which of
//! them belong together.
//!
//! A language is stored and sent as its BCP 47 code (`fr`, `cmn`, `prs`). Related codes are not
//! the same language: someone who speaks Cantonese (`yue`) does not thereby speak Mandarin
//! (`cmn`), but both belong to the macrolanguage Chinese (`zh`), which counts as a weak match.
//!
//! Source: Unicode CLDR, Unicode License v3 (see NOTICE); macrolanguages from ISO 639-3.

use std::collections::HashMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::LazyLock;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::levels::LanguageLevel;
use super::search::Index;
use super::text::{clip, fold};
use crate::kernel::Locale;

const TABLE: &str = include_str!("data/languages.tsv");

/// A language of the table. Cheap to copy; equal when the codes are equal.
#[derive(Clone, Copy)]
pub struct Language(&'static Row);

#[derive(Debug)]
struct Row {
    code: &'static str,
    iso639_3: &'static str,
    iso639_1: &'static str,
    macrolanguage: &'static str,
    name_en: &'static str,
    name_fr: &'static str,
    name_native: &'static str,
}

/// The text names no language of the table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a known language")]
pub struct UnknownLanguage;

struct Table {
    rows: Vec<Row>,
    /// Codes of all three kinds and folded names, to the row.
    by_key: HashMap<String, usize>,
    /// One entry per name, and the row that each is a name of.
    index: Index,
    named: Vec<usize>,
}

static LANGUAGES: LazyLock<Table> = LazyLock::new(|| {
    let mut rows: Vec<Row> = TABLE.lines().filter_map(Row::read).collect();
    // Where two languages fit a query equally well, the one that newcomers more often speak first.
    rows.sort_by_key(|row| {
        let place = OFTEN.iter().position(|code| *code == row.code);
        (place.unwrap_or(OFTEN.len()), row.code)
    });
    let mut by_key = HashMap::new();
    for (place, row) in rows.iter().enumerate() {
        for code in [row.code, row.iso639_3, row.iso639_1] {
            by_key.entry(code.to_owned()).or_insert(place);
        }
    }
    // Names after codes: no name may take a code's place.
    for name_of in [
        |row: &Row| row.name_en,
        |row: &Row| row.name_fr,
        |row: &Row| row.name_native,
    ] {
        for (place, row) in rows.iter().enumerate() {
            by_key.entry(fold(name_of(row))).or_insert(place);
        }
    }
    for (name, code) in OTHER_NAMES {
        if let Some(place) = by_key.get(*code).copied() {
            by_key.entry((*name).to_owned()).or_insert(place);
        }
    }
    by_key.remove("");
    let mut named = Vec::new();
    let mut names = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        for name in row.names() {
            named.push(place);
            // Parentheses here hold a name, nothing aside.
            names.push(name.replace(['(', ')'], " "));
        }
    }
    let index = Index::new(names.iter().map(String::as_str));
    Table {
        rows,
        by_key,
        index,
        named,
    }
});

/// The languages most spoken at home in Canada and by its newcomers, most speakers first
/// (Statistics Canada, census of 2021).
const OFTEN: &[&str] = &[
    "en", "fr", "cmn", "pa", "yue", "es", "ar", "tl", "fa", "ur", "ru", "ko", "ta", "hi", "pt",
    "it", "gu", "vi", "bn", "de", "pl", "zh", "ro", "ml", "te", "uk", "so", "ti", "am", "prs",
    "ps", "tr", "ht", "sw", "rw", "ln", "ku", "ckb", "sr", "hr", "bs", "el", "hu", "he", "ja",
    "nl", "sq", "ne", "si", "yo", "ig", "ha", "wo", "ak", "tw", "rn", "kab", "fil", "hy", "ka",
    "km", "lo", "my", "th",
];

/// Names in use that the table writes otherwise, folded.
const OTHER_NAMES: &[(&str, &str)] = &[
    ("american sign language", "ase"),
    ("asl", "ase"),
    ("azeri", "az"),
    ("bangla", "bn"),
    ("brazilian portuguese", "pt"),
    ("burmese", "my"),
    ("castellano", "es"),
    ("castillan", "es"),
    ("castilian", "es"),
    ("chinese (cantonese)", "yue"),
    ("chinese (mandarin)", "cmn"),
    ("chinese mandarin", "cmn"),
    ("chinese cantonese", "yue"),
    ("chinois (mandarin)", "cmn"),
    ("chinois (cantonais)", "yue"),
    ("chinois cantonais", "yue"),
    ("creole", "ht"),
    ("creole haitien", "ht"),
    ("farsi", "fa"),
    ("filipino/tagalog", "tl"),
    ("flamand", "nl"),
    ("flemish", "nl"),
    ("gaelic", "gd"),
    ("haitian", "ht"),
    ("haitian kreyol", "ht"),
    ("kreyol", "ht"),
    ("kirundi", "rn"),
    ("kurmanji", "ku"),
    ("levantine arabic", "apc"),
    ("mandarin", "cmn"),
    ("moldovan", "ro"),
    ("moldave", "ro"),
    ("panjabi", "pa"),
    ("patois", "jam"),
    ("persian (dari)", "prs"),
    ("persian (farsi)", "fa"),
    ("persan (dari)", "prs"),
    ("persan (farsi)", "fa"),
    ("pushto", "ps"),
    ("pashtu", "ps"),
    ("putonghua", "cmn"),
    ("punjabi (gurmukhi)", "pa"),
    ("rwandais", "rw"),
    ("serbo croatian", "sh"),
    ("sinhalese", "si"),
    ("cinghalais", "si"),
    ("sorani", "ckb"),
    ("swahili (kiswahili)", "sw"),
    ("tigrigna", "ti"),
    ("ourdou", "ur"),
    ("uighur", "ug"),
    ("valencian", "ca"),
];

impl Row {
    fn read(line: &'static str) -> Option<Row> {
        let mut fields = line.split('\t');
        Some(Row {
            code: fields.next()?,
            iso639_3: fields.next()?,
            iso639_1: fields.next()?,
            macrolanguage: fields.next()?,
            name_en: fields.next()?,
            name_fr: fields.next()?,
            name_native: fields.next()?,
        })
    }

    /// The names of the table and other names in use.
    fn names(&self) -> impl Iterator<Item = &'static str> {
        let code = self.code;
        let other = OTHER_NAMES.iter().filter(move |(_, of)| *of == code);
        let names = [self.name_en, self.name_fr, self.name_native];
        let names = names.into_iter().filter(|name| !name.is_empty());
        names.chain(other.map(|(name, _)| *name))
    }
}

impl Table {
    fn row_named(&self, entry: usize) -> Option<&Row> {
        self.rows.get(*self.named.get(entry)?)
    }
}

/// How near two languages are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kinship {
    Different,
    /// One is the other's macrolanguage: "Chinese" and "Cantonese". A weak match.
    Macrolanguage,
    Same,
}

impl Language {
    /// By code: BCP 47 (a region or script is ignored), ISO 639-1 or 639-3, in any case.
    ///
    /// # Errors
    /// [`UnknownLanguage`] for a code that is not in the table.
    pub fn from_code(code: &str) -> Result<Language, UnknownLanguage> {
        let code = code.trim();
        let primary = code.split(['-', '_']).next().unwrap_or(code);
        if primary.len() > 3 || primary.len() < 2 {
            return Err(UnknownLanguage);
        }
        let key = match primary.to_ascii_lowercase().as_str() {
            // ISO 639-2 has two codes for some languages; these are the older ones.
            "fre" => "fr".to_owned(),
            "ger" => "de".to_owned(),
            "per" => "fa".to_owned(),
            "chi" => "zh".to_owned(),
            "gre" => "el".to_owned(),
            "dut" => "nl".to_owned(),
            "rum" => "ro".to_owned(),
            "alb" => "sq".to_owned(),
            "arm" => "hy".to_owned(),
            "bur" => "my".to_owned(),
            "geo" => "ka".to_owned(),
            other => other.to_owned(),
        };
        let row = LANGUAGES
            .by_key
            .get(&key)
            .and_then(|place| LANGUAGES.rows.get(*place));
        // A three-letter name such as "Twi" is found here too, and is right.
        row.map(Language).ok_or(UnknownLanguage)
    }

    /// By code or by name in English, French or itself, as people write them: `Français`, `FR`,
    /// `farsi`, `Mandarin`, `العربية`. Small typing errors in longer names are forgiven.
    ///
    /// # Errors
    /// [`UnknownLanguage`] when no language is meant clearly.
    pub fn from_words(text: &str) -> Result<Language, UnknownLanguage> {
        let text = clip(text.trim(), 100);
        let folded = fold(text);
        let by_name = LANGUAGES.by_key.get(folded.trim());
        if let Some(row) = by_name.and_then(|place| LANGUAGES.rows.get(*place)) {
            return Ok(Language(row));
        }
        if let Ok(language) = Language::from_code(text) {
            return Ok(language);
        }
        if folded.chars().count() < 4 {
            return Err(UnknownLanguage);
        }
        let found = LANGUAGES.index.search(&folded, 0..LANGUAGES.named.len(), 1);
        let complete = found.iter().take(5).filter(|found| found.complete);
        let mut rows = complete.filter_map(|found| LANGUAGES.row_named(found.entry));
        let meant = rows.find(|row| row.resembles(&folded));
        meant.map(Language).ok_or(UnknownLanguage)
    }

    /// Languages for what someone is typing, best first.
    pub fn search(query: &str, limit: usize) -> Vec<Language> {
        let mut found = LANGUAGES
            .index
            .search(query, 0..LANGUAGES.named.len(), limit);
        let rank = |language: &Language| OFTEN.iter().position(|code| *code == language.code());
        // "manda" means Mandarin rather than Mandar, which it happens to be nearer to.
        found.sort_by_key(|found| {
            let row = LANGUAGES.row_named(found.entry).map(Language);
            let often = row.as_ref().and_then(rank).is_some();
            std::cmp::Reverse(found.score + if often { 100 } else { 0 })
        });
        let mut hits: Vec<Language> = Language::from_code(query).into_iter().collect();
        for row in found
            .iter()
            .filter_map(|found| LANGUAGES.row_named(found.entry))
        {
            if !hits.contains(&Language(row)) {
                hits.push(Language(row));
            }
        }
        hits.truncate(limit);
        hits
    }

    /// All, those that newcomers most often speak first.
    pub fn all() -> impl Iterator<Item = Language> {
        LANGUAGES.rows.iter().map(Language)
    }

    /// The BCP 47 code, the form in which a language is stored.
    pub fn code(self) -> &'static str {
        self.0.code
    }

    pub fn name(self, locale: Locale) -> &'static str {
        match locale {
            Locale::En => self.0.name_en,
            Locale::Fr => self.0.name_fr,
        }
    }

    /// The name in the language itself, where CLDR has one.
    pub fn native_name(self) -> Option<&'static str> {
        Some(self.0.name_native).filter(|name| !name.is_empty())
    }

    /// The macrolanguage that it belongs to: `zh` for `yue`.
    pub fn macrolanguage(self) -> Option<Language> {
        Language::from_code(self.0.macrolanguage).ok()
    }

    pub fn kinship(self, other: Language) -> Kinship {
        if self == other {
            Kinship::Same
        } else if self.0.macrolanguage == other.0.code || other.0.macrolanguage == self.0.code {
            Kinship::Macrolanguage
        } else {
            Kinship::Different
        }
    }
}

impl Row {
    /// Two edits at most between the text and one of the names: no guess from a beginning.
    fn resembles(&self, folded: &str) -> bool {
        self.names().any(|name| {
            let words = super::fuzzy::WordList::new(&[fold(name)]);
            let most = if folded.len() < 8 { 1 } else { 2 };
            words.near(folded, most).iter().any(|near| !near.beginning)
        })
    }
}

/// A language that someone says they speak, or the piece of text that named none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spoken {
    /// The piece of the text that this was read from.
    pub text: String,
    pub language: Option<Language>,
    /// None when no level was said.
    pub level: Option<LanguageLevel>,
    /// A level was said but not understood.
    pub level_unclear: bool,
}

/// Reads a list of languages with their levels: `fr:C1; ar:native`, `Français (courant), Arabe`,
/// `English - CLB 7 / Tagalog: mother tongue`. At most 30 pieces are read.
pub fn parse_spoken(text: &str) -> Vec<Spoken> {
    pieces(text)
        .into_iter()
        .take(30)
        .map(|piece| read_spoken(&piece))
        .collect()
}

/// Cut at `;`, `,`, `|`, line breaks and spaced slashes, but not inside parentheses. Names that
/// hold such a mark themselves do not exist in the table.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut depth = 0_u32;
    let text = clip(text, 2_000).replace(" / ", ";").replace(" & ", ";");
    for character in text.chars() {
        match character {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        let cuts = matches!(character, ';' | ',' | '|' | '\n' | '\r' | '،' | '、');
        if cuts && depth == 0 {
            pieces.push(String::new());
        } else if let Some(piece) = pieces.last_mut() {
            piece.push(character);
        }
    }
    pieces.retain(|piece| !piece.trim().is_empty());
    pieces
}

fn read_spoken(piece: &str) -> Spoken {
    let text = piece.trim().to_owned();
    let spoken = |language, level, level_unclear| Spoken {
        text: text.clone(),
        language,
        level,
        level_unclear,
    };
    // The whole piece may be a name with parentheses: "Chinese (Mandarin)".
    if let Ok(language) = Language::from_words(&text) {
        return spoken(Some(language), None, false);
    }
    let cuts = text.match_indices([':', '(', '[', '=', '–', '-', ' ']);
    let mut best: Option<(Language, &str)> = None;
    for (place, mark) in cuts {
        let name = text.get(..place).unwrap_or_default();
        let rest = text.get(place + mark.len()..).unwrap_or_default();
        // The longest name wins: "Haitian Creole (fluent)" over "Haitian".
        if let Ok(language) = Language::from_words(name) {
            best = Some((language, rest));
        }
    }
    match best {
        None => spoken(None, LanguageLevel::from_words(&text), false),
        Some((language, rest)) => {
            let level = LanguageLevel::from_words(rest);
            let said = rest.chars().any(char::is_alphanumeric);
            spoken(Some(language), level, said && level.is_none())
        }
    }
}

impl PartialEq for Language {
    fn eq(&self, other: &Language) -> bool {
        self.0.code == other.0.code
    }
}

impl Eq for Language {}

impl PartialOrd for Language {
    fn partial_cmp(&self, other: &Language) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Language {
    fn cmp(&self, other: &Language) -> std::cmp::Ordering {
        self.0.code.cmp(other.0.code)
    }
}

impl Hash for Language {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.code.hash(state);
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.code)
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Language({})", self.0.code)
    }
}

impl Serialize for Language {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.code)
    }
}

impl<'de> Deserialize<'de> for Language {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Language, D::Error> {
        let code = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Language::from_code(&code).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lang(code: &str) -> Language {
        Language::from_code(code).unwrap()
    }

    #[test]
    fn every_language_is_found_by_its_codes_and_its_names() {
        assert_eq!(Language::all().count(), 635);
        for language in Language::all() {
            assert_eq!(lang(language.code()), language);
            for locale in [Locale::En, Locale::Fr] {
                let name = language.name(locale);
                let found = Language::from_words(name).unwrap();
                // Two languages may share a name in one language ("guarani"), and the name of one
                // may be another's code ("Kom").
                if Language::from_code(name).is_ok() {
                    continue;
                }
                assert_eq!(fold(found.name(locale)), fold(name));
            }
        }
    }

    #[test]
    fn languages_are_read_from_what_people_write() {
        for (text, code) in [
            ("Français", "fr"),
            ("french", "fr"),
            ("FR", "fr"),
            ("fr-CA", "fr"),
            ("fra", "fr"),
            ("fre", "fr"),
            ("farsi", "fa"),
            ("Mandarin", "cmn"),
            ("Chinese (Mandarin)", "cmn"),
            ("Cantonais", "yue"),
            ("العربية", "ar"),
            ("Kreyòl", "ht"),
            ("Créole haïtien", "ht"),
            ("Panjabi", "pa"),
            ("Ukranian", "uk"),
            ("portugues", "pt"),
            ("Español", "es"),
            ("tigrinya", "ti"),
        ] {
            assert_eq!(Language::from_words(text), Ok(lang(code)), "{text}");
        }
        for text in [
            "",
            "x",
            "Klingonese",
            "fluent",
            "C1",
            "12",
            "frenchfrenchfrench",
        ] {
            assert_eq!(Language::from_words(text), Err(UnknownLanguage), "{text}");
        }
    }

    #[test]
    fn related_languages_are_tied_by_their_macrolanguage_and_not_the_same() {
        assert_eq!(lang("yue").kinship(lang("cmn")), Kinship::Different);
        assert_eq!(lang("yue").kinship(lang("zh")), Kinship::Macrolanguage);
        assert_eq!(lang("fa").kinship(lang("prs")), Kinship::Macrolanguage);
        assert_eq!(lang("fr").kinship(lang("fr")), Kinship::Same);
        assert_eq!(lang("yue").macrolanguage(), Some(lang("zh")));
        assert_eq!(lang("fr").macrolanguage(), None);
    }

    #[test]
    fn lists_of_languages_with_levels_are_read() {
        use LanguageLevel::*;
        let read = |text: &str| -> Vec<_> {
            let spoken = parse_spoken(text);
            spoken
                .into_iter()
                .map(|s| (s.language.map(Language::code), s.level))
                .collect()
        };
        assert_eq!(
            read("fr:C1; ar:native"),
            [(Some("fr"), Some(C1)), (Some("ar"), Some(Native))]
        );
        assert_eq!(
            read("Français (courant), Arabe"),
            [(Some("fr"), Some(C1)), (Some("ar"), None)]
        );
        assert_eq!(
            read("English - CLB 7 / Tagalog: mother tongue"),
            [(Some("en"), Some(B2)), (Some("tl"), Some(Native))]
        );
        assert_eq!(
            read("Chinese (Mandarin), B2 level Elvish")[0],
            (Some("cmn"), None)
        );
        assert_eq!(read("Haitian Creole (fluent)"), [(Some("ht"), Some(C1))]);
        assert_eq!(read("Spanish B2"), [(Some("es"), Some(B2))]);
        assert_eq!(
            read("français (lu: C1, parlé: B1)"),
            [(Some("fr"), Some(B1))]
        );
        assert_eq!(read(" ; ,, "), []);
        let unclear = parse_spoken("French (so so)");
        assert!(unclear[0].level_unclear && unclear[0].level.is_none());
        let unknown = parse_spoken("Elvish: C1");
        assert_eq!(
            (unknown[0].language, unknown[0].text.as_str()),
            (None, "Elvish: C1")
        );
    }

    #[test]
    fn a_typed_beginning_offers_the_languages_most_spoken_first() {
        let codes = |query: &str| {
            Language::search(query, 5)
                .into_iter()
                .map(Language::code)
                .collect::<Vec<_>>()
        };
        assert_eq!(codes("fr")[0], "fr");
        assert_eq!(codes("ara")[0], "ar");
        assert_eq!(codes("manda")[0], "cmn");
        assert_eq!(codes("punj")[0], "pa");
        assert_eq!(codes("arabic moroc")[0], "ary");
        assert!(codes("").is_empty());
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_readers(text in "\\PC{0,60}") {
            let _ = Language::from_words(&text);
            let _ = parse_spoken(&text);
            let _ = Language::search(&text, 10);
            let _ = LanguageLevel::from_words(&text);
        }
    }
}
