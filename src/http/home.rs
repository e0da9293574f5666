//! The start page: what this is, for whoever is not signed in; what comes next, for whoever is. What it shows
//! comes from the rooms' own lists, each cut to what the policy lets its reader see.

use actix_web::web::{Data, ServiceConfig, get};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use crate::access::page_caller;
use crate::access::policy::{self, Action};
use crate::db::Conn;
use crate::kernel::settings::Transport;
use crate::kernel::{Context, Problem, Zone};
use crate::mail::outbox::MailStatus;
use crate::mail::queue;
use crate::matching::model::ProposalStatus;
use crate::mentorships::model::MentorshipStatus;
use crate::web::App;
use crate::web::layout;
use crate::{matching, meetings, mentorships};

/// Meetings shown.
const MEETINGS: i64 = 5;

/// The route of the start page.
pub fn routes(config: &mut ServiceConfig) {
    config.route("/", get().to(home));
}

#[derive(Debug, Serialize)]
struct Welcome {}

/// The start page of somebody; what a role has nothing to do with is `None`.
#[derive(Debug, Serialize)]
struct Start {
    /// Their next meetings.
    meetings: Option<Vec<Line>>,
    /// Mentorships under way.
    mentorships: Option<i64>,
    /// Proposals that wait for a decision.
    proposals: Option<i64>,
    /// Whether they run the matching of a programme.
    matching: bool,
    /// Mails that could not be delivered.
    dead_mails: Option<i64>,
    /// Whether this deployment shows its mails at `/mailbox`.
    mailbox: bool,
}

/// A meeting.
#[derive(Debug, Serialize)]
struct Line {
    when: String,
    who: Vec<String>,
}

async fn home(request: HttpRequest, app: Data<App>) -> Result<HttpResponse, Problem> {
    let Some(caller) = page_caller::signed_in(&request).await? else {
        return layout::page(&request, "http/welcome.html", &Welcome {});
    };
    let start = app.db.run(move |conn| start_of(conn, &caller.ctx)).await?;
    layout::page(&request, "http/start.html", &start)
}

fn start_of(conn: &mut Conn, ctx: &Context) -> Result<Start, Problem> {
    Ok(Start {
        meetings: next_meetings(conn, ctx)?,
        mentorships: open_mentorships(conn, ctx)?,
        proposals: open_proposals(conn, ctx)?,
        matching: policy::scope(&ctx.actor, Action::ListMatchRuns).is_ok(),
        dead_mails: dead_mails(conn, ctx)?,
        mailbox: ctx.settings().mail.transport == Transport::Mailbox,
    })
}

fn next_meetings(conn: &mut Conn, ctx: &Context) -> Result<Option<Vec<Line>>, Problem> {
    use meetings::{model, store, when};
    let Ok(scope) = policy::scope(&ctx.actor, Action::ListMeetings) else {
        return Ok(None);
    };
    let filter = store::Filter {
        scope,
        status: Some(model::State::Scheduled),
        from: Some(ctx.now),
        ..store::Filter::default()
    };
    let found = store::list(conn, &filter, store::Order::Soonest, None, MEETINGS)?;
    let ids: Vec<_> = found.iter().map(|meeting| meeting.id).collect();
    let mut everybody = store::participants(conn, &ids)?;
    let reader = ctx.actor.person_id();
    let lines = found.iter().map(|meeting| {
        let there = everybody.remove(&meeting.id).unwrap_or_default();
        let own = there.iter().find(|p| Some(p.attendee.person_id) == reader);
        let zone = own.map_or_else(
            || Zone::parse(&meeting.zone).unwrap_or_else(|_| Zone::utc()),
            |p| p.contact.zone(),
        );
        let time =
            crate::mail::when::When::new(meeting.starts_at, meeting.ends_at, zone, ctx.locale);
        Line {
            when: when::sentence(ctx.locale, &time),
            who: there
                .iter()
                .filter(|p| Some(p.attendee.person_id) != reader)
                .map(|p| p.contact.full_name())
                .collect(),
        }
    });
    Ok(Some(lines.collect()))
}

fn open_mentorships(conn: &mut Conn, ctx: &Context) -> Result<Option<i64>, Problem> {
    let Ok(scope) = policy::scope(&ctx.actor, Action::ListMentorships) else {
        return Ok(None);
    };
    let filter = mentorships::store::Filter {
        status: Some(MentorshipStatus::Active),
        ..Default::default()
    };
    Ok(Some(mentorships::store::count(conn, &scope, &filter)?))
}

fn open_proposals(conn: &mut Conn, ctx: &Context) -> Result<Option<i64>, Problem> {
    use matching::store::{Filter, count_proposals};
    let Ok(scope) = policy::scope(&ctx.actor, Action::ListProposals) else {
        return Ok(None);
    };
    let filter = Filter {
        status: Some(ProposalStatus::Proposed),
        ..Filter::default()
    };
    Ok(Some(count_proposals(conn, &scope, &filter)?))
}

fn dead_mails(conn: &mut Conn, ctx: &Context) -> Result<Option<i64>, Problem> {
    let Ok(scope) = policy::scope(&ctx.actor, Action::ListMails) else {
        return Ok(None);
    };
    let filter = queue::Filter {
        status: Some(MailStatus::Dead),
        programmes: (!scope.all).then_some(scope.programmes),
        ..queue::Filter::default()
    };
    Ok(Some(queue::count(conn, &filter)?))
}
