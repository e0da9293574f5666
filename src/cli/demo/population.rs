//! The people of the demonstration: a population that looks like that of a real lender to newcomers and is
//! the same every time. Pure: a seed in, plain facts out; nothing here knows the database.
//!
//! Origins, occupations and places are drawn with weights that follow what such organisations report:
//! mostly regulated professions, two thirds in Québec and Ontario, mentors who arrived earlier and passed
//! their licence, evenings and Saturdays free rather than working hours.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::cli::demo::tables::{OCCUPATIONS, ORIGINS, OWN_SCRIPT, Origin, PLACES, TOPICS};
use crate::kernel::Locale;

/// A language with its level, as the import writes them: a code and CEFR or `native`.
pub type Spoken = (&'static str, &'static str);

/// One person.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// Whether they guide or are guided.
    pub is_mentor: bool,
    pub given_name: String,
    pub family_name: String,
    /// The name they go by, where it is not the given one.
    pub preferred_name: Option<String>,
    pub email: String,
    pub phone: String,
    pub locale: Locale,
    pub city: &'static str,
    pub province: &'static str,
    pub zone: &'static str,
    /// NOC 2021 unit group in which they worked, or work.
    pub held: &'static str,
    /// NOC 2021 unit group that a mentee aims at.
    pub target: Option<&'static str>,
    pub years: i32,
    /// Which of the two programmes: 0 health and education, 1 engineering, technology and business.
    pub programme: usize,
    pub languages: Vec<Spoken>,
    /// Weekly free time: ISO weekday, start and end minute of the local day.
    pub availability: Vec<(i32, i32, i32)>,
    /// `remote`, `in-person` or `either`.
    pub mode: &'static str,
    /// Wanted by a mentee, in order of importance; offered by a mentor.
    pub topics: Vec<&'static str>,
    /// What they say of themself for the wishes of others, as few people do.
    pub says: Vec<&'static str>,
    /// What they would like of the other.
    pub wishes: Vec<&'static str>,
    /// How many mentees a mentor takes.
    pub capacity: i32,
    /// Days that a mentee has waited.
    pub waited_days: i64,
}

const NAMES: &str = include_str!("names.csv");

type NameTable = BTreeMap<(&'static str, &'static str), Vec<&'static str>>;

static NAME_TABLE: LazyLock<NameTable> = LazyLock::new(|| {
    let mut table = NameTable::new();
    for line in NAMES.lines().skip(1) {
        let mut cells = line.splitn(3, ',');
        if let (Some(origin), Some(kind), Some(name)) = (cells.next(), cells.next(), cells.next()) {
            table.entry((origin, kind)).or_default().push(name);
        }
    }
    table
});

/// The seed of the demonstration.
pub const SEED: u64 = 2026;

/// `mentees` newcomers and `mentors` mentors, the same for the same seed.
pub fn population(seed: u64, mentees: usize, mentors: usize) -> Vec<Figure> {
    let mut dice = Dice(seed);
    let mut taken = BTreeMap::new();
    let sides = std::iter::repeat_n(false, mentees).chain(std::iter::repeat_n(true, mentors));
    sides
        .enumerate()
        .map(|(number, is_mentor)| figure(&mut dice, &mut taken, number, is_mentor))
        .collect()
}

