//! Booking a series: all of it, or nothing.

use super::mails;
use super::model::{Form, SeriesState, local_text};
use super::plan::{Conflicts, Planned, Settled, Wanted, plan};
use super::store::{self, Part, PartRow, Series};
use super::whole::Whole;
use crate::access::policy::{self, Action};
use crate::db::Conn;
use crate::db::connection::LockTable;
use crate::kernel::ids::{MentorshipId, SeriesAttendeeId, SeriesId};
use crate::kernel::{Context, Instant, Problem};
use crate::meetings::Words;
use crate::meetings::book::{hold, make, taken, uid};
use crate::meetings::details::Details;
use crate::meetings::model::{Partstat, Revision, Side, Source};
use crate::meetings::pair::Pair;
use crate::meetings::store::{Attendee, Contact};
use crate::meetings::{links, pace, reminders, store as meetings};

/// A series to be booked.
#[derive(Debug, Clone)]
pub struct BookSeries {
    pub mentorship_id: MentorshipId,
    pub wanted: Wanted,
    pub words: Words,
}

/// Books a series of meetings of a mentorship: takes everybody's time for every instance, gives everybody a
/// token for the series and one for each instance, writes the invitations, the reminders and the questions
/// after. Whoever books and attends has thereby accepted.
///
/// # Errors
/// 404; 409 `mentorship-ended`, `series-times-taken`, `meeting-time-taken`; 422 with the fields.
pub fn book(conn: &mut Conn, ctx: &Context, command: BookSeries) -> Result<Whole, Problem> {
    conn.write_tx(|conn| {
        conn.lock_row(LockTable::Mentorships, command.mentorship_id.into())?;
        let pair = Pair::load(conn, ctx, command.mentorship_id)?;
        policy::allow(&ctx.actor, Action::BookSeries, &pair.object())?;
        pair.require_active()?;
        let words = command.words.check()?;
        hold(conn, pair.people().map(|(person, _)| person))?;
        let plan = plan(conn, ctx, &pair, &command.wanted, &[])?;
        let settled = plan.settled(ctx, command.wanted.conflicts)?;
        pace::count(conn, ctx)?;
        let series = open(conn, ctx, &pair, &settled, &words)?;
        for one in &settled.instances {
            add(conn, ctx, &pair, &series, one)?;
        }
        let whole = Whole::load(conn, series)?;
        mails::invite(conn, ctx, &whole)?;
        whole.record(conn, ctx, "meeting-series.book", None)?;
        Ok(whole)
    })
}

/// What would become of a series if it were booked now; nothing is changed.
///
/// # Errors
/// As [`book`], but that instances which cannot take place are no error.
pub fn preview(
    conn: &mut Conn,
    ctx: &Context,
    mentorship_id: MentorshipId,
    wanted: &Wanted,
) -> Result<super::plan::Plan, Problem> {
    conn.read_tx(|conn| {
        let pair = Pair::load(conn, ctx, mentorship_id)?;
        policy::allow(&ctx.actor, Action::PreviewSeries, &pair.object())?;
        pair.require_active()?;
        let wanted = Wanted {
            conflicts: Conflicts::Skip,
            ..wanted.clone()
        };
        plan(conn, ctx, &pair, &wanted, &[])
    })
}

/// Writes a new series and everybody's part in it, without its instances.
pub(super) fn open(
    conn: &mut Conn,
    ctx: &Context,
    pair: &Pair,
    settled: &Settled,
    words: &Words,
) -> Result<Series, Problem> {
    let id = SeriesId::new(ctx.now);
    let revision = Revision::first(ctx.now.utc());
    let mut series = Series {
        id,
        mentorship_id: pair.mentorship_id,
        programme_id: pair.programme_id,
        uid: uid(ctx)?,
        sequence: revision.sequence,
        time_sequence: revision.time_sequence,
        dtstamp: Instant::new(revision.stamp),
        zone: String::new(),
        local_start: String::new(),
        minutes: 0,
        every_weeks: 0,
        instances: 0,
        ends: settled.rule.ends,
        form: form(settled),
        mode: words.mode,
        title: words.title.clone(),
        location: words.location.clone(),
        url: words.url.clone(),
        note: words.note.clone(),
        status: SeriesState::Scheduled,
        cancel_reason: None,
        created_by: ctx.actor.account_id(),
        created_at: ctx.now,
        updated_at: ctx.now,
        version: 1,
    };
    series.set_rule(settled.rule, settled.minutes)?;
    let parts = [
        part(ctx, id, &pair.mentor, Side::Mentor)?,
        part(ctx, id, &pair.mentee, Side::Mentee)?,
    ];
    store::insert(conn, &series, &parts)?;
    Ok(series)
}

/// What people get for it.
pub(super) fn form(settled: &Settled) -> Form {
    let length = chrono::TimeDelta::minutes(settled.minutes.into());
    settled.rule.form(length)
}

fn part(
    ctx: &Context,
    series_id: SeriesId,
    contact: &Contact,
    side: Side,
) -> Result<Part, Problem> {
    let token = links::new_token(ctx)?;
    let booked_it = ctx.actor.person_id() == Some(contact.person_id);
    Ok(Part {
        row: PartRow {
            id: SeriesAttendeeId::new(ctx.now),
            series_id,
            person_id: contact.person_id,
            side,
            partstat: if booked_it {
                Partstat::Accepted
            } else {
                Partstat::NeedsAction
            },
            answered_at: booked_it.then_some(ctx.now),
            answered_sequence: 0,
            answer_source: booked_it.then_some(Source::Api),
            comment: None,
            token_hash: token.hash,
            token_sealed: token.sealed,
            version: 1,
        },
        contact: contact.clone(),
    })
}

/// Writes an instance, with its bookings and its jobs.
pub(super) fn add(
    conn: &mut Conn,
    ctx: &Context,
    pair: &Pair,
    series: &Series,
    planned: &Planned,
) -> Result<Details, Problem> {
    let mut details = make(ctx, pair, planned.time, series.words())?;
    let meeting = &mut details.meeting;
    meeting.series_id = Some(series.id);
    meeting.zone.clone_from(&series.zone);
    meeting.local_start = local_text(planned.local);
    meeting.recurrence_local = Some(local_text(planned.local));
    if series.form == Form::Rule {
        let revision = series.revision();
        meeting.set_revision(Revision {
            time_sequence: revision.sequence,
            ..revision
        });
    }
    for participant in &mut details.participants {
        participant.attendee.of_series = true;
        participant.attendee.answered_sequence = details.meeting.sequence;
    }
    let attendees: Vec<Attendee> = details
        .participants
        .iter()
        .map(|one| one.attendee.clone())
        .collect();
    meetings::insert(conn, &details.meeting, &attendees).map_err(taken)?;
    reminders::schedule(conn, ctx, &details.meeting, &pair.rules)?;
    Ok(details)
}
