//! Changing a person: their facts, a pause, their leaving.

use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::access::policy::{self, Action};
use crate::access::{audit, record};
use crate::db::Conn;
use crate::db::connection::LockTable;
use crate::kernel::ids::{AccountId, PersonId};
use crate::kernel::{Context, FieldError, IfMatch, Problem, Zone};
use crate::people::model::changes::Changes;
use crate::people::model::{PersonStatus, Profile};
use crate::people::store;

/// Changes what is given of a person. Errors: 404, 412, 422, 409 `email-taken`, 409
/// `person-archived`.
pub fn update(
    conn: &mut Conn,
    ctx: &Context,
    id: PersonId,
    expected: &IfMatch,
    given: &Changes,
) -> Result<Profile, Problem> {
    change(
        conn,
        ctx,
        id,
        expected,
        Action::UpdatePerson,
        "person.update",
        |profile| {
            if profile.person.status == PersonStatus::Archived {
                return Err(Problem::conflict("person-archived"));
            }
            Problem::unless_empty(given.apply(profile))
        },
    )
}

/// From when to when a person is away from the programme.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Pause {
    /// First day, local date; today unless given.
    pub from: Option<NaiveDate>,
    /// Last day, local date; open unless given.
    pub until: Option<NaiveDate>,
}

/// Pauses a person: no new match and no new meeting in that time. Errors: 404, 412, 422, 409
/// `person-archived`.
pub fn pause(
    conn: &mut Conn,
    ctx: &Context,
    id: PersonId,
    expected: &IfMatch,
    given: &Pause,
) -> Result<Profile, Problem> {
    change(
        conn,
        ctx,
        id,
        expected,
        Action::PausePerson,
        "person.pause",
        |profile| set_paused(ctx, profile, given),
    )
}

fn set_paused(ctx: &Context, profile: &mut Profile, given: &Pause) -> Result<(), Problem> {
    let person = &mut profile.person;
    if person.status == PersonStatus::Archived {
        return Err(Problem::conflict("person-archived"));
    }
    let today = local_date(ctx, &person.zone);
    let from = given.from.unwrap_or(today);
    let days = [("/from", Some(from)), ("/until", given.until)];
    let unmeant = days
        .into_iter()
        .filter_map(|(pointer, day)| FieldError::of_year(pointer, day?));
    Problem::unless_empty(unmeant.collect())?;
    if given
        .until
        .is_some_and(|until| until < from || until < today)
    {
        return Err(Problem::Invalid(vec![FieldError::new(
            "/until",
            "ends-before-start",
        )]));
    }
    person.status = PersonStatus::Paused;
    person.paused_from = Some(from);
    person.paused_until = given.until;
    Ok(())
}

fn set_resumed(profile: &mut Profile) -> Result<(), Problem> {
    let person = &mut profile.person;
    if person.status != PersonStatus::Paused {
        return Err(Problem::conflict("person-not-paused"));
    }
    person.status = PersonStatus::Active;
    person.paused_from = None;
    person.paused_until = None;
    Ok(())
}

/// [`pause`] for whoever holds a link of the person's own; whose it is, the caller knows. Errors: 404, 422, 409
/// `person-archived`.
pub fn pause_by_link(
    conn: &mut Conn,
    ctx: &Context,
    id: PersonId,
    given: &Pause,
) -> Result<Profile, Problem> {
    change_own(conn, ctx, id, "person.pause", |profile| {
        set_paused(ctx, profile, given)
    })
}

/// [`resume`] for whoever holds a link of the person's own. Errors: 404, 409 `person-not-paused`.
pub fn resume_by_link(conn: &mut Conn, ctx: &Context, id: PersonId) -> Result<Profile, Problem> {
    change_own(conn, ctx, id, "person.resume", set_resumed)
}

/// A change of one's own, whose permission is the link itself.
fn change_own(
    conn: &mut Conn,
    ctx: &Context,
    id: PersonId,
    audited_as: &'static str,
    rule: impl FnOnce(&mut Profile) -> Result<(), Problem>,
) -> Result<Profile, Problem> {
    conn.write_tx(|conn| {
        conn.lock_row(LockTable::Persons, id.0)?;
        let before = store::profile(conn, id)?;
        let mut after = before.clone();
        rule(&mut after)?;
        save_in(conn, ctx, &before, after, audited_as)
    })
}

