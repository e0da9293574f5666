//! Throttling of sign-ins and of requests for mail, counted in the database, so that several servers count
//! together and a restart forgets nothing. What is counted is a keyed hash: the table names nobody.
//!
//! Three counters watch a sign-in, each over [`WINDOW`]:
//! - one for **account and address together** (`security.sign_in_attempts`): stops guessing at one account;
//! - one for the **address** (four times as many; for IPv6 its /64 network): stops trying one password on many
//!   accounts, and leaves room for an office behind one address;
//! - one for the **account** (four times as many): slows down guessing from many addresses. Its pause is at
//!   most a minute, and an address from which the account was used lately is not asked about it: whoever
//!   attacks an account must not be able to lock its owner out.
//!
//! An attempt is counted *before* the password is looked at, so that a burst of parallel attempts gains
//! nothing, and taken back when it succeeds.

use std::net::IpAddr;

use chrono::Duration;
use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::db::schema::throttles;
use crate::db::{Conn, UpsertExt};
use crate::kernel::ids::{PersonId, ThrottleId};
use crate::kernel::secret::hex;
use crate::kernel::{Context, Instant, Problem};

/// Attempts are counted within this time.
pub const WINDOW: Duration = Duration::minutes(15);
/// Changes of meetings that a person makes within [`WINDOW`] without a pause.
pub const MEETING_CHANGES: u32 = 40;
/// The first pause; it doubles with every further attempt.
const FIRST_PAUSE: Duration = Duration::seconds(30);

/// A counter.
#[derive(Debug, Clone)]
pub struct Bucket {
    name: String,
    /// Attempts within the window that cost no pause.
    free: i32,
    /// The longest pause.
    longest: Duration,
    /// What a success gives back.
    on_success: OnSuccess,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OnSuccess {
    /// All attempts: the owner is here.
    Forget,
    /// Its own attempt only: an attacker with an account of their own must not clean their slate with it.
    TakeBack,
}

impl Bucket {
    fn new(ctx: &Context, kind: &str, of: &str, free: u32, longest: Duration) -> Self {
        let tag = ctx.keyring().mac("throttle", of.as_bytes());
        let (short, _) = tag.split_at(16);
        Self {
            name: format!("{kind}:{}", hex(short)),
            free: i32::try_from(free).unwrap_or(i32::MAX),
            longest,
            on_success: OnSuccess::Forget,
        }
    }
}

/// Whether the account was used from this address lately.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Familiarity {
    /// It was.
    Known,
    /// It was not.
    Strange,
}

/// The counters of a sign-in to the account `key` (an address in its compared form).
pub fn of_sign_in(ctx: &Context, key: &str, familiarity: Familiarity) -> Vec<Bucket> {
    let free = ctx.settings().security.sign_in_attempts;
    let from = ctx.address.map(network).unwrap_or_default();
    let mut buckets = vec![Bucket::new(
        ctx,
        "sign-in.pair",
        &format!("{key} {from}"),
        free,
        WINDOW,
    )];
    if !from.is_empty() {
        buckets.push(Bucket {
            on_success: OnSuccess::TakeBack,
            ..Bucket::new(
                ctx,
                "sign-in.address",
                &from,
                free.saturating_mul(4),
                WINDOW,
            )
        });
    }
    if familiarity == Familiarity::Strange {
        let minute = Duration::seconds(60);
        buckets.push(Bucket::new(
            ctx,
            "sign-in.account",
            key,
            free.saturating_mul(4),
            minute,
        ));
    }
    buckets
}

/// The counter of mails to one address that somebody asks for: three in the window.
pub fn of_mail_to(ctx: &Context, key: &str) -> Vec<Bucket> {
    vec![Bucket::new(ctx, "mail.account", key, 3, WINDOW)]
}

/// The counter of mails that one address asks for: ten in the window.
pub fn of_mail_from_address(ctx: &Context) -> Vec<Bucket> {
    let bucket = |ip| Bucket::new(ctx, "mail.address", &network(ip), 10, WINDOW);
    ctx.address.map(bucket).into_iter().collect()
}

/// The counter of feeds that one address asks for and that are nobody's: twenty in the window. A calendar
/// program that goes on asking for a revoked feed stays below; a guesser does not.
pub fn of_unknown_feed(ctx: &Context) -> Vec<Bucket> {
    let bucket = |ip| Bucket::new(ctx, "feed.address", &network(ip), 20, WINDOW);
    ctx.address.map(bucket).into_iter().collect()
}

/// The counter of foreign calendars that one person has the platform look at: twelve in the window. Whoever
/// could ask without limit could have it knock on doors.
pub fn of_calendar_checks(ctx: &Context, person: &str) -> Vec<Bucket> {
    vec![Bucket::new(ctx, "calendar.person", person, 12, WINDOW)]
}

/// The counter of what a person does to meetings that others get a mail about: forty changes in the window are more
/// than anybody needs, and fewer than it takes to bury somebody in mail.
pub fn of_meeting_changes(ctx: &Context, person: PersonId) -> Vec<Bucket> {
    let person = person.to_string();
    vec![Bucket::new(
        ctx,
        "meetings.person",
        &person,
        MEETING_CHANGES,
        WINDOW,
    )]
}

