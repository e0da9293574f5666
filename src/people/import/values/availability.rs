//! Weekly availability in words: `Mon 18:00-21:00; sam 9h-12h`, `lun-ven de 18 h à 20 h`,
//! `weekday evenings`, `Tue & Thu 6-8pm`, `ven. 22h-2h`.
//!
//! The result is windows of local wall time (rule S1): a weekday with a start and an end in minutes,
//! an end beyond midnight belonging to the next day. Day names and their abbreviations are known in
//! both languages, as are ranges of days, weekdays and weekends (`fin de semaine`), hours on 12- and
//! 24-hour clocks and the parts of a day: morning 9–12, noon 12–13, afternoon 13–17, evening 18–21,
//! all day 9–18; an open end runs to 22, an open beginning starts at 8. What has two readings
//! (`Mon 9-5`) or says when one is *not* free is refused.

use super::clock::{Clock, DAY, open, resolve};
use super::{Fault, Read, Reason};
use crate::people::import::availability_words::{Part, Token, Word, tokens};

/// Most windows of one week.
pub const MAX_WINDOWS: usize = 70;
const OPEN_END: u16 = 22 * 60;
const OPEN_START: u16 = 8 * 60;

/// A weekly stretch of local wall time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Window {
    /// 0 is Monday, 6 is Sunday.
    pub day: u8,
    /// Minutes after local midnight, 0–1439.
    pub start: u16,
    /// Minutes after the same midnight, later than `start` by at most a day; beyond 1440 it is the
    /// next day's morning.
    pub end: u16,
}

/// Whether a folded word is a day's name in English or French.
pub fn is_day_name(folded: &str) -> bool {
    crate::people::import::availability_words::day(folded).is_some()
}

/// The windows of a cell, sorted, overlapping ones joined.
pub fn availability(cell: &str) -> Read<Vec<Window>> {
    let mut reader = Reader::default();
    for segment in tokens(cell) {
        reader.segment(&segment);
    }
    let mut windows = join(reader.windows);
    if windows.len() > MAX_WINDOWS {
        reader
            .faults
            .push(Fault::new(Reason::TooManyWindows, cell).hint(MAX_WINDOWS));
        windows.truncate(MAX_WINDOWS);
    }
    Read {
        value: windows,
        faults: reader.faults,
    }
}

fn join(mut windows: Vec<Window>) -> Vec<Window> {
    windows.sort_unstable();
    let mut joined: Vec<Window> = Vec::with_capacity(windows.len());
    for window in windows {
        match joined.last_mut() {
            Some(last) if last.day == window.day && window.start <= last.end => {
                last.end = last.end.max(window.end).min(last.start + DAY);
            }
            _ => joined.push(window),
        }
    }
    joined
}

#[derive(Default)]
struct Reader {
    days: Vec<u8>,
    /// Start and end as [`Window`] counts them.
    ranges: Vec<(u16, u16)>,
    part: Option<Part>,
    /// `9-12 Monday`: the day follows its hours.
    hours_first: bool,
    windows: Vec<Window>,
    faults: Vec<Fault>,
}

impl Reader {
    fn segment(&mut self, tokens: &[Token]) {
        let mut at = 0;
        let mut opener = None;
        while let Some(token) = tokens.get(at) {
            at += 1;
            match &token.word {
                Word::Day(first) => {
                    let last = day_after_dash(tokens, at);
                    at += if last.is_some() { 2 } else { 0 };
                    self.add_days(span(*first, last.unwrap_or(*first)));
                }
                Word::Days(from, to) => self.add_days(span(*from, *to)),
                Word::Part(part) => {
                    self.before_hours();
                    if let Some(other) = self.part.replace(*part) {
                        self.ranges.push(other.hours());
                    }
                }
                Word::Time(start) => {
                    self.before_hours();
                    let end = time_after_dash(tokens, at);
                    at += if end.is_some() { 2 } else { 0 };
                    let read = match (end, opener) {
                        (Some(end), _) => resolve(*start, end, self.part),
                        (None, Some(Word::From)) => open(start.plain(self.part), OPEN_END),
                        (None, Some(Word::Before)) => {
                            open(Ok(OPEN_START), start.plain(self.part).unwrap_or(0))
                        }
                        // Noon by itself is the lunch hour.
                        (None, _) if start.is_noon_word() => Ok(Part::Noon.hours()),
                        (None, _) => Err(Reason::HourAlone),
                    };
                    self.part = None;
                    opener = None;
                    match read {
                        Ok(range) => self.ranges.push(range),
                        Err(reason) => self.faults.push(Fault::new(reason, &token.text)),
                    }
                }
                // A dash before an hour that follows no hour: `until 20:00`.
                Word::Dash => opener = Some(Word::Before),
                Word::From | Word::Before => opener = Some(token.word),
                Word::Skip => {}
                Word::Unknown => {
                    self.faults
                        .push(Fault::new(Reason::NotAvailability, &token.text));
                }
            }
        }
        self.flush(tokens);
    }

