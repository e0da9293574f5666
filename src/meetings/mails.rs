//! What this room writes to people: which template, to whom, with what. One mail for each recipient, because
//! the organizer's address carries their token, and because language and clock are theirs.

use chrono::SubsecRound;
use diesel::prelude::*;
use std::collections::BTreeMap;

use super::details::Details;
use super::links;
use super::model::{Answer, Outcome, Partstat};
use super::series::{self, Membership};
use super::slots::Span;
use super::store::{Meeting, Participant};
use crate::db::Conn;
use crate::db::schema::programmes;
use crate::i18n;
use crate::icalendar::{
    Attendee, Calendar, Event, Method, Moment, Organizer, Participation, Status,
};
use crate::kernel::ids::{PersonId, ProgrammeId};
use crate::kernel::{Context, Instant, Locale, Problem};
use crate::mail::contexts::{
    AnswerLinks, MeetingCancellation, MeetingDeclined, MeetingFacts, MeetingFollowUp,
    MeetingInvitation, MeetingOtherTimes, MeetingReminder, MeetingUpdate, OfferLink,
};
use crate::mail::{Line, Link, NewMail, Recipient, Template, Text, When, enqueue};

/// What an update is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Update {
    /// Another time.
    Moved {
        /// The time it had.
        from: Span,
    },
    /// Another text or place at the same time.
    Reworded,
    /// The same time on the clock, which is another instant since the law about clocks has changed (rule T6).
    Clocks,
}

/// Writes the invitations to a new meeting (rules O2, O5).
///
/// # Errors
/// A database error.
pub fn invite(conn: &mut Conn, ctx: &Context, details: &Details) -> Result<(), Problem> {
    to_everybody(conn, ctx, details, |desk| {
        let words = MeetingInvitation {
            name: desk.name(),
            meeting: desk.facts(),
            answers: desk.answers(),
        };
        let mail = desk.mail(&words, "invitation")?;
        let calendar = desk.calendar(Method::Request)?;
        Ok(mail
            .with_calendar(&calendar)?
            .not_after(details.meeting.ends_at))
    })
}

/// Writes the updates after a change: REQUEST with the same UID (rules O7, O8).
///
/// # Errors
/// A database error.
pub fn update(
    conn: &mut Conn,
    ctx: &Context,
    details: &Details,
    change: Update,
) -> Result<(), Problem> {
    to_everybody(conn, ctx, details, |desk| {
        let was = match change {
            Update::Moved { from } => Some(desk.when(from.start().into(), from.end().into())),
            Update::Reworded | Update::Clocks => None,
        };
        let words = MeetingUpdate {
            name: desk.name(),
            meeting: desk.facts(),
            was,
            clocks: change == Update::Clocks,
            answered: desk.has_accepted(),
            answers: desk.answers(),
        };
        let mail = desk.mail(&words, "update")?;
        let calendar = desk.calendar(Method::Request)?;
        Ok(mail
            .with_calendar(&calendar)?
            .not_after(details.meeting.ends_at))
    })
}

/// Writes the cancellations (rule O7).
///
/// # Errors
/// A database error.
pub fn cancel(conn: &mut Conn, ctx: &Context, details: &Details) -> Result<(), Problem> {
    to_everybody(conn, ctx, details, |desk| {
        let words = MeetingCancellation {
            name: desk.name(),
            meeting: desk.facts(),
            note: Text::some(details.meeting.cancel_reason.as_deref()),
            link: None,
        };
        desk.mail(&words, "cancellation")?
            .with_calendar(&desk.calendar(Method::Cancel)?)
    })
}

/// Tells everybody else that `person` will not come, with other times, or that they come after all.
///
/// # Errors
/// A database error.
pub fn tell_answer(
    conn: &mut Conn,
    ctx: &Context,
    details: &Details,
    person: PersonId,
    offers: &[Span],
) -> Result<(), Problem> {
    let Some(who) = details.participant(person) else {
        return Ok(());
    };
    let answered = who.attendee.answered_at.unwrap_or(ctx.now);
    to_everybody(conn, ctx, details, |desk| {
        if desk.to.attendee.person_id == person {
            return Ok(None);
        }
        if who.attendee.partstat != Partstat::Declined {
            // They come after all: the entry in the calendar shows it.
            let words = MeetingUpdate {
                name: desk.name(),
                meeting: desk.facts(),
                was: None,
                clocks: false,
                answered: desk.has_accepted(),
                answers: desk.answers(),
            };
            let kind = format!("returned-{}", answered.utc().timestamp_micros());
            let mail = desk.mail(&words, &kind)?;
            let mail = mail.with_calendar(&desk.calendar(Method::Request)?)?;
            return Ok(Some(mail.not_after(details.meeting.ends_at)));
        }
        let words = MeetingDeclined {
            name: desk.name(),
            meeting: desk.facts(),
            note: Text::some(who.attendee.comment.as_deref()),
            offers: desk.offers(offers),
            link: Some(desk.another_time()),
        };
        let kind = format!("declined-{}", answered.utc().timestamp_micros());
        Ok(Some(
            desk.mail(&words, &kind)?.not_after(details.meeting.ends_at),
        ))
    })
}

