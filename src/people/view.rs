//! What is shown of people: the record, the card for the other side of a mentorship, the list.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use crate::kernel::ids::{AccountId, PersonId};
use crate::kernel::{Instant, Locale};
use crate::people::model::changes::WishesInput;
use crate::people::model::parts::WindowText;
use crate::people::model::{
    LicenceStage, MeetingMode, Occupation, OccupationKind, Origin, Person, PersonStatus, Profile,
    Side, WishKind,
};
use crate::people::read::Listed;
use crate::reference::{self, LanguageLevel, NocCode};

/// An occupation with its title.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OccupationView {
    pub kind: OccupationKind,
    /// Unit group of NOC 2021; null when the words resemble no official title.
    #[schema(example = "21300")]
    pub noc: Option<String>,
    /// The unit group's title in the reader's language.
    #[schema(example = "Civil engineers")]
    pub title: Option<String>,
    pub own_words: Option<String>,
    /// How sure the code is, in thousandths.
    pub confidence: i32,
    /// A person should look at the code.
    pub needs_review: bool,
    pub years: Option<i32>,
    pub last_year: Option<i32>,
}

/// A language with its name.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LanguageView {
    /// BCP 47 code.
    #[schema(example = "fr")]
    pub language: String,
    /// The name in the reader's language.
    #[schema(example = "French")]
    pub name: String,
    pub level: Option<LanguageLevel>,
    pub wanted: bool,
}

/// Topics, most wanted first.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct TopicsView {
    pub wants: Vec<String>,
    pub offers: Vec<String>,
}

/// A person's record.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(title = "Person")]
pub struct PersonView {
    pub id: PersonId,
    pub given_name: String,
    pub family_name: String,
    pub preferred_name: Option<String>,
    /// Preferred or given name, then the family name.
    pub display_name: String,
    pub pronouns: Option<String>,
    pub email: Option<String>,
    /// E.164, with an extension as `;ext=`.
    pub phone: Option<String>,
    pub locale: Locale,
    pub city: Option<String>,
    pub province: Option<String>,
    pub country: String,
    /// IANA zone of the person's clock and availability.
    pub zone: String,
    pub meeting_mode: MeetingMode,
    pub licence_stage: Option<LicenceStage>,
    pub licence_jurisdiction: Option<String>,
    pub headline: Option<String>,
    pub status: PersonStatus,
    pub paused_from: Option<NaiveDate>,
    pub paused_until: Option<NaiveDate>,
    pub coach_id: Option<AccountId>,
    pub origin: Origin,
    /// Since when nothing is mailed to this person.
    pub mail_suppressed_at: Option<Instant>,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub archived_at: Option<Instant>,
    pub version: i32,
    pub occupations: Vec<OccupationView>,
    pub languages: Vec<LanguageView>,
    pub topics: TopicsView,
    /// Counts in matching only with the consent `wishes`.
    pub wishes: WishesInput,
    pub availability: Vec<WindowText>,
}

/// What the other side of a mentorship needs of a person, and no more.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PersonCard {
    pub id: PersonId,
    pub display_name: String,
    pub short_name: String,
    pub pronouns: Option<String>,
    pub headline: Option<String>,
    pub city: Option<String>,
    pub province: Option<String>,
    pub zone: String,
    pub meeting_mode: MeetingMode,
    pub occupations: Vec<OccupationCard>,
    pub languages: Vec<LanguageView>,
    pub topics: TopicsView,
}

/// An occupation as the other side sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OccupationCard {
    pub kind: OccupationKind,
    pub title: Option<String>,
    pub own_words: Option<String>,
    pub years: Option<i32>,
}

/// A person in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PersonSummary {
    pub id: PersonId,
    pub display_name: String,
    pub given_name: String,
    pub family_name: String,
    pub email: Option<String>,
    pub city: Option<String>,
    pub province: Option<String>,
    pub status: PersonStatus,
    /// `mentor`, `mentee`, or both: where they are enrolled now.
    pub sides: Vec<String>,
    pub occupations: Vec<OccupationView>,
    pub languages: Vec<LanguageView>,
    /// An occupation waits for a person to choose its code.
    pub needs_review: bool,
    pub updated_at: Instant,
    pub version: i32,
}

fn title(noc: Option<&str>, locale: Locale) -> Option<String> {
    let code = NocCode::parse(noc?).ok()?;
    Some(code.occupation().title(locale).to_owned())
}

