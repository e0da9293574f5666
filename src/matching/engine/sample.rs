//! A made-up population for benchmarks, tests and demonstrations: the same for the same seed.
//!
//! It has the shape of a real programme: occupations by Zipf's law, the two official languages and many
//! mother tongues, evening and weekend blocks in six zones, mentors with one to three places.

use super::error::EngineError;
use super::facts::{
    Experience, LanguageSkill, Licence, Mentee, Mentor, Mode, Person, Place, Standing, Wishes,
};
use super::instance::{Instance, InstanceBuilder};
use super::noc::{Scale, Similarity};
use super::settings::Settings;
use super::week::{WeekMask, Window};

/// What to make up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// Seed: another seed, another population.
    pub seed: u64,
    /// Number of mentees.
    pub mentees: u32,
    /// Number of mentors.
    pub mentors: u32,
    /// Number of clock regimes (1: all weeks alike; 2: with and without summer time).
    pub regimes: u16,
}

/// Offsets (winter, summer) of the six zones, minutes, with the cumulated share of people per mille.
/// The first two no longer change their clocks.
const ZONES: [(i32, i32, u32); 6] = [
    (-420, -420, 180),
    (-360, -360, 320),
    (-360, -360, 380),
    (-300, -240, 850),
    (-240, -180, 940),
    (-210, -150, 1000),
];
const OCCUPATIONS: u16 = 500;
/// Occupations where there are fewer than a thousand people on each side.
const OCCUPATIONS_OF_FEW: u16 = 60;
const LANGUAGES: u16 = 80;

impl Sample {
    /// A population with one clock regime.
    #[must_use]
    pub fn new(seed: u64, mentees: u32, mentors: u32) -> Self {
        Self {
            seed,
            mentees,
            mentors,
            regimes: 1,
        }
    }

    fn occupations(&self) -> u16 {
        if self.mentees.max(self.mentors) < 1000 {
            OCCUPATIONS_OF_FEW
        } else {
            OCCUPATIONS
        }
    }

    /// Makes the instance with these settings (the weeks of the regimes are set here).
    ///
    /// # Errors
    /// Wrong settings.
    pub fn instance(&self, settings: Settings) -> Result<Instance, EngineError> {
        self.builder(settings).build()
    }

    /// The same, still open for exclusions, pins and more people.
    #[must_use]
    pub fn builder(&self, mut settings: Settings) -> InstanceBuilder {
        settings.regime_weeks = if self.regimes == 1 {
            vec![26]
        } else {
            vec![18, 8]
        };
        let mut dice = Dice(self.seed);
        let occupations = self.occupations();
        let codes = occupation_codes(&mut dice, occupations);
        let similarity = Similarity::from_noc_codes(&Scale::default(), &codes);
        let mut builder = InstanceBuilder::new(settings, similarity.clone());
        for city in (0..240).step_by(2) {
            builder.reach(city, city + 1);
        }
        let mut makers = (dice.fork(), dice.fork());
        for key in 0..self.mentees {
            builder.mentee(makers.0.mentee(u128::from(key), self.regimes, occupations));
        }
        for key in 0..self.mentors {
            builder.mentor(
                makers
                    .1
                    .mentor((1 << 64) + u128::from(key), self.regimes, &similarity),
            );
        }
        builder
    }
}

/// Codes with the shape of the classification: broad category, TEER, and three more digits.
fn occupation_codes(dice: &mut Dice, count: u16) -> Vec<String> {
    let mut codes = std::collections::BTreeSet::new();
    while codes.len() < usize::from(count) {
        let (broad, teer) = (dice.below(10), dice.below(6));
        let (sub, minor, unit) = (dice.below(2), dice.below(3), dice.below(4));
        codes.insert(format!("{broad}{teer}{sub}{minor}{unit}"));
    }
    // Zipf's law should not follow the order of the codes.
    let mut codes: Vec<String> = codes.into_iter().collect();
    for at in (1..codes.len()).rev() {
        let other = usize::try_from(dice.below(u32::try_from(at + 1).unwrap_or(1))).unwrap_or(0);
        codes.swap(at, other);
    }
    codes
}

/// A small generator of pseudo-random numbers (SplitMix64).
#[derive(Debug, Clone)]
pub struct Dice(pub u64);

impl Dice {
    /// The next 64 bits.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end` (0 if `end` is 0).
    pub fn below(&mut self, end: u32) -> u32 {
        u32::try_from((u64::from(end) * (self.draw() >> 32)) >> 32).unwrap_or(0)
    }

    /// True so many times in a thousand.
    pub fn chance(&mut self, permille: u32) -> bool {
        self.below(1000) < permille
    }

    fn fork(&mut self) -> Self {
        Self(self.draw())
    }

    /// A rank below `count` by Zipf's law with exponent one, by halving intervals.
    fn zipf(&mut self, count: u16) -> u16 {
        let levels = u32::from(count).ilog2() + 1;
        let level = self.below(levels);
        let rank = (1 << level) - 1 + self.below(1 << level);
        u16::try_from(rank).unwrap_or(0) % count
    }

    fn pick<T: Copy + Default>(&mut self, items: &[T]) -> T {
        let at = self.below(u32::try_from(items.len()).unwrap_or(0));
        usize::try_from(at)
            .ok()
            .and_then(|at| items.get(at))
            .copied()
            .unwrap_or_default()
    }

