//! The record of decisions about one person's matches, in plain words: what Québec's Law 25 (section 12.1) lets a
//! participant ask for, and what a coordinator shows to whoever asks.
//!
//! The person whom it concerns reads who decided, when, on what grounds, and why. About the other side they read
//! no more than they were told when they were asked, or introduced; before that, not even a name. What the other
//! side answered, and why, is for coordinators.

use std::collections::HashMap;

use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::policy::{self, Action, Object};
use crate::db::Conn;
use crate::db::schema::{accounts, match_decisions, proposals};
use crate::i18n;
use crate::kernel::ids::{AccountId, MatchRunId, ParticipationId, PersonId, ProposalId};
use crate::kernel::{Context, Instant, Locale, Problem, Role};
use crate::matching::Proposal;
use crate::matching::consent::other::InBoth;
use crate::matching::consent::{self, ConsentStatus, MatchConsent};
use crate::matching::model::{Criteria, Decided, Decision, PartPoints};
use crate::matching::sentences::{Reason, reasons};
use crate::matching::store;
use crate::mentorships;
use crate::programmes::{self, Participation, Side};

/// The record of one person's part in a programme.
#[derive(Debug, Serialize, ToSchema)]
pub struct MatchRecord {
    pub participation_id: ParticipationId,
    /// The decisions, the first first.
    pub entries: Vec<RecordEntry>,
    /// What the person may ask for.
    pub rights: InBoth,
}

/// One decision.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordEntry {
    pub proposal_id: ProposalId,
    pub at: Instant,
    /// The other side, as far as the reader may know: a name, or null.
    pub other: Option<String>,
    /// Who decided: a coordinator's name, or null where one of the two answered or the settings decided.
    pub decided_by: Option<String>,
    /// What was decided; null where the other side's answer is none of the reader's business.
    pub decision: Option<Decided>,
    /// The coordinator decided otherwise than the run proposed.
    pub overridden: bool,
    /// The decider's words, where the reader may read them.
    pub reason: Option<String>,
    /// On what grounds.
    pub grounds: Grounds,
    /// All of it in plain words.
    pub sentences: RecordWords,
}

/// Sentences in both languages.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordWords {
    pub en: Vec<String>,
    pub fr: Vec<String>,
}

/// What a decision was made on, as it was shown then.
#[derive(Debug, Serialize, ToSchema)]
pub struct Grounds {
    pub run_id: MatchRunId,
    pub inputs_hash: String,
    pub engine_version: String,
    /// 0 to 10,000: the sum of the parts.
    pub score: i32,
    pub parts: PartPoints,
    /// Most points of each part: what the programme counts, and how much.
    pub most: PartPoints,
    /// The facts behind the parts; empty where they would tell about somebody whom the reader was never told of.
    pub reasons: Vec<Reason>,
}

/// Who reads the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reader {
    /// The person whom it concerns.
    Themself,
    /// A coordinator or an administrator.
    Staff,
}

/// What the entries are made of.
struct Sources {
    me: Participation,
    reader: Reader,
    /// Who reads, where that is somebody of the programmes.
    viewer: Option<PersonId>,
    proposals: HashMap<ProposalId, Proposal>,
    consents: Vec<MatchConsent>,
    /// Who decided.
    deciders: HashMap<AccountId, String>,
    /// The names of people: first names for the person, whole names for coordinators.
    names: HashMap<PersonId, String>,
}

impl Sources {
    /// Whether a decision is the other side's answer, which is none of the reader's business: not of the person whom
    /// the record concerns, and not of a coordinator who is the other one of the two.
    fn hides(&self, decision: &Decision, proposal: &Proposal) -> bool {
        let Some(answered) = decision.person_id else {
            return false;
        };
        let pair = [proposal.mentor_id, proposal.mentee_id];
        let other_side = self.viewer.filter(|viewer| pair.contains(viewer));
        let reader = match self.reader {
            Reader::Themself => Some(self.me.person_id),
            Reader::Staff => other_side,
        };
        reader.is_some_and(|reader| reader != answered)
    }
}

