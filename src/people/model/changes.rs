//! What somebody writes to make or change a person, and what is checked of it.
//!
//! One type serves the API (create and change), the import and the demonstration: [`Changes::apply`]
//! is the only way into a [`Profile`], so the same rules hold for all.

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::change_lists::{availability, languages, occupations, topics_of, wishes_of};
use super::check::{Check, filled};
use super::parts::WindowText;
use super::text::clean;
use super::{LicenceStage, MeetingMode, OccupationKind, Person, Profile, WishWord, contact, place};
use crate::kernel::{FieldError, Locale, Zone};
use crate::reference::LanguageLevel;

const MAX_LINE: usize = 200;

/// A person's facts. A field that is left out stays as it is; `null` clears it; a list that is given
/// replaces the whole list.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(title = "PersonChanges")]
pub struct Changes {
    /// Needed when a person is made. At most 120 characters.
    #[schema(example = "Amina")]
    pub given_name: Option<String>,
    /// May be empty: not everyone has two names.
    #[schema(example = "Diallo")]
    pub family_name: Option<String>,
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub preferred_name: Option<Option<String>>,
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub pronouns: Option<Option<String>>,
    /// Unique among all people, whatever its case.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, example = "amina@example.ca")]
    pub email: Option<Option<String>>,
    /// North American numbers may leave out +1; an extension is written `ext. 12` or `poste 12`.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, example = "+15145550101")]
    pub phone: Option<Option<String>>,
    /// The language that the person is written to in.
    pub locale: Option<Locale>,
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, example = "Montréal")]
    pub city: Option<Option<String>>,
    /// Two letters.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, example = "QC")]
    pub province: Option<Option<String>>,
    /// ISO 3166-1, two letters; `CA` unless given.
    #[schema(example = "CA")]
    pub country: Option<String>,
    /// IANA zone; follows the city or province unless given.
    #[schema(example = "America/Toronto")]
    pub zone: Option<String>,
    pub meeting_mode: Option<MeetingMode>,
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<LicenceStage>)]
    pub licence_stage: Option<Option<LicenceStage>>,
    /// The province where the licence is sought or held.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, example = "QC")]
    pub licence_jurisdiction: Option<Option<String>>,
    /// One line, at most 200 characters.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub headline: Option<Option<String>>,
    /// At most 10.
    pub occupations: Option<Vec<OccupationInput>>,
    /// At most 20, each language once.
    pub languages: Option<Vec<LanguageInput>>,
    pub topics: Option<TopicsInput>,
    /// Counts in matching only if both people have given the consent `wishes`.
    pub wishes: Option<WishesInput>,
    /// At most 70 windows.
    pub availability: Option<Vec<WindowText>>,
}

/// Tells `null` (clear it) from a field that is not there (leave it).
fn nullable<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

/// An occupation as it is written: a code, or own words that are then coded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OccupationInput {
    pub kind: OccupationKind,
    /// Unit group of NOC 2021. A code that is given is certain.
    #[schema(example = "21300")]
    pub noc: Option<String>,
    /// At most 200 characters; without a code they are looked up among the official job titles.
    #[schema(example = "ingénieure en structure")]
    pub own_words: Option<String>,
    /// Full years of experience, 0 to 70.
    pub years: Option<i32>,
    /// The last calendar year in it, 1950 to 2100.
    pub last_year: Option<i32>,
}

/// A language as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LanguageInput {
    /// BCP 47 code.
    #[schema(example = "fr")]
    pub language: String,
    pub level: Option<LanguageLevel>,
    /// A mentee asks to be mentored in it.
    #[serde(default)]
    pub wanted: bool,
}

/// Topics as they are written, most wanted first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TopicsInput {
    #[schema(example = json!(["interviews", "networking"]))]
    pub wants: Vec<String>,
    pub offers: Vec<String>,
}

/// Wishes as they are written; a word is wanted or insisted on, not both.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WishesInput {
    /// What the person says of themself.
    #[schema(example = json!(["woman", "parent"]))]
    pub is: Vec<WishWord>,
    /// What they would like of the other, most wanted first.
    #[schema(example = json!(["woman"]))]
    pub wants: Vec<WishWord>,
    /// Without which they would rather wait.
    pub insists: Vec<WishWord>,
}

