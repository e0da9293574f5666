//! Answers 304 where the reader already holds the version that it asks for (RFC 9110, 13.1.2), and lets what
//! carries an ETag be kept by the reader's own cache, to be asked about each time.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{CACHE_CONTROL, ETAG, HeaderValue, IF_NONE_MATCH};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse};

/// Compares `If-None-Match` with the ETag of the answer.
pub async fn answer(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let path = request.path();
    let kept = path.starts_with("/api/") || path.starts_with("/feeds/");
    let reads = kept && request.method() == Method::GET;
    let known = request
        .headers()
        .get(IF_NONE_MATCH)
        .and_then(|v| v.to_str().ok())
        .map(str::to_owned);
    let mut response = next.call(request).await?.map_into_boxed_body();
    if !reads || response.status() != StatusCode::OK {
        return Ok(response);
    }
    let Some(etag) = response.headers().get(ETAG).cloned() else {
        return Ok(response);
    };
    if !response.headers().contains_key(CACHE_CONTROL) {
        let kept = HeaderValue::from_static("private, no-cache");
        response.headers_mut().insert(CACHE_CONTROL, kept);
    }
    if !known.is_some_and(|tags| names(&tags, &etag)) {
        return Ok(response);
    }
    let mut unchanged = HttpResponse::NotModified();
    unchanged.insert_header((ETAG, etag));
    if let Some(kept) = response.headers().get(CACHE_CONTROL) {
        unchanged.insert_header((CACHE_CONTROL, kept.clone()));
    }
    Ok(response.into_response(unchanged.finish()))
}

/// Weak comparison (RFC 9110, 8.8.3.2).
fn names(tags: &str, etag: &HeaderValue) -> bool {
    let plain = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let Ok(etag) = etag.to_str().map(plain) else {
        return false;
    };
    tags.trim() == "*" || tags.split(',').any(|tag| plain(tag) == etag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_of_the_named_versions_counts_weak_or_strong() {
        let etag = HeaderValue::from_static("\"3\"");
        for yes in ["\"3\"", "W/\"3\"", "\"1\", \"3\"", "*"] {
            assert!(names(yes, &etag), "{yes}");
        }
        for no in ["\"4\"", "3", "", "\"33\""] {
            assert!(!names(no, &etag), "{no}");
        }
    }
}
