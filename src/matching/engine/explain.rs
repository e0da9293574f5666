//! Why this pair, why not that one, why nobody, who else, whom to recruit: as data.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::error::EngineError;
use super::facts::{Exclusion, LanguageId, OccupationId, Parts, Rule, Standing};
use super::instance::{Instance, get};
use super::outcome::{Demand, Outcome};
use super::pair::{PairFacts, assess, broken_rules, facts, parts};
use super::settings::Points;
use super::solve::{Options, solve};

/// One pair with everything behind its score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// Mentee's position.
    pub mentee: u32,
    /// Mentor's position.
    pub mentor: u32,
    /// The score: the sum of the parts.
    pub score: i32,
    /// Points of each part.
    pub parts: Parts,
    /// Most points of each part.
    pub most: Points,
    /// The facts behind the parts.
    pub facts: PairFacts,
    /// All rules that the pair breaks; none if admissible.
    pub broken: Vec<Rule>,
    /// Waiting credit, beside the score.
    pub waiting_credit: i64,
}

/// Explains one pair, admissible or not. None for positions that do not exist.
#[must_use]
pub fn explain(instance: &Instance, mentee: u32, mentor: u32) -> Option<Explanation> {
    let parts = parts(instance, mentee, mentor);
    Some(Explanation {
        mentee,
        mentor,
        score: parts.total(),
        parts,
        most: *instance.points(),
        facts: facts(instance, mentee, mentor)?,
        broken: broken_rules(instance, mentee, mentor),
        waiting_credit: instance.waiting_credit(mentee),
    })
}

/// Why a pair was not chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhyNot {
    /// It was chosen.
    Chosen,
    /// Rules forbid it.
    Excluded(Vec<Rule>),
    /// It would cost so much elsewhere.
    Price(Box<Price>),
}

/// What choosing a pair would cost all together, found by solving again with the pair pinned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// Fewer mentees matched (objective *coverage*).
    pub fewer_matched: i64,
    /// Points lost in the sum of scores and waiting credits (below zero: won, while fewer are matched).
    pub points: i64,
    /// Who would have another mentor or none; the mentee in question first.
    pub changes: Vec<Change>,
}

/// A mentee whose mentor differs between two outcomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Mentee's position.
    pub mentee: u32,
    /// Mentor before.
    pub before: Option<u32>,
    /// Score before.
    pub score_before: Option<i32>,
    /// Mentor after.
    pub after: Option<u32>,
    /// Score after.
    pub score_after: Option<i32>,
}

/// Says what it would cost to choose a pair that the outcome does not hold.
///
/// # Errors
/// As [`solve`]; also when the pin breaks capacity because other pins fill the mentor.
pub fn why_not(
    instance: &Instance,
    outcome: &Outcome,
    mentee: u32,
    mentor: u32,
) -> Result<WhyNot, EngineError> {
    if outcome.mentor_of(mentee) == Some(mentor) {
        return Ok(WhyNot::Chosen);
    }
    let broken = broken_rules(instance, mentee, mentor);
    if !broken.is_empty() || instance.is_locked(mentee) {
        return Ok(WhyNot::Excluded(broken));
    }
    let forced = instance.with_pin(mentee, mentor)?;
    let other = solve(&forced, &Options::default())?;
    let matched = |outcome: &Outcome| i64::try_from(outcome.pairs.len()).unwrap_or(i64::MAX);
    let total =
        |outcome: &Outcome| outcome.statistics.score_total + outcome.statistics.waiting_total;
    let mut changes = compare(outcome, &other);
    changes.sort_by_key(|change| (change.mentee != mentee, change.mentee));
    Ok(WhyNot::Price(Box::new(Price {
        fewer_matched: matched(outcome) - matched(&other),
        points: total(outcome) - total(&other),
        changes,
    })))
}

/// Which mentees have another mentor in the second outcome. Both must be of the same people.
#[must_use]
pub fn compare(before: &Outcome, after: &Outcome) -> Vec<Change> {
    let mut rows: BTreeMap<u32, Change> = BTreeMap::new();
    let empty = |mentee| Change {
        mentee,
        before: None,
        score_before: None,
        after: None,
        score_after: None,
    };
    for pair in &before.pairs {
        let change = rows
            .entry(pair.mentee)
            .or_insert_with(|| empty(pair.mentee));
        (change.before, change.score_before) = (Some(pair.mentor), Some(pair.score));
    }
    for pair in &after.pairs {
        let change = rows
            .entry(pair.mentee)
            .or_insert_with(|| empty(pair.mentee));
        (change.after, change.score_after) = (Some(pair.mentor), Some(pair.score));
    }
    rows.into_values()
        .filter(|change| change.before != change.after)
        .collect()
}

