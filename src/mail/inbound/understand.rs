//! From a message's bytes to its meaning (I1–I3, I8–I10, I13).

use mail_parser::decoders::{base64::base64_decode, quoted_printable::quoted_printable_decode};
use mail_parser::{Encoding, Message, MessageParser, MessagePart, MimeHeaders, PartType};

use super::report;
use crate::icalendar::{
    self, Attendee, Limit, Method, Moment, ReadCalendar, ReadError, ReadEvent, address_key,
};
use crate::kernel::secret::fingerprint;
use crate::kernel::{Instant, Token};

/// The largest message that is looked at, in bytes (I1).
pub const MOST_BYTES: usize = 1024 * 1024;
/// What is looked at of a larger one: its headers, to this many bytes.
pub const MOST_HEAD_BYTES: usize = 64 * 1024;
/// How many parts a message may have: real ones have ten.
const MOST_PARTS: usize = 200;
const CONTENT_TYPE: &[u8] = b"content-type";
/// The longest comment that is kept, in characters (I8).
const LONGEST_COMMENT: usize = 1000;

/// A message that was understood.
#[derive(Debug)]
pub struct Incoming {
    /// For telling a message that comes twice (I7).
    pub message_id: Option<String>,
    pub sender: Sender,
    /// From the recipient address `reply+TOKEN@…` (I3); its hash is what is looked up.
    pub token: Option<Token>,
    /// Never answered automatically (I13).
    pub automatic: bool,
    /// SHA-256 in hex of the first calendar part, decoded and unfolded: the same answer has the same one
    /// whatever carried it (I7).
    pub calendar_hash: Option<String>,
    /// SHA-256 in hex of what follows the headers, which servers on the way add to.
    pub content_hash: String,
    pub meaning: Meaning,
}

/// Who a message says it is from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sender {
    /// [`address_key`] of the one From header; empty when there is none.
    pub key: String,
    /// What the trusted server's Authentication-Results say of DMARC (I4): `pass`, `fail` …
    pub dmarc: Option<String>,
}

/// What a message is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// One answer, or one for each instance of a series.
    Answers(Vec<Answer>),
    /// COUNTER: another time is proposed (I10).
    Proposal(Proposal),
    /// REFRESH: the current state is asked for.
    Refresh { uid: String },
    /// A delivery report (I12).
    Report(Report),
    /// An out-of-office message or the like.
    AutomaticReply,
    /// Only an Outlook attachment that nobody else can read: the sender should use the link (I2).
    OnlyTnef,
    /// A person's words, without a calendar.
    Words,
    /// To be looked at by a person (I14).
    Quarantined(Reason),
}

/// An attendee's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub uid: String,
    /// Who answers: in an honest reply exactly one.
    pub attendees: Vec<Attendee>,
    /// The instance it is about; `None` for the whole (I9).
    pub instance: Option<Moment>,
    /// Missing counts as 0 (I6).
    pub sequence: u32,
    pub stamp: Option<Instant>,
    pub comment: Option<String>,
}

/// Another time that an attendee proposes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    pub answer: Answer,
    pub start: Moment,
    pub end: Option<Moment>,
    /// The time that the sender saw, where Outlook says it.
    pub original_start: Option<Moment>,
}

/// What a mail server says about a mail of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Failed for good, as opposed to delayed.
    pub failed: bool,
    /// `5.1.1` and the like.
    pub status: Option<String>,
    /// The address to which the report was sent: names the mail (`message::returned`).
    pub returned_to: Vec<String>,
}

/// Why a person has to look at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Over 1 MiB, or over a limit of the calendar part (I1).
    TooLarge,
    /// Too many events, attendees or levels (I1).
    TooMuch(Limit),
    /// Reading it took longer than it may (I1).
    TooSlow,
    /// Not a message.
    Unreadable,
    /// Two From headers (I2).
    SeveralSenders,
    /// Its calendar parts say different things (I2).
    PartsDiffer,
    /// A calendar part without an object, or an object without METHOD, UID or attendee.
    Incomplete,
    /// REQUEST, ADD or CANCEL: nobody outside may change a meeting (I10).
    NotForOutsiders(Method),
    /// Recipient addresses with different tokens.
    SeveralTokens,
}

/// Reads a message. `envelope_to` is the address that the mail server delivered it to, where the door
/// knows it; `authority` is the name of the server whose Authentication-Results are believed (I4).
#[must_use]
pub fn understand(raw: &[u8], envelope_to: Option<&str>, authority: Option<&str>) -> Incoming {
    let message = match parse(raw) {
        Ok(message) => message,
        Err(reason) => return set_aside(raw, envelope_to, authority, reason),
    };
    let recipients = recipients(&message, envelope_to);
    let tokens = tokens(&recipients);
    let (meaning, calendar_hash) = if has_several_senders(&message) {
        (Meaning::Quarantined(Reason::SeveralSenders), None)
    } else if let [_, _, ..] = tokens.as_slice() {
        (Meaning::Quarantined(Reason::SeveralTokens), None)
    } else {
        meaning(&message, &recipients)
    };
    Incoming {
        calendar_hash,
        ..envelope(&message, raw, authority, &tokens, meaning)
    }
}

