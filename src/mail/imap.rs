//! A mailbox over IMAP (RFC 3501): connecting, finding what is new, fetching it within bounds, and marking what
//! was taken. What a message means and what has become of it is nobody's business here.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use async_imap::error::Error as ImapError;
use async_imap::extensions::idle::IdleResponse;
use async_imap::{Client, Session};
use futures_util::TryStreamExt as _;
use secrecy::ExposeSecret;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::inbound::{MOST_BYTES, MOST_HEAD_BYTES};
use crate::kernel::settings::{AfterTaking, Imap as Settings, ImapSecurity};

/// A server may end an IDLE after half an hour (RFC 2177): it is begun anew before.
const LONGEST_IDLE: Duration = Duration::from_secs(28 * 60);
/// How many messages one command names: a line of a command has its limits.
const MOST_AT_ONCE: usize = 100;

/// What carries the conversation, with or without TLS.
trait Wire: AsyncRead + AsyncWrite + Unpin + Send + fmt::Debug {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + fmt::Debug> Wire for T {}

/// Why a mailbox could not be read. It holds no name and no address.
#[derive(Debug, thiserror::Error)]
pub enum MailboxError {
    #[error("the server cannot be reached: {0}")]
    Unreachable(std::io::ErrorKind),
    #[error("the server did not answer in time")]
    Silent,
    #[error("no secure connection: {0}")]
    Tls(String),
    #[error("the server refused user or password")]
    Login,
    #[error("the folder cannot be opened")]
    Folder,
    #[error("the connection was lost")]
    Lost,
    #[error("the server refused a command")]
    Refused,
    #[error("the server's answer was not understood")]
    Garbled,
}

impl From<ImapError> for MailboxError {
    fn from(error: ImapError) -> Self {
        match error {
            ImapError::Io(_) | ImapError::ConnectionLost => Self::Lost,
            ImapError::No(_) | ImapError::Bad(_) => Self::Refused,
            _ => Self::Garbled,
        }
    }
}

/// An open mailbox.
pub struct Mailbox {
    session: Session<Box<dyn Wire>>,
    settings: Settings,
    /// UIDVALIDITY: as long as it is the same, a UID means the same message.
    pub uid_validity: u32,
    can_idle: bool,
}

impl fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mailbox({})", self.uid_validity)
    }
}

/// A message in the mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    pub uid: u32,
    /// In bytes, as the server says.
    pub size: usize,
}

impl Mailbox {
    /// Connects, signs in and opens the folder.
    ///
    /// # Errors
    /// [`MailboxError`].
    pub async fn open(settings: &Settings) -> Result<Self, MailboxError> {
        let patience = patience(settings);
        let session = in_time(patience, sign_in(settings)).await?;
        let mut this = Self {
            session,
            settings: settings.clone(),
            uid_validity: 0,
            can_idle: false,
        };
        in_time(patience, this.select()).await?;
        Ok(this)
    }

    async fn select(&mut self) -> Result<(), MailboxError> {
        let capabilities = self.session.capabilities().await?;
        self.can_idle = self.settings.idle && capabilities.has_str("IDLE");
        if self.settings.after == AfterTaking::Move {
            // It is there after the first time, and then the server says no.
            drop(self.session.create(&self.settings.done_folder).await);
        }
        let opened = self.session.select(&self.settings.folder).await;
        let opened = opened.map_err(|error| match error {
            ImapError::No(_) => MailboxError::Folder,
            error => error.into(),
        })?;
        self.uid_validity = opened.uid_validity.ok_or(MailboxError::Garbled)?;
        Ok(())
    }

    /// The messages after the UID `last`, the oldest first, a limited number at a time.
    ///
    /// # Errors
    /// [`MailboxError`].
    pub async fn after(&mut self, last: u32) -> Result<Vec<Found>, MailboxError> {
        in_time(patience(&self.settings), async {
            let from = last.saturating_add(1);
            let uids = self.session.uid_search(format!("UID {from}:*")).await?;
            // `n:*` holds the last message even where its UID is below n.
            let mut uids: Vec<u32> = uids.into_iter().filter(|uid| *uid >= from).collect();
            uids.sort_unstable();
            uids.truncate(MOST_AT_ONCE);
            if uids.is_empty() {
                return Ok(Vec::new());
            }
            let fetches = self.session.uid_fetch(set(&uids), "(UID RFC822.SIZE)");
            let fetches: Vec<_> = fetches.await?.try_collect().await?;
            let size_of = |uid: u32| {
                let found = fetches.iter().find(|fetch| fetch.uid == Some(uid));
                found.and_then(|fetch| fetch.size)
            };
            Ok(uids
                .into_iter()
                .map(|uid| Found {
                    uid,
                    // One that was deleted meanwhile has no size, and will give no text.
                    size: usize::try_from(size_of(uid).unwrap_or(0)).unwrap_or(usize::MAX),
                })
                .collect())
        })
        .await
    }