/// Offers other times to whoever declined in their calendar, and so has seen no page that does.
///
/// # Errors
/// A database error.
pub fn offer_other_times(
    conn: &mut Conn,
    ctx: &Context,
    details: &Details,
    person: PersonId,
    offers: &[Span],
) -> Result<(), Problem> {
    to_everybody(conn, ctx, details, |desk| {
        if desk.person() != person || offers.is_empty() {
            return Ok(None);
        }
        let words = MeetingOtherTimes {
            name: desk.name(),
            meeting: desk.facts(),
            offers: desk.offers(offers),
            link: desk.another_time(),
        };
        // Once for each time of the meeting, however often a calendar says no.
        let key = format!(
            "meeting/{}/{}/other-times/{person}",
            details.meeting.id, details.meeting.time_sequence
        );
        let mail = desk.mail_once(&words, key)?;
        Ok(Some(mail.not_after(details.meeting.ends_at)))
    })
}

/// Writes the reminder that leaves `minutes` before the meeting to whoever wants one. For each time of the
/// meeting and each lead, a person gets one (rule O9).
///
/// # Errors
/// A database error.
pub fn remind(
    conn: &mut Conn,
    ctx: &Context,
    details: &Details,
    minutes: i64,
    silent: &[PersonId],
) -> Result<(), Problem> {
    let pauses = pause_pages(conn, ctx, details)?;
    to_everybody(conn, ctx, details, |desk| {
        let attendee = &desk.to.attendee;
        if silent.contains(&attendee.person_id) {
            return Ok(None);
        }
        let stop = Link::new(&links::reminders_page(ctx, &desk.token, desk.locale()));
        let words = MeetingReminder {
            name: desk.name(),
            meeting: desk.facts(),
            answered: desk.has_accepted(),
            answers: desk.answers(),
            pause: desk.pause(&pauses)?,
            unsubscribe: stop.clone(),
        };
        let meeting = &details.meeting;
        let key = format!(
            "meeting/{}/{}/reminder-{minutes}/{}",
            meeting.id, meeting.time_sequence, attendee.person_id
        );
        let mail = desk.mail_once(&words, key)?;
        Ok(Some(mail.unsubscribe(stop).not_after(meeting.starts_at)))
    })
}

/// Writes the question whether the meeting took place.
///
/// # Errors
/// A database error.
pub fn follow_up(conn: &mut Conn, ctx: &Context, details: &Details) -> Result<(), Problem> {
    let pauses = pause_pages(conn, ctx, details)?;
    to_everybody(conn, ctx, details, |desk| {
        let page = |outcome| {
            Link::new(&links::report_page(
                ctx,
                &desk.token,
                desk.locale(),
                outcome,
            ))
        };
        let words = MeetingFollowUp {
            name: desk.name(),
            meeting: desk.facts(),
            held: page(Outcome::Held),
            not_held: page(Outcome::NotHeld),
            pause: desk.pause(&pauses)?,
        };
        desk.mail(&words, "follow-up")
    })
}

/// The page on which each participant can pause, with a token that is theirs.
pub(super) fn pause_pages(
    conn: &mut Conn,
    ctx: &Context,
    details: &Details,
) -> Result<PausePages, Problem> {
    let mut pages = PausePages::new();
    for one in &details.participants {
        let contact = &one.contact;
        let page = super::pause::page(conn, ctx, contact.person_id, contact.locale)?;
        pages.insert(contact.person_id, page);
    }
    Ok(pages)
}

/// Where each person can pause.
pub(super) type PausePages = BTreeMap<PersonId, String>;

