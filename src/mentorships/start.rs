//! Beginning a mentorship.

use crate::access::policy::{self, Action};
use crate::access::{audit, record};
use crate::db::{Conn, Constraint, constraint};
use crate::kernel::ids::{MentorshipId, ParticipationId, PersonId, ProposalId};
use crate::kernel::{Context, FieldError, Problem, Zone};
use crate::mentorships::{Mentorship, MentorshipStatus, mails, store};
use crate::people::{self, Person, consents::ConsentKind};
use crate::programmes::places::{self, Place};
use crate::programmes::{self, Participation, Programme, Side};

/// Whom to bring together.
#[derive(Debug, Clone)]
pub struct Start {
    pub mentor: ParticipationId,
    pub mentee: ParticipationId,
    /// The proposal that was approved.
    pub proposal_id: Option<ProposalId>,
    /// Whether both are introduced to each other by mail.
    pub introduction: Introduction,
}

/// The mail that introduces two people to each other.
#[derive(Debug, Clone)]
pub enum Introduction {
    /// Both get it, with what they have in common as sentences in the reader's language.
    Send(mails::InCommon),
    /// Nobody gets it: mentorships of the past, brought in with a population.
    Silent,
}

/// Pairs two people by hand, without a proposal.
///
/// # Errors
/// 403, 404; as [`start_in`].
pub fn start(
    conn: &mut Conn,
    ctx: &Context,
    mentor: ParticipationId,
    mentee: ParticipationId,
) -> Result<Mentorship, Problem> {
    conn.write_tx(|conn| {
        let (one, _) = programmes::store::participation(conn, mentor)?;
        policy::allow(&ctx.actor, Action::StartMentorship, &one.object(None))?;
        programmes::store::hold(conn, one.programme_id)?;
        let start = Start {
            mentor,
            mentee,
            proposal_id: None,
            introduction: Introduction::Send(mails::InCommon::default()),
        };
        start_in(conn, ctx, &start)
    })
}

/// Begins a mentorship inside the caller's transaction, which holds the programme's row
/// ([`programmes::store::hold`]): takes a place of each, and writes the mails that
/// introduce them. The caller has asked the policy.
///
/// # Errors
/// 422 when the two are not a mentor and a mentee of one programme; 409 `programme-not-open`,
/// `participation-left`, `no-place-left`, `mentee-taken`, `person-away`, `consent-withdrawn`,
/// `conflict-of-interest`, `already-paired`. Whoever comes second to the last place gets one of them.
pub fn start_in(conn: &mut Conn, ctx: &Context, start: &Start) -> Result<Mentorship, Problem> {
    // The mentor's row first, always: two who take the same two rows cannot wait for each other.
    let mentor = places::take_place(conn, ctx, start.mentor)?;
    let mentee = places::take_place(conn, ctx, start.mentee)?;
    begin(conn, ctx, start, &mentor, &mentee)
}

/// [`start_in`] for two whose places are held already ([`hold_in`]): both have consented.
///
/// # Errors
/// As [`start_in`].
pub fn start_held_in(conn: &mut Conn, ctx: &Context, start: &Start) -> Result<Mentorship, Problem> {
    let mentor = places::take_held_place(conn, ctx, start.mentor)?;
    let mentee = places::take_held_place(conn, ctx, start.mentee)?;
    begin(conn, ctx, start, &mentor, &mentee)
}

/// Holds a place of each for a mentorship that begins when they consent, inside the caller's transaction, which
/// holds the programme's row. Refuses whatever would refuse the beginning itself.
///
/// # Errors
/// As [`start_in`].
pub fn hold_in(
    conn: &mut Conn,
    ctx: &Context,
    mentor: ParticipationId,
    mentee: ParticipationId,
) -> Result<(), Problem> {
    let mentor = places::hold_place(conn, ctx, mentor)?;
    let mentee = places::hold_place(conn, ctx, mentee)?;
    check_pair(conn, ctx, &mentor, &mentee).map(|_| ())
}

/// Gives back what [`hold_in`] held.
///
/// # Errors
/// A database error.
pub fn let_go_in(
    conn: &mut Conn,
    ctx: &Context,
    mentor: ParticipationId,
    mentee: ParticipationId,
) -> Result<(), Problem> {
    places::free_place(conn, ctx, mentor, Place::Held)?;
    places::free_place(conn, ctx, mentee, Place::Held)
}

