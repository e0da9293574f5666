//! The token of an attendee: the address of their answer page, the address that their calendar replies to, and
//! the way back from a presented token to the meeting and the person (rules L1, L2).
//!
//! A token belongs to one person in one meeting. It is 160 random bits in lower-case hex, because mail servers
//! on the way may fold the case of an address; it is stored hashed to look it up, and sealed to write it into
//! the next mail.

use super::details::Details;
use super::model::{Answer, Outcome};
use super::series::{self, Whole, Whose, whose};
use super::store::{self, Attendee};
use crate::db::Conn;
use crate::kernel::ids::{CounterId, PersonId};
use crate::kernel::secret::{fill_random, hex};
use crate::kernel::{Context, Instant, Locale, Problem, Token};

/// The purpose under which tokens are sealed.
const PURPOSE: &str = "meeting-token";

/// A token that has just been made, as it is stored.
#[derive(Debug)]
pub struct NewToken {
    pub hash: String,
    pub sealed: String,
}

/// Makes a token.
///
/// # Errors
/// An internal problem when the system gives no randomness.
pub fn new_token(ctx: &Context) -> Result<NewToken, Problem> {
    let mut random = [0_u8; 20];
    fill_random(&mut random)?;
    let text = hex(&random);
    Ok(NewToken {
        hash: hash(&text)?,
        sealed: ctx.keyring().seal(PURPOSE, text.as_bytes())?,
    })
}

/// What is stored of a presented token.
///
/// # Errors
/// [`Problem::NotFound`] for what cannot be a token.
pub(super) fn hash(text: &str) -> Result<String, Problem> {
    let token = Token::presented(&text.to_ascii_lowercase()).ok_or(Problem::NotFound)?;
    Ok(token.hash().as_str().to_owned())
}

/// The token of an attendee, in clear, for what goes to them and to nobody else.
///
/// # Errors
/// An internal problem when it was sealed with another secret.
pub fn token_of(ctx: &Context, attendee: &Attendee) -> Result<String, Problem> {
    open(ctx, &attendee.token_sealed)
}

/// A sealed token in clear.
///
/// # Errors
/// As [`token_of`].
pub(super) fn open(ctx: &Context, sealed: &str) -> Result<String, Problem> {
    Ok(ctx.keyring().open_text(PURPOSE, sealed)?)
}

/// The meeting of a presented token, and whose token it is.
///
/// # Errors
/// [`Problem::NotFound`] for a token that nobody was given.
pub fn find(conn: &mut Conn, token: &str) -> Result<(Details, PersonId), Problem> {
    let attendee = store::by_token(conn, &hash(token)?)?;
    let details = Details::load(conn, attendee.meeting_id)?;
    Ok((details, attendee.person_id))
}

/// [`find`] for the pages that speak of a series, too: its token leads to its next meeting, as if the series were
/// that one meeting.
///
/// # Errors
/// As [`find`].
pub fn find_at(conn: &mut Conn, now: Instant, token: &str) -> Result<(Details, PersonId), Problem> {
    let Whose::Series(id, person) = whose(conn, token)? else {
        return find(conn, token);
    };
    let series = series::store::find(conn, id)?;
    let details = Whole::load(conn, series)?.as_meeting(now)?;
    Ok((details, person))
}

/// The page on which an attendee answers, in the language of the mail; `answer` is the one that a button asked
/// for.
#[must_use]
pub fn answer_page(ctx: &Context, token: &str, locale: Locale, answer: Option<Answer>) -> String {
    let page = format!("{}/m/{token}?lang={locale}", ctx.settings().public_url());
    match answer {
        Some(answer) => format!("{page}&answer={answer}"),
        None => page,
    }
}

/// The page on which an attendee says, after the meeting, whether it took place. It belongs to the room of
/// hours, which records them.
#[must_use]
pub fn report_page(ctx: &Context, token: &str, locale: Locale, outcome: Outcome) -> String {
    let site = ctx.settings().public_url();
    format!("{site}/m/{token}/report?lang={locale}&outcome={outcome}")
}

/// The page on which an attendee stops reminders; its address takes a mail program's one-click POST, too
/// (RFC 8058; rule O10).
#[must_use]
pub fn reminders_page(ctx: &Context, token: &str, locale: Locale) -> String {
    let site = ctx.settings().public_url();
    format!("{site}/m/{token}/reminders?lang={locale}")
}

/// The page on which an attendee moves the meeting to another common time.
#[must_use]
pub fn times_page(ctx: &Context, token: &str, locale: Locale) -> String {
    let site = ctx.settings().public_url();
    format!("{site}/m/{token}/times?lang={locale}")
}

/// The page that asks whether the meeting shall have one given time; `start` is one that was offered.
#[must_use]
pub fn time_page(ctx: &Context, token: &str, locale: Locale, start: Instant) -> String {
    let site = ctx.settings().public_url();
    let at = start.utc().format("%Y-%m-%dT%H:%M:%SZ");
    format!("{site}/m/{token}/times?lang={locale}&at={at}")
}

/// The page on which an attendee decides about another time that somebody proposes; `decision` is the one that a
/// button asked for (`accept` or `decline`).
#[must_use]
pub fn counter_page(
    ctx: &Context,
    token: &str,
    locale: Locale,
    id: CounterId,
    decision: &str,
) -> String {
    let site = ctx.settings().public_url();
    format!("{site}/m/{token}/proposals/{id}?lang={locale}&decision={decision}")
}

/// The organizer's address for one attendee: what they reply comes back with their token (rule I3).
#[must_use]
pub fn reply_address(ctx: &Context, token: &str) -> String {
    format!("reply+{token}@{}", ctx.settings().mail.domain)
}
