//! All routes, room by room.

use actix_web::web::{self, Data};
use utoipa_actix_web::scope;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::http::{docs, home, probes, reference_api};
use crate::mentorships::Endings;
use crate::web::assets;
use crate::{
    access, correspondence, digests, hours, matching, meetings, mentorships, people, programmes,
};

/// What is done, in the same transaction, when a mentorship has ended.
const ENDINGS: Endings = Endings(&[meetings::cancel::when_a_mentorship_ends]);

/// The API and the pages.
pub fn all(config: &mut ServiceConfig) {
    config
        .app_data(Data::new(ENDINGS))
        .app_data(Data::new(people::import::Enrol(
            programmes::imported::enrol,
        )))
        .configure(access::api::well_known)
        .service(scope::scope("/api/v1").configure(api))
        .map(pages);
}

/// A line for each room's API.
fn api(config: &mut ServiceConfig) {
    config.configure(people::api::routes);
    config.configure(access::api::routes);
    config.route("/openapi.json", web::get().to(docs::document));
    config.configure(programmes::api::routes);
    config.configure(mentorships::api::routes);
    config.configure(meetings::api::routes);
    config.configure(meetings::feeds::api::routes);
    config.configure(meetings::busy::api::routes);
    config.configure(correspondence::api::routes);
    config.configure(correspondence::incoming::api::routes);
    config.configure(digests::api::routes);
    config.configure(matching::api::routes);
    config.configure(hours::api::routes);
    config.configure(reference_api::routes);
}

/// A line for each room's pages; they are not part of the OpenAPI document.
fn pages(config: &mut web::ServiceConfig) -> &mut web::ServiceConfig {
    config.configure(docs::routes);
    config.configure(probes::routes);
    config.configure(home::routes);
    config.route("/assets/{name}", web::get().to(assets::serve));
    config.configure(access::pages::routes);
    config.configure(matching::pages::routes);
    config.configure(matching::consent::pages::routes);
    config.configure(meetings::pages::routes);
    config.configure(hours::pages::routes);
    config.configure(digests::pages::routes);
    config.configure(correspondence::mailbox::pages);
    config.configure(correspondence::incoming::pages::routes);
    config
}
