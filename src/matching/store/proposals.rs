//! The queries of proposals and decisions.

use diesel::prelude::*;

use crate::access::Scope;
use crate::db::schema::{match_consents, match_decisions, persons, proposals};
use crate::db::{Conn, Constraint, MultiBackend, constraint};
use crate::kernel::ids::{
    AccountId, MatchRunId, ParticipationId, PersonId, ProgrammeId, ProposalId,
};
use crate::kernel::{Instant, Problem};
use crate::matching::consent::ConsentStatus;
use crate::matching::model::{Decision, Proposal, ProposalStatus};

/// Saves proposals, many in a statement.
pub(in crate::matching) fn insert_proposals(
    conn: &mut Conn,
    new: &[Proposal],
) -> Result<(), Problem> {
    // 18 columns each; SQLite takes 32,766 parameters in a statement, PostgreSQL 65,535.
    for some in new.chunks(500) {
        let rows = some.to_vec();
        // diesel inserts no list on both databases at once.
        match conn {
            Conn::Pg(c) => diesel::insert_into(proposals::table)
                .values(rows)
                .execute(c),
            Conn::Sqlite(c) => diesel::insert_into(proposals::table)
                .values(rows)
                .execute(c),
        }?;
    }
    Ok(())
}

/// Saves one proposal.
///
/// # Errors
/// 409 `proposal-exists` when the run has one for the pair.
pub(in crate::matching) fn insert_proposal(conn: &mut Conn, new: &Proposal) -> Result<(), Problem> {
    conn.savepoint(|conn| {
        diesel::insert_into(proposals::table)
            .values(new)
            .execute(conn)
    })
    .map_err(|error| match constraint(&error) {
        Some(Constraint::Unique { .. }) => Problem::conflict("proposal-exists"),
        _ => error.into(),
    })?;
    Ok(())
}

/// Saves a changed proposal.
///
/// # Errors
/// [`Problem::Stale`] when somebody changed `version` meanwhile.
pub(in crate::matching) fn save_proposal(
    conn: &mut Conn,
    changed: &Proposal,
    version: i32,
) -> Result<(), Problem> {
    let unchanged = proposals::table
        .filter(proposals::id.eq(changed.id))
        .filter(proposals::version.eq(version));
    let rows = diesel::update(unchanged).set(changed).execute(conn)?;
    if rows == 1 {
        Ok(())
    } else {
        Err(Problem::Stale)
    }
}

/// Why a proposal became stale without anybody's decision.
const NEWER_RUN: &str = "newer-run";

/// Which open proposals (proposed or held) are overtaken, and by what.
#[derive(Debug, Clone, Copy)]
pub(in crate::matching) enum Overtaken {
    /// All of a programme, by a newer run.
    Run(ProgrammeId),
    /// The others of a mentee who has, or is asked about, a mentor by this proposal.
    Approval(ParticipationId, ProposalId),
    /// Those that were made in place of this one: whoever said no has said yes after all.
    ChangedMind(ProposalId),
}

impl Overtaken {
    const fn reason(self) -> &'static str {
        match self {
            Self::Run(_) => NEWER_RUN,
            Self::Approval(..) => "mentee-taken",
            Self::ChangedMind(_) => "mind-changed",
        }
    }
}

