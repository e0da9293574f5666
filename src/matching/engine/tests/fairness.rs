//! Nobody waits for ever: a simulated year of weekly runs.

use super::super::pair::assess;
use super::super::sample::{Dice, Sample};
use super::super::settings::{Objective, Settings};
use super::super::{Options, solve};

struct Year {
    longest: u32,
    starved: usize,
    served: usize,
}

/// Weekly runs in which 10 % of the population arrives, places are fewer than who waits, and a place
/// that was given is free again after its weeks. Everybody in it has some admissible mentor.
fn year(settings: &Settings, weeks: u32) -> Year {
    let (population, mentors) = (120_u32, 40_u32);
    let arrivals = population / 10;
    let total = population + arrivals * weeks;
    let mut all = Sample::new(11, total, mentors)
        .instance(settings.clone())
        .unwrap();
    all.mentors
        .iter_mut()
        .for_each(|mentor| mentor.capacity = 0);
    let mut dice = Dice(3);
    let mut waiting: Vec<(usize, u32)> = (0..population as usize).map(|at| (at, 0)).collect();
    let (mut longest, mut served) = (0, 0);
    for week in 0..weeks {
        // About as many places open each week as people arrive, on mentors drawn by lot.
        all.mentors
            .iter_mut()
            .for_each(|mentor| mentor.capacity = 0);
        (0..arrivals + 1).for_each(|_| all.mentors[dice.below(mentors) as usize].capacity += 1);
        let mut now = all.clone();
        now.mentees = waiting
            .iter()
            .map(|(at, since)| {
                let mut mentee = all.mentees[*at].clone();
                mentee.waiting_days = (week - since) * 7;
                mentee
            })
            .collect();
        now.same_person = vec![None; now.mentees.len()];
        let now = now.recheck().unwrap();
        let outcome = solve(&now, &Options::default()).unwrap();
        served += outcome.pairs.len();
        let matched: std::collections::HashSet<usize> = outcome
            .pairs
            .iter()
            .map(|pair| pair.mentee as usize)
            .collect();
        let place = |at: &usize| matched.contains(at);
        waiting = waiting
            .iter()
            .enumerate()
            .filter(|(at, _)| !place(at))
            .map(|(_, who)| *who)
            .collect();
        longest = longest.max(
            waiting
                .iter()
                .map(|(_, since)| week - since)
                .max()
                .unwrap_or(0),
        );
        let first = population + arrivals * week;
        waiting.extend((first..first + arrivals).map(|at| (at as usize, week + 1)));
        // Who fits nobody at all is not in the queue: no order of serving could help them.
        all.mentors
            .iter_mut()
            .for_each(|mentor| mentor.capacity = 1);
        let open = all.clone().recheck().unwrap();
        waiting.retain(|(at, _)| {
            (0..mentors)
                .filter(|mentor| assess(&open, *at as u32, *mentor).is_ok())
                .count()
                >= 8
        });
    }
    let starved = waiting
        .iter()
        .filter(|(_, since)| weeks - since > 26)
        .count();
    Year {
        longest,
        starved,
        served,
    }
}

#[test]
fn in_a_year_of_weekly_runs_with_ten_percent_arrivals_nobody_waits_for_ever() {
    for objective in [Objective::Coverage, Objective::Total] {
        let settings = Settings {
            objective,
            ..Settings::default()
        };
        let fair = year(&settings, 52);
        let blind = year(
            &Settings {
                waiting_scale: 0,
                ..settings
            },
            52,
        );
        println!(
            "{objective:?}: longest {} weeks (without credit {}), starved {} ({})",
            fair.longest, blind.longest, fair.starved, blind.starved
        );
        assert!(
            fair.longest <= 26,
            "{objective:?}: somebody waited {} weeks",
            fair.longest
        );
        assert_eq!(fair.starved, 0);
        assert!(
            blind.longest > fair.longest,
            "without credit the queue starves: the test can fail"
        );
        assert!(
            fair.served + 40 > blind.served,
            "fairness does not cost matches"
        );
    }
}
