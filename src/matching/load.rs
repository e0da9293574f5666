//! Reading what a run needs, in a constant number of queries, however many people take part.

use std::collections::{BTreeMap, HashMap, HashSet};

use diesel::prelude::*;

use crate::db::Conn;
use crate::db::schema::{
    conflicts_of_interest, consents, match_consents, mentorships, participations, proposals,
};
use crate::kernel::ids::{ParticipationId, PersonId, ProgrammeId};
use crate::kernel::{Context, Problem};
use crate::matching::calendar::Calendar;
use crate::matching::consent::ConsentStatus;
use crate::matching::engine::Exclusion;
use crate::matching::inputs::Inputs;
use crate::matching::model::ProposalStatus;
use crate::matching::request;
use crate::matching::translate::{Candidate, Translator, zone_of};
use crate::mentorships::MentorshipStatus;
use crate::people;
use crate::people::consents::ConsentKind;
use crate::people::exceptions::Exception;
use crate::programmes::settings::MatchingSettings;
use crate::programmes::{Participation, ParticipationStatus, Programme, Side};

/// SQLite takes 32,766 parameters in a statement.
const CHUNK: usize = 10_000;

/// The consent without which, once withdrawn, nobody is matched.
const MATCHING: &str = ConsentKind::Matching.as_str();

/// A pair that was held back for later: the run keeps it, unless that has become impossible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    pub mentor: ParticipationId,
    pub mentee: ParticipationId,
}

/// Everything a run needs, as it stood at one moment.
#[derive(Debug, Clone)]
pub struct Loaded {
    pub inputs: Inputs,
    pub held: Vec<Held>,
}

/// Loads a programme's people and makes the engine's inputs of them. Call it in a read transaction. Words that an
/// `earlier` run knew keep its numbers, so that the two can be compared; a run of its own has none.
///
/// # Errors
/// A database error.
pub fn load(
    conn: &mut Conn,
    ctx: &Context,
    programme: &Programme,
    settings: &MatchingSettings,
    reconsider_rejected: bool,
    earlier: Option<&Inputs>,
) -> Result<Loaded, Problem> {
    let parts = participants(conn, programme.id)?;
    let candidates = candidates(conn, parts, settings)?;
    let zones: BTreeMap<&str, _> = candidates
        .iter()
        .map(|who| zone_of(&who.profile.person))
        .map(|zone| (zone.name(), zone))
        .collect();
    let zones: Vec<_> = zones.into_values().collect();
    let calendar = Calendar::new(programme.starts_on, programme.ends_on, ctx.now, &zones);
    let translator = Translator::new(calendar, ctx.now);
    let mut translator = match earlier {
        Some(run) => translator.continuing(run),
        None => translator,
    };
    let (mut mentees, mut mentors) = (Vec::new(), Vec::new());
    for who in &candidates {
        match who.participation.side {
            Side::Mentee => mentees.push(translator.mentee(who)),
            Side::Mentor => mentors.push(translator.mentor(who)),
        }
    }
    let lists = translator.lists();
    let mut inputs = Inputs {
        settings: request::engine_settings(settings, programme, &lists.calendar),
        calendar: lists.calendar,
        occupations: lists.occupations,
        languages: lists.languages,
        macrolanguages: lists.macrolanguages,
        topics: lists.topics,
        wishes: lists.wishes,
        towns: lists.towns,
        provinces: lists.provinces,
        reach: lists.reach,
        mentees,
        mentors,
        exclusions: Vec::new(),
        pins: Vec::new(),
    };
    let again = Again {
        matched_before: settings.allow_matched_before,
        rejected: reconsider_rejected,
    };
    let apart = apart(conn, programme.id, again)?;
    inputs.exclusions = by_position(&inputs, &apart);
    let held = held(conn, programme.id)?;
    Ok(Loaded { inputs, held })
}

/// Everybody who takes part: mentors, and mentees who have no mentor yet and are not asked about one.
fn participants(conn: &mut Conn, id: ProgrammeId) -> Result<Vec<Participation>, Problem> {
    Ok(participations::table
        .filter(participations::programme_id.eq(id))
        .filter(participations::status.eq(ParticipationStatus::Enrolled))
        .filter(
            participations::side
                .eq(Side::Mentor)
                .or((participations::taken + participations::held).eq(0)),
        )
        .order(participations::id)
        .select(Participation::as_select())
        .load(conn)?)
}

fn candidates(
    conn: &mut Conn,
    parts: Vec<Participation>,
    settings: &MatchingSettings,
) -> Result<Vec<Candidate>, Problem> {
    let ids: Vec<PersonId> = parts
        .iter()
        .map(|part| part.person_id)
        .collect::<HashSet<_>>()
        .into_iter()
        .collect();
    let mut profiles = HashMap::with_capacity(ids.len());
    let mut exceptions: HashMap<PersonId, Vec<Exception>> = HashMap::new();
    let mut consents = HashMap::new();
    for some in ids.chunks(CHUNK) {
        let persons = people::store::find_all(conn, some)?;
        let some_profiles = people::store::lists::profiles(conn, persons)?;
        profiles.extend(some_profiles.into_iter().map(|p| (p.person.id, p)));
        exceptions.extend(people::exceptions::of(conn, some)?);
        consents.extend(consents_of(conn, some)?);
    }
    let given = |id: PersonId, kind: &str| consents.get(&(id, kind.to_owned())).copied();
    let consented = |id: PersonId| {
        given(id, MATCHING) != Some(false)
            && settings
                .required_consents
                .iter()
                .all(|kind| given(id, kind) == Some(true))
    };
    let candidate = |participation: Participation| {
        let id = participation.person_id;
        Some(Candidate {
            consented: consented(id),
            wishes_count: given(id, ConsentKind::Wishes.as_str()) == Some(true),
            exceptions: exceptions.get(&id).cloned().unwrap_or_default(),
            profile: profiles.get(&id)?.clone(),
            participation,
        })
    };
    Ok(parts.into_iter().filter_map(candidate).collect())
}