/// Reads the record of a part in a programme.
///
/// # Errors
/// 403, 404.
pub fn read(conn: &mut Conn, ctx: &Context, id: ParticipationId) -> Result<MatchRecord, Problem> {
    let (me, coach) = programmes::store::participation(conn, id)?;
    policy::allow(&ctx.actor, Action::ReadMatchRecord, &me.object(coach))?;
    let staff =
        ctx.actor.has(Role::Administrator) || ctx.actor.coordinated().contains(&me.programme_id);
    // A coordinator who is the person too reads as the person: the other side's words are not theirs.
    let reader = if staff && ctx.actor.person_id() != Some(me.person_id) {
        Reader::Staff
    } else {
        Reader::Themself
    };
    let mut rows: Vec<(Decision, Proposal)> = match_decisions::table
        .inner_join(proposals::table)
        .filter(
            proposals::mentor_participation_id
                .eq(id)
                .or(proposals::mentee_participation_id.eq(id)),
        )
        .select((Decision::as_select(), Proposal::as_select()))
        .load(conn)?;
    rows.sort_by_key(|(decision, proposal)| {
        let next_choice = proposal.replaces_id.is_some();
        let rank = rank(decision.decision);
        (decision.decided_at, next_choice, rank, decision.id)
    });
    let (decisions, found): (Vec<Decision>, Vec<Proposal>) = rows.into_iter().unzip();
    let by = (reader, ctx.actor.person_id());
    let sources = sources(conn, me, by, &decisions, found)?;
    let entries = decisions.iter().filter_map(|one| entry(&sources, one));
    Ok(MatchRecord {
        participation_id: id,
        entries: entries.collect(),
        rights: InBoth {
            en: i18n::text(Locale::En, "record-rights"),
            fr: i18n::text(Locale::Fr, "record-rights"),
        },
    })
}

/// What was decided and answered about one proposal, the first first, in words: when, and what. For coordinators, and
/// for nobody who is one of the two: it tells what each said, and why.
///
/// # Errors
/// 403, 404.
pub fn of_proposal(
    conn: &mut Conn,
    ctx: &Context,
    proposal: &Proposal,
) -> Result<Vec<(Instant, Vec<String>)>, Problem> {
    let object = Object::of_programme(proposal.programme_id);
    policy::allow(&ctx.actor, Action::DecideProposal, &object)?;
    let reader = ctx.actor.person_id();
    if [proposal.mentor_id, proposal.mentee_id]
        .map(Some)
        .contains(&reader)
    {
        return Ok(Vec::new());
    }
    let mut decisions = store::decisions_of(conn, proposal.id)?;
    decisions.sort_by_key(|one| (one.decided_at, rank(one.decision), one.id));
    let (me, _) = programmes::store::participation(conn, proposal.mentee_participation_id)?;
    let found = vec![proposal.clone()];
    let by = (Reader::Staff, ctx.actor.person_id());
    let sources = sources(conn, me, by, &decisions, found)?;
    let said = decisions.iter().map(|decision| {
        let shown = Shown::of(&sources, decision, proposal);
        (decision.decided_at, shown.said(ctx.locale))
    });
    Ok(said.collect())
}

/// The order of decisions that were made at one instant.
const fn rank(decision: Decided) -> u8 {
    match decision {
        Decided::Held => 0,
        Decided::Released => 1,
        Decided::Approved | Decided::Offered => 2,
        Decided::Consented => 3,
        Decided::Declined | Decided::Lapsed => 4,
        Decided::Rejected | Decided::Replaced => 5,
    }
}

