//! What goes through the front door: HTTP, mail, command line. One binary, a file for each room.
//!
//! Every test runs on SQLite, and on PostgreSQL when its programs are on the machine (`PASSERELLE_TEST_POSTGRES=must`
//! makes a missing PostgreSQL an error).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "in a test a failure should be loud and short"
)]

mod support;

mod access;
mod api_manners;
mod architecture;
mod browser;
mod checked;
mod cli;
mod correspondence;
mod database;
mod demo;
mod digests;
mod hours;
mod i18n;
mod import;
mod inbound;
mod jobs;
mod killed;
mod mail;
mod matching;
mod matching_files;
mod matching_optimum;
mod meetings;
mod mentorships;
mod people;
mod policy;
mod programmes;
mod real_mail;
mod reference;
mod zones;
