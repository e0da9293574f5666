//! What a message from outside does to a meeting: an answer is judged and handed to the one function for
//! answers, a proposal is put to the other side, and who asks for the current state gets it. Who sent the
//! message, and where it is kept, is known above; here is only what it means for the meeting.

mod mails;

use super::answer::{self, Outcome, Said};
use super::counter::{self, Offer, Proposed};
use super::details::Details;
use super::links;
use super::model::{Answer, Refusal, Source, may_answer};
use crate::access::Object;
use crate::db::Conn;
use crate::icalendar::{Moment, Participation};
use crate::kernel::ids::{MeetingId, PersonId, ProgrammeId};
use crate::kernel::{Context, Problem, Token};
use crate::mail::inbound::{
    self, Known, Proposal, Sender, Spoken, State, Verdict, Why, judge, judge_proposal,
};

pub use mails::{ask_to_confirm, point_to_the_link};

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
    match links::find(conn, token.expose()) {
        Ok((details, person_id)) => Ok(Some(Whose {
            meeting_id: details.meeting.id,
            person_id,
            programme_id: details.meeting.programme_id,
        })),
        Err(Problem::NotFound) => Ok(None),
        Err(problem) => Err(problem),
    }
}

/// What the policy needs to know of a message about a meeting.
#[must_use]
pub fn object(programme: Option<ProgrammeId>) -> Object {
    programme.map_or_else(Object::general, Object::of_programme)
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
    let details = Details::hold(conn, whose.meeting_id)?;
    let known = known(&details, whose.person_id)?;
    let mut spoken = Vec::new();
    let mut stale = false;
    let mut nothing = None;
    for said in answers {
        let about_the_whole = is_about_the_whole(&details, said);
        match judge(said, sender, &known, ctx.now) {
            Verdict::Apply { .. } if !about_the_whole => {
                return Ok(Ruling::new(State::Held, Why::Instance));
            }
            Verdict::Apply {
                participation,
                stamp,
                comment,
            } => spoken.push((said, participation, stamp, comment)),
            Verdict::Stale => stale = true,
            verdict => {
                let (state, why) = against(&verdict);
                if state != State::Ignored {
                    let answer =
                        inbound::spoken(answers, known.address).and_then(|s| answer_of(&s));
                    return Ok(Ruling { state, why, answer });
                }
                nothing = Some(Ruling::new(state, why));
            }
        }
    }
    let Some((said, participation, stamp, comment)) = spoken.pop() else {
        return Ok(match nothing {
            Some(ruling) if !stale => ruling,
            _ => Ruling::new(State::Stale, Why::Outdated),
        });
    };
    let answer = answer_word(participation);
    if spoken.iter().any(|(_, other, ..)| *other != participation) {
        return Ok(Ruling::new(State::Quarantined, Why::PartsDiffer));
    }
    if let Some(refusal) = closed(ctx, &details)? {
        return Ok(Ruling { answer, ..refusal });
    }
    if let Some(hash) = calendar_hash
        && inbound::store::was_taken(conn, hash, whose.meeting_id, whose.person_id)?
    {
        return Ok(Ruling {
            state: State::Applied,
            why: Why::Repeated,
            answer,
        });
    }
    let Some(word) = answer else {
        return Ok(Ruling::new(State::Ignored, Why::NoAnswer));
    };
    let said = Said {
        meeting_id: whose.meeting_id,
        person_id: whose.person_id,
        answer: word,
        comment,
        source: Source::Calendar,
        sequence: i32::try_from(said.sequence).ok(),
        stamp: Some(stamp),
    };
    let (_, outcome) = answer::answer(conn, ctx, said)?;
    let (state, why) = after(outcome);
    Ok(Ruling { state, why, answer })
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
    let details = Details::hold(conn, whose.meeting_id)?;
    let known = known(&details, whose.person_id)?;
    if let Err(verdict) = judge_proposal(&proposal.answer, sender, &known) {
        let (state, why) = against(&verdict);
        return Ok(Ruling::new(state, why));
    }
    if let Some(refusal) = closed(ctx, &details)? {
        return Ok(refusal);
    }
    if !is_about_the_whole(&details, &proposal.answer) {
        return Ok(Ruling::new(State::Held, Why::Instance));
    }
    let seen = proposal.original_start.as_ref().and_then(Moment::instant);
    if seen.is_some_and(|seen| seen != details.meeting.starts_at) {
        return Ok(Ruling::new(State::Stale, Why::Outdated));
    }
    if let Some(hash) = calendar_hash
        && inbound::store::was_taken(conn, hash, whose.meeting_id, whose.person_id)?
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
        sequence: i32::try_from(proposal.answer.sequence).ok(),
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
    if uid != details.meeting.uid {
        return Ok(Ruling::new(State::Quarantined, Why::WrongMeeting));
    }
    // It goes to the attendee's own address, whoever asks.
    mails::resend(conn, ctx, &details, whose.person_id)?;
    Ok(Ruling::new(State::Applied, Why::Refreshed))
}

