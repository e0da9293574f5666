//! What a person is, and the rules of it: pure values.

mod change_lists;
pub mod changes;
mod check;
mod coding;
pub mod contact;
pub mod parts;
pub mod place;
pub mod text;
pub mod topics;
pub mod wishes;

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::db::schema::persons;
use crate::kernel::ids::{AccountId, PersonId};
use crate::kernel::{Instant, Locale};

pub use parts::{Language, Occupation, OccupationKind, Side, Topic, WeeklyWindow};
pub use wishes::{Wish, WishKind, WishWord};

crate::text_enum! {
    /// Where a person stands with the organisation.
    pub enum PersonStatus {
        /// Can be matched and invited.
        Active => "active",
        /// Away for a while by their own or their coordinator's wish: no new match, no new meeting.
        Paused => "paused",
        /// Has left; kept for the record, out of every list unless asked for.
        Archived => "archived",
    }
}

crate::text_enum! {
    /// How a person wants to meet.
    pub enum MeetingMode { Remote => "remote", InPerson => "in-person", Either => "either" }
}

crate::text_enum! {
    /// How far a person has come towards practising a regulated profession here. The sector publishes
    /// no vocabulary for it; these steps are ours.
    pub enum LicenceStage {
        /// The profession is not regulated.
        NotNeeded => "not-needed",
        NotStarted => "not-started",
        /// Documents or diplomas are being assessed.
        Assessment => "assessment",
        /// Examinations.
        Exams => "exams",
        /// Supervised practice, internship, bridging.
        Practice => "practice",
        /// A restricted or temporary permit.
        Provisional => "provisional",
        Licensed => "licensed",
    }
}

crate::text_enum! {
    /// How a person came in.
    pub enum Origin { Api => "api", Import => "import", Intake => "intake", Demo => "demo" }
}

/// A person, without the lists that hang on them.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Serialize,
    Deserialize,
    Queryable,
    Selectable,
    Insertable,
    Identifiable,
    AsChangeset,
)]
#[diesel(table_name = persons, treat_none_as_null = true)]
pub struct Person {
    pub id: PersonId,
    pub given_name: String,
    /// Empty for people who have one name.
    pub family_name: String,
    pub preferred_name: Option<String>,
    pub pronouns: Option<String>,
    /// All names folded, for search and for sorting.
    pub name_key: String,
    pub email: Option<String>,
    /// See [`crate::kernel::address::key`]; unique.
    pub email_key: Option<String>,
    /// E.164, with an extension as `;ext=` (RFC 3966).
    pub phone: Option<String>,
    /// The language that the person is written to in.
    pub locale: Locale,
    pub city: Option<String>,
    /// Two letters, such as `QC`.
    pub province: Option<String>,
    /// ISO 3166-1, two letters.
    pub country: String,
    /// IANA zone in which the person reads a clock, and their availability.
    pub zone: String,
    pub meeting_mode: MeetingMode,
    pub licence_stage: Option<LicenceStage>,
    /// Where the licence is sought or held: a province.
    pub licence_jurisdiction: Option<String>,
    /// One line about themself, which the other side of a mentorship reads.
    pub headline: Option<String>,
    pub status: PersonStatus,
    /// First day of a pause, local date.
    pub paused_from: Option<NaiveDate>,
    /// Last day of a pause; `None` while it is open.
    pub paused_until: Option<NaiveDate>,
    /// The account of the coach who follows this person.
    pub coach_id: Option<AccountId>,
    pub origin: Origin,
    /// Since when nothing is mailed, because the address bounced or its owner asked.
    pub mail_suppressed_at: Option<Instant>,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub archived_at: Option<Instant>,
    /// Counts changes of the person and of their lists; the ETag.
    pub version: i32,
}

