//! The facts behind a proposal, in words of the reference (codes) instead of the engine's numbers, so that they
//! can be read, translated and kept for ever.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::matching::engine::explain::Explanation;
use crate::matching::engine::pair::{LanguageFact, PairFacts, ProfessionFact, TimeFact};
use crate::matching::engine::{Meeting, Parts, Points, WeekMask};
use crate::matching::inputs::Inputs;
use crate::matching::model::PartPoints;

/// What is behind a pair's score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Facts {
    /// Most points of each part, by the weights of the run.
    pub most: PartPoints,
    pub profession: Option<Profession>,
    pub language: Option<SharedLanguage>,
    pub availability: CommonTime,
    /// Topics that one asks for and the other offers, the most wanted first.
    pub topics: Vec<String>,
    /// How many topics the mentee asks for.
    pub topics_asked: u32,
    /// What the mentee wished for and the mentor is, by the words of `people::model::WishWord`.
    #[serde(default)]
    pub mentee_wishes: Vec<String>,
    /// What the mentor wished for and the mentee is.
    #[serde(default)]
    pub mentor_wishes: Vec<String>,
    /// The mentor has passed the licence that the mentee seeks: here, or elsewhere.
    pub licence: Option<LicenceHelp>,
    /// How they would meet.
    pub meeting: Option<MeetingWay>,
    /// Where the mentor lives, in the words of their file.
    pub mentor_city: Option<String>,
    /// Where the mentee lives.
    pub mentee_city: Option<String>,
    /// Whole days that the mentee has waited.
    pub waiting_days: u32,
    /// Points that the wait earns beside the score.
    pub waiting_credit: i64,
    /// A coordinator insisted on the pair.
    pub pinned: bool,
}

/// The best of the mentor's occupations for the mentee's target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Profession {
    /// What the mentee aims at: a unit group of NOC 2021.
    pub target: String,
    /// What the mentor has done.
    pub occupation: String,
    /// Likeness of the two, per mille.
    pub likeness: u16,
    /// What the mentor's experience counts, per mille: less when short or long ago.
    pub experience: u16,
}

/// The language they would speak.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SharedLanguage {
    /// The mentee's language, BCP 47.
    pub language: String,
    /// The mentor's, where it is a relative only: Chinese and Cantonese.
    pub relative: Option<String>,
    /// The mentee's level on the common scale 0 to 12 (CLB/NCLC; a mother tongue is 12).
    pub mentee_level: u8,
    pub mentor_level: u8,
    /// The mentee asked for this language, or for none.
    pub asked: bool,
}

/// When both are free in a typical week of the programme.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct CommonTime {
    /// Minutes in which a whole meeting fits, in the clock regime that lasts longest.
    pub minutes: u16,
    /// The least minutes in any other week, where clocks stand otherwise.
    pub least_minutes: u16,
    /// In the mentee's local time.
    pub mentee: LocalWeek,
    /// In the mentor's local time; null where the clocks agree.
    pub mentor: Option<LocalWeek>,
}

/// Stretches of a week in one zone.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct LocalWeek {
    /// IANA zone.
    pub zone: String,
    pub windows: Vec<LocalWindow>,
}

/// A stretch of a day in local time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LocalWindow {
    /// 1 is Monday, 7 is Sunday.
    pub weekday: u8,
    /// Minutes after midnight.
    pub starts_minute: u16,
    /// Minutes after the same midnight; beyond 1440 it lies on the next day.
    pub ends_minute: u16,
}

crate::text_enum! {
    /// Help with a licence.
    pub enum LicenceHelp { SameJurisdiction => "same-jurisdiction", OtherJurisdiction => "other-jurisdiction" }
}

crate::text_enum! {
    /// How two people would meet, best first.
    pub enum MeetingWay {
        SameCity => "same-city",
        WithinReach => "within-reach",
        SameProvince => "same-province",
        Remote => "remote",
    }
}

impl From<Parts> for PartPoints {
    fn from(of: Parts) -> Self {
        Self {
            profession: of.profession,
            language: of.language,
            availability: of.availability,
            topics: of.topics,
            licensing: of.licensing,
            place: of.place,
            wishes: of.wishes,
        }
    }
}

impl From<Points> for PartPoints {
    fn from(of: Points) -> Self {
        Self {
            profession: of.profession,
            language: of.language,
            availability: of.availability,
            topics: of.topics,
            licensing: of.licensing,
            place: of.place,
            wishes: of.wishes,
        }
    }
}

impl Facts {
    /// The facts of an explained pair.
    #[must_use]
    pub fn of(inputs: &Inputs, explained: &Explanation, pinned: bool) -> Self {
        let facts = &explained.facts;
        let mentee = inputs.mentee(explained.mentee);
        let mentor = inputs.mentor(explained.mentor);
        Self {
            most: explained.most.into(),
            profession: facts.profession.and_then(|fact| profession(inputs, &fact)),
            language: facts.language.and_then(|fact| language(inputs, &fact)),
            availability: common_time(
                inputs,
                facts,
                mentee.map_or(0, |row| row.zone),
                mentor.map_or(0, |row| row.zone),
            ),
            topics: words(&inputs.topics, &facts.topics),
            topics_asked: facts.topics_asked,
            mentee_wishes: words(&inputs.wishes, &facts.mentee_wishes),
            mentor_wishes: words(&inputs.wishes, &facts.mentor_wishes),
            licence: facts.licence.map(|fact| {
                if fact.same_jurisdiction {
                    LicenceHelp::SameJurisdiction
                } else {
                    LicenceHelp::OtherJurisdiction
                }
            }),
            meeting: facts.meeting.map(|way| match way {
                Meeting::SameCity => MeetingWay::SameCity,
                Meeting::WithinReach => MeetingWay::WithinReach,
                Meeting::SameProvince => MeetingWay::SameProvince,
                Meeting::Remote => MeetingWay::Remote,
            }),
            mentor_city: mentor.and_then(|row| row.city.clone()),
            mentee_city: mentee.and_then(|row| row.city.clone()),
            waiting_days: mentee.map_or(0, |row| row.facts.waiting_days),
            waiting_credit: explained.waiting_credit,
            pinned,
        }
    }
}

