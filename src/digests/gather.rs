//! Finding what waits for somebody, in their language, in order of harm if left.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::model::Section;
use super::store;
use crate::db::Conn;
use crate::i18n;
use crate::kernel::ids::{AccountId, MentorshipId, OutboxId, PersonId, ProgrammeId, ProposalId};
use crate::kernel::{Context, Instant, Locale, Problem, Zone};
use crate::mail::When;
use crate::mail::message;
use crate::matching::ProposalStatus;
use crate::meetings::store::{Contact, Meeting, Participant, contacts, participants};
use crate::meetings::when;

/// The most things of one kind that are listed.
pub const MOST: i64 = 100;

/// A declined meeting is nobody's business any more when it would have begun so long ago.
const DECLINED_FOR: TimeDelta = TimeDelta::days(7);
/// Without an answer so soon before the meeting, or so long after the invitation, somebody should ask.
const SOON: TimeDelta = TimeDelta::days(2);
const LONG_AGO: TimeDelta = TimeDelta::days(4);
/// So soon before the deadline of an offer, somebody may still call.
const LAST_DAY: TimeDelta = TimeDelta::days(1);
/// An offer that came to nothing so long ago is not new to anybody.
const ENDED_FOR: TimeDelta = TimeDelta::days(30);

/// What somebody looks after.
#[derive(Debug, Clone)]
pub struct Reach {
    pub account: AccountId,
    pub programmes: Vec<ProgrammeId>,
    /// Mails that belong to no programme, too.
    pub without_programme: bool,
}

/// Things of one kind that wait.
#[derive(Debug, Clone)]
pub struct Waiting {
    pub section: Section,
    pub items: Vec<Item>,
}

/// One thing.
#[derive(Debug, Clone, Default)]
pub struct Item {
    /// What it is, in the reader's words.
    pub line: String,
    /// Addresses of those whom a word would help.
    pub write_to: Vec<String>,
    /// A mail that can be sent again.
    pub mail: Option<OutboxId>,
    /// A proposal to decide about.
    pub proposal: Option<ProposalId>,
}

/// Everything that waits; kinds of which nothing waits are left out.
///
/// # Errors
/// A database error.
pub fn gather(conn: &mut Conn, ctx: &Context, reach: &Reach) -> Result<Vec<Waiting>, Problem> {
    let mut all = Vec::new();
    for section in Section::ALL {
        let items = match section {
            Section::FailedMails => failed_mails(conn, ctx, reach)?,
            Section::Declined => declined(conn, ctx, reach)?,
            Section::Unanswered => unanswered(conn, ctx, reach)?,
            Section::Consents => consents(conn, ctx, reach)?,
            Section::Offers => offers(conn, ctx, reach)?,
            Section::Held => held(conn, ctx, reach)?,
            Section::Proposals => proposals(conn, ctx, reach)?,
            Section::Silent => silent(conn, ctx, reach)?,
            Section::Hours => hours(conn, ctx, reach)?,
        };
        if !items.is_empty() {
            let section = *section;
            all.push(Waiting { section, items });
        }
    }
    Ok(all)
}

fn failed_mails(conn: &mut Conn, ctx: &Context, reach: &Reach) -> Result<Vec<Item>, Problem> {
    let found = store::dead_mails(conn, reach, MOST)?;
    let items = found.iter().map(|row| {
        let letter = message::open(row, ctx.settings(), ctx.keyring()).ok();
        let to = letter.as_ref().map_or("?", |l| l.to.address.as_str());
        let about = letter.as_ref().map_or("?", |l| l.words.subject.as_str());
        let reason = row.last_error.as_deref().unwrap_or("?");
        let args = [("to", to), ("about", about), ("reason", reason)];
        Item {
            line: say(ctx.locale, "digest-line-mail", args),
            mail: letter.is_some().then_some(row.id),
            ..Item::default()
        }
    });
    Ok(items.collect())
}

fn declined(conn: &mut Conn, ctx: &Context, reach: &Reach) -> Result<Vec<Item>, Problem> {
    let since = ctx.now.minus(DECLINED_FOR);
    let found = store::declined(conn, reach, since, MOST)?;
    meeting_items(conn, ctx, &found)
}

fn unanswered(conn: &mut Conn, ctx: &Context, reach: &Reach) -> Result<Vec<Item>, Problem> {
    let bounds = (ctx.now.plus(SOON), ctx.now.minus(LONG_AGO));
    let found = store::unanswered(conn, reach, ctx.now, bounds, MOST)?;
    meeting_items(conn, ctx, &found)
}

