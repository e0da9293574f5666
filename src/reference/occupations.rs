//! The National Occupational Classification 2021, version 1.0: the tree of occupations.
//!
//! Ten broad categories (one digit), 45 major groups, 89 sub-major groups, 162 minor groups and
//! 516 unit groups (five digits). A person's occupation is a unit group, [`NocCode`]; the levels
//! above it say how near two occupations are. The second digit of a unit group is its TEER, the
//! training, education, experience and responsibility that it asks for: 0 for management, 1 for a
//! university degree, down to 5 for work learnt on the job.
//!
//! Source: Statistics Canada, Open Government Licence – Canada (see NOTICE).

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::kernel::Locale;

const TABLE: &str = include_str!("data/noc2021.tsv");
const ALIASES: &str = include_str!("data/noc2021_aliases.tsv");

/// The code of a unit group, one of 516. Five digits, leading zeros kept: `00010`, `21300`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NocCode([u8; 5]);

/// The text is not the code of a unit group of NOC 2021.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a unit group of the National Occupational Classification 2021")]
pub struct UnknownOccupation;

impl NocCode {
    /// A unit group by its code, with or without "NOC" or "CNP" before it.
    ///
    /// # Errors
    /// [`UnknownOccupation`] when no unit group has this code. The alias 00018 is none: it stands
    /// for five groups, see [`members`].
    pub fn parse(text: &str) -> Result<NocCode, UnknownOccupation> {
        let text = strip_prefix(text.trim());
        let digits: [u8; 5] = text.as_bytes().try_into().map_err(|_| UnknownOccupation)?;
        match Occupation::find(text) {
            Some(_) => Ok(NocCode(digits)),
            None => Err(UnknownOccupation),
        }
    }

    /// The five digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The unit group with its titles.
    pub fn occupation(self) -> &'static Occupation {
        // A code is made only by looking it up, so the first entry is never the answer.
        Occupation::find(self.as_str()).unwrap_or(&ROOT)
    }

    /// Training, education, experience and responsibilities, 0 to 5.
    pub fn teer(self) -> u8 {
        self.digit(1)
    }

    /// The broad category, 0 to 9.
    pub fn broad_category(self) -> u8 {
        self.digit(0)
    }

    fn digit(self, place: usize) -> u8 {
        self.0.get(place).map_or(0, |byte| byte.wrapping_sub(b'0'))
    }

    /// All 516 in ascending order.
    pub fn all() -> impl Iterator<Item = NocCode> {
        Occupation::all()
            .iter()
            .filter_map(|occupation| NocCode::parse(occupation.code).ok())
    }
}

/// Takes "NOC", "CNP", "NOC 2021" and what separates them from the number away.
fn strip_prefix(text: &str) -> &str {
    let names_the_system = text.get(..3).is_some_and(|start| {
        start.eq_ignore_ascii_case("noc") || start.eq_ignore_ascii_case("cnp")
    });
    if !names_the_system {
        return text;
    }
    let separators = [' ', ':', '-', '#', '\u{a0}'];
    let rest = text
        .get(3..)
        .unwrap_or_default()
        .trim_start_matches(separators);
    match rest.strip_prefix("2021") {
        Some(code) if code.starts_with(separators) => code.trim_start_matches(separators),
        _ => rest,
    }
}

/// How two occupations are related, nearest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// The same unit group (five digits).
    SameUnitGroup,
    /// The same minor group (four digits).
    SameMinorGroup,
    /// The same sub-major group (three digits).
    SameSubMajorGroup,
    /// The same major group (two digits: broad category and TEER).
    SameMajorGroup,
    /// The same broad category, one TEER apart.
    SameFieldOneLevelApart,
    /// The same broad category, two TEER apart.
    SameFieldTwoLevelsApart,
    /// The same broad category, further apart: no nearer than any other occupation.
    SameFieldFarApart,
    /// Different broad categories.
    DifferentField,
}

impl Relation {
    /// Similarity in thousandths.
    ///
    /// The scale was fitted to the distance of 35 skills over 125,250 pairs of unit groups: the
    /// shared beginning of the codes alone explains 5.6 % of its variance, with the TEER gap 20.7 %.
    pub fn per_mille(self) -> u16 {
        match self {
            Relation::SameUnitGroup => 1000,
            Relation::SameMinorGroup => 800,
            Relation::SameSubMajorGroup => 700,
            Relation::SameMajorGroup => 500,
            Relation::SameFieldOneLevelApart => 400,
            Relation::SameFieldTwoLevelsApart => 200,
            Relation::SameFieldFarApart | Relation::DifferentField => 0,
        }
    }
}

