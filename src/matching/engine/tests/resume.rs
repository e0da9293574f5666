//! A matching that goes on from stored prices is the one that was solved, and stays the best through any change.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::super::facts::Standing;
use super::super::outcome::CheckMethod;
use super::super::sample::{Dice, Sample};
use super::super::settings::{Objective, Settings};
use super::super::sparse::{Edge, NONE, Sparse, Start};
use super::super::{
    Change, EngineError, Exclusion, Instance, Live, Options, Outcome, UnmatchedReason, confirm,
    solve,
};

fn change(dice: &mut Dice, live: &Live) -> Change {
    let mentee = dice.below(live.instance().mentees().len() as u32);
    let mentor = dice.below(live.instance().mentors().len() as u32);
    match dice.below(7) {
        0 => Change::Leave(mentee),
        1 => Change::Return(mentee),
        2 => Change::Capacity {
            mentor,
            capacity: dice.below(4),
        },
        3 => Change::Ban {
            mentee,
            mentor,
            why: Exclusion::Banned,
        },
        4 => Change::Pin { mentee, mentor },
        5 => Change::Unpin(mentee),
        _ => Change::Wait {
            mentee,
            days: dice.below(400),
        },
    }
}

/// How many pairs and what they earn, without a bonus.
fn worth(objective: Objective, outcome: &Outcome) -> (usize, i128) {
    let statistics = &outcome.statistics;
    match objective {
        Objective::Coverage => (
            outcome.pairs.len(),
            i128::from(statistics.score_total + statistics.waiting_total),
        ),
        _ => (0, outcome.certificate.primal),
    }
}

#[test]
fn from_stored_prices_every_change_ends_where_a_fresh_solve_does() {
    for seed in 0..16 {
        let mut dice = Dice(seed);
        let objective = if seed % 2 == 0 {
            Objective::Coverage
        } else {
            Objective::Total
        };
        let settings = Settings {
            objective,
            floor: 3000,
            ..Settings::default()
        };
        let sample = Sample {
            seed,
            mentees: 30,
            mentors: 12 + dice.below(50),
            regimes: 2,
        };
        let instance = sample.instance(settings).unwrap();
        let run = solve(&instance, &Options::default()).unwrap();
        let mut live = Live::resume(instance, &run, &Options::default()).unwrap();
        assert_eq!(
            live.outcome(true).unwrap().pairs,
            run.pairs,
            "nothing was solved"
        );
        for _ in 0..40 {
            let change = change(&mut dice, &live);
            let _: Result<(), _> = live.apply(&change);
            let kept = live
                .outcome(true)
                .expect("proved over all pairs by the definition");
            let now = live.instance().clone().recheck().unwrap();
            let fresh = solve(&now, &Options::default()).unwrap();
            let worth = |outcome| worth(objective, outcome);
            assert_eq!(worth(&kept), worth(&fresh), "seed {seed} {change:?}");
        }
    }
}

#[test]
fn the_checker_of_changed_sets_refuses_what_is_not_the_best() {
    let instance = Sample::new(3, 30, 12)
        .instance(Settings::default())
        .unwrap();
    let run = solve(&instance, &Options::default()).unwrap();
    let confirmed = confirm(&instance, run.clone()).unwrap();
    assert_eq!(confirmed.certificate, run.certificate);
    let mut wrong = run.clone();
    wrong.pairs.pop();
    assert!(confirm(&instance, wrong).is_err());
    let mut dear = run;
    let pair = dear.pairs[0];
    let most = dear.price_mentee[pair.mentee as usize].min(9_000);
    dear.price_mentee[pair.mentee as usize] -= most;
    dear.price_mentor[pair.mentor as usize] += most;
    assert!(confirm(&instance, dear).is_err());
}

/// What is wrong with an outcome, in the words for the log.
fn refusal<T>(result: Result<T, EngineError>) -> String {
    match result.err() {
        Some(EngineError::CertificateRefuted(words)) => words,
        other => panic!("{other:?}"),
    }
}

fn resume(instance: &Instance, outcome: &Outcome) -> Result<Live, EngineError> {
    Live::resume(instance.clone(), outcome, &Options::default())
}

fn solved(instance: &Instance) -> Outcome {
    solve(instance, &Options::default()).unwrap()
}

