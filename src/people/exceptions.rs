//! Exceptions to the weekly availability: away from one day to another, or free at hours that are not
//! in the week. An exception changes what the person's record says, so it counts as a change of it.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::policy::{self, Action};
use crate::access::{audit, record};
use crate::db::Conn;
use crate::db::connection::LockTable;
use crate::db::schema::{availability_exceptions, persons};
use crate::kernel::ids::{AvailabilityExceptionId, PersonId};
use crate::kernel::{Context, FieldError, IfMatch, Instant, Problem};
use crate::people::model::Person;
use crate::people::model::parts::{DAY, clock, minute_of_day};
use crate::people::model::text::clean;
use crate::people::store::{self, lists::ByPerson, reach};

/// Most exceptions of one person.
const MOST: i64 = 200;
/// Most days of one exception.
const MOST_DAYS: i64 = 731;
const MOST_NOTE: usize = 200;

crate::text_enum! {
    /// What an exception says.
    pub enum ExceptionKind {
        /// Not available, all day or between two hours of each day.
        Away => "away",
        /// Available between two hours of each day, beside the weekly hours.
        Extra => "extra",
    }
}

/// An exception as it is stored; local dates and minutes in the person's zone.
#[derive(
    Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable, AsChangeset,
)]
#[diesel(table_name = availability_exceptions, treat_none_as_null = true)]
pub struct Exception {
    pub id: AvailabilityExceptionId,
    pub person_id: PersonId,
    pub kind: ExceptionKind,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day, which is still meant.
    pub ends_on: NaiveDate,
    /// Minutes after midnight of each day; `None`: all day.
    pub starts_minute: Option<i32>,
    /// Later than `starts_minute`, at most 1440.
    pub ends_minute: Option<i32>,
    pub note: Option<String>,
    pub created_at: Instant,
}

/// An exception as it is written.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExceptionInput {
    pub kind: ExceptionKind,
    /// First day, local date in the person's zone.
    #[schema(example = "2026-12-21")]
    pub starts_on: NaiveDate,
    /// Last day, which is still meant.
    #[schema(example = "2027-01-04")]
    pub ends_on: NaiveDate,
    /// `HH:MM` of each day; all day unless given. Needed for `extra`.
    pub starts: Option<String>,
    /// `HH:MM` of each day, after `starts`.
    pub ends: Option<String>,
    /// At most 200 characters.
    pub note: Option<String>,
}

/// An exception as it is read.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ExceptionView {
    pub id: AvailabilityExceptionId,
    pub kind: ExceptionKind,
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
    /// `HH:MM`; null: all day.
    pub starts: Option<String>,
    pub ends: Option<String>,
    pub note: Option<String>,
    pub created_at: Instant,
}

impl From<Exception> for ExceptionView {
    fn from(from: Exception) -> Self {
        Self {
            id: from.id,
            kind: from.kind,
            starts_on: from.starts_on,
            ends_on: from.ends_on,
            starts: from.starts_minute.map(clock),
            ends: from.ends_minute.map(clock),
            note: from.note,
            created_at: from.created_at,
        }
    }
}

impl ExceptionInput {
    fn read(
        &self,
        id: AvailabilityExceptionId,
        person: PersonId,
        at: Instant,
    ) -> Result<Exception, Problem> {
        let mut faults = Vec::new();
        faults.extend(FieldError::of_year("/starts_on", self.starts_on));
        faults.extend(FieldError::of_year("/ends_on", self.ends_on));
        let days = (self.ends_on - self.starts_on).num_days();
        if days < 0 {
            faults.push(FieldError::new("/ends_on", "ends-before-start"));
        } else if days > MOST_DAYS {
            faults.push(FieldError::new("/ends_on", "too-many").with("most", MOST_DAYS));
        }
        let mut minute = |text: &Option<String>, pointer: &str, least: i32, most: i32| {
            let text = text.as_deref()?;
            let read = minute_of_day(text).filter(|m| (least..=most).contains(m));
            if read.is_none() {
                faults.push(FieldError::new(pointer, "hour"));
            }
            read
        };
        let starts_minute = minute(&self.starts, "/starts", 0, DAY - 1);
        let ends_minute = minute(&self.ends, "/ends", 1, DAY);
        match (&self.starts, &self.ends) {
            (None, None) if self.kind == ExceptionKind::Extra => {
                faults.push(FieldError::new("/starts", "required"));
            }
            (Some(_), None) => faults.push(FieldError::new("/ends", "required")),
            (None, Some(_)) => faults.push(FieldError::new("/starts", "required")),
            _ if ends_minute.is_some() && ends_minute <= starts_minute => {
                faults.push(FieldError::new("/ends", "ends-before-start"));
            }
            _ => {}
        }
        let note = self
            .note
            .as_deref()
            .map(clean)
            .filter(|note| !note.is_empty());
        if note
            .as_ref()
            .is_some_and(|note| note.chars().count() > MOST_NOTE)
        {
            faults.push(FieldError::new("/note", "too-long").with("most", MOST_NOTE));
        }
        Problem::unless_empty(faults)?;
        Ok(Exception {
            id,
            person_id: person,
            kind: self.kind,
            starts_on: self.starts_on,
            ends_on: self.ends_on,
            starts_minute,
            ends_minute,
            note,
            created_at: at,
        })
    }
}

