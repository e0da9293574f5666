//! What the masks say: who is admissible as far as they know, and which points they add.

use super::{Columns, Professions, Row};

/// What the masks say about every block for one row.
#[derive(Default)]
pub struct Plan {
    /// Mentors of each block that no mask excludes.
    pub admissible: Vec<u64>,
    /// No mentor of the block gets more than this from the additions.
    pub most: Vec<i16>,
    /// Points of each addition, twice in a 32-bit number.
    points: Vec<i32>,
    /// Who gets them: a mask for each addition and block.
    masks: Vec<u64>,
}

impl Plan {
    fn begin(&mut self, blocks: usize) {
        self.admissible.clear();
        self.admissible.resize(blocks, 0);
        self.most.clear();
        self.most.resize(blocks, 0);
        self.points.clear();
        self.masks.clear();
    }

    /// Points of each addition, each number twice (lower and upper half).
    #[inline(always)]
    pub fn points(&self) -> &[i32] {
        &self.points
    }

    /// The mentors of a block who get an addition.
    #[inline(always)]
    pub fn mask(&self, add: usize, block: usize) -> u64 {
        self.masks[add * self.admissible.len() + block]
    }

    #[inline(always)]
    fn name_points(&mut self, points: i16) {
        self.points
            .push(i32::from(points) << 16 | i32::from(points));
    }

    /// Points for the mentors of any of these masks.
    #[inline(always)]
    fn add(&mut self, all: &[u64], offsets: impl Iterator<Item = usize>, points: i16) {
        let from = self.masks.len();
        let blocks = self.admissible.len();
        for offset in offsets {
            let mask = &all[offset..offset + blocks];
            if self.masks.len() == from {
                self.masks.extend_from_slice(mask);
            } else {
                let own = self.masks[from..].iter_mut();
                own.zip(mask).for_each(|(own, mask)| *own |= mask);
            }
        }
        if self.masks.len() > from {
            self.name_points(points);
            let most = self.most.iter_mut().zip(&self.masks[from..]);
            most.for_each(|(most, mask)| *most += if *mask != 0 { points } else { 0 });
        }
    }
}

impl Columns {
    /// What the masks say about every block: in one go, so that the compiler can take many blocks at once.
    #[inline(always)]
    pub fn plan(&self, row: &Row, professions: &Professions, plan: &mut Plan) {
        plan.begin(self.blocks);
        self.plan_places(row, plan);
        let of = |offset: &usize| &self.masks[*offset..*offset + self.blocks];
        let admissible = &mut plan.admissible;
        for offset in &row.required {
            let masks = admissible.iter_mut().zip(of(offset));
            masks.for_each(|(own, mask)| *own &= mask);
        }
        for offset in &row.forbidden {
            let masks = admissible.iter_mut().zip(of(offset));
            masks.for_each(|(own, mask)| *own &= !mask);
        }
        if !row.excluded_cols.is_empty() {
            let masks = admissible.iter_mut().zip(&row.excluded);
            masks.for_each(|(own, mask)| *own &= !mask);
        }
        let masks = admissible.iter_mut().zip(&professions.enough);
        masks.for_each(|(own, mask)| *own &= mask);
        for (offset, points) in &row.adds {
            plan.add(&self.masks, [*offset].into_iter(), *points);
        }
        let (elsewhere, same) = row.licence_points;
        let offsets = row.licence_professions.iter().copied();
        plan.add(&self.masks, offsets, elsewhere);
        let offsets = row.exact_licences.iter().copied();
        plan.add(&self.masks, offsets, same);
        let offsets = row.mentor_wants.iter().copied();
        plan.add(&self.masks, offsets, row.mentor_wish_points);
    }

    /// The four ways of meeting, of which each mentor is in one at most.
    #[inline(always)]
    fn plan_places(&self, row: &Row, plan: &mut Plan) {
        let blocks = self.blocks;
        let of = |offset: usize| &self.masks[offset..offset + blocks];
        let (remote, in_person) = (of(row.remote), of(row.in_person));
        let (city, reach, province) = (of(row.city), of(row.reach), of(row.province));
        plan.masks.resize(4 * blocks, 0);
        let (same_city, rest) = plan.masks.split_at_mut(blocks);
        let (in_reach, rest) = rest.split_at_mut(blocks);
        let (same_province, far) = rest.split_at_mut(blocks);
        let (admissible, most) = (&mut plan.admissible[..blocks], &mut plan.most[..blocks]);
        let points = self.place_points;
        for block in 0..blocks {
            let here = in_person[block] & city[block];
            let near = in_person[block] & reach[block] & !here;
            let met = here | near;
            let alike = remote[block] & (city[block] | province[block]) & !met;
            let away = remote[block] & !(met | alike);
            (same_city[block], in_reach[block]) = (here, near);
            (same_province[block], far[block]) = (alike, away);
            admissible[block] = met | alike | away;
            // They come by falling points.
            let least = if alike != 0 { points[2] } else { points[3] };
            let middle = if near != 0 { points[1] } else { least };
            most[block] = if here != 0 { points[0] } else { middle };
        }
        points
            .into_iter()
            .for_each(|points| plan.name_points(points));
    }
}
