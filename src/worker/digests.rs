//! Digests: looked at once a minute. Whose hour has come gets theirs, each in a transaction of its own.

use crate::digests::send;
use crate::kernel::{Context, Problem};
use crate::web::App;

/// Writes what is due.
///
/// # Errors
/// Those of the database while looking; a digest that fails is tried again a minute later.
pub async fn round(app: &App) -> Result<(), Problem> {
    let ctx = Context::system("digest", app.clock.now(), app.platform.clone());
    let within = ctx.clone();
    let due = app.db.run(move |conn| send::due(conn, &within)).await?;
    for reader in due {
        let within = ctx.clone();
        let written = app
            .db
            .run(move |conn| send::write(conn, &within, &reader))
            .await;
        if let Err(problem) = written {
            tracing::warn!(%problem, "a digest was not written");
        }
    }
    Ok(())
}
