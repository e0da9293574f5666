//! The lists in somebody's changes: read as a whole, each fault with the place of its item.

use super::changes::{LanguageInput, OccupationInput, TopicsInput, WishesInput};
use super::check::Check;
use super::coding::{Coded, known_coding};
use super::parts::{MAX_WINDOWS, WeeklyWindow, WindowText};
use super::{Language, Occupation, Profile, Side, Topic, Wish, WishKind, topics};
use crate::reference::{self, NocCode};

/// Most occupations of one person.
pub const MAX_OCCUPATIONS: usize = 10;
/// Most languages of one person.
pub const MAX_LANGUAGES: usize = 20;
/// Most characters of own words for an occupation.
const MAX_WORDS: usize = 200;

pub(super) fn occupations(
    list: &[OccupationInput],
    known: &Profile,
    check: &mut Check,
) -> Vec<Occupation> {
    if !check.at_most("/occupations", list.len(), MAX_OCCUPATIONS) {
        return Vec::new();
    }
    let mut read = Vec::new();
    for (at, input) in list.iter().enumerate() {
        let pointer = |field: &str| format!("/occupations/{at}/{field}");
        check.range(pointer("years"), input.years, 0, 70);
        check.range(pointer("last_year"), input.last_year, 1950, 2100);
        let own_words = check.line(&pointer("own_words"), &input.own_words, MAX_WORDS);
        let code = input.noc.as_deref().map(NocCode::parse);
        let coded = match (code, &own_words) {
            (Some(Err(_)), _) => {
                check.fault(pointer("noc"), "occupation");
                continue;
            }
            (None, None) => {
                check.fault(pointer("noc"), "required");
                continue;
            }
            (Some(Ok(code)), _) => Coded::chosen(code),
            (None, Some(words)) => known_coding(known, input.kind, words)
                .unwrap_or_else(|| Coded::from_words(words, known.person.locale)),
        };
        let occupation = coded.occupation(input, own_words);
        let same = |other: &Occupation| {
            other.kind == occupation.kind
                && other.noc == occupation.noc
                && (other.noc.is_some() || other.own_words == occupation.own_words)
        };
        if !read.iter().any(same) {
            read.push(occupation);
        }
    }
    read
}

pub(super) fn languages(list: &[LanguageInput], check: &mut Check) -> Vec<Language> {
    if !check.at_most("/languages", list.len(), MAX_LANGUAGES) {
        return Vec::new();
    }
    let mut read: Vec<Language> = Vec::new();
    for (at, input) in list.iter().enumerate() {
        let pointer = format!("/languages/{at}/language");
        match reference::Language::from_code(&input.language) {
            Err(_) => check.fault(pointer, "language"),
            Ok(known) if read.iter().any(|other| other.language == known.code()) => {
                check.fault(pointer, "twice");
            }
            Ok(known) => read.push(Language {
                language: known.code().to_owned(),
                level: input.level,
                wanted: input.wanted,
            }),
        }
    }
    read.sort_unstable();
    read
}

pub(super) fn topics_of(given: &TopicsInput, check: &mut Check) -> Vec<Topic> {
    let mut read: Vec<Topic> = Vec::new();
    for (side, name, list) in [
        (Side::Wants, "wants", &given.wants),
        (Side::Offers, "offers", &given.offers),
    ] {
        if !check.at_most(&format!("/topics/{name}"), list.len(), topics::MAX_TOPICS) {
            continue;
        }
        for (at, text) in list.iter().enumerate() {
            match topics::read(text) {
                None => check.too_long(format!("/topics/{name}/{at}"), topics::MAX_OWN),
                Some(topic) => {
                    let topic = Topic { side, topic };
                    if !read.contains(&topic) {
                        read.push(topic);
                    }
                }
            }
        }
    }
    read
}

pub(super) fn wishes_of(given: &WishesInput, check: &mut Check) -> Vec<Wish> {
    let mut read: Vec<Wish> = Vec::new();
    for (kind, list) in [
        (WishKind::Is, &given.is),
        (WishKind::Wants, &given.wants),
        (WishKind::Insists, &given.insists),
    ] {
        for (at, word) in list.iter().enumerate() {
            let asked_before = |other: &Wish| {
                other.word == *word && (other.kind == WishKind::Is) == (kind == WishKind::Is)
            };
            if read.iter().any(asked_before) {
                check.fault(format!("/wishes/{}/{at}", kind.as_str()), "twice");
            } else {
                read.push(Wish { kind, word: *word });
            }
        }
    }
    read
}

pub(super) fn availability(list: &[WindowText], check: &mut Check) -> Vec<WeeklyWindow> {
    if !check.at_most("/availability", list.len(), MAX_WINDOWS) {
        return Vec::new();
    }
    let mut read = Vec::new();
    for (at, text) in list.iter().enumerate() {
        match text.read() {
            Some(window) => read.push(window),
            None => check.fault(format!("/availability/{at}"), "window"),
        }
    }
    WeeklyWindow::joined(read)
}
