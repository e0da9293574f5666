//! The forgiving, bounded reader (I1, I2, I5, I8).
//!
//! It reads whatever can be understood and skips the rest: bad lines, missing ENDs, several
//! VCALENDARs, unknown components. What it will not do is grow: size, depth and counts have limits,
//! and a message over one of them is refused as a whole, to be quarantined by the caller.

use chrono::{Duration, NaiveDate, NaiveDateTime, NaiveTime};

use super::{
    line::{ContentLine, decode},
    model::{
        Attendee, Calendar, CalendarUserType, Event, Feed, Method, Moment, Organizer,
        Participation, Role, Status,
    },
    rule::Recurrence,
    text::{bare_address, unescape},
};
use crate::kernel::Instant;

/// The limits of I1 for a calendar part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// 256 KiB.
    Size,
    /// 10 components inside one another.
    Depth,
    /// 50 VEVENTs, or 50 VCALENDARs.
    Events,
    /// 100 ATTENDEEs.
    Attendees,
}

const MOST_BYTES: usize = 256 * 1024;
const MOST_DEPTH: usize = 10;
const MOST_EVENTS: usize = 50;
const MOST_ATTENDEES: usize = 100;

/// Why a calendar part could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    #[error("over the limit for a calendar part: {0:?}")]
    Over(Limit),
    #[error("no calendar object in it")]
    NoCalendar,
}

/// What was found in a calendar part.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reading {
    pub calendars: Vec<ReadCalendar>,
    /// Lines that could not be understood.
    pub skipped: usize,
}

/// One VCALENDAR as it was read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReadCalendar {
    /// From the body, never from the mail's header (I2).
    pub method: Option<Method>,
    pub producer: Option<String>,
    pub name: Option<String>,
    pub refresh: Option<String>,
    pub events: Vec<ReadEvent>,
    pub zones: Vec<ReadZone>,
}

/// One VEVENT as it was read. Of a property that is there twice the first counts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReadEvent {
    pub uid: Option<String>,
    /// Missing or unreadable counts as 0 (I6).
    pub sequence: Option<u32>,
    pub stamp: Option<Instant>,
    pub start: Option<Moment>,
    /// From DTEND, or DTSTART plus DURATION.
    pub end: Option<Moment>,
    pub recurrence_id: Option<Moment>,
    /// RRULE as it stands; [`ReadCalendar::strict`] parses it.
    pub rule: Option<String>,
    pub exceptions: Vec<Moment>,
    pub status: Option<Status>,
    pub summary: Option<String>,
    pub description: Option<String>,
    pub location: Option<String>,
    pub url: Option<String>,
    pub comment: Option<String>,
    pub organizer: Option<Organizer>,
    pub attendees: Vec<Attendee>,
    /// What Outlook's COUNTER says the meeting's time was (I10).
    pub original_start: Option<Moment>,
    pub original_end: Option<Moment>,
    duration: Option<String>,
}

/// One VTIMEZONE as it was read, for zones that go by a private name (T5).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReadZone {
    pub tzid: String,
    pub observances: Vec<ReadObservance>,
}

/// One STANDARD or DAYLIGHT as it was read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReadObservance {
    /// Local time before the change.
    pub onset: Option<NaiveDateTime>,
    /// Seconds east of UTC.
    pub to_seconds: Option<i32>,
    pub rule: Option<String>,
}

/// Reads a calendar part. `charset` is the one that the mail declares for it.
///
/// # Errors
/// [`ReadError::Over`] over a limit of I1, [`ReadError::NoCalendar`] when there is nothing to read.
pub fn read(bytes: &[u8], charset: Option<&str>) -> Result<Reading, ReadError> {
    if bytes.len() > MOST_BYTES {
        return Err(ReadError::Over(Limit::Size));
    }
    let text = decode(bytes, charset);
    let mut reader = Reader::default();
    for line in text.split('\n').filter(|line| !line.trim().is_empty()) {
        match ContentLine::parse(line) {
            Some(line) => reader.line(&line)?,
            None => reader.reading.skipped += 1,
        }
    }
    reader.close_to(0);
    reader.finish_calendar();
    if reader.reading.calendars.is_empty() {
        return Err(ReadError::NoCalendar);
    }
    Ok(reader.reading)
}

