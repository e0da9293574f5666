//! What one of the two is told about the other before both have said yes: the first name, the profession, the
//! languages, the city, and why they fit. Never how to reach them.

use std::collections::HashMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::db::Conn;
use crate::kernel::ids::PersonId;
use crate::kernel::{Locale, Problem};
use crate::matching::Proposal;
use crate::matching::sentences::{self, language_name};
use crate::people;
use crate::people::model::{OccupationKind, Profile};
use crate::programmes::Side;
use crate::reference::LanguageLevel;
use crate::reference::occupations::Occupation;

/// Most professions and languages that are told.
const MOST: usize = 4;

/// The same words in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct InBoth {
    pub en: String,
    pub fr: String,
}

impl InBoth {
    /// From a way to say it.
    pub fn say(of: impl Fn(Locale) -> String) -> Self {
        Self {
            en: of(Locale::En),
            fr: of(Locale::Fr),
        }
    }

    /// The words in one language.
    #[must_use]
    pub fn of(&self, locale: Locale) -> &str {
        match locale {
            Locale::En => &self.en,
            Locale::Fr => &self.fr,
        }
    }
}

/// The other side of an offer, sparingly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OtherPerson {
    /// The name that the person goes by, without the family name.
    pub first_name: String,
    /// Of a mentor what they have worked as, of a mentee what they aim at.
    pub professions: Vec<InBoth>,
    /// Languages that they speak well enough to work in.
    pub languages: Vec<InBoth>,
    pub city: Option<String>,
    /// What the two have in common.
    pub reasons: Vec<InBoth>,
}

/// The other side of a proposal, for whoever is asked on `side`.
///
/// # Errors
/// [`Problem::NotFound`]; a database error.
pub fn other_of(conn: &mut Conn, proposal: &Proposal, side: Side) -> Result<OtherPerson, Problem> {
    let profiles = profiles(conn, &[(proposal, side)])?;
    told(&profiles, proposal, side).ok_or(Problem::NotFound)
}

fn other_id(proposal: &Proposal, side: Side) -> PersonId {
    match side {
        Side::Mentor => proposal.mentee_id,
        Side::Mentee => proposal.mentor_id,
    }
}

/// The profiles of the other sides, in a constant number of queries.
///
/// # Errors
/// A database error.
pub fn profiles(
    conn: &mut Conn,
    of: &[(&Proposal, Side)],
) -> Result<HashMap<PersonId, Profile>, Problem> {
    let mut ids: Vec<PersonId> = of
        .iter()
        .map(|(proposal, side)| other_id(proposal, *side))
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let persons = people::store::find_all(conn, &ids)?;
    let found = people::store::lists::profiles(conn, persons)?;
    Ok(found.into_iter().map(|p| (p.person.id, p)).collect())
}

/// What is told of the other side, from profiles that were read for it.
#[must_use]
pub fn told(
    profiles: &HashMap<PersonId, Profile>,
    proposal: &Proposal,
    side: Side,
) -> Option<OtherPerson> {
    let profile = profiles.get(&other_id(proposal, side))?;
    let person = &profile.person;
    let preferred = person.preferred_name.as_deref().map(str::trim);
    let first = preferred.filter(|name| !name.is_empty());
    let in_common = |locale| sentences::in_common(&proposal.parts.0, &proposal.facts.0, locale);
    let (english, french) = (in_common(Locale::En), in_common(Locale::Fr));
    Some(OtherPerson {
        first_name: first.unwrap_or(&person.given_name).to_owned(),
        professions: professions(profile, side),
        languages: languages(profile),
        city: person.city.clone().filter(|city| !city.trim().is_empty()),
        reasons: english
            .into_iter()
            .zip(french)
            .map(|(en, fr)| InBoth { en, fr })
            .collect(),
    })
}

/// What the mentor has done; what the mentee aims at, or has done where no aim is told.
fn professions(profile: &Profile, asked: Side) -> Vec<InBoth> {
    let of = |kind: OccupationKind| -> Vec<InBoth> {
        let these = profile.occupations.iter().filter(|o| o.kind == kind);
        let mut titles: Vec<InBoth> = these
            .filter_map(|o| match o.noc.as_deref().and_then(Occupation::find) {
                Some(known) => Some(InBoth::say(|locale| known.title(locale).to_owned())),
                None => {
                    let words = o.own_words.clone()?;
                    Some(InBoth::say(|_| words.clone()))
                }
            })
            .collect();
        titles.dedup();
        titles.truncate(MOST);
        titles
    };
    match asked {
        Side::Mentee => of(OccupationKind::Held),
        Side::Mentor => {
            let aims = of(OccupationKind::Target);
            if aims.is_empty() {
                of(OccupationKind::Held)
            } else {
                aims
            }
        }
    }
}

fn languages(profile: &Profile) -> Vec<InBoth> {
    let well = |level: Option<LanguageLevel>| {
        !matches!(level, Some(LanguageLevel::A1 | LanguageLevel::A2))
    };
    let spoken = profile.languages.iter().filter(|l| well(l.level));
    spoken
        .take(MOST)
        .map(|l| InBoth::say(|locale| language_name(&l.language, locale)))
        .collect()
}
