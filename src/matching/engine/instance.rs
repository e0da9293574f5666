//! The instance of a run: people, rules and settings, checked once so that nothing later can fail.

use std::collections::HashMap;

use super::error::{EngineError, Side};
use super::facts::{Exclusion, LanguageId, Mentee, Mentor, Person, Rule, Standing};
use super::noc::Similarity;
use super::settings::{Points, Settings};

/// Most people on a side.
pub const MOST_PEOPLE: u32 = 1_000_000;
/// Most languages, topics, targets, occupations, licences or tags of one person.
pub const MOST_FACTS: usize = 32;

/// A checked instance. Made by [`InstanceBuilder`].
#[derive(Debug, Clone)]
pub struct Instance {
    pub(super) settings: Settings,
    pub(super) points: Points,
    pub(super) similarity: Similarity,
    pub(super) macrolanguages: Vec<Option<LanguageId>>,
    /// Both orders of every two cities within reach, sorted.
    pub(super) reach: Vec<(u32, u32)>,
    pub(super) mentees: Vec<Mentee>,
    pub(super) mentors: Vec<Mentor>,
    /// (mentee, mentor, why), sorted, the first reason of a pair only.
    pub(super) exclusions: Vec<(u32, u32, Exclusion)>,
    /// Position of the mentor who is the same human.
    pub(super) same_person: Vec<Option<u32>>,
    pub(super) pins: Vec<(u32, u32)>,
    pub(super) locked: Vec<(u32, u32)>,
    /// Places left per mentor after locked pairs (pins still inside).
    pub(super) places: Vec<u32>,
    pub(super) held: Vec<bool>,
}

/// Collects plain facts and checks them in [`build`](Self::build).
#[derive(Debug, Clone, Default)]
pub struct InstanceBuilder {
    settings: Settings,
    similarity: Similarity,
    macrolanguages: Vec<Option<LanguageId>>,
    reach: Vec<(u32, u32)>,
    mentees: Vec<Mentee>,
    mentors: Vec<Mentor>,
    exclusions: Vec<(u32, u32, Exclusion)>,
    pins: Vec<(u32, u32)>,
    locked: Vec<(u32, u32)>,
}

impl InstanceBuilder {
    /// With the programme's settings and the likeness of its occupations.
    #[must_use]
    pub fn new(settings: Settings, similarity: Similarity) -> Self {
        Self {
            settings,
            similarity,
            ..Self::default()
        }
    }

    /// The macrolanguage of each language, by [`LanguageId`]; languages beyond the list have none.
    #[must_use]
    pub fn macrolanguages(mut self, of: Vec<Option<LanguageId>>) -> Self {
        self.macrolanguages = of;
        self
    }

    /// Two different cities between which people can meet in person.
    pub fn reach(&mut self, one: u32, other: u32) -> &mut Self {
        self.reach.push((one, other));
        self.reach.push((other, one));
        self
    }

    /// Adds a mentee and returns the position.
    pub fn mentee(&mut self, mentee: Mentee) -> u32 {
        self.mentees.push(mentee);
        last_position(self.mentees.len())
    }

    /// Adds a mentor and returns the position.
    pub fn mentor(&mut self, mentor: Mentor) -> u32 {
        self.mentors.push(mentor);
        last_position(self.mentors.len())
    }

    /// Excludes a pair for a named reason. The first reason in the order of [`Exclusion`] counts.
    pub fn exclude(&mut self, mentee: u32, mentor: u32, why: Exclusion) -> &mut Self {
        self.exclusions.push((mentee, mentor, why));
        self
    }

    /// Insists on a pair: it will be in the outcome.
    pub fn pin(&mut self, mentee: u32, mentor: u32) -> &mut Self {
        self.pins.push((mentee, mentor));
        self
    }

    /// A pair that exists already: the mentee is not matched again, the mentor's place stays taken
    /// (even if the capacity was lowered since: places left are never below zero).
    pub fn lock(&mut self, mentee: u32, mentor: u32) -> &mut Self {
        self.locked.push((mentee, mentor));
        self
    }

