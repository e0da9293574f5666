//! Runs, proposals and decisions: what they are, and what may become of them.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::db::Json;
use crate::db::schema::{match_decisions, match_runs, proposals};
use crate::kernel::ids::{
    AccountId, DecisionId, MatchRunId, MentorshipId, ParticipationId, PersonId, ProgrammeId,
    ProposalId,
};
use crate::kernel::{Instant, Problem};
use crate::matching::facts::Facts;
use crate::matching::summary::Summary;
use crate::programmes::settings::MatchingSettings;

crate::text_enum! {
    /// Where a run stands.
    pub enum RunStatus {
        /// Being computed; gone without a trace if that is cut short.
        Running => "running",
        /// Frozen.
        Done => "done",
    }
}

crate::text_enum! {
    /// Where a proposal stands.
    pub enum ProposalStatus {
        /// Waits for a decision.
        Proposed => "proposed",
        /// Held back for later: the next run keeps the pair.
        Held => "held",
        /// Approved by the coordinator, and offered: the consent of one or both is awaited, and their places are held.
        Offered => "offered",
        /// Approved: there is a mentorship.
        Approved => "approved",
        /// Rejected: later runs do not propose the pair again unless asked.
        Rejected => "rejected",
        /// Replaced by another proposal.
        Replaced => "replaced",
        /// One of the two said no: later runs do not propose the pair again.
        Declined => "declined",
        /// One of the two did not answer in time.
        Lapsed => "lapsed",
        /// Overtaken by events or by a newer run; the reason says by what.
        Stale => "stale",
    }
}

crate::text_enum! {
    /// What a coordinator decides about a proposal.
    pub enum Verdict {
        Approve => "approve",
        Reject => "reject",
        Hold => "hold",
        Release => "release",
        Replace => "replace",
    }
}

crate::text_enum! {
    /// A decision as it is kept.
    pub enum Decided {
        Approved => "approved",
        Rejected => "rejected",
        Held => "held",
        Released => "released",
        Replaced => "replaced",
        /// Offered as the next choice by the programme's settings, without another approval.
        Offered => "offered",
        /// One of the two has said yes.
        Consented => "consented",
        /// One of the two has said no.
        Declined => "declined",
        /// One of the two has not answered in time.
        Lapsed => "lapsed",
    }
}

impl Verdict {
    /// The decision that it makes.
    #[must_use]
    pub fn decided(self) -> Decided {
        match self {
            Self::Approve => Decided::Approved,
            Self::Reject => Decided::Rejected,
            Self::Hold => Decided::Held,
            Self::Release => Decided::Released,
            Self::Replace => Decided::Replaced,
        }
    }
}

impl ProposalStatus {
    /// The state after a verdict, if it may be given now.
    ///
    /// # Errors
    /// 409 `proposal-stale`, `proposal-decided`, `proposal-not-held`, `proposal-offered`.
    pub fn after(self, verdict: Verdict) -> Result<Self, Problem> {
        match (self, verdict) {
            (Self::Stale, _) => Err(Problem::conflict("proposal-stale")),
            // What was offered is taken back, or given another mentor; so is what came back with a no.
            (Self::Offered, Verdict::Reject) => Ok(Self::Rejected),
            (Self::Offered | Self::Declined | Self::Lapsed, Verdict::Replace) => Ok(Self::Replaced),
            (Self::Offered, _) => Err(Problem::conflict("proposal-offered")),
            (
                Self::Approved | Self::Rejected | Self::Replaced | Self::Declined | Self::Lapsed,
                _,
            ) => Err(Problem::conflict("proposal-decided").with("status", self)),
            (Self::Proposed, Verdict::Release) => Err(Problem::conflict("proposal-not-held")),
            (Self::Held, Verdict::Release) => Ok(Self::Proposed),
            (_, Verdict::Approve) => Ok(Self::Approved),
            (_, Verdict::Reject) => Ok(Self::Rejected),
            (_, Verdict::Hold) => Ok(Self::Held),
            (_, Verdict::Replace) => Ok(Self::Replaced),
        }
    }
}

/// A run, without the frozen inputs and the outcome, which only explanations and replays read.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Identifiable)]
#[diesel(table_name = match_runs)]
pub struct MatchRun {
    pub id: MatchRunId,
    pub programme_id: ProgrammeId,
    pub status: RunStatus,
    pub engine_version: String,
    pub inputs_hash: String,
    pub settings: Json<MatchingSettings>,
    pub summary: Option<Json<Summary>>,
    pub started_at: Instant,
    pub finished_at: Option<Instant>,
    pub created_by: Option<AccountId>,
    pub version: i32,
}

