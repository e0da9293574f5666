//! Comparing what people typed: letters without accents, case or punctuation.
//!
//! Headers, role words, day names and level words are all recognised through [`fold`], so that
//! `Prénom`, `PRENOM` and `prenom*` are one word. Only for comparing; what is stored keeps its own
//! spelling.

use unicode_normalization::UnicodeNormalization;

/// Lower case, without accents; everything that is neither letter nor digit becomes one space.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.nfkd().filter(|c| !is_accent(*c)) {
        match c {
            'œ' | 'Œ' => out.push_str("oe"),
            'æ' | 'Æ' => out.push_str("ae"),
            'ß' => out.push_str("ss"),
            'ø' | 'Ø' => out.push('o'),
            'ł' | 'Ł' => out.push('l'),
            c if c.is_alphanumeric() => out.extend(c.to_lowercase()),
            _ if out.is_empty() || out.ends_with(' ') => {}
            _ => out.push(' '),
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// The combining marks of Latin, Greek and Cyrillic letters. The vowel signs of Indic and Semitic
/// scripts are letters to their readers and stay.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{0300}'..='\u{036F}')
}

/// A cell as it is kept: composed (NFC), controls and line breaks turned into one space, invisible
/// direction overrides removed (they make a name read as something else), ends trimmed.
///
/// Joiners inside words stay, because Persian, Hindi and family emoji need them.
pub fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.nfc() {
        if is_direction_override(c) {
            continue;
        }
        if c.is_whitespace() || c.is_control() {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
        } else {
            out.push(c);
        }
    }
    out.truncate(out.trim_end().len());
    out
}

fn is_direction_override(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_case_and_punctuation_do_not_matter_when_comparing() {
        assert_eq!(fold("  Prénom* "), "prenom");
        assert_eq!(fold("N° de téléphone"), "n de telephone");
        assert_eq!(fold("E-MAIL"), "e mail");
        assert_eq!(fold("Cœur d’Orléans"), "coeur d orleans");
    }

    #[test]
    fn a_kept_text_has_no_line_break_and_no_direction_override() {
        assert_eq!(clean(" Amina\r\n\tDiallo "), "Amina Diallo");
        assert_eq!(clean("abc\u{202E}def"), "abcdef");
        assert_eq!(clean("Jose\u{301}"), "José");
        assert_eq!(clean("👩\u{200D}👧 سارة"), "👩\u{200D}👧 سارة");
    }
}
