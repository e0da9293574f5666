//! What a programme sets: weights, least levels, objective; and the integer arithmetic of points.
//!
//! Every part of a score is a whole number of points, so that sums are exact and an optimum can be
//! proved. Weights of any size are brought to 10,000 points by largest remainder.

use serde::{Deserialize, Serialize};

use super::error::EngineError;
use super::week::SLOT_MINUTES;

/// The highest score.
pub const FULL_SCORE: i32 = 10_000;
/// Half-hours a week after which more common time earns nothing: four hours.
pub const SATURATION_SLOTS: u16 = 8;
/// Waiting days beyond this (a century) count as this.
pub const MOST_WAITING_DAYS: u32 = 36_500;

/// Weights of the parts, in any unit; only their proportions matter. The default is 35, 20, 20, 10, 5, 5, 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    /// Mentor's occupations against the mentee's target.
    pub profession: i64,
    /// Best shared language.
    pub language: i64,
    /// Common time.
    pub availability: i64,
    /// Topics.
    pub topics: i64,
    /// Regulated profession and jurisdiction.
    pub licensing: i64,
    /// Place and mode.
    pub place: i64,
    /// Wishes.
    pub wishes: i64,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            profession: 35,
            language: 20,
            availability: 20,
            topics: 10,
            licensing: 5,
            place: 5,
            wishes: 5,
        }
    }
}

/// Points of each part: the weights brought to a sum of 10,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Points {
    /// Most points for the profession; and so on.
    pub profession: u16,
    /// Language.
    pub language: u16,
    /// Availability.
    pub availability: u16,
    /// Topics.
    pub topics: u16,
    /// Licensing.
    pub licensing: u16,
    /// Place and mode.
    pub place: u16,
    /// Wishes.
    pub wishes: u16,
}

impl Weights {
    /// Brings the weights to 10,000 points by largest remainder (ties: the earlier part).
    ///
    /// # Errors
    /// A negative weight; all weights zero.
    pub fn points(&self) -> Result<Points, EngineError> {
        let named = [
            ("profession", self.profession),
            ("language", self.language),
            ("availability", self.availability),
            ("topics", self.topics),
            ("licensing", self.licensing),
            ("place", self.place),
            ("wishes", self.wishes),
        ];
        if let Some((name, _)) = named.iter().find(|(_, weight)| *weight < 0) {
            return Err(EngineError::NegativeWeight(name));
        }
        let weights = named.map(|(_, weight)| i128::from(weight));
        let sum: i128 = weights.iter().sum();
        if sum == 0 {
            return Err(EngineError::NoWeight);
        }
        let full = i128::from(FULL_SCORE);
        let mut points = weights.map(|weight| weight * full / sum);
        let missing = full - points.iter().sum::<i128>();
        let mut order = [0, 1, 2, 3, 4, 5, 6];
        let remainder = |part: usize| weights.get(part).map_or(0, |weight| weight * full % sum);
        order.sort_by_key(|part| std::cmp::Reverse(remainder(*part)));
        for part in order
            .into_iter()
            .take(usize::try_from(missing).unwrap_or(0))
        {
            if let Some(value) = points.get_mut(part) {
                *value += 1;
            }
        }
        let [
            profession,
            language,
            availability,
            topics,
            licensing,
            place,
            wishes,
        ] = points.map(|value| u16::try_from(value).unwrap_or(0));
        Ok(Points {
            profession,
            language,
            availability,
            topics,
            licensing,
            place,
            wishes,
        })
    }
}

/// What "best" means for a programme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Objective {
    /// As many mentees matched as the rules allow, then the best total.
    #[default]
    Coverage,
    /// The best total; a pair below the floor is worse than waiting.
    Total,
    /// No mentee and mentor would both rather have each other (deferred acceptance, best for mentees).
    Stable,
}

