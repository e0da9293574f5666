//! The queries of series, the same text for both databases. Nothing is decided here.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use super::model::{Ends, Form, Rule, SeriesState, parse_local};
use crate::db::Conn;
use crate::db::schema::{meeting_series, meeting_series_attendees, meetings, persons};
use crate::kernel::ids::{
    AccountId, MentorshipId, PersonId, ProgrammeId, SeriesAttendeeId, SeriesId,
};
use crate::kernel::{Context, Instant, Problem, Zone};
use crate::meetings::Words;
use crate::meetings::model::{Change, Mode, Partstat, Revision, Side, Source};
use crate::meetings::store::{Contact, Meeting};

/// A series as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = meeting_series)]
pub struct Series {
    pub id: SeriesId,
    pub mentorship_id: MentorshipId,
    pub programme_id: ProgrammeId,
    /// UID of the calendar entry; never changes (rule O3).
    pub uid: String,
    /// SEQUENCE of the last message about the series or any of its instances.
    pub sequence: i32,
    /// SEQUENCE at the last change of the times of the series itself: answers to anything older are stale.
    pub time_sequence: i32,
    pub dtstamp: Instant,
    /// The zone on whose clock it repeats.
    pub zone: String,
    /// The first start on that clock (`2026-12-08T18:00:00`).
    pub local_start: String,
    /// Length of each instance.
    pub minutes: i32,
    pub every_weeks: i32,
    /// How many starts the rule has, those that do not take place included.
    pub instances: i32,
    pub ends: Ends,
    pub form: Form,
    pub mode: Mode,
    pub title: String,
    pub location: Option<String>,
    pub url: Option<String>,
    pub note: Option<String>,
    pub status: SeriesState,
    pub cancel_reason: Option<String>,
    pub created_by: Option<AccountId>,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub version: i32,
}

impl Series {
    /// Its rule.
    ///
    /// # Errors
    /// An internal problem if the database held a rule that nobody wrote.
    pub fn rule(&self) -> Result<Rule, Problem> {
        let first = parse_local(&self.local_start);
        Ok(Rule {
            zone: Zone::parse(&self.zone).map_err(Problem::internal)?,
            first: first.ok_or_else(|| Problem::internal("a series without a start"))?,
            every_weeks: u32::try_from(self.every_weeks).map_err(Problem::internal)?,
            instances: u32::try_from(self.instances).map_err(Problem::internal)?,
            ends: self.ends,
        })
    }

    /// Puts a rule on it, and the form that goes with it.
    ///
    /// # Errors
    /// An internal problem for numbers beyond the database's.
    pub fn set_rule(&mut self, rule: Rule, minutes: u32) -> Result<(), Problem> {
        self.zone = rule.zone.name().to_owned();
        self.local_start = super::model::local_text(rule.first);
        self.every_weeks = i32::try_from(rule.every_weeks).map_err(Problem::internal)?;
        self.instances = i32::try_from(rule.instances).map_err(Problem::internal)?;
        self.ends = rule.ends;
        self.minutes = i32::try_from(minutes).map_err(Problem::internal)?;
        Ok(())
    }

    /// Length of each instance.
    #[must_use]
    pub fn length(&self) -> TimeDelta {
        TimeDelta::minutes(self.minutes.into())
    }

    /// Its revision.
    #[must_use]
    pub fn revision(&self) -> Revision {
        Revision {
            sequence: self.sequence,
            time_sequence: self.time_sequence,
            stamp: self.dtstamp.utc(),
        }
    }

    /// Puts the revision on it that follows a change (rule O8).
    pub fn revise(&mut self, ctx: &Context, change: Change) {
        let revision = self.revision().after(change, ctx.now.utc());
        self.sequence = revision.sequence;
        self.time_sequence = revision.time_sequence;
        self.dtstamp = Instant::new(revision.stamp);
        self.updated_at = ctx.now;
    }

    /// The revision of an instance that was at `before`, once the series has the revision of its change.
    #[must_use]
    pub fn revision_for(&self, before: Revision, change: Change) -> Revision {
        let time_sequence = match change {
            Change::Time => self.sequence,
            Change::Cancellation | Change::Text => before.time_sequence,
        };
        Revision {
            time_sequence,
            ..self.revision()
        }
    }

    /// What it says.
    #[must_use]
    pub fn words(&self) -> Words {
        Words {
            mode: self.mode,
            title: self.title.clone(),
            location: self.location.clone(),
            url: self.url.clone(),
            note: self.note.clone(),
        }
    }

    /// Lets it say something else.
    pub fn set_words(&mut self, words: Words) {
        self.mode = words.mode;
        self.title = words.title;
        self.location = words.location;
        self.url = words.url;
        self.note = words.note;
    }

    /// The start that the rule gives an instance, on the series' clock.
    ///
    /// # Errors
    /// An internal problem for a meeting that is no instance.
    pub fn local_of(&self, meeting: &Meeting) -> Result<NaiveDateTime, Problem> {
        let local = meeting.recurrence_local.as_deref().and_then(parse_local);
        local.ok_or_else(|| Problem::internal("an instance without its start"))
    }
}

