//! People as columns: what the scan reads, laid out for 64 mentors at a time.
//!
//! Mentors with places are sorted by occupation and cut into blocks of 64. A yes-or-no fact (lives in
//! Calgary, offers "interviews", has passed as a nurse in Ontario) is one 64-bit mask per block; a
//! language is one byte per mentor, its level; availability is compacted to the half-hours at which
//! some mentee and some mentor can start a meeting. Nothing has the size mentees × mentors.
#![expect(
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "positions are made here from checked instances; hot loops read them"
)]

mod plan;
mod professions;
mod row;
mod time;

use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{Arc, OnceLock};

use super::facts::{LanguageId, Mentor, Person};
use super::instance::Instance;
use super::level;
use super::pair::language_points;
use super::settings::SATURATION_SLOTS;

pub use plan::Plan;
pub use professions::Professions;
pub use row::Row;
pub use time::Time;

/// A map by small numbers. Its keys come from the programme's own lists, not from strangers.
type HashMap<K, V> = std::collections::HashMap<K, V, BuildHasherDefault<NumberHasher>>;

/// A quick hash of small numbers.
#[derive(Default)]
pub struct NumberHasher(u64);

impl Hasher for NumberHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes
            .iter()
            .for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u16(&mut self, value: u16) {
        self.write_u64(u64::from(value));
    }

    fn write_u32(&mut self, value: u32) {
        self.write_u64(u64::from(value));
    }

    fn write_u64(&mut self, value: u64) {
        let mixed = (self.0.rotate_left(5) ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 32);
    }
}

/// Mentors in a block.
pub const BLOCK: usize = 64;
/// Most bytes of profession parts of single targets that are kept.
const MOST_KEPT: usize = 16 << 20;
/// The mentors as columns.
pub struct Columns {
    /// Number of mentors.
    pub cols: usize,
    /// Number of blocks.
    pub blocks: usize,
    /// Points of a shared level plus one (0: not shared), for asked and other languages.
    pub table_asked: [i16; 32],
    pub table_other: [i16; 32],
    /// Least level plus one.
    pub least_level: u8,
    /// Availability.
    pub time: Time,
    masks: Vec<u64>,
    levels: Vec<u8>,
    languages: HashMap<LanguageId, usize>,
    postings: Vec<Vec<(u32, u16)>>,
    remote: usize,
    in_person: usize,
    cities: HashMap<u32, (usize, usize)>,
    provinces: HashMap<u16, usize>,
    topics: HashMap<u16, usize>,
    licences: HashMap<(u32, u16), usize>,
    professions: HashMap<u32, usize>,
    has: HashMap<u16, usize>,
    wants: HashMap<u16, usize>,
    insists: Vec<(u16, usize)>,
    place_points: [i16; 4],
    hashes: Vec<u64>,
    /// The profession part of each target that was asked for; empty if there are too many to be kept.
    of_targets: Vec<OnceLock<Arc<Vec<i16>>>>,
}

struct Masks {
    blocks: usize,
    words: Vec<u64>,
}

impl Masks {
    fn new(blocks: usize) -> Self {
        Self {
            blocks,
            words: vec![0; blocks],
        }
    }

    /// Offset of a new mask.
    fn make(&mut self) -> usize {
        self.words.resize(self.words.len() + self.blocks, 0);
        self.words.len() - self.blocks
    }

    fn set(&mut self, mask: usize, col: usize) {
        self.words[mask + col / BLOCK] |= 1 << (col % BLOCK);
    }

    fn mark<K: std::hash::Hash + Eq>(&mut self, map: &mut HashMap<K, usize>, key: K, col: usize) {
        let mask = *map.entry(key).or_insert_with(|| self.make());
        self.set(mask, col);
    }
}

/// SplitMix64's finish: a good 64-bit hash of a number.
pub fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn key_hash(person: &Person) -> u64 {
    mix(person.key as u64 ^ mix((person.key >> 64) as u64))
}

impl Columns {
    /// Lays out these mentors (positions, already in the order of the columns) for these mentees, or for
    /// any (`None`).
    pub fn new(instance: &Instance, rows: Option<&[u32]>, cols: &[u32]) -> Self {
        let mentors: Vec<&Mentor> = cols
            .iter()
            .map(|mentor| &instance.mentors[*mentor as usize])
            .collect();
        let blocks = mentors.len().div_ceil(BLOCK);
        let (time, mut columns) = rayon::join(
            || Time::new(instance, rows, &mentors, blocks),
            || Self::without_time(instance, &mentors, blocks),
        );
        columns.time = time;
        columns
    }

