//! The past of the demonstration: mentorships that began in the last months, their meetings and hours, and
//! the meetings that are booked for the coming weeks. The past is written without its mails; what is to come
//! goes through the same use cases as anybody's, invitations included.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, Duration, NaiveDate, NaiveTime};

use crate::cli::demo::fill::{Enrolled, ago};
use crate::db::{Conn, Constraint, constraint};
use crate::kernel::ids::{AttendeeId, MeetingId, PersonId};
use crate::kernel::{Context, Instant, Problem, Role, Zone};
use crate::meetings::model::{Mode, Partstat, Side as MeetingSide, Source, State};
use crate::meetings::store::{Attendee, Meeting};
use crate::meetings::{self, links};
use crate::mentorships::start::{Introduction, Start};
use crate::mentorships::{Mentorship, start};
use crate::programmes::Programme;

/// How many pairs have met for a while.
const PAIRS: usize = 96;
/// How many of them have their next meeting booked.
const BOOKED_AHEAD: usize = 24;
/// How many meetings a series has.
const SERIES: u32 = 6;

struct Pair<'a> {
    mentor: &'a Enrolled,
    mentee: &'a Enrolled,
    mentorship: Mentorship,
    weeks: i64,
}

/// Writes mentorships, meetings and hours, and names the two who sign in to show a mentor's and a mentee's
/// view: those of the pairs with a meeting ahead who have met for longest, the same in every demonstration.
pub fn write(
    conn: &mut Conn,
    ctx: &Context,
    programmes: &[Programme],
    people: &[Enrolled],
) -> Result<Option<[(Role, PersonId); 2]>, Problem> {
    let mut pairs = Vec::new();
    for (number, (mentor, mentee)) in couples(people).into_iter().take(PAIRS).enumerate() {
        let weeks = 3 + i64::try_from(number % 17).unwrap_or(0);
        let began = ago(ctx, weeks * 7);
        let start = Start {
            mentor: mentor.participation_id,
            mentee: mentee.participation_id,
            proposal_id: None,
            introduction: Introduction::Silent,
        };
        let mentorship = start::start_in(conn, &began, &start)?;
        pairs.push(Pair {
            mentor,
            mentee,
            mentorship,
            weeks,
        });
    }
    for (number, pair) in pairs.iter().enumerate() {
        let offset = i64::try_from(number % 2).unwrap_or(0);
        for week in (1 + offset..pair.weeks).step_by(2) {
            past_meeting(conn, ctx, programmes, pair, week)?;
        }
    }
    for (number, pair) in pairs.iter().take(BOOKED_AHEAD).enumerate() {
        if number % 6 == 1 {
            next_series(conn, ctx, pair)?;
        } else {
            next_meeting(conn, ctx, pair)?;
        }
    }
    let longest = pairs
        .iter()
        .take(BOOKED_AHEAD)
        .max_by_key(|pair| pair.weeks);
    Ok(longest.map(|pair| {
        [
            (Role::Mentor, pair.mentor.person_id),
            (Role::Mentee, pair.mentee.person_id),
        ]
    }))
}

/// Mentors and mentees of one programme and occupation with a common language, in the order of waiting,
/// as a coordinator would have paired them by hand.
fn couples(people: &[Enrolled]) -> Vec<(&Enrolled, &Enrolled)> {
    let mut places: BTreeMap<PersonId, i32> = BTreeMap::new();
    let mut mentees: Vec<&Enrolled> = people.iter().filter(|p| !p.figure.is_mentor).collect();
    mentees.sort_by_key(|p| std::cmp::Reverse(p.figure.waited_days));
    let mut couples = Vec::new();
    for mentee in mentees {
        let mentor = people.iter().find(|p| {
            let free = p.figure.capacity - places.get(&p.person_id).copied().unwrap_or(0);
            // Half of every mentor's places stay free for the run that follows.
            p.figure.is_mentor && free > p.figure.capacity / 2 && suits(p, mentee)
        });
        if let Some(mentor) = mentor {
            *places.entry(mentor.person_id).or_insert(0) += 1;
            couples.push((mentor, mentee));
        }
    }
    couples
}

fn suits(mentor: &Enrolled, mentee: &Enrolled) -> bool {
    let strong = |level: &str| matches!(level, "B1" | "B2" | "C1" | "C2" | "native");
    let shared = mentor.figure.languages.iter().any(|(code, level)| {
        strong(level)
            && mentee
                .figure
                .languages
                .iter()
                .any(|(other, level)| other == code && strong(level))
    });
    shared
        && mentor.programme == mentee.programme
        && Some(mentor.figure.held) == mentee.figure.target
}

/// A meeting `week` weeks after the beginning, at the mentor's first free evening. Where one of the two was
/// in another meeting at that time there is none: even in a made-up past nobody is in two places at once.
fn past_meeting(
    conn: &mut Conn,
    ctx: &Context,
    programmes: &[Programme],
    pair: &Pair<'_>,
    week: i64,
) -> Result<(), Problem> {
    let Some(programme) = programmes.get(pair.mentor.programme) else {
        return Ok(());
    };
    let Some(starts_at) = evening(pair, pair.mentorship.started_at.plus(Duration::weeks(week)))
    else {
        return Ok(());
    };
    if starts_at > ctx.now.minus(Duration::hours(3)) {
        return Ok(());
    }
    let then = Context {
        now: starts_at.minus(Duration::days(6)),
        ..ctx.clone()
    };
    // One in nine did not take place, as in life.
    let held = (week + i64::from(pair.mentee.figure.years)) % 9 != 0;
    let (meeting, attendees) = made(&then, pair, programme, starts_at, held)?;
    let stored = conn.savepoint(|conn| meetings::store::insert(conn, &meeting, &attendees));
    match stored {
        Ok(()) => {}
        Err(error) if constraint(&error) == Some(Constraint::Overlap) => return Ok(()),
        Err(error) => return Err(error.into()),
    }
    if held {
        super::ledger::write(conn, ctx, pair.mentor.person_id, &meeting)
    } else {
        Ok(())
    }
}

