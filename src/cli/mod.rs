//! The commands. Each is a thin door: it reads arguments and settings, makes a context and calls what the
//! rooms offer; the sentences for people stand with the other messages, those for operators (logs, errors of
//! configuration) are in English here.

pub mod account;
pub mod configuration;
pub mod demo;
pub mod import;
pub mod mail;
pub mod mail_dns;
pub mod match_files;
pub mod match_run;
pub mod serve;
pub mod zones;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::LazyLock;

use clap::{Parser, Subcommand};

use crate::kernel::Settings;
use crate::kernel::zone::TZDB_VERSION;

/// Mentorship matching and scheduling for organisations that help newcomers.
#[derive(Debug, Parser)]
#[command(name = "passerelle", version, long_version = LONG_VERSION.as_str(), about, arg_required_else_help = true)]
struct Cli {
    /// A configuration file; see config/default.toml for every setting.
    #[arg(long, global = true, env = "PASSERELLE_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show the whole product on real-looking data, with nothing to set up.
    Demo(demo::Args),
    /// Serve the API and the pages, and do the work that falls due.
    Serve(serve::Args),
    /// Only do the work that falls due: mails, reminders, clean-up.
    Worker,
    /// Bring the database to this version's schema; safe on several servers at once.
    Migrate,
    /// The configuration.
    Config {
        #[command(subcommand)]
        command: configuration::Command,
    },
    /// Bring in lists from files.
    Import {
        #[command(subcommand)]
        command: import::Command,
    },
    /// Match the people of a programme, or see what would be different.
    Match(match_run::Args),
    /// Mail that comes in, and what mail that leaves needs.
    Mail {
        #[command(subcommand)]
        command: mail::Command,
    },
    /// The zone data, and booked meetings under it.
    Zones {
        #[command(subcommand)]
        command: zones::Command,
    },
    /// Accounts.
    Account {
        #[command(subcommand)]
        command: account::Command,
    },
}

/// The program's version and that of the zone data inside it.
static LONG_VERSION: LazyLock<String> = LazyLock::new(|| {
    let (program, zones) = (env!("CARGO_PKG_VERSION"), *TZDB_VERSION);
    format!("{program}\nzone data {zones}")
});

/// Runs the command of this process.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("passerelle: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    if let Command::Demo(args) = cli.command {
        return demo::run(&args).map(|()| ExitCode::SUCCESS);
    }
    if let Command::Match(args) = &cli.command
        && let Some(files) = args.on_files()
    {
        // Needs no settings and no database, and makes neither.
        return match_files::run(files).map(|()| ExitCode::SUCCESS);
    }
    if let Command::Mail { command } = cli.command {
        // A mail server reads the exit code: see there.
        return Ok(mail::run(cli.config.as_deref(), command));
    }
    let settings = Settings::load(cli.config.as_deref())?;
    match cli.command {
        Command::Demo(_) | Command::Mail { .. } => Ok(ExitCode::SUCCESS),
        Command::Serve(args) => serve::serve(settings, &args).map(|()| ExitCode::SUCCESS),
        Command::Worker => serve::worker_only(settings).map(|()| ExitCode::SUCCESS),
        Command::Migrate => serve::migrate(&settings).map(|()| ExitCode::SUCCESS),
        Command::Config { command } => Ok(configuration::run(&settings, &command)),
        Command::Import { command } => {
            import::run(&serve::of_existing_database(settings)?, &command)
        }
        Command::Match(args) => match_run::run(&serve::of_existing_database(settings)?, &args),
        Command::Zones { command } => zones::run(settings, &command),
        Command::Account { command } => account::run(settings, command).map(|()| ExitCode::SUCCESS),
    }
}
