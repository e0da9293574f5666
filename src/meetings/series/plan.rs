//! Which instances of a series could take place, and why the others could not.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

use super::model::{Ends, MOST_INSTANCES, MOST_WEEKS, Rule};
use super::refusals;
use crate::db::Conn;
use crate::kernel::ids::MeetingId;
use crate::kernel::{Context, FieldError, Instant, Problem, Zone};
use crate::meetings::book::Hours;
use crate::meetings::model;
use crate::meetings::pair::Pair;
use crate::meetings::slots::{Busy, Calendar, Limits, Refusal, Span, fits};
use crate::meetings::{calendars, text};

crate::text_enum! {
    /// Why an instance cannot take place. Whose time it is, and what with, is nobody else's business.
    #[schema(as = SeriesRefusal)]
    pub enum Why {
        /// Sooner than the minimum notice allows, or past.
        TooSoon => "too-soon",
        /// More than a year ahead.
        TooFar => "too-far",
        /// Outside somebody's hours, on a holiday, or while somebody is away.
        OutsideHours => "outside-hours",
        /// Something else is at that time, or too near to it.
        Taken => "taken",
        /// The mentor has had their maximum of that date.
        DayFull => "day-full",
        /// The mentor has had their maximum of that week.
        WeekFull => "week-full",
    }
}

impl From<Refusal> for Why {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::TooSoon => Self::TooSoon,
            Refusal::TooFar => Self::TooFar,
            Refusal::Away => Self::OutsideHours,
            Refusal::Busy => Self::Taken,
            Refusal::DayFull => Self::DayFull,
            Refusal::WeekFull => Self::WeekFull,
        }
    }
}

crate::text_enum! {
    /// What to do when an instance cannot take place.
    #[schema(as = SeriesConflicts)]
    pub enum Conflicts {
        /// Nothing is booked, and the answer lists them.
        Refuse => "refuse",
        /// The others are booked.
        Skip => "skip",
    }
}

/// When a series is to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// After so many starts, 2 to 52.
    Count(u32),
    /// On this date of the series' clock at the latest.
    Until(NaiveDate),
    /// After as many as there are left of a series that moves, 1 to 52.
    Left(u32),
}

/// The times that are wanted.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The first start, a whole minute.
    pub starts_at: Instant,
    /// On whose clock it repeats.
    pub zone: Zone,
    /// Length in minutes.
    pub minutes: u32,
    /// Weeks from one to the next, 1 to 12.
    pub every_weeks: u32,
    pub end: End,
    pub hours: Hours,
    pub conflicts: Conflicts,
}

/// One start of a series that is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Planned {
    /// On the series' clock.
    pub local: NaiveDateTime,
    pub time: Span,
    /// Why it cannot take place, if it cannot.
    pub refusal: Option<Why>,
}

/// All starts of a series that is to be.
#[derive(Debug, Clone)]
pub struct Plan {
    pub rule: Rule,
    pub minutes: u32,
    pub instances: Vec<Planned>,
}

/// What is booked of a plan.
#[derive(Debug, Clone)]
pub struct Settled {
    /// Begins and ends with an instance that takes place.
    pub rule: Rule,
    pub minutes: u32,
    /// Those that take place, in their order; never empty.
    pub instances: Vec<Planned>,
}

/// Checks every instance (rules S1 to S4) as if it were booked by itself after those before it: hours,
/// exceptions and holidays of both people, buffers, notice, the mentor's maxima. The horizon holds for the first
/// one; to look further ahead is what a series is for. Meetings in `except` do not stand in the way: they are
/// about to move.
///
/// # Errors
/// 422 with the fields; 404.
pub fn plan(
    conn: &mut Conn,
    ctx: &Context,
    pair: &Pair,
    wanted: &Wanted,
    except: &[MeetingId],
) -> Result<Plan, Problem> {
    let rule = rule(ctx, pair, wanted)?;
    let length = TimeDelta::minutes(wanted.minutes.into());
    let times: Vec<(NaiveDateTime, Span)> = rule
        .locals()
        .filter_map(|local| Some((local, rule.time(local, length)?)))
        .collect();
    let window = times.first().zip(times.last());
    let window = window.and_then(|((_, first), (_, last))| Span::new(first.start(), last.end()));
    let window = window.ok_or_else(|| Problem::field("/starts_at", "too-far"))?;
    let people = pair.people();
    let mut calendars = calendars::load_except(conn, &people, window, &pair.rules, except)?;
    for calendar in &mut calendars {
        calendar.limits.horizon = Limits::default().horizon;
    }
    let instances = times
        .into_iter()
        .map(|(local, time)| {
            let refusal = refusal(&calendars, time, ctx, wanted.hours);
            if refusal.is_none() {
                let taken = Busy::Meeting(time);
                calendars.iter_mut().for_each(|one| one.busy.push(taken));
            }
            Planned {
                local,
                time,
                refusal,
            }
        })
        .collect();
    Ok(Plan {
        rule,
        minutes: wanted.minutes,
        instances,
    })
}