/// Takes a message apart, within bounds (I1).
///
/// # Errors
/// Why it is not looked at.
pub(super) fn parse(raw: &[u8]) -> Result<Message<'_>, Reason> {
    if raw.len() > MOST_BYTES {
        return Err(Reason::TooLarge);
    }
    // `mail-parser` holds a message in a message as a value in a value, which is let go of by recursion: some ten
    // thousand of them overflow the stack, which ends the process. Each takes a header of this name.
    let parts = raw
        .windows(CONTENT_TYPE.len())
        .filter(|window| window.eq_ignore_ascii_case(CONTENT_TYPE));
    if parts.take(MOST_PARTS + 1).count() > MOST_PARTS {
        return Err(Reason::TooMuch(Limit::Depth));
    }
    // It panics over some damaged multiparts ("could not find multipart"); one such mail must stop nobody.
    let read = std::panic::catch_unwind(|| MessageParser::new().parse(raw));
    read.ok().flatten().ok_or(Reason::Unreadable)
}

/// Of a message that is not looked at as a whole: who sent it and to which token, by its headers alone.
#[must_use]
pub fn set_aside(
    raw: &[u8],
    envelope_to: Option<&str>,
    authority: Option<&str>,
    reason: Reason,
) -> Incoming {
    let head = head(raw);
    let meaning = Meaning::Quarantined(reason);
    match MessageParser::new().parse_headers(head) {
        Some(message) => {
            let tokens = tokens(&recipients(&message, envelope_to));
            envelope(&message, raw, authority, &tokens, meaning)
        }
        None => Incoming {
            message_id: None,
            sender: Sender::default(),
            token: None,
            automatic: true,
            calendar_hash: None,
            content_hash: fingerprint(raw),
            meaning,
        },
    }
}

/// The headers of a message, and the empty line after them.
#[must_use]
pub fn head(raw: &[u8]) -> &[u8] {
    let most = raw.get(..MOST_HEAD_BYTES).unwrap_or(raw);
    let end = |mark: &[u8]| {
        let found = most.windows(mark.len()).position(|window| window == mark);
        found.map(|at| at + mark.len())
    };
    let end = [end(b"\r\n\r\n"), end(b"\n\n")].into_iter().flatten().min();
    end.and_then(|end| most.get(..end)).unwrap_or(most)
}

fn envelope(
    message: &Message<'_>,
    raw: &[u8],
    authority: Option<&str>,
    tokens: &[String],
    meaning: Meaning,
) -> Incoming {
    let body = raw.get(head(raw).len()..).unwrap_or_default();
    let one = match tokens {
        [one] => Token::presented(one),
        _ => None,
    };
    Incoming {
        message_id: message.message_id().map(str::to_owned),
        sender: sender(message, authority),
        token: one,
        automatic: is_automatic(message),
        calendar_hash: None,
        content_hash: fingerprint(body),
        meaning,
    }
}

/// Two From headers, or two addresses in one: nobody can say who sent it (I2).
fn has_several_senders(message: &Message<'_>) -> bool {
    let addresses = message
        .from()
        .into_iter()
        .flat_map(mail_parser::Address::iter);
    let real = addresses.filter(|one| one.address().is_some_and(|text| text.contains('@')));
    values(message, "From").count() > 1 || real.count() > 1
}

/// The raw values of a header, from the first line on.
fn values<'a>(message: &'a Message<'_>, name: &'a str) -> impl Iterator<Item = &'a str> {
    message
        .headers_raw()
        .filter(move |(header, _)| header.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
}

fn sender(message: &Message<'_>, authority: Option<&str>) -> Sender {
    // A display name with a bare comma reads like an address before the address.
    let mut from = message
        .from()
        .into_iter()
        .flat_map(mail_parser::Address::iter)
        .filter_map(|one| one.address());
    let key = from.find(|text| text.contains('@')).map(address_key);
    let believed = |value: &&str| {
        let named = value.split([';', ' ']).next().unwrap_or("");
        authority.is_some_and(|authority| named.trim().eq_ignore_ascii_case(authority))
    };
    // The topmost is the last that was added: ours.
    let results = values(message, "Authentication-Results").find(believed);
    let dmarc = results.and_then(|results| {
        let word = results
            .split(';')
            .find_map(|part| part.trim().strip_prefix("dmarc="))?;
        let result: String = word.chars().take_while(char::is_ascii_alphabetic).collect();
        Some(result.to_ascii_lowercase())
    });
    Sender {
        key: key.unwrap_or_default(),
        dmarc,
    }
}

