//! Correcting what was recorded: never by an edit, always by a counter-entry with the difference.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::access::policy::{self, Action};
use crate::db::connection::LockTable;
use crate::db::{Conn, Json};
use crate::hours::model::{self, Entry, MOST_MINUTES, Source, Status};
use crate::hours::record::{is_staff, line};
use crate::hours::store;
use crate::kernel::ids::HoursEntryId;
use crate::kernel::{Context, IfMatch, Problem};
use crate::mentorships::{self, Mentorship};

/// The reason of a counter-entry that a new report of the meeting made; the views put it into words.
pub const NEW_REPORT: &str = "new-report";

/// What an entry should have said.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// How many minutes it should be in all, 0 to 1,440; 0 takes it back.
    #[schema(example = 45)]
    pub minutes: i32,
    /// Why, up to 2,000 characters.
    pub reason: String,
}

/// Corrects an entry to the given minutes; the answer is the counter-entry. A coordinator's correction of
/// approved hours counts at once, every other one waits to be approved.
///
/// # Errors
/// 403, 404, 412; 422; 409 `hours-not-an-original`, `hours-decided` for a rejected one, `hours-same-minutes`.
pub fn correct(
    conn: &mut Conn,
    ctx: &Context,
    id: HoursEntryId,
    if_match: &IfMatch,
    correction: &Correction,
) -> Result<Entry, Problem> {
    conn.write_tx(|conn| {
        conn.lock_row(LockTable::HoursEntries, id.0)?;
        let original = store::find(conn, id)?;
        let mentorship = mentorships::store::find(conn, original.mentorship_id)?;
        let coaches = mentorships::store::coaches_of(conn, &mentorship)?;
        policy::allow(
            &ctx.actor,
            Action::CorrectHours,
            &mentorship.object(coaches),
        )?;
        let own = ctx.actor.person_id() == Some(original.person_id);
        if !own && !is_staff(ctx, Action::CorrectHours, &mentorship) {
            // The other person of the pair sees it, and disputes instead.
            return Err(Problem::conflict("hours-not-yours"));
        }
        if_match.require(original.version)?;
        if !(0..=MOST_MINUTES).contains(&correction.minutes) {
            let fault = Problem::field("/minutes", "out-of-range");
            return Err(fault.with("least", 0).with("most", MOST_MINUTES));
        }
        let reason = model::needed_text("/reason", &correction.reason)?;
        correct_in(
            conn,
            ctx,
            &mentorship,
            &original,
            correction.minutes,
            reason,
        )
    })
}

/// Corrects `original` inside the caller's transaction, which holds its row.
///
/// # Errors
/// 409 as [`correct`].
pub(super) fn correct_in(
    conn: &mut Conn,
    ctx: &Context,
    mentorship: &Mentorship,
    original: &Entry,
    minutes: i32,
    reason: String,
) -> Result<Entry, Problem> {
    if original.corrects_id.is_some() {
        return Err(Problem::conflict("hours-not-an-original"));
    }
    if original.status == Status::Rejected {
        return Err(Problem::conflict("hours-decided"));
    }
    let chain = store::corrections(conn, original.id)?;
    let valid = chain
        .iter()
        .filter(|entry| entry.status != Status::Rejected);
    let now: i32 = original.minutes + valid.map(|entry| entry.minutes).sum::<i32>();
    if minutes == now {
        return Err(Problem::conflict("hours-same-minutes"));
    }
    let at_once = original.status == Status::Approved
        && is_staff(ctx, Action::DecideHours, mentorship)
        && ctx.actor.person_id() != Some(original.person_id);
    let counter = Entry {
        id: HoursEntryId::new(ctx.now),
        minutes: minutes - now,
        starts_at: None,
        note: None,
        source: Source::Correction,
        corrects_id: Some(chain.last().map_or(original.id, |last| last.id)),
        correction_reason: Some(reason),
        status: if at_once {
            Status::Approved
        } else {
            Status::Recorded
        },
        dispute_reason: None,
        flags: Json(Vec::new()),
        attested_at: None,
        attested_by: None,
        decided_at: at_once.then_some(ctx.now),
        decided_by: if at_once {
            ctx.actor.account_id()
        } else {
            None
        },
        decision_reason: None,
        created_by: ctx.actor.account_id(),
        created_at: ctx.now,
        updated_at: ctx.now,
        version: 1,
        ..original.clone()
    };
    store::insert(conn, &counter)?;
    // The original's version rises too, so that a second click finds it changed.
    let touched = Entry {
        updated_at: ctx.now,
        version: original.version + 1,
        ..original.clone()
    };
    store::save(conn, &touched, original.version)?;
    line(conn, ctx, "hours.correct", Some(original), &counter)?;
    Ok(counter)
}