    /// Checks everything.
    ///
    /// # Errors
    /// The first thing that is wrong, by name and position; see [`EngineError`].
    pub fn build(self) -> Result<Instance, EngineError> {
        let points = self.settings.check()?;
        check_count(self.mentees.len())?;
        check_count(self.mentors.len())?;
        let mentee_keys = distinct(Side::Mentee, self.mentees.iter().map(|m| m.person.key))?;
        let mentor_keys = distinct(Side::Mentor, self.mentors.iter().map(|m| m.person.key))?;
        for (position, mentee) in (0_u32..).zip(&self.mentees) {
            check_mentee(&self.settings, &self.similarity, position, mentee)?;
        }
        for (position, mentor) in (0_u32..).zip(&self.mentors) {
            check_mentor(&self.settings, &self.similarity, position, mentor)?;
        }
        let mut same_person = vec![None; self.mentees.len()];
        for (key, mentee) in &mentee_keys {
            if let (Some(mentor), Some(same)) =
                (mentor_keys.get(key), slot(&mut same_person, *mentee))
            {
                *same = Some(*mentor);
            }
        }
        let mut exclusions = self.exclusions;
        exclusions.sort_unstable();
        exclusions.dedup_by_key(|(mentee, mentor, _)| (*mentee, *mentor));
        let mut reach = self.reach;
        reach.sort_unstable();
        reach.dedup();
        let instance = Instance {
            points,
            held: Vec::new(),
            places: Vec::new(),
            settings: self.settings,
            similarity: self.similarity,
            macrolanguages: self.macrolanguages,
            reach,
            mentees: self.mentees,
            mentors: self.mentors,
            exclusions,
            same_person,
            pins: self.pins,
            locked: self.locked,
        };
        instance.recheck()
    }
}

impl Instance {
    /// The programme's settings.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Most points of each part.
    #[must_use]
    pub fn points(&self) -> &Points {
        &self.points
    }

    /// The mentees, by position.
    #[must_use]
    pub fn mentees(&self) -> &[Mentee] {
        &self.mentees
    }

    /// The mentors, by position.
    #[must_use]
    pub fn mentors(&self) -> &[Mentor] {
        &self.mentors
    }

    /// Pinned pairs.
    #[must_use]
    pub fn pins(&self) -> &[(u32, u32)] {
        &self.pins
    }

    /// Locked pairs.
    #[must_use]
    pub fn locked(&self) -> &[(u32, u32)] {
        &self.locked
    }

    /// Excluded pairs (mentee, mentor, why), sorted, each once.
    #[must_use]
    pub fn exclusions(&self) -> &[(u32, u32, Exclusion)] {
        &self.exclusions
    }

    /// Waiting credit of a mentee, points.
    #[must_use]
    pub fn waiting_credit(&self, mentee: u32) -> i64 {
        get(&self.mentees, mentee).map_or(0, |m| self.settings.waiting_credit(m.waiting_days))
    }

    /// Places of a mentor that a run may fill: capacity less locked pairs; pins are inside.
    #[must_use]
    pub fn places(&self, mentor: u32) -> u32 {
        get(&self.places, mentor).copied().unwrap_or(0)
    }

    /// Whether the mentee is in a locked pair.
    #[must_use]
    pub fn is_locked(&self, mentee: u32) -> bool {
        get(&self.held, mentee).copied().unwrap_or(false)
    }

    pub(super) fn pinned_to(&self, mentee: u32) -> Option<u32> {
        self.pins
            .iter()
            .find(|(pinned, _)| *pinned == mentee)
            .map(|(_, mentor)| *mentor)
    }

    pub(super) fn excluded(&self, mentee: u32, mentor: u32) -> Option<Exclusion> {
        let at = self
            .exclusions
            .binary_search_by_key(&(mentee, mentor), |(i, j, _)| (*i, *j))
            .ok()?;
        self.exclusions.get(at).map(|(_, _, why)| *why)
    }

