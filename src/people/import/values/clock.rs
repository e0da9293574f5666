//! Hours on 12- and 24-hour clocks: what an hour means by itself, and what two of them tell each other.

use super::Reason;
use crate::people::import::availability_words::Part;

/// Minutes of a day.
pub const DAY: u16 = 24 * 60;
/// From this hour on, an end before the start is taken as the next morning.
const LATE: u16 = 17 * 60;

/// Before or after noon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Half {
    Am,
    Pm,
}

/// An hour as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    pub hour: u16,
    pub minute: u16,
    pub half: Option<Half>,
    /// `noon`, `midnight`: written as a word.
    pub word: bool,
}

impl Clock {
    pub fn is_noon_word(self) -> bool {
        self.word && self.hour == 12
    }

    /// Minutes after midnight with a given half of the day.
    fn minutes(self, half: Option<Half>) -> Result<u16, Reason> {
        if self.minute > 59 || self.hour > 24 || (self.hour == 24 && self.minute > 0) {
            return Err(Reason::NotAnHour);
        }
        let hour = match (half, self.hour) {
            (Some(_), 0) => return Err(Reason::NotAnHour),
            (Some(Half::Am), 12) => 0,
            (Some(Half::Pm), hour) if hour < 12 => hour + 12,
            (Some(Half::Am), hour) if hour > 12 => return Err(Reason::NotAnHour),
            (_, hour) => hour,
        };
        Ok(hour * 60 + self.minute)
    }

    /// By itself; `6` in the evening is 18:00.
    pub fn plain(self, part: Option<Part>) -> Result<u16, Reason> {
        let late = matches!(part, Some(Part::Evening | Part::Afternoon)) && self.hour < 12;
        self.minutes(self.half.or(late.then_some(Half::Pm)))
    }

    /// Whether a 12-hour clock may have been meant.
    fn may_be_half(self) -> bool {
        self.half.is_none() && !self.word && (1..=12).contains(&self.hour)
    }
}

/// A stretch with one open side.
pub fn open(start: Result<u16, Reason>, end: u16) -> Result<(u16, u16), Reason> {
    let start = start?;
    if start < end {
        Ok((start, end))
    } else {
        Err(Reason::EndsBeforeStart)
    }
}

/// A start and an end, each perhaps telling which half of the day the other means.
pub fn resolve(start: Clock, end: Clock, part: Option<Part>) -> Result<(u16, u16), Reason> {
    let (from, to) = match (start.half, end.half) {
        // 6-8pm is the evening, 10-2pm starts in the morning.
        (None, Some(half)) if start.may_be_half() => {
            let to = end.minutes(Some(half))?;
            let same = start.minutes(Some(half))?;
            let from = if same < to {
                same
            } else {
                start.minutes(Some(other(half)))?
            };
            (from, to)
        }
        // 6pm-8 ends in the evening, 9am-5 in the afternoon.
        (Some(half), None) if end.may_be_half() => {
            let from = start.minutes(Some(half))?;
            let same = end.minutes(Some(half))?;
            let to = if same > from {
                same
            } else {
                end.minutes(Some(other(half)))?
            };
            (from, to)
        }
        _ => (start.plain(part)?, end.plain(part)?),
    };
    if from >= DAY {
        return Err(Reason::NotAnHour);
    }
    match to {
        to if to > from => Ok((from, to)),
        0 => Ok((from, DAY)),
        to if from >= LATE && to < from => Ok((from, to + DAY)),
        _ => Err(Reason::EndsBeforeStart),
    }
}

const fn other(half: Half) -> Half {
    match half {
        Half::Am => Half::Pm,
        Half::Pm => Half::Am,
    }
}
