//! What if: a draft run with other weights, pins, bans or places, compared with what a run as the programme is
//! set would propose now. Nothing is saved.
//!
//! Both sides start from the prices of the newest run ([`warm`]) where what differs can be said as changes, and are
//! solved afresh where it cannot; the answer says which. Either way both are proved, so that what is won and lost
//! is the same; only among sets of equal worth the two ways may choose differently.

use diesel::OptionalExtension;
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::policy::{self, Action};
use crate::db::Conn;
use crate::i18n;
use crate::kernel::ids::{MatchRunId, ProgrammeId};
use crate::kernel::{Context, Locale, Problem};
use crate::matching::engine::explain::{Change, compare};
use crate::matching::engine::pair::parts;
use crate::matching::engine::{Instance, Options, Outcome, Stage};
use crate::matching::frozen::{Frozen, frozen};
use crate::matching::inputs::VERSION;
use crate::matching::run::Prepared;
use crate::matching::summary::Summary;
use crate::matching::warm::{self, Afresh, Method};
use crate::matching::why::{self, Moved};
use crate::matching::{Request, load, store};
use crate::programmes;
use crate::programmes::settings::MatchingSettings;

/// A draft beside what would be proposed without the change.
#[derive(Debug, Serialize, ToSchema)]
pub struct Compared {
    /// The settings of the draft.
    pub settings: MatchingSettings,
    /// How both sides were found.
    pub method: Method,
    /// Why they were solved afresh, if they were.
    pub afresh_because: Option<Afresh>,
    /// The finished run from whose prices both sides were found.
    pub run_id: Option<MatchRunId>,
    /// As the programme is set.
    pub before: Summary,
    /// With the change.
    pub after: Summary,
    /// Mentees who would be matched and are not.
    pub won: usize,
    /// Mentees who are matched and would not be.
    pub lost: usize,
    /// What the current set is worth by the draft's weights and rules: what the two sides can be compared by.
    pub before_by_draft: Worth,
    /// Points won (or lost, below zero) in the sum of all scores, both sides by the draft's weights and rules.
    pub points: i64,
    /// Who would have another mentor, or none, or one at last; scores by the draft's weights and rules.
    pub changes: Vec<Moved>,
}

/// What a set of pairs is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = WhatIfWorth)]
pub struct Worth {
    /// Sum of the scores.
    pub score_total: i64,
    /// Mean score, 0 to 10,000.
    pub score_mean: i64,
}

impl Worth {
    /// Of the pairs of an outcome, scored as another instance of the same people scores them.
    fn of(outcome: &Outcome, instance: &Instance) -> Self {
        let scores = outcome
            .pairs
            .iter()
            .map(|pair| score(instance, pair.mentee, pair.mentor));
        let score_total: i64 = scores.map(i64::from).sum();
        let count = i64::try_from(outcome.pairs.len()).unwrap_or(i64::MAX);
        Self {
            score_total,
            score_mean: score_total / count.max(1),
        }
    }
}

fn score(instance: &Instance, mentee: u32, mentor: u32) -> i32 {
    parts(instance, mentee, mentor).total()
}

impl Compared {
    /// What is won and lost, as a sentence.
    #[must_use]
    pub fn headline(&self, locale: Locale) -> String {
        if self.changes.is_empty() {
            return i18n::text(locale, "match-told-same");
        }
        let figures = [
            ("won", self.won.to_string()),
            ("lost", self.lost.to_string()),
            ("points", i18n::number(locale, self.points)),
            ("changes", self.changes.len().to_string()),
        ];
        let pairs = figures.iter().map(|(name, value)| (*name, value.as_str()));
        i18n::text_with_pairs(locale, "match-told-compared", pairs)
    }

    /// How both sides were found, and that both are proved, as a sentence.
    #[must_use]
    pub fn how(&self, locale: Locale) -> String {
        let key = match (self.method, self.afresh_because) {
            (Method::Changed, _) | (Method::Afresh, None) => "match-told-changed".to_owned(),
            (Method::Afresh, Some(why)) => format!("match-told-afresh-{why}"),
        };
        i18n::text(locale, &key)
    }
}

/// The newest finished run, if it can be gone on from.
struct Current {
    id: MatchRunId,
    run: std::sync::Arc<Frozen>,
}

