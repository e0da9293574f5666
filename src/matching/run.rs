//! A run: who waits is read, the best set is found and proved, and the result is kept as a frozen record with its
//! proposals. What is computed in between belongs to no transaction; what is saved is saved whole.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::Duration;
use diesel::OptionalExtension;

use crate::access::policy::{self, Action};
use crate::access::{audit, record};
use crate::db::{Conn, Json};
use crate::kernel::ids::{MatchRunId, ProgrammeId, ProposalId};
use crate::kernel::{Context, Instant, Problem};
use crate::matching::decide;
use crate::matching::engine::{Instance, Options, Outcome, Stage, explain, solve};
use crate::matching::facts::Facts;
use crate::matching::inputs::{Inputs, VERSION};
use crate::matching::load::{self, Held, Loaded};
use crate::matching::model::{MatchRun, Proposal, ProposalStatus, RunStatus};
use crate::matching::request::{Request, refusal};
use crate::matching::store::{self, Overtaken};
use crate::matching::summary::{HeldPair, Summary};
use crate::programmes;
use crate::programmes::settings::MatchingSettings;

/// After so long a run that still says "running" was cut short: its server was killed. The next one clears it.
pub const LEASE_MINUTES: i64 = 10;

/// A flag that another thread sets to stop a run; nothing of it stays.
pub type Cancel = Arc<AtomicBool>;

/// Stops a run when the request that asked for it is gone.
#[derive(Debug, Default)]
pub struct StopWhenDropped(pub Cancel);

impl StopWhenDropped {
    /// Options of a run or a draft that stops with it.
    #[must_use]
    pub fn options(&self) -> Options {
        Options {
            cancel: Some(Cancel::clone(&self.0)),
            ..Options::default()
        }
    }
}

impl Drop for StopWhenDropped {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// On what somebody who starts a run goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GoneBy {
    /// On nothing that was shown.
    Nothing,
    /// On a page that showed this as the newest run, or that there was none.
    Newest(Option<MatchRunId>),
}

impl GoneBy {
    /// Refuses where another run has been finished since.
    fn still(self, conn: &mut Conn, id: ProgrammeId) -> Result<(), Problem> {
        let Self::Newest(shown) = self else {
            return Ok(());
        };
        // Held, so that no run is finished between this look and the row that says "running".
        programmes::store::hold(conn, id)?;
        let newest = store::newest_finished(conn, id).optional()?;
        if newest.map(|run| run.id) == shown {
            Ok(())
        } else {
            Err(Problem::conflict("newer-run"))
        }
    }
}

/// What a run found, before anything is saved.
#[derive(Debug)]
struct Found {
    programme_id: ProgrammeId,
    prepared: Prepared,
    outcome: Outcome,
}

/// Runs the matcher for a programme and saves the run with its proposals. Open proposals of earlier runs are
/// overtaken; held pairs are kept, unless that has become impossible.
///
/// # Errors
/// 403, 404; 422 for settings, pins and bans; 409 `programme-not-open`, `run-in-progress`, `run-cancelled`,
/// `too-many-people`. On every error nothing of the run stays.
pub fn run(
    conn: &mut Conn,
    ctx: &Context,
    programme_id: ProgrammeId,
    request: &Request,
    cancel: Option<Cancel>,
) -> Result<MatchRun, Problem> {
    let options = Options {
        cancel,
        ..Options::default()
    };
    run_told(conn, ctx, programme_id, request, GoneBy::Nothing, &options)
}

/// The same; `options` say who is told of each stage. What it is started on must still hold: two people who start
/// one from the same page, or one who presses twice, get one run.
///
/// # Errors
/// As [`run`]; 409 `newer-run`.
pub fn run_told(
    conn: &mut Conn,
    ctx: &Context,
    programme_id: ProgrammeId,
    request: &Request,
    gone_by: GoneBy,
    options: &Options,
) -> Result<MatchRun, Problem> {
    let begun = std::time::Instant::now();
    let id = claim(conn, ctx, programme_id, request, gone_by)?;
    let result = find(conn, ctx, programme_id, request, options).and_then(|found| {
        options.tell(Stage::Store);
        let lasted = Duration::from_std(begun.elapsed()).unwrap_or_default();
        save(conn, ctx, id, &found, ctx.now.plus(lasted))
    });
    if result.is_err() {
        // Best effort: where even this fails, the lease clears the row.
        if let Err(error) = store::forget_run(conn, id) {
            tracing::warn!(%error, run = %id, "an unfinished run could not be cleared");
        }
    }
    result
}

