//! From bytes to entries: of each line only what busy times need.

use chrono::Duration;

use super::{AgendaError, Bounds};
use crate::icalendar::line::{ContentLine, decode};
use crate::icalendar::model::Moment;
use crate::icalendar::read::{ReadObservance, ReadZone, duration, moment, moment_of, utc};

/// Components inside one another; what is deeper is no calendar.
const DEEPEST: usize = 20;

/// What a file holds.
#[derive(Debug, Default)]
pub struct Found {
    pub entries: Vec<Entry>,
    pub zones: Vec<ReadZone>,
    /// Periods of VFREEBUSY that are not free.
    pub periods: Vec<(Moment, Moment)>,
}

/// One VEVENT, as far as its time goes.
#[derive(Debug, Default)]
pub struct Entry {
    pub uid: String,
    pub start: Option<Moment>,
    pub end: Option<Moment>,
    pub duration: Option<Duration>,
    pub rule: Option<String>,
    /// RDATE: further starts.
    pub extra: Vec<Moment>,
    /// EXDATE: starts that do not take place.
    pub except: Vec<Moment>,
    /// RECURRENCE-ID: which instance of a series this is.
    pub instance: Option<Moment>,
    pub is_free: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Calendar,
    Event,
    FreeBusy,
    Zone,
    Observance,
    Other,
}

impl Part {
    fn of(name: &str) -> Self {
        match name.trim().to_ascii_uppercase().as_str() {
            "VCALENDAR" => Self::Calendar,
            "VEVENT" => Self::Event,
            "VFREEBUSY" => Self::FreeBusy,
            "VTIMEZONE" => Self::Zone,
            "STANDARD" | "DAYLIGHT" => Self::Observance,
            _ => Self::Other,
        }
    }
}

/// Reads a file.
///
/// # Errors
/// As [`super::busy`].
pub fn collect(bytes: &[u8], charset: Option<&str>, bounds: Bounds) -> Result<Found, AgendaError> {
    let text = decode(bytes, charset);
    let mut reader = Reader::default();
    let mut calendars = 0_usize;
    for line in text.split('\n') {
        // Most of a calendar is words: they are passed over before anything is taken apart.
        if !is_of_interest(line) {
            continue;
        }
        let Some(line) = ContentLine::parse(line) else {
            continue;
        };
        match line.name.as_str() {
            "BEGIN" => {
                let part = Part::of(line.value);
                calendars += usize::from(part == Part::Calendar);
                reader.begin(part, bounds)?;
            }
            "END" => reader.end(Part::of(line.value)),
            _ => reader.property(&line),
        }
    }
    reader.close_to(0);
    if calendars == 0 {
        return Err(AgendaError::NoCalendar);
    }
    Ok(reader.found)
}

const OF_INTEREST: &[&str] = &[
    "BEGIN",
    "END",
    "UID",
    "DTSTART",
    "DTEND",
    "DURATION",
    "RRULE",
    "RDATE",
    "EXDATE",
    "RECURRENCE-ID",
    "STATUS",
    "TRANSP",
    "X-MICROSOFT-CDO-BUSYSTATUS",
    "FREEBUSY",
    "TZID",
    "TZOFFSETTO",
];

fn is_of_interest(line: &str) -> bool {
    let line = line.trim_start_matches(['\u{feff}', ' ', '\t']);
    let head = line.as_bytes().iter().take(30);
    let length = head.take_while(|b| !matches!(b, b':' | b';')).count();
    let name = line.get(..length).unwrap_or("").trim();
    OF_INTEREST.iter().any(|one| one.eq_ignore_ascii_case(name))
}

#[derive(Default)]
struct Reader {
    found: Found,
    open: Vec<Part>,
    entry: Entry,
    zone: ReadZone,
    observance: ReadObservance,
}

