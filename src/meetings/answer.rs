//! Answering an invitation. Every door — a button's page, the API, a coordinator, a reply from a calendar —
//! ends in [`answer`].

use super::details::Details;
use super::model::{self, Answer, Incoming, Partstat, Refusal, Source, Verdict};
use super::store::{self, AnswerLine};
use super::{mails, pace, refused, reoffer, series, text};
use crate::access::policy::{self, Action};
use crate::access::{Object, audit, record};
use crate::db::Conn;
use crate::kernel::ids::{AnswerId, MeetingId, PersonId};
use crate::kernel::{Context, Instant, Problem};

/// The longest note that goes with an answer, in characters (rule I8).
pub const LONGEST_COMMENT: usize = 1000;

/// An answer as it came in.
#[derive(Debug, Clone)]
pub struct Said {
    pub meeting_id: MeetingId,
    /// The attendee whose answer it is.
    pub person_id: PersonId,
    pub answer: Answer,
    /// A note for the others; cut at [`LONGEST_COMMENT`].
    pub comment: Option<String>,
    pub source: Source,
    /// SEQUENCE of what was answered; the current one unless given.
    pub sequence: Option<i32>,
    /// DTSTAMP of a calendar's reply; now unless given.
    pub stamp: Option<Instant>,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It holds now.
    Applied,
    /// It says what held already: a success, and nobody is told twice.
    Repeated,
    /// It answered an earlier time of the meeting, and changes nothing.
    Stale,
    /// A newer answer holds already.
    Superseded,
    /// It answered a revision that does not exist.
    Ahead,
}

impl Outcome {
    /// The word in the history.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Repeated => "repeated",
            Self::Stale => "stale",
            Self::Superseded => "superseded",
            Self::Ahead => "ahead",
        }
    }
}

/// Takes an answer, in an open transaction: judges whether it still counts (rule I6), keeps it in the history
/// in any case, applies it, and tells the other side when it says no, or yes after a no.
///
/// Who may answer for whom is the door's to know: a token, the policy, or both.
///
/// # Errors
/// 404 unless the person attends the meeting; 409 `meeting-cancelled`, `meeting-reported`, `meeting-over`.
pub fn answer(conn: &mut Conn, ctx: &Context, said: Said) -> Result<(Details, Outcome), Problem> {
    let mut details = Details::hold(conn, said.meeting_id)?;
    let meeting = &mut details.meeting;
    model::may_answer(meeting.status, meeting.time()?, ctx.now.utc()).map_err(refused)?;
    let comment = text::paragraph(said.comment.clone())
        .map(|text| text.chars().take(LONGEST_COMMENT).collect::<String>());
    let revision = series::judged(conn, meeting)?;
    let mine = details
        .participants
        .iter_mut()
        .find(|one| one.attendee.person_id == said.person_id)
        .ok_or(Problem::NotFound)?;
    let attendee = &mut mine.attendee;
    let incoming = Incoming {
        sequence: said.sequence.unwrap_or(revision.sequence),
        stamp: said.stamp.unwrap_or(ctx.now).utc(),
        received: ctx.now.utc(),
        source: said.source,
    };
    let before = attendee.clone();
    let last = before.answered_at.map(Instant::utc);
    let outcome = match model::judge(revision, last, incoming) {
        Verdict::Stale => Outcome::Stale,
        Verdict::Superseded => Outcome::Superseded,
        Verdict::Ahead => Outcome::Ahead,
        Verdict::Apply { stamp } => {
            let partstat = Partstat::from(said.answer);
            let repeated =
                before.partstat == partstat && (comment.is_none() || before.comment == comment);
            if !repeated {
                attendee.comment = comment.clone();
            }
            attendee.partstat = partstat;
            attendee.answered_at = Some(Instant::new(stamp));
            attendee.answered_sequence = incoming.sequence;
            attendee.answer_source = Some(said.source);
            // From here on the series' answer does not speak for this meeting (rule I9).
            attendee.of_series = false;
            store::save_answer(conn, attendee)?;
            if repeated {
                Outcome::Repeated
            } else {
                Outcome::Applied
            }
        }
    };
    store::add_answer_line(conn, &line(ctx, &said, incoming, comment, outcome))?;
    if outcome == Outcome::Applied {
        details.meeting.updated_at = ctx.now;
        store::save(conn, &mut details.meeting)?;
        log(conn, ctx, &details, &said, before.partstat)?;
        tell(conn, ctx, &details, &said, before.partstat)?;
    }
    Ok((details, outcome))
}

