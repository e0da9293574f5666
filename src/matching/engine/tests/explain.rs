//! Reasons: parts that add up, prices that are what a new solve says, rules that are counted.

use super::super::explain::{
    WhyNot, alternatives_for_mentee, alternatives_for_mentor, compare, explain, recruit,
    why_nobody, why_not,
};
use super::super::pair::assess;
use super::super::sample::Sample;
use super::super::settings::Settings;
use super::super::{Instance, Options, Outcome, Rule, solve};

fn scarce() -> (Instance, Outcome) {
    let instance = Sample::new(21, 60, 20)
        .instance(Settings::default())
        .unwrap();
    let outcome = solve(&instance, &Options::default()).unwrap();
    assert!(!outcome.unmatched.is_empty());
    (instance, outcome)
}

#[test]
fn the_parts_of_every_explained_pair_add_up_to_its_score() {
    let (instance, outcome) = scarce();
    for mentee in 0..60 {
        for mentor in 0..20 {
            let explained = explain(&instance, mentee, mentor).unwrap();
            assert_eq!(explained.parts.total(), explained.score);
            let p = explained.parts;
            let most = explained.most;
            assert!(
                p.profession <= most.profession
                    && p.language <= most.language
                    && p.availability <= most.availability
            );
            assert!(
                p.topics <= most.topics
                    && p.licensing <= most.licensing
                    && p.place <= most.place
                    && p.wishes <= most.wishes
            );
            assert_eq!(
                explained.broken.is_empty(),
                assess(&instance, mentee, mentor).is_ok()
            );
            let likeness = explained
                .facts
                .profession
                .map_or(0, |f| u32::from(f.permille()));
            assert_eq!(
                u32::from(p.profession),
                u32::from(most.profession) * likeness / 1000
            );
        }
    }
    assert!(explain(&instance, 60, 0).is_none());
    assert!(
        outcome
            .pairs
            .iter()
            .all(|pair| explain(&instance, pair.mentee, pair.mentor).unwrap().score == pair.score)
    );
}

#[test]
fn the_price_of_another_pair_is_at_least_what_the_prices_say() {
    let (instance, outcome) = scarce();
    let mut seen = 0;
    for mentee in 0..20 {
        for other in alternatives_for_mentee(&instance, &outcome, mentee, 3) {
            match why_not(&instance, &outcome, mentee, other.mentor).unwrap() {
                WhyNot::Price(price) => {
                    let lost = i128::from(price.fewer_matched) * i128::from(outcome.coverage_bonus)
                        + i128::from(price.points);
                    assert!(
                        lost >= i128::from(other.costs_at_least),
                        "the prices are a lower bound"
                    );
                    assert!(lost >= 0, "no forced pair is better than the best set");
                    assert_eq!(price.changes[0].mentee, mentee);
                    assert_eq!(price.changes[0].after, Some(other.mentor));
                    seen += 1;
                }
                other => panic!("{other:?}"),
            }
        }
    }
    assert!(seen > 20);
}

#[test]
fn why_nobody_counts_every_mentor_once_and_names_the_nearest() {
    let (instance, outcome) = scarce();
    for unmatched in &outcome.unmatched {
        let why = why_nobody(&instance, &outcome, unmatched.mentee);
        assert_eq!(
            why.removed.iter().map(|(_, count)| count).sum::<u32>() + why.admissible,
            20
        );
        assert!(
            why.nearest
                .windows(2)
                .all(|two| two[0].broken.len() <= two[1].broken.len())
        );
        let single = why
            .nearest
            .iter()
            .filter(|miss| miss.broken.len() == 1)
            .count();
        assert!(single == 0 || !why.would_open.is_empty());
        assert!(
            why.taken.iter().all(|taken| !taken.holders.is_empty()),
            "an admissible mentor with a free place would have been given"
        );
    }
}

#[test]
fn excluded_and_chosen_pairs_are_told_apart() {
    let (instance, outcome) = scarce();
    let pair = outcome.pairs[0];
    assert_eq!(
        why_not(&instance, &outcome, pair.mentee, pair.mentor),
        Ok(WhyNot::Chosen)
    );
    let (mentee, mentor) = (0..60)
        .flat_map(|i| (0..20).map(move |j| (i, j)))
        .find(|(i, j)| assess(&instance, *i, *j) == Err(Rule::Language))
        .unwrap();
    assert!(
        matches!(why_not(&instance, &outcome, mentee, mentor), Ok(WhyNot::Excluded(rules)) if rules[0] == Rule::Language)
    );
}

#[test]
fn alternatives_for_a_mentor_are_admissible_and_not_theirs_already() {
    let (instance, outcome) = scarce();
    for mentor in 0..20 {
        let others = alternatives_for_mentor(&instance, &outcome, mentor, 5);
        assert!(
            others
                .iter()
                .all(|o| assess(&instance, o.mentee, mentor).is_ok()
                    && outcome.mentor_of(o.mentee) != Some(mentor))
        );
        assert!(
            others
                .windows(2)
                .all(|two| two[0].costs_at_least <= two[1].costs_at_least)
        );
    }
}

#[test]
fn one_more_place_adds_what_the_price_says_at_most() {
    let (instance, outcome) = scarce();
    for mentor in 0..20 {
        let more = instance
            .with_capacity(mentor, instance.mentors()[mentor as usize].capacity + 1)
            .unwrap();
        let after = solve(&more, &Options::default()).unwrap();
        let gained = after.pairs.len() as i64 - outcome.pairs.len() as i64;
        let demand = outcome.demand(mentor);
        assert!(gained <= i64::from(demand.one_more_matched));
        let points = |o: &Outcome| o.statistics.score_total + o.statistics.waiting_total;
        if gained == i64::from(demand.one_more_matched) {
            assert!(points(&after) - points(&outcome) <= demand.points);
        }
        assert!(compare(&outcome, &after).len() < 60);
    }
    let needs = recruit(&instance, &outcome);
    assert!(needs.occupations.iter().any(|need| need.unmatched > 0));
    assert!(
        needs
            .languages
            .iter()
            .any(|need| need.mentors > 0 && need.places > 0)
    );
}
