//! A proposal: the two side by side, the facts behind each part, who else there would be, and the decision. After a
//! decision the next proposal that waits comes by itself, so that a queue is decided one by one, with the keyboard
//! alone if one likes.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};

use super::people::{self, PersonView};
use super::words::{self, ReasonView};
use crate::access::PageCaller;
use crate::access::policy::{self, Action, Object, Scope};
use crate::db::Conn;
use crate::i18n;
use crate::kernel::ids::{MatchRunId, ParticipationId, ProgrammeId, ProposalId};
use crate::kernel::{Context, Instant, Locale, Problem};
use crate::matching::decide::{Judged, Judgement, decide};
use crate::matching::frozen::frozen;
use crate::matching::model::{Proposal, ProposalStatus, Verdict};
use crate::matching::proposals_api::allowed;
use crate::matching::record;
use crate::matching::store::{self, Filter, Sort};
use crate::matching::why::{self, Other};
use crate::programmes;
use crate::web::layout::{Faults, page_with, see_other};
use crate::web::state::locale_of;
use crate::web::{App, Form, Path, Query};

/// How many others are shown for each side.
const OTHERS: usize = 3;

/// What an address may say; what strangers add to it is ignored.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    /// The proposal that was decided just before, whose decision is said.
    after: Option<ProposalId>,
}

/// What the form sends.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Decision {
    /// `approve`, `reject`, `hold`, `release`, or `replace:PARTICIPATION` with another mentor.
    decision: String,
    #[serde(default)]
    reason: String,
    /// The proposal as it was shown.
    version: i32,
    /// When it was shown, milliseconds since 1970, if it came by itself after another decision.
    shown: Option<i64>,
}

/// Nobody reads a proposal so quickly: who decides it then has pressed twice on the one before.
const TOO_QUICK_MILLISECONDS: i64 = 1_000;

impl Decision {
    /// # Errors
    /// 422 for a decision that there is not.
    fn judgement(&self) -> Result<Judgement, Problem> {
        let unknown = || Problem::field("/decision", "unknown");
        let (verdict, mentor) = match self.decision.split_once(':') {
            Some((verdict, mentor)) => {
                let mentor: ParticipationId = mentor.parse().map_err(|_| unknown())?;
                (verdict, Some(mentor))
            }
            None => (self.decision.as_str(), None),
        };
        let verdict = Verdict::ALL.iter().find(|one| one.as_str() == verdict);
        Ok(Judgement {
            decision: *verdict.ok_or_else(unknown)?,
            reason: Some(self.reason.clone()),
            mentor_participation_id: mentor,
            r#override: false,
        })
    }
}

#[derive(Debug, Serialize)]
struct ProposalPage {
    id: ProposalId,
    version: i32,
    run_id: MatchRunId,
    programme_id: ProgrammeId,
    programme: String,
    mentee: PersonView,
    mentor: PersonView,
    fit: String,
    status: ProposalStatus,
    status_name: String,
    reasons: Vec<ReasonView>,
    /// The decisions that the reader may make now.
    verdicts: Vec<Verdict>,
    /// What approving does here: a mentorship begins, or the two are asked first.
    asks_first: bool,
    other_mentors: Vec<OtherView>,
    other_mentees: Vec<OtherView>,
    /// What was decided and answered, the first first.
    history: Vec<String>,
    /// The pair as the form of a what-if writes it, while the proposal is open.
    pair: Option<String>,
    /// By what a stale proposal was overtaken.
    overtaken_by: Option<String>,
    /// What was decided just before.
    done: Option<Done>,
    /// When this page was made, where it came by itself after another decision.
    shown: Option<i64>,
    /// Proposals of the programme that wait for a decision; none for whoever decides nothing.
    waiting: Option<i64>,
    /// The next of them.
    next: Option<ProposalId>,
    reason: String,
    faults: Faults,
}

/// Another choice.
#[derive(Debug, Serialize)]
struct OtherView {
    name: String,
    fit: String,
    /// What it would cost all together.
    costs: String,
    reasons: Vec<ReasonView>,
    /// What a button sends to propose this mentor instead.
    replace: Option<String>,
}

/// A decision that was made just now.
#[derive(Debug, Serialize)]
struct Done {
    id: ProposalId,
    sentence: String,
}

pub(super) async fn show(
    request: HttpRequest,
    app: Data<App>,
    caller: PageCaller,
    id: Path<ProposalId>,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let shown = Shown {
        after: asked.0.after,
        ..Shown::default()
    };
    answer(&request, &app, caller.ctx, id.0, shown).await
}

