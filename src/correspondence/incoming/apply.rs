//! A coordinator's decision about a message that waits: it counts, or it does not.

use super::confirm::{passages, proposed, target};
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
use crate::meetings::incoming::{self as meetings, Decided, Passage, Target, Whose};
use crate::meetings::model::{Answer, Source};

/// Applies a message that was held or quarantined. `said` is the answer that the coordinator read in it; without
/// it, the message's own counts.
///
/// # Errors
/// 404 and 403 by the policy; 412 when it changed since; 409 `inbound-settled`, `inbound-nobody` (it belongs to no
/// attendee), `inbound-outdated`, `inbound-instance` (it names a meeting that the series does not have); 422 at `/answer` when the message holds no answer and none is given.
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
            let meeting_id = match (target(&row), details.meeting.series_id) {
                (Target::Instance(id), _) => id,
                // Another time for all of a series is a person's to plan.
                (_, Some(_)) if row.why == Why::Instance => {
                    return Err(Problem::conflict("inbound-instance"));
                }
                _ => meeting,
            };
            let whose = Whose {
                meeting_id,
                person_id: person,
                programme_id: details.meeting.programme_id,
            };
            let offered =
                proposed(ctx, &row).ok_or_else(|| Problem::field("/answer", "required"))?;
            let verdict = meetings::propose(conn, ctx, whose, &offered, Source::Coordinator)?;
            store::resolve(conn, ctx, &row, verdict, None)?;
            return after(conn, ctx, &row, "inbound-mail.apply");
        }
        let decided = decided(&row, passages(conn, ctx, &row)?, said)?;
        let verdict = (State::Applied, Why::ByCoordinator);
        let first = decided.first().map(|one| one.answer.as_str());
        store::resolve(conn, ctx, &row, verdict, first)?;
        meetings::apply(conn, ctx, meeting, person, decided)?;
        after(conn, ctx, &row, "inbound-mail.apply")
    })
}

/// What a coordinator decides: the answer that they read, or the message's own, for all that the message is about.
fn decided(row: &Row, read: Vec<Passage>, said: Option<Answer>) -> Result<Vec<Decided>, Problem> {
    // A message from the future is about no revision that we know: the coordinator says that it counts.
    let as_it_says = row.state == State::Held && said.is_none();
    let mut decided: Vec<Decided> = read
        .into_iter()
        .filter_map(|passage| {
            let sequence = i32::try_from(passage.spoken.sequence).ok();
            Some(Decided {
                target: passage.target,
                answer: said.or_else(|| passage.answer())?,
                comment: passage.spoken.comment,
                source: Source::Coordinator,
                sequence: sequence.filter(|_| as_it_says),
            })
        })
        .collect();
    if decided.is_empty() {
        let answer = said
            .or_else(|| row.answer.as_deref().and_then(Answer::parse))
            .ok_or_else(|| Problem::field("/answer", "required"))?;
        decided.push(Decided {
            target: target(row),
            answer,
            comment: None,
            source: Source::Coordinator,
            sequence: None,
        });
    }
    Ok(decided)
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
