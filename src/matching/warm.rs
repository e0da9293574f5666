//! Starting from a run's stored prices: the run as it was frozen becomes, change by change, what is asked for now.
//!
//! ```text
//!  frozen run ── Live::resume (its certificate is checked over all pairs) ──▶ Live
//!     Live ── what has changed among the people since ──▶ before ── what the draft changes ──▶ after
//! ```
//!
//! What comes out is put to the checker against the very instance that a fresh solve would be given ([`confirm`]),
//! so that a change that was translated wrongly cannot pass for an answer. Whatever cannot be said as changes, or is
//! no shorter that way, is solved afresh, and the answer says why ([`Afresh`]).

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use crate::kernel::ids::{MatchRunId, ParticipationId};
use crate::matching::engine::{
    Change, EngineError, Instance, Live, Mentee, Mentor, Objective, Options, Outcome, Standing,
    confirm, is_open,
};
use crate::matching::frozen::Frozen;
use crate::matching::inputs::{Inputs, Row};
use crate::matching::run::Prepared;

crate::text_enum! {
    /// How the two sides of a comparison were found. Both are proved.
    #[schema(as = WhatIfMethod)]
    pub enum Method {
        /// From the prices of the newest run, change by change.
        Changed => "changed-from-stored-prices",
        /// From nothing.
        Afresh => "solved-afresh",
    }
}

crate::text_enum! {
    /// Why a comparison was solved afresh.
    #[schema(as = WhatIfAfresh)]
    pub enum Afresh {
        /// The programme has no finished run.
        NoRun => "no-run",
        /// The run was made by another version of the engine.
        OtherVersion => "other-version",
        /// Stable sets have no prices.
        StableObjective => "stable-objective",
        /// Weights, floors, rules or the weeks of the programme are not those of the run.
        SettingsDiffer => "settings-differ",
        /// A mentor who was proposed to somebody has changed their file.
        PeopleDiffer => "people-differ",
        /// So much has changed since the run that solving is quicker.
        TooManyChanges => "too-many-changes",
        /// The stored prices, or the changed ones, did not pass the checker.
        NotProved => "not-proved",
    }
}

#[cfg(test)]
mod tests;

/// Changes beside waiting days that are worth making: so many, and one for every eighth mentee.
const WORTH_CHANGES: usize = 64;

/// A kept matching with the people behind its positions.
#[derive(Clone)]
pub struct Warm {
    live: Live,
    mentees: Vec<ParticipationId>,
    mentors: Vec<ParticipationId>,
}

/// The newest run that was gone on from, as it was frozen: the next draft needs no scan. At 4,000 people a side it
/// takes some thirty megabytes, so there is one.
static LAST: Mutex<Option<(MatchRunId, Arc<Warm>)>> = Mutex::new(None);

/// Both sides of a comparison from the prices of a finished run.
///
/// # Errors
/// Why they have to be solved afresh.
pub fn both(
    run: MatchRunId,
    frozen: &Frozen,
    before: &Prepared,
    after: &Prepared,
    options: &Options,
) -> Result<(Outcome, Outcome), Afresh> {
    if frozen.inputs.settings.objective == Objective::Stable {
        return Err(Afresh::StableObjective);
    }
    let settings = &frozen.inputs.settings;
    if before.inputs.settings != *settings || after.inputs.settings != *settings {
        return Err(Afresh::SettingsDiffer);
    }
    let mut warm = start(run, frozen, &before.inputs, options)?;
    warm.change_to(before)?;
    let was = warm.outcome(&before.instance)?;
    warm.change_to(after)?;
    let is = warm.outcome(&after.instance)?;
    Ok((was, is))
}

fn start(
    run: MatchRunId,
    frozen: &Frozen,
    now: &Inputs,
    options: &Options,
) -> Result<Warm, Afresh> {
    let base = base(frozen, now)?;
    let as_frozen = base == frozen.inputs;
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, warm)) = last.as_ref().filter(|(id, _)| as_frozen && *id == run) {
        return Ok(Warm::clone(warm));
    }
    let instance = base.instance().map_err(not_proved)?;
    let live = Live::resume(instance, &frozen.outcome, options).map_err(not_proved)?;
    let warm = Warm {
        live,
        mentees: base
            .mentees
            .iter()
            .map(|row| row.participation_id)
            .collect(),
        mentors: base
            .mentors
            .iter()
            .map(|row| row.participation_id)
            .collect(),
    };
    if as_frozen {
        *last = Some((run, Arc::new(warm.clone())));
    }
    Ok(warm)
}

