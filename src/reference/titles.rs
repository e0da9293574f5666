//! From people's own words to an occupation: 57,702 official job titles, searched as one types,
//! and read for a code when a list of people comes in.
//!
//! The titles stay in the text compiled into the program; only where each begins and which unit
//! group it belongs to are kept in memory, beside the index of their words. French titles name
//! both genders ("Infirmier auxiliaire/infirmière auxiliaire") and are found by either.
//!
//! Source: Statistics Canada, National Occupational Classification 2021, index of titles, Open
//! Government Licence – Canada (see NOTICE).

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use super::occupations::{NocCode, members};
use super::search::Index;
use super::text::{MAX_QUERY_BYTES, clip, fold};
use crate::kernel::Locale;

const ENGLISH: &str = include_str!("data/job_titles_en.txt");
const FRENCH: &str = include_str!("data/job_titles_fr.txt");

/// A job title that answers a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TitleHit {
    /// The official title, or the unit group's own, in `locale`.
    pub title: &'static str,
    pub locale: Locale,
    pub code: NocCode,
    /// Higher is better; comparable within one answer only.
    pub score: i32,
}

/// How sure a code read from words is, in thousandths: of texts with 900 about nine in ten are
/// coded right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Confidence(u16);

impl Confidence {
    /// From here on a code is taken; below it a person should look.
    pub const CERTAIN: Confidence = Confidence(850);

    /// 0 to 1,000.
    pub fn per_mille(self) -> u16 {
        self.0
    }
}

struct Titles {
    units: Vec<NocCode>,
    /// The unit groups' own titles, then the job titles, English before French.
    entries: Vec<Entry>,
    /// Where the French entries begin.
    french: usize,
    index: Index,
}

/// Eight bytes per title.
#[derive(Clone, Copy)]
struct Entry {
    /// The first byte in the language's text; for a unit group's own title [`OWN_TITLE`].
    start: u32,
    /// Place in `units`.
    unit: u16,
}

const OWN_TITLE: u32 = u32::MAX;

static TITLES: LazyLock<Titles> = LazyLock::new(|| {
    let units: Vec<NocCode> = NocCode::all().collect();
    let mut entries = Vec::with_capacity(60_000);
    let mut texts: Vec<&'static str> = Vec::with_capacity(60_000);
    let mut french = 0;
    for locale in [Locale::En, Locale::Fr] {
        if locale == Locale::Fr {
            french = entries.len();
        }
        for (unit, code) in (0_u16..).zip(&units) {
            entries.push(Entry {
                start: OWN_TITLE,
                unit,
            });
            texts.push(code.occupation().title(locale));
        }
        read_titles(file(locale), &units, &mut entries, &mut texts);
    }
    let index = Index::new(texts.into_iter());
    Titles {
        units,
        entries,
        french,
        index,
    }
});

fn file(locale: Locale) -> &'static str {
    match locale {
        Locale::En => ENGLISH,
        Locale::Fr => FRENCH,
    }
}

/// A line `=21300` opens a unit group; every other line is one of its titles.
fn read_titles(
    text: &'static str,
    units: &[NocCode],
    entries: &mut Vec<Entry>,
    texts: &mut Vec<&'static str>,
) {
    let mut start = 0_u32;
    let mut unit = None;
    for line in text.lines() {
        match line.strip_prefix('=') {
            Some(code) => unit = units.iter().position(|known| known.as_str() == code),
            None => {
                if let Some(unit) = unit.and_then(|unit| u16::try_from(unit).ok()) {
                    entries.push(Entry { start, unit });
                    texts.push(line);
                }
            }
        }
        start += u32::try_from(line.len() + 1).unwrap_or(0);
    }
}

impl Titles {
    fn hit(&self, entry: usize, score: i32) -> Option<TitleHit> {
        let Entry { start, unit } = *self.entries.get(entry)?;
        let code = *self.units.get(usize::from(unit))?;
        let locale = if entry < self.french {
            Locale::En
        } else {
            Locale::Fr
        };
        let title = if start == OWN_TITLE {
            code.occupation().title(locale)
        } else {
            let start = usize::try_from(start).ok()?;
            file(locale).get(start..)?.lines().next()?
        };
        Some(TitleHit {
            title,
            locale,
            code,
            score,
        })
    }

    fn range(&self, locale: Option<Locale>) -> Range<usize> {
        match locale {
            None => 0..self.entries.len(),
            Some(Locale::En) => 0..self.french,
            Some(Locale::Fr) => self.french..self.entries.len(),
        }
    }
}

/// Reads the titles and builds their index, which the first search would otherwise wait for.
pub fn warm() {
    LazyLock::force(&TITLES);
}

