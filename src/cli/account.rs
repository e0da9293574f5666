//! `passerelle account`: the first administrator, a way back in for one who is locked out, and the end of every
//! signing key when one may have become known.

use std::sync::Arc;

use clap::Subcommand;

use crate::access::accounts::create_first_administrator;
use crate::access::keys;
use crate::cli::serve;
use crate::kernel::{Context, Locale, Settings};
use crate::web::{App, Rendered};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make an administrator, or let one in again, and print the link with which they set their password.
    CreateAdmin {
        /// Their mail address.
        email: String,
        /// Their name.
        #[arg(long)]
        name: String,
        /// The language they are written to in: en or fr.
        #[arg(long, default_value = "en")]
        lang: String,
    },
    /// End every key that access tokens are signed with: all tokens are refused within a minute, on every server.
    /// Nobody is signed out; a refresh gets a token of a new key.
    RetireKeys,
}

/// Runs it.
pub fn run(settings: Settings, command: Command) -> anyhow::Result<()> {
    let app = serve::prepare(settings)?;
    serve::bring_up_to_date(&app)?;
    let ctx = Context::system("account", app.clock.now(), Arc::clone(&app.platform));
    match command {
        Command::CreateAdmin { email, name, lang } => {
            create_admin(&app, &ctx, &email, &name, &lang)
        }
        Command::RetireKeys => {
            app.db.run_here(|conn| keys::retire_all(conn, &ctx))?;
            println!("Every signing key is retired; a new one is made when it is needed.");
            Ok(())
        }
    }
}

fn create_admin(
    app: &App,
    ctx: &Context,
    email: &str,
    name: &str,
    lang: &str,
) -> anyhow::Result<()> {
    let locale = Locale::parse(lang).ok_or_else(|| anyhow::anyhow!("--lang is en or fr"))?;
    let link = app
        .db
        .run_here(|conn| create_first_administrator(conn, ctx, email, name, locale))
        .map_err(|problem| {
            let document = Rendered::from(&problem).document(Locale::En, &ctx.request_id);
            let fields: Vec<String> = document
                .errors
                .iter()
                .map(|e| format!("{}: {}", e.pointer, e.detail))
                .collect();
            anyhow::anyhow!("{}. {}", document.title, fields.join(" "))
        })?;
    println!("{link}");
    Ok(())
}
