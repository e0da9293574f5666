//! Moving a meeting to another time.

use super::book::{Hours, local_start, require_free, taken};
use super::details::Details;
use super::model::{self, Change, Partstat, Source};
use super::pair::Pair;
use super::slots::Span;
use super::{counter, mails, pace, refused, reminders, series, store, text};
use crate::access::policy::Action;
use crate::db::Conn;
use crate::kernel::ids::{MeetingId, PersonId};
use crate::kernel::{Actor, Context, Instant, Problem};

/// Another time for a meeting.
#[derive(Debug, Clone)]
pub struct Reschedule {
    pub id: MeetingId,
    /// A whole minute.
    pub starts_at: Instant,
    /// Length; as before unless given.
    pub minutes: Option<u32>,
    pub hours: Hours,
}

/// Moves a meeting over the API. `check` sees the version that stands, before anything is changed.
///
/// # Errors
/// As [`reschedule_in`], 403 and 404 by the policy, 412 from `check`.
pub fn reschedule(
    conn: &mut Conn,
    ctx: &Context,
    command: &Reschedule,
    check: impl FnOnce(i32) -> Result<(), Problem>,
) -> Result<Details, Problem> {
    conn.write_tx(|conn| {
        let mut details = Details::hold(conn, command.id)?;
        details.allow(ctx, Action::RescheduleMeeting)?;
        check(details.meeting.version)?;
        reschedule_in(conn, ctx, &mut details, command)?;
        Ok(details)
    })
}

/// Moves a meeting that is [held](Details::hold), in an open transaction: the same UID, SEQUENCE + 1, an update
/// to everybody, answers open again but for that of whoever moved it (rule O8). The same time again is no
/// change: nothing is written and nobody is told.
///
/// Who may move it is the caller's to know: the policy, or an attendee's token.
///
/// # Errors
/// 409 `meeting-cancelled`, `meeting-reported`, `meeting-over`, `mentorship-ended`, `meeting-time-taken`; 422
/// with the fields.
pub fn reschedule_in(
    conn: &mut Conn,
    ctx: &Context,
    details: &mut Details,
    command: &Reschedule,
) -> Result<(), Problem> {
    reschedule_agreed_in(conn, ctx, details, command, &[])
}

/// [`reschedule_in`] to a time that `agreed` have agreed on, beside whoever moves it: they come.
///
/// # Errors
/// As [`reschedule_in`].
pub fn reschedule_agreed_in(
    conn: &mut Conn,
    ctx: &Context,
    details: &mut Details,
    command: &Reschedule,
    agreed: &[PersonId],
) -> Result<(), Problem> {
    let pair = Pair::load(conn, ctx, details.meeting.mentorship_id)?;
    pair.require_active()?;
    let (status, old) = (details.meeting.status, details.meeting.time()?);
    model::may_cancel(status, old, ctx.now.utc()).map_err(refused)?;
    let usual = u32::try_from(old.length().num_minutes()).map_err(Problem::internal)?;
    let minutes = command.minutes.unwrap_or(usual);
    if command.starts_at == details.meeting.starts_at && minutes == usual {
        return Ok(());
    }
    let new = text::time(command.starts_at, minutes, ctx.now)?;
    model::may_reschedule(status, old, new, ctx.now.utc()).map_err(refused)?;
    require_free(
        conn,
        ctx,
        &pair,
        new,
        Some(details.meeting.id),
        command.hours,
    )?;
    pace::count(conn, ctx)?;
    let before = details.meeting.clone();
    series::revise(conn, ctx, &mut details.meeting, Change::Time)?;
    move_to(ctx, details, &pair, new, agreed);
    save(conn, details)?;
    counter::supersede(conn, ctx, details.meeting.id)?;
    mails::update(conn, ctx, details, mails::Update::Moved { from: old })?;
    reminders::schedule(conn, ctx, &details.meeting, &pair.rules)?;
    details.record(conn, ctx, "meeting.reschedule", Some(&before))
}

/// What changes in meeting and answers.
fn move_to(ctx: &Context, details: &mut Details, pair: &Pair, new: Span, agreed: &[PersonId]) {
    let meeting = &mut details.meeting;
    meeting.starts_at = Instant::new(new.start());
    meeting.ends_at = Instant::new(new.end());
    let zone = pair.mentor.zone();
    meeting.zone = zone.name().to_owned();
    meeting.local_start = local_start(zone, new);
    meeting.updated_at = ctx.now;
    reopen(ctx, details, agreed);
}

/// Opens the answers again, but for those of whoever moved it and of those who agreed (rule O8).
pub(super) fn reopen(ctx: &Context, details: &mut Details, agreed: &[PersonId]) {
    let sequence = details.meeting.sequence;
    for participant in &mut details.participants {
        let attendee = &mut participant.attendee;
        let moved_it = ctx.actor.person_id() == Some(attendee.person_id)
            || agreed.contains(&attendee.person_id);
        attendee.partstat = if moved_it {
            Partstat::Accepted
        } else {
            Partstat::NeedsAction
        };
        attendee.answered_at = moved_it.then_some(ctx.now);
        attendee.answer_source = moved_it.then_some(match ctx.actor {
            Actor::Link { .. } => Source::Link,
            _ => Source::Api,
        });
        attendee.answered_sequence = sequence;
        attendee.of_series = false;
        attendee.comment = None;
    }
}

/// Saves a meeting that has moved.
///
/// # Errors
/// 409 `meeting-time-taken`; 412.
pub(super) fn save(conn: &mut Conn, details: &mut Details) -> Result<(), Problem> {
    store::save(conn, &mut details.meeting)?;
    store::move_bookings(conn, &details.meeting).map_err(taken)?;
    for participant in &details.participants {
        store::save_answer(conn, &participant.attendee)?;
    }
    Ok(())
}
