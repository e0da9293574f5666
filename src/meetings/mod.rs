//! Meetings: when two people can meet, the meeting they book, the invitation that lands in their
//! calendars, their answers, and the reminders before it.
//!
//! A *meeting* belongs to a mentorship and has *attendees*, each with an answer (PARTSTAT). The platform
//! is the organizer; every attendee has a token of their own, by which buttons and calendar replies are
//! recognised. [`slots`] finds the times, [`model`] says what may become of a meeting.

pub mod model;
pub mod rules;
pub mod slots;
pub mod store;
