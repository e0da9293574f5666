//! From the tables to [`Calendar`]s: everything that is known about some people's time, in five queries
//! however many they are.

use chrono::{Days, NaiveDate, NaiveTime, TimeDelta, Weekday};
use diesel::prelude::*;
use std::collections::HashMap;

use super::model::Side;
use super::rules::Rules;
use super::slots::{Busy, Calendar, Exception, Holidays, Span, WeeklyRule};
use crate::db::Conn;
use crate::db::schema::{
    availability_exceptions, availability_rules, bookings, busy_times, persons,
};
use crate::kernel::ids::{MeetingId, PersonId};
use crate::kernel::{Instant, Problem, Zone};
use crate::reference::holidays::statutory_dates;
use crate::reference::places::Province;

const DAY: u16 = 24 * 60;

/// A weekly or daily maximum looks at meetings outside the window, too: those of the same local week.
const MARGIN: TimeDelta = TimeDelta::days(9);

/// The calendars of `people`, in their order, as far as they matter to meetings in `window`. A meeting
/// that is about to move does not stand in its own way: name it in `except`.
///
/// # Errors
/// [`Problem::NotFound`] when one of them does not exist.
pub fn load(
    conn: &mut Conn,
    people: &[(PersonId, Side)],
    window: Span,
    rules: &Rules,
    except: Option<MeetingId>,
) -> Result<Vec<Calendar>, Problem> {
    load_except(conn, people, window, rules, except.as_slice())
}

/// [`load`] for several meetings that are about to move.
///
/// # Errors
/// As [`load`].
pub fn load_except(
    conn: &mut Conn,
    people: &[(PersonId, Side)],
    window: Span,
    rules: &Rules,
    except: &[MeetingId],
) -> Result<Vec<Calendar>, Problem> {
    let ids: Vec<PersonId> = people.iter().map(|(id, _)| *id).collect();
    let mut found: HashMap<PersonId, Calendar> = profiles(conn, &ids)?
        .into_iter()
        .map(|profile| (profile.id, profile.calendar(window)))
        .collect();
    for (person, rule) in weekly(conn, &ids)? {
        if let Some(calendar) = found.get_mut(&person) {
            calendar.weekly.extend(rule);
        }
    }
    for (person, exception) in exceptions(conn, &ids, window)? {
        if let Some(calendar) = found.get_mut(&person) {
            calendar.exceptions.extend(exception);
        }
    }
    for (person, busy) in busy(conn, &ids, window, except)? {
        if let Some(calendar) = found.get_mut(&person) {
            calendar.busy.extend(busy);
        }
    }
    for (person, busy) in elsewhere(conn, &ids, window)? {
        if let Some(calendar) = found.get_mut(&person) {
            calendar.busy.extend(busy);
        }
    }
    people
        .iter()
        .map(|(id, side)| {
            let mut calendar = found.remove(id).ok_or(Problem::NotFound)?;
            calendar.limits = rules.limits(*side);
            Ok(calendar)
        })
        .collect()
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = persons)]
struct Profile {
    id: PersonId,
    zone: String,
    country: String,
    province: Option<String>,
    status: String,
    paused_from: Option<NaiveDate>,
    paused_until: Option<NaiveDate>,
}

impl Profile {
    /// An empty calendar with what the profile says: zone, holidays, pause.
    fn calendar(&self, window: Span) -> Calendar {
        let zone = Zone::parse(&self.zone).unwrap_or_else(|_| Zone::utc());
        let mut calendar = Calendar::new(zone, Vec::new());
        calendar.holidays = self.holidays(zone, window);
        calendar.exceptions.extend(self.pause());
        calendar
    }

    /// The statutory holidays of the person's province, with a day of margin for windows over midnight. People
    /// outside Canada, or without a province, keep their hours.
    fn holidays(&self, zone: Zone, window: Span) -> Holidays {
        let province = self.province.as_deref().and_then(Province::parse);
        let Some(province) = province.filter(|_| self.country == "CA") else {
            return Holidays::Worked;
        };
        let (first, last) = (zone.date_at(window.start()), zone.date_at(window.end()));
        let margin = Days::new(2);
        let from = first.checked_sub_days(margin).unwrap_or(first);
        let until = last.checked_add_days(margin).unwrap_or(last);
        Holidays::Off(statutory_dates(province, from, until))
    }

    /// A pause is time away; without dates it has no beginning or no end.
    fn pause(&self) -> Option<Exception> {
        if self.status == "active" && self.paused_from.is_none() && self.paused_until.is_none() {
            return None;
        }
        let from = self
            .paused_from
            .unwrap_or(NaiveDate::from_ymd_opt(1970, 1, 1)?);
        let last = self
            .paused_until
            .unwrap_or(NaiveDate::from_ymd_opt(9000, 1, 1)?);
        Some(Exception::Away {
            from: from.and_time(NaiveTime::MIN),
            until: last
                .checked_add_days(Days::new(1))?
                .and_time(NaiveTime::MIN),
        })
    }
}

