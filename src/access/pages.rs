//! The pages of signing in and out, of passwords, and of one's own account. They need no script.

use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::StatusCode;
use actix_web::web::{Data, ServiceConfig, get, post};
use actix_web::{HttpRequest, HttpResponse};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::access::accounts::store;
use crate::access::page_caller::{self, PageCaller, local, session_cookie};
use crate::access::policy::{self, Action, Object};
use crate::access::sessions::{self, Kind};
use crate::access::sign_in::{self, SignIn};
use crate::access::{links, page_sessions, password};
use crate::i18n;
use crate::kernel::{Actor, Context, Locale, Problem, Role};
use crate::web::layout::{self, Faults};
use crate::web::state::{LOCALE_COOKIE, locale_of};
use crate::web::{App, Form, LinkForm, Path, Query};

/// Where a sign-in leads unless it was asked for on the way to somewhere.
const HOME: &str = "/account";

/// The pages of this room.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/sign-in", get().to(sign_in_page))
        .route("/sign-in", post().to(sign_in))
        .route("/sign-out", post().to(sign_out))
        .route("/forgotten-password", get().to(forgotten_page))
        .route("/forgotten-password", post().to(forgotten))
        .route("/set-password/{token}", get().to(set_password_page))
        .route("/set-password/{token}", post().to(set_password))
        .route("/account", get().to(account_page))
        .route("/account/password", post().to(change_password))
        .route(
            "/account/sign-out-everywhere",
            post().to(sign_out_everywhere),
        );
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct SignInQuery {
    next: String,
    done: String,
    lang: Option<String>,
}

#[derive(Debug, Serialize)]
struct SignInPage {
    email: String,
    next: String,
    /// The key of a message about what was done before.
    done: Option<&'static str>,
    faults: Faults,
}

/// What may be said at the top of a page about the step before.
fn done(word: &str) -> Option<&'static str> {
    match word {
        "signed-out" => Some("access-done-signed-out"),
        "password-set" => Some("access-done-password-set"),
        "password-changed" => Some("access-done-password-changed"),
        _ => None,
    }
}

