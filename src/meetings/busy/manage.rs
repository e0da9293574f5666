//! Adding, looking at and removing a calendar. What asks a foreign server stands between two transactions,
//! never inside one.

use chrono::TimeDelta;

use super::address::Address;
use super::fetch::{Fetched, Marks, fetch};
use super::model::{AHEAD, Trouble, next_check};
use super::poll::{self, Look};
use super::store::{self, Calendar};
use crate::access::policy::Action;
use crate::access::{audit, record, throttle};
use crate::db::connection::LockTable;
use crate::db::{Conn, constraint};
use crate::icalendar::agenda::{self, AgendaError, Bounds, Busy, View};
use crate::kernel::ids::{BusyCalendarId, PersonId};
use crate::kernel::secret::{fingerprint, hex};
use crate::kernel::{Context, FieldError, Instant, Platform, Problem, Settings, Zone};
use crate::people;

/// The purpose under which addresses are sealed.
const PURPOSE: &str = "busy-calendar";
/// Calendars of one person.
const MOST: usize = 3;

/// What a person asks to be looked at.
#[derive(Debug, Clone)]
pub struct Request {
    pub person_id: PersonId,
    pub address: Address,
    pub zone: Zone,
    pub whole_days: bool,
}

/// A person's calendars.
///
/// # Errors
/// 403 and 404 by the policy.
pub fn list(conn: &mut Conn, ctx: &Context, person: PersonId) -> Result<Vec<Calendar>, Problem> {
    people::read::allowed(conn, ctx, person, Action::ListBusyCalendars)?;
    Ok(store::of_person(conn, person)?)
}

/// The first half of adding a calendar: whether it may be asked at all.
///
/// # Errors
/// 403 and 404 by the policy; 409 `person-archived`, `too-many-calendars`; 422 at `/address`; 429.
pub fn request(
    conn: &mut Conn,
    ctx: &Context,
    person: PersonId,
    address: &str,
    whole_days: bool,
) -> Result<Request, Problem> {
    let them = people::read::allowed(conn, ctx, person, Action::AddBusyCalendar)?;
    if them.archived_at.is_some() {
        return Err(Problem::conflict("person-archived"));
    }
    let address = Address::parse(address, ctx.settings()).map_err(refused)?;
    room(conn, person)?;
    throttle::take(
        conn,
        ctx,
        &throttle::of_calendar_checks(ctx, &person.to_string()),
    )?;
    Ok(Request {
        person_id: person,
        address,
        zone: zone_of(conn, person)?,
        whole_days,
    })
}

fn room(conn: &mut Conn, person: PersonId) -> Result<(), Problem> {
    if store::of_person(conn, person)?.len() >= MOST {
        return Err(Problem::conflict("too-many-calendars").with("most", MOST));
    }
    Ok(())
}

fn zone_of(conn: &mut Conn, person: PersonId) -> Result<Zone, Problem> {
    let contacts = crate::meetings::store::contacts(conn, &[person])?;
    let contact = contacts.first().ok_or(Problem::NotFound)?;
    Ok(contact.zone())
}

/// What went wrong, at the field where the address was typed.
pub fn refused(trouble: Trouble) -> Problem {
    Problem::Invalid(vec![FieldError::new("/address", trouble.as_str())])
}

/// Asks the calendar's server and reads what it gives. It blocks; no transaction may be open.
///
/// # Errors
/// [`Trouble`].
pub fn look(
    platform: &Platform,
    request: &Request,
    known: &Marks,
    now: Instant,
) -> Result<Look, Trouble> {
    match fetch(&request.address, known, &platform.settings)? {
        Fetched::Unchanged => Ok(Look::Unchanged),
        Fetched::File {
            bytes,
            charset,
            marks,
        } => {
            let busy = read(&platform.settings, request, &bytes, charset.as_deref(), now)?;
            Ok(Look::Read { busy, marks })
        }
    }
}

fn read(
    settings: &Settings,
    request: &Request,
    bytes: &[u8],
    charset: Option<&str>,
    now: Instant,
) -> Result<Busy, Trouble> {
    let ours = format!("@{}", settings.mail.domain.to_ascii_lowercase());
    let view = View {
        from: now.minus(TimeDelta::days(1)).utc(),
        until: now.plus(AHEAD).utc(),
        zone: request.zone,
        whole_days: request.whole_days,
        // Our own meetings come back with the UID that we gave them (rule O3).
        ours: &|uid| uid.to_ascii_lowercase().ends_with(&ours),
    };
    let bounds = Bounds {
        bytes: usize::try_from(settings.calendars.max_bytes).unwrap_or(usize::MAX),
        ..Bounds::default()
    };
    agenda::busy(bytes, charset, &view, bounds).map_err(|error| match error {
        AgendaError::NoCalendar => Trouble::NoCalendar,
        AgendaError::TooMuch => Trouble::TooLarge,
    })
}