fn refusal(calendars: &[Calendar], time: Span, ctx: &Context, hours: Hours) -> Option<Why> {
    let now = ctx.now.utc();
    match model::may_book(time, now) {
        Err(model::Refusal::TooFar) => return Some(Why::TooFar),
        Err(_) => return Some(Why::TooSoon),
        Ok(()) => {}
    }
    match hours {
        Hours::Keep => fits(calendars, time, now)
            .err()
            .map(|misfit| misfit.why.into()),
        Hours::Ignore => {
            let mut busy = calendars.iter().flat_map(|calendar| &calendar.busy);
            let meets = |busy: &Busy| matches!(busy, Busy::Meeting(span) if span.overlaps(time));
            busy.any(meets).then_some(Why::Taken)
        }
    }
}

/// The rule that is wanted; all faults are told at once.
fn rule(ctx: &Context, pair: &Pair, wanted: &Wanted) -> Result<Rule, Problem> {
    let mut faults = Vec::new();
    let mut range = |pointer: &str, given: u32, least: u32, most: u32| {
        if !(least..=most).contains(&given) {
            let fault = FieldError::new(pointer, "out-of-range");
            faults.push(fault.with("least", least).with("most", most));
        }
    };
    range("/every_weeks", wanted.every_weeks, 1, MOST_WEEKS);
    if let End::Count(count) = wanted.end {
        range("/count", count, 2, MOST_INSTANCES);
    }
    Problem::unless_empty(faults)?;
    let first = text::time(wanted.starts_at, wanted.minutes, ctx.now)?;
    let horizon = ctx.now.plus(pair.rules.horizon()).utc();
    if wanted.hours == Hours::Keep && first.end() > horizon {
        return Err(Problem::field("/starts_at", "too-far"));
    }
    let local = wanted.zone.local(first.start());
    let rule = match wanted.end {
        End::Count(instances) | End::Left(instances) => Some(Rule {
            zone: wanted.zone,
            first: local,
            every_weeks: wanted.every_weeks,
            instances,
            ends: Ends::Count,
        }),
        End::Until(date) => Rule::until(wanted.zone, local, wanted.every_weeks, date),
    };
    let rule = rule.ok_or_else(|| Problem::field("/until", "ends-before-start"))?;
    if rule.instances > MOST_INSTANCES {
        let fault = Problem::field("/until", "too-many-meetings");
        return Err(fault.with("most", MOST_INSTANCES));
    }
    Ok(rule)
}

impl Plan {
    /// What is booked of it.
    ///
    /// # Errors
    /// 409 `series-times-taken` with every instance that cannot take place, when those are not to be skipped, or
    /// when none can.
    pub fn settled(self, ctx: &Context, conflicts: Conflicts) -> Result<Settled, Problem> {
        let possible = |one: &&Planned| one.refusal.is_none();
        let kept: Vec<Planned> = self.instances.iter().filter(possible).copied().collect();
        let locals: Vec<NaiveDateTime> = kept.iter().map(|one| one.local).collect();
        let complete = kept.len() == self.instances.len();
        match self.rule.trimmed(&locals) {
            Some(rule) if complete || conflicts == Conflicts::Skip => Ok(Settled {
                rule,
                minutes: self.minutes,
                instances: kept,
            }),
            _ => Err(refusals::problem(ctx, &self)),
        }
    }
}
