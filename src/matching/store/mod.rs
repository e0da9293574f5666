//! The queries of runs, proposals and decisions, and of who takes part.

mod people;
mod proposals;
mod runs;

pub use people::Taker;
pub(super) use people::{names_of, takers};
pub use proposals::{
    Filter, Mark, Sort, coaches_of, count_proposals, decisions_of, find_proposal, has_declined,
    list_proposals,
};
pub(super) use proposals::{
    Overtaken, insert_decision, insert_proposal, insert_proposals, mentors_proposed, overtake,
    promised, save_proposal,
};
pub use runs::{Newest, RunMark, find_run, frozen, list_runs, newest_finished, newest_of};
pub(super) use runs::{finish_run, forget_lapsed_runs, forget_run, insert_run};
