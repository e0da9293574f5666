//! Why a mentee has nobody: which rule removed how many mentors, who is nearest, what would have to change.

use serde::Serialize;
use utoipa::ToSchema;

use super::{NamedRule, People, Sentences, Somebody, rule_names, say};
use crate::db::Conn;
use crate::i18n;
use crate::kernel::ids::ParticipationId;
use crate::kernel::{Locale, Problem};
use crate::matching::engine::Rule;
use crate::matching::engine::explain::{WhyNobody, why_nobody};
use crate::matching::frozen::Frozen;
use crate::matching::sentences::{change_key, rule_key};

/// Why a mentee has nobody, or how narrow the choice was.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct MenteeWhy {
    pub mentee: Somebody,
    /// The mentee was proposed to a mentor after all.
    pub matched: bool,
    /// How many mentors each rule removed: the first rule that a mentor fails counts.
    pub removed: Vec<RuleCount>,
    /// Mentors left.
    pub admissible: u32,
    /// Mentors that fail one rule only, by that rule: what would have to change, and for how many.
    pub would_open: Vec<RuleCount>,
    /// The mentors that nearly would have done.
    pub nearest: Vec<Nearest>,
    /// Possible mentors whose places went to others, the best first.
    pub taken: Vec<TakenMentor>,
    pub sentences: Sentences,
}

/// A rule and a number of mentors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RuleCount {
    pub rule: NamedRule,
    pub mentors: u32,
}

/// A mentor who nearly would have done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Nearest {
    pub mentor: Somebody,
    /// What stands in the way.
    pub broken: Vec<NamedRule>,
    /// The score if nothing did.
    pub score: i32,
}

/// A possible mentor whose places serve others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TakenMentor {
    pub mentor: Somebody,
    pub score: i32,
    /// Who has the places.
    pub holders: Vec<Somebody>,
    /// One more place there would let one more mentee be matched.
    pub one_more_matched: bool,
    /// Points that one more place there would add besides.
    pub points: i64,
}

/// Says why a mentee of a run has nobody.
///
/// # Errors
/// 404 for somebody who was no mentee of the run.
pub fn nobody(
    conn: &mut Conn,
    run: &Frozen,
    mentee: ParticipationId,
) -> Result<MenteeWhy, Problem> {
    let at = run.inputs.mentee_at(mentee).ok_or(Problem::NotFound)?;
    let why = why_nobody(&run.instance, &run.outcome, at);
    let holders = why
        .taken
        .iter()
        .flat_map(|taken| taken.holders.iter().copied());
    let mentees: Vec<u32> = holders.chain([at]).collect();
    let nearest = why.nearest.iter().map(|miss| miss.mentor);
    let mentors: Vec<u32> = nearest
        .chain(why.taken.iter().map(|taken| taken.mentor))
        .collect();
    let people = People::read(conn, run, mentees.into_iter(), mentors.into_iter())?;
    let counts = |rules: &[(Rule, u32)]| -> Vec<RuleCount> {
        let each = rules.iter().map(|(rule, mentors)| RuleCount {
            rule: (*rule).into(),
            mentors: *mentors,
        });
        each.collect()
    };
    let somebody = people.mentee(at).ok_or(Problem::NotFound)?;
    Ok(MenteeWhy {
        matched: run.outcome.mentor_of(at).is_some(),
        sentences: Sentences::both(|locale| nobody_sentences(&people, at, &why, locale)),
        removed: counts(&why.removed),
        admissible: why.admissible,
        would_open: counts(&why.would_open),
        nearest: why
            .nearest
            .iter()
            .filter_map(|miss| {
                Some(Nearest {
                    mentor: people.mentor(miss.mentor)?,
                    broken: miss.broken.iter().map(|rule| (*rule).into()).collect(),
                    score: miss.score,
                })
            })
            .collect(),
        taken: why
            .taken
            .iter()
            .filter_map(|taken| {
                Some(TakenMentor {
                    mentor: people.mentor(taken.mentor)?,
                    score: taken.score,
                    holders: taken
                        .holders
                        .iter()
                        .filter_map(|m| people.mentee(*m))
                        .collect(),
                    one_more_matched: taken.demand.one_more_matched,
                    points: taken.demand.points,
                })
            })
            .collect(),
        mentee: somebody,
    })
}

fn nobody_sentences(people: &People<'_>, at: u32, why: &WhyNobody, locale: Locale) -> Vec<String> {
    let name = people.mentee(at).map_or_else(String::new, |who| who.name);
    let mentors = u32::try_from(people.run.inputs.mentors.len()).unwrap_or(u32::MAX);
    if people.run.outcome.mentor_of(at).is_some() {
        return vec![say(
            locale,
            "match-nobody-matched",
            [("mentee", name.into())],
        )];
    }
    let mut told = vec![if why.admissible == 0 {
        let args = [("mentee", name.into()), ("mentors", mentors.into())];
        say(locale, "match-nobody-none", args)
    } else {
        let args = [
            ("mentee", name.into()),
            ("admissible", why.admissible.into()),
        ];
        say(locale, "match-nobody-taken", args)
    }];
    told.extend(why.removed.iter().map(|(rule, count)| {
        let args = [
            ("rule", i18n::text(locale, rule_key(*rule)).into()),
            ("count", (*count).into()),
            ("mentors", mentors.into()),
        ];
        say(locale, "match-nobody-removed", args)
    }));
    told.extend(why.would_open.iter().filter_map(|(rule, count)| {
        let change = i18n::text(locale, change_key(*rule)?);
        let args = [("change", change.into()), ("count", (*count).into())];
        Some(say(locale, "match-nobody-would-open", args))
    }));
    if let Some(miss) = why.nearest.first()
        && let Some(mentor) = people.mentor(miss.mentor)
    {
        let args = [
            ("mentor", mentor.name.into()),
            ("rules", rule_names(&miss.broken, locale).into()),
        ];
        told.push(say(locale, "match-nobody-nearest", args));
    }
    told
}