/// Why a mentee has nobody, or how narrow the choice was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhyNobody {
    /// How many mentors each rule removed (the first rule that a mentor fails counts), in rule order.
    pub removed: Vec<(Rule, u32)>,
    /// Mentors left.
    pub admissible: u32,
    /// Mentors that fail exactly one rule, by that rule: what would have to change, and for how many.
    pub would_open: Vec<(Rule, u32)>,
    /// The nearest misses: fewest broken rules first, then the best score; at most five.
    pub nearest: Vec<NearMiss>,
    /// Admissible mentors whose places went to others, best score first; at most five.
    pub taken: Vec<Taken>,
}

/// A mentor who nearly would have done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NearMiss {
    /// Mentor's position.
    pub mentor: u32,
    /// What stands in the way.
    pub broken: Vec<Rule>,
    /// The score if nothing stood in the way.
    pub score: i32,
}

/// An admissible mentor whose places serve others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// Mentor's position.
    pub mentor: u32,
    /// Score with this mentee.
    pub score: i32,
    /// Who has the places.
    pub holders: Vec<u32>,
    /// How much the mentor is in demand.
    pub demand: Demand,
}

/// Counts for one mentee which rule removed how many mentors, and finds the nearest misses.
#[must_use]
pub fn why_nobody(instance: &Instance, outcome: &Outcome, mentee: u32) -> WhyNobody {
    let mut removed: BTreeMap<Rule, u32> = BTreeMap::new();
    let mut would_open: BTreeMap<Rule, u32> = BTreeMap::new();
    let mut misses = Vec::new();
    let mut open = Vec::new();
    for (mentor, _) in (0_u32..).zip(instance.mentors()) {
        let broken = broken_rules(instance, mentee, mentor);
        let score = parts(instance, mentee, mentor).total();
        match broken.as_slice() {
            [] => open.push((mentor, score)),
            [first, rest @ ..] => {
                *removed.entry(*first).or_default() += 1;
                if rest.is_empty() {
                    *would_open.entry(*first).or_default() += 1;
                }
                if !broken.contains(&Rule::SamePerson) {
                    misses.push(NearMiss {
                        mentor,
                        broken,
                        score,
                    });
                }
            }
        }
    }
    misses.sort_by_key(|miss| (miss.broken.len(), -miss.score, miss.mentor));
    misses.truncate(5);
    open.sort_by_key(|(mentor, score)| (-score, *mentor));
    let admissible = u32::try_from(open.len()).unwrap_or(u32::MAX);
    let taken = open
        .into_iter()
        .filter(|(mentor, _)| outcome.mentor_of(mentee) != Some(*mentor))
        .take(5);
    WhyNobody {
        removed: removed.into_iter().collect(),
        admissible,
        would_open: would_open.into_iter().collect(),
        nearest: misses,
        taken: taken
            .map(|(mentor, score)| Taken {
                mentor,
                score,
                holders: holders(outcome, mentor),
                demand: outcome.demand(mentor),
            })
            .collect(),
    }
}

fn holders(outcome: &Outcome, mentor: u32) -> Vec<u32> {
    outcome
        .pairs
        .iter()
        .filter(|pair| pair.mentor == mentor)
        .map(|pair| pair.mentee)
        .collect()
}

/// Another choice for one side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alternative {
    /// Mentee's position.
    pub mentee: u32,
    /// Mentor's position.
    pub mentor: u32,
    /// The score.
    pub score: i32,
    /// Points that all together lose at least by it (reduced profit); 0 is an equally good set, as far
    /// as the prices tell. In coverage mode this may contain the bonus; see `coverage_bonus`.
    pub costs_at_least: i64,
    /// The mentor has a place left in the outcome.
    pub place_left: bool,
}

/// The `count` best admissible mentors for a mentee, besides the one they have: least cost for all
/// first, then the best score.
#[must_use]
pub fn alternatives_for_mentee(
    instance: &Instance,
    outcome: &Outcome,
    mentee: u32,
    count: usize,
) -> Vec<Alternative> {
    let pairs = (0_u32..)
        .zip(instance.mentors())
        .map(|(mentor, _)| (mentee, mentor));
    alternatives(instance, outcome, pairs, count)
}

