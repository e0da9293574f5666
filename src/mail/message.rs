//! From a filled template to the message on the wire (O4–O6, O10): headers, the alternative of text
//! and HTML, and the calendar object in both places where calendar programs look for it.
//!
//! The same row makes the same bytes every time: the date is the row's, the Message-ID and the
//! boundaries come from its id. So a mail that is sent again after a crash is the same mail.

use std::time::SystemTime;

use lettre::address::{Address, AddressError, Envelope};
use lettre::message::header::{
    ContentDisposition, ContentTransferEncoding, ContentType, HeaderName, HeaderValue,
};
use lettre::message::{Body, Mailbox, Message, MultiPart, SinglePart};

use super::dkim::{KeyError, Signer};
use super::outbox::{CalendarPart, Payload, Recipient};
use super::queue::Row;
use super::templates::{Kind, PlatformWords, Rendered, TemplateError, Templates};
use crate::icalendar::clean_name;
use crate::kernel::ids::OutboxId;
use crate::kernel::secret::hex;
use crate::kernel::{Keyring, Settings};

/// Why a row cannot become a message. All of these are for good: another attempt would end alike.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    #[error("the recipient's address is not a mail address: {0}")]
    Address(#[from] AddressError),
    #[error("{0}")]
    Template(#[from] TemplateError),
    #[error("the sealed mail cannot be read")]
    Sealed,
    #[error("{0}")]
    Message(#[from] lettre::error::Error),
    #[error("a header of the mail is wrong: {0}")]
    Header(String),
    #[error("the mail's DKIM signature {0}")]
    Signature(#[from] KeyError),
}

/// A mail with all that is known about it.
#[derive(Debug, Clone)]
pub struct Letter {
    pub to: Recipient,
    pub payload: Payload,
    pub words: Rendered,
}

/// Opens and fills the mail of `row`.
///
/// # Errors
/// [`ComposeError::Sealed`] when it was sealed under another secret or is purged;
/// [`ComposeError::Template`].
pub fn open(row: &Row, settings: &Settings, keyring: &Keyring) -> Result<Letter, ComposeError> {
    let to = row.recipient(keyring).ok_or(ComposeError::Sealed)?;
    let payload = row.payload(keyring).ok_or(ComposeError::Sealed)?;
    let platform = PlatformWords::of(settings);
    let words = Templates::with(settings, |templates| {
        templates.render(row.kind, row.locale, &platform, &payload.values)
    })?;
    Ok(Letter { to, payload, words })
}

/// Builds the message of `row`.
///
/// # Errors
/// [`ComposeError`] when an address or a header cannot stand in a message.
pub fn compose(
    row: &Row,
    letter: &Letter,
    settings: &Settings,
    keyring: &Keyring,
) -> Result<Message, ComposeError> {
    let from: Address = settings.mail.from_address.parse()?;
    let to: Address = letter.to.address.parse()?;
    let returns = match return_path(settings, keyring, row.id) {
        Some(address) => address.parse()?,
        None => from.clone(),
    };
    let from_name = letter
        .words
        .from_name
        .as_deref()
        .unwrap_or(&settings.mail.from_name);
    let mut builder = Message::builder()
        .date(SystemTime::from(row.created_at.utc()))
        .message_id(Some(format!("<{}>", row.message_id)))
        .from(mailbox(from_name, from.clone()))
        .to(mailbox(letter.to.name.as_str(), to.clone()))
        .subject(plain(&letter.words.subject))
        .raw_header(raw("Auto-Submitted", submitted(row.kind))?)
        .raw_header(raw("Content-Language", row.locale.as_str())?)
        .envelope(Envelope::new(Some(returns), vec![to])?);
    if let Some(address) = &letter.payload.reply_to {
        builder = builder.reply_to(mailbox(from_name, address.parse()?));
    }
    if let Some(link) = &letter.payload.unsubscribe {
        builder = builder
            .raw_header(raw("List-Unsubscribe", &format!("<{}>", link.as_str()))?)
            .raw_header(raw("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")?);
    }
    Ok(builder.multipart(body(row, letter)?)?)
}

/// The bytes that leave: the message, signed for the domain where there is a key. The signature bears the mail's own
/// date, so that a mail that is sent again is the same mail (O9).
///
/// # Errors
/// [`ComposeError::Signature`].
pub fn bytes(
    row: &Row,
    message: &Message,
    signer: Option<&Signer>,
) -> Result<Vec<u8>, ComposeError> {
    let plain = message.formatted();
    let Some(signer) = signer else {
        return Ok(plain);
    };
    let mut signed = signer
        .sign(&plain, row.created_at.utc().timestamp())?
        .into_bytes();
    signed.extend(plain);
    Ok(signed)
}

/// The address to which a server reports that the mail `id` could not be delivered (I12): a tag names
/// the mail, a check shows that the tag is ours. `None` where no return address is configured.
#[must_use]
pub fn return_path(settings: &Settings, keyring: &Keyring, id: OutboxId) -> Option<String> {
    let (local, domain) = settings.mail.return_address.rsplit_once('@')?;
    let id = id.0.simple();
    Some(format!("{local}+{id}.{}@{domain}", check(keyring, id)))
}

/// The mail that a report to `address` is about; `None` when the address is not one of ours.
#[must_use]
pub fn returned(settings: &Settings, keyring: &Keyring, address: &str) -> Option<OutboxId> {
    let (local, domain) = settings.mail.return_address.rsplit_once('@')?;
    let (tagged, host) = address.trim().rsplit_once('@')?;
    let (name, tag) = tagged.split_once('+')?;
    let (id, given) = tag.split_once('.')?;
    let id = uuid::Uuid::parse_str(id).ok()?;
    let ours = name.eq_ignore_ascii_case(local)
        && host.eq_ignore_ascii_case(domain)
        && given.eq_ignore_ascii_case(&check(keyring, id.simple()));
    ours.then_some(OutboxId(id))
}

/// 64 bits, in hex because some servers change the case of an address.
fn check(keyring: &Keyring, id: uuid::fmt::Simple) -> String {
    let mac = keyring.mac("return-path", id.to_string().as_bytes());
    hex(mac.get(..8).unwrap_or_default())
}

/// Words that look encoded (RFC 2047) would be decoded by the reader's mail program: a title would say something else
/// there than it does here.
fn plain(subject: &str) -> String {
    subject.replace("=?", "= ?")
}

/// A name that lettre can take: it panics on line breaks (O4).
fn mailbox(name: &str, address: Address) -> Mailbox {
    let name = Some(clean_name(name)).filter(|name| !name.is_empty());
    Mailbox::new(name, address)
}

fn raw(name: &str, value: &str) -> Result<HeaderValue, ComposeError> {
    let name = HeaderName::new_from_ascii(name.to_owned())
        .map_err(|error| ComposeError::Header(error.to_string()))?;
    let value = value.chars().filter(|c| !c.is_control()).collect();
    Ok(HeaderValue::new(name, value))
}

/// The structure of O5.
fn body(row: &Row, letter: &Letter) -> Result<MultiPart, ComposeError> {
    let alternative = MultiPart::alternative()
        .boundary(format!("alternative-{}", row.id))
        .singlepart(SinglePart::plain(letter.words.text.clone()))
        .singlepart(SinglePart::html(letter.words.html.clone()));
    let Some(calendar) = &letter.payload.calendar else {
        return Ok(alternative);
    };
    let content_type = format!("text/calendar; charset=UTF-8; method={}", calendar.method);
    Ok(MultiPart::mixed()
        .boundary(format!("mixed-{}", row.id))
        .multipart(alternative.singlepart(calendar_part(&content_type, calendar, None)?))
        .singlepart(calendar_part(
            "application/ics; name=\"invite.ics\"",
            calendar,
            Some(ContentDisposition::attachment("invite.ics")),
        )?))
}

/// One copy of the calendar object, in base64 so that nothing on the way touches a line end.
fn calendar_part(
    content_type: &str,
    calendar: &CalendarPart,
    disposition: Option<ContentDisposition>,
) -> Result<SinglePart, ComposeError> {
    let content_type = ContentType::parse(content_type)
        .map_err(|error| ComposeError::Header(error.to_string()))?;
    let bytes = calendar.text.clone().into_bytes();
    let body = Body::new_with_encoding(bytes, ContentTransferEncoding::Base64)
        .map_err(|_| ComposeError::Header("the calendar object cannot be encoded".into()))?;
    let builder = SinglePart::builder().header(content_type);
    Ok(match disposition {
        Some(disposition) => builder.header(disposition).body(body),
        None => builder.body(body),
    })
}

/// What kind of automatic mail it is (rule O10; RFC 3834, section 5): two kinds are written because of a message that
/// came in, the others because of what happened here.
const fn submitted(kind: Kind) -> &'static str {
    match kind {
        Kind::MeetingUnreadableAnswer | Kind::MeetingConfirmAnswer => "auto-replied",
        _ => "auto-generated",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Instant;

    #[test]
    fn i12_a_report_finds_the_mail_it_is_about_and_an_invented_address_finds_none() {
        let mut settings = Settings::defaults().unwrap();
        let ring = |secret: &str| Keyring::new(secret.to_owned().into());
        let id = OutboxId::new(Instant::from_millis(1_800_000_000_000).unwrap());
        assert_eq!(return_path(&settings, &ring("one"), id), None);
        settings.mail.return_address = "bounce@mail.example.org".into();
        let address = return_path(&settings, &ring("one"), id).unwrap();
        assert!(address.parse::<Address>().is_ok(), "{address}");
        let found = |keyring: &Keyring, address: &str| returned(&settings, keyring, address);
        assert_eq!(found(&ring("one"), &address), Some(id));
        assert_eq!(found(&ring("one"), &address.to_uppercase()), Some(id));
        assert_eq!(found(&ring("two"), &address), None);
        let other = OutboxId::new(Instant::from_millis(1_800_000_000_001).unwrap());
        let swapped = address.replace(&id.0.simple().to_string(), &other.0.simple().to_string());
        assert_eq!(found(&ring("one"), &swapped), None);
        assert_eq!(found(&ring("one"), "bounce@mail.example.org"), None);
    }

    #[test]
    fn a_subject_says_what_it_says() {
        let mail = Message::builder()
            .from(mailbox("A", "a@example.org".parse().unwrap()))
            .to(mailbox("B", "b@example.org".parse().unwrap()))
            .subject(plain("Meeting with =?utf-8?q?=45vil?="))
            .body(String::new())
            .unwrap();
        let text = String::from_utf8(mail.formatted()).unwrap();
        assert!(!text.contains("=?utf-8"), "{text}");
        assert!(text.contains("= ?utf-8?q?=45vil?="), "{text}");
    }
}
