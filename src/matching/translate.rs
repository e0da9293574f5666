//! From people's files to the engine's facts: occupations, languages, places, topics, wishes and hours become
//! numbers.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};

use crate::kernel::{Instant, Zone};
use crate::matching::calendar::Calendar;
use crate::matching::engine;
use crate::matching::engine::noc::experience_permille;
use crate::matching::engine::{
    Experience, LanguageId, LanguageSkill, Licence, Mentee, Mentor, Mode, OccupationId, Place,
    Standing, TagId, TopicId, WeekMask, Window, Wishes, level,
};
use crate::matching::inputs::{Inputs, Numbers, Row, Town};
use crate::matching::week_of::week_of;
use crate::people::exceptions::{Exception, ExceptionKind};
use crate::people::model::parts::Side as TopicSide;
use crate::people::model::{
    LicenceStage, MeetingMode, OccupationKind, Person, PersonStatus, Profile, WishKind,
};
use crate::programmes::Participation;
use crate::reference::LanguageLevel;
use crate::reference::languages::Language;
use crate::reference::places::{City, Province};

/// The level that a language without a stated level counts as: B1, where independent use begins.
pub const UNSAID_LEVEL: u8 = 5;
/// Years that an occupation without stated years counts as: enough for no discount.
const UNSAID_YEARS: u32 = 3;
/// Two people can meet in person within so many kilometres.
pub const REACH_KM: f64 = 50.0;
/// Days ahead that tell whether somebody is away for now.
pub const AHEAD_DAYS: u64 = 56;

/// One person as a run needs them.
#[derive(Debug)]
pub struct Candidate {
    pub participation: Participation,
    pub profile: Profile,
    pub exceptions: Vec<Exception>,
    /// All required consents are given and none for matching is withdrawn.
    pub consented: bool,
    /// They have agreed that wishes count.
    pub wishes_count: bool,
}

/// Numbers for everything that people's files say in words.
#[derive(Debug)]
pub struct Translator {
    occupations: Numbers<String>,
    languages: Numbers<String>,
    topics: Numbers<String>,
    wishes: Numbers<String>,
    cities: Numbers<Town>,
    provinces: Numbers<String>,
    calendar: Calendar,
    now: Instant,
}

/// The lists behind the numbers.
pub struct Lists {
    pub occupations: Vec<String>,
    pub languages: Vec<String>,
    pub macrolanguages: Vec<Option<LanguageId>>,
    pub topics: Vec<String>,
    pub wishes: Vec<String>,
    pub towns: Vec<Town>,
    pub provinces: Vec<String>,
    pub reach: Vec<(u32, u32)>,
    pub calendar: Calendar,
}

/// The zone of a person's clock; UTC where the file has a zone that no release knows any more.
#[must_use]
pub fn zone_of(person: &Person) -> Zone {
    Zone::parse(&person.zone).unwrap_or_else(|_| Zone::utc())
}

impl Translator {
    /// For people whose zones the calendar knows, at an instant.
    #[must_use]
    pub fn new(calendar: Calendar, now: Instant) -> Self {
        Self {
            occupations: Numbers::default(),
            languages: Numbers::default(),
            topics: Numbers::default(),
            wishes: Numbers::default(),
            cities: Numbers::default(),
            provinces: Numbers::default(),
            calendar,
            now,
        }
    }

    /// With the numbers that an earlier run gave; new words get the next ones.
    #[must_use]
    pub fn continuing(self, run: &Inputs) -> Self {
        Self {
            occupations: Numbers::from_words(&run.occupations),
            languages: Numbers::from_words(&run.languages),
            topics: Numbers::from_words(&run.topics),
            wishes: Numbers::from_words(&run.wishes),
            cities: Numbers::from_words(&run.towns),
            provinces: Numbers::from_words(&run.provinces),
            ..self
        }
    }