fn figure(
    dice: &mut Dice,
    taken: &mut BTreeMap<String, u32>,
    number: usize,
    is_mentor: bool,
) -> Figure {
    let origin = dice.weighted(ORIGINS, |o| o.weight);
    let (held, _, programme) = *dice.weighted(OCCUPATIONS, |o| o.1);
    let &(city, province, zone, _) = dice.weighted(PLACES, |p| p.3);
    let given_kind = if dice.chance(54) {
        "given_f"
    } else {
        "given_m"
    };
    let given_name = dice.name(origin.name, given_kind);
    let drawn = dice.name(origin.name, "family");
    let family_name = own_family_name(taken, origin.name, &given_name, drawn);
    let languages = languages(dice, origin, province, is_mentor);
    let locale = locale(&languages);
    let preferred_name = match OWN_SCRIPT.iter().find(|(o, _)| *o == origin.name) {
        Some((_, name)) if number.is_multiple_of(8) && given_kind == "given_f" => {
            Some((*name).to_owned())
        }
        _ => None,
    };
    let target = (!is_mentor).then(|| {
        if dice.chance(88) {
            held
        } else {
            dice.weighted(OCCUPATIONS, |o| o.1).0
        }
    });
    let wanted = if is_mentor {
        3 + dice.below(4)
    } else {
        2 + dice.below(3)
    };
    let (says, wishes) = personal(number, is_mentor, given_kind == "given_f");
    Figure {
        is_mentor,
        email: email(taken, &given_name, &family_name),
        phone: format!("+1 514 555 {:04}", 100 + number),
        given_name,
        family_name,
        preferred_name,
        locale,
        city,
        province,
        zone,
        held,
        target,
        years: i32::try_from(if is_mentor {
            5 + dice.below(20)
        } else {
            1 + dice.below(14)
        })
        .unwrap_or(3),
        programme,
        languages,
        availability: availability(dice),
        mode: dice
            .weighted(&[("remote", 40), ("either", 45), ("in-person", 15)], |m| {
                m.1
            })
            .0,
        topics: dice.several(TOPICS, wanted),
        says,
        wishes,
        capacity: if is_mentor {
            i32::try_from(1 + dice.below(3)).unwrap_or(1)
        } else {
            1
        },
        waited_days: i64::try_from(3 + dice.below(140)).unwrap_or(30),
    }
}

/// What one person in three says of themself, and what one newcomer in six wishes for.
fn personal(
    number: usize,
    is_mentor: bool,
    is_woman: bool,
) -> (Vec<&'static str>, Vec<&'static str>) {
    let (mut says, mut wishes) = (Vec::new(), Vec::new());
    if number.is_multiple_of(3) {
        says.push(if is_woman { "woman" } else { "man" });
    }
    if number % 9 == 4 {
        says.push("parent");
    }
    if number % 15 == 6 {
        says.push("refugee-path");
    }
    if !is_mentor && number.is_multiple_of(6) {
        wishes.push(if is_woman { "woman" } else { "parent" });
    }
    (says, wishes)
}

fn languages(dice: &mut Dice, origin: &Origin, province: &str, is_mentor: bool) -> Vec<Spoken> {
    let mother = *dice.pick(origin.mother_tongues);
    let mut spoken: Vec<Spoken> = vec![(mother, "native")];
    for (code, levels) in [("en", origin.english), ("fr", origin.french)] {
        let level = *dice.pick(levels);
        // Years in a province teach its language: mentors speak it well, newcomers are on their way.
        let local = if province == "QC" {
            code == "fr"
        } else {
            code == "en"
        };
        let level = match (is_mentor, local, level) {
            (true, true, "" | "A1" | "A2" | "B1") => "C1",
            (true, _, "A1" | "A2") => "B1",
            (false, true, "" | "A1") => "A2",
            (_, _, other) => other,
        };
        if !level.is_empty() && code != mother {
            spoken.push((code, level));
        }
    }
    spoken
}

fn locale(languages: &[Spoken]) -> Locale {
    let rank = |code: &str| {
        let order = ["A1", "A2", "B1", "B2", "C1", "C2", "native"];
        languages
            .iter()
            .find(|l| l.0 == code)
            .and_then(|l| order.iter().position(|o| *o == l.1))
    };
    if rank("fr") > rank("en") {
        Locale::Fr
    } else {
        Locale::En
    }
}

/// Two or three evenings, often a Saturday, sometimes lunch times.
fn availability(dice: &mut Dice) -> Vec<(i32, i32, i32)> {
    let mut days = dice.several(&[1, 2, 3, 4, 5], 3);
    days.sort_unstable();
    let mut rules: Vec<(i32, i32, i32)> = days
        .into_iter()
        .map(|day| {
            let start = *dice.pick(&[17 * 60, 17 * 60 + 30, 18 * 60, 18 * 60 + 30, 19 * 60]);
            (day, start, start + *dice.pick(&[120, 150, 180]))
        })
        .collect();
    if dice.chance(60) {
        let start = *dice.pick(&[9 * 60, 10 * 60, 13 * 60]);
        rules.push((6, start, start + 180));
    }
    if dice.chance(25) {
        rules.push((7, 14 * 60, 17 * 60));
    }
    if dice.chance(20) {
        rules.extend((1..=5).map(|day| (day, 12 * 60, 13 * 60)));
    }
    rules.sort_unstable();
    rules
}

