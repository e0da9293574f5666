//! The outbox: a mail is written in the transaction of the change that it announces, and sent later
//! by the worker. One row for each recipient.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::clean::{Line, Link};
use super::templates::{Kind, Template};
use crate::db::codec::AnyId;
use crate::db::schema::outbox;
use crate::db::{Conn, UpsertExt};
use crate::icalendar::{Calendar, Method};
use crate::kernel::ids::{AccountId, OutboxId, PersonId, ProgrammeId};
use crate::kernel::{Context, Instant, Locale, Problem};

crate::text_enum! {
    /// What has become of a mail.
    pub enum MailStatus {
        /// Waits for its next attempt.
        Queued => "queued",
        /// A worker has it until its lease ends.
        Sending => "sending",
        /// A server (or the folder, or the local mailbox) has taken it.
        Sent => "sent",
        /// Refused, or given up. A coordinator can send it again.
        Dead => "dead",
    }
}

/// The purposes for which the two sealed columns are sealed.
pub(super) const RECIPIENT: &str = "mail-recipient";
pub(super) const PAYLOAD: &str = "mail-payload";

/// To whom a mail goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// The shown name; may be empty.
    pub name: Line,
    /// The bare address.
    pub address: String,
    /// The language that the mail is written in.
    #[serde(skip, default = "english")]
    pub locale: Locale,
    /// The person it goes to, where it is one.
    #[serde(skip)]
    pub person_id: Option<PersonId>,
    /// The account it goes to, where it is one.
    #[serde(skip)]
    pub account_id: Option<AccountId>,
}

fn english() -> Locale {
    Locale::En
}

impl Recipient {
    /// A person.
    pub fn person(id: PersonId, name: &str, address: &str, locale: Locale) -> Self {
        Self {
            person_id: Some(id),
            account_id: None,
            ..Self::bare(name, address, locale)
        }
    }

    /// Somebody with an account.
    pub fn account(id: AccountId, name: &str, address: &str, locale: Locale) -> Self {
        Self {
            account_id: Some(id),
            ..Self::bare(name, address, locale)
        }
    }

    fn bare(name: &str, address: &str, locale: Locale) -> Self {
        Self {
            name: Line::new(name),
            address: address.trim().to_owned(),
            locale,
            person_id: None,
            account_id: None,
        }
    }
}

/// The calendar object that goes with a mail (O5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarPart {
    /// The word for the header's `method`: the body's own.
    pub method: String,
    /// The object, as [`Calendar::write`] wrote it.
    pub text: String,
}

/// A mail's content, as it is sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payload {
    /// The template's values.
    pub values: serde_json::Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<CalendarPart>,
    /// Where answers go, when not to the platform's own address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// The one-click address of `List-Unsubscribe` (O10).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsubscribe: Option<Link>,
    /// After this instant the mail would say something that is over, and is not sent any more (O9).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_after: Option<Instant>,
}

