//! What a programme is, and what makes one valid.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::Object;
use crate::db::schema::programmes;
use crate::kernel::ids::ProgrammeId;
use crate::kernel::{FieldError, Instant, Locale, Problem, Zone};

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
    AsChangeset,
)]
#[diesel(table_name = programmes, treat_none_as_null = true)]
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

impl Programme {
    /// Refuses unless the programme is open.
    ///
    /// # Errors
    /// 409 `programme-not-open`.
    pub fn require_open(&self) -> Result<(), Problem> {
        if self.status == ProgrammeStatus::Open {
            Ok(())
        } else {
            Err(Problem::conflict("programme-not-open"))
        }
    }

    /// What the policy needs to know of it.
    #[must_use]
    pub fn object(&self) -> Object {
        Object::of_programme(self.id)
    }

    /// Its name in a language.
    #[must_use]
    pub fn name(&self, locale: Locale) -> &str {
        match locale {
            Locale::En => &self.name_en,
            Locale::Fr => &self.name_fr,
        }
    }
}

impl ProgrammeStatus {
    /// The state after `to`, if a programme may go there: draft → open → closed, and nowhere back.
    ///
    /// # Errors
    /// 409 `programme-state`.
    pub fn go(self, to: Self) -> Result<Self, Problem> {
        match (self, to) {
            (Self::Draft, Self::Open) | (Self::Draft | Self::Open, Self::Closed) => Ok(to),
            _ => Err(Problem::conflict("programme-state")
                .with("from", self)
                .with("to", to)),
        }
    }
}

/// What somebody changes in a programme; what is left out stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ProgrammeChanges {
    pub slug: Option<String>,
    pub name_en: Option<String>,
    pub name_fr: Option<String>,
    pub description_en: Option<String>,
    pub description_fr: Option<String>,
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
    pub target_minutes: Option<i32>,
    pub meeting_minutes: Option<i32>,
    pub rhythm_days: Option<i32>,
    pub zone: Option<String>,
    /// Null takes the province away.
    #[serde(deserialize_with = "said")]
    #[schema(value_type = Option<String>)]
    pub province: Option<Option<String>>,
}

/// Tells a field that is null (`Some(None)`) from one that is not there (`None`).
fn said<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(from).map(Some)
}

impl ProgrammeChanges {
    /// The programme as it would be; the state, the times and the version are the caller's.
    #[must_use]
    pub fn on(self, old: &Programme) -> NewProgramme {
        let text = |new: Option<String>, old: &str| new.unwrap_or_else(|| old.to_owned());
        NewProgramme {
            slug: text(self.slug, &old.slug),
            name_en: text(self.name_en, &old.name_en),
            name_fr: text(self.name_fr, &old.name_fr),
            description_en: text(self.description_en, &old.description_en),
            description_fr: text(self.description_fr, &old.description_fr),
            starts_on: self.starts_on.unwrap_or(old.starts_on),
            ends_on: self.ends_on.unwrap_or(old.ends_on),
            target_minutes: self.target_minutes.unwrap_or(old.target_minutes),
            meeting_minutes: self.meeting_minutes.unwrap_or(old.meeting_minutes),
            rhythm_days: self.rhythm_days.unwrap_or(old.rhythm_days),
            zone: text(self.zone, &old.zone),
            province: self.province.unwrap_or_else(|| old.province.clone()),
        }
    }
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
        faults.extend(FieldError::of_year("/starts_on", self.starts_on));
        faults.extend(FieldError::of_year("/ends_on", self.ends_on));
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
        let texts = [
            ("/description_en", &self.description_en),
            ("/description_fr", &self.description_fr),
        ];
        for (pointer, text) in texts {
            if text.chars().count() > 10_000 {
                faults.push(FieldError::new(pointer, "too-long").with("most", 10_000));
            }
        }
        let provinces = "AB BC MB NB NL NS NT NU ON PE QC SK YT";
        if let Some(province) = &self.province
            && !provinces.split(' ').any(|known| known == province)
        {
            faults.push(FieldError::new("/province", "unknown-value").with("allowed", provinces));
        }
        Problem::unless_empty(faults)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_programme_goes_forward_only() {
        use ProgrammeStatus::{Closed, Draft, Open};
        for (from, to, may) in [
            (Draft, Open, true),
            (Draft, Closed, true),
            (Open, Closed, true),
            (Open, Open, false),
            (Open, Draft, false),
            (Closed, Open, false),
            (Closed, Closed, false),
        ] {
            assert_eq!(from.go(to).is_ok(), may, "{from} to {to}");
        }
    }

    #[test]
    fn null_takes_the_province_away_and_silence_keeps_it() {
        let province = |text| {
            serde_json::from_str::<ProgrammeChanges>(text)
                .unwrap()
                .province
        };
        assert_eq!(province("{}"), None);
        assert_eq!(province(r#"{"province": null}"#), Some(None));
        assert_eq!(province(r#"{"province": "ON"}"#), Some(Some("ON".into())));
    }
}
