//! Our side of the benchmark, in a process of its own.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use passerelle::matching::engine::kernel::Kernel;
use passerelle::matching::engine::sample::{Dice, Sample};
use passerelle::matching::engine::{
    Change, Exclusion, Instance, Live, Objective, Options, Settings, confirm, directory, scan,
    solve,
};
use serde_json::{Value, json};

/// Answers commands until there are no more: `solve`, `kernels`, `threads`, `changes`, `export DIR`.
pub fn serve(what: &str) {
    let words: Vec<&str> = what.split(' ').collect();
    let number = |at: usize| {
        words
            .get(at)
            .and_then(|text| text.parse().ok())
            .unwrap_or(2_u32)
    };
    let sample = Sample::new(42, number(0), number(1));
    let objective = match words.get(2) {
        Some(&"stable") => Objective::Stable,
        _ => Objective::Coverage,
    };
    let settings = Settings {
        objective,
        ..Settings::default()
    };
    let people = sample.instance(settings).expect("the sample is valid");
    pool(number(3) as usize).install(|| {
        println!("ready");
        for line in std::io::stdin().lines() {
            let line = line.expect("a line");
            let mut answer = match line.split_once(' ') {
                None if line == "solve" => solved(&people),
                None if line == "kernels" => kernels(&people),
                None if line == "threads" => threads(&people),
                None if line == "changes" => changes(sample, &people),
                Some(("export", folder)) => export(&people, Path::new(folder)),
                _ => return,
            };
            answer["peak_mib"] = json!(peak_mib());
            println!("{answer}");
            std::io::stdout().flush().expect("somebody reads");
        }
    });
}

fn pool(threads: usize) -> rayon::ThreadPool {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
    pool.build().expect("threads can be had")
}

fn solved(people: &Instance) -> Value {
    let begin = Instant::now();
    let outcome = solve(people, &Options::default()).expect("solved");
    let seconds = begin.elapsed().as_secs_f64();
    let phases: Vec<String> = outcome
        .statistics
        .phases
        .iter()
        .map(|phase| format!("{} {:.1}", phase.name, phase.micros as f64 / 1000.0))
        .collect();
    json!({
        "seconds": seconds,
        "matched": outcome.pairs.len(),
        "total": outcome.statistics.score_total + outcome.statistics.waiting_total,
        "gap": (outcome.certificate.primal - outcome.certificate.dual).to_string(),
        "violations": outcome.certificate.violations,
        "pairs": outcome.certificate.pairs,
        "rounds": outcome.statistics.pricing_rounds,
        "searches": outcome.statistics.searches,
        "phases": phases.join(", "),
    })
}

fn kernels(people: &Instance) -> Value {
    let begin = Instant::now();
    let clock = || begin.elapsed().as_secs_f64();
    let mut answer = json!({});
    for kernel in Kernel::available() {
        for (step, seconds) in scan::measure(people, kernel, 5, clock) {
            let key = match step {
                "score all" => "score",
                "best 50" => "best50",
                other => other,
            };
            answer[format!("{} {key}", kernel.name())] = json!(seconds);
        }
        answer[format!("{} floor", kernel.name())] = json!(scan::probe(people, kernel, 100_000));
    }
    answer
}

/// The scan by one thread and by two, in turns.
fn threads(people: &Instance) -> Value {
    let begin = Instant::now();
    let clock = || begin.elapsed().as_secs_f64();
    let pools = [pool(1), pool(2)];
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..9 {
        for (pool, times) in pools.iter().zip(&mut times) {
            let laps = pool.install(|| scan::measure(people, Kernel::best(), 3, clock));
            times.extend(
                laps.iter()
                    .find(|(step, _)| *step == "best 50")
                    .map(|(_, s)| *s),
            );
        }
    }
    let [one, two] = times.map(|times| quantile(times, 0.5));
    json!({"one": one, "two": two})
}