/// Job titles for what someone is typing, best first, one per unit group, in one language or both.
///
/// Digits are taken as the beginning of a code. At most `limit` hits; none for a query without a
/// letter or digit.
pub fn search(query: &str, locale: Option<Locale>, limit: usize) -> Vec<TitleHit> {
    let query = clip(query.trim(), MAX_QUERY_BYTES);
    if !query.is_empty() && query.bytes().all(|byte| byte.is_ascii_digit()) {
        return by_code(query, locale.unwrap_or(Locale::En), limit);
    }
    let titles = &*TITLES;
    let query = expand_abbreviations(query);
    let mut hits: Vec<TitleHit> = Vec::new();
    for found in titles.index.search(&query, titles.range(locale), limit) {
        if hits.len() >= limit {
            break;
        }
        if let Some(hit) = titles.hit(found.entry, found.score)
            && !hits.iter().any(|known| known.code == hit.code)
        {
            hits.push(hit);
        }
    }
    hits
}

fn by_code(digits: &str, locale: Locale, limit: usize) -> Vec<TitleHit> {
    let aliases = members(digits).into_iter();
    let begins = NocCode::all().filter(|code| code.as_str().starts_with(digits));
    let mut codes: Vec<NocCode> = aliases.chain(begins).collect();
    codes.dedup();
    codes
        .into_iter()
        .take(limit)
        .map(|code| TitleHit {
            title: code.occupation().title(locale),
            locale,
            code,
            score: 1000,
        })
        .collect()
}

/// The unit groups that a finished text may mean, likeliest first, at most five, each with how
/// sure it is. Accepts codes and aliases too. Empty when nothing of the text is known.
///
/// `locale` is the language the text is probably in; titles in the other one count a little less.
pub fn code_from_words(text: &str, locale: Option<Locale>) -> Vec<(NocCode, Confidence)> {
    let text = text.trim();
    let named = members(text);
    if !named.is_empty() {
        let sure = if named.len() == 1 { 1000 } else { 500 };
        return named
            .into_iter()
            .map(|code| (code, Confidence(sure)))
            .collect();
    }
    let titles = &*TITLES;
    let text = expand_abbreviations(clip(text, MAX_QUERY_BYTES));
    let mut best: BTreeMap<NocCode, i32> = BTreeMap::new();
    for found in titles.index.closest(&text, titles.range(None)) {
        let Some(hit) = titles.hit(found.entry, found.score) else {
            continue;
        };
        let foreign = locale.is_some_and(|locale| locale != hit.locale);
        let score = if foreign {
            hit.score * 97 / 100
        } else {
            hit.score
        };
        let known = best.entry(hit.code).or_insert(0);
        *known = (*known).max(score);
    }
    rank(best)
}

/// The five best, each with its confidence.
fn rank(best: BTreeMap<NocCode, i32>) -> Vec<(NocCode, Confidence)> {
    let mut ranked: Vec<(NocCode, i32)> = best.into_iter().collect();
    ranked.sort_by_key(|(code, score)| (std::cmp::Reverse(*score), *code));
    let scores: Vec<i32> = ranked.iter().map(|(_, score)| *score).collect();
    ranked
        .into_iter()
        .take(5)
        .enumerate()
        .map(|(place, (code, score))| (code, confidence(score, rival(&scores, place))))
        .filter(|(_, confidence)| confidence.0 >= 50)
        .collect()
}

/// The best score of another unit group.
fn rival(scores: &[i32], place: usize) -> i32 {
    let other = if place == 0 { 1 } else { 0 };
    scores.get(other).copied().unwrap_or(0)
}

/// Nearness to the title, less the doubt that a rival causes: a tie halves it.
fn confidence(score: i32, rival: i32) -> Confidence {
    let lead = (score - rival).clamp(-400, 200);
    let doubt = (200 - lead) * 500 / 200;
    let sure = score * (1000 - doubt.min(1000)) / 1000;
    let sure = if score >= 990 && lead > 0 {
        sure.max(900)
    } else {
        sure
    };
    Confidence(u16::try_from(sure.clamp(0, 1000)).unwrap_or(0))
}

