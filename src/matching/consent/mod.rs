//! Consent: after a coordinator's approval the two people are asked before their mentorship begins, where the
//! programme says so. Each gets a mail with a link of their own, or answers through the API.
//!
//! ```text
//!  proposal  offered ──────── everybody said yes ────────▶ approved (the mentorship begins, both are introduced)
//!               │ ▲
//!               │ └─ whoever said no says yes after all, before the deadline, while both are free
//!               ├── somebody says no ──▶ declined ──┐
//!               ├── the deadline passes ▶ lapsed ───┼─▶ the place is free; the next choice is proposed or
//!               ├── somebody left, … ──▶ stale ─────┘   offered, or the coordinator decides ([`next`])
//!               └── the coordinator rejects or replaces it
//!
//!  consent   waiting ──▶ asked ──▶ given, declined, lapsed      (void: the offer ended before it counted)
//! ```
//!
//! While an offer stands, a place of each is *held*: it counts like one that is taken, for runs, for other
//! approvals and in the database itself. An offer ends in one transaction: places, jobs, links, mails and the
//! proposal's state together. The programme's row is held meanwhile, so that two clicks at once, a click and the
//! deadline, or a click and the coordinator come one after the other, on however many servers.
//!
//! A link is single-purpose and is stored hashed; reading its page changes nothing. What one says to the
//! coordinator about a no is read by coordinators and by nobody else.

pub mod answer;
pub mod api;
pub mod lapse;
pub mod links;
pub mod mails;
pub mod model;
pub mod next;
pub mod offer;
pub mod other;
pub mod pages;
pub mod store;

pub use model::{ConsentStatus, MatchConsent};
pub(super) use offer::{Told, offer_in, release_in};
