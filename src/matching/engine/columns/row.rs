//! One mentee, prepared for the scan.

use super::super::facts::{Mentee, Person};
use super::super::instance::Instance;
use super::super::level;
use super::super::pair::{OTHER_JURISDICTION_PERMILLE, related};
use super::super::settings::{topic_points, wish_points};
use super::{BLOCK, Columns, key_hash};

/// One mentee, prepared for the scan.
#[derive(Default)]
pub struct Row {
    /// Position in the languages' columns, own level plus one, asked for.
    pub languages: Vec<(usize, u8, bool)>,
    /// Whether any of them was not asked for.
    pub others: bool,
    /// Availability words, in the order of the columns.
    pub words: Vec<u16>,
    /// The same, each twice in a 32-bit number, which a vector load can repeat at no cost.
    pub pairs: Vec<u32>,
    /// Most points beside profession.
    pub most_besides: i16,
    /// Most points from language and common time.
    pub most_shared: i16,
    pub(super) remote: usize,
    pub(super) in_person: usize,
    pub(super) city: usize,
    pub(super) reach: usize,
    pub(super) province: usize,
    pub(super) adds: Vec<(usize, i16)>,
    pub(super) exact_licences: Vec<usize>,
    pub(super) licence_professions: Vec<usize>,
    pub(super) licence_points: (i16, i16),
    pub(super) mentor_wants: Vec<usize>,
    pub(super) mentor_wish_points: i16,
    pub(super) required: Vec<usize>,
    pub(super) forbidden: Vec<usize>,
    pub(super) excluded: Vec<u64>,
    pub(super) excluded_cols: Vec<usize>,
    pub(super) seed: u64,
}

impl Columns {
    /// Prepares a mentee. `excluded` are the columns that named exclusions forbid.
    pub fn prepare(&self, instance: &Instance, mentee: &Mentee, excluded: &[usize], row: &mut Row) {
        row.seed = key_hash(&mentee.person);
        self.prepare_languages(instance, &mentee.person, row);
        self.prepare_place(&mentee.person, row);
        row.adds.clear();
        let mut most =
            i32::from(*self.table_asked.iter().max().unwrap_or(&0)).min(self.most_language(row));
        most += i32::from(self.time.most);
        row.most_shared = most as i16;
        most += i32::from(self.place_points[0]);
        for (topic, points) in mentee
            .topics
            .iter()
            .zip(topic_points(instance.points.topics, mentee.topics.len()))
        {
            if let Some(mask) = self.topics.get(topic) {
                row.adds.push((*mask, points as i16));
                most += i32::from(points);
            }
        }
        most += self.prepare_licences(instance, mentee, row);
        most += self.prepare_wishes(instance, &mentee.person, row);
        row.most_besides = most as i16;
        for block in row.excluded_cols.drain(..) {
            row.excluded[block] = 0;
        }
        row.excluded.resize(self.blocks, 0);
        for col in excluded {
            row.excluded[col / BLOCK] |= 1 << (col % BLOCK);
            row.excluded_cols.push(col / BLOCK);
        }
        self.time.pack(&mentee.person.weeks, &mut row.words);
        row.pairs.clear();
        row.pairs
            .extend(row.words.iter().map(|word| u32::from(*word) * 0x1_0001));
    }

    fn prepare_languages(&self, instance: &Instance, person: &Person, row: &mut Row) {
        let asked_for_some = person.languages.iter().any(|skill| skill.asked);
        row.languages.clear();
        row.others = false;
        for skill in &person.languages {
            let asked = skill.asked || !asked_for_some;
            let mut push = |column: usize, level: u8| {
                row.languages.push((column, level + 1, asked));
                row.others |= !asked;
            };
            if let Some(column) = self.languages.get(&skill.language) {
                push(*column, skill.level);
            }
            if !instance.macrolanguages.is_empty() {
                for (language, column) in &self.languages {
                    if *language != skill.language && related(instance, skill.language, *language) {
                        // The weak columns lie behind the full ones and hold halved levels.
                        push(*column + self.levels.len() / 2, level::weak(skill.level));
                    }
                }
            }
        }
    }

    fn most_language(&self, row: &Row) -> i32 {
        let table = |asked| {
            if asked {
                &self.table_asked
            } else {
                &self.table_other
            }
        };
        let best = row
            .languages
            .iter()
            .map(|(_, level, asked)| table(*asked)[usize::from(*level)])
            .max();
        i32::from(best.unwrap_or(0))
    }

    fn prepare_place(&self, person: &Person, row: &mut Row) {
        let place = &person.place;
        row.remote = if place.mode.remote() { self.remote } else { 0 };
        row.in_person = if place.mode.in_person() {
            self.in_person
        } else {
            0
        };
        (row.city, row.reach) = place
            .city
            .and_then(|city| self.cities.get(&city))
            .copied()
            .unwrap_or((0, 0));
        row.province = place
            .province
            .and_then(|province| self.provinces.get(&province))
            .copied()
            .unwrap_or(0);
    }

    fn prepare_licences(&self, instance: &Instance, mentee: &Mentee, row: &mut Row) -> i32 {
        let full = instance.points.licensing as i16;
        let elsewhere = (u32::from(instance.points.licensing)
            * u32::from(OTHER_JURISDICTION_PERMILLE)
            / 1000) as i16;
        row.licence_points = (elsewhere, full - elsewhere);
        row.exact_licences.clear();
        row.licence_professions.clear();
        for licence in &mentee.licences {
            row.exact_licences.extend(
                self.licences
                    .get(&(licence.profession, licence.jurisdiction)),
            );
            row.licence_professions
                .extend(self.professions.get(&licence.profession));
        }
        match (
            row.exact_licences.is_empty(),
            row.licence_professions.is_empty(),
        ) {
            (false, _) => i32::from(full),
            (true, false) => i32::from(elsewhere),
            (true, true) => 0,
        }
    }

    fn prepare_wishes(&self, instance: &Instance, person: &Person, row: &mut Row) -> i32 {
        let wishes = &person.wishes;
        row.mentor_wants.clear();
        row.required.clear();
        row.forbidden.clear();
        let has = |tag: &u16| wishes.may_count && wishes.has.contains(tag);
        row.forbidden.extend(
            self.insists
                .iter()
                .filter(|(tag, _)| !has(tag))
                .map(|(_, mask)| *mask),
        );
        if !wishes.may_count {
            return 0;
        }
        let mut most = 0;
        let (each, mentor_half) = wish_points(instance.points.wishes, wishes.wants.len());
        for (tag, points) in wishes.wants.iter().zip(each) {
            if let Some(mask) = self.has.get(tag) {
                row.adds.push((*mask, points as i16));
                most += i32::from(points);
            }
        }
        row.mentor_wants
            .extend(wishes.has.iter().filter_map(|tag| self.wants.get(tag)));
        row.mentor_wish_points = mentor_half as i16;
        row.required.extend(
            wishes
                .insists
                .iter()
                .map(|tag| self.has.get(tag).copied().unwrap_or(0)),
        );
        most + if row.mentor_wants.is_empty() {
            0
        } else {
            i32::from(mentor_half)
        }
    }
}
