//! A matching that goes on from stored prices is the one that was solved, and stays the best through any change.

use super::super::sample::{Dice, Sample};
use super::super::settings::{Objective, Settings};
use super::super::{Change, Exclusion, Live, Options, Outcome, confirm, solve};

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
            let worth = |outcome: &Outcome| match objective {
                Objective::Coverage => (
                    outcome.pairs.len() as i128,
                    i128::from(outcome.statistics.score_total + outcome.statistics.waiting_total),
                ),
                _ => (0, outcome.certificate.primal),
            };
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
