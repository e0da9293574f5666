//! The queries of persons.

pub mod lists;
pub mod reach;
pub mod search;

use diesel::prelude::*;

use crate::db::schema::persons;
use crate::db::{Conn, constraint};
use crate::kernel::Problem;
use crate::kernel::ids::PersonId;
use crate::people::model::{Person, Profile};

/// Inserts many rows in few statements; diesel cannot insert a slice on both databases at once.
macro_rules! insert_all {
    ($conn:expr, $table:expr, $rows:expr) => {{
        let mut result: diesel::QueryResult<()> = Ok(());
        for chunk in $rows.chunks(200) {
            let done = match $conn {
                $crate::db::Conn::Pg(c) => diesel::insert_into($table)
                    .values(chunk.to_vec())
                    .execute(c),
                $crate::db::Conn::Sqlite(c) => diesel::insert_into($table)
                    .values(chunk.to_vec())
                    .execute(c),
            };
            if let Err(error) = done {
                result = Err(error);
                break;
            }
        }
        result
    }};
}
pub(crate) use insert_all;

/// The person `id`, or [`Problem::NotFound`].
pub fn find(conn: &mut Conn, id: PersonId) -> Result<Person, Problem> {
    Ok(persons::table
        .find(id)
        .select(Person::as_select())
        .first(conn)?)
}

/// The people of `ids`, in no order; ids of nobody are passed over.
pub fn find_all(conn: &mut Conn, ids: &[PersonId]) -> Result<Vec<Person>, Problem> {
    Ok(persons::table
        .filter(persons::id.eq_any(ids))
        .select(Person::as_select())
        .load(conn)?)
}

/// The person `id` with their lists.
pub fn profile(conn: &mut Conn, id: PersonId) -> Result<Profile, Problem> {
    let person = find(conn, id)?;
    let mut profiles = lists::profiles(conn, vec![person])?;
    profiles.pop().ok_or(Problem::NotFound)
}

/// Saves new people with their lists. A second use of an address is the conflict `email-taken`.
pub fn insert(conn: &mut Conn, profiles: &[Profile]) -> Result<(), Problem> {
    let rows: Vec<&Person> = profiles.iter().map(|profile| &profile.person).collect();
    insert_all!(conn, persons::table, rows).map_err(email_taken)?;
    lists::insert(conn, profiles)
}

/// Saves a changed person, whose version was `before`; [`Problem::Stale`] when somebody was quicker.
pub fn update(conn: &mut Conn, person: &Person, before: i32) -> Result<(), Problem> {
    let target = persons::table
        .filter(persons::id.eq(person.id))
        .filter(persons::version.eq(before));
    match diesel::update(target).set(person).execute(conn) {
        Ok(0) => Err(Problem::Stale),
        Ok(_) => Ok(()),
        Err(error) => Err(email_taken(error)),
    }
}

fn email_taken(error: diesel::result::Error) -> Problem {
    match constraint(&error) {
        Some(rule) if rule.is_unique_on("persons", &["email_key"], "persons_email_key_key") => {
            Problem::conflict("email-taken")
        }
        _ => error.into(),
    }
}

/// The people who have one of these addresses (as keys) or telephone numbers.
pub fn candidates(
    conn: &mut Conn,
    email_keys: &[String],
    phones: &[String],
) -> Result<Vec<Person>, Problem> {
    Ok(persons::table
        .filter(
            persons::email_key
                .eq_any(email_keys)
                .or(persons::phone.eq_any(phones)),
        )
        .select(Person::as_select())
        .load(conn)?)
}
