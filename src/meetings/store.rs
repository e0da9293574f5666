//! The queries of this room's tables, the same text for both databases. Nothing is decided here.

use diesel::prelude::*;
use std::collections::BTreeMap;

use super::model::{Mode, Partstat, Revision, Side, Source, State};
use super::slots::Span;
use crate::access::Scope;
use crate::db::schema::{bookings, meeting_answers, meeting_attendees, meetings, persons};
use crate::db::{Conn, MultiBackend};
use crate::kernel::ids::{
    AccountId, AnswerId, AttendeeId, MeetingId, MentorshipId, PersonId, ProgrammeId, SeriesId,
};
use crate::kernel::zone::TZDB_VERSION;
use crate::kernel::{Instant, Locale, Problem, Zone};

/// A meeting as it is stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = meetings)]
pub struct Meeting {
    pub id: MeetingId,
    pub mentorship_id: MentorshipId,
    pub programme_id: ProgrammeId,
    /// The series that it belongs to, when it repeats.
    pub series_id: Option<SeriesId>,
    /// Which instance of its series it is: the start that the series' rule gives it, on the clock of the series'
    /// zone (`2026-12-08T18:00:00`). Stays when the meeting moves (RECURRENCE-ID).
    pub recurrence_local: Option<String>,
    /// UID of the calendar entry; never changes (rule O3).
    pub uid: String,
    /// SEQUENCE, see [`Revision`].
    pub sequence: i32,
    pub time_sequence: i32,
    pub dtstamp: Instant,
    pub starts_at: Instant,
    pub ends_at: Instant,
    /// The zone in which it was booked, and its start on that zone's clock (`2026-12-08T18:00:00`):
    /// when a zone's rules change, that is what people agreed on (rule T6).
    pub zone: String,
    pub local_start: String,
    pub mode: Mode,
    pub title: String,
    pub location: Option<String>,
    pub url: Option<String>,
    pub note: Option<String>,
    pub status: State,
    pub cancel_reason: Option<String>,
    /// How long it took, in minutes, when it was reported as held.
    pub held_minutes: Option<i32>,
    pub created_by: Option<AccountId>,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub version: i32,
}

impl Meeting {
    /// Its time.
    ///
    /// # Errors
    /// An internal problem if the database held a meeting that ends before it starts.
    pub fn time(&self) -> Result<Span, Problem> {
        Span::new(self.starts_at.utc(), self.ends_at.utc())
            .ok_or_else(|| Problem::internal("a meeting without length"))
    }

    /// Its revision.
    pub fn revision(&self) -> Revision {
        Revision {
            sequence: self.sequence,
            time_sequence: self.time_sequence,
            stamp: self.dtstamp.utc(),
        }
    }

    /// Puts a new revision on it.
    pub fn set_revision(&mut self, revision: Revision) {
        self.sequence = revision.sequence;
        self.time_sequence = revision.time_sequence;
        self.dtstamp = Instant::new(revision.stamp);
    }
}

/// A person's part in a meeting.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = meeting_attendees)]
pub struct Attendee {
    pub id: AttendeeId,
    pub meeting_id: MeetingId,
    pub person_id: PersonId,
    #[diesel(column_name = role)]
    pub side: Side,
    pub partstat: Partstat,
    /// The stamp of the answer that holds (rule I6).
    pub answered_at: Option<Instant>,
    pub answered_sequence: i32,
    pub answer_source: Option<Source>,
    /// The answer was given for the whole series, not for this meeting by itself (rule I9).
    pub of_series: bool,
    pub comment: Option<String>,
    /// SHA-256 of the token, to find it by (rule L2).
    pub token_hash: String,
    /// The token itself, sealed, to write it into the next mail.
    pub token_sealed: String,
    pub version: i32,
}

/// What this room needs to know of a person to write to them.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = persons)]
pub struct Contact {
    #[diesel(column_name = id)]
    pub person_id: PersonId,
    pub given_name: String,
    pub family_name: String,
    pub preferred_name: Option<String>,
    pub email: Option<String>,
    /// Since when their address refuses mail.
    pub mail_suppressed_at: Option<Instant>,
    pub locale: Locale,
    /// The coach who follows them.
    pub coach_id: Option<AccountId>,
    #[diesel(column_name = zone)]
    zone_name: String,
}