    pub(super) fn exclusions_of(&self, mentee: u32) -> &[(u32, u32, Exclusion)] {
        let from = self.exclusions.partition_point(|(i, _, _)| *i < mentee);
        let to = self.exclusions.partition_point(|(i, _, _)| *i <= mentee);
        self.exclusions.get(from..to).unwrap_or_default()
    }

    /// Derives places and locks again and checks pairs and pins, after any of them changed.
    pub(super) fn recheck(mut self) -> Result<Self, EngineError> {
        self.check_pairs()?;
        self.held = vec![false; self.mentees.len()];
        self.places = self.mentors.iter().map(|mentor| mentor.capacity).collect();
        self.hold_locked()?;
        self.check_pins()?;
        Ok(self)
    }

    fn check_pairs(&self) -> Result<(), EngineError> {
        let known = |(mentee, mentor): (u32, u32)| {
            get(&self.mentees, mentee).is_some() && get(&self.mentors, mentor).is_some()
        };
        let lists = [("lock", &self.locked), ("pin", &self.pins)];
        for (what, pairs) in lists {
            if let Some(&(mentee, mentor)) = pairs.iter().find(|pair| !known(**pair)) {
                return Err(EngineError::UnknownPair {
                    what,
                    mentee,
                    mentor,
                });
            }
        }
        match self.exclusions.iter().find(|(i, j, _)| !known((*i, *j))) {
            Some(&(mentee, mentor, _)) => Err(EngineError::UnknownPair {
                what: "exclusion",
                mentee,
                mentor,
            }),
            None => Ok(()),
        }
    }

    fn hold_locked(&mut self) -> Result<(), EngineError> {
        for &(mentee, _) in self.locked.iter().chain(&self.pins) {
            match slot(&mut self.held, mentee) {
                Some(held) if !*held => *held = true,
                _ => return Err(EngineError::PinnedTwice { mentee }),
            }
        }
        for &(mentee, _) in &self.pins {
            if let Some(held) = slot(&mut self.held, mentee) {
                *held = false;
            }
        }
        for &(_, mentor) in &self.locked {
            if let Some(places) = slot(&mut self.places, mentor) {
                *places = places.saturating_sub(1);
            }
        }
        Ok(())
    }

    fn check_pins(&self) -> Result<(), EngineError> {
        let mut used: HashMap<u32, u32> = HashMap::new();
        for &(mentee, mentor) in &self.pins {
            // The floor is a preference about waiting, which a pin overrides on purpose.
            let broken = super::pair::broken_rules(self, mentee, mentor)
                .into_iter()
                .find(|rule| *rule != Rule::BelowFloor);
            if let Some(rule) = broken {
                return Err(EngineError::PinBreaksRule {
                    mentee,
                    mentor,
                    rule,
                });
            }
            let pins = used.entry(mentor).or_default();
            *pins += 1;
            let places = self.places(mentor);
            if *pins > places {
                return Err(EngineError::PinsExceedCapacity {
                    mentor,
                    places,
                    pins: *pins,
                });
            }
        }
        Ok(())
    }
}

/// An element by `u32` position.
pub(super) fn get<T>(items: &[T], position: u32) -> Option<&T> {
    items.get(usize::try_from(position).ok()?)
}

fn slot<T>(items: &mut [T], position: u32) -> Option<&mut T> {
    items.get_mut(usize::try_from(position).ok()?)
}

fn last_position(len: usize) -> u32 {
    u32::try_from(len.saturating_sub(1)).unwrap_or(u32::MAX)
}

fn check_count(count: usize) -> Result<(), EngineError> {
    match u32::try_from(count) {
        Ok(count) if count <= MOST_PEOPLE => Ok(()),
        _ => Err(EngineError::TooManyPeople { limit: MOST_PEOPLE }),
    }
}

