//! Access: accounts, passwords, tokens, roles, the policy of who may do what, and the audit log of what was
//! done. Rooms above ask [`policy`] before they act and write one [`audit`] line before they commit.

pub mod api;
pub mod audit;
pub mod caller;
pub mod keys;
pub mod policy;
pub mod tokens;

pub use audit::record;
pub use caller::Caller;
pub use policy::{Action, Object, Scope};
