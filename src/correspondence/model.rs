//! A mail as a coordinator sees it.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::icalendar;
use crate::kernel::ids::{OutboxId, PersonId, ProgrammeId};
use crate::kernel::{Instant, Keyring, Locale, Settings};
use crate::mail::Kind;
use crate::mail::Templates;
use crate::mail::outbox::{CalendarPart, MailStatus};
use crate::mail::queue::Row;
use crate::mail::templates::PlatformWords;

/// To whom a mail goes.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MailRecipient {
    #[schema(example = "José")]
    pub name: String,
    #[schema(example = "jose@example.org")]
    pub address: String,
    /// The person, where it is one.
    pub person_id: Option<PersonId>,
}

/// A mail in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MailSummary {
    pub id: OutboxId,
    pub kind: Kind,
    pub status: MailStatus,
    /// Null when the words of the mail have been forgotten.
    pub to: Option<MailRecipient>,
    /// Null when the words of the mail have been forgotten.
    pub subject: Option<String>,
    pub locale: Locale,
    pub programme_id: Option<ProgrammeId>,
    /// What it is about: `meeting`, `mentorship`, `account` …
    pub about_type: Option<String>,
    pub about_id: Option<uuid::Uuid>,
    /// How often it was tried.
    pub attempts: i32,
    /// The other side's words about the last failure, without addresses.
    pub last_error: Option<String>,
    pub created_at: Instant,
    /// When it is tried next; of a queued mail only.
    pub next_attempt_at: Option<Instant>,
    pub sent_at: Option<Instant>,
    /// Send it as `If-Match`.
    pub version: i32,
}

/// A mail with its words. Links are cut to their host: each opens something for its recipient only.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Mail {
    #[serde(flatten)]
    pub summary: MailSummary,
    /// Null when the words of the mail have been forgotten.
    pub text: Option<String>,
    /// The calendar object that goes with it.
    pub calendar: Option<MailCalendar>,
}

/// What a mail's calendar object says, without its addresses.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MailCalendar {
    #[schema(example = "REQUEST")]
    pub method: String,
    pub uid: Option<String>,
    pub sequence: Option<u32>,
}

impl MailSummary {
    /// The summary of `row`.
    pub(super) fn new(row: &Row, settings: &Settings, keyring: &Keyring) -> Self {
        Mail::new(row, settings, keyring).summary
    }
}

impl Mail {
    /// The mail of `row`, links cut.
    pub(super) fn new(row: &Row, settings: &Settings, keyring: &Keyring) -> Self {
        let payload = row.payload(keyring);
        let words = payload.as_ref().and_then(|payload| {
            let values = without_links(&payload.values);
            let platform = PlatformWords::of(settings);
            Templates::with(settings, |templates| {
                let words = templates.words(row.kind, row.locale, &platform, &values);
                words.ok()
            })
        });
        let (subject, text) = words.map(|words| (words.subject, words.text)).unzip();
        let queued = row.status == MailStatus::Queued;
        let summary = MailSummary {
            id: row.id,
            kind: row.kind,
            status: row.status,
            to: row.recipient(keyring).map(|to| MailRecipient {
                name: to.name.as_str().to_owned(),
                address: to.address,
                person_id: to.person_id,
            }),
            subject,
            locale: row.locale,
            programme_id: row.programme_id,
            about_type: row.subject_type.clone(),
            about_id: row.subject_id.map(|id| id.0),
            attempts: row.attempts,
            last_error: row.last_error.clone(),
            created_at: row.created_at,
            next_attempt_at: queued.then_some(row.next_attempt_at),
            sent_at: row.sent_at,
            version: row.version,
        };
        let calendar = payload.and_then(|payload| payload.calendar);
        Self {
            summary,
            text,
            calendar: calendar.as_ref().map(calendar_of),
        }
    }
}

fn calendar_of(part: &CalendarPart) -> MailCalendar {
    let reading = icalendar::read(part.text.as_bytes(), None).ok();
    let event = reading
        .and_then(|reading| reading.calendars.into_iter().next())
        .and_then(|calendar| calendar.events.into_iter().next());
    MailCalendar {
        method: part.method.clone(),
        uid: event.as_ref().and_then(|event| event.uid.clone()),
        sequence: event.as_ref().and_then(|event| event.sequence),
    }
}

/// The same values with every web address cut behind its host.
fn without_links(values: &Value) -> Value {
    match values {
        Value::String(text) => Value::String(cut(text)),
        Value::Array(items) => items.iter().map(without_links).collect(),
        Value::Object(fields) => fields
            .iter()
            .map(|(key, value)| (key.clone(), without_links(value)))
            .collect(),
        other => other.clone(),
    }
}

fn cut(text: &str) -> String {
    let Some(rest) = ["https://", "http://"]
        .iter()
        .find_map(|scheme| text.strip_prefix(scheme))
    else {
        return text.to_owned();
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or("");
    let scheme = text.strip_suffix(rest).unwrap_or("");
    format!("{scheme}{host}/…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_cut_to_their_host_wherever_they_stand() {
        let values = serde_json::json!({
            "name": "José", "link": "https://x.example/p/SECRET",
            "answers": { "accept": "http://x.example:8080?t=SECRET" }, "about": ["https://y.example#SECRET"],
        });
        let cut = without_links(&values).to_string();
        assert!(!cut.contains("SECRET"), "{cut}");
        assert!(cut.contains("https://x.example/…") && cut.contains("http://x.example:8080/…"));
        assert!(cut.contains("José"));
    }
}
