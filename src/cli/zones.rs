//! `passerelle zones`: which zone data this program has, and what a change of it does to booked meetings.

use std::process::ExitCode;
use std::sync::Arc;

use clap::Subcommand;

use crate::cli::serve;
use crate::kernel::zone::TZDB_VERSION;
use crate::kernel::{Context, Settings};
use crate::meetings::zones::{self, Fate, Moved, What};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// List booked meetings whose instant is no longer the agreed hour by the current zone data; fails while
    /// there are any.
    Check {
        /// Move them to the agreed hour, and tell everybody in them.
        #[arg(long)]
        apply: bool,
    },
}

/// Runs it.
pub fn run(settings: Settings, command: &Command) -> anyhow::Result<ExitCode> {
    let Command::Check { apply } = command;
    let app = serve::prepare(settings)?;
    let ctx = Context::system("zones", app.clock.now(), Arc::clone(&app.platform));
    println!("Zone data: {}", *TZDB_VERSION);
    let moved = app.db.run_here(|conn| zones::moved(conn, &ctx))?;
    let mut left = 0;
    for one in &moved {
        let fate = match apply {
            true => Some(app.db.run_here(|conn| zones::apply(conn, &ctx, one.what))?),
            false => None,
        };
        left += usize::from(!matches!(fate, Some(Fate::Mended | Fate::Gone)));
        println!("{}", line(one, fate));
    }
    if *apply {
        let confirmed = app.db.run_here(|conn| zones::confirm(conn, &ctx))?;
        println!("Confirmed under {}: {confirmed}.", *TZDB_VERSION);
    }
    println!("Moved: {}. Left: {left}.", moved.len());
    Ok(if left == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// One meeting as a line for the operator.
fn line(one: &Moved, fate: Option<Fate>) -> String {
    let under = match one.resolved_under.as_str() {
        "" => "unknown data",
        version => version,
    };
    let fate = match fate {
        None => "moved",
        Some(Fate::Mended) => "mended",
        Some(Fate::Conflict) => "conflict: somebody has another meeting then",
        Some(Fate::TooLate) => "too late: it would begin in the past",
        Some(Fate::Partly) => "mended in part: the others conflict, or would begin in the past",
        Some(Fate::Gone) => "changed meanwhile",
    };
    let what = match one.what {
        What::Meeting(id) => id.to_string(),
        What::Series(id) => format!("{id} (series: {} meetings, the first)", one.meetings),
    };
    format!(
        "{what}  {} {} (resolved under {under})  {} -> {}  {fate}",
        one.local_start,
        one.zone,
        one.is.rfc3339(),
        one.ought.rfc3339(),
    )
}
