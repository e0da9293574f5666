//! What the other person of the pair says about an entry: it is so, or it is not.

use crate::access::policy::{self, Action};
use crate::db::Conn;
use crate::db::codec::AnyId;
use crate::db::connection::LockTable;
use crate::hours::model::{self, Entry, Status};
use crate::hours::{record, store};
use crate::kernel::ids::HoursEntryId;
use crate::kernel::{Context, IfMatch, Problem};
use crate::mentorships;

/// An answer to an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It is so.
    Attest,
    /// It is not, for this reason.
    Dispute(String),
}

/// Attests or disputes an entry of the other person.
///
/// # Errors
/// 403, 404, 412; 422; 409 `hours-own-entry`, `hours-decided`.
pub fn answer(
    conn: &mut Conn,
    ctx: &Context,
    id: HoursEntryId,
    if_match: &IfMatch,
    answer: &Answer,
) -> Result<Entry, Problem> {
    conn.write_tx(|conn| {
        conn.lock_row(LockTable::HoursEntries, id.0)?;
        let before = store::find(conn, id)?;
        let mentorship = mentorships::store::find(conn, before.mentorship_id)?;
        let action = match answer {
            Answer::Attest => Action::AttestHours,
            Answer::Dispute(_) => Action::DisputeHours,
        };
        policy::allow(&ctx.actor, action, &mentorship.object(Vec::new()))?;
        let Some(person) = ctx
            .actor
            .person_id()
            .filter(|person| *person != before.person_id)
        else {
            return Err(Problem::conflict("hours-own-entry"));
        };
        if_match.require(before.version)?;
        let (status, reason, action) = match answer {
            Answer::Attest => (Status::Attested, None, "hours.attest"),
            Answer::Dispute(reason) => {
                let reason = model::needed_text("/reason", reason)?;
                (Status::Disputed, Some(reason), "hours.dispute")
            }
        };
        let after = Entry {
            status: before.status.answer(status)?,
            dispute_reason: reason,
            attested_at: Some(ctx.now),
            attested_by: Some(AnyId(person.0)),
            updated_at: ctx.now,
            version: before.version + 1,
            ..before.clone()
        };
        store::save(conn, &after, before.version)?;
        record::line(conn, ctx, action, Some(&before), &after)?;
        Ok(after)
    })
}
