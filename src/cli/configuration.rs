//! `passerelle config`: says what is wrong with the configuration before anything starts.

use std::process::ExitCode;

use clap::Subcommand;

use crate::kernel::Settings;
use crate::kernel::settings::{DEFAULTS, Finding};
use crate::mail::dkim;

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
            let findings = findings(settings);
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

/// Everything that is wrong or unwise, keys included, the fatal first.
pub fn findings(settings: &Settings) -> Vec<Finding> {
    let mut findings = settings.check();
    if let Err(error) = dkim::configured(settings) {
        let finding = Finding {
            fatal: true,
            setting: "mail.dkim.key",
            reason: error.to_string(),
        };
        findings.insert(0, finding);
    }
    findings
}

/// One finding as a line for the operator.
pub fn line(finding: &Finding) -> String {
    let weight = if finding.fatal { "error" } else { "warning" };
    format!("{weight}: {} {}", finding.setting, finding.reason)
}