/// "José and Amina, Tuesday 8 December, 18:00, Toronto time", on the clock on which it was booked.
fn meeting_items(conn: &mut Conn, ctx: &Context, found: &[Meeting]) -> Result<Vec<Item>, Problem> {
    let mut everybody = participants(conn, &store::ids(found))?;
    let items = found.iter().map(|meeting| {
        let there: Vec<Participant> = everybody.remove(&meeting.id).unwrap_or_default();
        let people: Vec<&Contact> = there.iter().map(|one| &one.contact).collect();
        let zone = Zone::parse(&meeting.zone).unwrap_or_else(|_| Zone::utc());
        let time = When::new(meeting.starts_at, meeting.ends_at, zone, ctx.locale);
        let time = when::short(ctx.locale, &time);
        let who = names(ctx.locale, &people);
        Item {
            line: say(
                ctx.locale,
                "digest-line-meeting",
                [("who", who.as_str()), ("when", time.as_str())],
            ),
            write_to: addresses(&people),
            ..Item::default()
        }
    });
    Ok(items.collect())
}

/// "José, about José and Amina, until 13 October": who has been asked and has hardly any time left, or none.
fn consents(conn: &mut Conn, ctx: &Context, reach: &Reach) -> Result<Vec<Item>, Problem> {
    let found = store::consents_due(conn, reach, ctx.now.plus(LAST_DAY), MOST)?;
    let people = people_of(
        conn,
        found
            .iter()
            .flat_map(|(who, mentor, mentee, _)| [*who, *mentor, *mentee]),
    )?;
    let items = found.iter().map(|(who, mentor, mentee, due)| {
        let asked = people.get(who);
        let name = asked.map_or_else(String::new, Contact::full_name);
        let pair = pair_names(ctx.locale, &people, (*mentor, *mentee));
        let day = due
            .map(|due| due.utc_date().to_string())
            .unwrap_or_default();
        let args = [
            ("who", name.as_str()),
            ("pair", pair.as_str()),
            ("day", day.as_str()),
        ];
        Item {
            line: say(ctx.locale, "digest-line-consent", args),
            write_to: addresses(&asked.into_iter().collect::<Vec<_>>()),
            ..Item::default()
        }
    });
    Ok(items.collect())
}

/// Offers that ended in a no, in silence, or because somebody is not there any more. Why in their own words stands
/// with the consent, which coordinators read, and not in a mail.
fn offers(conn: &mut Conn, ctx: &Context, reach: &Reach) -> Result<Vec<Item>, Problem> {
    let found = store::offers_ended(conn, reach, ctx.now.minus(ENDED_FOR), MOST)?;
    let people = people_of(
        conn,
        found.iter().flat_map(|one| {
            [Some(one.mentor), Some(one.mentee), one.by]
                .into_iter()
                .flatten()
        }),
    )?;
    let items = found.iter().map(|one| {
        let pair = pair_names(ctx.locale, &people, (one.mentor, one.mentee));
        let who = one.by.and_then(|id| people.get(&id));
        let who = who.map_or_else(String::new, Contact::full_name);
        let why = one.reason.as_deref().map(|code| format!("problem-{code}"));
        let why = why.map_or_else(String::new, |key| i18n::text(ctx.locale, &key));
        let args = [
            ("pair", pair.as_str()),
            ("who", who.as_str()),
            ("why", why.as_str()),
        ];
        let key = match one.status {
            ProposalStatus::Declined => "digest-line-offer-declined",
            ProposalStatus::Lapsed => "digest-line-offer-lapsed",
            _ => "digest-line-offer-ended",
        };
        Item {
            line: say(ctx.locale, key, args),
            proposal: Some(one.proposal),
            ..Item::default()
        }
    });
    Ok(items.collect())
}

fn pair_names(
    locale: Locale,
    people: &BTreeMap<PersonId, Contact>,
    (mentor, mentee): (PersonId, PersonId),
) -> String {
    let both = [mentor, mentee].into_iter();
    let both: Vec<&Contact> = both.filter_map(|id| people.get(&id)).collect();
    names(locale, &both)
}

fn held(conn: &mut Conn, ctx: &Context, reach: &Reach) -> Result<Vec<Item>, Problem> {
    let found = store::held_messages(conn, reach, MOST)?;
    let people = people_of(conn, found.iter().filter_map(|(person, _)| *person))?;
    let items = found.iter().map(|(person, received)| {
        let who = person.and_then(|id| people.get(&id));
        let who = who.map_or_else(|| "?".to_owned(), Contact::full_name);
        let day = received.utc_date().to_string();
        let args = [("who", who.as_str()), ("day", day.as_str())];
        Item {
            line: say(ctx.locale, "digest-line-held", args),
            ..Item::default()
        }
    });
    Ok(items.collect())
}

