//! Free time and common slots, as pure functions.
//!
//! A [`Calendar`] is what is known about one person's time: weekly hours on the clock of their
//! zone, exceptions, statutory holidays, what already occupies them, and their limits. [`free`]
//! turns it into free intervals; [`common`] finds the starts at which everybody of a group can
//! meet for a given length; [`fits`] says whether one given time would do, and if not, why.
//!
//! Nothing here reads a clock or a database: the room loads the calendars, in one query per kind,
//! and the same functions serve the page with ten weeks of slots and the check inside the booking
//! transaction. All intervals are half-open (rule S3), so that a meeting may begin in the instant
//! in which another one ends. Local times are resolved by [`crate::kernel::zone::Zone`] (rules S1,
//! S2): each boundary on its own local date, a time in a gap moved forward by the gap, an ambiguous
//! time taken as the first.
//!
//! Everything is a linear sweep over sorted intervals; ten weeks of a pair take microseconds
//! (`benches/slots.rs`).

mod calendar;
mod offer;
mod recurring;
mod span;
#[cfg(test)]
mod tests;
mod weekly;

pub use calendar::{Busy, Calendar, Exception, Holidays, Limits, free};
pub use offer::{Misfit, Refusal, Search, common, fits};
pub use recurring::{Recurring, recurring};
pub use span::Span;
pub use weekly::WeeklyRule;
