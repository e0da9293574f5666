//! How ids, instants and JSON are written and read on each database.

use chrono::{DateTime, Utc};
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{HasSqlType, Jsonb, Text, Timestamptz, Uuid as PgUuid};
use diesel::sqlite::Sqlite;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::db::MultiBackend;
use crate::kernel::Instant;
use crate::kernel::ids::*;
use crate::kernel::sql::{SqlInstant, SqlJson, SqlUuid};

type SqliteValue<'a> = <Sqlite as Backend>::RawValue<'a>;

macro_rules! known_to_both {
    ($($sql_type:ident),+) => {$(
        impl HasSqlType<$sql_type> for MultiBackend {
            fn metadata(lookup: &mut Self::MetadataLookup) -> Self::TypeMetadata {
                MultiBackend::lookup_sql_type::<$sql_type>(lookup)
            }
        }
    )+};
}
known_to_both!(SqlUuid, SqlInstant, SqlJson);

macro_rules! id_codecs {
    ($($id:ident),+) => {$(
        impl FromSql<SqlUuid, Pg> for $id {
            fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
                <uuid::Uuid as FromSql<PgUuid, Pg>>::from_sql(value).map(Self)
            }
        }
        impl FromSql<SqlUuid, Sqlite> for $id {
            fn from_sql(value: SqliteValue<'_>) -> deserialize::Result<Self> {
                let text = <String as FromSql<Text, Sqlite>>::from_sql(value)?;
                Ok(Self(uuid::Uuid::parse_str(&text)?))
            }
        }
        impl FromSql<SqlUuid, MultiBackend> for $id {
            fn from_sql(value: <MultiBackend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                value.from_sql::<$id, SqlUuid>()
            }
        }
        impl ToSql<SqlUuid, Pg> for $id {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                ToSql::<PgUuid, Pg>::to_sql(&self.0, out)
            }
        }
        impl ToSql<SqlUuid, Sqlite> for $id {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
                out.set_value(self.0.to_string());
                Ok(IsNull::No)
            }
        }
        impl ToSql<SqlUuid, MultiBackend> for $id {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
                out.set_value((SqlUuid, self));
                Ok(IsNull::No)
            }
        }
    )+};
}
crate::kernel::ids::with_every_id!(id_codecs);

/// Any id, where a column may hold ids of several kinds (`audit_log.object_id`, `outbox.subject_id`).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, serde::Deserialize, AsExpression, FromSqlRow,
)]
#[diesel(sql_type = SqlUuid)]
#[serde(transparent)]
pub struct AnyId(pub uuid::Uuid);
id_codecs!(AnyId);

/// SQLite's text for an instant: always 27 characters, so that text order is time order.
const SQLITE_INSTANT: &str = "%Y-%m-%dT%H:%M:%S%.6fZ";

impl FromSql<SqlInstant, Pg> for Instant {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        <DateTime<Utc> as FromSql<Timestamptz, Pg>>::from_sql(value).map(Self::new)
    }
}
impl FromSql<SqlInstant, Sqlite> for Instant {
    fn from_sql(value: SqliteValue<'_>) -> deserialize::Result<Self> {
        let text = <String as FromSql<Text, Sqlite>>::from_sql(value)?;
        Ok(Self::new(
            DateTime::parse_from_rfc3339(&text)?.with_timezone(&Utc),
        ))
    }
}
impl FromSql<SqlInstant, MultiBackend> for Instant {
    fn from_sql(value: <MultiBackend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        value.from_sql::<Instant, SqlInstant>()
    }
}
impl ToSql<SqlInstant, Pg> for Instant {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        ToSql::<Timestamptz, Pg>::to_sql(&self.utc(), &mut out.reborrow())
    }
}
impl ToSql<SqlInstant, Sqlite> for Instant {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.utc().format(SQLITE_INSTANT).to_string());
        Ok(IsNull::No)
    }
}
impl ToSql<SqlInstant, MultiBackend> for Instant {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        out.set_value((SqlInstant, self));
        Ok(IsNull::No)
    }
}

/// Any serde type, stored as `jsonb` or JSON text.
#[derive(Debug, Clone, PartialEq, Serialize, serde::Deserialize, AsExpression, FromSqlRow)]
#[diesel(sql_type = SqlJson)]
#[serde(transparent)]
pub struct Json<T: std::fmt::Debug + Send + Sync + 'static>(pub T);

impl<T: DeserializeOwned + std::fmt::Debug + Send + Sync + 'static> FromSql<SqlJson, Pg>
    for Json<T>
{
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let json = <serde_json::Value as FromSql<Jsonb, Pg>>::from_sql(value)?;
        Ok(Self(serde_json::from_value(json)?))
    }
}
impl<T: DeserializeOwned + std::fmt::Debug + Send + Sync + 'static> FromSql<SqlJson, Sqlite>
    for Json<T>
{
    fn from_sql(value: SqliteValue<'_>) -> deserialize::Result<Self> {
        let text = <String as FromSql<Text, Sqlite>>::from_sql(value)?;
        Ok(Self(serde_json::from_str(&text)?))
    }
}
impl<T: DeserializeOwned + std::fmt::Debug + Send + Sync + 'static> FromSql<SqlJson, MultiBackend>
    for Json<T>
{
    fn from_sql(value: <MultiBackend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        value.from_sql::<Json<T>, SqlJson>()
    }
}
impl<T: Serialize + std::fmt::Debug + Send + Sync + 'static> ToSql<SqlJson, Pg> for Json<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        use std::io::Write;
        out.write_all(&[1])?; // the version that begins a jsonb value
        serde_json::to_writer(out, &self.0)?;
        Ok(IsNull::No)
    }
}
impl<T: Serialize + std::fmt::Debug + Send + Sync + 'static> ToSql<SqlJson, Sqlite> for Json<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(serde_json::to_string(&self.0)?);
        Ok(IsNull::No)
    }
}
impl<T: Serialize + std::fmt::Debug + Send + Sync + 'static> ToSql<SqlJson, MultiBackend>
    for Json<T>
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        out.set_value((SqlJson, self));
        Ok(IsNull::No)
    }
}
