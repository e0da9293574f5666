//! Imports: a file in, its result out, the rejected rows as a file to mend.

use std::io::Cursor;

use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, LOCATION};
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse, Responder, get, post};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::access::Caller;
use crate::access::policy::Action;
use crate::kernel::ids::{ImportId, ProgrammeId};
use crate::kernel::{Instant, Problem};
use crate::people::import::plan::Outcome;
use crate::people::import::report::{self, ImportView, RowView};
use crate::people::import::run::Status;
use crate::people::import::values::choice::Role;
use crate::people::import::{Enrol, Options, import};
use crate::web::body::read_bounded;
use crate::web::multipart;
use crate::web::problem::ProblemDocument;
use crate::web::{App, Page, PageQuery, Path, Query, Versioned};

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(create_import)
        .service(list_imports)
        .service(read_import)
        .service(list_import_rows)
        .service(read_import_rejects);
}

crate::text_enum! {
    /// The role of rows that name none.
    pub enum DefaultRole { Mentor => "mentor", Mentee => "mentee" }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ImportQuery {
    /// Show what would happen to each row; store no person.
    #[serde(default)]
    dry_run: bool,
    /// Store the rows that can be stored; the others come back at `/rejects`.
    #[serde(default)]
    skip_invalid: bool,
    /// Enrol the people in this programme: mentors with their capacity, mentees with their waiting date.
    programme: Option<ProgrammeId>,
    /// The role of rows that name none.
    #[param(inline)]
    role: Option<DefaultRole>,
    /// The file's name, for people to read; a form brings its own.
    file_name: Option<String>,
}

impl ImportQuery {
    fn options(self, name: Option<String>) -> Options {
        let given = self.file_name.as_deref().map(multipart::file_name);
        Options {
            file_name: name.or(given).unwrap_or_default(),
            dry_run: self.dry_run,
            skip_invalid: self.skip_invalid,
            programme: self.programme,
            role: self.role.map(|role| match role {
                DefaultRole::Mentor => Role::Mentor,
                DefaultRole::Mentee => Role::Mentee,
            }),
        }
    }
}

/// Imports people from a CSV or `.xlsx` file, sent as it is or in a form. When a row cannot be stored
/// none is, and the answer is 422 with the same document (`status: refused`), unless invalid rows are
/// skipped. A file that cannot be read at all is a problem.
#[utoipa::path(tag = "people", operation_id = "create_import", params(ImportQuery),
    request_body(content((String = "text/csv"),
        (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (String = "multipart/form-data"))),
    responses((status = 201, body = ImportView), (status = 422, description = "`status: refused`; or a problem", body = ImportView),
        (status = 400, body = ProblemDocument), (status = 403, body = ProblemDocument),
        (status = 413, body = ProblemDocument)))]
#[post("/imports")]
async fn create_import(
    caller: Caller,
    app: Data<App>,
    enrol: Data<Enrol>,
    query: Query<ImportQuery>,
    request: HttpRequest,
    payload: Payload,
) -> Result<impl Responder, Problem> {
    let limit = app.platform.settings.server.max_import_bytes;
    let body = read_bounded(&request, &mut payload.into_inner(), limit).await?;
    let kind = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .unwrap_or("");
    let (name, bytes) = match multipart::boundary(kind) {
        None => (None, body),
        Some(boundary) => {
            let part =
                multipart::file(&body, &boundary).ok_or(Problem::malformed("import-no-file"))?;
            (part.name, part.bytes.to_vec())
        }
    };
    let options = query.0.options(name);
    let enrol = *enrol.get_ref();
    let import = app
        .db
        .run(move |conn| {
            let mut source = Cursor::new(bytes);
            let ctx = &caller.ctx;
            let id = import(conn, ctx, &mut source, &options, enrol, &mut |_, _| {})?;
            report::read(conn, ctx, id, Action::ReadImport)
        })
        .await?;
    let mut answer = match import.status {
        Status::Refused => HttpResponse::UnprocessableEntity(),
        Status::Planned | Status::Stored => HttpResponse::Created(),
    };
    answer.insert_header((LOCATION, format!("/api/v1/imports/{}", import.id)));
    Ok(answer.json(ImportView::from(import)))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Rows in a page, 1 to 200; 50 unless given.
    limit: Option<u32>,
    /// The mark that the page before gave as `next_cursor`.
    cursor: Option<String>,
}