/// How near two occupations are: the relation, and its value in thousandths.
pub fn similarity(a: NocCode, b: NocCode) -> (Relation, u16) {
    let shared = a.0.iter().zip(&b.0).take_while(|(x, y)| x == y).count();
    let relation = match shared {
        5 => Relation::SameUnitGroup,
        4 => Relation::SameMinorGroup,
        3 => Relation::SameSubMajorGroup,
        2 => Relation::SameMajorGroup,
        1 => match a.teer().abs_diff(b.teer()) {
            0 | 1 => Relation::SameFieldOneLevelApart,
            2 => Relation::SameFieldTwoLevelsApart,
            _ => Relation::SameFieldFarApart,
        },
        _ => Relation::DifferentField,
    };
    (relation, relation.per_mille())
}

/// A node of the tree, at any of its five levels.
#[derive(Debug, PartialEq, Eq)]
pub struct Occupation {
    /// One to five digits.
    pub code: &'static str,
    /// 0 to 5; none for a broad category, which spans several.
    pub teer: Option<u8>,
    pub title_en: &'static str,
    pub title_fr: &'static str,
}

static ROOT: Occupation = Occupation {
    code: "",
    teer: None,
    title_en: "",
    title_fr: "",
};

/// In the order of their codes, a group before its members.
static OCCUPATIONS: LazyLock<Vec<Occupation>> = LazyLock::new(|| {
    let mut all: Vec<Occupation> = TABLE.lines().filter_map(Occupation::read).collect();
    all.sort_by_key(|occupation| occupation.code);
    all
});

/// How deep a group stands in the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    BroadCategory,
    MajorGroup,
    SubMajorGroup,
    MinorGroup,
    UnitGroup,
}

impl Occupation {
    fn read(line: &'static str) -> Option<Occupation> {
        let mut fields = line.split('\t');
        let code = fields.next()?;
        let teer = fields.next()?;
        Some(Occupation {
            code,
            teer: teer.parse().ok(),
            title_en: fields.next()?,
            title_fr: fields.next()?,
        })
    }

    /// All 822 groups of the five levels, a group before its members.
    pub fn all() -> &'static [Occupation] {
        &OCCUPATIONS
    }

    /// A group of any level by its exact code.
    pub fn find(code: &str) -> Option<&'static Occupation> {
        let place = OCCUPATIONS
            .binary_search_by_key(&code, |occupation| occupation.code)
            .ok()?;
        OCCUPATIONS.get(place)
    }

    pub fn title(&self, locale: Locale) -> &'static str {
        match locale {
            Locale::En => self.title_en,
            Locale::Fr => self.title_fr,
        }
    }

    pub fn level(&self) -> Level {
        match self.code.len() {
            0 | 1 => Level::BroadCategory,
            2 => Level::MajorGroup,
            3 => Level::SubMajorGroup,
            4 => Level::MinorGroup,
            _ => Level::UnitGroup,
        }
    }

    /// The group above; none above a broad category.
    pub fn parent(&self) -> Option<&'static Occupation> {
        let (_, above) = self.code.as_bytes().split_last()?;
        Occupation::find(std::str::from_utf8(above).ok()?)
    }

    /// The groups right below, in the order of their codes.
    pub fn children(&self) -> impl Iterator<Item = &'static Occupation> + use<> {
        let code = self.code;
        let length = code.len() + 1;
        let start = OCCUPATIONS.partition_point(|occupation| occupation.code < code);
        OCCUPATIONS
            .iter()
            .skip(start)
            .take_while(move |occupation| occupation.code.starts_with(code))
            .filter(move |occupation| occupation.code.len() == length)
    }

    /// The ten broad categories.
    pub fn roots() -> impl Iterator<Item = &'static Occupation> {
        OCCUPATIONS
            .iter()
            .filter(|occupation| occupation.code.len() == 1)
    }
}

/// A code in use that stands for several unit groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alias {
    pub code: &'static str,
    pub title_en: &'static str,
    pub title_fr: &'static str,
    members: &'static str,
}

/// The alias with this code. Job Bank and the census write 00018 for the five groups of senior
/// managers, 00011 to 00015.
pub fn alias(code: &str) -> Option<Alias> {
    ALIASES.lines().find_map(|line| {
        let mut fields = line.split('\t');
        let (of, members) = (fields.next()?, fields.next()?);
        let alias = Alias {
            code: of,
            members,
            title_en: fields.next()?,
            title_fr: fields.next()?,
        };
        (of == code).then_some(alias)
    })
}

