//! The queries of imports: the record of each, and of what became of its rows.

use std::io::{Read, Seek, SeekFrom};

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::columns::Header;
use super::fault::{Finding, Reason, Severity};
use super::plan::{Outcome, Planned, differences};
use super::run::{Counts, Options, Status, wishes};
use super::values::choice::Role;
use crate::access::policy::Scope;
use crate::db::schema::{import_rows, imports, programmes};
use crate::db::{Conn, Json};
use crate::kernel::ids::{AccountId, ImportId, ImportRowId, PersonId, ProgrammeId};
use crate::kernel::{Context, Instant, Problem, secret};
use crate::people::model::parts::WindowText;
use crate::people::store::insert_all;

/// What the cells of rejected rows are sealed for: people who are in no other table.
const SEAL: &str = "import-row";

/// SHA-256 of the file in hex, read in constant memory.
pub fn hash(source: &mut (impl Read + Seek)) -> Result<String, Problem> {
    source.seek(SeekFrom::Start(0)).map_err(Problem::internal)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let n = source.read(&mut buffer).map_err(Problem::internal)?;
        match buffer.get(..n) {
            Some(read) if n > 0 => hasher.update(read),
            _ => return Ok(secret::hex(&hasher.finalize())),
        }
    }
}

/// Forgets the rows of imports from before `before`: what was read from each cell, and the cells of rejected rows,
/// who are people of no other table. The import itself stays, with its counts.
pub fn purge(conn: &mut Conn, before: Instant) -> Result<usize, Problem> {
    let old = imports::table
        .filter(imports::created_at.lt(before))
        .select(imports::id);
    let rows = import_rows::table.filter(import_rows::import_id.eq_any(old));
    Ok(diesel::delete(rows).execute(conn)?)
}

/// Whether there is such a programme.
pub fn programme_exists(conn: &mut Conn, id: ProgrammeId) -> Result<bool, Problem> {
    let found: Option<ProgrammeId> = programmes::table
        .find(id)
        .select(programmes::id)
        .first(conn)
        .optional()?;
    Ok(found.is_some())
}

/// What is kept of a file's header.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Columns {
    /// Titles as they stand in the file.
    pub titles: Vec<String>,
    /// Titles that nobody knows; their cells were not read.
    pub unknown: Vec<String>,
    #[serde(default)]
    pub enrolled: u32,
}

/// An import.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = imports)]
pub struct Import {
    pub id: ImportId,
    pub account_id: Option<AccountId>,
    pub programme_id: Option<ProgrammeId>,
    pub file_name: String,
    pub file_hash: String,
    pub dry_run: bool,
    pub skip_invalid: bool,
    pub status: Status,
    pub rows: i32,
    pub created: i32,
    pub changed: i32,
    pub unchanged: i32,
    pub rejected: i32,
    pub report: Json<Columns>,
    pub created_at: Instant,
}

/// What is told of a row.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Detail {
    /// The person's name.
    pub name: String,
    /// How occupations were coded.
    pub occupations: Vec<CodedDetail>,
    /// Languages as they were read: `fr:C1`, `ar`.
    pub languages: Vec<String>,
    /// Weekly availability as it was read, local time.
    pub availability: Vec<WindowText>,
    /// The fields that change, each with `before` and `after`.
    #[schema(value_type = Object)]
    pub changes: serde_json::Value,
    /// Enrolments that the row asks for.
    pub enrolments: Vec<EnrolmentDetail>,
    /// What is wrong or doubtful.
    pub findings: Vec<FindingDetail>,
}

/// How an occupation was coded.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CodedDetail {
    pub kind: String,
    pub own_words: Option<String>,
    /// Unit group of NOC 2021.
    pub noc: Option<String>,
    /// How sure the code is, in thousandths.
    pub confidence: i32,
    pub needs_review: bool,
}

/// An enrolment that a row asks for.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct EnrolmentDetail {
    pub side: String,
    pub capacity: Option<u16>,
    pub waiting_since: Option<chrono::NaiveDate>,
}

/// A finding as it is kept: the sentence is written when it is read.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct FindingDetail {
    /// The column's header; empty when the whole row is meant.
    pub column: String,
    /// The value, or the piece of it, that is meant.
    pub value: String,
    /// Whether the row is kept out by this.
    pub error: bool,
    /// A stable code.
    pub reason: String,
    pub hint: String,
}

