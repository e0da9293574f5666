//! The strict writer: [`Calendar`] in, RFC 5545 text out (O1–O4, O7, T1, T2).

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime, Weekday};

use super::{
    line::fold,
    model::{Attendee, Calendar, Event, Feed, Method, Moment, Organizer, Status},
    text::{escape, mailto, quote, uri},
    zone::{self, Definition, Observance},
};
use crate::kernel::{Instant, Zone};

/// Who made the object; without a version, so that a feed's bytes stay the same after an upgrade.
const PRODID: &str = "-//Passerelle//Passerelle//EN";

/// Why an object was not written. Each is a mistake of the caller, not of a person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    #[error("a {} without an event", .0.as_str())]
    NoEvent(Method),
    #[error("one message is about one UID")]
    SeveralUids,
    #[error("an event without a UID")]
    NoUid,
    #[error("a {} needs an organizer and an attendee", .0.as_str())]
    NoParticipants(Method),
    #[error("a CANCEL carries STATUS:CANCELLED (O7)")]
    NotCancelled,
    #[error("an event ends at or before its start")]
    EndsBeforeStart,
    #[error("exceptions and instances are named in the form of the series' start (T2)")]
    MixedForms,
    #[error("{0} is not a time zone, or its rules cannot be written; send single events (T3)")]
    Zone(String),
}

impl Calendar {
    /// The text of the object: CRLF line ends, folded, escaped.
    ///
    /// # Errors
    /// [`WriteError`] when a calendar program would misread the object.
    pub fn write(&self) -> Result<String, WriteError> {
        self.check()?;
        let mut out = Writer(String::with_capacity(1024));
        out.line("BEGIN:VCALENDAR");
        out.line("VERSION:2.0");
        out.property("PRODID", PRODID);
        out.line("CALSCALE:GREGORIAN");
        out.property("METHOD", self.method.as_str());
        if let Some(feed) = &self.feed {
            out.feed(feed);
        }
        for definition in self.zones()? {
            out.zone(&definition);
        }
        for event in &self.events {
            out.event(event);
        }
        out.line("END:VCALENDAR");
        Ok(out.0)
    }

    fn check(&self) -> Result<(), WriteError> {
        let published = self.method == Method::Publish;
        let Some(first) = self.events.first() else {
            // A feed of somebody who has no meeting yet is empty.
            return if published {
                Ok(())
            } else {
                Err(WriteError::NoEvent(self.method))
            };
        };
        if !published && self.events.iter().any(|event| event.uid != first.uid) {
            return Err(WriteError::SeveralUids);
        }
        let master = self.events.iter().find(|event| event.recurrence.is_some());
        for event in &self.events {
            event.check()?;
            if !published && (event.organizer.is_none() || event.attendees.is_empty()) {
                return Err(WriteError::NoParticipants(self.method));
            }
            if self.method == Method::Cancel && event.status != Status::Cancelled {
                return Err(WriteError::NotCancelled);
            }
            if let (Some(master), Some(id)) = (master, &event.recurrence_id)
                && master.uid == event.uid
                && !same_form(id, &master.start)
            {
                return Err(WriteError::MixedForms);
            }
        }
        Ok(())
    }

    /// A definition for every zone that is named, good for as long as the events that name it.
    fn zones(&self) -> Result<Vec<Definition>, WriteError> {
        let mut spans: BTreeMap<&str, (Instant, Option<Instant>)> = BTreeMap::new();
        for event in &self.events {
            let last = |at: Instant| match &event.recurrence {
                Some(rule) => rule.latest_start(at),
                None => Some(at),
            };
            for moment in event.moments() {
                let (Some(tzid), Some(at)) = (moment.tzid(), moment.instant()) else {
                    continue;
                };
                let until = last(at);
                let span = spans.entry(tzid).or_insert((at, until));
                span.0 = span.0.min(at);
                span.1 = span.1.zip(until).map(|(one, other)| one.max(other));
            }
        }
        spans
            .into_iter()
            .map(|(tzid, (from, until))| {
                let definition = Zone::parse(tzid)
                    .ok()
                    .and_then(|zone| zone::definition(zone, from, until));
                definition.ok_or_else(|| WriteError::Zone(tzid.to_owned()))
            })
            .collect()
    }
}

