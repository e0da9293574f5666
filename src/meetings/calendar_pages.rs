//! "My calendar": the page on which somebody who is signed in gets the secret address of their feed, renews or
//! withdraws it, and names the calendars that they already have. It needs no script; what it does is what the API
//! does, by the same use cases and the same rows of the policy.

use actix_web::http::StatusCode;
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};

use super::busy::store::Calendar;
use super::busy::{ask, manage as busy};
use super::feeds::manage::{self as feeds, Owner, Shown};
use super::store::contacts;
use super::when;
use crate::access::PageCaller;
use crate::db::Conn;
use crate::i18n;
use crate::kernel::ids::{BusyCalendarId, PersonId};
use crate::kernel::{Context, Instant, Problem, Role, Zone};
use crate::mail::When;
use crate::web::layout::{Faults, page_with, see_other};
use crate::web::state::locale_of;
use crate::web::{App, Form, Path, Query};

/// The routes of the page.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/calendar", web::get().to(show))
        .route("/calendar/feed", web::post().to(make_feed))
        .route("/calendar/feed/withdraw", web::post().to(withdraw_feed))
        .route("/calendar/busy", web::post().to(add_busy))
        .route("/calendar/busy/{id}/check", web::post().to(check_busy))
        .route("/calendar/busy/{id}/remove", web::post().to(remove_busy));
}

/// What an address may say; what strangers add to it is ignored.
#[derive(Debug, Deserialize)]
struct Asked {
    /// What a form has done just now.
    said: Option<String>,
}

/// Whose feed a form is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Whose {
    /// One's own meetings.
    Mine,
    /// The meetings of the programmes that one coordinates.
    Programmes,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FeedForm {
    whose: Whose,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BusyForm {
    address: String,
    /// A box: there when it is ticked.
    whole_days: Option<String>,
}

/// A form without fields beside its proof.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

#[derive(Debug, Serialize)]
struct CalendarPage {
    /// The key of a message about what was done.
    done: Option<&'static str>,
    feeds: Vec<FeedView>,
    /// For mentors and mentees.
    busy: Option<Vec<BusyView>>,
    /// The place on whose clock the page says times.
    place: String,
    faults: Faults,
    /// What was typed, when it comes back with a fault.
    address: String,
    whole_days: bool,
}

#[derive(Debug, Serialize)]
struct FeedView {
    whose: Whose,
    made: Option<String>,
    read: Option<String>,
    /// The address, told this once.
    fresh: Option<Fresh>,
}

#[derive(Debug, Serialize)]
struct Fresh {
    address: String,
    /// The same as a link that opens the calendar program.
    subscribe: String,
}

#[derive(Debug, Serialize)]
struct BusyView {
    id: String,
    /// Its host.
    shown: String,
    /// When its server last answered well.
    checked: String,
    events: i32,
    not_understood: i32,
    whole_days: bool,
    /// Why the last look failed, as a sentence.
    trouble: Option<String>,
}

/// How the page is shown.
#[derive(Debug, Default)]
struct With {
    done: Option<&'static str>,
    /// A feed's address that was made just now.
    fresh: Option<(Whose, String)>,
    faults: Faults,
    /// The form that comes back.
    form: Option<BusyForm>,
}

/// Whose feeds somebody has here: their own as a mentor or mentee, that of their programmes as a coordinator.
fn owners(ctx: &Context) -> Vec<(Whose, Owner)> {
    let mut owners = Vec::new();
    if let Some(person) = person_of(ctx) {
        owners.push((Whose::Mine, Owner::Person(person)));
    }
    if let (true, Some(account)) = (ctx.actor.has(Role::Coordinator), ctx.actor.account_id()) {
        owners.push((Whose::Programmes, Owner::Account(account)));
    }
    owners
}

fn person_of(ctx: &Context) -> Option<PersonId> {
    let meets = ctx.actor.has(Role::Mentor) || ctx.actor.has(Role::Mentee);
    ctx.actor.person_id().filter(|_| meets)
}

fn owner(ctx: &Context, whose: Whose) -> Result<Owner, Problem> {
    let mut owners = owners(ctx).into_iter();
    let found = owners.find(|(one, _)| *one == whose);
    found.map(|(_, owner)| owner).ok_or(Problem::Forbidden)
}

async fn show(
    request: HttpRequest,
    app: Data<App>,
    caller: PageCaller,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let done = match asked.0.said.as_deref() {
        Some("withdrawn") => Some("calendar-done-withdrawn"),
        Some("added") => Some("calendar-done-added"),
        Some("checked") => Some("calendar-done-checked"),
        Some("removed") => Some("calendar-done-removed"),
        _ => None,
    };
    let with = With {
        done,
        ..With::default()
    };
    answer(&request, &app, caller.ctx, with).await
}

/// The new address stands in the answer and nowhere else, so this form is not sent on to the page.
async fn make_feed(
    request: HttpRequest,
    app: Data<App>,
    caller: PageCaller,
    form: Form<FeedForm>,
) -> Result<HttpResponse, Problem> {
    let whose = form.0.whose;
    let owner = owner(&caller.ctx, whose)?;
    let ctx = caller.ctx.clone();
    let made = app.db.run(move |conn| feeds::make(conn, &ctx, owner)).await;
    let with = match made {
        Ok(address) => With {
            fresh: Some((whose, address)),
            ..With::default()
        },
        Err(problem) => With {
            faults: Faults::of(caller.ctx.locale, problem)?,
            ..With::default()
        },
    };
    answer(&request, &app, caller.ctx, with).await
}

async fn withdraw_feed(
    request: HttpRequest,
    app: Data<App>,
    caller: PageCaller,
    form: Form<FeedForm>,
) -> Result<HttpResponse, Problem> {
    let owner = owner(&caller.ctx, form.0.whose)?;
    app.db
        .run(move |conn| feeds::revoke(conn, &caller.ctx, owner))
        .await?;
    Ok(back(&request, "withdrawn"))
}

async fn add_busy(
    request: HttpRequest,
    app: Data<App>,
    caller: PageCaller,
    form: Form<BusyForm>,
) -> Result<HttpResponse, Problem> {
    let person = person_of(&caller.ctx).ok_or(Problem::Forbidden)?;
    let (address, whole_days) = (form.0.address.clone(), form.0.whole_days.is_some());
    match ask::add(&app, caller.ctx.clone(), person, address, whole_days).await {
        Ok(_) => Ok(back(&request, "added")),
        Err(problem) => {
            let with = With {
                faults: Faults::of(caller.ctx.locale, problem)?,
                form: Some(form.0),
                ..With::default()
            };
            answer(&request, &app, caller.ctx, with).await
        }
    }
}

async fn check_busy(
    request: HttpRequest,
    app: Data<App>,
    caller: PageCaller,
    id: Path<BusyCalendarId>,
    _form: Form<Nothing>,
) -> Result<HttpResponse, Problem> {
    let person = person_of(&caller.ctx).ok_or(Problem::Forbidden)?;
    match ask::check(&app, caller.ctx.clone(), person, id.0).await {
        Ok(_) => Ok(back(&request, "checked")),
        Err(problem) => {
            let with = With {
                faults: Faults::of(caller.ctx.locale, problem)?,
                ..With::default()
            };
            answer(&request, &app, caller.ctx, with).await
        }
    }
}

async fn remove_busy(
    request: HttpRequest,
    app: Data<App>,
    caller: PageCaller,
    id: Path<BusyCalendarId>,
    _form: Form<Nothing>,
) -> Result<HttpResponse, Problem> {
    let person = person_of(&caller.ctx).ok_or(Problem::Forbidden)?;
    app.db
        .run(move |conn| busy::remove(conn, &caller.ctx, person, id.0))
        .await?;
    Ok(back(&request, "removed"))
}

fn back(request: &HttpRequest, said: &str) -> HttpResponse {
    let lang = locale_of(request);
    see_other(&format!("/calendar?said={said}&lang={lang}"))
}

async fn answer(
    request: &HttpRequest,
    app: &Data<App>,
    ctx: Context,
    with: With,
) -> Result<HttpResponse, Problem> {
    let status = match with.faults.0.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let view = app.db.run(move |conn| view(conn, &ctx, &with)).await?;
    page_with(request, status, "meetings/calendar.html", &view)
}

fn view(conn: &mut Conn, ctx: &Context, with: &With) -> Result<CalendarPage, Problem> {
    let owners = owners(ctx);
    if owners.is_empty() {
        return Err(Problem::Forbidden);
    }
    let person = person_of(ctx);
    let zone = match person {
        Some(person) => contacts(conn, &[person])?.first().map(|one| one.zone()),
        None => None,
    };
    let clock = Clock {
        ctx,
        zone: zone.unwrap_or_else(Zone::utc),
    };
    let mut feeds = Vec::new();
    for (whose, owner) in owners {
        let shown = feeds::look(conn, ctx, owner)?;
        feeds.push(FeedView::of(&clock, whose, shown, with));
    }
    let busy = match person {
        Some(person) => Some(busy::list(conn, ctx, person)?),
        None => None,
    };
    let form = with.form.as_ref();
    Ok(CalendarPage {
        done: with.done,
        feeds,
        busy: busy.map(|all| all.iter().map(|one| BusyView::of(&clock, one)).collect()),
        place: clock.at(ctx.now).place,
        faults: with.faults.clone(),
        address: form.map_or_else(String::new, |form| form.address.clone()),
        whole_days: form.is_none_or(|form| form.whole_days.is_some()),
    })
}

/// The reader's clock and language.
struct Clock<'a> {
    ctx: &'a Context,
    zone: Zone,
}

