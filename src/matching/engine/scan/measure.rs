//! How fast the scan is, for benchmarks.

use super::super::columns::BLOCK;
use super::super::instance::Instance;
use super::super::kernel::{Job, Kernel, run};
use super::super::task::Task;
use super::takers::Counter;
use super::{Audience, Layout, Scanner, Scratch};

/// Seconds by the given clock (best of `times`) for laying out the columns, scoring all pairs and keeping
/// the best 50: for benchmarks, which name the clock (of the wall or of the processor).
#[must_use]
pub fn measure(
    instance: &Instance,
    kernel: Kernel,
    times: usize,
    clock: impl Fn() -> f64,
) -> Vec<(&'static str, f64)> {
    let task = Task::new(instance);
    let mut best = [f64::MAX; 3];
    for _ in 0..times {
        let start = clock();
        let layout = Layout::new(instance, &task, Audience::Task);
        let scanner = Scanner {
            instance,
            task: &task,
            layout: &layout,
            kernel,
        };
        let columns = clock();
        std::hint::black_box(scanner.score_all());
        let score = clock();
        std::hint::black_box(scanner.best_of_all(50));
        let laps = [columns - start, score - columns, clock() - score];
        best.iter_mut()
            .zip(laps)
            .for_each(|(best, lap)| *best = best.min(lap));
    }
    ["columns", "score all", "best 50"]
        .into_iter()
        .zip(best)
        .collect()
}

/// The processor's floor: pairs per second of one thread that scores the first block of mentors for the
/// first mentee again and again, everything in the nearest cache.
#[must_use]
pub fn probe(instance: &Instance, kernel: Kernel, times: u32) -> f64 {
    let task = Task::new(instance);
    let layout = Layout::new(instance, &task, Audience::Task);
    let scanner = Scanner {
        instance,
        task: &task,
        layout: &layout,
        kernel,
    };
    let Some(mentee) = task.rows.first().filter(|_| !task.cols.is_empty()) else {
        return 0.0;
    };
    let mut professions = layout
        .columns
        .professions(instance, &instance.mentees[*mentee as usize].targets);
    let mut scratch = Scratch::default();
    scanner.prepare(&mut scratch, 0);
    professions.order = vec![0; times as usize];
    let job = Job {
        columns: &layout.columns,
        row: &scratch.row,
        professions: &professions,
        bars: None,
    };
    let mut counter = Counter::default();
    let start = std::time::Instant::now();
    run(kernel, &job, &mut scratch.plan, &mut counter);
    std::hint::black_box(counter.sum);
    f64::from(times) * BLOCK as f64 / start.elapsed().as_secs_f64()
}
