//! The door of the API: which action each route is, so that whoever may never do a thing is turned away before
//! anything of it is looked at. The use case asks the policy again, with the object; here a role that has no part in an
//! action learns nothing from the answer about whether an id exists. (A body is read beside the question who asks, so one that
//! is badly made is told so to everybody.)

use std::collections::HashMap;

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde_json::Value;

use crate::access::policy::{self, Action, Reach};
use crate::kernel::{Actor, Problem};

/// The action of each route, by method and pattern (`GET /api/v1/persons/{id}`).
#[derive(Debug, Default)]
pub struct Door(HashMap<String, Action>);

impl Door {
    /// From the OpenAPI document, whose operations bear the names of the actions.
    #[must_use]
    pub fn of(document: &Value) -> Self {
        let paths = document.get("paths").and_then(Value::as_object);
        let operations = paths.into_iter().flatten().flat_map(|(path, item)| {
            let verbs = item.as_object().into_iter().flatten();
            verbs.map(move |(verb, operation)| (path, verb, operation))
        });
        let known = operations.filter_map(|(path, verb, operation)| {
            let name = operation.get("operationId")?.as_str()?;
            let action = Action::ALL.iter().find(|action| action.name() == name)?;
            Some((key(&verb.to_ascii_uppercase(), path), *action))
        });
        Self(known.collect())
    }

    /// Refuses `actor` unless one of their roles has a part in what `request` asks for.
    ///
    /// # Errors
    /// 403.
    pub fn admit(request: &HttpRequest, actor: &Actor) -> Result<(), Problem> {
        let Some(door) = request.app_data::<Data<Self>>() else {
            return Err(Problem::internal("the server was built without its door"));
        };
        let Some(pattern) = request.match_pattern() else {
            return Ok(());
        };
        match door.0.get(&key(request.method().as_str(), &pattern)) {
            Some(action) if !is_for_everybody(*action) => policy::scope(actor, *action).map(|_| ()),
            // What is nobody's to forbid, such as signing out, does not even need a role.
            Some(_) | None => Ok(()),
        }
    }
}

fn key(method: &str, pattern: &str) -> String {
    format!("{method} {pattern}")
}

fn is_for_everybody(action: Action) -> bool {
    action.rule().reach.iter().all(|reach| *reach == Reach::Any)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_route_is_known_by_its_method_and_pattern() {
        let get = json!({ "operationId": "read_hours" });
        let document =
            json!({ "paths": { "/api/v1/hours/{id}": { "get": get, "parameters": [] } } });
        let door = Door::of(&document);
        let found = door.0.get("GET /api/v1/hours/{id}");
        assert_eq!(found, Some(&Action::ReadHours));
        assert_eq!(door.0.len(), 1);
    }
}