    /// Everything but availability.
    fn without_time(instance: &Instance, mentors: &[&Mentor], blocks: usize) -> Self {
        let mut masks = Masks::new(blocks);
        // The first mask is empty: "nobody".
        masks.make();
        let (remote, in_person) = (masks.make(), masks.make());
        let (mut city_masks, mut provinces, mut topics) =
            (HashMap::default(), HashMap::default(), HashMap::default());
        let (mut licences, mut professions) = (HashMap::default(), HashMap::default());
        let (mut has, mut wants, mut insists) =
            (HashMap::default(), HashMap::default(), HashMap::default());
        for (col, mentor) in mentors.iter().enumerate() {
            let place = &mentor.person.place;
            if place.mode.remote() {
                masks.set(remote, col);
            }
            if place.mode.in_person() {
                masks.set(in_person, col);
            }
            place
                .city
                .into_iter()
                .for_each(|city| masks.mark(&mut city_masks, city, col));
            place
                .province
                .into_iter()
                .for_each(|province| masks.mark(&mut provinces, province, col));
            mentor
                .topics
                .iter()
                .for_each(|topic| masks.mark(&mut topics, *topic, col));
            for licence in &mentor.licences {
                masks.mark(
                    &mut licences,
                    (licence.profession, licence.jurisdiction),
                    col,
                );
                masks.mark(&mut professions, licence.profession, col);
            }
            let wishes = &mentor.person.wishes;
            if wishes.may_count {
                wishes
                    .has
                    .iter()
                    .for_each(|tag| masks.mark(&mut has, *tag, col));
                wishes
                    .wants
                    .iter()
                    .for_each(|tag| masks.mark(&mut wants, *tag, col));
                wishes
                    .insists
                    .iter()
                    .for_each(|tag| masks.mark(&mut insists, *tag, col));
            }
        }
        let occupations = instance.similarity.count() as usize;
        let cities = Self::reachable(instance, &mut masks, &city_masks);
        let (languages, levels) = levels(mentors, blocks);
        let mut insists: Vec<(u16, usize)> = insists.into_iter().collect();
        insists.sort_unstable();
        let table = |asked: bool| {
            let mut table = [0_i16; 32];
            (0..=level::NATIVE).for_each(|l| {
                table[usize::from(l) + 1] = language_points(instance, l, asked) as i16
            });
            table
        };
        let place_points = [1000, 800, 500, 250]
            .map(|p: u32| (u32::from(instance.points.place) * p / 1000) as i16);
        Self {
            cols: mentors.len(),
            blocks,
            table_asked: table(true),
            table_other: table(false),
            least_level: instance.settings.least_level + 1,
            time: Time::default(),
            masks: masks.words,
            levels,
            languages,
            postings: postings(instance, mentors),
            remote,
            in_person,
            cities,
            provinces,
            topics,
            licences,
            professions,
            has,
            wants,
            insists,
            place_points,
            hashes: mentors
                .iter()
                .map(|mentor| key_hash(&mentor.person))
                .collect(),
            of_targets: if 2 * mentors.len() * occupations <= MOST_KEPT {
                vec![OnceLock::new(); occupations]
            } else {
                Vec::new()
            },
        }
    }

    /// For each city: the mask of its mentors and that of the cities within reach.
    fn reachable(
        instance: &Instance,
        masks: &mut Masks,
        own: &HashMap<u32, usize>,
    ) -> HashMap<u32, (usize, usize)> {
        let mut cities: HashMap<u32, (usize, usize)> =
            own.iter().map(|(city, mask)| (*city, (*mask, 0))).collect();
        for (from, to) in &instance.reach {
            let Some(there) = own.get(to) else { continue };
            let entry = cities.entry(*from).or_insert((0, 0));
            if entry.1 == 0 {
                entry.1 = masks.make();
            }
            for block in 0..masks.blocks {
                masks.words[entry.1 + block] |= masks.words[there + block];
            }
        }
        cities
    }

    /// A language's levels plus one, for the mentors of a block.
    #[inline(always)]
    pub fn levels(&self, language: usize, block: usize) -> &[u8; BLOCK] {
        let from = language + block * BLOCK;
        self.levels[from..from + BLOCK]
            .first_chunk::<BLOCK>()
            .unwrap_or(&[0; BLOCK])
    }

    /// The availability words of a block.
    #[inline(always)]
    pub fn words(&self, block: usize) -> &[u16] {
        let size = self.time.total * BLOCK;
        &self.time.words[block * size..(block + 1) * size]
    }

    /// The number that breaks ties for a row and a column: independent of anybody's position.
    #[inline(always)]
    pub fn tie(&self, row: &Row, col: usize) -> u32 {
        // Both are good hashes already: one multiplication tells their pairs apart.
        ((row.seed ^ self.hashes[col]).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32
    }
}

/// Levels plus one of every language, full and then halved, by block.
fn levels(mentors: &[&Mentor], blocks: usize) -> (HashMap<LanguageId, usize>, Vec<u8>) {
    let size = blocks * BLOCK;
    let mut languages = HashMap::default();
    for skill in mentors.iter().flat_map(|mentor| &mentor.person.languages) {
        let next = languages.len() * size;
        languages.entry(skill.language).or_insert(next);
    }
    let weak = languages.len() * size;
    let mut levels = vec![0; weak * 2];
    for (col, mentor) in mentors.iter().enumerate() {
        for skill in &mentor.person.languages {
            let at = languages[&skill.language] + col;
            levels[at] = skill.level + 1;
            levels[weak + at] = level::weak(skill.level) + 1;
        }
    }
    (languages, levels)
}

/// Mentors of each occupation with their discount.
fn postings(instance: &Instance, mentors: &[&Mentor]) -> Vec<Vec<(u32, u16)>> {
    let mut postings = vec![Vec::new(); instance.similarity.count() as usize];
    for (col, mentor) in mentors.iter().enumerate() {
        for experience in &mentor.occupations {
            postings[usize::from(experience.occupation)].push((col as u32, experience.permille));
        }
    }
    postings
}

/// Points for so many units of common time: the same integers in every kernel.
pub const MOST_UNITS_A_WEEK: u16 = SATURATION_SLOTS;