/// Imports, newest first.
#[utoipa::path(tag = "people", operation_id = "list_imports", params(ListQuery),
    responses((status = 200, body = Page<ImportView>), (status = 403, body = ProblemDocument)))]
#[get("/imports")]
async fn list_imports(
    caller: Caller,
    app: Data<App>,
    query: Query<ListQuery>,
) -> Result<impl Responder, Problem> {
    let page = PageQuery::new(query.0.limit, query.0.cursor);
    let (after, rows) = (page.after::<(Instant, ImportId)>()?, page.fetch()?);
    let rows = app
        .db
        .run(move |conn| report::list(conn, &caller.ctx, after, rows))
        .await?;
    let page = page.page(rows, |import| (import.created_at, import.id))?;
    Ok(page.map(ImportView::from))
}

/// An import with its counts.
#[utoipa::path(tag = "people", operation_id = "read_import", params(("id" = ImportId, Path)),
    responses((status = 200, body = ImportView), (status = 404, body = ProblemDocument)))]
#[get("/imports/{id}")]
async fn read_import(
    caller: Caller,
    app: Data<App>,
    id: Path<ImportId>,
) -> Result<impl Responder, Problem> {
    let import = app
        .db
        .run(move |conn| report::read(conn, &caller.ctx, id.0, Action::ReadImport))
        .await?;
    // An import never changes.
    Ok(Versioned::ok(ImportView::from(import), 1))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RowsQuery {
    /// Rows in a page, 1 to 200; 50 unless given.
    limit: Option<u32>,
    /// The mark that the page before gave as `next_cursor`.
    cursor: Option<String>,
    /// Only rows of which this became.
    outcome: Option<Outcome>,
}

/// What became of each row, or would: who is created, what changes, how occupations, languages and
/// hours were read, and everything wrong or doubtful. Rows that change nothing are left out.
#[utoipa::path(tag = "people", operation_id = "list_import_rows", params(("id" = ImportId, Path), RowsQuery),
    responses((status = 200, body = Page<RowView>), (status = 404, body = ProblemDocument)))]
#[get("/imports/{id}/rows")]
async fn list_import_rows(
    caller: Caller,
    app: Data<App>,
    id: Path<ImportId>,
    query: Query<RowsQuery>,
) -> Result<impl Responder, Problem> {
    let Query(RowsQuery {
        limit,
        cursor,
        outcome,
    }) = query;
    let page = PageQuery::new(limit, cursor);
    let (after, rows) = (page.after::<i32>()?, page.fetch()?);
    let locale = caller.ctx.locale;
    let rows = app
        .db
        .run(move |conn| report::rows(conn, &caller.ctx, id.0, outcome, after, rows))
        .await?;
    let page = page.page(rows, |row| row.row)?;
    Ok(page.map(|row| RowView::of(row, locale)))
}

/// The rejected rows as a CSV file of the same shape, with a column that says why.
#[utoipa::path(tag = "people", operation_id = "read_import_rejects", params(("id" = ImportId, Path)),
    responses((status = 200, content_type = "text/csv", body = String), (status = 404, body = ProblemDocument)))]
#[get("/imports/{id}/rejects")]
async fn read_import_rejects(
    caller: Caller,
    app: Data<App>,
    id: Path<ImportId>,
) -> Result<impl Responder, Problem> {
    let name = format!("rejects-{}.csv", id.0);
    let file = app
        .db
        .run(move |conn| report::rejects(conn, &caller.ctx, id.0))
        .await?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ))
        .body(file))
}
