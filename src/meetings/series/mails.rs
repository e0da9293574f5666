//! What is written to people about a series as a whole. Mails about one instance are those of any meeting.

use super::model::Form;
use super::whole::{Membership, Whole, stands_alone};
use crate::db::Conn;
use crate::i18n;
use crate::icalendar::Method;
use crate::kernel::ids::PersonId;
use crate::kernel::{Context, Instant, Locale, Problem};
use crate::mail::contexts::{
    MeetingCancellation, MeetingDeclined, MeetingInvitation, MeetingUpdate,
};
use crate::mail::{Line, Text, When};
use crate::meetings::mails::{self, to_each};
use crate::meetings::model::Partstat;
use crate::meetings::store::Meeting;
use crate::meetings::when;

/// Writes the invitations to a new series: one mail for each person, or, where calendars cannot be told of the
/// series, one for each instance (rule T3): programs read the first event of an invitation only.
///
/// # Errors
/// A database error.
pub fn invite(conn: &mut Conn, ctx: &Context, whole: &Whole) -> Result<(), Problem> {
    if whole.series.form == Form::Singles {
        return each(conn, ctx, whole, |conn, one| mails::invite(conn, ctx, one));
    }
    let about = whole.as_meeting(ctx.now)?;
    let ends = whole.standing().map(|one| one.meeting.ends_at);
    let last = ends.max().unwrap_or(about.meeting.ends_at);
    to_each(conn, ctx, &about, Some(Membership::Whole(whole)), |desk| {
        let words = MeetingInvitation {
            name: desk.name(),
            meeting: desk.facts(),
            answers: desk.answers(),
        };
        let mail = desk.mail(&words, "series-invitation")?;
        Ok(mail
            .with_calendar(&desk.calendar(Method::Request)?)?
            .not_after(last))
    })
}

/// Writes the updates after a change of the series: other times (`from` is the time that the next one had), other
/// words, an earlier end, or another law about clocks.
///
/// # Errors
/// A database error.
pub fn update(
    conn: &mut Conn,
    ctx: &Context,
    whole: &Whole,
    change: mails::Update,
) -> Result<(), Problem> {
    if whole.series.form == Form::Singles {
        return each(conn, ctx, whole, |conn, one| {
            mails::update(conn, ctx, one, change)
        });
    }
    let was = match change {
        mails::Update::Moved { from } => Some(from),
        mails::Update::Reworded | mails::Update::Clocks => None,
    };
    let about = whole.as_meeting(ctx.now)?;
    to_each(conn, ctx, &about, Some(Membership::Whole(whole)), |desk| {
        let words = MeetingUpdate {
            name: desk.name(),
            meeting: desk.facts(),
            was: was.map(|was| desk.when(was.start().into(), was.end().into())),
            clocks: change == mails::Update::Clocks,
            answered: desk.has_accepted(),
            answers: desk.answers(),
        };
        let mail = desk.mail(&words, "series-update")?;
        mail.with_calendar(&desk.calendar(Method::Request)?)
    })
}

/// Writes the cancellation of a series, or of what was left of it. A CANCEL takes the whole entry out of
/// calendars; where something has taken place already, that stays, and the series is told its new end instead
/// (UNTIL, rule T2). `gone` are the meetings that do not take place, the first one first.
///
/// # Errors
/// A database error.
pub fn cancel(
    conn: &mut Conn,
    ctx: &Context,
    whole: &Whole,
    gone: &[Meeting],
    reason: Option<&str>,
) -> Result<(), Problem> {
    let (Some(first), Some(last)) = (gone.first(), gone.last()) else {
        return Ok(());
    };
    let method = match whole.standing().next() {
        Some(_) => Method::Request,
        None => Method::Cancel,
    };
    let about = whole.as_meeting_at(first);
    let count = gone.len().to_string();
    to_each(conn, ctx, &about, Some(Membership::Whole(whole)), |desk| {
        let mut meeting = desk.facts();
        let last = desk.when(last.starts_at, last.ends_at);
        meeting.repeats = Some(Line::sentence(&i18n::text_with_pairs(
            desk.locale(),
            "meeting-repeats-cancelled",
            [
                ("count", count.as_str()),
                ("last", when::date(desk.locale(), &last).as_str()),
            ],
        )));
        let words = MeetingCancellation {
            name: desk.name(),
            meeting,
            note: Text::some(reason),
            link: None,
        };
        desk.mail(&words, "series-cancellation")?
            .with_calendar(&desk.calendar(method)?)
    })
}

/// Says that the meetings from `first` on (as it was) have left a series for a new one: the series ends earlier
/// in calendars, or leaves them. The new series has its own invitation.
///
/// # Errors
/// A database error.
pub fn moved_on(
    conn: &mut Conn,
    ctx: &Context,
    whole: &Whole,
    first: &Meeting,
) -> Result<(), Problem> {
    let method = match whole.standing().next() {
        Some(_) => Method::Request,
        None => Method::Cancel,
    };
    let about = whole.as_meeting_at(first);
    to_each(conn, ctx, &about, Some(Membership::Whole(whole)), |desk| {
        let mut meeting = desk.facts();
        let moved = i18n::text(desk.locale(), "meeting-repeats-elsewhere");
        meeting.repeats = Some(Line::sentence(&moved));
        let words = MeetingCancellation {
            name: desk.name(),
            meeting,
            note: None,
            link: None,
        };
        desk.mail(&words, "series-moved-on")?
            .with_calendar(&desk.calendar(method)?)
    })
}