/// What is in force of every consent: the last step of each kind.
fn consents_of(
    conn: &mut Conn,
    ids: &[PersonId],
) -> Result<HashMap<(PersonId, String), bool>, Problem> {
    let steps: Vec<(PersonId, String, bool)> = consents::table
        .filter(consents::person_id.eq_any(ids.iter().copied()))
        .order((consents::recorded_at, consents::id))
        .select((consents::person_id, consents::kind, consents::given))
        .load(conn)?;
    // Later steps replace earlier ones.
    let steps = steps.into_iter();
    Ok(steps.map(|(id, kind, given)| ((id, kind), given)).collect())
}

/// Who may be proposed again.
#[derive(Debug, Clone, Copy)]
struct Again {
    matched_before: bool,
    rejected: bool,
}

/// Two people who are kept apart, and why.
type Apart = (PersonId, PersonId, Exclusion);

/// Conflicts of interest, earlier mentorships, rejected proposals and declined offers, each as mentor and mentee, or as declared.
fn apart(conn: &mut Conn, id: ProgrammeId, again: Again) -> Result<Vec<Apart>, Problem> {
    let takes_part = participations::table
        .filter(participations::programme_id.eq(id))
        .select(participations::person_id);
    let declared: Vec<(PersonId, PersonId)> = conflicts_of_interest::table
        .filter(conflicts_of_interest::person_id.eq_any(takes_part))
        .select((
            conflicts_of_interest::person_id,
            conflicts_of_interest::other_person_id,
        ))
        .load(conn)?;
    let before: Vec<(PersonId, PersonId)> = mentorships::table
        .filter(mentorships::mentee_id.eq_any(takes_part))
        .filter(mentorships::status.eq(MentorshipStatus::Ended))
        .select((mentorships::mentor_id, mentorships::mentee_id))
        .load(conn)?;
    let rejected: Vec<(PersonId, PersonId)> = proposals::table
        .filter(proposals::programme_id.eq(id))
        .filter(proposals::status.eq(ProposalStatus::Rejected))
        .select((proposals::mentor_id, proposals::mentee_id))
        .load(conn)?;
    let declined: Vec<(PersonId, PersonId)> = match_consents::table
        .inner_join(proposals::table)
        .filter(match_consents::programme_id.eq(id))
        .filter(match_consents::status.eq(ConsentStatus::Declined))
        .select((proposals::mentor_id, proposals::mentee_id))
        .load(conn)?;
    let mut apart = Vec::new();
    for (one, other) in declared {
        // Whoever declared it, it holds both ways.
        apart.push((one, other, Exclusion::ConflictOfInterest));
        apart.push((other, one, Exclusion::ConflictOfInterest));
    }
    let mut add = |pairs: Vec<(PersonId, PersonId)>, why| {
        apart.extend(
            pairs
                .into_iter()
                .map(|(mentor, mentee)| (mentor, mentee, why)),
        );
    };
    if !again.matched_before {
        add(before, Exclusion::MatchedBefore);
    }
    if !again.rejected {
        add(rejected, Exclusion::Banned);
    }
    // Who has said no is not asked about the same person again, whatever a coordinator reconsiders.
    add(declined, Exclusion::Declined);
    Ok(apart)
}

fn by_position(inputs: &Inputs, apart: &[Apart]) -> Vec<(u32, u32, Exclusion)> {
    let mentors: HashMap<PersonId, u32> = inputs
        .mentors
        .iter()
        .map(|row| row.person_id)
        .zip(0_u32..)
        .collect();
    let mentees: HashMap<PersonId, u32> = inputs
        .mentees
        .iter()
        .map(|row| row.person_id)
        .zip(0_u32..)
        .collect();
    let mut found: Vec<_> = apart
        .iter()
        .filter_map(|(mentor, mentee, why)| {
            Some((*mentees.get(mentee)?, *mentors.get(mentor)?, *why))
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Pairs that a coordinator holds.
fn held(conn: &mut Conn, id: ProgrammeId) -> Result<Vec<Held>, Problem> {
    let rows: Vec<(ParticipationId, ParticipationId)> = proposals::table
        .filter(proposals::programme_id.eq(id))
        .filter(proposals::status.eq(ProposalStatus::Held))
        .order(proposals::id)
        .select((
            proposals::mentor_participation_id,
            proposals::mentee_participation_id,
        ))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(mentor, mentee)| Held { mentor, mentee })
        .collect())
}
