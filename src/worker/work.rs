//! Jobs: claimed in batches, each handed to the room that wrote it.

use chrono::Duration;

use crate::db::Conn;
use crate::db::jobs::{self, Job};
use crate::kernel::{Context, Problem};
use crate::web::App;
use crate::{access, hours, matching, meetings};

/// A room's way of doing a job, inside the transaction that marks it done; false when the job is none
/// of its own.
type Work = fn(&mut Conn, &Context, &Job) -> Result<bool, Problem>;

/// A line for each room that writes jobs.
const ROOMS: &[Work] = &[
    access::run,
    matching::consent::lapse::run,
    meetings::reminders::run,
    hours::tell::run,
];

/// Does what is due; whether there was anything.
///
/// # Errors
/// Those of the database while claiming; a job that fails is noted on the job.
pub async fn round(app: &App, worker: &str) -> Result<bool, Problem> {
    let settings = &app.platform.settings.worker;
    let lease = Duration::seconds(i64::from(settings.lease_seconds));
    let most = i64::from(settings.batch.max(1));
    let (now, name) = (app.clock.now(), worker.to_owned());
    let due = app
        .db
        .run(move |conn| Ok(jobs::claim(conn, now, &name, lease, most)?))
        .await?;
    let worked = !due.is_empty();
    for job in due {
        let ctx = Context::system("worker", app.clock.now(), app.platform.clone());
        let (name, kind) = (worker.to_owned(), job.kind.clone());
        let done = app
            .db
            .run(move |conn| {
                jobs::perform(conn, &job, &name, ctx.now, |conn| perform(conn, &ctx, &job))
            })
            .await;
        if let Err(problem) = done {
            tracing::warn!(%problem, kind, "a job failed");
        }
    }
    Ok(worked)
}

fn perform(conn: &mut Conn, ctx: &Context, job: &Job) -> Result<(), Problem> {
    for work in ROOMS {
        if work(conn, ctx, job)? {
            return Ok(());
        }
    }
    Err(Problem::internal(format!(
        "no room does jobs of kind {}",
        job.kind
    )))
}
