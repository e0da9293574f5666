//! The matching engine: from the people of a programme to the provably best set of pairs, with reasons.
//!
//! Pure: no database, no clock that matters, no network. The `matching` room translates people into
//! small numbers ([`facts`]), hands them to an [`InstanceBuilder`], calls [`solve`], and translates the
//! [`Outcome`] back; [`explain`] answers every "why". The definition of rules and scores is
//! [`pair`], written to be read; everything fast is held to it by tests. `docs/matching.md` explains
//! the method.
//!
//! ```
//! use passerelle::matching::engine::*;
//! let similarity = Similarity::from_noc_codes(&Scale::default(), &["21300"]);
//! let instance = InstanceBuilder::new(Settings::default(), similarity).build()?;
//! let outcome = solve(&instance, &Options::default())?;
//! assert!(outcome.pairs.is_empty());
//! # Ok::<(), EngineError>(())
//! ```

pub mod certificate;
mod columns;
pub mod directory;
pub mod error;
pub mod explain;
pub mod facts;
pub mod instance;
pub mod kernel;
pub mod level;
pub mod live;
pub mod matrix;
pub mod noc;
pub mod npy;
pub mod outcome;
pub mod pair;
pub mod sample;
pub mod scan;
pub mod settings;
pub mod solve;
mod sparse;
mod stable;
mod task;
#[cfg(test)]
mod tests;
pub mod week;

pub use error::{EngineError, Side};
pub use facts::{
    Exclusion, Experience, LanguageId, LanguageSkill, Licence, Meeting, Mentee, Mentor, Mode,
    OccupationId, Parts, Person, Place, Rule, Standing, TagId, TopicId, Wishes,
};
pub use instance::{Instance, InstanceBuilder};
pub use live::{Change, Live, confirm, is_open};
pub use matrix::{Matrix, MatrixOutcome, solve_matrix};
pub use noc::{Scale, Similarity};
pub use outcome::{Certificate, Outcome, Pair, Unmatched, UnmatchedReason};
pub use settings::{Objective, Points, Settings, Weights};
pub use solve::{Options, Stage, Watch, solve};
pub use week::{Regime, WeekMask, Window};
