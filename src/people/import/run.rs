//! An import from file to result, in one transaction.
//!
//! Rows are read in batches: a batch is parsed on all cores, compared with the database in a few
//! queries, and written in a few statements; nothing is kept but counts and a fingerprint of each
//! row's key. Unless invalid rows are to be skipped, a first pass looks for an error anywhere; only a
//! file without one is stored.

use std::io::{Read, Seek};

use chrono::NaiveDate;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::columns::Header;
use super::plan::{Outcome, Planned, Seen, plan};
use super::row::{Draft, FALLBACK_ZONE, Reading, read};
use super::sheet::{self, Flow, Unreadable, Visit};
use super::store as rows;
use super::values::choice::Role;
use crate::access::policy::{self, Action, Object, Scope};
use crate::access::{audit, record};
use crate::db::Conn;
use crate::kernel::ids::{ImportId, PersonId, ProgrammeId};
use crate::kernel::{Context, Instant, Problem, Zone};
use crate::people::model::Profile;
use crate::people::{store, update};

/// Rows that are worked on at a time.
const BATCH: usize = 256;

/// What an import is asked to do.
#[derive(Debug, Clone)]
pub struct Options {
    /// For people to read; not a path.
    pub file_name: String,
    /// Show what would happen; store no person.
    pub dry_run: bool,
    /// Store the rows that can be stored, and give back the others.
    pub skip_invalid: bool,
    /// Enrol the people here.
    pub programme: Option<ProgrammeId>,
    /// The role of rows that name none.
    pub role: Option<Role>,
}

/// That somebody takes part in a programme, as a file asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    pub programme_id: ProgrammeId,
    pub person_id: PersonId,
    pub role: Role,
    /// Places of a mentor.
    pub capacity: Option<u16>,
    /// Local date since when a mentee waits.
    pub waiting_since: Option<NaiveDate>,
}

/// How wishes are fulfilled: programmes stand above people, so whoever puts the house together hands
/// it in. It enrols inside the import's transaction and answers how many enrolments are new; who is
/// enrolled already stays as they are.
#[derive(Clone, Copy)]
pub struct Enrol(pub fn(&mut Conn, &Context, &[Wish]) -> Result<u32, Problem>);

/// What is done with a planned batch.
type Take<'a> = dyn FnMut(&mut Conn, Vec<Planned>) -> Result<Flow, Problem> + 'a;

impl Enrol {
    /// For imports without a programme.
    pub const NONE: Self = Self(|_, _, _| Ok(0));
}

/// Called with the rows done and the rows of the file.
pub type Progress<'a> = &'a mut dyn FnMut(u64, u64);

/// How many rows became what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub rows: u32,
    pub created: u32,
    pub changed: u32,
    pub unchanged: u32,
    pub rejected: u32,
    pub enrolled: u32,
}

impl Counts {
    fn add(&mut self, outcome: Outcome) {
        self.rows += 1;
        *match outcome {
            Outcome::Created => &mut self.created,
            Outcome::Changed => &mut self.changed,
            Outcome::Unchanged => &mut self.unchanged,
            Outcome::Rejected => &mut self.rejected,
        } += 1;
    }
}

crate::text_enum! {
    /// What became of an import.
    #[schema(as = ImportStatus)]
    pub enum Status {
        /// A dry run: no person was stored.
        Planned => "planned",
        Stored => "stored",
        /// A row could not be stored, so none was.
        Refused => "refused",
    }
}

/// Imports a file. What the file asks for and what is wrong with it is found by the answer's id.
///
/// # Errors
/// 403; 400 `import-file-…` when the file cannot be read at all, 400 `import-duplicate-columns`.
pub fn import(
    conn: &mut Conn,
    ctx: &Context,
    source: &mut (impl Read + Seek),
    options: &Options,
    enrol: Enrol,
    progress: Progress<'_>,
) -> Result<ImportId, Problem> {
    policy::allow(
        &ctx.actor,
        Action::CreateImport,
        &object(ctx, options.programme),
    )?;
    let scope = policy::scope(&ctx.actor, Action::CreateImport)?;
    if let Some(programme) = options.programme
        && !rows::programme_exists(conn, programme)?
    {
        return Err(Problem::field("?programme", "not-found"));
    }
    let (header, total) = survey(source)?;
    let hash = rows::hash(source)?;
    let reading = reading(ctx, options, header);
    let id = ImportId::new(ctx.now);
    conn.write_tx(|conn| {
        let mut pass = Pass {
            ctx,
            scope: &scope,
            reading: &reading,
            options,
            enrol,
            id,
            total,
        };
        let store = if options.dry_run {
            Mode::Report
        } else if options.skip_invalid || !pass.finds_an_error(conn, source)? {
            Mode::Store
        } else {
            Mode::Report
        };
        let status = match (options.dry_run, store) {
            (true, _) => Status::Planned,
            (false, Mode::Store) => Status::Stored,
            (false, Mode::Report) => Status::Refused,
        };
        rows::open(conn, ctx, id, options, &hash, status, &reading.header)?;
        let counts = pass.run(conn, source, store, progress)?;
        rows::close(conn, id, counts)?;
        audited(conn, ctx, id, options, counts, status)?;
        Ok(id)
    })
}