#[expect(clippy::needless_pass_by_value, reason = "it maps errors")]
fn not_proved(error: EngineError) -> Afresh {
    if error != EngineError::Cancelled {
        tracing::warn!(%error, "a run could not be gone on from; it is solved afresh");
    }
    Afresh::NotProved
}

/// The frozen inputs with the numbers of today's words (those of the run first, so that its facts keep theirs), and
/// with mentors who have come or changed since: without a place, so that nothing of the proof depends on them.
fn base(frozen: &Frozen, now: &Inputs) -> Result<Inputs, Afresh> {
    let mut base = frozen.inputs.clone();
    base.occupations.clone_from(&now.occupations);
    base.languages.clone_from(&now.languages);
    base.macrolanguages.clone_from(&now.macrolanguages);
    base.topics.clone_from(&now.topics);
    base.wishes.clone_from(&now.wishes);
    base.towns.clone_from(&now.towns);
    base.provinces.clone_from(&now.provinces);
    base.reach.clone_from(&now.reach);
    let at: HashMap<ParticipationId, usize> = positions(&base.mentors).collect();
    let paired: HashSet<usize> = frozen
        .outcome
        .pairs
        .iter()
        .filter_map(|pair| usize::try_from(pair.mentor).ok())
        .collect();
    for row in &now.mentors {
        let known = at.get(&row.participation_id);
        let before = known.and_then(|at| base.mentors.get_mut(*at));
        let closed = || {
            let mut closed = row.clone();
            closed.facts.capacity = 0;
            closed
        };
        match before {
            None => base.mentors.push(closed()),
            Some(before) if !takes_part_as(&before.facts, &row.facts) => {
                if known.is_some_and(|at| paired.contains(at)) {
                    return Err(Afresh::PeopleDiffer);
                }
                *before = closed();
            }
            Some(_) => {}
        }
    }
    Ok(base)
}

fn positions<T>(rows: &[Row<T>]) -> impl Iterator<Item = (ParticipationId, usize)> {
    rows.iter()
        .enumerate()
        .map(|(at, row)| (row.participation_id, at))
}

/// Whether a mentor can be what they are now by another number of places alone: who is not ready has none.
fn takes_part_as(before: &Mentor, now: &Mentor) -> bool {
    let plain = |mentor: &Mentor| Mentor {
        capacity: 0,
        person: crate::matching::engine::Person {
            key: 0,
            ..mentor.person.clone()
        },
        ..mentor.clone()
    };
    now.person.standing != Standing::Ready || plain(before) == plain(now)
}

impl Warm {
    /// Makes it what a fresh solve would be given.
    fn change_to(&mut self, target: &Prepared) -> Result<(), Afresh> {
        let changes = self.changes(target)?;
        for change in &changes {
            self.live.apply(change).map_err(not_proved)?;
        }
        Ok(())
    }

    /// What has to change, in an order in which nothing is refused.
    fn changes(&mut self, target: &Prepared) -> Result<Vec<Change>, Afresh> {
        let to = &target.instance;
        let wanted: HashMap<ParticipationId, usize> = positions(&target.inputs.mentees).collect();
        let offered: HashMap<ParticipationId, usize> = positions(&target.inputs.mentors).collect();
        let (mut people, mut waits, moved) = self.mentees_changed(to, &wanted);
        let places = self.places_changed(to, &offered)?;
        let came = self.newcomers(to, &target.inputs);
        let theirs = Theirs::of(self, &target.inputs);
        let pins: HashSet<(u32, u32)> = to
            .pins()
            .iter()
            .filter_map(|pair| theirs.pair(*pair))
            .collect();
        if pins.len() != to.pins().len() {
            return Err(Afresh::NotProved);
        }
        let kept = |pin: &&(u32, u32)| pins.contains(pin) && !moved.contains(&pin.0);
        let standing: HashSet<(u32, u32)> = self
            .live
            .instance()
            .pins()
            .iter()
            .filter(kept)
            .copied()
            .collect();
        let unpinned = self.live.instance().pins().iter();
        let mut all: Vec<Change> = unpinned
            .filter(|pin| !standing.contains(pin))
            .map(|(mentee, _)| Change::Unpin(*mentee))
            .collect();
        let (allowed, banned) = self.exclusions_changed(to, &theirs);
        all.extend(allowed);
        all.append(&mut people);
        all.extend(places);
        all.extend(came);
        all.extend(banned);
        let mut new: Vec<&(u32, u32)> = pins.difference(&standing).collect();
        new.sort_unstable();
        all.extend(new.into_iter().map(|(mentee, mentor)| Change::Pin {
            mentee: *mentee,
            mentor: *mentor,
        }));
        if all.len() > WORTH_CHANGES + to.mentees().len() / 8 {
            return Err(Afresh::TooManyChanges);
        }
        waits.append(&mut all);
        Ok(waits)
    }

