//! A meeting as an entry of a feed: what its reader sees elsewhere, and no more.

use chrono::SubsecRound;

use crate::i18n;
use crate::icalendar::{Event, Moment, Organizer, Status};
use crate::kernel::ids::PersonId;
use crate::kernel::{Context, Instant, Locale};
use crate::meetings::details::Details;
use crate::meetings::mails::title;
use crate::meetings::model::{Side, Standing, State};

/// Who reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// Somebody who attends.
    Person(PersonId),
    /// Somebody who runs the programme.
    Coordinator,
}

/// The entry. The organizer is the platform's own mailbox: a published event needs one (RFC 5546, 3.2.1), and
/// nobody else's address belongs here.
pub fn entry(
    ctx: &Context,
    reader: Reader,
    locale: Locale,
    details: &Details,
    programme: &str,
) -> Event {
    let meeting = &details.meeting;
    let mut event = Event::new(
        meeting.uid.clone(),
        Moment::Utc(meeting.starts_at),
        Moment::Utc(meeting.ends_at),
    );
    event.sequence = u32::try_from(meeting.sequence).unwrap_or(0);
    event.stamp = stamp(details);
    event.status = match (meeting.status, details.standing()) {
        (State::Cancelled, _) => Status::Cancelled,
        (State::Scheduled, Standing::Declined | Standing::Open) => Status::Tentative,
        _ => Status::Confirmed,
    };
    let mail = &ctx.settings().mail;
    event.organizer = Some(Organizer::new(&mail.from_address, &mail.from_name));
    match reader {
        Reader::Person(person) => {
            let others = details.others(person);
            let names: Vec<&str> = others.map(|one| one.contact.first_name()).collect();
            event.summary = title(locale, meeting, &names.join(", "));
            let mut words = vec![programme.to_owned()];
            words.extend(meeting.note.clone());
            words.extend(meeting.url.clone());
            event.description = Some(words.join("\n\n"));
            event.location = meeting.location.clone().or_else(|| meeting.url.clone());
            event.url = meeting.url.clone();
        }
        Reader::Coordinator => {
            // Title, note, place and link are between the two of them.
            let (mentor, mentee) = (name(details, Side::Mentor), name(details, Side::Mentee));
            event.summary = i18n::text_with_pairs(
                locale,
                "feed-pair",
                [("mentor", mentor.as_str()), ("mentee", mentee.as_str())],
            );
            event.description = Some(programme.to_owned());
        }
    }
    event
}

fn name(details: &Details, side: Side) -> String {
    let all = details.participants.iter();
    let names: Vec<String> = all
        .filter(|one| one.attendee.side == side)
        .map(|one| one.contact.full_name())
        .collect();
    names.join(", ")
}

/// When what the entry says last changed: the meeting, or an answer to it.
fn stamp(details: &Details) -> Instant {
    let answers = details.participants.iter();
    let answers = answers.filter_map(|one| one.attendee.answered_at);
    let last = answers.chain([details.meeting.dtstamp]).max();
    let last = last.unwrap_or(details.meeting.dtstamp);
    Instant::new(last.utc().trunc_subsecs(0))
}
