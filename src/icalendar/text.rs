//! Cleaning, escaping and unescaping of everything a person can type (O4, RFC 5545 §3.3.11,
//! RFC 6868), so that no name, title or note can add a property, a header or an event.

use std::borrow::Cow;

/// The longest name that is put into a header or a calendar, in characters.
const LONGEST_NAME: usize = 200;

/// A person's or meeting's name made fit for a calendar parameter or a mail header (O4): no
/// controls, no line breaks of any kind, no invisible reordering of text, `"` becomes `'`, runs of
/// blanks become one, 200 characters at most. A no-break space between two words stays one: French
/// keeps a colon and an hour on the line of the word before. May be empty.
#[must_use]
pub fn clean_name(name: &str) -> String {
    let mut out = String::with_capacity(name.len().min(4 * LONGEST_NAME));
    let mut length = 0;
    let mut gap: Option<char> = None;
    for c in name.chars().filter(|c| !is_reordering(*c)) {
        if c.is_whitespace() || c.is_control() {
            gap = match (gap, c) {
                _ if length == 0 => None,
                (None, '\u{a0}' | '\u{202f}') => Some(c),
                _ => Some(' '),
            };
            continue;
        }
        let needed = if gap.is_some() { 2 } else { 1 };
        if length + needed > LONGEST_NAME {
            break;
        }
        length += needed;
        out.extend(gap.take());
        out.push(if c == '"' { '\'' } else { c });
    }
    out
}

/// Bidirectional embeddings, overrides and isolates: they can make `gpj.exe` look like `exe.jpg`.
/// Plain right-to-left text and the LRM and RLM marks stay.
const fn is_reordering(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Text of several lines without the characters that RFC 5545 forbids: every kind of line break
/// becomes `\n`, other controls except tab go, and so do the marks that make a text read in another order.
#[must_use]
pub fn clean_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => {
                chars.next_if_eq(&'\n');
                out.push('\n');
            }
            '\n' | '\u{85}' | '\u{2028}' | '\u{2029}' => out.push('\n'),
            '\t' => out.push('\t'),
            c if c.is_control() || is_reordering(c) => {}
            c => out.push(c),
        }
    }
    out
}

/// A TEXT value: cleaned, then `\`, `;`, `,` and line breaks escaped.
pub(super) fn escape(text: &str) -> String {
    let clean = clean_text(text);
    let mut out = String::with_capacity(clean.len() + 8);
    for c in clean.chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c => out.push(c),
        }
    }
    out
}

/// The text behind a TEXT value. A lone or unknown escape stands for its character.
pub(super) fn unescape(value: &str) -> Cow<'_, str> {
    if !value.contains('\\') {
        return Cow::Borrowed(value);
    }
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n' | 'N') => out.push('\n'),
                Some(other) => out.push(other),
                None => {}
            },
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// A quoted parameter value (O4): the cleaned name with `^` doubled as RFC 6868 asks.
pub(super) fn quote(name: &str) -> String {
    format!("\"{}\"", clean_name(name).replace('^', "^^"))
}

/// The text behind a parameter value (RFC 6868 §3.2).
pub(super) fn unquote(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars().peekable();
    while let Some(c) = chars.next() {
        let meant = match (c, chars.peek()) {
            ('^', Some('^')) => Some('^'),
            ('^', Some('n')) => Some('\n'),
            ('^', Some('\'')) => Some('"'),
            _ => None,
        };
        match meant {
            Some(meant) => {
                chars.next();
                out.push(meant);
            }
            None => out.push(c),
        }
    }
    out
}

/// `mailto:` and the address, everything that has a meaning in a URI percent-encoded (RFC 6068).
pub(super) fn mailto(address: &str) -> String {
    let mut out = String::from("mailto:");
    percent_encode(address, b"-._~@+!$*'", &mut out);
    out
}

/// A link with every character that cannot stand in a URI percent-encoded; escapes that are there
/// already stay.
pub(super) fn uri(link: &str) -> String {
    let mut out = String::with_capacity(link.len());
    percent_encode(link.trim(), b"-._~:/?#[]@!$&'()*+,;=%", &mut out);
    out
}

fn percent_encode(text: &str, kept: &[u8], out: &mut String) {
    const HEX: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F',
    ];
    let hex = |nibble: u8| HEX.get(usize::from(nibble)).copied().unwrap_or('0');
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || kept.contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.extend(['%', hex(byte >> 4), hex(byte & 15)]);
        }
    }
}

