//! The documentation of the API: the OpenAPI document, and a page that shows it with Swagger UI. Its files are
//! compiled in; they are served for this page only, under the same strict Content-Security-Policy as every
//! other page (Swagger UI sets its styles through the object model, which the policy allows).

use std::sync::Arc;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG};
use actix_web::web::{Data, ServiceConfig, get};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use crate::http::manners::Manners;
use crate::kernel::Problem;
use crate::web::layout;

/// The files of Swagger UI that the page uses.
const FILES: [&str; 2] = ["swagger-ui.css", "swagger-ui-bundle.js"];

/// The routes of the page; the document itself stands with the API.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/api/docs", get().to(page))
        .route("/api/docs/{file}", get().to(file));
}

/// `GET /api/v1/openapi.json`.
pub async fn document(manners: Data<Manners>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/json"))
        .insert_header((CACHE_CONTROL, "public, max-age=300"))
        .insert_header((ETAG, manners.document_etag.as_str()))
        .body(manners.document.clone())
}

#[derive(Debug, Serialize)]
struct DocsPage {
    version: &'static str,
}

async fn page(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let context = DocsPage {
        version: env!("CARGO_PKG_VERSION"),
    };
    layout::page(&request, "http/docs.html", &context)
}

async fn file(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let name = request.match_info().query("file");
    if !FILES.contains(&name) {
        return Err(Problem::NotFound);
    }
    let config = Arc::new(utoipa_swagger_ui::Config::from("/api/v1/openapi.json"));
    let found = utoipa_swagger_ui::serve(name, config)
        .map_err(|error| Problem::internal(error.to_string()))?
        .ok_or(Problem::NotFound)?;
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((CONTENT_TYPE, found.content_type))
        .insert_header((CACHE_CONTROL, "public, max-age=86400"));
    if found.gzpipped {
        answer.insert_header((CONTENT_ENCODING, "gzip"));
    }
    Ok(answer.body(found.bytes.into_owned()))
}