fn proposals(conn: &mut Conn, ctx: &Context, reach: &Reach) -> Result<Vec<Item>, Problem> {
    let found = store::open_proposals(conn, reach, MOST)?;
    let people = people_of(
        conn,
        found.iter().flat_map(|(_, one, other)| [*one, *other]),
    )?;
    let items = found.iter().map(|(proposal, mentor, mentee)| {
        let pair: Vec<&Contact> = [mentor, mentee]
            .into_iter()
            .filter_map(|id| people.get(id))
            .collect();
        Item {
            line: names(ctx.locale, &pair),
            proposal: Some(*proposal),
            ..Item::default()
        }
    });
    Ok(items.collect())
}

/// Pairs that have met for two of their programme's rhythms no more, and plan nothing.
fn silent(conn: &mut Conn, ctx: &Context, reach: &Reach) -> Result<Vec<Item>, Problem> {
    let pairs = store::pairs(conn, reach)?;
    let ids: Vec<MentorshipId> = pairs.iter().map(|(id, ..)| *id).collect();
    let longest = pairs.iter().map(|(.., rhythm)| *rhythm).max().unwrap_or(0);
    let since = ctx.now.minus(TimeDelta::days(i64::from(longest) * 2));
    // In the order of their starts: the last one of each stays.
    let last: BTreeMap<MentorshipId, Instant> = store::meetings_since(conn, &ids, since)?
        .into_iter()
        .collect();
    let most = usize::try_from(MOST).unwrap_or(usize::MAX);
    let quiet: Vec<_> = pairs
        .into_iter()
        .filter(|(id, _, _, started, rhythm)| {
            let since = last.get(id).copied().unwrap_or(*started).max(*started);
            ctx.now.since(since) > TimeDelta::days(i64::from(*rhythm) * 2)
        })
        .take(most)
        .collect();
    let people = people_of(
        conn,
        quiet.iter().flat_map(|(_, one, other, ..)| [*one, *other]),
    )?;
    let items = quiet.iter().map(|(_, mentor, mentee, ..)| {
        let pair: Vec<&Contact> = [mentor, mentee]
            .into_iter()
            .filter_map(|id| people.get(id))
            .collect();
        Item {
            line: names(ctx.locale, &pair),
            write_to: addresses(&pair),
            ..Item::default()
        }
    });
    Ok(items.collect())
}

fn hours(conn: &mut Conn, ctx: &Context, reach: &Reach) -> Result<Vec<Item>, Problem> {
    let found = store::open_hours(conn, reach, MOST)?;
    let people = people_of(conn, found.iter().map(|(person, ..)| *person))?;
    let items = found.iter().map(|(person, minutes, day)| {
        let who = people
            .get(person)
            .map_or_else(String::new, Contact::full_name);
        let args = [
            ("who", who),
            ("minutes", minutes.to_string()),
            ("day", day.to_string()),
        ];
        let args = args.iter().map(|(name, value)| (*name, value.as_str()));
        Item {
            line: i18n::text_with_pairs(ctx.locale, "digest-line-hours", args),
            ..Item::default()
        }
    });
    Ok(items.collect())
}

fn people_of(
    conn: &mut Conn,
    ids: impl Iterator<Item = PersonId>,
) -> Result<BTreeMap<PersonId, Contact>, Problem> {
    let ids: Vec<PersonId> = ids.collect();
    let found = contacts(conn, &ids)?;
    Ok(found.into_iter().map(|one| (one.person_id, one)).collect())
}

fn names(locale: Locale, people: &[&Contact]) -> String {
    match people {
        [one, other] => {
            let (one, other) = (one.full_name(), other.full_name());
            let args = [("one", one.as_str()), ("other", other.as_str())];
            say(locale, "digest-two", args)
        }
        _ => {
            let all: Vec<String> = people.iter().map(|one| one.full_name()).collect();
            all.join(", ")
        }
    }
}

fn addresses(people: &[&Contact]) -> Vec<String> {
    let reachable = people.iter().filter_map(|one| one.reachable());
    reachable.map(str::to_owned).collect()
}

fn say<const N: usize>(locale: Locale, key: &str, args: [(&'static str, &str); N]) -> String {
    i18n::text_with_pairs(locale, key, args)
}