/// The unit groups that a code stands for: itself, or the members of an [`alias`]; none for a code
/// that is neither.
pub fn members(code: &str) -> Vec<NocCode> {
    let code = strip_prefix(code.trim());
    if let Ok(unit) = NocCode::parse(code) {
        return vec![unit];
    }
    let list = alias(code).map_or("", |alias| alias.members);
    list.split(' ')
        .filter_map(|code| NocCode::parse(code).ok())
        .collect()
}

impl fmt::Display for NocCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for NocCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NocCode({self})")
    }
}

impl FromStr for NocCode {
    type Err = UnknownOccupation;

    fn from_str(text: &str) -> Result<NocCode, UnknownOccupation> {
        NocCode::parse(text)
    }
}

impl Serialize for NocCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for NocCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<NocCode, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        NocCode::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn noc(code: &str) -> NocCode {
        NocCode::parse(code).unwrap()
    }

    #[test]
    fn the_tree_has_the_counts_that_statistics_canada_publishes() {
        let count = |length| {
            Occupation::all()
                .iter()
                .filter(|o| o.code.len() == length)
                .count()
        };
        assert_eq!([1, 2, 3, 4, 5].map(count), [10, 45, 89, 162, 516]);
        assert_eq!(NocCode::all().count(), 516);
        let below: usize = Occupation::roots()
            .map(|root| root.children().count())
            .sum();
        assert_eq!(below, 45);
    }

    #[test]
    fn every_group_has_a_parent_two_titles_and_the_teer_that_its_code_says() {
        for occupation in Occupation::all() {
            assert_eq!(occupation.parent().is_none(), occupation.code.len() == 1);
            assert!(!occupation.title_en.is_empty() && !occupation.title_fr.is_empty());
            if let Some(parent) = occupation.parent() {
                assert!(parent.children().any(|child| child == occupation));
                let second = u8::from_str(&occupation.code[1..2]).unwrap();
                assert_eq!(occupation.teer, Some(second), "{}", occupation.code);
            }
        }
        let civil = noc("21300").occupation();
        assert_eq!(civil.title(Locale::En), "Civil engineers");
        assert_eq!(
            civil.title(Locale::Fr),
            "Ingénieurs civils/ingénieures civiles"
        );
        assert_eq!(civil.level(), Level::UnitGroup);
    }

    #[test]
    fn codes_are_checked_and_written_with_their_zeros() {
        assert_eq!(noc(" 00010 ").to_string(), "00010");
        assert_eq!(noc("NOC 21300"), noc("21300"));
        assert_eq!(noc("CNP 2021: 21300"), noc("21300"));
        assert_eq!(serde_json::to_string(&noc("00010")).unwrap(), "\"00010\"");
        for wrong in [
            "",
            "10",
            "2130",
            "213000",
            "99999",
            "00018",
            "2130O",
            "２１３００",
        ] {
            assert_eq!(NocCode::parse(wrong), Err(UnknownOccupation), "{wrong}");
        }
    }

    #[test]
    fn the_alias_of_job_bank_stands_for_the_five_senior_managers() {
        let expected = ["00011", "00012", "00013", "00014", "00015"].map(noc);
        assert_eq!(members("00018"), expected);
        assert_eq!(members("21300"), [noc("21300")]);
        assert_eq!(members("00019"), []);
    }

    /// Rows of the similarity scale, one pair of occupations each.
    #[test]
    fn similarity_follows_hierarchy_and_teer_gap() {
        for (a, b, relation, value) in [
            ("21300", "21300", Relation::SameUnitGroup, 1000),
            ("21300", "21301", Relation::SameMinorGroup, 800),
            ("21300", "21310", Relation::SameSubMajorGroup, 700),
            ("21300", "21220", Relation::SameMajorGroup, 500),
            ("21300", "22300", Relation::SameFieldOneLevelApart, 400),
            ("20010", "22300", Relation::SameFieldTwoLevelsApart, 200),
            ("30010", "33102", Relation::SameFieldFarApart, 0),
            ("21300", "31301", Relation::DifferentField, 0),
        ] {
            assert_eq!(similarity(noc(a), noc(b)), (relation, value), "{a} {b}");
        }
    }

    fn any_code() -> impl Strategy<Value = NocCode> {
        prop::sample::select(NocCode::all().collect::<Vec<_>>())
    }

    proptest! {
        #[test]
        fn similarity_is_symmetric_and_greatest_with_oneself(a in any_code(), b in any_code()) {
            prop_assert_eq!(similarity(a, b), similarity(b, a));
            prop_assert_eq!(similarity(a, a).1, 1000);
            prop_assert!(a == b || similarity(a, b).1 < 1000);
        }

        #[test]
        fn no_text_breaks_the_parser(text in "\\PC{0,12}") {
            let _ = NocCode::parse(&text);
            let _ = members(&text);
        }
    }
}
