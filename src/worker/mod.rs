//! The worker: what falls due without anybody asking — mails to deliver, reminders to write, links and copies
//! to purge. It looks at the queues every `worker.poll_seconds`; several workers may run on one PostgreSQL
//! database, each claiming rows with a lease, so that any of them may be killed at any moment.

use std::time::Duration;

use tokio::sync::watch;

use crate::web::App;

/// Works until `stopped` turns true; the round under way is finished.
pub async fn run(app: App, mut stopped: watch::Receiver<bool>) {
    let pause = Duration::from_secs(app.platform.settings.worker.poll_seconds.max(1));
    while !*stopped.borrow() {
        let worked = round(&app).await;
        if !worked {
            // Wakes early when it is told to stop.
            let _ = tokio::time::timeout(pause, stopped.wait_for(|stop| *stop)).await;
        }
    }
}

/// One look at every queue; whether there was something to do.
async fn round(_app: &App) -> bool {
    false
}