/// A mail to be written.
///
/// ```no_run
/// use passerelle::mail::{self, contexts::PasswordReset, NewMail, Recipient};
/// # use passerelle::{db::Conn, kernel::{Context, Locale, Problem, ids::AccountId}};
/// # fn example(conn: &mut Conn, ctx: &Context, id: AccountId) -> Result<(), Problem> {
/// let to = Recipient::account(id, "José", "jose@example.org", Locale::Fr);
/// let words = PasswordReset { name: "José".into(), link: "https://…".into(), hours: 2 };
/// mail::enqueue(conn, ctx, NewMail::new(&words, to, format!("password-reset/{id}/{}", ctx.request_id))?)?;
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMail {
    kind: Kind,
    to: Recipient,
    dedupe_key: String,
    programme_id: Option<ProgrammeId>,
    subject: Option<(&'static str, uuid::Uuid)>,
    not_before: Option<Instant>,
    payload: Payload,
}

impl NewMail {
    /// A mail with `words`. `dedupe_key` names the mail in the world: of two mails with the same key
    /// only the first is ever written (O9), so for a meeting's mail it holds the meeting, sequence,
    /// stamp, recipient and kind.
    ///
    /// # Errors
    /// 500 when the words cannot be written as JSON, a defect.
    pub fn new<T: Template>(
        words: &T,
        to: Recipient,
        dedupe_key: impl Into<String>,
    ) -> Result<Self, Problem> {
        Ok(Self {
            kind: T::KIND,
            to,
            dedupe_key: dedupe_key.into(),
            programme_id: None,
            subject: None,
            not_before: None,
            payload: Payload {
                values: serde_json::to_value(words)?,
                calendar: None,
                reply_to: None,
                unsubscribe: None,
                not_after: None,
            },
        })
    }

    /// What the mail is about: the object's type (`meeting`) and id.
    #[must_use]
    pub fn about(mut self, object_type: &'static str, id: impl Into<uuid::Uuid>) -> Self {
        self.subject = Some((object_type, id.into()));
        self
    }

    /// The programme whose coordinators see the mail and hear when it fails.
    #[must_use]
    pub fn of_programme(mut self, id: ProgrammeId) -> Self {
        self.programme_id = Some(id);
        self
    }

    /// Adds the calendar object (O5).
    ///
    /// # Errors
    /// 500 when a calendar program would misread the object, a defect.
    pub fn with_calendar(mut self, calendar: &Calendar) -> Result<Self, Problem> {
        let text = calendar.write().map_err(Problem::internal)?;
        let method: Method = calendar.method;
        self.payload.calendar = Some(CalendarPart {
            method: method.as_str().to_owned(),
            text,
        });
        Ok(self)
    }

    /// Answers go to this bare address.
    #[must_use]
    pub fn reply_to(mut self, address: impl Into<String>) -> Self {
        self.payload.reply_to = Some(address.into());
        self
    }

    /// Adds `List-Unsubscribe` with one click (O10); the address takes a POST.
    #[must_use]
    pub fn unsubscribe(mut self, link: Link) -> Self {
        self.payload.unsubscribe = Some(link);
        self
    }

    /// Not sent before this instant.
    #[must_use]
    pub fn not_before(mut self, at: Instant) -> Self {
        self.not_before = Some(at);
        self
    }

    /// Not sent after this instant: an invitation to a meeting that is over helps nobody.
    #[must_use]
    pub fn not_after(mut self, at: Instant) -> Self {
        self.payload.not_after = Some(at);
        self
    }
}

/// What [`enqueue`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queued {
    /// It will be sent.
    New(OutboxId),
    /// A mail with this dedupe key was written before; nothing was done.
    AlreadyThere,
}

#[derive(Insertable)]
#[diesel(table_name = outbox)]
struct NewRow {
    id: OutboxId,
    kind: Kind,
    dedupe_key: String,
    person_id: Option<PersonId>,
    account_id: Option<AccountId>,
    programme_id: Option<ProgrammeId>,
    subject_type: Option<&'static str>,
    subject_id: Option<AnyId>,
    locale: Locale,
    recipient_sealed: String,
    payload_sealed: String,
    message_id: String,
    status: MailStatus,
    attempts: i32,
    next_attempt_at: Instant,
    created_at: Instant,
    version: i32,
}

/// Writes `mail` into the outbox. Call it inside the transaction of the change that it announces.
///
/// # Errors
/// Those of the database; 500 when the system gives no randomness to seal with.
pub fn enqueue(conn: &mut Conn, ctx: &Context, mail: NewMail) -> Result<Queued, Problem> {
    let id = OutboxId::new(ctx.now);
    let seal = |purpose: &str, json: Vec<u8>| {
        let sealed = ctx.keyring().seal(purpose, &json);
        sealed.map_err(Problem::internal)
    };
    let row = NewRow {
        id,
        kind: mail.kind,
        dedupe_key: mail.dedupe_key,
        person_id: mail.to.person_id,
        account_id: mail.to.account_id,
        programme_id: mail.programme_id,
        subject_type: mail.subject.map(|(object_type, _)| object_type),
        subject_id: mail.subject.map(|(_, id)| AnyId(id)),
        locale: mail.to.locale,
        recipient_sealed: seal(RECIPIENT, serde_json::to_vec(&mail.to)?)?,
        payload_sealed: seal(PAYLOAD, serde_json::to_vec(&mail.payload)?)?,
        message_id: format!("{id}@{}", ctx.settings().mail.domain),
        status: MailStatus::Queued,
        attempts: 0,
        next_attempt_at: mail.not_before.unwrap_or(ctx.now),
        created_at: ctx.now,
        version: 1,
    };
    let written = diesel::insert_into(outbox::table)
        .values(row)
        .upsert(&["dedupe_key"], &[])
        .execute(conn)?;
    Ok(if written == 0 {
        Queued::AlreadyThere
    } else {
        Queued::New(id)
    })
}
