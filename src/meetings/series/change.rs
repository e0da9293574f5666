//! Moving a series, or what is left of it from one of its meetings on, to other times.
//!
//! Where nothing of the series lies before the change, it stays the same series: same UID, same tokens,
//! SEQUENCE + 1. Otherwise it ends before the change (UNTIL) and a new series begins. The meetings themselves are
//! moved either way, so that their links and their history stay.

use chrono::NaiveDateTime;

use super::book::{add, form, open};
use super::cancel::{affected, drop_one, end};
use super::model::{Form, SeriesState, local_text};
use super::plan::{Conflicts, End, Planned, Settled, Wanted, plan};
use super::store::{self, Series};
use super::whole::Whole;
use super::{hold, mails};
use crate::access::policy::{self, Action};
use crate::db::Conn;
use crate::db::connection::LockTable;
use crate::kernel::ids::{MeetingId, PersonId, SeriesId};
use crate::kernel::{Actor, Context, Instant, Problem};
use crate::meetings::book::{Hours, hold as hold_people, taken};
use crate::meetings::details::Details;
use crate::meetings::model::{Change, Partstat, Source};
use crate::meetings::pair::Pair;
use crate::meetings::store::Meeting;
use crate::meetings::{counter, mails as single, pace, reminders, store as meetings};

/// Other times for a series.
#[derive(Debug, Clone)]
pub struct ChangeSeries {
    pub id: SeriesId,
    /// The first meeting that changes; the next one unless given.
    pub from: Option<MeetingId>,
    /// Its new start, a whole minute.
    pub starts_at: Instant,
    /// Length; as before unless given.
    pub minutes: Option<u32>,
    /// As before unless given.
    pub every_weeks: Option<u32>,
    /// As many meetings as there are left, unless given.
    pub end: Option<End>,
    pub hours: Hours,
    pub conflicts: Conflicts,
}

/// Moves it. `check` sees the version that stands, before anything is changed. Returns the series that holds the
/// new times: the same one, or a new one.
///
/// # Errors
/// 404; 409 `meeting-cancelled`, `meeting-over`, `mentorship-ended`, `series-times-taken`; 412 from `check`; 422
/// with the fields.
pub fn change(
    conn: &mut Conn,
    ctx: &Context,
    command: &ChangeSeries,
    check: impl FnOnce(i32) -> Result<(), Problem>,
) -> Result<Whole, Problem> {
    conn.write_tx(|conn| {
        let series = hold(conn, command.id)?;
        let whole = Whole::load(conn, series)?;
        policy::allow(&ctx.actor, Action::RescheduleSeries, &whole.object())?;
        check(whole.series.version)?;
        require_open(&whole, ctx)?;
        let pair = Pair::load(conn, ctx, whole.series.mentorship_id)?;
        pair.require_active()?;
        let moving = affected(&whole, ctx, command.from)?;
        let ahead = |one: &&Details| one.meeting.starts_at > ctx.now;
        let moving: Vec<Details> = moving.iter().filter(ahead).cloned().collect();
        if moving.is_empty() {
            return Err(Problem::conflict("meeting-over"));
        }
        for one in &moving {
            conn.lock_row(LockTable::Meetings, one.meeting.id.into())?;
        }
        hold_people(conn, pair.people().map(|(person, _)| person))?;
        let ids: Vec<MeetingId> = moving.iter().map(|one| one.meeting.id).collect();
        let wanted = wanted(&whole.series, moving.len(), command)?;
        let settled = plan(conn, ctx, &pair, &wanted, &ids)?.settled(ctx, command.conflicts)?;
        if is_the_same(&whole.series, &moving, &settled) {
            return Ok(whole);
        }
        pace::count(conn, ctx)?;
        apply(conn, ctx, &pair, whole, moving, &settled)
    })
}

/// Refuses when nothing of it can be changed any more.
///
/// # Errors
/// 409 `meeting-cancelled`, `meeting-over`.
pub(super) fn require_open(whole: &Whole, ctx: &Context) -> Result<(), Problem> {
    if whole.series.status == SeriesState::Cancelled {
        return Err(Problem::conflict("meeting-cancelled"));
    }
    match whole.open(ctx.now).next() {
        Some(_) => Ok(()),
        None => Err(Problem::conflict("meeting-over")),
    }
}