impl Clock<'_> {
    fn at(&self, at: Instant) -> When {
        When::new(at, at, self.zone, self.ctx.locale)
    }

    /// "Tuesday 8 December 2026, 18:00".
    fn say(&self, at: Instant) -> String {
        let (locale, when) = (self.ctx.locale, self.at(at));
        let (date, start) = (when::date(locale, &when), when::start(locale, &when));
        let pairs = [("date", date.as_str()), ("start", start.as_str())];
        i18n::text_with_pairs(locale, "calendar-at", pairs)
    }
}

impl FeedView {
    fn of(clock: &Clock<'_>, whose: Whose, shown: Shown, with: &With) -> Self {
        let fresh = with.fresh.as_ref().filter(|(one, _)| *one == whose);
        Self {
            whose,
            made: shown.made_at.map(|at| clock.say(at)),
            read: shown.read_at.map(|at| clock.say(at)),
            fresh: fresh.map(|(_, address)| Fresh {
                address: address.clone(),
                subscribe: super::feeds::subscribe(address),
            }),
        }
    }
}

impl BusyView {
    fn of(clock: &Clock<'_>, calendar: &Calendar) -> Self {
        let locale = clock.ctx.locale;
        let sentence = |trouble| i18n::text(locale, &format!("field-{trouble}"));
        Self {
            id: calendar.id.to_string(),
            shown: calendar.shown.clone(),
            checked: clock.say(calendar.checked_at),
            events: calendar.events,
            not_understood: calendar.not_understood,
            whole_days: calendar.whole_days,
            trouble: calendar.trouble.map(sentence),
        }
    }
}
