//! What a message from outside does to a meeting: an answer is judged and handed to the one function for
//! answers, a proposal is put to the other side, and who asks for the current state gets it. Who sent the
//! message, and where it is kept, is known above; here is only what it means for the meeting.

mod decided;
mod mails;
mod subject;

use super::counter::{self, Offer, Proposed};
use super::details::Details;
use super::links;
use super::model::{Answer, Source};
use super::series::{self, Whole};
use crate::db::Conn;
use crate::icalendar::{Moment, Participation};
use crate::kernel::ids::{MeetingId, PersonId, ProgrammeId};
use crate::kernel::{Context, Problem, Token};
use crate::mail::inbound::{
    self, Proposal, Sender, Spoken, State, Verdict, Why, judge, judge_proposal,
};

use subject::{One, Subject};

pub use decided::{Decided, Passage, about, apply, passages};
pub use mails::{ask_to_confirm, point_to_the_link};
pub use subject::Target;

/// Whose message it is, by its token (I3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Whose {
    pub meeting_id: MeetingId,
    pub person_id: PersonId,
    pub programme_id: ProgrammeId,
}

/// What became of a message, as far as the meeting goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    pub state: State,
    pub why: Why,
    /// The answer in it.
    pub answer: Option<Answer>,
}

impl Ruling {
    /// Without an answer.
    #[must_use]
    pub const fn new(state: State, why: Why) -> Self {
        Self {
            state,
            why,
            answer: None,
        }
    }
}

/// The attendee to whom a token was given; `None` for a token that nobody was given.
///
/// # Errors
/// A database error.
pub fn whose(conn: &mut Conn, token: &Token) -> Result<Option<Whose>, Problem> {
    let details_and_person = match series::whose(conn, token.expose()) {
        Ok(series::Whose::Meeting(..)) => links::find(conn, token.expose()),
        // The last meeting stands for a series: what waits for somebody can wait so long.
        Ok(series::Whose::Series(id, person)) => {
            let series = series::store::find(conn, id)?;
            let whole = Whole::load(conn, series)?;
            let last = whole
                .standing()
                .max_by_key(|one| one.meeting.starts_at)
                .or_else(|| whole.instances.last());
            last.cloned()
                .map(|last| (last, person))
                .ok_or(Problem::NotFound)
        }
        Err(problem) => Err(problem),
    };
    match details_and_person {
        Ok((details, person_id)) => Ok(Some(Whose {
            meeting_id: details.meeting.id,
            person_id,
            programme_id: details.meeting.programme_id,
        })),
        Err(Problem::NotFound) => Ok(None),
        Err(problem) => Err(problem),
    }
}

/// Takes the answers of a message, in an open transaction: all of them, or none where one of them has to be
/// looked at by a person.
///
/// # Errors
/// A database error.
pub fn answers(
    conn: &mut Conn,
    ctx: &Context,
    whose: Whose,
    answers: &[inbound::Answer],
    sender: &Sender,
    calendar_hash: Option<&str>,
) -> Result<Ruling, Problem> {
    let subject = Subject::hold(conn, ctx, whose)?;
    let (mut spoken, ruling) = match read(conn, ctx, &subject, answers, sender)? {
        Reading::Spoken(spoken) => spoken,
        Reading::Ruled(ruling) => return Ok(ruling),
    };
    spoken.sort_by_key(|one| one.target);
    spoken.dedup_by(|one, other| one.target == other.target && one.answer == other.answer);
    let answer = spoken.first().map(|one| one.answer);
    let Some(answer) = answer else {
        return Ok(ruling);
    };
    if spoken
        .windows(2)
        .any(|two| matches!(two, [a, b] if a.target == b.target))
    {
        return Ok(Ruling::new(State::Quarantined, Why::PartsDiffer));
    }
    let said = |state, why| Ruling {
        state,
        why,
        answer: Some(answer),
    };
    if let Some((state, why)) = subject.closed(ctx)? {
        return Ok(said(state, why));
    }
    if let Some(hash) = calendar_hash
        && inbound::store::was_taken(conn, hash, whose.person_id)?
    {
        return Ok(said(State::Applied, Why::Repeated));
    }
    let mut best = None;
    for one in spoken {
        let (state, why) = subject.take(conn, ctx, one)?;
        let better = best.is_none() || (state, why) == (State::Applied, Why::Answered);
        best = if better { Some((state, why)) } else { best };
    }
    let (state, why) = best.unwrap_or((State::Ignored, Why::NoAnswer));
    Ok(said(state, why))
}