/// Refuses whoever may not run the matching of a programme, and what can be refused without the people: before anybody
/// waits for their turn.
///
/// # Errors
/// 403, 404; 422; 409 `programme-not-open`.
pub fn require_may_run(
    conn: &mut Conn,
    ctx: &Context,
    id: ProgrammeId,
    request: &Request,
) -> Result<(), Problem> {
    let programme = programmes::store::find(conn, id)?;
    policy::allow(&ctx.actor, Action::RunMatching, &programme.object())?;
    request.check()?;
    programme.require_open()
}

/// Reserves the programme for this run: one at a time.
fn claim(
    conn: &mut Conn,
    ctx: &Context,
    programme_id: ProgrammeId,
    request: &Request,
    gone_by: GoneBy,
) -> Result<MatchRunId, Problem> {
    conn.write_tx(|conn| {
        let programme = programmes::store::find(conn, programme_id)?;
        policy::allow(&ctx.actor, Action::RunMatching, &programme.object())?;
        request.check()?;
        programme.require_open()?;
        let own = programmes::store::settings_of(conn, programme_id)?.matching;
        let settings = request.settings_on(&own)?;
        let lapsed = ctx.now.minus(Duration::minutes(LEASE_MINUTES));
        store::forget_lapsed_runs(conn, programme_id, lapsed)?;
        gone_by.still(conn, programme_id)?;
        let run = MatchRun {
            id: MatchRunId::new(ctx.now),
            programme_id,
            status: RunStatus::Running,
            engine_version: VERSION.to_owned(),
            inputs_hash: String::new(),
            settings: Json(settings),
            summary: None,
            started_at: ctx.now,
            finished_at: None,
            created_by: ctx.actor.account_id(),
            version: 1,
        };
        store::insert_run(conn, &run)?;
        Ok(run.id)
    })
}

/// What the engine is about to be given.
#[derive(Debug)]
pub struct Prepared {
    pub settings: MatchingSettings,
    pub inputs: Inputs,
    pub instance: Instance,
    pub held: Vec<Held>,
    pub held_dropped: Vec<HeldPair>,
}

impl Prepared {
    /// Of people as they were read, with what a request changes.
    ///
    /// # Errors
    /// 422 for pins, bans and places; 409 `too-many-people`.
    pub fn new(
        ctx: &Context,
        loaded: Loaded,
        settings: MatchingSettings,
        request: &Request,
    ) -> Result<Self, Problem> {
        let Loaded { mut inputs, held } = loaded;
        request.apply(&mut inputs)?;
        let instance = inputs
            .instance()
            .map_err(|error| refusal(error, &inputs, ctx.locale))?;
        let (instance, held_dropped) = keep_held(&mut inputs, instance, &held);
        Ok(Self {
            settings,
            inputs,
            instance,
            held,
            held_dropped,
        })
    }

    /// The best set, found afresh.
    ///
    /// # Errors
    /// 409 `run-cancelled`; 500 where the proof fails, a defect.
    pub fn solve(&self, ctx: &Context, options: &Options) -> Result<Outcome, Problem> {
        solve(&self.instance, options).map_err(|error| refusal(error, &self.inputs, ctx.locale))
    }
}

/// Reads the people and finds the best set, saving nothing. The caller has asked the policy.
///
/// # Errors
/// As [`run`].
fn find(
    conn: &mut Conn,
    ctx: &Context,
    programme_id: ProgrammeId,
    request: &Request,
    options: &Options,
) -> Result<Found, Problem> {
    options.tell(Stage::Load);
    let (settings, loaded) = conn.read_tx(|conn| {
        let programme = programmes::store::find(conn, programme_id)?;
        let own = programmes::store::settings_of(conn, programme_id)?.matching;
        let settings = request.settings_on(&own)?;
        let again = request.reconsider_rejected;
        let loaded = load::load(conn, ctx, &programme, &settings, again, None)?;
        Ok::<_, Problem>((settings, loaded))
    })?;
    let prepared = Prepared::new(ctx, loaded, settings, request)?;
    let outcome = prepared.solve(ctx, options)?;
    Ok(Found {
        programme_id,
        outcome,
        prepared,
    })
}

