//! The matching engine against its peers on the same people, in one run:
//! `cargo bench --bench matching -- [quick|full|PART…]`, parts: `scoring four-thousand flow scarce
//! ten-thousand fifty-thousand threads changes stable`.
//!
//! Every contender is a process of its own, so that its peak memory is its own; they take turns, round by
//! round, and the table takes the median of rounds: ratios travel between machines, seconds do not. The
//! peers need Python with `benches/peers/requirements.txt`; `PEERS_PYTHON` names it (default `python3`).
//! Without it only our rows are printed. `THREADS` (default 2) is for both sides, `ROUNDS` (default 3) for
//! the parts that compare.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a benchmark that cannot be set up should stop"
)]
#![expect(clippy::as_conversions, reason = "figures for people")]
#![expect(
    clippy::indexing_slicing,
    reason = "answers in JSON, where what is not there is null"
)]

mod matching_ours;

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use passerelle::matching::engine::kernel::Kernel;
use serde_json::Value;

/// What says to a process of this program that it is a contender: mentees, mentors, objective.
const CONTENDER: &str = "PASSERELLE_BENCH_CONTENDER";

fn main() {
    if let Ok(what) = std::env::var(CONTENDER) {
        return matching_ours::serve(&what);
    }
    let mut parts: Vec<String> = std::env::args()
        .skip(1)
        .filter(|arg| !arg.starts_with('-'))
        .collect();
    let all =
        "scoring four-thousand flow scarce ten-thousand fifty-thousand threads changes stable";
    match parts.first().map(String::as_str) {
        None | Some("quick") => parts = words("scoring four-thousand scarce threads changes"),
        Some("full") => parts = words(all),
        Some(_) => {}
    }
    println!("threads {}, kernels {:?}", threads(), Kernel::available());
    println!("\n| | ours | peak | against | theirs | peak | ratio | must / aim |");
    println!("|---|---|---|---|---|---|---|---|");
    let mut notes = Vec::new();
    for part in &parts {
        match part.as_str() {
            "scoring" => scoring(&mut notes),
            "four-thousand" => four_thousand(&mut notes),
            "flow" => flow(&mut notes),
            "scarce" => scarce(&mut notes),
            "ten-thousand" => ten_thousand(&mut notes),
            "fifty-thousand" => fifty_thousand(&mut notes),
            "threads" => scan_threads(),
            "changes" => changes(),
            "stable" => stable(&mut notes),
            other => panic!("{other} is none of {all}"),
        }
    }
    println!();
    notes.iter().for_each(|note| println!("- {note}"));
}

fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

fn scoring(notes: &mut Vec<String>) {
    let race = Race::run((4000, 4000), &["score", "best50"], rounds());
    race.scoring();
    race.note("scoring", notes);
}

fn four_thousand(notes: &mut Vec<String>) {
    let race = Race::run((4000, 4000), &["dense", "sparse50"], rounds());
    race.solving("4,000 × 4,000", "dense", Some((60.0, 120.0)));
    race.solving("4,000 × 4,000", "sparse50", None);
    race.note("4,000 × 4,000", notes);
}

fn flow(notes: &mut Vec<String>) {
    let race = Race::run((4000, 4000), &["flow"], rounds());
    race.solving("4,000 × 4,000", "flow", Some((220.0, 400.0)));
    race.note("4,000 × 4,000", notes);
}

fn scarce(notes: &mut Vec<String>) {
    let race = Race::run((4000, 2353), &["dense", "sparse50", "flow"], rounds());
    let best = ["dense", "flow"].into_iter().min_by(|a, b| {
        race.theirs(a, "seconds")
            .total_cmp(&race.theirs(b, "seconds"))
    });
    race.solving(
        "scarce, 4,000 × 2,353",
        best.unwrap_or("dense"),
        Some((8.0, 25.0)),
    );
    race.solving("scarce, 4,000 × 2,353", "sparse50", None);
    race.note("scarce", notes);
}

