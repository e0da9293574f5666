//! A run: what it amounts to, the proof in words, what it proposes, who waits and why, whether it was fair, and whom
//! to recruit.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};

use super::overview;
use super::waiting::{Waiting, waiting};
use super::words::{self, Figure, Grouping, ReasonView};
use crate::access::PageCaller;
use crate::access::policy::{self, Action, Scope};
use crate::db::Conn;
use crate::kernel::ids::{MatchRunId, ProgrammeId, ProposalId};
use crate::kernel::{Context, Locale, Problem};
use crate::matching::frozen::frozen;
use crate::matching::model::{MatchRun, Proposal, ProposalStatus};
use crate::matching::recruit::{Recruiting, WantedMentor};
use crate::matching::store::{self, Filter, Sort};
use crate::matching::summary::Summary;
use crate::mentorships;
use crate::programmes::{self, ProgrammeStatus};
use crate::web::layout::page;
use crate::web::{App, PageQuery, Path, Query};

/// Proposals on a page.
const ROWS: u32 = 20;

/// What an address may say; what strangers add to it is ignored.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    /// The mark of the page of proposals before.
    cursor: Option<String>,
    /// Only in this state.
    status: Option<ProposalStatus>,
    /// From the how manieth of those who wait on.
    #[serde(default)]
    from: usize,
    /// The run was made just now.
    said: Option<String>,
}

#[derive(Debug, Serialize)]
struct RunPage {
    id: MatchRunId,
    /// It was made just now.
    done: bool,
    programme_id: ProgrammeId,
    programme: String,
    open: bool,
    at: String,
    /// None while it is computed.
    found: Option<Found>,
    /// The newest run of the programme, as the form that starts another sends it.
    seen: String,
    /// There is a newer one: this is history.
    newer: Option<MatchRunId>,
    /// Proposals that wait for a decision; a new run replaces them.
    to_decide: i64,
}

#[derive(Debug, Serialize)]
struct Found {
    matched: String,
    objective: &'static str,
    proof: Option<String>,
    figures: Vec<Figure>,
    held_dropped: usize,
    proposals: Vec<ProposalView>,
    /// How many there are.
    count: i64,
    /// Only those that wait for a decision.
    only_open: bool,
    next: Option<String>,
    waiting: Waiting,
    fairness: Vec<GroupsView>,
    recruit: Vec<String>,
}

#[derive(Debug, Serialize)]
struct ProposalView {
    id: ProposalId,
    mentee: String,
    mentor: String,
    fit: String,
    status: ProposalStatus,
    status_name: String,
    reasons: Vec<ReasonView>,
    /// The pair as the form of a what-if writes it, while the proposal is open.
    pair: Option<String>,
}

#[derive(Debug, Serialize)]
struct GroupsView {
    title: &'static str,
    groups: Vec<GroupView>,
}

#[derive(Debug, Serialize)]
struct GroupView {
    name: String,
    mentees: u32,
    matched: u32,
    share: String,
}

pub(super) async fn show(
    request: HttpRequest,
    app: Data<App>,
    caller: PageCaller,
    id: Path<MatchRunId>,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let view = app
        .db
        .run(move |conn| run_page(conn, &caller.ctx, id.0, &asked.0))
        .await?;
    page(&request, "matching/run.html", &view)
}

fn run_page(
    conn: &mut Conn,
    ctx: &Context,
    id: MatchRunId,
    asked: &Asked,
) -> Result<RunPage, Problem> {
    let run = store::find_run(conn, id)?;
    let programme = programmes::store::find(conn, run.programme_id)?;
    policy::allow(&ctx.actor, Action::ReadMatchRun, &programme.object())?;
    let mut newest = store::newest_of(conn, &[programme.id])?;
    let newest = newest.remove(&programme.id).unwrap_or_default();
    let newest_id = newest.run.as_ref().map(|run| run.id);
    let found = match &run.summary {
        Some(summary) => Some(found(conn, ctx, &run, &summary.0, asked)?),
        None => None,
    };
    Ok(RunPage {
        id,
        done: asked.said.is_some(),
        programme_id: programme.id,
        programme: programme.name(ctx.locale).to_owned(),
        open: programme.status == ProgrammeStatus::Open,
        at: words::at(ctx.locale, &programme, run.started_at),
        found,
        seen: overview::seen(newest_id),
        newer: newest_id.filter(|newest| *newest != id && run.summary.is_some()),
        to_decide: newest.proposed,
    })
}

