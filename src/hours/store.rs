//! The queries of the ledger.

use chrono::NaiveDate;
use diesel::dsl::sum;
use diesel::prelude::*;

use crate::access::Scope;
use crate::db::schema::{hours_entries, meetings, mentorships, persons};
use crate::db::{Conn, MultiBackend, constraint};
use crate::hours::model::{Entry, Source, Status};
use crate::kernel::ids::{HoursEntryId, MeetingId, MentorshipId, PersonId, ProgrammeId};
use crate::kernel::{FieldError, Instant, Problem};
use crate::programmes::Side;

/// The entry `id`.
///
/// # Errors
/// [`Problem::NotFound`].
pub fn find(conn: &mut Conn, id: HoursEntryId) -> Result<Entry, Problem> {
    Ok(hours_entries::table
        .find(id)
        .select(Entry::as_select())
        .first(conn)?)
}

/// Saves a new entry.
///
/// # Errors
/// 409 `hours-recorded-already` when the person has one for this meeting, `hours-corrected-already` when
/// somebody corrected the same entry meanwhile.
pub(super) fn insert(conn: &mut Conn, entry: &Entry) -> Result<(), Problem> {
    let inserted = diesel::insert_into(hours_entries::table)
        .values(entry)
        .execute(conn);
    inserted.map(|_| ()).map_err(|error| {
        let rule = constraint(&error);
        let on = |columns: &[&str], index: &str| {
            rule.as_ref()
                .is_some_and(|rule| rule.is_unique_on("hours_entries", columns, index))
        };
        if on(&["meeting_id", "person_id"], "hours_entries_meeting_person") {
            Problem::conflict("hours-recorded-already")
        } else if on(&["corrects_id"], "hours_entries_one_correction") {
            Problem::conflict("hours-corrected-already")
        } else {
            error.into()
        }
    })
}

/// Saves a changed entry.
///
/// # Errors
/// [`Problem::Stale`] when somebody changed `version` meanwhile.
pub(super) fn save(conn: &mut Conn, entry: &Entry, version: i32) -> Result<(), Problem> {
    let unchanged = hours_entries::table
        .filter(hours_entries::id.eq(entry.id))
        .filter(hours_entries::version.eq(version));
    match diesel::update(unchanged).set(entry).execute(conn)? {
        1 => Ok(()),
        _ => Err(Problem::Stale),
    }
}

/// The counter-entries of an entry, the first one first.
pub(super) fn corrections(conn: &mut Conn, id: HoursEntryId) -> Result<Vec<Entry>, Problem> {
    let mut chain: Vec<Entry> = Vec::new();
    let mut last = id;
    loop {
        let next = hours_entries::table
            .filter(hours_entries::corrects_id.eq(last))
            .select(Entry::as_select())
            .first(conn)
            .optional()?;
        let Some(next) = next else {
            return Ok(chain);
        };
        last = next.id;
        chain.push(next);
    }
}

/// The entry that a counter-entry corrects in the end, or the entry itself.
pub(super) fn original(conn: &mut Conn, entry: &Entry) -> Result<Entry, Problem> {
    let mut found = entry.clone();
    while let Some(id) = found.corrects_id {
        found = find(conn, id)?;
    }
    Ok(found)
}

/// The entry of a person for a meeting, counter-entries aside.
pub(super) fn of_meeting(
    conn: &mut Conn,
    meeting: MeetingId,
    person: PersonId,
) -> Result<Option<Entry>, Problem> {
    Ok(hours_entries::table
        .filter(hours_entries::meeting_id.eq(meeting))
        .filter(hours_entries::person_id.eq(person))
        .filter(hours_entries::corrects_id.is_null())
        .select(Entry::as_select())
        .first(conn)
        .optional()?)
}

/// What the ledger needs to know of a meeting.
#[derive(Debug, Clone, Queryable)]
pub(super) struct MeetingFacts {
    pub mentorship_id: MentorshipId,
    pub starts_at: Instant,
    pub ends_at: Instant,
}

/// The meeting `id`.
///
/// # Errors
/// [`Problem::NotFound`].
pub(super) fn meeting(conn: &mut Conn, id: MeetingId) -> Result<MeetingFacts, Problem> {
    Ok(meetings::table
        .find(id)
        .select((
            meetings::mentorship_id,
            meetings::starts_at,
            meetings::ends_at,
        ))
        .first(conn)?)
}

/// Whether the same time was written down by hand before: same person, pair, day, activity and length.
pub(super) fn written_before(conn: &mut Conn, entry: &Entry) -> Result<bool, Problem> {
    let same = hours_entries::table
        .filter(hours_entries::mentorship_id.eq(entry.mentorship_id))
        .filter(hours_entries::person_id.eq(entry.person_id))
        .filter(hours_entries::worked_on.eq(entry.worked_on))
        .filter(hours_entries::activity.eq(entry.activity))
        .filter(hours_entries::minutes.eq(entry.minutes))
        .filter(hours_entries::source.eq(Source::Manual))
        .filter(hours_entries::status.ne(Status::Rejected))
        .select(hours_entries::starts_at)
        .load::<Option<Instant>>(conn)?;
    Ok(same.contains(&entry.starts_at))
}

/// The minutes that a person has on a day, in every programme, rejected ones aside.
pub(super) fn minutes_on(
    conn: &mut Conn,
    person: PersonId,
    day: NaiveDate,
) -> Result<i64, Problem> {
    let total: Option<i64> = hours_entries::table
        .filter(hours_entries::person_id.eq(person))
        .filter(hours_entries::worked_on.eq(day))
        .filter(hours_entries::status.ne(Status::Rejected))
        .select(sum(hours_entries::minutes))
        .first(conn)?;
    Ok(total.unwrap_or(0))
}

