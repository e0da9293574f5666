//! The words of a calendar object, shared by the writer and the reader.

use chrono::{DateTime, NaiveDate, NaiveDateTime};

use super::rule::Recurrence;
use crate::kernel::{Instant, Zone};

/// What a calendar message asks for (RFC 5546).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    Publish,
    Request,
    Reply,
    Add,
    Cancel,
    Refresh,
    Counter,
    DeclineCounter,
}

impl Method {
    const ALL: [Self; 8] = [
        Self::Publish,
        Self::Request,
        Self::Reply,
        Self::Add,
        Self::Cancel,
        Self::Refresh,
        Self::Counter,
        Self::DeclineCounter,
    ];

    /// The word in the calendar object and in the mail header's `method` parameter.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Publish => "PUBLISH",
            Self::Request => "REQUEST",
            Self::Reply => "REPLY",
            Self::Add => "ADD",
            Self::Cancel => "CANCEL",
            Self::Refresh => "REFRESH",
            Self::Counter => "COUNTER",
            Self::DeclineCounter => "DECLINECOUNTER",
        }
    }

    /// Reads the word in any case (I2); an unknown word is `None`.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        find(&Self::ALL, Self::as_str, word)
    }
}

/// The first of `all` whose word is `word`, in any case.
fn find<T: Copy>(all: &[T], as_str: fn(T) -> &'static str, word: &str) -> Option<T> {
    let word = word.trim();
    all.iter()
        .copied()
        .find(|one| as_str(*one).eq_ignore_ascii_case(word))
}

/// A point in time as a calendar object can state it.
///
/// The platform writes `Utc` for a single meeting (T1) and `Local` for a series (T2). `Floating`
/// and `Date` are only met when reading.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Moment {
    /// An instant; written with a `Z`, in whole seconds.
    Utc(Instant),
    /// Wall time in a named zone; `tzid` is an IANA name when we write it, anything when we read it.
    Local { at: NaiveDateTime, tzid: String },
    /// Wall time without a zone.
    Floating(NaiveDateTime),
    /// A whole day.
    Date(NaiveDate),
}

impl Moment {
    /// The instant, when the zone is one that the zone data knows; the first of two instants for an
    /// ambiguous local time, moved forward in a gap (S2). `None` for floating times and whole days.
    #[must_use]
    pub fn instant(&self) -> Option<Instant> {
        match self {
            Self::Utc(at) => Some(*at),
            Self::Local { at, tzid } => {
                let zone = Zone::parse(tzid).ok()?;
                Some(Instant::new(zone.resolve(*at)))
            }
            Self::Floating(_) | Self::Date(_) => None,
        }
    }

    /// The zone that a written moment needs a VTIMEZONE for.
    pub(super) fn tzid(&self) -> Option<&str> {
        match self {
            Self::Local { tzid, .. } => Some(tzid),
            _ => None,
        }
    }
}

/// Whether the meeting stands (VEVENT's STATUS).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    Tentative,
    Confirmed,
    Cancelled,
}

impl Status {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tentative => "TENTATIVE",
            Self::Confirmed => "CONFIRMED",
            Self::Cancelled => "CANCELLED",
        }
    }

    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        find(
            &[Self::Tentative, Self::Confirmed, Self::Cancelled],
            Self::as_str,
            word,
        )
    }
}

/// An attendee's answer (PARTSTAT).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Participation {
    #[default]
    NeedsAction,
    Accepted,
    Declined,
    Tentative,
    Delegated,
}

impl Participation {
    const ALL: [Self; 5] = [
        Self::NeedsAction,
        Self::Accepted,
        Self::Declined,
        Self::Tentative,
        Self::Delegated,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NeedsAction => "NEEDS-ACTION",
            Self::Accepted => "ACCEPTED",
            Self::Declined => "DECLINED",
            Self::Tentative => "TENTATIVE",
            Self::Delegated => "DELEGATED",
        }
    }

    /// In any case (I8). Unknown words are `None`; RFC 5545 reads them as NEEDS-ACTION.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        find(&Self::ALL, Self::as_str, word)
    }
}

/// What the attendee is at the meeting (ROLE).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Role {
    Chair,
    #[default]
    Required,
    Optional,
    NonParticipant,
}