async fn sign_in_page(
    request: HttpRequest,
    query: Query<SignInQuery>,
) -> Result<HttpResponse, Problem> {
    let next = local(&query.0.next).unwrap_or_default().to_owned();
    if query.0.done.is_empty() && page_caller::signed_in(&request).await?.is_some() {
        return Ok(layout::see_other(local(&next).unwrap_or(HOME)));
    }
    let page = SignInPage {
        email: String::new(),
        next,
        done: done(&query.0.done),
        faults: Faults::default(),
    };
    layout::page(&request, "access/sign_in.html", &page)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SignInForm {
    email: String,
    password: SecretString,
    #[serde(default)]
    next: String,
}

async fn sign_in(
    request: HttpRequest,
    app: Data<App>,
    form: Form<SignInForm>,
) -> Result<HttpResponse, Problem> {
    let ctx = app.context(&request, Actor::Anonymous);
    let before = page_caller::presented(&request, &app);
    let attempt = SignIn {
        email: form.0.email.clone(),
        password: form.0.password,
        kind: Kind::Page,
    };
    let place = password::place().await?;
    let signed_in = app
        .db
        .run(move |conn| {
            let session = sign_in::sign_in(conn, &ctx, attempt)?;
            if let Some(token) = before {
                page_sessions::end_page_session(conn, &ctx, &token)?;
            }
            Ok(session)
        })
        .await;
    drop(place);
    let session = match signed_in {
        Ok(session) => session,
        Err(problem) => {
            let status = form_status(&problem);
            let page = SignInPage {
                email: form.0.email,
                next: form.0.next,
                done: None,
                faults: Faults::of(locale_of(&request), problem)?,
            };
            return layout::page_with(&request, status, "access/sign_in.html", &page);
        }
    };
    let mut answer = layout::see_other(local(&form.0.next).unwrap_or(HOME));
    let seconds = session
        .refresh_expires_at
        .since(app.clock.now())
        .num_seconds();
    let cookie = session_cookie(&app, session.refresh.expose(), seconds);
    answer.add_cookie(&cookie).map_err(Problem::internal)?;
    if request.cookie(LOCALE_COOKIE).is_none() {
        let cookie = language_cookie(&app, session.locale);
        answer.add_cookie(&cookie).map_err(Problem::internal)?;
    }
    Ok(answer)
}

/// A page that shows a form again has the status of its fault; a refused sign-in asks for no `WWW-Authenticate`.
fn form_status(problem: &Problem) -> StatusCode {
    match problem {
        Problem::TooManyRequests { .. } => StatusCode::TOO_MANY_REQUESTS,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// The pages speak the account's language, until the reader chooses the other one.
fn language_cookie(app: &App, locale: Locale) -> Cookie<'static> {
    Cookie::build(LOCALE_COOKIE, locale.as_str())
        .path("/")
        .http_only(true)
        .secure(app.platform.settings.is_https())
        .same_site(SameSite::Lax)
        .max_age(actix_web::cookie::time::Duration::days(365))
        .finish()
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

async fn sign_out(
    request: HttpRequest,
    app: Data<App>,
    _form: Form<Nothing>,
) -> Result<HttpResponse, Problem> {
    if let Some(token) = page_caller::presented(&request, &app) {
        let actor = match page_caller::signed_in(&request).await? {
            Some(caller) => caller.ctx.actor,
            None => Actor::Anonymous,
        };
        let ctx = app.context(&request, actor);
        app.db
            .run(move |conn| page_sessions::end_page_session(conn, &ctx, &token))
            .await?;
    }
    signed_out(&app)
}

fn signed_out(app: &App) -> Result<HttpResponse, Problem> {
    let mut answer = layout::see_other("/sign-in?done=signed-out");
    answer
        .add_cookie(&session_cookie(app, "", 0))
        .map_err(Problem::internal)?;
    Ok(answer)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct PlainQuery {
    done: String,
    lang: Option<String>,
}

#[derive(Debug, Serialize)]
struct ForgottenPage {
    email: String,
    sent: bool,
    hours: u32,
    faults: Faults,
}

async fn forgotten_page(
    request: HttpRequest,
    app: Data<App>,
    _query: Query<PlainQuery>,
) -> Result<HttpResponse, Problem> {
    let page = ForgottenPage {
        email: String::new(),
        sent: false,
        hours: app.platform.settings.security.reset_hours,
        faults: Faults::default(),
    };
    layout::page(&request, "access/forgotten.html", &page)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ForgottenForm {
    email: String,
}

async fn forgotten(
    request: HttpRequest,
    app: Data<App>,
    form: Form<ForgottenForm>,
) -> Result<HttpResponse, Problem> {
    let ctx = app.context(&request, Actor::Anonymous);
    let email = form.0.email.clone();
    let asked = app
        .db
        .run(move |conn| links::request_reset(conn, &ctx, &email))
        .await;
    let (status, faults) = match asked {
        Ok(()) => (StatusCode::OK, Faults::default()),
        Err(problem) => (
            form_status(&problem),
            Faults::of(locale_of(&request), problem)?,
        ),
    };
    let page = ForgottenPage {
        email: form.0.email,
        sent: faults.0.is_empty(),
        hours: app.platform.settings.security.reset_hours,
        faults,
    };
    layout::page_with(&request, status, "access/forgotten.html", &page)
}

#[derive(Debug, Serialize)]
struct SetPasswordPage {
    email: String,
    least: usize,
    faults: Faults,
}

async fn set_password_page(
    request: HttpRequest,
    app: Data<App>,
    token: Path<SecretString>,
    _query: Query<PlainQuery>,
) -> Result<HttpResponse, Problem> {
    let now = app.clock.now();
    match app
        .db
        .run(move |conn| links::open(conn, now, &token.0))
        .await
    {
        Ok(email) => {
            let page = SetPasswordPage {
                email: email.shown().to_owned(),
                least: password::POLICY.least,
                faults: Faults::default(),
            };
            layout::page(&request, "access/set_password.html", &page)
        }
        Err(problem) => link_used(&request, problem),
    }
}

/// A link that leads nowhere any more says how to get another one.
fn link_used(request: &HttpRequest, problem: Problem) -> Result<HttpResponse, Problem> {
    match problem {
        Problem::Gone { .. } => layout::page_with(
            request,
            StatusCode::GONE,
            "access/link_used.html",
            &serde_json::json!({}),
        ),
        other => Err(other),
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SetPasswordForm {
    #[serde(default, rename = "email")]
    _email: String,
    password: SecretString,
    again: SecretString,
}

async fn set_password(
    request: HttpRequest,
    app: Data<App>,
    token: Path<SecretString>,
    form: LinkForm<SetPasswordForm>,
) -> Result<HttpResponse, Problem> {
    let ctx = app.context(&request, Actor::Anonymous);
    let locale = locale_of(&request);
    let SetPasswordForm {
        password, again, ..
    } = form.0;
    let place = password::place().await?;
    let outcome = app
        .db
        .run(move |conn| {
            let email = links::open(conn, ctx.now, &token.0)?;
            let set = same(&password, &again)
                .and_then(|()| links::set_password(conn, &ctx, &token.0, &password));
            Ok((email, set))
        })
        .await;
    drop(place);
    match outcome {
        Ok((_, Ok(()))) => Ok(layout::see_other("/sign-in?done=password-set")),
        Err(problem) | Ok((_, Err(problem @ Problem::Gone { .. }))) => link_used(&request, problem),
        Ok((email, Err(problem))) => {
            let page = SetPasswordPage {
                email: email.shown().to_owned(),
                least: password::POLICY.least,
                faults: Faults::of(locale, problem)?,
            };
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            layout::page_with(&request, status, "access/set_password.html", &page)
        }
    }
}

/// Typed twice, because nobody sees what they type.
fn same(password: &SecretString, again: &SecretString) -> Result<(), Problem> {
    use secrecy::ExposeSecret;
    if password.expose_secret() == again.expose_secret() {
        Ok(())
    } else {
        Err(Problem::field("/again", "password-differs"))
    }
}

#[derive(Debug, Serialize)]
struct AccountPage {
    name: String,
    email: String,
    roles: Vec<String>,
    least: usize,
    done: Option<&'static str>,
    faults: Faults,
}

async fn account_page(
    request: HttpRequest,
    caller: PageCaller,
    app: Data<App>,
    query: Query<PlainQuery>,
) -> Result<HttpResponse, Problem> {
    let page = own_account(&app, &caller.ctx, done(&query.0.done), Faults::default()).await?;
    layout::page(&request, "access/account.html", &page)
}

async fn own_account(
    app: &App,
    ctx: &Context,
    done: Option<&'static str>,
    faults: Faults,
) -> Result<AccountPage, Problem> {
    let id = ctx.actor.account_id().ok_or(Problem::NotFound)?;
    let account = app.db.run(move |conn| store::find(conn, id)).await?;
    policy::allow(&ctx.actor, Action::ReadMe, &account.object())?;
    let mut roles: Vec<Role> = account.grants.iter().map(|held| held.role).collect();
    roles.sort();
    roles.dedup();
    let name_of = |role: &Role| i18n::text(ctx.locale, &format!("role-{role}"));
    Ok(AccountPage {
        name: account.display_name,
        email: account.email,
        roles: roles.iter().map(name_of).collect(),
        least: password::POLICY.least,
        done,
        faults,
    })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangePasswordForm {
    #[serde(default, rename = "email")]
    _email: String,
    current_password: SecretString,
    password: SecretString,
    again: SecretString,
}

async fn change_password(
    request: HttpRequest,
    caller: PageCaller,
    app: Data<App>,
    form: Form<ChangePasswordForm>,
) -> Result<HttpResponse, Problem> {
    policy::allow(
        &caller.ctx.actor,
        Action::ChangePassword,
        &Object::general(),
    )?;
    let place = password::place().await?;
    let (ctx, keep) = (caller.ctx.clone(), caller.session);
    let changed = app
        .db
        .run(move |conn| {
            let form = form.0;
            same(&form.password, &form.again)?;
            links::change_password(
                conn,
                &ctx,
                &form.current_password,
                &form.password,
                Some(keep),
            )
        })
        .await;
    drop(place);
    let Err(problem) = changed else {
        return Ok(layout::see_other("/account?done=password-changed"));
    };
    let status = form_status(&problem);
    let faults = Faults::of(caller.ctx.locale, problem)?;
    let page = own_account(&app, &caller.ctx, None, faults).await?;
    layout::page_with(&request, status, "access/account.html", &page)
}

async fn sign_out_everywhere(
    caller: PageCaller,
    app: Data<App>,
    _form: Form<Nothing>,
) -> Result<HttpResponse, Problem> {
    policy::allow(
        &caller.ctx.actor,
        Action::SignOutEverywhere,
        &Object::general(),
    )?;
    app.db
        .run(move |conn| sessions::sign_out_everywhere(conn, &caller.ctx))
        .await?;
    signed_out(&app)
}
