//! Access: accounts, passwords, tokens, roles, the policy of who may do what, and the audit log of what was
//! done. Rooms above ask [`policy`] before they act and write one [`audit`] line before they commit.

pub mod accounts;
pub mod api;
pub mod audit;
pub mod caller;
pub mod door;
pub mod email;
pub mod keys;
pub mod links;
pub mod page_caller;
pub mod page_sessions;
pub mod pages;
pub mod password;
pub mod policy;
pub mod sessions;
pub mod sign_in;
pub mod throttle;
pub mod tokens;

pub use audit::record;
pub use caller::Caller;
pub use email::Email;
pub use page_caller::PageCaller;
pub use policy::{Action, Object, Scope};

use crate::db::Conn;
use crate::db::jobs::Job;
use crate::kernel::{Context, Instant, Problem};

/// Does a job of this room, in the transaction that marks it done; `false` when it is another room's.
pub fn run(conn: &mut Conn, ctx: &Context, job: &Job) -> Result<bool, Problem> {
    match job.kind.as_str() {
        links::RESET_JOB => links::answer_request(conn, ctx, &job.payload.0).map(|()| true),
        _ => Ok(false),
    }
}

/// Forgets what is long over: spent tokens and links, counters of attempts. Once a day is enough.
pub fn purge(conn: &mut Conn, now: Instant) -> Result<usize, Problem> {
    Ok(sessions::purge(conn, now)? + links::purge(conn, now)? + throttle::purge(conn, now)?)
}