fn sources(
    conn: &mut Conn,
    me: Participation,
    (reader, viewer): (Reader, Option<PersonId>),
    decisions: &[Decision],
    found: Vec<Proposal>,
) -> Result<Sources, Problem> {
    let proposals: HashMap<_, _> = found.into_iter().map(|one| (one.id, one)).collect();
    let ids: Vec<ProposalId> = proposals.keys().copied().collect();
    let consents = consent::store::of_proposals(conn, &ids)?;
    let people: Vec<PersonId> = proposals
        .values()
        .flat_map(|one| [one.mentor_id, one.mentee_id])
        .collect();
    let names = match reader {
        Reader::Staff => mentorships::store::names(conn, &people)?,
        Reader::Themself => consent::store::first_names(conn, &people)?,
    };
    let deciders: Vec<AccountId> = decisions.iter().filter_map(|one| one.decided_by).collect();
    let deciders: Vec<(AccountId, String)> = accounts::table
        .filter(accounts::id.eq_any(deciders))
        .select((accounts::id, accounts::display_name))
        .load(conn)?;
    Ok(Sources {
        me,
        reader,
        viewer,
        proposals,
        consents,
        deciders: deciders.into_iter().collect(),
        names,
    })
}

fn entry(sources: &Sources, decision: &Decision) -> Option<RecordEntry> {
    let proposal = sources.proposals.get(&decision.proposal_id)?;
    if sources.hides(decision, proposal) && decision.decision == Decided::Consented {
        // Whether and when the other side has said yes shows in the beginning, and nowhere before.
        return None;
    }
    let other_id = match sources.me.side {
        Side::Mentor => proposal.mentee_id,
        Side::Mentee => proposal.mentor_id,
    };
    let known = knows(sources, proposal);
    let shown = Shown::of(sources, decision, proposal);
    let criteria = &decision.criteria.0;
    Some(RecordEntry {
        proposal_id: proposal.id,
        at: decision.decided_at,
        other: known
            .then(|| sources.names.get(&other_id).cloned())
            .flatten(),
        decision: (!shown.hidden).then_some(decision.decision),
        overridden: decision.overridden,
        grounds: Grounds {
            run_id: criteria.run_id,
            inputs_hash: criteria.inputs_hash.clone(),
            engine_version: criteria.engine_version.clone(),
            score: criteria.score,
            parts: criteria.parts,
            most: criteria.facts.most,
            reasons: if known {
                shown_reasons(sources.reader, criteria)
            } else {
                Vec::new()
            },
        },
        sentences: RecordWords {
            en: shown.sentences(Locale::En),
            fr: shown.sentences(Locale::Fr),
        },
        decided_by: shown.decided_by.map(str::to_owned),
        reason: shown.reason.map(str::to_owned),
    })
}

/// The reasons; wishes are read by nobody on the other side.
fn shown_reasons(reader: Reader, criteria: &Criteria) -> Vec<Reason> {
    let all = reasons(&criteria.parts, &criteria.facts).into_iter();
    all.filter(|reason| reader == Reader::Staff || reason.part != "wishes")
        .collect()
}

/// Whether the reader was told of the other side: asked about them, or introduced to them.
fn knows(sources: &Sources, proposal: &Proposal) -> bool {
    let asked = |one: &MatchConsent| {
        one.proposal_id == proposal.id
            && one.person_id == sources.me.person_id
            && one.asked_at.is_some()
            && one.status != ConsentStatus::Waiting
    };
    sources.reader == Reader::Staff
        || proposal.mentorship_id.is_some()
        || sources.consents.iter().any(asked)
}

/// An entry on its way into words.
struct Shown<'a> {
    sources: &'a Sources,
    decision: &'a Decision,
    proposal: &'a Proposal,
    hidden: bool,
    own: bool,
    decided_by: Option<&'a str>,
    reason: Option<&'a str>,
}

impl<'a> Shown<'a> {
    fn of(sources: &'a Sources, decision: &'a Decision, proposal: &'a Proposal) -> Self {
        let hidden = sources.hides(decision, proposal);
        let consent = sources.consents.iter().find(|one| {
            one.proposal_id == proposal.id && Some(one.person_id) == decision.person_id
        });
        // The words of a no stay with the consent; those of a coordinator with the decision.
        let reason = match consent {
            Some(consent) if decision.decision == Decided::Declined && !hidden => {
                consent.reason.as_deref()
            }
            Some(_) => None,
            None => decision.reason.as_deref(),
        };
        let decided_by = decision
            .decided_by
            .filter(|_| decision.person_id.is_none())
            .and_then(|id| sources.deciders.get(&id));
        Self {
            sources,
            decision,
            proposal,
            hidden,
            own: decision.person_id == Some(sources.me.person_id),
            decided_by: decided_by.map(String::as_str),
            reason,
        }
    }

