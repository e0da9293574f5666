//! An import as people read it: sentences for findings, and the rejected rows as a file to mend.

use serde::Serialize;
use utoipa::ToSchema;

use super::plan::Outcome;
use super::run::{Status, object};
use super::store::{self, Detail, FindingDetail, Import, ImportRow};
use crate::access::policy::{self, Action};
use crate::db::Conn;
use crate::i18n;
use crate::kernel::ids::{AccountId, ImportId, PersonId, ProgrammeId};
use crate::kernel::{Context, Instant, Locale, Problem};
use crate::web::csv::Csv;

/// An import with its counts.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(title = "Import")]
pub struct ImportView {
    pub id: ImportId,
    /// Who imported.
    pub account_id: Option<AccountId>,
    pub programme_id: Option<ProgrammeId>,
    pub file_name: String,
    /// SHA-256 of the file.
    pub file_hash: String,
    pub dry_run: bool,
    pub skip_invalid: bool,
    pub status: Status,
    /// Rows below the header that are not blank.
    pub rows: i32,
    /// People made, or who would be.
    pub created: i32,
    pub changed: i32,
    pub unchanged: i32,
    pub rejected: i32,
    /// Enrolments made.
    pub enrolled: u32,
    /// Columns that were not read because nobody knows what they hold.
    pub unknown_columns: Vec<String>,
    pub created_at: Instant,
}

impl From<Import> for ImportView {
    fn from(from: Import) -> Self {
        Self {
            id: from.id,
            account_id: from.account_id,
            programme_id: from.programme_id,
            file_name: from.file_name,
            file_hash: from.file_hash,
            dry_run: from.dry_run,
            skip_invalid: from.skip_invalid,
            status: from.status,
            rows: from.rows,
            created: from.created,
            changed: from.changed,
            unchanged: from.unchanged,
            rejected: from.rejected,
            enrolled: from.report.0.enrolled,
            unknown_columns: from.report.0.unknown,
            created_at: from.created_at,
        }
    }
}

/// A row with what becomes of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RowView {
    /// The row's number in the file, the first row being 1.
    pub row: i32,
    pub outcome: Outcome,
    /// The person, where there is one.
    pub person_id: Option<PersonId>,
    #[serde(flatten)]
    pub detail: Detail,
    /// The findings in words.
    pub sentences: Vec<String>,
}

impl RowView {
    /// The row in the reader's language.
    pub fn of(row: ImportRow, locale: Locale) -> Self {
        Self {
            row: row.row,
            outcome: row.outcome,
            person_id: row.person_id,
            sentences: row
                .detail
                .0
                .findings
                .iter()
                .map(|f| sentence(f, locale))
                .collect(),
            detail: row.detail.0,
        }
    }
}

/// A finding in words.
pub fn sentence(finding: &FindingDetail, locale: Locale) -> String {
    let Some(reason) = finding.reason() else {
        return finding.reason.clone();
    };
    let args = [
        ("value", finding.value.as_str()),
        ("hint", finding.hint.as_str()),
    ];
    let said = i18n::text_with_pairs(locale, &format!("import-reason-{}", reason.code()), args);
    if finding.column.is_empty() {
        return said;
    }
    let args = [
        ("column", finding.column.as_str()),
        ("sentence", said.as_str()),
    ];
    i18n::text_with_pairs(locale, "import-finding", args)
}

/// An import that the actor may see.
pub fn read(
    conn: &mut Conn,
    ctx: &Context,
    id: ImportId,
    action: Action,
) -> Result<Import, Problem> {
    let import = store::find(conn, id)?;
    let foreign = import.programme_id.is_none() && import.account_id != ctx.actor.account_id();
    let object = if foreign {
        Default::default()
    } else {
        object(ctx, import.programme_id)
    };
    policy::allow(&ctx.actor, action, &object)?;
    Ok(import)
}

/// Imports that the actor may see, newest first.
pub fn list(
    conn: &mut Conn,
    ctx: &Context,
    after: Option<(Instant, ImportId)>,
    limit: i64,
) -> Result<Vec<Import>, Problem> {
    let scope = policy::scope(&ctx.actor, Action::ListImports)?;
    store::list(conn, &scope, ctx.actor.account_id(), after, limit)
}

/// The rows of an import that have something to tell.
pub fn rows(
    conn: &mut Conn,
    ctx: &Context,
    id: ImportId,
    outcome: Option<Outcome>,
    after: Option<i32>,
    limit: i64,
) -> Result<Vec<ImportRow>, Problem> {
    read(conn, ctx, id, Action::ListImportRows)?;
    store::rows_of(conn, id, outcome, after, limit)
}

/// The rejected rows as a file of the same shape, with a column that says why; it can be mended and
/// imported as it is.
pub fn rejects(conn: &mut Conn, ctx: &Context, id: ImportId) -> Result<Vec<u8>, Problem> {
    let import = read(conn, ctx, id, Action::ReadImportRejects)?;
    let titles = import.report.0.titles;
    let mut csv = Csv::new();
    let reason_title = i18n::text(ctx.locale, "import-reason-column");
    csv.row(
        titles
            .iter()
            .map(String::as_str)
            .chain([reason_title.as_str()]),
    )?;
    let mut after = None;
    loop {
        let page = store::rows_of(conn, id, Some(Outcome::Rejected), after, 500)?;
        let Some(last) = page.last() else { break };
        after = Some(last.row);
        for row in &page {
            let mut cells = store::cells(ctx, row)?;
            cells.resize(titles.len(), String::new());
            let errors = row.detail.0.findings.iter().filter(|finding| finding.error);
            let why: Vec<String> = errors
                .map(|finding| sentence(finding, ctx.locale))
                .collect();
            cells.push(why.join(" "));
            csv.row(cells.iter().map(String::as_str))?;
        }
    }
    csv.finish()
}
