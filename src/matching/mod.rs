//! Matching: runs, proposals and decisions; the pure engine that finds and proves the best set is
//! [`engine`].

pub mod engine;
