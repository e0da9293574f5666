//! Answering for a whole series, and finding the instance that a calendar's reply means (rule I9).
//!
//! A person has an answer for the series, and may have one for each of its meetings. An answer for the series
//! goes to every meeting to come that has none of its own; one for a meeting concerns that meeting only.

use super::model::SeriesState;
use super::store::{self, PartRow};
use super::whole::Whole;
use super::{hold, mails};
use crate::access::policy::{self, Action};
use crate::access::{Object, audit, record};
use crate::db::Conn;
use crate::db::connection::LockTable;
use crate::kernel::ids::{AnswerId, MeetingId, PersonId, SeriesId};
use crate::kernel::{Context, Instant, Problem};
use crate::meetings::answer::{LONGEST_COMMENT, Outcome, Said, answer};
use crate::meetings::details::Details;
use crate::meetings::model::{Answer, Incoming, Partstat, Source, Verdict, judge};
use crate::meetings::store::{self as meetings, AnswerLine};
use crate::meetings::text;
use crate::meetings::{links, pace};

/// An answer as it came in, whatever it is about.
#[derive(Debug, Clone)]
pub struct Reply {
    pub answer: Answer,
    /// A note for the others; cut at 1,000 characters.
    pub comment: Option<String>,
    pub source: Source,
    /// SEQUENCE of what was answered; the current one unless given.
    pub sequence: Option<i32>,
    /// DTSTAMP of a calendar's reply; now unless given.
    pub stamp: Option<Instant>,
}

/// To whom a token was given, and for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// An attendee of one meeting.
    Meeting(MeetingId, PersonId),
    /// Somebody in a series.
    Series(SeriesId, PersonId),
}

/// To whom a presented token was given (rule I3).
///
/// # Errors
/// [`Problem::NotFound`] for a token that nobody was given.
pub fn whose(conn: &mut Conn, token: &str) -> Result<Whose, Problem> {
    let hash = links::hash(token)?;
    if let Some(part) = store::by_token(conn, &hash)? {
        return Ok(Whose::Series(part.series_id, part.person_id));
    }
    let attendee = meetings::by_token(conn, &hash)?;
    Ok(Whose::Meeting(attendee.meeting_id, attendee.person_id))
}

/// Takes an answer to the calendar entry of a series, in an open transaction: for the instance whose start by the
/// rule is the instant `instance` (RECURRENCE-ID, whatever its form), or without one for the series (rule I9).
///
/// Who may answer for whom is the door's to know.
///
/// # Errors
/// 404 when the series has no such instance, or the person no part in it; 409 `meeting-cancelled`,
/// `meeting-reported`, `meeting-over`.
pub fn answer_in(
    conn: &mut Conn,
    ctx: &Context,
    series_id: SeriesId,
    person_id: PersonId,
    instance: Option<Instant>,
    reply: Reply,
) -> Result<Outcome, Problem> {
    let Some(instance) = instance else {
        return Ok(answer_all(conn, ctx, series_id, person_id, reply)?.1);
    };
    let meeting_id = instance_at(conn, series_id, instance)?;
    let said = Said {
        meeting_id,
        person_id,
        answer: reply.answer,
        comment: reply.comment,
        source: reply.source,
        sequence: reply.sequence,
        stamp: reply.stamp,
    };
    Ok(answer(conn, ctx, said)?.1)
}

/// The instance whose start by the rule is this instant; one that stands before one that was called off.
///
/// # Errors
/// [`Problem::NotFound`].
pub fn instance_at(
    conn: &mut Conn,
    series_id: SeriesId,
    instant: Instant,
) -> Result<MeetingId, Problem> {
    let series = store::find(conn, series_id)?;
    let rule = series.rule()?;
    let mut found = None;
    for meeting in store::instances(conn, series_id)? {
        if rule.instant(series.local_of(&meeting)?) == instant.utc() {
            let stands = meeting.status != crate::meetings::model::State::Cancelled;
            if stands || found.is_none() {
                found = Some(meeting.id);
            }
        }
    }
    found.ok_or(Problem::NotFound)
}

