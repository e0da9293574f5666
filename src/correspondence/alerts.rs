//! Whom a dead mail concerns: the coordinators of its programme, or the administrators where it has
//! none or the programme has none.

use diesel::prelude::*;

use crate::db::Conn;
use crate::db::schema::{account_grants, accounts};
use crate::kernel::ids::{AccountId, ProgrammeId};
use crate::kernel::{Context, Locale, Problem, Role, secret::fingerprint};
use crate::mail::contexts::CoordinatorAlert;
use crate::mail::deliver::{Cause, DeadMail};
use crate::mail::{Kind, Line, Link, NewMail, Recipient, enqueue};

/// Somebody to tell.
#[derive(Debug, Queryable)]
struct Coordinator {
    id: AccountId,
    name: String,
    email: String,
    locale: Locale,
}

/// Writes one alert to each coordinator, at most one a day about the same recipient. What is overdue
/// needs nobody, and an alert that cannot be delivered raises no further alert.
///
/// # Errors
/// Those of the database.
pub fn tell_coordinators(conn: &mut Conn, ctx: &Context, dead: &DeadMail) -> Result<(), Problem> {
    if dead.cause == Cause::Overdue || dead.row.kind == Kind::CoordinatorAlert {
        return Ok(());
    }
    let letter = dead.letter.as_ref();
    let recipient = letter.map_or("", |letter| letter.to.address.as_str());
    let about = letter.map_or("", |letter| letter.words.subject.as_str());
    let link = format!("{}/mails?status=dead", ctx.settings().public_url());
    for coordinator in coordinators(conn, dead.row.programme_id)? {
        let words = CoordinatorAlert {
            name: Line::new(&coordinator.name),
            recipient: Line::new(recipient),
            about: Line::new(about),
            reason: Line::new(&dead.reason),
            cause: dead.cause,
            attempts: dead.row.attempts,
            link: Link::new(&link),
        };
        let to = Recipient::account(
            coordinator.id,
            &coordinator.name,
            &coordinator.email,
            coordinator.locale,
        );
        let about = fingerprint(recipient.to_lowercase().as_bytes());
        let key = format!("alert/{}/{about}/{}", coordinator.id, ctx.now.utc_date());
        let mail = NewMail::new(&words, to, key)?.about("mail", dead.row.id);
        enqueue(conn, ctx, mail)?;
    }
    Ok(())
}

fn coordinators(
    conn: &mut Conn,
    programme: Option<ProgrammeId>,
) -> Result<Vec<Coordinator>, Problem> {
    if let Some(programme) = programme {
        let found = with_role(conn, Role::Coordinator, Some(programme))?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    with_role(conn, Role::Administrator, None)
}

fn with_role(
    conn: &mut Conn,
    role: Role,
    programme: Option<ProgrammeId>,
) -> Result<Vec<Coordinator>, Problem> {
    let mut query = accounts::table
        .inner_join(account_grants::table.on(account_grants::account_id.eq(accounts::id)))
        .filter(accounts::status.eq("active"))
        .filter(account_grants::role.eq(role))
        .into_boxed();
    if let Some(programme) = programme {
        query = query.filter(account_grants::programme_id.eq(programme));
    }
    Ok(query
        .order(accounts::id)
        .select((
            accounts::id,
            accounts::display_name,
            accounts::email,
            accounts::locale,
        ))
        .load(conn)?)
}
