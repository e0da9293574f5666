//! Choosing another time by the link in a mail. Whether the meeting moves at once or the other side is asked
//! first is the model's to say ([`super::model::choice`]).

use super::book::Hours;
use super::counter::{Offer, Proposed, propose_in};
use super::details::Details;
use super::model::{Choice, Partstat, Source, choice};
use super::reschedule::{Reschedule, reschedule_in};
use crate::db::Conn;
use crate::kernel::ids::{CounterId, MeetingId, PersonId};
use crate::kernel::{Context, Instant, Problem};

/// What became of a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chosen {
    /// The meeting has moved to it.
    Moved,
    /// The other side was asked.
    Proposed(CounterId),
    /// Somebody else had moved the meeting meanwhile; nothing was done.
    Before,
}

/// What a choice of `person` would do now.
///
/// # Errors
/// [`Problem::NotFound`] unless they attend.
pub fn choice_of(details: &Details, person: PersonId) -> Result<Choice, Problem> {
    let me = details.participant(person).ok_or(Problem::NotFound)?;
    let others: Vec<Partstat> = details
        .others(person)
        .map(|one| one.attendee.partstat)
        .collect();
    Ok(choice(me.attendee.partstat, &others))
}

/// A time that somebody chose.
#[derive(Debug, Clone)]
pub struct Wish {
    pub meeting: MeetingId,
    pub person: PersonId,
    pub starts_at: Instant,
    /// SEQUENCE of the time that the page showed.
    pub shown: i32,
    /// For the other side, where it is asked.
    pub note: Option<String>,
}

/// Moves the meeting to a common time, or asks the other side.
///
/// # Errors
/// As [`reschedule_in`] and [`propose_in`].
pub fn choose(conn: &mut Conn, ctx: &Context, wish: Wish) -> Result<Chosen, Problem> {
    conn.write_tx(|conn| {
        let mut details = Details::hold(conn, wish.meeting)?;
        if wish.shown < details.meeting.time_sequence {
            return Ok(Chosen::Before);
        }
        if choice_of(&details, wish.person)? == Choice::Moves {
            let command = Reschedule {
                id: wish.meeting,
                starts_at: wish.starts_at,
                minutes: None,
                hours: Hours::Keep,
            };
            reschedule_in(conn, ctx, &mut details, &command)?;
            return Ok(Chosen::Moved);
        }
        let offer = Offer {
            meeting: wish.meeting,
            attendee: wish.person,
            start: wish.starts_at,
            end: wish.starts_at.plus(details.meeting.time()?.length()),
            note: wish.note,
            source: Source::Link,
            sequence: Some(wish.shown),
        };
        Ok(match propose_in(conn, ctx, offer)? {
            Proposed::Agreed(_) => Chosen::Moved,
            Proposed::Offered(counter)
            | Proposed::Repeated(counter)
            | Proposed::TurnedDown(counter) => Chosen::Proposed(counter.id),
        })
    })
}
