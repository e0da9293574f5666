//! Accounts, sessions and the audit log over the API.

mod accounts;
mod audit;
mod sessions;

use utoipa_actix_web::service_config::ServiceConfig;

/// What stands outside `/api/v1`, under addresses that standards fix.
pub fn well_known(config: &mut ServiceConfig) {
    config.service(sessions::read_key_set);
}

/// The routes under `/api/v1`.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(sessions::sign_in)
        .service(sessions::refresh_session)
        .service(sessions::sign_out)
        .service(sessions::sign_out_everywhere)
        .service(sessions::request_password_reset)
        .service(sessions::set_password)
        .service(sessions::change_password)
        .service(accounts::read_me)
        .service(accounts::list_accounts)
        .service(accounts::invite_account)
        .service(accounts::read_account)
        .service(accounts::update_account)
        .service(accounts::resend_invitation)
        .service(accounts::disable_account)
        .service(accounts::enable_account)
        .service(accounts::add_grant)
        .service(accounts::remove_grant)
        .service(audit::list_audit);
}
