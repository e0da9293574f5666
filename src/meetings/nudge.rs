//! Asking once more: a gentle mail to whoever has not answered an invitation some time after it, once for each
//! time of the meeting. Who still does not answer is in the coordinators' digest.

use super::details::Details;
use super::mails::{Desk, PausePages, pause_pages, to_each, to_everybody};
use super::model::Partstat;
use super::series::{self, Membership, Whole};
use super::{links, reminders};
use crate::db::Conn;
use crate::kernel::ids::PersonId;
use crate::kernel::{Context, Problem};
use crate::mail::contexts::MeetingNudge;
use crate::mail::{Link, NewMail};

/// The kind of the job.
pub const NUDGE: &str = "meeting.nudge";

/// Writes the mails, to those who have said nothing and want mails of this kind. Who has not answered a series is
/// asked about all of it, once, however many meetings it has.
///
/// # Errors
/// A database error.
pub fn nudge(conn: &mut Conn, ctx: &Context, details: &Details) -> Result<(), Problem> {
    let people: Vec<PersonId> = details.people().into_iter().map(|(id, _)| id).collect();
    let silent = reminders::silent(conn, &people)?;
    let pauses = pause_pages(conn, ctx, details)?;
    let meeting = &details.meeting;
    let series = series::of_rule(conn, meeting)?;
    let Some(series) = series.filter(|one| meeting.time_sequence <= one.time_sequence) else {
        let about = format!("meeting/{}/{}", meeting.id, meeting.time_sequence);
        return to_everybody(conn, ctx, details, |desk| {
            ask(ctx, desk, (silent.as_slice(), &pauses), &about)
        });
    };
    let about = format!("series/{}/{}", series.id, series.time_sequence);
    let whole = Whole::load(conn, series)?;
    let details = whole.as_meeting(ctx.now)?;
    let series = Some(Membership::Whole(&whole));
    to_each(conn, ctx, &details, series, |desk| {
        ask(ctx, desk, (silent.as_slice(), &pauses), &about)
    })
}

fn ask(
    ctx: &Context,
    desk: &Desk<'_>,
    (silent, pauses): (&[PersonId], &PausePages),
    about: &str,
) -> Result<Option<NewMail>, Problem> {
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
        pause: desk.pause(pauses)?,
        unsubscribe: stop.clone(),
    };
    let mail = desk.mail_once(&words, format!("{about}/nudge/{}", desk.person()))?;
    let starts = desk.starts_at();
    Ok(Some(mail.unsubscribe(stop).not_after(starts)))
}
