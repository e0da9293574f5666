//! Making a person.

use crate::access::policy::{self, Action, Object};
use crate::access::{audit, record};
use crate::db::Conn;
use crate::kernel::{Actor, Context, Problem, Role};
use crate::people::model::changes::Changes;
use crate::people::model::{Origin, Profile};
use crate::people::store;

/// Makes a person. Errors: 403; 422 with the fields; 409 `email-taken`.
pub fn create(conn: &mut Conn, ctx: &Context, given: Changes) -> Result<Profile, Problem> {
    conn.write_tx(|conn| create_in(conn, ctx, &given, Origin::Api))
}

/// [`create`] inside the caller's transaction.
pub fn create_in(
    conn: &mut Conn,
    ctx: &Context,
    given: &Changes,
    origin: Origin,
) -> Result<Profile, Problem> {
    policy::allow(&ctx.actor, Action::CreatePerson, &Object::general())?;
    let mut profile = Profile::blank(ctx.now, origin);
    Problem::unless_empty(given.apply(&mut profile))?;
    if profile.person.coach_id.is_none() && only_a_coach(&ctx.actor) {
        // Whom a coach takes in is on their caseload: otherwise they could not even look again.
        profile.person.coach_id = ctx.actor.account_id();
    }
    store::insert(conn, std::slice::from_ref(&profile))?;
    record(
        conn,
        ctx,
        &audit::Change {
            action: "person.create",
            object_type: "person",
            object_id: profile.person.id.into(),
            programme_id: None,
            before: None,
            after: Some(&profile),
        },
    )?;
    Ok(profile)
}

fn only_a_coach(actor: &Actor) -> bool {
    actor.has(Role::Coach) && !actor.has(Role::Administrator) && !actor.has(Role::Coordinator)
}
