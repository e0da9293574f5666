//! When the law changes the clocks (rule T6). People agree on a meeting at a time on a clock; what is stored
//! beside it is the instant that this time was by the zone data of the day. New zone data can say another
//! instant. [`moved`] finds the meetings for which it does, [`apply`] moves them to where their people expect
//! them: SEQUENCE + 1 and an update to everybody, in one transaction for each meeting, or for each series as a
//! whole.
//!
//! A meeting has moved when its instant no longer shows the agreed time on its zone's clock. (To resolve the
//! agreed time again and compare instants would be wrong in the hour that comes twice.)

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use super::details::Details;
use super::model::{Change, State};
use super::pair::Pair;
use super::slots::Span;
use super::store::Meeting;
use super::{counter, mails, reminders, reschedule, series};
use crate::db::Conn;
use crate::db::connection::LockTable;
use crate::db::schema::meetings;
use crate::kernel::ids::{MeetingId, SeriesId};
use crate::kernel::zone::TZDB_VERSION;
use crate::kernel::{Context, Instant, Problem, Zone};

/// Meetings that are read at once.
const BATCH: i64 = 500;

/// What has moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A meeting by itself.
    Meeting(MeetingId),
    /// Meetings of a series.
    Series(SeriesId),
}

/// A meeting whose instant is no longer the one that its people agreed on, or the first such one of a series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    pub what: What,
    /// How many meetings it is.
    pub meetings: usize,
    /// The zone on whose clock it was agreed.
    pub zone: String,
    /// The agreed time on that clock.
    pub local_start: String,
    /// The release of the zone data under which it was resolved; empty where that is not known.
    pub resolved_under: String,
    /// Where it is.
    pub is: Instant,
    /// Where it ought to be.
    pub ought: Instant,
}

/// What became of a meeting that had moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is where it ought to be, and everybody is told.
    Mended,
    /// Somebody in it has another meeting at that time: people have to decide.
    Conflict,
    /// It would begin in the past.
    TooLate,
    /// Some meetings of a series are where they ought to be, and everybody is told; the others stay, for one of the
    /// two reasons above.
    Partly,
    /// It was cancelled, reported on or moved meanwhile.
    Gone,
}

/// The future meetings that moved.
///
/// # Errors
/// Those of the database.
pub fn moved(conn: &mut Conn, ctx: &Context) -> Result<Vec<Moved>, Problem> {
    let mut found: Vec<Moved> = Vec::new();
    future(conn, ctx, |_, meeting, resolved_under| {
        let Some(ought) = ought(&meeting) else {
            return Ok(());
        };
        let one = Moved {
            what: match meeting.series_id {
                Some(series) => What::Series(series),
                None => What::Meeting(meeting.id),
            },
            meetings: 1,
            is: meeting.starts_at,
            ought,
            zone: meeting.zone,
            local_start: meeting.local_start,
            resolved_under,
        };
        match found.iter_mut().find(|there| there.what == one.what) {
            None => found.push(one),
            Some(there) => {
                let meetings = there.meetings + 1;
                if one.is < there.is {
                    *there = one;
                }
                there.meetings = meetings;
            }
        }
        Ok(())
    })?;
    Ok(found)
}

/// Notes of all future meetings that stand where they ought to that the current zone data says so; how many.
///
/// # Errors
/// Those of the database.
pub fn confirm(conn: &mut Conn, ctx: &Context) -> Result<usize, Problem> {
    let mut confirmed = 0;
    future(conn, ctx, |conn, meeting, resolved_under| {
        if ought(&meeting).is_none() && resolved_under != **TZDB_VERSION {
            // Only if it is still at the time that was looked at.
            confirmed += diesel::update(
                meetings::table
                    .find(meeting.id)
                    .filter(meetings::starts_at.eq(meeting.starts_at)),
            )
            .set(meetings::tzdb.eq(*TZDB_VERSION))
            .execute(conn)?;
        }
        Ok(())
    })?;
    Ok(confirmed)
}

/// Shows every future meeting that stands to `look`, with the release of the zone data it was resolved under.
fn future(
    conn: &mut Conn,
    ctx: &Context,
    mut look: impl FnMut(&mut Conn, Meeting, String) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let mut after = MeetingId(uuid::Uuid::nil());
    loop {
        let rows: Vec<(Meeting, String)> = meetings::table
            .filter(meetings::status.eq(State::Scheduled))
            .filter(meetings::starts_at.gt(ctx.now))
            .filter(meetings::id.gt(after))
            .order(meetings::id)
            .limit(BATCH)
            .select((Meeting::as_select(), meetings::tzdb))
            .load(conn)?;
        let Some((last, _)) = rows.last() else {
            return Ok(());
        };
        after = last.id;
        for (meeting, resolved_under) in rows {
            look(conn, meeting, resolved_under)?;
        }
    }
}

