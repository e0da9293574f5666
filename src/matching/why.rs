//! Answers from a run's record: why nobody, why not that one, who else. As data and as sentences.

use std::borrow::Cow;
use std::collections::HashMap;

use fluent_templates::fluent_bundle::FluentValue;
use serde::Serialize;
use utoipa::ToSchema;

use crate::db::Conn;
use crate::i18n::{self, Args};
use crate::kernel::ids::{ParticipationId, PersonId};
use crate::kernel::{Locale, Problem};
use crate::matching::engine::explain::{
    self, Alternative, Change, Price, WhyNot, alternatives_for_mentee, alternatives_for_mentor,
    why_nobody, why_not,
};
use crate::matching::engine::{Rule, Standing};
use crate::matching::facts::Facts;
use crate::matching::frozen::Frozen;
use crate::matching::model::PartPoints;
use crate::matching::request::refusal;
use crate::matching::sentences::{Reason, change_key, reasons, rule_key, rule_word};
use crate::mentorships;

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

fn nobody_sentences(
    people: &People<'_>,
    at: u32,
    why: &explain::WhyNobody,
    locale: Locale,
) -> Vec<String> {
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
}

impl Moved {
    /// `Amina Diallo would go from Bruno Tremblay to Chen Wei`.
    #[must_use]
    pub fn sentence(&self, locale: Locale) -> String {
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
    let explained = explain::explain(&run.instance, i, j).ok_or(Problem::NotFound)?;
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
    })
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

/// The next best for each side of a pair.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Alternatives {
    /// Other mentors for the mentee.
    pub for_mentee: Vec<Other>,
    /// Other mentees for the mentor.
    pub for_mentor: Vec<Other>,
}

/// Another choice.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Other {
    pub who: Somebody,
    pub score: i32,
    pub parts: PartPoints,
    pub reasons: Vec<Reason>,
    /// Choosing it leaves at least one mentee more without a mentor.
    pub fewer_matched: bool,
    /// Points that all together lose at least by it.
    pub costs_at_least: i64,
    /// The mentor has a place left.
    pub place_left: bool,
}

/// The `count` next best for each side of a pair of a run.
///
/// # Errors
/// 404 for people who were not in the run.
pub fn alternatives(
    conn: &mut Conn,
    run: &Frozen,
    mentee: ParticipationId,
    mentor: ParticipationId,
    count: usize,
) -> Result<Alternatives, Problem> {
    let i = run.inputs.mentee_at(mentee).ok_or(Problem::NotFound)?;
    let j = run.inputs.mentor_at(mentor).ok_or(Problem::NotFound)?;
    // One more is asked for, because the pair itself may be among them when it is a replacement.
    let other_than = |found: Vec<Alternative>| -> Vec<Alternative> {
        let others = found.into_iter().filter(|a| (a.mentee, a.mentor) != (i, j));
        others.take(count).collect()
    };
    let mentors = other_than(alternatives_for_mentee(
        &run.instance,
        &run.outcome,
        i,
        count + 1,
    ));
    let mentees = other_than(alternatives_for_mentor(
        &run.instance,
        &run.outcome,
        j,
        count + 1,
    ));
    let people = People::read(
        conn,
        run,
        mentees.iter().map(|other| other.mentee),
        mentors.iter().map(|other| other.mentor),
    )?;
    let each = |found: &[Alternative], who: &dyn Fn(&Alternative) -> Option<Somebody>| {
        let others = found.iter().filter_map(|a| other(run, a, who(a)?));
        others.collect::<Vec<Other>>()
    };
    Ok(Alternatives {
        for_mentee: each(&mentors, &|a| people.mentor(a.mentor)),
        for_mentor: each(&mentees, &|a| people.mentee(a.mentee)),
    })
}

fn other(run: &Frozen, found: &Alternative, who: Somebody) -> Option<Other> {
    let explained = explain::explain(&run.instance, found.mentee, found.mentor)?;
    let facts = Facts::of(&run.inputs, &explained, false);
    let parts: PartPoints = explained.parts.into();
    let bonus = run.outcome.coverage_bonus;
    let fewer_matched = bonus > 0 && found.costs_at_least > bonus / 2;
    Some(Other {
        who,
        score: found.score,
        reasons: reasons(&parts, &facts),
        parts,
        fewer_matched,
        costs_at_least: if fewer_matched {
            found.costs_at_least - bonus
        } else {
            found.costs_at_least
        },
        place_left: found.place_left,
    })
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
