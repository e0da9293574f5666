//! `passerelle serve`, `worker` and `migrate`: the real thing, from settings to a running process and its
//! orderly end.

use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use secrecy::ExposeSecret;
use tokio::sync::watch;

use crate::cli::configuration;
use crate::db::{Db, migrate as migrations};
use crate::kernel::settings::{LogFormat, Profile};
use crate::kernel::{Keyring, Platform, Problem, Settings, SystemClock};
use crate::web::{App, Turns};
use crate::{http, worker};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Serve only; the work that falls due is done by `passerelle worker` elsewhere.
    #[arg(long)]
    no_worker: bool,
    /// Do not migrate the database at the start; refuse to start when it is behind.
    #[arg(long)]
    no_migrate: bool,
}

/// Serves until the process is told to stop (SIGINT, SIGTERM); requests under way are finished.
pub fn serve(settings: Settings, args: &Args) -> anyhow::Result<()> {
    let app = prepare(settings)?;
    if args.no_migrate {
        refuse_when_behind(&app)?;
    } else {
        bring_up_to_date(&app)?;
    }
    let server = &app.platform.settings.server;
    let listener = TcpListener::bind((server.host.as_str(), server.port))
        .with_context(|| format!("cannot listen on {}:{}", server.host, server.port))?;
    tracing::info!(address = %listener.local_addr()?, public_url = app.platform.settings.public_url(), "serving");
    run(app, listener, !args.no_worker)
}

/// Only the worker.
pub fn worker_only(settings: Settings) -> anyhow::Result<()> {
    let app = prepare(settings)?;
    refuse_when_behind(&app)?;
    actix_web::rt::System::new().block_on(async move {
        let (stop, stopped) = watch::channel(false);
        let work = actix_web::rt::spawn(worker::run(app, stopped));
        tracing::info!("working");
        tokio::pin!(work);
        tokio::select! {
            told = until_told_to_stop() => told?,
            ended = &mut work => return ended_early(ended),
        }
        stop.send_replace(true);
        Ok(work.await??)
    })
}

/// A worker that ends before it is told to has failed; the program ends with it, so that whoever watches over it
/// starts it again, rather than serving pages while no mail leaves.
fn ended_early(ended: Ended) -> anyhow::Result<()> {
    ended.context("the worker stopped by a defect")??;
    bail!("the worker stopped")
}

/// Brings the database up to date.
pub fn migrate(settings: &Settings) -> anyhow::Result<()> {
    start_log(settings)?;
    make_sqlite_folder(settings)?;
    let ran = migrations::migrate(&mut Db::new(&settings.database).connect_one()?)?;
    println!("Migrations applied: {ran}.");
    Ok(())
}

/// Serves `app` on `listener`, with the worker beside it where asked, until the process is told to stop.
pub fn run(app: App, listener: TcpListener, with_worker: bool) -> anyhow::Result<()> {
    // Built beside the first requests, so that the first search does not wait for its index.
    std::thread::spawn(crate::reference::titles::warm);
    actix_web::rt::System::new().block_on(async move {
        let (stop, stopped) = watch::channel(false);
        let work = with_worker.then(|| actix_web::rt::spawn(worker::run(app.clone(), stopped)));
        let server = http::server::start(app, listener)?;
        let handle = server.handle();
        let running = actix_web::rt::spawn(server);
        let mut work = work;
        tokio::select! {
            told = until_told_to_stop() => told?,
            ended = finished(&mut work) => {
                handle.stop(true).await;
                return ended_early(ended);
            }
        }
        tracing::info!("stopping: no new requests, those under way are finished");
        handle.stop(true).await;
        running.await??;
        stop.send_replace(true);
        if let Some(work) = work {
            work.await??;
        }
        tracing::info!("stopped");
        Ok(())
    })
}

type Ended = Result<Result<(), Problem>, tokio::task::JoinError>;
type Work = tokio::task::JoinHandle<Result<(), Problem>>;

/// The end of the worker; never, where there is none.
async fn finished(work: &mut Option<Work>) -> Ended {
    match work {
        Some(work) => work.await,
        None => std::future::pending().await,
    }
}

