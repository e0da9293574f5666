//! The queries of consents.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use crate::access::Scope;
use crate::db::schema::{conflicts_of_interest, match_consents, mentorships, persons, proposals};
use crate::db::{Conn, MultiBackend};
use crate::kernel::ids::{
    AccountId, MatchConsentId, ParticipationId, PersonId, ProgrammeId, ProposalId,
};
use crate::kernel::{Instant, Locale, Problem, Zone};
use crate::matching::consent::{ConsentStatus, MatchConsent};
use crate::matching::{Proposal, ProposalStatus};
use crate::mentorships::MentorshipStatus;
use crate::programmes::Side;

/// The consent `id`.
///
/// # Errors
/// [`Problem::NotFound`].
pub fn find(conn: &mut Conn, id: MatchConsentId) -> Result<MatchConsent, Problem> {
    Ok(match_consents::table
        .find(id)
        .select(MatchConsent::as_select())
        .first(conn)?)
}

/// The consent that a token belongs to.
///
/// # Errors
/// [`Problem::NotFound`] for a token that nobody was given.
pub fn by_token(conn: &mut Conn, hash: &str) -> Result<MatchConsent, Problem> {
    Ok(match_consents::table
        .filter(match_consents::token_hash.eq(hash))
        .select(MatchConsent::as_select())
        .first(conn)?)
}

/// The consents of a proposal, the mentor's first.
///
/// # Errors
/// A database error.
pub fn of_proposal(conn: &mut Conn, id: ProposalId) -> Result<Vec<MatchConsent>, Problem> {
    of_proposals(conn, &[id])
}

/// The consents of some proposals, in one query; of each the mentor's first.
///
/// # Errors
/// A database error.
pub fn of_proposals(conn: &mut Conn, ids: &[ProposalId]) -> Result<Vec<MatchConsent>, Problem> {
    Ok(match_consents::table
        .filter(match_consents::proposal_id.eq_any(ids))
        .order((match_consents::proposal_id, match_consents::side.desc()))
        .select(MatchConsent::as_select())
        .load(conn)?)
}

/// Saves a new consent.
pub(super) fn insert(conn: &mut Conn, new: &MatchConsent) -> Result<(), Problem> {
    diesel::insert_into(match_consents::table)
        .values(new)
        .execute(conn)?;
    Ok(())
}

/// Saves a changed consent, and counts its version up.
///
/// # Errors
/// [`Problem::Stale`] when somebody changed it meanwhile.
pub(super) fn save(conn: &mut Conn, changed: MatchConsent) -> Result<MatchConsent, Problem> {
    let after = MatchConsent {
        version: changed.version + 1,
        ..changed
    };
    let unchanged = match_consents::table
        .filter(match_consents::id.eq(after.id))
        .filter(match_consents::version.eq(after.version - 1));
    match diesel::update(unchanged).set(&after).execute(conn)? {
        1 => Ok(after),
        _ => Err(Problem::Stale),
    }
}

/// The proposals that are offered to somebody's part in a programme.
pub(super) fn offered_to(conn: &mut Conn, id: ParticipationId) -> Result<Vec<ProposalId>, Problem> {
    Ok(proposals::table
        .filter(proposals::status.eq(ProposalStatus::Offered))
        .filter(
            proposals::mentor_participation_id
                .eq(id)
                .or(proposals::mentee_participation_id.eq(id)),
        )
        .order(proposals::id)
        .select(proposals::id)
        .load(conn)?)
}

/// An offer that stands.
#[derive(Debug, Clone, Copy, Queryable)]
pub(super) struct Offer {
    pub id: ProposalId,
    pub mentor: PersonId,
    pub mentee: PersonId,
}

/// The offers that stand, in all programmes.
pub(super) fn offered(conn: &mut Conn) -> Result<Vec<Offer>, Problem> {
    Ok(proposals::table
        .filter(proposals::status.eq(ProposalStatus::Offered))
        .order(proposals::id)
        .select((proposals::id, proposals::mentor_id, proposals::mentee_id))
        .load(conn)?)
}

/// Of some people, every two who are in conflict, in both orders, and every mentor with their mentee.
pub(super) fn apart_or_together(
    conn: &mut Conn,
    people: &[PersonId],
) -> Result<HashSet<(PersonId, PersonId)>, Problem> {
    let declared: Vec<(PersonId, PersonId)> = conflicts_of_interest::table
        .filter(conflicts_of_interest::person_id.eq_any(people))
        .select((
            conflicts_of_interest::person_id,
            conflicts_of_interest::other_person_id,
        ))
        .load(conn)?;
    let together: Vec<(PersonId, PersonId)> = mentorships::table
        .filter(mentorships::mentee_id.eq_any(people))
        .filter(mentorships::status.eq(MentorshipStatus::Active))
        .select((mentorships::mentor_id, mentorships::mentee_id))
        .load(conn)?;
    let both = declared
        .into_iter()
        .flat_map(|(one, other)| [(one, other), (other, one)]);
    Ok(both.chain(together).collect())
}

/// Proposals by their ids, in one query.
///
/// # Errors
/// A database error.
pub fn proposals_of(conn: &mut Conn, ids: &[ProposalId]) -> Result<Vec<Proposal>, Problem> {
    Ok(proposals::table
        .filter(proposals::id.eq_any(ids))
        .select(Proposal::as_select())
        .load(conn)?)
}

