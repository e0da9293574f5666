//! Matching: who works with whom. A run takes everybody of a programme who waits, finds and proves the best set
//! of pairs for all of them together, and proposes it; a coordinator decides.
//!
//! ```text
//!  people ──load──▶ inputs ──engine──▶ outcome ──run──▶ proposals ──decide──▶ mentorships
//!                     │                   │                 │
//!                     └──── frozen, replayable ─────────────┴── why, why not, alternatives, what if
//! ```
//!
//! A **run** is a frozen record: what the engine was given ([`inputs`]), what it found, and what that amounts to
//! ([`summary`]). The pure engine is [`engine`]; this room translates people into its numbers ([`translate`]) and
//! its numbers into facts and sentences ([`facts`], [`sentences`]).
//!
//! A **proposal** is proposed → approved, rejected, replaced, or held → released; a newer run, or events, make it
//! stale. Approving begins a mentorship in the same transaction, in which the database counts the places; where the
//! programme asks the two people, it is offered first, and begins when they have said yes ([`consent`]).
//!
//! A **decision** keeps who decided, when, on what criteria, whether against the proposal, and why.

pub mod api;
pub mod calendar;
pub mod consent;
pub mod decide;
pub mod decisions_api;
pub mod engine;
pub mod facts;
pub mod frozen;
pub mod inputs;
pub mod load;
pub mod meant;
pub mod model;
pub mod moment;
pub mod pages;
pub mod proposals_api;
pub mod record;
pub mod record_api;
pub mod recruit;
pub mod request;
pub mod run;
pub mod sentences;
pub mod store;
pub mod summary;
pub mod translate;
pub mod warm;
pub mod week_of;
pub mod what_if;
pub mod why;

pub use decide::{Judgement, decide};
pub use model::{MatchRun, Proposal, ProposalStatus, RunStatus, Verdict};
pub use request::Request;
pub use run::run;
