//! Programmes: what an organisation offers for a time, with its dates, target hours, meeting rhythm and the
//! settings of its matching; and participation: a person's part in it as mentor (with a capacity) or as mentee
//! (waiting since).
//!
//! A programme goes draft → open → closed. People are enrolled while it is open.

pub mod api;
pub mod create;
pub mod model;
pub mod store;

pub use model::Programme;
