//! Calling a meeting off.

use super::details::Details;
use super::model::{self, Change, State, Step};
use super::store::{Filter, Order};
use super::{counter, mails, pace, refused, reminders, series, store, text};
use crate::access::Scope;
use crate::access::policy::Action;
use crate::db::Conn;
use crate::kernel::ids::MeetingId;
use crate::kernel::{Context, Problem};
use crate::mentorships::Mentorship;

/// Calls a meeting off, with a reason that everybody in it will read: gives the time back, ends its jobs, and
/// sends CANCEL with SEQUENCE + 1 (rule O7). Final.
///
/// `check` sees the version that stands, before anything is changed.
///
/// # Errors
/// 404; 409 `meeting-cancelled`, `meeting-reported`, `meeting-over`; 412 from `check`; 422 at `/reason`.
pub fn cancel(
    conn: &mut Conn,
    ctx: &Context,
    id: MeetingId,
    reason: Option<String>,
    check: impl FnOnce(i32) -> Result<(), Problem>,
) -> Result<Details, Problem> {
    let reason = text::paragraph(reason);
    let too_long = text::longer("/reason", reason.as_deref().unwrap_or(""), 500);
    Problem::unless_empty(too_long.into_iter().collect())?;
    conn.write_tx(|conn| {
        let mut details = Details::hold(conn, id)?;
        details.allow(ctx, Action::CancelMeeting)?;
        check(details.meeting.version)?;
        pace::count(conn, ctx)?;
        call_off(conn, ctx, &mut details, reason)?;
        Ok(details)
    })
}

/// The change itself, for every door and for the end of a mentorship, in an open transaction.
///
/// # Errors
/// 409 as [`cancel`].
pub fn call_off(
    conn: &mut Conn,
    ctx: &Context,
    details: &mut Details,
    reason: Option<String>,
) -> Result<(), Problem> {
    let before = details.meeting.clone();
    let meeting = &mut details.meeting;
    let (time, now) = (meeting.time()?, ctx.now.utc());
    meeting.status = model::after(meeting.status, time, Step::Cancel, now).map_err(refused)?;
    meeting.cancel_reason = reason;
    series::revise(conn, ctx, meeting, Change::Cancellation)?;
    meeting.updated_at = ctx.now;
    store::save(conn, meeting)?;
    store::free_bookings(conn, meeting.id)?;
    reminders::cancel(conn, ctx, meeting.id)?;
    counter::supersede(conn, ctx, meeting.id)?;
    mails::cancel(conn, ctx, details)?;
    details.record(conn, ctx, "meeting.cancel", Some(&before))
}

/// What this room does, in the same transaction, when a mentorship ends: everything that is still planned is
/// called off. The mail about the ending says why; the cancellations take the entries out of the calendars.
///
/// # Errors
/// A database error.
pub fn when_a_mentorship_ends(
    conn: &mut Conn,
    ctx: &Context,
    mentorship: &Mentorship,
) -> Result<(), Problem> {
    series::cancel::when_a_mentorship_ends(conn, ctx, mentorship.id)?;
    let filter = Filter {
        scope: Scope {
            all: true,
            ..Scope::default()
        },
        mentorship_id: Some(mentorship.id),
        status: Some(State::Scheduled),
        from: Some(ctx.now),
        ..Filter::default()
    };
    for meeting in store::list(conn, &filter, Order::Soonest, None, 1000)? {
        let mut details = Details::hold(conn, meeting.id)?;
        call_off(conn, ctx, &mut details, None)?;
    }
    Ok(())
}
