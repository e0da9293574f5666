//! Examples for the OpenAPI document, built from the schemas: the `example` of a field where its type gives
//! one, else a plausible value of its type and format.

use serde_json::{Map, Value, json};

/// Schemas refer to each other; deeper than this an example is no longer read.
const DEEPEST: u32 = 8;

/// Gives the JSON content of a request or response an example, unless it has one.
pub fn fill(message: &mut Value, components: &Value) {
    let Some(media) = message
        .get_mut("content")
        .and_then(|c| c.get_mut("application/json"))
        .and_then(Value::as_object_mut)
    else {
        return;
    };
    if media.contains_key("example") || media.contains_key("examples") {
        return;
    }
    if let Some(schema) = media.get("schema") {
        let example = of(schema, components, 0);
        media.insert("example".into(), example);
    }
}

fn of(schema: &Value, components: &Value, depth: u32) -> Value {
    if depth > DEEPEST {
        return Value::Null;
    }
    for key in ["example", "const", "default"] {
        if let Some(value) = schema.get(key) {
            return value.clone();
        }
    }
    for key in ["examples", "enum"] {
        if let Some(value) = schema.get(key).and_then(|v| v.get(0)) {
            return value.clone();
        }
    }
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        let pointer = reference.trim_start_matches("#/components");
        return components
            .pointer(pointer)
            .map_or(Value::Null, |target| of(target, components, depth + 1));
    }
    for key in ["oneOf", "anyOf"] {
        if let Some(choices) = schema.get(key).and_then(Value::as_array) {
            let real = choices.iter().find(|c| kind(c) != "null");
            return real.map_or(Value::Null, |c| of(c, components, depth + 1));
        }
    }
    if let Some(parts) = schema.get("allOf").and_then(Value::as_array) {
        return together(parts, components, depth);
    }
    match kind(schema) {
        "object" => object(schema, components, depth),
        "array" => {
            let items = schema.get("items").map(|i| of(i, components, depth + 1));
            Value::Array(items.into_iter().collect())
        }
        "integer" => schema.get("minimum").cloned().unwrap_or(json!(1)),
        "number" => json!(1.5),
        "boolean" => json!(true),
        "string" => text(schema),
        _ => Value::Null,
    }
}

fn together(parts: &[Value], components: &Value, depth: u32) -> Value {
    let mut whole = Map::new();
    for part in parts {
        match of(part, components, depth + 1) {
            Value::Object(fields) => whole.extend(fields),
            other if parts.len() == 1 => return other,
            _ => {}
        }
    }
    Value::Object(whole)
}

fn object(schema: &Value, components: &Value, depth: u32) -> Value {
    let properties = schema.get("properties").and_then(Value::as_object);
    let fields = properties.into_iter().flatten();
    Value::Object(
        fields
            .map(|(name, field)| (name.clone(), of(field, components, depth + 1)))
            .collect(),
    )
}

/// The type of a schema; of several, the first that is not null.
fn kind(schema: &Value) -> &str {
    match schema.get("type") {
        Some(Value::String(kind)) => kind,
        Some(Value::Array(kinds)) => {
            let mut names = kinds.iter().filter_map(Value::as_str);
            names.find(|k| *k != "null").unwrap_or("null")
        }
        _ if schema.get("properties").is_some() => "object",
        _ => "",
    }
}

fn text(schema: &Value) -> Value {
    json!(match schema.get("format").and_then(Value::as_str) {
        Some("uuid") => "01931b7e-6f3a-7c21-9d0e-5a4b3c2d1e0f",
        Some("date-time") => "2026-12-08T23:00:00Z",
        Some("date") => "2026-12-08",
        Some("time") => "18:00",
        Some("email") => "amina@example.org",
        Some("uri") => "https://mentors.example.org",
        _ => "text",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_follows_references_and_ends_in_a_circle() {
        let components = json!({"schemas": {
            "Node": {"type": "object", "properties": {
                "id": {"type": "string", "format": "uuid"},
                "note": {"type": ["string", "null"]},
                "state": {"enum": ["open", "closed"]},
                "children": {"type": "array", "items": {"$ref": "#/components/schemas/Node"}}
            }}
        }});
        let node = of(
            &json!({"$ref": "#/components/schemas/Node"}),
            &components,
            0,
        );
        assert_eq!(node["id"], "01931b7e-6f3a-7c21-9d0e-5a4b3c2d1e0f");
        assert_eq!(
            (&node["note"], &node["state"]),
            (&json!("text"), &json!("open"))
        );
        assert_eq!(node["children"][0]["state"], "open");
    }
}
