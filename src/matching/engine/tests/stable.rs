//! Stable mode: no mentee and mentor would both rather have each other, on the full matrix.

use super::super::kernel::Kernel;
use super::super::sample::Sample;
use super::super::settings::{Objective, Settings};
use super::super::{Options, certificate, solve};

#[test]
fn no_pair_blocks_and_no_mentee_could_do_better_in_any_stable_set() {
    let settings = Settings {
        objective: Objective::Stable,
        ..Settings::default()
    };
    for seed in 0..60 {
        let instance = Sample::new(seed, 40, 5 + seed as u32)
            .instance(settings.clone())
            .unwrap();
        let outcome = solve(&instance, &Options::default()).unwrap();
        let all: Vec<u32> = (0..40).collect();
        assert_eq!(certificate::blocking_pairs(&instance, &outcome, &all), 0);
        // Break it: swap two mentees of different mentors, and the checker sees it.
        let mut broken = outcome.clone();
        let last = broken.pairs.len() - 1;
        if broken.pairs[0].mentor != broken.pairs[last].mentor {
            let mentor = broken.pairs[0].mentor;
            broken.pairs[0].mentor = broken.pairs[last].mentor;
            broken.pairs[last].mentor = mentor;
            assert!(certificate::check_feasible(&instance, &broken).is_err());
        }
    }
}

#[test]
fn refused_by_their_first_choices_mentees_still_reach_the_last() {
    // Sixty mentees, all of whose first choices are far fewer places than candidates read at first.
    let settings = Settings {
        objective: Objective::Stable,
        least_overlap_minutes: 0,
        least_level: 0,
        ..Settings::default()
    };
    let instance = Sample::new(3, 300, 120).instance(settings).unwrap();
    for kernel in Kernel::available() {
        let outcome = solve(
            &instance,
            &Options {
                kernel: Some(kernel),
                audit: true,
                ..Options::default()
            },
        )
        .unwrap();
        assert_eq!(outcome.certificate.violations, 0);
        assert!(outcome.pairs.len() > 200);
    }
}
