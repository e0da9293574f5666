//! The page on which an attendee finds another time: the common times of the coming weeks, one choice, one button;
//! or one time that a mail offered, and one button. Whether the meeting moves at once or the other side is asked
//! first stands on the button. It is reached from the answer page and from mails.

use actix_web::http::StatusCode;
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};

use super::choose::{Chosen, Wish, choice_of, choose};
use super::details::Details;
use super::model::{Choice, may_answer};
use super::pages::{proof, proves, show_answer};
use super::propose::other_times;
use super::slots::Span;
use super::{links, when};
use crate::kernel::ids::PersonId;
use crate::kernel::{Actor, Context, Instant, Problem};
use crate::web::layout::{Faults, page_with, see_other};
use crate::web::state::locale_of;
use crate::web::{App, LinkForm, Path, Query};

/// How far ahead the page looks.
const WEEKS: i64 = 4;
/// How many times it lists.
const MOST: usize = 40;
/// How many it looks at, to know whether one that a mail offered is still free.
const LOOKED_AT: usize = 400;

/// The routes of this page.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/m/{token}/times", web::get().to(show))
        .route("/m/{token}/times", web::head().to(show))
        .route("/m/{token}/times", web::post().to(take));
}

/// What the form sends.
#[derive(Debug, Deserialize)]
struct Form {
    starts_at: Option<Instant>,
    /// For the other side, where it is asked.
    note: Option<String>,
    /// SEQUENCE of the time that the page showed.
    sequence: i32,
    proof: String,
}

/// What an address may say beside the token; what strangers add to it is ignored.
#[derive(Debug, Deserialize)]
struct Asked {
    /// The time that a mail offered. An unreadable one is none.
    at: Option<String>,
}

/// What the template needs.
#[derive(Debug, Serialize)]
struct TimesPage {
    other: String,
    /// The time that the meeting has.
    when: String,
    starts_at: String,
    /// The place that names the reader's zone.
    place: String,
    /// The choice asks the other side first.
    asks: bool,
    /// The time that a mail offered, while it is free.
    offered: Option<Offered>,
    /// The time that a mail offered is taken by now.
    taken: bool,
    days: Vec<Day>,
    faults: Faults,
    action: String,
    back: String,
    sequence: i32,
    proof: String,
}

/// One time.
#[derive(Debug, Serialize)]
struct Offered {
    starts_at: String,
    /// The whole sentence.
    when: String,
    /// In few words, for the button.
    short: String,
}

/// The times on one date of the reader.
#[derive(Debug, Serialize)]
struct Day {
    date: String,
    times: Vec<Time>,
}

#[derive(Debug, Serialize)]
struct Time {
    /// RFC 3339.
    starts_at: String,
    label: String,
}

async fn show(
    request: HttpRequest,
    app: Data<App>,
    token: Path<String>,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let Path(token) = token;
    let now = app.clock.now();
    let (details, person) = app
        .db
        .run(move |conn| links::find_at(conn, now, &token))
        .await?;
    let ctx = app.context(&request, Actor::Link { person_id: person });
    let at = asked.0.at.and_then(|at| at.parse().ok().map(Instant::new));
    let shown = Shown {
        at,
        faults: Faults::default(),
    };
    offer(&request, &app, &ctx, details, person, shown).await
}

