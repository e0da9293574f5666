//! `passerelle match` on files, without a database: an instance directory, or a matrix of scores.
//!
//! Both are NumPy's `.npy`, so that any outside tool can make the input and check the output.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, bail};
use serde_json::json;

use crate::matching::engine::directory::{self, Files};
use crate::matching::engine::kernel::Kernel;
use crate::matching::engine::npy::Array;
use crate::matching::engine::outcome::Phase;
use crate::matching::engine::{Matrix, Objective, Options, solve, solve_matrix};

/// What to solve and where to write.
#[derive(Debug, Clone, clap::Args)]
#[group(id = "match-files")]
pub struct Args {
    /// Scores, mentees × mentors, integers; a negative one is not admissible.
    #[arg(
        long,
        value_name = "FILE.npy",
        requires = "capacity",
        conflicts_with = "instance"
    )]
    pub scores: Option<PathBuf>,
    /// Places of each mentor.
    #[arg(long, value_name = "FILE.npy", requires = "scores")]
    pub capacity: Option<PathBuf>,
    /// A directory of people as columns, as `--export` writes it.
    #[arg(long, value_name = "DIR")]
    pub instance: Option<PathBuf>,
    /// Where the answer goes; made if it is not there.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// What "best" means, for `--scores` (an instance says so itself).
    #[arg(long, value_enum, default_value_t = Goal::Coverage)]
    pub objective: Goal,
    /// Threads; as many as the machine has if not given.
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
    /// With `--instance`: also write the dense matrix of scores.
    #[arg(long, requires = "instance")]
    pub with_scores: bool,
}

/// The objective on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Goal {
    /// As many mentees as possible, then the best total.
    Coverage,
    /// The best total.
    Total,
    /// No pair would rather have each other.
    Stable,
}

impl From<Goal> for Objective {
    fn from(goal: Goal) -> Self {
        match goal {
            Goal::Coverage => Self::Coverage,
            Goal::Total => Self::Total,
            Goal::Stable => Self::Stable,
        }
    }
}

/// Solves the files and writes the answer; nothing is written if anything is wrong.
///
/// # Errors
/// A file cannot be read or written, is malformed, or the instance is refused; says which and why.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let Some(out) = &args.out else {
        bail!("--out DIR says where the answer goes")
    };
    let files = match (&args.scores, &args.capacity, &args.instance) {
        (Some(scores), Some(capacity), _) => run_matrix(scores, capacity, args)?,
        (_, _, Some(instance)) => run_instance(instance, args)?,
        _ => bail!("give --scores and --capacity, or --instance"),
    };
    fs::create_dir_all(out).with_context(|| format!("{}", out.display()))?;
    write_files(out, &files)
}

/// Writes files into a directory that exists: all of them, or none.
///
/// # Errors
/// A file cannot be written.
pub fn write_files(directory: &Path, files: &Files) -> anyhow::Result<()> {
    let part = |name: &str| directory.join(format!(".{name}.part"));
    let written = files.iter().try_for_each(|(name, bytes)| {
        fs::write(part(name), bytes).with_context(|| format!("{}", directory.join(name).display()))
    });
    if written.is_err() {
        // What was written of them is of no use; that one of them is not there is no matter.
        files.keys().for_each(|name| {
            fs::remove_file(part(name)).ok();
        });
        return written;
    }
    files.keys().try_for_each(|name| {
        let path = directory.join(name);
        fs::rename(part(name), &path).with_context(|| format!("{}", path.display()))
    })
}

fn run_matrix(scores: &Path, capacity: &Path, args: &Args) -> anyhow::Result<Files> {
    let options = Options {
        threads: args.threads,
        ..Options::default()
    };
    let begin = Instant::now();
    let matrix = Matrix::new(read_npy(scores)?, &read_npy(capacity)?)?;
    let read = Phase {
        name: "read".to_owned(),
        micros: micros(begin),
    };
    let outcome = solve_matrix(&matrix, args.objective.into(), &options)?;
    let result = json!({
        "objective": Objective::from(args.objective),
        "matched": outcome.matched,
        "score_total": outcome.score_total,
        "coverage_bonus": outcome.coverage_bonus,
        "primal_value": whole(outcome.primal),
        "dual_value": whole(outcome.dual),
        "violations": outcome.violations,
        "pricing_rounds": outcome.pricing_rounds,
        "phases": std::iter::once(&read).chain(&outcome.phases).collect::<Vec<_>>(),
        "peak_memory_bytes": peak_memory(),
        "kernel": Kernel::Portable.name(),
        "threads": threads(args),
    });
    let mut files = Files::new();
    files.insert(
        "assignment.npy".to_owned(),
        Array::line(outcome.assignment).to_bytes(),
    );
    files.insert(
        "price_mentee.npy".to_owned(),
        Array::line(outcome.price_mentee).to_bytes(),
    );
    files.insert(
        "price_mentor.npy".to_owned(),
        Array::line(outcome.price_mentor).to_bytes(),
    );
    files.insert(
        "result.json".to_owned(),
        serde_json::to_vec_pretty(&result)?,
    );
    Ok(files)
}

