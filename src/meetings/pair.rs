//! The two people of a mentorship, as this room needs to know them: whom they are, how to write to them, and
//! under which rules of their programme they meet.

use diesel::prelude::*;

use super::model::Side;
use super::rules::Rules;
use super::store::{self, Contact};
use crate::access::Object;
use crate::db::schema::{mentorships, programmes};
use crate::db::{Conn, Json};
use crate::kernel::ids::{MentorshipId, PersonId, ProgrammeId};
use crate::kernel::{Context, Problem};
use crate::programmes::settings::ProgrammeSettings;

/// A mentorship with its people.
#[derive(Debug, Clone)]
pub struct Pair {
    pub mentorship_id: MentorshipId,
    pub programme_id: ProgrammeId,
    /// Length of an ordinary meeting, in minutes.
    pub usual_minutes: i32,
    pub rules: Rules,
    pub mentor: Contact,
    pub mentee: Contact,
    active: bool,
}

#[derive(Queryable)]
struct Row {
    mentorship_id: MentorshipId,
    programme_id: ProgrammeId,
    mentor_id: PersonId,
    mentee_id: PersonId,
    status: String,
    meeting_minutes: i32,
    settings: Json<ProgrammeSettings>,
}

impl Pair {
    /// Loads the mentorship, its programme and its two people, in two queries.
    ///
    /// # Errors
    /// [`Problem::NotFound`].
    pub fn load(conn: &mut Conn, ctx: &Context, id: MentorshipId) -> Result<Self, Problem> {
        let row: Row = mentorships::table
            .inner_join(programmes::table)
            .filter(mentorships::id.eq(id))
            .select((
                mentorships::id,
                mentorships::programme_id,
                mentorships::mentor_id,
                mentorships::mentee_id,
                mentorships::status,
                programmes::meeting_minutes,
                programmes::settings,
            ))
            .first(conn)?;
        let contacts = store::contacts(conn, &[row.mentor_id, row.mentee_id])?;
        let who = |id: PersonId| {
            let found = contacts.iter().find(|contact| contact.person_id == id);
            found.cloned().ok_or(Problem::NotFound)
        };
        Ok(Self {
            mentorship_id: row.mentorship_id,
            programme_id: row.programme_id,
            usual_minutes: row.meeting_minutes,
            rules: Rules::of(&ctx.settings().meetings, &row.settings.0.meetings),
            mentor: who(row.mentor_id)?,
            mentee: who(row.mentee_id)?,
            active: row.status == "active",
        })
    }

    /// The mentor and the mentee, in this order.
    #[must_use]
    pub fn people(&self) -> [(PersonId, Side); 2] {
        [
            (self.mentor.person_id, Side::Mentor),
            (self.mentee.person_id, Side::Mentee),
        ]
    }

    /// What the policy needs to know of it.
    #[must_use]
    pub fn object(&self) -> Object {
        Object {
            programmes: vec![self.programme_id],
            mentors: vec![self.mentor.person_id],
            mentees: vec![self.mentee.person_id],
            coaches: [self.mentor.coach_id, self.mentee.coach_id]
                .into_iter()
                .flatten()
                .collect(),
            ..Object::default()
        }
    }

    /// Refuses when the mentorship has ended.
    ///
    /// # Errors
    /// 409 `mentorship-ended`.
    pub fn require_active(&self) -> Result<(), Problem> {
        if self.active {
            Ok(())
        } else {
            Err(Problem::conflict("mentorship-ended"))
        }
    }
}
