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

use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use super::facts::{LanguageId, Mentee, Mentor, OccupationId, Person};
use super::instance::Instance;
use super::level;
use super::pair::{OTHER_JURISDICTION_PERMILLE, language_points, related};
use super::settings::{SATURATION_SLOTS, TimeScale, topic_points, wish_points};
use super::week::{SLOTS, WeekMask};

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

/// The shape of availability and the mentors' words.
#[derive(Default)]
pub struct Time {
    /// 16-bit words per block, in the order regime, word, mentor.
    pub words: Vec<u16>,
    /// Words of each regime.
    pub counts: Vec<usize>,
    /// Words of all regimes together.
    pub total: usize,
    /// Weeks of each regime.
    pub weeks: Vec<u16>,
    /// Weeks in which the least overlap must hold; 0 if it is no rule.
    pub weeks_needed: u16,
    /// Half-hours a week for the rule.
    pub least_slots: u16,
    /// Half-hours by which a start is extended (meeting length less one).
    pub spread: u32,
    /// The bits of a word that count (the others repeat the end of the word before).
    pub counted: u16,
    /// Units to points.
    pub scale: TimeScale,
    /// Most points.
    pub most: i16,
    segments: Vec<Vec<Vec<Segment>>>,
}

/// A run of half-hours that a word takes from the week.
#[derive(Debug, Clone, Copy)]
struct Segment {
    slot: u16,
    len: u16,
    bit: u16,
}

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
    remote: usize,
    in_person: usize,
    city: usize,
    reach: usize,
    province: usize,
    adds: Vec<(usize, i16)>,
    exact_licences: Vec<usize>,
    licence_professions: Vec<usize>,
    licence_points: (i16, i16),
    mentor_wants: Vec<usize>,
    mentor_wish_points: i16,
    required: Vec<usize>,
    forbidden: Vec<usize>,
    excluded: Vec<u64>,
    excluded_cols: Vec<usize>,
    seed: u64,
}

/// What the masks say about every block for one row.
#[derive(Default)]
pub struct Plan {
    /// Mentors of each block that no mask excludes.
    pub admissible: Vec<u64>,
    /// No mentor of the block gets more than this from the additions.
    pub most: Vec<i16>,
    /// Points of each addition, twice in a 32-bit number.
    points: Vec<i32>,
    /// Who gets them: a mask for each addition and block.
    masks: Vec<u64>,
}

impl Plan {
    fn begin(&mut self, blocks: usize) {
        self.admissible.clear();
        self.admissible.resize(blocks, 0);
        self.most.clear();
        self.most.resize(blocks, 0);
        self.points.clear();
        self.masks.clear();
    }

    /// Points of each addition, each number twice (lower and upper half).
    #[inline(always)]
    pub fn points(&self) -> &[i32] {
        &self.points
    }

    /// The mentors of a block who get an addition.
    #[inline(always)]
    pub fn mask(&self, add: usize, block: usize) -> u64 {
        self.masks[add * self.admissible.len() + block]
    }

    #[inline(always)]
    fn name_points(&mut self, points: i16) {
        self.points
            .push(i32::from(points) << 16 | i32::from(points));
    }

    /// Points for the mentors of any of these masks.
    #[inline(always)]
    fn add(&mut self, all: &[u64], offsets: impl Iterator<Item = usize>, points: i16) {
        let from = self.masks.len();
        let blocks = self.admissible.len();
        for offset in offsets {
            let mask = &all[offset..offset + blocks];
            if self.masks.len() == from {
                self.masks.extend_from_slice(mask);
            } else {
                let own = self.masks[from..].iter_mut();
                own.zip(mask).for_each(|(own, mask)| *own |= mask);
            }
        }
        if self.masks.len() > from {
            self.name_points(points);
            let most = self.most.iter_mut().zip(&self.masks[from..]);
            most.for_each(|(most, mask)| *most += if *mask != 0 { points } else { 0 });
        }
    }
}

/// The profession part of a set of targets against all mentors.
pub struct Professions {
    /// Points per mentor.
    pub points: Arc<Vec<i16>>,
    /// Most points in a block.
    pub most: Vec<i16>,
    /// Blocks, most points first.
    pub order: Vec<u32>,
    /// Mentors that reach the programme's least likeness (empty: no such rule).
    pub enough: Vec<u64>,
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

