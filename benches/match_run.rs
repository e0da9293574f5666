//! A match run from the database to stored proposals: `cargo bench --bench match_run -- [PEOPLE …] [--url URL]`.
//!
//! Makes a database with so many mentees and as many mentors (500 and 4,000 unless given), whose occupations are
//! as unevenly spread as in life, runs the matcher once for each and prints how long reading, solving and saving
//! took. The database is SQLite in a temporary folder unless `--url` names an empty one.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark reports on standard output and stops at the first error"
)]

use std::sync::Arc;
use std::time::Instant;

use diesel::prelude::*;
use passerelle::db::schema::programmes as rows;
use passerelle::db::{Conn, Db, migrate};
use passerelle::kernel::{Clock, Context, Keyring, Locale, Platform, Settings, SystemClock};
use passerelle::matching::{self, Request};
use passerelle::people::model::parts::Side as TopicSide;
use passerelle::people::model::{
    Language, MeetingMode, Occupation, OccupationKind, Origin, Profile, Topic, WeeklyWindow,
};
use passerelle::people::store;
use passerelle::programmes::model::NewProgramme;
use passerelle::programmes::{self, Enrolment, Programme, Side};
use passerelle::reference::{LanguageLevel, NocCode};

/// A small generator of numbers, the same every time.
struct Dice(u64);

impl Dice {
    /// A number below `sides`.
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    /// A number below `sides`, low ones far more often.
    fn uneven(&mut self, sides: usize) -> usize {
        self.roll(sides) * self.roll(sides) / sides
    }
}

const PLACES: &[(&str, &str, &str)] = &[
    ("Toronto", "ON", "America/Toronto"),
    ("Montréal", "QC", "America/Toronto"),
    ("Vancouver", "BC", "America/Vancouver"),
    ("Calgary", "AB", "America/Edmonton"),
    ("Winnipeg", "MB", "America/Winnipeg"),
    ("Halifax", "NS", "America/Halifax"),
];
const TONGUES: &[&str] = &["ar", "zh", "es", "fr", "fa", "uk", "pa", "tl", "pt", "ti"];
const LEVELS: &[LanguageLevel] = &[
    LanguageLevel::B1,
    LanguageLevel::B2,
    LanguageLevel::C1,
    LanguageLevel::C2,
];
const TOPICS: &[&str] = &[
    "interviews",
    "networking",
    "job-search",
    "licensing",
    "workplace-culture",
];

fn main() {
    let args: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| a != "--bench")
        .collect();
    let url = args
        .iter()
        .position(|a| a == "--url")
        .and_then(|at| args.get(at + 1).cloned());
    let mut sizes: Vec<usize> = args.iter().filter_map(|a| a.parse().ok()).collect();
    if sizes.is_empty() {
        sizes = vec![500, 4000];
    }
    let folder = tempfile::tempdir().unwrap();
    let mut settings = Settings::defaults().unwrap();
    settings.security.secret = "kX3v9QmT7rLw2ZpB8nYc5HdJ4sGf6Ua1".to_owned().into();
    let file = folder.path().join("bench.db");
    settings.database.url = url
        .unwrap_or_else(|| format!("sqlite://{}", file.display()))
        .into();
    let db = Db::new(&settings.database);
    migrate::migrate(&mut db.connect_one().unwrap()).unwrap();
    let keyring = Keyring::new(settings.security.secret.clone());
    let platform = Arc::new(Platform { settings, keyring });
    let ctx = Context::system("bench", SystemClock.now(), platform);
    for size in sizes {
        let programme = db.run_here(|conn| populate(conn, &ctx, size)).unwrap();
        let queries = db.queries();
        let start = Instant::now();
        let run = db
            .run_here(|conn| matching::run(conn, &ctx, programme.id, &Request::default(), None))
            .unwrap();
        let all = start.elapsed();
        let summary = run.summary.unwrap().0;
        let engine: u64 = summary.phases.iter().map(|phase| phase.micros).sum();
        println!(
            "{size} × {size}: {:.0} ms from database to {} stored proposals, {:.0} ms of it in the engine ({}, {} threads); {} queries",
            all.as_secs_f64() * 1000.0,
            summary.matched,
            f64::from(u32::try_from(engine).unwrap()) / 1000.0,
            summary.kernel,
            summary.threads,
            db.queries() - queries
        );
    }
}

