//! A series when the law changes the clocks (rule T6): it is mended as a whole, so that people get one update of
//! its entry, with the zone's new definition in it, and what was moved or called off by itself stays so.

use super::change::{apply, open_answers};
use super::model::Form;
use super::plan::{Planned, Settled};
use super::store::{self, Series};
use super::whole::Whole;
use super::{hold, mails};
use crate::db::Conn;
use crate::db::connection::LockTable;
use crate::kernel::ids::SeriesId;
use crate::kernel::{Context, Instant, Problem};
use crate::meetings::book::hold as hold_people;
use crate::meetings::details::Details;
use crate::meetings::model::Change;
use crate::meetings::pair::Pair;
use crate::meetings::slots::Span;
use crate::meetings::store::Meeting;
use crate::meetings::{counter, mails as single, reminders, reschedule};

/// What became of the meetings of a series that had moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Mended {
    /// They are where they ought to be.
    pub meetings: usize,
    /// Somebody in them has another meeting then: they stay where they are.
    pub conflicts: usize,
    /// They would begin in the past.
    pub late: usize,
}

/// Where a meeting ought to be, if that is not where it is.
pub(crate) type Ought = fn(&Meeting) -> Option<Instant>;

/// Moves the meetings of a series to where they ought to be, in one transaction: SEQUENCE + 1 and one update to
/// everybody. Weekly hours, notice and maxima are not asked: nobody chose this.
///
/// # Errors
/// [`Problem::NotFound`]; those of the database.
pub(crate) fn mend(
    conn: &mut Conn,
    ctx: &Context,
    id: SeriesId,
    ought: Ought,
) -> Result<Mended, Problem> {
    conn.write_tx(|conn| {
        let series = hold(conn, id)?;
        let whole = Whole::load(conn, series)?;
        let ahead: Vec<Details> = whole
            .open(ctx.now)
            .filter(|one| one.meeting.starts_at > ctx.now)
            .cloned()
            .collect();
        if !ahead.iter().any(|one| ought(&one.meeting).is_some()) {
            return Ok(Mended::default());
        }
        for one in &ahead {
            conn.lock_row(LockTable::Meetings, one.meeting.id.into())?;
        }
        let pair = Pair::load(conn, ctx, whole.series.mentorship_id)?;
        hold_people(conn, pair.people().map(|(person, _)| person))?;
        let told = whole.series.form == Form::Rule;
        if told && whole.series.rule()?.form(whole.series.length()) == Form::Singles {
            return one_by_one(conn, ctx, &pair, whole, ahead, ought);
        }
        shift_all(conn, ctx, &pair, &whole, ahead, ought)
    })
}

fn shift_all(
    conn: &mut Conn,
    ctx: &Context,
    pair: &Pair,
    whole: &Whole,
    ahead: Vec<Details>,
    ought: Ought,
) -> Result<Mended, Problem> {
    let mut series = whole.series.clone();
    series.revise(ctx, Change::Time);
    let (mut done, mut shifted) = (Mended::default(), Vec::new());
    for mut details in ahead {
        let Some(at) = ought(&details.meeting) else {
            continue;
        };
        if at <= ctx.now {
            done.late += 1;
            continue;
        }
        match conn.savepoint(|conn| shift(conn, ctx, pair, &series, &mut details, at)) {
            Ok(()) => shifted.push(details),
            Err(Problem::Conflict {
                code: "meeting-time-taken",
                ..
            }) => done.conflicts += 1,
            Err(problem) => return Err(problem),
        }
    }
    done.meetings = shifted.len();
    if shifted.is_empty() {
        return Ok(done);
    }
    store::save(conn, &mut series)?;
    open_answers(conn, ctx, whole, &series)?;
    let after = Whole::load(conn, series)?;
    match after.series.form {
        Form::Rule => mails::update(conn, ctx, &after, single::Update::Clocks)?,
        // Each has an entry of its own.
        Form::Singles => {
            for one in &shifted {
                single::update(conn, ctx, one, single::Update::Clocks)?;
            }
        }
    }
    after.record(conn, ctx, "meeting-series.mend-zone", Some(&whole.series))?;
    Ok(done)
}

/// The new instant; the answers are open again (rule O8), and that for the series speaks for it.
fn shift(
    conn: &mut Conn,
    ctx: &Context,
    pair: &Pair,
    series: &Series,
    details: &mut Details,
    at: Instant,
) -> Result<(), Problem> {
    let meeting = &mut details.meeting;
    let length = meeting.ends_at.since(meeting.starts_at);
    let revision = meeting.revision();
    meeting.set_revision(match series.form {
        Form::Rule => series.revision_for(revision, Change::Time),
        Form::Singles => revision.after(Change::Time, ctx.now.utc()),
    });
    meeting.starts_at = at;
    meeting.ends_at = at.plus(length);
    meeting.updated_at = ctx.now;
    reschedule::reopen(ctx, details, &[]);
    for one in &mut details.participants {
        one.attendee.of_series = true;
    }
    reschedule::save(conn, details)?;
    counter::supersede(conn, ctx, details.meeting.id)?;
    reminders::schedule(conn, ctx, &details.meeting, &pair.rules)
}

/// Where the zone's new rules cannot be told to calendars any more (rule T3): the series' entry ends, and every
/// meeting to come gets one of its own. All of them, or none.
fn one_by_one(
    conn: &mut Conn,
    ctx: &Context,
    pair: &Pair,
    whole: Whole,
    ahead: Vec<Details>,
    ought: Ought,
) -> Result<Mended, Problem> {
    let (mut instances, mut done) = (Vec::new(), Mended::default());
    for one in &ahead {
        let meeting = &one.meeting;
        let at = match ought(meeting) {
            Some(at) if at <= ctx.now => {
                done.late += 1;
                meeting.starts_at
            }
            Some(at) => {
                done.meetings += 1;
                at
            }
            None => meeting.starts_at,
        };
        let end = at.plus(meeting.ends_at.since(meeting.starts_at));
        let time = Span::new(at.utc(), end.utc());
        instances.push(Planned {
            local: whole.series.local_of(meeting)?,
            time: time.ok_or_else(|| Problem::internal("a meeting without length"))?,
            refusal: None,
        });
    }
    if done.meetings == 0 {
        return Ok(done);
    }
    let locals: Vec<_> = instances.iter().map(|one| one.local).collect();
    let rule = whole.series.rule()?.trimmed(&locals);
    let settled = Settled {
        rule: rule.ok_or_else(|| Problem::internal("a series without meetings"))?,
        minutes: u32::try_from(whole.series.minutes).map_err(Problem::internal)?,
        instances,
    };
    match conn.savepoint(|conn| apply(conn, ctx, pair, whole, ahead, &settled)) {
        Ok(_) => Ok(done),
        Err(Problem::Conflict {
            code: "meeting-time-taken",
            ..
        }) => Ok(Mended {
            meetings: 0,
            conflicts: done.meetings,
            late: done.late,
        }),
        Err(problem) => Err(problem),
    }
}
