//! The pool: connections shared by the requests and jobs of one process, and the way from async code to
//! diesel's blocking calls and back.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use diesel::r2d2::{PooledConnection, R2D2Connection};
use tokio::sync::Semaphore;

use crate::db::{Conn, Manager, claims};
use crate::kernel::Problem;
use crate::kernel::settings;

/// The database of this deployment. Clones share one pool.
#[derive(Clone)]
pub struct Db {
    pool: diesel::r2d2::Pool<Manager>,
    manager: Manager,
    places: Arc<Semaphore>,
    wait: Duration,
    /// Connections that may have been cut and are tried before they are used.
    doubtful: Arc<AtomicU32>,
}

impl Db {
    /// A pool over the configured database; connections are opened when first needed.
    pub fn new(settings: &settings::Database) -> Self {
        let manager = Manager::new(settings.url.clone());
        let pool = diesel::r2d2::Pool::builder()
            .max_size(settings.pool_size)
            .min_idle(Some(0))
            // A ping at every check-out halves PostgreSQL's throughput; a connection that fails is dropped by
            // `has_broken` when it comes back, and its request answers 503.
            .test_on_check_out(false)
            .connection_timeout(Duration::from_millis(settings.wait_ms.max(100)))
            .error_handler(Box::new(diesel::r2d2::NopErrorHandler))
            .build_unchecked(manager.clone());
        Self {
            pool,
            manager,
            places: Arc::new(Semaphore::new(
                usize::try_from(settings.pool_size).unwrap_or(8),
            )),
            wait: Duration::from_millis(settings.wait_ms),
            doubtful: Arc::default(),
        }
    }

    /// Runs `work` with a connection on a blocking thread. When none is free within `database.wait_ms`, or
    /// the database is away, the answer is [`Problem::Busy`] and nothing was done.
    pub async fn run<T, F>(&self, work: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, Problem> + Send + 'static,
    {
        let place = tokio::time::timeout(self.wait, Arc::clone(&self.places).acquire_owned())
            .await
            .map_err(|_| Problem::Busy {
                retry_after_seconds: 2,
            })?
            .map_err(Problem::internal)?;
        let db = self.clone();
        let claim = claims::of_task();
        tokio::task::spawn_blocking(move || {
            let _place = place;
            claims::on_thread(claim, || db.run_here(work))
        })
        .await
        .map_err(Problem::internal)?
    }

    /// [`Db::run`] on this thread, for commands and the worker.
    pub fn run_here<T>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let mut conn = self.check_out()?;
        let outcome = work(&mut conn);
        if matches!(outcome, Err(Problem::Busy { .. })) && conn.ping().is_err() {
            // The server is gone or was restarted: this connection is dropped, and those that lie idle are
            // tried before they are used, so that each does not cost somebody a failed request.
            self.manager.mark_broken();
            let open = self.pool.state().connections;
            self.doubtful.store(open, Ordering::Relaxed);
        }
        outcome
    }

    fn check_out(&self) -> Result<PooledConnection<Manager>, Problem> {
        loop {
            let mut conn = self.pool.get().map_err(|error| {
                tracing::warn!(%error, "no database connection");
                Problem::Busy {
                    retry_after_seconds: 2,
                }
            })?;
            let doubted = self
                .doubtful
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1))
                .is_ok();
            if !doubted || conn.ping().is_ok() {
                return Ok(conn);
            }
            self.manager.mark_broken();
        }
    }

    /// A connection outside the pool, for migrations.
    pub fn connect_one(&self) -> Result<Conn, diesel::ConnectionError> {
        self.manager.connect_one()
    }

    /// The pool's connections: how many are open, and how many of these are idle.
    pub fn connections(&self) -> (u32, u32) {
        let state = self.pool.state();
        (state.connections, state.idle_connections)
    }

    /// How many queries have been run through this pool.
    pub fn queries(&self) -> u64 {
        self.manager.queries()
    }
}
