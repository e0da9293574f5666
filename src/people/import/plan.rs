//! What a row means for the people who are there already: somebody new, somebody changed, nothing new,
//! or a row that cannot be stored.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::{Map, Value, json};

use super::fault::{Fault, Reason};
use super::row::{Draft, names_key};
use crate::access::policy::Scope;
use crate::db::Conn;
use crate::kernel::Problem;
use crate::kernel::ids::PersonId;
use crate::people::model::{PersonStatus, Profile};
use crate::people::store::{self, lists, reach};

crate::text_enum! {
    /// What becomes of a row.
    #[schema(as = ImportOutcome)]
    pub enum Outcome {
        Created => "created",
        Changed => "changed",
        Unchanged => "unchanged",
        Rejected => "rejected",
    }
}

/// A row with what becomes of it.
#[derive(Debug)]
pub struct Planned {
    pub draft: Draft,
    pub outcome: Outcome,
    /// The person before, where there is one.
    pub before: Option<Profile>,
    /// The person after; for a rejected row of no meaning.
    pub after: Profile,
}

impl Planned {
    fn rejected(draft: Draft) -> Self {
        Self {
            after: draft.profile.clone(),
            draft,
            outcome: Outcome::Rejected,
            before: None,
        }
    }

    /// Whom the row is about, once stored.
    pub fn person(&self) -> Option<PersonId> {
        (self.outcome != Outcome::Rejected).then_some(self.after.person.id)
    }
}

/// The rows that were seen, by a fingerprint of 64 bits for each: sixteen bytes a row, whatever its
/// size.
#[derive(Debug, Default)]
pub struct Seen(HashMap<u64, u64>);

impl Seen {
    /// Remembers the row; the earlier row with the same key, if there is one.
    fn earlier(&mut self, key: &str, row: u64) -> Option<u64> {
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        match self.0.entry(hasher.finish()) {
            std::collections::hash_map::Entry::Occupied(entry) => Some(*entry.get()),
            std::collections::hash_map::Entry::Vacant(entry) => {
                entry.insert(row);
                None
            }
        }
    }
}

/// Plans a batch of rows: a handful of queries, however many rows.
pub fn plan(
    conn: &mut Conn,
    scope: &Scope,
    seen: &mut Seen,
    mut drafts: Vec<Draft>,
) -> Result<Vec<Planned>, Problem> {
    for draft in &mut drafts {
        if let Some(earlier) = draft.key().and_then(|key| seen.earlier(&key, draft.row)) {
            draft.find(Fault::new(Reason::DuplicateInFile, "").hint(earlier));
        }
    }
    let known = Known::load(conn, scope, &drafts)?;
    Ok(drafts.into_iter().map(|draft| known.plan(draft)).collect())
}

/// The people whom the rows of a batch may mean.
struct Known {
    profiles: Vec<Profile>,
    by_email: HashMap<String, usize>,
    by_phone: HashMap<String, Vec<usize>>,
    reached: Vec<PersonId>,
}

impl Known {
    fn load(conn: &mut Conn, scope: &Scope, drafts: &[Draft]) -> Result<Self, Problem> {
        let people = || drafts.iter().map(|draft| &draft.profile.person);
        let emails: Vec<String> = people().filter_map(|p| p.email_key.clone()).collect();
        let phones: Vec<String> = people().filter_map(|p| p.phone.clone()).collect();
        let people = store::candidates(conn, &emails, &phones)?;
        let ids: Vec<PersonId> = people.iter().map(|person| person.id).collect();
        let reached = reach::reached(conn, scope, &ids)?;
        let profiles = lists::profiles(conn, people)?;
        let mut known = Self {
            by_email: HashMap::new(),
            by_phone: HashMap::new(),
            reached,
            profiles,
        };
        for (at, profile) in known.profiles.iter().enumerate() {
            if let Some(key) = &profile.person.email_key {
                known.by_email.insert(key.clone(), at);
            }
            if let Some(phone) = &profile.person.phone {
                known.by_phone.entry(phone.clone()).or_default().push(at);
            }
        }
        Ok(known)
    }

    fn plan(&self, mut draft: Draft) -> Planned {
        if draft.is_rejected() {
            return Planned::rejected(draft);
        }
        let found = match self.find(&draft) {
            Ok(None) => {
                let after = draft.profile.clone();
                return Planned {
                    draft,
                    outcome: Outcome::Created,
                    before: None,
                    after,
                };
            }
            Ok(Some(profile)) if profile.person.status == PersonStatus::Archived => {
                Err(Reason::Archived)
            }
            Ok(Some(profile)) if !self.reached.contains(&profile.person.id) => {
                Err(Reason::NotYours)
            }
            other => other,
        };
        match found {
            Ok(Some(before)) => changed(draft, before.clone()),
            Ok(None) => Planned::rejected(draft),
            Err(reason) => {
                draft.find(Fault::new(reason, ""));
                Planned::rejected(draft)
            }
        }
    }

    /// The person with the same address; else the one with the same names and telephone number, unless
    /// that person has another address.
    fn find(&self, draft: &Draft) -> Result<Option<&Profile>, Reason> {
        let person = &draft.profile.person;
        if let Some(at) = person
            .email_key
            .as_ref()
            .and_then(|key| self.by_email.get(key))
        {
            return Ok(self.profiles.get(*at));
        }
        let names = names_key(&draft.profile);
        let same: Vec<&Profile> = person
            .phone
            .iter()
            .filter_map(|phone| self.by_phone.get(phone))
            .flatten()
            .filter_map(|at| self.profiles.get(*at))
            .filter(|known| names_key(known) == names)
            .filter(|known| person.email_key.is_none() || known.person.email_key.is_none())
            .collect();
        match same.as_slice() {
            [] => Ok(None),
            [one] => Ok(Some(one)),
            _ => Err(Reason::SeveralMatches),
        }
    }
}

/// The row applied to somebody who is there.
fn changed(mut draft: Draft, before: Profile) -> Planned {
    let mut after = before.clone();
    let faults = draft.changes.apply(&mut after);
    for fault in &faults {
        draft.find(Fault::new(Reason::Invalid, "").hint(&fault.pointer));
    }
    let outcome = match (faults.is_empty(), after == before) {
        (false, _) => Outcome::Rejected,
        (true, true) => Outcome::Unchanged,
        (true, false) => Outcome::Changed,
    };
    Planned {
        draft,
        outcome,
        before: Some(before),
        after,
    }
}

/// What differs between two states of a person, field by field.
pub fn differences(before: &Profile, after: &Profile) -> Result<Value, Problem> {
    let (before, after) = (serde_json::to_value(before)?, serde_json::to_value(after)?);
    let mut different = Map::new();
    let (Value::Object(before), Value::Object(after)) = (before, after) else {
        return Ok(json!({}));
    };
    for (field, new) in after {
        let internal = [
            "version",
            "updated_at",
            "created_at",
            "id",
            "name_key",
            "email_key",
            "origin",
        ];
        let old = before.get(&field).cloned().unwrap_or(Value::Null);
        if old != new && !internal.contains(&field.as_str()) {
            different.insert(field, json!({"before": old, "after": new}));
        }
    }
    Ok(Value::Object(different))
}
