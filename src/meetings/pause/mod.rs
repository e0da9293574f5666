//! Pausing one's participation by the link in a mail: no new match, no new meeting in that time. Meetings that lie
//! in it are answered with a no, as by any other door, so that whoever was to come is told and offered times
//! after it; mentorships go on. A pause can be ended at any time.

pub mod pages;
mod store;

use chrono::NaiveDate;

use super::answer::{Said, answer};
use super::details::Details;
use super::model::{Answer, Partstat, Source, State};
use super::store::{Contact, Filter, Order, contacts, list, participants};
use crate::access::Scope;
use crate::db::Conn;
use crate::kernel::ids::PersonId;
use crate::kernel::{Context, Instant, Locale, Problem};
use crate::mail::links::{self, LinkPurpose};
use crate::people::update::{Pause, pause_by_link, resume_by_link};

/// How many meetings the page shows and a pause answers.
const MOST: i64 = 200;

/// The page on which somebody pauses; a token of its own, useless for anything else.
///
/// # Errors
/// As [`links::token`].
pub fn page(
    conn: &mut Conn,
    ctx: &Context,
    person: PersonId,
    locale: Locale,
) -> Result<String, Problem> {
    let token = links::token(conn, ctx, LinkPurpose::Pause, person)?;
    let site = ctx.settings().public_url();
    Ok(format!("{site}/pause/{token}?lang={locale}"))
}

/// What a pause is about: whose it is, whether there is one, and what it touches.
#[derive(Debug)]
pub struct Standing {
    pub contact: Contact,
    /// The pause that there is: first and last day, each open where it is not given.
    pub paused: Option<(Option<NaiveDate>, Option<NaiveDate>)>,
    /// Their coming meetings, the soonest first.
    pub meetings: Vec<Details>,
    /// First names of those they work with.
    pub partners: Vec<String>,
}

impl Standing {
    fn of(conn: &mut Conn, ctx: &Context, person: PersonId) -> Result<Self, Problem> {
        let contact = contacts(conn, &[person])?.pop().ok_or(Problem::NotFound)?;
        Ok(Self {
            paused: store::pause_of(conn, person)?,
            meetings: coming(conn, ctx, person)?,
            partners: store::partners(conn, person)?,
            contact,
        })
    }
}

/// What the page of a token shows.
///
/// # Errors
/// [`Problem::NotFound`] for a token that nobody was given.
pub fn look(conn: &mut Conn, ctx: &Context, token: &str) -> Result<(PersonId, Standing), Problem> {
    let person = PersonId(links::owner(conn, ctx.now, LinkPurpose::Pause, token)?);
    Ok((person, Standing::of(conn, ctx, person)?))
}

fn coming(conn: &mut Conn, ctx: &Context, person: PersonId) -> Result<Vec<Details>, Problem> {
    let filter = Filter {
        scope: Scope {
            all: true,
            ..Scope::default()
        },
        person_id: Some(person),
        status: Some(State::Scheduled),
        from: Some(ctx.now),
        ..Filter::default()
    };
    let found = list(conn, &filter, Order::Soonest, None, MOST)?;
    let ids: Vec<_> = found.iter().map(|meeting| meeting.id).collect();
    let mut there = participants(conn, &ids)?;
    let details = found.into_iter().map(|meeting| Details {
        participants: there.remove(&meeting.id).unwrap_or_default(),
        meeting,
    });
    Ok(details
        .filter(|one| one.meeting.starts_at > ctx.now)
        .collect())
}

/// Pauses `person` from `from` (today unless given) to `until` (open unless given), both days included and on
/// their own calendar, and answers no to what lies in it. The same pause again changes nothing more.
///
/// # Errors
/// 409 `person-archived`; 422 at `/until`.
pub fn pause(
    conn: &mut Conn,
    ctx: &Context,
    person: PersonId,
    from: Option<NaiveDate>,
    until: Option<NaiveDate>,
) -> Result<(), Problem> {
    conn.write_tx(|conn| {
        // Meetings before people, as everywhere: nobody waits in a circle.
        for details in coming(conn, ctx, person)? {
            Details::hold(conn, details.meeting.id)?;
        }
        pause_by_link(conn, ctx, person, &Pause { from, until })?;
        let standing = Standing::of(conn, ctx, person)?;
        for details in &standing.meetings {
            if standing.touches(details.meeting.starts_at) {
                decline(conn, ctx, person, details)?;
            }
        }
        Ok(())
    })
}

impl Standing {
    /// Whether the pause that there is covers this start, on the person's calendar.
    #[must_use]
    pub fn touches(&self, start: Instant) -> bool {
        let day = self.contact.zone().date_at(start.utc());
        self.paused.is_some_and(|(from, until)| {
            from.is_none_or(|from| day >= from) && until.is_none_or(|until| day <= until)
        })
    }
}

fn decline(
    conn: &mut Conn,
    ctx: &Context,
    person: PersonId,
    details: &Details,
) -> Result<(), Problem> {
    let mine = details.participant(person).ok_or(Problem::NotFound)?;
    if mine.attendee.partstat == Partstat::Declined {
        return Ok(());
    }
    let said = Said {
        meeting_id: details.meeting.id,
        person_id: person,
        answer: Answer::Declined,
        comment: None,
        source: Source::Link,
        sequence: None,
        stamp: None,
    };
    answer(conn, ctx, said).map(|_| ())
}

/// Ends the pause. What was answered stays answered: each meeting can be answered again. No pause is no fault.
///
/// # Errors
/// A database error.
pub fn resume(conn: &mut Conn, ctx: &Context, person: PersonId) -> Result<(), Problem> {
    match resume_by_link(conn, ctx, person) {
        Err(Problem::Conflict {
            code: "person-not-paused",
            ..
        }) => Ok(()),
        done => done.map(|_| ()),
    }
}
