//! Access tokens: short-lived JSON Web Tokens (RFC 7519, in the profile of RFC 9068) signed with Ed25519 by the
//! deployment's current key (see [`keys`]). A token says who it is for and nothing about
//! what they may do: account, session and roles are read with one query for every request, so that a disabled
//! account, a revoked role and a sign-out take effect at once.

use chrono::Duration;
use diesel::dsl::exists;
use diesel::prelude::*;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

use crate::access::keys;
use crate::db::Conn;
use crate::db::schema::{account_grants, accounts, refresh_tokens};
use crate::kernel::ids::{AccessTokenId, AccountId, FamilyId, PersonId, ProgrammeId};
use crate::kernel::{Actor, Context, Grant, Instant, Platform, Problem, Role};
use crate::web::App;

/// The media type of an access token (RFC 9068, 2.1): a token of another kind is none, whoever signed it.
const KIND: &str = "at+jwt";
/// Longer texts are refused unread, in bytes.
const LONGEST: usize = 4096;

/// What a token says.
#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    /// Who issued it: the deployment's public address.
    iss: String,
    /// Whom it is for: the deployment's API.
    aud: String,
    /// The account.
    sub: AccountId,
    /// When it was issued, in seconds since 1970.
    iat: i64,
    /// From when on it is refused, in seconds since 1970.
    exp: i64,
    /// Its own id.
    jti: AccessTokenId,
    /// The session; once that is signed out, the token is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<FamilyId>,
}

/// Why a token was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    Invalid,
    Expired,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::Unauthenticated {
            code: match refusal {
                Refusal::Invalid => "token-invalid",
                Refusal::Expired => "token-expired",
            },
        }
    }
}

/// The actor whom the access token `token` names. Errors: 401 `token-expired`; 401 `token-invalid` for every
/// other token that is not good, and for an account that is not active or a session that has ended.
pub async fn authenticate(app: &App, token: String) -> Result<Actor, Problem> {
    Ok(authenticate_session(app, token).await?.0)
}

/// [`authenticate`], with the session that the token belongs to.
pub async fn authenticate_session(
    app: &App,
    token: String,
) -> Result<(Actor, Option<FamilyId>), Problem> {
    let now = app.clock.now();
    let kid = key_name(&token)?;
    if keys::remembers(&app.platform.keyring, &kid, now) {
        let claims = verify(&app.platform, &token, &kid, now)?;
        return app
            .db
            .run(move |conn| Ok((actor(conn, &claims, now)?, claims.sid)))
            .await;
    }
    let platform = std::sync::Arc::clone(&app.platform);
    app.db
        .run(move |conn| {
            keys::read(conn, &platform.keyring, now)?;
            let claims = verify(&platform, &token, &kid, now)?;
            Ok((actor(conn, &claims, now)?, claims.sid))
        })
        .await
}

/// An access token for the account `id`, bound to no session.
pub fn issue_access(conn: &mut Conn, ctx: &Context, id: AccountId) -> Result<String, Problem> {
    issue(conn, ctx, id, None)
}

/// An access token for the account `id` that ends with the session `family`.
pub fn issue_in_session(
    conn: &mut Conn,
    ctx: &Context,
    id: AccountId,
    family: FamilyId,
) -> Result<String, Problem> {
    issue(conn, ctx, id, Some(family))
}

fn issue(
    conn: &mut Conn,
    ctx: &Context,
    id: AccountId,
    sid: Option<FamilyId>,
) -> Result<String, Problem> {
    let key = keys::current(conn, ctx)?;
    let lifetime = Duration::minutes(i64::from(ctx.settings().security.access_token_minutes));
    let claims = Claims {
        iss: issuer(&ctx.platform),
        aud: audience(&ctx.platform),
        sub: id,
        iat: ctx.now.utc().timestamp(),
        exp: ctx.now.plus(lifetime).utc().timestamp(),
        jti: AccessTokenId::new(ctx.now),
        sid,
    };
    let header = Header {
        typ: Some(KIND.to_owned()),
        kid: Some(key.kid),
        ..Header::new(Algorithm::EdDSA)
    };
    jsonwebtoken::encode(&header, &claims, &key.private).map_err(Problem::internal)
}

fn issuer(platform: &Platform) -> String {
    platform.settings.public_url()
}

fn audience(platform: &Platform) -> String {
    format!("{}/api/v1", platform.settings.public_url())
}

/// The name of the key that is said to have signed `token`; nothing in the token is believed yet.
fn key_name(token: &str) -> Result<String, Refusal> {
    if token.len() > LONGEST {
        return Err(Refusal::Invalid);
    }
    let header = jsonwebtoken::decode_header(token).map_err(|_| Refusal::Invalid)?;
    let kind = header.typ.as_deref().unwrap_or("");
    if header.alg != Algorithm::EdDSA || !kind.eq_ignore_ascii_case(KIND) {
        return Err(Refusal::Invalid);
    }
    header.kid.ok_or(Refusal::Invalid)
}

/// Checks signature, issuer, audience and time against the keys in memory.
fn verify(platform: &Platform, token: &str, kid: &str, now: Instant) -> Result<Claims, Refusal> {
    let known = platform.keyring.known_keys();
    let key = known
        .keys
        .get(kid)
        .filter(|key| now < key.retires_at)
        .ok_or(Refusal::Invalid)?;
    let mut rules = Validation::new(Algorithm::EdDSA);
    rules.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
    rules.set_issuer(&[issuer(platform)]);
    rules.set_audience(&[audience(platform)]);
    // The library would ask the machine's clock; the time is compared below, with ours.
    rules.validate_exp = false;
    let key = DecodingKey::from_ed_der(&key.public);
    let claims = jsonwebtoken::decode::<Claims>(token, &key, &rules)
        .map_err(|error| match error.kind() {
            ErrorKind::ExpiredSignature => Refusal::Expired,
            _ => Refusal::Invalid,
        })?
        .claims;
    if claims.exp <= now.utc().timestamp() {
        return Err(Refusal::Expired);
    }
    Ok(claims)
}

/// The account's person and roles as they are now, in one query; 401 unless account and session are active.
fn actor(conn: &mut Conn, claims: &Claims, now: Instant) -> Result<Actor, Problem> {
    let account = accounts::table
        .left_join(account_grants::table)
        .filter(accounts::id.eq(claims.sub))
        .filter(accounts::status.eq("active"))
        .select((
            accounts::person_id,
            account_grants::role.nullable(),
            account_grants::programme_id.nullable(),
        ));
    let rows: Vec<(Option<PersonId>, Option<Role>, Option<ProgrammeId>)> = match claims.sid {
        None => account.load(conn)?,
        Some(family) => account
            .filter(exists(
                refresh_tokens::table
                    .filter(refresh_tokens::family_id.eq(family))
                    .filter(refresh_tokens::revoked_at.is_null())
                    .filter(refresh_tokens::expires_at.gt(now)),
            ))
            .load(conn)?,
    };
    let Some((person_id, ..)) = rows.first() else {
        return Err(Refusal::Invalid.into());
    };
    Ok(Actor::Account {
        id: claims.sub,
        person_id: *person_id,
        grants: grants(&rows),
    })
}

fn grants<P>(rows: &[(P, Option<Role>, Option<ProgrammeId>)]) -> Vec<Grant> {
    rows.iter()
        .filter_map(|(_, role, programme_id)| {
            role.map(|role| Grant {
                role,
                programme_id: *programme_id,
            })
        })
        .collect()
}
