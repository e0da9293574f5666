//! Mentees come, go, wait and change; mentors get more places or fewer.

use std::sync::Arc;

use super::Live;
use crate::matching::engine::certificate;
use crate::matching::engine::error::{EngineError, Side};
use crate::matching::engine::facts::{Mentee, Standing};
use crate::matching::engine::instance::check_mentee;
use crate::matching::engine::solve::KEEP;

impl Live {
    pub(super) fn arrive(&mut self, mentee: &Mentee) -> Result<(), EngineError> {
        let position = u32::try_from(self.instance.mentees.len()).unwrap_or(u32::MAX);
        if self.task.rows.len() >= self.most_rows {
            let limit = u32::try_from(self.most_rows).unwrap_or(u32::MAX);
            return Err(EngineError::TooManyPeople { limit });
        }
        check_mentee(
            &self.instance.settings,
            &self.instance.similarity,
            position,
            mentee,
        )?;
        let key = mentee.person.key;
        if let Some(first) = self
            .instance
            .mentees
            .iter()
            .position(|other| other.person.key == key)
        {
            let first = u32::try_from(first).unwrap_or(u32::MAX);
            return Err(EngineError::DuplicatePerson {
                side: Side::Mentee,
                first,
                second: position,
            });
        }
        let same = self
            .instance
            .mentors
            .iter()
            .position(|mentor| mentor.person.key == key);
        self.instance.mentees.push(mentee.clone());
        self.instance
            .same_person
            .push(same.and_then(|mentor| u32::try_from(mentor).ok()));
        self.instance.held.push(false);
        self.row_of.push(None);
        self.take_in(position);
        Ok(())
    }

    /// Gives a mentee a row, if there is none, and brings it in.
    pub(super) fn take_in(&mut self, mentee: u32) {
        let row = match self.row_of[mentee as usize] {
            Some(row) => row,
            None => {
                let row = self.task.rows.len() as u32;
                self.task.rows.push(mentee);
                self.task.base.push(0);
                self.thresholds.push(i32::MIN);
                self.sparse.add_row(Vec::new(), 0);
                Arc::make_mut(&mut self.layout).add_row(row);
                self.row_of[mentee as usize] = Some(row);
                row
            }
        };
        let base = certificate::base(&self.instance, self.task.bonus, mentee);
        let found = self.scanner().best_of_row(row, KEEP);
        self.task.base[row as usize] = base;
        self.thresholds[row as usize] = found.threshold;
        self.sparse.replace_row(row, found.list, base);
        self.sparse.join(row);
    }

    pub(super) fn take_out(&mut self, mentee: u32) {
        if let Some(row) = self.row_of[mentee as usize].filter(|row| self.sparse.is_active(*row)) {
            self.sparse.leave(row);
        }
    }

    fn is_in(&self, mentee: u32) -> bool {
        self.row_of[mentee as usize].is_some_and(|row| self.sparse.is_active(row))
    }

    pub(super) fn set_standing(
        &mut self,
        mentee: u32,
        standing: Standing,
    ) -> Result<(), EngineError> {
        let position = self.free(mentee)?;
        self.instance.mentees[position].person.standing = standing;
        match (standing, self.is_in(mentee)) {
            (Standing::Ready, false) => self.take_in(mentee),
            (Standing::Ready, true) | (_, false) => {}
            (_, true) => self.take_out(mentee),
        }
        Ok(())
    }

    pub(super) fn edit(&mut self, mentee: u32, facts: &Mentee) -> Result<(), EngineError> {
        let position = self.free(mentee)?;
        if self.instance.mentees[position].person.key != facts.person.key {
            return Err(EngineError::FactOutOfRange {
                side: Side::Mentee,
                position: mentee,
                fact: "key",
            });
        }
        check_mentee(
            &self.instance.settings,
            &self.instance.similarity,
            mentee,
            facts,
        )?;
        self.take_out(mentee);
        self.instance.mentees[position] = facts.clone();
        if let Some(row) = self.row_of[position] {
            Arc::make_mut(&mut self.layout).move_row(row);
        }
        if facts.person.standing == Standing::Ready {
            self.take_in(mentee);
        }
        Ok(())
    }

    /// Nobody's choice changes by it: only what being matched at all is worth to the mentee.
    pub(super) fn wait(&mut self, mentee: u32, days: u32) -> Result<(), EngineError> {
        let position = self.known(mentee)?;
        self.instance.mentees[position].waiting_days = days;
        if let Some(row) = self.row_of[position] {
            let base = certificate::base(&self.instance, self.task.bonus, mentee);
            let before = std::mem::replace(&mut self.task.base[row as usize], base);
            self.sparse.shift_base(row, base - before);
        }
        Ok(())
    }

    pub(super) fn set_capacity(&mut self, mentor: u32, capacity: u32) -> Result<(), EngineError> {
        let pins = self.pins_of(mentor);
        let locked = self
            .instance
            .locked
            .iter()
            .filter(|(_, held)| *held == mentor)
            .count() as u32;
        let Some(person) = self.instance.mentors.get_mut(mentor as usize) else {
            return Err(EngineError::UnknownPair {
                what: "change",
                mentee: 0,
                mentor,
            });
        };
        let places = capacity.saturating_sub(locked);
        if places < pins {
            return Err(EngineError::PinsExceedCapacity {
                mentor,
                places,
                pins,
            });
        }
        person.capacity = capacity;
        self.instance.places[mentor as usize] = places;
        self.open_places(mentor, places - pins);
        Ok(())
    }

    pub(super) fn open_places(&mut self, mentor: u32, places: u32) {
        if let Some(col) = self.layout.column(mentor) {
            self.task.cap[col as usize] = places;
            self.sparse.set_capacity(col, places);
        }
    }
}
