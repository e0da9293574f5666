//! Delivery reports (I12): a mail of ours did not arrive.

use crate::db::Conn;
use crate::kernel::ids::OutboxId;
use crate::kernel::{Context, Problem};
use crate::mail::inbound::store::Findings;
use crate::mail::inbound::{Incoming, Report, State, Why};
use crate::mail::{message, queue};
use crate::people;

/// Acts on a report: marks the mail as dead and the person's address as failing; its
/// coordinators' next digest says so.
/// Only a report that came to the address of one mail, which nobody can guess, counts.
pub(super) fn act(
    conn: &mut Conn,
    ctx: &Context,
    incoming: &Incoming,
    report: &Report,
) -> Result<((State, Why), Findings), Problem> {
    let (settings, keyring) = (ctx.settings(), ctx.keyring());
    if incoming.sender.dmarc.as_deref() == Some("fail") {
        return Ok(((State::Quarantined, Why::Forged), Findings::default()));
    }
    let ours = report.returned_to.iter();
    let id = ours.filter_map(|address| message::returned(settings, keyring, address));
    let Some(row) = find(conn, id)? else {
        return Ok(((State::Report, Why::UnknownMail), Findings::default()));
    };
    let found = Findings {
        programme_id: row.programme_id,
        person_id: row.person_id,
        outbox_id: Some(row.id),
        ..Findings::default()
    };
    let status = report.status.as_deref().unwrap_or("");
    if !report.failed {
        tracing::info!(status, "a mail is late on its way");
        return Ok(((State::Report, Why::Delayed), found));
    }
    let reason = format!("returned by a mail server {status}")
        .trim()
        .to_owned();
    queue::returned(conn, row.id, &reason)?;
    let letter = message::open(&row, settings, keyring).ok();
    if let (Some(person), Some(letter)) = (row.person_id, &letter) {
        people::mail_failed(conn, ctx, person, &letter.to.address)?;
    }
    Ok(((State::Report, Why::Undeliverable), found))
}

/// The first of these mails that is there.
fn find(
    conn: &mut Conn,
    ids: impl Iterator<Item = OutboxId>,
) -> Result<Option<queue::Row>, Problem> {
    for id in ids {
        match queue::find(conn, id) {
            Ok(row) => return Ok(Some(row)),
            Err(Problem::NotFound) => {}
            Err(problem) => return Err(problem),
        }
    }
    Ok(None)
}
