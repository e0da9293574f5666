//! Reads and checks the files of a directory: whatever is wrong with them, a file is named.

use super::super::error::EngineError;
use super::super::facts::{
    Experience, LanguageSkill, Licence, Mentee, Mentor, Person, Place, Wishes,
};
use super::super::instance::{Instance, InstanceBuilder};
use super::super::noc::Similarity;
use super::super::npy::{Array, Integer};
use super::super::week::WeekMask;
use super::codes::{exclusion, mode_of, standing_of};
use super::{FORMAT, Files, Header};

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
