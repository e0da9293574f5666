//! Mentorships: a mentor and a mentee who work together in a programme.
//!
//! A mentorship begins when a coordinator approves a proposal (or pairs two people by hand) and takes one place
//! of each; it goes active → ended, with a reason, and gives the places back in the same transaction. A mentee
//! whose mentorship ended without success waits again, with the waiting date of the beginning.
//!
//! Meetings lie one room higher, and an ending cancels those that are still planned. So that it happens in one
//! transaction without this room knowing meetings, every verb that ends a mentorship is given what has to happen
//! [`WhenEnded`]; the assembly in `http` and `cli` fills it in.

pub mod api;
pub mod close;
pub mod end;
pub mod mails;
pub mod model;
pub mod start;
pub mod store;

pub use end::{Ending, Endings, WhenEnded, end_in};
pub use model::{EndReason, Mentorship, MentorshipStatus};
pub use start::{Start, start_in};