impl From<&Finding> for FindingDetail {
    fn from(from: &Finding) -> Self {
        Self {
            column: from.column.clone(),
            value: from.value.clone(),
            error: from.severity == Severity::Error,
            reason: from.reason.code().to_owned(),
            hint: from.hint.clone(),
        }
    }
}

/// Begins the record of an import; [`close`] completes it.
pub fn open(
    conn: &mut Conn,
    ctx: &Context,
    id: ImportId,
    options: &Options,
    file_hash: &str,
    status: Status,
    header: &Header,
) -> Result<(), Problem> {
    let import = Import {
        id,
        account_id: ctx.actor.account_id(),
        programme_id: options.programme,
        file_name: options.file_name.clone(),
        file_hash: file_hash.to_owned(),
        dry_run: options.dry_run,
        skip_invalid: options.skip_invalid,
        status,
        rows: 0,
        created: 0,
        changed: 0,
        unchanged: 0,
        rejected: 0,
        report: Json(Columns {
            titles: header.titles.clone(),
            unknown: header.unknown.clone(),
            enrolled: 0,
        }),
        created_at: ctx.now,
    };
    diesel::insert_into(imports::table)
        .values(&import)
        .execute(conn)?;
    Ok(())
}

/// Completes the record with its counts.
pub fn close(conn: &mut Conn, id: ImportId, counts: Counts) -> Result<(), Problem> {
    let int = |n: u32| i32::try_from(n).unwrap_or(i32::MAX);
    let mut report = find(conn, id)?.report;
    report.0.enrolled = counts.enrolled;
    diesel::update(imports::table.filter(imports::id.eq(id)))
        .set((
            imports::rows.eq(int(counts.rows)),
            imports::created.eq(int(counts.created)),
            imports::changed.eq(int(counts.changed)),
            imports::unchanged.eq(int(counts.unchanged)),
            imports::rejected.eq(int(counts.rejected)),
            imports::report.eq(report),
        ))
        .execute(conn)?;
    Ok(())
}

/// A row of an import.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = import_rows, treat_none_as_default_value = false)]
pub struct ImportRow {
    pub id: ImportRowId,
    pub import_id: ImportId,
    pub row: i32,
    pub outcome: Outcome,
    pub person_id: Option<PersonId>,
    pub detail: Json<Detail>,
    pub cells_sealed: Option<String>,
}

/// Keeps what became of a batch of rows. Rows that change nothing and raise no doubt are not kept.
pub fn keep(
    conn: &mut Conn,
    ctx: &Context,
    id: ImportId,
    options: &Options,
    planned: &[Planned],
) -> Result<(), Problem> {
    let mut kept = Vec::new();
    for row in planned {
        if row.outcome == Outcome::Unchanged && row.draft.findings.is_empty() {
            continue;
        }
        let rejected = row.outcome == Outcome::Rejected;
        let cells_sealed = if rejected {
            let cells = serde_json::to_vec(&row.draft.cells)?;
            Some(
                ctx.keyring()
                    .seal(SEAL, &cells)
                    .map_err(Problem::internal)?,
            )
        } else {
            None
        };
        // In a dry run a person who would be made has no id that means anything.
        let real = row.before.is_some() || !options.dry_run;
        kept.push(ImportRow {
            id: ImportRowId::new(ctx.now),
            import_id: id,
            row: i32::try_from(row.draft.row).unwrap_or(i32::MAX),
            outcome: row.outcome,
            person_id: row.person().filter(|_| real),
            detail: Json(detail(row, options)?),
            cells_sealed,
        });
    }
    insert_all!(conn, import_rows::table, kept)?;
    Ok(())
}

