//! Saying whether a meeting took place: the meeting and the ledger change together.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::policy::Action;
use crate::db::Conn;
use crate::hours::from_meeting::{RecordFromMeeting, ReportedBy, record_from_meeting};
use crate::hours::model::Entry;
use crate::kernel::ids::{MeetingId, PersonId};
use crate::kernel::{Context, Problem};
use crate::meetings::details::Details;
use crate::meetings::model::Outcome;
use crate::meetings::report::report_in;
use crate::mentorships;

/// How a meeting went.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Report {
    pub outcome: Outcome,
    /// How long it took, 1 to 720; as planned unless given. Not looked at when it did not take place.
    #[schema(example = 60)]
    pub minutes: Option<i32>,
}

/// Reports a meeting as the actor, who must be one of the two, or staff. The same report again changes nothing.
///
/// # Errors
/// 403, 404; 409 `meeting-cancelled`, `meeting-not-begun`, `hours-decided`; 422 at `/minutes`.
pub fn report(
    conn: &mut Conn,
    ctx: &Context,
    meeting: MeetingId,
    report: Report,
) -> Result<Vec<Entry>, Problem> {
    conn.write_tx(|conn| {
        let mut details = Details::hold(conn, meeting)?;
        details.allow(ctx, Action::ReportMeeting)?;
        let mentorship = mentorships::store::find(conn, details.meeting.mentorship_id)?;
        let by = ReportedBy::actor(ctx, &mentorship);
        settle(conn, ctx, &mut details, by, report)
    })
}

/// Reports a meeting as the attendee whose link it is.
///
/// # Errors
/// As [`report`], without 403.
pub fn report_by_link(
    conn: &mut Conn,
    ctx: &Context,
    meeting: MeetingId,
    person: PersonId,
    report: Report,
) -> Result<Vec<Entry>, Problem> {
    conn.write_tx(|conn| {
        let mut details = Details::hold(conn, meeting)?;
        settle(conn, ctx, &mut details, ReportedBy::Person(person), report)
    })
}

fn settle(
    conn: &mut Conn,
    ctx: &Context,
    details: &mut Details,
    reported_by: ReportedBy,
    report: Report,
) -> Result<Vec<Entry>, Problem> {
    report_in(conn, ctx, details, report.outcome, report.minutes)?;
    let record = RecordFromMeeting {
        meeting_id: details.meeting.id,
        minutes: details.meeting.held_minutes,
        reported_by,
    };
    record_from_meeting(conn, ctx, &record)
}
