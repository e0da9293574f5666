//! Reading what comes in: JSON bodies, queries and path parameters, each with a problem that says what is
//! wrong and where, instead of actix's plain-text errors.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use actix_web::{FromRequest, HttpRequest, dev::Payload};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;

use crate::kernel::{FieldError, Problem};
use crate::web::App;

/// A JSON body. Give its type `#[serde(deny_unknown_fields)]`.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Body<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let mut payload = payload.take();
        Box::pin(async move {
            require_json(&request)?;
            let limit = App::of(&request)?.platform.settings.server.max_body_bytes;
            let bytes = read_bounded(&request, &mut payload, limit).await?;
            from_json(&bytes).map(Self)
        })
    }
}

fn require_json(request: &HttpRequest) -> Result<(), Problem> {
    let kind = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .unwrap_or("");
    let essence = kind
        .split(';')
        .next()
        .unwrap_or("")
        .trim()
        .to_ascii_lowercase();
    let json = essence == "application/json"
        || (essence.starts_with("application/") && essence.ends_with("+json"));
    if json {
        Ok(())
    } else {
        Err(Problem::UnsupportedMedia)
    }
}

/// How much room is made at once for a body that is announced.
const FIRST_BYTES: usize = 64 * 1024;
/// How long a client may take between two pieces of a body: one that stops in the middle does not hold a connection for
/// ever.
const BETWEEN_CHUNKS: Duration = Duration::from_secs(20);
/// How long it may take for the whole body.
const WHOLE_BODY: Duration = Duration::from_secs(600);

/// Reads a whole body of at most `limit` bytes.
pub async fn read_bounded(
    request: &HttpRequest,
    payload: &mut Payload,
    limit: usize,
) -> Result<Vec<u8>, Problem> {
    require_plain(request)?;
    let declared = request
        .headers()
        .get(actix_web::http::header::CONTENT_LENGTH)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.parse::<usize>().ok());
    if declared.is_some_and(|length| length > limit) {
        return Err(Problem::TooLarge { limit_bytes: limit });
    }
    // Memory follows what has come, not what was announced.
    let mut bytes = Vec::with_capacity(declared.unwrap_or(0).min(limit).min(FIRST_BYTES));
    let late = |_| Problem::malformed("body-too-slow");
    let whole = tokio::time::Instant::now() + WHOLE_BODY;
    loop {
        let next = tokio::time::timeout(BETWEEN_CHUNKS, payload.next());
        let next = tokio::time::timeout_at(whole, next).await.map_err(late)?;
        let Some(chunk) = next.map_err(late)? else {
            break;
        };
        let chunk = chunk.map_err(|_| Problem::malformed("malformed-query"))?;
        if bytes.len() + chunk.len() > limit {
            return Err(Problem::TooLarge { limit_bytes: limit });
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Bodies are not unpacked here: what is packed small can be large, and whoever packs is told so (RFC 9110, 8.4).
fn require_plain(request: &HttpRequest) -> Result<(), Problem> {
    let coding = request.headers().get(CONTENT_ENCODING);
    match coding.map(|value| value.as_bytes().eq_ignore_ascii_case(b"identity")) {
        None | Some(true) => Ok(()),
        Some(false) => Err(Problem::UnsupportedMedia),
    }
}

/// Reads JSON; a wrong type or an unknown field names its place as a JSON pointer.
pub fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let pointer = pointer(error.path());
        let inner = error.into_inner();
        match inner.classify() {
            serde_json::error::Category::Data => {
                Problem::Invalid(vec![field_error(pointer, &inner.to_string())])
            }
            _ => malformed(&inner),
        }
    })?;
    deserializer.end().map_err(|error| malformed(&error))?;
    if bytes.windows(6).any(|six| six == b"\\u0000") {
        let places = serde_json::from_slice(bytes).map_err(|error| malformed(&error))?;
        Problem::unless_empty(nul_in(&places, String::new()))?;
    }
    Ok(value)
}

