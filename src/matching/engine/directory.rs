//! An instance as a directory: a JSON header and people as columns in `.npy` files, so that any outside
//! tool can read, score, solve and check the same people.
//!
//! | file | type and shape | columns |
//! |---|---|---|
//! | `header.json` | – | format, version, settings, number of occupations |
//! | `similarity.npy` | u2, occupations² | likeness per mille, row = target |
//! | `mentee_key.npy`, `mentor_key.npy` | u8, people × 2 | person key, high and low 64 bits |
//! | `mentee_facts.npy` | i4, people × 6 | standing, city (−1 none), province (−1), mode, wishes may count, days waited |
//! | `mentor_facts.npy` | i4, people × 6 | the same with capacity last |
//! | `mentee_week.npy`, `mentor_week.npy` | u8, people × (6 × regimes) | UTC half-hours, bit 0 = Monday 00:00 |
//! | `mentee_targets.npy` | i4, n × 2 | mentee, occupation |
//! | `mentor_occupations.npy` | i4, n × 3 | mentor, occupation, per mille |
//! | `*_languages.npy` | i4, n × 4 | person, language, level, asked |
//! | `*_topics.npy` | i4, n × 2 | person, topic (a mentee's in order) |
//! | `*_licences.npy` | i4, n × 3 | person, profession, jurisdiction |
//! | `*_tags.npy` | i4, n × 3 | person, 0 has · 1 wants · 2 insists, tag |
//! | `macrolanguages.npy` | i4, n × 2 | language, its macrolanguage |
//! | `reach.npy` | i4, n × 2 | two cities |
//! | `exclusions.npy` | i4, n × 3 | mentee, mentor, 0 conflict · 1 matched before · 2 banned · 3 declined |
//! | `pins.npy`, `locked.npy` | i4, n × 2 | mentee, mentor |

mod codes;
mod read;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::facts::{Licence, Person};
use super::instance::Instance;
use super::npy::{Array, Integer};
use super::outcome::Outcome;
use super::pair::assess;
use super::settings::Settings;
use codes::{exclusion_number, mode_number, signed, standing_number};
pub use read::read;

/// The files of a directory by name.
pub type Files = BTreeMap<String, Vec<u8>>;

const FORMAT: &str = "passerelle-instance";

#[derive(Debug, Serialize, Deserialize)]
struct Header {
    format: String,
    version: u32,
    settings: Settings,
    occupations: u16,
}

/// The files of an instance.
#[must_use]
pub fn write(instance: &Instance) -> Files {
    let mut files = Files::new();
    let occupations = u16::try_from(instance.similarity.count()).unwrap_or(u16::MAX);
    let header = Header {
        format: FORMAT.to_owned(),
        version: 1,
        settings: instance.settings.clone(),
        occupations,
    };
    files.insert(
        "header.json".to_owned(),
        serde_json::to_vec_pretty(&header).unwrap_or_default(),
    );
    let likeness = (0..occupations)
        .flat_map(|target| instance.similarity.row(target).iter().copied())
        .collect();
    put(
        &mut files,
        "similarity",
        Array::table(usize::from(occupations), likeness),
    );
    write_people(
        &mut files,
        "mentee",
        instance.mentees.iter().map(|m| (&m.person, m.waiting_days)),
    );
    write_people(
        &mut files,
        "mentor",
        instance.mentors.iter().map(|m| (&m.person, m.capacity)),
    );
    let mentees = || (0_i32..).zip(&instance.mentees);
    let mentors = || (0_i32..).zip(&instance.mentors);
    let targets = mentees().flat_map(|(i, m)| m.targets.iter().map(move |o| [i, i32::from(*o)]));
    put_rows(&mut files, "mentee_targets", targets);
    let occupations = mentors().flat_map(|(j, m)| {
        m.occupations
            .iter()
            .map(move |e| [j, e.occupation.into(), e.permille.into()])
    });
    put_rows(&mut files, "mentor_occupations", occupations);
    put_rows(
        &mut files,
        "mentee_topics",
        mentees().flat_map(|(i, m)| m.topics.iter().map(move |t| [i, i32::from(*t)])),
    );
    put_rows(
        &mut files,
        "mentor_topics",
        mentors().flat_map(|(j, m)| m.topics.iter().map(move |t| [j, i32::from(*t)])),
    );
    put_rows(
        &mut files,
        "mentee_licences",
        mentees().flat_map(|(i, m)| licence_rows(i, &m.licences)),
    );
    put_rows(
        &mut files,
        "mentor_licences",
        mentors().flat_map(|(j, m)| licence_rows(j, &m.licences)),
    );
    let above = (0_i32..)
        .zip(&instance.macrolanguages)
        .filter_map(|(l, above)| above.map(|above| [l, i32::from(above)]));
    put_rows(&mut files, "macrolanguages", above);
    put_rows(
        &mut files,
        "reach",
        instance
            .reach
            .iter()
            .filter(|(a, b)| a < b)
            .map(|(a, b)| [signed(*a), signed(*b)]),
    );
    let exclusions = instance
        .exclusions
        .iter()
        .map(|(i, j, why)| [signed(*i), signed(*j), exclusion_number(*why)]);
    put_rows(&mut files, "exclusions", exclusions);
    put_rows(
        &mut files,
        "pins",
        instance.pins.iter().map(|(i, j)| [signed(*i), signed(*j)]),
    );
    put_rows(
        &mut files,
        "locked",
        instance
            .locked
            .iter()
            .map(|(i, j)| [signed(*i), signed(*j)]),
    );
    files
}

