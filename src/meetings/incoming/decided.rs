//! What a person decides about a message that waited: the attendee by a link, or a coordinator. It counts for
//! what the message is about (I9): the whole, or the meetings of a series that it names, and no others.

use super::Whose;
use super::answer_of;
use super::subject::{Subject, Target};
use crate::db::Conn;
use crate::kernel::ids::{MeetingId, PersonId};
use crate::kernel::{Context, Problem};
use crate::mail::inbound::{self, Spoken};
use crate::meetings::answer::{self, Outcome, Said};
use crate::meetings::details::Details;
use crate::meetings::model::{Answer, Source};
use crate::meetings::series::{self, Reply};

/// One thing that a message says, and what it is about.
#[derive(Debug, Clone)]
pub struct Passage {
    pub target: Target,
    pub spoken: Spoken,
}

impl Passage {
    /// The answer in it.
    #[must_use]
    pub fn answer(&self) -> Option<Answer> {
        answer_of(&self.spoken)
    }
}

/// What the answers of a message say for its attendee, in an open transaction. What names an instance that a
/// single meeting is not says nothing of that meeting; an instance that a series does not have is told as
/// [`Target::Unknown`].
///
/// # Errors
/// A database error.
pub fn passages(
    conn: &mut Conn,
    ctx: &Context,
    whose: Whose,
    answers: &[inbound::Answer],
) -> Result<Vec<Passage>, Problem> {
    let subject = Subject::hold(conn, ctx, whose)?;
    let mut found = Vec::new();
    for spoken in inbound::spoken(answers, subject.known()?.address) {
        let target = subject.target(conn, spoken.instance.as_ref())?;
        if target != Target::Unknown || subject.series.is_some() {
            found.push(Passage { target, spoken });
        }
    }
    Ok(found)
}

/// The one meeting of a series that a message is about; the first where it names several, `None` where it speaks
/// of the whole.
///
/// # Errors
/// A database error.
pub fn about(
    conn: &mut Conn,
    ctx: &Context,
    whose: Whose,
    answers: &[inbound::Answer],
) -> Result<Option<MeetingId>, Problem> {
    let mut first = None;
    for passage in passages(conn, ctx, whose, answers)? {
        match passage.target {
            Target::Whole => return Ok(None),
            Target::Instance(id) => first = first.or(Some(id)),
            Target::Unknown => {}
        }
    }
    Ok(first)
}

/// What a person decided.
#[derive(Debug, Clone)]
pub struct Decided {
    pub target: Target,
    pub answer: Answer,
    pub comment: Option<String>,
    pub source: Source,
    /// The revision that it answers; the current one unless given.
    pub sequence: Option<i32>,
}

/// Applies what a person decided, in an open transaction: all of it or nothing.
///
/// # Errors
/// 409 `meeting-cancelled`, `meeting-reported`, `meeting-over`; 409 `inbound-outdated` when the meeting has moved
/// since, `inbound-instance` for a meeting that the series does not have.
pub fn apply(
    conn: &mut Conn,
    ctx: &Context,
    meeting_id: MeetingId,
    person_id: PersonId,
    mut decided: Vec<Decided>,
) -> Result<(), Problem> {
    let details = Details::hold(conn, meeting_id)?;
    let series = series::of_rule(conn, &details.meeting)?;
    // The whole first: what is said of one meeting speaks for that one.
    decided.sort_by_key(|one| one.target);
    for one in decided {
        let meeting_id = match (&series, one.target) {
            (Some(series), Target::Whole) => {
                let reply = Reply {
                    answer: one.answer,
                    comment: one.comment,
                    source: one.source,
                    sequence: one.sequence,
                    stamp: None,
                };
                settled(series::answer_in(
                    conn, ctx, series.id, person_id, None, reply,
                )?)?;
                continue;
            }
            (Some(_), Target::Unknown) => return Err(Problem::conflict("inbound-instance")),
            (_, Target::Instance(id)) => id,
            (None, Target::Whole | Target::Unknown) => meeting_id,
        };
        let said = Said {
            meeting_id,
            person_id,
            answer: one.answer,
            comment: one.comment,
            source: one.source,
            sequence: one.sequence,
            stamp: None,
        };
        settled(answer::answer(conn, ctx, said)?.1)?;
    }
    Ok(())
}

fn settled(outcome: Outcome) -> Result<(), Problem> {
    match outcome {
        Outcome::Applied | Outcome::Repeated => Ok(()),
        Outcome::Stale | Outcome::Superseded | Outcome::Ahead => {
            Err(Problem::conflict("inbound-outdated"))
        }
    }
}
