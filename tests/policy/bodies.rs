//! Requests made from the OpenAPI document: the least body that its schema allows, with ids of the world where
//! a field names an object.

use reqwest::blocking::RequestBuilder;
use serde_json::{Map, Value, json};

use super::world::NAMES;

type Named<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A route's name and its body.
type Body = (&'static str, fn() -> Value);

/// What to send where the least that a schema allows is not a request that reaches the policy: fields that
/// stand for those that the schema would give.
const BODIES: &[Body] = &[
    (
        "invite_account",
        || json!({"role": "coach", "person_id": null, "email": "walk@example.org", "display_name": "W"}),
    ),
    (
        "add_busy_calendar",
        || json!({"address": "no address at all"}),
    ),
    ("add_grant", || json!({"role": "coordinator"})),
];

/// What a route that takes a file is sent.
const FILE: &str = "Role,First name,Last name\nmentor,Bruno,Roy\n";

/// Whether the body of `operation` can name an object of the world.
pub fn names_an_object(operation: &Value) -> bool {
    let text = operation["requestBody"].to_string();
    // A body is nearly always a reference; it is resolved when it is made. Here, any body may name one.
    text != "null" && !NAMES.is_empty()
}

/// The required parameters of the query.
pub fn query(document: &Value, operation: &Value, named: Named<'_>) -> String {
    let none = Vec::new();
    let parameters = operation["parameters"].as_array().unwrap_or(&none);
    let pairs: Vec<String> = parameters
        .iter()
        .filter(|p| p["in"] == "query" && (p["required"] == true || p["name"] == "programme"))
        .map(|p| {
            let name = p["name"].as_str().unwrap();
            let value =
                named(name).map_or_else(|| least(document, &p["schema"], named), Value::from);
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            format!("{name}={text}")
        })
        .collect();
    if pairs.is_empty() {
        String::new()
    } else {
        format!("?{}", pairs.join("&"))
    }
}

/// Adds the body that `operation` takes, if it takes one.
pub fn with_body(
    request: RequestBuilder,
    document: &Value,
    name: &str,
    operation: &Value,
    named: Named<'_>,
) -> RequestBuilder {
    let Some(content) = operation["requestBody"]["content"].as_object() else {
        return request;
    };
    let Some(media) = content.get("application/json") else {
        let kind = content.keys().next().cloned().unwrap_or_default();
        return request.header("Content-Type", kind).body(FILE);
    };
    let mut body = least(document, &media["schema"], named);
    if let Some((_, special)) = BODIES.iter().find(|(of, _)| *of == name)
        && let (Some(body), Value::Object(special)) = (body.as_object_mut(), special())
    {
        body.extend(special);
        body.retain(|_, value| !value.is_null());
    }
    request.json(&body)
}

/// The least value that a schema allows.
fn least(document: &Value, schema: &Value, named: Named<'_>) -> Value {
    if let Some(reference) = schema["$ref"].as_str() {
        let pointer = reference.trim_start_matches('#');
        // A type of a query parameter may be missing among the components.
        let Some(target) = document.pointer(pointer) else {
            return json!("programme");
        };
        return least(document, target, named);
    }
    for choice in ["oneOf", "anyOf"] {
        if let Some(options) = schema[choice].as_array() {
            let real = options.iter().find(|o| o["type"] != "null");
            return least(document, real.unwrap_or(&options[0]), named);
        }
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let mut all = Map::new();
        for part in parts {
            if let Value::Object(fields) = least(document, part, named) {
                all.extend(fields);
            }
        }
        return Value::Object(all);
    }
    if let Some(only) = schema.get("const") {
        return only.clone();
    }
    if let Some(values) = schema["enum"].as_array() {
        return values[0].clone();
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds
            .iter()
            .find(|k| *k != "null")
            .cloned()
            .unwrap_or_default(),
        other => other.clone(),
    };
    match kind.as_str().unwrap_or("") {
        "object" => object(document, schema, named),
        "array" => json!([]),
        "integer" | "number" => schema["minimum"].as_i64().map_or(json!(30), |n| json!(n)),
        "boolean" => json!(false),
        "string" => text(schema),
        _ => json!({}),
    }
}

fn object(document: &Value, schema: &Value, named: Named<'_>) -> Value {
    let empty = Map::new();
    let fields = schema["properties"].as_object().unwrap_or(&empty);
    let required: Vec<&str> = schema["required"]
        .as_array()
        .map(|names| names.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    let mut made = Map::new();
    for (name, field) in fields {
        if let Some(id) = named(name) {
            made.insert(name.clone(), json!(id));
        } else if required.contains(&name.as_str()) {
            made.insert(name.clone(), least(document, field, named));
        }
    }
    Value::Object(made)
}

fn text(schema: &Value) -> Value {
    match schema["format"].as_str().unwrap_or("") {
        "uuid" => json!("01930f5e-7a00-7000-8000-000000000001"),
        "date" => json!("2026-10-20"),
        "date-time" => json!("2026-10-20T22:00:00Z"),
        _ => schema
            .get("example")
            .filter(|e| e.is_string())
            .cloned()
            .unwrap_or(json!("text")),
    }
}
