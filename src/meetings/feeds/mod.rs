//! Feeds (rule F1): a calendar that a program subscribes to at a secret address, `/feeds/TOKEN.ics`.
//!
//! A *person's* feed holds the meetings that the person is in, as they see them elsewhere: the other's first
//! name, place, link and note, and nobody's address. A *coordinator's* feed belongs to an account and holds the
//! meetings of the programmes that it runs now: who meets when, and nothing of what the two write to each other.
//!
//! The address is the only key, so it is random (192 bits), stored as a hash, told once when it is made, and
//! never written to a log. Making a new one ends the old one. Whether a feed is read is looked at when it is
//! read: an archived person, a disabled account or a coordinator without a programme has none, and has it
//! again when that changes. A pause takes nothing away: what is booked stays booked.
//!
//! The bytes are the same as long as nothing has changed: every stamp comes from the rows, none from the clock.

pub mod api;
mod entries;
pub mod manage;
pub mod pages;
mod read;
mod store;

pub use manage::{Owner, Shown};
pub use read::read;

/// The address of a feed as a link that opens the reader's calendar program.
#[must_use]
pub fn subscribe(address: &str) -> String {
    match address.split_once("://") {
        Some((_, rest)) => format!("webcal://{rest}"),
        None => address.to_owned(),
    }
}
