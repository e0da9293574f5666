//! The three kinds of text that a mail's values are made of, each cleaned when it is made (O4), so
//! that a name cannot begin a header, a paragraph or a second message.

use serde::{Deserialize, Serialize};

use crate::icalendar::{clean_name, clean_text};

/// The longest sentence that the platform makes of several values, in characters.
const LONGEST_SENTENCE: usize = 2000;

/// The longest note that is repeated in a mail, in characters.
const LONGEST_TEXT: usize = 4000;

/// One line: a name, a title, a place. No controls, no line breaks, 200 characters at most; a sentence may
/// be longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(transparent)]
pub struct Line(String);

impl Line {
    /// Cleans `text`.
    pub fn new(text: &str) -> Self {
        Self(clean_name(text))
    }

    /// Whole sentences on one line, such as how a series repeats: 2,000 characters at most, because half a
    /// sentence would say something else.
    pub fn sentence(text: &str) -> Self {
        let words: Vec<String> = clean_text(text)
            .split([' ', '\t', '\n'])
            .map(clean_name)
            .filter(|word| !word.is_empty())
            .collect();
        Self(words.join(" ").chars().take(LONGEST_SENTENCE).collect())
    }

    /// The cleaned text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<T: AsRef<str>> From<T> for Line {
    fn from(text: T) -> Self {
        Self::new(text.as_ref())
    }
}

/// What somebody wrote, of several lines; 4,000 characters at most.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(transparent)]
pub struct Text(String);

impl Text {
    /// Cleans `text`.
    pub fn new(text: &str) -> Self {
        let text = clean_text(text);
        Self(text.trim().chars().take(LONGEST_TEXT).collect())
    }

    /// `None` when nothing is left of it.
    pub fn some(text: Option<&str>) -> Option<Self> {
        text.map(Self::new).filter(|text| !text.0.is_empty())
    }
}

impl<T: AsRef<str>> From<T> for Text {
    fn from(text: T) -> Self {
        Self::new(text.as_ref())
    }
}

/// A web address. Only `http`, `https` and `tel` lead anywhere: a `javascript:` in a meeting's link
/// becomes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(transparent)]
pub struct Link(String);

impl Link {
    /// The address, with blanks and controls removed; empty when it is no web address.
    pub fn new(address: &str) -> Self {
        let address: String = address
            .trim()
            .chars()
            .filter(|c| !c.is_whitespace() && !c.is_control() && !matches!(c, '<' | '>' | '"'))
            .take(2000)
            .collect();
        let lower = address.to_ascii_lowercase();
        let known = ["https://", "http://", "tel:"];
        Self(if known.iter().any(|scheme| lower.starts_with(scheme)) {
            address
        } else {
            String::new()
        })
    }

    /// `None` when it is no web address.
    pub fn some(address: Option<&str>) -> Option<Self> {
        address.map(Self::new).filter(|link| !link.0.is_empty())
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<T: AsRef<str>> From<T> for Link {
    fn from(address: T) -> Self {
        Self::new(address.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_not_cut_where_a_name_would_be_and_keeps_its_no_break_spaces() {
        let sentence = "Sauf le mardi 20 octobre 2026\u{a0}: 18\u{a0}h. ".repeat(10);
        assert_eq!(Line::sentence(&sentence).as_str(), sentence.trim());
        assert_eq!(Line::new(&sentence).as_str().chars().count(), 200);
        let endless = "mot ".repeat(5000);
        assert_eq!(Line::sentence(&endless).as_str().chars().count(), 2000);
    }

    #[test]
    fn o4_a_value_keeps_its_words_and_loses_its_tricks() {
        assert_eq!(Line::new("Zoë\r\nBcc: x").as_str(), "Zoë Bcc: x");
        assert_eq!(
            Line::sentence("Zoë\r\nBcc:  \"x\"\u{202E}").as_str(),
            "Zoë Bcc: 'x'"
        );
        assert_eq!(Text::new("a\r\nb\u{0}\u{7}").0, "a\nb");
        assert_eq!(Text::some(Some(" \r\n")), None);
        assert_eq!(Link::new("JavaScript:alert(1)").as_str(), "");
        assert_eq!(
            Link::new("https://x.org/a\r\nb\"><i>").as_str(),
            "https://x.org/abi"
        );
    }
}