/// Marks open proposals as overtaken; gives them as they were before.
pub(in crate::matching) fn overtake(
    conn: &mut Conn,
    now: Instant,
    by: Overtaken,
) -> Result<Vec<Proposal>, Problem> {
    use proposals as t;
    let open = t::table
        .filter(t::status.eq_any([ProposalStatus::Proposed, ProposalStatus::Held]))
        .select(Proposal::as_select())
        .order(t::id)
        .into_boxed();
    let open = match by {
        Overtaken::Run(programme) => open.filter(t::programme_id.eq(programme)),
        Overtaken::Approval(mentee, but) => open
            .filter(t::mentee_participation_id.eq(mentee))
            .filter(t::id.ne(but)),
        Overtaken::ChangedMind(of) => open.filter(t::replaces_id.eq(of)),
    };
    let found: Vec<Proposal> = open.load(conn)?;
    let ids: Vec<ProposalId> = found.iter().map(|one| one.id).collect();
    for some in ids.chunks(CHUNK) {
        diesel::update(t::table.filter(t::id.eq_any(some)))
            .set((
                t::status.eq(ProposalStatus::Stale),
                t::reason.eq(by.reason()),
                t::decided_at.eq(Some(now)),
                t::version.eq(t::version + 1),
            ))
            .execute(conn)?;
    }
    Ok(found)
}

/// SQLite takes 32,766 parameters in a statement.
const CHUNK: usize = 10_000;

/// The mentors whom a run has proposed to a mentee, whatever became of it.
pub(in crate::matching) fn mentors_proposed(
    conn: &mut Conn,
    run: MatchRunId,
    mentee: ParticipationId,
) -> Result<Vec<ParticipationId>, Problem> {
    Ok(proposals::table
        .filter(proposals::run_id.eq(run))
        .filter(proposals::mentee_participation_id.eq(mentee))
        .select(proposals::mentor_participation_id)
        .load(conn)?)
}

/// The mentors of a programme's open proposals, one row for each proposal: places that are as good as promised.
pub(in crate::matching) fn promised(
    conn: &mut Conn,
    programme: ProgrammeId,
) -> Result<Vec<ParticipationId>, Problem> {
    Ok(proposals::table
        .filter(proposals::programme_id.eq(programme))
        .filter(proposals::status.eq_any([ProposalStatus::Proposed, ProposalStatus::Held]))
        .select(proposals::mentor_participation_id)
        .load(conn)?)
}

/// Whether a mentor and a mentee were offered to each other before and one of them said no.
///
/// # Errors
/// A database error.
pub fn has_declined(
    conn: &mut Conn,
    mentee: PersonId,
    mentor: ParticipationId,
) -> Result<bool, Problem> {
    let rows: i64 = match_consents::table
        .inner_join(proposals::table)
        .filter(match_consents::status.eq(ConsentStatus::Declined))
        .filter(proposals::mentee_id.eq(mentee))
        .filter(proposals::mentor_participation_id.eq(mentor))
        .count()
        .get_result(conn)?;
    Ok(rows > 0)
}

/// The proposal `id`, or [`Problem::NotFound`].
///
/// # Errors
/// [`Problem::NotFound`].
pub fn find_proposal(conn: &mut Conn, id: ProposalId) -> Result<Proposal, Problem> {
    Ok(proposals::table
        .find(id)
        .select(Proposal::as_select())
        .first(conn)?)
}

/// The coaches who follow the two people of a proposal.
///
/// # Errors
/// A database error.
pub fn coaches_of(conn: &mut Conn, proposal: &Proposal) -> Result<Vec<AccountId>, Problem> {
    let coaches: Vec<Option<AccountId>> = persons::table
        .filter(persons::id.eq_any([proposal.mentor_id, proposal.mentee_id]))
        .select(persons::coach_id)
        .load(conn)?;
    Ok(coaches.into_iter().flatten().collect())
}

/// Which proposals a list shows.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub programme_id: Option<ProgrammeId>,
    pub run_id: Option<MatchRunId>,
    pub status: Option<ProposalStatus>,
    pub mentor_id: Option<PersonId>,
    pub mentee_id: Option<PersonId>,
    /// Least and most score.
    pub least_score: Option<i32>,
    pub most_score: Option<i32>,
}

crate::text_enum! {
    /// What a list of proposals is sorted by.
    #[schema(as = ProposalSort)]
    pub enum Sort {
        /// The best fit first.
        Best => "-score",
        /// The weakest fit first.
        Weakest => "score",
        /// The newest first.
        Newest => "-created",
    }
}

