//! Sending a dead mail again.

use crate::access::policy::{self, Action};
use crate::access::{audit, record};
use crate::correspondence::model::Mail;
use crate::correspondence::read::object;
use crate::db::Conn;
use crate::kernel::ids::OutboxId;
use crate::kernel::{Context, IfMatch, Problem};
use crate::mail::outbox::MailStatus;
use crate::mail::queue;

/// Puts a dead mail back into the queue, to the same address, with all its attempts.
///
/// # Errors
/// 404 and 403 as for reading; 412 when it changed since; 409 `mail-not-dead`, `mail-forgotten`.
pub fn retry(
    conn: &mut Conn,
    ctx: &Context,
    id: OutboxId,
    if_match: &IfMatch,
) -> Result<Mail, Problem> {
    conn.write_tx(|conn| {
        let before = queue::find(conn, id)?;
        policy::allow(&ctx.actor, Action::RetryMail, &object(&before))?;
        if_match.require(before.version)?;
        if before.status != MailStatus::Dead {
            return Err(Problem::conflict("mail-not-dead"));
        }
        if before.payload(ctx.keyring()).is_none() {
            return Err(Problem::conflict("mail-forgotten"));
        }
        if !queue::revive(conn, id, before.version, ctx.now)? {
            return Err(Problem::Stale);
        }
        let after = queue::find(conn, id)?;
        record(
            conn,
            ctx,
            &audit::Change {
                action: "mail.retry",
                object_type: "mail",
                object_id: id.into(),
                programme_id: after.programme_id,
                before: Some(&before.status),
                after: Some(&after.status),
            },
        )?;
        Ok(Mail::new(&after, ctx.settings(), ctx.keyring()))
    })
}
