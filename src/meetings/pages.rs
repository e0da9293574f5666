//! The pages behind the links in mails: one question each, without sign-in and without JavaScript.
//!
//! Reading a page, or asking for its head, changes nothing, whatever stands in its address (rule L1): mail
//! scanners follow every link, and every link on the page that they find. Only the form changes something, and
//! only a form that one of our own pages made for this attendee and this time of the meeting.

use actix_web::http::StatusCode;
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use super::answer::{Outcome, answer_by_link};
use super::details::Details;
use super::links;
use super::model::{Answer, Partstat, State, may_answer};
use super::series::dates::Dates;
use super::slots::Span;
use super::store::Participant;
use super::{reminders, reoffer, series, when};
use crate::db::Conn;
use crate::kernel::ids::PersonId;
use crate::kernel::secret::hex;
use crate::kernel::{Actor, Context, Instant, Locale, Problem};
use crate::web::layout::{page_with, see_other};
use crate::web::state::locale_of;
use crate::web::{App, LinkForm, Path, Query};

/// The purpose under which forms are signed.
const PROOF: &str = "meeting-answer-form";

/// The routes of the pages.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/m/{token}", web::get().to(show))
        .route("/m/{token}", web::head().to(show))
        .route("/m/{token}", web::post().to(take))
        .route("/m/{token}/reminders", web::get().to(show_reminders))
        .route("/m/{token}/reminders", web::head().to(show_reminders))
        .route("/m/{token}/reminders", web::post().to(take_reminders))
        .configure(super::times::routes)
        .configure(super::feeds::pages::routes)
        .configure(super::calendar_pages::routes)
        .configure(super::counter::pages::routes)
        .configure(super::pause::pages::routes);
}

/// What an address may say beside the token. Strangers' additions (`utm_source`, a scanner's mark) are ignored.
#[derive(Debug, Deserialize)]
struct Asked {
    /// The answer that a button asked for.
    answer: Option<Answer>,
    /// The form was taken: show the thanks.
    said: Option<String>,
}

/// What the form sends.
#[derive(Debug, Deserialize)]
struct Form {
    answer: Answer,
    comment: Option<String>,
    /// SEQUENCE of the time that the page showed.
    sequence: i32,
    /// That the form is ours, for this attendee and this time.
    proof: String,
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
    let notice = match asked.0.said.as_deref() {
        Some("moved") => Notice::HasMoved,
        Some(_) => Notice::Taken,
        None => Notice::None,
    };
    let answered = details.participant(person).map(|me| me.attendee.partstat);
    // Other times are for one meeting; a series has a page for each of its dates.
    let one = scope(&details) != Some(Scope::All);
    let offers = if one && answered == Some(Partstat::Declined) {
        let (within, details) = (ctx.clone(), details.clone());
        let found = app
            .db
            .run(move |conn| reoffer::offers(conn, &within, &details));
        found.await?
    } else {
        Vec::new()
    };
    let dates = dates(&app, &ctx, &details, person).await?;
    let shown = Shown {
        asked: asked.0.answer,
        notice,
        offers,
        dates,
    };
    answer_page(&request, &ctx, &details, person, shown)
}

/// The dates of its series, if the meeting is of one.
async fn dates(
    app: &Data<App>,
    ctx: &Context,
    details: &Details,
    person: PersonId,
) -> Result<Option<Dates>, Problem> {
    if details.meeting.series_id.is_none() {
        return Ok(None);
    }
    let (ctx, details) = (ctx.clone(), details.clone());
    app.db
        .run(move |conn| series::dates::of(conn, &ctx, &details, person))
        .await
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
    let now = ctx.now.utc();
    if may_answer(details.meeting.status, details.meeting.time()?, now).is_err() {
        return show_answer(&request, &ctx, &details, person);
    }
    let (answer, within) = (form.answer, ctx.clone());
    let (details, outcome) = app
        .db
        .run(move |conn| take_in(conn, &within, details, person, form))
        .await?;
    match outcome {
        Outcome::Applied | Outcome::Repeated => {
            let lang = locale_of(&request);
            Ok(see_other(&format!("{here}?said=1&lang={lang}")))
        }
        Outcome::Stale | Outcome::Superseded | Outcome::Ahead => {
            let shown = Shown {
                asked: Some(answer),
                notice: Notice::Moved,
                offers: Vec::new(),
                dates: dates(&app, &ctx, &details, person).await?,
            };
            answer_page(&request, &ctx, &details, person, shown)
        }
    }
}

/// What the page of a meeting in a series asks about: the link says it, whatever the form does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Scope {
    /// One date.
    This,
    /// All dates to come.
    All,
}

