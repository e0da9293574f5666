//! The definition: what the rules and the parts of the score are for one pair, written to be read.
//!
//! The scan computes the same integers for millions of pairs at once; tests hold it to this file, and
//! the checker of certificates uses this file only.

use serde::{Deserialize, Serialize};

use super::error::Side;
use super::facts::{
    LanguageId, Licence, Meeting, Mentee, Mentor, OccupationId, Parts, Rule, TagId, TopicId,
};
use super::instance::{Instance, get, standing_rule};
use super::level;
use super::settings::{
    FULL_SCORE, Objective, SATURATION_SLOTS, TimeScale, topic_points, wish_points,
};
use super::week::{SLOT_MINUTES, WeekMask};

/// What is behind each part, as data; the sentences are written by the `matching` room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairFacts {
    /// The target and the occupation that fit best.
    pub profession: Option<ProfessionFact>,
    /// The best shared language.
    pub language: Option<LanguageFact>,
    /// Common time in each clock regime.
    pub times: Vec<TimeFact>,
    /// Topics asked for and offered, in the mentee's order.
    pub topics: Vec<TopicId>,
    /// How many topics the mentee asked for.
    pub topics_asked: u32,
    /// The licence sought that the mentor has experience with.
    pub licence: Option<LicenceFact>,
    /// How they would meet.
    pub meeting: Option<Meeting>,
    /// The mentee's wishes that hold.
    pub mentee_wishes: Vec<TagId>,
    /// The mentor's wishes that hold.
    pub mentor_wishes: Vec<TagId>,
}

/// The best of the mentor's occupations for the best of the mentee's targets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfessionFact {
    /// The mentee's target.
    pub target: OccupationId,
    /// The mentor's occupation.
    pub occupation: OccupationId,
    /// Likeness by the classification, per mille.
    pub likeness: u16,
    /// Discount by experience, per mille.
    pub experience: u16,
}

impl ProfessionFact {
    /// Both together, per mille, rounded down.
    #[must_use]
    pub fn permille(&self) -> u16 {
        u16::try_from(u32::from(self.likeness) * u32::from(self.experience) / 1000).unwrap_or(0)
    }
}

/// The language that earns the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LanguageFact {
    /// The mentee's language.
    pub mentee_language: LanguageId,
    /// The mentor's: the same, or (a weak match) its macrolanguage or a member of it.
    pub mentor_language: LanguageId,
    /// The mentee's level, 0–12.
    pub mentee_level: u8,
    /// The mentor's level, 0–12.
    pub mentor_level: u8,
    /// The level that counts: the lower; half of it if the match is weak.
    pub shared_level: u8,
    /// A macrolanguage and a member only.
    pub weak: bool,
    /// It is one that the mentee asked for, or they asked for none.
    pub asked: bool,
}

/// Common time in one clock regime.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeFact {
    /// Weeks of the programme in this regime.
    pub weeks: u16,
    /// Minutes a week in which a whole meeting fits.
    pub minutes: u16,
    /// Those half-hours, in UTC.
    pub slots: WeekMask,
}

/// Licensing experience.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LicenceFact {
    /// The profession and jurisdiction that the mentee seeks.
    pub sought: Licence,
    /// Whether the mentor passed in the same jurisdiction (else in another).
    pub same_jurisdiction: bool,
}

/// Score of an admissible pair, or the first rule that excludes it.
///
/// # Errors
/// The rule, if the pair is not admissible or a position does not exist.
pub fn assess(instance: &Instance, mentee: u32, mentor: u32) -> Result<Parts, Rule> {
    let (Some(newcomer), Some(guide)) = (
        get(&instance.mentees, mentee),
        get(&instance.mentors, mentor),
    ) else {
        return Err(Rule::MenteeNotActive);
    };
    match rules(instance, (mentee, newcomer), (mentor, guide)).next() {
        Some(rule) => Err(rule),
        None => Ok(parts_of(instance, newcomer, guide)),
    }
}

/// All rules that exclude a pair, in their order; none if it is admissible.
#[must_use]
pub fn broken_rules(instance: &Instance, mentee: u32, mentor: u32) -> Vec<Rule> {
    match (
        get(&instance.mentees, mentee),
        get(&instance.mentors, mentor),
    ) {
        (Some(newcomer), Some(guide)) => {
            rules(instance, (mentee, newcomer), (mentor, guide)).collect()
        }
        _ => vec![Rule::MenteeNotActive],
    }
}

