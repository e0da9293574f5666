//! What each column of a file holds, recognised by its header in English or French.
//!
//! Headers are compared folded (no accents, case or punctuation), without what stands in brackets
//! and without a number at the end, so `Langue 2 (niveau)` is a languages column. A column that
//! nobody knows is reported and left alone; the same column twice is refused, unless it holds a
//! list, whose parts are then joined.

use super::values::availability::is_day_name;
use crate::people::model::text::fold;
use std::collections::HashMap;
use std::sync::LazyLock;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Column {
    Role,
    FullName,
    GivenName,
    FamilyName,
    PreferredName,
    Pronouns,
    Email,
    Phone,
    ContactLanguage,
    City,
    Province,
    TimeZone,
    Occupation,
    TargetOccupation,
    Years,
    Licence,
    Languages,
    Availability,
    Mode,
    Topics,
    Capacity,
    WaitingSince,
    /// The reason column of a file of rejected rows: ours, and not read again.
    Reason,
}

impl Column {
    /// Whether a file may have several of these columns; their cells are joined.
    pub const fn is_list(self) -> bool {
        matches!(
            self,
            Column::Occupation
                | Column::TargetOccupation
                | Column::Languages
                | Column::Availability
                | Column::Topics
        )
    }
}

/// English first, then French; headers as people write them, folded when the table is built.
const SYNONYMS: &[(Column, &str)] = &[
    (
        Column::Role,
        "role | roles | type | participant type | type of participant | i am a | profile type \
         | rôle | type de participant | type de participante | je suis | type de profil | \
         statut de participation",
    ),
    (
        Column::FullName,
        "full name | name | participant | participant name | nom complet | nom et prénom | \
         prénom et nom | nom prénom | prénom nom | nom du participant",
    ),
    (
        Column::GivenName,
        "given name | given names | first name | firstname | forename | first | prénom | \
         prénoms | prénom(s)",
    ),
    (
        Column::FamilyName,
        "family name | last name | lastname | surname | family names | last | nom | nom de \
         famille | noms | patronyme",
    ),
    (
        Column::PreferredName,
        "preferred name | known as | nickname | chosen name | goes by | call me | nom préféré \
         | prénom préféré | nom usuel | prénom usuel | surnom | nom d'usage | prénom d'usage \
         | prénom choisi | nom choisi",
    ),
    (Column::Pronouns, "pronouns | pronoun | pronoms | pronom"),
    (
        Column::Email,
        "email | e-mail | email address | e-mail address | mail | courriel | adresse courriel \
         | adresse de courriel | adresse électronique | adresse mail | adresse e-mail | \
         adresse email | mél",
    ),
    (
        Column::Phone,
        "phone | telephone | phone number | telephone number | mobile | cell | cell phone | \
         cellphone | mobile phone | mobile number | tel | téléphone | numéro de téléphone | \
         n° de téléphone | no de téléphone | tél | cellulaire | portable | téléphone mobile | \
         téléphone cellulaire",
    ),
    (
        Column::ContactLanguage,
        "language of contact | contact language | preferred language | correspondence \
         language | language of correspondence | language preference | preferred language of \
         communication | official language | interface language | langue de contact | langue \
         de correspondance | langue préférée | langue de communication | langue officielle | \
         langue de communication préférée",
    ),
    (
        Column::City,
        "city | town | municipality | place | city of residence | location | ville | \
         municipalité | localité | lieu | ville de résidence | lieu de résidence",
    ),
    (
        Column::Province,
        "province | province territory | province or territory | prov | territory | state | \
         province ou territoire | province territoire | territoire",
    ),
    (
        Column::TimeZone,
        "time zone | timezone | tz | fuseau horaire | fuseau",
    ),
    (
        Column::Occupation,
        "occupation | occupations | profession | professions | job title | current job | \
         current occupation | noc | noc code | noc 2021 | field | trade | occupation held | \
         current profession | job | position | title | career | emploi | métier | cnp | code \
         cnp | cnp 2021 | poste | poste actuel | emploi actuel | profession actuelle | \
         profession exercée | titre du poste | domaine | domaine professionnel",
    ),
    (
        Column::TargetOccupation,
        "target occupation | target occupations | target job | desired occupation | intended \
         occupation | target profession | career goal | goal occupation | target noc | \
         desired job | profession visée | métier visé | emploi visé | profession cible | \
         métier cible | emploi recherché | profession recherchée | poste visé | poste \
         recherché | objectif professionnel | profession souhaitée | emploi souhaité | cnp \
         visé",
    ),
    (
        Column::Years,
        "years | years of experience | experience | years experience | experience (years) | \
         work experience | seniority | années | expérience | années d'expérience | nombre \
         d'années d'expérience | ans d'expérience | ancienneté | années d'exp",
    ),
    (
        Column::Licence,
        "licence | license | licence stage | license stage | licensing | licensing stage | \
         licensure | licence status | license status | credential recognition | registration \
         status | permis | permis d'exercice | étape du permis | étape de permis | statut du \
         permis | reconnaissance des acquis | ordre professionnel | autorisation d'exercice",
    ),
    (
        Column::Languages,
        "languages | language | spoken languages | languages spoken | other language | other \
         languages | languages and levels | language skills | langues | langue | langues \
         parlées | langue parlée | autres langues | autre langue | langues et niveaux | \
         compétences linguistiques | connaissances linguistiques",
    ),
    (
        Column::Availability,
        "availability | availabilities | available | when are you available | available times \
         | free times | schedule | disponibilité | disponibilités | horaire | plages horaires \
         | quand êtes-vous disponible | heures disponibles",
    ),
    (
        Column::Mode,
        "meeting mode | mode | meeting format | format | way of meeting | how to meet | in \
         person or remote | preferred format | meeting preference | mode de rencontre | \
         format de rencontre | mode de rencontre préféré | type de rencontre | modalité | en \
         personne ou à distance",
    ),
    (
        Column::Topics,
        "topics | topic | themes | needs | support needed | can help with | wants help with | \
         help with | areas of support | interests | sujets | sujet | thèmes | thème | besoins \
         | besoin d'aide | peut aider avec | champs d'aide | sujets d'intérêt | soutien \
         souhaité",
    ),
    (
        Column::Capacity,
        "capacity | max mentees | maximum mentees | number of mentees | mentees max | maximum \
         number of mentees | how many mentees | places | spots | capacité | nombre de \
         mentorés | nombre maximal de mentorés | nombre de personnes mentorées | nombre \
         maximum de mentorés | mentorés max | nombre de places",
    ),
    (
        Column::WaitingSince,
        "waiting since | waiting from | registered on | registration date | date of \
         registration | wait list date | waitlist date | application date | intake date | \
         date registered | en attente depuis | attend depuis | date d'inscription | inscrit \
         le | inscrite le | inscription le | date de demande | date d'attente | liste \
         d'attente depuis",
    ),
    (
        Column::Reason,
        "import reason | raison du rejet | rejection reason | motif du rejet",
    ),
];

