//! What a pause needs to know of a person.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::db::Conn;
use crate::db::schema::{mentorships, persons};
use crate::kernel::ids::PersonId;

/// The pause of a person, if there is one.
pub fn pause_of(
    conn: &mut Conn,
    person: PersonId,
) -> QueryResult<Option<(Option<NaiveDate>, Option<NaiveDate>)>> {
    let (status, from, until): (String, Option<NaiveDate>, Option<NaiveDate>) = persons::table
        .find(person)
        .select((persons::status, persons::paused_from, persons::paused_until))
        .first(conn)?;
    Ok((status == "paused").then_some((from, until)))
}

/// The first names of those whom a person works with.
pub fn partners(conn: &mut Conn, person: PersonId) -> QueryResult<Vec<String>> {
    let pairs: Vec<(PersonId, PersonId)> = mentorships::table
        .filter(mentorships::status.eq("active"))
        .filter(
            mentorships::mentor_id
                .eq(person)
                .or(mentorships::mentee_id.eq(person)),
        )
        .order(mentorships::id)
        .select((mentorships::mentor_id, mentorships::mentee_id))
        .load(conn)?;
    let others: Vec<PersonId> = pairs
        .into_iter()
        .map(|(mentor, mentee)| if mentor == person { mentee } else { mentor })
        .collect();
    let found = crate::meetings::store::contacts(conn, &others)?;
    Ok(found
        .iter()
        .map(|contact| contact.first_name().to_owned())
        .collect())
}