/// The `count` best admissible mentees for a mentor, besides those they have.
#[must_use]
pub fn alternatives_for_mentor(
    instance: &Instance,
    outcome: &Outcome,
    mentor: u32,
    count: usize,
) -> Vec<Alternative> {
    let free = |mentee: &u32| !instance.is_locked(*mentee);
    let pairs = (0_u32..)
        .zip(instance.mentees())
        .map(|(mentee, _)| mentee)
        .filter(free)
        .map(|mentee| (mentee, mentor));
    alternatives(instance, outcome, pairs, count)
}

fn alternatives(
    instance: &Instance,
    outcome: &Outcome,
    pairs: impl Iterator<Item = (u32, u32)>,
    count: usize,
) -> Vec<Alternative> {
    let used = places_used(instance, outcome);
    let mut found: Vec<Alternative> = pairs
        .filter(|(mentee, mentor)| outcome.mentor_of(*mentee) != Some(*mentor))
        .filter_map(|(mentee, mentor)| {
            let score = assess(instance, mentee, mentor).ok()?.total();
            let profit = i64::from(score)
                + super::certificate::base(instance, outcome.coverage_bonus, mentee);
            let prices = get(&outcome.price_mentee, mentee).copied()?
                + get(&outcome.price_mentor, mentor).copied()?;
            let place_left = get(&used, mentor).is_some_and(|used| *used < instance.places(mentor));
            Some(Alternative {
                mentee,
                mentor,
                score,
                costs_at_least: (prices - profit).max(0),
                place_left,
            })
        })
        .collect();
    found.sort_by_key(|other| {
        (
            other.costs_at_least,
            -other.score,
            other.mentor,
            other.mentee,
        )
    });
    found.truncate(count);
    found
}

fn places_used(instance: &Instance, outcome: &Outcome) -> Vec<u32> {
    let mut used = vec![0_u32; instance.mentors().len()];
    for pair in &outcome.pairs {
        if let Some(used) = usize::try_from(pair.mentor)
            .ok()
            .and_then(|mentor| used.get_mut(mentor))
        {
            *used += 1;
        }
    }
    used
}

/// Supply against demand by occupation and by language: whom to recruit next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recruitment {
    /// By occupation, the greatest need first.
    pub occupations: Vec<Need<OccupationId>>,
    /// By language, the greatest need first.
    pub languages: Vec<Need<LanguageId>>,
}

/// Supply and demand of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Need<Id> {
    /// The occupation or language.
    pub id: Id,
    /// Mentees who take part and aim at it (or speak it at the least level).
    pub mentees: u32,
    /// Of them, without a mentor in the outcome.
    pub unmatched: u32,
    /// Ready mentors who have it.
    pub mentors: u32,
    /// Places of those mentors.
    pub places: u32,
    /// Places of those mentors that are left in the outcome.
    pub places_left: u32,
    /// One more place with the most sought of those mentors would let one more mentee be matched.
    pub one_more_matched: bool,
    /// Points that one more place with the most sought of those mentors would add (its price).
    pub points: i64,
}

/// Compares supply and demand in an outcome.
#[must_use]
pub fn recruit(instance: &Instance, outcome: &Outcome) -> Recruitment {
    let least = instance.settings().least_level;
    let target_sets = instance.mentees().iter().map(|m| m.targets.clone());
    let occupation_sets = instance
        .mentors()
        .iter()
        .map(|m| m.occupations.iter().map(|e| e.occupation).collect());
    let spoken = |languages: &[super::facts::LanguageSkill]| -> Vec<LanguageId> {
        languages
            .iter()
            .filter(|skill| skill.level >= least)
            .map(|skill| skill.language)
            .collect()
    };
    let mentee_languages = instance
        .mentees()
        .iter()
        .map(|m| spoken(&m.person.languages));
    let mentor_languages = instance
        .mentors()
        .iter()
        .map(|m| spoken(&m.person.languages));
    Recruitment {
        occupations: needs(instance, outcome, target_sets, occupation_sets),
        languages: needs(instance, outcome, mentee_languages, mentor_languages),
    }
}