    /// What the masks say about every block: in one go, so that the compiler can take many blocks at once.
    #[inline(always)]
    pub fn plan(&self, row: &Row, professions: &Professions, plan: &mut Plan) {
        plan.begin(self.blocks);
        self.plan_places(row, plan);
        let of = |offset: &usize| &self.masks[*offset..*offset + self.blocks];
        let admissible = &mut plan.admissible;
        for offset in &row.required {
            let masks = admissible.iter_mut().zip(of(offset));
            masks.for_each(|(own, mask)| *own &= mask);
        }
        for offset in &row.forbidden {
            let masks = admissible.iter_mut().zip(of(offset));
            masks.for_each(|(own, mask)| *own &= !mask);
        }
        if !row.excluded_cols.is_empty() {
            let masks = admissible.iter_mut().zip(&row.excluded);
            masks.for_each(|(own, mask)| *own &= !mask);
        }
        let masks = admissible.iter_mut().zip(&professions.enough);
        masks.for_each(|(own, mask)| *own &= mask);
        for (offset, points) in &row.adds {
            plan.add(&self.masks, [*offset].into_iter(), *points);
        }
        let (elsewhere, same) = row.licence_points;
        let offsets = row.licence_professions.iter().copied();
        plan.add(&self.masks, offsets, elsewhere);
        let offsets = row.exact_licences.iter().copied();
        plan.add(&self.masks, offsets, same);
        let offsets = row.mentor_wants.iter().copied();
        plan.add(&self.masks, offsets, row.mentor_wish_points);
    }

    /// The four ways of meeting, of which each mentor is in one at most.
    #[inline(always)]
    fn plan_places(&self, row: &Row, plan: &mut Plan) {
        let blocks = self.blocks;
        let of = |offset: usize| &self.masks[offset..offset + blocks];
        let (remote, in_person) = (of(row.remote), of(row.in_person));
        let (city, reach, province) = (of(row.city), of(row.reach), of(row.province));
        plan.masks.resize(4 * blocks, 0);
        let (same_city, rest) = plan.masks.split_at_mut(blocks);
        let (in_reach, rest) = rest.split_at_mut(blocks);
        let (same_province, far) = rest.split_at_mut(blocks);
        let (admissible, most) = (&mut plan.admissible[..blocks], &mut plan.most[..blocks]);
        let points = self.place_points;
        for block in 0..blocks {
            let here = in_person[block] & city[block];
            let near = in_person[block] & reach[block] & !here;
            let met = here | near;
            let alike = remote[block] & (city[block] | province[block]) & !met;
            let away = remote[block] & !(met | alike);
            (same_city[block], in_reach[block]) = (here, near);
            (same_province[block], far[block]) = (alike, away);
            admissible[block] = met | alike | away;
            // They come by falling points.
            let least = if alike != 0 { points[2] } else { points[3] };
            let middle = if near != 0 { points[1] } else { least };
            most[block] = if here != 0 { points[0] } else { middle };
        }
        points
            .into_iter()
            .for_each(|points| plan.name_points(points));
    }

    /// The profession part of these targets against all mentors.
    pub fn professions(&self, instance: &Instance, targets: &[OccupationId]) -> Professions {
        let points = match targets {
            [target] => self.of_target(instance, *target),
            _ => {
                let mut points = vec![0_i16; self.blocks * BLOCK];
                for target in targets {
                    let other = self.of_target(instance, *target);
                    let both = points.iter_mut().zip(other.iter());
                    both.for_each(|(points, other)| *points = (*points).max(*other));
                }
                Arc::new(points)
            }
        };
        let best = |block: &[i16]| block.iter().fold(0, |most, points| most.max(*points));
        let most: Vec<i16> = points.chunks_exact(BLOCK).map(best).collect();
        // Blocks by falling points; those without any, mostly the many, stay in their order behind.
        let (mut order, without): (Vec<u32>, Vec<u32>) =
            (0..self.blocks as u32).partition(|block| most[*block as usize] > 0);
        order.sort_unstable_by_key(|block| (std::cmp::Reverse(most[*block as usize]), *block));
        order.extend(without);
        Professions {
            points,
            most,
            order,
            enough: self.alike_enough(instance, targets),
        }
    }

    /// The points of one target, kept where there is room.
    fn of_target(&self, instance: &Instance, target: OccupationId) -> Arc<Vec<i16>> {
        let most_points = u32::from(instance.points.profession);
        let make = || {
            let mut points = vec![0_i16; self.blocks * BLOCK];
            self.each_alike(instance, target, |col, likeness| {
                let value = (most_points * likeness / 1000) as i16;
                points[col] = points[col].max(value);
            });
            Arc::new(points)
        };
        match self.of_targets.get(usize::from(target)) {
            Some(kept) => kept.get_or_init(make).clone(),
            None => make(),
        }
    }

    /// Mentors that reach the programme's least likeness; empty without such a rule.
    fn alike_enough(&self, instance: &Instance, targets: &[OccupationId]) -> Vec<u64> {
        let least = u32::from(instance.settings.least_profession_permille);
        if least == 0 {
            return Vec::new();
        }
        let mut enough = vec![0_u64; self.blocks];
        for target in targets {
            self.each_alike(instance, *target, |col, likeness| {
                enough[col / BLOCK] |= u64::from(likeness >= least) << (col % BLOCK);
            });
        }
        enough
    }

