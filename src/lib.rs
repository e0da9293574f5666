//! Passerelle: mentorship matching and scheduling for organisations that help newcomers.
//!
//! The house has floors; a room uses rooms on lower floors only (see `docs/architecture.md`,
//! and `tests/architecture.rs`, which holds the house to it).

// Floor 0
pub mod kernel;
// Floor 1
pub mod db;
pub mod i18n;
pub mod icalendar;
pub mod reference;
// Floor 2
pub mod mail;
pub mod web;
// Floor 3
pub mod access;
// Floor 4, from the ground up
pub mod correspondence;
pub mod digests;
pub mod hours;
pub mod matching;
pub mod meetings;
pub mod mentorships;
pub mod people;
pub mod programmes;
// Floor 5
pub mod cli;
pub mod http;
pub mod worker;
