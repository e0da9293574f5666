//! What a mentorship is, and why one ends.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::Object;
use crate::db::schema::mentorships;
use crate::kernel::ids::{
    AccountId, MentorshipId, ParticipationId, PersonId, ProgrammeId, ProposalId,
};
use crate::kernel::{Instant, Problem};

crate::text_enum! {
    /// Where a mentorship stands.
    pub enum MentorshipStatus { Active => "active", Ended => "ended" }
}

crate::text_enum! {
    /// Why a mentorship ended.
    pub enum EndReason {
        /// It reached its end as planned.
        Completed => "completed",
        /// The mentee found what they were looking for.
        GoalReached => "goal-reached",
        /// The two do not fit.
        NotAFit => "not-a-fit",
        /// The two never met, or lost touch.
        NoContact => "no-contact",
        /// The mentor cannot go on.
        MentorLeft => "mentor-left",
        /// The mentee cannot go on.
        MenteeLeft => "mentee-left",
        /// The programme was closed.
        ProgrammeClosed => "programme-closed",
        /// Something else; the note says what.
        Other => "other",
    }
}

crate::text_enum! {
    /// What becomes of a person's part in the programme when their mentorship ends.
    pub enum Then {
        /// A mentee waits again, with the waiting date of the beginning; a mentor's place is free.
        Stays => "stays",
        /// The person leaves the programme.
        Leaves => "leaves",
    }
}

impl EndReason {
    /// What becomes of the mentee unless the coordinator says otherwise: who came to the end leaves, who lost
    /// their mentor waits again.
    #[must_use]
    pub fn mentee_then(self) -> Then {
        match self {
            Self::Completed | Self::GoalReached | Self::MenteeLeft | Self::ProgrammeClosed => {
                Then::Leaves
            }
            Self::NotAFit | Self::NoContact | Self::MentorLeft | Self::Other => Then::Stays,
        }
    }

    /// What becomes of the mentor unless the coordinator says otherwise.
    #[must_use]
    pub fn mentor_then(self) -> Then {
        match self {
            Self::MentorLeft | Self::ProgrammeClosed => Then::Leaves,
            _ => Then::Stays,
        }
    }
}

/// A mentorship.
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
#[diesel(table_name = mentorships, treat_none_as_null = true)]
pub struct Mentorship {
    pub id: MentorshipId,
    pub programme_id: ProgrammeId,
    /// The proposal it came from; null when two people were paired by hand.
    pub proposal_id: Option<ProposalId>,
    pub mentor_participation_id: ParticipationId,
    pub mentee_participation_id: ParticipationId,
    pub mentor_id: PersonId,
    pub mentee_id: PersonId,
    pub status: MentorshipStatus,
    pub started_at: Instant,
    pub ended_at: Option<Instant>,
    pub end_reason: Option<EndReason>,
    pub end_note: Option<String>,
    pub created_by: Option<AccountId>,
    pub version: i32,
}

impl Mentorship {
    /// What the policy needs to know of it; `coaches` follow one of its people
    /// ([`store::coaches_of`](super::store::coaches_of)).
    #[must_use]
    pub fn object(&self, coaches: Vec<AccountId>) -> Object {
        Object {
            programmes: vec![self.programme_id],
            mentors: vec![self.mentor_id],
            mentees: vec![self.mentee_id],
            coaches,
            ..Object::default()
        }
    }

    /// Refuses when it has ended.
    ///
    /// # Errors
    /// 409 `mentorship-ended`.
    pub fn require_active(&self) -> Result<(), Problem> {
        match self.status {
            MentorshipStatus::Active => Ok(()),
            MentorshipStatus::Ended => Err(Problem::conflict("mentorship-ended")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_lost_their_mentor_waits_again_and_who_came_to_the_end_does_not() {
        for (reason, mentee, mentor) in [
            (EndReason::Completed, Then::Leaves, Then::Stays),
            (EndReason::GoalReached, Then::Leaves, Then::Stays),
            (EndReason::NotAFit, Then::Stays, Then::Stays),
            (EndReason::MentorLeft, Then::Stays, Then::Leaves),
            (EndReason::MenteeLeft, Then::Leaves, Then::Stays),
            (EndReason::ProgrammeClosed, Then::Leaves, Then::Leaves),
        ] {
            assert_eq!(
                (reason.mentee_then(), reason.mentor_then()),
                (mentee, mentor),
                "{reason}"
            );
        }
    }
}
