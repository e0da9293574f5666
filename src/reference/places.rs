//! Places in Canada: the thirteen provinces and territories, and 3,250 cities, towns and villages
//! with their province, coordinates, population and time zone; and the countries of the world.
//!
//! A place is what a person writes as "city". Its zone is what their availability is in unless
//! they say otherwise; its coordinates say whether meeting in person is within reach.
//!
//! Sources: GeoNames (CC BY 4.0) for places, Unicode CLDR for the names of provinces and
//! countries (see NOTICE).

use std::sync::LazyLock;

use super::search::Index;
use super::text::{clip, fold};
use crate::kernel::{Locale, Zone};

const PROVINCES: &str = include_str!("data/provinces.tsv");
const CITIES: &str = include_str!("data/cities.tsv");
const COUNTRIES: &str = include_str!("data/countries.tsv");

crate::text_enum! {
    /// A province or territory, by its postal code.
    pub enum Province {
        Ab => "AB",
        Bc => "BC",
        Mb => "MB",
        Nb => "NB",
        Nl => "NL",
        Ns => "NS",
        Nt => "NT",
        Nu => "NU",
        On => "ON",
        Pe => "PE",
        Qc => "QC",
        Sk => "SK",
        Yt => "YT",
    }
}

/// Short forms in use beside the codes and the full names, folded, without points.
const PROVINCE_WORDS: &[(&str, Province)] = &[
    ("alta", Province::Ab),
    ("alb", Province::Ab),
    ("cb", Province::Bc),
    ("colombie britannique", Province::Bc),
    ("man", Province::Mb),
    ("nouveau brunswick", Province::Nb),
    ("nfld", Province::Nl),
    ("newfoundland", Province::Nl),
    ("terre neuve", Province::Nl),
    ("tnl", Province::Nl),
    ("ne", Province::Ns),
    ("nouvelle ecosse", Province::Ns),
    ("nwt", Province::Nt),
    ("tno", Province::Nt),
    ("nvt", Province::Nu),
    ("ont", Province::On),
    ("pei", Province::Pe),
    ("ipe", Province::Pe),
    ("ile du prince edouard", Province::Pe),
    ("que", Province::Qc),
    ("pq", Province::Qc),
    ("sask", Province::Sk),
    ("yk", Province::Yt),
    ("yukon territory", Province::Yt),
];

impl Province {
    /// By code (with or without `CA-`), name in either language, or a short form in use.
    pub fn from_words(text: &str) -> Option<Province> {
        let folded = fold(clip(text, 100)).replace('.', "");
        let words: Vec<&str> = folded
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        // "C.-B." is two words of one letter, and one short form.
        let initials = words.iter().all(|word| word.len() == 1);
        let bare = words.join(if initials { "" } else { " " });
        let bare = bare.strip_prefix("ca ").unwrap_or(&bare);
        let named = |province: &Province| {
            let names = [Locale::En, Locale::Fr].map(|locale| fold(province.name(locale)));
            let code = province.as_str().eq_ignore_ascii_case(bare);
            code || names
                .iter()
                .any(|name| name.replace(['-', '\''], " ") == bare)
        };
        let by_name = Province::ALL.iter().copied().find(named);
        let short = PROVINCE_WORDS.iter().find(|(word, _)| *word == bare);
        by_name.or(short.map(|(_, province)| *province))
    }

    pub fn name(self, locale: Locale) -> &'static str {
        let (_, en, fr) = self.row();
        match locale {
            Locale::En => en,
            Locale::Fr => fr,
        }
    }

    /// A territory rather than a province.
    pub fn is_territory(self) -> bool {
        self.row().0 == "territory"
    }

    fn row(self) -> (&'static str, &'static str, &'static str) {
        PROVINCES
            .lines()
            .filter_map(|line| line.strip_prefix(self.as_str())?.strip_prefix('\t'))
            .find_map(|rest| {
                let mut fields = rest.split('\t');
                Some((fields.next()?, fields.next()?, fields.next()?))
            })
            .unwrap_or(("", "", ""))
    }
}

