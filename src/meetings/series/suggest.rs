//! The weekly times at which a pair could meet again and again, the best first.

use std::collections::HashMap;

use chrono::TimeDelta;

use super::model::{MOST_INSTANCES, MOST_WEEKS};
use crate::access::policy::{self, Action};
use crate::db::Conn;
use crate::kernel::ids::MentorshipId;
use crate::kernel::{Context, FieldError, Instant, Problem};
use crate::meetings::calendars;
use crate::meetings::model::{FURTHEST, LONGEST, SHORTEST};
use crate::meetings::pair::Pair;
use crate::meetings::slots::{Limits, Recurring, Search, Span, recurring};

/// What is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Suggest {
    pub mentorship_id: MentorshipId,
    /// The first meeting starts at or after this instant; now unless given.
    pub from: Option<Instant>,
    /// So many meetings, 2 to 52.
    pub count: u32,
    /// Weeks from one to the next, 1 to 12.
    pub every_weeks: u32,
    /// Length of each; the programme's usual one unless given.
    pub minutes: Option<u32>,
    /// Minutes from one start to the next on the mentor's clock, 5 to 240.
    pub step: u32,
    /// How many times the answer holds at most, 1 to 100.
    pub limit: u32,
}

/// What was found.
#[derive(Debug)]
pub struct Suggested {
    pub pair: Pair,
    /// Length of each meeting, in minutes.
    pub minutes: i64,
    pub count: u32,
    /// Those that fit most often first, then the earliest.
    pub times: Vec<Recurring>,
}

/// Finds them on the mentor's clock. Notice and the horizon hold for the first meeting, as in booking.
///
/// # Errors
/// 404; 409 `mentorship-ended`; 422 with the parameters out of range.
pub fn suggest(conn: &mut Conn, ctx: &Context, wanted: Suggest) -> Result<Suggested, Problem> {
    conn.read_tx(|conn| {
        let pair = Pair::load(conn, ctx, wanted.mentorship_id)?;
        policy::allow(&ctx.actor, Action::ListSeriesSlots, &pair.object())?;
        pair.require_active()?;
        let search = search(ctx, &pair, &wanted)?;
        let people = pair.people();
        let mut calendars = calendars::load(conn, &people, search.window, &pair.rules, None)?;
        for calendar in &mut calendars {
            calendar.limits.horizon = Limits::default().horizon;
        }
        let horizon = ctx.now.plus(pair.rules.horizon()).utc();
        let mut times = recurring(&calendars, &search, wanted.every_weeks, wanted.count);
        times.retain(|one| one.first.end() <= horizon);
        times.truncate(usize::try_from(wanted.limit).map_err(Problem::internal)?);
        Ok(Suggested {
            pair,
            minutes: search.length.num_minutes(),
            count: wanted.count,
            times,
        })
    })
}

fn search(ctx: &Context, pair: &Pair, wanted: &Suggest) -> Result<Search, Problem> {
    let usual = u32::try_from(pair.usual_minutes).map_err(Problem::internal)?;
    let minutes = wanted.minutes.unwrap_or(usual);
    let bounds: HashMap<&str, (u32, u32, u32)> = [
        (
            "minutes",
            (
                minutes,
                u32::try_from(SHORTEST.num_minutes()).map_err(Problem::internal)?,
                u32::try_from(LONGEST.num_minutes()).map_err(Problem::internal)?,
            ),
        ),
        ("step", (wanted.step, 5, 240)),
        ("count", (wanted.count, 2, MOST_INSTANCES)),
        ("every_weeks", (wanted.every_weeks, 1, MOST_WEEKS)),
        ("limit", (wanted.limit, 1, 100)),
    ]
    .into();
    let mut faults: Vec<FieldError> = bounds
        .into_iter()
        .filter(|(_, (given, least, most))| !(least..=most).contains(&given))
        .map(|(name, (_, least, most))| {
            let fault = FieldError::new(format!("?{name}"), "out-of-range");
            fault.with("least", least).with("most", most)
        })
        .collect();
    faults.sort_by(|one, other| one.pointer.cmp(&other.pointer));
    Problem::unless_empty(faults)?;
    let from = wanted.from.unwrap_or(ctx.now).max(ctx.now);
    let weeks = i64::from(wanted.count) * i64::from(wanted.every_weeks) + 1;
    let until = from
        .plus(TimeDelta::weeks(weeks))
        .min(ctx.now.plus(FURTHEST));
    let window =
        Span::new(from.utc(), until.utc()).ok_or_else(|| Problem::field("?from", "too-far"))?;
    Ok(Search {
        now: ctx.now.utc(),
        window,
        length: TimeDelta::minutes(minutes.into()),
        step: TimeDelta::minutes(wanted.step.into()),
        limit: usize::MAX,
    })
}
