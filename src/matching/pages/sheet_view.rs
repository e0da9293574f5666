//! The page of a what-if: its form as it is filled in, and what would change.

use std::collections::HashMap;

use serde::Serialize;

use super::compared::{ComparedView, Frame};
use super::draft::{self, Draft, Kind};
use super::numbers::{Number, RULES, WEIGHTS};
use super::sheet::Sheet;
use super::{overview, words};
use crate::db::Conn;
use crate::i18n;
use crate::kernel::ids::{ParticipationId, ProgrammeId};
use crate::kernel::{Context, Locale, Problem};
use crate::matching::request::PairOf;
use crate::matching::store::{self, Taker};
use crate::programmes::ProgrammeStatus;
use crate::programmes::settings::{MatchingSettings, Objective};
use crate::web::layout::{Fault, Faults};

/// The page.
#[derive(Debug, Serialize)]
pub struct WhatIfPage {
    programme_id: ProgrammeId,
    programme: String,
    open: bool,
    weights: Vec<FieldView>,
    rules: Vec<FieldView>,
    objectives: Vec<OptionView>,
    objective: String,
    allow_matched_before: bool,
    reconsider_rejected: bool,
    /// A rule is other than the programme's: the rules are shown.
    other_rules: bool,
    pins: Vec<PairView>,
    bans: Vec<PairView>,
    places: Vec<PlacesView>,
    kinds: Vec<OptionView>,
    kind: Kind,
    mentor: String,
    mentee: String,
    number_typed: String,
    mentors: Vec<OptionView>,
    mentees: Vec<OptionView>,
    /// Who was chosen among several of one name before.
    mentor_id: Option<ParticipationId>,
    mentee_id: Option<ParticipationId>,
    pub faults: Faults,
    compared: Option<ComparedView>,
}

/// A number of the form.
#[derive(Debug, Serialize)]
struct FieldView {
    name: String,
    label: String,
    hint: String,
    value: String,
    most: i64,
}

#[derive(Debug, Serialize)]
struct OptionView {
    value: String,
    label: String,
}

#[derive(Debug, Serialize)]
struct PairView {
    value: String,
    sentence: String,
    fault: Option<Fault>,
}

#[derive(Debug, Serialize)]
struct PlacesView {
    mentor: ParticipationId,
    name: String,
    typed: String,
}

impl Sheet {
    /// The page.
    ///
    /// # Errors
    /// A database error.
    pub fn view(self, conn: &mut Conn, ctx: &Context) -> Result<WhatIfPage, Problem> {
        let locale = ctx.locale;
        let id = self.programme.id;
        let names = Names {
            locale,
            found: store::names_of(conn, id, &self.people())?,
        };
        let (draft, own) = (&self.draft, &self.own);
        let field = |one: &Number| FieldView::of(locale, one, draft, own);
        let among = |takers: &[Taker]| takers.iter().map(OptionView::of_taker).collect();
        let objectives = Objective::ALL.iter();
        Ok(WhatIfPage {
            programme_id: id,
            programme: self.programme.name(locale).to_owned(),
            open: self.programme.status == ProgrammeStatus::Open,
            weights: WEIGHTS.iter().map(field).collect(),
            rules: RULES.iter().map(field).collect(),
            objectives: objectives
                .map(|one| OptionView::of(locale, one.as_str(), words::objective_key(*one)))
                .collect(),
            objective: draft.objective().to_owned(),
            allow_matched_before: draft.allows_matched_before(),
            reconsider_rejected: draft.reconsider_rejected,
            other_rules: draft.has_other_rules(own),
            pins: self.pairs(&names, &draft.pins, "pins"),
            bans: self.pairs(&names, &draft.bans, "bans"),
            places: draft
                .places
                .iter()
                .map(|one| PlacesView::of(&names, one))
                .collect(),
            kinds: Kind::ALL
                .iter()
                .map(|kind| OptionView::of(locale, kind.as_str(), kind_key(*kind)))
                .collect(),
            kind: draft.adding.kind,
            mentor: draft.adding.mentor.clone(),
            mentee: draft.adding.mentee.clone(),
            number_typed: draft.adding.places.clone(),
            mentors: among(&self.mentors),
            mentees: among(&self.mentees),
            mentor_id: draft.adding.mentor_id,
            mentee_id: draft.adding.mentee_id,
            compared: self.compared_view(&names),
            faults: self.faults,
        })
    }

