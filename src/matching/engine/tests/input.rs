//! Bad and extreme input: a clear answer, never a panic, never an overflow.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use proptest::prelude::*;

use super::super::error::{EngineError, Side};
use super::super::facts::{Rule, Standing};
use super::super::kernel::Kernel;
use super::super::sample::{Dice, Sample};
use super::super::settings::{Objective, Settings, Weights};
use super::super::week::WeekMask;
use super::super::{
    Exclusion, Instance, InstanceBuilder, Options, Outcome, UnmatchedReason, directory, solve,
};

fn builder(mentees: u32, mentors: u32) -> InstanceBuilder {
    Sample::new(4, mentees, mentors).builder(Settings::default())
}

fn changed(mentees: u32, mentors: u32, change: impl Fn(&mut Instance)) -> Instance {
    let mut instance = builder(mentees, mentors).build().unwrap();
    change(&mut instance);
    instance.recheck().unwrap()
}

fn solved(instance: &Instance) -> Outcome {
    solve(
        instance,
        &Options {
            audit: true,
            ..Options::default()
        },
    )
    .unwrap()
}

#[test]
fn nobody_to_match_on_either_side_or_both() {
    for (mentees, mentors) in [(0, 0), (0, 5), (5, 0)] {
        let outcome = solved(&builder(mentees, mentors).build().unwrap());
        assert!(outcome.pairs.is_empty());
        assert_eq!(outcome.unmatched.len(), mentees as usize);
        assert!(
            outcome
                .unmatched
                .iter()
                .all(|u| u.reason == UnmatchedReason::NoAdmissibleMentor)
        );
    }
}

#[test]
fn no_mentor_with_capacity_and_everyone_excluded() {
    let full = changed(10, 10, |i| {
        i.mentors.iter_mut().for_each(|m| m.capacity = 0)
    });
    assert!(solved(&full).pairs.is_empty());
    let mut banned = builder(6, 4);
    for (i, j) in (0..6).flat_map(|i| (0..4).map(move |j| (i, j))) {
        banned.exclude(i, j, Exclusion::ConflictOfInterest);
    }
    let banned = banned.build().unwrap();
    assert!(solved(&banned).pairs.is_empty());
    assert!(super::super::pair::broken_rules(&banned, 0, 0).contains(&Rule::ConflictOfInterest));
    let paused = changed(10, 10, |i| {
        i.mentees
            .iter_mut()
            .for_each(|m| m.person.standing = Standing::Paused)
    });
    let outcome = solved(&paused);
    assert!(
        outcome.pairs.is_empty() && outcome.unmatched.is_empty(),
        "who is paused is not waiting"
    );
}

#[test]
fn all_alike_fill_all_places() {
    for objective in [Objective::Coverage, Objective::Total, Objective::Stable] {
        let alike = changed(90, 30, |i| {
            i.settings.objective = objective;
            let (mentee, mentor) = (i.mentees[0].clone(), i.mentors[0].clone());
            let free = vec![WeekMask::always()];
            for m in &mut i.mentees {
                let key = m.person.key;
                *m = mentee.clone();
                (m.person.key, m.person.weeks, m.person.wishes.may_count) =
                    (key, free.clone(), false);
                m.person.languages = mentor.person.languages.clone();
            }
            for m in &mut i.mentors {
                let key = m.person.key;
                *m = mentor.clone();
                (m.person.key, m.person.weeks, m.capacity) = (key, free.clone(), 2);
                m.person.place = mentee.person.place;
            }
        });
        let outcome = solved(&alike);
        assert_eq!(outcome.pairs.len(), 60, "{objective:?}");
    }
}

#[test]
fn availability_of_nothing_or_of_all_is_taken_as_it_is() {
    let nothing = changed(8, 8, |i| {
        i.mentees
            .iter_mut()
            .for_each(|m| m.person.weeks = vec![WeekMask::default()])
    });
    assert!(solved(&nothing).pairs.is_empty());
    let all = changed(8, 8, |i| {
        i.mentees
            .iter_mut()
            .for_each(|m| m.person.weeks = vec![WeekMask::always()]);
        i.mentors
            .iter_mut()
            .for_each(|m| m.person.weeks = vec![WeekMask::always()]);
    });
    assert!(
        solved(&all)
            .pairs
            .iter()
            .all(|pair| pair.parts.availability == 2000)
    );
}

