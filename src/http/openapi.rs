//! The OpenAPI document: paths and schemas are collected from the routes; what holds for every operation
//! (security, problems, headers, examples) is added here, so that no room repeats it.

use serde_json::{Map, Value, json};
use utoipa::OpenApi;
use utoipa::openapi::OpenApi as Document;
use utoipa_actix_web::AppExt;

use crate::access::policy;
use crate::http::{examples, routes};
use crate::i18n;
use crate::kernel::{Locale, Problem};

/// The document's own words.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Passerelle",
        description = "Mentorship matching and scheduling: people, programmes, match runs, mentorships, \
            meetings and hours. Times are RFC 3339 in UTC; lists are paged by cursor; errors are problems \
            (RFC 9457) in English or French, as Accept-Language asks.",
        license(name = "AGPL-3.0-or-later", identifier = "AGPL-3.0-or-later")
    ),
    components(schemas(crate::web::problem::ProblemDocument))
)]
struct ApiDocument;

/// Problems that operations share: status, code, and the name of its component.
const PROBLEMS: &[(&str, &str)] = &[
    ("400", "malformed-json"),
    ("401", "sign-in-needed"),
    ("403", "forbidden"),
    ("404", "not-found"),
    ("409", "idempotency-in-progress"),
    ("412", "stale"),
    ("413", "too-large"),
    ("415", "unsupported-media"),
    ("422", "invalid"),
    ("428", "precondition-required"),
    ("429", "too-many-requests"),
    ("500", "internal"),
    ("503", "busy"),
];

/// What the routes say, before [`complete`] adds what holds for all.
pub fn collected() -> Document {
    let app = actix_web::App::new()
        .into_utoipa_app()
        .openapi(ApiDocument::openapi())
        .configure(routes::all);
    app.split_for_parts().1
}

/// The whole document for a deployment at `public_url`.
pub fn complete(public_url: &str) -> Result<Value, Problem> {
    let mut document = serde_json::to_value(collected())?;
    let components = document.get("components").cloned().unwrap_or_default();
    let mut tags = Vec::new();
    if let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) {
        for (path, item) in paths {
            for (method, operation) in item.as_object_mut().into_iter().flatten() {
                if let Some(operation) = operation.as_object_mut() {
                    complete_operation(path, method, operation, &components);
                    let own = operation.get("tags").and_then(Value::as_array).cloned();
                    tags.extend(own.unwrap_or_default());
                }
            }
        }
    }
    let mut unique: Vec<Value> = Vec::new();
    for tag in tags {
        if !unique.contains(&tag) {
            unique.push(tag);
        }
    }
    let tags: Vec<Value> = unique
        .into_iter()
        .map(|tag| json!({ "name": tag }))
        .collect();
    if let Some(root) = document.as_object_mut() {
        root.insert("servers".into(), json!([{ "url": public_url }]));
        root.insert("security".into(), json!([{ "bearer": [] }]));
        root.insert("tags".into(), Value::Array(tags));
        if let Some(components) = entry(root, "components") {
            components.insert(
                "securitySchemes".into(),
                json!({"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}),
            );
            components.insert("responses".into(), problem_responses());
            components.insert("parameters".into(), shared_parameters());
        }
    }
    Ok(document)
}

/// The object under `key`, made where it is missing.
fn entry<'a>(object: &'a mut Map<String, Value>, key: &str) -> Option<&'a mut Map<String, Value>> {
    object
        .entry(key.to_owned())
        .or_insert_with(|| Value::Object(Map::new()))
        .as_object_mut()
}

fn complete_operation(
    path: &str,
    method: &str,
    operation: &mut Map<String, Value>,
    components: &Value,
) {
    let id = operation
        .get("operationId")
        .and_then(Value::as_str)
        .unwrap_or("");
    let public = policy::PUBLIC.contains(&id);
    if public {
        operation.insert("security".into(), json!([]));
    }
    let body = operation.contains_key("requestBody");
    let queried = has_query(operation);
    let Some(declared) = entry(operation, "responses") else {
        return;
    };
    let versioned = declared.contains_key("412");
    let mut wanted = vec!["429", "500", "503"];
    if !public {
        wanted.extend(["401", "403"]);
    }
    // What a body names may not be there either.
    if path.contains('{') || (method == "post" && body && !public) {
        wanted.push("404");
    }
    if body {
        wanted.extend(["400", "413", "415", "422"]);
    }
    // A bad cursor, a field that is wrong; with a key that is none, or was used for another request, every POST.
    if queried || method == "post" {
        wanted.extend(["400", "422"]);
    }
    if versioned {
        wanted.push("428");
    }
    if method == "post" {
        wanted.push("409");
    }
    for status in wanted {
        declared
            .entry(status.to_owned())
            .or_insert_with(|| json!({"$ref": format!("#/components/responses/Problem{status}")}));
    }
    for (status, response) in declared.iter_mut() {
        if status.starts_with('4') || status.starts_with('5') {
            as_problem(response);
        } else {
            examples::fill(response, components);
        }
    }
    if let Some(request) = operation.get_mut("requestBody") {
        examples::fill(request, components);
    }
    add_parameters(method, versioned, operation);
}

fn has_query(operation: &Map<String, Value>) -> bool {
    let list = operation.get("parameters").and_then(Value::as_array);
    let mut all = list.into_iter().flatten();
    all.any(|one| one.get("in").and_then(Value::as_str) == Some("query"))
}

/// A declared problem is sent as `application/problem+json`.
fn as_problem(response: &mut Value) {
    let Some(content) = response.get_mut("content").and_then(Value::as_object_mut) else {
        return;
    };
    if let Some(json) = content.shift_remove("application/json") {
        content.insert("application/problem+json".into(), json);
    }
}

