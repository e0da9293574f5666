//! All routes, room by room.

use utoipa_actix_web::scope;
use utoipa_actix_web::service_config::ServiceConfig;

/// The API and the pages.
pub fn all(config: &mut ServiceConfig) {
    config.service(scope::scope("/api/v1").configure(crate::programmes::api::routes));
}
