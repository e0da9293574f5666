//! An instant: a point in time in UTC with microseconds, the precision that both databases keep.

use chrono::{DateTime, Duration, NaiveDate, SecondsFormat, SubsecRound, Utc};

/// A UTC instant with microsecond precision.
///
/// In JSON it is RFC 3339 with a `Z`; a local time of a person is never an `Instant` but a
/// `NaiveDateTime` beside a zone.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = crate::kernel::sql::SqlInstant)]
pub struct Instant(DateTime<Utc>);

impl Instant {
    /// The instant of `time`, cut to microseconds.
    pub fn new(time: DateTime<Utc>) -> Self {
        Self(time.trunc_subsecs(6))
    }

    /// `millis` milliseconds after 1970-01-01T00:00:00Z; `None` outside chrono's range.
    pub fn from_millis(millis: i64) -> Option<Self> {
        DateTime::from_timestamp_millis(millis).map(Self::new)
    }

    /// As chrono's type.
    pub fn utc(self) -> DateTime<Utc> {
        self.0
    }

    /// The calendar date in UTC.
    pub fn utc_date(self) -> NaiveDate {
        self.0.date_naive()
    }

    /// `duration` later (earlier when negative); at the ends of chrono's range it stays where it is.
    pub fn plus(self, duration: Duration) -> Self {
        self.0.checked_add_signed(duration).map_or(self, Self::new)
    }

    /// `duration` earlier.
    pub fn minus(self, duration: Duration) -> Self {
        self.0.checked_sub_signed(duration).map_or(self, Self::new)
    }

    /// The time from `earlier` to this instant; negative when `earlier` is later.
    pub fn since(self, earlier: Self) -> Duration {
        self.0.signed_duration_since(earlier.0)
    }

    /// RFC 3339, in UTC, with as many digits as needed: `2026-12-08T23:00:00Z`.
    pub fn rfc3339(self) -> String {
        self.0.to_rfc3339_opts(SecondsFormat::AutoSi, true)
    }
}

impl std::fmt::Display for Instant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.rfc3339())
    }
}

impl From<DateTime<Utc>> for Instant {
    fn from(time: DateTime<Utc>) -> Self {
        Self::new(time)
    }
}

impl serde::Serialize for Instant {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.rfc3339())
    }
}

impl<'de> serde::Deserialize<'de> for Instant {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        DateTime::parse_from_rfc3339(&text)
            .map(|t| Self::new(t.with_timezone(&Utc)))
            .map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for Instant {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        crate::kernel::sql::text_schema(utoipa::openapi::KnownFormat::DateTime)
    }
}
impl utoipa::ToSchema for Instant {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_rfc_3339_in_utc_whatever_the_offset_that_came_in() {
        let t: Instant = serde_json::from_str("\"2026-12-08T18:00:00.123456789-05:00\"").unwrap();
        assert_eq!(
            serde_json::to_string(&t).unwrap(),
            "\"2026-12-08T23:00:00.123456Z\""
        );
    }

    #[test]
    fn a_time_without_offset_is_no_instant() {
        assert!(serde_json::from_str::<Instant>("\"2026-12-08T18:00:00\"").is_err());
    }
}
