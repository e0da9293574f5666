//! The extractor of every page that needs a sign-in, and the cookie that it reads.

use std::future::Future;
use std::pin::Pin;

use actix_web::cookie::{Cookie, SameSite, time};
use actix_web::http::Method;
use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, error::InternalError};

use crate::access::page_sessions::{self, PageSession};
use crate::kernel::ids::FamilyId;
use crate::kernel::{Actor, Context, Problem, Role, Token};
use crate::web::App;
use crate::web::layout::{self, Viewer};

/// Where a page sends whoever is not signed in.
pub const SIGN_IN: &str = "/sign-in";

/// Somebody signed in to the pages. A handler takes `caller: PageCaller` and passes `&caller.ctx` to its use
/// case; whoever is not signed in is sent to the sign-in page and comes back afterwards. The layout shows them
/// in the masthead without more ado.
#[derive(Debug)]
pub struct PageCaller {
    /// The context for the use case.
    pub ctx: Context,
    /// The session of this browser.
    pub session: FamilyId,
}

impl FromRequest for PageCaller {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, actix_web::Error>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            match signed_in(&request).await? {
                Some(caller) => Ok(caller),
                None => Err(InternalError::from_response(
                    "not signed in",
                    layout::see_other(&sign_in_address(&request)),
                )
                .into()),
            }
        })
    }
}

/// Who is signed in to the pages in this browser, if anybody.
pub async fn signed_in(request: &HttpRequest) -> Result<Option<PageCaller>, Problem> {
    let app = App::of(request)?;
    let Some(token) = presented(request, app) else {
        return Ok(None);
    };
    let now = app.clock.now();
    let found = app
        .db
        .run(move |conn| page_sessions::page_session(conn, &token, now))
        .await?;
    Ok(found.map(|session| {
        request.extensions_mut().insert(viewer(&session));
        PageCaller {
            ctx: app.context(request, session.actor),
            session: session.family,
        }
    }))
}

fn viewer(session: &PageSession) -> Viewer {
    Viewer {
        name: session.name.clone(),
        links: menu(&session.actor),
        sign_out: "/sign-out".into(),
    }
}

/// The menu of somebody: the pages that their roles open.
fn menu(actor: &Actor) -> Vec<layout::Link> {
    let mut links = Vec::new();
    if actor.has(Role::Coordinator) || actor.has(Role::Administrator) {
        links.push(layout::Link {
            href: "/waiting".into(),
            label: "access-menu-waiting",
        });
        links.push(layout::Link {
            href: "/matching".into(),
            label: "access-menu-matching",
        });
    }
    if [Role::Mentor, Role::Mentee, Role::Coordinator]
        .iter()
        .any(|role| actor.has(*role))
    {
        links.push(layout::Link {
            href: "/calendar".into(),
            label: "access-menu-calendar",
        });
    }
    links.push(layout::Link {
        href: "/account".into(),
        label: "access-menu-account",
    });
    links
}

/// The token in the browser's cookie.
pub fn presented(request: &HttpRequest, app: &App) -> Option<Token> {
    let name = cookie_name(app.platform.settings.is_https());
    let cookie = request.cookie(name)?;
    page_sessions::page_token(cookie.value())
}

/// The sign-in page that leads back to where `request` wanted to go. A form that was sent is not repeated: its
/// way back is the start.
fn sign_in_address(request: &HttpRequest) -> String {
    let wanted = request.uri().path_and_query().map_or("", |p| p.as_str());
    if request.method() != Method::GET || wanted.is_empty() {
        return SIGN_IN.to_owned();
    }
    format!("{SIGN_IN}?next={}", in_query(wanted))
}

/// `text` as the value of a parameter.
fn in_query(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            other => out.push_str(&format!("%{other:02X}")),
        }
        out
    })
}

/// `next` if it is a path of this site; a link must not lead from our sign-in to somebody else's page.
pub fn local(next: &str) -> Option<&str> {
    let here = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains(['\\', '\r', '\n', '\t'])
        && next.len() <= 2_000
        && next.is_ascii();
    here.then_some(next)
}

/// The session's cookie: out of reach of scripts, sent to this host only, and over TLS only where there is TLS.
/// Under https its name begins with `__Host-`, so that no other site of the domain can set it.
pub fn session_cookie(app: &App, token: &str, seconds: i64) -> Cookie<'static> {
    let https = app.platform.settings.is_https();
    Cookie::build(cookie_name(https), token.to_owned())
        .path("/")
        .http_only(true)
        .secure(https)
        .same_site(SameSite::Lax)
        .max_age(time::Duration::seconds(seconds))
        .finish()
}

fn cookie_name(https: bool) -> &'static str {
    if https {
        "__Host-passerelle_session"
    } else {
        "passerelle_session"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_the_sign_in_nobody_is_led_to_another_site() {
        for here in ["/", "/account", "/a?b=c&d=%2F"] {
            assert_eq!(local(here), Some(here));
        }
        for elsewhere in [
            "",
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "/a\r\nSet-Cookie: x=y",
            "/\t/evil.example",
            "javascript:alert(1)",
        ] {
            assert_eq!(local(elsewhere), None, "{elsewhere}");
        }
    }

    #[test]
    fn an_address_survives_the_way_through_a_parameter() {
        assert_eq!(in_query("/a b?c=d&e=é"), "/a%20b%3Fc%3Dd%26e%3D%C3%A9");
    }
}
