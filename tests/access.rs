//! Accounts and permission through the front door.

mod tokens;