fn evening(pair: &Pair<'_>, around: Instant) -> Option<Instant> {
    let figure = &pair.mentor.figure;
    let zone = Zone::parse(figure.zone).ok()?;
    let &(weekday, minute, _) = figure.availability.first()?;
    let monday = monday_of(zone.date_at(around.utc()))?;
    let day = monday.checked_add_days(Days::new(u64::try_from(weekday - 1).ok()?))?;
    let time = NaiveTime::from_num_seconds_from_midnight_opt(u32::try_from(minute * 60).ok()?, 0)?;
    Some(Instant::new(zone.resolve(day.and_time(time))))
}

fn monday_of(date: NaiveDate) -> Option<NaiveDate> {
    date.checked_sub_days(Days::new(u64::from(date.weekday().num_days_from_monday())))
}

fn made(
    ctx: &Context,
    pair: &Pair<'_>,
    programme: &Programme,
    starts_at: Instant,
    held: bool,
) -> Result<(Meeting, Vec<Attendee>), Problem> {
    let id = MeetingId::new(ctx.now);
    let zone = Zone::parse(pair.mentor.figure.zone).map_err(Problem::internal)?;
    let minutes = i64::from(programme.meeting_minutes);
    let meeting = Meeting {
        id,
        mentorship_id: pair.mentorship.id,
        programme_id: programme.id,
        series_id: None,
        recurrence_local: None,
        uid: format!("{id}@{}", ctx.settings().mail.domain),
        sequence: 0,
        time_sequence: 0,
        dtstamp: ctx.now,
        starts_at,
        ends_at: starts_at.plus(Duration::minutes(minutes)),
        zone: zone.name().to_owned(),
        local_start: zone
            .local(starts_at.utc())
            .format("%Y-%m-%dT%H:%M:%S")
            .to_string(),
        mode: Mode::Remote,
        title: String::new(),
        location: None,
        url: None,
        note: None,
        status: if held { State::Held } else { State::NotHeld },
        cancel_reason: None,
        held_minutes: held.then_some(programme.meeting_minutes),
        created_by: None,
        created_at: ctx.now,
        updated_at: starts_at,
        version: 1,
    };
    let sides = [
        (pair.mentor.person_id, MeetingSide::Mentor),
        (pair.mentee.person_id, MeetingSide::Mentee),
    ];
    let attendees = sides
        .into_iter()
        .map(|(person_id, side)| {
            let token = links::new_token(ctx)?;
            Ok(Attendee {
                id: AttendeeId::new(ctx.now),
                meeting_id: id,
                person_id,
                side,
                partstat: Partstat::Accepted,
                answered_at: Some(ctx.now),
                answered_sequence: 0,
                answer_source: Some(Source::Link),
                of_series: false,
                comment: None,
                token_hash: token.hash,
                token_sealed: token.sealed,
                version: 1,
            })
        })
        .collect::<Result<Vec<_>, Problem>>()?;
    Ok((meeting, attendees))
}

/// Books the weekly time that fits most often, every second week, and leaves out what does not fit.
fn next_series(conn: &mut Conn, ctx: &Context, pair: &Pair<'_>) -> Result<(), Problem> {
    use meetings::series::plan::{Conflicts, End, Wanted};
    use meetings::series::{book, suggest};
    let found = suggest::suggest(
        conn,
        ctx,
        suggest::Suggest {
            mentorship_id: pair.mentorship.id,
            from: None,
            count: SERIES,
            every_weeks: 2,
            minutes: None,
            step: 30,
            limit: 1,
        },
    )?;
    let Some(best) = found.times.first() else {
        return Ok(());
    };
    let command = book::BookSeries {
        mentorship_id: pair.mentorship.id,
        wanted: Wanted {
            starts_at: Instant::new(best.first.start()),
            zone: found.pair.mentor.zone(),
            minutes: u32::try_from(found.minutes).map_err(Problem::internal)?,
            every_weeks: 2,
            end: End::Count(SERIES),
            hours: meetings::book::Hours::Keep,
            conflicts: Conflicts::Skip,
        },
        words: meetings::Words {
            mode: Mode::Remote,
            title: String::new(),
            location: None,
            url: None,
            note: None,
        },
    };
    book::book(conn, ctx, command)?;
    Ok(())
}

/// Books the first common slot of the coming weeks, so that the mailbox holds real invitations.
fn next_meeting(conn: &mut Conn, ctx: &Context, pair: &Pair<'_>) -> Result<(), Problem> {
    let wanted = meetings::propose::Propose {
        mentorship_id: pair.mentorship.id,
        from: None,
        weeks: 3,
        minutes: None,
        step: 30,
    };
    let proposed = meetings::propose::propose(conn, ctx, wanted)?;
    let Some(slot) = proposed.slots.first() else {
        return Ok(());
    };
    let command = meetings::book::Book {
        mentorship_id: pair.mentorship.id,
        starts_at: Instant::new(slot.start()),
        minutes: None,
        words: meetings::Words {
            mode: Mode::Remote,
            title: String::new(),
            location: None,
            url: None,
            note: None,
        },
        hours: meetings::book::Hours::Keep,
    };
    meetings::book::book(conn, ctx, command)?;
    Ok(())
}
