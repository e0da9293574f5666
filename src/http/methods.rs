//! What no route took: an address that exists for other methods is told which (405 and `Allow`, or an answer
//! to OPTIONS); any other is not found.

use actix_web::http::header::ALLOW;
use actix_web::http::{Method, StatusCode};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::Value;

use crate::http::manners::Manners;
use crate::web::Rendered;

/// The methods of every API address.
#[derive(Debug, Default)]
pub struct Methods(Vec<(Vec<Part>, Vec<String>)>);

#[derive(Debug)]
enum Part {
    Text(String),
    Any,
}

impl Methods {
    /// From the OpenAPI document.
    pub fn of(document: &Value) -> Self {
        let paths = document.get("paths").and_then(Value::as_object);
        let known = paths.into_iter().flatten().map(|(path, item)| {
            let parts = split(path)
                .map(|part| {
                    if part.starts_with('{') {
                        Part::Any
                    } else {
                        Part::Text(part.to_owned())
                    }
                })
                .collect();
            let verbs = item
                .as_object()
                .into_iter()
                .flatten()
                .map(|(verb, _)| verb.as_str());
            let verbs = verbs
                .filter(|v| ["get", "post", "put", "patch", "delete"].contains(v))
                .flat_map(|v| match v {
                    "get" => vec!["GET".to_owned(), "HEAD".to_owned()],
                    other => vec![other.to_ascii_uppercase()],
                })
                .chain(["OPTIONS".to_owned()])
                .collect();
            (parts, verbs)
        });
        Self(known.collect())
    }

    fn at(&self, path: &str) -> Vec<String> {
        let mut found: Vec<String> = self
            .0
            .iter()
            .filter(|(parts, _)| matches(parts, path))
            .flat_map(|(_, verbs)| verbs.iter().cloned())
            .collect();
        found.sort();
        found.dedup();
        found
    }
}

fn split(path: &str) -> impl Iterator<Item = &str> {
    path.trim_start_matches('/').split('/')
}

fn matches(parts: &[Part], path: &str) -> bool {
    let mut given = split(path);
    let each = parts.iter().all(|part| match (part, given.next()) {
        (Part::Any, Some(text)) => !text.is_empty(),
        (Part::Text(wanted), Some(text)) => wanted == text,
        (_, None) => false,
    });
    each && given.next().is_none()
}

/// The handler of last resort.
pub async fn otherwise(request: HttpRequest, manners: Data<Manners>) -> HttpResponse {
    let mut allowed = manners.methods.at(request.path());
    if allowed.is_empty() && request.resource_map().has_resource(request.path()) {
        // A page: it is read, or a form is sent to it; whichever was tried is not there.
        let tried = request.method();
        let pages = [Method::GET, Method::HEAD, Method::POST, Method::OPTIONS];
        let others = pages
            .iter()
            .filter(|m| *m == Method::OPTIONS || *m != tried);
        allowed = others.map(|m| m.as_str().to_owned()).collect();
        if tried == Method::GET {
            allowed.retain(|m| m != "HEAD");
        }
    }
    if allowed.is_empty() {
        return problem(StatusCode::NOT_FOUND, "not-found");
    }
    let list = allowed.join(", ");
    if request.method() == Method::OPTIONS {
        return HttpResponse::NoContent()
            .insert_header((ALLOW, list))
            .finish();
    }
    let mut answer = problem(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed");
    if let Ok(value) = list.parse() {
        answer.headers_mut().insert(ALLOW, value);
    }
    answer
}

fn problem(status: StatusCode, code: &'static str) -> HttpResponse {
    let mut answer = HttpResponse::new(status);
    answer
        .extensions_mut()
        .insert(Rendered::plain(status, code));
    answer
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_address_knows_its_methods() {
        let methods = Methods::of(&json!({"paths": {
            "/api/v1/programmes": {"get": {}, "post": {}},
            "/api/v1/programmes/{id}": {"get": {}, "patch": {}, "parameters": []}
        }}));
        assert_eq!(
            methods.at("/api/v1/programmes").join(","),
            "GET,HEAD,OPTIONS,POST"
        );
        assert_eq!(
            methods.at("/api/v1/programmes/7").join(","),
            "GET,HEAD,OPTIONS,PATCH"
        );
        assert!(methods.at("/api/v1/programmes/7/x").is_empty());
        assert!(methods.at("/api/v1").is_empty());
    }
}
