//! `passerelle demo`: the whole product on real-looking data, with no server, no variable and no file to
//! write first. The population is the same every time; its past lies before the day it is made on.

mod asking;
mod fill;
mod history;
mod ledger;
pub mod population;
mod tables;
mod welcome;

use std::net::TcpListener;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use crate::cli::serve;
use crate::db::schema::programmes;
use crate::kernel::settings::{Profile, Transport};
use crate::kernel::{Context, Locale, Problem, Settings};
use crate::web::App;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Where the demonstration keeps its data.
    #[arg(long, value_name = "DIR", default_value = "passerelle-demo")]
    data: PathBuf,
    /// The address to listen on.
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// The port to listen on; 0 takes any free one.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Start over: remove the data of an earlier demonstration first.
    #[arg(long)]
    fresh: bool,
    /// The language of what is printed: en or fr; by LANG unless given.
    #[arg(long, value_parser = language, default_value_t = of_environment())]
    lang: Locale,
}

fn language(text: &str) -> Result<Locale, String> {
    Locale::parse(text).ok_or_else(|| "en or fr".to_owned())
}

fn of_environment() -> Locale {
    let lang = std::env::var("LANG").unwrap_or_default();
    if lang.starts_with("fr") {
        Locale::Fr
    } else {
        Locale::En
    }
}

/// Runs it until it is told to stop.
pub fn run(args: &Args) -> anyhow::Result<()> {
    if args.fresh {
        remove_earlier(&args.data)?;
    }
    // Bound first: a port that is taken is said before anything is made.
    let listener = TcpListener::bind((args.host.as_str(), args.port))
        .with_context(|| format!("cannot listen on {}:{}; try --port 0", args.host, args.port))?;
    let port = listener.local_addr()?.port();
    let app = serve::prepare(settings(args, port)?)?;
    serve::bring_up_to_date(&app)?;
    if is_empty(&app)? {
        fill_quickly(&app)?;
    }
    print!("{}", welcome::words(&app, &args.data, args.lang)?);
    serve::run(app, listener, true)
}

fn settings(args: &Args, port: u16) -> anyhow::Result<Settings> {
    let mut settings = Settings::defaults()?;
    settings.profile = Profile::Demo;
    settings.server.host.clone_from(&args.host);
    settings.server.port = port;
    if args.host == "0.0.0.0" || args.host == "::" {
        settings.server.public_url = format!("http://localhost:{port}");
    }
    let database = args.data.join("passerelle.db");
    settings.database.url = format!("sqlite://{}", database.display()).into();
    settings.mail.transport = Transport::Mailbox;
    "warn,passerelle=info".clone_into(&mut settings.log.level);
    Ok(settings)
}

/// Removes what a demonstration makes, and nothing else that may lie in the folder.
fn remove_earlier(folder: &Path) -> anyhow::Result<()> {
    for name in [
        "passerelle.db",
        "passerelle.db-wal",
        "passerelle.db-shm",
        "passerelle.secret",
    ] {
        match std::fs::remove_file(folder.join(name)) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => {
                return Err(error)
                    .with_context(|| format!("cannot remove {name} in {}", folder.display()));
            }
        }
    }
    Ok(())
}

fn is_empty(app: &App) -> anyhow::Result<bool> {
    let count: i64 = app
        .db
        .run_here(|conn| Ok(programmes::table.count().get_result(conn)?))?;
    Ok(count == 0)
}

/// One transaction without waiting for the disk: a demonstration that is cut off in the middle of its making
/// starts over, so nothing can be lost.
fn fill_quickly(app: &App) -> anyhow::Result<()> {
    let now = app.clock.now();
    let ctx = Context::system("demo", now, std::sync::Arc::clone(&app.platform));
    app.db.run_here(|conn| {
        conn.batch_execute("PRAGMA synchronous = OFF;")?;
        fill::fill(conn, &ctx)?;
        conn.batch_execute("PRAGMA synchronous = NORMAL;")?;
        Ok::<(), Problem>(())
    })?;
    app.db.run_here(|conn| fill::match_waiting(conn, &ctx))?;
    Ok(())
}