/// The broken rules one by one; a rule is only looked at when asked for.
fn rules<'a>(
    instance: &'a Instance,
    (mentee, newcomer): (u32, &'a Mentee),
    (mentor, guide): (u32, &'a Mentor),
) -> impl Iterator<Item = Rule> + 'a {
    let check = move |rule: &Rule| match rule {
        Rule::MenteeNotActive | Rule::MenteeNoConsent | Rule::MenteePaused => {
            standing_rule(Side::Mentee, newcomer.person.standing) == Some(*rule)
        }
        Rule::MentorNotActive | Rule::MentorNoConsent | Rule::MentorPaused => {
            standing_rule(Side::Mentor, guide.person.standing) == Some(*rule)
        }
        Rule::NoCapacity => instance.places(mentor) == 0,
        Rule::SamePerson => newcomer.person.key == guide.person.key,
        Rule::ConflictOfInterest | Rule::MatchedBefore | Rule::Banned | Rule::Declined => instance
            .excluded(mentee, mentor)
            .is_some_and(|why| why.rule() == *rule),
        Rule::WayOfMeeting => meeting(instance, newcomer, guide).is_none(),
        Rule::Language => !language_holds(instance, newcomer, guide),
        Rule::Insistence => !insistence_holds(newcomer, guide),
        Rule::Profession => {
            let least = instance.settings.least_profession_permille;
            least > 0
                && profession(instance, newcomer, guide).map_or(0, |fact| fact.permille()) < least
        }
        Rule::Overlap => !overlap_holds(instance, newcomer, guide),
        Rule::BelowFloor => {
            instance.settings.objective == Objective::Total
                && parts_of(instance, newcomer, guide).total() < instance.settings.floor
        }
    };
    Rule::ALL.into_iter().filter(check)
}

/// The parts of a pair's score, whether or not it is admissible; nothing for positions that do not exist.
#[must_use]
pub fn parts(instance: &Instance, mentee: u32, mentor: u32) -> Parts {
    match (
        get(&instance.mentees, mentee),
        get(&instance.mentors, mentor),
    ) {
        (Some(newcomer), Some(guide)) => parts_of(instance, newcomer, guide),
        _ => Parts::default(),
    }
}

/// The facts behind the parts; none for positions that do not exist.
#[must_use]
pub fn facts(instance: &Instance, mentee: u32, mentor: u32) -> Option<PairFacts> {
    let (newcomer, guide) = (
        get(&instance.mentees, mentee)?,
        get(&instance.mentors, mentor)?,
    );
    Some(PairFacts {
        profession: profession(instance, newcomer, guide),
        language: language(instance, newcomer, guide),
        times: times(instance, newcomer, guide).collect(),
        topics: newcomer
            .topics
            .iter()
            .filter(|topic| guide.topics.contains(topic))
            .copied()
            .collect(),
        topics_asked: u32::try_from(newcomer.topics.len()).unwrap_or(0),
        licence: licence(newcomer, guide),
        meeting: meeting(instance, newcomer, guide),
        mentee_wishes: granted(
            newcomer,
            guide,
            &newcomer.person.wishes.wants,
            &guide.person.wishes.has,
        )
        .collect(),
        mentor_wishes: granted(
            newcomer,
            guide,
            &guide.person.wishes.wants,
            &newcomer.person.wishes.has,
        )
        .collect(),
    })
}

/// Wishes of one that hold for the other, if both agree that they count.
fn granted<'a>(
    newcomer: &Mentee,
    guide: &Mentor,
    wants: &'a [TagId],
    has: &'a [TagId],
) -> impl Iterator<Item = TagId> + 'a {
    let both_agree = newcomer.person.wishes.may_count && guide.person.wishes.may_count;
    wants
        .iter()
        .filter(move |tag| both_agree && has.contains(tag))
        .copied()
}

fn parts_of(instance: &Instance, newcomer: &Mentee, guide: &Mentor) -> Parts {
    let most = &instance.points;
    let share = |points: u16, permille: u16| {
        u16::try_from(u32::from(points) * u32::from(permille) / 1000).unwrap_or(0)
    };
    let licensing = licence(newcomer, guide).map_or(0, |l| {
        if l.same_jurisdiction {
            1000
        } else {
            OTHER_JURISDICTION_PERMILLE
        }
    });
    let language = language(instance, newcomer, guide);
    Parts {
        profession: share(
            most.profession,
            profession(instance, newcomer, guide).map_or(0, |fact| fact.permille()),
        ),
        language: language.map_or(0, |fact| {
            language_points(instance, fact.shared_level, fact.asked)
        }),
        availability: time_points(instance, newcomer, guide),
        topics: topics_points(most.topics, newcomer, guide),
        licensing: share(most.licensing, licensing),
        place: share(
            most.place,
            meeting(instance, newcomer, guide).map_or(0, Meeting::permille),
        ),
        wishes: wishes_points(most.wishes, newcomer, guide),
    }
}