fn wanted(series: &Series, left: usize, command: &ChangeSeries) -> Result<Wanted, Problem> {
    let usual = |stored: i32| u32::try_from(stored).map_err(Problem::internal);
    let left = u32::try_from(left).map_err(Problem::internal)?;
    Ok(Wanted {
        starts_at: command.starts_at,
        zone: series.rule()?.zone,
        minutes: command.minutes.unwrap_or(usual(series.minutes)?),
        every_weeks: command.every_weeks.unwrap_or(usual(series.every_weeks)?),
        // One that is left is a series of one; whoever asks for a number asks for two at least.
        end: command.end.unwrap_or(End::Left(left)),
        hours: command.hours,
        conflicts: command.conflicts,
    })
}

/// The same times again are no change.
fn is_the_same(series: &Series, moving: &[Details], settled: &Settled) -> bool {
    let every = u32::try_from(series.every_weeks).ok();
    let now = moving
        .iter()
        .map(|one| (one.meeting.starts_at, one.meeting.ends_at));
    let then = settled
        .instances
        .iter()
        .map(|one| (Instant::new(one.time.start()), Instant::new(one.time.end())));
    every == Some(settled.rule.every_weeks) && now.eq(then)
}

/// How a series moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// It stays the same series.
    InPlace,
    /// A new series takes over.
    Anew,
}

/// Puts meetings at the times of a settled plan, in an open transaction: in their series where it can hold them
/// all, else in a new one.
///
/// # Errors
/// 409 `meeting-time-taken`; those of the database.
pub(super) fn apply(
    conn: &mut Conn,
    ctx: &Context,
    pair: &Pair,
    whole: Whole,
    moving: Vec<Details>,
    settled: &Settled,
) -> Result<Whole, Problem> {
    let mut old = whole.series.clone();
    let moves = |id: MeetingId| moving.iter().any(|one| one.meeting.id == id);
    let stays = whole.standing().any(|one| !moves(one.meeting.id));
    let way = if !stays && old.form == form(settled) {
        Way::InPlace
    } else {
        Way::Anew
    };
    let series = match way {
        Way::InPlace => {
            old.set_rule(settled.rule, settled.minutes)?;
            old.revise(ctx, Change::Time);
            store::save(conn, &mut old)?;
            open_answers(conn, ctx, &whole, &old)?;
            old.clone()
        }
        Way::Anew => open(conn, ctx, pair, settled, &old.words())?,
    };
    let first = moving.first().map(|one| one.meeting.clone());
    let before = whole.series;
    relocate_all(conn, ctx, pair, (&before, &series), moving, settled)?;
    if way == Way::Anew {
        leave(conn, ctx, &mut old, first.as_ref())?;
    }
    let whole = Whole::load(conn, series)?;
    match (way, before.form, whole.series.form) {
        (Way::InPlace, _, Form::Rule) => {
            let update = match first {
                Some(first) => single::Update::Moved {
                    from: first.time()?,
                },
                None => single::Update::Reworded,
            };
            mails::update(conn, ctx, &whole, update)?;
        }
        // Each meeting has had its own mail.
        (_, Form::Singles, Form::Singles) => {}
        _ => mails::invite(conn, ctx, &whole)?,
    }
    whole.record(conn, ctx, "meeting-series.reschedule", Some(&before))?;
    Ok(whole)
}

/// Moves meetings from one series to another, or within one; those that are too many are called off, those that
/// are missing are added.
fn relocate_all(
    conn: &mut Conn,
    ctx: &Context,
    pair: &Pair,
    (before, series): (&Series, &Series),
    moving: Vec<Details>,
    settled: &Settled,
) -> Result<(), Problem> {
    let singles = before.form == Form::Singles;
    for one in &moving {
        meetings::free_bookings(conn, one.meeting.id)?;
        if singles && series.form == Form::Rule {
            // Their own entries make room for that of the series.
            let mut gone = one.clone();
            let revision = gone.meeting.revision();
            let revision = revision.after(Change::Cancellation, ctx.now.utc());
            gone.meeting.set_revision(revision);
            single::cancel(conn, ctx, &gone)?;
        }
    }
    let mut left = moving.into_iter();
    for planned in &settled.instances {
        let Some(mut details) = left.next() else {
            let details = add(conn, ctx, pair, series, planned)?;
            if singles && series.form == Form::Singles {
                single::invite(conn, ctx, &details)?;
            }
            continue;
        };
        let from = details.meeting.time()?;
        relocate(conn, ctx, pair, series, &mut details, planned)?;
        if singles && series.form == Form::Singles && from != planned.time {
            single::update(conn, ctx, &details, single::Update::Moved { from })?;
        }
    }
    for mut details in left {
        drop_one(conn, ctx, series, &mut details.meeting, None)?;
        if singles {
            single::cancel(conn, ctx, &details)?;
        }
    }
    Ok(())
}

