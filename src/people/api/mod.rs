//! People over the API.

mod conflicts;
mod consents;
mod exceptions;
mod imports;
mod persons;
mod standing;

use utoipa_actix_web::service_config::ServiceConfig;

/// The routes of this room.
pub fn routes(config: &mut ServiceConfig) {
    persons::routes(config);
    standing::routes(config);
    exceptions::routes(config);
    consents::routes(config);
    conflicts::routes(config);
    imports::routes(config);
}
