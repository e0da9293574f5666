//! The reference tables: occupations, languages, places, holidays, and what else everybody agrees
//! on. Facts from outside that the product needs in order to understand what people write and to
//! compare them, compiled into the program, pure and without a database.
//!
//! | where | what |
//! |---|---|
//! | [`occupations`] | the tree of the National Occupational Classification 2021, similarity |
//! | [`titles`] | job titles: search as one types, codes from people's own words |
//! | [`languages`], [`levels`] | languages and how well they are spoken |
//! | [`places`] | provinces, cities with their zones and distances, countries |
//! | [`holidays`] | statutory and optional holidays of any year |
//! | [`professions`] | regulated professions (a seed), the crosswalk to ISCO-08 |
//!
//! Tables are read when first used; [`warm`] reads the large ones ahead, so that the first person
//! who types does not wait.

mod fuzzy;
pub mod holidays;
pub mod languages;
pub mod levels;
pub mod occupations;
pub mod places;
pub mod professions;
mod search;
mod text;
pub mod titles;

pub use languages::Language;
pub use levels::LanguageLevel;
pub use occupations::{NocCode, Occupation, similarity};
pub use places::{City, Country, Province};
pub use text::fold;

/// Reads the large tables now: some tens of milliseconds, meant for a thread at start.
pub fn warm() {
    titles::warm();
    City::all();
}
