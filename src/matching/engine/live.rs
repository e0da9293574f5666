//! A matching that is kept: change by change the best again, from the stored prices.
//!
//! A coordinator pins, bans, opens a place; a mentee joins or leaves. Each is one search in the priced
//! graph, not a new run, and is proved again: where a price fell, all pairs that could violate are priced
//! densely. Clone it, change the clone, and compare: that is a draft run. Not for the stable objective.
#![expect(
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "rows and columns are positions that the task made; positions from outside are checked first"
)]

mod resume;

pub use resume::{confirm, is_open};

use std::sync::Arc;

use super::certificate;
use super::error::EngineError;
use super::facts::{Exclusion, Mentee, Rule, Standing};
use super::instance::{Instance, check_mentee};
use super::kernel::Kernel;
use super::outcome::{Certificate, CheckMethod, Outcome};
use super::pair::{assess, broken_rules, most_score};
use super::scan::{Audience, Candidates, Layout, Scanner};
use super::settings::Objective;
use super::solve::{Clock, Found, KEEP, KEEP_VIOLATING, Options, assign_candidates, outcome};
use super::sparse::{Edge, Sparse};
use super::task::Task;

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

/// An instance with its best set and prices.
#[derive(Clone)]
pub struct Live {
    instance: Instance,
    task: Task,
    layout: Arc<Layout>,
    sparse: Sparse,
    thresholds: Vec<i32>,
    /// Row of each mentee, if there is one.
    row_of: Vec<Option<u32>>,
    kernel: Kernel,
    /// So many rows the bonus for coverage outweighs; see [`Task::for_changes`].
    most_rows: usize,
}

impl Live {
    /// Solves an instance and keeps it.
    ///
    /// # Errors
    /// As [`solve`](super::solve::solve); the stable objective is refused.
    pub fn new(instance: Instance, options: &Options) -> Result<Self, EngineError> {
        if instance.settings().objective == Objective::Stable {
            return Err(EngineError::SettingOutOfRange("objective"));
        }
        let kernel = options.kernel.unwrap_or_else(Kernel::best);
        let task = Task::for_changes(&instance);
        let layout = Layout::new(&instance, &task, Audience::Anybody);
        let scanner = Scanner {
            instance: &instance,
            task: &task,
            layout: &layout,
            kernel,
        };
        let solved = options.in_pool(|| {
            assign_candidates(
                &scanner,
                &task.base,
                &task.cap,
                options,
                &mut Clock::default(),
            )
        })?;
        let (mut sparse, thresholds) = (solved.sparse, solved.thresholds);
        sparse.be_ready();
        let most_rows = 3 * task.rows.len() + 10_000;
        let mut row_of = vec![None; instance.mentees.len()];
        (0_u32..)
            .zip(&task.rows)
            .for_each(|(row, mentee)| row_of[*mentee as usize] = Some(row));
        Ok(Self {
            layout: Arc::new(layout),
            instance,
            task,
            sparse,
            thresholds,
            row_of,
            kernel,
            most_rows,
        })
    }

    /// The instance as it is now.
    #[must_use]
    pub fn instance(&self) -> &Instance {
        &self.instance
    }

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

    /// The current best set in full, with its certificate by prices (and, if `audit`, over all pairs by
    /// the plain definition).
    ///
    /// # Errors
    /// [`EngineError::CertificateRefuted`] if the checker finds a fault.
    pub fn outcome(&self, audit: bool) -> Result<Outcome, EngineError> {
        let mut found = outcome(
            &self.instance,
            &self.task,
            &Found::priced(&self.task, &self.sparse),
        );
        certificate::check_feasible(&self.instance, &found)
            .map_err(EngineError::CertificateRefuted)?;
        let (primal, dual) = certificate::check_prices(&self.instance, &found)
            .map_err(EngineError::CertificateRefuted)?;
        let violations = if audit {
            certificate::violations(&self.instance, &found, &self.task.rows)
        } else {
            0
        };
        let method = if audit {
            CheckMethod::Definition
        } else {
            CheckMethod::Scan
        };
        let pairs = u64::from(found.statistics.mentees) * u64::from(found.statistics.mentors);
        found.certificate = Certificate {
            primal,
            dual,
            violations,
            pairs,
            method,
        };
        if violations == 0 {
            Ok(found)
        } else {
            Err(EngineError::CertificateRefuted(format!(
                "{violations} pairs have a profit"
            )))
        }
    }

