//! Enrolment: a person begins to take part, comes back, or changes the number of places.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::access::policy::{self, Action};
use crate::access::{audit, record};
use crate::db::connection::LockTable;
use crate::db::{Conn, Constraint, constraint};
use crate::kernel::ids::{ParticipationId, PersonId, ProgrammeId};
use crate::kernel::{Context, FieldError, IfMatch, Instant, Problem};
use crate::people;
use crate::programmes::participation::{MOST_PLACES, Participation, ParticipationStatus, Side};
use crate::programmes::{Programme, ProgrammeStatus, store};

/// Whom to enrol, and how.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Enrolment {
    pub person_id: PersonId,
    pub side: Side,
    /// Places of a mentor, 1 to 20; 1 unless given. A mentee has one.
    pub capacity: Option<i32>,
    /// Since when a mentee waits; now unless given. Not in the future.
    pub waiting_since: Option<Instant>,
}

impl Enrolment {
    /// Every fault at once.
    ///
    /// # Errors
    /// 422 with the fields.
    pub fn check(&self, now: Instant) -> Result<(), Problem> {
        let most = match self.side {
            Side::Mentor => MOST_PLACES,
            Side::Mentee => 1,
        };
        let mut faults = Vec::new();
        if self
            .capacity
            .is_some_and(|places| !(1..=most).contains(&places))
        {
            faults.push(places_out_of_range(most));
        }
        if self.waiting_since.is_some_and(|since| since > now) {
            faults.push(FieldError::new("/waiting_since", "in-the-future"));
        }
        if self.side == Side::Mentor && self.waiting_since.is_some() {
            faults.push(FieldError::new("/waiting_since", "not-for-mentors"));
        }
        Problem::unless_empty(faults)
    }
}

fn places_out_of_range(most: i32) -> FieldError {
    FieldError::new("/capacity", "out-of-range")
        .with("least", 1)
        .with("most", most)
}

/// Enrols a person whom the actor may read: who takes part can be read by the programme's staff, so nobody gets
/// at a stranger's record by enrolling them.
///
/// # Errors
/// 403, 404 for the programme; 422, also `/person_id not-found`; 409 `programme-closed`, `already-enrolled`.
pub fn enrol(
    conn: &mut Conn,
    ctx: &Context,
    programme: ProgrammeId,
    new: &Enrolment,
) -> Result<Participation, Problem> {
    conn.write_tx(|conn| {
        let programme = store::hold(conn, programme)?;
        policy::allow(&ctx.actor, Action::EnrolPerson, &programme.object())?;
        let person = people::read::allowed(conn, ctx, new.person_id, Action::ReadPerson);
        person.map_err(|problem| match problem {
            Problem::NotFound | Problem::Forbidden => Problem::field("/person_id", "not-found"),
            other => other,
        })?;
        enrol_in(conn, ctx, &programme, new)
    })
}

/// Enrols a person inside the caller's transaction: what the import and the demo call. The caller has asked
/// the policy and holds the programme ([`store::hold`]), which nobody closes meanwhile. Someone who left before comes back to the same participation.
///
/// # Errors
/// 422 for the fields, also `/person_id not-found`; 409 `programme-closed`, `already-enrolled`.
pub fn enrol_in(
    conn: &mut Conn,
    ctx: &Context,
    programme: &Programme,
    new: &Enrolment,
) -> Result<Participation, Problem> {
    new.check(ctx.now)?;
    if programme.status == ProgrammeStatus::Closed {
        return Err(Problem::conflict("programme-closed"));
    }
    let before = store::participation_of(conn, programme.id, new.person_id, new.side)?;
    let waiting_since = match new.side {
        Side::Mentee => Some(new.waiting_since.unwrap_or(ctx.now)),
        Side::Mentor => None,
    };
    let after = match &before {
        Some(old) if old.status == ParticipationStatus::Enrolled => {
            return Err(Problem::conflict("already-enrolled"));
        }
        Some(old) => Participation {
            capacity: new
                .capacity
                .unwrap_or(old.capacity)
                .max(old.taken + old.held),
            waiting_since,
            status: ParticipationStatus::Enrolled,
            left_reason: None,
            left_at: None,
            joined_at: ctx.now,
            updated_at: ctx.now,
            version: old.version + 1,
            ..old.clone()
        },
        None => Participation {
            id: ParticipationId::new(ctx.now),
            programme_id: programme.id,
            person_id: new.person_id,
            side: new.side,
            capacity: new.capacity.unwrap_or(1),
            taken: 0,
            held: 0,
            waiting_since,
            status: ParticipationStatus::Enrolled,
            left_reason: None,
            joined_at: ctx.now,
            left_at: None,
            updated_at: ctx.now,
            version: 1,
        },
    };
    match &before {
        Some(old) => store::save_participation(conn, &after, old.version)?,
        None => insert(conn, &after)?,
    }
    note(conn, ctx, "participation.enrol", before.as_ref(), &after)?;
    Ok(after)
}

fn insert(conn: &mut Conn, new: &Participation) -> Result<(), Problem> {
    conn.savepoint(|conn| store::insert_participation(conn, new))
        .map_err(|error| match constraint(&error) {
            Some(Constraint::ForeignKey) => Problem::field("/person_id", "not-found"),
            Some(Constraint::Unique { .. }) => Problem::conflict("already-enrolled"),
            _ => error.into(),
        })
}

/// What can be changed of a participation.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ParticipationChanges {
    /// Places of a mentor, 1 to 20, not fewer than are taken.
    pub capacity: Option<i32>,
    /// Since when a mentee waits; not in the future.
    pub waiting_since: Option<Instant>,
}

/// Changes places or waiting date. A mentor changes their own places; only staff sets when a mentee began to
/// wait, because it counts in matching.
///
/// # Errors
/// 403, 404, 412; 422; 409 `participation-left`, `places-taken` with the number taken.
pub fn change(
    conn: &mut Conn,
    ctx: &Context,
    id: ParticipationId,
    if_match: &IfMatch,
    changes: &ParticipationChanges,
) -> Result<Participation, Problem> {
    conn.write_tx(|conn| {
        conn.lock_row(LockTable::Participations, id.0)?;
        let (before, coach) = store::participation(conn, id)?;
        policy::allow(
            &ctx.actor,
            Action::UpdateParticipation,
            &before.object(coach),
        )?;
        if_match.require(before.version)?;
        before.require_enrolled()?;
        let checked = Enrolment {
            person_id: before.person_id,
            side: before.side,
            capacity: changes.capacity,
            waiting_since: changes.waiting_since,
        };
        checked.check(ctx.now)?;
        let capacity = changes.capacity.unwrap_or(before.capacity);
        let taken = before.taken + before.held;
        if capacity < taken {
            return Err(Problem::conflict("places-taken").with("taken", taken));
        }
        let after = Participation {
            capacity,
            waiting_since: changes.waiting_since.or(before.waiting_since),
            updated_at: ctx.now,
            version: before.version + 1,
            ..before.clone()
        };
        store::save_participation(conn, &after, before.version)?;
        note(conn, ctx, "participation.change", Some(&before), &after)?;
        Ok(after)
    })
}

/// Writes the audit line of a participation.
pub(super) fn note(
    conn: &mut Conn,
    ctx: &Context,
    action: &'static str,
    before: Option<&Participation>,
    after: &Participation,
) -> Result<(), Problem> {
    let change = audit::Change {
        action,
        object_type: "participation",
        object_id: after.id.into(),
        programme_id: Some(after.programme_id),
        before: before.map(audit::erased::erase),
        after: Some(after),
    };
    record(conn, ctx, &change)
}