async fn take(
    request: HttpRequest,
    app: Data<App>,
    token: Path<String>,
    form: LinkForm<Form>,
) -> Result<HttpResponse, Problem> {
    let (Path(token), LinkForm(form)) = (token, form);
    let here = format!("/m/{token}");
    let now = app.clock.now();
    let (details, person) = app
        .db
        .run(move |conn| links::find_at(conn, now, &token))
        .await?;
    let ctx = app.context(&request, Actor::Link { person_id: person });
    if !proves(&ctx, &details, person, form.sequence, &form.proof)? {
        return Err(Problem::malformed("form-expired"));
    }
    let (meeting, shown, within) = (details.meeting.id, form.sequence, ctx.clone());
    let note = form.note;
    let chosen = match form.starts_at {
        None => Err(Problem::field("/starts_at", "required")),
        Some(starts_at) => {
            let wish = Wish {
                meeting,
                person,
                starts_at,
                shown,
                note,
            };
            app.db.run(move |conn| choose(conn, &within, wish)).await
        }
    };
    let lang = locale_of(&request);
    match chosen {
        Ok(Chosen::Moved) => Ok(see_other(&format!("{here}?said=moved&lang={lang}"))),
        Ok(Chosen::Before) => Ok(see_other(&format!("{here}?lang={lang}"))),
        Ok(Chosen::Proposed(id)) => Ok(see_other(&format!(
            "{here}/proposals/{id}?said=1&lang={lang}"
        ))),
        Err(problem) => {
            let faults = Faults::of(ctx.locale, problem)?;
            let shown = Shown { at: None, faults };
            offer(&request, &app, &ctx, details, person, shown).await
        }
    }
}

/// How the page is shown.
struct Shown {
    /// The time that a mail offered.
    at: Option<Instant>,
    faults: Faults,
}

async fn offer(
    request: &HttpRequest,
    app: &Data<App>,
    ctx: &Context,
    details: Details,
    person: PersonId,
    shown: Shown,
) -> Result<HttpResponse, Problem> {
    let now = ctx.now.utc();
    if may_answer(details.meeting.status, details.meeting.time()?, now).is_err() {
        return show_answer(request, ctx, &details, person);
    }
    let (within, meeting) = (ctx.clone(), details.meeting.clone());
    let slots = app
        .db
        .run(move |conn| other_times(conn, &within, &meeting, WEEKS, LOOKED_AT))
        .await?;
    let status = if shown.faults.0.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::CONFLICT
    };
    let page = words(ctx, &details, person, &slots, shown)?;
    page_with(request, status, "meetings/times.html", &page)
}

fn words(
    ctx: &Context,
    details: &Details,
    person: PersonId,
    slots: &[Span],
    shown: Shown,
) -> Result<TimesPage, Problem> {
    let meeting = &details.meeting;
    let me = details.participant(person).ok_or(Problem::NotFound)?;
    let others: Vec<&str> = details
        .others(person)
        .map(|one| one.contact.first_name())
        .collect();
    let clock = when::on_the_clock_of(&me.contact, ctx.locale, meeting.starts_at, meeting.ends_at);
    let token = links::token_of(ctx, &me.attendee)?;
    let offered = shown.at.and_then(|at| {
        let slot = slots.iter().find(|slot| slot.start() == at.utc())?;
        let (start, end) = (Instant::new(slot.start()), Instant::new(slot.end()));
        let clock = when::on_the_clock_of(&me.contact, ctx.locale, start, end);
        Some(Offered {
            starts_at: start.rfc3339(),
            when: when::sentence(ctx.locale, &clock),
            short: when::short(ctx.locale, &clock),
        })
    });
    let mut days: Vec<Day> = Vec::new();
    for slot in slots.iter().take(MOST) {
        let (start, end) = (Instant::new(slot.start()), Instant::new(slot.end()));
        let clock = when::on_the_clock_of(&me.contact, ctx.locale, start, end);
        let date = when::date(ctx.locale, &clock);
        let time = Time {
            starts_at: start.rfc3339(),
            label: when::hours(ctx.locale, &clock),
        };
        match days.last_mut() {
            Some(day) if day.date == date => day.times.push(time),
            _ => days.push(Day {
                date,
                times: vec![time],
            }),
        }
    }
    Ok(TimesPage {
        other: others.join(", "),
        when: when::sentence(ctx.locale, &clock),
        starts_at: meeting.starts_at.rfc3339(),
        place: clock.place,
        asks: choice_of(details, person)? == Choice::Proposes,
        taken: shown.at.is_some_and(|at| at != meeting.starts_at) && offered.is_none(),
        offered,
        days,
        faults: shown.faults,
        action: format!("/m/{token}/times"),
        back: format!("/m/{token}"),
        sequence: meeting.sequence,
        proof: proof(ctx, details, person, meeting.sequence)?,
    })
}
