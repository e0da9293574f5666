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

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::error::EngineError;
use super::facts::{
    Exclusion, Experience, LanguageSkill, Licence, Mentee, Mentor, Mode, Person, Place, Standing,
    Wishes,
};
use super::instance::{Instance, InstanceBuilder};
use super::noc::Similarity;
use super::npy::{Array, Integer};
use super::outcome::Outcome;
use super::pair::assess;
use super::settings::Settings;
use super::week::WeekMask;

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

/// Reads and checks an instance.
///
/// # Errors
/// [`EngineError::Malformed`] names the file; everything else as [`InstanceBuilder::build`].
pub fn read(files: &Files) -> Result<Instance, EngineError> {
    let header: Header = serde_json::from_slice(bytes(files, "header.json")?)
        .map_err(|error| wrong("header.json", &error))?;
    if header.format != FORMAT || header.version != 1 {
        return Err(wrong(
            "header.json",
            &"not a passerelle-instance of version 1",
        ));
    }
    let likeness = table::<u16>(files, "similarity")?;
    let similarity = Similarity::from_table(header.occupations, likeness.data)
        .ok_or_else(|| wrong("similarity.npy", &"not occupations² values of at most 1000"))?;
    let regimes = header.settings.regime_weeks.len();
    let mut mentees = read_mentees(files, regimes)?;
    let mut mentors = read_mentors(files, regimes)?;
    read_shared(files, "mentee", &mut mentees, |m| &mut m.person)?;
    read_shared(files, "mentor", &mut mentors, |m| &mut m.person)?;
    let mut builder = InstanceBuilder::new(header.settings, similarity)
        .macrolanguages(read_macrolanguages(files)?);
    for row in rows(files, "reach", 2)? {
        let [a, b] = fields(&row, "reach")?;
        builder.reach(number(a, "reach")?, number(b, "reach")?);
    }
    mentees.into_iter().for_each(|mentee| {
        builder.mentee(mentee);
    });
    mentors.into_iter().for_each(|mentor| {
        builder.mentor(mentor);
    });
    for row in rows(files, "exclusions", 3)? {
        let [i, j, why] = fields(&row, "exclusions")?;
        let why = exclusion(why).ok_or_else(|| wrong("exclusions.npy", &"unknown reason"))?;
        builder.exclude(number(i, "exclusions")?, number(j, "exclusions")?, why);
    }
    for row in rows(files, "pins", 2)? {
        let [i, j] = fields(&row, "pins")?;
        builder.pin(number(i, "pins")?, number(j, "pins")?);
    }
    for row in rows(files, "locked", 2)? {
        let [i, j] = fields(&row, "locked")?;
        builder.lock(number(i, "locked")?, number(j, "locked")?);
    }
    builder.build()
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

fn read_mentees(files: &Files, regimes: usize) -> Result<Vec<Mentee>, EngineError> {
    let people = read_people(files, "mentee", regimes)?;
    let new = |(person, waiting_days)| Mentee {
        person,
        targets: Vec::new(),
        topics: Vec::new(),
        licences: Vec::new(),
        waiting_days,
    };
    let mut mentees: Vec<Mentee> = people.into_iter().map(new).collect();
    for row in rows(files, "mentee_targets", 2)? {
        let [at, occupation] = fields(&row, "mentee_targets")?;
        at_position(&mut mentees, at, "mentee_targets")?
            .targets
            .push(number(occupation, "mentee_targets")?);
    }
    for row in rows(files, "mentee_topics", 2)? {
        let [at, topic] = fields(&row, "mentee_topics")?;
        at_position(&mut mentees, at, "mentee_topics")?
            .topics
            .push(number(topic, "mentee_topics")?);
    }
    for row in rows(files, "mentee_licences", 3)? {
        let [at, profession, jurisdiction] = fields(&row, "mentee_licences")?;
        let licence = Licence {
            profession: number(profession, "mentee_licences")?,
            jurisdiction: number(jurisdiction, "mentee_licences")?,
        };
        at_position(&mut mentees, at, "mentee_licences")?
            .licences
            .push(licence);
    }
    Ok(mentees)
}

fn read_mentors(files: &Files, regimes: usize) -> Result<Vec<Mentor>, EngineError> {
    let people = read_people(files, "mentor", regimes)?;
    let new = |(person, capacity)| Mentor {
        person,
        occupations: Vec::new(),
        topics: Vec::new(),
        licences: Vec::new(),
        capacity,
    };
    let mut mentors: Vec<Mentor> = people.into_iter().map(new).collect();
    for row in rows(files, "mentor_occupations", 3)? {
        let [at, occupation, permille] = fields(&row, "mentor_occupations")?;
        let experience = Experience {
            occupation: number(occupation, "mentor_occupations")?,
            permille: number(permille, "mentor_occupations")?,
        };
        at_position(&mut mentors, at, "mentor_occupations")?
            .occupations
            .push(experience);
    }
    for row in rows(files, "mentor_topics", 2)? {
        let [at, topic] = fields(&row, "mentor_topics")?;
        at_position(&mut mentors, at, "mentor_topics")?
            .topics
            .push(number(topic, "mentor_topics")?);
    }
    for row in rows(files, "mentor_licences", 3)? {
        let [at, profession, jurisdiction] = fields(&row, "mentor_licences")?;
        let licence = Licence {
            profession: number(profession, "mentor_licences")?,
            jurisdiction: number(jurisdiction, "mentor_licences")?,
        };
        at_position(&mut mentors, at, "mentor_licences")?
            .licences
            .push(licence);
    }
    Ok(mentors)
}

/// Keys, facts and weeks of one side; with the last fact (days waited or capacity).
fn read_people(
    files: &Files,
    side: &str,
    regimes: usize,
) -> Result<Vec<(Person, u32)>, EngineError> {
    let name = format!("{side}_facts");
    let keys = table::<u64>(files, &format!("{side}_key"))?;
    let weeks = table::<u64>(files, &format!("{side}_week"))?;
    let facts = rows(files, &name, 6)?;
    let same = keys.data.len() == facts.len() * 2 && weeks.data.len() == facts.len() * 6 * regimes;
    if !same {
        return Err(wrong(
            &name,
            &"keys, facts and weeks are not of the same number of people",
        ));
    }
    let mut people = Vec::with_capacity(facts.len());
    for ((row, key), week) in facts
        .iter()
        .zip(keys.data.chunks(2))
        .zip(weeks.data.chunks((6 * regimes).max(1)))
    {
        let [standing, city, province, mode, may_count, last] = fields(row, &name)?;
        let unknown = || wrong(&name, &"unknown standing or mode");
        let optional = |value: i32| (value >= 0).then_some(value);
        let person = Person {
            key: key
                .iter()
                .fold(0_u128, |key, half| (key << 64) | u128::from(*half)),
            standing: standing_of(standing).ok_or_else(unknown)?,
            languages: Vec::new(),
            weeks: week
                .chunks_exact(6)
                .filter_map(|words| words.try_into().ok())
                .map(WeekMask::from_words)
                .collect(),
            place: Place {
                city: optional(city).map(|city| number(city, &name)).transpose()?,
                province: optional(province)
                    .map(|province| number(province, &name))
                    .transpose()?,
                mode: mode_of(mode).ok_or_else(unknown)?,
            },
            wishes: Wishes {
                may_count: may_count != 0,
                ..Wishes::default()
            },
        };
        people.push((person, number(last, &name)?));
    }
    Ok(people)
}

fn read_shared<T>(
    files: &Files,
    side: &str,
    people: &mut [T],
    person: impl Fn(&mut T) -> &mut Person,
) -> Result<(), EngineError> {
    let name = format!("{side}_languages");
    for row in rows(files, &name, 4)? {
        let [at, language, level, asked] = fields(&row, &name)?;
        let skill = LanguageSkill {
            language: number(language, &name)?,
            level: number(level, &name)?,
            asked: asked != 0,
        };
        person(at_position(people, at, &name)?)
            .languages
            .push(skill);
    }
    let name = format!("{side}_tags");
    for row in rows(files, &name, 3)? {
        let [at, kind, tag] = fields(&row, &name)?;
        let wishes = &mut person(at_position(people, at, &name)?).wishes;
        let list = match kind {
            0 => &mut wishes.has,
            1 => &mut wishes.wants,
            2 => &mut wishes.insists,
            _ => return Err(wrong(&name, &"unknown kind of tag")),
        };
        list.push(number(tag, &name)?);
    }
    Ok(())
}

fn read_macrolanguages(files: &Files) -> Result<Vec<Option<u16>>, EngineError> {
    let mut list: Vec<Option<u16>> = Vec::new();
    for row in rows(files, "macrolanguages", 2)? {
        let [language, above] = fields(&row, "macrolanguages")?;
        let language = usize::from(number::<u16>(language, "macrolanguages")?);
        if list.len() <= language {
            list.resize(language + 1, None);
        }
        if let Some(slot) = list.get_mut(language) {
            *slot = Some(number(above, "macrolanguages")?);
        }
    }
    Ok(list)
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

fn bytes<'a>(files: &'a Files, name: &str) -> Result<&'a [u8], EngineError> {
    files
        .get(name)
        .map(Vec::as_slice)
        .ok_or_else(|| wrong(name, &"is missing"))
}

