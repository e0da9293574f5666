//! A week in UTC half-hours, and the clock regimes of a programme.
//!
//! A person is free in local time; two people in two zones meet in UTC. Zones change their clocks on
//! different dates (and Vancouver, Edmonton and Winnipeg no longer do, from November 2026), so one
//! weekly pattern is not one UTC pattern. A **regime** is a set of programme weeks in which every
//! zone involved keeps one offset. Each person has one mask per regime; a regime weighs as many
//! weeks as it lasts.

use serde::{Deserialize, Serialize};

/// Half-hours in a week.
pub const SLOTS: u16 = 336;
/// Minutes in a slot.
pub const SLOT_MINUTES: u16 = 30;
const WEEK_MINUTES: i64 = 7 * 24 * 60;

/// 336 bits: bit 0 is Monday 00:00–00:30 UTC, bit 335 Sunday 23:30–24:00 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct WeekMask([u64; 6]);

/// A weekly window in local time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Window {
    /// 0 Monday … 6 Sunday.
    pub weekday: u8,
    /// Minutes after local midnight, 0–1439.
    pub start_minute: u16,
    /// Minutes after local midnight, above the start; beyond 1440 it runs into the next day.
    pub end_minute: u16,
}

impl WeekMask {
    /// Free at all times.
    #[must_use]
    pub fn always() -> Self {
        (0..SLOTS).collect()
    }

    /// From six words of 64 half-hours; bits beyond the week are dropped.
    #[must_use]
    pub fn from_words(mut words: [u64; 6]) -> Self {
        if let Some(last) = words.last_mut() {
            *last &= (1 << 16) - 1;
        }
        Self(words)
    }

    /// The six words.
    #[must_use]
    pub fn words(&self) -> &[u64; 6] {
        &self.0
    }

    /// The UTC half-hours that lie wholly inside the local windows, at `offset_minutes` east of UTC
    /// (Toronto in summer: −240). The week wraps around.
    #[must_use]
    pub fn from_windows(windows: &[Window], offset_minutes: i32) -> Self {
        let mut mask = Self::default();
        for window in windows {
            let day = i64::from(window.weekday % 7) * 24 * 60;
            let from = day + i64::from(window.start_minute) - i64::from(offset_minutes);
            let to = (day + i64::from(window.end_minute) - i64::from(offset_minutes))
                .min(from + WEEK_MINUTES);
            let step = i64::from(SLOT_MINUTES);
            let mut slot_start = from.div_euclid(step) * step;
            if slot_start < from {
                slot_start += step;
            }
            while slot_start + step <= to {
                mask.insert_slot(slot_start.rem_euclid(WEEK_MINUTES) / step);
                slot_start += step;
            }
        }
        mask
    }

    fn insert_slot(&mut self, slot: i64) {
        if let Ok(slot) = u16::try_from(slot) {
            self.insert(slot);
        }
    }

    /// Adds a slot (0–335; others are ignored).
    pub fn insert(&mut self, slot: u16) {
        if slot < SLOTS
            && let Some(word) = self.0.get_mut(usize::from(slot / 64))
        {
            *word |= 1 << (slot % 64);
        }
    }

    /// Whether a slot is free.
    #[must_use]
    pub fn contains(&self, slot: u16) -> bool {
        self.0
            .get(usize::from(slot / 64))
            .is_some_and(|word| word >> (slot % 64) & 1 == 1)
    }

    /// Half-hours that are free.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    /// Free in both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let mut words = self.0;
        words.iter_mut().zip(other.0).for_each(|(a, b)| *a &= b);
        Self(words)
    }

    /// Free in one or both.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        let mut words = self.0;
        words.iter_mut().zip(other.0).for_each(|(a, b)| *a |= b);
        Self(words)
    }

    /// The same week one slot later (the week wraps around).
    #[must_use]
    pub fn later(&self) -> Self {
        let mut carry = self.0.last().copied().unwrap_or(0) >> 15 & 1;
        let mut words = self.0;
        for word in &mut words {
            let out = *word >> 63;
            *word = *word << 1 | carry;
            carry = out;
        }
        Self::from_words(words)
    }

    /// The same week one slot earlier (the week wraps around).
    #[must_use]
    pub fn earlier(&self) -> Self {
        let mut carry = (self.0.first().copied().unwrap_or(0) & 1) << 15;
        let mut words = self.0;
        for word in words.iter_mut().rev() {
            let out = (*word & 1) << 63;
            *word = *word >> 1 | carry;
            carry = out;
        }
        Self::from_words(words)
    }

    /// Slots at which a meeting of `slots` half-hours can start.
    #[must_use]
    pub fn starts(&self, slots: u16) -> Self {
        let mut shifted = *self;
        let mut starts = *self;
        for _ in 1..slots {
            shifted = shifted.earlier();
            starts = starts.and(&shifted);
        }
        starts
    }

    /// Slots covered by meetings of `slots` half-hours that start at these slots.
    #[must_use]
    pub fn covered(&self, slots: u16) -> Self {
        let mut shifted = *self;
        let mut covered = *self;
        for _ in 1..slots {
            shifted = shifted.later();
            covered = covered.or(&shifted);
        }
        covered
    }

    /// The free slots in order.
    pub fn iter(&self) -> impl Iterator<Item = u16> + '_ {
        (0..SLOTS).filter(|slot| self.contains(*slot))
    }
}

