//! The mails about another time: the question to the other side, and the answer to whoever proposed it.

use super::store::Counter;
use crate::db::Conn;
use crate::icalendar::Method;
use crate::kernel::{Context, Problem};
use crate::mail::contexts::{CounterRefusal, MeetingCounter, MeetingCounterDeclined};
use crate::mail::{Link, Text};
use crate::meetings::details::Details;
use crate::meetings::mails::to_everybody;
use crate::meetings::model::State;
use crate::meetings::{links, reminders};

/// Asks everybody but whoever proposed it.
pub(super) fn offer(
    conn: &mut Conn,
    ctx: &Context,
    details: &Details,
    counter: &Counter,
) -> Result<(), Problem> {
    to_everybody(conn, ctx, details, |desk| {
        if desk.person() == counter.person_id {
            return Ok(None);
        }
        let page = |decision| {
            let locale = desk.locale();
            Link::new(&links::counter_page(
                ctx,
                &desk.token,
                locale,
                counter.id,
                decision,
            ))
        };
        let words = MeetingCounter {
            name: desk.name(),
            meeting: desk.facts(),
            proposed: desk.when(counter.starts_at, counter.ends_at),
            note: Text::some(counter.note.as_deref()),
            accept: page("accept"),
            decline: page("decline"),
        };
        let mail = desk.mail(&words, &format!("counter-{}", counter.id))?;
        let until = details.meeting.ends_at.min(counter.starts_at);
        Ok(Some(mail.not_after(until)))
    })
}

/// Tells whoever proposed it that the other side did not agree.
pub(super) fn declined(
    conn: &mut Conn,
    ctx: &Context,
    details: &Details,
    counter: &Counter,
) -> Result<(), Problem> {
    to_the_proposer(conn, ctx, details, counter, CounterRefusal::Declined)
}

/// Tells whoever proposed it that nobody said anything in time, once: unless they want no such mails, or the
/// meeting itself is no longer to come.
pub(super) fn lapsed(
    conn: &mut Conn,
    ctx: &Context,
    details: &Details,
    counter: &Counter,
) -> Result<(), Problem> {
    let meeting = &details.meeting;
    let stands = meeting.status == State::Scheduled && meeting.starts_at > ctx.now;
    if !stands || !reminders::silent(conn, &[counter.person_id])?.is_empty() {
        return Ok(());
    }
    to_the_proposer(conn, ctx, details, counter, CounterRefusal::Unanswered)
}

/// Tells whoever proposed it in their calendar why it cannot be; nothing where the meeting itself is gone, which
/// they were told of.
pub(super) fn turned_down(
    conn: &mut Conn,
    ctx: &Context,
    details: &Details,
    counter: &Counter,
) -> Result<(), Problem> {
    let why = match counter.reason.as_deref() {
        Some("meeting-cancelled" | "meeting-reported" | "meeting-over" | "mentorship-ended") => {
            return Ok(());
        }
        Some("meeting-moved") => CounterRefusal::Moved,
        Some("too-soon" | "past") => CounterRefusal::TooSoon,
        Some("too-far") => CounterRefusal::TooFar,
        Some("out-of-range" | "whole-minute" | "same-time") => CounterRefusal::Unclear,
        _ => CounterRefusal::Taken,
    };
    to_the_proposer(conn, ctx, details, counter, why)
}

fn to_the_proposer(
    conn: &mut Conn,
    ctx: &Context,
    details: &Details,
    counter: &Counter,
    why: CounterRefusal,
) -> Result<(), Problem> {
    to_everybody(conn, ctx, details, |desk| {
        if desk.person() != counter.person_id {
            return Ok(None);
        }
        let words = MeetingCounterDeclined {
            name: desk.name(),
            meeting: desk.facts(),
            proposed: desk.when(counter.starts_at, counter.ends_at),
            why,
            note: match why {
                CounterRefusal::Declined => Text::some(counter.reason.as_deref()),
                _ => None,
            },
            link: Some(desk.another_time()),
        };
        let mail = desk.mail(&words, &kind(counter, why))?;
        let mail = mail.with_calendar(&desk.calendar(Method::DeclineCounter)?)?;
        Ok(Some(mail.not_after(details.meeting.ends_at)))
    })
}

/// One mail for each proposal that a person decided, or that nobody did, and for each time that a calendar asks for in vain, however
/// often it asks.
fn kind(counter: &Counter, why: CounterRefusal) -> String {
    match why {
        CounterRefusal::Declined => format!("counter-declined-{}", counter.id),
        CounterRefusal::Unanswered => format!("counter-lapsed-{}", counter.id),
        _ => format!("counter-refused-{}", counter.starts_at.utc().timestamp()),
    }
}