/// Computes a draft.
///
/// # Errors
/// 403, 404; 422; 409 `programme-not-open`, `run-cancelled`.
pub fn what_if(
    conn: &mut Conn,
    ctx: &Context,
    id: ProgrammeId,
    request: &Request,
    options: &Options,
) -> Result<Compared, Problem> {
    let programme = programmes::store::find(conn, id)?;
    policy::allow(&ctx.actor, Action::RunMatching, &programme.object())?;
    request.check()?;
    programme.require_open()?;
    options.tell(Stage::Load);
    let current = current(conn, id)?;
    let run = current.as_ref().ok().map(|current| &*current.run);
    let (before, after) = both_prepared(conn, ctx, id, request, run)?;
    let warm = current.and_then(|Current { id, run }| {
        let found = warm::both(id, &run, &before, &after, options)?;
        Ok((id, found))
    });
    let (method, found) = match warm {
        Ok((run, found)) => ((Method::Changed, None, Some(run)), found),
        Err(why) => {
            let was = before.solve(ctx, options)?;
            let is = after.solve(ctx, options)?;
            ((Method::Afresh, Some(why), None), (was, is))
        }
    };
    compared(conn, before, after, found, method)
}

fn current(conn: &mut Conn, id: ProgrammeId) -> Result<Result<Current, Afresh>, Problem> {
    let Some(run) = store::newest_finished(conn, id).optional()? else {
        return Ok(Err(Afresh::NoRun));
    };
    if run.engine_version != VERSION {
        return Ok(Err(Afresh::OtherVersion));
    }
    let frozen = frozen(conn, run.id)?;
    Ok(Ok(Current {
        id: run.id,
        run: frozen,
    }))
}

/// What a fresh solve of each side would be given, both as they stood at one moment.
fn both_prepared(
    conn: &mut Conn,
    ctx: &Context,
    id: ProgrammeId,
    request: &Request,
    run: Option<&Frozen>,
) -> Result<(Prepared, Prepared), Problem> {
    let earlier = run.map(|run| &run.inputs);
    let (own, settings, now, then) = conn.read_tx(|conn| {
        let programme = programmes::store::find(conn, id)?;
        let own = programmes::store::settings_of(conn, id)?.matching;
        let settings = request.settings_on(&own)?;
        let now = load::load(conn, ctx, &programme, &own, false, earlier)?;
        let again = request.reconsider_rejected;
        let then = if again || settings != own {
            load::load(conn, ctx, &programme, &settings, again, earlier)?
        } else {
            now.clone()
        };
        Ok::<_, Problem>((own, settings, now, then))
    })?;
    let before = Prepared::new(ctx, now, own, &Request::default())?;
    let after = Prepared::new(ctx, then, settings, request)?;
    Ok((before, after))
}

fn compared(
    conn: &mut Conn,
    before: Prepared,
    after: Prepared,
    (was, is): (Outcome, Outcome),
    (method, afresh_because, run_id): (Method, Option<Afresh>, Option<MatchRunId>),
) -> Result<Compared, Problem> {
    let mut changes = compare(&was, &is);
    // One measure for both sides: with other weights the same pair has another score.
    for change in &mut changes {
        let before = change.before;
        change.score_before = before.map(|mentor| score(&after.instance, change.mentee, mentor));
    }
    let before_by_draft = Worth::of(&was, &after.instance);
    let summary = |of: &Prepared, outcome: &Outcome| {
        Summary::of(&of.inputs, &of.instance, outcome, of.held_dropped.clone())
    };
    let (before, now) = (summary(&before, &was), summary(&after, &is));
    let count = |is: fn(&Change) -> bool| changes.iter().filter(|change| is(change)).count();
    let frozen = Frozen {
        inputs: after.inputs,
        instance: after.instance,
        outcome: is,
    };
    Ok(Compared {
        settings: after.settings,
        method,
        afresh_because,
        run_id,
        won: count(|change| change.before.is_none()),
        lost: count(|change| change.after.is_none()),
        points: now.score_total - before_by_draft.score_total,
        before_by_draft,
        changes: why::changes(conn, &frozen, &changes)?,
        before,
        after: now,
    })
}
