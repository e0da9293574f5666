//! How well someone speaks a language: one ordered scale, whatever words it was said in.
//!
//! The scale is the Common European Framework (A1 to C2) with "native" above it. Canada's own
//! scales, the Canadian Language Benchmarks and the *Niveaux de compétence linguistique canadiens*
//! (equal numbers, equal level), are read into it. The correspondence is indicative: for 4 to 10
//! it is what most of the four skills say when the published IELTS equivalents are carried over;
//! below 4 and above 10, where nothing is published, the ends of the scale are extended.
//!
//! Source: Immigration, Refugees and Citizenship Canada, language test equivalency charts.

use super::text::fold;

crate::text_enum! {
    /// A level of the Common European Framework, or native; ordered from least to most.
    pub enum LanguageLevel {
        A1 => "A1",
        A2 => "A2",
        B1 => "B1",
        B2 => "B2",
        C1 => "C1",
        C2 => "C2",
        Native => "native",
    }
}

impl LanguageLevel {
    /// For a benchmark (CLB or NCLC), 1 to 12; none outside it.
    pub fn from_benchmark(benchmark: u8) -> Option<LanguageLevel> {
        Some(match benchmark {
            1 | 2 => LanguageLevel::A1,
            3 => LanguageLevel::A2,
            4..=6 => LanguageLevel::B1,
            7 | 8 => LanguageLevel::B2,
            9 | 10 => LanguageLevel::C1,
            11 | 12 => LanguageLevel::C2,
            _ => return None,
        })
    }

    /// The benchmarks (CLB or NCLC) of this level, least and most; native is taken as 12.
    pub fn benchmarks(self) -> (u8, u8) {
        match self {
            LanguageLevel::A1 => (1, 2),
            LanguageLevel::A2 => (3, 3),
            LanguageLevel::B1 => (4, 6),
            LanguageLevel::B2 => (7, 8),
            LanguageLevel::C1 => (9, 10),
            LanguageLevel::C2 => (11, 12),
            LanguageLevel::Native => (12, 12),
        }
    }

    /// Reads a level however it was written: `C1`, `CLB 7`, `NCLC5`, `niveau B2+`, `courant`,
    /// `langue maternelle`, `fluent`, `upper intermediate`, `débutante`. None when it says nothing
    /// known. Several statements ("B2/C1", "reading C1, speaking B1") count as the least of them.
    pub fn from_words(text: &str) -> Option<LanguageLevel> {
        let folded = fold(super::text::clip(text, 200));
        let stated = codes(&folded);
        if let Some(least) = stated.into_iter().min() {
            return Some(least);
        }
        let plain: Vec<&str> = folded
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        let plain = format!(" {} ", plain.join(" "));
        // The longest phrase first: "upper intermediate" is not "intermediate".
        let mut phrases: Vec<_> = PHRASES.iter().collect();
        phrases.sort_by_key(|(phrase, _)| std::cmp::Reverse(phrase.len()));
        phrases
            .into_iter()
            .find(|(phrase, _)| plain.contains(&format!(" {phrase}")))
            .map(|(_, level)| *level)
    }
}

/// Every CEFR code and benchmark in a folded text.
fn codes(folded: &str) -> Vec<LanguageLevel> {
    let mut found = Vec::new();
    let tokens: Vec<&str> = folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|token| !token.is_empty())
        .collect();
    let mut after_benchmark = false;
    for token in tokens {
        let benchmark = ["clb", "nclc", "nclb"]
            .iter()
            .find_map(|name| token.strip_prefix(name));
        let number = match benchmark {
            Some(number) => number,
            None if after_benchmark => token,
            None => "",
        };
        after_benchmark =
            benchmark == Some("") || (after_benchmark && matches!(token, "niveau" | "level"));
        if let Some(level) = number.parse().ok().and_then(LanguageLevel::from_benchmark) {
            found.push(level);
            // "CLB 7/6/8" states three.
            after_benchmark = true;
        }
        let cefr = match token {
            "a1" => Some(LanguageLevel::A1),
            "a2" => Some(LanguageLevel::A2),
            "b1" => Some(LanguageLevel::B1),
            "b2" => Some(LanguageLevel::B2),
            "c1" => Some(LanguageLevel::C1),
            "c2" => Some(LanguageLevel::C2),
            _ => None,
        };
        found.extend(cefr);
    }
    found
}

