//! The index behind every box that one types into: job titles, places, languages, countries.
//!
//! It finds entries by their words, in any order, each typed whole, in part or with an error. The
//! work is done in two steps. First each typed word is widened to the words of the index that it
//! may stand for ([`fuzzy`](super::fuzzy)), and what contains them is counted; a thousand entries or
//! two come out of it. Then those are looked at word by word and put in order. The same query
//! always gives the same answer in the same order, and no query, however strange, costs more than
//! its first few words. Entries are numbered in the order they were given; where two fit equally
//! well the earlier one comes first, so whoever builds an index puts the likelier entries first.
#![expect(
    clippy::indexing_slicing,
    reason = "a hot kernel over tables whose sizes it sets itself"
)]

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use super::fuzzy::{MAX_WORD, WordList};
use super::text::{
    MAX_QUERY_BYTES, MAX_QUERY_WORDS, Word, clip, fold, is_function_word, stem, words,
};

/// How well a typed word fits a word of an entry, out of 100.
const EXACT: u8 = 100;
const SAME_STEM: u8 = 96;
const BEGINNING: u8 = 70;
/// Added to a beginning in proportion to how much of the word was typed.
const BEGINNING_SHARE: usize = 25;
const MISSPELT: u8 = 88;
const MISSPELT_BEGINNING: u8 = 76;
const EACH_EDIT: u8 = 14;

/// Entries that come out of the first step: many for someone typing, because a frequent word
/// stands in hundreds of titles of one unit group, which will be one line of the answer.
const KEPT_FOR_TYPING: usize = 2_000;
const KEPT_FOR_CODING: usize = 400;

/// An index over entries numbered from zero.
#[derive(Debug)]
pub(super) struct Index {
    words: WordList,
    /// The stem of each word; everything below is about stems.
    stem_of: Vec<u16>,
    stems: WordList,
    /// Per stem the entries that contain it, ascending.
    containing: Lists<u32>,
    /// Per entry its distinct stems: what it is first, then what it says aside.
    contents: Lists<u16>,
    /// How many of an entry's stems say what it is.
    main: Vec<u8>,
}

/// Many short lists in one allocation.
#[derive(Debug)]
struct Lists<T> {
    first: Vec<u32>,
    items: Vec<T>,
}

impl<T: Copy> Lists<T> {
    fn new(lists: Vec<Vec<T>>) -> Lists<T> {
        let mut first = vec![0];
        let mut items = Vec::with_capacity(lists.iter().map(Vec::len).sum());
        for list in lists {
            items.extend(list);
            first.push(u32::try_from(items.len()).unwrap_or(u32::MAX));
        }
        Lists { first, items }
    }

    fn get(&self, list: usize) -> &[T] {
        &self.items[size(self.first[list])..size(self.first[list + 1])]
    }
}

/// Whether misspellings count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Errors {
    /// In words that the index does not know.
    InUnknownWords,
    /// In any word: a typing error may happen to be another word.
    InAnyWord,
}

/// A typed word and the stems that it may stand for, with how well it fits each.
struct Typed {
    fits: HashMap<u16, u8>,
    aside: bool,
    known: bool,
}

/// An entry that answers a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub entry: usize,
    /// Higher is better. For [`Index::search`] a full fit is about 1,000; for [`Index::closest`]
    /// it is at most 1,000, and 1,000 says that both have the same words.
    pub score: i32,
    /// Every typed word was found in the entry.
    pub complete: bool,
}

