//! Reading the audit log over the API.

use actix_web::web::Data;
use actix_web::{Responder, get};
use serde::Deserialize;

use crate::access::Caller;
use crate::access::audit::{self, AuditLine, Filter};
use crate::access::policy::{self, Action};
use crate::kernel::ids::{AccountId, ProgrammeId};
use crate::kernel::{Instant, Problem};
use crate::web::{App, Page, PageQuery, Query};

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// Only what was done to objects of this kind, such as `meeting`.
    object_type: Option<String>,
    /// Only what was done to this object.
    object_id: Option<uuid::Uuid>,
    /// Only what this account did.
    actor_id: Option<AccountId>,
    /// Only this action, such as `meeting.cancel`.
    action: Option<String>,
    /// Only what belongs to this programme.
    programme_id: Option<ProgrammeId>,
    /// Not before this instant.
    since: Option<Instant>,
    /// Before this instant.
    until: Option<Instant>,
    /// Rows in a page, 1 to 200; 50 unless given.
    limit: Option<u32>,
    /// The mark that the page before gave as `next_cursor`.
    cursor: Option<String>,
}

/// The audit log, the newest first: an administrator sees all of it, a coordinator what belongs to their
/// programmes.
#[utoipa::path(tag = "audit", operation_id = "list_audit", params(ListQuery),
    responses((status = 200, body = Page<AuditLine>)))]
#[get("/audit")]
pub(super) async fn list_audit(
    caller: Caller,
    app: Data<App>,
    query: Query<ListQuery>,
) -> Result<impl Responder, Problem> {
    let scope = policy::scope(&caller.ctx.actor, Action::ListAudit)?;
    let query = query.0;
    let page = PageQuery::new(query.limit, query.cursor);
    let filter = Filter {
        object_type: query.object_type,
        object_id: query.object_id,
        actor_id: query.actor_id,
        action: query.action,
        programme_id: query.programme_id,
        since: query.since,
        until: query.until,
    };
    let (after, rows) = (page.after()?, page.fetch()?);
    let rows = app
        .db
        .run(move |conn| audit::list(conn, &scope, &filter, after, rows))
        .await?;
    page.page(rows, |line| (line.at, line.id))
}