    /// Mentees who left or changed, those who only waited, and whom the former concern.
    fn mentees_changed(
        &self,
        to: &Instance,
        wanted: &HashMap<ParticipationId, usize>,
    ) -> (Vec<Change>, Vec<Change>, HashSet<u32>) {
        let (mut people, mut waits, mut moved) = (Vec::new(), Vec::new(), HashSet::new());
        let here = (0_u32..)
            .zip(self.live.instance().mentees())
            .zip(&self.mentees);
        for ((at, facts), id) in here {
            let now = wanted.get(id).and_then(|at| to.mentees().get(*at));
            let Some(now) = now else {
                if facts.person.standing == Standing::Ready {
                    people.push(Change::Leave(at));
                    moved.insert(at);
                }
                continue;
            };
            let waited = Mentee {
                waiting_days: now.waiting_days,
                ..facts.clone()
            };
            if waited != *now {
                people.push(Change::Edit(at, Box::new(now.clone())));
                moved.insert(at);
            } else if facts.waiting_days != now.waiting_days {
                waits.push(Change::Wait {
                    mentee: at,
                    days: now.waiting_days,
                });
            }
        }
        (people, waits, moved)
    }

    /// Mentors with other places; who is gone or not ready has none.
    fn places_changed(
        &self,
        to: &Instance,
        offered: &HashMap<ParticipationId, usize>,
    ) -> Result<Vec<Change>, Afresh> {
        let mut changes = Vec::new();
        let here = (0_u32..)
            .zip(self.live.instance().mentors())
            .zip(&self.mentors);
        for ((mentor, facts), id) in here {
            let now = offered.get(id).and_then(|at| to.mentors().get(*at));
            if now.is_some_and(|now| !takes_part_as(facts, now)) {
                return Err(Afresh::PeopleDiffer);
            }
            let ready = now.filter(|now| now.person.standing == Standing::Ready);
            let capacity = ready.map_or(0, |now| now.capacity);
            if capacity != facts.capacity {
                changes.push(Change::Capacity { mentor, capacity });
            }
        }
        Ok(changes)
    }

    /// Mentees who have come; who is not ready does not matter yet.
    fn newcomers(&mut self, to: &Instance, inputs: &Inputs) -> Vec<Change> {
        let known: HashSet<ParticipationId> = self.mentees.iter().copied().collect();
        let mut came = Vec::new();
        for (row, facts) in inputs.mentees.iter().zip(to.mentees()) {
            let new = !known.contains(&row.participation_id);
            if new && facts.person.standing == Standing::Ready {
                came.push(Change::Arrive(Box::new(facts.clone())));
                self.mentees.push(row.participation_id);
            }
        }
        came
    }

    /// Exclusions to lift, and exclusions to make.
    fn exclusions_changed(&self, to: &Instance, theirs: &Theirs) -> (Vec<Change>, Vec<Change>) {
        let wanted: HashMap<(u32, u32), _> = to
            .exclusions()
            .iter()
            .filter_map(|(mentee, mentor, why)| Some((theirs.pair((*mentee, *mentor))?, *why)))
            .collect();
        let here: HashMap<(u32, u32), _> = self
            .live
            .instance()
            .exclusions()
            .iter()
            .map(|(mentee, mentor, why)| ((*mentee, *mentor), *why))
            .collect();
        let present: HashSet<u32> = theirs.mentees.iter().flatten().copied().collect();
        let gone = here
            .keys()
            .filter(|pair| present.contains(&pair.0) && !wanted.contains_key(pair));
        let mut lifted: Vec<(u32, u32)> = gone.copied().collect();
        let other = wanted
            .iter()
            .filter(|(pair, why)| here.get(pair) != Some(why));
        let mut made: Vec<_> = other.map(|(pair, why)| (*pair, *why)).collect();
        lifted.sort_unstable();
        made.sort_unstable();
        let lift = |(mentee, mentor)| Change::Allow { mentee, mentor };
        let make = |((mentee, mentor), why)| Change::Ban {
            mentee,
            mentor,
            why,
        };
        (
            lifted.into_iter().map(lift).collect(),
            made.into_iter().map(make).collect(),
        )
    }

