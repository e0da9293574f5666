//! `passerelle mail dns`: the DNS records without which other servers do not believe our mail.

use std::process::ExitCode;

use anyhow::{Context as _, bail};

use crate::kernel::Settings;
use crate::mail::dkim;

/// Prints them.
pub fn run(settings: &Settings) -> anyhow::Result<ExitCode> {
    let mail = &settings.mail;
    let (_, from) = mail
        .from_address
        .rsplit_once('@')
        .context("mail.from_address is no mail address")?;
    let returns = mail.return_address.rsplit_once('@');
    let envelope = returns.map_or(from, |(_, domain)| domain);
    println!(
        "; Who may send for {envelope} (SPF): your SMTP provider's words in the place of include:…"
    );
    println!("{envelope}. IN TXT \"v=spf1 include:PROVIDER -all\"");
    match dkim::configured(settings) {
        Ok(Some(signer)) => {
            println!("; The key that signs (DKIM)");
            println!(
                "{}. IN TXT {}",
                signer.record_name(),
                strings(&signer.record())
            );
        }
        Ok(None) => println!(
            "; No DKIM key is configured here (mail.dkim): your provider signs, and says what to publish."
        ),
        Err(error) => bail!("mail.dkim.key {error}"),
    }
    println!(
        "; What others do with mail that is neither (DMARC); begin with p=none, read the reports, then tighten"
    );
    println!("_dmarc.{from}. IN TXT \"v=DMARC1; p=none; rua=mailto:postmaster@{from}\"");
    if mail.domain != from {
        println!("; Replies come to {}: it needs an MX record.", mail.domain);
    }
    Ok(ExitCode::SUCCESS)
}

/// A TXT record holds strings of 255 bytes at most.
fn strings(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let parts: Vec<String> = chars
        .chunks(250)
        .map(|part| format!("\"{}\"", part.iter().collect::<String>()))
        .collect();
    parts.join(" ")
}