impl Person {
    /// A person of whom nothing is known yet.
    pub fn blank(now: Instant, origin: Origin) -> Self {
        Self {
            id: PersonId::new(now),
            given_name: String::new(),
            family_name: String::new(),
            preferred_name: None,
            pronouns: None,
            name_key: String::new(),
            email: None,
            email_key: None,
            phone: None,
            locale: Locale::En,
            city: None,
            province: None,
            country: "CA".to_owned(),
            zone: String::new(),
            meeting_mode: MeetingMode::Either,
            licence_stage: None,
            licence_jurisdiction: None,
            headline: None,
            status: PersonStatus::Active,
            paused_from: None,
            paused_until: None,
            coach_id: None,
            origin,
            mail_suppressed_at: None,
            created_at: now,
            updated_at: now,
            archived_at: None,
            version: 1,
        }
    }

    /// How the person is called: the preferred name where there is one, then the family name.
    pub fn display_name(&self) -> String {
        let first = self.preferred_name.as_deref().unwrap_or(&self.given_name);
        if self.family_name.is_empty() {
            first.to_owned()
        } else {
            format!("{first} {}", self.family_name)
        }
    }

    /// How the person is addressed in a sentence.
    pub fn short_name(&self) -> &str {
        self.preferred_name.as_deref().unwrap_or(&self.given_name)
    }

    /// Whether the person can be matched and invited on `date`: active, and not in a pause that was
    /// planned ahead.
    pub fn is_available_on(&self, date: NaiveDate) -> bool {
        let begun = self.paused_from.is_some_and(|from| from <= date);
        let over = self.paused_until.is_some_and(|until| until < date);
        match self.status {
            PersonStatus::Archived => false,
            PersonStatus::Active => true,
            PersonStatus::Paused => !begun || over,
        }
    }

    /// Brings the keys in line with the names and the address.
    pub fn refresh_keys(&mut self) {
        let preferred = self.preferred_name.as_deref().unwrap_or_default();
        let names = format!("{} {} {preferred}", self.family_name, self.given_name);
        self.name_key = text::fold(&names);
        if self.name_key.is_empty() {
            // Names in no letters that folding knows (it keeps all scripts) do not occur; a name of
            // signs only is refused before.
            self.name_key = self.given_name.to_lowercase();
        }
        self.email_key = self.email.as_deref().map(crate::kernel::address::key);
    }
}

/// A person with everything that hangs on them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Profile {
    #[serde(flatten)]
    pub person: Person,
    /// In the person's order.
    pub occupations: Vec<Occupation>,
    /// By code.
    pub languages: Vec<Language>,
    /// In the person's order within a side.
    pub topics: Vec<Topic>,
    /// In the person's order within a kind.
    pub wishes: Vec<Wish>,
    /// By weekday and time.
    pub availability: Vec<WeeklyWindow>,
}

impl Profile {
    /// A profile of which nothing is known yet.
    pub fn blank(now: Instant, origin: Origin) -> Self {
        Self {
            person: Person::blank(now, origin),
            occupations: Vec::new(),
            languages: Vec::new(),
            topics: Vec::new(),
            wishes: Vec::new(),
            availability: Vec::new(),
        }
    }

    /// Whether an occupation waits for a person to choose its code.
    pub fn needs_review(&self) -> bool {
        self.occupations
            .iter()
            .any(|occupation| occupation.needs_review)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person() -> Person {
        Person::blank(Instant::from_millis(0).unwrap(), Origin::Api)
    }

    #[test]
    fn the_preferred_name_comes_first_and_one_name_is_enough() {
        let mut amina = Person {
            given_name: "Aminata".into(),
            family_name: "Diallo".into(),
            ..person()
        };
        assert_eq!(amina.display_name(), "Aminata Diallo");
        amina.preferred_name = Some("Amina".into());
        assert_eq!(amina.display_name(), "Amina Diallo");
        amina.family_name = String::new();
        assert_eq!(amina.display_name(), "Amina");
    }

    #[test]
    fn a_pause_begins_and_ends_on_its_days() {
        let day = |d| NaiveDate::from_ymd_opt(2026, 12, d).unwrap();
        let paused = Person {
            status: PersonStatus::Paused,
            paused_from: Some(day(10)),
            paused_until: Some(day(20)),
            ..person()
        };
        for (date, expected) in [(9, true), (10, false), (20, false), (21, true)] {
            assert_eq!(paused.is_available_on(day(date)), expected, "{date}");
        }
    }
}
