//! Half-open intervals of time and the algebra on sorted lists of them.
//!
//! A *normal* list is sorted, and its intervals neither overlap nor touch. Every function here that
//! takes lists expects normal ones and gives normal ones back, in one pass.

use chrono::{DateTime, TimeDelta, Utc};

/// The instants from `start` (included) to `end` (excluded). Never empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    start: DateTime<Utc>,
    end: DateTime<Utc>,
}

impl Span {
    /// The interval `[start, end)`, or `None` when that would be empty (rule S2: such a window is
    /// dropped).
    #[must_use]
    pub fn new(start: DateTime<Utc>, end: DateTime<Utc>) -> Option<Self> {
        (start < end).then_some(Self { start, end })
    }

    /// First instant of the interval.
    #[must_use]
    pub const fn start(self) -> DateTime<Utc> {
        self.start
    }

    /// First instant after the interval.
    #[must_use]
    pub const fn end(self) -> DateTime<Utc> {
        self.end
    }

    /// Elapsed time, always positive.
    #[must_use]
    pub fn length(self) -> TimeDelta {
        self.end - self.start
    }

    /// Whether both share an instant. Intervals that only touch do not.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Whether every instant of `other` lies in this interval.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// What both share.
    #[must_use]
    pub fn intersection(self, other: Self) -> Option<Self> {
        Self::new(self.start.max(other.start), self.end.min(other.end))
    }

    /// The interval grown on both sides. A time beyond the calendar's end stays where it was.
    #[must_use]
    pub fn widened(self, before: TimeDelta, after: TimeDelta) -> Self {
        Self {
            start: self.start.checked_sub_signed(before).unwrap_or(self.start),
            end: self.end.checked_add_signed(after).unwrap_or(self.end),
        }
    }
}

/// Sorts and merges what overlaps or touches.
pub(super) fn normalise(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort();
    spans.dedup_by(|next, kept| {
        let touches = next.start <= kept.end;
        if touches {
            kept.end = kept.end.max(next.end);
        }
        touches
    });
    spans
}

/// The instants that lie in both lists.
pub(super) fn intersect(left: &[Span], right: &[Span]) -> Vec<Span> {
    let mut shared = Vec::with_capacity(left.len().max(right.len()));
    let (mut lefts, mut rights) = (left.iter().peekable(), right.iter().peekable());
    while let (Some(a), Some(b)) = (lefts.peek(), rights.peek()) {
        shared.extend(a.intersection(**b));
        if a.end <= b.end {
            lefts.next();
        } else {
            rights.next();
        }
    }
    shared
}

/// The instants of `from` that lie in no interval of `taken`.
pub(super) fn subtract(from: &[Span], taken: &[Span]) -> Vec<Span> {
    let mut left_over = Vec::with_capacity(from.len() + taken.len());
    let mut taken = taken.iter().peekable();
    for span in from {
        let mut rest = span.start;
        while let Some(cut) = taken.peek() {
            if cut.start >= span.end {
                break;
            }
            left_over.extend(Span::new(rest, cut.start));
            rest = rest.max(cut.end);
            if cut.end > span.end {
                break; // it may reach into the next span
            }
            taken.next();
        }
        left_over.extend(Span::new(rest, span.end));
    }
    left_over
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(minute * 60, 0).unwrap()
    }

    fn spans(pairs: &[(i64, i64)]) -> Vec<Span> {
        pairs
            .iter()
            .filter_map(|&(a, b)| Span::new(at(a), at(b)))
            .collect()
    }

    fn any_spans() -> impl Strategy<Value = Vec<Span>> {
        proptest::collection::vec((0_i64..60, 0_i64..12), 0..10)
            .prop_map(|pairs| spans(&pairs.iter().map(|&(a, n)| (a, a + n)).collect::<Vec<_>>()))
    }

    fn covers(list: &[Span], minute: i64) -> bool {
        list.iter()
            .any(|s| s.start <= at(minute) && at(minute) < s.end)
    }

    fn is_normal(list: &[Span]) -> bool {
        list.windows(2).all(|pair| pair[0].end < pair[1].start)
    }

    #[test]
    fn s3_an_interval_is_half_open_and_never_empty() {
        assert_eq!(Span::new(at(5), at(5)), None);
        assert_eq!(Span::new(at(6), at(5)), None);
        let (a, b) = (
            Span::new(at(0), at(5)).unwrap(),
            Span::new(at(5), at(9)).unwrap(),
        );
        assert!(
            !a.overlaps(b) && !b.overlaps(a),
            "touching is not overlapping"
        );
    }

    proptest! {
        #[test]
        fn the_algebra_agrees_with_looking_at_every_minute(a in any_spans(), b in any_spans()) {
            let (na, nb) = (normalise(a.clone()), normalise(b.clone()));
            let (both, rest) = (intersect(&na, &nb), subtract(&na, &nb));
            prop_assert!(is_normal(&na) && is_normal(&both) && is_normal(&rest));
            for minute in -1..80 {
                prop_assert_eq!(covers(&na, minute), covers(&a, minute));
                prop_assert_eq!(covers(&both, minute), covers(&a, minute) && covers(&b, minute));
                prop_assert_eq!(covers(&rest, minute), covers(&a, minute) && !covers(&b, minute));
            }
        }
    }
}
