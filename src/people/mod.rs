//! People: persons and what is known of them, and how they come in.

pub mod import;
