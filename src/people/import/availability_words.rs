//! The words of an availability: what is a day, an hour, a part of the day, a dash.
//!
//! [`values::availability`](super::values::availability) reads their order.

use super::values::clock::{Clock, Half};
use unicode_normalization::UnicodeNormalization;

/// A word with the text it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub word: Word,
    pub text: String,
}

/// What a word means here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// 0 is Monday.
    Day(u8),
    /// From one day to another: weekdays, weekend, every day.
    Days(u8, u8),
    Part(Part),
    Time(Clock),
    /// Between two days or hours: `-`, `to`, `au`, `à`, `until`.
    Dash,
    /// Before an hour that has no end: `from`, `after`, `dès`.
    From,
    /// Before an hour that has no beginning: `before`, `avant`.
    Before,
    /// Little words, commas.
    Skip,
    Unknown,
}

/// A part of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Morning,
    Noon,
    Afternoon,
    Evening,
    AllDay,
}

impl Part {
    /// Start and end in minutes after midnight.
    pub const fn hours(self) -> (u16, u16) {
        match self {
            Part::Morning => (9 * 60, 12 * 60),
            Part::Noon => (12 * 60, 13 * 60),
            Part::Afternoon => (13 * 60, 17 * 60),
            Part::Evening => (18 * 60, 21 * 60),
            Part::AllDay => (9 * 60, 18 * 60),
        }
    }
}

/// The day that a folded word names, 0 being Monday.
pub fn day(word: &str) -> Option<u8> {
    Some(match word {
        "monday" | "mondays" | "mon" | "mo" | "lundi" | "lundis" | "lun" | "lu" => 0,
        "tuesday" | "tuesdays" | "tue" | "tues" | "tu" | "mardi" | "mardis" | "mar" | "ma" => 1,
        "wednesday" | "wednesdays" | "wed" | "weds" | "we" | "mercredi" | "mercredis" | "mer"
        | "merc" | "me" => 2,
        "thursday" | "thursdays" | "thu" | "thur" | "thurs" | "th" | "jeudi" | "jeudis" | "jeu"
        | "je" => 3,
        "friday" | "fridays" | "fri" | "fr" | "vendredi" | "vendredis" | "ven" | "vend" | "ve" => 4,
        "saturday" | "saturdays" | "sat" | "samedi" | "samedis" | "sam" | "sa" => 5,
        "sunday" | "sundays" | "sun" | "su" | "dimanche" | "dimanches" | "dim" | "di" => 6,
        _ => return None,
    })
}

fn word(folded: &str) -> Word {
    if let Some(day) = day(folded) {
        return Word::Day(day);
    }
    match folded {
        "weekday" | "weekdays" | "semaine" => Word::Days(0, 4),
        "weekend" | "weekends" => Word::Days(5, 6),
        "daily" | "everyday" => Word::Days(0, 6),
        "morning" | "mornings" | "matin" | "matins" | "matinee" | "matinees" => {
            Word::Part(Part::Morning)
        }
        "lunch" | "lunchtime" => Word::Part(Part::Noon),
        "afternoon" | "afternoons" => Word::Part(Part::Afternoon),
        "evening" | "evenings" | "soir" | "soirs" | "soiree" | "soirees" => {
            Word::Part(Part::Evening)
        }
        "allday" => Word::Part(Part::AllDay),
        "noon" | "midi" => Word::Time(named(12)),
        "midnight" | "minuit" => Word::Time(named(24)),
        "to" | "a" | "au" | "aux" | "until" | "till" | "til" | "jusqu" | "jusque" | "thru"
        | "through" => Word::Dash,
        "from" | "de" | "des" | "du" | "after" | "apres" | "starting" | "since" => Word::From,
        "before" | "avant" => Word::Before,
        "and" | "or" | "et" | "ou" | "the" | "le" | "la" | "les" | "l" | "d" | "on" | "in"
        | "at" | "en" | "each" | "every" | "chaque" | "between" | "entre" | "s" | "available"
        | "disponible" | "jour" | "jours" | "day" | "days" | "of" => Word::Skip,
        _ => Word::Unknown,
    }
}

const fn named(hour: u16) -> Clock {
    Clock {
        hour,
        minute: 0,
        half: None,
        word: true,
    }
}

/// Phrases that are one word here, in folded letters.
const PHRASES: &[(&str, &str)] = &[
    ("fins de semaine", "weekend"),
    ("fin de semaine", "weekend"),
    ("week-ends", "weekend"),
    ("week-end", "weekend"),
    ("week ends", "weekend"),
    ("week end", "weekend"),
    ("toute la semaine", "daily"),
    ("tous les jours", "daily"),
    ("chaque jour", "daily"),
    ("every day", "daily"),
    ("each day", "daily"),
    ("all week", "daily"),
    ("jours ouvrables", "weekdays"),
    ("week days", "weekdays"),
    ("toute la journee", "allday"),
    ("all day", "allday"),
    ("apres-midis", "afternoon"),
    ("apres-midi", "afternoon"),
    ("apres midi", "afternoon"),
    ("a partir de", "after"),
    ("a compter de", "after"),
    ("a.m.", "am"),
    ("p.m.", "pm"),
    ("a.m", "am"),
    ("p.m", "pm"),
];

