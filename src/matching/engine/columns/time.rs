//! Availability: the half-hours that matter, compacted to 16-bit words.

use rayon::prelude::*;

use super::super::facts::{Mentor, Person};
use super::super::instance::Instance;
use super::super::settings::TimeScale;
use super::super::week::{SLOTS, WeekMask};
use super::BLOCK;

/// The shape of availability and the mentors' words.
#[derive(Default)]
pub struct Time {
    /// 16-bit words per block, in the order regime, word, mentor.
    pub words: Vec<u16>,
    /// Words of each regime.
    pub counts: Vec<usize>,
    /// Words of all regimes together.
    pub total: usize,
    /// Weeks of each regime.
    pub weeks: Vec<u16>,
    /// Weeks in which the least overlap must hold; 0 if it is no rule.
    pub weeks_needed: u16,
    /// Half-hours a week for the rule.
    pub least_slots: u16,
    /// Half-hours by which a start is extended (meeting length less one).
    pub spread: u32,
    /// The bits of a word that count (the others repeat the end of the word before).
    pub counted: u16,
    /// Units to points.
    pub scale: TimeScale,
    /// Most points.
    pub most: i16,
    segments: Vec<Vec<Vec<Segment>>>,
}

/// A run of half-hours that a word takes from the week.
#[derive(Debug, Clone, Copy)]
struct Segment {
    slot: u16,
    len: u16,
    bit: u16,
}

impl Time {
    pub(super) fn new(
        instance: &Instance,
        rows: Option<&[u32]>,
        mentors: &[&Mentor],
        blocks: usize,
    ) -> Self {
        let settings = &instance.settings;
        let slots = settings.meeting_slots();
        let spread = u32::from(slots) - 1;
        let regimes = settings.regime_weeks.len();
        let union = |people: &mut dyn Iterator<Item = &Person>| {
            let mut all = vec![WeekMask::default(); regimes];
            for person in people {
                all.iter_mut()
                    .zip(&person.weeks)
                    .for_each(|(all, week)| *all = all.or(&week.starts(slots)));
            }
            all
        };
        let wanted = match rows {
            Some(rows) => union(
                &mut rows
                    .iter()
                    .map(|mentee| &instance.mentees[*mentee as usize].person),
            ),
            None => vec![WeekMask::always(); regimes],
        };
        let offered = union(&mut mentors.iter().map(|mentor| &mentor.person));
        let segments: Vec<Vec<Vec<Segment>>> = wanted
            .iter()
            .zip(&offered)
            .map(|(a, b)| segments(&a.and(b), slots))
            .collect();
        let counts: Vec<usize> = segments.iter().map(Vec::len).collect();
        let total: usize = counts.iter().sum();
        let weeks: u16 = settings.regime_weeks.iter().sum();
        let mut time = Self {
            words: Vec::new(),
            total,
            counts,
            weeks: settings.regime_weeks.clone(),
            weeks_needed: if settings.least_slots() == 0 {
                0
            } else {
                settings.weeks_needed()
            },
            least_slots: settings.least_slots(),
            spread,
            counted: u16::MAX << spread,
            scale: TimeScale::new(weeks, instance.points.availability),
            most: instance.points.availability as i16,
            segments,
        };
        let mut words = vec![0_u16; blocks * total * BLOCK];
        if total > 0 {
            words
                .par_chunks_mut(total * BLOCK)
                .zip(mentors.par_chunks(BLOCK))
                .for_each(|(block, mentors)| {
                    let mut own = Vec::new();
                    for (lane, mentor) in mentors.iter().enumerate() {
                        time.pack(&mentor.person.weeks, &mut own);
                        own.iter()
                            .enumerate()
                            .for_each(|(word, bits)| block[word * BLOCK + lane] = *bits);
                    }
                });
        }
        time.words = words;
        time
    }

    /// A person's words: the half-hours at which a meeting can start, compacted.
    pub(super) fn pack(&self, weeks: &[WeekMask], words: &mut Vec<u16>) {
        words.clear();
        for (week, regime) in weeks.iter().zip(&self.segments) {
            let starts = week.starts(self.spread as u16 + 1);
            for word in regime {
                words.push(
                    word.iter()
                        .fold(0, |bits, segment| bits | segment.take(&starts)),
                );
            }
        }
    }
}

impl Segment {
    #[inline]
    fn take(self, week: &WeekMask) -> u16 {
        let (at, shift) = (usize::from(self.slot / 64), self.slot % 64);
        let words = week.words();
        let mut bits = words[at] >> shift;
        if shift > 48 && at < 5 {
            bits |= words[at + 1] << (64 - shift);
        }
        ((bits as u16) & (u16::MAX >> (16 - self.len))) << self.bit
    }
}

/// Cuts the half-hours that matter into words. A start covers the following half-hours of its meeting,
/// so a word begins with the last starts of the word before (`spread` bits that do not count again).
fn segments(starts: &WeekMask, slots: u16) -> Vec<Vec<Segment>> {
    let spread = slots - 1;
    let covered: Vec<u16> = starts.covered(slots).iter().collect();
    let mut words = Vec::new();
    let counted = usize::from(16 - spread);
    for first in (0..covered.len()).step_by(counted) {
        let last = (first + counted).min(covered.len());
        // The guard bits: the half-hours before, if they are neighbours in time (the week wraps around).
        let before = |back: u16| (covered[first] + SLOTS - back) % SLOTS;
        let guards = (1..=spread).rev().map(before);
        let taken: Vec<u16> = guards.chain(covered[first..last].iter().copied()).collect();
        let mut word: Vec<Segment> = Vec::new();
        for (bit, slot) in taken.into_iter().enumerate() {
            match word.last_mut() {
                Some(segment) if segment.slot + segment.len == slot => segment.len += 1,
                _ => word.push(Segment {
                    slot,
                    len: 1,
                    bit: bit as u16,
                }),
            }
        }
        words.push(word);
    }
    words
}
