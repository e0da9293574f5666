//! Whom to recruit next: supply against demand by occupation and by language, with what one more place of a kind
//! would change, in words. The figures are those of a run's summary; the effect comes from its prices.

use serde::Serialize;
use utoipa::ToSchema;

use crate::i18n;
use crate::kernel::Locale;
use crate::matching::consent::other::InBoth;
use crate::matching::sentences::{language_name, occupation_title};
use crate::matching::summary::{Recruitment, Shortage};

/// Whom to recruit next, the greatest need first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Recruiting {
    /// By occupation aimed at.
    pub occupations: Vec<WantedMentor>,
    /// By language.
    pub languages: Vec<WantedMentor>,
}

/// One kind of mentor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WantedMentor {
    #[serde(flatten)]
    pub shortage: Shortage,
    /// The occupation or language by name.
    pub name: InBoth,
    /// Supply, demand and the effect of one more place, as one text.
    pub sentence: InBoth,
}

impl WantedMentor {
    /// Whether one more such mentor would help somebody now.
    #[must_use]
    pub const fn helps(&self) -> bool {
        let shortage = &self.shortage;
        shortage.unmatched > 0 || shortage.one_more_matched || shortage.points > 0
    }
}

impl Recruiting {
    /// The words for a run's figures.
    #[must_use]
    pub fn of(recruitment: &Recruitment) -> Self {
        let each = |list: &[Shortage], name: fn(&str, Locale) -> String| {
            let wanted = list.iter().map(|shortage| WantedMentor {
                shortage: shortage.clone(),
                name: InBoth::say(|locale| name(&shortage.code, locale)),
                sentence: InBoth::say(|locale| {
                    sentence(shortage, &name(&shortage.code, locale), locale)
                }),
            });
            wanted.collect()
        };
        Self {
            occupations: each(&recruitment.occupations, occupation_title),
            languages: each(&recruitment.languages, language_name),
        }
    }
}

fn sentence(of: &Shortage, kind: &str, locale: Locale) -> String {
    let number = |value: u32| value.to_string();
    let args = [
        ("kind", kind.to_owned()),
        ("mentees", number(of.mentees)),
        ("unmatched", number(of.unmatched)),
        ("mentors", number(of.mentors)),
        ("places", number(of.places)),
        ("left", number(of.places_left)),
    ];
    let pairs = || args.iter().map(|(name, value)| (*name, value.as_str()));
    let supply = i18n::text_with_pairs(locale, "recruit-supply", pairs());
    let points = of.points.to_string();
    let effect = if of.mentors == 0 {
        i18n::text(locale, "recruit-none")
    } else if of.one_more_matched {
        i18n::text(locale, "recruit-one-more-matched")
    } else if of.points > 0 {
        let args = [("points", points.as_str())];
        i18n::text_with_pairs(locale, "recruit-one-more-points", args)
    } else {
        i18n::text(locale, "recruit-one-more-nothing")
    };
    format!("{supply} {effect}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shortage(mentors: u32, one_more_matched: bool, points: i64) -> Shortage {
        Shortage {
            code: "21300".to_owned(),
            mentees: 3,
            unmatched: 2,
            mentors,
            places: 1,
            places_left: 0,
            one_more_matched,
            points,
        }
    }

    #[test]
    fn supply_demand_and_the_effect_of_one_more_place_are_said_in_both_languages() {
        let recruitment = Recruitment {
            occupations: vec![shortage(1, true, 0), shortage(2, false, 410)],
            languages: vec![Shortage {
                code: "ar".to_owned(),
                ..shortage(0, false, 0)
            }],
        };
        let found = Recruiting::of(&recruitment);
        assert_eq!(
            found.occupations[0].sentence.en,
            "Civil engineers (21300): 3 mentees want it, 2 without a mentor; one mentor has it, with one place, \
             of which 0 are left. One more place there would let one more mentee be matched."
        );
        assert!(
            found.occupations[1]
                .sentence
                .fr
                .ends_with("Une place de plus ajouterait 410 points au total.")
        );
        assert!(found.languages[0].sentence.fr.contains("arabe"));
        assert!(
            found.languages[0]
                .sentence
                .en
                .ends_with("would be the first.")
        );
    }
}