fn table<T: Integer>(files: &Files, name: &str) -> Result<Array<T>, EngineError> {
    let name = format!("{name}.npy");
    Array::from_bytes(bytes(files, &name)?).map_err(|error| wrong(&name, &error))
}

fn rows(files: &Files, name: &str, width: usize) -> Result<Vec<Vec<i32>>, EngineError> {
    let table = table::<i32>(files, name)?;
    let rows = table.rows(width).map_err(|error| wrong(name, &error))?;
    Ok(rows.map(<[i32]>::to_vec).collect())
}

fn fields<const WIDTH: usize>(row: &[i32], name: &str) -> Result<[i32; WIDTH], EngineError> {
    row.try_into()
        .map_err(|_| wrong(name, &"a row is too short"))
}

fn number<T: TryFrom<i32>>(value: i32, name: &str) -> Result<T, EngineError> {
    T::try_from(value).map_err(|_| wrong(name, &format!("{value} is out of range")))
}

fn at_position<'a, T>(
    people: &'a mut [T],
    position: i32,
    name: &str,
) -> Result<&'a mut T, EngineError> {
    let slot = usize::try_from(position)
        .ok()
        .and_then(|position| people.get_mut(position));
    slot.ok_or_else(|| wrong(name, &format!("nobody has position {position}")))
}

