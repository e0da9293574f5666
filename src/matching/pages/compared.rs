//! A what-if as it is shown: what is won and lost, and who would change, in words.

use serde::Serialize;

use super::draft::{Draft, written};
use super::words::{self, Grouping};
use crate::i18n;
use crate::kernel::Locale;
use crate::matching::request::PairOf;
use crate::matching::summary::{Share, Summary};
use crate::matching::what_if::Compared;
use crate::matching::why::{Moved, Somebody};

/// Most changes that the page names; the API names all.
const MOST: usize = 200;

#[derive(Debug, Serialize)]
pub struct ComparedView {
    headline: String,
    /// How both sides were found, and that both are proved.
    method: String,
    proof: Option<String>,
    rows: Vec<RowView>,
    /// Groups of which more or fewer would be matched.
    groups: Vec<GroupsView>,
    changes: Vec<ChangeView>,
    /// How many there are.
    all: usize,
    /// Changes that are not named.
    more: usize,
    /// Pairs that were put aside and would be no longer possible, by name.
    dropped: Vec<String>,
    /// The form that would save it; none where it asks for what only a draft can have.
    save: Option<Vec<(String, String)>>,
    /// The newest run, as that form sends it.
    seen: String,
    /// Proposals that wait for a decision, which a new run replaces.
    to_decide: i64,
}

#[derive(Debug, Serialize)]
struct RowView {
    name: String,
    before: String,
    after: String,
    difference: String,
}

#[derive(Debug, Serialize)]
struct GroupsView {
    title: &'static str,
    groups: Vec<RowView>,
}

#[derive(Debug, Serialize)]
struct ChangeView {
    sentence: String,
    mentee: String,
    before: Option<PairView>,
    after: Option<PairView>,
}

/// A pair of a change: its mentor, its fit, and what a button sends to insist on it or forbid it.
#[derive(Debug, Serialize)]
struct PairView {
    mentor: String,
    fit: String,
    pair: String,
}

/// What the page knows beside what was compared.
#[derive(Debug)]
pub struct Frame {
    /// Pairs that were put aside and would be no longer possible, by name.
    pub dropped: Vec<String>,
    /// The newest run, as a form sends it.
    pub seen: String,
    /// Proposals that wait for a decision.
    pub to_decide: i64,
}

impl ComparedView {
    /// Of what was found for a form.
    pub fn of(locale: Locale, compared: &Compared, draft: &Draft, frame: Frame) -> Self {
        let (before, after) = (&compared.before, &compared.after);
        Self {
            headline: compared.headline(locale),
            method: compared.how(locale),
            proof: after.proof(compared.settings.objective, locale),
            rows: rows(locale, compared),
            groups: groups(locale, before, after),
            changes: changes(locale, &compared.changes),
            all: compared.changes.len(),
            more: compared.changes.len().saturating_sub(MOST),
            save: (!draft.only_for_drafts()).then(|| draft.fields()),
            dropped: frame.dropped,
            seen: frame.seen,
            to_decide: frame.to_decide,
        }
    }
}

fn rows(locale: Locale, compared: &Compared) -> Vec<RowView> {
    let (before, after) = (&compared.before, &compared.after);
    let count = |of: usize| i64::try_from(of).unwrap_or(i64::MAX);
    let row = |key: &str, was: i64, is: i64| difference(locale, i18n::text(locale, key), was, is);
    let counted =
        |key: &str, of: fn(&Summary) -> usize| row(key, count(of(before)), count(of(after)));
    let places = |of: &Summary| i64::try_from(of.places).unwrap_or(i64::MAX);
    // Both sides by one measure: the draft's.
    let was = compared.before_by_draft;
    let percent = |score: i64| (score + 50).div_euclid(100);
    let change = percent(after.score_mean) - percent(was.score_mean);
    vec![
        counted("match-page-figure-matched", |of| of.matched),
        counted("match-page-figure-nobody", |of| of.nobody_possible),
        counted("match-page-figure-taken", |of| of.places_better_used),
        row("match-page-figure-places", places(before), places(after)),
        RowView {
            name: i18n::text(locale, "match-page-figure-mean"),
            before: words::fit(locale, was.score_mean),
            after: words::fit(locale, after.score_mean),
            difference: words::difference(locale, change),
        },
        row(
            "match-page-figure-points",
            was.score_total,
            after.score_total,
        ),
    ]
}

