//! The template engine: every room's pages, compiled in, with strict undefined and the functions `t`, `asset`
//! and `csrf_field`. One environment for each language, so that `t` knows which one it speaks.

use std::sync::LazyLock;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Kwargs, Serde, Value};
use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior, context,
    escape_formatter,
};
use serde::Serialize;

use crate::i18n;
use crate::kernel::{Locale, Problem};
use crate::web::assets;
use crate::web::layout::Shell;

/// `("ROOM/NAME.html", text)`, listed by `build.rs`.
const TEMPLATES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/page_templates.rs"));

static ENGLISH: LazyLock<Result<Environment<'static>, String>> =
    LazyLock::new(|| environment(Locale::En).map_err(|e| format!("{e:#}")));
static FRENCH: LazyLock<Result<Environment<'static>, String>> =
    LazyLock::new(|| environment(Locale::Fr).map_err(|e| format!("{e:#}")));

/// The names of all page templates.
pub fn names() -> impl Iterator<Item = &'static str> {
    TEMPLATES.iter().map(|(name, _)| *name)
}

/// Renders `template` with `context` inside `shell`. The context's fields stand at the top level; `shell` is the
/// frame's own name.
pub fn render<C: Serialize>(shell: &Shell, template: &str, context: &C) -> Result<String, Problem> {
    let environment = match shell.locale() {
        Locale::En => &ENGLISH,
        Locale::Fr => &FRENCH,
    };
    let environment = environment
        .as_ref()
        .map_err(|e| Problem::internal(e.clone()))?;
    let values = context! { shell => Value::from(Serde(shell)), ..Value::from(Serde(context)) };
    environment
        .get_template(template)
        .and_then(|t| t.render(values))
        .map_err(|error| Problem::internal(format!("{error:#}")))
}

fn environment(locale: Locale) -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_formatter(write_value);
    let syntax = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build()?;
    environment.set_syntax(syntax);
    environment.add_function("t", move |key: &str, args: Kwargs| {
        message(locale, key, &args)
    });
    environment.add_function("asset", |name: &str| {
        assets::address(name)
            .ok_or_else(|| Error::new(ErrorKind::InvalidOperation, format!("no asset {name}")))
    });
    environment.add_function("csrf_field", |state: &State| {
        let token = state
            .lookup("shell")
            .and_then(|shell| shell.get_attr("csrf").ok())
            .ok_or_else(|| Error::new(ErrorKind::UndefinedError, "no shell here"))?;
        let token = token.as_str().unwrap_or_default();
        // The token is base64url: it needs no escaping.
        Ok::<_, Error>(Value::from_safe_string(format!(
            "<input type=\"hidden\" name=\"csrf\" value=\"{token}\">"
        )))
    });
    for (name, text) in TEMPLATES {
        environment.add_template(name, text)?;
    }
    Ok(environment)
}

/// Writes a value escaped for HTML text and quoted attributes. The engine's own way also escapes slashes, which
/// no attribute in quotes needs, and which makes every address unreadable.
fn write_value(out: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    match value.as_str() {
        Some(text) if !value.is_safe() => {
            for part in text.split_inclusive(['&', '<', '>', '"', '\'']) {
                let mut characters = part.chars();
                let entity = match characters.next_back() {
                    Some('&') => "&amp;",
                    Some('<') => "&lt;",
                    Some('>') => "&gt;",
                    Some('"') => "&quot;",
                    Some('\'') => "&#39;",
                    _ => {
                        out.write_str(part)?;
                        continue;
                    }
                };
                out.write_str(characters.as_str())?;
                out.write_str(entity)?;
            }
            Ok(())
        }
        _ => escape_formatter(out, state, value),
    }
}

/// The message `key` with the template's arguments; whole numbers stay numbers, so that plurals work.
fn message(locale: Locale, key: &str, args: &Kwargs) -> Result<String, Error> {
    let mut values = i18n::Args::new();
    for name in args.args() {
        let value: Value = args.get(name)?;
        if value.is_undefined() {
            let text = format!("the argument {name} of {key} is undefined");
            return Err(Error::new(ErrorKind::UndefinedError, text));
        }
        let value = match i64::try_from(value.clone()) {
            Ok(number) if value.is_number() => number.into(),
            _ => value.to_string().into(),
        };
        values.insert(name.to_owned().into(), value);
    }
    args.assert_all_used()?;
    i18n::find(locale, key, &values)
        .ok_or_else(|| Error::new(ErrorKind::InvalidOperation, format!("no message {key}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn english(template: &str, context: serde_json::Value) -> Result<String, Problem> {
        render(&Shell::bare(Locale::En), template, &context)
    }

    #[test]
    fn every_template_of_every_room_compiles() {
        assert_eq!(ENGLISH.as_ref().err(), None);
        assert!(names().any(|name| name == "web/base.html"));
    }

    #[test]
    fn a_page_has_its_language_its_landmarks_and_the_switch() {
        let context = json!({"title": "T", "detail": "D", "fields": [], "request_id": "r"});
        let html = render(&Shell::bare(Locale::Fr), "web/problem.html", &context).unwrap();
        for part in [
            "<html lang=\"fr\"",
            "<main id=\"content\"",
            "href=\"#content\"",
            "hreflang=\"en\"",
            "<title>T · Passerelle</title>",
            "/assets/passerelle.",
            "Numéro de demande\u{a0}: r",
        ] {
            assert!(html.contains(part), "{part} is missing: {html}");
        }
    }

    #[test]
    fn what_people_write_is_escaped_and_what_is_missing_is_an_error() {
        let hostile =
            json!({"title": "<script>", "detail": "\"&'", "fields": [], "request_id": ""});
        let html = english("web/problem.html", hostile).unwrap();
        assert!(html.contains("<h1>&lt;script&gt;</h1>") && !html.contains("<script>"));
        assert!(html.contains(">&quot;&amp;&#39;</p>"), "{html}");
        let lacking = json!({"title": "T", "fields": [], "request_id": ""});
        assert!(english("web/problem.html", lacking).is_err());
    }

    #[test]
    fn a_missing_message_is_an_error_and_numbers_choose_their_plural() {
        let environment = environment(Locale::En).unwrap();
        let said = |text: &str| environment.render_str(text, ()).map_err(|e| e.to_string());
        assert_eq!(
            said("{{ t('form-faults', count=1) }}").unwrap(),
            "One thing needs your attention"
        );
        assert_eq!(
            said("{{ t('form-faults', count=3) }}").unwrap(),
            "3 things need your attention"
        );
        assert!(said("{{ t('no-such-message') }}").is_err());
        assert!(said("{{ t('form-faults', count=nothing) }}").is_err());
    }

    #[test]
    fn a_field_is_labelled_and_its_fault_tied_to_it() {
        let environment = environment(Locale::En).unwrap();
        let text = "{% from 'web/forms.html' import text_field, faults_summary %}\
            {{ faults_summary([{'field': 'email', 'text': 'Wrong.'}]) }}\
            {{ text_field('email', 'Mail', value='<x>', faults=[{'field': 'email', 'text': 'Wrong.'}], type='email') }}";
        let html = environment.render_str(text, ()).unwrap();
        for part in [
            "<label for=\"field-email\">Mail",
            "aria-describedby=\"fault-email\" aria-invalid=\"true\"",
            "<p class=\"fault\" id=\"fault-email\">Wrong.</p>",
            "href=\"#field-email\"",
            "value=\"&lt;x&gt;\"",
        ] {
            assert!(html.contains(part), "{part} is missing: {html}");
        }
    }
}