/// A city, town or village.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct City {
    /// GeoNames' number, stable over releases.
    pub id: u32,
    pub name: &'static str,
    pub province: Province,
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east, negative in Canada.
    pub longitude: f64,
    /// 0 where GeoNames knows none.
    pub population: u32,
    pub zone: Zone,
}

struct Gazetteer {
    /// Largest first.
    cities: Vec<City>,
    index: Index,
}

static GAZETTEER: LazyLock<Gazetteer> = LazyLock::new(|| {
    let mut cities: Vec<City> = CITIES.lines().filter_map(City::read).collect();
    cities.sort_by_key(|city| (std::cmp::Reverse(city.population), city.id));
    let spellings: Vec<String> = cities.iter().map(City::searchable).collect();
    let index = Index::new(spellings.iter().map(String::as_str));
    Gazetteer { cities, index }
});

impl City {
    fn read(line: &'static str) -> Option<City> {
        let mut fields = line.split('\t');
        Some(City {
            id: fields.next()?.parse().ok()?,
            name: fields.next()?,
            province: Province::parse(fields.next()?)?,
            latitude: fields.next()?.parse().ok()?,
            longitude: fields.next()?.parse().ok()?,
            population: fields.next()?.parse().ok()?,
            zone: Zone::parse(fields.next()?).ok()?,
        })
    }

    /// Saints are written short and long, in one language or the other.
    fn searchable(&self) -> String {
        let mut text = self.name.to_owned();
        for (short, long) in [
            ("St. ", "Saint"),
            ("Ste. ", "Sainte"),
            ("Saint-", "St"),
            ("Sainte-", "Ste"),
        ] {
            if self.name.starts_with(short) {
                text.push_str(" (");
                text.push_str(long);
                text.push(')');
            }
        }
        text.push_str(" (");
        text.push_str(self.province.as_str());
        text.push(')');
        text
    }

    /// All, the most populous first.
    pub fn all() -> &'static [City] {
        &GAZETTEER.cities
    }

    /// The city with this GeoNames number.
    pub fn by_id(id: u32) -> Option<&'static City> {
        GAZETTEER.cities.iter().find(|city| city.id == id)
    }

    /// The city that someone names; with the province if they name it. Of several with one name
    /// the most populous. None when no name is exactly this one, accents and case aside.
    pub fn from_words(name: &str, province: Option<Province>) -> Option<&'static City> {
        let (name, said) = split_province(name);
        let province = province.or(said);
        let wanted = plain(name);
        let wanted = wanted
            .strip_suffix(" city")
            .filter(|rest| *rest == "quebec")
            .unwrap_or(&wanted);
        let fits = |city: &&City| {
            province.is_none_or(|province| city.province == province) && plain(city.name) == wanted
        };
        GAZETTEER.cities.iter().find(fits)
    }

    /// Cities for what someone is typing, best first, then the most populous.
    pub fn search(query: &str, province: Option<Province>, limit: usize) -> Vec<&'static City> {
        let cities = &GAZETTEER.cities;
        let mut found = GAZETTEER.index.search(query, 0..cities.len(), limit);
        // "mont" means Montréal rather than Mont-Royal or Le Plateau-Mont-Royal: six doublings of
        // the population outweigh the rest of a word, and names are typed from their beginning.
        let typed = plain(clip(query, 100));
        found.sort_by_cached_key(|found| {
            let Some(city) = cities.get(found.entry) else {
                return (std::cmp::Reverse(0), found.entry);
            };
            let people = i32::try_from(city.population.max(1).ilog2()).unwrap_or(0) * 28;
            let begins = if plain(city.name).starts_with(&typed) {
                150
            } else {
                0
            };
            (
                std::cmp::Reverse(found.score + people + begins),
                found.entry,
            )
        });
        let hits = found.iter().filter_map(|found| cities.get(found.entry));
        hits.filter(|city| province.is_none_or(|province| city.province == province))
            .take(limit)
            .collect()
    }

    /// Great-circle distance in kilometres on a sphere of the Earth's mean radius; within half a
    /// per cent of the true one.
    pub fn distance_km(&self, other: &City) -> f64 {
        const EARTH_RADIUS_KM: f64 = 6_371.009;
        let [north_1, north_2] = [self.latitude, other.latitude].map(f64::to_radians);
        let north = (north_2 - north_1) / 2.0;
        let east = (other.longitude - self.longitude).to_radians() / 2.0;
        let chord = north.sin().powi(2) + north_1.cos() * north_2.cos() * east.sin().powi(2);
        2.0 * EARTH_RADIUS_KM * chord.clamp(0.0, 1.0).sqrt().asin()
    }
}