fn scope(details: &Details) -> Option<Scope> {
    let instance = details.meeting.recurrence_local.is_some();
    let scope = if instance { Scope::This } else { Scope::All };
    details.meeting.series_id.map(|_| scope)
}

/// Takes the answer for the meeting, or for all of a series where the link was given for all of it.
fn take_in(
    conn: &mut Conn,
    ctx: &Context,
    details: Details,
    person: PersonId,
    form: Form,
) -> Result<(Details, Outcome), Problem> {
    let (id, shown) = (details.meeting.id, form.sequence);
    let (answer, comment) = (form.answer, form.comment);
    match details.meeting.series_id {
        Some(series) if scope(&details) == Some(Scope::All) => {
            let done =
                series::answer::answer_by_link(conn, ctx, series, person, answer, comment, shown)?;
            Ok((details, done))
        }
        _ => answer_by_link(conn, ctx, id, person, answer, comment, shown),
    }
}

/// What the page says first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Notice {
    /// Nothing: it asks.
    None,
    /// The answer was taken.
    Taken,
    /// The meeting moved while the page was open; nothing was changed.
    Moved,
    /// The reader has moved it just now.
    HasMoved,
}

/// How the page is shown.
struct Shown {
    /// The answer that a button asked for.
    asked: Option<Answer>,
    notice: Notice,
    /// Other times, for whoever has declined.
    offers: Vec<Span>,
    /// The dates of the series.
    dates: Option<Dates>,
}

/// Another time and the page that asks once more about it.
#[derive(Debug, Serialize)]
struct Offer {
    starts_at: String,
    label: String,
    href: String,
}

/// What the template needs.
#[derive(Debug, Serialize)]
struct AnswerPage {
    /// `open`, `cancelled` or `over`.
    state: &'static str,
    notice: Notice,
    /// The first name of whoever is asked.
    name: String,
    /// The names of the others.
    other: String,
    when: String,
    /// In few words, for the button.
    short: String,
    /// RFC 3339.
    starts_at: String,
    place: Option<String>,
    url: Option<String>,
    note: Option<String>,
    reason: Option<String>,
    /// The answer that holds.
    answer: Partstat,
    comment: Option<String>,
    /// The answer that the button in the mail asked for, or the one to suggest.
    first: Answer,
    /// The others.
    rest: Vec<Answer>,
    /// What the others answered.
    others: Vec<Other>,
    /// For a meeting of a series: which meetings the answer is for, `all` or `this`.
    scope: Option<Scope>,
    /// The dates of the series, while any are to come.
    dates: Option<Dates>,
    action: String,
    /// Where another time is chosen.
    times: String,
    /// Other times, for whoever has declined.
    offers: Vec<Offer>,
    sequence: i32,
    proof: String,
}

/// Somebody else in the meeting.
#[derive(Debug, Serialize)]
struct Other {
    name: String,
    answer: Partstat,
}

/// The answer page as it stands, which also says that there is nothing to answer any more.
pub(super) fn show_answer(
    request: &HttpRequest,
    ctx: &Context,
    details: &Details,
    person: PersonId,
) -> Result<HttpResponse, Problem> {
    let shown = Shown {
        asked: None,
        notice: Notice::None,
        offers: Vec::new(),
        dates: None,
    };
    answer_page(request, ctx, details, person, shown)
}

fn answer_page(
    request: &HttpRequest,
    ctx: &Context,
    details: &Details,
    person: PersonId,
    shown: Shown,
) -> Result<HttpResponse, Problem> {
    let notice = shown.notice;
    let page = answer_words(ctx, details, person, shown)?;
    let status = match (page.state, notice) {
        ("open", Notice::Moved) => StatusCode::CONFLICT,
        ("open", _) => StatusCode::OK,
        _ => StatusCode::GONE,
    };
    page_with(request, status, "meetings/answer.html", &page)
}