fn add_parameters(method: &str, versioned: bool, operation: &mut Map<String, Value>) {
    let mut names = vec!["AcceptLanguage"];
    if method == "post" {
        names.push("IdempotencyKey");
    }
    if versioned {
        names.push("IfMatch");
    }
    let list = operation
        .entry("parameters".to_owned())
        .or_insert_with(|| json!([]));
    if let Some(list) = list.as_array_mut() {
        // What a room declares itself (its If-Match, say) is not repeated.
        let has = |list: &[Value], header: &str| {
            list.iter().any(|p| {
                let name = p.get("name").and_then(Value::as_str).unwrap_or("");
                name.eq_ignore_ascii_case(header)
            })
        };
        for name in names {
            let header = match name {
                "IfMatch" => "if-match",
                "IdempotencyKey" => "idempotency-key",
                _ => "accept-language",
            };
            if !has(list, header) {
                list.push(json!({"$ref": format!("#/components/parameters/{name}")}));
            }
        }
    }
}

fn shared_parameters() -> Value {
    let header = |name: &str, required: bool, example: &str| {
        json!({
            "name": name, "in": "header", "required": required,
            "schema": {"type": "string"}, "example": example,
        })
    };
    json!({
        "AcceptLanguage": header("Accept-Language", false, "fr-CA"),
        "IdempotencyKey": header("Idempotency-Key", false, "5f0c2a1e-2f0b-4c0e-9d3e-0a8b1f7c6d55"),
        "IfMatch": header("If-Match", true, "\"3\""),
    })
}

/// A component for each shared problem, with an example in both languages.
fn problem_responses() -> Value {
    let mut responses = Map::new();
    for (status, code) in PROBLEMS {
        let example = |locale| {
            let text = |key: &str| i18n::text_with_pairs(locale, key, EXAMPLE_ARGS);
            let mut value = json!({
                "type": format!("/problems/{code}"),
                "title": text(&format!("problem-{code}")),
                "status": status.parse::<u16>().unwrap_or_default(),
                "detail": text(&format!("problem-{code}.detail")),
                "instance": "6f1d0c9b2a7e4d3c8b5a6f10",
            });
            if *code == "invalid"
                && let Some(object) = value.as_object_mut()
            {
                let error = json!({"pointer": "/email", "code": "required", "detail": text("field-required")});
                object.insert("errors".into(), json!([error]));
            }
            json!({ "value": value })
        };
        let mut response = json!({
            "description": i18n::text_with_pairs(Locale::En, &format!("problem-{code}"), EXAMPLE_ARGS),
            "content": {"application/problem+json": {
                "schema": {"$ref": "#/components/schemas/ProblemDocument"},
                "examples": {"en": example(Locale::En), "fr": example(Locale::Fr)},
            }},
        });
        if matches!(*status, "429" | "503")
            && let Some(object) = response.as_object_mut()
        {
            let seconds = json!({"schema": {"type": "integer"}, "example": 2});
            object.insert("headers".into(), json!({ "Retry-After": seconds }));
        }
        responses.insert(format!("Problem{status}"), response);
    }
    Value::Object(responses)
}

/// Arguments that the shared problems' messages take.
const EXAMPLE_ARGS: [(&str, &str); 5] = [
    ("line", "3"),
    ("column", "14"),
    ("limit", "1048576"),
    ("seconds", "2"),
    ("request", "6f1d0c9b2a7e4d3c8b5a6f10"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_is_named_tagged_guarded_and_has_examples_and_problems() {
        let document = complete("https://mentors.example.org").unwrap();
        assert_eq!(document["openapi"], "3.1.0");
        let mut seen = 0;
        for (path, item) in document["paths"].as_object().unwrap() {
            assert!(
                path.starts_with("/api/v1/") || path.starts_with("/.well-known/"),
                "{path}"
            );
            for (method, operation) in item.as_object().unwrap() {
                seen += 1;
                let at = format!("{method} {path}");
                assert!(operation["operationId"].is_string(), "{at} has no name");
                assert!(operation["tags"].is_array(), "{at} has no tag");
                assert!(
                    operation["summary"].is_string() || operation["description"].is_string(),
                    "{at} says nothing"
                );
                assert!(operation["responses"]["429"].is_object(), "{at}");
                let public = policy::PUBLIC.contains(&operation["operationId"].as_str().unwrap());
                assert_eq!(public, operation["security"] == json!([]), "{at}");
                let good = operation["responses"].as_object().unwrap();
                for (status, response) in good.iter().filter(|(s, _)| s.starts_with('2')) {
                    if let Some(json) = response["content"].get("application/json") {
                        let shown = json.get("example").or(json.get("examples"));
                        assert!(shown.is_some(), "{at} {status} has no example");
                    }
                }
            }
        }
        assert!(seen > 5, "{seen} operations");
    }

    #[test]
    fn every_reference_in_the_document_leads_somewhere() {
        let document = complete("https://mentors.example.org").unwrap();
        fn walk(value: &Value, document: &Value, lost: &mut Vec<String>) {
            match value {
                Value::Object(map) => {
                    if let Some(Value::String(reference)) = map.get("$ref") {
                        let target = document.pointer(reference.trim_start_matches('#'));
                        if target.is_none() {
                            lost.push(reference.clone());
                        }
                    }
                    map.values().for_each(|v| walk(v, document, lost));
                }
                Value::Array(items) => items.iter().for_each(|v| walk(v, document, lost)),
                _ => {}
            }
        }
        let mut lost = Vec::new();
        walk(&document, &document, &mut lost);
        assert!(lost.is_empty(), "these lead nowhere: {lost:?}");
    }
}
