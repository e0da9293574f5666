//! Offers to people who are not there any more: looked for once a minute, each withdrawn in a transaction of its own.

use crate::kernel::{Context, Problem};
use crate::matching::consent::lapse;
use crate::web::App;

/// Withdraws what has been overtaken.
///
/// # Errors
/// Those of the database while looking; an offer that fails is tried again a minute later.
pub async fn round(app: &App) -> Result<(), Problem> {
    let ctx = Context::system("worker", app.clock.now(), app.platform.clone());
    let within = ctx.clone();
    let doubtful = app
        .db
        .run(move |conn| lapse::doubtful(conn, &within))
        .await?;
    for id in doubtful {
        let within = ctx.clone();
        let done = app
            .db
            .run(move |conn| lapse::withdraw_overtaken(conn, &within, id))
            .await;
        if let Err(problem) = done {
            tracing::warn!(%problem, proposal = %id, "an offer was not withdrawn");
        }
    }
    Ok(())
}