    /// A message's bytes; of one over the bound (I1) only its headers, cut. `None` when it is gone.
    ///
    /// # Errors
    /// [`MailboxError`].
    pub async fn fetch(&mut self, found: Found) -> Result<Option<Vec<u8>>, MailboxError> {
        let query = if found.size > MOST_BYTES {
            format!("(UID BODY.PEEK[HEADER]<0.{MOST_HEAD_BYTES}>)")
        } else {
            // The size that the server gave is not believed.
            format!("(UID BODY.PEEK[]<0.{}>)", MOST_BYTES + 1)
        };
        in_time(patience(&self.settings), async {
            let fetches = self.session.uid_fetch(found.uid.to_string(), query);
            let fetches: Vec<_> = fetches.await?.try_collect().await?;
            let mine = fetches.iter().find(|fetch| fetch.uid == Some(found.uid));
            let bytes = mine.and_then(|fetch| fetch.body().or_else(|| fetch.header()));
            match bytes {
                Some(bytes) => Ok(Some(bytes.to_vec())),
                None => self.is_gone(found.uid).await,
            }
        })
        .await
    }

    /// `async-imap` gives nothing where the server gave nothing, and as well where it said NO or went away: a
    /// message is gone only when the server says so, or it would be passed over for ever.
    async fn is_gone(&mut self, uid: u32) -> Result<Option<Vec<u8>>, MailboxError> {
        let search = format!("UID SEARCH UID {uid}");
        self.session.run_command_and_check_ok(&search).await?;
        let there = self.session.uid_search(format!("UID {uid}")).await?;
        self.session.run_command_and_check_ok(&search).await?;
        if there.is_empty() {
            Ok(None)
        } else {
            Err(MailboxError::Refused)
        }
    }

    /// Marks, moves or deletes the messages up to `last`, as the settings ask, those that are not yet.
    ///
    /// # Errors
    /// [`MailboxError`].
    pub async fn tidy(&mut self, last: u32) -> Result<(), MailboxError> {
        if last == 0 {
            return Ok(());
        }
        let patience = patience(&self.settings);
        let what = match self.settings.after {
            AfterTaking::Seen => "UNSEEN",
            AfterTaking::Move | AfterTaking::Delete => "UNDELETED",
        };
        let search = self.session.uid_search(format!("UID 1:{last} {what}"));
        let uids = in_time(patience, async { Ok(search.await?) }).await?;
        let mut uids: Vec<u32> = uids.into_iter().filter(|uid| *uid <= last).collect();
        uids.sort_unstable();
        for some in uids.chunks(MOST_AT_ONCE) {
            in_time(patience, self.put_away(&set(some))).await?;
        }
        Ok(())
    }

    async fn put_away(&mut self, uids: &str) -> Result<(), MailboxError> {
        let flags = match self.settings.after {
            AfterTaking::Move => {
                let folder = self.settings.done_folder.clone();
                return Ok(self.session.uid_mv(uids, folder).await?);
            }
            AfterTaking::Seen => "+FLAGS.SILENT (\\Seen)",
            AfterTaking::Delete => "+FLAGS.SILENT (\\Deleted)",
        };
        let stored = self.session.uid_store(uids, flags).await?;
        let _: Vec<_> = stored.try_collect().await?;
        if self.settings.after == AfterTaking::Delete {
            let expunged = self.session.uid_expunge(uids).await?;
            let _: Vec<_> = expunged.try_collect().await?;
        }
        Ok(())
    }