/// Points of the parts of a score; together they are the score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct PartPoints {
    pub profession: u16,
    pub language: u16,
    pub availability: u16,
    pub topics: u16,
    pub licensing: u16,
    pub place: u16,
    pub wishes: u16,
}

/// A pair that a run proposes.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, Identifiable, AsChangeset)]
#[diesel(table_name = proposals, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Proposal {
    pub id: ProposalId,
    pub run_id: MatchRunId,
    pub programme_id: ProgrammeId,
    pub mentor_participation_id: ParticipationId,
    pub mentee_participation_id: ParticipationId,
    pub mentor_id: PersonId,
    pub mentee_id: PersonId,
    /// The fit, 0 to 10,000.
    pub score: i32,
    pub parts: Json<PartPoints>,
    pub facts: Json<Facts>,
    pub status: ProposalStatus,
    pub reason: Option<String>,
    pub replaces_id: Option<ProposalId>,
    pub mentorship_id: Option<MentorshipId>,
    pub decided_at: Option<Instant>,
    pub decided_by: Option<AccountId>,
    pub created_at: Instant,
    pub version: i32,
}

/// What a decision was made on: what the person who decided was shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Criteria {
    pub run_id: MatchRunId,
    /// Of the run's inputs.
    pub inputs_hash: String,
    /// The engine that proposed.
    pub engine_version: String,
    pub score: i32,
    pub parts: PartPoints,
    pub facts: Facts,
}

/// A decision. A person has made it; the criteria say on what grounds, as privacy law lets the participant ask
/// (Québec, Law 25, section 12.1).
#[derive(Debug, Clone, PartialEq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = match_decisions)]
pub struct Decision {
    pub id: DecisionId,
    pub proposal_id: ProposalId,
    pub programme_id: ProgrammeId,
    pub decision: Decided,
    pub reason: Option<String>,
    pub criteria: Json<Criteria>,
    /// The person decided otherwise than the run proposed, or against one of its rules.
    pub overridden: bool,
    pub decided_at: Instant,
    pub decided_by: Option<AccountId>,
    /// Whose consent it is, where it is one.
    pub person_id: Option<PersonId>,
}

/// Refusals of a beginning that mean: events have overtaken the proposal.
const OVERTAKEN: &[&str] = &[
    "no-place-left",
    "mentee-taken",
    "participation-left",
    "person-away",
    "consent-withdrawn",
    "conflict-of-interest",
    "already-paired",
];

/// By what a proposal was overtaken, where `refusal` means that.
#[must_use]
pub fn overtaken_by(refusal: &Problem) -> Option<&'static str> {
    match refusal {
        Problem::Conflict { code, .. } if OVERTAKEN.contains(code) => Some(code),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proposal_is_decided_once_and_only_a_held_one_is_released() {
        use ProposalStatus as S;
        for verdict in Verdict::ALL {
            for decided in [S::Approved, S::Rejected, S::Replaced] {
                let problem = decided.after(*verdict).unwrap_err();
                assert_eq!(problem.code(), "proposal-decided");
            }
            assert_eq!(
                S::Stale.after(*verdict).unwrap_err().code(),
                "proposal-stale"
            );
        }
        assert_eq!(S::Proposed.after(Verdict::Approve).unwrap(), S::Approved);
        assert_eq!(S::Held.after(Verdict::Approve).unwrap(), S::Approved);
        assert_eq!(S::Held.after(Verdict::Release).unwrap(), S::Proposed);
        assert_eq!(
            S::Proposed.after(Verdict::Release).unwrap_err().code(),
            "proposal-not-held"
        );
    }

    #[test]
    fn what_is_offered_is_only_taken_back_or_replaced_and_a_no_is_only_replaced() {
        use ProposalStatus as S;
        for (status, verdict, after) in [
            (S::Offered, Verdict::Reject, Ok(S::Rejected)),
            (S::Offered, Verdict::Replace, Ok(S::Replaced)),
            (S::Offered, Verdict::Approve, Err("proposal-offered")),
            (S::Offered, Verdict::Hold, Err("proposal-offered")),
            (S::Offered, Verdict::Release, Err("proposal-offered")),
            (S::Declined, Verdict::Replace, Ok(S::Replaced)),
            (S::Lapsed, Verdict::Replace, Ok(S::Replaced)),
            (S::Declined, Verdict::Approve, Err("proposal-decided")),
            (S::Lapsed, Verdict::Approve, Err("proposal-decided")),
        ] {
            let found = status.after(verdict).map_err(|problem| problem.code());
            assert_eq!(found, after, "{status} {verdict}");
        }
    }
}
