//! Facts as the numbers of a file, and back.

use super::super::facts::{Exclusion, Mode, Standing};

pub(super) fn signed(value: u32) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}

pub(super) fn standing_number(standing: Standing) -> i32 {
    match standing {
        Standing::Ready => 0,
        Standing::NotActive => 1,
        Standing::NoConsent => 2,
        Standing::Paused => 3,
    }
}

pub(super) fn standing_of(number: i32) -> Option<Standing> {
    [
        Standing::Ready,
        Standing::NotActive,
        Standing::NoConsent,
        Standing::Paused,
    ]
    .into_iter()
    .find(|standing| standing_number(*standing) == number)
}

pub(super) fn mode_number(mode: Mode) -> i32 {
    match mode {
        Mode::Remote => 0,
        Mode::InPerson => 1,
        Mode::Either => 2,
    }
}

pub(super) fn mode_of(number: i32) -> Option<Mode> {
    [Mode::Remote, Mode::InPerson, Mode::Either]
        .into_iter()
        .find(|mode| mode_number(*mode) == number)
}

pub(super) fn exclusion_number(why: Exclusion) -> i32 {
    match why {
        Exclusion::ConflictOfInterest => 0,
        Exclusion::MatchedBefore => 1,
        Exclusion::Banned => 2,
        Exclusion::Declined => 3,
    }
}

pub(super) fn exclusion(number: i32) -> Option<Exclusion> {
    [
        Exclusion::ConflictOfInterest,
        Exclusion::MatchedBefore,
        Exclusion::Banned,
        Exclusion::Declined,
    ]
    .into_iter()
    .find(|why| exclusion_number(*why) == number)
}
