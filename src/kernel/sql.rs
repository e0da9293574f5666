//! The names of our three column types. They are declared here because ids and instants carry them;
//! how each database stores them is `db::codec`. PostgreSQL's numbers for its own types never change; given here,
//! they save every new connection the question.

use diesel::query_builder::QueryId;
use diesel::sql_types::SqlType;

/// `uuid` on PostgreSQL, hyphenated lower-case text on SQLite.
#[derive(Debug, Clone, Copy, Default, SqlType, QueryId)]
#[diesel(postgres_type(oid = 2950, array_oid = 2951))]
#[diesel(sqlite_type(name = "Text"))]
pub struct SqlUuid;

/// `timestamptz` on PostgreSQL, fixed-width RFC 3339 text in UTC with microseconds on SQLite.
#[derive(Debug, Clone, Copy, Default, SqlType, QueryId)]
#[diesel(postgres_type(oid = 1184, array_oid = 1185))]
#[diesel(sqlite_type(name = "Text"))]
pub struct SqlInstant;

/// `jsonb` on PostgreSQL, text on SQLite.
#[derive(Debug, Clone, Copy, Default, SqlType, QueryId)]
#[diesel(postgres_type(oid = 3802, array_oid = 3807))]
#[diesel(sqlite_type(name = "Text"))]
pub struct SqlJson;

/// The OpenAPI words for a text with a known format, as ids and instants are.
pub(crate) fn text_schema(
    format: utoipa::openapi::KnownFormat,
) -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
    utoipa::openapi::ObjectBuilder::new()
        .schema_type(utoipa::openapi::schema::Type::String)
        .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(format)))
        .into()
}