impl Reader {
    fn begin(&mut self, part: Part, bounds: Bounds) -> Result<(), AgendaError> {
        match part {
            // What cannot be inside another closes it: its END is missing.
            Part::Calendar => self.close_to(0),
            Part::Event | Part::Zone | Part::FreeBusy => {
                let calendar = self.open.iter().rposition(|one| *one == Part::Calendar);
                self.close_to(calendar.map_or(0, |at| at + 1));
                if self.found.entries.len() >= bounds.events {
                    return Err(AgendaError::TooMuch);
                }
            }
            Part::Observance | Part::Other => {}
        }
        self.open.push(part);
        if self.open.len() > DEEPEST {
            return Err(AgendaError::TooMuch);
        }
        Ok(())
    }

    fn end(&mut self, part: Part) {
        if let Some(depth) = self.open.iter().rposition(|one| *one == part) {
            self.close_to(depth);
        }
    }

    fn close_to(&mut self, depth: usize) {
        while self.open.len() > depth {
            match self.open.pop() {
                Some(Part::Event) => {
                    let entry = std::mem::take(&mut self.entry);
                    self.found.entries.push(entry);
                }
                Some(Part::Zone) => {
                    let zone = std::mem::take(&mut self.zone);
                    self.found.zones.push(zone);
                }
                Some(Part::Observance) => {
                    let observance = std::mem::take(&mut self.observance);
                    self.zone.observances.push(observance);
                }
                _ => {}
            }
        }
    }

    fn property(&mut self, line: &ContentLine<'_>) {
        match self.open.last() {
            Some(Part::Event) => self.entry.property(line),
            Some(Part::Zone) if line.name == "TZID" => {
                line.value.trim().clone_into(&mut self.zone.tzid);
            }
            Some(Part::Observance) => self.observance.property(line),
            Some(Part::FreeBusy) if line.name == "FREEBUSY" => self.periods(line),
            _ => {}
        }
    }

    /// `19970308T160000Z/PT3H,19970308T200000Z/19970308T210000Z`
    fn periods(&mut self, line: &ContentLine<'_>) {
        let kind = line.parameter("FBTYPE").unwrap_or("BUSY");
        if kind.eq_ignore_ascii_case("FREE") {
            return;
        }
        let periods = line.value.split(',').filter_map(|period| {
            let (start, end) = period.split_once('/')?;
            let start = utc(start)?;
            let end = match utc(end) {
                Some(end) => end,
                None => start.plus(duration(end)?),
            };
            Some((Moment::Utc(start), Moment::Utc(end)))
        });
        self.found.periods.extend(periods);
    }
}

impl Entry {
    /// Of a property that is there twice the first counts.
    fn property(&mut self, line: &ContentLine<'_>) {
        let says = |word: &str| line.value.trim().eq_ignore_ascii_case(word);
        let tzid = line.parameter("TZID");
        match line.name.as_str() {
            "UID" if self.uid.is_empty() => line.value.trim().clone_into(&mut self.uid),
            "DTSTART" if self.start.is_none() => self.start = moment(line),
            "DTEND" if self.end.is_none() => self.end = moment(line),
            "DURATION" if self.duration.is_none() => self.duration = duration(line.value),
            "RRULE" if self.rule.is_none() => self.rule = Some(line.value.trim().to_owned()),
            "RECURRENCE-ID" if self.instance.is_none() => self.instance = moment(line),
            "RDATE" => {
                // A period begins with its start; its own length is left aside.
                let starts = line.value.split(',');
                let starts = starts.filter_map(|one| one.split('/').next());
                self.extra
                    .extend(starts.filter_map(|one| moment_of(one, tzid)));
            }
            "EXDATE" => {
                let starts = line.value.split(',');
                self.except
                    .extend(starts.filter_map(|one| moment_of(one, tzid)));
            }
            "STATUS" => self.is_free |= says("CANCELLED"),
            "TRANSP" => self.is_free |= says("TRANSPARENT"),
            "X-MICROSOFT-CDO-BUSYSTATUS" => self.is_free |= says("FREE"),
            _ => {}
        }
    }
}