impl Changes {
    /// Makes the changes; every fault at once, each with a JSON pointer. Where there are faults the
    /// profile is of no use.
    pub fn apply(&self, profile: &mut Profile) -> Vec<FieldError> {
        let mut check = Check::default();
        let place_before = place::zone_of_person(&profile.person);
        self.names(&mut profile.person, &mut check);
        self.contact(&mut profile.person, &mut check);
        self.place(&mut profile.person, &mut check, place_before);
        self.circumstances(&mut profile.person, &mut check);
        if let Some(list) = &self.occupations {
            profile.occupations = occupations(list, profile, &mut check);
        }
        if let Some(list) = &self.languages {
            profile.languages = languages(list, &mut check);
        }
        if let Some(given) = &self.topics {
            profile.topics = topics_of(given, &mut check);
        }
        if let Some(given) = &self.wishes {
            profile.wishes = wishes_of(given, &mut check);
        }
        if let Some(list) = &self.availability {
            profile.availability = availability(list, &mut check);
        }
        profile.person.refresh_keys();
        check.faults
    }

    fn names(&self, person: &mut Person, check: &mut Check) {
        if let Some(given) = &self.given_name {
            person.given_name = check.name("/given_name", given);
        }
        if person.given_name.is_empty() && check.faults.is_empty() {
            check.fault("/given_name", "required");
        }
        if let Some(family) = &self.family_name {
            person.family_name = match clean(family) {
                empty if empty.is_empty() => empty,
                _ => check.name("/family_name", family),
            };
        }
        if let Some(preferred) = &self.preferred_name {
            person.preferred_name =
                filled(preferred).map(|name| check.name("/preferred_name", name));
        }
        if let Some(pronouns) = &self.pronouns {
            person.pronouns = check.line("/pronouns", pronouns, 40);
        }
    }

    fn contact(&self, person: &mut Person, check: &mut Check) {
        if let Some(email) = &self.email {
            let before = person.email.take();
            person.email =
                filled(email).map(|email| check.contact("/email", contact::email(email)));
            if person.email != before {
                // What failed was the address that they had (rule I12).
                person.mail_suppressed_at = None;
            }
        }
        if let Some(phone) = &self.phone {
            person.phone =
                filled(phone).map(|phone| check.contact("/phone", contact::phone(phone)));
        }
        if let Some(locale) = self.locale {
            person.locale = locale;
        }
    }

    fn place(&self, person: &mut Person, check: &mut Check, before: Option<&'static str>) {
        if let Some(country) = &self.country {
            person.country = country.trim().to_uppercase();
            if !place::is_country(&person.country) {
                check.fault("/country", "country");
            }
        }
        if let Some(city) = &self.city {
            person.city = check.line("/city", city, 100);
        }
        if let Some(province) = &self.province {
            person.province = check.province("/province", province);
        }
        self.official_spelling(person);
        let here = place::zone_of_person(person);
        match &self.zone {
            Some(zone) if Zone::parse(zone.trim()).is_err() => check.fault("/zone", "zone"),
            Some(zone) => person.zone = zone.trim().to_owned(),
            // Whoever moves takes the new place's clock, unless they had chosen another before.
            None if person.zone.is_empty() || before == Some(person.zone.as_str()) => {
                if let Some(zone) = here {
                    person.zone = zone.to_owned();
                } else if person.zone.is_empty() {
                    check.fault("/zone", "required");
                }
            }
            None => {}
        }
    }

    /// The city as the tables write it, with its province where only one has it.
    fn official_spelling(&self, person: &mut Person) {
        let (Some(city), true) = (&person.city, person.country == "CA") else {
            return;
        };
        if let place::Located::Here(found) = place::locate(city, person.province.as_deref()) {
            person.city = Some(found.name.to_owned());
            if person.province.is_none() {
                person.province = Some(found.province.as_str().to_owned());
            }
        }
    }

