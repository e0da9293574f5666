//! Calendar objects: what is sent to a person's calendar and what comes back from it.
//!
//! Everything here is pure: values in, text out, and text in, values out; no database, no clock,
//! no network. [`Calendar`] and its parts are what the platform *writes*: they are strict, and
//! [`Calendar::write`] refuses what a calendar program would misread. [`read`](read()) is the other
//! direction and is forgiving, because real mail is broken in every way there is; it is bounded
//! instead, so that hostile mail costs little. Two halves, one vocabulary: [`Moment`],
//! [`Attendee`], [`Participation`] and so on are shared.
//!
//! Rules: RFC 5545 (format), RFC 5546 (methods), RFC 6868 (parameter values), RFC 7986 (feeds).
//! Numbers such as O1, T2 or I8 are those of the calendar mail rules (`docs/calendar-mail.md`).
//!
//! # Why our own writer, and whose reader
//! The `ical` crate's generator does not escape values and folds by characters; so the writer is
//! ours. For reading, `ical`'s whole-file parser drops a file over one bad line, therefore lines
//! are decoded, unfolded and repaired here and only the head of each line (its name and its
//! parameters) goes through `ical`'s property parser.
//!
//! ```
//! use passerelle::icalendar::{Attendee, Calendar, Event, Method, Moment, Organizer, read};
//! use passerelle::kernel::Instant;
//!
//! let at = |text: &str| chrono::DateTime::parse_from_rfc3339(text).map(|at| Instant::new(at.to_utc()));
//! let mut event = Event::new(
//!     "6f1c@passerelle.example",
//!     Moment::Utc(at("2026-12-08T23:00:00Z")?),
//!     Moment::Utc(at("2026-12-09T00:00:00Z")?),
//! );
//! event.stamp = at("2026-12-01T12:00:00Z")?;
//! event.summary = "Amina & José, first meeting".into();
//! event.organizer = Some(Organizer::new("reply+abc@passerelle.example", "Amina via Passerelle"));
//! event.attendees = vec![Attendee::new("jose@example.org", "José")];
//! let text = Calendar::new(Method::Request, vec![event]).write()?;
//!
//! let back = read(text.as_bytes(), None)?;
//! assert_eq!(back.calendars[0].method, Some(Method::Request));
//! assert_eq!(back.calendars[0].events[0].summary.as_deref(), Some("Amina & José, first meeting"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod agenda;
mod foreign;
mod line;
mod model;
mod read;
mod rule;
mod text;
mod write;
pub mod zone;

pub use foreign::zone_by_name;
pub use line::{decode, unfold};
pub use model::{
    Attendee, Calendar, CalendarUserType, Event, Feed, Method, Moment, Organizer, Participation,
    Role, Status,
};
pub use read::{Limit, ReadCalendar, ReadError, ReadEvent, ReadZone, Reading, read};
pub use rule::{Ends, Frequency, Recurrence};
pub use text::{address_key, clean_name, clean_text};
pub use write::WriteError;

#[cfg(test)]
mod properties;
