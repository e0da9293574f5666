//! What a run amounts to: counts, the proof, and whether it was fair; kept with the run.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::i18n;
use crate::kernel::Locale;
use crate::kernel::ids::ParticipationId;
use crate::matching::engine::explain::{Need, recruit};
use crate::matching::engine::{Instance, Mentee, Outcome, Standing, UnmatchedReason};
use crate::matching::inputs::{Inputs, Row};
use crate::programmes::settings::Objective;

/// What a run amounts to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Summary {
    /// Mentees without a mentor who take part in the programme.
    pub mentees: usize,
    /// Mentors who take part, with places or without.
    pub mentors: usize,
    /// Free places.
    pub places: u64,
    /// Mentees who got a proposal.
    pub matched: usize,
    /// Mentees for whom no mentor is possible.
    pub nobody_possible: usize,
    /// Mentees for whom mentors are possible whose places serve all better with others.
    pub places_better_used: usize,
    /// Mentees who are paused, away or have not consented.
    pub not_ready: usize,
    /// Sum of the scores of all proposals.
    pub score_total: i64,
    /// Mean score of a proposal, 0 to 10,000.
    pub score_mean: i64,
    /// Credit that waiting earned beside the scores.
    pub waiting_total: i64,
    /// The proof that no other set is better.
    pub certificate: Proof,
    /// Who was matched, by group: the same share for all would be the same chance.
    pub fairness: Fairness,
    /// Whom to recruit next.
    pub recruitment: Recruitment,
    /// Held pairs that have become impossible.
    pub held_dropped: Vec<HeldPair>,
    /// Microseconds of each phase of the engine.
    pub phases: Vec<PhaseTime>,
    /// Threads of the engine, and the kernel of its scan.
    pub threads: u32,
    pub kernel: String,
}

/// A pair that was held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HeldPair {
    pub mentor_participation_id: ParticipationId,
    pub mentee_participation_id: ParticipationId,
}

/// The engine's certificate in a form that every reader of JSON keeps exact: large numbers are text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Proof {
    /// Value of the proposed set.
    pub primal: String,
    /// Value of the prices; equal means that no set is better.
    pub dual: String,
    /// Pairs anywhere that contradict; 0.
    pub violations: u64,
    /// Pairs that the proof covers.
    pub pairs: u64,
}

/// A phase of the engine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PhaseTime {
    pub name: String,
    pub micros: u64,
}

/// Shares matched by group. A person who speaks two mother tongues counts in both.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Fairness {
    /// By mother tongue; `unknown` where none is told.
    pub languages: Vec<Share>,
    /// By province; `unknown` where none is told.
    pub regions: Vec<Share>,
    /// By waiting time: `0-30`, `31-90`, `91-180`, `181-365`, `366+` days.
    pub waiting: Vec<Share>,
}

/// How many of a group were matched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Share {
    pub group: String,
    pub mentees: u32,
    pub matched: u32,
    /// Matched in a thousand.
    pub permille: u32,
}

/// Supply against demand: the kinds of mentor that would help most, the greatest need first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Recruitment {
    /// By occupation aimed at.
    pub occupations: Vec<Shortage>,
    /// By language.
    pub languages: Vec<Shortage>,
}

/// Supply and demand of one occupation or language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Shortage {
    /// A NOC code, or a BCP 47 code.
    pub code: String,
    /// Mentees who aim at it, or speak it.
    pub mentees: u32,
    /// Of them, without a proposal.
    pub unmatched: u32,
    /// Mentors who have it, and their free places.
    pub mentors: u32,
    pub places: u32,
    /// Places that the run left free.
    pub places_left: u32,
    /// One more place there would let one more mentee be matched.
    pub one_more_matched: bool,
    /// Points that one more place there would add besides.
    pub points: i64,
}

/// Most rows of a shortage list that are kept.
const MOST_SHORTAGES: usize = 20;

impl Summary {
    /// Of an outcome.
    #[must_use]
    pub fn of(
        inputs: &Inputs,
        instance: &Instance,
        outcome: &Outcome,
        held_dropped: Vec<HeldPair>,
    ) -> Self {
        let matched = outcome.pairs.len();
        let because = |reason: UnmatchedReason| {
            let these = outcome.unmatched.iter();
            these.filter(|unmatched| unmatched.reason == reason).count()
        };
        let not_ready = |row: &&Row<Mentee>| row.facts.person.standing != Standing::Ready;
        let statistics = &outcome.statistics;
        let count = i64::try_from(matched).unwrap_or(i64::MAX).max(1);
        Self {
            mentees: inputs.mentees.len(),
            mentors: inputs.mentors.len(),
            places: inputs
                .mentors
                .iter()
                .map(|row| u64::from(row.facts.capacity))
                .sum(),
            matched,
            nobody_possible: because(UnmatchedReason::NoAdmissibleMentor),
            places_better_used: because(UnmatchedReason::PlacesBetterUsed),
            not_ready: inputs.mentees.iter().filter(not_ready).count(),
            score_total: statistics.score_total,
            score_mean: statistics.score_total / count,
            waiting_total: statistics.waiting_total,
            certificate: Proof {
                primal: outcome.certificate.primal.to_string(),
                dual: outcome.certificate.dual.to_string(),
                violations: outcome.certificate.violations,
                pairs: outcome.certificate.pairs,
            },
            fairness: Fairness::of(inputs, outcome),
            recruitment: Recruitment::of(inputs, instance, outcome),
            held_dropped,
            phases: statistics
                .phases
                .iter()
                .map(|phase| PhaseTime {
                    name: phase.name.clone(),
                    micros: phase.micros,
                })
                .collect(),
            threads: statistics.threads,
            kernel: statistics.kernel.clone(),
        }
    }
}

