//! Words as people type them, made comparable.
//!
//! Everything that is searched here goes through the same three steps: [`fold`] takes case,
//! accents and ligatures away; [`words`] cuts at what is no letter or digit and drops what carries
//! no meaning (articles, the `(e)` of an inclusive form); [`stem`] brings the plural and the French
//! feminine to one form, so that "infirmières" finds "infirmier". None of it is linguistics: a stem
//! is never shown, and two words that fold together by accident only make one more candidate.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// More than this many bytes of a query are not read: nobody types a longer job title.
pub(super) const MAX_QUERY_BYTES: usize = 160;
/// More than this many words of a query are not looked up.
pub(super) const MAX_QUERY_WORDS: usize = 8;

/// Lower case, without accents; ligatures opened; typographic quotes and dashes made plain.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for original in text.chars() {
        if original.is_ascii() {
            folded.push(original.to_ascii_lowercase());
            continue;
        }
        for character in original.to_lowercase().nfd() {
            match character {
                'œ' => folded.push_str("oe"),
                'æ' => folded.push_str("ae"),
                'ß' => folded.push_str("ss"),
                'ø' => folded.push('o'),
                'ł' => folded.push('l'),
                'đ' | 'ð' => folded.push('d'),
                'ı' => folded.push('i'),
                '\u{2019}' | '\u{2018}' | 'ʼ' => folded.push('\''),
                '\u{2010}'..='\u{2015}' => folded.push('-'),
                '\u{a0}' | '\u{202f}' => folded.push(' '),
                mark if is_combining_mark(mark) => {}
                other => folded.push(other),
            }
        }
    }
    folded
}

/// The beginning of a text, cut at a character's edge.
pub(super) fn clip(text: &str, bytes: usize) -> &str {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// A word of a title or query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// Folded.
    pub text: String,
    /// After ` - ` or in parentheses: says where the work is done rather than what it is.
    pub aside: bool,
}

/// The meaningful words of an already folded text, in order.
///
/// What follows "except", "sauf" or "hors" up to the closing parenthesis is left out: a research
/// assistant "(except university)" is not what someone wants who types "university".
pub(super) fn words(folded: &str) -> Vec<Word> {
    let mut found: Vec<Word> = Vec::new();
    let mut aside = false;
    let mut excluded = false;
    let mut before = ' ';
    let mut rest = folded;
    while let Some(start) = rest.find(char::is_alphanumeric) {
        let (gap, tail) = rest.split_at(start);
        if gap.contains(')') {
            excluded = false;
            aside = aside && !gap.contains(')');
        }
        aside = aside || gap.contains('(') || gap.contains(" - ");
        before = gap.chars().last().unwrap_or(before);
        let end = tail
            .find(|c: char| !c.is_alphanumeric())
            .unwrap_or(tail.len());
        let (word, after) = tail.split_at(end);
        rest = after;
        let follows = !gap.is_empty() && !found.is_empty();
        if matches!(word, "except" | "sauf" | "hors") {
            excluded = true;
        }
        if excluded || is_function_word(word) || (follows && is_gender_ending(before, word)) {
            continue;
        }
        let text = match found.last() {
            // "foreman/woman" is a forewoman too.
            Some(last) if before == '/' && word == "woman" && last.text.ends_with("man") => {
                last.text.trim_end_matches("man").to_owned() + "woman"
            }
            _ => word.to_owned(),
        };
        found.push(Word { text, aside });
    }
    found
}

/// Articles, prepositions and conjunctions of both languages.
pub(super) fn is_function_word(word: &str) -> bool {
    const FUNCTION_WORDS: &[&str] = &[
        "a", "an", "and", "au", "aux", "d", "dans", "de", "des", "du", "en", "et", "for", "in",
        "l", "la", "le", "les", "of", "on", "or", "ou", "par", "pour", "s", "sur", "the", "to",
        "un", "une", "with",
    ];
    FUNCTION_WORDS.contains(&word)
}

