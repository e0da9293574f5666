//! Reading people: a record, what the other side of a mentorship sees, lists.

use crate::access::policy::{self, Action};
use crate::db::Conn;
use crate::kernel::ids::PersonId;
use crate::kernel::{Context, Problem};
use crate::people::model::{Person, Profile};
use crate::people::store::search::{Filter, Mark, Sort};
use crate::people::store::{self, lists, reach, search};

/// A person's record: their own, their coach's, their coordinators'.
pub fn read(conn: &mut Conn, ctx: &Context, id: PersonId) -> Result<Profile, Problem> {
    let profile = store::profile(conn, id)?;
    let object = reach::record(conn, ctx, &profile.person)?;
    policy::allow(&ctx.actor, Action::ReadPerson, &object)?;
    Ok(profile)
}

/// What the other side of an open mentorship needs of a person (and whoever may read the record).
pub fn read_card(conn: &mut Conn, ctx: &Context, id: PersonId) -> Result<Profile, Problem> {
    let profile = store::profile(conn, id)?;
    let object = reach::counterpart(conn, ctx, &profile.person)?;
    policy::allow(&ctx.actor, Action::ReadPersonCard, &object)?;
    Ok(profile)
}

/// The record of whoever asks; not found for staff who are no participant.
pub fn read_own(conn: &mut Conn, ctx: &Context) -> Result<Profile, Problem> {
    let id = ctx.actor.person_id().ok_or(Problem::NotFound)?;
    let profile = store::profile(conn, id)?;
    let object = crate::access::Object::of_person(id);
    policy::allow(&ctx.actor, Action::ReadOwnPerson, &object)?;
    Ok(profile)
}

/// The person, when `action` on their record is allowed.
pub fn allowed(
    conn: &mut Conn,
    ctx: &Context,
    id: PersonId,
    action: Action,
) -> Result<Person, Problem> {
    let person = store::find(conn, id)?;
    let object = reach::record(conn, ctx, &person)?;
    policy::allow(&ctx.actor, action, &object)?;
    Ok(person)
}

/// A person in a list, with what a list shows.
#[derive(Debug)]
pub struct Listed {
    pub profile: Profile,
    /// `mentor`, `mentee`, or both.
    pub sides: Vec<String>,
}

/// The people whom the reader may see and who pass the filter: six queries, however many rows.
pub fn list(
    conn: &mut Conn,
    ctx: &Context,
    filter: &Filter,
    sort: Sort,
    after: Option<Mark>,
    rows: i64,
) -> Result<Vec<Listed>, Problem> {
    let scope = policy::scope(&ctx.actor, Action::ListPersons)?;
    let people = search::list(conn, &scope, filter, sort, after, rows)?;
    let ids: Vec<PersonId> = people.iter().map(|person| person.id).collect();
    let sides = reach::sides(conn, &ids)?;
    let profiles = lists::profiles(conn, people)?;
    let of = |id: PersonId| {
        sides
            .iter()
            .filter(|(person, _)| *person == id)
            .map(|(_, side)| side.clone())
            .collect()
    };
    Ok(profiles
        .into_iter()
        .map(|profile| Listed {
            sides: of(profile.person.id),
            profile,
        })
        .collect())
}
