//! The mails of a mentorship: the introduction and the farewell.

use crate::db::Conn;
use crate::kernel::{Context, Problem};
use crate::mentorships::Mentorship;
use crate::programmes::Programme;

/// What two people have in common, as sentences: in English and in French, for the mentor and for the mentee.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InCommon {
    pub en: Vec<String>,
    pub fr: Vec<String>,
}

/// Writes both the mail that introduces them to each other.
///
/// # Errors
/// A database error.
pub fn introduce(
    _conn: &mut Conn,
    _ctx: &Context,
    _programme: &Programme,
    _mentorship: &Mentorship,
    _in_common: &InCommon,
) -> Result<(), Problem> {
    Ok(())
}

/// Writes both that their mentorship has ended.
///
/// # Errors
/// A database error.
pub fn say_ended(
    _conn: &mut Conn,
    _ctx: &Context,
    _programme: &Programme,
    _mentorship: &Mentorship,
) -> Result<(), Problem> {
    Ok(())
}
