//! Who has nobody after a run, and why: the longest wait first.

use serde::Serialize;

use crate::db::Conn;
use crate::i18n;
use crate::kernel::ids::ParticipationId;
use crate::kernel::{Locale, Problem};
use crate::matching::engine::Standing;
use crate::matching::frozen::Frozen;
use crate::matching::why;

/// Mentees on a page.
pub const ROWS: usize = 20;

/// Who waits, a page of them.
#[derive(Debug, Serialize)]
pub struct Waiting {
    mentees: Vec<MenteeView>,
    /// How many there are in all.
    all: usize,
    /// Where the next page begins.
    next: Option<usize>,
}

#[derive(Debug, Serialize)]
struct MenteeView {
    id: ParticipationId,
    name: String,
    waits: String,
    /// Why, sentence by sentence; the first says it in short.
    why: Vec<String>,
}

/// The mentees of a run who have nobody, from the `from`-th on.
///
/// # Errors
/// A database error.
pub fn waiting(
    conn: &mut Conn,
    run: &Frozen,
    from: usize,
    locale: Locale,
) -> Result<Waiting, Problem> {
    let mut left: Vec<(u32, u32)> = (0_u32..)
        .zip(&run.inputs.mentees)
        .filter(|(at, row)| {
            let ready = row.facts.person.standing == Standing::Ready;
            ready && run.outcome.mentor_of(*at).is_none()
        })
        .map(|(at, row)| (row.facts.waiting_days, at))
        .collect();
    left.sort_by_key(|(days, at)| (std::cmp::Reverse(*days), *at));
    let mut mentees = Vec::new();
    for (days, at) in left.iter().skip(from).take(ROWS) {
        let Some(row) = run.inputs.mentee(*at) else {
            continue;
        };
        let why = why::nobody(conn, run, row.participation_id)?;
        let days = days.to_string();
        mentees.push(MenteeView {
            id: row.participation_id,
            name: why.mentee.name,
            waits: i18n::text_with_pairs(locale, "match-page-waits", [("days", days.as_str())]),
            why: match locale {
                Locale::En => why.sentences.en,
                Locale::Fr => why.sentences.fr,
            },
        });
    }
    let next = from.saturating_add(ROWS);
    Ok(Waiting {
        mentees,
        all: left.len(),
        next: (next < left.len()).then_some(next),
    })
}