/// The places of NUL characters: PostgreSQL keeps none, and no person writes one.
fn nul_in(value: &serde_json::Value, place: String) -> Vec<FieldError> {
    use serde_json::Value;
    let forbidden = |place: String| FieldError::new(place, "forbidden-character");
    match value {
        Value::String(text) if text.contains('\0') => vec![forbidden(place)],
        Value::Array(items) => {
            let items = items.iter().enumerate();
            items
                .flat_map(|(i, item)| nul_in(item, format!("{place}/{i}")))
                .collect()
        }
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(name, field)| {
                if name.contains('\0') {
                    vec![forbidden(place.clone())]
                } else {
                    nul_in(field, format!("{place}/{name}"))
                }
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn malformed(error: &serde_json::Error) -> Problem {
    Problem::malformed("malformed-json")
        .with("line", error.line())
        .with("column", error.column())
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter().fold(String::new(), |mut text, segment| {
        match segment {
            Segment::Seq { index } => text.push_str(&format!("/{index}")),
            Segment::Map { key } => {
                text.push_str(&format!("/{}", key.replace('~', "~0").replace('/', "~1")))
            }
            Segment::Enum { .. } | Segment::Unknown => {}
        }
        text
    })
}

/// Serde's words for a wrong field, as a field error. The value itself, which may be a person's, is left out.
fn field_error(pointer: String, message: &str) -> FieldError {
    let quoted = |prefix: &str| {
        message
            .strip_prefix(prefix)
            .and_then(|rest| rest.split('`').next())
            .map(str::to_owned)
    };
    if let Some(field) = quoted("missing field `") {
        return FieldError::new(format!("{pointer}/{field}"), "required");
    }
    if let Some(field) = quoted("unknown field `") {
        let here = pointer.ends_with(&format!("/{field}"));
        return FieldError::new(
            if here {
                pointer
            } else {
                format!("{pointer}/{field}")
            },
            "unknown",
        );
    }
    if message.starts_with("unknown variant") {
        let allowed = message.split_once("expected ").map_or("", |(_, rest)| rest);
        let allowed = allowed
            .trim_start_matches("one of ")
            .split(" at line")
            .next()
            .unwrap_or("")
            .replace('`', "");
        return FieldError::new(pointer, "unknown-value").with("allowed", allowed);
    }
    if message.contains("UUID") {
        return FieldError::new(pointer, "not-an-id");
    }
    let expected = message.split_once("expected ").map_or("", |(_, rest)| rest);
    FieldError::new(pointer, "type")
        .with("expected", expected.split(" at line").next().unwrap_or(""))
}

/// The query of an address. Give its type `#[serde(deny_unknown_fields)]`.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Query<T> {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(from_pairs(request.query_string(), "?").map(Self))
    }
}

/// Reads the fields of a form (`application/x-www-form-urlencoded`).
pub(crate) fn form_fields<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    from_pairs(text, "/")
}

/// Reads `name=value&…`; a fault names its field after `mark`.
fn from_pairs<T: DeserializeOwned>(text: &str, mark: &str) -> Result<T, Problem> {
    let pairs = form_urlencoded::parse(text.as_bytes());
    let mut all = pairs;
    if let Some((name, _)) = all.find(|(n, v)| n.contains('\0') || v.contains('\0')) {
        let place = format!("{mark}{}", name.replace('\0', ""));
        return Err(Problem::field(place, "forbidden-character"));
    }
    let reader = serde_urlencoded::Deserializer::new(pairs);
    serde_path_to_error::deserialize(reader).map_err(|error| {
        let place = pointer(error.path());
        let message = error.into_inner().to_string();
        let field = field_error(place, &message);
        match field.pointer.strip_prefix('/') {
            Some(name) => Problem::Invalid(vec![FieldError {
                pointer: format!("{mark}{name}"),
                ..field
            }]),
            None => Problem::malformed("malformed-query"),
        }
    })
}

/// A parameter in the path. One that cannot be read names nothing that exists, so it is "not found".
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Path<T> {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let parsed = actix_web::web::Path::<T>::from_request(request, payload).into_inner();
        std::future::ready(
            parsed
                .map(|p| Self(p.into_inner()))
                .map_err(|_| Problem::NotFound),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[allow(dead_code)]
        inner: Vec<Inner>,
    }
    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[allow(dead_code)]
        minutes: i32,
    }

    fn fault(json: &str) -> (String, &'static str) {
        match from_json::<Outer>(json.as_bytes()) {
            Err(Problem::Invalid(fields)) => (fields[0].pointer.clone(), fields[0].code),
            other => (format!("{other:?}"), "?"),
        }
    }

    #[test]
    fn every_fault_of_a_body_has_a_pointer() {
        assert_eq!(
            fault(r#"{"inner":[{"minutes":1},{"minutes":"two"}]}"#),
            ("/inner/1/minutes".into(), "type")
        );
        assert_eq!(
            fault(r#"{"inner":[{}]}"#),
            ("/inner/0/minutes".into(), "required")
        );
        assert_eq!(
            fault(r#"{"inner":[],"more":1}"#),
            ("/more".into(), "unknown")
        );
        assert_eq!(
            fault(r#"{"inner":[],"a\u0000b":1}"#).1,
            "unknown",
            "a field that nobody knows is unknown before it is anything else"
        );
        assert!(matches!(
            from_json::<Outer>(b"{\"inner\":["),
            Err(Problem::Malformed { .. })
        ));
        assert!(matches!(
            from_json::<Outer>(b"{\"inner\":[]} x"),
            Err(Problem::Malformed { .. })
        ));
    }

    #[test]
    fn a_nul_is_refused_where_it_stands_and_a_text_about_one_is_not() {
        let read = |json: &str| match from_json::<serde_json::Value>(json.as_bytes()) {
            Err(Problem::Invalid(faults)) => faults[0].pointer.clone(),
            other => format!("{other:?}"),
        };
        assert_eq!(read(r#"{"a":[{"note":"x\u0000"}]}"#), "/a/0/note");
        assert!(from_json::<serde_json::Value>(br#""a \\u0000 in words""#).is_ok());
        let pairs = from_pairs::<Vec<(String, String)>>("q=a%00b", "?");
        assert!(matches!(pairs, Err(Problem::Invalid(faults)) if faults[0].pointer == "?q"));
    }
}
