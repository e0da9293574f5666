//! The end of a proposal that nobody decided: a job that is written with it, for the instant at which its time
//! could not be booked any more. Whoever proposed it is told.

use super::store::{self, Counter};
use super::{mails, step};
use crate::db::Conn;
use crate::db::jobs::{self, Job, NewJob};
use crate::kernel::ids::CounterId;
use crate::kernel::{Context, Problem};
use crate::meetings::details::Details;
use crate::meetings::model::{CounterStatus, CounterStep, Side};
use crate::meetings::rules::Rules;

/// The kind of the job.
const LAPSE: &str = "meeting.counter-lapse";

/// Writes the job.
pub(super) fn schedule(
    conn: &mut Conn,
    ctx: &Context,
    counter: &Counter,
    rules: &Rules,
) -> Result<(), Problem> {
    let notice = rules.limits(Side::Mentor).notice;
    let job = NewJob {
        kind: LAPSE,
        unique_key: format!("{LAPSE}/{}", counter.id),
        subject_id: Some(counter.id.into()),
        person_id: None,
        payload: serde_json::Value::Null,
        run_at: counter.starts_at.minus(notice).max(ctx.now),
    };
    Ok(jobs::enqueue(conn, ctx.now, &job)?)
}

/// Does such a job, in the transaction that marks it done; false for another one. A proposal that was decided
/// stays what it is.
///
/// # Errors
/// A database error.
pub fn run(conn: &mut Conn, ctx: &Context, job: &Job) -> Result<bool, Problem> {
    if job.kind != LAPSE {
        return Ok(false);
    }
    let Some(id) = job.subject_id.map(|id| CounterId(id.0)) else {
        return Err(Problem::internal("a job without its proposal"));
    };
    let meeting = match store::find(conn, id) {
        Err(Problem::NotFound) => return Ok(true),
        found => found?.meeting_id,
    };
    let details = Details::hold(conn, meeting)?;
    let mut counter = store::find(conn, id)?;
    if counter.status == CounterStatus::Open {
        step(ctx, &mut counter, CounterStep::Lapse)?;
        store::close(conn, &counter)?;
        mails::lapsed(conn, ctx, &details, &counter)?;
    }
    Ok(true)
}