/// The mark of a proposal in a list: score, time of making, id.
pub type Mark = (i32, Instant, ProposalId);

/// Proposals that `scope` may see, after a mark, in one query.
///
/// # Errors
/// A database error.
pub fn list_proposals(
    conn: &mut Conn,
    scope: &Scope,
    filter: &Filter,
    sort: Sort,
    after: Option<Mark>,
    rows: i64,
) -> Result<Vec<Proposal>, Problem> {
    use proposals as t;
    let query = visible(scope, filter);
    let query = match (sort, after) {
        (_, None) => query,
        (Sort::Best, Some((score, _, id))) => {
            query.filter(t::score.lt(score).or(t::score.eq(score).and(t::id.gt(id))))
        }
        (Sort::Weakest, Some((score, _, id))) => {
            query.filter(t::score.gt(score).or(t::score.eq(score).and(t::id.gt(id))))
        }
        (Sort::Newest, Some((_, at, id))) => query.filter(
            t::created_at
                .lt(at)
                .or(t::created_at.eq(at).and(t::id.lt(id))),
        ),
    };
    let query = match sort {
        Sort::Best => query.order((t::score.desc(), t::id.asc())),
        Sort::Weakest => query.order((t::score.asc(), t::id.asc())),
        Sort::Newest => query.order((t::created_at.desc(), t::id.desc())),
    };
    Ok(query.limit(rows).select(Proposal::as_select()).load(conn)?)
}

/// How many proposals [`list_proposals`] would tell of in all.
///
/// # Errors
/// A database error.
pub fn count_proposals(conn: &mut Conn, scope: &Scope, filter: &Filter) -> Result<i64, Problem> {
    Ok(visible(scope, filter)
        .select(diesel::dsl::count_star())
        .get_result(conn)?)
}

fn visible<'a>(scope: &Scope, filter: &Filter) -> proposals::BoxedQuery<'a, MultiBackend> {
    use proposals as t;
    let mut query = t::table.into_boxed();
    if !scope.all {
        let programmes = t::programme_id.eq_any(scope.programmes.clone());
        query = match scope.coach {
            Some(coach) => {
                let followed = persons::table
                    .filter(persons::coach_id.eq(coach))
                    .select(persons::id);
                query.filter(
                    programmes
                        .or(t::mentor_id.eq_any(followed))
                        .or(t::mentee_id.eq_any(followed)),
                )
            }
            None => query.filter(programmes),
        };
    }
    if let Some(programme) = filter.programme_id {
        query = query.filter(t::programme_id.eq(programme));
    }
    if let Some(run) = filter.run_id {
        query = query.filter(t::run_id.eq(run));
    }
    if let Some(status) = filter.status {
        query = query.filter(t::status.eq(status));
    }
    if let Some(mentor) = filter.mentor_id {
        query = query.filter(t::mentor_id.eq(mentor));
    }
    if let Some(mentee) = filter.mentee_id {
        query = query.filter(t::mentee_id.eq(mentee));
    }
    if let Some(least) = filter.least_score {
        query = query.filter(t::score.ge(least));
    }
    if let Some(most) = filter.most_score {
        query = query.filter(t::score.le(most));
    }
    query
}

/// Saves a decision.
pub(in crate::matching) fn insert_decision(
    conn: &mut Conn,
    decision: &Decision,
) -> Result<(), Problem> {
    diesel::insert_into(match_decisions::table)
        .values(decision)
        .execute(conn)?;
    Ok(())
}

/// The decisions about a proposal, the first first.
///
/// # Errors
/// A database error.
pub fn decisions_of(conn: &mut Conn, id: ProposalId) -> Result<Vec<Decision>, Problem> {
    Ok(match_decisions::table
        .filter(match_decisions::proposal_id.eq(id))
        .order((match_decisions::decided_at, match_decisions::id))
        .select(Decision::as_select())
        .load(conn)?)
}
