//! Proposing another time for a meeting (rule I10). A counter-proposal never moves the meeting: it is checked
//! against both calendars, kept, and offered to the other side by mail and over the API. They accept it, and the
//! meeting moves like any other; or they decline it, and whoever proposed it gets a DECLINECOUNTER and plain
//! words. [`propose_in`] and [`decide`] are the use cases; every door — a page, the API, a calendar's COUNTER —
//! ends in them. What a proposal can become is drawn in [`super::model::CounterStatus`]'s module.

pub mod api;
mod by_link;
pub mod decide;
mod lapse;
mod mails;
pub mod pages;
mod signed_in;
pub mod store;
mod views;

use super::answer::LONGEST_COMMENT;
use super::book::{Hours, require_free};
use super::details::Details;
use super::model::{self, CounterStatus, CounterStep, Source, Step};
use super::pair::Pair;
use super::slots::Span;
use super::{refused, text};
use crate::access::{audit, record};
use crate::db::Conn;
use crate::kernel::ids::{CounterId, MeetingId, PersonId};
use crate::kernel::{Context, Instant, Problem};

pub use lapse::run;
pub use store::Counter;

/// Another time, as it was proposed.
#[derive(Debug, Clone)]
pub struct Offer {
    pub meeting: MeetingId,
    /// The attendee who proposes it.
    pub attendee: PersonId,
    /// A whole minute.
    pub start: Instant,
    pub end: Instant,
    /// For the other side to read; cut at 1,000 characters.
    pub note: Option<String>,
    pub source: Source,
    /// SEQUENCE of the time that they saw; the current one unless given.
    pub sequence: Option<i32>,
}

/// What became of an offer.
#[derive(Debug, Clone)]
pub enum Proposed {
    /// The other side was asked.
    Offered(Counter),
    /// They were asked for this very time already: a success, and nobody is told twice.
    Repeated(Counter),
    /// The other side had proposed this very time: the meeting has moved.
    Agreed(Counter),
    /// It came from a calendar and cannot be: it is kept with the reason (a problem's code), and whoever
    /// proposed it was told by a DECLINECOUNTER, unless the meeting is gone.
    TurnedDown(Counter),
}

/// Takes a proposal, in an open transaction. A newer one takes the place of the same person's older one. Through
/// every door but a calendar's the refusal is the error itself; a calendar cannot show one, so there it is
/// [`Proposed::TurnedDown`].
///
/// Who may propose is the caller's to know: a token, the policy, or the sender's address.
///
/// # Errors
/// 404 unless the person attends; 409 `meeting-cancelled`, `meeting-reported`, `meeting-over`,
/// `mentorship-ended`, `meeting-moved`, `meeting-time-taken`; 422 with the fields.
pub fn propose_in(conn: &mut Conn, ctx: &Context, offer: Offer) -> Result<Proposed, Problem> {
    let details = Details::hold(conn, offer.meeting)?;
    details
        .participant(offer.attendee)
        .ok_or(Problem::NotFound)?;
    match examine(conn, ctx, &details, &offer) {
        Ok(found) => offer_to_the_other(conn, ctx, &details, offer, found),
        Err(problem) if offer.source == Source::Calendar && is_refusal(&problem) => {
            turn_down(conn, ctx, &details, offer, &problem)
        }
        Err(problem) => Err(problem),
    }
}

/// Whether a problem says that the proposal cannot be, and not that something of ours broke.
fn is_refusal(problem: &Problem) -> bool {
    matches!(problem.status(), 409 | 422)
}

/// A proposal that can be.
struct Examined {
    pair: Pair,
    time: Span,
}

fn examine(
    conn: &mut Conn,
    ctx: &Context,
    details: &Details,
    offer: &Offer,
) -> Result<Examined, Problem> {
    let meeting = &details.meeting;
    let old = meeting.time()?;
    model::after(meeting.status, old, Step::Counter, ctx.now.utc()).map_err(refused)?;
    let pair = Pair::load(conn, ctx, meeting.mentorship_id)?;
    pair.require_active()?;
    if offer
        .sequence
        .is_some_and(|seen| seen != meeting.sequence && seen < meeting.time_sequence)
    {
        return Err(Problem::conflict("meeting-moved"));
    }
    let minutes = offer.end.since(offer.start).num_minutes();
    let minutes = u32::try_from(minutes).unwrap_or(0);
    let time = text::time(offer.start, minutes, ctx.now)?;
    if time == old {
        return Err(Problem::field("/starts_at", "same-time"));
    }
    model::may_reschedule(meeting.status, old, time, ctx.now.utc()).map_err(refused)?;
    require_free(conn, ctx, &pair, time, Some(meeting.id), Hours::Keep)?;
    Ok(Examined { pair, time })
}

