//! Reading what came in: the part that the reader may see.

use super::views::{InboundMail, InboundMailSummary};
use crate::access::policy::{self, Action, Object};
use crate::db::Conn;
use crate::kernel::ids::InboundId;
use crate::kernel::{Context, Problem};
use crate::mail::inbound::store::{self, Filter, Row};

/// Messages, the newest first: of the reader's programmes, or all for an administrator.
///
/// # Errors
/// 403 for whom no message is to see.
pub fn list(
    conn: &mut Conn,
    ctx: &Context,
    filter: &Filter,
    rows: i64,
) -> Result<Vec<InboundMailSummary>, Problem> {
    let scope = policy::scope(&ctx.actor, Action::ListInboundMails)?;
    let filter = Filter {
        programmes: (!scope.all).then_some(scope.programmes),
        ..filter.clone()
    };
    let found = store::list(conn, &filter, rows)?;
    Ok(found
        .iter()
        .map(|row| InboundMailSummary::of(ctx, row))
        .collect())
}

/// One message with its words.
///
/// # Errors
/// 404 when it is not there or not the reader's to see, 403 for whom no message is to see.
pub fn read(conn: &mut Conn, ctx: &Context, id: InboundId) -> Result<InboundMail, Problem> {
    let row = store::find(conn, id)?;
    policy::allow(&ctx.actor, Action::ReadInboundMail, &object(&row))?;
    InboundMail::of(conn, ctx, &row)
}

/// A message that belongs to no programme is the administrators' alone.
pub(super) fn object(row: &Row) -> Object {
    row.programme_id
        .map_or_else(Object::general, Object::of_programme)
}
