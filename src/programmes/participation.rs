//! A person's part in a programme: the side, the places, since when a mentee waits.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::Object;
use crate::db::schema::participations;
use crate::kernel::ids::{AccountId, ParticipationId, PersonId, ProgrammeId};
use crate::kernel::{Instant, Problem};

crate::text_enum! {
    /// A side of a programme.
    pub enum Side { Mentor => "mentor", Mentee => "mentee" }
}

crate::text_enum! {
    /// Where a participation stands.
    pub enum ParticipationStatus { Enrolled => "enrolled", Left => "left" }
}

/// Most mentees that a mentor can have at once.
pub const MOST_PLACES: i32 = 20;

/// A participation.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    ToSchema,
    Queryable,
    Selectable,
    Insertable,
    Identifiable,
    AsChangeset,
)]
#[diesel(table_name = participations, treat_none_as_null = true)]
pub struct Participation {
    pub id: ParticipationId,
    pub programme_id: ProgrammeId,
    pub person_id: PersonId,
    pub side: Side,
    /// Places: 1 to 20 for a mentor, 1 for a mentee.
    pub capacity: i32,
    /// Places that open mentorships take.
    pub taken: i32,
    /// Places that are held for people whose consent is awaited; they count like taken ones.
    pub held: i32,
    /// Since when a mentee waits for a mentor; a rematch keeps it. Null for mentors.
    pub waiting_since: Option<Instant>,
    pub status: ParticipationStatus,
    pub left_reason: Option<String>,
    pub joined_at: Instant,
    pub left_at: Option<Instant>,
    pub updated_at: Instant,
    pub version: i32,
}

impl Participation {
    /// What the policy needs to know of it; `coach` follows the person.
    #[must_use]
    pub fn object(&self, coach: Option<AccountId>) -> Object {
        let (mentors, mentees) = match self.side {
            Side::Mentor => (vec![self.person_id], Vec::new()),
            Side::Mentee => (Vec::new(), vec![self.person_id]),
        };
        Object {
            programmes: vec![self.programme_id],
            mentors,
            mentees,
            coaches: coach.into_iter().collect(),
            ..Object::default()
        }
    }

    /// Places that nobody has and nobody is asked about.
    #[must_use]
    pub fn free(&self) -> i32 {
        self.capacity - self.taken - self.held
    }

    /// Refuses unless the person still takes part.
    ///
    /// # Errors
    /// 409 `participation-left`.
    pub fn require_enrolled(&self) -> Result<(), Problem> {
        match self.status {
            ParticipationStatus::Enrolled => Ok(()),
            ParticipationStatus::Left => Err(Problem::conflict("participation-left")),
        }
    }
}
