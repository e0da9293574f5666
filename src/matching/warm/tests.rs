//! Whatever has changed since a run, and whatever a draft changes: what is found from the stored prices is worth what
//! a fresh solve finds.
#![expect(clippy::as_conversions, reason = "small positions of small worlds")]

use super::*;
use crate::kernel::Instant;
use crate::kernel::ids::PersonId;
use crate::matching::calendar::Calendar;
use crate::matching::engine::sample::{Dice, Sample};
use crate::matching::engine::{Exclusion, Settings, solve};
use crate::programmes::settings::MatchingSettings;

const OCCUPATIONS: u16 = 20;

fn row<T>(key: u128, facts: T) -> Row<T> {
    Row {
        participation_id: ParticipationId(uuid::Uuid::from_u128(key)),
        person_id: PersonId(uuid::Uuid::from_u128(key)),
        zone: 0,
        city: None,
        province: None,
        mother_tongues: Vec::new(),
        facts,
    }
}

fn mentee_row(facts: &Mentee) -> Row<Mentee> {
    let mut facts = facts.clone();
    facts.targets.iter_mut().for_each(|id| *id %= OCCUPATIONS);
    let key = std::mem::take(&mut facts.person.key);
    row(key + 1, facts)
}

fn mentor_row(facts: &Mentor) -> Row<Mentor> {
    let mut facts = facts.clone();
    facts
        .occupations
        .iter_mut()
        .for_each(|one| one.occupation %= OCCUPATIONS);
    let key = std::mem::take(&mut facts.person.key);
    row(key + 1, facts)
}

fn inputs(sample: &Sample, settings: Settings) -> Inputs {
    let made = sample.instance(settings).unwrap();
    let day = "2026-10-05".parse().unwrap();
    Inputs {
        settings: made.settings().clone(),
        calendar: Calendar::new(day, day, Instant::from_millis(0).unwrap(), &[]),
        occupations: (0..OCCUPATIONS)
            .map(|at| format!("{}0{}0{}", at % 9, at % 7, at % 5))
            .collect(),
        languages: Vec::new(),
        macrolanguages: Vec::new(),
        topics: Vec::new(),
        wishes: Vec::new(),
        towns: Vec::new(),
        provinces: Vec::new(),
        reach: Vec::new(),
        mentees: made.mentees().iter().map(mentee_row).collect(),
        mentors: made.mentors().iter().map(mentor_row).collect(),
        exclusions: Vec::new(),
        pins: Vec::new(),
    }
}

fn prepared(inputs: Inputs) -> Prepared {
    Prepared {
        settings: MatchingSettings::default(),
        instance: inputs.instance().unwrap(),
        inputs,
        held: Vec::new(),
        held_dropped: Vec::new(),
    }
}

fn frozen(inputs: Inputs) -> Frozen {
    let instance = inputs.instance().unwrap();
    let outcome = solve(&instance, &Options::default()).unwrap();
    Frozen {
        inputs,
        instance,
        outcome,
    }
}

/// What may happen among people after a run.
fn time_passes(dice: &mut Dice, run: &Frozen, spare: &Inputs) -> Inputs {
    let mut now = run.inputs.clone();
    now.pins.clear();
    let days = dice.below(4);
    now.mentees
        .iter_mut()
        .for_each(|row| row.facts.waiting_days += days);
    for _ in 0..dice.below(4) {
        let at = dice.below(now.mentees.len() as u32) as usize;
        match dice.below(4) {
            0 => now.mentees[at].facts.person.standing = Standing::Paused,
            1 => now.mentees[at].facts.targets = vec![dice.below(20) as u16],
            2 => {
                now.exclusions.clear();
                now.mentees.remove(at);
            }
            _ => now.mentees[at].facts.person.standing = Standing::Ready,
        }
    }
    let came = now.mentees.len() - dice.below(3) as usize;
    now.mentees
        .extend(spare.mentees.iter().skip(came + 4).take(2).cloned());
    let paired: HashSet<u32> = run.outcome.pairs.iter().map(|pair| pair.mentor).collect();
    for _ in 0..dice.below(4) {
        let at = dice.below(now.mentors.len() as u32);
        let facts = &mut now.mentors[at as usize].facts;
        match dice.below(4) {
            0 => facts.person.standing = Standing::Paused,
            1 => facts.capacity = dice.below(4),
            2 if !paired.contains(&at) => facts.occupations.truncate(1),
            _ => {
                let new = now.mentors.len();
                now.mentors.extend(spare.mentors.get(new).cloned());
            }
        }
    }
    let (mentees, mentors) = (now.mentees.len() as u32, now.mentors.len() as u32);
    if dice.chance(500) {
        now.exclusions.push((
            dice.below(mentees),
            dice.below(mentors),
            Exclusion::Declined,
        ));
        now.exclusions.sort_unstable();
        now.exclusions.dedup();
    }
    now
}