/// The coach who follows a person.
///
/// # Errors
/// [`Problem::NotFound`].
pub fn coach_of(conn: &mut Conn, person: PersonId) -> Result<Option<AccountId>, Problem> {
    Ok(persons::table
        .find(person)
        .select(persons::coach_id)
        .first(conn)?)
}

/// Somebody to write to.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = persons)]
pub struct Contact {
    pub id: PersonId,
    pub given_name: String,
    pub family_name: String,
    pub preferred_name: Option<String>,
    pub email: Option<String>,
    pub locale: Locale,
    pub zone: String,
    pub mail_suppressed_at: Option<Instant>,
}

impl Contact {
    /// The name that the person goes by, without the family name.
    #[must_use]
    pub fn first_name(&self) -> &str {
        let preferred = self.preferred_name.as_deref().map(str::trim);
        preferred
            .filter(|name| !name.is_empty())
            .unwrap_or(&self.given_name)
    }

    /// The name on an envelope.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{} {}", self.first_name(), self.family_name)
            .trim()
            .to_owned()
    }

    /// The address that takes mail.
    #[must_use]
    pub fn reachable(&self) -> Option<&str> {
        self.email
            .as_deref()
            .filter(|_| self.mail_suppressed_at.is_none())
    }

    /// The person's clock.
    #[must_use]
    pub fn zone(&self) -> Zone {
        Zone::parse(&self.zone).unwrap_or_else(|_| Zone::utc())
    }
}

/// How to reach a person.
///
/// # Errors
/// [`Problem::NotFound`].
pub fn contact(conn: &mut Conn, id: PersonId) -> Result<Contact, Problem> {
    Ok(persons::table
        .find(id)
        .select(Contact::as_select())
        .first(conn)?)
}

/// The first names that people go by.
///
/// # Errors
/// A database error.
pub fn first_names(
    conn: &mut Conn,
    ids: &[PersonId],
) -> Result<HashMap<PersonId, String>, Problem> {
    let rows: Vec<Contact> = persons::table
        .filter(persons::id.eq_any(ids))
        .select(Contact::as_select())
        .load(conn)?;
    let named = rows.into_iter();
    Ok(named
        .map(|one| (one.id, one.first_name().to_owned()))
        .collect())
}

/// Which consents a list shows.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub programme_id: Option<ProgrammeId>,
    pub proposal_id: Option<ProposalId>,
    pub person_id: Option<PersonId>,
    pub status: Option<ConsentStatus>,
    /// Only those that are asked and whose deadline is not later than this.
    pub due_before: Option<Instant>,
}

/// The mark of a consent in a list: when it was made, and its id.
pub type Mark = (Instant, MatchConsentId);

type Query<'a> = diesel::helper_types::IntoBoxed<
    'a,
    diesel::dsl::InnerJoin<match_consents::table, persons::table>,
    MultiBackend,
>;

fn visible<'a>(scope: &Scope) -> Query<'a> {
    use match_consents as t;
    let query = t::table.inner_join(persons::table).into_boxed();
    if scope.all {
        return query;
    }
    // Nobody has the nil id: who has no such reach sees no row through that part.
    let nobody = PersonId(uuid::Uuid::nil());
    // One's own is there from the moment one is asked.
    let own = t::asked_at.is_not_null().and(
        t::person_id
            .eq(scope.mentor.unwrap_or(nobody))
            .and(t::side.eq(Side::Mentor))
            .or(t::person_id
                .eq(scope.mentee.unwrap_or(nobody))
                .and(t::side.eq(Side::Mentee))),
    );
    let concerned = t::programme_id.eq_any(scope.programmes.clone()).or(own);
    match scope.coach {
        Some(coach) => query.filter(
            concerned.or(persons::coach_id
                .is_not_null()
                .and(persons::coach_id.assume_not_null().eq(coach))),
        ),
        None => query.filter(concerned),
    }
}

/// Consents that `scope` may see, the newest first, after a mark.
///
/// # Errors
/// A database error.
pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &Filter,
    after: Option<Mark>,
    rows: i64,
) -> Result<Vec<MatchConsent>, Problem> {
    use match_consents as t;
    let mut query = visible(scope);
    if let Some(programme) = filter.programme_id {
        query = query.filter(t::programme_id.eq(programme));
    }
    if let Some(proposal) = filter.proposal_id {
        query = query.filter(t::proposal_id.eq(proposal));
    }
    if let Some(person) = filter.person_id {
        query = query.filter(t::person_id.eq(person));
    }
    if let Some(status) = filter.status {
        query = query.filter(t::status.eq(status));
    }
    if let Some(due) = filter.due_before {
        query = query
            .filter(t::status.eq(ConsentStatus::Asked))
            .filter(t::due_at.assume_not_null().le(due));
    }
    if let Some((at, id)) = after {
        query = query.filter(
            t::created_at
                .lt(at)
                .or(t::created_at.eq(at).and(t::id.lt(id))),
        );
    }
    Ok(query
        .order((t::created_at.desc(), t::id.desc()))
        .limit(rows)
        .select(MatchConsent::as_select())
        .load(conn)?)
}
