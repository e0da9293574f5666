//! The audit log: who did what to which object, when, from where, and what it was before and after. A line is
//! written in the transaction of the change that it tells of.

use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::policy::Scope;
use crate::db::codec::AnyId;
use crate::db::schema::{accounts, audit_log, participations};
use crate::db::{Conn, Json};
use crate::kernel::ids::{AccountId, AuditId, ProgrammeId};
use crate::kernel::{Actor, Context, Instant, Problem};

/// What a line tells, beside what the context knows.
#[derive(Debug)]
pub struct Change<'a> {
    /// What was done, as `room.verb`: `meeting.cancel`.
    pub action: &'static str,
    /// The kind of object: `meeting`.
    pub object_type: &'static str,
    /// The object.
    pub object_id: uuid::Uuid,
    /// The programme it belongs to, so that its coordinator can read the line.
    pub programme_id: Option<ProgrammeId>,
    /// The object before; `None` when it was created.
    pub before: Option<&'a dyn erased::Document>,
    /// The object after; `None` when it was removed.
    pub after: Option<&'a dyn erased::Document>,
}

/// Serialisable values behind a reference, so that a change can carry any two.
pub mod erased {
    /// A value that can be written as JSON.
    pub trait Document: std::fmt::Debug {
        /// As JSON.
        fn json(&self) -> Result<serde_json::Value, serde_json::Error>;
    }
    /// A value behind a reference, erased.
    pub fn erase<T: Document>(value: &T) -> &dyn Document {
        value
    }

    impl<T: super::Serialize + std::fmt::Debug> Document for T {
        fn json(&self) -> Result<serde_json::Value, serde_json::Error> {
            serde_json::to_value(self)
        }
    }
}

#[derive(Insertable)]
#[diesel(table_name = audit_log)]
struct Line {
    id: AuditId,
    at: Instant,
    actor_kind: String,
    actor_id: Option<AnyId>,
    action: &'static str,
    object_type: &'static str,
    object_id: Option<AnyId>,
    programme_id: Option<ProgrammeId>,
    before: Option<Json<serde_json::Value>>,
    after: Option<Json<serde_json::Value>>,
    request_id: String,
    address: Option<String>,
}

/// Writes the line of `change`.
pub fn record(conn: &mut Conn, ctx: &Context, change: &Change<'_>) -> Result<(), Problem> {
    diesel::insert_into(audit_log::table)
        .values(line(ctx, change)?)
        .execute(conn)?;
    Ok(())
}

/// Writes the lines of many changes, many in a statement.
pub fn record_all(conn: &mut Conn, ctx: &Context, changes: &[Change<'_>]) -> Result<(), Problem> {
    // 12 columns each; SQLite takes 32,766 parameters in a statement, PostgreSQL 65,535.
    for some in changes.chunks(500) {
        let lines = some
            .iter()
            .map(|change| line(ctx, change))
            .collect::<Result<Vec<_>, _>>()?;
        // diesel inserts no list on both databases at once.
        match conn {
            Conn::Pg(c) => diesel::insert_into(audit_log::table)
                .values(lines)
                .execute(c),
            Conn::Sqlite(c) => diesel::insert_into(audit_log::table)
                .values(lines)
                .execute(c),
        }?;
    }
    Ok(())
}

fn line(ctx: &Context, change: &Change<'_>) -> Result<Line, Problem> {
    let (actor_kind, actor_id) = match &ctx.actor {
        Actor::Anonymous => ("anonymous".to_owned(), None),
        Actor::Account { id, .. } => ("account".to_owned(), Some(AnyId(id.0))),
        Actor::Link { person_id } => ("link".to_owned(), Some(AnyId(person_id.0))),
        Actor::System(what) => (format!("system:{what}"), None),
    };
    let document = |d: Option<&dyn erased::Document>| d.map(|d| d.json().map(Json)).transpose();
    Ok(Line {
        id: AuditId::new(ctx.now),
        at: ctx.now,
        actor_kind,
        actor_id,
        action: change.action,
        object_type: change.object_type,
        object_id: Some(AnyId(change.object_id)),
        programme_id: change.programme_id,
        before: document(change.before)?,
        after: document(change.after)?,
        request_id: ctx.request_id.clone(),
        address: ctx.address.map(|a| a.to_string()),
    })
}

/// A line of the audit log, as it is read.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AuditLine {
    pub id: AuditId,
    pub at: Instant,
    /// `account`, `link` (a link in a mail), `anonymous`, or `system:` and the name of a job or command.
    #[schema(example = "account")]
    pub actor_kind: String,
    /// The account, or for a link the person.
    pub actor_id: Option<uuid::Uuid>,
    /// The name of the account, as it is now.
    pub actor_name: Option<String>,
    #[schema(example = "meeting.cancel")]
    pub action: String,
    #[schema(example = "meeting")]
    pub object_type: String,
    pub object_id: Option<uuid::Uuid>,
    pub programme_id: Option<ProgrammeId>,
    /// The object before the change; null when it was made.
    #[schema(value_type = Option<Object>)]
    pub before: Option<serde_json::Value>,
    /// The object after the change; null when it is gone.
    #[schema(value_type = Option<Object>)]
    pub after: Option<serde_json::Value>,
    /// The request, as logs name it.
    pub request_id: String,
    /// The address that the request came from.
    pub address: Option<String>,
}

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub object_type: Option<String>,
    pub object_id: Option<uuid::Uuid>,
    pub actor_id: Option<AccountId>,
    pub action: Option<String>,
    pub programme_id: Option<ProgrammeId>,
    pub since: Option<Instant>,
    pub until: Option<Instant>,
}

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = audit_log)]
struct ReadLine {
    id: AuditId,
    at: Instant,
    actor_kind: String,
    actor_id: Option<AnyId>,
    action: String,
    object_type: String,
    object_id: Option<AnyId>,
    programme_id: Option<ProgrammeId>,
    before: Option<Json<serde_json::Value>>,
    after: Option<Json<serde_json::Value>>,
    request_id: String,
    address: Option<String>,
}