#[test]
fn duplicates_and_pins_that_break_rules_are_refused_by_name() {
    let sample = Sample::new(4, 6, 6);
    let mut twice = sample.builder(Settings::default());
    twice.mentee(sample.instance(Settings::default()).unwrap().mentees()[2].clone());
    let duplicate = EngineError::DuplicatePerson {
        side: Side::Mentee,
        first: 2,
        second: 6,
    };
    assert_eq!(twice.build().unwrap_err(), duplicate);
    let mut pinned = sample.builder(Settings::default());
    pinned.exclude(1, 1, Exclusion::MatchedBefore).pin(1, 1);
    assert!(matches!(
        pinned.build(),
        Err(EngineError::PinBreaksRule {
            mentee: 1,
            mentor: 1,
            ..
        })
    ));
    let mut unknown = sample.builder(Settings::default());
    unknown.pin(1, 99);
    assert!(matches!(
        unknown.build(),
        Err(EngineError::UnknownPair { what: "pin", .. })
    ));
    let mut both = sample.builder(Settings::default());
    both.lock(1, 1).pin(1, 2);
    assert!(matches!(
        both.build(),
        Err(EngineError::PinnedTwice { mentee: 1 })
    ));
}

#[test]
fn more_pins_than_places_are_refused() {
    let instance = changed(20, 3, |i| {
        i.mentors.iter_mut().for_each(|m| m.capacity = 1);
        i.settings.least_level = 0;
        i.settings.least_overlap_minutes = 0;
    });
    let fits = |i: u32, j: u32| super::super::pair::assess(&instance, i, j).is_ok();
    let (mentor, pair) = (0..3)
        .map(|j| {
            (
                j,
                (0..20)
                    .filter(|i| fits(*i, j))
                    .take(2)
                    .collect::<Vec<u32>>(),
            )
        })
        .find(|(_, rows)| rows.len() == 2)
        .unwrap();
    let once = instance.with_pin(pair[0], mentor).unwrap();
    assert_eq!(
        once.with_pin(pair[1], mentor).unwrap_err(),
        EngineError::PinsExceedCapacity {
            mentor,
            places: 1,
            pins: 2
        }
    );
    let outcome = solved(&once);
    assert!(outcome.pair_of(pair[0]).unwrap().pinned && outcome.mentor_of(pair[0]) == Some(mentor));
}

#[test]
fn a_person_who_is_mentee_and_mentor_is_never_matched_with_themself() {
    let both = changed(3, 1, |i| {
        let mentor = i.mentors[0].person.clone();
        i.mentees.truncate(1);
        i.mentees[0].person = mentor;
    });
    let both = InstanceBuilder::from(both).build().unwrap();
    assert_eq!(
        super::super::pair::assess(&both, 0, 0),
        Err(Rule::SamePerson)
    );
    assert!(solved(&both).pairs.is_empty());
}

impl From<Instance> for InstanceBuilder {
    fn from(instance: Instance) -> Self {
        let mut builder = Self::new(instance.settings.clone(), instance.similarity.clone());
        for mentee in instance.mentees {
            builder.mentee(mentee);
        }
        for mentor in instance.mentors {
            builder.mentor(mentor);
        }
        builder
    }
}

#[test]
fn locked_pairs_keep_their_places_even_below_a_lowered_capacity() {
    let mut open = builder(12, 4);
    open.lock(0, 2).lock(1, 2).lock(3, 2).lock(4, 2);
    let instance = open.build().unwrap();
    assert_eq!(instance.places(2), 0);
    let outcome = solved(&instance);
    assert!(
        outcome
            .pairs
            .iter()
            .all(|pair| pair.mentor != 2 && ![0, 1, 3, 4].contains(&pair.mentee))
    );
}

#[test]
fn more_than_65536_people_are_no_trouble() {
    let instance = Sample::new(1, 30, 66_000)
        .instance(Settings::default())
        .unwrap();
    let outcome = solve(&instance, &Options::default()).unwrap();
    assert!(outcome.pairs.iter().any(|pair| pair.mentor > 65_536 / 2));
    let instance = Sample::new(1, 66_000, 20)
        .instance(Settings::default())
        .unwrap();
    let outcome = solve(&instance, &Options::default()).unwrap();
    assert!(outcome.pairs.len() + outcome.unmatched.len() == 66_000 && outcome.pairs.len() > 20);
}

