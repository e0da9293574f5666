//! What can be wrong with an instance: every refusal has a name and says which person or setting it is about.

/// Why an instance was refused or a run did not finish. Positions are those of the builder: the
/// first mentee added is mentee 0.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// Two mentees (or two mentors) carry the same person key.
    #[error("{side} {second} is the same person as {side} {first}")]
    DuplicatePerson {
        /// Which side of the programme.
        side: Side,
        /// Position of the first of the two.
        first: u32,
        /// Position of the second.
        second: u32,
    },
    /// A weight is below zero.
    #[error("the weight of {0} is negative")]
    NegativeWeight(&'static str),
    /// All weights are zero: nothing could be told apart.
    #[error("all weights are zero")]
    NoWeight,
    /// A fact of a person is outside its range or names something that the instance does not have.
    #[error("{side} {position}: {fact} is out of range")]
    FactOutOfRange {
        /// Which side of the programme.
        side: Side,
        /// The person's position.
        position: u32,
        /// Which fact.
        fact: &'static str,
    },
    /// A setting is outside its range.
    #[error("setting {0} is out of range")]
    SettingOutOfRange(&'static str),
    /// A person has availability for another number of clock regimes than the programme has.
    #[error(
        "{side} {position} has availability for {found} clock regimes, the programme has {expected}"
    )]
    RegimeCount {
        /// Which side of the programme.
        side: Side,
        /// The person's position.
        position: u32,
        /// How many week masks the person has.
        found: usize,
        /// How many the programme has.
        expected: usize,
    },
    /// An exclusion, pin or lock names a position that does not exist.
    #[error("{what} names mentee {mentee} and mentor {mentor}, who are not both there")]
    UnknownPair {
        /// `exclusion`, `pin`, `lock`.
        what: &'static str,
        /// Mentee's position.
        mentee: u32,
        /// Mentor's position.
        mentor: u32,
    },
    /// A mentee is pinned or locked twice, or both.
    #[error("mentee {mentee} is pinned or locked more than once")]
    PinnedTwice {
        /// Mentee's position.
        mentee: u32,
    },
    /// A pin breaks a hard rule.
    #[error("the pin of mentee {mentee} to mentor {mentor} breaks the rule {rule:?}")]
    PinBreaksRule {
        /// Mentee's position.
        mentee: u32,
        /// Mentor's position.
        mentor: u32,
        /// The first rule that it breaks.
        rule: super::facts::Rule,
    },
    /// More pins than the mentor has places (after locked pairs).
    #[error("mentor {mentor} has {places} free places and {pins} pins")]
    PinsExceedCapacity {
        /// Mentor's position.
        mentor: u32,
        /// Free places after locked pairs.
        places: u32,
        /// Pins on this mentor.
        pins: u32,
    },
    /// More people than a position can count.
    #[error("too many people: at most {limit} on a side")]
    TooManyPeople {
        /// The limit.
        limit: u32,
    },
    /// The caller asked to stop; nothing was produced.
    #[error("the run was cancelled")]
    Cancelled,
    /// A matrix or an instance directory is malformed.
    #[error("{0}")]
    Malformed(String),
    /// The independent checker refuted the solver's answer. This is a defect of the program, never
    /// of the data; no answer is given rather than a wrong one.
    #[error("the certificate does not hold: {0}")]
    CertificateRefuted(String),
}

/// One side of a programme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The mentees.
    Mentee,
    /// The mentors.
    Mentor,
}

impl std::fmt::Display for Side {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Mentee => "mentee",
            Self::Mentor => "mentor",
        })
    }
}