fn found(
    conn: &mut Conn,
    ctx: &Context,
    run: &MatchRun,
    summary: &Summary,
    asked: &Asked,
) -> Result<Found, Problem> {
    let locale = ctx.locale;
    let paging = PageQuery::new(Some(ROWS), asked.cursor.clone());
    let filter = Filter {
        run_id: Some(run.id),
        status: asked.status,
        ..Filter::default()
    };
    // Who may read the run may read all its proposals.
    let scope = Scope {
        programmes: vec![run.programme_id],
        ..Scope::default()
    };
    let (after, rows) = (paging.after()?, paging.fetch()?);
    let rows = store::list_proposals(conn, &scope, &filter, Sort::Best, after, rows)?;
    let proposals = paging.page(rows, |row| (row.score, row.created_at, row.id))?;
    let people: Vec<_> = proposals
        .items
        .iter()
        .flat_map(|row| [row.mentor_id, row.mentee_id])
        .collect();
    let names = mentorships::store::names(conn, &people)?;
    let of = |row: &Proposal| ProposalView {
        id: row.id,
        mentee: names.get(&row.mentee_id).cloned().unwrap_or_default(),
        mentor: names.get(&row.mentor_id).cloned().unwrap_or_default(),
        fit: words::fit(locale, row.score.into()),
        status: row.status,
        status_name: words::status(locale, row.status),
        reasons: words::reasons(locale, &row.parts.0, &row.facts.0),
        pair: words::open_pair(row),
    };
    let frozen = frozen(conn, run.id)?;
    Ok(Found {
        matched: words::matched(locale, summary),
        objective: words::objective_key(run.settings.0.objective),
        proof: words::proof(locale, run),
        figures: words::figures(locale, summary),
        held_dropped: summary.held_dropped.len(),
        proposals: proposals.items.iter().map(of).collect(),
        count: store::count_proposals(conn, &scope, &filter)?,
        only_open: asked.status == Some(ProposalStatus::Proposed),
        next: proposals.next_cursor,
        waiting: waiting(conn, &frozen, asked.from, locale)?,
        fairness: fairness(locale, summary),
        recruit: recruit(locale, summary),
    })
}

fn fairness(locale: Locale, summary: &Summary) -> Vec<GroupsView> {
    let of = |grouping: Grouping| GroupsView {
        title: grouping.key(),
        groups: grouping
            .shares(summary)
            .iter()
            .map(|share| GroupView {
                name: grouping.group(locale, &share.group),
                mentees: share.mentees,
                matched: share.matched,
                share: words::fit(locale, i64::from(share.permille) * 10),
            })
            .collect(),
    };
    Grouping::ALL.into_iter().map(of).collect()
}

/// Kinds of mentor that are named, of occupations and of languages each.
const MOST_WANTED: usize = 5;

fn recruit(locale: Locale, summary: &Summary) -> Vec<String> {
    let found = Recruiting::of(&summary.recruitment);
    let of = |list: &[WantedMentor]| -> Vec<String> {
        let helps = list
            .iter()
            .filter(|wanted| wanted.helps())
            .take(MOST_WANTED);
        helps
            .map(|wanted| wanted.sentence.of(locale).to_owned())
            .collect()
    };
    let mut all = of(&found.occupations);
    all.extend(of(&found.languages));
    all
}
