//! Saying how a meeting went. Who records hours stands above this room: the room of hours calls [`report_in`]
//! in the transaction in which it writes its entries.

use super::details::Details;
use super::model::{self, Outcome};
use super::{refused, reminders, store};
use crate::db::Conn;
use crate::kernel::{Context, Problem};

/// Sets a meeting to held or not held, in an open transaction, on `details` that are [held](Details::hold).
/// `minutes` is how long it took, if it took place; its planned length unless given. A report can be corrected
/// by another one; the same one again changes nothing. Returns whether anything changed.
///
/// Who may report is the caller's to know: the policy, or an attendee's token ([`super::links::find`]).
///
/// # Errors
/// 409 `meeting-cancelled`, `meeting-not-begun`; 422 at `/minutes` outside 1 to 720.
pub fn report_in(
    conn: &mut Conn,
    ctx: &Context,
    details: &mut Details,
    outcome: Outcome,
    minutes: Option<i32>,
) -> Result<bool, Problem> {
    let before = details.meeting.clone();
    let meeting = &mut details.meeting;
    let time = meeting.time()?;
    let state = model::report(meeting.status, time, outcome, ctx.now.utc()).map_err(refused)?;
    let minutes = match outcome {
        Outcome::NotHeld => None,
        Outcome::Held => {
            let planned = i32::try_from(time.length().num_minutes()).map_err(Problem::internal)?;
            Some(minutes.unwrap_or(planned))
        }
    };
    if minutes.is_some_and(|minutes| !(1..=720).contains(&minutes)) {
        let fault = Problem::field("/minutes", "out-of-range");
        return Err(fault.with("least", 1).with("most", 720));
    }
    if meeting.status == state && meeting.held_minutes == minutes {
        return Ok(false);
    }
    meeting.status = state;
    meeting.held_minutes = minutes;
    meeting.updated_at = ctx.now;
    store::save(conn, meeting)?;
    reminders::cancel(conn, ctx, meeting.id)?;
    details.record(conn, ctx, "meeting.report", Some(&before))?;
    Ok(true)
}