    /// A mentee.
    pub fn mentee(&mut self, who: &Candidate) -> Row<Mentee> {
        let since = who.participation.waiting_since.unwrap_or(self.now);
        let days = self.now.since(since).num_days().max(0);
        let facts = Mentee {
            person: self.person(who),
            targets: self.targets(&who.profile),
            topics: self.topics(&who.profile, TopicSide::Wants),
            licences: self.licences(&who.profile, OccupationKind::Target),
            waiting_days: u32::try_from(days).unwrap_or(u32::MAX),
        };
        self.row(who, facts)
    }

    /// A mentor, with the places that are left.
    pub fn mentor(&mut self, who: &Candidate) -> Row<Mentor> {
        let left = who.participation.free();
        let facts = Mentor {
            person: self.person(who),
            occupations: self.experiences(&who.profile),
            topics: self.topics(&who.profile, TopicSide::Offers),
            licences: self.licences(&who.profile, OccupationKind::Held),
            capacity: u32::try_from(left).unwrap_or(0),
        };
        self.row(who, facts)
    }

    /// The lists behind the numbers that were given.
    #[must_use]
    pub fn lists(mut self) -> Lists {
        let known = self.languages.count();
        for position in 0..known {
            if let Some(above) = self
                .languages
                .word(position)
                .and_then(|code| macrolanguage(code))
            {
                let _: Option<LanguageId> = self.languages.of(above);
            }
        }
        let languages = self.languages.words();
        let towns = self.cities.words();
        let at = |code: &str| {
            let found = languages.iter().position(|known| known == code);
            found.and_then(|position| LanguageId::try_from(position).ok())
        };
        let macrolanguages = languages
            .iter()
            .map(|code| macrolanguage(code).and_then(|above| at(&above)))
            .collect();
        Lists {
            occupations: self.occupations.words(),
            macrolanguages,
            languages,
            topics: self.topics.words(),
            wishes: self.wishes.words(),
            reach: within_reach(&towns),
            towns,
            provinces: self.provinces.words(),
            calendar: self.calendar,
        }
    }

    fn row<T>(&self, who: &Candidate, facts: T) -> Row<T> {
        let person = &who.profile.person;
        let native = |language: &&crate::people::model::Language| {
            language.level == Some(LanguageLevel::Native)
        };
        Row {
            participation_id: who.participation.id,
            person_id: person.id,
            zone: self.zone(person),
            city: person.city.clone(),
            province: person.province.clone(),
            mother_tongues: who
                .profile
                .languages
                .iter()
                .filter(native)
                .map(|language| language.language.clone())
                .collect(),
            facts,
        }
    }

    fn zone(&self, person: &Person) -> usize {
        self.calendar.zone(zone_of(person).name()).unwrap_or(0)
    }

    fn person(&mut self, who: &Candidate) -> engine::Person {
        let person = &who.profile.person;
        engine::Person {
            key: 0,
            standing: self.standing(who),
            languages: self.languages(&who.profile),
            weeks: self.weeks(who),
            place: self.place(person),
            wishes: self.wishes(who),
        }
    }

    fn standing(&self, who: &Candidate) -> Standing {
        let person = &who.profile.person;
        let today = zone_of(person).date_at(self.now.utc());
        if person.status == PersonStatus::Archived {
            Standing::NotActive
        } else if !who.consented {
            Standing::NoConsent
        } else if !person.is_available_on(today) || mostly_away(&who.exceptions, today) {
            Standing::Paused
        } else {
            Standing::Ready
        }
    }

    fn languages(&mut self, profile: &Profile) -> Vec<LanguageSkill> {
        let mut skills: Vec<LanguageSkill> = Vec::new();
        for spoken in profile.languages.iter().take(engine::instance::MOST_FACTS) {
            let Some(language) = self.languages.of(spoken.language.clone()) else {
                continue;
            };
            skills.push(LanguageSkill {
                language,
                level: spoken.level.map_or(UNSAID_LEVEL, benchmark),
                asked: spoken.wanted,
            });
        }
        skills
    }

