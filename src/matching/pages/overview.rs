//! The programmes that somebody coordinates, each with its newest run and what can be done next.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::words;
use crate::access::PageCaller;
use crate::access::policy::{self, Action};
use crate::db::Conn;
use crate::kernel::ids::{MatchRunId, ProgrammeId};
use crate::kernel::{Context, Problem};
use crate::matching::store::{self, Newest};
use crate::programmes::{self, Programme, ProgrammeStatus};
use crate::web::App;
use crate::web::layout::page;

#[derive(Debug, Serialize)]
struct Overview {
    programmes: Vec<ProgrammeView>,
}

#[derive(Debug, Serialize)]
struct ProgrammeView {
    id: ProgrammeId,
    name: String,
    open: bool,
    run: Option<RunLine>,
    /// Proposals that wait for a decision; a new run replaces them.
    waiting: i64,
    /// The newest run, as the form that starts another sends it.
    seen: String,
}

/// A finished run in a line.
#[derive(Debug, Serialize)]
pub(super) struct RunLine {
    id: MatchRunId,
    at: String,
    matched: String,
}

pub(super) async fn show(
    request: HttpRequest,
    app: Data<App>,
    caller: PageCaller,
) -> Result<HttpResponse, Problem> {
    let view = app.db.run(move |conn| overview(conn, &caller.ctx)).await?;
    page(&request, "matching/overview.html", &view)
}

fn overview(conn: &mut Conn, ctx: &Context) -> Result<Overview, Problem> {
    let scope = policy::scope(&ctx.actor, Action::ListMatchRuns)?;
    let programmes = programmes::store::list_within(conn, &scope)?;
    let ids: Vec<ProgrammeId> = programmes.iter().map(|one| one.id).collect();
    let mut newest = store::newest_of(conn, &ids)?;
    let each = programmes.iter().map(|programme| {
        let newest = newest.remove(&programme.id).unwrap_or_default();
        ProgrammeView::of(ctx, programme, &newest)
    });
    Ok(Overview {
        programmes: each.collect(),
    })
}

impl ProgrammeView {
    fn of(ctx: &Context, programme: &Programme, newest: &Newest) -> Self {
        let summary = newest.run.as_ref().and_then(|run| run.summary.as_ref());
        let line = newest
            .run
            .as_ref()
            .zip(summary)
            .map(|(run, summary)| RunLine {
                id: run.id,
                at: words::at(ctx.locale, programme, run.started_at),
                matched: words::matched(ctx.locale, &summary.0),
            });
        Self {
            id: programme.id,
            name: programme.name(ctx.locale).to_owned(),
            open: programme.status == ProgrammeStatus::Open,
            run: line,
            waiting: newest.proposed,
            seen: seen(newest.run.as_ref().map(|run| run.id)),
        }
    }
}

/// The newest run in a form; `none` where there is none.
pub(super) fn seen(run: Option<MatchRunId>) -> String {
    run.map_or_else(|| "none".to_owned(), |id| id.to_string())
}