/// The files of an outcome, for outside checkers: assignment, prices, capacities, and on request the dense
/// matrix of scores (−1 not admissible) by the plain definition.
#[must_use]
pub fn write_outcome(instance: &Instance, outcome: &Outcome, with_scores: bool) -> Files {
    let mut files = Files::new();
    let mentees = || {
        (0_u32..)
            .zip(&instance.mentees)
            .map(|(position, _)| position)
    };
    let mentors = || {
        (0_u32..)
            .zip(&instance.mentors)
            .map(|(position, _)| position)
    };
    let assigned = mentees()
        .map(|mentee| outcome.mentor_of(mentee).map_or(-1, signed))
        .collect();
    put(&mut files, "assignment", Array::line(assigned));
    put(
        &mut files,
        "capacity",
        Array::line(
            mentors()
                .map(|mentor| signed(instance.places(mentor)))
                .collect(),
        ),
    );
    put(
        &mut files,
        "price_mentee",
        Array::line(outcome.price_mentee.clone()),
    );
    put(
        &mut files,
        "price_mentor",
        Array::line(outcome.price_mentor.clone()),
    );
    files.insert(
        "outcome.json".to_owned(),
        serde_json::to_vec_pretty(outcome).unwrap_or_default(),
    );
    if with_scores {
        use rayon::prelude::*;
        let rows: Vec<u32> = mentees().collect();
        let score = |mentee: u32, mentor: u32| {
            assess(instance, mentee, mentor).map_or(-1, |parts| parts.total())
        };
        let scores: Vec<Vec<i32>> = rows
            .par_iter()
            .map(|mentee| mentors().map(|mentor| score(*mentee, mentor)).collect())
            .collect();
        put(
            &mut files,
            "scores",
            Array {
                shape: vec![instance.mentees.len(), instance.mentors.len()],
                data: scores.concat(),
            },
        );
    }
    files
}

fn write_people<'a>(
    files: &mut Files,
    side: &str,
    people: impl Iterator<Item = (&'a Person, u32)> + Clone,
) {
    let high_and_low = |key: u128| {
        [
            u64::try_from(key >> 64).unwrap_or(0),
            u64::try_from(key & u128::from(u64::MAX)).unwrap_or(0),
        ]
    };
    let keys = people
        .clone()
        .flat_map(|(person, _)| high_and_low(person.key))
        .collect();
    put(files, &format!("{side}_key"), Array::table(2, keys));
    let facts = people.clone().map(|(person, last)| {
        let place = &person.place;
        let city = place.city.map_or(-1, signed);
        let province = place.province.map_or(-1, i32::from);
        let (standing, mode) = (standing_number(person.standing), mode_number(place.mode));
        [
            standing,
            city,
            province,
            mode,
            i32::from(person.wishes.may_count),
            signed(last),
        ]
    });
    put_rows(files, &format!("{side}_facts"), facts);
    let regimes = people
        .clone()
        .next()
        .map_or(1, |(person, _)| person.weeks.len());
    let weeks = people
        .clone()
        .flat_map(|(person, _)| person.weeks.iter().flat_map(|week| *week.words()))
        .collect();
    put(
        files,
        &format!("{side}_week"),
        Array::table(6 * regimes, weeks),
    );
    let numbered = || (0_i32..).zip(people.clone());
    let languages = numbered().flat_map(|(at, (person, _))| {
        person
            .languages
            .iter()
            .map(move |s| [at, s.language.into(), s.level.into(), s.asked.into()])
    });
    put_rows(files, &format!("{side}_languages"), languages);
    let tags = numbered().flat_map(|(at, (person, _))| {
        let wishes = &person.wishes;
        let kinds = [(0, &wishes.has), (1, &wishes.wants), (2, &wishes.insists)];
        kinds
            .into_iter()
            .flat_map(move |(kind, tags)| tags.iter().map(move |tag| [at, kind, i32::from(*tag)]))
    });
    put_rows(files, &format!("{side}_tags"), tags);
}

fn licence_rows(at: i32, licences: &[Licence]) -> impl Iterator<Item = [i32; 3]> + '_ {
    licences.iter().map(move |licence| {
        [
            at,
            signed(licence.profession),
            i32::from(licence.jurisdiction),
        ]
    })
}

fn put<T: Integer>(files: &mut Files, name: &str, array: Array<T>) {
    files.insert(format!("{name}.npy"), array.to_bytes());
}

fn put_rows<const WIDTH: usize>(
    files: &mut Files,
    name: &str,
    rows: impl Iterator<Item = [i32; WIDTH]>,
) {
    put(files, name, Array::table(WIDTH, rows.flatten().collect()));
}