/// The drawn family name, or the next of the list with which nobody has the same whole name: two people of one name
/// would look like a mistake of the product. No dice, so that nobody else changes.
fn own_family_name(
    taken: &BTreeMap<String, u32>,
    origin: &'static str,
    given: &str,
    drawn: String,
) -> String {
    let names = NAME_TABLE.get(&(origin, "family"));
    let names = names.map_or(&[][..], Vec::as_slice);
    let at = names.iter().position(|name| *name == drawn).unwrap_or(0);
    let from_there = names.iter().cycle().skip(at).take(names.len());
    let mut free = from_there.filter(|name| !taken.contains_key(&base(given, name)));
    free.next().map_or(drawn, |name| (*name).to_owned())
}

/// A whole name in the letters of an address.
fn base(given: &str, family: &str) -> String {
    format!("{}.{}", plain(given), plain(family))
}

fn email(taken: &mut BTreeMap<String, u32>, given: &str, family: &str) -> String {
    let base = base(given, family);
    let count = taken.entry(base.clone()).or_insert(0);
    *count += 1;
    let number = if *count > 1 {
        count.to_string()
    } else {
        String::new()
    };
    format!("{base}{number}@example.org")
}

/// Lower-case ASCII letters of a name: `Étienne` → `etienne`.
fn plain(name: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    name.nfd()
        .filter(char::is_ascii_alphabetic)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// SplitMix64 (Steele, Lea, Flood 2014): small, well spread, and the same on every machine.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound.max(1)).unwrap_or(1);
        usize::try_from(self.next() % bound).unwrap_or(0)
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "`below` stays under the length; an empty table is a defect of this file"
    )]
    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "the tables of this file are not empty"
    )]
    fn weighted<'a, T>(&mut self, from: &'a [T], weight: impl Fn(&T) -> u32) -> &'a T {
        let total: u32 = from.iter().map(&weight).sum();
        let mut left = self.below(usize::try_from(total).unwrap_or(1));
        for item in from {
            let share = usize::try_from(weight(item)).unwrap_or(0);
            if left < share {
                return item;
            }
            left -= share;
        }
        &from[0]
    }

    fn several<T: Copy>(&mut self, from: &[T], count: usize) -> Vec<T> {
        let mut left = from.to_vec();
        (0..count.min(from.len()))
            .map(|_| left.remove(self.below(left.len())))
            .collect()
    }

    fn name(&mut self, origin: &'static str, kind: &'static str) -> String {
        NAME_TABLE
            .get(&(origin, kind))
            .map_or("", |names| *self.pick(names.as_slice()))
            .to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_same_seed_gives_the_same_people_and_another_seed_gives_others() {
        assert_eq!(population(SEED, 300, 190), population(SEED, 300, 190));
        assert_ne!(population(SEED, 20, 20), population(SEED + 1, 20, 20));
    }

    #[test]
    fn everybody_has_a_name_an_address_of_their_own_and_a_language_to_work_in() {
        let people = population(SEED, 300, 190);
        assert_eq!(people.len(), 490);
        let addresses: BTreeSet<_> = people.iter().map(|p| p.email.as_str()).collect();
        assert_eq!(addresses.len(), 490);
        let names: BTreeSet<_> = people
            .iter()
            .map(|p| (p.given_name.as_str(), p.family_name.as_str()))
            .collect();
        assert_eq!(names.len(), 490, "nobody has another's whole name");
        for person in &people {
            assert!(
                !person.given_name.is_empty() && !person.family_name.is_empty(),
                "{person:?}"
            );
            assert!(
                person.languages.iter().any(|l| l.0 == "en" || l.0 == "fr"),
                "{person:?}"
            );
            assert!(person.availability.iter().all(|a| a.1 < a.2));
            assert_eq!(person.is_mentor, person.target.is_none());
        }
    }
}