fn run_instance(path: &Path, args: &Args) -> anyhow::Result<Files> {
    let begin = Instant::now();
    let instance = directory::read(&read_files(path)?)?;
    let read = Phase {
        name: "read".to_owned(),
        micros: micros(begin),
    };
    let outcome = solve(
        &instance,
        &Options {
            threads: args.threads,
            ..Options::default()
        },
    )?;
    let result = json!({
        "objective": instance.settings().objective,
        "matched": outcome.pairs.len(),
        "score_total": outcome.statistics.score_total,
        "waiting_total": outcome.statistics.waiting_total,
        "coverage_bonus": outcome.coverage_bonus,
        "primal_value": whole(outcome.certificate.primal),
        "dual_value": whole(outcome.certificate.dual),
        "violations": outcome.certificate.violations,
        "pairs_checked": outcome.certificate.pairs,
        "pricing_rounds": outcome.statistics.pricing_rounds,
        "phases": std::iter::once(&read).chain(&outcome.statistics.phases).collect::<Vec<_>>(),
        "peak_memory_bytes": peak_memory(),
        "kernel": Kernel::best().name(),
        "threads": threads(args),
    });
    let mut files = directory::write_outcome(&instance, &outcome, args.with_scores);
    files.insert(
        "result.json".to_owned(),
        serde_json::to_vec_pretty(&result)?,
    );
    Ok(files)
}

/// All `.json` and `.npy` files of a directory.
fn read_files(path: &Path) -> anyhow::Result<Files> {
    let mut files = Files::new();
    for entry in fs::read_dir(path).with_context(|| format!("{}", path.display()))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(".npy") || name.ends_with(".json") {
            files.insert(
                name,
                fs::read(entry.path()).with_context(|| format!("{}", entry.path().display()))?,
            );
        }
    }
    Ok(files)
}

fn read_npy(path: &Path) -> anyhow::Result<Array<i32>> {
    let bytes = fs::read(path).with_context(|| format!("{}", path.display()))?;
    Array::from_bytes(&bytes).with_context(|| format!("{}", path.display()))
}

/// A number of any size: as a number where JSON readers keep it whole, else as text.
fn whole(value: i128) -> serde_json::Value {
    i64::try_from(value).map_or_else(|_| json!(value.to_string()), |value| json!(value))
}

fn threads(args: &Args) -> usize {
    args.threads.unwrap_or_else(rayon::current_num_threads)
}

fn micros(begin: Instant) -> u64 {
    u64::try_from(begin.elapsed().as_micros()).unwrap_or(u64::MAX)
}

/// Most memory that this process ever held, bytes; none where the system does not say.
fn peak_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::engine::{Settings, sample::Sample};

    fn args(out: &Path) -> Args {
        Args {
            scores: None,
            capacity: None,
            instance: None,
            out: Some(out.to_owned()),
            objective: Goal::Total,
            threads: None,
            with_scores: true,
        }
    }

    #[test]
    fn a_matrix_in_files_is_solved_and_the_answer_written() -> anyhow::Result<()> {
        let dir = tempfile::tempdir()?;
        let scores = Array {
            shape: vec![2, 2],
            data: vec![3_i32, 2, 2, -1],
        };
        fs::write(dir.path().join("s.npy"), scores.to_bytes())?;
        fs::write(
            dir.path().join("c.npy"),
            Array::line(vec![1_i32, 1]).to_bytes(),
        )?;
        let out = dir.path().join("out");
        let mut args = args(&out);
        (args.scores, args.capacity) = (
            Some(dir.path().join("s.npy")),
            Some(dir.path().join("c.npy")),
        );
        run(&args)?;
        assert_eq!(read_npy(&out.join("assignment.npy"))?.data, [1, 0]);
        let result: serde_json::Value =
            serde_json::from_slice(&fs::read(out.join("result.json"))?)?;
        assert_eq!(
            (
                &result["matched"],
                &result["violations"],
                &result["dual_value"]
            ),
            (&json!(2), &json!(0), &json!(4))
        );
        Ok(())
    }

    #[test]
    fn an_instance_in_a_directory_is_solved_and_a_missing_file_named() -> anyhow::Result<()> {
        let dir = tempfile::tempdir()?;
        let instance = Sample::new(1, 30, 20).instance(Settings::default())?;
        write_files(dir.path(), &directory::write(&instance))?;
        let out = dir.path().join("out");
        let mut args = args(&out);
        args.instance = Some(dir.path().to_owned());
        run(&args)?;
        assert_eq!(read_npy(&out.join("scores.npy"))?.shape, [30, 20]);
        fs::remove_file(dir.path().join("mentor_week.npy"))?;
        let error = run(&args).expect_err("a file is missing");
        assert!(error.to_string().contains("mentor_week.npy"), "{error}");
        Ok(())
    }
}
