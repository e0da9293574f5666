//! What a coordinator asks of a run, checked and brought into the engine's terms.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::i18n;
use crate::kernel::ids::ParticipationId;
use crate::kernel::{FieldError, Locale, Problem};
use crate::matching::calendar::Calendar;
use crate::matching::engine::{self, EngineError, Exclusion, Objective, Settings, Side};
use crate::matching::inputs::Inputs;
use crate::matching::sentences;
use crate::programmes::Programme;
use crate::programmes::settings::{self, MatchingSettings};

/// Most pins, bans or changed places of one request.
const MOST: usize = 1000;

/// A pair that a coordinator insists on, or forbids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PairOf {
    pub mentor_participation_id: ParticipationId,
    pub mentee_participation_id: ParticipationId,
}

/// Another number of free places of a mentor, for a what-if.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlacesOf {
    pub mentor_participation_id: ParticipationId,
    /// Free places, 0 to 20.
    pub places: u32,
}

/// What is asked of a run.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Request {
    /// Only look: compares with what a run as the programme is set would propose, and saves nothing.
    pub draft: bool,
    /// What this run sets otherwise than the programme: a part of the programme's `matching` settings.
    #[schema(value_type = Option<Object>)]
    pub settings: Option<Map<String, Value>>,
    /// Pairs that must be in the outcome.
    pub pins: Vec<PairOf>,
    /// Pairs that must not be.
    pub bans: Vec<PairOf>,
    /// Other places, only for drafts.
    pub places: Vec<PlacesOf>,
    /// Propose pairs again that were rejected before.
    pub reconsider_rejected: bool,
}

impl Request {
    /// The programme's settings with what the request changes, checked.
    ///
    /// # Errors
    /// 422 with pointers under `/settings`.
    pub fn settings_on(&self, own: &MatchingSettings) -> Result<MatchingSettings, Problem> {
        let Some(patch) = &self.settings else {
            return Ok(own.clone());
        };
        let mut document = serde_json::to_value(own)?;
        merge(&mut document, patch);
        let merged: MatchingSettings =
            serde_path_to_error::deserialize(document).map_err(|error| {
                let path = error.path().to_string().replace('.', "/");
                Problem::field(format!("/settings/{path}"), "type").with("expected", error.inner())
            })?;
        Problem::unless_empty(merged.faults("/settings"))?;
        Ok(merged)
    }

    /// Checks what can be checked without the people.
    ///
    /// # Errors
    /// 422 with the fields.
    pub fn check(&self) -> Result<(), Problem> {
        let mut faults = Vec::new();
        let lists = [
            ("/pins", self.pins.len()),
            ("/bans", self.bans.len()),
            ("/places", self.places.len()),
        ];
        for (pointer, length) in lists {
            if length > MOST {
                faults.push(FieldError::new(pointer, "too-many-items").with("most", MOST));
            }
        }
        if !self.draft && !self.places.is_empty() {
            faults.push(FieldError::new("/places", "only-for-drafts"));
        }
        for (at, places) in self.places.iter().enumerate() {
            if places.places > 20 {
                let fault = FieldError::new(format!("/places/{at}/places"), "out-of-range");
                faults.push(fault.with("least", 0).with("most", 20));
            }
        }
        Problem::unless_empty(faults)
    }

    /// Brings pins, bans and places into the inputs.
    ///
    /// # Errors
    /// 422 for whom nobody finds among those who take part, or who is pinned and banned.
    pub fn apply(&self, inputs: &mut Inputs) -> Result<(), Problem> {
        let mut faults = Vec::new();
        let mut places = |pair: &PairOf, pointer: String| {
            let found = (
                inputs.mentee_at(pair.mentee_participation_id),
                inputs.mentor_at(pair.mentor_participation_id),
            );
            match found {
                (Some(mentee), Some(mentor)) => Some((mentee, mentor)),
                _ => {
                    faults.push(FieldError::new(pointer, "not-taking-part"));
                    None
                }
            }
        };
        let mut of = |list: &[PairOf], name: &str| -> Vec<(u32, u32)> {
            let each = list.iter().enumerate();
            each.filter_map(|(at, pair)| places(pair, format!("{name}/{at}")))
                .collect()
        };
        let (pins, bans) = (of(&self.pins, "/pins"), of(&self.bans, "/bans"));
        for (at, pin) in pins.iter().enumerate() {
            if bans.contains(pin) {
                faults.push(FieldError::new(format!("/pins/{at}"), "pinned-and-banned"));
            }
        }
        for (at, change) in self.places.iter().enumerate() {
            let mentor = inputs.mentor_at(change.mentor_participation_id);
            let row = mentor.and_then(|m| inputs.mentors.get_mut(usize::try_from(m).ok()?));
            match row {
                Some(row) => row.facts.capacity = change.places,
                None => {
                    faults.push(FieldError::new(format!("/places/{at}"), "not-taking-part"));
                }
            }
        }
        Problem::unless_empty(faults)?;
        inputs.pins = pins;
        let bans = bans.into_iter();
        inputs
            .exclusions
            .extend(bans.map(|(mentee, mentor)| (mentee, mentor, Exclusion::Banned)));
        inputs.exclusions.sort_unstable();
        inputs.exclusions.dedup();
        Ok(())
    }
}

