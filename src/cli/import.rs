//! `passerelle import`: lists of people from files.

use std::fs::File;
use std::io::{BufReader, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::{Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};

use crate::access::policy::Action;
use crate::db::Db;
use crate::i18n;
use crate::kernel::ids::{ImportId, ProgrammeId};
use crate::kernel::{Clock, Context, Keyring, Locale, Platform, Problem, Settings, SystemClock};
use crate::people::import::report::{self, ImportView, sentence};
use crate::people::import::run::Status;
use crate::people::import::values::choice::Role;
use crate::people::import::{Enrol, Options, import};
use crate::programmes;
use crate::web::Rendered;

/// Rows that are read from the database at a time to be printed.
const PAGE: i64 = 200;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// People from a CSV or .xlsx file; headers in English or French, in any order.
    People(People),
}

#[derive(Debug, clap::Args)]
pub struct People {
    /// The file.
    file: PathBuf,
    /// Show what would happen to each row; store no person.
    #[arg(long)]
    dry_run: bool,
    /// Store the rows that can be stored.
    #[arg(long)]
    skip_invalid: bool,
    /// Enrol the people in this programme (its short name or its id).
    #[arg(long, value_name = "PROGRAMME")]
    programme: Option<String>,
    /// The role of rows that name none.
    #[arg(long)]
    role: Option<RoleArgument>,
    /// Write the rejected rows to this file, with a column that says why.
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// The language of the messages, and of whoever names none.
    #[arg(long, default_value = "en")]
    lang: Language,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum RoleArgument {
    Mentor,
    Mentee,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Language {
    En,
    Fr,
}

/// Runs it. The exit code is 0 when all rows were (or would be) stored, 2 when some were not.
pub fn run(settings: &Settings, command: &Command) -> anyhow::Result<ExitCode> {
    let Command::People(arguments) = command;
    let clock = SystemClock;
    let platform = Arc::new(Platform {
        settings: settings.clone(),
        keyring: Keyring::new(settings.security.secret.clone()),
    });
    let locale = match arguments.lang {
        Language::En => Locale::En,
        Language::Fr => Locale::Fr,
    };
    let ctx = Context {
        locale,
        ..Context::system("import", clock.now(), platform)
    };
    let db = Db::new(&settings.database);
    let told = |problem: Problem| anyhow::anyhow!(words(&problem, locale));
    let id = db
        .run_here(|conn| stored(conn, &ctx, arguments))
        .map_err(told)?;
    let result = db
        .run_here(|conn| {
            let view = ImportView::from(report::read(conn, &ctx, id, Action::ReadImport)?);
            print_rows(conn, &ctx, id)?;
            Ok(view)
        })
        .map_err(told)?;
    println!("{}", summary(&result, locale));
    if let Some(path) = &arguments.rejects {
        let file = db
            .run_here(|conn| report::rejects(conn, &ctx, id))
            .map_err(told)?;
        write(path, &file)?;
    }
    let whole = result.status != Status::Refused && result.rejected == 0;
    Ok(if whole {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(2)
    })
}

fn stored(
    conn: &mut crate::db::Conn,
    ctx: &Context,
    arguments: &People,
) -> Result<ImportId, Problem> {
    let file = File::open(&arguments.file).map_err(|cause| {
        let name = arguments.file.display();
        Problem::malformed("import-file-unreadable")
            .with("file", name)
            .with("cause", cause)
    })?;
    let programme = match &arguments.programme {
        None => None,
        Some(text) => Some(programme(conn, text)?),
    };
    let name = arguments
        .file
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let options = Options {
        file_name: name.unwrap_or_default(),
        dry_run: arguments.dry_run,
        skip_invalid: arguments.skip_invalid,
        programme,
        role: arguments.role.map(|role| match role {
            RoleArgument::Mentor => Role::Mentor,
            RoleArgument::Mentee => Role::Mentee,
        }),
    };
    let bar = bar();
    let mut advance = |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    };
    let mut source = BufReader::new(file);
    let enrol = Enrol(programmes::imported::enrol);
    let id = import(conn, ctx, &mut source, &options, enrol, &mut advance);
    bar.finish_and_clear();
    id
}

/// A bar on a terminal, nothing in a pipe.
fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {per_sec} {eta}");
    let bar = if std::io::stderr().is_terminal() {
        ProgressBar::new(0)
    } else {
        ProgressBar::hidden()
    };
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

fn programme(conn: &mut crate::db::Conn, text: &str) -> Result<ProgrammeId, Problem> {
    if let Ok(id) = text.parse() {
        return Ok(id);
    }
    programmes::store::find_by_slug(conn, text).map(|programme| programme.id)
}

fn print_rows(conn: &mut crate::db::Conn, ctx: &Context, id: ImportId) -> Result<(), Problem> {
    let mut out = std::io::stdout().lock();
    let mut after = None;
    loop {
        let page = report::rows(conn, ctx, id, None, after, PAGE)?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        after = Some(last.row);
        for row in &page {
            let detail = &row.detail.0;
            let coded: Vec<String> = detail
                .occupations
                .iter()
                .filter_map(|o| {
                    Some(format!(
                        "{} → {}",
                        o.own_words.as_deref()?,
                        o.noc.as_deref()?
                    ))
                })
                .collect();
            let outcome = i18n::text(ctx.locale, &format!("import-outcome-{}", row.outcome));
            let line = format!(
                "{:>6}  {outcome:<10}  {}  {}",
                row.row,
                detail.name,
                coded.join("; ")
            );
            // A closed pipe (`| head`) is no failure of the import.
            if writeln!(out, "{}", line.trim_end()).is_err() {
                return Ok(());
            }
            for finding in &detail.findings {
                let mark = if finding.error { "✗" } else { "!" };
                let _ = writeln!(out, "        {mark} {}", sentence(finding, ctx.locale));
            }
        }
    }
}

fn summary(result: &ImportView, locale: Locale) -> String {
    let numbers = [
        ("rows", result.rows.to_string()),
        ("created", result.created.to_string()),
        ("changed", result.changed.to_string()),
        ("unchanged", result.unchanged.to_string()),
        ("rejected", result.rejected.to_string()),
        ("enrolled", result.enrolled.to_string()),
    ];
    let pairs = numbers
        .iter()
        .map(|(name, number)| (*name, number.as_str()));
    let mut text =
        i18n::text_with_pairs(locale, &format!("import-summary-{}", result.status), pairs);
    if !result.unknown_columns.is_empty() {
        let columns = result.unknown_columns.join(", ");
        let pairs = [("columns", columns.as_str())];
        text.push('\n');
        text.push_str(&i18n::text_with_pairs(
            locale,
            "import-unknown-columns",
            pairs,
        ));
    }
    text
}

fn words(problem: &Problem, locale: Locale) -> String {
    let rendered = Rendered::from(problem);
    let fields: Vec<String> = rendered
        .document(locale, "")
        .errors
        .into_iter()
        .map(|field| format!("{}: {}", field.pointer, field.detail))
        .collect();
    let text = format!(
        "{}. {}",
        rendered.title(locale),
        rendered.detail(locale, "")
    );
    if fields.is_empty() {
        text
    } else {
        format!("{text} {}", fields.join(" "))
    }
}

fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    std::fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}
