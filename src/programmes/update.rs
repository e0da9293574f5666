//! Changing a programme and its settings.

use serde::Serialize;

use crate::access::policy::{self, Action};
use crate::access::{audit, record};
use crate::db::Conn;
use crate::kernel::ids::ProgrammeId;
use crate::kernel::{Context, IfMatch, Problem};
use crate::programmes::model::ProgrammeChanges;
use crate::programmes::{Programme, ProgrammeSettings, ProgrammeStatus, store};

/// Changes a programme that is not closed.
///
/// # Errors
/// 403, 404, 412; 422 with the fields; 409 `slug-taken`, `programme-closed`.
pub fn update(
    conn: &mut Conn,
    ctx: &Context,
    id: ProgrammeId,
    if_match: &IfMatch,
    changes: ProgrammeChanges,
) -> Result<Programme, Problem> {
    conn.write_tx(|conn| {
        let before = hold(conn, ctx, id, Action::UpdateProgramme, if_match)?;
        let new = changes.on(&before);
        new.check()?;
        let after = Programme {
            slug: new.slug,
            name_en: new.name_en,
            name_fr: new.name_fr,
            description_en: new.description_en,
            description_fr: new.description_fr,
            starts_on: new.starts_on,
            ends_on: new.ends_on,
            target_minutes: new.target_minutes,
            meeting_minutes: new.meeting_minutes,
            rhythm_days: new.rhythm_days,
            zone: new.zone,
            province: new.province,
            updated_at: ctx.now,
            version: before.version + 1,
            ..before.clone()
        };
        store::save(conn, &after, before.version)?;
        note(conn, ctx, "programme.update", id, &before, &after)?;
        Ok(after)
    })
}

/// Replaces the settings of a programme that is not closed; gives the new version of the programme.
///
/// # Errors
/// 403, 404, 412; 422 with the fields; 409 `programme-closed`.
pub fn set_settings(
    conn: &mut Conn,
    ctx: &Context,
    id: ProgrammeId,
    if_match: &IfMatch,
    settings: ProgrammeSettings,
) -> Result<(ProgrammeSettings, i32), Problem> {
    conn.write_tx(|conn| {
        let programme = hold(conn, ctx, id, Action::UpdateProgrammeSettings, if_match)?;
        settings.check()?;
        let before = store::settings_of(conn, id)?;
        store::save_settings(conn, ctx.now, &programme, &settings)?;
        note(conn, ctx, "programme.settings", id, &before, &settings)?;
        Ok((settings, programme.version + 1))
    })
}

/// Loads and holds a programme that may be changed.
fn hold(
    conn: &mut Conn,
    ctx: &Context,
    id: ProgrammeId,
    action: Action,
    if_match: &IfMatch,
) -> Result<Programme, Problem> {
    let programme = store::hold(conn, id)?;
    policy::allow(&ctx.actor, action, &programme.object())?;
    if_match.require(programme.version)?;
    if programme.status == ProgrammeStatus::Closed {
        return Err(Problem::conflict("programme-closed"));
    }
    Ok(programme)
}

fn note<T: Serialize + std::fmt::Debug>(
    conn: &mut Conn,
    ctx: &Context,
    action: &'static str,
    id: ProgrammeId,
    before: &T,
    after: &T,
) -> Result<(), Problem> {
    let change = audit::Change {
        action,
        object_type: "programme",
        object_id: id.into(),
        programme_id: Some(id),
        before: Some(before),
        after: Some(after),
    };
    record(conn, ctx, &change)
}
