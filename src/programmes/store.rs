//! The queries of programmes.

use diesel::prelude::*;

use crate::db::schema::programmes;
use crate::db::{Conn, Json, constraint};
use crate::kernel::Problem;
use crate::kernel::ids::ProgrammeId;
use crate::programmes::Programme;

/// Saves a new programme.
pub fn insert(conn: &mut Conn, programme: &Programme) -> Result<(), Problem> {
    let settings = Json(serde_json::json!({}));
    diesel::insert_into(programmes::table)
        .values((programme, programmes::settings.eq(settings)))
        .execute(conn)
        .map_err(|error| match constraint(&error) {
            Some(rule) if rule.is_unique_on("programmes", &["slug"], "programmes_slug_key") => {
                Problem::conflict("slug-taken")
            }
            _ => error.into(),
        })?;
    Ok(())
}

/// The programme `id`, or [`Problem::NotFound`].
pub fn find(conn: &mut Conn, id: ProgrammeId) -> Result<Programme, Problem> {
    Ok(programmes::table
        .find(id)
        .select(Programme::as_select())
        .first(conn)?)
}

/// Programmes by name of their slug, after the mark `after`.
pub fn list(conn: &mut Conn, after: Option<String>, rows: i64) -> Result<Vec<Programme>, Problem> {
    let mut query = programmes::table
        .select(Programme::as_select())
        .into_boxed();
    if let Some(slug) = after {
        query = query.filter(programmes::slug.gt(slug));
    }
    Ok(query.order(programmes::slug).limit(rows).load(conn)?)
}
