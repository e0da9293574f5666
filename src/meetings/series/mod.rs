//! Meetings that repeat: every week, or every n weeks, at the same time on one clock, until a date or so many
//! times.
//!
//! Every instance of a series is a [`Meeting`] of its own, with its bookings, reminders, answers and hours, so
//! that whatever holds for a meeting holds for it. It knows its series and which of the starts that the series'
//! rule gives it is (`recurrence_local`, the RECURRENCE-ID), wherever it has moved since. The [`Series`] holds
//! what the instances have in common: the rule, the calendar entry's UID and SEQUENCE, the words, and for each
//! person a token and an answer for all of them.
//!
//! People get one calendar entry for a series ([`Form::Rule`]): RRULE for the rule, EXDATE for what does not
//! take place, RECURRENCE-ID for what was moved, reworded or answered by itself. Where a zone's rules cannot be
//! told to a calendar (rule T3) every instance is sent by itself ([`Form::Singles`]); everything else is the
//! same. SEQUENCE is counted for the whole series, so that of two messages about any of its instances the
//! newer one always has the higher number.

pub mod answer;
pub mod api;
pub mod book;
mod calendar;
pub mod cancel;
pub mod change;
pub(crate) mod dates;
pub mod edit;
pub(crate) mod mails;
pub(super) mod mend;
pub mod model;
pub mod plan;
mod refusals;
pub mod store;
pub mod suggest;
pub mod views;
mod whole;

pub use answer::{Reply, Whose, answer_in, whose};
pub use model::{Ends, Form, Rule, SeriesState};
pub use store::{Part, Series};
pub(crate) use whole::{Membership, Whole};

use super::model::{Change, Revision};
use super::store::Meeting;
use crate::db::Conn;
use crate::db::connection::LockTable;
use crate::kernel::ids::SeriesId;
use crate::kernel::{Context, Problem};

/// Keeps everybody else from changing a series until the end of the transaction, and reads it. Locks are taken
/// in this order, so that nobody waits in a circle: mentorship, series, meeting, people.
///
/// # Errors
/// [`Problem::NotFound`].
pub fn hold(conn: &mut Conn, id: SeriesId) -> Result<Series, Problem> {
    conn.lock_row(LockTable::MeetingSeries, id.into())?;
    store::find(conn, id)
}

/// The series of a meeting, if its calendar entry is a series.
///
/// # Errors
/// A database error.
pub(super) fn of_rule(conn: &mut Conn, meeting: &Meeting) -> Result<Option<Series>, Problem> {
    let Some(id) = meeting.series_id else {
        return Ok(None);
    };
    let series = store::find(conn, id)?;
    Ok((series.form == Form::Rule).then_some(series))
}

/// Puts the revision on a meeting that follows a change to it (rule O8), in an open transaction. An instance of
/// a series takes the series' next number: calendars compare it with the entry of the whole series.
///
/// # Errors
/// A database error.
pub(super) fn revise(
    conn: &mut Conn,
    ctx: &Context,
    meeting: &mut Meeting,
    change: Change,
) -> Result<(), Problem> {
    let Some(mut series) = of_rule(conn, meeting)? else {
        meeting.set_revision(meeting.revision().after(change, ctx.now.utc()));
        return Ok(());
    };
    // That one instance moved does not make answers to the others stale.
    let of_series = match change {
        Change::Text => Change::Text,
        Change::Time | Change::Cancellation => Change::Cancellation,
    };
    series.revise(ctx, of_series);
    store::save(conn, &mut series)?;
    meeting.set_revision(series.revision_for(meeting.revision(), change));
    Ok(())
}

/// Against which revision an answer to a meeting is judged (rule I6): an answer to an instance may carry the
/// number of the whole series.
///
/// # Errors
/// A database error.
pub(super) fn judged(conn: &mut Conn, meeting: &Meeting) -> Result<Revision, Problem> {
    let own = meeting.revision();
    Ok(match of_rule(conn, meeting)? {
        None => own,
        Some(series) => Revision {
            sequence: own.sequence.max(series.sequence),
            ..own
        },
    })
}