/// The words of each piece (between `;`, `|` and line breaks) of a cell.
pub fn tokens(cell: &str) -> Vec<Vec<Token>> {
    let mut text: String = cell
        .nfkd()
        .filter(|c| !matches!(c, '\u{0300}'..='\u{036F}'))
        .flat_map(char::to_lowercase)
        .collect();
    text = text
        .replace(['\u{2019}', '\''], " ")
        .replace(['\u{2010}', '\u{2011}', '–', '—', '→', '~'], "-");
    for (phrase, one) in PHRASES {
        text = text.replace(phrase, one);
    }
    text.split([';', '|', '\n', '\r'])
        .map(piece)
        .filter(|tokens| !tokens.is_empty())
        .collect()
}

fn piece(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (word, length) = if first.is_ascii_digit() {
            time(rest)
        } else if first.is_alphabetic() {
            let length = rest
                .find(|c: char| !c.is_alphabetic())
                .unwrap_or(rest.len());
            (word(rest.get(..length).unwrap_or_default()), length)
        } else if first == '-' {
            (Word::Dash, 1)
        } else if first.is_whitespace() || ",.&+/:()[]".contains(first) {
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
            continue;
        } else {
            (Word::Unknown, first.len_utf8())
        };
        let (taken, left) = rest.split_at_checked(length).unwrap_or((rest, ""));
        let follows_dash = tokens.last().is_some_and(|last| last.word == Word::Dash);
        let skip = word == Word::Skip || (word == Word::Dash && follows_dash);
        // `de` between a part and a day (`soirs de semaine`) opens nothing; the reader forgets it.
        if !skip {
            tokens.push(Token {
                word,
                text: taken.trim().to_string(),
            });
        }
        rest = left;
    }
    // Shown as it was typed where nothing but case and accents changed.
    tokens
}

/// An hour at the beginning of `text`, and how long it is.
fn time(text: &str) -> (Word, usize) {
    let digits = digits_at(text);
    let (number, mut at) = (text.get(..digits).unwrap_or_default(), digits);
    let value: u16 = number.parse().unwrap_or(u16::MAX);
    let mut clock = Clock {
        hour: value,
        minute: 0,
        half: None,
        word: false,
    };
    if digits > 4 {
        return (Word::Unknown, digits);
    }
    if digits >= 3 {
        (clock.hour, clock.minute) = (value / 100, value % 100);
    } else {
        let rest = text.get(at..).unwrap_or_default();
        if let Some((minute, used)) = minutes(rest) {
            clock.minute = minute;
            at += used;
        }
    }
    let rest = text.get(at..).unwrap_or_default();
    let trimmed = rest.trim_start();
    let letters = trimmed
        .find(|c: char| !c.is_alphabetic())
        .unwrap_or(trimmed.len());
    let half = match trimmed.get(..letters).unwrap_or_default() {
        "am" => Some(Half::Am),
        "pm" => Some(Half::Pm),
        _ => None,
    };
    if half.is_some() {
        clock.half = half;
        at += rest.len() - trimmed.len() + letters;
    }
    (Word::Time(clock), at)
}

fn digits_at(text: &str) -> usize {
    text.find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len())
}

/// What follows the hour: `:30`, `.30`, `h30`, ` h 30`, `h`, ` heures`; the minutes and its length.
fn minutes(rest: &str) -> Option<(u16, usize)> {
    let two = |text: &str| -> Option<u16> {
        (digits_at(text) == 2)
            .then(|| text.get(..2)?.parse().ok())
            .flatten()
    };
    if let Some(after) = rest.strip_prefix([':', '.']) {
        let minute = two(after)?;
        let seconds = after
            .get(2..)
            .and_then(|tail| tail.strip_prefix(':'))
            .and_then(two);
        return Some((minute, if seconds.is_some() { 6 } else { 3 }));
    }
    let trimmed = rest.trim_start();
    let letters = trimmed
        .find(|c: char| !c.is_alphabetic())
        .unwrap_or(trimmed.len());
    if !["h", "hr", "hrs", "heure", "heures", "hour", "hours"].contains(&trimmed.get(..letters)?) {
        return None;
    }
    let after = trimmed.get(letters..)?;
    let spaced = after.trim_start();
    let used = rest.len() - after.len();
    match two(spaced) {
        Some(minute) => Some((minute, used + after.len() - spaced.len() + 2)),
        None => Some((0, used)),
    }
}