/// The lines that `scope` reaches, the newest first, after the mark `after`; two queries, however many lines.
///
/// A line about a person belongs to no programme: a coordinator reads those written while the person took part
/// in one of theirs.
pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &Filter,
    after: Option<(Instant, AuditId)>,
    rows: i64,
) -> Result<Vec<AuditLine>, Problem> {
    let mut query = audit_log::table.select(ReadLine::as_select()).into_boxed();
    if !scope.all {
        let took_part = participations::table.filter(
            participations::person_id
                .nullable()
                .eq(audit_log::object_id)
                .and(participations::programme_id.eq_any(scope.programmes.clone()))
                .and(participations::joined_at.le(audit_log::at))
                .and(
                    participations::left_at
                        .is_null()
                        .or(participations::left_at.ge(audit_log::at.nullable())),
                ),
        );
        let theirs = audit_log::object_type
            .eq("person")
            .and(diesel::dsl::exists(took_part));
        query = query.filter(
            audit_log::programme_id
                .eq_any(scope.programmes.clone())
                .or(theirs.nullable()),
        );
    }
    if let Some(word) = &filter.object_type {
        query = query.filter(audit_log::object_type.eq(word));
    }
    if let Some(id) = filter.object_id {
        query = query.filter(audit_log::object_id.eq(AnyId(id)));
    }
    if let Some(id) = filter.actor_id {
        query = query.filter(audit_log::actor_id.eq(AnyId(id.0)));
    }
    if let Some(word) = &filter.action {
        query = query.filter(audit_log::action.eq(word));
    }
    if let Some(id) = filter.programme_id {
        query = query.filter(audit_log::programme_id.eq(id));
    }
    if let Some(at) = filter.since {
        query = query.filter(audit_log::at.ge(at));
    }
    if let Some(at) = filter.until {
        query = query.filter(audit_log::at.lt(at));
    }
    if let Some((at, id)) = after {
        let earlier = audit_log::at.lt(at);
        let same = audit_log::at.eq(at).and(audit_log::id.lt(id));
        query = query.filter(earlier.or(same));
    }
    let lines: Vec<ReadLine> = query
        .order((audit_log::at.desc(), audit_log::id.desc()))
        .limit(rows)
        .load(conn)?;
    with_names(conn, lines)
}

fn with_names(conn: &mut Conn, lines: Vec<ReadLine>) -> Result<Vec<AuditLine>, Problem> {
    let actors: Vec<AccountId> = lines
        .iter()
        .filter(|line| line.actor_kind == "account")
        .filter_map(|line| line.actor_id.map(|id| AccountId(id.0)))
        .collect();
    let names: std::collections::HashMap<AccountId, String> = accounts::table
        .filter(accounts::id.eq_any(&actors))
        .select((accounts::id, accounts::display_name))
        .load::<(AccountId, String)>(conn)?
        .into_iter()
        .collect();
    let named = |line: ReadLine| AuditLine {
        actor_name: line
            .actor_id
            .and_then(|id| names.get(&AccountId(id.0)).cloned()),
        id: line.id,
        at: line.at,
        actor_kind: line.actor_kind,
        actor_id: line.actor_id.map(|id| id.0),
        action: line.action,
        object_type: line.object_type,
        object_id: line.object_id.map(|id| id.0),
        programme_id: line.programme_id,
        before: line.before.map(|json| json.0),
        after: line.after.map(|json| json.0),
        request_id: line.request_id,
        address: line.address,
    };
    Ok(lines.into_iter().map(named).collect())
}
