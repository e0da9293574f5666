//! Conflicts of interest: two people who must not be matched, in whichever direction it was declared.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::policy::{self, Action};
use crate::access::{audit, record};
use crate::db::connection::LockTable;
use crate::db::schema::conflicts_of_interest;
use crate::db::{Conn, constraint};
use crate::kernel::ids::{AccountId, ConflictOfInterestId, PersonId};
use crate::kernel::{Context, FieldError, Instant, Problem};
use crate::people::model::text::clean;
use crate::people::store::{self, reach};

crate::text_enum! {
    /// Why two people must not be matched.
    pub enum ConflictKind {
        Family => "family",
        Employer => "employer",
        LenderBorrower => "lender-borrower",
        Supervisor => "supervisor",
        /// One of them, or staff, does not want it; no reason needed.
        Exclusion => "exclusion",
        Other => "other",
    }
}

/// A declared conflict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema, Queryable, Selectable, Insertable)]
#[diesel(table_name = conflicts_of_interest)]
pub struct Conflict {
    pub id: ConflictOfInterestId,
    pub person_id: PersonId,
    pub other_person_id: PersonId,
    pub kind: ConflictKind,
    pub reason: Option<String>,
    pub declared_at: Instant,
    pub declared_by: Option<AccountId>,
}

/// A conflict as it is written.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConflictInput {
    pub other_person_id: PersonId,
    pub kind: ConflictKind,
    /// At most 500 characters.
    pub reason: Option<String>,
}

/// The conflicts of a person: staff see both directions, the person what was declared on their own
/// record.
pub fn list(conn: &mut Conn, ctx: &Context, id: PersonId) -> Result<Vec<Conflict>, Problem> {
    super::read::allowed(conn, ctx, id, Action::ListConflicts)?;
    use conflicts_of_interest as t;
    let mut query = t::table.select(Conflict::as_select()).into_boxed();
    query = if ctx.actor.person_id() == Some(id) {
        query.filter(t::person_id.eq(id))
    } else {
        query.filter(t::person_id.eq(id).or(t::other_person_id.eq(id)))
    };
    Ok(query.order((t::declared_at, t::id)).load(conn)?)
}

/// Pairs of `ids` (each pair once, as declared) who must not be matched.
pub fn among(conn: &mut Conn, ids: &[PersonId]) -> Result<Vec<(PersonId, PersonId)>, Problem> {
    use conflicts_of_interest as t;
    Ok(t::table
        .filter(t::person_id.eq_any(ids).and(t::other_person_id.eq_any(ids)))
        .select((t::person_id, t::other_person_id))
        .load(conn)?)
}

/// Declares a conflict. Errors: 404, 422 (`/other_person_id`: nobody the actor may know of, or the
/// person themself), 409 `conflict-declared` when the two are kept apart already.
pub fn declare(
    conn: &mut Conn,
    ctx: &Context,
    id: PersonId,
    given: &ConflictInput,
) -> Result<Conflict, Problem> {
    conn.write_tx(|conn| {
        let person = store::find(conn, id)?;
        let object = reach::record(conn, ctx, &person)?;
        policy::allow(&ctx.actor, Action::DeclareConflict, &object)?;
        // Always in the same order: two who declare each other at once do it one after the other.
        conn.lock_row(LockTable::Persons, id.min(given.other_person_id).0)?;
        conn.lock_row(LockTable::Persons, id.max(given.other_person_id).0)?;
        let reason = other_side(conn, ctx, id, given)?;
        if already(conn, id, given.other_person_id)? {
            return Err(Problem::conflict("conflict-declared"));
        }
        let conflict = Conflict {
            id: ConflictOfInterestId::new(ctx.now),
            person_id: id,
            other_person_id: given.other_person_id,
            kind: given.kind,
            reason,
            declared_at: ctx.now,
            declared_by: ctx.actor.account_id(),
        };
        diesel::insert_into(conflicts_of_interest::table)
            .values(&conflict)
            .execute(conn)
            .map_err(|error| match constraint(&error) {
                Some(rule) if is_pair(&rule) => Problem::conflict("conflict-declared"),
                _ => error.into(),
            })?;
        audited(
            conn,
            ctx,
            "person.declare-conflict",
            id,
            None,
            Some(&conflict),
        )?;
        Ok(conflict)
    })
}

/// Checks the other person and the reason, and gives the reason back cleaned.
fn other_side(
    conn: &mut Conn,
    ctx: &Context,
    id: PersonId,
    given: &ConflictInput,
) -> Result<Option<String>, Problem> {
    let reason = given
        .reason
        .as_deref()
        .map(clean)
        .filter(|reason| !reason.is_empty());
    let mut faults = Vec::new();
    if reason
        .as_ref()
        .is_some_and(|reason| reason.chars().count() > 500)
    {
        faults.push(FieldError::new("/reason", "too-long").with("most", 500));
    }
    if given.other_person_id == id {
        faults.push(FieldError::new("/other_person_id", "oneself"));
    } else {
        match super::read::read_card(conn, ctx, given.other_person_id) {
            Ok(_) => {}
            Err(Problem::NotFound | Problem::Forbidden) => {
                faults.push(FieldError::new("/other_person_id", "not-found"));
            }
            Err(problem) => return Err(problem),
        }
    }
    Problem::unless_empty(faults)?;
    Ok(reason)
}

fn is_pair(rule: &crate::db::Constraint) -> bool {
    rule.is_unique_on(
        "conflicts_of_interest",
        &["person_id", "other_person_id"],
        "conflicts_of_interest_person_id_other_person_id_key",
    )
}

fn already(conn: &mut Conn, a: PersonId, b: PersonId) -> Result<bool, Problem> {
    Ok(!among(conn, &[a, b])?.is_empty())
}

/// Takes a declaration back. Errors: 404.
pub fn withdraw(
    conn: &mut Conn,
    ctx: &Context,
    id: PersonId,
    conflict: ConflictOfInterestId,
) -> Result<(), Problem> {
    conn.write_tx(|conn| {
        let person = store::find(conn, id)?;
        let object = reach::record(conn, ctx, &person)?;
        policy::allow(&ctx.actor, Action::WithdrawConflict, &object)?;
        use conflicts_of_interest as t;
        let before: Conflict = t::table
            .filter(t::id.eq(conflict).and(t::person_id.eq(id)))
            .select(Conflict::as_select())
            .first(conn)?;
        diesel::delete(t::table.filter(t::id.eq(conflict))).execute(conn)?;
        audited(
            conn,
            ctx,
            "person.withdraw-conflict",
            id,
            Some(&before),
            None,
        )
    })
}

fn audited(
    conn: &mut Conn,
    ctx: &Context,
    action: &'static str,
    person: PersonId,
    before: Option<&Conflict>,
    after: Option<&Conflict>,
) -> Result<(), Problem> {
    record(
        conn,
        ctx,
        &audit::Change {
            action,
            object_type: "person",
            object_id: person.into(),
            programme_id: None,
            before: before.map(audit::erased::erase),
            after: after.map(audit::erased::erase),
        },
    )
}