/// A draft of three changes beside what stands, both from a run's stored prices and proved: the first of a run, for
/// which the prices are checked over all pairs, and the next ones, which find them checked.
fn drafts(people: &Instance) -> [Vec<f64>; 2] {
    let run = solve(people, &Options::default()).expect("solved");
    let proposed: Vec<(u32, u32)> = run
        .pairs
        .iter()
        .map(|pair| (pair.mentee, pair.mentor))
        .collect();
    let compare = |current: &Live, round: usize| {
        let before = confirm(people, current.outcome(false).expect("kept")).expect("proved");
        let mut draft = current.clone();
        let mut changed = people.clone();
        for (mentee, mentor) in proposed.iter().skip(round * 3).take(3) {
            let why = Exclusion::Banned;
            changed = changed.with_ban(*mentee, *mentor, why).expect("no pin");
            let ban = Change::Ban {
                mentee: *mentee,
                mentor: *mentor,
                why,
            };
            draft.apply(&ban).expect("no pin");
        }
        let after = confirm(&changed, draft.outcome(false).expect("kept")).expect("proved");
        assert_ne!(before.pairs, after.pairs);
    };
    let mut times = [Vec::new(), Vec::new()];
    for round in 0..9 {
        let begin = Instant::now();
        let current =
            Live::resume(people.clone(), &run, &Options::default()).expect("the prices hold");
        compare(&current, round);
        times[0].push(begin.elapsed().as_secs_f64());
        let begin = Instant::now();
        compare(&current, round + 9);
        times[1].push(begin.elapsed().as_secs_f64());
    }
    times
}

/// One change after another of every kind, each the best again and proved again, against a full solve.
fn changes(sample: Sample, people: &Instance) -> Value {
    let full: Vec<f64> = (0..5)
        .map(|_| {
            let begin = Instant::now();
            solve(people, &Options::default()).expect("solved");
            begin.elapsed().as_secs_f64()
        })
        .collect();
    let newcomers = Sample {
        mentees: sample.mentees + 100,
        ..sample
    };
    let newcomers = newcomers
        .instance(people.settings().clone())
        .expect("valid");
    let mut live = Live::new(people.clone(), &Options::default()).expect("solved");
    let mut dice = Dice(1);
    let mut times: Vec<f64> = Vec::new();
    let mut refused = 0;
    for round in 0..1200_u32 {
        let mentee = dice.below(sample.mentees);
        let mentor = dice.below(sample.mentors);
        let change = match round % 8 {
            0 | 4 => Change::Leave(mentee),
            1 => Change::Capacity {
                mentor,
                capacity: 1 + dice.below(3),
            },
            2 => Change::Ban {
                mentee,
                mentor,
                why: Exclusion::Banned,
            },
            3 | 7 => Change::Return(mentee),
            5 => Change::Pin { mentee, mentor },
            _ => {
                let next = live.instance().mentees().len();
                match newcomers.mentees().get(next) {
                    Some(newcomer) => Change::Arrive(Box::new(newcomer.clone())),
                    None => Change::Allow { mentee, mentor },
                }
            }
        };
        let begin = Instant::now();
        let made = live.apply(&change);
        times.push(begin.elapsed().as_secs_f64());
        // A pin of a pair that is not admissible is refused, and is no change.
        refused += u32::from(made.is_err());
    }
    live.outcome(sample.mentees <= 4000)
        .expect("proved after all changes");
    let [first, next] = drafts(people);
    json!({
        "first_draft": quantile(first, 0.5),
        "next_draft": quantile(next, 0.5),
        "full": quantile(full, 0.5),
        "median": quantile(times.clone(), 0.5),
        "most": quantile(times.clone(), 0.99),
        "slowest": quantile(times.clone(), 1.0),
        "count": times.len() - refused as usize,
    })
}

fn export(people: &Instance, folder: &Path) -> Value {
    let outcome = solve(people, &Options::default()).expect("solved");
    let mut files = directory::write(people);
    let with_scores = people.mentees().len() <= 4000;
    files.extend(directory::write_outcome(people, &outcome, with_scores));
    for (file, bytes) in files {
        fs::write(folder.join(file), bytes).expect("written");
    }
    json!({})
}

/// Most memory that this process ever held.
fn peak_mib() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    kib.map_or(f64::NAN, |kib| kib / 1024.0)
}

fn quantile(mut values: Vec<f64>, share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1) as f64;
    values
        .get((last * share) as usize)
        .copied()
        .unwrap_or(f64::NAN)
}
