//! The mails' words: MJML and plain text from `email-templates/{en,fr}/`, filled by minijinja with
//! strict undefined values, the MJML made HTML by `mrml`. They are compiled in; a configured folder of
//! the same layout overrides single files. A text template begins with `Subject:` and, where the mail
//! should seem to come from somebody, `From-Name:`; a blank line ends that head.

use std::path::PathBuf;
use std::sync::LazyLock;

use minijinja::value::Serde;
use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior, Value,
};
use mrml::prelude::{parser::ParserOptions, render::RenderOptions};
use serde::Serialize;

use crate::icalendar::clean_name;
use crate::kernel::{Locale, Settings};

crate::text_enum! {
    /// Every mail that the platform writes, by its template's name.
    pub enum Kind {
        AccountInvitation => "account-invitation",
        PasswordReset => "password-reset",
        MentorshipIntroduction => "mentorship-introduction",
        MentorshipEnded => "mentorship-ended",
        ParticipationEnded => "participation-ended",
        HoursRejected => "hours-rejected",
        MatchConsent => "match-consent",
        MatchOff => "match-off",
        MeetingInvitation => "meeting-invitation",
        MeetingUpdate => "meeting-update",
        MeetingCancellation => "meeting-cancellation",
        MeetingReminder => "meeting-reminder",
        MeetingFollowUp => "meeting-follow-up",
        MeetingDeclined => "meeting-declined",
        MeetingOtherTimes => "meeting-other-times",
        MeetingNudge => "meeting-nudge",
        MeetingCounter => "meeting-counter",
        MeetingCounterDeclined => "meeting-counter-declined",
        MeetingConfirmAnswer => "meeting-confirm-answer",
        MeetingUnreadableAnswer => "meeting-unreadable-answer",
        CoordinatorDigest => "coordinator-digest",
        CalendarUnreachable => "calendar-unreachable",
    }
}

/// The values of one kind of mail.
pub trait Template: Serialize {
    /// Which mail it is.
    const KIND: Kind;
}

/// A filled template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    pub subject: String,
    /// The name before the platform's address, where the mail comes in somebody's name (O6).
    pub from_name: Option<String>,
    pub text: String,
    pub html: String,
}

/// A filled text template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    pub subject: String,
    /// As [`Rendered::from_name`].
    pub from_name: Option<String>,
    pub text: String,
}

/// What every template knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlatformWords {
    /// The deployment's name.
    pub name: String,
    /// Its address.
    pub url: String,
}

impl PlatformWords {
    /// From the settings.
    pub fn of(settings: &Settings) -> Self {
        Self {
            name: clean_name(&settings.mail.from_name),
            url: settings.public_url(),
        }
    }
}

/// A template is missing, asks for a value that is not given, or is not MJML.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    #[error("template {0}: {1:#}")]
    Fill(String, Error),
    #[error("template {0} is not MJML: {1}")]
    Mjml(String, String),
    #[error("template {0} does not begin with a Subject")]
    Head(String),
}

#[derive(rust_embed::RustEmbed)]
#[folder = "email-templates/"]
struct Embedded;

/// The templates of a deployment.
#[derive(Debug)]
pub struct Templates {
    environment: Environment<'static>,
}

static EMBEDDED: LazyLock<Templates> = LazyLock::new(|| Templates::new(None));

impl Templates {
    /// The embedded templates, those in `folder` in front of them.
    pub fn new(folder: Option<PathBuf>) -> Self {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|name| {
            if name.ends_with(".mjml") {
                AutoEscape::Html
            } else {
                AutoEscape::None
            }
        });
        environment.set_formatter(format);
        environment.add_filter("breaks", breaks);
        environment.add_filter("quoted", quoted);
        environment.set_loader(move |name| load(folder.as_deref(), name));
        Self { environment }
    }

    /// Runs `work` with the templates that the settings name.
    pub fn with<T>(settings: &Settings, work: impl FnOnce(&Self) -> T) -> T {
        match settings.mail.templates_folder.as_str() {
            "" => work(&EMBEDDED),
            folder => work(&Self::new(Some(PathBuf::from(folder)))),
        }
    }

    /// Fills the template `kind` in `locale` with `values`, an object.
    ///
    /// # Errors
    /// [`TemplateError`]; with embedded templates and typed values a defect, with an overriding
    /// folder possibly the operator's mistake.
    pub fn render(
        &self,
        kind: Kind,
        locale: Locale,
        platform: &PlatformWords,
        values: &serde_json::Value,
    ) -> Result<Rendered, TemplateError> {
        let words = self.words(kind, locale, platform, values)?;
        let name = format!("{locale}/{kind}.mjml");
        let values = minijinja::context! {
            subject => words.subject.as_str(),
            ..context(locale, platform, values)
        };
        let html = to_html(&name, &self.fill(&name, &values)?)?;
        Ok(Rendered {
            subject: words.subject,
            from_name: words.from_name,
            text: words.text,
            html,
        })
    }

    /// Only the subject and the text: a list of mails needs no HTML.
    ///
    /// # Errors
    /// As [`Templates::render`].
    pub fn words(
        &self,
        kind: Kind,
        locale: Locale,
        platform: &PlatformWords,
        values: &serde_json::Value,
    ) -> Result<Words, TemplateError> {
        let name = format!("{locale}/{kind}.txt");
        let filled = self.fill(&name, &context(locale, platform, values))?;
        let (head, body) = filled
            .split_once("\n\n")
            .ok_or_else(|| TemplateError::Head(name.clone()))?;
        Ok(Words {
            subject: header(head, "Subject:").ok_or(TemplateError::Head(name))?,
            from_name: header(head, "From-Name:"),
            text: tidy(body),
        })
    }

    fn fill(&self, name: &str, values: &Value) -> Result<String, TemplateError> {
        self.environment
            .get_template(name)
            .and_then(|template| template.render(values))
            .map_err(|error| TemplateError::Fill(name.to_owned(), error))
    }
}

