//! What came in, over the API; and the door for providers that hand over whole messages.

use actix_web::http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap};
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse, Responder, get, post};
use chrono::Duration;
use futures_util::StreamExt as _;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::ExposeSecret;
use sha2::Sha256;
use subtle::ConstantTimeEq;
use utoipa_actix_web::service_config::ServiceConfig;

use super::receive::{Arrival, receive};
use super::views::{InboundMail, InboundMailSummary};
use super::{apply, dismiss, read};
use crate::access::Caller;
use crate::kernel::ids::{InboundId, MeetingId, PersonId};
use crate::kernel::secret::hex;
use crate::kernel::{Actor, Context, IfMatch, Instant, Problem};
use crate::mail::inbound::store::Filter;
use crate::mail::inbound::{Door, Kind, MOST_BYTES, State, Why};
use crate::meetings::model::Answer;
use crate::web::problem::ProblemDocument;
use crate::web::{App, Body, Page, PageQuery, Path, Query, Versioned};

/// The routes of this room.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(receive_inbound_mail)
        .service(list_inbound_mails)
        .service(read_inbound_mail)
        .service(apply_inbound_mail)
        .service(dismiss_inbound_mail);
}

#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct InboundQuery {
    /// Rows in a page, 1 to 200; 50 unless given.
    limit: Option<u32>,
    /// The mark that the page before gave as `next_cursor`.
    cursor: Option<String>,
    /// Only messages in this state; `held` and `quarantined` are those that wait for somebody.
    state: Option<State>,
    /// Only messages that are in their state for this reason.
    reason: Option<Why>,
    /// Only messages of this kind.
    kind: Option<Kind>,
    /// Only messages about this meeting.
    meeting_id: Option<MeetingId>,
    /// Only messages of this attendee, or about mails to this person.
    person_id: Option<PersonId>,
}

/// Messages that came in, the newest first.
#[utoipa::path(tag = "mails", operation_id = "list_inbound_mails", params(InboundQuery),
    responses((status = 200, body = Page<InboundMailSummary>), (status = 403, body = ProblemDocument)))]
#[get("/inbound-mails")]
async fn list_inbound_mails(
    caller: Caller,
    app: Data<App>,
    query: Query<InboundQuery>,
) -> Result<impl Responder, Problem> {
    let Query(query) = query;
    let page = PageQuery::new(query.limit, query.cursor);
    let rows = page.fetch()?;
    let filter = Filter {
        state: query.state,
        why: query.reason,
        kind: query.kind,
        meeting_id: query.meeting_id,
        person_id: query.person_id,
        programmes: None,
        before: page.after()?,
    };
    let found = app
        .db
        .run(move |conn| read::list(conn, &caller.ctx, &filter, rows))
        .await?;
    page.page(found, |message| message.id)
}

/// One message with its words. Links are cut to their host.
#[utoipa::path(tag = "mails", operation_id = "read_inbound_mail", params(("id" = InboundId, Path)),
    responses((status = 200, body = InboundMail), (status = 404, body = ProblemDocument)))]
#[get("/inbound-mails/{id}")]
async fn read_inbound_mail(
    caller: Caller,
    app: Data<App>,
    id: Path<InboundId>,
) -> Result<impl Responder, Problem> {
    let message = app
        .db
        .run(move |conn| read::read(conn, &caller.ctx, id.0))
        .await?;
    let version = message.summary.version;
    Ok(Versioned::ok(message, version))
}

/// What the coordinator read in it.
#[derive(Debug, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct ApplyInboundMail {
    /// The answer; the message's own unless given.
    answer: Option<Answer>,
}

/// Applies a message that was held or quarantined: its answer, or the one given, is the attendee's.
#[utoipa::path(tag = "mails", operation_id = "apply_inbound_mail",
    params(("id" = InboundId, Path), ("If-Match" = String, Header)), request_body = ApplyInboundMail,
    responses((status = 200, body = InboundMail), (status = 404, body = ProblemDocument),
        (status = 409, body = ProblemDocument), (status = 412, body = ProblemDocument),
        (status = 422, body = ProblemDocument)))]
#[post("/inbound-mails/{id}/apply")]
async fn apply_inbound_mail(
    caller: Caller,
    app: Data<App>,
    id: Path<InboundId>,
    if_match: IfMatch,
    body: Body<ApplyInboundMail>,
) -> Result<impl Responder, Problem> {
    let answer = body.0.answer;
    let message = app
        .db
        .run(move |conn| apply::apply(conn, &caller.ctx, id.0, &if_match, answer))
        .await?;
    let version = message.summary.version;
    Ok(Versioned::ok(message, version))
}

/// Puts a message that was held or quarantined aside for good.
#[utoipa::path(tag = "mails", operation_id = "dismiss_inbound_mail",
    params(("id" = InboundId, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = InboundMail), (status = 404, body = ProblemDocument),
        (status = 409, body = ProblemDocument), (status = 412, body = ProblemDocument)))]
#[post("/inbound-mails/{id}/dismiss")]
async fn dismiss_inbound_mail(
    caller: Caller,
    app: Data<App>,
    id: Path<InboundId>,
    if_match: IfMatch,
) -> Result<impl Responder, Problem> {
    let message = app
        .db
        .run(move |conn| dismiss(conn, &caller.ctx, id.0, &if_match))
        .await?;
    let version = message.summary.version;
    Ok(Versioned::ok(message, version))
}

