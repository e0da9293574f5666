//! Accepting, declining and taking back a proposal of another time.

use super::store::{self, Counter};
use super::{log, mails, step};
use crate::db::Conn;
use crate::kernel::ids::{CounterId, PersonId};
use crate::kernel::{Context, Problem};
use crate::meetings::answer::LONGEST_COMMENT;
use crate::meetings::book::Hours;
use crate::meetings::details::Details;
use crate::meetings::model::{self, CounterStep, Step};
use crate::meetings::reschedule::{Reschedule, reschedule_agreed_in};
use crate::meetings::{refused, text};

/// The meeting of a proposal, held, and the proposal as it stands then.
fn hold(conn: &mut Conn, id: CounterId) -> Result<(Details, Counter), Problem> {
    let meeting = store::find(conn, id)?.meeting_id;
    let details = Details::hold(conn, meeting)?;
    // Read again: whoever was faster has decided before the lock was ours.
    Ok((details, store::find(conn, id)?))
}

/// Refuses when the meeting takes no decision any more.
fn require_standing(ctx: &Context, details: &Details) -> Result<(), Problem> {
    let meeting = &details.meeting;
    let (time, now) = (meeting.time()?, ctx.now.utc());
    model::after(meeting.status, time, Step::Counter, now)
        .map(|_| ())
        .map_err(refused)
}

/// Agrees, in an open transaction: the time is checked once more, and the meeting moves to it (REQUEST with
/// SEQUENCE + 1, rule I10). Whoever proposed it and whoever agreed come; anybody else is asked.
///
/// `by` is the attendee who agrees; nobody, when a coordinator does. Who may is the caller's to know.
///
/// # Errors
/// 404; 409 `counter-closed`, `counter-own` and those of a move.
pub fn accept_in(
    conn: &mut Conn,
    ctx: &Context,
    id: CounterId,
    by: Option<PersonId>,
) -> Result<(Details, Counter), Problem> {
    let (mut details, mut counter) = hold(conn, id)?;
    if by == Some(counter.person_id) {
        return Err(Problem::conflict("counter-own"));
    }
    let before = counter.clone();
    step(ctx, &mut counter, CounterStep::Accept)?;
    require_standing(ctx, &details)?;
    counter.decided_by = by;
    // Closed before the meeting moves: what is open then is superseded by the move.
    store::close(conn, &counter)?;
    let minutes = counter.ends_at.since(counter.starts_at).num_minutes();
    let command = Reschedule {
        id: details.meeting.id,
        starts_at: counter.starts_at,
        minutes: u32::try_from(minutes).ok(),
        hours: Hours::Keep,
    };
    let agreed: Vec<PersonId> = [Some(counter.person_id), by]
        .into_iter()
        .flatten()
        .collect();
    reschedule_agreed_in(conn, ctx, &mut details, &command, &agreed)?;
    let action = "meeting.counter-accept";
    log(conn, ctx, &details, action, Some(&before), &counter)?;
    Ok((details, counter))
}

/// Does not agree, in an open transaction: the meeting stays as it is, and whoever proposed another time is told
/// by a DECLINECOUNTER and in words. The note is for them to read, cut at 1,000 characters.
///
/// # Errors
/// 404; 409 `counter-closed`, `counter-own`, `meeting-cancelled`, `meeting-reported`, `meeting-over`.
pub fn decline_in(
    conn: &mut Conn,
    ctx: &Context,
    id: CounterId,
    by: Option<PersonId>,
    note: Option<String>,
) -> Result<(Details, Counter), Problem> {
    let (details, mut counter) = hold(conn, id)?;
    if by == Some(counter.person_id) {
        return Err(Problem::conflict("counter-own"));
    }
    let before = counter.clone();
    step(ctx, &mut counter, CounterStep::Decline)?;
    require_standing(ctx, &details)?;
    counter.decided_by = by;
    counter.reason = text::paragraph(note).map(|note| note.chars().take(LONGEST_COMMENT).collect());
    store::close(conn, &counter)?;
    mails::declined(conn, ctx, &details, &counter)?;
    let action = "meeting.counter-decline";
    log(conn, ctx, &details, action, Some(&before), &counter)?;
    Ok((details, counter))
}

/// Takes a proposal back, in an open transaction. Nobody gets a mail: the page that the other side was sent to
/// says so.
///
/// # Errors
/// 404; 409 `counter-closed`.
pub fn withdraw_in(
    conn: &mut Conn,
    ctx: &Context,
    id: CounterId,
) -> Result<(Details, Counter), Problem> {
    let (details, mut counter) = hold(conn, id)?;
    let before = counter.clone();
    step(ctx, &mut counter, CounterStep::Withdraw)?;
    store::close(conn, &counter)?;
    let action = "meeting.counter-withdraw";
    log(conn, ctx, &details, action, Some(&before), &counter)?;
    Ok((details, counter))
}