    fn add_days(&mut self, days: impl Iterator<Item = u8>) {
        let has_hours = !self.ranges.is_empty() || self.part.is_some();
        if has_hours && self.days.is_empty() {
            self.hours_first = true;
        } else if has_hours && !self.hours_first {
            self.flush(&[]);
        }
        for day in days {
            if !self.days.contains(&day) {
                self.days.push(day);
            }
        }
    }

    fn before_hours(&mut self) {
        if self.hours_first && !self.days.is_empty() {
            self.flush(&[]);
        }
    }

    /// Ends a group of days and hours; `whole` is what to show when one of the two is missing.
    fn flush(&mut self, whole: &[Token]) {
        if let Some(part) = self.part.take() {
            self.ranges.push(part.hours());
        }
        let text = || {
            let words: Vec<&str> = whole.iter().map(|token| token.text.as_str()).collect();
            words.join(" ")
        };
        // One fault for a piece is enough: do not complain twice about an unreadable hour.
        let fresh = self.faults.is_empty();
        match (self.days.is_empty(), self.ranges.is_empty()) {
            (true, false) => self
                .faults
                .push(Fault::new(Reason::HoursWithoutDay, &text())),
            (false, true) if fresh => {
                self.faults
                    .push(Fault::new(Reason::DayWithoutHours, &text()));
            }
            _ => {}
        }
        for day in &self.days {
            for (start, end) in &self.ranges {
                self.windows.push(Window {
                    day: *day,
                    start: *start,
                    end: *end,
                });
            }
        }
        self.days.clear();
        self.ranges.clear();
        self.hours_first = false;
    }
}

/// The days from `first` to `last`, over Sunday if need be.
fn span(first: u8, last: u8) -> impl Iterator<Item = u8> {
    let count = (last + 7 - first) % 7;
    (0..=count).map(move |step| (first + step) % 7)
}

fn day_after_dash(tokens: &[Token], at: usize) -> Option<u8> {
    match (
        tokens.get(at).map(|t| t.word),
        tokens.get(at + 1).map(|t| t.word),
    ) {
        (Some(Word::Dash), Some(Word::Day(day))) => Some(day),
        _ => None,
    }
}

