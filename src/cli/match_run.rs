//! `passerelle match`: run the matcher for a programme, try what would be different, explain a person, replay a
//! run, or export an instance with its outcome for outside tools.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use diesel::prelude::*;
use indicatif::ProgressBar;

use super::match_files;
use crate::db::schema::{participations, persons, programmes as programme_rows};
use crate::db::{Conn, Db};
use crate::i18n;
use crate::kernel::ids::{MatchRunId, ParticipationId, PersonId};
use crate::kernel::{Clock, Context, Keyring, Locale, Platform, Problem, Settings, SystemClock};
use crate::matching::engine::directory::{self, Files};
use crate::matching::engine::{Options, Stage, Watch};
use crate::matching::frozen::{frozen, replay_told};
use crate::matching::recruit::Recruiting;
use crate::matching::run::{GoneBy, run_told};
use crate::matching::summary::Summary;
use crate::matching::what_if::{Compared, what_if};
use crate::matching::{Request, RunStatus, store, why};
use crate::programmes::settings::Objective;
use crate::programmes::{self, Programme, Side};
use crate::web::Rendered;

#[derive(Debug, clap::Args)]
#[group(id = "match-run")]
pub struct Args {
    /// The programme: its short name or its id.
    #[arg(
        long,
        value_name = "PROGRAMME",
        required_unless_present_any = ["scores", "instance"],
        conflicts_with_all = ["scores", "instance"]
    )]
    programme: Option<String>,
    #[command(flatten)]
    files: match_files::Args,
    /// Only compare with what would be proposed otherwise, and save nothing: a JSON object as the body of
    /// `POST /api/v1/programmes/{id}/match-runs`, such as '{"settings": {"weights": {"language": 40}}}'.
    #[arg(long, value_name = "JSON", conflicts_with_all = ["explain", "replay", "export"])]
    what_if: Option<String>,
    /// With --what-if: when it has been compared, save it as a run with its proposals.
    #[arg(long, requires = "what_if")]
    save: bool,
    /// Explain a mentee of the newest run: an id, or an e-mail address.
    #[arg(long, value_name = "PERSON", conflicts_with = "replay")]
    explain: Option<String>,
    /// Solve the frozen inputs of a run again and compare; exit code 2 when anything differs.
    #[arg(long, value_name = "RUN")]
    replay: Option<MatchRunId>,
    /// Write people as columns, scores, capacities, assignment and prices of the run into this folder (.npy and
    /// JSON).
    #[arg(long, value_name = "DIR")]
    export: Option<PathBuf>,
    /// Show no progress; what was found is told all the same.
    #[arg(long)]
    quiet: bool,
    /// The language of what is told.
    #[arg(long, default_value = "en", value_parser = locale)]
    lang: Locale,
}

impl Args {
    /// What to solve, if it is in files and not in the database.
    pub fn on_files(&self) -> Option<&match_files::Args> {
        self.programme.is_none().then_some(&self.files)
    }
}

fn locale(text: &str) -> Result<Locale, String> {
    Locale::parse(text).ok_or_else(|| "en or fr".to_owned())
}