/// Tells everybody else that `person` will not come to the series, or comes after all.
///
/// # Errors
/// A database error.
pub fn tell_answer(
    conn: &mut Conn,
    ctx: &Context,
    whole: &Whole,
    person: PersonId,
) -> Result<(), Problem> {
    let about = whole.as_meeting(ctx.now)?;
    let Some(who) = about.participant(person).cloned() else {
        return Ok(());
    };
    let answered = who.attendee.answered_at.unwrap_or(ctx.now);
    let about = &about;
    to_each(conn, ctx, about, Some(Membership::Whole(whole)), |desk| {
        if desk.person() == person {
            return Ok(None);
        }
        let mark = answered.utc().timestamp_micros();
        if who.attendee.partstat == Partstat::Declined {
            let words = MeetingDeclined {
                name: desk.name(),
                meeting: desk.facts(),
                note: Text::some(who.attendee.comment.as_deref()),
                offers: Vec::new(),
                link: None,
            };
            return Ok(Some(desk.mail(&words, &format!("series-declined-{mark}"))?));
        }
        let words = MeetingUpdate {
            name: desk.name(),
            meeting: desk.facts(),
            was: None,
            clocks: false,
            answered: desk.has_accepted(),
            answers: desk.answers(),
        };
        let mail = desk.mail(&words, &format!("series-returned-{mark}"))?;
        let calendar = desk.calendar(Method::Request)?;
        // Singles have no entry for the whole.
        Ok(Some(if whole.series.form == Form::Rule {
            mail.with_calendar(&calendar)?
        } else {
            mail
        }))
    })
}

fn each(
    conn: &mut Conn,
    ctx: &Context,
    whole: &Whole,
    mut write: impl FnMut(&mut Conn, &crate::meetings::details::Details) -> Result<(), Problem>,
) -> Result<(), Problem> {
    for one in whole.open(ctx.now) {
        write(conn, one)?;
    }
    Ok(())
}

/// "Every week at 18:00 (Toronto time), 12 meetings, the last on Tuesday 23 March 2027. Not on …": for the
/// mail's table and the calendar entry.
///
/// # Errors
/// An internal problem if the database held a rule that nobody wrote.
pub(crate) fn repeats(
    whole: &Whole,
    now: Instant,
    locale: Locale,
) -> Result<Option<Line>, Problem> {
    let series = &whole.series;
    let rule = series.rule()?;
    let count = whole.open(now).count();
    let Some(last) = whole.open(now).max_by_key(|one| one.meeting.starts_at) else {
        return Ok(None);
    };
    let clock = |start: Instant, end: Instant| When::new(start, end, rule.zone, locale);
    let last = clock(last.meeting.starts_at, last.meeting.ends_at);
    let first = Instant::new(rule.instant(rule.first));
    let usual = clock(first, first.plus(series.length()));
    let mut sentences = vec![i18n::text_with_pairs(
        locale,
        "meeting-repeats",
        [
            ("every", series.every_weeks.to_string().as_str()),
            ("count", count.to_string().as_str()),
            ("start", when::start(locale, &usual).as_str()),
            ("place", usual.place.as_str()),
            ("last", when::date(locale, &last).as_str()),
        ],
    )];
    let mut without = Vec::new();
    for local in whole.exceptions()? {
        let start = Instant::new(rule.instant(local));
        if start > now {
            let date = when::date(locale, &clock(start, start.plus(series.length())));
            let pairs = [("date", date.as_str())];
            without.push(i18n::text_with_pairs(
                locale,
                "meeting-repeats-without-date",
                pairs,
            ));
        }
    }
    if !without.is_empty() {
        let dates = without.join(", ");
        let pairs = [("dates", dates.as_str())];
        sentences.push(i18n::text_with_pairs(
            locale,
            "meeting-repeats-without",
            pairs,
        ));
    }
    for one in whole.open(now) {
        let moved = one.meeting.starts_at.utc() != rule.instant(series.local_of(&one.meeting)?);
        if moved && stands_alone(whole, one)? {
            let was = Instant::new(rule.instant(series.local_of(&one.meeting)?));
            let was = clock(was, was.plus(series.length()));
            let now = clock(one.meeting.starts_at, one.meeting.ends_at);
            let (was, time) = (when::date(locale, &was), when::sentence(locale, &now));
            let pairs = [("was", was.as_str()), ("now", time.as_str())];
            sentences.push(i18n::text_with_pairs(
                locale,
                "meeting-repeats-moved",
                pairs,
            ));
        }
    }
    Ok(Some(Line::sentence(&sentences.join(" "))))
}