impl Contact {
    /// The name to use in a sentence: the preferred one, else the given one.
    pub fn first_name(&self) -> &str {
        let preferred = self.preferred_name.as_deref().map(str::trim);
        preferred
            .filter(|name| !name.is_empty())
            .unwrap_or(&self.given_name)
    }

    /// The name on an envelope.
    pub fn full_name(&self) -> String {
        format!("{} {}", self.first_name(), self.family_name)
            .trim()
            .to_owned()
    }

    /// The address to write to; none where there is none, or where it refuses mail.
    pub fn reachable(&self) -> Option<&str> {
        let address = self.email.as_deref();
        address.filter(|_| self.mail_suppressed_at.is_none())
    }

    /// Their zone; UTC if its name has left the database of zones.
    pub fn zone(&self) -> Zone {
        Zone::parse(&self.zone_name).unwrap_or_else(|_| Zone::utc())
    }
}

/// An attendee and whom to write to.
#[derive(Debug, Clone)]
pub struct Participant {
    pub attendee: Attendee,
    pub contact: Contact,
}

/// A line in the history of answers, whether it was applied or not.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = meeting_answers)]
pub struct AnswerLine {
    pub id: AnswerId,
    pub meeting_id: MeetingId,
    pub person_id: PersonId,
    pub partstat: Partstat,
    pub source: Source,
    pub sequence: i32,
    pub dtstamp: Option<Instant>,
    pub comment: Option<String>,
    pub applied: bool,
    /// What became of it: `applied`, `repeated`, `stale`, `superseded` or `ahead`.
    pub outcome: String,
    pub at: Instant,
}

