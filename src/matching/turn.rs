//! One search for the best set at a time in a server: each uses every core and holds the people in memory, so many at
//! once would take longer for everybody, and would keep connections of the database from whoever wants only a page.
//! Whoever comes second waits without a connection.

use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::kernel::Problem;

static TURNS: Semaphore = Semaphore::const_new(1);

/// How long one waits for one's turn.
const PATIENCE: Duration = Duration::from_secs(10);

/// A turn, which ends when it is dropped.
///
/// # Errors
/// 503 where others take longer than ten seconds.
pub async fn turn() -> Result<SemaphorePermit<'static>, Problem> {
    let busy = || Problem::Busy {
        retry_after_seconds: 5,
    };
    match tokio::time::timeout(PATIENCE, TURNS.acquire()).await {
        Ok(Ok(turn)) => Ok(turn),
        Ok(Err(_)) | Err(_) => Err(busy()),
    }
}
