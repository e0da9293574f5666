//! Content lines: folding on the way out; decoding, unfolding and taking apart on the way in.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// The longest physical line, in octets without its line end (O1, RFC 5545 §3.1).
pub(super) const LONGEST_LINE: usize = 75;
/// How far back from the end of a line a better place for a fold is looked for, in octets.
const LOOK_BACK: usize = 24;

/// Appends a content line with its line end, folded so that no physical line is longer than 75
/// octets and no fold falls inside a UTF-8 sequence or an escape (O1). Where possible it does not
/// fall beside a blank either, since some programs trim lines. Controls that got as far as here are
/// dropped: whatever is in `line`, it stays one line.
pub(super) fn fold(line: &str, out: &mut String) {
    let line: String = line.chars().filter(|c| !is_line_danger(*c)).collect();
    let mut rest = line.as_str();
    let mut room = LONGEST_LINE;
    while rest.len() > room {
        let (head, tail) = rest.split_at(fold_place(rest, room));
        out.push_str(head);
        out.push_str("\r\n ");
        rest = tail;
        room = LONGEST_LINE - 1;
    }
    out.push_str(rest);
    out.push_str("\r\n");
}

fn is_line_danger(c: char) -> bool {
    c != '\t' && c.is_control()
}

/// Where to cut `text`, which is longer than `room` octets: a character boundary, at most `room`,
/// not behind a backslash or caret that belongs to what follows.
fn fold_place(text: &str, room: usize) -> usize {
    let (mut any, mut good) = (0, 0);
    let mut escaped = false;
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        if at > room {
            break;
        }
        if !escaped {
            any = at;
            if !before.is_whitespace() && !c.is_whitespace() {
                good = at;
            }
        }
        escaped = !escaped && matches!(c, '\\' | '^');
        before = c;
    }
    if good + LOOK_BACK >= any && good > 0 {
        good
    } else {
        any
    }
}

/// The unfolded text of a calendar part (I2): by its byte order mark if it has one, else UTF-8,
/// else the charset that the mail declares, else Windows-1252. Never fails.
#[must_use]
pub fn decode(bytes: &[u8], declared: Option<&str>) -> String {
    let declared = declared
        .and_then(|label| Encoding::for_label(label.trim().as_bytes()))
        .filter(|encoding| *encoding != UTF_8);
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return decode_then_unfold(bytes.get(mark..).unwrap_or_default(), encoding);
    }
    // Unfold first: programs that fold by octets cut inside UTF-8 sequences.
    let unfolded = unfold(bytes);
    match (String::from_utf8(unfolded), declared) {
        // These have the look of ASCII and would pass for UTF-8.
        (Ok(text), _) if !text.contains('\0') && !text.contains('\u{1b}') => text,
        (_, Some(encoding)) => decode_then_unfold(bytes, encoding),
        (Ok(text), None) => text,
        (Err(_), None) => decode_then_unfold(bytes, WINDOWS_1252),
    }
}

fn decode_then_unfold(bytes: &[u8], encoding: &'static Encoding) -> String {
    let text = encoding.decode_without_bom_handling(bytes).0;
    // Taking ASCII out of UTF-8 leaves UTF-8.
    String::from_utf8_lossy(&unfold(text.as_bytes())).into_owned()
}

/// Joins folded lines: a line end (CRLF, LF or CR) followed by one blank or tab disappears. Other
/// line ends become LF.
#[must_use]
pub fn unfold(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        match byte {
            b'\r' | b'\n' => {
                if byte == b'\r' {
                    rest.next_if_eq(&b'\n');
                }
                if rest.next_if(|next| matches!(next, b' ' | b'\t')).is_none() {
                    out.push(b'\n');
                }
            }
            other => out.push(other),
        }
    }
    out
}

/// A content line taken apart: name in upper case, parameters with their RFC 6868 escapes undone,
/// value untouched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ContentLine<'a> {
    pub name: String,
    parameters: Vec<(String, Vec<String>)>,
    pub value: &'a str,
}

impl<'a> ContentLine<'a> {
    /// `None` when the line cannot be understood at all.
    pub fn parse(line: &'a str) -> Option<Self> {
        let line = line.trim_start();
        match split_at_colon(line) {
            Some((head, value)) => Self::from_head(head, value),
            // A quote that never closes: read the head as if there were no quotes.
            None => {
                let (head, value) = line.split_once(':')?;
                Self::from_head(&head.replace('"', ""), value)
            }
        }
    }