/// JSON merge patch (RFC 7396) of objects, without its removal by null, which means nothing here.
fn merge(document: &mut Value, patch: &Map<String, Value>) {
    let Value::Object(fields) = document else {
        return;
    };
    for (name, value) in patch {
        match (fields.get_mut(name), value) {
            (Some(old @ Value::Object(_)), Value::Object(inner)) => merge(old, inner),
            _ => {
                fields.insert(name.clone(), value.clone());
            }
        }
    }
}

/// A programme's settings in the engine's terms. They were checked when they were set, so nothing is cut here
/// but a meeting longer than the engine's four hours.
#[must_use]
pub fn engine_settings(
    own: &MatchingSettings,
    programme: &Programme,
    weeks: &Calendar,
) -> Settings {
    let small = |value: i32| u16::try_from(value).unwrap_or(0);
    let weights = own.weights;
    Settings {
        weights: engine::Weights {
            profession: weights.profession,
            language: weights.language,
            availability: weights.availability,
            topics: weights.topics,
            licensing: weights.licensing,
            place: weights.place,
            wishes: weights.wishes,
        },
        least_level: u8::try_from(own.least_language_level).unwrap_or(0),
        least_overlap_minutes: small(own.least_overlap_minutes),
        meeting_minutes: small(programme.meeting_minutes).clamp(1, 240),
        regime_weeks: weeks.regimes.iter().map(|regime| regime.weeks).collect(),
        short_weeks_allowed: small(own.short_weeks_allowed),
        least_profession_permille: small(own.least_profession_permille),
        floor: own.floor,
        waiting_scale: u32::try_from(own.waiting_scale).unwrap_or(0),
        objective: match own.objective {
            settings::Objective::Coverage => Objective::Coverage,
            settings::Objective::Total => Objective::Total,
            settings::Objective::Stable => Objective::Stable,
        },
    }
}

/// What a refusal of the engine means to the coordinator who asked.
#[must_use]
pub fn refusal(error: EngineError, inputs: &Inputs, locale: Locale) -> Problem {
    let pin = |mentee: u32, mentor: Option<u32>| {
        let at = inputs
            .pins
            .iter()
            .position(|(of, to)| *of == mentee && mentor.is_none_or(|mentor| *to == mentor));
        format!("/pins/{}", at.unwrap_or(0))
    };
    match error {
        EngineError::PinBreaksRule {
            mentee,
            mentor,
            rule,
        } => {
            let rule = i18n::text(locale, sentences::rule_key(rule));
            Problem::field(pin(mentee, Some(mentor)), "pin-breaks-rule").with("rule", rule)
        }
        EngineError::PinsExceedCapacity {
            mentor,
            places,
            pins,
        } => {
            let at = inputs.pins.iter().rposition(|(_, to)| *to == mentor);
            Problem::field(format!("/pins/{}", at.unwrap_or(0)), "pins-exceed-places")
                .with("places", places)
                .with("pins", pins)
        }
        EngineError::PinnedTwice { mentee } => Problem::field(pin(mentee, None), "pinned-twice"),
        EngineError::TooManyPeople { limit } => {
            Problem::conflict("too-many-people").with("limit", limit)
        }
        EngineError::DuplicatePerson { side, .. } => {
            let side = match side {
                Side::Mentee => "mentee",
                Side::Mentor => "mentor",
            };
            Problem::conflict("person-twice").with("side", side)
        }
        EngineError::Cancelled => Problem::conflict("run-cancelled"),
        other => Problem::internal(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn asked(settings: Value) -> Request {
        serde_json::from_value(json!({ "settings": settings })).unwrap()
    }

    #[test]
    fn a_run_changes_what_it_names_and_keeps_the_rest_of_the_programme() {
        let own = MatchingSettings {
            floor: 700,
            ..MatchingSettings::default()
        };
        let changed = asked(json!({"weights": {"language": 50}, "objective": "total"}))
            .settings_on(&own)
            .unwrap();
        assert_eq!(
            (changed.weights.language, changed.weights.profession),
            (50, 35)
        );
        assert_eq!(
            (changed.objective, changed.floor),
            (settings::Objective::Total, 700)
        );
    }

    #[test]
    fn wrong_settings_of_a_run_are_told_under_their_place() {
        let own = MatchingSettings::default();
        let told = |settings| match asked(settings).settings_on(&own).unwrap_err() {
            Problem::Invalid(faults) => format!("{} {}", faults[0].pointer, faults[0].code),
            other => panic!("{other}"),
        };
        assert_eq!(
            told(json!({"floor": 10_001})),
            "/settings/floor out-of-range"
        );
        assert_eq!(
            told(json!({"weights": {"topics": -5}})),
            "/settings/weights/topics out-of-range"
        );
        assert_eq!(
            told(json!({"weights": {"topics": "many"}})),
            "/settings/weights/topics type"
        );
    }

    #[test]
    fn places_are_for_drafts_only() {
        let id = ParticipationId(uuid::Uuid::nil());
        let request = Request {
            places: vec![PlacesOf {
                mentor_participation_id: id,
                places: 2,
            }],
            ..Request::default()
        };
        assert_eq!(
            request.check().unwrap_err().to_string(),
            "invalid /places=only-for-drafts"
        );
        assert!(
            Request {
                draft: true,
                ..request
            }
            .check()
            .is_ok()
        );
    }
}
