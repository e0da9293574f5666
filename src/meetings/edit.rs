//! Changing what a meeting says, but not when it is.

use super::details::Details;
use super::model::{self, Change, Step};
use super::text::Words;
use super::{mails, pace, refused, series, store};
use crate::access::policy::Action;
use crate::db::Conn;
use crate::kernel::ids::MeetingId;
use crate::kernel::{Context, Problem};

/// Changes title, place, link or note. SEQUENCE stays and DTSTAMP is newer (rule O8): calendars take the new
/// text, and nobody has to answer again. Nothing new is no change, and nobody is told.
///
/// `change` gets what stands and says what it shall be; `check` sees the version that stands.
///
/// # Errors
/// 404; 409 `meeting-cancelled`, `meeting-reported`, `meeting-over`; 412 from `check`; 422 with the fields.
pub fn edit(
    conn: &mut Conn,
    ctx: &Context,
    id: MeetingId,
    change: impl FnOnce(Words) -> Words,
    check: impl FnOnce(i32) -> Result<(), Problem>,
) -> Result<Details, Problem> {
    conn.write_tx(|conn| {
        let mut details = Details::hold(conn, id)?;
        details.allow(ctx, Action::UpdateMeeting)?;
        check(details.meeting.version)?;
        let before = details.meeting.clone();
        let meeting = &mut details.meeting;
        let now = ctx.now.utc();
        model::after(meeting.status, meeting.time()?, Step::Reword, now).map_err(refused)?;
        let stands = Words {
            mode: meeting.mode,
            title: meeting.title.clone(),
            location: meeting.location.clone(),
            url: meeting.url.clone(),
            note: meeting.note.clone(),
        };
        let wanted = change(stands.clone()).check()?;
        if wanted == stands {
            return Ok(details);
        }
        pace::count(conn, ctx)?;
        meeting.mode = wanted.mode;
        meeting.title = wanted.title;
        meeting.location = wanted.location;
        meeting.url = wanted.url;
        meeting.note = wanted.note;
        series::revise(conn, ctx, meeting, Change::Text)?;
        meeting.updated_at = ctx.now;
        store::save(conn, meeting)?;
        mails::update(conn, ctx, &details, mails::Update::Reworded)?;
        details.record(conn, ctx, "meeting.update", Some(&before))?;
        Ok(details)
    })
}