/// The same people, one of whose mentors has no place.
fn without_places_of(instance: &Instance, mentor: u32) -> Instance {
    let mut closed = instance.clone();
    closed.mentors[mentor as usize].capacity = 0;
    closed.recheck().unwrap()
}

/// More mentees than places, and so few mentors that every list is complete; and more mentors than a list keeps.
fn small_and_large(objective: Objective) -> [Instance; 2] {
    let settings = || Settings {
        objective,
        ..Settings::default()
    };
    let made = [Sample::new(5, 30, 2), Sample::new(6, 40, 16)];
    made.map(|sample| sample.instance(settings()).unwrap())
}

#[test]
fn the_stable_objective_is_refused_by_name() {
    let settings = Settings {
        objective: Objective::Stable,
        ..Settings::default()
    };
    // Nobody is there, so that no price and no pair could refuse it.
    let instance = Sample::new(3, 0, 0).instance(settings).unwrap();
    let run = solved(&instance);
    let refused = resume(&instance, &run).err();
    assert_eq!(refused, Some(EngineError::SettingOutOfRange("objective")));
}

#[test]
fn going_on_can_be_cancelled() {
    let instance = Sample::new(3, 30, 12)
        .instance(Settings::default())
        .unwrap();
    let run = solved(&instance);
    let options = Options {
        cancel: Some(Arc::new(AtomicBool::new(true))),
        ..Options::default()
    };
    let refused = Live::resume(instance, &run, &options).err();
    assert_eq!(refused, Some(EngineError::Cancelled));
}

#[test]
fn a_pair_that_a_rule_forbids_since_is_refused_whatever_its_price() {
    let instance = Sample::new(3, 30, 12)
        .instance(Settings::default())
        .unwrap();
    let run = solved(&instance);
    for pair in &run.pairs {
        let mut stricter = instance.clone();
        stricter.exclusions = vec![(pair.mentee, pair.mentor, Exclusion::Banned)];
        let words = format!("mentee {} with mentor {}: ", pair.mentee, pair.mentor);
        assert!(refusal(resume(&stricter, &run)).starts_with(&words));
        assert!(refusal(confirm(&stricter, run.clone())).starts_with(&words));
    }
}

#[test]
fn parts_that_are_not_those_of_the_pair_are_refused_though_their_sum_is() {
    let instance = Sample::new(3, 30, 12)
        .instance(Settings::default())
        .unwrap();
    let mut told = solved(&instance);
    told.pairs[0].parts.language += 1;
    told.pairs[0].parts.availability -= 1;
    assert!(refusal(resume(&instance, &told)).contains("are not"));
    assert!(refusal(confirm(&instance, told)).contains("are not"));
}

#[test]
fn a_price_of_who_takes_no_part_is_refused() {
    let mut instance = Sample::new(3, 30, 12)
        .instance(Settings::default())
        .unwrap();
    instance.mentees[7].person.standing = Standing::Paused;
    instance.mentors[5].person.standing = Standing::Paused;
    let run = solved(&instance);
    let mut mentor = run.clone();
    mentor.price_mentor[5] = 1;
    let mut mentee = run;
    mentee.price_mentee[7] = 1;
    for (wrong, words) in [(mentor, "mentor 5 has price"), (mentee, "mentee 7 has")] {
        assert!(refusal(resume(&instance, &wrong)).starts_with(words));
        assert!(refusal(confirm(&instance, wrong)).starts_with(words));
    }
}

#[test]
fn the_best_of_before_is_refused_where_a_pair_that_is_allowed_since_is_worth_more() {
    let mut said = BTreeSet::new();
    for objective in [Objective::Coverage, Objective::Total] {
        for instance in small_and_large(objective) {
            let best = solved(&instance);
            for pair in &best.pairs {
                let mut stricter = instance.clone();
                stricter.exclusions = vec![(pair.mentee, pair.mentor, Exclusion::Declined)];
                let before = solved(&stricter);
                if worth(objective, &before) != worth(objective, &best) {
                    said.insert(refusal(resume(&instance, &before)));
                    said.insert(refusal(confirm(&instance, before)));
                }
            }
        }
    }
    // A list knows the pair, no list does, and the checker that knows no lists.
    let each = [
        "the stored prices are not those of the best set",
        "a pair has a profit under the stored prices",
        "a pair has a profit after the changes",
    ];
    assert_eq!(said, BTreeSet::from(each.map(str::to_owned)));
}