/// Decides, and goes on to the next proposal that waits.
pub(super) async fn take(
    request: HttpRequest,
    app: Data<App>,
    caller: PageCaller,
    id: Path<ProposalId>,
    form: Form<Decision>,
) -> Result<HttpResponse, Problem> {
    let (ctx, sent) = (caller.ctx.clone(), form.0.clone());
    let decided = app
        .db
        .run(move |conn| {
            let judgement = sent.judgement()?;
            let since = sent
                .shown
                .map(|shown| milliseconds(ctx.now).saturating_sub(shown));
            if since.is_some_and(|since| since < TOO_QUICK_MILLISECONDS) {
                allowed(conn, &ctx, id.0, Action::DecideProposal)?;
                return Err(Problem::conflict("decided-too-quickly"));
            }
            let judged = decide(conn, &ctx, id.0, Some(sent.version), &judgement);
            let judged = match judged {
                Err(Problem::Stale) => pressed_twice(conn, &ctx, id.0, &sent, &judgement)?,
                other => other?,
            };
            // What was put in its place is decided next.
            match judged.replacement {
                Some(new) => Ok(Some(new.id)),
                None => next_of(conn, &judged.proposal),
            }
        })
        .await;
    match decided {
        Ok(next) => {
            let lang = locale_of(&request);
            let next = next.unwrap_or(id.0);
            let place = format!("/proposals/{next}?after={}&lang={lang}", id.0);
            Ok(see_other(&place))
        }
        Err(problem) => {
            let shown = Shown {
                faults: refusal(caller.ctx.locale, problem)?,
                reason: form.0.reason,
                ..Shown::default()
            };
            answer(&request, &app, caller.ctx, id.0, shown).await
        }
    }
}

fn milliseconds(at: Instant) -> i64 {
    at.utc().timestamp_millis()
}

/// What the same person decided in the same way on the same page: a button that was pressed twice decides once.
fn pressed_twice(
    conn: &mut Conn,
    ctx: &Context,
    id: ProposalId,
    sent: &Decision,
    judgement: &Judgement,
) -> Result<Judged, Problem> {
    let proposal = allowed(conn, ctx, id, Action::DecideProposal)?;
    let last = store::decisions_of(conn, id)?.pop().ok_or(Problem::Stale)?;
    let same = last.decision == judgement.decision.decided()
        && last.decided_by.is_some()
        && last.decided_by == ctx.actor.account_id()
        && proposal.version == sent.version + 1;
    match same {
        true => Ok(Judged {
            proposal,
            replacement: None,
        }),
        false => Err(Problem::Stale),
    }
}

/// A refusal as the page says it: of somebody else's change too, because the page then shows what holds now.
fn refusal(locale: Locale, problem: Problem) -> Result<Faults, Problem> {
    match problem {
        Problem::Stale => Faults::of(locale, Problem::conflict("proposal-changed")),
        other => Faults::of(locale, other),
    }
}

/// How the page is shown.
#[derive(Debug, Default)]
struct Shown {
    after: Option<ProposalId>,
    faults: Faults,
    /// What was typed, when it comes back with a fault.
    reason: String,
}

async fn answer(
    request: &HttpRequest,
    app: &Data<App>,
    ctx: Context,
    id: ProposalId,
    shown: Shown,
) -> Result<HttpResponse, Problem> {
    let status = match shown.faults.0.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let view = app.db.run(move |conn| view(conn, &ctx, id, shown)).await?;
    page_with(request, status, "matching/proposal.html", &view)
}

fn view(
    conn: &mut Conn,
    ctx: &Context,
    id: ProposalId,
    shown: Shown,
) -> Result<ProposalPage, Problem> {
    let locale = ctx.locale;
    let found = allowed(conn, ctx, id, Action::ReadProposal)?;
    let programme = programmes::store::find(conn, found.programme_id)?;
    let object = Object::of_programme(found.programme_id);
    let may = |action| policy::allow(&ctx.actor, action, &object).is_ok();
    let decides = may(Action::DecideProposal);
    let verdicts = match decides {
        true => verdicts(found.status),
        false => Vec::new(),
    };
    let others = match may(Action::ListAlternatives) {
        true => Some(others(conn, &found)?),
        false => None,
    };
    let replaces = verdicts.contains(&Verdict::Replace);
    let mentors = others.iter().flat_map(|found| &found.for_mentee);
    let mentees = others.iter().flat_map(|found| &found.for_mentor);
    let asking = programmes::store::settings_of(conn, programme.id)?.consent;
    let (mentee, mentor) = people::both(conn, locale, &found)?;
    let (mut waiting, mut next, mut said) = (None, None, Vec::new());
    if decides {
        waiting = Some(store::count_proposals(conn, &all(), &open_of(&found))?);
        next = next_of(conn, &found)?;
        said = history(conn, ctx, &programme, &found)?;
    }
    Ok(ProposalPage {
        id,
        version: found.version,
        run_id: found.run_id,
        programme_id: programme.id,
        programme: programme.name(locale).to_owned(),
        fit: words::fit(locale, found.score.into()),
        status: found.status,
        status_name: words::status(locale, found.status),
        reasons: words::reasons(locale, &found.parts.0, &found.facts.0),
        asks_first: asking.mentor || asking.mentee,
        other_mentors: mentors
            .map(|one| OtherView::of(locale, one, replaces))
            .collect(),
        other_mentees: mentees
            .map(|one| OtherView::of(locale, one, false))
            .collect(),
        history: said,
        pair: words::open_pair(&found).filter(|_| may(Action::RunMatching)),
        overtaken_by: overtaken_by(locale, &found),
        shown: shown.after.map(|_| milliseconds(ctx.now)),
        done: match shown.after {
            Some(before) => done(conn, ctx, before)?,
            None => None,
        },
        waiting,
        next,
        verdicts,
        mentee,
        mentor,
        reason: shown.reason,
        faults: shown.faults,
    })
}