/// What became of a message that a provider handed over.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
struct InboundReceipt {
    id: InboundId,
    state: State,
}

/// The largest body that is read to its end, in bytes: a provider that is cut short tries for ever.
const MOST_POSTED: usize = 64 * 1024 * 1024;
/// How old a signature may be, and how far ahead the other side's clock.
const SIGNATURE_MINUTES: i64 = 5;

/// Takes a whole message (`message/rfc822`) from a mail provider. Off unless `mail.inbound.webhook.secret` is set.
/// Either `Authorization: Bearer SECRET`, or `X-Passerelle-Timestamp: SECONDS` with `X-Passerelle-Signature:
/// sha256=HEX`, the HMAC-SHA-256 of `SECONDS.BODY` under the secret. Any 200 means that it is stored.
#[utoipa::path(tag = "mails", operation_id = "receive_inbound_mail",
    params(("X-Passerelle-Recipient" = Option<String>, Header, description = "The address that the message was delivered to.")),
    request_body(content = String, content_type = "message/rfc822"),
    responses((status = 200, body = InboundReceipt), (status = 401, body = ProblemDocument),
        (status = 404, body = ProblemDocument), (status = 413, body = ProblemDocument),
        (status = 415, body = ProblemDocument), (status = 503, body = ProblemDocument)))]
#[post("/inbound-mail")]
async fn receive_inbound_mail(
    app: Data<App>,
    request: HttpRequest,
    payload: Payload,
) -> Result<impl Responder, Problem> {
    let headers = request.headers();
    let ctx = app.context(&request, Actor::System("inbound-mail"));
    let mut check = Check::begin(&ctx, headers)?;
    let kind = header(headers, CONTENT_TYPE.as_str()).unwrap_or("");
    let essence = kind.split(';').next().unwrap_or("").trim();
    if !essence.eq_ignore_ascii_case("message/rfc822") {
        return Err(Problem::UnsupportedMedia);
    }
    let (raw, size) = read_body(payload, &mut check).await?;
    check.end()?;
    let envelope_to = header(headers, "x-passerelle-recipient").map(str::to_owned);
    let arrival = Arrival {
        door: Door::Webhook,
        raw,
        size,
        envelope_to,
    };
    let received = app.db.run(move |conn| receive(conn, &ctx, arrival)).await?;
    Ok(HttpResponse::Ok().json(InboundReceipt {
        id: received.id,
        state: received.state,
    }))
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Keeps no more of a body than may be looked at (I1), and counts the rest.
async fn read_body(mut payload: Payload, check: &mut Check) -> Result<(Vec<u8>, usize), Problem> {
    let (mut kept, mut size) = (Vec::new(), 0_usize);
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Problem::malformed("malformed-query"))?;
        check.update(&chunk);
        size += chunk.len();
        let room = (MOST_BYTES + 1).saturating_sub(kept.len());
        kept.extend(chunk.iter().take(room));
        if size > MOST_POSTED {
            return Err(Problem::TooLarge {
                limit_bytes: MOST_POSTED,
            });
        }
    }
    Ok((kept, size))
}

/// Who may hand over messages: whoever shows the secret, or signs with it.
enum Check {
    Shown,
    Signed(Box<Hmac<Sha256>>, String),
}

impl Check {
    fn begin(ctx: &Context, headers: &HeaderMap) -> Result<Self, Problem> {
        let secret = ctx.settings().mail.inbound.webhook.secret.expose_secret();
        if secret.is_empty() {
            return Err(Problem::NotFound);
        }
        let refused = || Problem::Unauthenticated {
            code: "webhook-secret",
        };
        if let Some(shown) = header(headers, AUTHORIZATION.as_str()) {
            let shown = shown.strip_prefix("Bearer ").unwrap_or("");
            let right = bool::from(shown.as_bytes().ct_eq(secret.as_bytes()));
            return if right {
                Ok(Self::Shown)
            } else {
                Err(refused())
            };
        }
        let stamp = header(headers, "x-passerelle-timestamp").ok_or_else(refused)?;
        let signature = header(headers, "x-passerelle-signature")
            .and_then(|value| value.strip_prefix("sha256="))
            .ok_or_else(refused)?;
        let seconds: i64 = stamp.parse().map_err(|_| refused())?;
        let at = seconds.checked_mul(1000).and_then(Instant::from_millis);
        let off = ctx.now.since(at.ok_or_else(refused)?);
        if off.abs() > Duration::minutes(SIGNATURE_MINUTES) {
            return Err(refused());
        }
        let mut mac =
            Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_err(Problem::internal)?;
        mac.update(stamp.as_bytes());
        mac.update(b".");
        Ok(Self::Signed(Box::new(mac), signature.to_ascii_lowercase()))
    }

    fn update(&mut self, chunk: &[u8]) {
        if let Self::Signed(mac, _) = self {
            mac.update(chunk);
        }
    }

    fn end(self) -> Result<(), Problem> {
        let Self::Signed(mac, given) = self else {
            return Ok(());
        };
        let right = hex(&mac.finalize().into_bytes());
        if bool::from(right.as_bytes().ct_eq(given.as_bytes())) {
            Ok(())
        } else {
            Err(Problem::Unauthenticated {
                code: "webhook-secret",
            })
        }
    }
}
