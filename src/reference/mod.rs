//! The reference tables: occupations, languages, places, holidays, and what else everybody agrees
//! on. Facts from outside that the product needs in order to understand what people write and to
//! compare them, compiled into the program, pure and without a database.
//!
//! | where | what |
//! |---|---|
//! | [`occupations`] | the tree of the National Occupational Classification 2021, similarity |
//! | [`titles`] | job titles: search as one types, codes from people's own words |
//! | [`languages`], [`levels`] | languages and how well they are spoken |
//!
//! Tables are read when first used; [`warm`] reads the large ones ahead, so that the first person
//! who types does not wait.

mod fuzzy;
pub mod languages;
pub mod levels;
pub mod occupations;
mod search;
mod text;
pub mod titles;

pub use languages::Language;
pub use levels::LanguageLevel;
pub use occupations::{NocCode, Occupation, similarity};
pub use text::fold;

/// Reads the large tables now: some tens of milliseconds, meant for a thread at start.
pub fn warm() {
    titles::warm();
}
