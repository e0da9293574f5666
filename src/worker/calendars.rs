//! People's own calendars: claimed with a lease, asked outside any transaction, several at a time.

use futures_util::StreamExt as _;

use crate::kernel::{Context, Problem};
use crate::meetings::busy::store::Calendar;
use crate::meetings::busy::{manage, poll};
use crate::web::App;

/// Servers that one worker asks at once.
const AT_ONCE: usize = 4;

/// Looks at what is due; whether there was anything.
///
/// # Errors
/// Those of the database while claiming; what goes wrong with one calendar is noted on it.
pub async fn round(app: &App, worker: &str) -> Result<bool, Problem> {
    let most = i64::from(app.platform.settings.worker.batch.clamp(1, 8));
    let (ctx, name) = (context(app), worker.to_owned());
    let due = app
        .db
        .run(move |conn| poll::claim(conn, &ctx, &name, most))
        .await?;
    let worked = !due.is_empty();
    let looks = futures_util::stream::iter(due).map(|calendar| look(app, worker, calendar));
    let mut looks = looks.buffer_unordered(AT_ONCE);
    while let Some(done) = looks.next().await {
        if let Err(problem) = done {
            tracing::warn!(%problem, "a look at a calendar failed");
        }
    }
    Ok(worked)
}

fn context(app: &App) -> Context {
    Context::system("worker", app.clock.now(), app.platform.clone())
}

async fn look(app: &App, worker: &str, calendar: Calendar) -> Result<(), Problem> {
    let (within, known) = (context(app), calendar.clone());
    let request = app
        .db
        .run(move |conn| manage::again(conn, &within, &known))
        .await?;
    let (within, known) = (context(app), calendar.clone());
    let looked = tokio::task::spawn_blocking(move || poll::look(&within, &known, request))
        .await
        .map_err(Problem::internal)?;
    let (within, name) = (context(app), worker.to_owned());
    app.db
        .run(move |conn| poll::finish(conn, &within, calendar, Some(&name), looked))
        .await?;
    Ok(())
}