fn needs(
    instance: &Instance,
    outcome: &Outcome,
    wanted: impl Iterator<Item = Vec<u16>>,
    offered: impl Iterator<Item = Vec<u16>>,
) -> Vec<Need<u16>> {
    let used = places_used(instance, outcome);
    let mut needs: BTreeMap<u16, Need<u16>> = BTreeMap::new();
    let empty = |id| Need {
        id,
        mentees: 0,
        unmatched: 0,
        mentors: 0,
        places: 0,
        places_left: 0,
        one_more_matched: false,
        points: 0,
    };
    for ((mentee, person), ids) in (0_u32..).zip(instance.mentees()).zip(wanted) {
        if person.person.standing != Standing::Ready || instance.is_locked(mentee) {
            continue;
        }
        for id in distinct(ids) {
            let need = needs.entry(id).or_insert_with(|| empty(id));
            need.mentees += 1;
            need.unmatched += u32::from(outcome.mentor_of(mentee).is_none());
        }
    }
    for ((mentor, person), ids) in (0_u32..).zip(instance.mentors()).zip(offered) {
        if person.person.standing != Standing::Ready {
            continue;
        }
        let places = instance.places(mentor);
        let left = places.saturating_sub(get(&used, mentor).copied().unwrap_or(0));
        let demand = outcome.demand(mentor);
        for id in distinct(ids) {
            let need = needs.entry(id).or_insert_with(|| empty(id));
            need.mentors += 1;
            need.places = need.places.saturating_add(places);
            need.places_left = need.places_left.saturating_add(left);
            if (demand.one_more_matched, demand.points) > (need.one_more_matched, need.points) {
                (need.one_more_matched, need.points) = (demand.one_more_matched, demand.points);
            }
        }
    }
    let mut needs: Vec<Need<u16>> = needs.into_values().collect();
    needs.sort_by_key(|need| {
        let short = i64::from(need.mentees) - i64::from(need.places);
        (
            std::cmp::Reverse((need.unmatched, need.one_more_matched, short, need.points)),
            need.id,
        )
    });
    needs
}

fn distinct(mut ids: Vec<u16>) -> Vec<u16> {
    ids.sort_unstable();
    ids.dedup();
    ids
}

impl Instance {
    /// The same instance with one more pin (an earlier pin of the mentee gives way).
    ///
    /// # Errors
    /// The pin breaks a rule or capacity.
    pub fn with_pin(&self, mentee: u32, mentor: u32) -> Result<Self, EngineError> {
        let mut copy = self.clone();
        copy.pins.retain(|(pinned, _)| *pinned != mentee);
        copy.pins.push((mentee, mentor));
        copy.recheck()
    }

    /// The same instance without a pin of this mentee.
    #[must_use]
    pub fn without_pin(&self, mentee: u32) -> Self {
        let mut copy = self.clone();
        copy.pins.retain(|(pinned, _)| *pinned != mentee);
        copy
    }

    /// The same instance with one more ban.
    ///
    /// # Errors
    /// The pair is pinned, or does not exist.
    pub fn with_ban(&self, mentee: u32, mentor: u32, why: Exclusion) -> Result<Self, EngineError> {
        let mut copy = self.clone();
        copy.exclusions.push((mentee, mentor, why));
        copy.exclusions.sort_unstable();
        copy.exclusions.dedup_by_key(|(i, j, _)| (*i, *j));
        copy.recheck()
    }

    /// The same instance with other settings (weights, objective, floor, least levels).
    ///
    /// # Errors
    /// A setting is wrong, or a pin breaks a rule under it. The number of clock regimes cannot change.
    pub fn with_settings(&self, settings: super::settings::Settings) -> Result<Self, EngineError> {
        if settings.regime_weeks.len() != self.settings.regime_weeks.len() {
            return Err(EngineError::SettingOutOfRange("regime_weeks"));
        }
        let mut copy = self.clone();
        copy.points = settings.check()?;
        copy.settings = settings;
        copy.recheck()
    }

    /// The same instance with another capacity of a mentor (locked pairs included).
    ///
    /// # Errors
    /// The mentor does not exist, or pins do not fit any more.
    pub fn with_capacity(&self, mentor: u32, capacity: u32) -> Result<Self, EngineError> {
        let mut copy = self.clone();
        let position = usize::try_from(mentor).unwrap_or(usize::MAX);
        match copy.mentors.get_mut(position) {
            Some(person) => person.capacity = capacity,
            None => {
                return Err(EngineError::UnknownPair {
                    what: "capacity",
                    mentee: 0,
                    mentor,
                });
            }
        }
        copy.recheck()
    }
}