static BY_NAME: LazyLock<HashMap<String, Column>> = LazyLock::new(|| {
    let mut table = HashMap::new();
    for (column, names) in SYNONYMS {
        for name in names.split('|') {
            table.insert(fold(name), *column);
        }
    }
    table
});

/// One recognised column: what it holds and, for a column per weekday, which day its cells are for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    pub column: Column,
    /// `Monday` above a column of hours.
    pub day: Option<String>,
}

/// What a header says its column holds.
pub fn recognise(header: &str) -> Option<Known> {
    let known = |column| Some(Known { column, day: None });
    let whole = fold(header);
    if whole.is_empty() {
        return None;
    }
    if let Some(column) = BY_NAME.get(&whole) {
        return known(*column);
    }
    let unbracketed = fold(header.split(['(', '[', '{']).next().unwrap_or_default());
    if let Some(column) = BY_NAME.get(&unbracketed) {
        return known(*column);
    }
    let unnumbered = unbracketed
        .trim_end_matches(|c: char| c.is_ascii_digit())
        .trim_end();
    if let Some(column) = BY_NAME.get(unnumbered).filter(|column| column.is_list()) {
        return known(*column);
    }
    is_day_name(&unbracketed).then_some(Known {
        column: Column::Availability,
        day: Some(unbracketed),
    })
}

