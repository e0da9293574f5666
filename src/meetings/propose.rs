//! The times at which a pair could meet.

use chrono::TimeDelta;

use super::calendars;
use super::model::{LONGEST, SHORTEST};
use super::pair::Pair;
use super::slots::{Search, Span, common};
use super::store::Meeting;
use crate::access::policy::{self, Action};
use crate::db::Conn;
use crate::kernel::ids::MentorshipId;
use crate::kernel::{Context, FieldError, Instant, Problem};

/// How many slots an answer holds at most.
pub const MOST_SLOTS: usize = 2000;

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Propose {
    pub mentorship_id: MentorshipId,
    /// Meetings start at or after this instant; now unless given.
    pub from: Option<Instant>,
    /// For so many weeks, 1 to 26.
    pub weeks: u32,
    /// Length of the meeting; the programme's usual one unless given.
    pub minutes: Option<u32>,
    /// Minutes from one start to the next on the mentor's clock, 5 to 240.
    pub step: u32,
}

/// The common slots of a pair, the earliest first.
#[derive(Debug)]
pub struct Proposed {
    pub pair: Pair,
    /// Length of each, in minutes.
    pub minutes: i64,
    pub slots: Vec<Span>,
}

/// Finds the common slots of a mentorship's two people.
///
/// # Errors
/// 404; 409 `mentorship-ended`; 422 with the parameters out of range.
pub fn propose(conn: &mut Conn, ctx: &Context, wanted: Propose) -> Result<Proposed, Problem> {
    conn.read_tx(|conn| {
        let pair = Pair::load(conn, ctx, wanted.mentorship_id)?;
        policy::allow(&ctx.actor, Action::ListSlots, &pair.object())?;
        pair.require_active()?;
        let search = search(ctx, &pair, wanted)?;
        let calendars = calendars::load(conn, &pair.people(), search.window, &pair.rules, None)?;
        Ok(Proposed {
            minutes: search.length.num_minutes(),
            slots: common(&calendars, &search),
            pair,
        })
    })
}

/// Other times for a meeting: as long as it is, in the coming weeks, its own time not in the way. Who may ask is
/// the caller's to know.
///
/// # Errors
/// 409 `mentorship-ended`.
pub fn other_times(
    conn: &mut Conn,
    ctx: &Context,
    meeting: &Meeting,
    weeks: i64,
    limit: usize,
) -> Result<Vec<Span>, Problem> {
    let pair = Pair::load(conn, ctx, meeting.mentorship_id)?;
    pair.require_active()?;
    let now = ctx.now.utc();
    let until = ctx.now.plus(TimeDelta::weeks(weeks)).utc();
    let Some(window) = Span::new(now, until) else {
        return Ok(Vec::new());
    };
    let rules = &pair.rules;
    let calendars = calendars::load(conn, &pair.people(), window, rules, Some(meeting.id))?;
    let search = Search {
        now,
        window,
        length: meeting.time()?.length(),
        step: TimeDelta::minutes(30),
        limit: limit.saturating_add(1),
    };
    let mut slots = common(&calendars, &search);
    slots.retain(|slot| slot.start() != meeting.starts_at.utc());
    slots.truncate(limit);
    Ok(slots)
}

fn search(ctx: &Context, pair: &Pair, wanted: Propose) -> Result<Search, Problem> {
    let usual = u32::try_from(pair.usual_minutes).map_err(Problem::internal)?;
    let minutes = wanted.minutes.unwrap_or(usual);
    let length = TimeDelta::minutes(minutes.into());
    let mut faults = Vec::new();
    let mut range = |name: &str, wrong: bool, least: i64, most: i64| {
        if wrong {
            let fault = FieldError::new(format!("?{name}"), "out-of-range");
            faults.push(fault.with("least", least).with("most", most));
        }
    };
    let (least, most) = (SHORTEST.num_minutes(), LONGEST.num_minutes());
    range(
        "minutes",
        length < SHORTEST || length > LONGEST,
        least,
        most,
    );
    range("step", !(5..=240).contains(&wanted.step), 5, 240);
    range("weeks", !(1..=26).contains(&wanted.weeks), 1, 26);
    Problem::unless_empty(faults)?;
    let from = wanted.from.unwrap_or(ctx.now).max(ctx.now);
    let until = from.plus(TimeDelta::weeks(wanted.weeks.into()));
    let window =
        Span::new(from.utc(), until.utc()).ok_or_else(|| Problem::field("?from", "too-far"))?;
    Ok(Search {
        now: ctx.now.utc(),
        window,
        length,
        step: TimeDelta::minutes(wanted.step.into()),
        limit: MOST_SLOTS,
    })
}