/// Checks the settings, starts the log, and makes the app with its pool.
pub fn prepare(settings: Settings) -> anyhow::Result<App> {
    let findings = configuration::findings(&settings);
    if findings.iter().any(|f| f.fatal) {
        let lines: Vec<String> = findings.iter().map(configuration::line).collect();
        bail!(
            "the configuration is not fit to start with\n{}",
            lines.join("\n")
        );
    }
    start_log(&settings)?;
    // The demonstration is as safe as it is meant to be; a warning would only worry who tries it.
    let told = findings
        .iter()
        .filter(|_| settings.profile != Profile::Demo);
    for finding in told {
        tracing::warn!(setting = finding.setting, "{}", finding.reason);
    }
    make_sqlite_folder(&settings)?;
    let settings = with_local_secret(settings)?;
    let keyring = Keyring::new(settings.security.secret.clone());
    Ok(App {
        db: Db::new(&settings.database),
        platform: Arc::new(Platform { settings, keyring }),
        clock: Arc::new(SystemClock),
        turns: Turns::default(),
    })
}

/// Brings the database of `app` up to date.
pub fn bring_up_to_date(app: &App) -> anyhow::Result<()> {
    let ran = migrations::migrate(&mut app.db.connect_one()?)?;
    if ran > 0 {
        tracing::info!(ran, "migrated the database");
    }
    Ok(())
}

fn refuse_when_behind(app: &App) -> anyhow::Result<()> {
    let pending = migrations::pending(&mut app.db.connect_one()?)?;
    if pending > 0 {
        bail!("the database lacks {pending} migration(s); run `passerelle migrate` first");
    }
    Ok(())
}

/// In development an empty secret is replaced by a random one kept beside the SQLite database, so that what
/// is sealed today can be read tomorrow. Production never comes here: its check refuses an empty secret.
pub fn with_local_secret(mut settings: Settings) -> anyhow::Result<Settings> {
    if !settings.security.secret.expose_secret().is_empty() {
        return Ok(settings);
    }
    let file = match settings
        .database
        .url
        .expose_secret()
        .strip_prefix("sqlite://")
    {
        Some(path) => Path::new(path).with_extension("secret"),
        None => bail!(
            "security.secret is empty; with PostgreSQL it has to be set, so that all servers share it"
        ),
    };
    if !file.exists() {
        let secret = crate::kernel::Token::random()?;
        write_private(&file, secret.expose())?;
    }
    let secret = std::fs::read_to_string(&file)
        .with_context(|| format!("cannot read {}", file.display()))?;
    settings.security.secret = secret.trim().to_owned().into();
    Ok(settings)
}

/// The settings of a command that works on a database that is there: one that is mistyped is not made anew.
///
/// # Errors
/// There is no such file; or as [`with_local_secret`].
pub fn of_existing_database(settings: Settings) -> anyhow::Result<Settings> {
    if let Some(path) = settings
        .database
        .url
        .expose_secret()
        .strip_prefix("sqlite://")
        && !Path::new(path).exists()
    {
        bail!(
            "there is no database at {path}: `passerelle migrate` makes it, `database.url` says where it is"
        );
    }
    with_local_secret(settings)
}

fn write_private(file: &Path, text: &str) -> anyhow::Result<()> {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut made = options
        .open(file)
        .with_context(|| format!("cannot write {}", file.display()))?;
    made.write_all(text.as_bytes())?;
    Ok(())
}

fn make_sqlite_folder(settings: &Settings) -> anyhow::Result<()> {
    if let Some(path) = settings
        .database
        .url
        .expose_secret()
        .strip_prefix("sqlite://")
        && let Some(folder) = Path::new(path).parent()
        && !folder.as_os_str().is_empty()
    {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    }
    Ok(())
}

/// Starts the log on standard error, once.
pub fn start_log(settings: &Settings) -> anyhow::Result<()> {
    use tracing_subscriber::EnvFilter;
    use tracing_subscriber::filter::Directive;
    // The web library would name the path of what it cannot read, whatever stands in it; and at `trace` the IMAP
    // client would write down the messages that it reads, at `debug` the HTTP client people's secret addresses.
    let quiet = "actix_web::types=warn".parse::<Directive>()?;
    let silent = "async_imap=info".parse::<Directive>()?;
    let filter = EnvFilter::try_new(&settings.log.level).context("log.level")?;
    let filter = filter
        .add_directive(quiet)
        .add_directive(silent)
        .add_directive("ureq=warn".parse()?)
        .add_directive("ureq_proto=warn".parse()?);
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let started = match settings.log.format {
        LogFormat::Json => builder.json().try_init(),
        LogFormat::Text => builder
            .with_target(settings.profile != Profile::Demo)
            .try_init(),
    };
    started.map_err(|error| anyhow::anyhow!("the log cannot be started: {error}"))
}

#[cfg(unix)]
async fn until_told_to_stop() -> std::io::Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        result = tokio::signal::ctrl_c() => result,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn until_told_to_stop() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