/// Stores a new meeting with its attendees, and takes the time of each of them.
///
/// # Errors
/// A database error; [`crate::db::constraint`] reads `Overlap` from it when somebody has another meeting
/// at that time (rule S4).
pub fn insert(conn: &mut Conn, meeting: &Meeting, attendees: &[Attendee]) -> QueryResult<()> {
    diesel::insert_into(meetings::table)
        .values((meeting, meetings::tzdb.eq(*TZDB_VERSION)))
        .execute(conn)?;
    for attendee in attendees {
        diesel::insert_into(meeting_attendees::table)
            .values(attendee)
            .execute(conn)?;
        diesel::insert_into(bookings::table)
            .values((
                bookings::meeting_id.eq(meeting.id),
                bookings::person_id.eq(attendee.person_id),
                bookings::starts_at.eq(meeting.starts_at),
                bookings::ends_at.eq(meeting.ends_at),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Moves the time that a meeting takes of everybody in it, and notes under which zone data that time was found
/// (rule T6). Errors as [`insert`].
pub fn move_bookings(conn: &mut Conn, meeting: &Meeting) -> QueryResult<()> {
    diesel::update(meetings::table.find(meeting.id))
        .set(meetings::tzdb.eq(*TZDB_VERSION))
        .execute(conn)?;
    diesel::update(bookings::table.filter(bookings::meeting_id.eq(meeting.id)))
        .set((
            bookings::starts_at.eq(meeting.starts_at),
            bookings::ends_at.eq(meeting.ends_at),
        ))
        .execute(conn)
        .map(|_| ())
}

/// Gives the time of a cancelled meeting back.
pub fn free_bookings(conn: &mut Conn, id: MeetingId) -> QueryResult<()> {
    diesel::delete(bookings::table.filter(bookings::meeting_id.eq(id)))
        .execute(conn)
        .map(|_| ())
}

/// Takes the time of a meeting that gave its time back. Errors as [`insert`].
pub fn take_bookings(
    conn: &mut Conn,
    meeting: &Meeting,
    people: &[(PersonId, Side)],
) -> QueryResult<()> {
    for (person, _) in people {
        diesel::insert_into(bookings::table)
            .values((
                bookings::meeting_id.eq(meeting.id),
                bookings::person_id.eq(person),
                bookings::starts_at.eq(meeting.starts_at),
                bookings::ends_at.eq(meeting.ends_at),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// The series that a meeting is an instance of.
pub fn series_of(conn: &mut Conn, id: MeetingId) -> QueryResult<Option<SeriesId>> {
    let found = meetings::table.find(id).select(meetings::series_id);
    Ok(found.first(conn).optional()?.flatten())
}

/// The meeting with this id.
///
/// # Errors
/// [`Problem::NotFound`].
pub fn find(conn: &mut Conn, id: MeetingId) -> Result<Meeting, Problem> {
    Ok(meetings::table
        .find(id)
        .select(Meeting::as_select())
        .first(conn)?)
}

/// The participants of some meetings, the mentor before the mentee.
pub fn participants(
    conn: &mut Conn,
    of: &[MeetingId],
) -> QueryResult<BTreeMap<MeetingId, Vec<Participant>>> {
    let rows: Vec<(Attendee, Contact)> = meeting_attendees::table
        .inner_join(persons::table)
        .filter(meeting_attendees::meeting_id.eq_any(of))
        .order((
            meeting_attendees::meeting_id,
            meeting_attendees::role.desc(),
        ))
        .select((Attendee::as_select(), Contact::as_select()))
        .load(conn)?;
    let mut found: BTreeMap<MeetingId, Vec<Participant>> = BTreeMap::new();
    for (attendee, contact) in rows {
        let list = found.entry(attendee.meeting_id).or_default();
        list.push(Participant { attendee, contact });
    }
    Ok(found)
}

/// The participants of one meeting.
pub fn participants_of(conn: &mut Conn, id: MeetingId) -> QueryResult<Vec<Participant>> {
    Ok(participants(conn, &[id])?.remove(&id).unwrap_or_default())
}

/// Whom to write to, for some people.
pub fn contacts(conn: &mut Conn, of: &[PersonId]) -> QueryResult<Vec<Contact>> {
    persons::table
        .filter(persons::id.eq_any(of))
        .select(Contact::as_select())
        .load(conn)
}

/// The attendee to whom a token was given.
///
/// # Errors
/// [`Problem::NotFound`] for a token that nobody was given.
pub fn by_token(conn: &mut Conn, hash: &str) -> Result<Attendee, Problem> {
    Ok(meeting_attendees::table
        .filter(meeting_attendees::token_hash.eq(hash))
        .select(Attendee::as_select())
        .first(conn)?)
}

/// Saves what a meeting has become, if it still is at `version`; its own version rises by one.
///
/// # Errors
/// [`Problem::Stale`] when somebody else was faster.
pub fn save(conn: &mut Conn, meeting: &mut Meeting) -> Result<(), Problem> {
    let before = meeting.version;
    meeting.version = before + 1;
    let changed = diesel::update(
        meetings::table
            .find(meeting.id)
            .filter(meetings::version.eq(before)),
    )
    .set((
        (
            meetings::sequence.eq(meeting.sequence),
            meetings::time_sequence.eq(meeting.time_sequence),
            meetings::dtstamp.eq(meeting.dtstamp),
            meetings::starts_at.eq(meeting.starts_at),
            meetings::ends_at.eq(meeting.ends_at),
            meetings::zone.eq(&meeting.zone),
            meetings::local_start.eq(&meeting.local_start),
            meetings::mode.eq(meeting.mode),
        ),
        (
            meetings::title.eq(&meeting.title),
            meetings::location.eq(&meeting.location),
            meetings::url.eq(&meeting.url),
            meetings::note.eq(&meeting.note),
            meetings::status.eq(meeting.status),
            meetings::cancel_reason.eq(&meeting.cancel_reason),
            meetings::held_minutes.eq(meeting.held_minutes),
            meetings::updated_at.eq(meeting.updated_at),
            meetings::version.eq(meeting.version),
        ),
    ))
    .execute(conn)?;
    if changed == 1 {
        Ok(())
    } else {
        Err(Problem::Stale)
    }
}

/// Saves an attendee's answer.
pub fn save_answer(conn: &mut Conn, attendee: &Attendee) -> QueryResult<()> {
    diesel::update(meeting_attendees::table.find(attendee.id))
        .set((
            meeting_attendees::partstat.eq(attendee.partstat),
            meeting_attendees::answered_at.eq(attendee.answered_at),
            meeting_attendees::answered_sequence.eq(attendee.answered_sequence),
            meeting_attendees::answer_source.eq(attendee.answer_source),
            meeting_attendees::of_series.eq(attendee.of_series),
            meeting_attendees::comment.eq(&attendee.comment),
            meeting_attendees::version.eq(meeting_attendees::version + 1),
        ))
        .execute(conn)
        .map(|_| ())
}

/// Adds a line to the history of answers.
pub fn add_answer_line(conn: &mut Conn, line: &AnswerLine) -> QueryResult<()> {
    diesel::insert_into(meeting_answers::table)
        .values(line)
        .execute(conn)
        .map(|_| ())
}

/// The history of answers to a meeting, oldest first.
pub fn answer_lines(conn: &mut Conn, id: MeetingId) -> QueryResult<Vec<AnswerLine>> {
    meeting_answers::table
        .filter(meeting_answers::meeting_id.eq(id))
        .order((meeting_answers::at, meeting_answers::id))
        .select(AnswerLine::as_select())
        .load(conn)
}

/// Which meetings a list shows; all conditions hold together.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// What its reader may see at all.
    pub scope: Scope,
    /// Meetings that this person attends.
    pub person_id: Option<PersonId>,
    pub mentorship_id: Option<MentorshipId>,
    pub programme_id: Option<ProgrammeId>,
    pub series_id: Option<SeriesId>,
    pub status: Option<State>,
    /// Meetings that end after this instant.
    pub from: Option<Instant>,
    /// Meetings that start before this instant.
    pub until: Option<Instant>,
}

/// In which order a list is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// The next one first.
    #[default]
    Soonest,
    /// The last one first.
    Latest,
}

/// The meetings that any of `people` attends, as part of a query.
#[diesel::dsl::auto_type(no_type_alias)]
fn attended_by(people: Vec<PersonId>) -> _ {
    meeting_attendees::table
        .filter(meeting_attendees::person_id.eq_any(people))
        .select(meeting_attendees::meeting_id)
}

/// One page of meetings by start, then id; `after` is the start and id of the last one of the page before.
pub fn list(
    conn: &mut Conn,
    filter: &Filter,
    order: Order,
    after: Option<(Instant, MeetingId)>,
    limit: i64,
) -> QueryResult<Vec<Meeting>> {
    let mut query = meetings::table
        .select(Meeting::as_select())
        .limit(limit)
        .into_boxed::<MultiBackend>();
    if !filter.scope.all {
        let mine = [filter.scope.mentor, filter.scope.mentee];
        let mine: Vec<PersonId> = mine.into_iter().flatten().collect();
        let coached = meeting_attendees::table
            .inner_join(persons::table)
            .filter(persons::coach_id.eq(filter.scope.coach))
            .select(meeting_attendees::meeting_id);
        query = query.filter(
            meetings::programme_id
                .eq_any(filter.scope.programmes.clone())
                .or(meetings::id.eq_any(attended_by(mine)))
                .or(meetings::id.eq_any(coached)),
        );
    }
    if let Some(person) = filter.person_id {
        query = query.filter(meetings::id.eq_any(attended_by(vec![person])));
    }
    if let Some(mentorship) = filter.mentorship_id {
        query = query.filter(meetings::mentorship_id.eq(mentorship));
    }
    if let Some(programme) = filter.programme_id {
        query = query.filter(meetings::programme_id.eq(programme));
    }
    if let Some(series) = filter.series_id {
        query = query.filter(meetings::series_id.eq(series));
    }
    if let Some(status) = filter.status {
        query = query.filter(meetings::status.eq(status));
    }
    if let Some(from) = filter.from {
        query = query.filter(meetings::ends_at.gt(from));
    }
    if let Some(until) = filter.until {
        query = query.filter(meetings::starts_at.lt(until));
    }
    query = match (order, after) {
        (Order::Soonest, None) => query,
        (Order::Latest, None) => query,
        (Order::Soonest, Some((start, id))) => query.filter(
            meetings::starts_at
                .gt(start)
                .or(meetings::starts_at.eq(start).and(meetings::id.gt(id))),
        ),
        (Order::Latest, Some((start, id))) => query.filter(
            meetings::starts_at
                .lt(start)
                .or(meetings::starts_at.eq(start).and(meetings::id.lt(id))),
        ),
    };
    match order {
        Order::Soonest => query.order((meetings::starts_at.asc(), meetings::id.asc())),
        Order::Latest => query.order((meetings::starts_at.desc(), meetings::id.desc())),
    }
    .load(conn)
}
