//! From entries to busy intervals.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Days, Duration, NaiveDate, NaiveDateTime, Utc};

use super::collect::{Entry, Found};
use super::rule::{Rule, Until};
use super::{AgendaError, Bounds, Busy, View};
use crate::icalendar::foreign::{offset_at, zone_by_name};
use crate::icalendar::model::Moment;
use crate::icalendar::read::ReadZone;
use crate::kernel::Zone;

type Span = (DateTime<Utc>, DateTime<Utc>);

/// The clock on which an entry's local times are read.
#[derive(Clone, Copy)]
enum Clock<'a> {
    Utc,
    Zone(Zone),
    /// The file's own definition.
    Private(&'a ReadZone),
}

impl<'a> Clock<'a> {
    fn of(moment: &Moment, zones: &'a [ReadZone], person: Zone) -> Self {
        match moment {
            Moment::Utc(_) => Self::Utc,
            Moment::Local { tzid, .. } => match zone_by_name(tzid) {
                Some(zone) => Self::Zone(zone),
                None => zones
                    .iter()
                    .find(|zone| zone.tzid == *tzid)
                    .filter(|zone| !zone.observances.is_empty())
                    .map_or(Self::Zone(person), Self::Private),
            },
            Moment::Floating(_) | Moment::Date(_) => Self::Zone(person),
        }
    }

    fn instant(self, local: NaiveDateTime) -> DateTime<Utc> {
        match self {
            Self::Utc => local.and_utc(),
            Self::Zone(zone) => zone.resolve(local),
            Self::Private(zone) => {
                let seconds = offset_at(zone, local).unwrap_or(0);
                let shift = Duration::seconds(i64::from(seconds));
                local.checked_sub_signed(shift).unwrap_or(local).and_utc()
            }
        }
    }
}

/// The wall time of a moment on its own clock.
fn wall(moment: &Moment) -> NaiveDateTime {
    match moment {
        Moment::Utc(at) => at.utc().naive_utc(),
        Moment::Local { at, .. } | Moment::Floating(at) => *at,
        Moment::Date(day) => day.and_time(chrono::NaiveTime::MIN),
    }
}

/// Everything that is busy in the view, merged.
///
/// # Errors
/// [`AgendaError::TooMuch`].
pub fn busy(found: &Found, view: &View<'_>, bounds: Bounds) -> Result<Busy, AgendaError> {
    let mut work = Work {
        view,
        zones: &found.zones,
        changed: changed(found, view),
        spans: Vec::new(),
        steps: bounds.steps,
        most: bounds.instances,
        not_understood: 0,
    };
    for entry in &found.entries {
        if !(view.ours)(&entry.uid) {
            work.entry(entry)?;
        }
    }
    for (start, end) in &found.periods {
        let (start, end) = (wall(start).and_utc(), wall(end).and_utc());
        work.add(start, end)?;
    }
    Ok(Busy {
        times: merged(work.spans),
        events: found.entries.len(),
        not_understood: work.not_understood,
    })
}

/// The instances that stand as entries of their own, by UID: the series leaves them out.
fn changed<'a>(found: &'a Found, view: &View<'_>) -> HashMap<&'a str, HashSet<DateTime<Utc>>> {
    let mut all: HashMap<&str, HashSet<DateTime<Utc>>> = HashMap::new();
    for entry in &found.entries {
        if let Some(instance) = &entry.instance {
            let clock = Clock::of(instance, &found.zones, view.zone);
            let at = clock.instant(wall(instance));
            all.entry(entry.uid.as_str()).or_default().insert(at);
        }
    }
    all
}

struct Work<'a> {
    view: &'a View<'a>,
    zones: &'a [ReadZone],
    changed: HashMap<&'a str, HashSet<DateTime<Utc>>>,
    spans: Vec<Span>,
    steps: usize,
    most: usize,
    not_understood: usize,
}

