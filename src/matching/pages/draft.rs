//! The form of a what-if as somebody filled it in: what is typed stays as it is until it is a request, so that
//! nothing is lost when something in it is wrong. The names of the fields are the places of the request
//! (`settings/weights/language`), so that a fault finds its field.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::numbers::{RULES, WEIGHTS};
use crate::kernel::ids::ParticipationId;
use crate::kernel::{FieldError, Problem};
use crate::matching::Request;
use crate::matching::request::{PairOf, PlacesOf};
use crate::programmes::settings::MatchingSettings;

/// The name of the field of a setting.
pub fn field(path: &str) -> String {
    format!("settings/{path}")
}

/// What is asked of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// To be compared with what would be proposed otherwise.
    Compare,
    /// To take in whom the fields for adding name.
    Add,
}

crate::text_enum! {
    /// What can be added to the form.
    #[schema(as = WhatIfKind)]
    pub enum Kind {
        /// A pair to insist on.
        Pin => "pin",
        /// A pair to exclude.
        Ban => "ban",
        /// Other places of a mentor.
        Places => "places",
    }
}

/// What one adds to the form: a pair, or places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adding {
    pub kind: Kind,
    pub mentor: String,
    pub mentee: String,
    pub places: String,
    /// Whom somebody chose among several of one name.
    pub mentor_id: Option<ParticipationId>,
    pub mentee_id: Option<ParticipationId>,
}

impl Default for Adding {
    fn default() -> Self {
        Self {
            kind: Kind::Pin,
            mentor: String::new(),
            mentee: String::new(),
            places: String::new(),
            mentor_id: None,
            mentee_id: None,
        }
    }
}

/// The form.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Draft {
    /// What is typed for each setting, by its path; none where the form has no settings.
    settings: Option<BTreeMap<String, String>>,
    pub pins: Vec<PairOf>,
    pub bans: Vec<PairOf>,
    /// Mentors with the places that are typed for them.
    pub places: Vec<(ParticipationId, String)>,
    pub reconsider_rejected: bool,
    pub adding: Adding,
    /// The newest run when the form was made, as text.
    pub seen: Option<String>,
}

const OBJECTIVE: &str = "objective";
const ALLOW_MATCHED_BEFORE: &str = "allow_matched_before";
const YES: &str = "yes";
const NO: &str = "no";

impl Draft {
    /// The form as the programme is set.
    pub fn of(own: &MatchingSettings) -> Self {
        let numbers = WEIGHTS.iter().chain(&RULES);
        let mut typed: BTreeMap<String, String> = numbers
            .map(|number| (number.path.to_owned(), (number.of)(own).to_string()))
            .collect();
        typed.insert(OBJECTIVE.to_owned(), own.objective.to_string());
        let before = if own.allow_matched_before { YES } else { NO };
        typed.insert(ALLOW_MATCHED_BEFORE.to_owned(), before.to_owned());
        Self {
            settings: Some(typed),
            ..Self::default()
        }
    }

    /// The form with the programme's settings where it says nothing of its own.
    pub fn or(self, own: &MatchingSettings) -> Self {
        let mut settings = Self::of(own).settings.unwrap_or_default();
        settings.extend(self.settings.unwrap_or_default());
        Self {
            settings: Some(settings),
            ..self
        }
    }

    /// Reads what a browser sent, and which of the form's buttons was pressed.
    ///
    /// # Errors
    /// 422 for a field that the form does not have, or an id that is none.
    pub fn read(fields: Vec<(String, String)>) -> Result<(Self, Asked), Problem> {
        let mut draft = Self::default();
        let mut pressed = String::new();
        for (name, value) in fields {
            match name.as_str() {
                "do" => pressed = value,
                "pins" => keep(&mut draft.pins, pair(&value, "/pins")?),
                "bans" => keep(&mut draft.bans, pair(&value, "/bans")?),
                "reconsider_rejected" => draft.reconsider_rejected = true,
                "seen" => draft.seen = Some(value),
                "kind" => draft.adding.kind = kind(&value)?,
                "mentor" => draft.adding.mentor = value,
                "mentee" => draft.adding.mentee = value,
                "number" => draft.adding.places = value,
                "mentor_id" => draft.adding.mentor_id = Some(id(&value, "/mentor_id")?),
                "mentee_id" => draft.adding.mentee_id = Some(id(&value, "/mentee_id")?),
                other => draft.read_named(other, value)?,
            }
        }
        let asked = draft.press(&pressed)?;
        Ok((draft, asked))
    }

