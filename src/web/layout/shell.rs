//! What the base template shows around every page: the language and its switch, the viewer, the form token.

use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::{HttpMessage, HttpRequest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use subtle::ConstantTimeEq;

use crate::kernel::secret::{Token, fill_random};
use crate::kernel::{Keyring, Locale, Problem};
use crate::web::App;
use crate::web::state::{LOCALE_COOKIE, locale_of};

/// The cookie that a form token belongs to; under https its name begins with `__Host-`, so that no other
/// site of the same domain can set it.
pub const FORM_COOKIE: &str = "passerelle_form";

/// Somebody signed in, as the masthead shows them. The extractor of page sessions puts one into the request's
/// extensions; without one, the page shows nobody.
#[derive(Debug, Clone, Serialize)]
pub struct Viewer {
    /// The name to show.
    pub name: String,
    /// The menu.
    pub links: Vec<Link>,
    /// Where the sign-out form posts to.
    pub sign_out: String,
}

/// An entry of the menu.
#[derive(Debug, Clone, Serialize)]
pub struct Link {
    /// The path it leads to.
    pub href: String,
    /// The key of its message.
    pub label: &'static str,
}

/// The frame of one page.
#[derive(Debug, Clone, Serialize)]
pub struct Shell {
    /// `en` or `fr`.
    pub lang: &'static str,
    /// The language of the switch.
    pub other_lang: &'static str,
    /// This address in the other language.
    pub other_url: String,
    /// The path of the page.
    pub path: String,
    /// Whoever is signed in.
    pub viewer: Option<Viewer>,
    /// The token of the forms on this page.
    pub csrf: String,
    #[serde(skip)]
    locale: Locale,
    #[serde(skip)]
    new_form_cookie: Option<String>,
    #[serde(skip)]
    remember_language: bool,
    #[serde(skip)]
    https: bool,
}

impl Shell {
    /// The frame for `request`.
    pub fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let app = App::of(request)?;
        let locale = locale_of(request);
        let https = app.platform.settings.is_https();
        let known = request
            .cookie(form_cookie_name(https))
            .map(|c| c.value().to_owned())
            .filter(|value| Token::presented(value).is_some());
        let new_form_cookie = match known {
            Some(_) => None,
            None => Some(Token::random()?.expose().to_owned()),
        };
        let cookie = known
            .or_else(|| new_form_cookie.clone())
            .unwrap_or_default();
        Ok(Self {
            csrf: form_token(&app.platform.keyring, &cookie)?,
            other_url: other_url(request.path(), request.query_string(), locale.other()),
            path: request.path().to_owned(),
            viewer: request.extensions().get::<Viewer>().cloned(),
            new_form_cookie,
            remember_language: request
                .query_string()
                .split('&')
                .any(|p| p.starts_with("lang=")),
            https,
            ..Self::bare(locale)
        })
    }

    /// The frame of a page without a request: for tests that render templates.
    pub fn bare(locale: Locale) -> Self {
        Self {
            lang: locale.as_str(),
            other_lang: locale.other().as_str(),
            other_url: format!("/?lang={}", locale.other().as_str()),
            path: "/".into(),
            viewer: None,
            csrf: String::new(),
            locale,
            new_form_cookie: None,
            remember_language: false,
            https: false,
        }
    }

    /// The reader's language.
    pub fn locale(&self) -> Locale {
        self.locale
    }

    /// The cookies that go out with the page.
    pub fn cookies(&self) -> Vec<Cookie<'static>> {
        let made = |name: &'static str, value: String| {
            Cookie::build(name, value)
                .path("/")
                .http_only(true)
                .secure(self.https)
                .same_site(SameSite::Lax)
        };
        let mut cookies = Vec::new();
        if let Some(value) = &self.new_form_cookie {
            cookies.push(made(form_cookie_name(self.https), value.clone()).finish());
        }
        if self.remember_language {
            let year = Duration::days(365);
            cookies.push(
                made(LOCALE_COOKIE, self.lang.to_owned())
                    .max_age(year)
                    .finish(),
            );
        }
        cookies
    }
}

/// The name of the form cookie.
pub(crate) fn form_cookie_name(https: bool) -> &'static str {
    if https {
        "__Host-passerelle_form"
    } else {
        FORM_COOKIE
    }
}

/// The token that a form must carry when its browser holds the form cookie `cookie`. It looks different each
/// time (a random mask, then the masked token), so that compressed pages do not give it away.
pub fn form_token(keyring: &Keyring, cookie: &str) -> Result<String, Problem> {
    let mut mask = [0u8; 32];
    fill_random(&mut mask)?;
    let token = keyring.mac("form", cookie.as_bytes());
    let masked = token.iter().zip(mask).map(|(t, m)| t ^ m);
    let bytes: Vec<u8> = mask.iter().copied().chain(masked).collect();
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Whether `given` is a token for the form cookie `cookie`.
pub fn is_form_token(keyring: &Keyring, cookie: &str, given: &str) -> bool {
    let Ok(bytes) = URL_SAFE_NO_PAD.decode(given) else {
        return false;
    };
    let Some((mask, masked)) = bytes.split_at_checked(32).filter(|_| bytes.len() == 64) else {
        return false;
    };
    let token: Vec<u8> = masked.iter().zip(mask).map(|(t, m)| t ^ m).collect();
    keyring.mac("form", cookie.as_bytes()).ct_eq(&token).into()
}

fn other_url(path: &str, query: &str, other: Locale) -> String {
    let kept = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("lang="));
    let query = kept
        .map(str::to_owned)
        .chain([format!("lang={}", other.as_str())])
        .collect::<Vec<_>>()
        .join("&");
    // A path that begins with two slashes would name another host.
    format!("/{}?{query}", path.trim_start_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_token_is_good_for_its_own_cookie_only_and_looks_new_each_time() {
        let keyring = Keyring::new("a secret of the test".to_owned().into());
        let token = form_token(&keyring, "cookie").unwrap();
        assert_ne!(token, form_token(&keyring, "cookie").unwrap());
        assert!(is_form_token(&keyring, "cookie", &token));
        assert!(!is_form_token(&keyring, "other", &token));
        for bad in ["", "AAAA", &token[..40], &format!("{token}AAAA")] {
            assert!(!is_form_token(&keyring, "cookie", bad), "{bad}");
        }
    }

    #[test]
    fn the_language_switch_keeps_the_address_and_never_leaves_the_site() {
        assert_eq!(
            other_url("/m/abc", "a=1&lang=en", Locale::Fr),
            "/m/abc?a=1&lang=fr"
        );
        assert_eq!(
            other_url("//evil.example", "", Locale::Fr),
            "/evil.example?lang=fr"
        );
    }
}
