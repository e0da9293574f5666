//! An answer that came from another address, confirmed by whom it is about (I4): a link that was sent to their
//! known address leads to a page that asks; its button applies the answer (L1, L2).

use crate::db::Conn;
use crate::kernel::{Actor, Context, Problem, Token};
use crate::mail::inbound::store::{self, Row};
use crate::mail::inbound::{self, Meaning, Proposal, Spoken, State, Why, understand};
use crate::meetings::details::Details;
use crate::meetings::incoming::{self as meetings, Decided, Passage, Target, Whose};
use crate::meetings::model::{Answer, Source, may_answer};

/// What the page asks about.
#[derive(Debug)]
pub struct Asked {
    pub row: Row,
    pub details: Details,
    pub answer: Answer,
    /// The address that it came from; empty when it was forgotten.
    pub sender: String,
    /// Whether the meeting still takes answers.
    pub open: bool,
}

impl Asked {
    /// Whether it was confirmed, or decided by a coordinator.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.row.state == State::Applied
    }

    /// Whether it still waits for somebody.
    #[must_use]
    pub fn waits(&self) -> bool {
        self.row.state == State::Held
    }
}

/// The message that a link's token stands for.
///
/// # Errors
/// [`Problem::NotFound`] for a token that nobody was given.
pub fn asked(conn: &mut Conn, ctx: &Context, token: &str) -> Result<Asked, Problem> {
    let token = Token::presented(token).ok_or(Problem::NotFound)?;
    let row = store::by_confirm_hash(conn, token.hash().as_str())?;
    let meeting = row.instance_id.or(row.meeting_id);
    let meeting = meeting.ok_or(Problem::NotFound)?;
    let details = Details::load(conn, meeting)?;
    let answer = row.answer.as_deref().and_then(Answer::parse);
    let sender = row.origin(ctx.keyring()).unwrap_or_default().from;
    let time = details.meeting.time()?;
    let open = may_answer(details.meeting.status, time, ctx.now.utc()).is_ok();
    Ok(Asked {
        answer: answer.ok_or(Problem::NotFound)?,
        row,
        details,
        sender,
        open,
    })
}

/// Applies the answer that a link's token stands for. Once it is applied, again is a success.
///
/// # Errors
/// [`Problem::NotFound`]; 409 `inbound-outdated` when the meeting has moved since, or a coordinator dismissed it;
/// 409 `meeting-cancelled`, `meeting-reported`, `meeting-over`.
pub fn confirm(conn: &mut Conn, ctx: &Context, token: &str) -> Result<Asked, Problem> {
    conn.write_tx(|conn| {
        let before = asked(conn, ctx, token)?;
        if before.is_done() {
            return Ok(before);
        }
        let (Some(person_id), State::Held) = (before.row.person_id, before.row.state) else {
            return Err(Problem::conflict("inbound-outdated"));
        };
        let ctx = ctx.acting_as(Actor::Link { person_id });
        let meeting = before.row.meeting_id.ok_or(Problem::NotFound)?;
        let mut decided = Vec::new();
        for passage in passages(conn, &ctx, &before.row)? {
            decided.push(Decided {
                target: passage.target,
                answer: before.answer,
                comment: passage.spoken.comment,
                source: Source::Link,
                sequence: i32::try_from(passage.spoken.sequence).ok(),
            });
        }
        if decided.is_empty() {
            decided.push(Decided {
                target: target(&before.row),
                answer: before.answer,
                comment: None,
                source: Source::Link,
                sequence: None,
            });
        }
        store::resolve(
            conn,
            &ctx,
            &before.row,
            (State::Applied, Why::Confirmed),
            None,
        )?;
        meetings::apply(conn, &ctx, meeting, person_id, decided)?;
        asked(conn, &ctx, token)
    })
}

/// What a stored message says for its attendee, as long as it is kept, in an open transaction.
pub(super) fn passages(conn: &mut Conn, ctx: &Context, row: &Row) -> Result<Vec<Passage>, Problem> {
    let whose = match (row.meeting_id, row.person_id, row.programme_id) {
        (Some(meeting_id), Some(person_id), Some(programme_id)) => Whose {
            meeting_id,
            person_id,
            programme_id,
        },
        _ => return Ok(Vec::new()),
    };
    match answers(ctx, row) {
        Some(answers) => meetings::passages(conn, ctx, whose, &answers),
        None => Ok(Vec::new()),
    }
}

/// What a decision about a stored message is about where its words say nothing, or were forgotten.
pub(super) fn target(row: &Row) -> Target {
    match (row.instance_id, row.why) {
        (Some(id), _) => Target::Instance(id),
        (None, Why::Instance) => Target::Unknown,
        (None, _) => Target::Whole,
    }
}

/// The first thing that a stored message says for its attendee, as long as it is kept.
pub(super) fn spoken(ctx: &Context, row: &Row, details: &Details) -> Option<Spoken> {
    let address = details
        .participant(row.person_id?)?
        .contact
        .email
        .as_deref();
    let spoken = inbound::spoken(&answers(ctx, row)?, address.unwrap_or(""));
    spoken.into_iter().next()
}

fn answers(ctx: &Context, row: &Row) -> Option<Vec<inbound::Answer>> {
    let body = row.body(ctx.keyring())?;
    let origin = row.origin(ctx.keyring());
    let to = origin.and_then(|origin| origin.envelope_to);
    match understand(&body, to.as_deref(), None).meaning {
        Meaning::Answers(answers) => Some(answers),
        _ => None,
    }
}

/// The other time that a stored message proposes, as long as it is kept.
pub(super) fn proposed(ctx: &Context, row: &Row) -> Option<Proposal> {
    let body = row.body(ctx.keyring())?;
    match understand(&body, None, None).meaning {
        Meaning::Proposal(proposal) => Some(proposal),
        _ => None,
    }
}