/// The values of one mail and what every template knows.
fn context(locale: Locale, platform: &PlatformWords, values: &serde_json::Value) -> Value {
    minijinja::context! {
        lang => locale.as_str(),
        platform => Value::from(Serde(platform)),
        ..Value::from(Serde(values))
    }
}

/// The file of this name: from the folder if it has one, else embedded.
fn load(folder: Option<&std::path::Path>, name: &str) -> Result<Option<String>, Error> {
    let told = |error: &dyn std::fmt::Display| {
        Error::new(ErrorKind::InvalidOperation, format!("{name}: {error}"))
    };
    if let Some(folder) = folder {
        match std::fs::read_to_string(folder.join(name)) {
            Ok(text) => return Ok(Some(text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(told(&error)),
        }
    }
    Embedded::get(name)
        .map(|file| String::from_utf8(file.data.into_owned()).map_err(|error| told(&error)))
        .transpose()
}

fn header(head: &str, name: &str) -> Option<String> {
    head.lines()
        .find_map(|line| line.strip_prefix(name))
        .map(clean_name)
        .filter(|value| !value.is_empty())
}

/// Optional parts leave gaps: never more than one empty line, no blanks at line ends.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut empty = 0;
    for line in text.trim().lines().map(str::trim_end) {
        empty = if line.is_empty() { empty + 1 } else { 0 };
        if empty < 2 {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

fn to_html(name: &str, mjml: &str) -> Result<String, TemplateError> {
    let wrong =
        |error: &dyn std::fmt::Display| TemplateError::Mjml(name.to_owned(), error.to_string());
    let mjml = plain_for_attributes(mjml);
    let parsed =
        mrml::parse_with_options(&mjml, &ParserOptions::default()).map_err(|e| wrong(&e))?;
    let options = RenderOptions {
        // Left alone, mrml links to fonts on another server.
        fonts: std::collections::HashMap::new(),
        ..RenderOptions::default()
    };
    parsed.element.render(&options).map_err(|e| wrong(&e))
}

/// Writes as entities what mrml would spoil: it writes attributes (the title becomes one, which screen readers
/// read out) the way Rust quotes a string, so that a no-break space would be read as `\u{a0}`.
fn plain_for_attributes(mjml: &str) -> String {
    let mut out = String::with_capacity(mjml.len() + 64);
    for c in mjml.chars() {
        let spoiled = c == '\\' || (!c.is_ascii() && c.escape_debug().len() > 1);
        if spoiled {
            out.push_str(&format!("&#{};", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    out
}

/// Escapes the five characters that mean something in HTML. The default would also escape `/`, which
/// makes every link in the source unreadable for mail scanners.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

fn format(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    let plain = value.is_safe() || matches!(state.auto_escape(), AutoEscape::None);
    let written = if plain {
        write!(out, "{value}")
    } else {
        out.write_str(&escape(&value.to_string()))
    };
    written.map_err(|error| Error::new(ErrorKind::WriteFailure, error.to_string()))
}

/// Text of several lines as HTML.
fn breaks(value: &Value) -> Value {
    let text = if value.is_safe() {
        value.to_string()
    } else {
        escape(&value.to_string())
    };
    Value::from_safe_string(text.replace('\n', "<br />"))
}

/// Text of several lines, marked as somebody's words.
fn quoted(value: &Value) -> String {
    let text = value.to_string();
    let lines: Vec<String> = text.lines().map(|line| format!("> {line}")).collect();
    lines.join("\n")
}

#[cfg(test)]
#[path = "templates_tests.rs"]
mod tests;