    /// Whether a field can stand in the address of the page: those of [`Self::query`].
    pub fn is_in_address(name: &str) -> bool {
        let known = ["pins", "bans", "reconsider_rejected", "do"];
        known.contains(&name) || name.starts_with("settings/") || name.starts_with("places/")
    }

    /// A field whose name is a place.
    fn read_named(&mut self, name: &str, value: String) -> Result<(), Problem> {
        let unknown = || Problem::field(format!("/{name}"), "unknown");
        if let Some(mentor) = name.strip_prefix("places/") {
            let mentor = id(mentor, "/places")?;
            if self.places.iter().all(|(known, _)| *known != mentor) {
                self.places.push((mentor, value));
            }
            return Ok(());
        }
        let path = name.strip_prefix("settings/").ok_or_else(unknown)?;
        let mut numbers = WEIGHTS.iter().chain(&RULES);
        let known = numbers.any(|number| number.path == path);
        if !known && ![OBJECTIVE, ALLOW_MATCHED_BEFORE].contains(&path) {
            return Err(unknown());
        }
        let settings = self.settings.get_or_insert_with(BTreeMap::new);
        settings.insert(path.to_owned(), value);
        Ok(())
    }

    /// Does what a button asks of the form itself, and says what is asked beyond it. A button carries what it does:
    /// `compare`, `add`, `pin:MENTOR.MENTEE`, `ban:MENTOR.MENTEE`, `drop:pins:0`.
    fn press(&mut self, button: &str) -> Result<Asked, Problem> {
        let unknown = || Problem::field("/do", "unknown");
        match button.split_once(':') {
            None if button == "add" => Ok(Asked::Add),
            None if ["", "compare"].contains(&button) => {
                let adding = &self.adding;
                let typed = [&adding.mentor, &adding.mentee, &adding.places];
                // What is typed and not taken in yet is meant too.
                let more = typed.iter().any(|typed| !typed.trim().is_empty());
                Ok(if more { Asked::Add } else { Asked::Compare })
            }
            Some(("pin", of)) => {
                self.pin(pair(of, "/pins")?);
                Ok(Asked::Compare)
            }
            Some(("ban", of)) => {
                self.ban(pair(of, "/bans")?);
                Ok(Asked::Compare)
            }
            Some(("drop", what)) => {
                let (list, at) = what.split_once(':').ok_or_else(unknown)?;
                let at: usize = at.parse().map_err(|_| unknown())?;
                match list {
                    "pins" if at < self.pins.len() => drop(self.pins.remove(at)),
                    "bans" if at < self.bans.len() => drop(self.bans.remove(at)),
                    "places" if at < self.places.len() => drop(self.places.remove(at)),
                    _ => return Err(unknown()),
                }
                Ok(Asked::Compare)
            }
            _ => Err(unknown()),
        }
    }

    /// Insists on a pair; it is not forbidden any more.
    pub fn pin(&mut self, pair: PairOf) {
        self.bans.retain(|banned| *banned != pair);
        keep(&mut self.pins, pair);
    }

    /// Forbids a pair; it is not insisted on any more.
    pub fn ban(&mut self, pair: PairOf) {
        self.pins.retain(|pinned| *pinned != pair);
        keep(&mut self.bans, pair);
    }

    /// Gives a mentor other places.
    pub fn give(&mut self, mentor: ParticipationId, places: String) {
        self.places.retain(|(known, _)| *known != mentor);
        self.places.push((mentor, places));
    }

    /// What is typed for a setting.
    pub fn typed(&self, path: &str) -> &str {
        let settings = self.settings.as_ref();
        let typed = settings.and_then(|settings| settings.get(path));
        typed.map_or("", String::as_str)
    }

    pub fn objective(&self) -> &str {
        self.typed(OBJECTIVE)
    }

    pub fn allows_matched_before(&self) -> bool {
        self.typed(ALLOW_MATCHED_BEFORE) == YES
    }