#[test]
fn a_cancelled_run_leaves_nothing_behind() {
    let cancel = Some(Arc::new(AtomicBool::new(true)));
    let instance = builder(50, 50).build().unwrap();
    assert_eq!(
        solve(
            &instance,
            &Options {
                cancel,
                ..Options::default()
            }
        ),
        Err(EngineError::Cancelled)
    );
}

#[test]
fn the_outcome_has_the_same_bytes_for_any_threads_kernel_and_order_of_mentors() {
    let settings = Settings {
        objective: Objective::Coverage,
        ..Settings::default()
    };
    let instance = Sample {
        seed: 8,
        mentees: 300,
        mentors: 180,
        regimes: 2,
    }
    .instance(settings)
    .unwrap();
    let bytes = |options: &Options| {
        let mut outcome = solve(&instance, options).unwrap();
        outcome.statistics.phases.clear();
        (outcome.statistics.kernel, outcome.statistics.threads) = (String::new(), 0);
        serde_json::to_vec(&outcome).unwrap()
    };
    let first = bytes(&Options::default());
    for threads in [1, 2, 3, 7] {
        for kernel in Kernel::available() {
            assert_eq!(
                bytes(&Options {
                    threads: Some(threads),
                    kernel: Some(kernel),
                    ..Options::default()
                }),
                first
            );
        }
    }
}

#[test]
fn a_directory_gives_the_same_instance_back() {
    for seed in 0..20 {
        let mut builder = Sample {
            seed,
            mentees: 25,
            mentors: 15,
            regimes: 2,
        }
        .builder(Settings::default())
        .macrolanguages(vec![None, None, Some(4), None, None]);
        builder
            .exclude(1, 2, Exclusion::Declined)
            .exclude(3, 3, Exclusion::ConflictOfInterest)
            .lock(7, 1);
        let instance = builder.build().unwrap();
        let files = directory::write(&instance);
        let again = directory::read(&files).unwrap();
        assert_eq!(directory::write(&again), files);
        assert!(solved(&again).same_as(&solved(&instance)));
    }
}

#[test]
fn a_directory_with_a_missing_or_damaged_file_is_refused_by_name() {
    let files = directory::write(&builder(5, 5).build().unwrap());
    let mut dice = Dice(6);
    for name in files.keys() {
        let mut missing = files.clone();
        missing.remove(name);
        assert!(
            matches!(directory::read(&missing), Err(EngineError::Malformed(what)) if what.contains(name.as_str()))
        );
        for _ in 0..60 {
            let mut damaged = files.clone();
            let bytes = damaged.get_mut(name).unwrap();
            let at = dice.below(bytes.len() as u32) as usize;
            bytes[at] = dice.below(256) as u8;
            if let Ok(instance) = directory::read(&damaged) {
                solved(&instance);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_settings_give_a_proved_answer_or_a_named_refusal(
        weights in prop::array::uniform7(prop_oneof![Just(0_i64), Just(1), -3_i64..100, Just(i64::MAX), Just(i64::MIN)]),
        least_level in 0_u8..16,
        least_overlap_minutes in 0_u16..12_000,
        meeting_minutes in 0_u16..300,
        short_weeks_allowed in 0_u16..60,
        floor in -10_i32..12_000,
        waiting_scale in 0_u32..12_000,
        least_profession_permille in 0_u16..1100,
        objective in prop_oneof![Just(Objective::Coverage), Just(Objective::Total), Just(Objective::Stable)],
        days in any::<u32>(),
        capacity in any::<u32>(),
        seed in 0_u64..1000,
    ) {
        let [profession, language, availability, topics, licensing, place, wishes] = weights;
        let settings = Settings {
            weights: Weights { profession, language, availability, topics, licensing, place, wishes },
            least_level, least_overlap_minutes, meeting_minutes, short_weeks_allowed, floor, waiting_scale,
            least_profession_permille, objective, ..Settings::default()
        };
        let sample = Sample { seed, mentees: 12, mentors: 9, regimes: 1 + (seed % 2) as u16 };
        if let Ok(mut instance) = sample.instance(settings) {
            instance.mentees[3].waiting_days = days;
            instance.mentors[2].capacity = capacity;
            let instance = instance.recheck().unwrap();
            let outcome = solved(&instance);
            prop_assert_eq!(outcome.certificate.violations, 0);
            prop_assert_eq!(outcome.certificate.primal, outcome.certificate.dual);
            for pair in &outcome.pairs {
                prop_assert!((0..=10_000).contains(&pair.score));
                prop_assert_eq!(pair.parts.total(), pair.score);
            }
        }
    }
}
