//! The server: the app on a listening socket.

use std::net::TcpListener;

use actix_web::dev::Server;
use actix_web::middleware::{Compress, from_fn};
use actix_web::{HttpServer, web};
use utoipa_actix_web::AppExt;

use crate::http::manners::Manners;
use crate::http::{
    circumstances, conditional, cors, headers, idempotency, methods, problems, rate, routes,
};
use crate::web::App;

/// Starts to serve `app` on `listener`; await the returned server to run it, stop it through its handle:
/// `handle.stop(true)` closes the listener and gives requests under way `server.shutdown_seconds` to finish.
/// Signals are the caller's affair.
pub fn start(app: App, listener: TcpListener) -> std::io::Result<Server> {
    let settings = &app.platform.settings;
    let workers = match settings.server.workers {
        0 => std::thread::available_parallelism().map_or(2, usize::from),
        n => n,
    };
    let shutdown = settings.server.shutdown_seconds;
    let manners = Manners::new(settings).map_err(|e| std::io::Error::other(e.to_string()))?;
    let door = manners.door.clone();
    let (app, manners) = (web::Data::new(app), web::Data::new(manners));
    let server = HttpServer::new(move || {
        let (app, manners, door) = (app.clone(), manners.clone(), door.clone());
        let (app_factory, _document) = actix_web::App::new()
            .into_utoipa_app()
            .map(|a| {
                // The last one wraps all others: see the list in `http`.
                a.wrap(from_fn(idempotency::once))
                    .wrap(from_fn(conditional::answer))
                    .wrap(from_fn(rate::limit))
                    .wrap(from_fn(cors::share))
                    .wrap(from_fn(problems::write))
                    .wrap(Compress::default())
                    .wrap(from_fn(headers::protect))
                    .wrap(from_fn(circumstances::note))
                    .app_data(app)
                    .app_data(manners)
                    .app_data(door)
            })
            .configure(routes::all)
            .default_service(web::to(methods::otherwise))
            .split_for_parts();
        app_factory
    })
    // Whoever closes their side is gone: what they asked for is stopped, and nothing waits for them.
    .h1_allow_half_closed(false)
    .workers(workers)
    .shutdown_timeout(shutdown)
    .disable_signals()
    .listen(listener)?;
    Ok(server.run())
}
