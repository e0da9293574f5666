//! Reading a feed: from a presented token to the bytes of a calendar.

use chrono::TimeDelta;

use super::entries::{self, Reader};
use super::store::{self, Feed, Reach};
use crate::access::throttle;
use crate::db::Conn;
use crate::i18n;
use crate::icalendar::{Calendar, Feed as About, Method};
use crate::kernel::ids::{MeetingId, ProgrammeId};
use crate::kernel::{Context, Locale, Problem, Token};
use crate::meetings::details::Details;
use crate::meetings::store as meetings;

/// A cancelled meeting stays so long as cancelled, so that a program that looks rarely sees it (rule F1).
const CANCELLED_STAY: TimeDelta = TimeDelta::days(30);
/// How far back a feed goes.
const LOOKS_BACK: TimeDelta = TimeDelta::days(366);
/// The most meetings in a feed; the earliest are left out.
const MOST: i64 = 2000;
/// How often a program should look again, in hours.
const REFRESH_HOURS: u32 = 1;

/// The text of the feed with this token.
///
/// # Errors
/// [`Problem::NotFound`] for a token that is nobody's, and for an owner who has no feed now; 429 for whoever
/// asks for many such.
pub fn read(conn: &mut Conn, ctx: &Context, token: &str) -> Result<String, Problem> {
    let found = match Token::presented(token) {
        Some(token) => store::by_token(conn, token.hash().as_str())?,
        None => None,
    };
    let Some(feed) = found else {
        throttle::take(conn, ctx, &throttle::of_unknown_feed(ctx))?;
        return Err(Problem::NotFound);
    };
    let text = conn.read_tx(|conn| write(conn, ctx, &feed))?;
    // To the hour: a program that looks every minute does not make the database write every minute.
    let fresh = |at| ctx.now.since(at) < TimeDelta::hours(1);
    if !feed.read_at.is_some_and(fresh) {
        store::touch(conn, feed.id, ctx.now)?;
    }
    Ok(text)
}

/// Whose meetings, and as whom they are read.
fn reader(
    conn: &mut Conn,
    feed: &Feed,
) -> Result<Option<(Reader, Locale, Vec<ProgrammeId>)>, Problem> {
    Ok(match (feed.person_id, feed.account_id) {
        (Some(id), _) => {
            store::reader_person(conn, id)?.map(|locale| (Reader::Person(id), locale, Vec::new()))
        }
        (None, Some(id)) => store::reader_account(conn, id)?
            .filter(|(_, runs)| !runs.is_empty())
            .map(|(locale, runs)| (Reader::Coordinator, locale, runs)),
        (None, None) => None,
    })
}

fn write(conn: &mut Conn, ctx: &Context, feed: &Feed) -> Result<String, Problem> {
    let (reader, locale, runs) = reader(conn, feed)?.ok_or(Problem::NotFound)?;
    let reach = Reach {
        since: ctx.now.minus(LOOKS_BACK),
        cancelled_since: ctx.now.minus(CANCELLED_STAY),
        most: MOST,
    };
    let rows = store::meetings_of(conn, feed.person_id, &runs, reach)?;
    let ids: Vec<MeetingId> = rows.iter().map(|meeting| meeting.id).collect();
    let mut participants = meetings::participants(conn, &ids)?;
    let mut programmes: Vec<ProgrammeId> = rows.iter().map(|one| one.programme_id).collect();
    programmes.sort_unstable();
    programmes.dedup();
    let names = store::names(conn, &programmes)?;
    let name_of = |id: ProgrammeId| {
        let found = names.iter().find(|(programme, ..)| *programme == id);
        found.map_or("", |(_, english, french)| match locale {
            Locale::En => english,
            Locale::Fr => french,
        })
    };
    let events = rows
        .into_iter()
        .map(|meeting| {
            let programme = name_of(meeting.programme_id);
            let details = Details {
                participants: participants.remove(&meeting.id).unwrap_or_default(),
                meeting,
            };
            entries::entry(ctx, reader, locale, &details, programme)
        })
        .collect();
    let platform = ctx.settings().mail.from_name.as_str();
    let title = match reader {
        Reader::Person(_) => i18n::text_with_pairs(locale, "feed-mine", [("platform", platform)]),
        Reader::Coordinator => {
            i18n::text_with_pairs(locale, "feed-programmes", [("platform", platform)])
        }
    };
    let calendar = Calendar {
        feed: Some(About {
            name: title,
            refresh_hours: REFRESH_HOURS,
        }),
        ..Calendar::new(Method::Publish, events)
    };
    calendar.write().map_err(Problem::internal)
}
