//! Which of those who take part is meant by a name that somebody typed: for forms that are filled in by hand.

use crate::access::policy::{self, Action};
use crate::db::Conn;
use crate::kernel::ids::{ParticipationId, ProgrammeId};
use crate::kernel::{Context, Problem};
use crate::matching::store::{self, Taker};
use crate::people::model::text::fold;
use crate::programmes::{self, Side};

/// Most people of a name among whom one can choose.
pub const MOST: usize = 10;

/// Whom a name means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meant {
    One(Taker),
    /// At least two, at most [`MOST`].
    Several(Vec<Taker>),
    /// So many that more of the name is needed.
    TooMany,
    Nobody,
}

/// Finds who is meant among those of a side whom a run would take into account: all words must occur in the names or
/// the address, whatever their accents and case. Among several, the one that was `chosen` before, or the only one
/// who has exactly this name.
///
/// # Errors
/// 403, 404.
pub fn meant(
    conn: &mut Conn,
    ctx: &Context,
    programme: ProgrammeId,
    side: Side,
    name: &str,
    chosen: Option<ParticipationId>,
) -> Result<Meant, Problem> {
    let object = programmes::store::find(conn, programme)?.object();
    policy::allow(&ctx.actor, Action::RunMatching, &object)?;
    if name.trim().is_empty() {
        return Ok(Meant::Nobody);
    }
    let most = i64::try_from(MOST + 1).map_err(Problem::internal)?;
    let found = store::takers(conn, programme, side, name, most)?;
    Ok(of_several(found, name, chosen))
}

fn of_several(mut found: Vec<Taker>, name: &str, chosen: Option<ParticipationId>) -> Meant {
    if let Some(at) = found
        .iter()
        .position(|taker| Some(taker.participation_id) == chosen)
    {
        return Meant::One(found.swap_remove(at));
    }
    let typed = fold(name);
    let exact: Vec<usize> = (0..)
        .zip(&found)
        .filter(|(_, taker)| fold(&taker.name) == typed)
        .map(|(at, _)| at)
        .collect();
    match (exact.as_slice(), found.len()) {
        (_, 0) => Meant::Nobody,
        (_, 1) => Meant::One(found.swap_remove(0)),
        ([one], _) => Meant::One(found.swap_remove(*one)),
        (_, more) if more > MOST => Meant::TooMany,
        _ => Meant::Several(found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taker(number: u128, name: &str) -> Taker {
        Taker {
            participation_id: ParticipationId(uuid::Uuid::from_u128(number)),
            name: name.to_owned(),
            email: None,
        }
    }

    fn found(names: &[&str]) -> Vec<Taker> {
        let each = (1..).zip(names);
        each.map(|(number, name)| taker(number, name)).collect()
    }

    #[test]
    fn a_name_means_the_only_one_the_exact_one_or_the_chosen_one() {
        let two = || found(&["Amélie Roy", "Amélie Roy-Côté"]);
        assert_eq!(of_several(Vec::new(), "roy", None), Meant::Nobody);
        assert_eq!(
            of_several(found(&["Amélie Roy"]), "roy", None),
            Meant::One(taker(1, "Amélie Roy"))
        );
        assert_eq!(
            of_several(two(), "amelie ROY", None),
            Meant::One(taker(1, "Amélie Roy"))
        );
        assert_eq!(of_several(two(), "roy", None), Meant::Several(two()));
        let second = Some(taker(2, "").participation_id);
        assert_eq!(
            of_several(two(), "roy", second),
            Meant::One(taker(2, "Amélie Roy-Côté"))
        );
        // Whoever was chosen among the people of another name is not meant by this one.
        let other = Some(taker(9, "").participation_id);
        assert_eq!(of_several(two(), "roy", other), Meant::Several(two()));
        // Two of exactly one name are asked about.
        let twins = || found(&["Li Wei", "Li Wei"]);
        assert_eq!(of_several(twins(), "li wei", None), Meant::Several(twins()));
        let crowd = vec!["Li Wei"; MOST + 1];
        assert_eq!(of_several(found(&crowd), "li", None), Meant::TooMany);
    }
}