/// Takes an answer for the whole series, in an open transaction: judges it (rule I6), keeps it in the history of
/// every meeting that it concerns, and tells the other side once when it says no, or yes after a no.
///
/// # Errors
/// As [`answer_in`].
pub fn answer_all(
    conn: &mut Conn,
    ctx: &Context,
    series_id: SeriesId,
    person_id: PersonId,
    reply: Reply,
) -> Result<(Whole, Outcome), Problem> {
    let series = hold(conn, series_id)?;
    let whole = Whole::load(conn, series)?;
    let before = whole.part(person_id).ok_or(Problem::NotFound)?.row.clone();
    if whole.series.status == SeriesState::Cancelled {
        return Err(Problem::conflict("meeting-cancelled"));
    }
    let open: Vec<Details> = whole.open(ctx.now).cloned().collect();
    if open.is_empty() {
        return Err(Problem::conflict("meeting-over"));
    }
    let comment = text::paragraph(reply.comment.clone())
        .map(|text| text.chars().take(LONGEST_COMMENT).collect::<String>());
    let incoming = Incoming {
        sequence: reply.sequence.unwrap_or(whole.series.sequence),
        stamp: reply.stamp.unwrap_or(ctx.now).utc(),
        received: ctx.now.utc(),
        source: reply.source,
    };
    let last = before.answered_at.map(Instant::utc);
    let stamp = match judge(whole.series.revision(), last, incoming) {
        Verdict::Stale => {
            return set_aside(conn, ctx, whole, &open, &before, &reply, Outcome::Stale);
        }
        Verdict::Superseded => {
            return set_aside(
                conn,
                ctx,
                whole,
                &open,
                &before,
                &reply,
                Outcome::Superseded,
            );
        }
        Verdict::Ahead => {
            return set_aside(conn, ctx, whole, &open, &before, &reply, Outcome::Ahead);
        }
        Verdict::Apply { stamp } => Instant::new(stamp),
    };
    let part = PartRow {
        partstat: reply.answer.into(),
        answered_at: Some(stamp),
        answered_sequence: incoming.sequence,
        answer_source: Some(reply.source),
        comment: comment.clone().or_else(|| before.comment.clone()),
        ..before.clone()
    };
    let said_before = before.partstat == part.partstat && before.comment == part.comment;
    store::save_answer(conn, &part)?;
    let mut changed = 0;
    for details in open {
        changed += usize::from(spread(conn, ctx, details, &part, &reply, said_before)?);
    }
    if said_before && changed == 0 {
        return Ok((whole, Outcome::Repeated));
    }
    let series = store::find(conn, series_id)?;
    let whole = Whole::load(conn, series)?;
    log(conn, ctx, &whole, &before, &part)?;
    let declined = |partstat| partstat == Partstat::Declined;
    if before.partstat != part.partstat && (declined(part.partstat) || declined(before.partstat)) {
        if reply.source != Source::Calendar {
            pace::count(conn, ctx)?;
        }
        mails::tell_answer(conn, ctx, &whole, person_id)?;
    }
    Ok((whole, Outcome::Applied))
}

/// Gives an answer for the series to one meeting, unless the meeting has one of its own, or has moved since what
/// was answered. Returns whether that changed anything.
fn spread(
    conn: &mut Conn,
    ctx: &Context,
    mut details: Details,
    part: &PartRow,
    reply: &Reply,
    said_before: bool,
) -> Result<bool, Problem> {
    let meeting = &details.meeting;
    let mut mine = details.participants.iter_mut();
    let mine = mine.find(|one| one.attendee.person_id == part.person_id);
    let Some(attendee) = mine.map(|one| &mut one.attendee) else {
        return Ok(false);
    };
    let own = !attendee.of_series && attendee.partstat != Partstat::NeedsAction;
    if own || part.answered_sequence < meeting.time_sequence {
        return Ok(false);
    }
    let same = said_before && attendee.partstat == part.partstat;
    conn.lock_row(LockTable::Meetings, meeting.id.into())?;
    attendee.partstat = part.partstat;
    attendee.answered_at = part.answered_at;
    attendee.answered_sequence = part.answered_sequence;
    attendee.answer_source = part.answer_source;
    attendee.comment.clone_from(&part.comment);
    attendee.of_series = true;
    meetings::save_answer(conn, attendee)?;
    let outcome = if same {
        Outcome::Repeated
    } else {
        Outcome::Applied
    };
    let line = line(ctx, meeting.id, part, reply, outcome);
    meetings::add_answer_line(conn, &line)?;
    details.meeting.updated_at = ctx.now;
    meetings::save(conn, &mut details.meeting)?;
    Ok(!same)
}

