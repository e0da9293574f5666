//! The facts about people that matching uses, and the names of rules and parts.
//!
//! Everything is already a small number here: the `matching` room translates occupations, languages,
//! places and topics of the database into positions of its own lists, and translates the answer back.

use serde::{Deserialize, Serialize};

use super::week::WeekMask;

/// Position of an occupation in the instance's [`Similarity`](super::noc::Similarity) table.
pub type OccupationId = u16;
/// Position of a language in the caller's list.
pub type LanguageId = u16;
/// Position of a topic in the caller's list.
pub type TopicId = u16;
/// Position of a wish tag ("woman", "same mother tongue", "came as a refugee") in the caller's list.
pub type TagId = u16;

/// One occupation that a mentor has worked in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Experience {
    /// Which occupation.
    pub occupation: OccupationId,
    /// How much it counts, 0–1000: 1000 is long and recent, see
    /// [`experience_permille`](super::noc::experience_permille).
    pub permille: u16,
}

/// A language with its level on the one scale of [`level`](super::level) (0–12).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LanguageSkill {
    /// Which language.
    pub language: LanguageId,
    /// 0–12, see [`level`](super::level).
    pub level: u8,
    /// A mentee asked to be mentored in it (for mentors: no meaning).
    pub asked: bool,
}

/// A step of a regulated profession: sought by a mentee, passed by a mentor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Licence {
    /// The regulated profession, the caller's number.
    pub profession: u32,
    /// Province, territory or other jurisdiction, the caller's number.
    pub jurisdiction: u16,
}

/// Where a person is and how they can meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The city, the caller's number; none if unknown.
    pub city: Option<u32>,
    /// The province, the caller's number; none if unknown or abroad.
    pub province: Option<u16>,
    /// Ways of meeting.
    pub mode: Mode,
}

/// Ways of meeting that a person accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Video or phone only.
    Remote,
    /// Face to face only.
    InPerson,
    /// Both.
    Either,
}

impl Mode {
    /// Whether video or phone is accepted.
    #[must_use]
    pub fn remote(self) -> bool {
        self != Self::InPerson
    }

    /// Whether meeting face to face is accepted.
    #[must_use]
    pub fn in_person(self) -> bool {
        self != Self::Remote
    }
}

/// What a person is, and what they ask of the other, in tags.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Wishes {
    /// The person agrees that tags and wishes count. If not, all of this is ignored.
    pub may_count: bool,
    /// What is true of the person.
    pub has: Vec<TagId>,
    /// What they would like of the other.
    pub wants: Vec<TagId>,
    /// What they insist on in the other (a hard rule).
    pub insists: Vec<TagId>,
}

/// Whether a person can take part in this run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Active, consented, not paused.
    Ready,
    /// Left, or not yet active.
    NotActive,
    /// Has not consented to be matched.
    NoConsent,
    /// Paused.
    Paused,
}

/// What both sides have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Who this is: the same human has the same key on both sides. Also what ties are broken by, so
    /// that they do not depend on the order of adding.
    pub key: u128,
    /// Whether they can take part.
    pub standing: Standing,
    /// Languages, each at most once.
    pub languages: Vec<LanguageSkill>,
    /// When they are free: one week mask (UTC half-hours) per clock regime of the programme.
    pub weeks: Vec<WeekMask>,
    /// Where, and how they meet.
    pub place: Place,
    /// Tags and wishes.
    pub wishes: Wishes,
}

/// A newcomer who waits for a mentor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mentee {
    /// What both sides have.
    pub person: Person,
    /// The occupations aimed at; the best counts.
    pub targets: Vec<OccupationId>,
    /// Topics asked for, most wanted first; at most 32.
    pub topics: Vec<TopicId>,
    /// Licences sought.
    pub licences: Vec<Licence>,
    /// Whole days waited so far.
    pub waiting_days: u32,
}

/// A mentor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mentor {
    /// What both sides have.
    pub person: Person,
    /// Occupations; the best for the mentee's target counts.
    pub occupations: Vec<Experience>,
    /// Topics offered.
    pub topics: Vec<TopicId>,
    /// Licences passed.
    pub licences: Vec<Licence>,
    /// How many mentees at once, locked pairs of this instance included.
    pub capacity: u32,
}

