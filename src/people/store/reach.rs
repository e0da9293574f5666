//! Whom a person concerns: which programmes they take part in, who follows them, with whom they work.
//! The policy is asked with what is found here. Only ids are read of the tables of rooms above.

use diesel::prelude::*;

use crate::access::Object;
use crate::access::policy::Scope;
use crate::db::Conn;
use crate::db::schema::{account_grants, mentorships, participations, persons};
use crate::kernel::ids::{AccountId, PersonId, ProgrammeId};
use crate::kernel::{Context, Problem, Role};
use crate::people::model::Person;

/// The person's record as an object of the policy: their own, their coach's, their programmes'.
///
/// A person who takes part in no programme yet is nobody's in particular: every coordinator may look
/// after them, because somebody has to place them.
pub fn record(conn: &mut Conn, ctx: &Context, person: &Person) -> Result<Object, Problem> {
    let mut programmes = programmes_of(conn, person.id)?;
    if programmes.is_empty() {
        programmes = ctx.actor.coordinated();
    }
    Ok(Object {
        programmes,
        persons: vec![person.id],
        coaches: person.coach_id.into_iter().collect(),
        ..Object::default()
    })
}

/// What a person is to the other side of their open mentorships.
pub fn counterpart(conn: &mut Conn, ctx: &Context, person: &Person) -> Result<Object, Problem> {
    use mentorships as m;
    let mentors = m::table
        .filter(m::mentee_id.eq(person.id).and(m::status.eq("active")))
        .select(m::mentor_id)
        .load(conn)?;
    let mentees = m::table
        .filter(m::mentor_id.eq(person.id).and(m::status.eq("active")))
        .select(m::mentee_id)
        .load(conn)?;
    Ok(Object {
        mentors,
        mentees,
        ..record(conn, ctx, person)?
    })
}

/// The programmes that a person takes or took part in.
pub fn programmes_of(conn: &mut Conn, person: PersonId) -> Result<Vec<ProgrammeId>, Problem> {
    use participations as p;
    Ok(p::table
        .filter(p::person_id.eq(person))
        .select(p::programme_id)
        .distinct()
        .load(conn)?)
}

/// On which sides the people take part now, as `mentor` and `mentee`.
pub fn sides(conn: &mut Conn, ids: &[PersonId]) -> Result<Vec<(PersonId, String)>, Problem> {
    use participations as p;
    Ok(p::table
        .filter(p::person_id.eq_any(ids).and(p::status.eq("enrolled")))
        .select((p::person_id, p::side))
        .distinct()
        .order((p::person_id, p::side))
        .load(conn)?)
}

/// Of `ids`, the people whom the scope reaches: one query for many people.
pub fn reached(conn: &mut Conn, scope: &Scope, ids: &[PersonId]) -> Result<Vec<PersonId>, Problem> {
    if scope.all {
        return Ok(ids.to_vec());
    }
    let mut query = persons::table
        .select(persons::id)
        .filter(persons::id.eq_any(ids))
        .into_boxed();
    query = query.filter(super::search::within(scope));
    Ok(query.load(conn)?)
}

/// Whether an account is a coach's.
pub fn is_coach(conn: &mut Conn, account: AccountId) -> Result<bool, Problem> {
    use account_grants as g;
    let grants = g::table
        .filter(
            g::account_id
                .eq(account)
                .and(g::role.eq(Role::Coach.as_str())),
        )
        .select(g::id)
        .limit(1)
        .load::<crate::kernel::ids::GrantId>(conn)?;
    Ok(!grants.is_empty())
}
