//! What is kept no longer than it is needed; looked at once an hour.

use chrono::Duration;

use crate::access;
use crate::db::jobs;
use crate::kernel::Problem;
use crate::mail::inbound::store;
use crate::mail::queue;
use crate::people::import;
use crate::web::{App, idempotency};

/// Purges everything that is over its time.
///
/// # Errors
/// Those of the database.
pub async fn all(app: &App) -> Result<(), Problem> {
    let days = i64::from(app.platform.settings.mail.keep_sent_days);
    let before = app.clock.now().minus(Duration::days(days));
    let mails = app.db.run(move |conn| queue::purge(conn, before)).await?;
    if mails > 0 {
        tracing::info!(mails, "forgot the words of old mails");
    }
    let days = i64::from(app.platform.settings.mail.inbound.keep_days);
    let before = app.clock.now().minus(Duration::days(days));
    let messages = app.db.run(move |conn| store::purge(conn, before)).await?;
    if messages > 0 {
        tracing::info!(messages, "forgot the words of old messages that came in");
    }
    let now = app.clock.now();
    let spent = app.db.run(move |conn| access::purge(conn, now)).await?;
    if spent > 0 {
        tracing::info!(spent, "forgot spent tokens, links and counters");
    }
    let keys = app
        .db
        .run(move |conn| idempotency::purge(conn, now))
        .await?;
    if keys > 0 {
        tracing::info!(keys, "forgot kept answers");
    }
    let retention = &app.platform.settings.retention;
    let ago = |days: u32| now.minus(Duration::days(i64::from(days)));
    let before = ago(retention.import_rows_days);
    let rows = app
        .db
        .run(move |conn| import::store::purge(conn, before))
        .await?;
    if rows > 0 {
        tracing::info!(rows, "forgot the rows of old imports");
    }
    let before = ago(retention.done_jobs_days);
    let jobs = app
        .db
        .run(move |conn| Ok(jobs::purge(conn, before)?))
        .await?;
    if jobs > 0 {
        tracing::info!(jobs, "forgot jobs that are long done");
    }
    Ok(())
}