/// "Moncton, NB" and "Moncton (N.-B.)" name the province too.
fn split_province(text: &str) -> (&str, Option<Province>) {
    let text = clip(text.trim(), 200);
    let Some(cut) = text.rfind([',', '(']) else {
        return (text, None);
    };
    let (name, rest) = text.split_at(cut);
    match Province::from_words(rest) {
        Some(province) => (name, Some(province)),
        None => (text, None),
    }
}

/// Folded, saints spelt out, hyphens and points gone.
fn plain(name: &str) -> String {
    let folded = fold(name);
    let words = folded.split(|c: char| !c.is_alphanumeric() && c != '\'');
    let words = words
        .filter(|word| !word.is_empty())
        .map(|word| match word {
            "st" => "saint",
            "ste" => "sainte",
            other => other,
        });
    words.collect::<Vec<_>>().join(" ").replace('\'', "")
}

/// A country or territory of ISO 3166-1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Country {
    /// Two letters: `CA`.
    pub alpha2: &'static str,
    /// Three letters: `CAN`.
    pub alpha3: &'static str,
    /// Three digits: `124`.
    pub numeric: &'static str,
    pub name_en: &'static str,
    pub name_fr: &'static str,
}

static COUNTRY_TABLE: LazyLock<Vec<Country>> =
    LazyLock::new(|| COUNTRIES.lines().filter_map(Country::read).collect());

impl Country {
    fn read(line: &'static str) -> Option<Country> {
        let mut fields = line.split('\t');
        Some(Country {
            alpha2: fields.next()?,
            alpha3: fields.next()?,
            numeric: fields.next()?,
            name_en: fields.next()?,
            name_fr: fields.next()?,
        })
    }

