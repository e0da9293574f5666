//! Asking once more: a gentle mail to whoever has not answered an invitation some time after it, once for each
//! time of the meeting. Who still does not answer is in the coordinators' digest.

use super::details::Details;
use super::mails::{pause_pages, to_everybody};
use super::model::Partstat;
use super::{links, reminders};
use crate::db::Conn;
use crate::kernel::ids::PersonId;
use crate::kernel::{Context, Problem};
use crate::mail::Link;
use crate::mail::contexts::MeetingNudge;

/// The kind of the job.
pub const NUDGE: &str = "meeting.nudge";

/// Writes the mails, to those who have said nothing and want mails of this kind.
///
/// # Errors
/// A database error.
pub fn nudge(conn: &mut Conn, ctx: &Context, details: &Details) -> Result<(), Problem> {
    let people: Vec<PersonId> = details.people().into_iter().map(|(id, _)| id).collect();
    let silent = reminders::silent(conn, &people)?;
    let pauses = pause_pages(conn, ctx, details)?;
    to_everybody(conn, ctx, details, |desk| {
        let waits = desk.partstat() == Partstat::NeedsAction;
        if !waits || silent.contains(&desk.person()) {
            return Ok(None);
        }
        let stop = Link::new(&links::reminders_page(ctx, &desk.token, desk.locale()));
        let words = MeetingNudge {
            name: desk.name(),
            meeting: desk.facts(),
            answers: desk.answers(),
            other_times: desk.another_time(),
            pause: desk.pause(&pauses)?,
            unsubscribe: stop.clone(),
        };
        let meeting = &details.meeting;
        let key = format!(
            "meeting/{}/{}/nudge/{}",
            meeting.id,
            meeting.time_sequence,
            desk.person()
        );
        let mail = desk.mail_once(&words, key)?;
        Ok(Some(mail.unsubscribe(stop).not_after(meeting.starts_at)))
    })
}