/// Where a meeting ought to be, if that is not where it is.
fn ought(meeting: &Meeting) -> Option<Instant> {
    let zone = Zone::parse(&meeting.zone).ok()?;
    let agreed = NaiveDateTime::parse_from_str(&meeting.local_start, "%Y-%m-%dT%H:%M:%S").ok()?;
    if zone.local(meeting.starts_at.utc()) == agreed {
        return None;
    }
    let at = Instant::new(zone.resolve(agreed));
    // In the hour that is skipped, no clock ever shows the agreed time: it stays where it was put.
    (at != meeting.starts_at).then_some(at)
}

/// Moves a meeting, or a series, to where it ought to be.
///
/// # Errors
/// Those of the database.
pub fn apply(conn: &mut Conn, ctx: &Context, what: What) -> Result<Fate, Problem> {
    match what {
        What::Meeting(id) => apply_to_one(conn, ctx, id),
        What::Series(id) => match series::mend::mend(conn, ctx, id, ought) {
            Ok(done) => Ok(fate(done)),
            Err(Problem::NotFound | Problem::Stale) => Ok(Fate::Gone),
            Err(problem) => Err(problem),
        },
    }
}

fn fate(done: series::mend::Mended) -> Fate {
    match (done.meetings, done.conflicts, done.late) {
        (0, 0, 0) => Fate::Gone,
        (_, 0, 0) => Fate::Mended,
        (0, 0, _) => Fate::TooLate,
        (0, ..) => Fate::Conflict,
        _ => Fate::Partly,
    }
}

/// Moves one meeting to where it ought to be. Weekly hours, notice and maxima are not asked: nobody chose this.
/// That nobody is in two meetings at once is.
///
/// # Errors
/// Those of the database.
fn apply_to_one(conn: &mut Conn, ctx: &Context, id: MeetingId) -> Result<Fate, Problem> {
    let done: Result<Fate, Problem> = conn.write_tx(|conn| {
        let mut details = Details::hold(conn, id)?;
        let Some(ought) = ought(&details.meeting) else {
            return Ok(Fate::Gone);
        };
        if details.meeting.status != State::Scheduled {
            return Ok(Fate::Gone);
        }
        if ought <= ctx.now {
            return Ok(Fate::TooLate);
        }
        let pair = Pair::load(conn, ctx, details.meeting.mentorship_id)?;
        let mut people = pair.people().map(|(person, _)| person);
        people.sort_unstable();
        for person in people {
            conn.lock_row(LockTable::Persons, person.into())?;
        }
        let before = details.meeting.clone();
        let old = before.time()?;
        series::revise(conn, ctx, &mut details.meeting, Change::Time)?;
        shift(ctx, &mut details, ought, old.length())?;
        reschedule::save(conn, &mut details)?;
        counter::supersede(conn, ctx, details.meeting.id)?;
        mails::update(conn, ctx, &details, mails::Update::Clocks)?;
        reminders::schedule(conn, ctx, &details.meeting, &pair.rules)?;
        details.record(conn, ctx, "meeting.mend-zone", Some(&before))?;
        Ok(Fate::Mended)
    });
    match done {
        Err(Problem::Conflict {
            code: "meeting-time-taken",
            ..
        }) => Ok(Fate::Conflict),
        Err(Problem::NotFound | Problem::Stale) => Ok(Fate::Gone),
        done => done,
    }
}

/// The new instant; the answers are open again (rule O8).
fn shift(
    ctx: &Context,
    details: &mut Details,
    ought: Instant,
    length: TimeDelta,
) -> Result<(), Problem> {
    let meeting = &mut details.meeting;
    let new = Span::new(ought.utc(), ought.plus(length).utc());
    let new = new.ok_or_else(|| Problem::internal("a meeting without length"))?;
    meeting.starts_at = Instant::new(new.start());
    meeting.ends_at = Instant::new(new.end());
    meeting.updated_at = ctx.now;
    reschedule::reopen(ctx, details, &[]);
    Ok(())
}
