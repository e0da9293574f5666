//! The mails of a mentorship: the introduction and the farewell.

use diesel::prelude::*;

use crate::db::Conn;
use crate::db::schema::persons;
use crate::kernel::ids::PersonId;
use crate::kernel::{Context, Instant, Locale, Problem};
use crate::mail::contexts::{MentorshipEnded, MentorshipIntroduction, Side};
use crate::mail::{Line, NewMail, Recipient, Text, enqueue};
use crate::mentorships::Mentorship;
use crate::programmes::Programme;
use crate::programmes::participants::Named;

/// What two people have in common, as whole sentences in each language.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InCommon {
    pub en: Vec<String>,
    pub fr: Vec<String>,
}

impl InCommon {
    fn lines(&self, locale: Locale) -> Vec<Line> {
        let sentences = match locale {
            Locale::En => &self.en,
            Locale::Fr => &self.fr,
        };
        sentences
            .iter()
            .map(|sentence| Line::sentence(sentence))
            .collect()
    }
}

/// Somebody to write to.
struct Reader {
    id: PersonId,
    name: String,
    /// None where there is no address, or nothing is to be mailed to it any more.
    address: Option<String>,
    locale: Locale,
}

type ReaderRow = (Named, Option<String>, Locale, Option<Instant>);

/// The mentor and the mentee, in one query.
fn readers(conn: &mut Conn, of: &Mentorship) -> Result<[Reader; 2], Problem> {
    let rows: Vec<ReaderRow> = persons::table
        .filter(persons::id.eq_any([of.mentor_id, of.mentee_id]))
        .select((
            Named::as_select(),
            persons::email,
            persons::locale,
            persons::mail_suppressed_at,
        ))
        .load(conn)?;
    let reader = |id: PersonId| {
        let row = rows.iter().find(|(person, ..)| person.id == id);
        row.map(|(person, email, locale, suppressed)| Reader {
            id,
            name: person.display(),
            address: email.clone().filter(|_| suppressed.is_none()),
            locale: *locale,
        })
        .ok_or(Problem::NotFound)
    };
    Ok([reader(of.mentor_id)?, reader(of.mentee_id)?])
}

impl Reader {
    fn recipient(&self) -> Option<Recipient> {
        let address = self.address.as_deref()?;
        Some(Recipient::person(self.id, &self.name, address, self.locale))
    }
}

/// Writes both the mail that introduces them to each other.
///
/// # Errors
/// A database error.
pub fn introduce(
    conn: &mut Conn,
    ctx: &Context,
    programme: &Programme,
    mentorship: &Mentorship,
    in_common: &InCommon,
) -> Result<(), Problem> {
    let [mentor, mentee] = readers(conn, mentorship)?;
    for (reader, other, side) in [
        (&mentor, &mentee, Side::Mentor),
        (&mentee, &mentor, Side::Mentee),
    ] {
        let Some(to) = reader.recipient() else {
            continue;
        };
        let words = MentorshipIntroduction {
            name: Line::new(&reader.name),
            side,
            other: Line::new(&other.name),
            programme: Line::new(programme.name(reader.locale)),
            about: in_common.lines(reader.locale),
            link: None,
        };
        let key = format!("mentorship-introduction/{}/{}", mentorship.id, reader.id);
        let mail = NewMail::new(&words, to, key)?
            .about("mentorship", mentorship.id)
            .of_programme(programme.id);
        enqueue(conn, ctx, mail)?;
    }
    Ok(())
}

/// Writes both that their mentorship has ended, with the coordinator's word; the reason itself stays inside.
///
/// # Errors
/// A database error.
pub fn say_ended(
    conn: &mut Conn,
    ctx: &Context,
    programme: &Programme,
    mentorship: &Mentorship,
) -> Result<(), Problem> {
    let [mentor, mentee] = readers(conn, mentorship)?;
    for (reader, other) in [(&mentor, &mentee), (&mentee, &mentor)] {
        let Some(to) = reader.recipient() else {
            continue;
        };
        let words = MentorshipEnded {
            name: Line::new(&reader.name),
            other: Line::new(&other.name),
            programme: Line::new(programme.name(reader.locale)),
            note: Text::some(mentorship.end_note.as_deref()),
        };
        let key = format!("mentorship-ended/{}/{}", mentorship.id, reader.id);
        let mail = NewMail::new(&words, to, key)?
            .about("mentorship", mentorship.id)
            .of_programme(programme.id);
        enqueue(conn, ctx, mail)?;
    }
    Ok(())
}