/// A person's exceptions by date, and the version of their record.
pub fn list(
    conn: &mut Conn,
    ctx: &Context,
    id: PersonId,
) -> Result<(Vec<Exception>, i32), Problem> {
    let person = super::read::allowed(conn, ctx, id, Action::ListExceptions)?;
    Ok((
        of(conn, &[id])?.remove(&id).unwrap_or_default(),
        person.version,
    ))
}

/// Exceptions of many people, by date.
pub fn of(conn: &mut Conn, ids: &[PersonId]) -> Result<ByPerson<Exception>, Problem> {
    use availability_exceptions as t;
    let rows: Vec<Exception> = t::table
        .filter(t::person_id.eq_any(ids))
        .order((t::starts_on, t::id))
        .select(Exception::as_select())
        .load(conn)?;
    let mut groups = ByPerson::new();
    for row in rows {
        groups
            .entry(row.person_id)
            .or_insert_with(Vec::new)
            .push(row);
    }
    Ok(groups)
}

/// Adds an exception. Errors: 404, 422, 409 `too-many-exceptions`, 409 `person-archived`.
pub fn add(
    conn: &mut Conn,
    ctx: &Context,
    person: PersonId,
    given: &ExceptionInput,
) -> Result<(Exception, i32), Problem> {
    conn.write_tx(|conn| {
        let owner = owner(conn, ctx, person, Action::AddException)?;
        let new = given.read(AvailabilityExceptionId::new(ctx.now), person, ctx.now)?;
        use availability_exceptions as t;
        let count: i64 = t::table
            .filter(t::person_id.eq(person))
            .count()
            .get_result(conn)?;
        if count >= MOST {
            return Err(Problem::conflict("too-many-exceptions").with("most", MOST));
        }
        diesel::insert_into(t::table).values(&new).execute(conn)?;
        audited(conn, ctx, "person.add-exception", person, None, Some(&new))?;
        Ok((new, touch(conn, ctx, &owner)?))
    })
}

/// Changes an exception. Errors: 404, 412, 422.
pub fn change(
    conn: &mut Conn,
    ctx: &Context,
    person: PersonId,
    id: AvailabilityExceptionId,
    expected: &IfMatch,
    given: &ExceptionInput,
) -> Result<(Exception, i32), Problem> {
    conn.write_tx(|conn| {
        let owner = owner(conn, ctx, person, Action::ChangeException)?;
        let before = find(conn, person, id)?;
        expected.require(owner.version)?;
        let after = given.read(id, person, before.created_at)?;
        if after == before {
            return Ok((after, owner.version));
        }
        use availability_exceptions as t;
        diesel::update(t::table.filter(t::id.eq(id)))
            .set(&after)
            .execute(conn)?;
        audited(
            conn,
            ctx,
            "person.change-exception",
            person,
            Some(&before),
            Some(&after),
        )?;
        Ok((after, touch(conn, ctx, &owner)?))
    })
}

/// Removes an exception; the answer is the record's new version. Errors: 404, 412.
pub fn remove(
    conn: &mut Conn,
    ctx: &Context,
    person: PersonId,
    id: AvailabilityExceptionId,
    expected: &IfMatch,
) -> Result<i32, Problem> {
    conn.write_tx(|conn| {
        let owner = owner(conn, ctx, person, Action::RemoveException)?;
        let before = find(conn, person, id)?;
        expected.require(owner.version)?;
        use availability_exceptions as t;
        diesel::delete(t::table.filter(t::id.eq(id))).execute(conn)?;
        audited(
            conn,
            ctx,
            "person.remove-exception",
            person,
            Some(&before),
            None,
        )?;
        touch(conn, ctx, &owner)
    })
}

fn owner(conn: &mut Conn, ctx: &Context, id: PersonId, action: Action) -> Result<Person, Problem> {
    conn.lock_row(LockTable::Persons, id.0)?;
    let person = store::find(conn, id)?;
    policy::allow(&ctx.actor, action, &reach::record(conn, ctx, &person)?)?;
    Ok(person)
}

fn find(
    conn: &mut Conn,
    person: PersonId,
    id: AvailabilityExceptionId,
) -> Result<Exception, Problem> {
    use availability_exceptions as t;
    Ok(t::table
        .filter(t::id.eq(id).and(t::person_id.eq(person)))
        .select(Exception::as_select())
        .first(conn)?)
}

/// Counts the change on the person's record and answers its new version.
fn touch(conn: &mut Conn, ctx: &Context, person: &Person) -> Result<i32, Problem> {
    let version = person.version + 1;
    diesel::update(persons::table.filter(persons::id.eq(person.id)))
        .set((
            persons::version.eq(version),
            persons::updated_at.eq(ctx.now),
        ))
        .execute(conn)?;
    Ok(version)
}

fn audited(
    conn: &mut Conn,
    ctx: &Context,
    action: &'static str,
    person: PersonId,
    before: Option<&Exception>,
    after: Option<&Exception>,
) -> Result<(), Problem> {
    record(
        conn,
        ctx,
        &audit::Change {
            action,
            object_type: "person",
            object_id: person.into(),
            programme_id: None,
            before: before.map(audit::erased::erase),
            after: after.map(audit::erased::erase),
        },
    )
}