    fn scanner(&self) -> Scanner<'_> {
        Scanner {
            instance: &self.instance,
            task: &self.task,
            layout: &self.layout,
            kernel: self.kernel,
        }
    }

    /// Takes in what violates until nothing does. What can have begun to violate since the last change is
    /// little: rows whose price fell, against everybody, and columns whose price fell, against the rows whose
    /// list does not reach down to their price.
    fn price_again(&mut self) -> Result<(), EngineError> {
        loop {
            let fallen = self.sparse.take_fallen();
            let dropped = self.sparse.take_dropped();
            let open = |row: &u32| {
                let surplus = self.sparse.surplus(*row);
                let is_open = self.sparse.is_active(*row)
                    && i64::from(self.thresholds[*row as usize]) > surplus;
                is_open.then_some((*row, surplus))
            };
            let rows: Vec<(u32, i64)> = fallen.iter().filter_map(open).collect();
            let mut violating = if rows.is_empty() {
                Vec::new()
            } else {
                self.scanner()
                    .violating(&rows, self.sparse.prices(), KEEP_VIOLATING)
            };
            if !dropped.is_empty() {
                let all = (0..self.sparse.rows()).filter_map(|row| open(&row));
                for (row, surplus) in all {
                    let edges = self.violating_among(&dropped, row, surplus);
                    if !edges.is_empty() {
                        violating.push((row, edges));
                    }
                }
                violating.sort_by_key(|(row, _)| *row);
                violating.dedup_by(|later, earlier| {
                    let is_same = later.0 == earlier.0;
                    if is_same {
                        earlier.1.append(&mut later.1);
                    }
                    is_same
                });
            }
            if violating.is_empty() {
                return Ok(());
            }
            self.sparse.add_candidates(&violating);
        }
    }

    /// The candidates of a row among a few columns that violate the prices, by the definition of a pair.
    fn violating_among(&self, cols: &[u32], row: u32, surplus: i64) -> Vec<Edge> {
        let mentee = self.task.rows[row as usize];
        let most = i64::from(self.thresholds[row as usize]);
        let prices = self.sparse.prices();
        let violates = |col: &u32| {
            let bar = surplus + prices[*col as usize];
            let mentor = self.task.cols[*col as usize];
            if most <= bar
                || i64::from(most_score(&self.instance, mentee, mentor)) <= bar
                || self.sparse.list(row).iter().any(|edge| edge.col == *col)
            {
                return None;
            }
            let fit = assess(&self.instance, mentee, mentor).ok()?.total();
            (i64::from(fit) > bar).then_some(Edge { col: *col, fit })
        };
        cols.iter().filter_map(violates).collect()
    }

    fn arrive(&mut self, mentee: &Mentee) -> Result<(), EngineError> {
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
                side: super::error::Side::Mentee,
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
    fn take_in(&mut self, mentee: u32) {
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

    fn take_out(&mut self, mentee: u32) {
        if let Some(row) = self.row_of[mentee as usize].filter(|row| self.sparse.is_active(*row)) {
            self.sparse.leave(row);
        }
    }

    fn is_in(&self, mentee: u32) -> bool {
        self.row_of[mentee as usize].is_some_and(|row| self.sparse.is_active(row))
    }

    fn known(&self, mentee: u32) -> Result<usize, EngineError> {
        match self.instance.mentees.get(mentee as usize) {
            Some(_) => Ok(mentee as usize),
            None => Err(EngineError::UnknownPair {
                what: "change",
                mentee,
                mentor: 0,
            }),
        }
    }

    fn known_pair(&self, mentee: u32, mentor: u32) -> Result<(), EngineError> {
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

    fn free(&self, mentee: u32) -> Result<usize, EngineError> {
        let position = self.known(mentee)?;
        let bound = self.instance.held[position] || self.instance.pinned_to(mentee).is_some();
        if bound {
            Err(EngineError::PinnedTwice { mentee })
        } else {
            Ok(position)
        }
    }

    fn set_standing(&mut self, mentee: u32, standing: Standing) -> Result<(), EngineError> {
        let position = self.free(mentee)?;
        self.instance.mentees[position].person.standing = standing;
        match (standing, self.is_in(mentee)) {
            (Standing::Ready, false) => self.take_in(mentee),
            (Standing::Ready, true) | (_, false) => {}
            (_, true) => self.take_out(mentee),
        }
        Ok(())
    }

    fn edit(&mut self, mentee: u32, facts: &Mentee) -> Result<(), EngineError> {
        let position = self.free(mentee)?;
        if self.instance.mentees[position].person.key != facts.person.key {
            return Err(EngineError::FactOutOfRange {
                side: super::error::Side::Mentee,
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
    fn wait(&mut self, mentee: u32, days: u32) -> Result<(), EngineError> {
        let position = self.known(mentee)?;
        self.instance.mentees[position].waiting_days = days;
        if let Some(row) = self.row_of[position] {
            let base = certificate::base(&self.instance, self.task.bonus, mentee);
            let before = std::mem::replace(&mut self.task.base[row as usize], base);
            self.sparse.shift_base(row, base - before);
        }
        Ok(())
    }

    fn set_capacity(&mut self, mentor: u32, capacity: u32) -> Result<(), EngineError> {
        let pins = self
            .instance
            .pins
            .iter()
            .filter(|(_, pinned)| *pinned == mentor)
            .count() as u32;
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

    fn open_places(&mut self, mentor: u32, places: u32) {
        if let Some(col) = self.layout.column(mentor) {
            self.task.cap[col as usize] = places;
            self.sparse.set_capacity(col, places);
        }
    }

    fn ban(&mut self, mentee: u32, mentor: u32, why: Exclusion) -> Result<(), EngineError> {
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

    fn allow(&mut self, mentee: u32, mentor: u32) -> Result<(), EngineError> {
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

    fn pin(&mut self, mentee: u32, mentor: u32) -> Result<(), EngineError> {
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
        let pins = 1 + self
            .instance
            .pins
            .iter()
            .filter(|(_, pinned)| *pinned == mentor)
            .count() as u32;
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

    fn unpin(&mut self, mentee: u32) -> Result<(), EngineError> {
        self.known(mentee)?;
        let Some(mentor) = self.instance.pinned_to(mentee) else {
            return Ok(());
        };
        self.instance.pins.retain(|(pinned, _)| *pinned != mentee);
        let pins = self
            .instance
            .pins
            .iter()
            .filter(|(_, pinned)| *pinned == mentor)
            .count() as u32;
        self.open_places(mentor, self.instance.places(mentor) - pins);
        self.take_in(mentee);
        Ok(())
    }
}