fn wrong(file: &str, what: &dyn std::fmt::Display) -> EngineError {
    EngineError::Malformed(format!("{file}: {what}"))
}

fn signed(value: u32) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}

fn standing_number(standing: Standing) -> i32 {
    match standing {
        Standing::Ready => 0,
        Standing::NotActive => 1,
        Standing::NoConsent => 2,
        Standing::Paused => 3,
    }
}

fn standing_of(number: i32) -> Option<Standing> {
    [
        Standing::Ready,
        Standing::NotActive,
        Standing::NoConsent,
        Standing::Paused,
    ]
    .into_iter()
    .find(|standing| standing_number(*standing) == number)
}

fn mode_number(mode: Mode) -> i32 {
    match mode {
        Mode::Remote => 0,
        Mode::InPerson => 1,
        Mode::Either => 2,
    }
}

fn mode_of(number: i32) -> Option<Mode> {
    [Mode::Remote, Mode::InPerson, Mode::Either]
        .into_iter()
        .find(|mode| mode_number(*mode) == number)
}

fn exclusion_number(why: Exclusion) -> i32 {
    match why {
        Exclusion::ConflictOfInterest => 0,
        Exclusion::MatchedBefore => 1,
        Exclusion::Banned => 2,
        Exclusion::Declined => 3,
    }
}

fn exclusion(number: i32) -> Option<Exclusion> {
    [
        Exclusion::ConflictOfInterest,
        Exclusion::MatchedBefore,
        Exclusion::Banned,
        Exclusion::Declined,
    ]
    .into_iter()
    .find(|why| exclusion_number(*why) == number)
}
