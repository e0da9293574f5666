//! The open part of an instance: rows are mentees who take part, columns mentors with places.

use super::certificate;
use super::facts::{Mentor, Standing};
use super::instance::{Instance, get};
use super::settings::{FULL_SCORE, Objective};

/// Rows, columns, what a row earns by being matched at all, and places.
#[derive(Debug, Clone)]
pub struct Task {
    /// Mentee of each row.
    pub rows: Vec<u32>,
    /// Mentor of each column, sorted by occupation.
    pub cols: Vec<u32>,
    /// Waiting credit and bonus, less the floor, of each row.
    pub base: Vec<i64>,
    /// Places of each column.
    pub cap: Vec<u32>,
    /// What one more matched pair is worth beside scores.
    pub bonus: i64,
}

impl Task {
    /// Of an instance, pins and locks taken out.
    pub fn new(instance: &Instance) -> Self {
        Self::with(instance, 1)
    }

    /// The same with mentors that have no place now but may get one, and with room in the bonus for three
    /// times as many rows and for credits of any wait.
    pub fn for_changes(instance: &Instance) -> Self {
        Self::with(instance, 0)
    }

    fn with(instance: &Instance, least_places: u32) -> Self {
        let pinned: std::collections::HashSet<u32> =
            instance.pins().iter().map(|(mentee, _)| *mentee).collect();
        let mut places: Vec<u32> = (0_u32..)
            .zip(instance.mentors())
            .map(|(mentor, _)| instance.places(mentor))
            .collect();
        for (_, mentor) in instance.pins() {
            if let Some(places) = usize::try_from(*mentor)
                .ok()
                .and_then(|mentor| places.get_mut(mentor))
            {
                *places = places.saturating_sub(1);
            }
        }
        let rows: Vec<u32> = (0_u32..)
            .zip(instance.mentees())
            .filter(|(position, mentee)| {
                mentee.person.standing == Standing::Ready
                    && !instance.is_locked(*position)
                    && !pinned.contains(position)
            })
            .map(|(position, _)| position)
            .collect();
        let open = |mentor: &&Mentor| mentor.person.standing == Standing::Ready;
        let mut cols: Vec<(u32, u32)> = (0_u32..)
            .zip(instance.mentors())
            .zip(&places)
            .filter(|((_, mentor), places)| open(mentor) && **places >= least_places)
            .map(|((position, _), places)| (position, *places))
            .collect();
        cols.sort_by_cached_key(|(mentor, _)| {
            get(instance.mentors(), *mentor).map(|mentor| sort_key(instance, mentor))
        });
        let (cols, cap) = cols.into_iter().unzip();
        let mut task = Self {
            bonus: 0,
            base: Vec::new(),
            rows,
            cols,
            cap,
        };
        task.bonus = task.coverage_bonus(instance, least_places == 0);
        task.base = task
            .rows
            .iter()
            .map(|mentee| certificate::base(instance, task.bonus, *mentee))
            .collect();
        task
    }

    /// One more matched pair must outweigh what all other pairs together could lose.
    fn coverage_bonus(&self, instance: &Instance, ample: bool) -> i64 {
        if instance.settings().objective != Objective::Coverage {
            return 0;
        }
        let credit = self
            .rows
            .iter()
            .map(|mentee| instance.waiting_credit(*mentee))
            .max()
            .unwrap_or(0);
        let credit = if ample {
            instance.settings().waiting_credit(u32::MAX)
        } else {
            credit
        };
        let rows = i64::try_from(self.rows.len()).unwrap_or(i64::MAX);
        let most_pairs = if ample { 3 * rows + 10_000 } else { rows };
        (most_pairs + 1) * (i64::from(FULL_SCORE) + credit + 1)
    }
}

/// Mentors of like occupations stand together, so that whole blocks can be skipped; who has worked in
/// fields that are nothing alike stands apart at the end, where they spoil no block's bound.
fn sort_key(instance: &Instance, mentor: &Mentor) -> (bool, u32, u128) {
    let similarity = &instance.similarity;
    let first = mentor
        .occupations
        .iter()
        .max_by_key(|experience| (experience.permille, u16::MAX - experience.occupation));
    let Some(first) = first.map(|experience| experience.occupation) else {
        return (true, u32::MAX, mentor.person.key);
    };
    let mixed = mentor
        .occupations
        .iter()
        .any(|other| similarity.get(first, other.occupation) == 0);
    (mixed, similarity.rank(first), mentor.person.key)
}
