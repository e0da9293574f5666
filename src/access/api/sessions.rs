//! Signing in and out, tokens and passwords over the API.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, Responder, delete, get, post, put};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::keys::{self, KeySet};
use crate::access::policy::{self, Action, Object};
use crate::access::sessions::{self, Kind, Session};
use crate::access::sign_in::SignIn;
use crate::access::{Caller, links, password};
use crate::kernel::ids::AccountId;
use crate::kernel::{Actor, Instant, Problem};
use crate::web::problem::ProblemDocument;
use crate::web::{App, Body};

/// Address and password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Credentials {
    #[schema(example = "amelie.roy@example.org")]
    email: String,
    #[schema(value_type = String, format = Password)]
    password: SecretString,
}

/// The tokens of a session.
#[derive(Debug, Serialize, ToSchema)]
struct Tokens {
    /// Goes into the `Authorization` header of every request, after `Bearer`.
    access_token: String,
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// How long the access token is good, in seconds.
    #[schema(example = 900)]
    expires_in: u32,
    /// Gives the next tokens, once.
    refresh_token: String,
    /// When the session ends, if it is not refreshed before.
    refresh_expires_at: Instant,
    account_id: AccountId,
}

/// A refresh token.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RefreshToken {
    #[schema(value_type = String, format = Password)]
    refresh_token: SecretString,
}

fn answer(app: &App, session: Session, status: actix_web::http::StatusCode) -> HttpResponse {
    let access = session.access.as_ref().map_or("", |t| t.expose_secret());
    HttpResponse::build(status)
        .insert_header(("Cache-Control", "no-store"))
        .json(Tokens {
            access_token: access.to_owned(),
            token_type: "Bearer",
            expires_in: app.platform.settings.security.access_token_minutes * 60,
            refresh_token: session.refresh.expose().to_owned(),
            refresh_expires_at: session.refresh_expires_at,
            account_id: session.account_id,
        })
}

/// Signs in: a session of this device. A wrong password, an unknown address and an account that is not active
/// are refused in the same words and the same time.
#[utoipa::path(tag = "sessions", operation_id = "sign_in", request_body = Credentials, responses(
    (status = 201, body = Tokens), (status = 401, body = ProblemDocument), (status = 429, body = ProblemDocument)))]
#[post("/sessions")]
pub(super) async fn sign_in(
    request: HttpRequest,
    app: Data<App>,
    body: Body<Credentials>,
) -> Result<impl Responder, Problem> {
    let ctx = app.context(&request, Actor::Anonymous);
    let attempt = SignIn {
        email: body.0.email,
        password: body.0.password,
        kind: Kind::Api,
    };
    let _place = password::place().await?;
    let session = app
        .db
        .run(move |conn| crate::access::sign_in::sign_in(conn, &ctx, attempt))
        .await?;
    Ok(answer(&app, session, actix_web::http::StatusCode::CREATED))
}

/// Spends a refresh token for the next access and refresh token. One that was spent before ends the whole
/// session, because somebody else holds it; for ten seconds it is answered with the same successor again.
#[utoipa::path(tag = "sessions", operation_id = "refresh_session", request_body = RefreshToken, responses(
    (status = 200, body = Tokens), (status = 401, body = ProblemDocument)))]
#[post("/sessions/refresh")]
pub(super) async fn refresh_session(
    request: HttpRequest,
    app: Data<App>,
    body: Body<RefreshToken>,
) -> Result<impl Responder, Problem> {
    let ctx = app.context(&request, Actor::Anonymous);
    let session = app
        .db
        .run(move |conn| sessions::refresh(conn, &ctx, &body.0.refresh_token))
        .await?;
    Ok(answer(&app, session, actix_web::http::StatusCode::OK))
}

/// Signs out: this session's tokens are refused from now on.
#[utoipa::path(tag = "sessions", operation_id = "sign_out", responses((status = 204)))]
#[delete("/sessions/current")]
pub(super) async fn sign_out(caller: Caller, app: Data<App>) -> Result<impl Responder, Problem> {
    policy::allow(&caller.ctx.actor, Action::SignOut, &Object::general())?;
    if let Some(family) = caller.session {
        app.db
            .run(move |conn| sessions::sign_out(conn, &caller.ctx, family))
            .await?;
    }
    Ok(HttpResponse::NoContent().finish())
}

