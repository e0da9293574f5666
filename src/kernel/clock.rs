//! The clock is passed, never asked: a use case reads the time from its `Context`, and only the doors
//! (`http`, `worker`, `cli`) hold a `Clock`. A test sets it.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Duration};

use crate::kernel::Instant;

/// Where the time comes from.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> Instant;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one clock of the program")]
    fn now(&self) -> Instant {
        Instant::new(chrono::Utc::now())
    }
}

/// A clock that stands still until it is moved, for tests.
#[derive(Debug)]
pub struct TestClock(AtomicI64);

impl TestClock {
    /// A clock that stands at `at`.
    pub fn at(at: Instant) -> Self {
        Self(AtomicI64::new(at.utc().timestamp_micros()))
    }

    /// Moves the clock by `by` (back when negative).
    pub fn advance(&self, by: Duration) {
        self.0
            .fetch_add(by.num_microseconds().unwrap_or(0), Ordering::SeqCst);
    }

    /// Sets the clock.
    pub fn set(&self, at: Instant) {
        self.0.store(at.utc().timestamp_micros(), Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Instant {
        Instant::new(
            DateTime::from_timestamp_micros(self.0.load(Ordering::SeqCst)).unwrap_or_default(),
        )
    }
}
