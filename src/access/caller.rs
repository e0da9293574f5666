//! The extractor of every API handler: who asks, under which circumstances.

use std::future::Future;
use std::pin::Pin;

use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use actix_web::{FromRequest, HttpRequest, dev::Payload};

use crate::access::door::Door;
use crate::access::tokens;
use crate::kernel::ids::FamilyId;
use crate::kernel::{Context, Problem};
use crate::web::App;

/// Somebody signed in, and the circumstances of their request. A handler takes `caller: Caller` and passes
/// `&caller.ctx` to its use case.
#[derive(Debug)]
pub struct Caller {
    /// The context for the use case.
    pub ctx: Context,
    /// The session whose access token it is; a sign-out ends it.
    pub session: Option<FamilyId>,
}

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let app = App::of(&request)?;
            let token = bearer(&request)?;
            let (actor, session) = tokens::authenticate_session(app, token).await?;
            Door::admit(&request, &actor)?;
            Ok(Self {
                ctx: app.context(&request, actor),
                session,
            })
        })
    }
}

fn bearer(request: &HttpRequest) -> Result<String, Problem> {
    bearer_of(request.headers()).ok_or(Problem::Unauthenticated {
        code: "sign-in-needed",
    })
}

/// The bearer token of a request; the scheme's name is read in any case (RFC 9110, 11.1).
#[must_use]
pub fn bearer_of(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = text.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.trim().to_owned())
}
