//! What can change in a matching that is kept, and what is asked of every change before anything is touched.

use super::Live;
use crate::matching::engine::error::EngineError;
use crate::matching::engine::facts::{Exclusion, Mentee, Standing};

/// A change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A new mentee (gets the next position). Refused when three times as many (and ten thousand) came as
    /// were there at first: then solve afresh.
    Arrive(Box<Mentee>),
    /// A mentee takes no part any more.
    Leave(u32),
    /// A mentee who left takes part again.
    Return(u32),
    /// A mentee's facts changed (the person's key stays).
    Edit(u32, Box<Mentee>),
    /// A mentee has waited for so many days.
    Wait {
        /// The mentee.
        mentee: u32,
        /// Whole days.
        days: u32,
    },
    /// A mentor has so many places (locked pairs included).
    Capacity {
        /// The mentor.
        mentor: u32,
        /// Places.
        capacity: u32,
    },
    /// A pair is excluded.
    Ban {
        /// The mentee.
        mentee: u32,
        /// The mentor.
        mentor: u32,
        /// Why.
        why: Exclusion,
    },
    /// An exclusion is lifted.
    Allow {
        /// The mentee.
        mentee: u32,
        /// The mentor.
        mentor: u32,
    },
    /// A pair must be.
    Pin {
        /// The mentee.
        mentee: u32,
        /// The mentor.
        mentor: u32,
    },
    /// A pin is lifted.
    Unpin(u32),
}

impl Live {
    /// Makes one change and restores the best set; proved densely before it returns.
    ///
    /// # Errors
    /// What is wrong with the change, by name; then nothing has changed.
    pub fn apply(&mut self, change: &Change) -> Result<(), EngineError> {
        match change {
            Change::Arrive(mentee) => self.arrive(mentee)?,
            Change::Leave(mentee) => self.set_standing(*mentee, Standing::NotActive)?,
            Change::Return(mentee) => self.set_standing(*mentee, Standing::Ready)?,
            Change::Edit(mentee, facts) => self.edit(*mentee, facts)?,
            Change::Wait { mentee, days } => self.wait(*mentee, *days)?,
            Change::Capacity { mentor, capacity } => self.set_capacity(*mentor, *capacity)?,
            Change::Ban {
                mentee,
                mentor,
                why,
            } => self.ban(*mentee, *mentor, *why)?,
            Change::Allow { mentee, mentor } => self.allow(*mentee, *mentor)?,
            Change::Pin { mentee, mentor } => self.pin(*mentee, *mentor)?,
            Change::Unpin(mentee) => self.unpin(*mentee)?,
        }
        self.price_again()
    }

    pub(super) fn known(&self, mentee: u32) -> Result<usize, EngineError> {
        match self.instance.mentees.get(mentee as usize) {
            Some(_) => Ok(mentee as usize),
            None => Err(EngineError::UnknownPair {
                what: "change",
                mentee,
                mentor: 0,
            }),
        }
    }

    pub(super) fn known_pair(&self, mentee: u32, mentor: u32) -> Result<(), EngineError> {
        self.known(mentee)?;
        match self.instance.mentors.get(mentor as usize) {
            Some(_) => Ok(()),
            None => Err(EngineError::UnknownPair {
                what: "change",
                mentee,
                mentor,
            }),
        }
    }

    pub(super) fn free(&self, mentee: u32) -> Result<usize, EngineError> {
        let position = self.known(mentee)?;
        let bound = self.instance.held[position] || self.instance.pinned_to(mentee).is_some();
        if bound {
            Err(EngineError::PinnedTwice { mentee })
        } else {
            Ok(position)
        }
    }
}