/// What the answers of a message come to.
enum Reading {
    /// These are to be applied; the ruling if there are none.
    Spoken((Vec<One>, Ruling)),
    /// Nothing is to be applied.
    Ruled(Ruling),
}

/// Judges each answer of a message.
fn read(
    conn: &mut Conn,
    ctx: &Context,
    subject: &Subject,
    answers: &[inbound::Answer],
    sender: &Sender,
) -> Result<Reading, Problem> {
    let known = subject.known()?;
    let mut spoken = Vec::new();
    let mut otherwise = Ruling::new(State::Ignored, Why::NoAnswer);
    for said in answers {
        match judge(said, sender, &known, ctx.now) {
            Verdict::Apply {
                participation,
                stamp,
                comment,
            } => {
                let target = subject.target(conn, said.instance.as_ref())?;
                if target == Target::Unknown {
                    let ruling = Ruling::new(State::Held, Why::Instance);
                    return Ok(Reading::Ruled(ruling));
                }
                spoken.extend(answer_word(participation).map(|answer| One {
                    target,
                    answer,
                    comment,
                    sequence: i32::try_from(said.sequence).ok(),
                    stamp,
                }));
            }
            Verdict::Stale => otherwise = Ruling::new(State::Stale, Why::Outdated),
            verdict => {
                let (state, why) = against(&verdict);
                if let (State::Held, Some((state, why))) = (state, subject.closed(ctx)?) {
                    return Ok(Reading::Ruled(Ruling::new(state, why)));
                }
                if state != State::Ignored {
                    let answer = unanimous(&inbound::spoken(answers, known.address));
                    return Ok(Reading::Ruled(Ruling { state, why, answer }));
                }
            }
        }
    }
    Ok(Reading::Spoken((spoken, otherwise)))
}

/// Takes a proposal of another time, in an open transaction (I10). It never moves the meeting: the other side is
/// asked.
///
/// # Errors
/// A database error.
pub fn proposal(
    conn: &mut Conn,
    ctx: &Context,
    whose: Whose,
    proposal: &Proposal,
    sender: &Sender,
    calendar_hash: Option<&str>,
) -> Result<Ruling, Problem> {
    let subject = Subject::hold(conn, ctx, whose)?;
    if let Err(verdict) = judge_proposal(&proposal.answer, sender, &subject.known()?) {
        let (state, why) = against(&verdict);
        return Ok(Ruling::new(state, why));
    }
    if let Some((state, why)) = subject.closed(ctx)? {
        return Ok(Ruling::new(state, why));
    }
    let instance = proposal.answer.instance.as_ref();
    let target = subject.target(conn, instance)?;
    let (whose, starts_at) = match (&subject.series, target) {
        (None, Target::Whole) => (whose, subject.details.meeting.starts_at),
        (Some(_), Target::Instance(meeting_id)) => {
            let details = Details::hold(conn, meeting_id)?;
            let whose = Whose {
                meeting_id,
                ..whose
            };
            (whose, details.meeting.starts_at)
        }
        // Another time for all of a series is a person's to plan.
        _ => return Ok(Ruling::new(State::Held, Why::Instance)),
    };
    let seen = proposal.original_start.as_ref().and_then(Moment::instant);
    if seen.is_some_and(|seen| seen != starts_at) {
        return Ok(Ruling::new(State::Stale, Why::Outdated));
    }
    if let Some(hash) = calendar_hash
        && inbound::store::was_taken(conn, hash, whose.person_id)?
    {
        return Ok(Ruling::new(State::Applied, Why::Repeated));
    }
    // A time in a zone that nobody knows is a person's to read.
    if proposal.start.instant().is_none() {
        return Ok(Ruling::new(State::Held, Why::Counter));
    }
    let (state, why) = propose(conn, ctx, whose, proposal, Source::Calendar)?;
    Ok(Ruling::new(state, why))
}

