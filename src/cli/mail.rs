//! `passerelle mail receive < message`: for a pipe from any mail server. The server reads the exit code
//! (`sysexits.h`): 0 when the message is stored, whatever became of it; 75 when it could not be, so that the
//! server keeps it and tries again; 66 when there was no message at all.

use std::io;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use crate::cli::{mail_dns, serve};
use crate::correspondence::incoming::{Arrival, Received, read_bounded, receive};
use crate::db::Db;
use crate::kernel::{Clock, Context, Keyring, Platform, Settings, SystemClock};
use crate::mail::inbound::Door;

/// EX_NOINPUT: nothing came in.
const NO_INPUT: u8 = 66;
/// EX_TEMPFAIL: keep the message and try again later. A wrong configuration counts as well: a bounce would tell
/// somebody that their answer is lost, and it need not be.
const TRY_AGAIN: u8 = 75;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Take one message from standard input.
    Receive {
        /// The address that the message was delivered to, such as Postfix' ${recipient}.
        #[arg(long, value_name = "ADDRESS")]
        recipient: Option<String>,
    },
    /// Print the DNS records that mail from here needs.
    Dns,
}

/// Runs the command.
pub fn run(config: Option<&Path>, command: Command) -> ExitCode {
    let recipient = match command {
        Command::Receive { recipient } => recipient,
        Command::Dns => return dns(config),
    };
    match take(config, recipient) {
        Ok(Some(_)) => ExitCode::SUCCESS,
        Ok(None) => {
            eprintln!("passerelle: no message on standard input");
            ExitCode::from(NO_INPUT)
        }
        Err(error) => {
            eprintln!("passerelle: the message could not be stored: {error:#}");
            ExitCode::from(TRY_AGAIN)
        }
    }
}

fn dns(config: Option<&Path>) -> ExitCode {
    let printed = Settings::load(config)
        .map_err(anyhow::Error::from)
        .and_then(|settings| mail_dns::run(&settings));
    printed.unwrap_or_else(|error| {
        eprintln!("passerelle: {error:#}");
        ExitCode::FAILURE
    })
}

fn take(config: Option<&Path>, recipient: Option<String>) -> anyhow::Result<Option<Received>> {
    let (raw, size) = read_bounded(io::stdin().lock())?;
    if size == 0 {
        return Ok(None);
    }
    let settings = serve::of_existing_database(Settings::load(config)?)?;
    serve::start_log(&settings)?;
    let db = Db::new(&settings.database);
    let keyring = Keyring::new(settings.security.secret.clone());
    let platform = Arc::new(Platform { settings, keyring });
    let ctx = Context::system("mail-receive", SystemClock.now(), platform);
    let arrival = Arrival {
        door: Door::Pipe,
        raw,
        size,
        envelope_to: recipient.filter(|address| !address.is_empty()),
    };
    Ok(Some(db.run_here(|conn| receive(conn, &ctx, arrival))?))
}