    /// The set as it is now, in the positions of an instance with the same people, and proved for it.
    fn outcome(&self, to: &Instance) -> Result<Outcome, Afresh> {
        let found = self.live.outcome(false).map_err(not_proved)?;
        let outcome = self.in_positions_of(to, found).ok_or(Afresh::NotProved)?;
        confirm(to, outcome).map_err(not_proved)
    }

    fn in_positions_of(&self, to: &Instance, found: Outcome) -> Option<Outcome> {
        let keys = |of: &[u128]| -> HashMap<u128, u32> { of.iter().copied().zip(0..).collect() };
        let here = self.live.instance();
        let mentee_keys: Vec<u128> = to.mentees().iter().map(|one| one.person.key).collect();
        let mentor_keys: Vec<u128> = to.mentors().iter().map(|one| one.person.key).collect();
        let (mentees, mentors) = (keys(&mentee_keys), keys(&mentor_keys));
        let at = |position: u32| usize::try_from(position).ok();
        let mentee = |i: u32| {
            mentees
                .get(&here.mentees().get(at(i)?)?.person.key)
                .copied()
        };
        let mentor = |j: u32| {
            mentors
                .get(&here.mentors().get(at(j)?)?.person.key)
                .copied()
        };
        let mut outcome = found;
        for pair in &mut outcome.pairs {
            (pair.mentee, pair.mentor) = (mentee(pair.mentee)?, mentor(pair.mentor)?);
        }
        outcome.pairs.sort_unstable_by_key(|pair| pair.mentee);
        for unmatched in &mut outcome.unmatched {
            unmatched.mentee = mentee(unmatched.mentee)?;
        }
        outcome
            .unmatched
            .sort_unstable_by_key(|unmatched| unmatched.mentee);
        let mut prices = vec![0; mentee_keys.len()];
        for (i, price) in (0..).zip(&outcome.price_mentee) {
            if let Some(slot) = mentee(i).and_then(at).and_then(|at| prices.get_mut(at)) {
                *slot = *price;
            }
        }
        outcome.price_mentee = prices;
        let mut prices = vec![0; mentor_keys.len()];
        for (j, price) in (0..).zip(&outcome.price_mentor) {
            let open = mentor(j).filter(|mentor| is_open(to, *mentor));
            if let Some(slot) = open.and_then(at).and_then(|at| prices.get_mut(at)) {
                *slot = *price;
            }
        }
        outcome.price_mentor = prices;
        Some(outcome)
    }
}

/// Positions of a target's people among the people of a kept matching.
struct Theirs {
    mentees: Vec<Option<u32>>,
    mentors: Vec<Option<u32>>,
}

impl Theirs {
    fn of(warm: &Warm, inputs: &Inputs) -> Self {
        let at = |ids: &[ParticipationId]| -> HashMap<ParticipationId, u32> {
            ids.iter().copied().zip(0..).collect()
        };
        let (mentees, mentors) = (at(&warm.mentees), at(&warm.mentors));
        let mentee = |row: &Row<Mentee>| mentees.get(&row.participation_id).copied();
        let mentor = |row: &Row<Mentor>| mentors.get(&row.participation_id).copied();
        Self {
            mentees: inputs.mentees.iter().map(mentee).collect(),
            mentors: inputs.mentors.iter().map(mentor).collect(),
        }
    }

    fn pair(&self, (mentee, mentor): (u32, u32)) -> Option<(u32, u32)> {
        let of = |list: &[Option<u32>], at: u32| *list.get(usize::try_from(at).ok()?)?;
        Some((of(&self.mentees, mentee)?, of(&self.mentors, mentor)?))
    }
}
