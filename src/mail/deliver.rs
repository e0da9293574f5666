//! Delivery: due mails are claimed with a lease, sent outside any transaction, and marked.
//!
//! A worker that is killed before it sent leaves a claimed row whose lease runs out; then it is sent,
//! once. A worker that is killed after the server took the mail and before the mark sends it again:
//! with the same Message-ID and the same bytes, so that the recipient's program knows it is the same.
//!
//! A slow server makes the last mails of a batch wait for the first ones. So the lease of each is begun anew
//! before it is sent, if more than a fifth of it is over: one conversation with the server takes less than what
//! is left. A mail that another worker has taken meanwhile is left to it.

use std::sync::Arc;

use chrono::Duration;
use futures_util::StreamExt as _;

use super::dkim::{self, Signer};
use super::message::{self, ComposeError, Letter};
use super::queue::{self, Mark, Row};
use super::transport::{CONNECTIONS, Failure, Transport};
use crate::db::Db;
use crate::kernel::{Clock, Instant, Platform, Problem};

/// The first pause after a failed attempt, in seconds; each further one is twice as long. Twelve
/// attempts take about two days.
const FIRST_PAUSE_SECONDS: i64 = 90;

/// What is noted on a mail that was to be sent before an instant that has passed: nobody needs to see to it.
pub const OVERDUE: &str = "overdue";

/// What a round of delivery did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Round {
    pub sent: usize,
    pub later: usize,
    pub dead: usize,
}

impl Round {
    /// How many mails there were.
    pub fn total(self) -> usize {
        self.sent + self.later + self.dead
    }
}

/// One worker's way of delivering.
#[derive(Clone)]
pub struct Courier {
    db: Db,
    platform: Arc<Platform>,
    clock: Arc<dyn Clock>,
    transport: Transport,
    signer: Option<Arc<Signer>>,
    worker: String,
}

impl std::fmt::Debug for Courier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Courier({})", self.worker)
    }
}

impl Courier {
    /// A courier with a name of its own (`worker`), over the configured transport.
    ///
    /// # Errors
    /// 500 when the transport's TLS cannot be set up, or the DKIM key cannot sign.
    pub fn new(
        db: Db,
        platform: Arc<Platform>,
        clock: Arc<dyn Clock>,
        worker: String,
    ) -> Result<Self, Problem> {
        let transport = Transport::new(&platform.settings).map_err(Problem::internal)?;
        let signer = dkim::configured(&platform.settings).map_err(Problem::internal)?;
        Ok(Self {
            db,
            platform,
            clock,
            transport,
            signer: signer.map(Arc::new),
            worker,
        })
    }

    /// Delivers one batch of due mails, several at a time.
    ///
    /// # Errors
    /// Those of the database; what goes wrong with a single mail is written to its row.
    pub async fn deliver_due(&self) -> Result<Round, Problem> {
        let claimed_at = self.clock.now();
        let rows = self.claim(claimed_at).await?;
        let several = usize::try_from(CONNECTIONS).unwrap_or(1);
        let mut outcomes = futures_util::stream::iter(rows)
            .map(|row| self.deliver(row, claimed_at))
            .buffer_unordered(several);
        let (mut round, mut failed) = (Round::default(), None);
        while let Some(outcome) = outcomes.next().await {
            match outcome {
                Ok(Some(Mark::Sent(_))) => round.sent += 1,
                Ok(Some(Mark::Later(..))) => round.later += 1,
                Ok(Some(Mark::Dead(_))) => round.dead += 1,
                Ok(None) => {}
                // The others of the batch are finished first; this one's lease runs out.
                Err(problem) => failed = Some(problem),
            }
        }
        failed.map_or(Ok(round), Err)
    }

    fn lease(&self) -> Duration {
        Duration::seconds(i64::from(self.platform.settings.worker.lease_seconds))
    }

    async fn claim(&self, now: Instant) -> Result<Vec<Row>, Problem> {
        let most = i64::from(self.platform.settings.worker.batch.max(1));
        let (lease, worker) = (self.lease(), self.worker.clone());
        self.db
            .run(move |conn| queue::claim(conn, &worker, now, lease, most))
            .await
    }

