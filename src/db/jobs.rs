//! Work for later: a reminder tomorrow, a question after a meeting. A job is written in the transaction of the
//! change that calls for it, waits for its time, and is done at most once, whatever the number of workers and
//! however often one is killed.
//!
//! A worker *claims* jobs with a lease. It does each one in a transaction that also marks it done, and only if
//! the lease is still its own: what a job writes (a mail in the outbox, say) and the mark commit together. A
//! worker that dies leaves a lease that runs out, and the next one takes the job again.
//!
//! The unique key says what a job is about (`meeting.remind:MEETING:SEQUENCE:MINUTES`): to write it twice is to
//! write it once.

use chrono::Duration;
use diesel::prelude::*;
use diesel::result::Error;

use crate::db::schema::jobs;
use crate::db::{Conn, Json, UpsertExt, codec::AnyId};
use crate::kernel::ids::{JobId, PersonId};
use crate::kernel::{Instant, Problem};

/// A job fails this often before a person has to look at it.
pub const MOST_ATTEMPTS: i32 = 10;

crate::text_enum! {
    /// Where a job stands.
    pub enum JobStatus {
        /// For its time.
        Waiting => "waiting",
        /// A worker has it; when the lease runs out, another may take it.
        Running => "running",
        Done => "done",
        /// What it was for is gone.
        Cancelled => "cancelled",
        /// It failed [`MOST_ATTEMPTS`] times.
        Dead => "dead",
    }
}

/// A job to be written.
#[derive(Debug, Clone)]
pub struct NewJob {
    /// Which room does it, and what: `meeting.remind`.
    pub kind: &'static str,
    /// What it is about; a second job with the same key is not written.
    pub unique_key: String,
    /// The object it is about, by which it can be cancelled.
    pub subject_id: Option<uuid::Uuid>,
    /// The person it is for.
    pub person_id: Option<PersonId>,
    /// What the room needs to know.
    pub payload: serde_json::Value,
    /// Not before this instant.
    pub run_at: Instant,
}

/// A job that a worker has claimed.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = jobs)]
pub struct Job {
    pub id: JobId,
    pub kind: String,
    pub subject_id: Option<AnyId>,
    pub person_id: Option<PersonId>,
    pub payload: Json<serde_json::Value>,
    pub run_at: Instant,
    /// How often it has been claimed, this time included.
    pub attempts: i32,
}

/// Writes a job, in the caller's transaction, unless one with its key is there, whatever became of that.
pub fn enqueue(conn: &mut Conn, now: Instant, job: &NewJob) -> QueryResult<()> {
    diesel::insert_into(jobs::table)
        .values((
            jobs::id.eq(JobId::new(now)),
            jobs::kind.eq(job.kind),
            jobs::unique_key.eq(&job.unique_key),
            jobs::subject_id.eq(job.subject_id.map(AnyId)),
            jobs::person_id.eq(job.person_id),
            jobs::payload.eq(Json(job.payload.clone())),
            jobs::run_at.eq(job.run_at),
            jobs::status.eq(JobStatus::Waiting),
            jobs::attempts.eq(0),
            jobs::created_at.eq(now),
        ))
        .upsert(&["unique_key"], &[])
        .execute(conn)
        .map(|_| ())
}

/// Cancels the jobs of `kinds` that wait for `subject`.
pub fn cancel(
    conn: &mut Conn,
    now: Instant,
    kinds: &[&str],
    subject: uuid::Uuid,
) -> QueryResult<usize> {
    diesel::update(
        jobs::table
            .filter(jobs::subject_id.eq(AnyId(subject)))
            .filter(jobs::kind.eq_any(kinds.to_vec()))
            .filter(jobs::status.eq(JobStatus::Waiting)),
    )
    .set((jobs::status.eq(JobStatus::Cancelled), jobs::done_at.eq(now)))
    .execute(conn)
}

/// Takes up to `limit` jobs that are due, or whose worker has been silent beyond its lease, for `worker` (a
/// name that no other worker has).
pub fn claim(
    conn: &mut Conn,
    now: Instant,
    worker: &str,
    lease: Duration,
    limit: i64,
) -> Result<Vec<Job>, Error> {
    // A look without a lock first: idle workers must not fight for SQLite's one write lock all day.
    if due(conn, now, 1, Hold::No)?.is_empty() {
        return Ok(Vec::new());
    }
    conn.write_tx(|conn| {
        let due = due(conn, now, limit, Hold::Yes)?;
        diesel::update(jobs::table.filter(jobs::id.eq_any(&due)))
            .set((
                jobs::status.eq(JobStatus::Running),
                jobs::attempts.eq(jobs::attempts + 1),
                jobs::leased_by.eq(worker),
                jobs::leased_until.eq(now.plus(lease)),
            ))
            .execute(conn)?;
        jobs::table
            .filter(jobs::id.eq_any(&due))
            .order((jobs::run_at, jobs::id))
            .select(Job::as_select())
            .load(conn)
    })
}