/// I13: what must not be answered by a machine, so that two machines do not talk for ever.
fn is_automatic(message: &Message<'_>) -> bool {
    let is = |name: &str, wanted: fn(&str) -> bool| {
        values(message, name).any(|value| wanted(value.to_ascii_lowercase().trim()))
    };
    is("Auto-Submitted", |value| !value.starts_with("no"))
        || is("Precedence", |value| {
            matches!(value, "bulk" | "junk" | "list" | "auto_reply")
        })
        || is("X-Autoreply", |_| true)
        || is("Return-Path", |value| value == "<>")
}

/// Where it was sent to: what the server says first, then what the headers say.
fn recipients(message: &Message<'_>, envelope_to: Option<&str>) -> Vec<String> {
    if let Some(address) = envelope_to {
        return vec![address.to_owned()];
    }
    let delivered: Vec<String> = ["Delivered-To", "X-Original-To", "Envelope-To"]
        .iter()
        .flat_map(|name| values(message, name))
        .map(|value| value.trim_matches(['<', '>']).to_owned())
        .collect();
    let addressed = [message.to(), message.cc()];
    let addressed = addressed
        .into_iter()
        .flatten()
        .flat_map(mail_parser::Address::iter)
        .filter_map(|address| address.address().map(str::to_owned));
    delivered.into_iter().chain(addressed).collect()
}

/// The different tokens of addresses such as `reply+TOKEN@example.org`.
fn tokens(recipients: &[String]) -> Vec<String> {
    let mut tokens = Vec::new();
    for address in recipients {
        let local = address.rsplit_once('@').map_or("", |(local, _)| local);
        if let Some((name, token)) = local.split_once('+')
            && name.trim().eq_ignore_ascii_case("reply")
            && !token.is_empty()
            && !tokens.iter().any(|known| known == token)
        {
            tokens.push(token.to_owned());
        }
        // Two are too many already; a mail to thousands of them must not cost their square.
        if tokens.len() > 1 {
            break;
        }
    }
    tokens
}

/// What it says, and the hash of its calendar part.
fn meaning(message: &Message<'_>, recipients: &[String]) -> (Meaning, Option<String>) {
    if let Some(report) = report::read(message, recipients) {
        return (Meaning::Report(report), None);
    }
    match calendar(message) {
        Err(reason) => (Meaning::Quarantined(reason), None),
        Ok(Some((calendar, hash))) => (of_calendar(&calendar), Some(hash)),
        Ok(None) if only_tnef(message) => (Meaning::OnlyTnef, None),
        // A receipt that it was read is a report as well.
        Ok(None) if is_automatic(message) || report::is_any(message) => {
            (Meaning::AutomaticReply, None)
        }
        Ok(None) => (Meaning::Words, None),
    }
}

/// The one object of all calendar parts (I2), and the hash of the first part.
fn calendar(message: &Message<'_>) -> Result<Option<(ReadCalendar, String)>, Reason> {
    let mut found: Option<(ReadCalendar, String)> = None;
    for part in message.parts.iter().filter(|part| is_calendar(part)) {
        let bytes = decoded(message, part);
        let charset = part
            .content_type()
            .and_then(|kind| kind.attribute("charset"));
        let read = match icalendar::read(&bytes, charset) {
            Ok(reading) => joined(reading.calendars),
            Err(ReadError::Over(Limit::Size)) => return Err(Reason::TooLarge),
            Err(ReadError::Over(limit)) => return Err(Reason::TooMuch(limit)),
            Err(ReadError::NoCalendar) => return Err(Reason::Incomplete),
        };
        match &found {
            Some((first, _)) if gist(first) != gist(&read) => return Err(Reason::PartsDiffer),
            Some(_) => {}
            None => found = Some((read, fingerprint(&icalendar::unfold(&bytes)))),
        }
    }
    Ok(found)
}

fn is_calendar(part: &MessagePart<'_>) -> bool {
    let kind = part.content_type();
    let named = |subtype: &str| {
        kind.is_some_and(|kind| {
            kind.subtype()
                .is_some_and(|found| found.eq_ignore_ascii_case(subtype))
        })
    };
    let by_name = part
        .attachment_name()
        .is_some_and(|name| name.to_ascii_lowercase().ends_with(".ics"));
    let leaf = !matches!(part.body, PartType::Multipart(_) | PartType::Message(_));
    leaf && (named("calendar") || named("ics") || by_name)
}