fn profiles(conn: &mut Conn, ids: &[PersonId]) -> QueryResult<Vec<Profile>> {
    persons::table
        .filter(persons::id.eq_any(ids))
        .select(Profile::as_select())
        .load(conn)
}

fn weekly(conn: &mut Conn, ids: &[PersonId]) -> QueryResult<Vec<(PersonId, Option<WeeklyRule>)>> {
    let rows: Vec<(PersonId, i32, i32, i32)> = availability_rules::table
        .filter(availability_rules::person_id.eq_any(ids))
        .select((
            availability_rules::person_id,
            availability_rules::weekday,
            availability_rules::starts_minute,
            availability_rules::ends_minute,
        ))
        .load(conn)?;
    let rule = |weekday: i32, from: i32, until: i32| {
        // Monday is 1 in the table (ISO 8601), 0 in chrono.
        let weekday = Weekday::try_from(u8::try_from(weekday.checked_sub(1)?).ok()?).ok()?;
        let (from, until) = (u16::try_from(from).ok()?, u16::try_from(until).ok()?);
        WeeklyRule::from_minutes(weekday, from, until)
    };
    Ok(rows
        .into_iter()
        .map(|(person, weekday, from, until)| (person, rule(weekday, from, until)))
        .collect())
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = availability_exceptions)]
struct ExceptionRow {
    person_id: PersonId,
    kind: String,
    starts_on: NaiveDate,
    ends_on: NaiveDate,
    starts_minute: Option<i32>,
    ends_minute: Option<i32>,
}

impl ExceptionRow {
    /// From the first date (at its minute, or midnight) to the last date (at its minute, or its end).
    fn exception(&self) -> Option<Exception> {
        let minute = |minute: Option<i32>| minute.and_then(|m| u16::try_from(m).ok());
        let from = wall(self.starts_on, minute(self.starts_minute).unwrap_or(0))?;
        let until = wall(self.ends_on, minute(self.ends_minute).unwrap_or(DAY))?;
        Some(match self.kind.as_str() {
            "extra" => Exception::Extra { from, until },
            _ => Exception::Away { from, until },
        })
    }
}

fn wall(date: NaiveDate, minute: u16) -> Option<chrono::NaiveDateTime> {
    date.and_time(NaiveTime::MIN)
        .checked_add_signed(TimeDelta::minutes(minute.into()))
}

fn exceptions(
    conn: &mut Conn,
    ids: &[PersonId],
    window: Span,
) -> QueryResult<Vec<(PersonId, Option<Exception>)>> {
    // A day of margin on both sides covers every zone.
    let first = window.start().date_naive().pred_opt();
    let last = window.end().date_naive().succ_opt();
    let rows: Vec<ExceptionRow> = availability_exceptions::table
        .filter(availability_exceptions::person_id.eq_any(ids))
        .filter(availability_exceptions::ends_on.ge(first.unwrap_or(NaiveDate::MIN)))
        .filter(availability_exceptions::starts_on.le(last.unwrap_or(NaiveDate::MAX)))
        .select(ExceptionRow::as_select())
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|row| (row.person_id, row.exception()))
        .collect())
}

fn busy(
    conn: &mut Conn,
    ids: &[PersonId],
    window: Span,
    except: &[MeetingId],
) -> QueryResult<Vec<(PersonId, Option<Busy>)>> {
    let seen = window.widened(MARGIN, MARGIN);
    let rows: Vec<(MeetingId, PersonId, Instant, Instant)> = bookings::table
        .filter(bookings::person_id.eq_any(ids))
        .filter(bookings::ends_at.gt(Instant::new(seen.start())))
        .filter(bookings::starts_at.lt(Instant::new(seen.end())))
        .select((
            bookings::meeting_id,
            bookings::person_id,
            bookings::starts_at,
            bookings::ends_at,
        ))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .filter(|(meeting, ..)| !except.contains(meeting))
        .map(|(_, person, start, end)| {
            (person, Span::new(start.utc(), end.utc()).map(Busy::Meeting))
        })
        .collect())
}

/// What occupies them in calendars of their own ([`super::busy`]).
fn elsewhere(
    conn: &mut Conn,
    ids: &[PersonId],
    window: Span,
) -> QueryResult<Vec<(PersonId, Option<Busy>)>> {
    // Buffers reach beyond the window.
    let seen = window.widened(TimeDelta::days(1), TimeDelta::days(1));
    let rows: Vec<(PersonId, Instant, Instant)> = busy_times::table
        .filter(busy_times::person_id.eq_any(ids))
        .filter(busy_times::ends_at.gt(Instant::new(seen.start())))
        .filter(busy_times::starts_at.lt(Instant::new(seen.end())))
        .select((
            busy_times::person_id,
            busy_times::starts_at,
            busy_times::ends_at,
        ))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(person, start, end)| (person, Span::new(start.utc(), end.utc()).map(Busy::Other)))
        .collect())
}