/// The decisions that can be made about a proposal in a state, in the order of the buttons.
fn verdicts(status: ProposalStatus) -> Vec<Verdict> {
    let order = [
        Verdict::Approve,
        Verdict::Release,
        Verdict::Hold,
        Verdict::Reject,
        Verdict::Replace,
    ];
    let possible = |verdict: &Verdict| {
        let again = status == ProposalStatus::Held && *verdict == Verdict::Hold;
        !again && status.after(*verdict).is_ok()
    };
    order.into_iter().filter(possible).collect()
}

fn others(conn: &mut Conn, of: &Proposal) -> Result<why::Alternatives, Problem> {
    let run = frozen(conn, of.run_id)?;
    let (mentee, mentor) = (of.mentee_participation_id, of.mentor_participation_id);
    why::alternatives(conn, &run, mentee, mentor, OTHERS)
}

/// Who may decide about one proposal of a programme may see those that wait in it.
fn all() -> Scope {
    Scope {
        all: true,
        ..Scope::default()
    }
}

fn open_of(of: &Proposal) -> Filter {
    Filter {
        programme_id: Some(of.programme_id),
        status: Some(ProposalStatus::Proposed),
        ..Filter::default()
    }
}

/// The next proposal of the programme that waits for a decision: the best fit first, and from the start again.
fn next_of(conn: &mut Conn, of: &Proposal) -> Result<Option<ProposalId>, Problem> {
    let mark = (of.score, of.created_at, of.id);
    for after in [Some(mark), None] {
        let rows = store::list_proposals(conn, &all(), &open_of(of), Sort::Best, after, 2)?;
        if let Some(next) = rows.into_iter().find(|row| row.id != of.id) {
            return Ok(Some(next.id));
        }
    }
    Ok(None)
}

/// By what a stale proposal was overtaken, in words.
fn overtaken_by(locale: Locale, of: &Proposal) -> Option<String> {
    let code = of
        .reason
        .as_deref()
        .filter(|_| of.status == ProposalStatus::Stale)?;
    match code {
        "newer-run" => Some(i18n::text(locale, "match-proposal-newer-run")),
        "mind-changed" => Some(i18n::text(locale, "match-proposal-mind-changed")),
        other => {
            let key = format!("problem-{other}");
            i18n::has(locale, &key).then(|| i18n::text(locale, &key))
        }
    }
}

/// What became of a proposal that was decided just before; nothing where it is not the reader's.
fn done(conn: &mut Conn, ctx: &Context, id: ProposalId) -> Result<Option<Done>, Problem> {
    let found = match allowed(conn, ctx, id, Action::ReadProposal) {
        Ok(found) if found.decided_at.is_some() => found,
        _ => return Ok(None),
    };
    let names = people::names(conn, &found)?;
    let status = words::status(ctx.locale, found.status);
    let args = [
        ("mentee", names.0.as_str()),
        ("mentor", names.1.as_str()),
        ("status", status.as_str()),
    ];
    Ok(Some(Done {
        id,
        sentence: i18n::text_with_pairs(ctx.locale, "match-proposal-done", args),
    }))
}

/// What was decided and answered, on the programme's clock.
fn history(
    conn: &mut Conn,
    ctx: &Context,
    programme: &programmes::Programme,
    of: &Proposal,
) -> Result<Vec<String>, Problem> {
    let told = record::of_proposal(conn, ctx, of)?;
    let lines = told.into_iter().map(|(at, sentences)| {
        let at = words::at(ctx.locale, programme, at);
        let said = sentences.join(" ");
        let args = [("at", at.as_str()), ("said", said.as_str())];
        i18n::text_with_pairs(ctx.locale, "match-proposal-said", args)
    });
    Ok(lines.collect())
}

impl OtherView {
    fn of(locale: Locale, other: &Other, replaces: bool) -> Self {
        let points = i18n::number(locale, other.costs_at_least);
        let costs = match (other.fewer_matched, other.costs_at_least) {
            (true, _) => i18n::text(locale, "match-proposal-costs-fewer"),
            (false, ..=0) => i18n::text(locale, "match-proposal-costs-nothing"),
            (false, _) => {
                let args = [("points", points.as_str())];
                i18n::text_with_pairs(locale, "match-proposal-costs", args)
            }
        };
        let value = format!("{}:{}", Verdict::Replace, other.who.participation_id);
        Self {
            name: other.who.name.clone(),
            fit: words::fit(locale, other.score.into()),
            costs,
            reasons: words::reason_views(locale, other.reasons.clone()),
            replace: replaces.then_some(value),
        }
    }
}