/// The second half of adding a calendar: keeps it with its busy times. One that cannot be read is not kept.
///
/// # Errors
/// 409 `too-many-calendars`, `calendar-exists`; 422 at `/address` with what went wrong.
pub fn keep(
    conn: &mut Conn,
    ctx: &Context,
    request: &Request,
    looked: Result<Look, Trouble>,
) -> Result<Calendar, Problem> {
    let (busy, marks) = match looked {
        Ok(Look::Read { busy, marks }) => (busy, marks),
        // Nothing was asked for conditionally.
        Ok(Look::Unchanged) => return Err(refused(Trouble::ServerTrouble)),
        Err(trouble) => return Err(refused(trouble)),
    };
    conn.write_tx(|conn| {
        conn.lock_row(LockTable::Persons, request.person_id.into())?;
        room(conn, request.person_id)?;
        let calendar = new(ctx, request, &busy, marks)?;
        conn.savepoint(|conn| store::insert(conn, &calendar))
            .map_err(|error| match constraint(&error) {
                Some(broken) if is_twice(&broken) => Problem::conflict("calendar-exists"),
                _ => error.into(),
            })?;
        store::replace_times(conn, &calendar, &busy.times)?;
        audited(conn, ctx, "busy-calendar.add", &calendar, Side::After)?;
        Ok(calendar)
    })
}

fn is_twice(broken: &crate::db::Constraint) -> bool {
    broken.is_unique_on(
        "busy_calendars",
        &["person_id", "address_tag"],
        "busy_calendars_person_id_address_tag_key",
    )
}

fn new(ctx: &Context, request: &Request, busy: &Busy, marks: Marks) -> Result<Calendar, Problem> {
    let address = request.address.expose();
    let id = BusyCalendarId::new(ctx.now);
    let usual = poll::usual_pause(ctx.settings());
    let about = format!("{} {address}", request.person_id);
    Ok(Calendar {
        id,
        person_id: request.person_id,
        address_sealed: ctx.keyring().seal(PURPOSE, address.as_bytes())?,
        address_tag: hex(&ctx.keyring().mac("busy-calendar-address", about.as_bytes())),
        shown: request.address.shown(),
        whole_days: request.whole_days,
        etag: marks.etag,
        last_modified: marks.last_modified,
        fingerprint: print_of(busy),
        events: i32::try_from(busy.events).unwrap_or(i32::MAX),
        not_understood: i32::try_from(busy.not_understood).unwrap_or(i32::MAX),
        trouble: None,
        failures: 0,
        read_at: ctx.now,
        checked_at: ctx.now,
        next_check_at: next_check(id, usual, 0, ctx.now),
        told_at: None,
        leased_by: None,
        leased_until: None,
        created_at: ctx.now,
    })
}

/// A short text that differs where the busy times differ.
pub fn print_of(busy: &Busy) -> String {
    let times = busy.times.iter();
    let text: Vec<String> = times
        .map(|(start, end)| format!("{}-{}", start.timestamp(), end.timestamp()))
        .collect();
    fingerprint(text.join(" ").as_bytes())
}

/// What to ask to look at a stored calendar again.
///
/// # Errors
/// An internal problem when the address was sealed with another secret or a person has none; the address is
/// refused where the settings have changed since.
pub fn again(
    conn: &mut Conn,
    ctx: &Context,
    calendar: &Calendar,
) -> Result<Result<Request, Trouble>, Problem> {
    let address = ctx.keyring().open_text(PURPOSE, &calendar.address_sealed)?;
    let zone = zone_of(conn, calendar.person_id)?;
    let request = Address::parse(&address, ctx.settings()).map(|address| Request {
        person_id: calendar.person_id,
        address,
        zone,
        whole_days: calendar.whole_days,
    });
    Ok(request)
}

/// The first half of looking at a calendar because somebody asks for it.
///
/// # Errors
/// 403 and 404 by the policy; 429.
pub fn request_again(
    conn: &mut Conn,
    ctx: &Context,
    person: PersonId,
    id: BusyCalendarId,
) -> Result<(Calendar, Result<Request, Trouble>), Problem> {
    people::read::allowed(conn, ctx, person, Action::CheckBusyCalendar)?;
    let calendar = store::find(conn, person, id)?;
    throttle::take(
        conn,
        ctx,
        &throttle::of_calendar_checks(ctx, &person.to_string()),
    )?;
    let request = again(conn, ctx, &calendar)?;
    Ok((calendar, request))
}

/// Removes a calendar and what is known of it.
///
/// # Errors
/// 403 and 404 by the policy.
pub fn remove(
    conn: &mut Conn,
    ctx: &Context,
    person: PersonId,
    id: BusyCalendarId,
) -> Result<(), Problem> {
    conn.write_tx(|conn| {
        people::read::allowed(conn, ctx, person, Action::RemoveBusyCalendar)?;
        let calendar = store::find(conn, person, id)?;
        store::remove(conn, id)?;
        audited(conn, ctx, "busy-calendar.remove", &calendar, Side::Before)
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Before,
    After,
}

/// What the audit log keeps of a calendar: never its address.
#[derive(Debug, serde::Serialize)]
struct Snapshot<'a> {
    id: BusyCalendarId,
    shown: &'a str,
    whole_days: bool,
}

fn audited(
    conn: &mut Conn,
    ctx: &Context,
    action: &'static str,
    calendar: &Calendar,
    side: Side,
) -> Result<(), Problem> {
    let snapshot = Snapshot {
        id: calendar.id,
        shown: &calendar.shown,
        whole_days: calendar.whole_days,
    };
    let document = Some(audit::erased::erase(&snapshot));
    let change = audit::Change {
        action,
        object_type: "person",
        object_id: calendar.person_id.into(),
        programme_id: None,
        before: document.filter(|_| side == Side::Before),
        after: document.filter(|_| side == Side::After),
    };
    record(conn, ctx, &change)
}
