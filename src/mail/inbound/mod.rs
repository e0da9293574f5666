//! Mail that comes in: what a message means, as pure functions (rules I1–I14).
//!
//! [`understand`] turns the bytes of a message into an [`Incoming`]: who sent it, which token its
//! recipient address carries, and its [`Meaning`] — an answer, a proposal of another time, a delivery
//! report, an automatic reply, or something to be looked at by a person, with the [`Reason`].
//! [`judge`] then holds one answer against what is known of the meeting and says whether to apply it.
//! Neither touches a database, a clock or the network: the door that received the message stores it
//! and acts on the verdict.

mod judge;
mod report;
mod understand;

pub use judge::{Known, Verdict, judge};
pub use understand::{Answer, Incoming, Meaning, Proposal, Reason, Report, Sender, understand};

#[cfg(test)]
mod tests;
