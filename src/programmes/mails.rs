//! The mail of this room: to somebody who takes part no longer, because others decided so. The reason stays inside:
//! it is written for colleagues.

use diesel::prelude::*;

use crate::db::Conn;
use crate::db::schema::persons;
use crate::kernel::ids::PersonId;
use crate::kernel::{Context, Instant, Locale, Problem};
use crate::mail::contexts::ParticipationEnded;
use crate::mail::{Line, NewMail, Recipient, enqueue};
use crate::programmes::Programme;
use crate::programmes::participants::Named;
use crate::programmes::participation::Participation;

type ReaderRow = (Named, Option<String>, Locale, Option<Instant>);

/// Writes to each of those who were let go; not to whoever left by themself.
///
/// # Errors
/// A database error.
pub fn say_left(
    conn: &mut Conn,
    ctx: &Context,
    programme: &Programme,
    gone: &[Participation],
) -> Result<(), Problem> {
    let people: Vec<PersonId> = gone.iter().map(|one| one.person_id).collect();
    let readers: Vec<ReaderRow> = persons::table
        .filter(persons::id.eq_any(&people))
        .select((
            Named::as_select(),
            persons::email,
            persons::locale,
            persons::mail_suppressed_at,
        ))
        .load(conn)?;
    for one in gone {
        let reader = readers.iter().find(|(who, ..)| who.id == one.person_id);
        let Some((who, Some(address), locale, None)) = reader else {
            continue;
        };
        if ctx.actor.person_id() == Some(who.id) {
            continue;
        }
        let name = who.display();
        let words = ParticipationEnded {
            name: Line::new(&name),
            programme: Line::new(programme.name(*locale)),
        };
        let to = Recipient::person(who.id, &name, address, *locale);
        let mail = NewMail::new(&words, to, format!("participation-ended/{}", one.id))?
            .about("participation", one.id)
            .of_programme(programme.id);
        enqueue(conn, ctx, mail)?;
    }
    Ok(())
}