/// The open components, innermost last, and what is being filled.
#[derive(Default)]
struct Reader {
    reading: Reading,
    open: Vec<String>,
    calendar: Option<ReadCalendar>,
    event: ReadEvent,
    zone: ReadZone,
    observance: ReadObservance,
    events: usize,
    attendees: usize,
}

impl Reader {
    fn line(&mut self, line: &ContentLine<'_>) -> Result<(), ReadError> {
        let word = || line.value.trim().to_ascii_uppercase();
        match line.name.as_str() {
            "BEGIN" => return self.begin(word()),
            "END" => match self.open.iter().rposition(|open| *open == word()) {
                Some(depth) => self.close_to(depth),
                None => self.reading.skipped += 1,
            },
            _ => match self.open.last().map(String::as_str) {
                Some("VEVENT") => {
                    if line.name == "ATTENDEE" {
                        self.attendees += 1;
                    }
                    if self.attendees > MOST_ATTENDEES {
                        return Err(ReadError::Over(Limit::Attendees));
                    }
                    self.event.property(line);
                }
                Some("VCALENDAR") => self.calendar.get_or_insert_default().property(line),
                Some("VTIMEZONE") if line.name == "TZID" => {
                    line.value.trim().clone_into(&mut self.zone.tzid);
                }
                Some("STANDARD" | "DAYLIGHT") => self.observance.property(line),
                _ => {}
            },
        }
        Ok(())
    }

    fn begin(&mut self, name: String) -> Result<(), ReadError> {
        match name.as_str() {
            // A component that cannot be inside another closes it: its END is missing.
            "VCALENDAR" => {
                self.close_to(0);
                self.finish_calendar();
                if self.reading.calendars.len() >= MOST_EVENTS {
                    return Err(ReadError::Over(Limit::Events));
                }
                self.calendar = Some(ReadCalendar::default());
            }
            "VEVENT" => {
                if let Some(depth) = self.open.iter().rposition(|open| open == "VEVENT") {
                    self.close_to(depth);
                }
                self.events += 1;
                if self.events > MOST_EVENTS {
                    return Err(ReadError::Over(Limit::Events));
                }
            }
            _ => {}
        }
        self.open.push(name);
        if self.open.len() > MOST_DEPTH {
            return Err(ReadError::Over(Limit::Depth));
        }
        Ok(())
    }

    /// Closes components until `depth` are open.
    fn close_to(&mut self, depth: usize) {
        while self.open.len() > depth {
            match self.open.pop().as_deref() {
                Some("VEVENT") => {
                    let event = std::mem::take(&mut self.event).finished();
                    self.calendar.get_or_insert_default().events.push(event);
                }
                Some("VTIMEZONE") => {
                    let zone = std::mem::take(&mut self.zone);
                    self.calendar.get_or_insert_default().zones.push(zone);
                }
                Some("STANDARD" | "DAYLIGHT") => {
                    let observance = std::mem::take(&mut self.observance);
                    self.zone.observances.push(observance);
                }
                Some("VCALENDAR") => self.finish_calendar(),
                _ => {}
            }
        }
    }

    fn finish_calendar(&mut self) {
        self.reading.calendars.extend(self.calendar.take());
    }
}

impl ReadCalendar {
    fn property(&mut self, line: &ContentLine<'_>) {
        match line.name.as_str() {
            "METHOD" if self.method.is_none() => self.method = Method::parse(line.value),
            "PRODID" => keep(&mut self.producer, || Some(text(line))),
            "NAME" | "X-WR-CALNAME" => keep(&mut self.name, || Some(text(line))),
            "REFRESH-INTERVAL" => keep(&mut self.refresh, || Some(text(line))),
            _ => {}
        }
    }

    /// The same object in the strict form, when it is one that this program could have written:
    /// nothing missing, every word known.
    #[must_use]
    pub fn strict(&self) -> Option<Calendar> {
        let refresh = self.refresh.as_deref().map(|text| {
            let hours = text.strip_prefix("PT")?.strip_suffix('H')?;
            hours.parse().ok()
        });
        let feed = match (&self.name, refresh) {
            (Some(name), Some(hours)) => Some(Feed {
                name: name.clone(),
                refresh_hours: hours?,
            }),
            _ => None,
        };
        Some(Calendar {
            method: self.method?,
            feed,
            events: self
                .events
                .iter()
                .map(ReadEvent::strict)
                .collect::<Option<_>>()?,
        })
    }
}