    /// Waits until there may be something new, or `until` comes true.
    ///
    /// # Errors
    /// [`MailboxError`].
    pub async fn wait(self, until: impl Future<Output = ()>) -> Result<Self, MailboxError> {
        let poll = Duration::from_secs(self.settings.poll_seconds.max(1));
        if !self.can_idle {
            tokio::select! {
                () = tokio::time::sleep(poll) => {}
                () = until => {}
            }
            return self.still_there().await;
        }
        let patience = patience(&self.settings);
        let Self {
            session,
            settings,
            uid_validity,
            can_idle,
        } = self;
        let mut idle = session.idle();
        in_time(patience, async { Ok(idle.init().await?) }).await?;
        {
            let (waiting, _interrupt) = idle.wait_with_timeout(LONGEST_IDLE);
            tokio::select! {
                told = waiting => match told? {
                    IdleResponse::NewData(_) | IdleResponse::Timeout | IdleResponse::ManualInterrupt => {}
                },
                () = until => {}
            }
        }
        let session = in_time(patience, async { Ok(idle.done().await?) }).await?;
        Ok(Self {
            session,
            settings,
            uid_validity,
            can_idle,
        })
    }

    /// Asks for news, which some servers give only then.
    async fn still_there(mut self) -> Result<Self, MailboxError> {
        let patience = patience(&self.settings);
        in_time(patience, async { Ok(self.session.noop().await?) }).await?;
        Ok(self)
    }

    /// Takes leave. That it fails hurts nobody.
    pub async fn close(mut self) {
        let patience = patience(&self.settings);
        drop(in_time(patience, async { Ok(self.session.logout().await?) }).await);
    }
}

fn patience(settings: &Settings) -> Duration {
    Duration::from_secs(settings.timeout_seconds.max(1))
}

async fn in_time<T>(
    patience: Duration,
    work: impl Future<Output = Result<T, MailboxError>>,
) -> Result<T, MailboxError> {
    tokio::time::timeout(patience, work)
        .await
        .map_err(|_| MailboxError::Silent)?
}

fn set(uids: &[u32]) -> String {
    let uids: Vec<String> = uids.iter().map(u32::to_string).collect();
    uids.join(",")
}

async fn sign_in(settings: &Settings) -> Result<Session<Box<dyn Wire>>, MailboxError> {
    let stream = TcpStream::connect((settings.host.as_str(), settings.port))
        .await
        .map_err(|error| MailboxError::Unreachable(error.kind()))?;
    let wire: Box<dyn Wire> = match settings.security {
        ImapSecurity::None => Box::new(stream),
        ImapSecurity::Tls => Box::new(secured(settings, stream).await?),
        ImapSecurity::Starttls => {
            let mut plain = greeted(stream).await?;
            plain.run_command_and_check_ok("STARTTLS", None).await?;
            let secure: Box<dyn Wire> = Box::new(secured(settings, plain.into_inner()).await?);
            // The greeting came before; what came with it in clear is forgotten.
            return log_in(Client::new(secure), settings).await;
        }
    };
    log_in(greeted(wire).await?, settings).await
}

async fn greeted<T: Wire>(wire: T) -> Result<Client<T>, MailboxError> {
    let mut client = Client::new(wire);
    match client.read_response().await {
        Ok(Some(_)) => Ok(client),
        Ok(None) | Err(_) => Err(MailboxError::Lost),
    }
}

async fn log_in(
    client: Client<Box<dyn Wire>>,
    settings: &Settings,
) -> Result<Session<Box<dyn Wire>>, MailboxError> {
    let password = settings.password.expose_secret();
    let opened = client.login(&settings.user, password).await;
    opened.map_err(|(error, _)| match error {
        ImapError::No(_) | ImapError::Bad(_) | ImapError::Validate(_) => MailboxError::Login,
        error => error.into(),
    })
}

async fn secured<T: Wire>(
    settings: &Settings,
    stream: T,
) -> Result<tokio_rustls::client::TlsStream<T>, MailboxError> {
    let wrong = |error: &dyn fmt::Display| MailboxError::Tls(error.to_string());
    let mut roots = RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    if !settings.ca_file.is_empty() {
        let certificates = CertificateDer::pem_file_iter(&settings.ca_file)
            .map_err(|error| wrong(&format!("mail.inbound.imap.ca_file: {error}")))?;
        for certificate in certificates {
            let certificate = certificate.map_err(|error| wrong(&error))?;
            roots.add(certificate).map_err(|error| wrong(&error))?;
        }
    }
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| wrong(&error))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(settings.host.clone()).map_err(|error| wrong(&error))?;
    TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
        .map_err(|error| wrong(&error))
}
