//! The mails that an incoming message may cause, each to the attendee's own known address.

use crate::db::Conn;
use crate::icalendar::Method;
use crate::kernel::ids::{InboundId, PersonId};
use crate::kernel::{Context, Problem};
use crate::mail::contexts::{
    MeetingCancellation, MeetingConfirmAnswer, MeetingInvitation, MeetingUnreadableAnswer,
};
use crate::mail::{Line, Link, NewMail, Text};
use crate::meetings::model::State;

use super::super::mails::{Desk, to_each, to_everybody};
use super::super::model::Answer;
use super::super::series::{self, Membership, Whole};
use super::Whose;
use crate::meetings::details::Details;

/// Asks the attendee whether an answer that came from another address is theirs (I4). `token` opens the page on
/// which they say so.
///
/// # Errors
/// A database error.
pub fn ask_to_confirm(
    conn: &mut Conn,
    ctx: &Context,
    whose: Whose,
    message: InboundId,
    (answer, sender, token): (Answer, &str, &str),
) -> Result<(), Problem> {
    let details = Details::load(conn, whose.meeting_id)?;
    to_one(conn, ctx, &details, whose.person_id, |desk| {
        let site = ctx.settings().public_url();
        let words = MeetingConfirmAnswer {
            name: desk.name(),
            meeting: desk.facts(),
            answer: answer.into(),
            sender: Line::new(sender),
            link: Link::new(&format!("{site}/c/{token}?lang={}", desk.locale())),
        };
        let mail = desk.mail_once(&words, format!("confirm-answer/{message}"))?;
        Ok(mail.not_after(details.meeting.ends_at))
    })
}

/// Tells the attendee that their answer could not be read, and where the buttons are (I2). Once a day at most.
///
/// # Errors
/// A database error.
pub fn point_to_the_link(conn: &mut Conn, ctx: &Context, whose: Whose) -> Result<(), Problem> {
    let details = Details::load(conn, whose.meeting_id)?;
    let person: PersonId = whose.person_id;
    to_one(conn, ctx, &details, person, |desk| {
        let words = MeetingUnreadableAnswer {
            name: desk.name(),
            meeting: desk.facts(),
            answers: desk.answers(),
        };
        let day = ctx.now.utc_date();
        let key = format!("unreadable-answer/{}/{person}/{day}", whose.meeting_id);
        let mail = desk.mail_once(&words, key)?;
        Ok(mail.not_after(details.meeting.ends_at))
    })
}

/// Sends the attendee the meeting as it stands: the invitation, or the cancellation (I10, O7). Once an hour at
/// most, however often a program asks.
///
/// # Errors
/// A database error.
pub fn resend(
    conn: &mut Conn,
    ctx: &Context,
    details: &Details,
    person: PersonId,
) -> Result<(), Problem> {
    let hour = ctx.now.utc().format("%Y-%m-%dT%H");
    let whole = match series::of_rule(conn, &details.meeting)? {
        Some(series) => Some(Whole::load(conn, series)?),
        None => None,
    };
    let about = match &whole {
        Some(whole) => whole.as_meeting(ctx.now)?,
        None => details.clone(),
    };
    let details = &about;
    let write = |desk: &Desk<'_>| -> Result<NewMail, Problem> {
        let kind = format!("refresh-{hour}");
        if details.meeting.status == State::Cancelled {
            let words = MeetingCancellation {
                name: desk.name(),
                meeting: desk.facts(),
                note: Text::some(details.meeting.cancel_reason.as_deref()),
                link: None,
            };
            let calendar = desk.calendar(Method::Cancel)?;
            return desk.mail(&words, &kind)?.with_calendar(&calendar);
        }
        let words = MeetingInvitation {
            name: desk.name(),
            meeting: desk.facts(),
            answers: desk.answers(),
        };
        let mail = desk.mail(&words, &kind)?;
        let mail = mail.with_calendar(&desk.calendar(Method::Request)?)?;
        Ok(mail.not_after(details.meeting.ends_at))
    };
    let series = whole.as_ref().map(Membership::Whole);
    to_each(conn, ctx, details, series, |desk| {
        if desk.person() == person {
            write(desk).map(Some)
        } else {
            Ok(None)
        }
    })
}

/// Writes a mail to one of the participants.
fn to_one(
    conn: &mut Conn,
    ctx: &Context,
    details: &Details,
    person: PersonId,
    write: impl Fn(&Desk<'_>) -> Result<NewMail, Problem>,
) -> Result<(), Problem> {
    to_everybody(conn, ctx, details, |desk| {
        if desk.person() == person {
            write(desk).map(Some)
        } else {
            Ok(None)
        }
    })
}