/// Folded beginnings of what people write, in both languages; matched at the start of a word.
/// The words' levels follow the self-assessment grid of the Common European Framework.
const PHRASES: &[(&str, LanguageLevel)] = &[
    ("native", LanguageLevel::Native),
    ("natif", LanguageLevel::Native),
    ("mother tongue", LanguageLevel::Native),
    ("mothertongue", LanguageLevel::Native),
    ("first language", LanguageLevel::Native),
    ("maternel", LanguageLevel::Native),
    ("premiere langue", LanguageLevel::Native),
    ("bilingu", LanguageLevel::C2),
    ("proficient", LanguageLevel::C2),
    ("mastery", LanguageLevel::C2),
    ("maitrise", LanguageLevel::C2),
    ("parfait", LanguageLevel::C2),
    ("perfect", LanguageLevel::C2),
    ("excellent", LanguageLevel::C1),
    ("near native", LanguageLevel::C2),
    ("quasi natif", LanguageLevel::C2),
    ("fluent", LanguageLevel::C1),
    ("fluency", LanguageLevel::C1),
    ("couramment", LanguageLevel::C1),
    ("courant", LanguageLevel::C1),
    ("avance", LanguageLevel::C1),
    ("advanced", LanguageLevel::C1),
    ("very good", LanguageLevel::C1),
    ("tres bon", LanguageLevel::C1),
    ("tres bien", LanguageLevel::C1),
    ("full professional", LanguageLevel::C1),
    ("professional working", LanguageLevel::B2),
    ("limited working", LanguageLevel::B1),
    ("professional", LanguageLevel::B2),
    ("professionnel", LanguageLevel::B2),
    ("upper intermediate", LanguageLevel::B2),
    ("high intermediate", LanguageLevel::B2),
    ("intermediaire superieur", LanguageLevel::B2),
    ("intermediaire avance", LanguageLevel::B2),
    ("intermediaire fort", LanguageLevel::B2),
    ("independent", LanguageLevel::B2),
    ("independant", LanguageLevel::B2),
    ("good", LanguageLevel::B2),
    ("bon", LanguageLevel::B2),
    ("bien", LanguageLevel::B2),
    ("working knowledge", LanguageLevel::B1),
    ("intermediate", LanguageLevel::B1),
    ("intermediaire", LanguageLevel::B1),
    ("lower intermediate", LanguageLevel::B1),
    ("low intermediate", LanguageLevel::B1),
    ("intermediaire faible", LanguageLevel::B1),
    ("conversation", LanguageLevel::B1),
    ("moyen", LanguageLevel::B1),
    ("fair", LanguageLevel::B1),
    ("passable", LanguageLevel::A2),
    ("elementary", LanguageLevel::A2),
    ("elementaire", LanguageLevel::A2),
    ("pre intermediate", LanguageLevel::A2),
    ("pre intermediaire", LanguageLevel::A2),
    ("basic", LanguageLevel::A2),
    ("de base", LanguageLevel::A2),
    ("base", LanguageLevel::A2),
    ("notion", LanguageLevel::A1),
    ("beginner", LanguageLevel::A1),
    ("debutant", LanguageLevel::A1),
    ("faux debutant", LanguageLevel::A2),
    ("false beginner", LanguageLevel::A2),
    ("rudiment", LanguageLevel::A1),
    ("un peu", LanguageLevel::A1),
    ("a little", LanguageLevel::A1),
];

const TESTS: &str = include_str!("data/language_tests.tsv");

crate::text_enum! {
    /// A skill that a language test measures by itself.
    pub enum Skill {
        Reading => "reading",
        Writing => "writing",
        Listening => "listening",
        Speaking => "speaking",
    }
}

