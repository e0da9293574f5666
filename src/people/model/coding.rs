//! Own words for an occupation, coded through the official job titles.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::changes::OccupationInput;
use super::{Occupation, OccupationKind, Profile};
use crate::kernel::Locale;
use crate::reference::NocCode;
use crate::reference::titles::{Confidence, code_from_words};

/// How many looked-up titles are remembered: about a megabyte.
const REMEMBERED: usize = 8_000;

/// A code with how sure it is.
#[derive(Clone)]
pub(super) struct Coded {
    noc: Option<String>,
    confidence: i32,
    needs_review: bool,
}

impl Coded {
    pub fn chosen(code: NocCode) -> Self {
        Self {
            noc: Some(code.as_str().to_owned()),
            confidence: 1000,
            needs_review: false,
        }
    }

    /// The best official title. Files and forms repeat the same few hundred titles, and looking one up
    /// among 58,000 is the dearest part of reading a row: the last answers are remembered.
    pub fn from_words(words: &str, locale: Locale) -> Self {
        static ANSWERS: Mutex<BTreeMap<(String, Locale), Coded>> = Mutex::new(BTreeMap::new());
        let key = (words.to_owned(), locale);
        let mut answers = ANSWERS.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = answers.get(&key) {
            return known.clone();
        }
        drop(answers);
        let coded = Self::look_up(words, locale);
        answers = ANSWERS.lock().unwrap_or_else(PoisonError::into_inner);
        if answers.len() >= REMEMBERED {
            answers.clear();
        }
        answers.insert(key, coded.clone());
        coded
    }

    fn look_up(words: &str, locale: Locale) -> Self {
        match code_from_words(words, Some(locale)).first() {
            None => Self {
                noc: None,
                confidence: 0,
                needs_review: true,
            },
            Some((code, confidence)) => Self {
                noc: Some(code.as_str().to_owned()),
                confidence: i32::from(confidence.per_mille()),
                needs_review: *confidence < Confidence::CERTAIN,
            },
        }
    }

    pub fn occupation(self, input: &OccupationInput, own_words: Option<String>) -> Occupation {
        Occupation {
            kind: input.kind,
            noc: self.noc,
            own_words,
            confidence: self.confidence,
            needs_review: self.needs_review,
            years: input.years,
            last_year: input.last_year,
        }
    }
}

/// The same words were coded before, perhaps by a person: that stays.
pub(super) fn known_coding(known: &Profile, kind: OccupationKind, words: &str) -> Option<Coded> {
    let before = known
        .occupations
        .iter()
        .find(|o| o.kind == kind && o.own_words.as_deref() == Some(words))?;
    Some(Coded {
        noc: before.noc.clone(),
        confidence: before.confidence,
        needs_review: before.needs_review,
    })
}
