//! Regulated professions, and the crosswalk to the international classification.
//!
//! Both are weak and say so. The list of regulated professions is a seed for demonstration, from
//! secondary pages; it is no register, and a profession that is missing may well be regulated. The
//! crosswalk from NOC 2021 to ISCO-08 is derived: of first choices read by hand about 95 % of
//! those marked high were right, 88 % of medium, 60 % of low. It is for reports, never for
//! matching.
//!
//! Sources: named per row in the table of professions; European Commission, ILO and O*NET for
//! ISCO-08 and the crosswalk (see NOTICE).

use super::occupations::NocCode;
use super::places::Province;
use crate::kernel::Locale;

const PROFESSIONS: &str = include_str!("data/regulated_professions.tsv");
const ISCO: &str = include_str!("data/isco08.tsv");
const CROSSWALK: &str = include_str!("data/noc2021_isco08.tsv");

crate::text_enum! {
    /// What is known about the regulation of an occupation.
    pub enum Regulation {
        Regulated => "regulated",
        RegulatedSomewhere => "regulated_somewhere",
        CompulsoryTrade => "compulsory_trade",
    }
}

/// A row of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Profession {
    pub code: NocCode,
    /// As the source names it, in English.
    pub listed_as: &'static str,
    /// None: the whole country, or as the regulation says, some provinces.
    pub province: Option<Province>,
    pub regulation: Regulation,
    /// Where it was found.
    pub source: &'static str,
}

/// What the list says about an occupation; empty means that it says nothing.
pub fn regulation(code: NocCode) -> Vec<Profession> {
    PROFESSIONS
        .lines()
        .filter_map(read_profession)
        .filter(|profession| profession.code == code)
        .collect()
}

fn read_profession(line: &'static str) -> Option<Profession> {
    let mut fields = line.split('\t');
    Some(Profession {
        code: NocCode::parse(fields.next()?).ok()?,
        listed_as: fields.next()?,
        province: Province::parse(fields.next()?),
        regulation: Regulation::parse(fields.next()?)?,
        source: fields.next()?,
    })
}

/// A group of ISCO-08.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IscoGroup {
    /// One to four digits.
    pub code: &'static str,
    pub title_en: &'static str,
    pub title_fr: &'static str,
}

impl IscoGroup {
    pub fn find(code: &str) -> Option<IscoGroup> {
        ISCO.lines().find_map(|line| {
            let mut fields = line.split('\t');
            let group = IscoGroup {
                code: fields.next()?,
                title_en: fields.next()?,
                title_fr: fields.next()?,
            };
            (group.code == code).then_some(group)
        })
    }

    pub fn title(&self, locale: Locale) -> &'static str {
        match locale {
            Locale::En => self.title_en,
            Locale::Fr => self.title_fr,
        }
    }
}

/// The unit groups of ISCO-08 for an occupation, likeliest first. For reports only.
pub fn isco(code: NocCode) -> Vec<IscoGroup> {
    CROSSWALK
        .lines()
        .filter_map(|line| line.strip_prefix(code.as_str())?.strip_prefix('\t'))
        .filter_map(|rest| IscoGroup::find(rest.split('\t').next()?))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_list_is_an_occupation_with_a_source() {
        let rows: Vec<_> = PROFESSIONS.lines().filter_map(read_profession).collect();
        assert_eq!(rows.len(), 57);
        assert!(
            rows.iter()
                .all(|row| !row.source.is_empty() && !row.listed_as.is_empty())
        );
        let nurses = regulation(NocCode::parse("31301").unwrap());
        assert!(
            nurses
                .iter()
                .any(|row| row.regulation == Regulation::Regulated)
        );
        assert!(regulation(NocCode::parse("64100").unwrap()).is_empty());
    }

    #[test]
    fn every_occupation_has_an_international_group_and_every_group_a_title() {
        assert_eq!(ISCO.lines().count(), 10 + 43 + 130 + 436);
        for code in NocCode::all() {
            let groups = isco(code);
            assert!(!groups.is_empty(), "{code}");
            assert!(groups.iter().all(|group| group.code.len() == 4));
        }
        let civil = isco(NocCode::parse("21300").unwrap());
        assert_eq!(
            (civil[0].code, civil[0].title(Locale::En)),
            ("2142", "Civil engineers")
        );
    }
}
