//! What a message is about, as it stands: the meeting that its token was given for.

use crate::db::Conn;
use crate::icalendar::Moment;
use crate::kernel::ids::{MeetingId, PersonId};
use crate::kernel::{Context, Instant, Problem};
use crate::mail::inbound::{Known, State, Why};
use crate::meetings::answer::{self, Outcome, Said};
use crate::meetings::details::Details;
use crate::meetings::model::{Answer, Refusal, Source, may_answer};
use crate::meetings::series::{self, Reply, Whole};
use crate::meetings::store::Meeting;

use super::Whose;

/// The meeting of a token, or the series of which it is an instance.
#[derive(Debug)]
pub(super) struct Subject {
    pub details: Details,
    /// The series, where people have one entry for all of it.
    pub series: Option<Whole>,
    person_id: PersonId,
}

/// Which part of a meeting or series an answer is about (I9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// All of it.
    Whole,
    /// One instance of a series.
    Instance(MeetingId),
    /// An instance that is not known.
    Unknown,
}

/// One answer to be applied.
#[derive(Debug, Clone)]
pub(super) struct One {
    pub target: Target,
    pub answer: Answer,
    pub comment: Option<String>,
    pub sequence: Option<i32>,
    pub stamp: Instant,
}

impl Subject {
    /// Reads it in an open transaction, and keeps others from changing it until its end.
    pub fn hold(conn: &mut Conn, _ctx: &Context, whose: Whose) -> Result<Self, Problem> {
        let details = Details::hold(conn, whose.meeting_id)?;
        let series = series::of_rule(conn, &details.meeting)?;
        Ok(Self {
            series: match series {
                Some(series) => Some(Whole::load(conn, series)?),
                None => None,
            },
            details,
            person_id: whose.person_id,
        })
    }

    /// What is known of the attendee, for the judge.
    pub fn known(&self) -> Result<Known<'_>, Problem> {
        let mine = self.details.participant(self.person_id);
        let mine = mine.ok_or(Problem::NotFound)?;
        let number = |sequence: i32| u32::try_from(sequence).unwrap_or(0);
        if let Some(whole) = &self.series {
            return Ok(Known {
                uid: &whole.series.uid,
                address: mine.contact.email.as_deref().unwrap_or(""),
                sequence: number(whole.series.sequence),
                // Each instance has its own; the one function knows it.
                time_sequence: 0,
                last_stamp: None,
            });
        }
        Ok(Known {
            uid: &self.details.meeting.uid,
            address: mine.contact.email.as_deref().unwrap_or(""),
            sequence: number(self.details.meeting.sequence),
            time_sequence: number(self.details.meeting.time_sequence),
            // Which of two is newer is the one function's to say: it knows where the last one came from.
            last_stamp: None,
        })
    }

    /// What an answer with this RECURRENCE-ID is about (I9). One about the instance that a meeting is, is about all
    /// of it.
    pub fn target(&self, conn: &mut Conn, instance: Option<&Moment>) -> Result<Target, Problem> {
        let Some(instance) = instance else {
            return Ok(Target::Whole);
        };
        if let Some(whole) = &self.series {
            let Some(at) = instance.instant() else {
                return Ok(Target::Unknown);
            };
            return match series::answer::instance_at(conn, whole.series.id, at) {
                Ok(id) => Ok(Target::Instance(id)),
                Err(Problem::NotFound) => Ok(Target::Unknown),
                Err(problem) => Err(problem),
            };
        }
        let own = instance.instant() == Some(self.details.meeting.starts_at);
        Ok(if own { Target::Whole } else { Target::Unknown })
    }

    /// Nobody answers what is over.
    pub fn closed(&self, ctx: &Context) -> Result<Option<(State, Why)>, Problem> {
        match &self.series {
            Some(whole) if whole.open(ctx.now).next().is_some() => Ok(None),
            Some(whole) => closed(&whole.as_meeting(ctx.now)?.meeting, ctx),
            None => closed(&self.details.meeting, ctx),
        }
    }

    /// Hands an answer to the one function for answers.
    pub fn take(&self, conn: &mut Conn, ctx: &Context, one: One) -> Result<(State, Why), Problem> {
        let meeting_id = match (&self.series, one.target) {
            (Some(whole), Target::Instance(id)) => {
                let mut all = whole.instances.iter();
                if let Some(instance) = all.find(|instance| instance.meeting.id == id)
                    && let Some(ruling) = closed(&instance.meeting, ctx)?
                {
                    return Ok(ruling);
                }
                id
            }
            (Some(whole), _) => {
                let reply = Reply {
                    answer: one.answer,
                    comment: one.comment,
                    source: Source::Calendar,
                    sequence: one.sequence,
                    stamp: Some(one.stamp),
                };
                let id = whole.series.id;
                let outcome = series::answer_in(conn, ctx, id, self.person_id, None, reply)?;
                return Ok(after(outcome));
            }
            (None, _) => self.details.meeting.id,
        };
        let said = Said {
            meeting_id,
            person_id: self.person_id,
            answer: one.answer,
            comment: one.comment,
            source: Source::Calendar,
            sequence: one.sequence,
            stamp: Some(one.stamp),
        };
        let (_, outcome) = answer::answer(conn, ctx, said)?;
        Ok(after(outcome))
    }
}

/// Why a meeting takes no answers any more, if it does not.
fn closed(meeting: &Meeting, ctx: &Context) -> Result<Option<(State, Why)>, Problem> {
    let refusal = may_answer(meeting.status, meeting.time()?, ctx.now.utc()).err();
    Ok(refusal.map(|refusal| {
        let why = match refusal {
            Refusal::Cancelled => Why::MeetingCancelled,
            Refusal::Reported => Why::MeetingReported,
            _ => Why::MeetingOver,
        };
        (State::Stale, why)
    }))
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