fn ten_thousand(notes: &mut Vec<String>) {
    let race = Race::run((10_000, 10_000), &["dense"], rounds().min(1));
    race.solving("10,000 × 10,000", "dense", Some((100.0, 180.0)));
    race.note("10,000 × 10,000", notes);
}

fn fifty_thousand(notes: &mut Vec<String>) {
    let race = Race::run((50_000, 50_000), &[], rounds());
    let (seconds, peak) = (race.ours("seconds"), race.ours("peak_mib"));
    let met = verdict(6.0 / seconds, (1.0, 6.0 / 2.5));
    println!(
        "| 50,000 × 50,000, everything, certified | {} | {peak:.0} MiB | – | – | – | – | 6 s, 256 MB / 2.5 s, 160 MB: {met} |",
        time(seconds)
    );
    race.note("50,000 × 50,000", notes);
}

fn scan_threads() {
    let mut ours = Contender::ours((4000, 4000), "coverage");
    let answer = ours.ask("threads");
    let (one, two) = (figure(&answer, "one"), figure(&answer, "two"));
    row(
        "scan (best 50 of 4,000 × 4,000), two threads",
        (two, None),
        "one thread",
        Some((one, None)),
        Some((1.7, 1.9)),
    );
}

fn changes() {
    for (name, people) in [
        ("4,000 × 4,000", (4000, 4000)),
        ("scarce", (4000, 2353)),
        ("10,000 × 10,000", (10_000, 10_000)),
    ] {
        let answer = Contender::ours(people, "coverage").ask("changes");
        row(
            &format!("one change, re-matched and re-proved, {name}: median"),
            (figure(&answer, "median"), Some(figure(&answer, "peak_mib"))),
            "a full solve",
            Some((figure(&answer, "full"), None)),
            Some((1000.0, 1000.0)),
        );
        for (what, key) in [("first", "first_draft"), ("next", "next_draft")] {
            row(
                &format!("what-if from stored prices, both sides, {name}: {what} of a run"),
                (figure(&answer, key), None),
                "two full solves",
                Some((2.0 * figure(&answer, "full"), None)),
                None,
            );
        }
        println!(
            "| – slowest of {} changes (99 % within {}) | {} | | | | | | – / 1 ms |",
            answer["count"],
            time(figure(&answer, "most")),
            time(figure(&answer, "slowest"))
        );
    }
}

/// The peer takes minutes: it runs once, and its processor time counts, which is at most its time.
fn stable(notes: &mut Vec<String>) {
    let people = (2000, 2000);
    let folder = exported(people, "stable");
    let mut ours = Contender::ours(people, "stable");
    let answers: Vec<Value> = (0..9).map(|_| ours.ask("solve")).collect();
    let (seconds, peak) = (middle(&answers, "seconds"), middle(&answers, "peak_mib"));
    let theirs = Contender::peer(&folder.0).map(|mut peer| peer.ask("stable"));
    row(
        "stable, 2,000 × 2,000, scoring and proof included",
        (seconds, Some(peak)),
        "`matching`, HospitalResident (without scoring)",
        theirs
            .as_ref()
            .map(|answer| (figure(answer, "seconds"), Some(figure(answer, "peak_mib")))),
        Some((5000.0, 20_000.0)),
    );
    if let (Some(answer), Some(ours)) = (theirs, answers.last()) {
        notes.push(format!(
            "stable: matched {} (`matching` {}), blocking pairs {}",
            ours["matched"], answer["matched"], ours["violations"]
        ));
    }
}