fn time_after_dash(tokens: &[Token], at: usize) -> Option<Clock> {
    match (
        tokens.get(at).map(|t| t.word),
        tokens.get(at + 1).map(|t| t.word),
    ) {
        (Some(Word::Dash), Some(Word::Time(time))) => Some(time),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `0 1080-1260` is Monday 18:00–21:00.
    fn read(cell: &str) -> String {
        let Read { value, faults } = availability(cell);
        assert!(faults.is_empty(), "{cell}: {faults:?}");
        let shown: Vec<String> = value
            .iter()
            .map(|w| {
                let time = |m: u16| format!("{:02}:{:02}", m / 60, m % 60);
                format!("{} {}-{}", w.day, time(w.start), time(w.end))
            })
            .collect();
        shown.join(", ")
    }

    #[test]
    fn both_languages_and_both_clocks_are_read() {
        for (cell, expected) in [
            (
                "Mon 18:00-21:00; sam 9h-12h",
                "0 18:00-21:00, 5 09:00-12:00",
            ),
            ("lundi de 18 h à 20 h 30", "0 18:00-20:30"),
            ("lundi de 18\u{a0}h à 20\u{a0}h\u{a0}30", "0 18:00-20:30"),
            (
                "sam.\u{a0}: 9\u{202f}h\u{202f}– 12\u{202f}h",
                "5 09:00-12:00",
            ),
            ("Tuesdays from 6 to 8 pm", "1 18:00-20:00"),
            ("Tue & Thu 6-8pm", "1 18:00-20:00, 3 18:00-20:00"),
            ("mar. et jeu. 18h30–20h", "1 18:30-20:00, 3 18:30-20:00"),
            ("Mon 10-2pm", "0 10:00-14:00"),
            ("Mon 9am-5", "0 09:00-17:00"),
            ("Mon 9 a.m. - 11 a.m.", "0 09:00-11:00"),
            ("wed 1800-2000", "2 18:00-20:00"),
            ("Fri 18.30-20.00", "4 18:30-20:00"),
            ("sam 9h-midi", "5 09:00-12:00"),
            (
                "Mon 12pm-1pm, Tue noon to 1:30pm",
                "0 12:00-13:00, 1 12:00-13:30",
            ),
            (
                "9:00-12:00 Monday, 13:00-15:00 Tuesday",
                "0 09:00-12:00, 1 13:00-15:00",
            ),
            (
                "Mon 18:00-19:00 and 20:00-21:00",
                "0 18:00-19:00, 0 20:00-21:00",
            ),
            ("Mon 18:00-20:00; Monday 19:00-21:00", "0 18:00-21:00"),
        ] {
            assert_eq!(read(cell), expected, "{cell}");
        }
    }

    #[test]
    fn ranges_of_days_weekdays_and_weekends() {
        assert_eq!(
            read("lun-mer 18h-20h"),
            "0 18:00-20:00, 1 18:00-20:00, 2 18:00-20:00"
        );
        assert_eq!(
            read("sam. au lun. 9h-10h"),
            "0 09:00-10:00, 5 09:00-10:00, 6 09:00-10:00"
        );
        assert_eq!(read("weekends 10-12"), "5 10:00-12:00, 6 10:00-12:00");
        assert_eq!(
            read("fins de semaine 10h-12h"),
            "5 10:00-12:00, 6 10:00-12:00"
        );
        assert_eq!(read("week-end 10h-12h"), "5 10:00-12:00, 6 10:00-12:00");
        assert_eq!(
            read("fin\u{a0}de semaine 10\u{a0}h-12\u{a0}h"),
            read("week-end 10h-12h")
        );
        assert_eq!(availability("tous les jours 18h-20h").value.len(), 7);
        assert_eq!(availability("weekday evenings").value.len(), 5);
        assert_eq!(read("soirs de semaine"), read("lun-ven 18h-21h"));
    }

    #[test]
    fn parts_of_the_day_and_open_ends() {
        assert_eq!(
            read("Tuesday morning, jeudi soir"),
            "1 09:00-12:00, 3 18:00-21:00"
        );
        assert_eq!(
            read("mardi matin et après-midi"),
            "1 09:00-12:00, 1 13:00-17:00"
        );
        assert_eq!(read("Monday evening 6-8"), "0 18:00-20:00");
        assert_eq!(read("Monday after 6pm"), "0 18:00-22:00");
        assert_eq!(read("lundi à partir de 18h"), "0 18:00-22:00");
        assert_eq!(read("lundi jusqu’à 10 h"), "0 08:00-10:00");
        assert_eq!(read("lundi midi"), "0 12:00-13:00");
    }

    #[test]
    fn s1_a_window_across_midnight_stays_one_window() {
        assert_eq!(read("ven. 22h-2h"), "4 22:00-26:00");
        assert_eq!(read("Fri 10pm-1am"), "4 22:00-25:00");
        assert_eq!(read("Fri 18:00-00:00"), "4 18:00-24:00");
        assert_eq!(read("Fri 18:00-24:00"), "4 18:00-24:00");
    }

    #[test]
    fn what_has_two_readings_or_none_is_refused_with_the_piece_that_is_meant() {
        for (cell, reason, part) in [
            ("Mon 9-5", Reason::EndsBeforeStart, "9"),
            ("18:00-20:00", Reason::HoursWithoutDay, "18:00 - 20:00"),
            ("Mon", Reason::DayWithoutHours, "mon"),
            ("Mon 18:00", Reason::HourAlone, "18:00"),
            ("Mon 25:00-26:00", Reason::NotAnHour, "25:00"),
            ("Mon 18:75-20:00", Reason::NotAnHour, "18:75"),
            ("flexible", Reason::NotAvailability, "flexible"),
            (
                "Mon 18-20 except holidays",
                Reason::NotAvailability,
                "except",
            ),
            ("pas le lundi 18h-20h", Reason::NotAvailability, "pas"),
            ("Mon 18:00-18:00", Reason::EndsBeforeStart, "18:00"),
        ] {
            let faults = availability(cell).faults;
            assert!(
                faults.iter().any(|f| f.reason == reason && f.part == part),
                "{cell}: {faults:?}"
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_gives_proper_windows(cell in "[a-z0-9:;,.h –-]{0,60}|\\PC{0,60}") {
            for w in availability(&cell).value {
                proptest::prop_assert!(w.day < 7 && w.start < DAY);
                proptest::prop_assert!(w.start < w.end && w.end <= w.start + DAY);
            }
        }
    }
}