/// Short forms that people write and the official titles spell out.
const ABBREVIATIONS: &[(&str, &str)] = &[
    ("acct", "accountant"),
    ("admin", "administrative"),
    ("asst", "assistant"),
    ("ai", "artificial intelligence"),
    ("cga", "accountant cga"),
    ("cfo", "chief financial officer"),
    ("cto", "chief technology officer"),
    ("coo", "chief operating officer"),
    ("cna", "nurse aide"),
    ("dev", "developer"),
    ("devops", "systems developer operations"),
    ("dr", "doctor"),
    ("ece", "early childhood educator"),
    ("ens", "enseignant"),
    ("gp", "general practitioner"),
    ("hr", "human resources"),
    ("hvac", "heating ventilation air conditioning"),
    ("ing", "ingenieur"),
    ("inf", "infirmier"),
    ("jr", "junior"),
    ("lpn", "licensed practical nurse"),
    ("md", "physician"),
    ("mgr", "manager"),
    ("pab", "prepose beneficiaires"),
    ("pswr", "personal support worker"),
    ("psw", "personal support worker"),
    ("rh", "ressources humaines"),
    ("rmt", "registered massage therapist"),
    ("rn", "registered nurse"),
    ("rpn", "registered practical nurse"),
    ("sr", "senior"),
    ("tech", "technician"),
    ("vp", "vice president"),
];