    /// Every mentor with an occupation like the target, and the likeness after the discount, per mille.
    #[inline]
    fn each_alike(
        &self,
        instance: &Instance,
        target: OccupationId,
        mut take: impl FnMut(usize, u32),
    ) {
        let alike = instance.similarity.row(target);
        for (postings, alike) in self.postings.iter().zip(alike).filter(|(_, a)| **a > 0) {
            for (col, permille) in postings {
                take(
                    *col as usize,
                    u32::from(*alike) * u32::from(*permille) / 1000,
                );
            }
        }
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

impl Time {
    fn new(instance: &Instance, rows: Option<&[u32]>, mentors: &[&Mentor], blocks: usize) -> Self {
        let settings = &instance.settings;
        let slots = settings.meeting_slots();
        let spread = u32::from(slots) - 1;
        let regimes = settings.regime_weeks.len();
        let union = |people: &mut dyn Iterator<Item = &Person>| {
            let mut all = vec![WeekMask::default(); regimes];
            for person in people {
                all.iter_mut()
                    .zip(&person.weeks)
                    .for_each(|(all, week)| *all = all.or(&week.starts(slots)));
            }
            all
        };
        let wanted = match rows {
            Some(rows) => union(
                &mut rows
                    .iter()
                    .map(|mentee| &instance.mentees[*mentee as usize].person),
            ),
            None => vec![WeekMask::always(); regimes],
        };
        let offered = union(&mut mentors.iter().map(|mentor| &mentor.person));
        let segments: Vec<Vec<Vec<Segment>>> = wanted
            .iter()
            .zip(&offered)
            .map(|(a, b)| segments(&a.and(b), slots))
            .collect();
        let counts: Vec<usize> = segments.iter().map(Vec::len).collect();
        let total: usize = counts.iter().sum();
        let weeks: u16 = settings.regime_weeks.iter().sum();
        let mut time = Self {
            words: Vec::new(),
            total,
            counts,
            weeks: settings.regime_weeks.clone(),
            weeks_needed: if settings.least_slots() == 0 {
                0
            } else {
                settings.weeks_needed()
            },
            least_slots: settings.least_slots(),
            spread,
            counted: u16::MAX << spread,
            scale: TimeScale::new(weeks, instance.points.availability),
            most: instance.points.availability as i16,
            segments,
        };
        let mut words = vec![0_u16; blocks * total * BLOCK];
        if total > 0 {
            words
                .par_chunks_mut(total * BLOCK)
                .zip(mentors.par_chunks(BLOCK))
                .for_each(|(block, mentors)| {
                    let mut own = Vec::new();
                    for (lane, mentor) in mentors.iter().enumerate() {
                        time.pack(&mentor.person.weeks, &mut own);
                        own.iter()
                            .enumerate()
                            .for_each(|(word, bits)| block[word * BLOCK + lane] = *bits);
                    }
                });
        }
        time.words = words;
        time
    }

    /// A person's words: the half-hours at which a meeting can start, compacted.
    fn pack(&self, weeks: &[WeekMask], words: &mut Vec<u16>) {
        words.clear();
        for (week, regime) in weeks.iter().zip(&self.segments) {
            let starts = week.starts(self.spread as u16 + 1);
            for word in regime {
                words.push(
                    word.iter()
                        .fold(0, |bits, segment| bits | segment.take(&starts)),
                );
            }
        }
    }
}

impl Segment {
    #[inline]
    fn take(self, week: &WeekMask) -> u16 {
        let (at, shift) = (usize::from(self.slot / 64), self.slot % 64);
        let words = week.words();
        let mut bits = words[at] >> shift;
        if shift > 48 && at < 5 {
            bits |= words[at + 1] << (64 - shift);
        }
        ((bits as u16) & (u16::MAX >> (16 - self.len))) << self.bit
    }
}

/// Cuts the half-hours that matter into words. A start covers the following half-hours of its meeting,
/// so a word begins with the last starts of the word before (`spread` bits that do not count again).
fn segments(starts: &WeekMask, slots: u16) -> Vec<Vec<Segment>> {
    let spread = slots - 1;
    let covered: Vec<u16> = starts.covered(slots).iter().collect();
    let mut words = Vec::new();
    let counted = usize::from(16 - spread);
    for first in (0..covered.len()).step_by(counted) {
        let last = (first + counted).min(covered.len());
        // The guard bits: the half-hours before, if they are neighbours in time (the week wraps around).
        let before = |back: u16| (covered[first] + SLOTS - back) % SLOTS;
        let guards = (1..=spread).rev().map(before);
        let taken: Vec<u16> = guards.chain(covered[first..last].iter().copied()).collect();
        let mut word: Vec<Segment> = Vec::new();
        for (bit, slot) in taken.into_iter().enumerate() {
            match word.last_mut() {
                Some(segment) if segment.slot + segment.len == slot => segment.len += 1,
                _ => word.push(Segment {
                    slot,
                    len: 1,
                    bit: bit as u16,
                }),
            }
        }
        words.push(word);
    }
    words
}

/// Points for so many units of common time: the same integers in every kernel.
pub const MOST_UNITS_A_WEEK: u16 = SATURATION_SLOTS;
