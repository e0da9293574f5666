//! Reading mails: the part of the outbox that the reader may see.

use crate::access::policy::{self, Action, Object};
use crate::correspondence::model::{Mail, MailSummary};
use crate::db::Conn;
use crate::kernel::ids::OutboxId;
use crate::kernel::{Context, Problem};
use crate::mail::queue::{self, Filter, Row};

/// Mails, the newest first: of the reader's programmes, or all for an administrator.
///
/// # Errors
/// 403 for whom no mail is to see.
pub fn list(
    conn: &mut Conn,
    ctx: &Context,
    filter: &Filter,
    rows: i64,
) -> Result<Vec<MailSummary>, Problem> {
    let scope = policy::scope(&ctx.actor, Action::ListMails)?;
    let filter = Filter {
        programmes: (!scope.all).then_some(scope.programmes),
        ..filter.clone()
    };
    let found = queue::list(conn, &filter, rows)?;
    let summary = |row: &Row| MailSummary::new(row, ctx.settings(), ctx.keyring());
    Ok(found.iter().map(summary).collect())
}

/// One mail.
///
/// # Errors
/// 404 when it is not there or not the reader's to see, 403 for whom no mail is to see.
pub fn read(conn: &mut Conn, ctx: &Context, id: OutboxId) -> Result<Mail, Problem> {
    let row = queue::find(conn, id)?;
    policy::allow(&ctx.actor, Action::ReadMail, &object(&row))?;
    Ok(Mail::new(&row, ctx.settings(), ctx.keyring()))
}

/// A mail of no programme is the administrators' alone.
pub(super) fn object(row: &Row) -> Object {
    row.programme_id
        .map_or_else(Object::general, Object::of_programme)
}
