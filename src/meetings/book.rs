//! Booking a meeting, and what booking and moving have in common: the check that everybody has the time, and
//! the translation of the database's refusal.

use diesel::result::Error;

use super::details::Details;
use super::model::{Partstat, Revision, Side, Source, State};
use super::pair::Pair;
use super::slots::{Refusal, Span, fits};
use super::store::{self, Attendee, Contact, Meeting, Participant};
use super::text::{self, Words};
use super::{calendars, links, mails, pace, reminders};
use crate::access::policy::{self, Action};
use crate::db::connection::LockTable;
use crate::db::{Conn, Constraint, constraint};
use crate::kernel::ids::{AttendeeId, MeetingId, MentorshipId, PersonId};
use crate::kernel::secret::fill_random;
use crate::kernel::{Context, Instant, Problem, Zone};

/// Whether a meeting may lie outside the weekly hours and limits of those in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hours {
    /// Only where everybody is free.
    Keep,
    /// The two have agreed otherwise; another meeting at that time still forbids it.
    Ignore,
}

/// A meeting to be booked.
#[derive(Debug, Clone)]
pub struct Book {
    pub mentorship_id: MentorshipId,
    /// A whole minute.
    pub starts_at: Instant,
    /// Length; the programme's usual one unless given.
    pub minutes: Option<u32>,
    pub words: Words,
    pub hours: Hours,
}

/// Books a meeting of a mentorship: takes everybody's time, gives everybody a token, writes the invitations
/// and the jobs that will remind and ask. Whoever books and attends has thereby accepted.
///
/// # Errors
/// 404; 409 `mentorship-ended`, `meeting-time-taken`; 422 with the fields.
pub fn book(conn: &mut Conn, ctx: &Context, command: Book) -> Result<Details, Problem> {
    conn.write_tx(|conn| {
        // Whoever ends the mentorship at the same time either sees this meeting, and calls it off, or is seen.
        conn.lock_row(LockTable::Mentorships, command.mentorship_id.into())?;
        let pair = Pair::load(conn, ctx, command.mentorship_id)?;
        policy::allow(&ctx.actor, Action::BookMeeting, &pair.object())?;
        pair.require_active()?;
        let words = command.words.check()?;
        let usual = u32::try_from(pair.usual_minutes).map_err(Problem::internal)?;
        let minutes = command.minutes.unwrap_or(usual);
        let time = text::time(command.starts_at, minutes, ctx.now)?;
        require_free(conn, ctx, &pair, time, None, command.hours)?;
        pace::count(conn, ctx)?;
        let details = make(ctx, &pair, time, words)?;
        let attendees: Vec<Attendee> = details
            .participants
            .iter()
            .map(|one| one.attendee.clone())
            .collect();
        store::insert(conn, &details.meeting, &attendees).map_err(taken)?;
        mails::invite(conn, ctx, &details)?;
        reminders::schedule(conn, ctx, &details.meeting, &pair.rules)?;
        details.record(conn, ctx, "meeting.book", None)?;
        Ok(details)
    })
}

/// Keeps others from booking these people until the end of the transaction, and refuses a time that does not
/// do. The lock is what makes buffers and maxima hold in a race; the database's own constraint (rule S4) would
/// only see two meetings that overlap.
///
/// # Errors
/// 409 `meeting-time-taken`; 422 at `/starts_at`: `too-soon`, `too-far`.
pub fn require_free(
    conn: &mut Conn,
    ctx: &Context,
    pair: &Pair,
    time: Span,
    except: Option<MeetingId>,
    hours: Hours,
) -> Result<(), Problem> {
    let people = pair.people();
    hold(conn, people.map(|(person, _)| person))?;
    if hours == Hours::Ignore {
        return Ok(());
    }
    let calendars = calendars::load(conn, &people, time, &pair.rules, except)?;
    fits(&calendars, time, ctx.now.utc()).map_err(|misfit| match misfit.why {
        Refusal::TooSoon => Problem::field("/starts_at", "too-soon"),
        Refusal::TooFar => Problem::field("/starts_at", "too-far"),
        // Whose time it is, and what with, is nobody else's business.
        Refusal::Away | Refusal::Busy | Refusal::DayFull | Refusal::WeekFull => time_taken(),
    })
}