fn detail(row: &Planned, options: &Options) -> Result<Detail, Problem> {
    let coded = |o: &crate::people::model::Occupation| CodedDetail {
        kind: o.kind.as_str().to_owned(),
        own_words: o.own_words.clone(),
        noc: o.noc.clone(),
        confidence: o.confidence,
        needs_review: o.needs_review,
    };
    let spoken = |l: &crate::people::model::Language| match l.level {
        Some(level) => format!("{}:{level}", l.language),
        None => l.language.clone(),
    };
    let side = |role: Role| match role {
        Role::Mentor => "mentor".to_owned(),
        Role::Mentee => "mentee".to_owned(),
    };
    let changes = match &row.before {
        Some(before) if row.outcome == Outcome::Changed => differences(before, &row.after)?,
        _ => serde_json::json!({}),
    };
    Ok(Detail {
        name: row.after.person.display_name(),
        occupations: row.after.occupations.iter().map(coded).collect(),
        languages: row.after.languages.iter().map(spoken).collect(),
        availability: row
            .after
            .availability
            .iter()
            .map(|w| WindowText::from(*w))
            .collect(),
        changes,
        enrolments: wishes(row, options)
            .into_iter()
            .map(|wish| EnrolmentDetail {
                side: side(wish.role),
                capacity: wish.capacity,
                waiting_since: wish.waiting_since,
            })
            .collect(),
        findings: row.draft.findings.iter().map(FindingDetail::from).collect(),
    })
}

/// The import `id`, or [`Problem::NotFound`].
pub fn find(conn: &mut Conn, id: ImportId) -> Result<Import, Problem> {
    Ok(imports::table
        .find(id)
        .select(Import::as_select())
        .first(conn)?)
}

/// Imports, newest first, after the mark: those of the scope's programmes and, without one, the
/// reader's own.
pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    account: Option<AccountId>,
    after: Option<(Instant, ImportId)>,
    limit: i64,
) -> Result<Vec<Import>, Problem> {
    let mut query = imports::table.select(Import::as_select()).into_boxed();
    if !scope.all {
        let ids: Vec<ImportId> = visible(conn, scope, account)?;
        query = query.filter(imports::id.eq_any(ids));
    }
    if let Some((at, id)) = after {
        query = query
            .filter(imports::created_at.le(at))
            .filter(diesel::dsl::not(imports::created_at.eq(at)).or(imports::id.lt(id)));
    }
    Ok(query
        .order((imports::created_at.desc(), imports::id.desc()))
        .limit(limit)
        .load(conn)?)
}

fn visible(
    conn: &mut Conn,
    scope: &Scope,
    account: Option<AccountId>,
) -> Result<Vec<ImportId>, Problem> {
    let programmes: Vec<Option<ProgrammeId>> = scope.programmes.iter().copied().map(Some).collect();
    let mut ids: Vec<ImportId> = imports::table
        .filter(imports::programme_id.eq_any(programmes))
        .select(imports::id)
        .load(conn)?;
    let own: Vec<ImportId> = imports::table
        .filter(imports::account_id.eq(account))
        .filter(imports::programme_id.is_null())
        .select(imports::id)
        .load(conn)?;
    ids.extend(own);
    Ok(ids)
}

/// Rows of an import, by their number in the file, after the mark.
pub fn rows_of(
    conn: &mut Conn,
    id: ImportId,
    outcome: Option<Outcome>,
    after: Option<i32>,
    limit: i64,
) -> Result<Vec<ImportRow>, Problem> {
    let mut query = import_rows::table
        .filter(import_rows::import_id.eq(id))
        .filter(import_rows::row.gt(after.unwrap_or(0)))
        .select(ImportRow::as_select())
        .into_boxed();
    if let Some(outcome) = outcome {
        query = query.filter(import_rows::outcome.eq(outcome.as_str()));
    }
    Ok(query.order(import_rows::row).limit(limit).load(conn)?)
}

/// The cells of a rejected row.
pub fn cells(ctx: &Context, row: &ImportRow) -> Result<Vec<String>, Problem> {
    match &row.cells_sealed {
        None => Ok(Vec::new()),
        Some(sealed) => {
            let plain = ctx
                .keyring()
                .open(SEAL, sealed)
                .map_err(Problem::internal)?;
            Ok(serde_json::from_slice(&plain)?)
        }
    }
}

impl FindingDetail {
    /// The reason, where this version still knows it.
    pub fn reason(&self) -> Option<Reason> {
        Reason::ALL
            .iter()
            .copied()
            .find(|reason| reason.code() == self.reason)
    }
}