    /// The value is ours to cut, because `ical` drops a value's leading colons and trailing blanks;
    /// the head is `ical`'s to parse, with a stand-in for the value.
    fn from_head(head: &str, value: &'a str) -> Option<Self> {
        let stand_in = format!("{head}:-");
        let property = ical::PropertyParser::from_reader(stand_in.as_bytes())
            .next()?
            .ok()?;
        let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let name = property.name.trim().to_ascii_uppercase();
        if name.is_empty() || !name.chars().all(known) {
            return None;
        }
        let parameters = property
            .params
            .unwrap_or_default()
            .into_iter()
            .map(|(key, values)| {
                let values = values.iter().map(|value| super::text::unquote(value));
                (key.trim().to_ascii_uppercase(), values.collect())
            })
            .collect();
        Some(Self {
            name,
            parameters,
            value,
        })
    }

    /// The first value of a parameter.
    pub fn parameter(&self, key: &str) -> Option<&str> {
        let (_, values) = self.parameters.iter().find(|(name, _)| name == key)?;
        values.first().map(String::as_str)
    }
}

/// Cuts at the first colon outside quotes.
fn split_at_colon(line: &str) -> Option<(&str, &str)> {
    let mut quoted = false;
    for (at, c) in line.char_indices() {
        match c {
            '"' => quoted = !quoted,
            ':' if !quoted => return Some((line.get(..at)?, line.get(at + 1..)?)),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(line: &str) -> String {
        let mut out = String::new();
        fold(line, &mut out);
        out
    }

    #[test]
    fn o1_lines_are_75_octets_at_most_and_come_back_whole() {
        for width in [1, 73, 74, 75, 76, 149, 150, 400] {
            for filler in ["x", "é", "👩", "\\n", " ", "^^", "a b"] {
                let line = format!("X:{}", filler.repeat(width));
                let text = folded(&line);
                assert!(text.split("\r\n").all(|l| l.len() <= 75), "{text}");
                let mut bytes = unfold(text.as_bytes());
                assert_eq!(bytes.pop(), Some(b'\n'));
                assert_eq!(String::from_utf8(bytes).unwrap(), line);
            }
        }
    }

    #[test]
    fn o1_no_fold_inside_an_escape() {
        for shift in 0..8 {
            let line = format!(
                "DESCRIPTION:{}{}",
                "x".repeat(shift),
                "\\n\\\\\\,".repeat(60)
            );
            for physical in folded(&line).split("\r\n ") {
                let tail = physical.trim_end();
                let backslashes = tail.chars().rev().take_while(|c| *c == '\\').count();
                assert_eq!(backslashes % 2, 0, "{physical}");
            }
        }
    }

    #[test]
    fn o4_a_control_that_slips_through_cannot_start_a_line() {
        assert_eq!(folded("X:a\r\nATTENDEE:b\u{85}\u{0}"), "X:aATTENDEE:b\r\n");
    }

    #[test]
    fn i2_any_charset_and_folds_inside_a_character() {
        let word = "SUMMARY:Rencontre à Montréal";
        assert_eq!(decode(word.as_bytes(), Some("us-ascii")), word);
        let latin: Vec<u8> = word
            .chars()
            .map(|c| u8::try_from(u32::from(c)).unwrap())
            .collect();
        assert_eq!(decode(&latin, None), word);
        assert_eq!(decode(&latin, Some("utf-8")), word);
        assert_eq!(decode(&latin, Some("iso-8859-1")), word);
        let utf16: Vec<u8> = [0xFF, 0xFE]
            .into_iter()
            .chain(word.encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        assert_eq!(decode(&utf16, None), word);
        let mut cut = word.as_bytes().to_vec();
        let inside = word.find('à').unwrap() + 1;
        cut.splice(inside..inside, *b"\r\n ");
        assert_eq!(decode(&cut, None), word);
    }

    #[test]
    fn a_line_is_taken_apart() {
        let line = ContentLine::parse(
            "attendee;CN=\"B: José, ^'x^'\";partstat=accepted;X=1,2:MAILTO:a@b.c ",
        )
        .unwrap();
        assert_eq!(line.name, "ATTENDEE");
        assert_eq!(line.parameter("CN"), Some("B: José, \"x\""));
        assert_eq!(line.parameter("PARTSTAT"), Some("accepted"));
        assert_eq!(line.value, "MAILTO:a@b.c ");
        assert_eq!(ContentLine::parse("COMMENT:::x").unwrap().value, "::x");
        assert_eq!(
            ContentLine::parse("ATTENDEE;CN=\"open:mailto:a@b.c")
                .unwrap()
                .value,
            "mailto:a@b.c"
        );
        for rubbish in ["", "no colon", ":", "a b:c", ";x:y", "<html>:x"] {
            assert_eq!(ContentLine::parse(rubbish), None, "{rubbish}");
        }
    }
}
