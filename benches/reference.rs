//! How long a person who types waits for the job titles: `cargo bench --bench reference`.
//!
//! The corpus is what people type on the way to a title, letter by letter, with and without a
//! typing error, in both languages. Besides divan's figures the 50th and 99th percentile and the
//! worst single query are printed: the goal is under 5 ms for each of them.

use std::time::{Duration, Instant};

use divan::{Bencher, black_box};
use passerelle::kernel::Locale;
use passerelle::reference::titles;

const WANTED: &[&str] = &[
    "civil engineer",
    "registered nurse",
    "software developer",
    "early childhood educator",
    "chartered professional accountant",
    "truck driver",
    "administrative assistant",
    "electrician",
    "ingénieure civile",
    "infirmière auxiliaire",
    "comptable professionnel agréé",
    "enseignante au primaire",
    "technicienne de laboratoire médical",
    "préposé aux bénéficiaires",
    "mécanicien d'entretien",
    "développeur de logiciels",
];

/// Every beginning of every title, and each with its third, sixth … letter left out.
fn typed() -> Vec<String> {
    let mut all = Vec::new();
    for wanted in WANTED {
        let letters: Vec<char> = wanted.chars().collect();
        for end in 1..=letters.len() {
            let beginning: String = letters.iter().take(end).collect();
            for missing in (2..end).step_by(3) {
                let kept = beginning
                    .chars()
                    .enumerate()
                    .filter(|(place, _)| *place != missing);
                all.push(kept.map(|(_, letter)| letter).collect());
            }
            all.push(beginning);
        }
    }
    all
}

fn main() {
    let start = Instant::now();
    titles::warm();
    println!("titles read and indexed in {:?}", start.elapsed());
    let queries = typed();
    let mut times: Vec<Duration> = queries
        .iter()
        .map(|query| {
            let start = Instant::now();
            black_box(titles::search(query, None, 10));
            start.elapsed()
        })
        .collect();
    times.sort();
    let at = |share: usize| {
        times
            .get((times.len() - 1) * share / 100)
            .copied()
            .unwrap_or_default()
    };
    println!(
        "{} queries: p50 {:?}, p99 {:?}, worst {:?}",
        times.len(),
        at(50),
        at(99),
        at(100)
    );
    divan::main();
}

#[divan::bench(args = ["e", "eng", "civil eng", "infirmiere aux", "enginer civl", "qqqqqqqq"])]
fn search(bencher: Bencher, query: &str) {
    bencher.bench(|| titles::search(black_box(query), None, 10));
}

#[divan::bench(args = ["Infirmière auxiliaire", "civil eng.", "Senior project manager in construction"])]
fn code(bencher: Bencher, text: &str) {
    bencher.bench(|| titles::code_from_words(black_box(text), Some(Locale::En)));
}
