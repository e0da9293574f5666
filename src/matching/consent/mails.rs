//! The mails of an offer: the question, the reminder, and that it does not come about.

use super::links;
use super::other;
use super::store::{self, Contact};
use crate::db::Conn;
use crate::kernel::{Context, Problem};
use crate::mail::contexts::{MatchConsent as Words, MatchOff, Side as MailSide};
use crate::mail::{Line, Link, NewMail, Recipient, When, enqueue};
use crate::matching::Proposal;
use crate::matching::consent::MatchConsent;
use crate::programmes::{self, Side};

/// Which time somebody is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asking {
    First,
    /// The deadline is near.
    Again,
}

fn recipient(contact: &Contact) -> Option<Recipient> {
    let address = contact.reachable()?;
    let name = contact.full_name();
    Some(Recipient::person(
        contact.id,
        &name,
        address,
        contact.locale,
    ))
}

/// Writes the question, with the link. Who has no address is asked by the coordinator.
pub(super) fn ask(
    conn: &mut Conn,
    ctx: &Context,
    proposal: &Proposal,
    consent: &MatchConsent,
    asking: Asking,
) -> Result<(), Problem> {
    let contact = store::contact(conn, consent.person_id)?;
    let (Some(to), Some(due)) = (recipient(&contact), consent.due_at) else {
        return Ok(());
    };
    let programme = programmes::store::find(conn, proposal.programme_id)?;
    let about = other::other_of(conn, proposal, consent.side)?;
    let locale = contact.locale;
    let words = Words {
        name: Line::new(contact.first_name()),
        side: match consent.side {
            Side::Mentor => MailSide::Mentor,
            Side::Mentee => MailSide::Mentee,
        },
        other: Line::new(&about.first_name),
        profession: about
            .professions
            .first()
            .map(|profession| Line::new(profession.of(locale))),
        programme: Line::new(programme.name(locale)),
        until: When::new(due, due, contact.zone(), locale),
        reminder: asking == Asking::Again,
        link: Link::new(&links::page(ctx, &consent.token_sealed, locale)?),
    };
    // Asked again after a change of mind, one gets another mail: the version tells them apart.
    let key = format!(
        "match-consent/{}/{}/{}",
        consent.id, consent.version, words.reminder
    );
    let mail = NewMail::new(&words, to, key)?
        .about("match-consent", consent.id)
        .of_programme(proposal.programme_id)
        .not_after(due);
    enqueue(conn, ctx, mail)?;
    Ok(())
}

/// Writes that the offer does not come about; by whom and why is not said.
pub(super) fn off(
    conn: &mut Conn,
    ctx: &Context,
    proposal: &Proposal,
    consent: &MatchConsent,
) -> Result<(), Problem> {
    let contact = store::contact(conn, consent.person_id)?;
    let Some(to) = recipient(&contact) else {
        return Ok(());
    };
    let programme = programmes::store::find(conn, proposal.programme_id)?;
    let about = other::other_of(conn, proposal, consent.side)?;
    let words = MatchOff {
        name: Line::new(contact.first_name()),
        side: match consent.side {
            Side::Mentor => MailSide::Mentor,
            Side::Mentee => MailSide::Mentee,
        },
        other: Line::new(&about.first_name),
        programme: Line::new(programme.name(contact.locale)),
    };
    let key = format!("match-off/{}/{}", consent.id, consent.version);
    let mail = NewMail::new(&words, to, key)?
        .about("match-consent", consent.id)
        .of_programme(proposal.programme_id);
    enqueue(conn, ctx, mail)?;
    Ok(())
}
