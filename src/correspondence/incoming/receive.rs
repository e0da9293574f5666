//! Taking a message: stored and acted on in one transaction, once.

use std::sync::Arc;

use super::act;
use crate::db::Conn;
use crate::kernel::ids::InboundId;
use crate::kernel::secret::hex;
use crate::kernel::{Context, Problem};
use crate::mail::inbound::store::{self, Findings, NewMessage, Origin};
use crate::mail::inbound::{
    self, Door, Incoming, Kind, MOST_BYTES, MOST_TIME, Reason, State, Why, understand_within,
};

/// A message at a door.
#[derive(Debug, Clone)]
pub struct Arrival {
    pub door: Door,
    /// The message, or the beginning of one that is too large.
    pub raw: Vec<u8>,
    /// How long the whole message is, in bytes.
    pub size: usize,
    /// The address to which it was delivered, where the door knows it.
    pub envelope_to: Option<String>,
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    pub id: InboundId,
    pub state: State,
    pub why: Why,
    /// It had come before; nothing was done.
    pub again: bool,
}

/// Stores a message and acts on it.
///
/// # Errors
/// Those of the database; then nothing was done, and the door keeps the message for another attempt.
pub fn receive(conn: &mut Conn, ctx: &Context, arrival: Arrival) -> Result<Received, Problem> {
    receive_with(conn, ctx, arrival, |_| Ok(()))
}

/// [`receive`] with something that the door wants in the same transaction, such as moving the mark of a mailbox.
///
/// # Errors
/// As [`receive`], and those of `also`.
pub fn receive_with(
    conn: &mut Conn,
    ctx: &Context,
    arrival: Arrival,
    also: impl Fn(&mut Conn) -> Result<(), Problem>,
) -> Result<Received, Problem> {
    let incoming = understood(ctx, &arrival);
    let taken = conn.write_tx(|conn| {
        also(conn)?;
        take(conn, ctx, &arrival, &incoming, true)
    });
    match taken {
        // A message on which we fail must not come back for ever: it is set aside, and nothing was done.
        Err(Problem::Internal(cause)) => {
            tracing::error!(%cause, "a message that came in could not be acted on");
            conn.write_tx(|conn| {
                also(conn)?;
                take(conn, ctx, &arrival, &incoming, false)
            })
        }
        taken => taken,
    }
}

fn understood(ctx: &Context, arrival: &Arrival) -> Incoming {
    let by = ctx.settings().mail.inbound.authserv_id.as_str();
    let by = Some(by).filter(|name| !name.is_empty());
    let to = arrival.envelope_to.as_deref();
    if arrival.size > MOST_BYTES {
        return inbound::set_aside(&arrival.raw, to, by, Reason::TooLarge);
    }
    let raw: Arc<[u8]> = arrival.raw.as_slice().into();
    understand_within(&raw, to, by, MOST_TIME)
}

fn take(
    conn: &mut Conn,
    ctx: &Context,
    arrival: &Arrival,
    incoming: &Incoming,
    act: bool,
) -> Result<Received, Problem> {
    let key = dedupe_key(ctx, incoming);
    let origin = Origin {
        from: incoming.sender.key.clone(),
        envelope_to: arrival.envelope_to.clone(),
    };
    let body = match arrival.size {
        size if size > MOST_BYTES => inbound::head(&arrival.raw),
        _ => arrival.raw.as_slice(),
    };
    let new = NewMessage {
        door: arrival.door,
        dedupe_key: key.clone(),
        message_id_hash: incoming.message_id.as_deref().map(|id| hashed(ctx, id)),
        calendar_hash: incoming.calendar_hash.clone(),
        size_bytes: arrival.size,
        kind: Kind::of(&incoming.meaning),
        origin: &origin,
        body,
    };
    let Some(id) = store::insert(conn, ctx, &new)? else {
        let there = store::by_dedupe_key(conn, &key)?;
        return Ok(Received {
            id: there.id,
            state: there.state,
            why: there.why,
            again: true,
        });
    };
    let ((state, why), found) = if act {
        act::act(conn, ctx, id, incoming)?
    } else {
        ((State::Quarantined, Why::Failed), Findings::default())
    };
    store::settle(conn, id, (state, why), &found)?;
    tracing::info!(%id, door = %arrival.door, state = %state, why = %why, "a message came in");
    Ok(Received {
        id,
        state,
        why,
        again: false,
    })
}

/// What makes a message the same one (I7): its Message-ID together with who sent it, to whom, and what it says,
/// so that a stranger who guesses a Message-ID cannot make us take somebody's answer for a repetition. Headers
/// that servers add on the way do not count.
fn dedupe_key(ctx: &Context, incoming: &Incoming) -> String {
    let says = incoming
        .calendar_hash
        .as_deref()
        .unwrap_or(&incoming.content_hash);
    let token = incoming.token.as_ref().map(|token| token.hash());
    let parts = [
        incoming.message_id.as_deref().unwrap_or(""),
        &incoming.sender.key,
        token.as_ref().map_or("", |hash| hash.as_str()),
        says,
    ];
    hashed(ctx, &parts.join("\n"))
}

/// Under the deployment's key: a Message-ID may hold an address.
fn hashed(ctx: &Context, text: &str) -> String {
    hex(&ctx.keyring().mac("inbound-message", text.as_bytes()))
}
