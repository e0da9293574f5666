//! All routes, room by room.

use actix_web::web::Data;
use utoipa_actix_web::scope;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::mentorships::Endings;

/// What is done, in the same transaction, when a mentorship has ended.
const ENDINGS: Endings = Endings(&[]);

/// The API and the pages.
pub fn all(config: &mut ServiceConfig) {
    config.app_data(Data::new(ENDINGS)).service(
        scope::scope("/api/v1")
            .configure(crate::programmes::api::routes)
            .configure(crate::mentorships::api::routes),
    );
}