fn answer_words(
    ctx: &Context,
    details: &Details,
    person: PersonId,
    shown: Shown,
) -> Result<AnswerPage, Problem> {
    let meeting = &details.meeting;
    let me = details.participant(person).ok_or(Problem::NotFound)?;
    let others: Vec<Other> = details
        .others(person)
        .map(|one| Other {
            name: one.contact.first_name().to_owned(),
            answer: one.attendee.partstat,
        })
        .collect();
    let first = shown.asked.unwrap_or(Answer::Accepted);
    let action = format!("/m/{}", links::token_of(ctx, &me.attendee)?);
    let clock = when::on_the_clock_of(&me.contact, ctx.locale, meeting.starts_at, meeting.ends_at);
    let open = may_answer(meeting.status, meeting.time()?, ctx.now.utc()).is_ok();
    let names: Vec<&str> = others.iter().map(|one| one.name.as_str()).collect();
    Ok(AnswerPage {
        state: match (open, meeting.status) {
            (true, _) => "open",
            (false, State::Cancelled) => "cancelled",
            (false, _) => "over",
        },
        notice: shown.notice,
        name: me.contact.first_name().to_owned(),
        other: names.join(", "),
        when: when::sentence(ctx.locale, &clock),
        short: when::short(ctx.locale, &clock),
        starts_at: meeting.starts_at.rfc3339(),
        place: meeting.location.clone(),
        url: meeting.url.clone(),
        note: meeting.note.clone(),
        reason: meeting.cancel_reason.clone(),
        answer: me.attendee.partstat,
        comment: me.attendee.comment.clone(),
        first,
        rest: Answer::ALL
            .iter()
            .copied()
            .filter(|one| *one != first)
            .collect(),
        others,
        scope: scope(details),
        dates: shown.dates,
        times: format!("{action}/times"),
        offers: offers(ctx, me, &action, &shown.offers),
        action,
        sequence: meeting.sequence,
        proof: proof(ctx, details, person, meeting.sequence)?,
    })
}

fn offers(ctx: &Context, me: &Participant, action: &str, slots: &[Span]) -> Vec<Offer> {
    let offer = |slot: &Span| {
        let (start, end) = (Instant::new(slot.start()), Instant::new(slot.end()));
        let clock = when::on_the_clock_of(&me.contact, ctx.locale, start, end);
        let at = start.utc().format("%Y-%m-%dT%H:%M:%SZ");
        Offer {
            starts_at: start.rfc3339(),
            label: when::short(ctx.locale, &clock),
            href: format!("{action}/times?at={at}"),
        }
    };
    slots.iter().map(offer).collect()
}

/// Signs a form for one attendee and one time of a meeting.
pub(crate) fn proof(
    ctx: &Context,
    details: &Details,
    person: PersonId,
    sequence: i32,
) -> Result<String, Problem> {
    let me = details.participant(person).ok_or(Problem::NotFound)?;
    let message = format!("{}/{sequence}", me.attendee.id);
    Ok(hex(&ctx.keyring().mac(PROOF, message.as_bytes())))
}

/// Whether a form is one that we made for this attendee and this time.
pub(crate) fn proves(
    ctx: &Context,
    details: &Details,
    person: PersonId,
    sequence: i32,
    given: &str,
) -> Result<bool, Problem> {
    let wanted = proof(ctx, details, person, sequence)?;
    Ok(wanted.as_bytes().ct_eq(given.as_bytes()).into())
}

/// What the form about reminders sends, or a mail program in its place (RFC 8058, section 3.2).
#[derive(Debug, Deserialize)]
struct ReminderForm {
    /// `yes` or `no`.
    wanted: Option<String>,
    #[serde(rename = "List-Unsubscribe")]
    one_click: Option<String>,
}

#[derive(Debug, Serialize)]
struct ReminderPage {
    wanted: bool,
    /// The form was taken just now.
    done: bool,
    action: String,
}

async fn show_reminders(
    request: HttpRequest,
    app: Data<App>,
    token: Path<String>,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let Path(token) = token;
    let action = format!("/m/{token}/reminders");
    let now = app.clock.now();
    let wanted = app
        .db
        .run(move |conn| {
            let (_, person) = links::find_at(conn, now, &token)?;
            Ok(reminders::silent(conn, &[person])?.is_empty())
        })
        .await?;
    let page = ReminderPage {
        wanted,
        done: asked.0.said.is_some(),
        action,
    };
    page_with(&request, StatusCode::OK, "meetings/reminders.html", &page)
}

async fn take_reminders(
    request: HttpRequest,
    app: Data<App>,
    token: Path<String>,
    form: LinkForm<ReminderForm>,
) -> Result<HttpResponse, Problem> {
    let (Path(token), LinkForm(form)) = (token, form);
    let here = format!("/m/{token}/reminders");
    let one_click = form.one_click.is_some();
    let wanted = form.wanted.as_deref() == Some("yes") && !one_click;
    if !one_click && !matches!(form.wanted.as_deref(), Some("yes" | "no")) {
        return Err(Problem::malformed("malformed-query"));
    }
    let nobody = app.context(&request, Actor::Anonymous);
    let now = nobody.now;
    app.db
        .run(move |conn| {
            let (_, person_id) = links::find_at(conn, now, &token)?;
            let ctx = nobody.acting_as(Actor::Link { person_id });
            reminders::set_wanted(conn, &ctx, person_id, wanted)
        })
        .await?;
    if one_click {
        return Ok(HttpResponse::Ok().finish());
    }
    let lang: Locale = locale_of(&request);
    Ok(see_other(&format!("{here}?said=1&lang={lang}")))
}
