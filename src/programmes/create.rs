//! Making a programme.

use crate::access::policy::{self, Action, Object};
use crate::access::{audit, record};
use crate::db::Conn;
use crate::kernel::ids::ProgrammeId;
use crate::kernel::{Context, Problem};
use crate::programmes::model::{NewProgramme, Programme, ProgrammeStatus};
use crate::programmes::store;

/// Makes a programme in draft. Errors: 403; 422 with the fields; 409 `slug-taken`.
pub fn create(conn: &mut Conn, ctx: &Context, new: NewProgramme) -> Result<Programme, Problem> {
    policy::allow(&ctx.actor, Action::CreateProgramme, &Object::general())?;
    new.check()?;
    let programme = Programme {
        id: ProgrammeId::new(ctx.now),
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
        status: ProgrammeStatus::Draft,
        created_at: ctx.now,
        updated_at: ctx.now,
        closed_at: None,
        version: 1,
    };
    conn.write_tx(|conn| {
        store::insert(conn, &programme)?;
        record(
            conn,
            ctx,
            &audit::Change {
                action: "programme.create",
                object_type: "programme",
                object_id: programme.id.into(),
                programme_id: Some(programme.id),
                before: None,
                after: Some(&programme),
            },
        )?;
        Ok(programme)
    })
}
