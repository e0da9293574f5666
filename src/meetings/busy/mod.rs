//! Busy times from a calendar that the person already has: they give its secret `.ics` address once, the
//! worker looks at it now and then, and slots avoid what is there.
//!
//! Only *when* somebody is busy is kept: merged intervals without a word about them. The address is a key to the
//! person's calendar; it is sealed at rest, and shown as its host only. Whoever books learns that a time is
//! taken, never whose time it is nor with what.
//!
//! [`address`] says which addresses may be asked at all, [`fetch`] asks (bounded in time, size, redirects and
//! in whom it connects to), `icalendar::agenda` reads, [`manage`] adds, checks and removes ([`ask`] for whoever is at a
//! page or the API), [`poll`] is the worker's part: claim what is due with a lease, fetch outside any transaction, write down what came of it.

pub mod address;
pub mod api;
pub mod ask;
pub mod fetch;
pub mod manage;
pub mod model;
pub mod poll;
pub mod store;
