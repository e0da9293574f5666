//! A kept matching stays the best through any change, as a fresh solve says.

use super::super::sample::{Dice, Sample};
use super::super::settings::{Objective, Settings};
use super::super::{Change, Exclusion, Live, Options, solve};

fn change(dice: &mut Dice, live: &Live, spare: &super::super::Instance) -> Change {
    let mentees = live.instance().mentees().len() as u32;
    let mentor = dice.below(live.instance().mentors().len() as u32);
    let mentee = dice.below(mentees);
    match dice.below(9) {
        0 => match spare.mentees().get(mentees as usize) {
            Some(newcomer) => Change::Arrive(Box::new(newcomer.clone())),
            None => Change::Leave(mentee),
        },
        1 => Change::Leave(mentee),
        2 => Change::Return(mentee),
        3 => {
            let mut facts = live.instance().mentees()[mentee as usize].clone();
            facts.waiting_days = dice.below(400);
            facts.targets = vec![dice.below(60) as u16];
            Change::Edit(mentee, Box::new(facts))
        }
        4 => Change::Capacity {
            mentor,
            capacity: dice.below(4),
        },
        5 => Change::Ban {
            mentee,
            mentor,
            why: Exclusion::Declined,
        },
        6 => match live.outcome(false).unwrap().pairs.first() {
            Some(pair) => Change::Ban {
                mentee: pair.mentee,
                mentor: pair.mentor,
                why: Exclusion::Banned,
            },
            None => Change::Allow { mentee, mentor },
        },
        7 => Change::Pin { mentee, mentor },
        _ => Change::Unpin(mentee),
    }
}

#[test]
fn after_every_change_the_set_is_worth_what_a_fresh_solve_finds() {
    let mut refused = 0;
    for seed in 0..12 {
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
        // Few mentors, and more of them than a list keeps, so that pricing has to add candidates.
        let sample = Sample {
            seed,
            mentees: 30,
            mentors: 20 + dice.below(60),
            regimes: 2,
        };
        let spare = Sample {
            mentees: 60,
            ..sample
        }
        .instance(settings.clone())
        .unwrap();
        let mut live = Live::new(sample.instance(settings).unwrap(), &Options::default()).unwrap();
        for _ in 0..80 {
            let change = change(&mut dice, &live, &spare);
            refused += u32::from(live.apply(&change).is_err());
            let kept = live
                .outcome(true)
                .expect("proved over all pairs by the definition");
            let fresh = solve(
                &live.instance().clone().recheck().unwrap(),
                &Options::default(),
            )
            .unwrap();
            assert_eq!(
                kept.pairs.len(),
                fresh.pairs.len(),
                "seed {seed} {change:?}"
            );
            let total = |outcome: &super::super::Outcome| {
                outcome.statistics.score_total + outcome.statistics.waiting_total
            };
            if objective == Objective::Coverage {
                assert_eq!(total(&kept), total(&fresh), "seed {seed} {change:?}");
            } else {
                assert_eq!(
                    kept.certificate.primal, fresh.certificate.primal,
                    "seed {seed} {change:?}"
                );
            }
        }
    }
    assert!(
        refused > 20,
        "some changes are refused, and refused ones change nothing"
    );
}

#[test]
fn a_draft_does_not_touch_the_current_matching() {
    let live = Live::new(
        Sample::new(9, 30, 20)
            .instance(Settings::default())
            .unwrap(),
        &Options::default(),
    )
    .unwrap();
    let before = live.outcome(true).unwrap();
    let mut draft = live.clone();
    let first = before.pairs[0];
    draft
        .apply(&Change::Ban {
            mentee: first.mentee,
            mentor: first.mentor,
            why: Exclusion::Banned,
        })
        .unwrap();
    assert_ne!(
        draft.outcome(true).unwrap().mentor_of(first.mentee),
        Some(first.mentor)
    );
    assert!(live.outcome(true).unwrap().same_as(&before));
}
