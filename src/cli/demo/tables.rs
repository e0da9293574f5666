//! What the demonstration's people are drawn from, with weights.

/// An origin: its weight among newcomers and the languages that come with it.
pub(super) struct Origin {
    pub name: &'static str,
    pub weight: u32,
    pub mother_tongues: &'static [&'static str],
    /// Levels of English and French, weakest to strongest, as drawn for a newcomer.
    pub english: &'static [&'static str],
    pub french: &'static [&'static str],
}

pub(super) const STRONG: &[&str] = &["C1", "C1", "C2", "B2"];
pub(super) const FAIR: &[&str] = &["B1", "B2", "B2", "C1"];
pub(super) const WEAK: &[&str] = &["A2", "B1", "B1", "B2"];
pub(super) const LITTLE: &[&str] = &["", "", "A1", "A2", "B1"];
pub(super) const RARE: &[&str] = &["", "", "", "", "A2"];

pub(super) const ORIGINS: &[Origin] = &[
    Origin {
        name: "india",
        weight: 16,
        mother_tongues: &["hi", "pa", "ta", "gu"],
        english: STRONG,
        french: RARE,
    },
    Origin {
        name: "philippines",
        weight: 9,
        mother_tongues: &["fil"],
        english: STRONG,
        french: RARE,
    },
    Origin {
        name: "algeria",
        weight: 9,
        mother_tongues: &["ar", "kab"],
        english: LITTLE,
        french: STRONG,
    },
    Origin {
        name: "morocco",
        weight: 8,
        mother_tongues: &["ar"],
        english: LITTLE,
        french: STRONG,
    },
    Origin {
        name: "nigeria",
        weight: 7,
        mother_tongues: &["yo", "ig", "ha"],
        english: STRONG,
        french: RARE,
    },
    Origin {
        name: "cameroon",
        weight: 6,
        mother_tongues: &["fr"],
        english: FAIR,
        french: STRONG,
    },
    Origin {
        name: "colombia",
        weight: 6,
        mother_tongues: &["es"],
        english: WEAK,
        french: WEAK,
    },
    Origin {
        name: "haiti",
        weight: 5,
        mother_tongues: &["ht"],
        english: LITTLE,
        french: STRONG,
    },
    Origin {
        name: "congo",
        weight: 5,
        mother_tongues: &["ln", "sw"],
        english: LITTLE,
        french: STRONG,
    },
    Origin {
        name: "ukraine",
        weight: 5,
        mother_tongues: &["uk"],
        english: FAIR,
        french: RARE,
    },
    Origin {
        name: "iran",
        weight: 5,
        mother_tongues: &["fa"],
        english: FAIR,
        french: LITTLE,
    },
    Origin {
        name: "syria",
        weight: 5,
        mother_tongues: &["ar"],
        english: WEAK,
        french: LITTLE,
    },
    Origin {
        name: "pakistan",
        weight: 4,
        mother_tongues: &["ur", "pa"],
        english: STRONG,
        french: RARE,
    },
    Origin {
        name: "brazil",
        weight: 4,
        mother_tongues: &["pt"],
        english: FAIR,
        french: WEAK,
    },
    Origin {
        name: "china",
        weight: 4,
        mother_tongues: &["cmn", "yue"],
        english: FAIR,
        french: RARE,
    },
    Origin {
        name: "mexico",
        weight: 3,
        mother_tongues: &["es"],
        english: FAIR,
        french: LITTLE,
    },
    Origin {
        name: "turkey",
        weight: 3,
        mother_tongues: &["tr"],
        english: FAIR,
        french: RARE,
    },
    Origin {
        name: "kenya",
        weight: 2,
        mother_tongues: &["sw"],
        english: STRONG,
        french: RARE,
    },
    Origin {
        name: "vietnam",
        weight: 2,
        mother_tongues: &["vi"],
        english: WEAK,
        french: LITTLE,
    },
    Origin {
        name: "france",
        weight: 2,
        mother_tongues: &["fr"],
        english: FAIR,
        french: STRONG,
    },
];

/// Unit group, weight, programme, and what the person may have to do first in Canada.
pub(super) const OCCUPATIONS: &[(&str, u32, usize)] = &[
    ("31301", 16, 0), // registered nurses
    ("31102", 6, 0),  // family physicians
    ("31120", 6, 0),  // pharmacists
    ("31202", 4, 0),  // physiotherapists
    ("31110", 4, 0),  // dentists
    ("32120", 4, 0),  // medical laboratory technologists
    ("32101", 4, 0),  // licensed practical nurses
    ("41221", 7, 0),  // elementary school teachers
    ("41220", 4, 0),  // secondary school teachers
    ("41300", 3, 0),  // social workers
    ("21300", 9, 1),  // civil engineers
    ("21301", 7, 1),  // mechanical engineers
    ("21310", 7, 1),  // electrical engineers
    ("21231", 6, 1),  // software engineers
    ("21232", 5, 1),  // software developers
    ("21321", 3, 1),  // industrial engineers
    ("21200", 3, 1),  // architects
    ("11100", 12, 1), // accountants
    ("11101", 4, 1),  // financial analysts
    ("11200", 3, 1),  // human resources professionals
];

/// City, province, zone, weight.
pub(super) const PLACES: &[(&str, &str, &str, u32)] = &[
    ("Montréal", "QC", "America/Toronto", 24),
    ("Toronto", "ON", "America/Toronto", 20),
    ("Mississauga", "ON", "America/Toronto", 6),
    ("Brampton", "ON", "America/Toronto", 5),
    ("Ottawa", "ON", "America/Toronto", 7),
    ("Gatineau", "QC", "America/Toronto", 4),
    ("Laval", "QC", "America/Toronto", 4),
    ("Québec", "QC", "America/Toronto", 4),
    ("Sherbrooke", "QC", "America/Toronto", 2),
    ("Calgary", "AB", "America/Edmonton", 6),
    ("Edmonton", "AB", "America/Edmonton", 4),
    ("Vancouver", "BC", "America/Vancouver", 5),
    ("Surrey", "BC", "America/Vancouver", 3),
    ("Winnipeg", "MB", "America/Winnipeg", 3),
    ("Regina", "SK", "America/Regina", 1),
    ("Halifax", "NS", "America/Halifax", 2),
    ("Moncton", "NB", "America/Moncton", 2),
    ("St. John's", "NL", "America/St_Johns", 1),
];

pub(super) const TOPICS: &[&str] = &[
    "licensing",
    "cv-and-letters",
    "interviews",
    "networking",
    "workplace-culture",
    "job-search",
    "professional-language",
    "career-change",
    "confidence",
];

/// Preferred names in the person's own script, one for every fortieth person: pages must show them right.
pub(super) const OWN_SCRIPT: &[(&str, &str)] = &[
    ("ukraine", "Олена"),
    ("iran", "شیرین"),
    ("syria", "رانيا"),
    ("china", "慧"),
    ("india", "प्रिया"),
];
