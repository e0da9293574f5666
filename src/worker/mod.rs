//! The worker: what falls due without anybody asking — mails to deliver, jobs such as reminders, a mailbox to
//! read, people's own calendars to look at, offers that have been overtaken, old copies to purge. It looks at the queues every `worker.poll_seconds`;
//! several workers may run on one PostgreSQL database, each claiming rows with a lease, so that any of them may be
//! killed at any moment.

pub mod calendars;
mod digests;
pub mod mailbox;
mod offers;
mod purge;
mod work;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::kernel::{Problem, Token};
use crate::mail::Courier;
use crate::web::App;

/// Works until `stopped` turns true. What is under way then gets `server.shutdown_seconds` to finish;
/// what does not is left to a lease that runs out.
///
/// # Errors
/// 500 when it cannot start: a program that delivers no mail should not look well.
pub async fn run(app: App, stopped: watch::Receiver<bool>) -> Result<(), Problem> {
    let grace = Duration::from_secs(app.platform.settings.server.shutdown_seconds);
    let name = name()?;
    let courier = courier(&app, &name)?;
    let mut told = stopped.clone();
    let all = async {
        tokio::join!(
            mails(&app, &courier, stopped.clone()),
            jobs(&app, &name, stopped.clone()),
            calendars(&app, &name, stopped.clone()),
            purges(&app, stopped.clone()),
            mailbox::run(&app, &name, stopped.clone()),
            daily(&app, stopped.clone()),
            offers(&app, stopped.clone()),
        )
    };
    let overtime = async {
        let _ = told.wait_for(|stop| *stop).await;
        tokio::time::sleep(grace).await;
    };
    tokio::select! {
        _ = all => {}
        () = overtime => tracing::warn!("work under way was left to the next worker"),
    }
    Ok(())
}

/// A name that no other worker has: leases are told apart by it.
fn name() -> Result<String, Problem> {
    let token = Token::random()?;
    let random: String = token.expose().chars().take(8).collect();
    Ok(format!("{}-{random}", std::process::id()))
}

/// A courier over the configured transport.
///
/// # Errors
/// 500 when the SMTP transport cannot be set up.
pub fn courier(app: &App, worker: &str) -> Result<Courier, Problem> {
    Courier::new(
        app.db.clone(),
        Arc::clone(&app.platform),
        Arc::clone(&app.clock),
        worker.to_owned(),
    )
}

async fn mails(app: &App, courier: &Courier, stopped: watch::Receiver<bool>) {
    every(app, "mails", stopped, || async {
        Ok(courier.deliver_due().await?.total() > 0)
    })
    .await;
}

async fn jobs(app: &App, name: &str, stopped: watch::Receiver<bool>) {
    every(app, "jobs", stopped, || work::round(app, name)).await;
}

async fn calendars(app: &App, name: &str, stopped: watch::Receiver<bool>) {
    every(app, "calendars", stopped, || calendars::round(app, name)).await;
}

async fn purges(app: &App, stopped: watch::Receiver<bool>) {
    let last = std::cell::Cell::new(None);
    every(app, "purges", stopped, || async {
        let now = app.clock.now();
        let due = last
            .get()
            .is_none_or(|at| now.since(at) >= chrono::Duration::hours(1));
        if due {
            purge::all(app).await?;
            last.set(Some(now));
        }
        Ok(false)
    })
    .await;
}

async fn daily(app: &App, stopped: watch::Receiver<bool>) {
    let last = std::cell::Cell::new(None);
    every(app, "digests", stopped, || async {
        let now = app.clock.now();
        let due = last
            .get()
            .is_none_or(|at| now.since(at) >= chrono::Duration::minutes(1));
        if due {
            digests::round(app).await?;
            last.set(Some(now));
        }
        Ok(false)
    })
    .await;
}

async fn offers(app: &App, stopped: watch::Receiver<bool>) {
    let last = std::cell::Cell::new(None);
    every(app, "offers", stopped, || async {
        let now = app.clock.now();
        let due = last
            .get()
            .is_none_or(|at| now.since(at) >= chrono::Duration::minutes(1));
        if due {
            offers::round(app).await?;
            last.set(Some(now));
        }
        Ok(false)
    })
    .await;
}

/// Repeats `round` until the stop: at once while there is something to do, after a pause when there is
/// not or when the database is away.
async fn every<F>(
    app: &App,
    what: &'static str,
    mut stopped: watch::Receiver<bool>,
    round: impl Fn() -> F,
) where
    F: Future<Output = Result<bool, Problem>>,
{
    let pause = Duration::from_secs(app.platform.settings.worker.poll_seconds.max(1));
    while !*stopped.borrow() {
        let worked = round().await.unwrap_or_else(|problem| {
            tracing::warn!(%problem, what, "a round of the worker failed");
            false
        });
        if !worked {
            // Wakes early when it is told to stop.
            let _ = tokio::time::timeout(pause, stopped.wait_for(|stop| *stop)).await;
        }
    }
}