/// The ending that an inclusive form adds: agréé(e), infirmier·ère, technicien/ne.
fn is_gender_ending(before: char, word: &str) -> bool {
    const ENDINGS: &[&str] = &[
        "e", "ee", "ees", "elle", "ere", "eres", "ers", "es", "esse", "euse", "euses", "fe", "ice",
        "ienne", "iere", "ieres", "ive", "le", "les", "ne", "nes", "rice", "rices", "se", "te",
        "trice", "trices", "ve", "ves",
    ];
    matches!(before, '(' | '/' | '·' | '•' | '.' | '-' | '‧' | '∙') && ENDINGS.contains(&word)
}

/// One form for a folded word, its plural and its feminine.
pub(super) fn stem(word: &str) -> String {
    let mut stem = word.to_owned();
    if word.len() < 4 || !word.is_ascii() {
        return stem;
    }
    if stem.ends_with('s') && !stem.ends_with("ss") {
        stem.pop();
    }
    const ENDINGS: &[(&str, &str)] = &[
        ("women", "man"),
        ("woman", "man"),
        ("men", "man"),
        ("ienne", "ien"),
        ("onne", "on"),
        ("trice", "teur"),
        ("euse", "eur"),
        ("iere", "ier"),
        ("ere", "er"),
        ("ive", "if"),
        ("elle", "el"),
        ("eaux", "eau"),
        ("aux", "al"),
    ];
    for (ending, instead) in ENDINGS {
        if let Some(root) = stem.strip_suffix(ending)
            && root.len() >= 2
        {
            return format!("{root}{instead}");
        }
    }
    while stem.len() > 4 && stem.ends_with('e') {
        stem.pop();
    }
    if stem.len() > 4 && stem.ends_with('y') {
        stem.pop();
        stem.push('i');
    }
    stem
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Vec<String> {
        words(&fold(text)).into_iter().map(|w| w.text).collect()
    }

    #[test]
    fn case_accents_and_ligatures_fold_away() {
        assert_eq!(fold("Œuvre – ÉLÈVE d’été"), "oeuvre - eleve d'ete");
        assert_eq!(fold("Åsa Łódź straße"), "asa lodz strasse");
        // Composed and decomposed text are the same text.
        assert_eq!(fold("e\u{301}"), fold("é"));
    }

    #[test]
    fn articles_and_inclusive_endings_are_no_words() {
        assert_eq!(
            plain("Technicien(ne) de l'entretien"),
            ["technicien", "entretien"]
        );
        assert_eq!(
            plain("infirmier·ère auxiliaire"),
            ["infirmier", "auxiliaire"]
        );
        assert_eq!(plain("Comptable agréé(e)"), ["comptable", "agree"]);
        assert_eq!(plain("Foreman/woman"), ["foreman", "forewoman"]);
        assert_eq!(plain("e"), ["e"]);
    }

    #[test]
    fn what_is_excepted_is_not_found_and_what_stands_aside_is_marked() {
        assert_eq!(
            plain("Research assistant (except university)"),
            ["research", "assistant"]
        );
        let cut: Vec<_> = words("fixer - textile manufacturing")
            .into_iter()
            .map(|w| (w.text, w.aside))
            .collect();
        assert_eq!(cut[0], ("fixer".to_owned(), false));
        assert_eq!(cut[1], ("textile".to_owned(), true));
    }

    #[test]
    fn feminine_and_plural_share_a_stem() {
        for (one, other) in [
            ("infirmier", "infirmieres"),
            ("technicien", "technicienne"),
            ("directeur", "directrices"),
            ("vendeur", "vendeuse"),
            ("ingenieur", "ingenieures"),
            ("industriel", "industrielles"),
            ("agree", "agreees"),
            ("municipal", "municipaux"),
            ("secretary", "secretaries"),
            ("nurse", "nurses"),
            ("foreman", "forewomen"),
            ("boulanger", "boulangere"),
        ] {
            assert_eq!(stem(one), stem(other), "{one} / {other}");
        }
        assert_ne!(stem("boss"), stem("bos"));
    }

    #[test]
    fn clipping_never_cuts_a_character() {
        assert_eq!(clip("éé", 3), "é");
        assert_eq!(clip("abc", 10), "abc");
    }
}
