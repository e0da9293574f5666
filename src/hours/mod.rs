//! Hours: the ledger of what people gave. Every hour that a mentor or a mentee spent is an *entry*: who, on
//! which day, how many minutes, on what.
//!
//! Entries come from meetings that took place (one for each of the two, [`record_from_meeting`]) and by hand
//! ([`record`]). The other person of the pair *attests* or *disputes* them, a coordinator *approves* or
//! *rejects* them with a reason. An entry is never edited: what was wrong is *corrected* by a counter-entry,
//! which stands beside it with the difference, so that the ledger always adds up.
//!
//! ```text
//!            attest          approve
//! recorded ─────────► attested ─────────► approved
//!     │ ╲                │    ╱     (also straight from recorded, and from disputed)
//!     │  ╲ dispute       │   ╱
//!     │   ╲              ▼  ╱ approve
//!     │    ╲──────► disputed
//!     └──────────────────┴──── reject, with a reason ────► rejected
//! ```
//!
//! What looks odd is *flagged* ([`Flag`]), not refused: people forget, and sometimes a day was long. What cannot
//! be is refused, and what must never be is held by the database: one entry for a meeting and a person, one
//! correction for an entry.
//!
//! This room stands above the meetings. [`report`] says how a meeting went, from the API or from the page behind
//! the mail that follows it ([`pages`]), and calls [`record_from_meeting`] in the same transaction; told twice,
//! it records once.

pub mod api;
pub mod attest;
pub mod correct;
pub mod decide;
pub mod export;
pub mod from_meeting;
pub mod model;
pub mod pages;
pub mod record;
pub mod report;
pub mod store;
pub mod tell;
pub mod totals;

pub use from_meeting::{RecordFromMeeting, ReportedBy, record_from_meeting};
pub use model::{Activity, Entry, Flag, Source, Status};