fn difference(locale: Locale, name: String, before: i64, after: i64) -> RowView {
    RowView {
        name,
        before: i18n::number(locale, before),
        after: i18n::number(locale, after),
        difference: words::difference(locale, after - before),
    }
}

/// The groups of which more or fewer are matched, the largest first.
fn groups(locale: Locale, before: &Summary, after: &Summary) -> Vec<GroupsView> {
    let each = Grouping::ALL.into_iter().map(|grouping| {
        let was = grouping.shares(before);
        let matched = |share: &Share| {
            let same = was.iter().find(|other| other.group == share.group);
            same.map_or(0, |other| other.matched)
        };
        let now = grouping.shares(after).into_iter();
        let changed = now.filter(|share| matched(share) != share.matched);
        GroupsView {
            title: grouping.key(),
            groups: changed
                .map(|share| {
                    let name = grouping.group(locale, &share.group);
                    difference(locale, name, matched(share).into(), share.matched.into())
                })
                .collect(),
        }
    });
    each.filter(|view| !view.groups.is_empty()).collect()
}

/// Who would change: whoever would lose their mentor first, then who would get one, then by what they would lose.
fn changes(locale: Locale, all: &[Moved]) -> Vec<ChangeView> {
    let mut sorted: Vec<&Moved> = all.iter().collect();
    sorted.sort_by_key(|moved| {
        let kind = match (&moved.before, &moved.after) {
            (_, None) => 0,
            (None, _) => 1,
            _ => 2,
        };
        let loses = moved.loses.as_ref().map_or(0, |loss| loss.points);
        (kind, std::cmp::Reverse(loses))
    });
    let shown = sorted.into_iter().take(MOST);
    shown.map(|moved| change(locale, moved)).collect()
}

fn change(locale: Locale, moved: &Moved) -> ChangeView {
    let pair = |mentor: &Option<Somebody>, score: Option<i32>| {
        let mentor = mentor.as_ref()?;
        Some(PairView {
            mentor: mentor.name.clone(),
            fit: words::fit(locale, score.unwrap_or(0).into()),
            pair: written(&PairOf {
                mentor_participation_id: mentor.participation_id,
                mentee_participation_id: moved.mentee.participation_id,
            }),
        })
    };
    ChangeView {
        sentence: moved.sentence(locale),
        mentee: moved.mentee.name.clone(),
        before: pair(&moved.before, moved.score_before),
        after: pair(&moved.after, moved.score_after),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::ids::{ParticipationId, PersonId};
    use crate::matching::why::Loss;

    fn somebody(name: &str) -> Somebody {
        Somebody {
            participation_id: ParticipationId(uuid::Uuid::nil()),
            person_id: PersonId(uuid::Uuid::nil()),
            name: name.to_owned(),
        }
    }

    fn moved(mentee: &str, before: bool, after: bool, loses: i32) -> Moved {
        let mentor = |there: bool| there.then(|| somebody("Mentor"));
        Moved {
            mentee: somebody(mentee),
            before: mentor(before),
            score_before: None,
            after: mentor(after),
            score_after: None,
            loses: (loses > 0).then_some(Loss {
                points: loses,
                part: None,
                only_in: None,
            }),
        }
    }

    #[test]
    fn whoever_would_lose_their_mentor_comes_first_then_who_gets_one_then_who_loses_most() {
        let all = [
            moved("moves a little", true, true, 10),
            moved("gets one", false, true, 0),
            moved("moves far", true, true, 900),
            moved("loses", true, false, 400),
        ];
        let names: Vec<_> = changes(Locale::En, &all)
            .into_iter()
            .map(|change| change.mentee)
            .collect();
        assert_eq!(names, ["loses", "gets one", "moves far", "moves a little"]);
        let many = vec![moved("one of many", true, true, 1); MOST + 5];
        assert_eq!(changes(Locale::En, &many).len(), MOST);
    }
}