/// Start and length of a person's entries on a day and its neighbours that have a time.
pub(super) fn times_around(
    conn: &mut Conn,
    person: PersonId,
    day: NaiveDate,
) -> Result<Vec<(Instant, i32)>, Problem> {
    let near = day.pred_opt().unwrap_or(day)..=day.succ_opt().unwrap_or(day);
    let rows: Vec<(Option<Instant>, i32)> = hours_entries::table
        .filter(hours_entries::person_id.eq(person))
        .filter(hours_entries::worked_on.between(*near.start(), *near.end()))
        .filter(hours_entries::status.ne(Status::Rejected))
        .filter(hours_entries::corrects_id.is_null())
        .select((hours_entries::starts_at, hours_entries::minutes))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .filter_map(|(start, minutes)| Some((start?, minutes)))
        .collect())
}

/// Which entries a list, a total or an export shows.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub programme_id: Option<ProgrammeId>,
    pub mentorship_id: Option<MentorshipId>,
    pub person_id: Option<PersonId>,
    pub meeting_id: Option<MeetingId>,
    pub status: Option<Status>,
    /// Not yet decided.
    pub open: bool,
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub to: Option<NaiveDate>,
}

impl Filter {
    /// Refuses days in years that nobody means.
    ///
    /// # Errors
    /// 422 at `?from`, `?to`.
    pub fn checked(self) -> Result<Self, Problem> {
        let days = [("?from", self.from), ("?to", self.to)];
        let faults = days
            .into_iter()
            .filter_map(|(pointer, day)| FieldError::of_year(pointer, day?));
        Problem::unless_empty(faults.collect())?;
        Ok(self)
    }
}

/// The mark of a row in a list: its day, and its id.
pub type Mark = (NaiveDate, HoursEntryId);

type Query<'a> = hours_entries::BoxedQuery<'a, MultiBackend>;

fn visible<'a>(scope: &Scope, filter: &Filter) -> Query<'a> {
    let mut query = hours_entries::table.into_boxed();
    if !scope.all {
        // Nobody has the nil id: who has no such reach sees no row through that part.
        let nobody = PersonId(uuid::Uuid::nil());
        let own = mentorships::table
            .filter(
                mentorships::mentor_id
                    .eq(scope.mentor.unwrap_or(nobody))
                    .or(mentorships::mentee_id.eq(scope.mentee.unwrap_or(nobody))),
            )
            .select(mentorships::id);
        let concerned = hours_entries::programme_id
            .eq_any(scope.programmes.clone())
            .or(hours_entries::mentorship_id.eq_any(own));
        query = match scope.coach {
            None => query.filter(concerned),
            Some(coach) => {
                let people = persons::table
                    .filter(persons::coach_id.eq(coach))
                    .select(persons::id);
                let followed = mentorships::table
                    .filter(
                        mentorships::mentor_id
                            .eq_any(people)
                            .or(mentorships::mentee_id.eq_any(people)),
                    )
                    .select(mentorships::id);
                query.filter(concerned.or(hours_entries::mentorship_id.eq_any(followed)))
            }
        };
    }
    if let Some(programme) = filter.programme_id {
        query = query.filter(hours_entries::programme_id.eq(programme));
    }
    if let Some(mentorship) = filter.mentorship_id {
        query = query.filter(hours_entries::mentorship_id.eq(mentorship));
    }
    if let Some(person) = filter.person_id {
        query = query.filter(hours_entries::person_id.eq(person));
    }
    if let Some(meeting) = filter.meeting_id {
        query = query.filter(hours_entries::meeting_id.eq(meeting));
    }
    if let Some(status) = filter.status {
        query = query.filter(hours_entries::status.eq(status));
    }
    if filter.open {
        let open = [Status::Recorded, Status::Attested, Status::Disputed];
        query = query.filter(hours_entries::status.eq_any(open));
    }
    if let Some(from) = filter.from {
        query = query.filter(hours_entries::worked_on.ge(from));
    }
    if let Some(to) = filter.to {
        query = query.filter(hours_entries::worked_on.le(to));
    }
    query
}

/// Entries that `scope` may see, the latest day first, after a mark.
///
/// # Errors
/// A database error.
pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &Filter,
    after: Option<Mark>,
    rows: i64,
) -> Result<Vec<Entry>, Problem> {
    let mut query = visible(scope, filter);
    if let Some((day, id)) = after {
        query = query.filter(
            hours_entries::worked_on.lt(day).or(hours_entries::worked_on
                .eq(day)
                .and(hours_entries::id.lt(id))),
        );
    }
    Ok(query
        .order((hours_entries::worked_on.desc(), hours_entries::id.desc()))
        .limit(rows)
        .select(Entry::as_select())
        .load(conn)?)
}

/// What is added up: programme, person, side, status, day, minutes.
pub type Part = (ProgrammeId, PersonId, Side, Status, NaiveDate, i32);

/// The parts of a total. They are added up by the caller: a boxed query of both databases cannot be grouped,
/// and six narrow columns of a ledger of a hundred thousand entries are read in a fraction of a second.
///
/// # Errors
/// A database error.
pub fn parts(conn: &mut Conn, scope: &Scope, filter: &Filter) -> Result<Vec<Part>, Problem> {
    use hours_entries::{minutes, person_id, programme_id, role, status, worked_on};
    Ok(visible(scope, filter)
        .select((programme_id, person_id, role, status, worked_on, minutes))
        .load(conn)?)
}