/// The header row of a file, recognised.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Header {
    /// The headers as they stand in the file.
    pub titles: Vec<String>,
    /// What each holds, in the file's order.
    pub known: Vec<Option<Known>>,
    /// Titles that nobody knows.
    pub unknown: Vec<String>,
    /// Titles that name a column for the second time.
    pub duplicates: Vec<String>,
    /// The row it stands in, the first being 1.
    pub row: u64,
}

impl Header {
    /// Recognises a row of headers.
    pub fn of(row: u64, titles: &[String]) -> Self {
        let mut header = Header {
            row,
            titles: titles.to_vec(),
            ..Header::default()
        };
        let mut seen = Vec::new();
        for title in titles {
            let known = recognise(title);
            match &known {
                Some(known) if known.column.is_list() => {}
                Some(known) if seen.contains(&known.column) => {
                    header.duplicates.push(title.clone());
                }
                Some(known) => seen.push(known.column),
                None if title.trim().is_empty() => {}
                None => header.unknown.push(title.clone()),
            }
            header.known.push(known);
        }
        header
    }

    /// How many columns were recognised: a row with fewer than two is no header.
    pub fn score(&self) -> usize {
        self.known
            .iter()
            .flatten()
            .filter(|known| known.column != Column::Reason)
            .count()
    }

    /// Whether the file has this column.
    pub fn has(&self, column: Column) -> bool {
        self.known
            .iter()
            .flatten()
            .any(|known| known.column == column)
    }

    /// The title of the first column that holds this.
    pub fn title_of(&self, column: Column) -> Option<&str> {
        let at = self
            .known
            .iter()
            .position(|k| k.as_ref().is_some_and(|k| k.column == column))?;
        self.titles.get(at).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(header: &str) -> Option<Column> {
        recognise(header).map(|known| known.column)
    }

    #[test]
    fn headers_are_known_in_both_languages_whatever_their_accents_and_case() {
        for (header, expected) in [
            ("E-mail", Column::Email),
            ("COURRIEL *", Column::Email),
            ("prenom", Column::GivenName),
            ("Prénom(s)", Column::GivenName),
            ("N° de téléphone", Column::Phone),
            ("Langues (avec niveau)", Column::Languages),
            ("Occupation 2", Column::Occupation),
            ("Profession visée", Column::TargetOccupation),
            ("Années d’expérience", Column::Years),
            ("Waiting since", Column::WaitingSince),
            ("Nombre de mentorés", Column::Capacity),
            ("Mardi", Column::Availability),
        ] {
            assert_eq!(column(header), Some(expected), "{header}");
        }
        assert_eq!(column("Shoe size"), None);
        assert_eq!(column(""), None);
    }

    #[test]
    fn no_header_means_two_things() {
        let mut seen = HashMap::new();
        for (column, names) in SYNONYMS {
            for name in names.split('|') {
                if let Some(other) = seen.insert(fold(name), *column) {
                    assert_eq!(other, *column, "{name}");
                }
            }
        }
    }

    #[test]
    fn a_second_column_of_one_kind_is_reported_but_lists_may_have_several() {
        let titles = ["Email", "Courriel", "Langue 1", "Langue 2", "Colour"].map(String::from);
        let header = Header::of(1, &titles);
        assert_eq!(header.duplicates, ["Courriel"]);
        assert_eq!(header.unknown, ["Colour"]);
        assert_eq!(header.score(), 4);
        assert_eq!(header.title_of(Column::Languages), Some("Langue 1"));
    }
}
