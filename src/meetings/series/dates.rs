//! The dates of a series on the page that asks about it: all of them to come on the reader's clock, what differs
//! from the rule marked, each with the page on which that one date is answered by itself.

use serde::Serialize;

use super::store;
use super::whole::{Whole, words_of};
use crate::db::Conn;
use crate::i18n;
use crate::kernel::ids::PersonId;
use crate::kernel::{Context, Instant, Problem};
use crate::mail::When;
use crate::meetings::details::Details;
use crate::meetings::model::Partstat;
use crate::meetings::store::Contact;
use crate::meetings::{links, when};

/// Dates that are shown before the others are folded.
const FIRST: usize = 4;

/// What the page shows of a series.
#[derive(Debug, Serialize)]
pub(crate) struct Dates {
    /// "all 6 dates", for the button.
    all: String,
    /// How many there are to come.
    count: usize,
    /// The place that names the reader's zone.
    place: String,
    /// The first of them, and what does not take place between them.
    first: Vec<Date>,
    /// Those after them, to be folded.
    rest: Vec<Date>,
    /// "and 4 more until Tuesday 10 November 2026", for the fold.
    more: String,
    /// The page of the whole series.
    href: String,
    /// The answer that holds for the series.
    whole: Partstat,
    /// Whether there are answers that were given for one date.
    own: bool,
}

/// One of them.
#[derive(Debug, Serialize)]
struct Date {
    #[serde(skip)]
    at: Instant,
    /// RFC 3339.
    starts_at: String,
    when: String,
    /// The page on which it is answered by itself; none where nothing takes place.
    href: Option<String>,
    /// The time that the rule gives it, where it has moved.
    was: Option<String>,
    /// Whether it says something else than the series: another place, another link.
    reworded: bool,
    /// The answer that was given for this date.
    own: Option<Partstat>,
    /// Whether it is the one that the page is about.
    here: bool,
}

/// The dates of the series of a meeting, as its participant `person` sees them; `None` for a meeting by itself and
/// for a series of which nothing is to come.
///
/// # Errors
/// [`Problem::NotFound`] for somebody who has no part in it; those of the database.
pub(crate) fn of(
    conn: &mut Conn,
    ctx: &Context,
    details: &Details,
    person: PersonId,
) -> Result<Option<Dates>, Problem> {
    let Some(id) = details.meeting.series_id else {
        return Ok(None);
    };
    let series = store::find(conn, id)?;
    let whole = Whole::load(conn, series)?;
    let part = whole.part(person).ok_or(Problem::NotFound)?;
    let here = details.meeting.recurrence_local.is_some();
    let here = here.then_some(details.meeting.id);
    let mut dates = Vec::new();
    for one in whole.open(ctx.now) {
        let mut date = date(ctx, &whole, one, person, &part.contact)?;
        date.own = date.own.filter(|own| *own != part.row.partstat);
        date.here = here == Some(one.meeting.id);
        dates.push(date);
    }
    let count = dates.len();
    let Some(last) = dates.iter().map(|one| one.at).max() else {
        return Ok(None);
    };
    dates.extend(left_out(ctx, &whole, &part.contact, last)?);
    dates.sort_by_key(|one| one.at);
    let own = dates.iter().any(|one| one.own.is_some());
    // One that would be folded alone is shown.
    let rest = match dates.len() > FIRST + 1 {
        true => dates.split_off(FIRST),
        false => Vec::new(),
    };
    let last = when::on_the_clock_of(&part.contact, ctx.locale, last, last);
    let more = rest.iter().filter(|one| one.href.is_some()).count();
    let token = links::open(ctx, &part.row.token_sealed)?;
    Ok(Some(Dates {
        all: said(ctx, "answer-series-all", &[("count", &count.to_string())]),
        count,
        more: said(
            ctx,
            "answer-series-more",
            &[
                ("count", &more.to_string()),
                ("until", &when::date(ctx.locale, &last)),
            ],
        ),
        place: last.place,
        first: dates,
        rest,
        href: format!("/m/{token}"),
        whole: part.row.partstat,
        own,
    }))
}

fn date(
    ctx: &Context,
    whole: &Whole,
    one: &Details,
    person: PersonId,
    contact: &Contact,
) -> Result<Date, Problem> {
    let (series, meeting) = (&whole.series, &one.meeting);
    let given = Instant::new(series.rule()?.instant(series.local_of(meeting)?));
    let me = one.participant(person).ok_or(Problem::NotFound)?;
    let clock = |start, end| when::on_the_clock_of(contact, ctx.locale, start, end);
    let was = || when::short(ctx.locale, &clock(given, given.plus(series.length())));
    let attendee = &me.attendee;
    let own = !attendee.of_series && attendee.partstat != Partstat::NeedsAction;
    Ok(Date {
        at: meeting.starts_at,
        starts_at: meeting.starts_at.rfc3339(),
        when: line(ctx, &clock(meeting.starts_at, meeting.ends_at)),
        href: Some(format!("/m/{}", links::token_of(ctx, attendee)?)),
        was: (meeting.starts_at != given).then(was),
        reworded: words_of(meeting) != series.words(),
        own: own.then_some(attendee.partstat),
        here: false,
    })
}

/// The dates of the rule before `last` on which nothing takes place.
fn left_out(
    ctx: &Context,
    whole: &Whole,
    contact: &Contact,
    last: Instant,
) -> Result<Vec<Date>, Problem> {
    let rule = whole.series.rule()?;
    let starts = whole.exceptions()?.into_iter();
    let starts = starts.map(|local| Instant::new(rule.instant(local)));
    let to_come = starts.filter(|at| *at > ctx.now && *at < last);
    Ok(to_come
        .map(|at| {
            let end = at.plus(whole.series.length());
            Date {
                at,
                starts_at: at.rfc3339(),
                when: when::date(
                    ctx.locale,
                    &when::on_the_clock_of(contact, ctx.locale, at, end),
                ),
                href: None,
                was: None,
                reworded: false,
                own: None,
                here: false,
            }
        })
        .collect())
}

/// "Tuesday 8 December 2026, 18:00 to 19:00"; the zone is said once for all of them.
fn line(ctx: &Context, clock: &When) -> String {
    if clock.next_day {
        return when::sentence(ctx.locale, clock);
    }
    let (date, hours) = (
        when::date(ctx.locale, clock),
        when::hours(ctx.locale, clock),
    );
    said(
        ctx,
        "answer-series-date",
        &[("date", &date), ("hours", &hours)],
    )
}

fn said(ctx: &Context, key: &'static str, pairs: &[(&'static str, &str)]) -> String {
    i18n::text_with_pairs(ctx.locale, key, pairs.iter().copied())
}