    /// Whether a mail that was claimed at `claimed_at` is this worker's for as long as a conversation takes.
    async fn holds(&self, row: &Row, claimed_at: Instant) -> Result<bool, Problem> {
        let (now, lease) = (self.clock.now(), self.lease());
        if now.since(claimed_at) * 5 <= lease {
            return Ok(true);
        }
        let (id, worker, until) = (row.id, self.worker.clone(), now.plus(lease));
        self.db
            .run(move |conn| queue::renew(conn, id, &worker, until))
            .await
    }

    /// Sends a mail and writes down what became of it; `None` when another worker has it meanwhile.
    async fn deliver(&self, row: Row, claimed_at: Instant) -> Result<Option<Mark>, Problem> {
        if !self.holds(&row, claimed_at).await? {
            tracing::info!("a mail waited longer than its lease; another worker has it");
            return Ok(None);
        }
        let letter = message::open(&row, &self.platform.settings, &self.platform.keyring);
        let failure = match &letter {
            Ok(letter) => self.send(&row, letter).await.err(),
            Err(error) => Some(Failure::Broken(error.to_string())),
        };
        let mark = self.judge(&row, failure);
        let (worker, written) = (self.worker.clone(), mark.clone());
        let still_ours = self
            .db
            .run(move |conn| queue::mark(conn, row.id, &worker, &written))
            .await?;
        if !still_ours {
            tracing::warn!("a mail took longer than its lease; another worker has it");
        }
        Ok(Some(mark))
    }

    async fn send(&self, row: &Row, letter: &Letter) -> Result<(), Failure> {
        if letter
            .payload
            .not_after
            .is_some_and(|end| end < self.clock.now())
        {
            return Err(Failure::Overdue);
        }
        let message =
            message::compose(row, letter, &self.platform.settings, &self.platform.keyring)
                .map_err(|error| match error {
                    // Typed by a person: the address is the coordinator's to mend.
                    ComposeError::Address(_) => Failure::Refused(error.to_string()),
                    error => Failure::Broken(error.to_string()),
                })?;
        let bytes = message::bytes(row, &message, self.signer.as_deref())
            .map_err(|error| Failure::Broken(error.to_string()))?;
        let to = message.envelope().clone();
        self.transport.send(&row.id.to_string(), to, bytes).await
    }

    /// What to write about the attempt. A mail that is dead is in its coordinators' next digest.
    fn judge(&self, row: &Row, failure: Option<Failure>) -> Mark {
        let now = self.clock.now();
        let reason = match failure {
            None => return Mark::Sent(now),
            Some(Failure::Refused(reason) | Failure::Broken(reason)) => reason,
            Some(Failure::Overdue) => OVERDUE.to_owned(),
            Some(Failure::Later(reason)) => {
                let most = i32::try_from(self.platform.settings.mail.max_attempts);
                if row.attempts < most.unwrap_or(i32::MAX) {
                    return Mark::Later(next_attempt(row, now), reason);
                }
                reason
            }
        };
        // Not why: servers quote the address. `GET /api/v1/mails` tells those who may know.
        let (id, kind) = (row.id, row.kind.as_str());
        tracing::warn!(%id, kind, attempts = row.attempts, "a mail is dead");
        Mark::Dead(reason)
    }
}

/// Twice the pause after each failure, a fifth more or less, so that mails that failed together do
/// not come back together.
fn next_attempt(row: &Row, now: Instant) -> Instant {
    let failures = u32::try_from(row.attempts.clamp(1, 16)).unwrap_or(1);
    let pause = FIRST_PAUSE_SECONDS << (failures - 1);
    // The last byte of the id is random: jitter that a test can foresee.
    let [.., last] = *row.id.0.as_bytes();
    let jitter = pause * (i64::from(last) - 128) / 640;
    now.plus(Duration::seconds(pause + jitter))
}