/// Everything that a programme sets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Weights of the parts.
    pub weights: Weights,
    /// Least level of the shared language, 0–12.
    pub least_level: u8,
    /// Least common time in a week, minutes; 0 makes common time no rule.
    pub least_overlap_minutes: u16,
    /// Length of a meeting, minutes (1–240): only time in which a whole meeting fits counts.
    pub meeting_minutes: u16,
    /// Weeks in each clock regime (see [`week`](super::week)); at least one regime.
    pub regime_weeks: Vec<u16>,
    /// In so many weeks of the programme the least overlap may be missed (never more than an eighth
    /// of all weeks). Default 3: the longest time for which North America and Europe have changed
    /// their clocks on different dates.
    pub short_weeks_allowed: u16,
    /// Least likeness of profession, per mille after the experience discount; 0 for no rule.
    pub least_profession_permille: u16,
    /// Floor of the objective *total score*, 0–10,000.
    pub floor: i32,
    /// Points of waiting credit: see [`Settings::waiting_credit`]. 0–10,000.
    pub waiting_scale: u32,
    /// What "best" means.
    pub objective: Objective,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            weights: Weights::default(),
            least_level: 5,
            least_overlap_minutes: 60,
            meeting_minutes: 60,
            regime_weeks: vec![1],
            short_weeks_allowed: 3,
            least_profession_permille: 0,
            floor: 0,
            waiting_scale: 1000,
            objective: Objective::Coverage,
        }
    }
}

impl Settings {
    /// Checks the ranges.
    ///
    /// # Errors
    /// The first setting that is out of range, or a wrong weight.
    pub fn check(&self) -> Result<Points, EngineError> {
        let weeks: u32 = self
            .regime_weeks
            .iter()
            .map(|weeks| u32::from(*weeks))
            .sum();
        let out_of_range = [
            ("least_level", self.least_level > super::level::NATIVE),
            (
                "least_overlap_minutes",
                self.least_overlap_minutes > 7 * 24 * 60,
            ),
            (
                "meeting_minutes",
                self.meeting_minutes == 0 || self.meeting_minutes > 240,
            ),
            (
                "regime_weeks",
                self.regime_weeks.is_empty()
                    || self.regime_weeks.len() > 64
                    || weeks == 0
                    || weeks > 8000,
            ),
            (
                "least_profession_permille",
                self.least_profession_permille > 1000,
            ),
            ("floor", !(0..=FULL_SCORE).contains(&self.floor)),
            ("waiting_scale", self.waiting_scale > 10_000),
        ];
        match out_of_range.into_iter().find(|(_, wrong)| *wrong) {
            Some((name, _)) => Err(EngineError::SettingOutOfRange(name)),
            None => self.weights.points(),
        }
    }

    /// Half-hours of a meeting.
    #[must_use]
    pub fn meeting_slots(&self) -> u16 {
        self.meeting_minutes.div_ceil(SLOT_MINUTES)
    }

    /// Half-hours of common time that a week needs for the hard rule.
    #[must_use]
    pub fn least_slots(&self) -> u16 {
        self.least_overlap_minutes.div_ceil(SLOT_MINUTES)
    }

    /// Weeks of the programme in which the least overlap must hold.
    #[must_use]
    pub fn weeks_needed(&self) -> u16 {
        let weeks: u16 = self.regime_weeks.iter().sum();
        weeks - self.short_weeks_allowed.min(weeks / 8)
    }

    /// Points that waiting earns: `scale × (√(1 + days/7) − 1)`, rounded down. It grows without a
    /// ceiling but ever more slowly: with the default scale 1000 a day is worth 69 points, a week
    /// 414, a month 1,299, a year 6,289.
    #[must_use]
    pub fn waiting_credit(&self, days: u32) -> i64 {
        let days = u64::from(days.min(MOST_WAITING_DAYS));
        let root = ((7 + days) * 7_000_000).isqrt();
        let credit = u64::from(self.waiting_scale) * (root - 7000) / 7000;
        i64::try_from(credit).unwrap_or(i64::MAX)
    }
}

/// How common time becomes points: `units` are half-hours (at most eight a week) summed over the
/// weeks of the programme; all weeks full earn all points. Rounded by a 16-bit multiplication, the
/// same in every kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TimeScale {
    /// Left shift of the units.
    pub shift: u32,
    /// Multiplier; the points are the upper 16 bits.
    pub factor: u16,
}

impl TimeScale {
    /// For so many weeks in all (1–8000) and most points (0–10,000).
    #[must_use]
    pub fn new(weeks: u16, points: u16) -> Self {
        let most = u32::from(weeks.max(1)) * u32::from(SATURATION_SLOTS);
        let shift = (65_535 / most.min(65_535)).ilog2();
        let factor = (u32::from(points) * 65_536).div_ceil(most << shift);
        Self {
            shift,
            factor: u16::try_from(factor).unwrap_or(u16::MAX),
        }
    }

    /// Points for so many units.
    #[must_use]
    pub fn points(self, units: u32) -> u16 {
        u16::try_from(((units << self.shift) * u32::from(self.factor)) >> 16).unwrap_or(u16::MAX)
    }
}

