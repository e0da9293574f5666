//! Delivery reports (RFC 3464, I12): what a mail server says about a mail of ours.

use mail_parser::{Message, MessagePart, MimeHeaders};

use super::understand::Report;

/// The report that `message` is, if it is one.
pub(super) fn read(message: &Message<'_>, recipients: &[String]) -> Option<Report> {
    let kind = message.content_type()?;
    let is_report = kind.ctype().eq_ignore_ascii_case("multipart")
        && kind.subtype()?.eq_ignore_ascii_case("report")
        && kind
            .attribute("report-type")
            .is_some_and(|found| found.eq_ignore_ascii_case("delivery-status"));
    if !is_report {
        return None;
    }
    let part = message.parts.iter().find(|part| is_status(part))?;
    let text = String::from_utf8_lossy(part.contents()).into_owned();
    let field = |name: &str| {
        text.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.trim()
                .eq_ignore_ascii_case(name)
                .then(|| value.trim().to_ascii_lowercase())
        })
    };
    let status = field("Status").filter(|status| status.split('.').count() == 3);
    let permanent = status
        .as_deref()
        .is_none_or(|status| status.starts_with('5'));
    Some(Report {
        failed: field("Action").is_some_and(|action| action == "failed") && permanent,
        status,
        returned_to: recipients.to_vec(),
    })
}

/// Whether it is a report of any kind: about a delivery, about having been read.
pub(super) fn is_any(message: &Message<'_>) -> bool {
    message.content_type().is_some_and(|kind| {
        kind.subtype()
            .is_some_and(|found| found.eq_ignore_ascii_case("report"))
    })
}

fn is_status(part: &MessagePart<'_>) -> bool {
    part.content_type()
        .and_then(|kind| kind.subtype())
        .is_some_and(|subtype| subtype.eq_ignore_ascii_case("delivery-status"))
}
