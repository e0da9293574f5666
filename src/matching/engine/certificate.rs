//! The checker: verifies an outcome from the plain definition of a pair, sharing no code with the solver.
//!
//! It asks for exactly what linear programming says is enough. With prices `u` of mentees and `v` of
//! mentors, all at least zero: no admissible pair earns more than `u + v`; every pair of the outcome
//! earns exactly that; a mentor with a place left has `v` = 0; a mentee without a mentor has `u` = 0.
//! Then the value of the set equals the value of the prices, and no set can be worth more.

use rayon::prelude::*;

use super::facts::Rule;
use super::instance::{Instance, get};
use super::outcome::{Outcome, Pair};
use super::pair::{assess, most_score};
use super::settings::{FULL_SCORE, Objective};

/// What a pair of this mentee earns besides its score: waiting credit and bonus, less the floor.
#[must_use]
pub fn base(instance: &Instance, coverage_bonus: i64, mentee: u32) -> i64 {
    match instance.settings().objective {
        Objective::Coverage => coverage_bonus + instance.waiting_credit(mentee),
        Objective::Total | Objective::Stable => {
            instance.waiting_credit(mentee) - i64::from(instance.settings().floor)
        }
    }
}

/// Verifies that the outcome keeps every rule: each mentee once, capacities, admissibility, scores as
/// defined, pins kept.
///
/// # Errors
/// What is wrong, in words for a log.
pub fn check_feasible(instance: &Instance, outcome: &Outcome) -> Result<(), String> {
    if let Some(two) = outcome
        .pairs
        .windows(2)
        .find(|two| matches!(two, [a, b] if a.mentee >= b.mentee))
    {
        return Err(format!("{two:?}: not in order, or twice"));
    }
    outcome
        .pairs
        .par_iter()
        .try_for_each(|pair| check_pair(instance, pair))?;
    let mut used = vec![0_u32; instance.mentors().len()];
    for pair in &outcome.pairs {
        if let Some(used) = usize::try_from(pair.mentor)
            .ok()
            .and_then(|mentor| used.get_mut(mentor))
        {
            *used += 1;
        }
    }
    if let Some(full) = (0_u32..)
        .zip(&used)
        .find(|(mentor, used)| **used > instance.places(*mentor))
    {
        return Err(format!(
            "mentor {} has {} of {} places",
            full.0,
            full.1,
            instance.places(full.0)
        ));
    }
    match instance
        .pins()
        .iter()
        .find(|(mentee, mentor)| outcome.mentor_of(*mentee) != Some(*mentor))
    {
        Some((mentee, mentor)) => Err(format!("the pin of {mentee} to {mentor} is not kept")),
        None => Ok(()),
    }
}

/// One pair of the outcome: admissible, scored as defined, not locked, pinned if it says so.
fn check_pair(instance: &Instance, pair: &Pair) -> Result<(), String> {
    let name = || format!("mentee {} with mentor {}", pair.mentee, pair.mentor);
    if instance.is_locked(pair.mentee) {
        return Err(format!("{}: the mentee is locked", name()));
    }
    match assess(instance, pair.mentee, pair.mentor) {
        Ok(parts) if parts == pair.parts && parts.total() == pair.score => {}
        Err(Rule::BelowFloor) if pair.pinned => {}
        Ok(parts) => return Err(format!("{}: {parts:?} are not {:?}", name(), pair.parts)),
        Err(rule) => return Err(format!("{}: {rule:?}", name())),
    }
    if pair.waiting_credit != instance.waiting_credit(pair.mentee) {
        return Err(format!("{}: the waiting credit is another", name()));
    }
    if instance.pins().contains(&(pair.mentee, pair.mentor)) == pair.pinned {
        Ok(())
    } else {
        Err(format!("{}: pinned or not", name()))
    }
}

/// Whether a mentee takes part in the optimisation.
fn takes_part(instance: &Instance, pinned: &[u32], mentee: u32) -> bool {
    let ready = get(instance.mentees(), mentee)
        .is_some_and(|m| m.person.standing == super::facts::Standing::Ready);
    ready && !instance.is_locked(mentee) && pinned.binary_search(&mentee).is_err()
}

fn pinned(instance: &Instance) -> (Vec<u32>, Vec<u32>) {
    let mut mentees: Vec<u32> = instance.pins().iter().map(|(mentee, _)| *mentee).collect();
    let mut mentors: Vec<u32> = instance.pins().iter().map(|(_, mentor)| *mentor).collect();
    mentees.sort_unstable();
    mentors.sort_unstable();
    (mentees, mentors)
}

