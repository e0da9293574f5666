//! Accounts: who can sign in. An account belongs to a person of the programmes (mentor, mentee) or to staff,
//! and holds grants: roles, in one programme or everywhere.
//!
//! An account is *invited* (a mail with a link is on its way) → *active* (a password is set) → *disabled* and
//! back. Nobody grants, takes away or disables more than they hold themselves: a coordinator acts within the
//! programmes that they run, only an administrator makes an administrator, and the last one cannot go.

pub mod create;
pub mod grants;
pub mod invite;
pub mod manage;
pub mod model;
pub mod store;

pub use create::{NewAccount, create_first_administrator, create_with_password};
pub use model::Account;
