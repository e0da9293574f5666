//! A message that came in, as a coordinator sees it.

use serde::Serialize;
use utoipa::ToSchema;

use super::confirm::spoken;
use crate::db::Conn;
use crate::i18n;
use crate::kernel::ids::{AccountId, InboundId, MeetingId, OutboxId, PersonId, ProgrammeId};
use crate::kernel::{Context, Instant, Problem};
use crate::mail::inbound::store::Row;
use crate::mail::inbound::words::words;
use crate::mail::inbound::{Door, Kind, State, Why};
use crate::meetings::details::Details;
use crate::meetings::incoming::answer_of;
use crate::meetings::model::Answer;

/// A message in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct InboundMailSummary {
    pub id: InboundId,
    pub received_at: Instant,
    pub door: Door,
    pub kind: Kind,
    /// The answer in it.
    pub answer: Option<Answer>,
    pub state: State,
    /// Why it is in this state.
    pub reason: Why,
    /// The reason in the reader's language, and what can be done.
    pub explanation: String,
    /// Whether it waits for somebody: it can be applied or dismissed.
    pub waits: bool,
    /// The sender's address. Null when it was forgotten.
    #[schema(example = "jose@example.org")]
    pub sender: Option<String>,
    pub programme_id: Option<ProgrammeId>,
    /// The meeting that it is about; the last one of a series stands for the whole series.
    pub meeting_id: Option<MeetingId>,
    /// The attendee whose token it came with, or to whom a mail could not be delivered.
    pub person_id: Option<PersonId>,
    /// The mail of ours that a delivery report is about.
    pub mail_id: Option<OutboxId>,
    pub size_bytes: i32,
    /// How often it came again.
    pub repeats: i32,
    /// When it was applied, confirmed or dismissed by a person.
    pub settled_at: Option<Instant>,
    pub settled_by: Option<AccountId>,
    /// Send it as `If-Match`.
    pub version: i32,
}

/// A message with its words. Links are cut to their host and the tags of addresses are cut: a quoted invitation
/// holds what opens somebody else's door.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct InboundMail {
    #[serde(flatten)]
    pub summary: InboundMailSummary,
    /// Null when the words have been forgotten, as `text`.
    pub subject: Option<String>,
    /// At most 10,000 characters.
    pub text: Option<String>,
    /// The note that goes with the answer.
    pub comment: Option<String>,
}

impl InboundMailSummary {
    /// As the actor of `ctx` reads it.
    pub(super) fn of(ctx: &Context, row: &Row) -> Self {
        let origin = row.origin(ctx.keyring());
        let sender = origin.map(|origin| origin.from);
        Self {
            id: row.id,
            received_at: row.received_at,
            door: row.door,
            kind: row.kind,
            answer: row.answer.as_deref().and_then(Answer::parse),
            state: row.state,
            reason: row.why,
            explanation: i18n::text(ctx.locale, &format!("inbound-why-{}", row.why)),
            waits: matches!(row.state, State::Held | State::Quarantined),
            sender: sender.filter(|address| !address.is_empty()),
            programme_id: row.programme_id,
            meeting_id: row.instance_id.or(row.meeting_id),
            person_id: row.person_id,
            mail_id: row.outbox_id,
            size_bytes: row.size_bytes,
            repeats: row.repeats,
            settled_at: row.settled_at,
            settled_by: row.settled_by,
            version: row.version,
        }
    }
}

impl InboundMail {
    /// As the actor of `ctx` reads it.
    pub(super) fn of(conn: &mut Conn, ctx: &Context, row: &Row) -> Result<Self, Problem> {
        let words = row.body(ctx.keyring()).map(|body| words(&body));
        let (subject, text) = words.map(|words| (words.subject, words.text)).unzip();
        let spoken = match row.meeting_id {
            Some(meeting) => match Details::load(conn, meeting) {
                Ok(details) => spoken(ctx, row, &details),
                Err(Problem::NotFound) => None,
                Err(problem) => return Err(problem),
            },
            None => None,
        };
        let mut summary = InboundMailSummary::of(ctx, row);
        summary.answer = summary
            .answer
            .or_else(|| spoken.as_ref().and_then(answer_of));
        Ok(Self {
            summary,
            subject: subject.flatten(),
            text: text.flatten(),
            comment: spoken.and_then(|spoken| spoken.comment),
        })
    }
}
