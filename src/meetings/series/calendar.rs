//! What calendars are told of a series (rules O7, T2): pure, from rows to events.

use chrono::{DateTime, NaiveDateTime, Utc};

use super::model::Rule;
use super::store::Series;
use super::whole::{Membership, Whole, stands_alone};
use crate::icalendar::{Event, Method, Moment, zone};
use crate::kernel::{Instant, Problem};
use crate::meetings::details::Details;
use crate::meetings::slots::Span;

/// How a series' times are written: on the clock of its zone (rule T2).
struct Clock {
    rule: Rule,
    /// Zone data may have changed since the series was booked: what cannot be told any more (rule T3) is
    /// written in UTC, so that it can still be called off.
    tellable: bool,
}

impl Clock {
    fn of(series: &Series) -> Result<Self, Problem> {
        let rule = series.rule()?;
        let from = Instant::new(rule.instant(rule.first));
        let until = Instant::new(rule.instant(rule.last())).plus(series.length());
        let tellable = zone::can_carry_series(rule.zone, from, Some(until));
        Ok(Self { rule, tellable })
    }

    /// The start that the rule gives, by which calendars know the instance: never moved out of a gap, because
    /// they compare what is written.
    fn given(&self, local: NaiveDateTime) -> Moment {
        if self.tellable {
            self.local(local)
        } else {
            Moment::Utc(Instant::new(self.rule.instant(local)))
        }
    }

    /// Any instant; the second of two equal wall times only UTC can tell.
    fn instant(&self, at: DateTime<Utc>) -> Moment {
        let local = self.rule.zone.local(at);
        if self.tellable && self.rule.instant(local) == at {
            self.local(local)
        } else {
            Moment::Utc(Instant::new(at))
        }
    }

    fn local(&self, at: NaiveDateTime) -> Moment {
        Moment::Local {
            at,
            tzid: self.rule.zone.name().to_owned(),
        }
    }

    fn time(&self, event: &mut Event, time: Span) {
        event.start = self.instant(time.start());
        event.end = self.instant(time.end());
    }
}

impl Membership<'_> {
    /// The events of a mail: one instance, or the series with everything in it that stands alone. `event` writes
    /// what holds for any meeting; `about` is what the mail is about.
    pub(crate) fn events(
        &self,
        method: Method,
        about: &Details,
        event: &dyn Fn(&Details) -> Event,
    ) -> Result<Vec<Event>, Problem> {
        let clock = Clock::of(self.series())?;
        match self {
            Self::Instance(series, _) => Ok(vec![instance(series, &clock, about, event)?]),
            Self::Whole(whole) => all(whole, &clock, method, about, event),
        }
    }
}

/// One instance (RECURRENCE-ID in the form of the series' start). It carries the series' number, because
/// calendars compare it with the entry of the series where they know no other.
fn instance(
    series: &Series,
    clock: &Clock,
    details: &Details,
    event: &dyn Fn(&Details) -> Event,
) -> Result<Event, Problem> {
    let mut event = event(details);
    event.uid.clone_from(&series.uid);
    event.sequence = u32::try_from(series.sequence).unwrap_or(0);
    event.stamp = event.stamp.max(series.dtstamp);
    event.recurrence_id = Some(clock.given(series.local_of(&details.meeting)?));
    clock.time(&mut event, details.meeting.time()?);
    Ok(event)
}

/// The series, and what stands alone in it; called off, the series says it all.
fn all(
    whole: &Whole,
    clock: &Clock,
    method: Method,
    about: &Details,
    event: &dyn Fn(&Details) -> Event,
) -> Result<Vec<Event>, Problem> {
    let series = &whole.series;
    let mut master = event(about);
    let first = clock.rule.time(clock.rule.first, series.length());
    let first = first.ok_or_else(|| Problem::internal("a series without length"))?;
    clock.time(&mut master, first);
    master.start = clock.given(clock.rule.first);
    if clock.tellable || method != Method::Cancel {
        master.recurrence = Some(clock.rule.recurrence());
    }
    let mut events = vec![master];
    if method == Method::Cancel {
        return Ok(events);
    }
    if let Some(master) = events.first_mut() {
        let exceptions = whole.exceptions()?;
        master.exceptions = exceptions.into_iter().map(|one| clock.given(one)).collect();
    }
    for one in whole.standing() {
        if stands_alone(whole, one)? {
            events.push(instance(series, clock, one, event)?);
        }
    }
    Ok(events)
}