impl Event {
    fn check(&self) -> Result<(), WriteError> {
        if self.uid.trim().is_empty() {
            return Err(WriteError::NoUid);
        }
        for moment in self.moments() {
            if let (Some(tzid), None) = (moment.tzid(), moment.instant()) {
                return Err(WriteError::Zone(tzid.to_owned()));
            }
        }
        let backwards = match (&self.start, &self.end) {
            (Moment::Date(start), Moment::Date(end)) => end <= start,
            (Moment::Floating(start), Moment::Floating(end)) => end <= start,
            (start, end) => match (start.instant(), end.instant()) {
                (Some(start), Some(end)) => end <= start,
                _ => return Err(WriteError::MixedForms),
            },
        };
        if backwards {
            return Err(WriteError::EndsBeforeStart);
        }
        if self
            .exceptions
            .iter()
            .any(|one| !same_form(one, &self.start))
        {
            return Err(WriteError::MixedForms);
        }
        Ok(())
    }

    fn moments(&self) -> impl Iterator<Item = &Moment> {
        [&self.start, &self.end]
            .into_iter()
            .chain(&self.exceptions)
            .chain(&self.recurrence_id)
    }
}

fn same_form(one: &Moment, other: &Moment) -> bool {
    std::mem::discriminant(one) == std::mem::discriminant(other) && one.tzid() == other.tzid()
}

/// Collects content lines. Values that reach `property` are escaped already.
struct Writer(String);

impl Writer {
    fn line(&mut self, line: &str) {
        fold(line, &mut self.0);
    }

    fn property(&mut self, name: &str, value: &str) {
        self.line(&format!("{name}:{value}"));
    }

    fn text(&mut self, name: &str, text: &str) {
        self.property(name, &escape(text));
    }

    fn optional(&mut self, name: &str, text: Option<&String>) {
        if let Some(text) = text.filter(|text| !text.trim().is_empty()) {
            self.text(name, text);
        }
    }

    fn feed(&mut self, feed: &Feed) {
        let hours = feed.refresh_hours.max(1);
        self.text("NAME", &feed.name);
        self.text("X-WR-CALNAME", &feed.name);
        self.property("REFRESH-INTERVAL;VALUE=DURATION", &format!("PT{hours}H"));
        self.property("X-PUBLISHED-TTL", &format!("PT{hours}H"));
    }

    fn event(&mut self, event: &Event) {
        self.line("BEGIN:VEVENT");
        self.text("UID", &event.uid);
        self.property("DTSTAMP", &stamp(event.stamp));
        self.property("SEQUENCE", &event.sequence.to_string());
        self.property("X-MICROSOFT-CDO-APPT-SEQUENCE", &event.sequence.to_string());
        if let Some(id) = &event.recurrence_id {
            self.moment("RECURRENCE-ID", id);
        }
        self.moment("DTSTART", &event.start);
        self.moment("DTEND", &event.end);
        if let Some(rule) = &event.recurrence {
            self.property("RRULE", &rule.to_value());
        }
        for exception in &event.exceptions {
            self.moment("EXDATE", exception);
        }
        self.text("SUMMARY", &event.summary);
        self.optional("DESCRIPTION", event.description.as_ref());
        self.optional("LOCATION", event.location.as_ref());
        if let Some(url) = event.url.as_ref().filter(|url| !url.trim().is_empty()) {
            self.property("URL", &uri(url));
        }
        self.property("STATUS", event.status.as_str());
        self.property("TRANSP", "OPAQUE");
        if let Some(organizer) = &event.organizer {
            self.organizer(organizer);
        }
        for attendee in &event.attendees {
            self.attendee(attendee);
        }
        self.optional("COMMENT", event.comment.as_ref());
        self.line("END:VEVENT");
    }

    fn organizer(&mut self, organizer: &Organizer) {
        let name = common_name(organizer.name.as_deref());
        self.property(&format!("ORGANIZER{name}"), &mailto(&organizer.address));
    }

    fn attendee(&mut self, attendee: &Attendee) {
        let property = format!(
            "ATTENDEE{};CUTYPE={};ROLE={};PARTSTAT={};RSVP={}",
            common_name(attendee.name.as_deref()),
            attendee.user_type.as_str(),
            attendee.role.as_str(),
            attendee.participation.as_str(),
            if attendee.rsvp { "TRUE" } else { "FALSE" },
        );
        self.property(&property, &mailto(&attendee.address));
    }

