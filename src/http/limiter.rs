//! So many requests a minute: the generic cell rate algorithm, which needs one instant for each key. A key may
//! use its whole quota at once and then gets it back evenly. Memory is bounded: full shards first forget keys
//! whose quota is whole again, then any.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::kernel::Instant;
use crate::kernel::ids::AccountId;

const SHARDS: usize = 16;
/// Keys in one shard at most; a key takes about 50 bytes, so the whole stays under 6 MB.
const SHARD_KEYS: usize = 8192;
const MINUTE: i64 = 60_000_000;

/// Whose requests are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Key {
    /// An account.
    Account(AccountId),
    /// An IPv4 address.
    V4(u32),
    /// An IPv6 network of 64 bits: what one household has.
    V6(u64),
}

impl From<IpAddr> for Key {
    fn from(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(v4) => Self::V4(v4.to_bits()),
            IpAddr::V6(v6) => {
                let [a, b, c, d, ..] = v6.segments();
                Self::V6(
                    [a, b, c, d]
                        .iter()
                        .fold(0, |n, s| (n << 16) | u64::from(*s)),
                )
            }
        }
    }
}

/// What a key has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// Requests that would be taken now.
    pub requests: u32,
    /// Seconds until the quota is whole again, rounded up.
    pub whole_in: u32,
}

/// A limit for many keys.
pub struct Limiter {
    /// The policy's name in the headers.
    pub name: &'static str,
    /// Requests a minute.
    pub quota: u32,
    hasher: RandomState,
    /// For each key the theoretical arrival time in microseconds.
    shards: Vec<Mutex<HashMap<Key, i64>>>,
}

impl Limiter {
    /// `quota` requests a minute for each key, at least 1.
    pub fn new(name: &'static str, quota: u32) -> Self {
        Self {
            name,
            quota: quota.max(1),
            hasher: RandomState::new(),
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
        }
    }

    /// Counts a request of `key`; `Err` with the seconds to wait where the quota is used up.
    pub fn take(&self, key: Key, now: Instant) -> Result<Left, u32> {
        let (now, interval) = (micros(now), self.interval());
        let Some(mut shard) = self.shard(&key) else {
            return Ok(self.left(now, now));
        };
        // Further ahead than a whole quota it can only be by a clock that was set back: nobody waits for that.
        let kept = shard.get(&key).filter(|arrival| **arrival - now <= MINUTE);
        let arrival = kept.copied().unwrap_or(now).max(now);
        let next = arrival + interval;
        if next - now > MINUTE {
            return Err(seconds(next - now - MINUTE));
        }
        if shard.len() >= SHARD_KEYS && !shard.contains_key(&key) {
            make_room(&mut shard, now);
        }
        shard.insert(key, next);
        Ok(self.left(next, now))
    }

    /// Gives back what [`Limiter::take`] took.
    pub fn give_back(&self, key: Key) {
        let interval = self.interval();
        if let Some(mut shard) = self.shard(&key)
            && let Some(arrival) = shard.get_mut(&key)
        {
            *arrival -= interval;
        }
    }

    fn interval(&self) -> i64 {
        // At least one unit: a quota beyond the clock's resolution is as good as none, and no reason to fall.
        (MINUTE / i64::from(self.quota).max(1)).max(1)
    }

    fn left(&self, arrival: i64, now: i64) -> Left {
        let used = arrival - now;
        Left {
            requests: u32::try_from((MINUTE - used) / self.interval())
                .unwrap_or(0)
                .min(self.quota),
            whole_in: seconds(used),
        }
    }

    fn shard(&self, key: &Key) -> Option<MutexGuard<'_, HashMap<Key, i64>>> {
        let hash = usize::try_from(self.hasher.hash_one(key) >> 32).unwrap_or(0);
        let shard = self.shards.get(hash % SHARDS)?;
        Some(shard.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn make_room(shard: &mut HashMap<Key, i64>, now: i64) {
    shard.retain(|_, arrival| *arrival > now);
    if shard.len() >= SHARD_KEYS {
        let mut keep = false;
        shard.retain(|_, _| {
            keep = !keep;
            keep
        });
    }
}

fn micros(at: Instant) -> i64 {
    at.utc().timestamp_micros()
}

fn seconds(micros: i64) -> u32 {
    u32::try_from((micros.max(0) + 999_999) / 1_000_000).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Instant {
        Instant::from_millis(1_800_000_000_000 + seconds * 1000).unwrap()
    }

    #[test]
    fn the_quota_may_be_used_at_once_and_comes_back_evenly() {
        let limiter = Limiter::new("test", 6);
        let key = Key::V4(1);
        for left in [5, 4, 3, 2, 1, 0] {
            assert_eq!(limiter.take(key, at(0)).unwrap().requests, left);
        }
        assert_eq!(limiter.take(key, at(0)), Err(10));
        assert_eq!(limiter.take(Key::V4(2), at(0)).unwrap().requests, 5);
        assert_eq!(limiter.take(key, at(10)).unwrap().requests, 0);
        assert_eq!(limiter.take(key, at(19)), Err(1));
        assert_eq!(
            limiter.take(key, at(1000)).unwrap(),
            Left {
                requests: 5,
                whole_in: 10
            }
        );
    }

    #[test]
    fn what_is_given_back_can_be_taken_again() {
        let limiter = Limiter::new("test", 1);
        limiter.take(Key::V4(1), at(0)).unwrap();
        limiter.give_back(Key::V4(1));
        assert!(limiter.take(Key::V4(1), at(0)).is_ok());
        assert!(limiter.take(Key::V4(1), at(0)).is_err());
    }

    #[test]
    fn memory_is_bounded_whoever_asks() {
        let limiter = Limiter::new("test", 60);
        for n in 0..300_000 {
            limiter.take(Key::V4(n), at(0)).unwrap();
        }
        let kept: usize = limiter.shards.iter().map(|s| s.lock().unwrap().len()).sum();
        assert!(kept <= SHARDS * SHARD_KEYS, "{kept}");
    }

    #[test]
    fn a_household_shares_one_key() {
        let key = |text: &str| Key::from(text.parse::<IpAddr>().unwrap());
        assert_eq!(key("2001:db8:1:2::1"), key("2001:db8:1:2:ffff::9"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
        assert_ne!(key("192.0.2.1"), key("192.0.2.2"));
    }
}