/// Writes one mail for each participant who can be reached and for whom `write` gives one.
pub(super) fn to_everybody<M: Into<Option<NewMail>>>(
    conn: &mut Conn,
    ctx: &Context,
    details: &Details,
    write: impl Fn(&Desk<'_>) -> Result<M, Problem>,
) -> Result<(), Problem> {
    let Some(series) = series::of_rule(conn, &details.meeting)? else {
        return to_each(conn, ctx, details, None, write);
    };
    let parts = series::store::parts(conn, series.id)?;
    let instance = Membership::Instance(&series, &parts);
    to_each(conn, ctx, details, Some(instance), write)
}

/// The same for a meeting of which is known what it has to do with a series.
pub(super) fn to_each<M: Into<Option<NewMail>>>(
    conn: &mut Conn,
    ctx: &Context,
    details: &Details,
    series: Option<Membership<'_>>,
    write: impl Fn(&Desk<'_>) -> Result<M, Problem>,
) -> Result<(), Problem> {
    let programme = programme_names(conn, details.meeting.programme_id)?;
    for to in &details.participants {
        let Some(address) = to.contact.reachable() else {
            continue;
        };
        let token = links::token_of(ctx, &to.attendee)?;
        let of_series = series.and_then(|one| {
            let sealed = one.sealed_token(to.attendee.person_id)?;
            Some(links::open(ctx, sealed))
        });
        let repeats = match series {
            Some(Membership::Whole(whole)) => {
                series::mails::repeats(whole, ctx.now, to.contact.locale)?
            }
            _ => None,
        };
        let desk = Desk {
            ctx,
            details,
            to,
            address,
            reply_token: of_series.transpose()?.unwrap_or_else(|| token.clone()),
            token,
            programme: &programme,
            series,
            repeats,
        };
        if let Some(mail) = write(&desk)?.into() {
            enqueue(conn, ctx, mail)?;
        }
    }
    Ok(())
}

/// A programme's names, English and French.
fn programme_names(conn: &mut Conn, id: ProgrammeId) -> QueryResult<(String, String)> {
    programmes::table
        .find(id)
        .select((programmes::name_en, programmes::name_fr))
        .first(conn)
}

/// The desk at which a mail to one participant is written.
pub(super) struct Desk<'a> {
    ctx: &'a Context,
    details: &'a Details,
    to: &'a Participant,
    address: &'a str,
    pub(super) token: String,
    /// The token in the organizer's address: that of the series, where there is one entry for all of it.
    reply_token: String,
    programme: &'a (String, String),
    series: Option<Membership<'a>>,
    /// How the meeting repeats, when the mail is about all of a series.
    repeats: Option<Line>,
}

impl Desk<'_> {
    pub(super) fn locale(&self) -> Locale {
        self.to.contact.locale
    }

    pub(super) fn meeting(&self) -> &Meeting {
        &self.details.meeting
    }

    /// Where they can pause their participation.
    pub(super) fn pause(&self, pages: &PausePages) -> Result<Link, Problem> {
        let page = pages.get(&self.person()).ok_or(Problem::NotFound)?;
        Ok(Link::new(page))
    }

    /// What they have answered.
    pub(super) fn partstat(&self) -> Partstat {
        self.to.attendee.partstat
    }

    /// Other times, each with the page that asks once more about it (rule L1).
    pub(super) fn offers(&self, slots: &[Span]) -> Vec<OfferLink> {
        let offer = |slot: &Span| {
            let start = Instant::new(slot.start());
            let page = links::time_page(self.ctx, &self.token, self.locale(), start);
            OfferLink {
                when: self.when(start, slot.end().into()),
                link: Link::new(&page),
            }
        };
        slots.iter().map(offer).collect()
    }

    /// Whether they have said that they come.
    pub(super) fn has_accepted(&self) -> bool {
        self.to.attendee.partstat == Partstat::Accepted
    }

    /// When the meeting starts that the mail is about.
    pub(super) fn starts_at(&self) -> Instant {
        self.meeting().starts_at
    }

    /// Who reads the mail.
    pub(super) fn person(&self) -> PersonId {
        self.to.attendee.person_id
    }

    pub(super) fn name(&self) -> Line {
        Line::new(self.to.contact.first_name())
    }

    /// The names of the others; nobody's, if the platform knows nobody else.
    fn other(&self) -> String {
        let others = self.details.others(self.to.attendee.person_id);
        let names: Vec<&str> = others.map(|one| one.contact.first_name()).collect();
        names.join(", ")
    }

    pub(super) fn when(&self, start: Instant, end: Instant) -> When {
        When::new(start, end, self.to.contact.zone(), self.locale())
    }

    pub(super) fn facts(&self) -> MeetingFacts {
        let meeting = self.meeting();
        let (english, french) = self.programme;
        MeetingFacts {
            other: Line::new(&self.other()),
            when: self.when(meeting.starts_at, meeting.ends_at),
            repeats: self.repeats.clone(),
            programme: Line::new(match self.locale() {
                Locale::En => english,
                Locale::Fr => french,
            }),
            place: meeting.location.as_deref().map(Line::new),
            url: Link::some(meeting.url.as_deref()),
            note: Text::some(meeting.note.as_deref()),
        }
    }

    pub(super) fn answers(&self) -> AnswerLinks {
        let page = |answer| {
            let locale = self.locale();
            Link::new(&links::answer_page(
                self.ctx,
                &self.token,
                locale,
                Some(answer),
            ))
        };
        AnswerLinks {
            accept: page(Answer::Accepted),
            tentative: page(Answer::Tentative),
            decline: page(Answer::Declined),
        }
    }

    pub(super) fn another_time(&self) -> Link {
        Link::new(&links::times_page(self.ctx, &self.token, self.locale()))
    }

    /// A mail of this revision of the meeting (rule O9).
    pub(super) fn mail<T: Template>(&self, words: &T, kind: &str) -> Result<NewMail, Problem> {
        let meeting = self.meeting();
        let key = format!(
            "meeting/{}/{}/{}/{}/{kind}",
            meeting.id,
            meeting.sequence,
            meeting.dtstamp.utc().timestamp(),
            self.to.attendee.person_id
        );
        self.mail_once(words, key)
    }

    pub(super) fn mail_once<T: Template>(
        &self,
        words: &T,
        key: String,
    ) -> Result<NewMail, Problem> {
        let contact = &self.to.contact;
        let to = Recipient::person(
            contact.person_id,
            &contact.full_name(),
            self.address,
            contact.locale,
        );
        Ok(NewMail::new(words, to, key)?
            .about("meeting", self.meeting().id)
            .of_programme(self.meeting().programme_id)
            .reply_to(links::reply_address(self.ctx, &self.reply_token)))
    }

    /// The calendar object for this recipient: the platform is the organizer, under their token.
    pub(super) fn calendar(&self, method: Method) -> Result<Calendar, Problem> {
        let event = |details: &Details| self.event(details, method);
        let events = match self.series {
            None => vec![event(self.details)],
            Some(series) => series.events(method, self.details, &event)?,
        };
        Ok(Calendar::new(method, events))
    }

    /// A meeting as an entry by itself.
    fn event(&self, details: &Details, method: Method) -> Event {
        let meeting = &details.meeting;
        let locale = self.locale();
        let page = links::answer_page(self.ctx, &self.token, locale, None);
        let mut event = Event::new(
            meeting.uid.clone(),
            Moment::Utc(meeting.starts_at),
            Moment::Utc(meeting.ends_at),
        );
        event.sequence = u32::try_from(meeting.sequence).unwrap_or(0);
        // The time of writing (rule O2), so that the news of an answer is newer than what it amends.
        event.stamp = meeting
            .dtstamp
            .max(Instant::new(self.ctx.now.utc().trunc_subsecs(0)));
        // Of a series that goes on the words may come from a meeting that was called off: only a CANCEL cancels.
        event.status = match method {
            Method::Cancel => Status::Cancelled,
            _ => Status::Confirmed,
        };
        event.summary = title(locale, meeting, &self.other());
        event.description = Some(self.description(meeting, &page));
        event.location = meeting.location.clone().or_else(|| meeting.url.clone());
        event.url = meeting.url.clone();
        let organizer = i18n::text_with_pairs(
            locale,
            "meeting-organizer",
            [
                ("other", self.other().as_str()),
                ("platform", self.ctx.settings().mail.from_name.as_str()),
            ],
        );
        event.organizer = Some(Organizer::new(
            links::reply_address(self.ctx, &self.reply_token),
            organizer,
        ));
        let with_address = details.participants.iter();
        event.attendees = with_address
            .filter_map(|one| Some((one, one.contact.email.as_deref()?)))
            .map(|(one, address)| {
                Attendee::new(address, one.contact.full_name())
                    .answered(participation(one.attendee.partstat))
            })
            .collect();
        event
    }

    /// The text in the calendar entry: programme, place, note, and where to answer.
    fn description(&self, meeting: &Meeting, page: &str) -> String {
        let facts = self.facts();
        let mut parts = vec![facts.programme.as_str().to_owned()];
        parts.extend(meeting.note.clone());
        parts.extend(meeting.url.clone());
        parts.push(i18n::text_with_pairs(
            self.locale(),
            "meeting-answer-here",
            [("address", page)],
        ));
        parts.join("\n\n")
    }
}

/// A meeting's title for a reader: its own, else "Mentoring with …".
#[must_use]
pub fn title(locale: Locale, meeting: &Meeting, other: &str) -> String {
    if meeting.title.is_empty() {
        i18n::text_with_pairs(locale, "meeting-title", [("other", other)])
    } else {
        meeting.title.clone()
    }
}

const fn participation(partstat: Partstat) -> Participation {
    match partstat {
        Partstat::NeedsAction => Participation::NeedsAction,
        Partstat::Accepted => Participation::Accepted,
        Partstat::Tentative => Participation::Tentative,
        Partstat::Declined => Participation::Declined,
    }
}
