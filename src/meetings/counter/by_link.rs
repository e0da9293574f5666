//! The use cases of proposals behind the link in a mail: the token says who decides (rules L1, L2).

use super::decide::{accept_in, decline_in, withdraw_in};
use super::store::{self, Counter};
use crate::db::Conn;
use crate::kernel::ids::{CounterId, PersonId};
use crate::kernel::{Context, Problem};
use crate::meetings::details::Details;
use crate::meetings::links;
use crate::meetings::series::{Whose, whose};

crate::text_enum! {
    /// What a person decides about a proposal.
    pub enum CounterDecision {
        Accept => "accept",
        Decline => "decline",
        /// Their own: they take it back.
        Withdraw => "withdraw",
    }
}

/// The meeting of a token, whose token it is, and one of the meeting's proposals.
///
/// # Errors
/// [`Problem::NotFound`] for a token that nobody was given, and for a proposal about another meeting.
pub(super) fn find(
    conn: &mut Conn,
    token: &str,
    id: CounterId,
) -> Result<(Details, PersonId, Counter), Problem> {
    let counter = store::find(conn, id)?;
    let (details, person) = match whose(conn, token)? {
        Whose::Meeting(..) => links::find(conn, token)?,
        // A token of a series is good for each of its meetings.
        Whose::Series(series, person) => {
            let details = Details::load(conn, counter.meeting_id)?;
            if details.meeting.series_id != Some(series) {
                return Err(Problem::NotFound);
            }
            (details, person)
        }
    };
    if counter.meeting_id != details.meeting.id {
        return Err(Problem::NotFound);
    }
    Ok((details, person, counter))
}

/// Decides for `person`, whose token it was.
///
/// # Errors
/// As [`accept_in`], [`decline_in`], [`withdraw_in`]; 409 `counter-own` when it is theirs to take back and not to
/// decide, or the other way round.
pub(super) fn decide(
    conn: &mut Conn,
    ctx: &Context,
    id: CounterId,
    person: PersonId,
    decision: CounterDecision,
    note: Option<String>,
) -> Result<(), Problem> {
    conn.write_tx(|conn| match decision {
        CounterDecision::Accept => accept_in(conn, ctx, id, Some(person)).map(|_| ()),
        CounterDecision::Decline => decline_in(conn, ctx, id, Some(person), note).map(|_| ()),
        CounterDecision::Withdraw => {
            if store::find(conn, id)?.person_id != person {
                return Err(Problem::conflict("counter-own"));
            }
            withdraw_in(conn, ctx, id).map(|_| ())
        }
    })
}