    fn moment(&mut self, name: &str, moment: &Moment) {
        match moment {
            Moment::Utc(at) => self.property(name, &stamp(*at)),
            Moment::Local { at, tzid } => {
                self.property(&format!("{name};TZID={tzid}"), &local(*at))
            }
            Moment::Floating(at) => self.property(name, &local(*at)),
            Moment::Date(day) => self.property(&format!("{name};VALUE=DATE"), &date(*day)),
        }
    }

    fn zone(&mut self, definition: &Definition) {
        self.line("BEGIN:VTIMEZONE");
        self.property("TZID", definition.zone.name());
        self.observance("STANDARD", &definition.standard);
        if let Some(daylight) = &definition.daylight {
            self.observance("DAYLIGHT", daylight);
        }
        self.line("END:VTIMEZONE");
    }

    fn observance(&mut self, kind: &str, observance: &Observance) {
        self.line(&format!("BEGIN:{kind}"));
        self.property("DTSTART", &local(observance.onset));
        self.property("TZOFFSETFROM", &offset(observance.from));
        self.property("TZOFFSETTO", &offset(observance.to));
        self.text("TZNAME", &observance.name);
        if let Some(yearly) = observance.yearly {
            let value = format!(
                "FREQ=YEARLY;BYMONTH={};BYDAY={}{}",
                yearly.month,
                yearly.nth,
                weekday(yearly.day)
            );
            self.property("RRULE", &value);
        }
        self.line(&format!("END:{kind}"));
    }
}

/// The CN parameter, quoted (O4), or nothing for somebody without a name.
fn common_name(name: Option<&str>) -> String {
    name.map(quote)
        .filter(|quoted| quoted.len() > 2)
        .map_or_else(String::new, |quoted| format!(";CN={quoted}"))
}

pub(super) fn stamp(at: Instant) -> String {
    format!("{}Z", local(at.utc().naive_utc()))
}

fn local(at: NaiveDateTime) -> String {
    at.format("%Y%m%dT%H%M%S").to_string()
}

fn date(day: NaiveDate) -> String {
    day.format("%Y%m%d").to_string()
}

/// `-0330`, with seconds where a zone has them.
fn offset(seconds: i32) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    let seconds = seconds.unsigned_abs();
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if rest == 0 {
        format!("{sign}{hours:02}{minutes:02}")
    } else {
        format!("{sign}{hours:02}{minutes:02}{rest:02}")
    }
}

