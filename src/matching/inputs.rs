//! The frozen inputs of a run: what the engine was given, with the words behind its numbers. Stored with the
//! run, so that it can be explained and replayed whatever has changed since.

use std::collections::HashMap;
use std::hash::Hash;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::kernel::Problem;
use crate::kernel::ids::{ParticipationId, PersonId};
use crate::matching::calendar::Calendar;
use crate::matching::engine::{
    EngineError, Exclusion, Instance, InstanceBuilder, LanguageId, Mentee, Mentor, Scale, Settings,
    Similarity,
};

/// What the engine's facts say about people changes with this number: part of the engine's version.
pub const VERSION: &str = concat!("passerelle-", env!("CARGO_PKG_VERSION"), "/2");

/// A person on one side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row<T> {
    pub participation_id: ParticipationId,
    pub person_id: PersonId,
    /// Position of the person's zone in the calendar.
    pub zone: usize,
    /// Where the person lives, in the words of their file.
    pub city: Option<String>,
    pub province: Option<String>,
    /// Codes of the languages spoken best, for the figures of fairness.
    pub mother_tongues: Vec<String>,
    /// The facts. The person's key is left out (zero), because it is the person's id.
    pub facts: T,
}

/// A town, known to the reference or not.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Town {
    /// By its number in the reference.
    Known(u32),
    /// By the name and the country in a person's file.
    Named(String),
}

/// The inputs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inputs {
    pub settings: Settings,
    pub calendar: Calendar,
    /// Codes of the occupations by position.
    pub occupations: Vec<String>,
    /// Codes of the languages by position.
    pub languages: Vec<String>,
    /// Position of each language's macrolanguage.
    pub macrolanguages: Vec<Option<LanguageId>>,
    /// Topics by position.
    pub topics: Vec<String>,
    /// Words of wishes by position.
    #[serde(default)]
    pub wishes: Vec<String>,
    /// Towns by number; empty in runs of earlier versions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub towns: Vec<Town>,
    /// Provinces and other jurisdictions by number; empty in runs of earlier versions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub provinces: Vec<String>,
    /// Two cities between which people can meet, by number.
    pub reach: Vec<(u32, u32)>,
    pub mentees: Vec<Row<Mentee>>,
    pub mentors: Vec<Row<Mentor>>,
    /// Mentee, mentor, why; by position.
    pub exclusions: Vec<(u32, u32, Exclusion)>,
    /// Mentee, mentor; by position.
    pub pins: Vec<(u32, u32)>,
}

impl Inputs {
    /// SHA-256 of the inputs, in hexadecimal: two runs with the same hash were given the same.
    ///
    /// # Errors
    /// 500 when they cannot be written, a defect.
    pub fn hash(&self) -> Result<String, Problem> {
        let digest = Sha256::digest(serde_json::to_vec(self)?);
        Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// The engine's instance.
    ///
    /// # Errors
    /// What is wrong with the inputs, by position.
    pub fn instance(&self) -> Result<Instance, EngineError> {
        let similarity = Similarity::from_noc_codes(&Scale::default(), &self.occupations);
        let mut builder = InstanceBuilder::new(self.settings.clone(), similarity)
            .macrolanguages(self.macrolanguages.clone());
        for (one, other) in &self.reach {
            builder.reach(*one, *other);
        }
        for row in &self.mentees {
            let mut mentee = row.facts.clone();
            mentee.person.key = row.person_id.0.as_u128();
            builder.mentee(mentee);
        }
        for row in &self.mentors {
            let mut mentor = row.facts.clone();
            mentor.person.key = row.person_id.0.as_u128();
            builder.mentor(mentor);
        }
        for (mentee, mentor, why) in &self.exclusions {
            builder.exclude(*mentee, *mentor, *why);
        }
        for (mentee, mentor) in &self.pins {
            builder.pin(*mentee, *mentor);
        }
        builder.build()
    }

    /// The mentee at a position.
    #[must_use]
    pub fn mentee(&self, position: u32) -> Option<&Row<Mentee>> {
        self.mentees.get(usize::try_from(position).ok()?)
    }

    /// The mentor at a position.
    #[must_use]
    pub fn mentor(&self, position: u32) -> Option<&Row<Mentor>> {
        self.mentors.get(usize::try_from(position).ok()?)
    }

    /// The position of a participation among the mentees.
    #[must_use]
    pub fn mentee_at(&self, id: ParticipationId) -> Option<u32> {
        position(&self.mentees, |row| row.participation_id == id)
    }

    /// The position of a participation among the mentors.
    #[must_use]
    pub fn mentor_at(&self, id: ParticipationId) -> Option<u32> {
        position(&self.mentors, |row| row.participation_id == id)
    }
}

fn position<T>(rows: &[Row<T>], is: impl Fn(&Row<T>) -> bool) -> Option<u32> {
    u32::try_from(rows.iter().position(is)?).ok()
}

/// Gives words their numbers in the order in which they come.
#[derive(Debug)]
pub struct Numbers<W> {
    words: Vec<W>,
    at: HashMap<W, usize>,
}

impl<W> Default for Numbers<W> {
    fn default() -> Self {
        Self {
            words: Vec::new(),
            at: HashMap::new(),
        }
    }
}

impl<W: Clone + Eq + Hash> Numbers<W> {
    /// With words that have their numbers already.
    #[must_use]
    pub fn from_words(words: &[W]) -> Self {
        Self {
            words: words.to_vec(),
            at: words.iter().cloned().zip(0..).collect(),
        }
    }

    /// The number of a word; `None` beyond what `N` can count.
    pub fn of<N: TryFrom<usize>>(&mut self, word: W) -> Option<N> {
        let next = self.words.len();
        let at = *self.at.entry(word.clone()).or_insert(next);
        if at == next {
            self.words.push(word);
        }
        N::try_from(at).ok()
    }

    /// How many words have numbers.
    #[must_use]
    pub fn count(&self) -> usize {
        self.words.len()
    }

    /// The word of a number.
    #[must_use]
    pub fn word(&self, number: usize) -> Option<&W> {
        self.words.get(number)
    }

    /// The words by number.
    #[must_use]
    pub fn words(self) -> Vec<W> {
        self.words
    }
}