    fn circumstances(&self, person: &mut Person, check: &mut Check) {
        if let Some(mode) = self.meeting_mode {
            person.meeting_mode = mode;
        }
        if let Some(stage) = self.licence_stage {
            person.licence_stage = stage;
        }
        if let Some(jurisdiction) = &self.licence_jurisdiction {
            person.licence_jurisdiction = check.province("/licence_jurisdiction", jurisdiction);
        }
        if let Some(headline) = &self.headline {
            person.headline = check.line("/headline", headline, MAX_LINE);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Instant;
    use crate::people::model::Origin;

    fn blank() -> Profile {
        Profile::blank(Instant::from_millis(0).unwrap(), Origin::Api)
    }

    fn changes(json: &str) -> Changes {
        serde_json::from_str(json).unwrap()
    }

    fn faults(json: &str) -> Vec<(String, &'static str)> {
        let found = changes(json).apply(&mut blank());
        found
            .into_iter()
            .map(|fault| (fault.pointer, fault.code))
            .collect()
    }

    #[test]
    fn a_field_left_out_stays_and_null_clears_it() {
        let mut profile = blank();
        let made = r#"{"given_name":"Amina","email":"Amina@Example.ca","province":"QC","headline":"Hello"}"#;
        assert_eq!(changes(made).apply(&mut profile), []);
        assert_eq!(profile.person.zone, "America/Toronto");
        assert_eq!(
            profile.person.email_key.as_deref(),
            Some("amina@example.ca")
        );
        assert_eq!(changes(r#"{"headline":null}"#).apply(&mut profile), []);
        assert_eq!(profile.person.headline, None);
        assert_eq!(profile.person.email.as_deref(), Some("Amina@Example.ca"));
    }

    #[test]
    fn every_fault_is_told_at_once_with_its_pointer() {
        let json = r#"{"given_name":"123","email":"nobody","phone":"1","province":"ZZ","country":"XX",
            "zone":"Moon/Base","occupations":[{"kind":"held","noc":"99999"},{"kind":"held"}],
            "languages":[{"language":"fr"},{"language":"fr"},{"language":"qqq"}],
            "availability":[{"weekday":8,"starts":"18:00","ends":"20:00"}]}"#;
        let expected = [
            ("/given_name", "name"),
            ("/email", "email"),
            ("/phone", "phone"),
            ("/country", "country"),
            ("/province", "province"),
            ("/zone", "zone"),
            ("/occupations/0/noc", "occupation"),
            ("/occupations/1/noc", "required"),
            ("/languages/1/language", "twice"),
            ("/languages/2/language", "language"),
            ("/availability/0", "window"),
        ];
        assert_eq!(faults(json), expected.map(|(p, c)| (p.to_owned(), c)));
        assert_eq!(
            faults("{\"province\":\"QC\"}"),
            [("/given_name".to_owned(), "required")]
        );
    }

    #[test]
    fn whoever_moves_takes_the_new_clock_unless_they_chose_their_own() {
        let mut profile = blank();
        changes(r#"{"given_name":"Amina","province":"QC"}"#).apply(&mut profile);
        changes(r#"{"province":"BC"}"#).apply(&mut profile);
        assert_eq!(profile.person.zone, "America/Vancouver");
        changes(r#"{"zone":"Europe/Brussels"}"#).apply(&mut profile);
        changes(r#"{"province":"QC"}"#).apply(&mut profile);
        assert_eq!(profile.person.zone, "Europe/Brussels");
    }

    #[test]
    fn a_reviewed_code_is_not_undone_by_the_same_words() {
        let mut profile = blank();
        let words = r#"{"given_name":"A","province":"QC","occupations":[{"kind":"held","own_words":"bridge person"}]}"#;
        changes(words).apply(&mut profile);
        let chosen =
            r#"{"occupations":[{"kind":"held","own_words":"bridge person","noc":"21300"}]}"#;
        changes(chosen).apply(&mut profile);
        changes(words).apply(&mut profile);
        let only = &profile.occupations[0];
        assert_eq!(
            (only.noc.as_deref(), only.needs_review),
            (Some("21300"), false)
        );
    }
}