/// The benchmark (CLB or NCLC) of a test score, by the published equivalency chart.
///
/// `test` is `IELTS-GT`, `CELPIP-G`, `PTE Core`, `TEF Canada` or `TCF Canada`, in any case. None
/// for a score below the chart's least, for an unknown test, and for what is no number.
pub fn benchmark_from_test(test: &str, skill: Skill, score: f64) -> Option<u8> {
    TESTS
        .lines()
        .filter_map(|line| {
            let fields: Vec<&str> = line.split('\t').collect();
            let &[name, level, of, least, _most] = fields.as_slice() else {
                return None;
            };
            let applies = name.eq_ignore_ascii_case(test.trim()) && of == skill.as_str();
            let reached = applies && score >= least.parse::<f64>().ok()?;
            reached.then(|| level.parse::<u8>().ok()).flatten()
        })
        .max()
}

#[cfg(test)]
mod tests {
    use super::LanguageLevel::*;
    use super::*;

    #[test]
    fn levels_are_ordered_from_beginner_to_native() {
        assert!(LanguageLevel::ALL.is_sorted());
        assert_eq!(LanguageLevel::ALL.first(), Some(&A1));
        assert!(C2 < Native);
    }

    #[test]
    fn benchmarks_and_framework_agree_in_both_directions() {
        // IRCC's charts carried over to the framework: 5 -> B1, 7 -> B2, 9 -> C1.
        for (benchmark, level) in [
            (4, B1),
            (5, B1),
            (6, B1),
            (7, B2),
            (8, B2),
            (9, C1),
            (10, C1),
        ] {
            assert_eq!(LanguageLevel::from_benchmark(benchmark), Some(level));
        }
        for benchmark in 1..=12 {
            let level = LanguageLevel::from_benchmark(benchmark).unwrap();
            let (least, most) = level.benchmarks();
            assert!((least..=most).contains(&benchmark));
        }
        assert_eq!(LanguageLevel::from_benchmark(0), None);
        assert_eq!(LanguageLevel::from_benchmark(13), None);
    }

    #[test]
    fn levels_are_read_however_they_are_written() {
        for (text, level) in [
            ("C1", C1),
            ("c1", C1),
            ("B2+", B2),
            ("niveau B1", B1),
            ("CLB 7", B2),
            ("clb7", B2),
            ("NCLC 5", B1),
            ("NCLC: 10", C1),
            ("CLB level 9", C1),
            ("courant", C1),
            ("Courante", C1),
            ("fluent", C1),
            ("langue maternelle", Native),
            ("Native speaker", Native),
            ("débutante", A1),
            ("Intermédiaire", B1),
            ("upper-intermediate", B2),
            ("Avancé", C1),
            ("notions de base", A2),
            ("bilingue", C2),
            ("B2/C1", B2),
            ("CLB 8/7/6/9", B1),
            ("reading C1, speaking B1", B1),
        ] {
            assert_eq!(LanguageLevel::from_words(text), Some(level), "{text}");
        }
        for text in ["", "7", "CLB", "CLB 13", "Arabic", "D1", "clb 999999999999"] {
            assert_eq!(LanguageLevel::from_words(text), None, "{text}");
        }
    }

    #[test]
    fn test_scores_give_the_benchmark_of_the_published_chart() {
        let by = |test, skill, score| benchmark_from_test(test, skill, score);
        assert_eq!(by("IELTS-GT", Skill::Listening, 8.0), Some(9));
        assert_eq!(by("IELTS-GT", Skill::Listening, 7.9), Some(8));
        assert_eq!(by("tef canada", Skill::Speaking, 456.0), Some(7));
        assert_eq!(by("TCF Canada", Skill::Speaking, 3.0), None);
        assert_eq!(by("PTE Core", Skill::Speaking, 89.0), Some(10));
        assert_eq!(by("IELTS-GT", Skill::Reading, f64::NAN), None);
        assert_eq!(by("TOEFL", Skill::Reading, 100.0), None);
    }
}