/// A person's part in a series.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = meeting_series_attendees)]
pub struct PartRow {
    pub id: SeriesAttendeeId,
    pub series_id: SeriesId,
    pub person_id: PersonId,
    #[diesel(column_name = role)]
    pub side: Side,
    /// The answer for all instances that have none of their own (rule I9).
    pub partstat: Partstat,
    pub answered_at: Option<Instant>,
    pub answered_sequence: i32,
    pub answer_source: Option<Source>,
    pub comment: Option<String>,
    pub token_hash: String,
    pub token_sealed: String,
    pub version: i32,
}

/// A person's part, and whom to write to.
#[derive(Debug, Clone)]
pub struct Part {
    pub row: PartRow,
    pub contact: Contact,
}

/// Stores a new series and everybody's part in it.
pub fn insert(conn: &mut Conn, series: &Series, parts: &[Part]) -> QueryResult<()> {
    diesel::insert_into(meeting_series::table)
        .values(series)
        .execute(conn)?;
    for part in parts {
        diesel::insert_into(meeting_series_attendees::table)
            .values(&part.row)
            .execute(conn)?;
    }
    Ok(())
}

/// The series with this id.
///
/// # Errors
/// [`Problem::NotFound`].
pub fn find(conn: &mut Conn, id: SeriesId) -> Result<Series, Problem> {
    Ok(meeting_series::table
        .find(id)
        .select(Series::as_select())
        .first(conn)?)
}

/// The series of a mentorship, the newest first.
pub fn of_mentorship(conn: &mut Conn, id: MentorshipId) -> QueryResult<Vec<Series>> {
    meeting_series::table
        .filter(meeting_series::mentorship_id.eq(id))
        .order(meeting_series::id.desc())
        .select(Series::as_select())
        .load(conn)
}

/// Everybody's part in a series, the mentor's first.
pub fn parts(conn: &mut Conn, id: SeriesId) -> QueryResult<Vec<Part>> {
    let rows: Vec<(PartRow, Contact)> = meeting_series_attendees::table
        .inner_join(persons::table)
        .filter(meeting_series_attendees::series_id.eq(id))
        .order(meeting_series_attendees::role.desc())
        .select((PartRow::as_select(), Contact::as_select()))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(row, contact)| Part { row, contact })
        .collect())
}

/// The part to which a token was given.
pub fn by_token(conn: &mut Conn, hash: &str) -> QueryResult<Option<PartRow>> {
    meeting_series_attendees::table
        .filter(meeting_series_attendees::token_hash.eq(hash))
        .select(PartRow::as_select())
        .first(conn)
        .optional()
}

/// All instances of a series, cancelled ones included, by the start that the rule gives them.
pub fn instances(conn: &mut Conn, id: SeriesId) -> QueryResult<Vec<Meeting>> {
    meetings::table
        .filter(meetings::series_id.eq(id))
        .order((meetings::recurrence_local, meetings::id))
        .select(Meeting::as_select())
        .load(conn)
}

/// Says of which series a meeting is an instance, and which one.
pub fn place(conn: &mut Conn, meeting: &Meeting) -> QueryResult<()> {
    diesel::update(meetings::table.find(meeting.id))
        .set((
            meetings::series_id.eq(meeting.series_id),
            meetings::recurrence_local.eq(&meeting.recurrence_local),
        ))
        .execute(conn)
        .map(|_| ())
}

/// Saves what a series has become, if it still is at its version, which rises by one.
///
/// # Errors
/// [`Problem::Stale`] when somebody else was faster.
pub fn save(conn: &mut Conn, series: &mut Series) -> Result<(), Problem> {
    let before = series.version;
    series.version = before + 1;
    let changed = diesel::update(
        meeting_series::table
            .find(series.id)
            .filter(meeting_series::version.eq(before)),
    )
    .set((
        (
            meeting_series::sequence.eq(series.sequence),
            meeting_series::time_sequence.eq(series.time_sequence),
            meeting_series::dtstamp.eq(series.dtstamp),
            meeting_series::zone.eq(&series.zone),
            meeting_series::local_start.eq(&series.local_start),
            meeting_series::minutes.eq(series.minutes),
            meeting_series::every_weeks.eq(series.every_weeks),
            meeting_series::instances.eq(series.instances),
            meeting_series::ends.eq(series.ends),
            meeting_series::form.eq(series.form),
        ),
        (
            meeting_series::mode.eq(series.mode),
            meeting_series::title.eq(&series.title),
            meeting_series::location.eq(&series.location),
            meeting_series::url.eq(&series.url),
            meeting_series::note.eq(&series.note),
            meeting_series::status.eq(series.status),
            meeting_series::cancel_reason.eq(&series.cancel_reason),
            meeting_series::updated_at.eq(series.updated_at),
            meeting_series::version.eq(series.version),
        ),
    ))
    .execute(conn)?;
    if changed == 1 {
        Ok(())
    } else {
        Err(Problem::Stale)
    }
}

/// Saves a person's answer for a series.
pub fn save_answer(conn: &mut Conn, part: &PartRow) -> QueryResult<()> {
    diesel::update(meeting_series_attendees::table.find(part.id))
        .set((
            meeting_series_attendees::partstat.eq(part.partstat),
            meeting_series_attendees::answered_at.eq(part.answered_at),
            meeting_series_attendees::answered_sequence.eq(part.answered_sequence),
            meeting_series_attendees::answer_source.eq(part.answer_source),
            meeting_series_attendees::comment.eq(&part.comment),
            meeting_series_attendees::version.eq(meeting_series_attendees::version + 1),
        ))
        .execute(conn)
        .map(|_| ())
}