    fn person(&mut self, key: u128, regimes: u16) -> Person {
        let share = self.below(1000);
        let zone = ZONES
            .iter()
            .position(|(_, _, upto)| share < *upto)
            .unwrap_or(0);
        let windows = self.windows();
        let offsets = ZONES
            .get(zone)
            .map_or([0, 0], |(winter, summer, _)| [*winter, *summer]);
        let weeks = offsets
            .iter()
            .take(usize::from(regimes))
            .map(|offset| WeekMask::from_windows(&windows, *offset))
            .collect();
        let city = u32::try_from(zone).unwrap_or(0) * 40 + u32::from(self.zipf(40));
        let mode = self.pick(&[0_u8, 0, 0, 0, 0, 0, 1, 1, 1, 2]);
        Person {
            key,
            standing: Standing::Ready,
            languages: self.languages(),
            weeks,
            place: Place {
                city: Some(city),
                province: u16::try_from(zone).ok(),
                mode: match mode {
                    0 => Mode::Either,
                    1 => Mode::Remote,
                    _ => Mode::InPerson,
                },
            },
            wishes: self.wishes(),
        }
    }

    fn windows(&mut self) -> Vec<Window> {
        let mut windows = Vec::new();
        for weekday in 0..5 {
            if self.chance(550) {
                let start_minute = self.pick(&[1020_u16, 1050, 1080, 1110, 1140]);
                let end_minute = start_minute + self.pick(&[90_u16, 120, 150, 180, 210]);
                windows.push(Window {
                    weekday,
                    start_minute,
                    end_minute,
                });
            }
        }
        for weekday in 5..7 {
            if self.chance(600) {
                let start_minute = self.pick(&[540_u16, 600, 660, 780, 840]);
                let end_minute = start_minute + self.pick(&[120_u16, 180, 240]);
                windows.push(Window {
                    weekday,
                    start_minute,
                    end_minute,
                });
            }
        }
        windows
    }

    fn languages(&mut self) -> Vec<LanguageSkill> {
        let mut languages: Vec<LanguageSkill> = Vec::new();
        let mut add = |language, level, asked| {
            if !languages.iter().any(|skill| skill.language == language) {
                languages.push(LanguageSkill {
                    language,
                    level,
                    asked,
                });
            }
        };
        let english = self.chance(850);
        let french = !english || self.chance(250);
        let asked = self.below(4);
        if english {
            add(0, self.pick(&[4, 5, 6, 7, 8, 9, 10, 12]), asked == 0);
        }
        if french {
            add(1, self.pick(&[4, 5, 6, 7, 8, 9, 10, 12]), asked == 1);
        }
        if self.chance(700) {
            add(2 + self.zipf(LANGUAGES - 2), 12, false);
        }
        languages
    }

    fn wishes(&mut self) -> Wishes {
        if !self.chance(300) {
            return Wishes::default();
        }
        let has = [0, 1, 2].into_iter().filter(|_| self.chance(400)).collect();
        let wants = [0, 1, 2].into_iter().filter(|_| self.chance(200)).collect();
        let insists = if self.chance(60) { vec![0] } else { Vec::new() };
        Wishes {
            may_count: true,
            has,
            wants,
            insists,
        }
    }

    fn licences(&mut self) -> Vec<Licence> {
        if !self.chance(120) {
            return Vec::new();
        }
        vec![Licence {
            profession: u32::from(self.zipf(20)),
            jurisdiction: self.zipf(10),
        }]
    }

    fn topics(&mut self, most: u32) -> Vec<u16> {
        let mut topics: Vec<u16> = Vec::new();
        for _ in 0..=self.below(most) {
            let topic = self.zipf(12);
            if !topics.contains(&topic) {
                topics.push(topic);
            }
        }
        topics
    }

    fn mentee(&mut self, key: u128, regimes: u16, occupations: u16) -> Mentee {
        let mut targets = vec![self.zipf(occupations)];
        if self.chance(150) {
            targets.push(self.zipf(occupations));
        }
        Mentee {
            person: self.person(key, regimes),
            targets,
            topics: self.topics(3),
            licences: self.licences(),
            waiting_days: self.below(120),
        }
    }

    fn mentor(&mut self, key: u128, regimes: u16, similarity: &Similarity) -> Mentor {
        let mut occupations = Vec::new();
        let count = u16::try_from(similarity.count()).unwrap_or(1);
        let first = self.zipf(count);
        occupations.push(Experience {
            occupation: first,
            permille: self.pick(&[1000_u16, 1000, 1000, 850, 700]),
        });
        if self.chance(500) {
            // A second occupation is mostly of the same broad category.
            let near: Vec<u16> = (0..8).map(|_| self.zipf(count)).collect();
            let alike = |other: &&u16| similarity.get(first, **other) > 0;
            let second = near
                .iter()
                .find(|other| self.chance(900) && alike(other))
                .or(near.first());
            occupations.extend(second.map(|occupation| Experience {
                occupation: *occupation,
                permille: 850,
            }));
        }
        let mut person = self.person(key, regimes);
        person
            .languages
            .iter_mut()
            .for_each(|skill| skill.level = skill.level.max(7));
        Mentor {
            person,
            occupations,
            topics: self.topics(6),
            licences: self.licences(),
            capacity: 1 + self.below(3),
        }
    }
}
