//! "What if": other weights, rules, pairs and places are tried in a form; what would change is shown before anything
//! is saved, and saving starts a run from what was compared.
//!
//! A form that is sent is answered with an address that says the same by ids and numbers, so that a comparison can be
//! reloaded, come back to, read in the other language and passed on to a colleague.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::draft::{Asked, Draft};
use super::sheet::Sheet;
use super::sheet_view::WhatIfPage;
use crate::access::PageCaller;
use crate::kernel::ids::{MatchRunId, ProgrammeId};
use crate::kernel::{Context, Problem};
use crate::matching::run::{GoneBy, StopWhenDropped, require_may_run, run_told};
use crate::web::layout::{Faults, page_with, see_other};
use crate::web::state::locale_of;
use crate::web::{App, Form, Path, Query};

type Fields = Vec<(String, String)>;

/// Addresses longer than this are cut by some servers in between; then the form is answered where it was sent to.
const LONGEST_QUERY: usize = 6_000;

/// The form as the address says it, compared; as the programme is set where it says nothing.
pub(super) async fn show(
    request: HttpRequest,
    app: Data<App>,
    caller: PageCaller,
    id: Path<ProgrammeId>,
    query: Query<Fields>,
) -> Result<HttpResponse, Problem> {
    // What strangers add to an address is ignored.
    let own = query
        .0
        .into_iter()
        .filter(|(name, _)| Draft::is_in_address(name));
    let fields: Fields = own.collect();
    let empty = fields.is_empty();
    let (draft, asked) = Draft::read(fields)?;
    let ctx = caller.ctx.clone();
    let sheet = app
        .db
        .run(move |conn| Sheet::open(conn, &ctx, id.0, draft))
        .await?;
    let compares = !empty && asked == Asked::Compare;
    let view = shown(&app, caller.ctx, sheet, compares).await?;
    show_page(&request, &view)
}

/// The page of a form, compared first if that is asked.
async fn shown(
    app: &Data<App>,
    ctx: Context,
    mut sheet: Sheet,
    compares: bool,
) -> Result<WhatIfPage, Problem> {
    let stop = StopWhenDropped::default();
    let options = stop.options();
    let _turn = match compares {
        true => Some(app.turns.take().await?),
        false => None,
    };
    app.db
        .run(move |conn| {
            if compares {
                sheet.compare(conn, &ctx, &options)?;
            }
            sheet.view(conn, &ctx)
        })
        .await
}

/// Takes in whom the form adds and what its buttons do.
pub(super) async fn take(
    request: HttpRequest,
    app: Data<App>,
    caller: PageCaller,
    id: Path<ProgrammeId>,
    form: Form<Fields>,
) -> Result<HttpResponse, Problem> {
    let (draft, asked) = Draft::read(form.0)?;
    let ctx = caller.ctx.clone();
    let sheet = app
        .db
        .run(move |conn| {
            let mut sheet = Sheet::open(conn, &ctx, id.0, draft)?;
            if asked == Asked::Add {
                sheet.add(conn, &ctx)?;
            }
            Ok::<_, Problem>(sheet)
        })
        .await?;
    let query = sheet.query();
    if sheet.is_faultless() && query.len() <= LONGEST_QUERY {
        return Ok(see_other(&format!("/programmes/{}/what-if?{query}", id.0)));
    }
    let compares = sheet.is_faultless();
    let view = shown(&app, caller.ctx, sheet, compares).await?;
    show_page(&request, &view)
}

/// Starts a run: as the programme is set where the form says nothing else, or from what was compared.
pub(super) async fn save(
    request: HttpRequest,
    app: Data<App>,
    caller: PageCaller,
    id: Path<ProgrammeId>,
    form: Form<Fields>,
) -> Result<HttpResponse, Problem> {
    let (draft, _) = Draft::read(form.0)?;
    let gone_by = gone_by(draft.seen.as_deref())?;
    let stop = StopWhenDropped::default();
    let (options, ctx, sent) = (stop.options(), caller.ctx.clone(), draft.clone());
    let (asking, asked) = (ctx.clone(), sent.clone());
    let may = app
        .db
        .run(move |conn| require_may_run(conn, &asking, id.0, &asked.request(false)?))
        .await;
    let made = match may {
        Ok(()) => {
            let _turn = app.turns.take().await?;
            app.db
                .run(move |conn| {
                    let wanted = sent.request(false)?;
                    run_told(conn, &ctx, id.0, &wanted, gone_by, &options)
                })
                .await
        }
        Err(problem) => Err(problem),
    };
    let problem = match made {
        Ok(run) => {
            let lang = locale_of(&request);
            let place = format!("/match-runs/{}?said=1&lang={lang}", run.id);
            return Ok(see_other(&place));
        }
        Err(problem) => problem,
    };
    let faults = Faults::of(caller.ctx.locale, problem)?;
    let ctx = caller.ctx.clone();
    let sheet = app
        .db
        .run(move |conn| {
            let mut sheet = Sheet::open(conn, &ctx, id.0, draft)?;
            sheet.refuse(faults);
            Ok::<_, Problem>(sheet)
        })
        .await?;
    let view = shown(&app, caller.ctx, sheet, false).await?;
    show_page(&request, &view)
}

fn gone_by(seen: Option<&str>) -> Result<GoneBy, Problem> {
    match seen {
        None => Ok(GoneBy::Nothing),
        Some("none") => Ok(GoneBy::Newest(None)),
        Some(run) => match run.parse::<MatchRunId>() {
            Ok(id) => Ok(GoneBy::Newest(Some(id))),
            Err(_) => Err(Problem::field("/seen", "not-an-id")),
        },
    }
}

fn show_page(request: &HttpRequest, view: &WhatIfPage) -> Result<HttpResponse, Problem> {
    let status = match view.faults.0.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    page_with(request, status, "matching/what_if.html", view)
}
