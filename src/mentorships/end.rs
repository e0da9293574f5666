//! Ending a mentorship, with a reason; and what becomes of its two people.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::access::policy::{self, Action};
use crate::db::Conn;
use crate::db::connection::LockTable;
use crate::kernel::ids::{MentorshipId, ParticipationId};
use crate::kernel::{Context, FieldError, IfMatch, Problem};
use crate::mentorships::model::Then;
use crate::mentorships::start::note;
use crate::mentorships::{EndReason, Mentorship, MentorshipStatus, mails, store};
use crate::programmes::places::{self, Place};
use crate::programmes::{self, ParticipationStatus, ProgrammeStatus, leave};

/// What a room above does, in the same transaction, when a mentorship has ended: `meetings` cancels what is
/// still planned.
pub type WhenEnded = fn(&mut Conn, &Context, &Mentorship) -> Result<(), Problem>;

/// Everything that is done when a mentorship has ended, in order. The assembly makes it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Endings(pub &'static [WhenEnded]);

/// Why and how a mentorship ends.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Ending {
    pub reason: EndReason,
    /// A word for both, up to 2,000 characters, which they read in the mail. Needed with `other`.
    pub note: Option<String>,
    /// Whether the mentee waits again or leaves. Unless given, by the reason: who completed, reached the goal
    /// or left does not wait.
    pub mentee_then: Option<Then>,
    /// Whether the mentor stays or leaves. Unless given, `leaves` only with `mentor-left`.
    pub mentor_then: Option<Then>,
}

/// Most characters of the note.
pub const MOST_NOTE: usize = 2000;

impl Ending {
    /// An ending for `reason`, with what follows from it.
    #[must_use]
    pub fn because(reason: EndReason) -> Self {
        Self {
            reason,
            note: None,
            mentee_then: None,
            mentor_then: None,
        }
    }

    fn note(&self) -> Option<String> {
        let note = self.note.as_deref().map(str::trim);
        note.filter(|note| !note.is_empty()).map(str::to_owned)
    }

    fn check(&self) -> Result<(), Problem> {
        let note = self.note();
        let length = note.as_deref().map_or(0, |note| note.chars().count());
        if length > MOST_NOTE {
            let fault = FieldError::new("/note", "too-long").with("most", MOST_NOTE);
            return Err(Problem::Invalid(vec![fault]));
        }
        if self.reason == EndReason::Other && note.is_none() {
            return Err(Problem::field("/note", "required"));
        }
        Ok(())
    }
}

/// Ends a mentorship.
///
/// # Errors
/// 403, 404, 412; 422; 409 `mentorship-ended`.
pub fn end(
    conn: &mut Conn,
    ctx: &Context,
    id: MentorshipId,
    if_match: &IfMatch,
    ending: &Ending,
    endings: Endings,
) -> Result<Mentorship, Problem> {
    conn.write_tx(|conn| {
        let programme = store::find(conn, id)?.programme_id;
        programmes::store::hold(conn, programme)?;
        conn.lock_row(LockTable::Mentorships, id.0)?;
        let before = store::find(conn, id)?;
        let coaches = store::coaches_of(conn, &before)?;
        policy::allow(&ctx.actor, Action::EndMentorship, &before.object(coaches))?;
        if_match.require(before.version)?;
        end_in(conn, ctx, &before, ending, endings)
    })
}

/// Ends a mentorship inside the caller's transaction, which holds the programme's row and its own: gives both places back, lets people
/// leave where that follows, does what the rooms above have to do, and writes both a mail.
///
/// # Errors
/// 422; 409 `mentorship-ended`; what a room above refuses.
pub fn end_in(
    conn: &mut Conn,
    ctx: &Context,
    before: &Mentorship,
    ending: &Ending,
    endings: Endings,
) -> Result<Mentorship, Problem> {
    ending.check()?;
    before.require_active()?;
    let after = Mentorship {
        status: MentorshipStatus::Ended,
        ended_at: Some(ctx.now),
        end_reason: Some(ending.reason),
        end_note: ending.note(),
        version: before.version + 1,
        ..before.clone()
    };
    store::save(conn, &after, before.version)?;
    let programme = programmes::store::find(conn, after.programme_id)?;
    let closed = programme.status == ProgrammeStatus::Closed;
    let then = |said: Option<Then>, usual: Then| {
        if closed {
            Then::Leaves
        } else {
            said.unwrap_or(usual)
        }
    };
    // The mentor's row first, as in the beginning.
    let mentor = then(ending.mentor_then, ending.reason.mentor_then());
    let mentee = then(ending.mentee_then, ending.reason.mentee_then());
    free(
        conn,
        ctx,
        after.mentor_participation_id,
        mentor,
        ending.reason,
    )?;
    free(
        conn,
        ctx,
        after.mentee_participation_id,
        mentee,
        ending.reason,
    )?;
    for when_ended in endings.0 {
        when_ended(conn, ctx, &after)?;
    }
    note(conn, ctx, "mentorship.end", Some(before), &after)?;
    mails::say_ended(conn, ctx, &programme, &after)?;
    Ok(after)
}

/// Gives a place back; lets the person leave unless other mentorships still take a place.
fn free(
    conn: &mut Conn,
    ctx: &Context,
    id: ParticipationId,
    then: Then,
    reason: EndReason,
) -> Result<(), Problem> {
    places::free_place(conn, ctx, id, Place::Taken)?;
    if then == Then::Leaves {
        let (now, _) = programmes::store::participation(conn, id)?;
        if now.status == ParticipationStatus::Enrolled && now.taken == 0 {
            leave::leave_in(conn, ctx, &now, reason.as_str().to_owned())?;
        }
    }
    Ok(())
}
