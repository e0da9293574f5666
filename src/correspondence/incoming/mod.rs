//! Mail that comes in: three doors, and this one room behind them. [`receive`] stores a message and acts on it
//! in one transaction; what waits is listed, explained, applied or dismissed by a coordinator, or confirmed by
//! the attendee through a link that only they were sent.
//!
//! ```text
//!              ┌─ applied      an answer, a REFRESH
//!              ├─ stale        about a time or a meeting that is over
//! receive ─────┼─ held ────────┬─ the attendee confirms, a coordinator applies ──▶ applied
//!              ├─ quarantined ─┴─ a coordinator dismisses ─────────────────────▶ ignored
//!              ├─ refused      REQUEST, ADD, CANCEL from outside
//!              ├─ report       a mail of ours could not be delivered, or is late
//!              └─ ignored      out of office, no answer in it
//! ```

mod act;
pub mod api;
mod apply;
mod confirm;
mod door;
pub mod pages;
mod read;
mod receive;
mod reports;
mod views;

pub use apply::{apply, dismiss};
pub use confirm::{Asked, asked, confirm};
pub use door::read_bounded;
pub use read::{list, read};
pub use receive::{Arrival, Received, receive, receive_with};
pub use views::{InboundMail, InboundMailSummary};
