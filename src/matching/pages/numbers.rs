//! The settings of matching that are numbers, as a form has them.

use crate::programmes::settings::{MOST_WEIGHT, MatchingSettings};

/// A setting that is a number: its place in the settings, and the most that it can be; the least is 0.
#[derive(Debug, Clone, Copy)]
pub struct Number {
    pub path: &'static str,
    pub most: i64,
    /// What the settings say.
    pub of: fn(&MatchingSettings) -> i64,
}

/// The weights of the parts of the score.
pub const WEIGHTS: [Number; 7] = [
    weight("weights/profession", |own| own.weights.profession),
    weight("weights/language", |own| own.weights.language),
    weight("weights/availability", |own| own.weights.availability),
    weight("weights/topics", |own| own.weights.topics),
    weight("weights/licensing", |own| own.weights.licensing),
    weight("weights/place", |own| own.weights.place),
    weight("weights/wishes", |own| own.weights.wishes),
];

/// The other numbers of the settings.
pub const RULES: [Number; 6] = [
    number("least_language_level", 12, |own| {
        own.least_language_level.into()
    }),
    number("least_overlap_minutes", 10_080, |own| {
        own.least_overlap_minutes.into()
    }),
    number("short_weeks_allowed", 52, |own| {
        own.short_weeks_allowed.into()
    }),
    number("least_profession_permille", 1000, |own| {
        own.least_profession_permille.into()
    }),
    number("waiting_scale", 10_000, |own| own.waiting_scale.into()),
    number("floor", 10_000, |own| own.floor.into()),
];

const fn weight(path: &'static str, of: fn(&MatchingSettings) -> i64) -> Number {
    number(path, MOST_WEIGHT, of)
}

const fn number(path: &'static str, most: i64, of: fn(&MatchingSettings) -> i64) -> Number {
    Number { path, most, of }
}