/// No score of the pair is above this: its profession part and all points of the others.
pub(super) fn most_score(instance: &Instance, mentee: u32, mentor: u32) -> i32 {
    let most = &instance.points;
    let people = (
        get(&instance.mentees, mentee),
        get(&instance.mentors, mentor),
    );
    let permille = match people {
        (Some(newcomer), Some(guide)) => {
            profession(instance, newcomer, guide).map_or(0, |fact| fact.permille())
        }
        _ => 1000,
    };
    let part = u32::from(most.profession) * u32::from(permille) / 1000;
    FULL_SCORE - i32::from(most.profession) + i32::try_from(part).unwrap_or(FULL_SCORE)
}

/// What a licence passed in another jurisdiction is worth, per mille of the licensing part.
pub const OTHER_JURISDICTION_PERMILLE: u16 = 400;

fn profession(instance: &Instance, newcomer: &Mentee, guide: &Mentor) -> Option<ProfessionFact> {
    let candidates = newcomer.targets.iter().flat_map(|target| {
        guide.occupations.iter().map(|experience| ProfessionFact {
            target: *target,
            occupation: experience.occupation,
            likeness: instance.similarity.get(*target, experience.occupation),
            experience: experience.permille,
        })
    });
    // The first of equals: the mentee's first target, the mentor's first occupation.
    candidates.fold(None, |best: Option<ProfessionFact>, fact| match best {
        Some(best) if best.permille() >= fact.permille() => Some(best),
        _ => Some(fact),
    })
}

fn language(instance: &Instance, newcomer: &Mentee, guide: &Mentor) -> Option<LanguageFact> {
    let asked_for_some = newcomer.person.languages.iter().any(|skill| skill.asked);
    let candidates = newcomer.person.languages.iter().flat_map(|mine| {
        guide.person.languages.iter().filter_map(move |theirs| {
            let same = mine.language == theirs.language;
            let weak = !same && related(instance, mine.language, theirs.language);
            let lower = mine.level.min(theirs.level);
            (same || weak).then_some(LanguageFact {
                mentee_language: mine.language,
                mentor_language: theirs.language,
                mentee_level: mine.level,
                mentor_level: theirs.level,
                shared_level: if weak { level::weak(lower) } else { lower },
                weak,
                asked: mine.asked || !asked_for_some,
            })
        })
    });
    let worth = |fact: &LanguageFact| {
        let enough = fact.shared_level >= instance.settings.least_level;
        (
            enough,
            language_points(instance, fact.shared_level, fact.asked),
            fact.shared_level,
        )
    };
    candidates.fold(None, |best: Option<LanguageFact>, fact| match best {
        Some(best) if worth(&best) >= worth(&fact) => Some(best),
        _ => Some(fact),
    })
}

/// Points of a shared level; nothing below the programme's least level.
pub(super) fn language_points(instance: &Instance, shared_level: u8, asked: bool) -> u16 {
    if shared_level < instance.settings.least_level {
        return 0;
    }
    let worth = if asked {
        1000
    } else {
        u64::from(level::NOT_ASKED_PERMILLE)
    };
    let points =
        u64::from(instance.points.language) * u64::from(level::permille(shared_level)) * worth
            / 1_000_000;
    u16::try_from(points).unwrap_or(0)
}

pub(super) fn related(instance: &Instance, one: LanguageId, other: LanguageId) -> bool {
    let above = |language: LanguageId| {
        instance
            .macrolanguages
            .get(usize::from(language))
            .copied()
            .flatten()
    };
    above(one) == Some(other) || above(other) == Some(one)
}

fn language_holds(instance: &Instance, newcomer: &Mentee, guide: &Mentor) -> bool {
    language(instance, newcomer, guide)
        .is_some_and(|fact| fact.shared_level >= instance.settings.least_level)
}

fn times<'a>(
    instance: &'a Instance,
    newcomer: &'a Mentee,
    guide: &'a Mentor,
) -> impl Iterator<Item = TimeFact> + 'a {
    let slots = instance.settings.meeting_slots();
    let masks = newcomer.person.weeks.iter().zip(&guide.person.weeks);
    masks
        .zip(&instance.settings.regime_weeks)
        .map(move |((mine, theirs), weeks)| {
            let common = mine.and(theirs).starts(slots).covered(slots);
            let minutes = u16::try_from(common.count()).unwrap_or(0) * SLOT_MINUTES;
            TimeFact {
                weeks: *weeks,
                minutes,
                slots: common,
            }
        })
}