fn line(
    ctx: &Context,
    said: &Said,
    incoming: Incoming,
    comment: Option<String>,
    outcome: Outcome,
) -> AnswerLine {
    AnswerLine {
        id: AnswerId::new(ctx.now),
        meeting_id: said.meeting_id,
        person_id: said.person_id,
        partstat: said.answer.into(),
        source: said.source,
        sequence: incoming.sequence,
        dtstamp: said.stamp,
        comment,
        applied: matches!(outcome, Outcome::Applied | Outcome::Repeated),
        outcome: outcome.as_str().to_owned(),
        at: ctx.now,
    }
}

fn log(
    conn: &mut Conn,
    ctx: &Context,
    details: &Details,
    said: &Said,
    before: Partstat,
) -> Result<(), Problem> {
    #[derive(Debug, serde::Serialize)]
    struct Line {
        person_id: PersonId,
        partstat: Partstat,
        source: Option<Source>,
    }
    let line = |partstat, source| Line {
        person_id: said.person_id,
        partstat,
        source,
    };
    let (before, after) = (
        line(before, None),
        line(said.answer.into(), Some(said.source)),
    );
    let change = audit::Change {
        action: "meeting.answer",
        object_type: "meeting",
        object_id: details.meeting.id.into(),
        programme_id: Some(details.meeting.programme_id),
        before: Some(&before),
        after: Some(&after),
    };
    record(conn, ctx, &change)
}

/// A no is told to the others, with other times, and so is what follows a no; other answers they see when they
/// look.
fn tell(
    conn: &mut Conn,
    ctx: &Context,
    details: &Details,
    said: &Said,
    before: Partstat,
) -> Result<(), Problem> {
    let now = Partstat::from(said.answer);
    let turned = now != before && (now == Partstat::Declined || before == Partstat::Declined);
    if !turned {
        return Ok(());
    }
    let offers = match now {
        Partstat::Declined => reoffer::offers(conn, ctx, details)?,
        _ => Vec::new(),
    };
    if said.source != Source::Calendar {
        pace::count(conn, ctx)?;
    }
    mails::tell_answer(conn, ctx, details, said.person_id, &offers)?;
    if said.source == Source::Calendar {
        mails::offer_other_times(conn, ctx, details, said.person_id, &offers)?;
    }
    Ok(())
}

/// The API's door: an attendee for themself, or a coordinator for them.
///
/// # Errors
/// As [`answer`], and 403 or 404 by the policy.
pub fn answer_by_api(
    conn: &mut Conn,
    ctx: &Context,
    meeting_id: MeetingId,
    person_id: PersonId,
    answer_: Answer,
    comment: Option<String>,
) -> Result<Details, Problem> {
    let too_long = comment
        .as_deref()
        .and_then(|comment| text::longer("/comment", comment, LONGEST_COMMENT));
    Problem::unless_empty(too_long.into_iter().collect())?;
    conn.write_tx(|conn| {
        let details = Details::load(conn, meeting_id)?;
        let object = Object {
            programmes: vec![details.meeting.programme_id],
            persons: vec![person_id],
            ..Object::default()
        };
        policy::allow(&ctx.actor, Action::AnswerMeeting, &object)?;
        let oneself = ctx.actor.person_id() == Some(person_id);
        let said = Said {
            meeting_id,
            person_id,
            answer: answer_,
            comment,
            source: if oneself {
                Source::Api
            } else {
                Source::Coordinator
            },
            sequence: None,
            stamp: None,
        };
        Ok(answer(conn, ctx, said)?.0)
    })
}

/// The link's door: whoever holds the token answers for its attendee, and for nobody else (rule L2). `shown` is
/// the SEQUENCE of the time that the page showed: if the meeting has moved since, nothing is changed and the
/// page shows the new time.
///
/// # Errors
/// As [`answer`].
pub fn answer_by_link(
    conn: &mut Conn,
    ctx: &Context,
    meeting_id: MeetingId,
    person_id: PersonId,
    answer_: Answer,
    comment: Option<String>,
    shown: i32,
) -> Result<(Details, Outcome), Problem> {
    conn.write_tx(|conn| {
        let said = Said {
            meeting_id,
            person_id,
            answer: answer_,
            comment,
            source: Source::Link,
            sequence: Some(shown),
            stamp: None,
        };
        answer(conn, ctx, said)
    })
}

/// Whether a refusal means that the link has had its time (rule L1).
#[must_use]
pub const fn is_expired(refusal: Refusal) -> bool {
    matches!(refusal, Refusal::Over | Refusal::Reported)
}
