//! Reading the forms of pages. A form that changes something must come from a page of ours: it carries a token
//! that belongs to the browser's form cookie, and a browser that says where a request comes from must say
//! "from here".

use std::future::Future;
use std::pin::Pin;

use actix_web::http::header::{CONTENT_TYPE, HOST, HeaderName, ORIGIN};
use actix_web::{FromRequest, HttpRequest, dev::Payload};
use serde::de::DeserializeOwned;

use crate::kernel::Problem;
use crate::web::App;
use crate::web::body::{form_fields, read_bounded};
use crate::web::layout::is_form_token;

/// Forms of pages are small; files have their own way.
const LIMIT_BYTES: usize = 64 * 1024;

/// A form whose token was checked. Give its type `#[serde(deny_unknown_fields)]`; the token is taken out before
/// it is read. Its template holds `{{ csrf_field() }}`.
#[derive(Debug)]
pub struct Form<T>(pub T);

/// A form whose address carries its own secret (a link from a mail): no cookie is asked for, because mail
/// programs open such pages in browsers that keep none. Requests that another site sends are still refused.
#[derive(Debug)]
pub struct LinkForm<T>(pub T);

type Reading<T> = Pin<Box<dyn Future<Output = Result<T, Problem>>>>;

impl<T: DeserializeOwned + 'static> FromRequest for Form<T> {
    type Error = Problem;
    type Future = Reading<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let text = read(&request, &mut payload).await?;
            require_token(&request, &text)?;
            form_fields(&without_token(&text)).map(Self)
        })
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for LinkForm<T> {
    type Error = Problem;
    type Future = Reading<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let text = read(&request, &mut payload).await?;
            form_fields(&without_token(&text)).map(Self)
        })
    }
}

async fn read(request: &HttpRequest, payload: &mut Payload) -> Result<String, Problem> {
    require_from_here(request)?;
    let kind = header(request, &CONTENT_TYPE).unwrap_or("");
    // A form without any field may come without a type.
    if !kind.is_empty() && !kind.starts_with("application/x-www-form-urlencoded") {
        return Err(Problem::UnsupportedMedia);
    }
    let bytes = read_bounded(request, payload, LIMIT_BYTES).await?;
    String::from_utf8(bytes).map_err(|_| Problem::malformed("malformed-query"))
}

/// Refuses what a browser says comes from elsewhere. `Origin: null` says nothing: privacy settings send it for
/// pages of our own.
fn require_from_here(request: &HttpRequest) -> Result<(), Problem> {
    let elsewhere = || Problem::malformed("form-elsewhere");
    let site = HeaderName::from_static("sec-fetch-site");
    match header(request, &site) {
        Some("same-origin" | "none") => return Ok(()),
        Some(_) => return Err(elsewhere()),
        None => {}
    }
    match header(request, &ORIGIN) {
        None | Some("null") => Ok(()),
        Some(origin) => {
            let public = App::of(request)?.platform.settings.public_url();
            let host = header(request, &HOST).unwrap_or("");
            let same_host = origin
                .split_once("://")
                .is_some_and(|(_, rest)| !host.is_empty() && rest == host);
            if origin == public || same_host {
                Ok(())
            } else {
                Err(elsewhere())
            }
        }
    }
}

fn require_token(request: &HttpRequest, text: &str) -> Result<(), Problem> {
    let app = App::of(request)?;
    let expired = || Problem::malformed("form-expired");
    let name = crate::web::layout::form_cookie_name(app.platform.settings.is_https());
    let cookie = request.cookie(name).ok_or_else(expired)?;
    let given = text
        .split('&')
        .find_map(|pair| pair.strip_prefix("csrf="))
        .ok_or_else(expired)?;
    if is_form_token(&app.platform.keyring, cookie.value(), given) {
        Ok(())
    } else {
        Err(expired())
    }
}

fn without_token(text: &str) -> String {
    let kept: Vec<&str> = text
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("csrf="))
        .collect();
    kept.join("&")
}

fn header<'a>(request: &'a HttpRequest, name: &HeaderName) -> Option<&'a str> {
    request.headers().get(name).and_then(|v| v.to_str().ok())
}
