//! An address that refuses mail (rule I12): marked, so that nobody writes to it any more, until the person has
//! another one.

use diesel::prelude::*;

use crate::access::{audit, record};
use crate::db::Conn;
use crate::db::schema::persons;
use crate::kernel::ids::PersonId;
use crate::kernel::{Context, Problem, address};

/// Marks the address of a person as failing, if it still is `mail` and not marked yet. Expects to be inside a
/// transaction.
///
/// # Errors
/// A database error.
pub fn mail_failed(
    conn: &mut Conn,
    ctx: &Context,
    id: PersonId,
    mail: &str,
) -> Result<(), Problem> {
    let same = persons::table
        .find(id)
        .filter(persons::email_key.eq(address::key(mail)))
        .filter(persons::mail_suppressed_at.is_null());
    let marked = diesel::update(same)
        .set((
            persons::mail_suppressed_at.eq(ctx.now),
            persons::version.eq(persons::version + 1),
        ))
        .execute(conn)?;
    if marked == 0 {
        return Ok(());
    }
    let change = audit::Change {
        action: "person.mail-failed",
        object_type: "person",
        object_id: id.into(),
        programme_id: None,
        before: None,
        after: Some(&"failing"),
    };
    record(conn, ctx, &change)
}
