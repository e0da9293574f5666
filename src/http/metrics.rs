//! The figures of this process, in the text format of Prometheus: requests by route and status, how long they took, the
//! database's pool, the outbox and the jobs. A route stands as its template, so that no figure names a person.

use std::time::Duration;

use actix_web::http::Method;
use prometheus::{
    HistogramOpts, HistogramVec, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry, TextEncoder,
};

use crate::db::{Conn, jobs};
use crate::kernel::Problem;
use crate::mail::inbound::State;
use crate::mail::inbound::mailbox::{self, Mailbox};
use crate::mail::inbound::store;
use crate::mail::queue;
use crate::web::App;

/// Upper ends of the latency classes, in seconds.
const SECONDS: [f64; 11] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0,
];

/// The figures.
pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    seconds: HistogramVec,
    in_flight: IntGauge,
    connections: IntGaugeVec,
    queries: IntGauge,
    outbox: IntGaugeVec,
    jobs: IntGaugeVec,
    inbound: IntGaugeVec,
    mailbox: IntGaugeVec,
}

/// Counts a request as under way until it is dropped.
pub struct Flight(IntGauge);

impl Drop for Flight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Metrics {
    /// Fresh figures. Errors: a name that is used twice, which is a defect.
    pub fn new() -> Result<Self, prometheus::Error> {
        let opts = |name: &str, help: &str| Opts::new(format!("passerelle_{name}"), help);
        let requests = opts("http_requests_total", "Requests answered.");
        let seconds = HistogramOpts::new("passerelle_http_request_seconds", "Time to answer.")
            .buckets(SECONDS.to_vec());
        let metrics = Self {
            registry: Registry::new(),
            requests: IntCounterVec::new(requests, &["method", "route", "status"])?,
            seconds: HistogramVec::new(seconds, &["method", "route"])?,
            in_flight: IntGauge::with_opts(opts("http_requests_in_flight", "Requests under way."))?,
            connections: IntGaugeVec::new(
                opts("database_connections", "Connections of the pool."),
                &["state"],
            )?,
            queries: IntGauge::with_opts(opts(
                "database_queries",
                "Queries run since the start of the process.",
            ))?,
            outbox: IntGaugeVec::new(opts("outbox_mails", "Mails in the outbox."), &["state"])?,
            jobs: IntGaugeVec::new(opts("jobs", "Jobs in the queue."), &["state"])?,
            inbound: IntGaugeVec::new(
                opts(
                    "inbound_messages",
                    "Messages that came in, by what became of them.",
                ),
                &["state"],
            )?,
            mailbox: IntGaugeVec::new(
                opts(
                    "mailbox_last_success_seconds",
                    "When a mailbox was last read without a failure, in seconds since 1970.",
                ),
                &["mailbox"],
            )?,
        };
        metrics
            .registry
            .register(Box::new(metrics.requests.clone()))?;
        metrics
            .registry
            .register(Box::new(metrics.seconds.clone()))?;
        metrics
            .registry
            .register(Box::new(metrics.in_flight.clone()))?;
        metrics
            .registry
            .register(Box::new(metrics.connections.clone()))?;
        metrics
            .registry
            .register(Box::new(metrics.queries.clone()))?;
        metrics
            .registry
            .register(Box::new(metrics.outbox.clone()))?;
        metrics.registry.register(Box::new(metrics.jobs.clone()))?;
        metrics
            .registry
            .register(Box::new(metrics.inbound.clone()))?;
        metrics
            .registry
            .register(Box::new(metrics.mailbox.clone()))?;
        Ok(metrics)
    }

    /// A request begins.
    pub fn begin(&self) -> Flight {
        self.in_flight.inc();
        Flight(self.in_flight.clone())
    }

    /// A request was answered.
    pub fn record(&self, method: &Method, route: &str, status: u16, took: Duration) {
        // Anybody may invent a method; an invented one must not make a new series.
        let method = match method.as_str() {
            known @ ("GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS") => known,
            _ => "other",
        };
        let status = status.to_string();
        self.requests
            .with_label_values(&[method, route, status.as_str()])
            .inc();
        self.seconds
            .with_label_values(&[method, route])
            .observe(took.as_secs_f64());
    }

    /// Looks at the pool and the queues, and writes everything down. When the database is away, its queues
    /// are left out rather than the whole.
    pub async fn write(&self, app: &App) -> Result<String, Problem> {
        let (open, idle) = app.db.connections();
        self.connections
            .with_label_values(&["open"])
            .set(i64::from(open));
        self.connections
            .with_label_values(&["idle"])
            .set(i64::from(idle));
        self.queries
            .set(i64::try_from(app.db.queries()).unwrap_or(i64::MAX));
        let now = app.clock.now();
        let depths = app
            .db
            .run(move |conn: &mut Conn| {
                let inbound = (store::counts(conn)?, mailbox::all(conn)?);
                Ok((queue::counts(conn)?, jobs::counts(conn, now)?, inbound))
            })
            .await;
        match depths {
            Ok(((waiting, dead), jobs, (inbound, mailboxes))) => {
                self.incoming(&inbound, &mailboxes);
                self.outbox.with_label_values(&["waiting"]).set(waiting);
                self.outbox.with_label_values(&["dead"]).set(dead);
                self.jobs.with_label_values(&["due"]).set(jobs.due);
                self.jobs.with_label_values(&["later"]).set(jobs.later);
                self.jobs.with_label_values(&["dead"]).set(jobs.dead);
            }
            Err(error) => {
                tracing::warn!(%error, "no figures of the queues");
                self.outbox.reset();
                self.jobs.reset();
                self.inbound.reset();
                self.mailbox.reset();
            }
        }
        TextEncoder::new()
            .encode_to_string(&self.registry.gather())
            .map_err(Problem::internal)
    }

    /// What came in, and whether the mailboxes are read.
    fn incoming(&self, counts: &[(State, i64)], mailboxes: &[Mailbox]) {
        self.inbound.reset();
        for (state, count) in counts {
            self.inbound
                .with_label_values(&[state.as_str()])
                .set(*count);
        }
        self.mailbox.reset();
        for one in mailboxes {
            let at = one.last_success_at.map_or(0, |at| at.utc().timestamp());
            self.mailbox.with_label_values(&[one.name.as_str()]).set(at);
        }
    }
}
