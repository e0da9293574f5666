//! What coordinators see of matching, in a browser, complete without JavaScript: their programmes with the newest run
//! of each ([`overview`]), a run with what it amounts to ([`run`]), a proposal with its decision ([`proposal`]), a
//! what-if whose difference is shown before anything is saved ([`what_if`]). Each page does what the API does, by the
//! same use cases and the same rows of the policy.

mod compared;
mod draft;
mod numbers;
mod overview;
mod people;
mod proposal;
mod run;
mod runs;
mod sheet;
mod sheet_view;
mod waiting;
mod what_if;
mod words;

use actix_web::web;

/// The routes of these pages.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/matching", web::get().to(overview::show))
        .route("/programmes/{id}/match-runs", web::get().to(runs::show))
        .route("/programmes/{id}/match-runs", web::post().to(what_if::save))
        .route("/programmes/{id}/what-if", web::get().to(what_if::show))
        .route("/programmes/{id}/what-if", web::post().to(what_if::take))
        .route("/match-runs/{id}", web::get().to(run::show))
        .route("/proposals/{id}", web::get().to(proposal::show))
        .route("/proposals/{id}", web::post().to(proposal::take));
}
