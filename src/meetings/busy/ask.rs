//! The whole of adding a calendar and of looking at one now, for whoever asks: what asks a foreign server stands
//! between two transactions, on a thread of its own.

use super::fetch::Marks;
use super::store::Calendar;
use super::{manage, poll};
use crate::kernel::ids::{BusyCalendarId, PersonId};
use crate::kernel::{Context, Problem};
use crate::web::App;

/// Adds a calendar that a person already has. It is read at once, and kept only if that works.
///
/// # Errors
/// As [`manage::request`] and [`manage::keep`].
pub async fn add(
    app: &App,
    ctx: Context,
    person: PersonId,
    address: String,
    whole_days: bool,
) -> Result<Calendar, Problem> {
    let within = ctx.clone();
    let request = app
        .db
        .run(move |conn| manage::request(conn, &within, person, &address, whole_days))
        .await?;
    let (platform, now) = (ctx.platform.clone(), ctx.now);
    let (request, looked) = tokio::task::spawn_blocking(move || {
        let looked = manage::look(&platform, &request, &Marks::default(), now);
        (request, looked)
    })
    .await
    .map_err(Problem::internal)?;
    app.db
        .run(move |conn| manage::keep(conn, &ctx, &request, looked))
        .await
}

/// Looks at a calendar now; what came of it stands in the calendar.
///
/// # Errors
/// As [`manage::request_again`].
pub async fn check(
    app: &App,
    ctx: Context,
    person: PersonId,
    id: BusyCalendarId,
) -> Result<Calendar, Problem> {
    let within = ctx.clone();
    let (calendar, request) = app
        .db
        .run(move |conn| manage::request_again(conn, &within, person, id))
        .await?;
    let within = ctx.clone();
    let (calendar, looked) = tokio::task::spawn_blocking(move || {
        let looked = poll::look(&within, &calendar, request);
        (calendar, looked)
    })
    .await
    .map_err(Problem::internal)?;
    app.db
        .run(move |conn| poll::finish(conn, &ctx, calendar, None, looked))
        .await
}
