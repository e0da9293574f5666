//! Pairs that must not be, and pairs that must.

use super::Live;
use crate::matching::engine::error::EngineError;
use crate::matching::engine::facts::{Exclusion, Rule};
use crate::matching::engine::pair::{assess, broken_rules};

impl Live {
    pub(super) fn ban(
        &mut self,
        mentee: u32,
        mentor: u32,
        why: Exclusion,
    ) -> Result<(), EngineError> {
        self.known_pair(mentee, mentor)?;
        if self.instance.pinned_to(mentee) == Some(mentor) {
            return Err(EngineError::PinBreaksRule {
                mentee,
                mentor,
                rule: why.rule(),
            });
        }
        let list = &mut self.instance.exclusions;
        match list.binary_search_by_key(&(mentee, mentor), |(i, j, _)| (*i, *j)) {
            Ok(at) => list[at].2 = why,
            Err(at) => list.insert(at, (mentee, mentor, why)),
        }
        self.set_pair(mentee, mentor);
        Ok(())
    }

    pub(super) fn allow(&mut self, mentee: u32, mentor: u32) -> Result<(), EngineError> {
        self.known_pair(mentee, mentor)?;
        self.instance
            .exclusions
            .retain(|(i, j, _)| (*i, *j) != (mentee, mentor));
        self.set_pair(mentee, mentor);
        Ok(())
    }

    /// Brings the list of a mentee up to date with the definition for one mentor.
    fn set_pair(&mut self, mentee: u32, mentor: u32) {
        if let (Some(row), Some(col)) = (self.row_of[mentee as usize], self.layout.column(mentor)) {
            let fit = assess(&self.instance, mentee, mentor)
                .ok()
                .map(|parts| parts.total());
            self.sparse.set_edge(row, col, fit);
        }
    }

    pub(super) fn pin(&mut self, mentee: u32, mentor: u32) -> Result<(), EngineError> {
        self.known_pair(mentee, mentor)?;
        self.free(mentee)?;
        let broken = broken_rules(&self.instance, mentee, mentor)
            .into_iter()
            .find(|rule| *rule != Rule::BelowFloor);
        if let Some(rule) = broken {
            return Err(EngineError::PinBreaksRule {
                mentee,
                mentor,
                rule,
            });
        }
        let pins = 1 + self.pins_of(mentor);
        let places = self.instance.places(mentor);
        if pins > places {
            return Err(EngineError::PinsExceedCapacity {
                mentor,
                places,
                pins,
            });
        }
        self.take_out(mentee);
        self.instance.pins.push((mentee, mentor));
        self.open_places(mentor, places - pins);
        Ok(())
    }

    pub(super) fn unpin(&mut self, mentee: u32) -> Result<(), EngineError> {
        self.known(mentee)?;
        let Some(mentor) = self.instance.pinned_to(mentee) else {
            return Ok(());
        };
        self.instance.pins.retain(|(pinned, _)| *pinned != mentee);
        let pins = self.pins_of(mentor);
        self.open_places(mentor, self.instance.places(mentor) - pins);
        self.take_in(mentee);
        Ok(())
    }

    /// How many pairs with a mentor must be.
    pub(super) fn pins_of(&self, mentor: u32) -> u32 {
        let pins = self.instance.pins.iter();
        pins.filter(|(_, pinned)| *pinned == mentor).count() as u32
    }
}
