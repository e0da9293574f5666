//! Jobs: claimed in batches, each handed to the room that wrote it.

use chrono::Duration;

use crate::db::Conn;
use crate::db::jobs::{self, Job};
use crate::kernel::{Context, Problem};
use crate::web::App;

/// A room's way of doing a job, inside the transaction that marks it done.
type Work = fn(&mut Conn, &Context, &Job) -> Result<(), Problem>;

/// The rooms, by the first word of their jobs' kinds: `meeting.remind` is the business of `meeting`.
const ROOMS: &[(&str, Work)] = &[];

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
    let room = job.kind.split('.').next().unwrap_or("");
    let work = ROOMS
        .iter()
        .find_map(|(name, work)| (*name == room).then_some(*work))
        .ok_or_else(|| Problem::internal(format!("nobody does jobs of kind {}", job.kind)))?;
    work(conn, ctx, job)
}