/// Points of each of `count` topics in the order asked: the first weighs `count`, the last 1; all
/// together earn all points (the remainder of rounding goes to the first).
#[must_use]
pub fn topic_points(points: u16, count: usize) -> Vec<u16> {
    let count = u32::try_from(count).unwrap_or(0).min(1000);
    let all = count * (count + 1) / 2;
    let mut each: Vec<u16> = (0..count)
        .map(|rank| u16::try_from(u32::from(points) * (count - rank) / all).unwrap_or(0))
        .collect();
    let sum: u16 = each.iter().sum();
    if let Some(first) = each.first_mut() {
        *first += points - sum;
    }
    each
}

/// Points of the wishes part: half (rounded up) for the mentee's wishes, split evenly, the other half
/// as soon as one of the mentor's holds.
#[must_use]
pub fn wish_points(points: u16, mentee_wishes: usize) -> (Vec<u16>, u16) {
    let half = points.div_ceil(2);
    let count = u16::try_from(mentee_wishes).unwrap_or(u16::MAX);
    let mut each: Vec<u16> = (0..count).map(|_| half / count.max(1)).collect();
    let sum: u16 = each.iter().sum();
    if let Some(first) = each.first_mut() {
        *first += half - sum;
    }
    (each, points / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_of_any_size_become_ten_thousand_points() {
        let sum = |p: Points| {
            [
                p.profession,
                p.language,
                p.availability,
                p.topics,
                p.licensing,
                p.place,
                p.wishes,
            ]
            .map(u32::from)
            .iter()
            .sum::<u32>()
        };
        assert_eq!(Weights::default().points().map(|p| p.profession), Ok(3500));
        let thirds = Weights {
            profession: 1,
            language: 1,
            availability: 1,
            topics: 0,
            licensing: 0,
            place: 0,
            wishes: 0,
        };
        assert_eq!(
            thirds.points().map(|p| (p.profession, p.language, sum(p))),
            Ok((3334, 3333, 10_000))
        );
        let huge = Weights {
            profession: i64::MAX,
            language: i64::MAX,
            ..Weights::default()
        };
        assert_eq!(
            huge.points().map(|p| (p.profession, sum(p))),
            Ok((5000, 10_000))
        );
    }

    #[test]
    fn negative_and_absent_weights_are_refused_by_name() {
        let negative = Weights {
            topics: -1,
            ..Weights::default()
        };
        assert_eq!(
            negative.points(),
            Err(EngineError::NegativeWeight("topics"))
        );
        let none = Weights {
            profession: 0,
            language: 0,
            availability: 0,
            topics: 0,
            licensing: 0,
            place: 0,
            wishes: 0,
        };
        assert_eq!(none.points(), Err(EngineError::NoWeight));
    }

    #[test]
    fn waiting_credit_grows_for_ever_and_ever_more_slowly() {
        let settings = Settings::default();
        let credit = |days| settings.waiting_credit(days);
        assert_eq!(
            (credit(0), credit(1), credit(7), credit(365)),
            (0, 69, 414, 6289)
        );
        for year in 0..90 {
            assert!(
                credit(365 * (year + 1)) > credit(365 * year),
                "it never saturates"
            );
            assert!(
                credit(365 * (year + 2)) - credit(365 * (year + 1))
                    < credit(365 * (year + 1)) - credit(365 * year)
            );
        }
        assert_eq!(credit(u32::MAX), credit(MOST_WAITING_DAYS));
    }

    #[test]
    fn common_time_earns_all_points_only_when_full_in_every_week() {
        for weeks in [1, 2, 7, 26, 52, 511, 512, 8000] {
            for points in [0, 1, 333, 2000, 9999, 10_000] {
                let scale = TimeScale::new(weeks, points);
                let most = u32::from(weeks) * 8;
                assert_eq!(scale.points(most), points);
                assert_eq!(scale.points(0), 0);
                for units in 0..most {
                    let exact = u64::from(units) * u64::from(points) / u64::from(most);
                    assert!(u64::from(scale.points(units)).abs_diff(exact) <= 1);
                }
            }
        }
    }

    #[test]
    fn topics_and_wishes_add_up_to_their_part() {
        for count in 1..=32 {
            assert_eq!(topic_points(1000, count).iter().sum::<u16>(), 1000);
            let (each, other) = wish_points(501, count);
            assert_eq!((each.iter().sum::<u16>(), other), (251, 250));
        }
        assert_eq!(topic_points(600, 3), [300, 200, 100]);
        assert!(topic_points(600, 0).is_empty());
    }
}
