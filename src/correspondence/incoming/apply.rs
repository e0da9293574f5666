//! A coordinator's decision about a message that waits: it counts, or it does not.

use super::confirm::{proposed, spoken};
use super::read::object;
use super::views::InboundMail;
use crate::access::policy::{self, Action};
use crate::access::{audit, record};
use crate::db::Conn;
use crate::kernel::ids::InboundId;
use crate::kernel::{Context, IfMatch, Problem};
use crate::mail::inbound::store::{self, Row};
use crate::mail::inbound::{Kind, State, Why};
use crate::meetings::details::Details;
use crate::meetings::incoming::{self as meetings, Decided, Whose, answer_of};
use crate::meetings::model::{Answer, Source};

/// Applies a message that was held or quarantined. `said` is the answer that the coordinator read in it; without
/// it, the message's own counts.
///
/// # Errors
/// 404 and 403 by the policy; 412 when it changed since; 409 `inbound-settled`, `inbound-nobody` (it belongs to no
/// attendee), `inbound-outdated`; 422 at `/answer` when the message holds no answer and none is given.
pub fn apply(
    conn: &mut Conn,
    ctx: &Context,
    id: InboundId,
    if_match: &IfMatch,
    said: Option<Answer>,
) -> Result<InboundMail, Problem> {
    conn.write_tx(|conn| {
        let row = waiting(conn, ctx, id, if_match, Action::ApplyInboundMail)?;
        let (Some(meeting), Some(person)) = (row.meeting_id, row.person_id) else {
            return Err(Problem::conflict("inbound-nobody"));
        };
        let details = Details::load(conn, meeting)?;
        if let (Kind::Proposal, None) = (row.kind, said) {
            let whose = Whose {
                meeting_id: meeting,
                person_id: person,
                programme_id: details.meeting.programme_id,
            };
            let offered =
                proposed(ctx, &row).ok_or_else(|| Problem::field("/answer", "required"))?;
            let verdict = meetings::propose(conn, ctx, whose, &offered, Source::Coordinator)?;
            store::resolve(conn, ctx, &row, verdict, None)?;
            return after(conn, ctx, &row, "inbound-mail.apply");
        }
        let own = spoken(ctx, &row, &details);
        let answer = said
            .or_else(|| own.as_ref().and_then(answer_of))
            .or_else(|| row.answer.as_deref().and_then(Answer::parse))
            .ok_or_else(|| Problem::field("/answer", "required"))?;
        let decided = Decided {
            answer,
            comment: own.as_ref().and_then(|own| own.comment.clone()),
            source: Source::Coordinator,
            // A message from the future is about no revision that we know: the coordinator says that it counts.
            sequence: own
                .filter(|_| row.state == State::Held && said.is_none())
                .and_then(|own| i32::try_from(own.sequence).ok()),
        };
        let verdict = (State::Applied, Why::ByCoordinator);
        store::resolve(conn, ctx, &row, verdict, Some(answer.as_str()))?;
        meetings::apply(conn, ctx, meeting, person, decided)?;
        after(conn, ctx, &row, "inbound-mail.apply")
    })
}

/// Puts a message aside for good.
///
/// # Errors
/// As [`apply`], without those about answers.
pub fn dismiss(
    conn: &mut Conn,
    ctx: &Context,
    id: InboundId,
    if_match: &IfMatch,
) -> Result<InboundMail, Problem> {
    conn.write_tx(|conn| {
        let row = waiting(conn, ctx, id, if_match, Action::DismissInboundMail)?;
        store::resolve(conn, ctx, &row, (State::Ignored, Why::Dismissed), None)?;
        after(conn, ctx, &row, "inbound-mail.dismiss")
    })
}

fn waiting(
    conn: &mut Conn,
    ctx: &Context,
    id: InboundId,
    if_match: &IfMatch,
    action: Action,
) -> Result<Row, Problem> {
    let row = store::find(conn, id)?;
    policy::allow(&ctx.actor, action, &object(&row))?;
    if_match.require(row.version)?;
    if matches!(row.state, State::Held | State::Quarantined) {
        Ok(row)
    } else {
        Err(Problem::conflict("inbound-settled"))
    }
}

fn after(
    conn: &mut Conn,
    ctx: &Context,
    before: &Row,
    action: &'static str,
) -> Result<InboundMail, Problem> {
    let row = store::find(conn, before.id)?;
    let change = audit::Change {
        action,
        object_type: "inbound-mail",
        object_id: row.id.into(),
        programme_id: row.programme_id,
        before: Some(&before.state),
        after: Some(&row.state),
    };
    record(conn, ctx, &change)?;
    InboundMail::of(conn, ctx, &row)
}