/// Always in the same order, so that two bookings never wait for each other.
pub(super) fn hold(conn: &mut Conn, mut people: [PersonId; 2]) -> Result<(), Problem> {
    people.sort_unstable();
    for person in people {
        conn.lock_row(LockTable::Persons, person.into())?;
    }
    Ok(())
}

fn time_taken() -> Problem {
    Problem::conflict("meeting-time-taken")
}

/// What a failed write means: somebody was faster (rule S4), or an error like any other.
pub fn taken(error: Error) -> Problem {
    match constraint(&error) {
        Some(Constraint::Overlap) => time_taken(),
        _ => error.into(),
    }
}

/// The meeting and its attendees, before anything is stored.
pub(super) fn make(
    ctx: &Context,
    pair: &Pair,
    time: Span,
    words: Words,
) -> Result<Details, Problem> {
    let zone = pair.mentor.zone();
    let id = MeetingId::new(ctx.now);
    let revision = Revision::first(ctx.now.utc());
    let Words {
        mode,
        title,
        location,
        url,
        note,
    } = words;
    let mut meeting = Meeting {
        id,
        mentorship_id: pair.mentorship_id,
        programme_id: pair.programme_id,
        series_id: None,
        recurrence_local: None,
        uid: uid(ctx)?,
        sequence: 0,
        time_sequence: 0,
        dtstamp: ctx.now,
        starts_at: Instant::new(time.start()),
        ends_at: Instant::new(time.end()),
        zone: zone.name().to_owned(),
        local_start: local_start(zone, time),
        mode,
        title,
        location,
        url,
        note,
        status: State::Scheduled,
        cancel_reason: None,
        held_minutes: None,
        created_by: ctx.actor.account_id(),
        created_at: ctx.now,
        updated_at: ctx.now,
        version: 1,
    };
    meeting.set_revision(revision);
    let participants = vec![
        participant(ctx, id, &pair.mentor, Side::Mentor)?,
        participant(ctx, id, &pair.mentee, Side::Mentee)?,
    ];
    Ok(Details {
        meeting,
        participants,
    })
}

/// UID of a calendar entry (rule O3): a random UUID at the platform's domain. A meeting's id would tell when it was
/// booked.
pub(super) fn uid(ctx: &Context) -> Result<String, Problem> {
    let mut random = [0_u8; 16];
    fill_random(&mut random)?;
    let uuid = uuid::Builder::from_random_bytes(random).into_uuid();
    Ok(format!("{uuid}@{}", ctx.settings().mail.domain))
}

/// The start on a zone's clock, as it is kept for a change of the zone's rules (rule T6).
pub fn local_start(zone: Zone, time: Span) -> String {
    zone.local(time.start())
        .format("%Y-%m-%dT%H:%M:%S")
        .to_string()
}

fn participant(
    ctx: &Context,
    meeting_id: MeetingId,
    contact: &Contact,
    side: Side,
) -> Result<Participant, Problem> {
    let token = links::new_token(ctx)?;
    let booked_it = ctx.actor.person_id() == Some(contact.person_id);
    let attendee = Attendee {
        id: AttendeeId::new(ctx.now),
        meeting_id,
        person_id: contact.person_id,
        side,
        partstat: if booked_it {
            Partstat::Accepted
        } else {
            Partstat::NeedsAction
        },
        answered_at: booked_it.then_some(ctx.now),
        answered_sequence: 0,
        answer_source: booked_it.then_some(Source::Api),
        of_series: false,
        comment: None,
        token_hash: token.hash,
        token_sealed: token.sealed,
        version: 1,
    };
    Ok(Participant {
        attendee,
        contact: contact.clone(),
    })
}