/// Refuses two people who cannot be brought together now, whatever their places; gives their programme.
///
/// # Errors
/// As [`start_in`], `no-place-left` and `mentee-taken` aside.
pub fn check_pair(
    conn: &mut Conn,
    ctx: &Context,
    mentor: &Participation,
    mentee: &Participation,
) -> Result<Programme, Problem> {
    check_sides(mentor, mentee)?;
    let programme = programmes::store::find(conn, mentor.programme_id)?;
    programme.require_open()?;
    mentor.require_enrolled()?;
    mentee.require_enrolled()?;
    require_present(conn, ctx, &[mentor.person_id, mentee.person_id])?;
    if store::in_conflict(conn, mentor.person_id, mentee.person_id)? {
        return Err(Problem::conflict("conflict-of-interest"));
    }
    if store::are_paired(conn, mentor.person_id, mentee.person_id)? {
        return Err(Problem::conflict("already-paired"));
    }
    Ok(programme)
}

fn begin(
    conn: &mut Conn,
    ctx: &Context,
    start: &Start,
    mentor: &Participation,
    mentee: &Participation,
) -> Result<Mentorship, Problem> {
    let programme = check_pair(conn, ctx, mentor, mentee)?;
    let mentorship = Mentorship {
        id: MentorshipId::new(ctx.now),
        programme_id: programme.id,
        proposal_id: start.proposal_id,
        mentor_participation_id: mentor.id,
        mentee_participation_id: mentee.id,
        mentor_id: mentor.person_id,
        mentee_id: mentee.person_id,
        status: MentorshipStatus::Active,
        started_at: ctx.now,
        ended_at: None,
        end_reason: None,
        end_note: None,
        created_by: ctx.actor.account_id(),
        version: 1,
    };
    conn.savepoint(|conn| store::insert(conn, &mentorship))
        .map_err(|error| match constraint(&error) {
            Some(Constraint::Unique { .. }) => Problem::conflict("already-paired"),
            _ => error.into(),
        })?;
    note(conn, ctx, "mentorship.start", None, &mentorship)?;
    if let Introduction::Send(in_common) = &start.introduction {
        mails::introduce(conn, ctx, &programme, &mentorship, in_common)?;
    }
    Ok(mentorship)
}

fn check_sides(mentor: &Participation, mentee: &Participation) -> Result<(), Problem> {
    let mut faults = Vec::new();
    if mentor.side != Side::Mentor {
        faults.push(FieldError::new("/mentor_participation_id", "other-side"));
    }
    if mentee.side != Side::Mentee {
        faults.push(FieldError::new("/mentee_participation_id", "other-side"));
    }
    if mentor.programme_id != mentee.programme_id {
        faults.push(FieldError::new(
            "/mentee_participation_id",
            "other-programme",
        ));
    }
    if mentor.person_id == mentee.person_id {
        faults.push(FieldError::new("/mentee_participation_id", "same-person"));
    }
    Problem::unless_empty(faults)
}

/// Refuses unless all are there today, in their own zones, and none has withdrawn the consent to be matched.
///
/// # Errors
/// 409 `person-away`, `consent-withdrawn`.
pub fn require_present(conn: &mut Conn, ctx: &Context, all: &[PersonId]) -> Result<(), Problem> {
    let people = people::store::find_all(conn, all)?;
    let there = |person: &Person| {
        let zone = Zone::parse(&person.zone).unwrap_or_else(|_| Zone::utc());
        person.is_available_on(zone.date_at(ctx.now.utc()))
    };
    if !people.iter().all(there) {
        return Err(Problem::conflict("person-away"));
    }
    let consents = people::consents::current(conn, all, ConsentKind::Matching)?;
    if consents.values().any(|given| !given) {
        return Err(Problem::conflict("consent-withdrawn"));
    }
    Ok(())
}

/// Writes the audit line of a mentorship.
pub(super) fn note(
    conn: &mut Conn,
    ctx: &Context,
    action: &'static str,
    before: Option<&Mentorship>,
    after: &Mentorship,
) -> Result<(), Problem> {
    let change = audit::Change {
        action,
        object_type: "mentorship",
        object_id: after.id.into(),
        programme_id: Some(after.programme_id),
        before: before.map(audit::erased::erase),
        after: Some(after),
    };
    record(conn, ctx, &change)
}
