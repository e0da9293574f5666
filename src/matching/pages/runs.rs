//! The runs of a programme, the newest first.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};

use super::words;
use crate::access::PageCaller;
use crate::access::policy::{self, Action};
use crate::kernel::Problem;
use crate::kernel::ids::{MatchRunId, ProgrammeId};
use crate::matching::store;
use crate::programmes;
use crate::web::layout::page;
use crate::web::{App, PageQuery, Path, Query};

/// Runs on a page.
const ROWS: u32 = 25;

/// What an address may say; what strangers add to it is ignored.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    /// The mark of the page before.
    cursor: Option<String>,
}

#[derive(Debug, Serialize)]
struct RunsPage {
    programme_id: ProgrammeId,
    programme: String,
    runs: Vec<RunRow>,
    next: Option<String>,
}

#[derive(Debug, Serialize)]
struct RunRow {
    id: MatchRunId,
    at: String,
    /// None while it is computed.
    matched: Option<String>,
    fit: Option<String>,
}

pub(super) async fn show(
    request: HttpRequest,
    app: Data<App>,
    caller: PageCaller,
    id: Path<ProgrammeId>,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let page_of = PageQuery::new(Some(ROWS), asked.0.cursor);
    let (after, rows) = (page_of.after()?, page_of.fetch()?);
    let ctx = caller.ctx;
    let locale = ctx.locale;
    let (programme, runs) = app
        .db
        .run(move |conn| {
            let programme = programmes::store::find(conn, id.0)?;
            policy::allow(&ctx.actor, Action::ListMatchRuns, &programme.object())?;
            let runs = store::list_runs(conn, id.0, after, rows)?;
            Ok::<_, Problem>((programme, runs))
        })
        .await?;
    let runs = page_of.page(runs, |run| (run.started_at, run.id))?;
    let rows = runs.items.iter().map(|run| {
        let summary = run.summary.as_ref().map(|summary| &summary.0);
        RunRow {
            id: run.id,
            at: words::at(locale, &programme, run.started_at),
            matched: summary.map(|summary| words::matched(locale, summary)),
            fit: summary.map(|summary| words::fit(locale, summary.score_mean)),
        }
    });
    let view = RunsPage {
        programme_id: programme.id,
        programme: programme.name(locale).to_owned(),
        runs: rows.collect(),
        next: runs.next_cursor,
    };
    page(&request, "matching/runs.html", &view)
}
