//! The lists that hang on a person: occupations, languages, topics and weekly availability.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::reference::LanguageLevel;

crate::text_enum! {
    /// What an occupation is to a person.
    pub enum OccupationKind {
        /// Worked in: what a mentor offers and a newcomer brings.
        Held => "held",
        /// Aimed at: what a mentee is matched by.
        Target => "target",
    }
}

crate::text_enum! {
    /// Whether a topic is asked for or offered.
    #[schema(as = TopicSide)]
    pub enum Side { Wants => "wants", Offers => "offers" }
}

/// An occupation of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Occupation {
    pub kind: OccupationKind,
    /// Unit group of NOC 2021, five digits; `None` when the words resemble no official title.
    pub noc: Option<String>,
    /// The person's own words.
    pub own_words: Option<String>,
    /// How sure the code is, in thousandths; 1000 when a person chose it.
    pub confidence: i32,
    /// A person should look at the code.
    pub needs_review: bool,
    /// Full years of experience.
    pub years: Option<i32>,
    /// The last calendar year in it.
    pub last_year: Option<i32>,
}

/// A language of a person.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Language {
    /// BCP 47 code.
    pub language: String,
    /// `None`: not said.
    pub level: Option<LanguageLevel>,
    /// A mentee asks to be mentored in it.
    pub wanted: bool,
}

/// A topic that a person wants help with, or offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topic {
    pub side: Side,
    /// A word of [`super::topics::KNOWN`], or the person's own words.
    pub topic: String,
}

/// A weekly stretch of local wall time in the person's zone (rule S1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct WeeklyWindow {
    /// 1 is Monday, 7 is Sunday (ISO 8601).
    pub weekday: i32,
    /// Minutes after local midnight, 0–1439.
    pub starts_minute: i32,
    /// Minutes after the same midnight, after the start by at most a day; beyond 1440 it lies on the
    /// next date.
    pub ends_minute: i32,
}

/// Minutes of a day.
pub const DAY: i32 = 24 * 60;
/// Most windows of one week.
pub const MAX_WINDOWS: usize = 70;

impl WeeklyWindow {
    /// A window, or `None` outside the ranges.
    pub fn new(weekday: i32, starts_minute: i32, ends_minute: i32) -> Option<Self> {
        let fits = (1..=7).contains(&weekday)
            && (0..DAY).contains(&starts_minute)
            && starts_minute < ends_minute
            && ends_minute <= starts_minute + DAY;
        fits.then_some(Self {
            weekday,
            starts_minute,
            ends_minute,
        })
    }

    /// Sorted, with overlapping and adjoining windows of one day joined.
    pub fn joined(mut windows: Vec<Self>) -> Vec<Self> {
        windows.sort_unstable();
        let mut joined: Vec<Self> = Vec::with_capacity(windows.len());
        for window in windows {
            match joined.last_mut() {
                Some(last)
                    if last.weekday == window.weekday
                        && window.starts_minute <= last.ends_minute =>
                {
                    let latest = last.starts_minute + DAY;
                    last.ends_minute = last.ends_minute.max(window.ends_minute).min(latest);
                }
                _ => joined.push(window),
            }
        }
        joined
    }
}

/// A window as it is written in JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WindowText {
    /// 1 is Monday, 7 is Sunday.
    #[schema(minimum = 1, maximum = 7, example = 2)]
    pub weekday: i32,
    /// Local time in the person's zone, `HH:MM`.
    #[schema(example = "18:00")]
    pub starts: String,
    /// Local time; at or before `starts` it is on the next date; `24:00` ends the day.
    #[schema(example = "21:00")]
    pub ends: String,
}

impl From<WeeklyWindow> for WindowText {
    fn from(window: WeeklyWindow) -> Self {
        let ends = if window.ends_minute > DAY {
            window.ends_minute - DAY
        } else {
            window.ends_minute
        };
        Self {
            weekday: window.weekday,
            starts: clock(window.starts_minute),
            ends: clock(ends),
        }
    }
}

impl WindowText {
    /// The window that the text means; `None` when an hour cannot be read, or both are the same,
    /// which could mean nothing or a whole day (write `00:00` to `24:00`).
    pub fn read(&self) -> Option<WeeklyWindow> {
        let starts = minute_of_day(&self.starts).filter(|minute| *minute < DAY)?;
        let ends = minute_of_day(&self.ends)?;
        match ends {
            ends if ends > starts => WeeklyWindow::new(self.weekday, starts, ends),
            ends if ends < starts => WeeklyWindow::new(self.weekday, starts, ends + DAY),
            _ => None,
        }
    }
}

/// `18:05` of 1085 minutes.
pub fn clock(minutes: i32) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// Minutes of `HH:MM`, 0 to 1440.
pub fn minute_of_day(text: &str) -> Option<i32> {
    let (hour, minute) = text.split_once(':')?;
    let two = |part: &str| -> Option<i32> {
        (part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse().ok())?
    };
    let (hour, minute) = (two(hour)?, two(minute)?);
    let total = hour * 60 + minute;
    (minute < 60 && total <= DAY).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(starts: &str, ends: &str) -> WindowText {
        WindowText {
            weekday: 5,
            starts: starts.into(),
            ends: ends.into(),
        }
    }

    #[test]
    fn s1_a_window_over_midnight_is_written_with_an_earlier_end_and_comes_back_the_same() {
        let late = text("22:00", "02:00");
        let window = late.read().unwrap();
        assert_eq!((window.starts_minute, window.ends_minute), (1320, 1560));
        assert_eq!(WindowText::from(window), late);
        let whole = text("00:00", "24:00");
        assert_eq!(WindowText::from(whole.read().unwrap()), whole);
    }

    #[test]
    fn hours_that_do_not_exist_are_refused() {
        for (starts, ends) in [
            ("18:00", "18:00"),
            ("24:00", "01:00"),
            ("18:60", "19:00"),
            ("6pm", "19:00"),
            ("", ""),
        ] {
            assert_eq!(text(starts, ends).read(), None, "{starts}-{ends}");
        }
    }

    #[test]
    fn overlapping_windows_are_joined() {
        let w = |s, e| WeeklyWindow::new(1, s, e).unwrap();
        assert_eq!(
            WeeklyWindow::joined(vec![w(600, 700), w(540, 610), w(700, 720)]),
            [w(540, 720)]
        );
    }
}