    /// All 249, by their two-letter codes.
    pub fn all() -> &'static [Country] {
        &COUNTRY_TABLE
    }

    /// By either code or by name in either language.
    pub fn from_words(text: &str) -> Option<&'static Country> {
        let wanted = plain(clip(text.trim(), 100));
        let is = |country: &&Country| {
            [
                country.alpha2,
                country.alpha3,
                country.name_en,
                country.name_fr,
            ]
            .iter()
            .any(|name| plain(name) == wanted)
        };
        COUNTRY_TABLE.iter().find(is)
    }

    pub fn name(&self, locale: Locale) -> &'static str {
        match locale {
            Locale::En => self.name_en,
            Locale::Fr => self.name_fr,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn provinces_are_read_from_codes_names_and_short_forms() {
        assert_eq!(Province::ALL.len(), 13);
        for province in Province::ALL {
            for locale in [Locale::En, Locale::Fr] {
                assert!(!province.name(locale).is_empty());
                assert_eq!(Province::from_words(province.name(locale)), Some(*province));
            }
            assert_eq!(
                Province::from_words(&format!("CA-{province}")),
                Some(*province)
            );
        }
        for (text, province) in [
            ("on", Province::On),
            ("Ont.", Province::On),
            ("Québec", Province::Qc),
            ("P.Q.", Province::Qc),
            ("B.C.", Province::Bc),
            ("C.-B.", Province::Bc),
            ("N.-B.", Province::Nb),
            ("Ile du Prince Edouard", Province::Pe),
        ] {
            assert_eq!(Province::from_words(text), Some(province), "{text}");
        }
        assert_eq!(Province::from_words("Texas"), None);
        let territories = Province::ALL.iter().filter(|p| p.is_territory()).count();
        assert_eq!(territories, 3);
    }

    #[test]
    fn every_city_has_a_province_a_zone_and_a_place_in_canada() {
        assert_eq!(City::all().len(), 3_250);
        for city in City::all() {
            assert!((41.0..84.0).contains(&city.latitude), "{city:?}");
            assert!((-142.0..-52.0).contains(&city.longitude), "{city:?}");
        }
    }

    #[test]
    fn cities_are_read_from_what_people_write() {
        let city = |text: &str| City::from_words(text, None).map(|c| (c.name, c.province.as_str()));
        assert_eq!(city("montreal"), Some(("Montréal", "QC")));
        assert_eq!(city("MONTRÉAL, QC"), Some(("Montréal", "QC")));
        assert_eq!(city("Québec City"), Some(("Québec", "QC")));
        assert_eq!(city("st johns"), Some(("St. John's", "NL")));
        assert_eq!(city("Saint John"), Some(("Saint John", "NB")));
        assert_eq!(city("London (Ont.)"), Some(("London", "ON")));
        assert_eq!(city("Atlantis"), None);
        let hamilton = City::from_words("Hamilton", Some(Province::On)).unwrap();
        assert_eq!(hamilton.zone.name(), "America/Toronto");
    }

    #[test]
    fn typing_finds_the_larger_place_first_and_forgives_errors() {
        let first = |query: &str| City::search(query, None, 5).first().map(|city| city.name);
        assert_eq!(first("mont"), Some("Montréal"));
        assert_eq!(first("tor"), Some("Toronto"));
        assert_eq!(first("toronot"), Some("Toronto"));
        assert_eq!(first("vancouver"), Some("Vancouver"));
        assert_eq!(first("st john's"), Some("St. John's"));
        assert_eq!(first("mississuga"), Some("Mississauga"));
        let in_ontario = City::search("w", Some(Province::On), 10);
        assert!(!in_ontario.is_empty());
        assert!(in_ontario.iter().all(|city| city.province == Province::On));
    }

    #[test]
    fn distances_are_those_of_the_map() {
        let km = |a: &str, b: &str| {
            let [a, b] = [a, b].map(|name| City::from_words(name, None).unwrap());
            a.distance_km(b)
        };
        // Straight-line distances as published: 504 km and 3,364 km.
        assert!((km("Toronto", "Montréal") - 504.0).abs() < 5.0);
        assert!((km("Toronto", "Vancouver") - 3_364.0).abs() < 15.0);
        assert!(km("Toronto", "Toronto") < 0.001);
    }

    #[test]
    fn countries_are_read_in_both_languages() {
        assert_eq!(Country::all().len(), 249);
        let code = |text: &str| Country::from_words(text).map(|country| country.alpha2);
        assert_eq!(code("Syrie"), Some("SY"));
        assert_eq!(code("cote d'ivoire"), Some("CI"));
        assert_eq!(code("HTI"), Some("HT"));
        assert_eq!(code("Narnia"), None);
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_readers_and_distance_is_symmetric(
            text in "\\PC{0,40}", a in 0_usize..3_250, b in 0_usize..3_250
        ) {
            let _ = City::from_words(&text, None);
            let _ = Province::from_words(&text);
            let _ = Country::from_words(&text);
            let (a, b) = (&City::all()[a], &City::all()[b]);
            prop_assert!((a.distance_km(b) - b.distance_km(a)).abs() < 1e-6);
        }
    }
}