impl Index {
    /// Indexes the entries; each may have several spellings (names in several languages).
    pub fn new<'t>(entries: impl Iterator<Item = &'t str>) -> Index {
        let mut vocabulary: BTreeMap<String, u32> = BTreeMap::new();
        let mut cut: Vec<Vec<(u32, bool)>> = Vec::new();
        for entry in entries {
            let mut list = Vec::new();
            for word in words(&fold(entry)) {
                let text = clip(&word.text, MAX_WORD).to_owned();
                let next = u32::try_from(vocabulary.len()).unwrap_or(u32::MAX);
                list.push((*vocabulary.entry(text).or_insert(next), word.aside));
            }
            cut.push(list);
        }
        let sorted: Vec<String> = vocabulary.keys().cloned().collect();
        let mut stem_places: BTreeMap<String, u16> =
            sorted.iter().map(|word| (stem(word), 0)).collect();
        for (place, slot) in stem_places.values_mut().enumerate() {
            *slot = u16::try_from(place).unwrap_or(u16::MAX);
        }
        let stem_of: Vec<u16> = sorted
            .iter()
            .map(|word| stem_places.get(&stem(word)).copied().unwrap_or(u16::MAX))
            .collect();
        // From the number a word got when first seen to its stem.
        let mut stem_by_first = vec![0; vocabulary.len()];
        for (first_seen, stem) in vocabulary.values().zip(&stem_of) {
            stem_by_first[size(*first_seen)] = *stem;
        }
        let stems: Vec<String> = stem_places.into_keys().collect();
        let mut containing = vec![Vec::new(); stems.len()];
        let mut contents = Vec::with_capacity(cut.len());
        let mut main = Vec::with_capacity(cut.len());
        for (number, list) in cut.iter().enumerate() {
            let mut inside: Vec<u16> = Vec::new();
            for aside in [false, true] {
                for (word, _) in list.iter().filter(|(_, flag)| *flag == aside) {
                    let stem = stem_by_first[size(*word)];
                    if !inside.contains(&stem) {
                        inside.push(stem);
                        containing[usize::from(stem)]
                            .push(u32::try_from(number).unwrap_or(u32::MAX));
                    }
                }
                if !aside {
                    main.push(u8::try_from(inside.len()).unwrap_or(u8::MAX));
                }
            }
            contents.push(inside);
        }
        Index {
            words: WordList::new(&sorted),
            stem_of,
            stems: WordList::new(&stems),
            containing: Lists::new(containing),
            contents: Lists::new(contents),
            main,
        }
    }

    /// What someone means who is typing: entries in `among`, best first.
    ///
    /// Misspellings are considered where fewer than `enough` entries contain all that was typed.
    pub fn search(&self, query: &str, among: Range<usize>, enough: usize) -> Vec<Found> {
        let mut words = query_words(query);
        if let Some(beginning) = unfinished_word(query) {
            words.push(beginning);
            let typed: Vec<Typed> = words.iter().map(|word| self.widen(word, 0)).collect();
            let mut found = self.order(&typed, self.gather(&typed, &among, KEPT_FOR_TYPING));
            found.retain(|found| found.complete);
            if !found.is_empty() {
                return found;
            }
            words.pop();
        }
        self.search_words(&words, among, enough)
    }

    fn search_words(&self, query: &[Word], among: Range<usize>, enough: usize) -> Vec<Found> {
        if query.is_empty() {
            return Vec::new();
        }
        let typed: Vec<Typed> = query.iter().map(|word| self.widen(word, 0)).collect();
        let mut found = self.order(&typed, self.gather(&typed, &among, KEPT_FOR_TYPING));
        let complete = found.iter().filter(|found| found.complete).count();
        if complete < enough {
            let errors = if complete == 0 {
                Errors::InAnyWord
            } else {
                Errors::InUnknownWords
            };
            let typed: Vec<Typed> = self.forgive(query, typed, errors);
            found = self.order(&typed, self.gather(&typed, &among, KEPT_FOR_TYPING));
        }
        if found.iter().any(|found| found.complete) {
            found.retain(|found| found.complete);
        }
        found
    }

    /// The entries nearest in meaning to a finished text: each word counts by how rare it is, and
    /// words of the entry that the text lacks count against it.
    pub fn closest(&self, text: &str, among: Range<usize>) -> Vec<Found> {
        let query = query_words(text);
        let typed: Vec<Typed> = query.iter().map(|word| self.widen(word, 0)).collect();
        let typed = self.forgive(&query, typed, Errors::InUnknownWords);
        let candidates = self.gather(&typed, &among, KEPT_FOR_CODING);
        let mut found: Vec<Found> = candidates
            .into_iter()
            .map(|entry| self.compare(&typed, entry))
            .collect();
        sort(&mut found);
        found
    }

    fn forgive(&self, query: &[Word], typed: Vec<Typed>, errors: Errors) -> Vec<Typed> {
        query
            .iter()
            .zip(typed)
            .map(|(word, typed)| match errors {
                Errors::InAnyWord => self.widen(word, allowance(&word.text)),
                Errors::InUnknownWords if !typed.known => self.widen(word, allowance(&word.text)),
                Errors::InUnknownWords => typed,
            })
            .collect()
    }

    /// The stems that a typed word may stand for.
    fn widen(&self, word: &Word, edits: u8) -> Typed {
        let text = clip(&word.text, MAX_WORD);
        let mut fits: HashMap<u16, u8> = HashMap::new();
        let mut keep = |stem: u16, fit: u8| {
            let best = fits.entry(stem).or_insert(0);
            *best = (*best).max(fit);
        };
        for place in self.words.with_beginning(text) {
            let whole = self.words.get(place).len();
            let share = BEGINNING_SHARE * text.len() / whole.max(1);
            let fit = if whole == text.len() {
                EXACT
            } else {
                BEGINNING + u8::try_from(share).unwrap_or(0)
            };
            keep(self.stem_of[place], fit);
        }
        let same_stem = self.stems.find(&stem(text));
        if let Some(stem) = same_stem.and_then(|place| u16::try_from(place).ok()) {
            keep(stem, SAME_STEM);
        }
        if edits > 0 {
            for near in self.words.near(text, edits) {
                let base = if near.beginning {
                    MISSPELT_BEGINNING
                } else {
                    MISSPELT
                };
                keep(
                    self.stem_of[near.word],
                    base.saturating_sub(near.edits * EACH_EDIT),
                );
            }
        }
        let known = same_stem.is_some() || self.words.find(text).is_some();
        Typed {
            fits,
            aside: word.aside,
            known,
        }
    }

    /// The first step: at most `keep` entries, those with the most of the typed words and the
    /// least beside them.
    fn gather(&self, typed: &[Typed], among: &Range<usize>, keep: usize) -> Vec<usize> {
        let count = self.main.len();
        let among = among.start.min(count)..among.end.min(count);
        let mut total = vec![0_u32; among.len()];
        let mut of_word = vec![0_u8; among.len()];
        let mut touched: Vec<u32> = Vec::new();
        for word in typed {
            let weight = self.weight(word);
            let mut touched_now: Vec<u32> = Vec::new();
            for (stem, fit) in &word.fits {
                let list = self.containing.get(usize::from(*stem));
                let from = list.partition_point(|entry| size(*entry) < among.start);
                for entry in list[from..]
                    .iter()
                    .take_while(|entry| size(**entry) < among.end)
                {
                    let place = size(*entry) - among.start;
                    if of_word[place] == 0 {
                        touched_now.push(*entry);
                    }
                    of_word[place] = of_word[place].max(*fit);
                }
            }
            for entry in touched_now {
                let place = size(entry) - among.start;
                if total[place] == 0 {
                    touched.push(entry);
                }
                total[place] += u32::from(of_word[place]) * weight;
                of_word[place] = 0;
            }
        }
        let key = |entry: &u32| {
            let place = size(*entry) - among.start;
            let entry_size = u32::try_from(self.contents.get(size(*entry)).len()).unwrap_or(0);
            let main = u32::from(self.main[size(*entry)]);
            let beside = (entry_size + 3 * main) * 40;
            (
                std::cmp::Reverse((total[place] * 10).saturating_sub(beside)),
                *entry,
            )
        };
        if touched.len() > keep {
            touched.select_nth_unstable_by_key(keep, key);
            touched.truncate(keep);
        }
        touched.into_iter().map(size).collect()
    }

    /// The second step for someone typing.
    fn order(&self, typed: &[Typed], candidates: Vec<usize>) -> Vec<Found> {
        let mut found: Vec<Found> = candidates
            .into_iter()
            .map(|entry| self.rate(typed, entry))
            .collect();
        sort(&mut found);
        found
    }

    fn rate(&self, typed: &[Typed], entry: usize) -> Found {
        let inside = self.contents.get(entry);
        let main = usize::from(self.main[entry]);
        let mut used = vec![false; inside.len()];
        let mut fit_sum = 0;
        let mut in_order = 0;
        let mut missing = 0;
        let mut last = None;
        for word in typed {
            match best_place(word, inside, &used) {
                None => missing += 1,
                Some((place, fit)) => {
                    used[place] = true;
                    fit_sum += i32::from(fit);
                    if place == last.map_or(0, |last: usize| last + 1) {
                        in_order += 1;
                    }
                    last = Some(place);
                }
            }
        }
        let unused = |range: Range<usize>| used[range].iter().filter(|used| !**used).count();
        let extra = int(unused(0..main)).min(8) * 18 + int(unused(main..inside.len())).min(8) * 5;
        let score = fit_sum * 10 / int(typed.len()).max(1) + in_order * 9 - extra;
        Found {
            entry,
            score,
            complete: missing == 0,
        }
    }

    /// The second step for a finished text.
    fn compare(&self, typed: &[Typed], entry: usize) -> Found {
        let inside = self.contents.get(entry);
        let main = usize::from(self.main[entry]);
        let mut used = vec![false; inside.len()];
        let mut got = 0;
        let mut wanted = 0;
        let mut missing = 0;
        for word in typed {
            let weight = if word.aside { 1 } else { 3 } * i64::from(self.weight(word));
            wanted += weight * 100;
            match best_place(word, inside, &used) {
                None => missing += 1,
                Some((place, fit)) => {
                    used[place] = true;
                    got += weight * i64::from(fit);
                }
            }
        }
        let mut beside = 0;
        for (place, stem) in inside.iter().enumerate() {
            if !used[place] {
                let weight = i64::from(self.rarity(*stem));
                beside += if place < main {
                    weight * 150
                } else {
                    weight * 50
                };
            }
        }
        let score = got * 1000 / (wanted + beside).max(1);
        Found {
            entry,
            score: i32::try_from(score).unwrap_or(0),
            complete: missing == 0,
        }
    }

    /// How much a typed word says: the rarity of the stem that it fits best.
    fn weight(&self, word: &Typed) -> u32 {
        let best = word.fits.iter().max_by_key(|(stem, fit)| (**fit, **stem));
        best.map_or(12, |(stem, _)| self.rarity(*stem))
    }

    /// 2 for a word that every entry has, one more each time it is half as frequent.
    fn rarity(&self, stem: u16) -> u32 {
        let frequency = self.containing.get(usize::from(stem)).len().max(1);
        2 + (self.main.len() / frequency).max(1).ilog2()
    }
}

