//! Words that stand for one of a few values: role, way of meeting, stage of licensing, language of
//! contact.

use super::{Fault, Reason};
use crate::people::model::text::fold;
use crate::people::model::{LicenceStage, MeetingMode};

/// The roles that a file may give. Staff are invited, never imported: a spreadsheet must not hand
/// out rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    Mentor,
    Mentee,
}

/// The roles named in a cell; `mentor; mentee` is both.
///
/// # Errors
/// [`Reason::UnknownRole`], [`Reason::AmbiguousRole`] (`mentore`: the feminine of mentor, or a
/// mentee whose accent got lost), [`Reason::RoleNotImportable`].
pub fn roles(cell: &str) -> Result<Vec<Role>, Fault> {
    let mut found = Vec::new();
    let lowered = cell.to_lowercase();
    for piece in lowered.split([';', '|', '/', ',', '+', '&', '\n']) {
        let piece = piece.trim();
        if piece.is_empty() {
            continue;
        }
        for role in role(piece)? {
            if !found.contains(role) {
                found.push(*role);
            }
        }
    }
    if found.is_empty() {
        Err(Fault::new(Reason::UnknownRole, cell))
    } else {
        Ok(found)
    }
}

fn role(piece: &str) -> Result<&'static [Role], Fault> {
    // The accent tells a mentee (mentoré) from a woman who mentors (mentore).
    if piece.contains('é') && fold(piece).starts_with("mentore") {
        return Ok(&[Role::Mentee]);
    }
    match fold(piece).as_str() {
        "mentor" | "mentors" | "mentor mentore" | "mentor e" | "parrain" | "marraine"
        | "volunteer" | "volunteer mentor" | "benevole" | "mentrice" | "mentoresse" => {
            Ok(&[Role::Mentor])
        }
        "mentee"
        | "mentees"
        | "mentoree"
        | "mentorees"
        | "protege"
        | "protegee"
        | "newcomer"
        | "client"
        | "cliente"
        | "participant"
        | "participante"
        | "participant e"
        | "filleul"
        | "filleule"
        | "nouvel arrivant"
        | "nouvelle arrivante"
        | "nouveau arrivant"
        | "nouvel arrivant nouvelle arrivante"
        | "personne mentoree"
        | "personne nouvelle arrivante"
        | "candidate"
        | "candidat"
        | "immigrant"
        | "immigrante"
        | "apprenant"
        | "apprenante" => Ok(&[Role::Mentee]),
        "both" | "les deux" | "mentor and mentee" | "mentor et mentoree" => {
            Ok(&[Role::Mentor, Role::Mentee])
        }
        "mentore" | "mentores" | "mentor et mentore" => {
            Err(Fault::new(Reason::AmbiguousRole, piece))
        }
        "admin" | "administrator" | "administrateur" | "administratrice" | "coordinator"
        | "coordonnateur" | "coordonnatrice" | "coordinateur" | "coordinatrice" | "coach"
        | "conseiller" | "conseillere" | "counsellor" | "staff" | "employe" | "employee"
        | "personnel" => Err(Fault::new(Reason::RoleNotImportable, piece)),
        _ => Err(Fault::new(Reason::UnknownRole, piece)),
    }
}

/// How a person wants to meet.
///
/// # Errors
/// [`Reason::UnknownMode`].
pub fn mode(cell: &str) -> Result<MeetingMode, Fault> {
    let text = fold(cell);
    let has = |words: &[&str]| {
        words
            .iter()
            .any(|word| format!(" {text} ").contains(&format!(" {word} ")))
    };
    let remote = has(&[
        "remote",
        "remotely",
        "online",
        "virtual",
        "virtually",
        "video",
        "phone",
        "zoom",
        "teams",
        "distance",
        "virtuel",
        "virtuelle",
        "en ligne",
        "visio",
        "visioconference",
        "telephone",
        "distanciel",
        "web",
    ]);
    let near = has(&[
        "in person",
        "inperson",
        "face to face",
        "onsite",
        "on site",
        "en personne",
        "presentiel",
        "en presence",
        "presence",
        "sur place",
        "face a face",
    ]);
    let any = has(&[
        "both",
        "either",
        "any",
        "hybrid",
        "no preference",
        "flexible",
        "les deux",
        "hybride",
        "peu importe",
        "indifferent",
        "indifferente",
        "sans preference",
        "mixte",
        "l un ou l autre",
        "aucune preference",
    ]);
    match (remote, near, any) {
        (_, _, true) | (true, true, _) => Ok(MeetingMode::Either),
        (true, false, _) => Ok(MeetingMode::Remote),
        (false, true, _) => Ok(MeetingMode::InPerson),
        _ => Err(Fault::new(Reason::UnknownMode, cell)),
    }
}