/// Runs it.
pub fn run(settings: &Settings, args: &Args) -> anyhow::Result<ExitCode> {
    let Some(name) = &args.programme else {
        bail!("give --programme, or --scores and --capacity, or --instance");
    };
    let platform = Arc::new(Platform {
        settings: settings.clone(),
        keyring: Keyring::new(settings.security.secret.clone()),
    });
    let ctx = Context {
        locale: args.lang,
        ..Context::system("match", SystemClock.now(), platform)
    };
    let db = Db::new(&settings.database);
    let told = |problem: Problem| anyhow::anyhow!(words(&problem, args.lang));
    let programme = db
        .run_here(|conn| programme_named(conn, name))
        .map_err(told)?;
    if let Some(id) = args.replay {
        return replayed(&db, id, args);
    }
    if let Some(text) = &args.what_if {
        let request: Request = serde_json::from_str(text).context("--what-if")?;
        let request = Request {
            draft: true,
            ..request
        };
        let compared = watched(args, |options| {
            db.run_here(|conn| what_if(conn, &ctx, programme.id, &request, options))
        });
        print_compared(&compared.map_err(told)?, args.lang);
        if args.save {
            let request = Request {
                draft: false,
                ..request
            };
            let made = watched(args, |options| {
                db.run_here(|conn| {
                    run_told(conn, &ctx, programme.id, &request, GoneBy::Nothing, options)
                })
            });
            let id = made.map_err(told)?.id.to_string();
            let args_of = [("run", id.as_str())];
            let saved = i18n::text_with_pairs(args.lang, "match-told-saved", args_of);
            println!("{saved}");
        }
        return Ok(ExitCode::SUCCESS);
    }
    let id = match &args.explain {
        Some(_) => newest(&db, &programme).map_err(told)?,
        None => started(&db, &ctx, &programme, args)?,
    };
    if let Some(who) = &args.explain {
        let lines = db
            .run_here(|conn| explained(conn, &programme, id, who, args.lang))
            .map_err(told)?;
        lines.iter().for_each(|line| println!("{line}"));
    }
    if let Some(folder) = &args.export {
        export(&db, id, folder, args.lang)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs the matcher, saves the run and says what it amounts to.
fn started(
    db: &Db,
    ctx: &Context,
    programme: &Programme,
    args: &Args,
) -> anyhow::Result<MatchRunId> {
    let locale = args.lang;
    let request = Request::default();
    let made = watched(args, |options| {
        db.run_here(|conn| run_told(conn, ctx, programme.id, &request, GoneBy::Nothing, options))
    });
    let made = made.map_err(|problem| anyhow::anyhow!(words(&problem, locale)))?;
    println!("{}", made.id);
    if let Some(summary) = &made.summary {
        print_summary(&summary.0, made.settings.0.objective, locale);
        print_recruitment(&summary.0, locale);
    }
    Ok(made.id)
}

fn replayed(db: &Db, id: MatchRunId, args: &Args) -> anyhow::Result<ExitCode> {
    let found = watched(args, |options| {
        options.tell(Stage::Load);
        db.run_here(|conn| replay_told(conn, id, options))
    });
    let found = found.map_err(|problem| anyhow::anyhow!(words(&problem, args.lang)))?;
    let same = found.same_inputs && found.same_outcome;
    println!("{}", serde_json::to_string_pretty(&found)?);
    Ok(if same {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(2)
    })
}

/// Does some work with a line that names its stage, where somebody sits at a terminal and wants one.
fn watched<T>(args: &Args, work: impl FnOnce(&Options) -> T) -> T {
    if args.quiet || !std::io::stderr().is_terminal() {
        return work(&Options::default());
    }
    let bar = ProgressBar::new_spinner();
    bar.enable_steady_tick(Duration::from_millis(100));
    let (line, locale) = (bar.clone(), args.lang);
    let told = move |stage: Stage| line.set_message(i18n::text(locale, stage_key(stage)));
    let options = Options {
        watch: Some(Watch(Arc::new(told))),
        ..Options::default()
    };
    let done = work(&options);
    bar.finish_and_clear();
    done
}

/// The words for what a run is doing.
const fn stage_key(stage: Stage) -> &'static str {
    match stage {
        Stage::Load => "match-stage-load",
        Stage::Scan => "match-stage-scan",
        Stage::Assign => "match-stage-assign",
        Stage::Price => "match-stage-price",
        Stage::Check => "match-stage-check",
        Stage::Store => "match-stage-store",
    }
}

/// A problem in words: its title and detail.
fn words(problem: &Problem, locale: Locale) -> String {
    let document = Rendered::from(problem).document(locale, "");
    let mut lines = vec![format!("{}. {}", document.title, document.detail)];
    let fields = document.errors.into_iter();
    lines.extend(fields.map(|field| format!("{}: {}", field.pointer, field.detail)));
    lines.join("\n")
}

fn programme_named(conn: &mut Conn, name: &str) -> Result<Programme, Problem> {
    if let Ok(id) = name.parse() {
        return programmes::store::find(conn, id);
    }
    Ok(programme_rows::table
        .filter(programme_rows::slug.eq(name))
        .select(Programme::as_select())
        .first(conn)?)
}

/// The newest finished run of a programme.
fn newest(db: &Db, programme: &Programme) -> Result<MatchRunId, Problem> {
    let runs = db.run_here(|conn| store::list_runs(conn, programme.id, None, 2))?;
    let done = runs.into_iter().find(|run| run.status == RunStatus::Done);
    done.map(|run| run.id).ok_or(Problem::NotFound)
}

fn print_summary(summary: &Summary, objective: Objective, locale: Locale) {
    let figures = [
        ("mentees", summary.mentees.to_string()),
        ("mentors", summary.mentors.to_string()),
        ("places", summary.places.to_string()),
        ("matched", summary.matched.to_string()),
        ("nobody", summary.nobody_possible.to_string()),
        ("taken", summary.places_better_used.to_string()),
        ("away", summary.not_ready.to_string()),
        ("mean", summary.score_mean.to_string()),
    ];
    let pairs = || figures.iter().map(|(name, value)| (*name, value.as_str()));
    for key in ["match-told-people", "match-told-matched", "match-told-left"] {
        println!("{}", i18n::text_with_pairs(locale, key, pairs()));
    }
    if let Some(proof) = summary.proof(objective, locale) {
        println!("{proof}");
    }
}

/// Most kinds of mentor that are named.
const MOST_WANTED: usize = 3;

/// Whom to recruit next, where one more place would help.
fn print_recruitment(summary: &Summary, locale: Locale) {
    let found = Recruiting::of(&summary.recruitment);
    let of_both = [&found.occupations, &found.languages];
    let lines: Vec<&str> = of_both
        .into_iter()
        .flat_map(|list| list.iter().filter(|one| one.helps()).take(MOST_WANTED))
        .map(|wanted| wanted.sentence.of(locale))
        .collect();
    if !lines.is_empty() {
        println!("{}", i18n::text(locale, "match-told-recruit"));
        lines.iter().for_each(|line| println!("- {line}"));
    }
}

fn print_compared(compared: &Compared, locale: Locale) {
    println!("{}", compared.headline(locale));
    println!("{}", compared.how(locale));
    for change in &compared.changes {
        println!("- {}", change.sentence(locale));
    }
}

/// The participation of a mentee who is named by an id (their own or their part's) or an address.
fn mentee_named(
    conn: &mut Conn,
    programme: &Programme,
    who: &str,
) -> Result<ParticipationId, Problem> {
    let here = participations::table
        .inner_join(persons::table)
        .filter(participations::programme_id.eq(programme.id))
        .filter(participations::side.eq(Side::Mentee))
        .select(participations::id)
        .into_boxed();
    let found = match who.parse::<uuid::Uuid>() {
        Ok(id) => here.filter(
            participations::person_id
                .eq(PersonId(id))
                .or(participations::id.eq(ParticipationId(id))),
        ),
        Err(_) => {
            let key = crate::kernel::address::key(who);
            here.filter(persons::email_key.eq(key))
        }
    };
    Ok(found.first(conn)?)
}

/// What a run says about a mentee: why their mentor, or why nobody.
fn explained(
    conn: &mut Conn,
    programme: &Programme,
    id: MatchRunId,
    who: &str,
    locale: Locale,
) -> Result<Vec<String>, Problem> {
    let mentee = mentee_named(conn, programme, who)?;
    let run = frozen(conn, id)?;
    let why = why::nobody(conn, &run, mentee)?;
    let of = |sentences: why::Sentences| match locale {
        Locale::En => sentences.en,
        Locale::Fr => sentences.fr,
    };
    let mut lines = of(why.sentences);
    let at = run.inputs.mentee_at(mentee);
    let mentor = at.and_then(|at| run.outcome.mentor_of(at));
    if let Some(row) = mentor.and_then(|mentor| run.inputs.mentor(mentor)) {
        let pair = why::pair(conn, &run, mentee, row.participation_id, locale)?;
        let score = pair.score.to_string();
        let pairs = [
            ("name", pair.mentor.name.as_str()),
            ("score", score.as_str()),
        ];
        lines.push(i18n::text_with_pairs(locale, "match-told-pair", pairs));
        lines.extend(pair.reasons.into_iter().map(|reason| match locale {
            Locale::En => format!("- {}", reason.en),
            Locale::Fr => format!("- {}", reason.fr),
        }));
    }
    Ok(lines)
}

/// Writes the instance and the outcome of a run as files.
fn export(db: &Db, id: MatchRunId, folder: &Path, locale: Locale) -> anyhow::Result<()> {
    let run = db
        .run_here(|conn| frozen(conn, id))
        .map_err(|problem| anyhow::anyhow!(words(&problem, locale)))?;
    std::fs::create_dir_all(folder)?;
    if std::fs::read_dir(folder)?.next().is_some() {
        bail!("{} is not empty", folder.display());
    }
    let mut files: Files = directory::write(&run.instance);
    files.extend(directory::write_outcome(&run.instance, &run.outcome, true));
    for (name, bytes) in &files {
        let path = folder.join(name);
        std::fs::write(&path, bytes).with_context(|| path.display().to_string())?;
    }
    println!("{}", folder.display());
    Ok(())
}
