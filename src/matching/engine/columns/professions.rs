//! The profession part of a mentee's targets against all mentors at once.

use std::sync::Arc;

use super::super::facts::OccupationId;
use super::super::instance::Instance;
use super::{BLOCK, Columns};

/// The profession part of a set of targets against all mentors.
pub struct Professions {
    /// Points per mentor.
    pub points: Arc<Vec<i16>>,
    /// Most points in a block.
    pub most: Vec<i16>,
    /// Blocks, most points first.
    pub order: Vec<u32>,
    /// Mentors that reach the programme's least likeness (empty: no such rule).
    pub enough: Vec<u64>,
}

impl Columns {
    /// The profession part of these targets against all mentors.
    pub fn professions(&self, instance: &Instance, targets: &[OccupationId]) -> Professions {
        let points = match targets {
            [target] => self.of_target(instance, *target),
            _ => {
                let mut points = vec![0_i16; self.blocks * BLOCK];
                for target in targets {
                    let other = self.of_target(instance, *target);
                    let both = points.iter_mut().zip(other.iter());
                    both.for_each(|(points, other)| *points = (*points).max(*other));
                }
                Arc::new(points)
            }
        };
        let best = |block: &[i16]| block.iter().fold(0, |most, points| most.max(*points));
        let most: Vec<i16> = points.chunks_exact(BLOCK).map(best).collect();
        // Blocks by falling points; those without any, mostly the many, stay in their order behind.
        let (mut order, without): (Vec<u32>, Vec<u32>) =
            (0..self.blocks as u32).partition(|block| most[*block as usize] > 0);
        order.sort_unstable_by_key(|block| (std::cmp::Reverse(most[*block as usize]), *block));
        order.extend(without);
        Professions {
            points,
            most,
            order,
            enough: self.alike_enough(instance, targets),
        }
    }

    /// The points of one target, kept where there is room.
    fn of_target(&self, instance: &Instance, target: OccupationId) -> Arc<Vec<i16>> {
        let most_points = u32::from(instance.points.profession);
        let make = || {
            let mut points = vec![0_i16; self.blocks * BLOCK];
            self.each_alike(instance, target, |col, likeness| {
                let value = (most_points * likeness / 1000) as i16;
                points[col] = points[col].max(value);
            });
            Arc::new(points)
        };
        match self.of_targets.get(usize::from(target)) {
            Some(kept) => kept.get_or_init(make).clone(),
            None => make(),
        }
    }

    /// Mentors that reach the programme's least likeness; empty without such a rule.
    fn alike_enough(&self, instance: &Instance, targets: &[OccupationId]) -> Vec<u64> {
        let least = u32::from(instance.settings.least_profession_permille);
        if least == 0 {
            return Vec::new();
        }
        let mut enough = vec![0_u64; self.blocks];
        for target in targets {
            self.each_alike(instance, *target, |col, likeness| {
                enough[col / BLOCK] |= u64::from(likeness >= least) << (col % BLOCK);
            });
        }
        enough
    }

    /// Every mentor with an occupation like the target, and the likeness after the discount, per mille.
    #[inline]
    fn each_alike(
        &self,
        instance: &Instance,
        target: OccupationId,
        mut take: impl FnMut(usize, u32),
    ) {
        let alike = instance.similarity.row(target);
        for (postings, alike) in self.postings.iter().zip(alike).filter(|(_, a)| **a > 0) {
            for (col, permille) in postings {
                take(
                    *col as usize,
                    u32::from(*alike) * u32::from(*permille) / 1000,
                );
            }
        }
    }
}