/// An IPv4 address, or the /64 network of an IPv6 address: one customer of a provider has all of it.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = throttles)]
struct Count {
    count: i32,
    window_started_at: Instant,
    blocked_until: Option<Instant>,
}

/// Counts an attempt in every one of `buckets`, in a transaction of its own.
///
/// # Errors
/// 429 with the time to wait, when one of them is full; nothing is counted then.
pub fn take(conn: &mut Conn, ctx: &Context, buckets: &[Bucket]) -> Result<(), Problem> {
    conn.write_tx(|conn| count(conn, ctx, buckets))
}

/// [`take`] inside a transaction, which an error has to undo.
pub fn count(conn: &mut Conn, ctx: &Context, buckets: &[Bucket]) -> Result<(), Problem> {
    for bucket in sorted(buckets) {
        let mut count = held(conn, ctx.now, &bucket.name)?;
        if let Some(until) = count.blocked_until.filter(|until| *until > ctx.now) {
            let seconds = until.since(ctx.now).num_seconds() + 1;
            return Err(Problem::TooManyRequests {
                retry_after_seconds: u32::try_from(seconds).unwrap_or(60),
            });
        }
        if ctx.now.since(count.window_started_at) >= WINDOW {
            count.count = 0;
            count.window_started_at = ctx.now;
        }
        count.count += 1;
        count.blocked_until = pause(bucket, count.count).map(|pause| ctx.now.plus(pause));
        save(conn, &bucket.name, &count)?;
    }
    Ok(())
}

/// Gives a successful attempt back; call it in the transaction of the success.
pub fn succeeded(conn: &mut Conn, ctx: &Context, buckets: &[Bucket]) -> Result<(), Problem> {
    for bucket in sorted(buckets) {
        let mut count = held(conn, ctx.now, &bucket.name)?;
        count.count = match bucket.on_success {
            OnSuccess::Forget => 0,
            OnSuccess::TakeBack => (count.count - 1).max(0),
        };
        if count.count < bucket.free {
            count.blocked_until = None;
        }
        save(conn, &bucket.name, &count)?;
    }
    Ok(())
}

/// Forgets counters that are of no account any more.
pub fn purge(conn: &mut Conn, now: Instant) -> QueryResult<usize> {
    let old = throttles::window_started_at.lt(now.minus(Duration::days(1)));
    diesel::delete(throttles::table.filter(old)).execute(conn)
}

/// The pause after the attempt number `count`.
fn pause(bucket: &Bucket, count: i32) -> Option<Duration> {
    let beyond = u32::try_from(count.checked_sub(bucket.free)?).ok()?;
    let factor = 1_i32.checked_shl(beyond.min(10)).unwrap_or(i32::MAX);
    let pause = FIRST_PAUSE.checked_mul(factor).unwrap_or(bucket.longest);
    Some(pause.min(bucket.longest))
}

/// Always in the same order, so that two attempts never wait for each other.
fn sorted(buckets: &[Bucket]) -> Vec<&Bucket> {
    let mut sorted: Vec<_> = buckets.iter().collect();
    sorted.sort_by(|a, b| a.name.cmp(&b.name));
    sorted
}

/// The counter `name`, made when it is not there, and held until the end of the transaction.
fn held(conn: &mut Conn, now: Instant, name: &str) -> QueryResult<Count> {
    diesel::insert_into(throttles::table)
        .values((
            throttles::id.eq(ThrottleId::new(now)),
            throttles::bucket.eq(name),
            throttles::count.eq(0),
            throttles::window_started_at.eq(now),
        ))
        .upsert(&["bucket"], &[])
        .execute(conn)?;
    if let Conn::Pg(c) = conn {
        diesel::sql_query("SELECT 1 FROM throttles WHERE bucket = $1 FOR UPDATE")
            .bind::<Text, _>(name)
            .execute(c)?;
    }
    throttles::table
        .filter(throttles::bucket.eq(name))
        .select(Count::as_select())
        .first(conn)
}

fn save(conn: &mut Conn, name: &str, count: &Count) -> QueryResult<()> {
    diesel::update(throttles::table.filter(throttles::bucket.eq(name)))
        .set((
            throttles::count.eq(count.count),
            throttles::window_started_at.eq(count.window_started_at),
            throttles::blocked_until.eq(count.blocked_until),
        ))
        .execute(conn)
        .map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_and_end_at_the_longest() {
        let bucket = Bucket {
            name: String::new(),
            free: 3,
            longest: Duration::seconds(100),
            on_success: OnSuccess::Forget,
        };
        let pauses: Vec<_> = (1..8)
            .map(|n| pause(&bucket, n).map(|p| p.num_seconds()))
            .collect();
        let expected = [
            None,
            None,
            Some(30),
            Some(60),
            Some(100),
            Some(100),
            Some(100),
        ];
        assert_eq!(pauses, expected);
    }

    #[test]
    fn an_ipv6_network_counts_as_one_address() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2::a"), of("2001:db8:1:2:ffff::b"));
        assert_ne!(of("2001:db8:1:2::a"), of("2001:db8:1:3::a"));
        assert_eq!(of("::ffff:192.0.2.7"), of("192.0.2.7"));
    }
}