/// Signs out on every device.
#[utoipa::path(tag = "sessions", operation_id = "sign_out_everywhere", responses((status = 204)))]
#[delete("/sessions")]
pub(super) async fn sign_out_everywhere(
    caller: Caller,
    app: Data<App>,
) -> Result<impl Responder, Problem> {
    policy::allow(
        &caller.ctx.actor,
        Action::SignOutEverywhere,
        &Object::general(),
    )?;
    app.db
        .run(move |conn| sessions::sign_out_everywhere(conn, &caller.ctx))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// For whom a new password is asked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ResetRequest {
    #[schema(example = "amelie.roy@example.org")]
    email: String,
}

/// Asks for a link to choose a new password. The answer is the same whether an account has the address.
#[utoipa::path(tag = "sessions", operation_id = "request_password_reset", request_body = ResetRequest, responses(
    (status = 202), (status = 422, body = ProblemDocument), (status = 429, body = ProblemDocument)))]
#[post("/password-resets")]
pub(super) async fn request_password_reset(
    request: HttpRequest,
    app: Data<App>,
    body: Body<ResetRequest>,
) -> Result<impl Responder, Problem> {
    let ctx = app.context(&request, Actor::Anonymous);
    app.db
        .run(move |conn| links::request_reset(conn, &ctx, &body.0.email))
        .await?;
    Ok(HttpResponse::Accepted().finish())
}

/// A link's token and the password that is chosen.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChosenPassword {
    /// The last part of the link that came by mail.
    #[schema(value_type = String, format = Password)]
    token: SecretString,
    /// 12 to 200 characters of any kind.
    #[schema(value_type = String, format = Password)]
    password: SecretString,
}

/// Sets the password with the single-use link that came by mail, and ends every session of the account.
#[utoipa::path(tag = "sessions", operation_id = "set_password", request_body = ChosenPassword, responses(
    (status = 204), (status = 410, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
#[post("/passwords")]
pub(super) async fn set_password(
    request: HttpRequest,
    app: Data<App>,
    body: Body<ChosenPassword>,
) -> Result<impl Responder, Problem> {
    let ctx = app.context(&request, Actor::Anonymous);
    let _place = password::place().await?;
    app.db
        .run(move |conn| links::set_password(conn, &ctx, &body.0.token, &body.0.password))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The present password and the next.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PasswordChange {
    #[schema(value_type = String, format = Password)]
    current_password: SecretString,
    /// 12 to 200 characters of any kind.
    #[schema(value_type = String, format = Password)]
    password: SecretString,
}

/// Changes one's password. The other sessions end, this one goes on.
#[utoipa::path(tag = "sessions", operation_id = "change_password", request_body = PasswordChange, responses(
    (status = 204), (status = 422, body = ProblemDocument), (status = 429, body = ProblemDocument)))]
#[put("/me/password")]
pub(super) async fn change_password(
    caller: Caller,
    app: Data<App>,
    body: Body<PasswordChange>,
) -> Result<impl Responder, Problem> {
    policy::allow(
        &caller.ctx.actor,
        Action::ChangePassword,
        &Object::general(),
    )?;
    let _place = password::place().await?;
    let PasswordChange {
        current_password,
        password,
    } = body.0;
    app.db
        .run(move |conn| {
            let keep = caller.session;
            links::change_password(conn, &caller.ctx, &current_password, &password, keep)
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The public keys that verify access tokens (RFC 7517). New keys appear a day before they sign.
#[utoipa::path(tag = "sessions", operation_id = "read_key_set", responses((status = 200, body = KeySet)))]
#[get("/.well-known/jwks.json")]
pub(super) async fn read_key_set(app: Data<App>) -> Result<impl Responder, Problem> {
    let now = app.clock.now();
    let platform = std::sync::Arc::clone(&app.platform);
    let set = app
        .db
        .run(move |conn| keys::published(conn, &platform.keyring, now))
        .await?;
    Ok(HttpResponse::Ok()
        .insert_header(("Cache-Control", "public, max-age=300"))
        .json(set))
}
