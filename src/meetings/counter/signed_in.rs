//! The use cases of proposals behind the API: the policy, then the same functions as for every other door.

use super::decide::{accept_in, decline_in, withdraw_in};
use super::store::{self, Counter};
use super::{Offer, Proposed, propose_in};
use crate::access::Object;
use crate::access::policy::{self, Action};
use crate::db::Conn;
use crate::kernel::ids::{CounterId, MeetingId, PersonId};
use crate::kernel::{Context, Instant, Problem};
use crate::meetings::answer::LONGEST_COMMENT;
use crate::meetings::details::Details;
use crate::meetings::model::Source;
use crate::meetings::text;

/// Another time, as it is asked for over the API.
#[derive(Debug)]
pub(super) struct Wanted {
    pub meeting: MeetingId,
    /// Who proposes it; the actor unless given.
    pub person: Option<PersonId>,
    pub starts_at: Instant,
    /// The meeting's own length unless given.
    pub minutes: Option<u32>,
    pub note: Option<String>,
}

fn object(details: &Details, persons: Vec<PersonId>) -> Object {
    Object {
        programmes: vec![details.meeting.programme_id],
        persons,
        ..Object::default()
    }
}

fn require_note(note: Option<&str>) -> Result<(), Problem> {
    let too_long = note.and_then(|note| text::longer("/note", note, LONGEST_COMMENT));
    Problem::unless_empty(too_long.into_iter().collect())
}

/// An attendee for themself, or a coordinator for them.
pub(super) fn propose(conn: &mut Conn, ctx: &Context, wanted: Wanted) -> Result<Counter, Problem> {
    conn.write_tx(|conn| {
        let details = Details::load(conn, wanted.meeting)?;
        let oneself = ctx.actor.person_id();
        let attends = |person: &PersonId| details.participant(*person).is_some();
        let attendee = wanted.person.or(oneself.filter(attends));
        // Whoever is not in the meeting is no reason to be let at it.
        let persons = attendee.filter(attends).into_iter().collect();
        policy::allow(
            &ctx.actor,
            Action::ProposeMeetingTime,
            &object(&details, persons),
        )?;
        let attendee = attendee.ok_or_else(|| Problem::field("/person_id", "required"))?;
        if !attends(&attendee) {
            return Err(Problem::field("/person_id", "not-attending"));
        }
        require_note(wanted.note.as_deref())?;
        let usual = details.meeting.time()?.length();
        let length = wanted
            .minutes
            .map_or(usual, |minutes| chrono::TimeDelta::minutes(minutes.into()));
        let offer = Offer {
            meeting: wanted.meeting,
            attendee,
            start: wanted.starts_at,
            end: wanted.starts_at.plus(length),
            note: wanted.note,
            source: if oneself == Some(attendee) {
                Source::Api
            } else {
                Source::Coordinator
            },
            sequence: None,
        };
        match propose_in(conn, ctx, offer)? {
            Proposed::Offered(counter)
            | Proposed::Repeated(counter)
            | Proposed::Agreed(counter)
            | Proposed::TurnedDown(counter) => Ok(counter),
        }
    })
}

/// Everything that was proposed for a meeting.
pub(super) fn list(
    conn: &mut Conn,
    ctx: &Context,
    meeting: MeetingId,
) -> Result<Vec<Counter>, Problem> {
    let details = Details::load(conn, meeting)?;
    details.allow(ctx, Action::ListCounterProposals)?;
    Ok(store::of_meeting(conn, meeting)?)
}

/// Whose word an action on a proposal is.
enum Voice {
    /// Anybody's in the meeting but that of whoever proposed it.
    Others,
    /// That of whoever proposed it.
    Proposer,
}

/// Refuses unless the proposal is one of this meeting and the actor may speak to it; the person who speaks.
fn allow(
    conn: &mut Conn,
    ctx: &Context,
    (meeting, id): (MeetingId, CounterId),
    action: Action,
    voice: &Voice,
) -> Result<Option<PersonId>, Problem> {
    let details = Details::load(conn, meeting)?;
    let found = store::find(conn, id).and_then(|counter| {
        let of_this = counter.meeting_id == meeting;
        of_this.then_some(counter).ok_or(Problem::NotFound)
    });
    // Whoever has no part in the meeting learns nothing about its proposals.
    let everybody: Vec<PersonId> = details.people().into_iter().map(|(id, _)| id).collect();
    policy::allow(&ctx.actor, action, &object(&details, everybody.clone()))?;
    let proposer = found?.person_id;
    let me = ctx.actor.person_id().filter(|me| everybody.contains(me));
    match voice {
        Voice::Others => Ok(me),
        Voice::Proposer => {
            policy::allow(&ctx.actor, action, &object(&details, vec![proposer]))?;
            Ok(me)
        }
    }
}

/// The other side, or a coordinator.
pub(super) fn accept(
    conn: &mut Conn,
    ctx: &Context,
    meeting: MeetingId,
    id: CounterId,
) -> Result<Details, Problem> {
    conn.write_tx(|conn| {
        let action = Action::AcceptCounterProposal;
        let by = allow(conn, ctx, (meeting, id), action, &Voice::Others)?;
        Ok(accept_in(conn, ctx, id, by)?.0)
    })
}

/// The other side, or a coordinator.
pub(super) fn decline(
    conn: &mut Conn,
    ctx: &Context,
    meeting: MeetingId,
    id: CounterId,
    note: Option<String>,
) -> Result<Counter, Problem> {
    conn.write_tx(|conn| {
        let action = Action::DeclineCounterProposal;
        let by = allow(conn, ctx, (meeting, id), action, &Voice::Others)?;
        require_note(note.as_deref())?;
        Ok(decline_in(conn, ctx, id, by, note)?.1)
    })
}

/// Whoever proposed it, or a coordinator.
pub(super) fn withdraw(
    conn: &mut Conn,
    ctx: &Context,
    meeting: MeetingId,
    id: CounterId,
) -> Result<Counter, Problem> {
    conn.write_tx(|conn| {
        let action = Action::WithdrawCounterProposal;
        allow(conn, ctx, (meeting, id), action, &Voice::Proposer)?;
        Ok(withdraw_in(conn, ctx, id)?.1)
    })
}