/// Ours and the peers on one instance, in turns.
struct Race {
    ours: Vec<Value>,
    kernels: Vec<Value>,
    peers: Vec<(&'static str, Vec<Value>)>,
    pairs: f64,
}

impl Race {
    fn run(people: (u32, u32), names: &[&'static str], rounds: usize) -> Self {
        let folder = exported(people, "coverage");
        let mut ours = Contender::ours(people, "coverage");
        let mut kernels = Contender::ours(people, "coverage");
        let mut peers: Vec<(&'static str, Option<Contender>)> = names
            .iter()
            .map(|name| (*name, Contender::peer(&folder.0)))
            .collect();
        let mut race = Self {
            ours: Vec::new(),
            kernels: Vec::new(),
            peers: names.iter().map(|name| (*name, Vec::new())).collect(),
            pairs: f64::from(people.0) * f64::from(people.1),
        };
        for _ in 0..rounds {
            // Ours right beside each of theirs, and three times, because once is over so soon.
            race.ours.extend((0..3).map(|_| ours.ask("solve")));
            for ((name, peer), (_, answers)) in peers.iter_mut().zip(&mut race.peers) {
                answers.extend(peer.as_mut().map(|peer| peer.ask(name)));
                race.ours.extend((0..3).map(|_| ours.ask("solve")));
            }
            if names.contains(&"best50") {
                race.kernels.push(kernels.ask("kernels"));
            }
        }
        race
    }

    fn ours(&self, key: &str) -> f64 {
        middle(&self.ours, key)
    }

    fn theirs(&self, name: &str, key: &str) -> f64 {
        let found = self.peers.iter().find(|(peer, _)| *peer == name);
        found.map_or(f64::NAN, |(_, answers)| middle(answers, key))
    }

    fn solving(&self, what: &str, peer: &str, goal: Option<(f64, f64)>) {
        let label = match peer {
            "dense" => "numpy + scipy `linear_sum_assignment`",
            "flow" => "numpy + OR-Tools min-cost flow",
            _ => "numpy + scipy sparse, best 50",
        };
        let theirs = self.theirs(peer, "seconds");
        row(
            &format!("{what}, everything, certified"),
            (self.ours("seconds"), Some(self.ours("peak_mib"))),
            label,
            theirs
                .is_finite()
                .then(|| (theirs, Some(self.theirs(peer, "peak_mib")))),
            goal,
        );
    }

    fn scoring(&self) {
        for kernel in Kernel::available() {
            let of = |key: &str| middle(&self.kernels, &format!("{} {key}", kernel.name()));
            let goal = match kernel {
                Kernel::Avx512 => (30.0, 45.0),
                Kernel::Avx2 => (14.0, 22.0),
                Kernel::Portable => (1.1, 2.0),
            };
            let speed = self.pairs / of("score") / 1e9;
            let what = format!(
                "score all pairs, {} ({speed:.2} G pairs/s; the floor is {:.2} G/s a thread)",
                kernel.name(),
                of("floor") / 1e9
            );
            let numpy = self.theirs("score", "seconds");
            let theirs = numpy.is_finite().then_some((numpy, None));
            row(&what, (of("score"), None), "numpy", theirs, Some(goal));
        }
        let kernel = Kernel::best().name();
        let numpy = self.theirs("best50", "seconds");
        row(
            &format!("exact best 50, {kernel}"),
            (middle(&self.kernels, &format!("{kernel} best50")), None),
            "numpy + argpartition",
            numpy
                .is_finite()
                .then(|| (numpy, Some(self.theirs("best50", "peak_mib")))),
            Some((30.0, 60.0)),
        );
    }

    /// What was found, by us and by them.
    fn note(&self, name: &str, notes: &mut Vec<String>) {
        let Some(ours) = self.ours.last() else { return };
        notes.push(format!(
            "{name}: matched {}, total {}, gap {}, violations {} over {} pairs, rounds {}, searches {}; ms: {}",
            ours["matched"], ours["total"], ours["gap"], ours["violations"], ours["pairs"],
            ours["rounds"], ours["searches"], ours["phases"].as_str().unwrap_or_default()
        ));
        for (peer, answers) in &self.peers {
            let Some(answer) = answers.last() else {
                continue;
            };
            match *peer {
                "score" => notes.push(format!(
                    "{name}: {} numpy scores differ from ours",
                    answer["wrong"]
                )),
                "best50" => {}
                _ => notes.push(format!(
                    "{name}, {peer}: matched {}, total {}",
                    answer["matched"], answer["total"]
                )),
            }
        }
    }
}

/// A line of the table: seconds and peak memory (MiB), ours and theirs.
fn row(
    what: &str,
    ours: (f64, Option<f64>),
    against: &str,
    theirs: Option<(f64, Option<f64>)>,
    goal: Option<(f64, f64)>,
) {
    let memory = |mib: Option<f64>| mib.map_or("–".to_owned(), |mib| format!("{mib:.0} MiB"));
    let Some((seconds, peak)) = theirs else {
        println!(
            "| {what} | {} | {} | {against} | – | – | – | |",
            time(ours.0),
            memory(ours.1)
        );
        return;
    };
    let ratio = seconds / ours.0;
    let goal = goal.map_or(String::new(), |goal| {
        format!("{}× / {}×: {}", goal.0, goal.1, verdict(ratio, goal))
    });
    println!(
        "| {what} | {} | {} | {against} | {} | {} | **{}×** | {goal} |",
        time(ours.0),
        memory(ours.1),
        time(seconds),
        memory(peak),
        if ratio < 10.0 {
            format!("{ratio:.2}")
        } else {
            format!("{ratio:.0}")
        },
    );
}

fn verdict(ratio: f64, (must, aim): (f64, f64)) -> &'static str {
    match ratio {
        ratio if ratio >= aim => "aim",
        ratio if ratio >= must => "must",
        _ => "missed",
    }
}

fn time(seconds: f64) -> String {
    match seconds {
        s if s < 1e-3 => format!("{:.1} µs", s * 1e6),
        s if s < 1.0 => format!("{:.1} ms", s * 1e3),
        s => format!("{s:.2} s"),
    }
}

fn figure(answer: &Value, key: &str) -> f64 {
    answer[key].as_f64().unwrap_or(f64::NAN)
}

fn middle(answers: &[Value], key: &str) -> f64 {
    let mut values: Vec<f64> = answers.iter().map(|answer| figure(answer, key)).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn from_environment(name: &str, otherwise: usize) -> usize {
    let text = std::env::var(name).ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

fn threads() -> usize {
    from_environment("THREADS", 2)
}

fn rounds() -> usize {
    from_environment("ROUNDS", 3)
}

/// A temporary folder that goes when this does.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

/// The people as columns, for the peers.
fn exported(people: (u32, u32), objective: &str) -> Folder {
    let name = format!(
        "passerelle-bench-{}-{}-{}",
        std::process::id(),
        people.0,
        people.1
    );
    let folder = Folder(std::env::temp_dir().join(name));
    std::fs::create_dir_all(&folder.0).expect("a temporary folder");
    Contender::ours(people, objective).ask(&format!("export {}", folder.0.display()));
    folder
}

/// A process that answers each line with a line of JSON.
struct Contender {
    child: Child,
    answers: BufReader<ChildStdout>,
}

impl Contender {
    fn ours((mentees, mentors): (u32, u32), objective: &str) -> Self {
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        command.env(
            CONTENDER,
            format!("{mentees} {mentors} {objective} {}", threads()),
        );
        Self::start(command).expect("this program starts")
    }

    fn peer(folder: &Path) -> Option<Self> {
        let python = std::env::var("PEERS_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let mut command = Command::new(python);
        command
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers/peers.py"))
            .arg(folder);
        Self::start(command)
    }

    fn start(mut command: Command) -> Option<Self> {
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().ok()?;
        let answers = BufReader::new(child.stdout.take()?);
        let mut contender = Self { child, answers };
        let mut line = String::new();
        contender.answers.read_line(&mut line).ok()?;
        line.contains("ready").then_some(contender)
    }

    fn ask(&mut self, command: &str) -> Value {
        let input = self.child.stdin.as_mut().expect("piped");
        writeln!(input, "{command}").expect("the contender listens");
        let mut line = String::new();
        self.answers
            .read_line(&mut line)
            .expect("the contender answers");
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("{command}: the contender failed"))
    }
}

impl Drop for Contender {
    fn drop(&mut self) {
        if let Some(input) = self.child.stdin.as_mut() {
            writeln!(input, "quit").ok();
        }
        self.child.wait().ok();
    }
}
