//! What a coordinator reads of a message: its subject and its text, without the secrets that a quoted
//! invitation holds. A link or a reply address in it opens somebody else's door.

use super::understand::parse;

/// How much of a message's text is shown, in characters.
pub const MOST_CHARACTERS: usize = 10_000;

/// A message's words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Words {
    pub subject: Option<String>,
    /// The plain text, or the HTML part as text.
    pub text: Option<String>,
}

/// Reads the words of a message.
#[must_use]
pub fn words(raw: &[u8]) -> Words {
    let Ok(message) = parse(raw) else {
        return Words::default();
    };
    let text = message.body_text(0).map(|text| {
        let text: String = text.chars().take(MOST_CHARACTERS).collect();
        crate::icalendar::clean_text(&without_secrets(&text))
    });
    Words {
        subject: message
            .subject()
            .map(|subject| crate::icalendar::clean_name(&without_secrets(subject))),
        text: text.filter(|text| !text.trim().is_empty()),
    }
}

/// The same text with web addresses cut behind their host, and the tags of addresses cut.
#[must_use]
pub fn without_secrets(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for piece in text.split_inclusive(|c: char| c.is_whitespace() || "<>\"'()[]".contains(c)) {
        let end = piece
            .char_indices()
            .next_back()
            .filter(|(_, c)| c.is_whitespace() || "<>\"'()[]".contains(*c));
        let (word, end) = match end {
            Some((at, c)) => (piece.get(..at).unwrap_or(""), Some(c)),
            None => (piece, None),
        };
        out.push_str(&cut_tag(&cut_address(word)));
        out.extend(end);
    }
    out
}

fn cut_address(word: &str) -> String {
    let lower = word.to_ascii_lowercase();
    let Some(begin) = lower.find("https://").or_else(|| lower.find("http://")) else {
        return word.to_owned();
    };
    let (before, address) = word.split_at(begin);
    let (scheme, rest) = address.split_once("://").unwrap_or((address, ""));
    let host = rest.split(['/', '?', '#']).next().unwrap_or("");
    if host.len() == rest.len() {
        return word.to_owned();
    }
    format!("{before}{scheme}://{host}/…")
}

/// `reply+TOKEN@example.org` becomes `reply+…@example.org`.
fn cut_tag(word: &str) -> String {
    let Some((local, domain)) = word.split_once('@') else {
        return word.to_owned();
    };
    match local.split_once('+') {
        Some((name, _)) => format!("{name}+…@{domain}"),
        None => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quoted_invitation_shows_no_link_and_no_token() {
        let text = "Yes!\n> Answer: https://x.example/m/SECRET?lang=fr\n> <mailto:reply+SECRET@x.example> (http://y.example#SECRET), me@z.example";
        let shown = without_secrets(text);
        assert!(!shown.contains("SECRET"), "{shown}");
        assert!(
            shown.contains("https://x.example/…") && shown.contains("mailto:reply+…@x.example")
        );
        assert!(shown.starts_with("Yes!\n> ") && shown.ends_with("me@z.example"));
    }

    #[test]
    fn the_text_of_a_message_is_read_whatever_it_is_written_in() {
        let raw = b"Subject: =?utf-8?q?R=C3=A9ponse?=\r\nContent-Type: text/html; charset=iso-8859-1\r\n\r\n<p>Tr\xe8s bien</p>";
        let found = words(raw);
        assert_eq!(found.subject.as_deref(), Some("Réponse"));
        assert!(found.text.unwrap().contains("Très bien"));
        assert_eq!(words(b"").text, None);
    }
}