/// Ends a pause. Errors: 404, 412, 409 `person-not-paused`.
pub fn resume(
    conn: &mut Conn,
    ctx: &Context,
    id: PersonId,
    expected: &IfMatch,
) -> Result<Profile, Problem> {
    change(
        conn,
        ctx,
        id,
        expected,
        Action::ResumePerson,
        "person.resume",
        set_resumed,
    )
}

/// Archives a person who has left. Errors: 404, 412, 409 `person-archived`.
pub fn archive(
    conn: &mut Conn,
    ctx: &Context,
    id: PersonId,
    expected: &IfMatch,
) -> Result<Profile, Problem> {
    change(
        conn,
        ctx,
        id,
        expected,
        Action::ArchivePerson,
        "person.archive",
        |profile| {
            let person = &mut profile.person;
            if person.status == PersonStatus::Archived {
                return Err(Problem::conflict("person-archived"));
            }
            person.status = PersonStatus::Archived;
            person.paused_from = None;
            person.paused_until = None;
            person.archived_at = Some(ctx.now);
            Ok(())
        },
    )
}

/// Takes an archived person back. Errors: 404, 412, 409 `person-not-archived`.
pub fn restore(
    conn: &mut Conn,
    ctx: &Context,
    id: PersonId,
    expected: &IfMatch,
) -> Result<Profile, Problem> {
    change(
        conn,
        ctx,
        id,
        expected,
        Action::RestorePerson,
        "person.restore",
        |profile| {
            let person = &mut profile.person;
            if person.status != PersonStatus::Archived {
                return Err(Problem::conflict("person-not-archived"));
            }
            person.status = PersonStatus::Active;
            person.archived_at = None;
            Ok(())
        },
    )
}

/// Gives a person a coach, or none. Errors: 404, 412, 422 when the account is no coach's.
pub fn assign_coach(
    conn: &mut Conn,
    ctx: &Context,
    id: PersonId,
    expected: &IfMatch,
    coach: Option<AccountId>,
) -> Result<Profile, Problem> {
    conn.write_tx(|conn| {
        // The policy before the form: who may not ask learns of nobody whether they coach.
        super::read::allowed(conn, ctx, id, Action::AssignCoach)?;
        if let Some(account) = coach
            && !store::reach::is_coach(conn, account)?
        {
            return Err(Problem::field("/coach_id", "not-a-coach"));
        }
        change(
            conn,
            ctx,
            id,
            expected,
            Action::AssignCoach,
            "person.assign-coach",
            |profile| {
                profile.person.coach_id = coach;
                Ok(())
            },
        )
    })
}

/// Today on the person's own calendar.
fn local_date(ctx: &Context, zone: &str) -> NaiveDate {
    match Zone::parse(zone) {
        Ok(zone) => zone.date_at(ctx.now.utc()),
        Err(_) => ctx.now.utc_date(),
    }
}

/// Loads, checks permission and version, applies `rule`, saves and writes the audit line.
fn change(
    conn: &mut Conn,
    ctx: &Context,
    id: PersonId,
    expected: &IfMatch,
    action: Action,
    audited_as: &'static str,
    rule: impl FnOnce(&mut Profile) -> Result<(), Problem>,
) -> Result<Profile, Problem> {
    conn.write_tx(|conn| {
        conn.lock_row(LockTable::Persons, id.0)?;
        let before = store::profile(conn, id)?;
        let object = store::reach::record(conn, ctx, &before.person)?;
        policy::allow(&ctx.actor, action, &object)?;
        expected.require(before.person.version)?;
        let mut after = before.clone();
        rule(&mut after)?;
        save_in(conn, ctx, &before, after, audited_as)
    })
}

/// Saves a changed profile with its audit line, inside the caller's transaction. When nothing
/// differs nothing is written, and the version stays.
pub fn save_in(
    conn: &mut Conn,
    ctx: &Context,
    before: &Profile,
    mut after: Profile,
    audited_as: &'static str,
) -> Result<Profile, Problem> {
    if *before == after {
        return Ok(after);
    }
    after.person.version = before.person.version + 1;
    after.person.updated_at = ctx.now;
    store::update(conn, &after.person, before.person.version)?;
    store::lists::replace(conn, before, &after)?;
    record(
        conn,
        ctx,
        &audit::Change {
            action: audited_as,
            object_type: "person",
            object_id: after.person.id.into(),
            programme_id: None,
            before: Some(before),
            after: Some(&after),
        },
    )?;
    Ok(after)
}
