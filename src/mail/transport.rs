//! Where a message goes: to an SMTP server, into a folder, or nowhere further (the local mailbox of a
//! demonstration shows the outbox itself).

use std::path::{Path, PathBuf};
use std::time::Duration;

use lettre::address::Envelope;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::PoolConfig;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{SmtpTransport, Transport as _};
use secrecy::ExposeSecret;

use crate::kernel::Settings;
use crate::kernel::settings::{Mail, SmtpSecurity, Transport as Setting};

/// How many connections one process keeps to the SMTP server at most.
pub const CONNECTIONS: u32 = 6;

/// A way out.
#[derive(Debug, Clone)]
pub enum Transport {
    /// Kept in the outbox and shown at `/mailbox`.
    Mailbox,
    /// `.eml` files.
    Files(PathBuf),
    /// An SMTP server. The blocking client on a thread of its own, because a send that is under way
    /// must never be cancelled: its connection would go back to the pool in the middle of a
    /// conversation, and the next mail would read the answers to this one.
    Smtp(SmtpTransport),
}

/// Why a message did not leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The server says no, and will say no again.
    Refused(String),
    /// The mail cannot be made; that is our fault, and another attempt would end alike.
    Broken(String),
    /// What it says is over.
    Overdue,
    /// Nobody there, or "come back later".
    Later(String),
}

/// The transport cannot be set up as configured.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    #[error("mail.smtp.ca_file names {path}, which cannot be read: {cause}")]
    File { path: String, cause: std::io::Error },
    #[error("{0}")]
    Tls(#[from] SmtpError),
}

impl Transport {
    /// From the settings.
    ///
    /// # Errors
    /// When `mail.smtp.ca_file` cannot be read or is no certificate.
    pub fn new(settings: &Settings) -> Result<Self, TransportError> {
        let mail = &settings.mail;
        Ok(match mail.transport {
            Setting::Mailbox => Self::Mailbox,
            Setting::Files => Self::Files(mail.folder.clone()),
            Setting::Smtp => {
                // The eight answers of a conversation together must not outlast the lease, of which a fifth
                // may be over when it begins.
                let lease = u64::from(settings.worker.lease_seconds);
                let seconds = mail.smtp.timeout_seconds.min(lease / 10).max(1);
                Self::Smtp(smtp(mail, Duration::from_secs(seconds))?)
            }
        })
    }

    /// Sends the bytes of a message; `name` names its file.
    ///
    /// # Errors
    /// [`Failure`], which says whether another attempt makes sense.
    pub async fn send(&self, name: &str, to: Envelope, message: Vec<u8>) -> Result<(), Failure> {
        let (this, name) = (self.clone(), name.to_owned());
        tokio::task::spawn_blocking(move || this.send_here(&name, &to, &message))
            .await
            .map_err(|error| Failure::Later(error.to_string()))?
    }

    fn send_here(&self, name: &str, to: &Envelope, message: &[u8]) -> Result<(), Failure> {
        match self {
            Self::Mailbox => Ok(()),
            Self::Files(folder) => {
                write_file(folder, name, message).map_err(|error| Failure::Later(error.to_string()))
            }
            Self::Smtp(server) => match server.send_raw(to, message) {
                Ok(_) => Ok(()),
                Err(error) => Err(failure(&error)),
            },
        }
    }
}

/// `patience` is how long one answer may take.
fn smtp(mail: &Mail, patience: Duration) -> Result<SmtpTransport, TransportError> {
    let host = mail.smtp.host.as_str();
    let parameters = || tls_parameters(host, &mail.smtp.ca_file);
    let tls = match mail.smtp.security {
        SmtpSecurity::Starttls => Tls::Required(parameters()?),
        SmtpSecurity::Tls => Tls::Wrapper(parameters()?),
        SmtpSecurity::None => Tls::None,
    };
    let mut builder = SmtpTransport::builder_dangerous(host)
        .port(mail.smtp.port)
        .tls(tls)
        .timeout(Some(patience))
        .pool_config(
            PoolConfig::new()
                .max_size(CONNECTIONS)
                .idle_timeout(Duration::from_secs(30)),
        );
    if !mail.smtp.user.is_empty() {
        builder = builder.credentials(Credentials::new(
            mail.smtp.user.clone(),
            mail.smtp.password.expose_secret().to_owned(),
        ));
    }
    Ok(builder.build())
}

fn tls_parameters(host: &str, ca_file: &str) -> Result<TlsParameters, TransportError> {
    let mut builder = TlsParameters::builder(host.to_owned());
    if !ca_file.is_empty() {
        let pem = std::fs::read(ca_file).map_err(|cause| TransportError::File {
            path: ca_file.to_owned(),
            cause,
        })?;
        builder = builder.add_root_certificate(Certificate::from_pem(&pem)?);
    }
    Ok(builder.build()?)
}

/// A 5xx about the mail is for good; a 5xx about ourselves (the password, the order of commands) is
/// a matter for the operator, and the mail waits for it.
fn failure(error: &SmtpError) -> Failure {
    let words = without_addresses(&error.to_string());
    let ours = error
        .status()
        .map(u16::from)
        .is_some_and(|code| matches!(code, 500..=504 | 530 | 534 | 535 | 538));
    if error.is_permanent() && !ours {
        Failure::Refused(words)
    } else {
        Failure::Later(words)
    }
}

/// A server's answer without the addresses that it repeats, because it is stored and logged in clear;
/// 300 characters at most.
pub(super) fn without_addresses(answer: &str) -> String {
    let words: Vec<&str> = answer
        .split_whitespace()
        .map(|word| if word.contains('@') { "<…>" } else { word })
        .collect();
    words.join(" ").chars().take(300).collect()
}

/// Under another name first, so that whoever watches the folder never reads half a message.
fn write_file(folder: &Path, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let part = folder.join(format!("{name}.part"));
    std::fs::write(&part, bytes)?;
    std::fs::rename(part, folder.join(format!("{name}.eml")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_s_answer_is_kept_without_addresses() {
        assert_eq!(
            without_addresses("550 5.1.1 <jose@example.org>: no such\r\n user here"),
            "550 5.1.1 <…> no such user here"
        );
    }
}