/// The import as an object of the policy: its programme's, or any coordinator's.
pub fn object(ctx: &Context, programme: Option<ProgrammeId>) -> Object {
    match programme {
        Some(programme) => Object::of_programme(programme),
        None => Object {
            programmes: ctx.actor.coordinated(),
            ..Object::default()
        },
    }
}

fn reading(ctx: &Context, options: &Options, header: Header) -> Reading {
    // "Waiting since today" must not be refused west of Greenwich's evening, nor tomorrow be taken.
    let today = Zone::parse(FALLBACK_ZONE)
        .map_or_else(|_| ctx.now.utc_date(), |zone| zone.date_at(ctx.now.utc()));
    Reading {
        header,
        default_role: options.role,
        role_needed: options.programme.is_some(),
        locale: ctx.locale,
        today,
        now: ctx.now,
    }
}

/// The header and the number of rows below it.
fn survey(source: &mut (impl Read + Seek)) -> Result<(Header, u64), Problem> {
    let (mut header, mut total) = (Header::default(), 0);
    sheet::read(source, &mut |visit| {
        match visit {
            Visit::Header(found) => header = found.clone(),
            Visit::Row { .. } => total += 1,
        }
        Flow::Continue
    })
    .map_err(unreadable)?;
    if !header.duplicates.is_empty() {
        let columns = header.duplicates.join(", ");
        return Err(Problem::malformed("import-duplicate-columns").with("columns", columns));
    }
    Ok((header, total))
}

fn unreadable(fault: Unreadable) -> Problem {
    match fault {
        Unreadable::Empty => Problem::malformed("import-file-empty"),
        Unreadable::NoHeader => Problem::malformed("import-file-no-header"),
        Unreadable::BadWorkbook => Problem::malformed("import-file-bad-workbook"),
        Unreadable::UnsupportedFormat => Problem::malformed("import-file-unsupported-format"),
        Unreadable::RowTooLong(row) => {
            Problem::malformed("import-file-row-too-long").with("row", row)
        }
        Unreadable::TooLarge => Problem::malformed("import-file-too-large"),
        Unreadable::Io(cause) => Problem::internal(cause),
    }
}

/// What a pass over the file does with the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Keep what would become of each.
    Report,
    /// The same, and do it.
    Store,
}

/// One way through the file.
struct Pass<'a> {
    ctx: &'a Context,
    scope: &'a Scope,
    reading: &'a Reading,
    options: &'a Options,
    enrol: Enrol,
    id: ImportId,
    total: u64,
}