    fn targets(&mut self, profile: &Profile) -> Vec<OccupationId> {
        let of = |kind| {
            let these = profile.occupations.iter();
            these
                .filter(move |occupation| occupation.kind == kind)
                .filter_map(|occupation| occupation.noc.clone())
                .collect::<Vec<String>>()
        };
        // Who has not said what they aim at is matched by what they have done.
        let mut codes = of(OccupationKind::Target);
        if codes.is_empty() {
            codes = of(OccupationKind::Held);
        }
        codes.truncate(engine::instance::MOST_FACTS);
        codes
            .into_iter()
            .filter_map(|code| self.occupations.of(code))
            .collect()
    }

    fn experiences(&mut self, profile: &Profile) -> Vec<Experience> {
        let year = chrono::Datelike::year(&self.now.utc_date());
        let held = profile
            .occupations
            .iter()
            .filter(|o| o.kind == OccupationKind::Held);
        let mut found = Vec::new();
        for occupation in held.take(engine::instance::MOST_FACTS) {
            let code = occupation.noc.clone();
            let Some(position) = code.and_then(|code| self.occupations.of(code)) else {
                continue;
            };
            let years = occupation
                .years
                .map_or(UNSAID_YEARS, |y| u32::try_from(y).unwrap_or(0));
            let since = occupation
                .last_year
                .map_or(0, |last| year.saturating_sub(last).max(0));
            found.push(Experience {
                occupation: position,
                permille: experience_permille(years, u32::try_from(since).unwrap_or(0)),
            });
        }
        found
    }

    fn topics(&mut self, profile: &Profile, side: TopicSide) -> Vec<TopicId> {
        let mut found: Vec<TopicId> = Vec::new();
        let these = profile.topics.iter().filter(|topic| topic.side == side);
        for topic in these.take(engine::instance::MOST_FACTS) {
            let word = topic.topic.trim().to_lowercase();
            if let Some(number) = self.topics.of(word)
                && !found.contains(&number)
            {
                found.push(number);
            }
        }
        found
    }

    /// Nothing of who has not agreed that wishes count: what does not count is not even frozen with a run.
    fn wishes(&mut self, who: &Candidate) -> Wishes {
        if !who.wishes_count {
            return Wishes::default();
        }
        let mut of = |kind| -> Vec<TagId> {
            let these = who.profile.wishes.iter().filter(|wish| wish.kind == kind);
            these
                .filter_map(|wish| self.wishes.of(wish.word.as_str().to_owned()))
                .collect()
        };
        Wishes {
            may_count: true,
            has: of(WishKind::Is),
            wants: of(WishKind::Wants),
            insists: of(WishKind::Insists),
        }
    }

    /// Licences: for a mentee, what is sought; for a mentor, what was passed. The profession is the unit group.
    fn licences(&mut self, profile: &Profile, kind: OccupationKind) -> Vec<Licence> {
        let person = &profile.person;
        let counts = match (kind, person.licence_stage) {
            (_, None | Some(LicenceStage::NotNeeded)) => false,
            (OccupationKind::Held, Some(stage)) => {
                matches!(stage, LicenceStage::Licensed | LicenceStage::Provisional)
            }
            (OccupationKind::Target, Some(stage)) => stage != LicenceStage::Licensed,
        };
        let place = person
            .licence_jurisdiction
            .clone()
            .or_else(|| person.province.clone());
        let Some(jurisdiction) = place.filter(|_| counts).and_then(|p| self.provinces.of(p)) else {
            return Vec::new();
        };
        let codes = profile
            .occupations
            .iter()
            .filter(|occupation| occupation.kind == kind);
        codes
            .filter_map(|occupation| occupation.noc.as_deref()?.parse().ok())
            .take(engine::instance::MOST_FACTS)
            .map(|profession| Licence {
                profession,
                jurisdiction,
            })
            .collect()
    }

