//! Whether an answer may be applied (I3, I4, I6, I8).

use chrono::Duration;

use super::understand::{Answer, Sender};
use crate::icalendar::{Attendee, Moment, Participation, address_key};
use crate::kernel::Instant;

/// How far into the future a sender's clock may be before it is set right (I6).
const PATIENCE_MINUTES: i64 = 5;

/// What is known of the meeting, and of the attendee whose token the message carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known<'a> {
    /// The meeting's.
    pub uid: &'a str,
    /// The attendee's address.
    pub address: &'a str,
    /// The meeting's SEQUENCE now.
    pub sequence: u32,
    /// The SEQUENCE with which its time last changed.
    pub time_sequence: u32,
    /// The stamp of the last answer that was applied for this attendee and instance.
    pub last_stamp: Option<Instant>,
}

/// What becomes of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// To be applied, with the stamp to remember.
    Apply {
        participation: Participation,
        stamp: Instant,
        comment: Option<String>,
    },
    /// DELEGATED: shown to the coordinator, adds nobody (I8).
    Delegated,
    /// NEEDS-ACTION or a word that nobody knows: nothing to do (I8).
    NoAnswer,
    /// About a time that the meeting no longer has, or older than what is applied: kept, not applied.
    Stale,
    /// Not from the attendee's own address: applied when the attendee confirms (I4).
    HeldForSender,
    /// The token's attendee is not in it, or is one of several (I4).
    HeldForAttendee,
    /// Another meeting's UID (I3).
    WrongMeeting,
    /// A SEQUENCE that the meeting never had (I6).
    FromTheFuture,
    /// The sender's own domain says that it is forged (I4).
    Forged,
}

/// Judges one answer that came at `received` from `sender`.
#[must_use]
pub fn judge(answer: &Answer, sender: &Sender, known: &Known<'_>, received: Instant) -> Verdict {
    let attendee = match authority(answer, sender, known) {
        Ok(attendee) => attendee,
        Err(verdict) => return verdict,
    };
    match attendee.participation {
        Participation::NeedsAction => return Verdict::NoAnswer,
        Participation::Delegated => return Verdict::Delegated,
        Participation::Accepted | Participation::Declined | Participation::Tentative => {}
    }
    let latest = received.plus(Duration::minutes(PATIENCE_MINUTES));
    let stamp = answer.stamp.unwrap_or(received).min(latest);
    let outdated = known.last_stamp.is_some_and(|last| stamp < last);
    if answer.sequence < known.time_sequence || outdated {
        return Verdict::Stale;
    }
    Verdict::Apply {
        participation: attendee.participation,
        stamp,
        comment: answer.comment.clone(),
    }
}

/// Judges a proposal of another time: `Ok` when it may be put to the other side, whatever its PARTSTAT says
/// (programs write TENTATIVE, DECLINED or NEEDS-ACTION beside a COUNTER).
///
/// # Errors
/// The verdict that stands against it.
pub fn judge_proposal(answer: &Answer, sender: &Sender, known: &Known<'_>) -> Result<(), Verdict> {
    authority(answer, sender, known)?;
    if answer.sequence < known.time_sequence {
        return Err(Verdict::Stale);
    }
    Ok(())
}

/// What a message says, whoever may say it: for the person who confirms or decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spoken {
    /// The instance it is about; `None` for the whole (I9).
    pub instance: Option<Moment>,
    pub participation: Participation,
    pub comment: Option<String>,
    pub sequence: u32,
}

/// What is said for the attendee with `address`, in whose name or under whose token the message came: about the
/// whole, about instances, or both.
#[must_use]
pub fn spoken(answers: &[Answer], address: &str) -> Vec<Spoken> {
    let own = address_key(address);
    let said = answers.iter().filter_map(|answer| {
        let attendee = match answer.attendees.as_slice() {
            [only] => Some(only),
            several => several.iter().find(|a| address_key(&a.address) == own),
        };
        Some(Spoken {
            instance: answer.instance.clone(),
            participation: attendee?.participation,
            comment: answer.comment.clone(),
            sequence: answer.sequence,
        })
    });
    said.collect()
}

/// The attendee of an answer that its sender may give (I3, I4), about a revision that exists (I6).
fn authority<'a>(
    answer: &'a Answer,
    sender: &Sender,
    known: &Known<'_>,
) -> Result<&'a Attendee, Verdict> {
    if sender.dmarc.as_deref() == Some("fail") {
        return Err(Verdict::Forged);
    }
    if answer.uid != known.uid {
        return Err(Verdict::WrongMeeting);
    }
    if answer.sequence > known.sequence {
        return Err(Verdict::FromTheFuture);
    }
    let own = address_key(known.address);
    // An alias may stand in the reply where the attendee is alone in it; From decides then.
    let attendee = match answer.attendees.as_slice() {
        [only] => only,
        several => {
            let mut ours = several.iter().filter(|a| address_key(&a.address) == own);
            match (ours.next(), ours.next()) {
                (Some(attendee), None) => attendee,
                _ => return Err(Verdict::HeldForAttendee),
            }
        }
    };
    // Whoever has no address has none to send from.
    if own.is_empty() || sender.key != own {
        return Err(Verdict::HeldForSender);
    }
    Ok(attendee)
}
