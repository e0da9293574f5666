//! The engine's best set is what scipy's `linear_sum_assignment` finds, on 1,000 random small instances with
//! ties, mentors without places, mentees whom nobody fits, exclusions, pins and existing pairs.
//!
//! Needs Python with scipy (Debian: python3-scipy). Without it the test says so and passes, unless
//! `PASSERELLE_TEST_SCIPY=must`; `PASSERELLE_TEST_PYTHON` names another Python.

use std::io::Write;
use std::process::{Command, Stdio};

use passerelle::matching::engine::npy::Array;
use passerelle::matching::engine::pair::assess;
use passerelle::matching::engine::sample::{Dice, Sample};
use passerelle::matching::engine::{
    Exclusion, Instance, Matrix, Objective, Options, Settings, solve, solve_matrix,
};
use serde_json::{Value, json};

/// Half of the thousand are people, half are matrices, which tie far more often.
const EACH: u64 = 500;

fn objective(seed: u64) -> (Objective, &'static str) {
    if seed.is_multiple_of(2) {
        (Objective::Coverage, "coverage")
    } else {
        (Objective::Total, "total")
    }
}

fn people(seed: u64) -> Instance {
    let mut dice = Dice(seed);
    let sample = Sample {
        seed,
        mentees: 1 + dice.below(16),
        mentors: 1 + dice.below(10),
        regimes: 1 + u16::from(dice.chance(500)),
    };
    let settings = Settings {
        objective: objective(seed).0,
        floor: dice.below(6000) as i32,
        least_overlap_minutes: if dice.chance(500) { 60 } else { 0 },
        least_level: dice.below(6) as u8,
        ..Settings::default()
    };
    let mut builder = sample.builder(settings);
    for _ in 0..dice.below(20) {
        let pair = (dice.below(sample.mentees), dice.below(sample.mentors));
        builder.exclude(pair.0, pair.1, Exclusion::ConflictOfInterest);
    }
    if dice.chance(300) {
        builder.lock(0, dice.below(sample.mentors));
    }
    let mut instance = builder.build().unwrap();
    if dice.chance(300) {
        let full = dice.below(sample.mentors);
        instance = instance.with_capacity(full, 0).unwrap_or(instance);
    }
    for _ in 0..dice.below(3) {
        let pair = (dice.below(sample.mentees), dice.below(sample.mentors));
        instance = instance.with_pin(pair.0, pair.1).unwrap_or(instance);
    }
    instance
}

fn of_people(seed: u64) -> Value {
    let instance = people(seed);
    let outcome = solve(&instance, &Options::default()).unwrap();
    assert_eq!(outcome.certificate.primal, outcome.certificate.dual);
    let (mentees, mentors) = (
        instance.mentees().len() as u32,
        instance.mentors().len() as u32,
    );
    let score = |i: u32, j: u32| assess(&instance, i, j).map_or(-1, |parts| parts.total());
    let scores: Vec<Vec<i32>> = (0..mentees)
        .map(|i| (0..mentors).map(|j| score(i, j)).collect())
        .collect();
    let free = outcome.pairs.iter().filter(|pair| !pair.pinned);
    json!({
        "scores": scores,
        "capacity": (0..mentors).map(|j| instance.places(j)).collect::<Vec<u32>>(),
        "credit": (0..mentees).map(|i| instance.waiting_credit(i)).collect::<Vec<i64>>(),
        "pins": instance.pins(),
        "out": (0..mentees).filter(|i| instance.is_locked(*i)).collect::<Vec<u32>>(),
        "objective": objective(seed).1,
        "floor": instance.settings().floor,
        "matched": free.clone().count(),
        "total": free.map(|pair| i64::from(pair.score) + pair.waiting_credit).sum::<i64>(),
    })
}

fn of_a_matrix(seed: u64) -> Value {
    let mut dice = Dice(seed);
    let (rows, cols) = (1 + dice.below(14) as usize, 1 + dice.below(9) as usize);
    let (coarse, density) = (1 + dice.below(12), dice.below(1001));
    let mut score = || {
        if dice.chance(density) {
            dice.below(coarse) as i32
        } else {
            -1
        }
    };
    let scores: Vec<i32> = (0..rows * cols).map(|_| score()).collect();
    let capacity: Vec<i32> = (0..cols).map(|_| dice.below(4) as i32).collect();
    let array = Array {
        shape: vec![rows, cols],
        data: scores.clone(),
    };
    let matrix = Matrix::new(array, &Array::line(capacity.clone())).unwrap();
    let outcome = solve_matrix(&matrix, objective(seed).0, &Options::default()).unwrap();
    json!({
        "scores": scores,
        "capacity": capacity,
        "credit": vec![0; rows],
        "pins": [],
        "out": [],
        "objective": objective(seed).1,
        "floor": 0,
        "matched": outcome.matched,
        "total": outcome.score_total,
    })
}

/// What scipy says about the instances; none if there is no scipy.
fn judged(instances: &[Value]) -> Option<Value> {
    let python = std::env::var("PASSERELLE_TEST_PYTHON");
    let python = python.unwrap_or_else(|_| "/usr/bin/python3".to_owned());
    let has_scipy = Command::new(&python)
        .args(["-c", "import scipy.optimize"])
        .stderr(Stdio::null())
        .status();
    if !has_scipy.is_ok_and(|status| status.success()) {
        let must = std::env::var("PASSERELLE_TEST_SCIPY").is_ok_and(|value| value == "must");
        assert!(!must, "{python} has no scipy (Debian: python3-scipy)");
        println!("skipped: {python} has no scipy (Debian: python3-scipy)");
        return None;
    }
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/support/scipy_optimum.py"
    );
    let mut child = Command::new(python)
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    for instance in instances {
        writeln!(input, "{instance}").unwrap();
    }
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

#[test]
fn the_best_set_is_worth_what_scipy_finds_on_a_thousand_random_instances() {
    let mut instances: Vec<Value> = (0..EACH).map(of_people).collect();
    instances.extend((0..EACH).map(of_a_matrix));
    let matched = |instance: &Value| instance["matched"].as_u64().unwrap();
    assert!(instances.iter().map(matched).sum::<u64>() > 2 * EACH);
    for what in ["pins", "out"] {
        let is_used = |instance: &&Value| !instance[what].as_array().unwrap().is_empty();
        assert!(instances.iter().filter(is_used).count() > 50, "{what}");
    }
    let Some(said) = judged(&instances) else {
        return;
    };
    assert_eq!(
        (&said["compared"], &said["differ"]),
        (&json!(1000), &json!(0)),
        "{said}"
    );

    // The judge is awake: a total that is off by one is seen every time.
    for instance in &mut instances {
        instance["total"] = json!(instance["total"].as_i64().unwrap() - 1);
    }
    let said = judged(&instances).unwrap();
    assert_eq!(said["differ"], json!(1000));
}
