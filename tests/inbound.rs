//! Mail that comes in, through the front doors: what becomes of each message, once, on both databases.

pub mod corpus;
pub mod deciding;
mod doors;
mod hostile;
mod mailbox;
mod mutations;
mod once;
