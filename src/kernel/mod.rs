//! (being written)
pub mod zone;