#[test]
fn who_has_no_place_is_too_dear_for_anybody_until_one_comes() {
    for objective in [Objective::Coverage, Objective::Total] {
        for instance in small_and_large(objective) {
            let best = solved(&instance);
            for mentor in 0..instance.mentors().len() as u32 {
                let closed = without_places_of(&instance, mentor);
                let run = solved(&closed);
                let mut live = resume(&closed, &run).unwrap();
                let kept = live.outcome(true).unwrap();
                assert_eq!(kept.pairs, run.pairs);
                let capacity = instance.mentors()[mentor as usize].capacity;
                live.apply(&Change::Capacity { mentor, capacity }).unwrap();
                let now = live.outcome(true).unwrap();
                assert_eq!(worth(objective, &now), worth(objective, &best));
            }
        }
    }
}

#[test]
fn reasons_counts_and_the_proof_are_written_as_a_fresh_run_does() {
    let [mut instance, _] = small_and_large(Objective::Coverage);
    // One to whom every mentor is forbidden.
    let alone = solved(&instance).pairs[0].mentee;
    instance.exclusions = (0..instance.mentors().len() as u32)
        .map(|mentor| (alone, mentor, Exclusion::Banned))
        .collect();
    let run = solved(&instance);
    let reasons: BTreeSet<bool> = run
        .unmatched
        .iter()
        .map(|one| one.reason == UnmatchedReason::NoAdmissibleMentor)
        .collect();
    assert_eq!(reasons.len(), 2, "both reasons occur");
    for reason in [
        UnmatchedReason::NoAdmissibleMentor,
        UnmatchedReason::PlacesBetterUsed,
    ] {
        let mut blank = run.clone();
        blank
            .unmatched
            .iter_mut()
            .for_each(|one| one.reason = reason);
        (blank.statistics.mentees, blank.statistics.mentors) = (0, 0);
        blank.statistics.places = 0;
        (blank.certificate.primal, blank.certificate.dual) = (0, 0);
        (blank.certificate.pairs, blank.certificate.violations) = (0, 9);
        blank.certificate.method = CheckMethod::Scan;
        assert_eq!(confirm(&instance, blank).unwrap(), run);
    }
}

#[test]
fn the_flow_goes_on_only_from_what_is_the_best_by_every_single_condition() {
    let edge = |col, fit| Edge { col, fit };
    let start = |mates: &[u32], surplus: &[i64], prices: &[i64]| Start {
        mates: mates.to_vec(),
        surplus: surplus.to_vec(),
        prices: prices.to_vec(),
    };
    // Two rows that both like the first column better, which has one place and the price of second choice.
    let lists = vec![
        vec![edge(0, 50), edge(1, 20)],
        vec![edge(0, 40), edge(1, 30)],
    ];
    let resumes = |base: [i64; 2], cap: [u32; 2], start: Start| {
        Sparse::resume(lists.clone(), base.to_vec(), cap.to_vec(), start).is_some()
    };
    assert!(resumes([5, 5], [1, 2], start(&[0, 1], &[40, 30], &[10, 0])));
    let wrong = [
        (
            "a price of who waits",
            [5, 5],
            [1, 2],
            start(&[0, NONE], &[40, 30], &[10, 0]),
        ),
        (
            "a pair that is not tight",
            [5, 5],
            [1, 2],
            start(&[0, 1], &[41, 30], &[10, 0]),
        ),
        (
            "a price below zero",
            [5, -31],
            [1, 2],
            start(&[0, 1], &[40, 30], &[10, 0]),
        ),
        (
            "a profit",
            [5, 5],
            [1, 2],
            start(&[0, 1], &[41, 30], &[9, 0]),
        ),
        (
            "more rows than places",
            [5, 5],
            [1, 2],
            start(&[0, 0], &[50, 40], &[0, 0]),
        ),
        (
            "a place that costs less than nothing",
            [5, 5],
            [2, 1],
            start(&[0, 1], &[50, 41], &[0, -11]),
        ),
        (
            "a price of a free place",
            [5, 5],
            [1, 2],
            start(&[0, 1], &[36, 26], &[14, 4]),
        ),
    ];
    for (what, base, cap, start) in wrong {
        assert!(!resumes(base, cap, start), "{what}");
    }
}
