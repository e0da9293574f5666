//! Work that uses every core waits for its turn: so few at once in a server that nobody is kept from a page by it, and
//! whoever waits keeps no connection of the database. One more than one, so that a search that is held up by the
//! database does not hold up the next.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::kernel::Problem;

/// So many at once.
const AT_ONCE: usize = 2;
/// How long one waits for one's turn.
const PATIENCE: Duration = Duration::from_secs(20);

/// The turns of a server. Clones share them.
#[derive(Debug, Clone)]
pub struct Turns {
    free: Arc<Semaphore>,
    patience: Duration,
}

impl Default for Turns {
    fn default() -> Self {
        Self {
            free: Arc::new(Semaphore::new(AT_ONCE)),
            patience: PATIENCE,
        }
    }
}

impl Turns {
    /// A turn, which ends when it is dropped.
    ///
    /// # Errors
    /// 503 where those before take longer than twenty seconds.
    pub async fn take(&self) -> Result<OwnedSemaphorePermit, Problem> {
        let turn = Arc::clone(&self.free).acquire_owned();
        match tokio::time::timeout(self.patience, turn).await {
            Ok(Ok(turn)) => Ok(turn),
            Ok(Err(_)) | Err(_) => Err(Problem::Busy {
                retry_after_seconds: 5,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_comes_when_all_turns_are_taken_waits_and_is_told_after_a_while() {
        let turns = Turns {
            patience: Duration::from_millis(50),
            ..Turns::default()
        };
        let first = turns.take().await.unwrap();
        let _second = turns.clone().take().await.unwrap();
        let late = turns.take().await;
        assert_eq!(late.unwrap_err().status(), 503);
        // A turn that ends goes to whoever waits.
        let waits = turns.take();
        drop(first);
        assert!(waits.await.is_ok());
    }
}