/// Keeps an answer that changes nothing in the history of the next meeting.
fn set_aside(
    conn: &mut Conn,
    ctx: &Context,
    whole: Whole,
    open: &[Details],
    before: &PartRow,
    reply: &Reply,
    outcome: Outcome,
) -> Result<(Whole, Outcome), Problem> {
    if let Some(next) = open.first() {
        let part = PartRow {
            answered_sequence: reply.sequence.unwrap_or(whole.series.sequence),
            ..before.clone()
        };
        let line = line(ctx, next.meeting.id, &part, reply, outcome);
        meetings::add_answer_line(conn, &line)?;
    }
    Ok((whole, outcome))
}

fn line(
    ctx: &Context,
    meeting_id: MeetingId,
    part: &PartRow,
    reply: &Reply,
    outcome: Outcome,
) -> AnswerLine {
    AnswerLine {
        id: AnswerId::new(ctx.now),
        meeting_id,
        person_id: part.person_id,
        partstat: reply.answer.into(),
        source: reply.source,
        sequence: part.answered_sequence,
        dtstamp: reply.stamp,
        comment: part.comment.clone(),
        applied: matches!(outcome, Outcome::Applied | Outcome::Repeated),
        outcome: outcome.as_str().to_owned(),
        at: ctx.now,
    }
}

fn log(
    conn: &mut Conn,
    ctx: &Context,
    whole: &Whole,
    before: &PartRow,
    after: &PartRow,
) -> Result<(), Problem> {
    #[derive(Debug, serde::Serialize)]
    struct Line {
        person_id: PersonId,
        partstat: Partstat,
        source: Option<Source>,
    }
    let line = |part: &PartRow| Line {
        person_id: part.person_id,
        partstat: part.partstat,
        source: part.answer_source,
    };
    let (before, after) = (line(before), line(after));
    let change = audit::Change {
        action: "meeting-series.answer",
        object_type: "meeting-series",
        object_id: whole.series.id.into(),
        programme_id: Some(whole.series.programme_id),
        before: Some(&before),
        after: Some(&after),
    };
    record(conn, ctx, &change)
}

/// The API's door: for oneself, or a coordinator for somebody.
///
/// # Errors
/// As [`answer_all`], and 403 or 404 by the policy.
pub fn answer_by_api(
    conn: &mut Conn,
    ctx: &Context,
    series_id: SeriesId,
    person_id: PersonId,
    answer: Answer,
    comment: Option<String>,
) -> Result<Whole, Problem> {
    let too_long = comment
        .as_deref()
        .and_then(|comment| text::longer("/comment", comment, LONGEST_COMMENT));
    Problem::unless_empty(too_long.into_iter().collect())?;
    conn.write_tx(|conn| {
        let series = store::find(conn, series_id)?;
        let object = Object {
            programmes: vec![series.programme_id],
            persons: vec![person_id],
            ..Object::default()
        };
        policy::allow(&ctx.actor, Action::AnswerSeries, &object)?;
        let oneself = ctx.actor.person_id() == Some(person_id);
        let reply = Reply {
            answer,
            comment,
            source: if oneself {
                Source::Api
            } else {
                Source::Coordinator
            },
            sequence: None,
            stamp: None,
        };
        Ok(answer_all(conn, ctx, series_id, person_id, reply)?.0)
    })
}

/// The link's door, as for a single meeting: `shown` is the SEQUENCE of the series that the page showed.
///
/// # Errors
/// As [`answer_all`].
pub fn answer_by_link(
    conn: &mut Conn,
    ctx: &Context,
    series_id: SeriesId,
    person_id: PersonId,
    answer: Answer,
    comment: Option<String>,
    shown: i32,
) -> Result<Outcome, Problem> {
    conn.write_tx(|conn| {
        // A page that shows the times of the series as they are is about all of it, whatever number it has.
        let current = shown >= hold(conn, series_id)?.time_sequence;
        let reply = Reply {
            answer,
            comment,
            source: Source::Link,
            sequence: (!current).then_some(shown),
            stamp: None,
        };
        Ok(answer_all(conn, ctx, series_id, person_id, reply)?.1)
    })
}
