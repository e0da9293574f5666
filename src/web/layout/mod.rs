//! The layout of every page. A room writes `src/ROOM/templates/NAME.html`:
//!
//! ```html
//! {% extends "web/base.html" %}
//! {% from "web/forms.html" import faults_summary, text_field %}
//! {% block title %}{{ t('answer-title') }}{% endblock %}
//! {% block content %}
//! <h1>{{ t('answer-question', name=mentor) }}</h1>
//! {{ faults_summary(faults) }}
//! <form method="post">{{ csrf_field() }} … <button type="submit">{{ t('answer-yes') }}</button></form>
//! {% endblock %}
//! ```
//!
//! and answers with `layout::page(&request, "ROOM/NAME.html", &context)`, where `context` is a struct that
//! derives `Serialize`. The base gives the skip link, the landmarks, the language switch (remembered by a
//! cookie), the viewer's menu and the style sheet; the response is not stored by caches.
//!
//! - `t('key', name=value)` is the message of the reader's language; a missing key is an error, as is a variable
//!   that the context lacks (undefined is strict). Everything is escaped; mark nothing as safe.
//! - `asset('passerelle.css')` is the address of an embedded file. No inline style, no inline script, nothing
//!   from another server: the Content-Security-Policy forbids all three.
//! - Names of people stand in `<bdi>`; tables in `<div class="table" tabindex="0" role="region"
//!   aria-label="…">`. Blocks: `title`, `content`, `head`, `footer`, `width` (`narrow`, or empty for a wide page).
//! - A form's faults: [`Faults::of`] turns `Problem::Invalid` into what the macros of `web/forms.html` show.
//! - Read a form with [`crate::web::Form`] (checks the form token) or, where the address itself carries the
//!   secret (a link from a mail), with [`crate::web::LinkForm`].

mod shell;
mod templates;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_TYPE, LOCATION};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use crate::i18n;
use crate::kernel::{Locale, Problem};

pub(crate) use shell::form_cookie_name;
pub use shell::{FORM_COOKIE, Link, Shell, Viewer, form_token, is_form_token};
pub use templates::{names, render};

/// The page `template` with `context`, in the reader's language (200).
pub fn page<C: Serialize>(
    request: &HttpRequest,
    template: &str,
    context: &C,
) -> Result<HttpResponse, Problem> {
    page_with(request, StatusCode::OK, template, context)
}

/// [`page`] with another status: 422 for a form that comes back with faults, 404, 410.
pub fn page_with<C: Serialize>(
    request: &HttpRequest,
    status: StatusCode,
    template: &str,
    context: &C,
) -> Result<HttpResponse, Problem> {
    let shell = Shell::of(request)?;
    let html = render(&shell, template, context)?;
    let mut answer = HttpResponse::build(status);
    answer
        .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((CONTENT_LANGUAGE, shell.lang))
        .insert_header((CACHE_CONTROL, "no-store"));
    for cookie in shell.cookies() {
        answer.cookie(cookie);
    }
    Ok(answer.body(html))
}

/// After a form that was taken: the address to read next (303), so that reloading sends nothing twice.
pub fn see_other(location: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((LOCATION, location))
        .insert_header((CACHE_CONTROL, "no-store"))
        .finish()
}

/// What is wrong with a form, for `faults_summary` and the fields of `web/forms.html`.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(transparent)]
pub struct Faults(pub Vec<Fault>);

/// One thing wrong with a form.
#[derive(Debug, Clone, Serialize)]
pub struct Fault {
    /// The field's name; empty where it concerns the whole form.
    pub field: String,
    /// What is wrong, in the reader's language.
    pub text: String,
}

impl Faults {
    /// The faults of `problem` where the person can mend them in the form: wrong fields, a conflict, too many
    /// attempts. Gives the problem back where a page of its own must tell it.
    pub fn of(locale: Locale, problem: Problem) -> Result<Self, Problem> {
        match problem {
            Problem::Invalid(fields) => Ok(Self(
                fields
                    .iter()
                    .map(|field| Fault {
                        field: field.pointer.trim_start_matches(['/', '?']).to_owned(),
                        text: i18n::text_with_pairs(
                            locale,
                            &format!("field-{}", field.code),
                            field.args.iter().map(|(n, v)| (*n, v.as_str())),
                        ),
                    })
                    .collect(),
            )),
            Problem::Conflict { .. }
            | Problem::Unauthenticated { .. }
            | Problem::TooManyRequests { .. } => {
                let rendered = crate::web::Rendered::from(&problem);
                let text = format!(
                    "{}. {}",
                    rendered.title(locale),
                    rendered.detail(locale, "")
                );
                Ok(Self(vec![Fault {
                    field: String::new(),
                    text,
                }]))
            }
            other => Err(other),
        }
    }
}
