//! Words and figures that the pages of this room have in common.

use serde::Serialize;

use super::draft::written;
use crate::i18n;
use crate::kernel::{Instant, Locale, Zone};
use crate::matching::facts::Facts;
use crate::matching::model::{MatchRun, PartPoints, Proposal, ProposalStatus};
use crate::matching::moment::moment;
use crate::matching::request::PairOf;
use crate::matching::sentences::{self, Reason, language_name};
use crate::matching::summary::{Share, Summary};
use crate::programmes::Programme;
use crate::programmes::settings::Objective;
use crate::reference::Province;

/// A fit as people read it: `82%` of the most that a pair can have.
pub fn fit(locale: Locale, score: i64) -> String {
    // Scores are 0 to 10,000.
    let percent = i18n::number(locale, (score + 50).div_euclid(100));
    i18n::text_with_pairs(locale, "match-fit", [("percent", percent.as_str())])
}

/// A difference with its sign.
pub fn difference(locale: Locale, of: i64) -> String {
    let sign = if of > 0 { "+" } else { "" };
    format!("{sign}{}", i18n::number(locale, of))
}

/// An instant on the programme's clock.
pub fn at(locale: Locale, programme: &Programme, at: Instant) -> String {
    let zone = Zone::parse(&programme.zone).unwrap_or_else(|_| Zone::utc());
    moment(locale, zone, at)
}

/// "41 of 52 mentees have a proposed mentor."
pub fn matched(locale: Locale, summary: &Summary) -> String {
    let figures = [
        ("matched", summary.matched.to_string()),
        ("mentees", summary.mentees.to_string()),
    ];
    let pairs = figures.iter().map(|(name, value)| (*name, value.as_str()));
    i18n::text_with_pairs(locale, "match-page-matched", pairs)
}

/// The proof in words, as far as there is one.
pub fn proof(locale: Locale, run: &MatchRun) -> Option<String> {
    let summary = run.summary.as_ref()?;
    summary.0.proof(run.settings.0.objective, locale)
}

/// A figure of a run with its name.
#[derive(Debug, Serialize)]
pub struct Figure {
    pub name: String,
    pub value: String,
}

/// The figures of a run, the most important first.
pub fn figures(locale: Locale, summary: &Summary) -> Vec<Figure> {
    let count = |of: usize| i18n::number(locale, i64::try_from(of).unwrap_or(i64::MAX));
    let places = i64::try_from(summary.places).unwrap_or(i64::MAX);
    let rows = [
        ("match-page-figure-matched", count(summary.matched)),
        ("match-page-figure-nobody", count(summary.nobody_possible)),
        ("match-page-figure-taken", count(summary.places_better_used)),
        ("match-page-figure-away", count(summary.not_ready)),
        ("match-page-figure-mentors", count(summary.mentors)),
        ("match-page-figure-places", i18n::number(locale, places)),
        ("match-page-figure-mean", fit(locale, summary.score_mean)),
    ];
    let each = rows.into_iter();
    each.map(|(key, value)| Figure {
        name: i18n::text(locale, key),
        value,
    })
    .collect()
}

/// A part of a fit with its reason.
#[derive(Debug, Serialize)]
pub struct ReasonView {
    /// The part with its points.
    part: String,
    sentence: String,
}

/// Why a pair has its fit, part by part.
pub fn reasons(locale: Locale, parts: &PartPoints, facts: &Facts) -> Vec<ReasonView> {
    reason_views(locale, sentences::reasons(parts, facts))
}

/// The same, of reasons that are there already.
pub fn reason_views(locale: Locale, reasons: Vec<Reason>) -> Vec<ReasonView> {
    let each = reasons.into_iter();
    each.map(|reason| {
        let name = i18n::text(locale, &format!("record-part-{}", reason.part));
        // Of 100, as the fit is told.
        let of_100 = |points: u16| i18n::number(locale, i64::from(points + 50) / 100);
        let (points, most) = (of_100(reason.points), of_100(reason.most));
        let args = [
            ("part", name.as_str()),
            ("points", points.as_str()),
            ("most", most.as_str()),
        ];
        ReasonView {
            part: i18n::text_with_pairs(locale, "match-page-part", args),
            sentence: match locale {
                Locale::En => reason.en,
                Locale::Fr => reason.fr,
            },
        }
    })
    .collect()
}

/// Where a proposal stands, in words.
pub fn status(locale: Locale, status: ProposalStatus) -> String {
    i18n::text(locale, &format!("match-status-{status}"))
}

/// The pair of a proposal that is open, as the form of a what-if writes it.
pub fn open_pair(row: &Proposal) -> Option<String> {
    let open = matches!(row.status, ProposalStatus::Proposed | ProposalStatus::Held);
    let pair = PairOf {
        mentor_participation_id: row.mentor_participation_id,
        mentee_participation_id: row.mentee_participation_id,
    };
    open.then(|| written(&pair))
}

/// What "the best set" means to a programme.
pub const fn objective_key(objective: Objective) -> &'static str {
    match objective {
        Objective::Coverage => "match-objective-coverage",
        Objective::Total => "match-objective-total",
        Objective::Stable => "match-objective-stable",
    }
}

/// By what people are grouped in the figures of fairness.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grouping {
    Languages,
    Regions,
    Waiting,
}

impl Grouping {
    pub const ALL: [Self; 3] = [Self::Languages, Self::Regions, Self::Waiting];

    /// The message that names it.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Languages => "match-page-by-language",
            Self::Regions => "match-page-by-region",
            Self::Waiting => "match-page-by-waiting",
        }
    }

    /// Its figures in a run: the largest group first, waiting times by their length.
    pub fn shares(self, summary: &Summary) -> Vec<&Share> {
        let fairness = &summary.fairness;
        let mut shares: Vec<&Share> = match self {
            Self::Languages => fairness.languages.iter().collect(),
            Self::Regions => fairness.regions.iter().collect(),
            Self::Waiting => fairness.waiting.iter().collect(),
        };
        if self == Self::Waiting {
            let days = |share: &Share| -> u32 {
                let from = share.group.split(['-', '+']).next();
                from.and_then(|from| from.parse().ok()).unwrap_or(u32::MAX)
            };
            shares.sort_by_key(|share| days(share));
        }
        shares
    }

    /// The name of a group.
    pub fn group(self, locale: Locale, group: &str) -> String {
        if group == "unknown" {
            return i18n::text(locale, "match-page-group-unknown");
        }
        match self {
            Self::Languages => language_name(group, locale),
            Self::Regions => Province::from_words(group)
                .map_or_else(|| group.to_owned(), |found| found.name(locale).to_owned()),
            Self::Waiting => match group.split_once('-') {
                Some((from, to)) => {
                    let days = [("from", from), ("to", to)];
                    i18n::text_with_pairs(locale, "match-page-days", days)
                }
                None => {
                    let from = group.trim_end_matches('+');
                    i18n::text_with_pairs(locale, "match-page-days-more", [("from", from)])
                }
            },
        }
    }
}
