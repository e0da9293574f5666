//! The address of a feed, which calendar programs read without sign-in.

use actix_web::http::header;
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};

use crate::kernel::secret::fingerprint;
use crate::kernel::{Actor, Problem};
use crate::web::{App, Path};

/// The route of the feeds.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/feeds/{token}.ics", web::get().to(serve))
        .route("/feeds/{token}.ics", web::head().to(serve));
}

/// The calendar, with a strong ETag; `http::conditional` answers 304 where the reader has these bytes.
async fn serve(
    request: HttpRequest,
    app: Data<App>,
    token: Path<String>,
) -> Result<HttpResponse, Problem> {
    let Path(token) = token;
    let ctx = app.context(&request, Actor::Anonymous);
    let text = app
        .db
        .run(move |conn| super::read(conn, &ctx, &token))
        .await?;
    let tag = fingerprint(text.as_bytes());
    let tag = tag.get(..32).unwrap_or(&tag);
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/calendar; charset=utf-8"))
        .insert_header((
            header::CONTENT_DISPOSITION,
            "inline; filename=\"passerelle.ics\"",
        ))
        .insert_header((header::CACHE_CONTROL, "private, no-cache"))
        .insert_header((header::ETAG, format!("\"{tag}\"")))
        // A strong ETag stands for these bytes and no compressed ones (RFC 9110, 8.8.1).
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .insert_header(("x-robots-tag", "noindex"))
        .body(text))
}
