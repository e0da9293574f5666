//! Meetings: when two people can meet, the meeting they book, the invitation that lands in their
//! calendars, their answers, and the reminders before it.
//!
//! A *meeting* belongs to a mentorship and has *attendees*, each with an answer (PARTSTAT). The platform
//! is the organizer; every attendee has a token of their own, by which buttons and calendar replies are
//! recognised. [`slots`] finds the times, [`model`] says what may become of a meeting, [`links`] holds the
//! tokens. Every change goes with its mails and its jobs in one transaction: [`mails`] writes the former,
//! [`reminders`] the latter.
//!
//! What comes after a meeting — who worked how long — is the room of hours', which stands above: it asks
//! with the link that [`mails::follow_up`] sends, and reports through [`report`].

pub mod answer;
pub mod api;
pub mod book;
pub mod busy;
mod calendar_pages;
mod calendars;
pub mod cancel;
pub mod choose;
pub mod counter;
pub mod details;
pub mod edit;
pub mod feeds;
pub mod incoming;
pub mod links;
pub mod mails;
pub mod model;
mod nudge;
mod pace;
pub mod pages;
pub mod pair;
pub mod pause;
pub mod propose;
pub mod reminders;
pub mod reoffer;
pub mod report;
pub mod reschedule;
pub mod rules;
pub mod series;
pub mod slots;
pub mod store;
mod text;
pub mod times;
pub mod views;
pub mod when;
pub mod zones;

pub use text::Words;

use crate::kernel::Problem;
use model::Refusal;

/// What a refusal of the model is to the person who asked.
fn refused(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::Cancelled => Problem::conflict("meeting-cancelled"),
        Refusal::Reported => Problem::conflict("meeting-reported"),
        Refusal::Over => Problem::conflict("meeting-over"),
        Refusal::NotBegun => Problem::conflict("meeting-not-begun"),
        Refusal::Past => Problem::field("/starts_at", "past"),
        Refusal::TooFar => Problem::field("/starts_at", "too-far"),
        Refusal::Length => Problem::field("/minutes", "out-of-range")
            .with("least", model::SHORTEST.num_minutes())
            .with("most", model::LONGEST.num_minutes()),
    }
}
