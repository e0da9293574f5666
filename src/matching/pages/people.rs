//! The two of a proposal, side by side: what matters for deciding about them, and no more.

use serde::Serialize;

use crate::db::Conn;
use crate::i18n;
use crate::kernel::{Locale, Problem};
use crate::matching::Proposal;
use crate::matching::consent::other::{self, InBoth};
use crate::mentorships;
use crate::programmes::{self, Participation, Side};

/// One of the two.
#[derive(Debug, Serialize)]
pub struct PersonView {
    name: String,
    pronouns: Option<String>,
    /// Of a mentor what they have worked as, of a mentee what they aim at.
    professions: Vec<String>,
    languages: Vec<String>,
    city: Option<String>,
    /// A mentor's free places, or since when a mentee waits.
    place: String,
}

/// The names of mentee and mentor.
///
/// # Errors
/// A database error.
pub fn names(conn: &mut Conn, of: &Proposal) -> Result<(String, String), Problem> {
    let mut names = mentorships::store::names(conn, &[of.mentee_id, of.mentor_id])?;
    let mut name = |id| names.remove(&id).unwrap_or_default();
    Ok((name(of.mentee_id), name(of.mentor_id)))
}

/// Mentee and mentor.
///
/// # Errors
/// A database error.
pub fn both(
    conn: &mut Conn,
    locale: Locale,
    of: &Proposal,
) -> Result<(PersonView, PersonView), Problem> {
    let (mentee, mentor) = names(conn, of)?;
    let profiles = other::profiles(conn, &[(of, Side::Mentor), (of, Side::Mentee)])?;
    let mut one = |name: String, side: Side, part| {
        let (participation, _) = programmes::store::participation(conn, part)?;
        // What is told to the other side is about this one.
        let asked = match side {
            Side::Mentee => Side::Mentor,
            Side::Mentor => Side::Mentee,
        };
        let told = other::told(&profiles, of, asked).ok_or(Problem::NotFound)?;
        let person = match side {
            Side::Mentee => of.mentee_id,
            Side::Mentor => of.mentor_id,
        };
        let profile = profiles.get(&person);
        let words = |list: &[InBoth]| list.iter().map(|one| one.of(locale).to_owned()).collect();
        Ok::<_, Problem>(PersonView {
            name,
            pronouns: profile.and_then(|of| of.person.pronouns.clone()),
            professions: words(&told.professions),
            languages: words(&told.languages),
            city: told.city,
            place: place(locale, &participation),
        })
    };
    Ok((
        one(mentee, Side::Mentee, of.mentee_participation_id)?,
        one(mentor, Side::Mentor, of.mentor_participation_id)?,
    ))
}

fn place(locale: Locale, of: &Participation) -> String {
    let free = of.free().max(0).to_string();
    let key = match of.side {
        Side::Mentor => "match-proposal-places",
        Side::Mentee if of.free() > 0 => "match-proposal-waits",
        Side::Mentee => "match-proposal-waits-no-more",
    };
    i18n::text_with_pairs(locale, key, [("free", free.as_str())])
}
