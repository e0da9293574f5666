//! Why a pair was chosen or not, and what choosing it would cost.

use fluent_templates::fluent_bundle::FluentValue;
use serde::Serialize;
use utoipa::ToSchema;

use super::{NamedRule, People, Sentences, Somebody, rule_names, say};
use crate::db::Conn;
use crate::i18n;
use crate::kernel::ids::ParticipationId;
use crate::kernel::{Locale, Problem};
use crate::matching::engine::Standing;
use crate::matching::engine::explain::{Change, Explanation, Price, WhyNot, explain, why_not};
use crate::matching::engine::pair::assess;
use crate::matching::facts::Facts;
use crate::matching::frozen::Frozen;
use crate::matching::model::PartPoints;
use crate::matching::request::refusal;
use crate::matching::sentences::{Reason, occupation_title, reasons};

/// A pair of a run, explained: its score, its reasons, and why it was not chosen.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PairWhy {
    pub mentee: Somebody,
    pub mentor: Somebody,
    /// The pair was proposed.
    pub chosen: bool,
    pub score: i32,
    pub parts: PartPoints,
    pub facts: Facts,
    pub reasons: Vec<Reason>,
    /// Rules that exclude it.
    pub broken: Vec<NamedRule>,
    /// What choosing it would cost; null where it was chosen or is excluded.
    pub price: Option<PairPrice>,
    pub sentences: Sentences,
}

/// What choosing a pair would cost all together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PairPrice {
    /// Fewer mentees matched.
    pub fewer_matched: i64,
    /// Points lost in the sum of scores and waiting credits.
    pub points: i64,
    /// Who would have another mentor, or none.
    pub changes: Vec<Moved>,
}

/// A mentee whose mentor differs between two outcomes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Moved {
    pub mentee: Somebody,
    pub before: Option<Somebody>,
    pub score_before: Option<i32>,
    pub after: Option<Somebody>,
    pub score_after: Option<i32>,
    /// What the mentee would lose most of, and how much; null where they would lose nothing.
    pub loses: Option<Loss>,
}

/// What somebody loses with a mentor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Loss {
    /// Points of the score: all of it, where they would have no mentor.
    pub points: i32,
    /// The part of the score that loses most; null where they would have no mentor.
    pub part: Option<String>,
    /// The occupation, a NOC code, in which the mentor before is the only possible one for this mentee.
    pub only_in: Option<String>,
}

impl Loss {
    fn sentence(&self, locale: Locale) -> String {
        let points = self.points;
        if let Some(code) = &self.only_in {
            let occupation = occupation_title(code, locale).into();
            let args = [("points", points.into()), ("occupation", occupation)];
            return say(locale, "match-loss-only", args);
        }
        let part = self.part.as_deref().unwrap_or_default();
        let part = i18n::text(locale, &format!("record-part-{part}")).into();
        say(
            locale,
            "match-loss-part",
            [("points", points.into()), ("part", part)],
        )
    }
}

impl Moved {
    /// `Amina Diallo would go from Bruno Tremblay to Chen Wei`.
    #[must_use]
    pub fn sentence(&self, locale: Locale) -> String {
        let moved = self.moved(locale);
        match &self.loses {
            Some(loss) if self.after.is_some() || loss.only_in.is_some() => {
                format!("{moved} ({})", loss.sentence(locale))
            }
            _ => moved,
        }
    }

    fn moved(&self, locale: Locale) -> String {
        let name = |who: &Option<Somebody>| who.as_ref().map(|who| who.name.clone());
        let mentee = || FluentValue::from(self.mentee.name.clone());
        match (name(&self.before), name(&self.after)) {
            (Some(before), Some(after)) => say(
                locale,
                "match-change-moves",
                [
                    ("mentee", mentee()),
                    ("before", before.into()),
                    ("after", after.into()),
                ],
            ),
            (None, Some(after)) => say(
                locale,
                "match-change-gains",
                [("mentee", mentee()), ("after", after.into())],
            ),
            (_, None) => say(locale, "match-change-loses", [("mentee", mentee())]),
        }
    }
}

/// Explains a pair of a run, whether or not it was chosen.
///
/// # Errors
/// 404 for people who were not in the run; 422 where pins leave no place for a what-if.
pub fn pair(
    conn: &mut Conn,
    run: &Frozen,
    mentee: ParticipationId,
    mentor: ParticipationId,
    locale: Locale,
) -> Result<PairWhy, Problem> {
    let i = run.inputs.mentee_at(mentee).ok_or(Problem::NotFound)?;
    let j = run.inputs.mentor_at(mentor).ok_or(Problem::NotFound)?;
    let explained = explain(&run.instance, i, j).ok_or(Problem::NotFound)?;
    let ready = run.inputs.mentee(i).map(|row| row.facts.person.standing);
    let verdict = if ready == Some(Standing::Ready) || !explained.broken.is_empty() {
        why_not(&run.instance, &run.outcome, i, j)
            .map_err(|error| refusal(error, &run.inputs, locale))?
    } else {
        WhyNot::Excluded(explained.broken.clone())
    };
    let changes: &[Change] = match &verdict {
        WhyNot::Price(price) => &price.changes,
        _ => &[],
    };
    let people = of_changes(conn, run, changes, i, j)?;
    let price = match &verdict {
        WhyNot::Price(price) => Some(priced(&people, price)),
        _ => None,
    };
    let facts = Facts::of(&run.inputs, &explained, false);
    let parts: PartPoints = explained.parts.into();
    Ok(PairWhy {
        mentee: people.mentee(i).ok_or(Problem::NotFound)?,
        mentor: people.mentor(j).ok_or(Problem::NotFound)?,
        chosen: verdict == WhyNot::Chosen,
        score: explained.score,
        reasons: reasons(&parts, &facts),
        parts,
        facts,
        broken: explained.broken.iter().map(|rule| (*rule).into()).collect(),
        sentences: Sentences::both(|locale| match (&verdict, &price) {
            (WhyNot::Chosen, _) => vec![i18n::text(locale, "match-why-chosen")],
            (_, Some(price)) => vec![price_sentence(price, locale)],
            _ => vec![say(
                locale,
                "match-why-excluded",
                [("rules", rule_names(&explained.broken, locale).into())],
            )],
        }),
        price,
    })
}

