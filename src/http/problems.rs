//! The middleware that writes problems: as JSON for the API and as a page for a browser, in the reader's
//! language.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE,
};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse};
use serde::Serialize;

use crate::kernel::Problem;
use crate::web::layout;
use crate::web::problem::Rendered;
use crate::web::state::{RequestId, locale_of};

/// Replaces the body of a response that carries a problem; gives actix's own 404 and 405 one too.
pub async fn write(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let response = match next.call(request).await {
        Ok(response) => response.map_into_boxed_body(),
        Err(error) => return Err(error),
    };
    let problem = response
        .response()
        .extensions()
        .get::<Rendered>()
        .cloned()
        .or_else(|| {
            let bare = response.headers().get(CONTENT_TYPE).is_none();
            match response.status() {
                StatusCode::NOT_FOUND if bare => {
                    Some(Rendered::plain(StatusCode::NOT_FOUND, "not-found"))
                }
                StatusCode::METHOD_NOT_ALLOWED => Some(Rendered::plain(
                    StatusCode::METHOD_NOT_ALLOWED,
                    "method-not-allowed",
                )),
                StatusCode::INTERNAL_SERVER_ERROR => Some(Rendered::plain(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "internal",
                )),
                _ => None,
            }
        });
    let Some(problem) = problem else {
        return Ok(response);
    };
    let request = response.request().clone();
    let locale = locale_of(&request);
    let id = request
        .extensions()
        .get::<RequestId>()
        .map_or_else(String::new, |id| id.0.clone());
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut answer = HttpResponse::build(status);
    if let Some(seconds) = problem.retry_after {
        answer.insert_header((RETRY_AFTER, seconds));
    }
    if status == StatusCode::UNAUTHORIZED {
        answer.insert_header((WWW_AUTHENTICATE, "Bearer"));
    }
    if wants_page(&request)
        && let Ok(mut page) = page(&request, status, &problem, &id)
    {
        if let Some(seconds) = problem.retry_after {
            page.headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        return Ok(with_headers_of(response, page));
    }
    let mut answer = answer.json(problem.document(locale, &id));
    answer.headers_mut().insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    Ok(with_headers_of(response, answer.map_into_boxed_body()))
}

/// The answer in place of `response`, with what was already said in its headers (Allow, rate limits, CORS).
fn with_headers_of(
    response: ServiceResponse<BoxBody>,
    mut answer: HttpResponse,
) -> ServiceResponse<BoxBody> {
    for (name, value) in response.headers() {
        if name != CONTENT_TYPE && name != CONTENT_LENGTH && !answer.headers().contains_key(name) {
            answer.headers_mut().append(name.clone(), value.clone());
        }
    }
    response.into_response(answer)
}

/// Whether a person looks at this: a browser asks for HTML, outside the API.
fn wants_page(request: &HttpRequest) -> bool {
    !request.path().starts_with("/api/v1")
        && request
            .headers()
            .get(ACCEPT)
            .and_then(|v| v.to_str().ok())
            .is_some_and(|accept| accept.contains("text/html"))
}

#[derive(Serialize)]
struct ProblemPage {
    title: String,
    detail: String,
    fields: Vec<String>,
    request_id: String,
}

fn page(
    request: &HttpRequest,
    status: StatusCode,
    problem: &Rendered,
    id: &str,
) -> Result<HttpResponse, Problem> {
    let document = problem.document(locale_of(request), id);
    let context = ProblemPage {
        title: document.title,
        detail: document.detail,
        fields: document.errors.into_iter().map(|e| e.detail).collect(),
        request_id: id.to_owned(),
    };
    layout::page_with(request, status, "web/problem.html", &context)
}