impl Pass<'_> {
    fn finds_an_error(
        &mut self,
        conn: &mut Conn,
        source: &mut (impl Read + Seek),
    ) -> Result<bool, Problem> {
        let mut found = false;
        self.batches(conn, source, &mut |_, planned| {
            found |= planned.iter().any(|row| row.outcome == Outcome::Rejected);
            Ok(if found { Flow::Stop } else { Flow::Continue })
        })?;
        Ok(found)
    }

    fn run(
        &mut self,
        conn: &mut Conn,
        source: &mut (impl Read + Seek),
        mode: Mode,
        progress: Progress<'_>,
    ) -> Result<Counts, Problem> {
        let mut counts = Counts::default();
        let total = self.total;
        let (ctx, options, enrol, id) = (self.ctx, self.options, self.enrol, self.id);
        self.batches(conn, source, &mut |conn, planned| {
            planned.iter().for_each(|row| counts.add(row.outcome));
            if mode == Mode::Store {
                save(conn, ctx, &planned)?;
                let wishes: Vec<Wish> = planned
                    .iter()
                    .flat_map(|row| wishes(row, options))
                    .collect();
                if !wishes.is_empty() {
                    counts.enrolled += enrol.0(conn, ctx, &wishes)?;
                }
            }
            rows::keep(conn, ctx, id, options, &planned)?;
            progress(u64::from(counts.rows), total);
            Ok(Flow::Continue)
        })?;
        Ok(counts)
    }

    /// Reads the file from its beginning and hands out planned batches.
    fn batches(
        &mut self,
        conn: &mut Conn,
        source: &mut (impl Read + Seek),
        take: &mut Take<'_>,
    ) -> Result<(), Problem> {
        let mut seen = Seen::default();
        let mut waiting: Vec<(u64, Vec<String>)> = Vec::with_capacity(BATCH);
        let mut failed: Option<Problem> = None;
        let (reading, scope) = (self.reading, self.scope);
        let mut work = |conn: &mut Conn, waiting: &mut Vec<(u64, Vec<String>)>| {
            let rows = std::mem::take(waiting);
            let drafts: Vec<Draft> = rows
                .into_par_iter()
                .map(|(row, cells)| read(reading, row, cells))
                .collect();
            let planned = plan(conn, scope, &mut seen, drafts)?;
            take(conn, planned)
        };
        let mut stopped = false;
        sheet::read(source, &mut |visit| {
            let Visit::Row { row, cells } = visit else {
                return Flow::Continue;
            };
            waiting.push((row, cells.to_vec()));
            if waiting.len() < BATCH {
                return Flow::Continue;
            }
            match work(conn, &mut waiting) {
                Ok(Flow::Continue) => Flow::Continue,
                Ok(Flow::Stop) => {
                    stopped = true;
                    Flow::Stop
                }
                Err(problem) => {
                    failed = Some(problem);
                    Flow::Stop
                }
            }
        })
        .map_err(unreadable)?;
        match failed {
            Some(problem) => Err(problem),
            None if stopped || waiting.is_empty() => Ok(()),
            None => work(conn, &mut waiting).map(|_| ()),
        }
    }
}

/// Stores the created and the changed of a batch, each with its audit line.
fn save(conn: &mut Conn, ctx: &Context, planned: &[Planned]) -> Result<(), Problem> {
    let created: Vec<Profile> = planned
        .iter()
        .filter(|row| row.outcome == Outcome::Created)
        .map(|row| row.after.clone())
        .collect();
    store::insert(conn, &created)?;
    for profile in &created {
        record(
            conn,
            ctx,
            &audit::Change {
                action: "person.create",
                object_type: "person",
                object_id: profile.person.id.into(),
                programme_id: None,
                before: None,
                after: Some(profile),
            },
        )?;
    }
    for row in planned.iter().filter(|row| row.outcome == Outcome::Changed) {
        if let Some(before) = &row.before {
            update::save_in(conn, ctx, before, row.after.clone(), "person.update")?;
        }
    }
    Ok(())
}

/// What a row asks of a programme.
pub fn wishes(row: &Planned, options: &Options) -> Vec<Wish> {
    let (Some(programme_id), Some(person_id)) = (options.programme, row.person()) else {
        return Vec::new();
    };
    let wish = |role: &Role| Wish {
        programme_id,
        person_id,
        role: *role,
        capacity: row.draft.capacity.filter(|_| *role == Role::Mentor),
        waiting_since: row.draft.waiting_since.filter(|_| *role == Role::Mentee),
    };
    row.draft.roles.iter().map(wish).collect()
}

fn audited(
    conn: &mut Conn,
    ctx: &Context,
    id: ImportId,
    options: &Options,
    counts: Counts,
    status: Status,
) -> Result<(), Problem> {
    let wrote = counts.created + counts.changed + counts.enrolled > 0;
    if status != Status::Stored || !wrote {
        return Ok(());
    }
    record(
        conn,
        ctx,
        &audit::Change {
            action: "import.store",
            object_type: "import",
            object_id: id.into(),
            programme_id: options.programme,
            before: None,
            after: Some(&counts),
        },
    )
}

/// The instant at which a local day begins, for who waits since that day.
pub fn start_of_day(day: NaiveDate, zone: &str, now: Instant) -> Instant {
    let begins = day.and_time(chrono::NaiveTime::MIN);
    let instant = match Zone::parse(zone) {
        Ok(zone) => Instant::new(zone.resolve(begins)),
        Err(_) => Instant::new(begins.and_utc()),
    };
    instant.min(now)
}