/// The series that its last meetings have left: it ends earlier, or is gone.
fn leave(
    conn: &mut Conn,
    ctx: &Context,
    old: &mut Series,
    first: Option<&Meeting>,
) -> Result<(), Problem> {
    old.revise(ctx, Change::Cancellation);
    end(conn, old, None)?;
    store::save(conn, old)?;
    let whole = Whole::load(conn, old.clone())?;
    match first {
        Some(first) if old.form == Form::Rule => mails::moved_on(conn, ctx, &whole, first),
        _ => Ok(()),
    }
}

/// What the series' clock shows when a planned meeting begins: the time of the rule where that is when it is,
/// also where clocks skip it.
fn settled_at(series: &Series, planned: &Planned) -> Result<NaiveDateTime, Problem> {
    let (rule, start) = (series.rule()?, planned.time.start());
    Ok(match rule.instant(planned.local) == start {
        true => planned.local,
        false => rule.zone.local(start),
    })
}

/// Moves one meeting to its place in a rule.
fn relocate(
    conn: &mut Conn,
    ctx: &Context,
    pair: &Pair,
    series: &Series,
    details: &mut Details,
    planned: &Planned,
) -> Result<(), Problem> {
    let meeting = &mut details.meeting;
    meeting.set_revision(match series.form {
        Form::Rule => series.revision_for(meeting.revision(), Change::Time),
        Form::Singles => meeting.revision().after(Change::Time, ctx.now.utc()),
    });
    meeting.series_id = Some(series.id);
    meeting.recurrence_local = Some(local_text(planned.local));
    meeting.starts_at = Instant::new(planned.time.start());
    meeting.ends_at = Instant::new(planned.time.end());
    meeting.zone.clone_from(&series.zone);
    // One that was moved by itself keeps its own time.
    let by_rule = settled_at(series, planned)?;
    meeting.local_start = local_text(by_rule);
    meeting.updated_at = ctx.now;
    store::place(conn, meeting)?;
    counter::supersede(conn, ctx, meeting.id)?;
    meetings::save(conn, meeting)?;
    for one in &mut details.participants {
        let attendee = &mut one.attendee;
        let (partstat, source) = answer_of(ctx, attendee.person_id);
        attendee.partstat = partstat;
        attendee.answered_at = source.map(|_| ctx.now);
        attendee.answer_source = source;
        attendee.answered_sequence = details.meeting.sequence;
        attendee.of_series = true;
        attendee.comment = None;
        meetings::save_answer(conn, attendee)?;
    }
    meetings::take_bookings(conn, &details.meeting, &details.people()).map_err(taken)?;
    reminders::schedule(conn, ctx, &details.meeting, &pair.rules)
}

/// Opens everybody's answer for the series again, but for that of whoever moves it (rule O8).
pub(super) fn open_answers(
    conn: &mut Conn,
    ctx: &Context,
    whole: &Whole,
    series: &Series,
) -> Result<(), Problem> {
    for part in &whole.parts {
        let mut row = part.row.clone();
        let (partstat, source) = answer_of(ctx, row.person_id);
        row.partstat = partstat;
        row.answered_at = source.map(|_| ctx.now);
        row.answer_source = source;
        row.answered_sequence = series.sequence;
        row.comment = None;
        store::save_answer(conn, &row)?;
    }
    Ok(())
}

/// What a person's answer becomes when the actor moves a series: whoever moves it, comes.
fn answer_of(ctx: &Context, person: PersonId) -> (Partstat, Option<Source>) {
    if ctx.actor.person_id() != Some(person) {
        return (Partstat::NeedsAction, None);
    }
    let source = match ctx.actor {
        Actor::Link { .. } => Source::Link,
        _ => Source::Api,
    };
    (Partstat::Accepted, Some(source))
}