impl FromIterator<u16> for WeekMask {
    fn from_iter<I: IntoIterator<Item = u16>>(slots: I) -> Self {
        let mut mask = Self::default();
        slots.into_iter().for_each(|slot| mask.insert(slot));
        mask
    }
}

/// A set of programme weeks in which no zone changes its offset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Regime {
    /// How many weeks.
    pub weeks: u16,
    /// Offset of each zone in minutes east of UTC, in the caller's order of zones.
    pub offsets: Vec<i32>,
}

/// Groups the weeks of a programme into regimes. `offsets_by_week` has, for each week, the offset of
/// each zone (take it at the middle of the week); weeks with the same offsets, in a row or not, are one
/// regime. Regimes come in order of their first week.
#[must_use]
pub fn regimes(offsets_by_week: &[Vec<i32>]) -> Vec<Regime> {
    let mut found: Vec<Regime> = Vec::new();
    for offsets in offsets_by_week {
        match found.iter_mut().find(|regime| regime.offsets == *offsets) {
            Some(regime) => regime.weeks = regime.weeks.saturating_add(1),
            None => found.push(Regime {
                weeks: 1,
                offsets: offsets.clone(),
            }),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(weekday: u8, start: u16, end: u16) -> Window {
        Window {
            weekday,
            start_minute: start * 60,
            end_minute: end * 60,
        }
    }

    #[test]
    fn a_local_evening_is_placed_in_utc_and_wraps_around_the_week() {
        // Sunday 18:00–21:00 in Toronto in summer (UTC−4) is Sunday 22:00 to Monday 01:00 UTC.
        let mask = WeekMask::from_windows(&[window(6, 18, 21)], -240);
        assert_eq!(mask.iter().collect::<Vec<_>>(), [0, 1, 332, 333, 334, 335]);
    }

    #[test]
    fn a_half_hour_counts_only_if_it_is_wholly_free() {
        // Kathmandu is at UTC+5:45.
        let mask = WeekMask::from_windows(
            &[Window {
                weekday: 0,
                start_minute: 600,
                end_minute: 660,
            }],
            345,
        );
        assert_eq!(mask.iter().collect::<Vec<_>>(), [9]);
    }

    #[test]
    fn windows_of_nothing_and_of_all_are_taken_as_they_are() {
        assert_eq!(WeekMask::from_windows(&[], 0).count(), 0);
        let all: Vec<Window> = (0..7).map(|d| window(d, 0, 24)).collect();
        assert_eq!(WeekMask::from_windows(&all, -210), WeekMask::always());
        assert_eq!(
            WeekMask::from_windows(
                &[Window {
                    weekday: 6,
                    start_minute: 0,
                    end_minute: u16::MAX
                }],
                0
            )
            .count(),
            336
        );
    }

    #[test]
    fn later_and_earlier_undo_each_other_over_the_edge_of_the_week() {
        for slot in [0, 1, 63, 64, 319, 320, 334, 335] {
            let mask: WeekMask = [slot].into_iter().collect();
            assert_eq!(
                mask.later().iter().collect::<Vec<_>>(),
                [(slot + 1) % SLOTS]
            );
            assert_eq!(mask.later().earlier(), mask);
            assert_eq!(mask.earlier().later(), mask);
        }
    }

    #[test]
    fn meetings_start_only_where_they_fit_and_cover_what_they_last() {
        let mask: WeekMask = [3, 10, 11, 12, 335, 0].into_iter().collect();
        assert_eq!(mask.starts(2).iter().collect::<Vec<_>>(), [10, 11, 335]);
        assert_eq!(
            mask.starts(2).covered(2).iter().collect::<Vec<_>>(),
            [0, 10, 11, 12, 335]
        );
        assert_eq!(mask.starts(1), mask);
    }

    #[test]
    fn weeks_with_equal_offsets_are_one_regime_even_when_apart() {
        // Toronto changes on 1 November 2026 and 14 March 2027, Vancouver no longer does.
        let weeks: Vec<Vec<i32>> = [
            vec![vec![-240, -420]; 4],
            vec![vec![-300, -420]; 19],
            vec![vec![-240, -420]; 3],
        ]
        .concat();
        let found = regimes(&weeks);
        assert_eq!(found.iter().map(|r| r.weeks).collect::<Vec<_>>(), [7, 19]);
    }
}
