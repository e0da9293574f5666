//! Whole instances: what `solve` gives is the best, and says so truly.

use super::super::pair::assess;
use super::super::sample::{Dice, Sample};
use super::super::settings::{Objective, Settings};
use super::super::{Exclusion, Instance, Options, Outcome, certificate, solve};
use super::oracle::best_total;

fn oracle_value(instance: &Instance, bonus: i64) -> i64 {
    let pinned: Vec<u32> = instance.pins().iter().map(|(i, _)| *i).collect();
    let mut cap: Vec<u32> = (0..instance.mentors().len() as u32)
        .map(|j| instance.places(j))
        .collect();
    instance
        .pins()
        .iter()
        .for_each(|(_, j)| cap[*j as usize] -= 1);
    let rows: Vec<Vec<Option<i64>>> = (0..instance.mentees().len() as u32)
        .filter(|i| !pinned.contains(i) && !instance.is_locked(*i))
        .map(|i| {
            (0..cap.len() as u32)
                .map(|j| {
                    assess(instance, i, j)
                        .ok()
                        .map(|p| i64::from(p.total()) + certificate::base(instance, bonus, i))
                })
                .collect()
        })
        .collect();
    best_total(&rows, &cap)
}

fn small(seed: u64, objective: Objective) -> Instance {
    let mut dice = Dice(seed);
    let sample = Sample {
        seed,
        mentees: 1 + dice.below(14),
        mentors: 1 + dice.below(9),
        regimes: 1 + (seed % 2) as u16,
    };
    let settings = Settings {
        objective,
        floor: dice.below(6000) as i32,
        ..Settings::default()
    };
    let mut builder = sample.builder(settings);
    for _ in 0..dice.below(12) {
        builder.exclude(
            dice.below(sample.mentees),
            dice.below(sample.mentors),
            Exclusion::ConflictOfInterest,
        );
    }
    if dice.chance(300) {
        builder.lock(0, dice.below(sample.mentors));
    }
    let instance = builder.build().unwrap();
    let pin = (sample.mentees - 1, dice.below(sample.mentors));
    if instance.is_locked(pin.0) {
        instance
    } else {
        instance.with_pin(pin.0, pin.1).unwrap_or(instance)
    }
}

#[test]
fn the_outcome_is_worth_what_the_oracle_says_on_a_thousand_random_instances() {
    for seed in 0..1000 {
        let objective = if seed % 2 == 0 {
            Objective::Coverage
        } else {
            Objective::Total
        };
        let instance = small(seed, objective);
        let outcome = solve(&instance, &Options::default()).unwrap();
        assert_eq!(outcome.certificate.violations, 0);
        assert_eq!(outcome.certificate.primal, outcome.certificate.dual);
        assert_eq!(
            outcome.certificate.primal,
            i128::from(oracle_value(&instance, outcome.coverage_bonus)),
            "seed {seed}"
        );
    }
}

#[test]
fn the_checker_refuses_whatever_was_tampered_with() {
    let instance = Sample::new(21, 60, 20)
        .instance(Settings::default())
        .unwrap();
    let outcome = solve(&instance, &Options::default()).unwrap();
    let rows: Vec<u32> = (0..60).collect();
    let refused = |tamper: &dyn Fn(&mut Outcome)| {
        let mut other = outcome.clone();
        tamper(&mut other);
        certificate::check_feasible(&instance, &other).is_err()
            || certificate::check_prices(&instance, &other).is_err()
            || certificate::violations(&instance, &other, &rows) > 0
    };
    assert!(!refused(&|_| {}), "as it is, it is proved");
    assert!(refused(&|o| o.pairs[0].score += 1));
    assert!(refused(&|o| {
        o.pairs[0].score += 1;
        o.pairs[0].parts.language += 1;
    }));
    assert!(refused(&|o| o.pairs[0].waiting_credit += 1));
    assert!(refused(&|o| o.pairs[0].pinned = true));
    assert!(refused(&|o| o.pairs.swap(0, 1)), "the order is fixed");
    assert!(refused(&|o| o.pairs.insert(0, o.pairs[0])), "nobody twice");
    assert!(
        refused(&|o| {
            o.pairs.pop();
        }),
        "one pair fewer"
    );
    for mentor in 0..20 {
        let moved = refused(&|o| o.pairs[0].mentor = mentor);
        assert_eq!(moved, mentor != outcome.pairs[0].mentor);
        for change in [-1, 1, 1_000_000] {
            assert!(refused(&|o| o.price_mentor[mentor as usize] += change));
        }
    }
    for mentee in 0..60 {
        for change in [-1, 1, 1_000_000] {
            assert!(refused(&|o| o.price_mentee[mentee] += change));
        }
    }
}
