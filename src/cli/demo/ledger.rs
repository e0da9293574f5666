//! The hours of the demonstration's past meetings: reported by the mentor after each meeting, approved by the
//! coordination after three weeks, as the product does it.

use chrono::Duration;

use crate::db::Conn;
use crate::hours::decide::{self, Decision};
use crate::hours::{RecordFromMeeting, ReportedBy, record_from_meeting};
use crate::kernel::ids::PersonId;
use crate::kernel::{Context, IfMatch, Problem};
use crate::meetings::store::Meeting;

/// Writes the entries of both people for `meeting`.
pub fn write(
    conn: &mut Conn,
    ctx: &Context,
    mentor: PersonId,
    meeting: &Meeting,
) -> Result<(), Problem> {
    let after = Context {
        now: meeting.ends_at.plus(Duration::hours(1)),
        ..ctx.clone()
    };
    let report = RecordFromMeeting {
        meeting_id: meeting.id,
        minutes: meeting.held_minutes,
        reported_by: ReportedBy::Person(mentor),
    };
    let entries = record_from_meeting(conn, &after, &report)?;
    if ctx.now.since(meeting.ends_at) < Duration::days(21) {
        return Ok(());
    }
    let later = Context {
        now: meeting.ends_at.plus(Duration::days(14)),
        ..ctx.clone()
    };
    for entry in entries {
        decide::decide(conn, &later, entry.id, &IfMatch::any(), &Decision::Approve)?;
    }
    Ok(())
}