pub fn populate(
    conn: &mut Conn,
    ctx: &Context,
    size: usize,
) -> Result<Programme, passerelle::kernel::Problem> {
    conn.write_tx(|conn| {
        let mut dice = Dice(42);
        let today = ctx.now.utc_date();
        let new: NewProgramme = serde_json::from_value(serde_json::json!({
            "slug": format!("bench-{size}"), "name_en": "Bench", "name_fr": "Banc", "starts_on": today,
            "ends_on": today + chrono::Duration::days(270), "target_minutes": 1440, "meeting_minutes": 60,
            "rhythm_days": 14, "zone": "America/Toronto", "province": "QC"
        }))?;
        let made = programmes::create::create(conn, ctx, new)?;
        diesel::update(rows::table.find(made.id))
            .set(rows::status.eq("open"))
            .execute(conn)?;
        let programme = programmes::store::find(conn, made.id)?;
        let codes: Vec<NocCode> = NocCode::all().collect();
        let people: Vec<Profile> = (0..2 * size).map(|n| profile(&mut dice, ctx, &codes, n)).collect();
        store::insert(conn, &people)?;
        for (n, profile) in people.iter().enumerate() {
            let side = if n % 2 == 0 { Side::Mentee } else { Side::Mentor };
            let waits = (side == Side::Mentee)
                .then(|| ctx.now.minus(chrono::Duration::days(i64::try_from(dice.roll(200)).unwrap())));
            let enrolment = Enrolment {
                person_id: profile.person.id,
                side,
                capacity: (side == Side::Mentor).then(|| 1 + i32::try_from(dice.roll(3)).unwrap()),
                waiting_since: waits,
            };
            programmes::enrol_in(conn, ctx, &programme, &enrolment)?;
        }
        Ok(programme)
    })
}

fn profile(dice: &mut Dice, ctx: &Context, codes: &[NocCode], n: usize) -> Profile {
    let mut profile = Profile::blank(ctx.now, Origin::Demo);
    let (city, province, zone) = PLACES[dice.uneven(PLACES.len())];
    let person = &mut profile.person;
    person.given_name = format!("Person {n}");
    person.name_key = format!("person {n}");
    person.locale = Locale::En;
    (person.city, person.province) = (Some(city.into()), Some(province.into()));
    person.zone = zone.into();
    person.meeting_mode = MeetingMode::Either;
    let code = codes[dice.uneven(codes.len())].as_str().to_owned();
    profile.occupations = [OccupationKind::Held, OccupationKind::Target]
        .map(|kind| Occupation {
            kind,
            noc: Some(code.clone()),
            own_words: None,
            confidence: 1000,
            needs_review: false,
            years: Some(i32::try_from(dice.roll(12)).unwrap()),
            last_year: None,
        })
        .into();
    let speak = |language: &str, level| Language {
        language: language.into(),
        level: Some(level),
        wanted: false,
    };
    profile.languages = vec![
        speak("en", LEVELS[dice.roll(LEVELS.len())]),
        speak(TONGUES[dice.uneven(TONGUES.len())], LanguageLevel::Native),
    ];
    profile.topics = [TopicSide::Wants, TopicSide::Offers]
        .map(|side| Topic {
            side,
            topic: TOPICS[dice.roll(TOPICS.len())].into(),
        })
        .into();
    let days: Vec<i32> = (1..=7).filter(|_| dice.roll(3) > 0).collect();
    profile.availability = days
        .into_iter()
        .filter_map(|day| {
            WeeklyWindow::new(
                day,
                if day < 6 { 18 * 60 } else { 9 * 60 },
                if day < 6 { 21 * 60 } else { 12 * 60 },
            )
        })
        .collect();
    profile
}