pub(super) const fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "MO",
        Weekday::Tue => "TU",
        Weekday::Wed => "WE",
        Weekday::Thu => "TH",
        Weekday::Fri => "FR",
        Weekday::Sat => "SA",
        Weekday::Sun => "SU",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::icalendar::{Ends, Participation, Recurrence, Role};

    fn instant(text: &str) -> Instant {
        Instant::new(text.parse().unwrap())
    }

    fn utc(text: &str) -> Moment {
        Moment::Utc(instant(text))
    }

    fn toronto(text: &str) -> Moment {
        Moment::Local {
            at: text.parse().unwrap(),
            tzid: "America/Toronto".into(),
        }
    }

    fn meeting() -> Event {
        let mut event = Event::new(
            "018f-6f1c@passerelle.example",
            utc("2026-12-08T23:00:00Z"),
            utc("2026-12-09T00:00:00Z"),
        );
        event.stamp = instant("2026-12-01T12:00:00Z");
        event.summary = "Amina et José : rencontre de mentorat, nº 1".into();
        event.description = Some("Bonjour;\nun café, puis « la suite » \\ 👩‍⚕️".into());
        event.location = Some("Visioconférence".into());
        event.url = Some("https://meet.example/room?a=1&b=2".into());
        event.organizer = Some(Organizer::new(
            "reply+3q2-7w_A@passerelle.example",
            "Amina \"M\" via Passerelle",
        ));
        event.attendees = vec![
            Attendee {
                role: Role::Chair,
                ..Attendee::new("amina@example.org", "Amina, M.").answered(Participation::Accepted)
            },
            Attendee::new("jose@example.org", "José; B\r\nSUMMARY:x"),
        ];
        event
    }

    fn series() -> Event {
        let mut event = Event {
            start: toronto("2026-10-06T18:00:00"),
            end: toronto("2026-10-06T19:00:00"),
            recurrence: Some(Recurrence::weekly(
                2,
                Ends::Until(instant("2027-04-01T00:00:00Z")),
            )),
            exceptions: vec![toronto("2026-12-29T18:00:00")],
            ..meeting()
        };
        event.description = None;
        event
    }

    #[test]
    fn t1_a_single_meeting_is_sent_in_utc_without_a_zone() {
        let text = Calendar::new(Method::Request, vec![meeting()])
            .write()
            .unwrap();
        assert!(!text.contains("VTIMEZONE") && !text.contains("TZID"));
        insta::assert_snapshot!("single_request", text.replace("\r\n", "\n"));
    }

    #[test]
    fn t2_a_series_names_its_zone_and_defines_it() {
        let moved = Event {
            recurrence: None,
            exceptions: Vec::new(),
            recurrence_id: Some(toronto("2026-11-03T18:00:00")),
            start: toronto("2026-11-04T18:00:00"),
            end: toronto("2026-11-04T19:00:00"),
            ..series()
        };
        let text = Calendar::new(Method::Request, vec![series(), moved])
            .write()
            .unwrap();
        insta::assert_snapshot!("series_request", text.replace("\r\n", "\n"));
    }

    #[test]
    fn o7_a_cancellation_says_so_or_is_not_written() {
        let mut event = meeting();
        event.sequence = 3;
        let calendar = Calendar::new(Method::Cancel, vec![event.clone()]);
        assert_eq!(calendar.write(), Err(WriteError::NotCancelled));
        event.status = Status::Cancelled;
        let text = Calendar::new(Method::Cancel, vec![event]).write().unwrap();
        for line in [
            "METHOD:CANCEL",
            "STATUS:CANCELLED",
            "SEQUENCE:3",
            "X-MICROSOFT-CDO-APPT-SEQUENCE:3",
        ] {
            assert!(text.lines().any(|l| l == line), "{line}");
        }
    }

    #[test]
    fn f1_an_empty_feed_is_a_calendar() {
        let feed = Calendar {
            method: Method::Publish,
            feed: Some(Feed {
                name: "Mes rencontres, 2026".into(),
                refresh_hours: 1,
            }),
            events: Vec::new(),
        };
        insta::assert_snapshot!(feed.write().unwrap().replace("\r\n", "\n"), @r"
        BEGIN:VCALENDAR
        VERSION:2.0
        PRODID:-//Passerelle//Passerelle//EN
        CALSCALE:GREGORIAN
        METHOD:PUBLISH
        NAME:Mes rencontres\, 2026
        X-WR-CALNAME:Mes rencontres\, 2026
        REFRESH-INTERVAL;VALUE=DURATION:PT1H
        X-PUBLISHED-TTL:PT1H
        END:VCALENDAR
        ");
    }

    #[test]
    fn what_a_calendar_program_would_misread_is_refused() {
        let write = |method, change: &dyn Fn(&mut Event)| {
            let mut event = series();
            change(&mut event);
            Calendar::new(method, vec![event]).write().unwrap_err()
        };
        let request = |change: &dyn Fn(&mut Event)| write(Method::Request, change);
        assert_eq!(request(&|e| e.uid = " ".into()), WriteError::NoUid);
        assert_eq!(
            request(&|e| e.organizer = None),
            WriteError::NoParticipants(Method::Request)
        );
        assert_eq!(
            request(&|e| e.attendees.clear()),
            WriteError::NoParticipants(Method::Request)
        );
        assert_eq!(
            request(&|e| e.end = e.start.clone()),
            WriteError::EndsBeforeStart
        );
        assert_eq!(
            request(&|e| e.exceptions = vec![utc("2026-12-29T23:00:00Z")]),
            WriteError::MixedForms
        );
        assert_eq!(
            request(&|e| {
                e.exceptions.clear();
                e.start = Moment::Local {
                    at: "2026-10-06T18:00:00".parse().unwrap(),
                    tzid: "America/Nuuk".into(),
                };
            }),
            WriteError::Zone("America/Nuuk".into())
        );
        let two = vec![
            meeting(),
            Event {
                uid: "other".into(),
                ..meeting()
            },
        ];
        assert_eq!(
            Calendar::new(Method::Request, two).write(),
            Err(WriteError::SeveralUids)
        );
        let none = Calendar::new(Method::Request, Vec::new());
        assert_eq!(none.write(), Err(WriteError::NoEvent(Method::Request)));
    }
}