/// A hard rule, in the order in which they are tried: the first that fails names the exclusion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Rule {
    /// The mentee is not active.
    MenteeNotActive,
    /// The mentee has not consented.
    MenteeNoConsent,
    /// The mentee is paused.
    MenteePaused,
    /// The mentor is not active.
    MentorNotActive,
    /// The mentor has not consented.
    MentorNoConsent,
    /// The mentor is paused.
    MentorPaused,
    /// The mentor has no place left (capacity 0, or all held by locked pairs).
    NoCapacity,
    /// Both are the same human.
    SamePerson,
    /// A declared conflict of interest.
    ConflictOfInterest,
    /// They were matched before and the programme does not repeat.
    MatchedBefore,
    /// A coordinator excluded the pair.
    Banned,
    /// One of the two declined the other.
    Declined,
    /// No way of meeting in common, or in person only and out of reach.
    WayOfMeeting,
    /// No shared language at the least level.
    Language,
    /// Something that one of them insists on does not hold, or may not be considered.
    Insistence,
    /// The programme's least likeness of profession is not reached.
    Profession,
    /// Less common time than the least weekly overlap, or no room for one meeting.
    Overlap,
    /// The score is below the programme's floor (objective *total score* only).
    BelowFloor,
}

impl Rule {
    /// All rules in their order.
    pub const ALL: [Self; 18] = [
        Self::MenteeNotActive,
        Self::MenteeNoConsent,
        Self::MenteePaused,
        Self::MentorNotActive,
        Self::MentorNoConsent,
        Self::MentorPaused,
        Self::NoCapacity,
        Self::SamePerson,
        Self::ConflictOfInterest,
        Self::MatchedBefore,
        Self::Banned,
        Self::Declined,
        Self::WayOfMeeting,
        Self::Language,
        Self::Insistence,
        Self::Profession,
        Self::Overlap,
        Self::BelowFloor,
    ];
}

/// Why a pair is excluded by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exclusion {
    /// Family, employer, lender and borrower, supervisor.
    ConflictOfInterest,
    /// They were matched before.
    MatchedBefore,
    /// A coordinator's ban.
    Banned,
    /// One of the two declined.
    Declined,
}

impl Exclusion {
    /// The rule that it makes fail.
    #[must_use]
    pub fn rule(self) -> Rule {
        match self {
            Self::ConflictOfInterest => Rule::ConflictOfInterest,
            Self::MatchedBefore => Rule::MatchedBefore,
            Self::Banned => Rule::Banned,
            Self::Declined => Rule::Declined,
        }
    }
}

/// How a pair would meet, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Meeting {
    /// In person, in the same city.
    SameCity,
    /// In person, in cities within reach.
    WithinReach,
    /// At a distance, in the same province.
    SameProvince,
    /// At a distance.
    Remote,
}

impl Meeting {
    /// What it is worth, per mille of the part *place and mode*.
    #[must_use]
    pub fn permille(self) -> u16 {
        match self {
            Self::SameCity => 1000,
            Self::WithinReach => 800,
            Self::SameProvince => 500,
            Self::Remote => 250,
        }
    }
}

/// The parts of a score, in points; their sum is the score (0–10,000).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Parts {
    /// Mentor's occupations against the mentee's target.
    pub profession: u16,
    /// Best shared language.
    pub language: u16,
    /// Common time.
    pub availability: u16,
    /// Topics asked for and offered.
    pub topics: u16,
    /// Regulated profession.
    pub licensing: u16,
    /// Place and mode.
    pub place: u16,
    /// Wishes.
    pub wishes: u16,
}

impl Parts {
    /// The score: the sum of the parts, 0–10,000.
    #[must_use]
    pub fn total(&self) -> i32 {
        [
            self.profession,
            self.language,
            self.availability,
            self.topics,
            self.licensing,
            self.place,
            self.wishes,
        ]
        .into_iter()
        .map(i32::from)
        .sum()
    }
}
