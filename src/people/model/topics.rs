//! What mentoring is about: a short list, so that what one asks meets what another offers.
//!
//! The names in both languages are the messages `topic-…`. Own words are kept as they are written;
//! in matching they meet only the same words.

use super::text::{clean, fold};

/// The topics of the list with the words (folded, English then French) that mean them.
pub const KNOWN: &[(&str, &str)] = &[
    (
        "job-search",
        "job search|finding work|finding a job|employment|recherche d emploi|trouver un emploi|trouver du travail|emploi",
    ),
    (
        "cv-and-letters",
        "cv|resume|resumes|cover letter|cv and letters|resume review|curriculum vitae|lettre de presentation|lettre de motivation|cv et lettre",
    ),
    (
        "interviews",
        "interview|interviews|interview preparation|mock interview|entrevue|entrevues|preparation aux entrevues|entretien d embauche|entretien",
    ),
    (
        "networking",
        "networking|network|professional network|contacts|reseautage|reseau|reseau professionnel",
    ),
    (
        "licensing",
        "licensing|licensure|licence|credential recognition|regulated profession|permis|ordre professionnel|reconnaissance des acquis|reconnaissance des diplomes",
    ),
    (
        "workplace-culture",
        "workplace culture|canadian workplace|work culture|canadian workplace culture|culture du travail|culture de travail|milieu de travail|culture du milieu de travail",
    ),
    (
        "professional-language",
        "professional language|language|language practice|communication|business english|communication skills|langue professionnelle|pratique de la langue|francais professionnel|anglais professionnel|langue",
    ),
    (
        "business",
        "business|starting a business|entrepreneurship|self employment|entreprise|entrepreneuriat|demarrer une entreprise|travail autonome",
    ),
    (
        "career-change",
        "career change|career transition|changing career|career planning|changement de carriere|reorientation|transition de carriere|reconversion",
    ),
    (
        "studies",
        "studies|education|going back to school|training|etudes|retour aux etudes|formation",
    ),
    (
        "leadership",
        "leadership|management|career advancement|promotion|gestion|avancement|gestion d equipe",
    ),
    (
        "settlement",
        "settlement|daily life|housing|life in canada|etablissement|vie quotidienne|logement|installation|vie au canada",
    ),
    (
        "confidence",
        "confidence|self confidence|motivation|confiance|confiance en soi",
    ),
    (
        "digital-skills",
        "digital skills|computer skills|technology|linkedin|competences numeriques|informatique|numerique|technologie",
    ),
];

/// Most topics on one side of a person.
pub const MAX_TOPICS: usize = 20;
/// Most characters of own words.
pub const MAX_OWN: usize = 80;

/// Whether a word is of the list.
pub fn is_known(topic: &str) -> bool {
    KNOWN.iter().any(|(known, _)| *known == topic)
}

/// The list's word for a text, or the text itself, cleaned; `None` when it is empty or longer than
/// [`MAX_OWN`].
pub fn read(text: &str) -> Option<String> {
    let own = clean(text);
    if own.is_empty() || own.chars().count() > MAX_OWN {
        return None;
    }
    let folded = fold(&own);
    let known = KNOWN.iter().find(|(word, means)| {
        fold(word) == folded || means.split('|').any(|phrase| phrase == folded)
    });
    Some(known.map_or(own, |(word, _)| (*word).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_both_languages_meet_in_one_topic() {
        for text in [
            "Interviews",
            "Préparation aux entrevues",
            "entretien d’embauche",
        ] {
            assert_eq!(read(text).as_deref(), Some("interviews"), "{text}");
        }
        assert_eq!(read("Beekeeping").as_deref(), Some("Beekeeping"));
        assert_eq!(read("  "), None);
    }

    #[test]
    fn no_phrase_means_two_topics_and_all_are_folded() {
        let mut seen = std::collections::HashMap::new();
        for (word, means) in KNOWN {
            for phrase in means.split('|') {
                assert_eq!(fold(phrase), phrase, "not folded");
                assert_eq!(*seen.entry(phrase).or_insert(*word), *word, "{phrase}");
            }
        }
    }
}