impl Role {
    const ALL: [Self; 4] = [
        Self::Chair,
        Self::Required,
        Self::Optional,
        Self::NonParticipant,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Chair => "CHAIR",
            Self::Required => "REQ-PARTICIPANT",
            Self::Optional => "OPT-PARTICIPANT",
            Self::NonParticipant => "NON-PARTICIPANT",
        }
    }

    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        find(&Self::ALL, Self::as_str, word)
    }
}

/// What kind of attendee it is (CUTYPE).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum CalendarUserType {
    #[default]
    Individual,
    Group,
    Resource,
    Room,
    Unknown,
}

impl CalendarUserType {
    const ALL: [Self; 5] = [
        Self::Individual,
        Self::Group,
        Self::Resource,
        Self::Room,
        Self::Unknown,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Individual => "INDIVIDUAL",
            Self::Group => "GROUP",
            Self::Resource => "RESOURCE",
            Self::Room => "ROOM",
            Self::Unknown => "UNKNOWN",
        }
    }

    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        find(&Self::ALL, Self::as_str, word)
    }
}

/// Whoever owns the meeting in the calendar's eyes: always a platform address with a token, so that
/// answers come back to the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organizer {
    /// A bare address, without `mailto:`.
    pub address: String,
    /// Shown name; cleaned when written (O4).
    pub name: Option<String>,
}

impl Organizer {
    #[must_use]
    pub fn new(address: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            address: address.into(),
            name: Some(name.into()),
        }
    }
}

/// A participant of the meeting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attendee {
    /// A bare address, without `mailto:`.
    pub address: String,
    /// Shown name; cleaned when written (O4).
    pub name: Option<String>,
    pub user_type: CalendarUserType,
    pub role: Role,
    pub participation: Participation,
    /// Whether an answer is asked for; Apple's programs show no buttons without it (O2).
    pub rsvp: bool,
}

impl Attendee {
    /// A person who is asked and has not answered.
    #[must_use]
    pub fn new(address: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            address: address.into(),
            name: Some(name.into()),
            user_type: CalendarUserType::default(),
            role: Role::default(),
            participation: Participation::default(),
            rsvp: true,
        }
    }

    /// The same attendee with an answer that is already known (O2: an update mirrors it).
    #[must_use]
    pub fn answered(mut self, participation: Participation) -> Self {
        self.participation = participation;
        self
    }
}

/// One VEVENT as the platform writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Never changes during a meeting's life (O3).
    pub uid: String,
    /// Grows when start, end, recurrence, exceptions or cancellation change (O8).
    pub sequence: u32,
    /// DTSTAMP: when this version was made; whole seconds of UTC.
    pub stamp: Instant,
    pub start: Moment,
    /// Exclusive end; after `start`.
    pub end: Moment,
    pub recurrence: Option<Recurrence>,
    /// Starts of instances that do not take place; in the same form as `start` (T2).
    pub exceptions: Vec<Moment>,
    /// Which instance of a series this is; in the same form as the series' start (T2, O7).
    pub recurrence_id: Option<Moment>,
    pub status: Status,
    pub summary: String,
    pub description: Option<String>,
    pub location: Option<String>,
    pub url: Option<String>,
    pub organizer: Option<Organizer>,
    pub attendees: Vec<Attendee>,
    /// A note that goes with an answer.
    pub comment: Option<String>,
}

impl Event {
    /// A confirmed event with nothing but its identity and its time.
    #[must_use]
    pub fn new(uid: impl Into<String>, start: Moment, end: Moment) -> Self {
        Self {
            uid: uid.into(),
            sequence: 0,
            stamp: Instant::new(DateTime::UNIX_EPOCH),
            start,
            end,
            recurrence: None,
            exceptions: Vec::new(),
            recurrence_id: None,
            status: Status::Confirmed,
            summary: String::new(),
            description: None,
            location: None,
            url: None,
            organizer: None,
            attendees: Vec::new(),
            comment: None,
        }
    }
}

/// What a subscribed calendar says about itself (F1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// The calendar's name in the reader's list.
    pub name: String,
    /// How often a program should look again, in hours (1 or more).
    pub refresh_hours: u32,
}

/// One VCALENDAR as the platform writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    pub method: Method,
    pub feed: Option<Feed>,
    pub events: Vec<Event>,
}

impl Calendar {
    #[must_use]
    pub fn new(method: Method, events: Vec<Event>) -> Self {
        Self {
            method,
            feed: None,
            events,
        }
    }
}
