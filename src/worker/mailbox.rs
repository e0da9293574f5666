//! The mailbox door: messages are fetched over IMAP and handed to the room for what comes in. One server at a time
//! has the mailbox, by a lease; where it was read up to moves in the transaction that stores a message; and
//! only after that commit the message is marked in the mailbox. So a server that is killed anywhere loses nothing
//! and does nothing twice: before the commit nobody has taken the message, after it the next round marks it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::watch;

use crate::correspondence::incoming::{Arrival, receive_with};
use crate::db::Conn;
use crate::kernel::secret::fingerprint;
use crate::kernel::settings::Imap;
use crate::kernel::{Context, Problem};
use crate::mail::imap::{Found, Mailbox, MailboxError};
use crate::mail::inbound::{Door, MOST_BYTES, mailbox};
use crate::web::App;

/// The pauses after failures: doubled from the first to the longest.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// Why a round with a mailbox ended before its time.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("{0}")]
    Mailbox(#[from] MailboxError),
    #[error("{0}")]
    Database(#[from] Problem),
}

/// The name under which servers share the configured mailbox. It shows no address.
#[must_use]
pub fn name_of(settings: &Imap) -> String {
    let Imap {
        host,
        port,
        user,
        folder,
        ..
    } = settings;
    let whole = format!("{host}\n{port}\n{user}\n{folder}");
    let short: String = fingerprint(whole.as_bytes()).chars().take(16).collect();
    format!("imap-{short}")
}

/// Reads the configured mailbox until `stopped` turns true; returns at once where there is none.
pub async fn run(app: &App, worker: &str, mut stopped: watch::Receiver<bool>) {
    let settings = &app.platform.settings.mail.inbound.imap;
    if settings.host.is_empty() {
        return;
    }
    let reader = Reader {
        app: app.clone(),
        worker: worker.to_owned(),
        name: name_of(settings),
        went_well: AtomicBool::new(false),
    };
    let poll = Duration::from_secs(settings.poll_seconds.max(1));
    let mut pause = FIRST_PAUSE;
    while !*stopped.borrow() {
        let wait = match reader.read(&mut stopped).await {
            Ok(()) => {
                pause = FIRST_PAUSE;
                poll
            }
            Err(failure) => {
                reader.note(Err(failure.to_string())).await;
                tracing::warn!(%failure, "the mailbox cannot be read; trying again");
                if reader.went_well.swap(false, Ordering::Relaxed) {
                    pause = FIRST_PAUSE;
                }
                let wait = pause;
                pause = (pause * 2).min(LONGEST_PAUSE);
                wait
            }
        };
        // Wakes early when it is told to stop.
        drop(tokio::time::timeout(wait, stopped.wait_for(|stop| *stop)).await);
    }
    reader.release().await;
}

struct Reader {
    app: App,
    worker: String,
    name: String,
    /// A round has gone well since the last failure.
    went_well: AtomicBool,
}

impl Reader {
    fn settings(&self) -> &Imap {
        &self.app.platform.settings.mail.inbound.imap
    }

    /// Takes or keeps the lease; `None` while another server has it.
    async fn lease(&self) -> Result<Option<mailbox::Mailbox>, Problem> {
        let seconds = self.app.platform.settings.worker.lease_seconds;
        let lease = chrono::Duration::seconds(i64::from(seconds));
        let (now, name, worker) = (self.app.clock.now(), self.name.clone(), self.worker.clone());
        self.app
            .db
            .run(move |conn| mailbox::lease(conn, &name, &worker, now, lease))
            .await
    }

    /// Keeps the lease until it is lost.
    async fn keep_lease(&self) {
        let seconds = u64::from(self.app.platform.settings.worker.lease_seconds);
        loop {
            tokio::time::sleep(Duration::from_secs((seconds / 3).max(1))).await;
            if !matches!(self.lease().await, Ok(Some(_))) {
                return;
            }
        }
    }

    /// Reads as long as the mailbox is ours and the connection holds.
    async fn read(&self, stopped: &mut watch::Receiver<bool>) -> Result<(), Failure> {
        if self.lease().await?.is_none() {
            return Ok(());
        }
        let mut open = Mailbox::open(self.settings()).await?;
        loop {
            // After a wait the mailbox may have become another's.
            let Some(mark) = self.lease().await? else {
                open.close().await;
                return Ok(());
            };
            let last = self.take_new(&mut open, &mark, stopped).await?;
            open.tidy(last).await?;
            self.note(Ok(())).await;
            self.went_well.store(true, Ordering::Relaxed);
            if *stopped.borrow() {
                open.close().await;
                return Ok(());
            }
            let told = async {
                tokio::select! {
                    _ = stopped.wait_for(|stop| *stop) => {}
                    () = self.keep_lease() => {}
                }
            };
            open = open.wait(told).await?;
        }
    }

    /// Takes everything after the mark, the oldest first; gives the UID of the last one.
    async fn take_new(
        &self,
        open: &mut Mailbox,
        mark: &mailbox::Mailbox,
        stopped: &watch::Receiver<bool>,
    ) -> Result<u32, Failure> {
        let validity = i64::from(open.uid_validity);
        let mut last = match mark.uid_validity == validity {
            true => u32::try_from(mark.last_uid).unwrap_or(0),
            // The server has given its messages new numbers: all are looked at again, and known again.
            false => 0,
        };
        loop {
            let found = open.after(last).await?;
            if found.is_empty() {
                return Ok(last);
            }
            for one in found {
                if *stopped.borrow() {
                    return Ok(last);
                }
                let raw = open.fetch(one).await?;
                if !self.take(validity, one, raw).await? {
                    // Another server has the mailbox now.
                    return Ok(last);
                }
                last = one.uid;
            }
            if self.lease().await?.is_none() {
                return Ok(last);
            }
        }
    }

    /// Stores one message and moves the mark, together; false when the mailbox is no longer ours.
    async fn take(
        &self,
        validity: i64,
        found: Found,
        raw: Option<Vec<u8>>,
    ) -> Result<bool, Problem> {
        let (name, worker) = (self.name.clone(), self.worker.clone());
        let uid = i64::from(found.uid);
        let ctx = Context::system(
            "mailbox",
            self.app.clock.now(),
            std::sync::Arc::clone(&self.app.platform),
        );
        let advance = move |conn: &mut Conn| {
            if mailbox::advance(conn, &name, &worker, validity, uid)? {
                Ok(())
            } else {
                Err(Problem::Stale)
            }
        };
        let taken = self
            .app
            .db
            .run(move |conn| {
                let Some(raw) = raw else {
                    // It was deleted before we came to it.
                    return conn.write_tx(advance);
                };
                let size = match raw.len() > MOST_BYTES || found.size > MOST_BYTES {
                    true => found.size.max(raw.len()),
                    false => raw.len(),
                };
                let arrival = Arrival {
                    door: Door::Imap,
                    raw,
                    size,
                    envelope_to: None,
                };
                receive_with(conn, &ctx, arrival, &advance).map(drop)
            })
            .await;
        match taken {
            Ok(()) => Ok(true),
            Err(Problem::Stale) => Ok(false),
            Err(problem) => Err(problem),
        }
    }

    /// Writes down how a round went, for whoever watches the service.
    async fn note(&self, outcome: Result<(), String>) {
        let (now, name) = (self.app.clock.now(), self.name.clone());
        let noted = self
            .app
            .db
            .run(move |conn| {
                let outcome = outcome.as_ref().copied().map_err(String::as_str);
                mailbox::note(conn, &name, now, outcome)
            })
            .await;
        if let Err(problem) = noted {
            tracing::warn!(%problem, "the state of the mailbox could not be written down");
        }
    }

    async fn release(&self) {
        let (name, worker) = (self.name.clone(), self.worker.clone());
        let released = self
            .app
            .db
            .run(move |conn| mailbox::release(conn, &name, &worker))
            .await;
        if let Err(problem) = released {
            tracing::warn!(%problem, "the mailbox stays ours until its lease ends");
        }
    }
}