fn overlap_holds(instance: &Instance, newcomer: &Mentee, guide: &Mentor) -> bool {
    let least = instance.settings.least_slots() * SLOT_MINUTES;
    let kept = times(instance, newcomer, guide).filter(|time| time.minutes >= least);
    kept.map(|time| time.weeks).sum::<u16>() >= instance.settings.weeks_needed()
}

fn time_points(instance: &Instance, newcomer: &Mentee, guide: &Mentor) -> u16 {
    let units = |time: TimeFact| {
        u32::from((time.minutes / SLOT_MINUTES).min(SATURATION_SLOTS)) * u32::from(time.weeks)
    };
    let weeks = instance.settings.regime_weeks.iter().sum();
    let units = times(instance, newcomer, guide).map(units).sum();
    TimeScale::new(weeks, instance.points.availability).points(units)
}

fn topics_points(most: u16, newcomer: &Mentee, guide: &Mentor) -> u16 {
    if !newcomer
        .topics
        .iter()
        .any(|topic| guide.topics.contains(topic))
    {
        return 0;
    }
    let each = topic_points(most, newcomer.topics.len());
    newcomer
        .topics
        .iter()
        .zip(each)
        .filter(|(topic, _)| guide.topics.contains(topic))
        .map(|(_, points)| points)
        .sum()
}

fn licence(newcomer: &Mentee, guide: &Mentor) -> Option<LicenceFact> {
    let exact = newcomer
        .licences
        .iter()
        .find(|sought| guide.licences.contains(sought));
    let elsewhere = || {
        let passed = |sought: &&Licence| {
            guide
                .licences
                .iter()
                .any(|licence| licence.profession == sought.profession)
        };
        newcomer.licences.iter().find(passed)
    };
    match exact {
        Some(sought) => Some(LicenceFact {
            sought: *sought,
            same_jurisdiction: true,
        }),
        None => elsewhere().map(|sought| LicenceFact {
            sought: *sought,
            same_jurisdiction: false,
        }),
    }
}

fn meeting(instance: &Instance, newcomer: &Mentee, guide: &Mentor) -> Option<Meeting> {
    let (mine, theirs) = (&newcomer.person.place, &guide.person.place);
    let cities = mine.city.zip(theirs.city);
    let same_city = cities.is_some_and(|(a, b)| a == b);
    let in_reach = cities.is_some_and(|pair| instance.reach.binary_search(&pair).is_ok());
    let same_province = mine.province.is_some() && mine.province == theirs.province;
    let in_person = mine.mode.in_person() && theirs.mode.in_person();
    let remote = mine.mode.remote() && theirs.mode.remote();
    match (in_person, remote) {
        (true, _) if same_city => Some(Meeting::SameCity),
        (true, _) if in_reach => Some(Meeting::WithinReach),
        (_, true) if same_city || same_province => Some(Meeting::SameProvince),
        (_, true) => Some(Meeting::Remote),
        _ => None,
    }
}

fn insistence_holds(newcomer: &Mentee, guide: &Mentor) -> bool {
    let (mine, theirs) = (&newcomer.person.wishes, &guide.person.wishes);
    let holds = |insists: &[TagId], has: &[TagId]| insists.iter().all(|tag| has.contains(tag));
    // Who does not agree that wishes count makes none; whose tags may not count has none.
    let mine_hold = !mine.may_count
        || holds(
            &mine.insists,
            if theirs.may_count { &theirs.has } else { &[] },
        );
    let theirs_hold = !theirs.may_count
        || holds(
            &theirs.insists,
            if mine.may_count { &mine.has } else { &[] },
        );
    mine_hold && theirs_hold
}

fn wishes_points(most: u16, newcomer: &Mentee, guide: &Mentor) -> u16 {
    let (mine, theirs) = (&newcomer.person.wishes, &guide.person.wishes);
    if !mine.may_count || !theirs.may_count {
        return 0;
    }
    let (each, mentor_half) = wish_points(most, mine.wants.len());
    let held = mine
        .wants
        .iter()
        .zip(each)
        .filter(|(tag, _)| theirs.has.contains(tag))
        .map(|(_, points)| points);
    let mentors = granted(newcomer, guide, &theirs.wants, &mine.has)
        .next()
        .map_or(0, |_| mentor_half);
    held.sum::<u16>() + mentors
}
