//! Adding the ledger up: by programme, by person, by month.

use std::collections::BTreeMap;

use chrono::Datelike;
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::Scope;
use crate::db::Conn;
use crate::hours::model::Status;
use crate::hours::store::{self, Filter, Part};
use crate::kernel::Problem;
use crate::kernel::ids::{PersonId, ProgrammeId};
use crate::programmes::Side;

crate::text_enum! {
    /// What hours are added up by.
    pub enum By { Programme => "programme", Person => "person", Month => "month" }
}

/// Minutes by where they stand. Counter-entries count with their sign, rejected ones not at all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Minutes {
    pub approved: i64,
    /// Recorded, attested or disputed.
    pub open: i64,
}

impl Minutes {
    fn add(&mut self, status: Status, minutes: i64) {
        match status {
            Status::Approved => self.approved += minutes,
            Status::Recorded | Status::Attested | Status::Disputed => self.open += minutes,
            Status::Rejected => {}
        }
    }
}

/// A line of the totals; the fields that were not asked for are null.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Total {
    pub programme_id: Option<ProgrammeId>,
    pub person_id: Option<PersonId>,
    /// The name that the person goes by.
    pub person_name: Option<String>,
    /// `2026-10`.
    pub month: Option<String>,
    pub mentors: Minutes,
    pub mentees: Minutes,
}

type Key = (Option<ProgrammeId>, Option<PersonId>, Option<String>);

/// The totals of what `scope` may see, in the order of what they are added up by.
///
/// # Errors
/// A database error.
pub fn totals(
    conn: &mut Conn,
    scope: &Scope,
    filter: &Filter,
    by: By,
) -> Result<Vec<Total>, Problem> {
    let mut totals = add_up(store::parts(conn, scope, filter)?, by);
    let people: Vec<PersonId> = totals.iter().filter_map(|total| total.person_id).collect();
    let names = crate::mentorships::store::names(conn, &people)?;
    for total in &mut totals {
        total.person_name = total.person_id.and_then(|id| names.get(&id).cloned());
    }
    Ok(totals)
}

fn add_up(parts: Vec<Part>, by: By) -> Vec<Total> {
    let mut lines: BTreeMap<Key, (Minutes, Minutes)> = BTreeMap::new();
    for (programme, person, side, status, day, minutes) in parts {
        let key = match by {
            By::Programme => (Some(programme), None, None),
            By::Person => (None, Some(person), None),
            By::Month => (
                None,
                None,
                Some(format!("{:04}-{:02}", day.year(), day.month())),
            ),
        };
        let (mentors, mentees) = lines.entry(key).or_default();
        let side = match side {
            Side::Mentor => mentors,
            Side::Mentee => mentees,
        };
        side.add(status, i64::from(minutes));
    }
    lines
        .into_iter()
        .map(
            |((programme_id, person_id, month), (mentors, mentees))| Total {
                programme_id,
                person_id,
                person_name: None,
                month,
                mentors,
                mentees,
            },
        )
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counter_entries_count_with_their_sign_and_rejected_ones_not_at_all() {
        let programme = ProgrammeId(uuid::Uuid::nil());
        let person = PersonId(uuid::Uuid::nil());
        let row = |status, day: &str, minutes| {
            (
                programme,
                person,
                Side::Mentor,
                status,
                day.parse().unwrap(),
                minutes,
            )
        };
        let rows = vec![
            row(Status::Approved, "2026-10-31", 60),
            row(Status::Approved, "2026-10-31", -15),
            row(Status::Rejected, "2026-10-01", 600),
            row(Status::Disputed, "2026-11-01", 30),
        ];
        let by_month = add_up(rows.clone(), By::Month);
        let months: Vec<_> = by_month
            .iter()
            .map(|total| {
                (
                    total.month.as_deref().unwrap(),
                    total.mentors.approved,
                    total.mentors.open,
                )
            })
            .collect();
        assert_eq!(months, [("2026-10", 45, 0), ("2026-11", 0, 30)]);
        let by_person = add_up(rows, By::Person);
        assert_eq!(by_person.len(), 1);
        assert_eq!(
            by_person[0].mentors,
            Minutes {
                approved: 45,
                open: 30
            }
        );
        assert_eq!(by_person[0].mentees, Minutes::default());
    }
}
