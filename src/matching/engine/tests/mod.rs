//! The gates of the engine: optimal against an oracle, certified, deterministic, refusing bad input.
#![expect(clippy::as_conversions, reason = "small positions of small worlds")]

mod changes;
mod explain;
mod fairness;
mod input;
mod live;
mod matrix;
mod optimal;
mod oracle;
mod resume;
mod scan;
mod stable;
