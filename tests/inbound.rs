//! Mail that comes in, through the front doors: what becomes of each message, once, on both databases.

mod corpus;
mod deciding;
mod doors;
mod mailbox;
mod once;