fn word(words: &[String], number: u16) -> Option<String> {
    words.get(usize::from(number)).cloned()
}

fn words(all: &[String], numbers: &[u16]) -> Vec<String> {
    let known = numbers.iter();
    known.filter_map(|number| word(all, *number)).collect()
}

fn profession(inputs: &Inputs, fact: &ProfessionFact) -> Option<Profession> {
    Some(Profession {
        target: word(&inputs.occupations, fact.target)?,
        occupation: word(&inputs.occupations, fact.occupation)?,
        likeness: fact.likeness,
        experience: fact.experience,
    })
}

fn language(inputs: &Inputs, fact: &LanguageFact) -> Option<SharedLanguage> {
    Some(SharedLanguage {
        language: word(&inputs.languages, fact.mentee_language)?,
        relative: word(&inputs.languages, fact.mentor_language).filter(|_| fact.weak),
        mentee_level: fact.mentee_level,
        mentor_level: fact.mentor_level,
        asked: fact.asked,
    })
}

fn common_time(inputs: &Inputs, facts: &PairFacts, mentee: usize, mentor: usize) -> CommonTime {
    let typical = inputs.calendar.typical();
    let none = TimeFact {
        weeks: 0,
        minutes: 0,
        slots: WeekMask::default(),
    };
    let time = facts.times.get(typical).unwrap_or(&none);
    let offset = |zone: usize| {
        let regime = inputs.calendar.regimes.get(typical);
        regime
            .and_then(|regime| regime.offsets.get(zone).copied())
            .unwrap_or(0)
    };
    let week = |zone: usize| LocalWeek {
        zone: inputs.calendar.zones.get(zone).cloned().unwrap_or_default(),
        windows: local_windows(&time.slots, offset(zone)),
    };
    CommonTime {
        minutes: time.minutes,
        least_minutes: facts
            .times
            .iter()
            .map(|time| time.minutes)
            .min()
            .unwrap_or(0),
        mentee: week(mentee),
        mentor: (offset(mentor) != offset(mentee)).then(|| week(mentor)),
    }
}

/// Half-hours of a UTC week as stretches of local days, at an offset in minutes east of UTC.
#[must_use]
pub fn local_windows(slots: &WeekMask, offset: i32) -> Vec<LocalWindow> {
    const DAY: i32 = 24 * 60;
    const WEEK: i32 = 7 * DAY;
    let mut starts: Vec<i32> = slots
        .iter()
        .map(|slot| (i32::from(slot) * 30 + offset).rem_euclid(WEEK))
        .collect();
    starts.sort_unstable();
    let mut stretches: Vec<(i32, i32)> = Vec::new();
    for start in starts {
        match stretches.last_mut() {
            Some((_, end)) if *end == start => *end = start + 30,
            _ => stretches.push((start, start + 30)),
        }
    }
    // A stretch over Sunday's midnight is one stretch that begins on Sunday.
    if stretches.len() > 1
        && let (Some((0, until)), Some((_, WEEK))) = (stretches.first().copied(), stretches.last())
    {
        stretches.remove(0);
        if let Some((_, end)) = stretches.last_mut() {
            *end += until;
        }
    }
    let mut windows = Vec::new();
    for (start, end) in stretches {
        cut_by_day(start, end, &mut windows);
    }
    windows
}

/// A stretch longer than a day becomes one window for each day; a shorter one that runs over midnight stays one.
fn cut_by_day(start: i32, end: i32, into: &mut Vec<LocalWindow>) {
    const DAY: i32 = 24 * 60;
    let mut from = start;
    while from < end {
        let midnight = (from / DAY + 1) * DAY;
        let to = if end - from <= DAY { end } else { midnight };
        let weekday = (from / DAY) % 7 + 1;
        let minute = from % DAY;
        if let (Ok(weekday), Ok(starts_minute), Ok(ends_minute)) = (
            u8::try_from(weekday),
            u16::try_from(minute),
            u16::try_from(minute + to - from),
        ) {
            into.push(LocalWindow {
                weekday,
                starts_minute,
                ends_minute,
            });
        }
        from = to;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn windows(slots: &[u16], offset: i32) -> Vec<(u8, u16, u16)> {
        let mask: WeekMask = slots.iter().copied().collect();
        local_windows(&mask, offset)
            .into_iter()
            .map(|w| (w.weekday, w.starts_minute / 60, w.ends_minute / 60))
            .collect()
    }

    #[test]
    fn half_hours_in_utc_become_an_evening_at_home() {
        // Tuesday 22:00 to Wednesday 01:00 UTC is Tuesday 18:00 to 21:00 in Toronto in summer.
        let slots: Vec<u16> = (92..98).collect();
        assert_eq!(windows(&slots, -240), [(2, 18, 21)]);
    }

    #[test]
    fn a_stretch_over_the_end_of_the_week_is_one_stretch() {
        assert_eq!(windows(&[334, 335, 0, 1], 0), [(7, 23, 25)]);
        assert_eq!(windows(&[], -240), []);
    }

    #[test]
    fn whole_days_are_told_day_by_day() {
        let always: Vec<u16> = (0..336).collect();
        let all = windows(&always, -300);
        assert_eq!(all.len(), 7);
        assert_eq!(
            (all.first(), all.last()),
            (Some(&(1, 0, 24)), Some(&(7, 0, 24)))
        );
    }
}
