//! Changing what a series says, but not when it is.

use super::hold;
use super::mails;
use super::model::Form;
use super::store;
use super::whole::{Whole, words_of};
use crate::access::policy::{self, Action};
use crate::db::Conn;
use crate::db::connection::LockTable;
use crate::kernel::ids::SeriesId;
use crate::kernel::{Context, Problem};
use crate::meetings::mails::Update;
use crate::meetings::model::Change;
use crate::meetings::{Words, pace, store as meetings};

/// Changes title, place, link or note of a series and of its meetings to come; one that was given words of its
/// own keeps them. SEQUENCE stays and DTSTAMP is newer (rule O8). Nothing new is no change, and nobody is told.
///
/// `change` gets what stands and says what it shall be; `check` sees the version that stands.
///
/// # Errors
/// 404; 409 `meeting-cancelled`, `meeting-over`; 412 from `check`; 422 with the fields.
pub fn edit(
    conn: &mut Conn,
    ctx: &Context,
    id: SeriesId,
    change: impl FnOnce(Words) -> Words,
    check: impl FnOnce(i32) -> Result<(), Problem>,
) -> Result<Whole, Problem> {
    conn.write_tx(|conn| {
        let series = hold(conn, id)?;
        let mut whole = Whole::load(conn, series)?;
        policy::allow(&ctx.actor, Action::UpdateSeries, &whole.object())?;
        check(whole.series.version)?;
        super::change::require_open(&whole, ctx)?;
        let stands = whole.series.words();
        let wanted = change(stands.clone()).check()?;
        if wanted == stands {
            return Ok(whole);
        }
        pace::count(conn, ctx)?;
        let before = whole.series.clone();
        whole.series.set_words(wanted.clone());
        whole.series.revise(ctx, Change::Text);
        store::save(conn, &mut whole.series)?;
        let open: Vec<_> = whole.open(ctx.now).map(|one| one.meeting.clone()).collect();
        for mut meeting in open {
            if words_of(&meeting) != stands {
                continue;
            }
            conn.lock_row(LockTable::Meetings, meeting.id.into())?;
            let Words {
                mode,
                title,
                location,
                url,
                note,
            } = wanted.clone();
            meeting.mode = mode;
            meeting.title = title;
            meeting.location = location;
            meeting.url = url;
            meeting.note = note;
            let revision = meeting.revision();
            meeting.set_revision(match whole.series.form {
                Form::Rule => whole.series.revision_for(revision, Change::Text),
                Form::Singles => revision.after(Change::Text, ctx.now.utc()),
            });
            meeting.updated_at = ctx.now;
            meetings::save(conn, &mut meeting)?;
        }
        let whole = Whole::load(conn, whole.series)?;
        mails::update(conn, ctx, &whole, Update::Reworded)?;
        whole.record(conn, ctx, "meeting-series.update", Some(&before))?;
        Ok(whole)
    })
}