/// Puts a proposal to the other side, in an open transaction.
///
/// # Errors
/// As [`counter::propose_in`]; 422 at `/starts_at` for a time in a zone that nobody knows.
pub fn propose(
    conn: &mut Conn,
    ctx: &Context,
    whose: Whose,
    proposal: &Proposal,
    source: Source,
) -> Result<(State, Why), Problem> {
    let details = Details::hold(conn, whose.meeting_id)?;
    let start = proposal.start.instant();
    let start = start.ok_or_else(|| Problem::field("/starts_at", "required"))?;
    let length = details.meeting.ends_at.since(details.meeting.starts_at);
    let end = proposal.end.as_ref().and_then(Moment::instant);
    let offer = Offer {
        meeting: whose.meeting_id,
        attendee: whose.person_id,
        start,
        end: end.unwrap_or_else(|| start.plus(length)),
        note: proposal.answer.comment.clone(),
        source,
        // What a calendar knows of an instance may be the number of its whole series.
        sequence: i32::try_from(proposal.answer.sequence)
            .ok()
            .map(|sequence| match details.meeting.series_id {
                Some(_) => sequence.min(details.meeting.sequence),
                None => sequence,
            }),
    };
    let why = match counter::propose_in(conn, ctx, offer)? {
        Proposed::Offered(_) => Why::Proposed,
        Proposed::Repeated(_) => Why::Repeated,
        Proposed::Agreed(_) => Why::Agreed,
        Proposed::TurnedDown(_) => Why::TurnedDown,
    };
    Ok((State::Applied, why))
}

/// Sends the current state to the attendee, at most once an hour (I10): the invitation, or the cancellation.
///
/// # Errors
/// A database error.
pub fn refresh(
    conn: &mut Conn,
    ctx: &Context,
    whose: Whose,
    uid: &str,
    sender: &Sender,
) -> Result<Ruling, Problem> {
    let details = Details::hold(conn, whose.meeting_id)?;
    if sender.dmarc.as_deref() == Some("fail") {
        return Ok(Ruling::new(State::Quarantined, Why::Forged));
    }
    let series = series::of_rule(conn, &details.meeting)?;
    if uid != series.as_ref().map_or(&details.meeting.uid, |one| &one.uid) {
        return Ok(Ruling::new(State::Quarantined, Why::WrongMeeting));
    }
    // It goes to the attendee's own address, whoever asks.
    mails::resend(conn, ctx, &details, whose.person_id)?;
    Ok(Ruling::new(State::Applied, Why::Refreshed))
}

const fn against(verdict: &Verdict) -> (State, Why) {
    match verdict {
        Verdict::Delegated => (State::Held, Why::Delegated),
        Verdict::HeldForSender => (State::Held, Why::OtherSender),
        Verdict::HeldForAttendee => (State::Held, Why::OtherAttendee),
        Verdict::WrongMeeting => (State::Quarantined, Why::WrongMeeting),
        Verdict::FromTheFuture => (State::Quarantined, Why::FutureRevision),
        Verdict::Forged => (State::Quarantined, Why::Forged),
        Verdict::Stale => (State::Stale, Why::Outdated),
        Verdict::NoAnswer | Verdict::Apply { .. } => (State::Ignored, Why::NoAnswer),
    }
}

/// The word for a participation that is an answer.
#[must_use]
pub const fn answer_word(participation: Participation) -> Option<Answer> {
    match participation {
        Participation::Accepted => Some(Answer::Accepted),
        Participation::Tentative => Some(Answer::Tentative),
        Participation::Declined => Some(Answer::Declined),
        Participation::NeedsAction | Participation::Delegated => None,
    }
}

/// The answer in what was spoken.
#[must_use]
pub fn answer_of(spoken: &Spoken) -> Option<Answer> {
    answer_word(spoken.participation)
}

/// The one answer in all that was spoken; `None` where a message says different things of different meetings,
/// which no single question could ask about.
fn unanimous(spoken: &[Spoken]) -> Option<Answer> {
    let (first, rest) = spoken.split_first()?;
    let answer = answer_of(first)?;
    let same = rest.iter().all(|one| answer_of(one) == Some(answer));
    same.then_some(answer)
}
