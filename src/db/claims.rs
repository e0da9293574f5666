//! The claim of a request that wants to be done once (`web::idempotency`), on its way from the
//! request to the transactions that it runs: each of them marks the claim as *committed* before it commits. So a
//! server that is killed, or a connection that is cut, between the commit and the keeping of the answer never
//! leaves a key that looks unused behind.

use std::cell::Cell;
use std::future::Future;

use diesel::prelude::*;

use crate::db::Conn;
use crate::db::schema::idempotency_keys;
use crate::kernel::ids::IdempotencyId;

tokio::task_local! {
    /// The claim of the request that this task works on.
    static OF_TASK: IdempotencyId;
}

thread_local! {
    /// The claim of the request that this thread works for.
    static OF_THREAD: Cell<Option<IdempotencyId>> = const { Cell::new(None) };
}

/// Does `work` for the request that holds the claim `id`.
pub async fn within<F: Future>(id: IdempotencyId, work: F) -> F::Output {
    OF_TASK.scope(id, work).await
}

/// The claim that this task works for.
pub(super) fn of_task() -> Option<IdempotencyId> {
    OF_TASK.try_with(|id| *id).ok()
}

/// Does `work`, on a thread of the pool, for the claim.
pub(super) fn on_thread<T>(claim: Option<IdempotencyId>, work: impl FnOnce() -> T) -> T {
    /// Threads are used again, by others, whatever becomes of the work.
    struct Clean;
    impl Drop for Clean {
        fn drop(&mut self) {
            OF_THREAD.set(None);
        }
    }
    OF_THREAD.set(claim);
    let _clean = Clean;
    work()
}

/// Marks the claim that this thread works for, if there is one, in the open transaction.
pub(super) fn mark(conn: &mut Conn) -> QueryResult<()> {
    let Some(id) = OF_THREAD.get() else {
        return Ok(());
    };
    diesel::update(idempotency_keys::table.find(id))
        .set(idempotency_keys::committed.eq(true))
        .execute(conn)
        .map(|_| ())
}