/// The free place in an entry that a typed word fits best.
fn best_place(word: &Typed, inside: &[u16], used: &[bool]) -> Option<(usize, u8)> {
    let mut best: Option<(usize, u8)> = None;
    for (place, stem) in inside.iter().enumerate() {
        if used[place] {
            continue;
        }
        if let Some(fit) = word.fits.get(stem)
            && best.is_none_or(|(_, known)| *fit > known)
        {
            best = Some((place, *fit));
        }
    }
    best
}

fn query_words(query: &str) -> Vec<Word> {
    let mut found = words(&fold(clip(query, MAX_QUERY_BYTES)));
    found.truncate(MAX_QUERY_WORDS);
    found
}

/// The last word of a query if it says nothing by itself but may be the beginning of one that does:
/// the "aux" of someone who is typing "infirmière auxiliaire".
fn unfinished_word(query: &str) -> Option<Word> {
    let folded = fold(clip(query, MAX_QUERY_BYTES));
    let last = folded.rsplit(|c: char| !c.is_alphanumeric()).next()?;
    is_function_word(last).then(|| Word {
        text: last.to_owned(),
        aside: false,
    })
}

/// How many errors a word may have: none in short ones, which would become others.
fn allowance(word: &str) -> u8 {
    if word.bytes().any(|byte| byte.is_ascii_digit()) {
        return 0;
    }
    match word.len() {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

fn sort(found: &mut [Found]) {
    found.sort_by_key(|found| (std::cmp::Reverse(found.score), found.entry));
}

fn size(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn int(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
