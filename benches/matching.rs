//! The matching engine against its peers on the same people, interleaved in one run:
//! `cargo bench --bench matching -- [quick|full|huge]`.
//!
//! Ratios travel between machines, seconds do not; on a busy machine both sides suffer alike, which is why
//! every round measures ours and theirs one after the other and the table takes the median of rounds. The
//! peers need Python with `benches/peers/requirements.txt`; `PEERS_PYTHON` names it (default `python3`).
//! Without it only our rows are printed. `THREADS` (default 2) is for both sides.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a benchmark that cannot be set up should stop"
)]
#![expect(clippy::as_conversions, reason = "figures for people")]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use passerelle::matching::engine::kernel::Kernel;
use passerelle::matching::engine::sample::{Dice, Sample};
use passerelle::matching::engine::{
    Change, Instance, Live, Objective, Options, Outcome, Settings, directory, scan, solve,
};

fn main() {
    let size = std::env::args()
        .skip(1)
        .find(|arg| !arg.starts_with('-'))
        .unwrap_or_else(|| "quick".to_owned());
    let threads: usize = std::env::var("THREADS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(2);
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build_global()
        .expect("the pool is made once");
    println!("threads {threads}, kernels {:?}", Kernel::available());
    match size.as_str() {
        "quick" => {
            compare(
                "4,000 × 4,000",
                Sample::new(42, 4000, 4000),
                3,
                &["score", "best50", "dense", "sparse50"],
            );
            compare(
                "scarce",
                Sample::new(42, 4000, 2353),
                3,
                &["score", "dense", "sparse50"],
            );
        }
        "full" => {
            compare(
                "4,000 × 4,000",
                Sample::new(42, 4000, 4000),
                3,
                &["score", "best50", "dense", "sparse50", "flow"],
            );
            compare(
                "scarce",
                Sample::new(42, 4000, 2353),
                3,
                &["score", "best50", "dense", "sparse50", "flow"],
            );
            compare(
                "10,000 × 10,000",
                Sample::new(42, 10_000, 10_000),
                1,
                &["score", "dense"],
            );
            alone("50,000 × 50,000", Sample::new(42, 50_000, 50_000));
        }
        "huge" => alone("50,000 × 50,000", Sample::new(42, 50_000, 50_000)),
        other => panic!("quick, full or huge, not {other}"),
    }
    changes("4,000 × 4,000", Sample::new(42, 4000, 4000));
    changes("scarce", Sample::new(42, 4000, 2353));
    changes("10,000 × 10,000", Sample::new(42, 10_000, 10_000));
    stable();
}

fn instance(sample: Sample, objective: Objective) -> Instance {
    sample
        .instance(Settings {
            objective,
            ..Settings::default()
        })
        .expect("the sample is valid")
}

/// Our engine and the peers, round by round.
fn compare(name: &str, sample: Sample, rounds: usize, commands: &[&str]) {
    let people = instance(sample, Objective::Coverage);
    let folder = export(name, &people, sample.mentees <= 4000);
    let mut peers = Peers::start(&folder);
    let mut theirs: Vec<Vec<serde_json::Value>> = vec![Vec::new(); commands.len()];
    let mut ours: Vec<f64> = Vec::new();
    let mut measured: Vec<Vec<(&'static str, f64)>> = Vec::new();
    let mut last = None;
    for _ in 0..rounds {
        for (answers, command) in theirs.iter_mut().zip(commands) {
            answers.extend(peers.as_mut().map(|peers| peers.ask(command)));
            // Ours right beside each of theirs.
            let begin = Instant::now();
            last = Some(solve(&people, &Options::default()).expect("solved"));
            ours.push(begin.elapsed().as_secs_f64());
        }
        if commands.is_empty() || peers.is_none() {
            let begin = Instant::now();
            last = Some(solve(&people, &Options::default()).expect("solved"));
            ours.push(begin.elapsed().as_secs_f64());
        }
        measured.push(kernels(&people));
    }
    let outcome = last.expect("at least one round");
    println!(
        "\n== {name}: {} mentees, {} mentors, {} places",
        sample.mentees, sample.mentors, outcome.statistics.places
    );
    print_ours(&people, &outcome, &ours);
    print_kernels(&people, &measured, &theirs, commands);
    print_theirs(&outcome, median(&ours), &theirs, commands);
    fs::remove_dir_all(&folder).expect("the folder is ours");
}

fn kernels(people: &Instance) -> Vec<(&'static str, f64)> {
    let begin = Instant::now();
    let clock = || begin.elapsed().as_secs_f64();
    Kernel::available()
        .into_iter()
        .flat_map(|kernel| scan::measure(people, kernel, 3, clock))
        .collect()
}

fn print_ours(people: &Instance, outcome: &Outcome, ours: &[f64]) {
    let before = memory("VmRSS:");
    fs::write("/proc/self/clear_refs", "5").ok();
    let again = solve(people, &Options::default()).expect("solved");
    assert!(again.same_as(outcome), "the same again");
    let peak = memory("VmHWM:").saturating_sub(before);
    let phases: Vec<String> = again
        .statistics
        .phases
        .iter()
        .map(|phase| format!("{} {:.1}", phase.name, phase.micros as f64 / 1000.0))
        .collect();
    println!(
        "ours, everything, certified: {:.1} ms (best {:.1}), {peak} MiB beside the people",
        median(ours) * 1e3,
        best(ours) * 1e3
    );
    println!(
        "  matched {}, total {}, gap {}, violations {} over {} pairs, rounds {}, searches {}",
        outcome.pairs.len(),
        outcome.statistics.score_total + outcome.statistics.waiting_total,
        outcome.certificate.primal - outcome.certificate.dual,
        outcome.certificate.violations,
        outcome.certificate.pairs,
        outcome.statistics.pricing_rounds,
        outcome.statistics.searches
    );
    println!("  ms: {}", phases.join(", "));
}

fn print_kernels(
    people: &Instance,
    measured: &[Vec<(&'static str, f64)>],
    theirs: &[Vec<serde_json::Value>],
    commands: &[&str],
) {
    let pairs = people.mentees().len() as f64 * people.mentors().len() as f64;
    let peer = |command: &str| {
        let at = commands.iter().position(|known| *known == command)?;
        let seconds: Vec<f64> = theirs
            .get(at)?
            .iter()
            .filter_map(|answer| answer["seconds"].as_f64())
            .collect();
        (!seconds.is_empty()).then(|| median(&seconds))
    };
    for (at, kernel) in Kernel::available().into_iter().enumerate() {
        let time = |step: usize| {
            median(
                &measured
                    .iter()
                    .filter_map(|row| row.get(at * 3 + step).map(|(_, time)| *time))
                    .collect::<Vec<_>>(),
            )
        };
        let ratio = |theirs: Option<f64>, ours: f64| {
            theirs.map_or(String::new(), |theirs| {
                format!(" = {:.1}× numpy", theirs / ours)
            })
        };
        let (score, keep) = (time(1), time(2));
        let floor = scan::probe(people, kernel, 20_000);
        println!(
            "  {}: score all {:.2} G pairs/s{} ({:.0} % of the floor {:.2} G/s a thread); best 50 {:.2} G/s{}",
            kernel.name(),
            pairs / score / 1e9,
            ratio(peer("score"), score),
            100.0 * pairs / score / floor / rayon::current_num_threads() as f64,
            floor / 1e9,
            pairs / keep / 1e9,
            ratio(
                peer("score").zip(peer("best50")).map(|(a, b)| a.max(b)),
                keep
            )
        );
    }
}

fn print_theirs(
    outcome: &Outcome,
    ours: f64,
    theirs: &[Vec<serde_json::Value>],
    commands: &[&str],
) {
    let seconds = |command: &str| {
        let at = commands.iter().position(|known| *known == command)?;
        let values: Vec<f64> = theirs
            .get(at)?
            .iter()
            .filter_map(|answer| answer["seconds"].as_f64())
            .collect();
        (!values.is_empty()).then(|| median(&values))
    };
    let score = seconds("score").unwrap_or(0.0);
    for (command, answers) in commands.iter().zip(theirs) {
        let (Some(time), Some(answer)) = (seconds(command), answers.last()) else {
            continue;
        };
        print!(
            "  peer {command}: {time:.3} s, peak {} MiB",
            answer["peak_mib"]
        );
        match *command {
            "score" => println!(", {} scores differ from ours", answer["wrong"]),
            "best50" => println!(),
            _ => {
                let total = outcome.statistics.score_total + outcome.statistics.waiting_total;
                println!(
                    "; with numpy scoring {:.3} s = {:.0}× ours; matched {} (ours {}), total {} (ours {total})",
                    time + score,
                    (time + score) / ours,
                    answer["matched"],
                    outcome.pairs.len(),
                    answer["total"]
                );
            }
        }
    }
}

/// Ours only, where no peer can follow.
fn alone(name: &str, sample: Sample) {
    let people = instance(sample, Objective::Coverage);
    println!("\n== {name}");
    let times: Vec<(f64, Outcome)> = (0..3)
        .map(|_| {
            let begin = Instant::now();
            let outcome = solve(&people, &Options::default()).expect("solved");
            (begin.elapsed().as_secs_f64(), outcome)
        })
        .collect();
    let seconds: Vec<f64> = times.iter().map(|(time, _)| *time).collect();
    if let Some((_, outcome)) = times.first() {
        print_ours(&people, outcome, &seconds);
    }
}

/// One change after another, each the best again, against a full solve.
fn changes(name: &str, sample: Sample) {
    let people = instance(sample, Objective::Coverage);
    let begin = Instant::now();
    solve(&people, &Options::default()).expect("solved");
    let full = begin.elapsed().as_secs_f64();
    let mut live = Live::new(people, &Options::default()).expect("solved");
    let mut dice = Dice(1);
    let mut times: Vec<f64> = Vec::new();
    for round in 0..400_u32 {
        let mentee = dice.below(sample.mentees);
        let mentor = dice.below(sample.mentors);
        let capacity = 1 + dice.below(3);
        let change = match round % 4 {
            0 => Change::Leave(mentee),
            1 => Change::Capacity { mentor, capacity },
            2 => Change::Ban {
                mentee,
                mentor,
                why: passerelle::matching::engine::Exclusion::Banned,
            },
            _ => Change::Return(mentee),
        };
        let begin = Instant::now();
        live.apply(&change).expect("a valid change");
        times.push(begin.elapsed().as_secs_f64());
    }
    live.outcome(sample.mentees <= 4000)
        .expect("proved after all changes");
    times.sort_by(f64::total_cmp);
    let worst = times.last().copied().unwrap_or(0.0);
    println!(
        "\n== one change at {name}: median {:.1} µs re-matched and priced (slowest {:.2} ms), full solve {:.1} ms = {:.0}×",
        median(&times) * 1e6,
        worst * 1e3,
        full * 1e3,
        full / median(&times)
    );
}

fn stable() {
    let people = instance(Sample::new(42, 2000, 2000), Objective::Stable);
    let times: Vec<f64> = (0..5)
        .map(|_| {
            let begin = Instant::now();
            solve(&people, &Options::default()).expect("solved");
            begin.elapsed().as_secs_f64()
        })
        .collect();
    println!(
        "\n== stable at 2,000 × 2,000, scoring and proof included: {:.2} ms",
        median(&times) * 1e3
    );
}

fn export(name: &str, people: &Instance, with_scores: bool) -> PathBuf {
    let safe: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let folder =
        std::env::temp_dir().join(format!("passerelle-bench-{}-{safe}", std::process::id()));
    fs::create_dir_all(&folder).expect("a temporary folder");
    let outcome = solve(people, &Options::default()).expect("solved");
    let mut files = directory::write(people);
    files.extend(directory::write_outcome(people, &outcome, with_scores));
    for (file, bytes) in files {
        fs::write(folder.join(file), bytes).expect("written");
    }
    folder
}

struct Peers {
    child: Child,
    answers: BufReader<std::process::ChildStdout>,
}

impl Peers {
    fn start(folder: &Path) -> Option<Self> {
        let python = std::env::var("PEERS_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers/peers.py");
        let mut child = Command::new(python)
            .arg(script)
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .ok()?;
        let answers = BufReader::new(child.stdout.take()?);
        let mut peers = Self { child, answers };
        let mut line = String::new();
        peers.answers.read_line(&mut line).ok()?;
        line.contains("ready").then_some(peers)
    }

    fn ask(&mut self, command: &str) -> serde_json::Value {
        let mut line = String::new();
        let input = self.child.stdin.as_mut().expect("piped");
        writeln!(input, "{command}").expect("the peer listens");
        self.answers.read_line(&mut line).expect("the peer answers");
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("{command}: the peer failed"))
    }
}

impl Drop for Peers {
    fn drop(&mut self) {
        if let Some(input) = self.child.stdin.as_mut() {
            writeln!(input, "quit").ok();
        }
        self.child.wait().ok();
    }
}

fn memory(key: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find(|line| line.starts_with(key))
        .unwrap_or_default();
    line.split_whitespace()
        .nth(1)
        .and_then(|text| text.parse::<u64>().ok())
        .unwrap_or(0)
        / 1024
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

fn best(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::INFINITY, f64::min)
}