/// Whether the rows that are found stay ours until the end of the transaction.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hold {
    Yes,
    No,
}

/// The jobs to take. Several servers ask at once on PostgreSQL: each skips what another is taking.
fn due(conn: &mut Conn, now: Instant, limit: i64, hold: Hold) -> QueryResult<Vec<JobId>> {
    let waiting = jobs::status
        .eq(JobStatus::Waiting)
        .and(jobs::run_at.le(now));
    let abandoned = jobs::status
        .eq(JobStatus::Running)
        .and(jobs::leased_until.le(now).assume_not_null());
    let query = jobs::table
        .filter(waiting.or(abandoned))
        .order((jobs::run_at, jobs::id))
        .select(jobs::id)
        .limit(limit);
    match conn {
        Conn::Pg(c) if hold == Hold::Yes => query.for_update().skip_locked().load(c),
        Conn::Pg(c) => query.load(c),
        Conn::Sqlite(c) => query.load(c),
    }
}

/// Does a claimed job: `work` runs in the transaction that marks the job done. When it fails, nothing of it
/// remains, and the job is tried again later.
///
/// # Errors
/// The failure of `work`, after it has been noted on the job.
pub fn perform(
    conn: &mut Conn,
    job: &Job,
    worker: &str,
    now: Instant,
    work: impl FnOnce(&mut Conn) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let done = conn.write_tx(|conn| {
        let still_ours = jobs::table
            .find(job.id)
            .filter(jobs::status.eq(JobStatus::Running))
            .filter(jobs::leased_by.eq(worker));
        let marked = diesel::update(still_ours)
            .set((
                jobs::status.eq(JobStatus::Done),
                jobs::done_at.eq(now),
                jobs::leased_by.eq(None::<String>),
                jobs::leased_until.eq(None::<Instant>),
            ))
            .execute(conn)?;
        if marked == 1 { work(conn) } else { Ok(()) }
    });
    if let Err(problem) = &done {
        fail(conn, job, worker, now, &problem.to_string())?;
    }
    done
}

/// Forgets jobs that were done or cancelled before `before`. What is dead stays, for somebody to look at.
///
/// # Errors
/// Those of the database.
pub fn purge(conn: &mut Conn, before: Instant) -> QueryResult<usize> {
    let over = jobs::table
        .filter(jobs::status.eq_any([JobStatus::Done, JobStatus::Cancelled]))
        .filter(jobs::done_at.lt(before));
    diesel::delete(over).execute(conn)
}

/// Gives a job back after a failure: again after 1, 2, 4, … minutes, dead after [`MOST_ATTEMPTS`].
fn fail(conn: &mut Conn, job: &Job, worker: &str, now: Instant, why: &str) -> QueryResult<()> {
    let shift = u32::try_from(job.attempts.clamp(1, MOST_ATTEMPTS) - 1).unwrap_or(0);
    let wait = Duration::minutes(1_i64.checked_shl(shift).unwrap_or(1));
    let status = if job.attempts >= MOST_ATTEMPTS {
        JobStatus::Dead
    } else {
        JobStatus::Waiting
    };
    let mine = jobs::table.find(job.id).filter(jobs::leased_by.eq(worker));
    diesel::update(mine)
        .set((
            jobs::status.eq(status),
            jobs::run_at.eq(now.plus(wait)),
            jobs::last_error.eq(why),
            jobs::leased_by.eq(None::<String>),
            jobs::leased_until.eq(None::<Instant>),
        ))
        .execute(conn)
        .map(|_| ())
}

/// How many jobs wait or have failed for good.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Their time has come.
    pub due: i64,
    /// Their time is still to come.
    pub later: i64,
    /// They failed [`MOST_ATTEMPTS`] times.
    pub dead: i64,
}

/// The depth of the queue at `now`.
pub fn counts(conn: &mut Conn, now: Instant) -> Result<Counts, Problem> {
    let waiting = jobs::table.filter(jobs::status.eq_any([JobStatus::Waiting, JobStatus::Running]));
    let due = waiting
        .clone()
        .filter(jobs::run_at.le(now))
        .count()
        .get_result(conn)?;
    let later = waiting
        .filter(jobs::run_at.gt(now))
        .count()
        .get_result(conn)?;
    let dead = jobs::table.filter(jobs::status.eq(JobStatus::Dead));
    Ok(Counts {
        due,
        later,
        dead: dead.count().get_result(conn)?,
    })
}
