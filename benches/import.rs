//! How many rows of a spreadsheet are stored in a second, and in how much memory.
//!
//! `cargo bench --bench import [-- ROWS]` makes a list of people as an organisation has it (10,000 rows
//! unless told otherwise; occupations in own words, languages with levels, availability, topics),
//! imports it into an empty SQLite database, imports it again, and prints rows per second and the
//! process's peak memory after each.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "a benchmark stops at the first surprise"
)]

use std::io::{BufReader, Write};
use std::sync::Arc;
use std::time::Instant;

use passerelle::db::{Db, migrate};
use passerelle::kernel::{Clock, Context, Keyring, Platform, Settings, SystemClock};
use passerelle::people::import::{Enrol, Options, import};

const GIVEN: &[&str] = &[
    "Amina",
    "Zoé",
    "Bruno",
    "李",
    "Олена",
    "سارة",
    "José",
    "Thanh",
    "Priya",
    "Kwame",
];
const JOBS: &[&str] = &[
    "civil engineer",
    "infirmière auxiliaire",
    "software developer",
    "comptable",
    "welder",
    "teacher high school",
    "pharmacienne",
    "chef cuisinier",
    "truck driver",
    "analyste d'affaires",
    "data scientist",
    "électricien",
    "HR manager",
    "dentist",
    "architecte paysagiste",
    "cook",
];
const LANGUAGES: &[&str] = &[
    "fr:C1; ar:native",
    "English (fluent), Tagalog",
    "Français (courant); anglais B2",
    "uk:native; en:B1",
];
const HOURS: &[&str] = &[
    "Mon 18:00-21:00; sam 9h-12h",
    "lun-ven 18h-20h",
    "weekends 10-16",
    "Tue & Thu 6-8pm",
];
const CITIES: &[&str] = &[
    "Montréal",
    "Toronto",
    "Vancouver",
    "Calgary",
    "Halifax",
    "Trois-Rivières",
    "Sudbury",
];

fn main() {
    let rows = std::env::args()
        .filter_map(|a| a.parse().ok())
        .next()
        .unwrap_or(10_000_usize);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("people.csv");
    write(&file, rows);
    let mut settings = Settings::defaults().unwrap();
    settings.database.url = format!("sqlite://{}", folder.path().join("bench.db").display()).into();
    let db = Db::new(&settings.database);
    migrate::migrate(&mut db.connect_one().unwrap()).unwrap();
    let keyring = Keyring::new("kX3v9QmT7rLw2ZpB8nYc5HdJ4sGf6Ua1".to_owned().into());
    let platform = Arc::new(Platform { settings, keyring });
    passerelle::reference::warm();
    println!(
        "{rows} rows, {} KB; memory before {} MB",
        file.metadata().unwrap().len() / 1024,
        peak()
    );
    for what in ["first import", "same file again"] {
        let since = Instant::now();
        let ctx = Context::system("bench", SystemClock.now(), Arc::clone(&platform));
        let options = Options {
            file_name: "people.csv".into(),
            dry_run: false,
            skip_invalid: false,
            programme: None,
            role: None,
        };
        db.run_here(|conn| {
            let mut source = BufReader::new(std::fs::File::open(&file).unwrap());
            import(
                conn,
                &ctx,
                &mut source,
                &options,
                Enrol::NONE,
                &mut |_, _| {},
            )
        })
        .unwrap();
        let seconds = since.elapsed().as_secs_f64();
        let per_second = rows as f64 / seconds;
        println!(
            "{what}: {seconds:.2} s, {per_second:.0} rows/s, peak memory {} MB",
            peak()
        );
    }
}

fn write(file: &std::path::Path, rows: usize) {
    let mut out = std::io::BufWriter::new(std::fs::File::create(file).unwrap());
    writeln!(out, "Role,Given name,Family name,Email,Phone,City,Occupation,Years,Languages,Availability,Mode,Topics,Capacity,Waiting since").unwrap();
    let of = |list: &[&'static str], n: usize| list[n % list.len()];
    for n in 0..rows {
        let mentor = n % 5 < 2;
        let role = if mentor { "mentor" } else { "mentee" };
        let (capacity, since) = if mentor {
            ("2", "")
        } else {
            ("", "2026-03-04")
        };
        writeln!(
            out,
            "{role},{},Family{n},person{n}@example.org,514-55{}-{:04},{},{},{},\"{}\",\"{}\",either,\"interviews, networking\",{capacity},{since}",
            of(GIVEN, n), 5 + n / 10_000 % 5, n % 10_000, of(CITIES, n / 3), of(JOBS, n / 2), n % 30, of(LANGUAGES, n), of(HOURS, n / 5),
        )
        .unwrap();
    }
}

/// The process's greatest resident memory so far, in megabytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok())
        .unwrap_or(0)
        / 1024
}