fn distinct(
    side: Side,
    keys: impl Iterator<Item = u128>,
) -> Result<HashMap<u128, u32>, EngineError> {
    let mut found = HashMap::new();
    for (second, key) in (0_u32..).zip(keys) {
        if let Some(first) = found.insert(key, second) {
            return Err(EngineError::DuplicatePerson {
                side,
                first,
                second,
            });
        }
    }
    Ok(found)
}

pub(super) fn check_mentee(
    settings: &Settings,
    similarity: &Similarity,
    position: u32,
    mentee: &Mentee,
) -> Result<(), EngineError> {
    let known = |occupation: &u16| u32::from(*occupation) < similarity.count();
    let facts = [
        (
            "targets",
            mentee.targets.len() > MOST_FACTS || !mentee.targets.iter().all(known),
        ),
        (
            "topics",
            mentee.topics.len() > MOST_FACTS || has_repeat(&mentee.topics),
        ),
        ("licences", mentee.licences.len() > MOST_FACTS),
    ];
    check_person(settings, Side::Mentee, position, &mentee.person, &facts)
}

fn check_mentor(
    settings: &Settings,
    similarity: &Similarity,
    position: u32,
    mentor: &Mentor,
) -> Result<(), EngineError> {
    let known = |e: &super::facts::Experience| {
        u32::from(e.occupation) < similarity.count() && e.permille <= 1000
    };
    let facts = [
        (
            "occupations",
            mentor.occupations.len() > MOST_FACTS || !mentor.occupations.iter().all(known),
        ),
        ("topics", mentor.topics.len() > 1000),
        ("licences", mentor.licences.len() > MOST_FACTS),
    ];
    check_person(settings, Side::Mentor, position, &mentor.person, &facts)
}

fn check_person(
    settings: &Settings,
    side: Side,
    position: u32,
    person: &Person,
    facts: &[(&'static str, bool)],
) -> Result<(), EngineError> {
    if person.weeks.len() != settings.regime_weeks.len() {
        let (found, expected) = (person.weeks.len(), settings.regime_weeks.len());
        return Err(EngineError::RegimeCount {
            side,
            position,
            found,
            expected,
        });
    }
    let languages: Vec<LanguageId> = person
        .languages
        .iter()
        .map(|skill| skill.language)
        .collect();
    let level = person
        .languages
        .iter()
        .any(|skill| skill.level > super::level::NATIVE);
    let wishes = &person.wishes;
    let own = [
        (
            "languages",
            level || languages.len() > MOST_FACTS || has_repeat(&languages),
        ),
        (
            "wishes",
            [&wishes.has, &wishes.wants, &wishes.insists]
                .iter()
                .any(|tags| tags.len() > MOST_FACTS || has_repeat(tags)),
        ),
    ];
    match facts.iter().chain(&own).find(|(_, wrong)| *wrong) {
        Some((fact, _)) => Err(EngineError::FactOutOfRange {
            side,
            position,
            fact,
        }),
        None => Ok(()),
    }
}

fn has_repeat(ids: &[u16]) -> bool {
    let mut sorted = ids.to_vec();
    sorted.sort_unstable();
    sorted
        .windows(2)
        .any(|pair| matches!(pair, [a, b] if a == b))
}

/// The rule that a standing breaks.
pub(super) fn standing_rule(side: Side, standing: Standing) -> Option<Rule> {
    match (side, standing) {
        (_, Standing::Ready) => None,
        (Side::Mentee, Standing::NotActive) => Some(Rule::MenteeNotActive),
        (Side::Mentee, Standing::NoConsent) => Some(Rule::MenteeNoConsent),
        (Side::Mentee, Standing::Paused) => Some(Rule::MenteePaused),
        (Side::Mentor, Standing::NotActive) => Some(Rule::MentorNotActive),
        (Side::Mentor, Standing::NoConsent) => Some(Rule::MentorNoConsent),
        (Side::Mentor, Standing::Paused) => Some(Rule::MentorPaused),
    }
}