/// What a draft changes: places, bans, and a pin that is possible.
fn draft(dice: &mut Dice, before: &Prepared) -> Prepared {
    let mut inputs = before.inputs.clone();
    let (mentees, mentors) = (inputs.mentees.len() as u32, inputs.mentors.len() as u32);
    for _ in 0..dice.below(3) {
        let at = dice.below(mentors) as usize;
        inputs.mentors[at].facts.capacity = dice.below(4);
    }
    for _ in 0..dice.below(3) {
        let pair = (dice.below(mentees), dice.below(mentors), Exclusion::Banned);
        inputs.exclusions.push(pair);
    }
    inputs.exclusions.sort_unstable();
    inputs.exclusions.dedup();
    let pin = (dice.below(mentees), dice.below(mentors));
    let mut pinned = inputs.clone();
    pinned.pins.push(pin);
    prepared(if pinned.instance().is_ok() {
        pinned
    } else {
        inputs
    })
}

fn settings(objective: Objective) -> Settings {
    Settings {
        objective,
        floor: 3000,
        least_overlap_minutes: 0,
        ..Settings::default()
    }
}

/// What a set is worth: how many are matched, and the points that the objective counts.
fn worth(outcome: &Outcome, objective: Objective) -> (usize, i128) {
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
fn every_draft_is_worth_what_a_fresh_solve_finds_and_is_proved() {
    let mut changed = 0;
    for seed in 0..120 {
        let mut dice = Dice(seed);
        let objective = if seed % 2 == 0 {
            Objective::Coverage
        } else {
            Objective::Total
        };
        let sample = Sample {
            seed,
            mentees: 24,
            mentors: 10 + dice.below(30),
            regimes: 1,
        };
        let spare = Sample {
            mentees: 60,
            mentors: 80,
            ..sample
        };
        let run = frozen(inputs(&sample, settings(objective)));
        let spare = inputs(&spare, settings(objective));
        let before = prepared(time_passes(&mut dice, &run, &spare));
        let after = draft(&mut dice, &before);
        let id = MatchRunId(uuid::Uuid::from_u128(u128::from(seed)));
        let (was, is) = match both(id, &run, &before, &after, &Options::default()) {
            Ok(found) => found,
            Err(why) => {
                assert_eq!(why, Afresh::PeopleDiffer, "seed {seed}");
                continue;
            }
        };
        changed += 1;
        for (side, found) in [(&before, was), (&after, is)] {
            let fresh = solve(&side.instance, &Options::default()).unwrap();
            assert_eq!(
                worth(&found, objective),
                worth(&fresh, objective),
                "seed {seed}"
            );
            let proof = &found.certificate;
            assert_eq!((proof.primal, proof.violations), (proof.dual, 0));
            assert_eq!(proof.pairs, fresh.certificate.pairs, "seed {seed}");
            let nobody = |outcome: &Outcome| {
                let all = outcome.unmatched.iter();
                all.filter(|one| {
                    one.reason == crate::matching::engine::UnmatchedReason::NoAdmissibleMentor
                })
                .count()
            };
            assert_eq!(nobody(&found), nobody(&fresh), "seed {seed}");
        }
    }
    assert!(changed > 90, "{changed} of 120 were found by changes");
}

#[test]
fn nothing_has_changed_and_what_was_proposed_is_what_stands() {
    let run = frozen(inputs(
        &Sample::new(5, 30, 12),
        settings(Objective::Coverage),
    ));
    let now = prepared(run.inputs.clone());
    let id = MatchRunId(uuid::Uuid::from_u128(7_777));
    for _ in 0..2 {
        let (was, is) = both(id, &run, &now, &now, &Options::default()).unwrap();
        assert_eq!(was.pairs, run.outcome.pairs);
        assert_eq!(is.pairs, run.outcome.pairs);
    }
}

#[test]
fn other_settings_stable_sets_and_a_file_changed_by_who_was_proposed_are_solved_afresh() {
    let run = frozen(inputs(
        &Sample::new(6, 30, 12),
        settings(Objective::Coverage),
    ));
    let id = MatchRunId(uuid::Uuid::from_u128(8_888));
    let now = || prepared(run.inputs.clone());
    let why = |after: Inputs, run: &Frozen| {
        let after = prepared(after);
        both(id, run, &now(), &after, &Options::default()).unwrap_err()
    };
    let mut other = run.inputs.clone();
    other.settings.weights.language += 10;
    assert_eq!(why(other, &run), Afresh::SettingsDiffer);
    let mut edited = run.inputs.clone();
    let paired = run.outcome.pairs[0].mentor as usize;
    edited.mentors[paired].facts.person.languages.clear();
    assert_eq!(why(edited.clone(), &run), Afresh::PeopleDiffer);
    let at = prepared(edited);
    assert_eq!(
        both(id, &run, &at, &at, &Options::default()).unwrap_err(),
        Afresh::PeopleDiffer
    );
    let mut many = run.inputs.clone();
    for row in &mut many.mentees {
        row.facts.targets = vec![3];
        row.facts.topics = Vec::new();
    }
    for mentee in 0..30 {
        many.exclusions
            .extend((0..4).map(|mentor| (mentee, mentor, Exclusion::Banned)));
    }
    assert_eq!(why(many, &run), Afresh::TooManyChanges);
    let stable = frozen(inputs(&Sample::new(6, 30, 12), settings(Objective::Stable)));
    assert_eq!(why(stable.inputs.clone(), &stable), Afresh::StableObjective);
}

#[test]
fn a_run_whose_prices_or_pairs_were_touched_is_not_gone_on_from() {
    let good = frozen(inputs(
        &Sample::new(8, 30, 9),
        settings(Objective::Coverage),
    ));
    let refused = |number: u128, run: &Frozen| {
        let now = prepared(run.inputs.clone());
        let id = MatchRunId(uuid::Uuid::from_u128(number));
        both(id, run, &now, &now, &Options::default()).unwrap_err()
    };
    let touched = |touch: fn(&mut Outcome)| {
        let mut run = frozen(good.inputs.clone());
        touch(&mut run.outcome);
        run
    };
    // A price of the mentee and of the mentor, so that the pair stays tight: only all pairs together tell.
    let shifted = touched(|outcome| {
        let pair = outcome.pairs[0];
        let (u, v) = (pair.mentee as usize, pair.mentor as usize);
        let most = outcome.price_mentee[u].min(9_000);
        outcome.price_mentee[u] -= most;
        outcome.price_mentor[v] += most;
    });
    assert_eq!(refused(9_001, &shifted), Afresh::NotProved);
    let swapped = touched(|outcome| {
        let mentor = outcome.pairs[1].mentor;
        outcome.pairs[0].mentor = mentor;
    });
    assert_eq!(refused(9_002, &swapped), Afresh::NotProved);
    let dropped = touched(|outcome| {
        outcome.pairs.pop();
    });
    assert_eq!(refused(9_003, &dropped), Afresh::NotProved);
}
