//! Where a person lives, read with the tables of places: the official spelling of a city, its
//! province, and the clock of the place.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Person;
use super::text::fold;
use crate::reference::places::{City, Country, Province};

/// The two letters of a province or territory, by code (`QC`, `CA-QC`) or name in English or French.
pub fn province(text: &str) -> Option<&'static str> {
    Province::from_words(text).map(Province::as_str)
}

/// Whether ISO 3166-1 knows the two letters.
pub fn is_country(code: &str) -> bool {
    Country::all().iter().any(|country| country.alpha2 == code)
}

/// Cities by the key of their name, the most populous first. An import asks for one with every row, so
/// this must not be a walk through all of them.
static CITIES: LazyLock<HashMap<String, Vec<&'static City>>> = LazyLock::new(|| {
    let mut by_name: HashMap<String, Vec<&'static City>> = HashMap::new();
    for city in City::all() {
        by_name.entry(key(city.name)).or_default().push(city);
    }
    by_name
});

/// Under what a city is looked up: folded, saints in full (`St. Catharines`, `Ste-Anne`), and the city
/// of Québec without the word that tells it from its province.
fn key(name: &str) -> String {
    let folded = fold(name);
    let long = |word: &str| match word {
        "st" => "saint".to_owned(),
        "ste" => "sainte".to_owned(),
        other => other.to_owned(),
    };
    let words: Vec<String> = folded.split(' ').map(long).collect();
    let name = words.join(" ");
    if name == "quebec city" {
        "quebec".to_owned()
    } else {
        name
    }
}

/// What is known of a city by its name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Located {
    /// One place, or one in the province that was said.
    Here(&'static City),
    /// Several provinces have one; the most populous is given.
    Several(&'static City),
    /// Not in the province that was said, but in this one.
    Elsewhere(&'static City),
    Unknown,
}

/// The city that a text names, with the province where it was said.
pub fn locate(text: &str, province: Option<&str>) -> Located {
    let province = province.and_then(Province::parse);
    // `Laval, QC` and `Laval (Québec)` say their province themselves.
    let (name, said) = match text.split_once([',', '(']) {
        Some((name, rest)) => (name, Province::from_words(rest.trim_end_matches(')'))),
        None => (text, None),
    };
    let province = province.or(said);
    let Some((first, rest)) = CITIES
        .get(&key(name))
        .and_then(|cities| cities.split_first())
    else {
        return Located::Unknown;
    };
    let all = || std::iter::once(first).chain(rest);
    match province {
        Some(wanted) => all()
            .find(|city| city.province == wanted)
            .map_or(Located::Elsewhere(first), |city| Located::Here(city)),
        None if rest.iter().all(|city| city.province == first.province) => Located::Here(first),
        None => Located::Several(first),
    }
}

/// The zone of a place in Canada: the city's own, else that of the most populous city of its province.
pub fn zone_of_person(person: &Person) -> Option<&'static str> {
    if person.country != "CA" {
        return None;
    }
    let province = person.province.as_deref();
    let city = person.city.as_deref().map(|city| locate(city, province));
    if let Some(Located::Here(city) | Located::Several(city)) = city {
        return Some(city.zone.name());
    }
    let province = province.and_then(Province::parse)?;
    City::all()
        .iter()
        .find(|city| city.province == province)
        .map(|city| city.zone.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_city_is_found_without_accents_and_tells_its_province() {
        let Located::Here(city) = locate("montreal", None) else {
            panic!("not found")
        };
        assert_eq!((city.name, city.province), ("Montréal", Province::Qc));
        assert!(matches!(locate("Laval, QC", None), Located::Here(_)));
        assert!(matches!(
            locate("Montréal", Some("BC")),
            Located::Elsewhere(_)
        ));
        for name in [
            "St. Catharines",
            "Saint Catharines",
            "st-catharines",
            "Quebec City",
        ] {
            assert!(matches!(locate(name, None), Located::Here(_)), "{name}");
        }
        assert_eq!(locate("Atlantis", None), Located::Unknown);
    }
}
