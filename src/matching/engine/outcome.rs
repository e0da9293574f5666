//! What a run gives back.

use serde::{Deserialize, Serialize};

use super::facts::Parts;

/// The answer to an instance. The same instance gives the same outcome on every machine and with any
/// number of threads (times and memory in `statistics.phases` aside, which [`Outcome::same_as`] ignores).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Proposed and pinned pairs, by mentee.
    pub pairs: Vec<Pair>,
    /// Mentees who take part and got nobody, with the reason, by mentee.
    pub unmatched: Vec<Unmatched>,
    /// Price of each mentee (`u` ≥ 0), by position; 0 for who is pinned, locked or takes no part.
    pub price_mentee: Vec<i64>,
    /// Price of each mentor's place (`v` ≥ 0): how much the mentor is in demand.
    pub price_mentor: Vec<i64>,
    /// What one more matched mentee is worth beside scores (objective *coverage*): more than any sum
    /// of scores. Prices contain it; [`Outcome::demand`] takes it apart.
    pub coverage_bonus: i64,
    /// The proof.
    pub certificate: Certificate,
    /// Counts and times.
    pub statistics: Statistics,
}

/// A pair of the outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    /// Mentee's position.
    pub mentee: u32,
    /// Mentor's position.
    pub mentor: u32,
    /// The fit, 0–10,000: the sum of the parts.
    pub score: i32,
    /// The parts.
    pub parts: Parts,
    /// Credit for waiting, points; beside the score, never in it.
    pub waiting_credit: i64,
    /// Whether a pin put it there.
    pub pinned: bool,
}

/// A mentee without a mentor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unmatched {
    /// Mentee's position.
    pub mentee: u32,
    /// Why.
    pub reason: UnmatchedReason,
}

/// Why a mentee got nobody. [`why_nobody`](super::explain::why_nobody) has the details.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnmatchedReason {
    /// No admissible mentor.
    NoAdmissibleMentor,
    /// There are admissible mentors, but their places serve all together better with others.
    PlacesBetterUsed,
}

/// Proof that no other set is better (objectives *coverage* and *total*), or that no pair blocks
/// (*stable*).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// Value of the set: scores, waiting credits and bonuses, less floors.
    pub primal: i128,
    /// Value of the prices; equal to `primal` if the set is the best. In stable mode equal by definition.
    pub dual: i128,
    /// Admissible pairs anywhere that the prices leave a profit (or that block): 0 in every valid outcome.
    pub violations: u64,
    /// Pairs covered by the proof: all participating mentees × mentors with places.
    pub pairs: u64,
    /// How the dense part was checked.
    pub method: CheckMethod,
}

/// How the checker looked at all pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckMethod {
    /// Every pair by the plain definition.
    Definition,
    /// Every pair by the scan's kernels, and a sample of rows by the plain definition.
    Scan,
}

/// Counts and times of a run.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Statistics {
    /// Mentees who take part (pinned ones aside).
    pub mentees: u32,
    /// Mentors with places.
    pub mentors: u32,
    /// Places left for the run after locks and pins.
    pub places: u64,
    /// Sum of scores of all pairs.
    pub score_total: i64,
    /// Sum of waiting credits of all pairs.
    pub waiting_total: i64,
    /// Rounds of dense pricing until nothing violated.
    pub pricing_rounds: u32,
    /// Augmenting searches.
    pub searches: u64,
    /// Kernel of the scan.
    pub kernel: String,
    /// Threads of the scan.
    pub threads: u32,
    /// Times of the phases.
    pub phases: Vec<Phase>,
}

/// A phase and its time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phase {
    /// `columns`, `scan`, `assign`, `price`, `check`.
    pub name: String,
    /// Microseconds.
    pub micros: u64,
}

/// How much a mentor is in demand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Demand {
    /// One more place here would let one more mentee be matched.
    pub one_more_matched: bool,
    /// What one more place would add to the total besides, points (may be below zero if one more is matched).
    pub points: i64,
}

impl Outcome {
    /// The mentor of a mentee.
    #[must_use]
    pub fn mentor_of(&self, mentee: u32) -> Option<u32> {
        self.pair_of(mentee).map(|pair| pair.mentor)
    }

    /// The pair of a mentee.
    #[must_use]
    pub fn pair_of(&self, mentee: u32) -> Option<&Pair> {
        let at = self
            .pairs
            .binary_search_by_key(&mentee, |pair| pair.mentee)
            .ok()?;
        self.pairs.get(at)
    }

    /// The mentor's price, taken apart into "one more matched" and points.
    #[must_use]
    pub fn demand(&self, mentor: u32) -> Demand {
        let price = super::instance::get(&self.price_mentor, mentor)
            .copied()
            .unwrap_or(0);
        let one_more_matched = self.coverage_bonus > 0 && price > self.coverage_bonus / 2;
        Demand {
            one_more_matched,
            points: price
                - if one_more_matched {
                    self.coverage_bonus
                } else {
                    0
                },
        }
    }

    /// Whether two outcomes say the same (kernel, threads and times aside).
    #[must_use]
    pub fn same_as(&self, other: &Self) -> bool {
        let plain = |outcome: &Self| {
            let mut outcome = outcome.clone();
            outcome.statistics.phases.clear();
            outcome.statistics.kernel.clear();
            outcome.statistics.threads = 0;
            outcome
        };
        plain(self) == plain(other)
    }
}