fn of_changes<'a>(
    conn: &mut Conn,
    run: &'a Frozen,
    changes: &[Change],
    mentee: u32,
    mentor: u32,
) -> Result<People<'a>, Problem> {
    let mentees = changes.iter().map(|change| change.mentee).chain([mentee]);
    let mentors = changes
        .iter()
        .flat_map(|change| change.before.into_iter().chain(change.after))
        .chain([mentor]);
    People::read(conn, run, mentees, mentors)
}

fn priced(people: &People<'_>, price: &Price) -> PairPrice {
    PairPrice {
        fewer_matched: price.fewer_matched,
        points: price.points,
        changes: price
            .changes
            .iter()
            .filter_map(|change| moved(people, change))
            .collect(),
    }
}

fn moved(people: &People<'_>, change: &Change) -> Option<Moved> {
    Some(Moved {
        mentee: people.mentee(change.mentee)?,
        before: change.before.and_then(|at| people.mentor(at)),
        score_before: change.score_before,
        after: change.after.and_then(|at| people.mentor(at)),
        score_after: change.score_after,
        loses: loss(people.run, change),
    })
}

/// What a mentee loses by a change, by the run's own settings.
fn loss(run: &Frozen, change: &Change) -> Option<Loss> {
    let before = explain(&run.instance, change.mentee, change.before?)?;
    let after = match change.after {
        Some(mentor) => Some(explain(&run.instance, change.mentee, mentor)?),
        None => None,
    };
    let points = before.score - after.as_ref().map_or(0, |after| after.score);
    if points <= 0 {
        return None;
    }
    let parts = |of: &Explanation| {
        let parts: PartPoints = of.parts.into();
        [
            ("profession", parts.profession),
            ("language", parts.language),
            ("availability", parts.availability),
            ("topics", parts.topics),
            ("licensing", parts.licensing),
            ("place", parts.place),
            ("wishes", parts.wishes),
        ]
    };
    let part = after.as_ref().and_then(|after| {
        let pairs = parts(&before).into_iter().zip(parts(after));
        let lost = pairs.map(|((part, had), (_, has))| (part, i32::from(had) - i32::from(has)));
        // The first of equals.
        let most = lost.rev().max_by_key(|(_, points)| *points);
        most.filter(|(_, points)| *points > 0)
            .map(|(part, _)| part.to_owned())
    });
    let profession = before.facts.profession.filter(|fact| fact.likeness == 1000);
    let only_in = profession
        .filter(|_| part.as_deref().is_none_or(|part| part == "profession"))
        .filter(|fact| is_only(run, change.mentee, before.mentor, fact.occupation))
        .and_then(|fact| {
            run.inputs
                .occupations
                .get(usize::from(fact.occupation))
                .cloned()
        });
    Some(Loss {
        points,
        part,
        only_in,
    })
}

/// Whether a mentor is the only possible one for a mentee in an occupation.
fn is_only(run: &Frozen, mentee: u32, mentor: u32, occupation: u16) -> bool {
    let others = (0_u32..).zip(run.instance.mentors());
    let in_it = others.filter(|(other, person)| {
        let has = person
            .occupations
            .iter()
            .any(|one| one.occupation == occupation);
        *other != mentor && has
    });
    let mut possible = in_it.filter(|(other, _)| assess(&run.instance, mentee, *other).is_ok());
    possible.next().is_none()
}

/// Most changes that a sentence names.
const MOST_CHANGES: usize = 4;

fn price_sentence(price: &PairPrice, locale: Locale) -> String {
    let mut changes: Vec<String> = price
        .changes
        .iter()
        .take(MOST_CHANGES)
        .map(|change| change.sentence(locale))
        .collect();
    if price.changes.len() > MOST_CHANGES {
        changes.push(i18n::text(locale, "match-more"));
    }
    let changes = changes.join("; ");
    match (price.fewer_matched, price.points) {
        (fewer, _) if fewer > 0 => say(
            locale,
            "match-why-price-fewer",
            [("fewer", fewer.into()), ("changes", changes.into())],
        ),
        (_, points) if points > 0 => say(
            locale,
            "match-why-price",
            [("points", points.into()), ("changes", changes.into())],
        ),
        _ => say(locale, "match-why-free", [("changes", changes.into())]),
    }
}

/// Names the changes between two outcomes of the same people.
///
/// # Errors
/// A database error.
pub fn changes(conn: &mut Conn, run: &Frozen, found: &[Change]) -> Result<Vec<Moved>, Problem> {
    let mentees = found.iter().map(|change| change.mentee);
    let mentors = found
        .iter()
        .flat_map(|change| change.before.into_iter().chain(change.after));
    let people = People::read(conn, run, mentees, mentors)?;
    Ok(found
        .iter()
        .filter_map(|change| moved(&people, change))
        .collect())
}
