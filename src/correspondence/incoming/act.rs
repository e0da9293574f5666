//! What a message that was understood sets in motion.

use chrono::Duration;

use super::reports;
use crate::db::Conn;
use crate::kernel::ids::InboundId;
use crate::kernel::{Context, Problem, Token};
use crate::mail::inbound::store::{self, Findings};
use crate::mail::inbound::{Incoming, Meaning, State, Why, set_aside_as};
use crate::meetings::incoming::{self as meetings, Ruling, Whose};

/// How many mails a day ask an attendee of one meeting whether an answer is theirs: whoever knows a token must
/// not be able to fill a mailbox.
const MOST_QUESTIONS: i64 = 5;

/// Acts on a message that was just stored as `id`, in the transaction that stored it.
pub(super) fn act(
    conn: &mut Conn,
    ctx: &Context,
    id: InboundId,
    incoming: &Incoming,
) -> Result<((State, Why), Findings), Problem> {
    if let Meaning::Report(report) = &incoming.meaning {
        return reports::act(conn, ctx, incoming, report);
    }
    let whose = match &incoming.token {
        Some(token) => meetings::whose(conn, token)?,
        None => None,
    };
    let found = Findings {
        programme_id: whose.map(|whose| whose.programme_id),
        meeting_id: whose.map(|whose| whose.meeting_id),
        person_id: whose.map(|whose| whose.person_id),
        ..Findings::default()
    };
    match (&incoming.meaning, whose) {
        (Meaning::Quarantined(reason), _) => Ok((set_aside_as(*reason), found)),
        (Meaning::AutomaticReply, _) => Ok(((State::Ignored, Why::AutomaticReply), found)),
        (_, None) => Ok((unaddressed(incoming), found)),
        (_, Some(whose)) => of_an_attendee(conn, ctx, id, incoming, whose, found),
    }
}

/// Nobody's token. A calendar object is looked at by a person; words to nobody are not.
fn unaddressed(incoming: &Incoming) -> (State, Why) {
    let why = match incoming.token {
        Some(_) => Why::UnknownToken,
        None => Why::NoToken,
    };
    match incoming.meaning {
        Meaning::Words | Meaning::OnlyTnef => (State::Ignored, why),
        _ => (State::Quarantined, why),
    }
}

fn of_an_attendee(
    conn: &mut Conn,
    ctx: &Context,
    id: InboundId,
    incoming: &Incoming,
    whose: Whose,
    mut found: Findings,
) -> Result<((State, Why), Findings), Problem> {
    let sender = &incoming.sender;
    let ruling = match &incoming.meaning {
        Meaning::Answers(said) => {
            let hash = incoming.calendar_hash.as_deref();
            meetings::answers(conn, ctx, whose, said, sender, hash)?
        }
        Meaning::Proposal(proposal) => {
            let hash = incoming.calendar_hash.as_deref();
            meetings::proposal(conn, ctx, whose, proposal, sender, hash)?
        }
        Meaning::Refresh { uid } => meetings::refresh(conn, ctx, whose, uid, sender)?,
        Meaning::OnlyTnef => tnef(conn, ctx, incoming, whose)?,
        _ => Ruling::new(State::Held, Why::Words),
    };
    found.answer = ruling.answer.map(|answer| answer.as_str().to_owned());
    found.instance_id = match (&incoming.meaning, ruling.state) {
        (Meaning::Answers(said), State::Held | State::Quarantined) => {
            meetings::about(conn, ctx, whose, said)?
        }
        (Meaning::Proposal(proposal), State::Held | State::Quarantined) => {
            let said = std::slice::from_ref(&proposal.answer);
            meetings::about(conn, ctx, whose, said)?
        }
        _ => None,
    };
    if let (Why::OtherSender, Some(answer)) = (ruling.why, ruling.answer)
        && !sender.key.is_empty()
    {
        let since = ctx.now.minus(Duration::days(1));
        let asked = store::asked_since(conn, whose.meeting_id, whose.person_id, since)?;
        if asked < MOST_QUESTIONS {
            let token = Token::random()?;
            let what = (answer, sender.key.as_str(), token.expose());
            let about = Whose {
                meeting_id: found.instance_id.unwrap_or(whose.meeting_id),
                ..whose
            };
            meetings::ask_to_confirm(conn, ctx, about, id, what)?;
            found.confirm_hash = Some(token.hash().as_str().to_owned());
        }
    }
    Ok(((ruling.state, ruling.why), found))
}

/// I2: the attendee is told where the buttons are, unless a machine wrote (I13). The mail goes to their own
/// address, whoever sent this.
fn tnef(
    conn: &mut Conn,
    ctx: &Context,
    incoming: &Incoming,
    whose: Whose,
) -> Result<Ruling, Problem> {
    if incoming.sender.dmarc.as_deref() == Some("fail") {
        return Ok(Ruling::new(State::Quarantined, Why::Forged));
    }
    if !incoming.automatic {
        meetings::point_to_the_link(conn, ctx, whose)?;
    }
    Ok(Ruling::new(State::Ignored, Why::OnlyTnef))
}