impl ReadEvent {
    fn property(&mut self, line: &ContentLine<'_>) {
        match line.name.as_str() {
            "UID" => keep(&mut self.uid, || {
                Some(text(line)).filter(|uid| !uid.trim().is_empty())
            }),
            "SEQUENCE" => keep(&mut self.sequence, || line.value.trim().parse().ok()),
            "DTSTAMP" => keep(&mut self.stamp, || utc(line.value)),
            "DTSTART" => keep(&mut self.start, || moment(line)),
            "DTEND" => keep(&mut self.end, || moment(line)),
            "DURATION" => keep(&mut self.duration, || Some(line.value.trim().to_owned())),
            "RECURRENCE-ID" => keep(&mut self.recurrence_id, || moment(line)),
            "RRULE" => keep(&mut self.rule, || Some(line.value.trim().to_owned())),
            "EXDATE" => self.exceptions.extend(
                line.value
                    .split(',')
                    .filter_map(|value| moment_of(value, line.parameter("TZID"))),
            ),
            "STATUS" => keep(&mut self.status, || Status::parse(line.value)),
            "SUMMARY" => keep(&mut self.summary, || Some(text(line))),
            "DESCRIPTION" => keep(&mut self.description, || Some(text(line))),
            "LOCATION" => keep(&mut self.location, || Some(text(line))),
            "URL" => keep(&mut self.url, || Some(line.value.trim().to_owned())),
            "COMMENT" => keep(&mut self.comment, || Some(text(line))),
            "ORGANIZER" => keep(&mut self.organizer, || Some(organizer(line))),
            "ATTENDEE" => self.attendees.push(attendee(line)),
            "X-MS-OLK-ORIGINALSTART" => keep(&mut self.original_start, || moment(line)),
            "X-MS-OLK-ORIGINALEND" => keep(&mut self.original_end, || moment(line)),
            _ => {}
        }
    }

    fn finished(mut self) -> Self {
        let span = self.duration.take().and_then(|text| duration(&text));
        if let (None, Some(start), Some(span)) = (&self.end, &self.start, span) {
            self.end = later(start, span);
        }
        self
    }

    fn strict(&self) -> Option<Event> {
        let recurrence = match &self.rule {
            Some(rule) => Some(Recurrence::parse(rule)?),
            None => None,
        };
        Some(Event {
            uid: self.uid.clone()?,
            sequence: self.sequence?,
            stamp: self.stamp?,
            start: self.start.clone()?,
            end: self.end.clone()?,
            recurrence,
            exceptions: self.exceptions.clone(),
            recurrence_id: self.recurrence_id.clone(),
            status: self.status?,
            summary: self.summary.clone()?,
            description: self.description.clone(),
            location: self.location.clone(),
            url: self.url.clone(),
            organizer: self.organizer.clone(),
            attendees: self.attendees.clone(),
            comment: self.comment.clone(),
        })
    }
}

impl ReadObservance {
    pub(super) fn property(&mut self, line: &ContentLine<'_>) {
        match line.name.as_str() {
            "DTSTART" => keep(&mut self.onset, || local(line.value)),
            "TZOFFSETTO" => keep(&mut self.to_seconds, || offset(line.value)),
            "RRULE" => keep(&mut self.rule, || Some(line.value.trim().to_owned())),
            _ => {}
        }
    }
}

/// Fills an empty place.
fn keep<T>(place: &mut Option<T>, value: impl FnOnce() -> Option<T>) {
    if place.is_none() {
        *place = value();
    }
}

fn text(line: &ContentLine<'_>) -> String {
    unescape(line.value).into_owned()
}

fn name(line: &ContentLine<'_>) -> Option<String> {
    line.parameter("CN")
        .map(str::to_owned)
        .filter(|name| !name.trim().is_empty())
}

fn organizer(line: &ContentLine<'_>) -> Organizer {
    Organizer {
        address: bare_address(line.value),
        name: name(line),
    }
}

/// Unknown words count as the default, as RFC 5545 asks.
fn attendee(line: &ContentLine<'_>) -> Attendee {
    fn word<T: Default>(line: &ContentLine<'_>, key: &str, parse: fn(&str) -> Option<T>) -> T {
        line.parameter(key).and_then(parse).unwrap_or_default()
    }
    Attendee {
        address: bare_address(line.value),
        name: name(line),
        user_type: word(line, "CUTYPE", CalendarUserType::parse),
        role: word(line, "ROLE", Role::parse),
        participation: word(line, "PARTSTAT", Participation::parse),
        rsvp: line
            .parameter("RSVP")
            .is_some_and(|rsvp| rsvp.trim().eq_ignore_ascii_case("TRUE")),
    }
}