/// Verifies prices against the pairs of the outcome: tight where used, zero where unused, primal = dual.
/// Returns both values.
///
/// # Errors
/// What is wrong.
pub fn check_prices(instance: &Instance, outcome: &Outcome) -> Result<(i128, i128), String> {
    let (pinned_mentees, pinned_mentors) = pinned(instance);
    let mut primal = 0_i128;
    let mut dual = 0_i128;
    let mut used = vec![0_u32; instance.mentors().len()];
    for pair in outcome.pairs.iter().filter(|pair| !pair.pinned) {
        let (u, v) = (
            price(&outcome.price_mentee, pair.mentee),
            price(&outcome.price_mentor, pair.mentor),
        );
        let profit = i64::from(pair.score) + base(instance, outcome.coverage_bonus, pair.mentee);
        if u + v != profit {
            return Err(format!(
                "mentee {} with mentor {}: {u} + {v} is not {profit}",
                pair.mentee, pair.mentor
            ));
        }
        primal += i128::from(profit);
        if let Some(used) = usize::try_from(pair.mentor)
            .ok()
            .and_then(|mentor| used.get_mut(mentor))
        {
            *used += 1;
        }
    }
    for (mentee, u) in (0_u32..).zip(&outcome.price_mentee) {
        let part = takes_part(instance, &pinned_mentees, mentee);
        if *u < 0 || (*u > 0 && !(part && outcome.mentor_of(mentee).is_some())) {
            return Err(format!("mentee {mentee} has price {u}"));
        }
        dual += i128::from(*u);
    }
    for ((mentor, v), used) in (0_u32..).zip(&outcome.price_mentor).zip(&used) {
        let pins = pinned_mentors.partition_point(|m| *m <= mentor)
            - pinned_mentors.partition_point(|m| *m < mentor);
        let places = instance.places(mentor) - u32::try_from(pins).unwrap_or(0);
        if *v < 0 || (*v > 0 && *used < places) {
            return Err(format!(
                "mentor {mentor} has price {v} with {used} of {places} places used"
            ));
        }
        dual += i128::from(*v) * i128::from(places);
    }
    if primal == dual {
        Ok((primal, dual))
    } else {
        Err(format!("the set is worth {primal}, the prices {dual}"))
    }
}

/// Counts the admissible pairs that the prices leave a profit, over all pairs of some mentees, by the
/// plain definition. `rows` are mentees; those who take no part are skipped.
#[must_use]
pub fn violations(instance: &Instance, outcome: &Outcome, rows: &[u32]) -> u64 {
    let (pinned_mentees, pinned_mentors) = pinned(instance);
    let open: Vec<u32> = (0_u32..)
        .zip(instance.mentors())
        .map(|(mentor, _)| mentor)
        .filter(|mentor| {
            let pins = pinned_mentors.partition_point(|m| m <= mentor)
                - pinned_mentors.partition_point(|m| m < mentor);
            u32::try_from(pins).is_ok_and(|pins| instance.places(*mentor) > pins)
        })
        .collect();
    rows.par_iter()
        .filter(|mentee| takes_part(instance, &pinned_mentees, **mentee))
        .map(|mentee| {
            let worth = base(instance, outcome.coverage_bonus, *mentee)
                - price(&outcome.price_mentee, *mentee);
            let violates = |mentor: &&u32| {
                let profit = worth - price(&outcome.price_mentor, **mentor);
                // Where even the most that the score can be leaves no profit, nothing more is computed.
                profit + i64::from(FULL_SCORE) > 0
                    && profit + i64::from(most_score(instance, *mentee, **mentor)) > 0
                    && assess(instance, *mentee, **mentor)
                        .is_ok_and(|parts| i64::from(parts.total()) + profit > 0)
            };
            u64::try_from(open.iter().filter(violates).count()).unwrap_or(u64::MAX)
        })
        .sum()
}

/// Counts the pairs that block a stable set: admissible, not together, both would gain by leaving what
/// they have (a mentor with a free place gains by any admissible mentee).
#[must_use]
pub fn blocking_pairs(instance: &Instance, outcome: &Outcome, rows: &[u32]) -> u64 {
    let (pinned_mentees, _) = pinned(instance);
    let mut held: Vec<Vec<&Pair>> = vec![Vec::new(); instance.mentors().len()];
    for pair in &outcome.pairs {
        if let Some(list) = usize::try_from(pair.mentor)
            .ok()
            .and_then(|mentor| held.get_mut(mentor))
        {
            list.push(pair);
        }
    }
    rows.par_iter()
        .filter(|mentee| takes_part(instance, &pinned_mentees, **mentee))
        .map(|mentee| {
            let mine = outcome.pair_of(*mentee);
            let blocks = |mentor: &u32| {
                if mine.is_some_and(|pair| pair.mentor == *mentor) {
                    return false;
                }
                let Ok(parts) = assess(instance, *mentee, *mentor) else {
                    return false;
                };
                let better_for_mentee = mine.is_none_or(|pair| parts.total() > pair.score);
                let theirs = get(&held, *mentor).map(Vec::as_slice).unwrap_or_default();
                let room =
                    u32::try_from(theirs.len()).is_ok_and(|taken| taken < instance.places(*mentor));
                let credit = instance.waiting_credit(*mentee);
                let worth = i64::from(parts.total()) + credit;
                let better_than_one = theirs
                    .iter()
                    .any(|p| !p.pinned && worth > i64::from(p.score) + p.waiting_credit);
                better_for_mentee && (room || better_than_one)
            };
            let mentors = (0_u32..).zip(instance.mentors()).map(|(mentor, _)| mentor);
            u64::try_from(mentors.filter(blocks).count()).unwrap_or(u64::MAX)
        })
        .sum()
}

fn price(prices: &[i64], position: u32) -> i64 {
    get(prices, position).copied().unwrap_or(0)
}
