//! The start page.

use actix_web::web::{ServiceConfig, get};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use crate::kernel::Problem;
use crate::web::layout;

/// The route of the start page.
pub fn routes(config: &mut ServiceConfig) {
    config.route("/", get().to(home));
}

#[derive(Debug, Serialize)]
struct Welcome {}

async fn home(request: HttpRequest) -> Result<HttpResponse, Problem> {
    layout::page(&request, "http/welcome.html", &Welcome {})
}