pub(super) fn moment(line: &ContentLine<'_>) -> Option<Moment> {
    moment_of(line.value, line.parameter("TZID"))
}

pub(super) fn moment_of(value: &str, tzid: Option<&str>) -> Option<Moment> {
    if let Some(at) = utc(value) {
        return Some(Moment::Utc(at));
    }
    match (local(value), tzid) {
        (Some(at), Some(tzid)) => Some(Moment::Local {
            at,
            tzid: tzid.trim().to_owned(),
        }),
        (Some(at), None) => Some(Moment::Floating(at)),
        (None, _) => date(&digits(value)).map(Moment::Date),
    }
}

/// `20261208T230000Z`, also with the separators that RFC 5545 does not allow.
pub(super) fn utc(value: &str) -> Option<Instant> {
    let value = value.trim();
    let bare = value.strip_suffix(['Z', 'z'])?;
    Some(Instant::new(local(bare)?.and_utc()))
}

pub(super) fn local(value: &str) -> Option<NaiveDateTime> {
    let value = digits(value);
    let (day, time) = value.split_once(['T', 't'])?;
    let day = date(day)?;
    let part = |from: usize| time.get(from..from + 2)?.parse::<u32>().ok();
    if !matches!(time.len(), 4 | 6) {
        return None;
    }
    // A leap second is read as the second before it.
    let second = part(4).unwrap_or(0).min(59);
    let time = NaiveTime::from_hms_opt(part(0)?, part(2)?, second)?;
    Some(day.and_time(time))
}

pub(super) fn date(value: &str) -> Option<NaiveDate> {
    if value.len() != 8 || !value.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let year = value.get(..4)?.parse().ok()?;
    let month = value.get(4..6)?.parse().ok()?;
    NaiveDate::from_ymd_opt(year, month, value.get(6..)?.parse().ok()?)
}

fn digits(value: &str) -> String {
    value.trim().replace(['-', ':'], "")
}

/// `-0330`, `+013045`.
fn offset(value: &str) -> Option<i32> {
    let value = value.trim();
    let sign = if value.starts_with('-') { -1 } else { 1 };
    let value = value.trim_start_matches(['+', '-']);
    let part = |from: usize| value.get(from..from + 2)?.parse::<i32>().ok();
    Some(sign * (part(0)? * 3600 + part(2)? * 60 + part(4).unwrap_or(0)))
}

/// `PT1H30M`, `P1D`, `P2W` (RFC 5545 §3.3.6); at most a thousand days.
pub(super) fn duration(value: &str) -> Option<Duration> {
    let value = value.trim().to_ascii_uppercase();
    let mut seconds: i64 = 0;
    let mut number = String::new();
    for c in value.trim_start_matches('+').strip_prefix('P')?.chars() {
        let unit = match c {
            '0'..='9' => {
                number.push(c);
                continue;
            }
            'T' => continue,
            'W' => 7 * 86_400,
            'D' => 86_400,
            'H' => 3600,
            'M' => 60,
            'S' => 1,
            _ => return None,
        };
        let count: i64 = std::mem::take(&mut number).parse().ok()?;
        seconds = seconds.checked_add(count.checked_mul(unit)?)?;
    }
    (number.is_empty() && seconds <= 86_400_000).then(|| Duration::seconds(seconds))
}