    fn sentences(&self, locale: Locale) -> Vec<String> {
        let mut told = self.said(locale);
        if !self.hidden {
            told.extend(grounds(&self.decision.criteria.0, locale));
        }
        told
    }

    /// What was decided and with which words, without the grounds.
    fn said(&self, locale: Locale) -> Vec<String> {
        let mut told = vec![self.what(locale)];
        if let Some(reason) = self.reason {
            let args = [("reason", reason)];
            told.push(i18n::text_with_pairs(locale, "record-reason", args));
        }
        if self.decision.overridden && self.decision.person_id.is_none() {
            told.push(i18n::text(locale, "record-override"));
        }
        told
    }

    fn what(&self, locale: Locale) -> String {
        if self.hidden {
            return i18n::text(locale, "record-ended");
        }
        let offered = self
            .sources
            .consents
            .iter()
            .any(|one| one.proposal_id == self.proposal.id);
        let key = match (self.decision.decision, self.own_answer()) {
            (Decided::Approved, _) if offered => "record-approved-offered",
            (Decided::Approved, _) => "record-approved",
            (Decided::Rejected, _) => "record-rejected",
            (Decided::Held, _) => "record-held",
            (Decided::Released, _) => "record-released",
            (Decided::Replaced, _) => "record-replaced",
            (Decided::Offered, _) => "record-offered",
            (Decided::Consented, true) => "record-consented-you",
            (Decided::Declined, true) => "record-declined-you",
            (Decided::Lapsed, true) => "record-lapsed-you",
            (Decided::Consented, false) => "record-consented",
            (Decided::Declined, false) => "record-declined",
            (Decided::Lapsed, false) => "record-lapsed",
        };
        let nobody = i18n::text(locale, "record-somebody");
        let names = &self.sources.names;
        let person = self.decision.person_id.and_then(|id| names.get(&id));
        let args = [
            ("who", self.decided_by.unwrap_or(&nobody)),
            ("person", person.map_or(nobody.as_str(), String::as_str)),
        ];
        i18n::text_with_pairs(locale, key, args)
    }

    fn own_answer(&self) -> bool {
        self.own && self.sources.reader == Reader::Themself
    }
}

/// Most parts that a sentence names.
const MOST_PARTS: usize = 3;

/// What counted most, in words; parts that weigh nothing are left out.
fn grounds(criteria: &Criteria, locale: Locale) -> Option<String> {
    let (parts, most) = (&criteria.parts, &criteria.facts.most);
    let mut named = [
        ("record-part-profession", parts.profession, most.profession),
        ("record-part-language", parts.language, most.language),
        (
            "record-part-availability",
            parts.availability,
            most.availability,
        ),
        ("record-part-topics", parts.topics, most.topics),
        ("record-part-licensing", parts.licensing, most.licensing),
        ("record-part-place", parts.place, most.place),
        ("record-part-wishes", parts.wishes, most.wishes),
    ];
    named.sort_by_key(|(_, points, _)| std::cmp::Reverse(*points));
    let each = named.iter().filter(|(_, points, _)| *points > 0);
    let words: Vec<String> = each
        .take(MOST_PARTS)
        .map(|(key, points, most)| {
            let (part, points, most) = (
                i18n::text(locale, key),
                points.to_string(),
                most.to_string(),
            );
            let args = [
                ("part", part.as_str()),
                ("points", points.as_str()),
                ("most", most.as_str()),
            ];
            i18n::text_with_pairs(locale, "record-part", args)
        })
        .collect();
    if words.is_empty() {
        return None;
    }
    let (score, parts) = (criteria.score.to_string(), words.join(", "));
    let args = [("score", score.as_str()), ("parts", parts.as_str())];
    Some(i18n::text_with_pairs(locale, "record-grounds", args))
}
