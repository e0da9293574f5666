//! Answers from a run's record: why nobody, why not that one, who else. As data and as sentences.

mod alternatives;
mod nobody;
mod pair;

use std::borrow::Cow;
use std::collections::HashMap;

use fluent_templates::fluent_bundle::FluentValue;
use serde::Serialize;
use utoipa::ToSchema;

use crate::db::Conn;
use crate::i18n::{self, Args};
use crate::kernel::ids::{ParticipationId, PersonId};
use crate::kernel::{Locale, Problem};
use crate::matching::engine::Rule;
use crate::matching::frozen::Frozen;
use crate::matching::sentences::{rule_key, rule_word};
use crate::mentorships;

pub use alternatives::{Alternatives, Other, alternatives};
pub use nobody::{MenteeWhy, Nearest, RuleCount, TakenMentor, nobody};
pub use pair::{Loss, Moved, PairPrice, PairWhy, changes, pair};

/// The same sentences in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Sentences {
    pub en: Vec<String>,
    pub fr: Vec<String>,
}

impl Sentences {
    fn both(say: impl Fn(Locale) -> Vec<String>) -> Self {
        Self {
            en: say(Locale::En),
            fr: say(Locale::Fr),
        }
    }
}

/// A rule with its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct NamedRule {
    /// The rule's word.
    pub rule: String,
    pub en: String,
    pub fr: String,
}

impl From<Rule> for NamedRule {
    fn from(rule: Rule) -> Self {
        Self {
            rule: rule_word(rule),
            en: i18n::text(Locale::En, rule_key(rule)),
            fr: i18n::text(Locale::Fr, rule_key(rule)),
        }
    }
}

/// Somebody of the run, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Somebody {
    pub participation_id: ParticipationId,
    pub person_id: PersonId,
    pub name: String,
}

/// The people of a run with their names, read when asked.
struct People<'a> {
    run: &'a Frozen,
    names: HashMap<PersonId, String>,
}

impl<'a> People<'a> {
    /// Reads the names of some mentees and mentors, by position, in one query.
    fn read(
        conn: &mut Conn,
        run: &'a Frozen,
        mentees: impl Iterator<Item = u32>,
        mentors: impl Iterator<Item = u32>,
    ) -> Result<Self, Problem> {
        let mut ids: Vec<PersonId> = mentees
            .filter_map(|at| run.inputs.mentee(at).map(|row| row.person_id))
            .chain(mentors.filter_map(|at| run.inputs.mentor(at).map(|row| row.person_id)))
            .collect();
        ids.sort_unstable();
        ids.dedup();
        let names = mentorships::store::names(conn, &ids)?;
        Ok(Self { run, names })
    }

    fn somebody(&self, participation_id: ParticipationId, person_id: PersonId) -> Somebody {
        Somebody {
            participation_id,
            person_id,
            name: self.names.get(&person_id).cloned().unwrap_or_default(),
        }
    }

    fn mentee(&self, at: u32) -> Option<Somebody> {
        let row = self.run.inputs.mentee(at)?;
        Some(self.somebody(row.participation_id, row.person_id))
    }

    fn mentor(&self, at: u32) -> Option<Somebody> {
        let row = self.run.inputs.mentor(at)?;
        Some(self.somebody(row.participation_id, row.person_id))
    }
}

fn say<const N: usize>(
    locale: Locale,
    key: &str,
    args: [(&'static str, FluentValue<'_>); N],
) -> String {
    let args: Args<'_> = args
        .into_iter()
        .map(|(name, value)| (Cow::Borrowed(name), value))
        .collect();
    i18n::text_with(locale, key, &args)
}

fn rule_names(rules: &[Rule], locale: Locale) -> String {
    let names = rules.iter().map(|rule| i18n::text(locale, rule_key(*rule)));
    names.collect::<Vec<_>>().join("; ")
}
