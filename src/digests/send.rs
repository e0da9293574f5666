//! Writing the digests: who gets one, when, and the mail.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::gather::{Reach, Waiting, gather};
use super::model;
use super::store::{self, Account, Setting};
use crate::db::Conn;
use crate::i18n;
use crate::kernel::ids::{AccountId, ProgrammeId};
use crate::kernel::{Context, Locale, Problem, Role, Zone};
use crate::mail::contexts::{CoordinatorDigest, DigestSection};
use crate::mail::links::{self, LinkPurpose};
use crate::mail::{Line, Link, NewMail, Recipient, enqueue};

/// How many things of one kind a mail names.
const NAMED: usize = 5;

/// Somebody who looks after something.
#[derive(Debug, Clone)]
pub struct Reader {
    pub account: Account,
    pub reach: Reach,
    /// Where the first of their programmes is; UTC for whoever has none.
    pub zone: Zone,
    /// The local day for which the digest is due, once [`due`] has said so.
    day: Option<NaiveDate>,
}

/// Everybody who looks after something, by account.
///
/// # Errors
/// A database error.
pub fn readers(conn: &mut Conn) -> Result<BTreeMap<AccountId, Reader>, Problem> {
    let grants = store::readers(conn)?;
    let zones: BTreeMap<ProgrammeId, String> = store::programme_zones(conn)?.into_iter().collect();
    let coordinated: BTreeSet<ProgrammeId> = grants
        .iter()
        .filter(|(_, role, _)| *role == Role::Coordinator)
        .filter_map(|(.., programme)| *programme)
        .collect();
    let orphans = || zones.keys().copied().filter(|id| !coordinated.contains(id));
    let mut found: BTreeMap<AccountId, Reader> = BTreeMap::new();
    for (account, role, programme) in grants {
        let reader = found.entry(account.id).or_insert_with(|| Reader {
            reach: Reach {
                account: account.id,
                programmes: Vec::new(),
                without_programme: false,
            },
            zone: Zone::utc(),
            day: None,
            account,
        });
        if role == Role::Administrator {
            reader.reach.without_programme = true;
            reader.reach.programmes.extend(orphans());
        } else {
            reader.reach.programmes.extend(programme);
        }
    }
    for reader in found.values_mut() {
        let programmes = &mut reader.reach.programmes;
        programmes.sort_unstable();
        programmes.dedup();
        let first = programmes.first().and_then(|id| zones.get(id));
        let zone = first.and_then(|name| Zone::parse(name).ok());
        reader.zone = zone.unwrap_or_else(Zone::utc);
    }
    Ok(found)
}

/// Whose hour has come.
///
/// # Errors
/// A database error.
pub fn due(conn: &mut Conn, ctx: &Context) -> Result<Vec<Reader>, Problem> {
    let said: BTreeMap<AccountId, Setting> = store::settings(conn)?
        .into_iter()
        .map(|setting| (setting.account_id, setting))
        .collect();
    let mut due = Vec::new();
    for (id, mut reader) in readers(conn)? {
        let setting = said.get(&id);
        if setting.is_some_and(|setting| !setting.wanted) {
            continue;
        }
        let own = setting.and_then(|setting| setting.zone.as_deref());
        let zone = own.and_then(|name| Zone::parse(name).ok());
        let zone = zone.unwrap_or(reader.zone);
        let hour = setting.and_then(|setting| u32::try_from(setting.hour?).ok());
        let hour = hour.unwrap_or(ctx.settings().digest.hour);
        let last = setting.and_then(|setting| setting.last_on);
        reader.day = model::due(ctx.now.utc(), zone, hour, last);
        if reader.day.is_some() {
            due.push(reader);
        }
    }
    Ok(due)
}

/// Marks a reader's digest of the day and writes the mail, in one transaction: of several workers one does. With
/// nothing to say there is no mail, and none later that day. Returns whether there is one.
///
/// # Errors
/// A database error.
pub fn write(conn: &mut Conn, ctx: &Context, reader: &Reader) -> Result<bool, Problem> {
    let Some(day) = reader.day else {
        return Ok(false);
    };
    conn.write_tx(|conn| {
        if !store::claim(conn, reader.account.id, day)? {
            return Ok(false);
        }
        let theirs = Context {
            locale: reader.account.locale,
            ..ctx.clone()
        };
        let waiting = gather(conn, &theirs, &reader.reach)?;
        if waiting.is_empty() {
            return Ok(false);
        }
        mail(conn, &theirs, reader, day, &waiting)?;
        Ok(true)
    })
}

fn mail(
    conn: &mut Conn,
    ctx: &Context,
    reader: &Reader,
    day: NaiveDate,
    waiting: &[Waiting],
) -> Result<(), Problem> {
    let account = &reader.account;
    let locale = account.locale;
    let site = ctx.settings().public_url();
    let token = links::token(conn, ctx, LinkPurpose::Digest, account.id)?;
    let stop = Link::new(&format!("{site}/digest/{token}?lang={locale}"));
    let section = |one: &Waiting| {
        let named = one.items.iter().take(NAMED);
        let lines: Vec<Line> = named.map(|item| Line::new(&item.line)).collect();
        let more = one.items.len().saturating_sub(lines.len());
        DigestSection {
            title: Line::new(&title(locale, one)),
            lines,
            more: u32::try_from(more).unwrap_or(u32::MAX),
            action: Line::new(&action(locale, one)),
            link: Link::new(&format!("{site}/waiting?lang={locale}#{}", one.section)),
        }
    };
    let count: usize = waiting.iter().map(|one| one.items.len()).sum();
    let words = CoordinatorDigest {
        name: Line::new(&account.name),
        count: u32::try_from(count).unwrap_or(u32::MAX),
        sections: waiting.iter().map(section).collect(),
        unsubscribe: stop.clone(),
    };
    let to = Recipient::account(account.id, &account.name, &account.email, locale);
    let key = format!("digest/{}/{day}", account.id);
    enqueue(conn, ctx, NewMail::new(&words, to, key)?.unsubscribe(stop))?;
    Ok(())
}

/// The heading over things of one kind.
#[must_use]
pub fn title(locale: Locale, waiting: &Waiting) -> String {
    i18n::text(locale, &format!("digest-title-{}", waiting.section))
}

/// What to do about them.
#[must_use]
pub fn action(locale: Locale, waiting: &Waiting) -> String {
    i18n::text(locale, &format!("digest-action-{}", waiting.section))
}
