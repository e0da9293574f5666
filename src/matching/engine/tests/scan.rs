//! The scan gives the integers of the definition, with every kernel, and exactly the best.

use super::super::kernel::Kernel;
use super::super::pair::assess;
use super::super::sample::{Dice, Sample};
use super::super::scan::{Audience, Layout, Scanner};
use super::super::settings::{Objective, Settings, Weights};
use super::super::task::Task;
use super::super::{Exclusion, Instance, InstanceBuilder};

/// Instances that visit every branch: meeting lengths, regimes, levels, insistence, exclusions.
fn varied(seed: u64) -> Instance {
    let mut dice = Dice(seed * 7919);
    let sample = Sample {
        seed,
        mentees: 5 + dice.below(40),
        mentors: 1 + dice.below(300),
        regimes: 1 + dice.below(2) as u16,
    };
    let weights = Weights {
        profession: i64::from(dice.below(50)),
        language: i64::from(dice.below(50)) + 1,
        availability: i64::from(dice.below(50)),
        topics: i64::from(dice.below(20)),
        licensing: i64::from(dice.below(20)),
        place: i64::from(dice.below(20)),
        wishes: i64::from(dice.below(20)),
    };
    let settings = Settings {
        weights,
        least_level: dice.below(9) as u8,
        least_overlap_minutes: (dice.below(4) * 45) as u16,
        meeting_minutes: [30, 45, 60, 90, 120, 240][dice.below(6) as usize],
        least_profession_permille: if dice.chance(300) { 300 } else { 0 },
        ..Settings::default()
    };
    let mut builder: InstanceBuilder =
        sample
            .builder(settings)
            .macrolanguages(vec![None, None, Some(3), None, Some(3)]);
    for _ in 0..dice.below(200) {
        builder.exclude(
            dice.below(sample.mentees),
            dice.below(sample.mentors),
            Exclusion::Banned,
        );
    }
    builder.build().unwrap()
}

#[test]
fn every_kernel_gives_the_integers_of_the_definition_for_every_pair() {
    let mut admissible = 0;
    for seed in 0..60 {
        let instance = varied(seed);
        let task = Task::new(&instance);
        for kernel in Kernel::available() {
            let layout = Layout::new(&instance, &task, Audience::Task);
            let scanner = Scanner {
                instance: &instance,
                task: &task,
                layout: &layout,
                kernel,
            };
            let mut scores = vec![0; task.cols.len()];
            for (row, mentee) in task.rows.iter().enumerate() {
                scanner.row_scores(row as u32, &mut scores);
                for (mentor, score) in task.cols.iter().zip(&scores) {
                    let defined =
                        assess(&instance, *mentee, *mentor).map_or(-1, |parts| parts.total());
                    assert_eq!(
                        i32::from(*score),
                        defined,
                        "{kernel:?} seed {seed} mentee {mentee} mentor {mentor}"
                    );
                    admissible += u32::from(defined >= 0);
                }
            }
        }
    }
    assert!(admissible > 10_000, "the test sees admissible pairs");
}

#[test]
fn the_candidates_kept_are_exactly_the_best_and_the_same_for_every_kernel_and_number_of_threads() {
    for seed in 0..30 {
        let instance = varied(seed);
        let task = Task::new(&instance);
        let mut first = None;
        for kernel in Kernel::available() {
            let layout = Layout::new(&instance, &task, Audience::Task);
            let scanner = Scanner {
                instance: &instance,
                task: &task,
                layout: &layout,
                kernel,
            };
            for keep in [1, 7, 50] {
                let found = scanner.best_of_all(keep);
                for (row, found) in found.iter().enumerate() {
                    let mut scores = vec![0; task.cols.len()];
                    scanner.row_scores(row as u32, &mut scores);
                    let mut fits: Vec<i32> = scores
                        .iter()
                        .filter(|s| **s >= 0)
                        .map(|s| i32::from(*s))
                        .collect();
                    fits.sort_unstable_by(|a, b| b.cmp(a));
                    let complete = fits.len() < keep;
                    fits.truncate(keep);
                    assert_eq!(
                        found.list.iter().map(|edge| edge.fit).collect::<Vec<_>>(),
                        fits
                    );
                    assert!(
                        found
                            .list
                            .iter()
                            .all(|edge| i32::from(scores[edge.col as usize]) == edge.fit)
                    );
                    assert_eq!(
                        found.threshold,
                        if complete {
                            i32::MIN
                        } else {
                            *fits.last().unwrap()
                        }
                    );
                }
                if keep == 50 {
                    let lists: Vec<_> = found.into_iter().map(|found| found.list).collect();
                    assert_eq!(
                        *first.get_or_insert_with(|| lists.clone()),
                        lists,
                        "{kernel:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn pricing_finds_every_violation_that_there_is() {
    let mut seen = 0;
    for seed in 0..40 {
        let instance = varied(seed);
        let task = Task::new(&instance);
        let mut dice = Dice(seed);
        let far = if dice.chance(500) { 40_000_000 } else { 0 };
        let prices: Vec<i64> = task
            .cols
            .iter()
            .map(|_| i64::from(dice.below(4000)) + if dice.chance(300) { far } else { 0 })
            .collect();
        let surplus =
            |row: u32| i64::from(row * 131 % 6000) - if row.is_multiple_of(3) { far } else { 0 };
        for kernel in Kernel::available() {
            let layout = Layout::new(&instance, &task, Audience::Task);
            let scanner = Scanner {
                instance: &instance,
                task: &task,
                layout: &layout,
                kernel,
            };
            let rows: Vec<(u32, i64)> = (0..task.rows.len() as u32)
                .map(|row| (row, surplus(row)))
                .collect();
            let found: std::collections::HashMap<u32, Vec<u32>> = scanner
                .violating_rows(&rows, &prices, 10_000)
                .into_iter()
                .map(|(row, list)| (row, list.into_iter().map(|edge| edge.col).collect()))
                .collect();
            let mut scores = vec![0; task.cols.len()];
            for (row, surplus) in rows {
                scanner.row_scores(row, &mut scores);
                let violates = |col: &usize| {
                    scores[*col] >= 0 && i64::from(scores[*col]) - prices[*col] > surplus
                };
                let expected: Vec<u32> = (0..scores.len())
                    .filter(violates)
                    .map(|col| col as u32)
                    .collect();
                let mut got = found.get(&row).cloned().unwrap_or_default();
                got.sort_unstable();
                assert_eq!(got, expected);
                seen += expected.len();
            }
        }
    }
    assert!(seen > 1000);
}

#[test]
fn total_score_never_keeps_a_pair_below_the_floor() {
    let settings = Settings {
        objective: Objective::Total,
        floor: 6500,
        ..Settings::default()
    };
    let instance = Sample::new(5, 40, 200).instance(settings).unwrap();
    let task = Task::new(&instance);
    let layout = Layout::new(&instance, &task, Audience::Anybody);
    let scanner = Scanner {
        instance: &instance,
        task: &task,
        layout: &layout,
        kernel: Kernel::best(),
    };
    assert!(
        scanner
            .best_of_all(500)
            .iter()
            .flat_map(|found| &found.list)
            .all(|edge| edge.fit >= 6500)
    );
    let rows: Vec<(u32, i64)> = (0..40).map(|row| (row, -20)).collect();
    let prices = vec![0; task.cols.len()];
    assert!(
        scanner
            .violating_rows(&rows, &prices, 500)
            .iter()
            .flat_map(|(_, list)| list)
            .all(|edge| edge.fit >= 6500)
    );
}
