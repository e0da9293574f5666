//! What waits for a coordinator: one look at everything that needs a person's hand, on a page ([`pages`]) and once
//! a day in one mail ([`send`]), instead of a mail for each event. [`gather`] finds it, in order of harm if left;
//! the rooms below know nothing of this one. [`settings`] says at which hour of whose day the mail comes, and
//! whether it does.
//!
//! Coordinators see their programmes. Administrators see what nobody else would: programmes without a
//! coordinator, and mails of no programme.

pub mod api;
pub mod gather;
pub mod model;
pub mod pages;
pub mod send;
pub mod settings;
mod store;
