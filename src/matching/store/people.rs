//! The queries for finding by name who takes part, and for naming them.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::db::schema::{participations, persons};
use crate::db::{Conn, MultiBackend};
use crate::kernel::ids::{ParticipationId, PersonId, ProgrammeId};
use crate::people::store::search;
use crate::programmes::participants::Named;
use crate::programmes::{ParticipationStatus, Side};

/// Somebody whom a run would take into account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taker {
    pub participation_id: ParticipationId,
    /// The name that the person goes by.
    pub name: String,
    /// What tells two people of one name apart.
    pub email: Option<String>,
}

/// Those of a side whom a run would take into account (mentors, and mentees who have nobody and are not asked) and
/// whose names or address contain every word of `name`; by name, at most `most`.
pub(in crate::matching) fn takers(
    conn: &mut Conn,
    programme: ProgrammeId,
    side: Side,
    name: &str,
    most: i64,
) -> QueryResult<Vec<Taker>> {
    let there = participations::table
        .filter(participations::programme_id.eq(programme))
        .filter(participations::side.eq(side))
        .filter(participations::status.eq(ParticipationStatus::Enrolled))
        .filter(
            participations::side
                .eq(Side::Mentor)
                .or((participations::taken + participations::held).eq(0)),
        );
    let mut called = persons::table
        .filter(persons::id.eq_any(there.select(participations::person_id)))
        .into_boxed::<MultiBackend>();
    for condition in search::of_words(name) {
        called = called.filter(condition);
    }
    let people: Vec<(Named, Option<String>)> = called
        .order((persons::name_key, persons::id))
        .limit(most)
        .select((Named::as_select(), persons::email))
        .load(conn)?;
    let ids = people.iter().map(|(person, _)| person.id);
    let parts: Vec<(PersonId, ParticipationId)> = there
        .filter(participations::person_id.eq_any(ids))
        .select((participations::person_id, participations::id))
        .load(conn)?;
    let parts: HashMap<PersonId, ParticipationId> = parts.into_iter().collect();
    let each = people.into_iter().filter_map(|(person, email)| {
        Some(Taker {
            participation_id: *parts.get(&person.id)?,
            name: person.display(),
            email,
        })
    });
    Ok(each.collect())
}

/// The names that the people of some participations of a programme go by; others are left out.
pub(in crate::matching) fn names_of(
    conn: &mut Conn,
    programme: ProgrammeId,
    ids: &[ParticipationId],
) -> QueryResult<HashMap<ParticipationId, String>> {
    let rows: Vec<(ParticipationId, Named)> = participations::table
        .inner_join(persons::table)
        .filter(participations::programme_id.eq(programme))
        .filter(participations::id.eq_any(ids.iter().copied()))
        .select((participations::id, Named::as_select()))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, who)| (id, who.display()))
        .collect())
}
