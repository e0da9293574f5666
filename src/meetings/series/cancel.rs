//! Calling a series off, or what is left of it from one of its meetings on.

use super::mails;
use super::model::{Form, SeriesState};
use super::store::{self, Series};
use super::whole::{Whole, is_open};
use super::{hold, model};
use crate::access::policy::{self, Action};
use crate::db::Conn;
use crate::kernel::ids::{MeetingId, MentorshipId, SeriesId};
use crate::kernel::{Context, Problem};
use crate::meetings::details::Details;
use crate::meetings::model::{Change, State};
use crate::meetings::store::Meeting;
use crate::meetings::{counter, mails as single, pace, reminders, store as meetings, text};

/// Calls off every meeting of a series that is still ahead, or those from `from` on, with a reason that
/// everybody will read. The rest of the series, if there is any, keeps its entry in calendars and ends earlier.
///
/// `check` sees the version that stands, before anything is changed.
///
/// # Errors
/// 404; 409 `meeting-cancelled`, `meeting-over`; 412 from `check`; 422 at `/reason`, `/from`.
pub fn cancel(
    conn: &mut Conn,
    ctx: &Context,
    id: SeriesId,
    from: Option<MeetingId>,
    reason: Option<String>,
    check: impl FnOnce(i32) -> Result<(), Problem>,
) -> Result<Whole, Problem> {
    let reason = text::paragraph(reason);
    let too_long = text::longer("/reason", reason.as_deref().unwrap_or(""), 500);
    Problem::unless_empty(too_long.into_iter().collect())?;
    conn.write_tx(|conn| {
        let series = hold(conn, id)?;
        let whole = Whole::load(conn, series)?;
        policy::allow(&ctx.actor, Action::CancelSeries, &whole.object())?;
        check(whole.series.version)?;
        if whole.series.status == SeriesState::Cancelled {
            return Err(Problem::conflict("meeting-cancelled"));
        }
        let gone = affected(&whole, ctx, from)?;
        if gone.is_empty() {
            return Err(Problem::conflict("meeting-over"));
        }
        pace::count(conn, ctx)?;
        call_off(conn, ctx, whole, gone, reason)
    })
}

/// The meetings that a change from `from` on concerns: those that are not over yet, in the order of the rule.
///
/// # Errors
/// 422 at `/from` unless it is an instance that still stands.
pub(super) fn affected(
    whole: &Whole,
    ctx: &Context,
    from: Option<MeetingId>,
) -> Result<Vec<Details>, Problem> {
    let first = match from {
        None => None,
        Some(id) => {
            let mut all = whole.open(ctx.now);
            let found = all.find(|one| one.meeting.id == id);
            let found = found.ok_or_else(|| Problem::field("/from", "not-found"))?;
            found.meeting.recurrence_local.as_deref()
        }
    };
    let all = whole.open(ctx.now);
    Ok(all
        .filter(|one| {
            first.is_none_or(|first| one.meeting.recurrence_local.as_deref() >= Some(first))
        })
        .cloned()
        .collect())
}

/// The change itself, in an open transaction, on a series that is [held](hold).
fn call_off(
    conn: &mut Conn,
    ctx: &Context,
    whole: Whole,
    gone: Vec<Details>,
    reason: Option<String>,
) -> Result<Whole, Problem> {
    let before = whole.series.clone();
    let mut series = whole.series;
    series.revise(ctx, Change::Cancellation);
    let mut cancelled = Vec::new();
    for mut details in gone {
        drop_one(conn, ctx, &series, &mut details.meeting, reason.clone())?;
        if series.form == Form::Singles {
            single::cancel(conn, ctx, &details)?;
        }
        cancelled.push(details.meeting);
    }
    end(conn, &mut series, reason.clone())?;
    store::save(conn, &mut series)?;
    let whole = Whole::load(conn, series)?;
    if whole.series.form == Form::Rule {
        mails::cancel(conn, ctx, &whole, &cancelled, reason.as_deref())?;
    }
    whole.record(conn, ctx, "meeting-series.cancel", Some(&before))?;
    Ok(whole)
}

/// Takes one instance out: gives its time back and ends its jobs, without a mail.
pub(super) fn drop_one(
    conn: &mut Conn,
    ctx: &Context,
    series: &Series,
    meeting: &mut Meeting,
    reason: Option<String>,
) -> Result<(), Problem> {
    conn.lock_row(
        crate::db::connection::LockTable::Meetings,
        meeting.id.into(),
    )?;
    let before = meeting.revision();
    meeting.status = State::Cancelled;
    meeting.cancel_reason = reason;
    meeting.set_revision(match series.form {
        Form::Rule => series.revision_for(before, Change::Cancellation),
        Form::Singles => before.after(Change::Cancellation, ctx.now.utc()),
    });
    meeting.updated_at = ctx.now;
    meetings::save(conn, meeting)?;
    meetings::free_bookings(conn, meeting.id)?;
    counter::supersede(conn, ctx, meeting.id)?;
    reminders::cancel(conn, ctx, meeting.id)
}

/// Lets a series end with the last instance that still stands; without any, it is cancelled.
pub(super) fn end(
    conn: &mut Conn,
    series: &mut Series,
    reason: Option<String>,
) -> Result<(), Problem> {
    let standing = store::instances(conn, series.id)?;
    let mut locals = Vec::new();
    for meeting in standing.iter().filter(|one| one.status != State::Cancelled) {
        locals.push(series.local_of(meeting)?);
    }
    let rule = series.rule()?;
    let last = locals.into_iter().max();
    match last.and_then(|last: chrono::NaiveDateTime| model::Rule::ending(rule, last)) {
        Some(shorter) if shorter.instances < rule.instances => {
            let minutes = u32::try_from(series.minutes).map_err(Problem::internal)?;
            series.set_rule(shorter, minutes)?;
        }
        Some(_) => {}
        None => {
            series.status = SeriesState::Cancelled;
            series.cancel_reason = reason;
        }
    }
    Ok(())
}

/// Calls off what is left of every series of a mentorship that ends, in its transaction: one mail for each
/// series and person.
///
/// # Errors
/// A database error.
pub fn when_a_mentorship_ends(
    conn: &mut Conn,
    ctx: &Context,
    id: MentorshipId,
) -> Result<(), Problem> {
    for series in store::of_mentorship(conn, id)? {
        if series.status == SeriesState::Cancelled {
            continue;
        }
        let series = hold(conn, series.id)?;
        let whole = Whole::load(conn, series)?;
        let all = whole.instances.iter();
        let gone: Vec<Details> = all
            .filter(|one| is_open(&one.meeting, ctx.now))
            .cloned()
            .collect();
        if !gone.is_empty() {
            call_off(conn, ctx, whole, gone, None)?;
        }
    }
    Ok(())
}