/// The part's bytes with the transfer encoding undone and the charset as it came: a wrongly declared
/// one is the reader's to find out.
fn decoded(message: &Message<'_>, part: &MessagePart<'_>) -> Vec<u8> {
    let place = usize::try_from(part.offset_body)
        .ok()
        .zip(usize::try_from(part.offset_end).ok());
    let raw = place.and_then(|(from, to)| message.raw_message.get(from..to));
    let decoded = raw.and_then(|raw| match part.encoding {
        Encoding::None => Some(raw.to_vec()),
        Encoding::QuotedPrintable => quoted_printable_decode(raw),
        Encoding::Base64 => base64_decode(raw),
    });
    decoded.unwrap_or_else(|| part.contents().to_vec())
}

/// Several VCALENDARs in one part are one message: the method of the first that has one.
fn joined(calendars: Vec<ReadCalendar>) -> ReadCalendar {
    let mut all = ReadCalendar::default();
    for mut calendar in calendars {
        all.method = all.method.or(calendar.method);
        all.events.append(&mut calendar.events);
        all.zones.append(&mut calendar.zones);
    }
    all
}

/// What two copies of an object must agree in.
fn gist(calendar: &ReadCalendar) -> impl PartialEq {
    let event = |event: &ReadEvent| {
        let answers: Vec<_> = event
            .attendees
            .iter()
            .map(|attendee| (address_key(&attendee.address), attendee.participation))
            .collect();
        let times = (
            event.start.clone(),
            event.end.clone(),
            event.recurrence_id.clone(),
        );
        (event.uid.clone(), event.sequence, times, answers)
    };
    let events: Vec<_> = calendar.events.iter().map(event).collect();
    (calendar.method, events)
}

fn only_tnef(message: &Message<'_>) -> bool {
    message.parts.iter().any(|part| {
        let subtype = part.content_type().and_then(|kind| kind.subtype());
        let name = part.attachment_name().unwrap_or("");
        subtype.is_some_and(|subtype| subtype.eq_ignore_ascii_case("ms-tnef"))
            || name.eq_ignore_ascii_case("winmail.dat")
    })
}

fn of_calendar(calendar: &ReadCalendar) -> Meaning {
    let answers = calendar.events.iter().map(|event| answer(calendar, event));
    let answers: Option<Vec<Answer>> = answers.collect();
    match (calendar.method, answers.as_deref()) {
        (Some(method @ (Method::Request | Method::Add | Method::Cancel | Method::Publish)), _) => {
            Meaning::Quarantined(Reason::NotForOutsiders(method))
        }
        (Some(method @ Method::DeclineCounter), _) => {
            Meaning::Quarantined(Reason::NotForOutsiders(method))
        }
        (Some(Method::Refresh), _) => match calendar.events.iter().find_map(|e| e.uid.clone()) {
            Some(uid) => Meaning::Refresh { uid },
            None => Meaning::Quarantined(Reason::Incomplete),
        },
        (Some(Method::Reply), Some([_, ..])) => Meaning::Answers(answers.unwrap_or_default()),
        (Some(Method::Counter), Some([answer, ..])) => calendar
            .events
            .first()
            .and_then(|event| proposal(calendar, event, answer.clone()))
            .map_or(Meaning::Quarantined(Reason::Incomplete), Meaning::Proposal),
        _ => Meaning::Quarantined(Reason::Incomplete),
    }
}

/// No other property of a reply is used (I8).
fn answer(calendar: &ReadCalendar, event: &ReadEvent) -> Option<Answer> {
    let comment = event.comment.as_deref().map(str::trim);
    Some(Answer {
        uid: event.uid.clone()?,
        attendees: Some(event.attendees.clone()).filter(|attendees| !attendees.is_empty())?,
        instance: settled(calendar, event.recurrence_id.as_ref()),
        sequence: event.sequence.unwrap_or(0),
        stamp: event.stamp,
        comment: comment
            .filter(|comment| !comment.is_empty())
            .map(|comment| comment.chars().take(LONGEST_COMMENT).collect()),
    })
}

fn proposal(calendar: &ReadCalendar, event: &ReadEvent, answer: Answer) -> Option<Proposal> {
    Some(Proposal {
        answer,
        start: settled(calendar, event.start.as_ref())?,
        end: settled(calendar, event.end.as_ref()),
        original_start: settled(calendar, event.original_start.as_ref()),
    })
}

/// The moment as an instant where its zone can be found out, as long as the message's own zones are at
/// hand (T5, I9).
fn settled(calendar: &ReadCalendar, moment: Option<&Moment>) -> Option<Moment> {
    let moment = moment?;
    let instant = calendar.instant(moment).map(Moment::Utc);
    Some(instant.unwrap_or_else(|| moment.clone()))
}
