//! Reading who takes part: lists with filters, each with the person's name.

use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::Scope;
use crate::db::schema::{participations, persons};
use crate::db::{Conn, MultiBackend};
use crate::kernel::ids::{ParticipationId, PersonId, ProgrammeId};
use crate::kernel::{Instant, Problem};
use crate::programmes::{Participation, ParticipationStatus, Side};

/// A person as lists name them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema, Queryable, Selectable)]
#[diesel(table_name = persons)]
pub struct Named {
    pub id: PersonId,
    pub given_name: String,
    pub family_name: String,
    pub preferred_name: Option<String>,
}

impl Named {
    /// The name that the person goes by, with the family name where there is one.
    #[must_use]
    pub fn display(&self) -> String {
        let first = self.preferred_name.as_deref().unwrap_or(&self.given_name);
        format!("{first} {}", self.family_name).trim().to_owned()
    }
}

/// A participation with its person's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Participant {
    #[serde(flatten)]
    pub participation: Participation,
    /// The name that the person goes by.
    pub person_name: String,
    /// Places left; for a mentee 1 while waiting.
    pub places_left: i32,
}

impl From<(Participation, Named)> for Participant {
    fn from((participation, person): (Participation, Named)) -> Self {
        let enrolled = participation.status == ParticipationStatus::Enrolled;
        Self {
            person_name: person.display(),
            places_left: if enrolled { participation.free() } else { 0 },
            participation,
        }
    }
}

crate::text_enum! {
    /// What a list of participations is sorted by.
    #[schema(as = ParticipationSort)]
    pub enum Sort {
        /// When people joined, first come first.
        Joined => "joined",
        /// Since when mentees wait, longest first; mentors are left out.
        Waiting => "waiting",
    }
}

/// Which participations a list shows.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub side: Option<Side>,
    pub status: Option<ParticipationStatus>,
    /// Only those who have a place left: mentors with capacity, mentees who wait.
    pub free: Option<bool>,
    pub person_id: Option<PersonId>,
}

type Query<'a> = diesel::helper_types::IntoBoxed<
    'a,
    diesel::dsl::InnerJoin<participations::table, persons::table>,
    MultiBackend,
>;

fn visible<'a>(programme: ProgrammeId, scope: &Scope, filter: &Filter) -> Query<'a> {
    let mut query = participations::table
        .inner_join(persons::table)
        .into_boxed()
        .filter(participations::programme_id.eq(programme));
    if !(scope.all || scope.programmes.contains(&programme)) {
        // Nobody has the nil id: who has no such reach sees no row through that part.
        let mentor = scope.mentor.unwrap_or(PersonId(uuid::Uuid::nil()));
        let mentee = scope.mentee.unwrap_or(PersonId(uuid::Uuid::nil()));
        let own = participations::person_id
            .eq(mentor)
            .and(participations::side.eq(Side::Mentor))
            .or(participations::person_id
                .eq(mentee)
                .and(participations::side.eq(Side::Mentee)));
        query = match scope.coach {
            Some(coach) => query.filter(
                own.or(persons::coach_id
                    .is_not_null()
                    .and(persons::coach_id.assume_not_null().eq(coach))),
            ),
            None => query.filter(own),
        };
    }
    if let Some(side) = filter.side {
        query = query.filter(participations::side.eq(side));
    }
    if let Some(status) = filter.status {
        query = query.filter(participations::status.eq(status));
    }
    if let Some(person) = filter.person_id {
        query = query.filter(participations::person_id.eq(person));
    }
    match filter.free {
        Some(true) => query
            .filter(participations::status.eq(ParticipationStatus::Enrolled))
            .filter((participations::taken + participations::held).lt(participations::capacity)),
        Some(false) => query
            .filter((participations::taken + participations::held).ge(participations::capacity)),
        None => query,
    }
}

/// The mark of a row: what it is sorted by, and its id.
pub type Mark = (Instant, ParticipationId);

/// The mark of `row` in a list sorted by `sort`.
#[must_use]
pub fn mark(sort: Sort, row: &Participant) -> Mark {
    let joined = row.participation.joined_at;
    let at = match sort {
        Sort::Joined => joined,
        Sort::Waiting => row.participation.waiting_since.unwrap_or(joined),
    };
    (at, row.participation.id)
}

/// Participations of a programme that `scope` may see, after a mark, in one query.
///
/// # Errors
/// A database error.
pub fn list(
    conn: &mut Conn,
    programme: ProgrammeId,
    scope: &Scope,
    filter: &Filter,
    sort: Sort,
    after: Option<Mark>,
    rows: i64,
) -> Result<Vec<Participant>, Problem> {
    let query = visible(programme, scope, filter);
    let query = match sort {
        Sort::Joined => {
            let query = match after {
                Some((at, id)) => query.filter(
                    participations::joined_at
                        .gt(at)
                        .or(participations::joined_at
                            .eq(at)
                            .and(participations::id.gt(id))),
                ),
                None => query,
            };
            query.order((participations::joined_at, participations::id))
        }
        Sort::Waiting => {
            let since = participations::waiting_since.assume_not_null();
            let query = query.filter(participations::waiting_since.is_not_null());
            let query = match after {
                Some((at, id)) => {
                    query.filter(since.gt(at).or(since.eq(at).and(participations::id.gt(id))))
                }
                None => query,
            };
            query.order((participations::waiting_since, participations::id))
        }
    };
    let rows: Vec<(Participation, Named)> = query
        .select((Participation::as_select(), Named::as_select()))
        .limit(rows)
        .load(conn)?;
    Ok(rows.into_iter().map(Participant::from).collect())
}
