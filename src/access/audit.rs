//! The audit log: who did what to which object, when, from where, and what it was before and after. A line is
//! written in the transaction of the change that it tells of.

use diesel::prelude::*;
use serde::Serialize;

use crate::db::codec::AnyId;
use crate::db::schema::audit_log;
use crate::db::{Conn, Json};
use crate::kernel::ids::{AuditId, ProgrammeId};
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
    let (actor_kind, actor_id) = match &ctx.actor {
        Actor::Anonymous => ("anonymous".to_owned(), None),
        Actor::Account { id, .. } => ("account".to_owned(), Some(AnyId(id.0))),
        Actor::Link { person_id } => ("link".to_owned(), Some(AnyId(person_id.0))),
        Actor::System(what) => (format!("system:{what}"), None),
    };
    let document = |d: Option<&dyn erased::Document>| d.map(|d| d.json().map(Json)).transpose();
    diesel::insert_into(audit_log::table)
        .values(Line {
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
        .execute(conn)?;
    Ok(())
}