fn later(start: &Moment, span: Duration) -> Option<Moment> {
    match start {
        Moment::Utc(at) => Some(Moment::Utc(at.plus(span))),
        Moment::Local { at, tzid } => Some(Moment::Local {
            at: at.checked_add_signed(span)?,
            tzid: tzid.clone(),
        }),
        Moment::Floating(at) => at.checked_add_signed(span).map(Moment::Floating),
        Moment::Date(day) => day.checked_add_signed(span).map(Moment::Date),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(text: &str) -> ReadEvent {
        read(text.as_bytes(), None).unwrap().calendars[0].events[0].clone()
    }

    #[test]
    fn i2_bad_lines_a_missing_end_and_a_mark_do_not_lose_the_reply() {
        let reading = read(
            "\u{FEFF}BEGIN:VCALENDAR\nthis is no line\nMETHOD:reply\nBEGIN:VEVENT\nUID:1\n\
             BEGIN:VALARM\nDESCRIPTION:not the event's\nEND:VALARM\nEND:VTODO\n\
             ATTENDEE;PARTSTAT=accepted;CN=\"x:MAILTO:Anna@Example.org\nDTSTAMP:2026-12-01T10:00:00z\n\
             DESCRIPTION:mine\n\n"
                .as_bytes(),
            None,
        )
        .unwrap();
        assert_eq!(reading.skipped, 2);
        let calendar = &reading.calendars[0];
        assert_eq!(calendar.method, Some(Method::Reply));
        let event = &calendar.events[0];
        assert_eq!(event.uid.as_deref(), Some("1"));
        assert_eq!(event.description.as_deref(), Some("mine"));
        assert_eq!(event.attendees[0].participation, Participation::Accepted);
        assert_eq!(event.attendees[0].address, "Anna@Example.org");
        let stamp = Instant::new("2026-12-01T10:00:00Z".parse().unwrap());
        assert_eq!(event.stamp, Some(stamp));
    }

    #[test]
    fn i2_several_calendars_and_events_are_all_read() {
        let one = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\nBEGIN:VEVENT\r\nUID:b\r\nEND:VCALENDAR\r\n";
        let reading = read(format!("{one}{one}").as_bytes(), None).unwrap();
        let uids: Vec<_> = reading
            .calendars
            .iter()
            .flat_map(|calendar| calendar.events.iter().filter_map(|e| e.uid.as_deref()))
            .collect();
        assert_eq!(uids, ["a", "b", "a", "b"]);
    }

    #[test]
    fn i8_unknown_words_are_needs_action() {
        let event = first("BEGIN:VEVENT\nATTENDEE;PARTSTAT=X-LATER:mailto:a@b.c");
        assert_eq!(event.attendees[0].participation, Participation::NeedsAction);
    }

    #[test]
    fn times_are_read_in_every_form() {
        let event = first(
            "BEGIN:VEVENT\nDTSTART;TZID=\"Eastern Standard Time\":20261208T180000\nDURATION:PT1H30M\n\
             RECURRENCE-ID;VALUE=DATE:20261208\nEXDATE;TZID=America/Toronto:20261215T180000,20261222T180000\n\
             X-MS-OLK-ORIGINALSTART:20261208T230060Z",
        );
        let at = |text: &str| text.parse::<NaiveDateTime>().unwrap();
        let eastern = |text| Moment::Local {
            at: at(text),
            tzid: "Eastern Standard Time".into(),
        };
        assert_eq!(event.start, Some(eastern("2026-12-08T18:00:00")));
        assert_eq!(event.end, Some(eastern("2026-12-08T19:30:00")));
        assert_eq!(
            event.recurrence_id,
            NaiveDate::from_ymd_opt(2026, 12, 8).map(Moment::Date)
        );
        assert_eq!(event.exceptions.len(), 2);
        assert_eq!(
            event.original_start,
            Some(Moment::Utc(Instant::new(
                "2026-12-08T23:00:59Z".parse().unwrap()
            )))
        );
        for wrong in [
            "2026",
            "20261308T000000Z",
            "20261208T250000Z",
            "x",
            "２０２６１２０８T000000Z",
        ] {
            assert_eq!(moment_of(wrong, None), None, "{wrong}");
        }
    }

    #[test]
    fn i1_over_a_bound_is_refused() {
        let over = |text: String| read(text.as_bytes(), None).unwrap_err();
        let head = "BEGIN:VCALENDAR\n".to_owned();
        assert_eq!(
            over(head.clone() + &"BEGIN:X\n".repeat(10)),
            ReadError::Over(Limit::Depth)
        );
        assert_eq!(
            over(head.clone() + &"BEGIN:VEVENT\nEND:VEVENT\n".repeat(51)),
            ReadError::Over(Limit::Events)
        );
        assert_eq!(
            over(head.clone() + "BEGIN:VEVENT\n" + &"ATTENDEE:mailto:a@b.c\n".repeat(101)),
            ReadError::Over(Limit::Attendees)
        );
        assert_eq!(over(head.repeat(51)), ReadError::Over(Limit::Events));
        assert_eq!(
            over(head + &"x".repeat(MOST_BYTES)),
            ReadError::Over(Limit::Size)
        );
        assert_eq!(over("no calendar".into()), ReadError::NoCalendar);
    }
}