/// What a person decided about a message that waited.
#[derive(Debug, Clone)]
pub struct Decided {
    pub answer: Answer,
    pub comment: Option<String>,
    pub source: Source,
    /// The revision that it answers; the current one unless given.
    pub sequence: Option<i32>,
}

/// Applies what a person decided, in an open transaction.
///
/// # Errors
/// 409 `meeting-cancelled`, `meeting-reported`, `meeting-over`; 409 `inbound-outdated` when the meeting has moved
/// since.
pub fn apply(
    conn: &mut Conn,
    ctx: &Context,
    meeting_id: MeetingId,
    person_id: PersonId,
    decided: Decided,
) -> Result<Details, Problem> {
    let said = Said {
        meeting_id,
        person_id,
        answer: decided.answer,
        comment: decided.comment,
        source: decided.source,
        sequence: decided.sequence,
        stamp: None,
    };
    let (details, outcome) = answer::answer(conn, ctx, said)?;
    match outcome {
        Outcome::Applied | Outcome::Repeated => Ok(details),
        Outcome::Stale | Outcome::Superseded | Outcome::Ahead => {
            Err(Problem::conflict("inbound-outdated"))
        }
    }
}

/// What is known of the attendee, for the judge.
fn known(details: &Details, person: PersonId) -> Result<Known<'_>, Problem> {
    let mine = details.participant(person).ok_or(Problem::NotFound)?;
    let number = |sequence: i32| u32::try_from(sequence).unwrap_or(0);
    Ok(Known {
        uid: &details.meeting.uid,
        address: mine.contact.email.as_deref().unwrap_or(""),
        sequence: number(details.meeting.sequence),
        time_sequence: number(details.meeting.time_sequence),
        // Which of two is newer is the one function's to say: it knows where the last one came from.
        last_stamp: None,
    })
}

/// An answer about an instance is about the whole where that instance is all there is (I9).
fn is_about_the_whole(details: &Details, said: &inbound::Answer) -> bool {
    match &said.instance {
        None => true,
        Some(instance) => instance.instant() == Some(details.meeting.starts_at),
    }
}

/// Nobody answers what is over.
fn closed(ctx: &Context, details: &Details) -> Result<Option<Ruling>, Problem> {
    let meeting = &details.meeting;
    let why = match may_answer(meeting.status, meeting.time()?, ctx.now.utc()) {
        Ok(()) => return Ok(None),
        Err(Refusal::Cancelled) => Why::MeetingCancelled,
        Err(Refusal::Reported) => Why::MeetingReported,
        Err(_) => Why::MeetingOver,
    };
    Ok(Some(Ruling::new(State::Stale, why)))
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

const fn after(outcome: Outcome) -> (State, Why) {
    match outcome {
        Outcome::Applied => (State::Applied, Why::Answered),
        Outcome::Repeated => (State::Applied, Why::Repeated),
        Outcome::Stale => (State::Stale, Why::Outdated),
        Outcome::Superseded => (State::Stale, Why::Superseded),
        Outcome::Ahead => (State::Quarantined, Why::FutureRevision),
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