/// The stage of licensing that a cell names.
///
/// # Errors
/// [`Reason::UnknownLicenceStage`].
pub fn licence(cell: &str) -> Result<LicenceStage, Fault> {
    let text = fold(cell);
    const STAGES: &[(LicenceStage, &str)] = &[
        (
            LicenceStage::NotNeeded,
            "not needed|not required|not regulated|none needed|n a|na|none|not applicable|\
             unregulated|non requis|non reglemente|non reglementee|sans objet|aucun|s o|\
             pas necessaire|non applicable|aucun requis",
        ),
        (
            LicenceStage::NotStarted,
            "not started|no|to start|not yet|non commence|pas commence|non|a commencer|\
             pas encore|pas commencee|non commencee",
        ),
        (
            LicenceStage::Assessment,
            "assessment|in assessment|credential assessment|under review|applied|documents|\
             evaluation|en evaluation|evaluation des diplomes|evaluation comparative|\
             demande deposee|dossier depose|en cours d evaluation",
        ),
        (
            LicenceStage::Exams,
            "exam|exams|examination|examinations|writing exams|preparing exams|examen|\
             examens|preparation aux examens|en examen",
        ),
        (
            LicenceStage::Practice,
            "internship|supervised practice|practicum|bridging|residency|bridging programme|\
             bridging program|supervised|stage|stage supervise|pratique supervisee|\
             formation d appoint|residence|stage d adaptation",
        ),
        (
            LicenceStage::Provisional,
            "provisional|provisional licence|provisional license|temporary|restricted|\
             restrictive permit|temporary permit|in training|permis restrictif|\
             permis temporaire|permis provisoire|restrictif|temporaire|provisoire|\
             candidat a la profession",
        ),
        (
            LicenceStage::Licensed,
            "licensed|licenced|yes|registered|certified|full licence|full license|complete|\
             completed|obtained|oui|obtenu|obtenue|permis obtenu|permis regulier|agree|\
             agreee|certifie|certifiee|membre de l ordre|inscrit a l ordre|\
             inscrite a l ordre|termine",
        ),
    ];
    STAGES
        .iter()
        .find(|(_, words)| words.split('|').any(|word| word == text))
        .map(|(stage, _)| *stage)
        .ok_or_else(|| Fault::new(Reason::UnknownLicenceStage, cell))
}

/// The language that a person wants to be written to in: `en` or `fr`.
///
/// # Errors
/// [`Reason::ContactLanguage`] for any other, because the programme's messages exist in these two.
pub fn contact_language(cell: &str) -> Result<&'static str, Fault> {
    match fold(cell).as_str() {
        "fr" | "fra" | "fre" | "f" | "french" | "francais" | "francaise" | "fr ca" | "fr fr" => {
            Ok("fr")
        }
        "en" | "eng" | "e" | "english" | "anglais" | "anglaise" | "en ca" | "en us" | "en gb" => {
            Ok("en")
        }
        _ => Err(Fault::new(Reason::ContactLanguage, cell)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_known_in_both_languages() {
        for cell in ["Mentor", "MENTOR", "bénévole", "marraine"] {
            assert_eq!(roles(cell), Ok(vec![Role::Mentor]), "{cell}");
        }
        for cell in [
            "mentee",
            "Mentoré",
            "mentorée",
            "MENTORÉ",
            "Nouvelle arrivante",
            "client",
        ] {
            assert_eq!(roles(cell), Ok(vec![Role::Mentee]), "{cell}");
        }
        assert_eq!(
            roles("mentor / mentee"),
            Ok(vec![Role::Mentor, Role::Mentee])
        );
    }

    #[test]
    fn mentore_without_its_accent_is_refused_because_it_has_two_readings() {
        assert_eq!(roles("mentore").unwrap_err().reason, Reason::AmbiguousRole);
    }

    #[test]
    fn a_spreadsheet_makes_no_administrator() {
        for cell in ["Admin", "coordonnatrice", "mentor; administrator"] {
            assert_eq!(
                roles(cell).unwrap_err().reason,
                Reason::RoleNotImportable,
                "{cell}"
            );
        }
    }

    #[test]
    fn ways_of_meeting() {
        assert_eq!(mode("En ligne (Zoom)"), Ok(MeetingMode::Remote));
        assert_eq!(mode("en présentiel"), Ok(MeetingMode::InPerson));
        assert_eq!(mode("In person or online"), Ok(MeetingMode::Either));
        assert_eq!(mode("peu importe"), Ok(MeetingMode::Either));
        assert_eq!(mode("by pigeon").unwrap_err().reason, Reason::UnknownMode);
    }

    #[test]
    fn licence_stages_and_contact_languages() {
        assert_eq!(licence("Permis restrictif"), Ok(LicenceStage::Provisional));
        assert_eq!(licence("En évaluation"), Ok(LicenceStage::Assessment));
        assert_eq!(
            licence("soon").unwrap_err().reason,
            Reason::UnknownLicenceStage
        );
        assert_eq!(contact_language("Français"), Ok("fr"));
        assert_eq!(
            contact_language("Klingon").unwrap_err().reason,
            Reason::ContactLanguage
        );
    }
}
