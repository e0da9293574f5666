//! Checks of what people write about a meeting: its time, its title, its place.

use chrono::{TimeDelta, Timelike};

use super::model::{self, Mode, Refusal};
use super::slots::Span;
use crate::icalendar::clean_text;
use crate::kernel::{FieldError, Instant, Problem};

/// What people can write about a meeting; cleaned of control characters and checked by [`Words::check`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    pub mode: Mode,
    /// Empty for the usual title, which everybody reads in their own language.
    pub title: String,
    pub location: Option<String>,
    pub url: Option<String>,
    pub note: Option<String>,
}

impl Words {
    /// Cleans them; all faults are told at once.
    ///
    /// # Errors
    /// 422: too long, an address that is not `http(s)`, or a meeting in person without a place.
    pub fn check(self) -> Result<Self, Problem> {
        let line = |text: Option<String>| {
            let text = text.map(|text| one_line(&text));
            text.filter(|text| !text.is_empty())
        };
        let words = Self {
            mode: self.mode,
            title: one_line(&self.title),
            location: line(self.location),
            url: line(self.url),
            note: paragraph(self.note),
        };
        let mut faults = Vec::new();
        faults.extend(longer("/title", &words.title, 200));
        faults.extend(longer(
            "/location",
            words.location.as_deref().unwrap_or(""),
            300,
        ));
        faults.extend(longer("/url", words.url.as_deref().unwrap_or(""), 500));
        faults.extend(longer("/note", words.note.as_deref().unwrap_or(""), 2000));
        if words.url.as_deref().is_some_and(|url| !is_web_address(url)) {
            faults.push(FieldError::new("/url", "web-address"));
        }
        if words.mode == Mode::InPerson && words.location.is_none() {
            faults.push(FieldError::new("/location", "required"));
        }
        Problem::unless_empty(faults)?;
        Ok(words)
    }
}

/// A text on one line: no control characters, no line breaks, single blanks.
fn one_line(text: &str) -> String {
    let text = clean_text(text);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text of several lines, cleaned; an empty one is none.
pub fn paragraph(text: Option<String>) -> Option<String> {
    let text = text.map(|text| clean_text(&text).trim().to_owned());
    text.filter(|text| !text.is_empty())
}

/// The fault of a text that has more than `most` characters.
pub fn longer(pointer: &'static str, text: &str, most: usize) -> Option<FieldError> {
    (text.chars().count() > most).then(|| FieldError::new(pointer, "too-long").with("most", most))
}

fn is_web_address(url: &str) -> bool {
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
        && !url
            .chars()
            .any(|c| c.is_whitespace() || "\"<>\\^`{|}".contains(c))
}

/// The time of a meeting from its start and its length.
///
/// # Errors
/// 422 at `/starts_at` unless it is a whole minute, ahead and not too far; at `/minutes` when the length is out
/// of range.
pub fn time(starts_at: Instant, minutes: u32, now: Instant) -> Result<Span, Problem> {
    let start = starts_at.utc();
    if start.second() != 0 || start.nanosecond() != 0 {
        return Err(Problem::field("/starts_at", "whole-minute"));
    }
    let end = start.checked_add_signed(TimeDelta::minutes(minutes.into()));
    let time = end.and_then(|end| Span::new(start, end));
    let time = time.ok_or_else(|| length_fault("/minutes"))?;
    model::may_book(time, now.utc()).map_err(|refusal| match refusal {
        Refusal::Length => length_fault("/minutes"),
        Refusal::TooFar => Problem::field("/starts_at", "too-far"),
        _ => Problem::field("/starts_at", "past"),
    })?;
    Ok(time)
}

fn length_fault(pointer: &'static str) -> Problem {
    Problem::field(pointer, "out-of-range")
        .with("least", model::SHORTEST.num_minutes())
        .with("most", model::LONGEST.num_minutes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> Words {
        Words {
            mode: Mode::Remote,
            title: String::new(),
            location: None,
            url: None,
            note: None,
        }
    }

    fn fault(words: Words) -> String {
        match words.check() {
            Err(Problem::Invalid(faults)) => {
                let all = faults.iter().map(|f| format!("{} {}", f.pointer, f.code));
                all.collect::<Vec<_>>().join(", ")
            }
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn o4_control_characters_and_line_breaks_leave_one_line_texts() {
        let title = "Hello\r\nATTENDEE:mailto:x@example.org\u{7}".to_owned();
        let checked = Words { title, ..words() }.check().unwrap();
        assert!(
            !checked.title.contains(['\r', '\n', '\u{7}']),
            "{}",
            checked.title
        );
    }

    #[test]
    fn only_web_addresses_are_links() {
        for bad in [
            "javascript:alert(1)",
            "https://",
            "http:///x",
            "https://a b",
            "https://a\"b",
        ] {
            let url = Some(bad.to_owned());
            assert_eq!(fault(Words { url, ..words() }), "/url web-address", "{bad}");
        }
        let url = Some("https://meet.example.org/a?b=c#d".to_owned());
        assert!(Words { url, ..words() }.check().is_ok());
    }

    #[test]
    fn a_meeting_in_person_has_a_place() {
        let mode = Mode::InPerson;
        assert_eq!(fault(Words { mode, ..words() }), "/location required");
    }

    #[test]
    fn all_faults_are_told_at_once() {
        let long = Words {
            title: "x".repeat(201),
            note: Some("é".repeat(2001)),
            ..words()
        };
        assert_eq!(fault(long), "/title too-long, /note too-long");
    }
}