/// Pins what a coordinator holds, as far as rules and places still allow.
fn keep_held(inputs: &mut Inputs, instance: Instance, held: &[Held]) -> (Instance, Vec<HeldPair>) {
    let mut instance = instance;
    let mut dropped = Vec::new();
    for pair in held {
        let at = (inputs.mentee_at(pair.mentee), inputs.mentor_at(pair.mentor));
        let kept = match at {
            // Insisted on besides: it is in the instance already.
            (Some(mentee), Some(mentor)) if inputs.pins.contains(&(mentee, mentor)) => continue,
            (Some(mentee), Some(mentor)) if inputs.pins.iter().all(|(of, _)| *of != mentee) => {
                let pinned = instance.with_pin(mentee, mentor).ok();
                pinned.map(|pinned| (pinned, mentee, mentor))
            }
            _ => None,
        };
        match kept {
            Some((pinned, mentee, mentor)) => {
                instance = pinned;
                inputs.pins.push((mentee, mentor));
            }
            None => dropped.push(HeldPair {
                mentor_participation_id: pair.mentor,
                mentee_participation_id: pair.mentee,
            }),
        }
    }
    (instance, dropped)
}

/// Saves a finished run with its proposals, in one transaction. It is finished when it had begun and what it took,
/// whatever clock the request has.
fn save(
    conn: &mut Conn,
    ctx: &Context,
    id: MatchRunId,
    found: &Found,
    finished_at: Instant,
) -> Result<MatchRun, Problem> {
    let hash = found.prepared.inputs.hash()?;
    let summary = Summary::of(
        &found.prepared.inputs,
        &found.prepared.instance,
        &found.outcome,
        found.prepared.held_dropped.clone(),
    );
    let proposals = proposals(ctx, id, found);
    conn.write_tx(|conn| {
        programmes::store::hold(conn, found.programme_id)?;
        decide::overtake(conn, ctx, Overtaken::Run(found.programme_id))?;
        store::finish_run(
            conn,
            finished_at,
            id,
            &hash,
            &found.prepared.inputs,
            &found.outcome,
            &summary,
        )?;
        store::insert_proposals(conn, &proposals)?;
        let run = store::find_run(conn, id)?;
        let noted = Noted {
            inputs_hash: &hash,
            settings: &found.prepared.settings,
            mentees: summary.mentees,
            mentors: summary.mentors,
            matched: summary.matched,
        };
        let change = audit::Change {
            action: "match-run.finish",
            object_type: "match-run",
            object_id: id.into(),
            programme_id: Some(found.programme_id),
            before: None,
            after: Some(&noted),
        };
        record(conn, ctx, &change)?;
        Ok(run)
    })
}

/// What the audit log keeps of a run: the record itself has the rest.
#[derive(Debug, serde::Serialize)]
struct Noted<'a> {
    inputs_hash: &'a str,
    settings: &'a MatchingSettings,
    mentees: usize,
    mentors: usize,
    matched: usize,
}

/// The proposals of an outcome. A pair that was held stays held.
fn proposals(ctx: &Context, run_id: MatchRunId, found: &Found) -> Vec<Proposal> {
    let Prepared {
        inputs, instance, ..
    } = &found.prepared;
    let of = |pair: &crate::matching::engine::Pair| {
        let mentee = inputs.mentee(pair.mentee)?;
        let mentor = inputs.mentor(pair.mentor)?;
        let explained = explain::explain(instance, pair.mentee, pair.mentor)?;
        let held = found.prepared.held.iter().any(|held| {
            held.mentee == mentee.participation_id && held.mentor == mentor.participation_id
        });
        Some(Proposal {
            id: ProposalId::new(ctx.now),
            run_id,
            programme_id: found.programme_id,
            mentor_participation_id: mentor.participation_id,
            mentee_participation_id: mentee.participation_id,
            mentor_id: mentor.person_id,
            mentee_id: mentee.person_id,
            score: pair.score,
            parts: Json(pair.parts.into()),
            facts: Json(Facts::of(inputs, &explained, pair.pinned)),
            status: if held {
                ProposalStatus::Held
            } else {
                ProposalStatus::Proposed
            },
            reason: None,
            replaces_id: None,
            mentorship_id: None,
            decided_at: None,
            decided_by: None,
            created_at: ctx.now,
            version: 1,
        })
    };
    found.outcome.pairs.iter().filter_map(of).collect()
}
