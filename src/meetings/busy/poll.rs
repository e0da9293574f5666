//! Looking at calendars because their time has come: the worker's part.
//!
//! A worker claims what is due with a lease, asks each server outside any transaction, and writes down what
//! came of it if the lease is still its own. A worker that is killed leaves a lease that runs out, and the
//! calendar is asked once more: nothing is lost, and nothing happens twice that matters.

use chrono::TimeDelta;

use super::fetch::Marks;
use super::manage::{self, print_of};
use super::model::{BELIEVED, READ_ANEW, Trouble, next_check};
use super::store::{self, Calendar};
use crate::db::Conn;
use crate::i18n;
use crate::icalendar::agenda::Busy;
use crate::kernel::{Context, Problem, Settings};
use crate::mail::contexts::CalendarUnreachable;
use crate::mail::{Line, Link, NewMail, Recipient, enqueue};
use crate::meetings::store::contacts;

/// What a look gave.
#[derive(Debug)]
pub enum Look {
    /// What is known still holds.
    Unchanged,
    Read {
        busy: Busy,
        marks: Marks,
    },
}

/// The usual pause between two looks.
#[must_use]
pub fn usual_pause(settings: &Settings) -> TimeDelta {
    TimeDelta::minutes(i64::from(settings.calendars.poll_minutes))
}

/// Takes up to `most` calendars that are due.
///
/// # Errors
/// Those of the database.
pub fn claim(
    conn: &mut Conn,
    ctx: &Context,
    worker: &str,
    most: i64,
) -> Result<Vec<Calendar>, Problem> {
    let lease = TimeDelta::seconds(i64::from(ctx.settings().worker.lease_seconds));
    // A whole look has to fit into the lease.
    let look = i64::try_from(ctx.settings().calendars.timeout_seconds).unwrap_or(60);
    let lease = lease.max(TimeDelta::seconds(look.saturating_mul(2)));
    Ok(store::claim(
        conn,
        worker,
        ctx.now,
        ctx.now.plus(lease),
        most,
    )?)
}

/// Looks at a calendar: with the marks of what is known, or anew when that was long ago. It blocks; no
/// transaction may be open.
///
/// # Errors
/// [`Trouble`].
pub fn look(
    ctx: &Context,
    calendar: &Calendar,
    request: Result<manage::Request, Trouble>,
) -> Result<Look, Trouble> {
    let due_anew = ctx.now.since(calendar.read_at) >= READ_ANEW;
    let known = if due_anew {
        Marks::default()
    } else {
        Marks {
            etag: calendar.etag.clone(),
            last_modified: calendar.last_modified.clone(),
        }
    };
    manage::look(&ctx.platform, &request?, &known, ctx.now)
}

/// Writes down what came of a look; `worker` is whoever holds the lease, none when somebody asked for it. The
/// calendar as it is now.
///
/// # Errors
/// Those of the database.
pub fn finish(
    conn: &mut Conn,
    ctx: &Context,
    calendar: Calendar,
    worker: Option<&str>,
    looked: Result<Look, Trouble>,
) -> Result<Calendar, Problem> {
    conn.write_tx(|conn| {
        let (after, times) = outcome(ctx, &calendar, looked);
        let tell = wants_telling(ctx, &after);
        let after = Calendar {
            told_at: if tell { Some(ctx.now) } else { after.told_at },
            ..after
        };
        if !store::save_look(conn, &after, worker)? {
            tracing::warn!("a calendar took longer than its lease, or was removed meanwhile");
            return Ok(calendar);
        }
        match times {
            Times::Keep => {}
            Times::Forget => store::forget_times(conn, after.id)?,
            Times::Replace(busy) => store::replace_times(conn, &after, &busy.times)?,
        }
        if tell {
            tell_person(conn, ctx, &after)?;
        }
        Ok(after)
    })
}

enum Times {
    Keep,
    Forget,
    Replace(Busy),
}

/// The calendar after a look, and what becomes of its busy times.
fn outcome(ctx: &Context, before: &Calendar, looked: Result<Look, Trouble>) -> (Calendar, Times) {
    let usual = usual_pause(ctx.settings());
    let well = Calendar {
        trouble: None,
        failures: 0,
        told_at: None,
        checked_at: ctx.now,
        next_check_at: next_check(before.id, usual, 0, ctx.now),
        ..before.clone()
    };
    match looked {
        Ok(Look::Unchanged) => (well, Times::Keep),
        Ok(Look::Read { busy, marks }) => {
            let print = print_of(&busy);
            let same = print == before.fingerprint;
            let after = Calendar {
                etag: marks.etag,
                last_modified: marks.last_modified,
                fingerprint: print,
                events: i32::try_from(busy.events).unwrap_or(i32::MAX),
                not_understood: i32::try_from(busy.not_understood).unwrap_or(i32::MAX),
                read_at: ctx.now,
                ..well
            };
            (
                after,
                if same {
                    Times::Keep
                } else {
                    Times::Replace(busy)
                },
            )
        }
        Err(trouble) => {
            let failures = before.failures.saturating_add(1);
            let stale = ctx.now.since(before.checked_at) >= BELIEVED;
            let after = Calendar {
                trouble: Some(trouble),
                failures,
                next_check_at: next_check(before.id, usual, failures, ctx.now),
                // What is forgotten has to be read anew, whatever its server says about changes.
                etag: before.etag.clone().filter(|_| !stale),
                last_modified: before.last_modified.clone().filter(|_| !stale),
                fingerprint: if stale {
                    String::new()
                } else {
                    before.fingerprint.clone()
                },
                ..before.clone()
            };
            (after, if stale { Times::Forget } else { Times::Keep })
        }
    }
}

/// After so many failures the person is told, once until it works again.
fn wants_telling(ctx: &Context, after: &Calendar) -> bool {
    let many = i32::try_from(ctx.settings().calendars.mail_after_failures).unwrap_or(i32::MAX);
    after.failures >= many && after.told_at.is_none()
}

fn tell_person(conn: &mut Conn, ctx: &Context, calendar: &Calendar) -> Result<(), Problem> {
    let contacts = contacts(conn, &[calendar.person_id])?;
    let Some((contact, address)) = contacts
        .first()
        .and_then(|contact| Some((contact, contact.reachable()?)))
    else {
        return Ok(());
    };
    let words = CalendarUnreachable {
        name: Line::new(contact.first_name()),
        calendar: Line::new(&calendar.shown),
        reason: Line::new(&calendar.trouble.map_or_else(String::new, |trouble| {
            i18n::text(contact.locale, &format!("field-{trouble}"))
        })),
        days: BELIEVED.num_days(),
        link: Link::new(&format!("{}/calendar", ctx.settings().public_url())),
    };
    let to = Recipient::person(
        contact.person_id,
        &contact.full_name(),
        address,
        contact.locale,
    );
    let key = format!(
        "busy-calendar/{}/{}",
        calendar.id,
        calendar.checked_at.utc().timestamp()
    );
    enqueue(
        conn,
        ctx,
        NewMail::new(&words, to, key)?.about("busy-calendar", calendar.id),
    )?;
    Ok(())
}
