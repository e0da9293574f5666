//! People: persons and what is known of them — names and addresses, occupations, languages, topics,
//! weekly availability with its exceptions, consents, conflicts of interest — and how they come in,
//! one by one or from a spreadsheet.
//!
//! A person is active, paused (from a day, perhaps to a day) or archived. What they take part in is
//! `programmes`; that they can sign in is `access`. A change of a person or of a list that hangs on
//! them counts in their version, which is the ETag.
//!
//! For other rooms: [`store::find`], [`store::find_all`], [`store::profile`] and
//! [`store::lists::profiles`] (many at once, five queries), [`exceptions::of`],
//! [`consents::current`], [`conflicts::among`], [`create::create_in`].

pub mod api;
pub mod conflicts;
pub mod consents;
pub mod create;
pub mod exceptions;
pub mod import;
mod mail_failed;
pub mod model;
pub mod read;
pub mod store;
pub mod update;
pub mod view;

pub use mail_failed::mail_failed;
pub use model::{Person, Profile};
