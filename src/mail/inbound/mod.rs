//! Mail that comes in: what a message means, what became of it, and where the reading of a mailbox stands
//! (rules I1–I14).
//!
//! The pure part: [`understand`] turns the bytes of a message into an [`Incoming`]: who sent it, which token
//! its recipient address carries, and its [`Meaning`] — an answer, a proposal of another time, a delivery
//! report, an automatic reply, or something to be looked at by a person, with the [`Reason`]. [`judge`] then
//! holds one answer against what is known of the meeting and says whether to apply it. Neither touches a
//! database, a clock or the network.
//!
//! The kept part: [`store`] holds every message with its [`State`] and [`Why`], [`mailbox`] the lease and the
//! mark of a mailbox that several servers share. Who acts on a message stands above, in `correspondence`,
//! because this room knows no meeting.

mod judge;
mod limit;
pub mod mailbox;
mod model;
mod report;
pub mod store;
mod understand;
pub mod words;

pub use judge::{Known, Spoken, Verdict, judge, judge_proposal, spoken};
pub use limit::{MOST_TIME, understand_within};
pub use model::{Door, Kind, State, Why, set_aside_as};
pub use understand::{
    Answer, Incoming, MOST_BYTES, MOST_HEAD_BYTES, Meaning, Proposal, Reason, Report, Sender, head,
    set_aside, understand,
};

#[cfg(test)]
mod tests;