    fn place(&mut self, person: &Person) -> Place {
        let province = person.province.as_deref();
        let city = person
            .city
            .as_deref()
            .map(str::trim)
            .filter(|city| !city.is_empty());
        let town = city.map(|name| {
            let known = City::from_words(name, province.and_then(Province::parse));
            known.map_or_else(
                || Town::Named(format!("{}|{}", name.to_lowercase(), person.country)),
                |city| Town::Known(city.id),
            )
        });
        Place {
            city: town.and_then(|town| self.cities.of(town)),
            province: province.and_then(|province| self.provinces.of(province.to_owned())),
            mode: match person.meeting_mode {
                MeetingMode::Remote => Mode::Remote,
                MeetingMode::InPerson => Mode::InPerson,
                MeetingMode::Either => Mode::Either,
            },
        }
    }

    /// When a person is free, in UTC, in each clock regime of the programme, exceptions counted.
    fn weeks(&self, who: &Candidate) -> Vec<WeekMask> {
        let profile = &who.profile;
        let windows: Vec<Window> = profile
            .availability
            .iter()
            .filter_map(|window| {
                Some(Window {
                    weekday: u8::try_from(window.weekday - 1).ok()?,
                    start_minute: u16::try_from(window.starts_minute).ok()?,
                    end_minute: u16::try_from(window.ends_minute).ok()?,
                })
            })
            .collect();
        let zone = self.zone(&profile.person);
        let regimes = self.calendar.regimes.iter().enumerate();
        regimes
            .map(|(number, regime)| {
                let offset = regime.offsets.get(zone).copied().unwrap_or(0);
                let mondays = self.calendar.mondays(number);
                week_of(&windows, &who.exceptions, mondays, offset)
            })
            .collect()
    }
}

/// A level on the engine's scale.
fn benchmark(of: LanguageLevel) -> u8 {
    match of {
        LanguageLevel::Native => level::NATIVE,
        other => level::from_cefr(other.as_str()).unwrap_or(UNSAID_LEVEL),
    }
}

fn macrolanguage(code: &str) -> Option<String> {
    let above = Language::from_code(code).ok()?.macrolanguage()?;
    Some(above.code().to_owned())
}

/// Whether somebody is away on more than half of the days ahead, from `today`: a holiday is no reason to wait,
/// two months abroad are.
fn mostly_away(exceptions: &[Exception], today: NaiveDate) -> bool {
    let days = (0..AHEAD_DAYS).filter_map(|ahead| today.checked_add_days(Days::new(ahead)));
    let away: BTreeSet<NaiveDate> = days
        .filter(|day| {
            exceptions.iter().any(|e| {
                let whole = e.kind == ExceptionKind::Away && e.starts_minute.is_none();
                whole && e.starts_on <= *day && *day <= e.ends_on
            })
        })
        .collect();
    u64::try_from(away.len()).is_ok_and(|days| days * 2 > AHEAD_DAYS)
}

/// Every two towns at most [`REACH_KM`] apart.
fn within_reach(towns: &[Town]) -> Vec<(u32, u32)> {
    let known: Vec<(u32, &City)> = (0_u32..)
        .zip(towns)
        .filter_map(|(number, town)| match town {
            Town::Known(id) => City::by_id(*id).map(|city| (number, city)),
            Town::Named(_) => None,
        })
        .collect();
    let mut pairs = Vec::new();
    for (position, (one, here)) in known.iter().enumerate() {
        for (other, there) in known.iter().skip(position + 1) {
            // A degree of latitude is 111 km: most pairs need no trigonometry.
            let near = (here.latitude - there.latitude).abs() < 0.5;
            if near && here.distance_km(there) <= REACH_KM {
                pairs.push((*one, *other));
            }
        }
    }
    pairs
}