fn offer_to_the_other(
    conn: &mut Conn,
    ctx: &Context,
    details: &Details,
    offer: Offer,
    found: Examined,
) -> Result<Proposed, Problem> {
    let Examined { pair, time } = found;
    for mut there in store::open(conn, details.meeting.id)? {
        let same = there.time()? == time;
        if there.person_id != offer.attendee && same {
            let (_, counter) = decide::accept_in(conn, ctx, there.id, Some(offer.attendee))?;
            return Ok(Proposed::Agreed(counter));
        }
        if there.person_id == offer.attendee && same {
            return Ok(Proposed::Repeated(there));
        }
        if there.person_id == offer.attendee {
            step(ctx, &mut there, CounterStep::Supersede)?;
            store::close(conn, &there)?;
        }
    }
    let counter = made(ctx, details, offer, time, CounterStatus::Open);
    store::insert(conn, &counter)?;
    mails::offer(conn, ctx, details, &counter)?;
    lapse::schedule(conn, ctx, &counter, &pair.rules)?;
    log(conn, ctx, details, "meeting.counter", None, &counter)?;
    Ok(Proposed::Offered(counter))
}

/// Keeps a calendar's proposal that cannot be, and says so to whoever made it.
fn turn_down(
    conn: &mut Conn,
    ctx: &Context,
    details: &Details,
    offer: Offer,
    problem: &Problem,
) -> Result<Proposed, Problem> {
    let time = Span::new(offer.start.utc(), offer.end.utc());
    // A proposal without length cannot be kept as a time: it stands for the meeting's own.
    let time = time.map_or_else(|| details.meeting.time(), Ok)?;
    let mut counter = made(ctx, details, offer, time, CounterStatus::Refused);
    counter.reason = Some(reason_of(problem));
    counter.decided_at = Some(ctx.now);
    store::insert(conn, &counter)?;
    mails::turned_down(conn, ctx, details, &counter)?;
    log(conn, ctx, details, "meeting.counter-refuse", None, &counter)?;
    Ok(Proposed::TurnedDown(counter))
}

/// The code that says why: that of the field where there is one.
fn reason_of(problem: &Problem) -> String {
    let code = match problem {
        Problem::Invalid(faults) => faults.first().map(|fault| fault.code),
        _ => None,
    };
    code.unwrap_or(problem.code()).to_owned()
}

fn made(
    ctx: &Context,
    details: &Details,
    offer: Offer,
    time: Span,
    status: CounterStatus,
) -> Counter {
    let note = text::paragraph(offer.note).map(|note| note.chars().take(LONGEST_COMMENT).collect());
    Counter {
        id: CounterId::new(ctx.now),
        meeting_id: details.meeting.id,
        person_id: offer.attendee,
        time_sequence: details.meeting.time_sequence,
        starts_at: time.start().into(),
        ends_at: time.end().into(),
        note,
        source: offer.source,
        status,
        reason: None,
        decided_by: None,
        created_at: ctx.now,
        decided_at: None,
    }
}

/// Takes a step, or says that it is closed.
fn step(ctx: &Context, counter: &mut Counter, step: CounterStep) -> Result<(), Problem> {
    let after = counter.status.after(step);
    counter.status =
        after.map_err(|closed| Problem::conflict("counter-closed").with("status", closed.0))?;
    counter.decided_at = Some(ctx.now);
    Ok(())
}

/// What this room does, in the same transaction, when a meeting moves or is called off: proposals that wait are
/// about something that does not hold any more.
///
/// # Errors
/// A database error.
pub fn supersede(conn: &mut Conn, ctx: &Context, meeting: MeetingId) -> Result<(), Problem> {
    for mut counter in store::open(conn, meeting)? {
        step(ctx, &mut counter, CounterStep::Supersede)?;
        store::close(conn, &counter)?;
    }
    Ok(())
}

/// What the audit log keeps of a proposal.
#[derive(Debug, serde::Serialize)]
struct Snapshot {
    counter_id: CounterId,
    person_id: PersonId,
    starts_at: Instant,
    ends_at: Instant,
    source: Source,
    status: CounterStatus,
}

impl Snapshot {
    fn of(counter: &Counter) -> Self {
        Self {
            counter_id: counter.id,
            person_id: counter.person_id,
            starts_at: counter.starts_at,
            ends_at: counter.ends_at,
            source: counter.source,
            status: counter.status,
        }
    }
}

fn log(
    conn: &mut Conn,
    ctx: &Context,
    details: &Details,
    action: &'static str,
    before: Option<&Counter>,
    after: &Counter,
) -> Result<(), Problem> {
    let (before, after) = (before.map(Snapshot::of), Snapshot::of(after));
    let change = audit::Change {
        action,
        object_type: "meeting",
        object_id: details.meeting.id.into(),
        programme_id: Some(details.meeting.programme_id),
        before: match &before {
            Some(before) => Some(before),
            None => None,
        },
        after: Some(&after),
    };
    record(conn, ctx, &change)
}
