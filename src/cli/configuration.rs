//! `passerelle config`: says what is wrong with the configuration before anything starts.

use std::process::ExitCode;

use clap::Subcommand;

use crate::kernel::Settings;
use crate::kernel::settings::{DEFAULTS, Finding};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Say what is wrong with the configuration; fails when the server would refuse to start.
    Check,
    /// Print every setting with its default and its meaning.
    Defaults,
}

/// Runs it.
pub fn run(settings: &Settings, command: &Command) -> ExitCode {
    match command {
        Command::Defaults => {
            print!("{DEFAULTS}");
            ExitCode::SUCCESS
        }
        Command::Check => {
            let findings = settings.check();
            for finding in &findings {
                println!("{}", line(finding));
            }
            if findings.is_empty() {
                println!("The configuration is sound.");
            }
            if findings.iter().any(|f| f.fatal) {
                ExitCode::FAILURE
            } else {
                ExitCode::SUCCESS
            }
        }
    }
}

/// One finding as a line for the operator.
pub fn line(finding: &Finding) -> String {
    let weight = if finding.fatal { "error" } else { "warning" };
    format!("{weight}: {} {}", finding.setting, finding.reason)
}
