//! What a programme sets for itself: how its people are matched, whether they are asked first, and where its meetings differ from the
//! deployment's. The document is typed, checked as a whole, and complete when shown: what was never set is
//! there with its default.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::{FieldError, Problem};

/// Everything that a programme sets. What a document leaves out is as in the default.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ProgrammeSettings {
    /// How people are matched.
    pub matching: MatchingSettings,
    /// Whether the two people are asked before a mentorship begins.
    pub consent: ConsentSettings,
    /// Where meetings differ from the deployment's settings.
    pub meetings: MeetingSettings,
}

crate::text_enum! {
    /// Who is asked first, where both are asked.
    pub enum Asking {
        /// The mentor; the mentee only after the mentor's yes, so that nobody is disappointed needlessly.
        MentorFirst => "mentor-first",
        /// The mentee; the mentor only after the mentee's yes.
        MenteeFirst => "mentee-first",
        /// Both at once.
        Together => "together",
    }
}

crate::text_enum! {
    /// What happens when one of the two says no, or does not answer in time. The place is free again at once.
    pub enum AfterNo {
        /// Nothing more: the coordinator decides what comes next.
        Coordinator => "coordinator",
        /// The next choice for the mentee is proposed; it needs the coordinator's approval again.
        ProposeNext => "propose-next",
        /// The next choice for the mentee is offered at once, without another approval.
        OfferNext => "offer-next",
    }
}

/// Whether and how the two people of an approved proposal are asked before a mentorship begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ConsentSettings {
    /// The mentor is asked.
    pub mentor: bool,
    /// The mentee is asked.
    pub mentee: bool,
    /// Who is asked first, where both are.
    pub order: Asking,
    /// Days that each has to answer, 1 to 60.
    pub deadline_days: i32,
    /// Days before the deadline at which whoever has not answered is reminded, 0 to 59; 0, or no fewer than the
    /// deadline has, for no reminder.
    pub reminder_days: i32,
    /// What happens after a no, and when the deadline has passed.
    pub after_no: AfterNo,
}

impl Default for ConsentSettings {
    fn default() -> Self {
        Self {
            mentor: false,
            mentee: false,
            order: Asking::MentorFirst,
            deadline_days: 7,
            reminder_days: 2,
            after_no: AfterNo::ProposeNext,
        }
    }
}

impl ConsentSettings {
    fn faults(&self) -> Vec<FieldError> {
        let ranges = [
            ("deadline_days", self.deadline_days, 1, 60),
            ("reminder_days", self.reminder_days, 0, 59),
        ];
        let each = ranges.into_iter();
        each.filter_map(|(name, value, least, most)| {
            range(format!("/consent/{name}"), value.into(), least, most)
        })
        .collect()
    }
}

crate::text_enum! {
    /// What "the best set" means.
    pub enum Objective {
        /// As many mentees matched as the rules allow, then the best total.
        Coverage => "coverage",
        /// The best total; a pair below the floor is worse than waiting.
        Total => "total",
        /// No mentee and mentor would both rather have each other.
        Stable => "stable",
    }
}

/// How people are matched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MatchingSettings {
    /// What the parts of the score weigh; only their proportions matter.
    pub weights: Weights,
    /// What "the best set" means.
    pub objective: Objective,
    /// With the objective `total`: the least score at which a pair is better than waiting, 0 to 10,000.
    pub floor: i32,
    /// Least level of the shared language on the common scale 0 to 12 (CLB/NCLC; B1 is 5, B2 7, C1 9).
    pub least_language_level: i32,
    /// Least common time in a week, minutes, 0 to 10,080; 0 makes common time no rule.
    pub least_overlap_minutes: i32,
    /// Weeks of the programme in which the least common time may be missed, 0 to 52 (never more than an
    /// eighth): clocks change on different dates.
    pub short_weeks_allowed: i32,
    /// Least likeness of profession, per mille; 0 for no rule.
    pub least_profession_permille: i32,
    /// What waiting earns beside the score, 0 to 10,000: points are scale × (√(1 + days/7) − 1).
    pub waiting_scale: i32,
    /// Two people who were matched before may be matched again.
    pub allow_matched_before: bool,
    /// Consents that a person must have given to be matched. Whoever has withdrawn the consent `matching`
    /// is never matched, whether or not it is listed here.
    pub required_consents: Vec<String>,
}