    /// Everybody whom the form names.
    pub fn people(&self) -> Vec<ParticipationId> {
        let pairs = self.pins.iter().chain(&self.bans);
        let of_pairs =
            pairs.flat_map(|of| [of.mentor_participation_id, of.mentee_participation_id]);
        let of_places = self.places.iter().map(|(mentor, _)| *mentor);
        let mut all: Vec<ParticipationId> = of_pairs.chain(of_places).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Whether the form asks for anything that only a draft can have.
    pub fn only_for_drafts(&self) -> bool {
        !self.places.is_empty()
    }

    /// The fields that say the same again, for a form that saves what was compared.
    pub fn fields(&self) -> Vec<(String, String)> {
        let settings = self.settings.iter().flatten();
        let typed = settings.map(|(path, typed)| (field(path), typed.clone()));
        typed.chain(self.people_fields()).collect()
    }

    /// The fields that say the same again beside the programme's settings, as the query of an address. It holds ids and
    /// numbers, and no name.
    pub fn query(&self, own: &MatchingSettings) -> String {
        let as_set = Self::of(own);
        let settings = self.settings.iter().flatten();
        let other = settings.filter(|(path, typed)| as_set.typed(path) != typed.as_str());
        let other = other.map(|(path, typed)| (field(path), typed.clone()));
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(other.chain(self.people_fields()));
        query.append_pair("do", "compare").finish()
    }

    fn people_fields(&self) -> Vec<(String, String)> {
        let pins = self.pins.iter().map(|of| ("pins".to_owned(), written(of)));
        let bans = self.bans.iter().map(|of| ("bans".to_owned(), written(of)));
        let places = self.places.iter();
        let places = places.map(|(mentor, typed)| (format!("places/{mentor}"), typed.clone()));
        let again = self
            .reconsider_rejected
            .then(|| ("reconsider_rejected".to_owned(), YES.to_owned()));
        pins.chain(bans).chain(places).chain(again).collect()
    }

    /// Whether a rule is other than the programme's.
    pub fn has_other_rules(&self, own: &MatchingSettings) -> bool {
        let as_set = Self::of(own);
        let paths = RULES.iter().map(|number| number.path);
        let mut paths = paths.chain([OBJECTIVE, ALLOW_MATCHED_BEFORE]);
        self.reconsider_rejected || paths.any(|path| self.typed(path) != as_set.typed(path))
    }

    /// The request, of a draft or of a run.
    ///
    /// # Errors
    /// 422 for every number that is none or too large.
    pub fn request(&self, draft: bool) -> Result<Request, Problem> {
        let mut faults = Vec::new();
        let settings = self.patch(&mut faults);
        let mut places = Vec::new();
        for (at, (mentor, typed)) in self.places.iter().enumerate() {
            match whole(typed, 20).and_then(|places| u32::try_from(places).ok()) {
                Some(number) => places.push(PlacesOf {
                    mentor_participation_id: *mentor,
                    places: number,
                }),
                None => faults.push(out_of_range(format!("/places/{at}/places"), 20)),
            }
        }
        Problem::unless_empty(faults)?;
        Ok(Request {
            draft,
            settings,
            pins: self.pins.clone(),
            bans: self.bans.clone(),
            places,
            reconsider_rejected: self.reconsider_rejected,
        })
    }

    fn patch(&self, faults: &mut Vec<FieldError>) -> Option<Map<String, Value>> {
        self.settings.as_ref()?;
        let (mut patch, mut weights) = (Map::new(), Map::new());
        for number in WEIGHTS.iter().chain(&RULES) {
            let Some(value) = whole(self.typed(number.path), number.most) else {
                let pointer = format!("/{}", field(number.path));
                faults.push(out_of_range(pointer, number.most));
                continue;
            };
            match number.path.strip_prefix("weights/") {
                Some(part) => weights.insert(part.to_owned(), value.into()),
                None => patch.insert(number.path.to_owned(), value.into()),
            };
        }
        patch.insert("weights".to_owned(), weights.into());
        patch.insert(OBJECTIVE.to_owned(), self.objective().into());
        patch.insert(
            ALLOW_MATCHED_BEFORE.to_owned(),
            self.allows_matched_before().into(),
        );
        Some(patch)
    }
}

/// A whole number of 0 to `most`.
fn whole(text: &str, most: i64) -> Option<i64> {
    let number: i64 = text.trim().parse().ok()?;
    (0..=most).contains(&number).then_some(number)
}

fn out_of_range(pointer: String, most: i64) -> FieldError {
    FieldError::new(pointer, "out-of-range")
        .with("least", 0)
        .with("most", most)
}

fn keep(list: &mut Vec<PairOf>, pair: PairOf) {
    if !list.contains(&pair) {
        list.push(pair);
    }
}

/// A pair as the form writes it: `MENTOR.MENTEE`.
pub fn written(of: &PairOf) -> String {
    let PairOf {
        mentor_participation_id: mentor,
        mentee_participation_id: mentee,
    } = of;
    format!("{mentor}.{mentee}")
}

fn kind(text: &str) -> Result<Kind, Problem> {
    let kind = Kind::ALL.iter().find(|kind| kind.as_str() == text);
    kind.copied()
        .ok_or_else(|| Problem::field("/kind", "unknown"))
}

/// Reads a pair.
///
/// # Errors
/// 422 at `pointer`.
pub fn pair(text: &str, pointer: &str) -> Result<PairOf, Problem> {
    let (mentor, mentee) = text
        .split_once('.')
        .ok_or_else(|| Problem::field(pointer, "not-an-id"))?;
    Ok(PairOf {
        mentor_participation_id: id(mentor, pointer)?,
        mentee_participation_id: id(mentee, pointer)?,
    })
}

fn id(text: &str, pointer: &str) -> Result<ParticipationId, Problem> {
    text.parse()
        .map_err(|_| Problem::field(pointer, "not-an-id"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(fields: &[(&str, &str)]) -> Result<(Draft, Asked), Problem> {
        let of = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Draft::read(fields.iter().map(of).collect())
    }

    fn of(mentor: u128, mentee: u128) -> PairOf {
        let id = |number| ParticipationId(uuid::Uuid::from_u128(number));
        PairOf {
            mentor_participation_id: id(mentor),
            mentee_participation_id: id(mentee),
        }
    }

    #[test]
    fn the_form_as_the_programme_is_set_asks_for_nothing_else_and_survives_its_own_fields() {
        let own = MatchingSettings {
            floor: 700,
            allow_matched_before: true,
            ..MatchingSettings::default()
        };
        let mut draft = Draft::of(&own);
        draft.pin(of(1, 2));
        draft.ban(of(3, 4));
        draft.reconsider_rejected = true;
        let request = draft.request(true).unwrap();
        assert_eq!(request.settings_on(&own).unwrap(), own);
        assert_eq!(request.pins, [of(1, 2)]);
        let (again, _) = Draft::read(draft.fields()).unwrap();
        assert_eq!(again, draft);
        // An address holds only what is other than the programme's.
        draft
            .settings
            .as_mut()
            .unwrap()
            .insert("weights/topics".to_owned(), "42".to_owned());
        draft.give(of(5, 5).mentor_participation_id, "3".to_owned());
        let query = draft.query(&own);
        assert!(
            !query.contains("floor") && !query.contains("matched_before"),
            "{query}"
        );
        let fields = form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        let (again, asked) = Draft::read(fields).unwrap();
        assert_eq!((again.or(&own), asked), (draft, Asked::Compare));
    }

    #[test]
    fn every_number_that_is_none_is_told_at_its_field_and_kept_as_it_was_typed() {
        let mut fields: Vec<(String, String)> = Draft::of(&MatchingSettings::default()).fields();
        for (name, value) in &mut fields {
            match name.as_str() {
                "settings/weights/topics" => *value = "many".to_owned(),
                "settings/floor" => *value = "-1".to_owned(),
                _ => {}
            }
        }
        let mentor = of(1, 1).mentor_participation_id;
        fields.push((format!("places/{mentor}"), "21".to_owned()));
        let (draft, asked) = Draft::read(fields).unwrap();
        assert_eq!(asked, Asked::Compare);
        assert_eq!(draft.typed("weights/topics"), "many");
        let Err(Problem::Invalid(faults)) = draft.request(true) else {
            panic!("taken")
        };
        let told: Vec<_> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
        assert_eq!(
            told,
            [
                "/settings/weights/topics",
                "/settings/floor",
                "/places/0/places"
            ]
        );
    }

    #[test]
    fn buttons_pin_ban_and_drop_and_what_is_typed_is_taken_in_before_anything_is_compared() {
        let text = written(&of(1, 2));
        let pins = ("pins", text.as_str());
        let ban = format!("ban:{text}");
        let (draft, asked) = sent(&[pins, ("do", &ban)]).unwrap();
        assert_eq!((draft.pins.len(), draft.bans.len()), (0, 1));
        assert_eq!(asked, Asked::Compare);
        let (draft, _) = sent(&[pins, ("do", "drop:pins:0")]).unwrap();
        assert!(draft.pins.is_empty());
        let (_, asked) = sent(&[("mentor", "Roy"), ("do", "compare")]).unwrap();
        assert_eq!(asked, Asked::Add);
        for wrong in [
            ("do", "drop:pins:1"),
            ("do", "save"),
            ("pins", "1.2"),
            ("settings/other", "1"),
            ("places/x", "1"),
            ("other", ""),
        ] {
            assert!(sent(&[pins, wrong]).is_err(), "{wrong:?}");
        }
    }
}