fn occupation(from: &Occupation, locale: Locale) -> OccupationView {
    OccupationView {
        kind: from.kind,
        noc: from.noc.clone(),
        title: title(from.noc.as_deref(), locale),
        own_words: from.own_words.clone(),
        confidence: from.confidence,
        needs_review: from.needs_review,
        years: from.years,
        last_year: from.last_year,
    }
}

fn occupations(profile: &Profile, locale: Locale) -> Vec<OccupationView> {
    profile
        .occupations
        .iter()
        .map(|item| occupation(item, locale))
        .collect()
}

fn languages(profile: &Profile, locale: Locale) -> Vec<LanguageView> {
    let view = |item: &crate::people::model::Language| LanguageView {
        language: item.language.clone(),
        name: reference::Language::from_code(&item.language).map_or_else(
            |_| item.language.clone(),
            |known| known.name(locale).to_owned(),
        ),
        level: item.level,
        wanted: item.wanted,
    };
    profile.languages.iter().map(view).collect()
}

fn topics(profile: &Profile) -> TopicsView {
    let mut view = TopicsView::default();
    for topic in &profile.topics {
        match topic.side {
            Side::Wants => view.wants.push(topic.topic.clone()),
            Side::Offers => view.offers.push(topic.topic.clone()),
        }
    }
    view
}

fn wishes(profile: &Profile) -> WishesInput {
    let mut view = WishesInput::default();
    for wish in &profile.wishes {
        match wish.kind {
            WishKind::Is => view.is.push(wish.word),
            WishKind::Wants => view.wants.push(wish.word),
            WishKind::Insists => view.insists.push(wish.word),
        }
    }
    view
}

impl PersonView {
    /// The record in the reader's language.
    pub fn of(profile: Profile, locale: Locale) -> Self {
        let (occupations, languages) = (occupations(&profile, locale), languages(&profile, locale));
        let (topics, wishes) = (topics(&profile), wishes(&profile));
        let availability = profile
            .availability
            .iter()
            .map(|w| WindowText::from(*w))
            .collect();
        let display_name = profile.person.display_name();
        let Person {
            id,
            given_name,
            family_name,
            preferred_name,
            pronouns,
            email,
            phone,
            locale,
            city,
            province,
            country,
            zone,
            meeting_mode,
            licence_stage,
            licence_jurisdiction,
            headline,
            status,
            paused_from,
            paused_until,
            coach_id,
            origin,
            mail_suppressed_at,
            created_at,
            updated_at,
            archived_at,
            version,
            name_key: _,
            email_key: _,
        } = profile.person;
        Self {
            id,
            given_name,
            family_name,
            preferred_name,
            display_name,
            pronouns,
            email,
            phone,
            locale,
            city,
            province,
            country,
            zone,
            meeting_mode,
            licence_stage,
            licence_jurisdiction,
            headline,
            status,
            paused_from,
            paused_until,
            coach_id,
            origin,
            mail_suppressed_at,
            created_at,
            updated_at,
            archived_at,
            version,
            occupations,
            languages,
            topics,
            wishes,
            availability,
        }
    }
}

impl PersonCard {
    /// The card in the reader's language.
    pub fn of(profile: Profile, locale: Locale) -> Self {
        let card = |item: &Occupation| OccupationCard {
            kind: item.kind,
            title: title(item.noc.as_deref(), locale),
            own_words: item.own_words.clone(),
            years: item.years,
        };
        Self {
            occupations: profile.occupations.iter().map(card).collect(),
            languages: languages(&profile, locale),
            topics: topics(&profile),
            display_name: profile.person.display_name(),
            short_name: profile.person.short_name().to_owned(),
            id: profile.person.id,
            pronouns: profile.person.pronouns,
            headline: profile.person.headline,
            city: profile.person.city,
            province: profile.person.province,
            zone: profile.person.zone,
            meeting_mode: profile.person.meeting_mode,
        }
    }
}

impl PersonSummary {
    /// A row of a list in the reader's language.
    pub fn of(listed: Listed, locale: Locale) -> Self {
        let Listed { profile, sides } = listed;
        Self {
            occupations: occupations(&profile, locale),
            languages: languages(&profile, locale),
            needs_review: profile.needs_review(),
            display_name: profile.person.display_name(),
            sides,
            id: profile.person.id,
            given_name: profile.person.given_name,
            family_name: profile.person.family_name,
            email: profile.person.email,
            city: profile.person.city,
            province: profile.person.province,
            status: profile.person.status,
            updated_at: profile.person.updated_at,
            version: profile.person.version,
        }
    }
}