    fn compared_view(&self, names: &Names) -> Option<ComparedView> {
        let compared = self.compared.as_ref()?;
        let dropped = compared.after.held_dropped.iter();
        let frame = Frame {
            dropped: dropped
                .map(|of| names.pair(of.mentee_participation_id, of.mentor_participation_id))
                .collect(),
            seen: overview::seen(self.newest.run.as_ref().map(|run| run.id)),
            to_decide: self.newest.proposed,
        };
        Some(ComparedView::of(names.locale, compared, &self.draft, frame))
    }

    /// Everybody whom the page names by their part in the programme.
    fn people(&self) -> Vec<ParticipationId> {
        let compared = self.compared.iter();
        let dropped = compared.flat_map(|compared| &compared.after.held_dropped);
        let dropped =
            dropped.flat_map(|of| [of.mentor_participation_id, of.mentee_participation_id]);
        self.draft.people().into_iter().chain(dropped).collect()
    }

    fn pairs(&self, names: &Names, list: &[PairOf], name: &str) -> Vec<PairView> {
        let each = list.iter().enumerate().map(|(at, pair)| {
            let field = format!("{name}/{at}");
            let mut faults = self.faults.0.iter();
            PairView {
                value: draft::written(pair),
                sentence: names.pair(pair.mentee_participation_id, pair.mentor_participation_id),
                fault: faults.find(|fault| fault.field == field).cloned(),
            }
        });
        each.collect()
    }
}

const fn kind_key(kind: Kind) -> &'static str {
    match kind {
        Kind::Pin => "match-whatif-kind-pin",
        Kind::Ban => "match-whatif-kind-ban",
        Kind::Places => "match-whatif-kind-places",
    }
}

/// The names of people of the programme; of nobody else.
struct Names {
    locale: Locale,
    found: HashMap<ParticipationId, String>,
}

impl Names {
    fn of(&self, id: ParticipationId) -> String {
        let name = self.found.get(&id).cloned();
        name.unwrap_or_else(|| i18n::text(self.locale, "match-whatif-somebody"))
    }

    fn pair(&self, mentee: ParticipationId, mentor: ParticipationId) -> String {
        let (mentee, mentor) = (self.of(mentee), self.of(mentor));
        let args = [("mentee", mentee.as_str()), ("mentor", mentor.as_str())];
        i18n::text_with_pairs(self.locale, "match-whatif-pair", args)
    }
}

impl PlacesView {
    fn of(names: &Names, (mentor, typed): &(ParticipationId, String)) -> Self {
        Self {
            mentor: *mentor,
            name: names.of(*mentor),
            typed: typed.clone(),
        }
    }
}

impl FieldView {
    fn of(locale: Locale, number: &Number, draft: &Draft, own: &MatchingSettings) -> Self {
        let key = number.path.replace(['/', '_'], "-");
        let as_set = i18n::number(locale, (number.of)(own));
        let hint = format!("match-setting-{key}-hint");
        let hint = match i18n::has(locale, &hint) {
            true => format!("{} ", i18n::text(locale, &hint)),
            false => String::new(),
        };
        let set =
            i18n::text_with_pairs(locale, "match-whatif-as-set", [("value", as_set.as_str())]);
        Self {
            name: draft::field(number.path),
            label: i18n::text(locale, &format!("match-setting-{key}")),
            hint: format!("{hint}{set}"),
            value: draft.typed(number.path).to_owned(),
            most: number.most,
        }
    }
}

impl OptionView {
    fn of(locale: Locale, value: &str, key: &str) -> Self {
        Self {
            value: value.to_owned(),
            label: i18n::text(locale, key),
        }
    }

    fn of_taker(taker: &Taker) -> Self {
        let label = match &taker.email {
            Some(email) => format!("{} ({email})", taker.name),
            None => taker.name.clone(),
        };
        Self {
            value: taker.participation_id.to_string(),
            label,
        }
    }
}