/// The bare address behind a calendar address: without `mailto:`, angle brackets and percent
/// encoding (I5). Case is kept; compare with [`address_key`].
pub(super) fn bare_address(value: &str) -> String {
    let value = value.trim().trim_matches(['<', '>', '"']).trim();
    let bare = match value.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("mailto:") => value.get(7..).unwrap_or(""),
        _ => value,
    };
    percent_decode(bare.trim_start_matches('<').trim_end_matches('>'))
}

fn percent_decode(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let mut ahead = bytes.clone();
        let nibble = |b: Option<u8>| b.and_then(|b| char::from(b).to_digit(16));
        match (byte, nibble(ahead.next()), nibble(ahead.next())) {
            (b'%', Some(high), Some(low)) => {
                out.extend(u8::try_from(high * 16 + low));
                bytes = ahead;
            }
            _ => out.push(byte),
        }
    }
    String::from_utf8(out)
        .unwrap_or_else(|broken| String::from_utf8_lossy(broken.as_bytes()).into_owned())
}

/// What two addresses are compared by (I5): no `mailto:`, percent-decoded, case-folded; dots and
/// tags stay, because not every mail server ignores them.
#[must_use]
pub fn address_key(address: &str) -> String {
    bare_address(address).trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn o4_a_name_loses_controls_breaks_and_quotes() {
        assert_eq!(
            clean_name(" José \"Pepe\"\r\nBcc: x@y\u{85}\u{2028}B\u{0}, \u{202E}C  "),
            "José 'Pepe' Bcc: x@y B , C"
        );
        assert_eq!(clean_name("\r\n\t"), "");
        assert_eq!(clean_name(&"é".repeat(5000)).chars().count(), 200);
        assert_eq!(clean_name("آمنة بنت علي 👩‍⚕️"), "آمنة بنت علي 👩‍⚕️");
    }

    #[test]
    fn o4_a_no_break_space_between_two_words_stays_and_runs_of_blanks_become_one() {
        assert_eq!(
            clean_name("Rappel\u{a0}: 18\u{a0}h"),
            "Rappel\u{a0}: 18\u{a0}h"
        );
        assert_eq!(clean_name("a\u{202f}b"), "a\u{202f}b");
        assert_eq!(clean_name("a \u{a0}b\u{a0}\u{a0}c\u{a0}\nd"), "a b c d");
        assert_eq!(clean_name("\u{a0}a\u{202f}"), "a");
    }

    #[test]
    fn o4_text_is_escaped_and_comes_back() {
        let text = "a,b;c\\d\nline 2\r\nline 3\u{2028}x\\n";
        assert_eq!(escape(text), "a\\,b\\;c\\\\d\\nline 2\\nline 3\\nx\\\\n");
        assert_eq!(unescape(&escape(text)), "a,b;c\\d\nline 2\nline 3\nx\\n");
    }

    #[test]
    fn rfc_6868_escapes_are_written_and_read() {
        assert_eq!(quote("A^nB"), "\"A^^nB\"");
        assert_eq!(unquote("A^^nB^'C^'^n^x^"), "A^nB\"C\"\n^x^");
    }

    #[test]
    fn i5_addresses_are_compared_bare_decoded_and_folded() {
        for same in [
            "MAILTO:Anna.K+x@Example.org",
            "mailto:<anna.k%2Bx@example.ORG>",
            " anna.k+x@example.org",
        ] {
            assert_eq!(address_key(same), "anna.k+x@example.org", "{same}");
        }
        assert_ne!(
            address_key("annak@example.org"),
            address_key("anna.k@example.org")
        );
        assert_eq!(
            mailto("a;b,c\r\nd%@x.org"),
            "mailto:a%3Bb%2Cc%0D%0Ad%25@x.org"
        );
        assert_eq!(
            bare_address(&mailto("a;b,c\r\nd%@x.org")),
            "a;b,c\r\nd%@x.org"
        );
    }

    #[test]
    fn a_link_cannot_break_a_line() {
        assert_eq!(
            uri("https://x.org/a b\r\nX:1?q=%20é"),
            "https://x.org/a%20b%0D%0AX:1?q=%20%C3%A9"
        );
    }
}
