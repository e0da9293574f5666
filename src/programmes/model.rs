//! What a programme is, and what makes one valid.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::db::schema::programmes;
use crate::kernel::ids::ProgrammeId;
use crate::kernel::{FieldError, Instant, Problem, Zone};

crate::text_enum! {
    /// Where a programme stands.
    pub enum ProgrammeStatus { Draft => "draft", Open => "open", Closed => "closed" }
}

/// A programme.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Serialize,
    Deserialize,
    ToSchema,
    Queryable,
    Selectable,
    Insertable,
    Identifiable,
)]
#[diesel(table_name = programmes)]
pub struct Programme {
    pub id: ProgrammeId,
    /// Short name in addresses: lower-case letters, digits and hyphens.
    #[schema(example = "ingenierie-2026")]
    pub slug: String,
    pub name_en: String,
    pub name_fr: String,
    pub description_en: String,
    pub description_fr: String,
    /// First day, local date in `zone`.
    pub starts_on: NaiveDate,
    /// Last day, local date in `zone`.
    pub ends_on: NaiveDate,
    /// Mentoring minutes that a pair aims at.
    pub target_minutes: i32,
    /// Minutes of an ordinary meeting, 15 to 480.
    pub meeting_minutes: i32,
    /// Days between meetings, 1 to 90.
    pub rhythm_days: i32,
    /// IANA zone of the programme's dates.
    pub zone: String,
    /// Province whose statutory holidays the programme keeps, such as `QC`.
    pub province: Option<String>,
    pub status: ProgrammeStatus,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub closed_at: Option<Instant>,
    pub version: i32,
}

/// What somebody writes to make a programme.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProgramme {
    pub slug: String,
    pub name_en: String,
    pub name_fr: String,
    #[serde(default)]
    pub description_en: String,
    #[serde(default)]
    pub description_fr: String,
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
    pub target_minutes: i32,
    pub meeting_minutes: i32,
    pub rhythm_days: i32,
    pub zone: String,
    pub province: Option<String>,
}

impl NewProgramme {
    /// Every fault at once.
    pub fn check(&self) -> Result<(), Problem> {
        let mut faults = Vec::new();
        let slug_ok = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.slug.is_empty() || self.slug.len() > 60 || !self.slug.chars().all(slug_ok) {
            faults.push(FieldError::new("/slug", "slug"));
        }
        for (pointer, name) in [("/name_en", &self.name_en), ("/name_fr", &self.name_fr)] {
            if name.trim().is_empty() {
                faults.push(FieldError::new(pointer, "required"));
            } else if name.chars().count() > 200 {
                faults.push(FieldError::new(pointer, "too-long").with("most", 200));
            }
        }
        if self.ends_on < self.starts_on {
            faults.push(FieldError::new("/ends_on", "ends-before-start"));
        }
        let ranges = [
            ("/target_minutes", self.target_minutes, 1, 100_000),
            ("/meeting_minutes", self.meeting_minutes, 15, 480),
            ("/rhythm_days", self.rhythm_days, 1, 90),
        ];
        for (pointer, value, least, most) in ranges {
            if !(least..=most).contains(&value) {
                faults.push(
                    FieldError::new(pointer, "out-of-range")
                        .with("least", least)
                        .with("most", most),
                );
            }
        }
        if Zone::parse(&self.zone).is_err() {
            faults.push(FieldError::new("/zone", "zone"));
        }
        Problem::unless_empty(faults)
    }
}