impl Work<'_> {
    fn add(&mut self, start: DateTime<Utc>, end: DateTime<Utc>) -> Result<(), AgendaError> {
        let start = start.max(self.view.from);
        let end = end.min(self.view.until);
        if start < end {
            if self.spans.len() >= self.most {
                return Err(AgendaError::TooMuch);
            }
            self.spans.push((start, end));
        }
        Ok(())
    }

    fn entry(&mut self, entry: &Entry) -> Result<(), AgendaError> {
        let Some(start) = entry.start.as_ref().filter(|_| !entry.is_free) else {
            return Ok(());
        };
        let whole_days = matches!(start, Moment::Date(_));
        if whole_days && !self.view.whole_days {
            return Ok(());
        }
        let clock = Clock::of(start, self.zones, self.view.zone);
        let length = self.length(entry, start, clock);
        for local in self.locals(entry, start, clock, length)? {
            let begins = clock.instant(local);
            let ends = match whole_days {
                // Days are days, also those of 23 and 25 hours.
                true => clock.instant(local.checked_add_signed(length).unwrap_or(local)),
                false => begins.checked_add_signed(length).unwrap_or(begins),
            };
            self.add(begins, ends)?;
        }
        Ok(())
    }

    /// How long each instance takes; nothing where the entry does not say, a day for a day.
    fn length(&self, entry: &Entry, start: &Moment, clock: Clock<'_>) -> Duration {
        let length = match (&entry.end, start) {
            (Some(Moment::Date(end)), Moment::Date(start)) => *end - *start,
            (Some(end), start) => {
                let other = Clock::of(end, self.zones, self.view.zone);
                other.instant(wall(end)) - clock.instant(wall(start))
            }
            (None, Moment::Date(_)) => entry.duration.unwrap_or(Duration::days(1)),
            (None, _) => entry.duration.unwrap_or_default(),
        };
        match start {
            Moment::Date(_) => length.max(Duration::days(1)),
            _ => length.max(Duration::zero()),
        }
    }

    /// The local starts of an entry that may matter to the view.
    fn locals(
        &mut self,
        entry: &Entry,
        start: &Moment,
        clock: Clock<'_>,
        length: Duration,
    ) -> Result<Vec<NaiveDateTime>, AgendaError> {
        let first = wall(start);
        let Some(text) = entry.rule.as_deref().filter(|_| entry.instance.is_none()) else {
            let mut all = vec![first];
            all.extend(entry.extra.iter().map(|extra| on_clock(extra, clock)));
            return Ok(self.standing(entry, all, clock));
        };
        let Some(rule) = Rule::parse(text, first) else {
            self.not_understood += 1;
            return Ok(vec![first]);
        };
        // Two days of margin cover every zone.
        let margin = Days::new(2);
        let from = self.view.from.checked_sub_signed(length);
        let from = from.unwrap_or(self.view.from).date_naive();
        let from = from.checked_sub_days(margin).unwrap_or(NaiveDate::MIN);
        let until = self.view.until.date_naive();
        let until = until.checked_add_days(margin).unwrap_or(NaiveDate::MAX);
        let starts = rule.starts(first, from, until, &mut self.steps);
        let mut all = starts.ok_or(AgendaError::TooMuch)?;
        if let Some(Until::Instant(last)) = rule.until {
            all.retain(|local| clock.instant(*local) <= last || *local == first);
        }
        all.extend(entry.extra.iter().map(|extra| on_clock(extra, clock)));
        Ok(self.standing(entry, all, clock))
    }

    /// Without exceptions and without the instances that stand on their own.
    fn standing(
        &self,
        entry: &Entry,
        all: Vec<NaiveDateTime>,
        clock: Clock<'_>,
    ) -> Vec<NaiveDateTime> {
        let changed = self.changed.get(entry.uid.as_str());
        let changed = changed.filter(|_| entry.instance.is_none() && !entry.uid.is_empty());
        let (mut dates, mut instants) = (HashSet::new(), HashSet::new());
        for except in &entry.except {
            match except {
                Moment::Date(day) => {
                    dates.insert(*day);
                }
                other => {
                    let own = Clock::of(other, self.zones, self.view.zone);
                    instants.insert(own.instant(wall(other)));
                }
            }
        }
        let stands = |local: &NaiveDateTime| {
            let at = clock.instant(*local);
            !dates.contains(&local.date())
                && !instants.contains(&at)
                && !changed.is_some_and(|changed| changed.contains(&at))
        };
        all.into_iter().filter(stands).collect()
    }
}

/// Another moment of the same entry on the entry's clock.
fn on_clock(moment: &Moment, clock: Clock<'_>) -> NaiveDateTime {
    match (moment, clock) {
        (Moment::Utc(at), Clock::Zone(zone)) => zone.local(at.utc()),
        _ => wall(moment),
    }
}

fn merged(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    spans.dedup_by(|next, kept| {
        let touches = next.0 <= kept.1;
        if touches {
            kept.1 = kept.1.max(next.1);
        }
        touches
    });
    spans
}