/// What the seven parts of the score weigh, 0 to 1,000,000 each, not all zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Weights {
    /// The mentor's occupations against the mentee's target.
    pub profession: i64,
    /// The best shared language.
    pub language: i64,
    /// Common time in a week.
    pub availability: i64,
    /// What the mentee asks for against what the mentor offers.
    pub topics: i64,
    /// Same regulated profession and jurisdiction.
    pub licensing: i64,
    /// Same city, province, or at a distance.
    pub place: i64,
    /// What either asked for.
    pub wishes: i64,
}

/// Where meetings differ from the deployment's settings; what is null is as there.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MeetingSettings {
    /// Minutes before a meeting at which a reminder leaves; at most five, 5 to 20,160 each.
    pub reminders_minutes: Option<Vec<u32>>,
    /// Minutes after a meeting at which it is asked whether it took place, 0 to 10,080.
    pub follow_up_minutes: Option<u32>,
    /// Minutes after an invitation at which whoever has not answered is asked again, once, 0 to 40,320; 0 is never.
    pub nudge_after_minutes: Option<u32>,
    /// Nobody is asked again with fewer minutes than this left until the meeting, 0 to 20,160.
    pub nudge_least_left_minutes: Option<u32>,
    /// The least minutes between now and the start, 0 to 20,160.
    pub minimum_notice_minutes: Option<u32>,
    /// How far ahead meetings can be booked, days, 1 to 365.
    pub horizon_days: Option<u32>,
    /// Minutes kept free before and after, 0 to 240.
    pub buffer_minutes: Option<u32>,
    /// Most meetings of a mentor on one date, 0 to 24; 0 is no limit.
    pub daily_maximum: Option<u32>,
    /// Most meetings of a mentor in one week, 0 to 100; 0 is no limit.
    pub weekly_maximum: Option<u32>,
}