fn expand_abbreviations(text: &str) -> String {
    let folded = fold(text);
    let expand = |word: &str| {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let known = ABBREVIATIONS.iter().find(|(short, _)| *short == bare);
        known.map(|(_, long)| (*long).to_owned())
    };
    if !folded.split_whitespace().any(|word| expand(word).is_some()) {
        return folded;
    }
    let words = folded.split_whitespace();
    let words: Vec<String> = words
        .map(|word| expand(word).unwrap_or_else(|| word.to_owned()))
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn top(query: &str, locale: Option<Locale>) -> Vec<(&'static str, String)> {
        search(query, locale, 5)
            .into_iter()
            .map(|hit| (hit.title, hit.code.to_string()))
            .collect()
    }

    fn first_code(query: &str) -> String {
        top(query, None)
            .first()
            .map(|(_, code)| code.clone())
            .unwrap_or_default()
    }

    #[test]
    fn all_titles_of_the_classification_are_there() {
        let titles = &*TITLES;
        let units = titles.units.len();
        assert_eq!(units, 516);
        assert_eq!(titles.french - units, 27_935);
        assert_eq!(titles.entries.len() - titles.french - units, 29_767);
    }

    #[test]
    fn every_title_finds_its_own_unit_group_first() {
        let titles = &*TITLES;
        let mut wrong = Vec::new();
        // A prime step visits both languages and every broad category.
        for entry in (0..titles.entries.len()).step_by(149) {
            let hit = titles.hit(entry, 0).unwrap();
            let found = search(hit.title, Some(hit.locale), 3);
            if found.first().is_none_or(|first| first.code != hit.code) {
                wrong.push((hit.title, found.first().map(|f| f.title)));
            }
        }
        assert!(
            wrong.len() <= 8,
            "{} of {}: {wrong:#?}",
            wrong.len(),
            titles.entries.len() / 149
        );
    }

    #[test]
    fn titles_are_found_in_part_in_any_order_without_accents_and_with_errors() {
        for (query, code) in [
            ("civil eng", "21300"),
            ("eng civil", "21300"),
            ("civil enginer", "21300"),
            ("cvil engineer", "21300"),
            ("ingenieur civil", "21300"),
            ("ingénieure civile", "21300"),
            ("INGÉNIEURE CIV", "21300"),
            ("registered nur", "31301"),
            ("infirmiere auxiliaire", "32101"),
            ("infirmier·ère auxiliaire", "32101"),
            ("infimière auxilaire", "32101"),
            ("infirmiere aux", "32101"),
            ("software develop", "21232"),
            ("comptable agree", "11100"),
            ("dentiste", "31110"),
            ("pharmacien", "31120"),
            ("lawyer", "41101"),
            ("avocate", "41101"),
            ("physiotherapi", "31202"),
            ("psw", "44101"),
            ("electrician", "72200"),
            ("plumber", "72300"),
            ("plombière", "72300"),
            ("early childhood educ", "42202"),
            ("data scientist", "21211"),
        ] {
            assert_eq!(first_code(query), code, "{query}: {:?}", top(query, None));
        }
    }

    #[test]
    fn one_answer_has_each_unit_group_once_in_the_language_asked_for() {
        for locale in [Locale::En, Locale::Fr] {
            let hits = search("technic", Some(locale), 20);
            assert_eq!(hits.len(), 20);
            assert!(hits.iter().all(|hit| hit.locale == locale));
            let codes: std::collections::BTreeSet<_> = hits.iter().map(|hit| hit.code).collect();
            assert_eq!(codes.len(), hits.len());
        }
    }

    #[test]
    fn digits_are_the_beginning_of_a_code() {
        assert_eq!(first_code("21300"), "21300");
        let codes: Vec<_> = top("213", None).into_iter().map(|(_, code)| code).collect();
        assert_eq!(codes, ["21300", "21301", "21310", "21311", "21320"]);
        assert_eq!(top("00018", None).len(), 5);
        assert!(top("999", None).is_empty());
    }

    #[test]
    fn words_of_an_import_get_their_code_and_how_sure_it_is() {
        let best = |text: &str| code_from_words(text, None).first().copied().unwrap();
        for (text, code) in [
            ("Infirmière auxiliaire", "32101"),
            ("civil eng.", "21300"),
            ("Comptable agréé(e)", "11100"),
            ("Civil Engineer", "21300"),
            ("Registered Nurse (RN)", "31301"),
            ("Software engineer", "21231"),
            ("Ingénieur logiciel", "21231"),
            ("Dentist", "31110"),
            ("Développeur web", "21234"),
            ("NOC 21300", "21300"),
            ("Enseignante au primaire", "41221"),
            ("Mechanical enginer", "21301"),
        ] {
            assert_eq!(
                best(text).0.as_str(),
                code,
                "{text}: {:?}",
                code_from_words(text, None)
            );
        }
        for text in [
            "Civil engineer",
            "Infirmière auxiliaire",
            "Dentist",
            "21300",
        ] {
            assert!(
                best(text).1 >= Confidence::CERTAIN,
                "{text}: {:?}",
                code_from_words(text, None)
            );
        }
        for text in [
            "manager",
            "engineer",
            "consultant senior",
            "worked in a bank for ten years",
        ] {
            let coded = code_from_words(text, None);
            let sure = coded
                .first()
                .is_some_and(|(_, sure)| *sure >= Confidence::CERTAIN);
            assert!(!sure, "{text}: {coded:?}");
        }
        assert_eq!(code_from_words("xqzt vrrw", None), []);
        assert_eq!(code_from_words("", None), []);
        assert_eq!(code_from_words("00018", None).len(), 5);
    }

    #[test]
    fn no_query_is_too_long_or_too_strange() {
        let hostile = [
            "a".repeat(1_000_000),
            "a ".repeat(500_000),
            "e\u{301}".repeat(100_000),
            "(".repeat(10_000),
            "\u{202e}\u{0}😀👩‍⚕️".repeat(50),
            "aaaaaaaabbbbbbbb cccccccc dddddddd eeeeeeee ffffffff gggggggg hhhhhhhh iiiiiiii"
                .to_owned(),
        ];
        warm();
        let start = std::time::Instant::now();
        for query in &hostile {
            let _ = search(query, None, 20);
            let _ = code_from_words(query, None);
        }
        assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
    }

    /// Leaves each title's own entry out of the answer and asks whether its unit group is still
    /// found: the figures behind [`Confidence`]. Run with `--ignored --nocapture`.
    #[test]
    #[ignore = "a measurement over all titles"]
    fn measure_confidence() {
        let titles = &*TITLES;
        let mut bins = [[0_u32; 2]; 11];
        for entry in (0..titles.entries.len()).step_by(61) {
            let hit = titles.hit(entry, 0).unwrap();
            let text = expand_abbreviations(hit.title);
            let mut best: BTreeMap<NocCode, i32> = BTreeMap::new();
            for found in titles.index.closest(&text, titles.range(None)) {
                let other = titles.hit(found.entry, found.score).unwrap();
                if other.title != hit.title {
                    let known = best.entry(other.code).or_insert(0);
                    *known = (*known).max(found.score);
                }
            }
            let ranked = rank(best);
            if let Some((code, sure)) = ranked.first() {
                let bin = usize::from(sure.0 / 100);
                bins[bin][0] += 1;
                bins[bin][1] += u32::from(*code == hit.code);
            }
        }
        for (bin, [all, right]) in bins.iter().enumerate() {
            println!(
                "{:>4}: {all:>6} {right:>6} {:.3}",
                bin * 100,
                f64::from(*right) / f64::from((*all).max(1))
            );
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn the_same_query_has_the_same_answer_and_never_more_than_asked(
            query in "\\PC{0,30}|[a-zé ]{0,20}", limit in 0_usize..30
        ) {
            let hits = search(&query, None, limit);
            prop_assert!(hits.len() <= limit);
            prop_assert_eq!(search(&query, None, limit), hits);
            let coded = code_from_words(&query, None);
            prop_assert!(coded.len() <= 5);
            prop_assert!(coded.is_sorted_by_key(|(_, sure)| std::cmp::Reverse(*sure)));
            prop_assert_eq!(code_from_words(&query, None), coded);
        }
    }
}