impl Summary {
    /// What is proved, as a sentence; nothing where the proof does not hold.
    #[must_use]
    pub fn proof(&self, objective: Objective, locale: Locale) -> Option<String> {
        let proof = &self.certificate;
        let holds = proof.violations == 0 && proof.primal == proof.dual;
        let pairs = i18n::number(locale, i64::try_from(proof.pairs).unwrap_or(i64::MAX));
        let key = match objective {
            Objective::Coverage | Objective::Total => "match-told-proof",
            Objective::Stable => "match-told-proof-stable",
        };
        holds.then(|| i18n::text_with_pairs(locale, key, [("pairs", pairs.as_str())]))
    }
}

impl Fairness {
    /// Counts everybody who was ready.
    fn of(inputs: &Inputs, outcome: &Outcome) -> Self {
        let mut languages = Groups::default();
        let mut regions = Groups::default();
        let mut waiting = Groups::default();
        for (position, row) in (0_u32..).zip(&inputs.mentees) {
            if row.facts.person.standing != Standing::Ready {
                continue;
            }
            let matched = outcome.mentor_of(position).is_some();
            if row.mother_tongues.is_empty() {
                languages.count("unknown", matched);
            }
            for tongue in &row.mother_tongues {
                languages.count(tongue, matched);
            }
            regions.count(row.province.as_deref().unwrap_or("unknown"), matched);
            waiting.count(waiting_group(row.facts.waiting_days), matched);
        }
        Self {
            languages: languages.shares(),
            regions: regions.shares(),
            waiting: waiting.shares(),
        }
    }
}

fn waiting_group(days: u32) -> &'static str {
    match days {
        0..=30 => "0-30",
        31..=90 => "31-90",
        91..=180 => "91-180",
        181..=365 => "181-365",
        366.. => "366+",
    }
}

#[derive(Default)]
struct Groups(BTreeMap<String, (u32, u32)>);

impl Groups {
    fn count(&mut self, group: &str, matched: bool) {
        let (all, of_them) = self.0.entry(group.to_owned()).or_default();
        *all += 1;
        *of_them += u32::from(matched);
    }

    /// The largest group first.
    fn shares(self) -> Vec<Share> {
        let mut shares: Vec<Share> = self
            .0
            .into_iter()
            .map(|(group, (mentees, matched))| Share {
                group,
                mentees,
                matched,
                permille: u32::try_from(u64::from(matched) * 1000 / u64::from(mentees.max(1)))
                    .unwrap_or(0),
            })
            .collect();
        shares.sort_by_key(|share| std::cmp::Reverse(share.mentees));
        shares
    }
}

impl Recruitment {
    fn of(inputs: &Inputs, instance: &Instance, outcome: &Outcome) -> Self {
        let found = recruit(instance, outcome);
        let rows = |needs: Vec<Need<u16>>, words: &[String]| -> Vec<Shortage> {
            let each = needs.into_iter().take(MOST_SHORTAGES);
            each.filter_map(|need| {
                Some(Shortage {
                    code: words.get(usize::from(need.id))?.clone(),
                    mentees: need.mentees,
                    unmatched: need.unmatched,
                    mentors: need.mentors,
                    places: need.places,
                    places_left: need.places_left,
                    one_more_matched: need.one_more_matched,
                    points: need.points,
                })
            })
            .collect()
        };
        Self {
            occupations: rows(found.occupations, &inputs.occupations),
            languages: rows(found.languages, &inputs.languages),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_counted_in_a_thousand_the_largest_group_first() {
        let mut groups = Groups::default();
        for (group, matched) in [("QC", true), ("ON", true), ("QC", false), ("QC", true)] {
            groups.count(group, matched);
        }
        let shares: Vec<_> = groups
            .shares()
            .into_iter()
            .map(|s| (s.group, s.mentees, s.permille))
            .collect();
        assert_eq!(
            shares,
            [("QC".to_owned(), 3, 666), ("ON".to_owned(), 1, 1000)]
        );
    }

    #[test]
    fn waiting_is_grouped_by_days() {
        assert_eq!(
            [0, 30, 31, 180, 365, 366].map(waiting_group),
            ["0-30", "0-30", "31-90", "91-180", "181-365", "366+"]
        );
    }
}