impl Default for MatchingSettings {
    fn default() -> Self {
        Self {
            weights: Weights::default(),
            objective: Objective::Coverage,
            floor: 0,
            least_language_level: 5,
            least_overlap_minutes: 60,
            short_weeks_allowed: 3,
            least_profession_permille: 0,
            waiting_scale: 1000,
            allow_matched_before: false,
            required_consents: Vec::new(),
        }
    }
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

/// Most that a weight can be.
pub const MOST_WEIGHT: i64 = 1_000_000;

impl ProgrammeSettings {
    /// Every fault at once.
    ///
    /// # Errors
    /// 422 with a pointer for each fault.
    pub fn check(&self) -> Result<(), Problem> {
        let mut faults = self.matching.faults("/matching");
        faults.extend(self.consent.faults());
        faults.extend(self.meetings.faults());
        Problem::unless_empty(faults)
    }
}

/// A fault at `pointer` unless `value` lies in the range.
fn range(pointer: String, value: i64, least: i64, most: i64) -> Option<FieldError> {
    let wrong = !(least..=most).contains(&value);
    wrong.then(|| {
        FieldError::new(pointer, "out-of-range")
            .with("least", least)
            .with("most", most)
    })
}

impl MatchingSettings {
    /// What is wrong, with pointers under `at`.
    #[must_use]
    pub fn faults(&self, at: &str) -> Vec<FieldError> {
        let ranges = [
            ("floor", self.floor, 10_000),
            ("least_language_level", self.least_language_level, 12),
            ("least_overlap_minutes", self.least_overlap_minutes, 10_080),
            ("short_weeks_allowed", self.short_weeks_allowed, 52),
            (
                "least_profession_permille",
                self.least_profession_permille,
                1000,
            ),
            ("waiting_scale", self.waiting_scale, 10_000),
        ];
        let mut faults = self.weights.faults(&format!("{at}/weights"));
        faults.extend(ranges.into_iter().filter_map(|(name, value, most)| {
            range(format!("{at}/{name}"), value.into(), 0, most)
        }));
        for (position, kind) in self.required_consents.iter().enumerate() {
            let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            if kind.is_empty() || kind.len() > 60 || !kind.chars().all(word) {
                let pointer = format!("{at}/required_consents/{position}");
                faults.push(FieldError::new(pointer, "consent-kind"));
            }
        }
        if self.required_consents.len() > 20 {
            faults.push(
                FieldError::new(format!("{at}/required_consents"), "too-many-items")
                    .with("most", 20),
            );
        }
        faults
    }
}

impl Weights {
    /// The weights by the name of their part.
    #[must_use]
    pub fn named(&self) -> [(&'static str, i64); 7] {
        [
            ("profession", self.profession),
            ("language", self.language),
            ("availability", self.availability),
            ("topics", self.topics),
            ("licensing", self.licensing),
            ("place", self.place),
            ("wishes", self.wishes),
        ]
    }

    fn faults(&self, at: &str) -> Vec<FieldError> {
        let named = self.named();
        if named.iter().all(|(_, weight)| *weight == 0) {
            return vec![FieldError::new(at, "no-weight")];
        }
        let each = named.into_iter();
        each.filter_map(|(name, weight)| range(format!("{at}/{name}"), weight, 0, MOST_WEIGHT))
            .collect()
    }
}

impl MeetingSettings {
    fn faults(&self) -> Vec<FieldError> {
        let ranges = [
            ("follow_up_minutes", self.follow_up_minutes, 0, 10_080),
            ("nudge_after_minutes", self.nudge_after_minutes, 0, 40_320),
            (
                "nudge_least_left_minutes",
                self.nudge_least_left_minutes,
                0,
                20_160,
            ),
            (
                "minimum_notice_minutes",
                self.minimum_notice_minutes,
                0,
                20_160,
            ),
            ("horizon_days", self.horizon_days, 1, 365),
            ("buffer_minutes", self.buffer_minutes, 0, 240),
            ("daily_maximum", self.daily_maximum, 0, 24),
            ("weekly_maximum", self.weekly_maximum, 0, 100),
        ];
        let mut faults: Vec<FieldError> = ranges
            .into_iter()
            .filter_map(|(name, value, least, most)| {
                range(format!("/meetings/{name}"), value?.into(), least, most)
            })
            .collect();
        let reminders = self.reminders_minutes.as_deref().unwrap_or_default();
        if reminders.len() > 5 {
            faults.push(
                FieldError::new("/meetings/reminders_minutes", "too-many-items").with("most", 5),
            );
        }
        faults.extend(reminders.iter().enumerate().filter_map(|(at, minutes)| {
            let pointer = format!("/meetings/reminders_minutes/{at}");
            range(pointer, (*minutes).into(), 5, 20_160)
        }));
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn pointers(document: serde_json::Value) -> Vec<String> {
        let settings: ProgrammeSettings = serde_json::from_value(document).unwrap();
        match settings.check() {
            Ok(()) => Vec::new(),
            Err(Problem::Invalid(faults)) => faults
                .into_iter()
                .map(|fault| format!("{} {}", fault.pointer, fault.code))
                .collect(),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn a_document_of_nothing_is_the_defaults_and_they_are_valid() {
        let empty: ProgrammeSettings = serde_json::from_value(json!({})).unwrap();
        assert_eq!(empty, ProgrammeSettings::default());
        assert!(empty.check().is_ok());
        assert!(
            !empty.consent.mentor && !empty.consent.mentee,
            "nobody is asked unless set"
        );
        assert_eq!(
            empty
                .matching
                .weights
                .named()
                .map(|(_, w)| w)
                .iter()
                .sum::<i64>(),
            100
        );
    }

    #[test]
    fn weights_of_zero_below_zero_and_huge_are_refused_each_by_name() {
        let none = json!({"profession": 0, "language": 0, "availability": 0, "topics": 0,
            "licensing": 0, "place": 0, "wishes": 0});
        assert_eq!(
            pointers(json!({"matching": {"weights": none}})),
            ["/matching/weights no-weight"]
        );
        assert_eq!(
            pointers(json!({"matching": {"weights": {"topics": -1, "place": 1_000_001}}})),
            [
                "/matching/weights/topics out-of-range",
                "/matching/weights/place out-of-range"
            ]
        );
    }

    #[test]
    fn every_other_fault_is_told_with_its_pointer() {
        let wrong = json!({
            "matching": {"floor": 10_001, "required_consents": ["Matching!"]},
            "consent": {"deadline_days": 0, "reminder_days": 60},
            "meetings": {"horizon_days": 0, "reminders_minutes": [60, 1]}
        });
        assert_eq!(
            pointers(wrong),
            [
                "/matching/floor out-of-range",
                "/matching/required_consents/0 consent-kind",
                "/consent/deadline_days out-of-range",
                "/consent/reminder_days out-of-range",
                "/meetings/horizon_days out-of-range",
                "/meetings/reminders_minutes/1 out-of-range"
            ]
        );
    }
}
