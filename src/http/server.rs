//! The server: the app on a listening socket.

use std::net::TcpListener;

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::{HttpServer, web};
use utoipa::OpenApi;
use utoipa_actix_web::AppExt;

use crate::http::{problems, routes};
use crate::web::App;

/// The OpenAPI document's own words; paths and schemas are collected from the routes.
#[derive(OpenApi)]
#[openapi(info(
    title = "Passerelle",
    description = "Mentorship matching and scheduling."
))]
pub struct ApiDocument;

/// Starts to serve `app` on `listener`; await the returned server to run it, stop it through its handle.
pub fn start(app: App, listener: TcpListener) -> std::io::Result<Server> {
    let workers = match app.platform.settings.server.workers {
        0 => std::thread::available_parallelism().map_or(2, usize::from),
        n => n,
    };
    let shutdown = app.platform.settings.server.shutdown_seconds;
    let server = HttpServer::new(move || {
        let (app_factory, _api) = actix_web::App::new()
            .into_utoipa_app()
            .openapi(ApiDocument::openapi())
            .map(|a| {
                a.wrap(from_fn(problems::write))
                    .app_data(web::Data::new(app.clone()))
            })
            .configure(routes::all)
            .split_for_parts();
        app_factory
    })
    .workers(workers)
    .shutdown_timeout(shutdown)
    .listen(listener)?;
    Ok(server.run())
}
